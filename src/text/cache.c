/* Set paragraphs that come again: the labels of a table, the names of indicators and most numbers are the same in document after
 * document, and looking one up costs a tenth of setting it.
 *
 * A place is taken once and never given to another paragraph, because lines lent out may still be in use; so memory is bounded by
 * the number of places, the first documents decide what is kept, and only speed depends on that. Kept are short paragraphs
 * of one run without a tag. */
#include "text/set_int.h"

#include <string.h>

enum { PLACES = 4096, PROBES = 4, TEXT_BYTES = 240 };

/* All that lines depend on besides the text and the fonts; zeroed, so that it is compared as bytes. */
typedef struct Key {
    uint64_t hash;
    Mpt width, grid, indent, size, letter_spacing, baseline_shift;
    uint32_t colour;
    int role;
    uint16_t length;
    uint8_t align, wrap, rule, flags;
} Key;

typedef struct Place {
    Key key;
    const TextLines *lines;
    TextRun run;
    char text[TEXT_BYTES];
} Place;

struct SetCache {
    Arena *run;
    uint64_t hashes[PLACES]; /* of what is in the places, 0 in free ones: the search touches no other memory */
    Place *places[PLACES];   /* each allocated when first taken */
};

SetCache *text_cache_open(Arena *run)
{
    SetCache *cache = ARENA_NEW(run, SetCache);
    cache->run = run;
    return cache;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

static uint64_t hash_text(const char *text, size_t length)
{
    uint64_t hash = length, word;
    for (; length >= sizeof word; text += sizeof word, length -= sizeof word) {
        memcpy(&word, text, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, text, length);
    return mix(hash, word);
}

/* False: not of the kind that is kept. */
static bool make_key(const TextParagraph *p, Key *key)
{
    if (p->run_count != 1 || p->runs->tag)
        return false;
    const TextStyle *style = &p->runs->style;
    const size_t length = strnlen(p->runs->text, TEXT_BYTES);
    if (length == TEXT_BYTES)
        return false;
    memset(key, 0, sizeof *key);
    key->width = p->width;
    key->grid = p->grid;
    key->indent = p->indent;
    key->size = style->size;
    key->letter_spacing = style->letter_spacing;
    key->baseline_shift = style->baseline_shift;
    key->colour = style->colour;
    key->role = style->role;
    key->length = (uint16_t)length;
    key->align = (uint8_t)p->align;
    key->wrap = (uint8_t)p->wrap;
    key->rule = (uint8_t)p->rule;
    key->flags = (uint8_t)(p->no_wrap | style->bold << 1);
    const uint64_t sizes = (uint64_t)(uint32_t)key->width << 32 | (uint32_t)key->size;
    key->hash = 1 | mix(hash_text(p->runs->text, length), sizes ^ (uint64_t)key->colour << 8 ^ (uint64_t)key->role);
    return true;
}

static bool is_same(const Place *place, const TextParagraph *p, const Key *key)
{
    return memcmp(&place->key, key, sizeof *key) == 0 && memcmp(place->text, p->runs->text, key->length) == 0;
}

/* Takes a free place for the paragraph, with its text and run copied. */
static Place *take_place(SetCache *cache, size_t slot, const TextParagraph *p, const Key *key)
{
    if (!cache->places[slot])
        cache->places[slot] = ARENA_NEW(cache->run, Place);
    Place *place = cache->places[slot];
    place->key = *key;
    place->run = *p->runs;
    place->run.text = place->text;
    memcpy(place->text, p->runs->text, key->length);
    place->text[key->length] = '\0';
    return place;
}

/* Sets the paragraph into a free place; NULL: diagnostics recorded, and the place stays free. */
static const TextLines *fill_place(SetCache *cache, size_t slot, const TextFonts *fonts, const TextParagraph *paragraph,
                                   const Key *key, Diag *diag)
{
    Place *place = take_place(cache, slot, paragraph, key);
    TextParagraph kept = *paragraph;
    kept.runs = &place->run;
    place->lines = text_set_directed(cache->run, fonts, &kept, false, diag);
    if (place->lines)
        cache->hashes[slot] = key->hash;
    return place->lines;
}

const TextLines *text_cache_set(SetCache *cache, Arena *arena, const TextFonts *fonts, const TextParagraph *paragraph,
                                Diag *diag)
{
    Key key;
    if (fonts->replace || !make_key(paragraph, &key)) /* every unit is to be told of what was replaced in it */
        return text_set_directed(arena, fonts, paragraph, false, diag);
    for (size_t probe = 0; probe < PROBES; probe++) {
        const size_t slot = (key.hash / 2 + probe) % PLACES;
        if (cache->hashes[slot] == 0)
            return fill_place(cache, slot, fonts, paragraph, &key, diag);
        if (cache->hashes[slot] == key.hash && is_same(cache->places[slot], paragraph, &key))
            return cache->places[slot]->lines;
    }
    return text_set_directed(arena, fonts, paragraph, false, diag);
}
