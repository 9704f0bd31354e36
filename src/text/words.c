/* Shaping of words with HarfBuzz, and the cache of the results; see words.h. */
#include "text/words.h"

#include "text/face.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES = 4096, WORD_BYTES = 31, WORD_GLYPHS = 24 };

/* A place holds short words only; longer ones are shaped anew each time. */
typedef struct Place {
    const Face *face;
    uint8_t length;
    uint8_t count;
    char text[WORD_BYTES];
    WordGlyph glyphs[WORD_GLYPHS];
} Place;

struct WordCache {
    Place **places; /* PLACES of them, each allocated when first taken */
    Arena *run;
    hb_buffer_t *buffer;
    WordGlyph *glyphs; /* of the word that was too long for a place */
    size_t capacity;
};

static void close_words(void *handle)
{
    WordCache *cache = handle;
    hb_buffer_destroy(cache->buffer);
    free(cache->glyphs);
}

WordCache *text_words_open(Arena *run)
{
    WordCache *cache = ARENA_NEW(run, WordCache);
    cache->places = ARENA_ARRAY(run, PLACES, Place *);
    cache->run = run;
    cache->buffer = hb_buffer_create();
    hb_buffer_set_flags(cache->buffer, HB_BUFFER_FLAG_REMOVE_DEFAULT_IGNORABLES);
    hb_buffer_set_cluster_level(cache->buffer, HB_BUFFER_CLUSTER_LEVEL_MONOTONE_GRAPHEMES);
    arena_defer(run, close_words, cache);
    return cache;
}

static int16_t clamp16(hb_position_t value)
{
    return (int16_t)(value < INT16_MIN ? INT16_MIN : value > INT16_MAX ? INT16_MAX : value);
}

/* Shapes into cache->glyphs; returns how many. The direction is always left to right: scripts written the other way have
 * no place in these documents and would need the bidirectional algorithm. */
static size_t shape(WordCache *cache, Face *face, const char *text, size_t length)
{
    hb_buffer_t *buffer = cache->buffer;
    hb_buffer_clear_contents(buffer);
    hb_buffer_add_utf8(buffer, text, (int)length, 0, (int)length);
    hb_buffer_guess_segment_properties(buffer);
    hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
    hb_buffer_set_language(buffer, hb_language_from_string("zh-hans", -1));
    hb_shape(face->font, buffer, NULL, 0);
    unsigned count;
    const hb_glyph_info_t *infos = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *positions = hb_buffer_get_glyph_positions(buffer, &count);
    if (count > cache->capacity) {
        cache->capacity = count * 2;
        cache->glyphs = arena_heap_resize(cache->glyphs, cache->capacity * sizeof *cache->glyphs);
    }
    for (unsigned i = 0; i < count; i++) {
        cache->glyphs[i] = (WordGlyph){.gid = (uint16_t)infos[i].codepoint,
                                       .cluster = (uint16_t)infos[i].cluster,
                                       .x = clamp16(positions[i].x_offset),
                                       .y = clamp16(positions[i].y_offset),
                                       .advance = positions[i].x_advance};
    }
    return count;
}

static uint64_t hash_word(const Face *face, const char *text, size_t length)
{
    uint64_t hash = (uint64_t)(uintptr_t)face * 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001B3u;
    return hash ^ hash >> 29;
}

const WordGlyph *text_words_shape(WordCache *cache, Face *face, const char *text, size_t length, size_t *count)
{
    if (length > WORD_BYTES) {
        *count = shape(cache, face, text, length);
        return cache->glyphs;
    }
    Place **slot = &cache->places[hash_word(face, text, length) % PLACES];
    Place *place = *slot;
    if (place && place->face == face && place->length == length && memcmp(place->text, text, length) == 0) {
        *count = place->count;
        return place->glyphs;
    }
    *count = shape(cache, face, text, length);
    if (*count > WORD_GLYPHS)
        return cache->glyphs;
    if (!place)
        place = *slot = ARENA_NEW(cache->run, Place);
    place->face = face;
    place->length = (uint8_t)length;
    place->count = (uint8_t)*count;
    memcpy(place->text, text, length);
    memcpy(place->glyphs, cache->glyphs, *count * sizeof *cache->glyphs);
    return place->glyphs;
}
