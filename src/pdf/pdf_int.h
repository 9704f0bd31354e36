/* Inside the pdf room. Data flow of one document:
 *
 *     ops ──pdf_set_collect──▶ PdfSet (glyphs, CIDs) ──▶ font objects
 *      │                          │
 *      └──pdf_content_write───────┴──▶ content streams, PdfTree (structure), links
 *                                         └──▶ structure, outline, metadata objects ──pdf_file_finish──▶ bytes
 *
 * Everything here lives in the scratch arena of one pdf_write, except PdfFonts (run). Errors: false or NULL = diagnostic
 * recorded, as everywhere. Clauses are those of ISO 32000-1 unless another standard is named.
 */
#ifndef PDF_PDF_INT_H
#define PDF_PDF_INT_H

#include "pdf/pdf.h"

#include <hb.h>

/* Bytes that somebody else owns. */
typedef struct PdfBytes {
    const void *data;
    size_t length;
} PdfBytes;

/* An image of the run as it goes into documents. */
typedef struct PdfImage {
    PdfBytes stream;
    bool predicted; /* samples: through a PNG predictor */
} PdfImage;

typedef struct PdfFile PdfFile;
typedef struct PdfSet PdfSet;
typedef struct PdfTree PdfTree;
typedef struct PdfElement PdfElement;
typedef struct PdfAnchors PdfAnchors;
typedef struct PdfForm PdfForm;

/* One pdf_write. */
typedef struct PdfWriter {
    Arena *arena;
    const PdfFonts *fonts;
    const PageDocument *document;
    PdfInfo info; /* strings cleaned */
    Diag *diag;
    DiagPlace place;
    PdfFile *file;
    PdfSet *set;
    PdfTree *tree;
    PdfForm *form;
    const PdfAnchors *anchors;
    const uint32_t *pages; /* object number of every page */
    uint32_t *images;      /* of every image of the run; 0: not shown; NULL: none is shown */
    PdfResult result;
} PdfWriter;

/* ── file.c: objects, numbers, cross-reference, trailer ── */

/* `header` is the comment of the version, "%PDF-1.4", borrowed. Lives in `scratch`; libharu's memory goes when the arena is
 * rewound. With a `packer` the file will be compact (from version 1.5): object streams and a cross-reference stream, compressed by
 * it. */
PdfFile *pdf_file_open(Arena *scratch, const char *header, const PdfFonts *packer);
/* What the objects begun from now on count as. */
void pdf_file_part(PdfFile *file, PdfPart part);
/* Bytes of a finished file that are of a part, its share of the cross-reference table included. */
size_t pdf_file_size(const PdfFile *file, PdfPart part);
/* Number of a new object, which must be written exactly once. 0 after an error of libharu; writing it is harmless. */
uint32_t pdf_file_reserve(PdfFile *file);
/* Begins the dictionary of a reserved object: the caller appends its entries, without << >>, to the buffer lent, until
 * pdf_file_end. One object at a time. */
Buf *pdf_file_begin(PdfFile *file, uint32_t number);
void pdf_file_end(PdfFile *file);
/* Ends a stream object. /Length is added here, /Filter by the caller. `data` is borrowed until pdf_file_finish. */
void pdf_file_end_stream(PdfFile *file, PdfBytes data);
/* Appends the file to `out`. The file ID (14.4) is the SHA-256 of all bytes before it. Returns 0 or libharu's first error. */
unsigned long pdf_file_finish(PdfFile *file, uint32_t catalog, uint32_t info, Buf *out);
/* SHA-256 of the finished file, once. */
void pdf_file_hash(PdfFile *file, char hex[HASH_HEX]);
/* Where an object begins in the finished file, counted from its first byte. */
size_t pdf_file_offset(const PdfFile *file, uint32_t number);
const char *pdf_file_producer(Arena *scratch); /* "libharu 2.3.0" */

/* ── syntax.c: values as PDF writes them ── */

void pdf_put_name(Buf *out, const char *name); /* "/Name", escaped (7.3.5) */
void pdf_put_text(Buf *out, const char *utf8); /* text string: ASCII as it is, else UTF-16BE (7.9.2.2) */
void pdf_put_utf16(Buf *out, const char *utf8, size_t length); /* hexadecimal digits of UTF-16BE, no byte order mark */
void pdf_put_mpt(Buf *out, Mpt length);                        /* in pt, at most three decimals */
void pdf_put_reference(Buf *out, const char *key, uint32_t number); /* "/Key 12 0 R" */
/* A string of the caller's fit for PDF and XML: control characters and non-characters become spaces, and what is over the
 * 65,535 bytes of a PDF string is cut, with a warning. NULL stays NULL. */
const char *pdf_clean_text(const PdfWriter *writer, const char *utf8);

/* ── fonts.c: the run's faces ── */

typedef struct PdfFace {
    const TextFace *face;
    hb_face_t *program;
    hb_font_t *font;          /* scale = units per em; for advances */
    const char *descriptor;   /* entries of the font descriptor that every subset shares */
    struct PdfGlyphs *glyphs; /* kept from document to document (glyphs.c); NULL: the face is not CFF */
} PdfFace;

const PdfFace *pdf_fonts_face(const PdfFonts *fonts, uint16_t face);
/* A zlib stream (RFC 1950) in `arena`; quickly what each document has of its own. */
PdfBytes pdf_fonts_deflate(const PdfFonts *fonts, Arena *arena, PdfBytes data);
PdfBytes pdf_fonts_deflate_quickly(const PdfFonts *fonts, Arena *arena, PdfBytes data);
const ImageTable *pdf_fonts_images(const PdfFonts *fonts); /* or NULL */
const PdfImage *pdf_fonts_image(const PdfFonts *fonts, uint16_t index);
PdfBytes pdf_fonts_icc(const PdfFonts *fonts); /* sRGB profile, deflated */

/* ── images.c ── */

/* Every image of the run. */
PdfImage *pdf_images_prepare(const PdfFonts *fonts, Arena *run, const ImageTable *images);
/* Notes that a page shows an image, as resource /I<index>. False = the run has no such image. */
bool pdf_images_use(PdfWriter *writer, uint16_t index);
void pdf_images_put_resources(const PdfWriter *writer, Buf *out); /* "/XObject<<…>>", or nothing */
/* Writes the objects of those that were used. */
void pdf_images_write(PdfWriter *writer);

/* ── set.c: the glyphs of one document and how content streams call them ── */

typedef struct PdfCode {
    uint16_t cid;
    uint16_t font; /* resource /F<font> */
    int16_t width; /* thousandths of an em, as in /W */
} PdfCode;

/* Collects the glyphs of all pages, subsets their faces, and writes the font objects. */
bool pdf_set_write(PdfWriter *writer);
/* Of the next glyph, of this face; glyphs are asked for in the order of the document, each once. */
PdfCode pdf_set_next_code(PdfSet *set, uint16_t face);
void pdf_set_put_resources(const PdfSet *set, Buf *out); /* "/Font<<…>>", or nothing */

/* ── subset.c: one face's program, cut down to the glyphs of a document ── */

typedef struct PdfSubset {
    PdfBytes program;     /* zlib stream (RFC 1950) of a CFF table, or of a TrueType file */
    size_t length;        /* of that, not compressed */
    const uint16_t *cids; /* of the glyphs asked for, in their order */
    PdfBytes cid_set;     /* a bit for each CID that the program has, highest bit first (9.8.3.2 /CIDSet) */
} PdfSubset;

/* Glyphs in rising order. .notdef is always added. Results in `arena`, or lent until the next document. False without a diagnostic: HarfBuzz refused the
 * face, or its result cannot be read. */
bool pdf_subset_make(const PdfFonts *fonts, Arena *arena, const PdfFace *face, const uint16_t *gids, size_t count,
                     PdfSubset *out);
/* The /CIDSet of these CIDs. */
PdfBytes pdf_subset_cid_set(Arena *arena, const uint16_t *cids, size_t count);

/* ── glyphs.c ── */

typedef struct PdfGlyphs PdfGlyphs;
/* For a CFF table that stays mapped. Grows with the glyphs that documents use, up to a few megabytes, in the process that writes them. */
PdfGlyphs *pdf_glyphs_open(Arena *run, PdfBytes table);

/* ── cff.c ── */

/* The CID of every glyph of a CFF table (Adobe Technical Note 5176); where the font is not CID-keyed, CID = glyph index
 * (9.7.4.2). NULL without a diagnostic: damaged. */
uint16_t *pdf_cff_cids(Arena *arena, PdfBytes table, size_t *count);

/* ── icc.c ── */

PdfBytes pdf_icc_srgb(Arena *arena); /* IEC 61966-2-1 as an ICC version 2 display profile, not compressed */

/* ── tree.c: logical structure (14.7) ── */

PdfTree *pdf_tree_open(Arena *scratch, PdfFile *file, const PageDocument *document);
bool pdf_tree_any(const PdfTree *tree); /* the document has structure at all */
/* Follow the ops; artifacts too. `alt` is cleaned text or NULL. */
void pdf_tree_begin(PdfTree *tree, const PageOp *op, const char *alt);
void pdf_tree_end(PdfTree *tree);
/* The element that content belongs to now; NULL inside an artifact and outside all structure. */
PdfElement *pdf_tree_current(const PdfTree *tree);
/* What stands outside all elements is: decoration, unless an artifact says otherwise. */
PageArtifact pdf_tree_artifact(const PdfTree *tree);
/* Text stands here. */
void pdf_tree_note_text(PdfTree *tree);
/* Once all pages are written: the document is tagged as 19005-1, 6.8 asks of level A: all its text is in elements or artifacts, its
 * figures have alternative texts, and its language is known. False = diagnostic. */
bool pdf_tree_check(const PdfTree *tree, DiagPlace place, Diag *diag);
PdfElement *pdf_tree_figure(const PdfTree *tree); /* the figure around the current place, or NULL */
const char *pdf_tree_tag(const PdfElement *element);
/* Adds a marked-content sequence on a page (index from 0; its object's number) and returns its MCID. */
uint32_t pdf_tree_add_content(PdfTree *tree, PdfElement *element, size_t index, uint32_t page);
/* Adds an annotation to the Link around it, or to a Link of its own; in an artifact, which holds no elements, at the document's
 * end so far. Returns its /StructParent key, or -1 without structure. */
int32_t pdf_tree_add_link(PdfTree *tree, uint32_t page, uint32_t annotation);
/* Makes the widget the content of the current Form element. Returns as pdf_tree_add_link. */
int32_t pdf_tree_add_widget(PdfTree *tree, uint32_t page, uint32_t annotation);
/* Widens a figure's /BBox; corners in PDF coordinates. */
void pdf_tree_grow(PdfElement *figure, PagePoint low, PagePoint high);
/* Writes all elements and the parent tree; returns the root's number, or 0 without structure. */
uint32_t pdf_tree_write(PdfTree *tree);

/* ── content.c ── */

/* A link, or the widget of a field. */
typedef struct PdfLink {
    const PageOp *op;
    uint32_t number; /* of the annotation */
    int32_t key;     /* StructParent, or -1 */
    struct PdfLink *next;
} PdfLink;

/* Appends the operators of a page (index from 0) to `out`, records its structure, and lists its links. */
bool pdf_content_write(PdfWriter *writer, const Page *page, size_t index, Buf *out, PdfLink **links);

/* ── navigation.c: anchors, links, outline, page labels ── */

const PdfAnchors *pdf_anchors_collect(Arena *arena, const PageDocument *document);
bool pdf_anchors_know(const PdfAnchors *anchors, const char *name);
/* Begins an annotation's dictionary: what both kinds have. */
Buf *pdf_annotation_begin(const PdfWriter *writer, const Page *page, const PdfLink *link, PagePoint at, PagePoint size);
void pdf_links_write(const PdfWriter *writer, const Page *page, const PdfLink *links);
/* Returns the number of the outline dictionary, or 0 without bookmarks. */
uint32_t pdf_outline_write(const PdfWriter *writer);
void pdf_labels_put(const PageDocument *document, Buf *out); /* "/PageLabels<<…>>" */

/* ── form.c: signature fields (12.7.4.5) ── */

PdfForm *pdf_form_open(Arena *scratch);
/* Takes a field up; false = its name is no good. */
bool pdf_form_add(PdfWriter *writer, const PageOp *op, uint32_t number);
/* Those of a page (index from 0) among its annotations. */
void pdf_form_write_widgets(const PdfWriter *writer, const Page *page, size_t index, const PdfLink *annotations);
/* Writes what the fields share. False = the field to be signed is not there. */
bool pdf_form_write(PdfWriter *writer);
void pdf_form_put(const PdfForm *form, Buf *out); /* "/AcroForm<<…>>"; nothing without fields */
/* Finds the placeholder in the finished file, out[start..], and writes its /ByteRange. */
void pdf_form_place(const PdfWriter *writer, Buf *out, size_t start, PdfPlaceholder *placeholder);

/* ── metadata.c: Info and XMP, in step (19005-1 6.7.3) ── */

void pdf_metadata_write(PdfWriter *writer, uint32_t info_number, uint32_t xmp_number);

#endif
