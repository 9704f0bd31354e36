/* Map: entries in an array in order of insertion, and a table of slots (linear probing, at most half full) that hold an
 * entry's index + 1. Growing leaves the old arrays in the arena, which costs at most what the map itself holds. */
#include "base/map.h"

#include <stdint.h>
#include <string.h>

enum { FIRST_SLOTS = 16, NEAREST_LONGEST = 64 };

typedef struct Entry {
    const char *key;
    void *value;
    uint64_t hash;
} Entry;

struct Map {
    Arena *arena;
    Entry *entries;
    size_t count;
    size_t *slots; /* index + 1 of an entry; 0 = free */
    size_t slot_count;
};

/* FNV-1a, with the high bits folded in because slots are taken from the low ones. */
static uint64_t hash_key(const char *key)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 0x100000001B3u;
    return hash ^ hash >> 32;
}

/* The slot that holds the key, or the free slot where it belongs. */
static size_t *find_slot(const Map *map, const char *key, uint64_t hash)
{
    size_t mask = map->slot_count - 1;
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        size_t *slot = &map->slots[i];
        if (*slot == 0)
            return slot;
        const Entry *entry = &map->entries[*slot - 1];
        if (entry->hash == hash && strcmp(entry->key, key) == 0)
            return slot;
    }
}

static void set_size(Map *map, size_t slot_count)
{
    Entry *entries = ARENA_ARRAY(map->arena, slot_count / 2, Entry);
    if (map->count)
        memcpy(entries, map->entries, map->count * sizeof *entries);
    map->entries = entries;
    map->slots = ARENA_ARRAY(map->arena, slot_count, size_t);
    map->slot_count = slot_count;
    for (size_t i = 0; i < map->count; i++)
        *find_slot(map, entries[i].key, entries[i].hash) = i + 1;
}

Map *map_open(Arena *arena)
{
    Map *map = ARENA_NEW(arena, Map);
    map->arena = arena;
    set_size(map, FIRST_SLOTS);
    return map;
}

bool map_add(Map *map, const char *key, void *value)
{
    uint64_t hash = hash_key(key);
    size_t *slot = find_slot(map, key, hash);
    if (*slot)
        return false;
    if (map->count == map->slot_count / 2) {
        set_size(map, map->slot_count * 2);
        slot = find_slot(map, key, hash);
    }
    map->entries[map->count] = (Entry){.key = key, .value = value, .hash = hash};
    *slot = ++map->count;
    return true;
}

void *map_lookup(const Map *map, const char *key)
{
    size_t slot = *find_slot(map, key, hash_key(key));
    return slot ? map->entries[slot - 1].value : NULL;
}

bool map_has(const Map *map, const char *key)
{
    return *find_slot(map, key, hash_key(key)) != 0;
}

size_t map_count(const Map *map)
{
    return map->count;
}

const char *map_key(const Map *map, size_t index)
{
    return map->entries[index].key;
}

void *map_value(const Map *map, size_t index)
{
    return map->entries[index].value;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost one each, because swapped
 * letters are the commonest slip. Counted in bytes; both strings are at most NEAREST_LONGEST long. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][NEAREST_LONGEST + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(least(row[j - 1], above[j]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *map_nearest(const Map *map, const char *key)
{
    size_t length = strlen(key);
    if (length > NEAREST_LONGEST)
        return NULL;
    const char *nearest = NULL;
    size_t best = length / 3 + 1;
    for (size_t i = 0; i < map->count; i++) {
        const char *known = map->entries[i].key;
        size_t known_length = strlen(known);
        if (known_length > NEAREST_LONGEST)
            continue;
        size_t distance = edit_distance(key, length, known, known_length);
        if (distance < best) {
            best = distance;
            nearest = known;
        }
    }
    return nearest;
}
