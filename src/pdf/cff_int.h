/* CFF tables (Adobe Technical Note 5176) and the charstrings in them (5177): taken apart once for a face, and put together anew
 * from some of its glyphs for a document.
 *
 *     font file ──pdf_cff_open──▶ PdfCff ──pdf_charstring_flatten──▶ one glyph's program ──▶ cache (glyphs.c)
 *                                    └────────────pdf_cff_put_head──▶ all of a subset but its glyphs' programs
 */
#ifndef PDF_CFF_INT_H
#define PDF_CFF_INT_H

#include "pdf/pdf_int.h"

/* An INDEX (5176, 5) in a table, its extent checked: objects are found through pdf_cff_object. */
typedef struct PdfCffIndex {
    uint32_t count;
    int size;       /* of an offset, in bytes */
    size_t offsets; /* where they stand */
    size_t base;    /* what they are counted from */
} PdfCffIndex;

/* A Font DICT with its Private DICT. Operands as they stand in the table; none: length 0. */
typedef struct PdfCffDict {
    PdfBytes matrix, default_width, nominal_width;
    PdfCffIndex subrs;
} PdfCffDict;

typedef struct PdfCff {
    PdfBytes table;
    PdfBytes name;        /* of the font, as its Name INDEX has it */
    PdfBytes matrix, box; /* operands of the Top DICT's FontMatrix and FontBBox */
    PdfCffIndex glyphs, global_subrs;
    const uint8_t *dict_of;  /* of every glyph; NULL: the first */
    const PdfCffDict *dicts; /* at least one */
    size_t dict_count;
} PdfCff;

/* Takes a table apart; it must stay mapped. Every offset is checked here or where it is followed. NULL without a diagnostic:
 * damaged, or of a kind that PDF has no use for. */
const PdfCff *pdf_cff_open(Arena *arena, PdfBytes table);

/* Object `i` of an INDEX; false: it reaches outside the table. */
bool pdf_cff_object(PdfBytes table, const PdfCffIndex *index, uint32_t i, PdfBytes *out);

/* Appends to `out` a CID-keyed CFF table of the glyphs, the first of them 0, up to the data of its CharStrings INDEX, which has to follow:
 * programs of these lengths. A glyph's CID is its place in the list. Returns false when the table would be too long for its offsets. */
bool pdf_cff_put_head(const PdfCff *cff, const uint16_t *gids, const uint32_t *lengths, size_t count, Buf *out);

/* Appends the program of a glyph, its subroutines written out and its hints taken away. False without a diagnostic: damaged, or it has
 * operators that nothing but old multiple-master fonts used; then HarfBuzz has to judge the face. */
bool pdf_charstring_flatten(const PdfCff *cff, uint16_t gid, Buf *out);

#endif
