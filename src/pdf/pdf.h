/* The pdf room: page ops → the bytes of a PDF file. libharu keeps objects, cross-reference and writing; fonts are our own
 * subsets (Type 0, Identity-H), because stock libharu can neither read CFF nor go above U+FFFF.
 *
 * Decides no layout. Output depends on nothing but its arguments: no clock, no locale, no random ID.
 */
#ifndef PDF_PDF_H
#define PDF_PDF_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/hash.h"
#include "image/image.h"
#include "page/page.h"
#include "text/text.h"

/* What is prepared once per run, before the fork: descriptions of the faces, the colour profile, the compressor. Takes about
 * a millisecond, and the images' compression. `images` may be NULL and must outlive the result. Closed with the arena; used by
 * one thread at a time. NULL = a face lacks what PDF needs of it. */
typedef struct PdfFonts PdfFonts;
PdfFonts *pdf_fonts_prepare(Arena *run, const TextFonts *fonts, const ImageTable *images, Diag *diag);

/* The part of ISO 19005 that a document follows. PDF_A1 is PDF 1.4 (GB/T 23286.1), the others PDF 1.7. */
typedef enum PdfProfile { PDF_A1, PDF_A2, PDF_A3 } PdfProfile;

/* Document information; all UTF-8, any may be NULL. */
typedef struct PdfInfo {
    PdfProfile profile;
    bool accessible; /* claims level a (19005-1 6.8), else b; pdf_write fails where the structure does not allow it */
    const char *title, *author, *subject, *keywords;
    const char *creator;                               /* "shuzhi 0.1.0" */
    const char *identity;                              /* the report's identity: year/unit/layout */
    const char *version;                               /* of the report */
    const char *data_hash, *scheme_hash, *layout_hash; /* hex */
    const char *date; /* YYYY-MM-DD, the assessment's as-of date; becomes CreationDate and ModDate at 00:00:00Z */
    /* Object and cross-reference streams (19005-2 6.1.4, ISO 32000-1 7.5.7): not in PDF_A1, which has none, and not beside a
     * signature_field, whose dictionary must stand in the file as it is (12.8.1). */
    bool compact;
    /* A field to be signed at once: its dictionary is written with `signature_room` bytes kept for the signature. NULL: none. */
    const char *signature_field;
    size_t signature_room;
} PdfInfo;

/* What the bytes of a file are for. */
typedef enum PdfPart {
    PDF_REST, /* catalogue, page tree, links, outline, colour profile; header and trailer are in no part */
    PDF_FONTS,
    PDF_CONTENT,
    PDF_IMAGES,
    PDF_STRUCTURE,
    PDF_METADATA,
    PDF_PART_COUNT
} PdfPart;

/* Where a signature goes, counted from the file's first byte (12.8.1): it covers [0, before) and [after, length), and what is
 * between is its bytes in hexadecimal digits, in angle brackets. All 0: none was asked for. */
typedef struct PdfPlaceholder {
    size_t before, after, length;
} PdfPlaceholder;

typedef struct PdfResult {
    size_t pages;
    size_t bytes[PDF_PART_COUNT]; /* of the file, whole objects with their share of the cross-reference */
    PdfPlaceholder placeholder;
    char sha256[HASH_HEX]; /* of the file as it was appended, the room for a signature empty */
} PdfResult;

/* Appends the whole file to `out`: PDF/A (ISO 19005) as `info` wants it, tagged when the ops have structure. `scratch`, in which
 * `diag` must not live, is rewound before returning. False = diagnostic recorded, and `out` is as it was. Warns of links that
 * lead nowhere (they are left out) and of texts that are too long for PDF. */
bool pdf_write(Arena *scratch, const PdfFonts *fonts, const PageDocument *document, const PdfInfo *info, Buf *out,
               PdfResult *result, Diag *diag);

/* Puts a detached signature (CMS, ETSI EN 319 142-1: ETSI.CAdES.detached) over the bytes that the placeholder covers into the
 * `file` that pdf_write has made; nothing else changes. False = it is longer than the room that was kept. */
bool pdf_sign(unsigned char *file, const PdfPlaceholder *placeholder, const void *signature, size_t length, Diag *diag);

#endif
