/* The pdf room: page ops → the bytes of a PDF file. libharu keeps objects, cross-reference and writing; fonts are our own
 * subsets through HarfBuzz (Type 0, Identity-H), because stock libharu can neither read CFF nor go above U+FFFF.
 *
 * Decides no layout. Output depends on nothing but its arguments: no clock, no locale, no random ID.
 */
#ifndef PDF_PDF_H
#define PDF_PDF_H

#include "base/buf.h"
#include "base/diag.h"
#include "page/page.h"
#include "text/text.h"

/* What is prepared once per run, before the fork: faces ready for subsetting. Closed with the arena. */
typedef struct PdfFonts PdfFonts;
PdfFonts *pdf_fonts_prepare(Arena *run, const TextFonts *fonts, Diag *diag);

/* Document information; all UTF-8, any may be NULL. */
typedef struct PdfInfo {
    const char *title, *author, *subject, *keywords;
    const char *creator;                 /* "shuzhi 0.1.0" */
    const char *identity;                /* the report's identity: year/unit/layout */
    const char *data_hash, *scheme_hash; /* hex */
    const char *date; /* YYYY-MM-DD, the assessment's as-of date; becomes CreationDate and ModDate at 00:00:00Z */
} PdfInfo;

typedef struct PdfResult {
    size_t pages;
    size_t font_bytes, content_bytes; /* parts of the file, for metrics */
} PdfResult;

/* Appends the whole file to `out`. `scratch` is rewound before returning. False = diagnostic recorded. */
bool pdf_write(Arena *scratch, const PdfFonts *fonts, const PageDocument *document, const PdfInfo *info, Buf *out,
               PdfResult *result, Diag *diag);

#endif
