/* Shaped words: Latin words and numbers come back again and again, and shaping one costs more than setting a line of Han.
 * Private to the text room.
 *
 * A direct-mapped cache in the process: a word that falls on a taken place replaces it, so memory is bounded and no result
 * depends on history. Filled before the fork or after it, as text comes.
 */
#ifndef TEXT_WORDS_H
#define TEXT_WORDS_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

typedef struct Face Face;

/* One shaped glyph, in font units. `cluster` is the offset of its first byte in the word. */
typedef struct WordGlyph {
    uint16_t gid;
    uint16_t cluster;
    int16_t x, y; /* offset of the origin; y up */
    int32_t advance;
} WordGlyph;

typedef struct WordCache WordCache;

WordCache *text_words_open(Arena *run);

/* Shapes `length` bytes of valid UTF-8 (at most 65,535) left to right in one face; `*count` glyphs in order of their
 * clusters. The result is lent until the next call. */
const WordGlyph *text_words_shape(WordCache *cache, Face *face, const char *text, size_t length, size_t *count);

#endif
