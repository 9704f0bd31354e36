/* The page IR: what typesetting hands to writing. A document is a list of pages, a page a list of ops in painting order,
 * with the logical structure (tagged PDF) as begin/end ops between them.
 *
 * Lifetime: recorded into the unit arena, never changed after page_finish. Writers (pdf/) and the golden trace walk it.
 * Units: Mpt (1/1000 pt). Origin: top left corner of the page, x right, y down. Colours: 0xRRGGBB.
 */
#ifndef PAGE_PAGE_H
#define PAGE_PAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/fixed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One shaped glyph. Its source text is text[start .. start+length) of the op: what copying it must give back. A ligature's
 * glyph carries all its characters; further glyphs of one cluster carry length 0. */
typedef struct PageGlyph {
    uint16_t gid;
    uint16_t length; /* bytes of source text */
    uint32_t start;  /* offset into the op's text */
    Mpt x, y;        /* pen position of the glyph's origin relative to the op's x and baseline y (y down) */
    Mpt advance;     /* natural advance of the glyph at this size, without justification */
} PageGlyph;

typedef enum PageOpKind { PAGE_GLYPHS, PAGE_PATH, PAGE_IMAGE, PAGE_BEGIN, PAGE_END, PAGE_LINK, PAGE_FIELD } PageOpKind;

/* Structure types: the standard ones of ISO 32000-1 14.8.4. PAGE_ARTIFACT marks what is no content (14.8.2.2). */
typedef enum PageTag {
    PAGE_DOCUMENT,
    PAGE_SECT,
    PAGE_DIV,
    PAGE_H1,
    PAGE_H2,
    PAGE_H3,
    PAGE_P,
    PAGE_SPAN,
    PAGE_TABLE,
    PAGE_THEAD,
    PAGE_TBODY,
    PAGE_TFOOT,
    PAGE_TR,
    PAGE_TH,
    PAGE_TD,
    PAGE_FIGURE,
    PAGE_CAPTION,
    PAGE_HREF, /* Link: text that leads elsewhere, with its PAGE_LINK ops */
    PAGE_FORM,
    PAGE_ARTIFACT,
    PAGE_TAG_COUNT
} PageTag;

/* What an artifact is (14.8.2.2.2): decoration, or what stands on pages because they are pages. */
typedef enum PageArtifact {
    PAGE_DECORATION,
    PAGE_HEADER,
    PAGE_FOOTER,
    PAGE_WATERMARK,
    PAGE_REPEATED, /* content that stands again, such as a table's head */
} PageArtifact;

/* Path segments: points are relative to the page. CURVE takes three points, CLOSE none, the others one. */
typedef enum PageVerb { PAGE_MOVE, PAGE_LINE, PAGE_CURVE, PAGE_CLOSE } PageVerb;
typedef struct PagePoint {
    Mpt x, y;
} PagePoint;

enum { PAGE_NO_COLOUR = 0x1000000 }; /* paint not used */

typedef struct PageOp PageOp;
struct PageOp {
    PageOpKind kind;
    PageOp *next;
    union {
        struct {           /* PAGE_GLYPHS: one face, size and colour; on one line; x, y is the origin on the baseline */
            uint16_t face; /* index of text_face() */
            Mpt size;
            uint32_t colour;
            Mpt x, y;
            int32_t turn; /* the line's direction: 1/100 degree clockwise about x, y, from 0 (upright) to 35999 */
            const char *text;
            const PageGlyph *glyphs;
            size_t count;
        } glyphs;
        struct { /* PAGE_PATH */
            const PageVerb *verbs;
            size_t verb_count;
            const PagePoint *points;
            size_t point_count;
            uint32_t fill, stroke; /* colour or PAGE_NO_COLOUR */
            Mpt width;             /* of the stroke */
            Mpt dash, gap;         /* 0, 0: solid */
        } path;
        struct { /* PAGE_IMAGE: placed in the rectangle; image is an index of the run's image table */
            uint16_t image;
            Mpt x, y, width, height;
        } image;
        struct
        { /* PAGE_BEGIN, matched by PAGE_END. An element that goes on over a page is closed and begun again with the
                    same id: writers join the parts into one element. */
            PageTag tag;
            uint32_t id;               /* unique per element, from 1; 0 for artifacts */
            const char *alt;           /* figures: alternative text; else NULL */
            uint16_t colspan, rowspan; /* cells; 0 means 1 */
            bool row_header;           /* TH: scope row instead of column */
            PageArtifact artifact;     /* PAGE_ARTIFACT */
        } begin;
        struct { /* PAGE_LINK: a rectangle that leads to the named anchor */
            Mpt x, y, width, height;
            const char *target;
        } link;
        struct { /* PAGE_FIELD: a rectangle for a signature, which signing software fills; painted by nothing */
            Mpt x, y, width, height;
            const char *name;  /* one of its own in the document */
            const char *label; /* what is to be signed, for people */
        } field;
    } as;
};

typedef struct PageBookmark {
    const char *title;  /* NULL for a mere anchor */
    int level;          /* from 1; 0: an anchor, in no outline */
    Mpt y;              /* on its page */
    const char *anchor; /* name that links use, or NULL */
} PageBookmark;

/* What a page is called (12.4.2): a number in figures or small Roman numerals, or nothing. */
typedef enum PageLabelStyle { PAGE_LABEL_DECIMAL, PAGE_LABEL_ROMAN, PAGE_LABEL_NONE } PageLabelStyle;
typedef struct PageLabel {
    PageLabelStyle style;
    int number; /* from 1 */
} PageLabel;

typedef struct Page {
    Mpt width, height;
    PageLabel label;
    const PageOp *ops;
    const PageBookmark *bookmarks; /* in order */
    size_t bookmark_count;
    struct Page *next;
} Page;

typedef struct PageDocument {
    const Page *pages;
    size_t page_count;
    const char *language; /* BCP 47, e.g. "zh-CN" */
} PageDocument;

/* ── recording ── */
typedef struct PageRecorder PageRecorder;

PageRecorder *page_open(Arena *unit, const char *language);
/* Its label is its place in the document, until page_label says otherwise. */
void page_begin_page(PageRecorder *r, Mpt width, Mpt height);
void page_label(PageRecorder *r, PageLabel label);
/* text and glyphs are borrowed: they must live in the same arena or longer. An op of no glyphs is dropped. */
void page_glyphs(PageRecorder *r, uint16_t face, Mpt size, uint32_t colour, Mpt x, Mpt y, const char *text,
                 const PageGlyph *glyphs, size_t count);
/* The same, turned about x, y by `turn` 1/100 degrees clockwise (any integer): the glyphs' own x and y are in the turned frame. */
void page_glyphs_turned(PageRecorder *r, uint16_t face, Mpt size, uint32_t colour, Mpt x, Mpt y, int32_t turn,
                        const char *text, const PageGlyph *glyphs, size_t count);
void page_rect(PageRecorder *r, Mpt x, Mpt y, Mpt width, Mpt height, uint32_t fill, uint32_t stroke, Mpt line_width);
void page_line(PageRecorder *r, Mpt x0, Mpt y0, Mpt x1, Mpt y1, uint32_t colour, Mpt line_width, Mpt dash, Mpt gap);
/* A path: begin, any number of segments, then paint. */
void page_path_begin(PageRecorder *r);
void page_path_move(PageRecorder *r, Mpt x, Mpt y);
void page_path_line(PageRecorder *r, Mpt x, Mpt y);
void page_path_curve(PageRecorder *r, PagePoint control1, PagePoint control2, PagePoint end);
void page_path_close(PageRecorder *r);
void page_path_circle(PageRecorder *r, Mpt cx, Mpt cy, Mpt radius); /* four curves */
void page_path_paint(PageRecorder *r, uint32_t fill, uint32_t stroke, Mpt line_width, Mpt dash, Mpt gap);
void page_image(PageRecorder *r, uint16_t image, Mpt x, Mpt y, Mpt width, Mpt height);
/* Structure. page_element gives a new id; begin may be called again with it on a later page. */
uint32_t page_element(PageRecorder *r);
void page_begin(PageRecorder *r, PageTag tag, uint32_t id, const char *alt);
void page_begin_artifact(PageRecorder *r, PageArtifact kind);
void page_begin_cell(PageRecorder *r, PageTag tag, uint32_t id, int colspan, int rowspan, bool row_header);
void page_end(PageRecorder *r);
/* The elements that are open now: page_resume begins them again later on the same page, so that what is painted later can have
 * its place in the structure here; page_suspend ends them. */
typedef struct PageChain {
    const PageOp **begins; /* outermost first */
    size_t count;
} PageChain;
PageChain page_chain(const PageRecorder *r);
void page_resume(PageRecorder *r, PageChain chain);
void page_suspend(PageRecorder *r, PageChain chain);
void page_link(PageRecorder *r, Mpt x, Mpt y, Mpt width, Mpt height, const char *target);
void page_field(PageRecorder *r, Mpt x, Mpt y, Mpt width, Mpt height, const char *name, const char *label);
void page_bookmark(PageRecorder *r, const char *title, int level, Mpt y, const char *anchor);
/* A place that links may lead to. */
void page_anchor(PageRecorder *r, const char *name, Mpt y);
/* A place in the op list of the current page, and moving everything recorded after it on that page (bookmarks too) by
 * dx, dy: for content that is placed after it was laid out (vertical alignment in cells). */
typedef struct PagePosition {
    PageOp *op; /* last one before; NULL at the page's begin */
    size_t bookmarks;
} PagePosition;
PagePosition page_position(const PageRecorder *r);
void page_shift(PageRecorder *r, PagePosition from, Mpt dx, Mpt dy);

const PageDocument *page_finish(PageRecorder *r);

/* ── bound volumes ── */

/* Many documents as one: fonts and images are embedded once. Each document becomes a section of the structure and a bookmark of
 * level 1 over its own; its anchors are its own; page numbers in figures go on. What is added is copied into `arena`, where it
 * stays until the volume is written. */
typedef struct PageVolume PageVolume;
PageVolume *page_volume_open(Arena *arena);
void page_volume_add(PageVolume *volume, const PageDocument *document, const char *title);
const PageDocument *page_volume_finish(PageVolume *volume);

/* ── walking ── */
/* Golden text of the document: one op a line, with lengths in pt to 1/100 and glyph runs by their text, so that a changed
 * page shows as a readable diff. `face_name` names a face index (NULL: prints the number). */
void page_trace(const PageDocument *document, const char *(*face_name)(void *context, uint16_t face), void *context,
                Buf *out);
/* The text of the document in reading order, one line per glyph op's line, artifacts left out: what extraction must give. */
void page_text(const PageDocument *document, Buf *out);
const char *page_tag_name(PageTag tag); /* "Table", "TH", … as in PDF */
/* Where a point of a glyphs op is on the page: `along` the baseline and `down` from it, as the op's glyphs are placed. */
PagePoint page_glyphs_point(const PageOp *op, Mpt along, Mpt down);
/* True when a path op is one closed rectangle parallel to the axes, as page_rect draws it: two opposite corners. */
bool page_path_rect(const PageOp *op, PagePoint corner[2]);

#endif
