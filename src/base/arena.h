/* Arena: all memory with one lifetime, freed at once.
 *
 * The program has three lifetimes: run (built before the workers are forked, read-only afterwards), unit (reset after
 * each report) and scratch (mark and rewind). The first parameter of a function that returns memory says where it lives.
 *
 * Running out of memory never returns: the process says so on stderr and exits with EX_OSERR (71). A worker that dies
 * this way costs its unit, never the run, so no caller carries a check that could not be tested.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

typedef struct Arena Arena;

/* Where an arena stood; see arena_mark. */
typedef struct ArenaMark {
    void *block;
    size_t used;
    void *big;
    void *defers;
} ArenaMark;

/* Opens an arena that grows by blocks of at least `block_size` bytes (0 takes 64 KiB). Close with arena_close. */
Arena *arena_open(size_t block_size);

/* Runs every deferred closer, newest first, and frees all memory. NULL is allowed. */
void arena_close(Arena *arena);

/* Like close and open in one, but keeps the first block, so that a unit's arena does not return to malloc. */
void arena_reset(Arena *arena);

/* Returns `size` bytes, zeroed, aligned to max_align_t. size 0 gives a valid pointer. */
void *arena_alloc(Arena *arena, size_t size);

/* Returns `count * size` zeroed bytes; an overflowing product counts as out of memory. */
void *arena_array(Arena *arena, size_t count, size_t size);

/* Returns a copy of `size` bytes. */
void *arena_copy(Arena *arena, const void *bytes, size_t size);

/* Returns a NUL-terminated copy of `length` bytes of `text`; arena_string copies the whole string. */
char *arena_text(Arena *arena, const char *text, size_t length);
char *arena_string(Arena *arena, const char *text);

/* printf into the arena. For numbers use integers only: the locale may change what %f prints. */
char *arena_print(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Calls close(handle) when the arena is closed, reset or rewound past this point. */
void arena_defer(Arena *arena, void (*close)(void *handle), void *handle);

/* Everything allocated after the mark is given back by rewinding to it. Marks nest. */
ArenaMark arena_mark(Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);

/* Bytes held from malloc; for metrics and tests. */
size_t arena_footprint(const Arena *arena);

/* malloc and realloc under the same rule: never NULL, exits with 71. For memory that no arena can own (Buf). */
void *arena_heap(size_t size);
void *arena_heap_resize(void *block, size_t size);

#define ARENA_NEW(arena, Type)          ((Type *)arena_alloc((arena), sizeof(Type)))
#define ARENA_ARRAY(arena, count, Type) ((Type *)arena_array((arena), (count), sizeof(Type)))

#endif
