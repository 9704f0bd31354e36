/* Glyph programs prepared once and put into document after document (glyphs.c), and the bits they are kept as (bits.c). */
#ifndef PDF_GLYPHS_INT_H
#define PDF_GLYPHS_INT_H

#include "pdf/cff_int.h"

/* ── bits.c ── */

/* Bits on their way into a buffer; {.out = …} to begin. */
typedef struct PdfBits {
    Buf *out;
    uint64_t hold;
    unsigned held; /* below 8 */
} PdfBits;

void pdf_bits_put(PdfBits *bits, uint32_t value, unsigned count); /* count <= 32 */
/* A bit string, with three bytes to read beyond it. */
void pdf_bits_append(PdfBits *bits, const unsigned char *string, size_t count);
void pdf_bits_align(PdfBits *bits);
/* Bytes as they are, in blocks that are not the last. */
void pdf_bits_store(PdfBits *bits, const unsigned char *bytes, size_t length);

enum { PDF_SYMBOLS = 257 }; /* the bytes, and the end */

/* A prefix code for bytes. */
typedef struct PdfByteCode {
    uint16_t words[PDF_SYMBOLS]; /* as written, lowest bit first */
    unsigned char lengths[PDF_SYMBOLS];
} PdfByteCode;

void pdf_code_make(PdfByteCode *code, const uint64_t *counts); /* of every symbol in a sample */
void pdf_code_begin(PdfBits *bits, const PdfByteCode *code);   /* the last block */
void pdf_code_put(PdfBits *bits, const PdfByteCode *code, const unsigned char *bytes, size_t length);
void pdf_code_end(PdfBits *bits, const PdfByteCode *code);

/* ── glyphs.c ── */

/* As pdf_subset_make, from a face whose programs can be taken apart; the program is lent until the next call for this face. False: HarfBuzz has to
 * see to it. */
bool pdf_glyphs_pack(Arena *arena, PdfGlyphs *face, const uint16_t *gids, size_t count, PdfSubset *out);

#endif
