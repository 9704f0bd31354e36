/* Map: string → pointer, insertion-ordered, for names resolved once per run. Keys are borrowed, not copied. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

#include <stdbool.h>

typedef struct Map Map;

Map *map_open(Arena *arena); /* lives and dies with the arena */
/* Adds key → value and returns true; a key that is already there is left as it is and false is returned. */
bool map_add(Map *map, const char *key, void *value);
void *map_lookup(const Map *map, const char *key); /* NULL when absent */
bool map_has(const Map *map, const char *key);     /* also when its value is NULL */
size_t map_count(const Map *map);
const char *map_key(const Map *map, size_t index); /* in order of insertion */
void *map_value(const Map *map, size_t index);

/* The known key nearest to `key` by edit distance (at most a third of its length; swapped neighbours count
 * as one edit), or NULL: for "did you mean". The first one added wins a tie. */
const char *map_nearest(const Map *map, const char *key);

#endif
