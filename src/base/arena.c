/* Arena: chains of malloc'ed blocks, newest first.
 *
 * Requests are cut from the current block; one of more than a quarter of a block that does not fit there gets a block of its
 * own in a second chain, so that the rest of the current block is not lost. A mark remembers the head of both chains, and rewinding
 * pops blocks until those heads are back. Blocks and arenas live from arena_open to arena_close.
 *
 * Under AddressSanitizer everything that is not handed out is poisoned, and each allocation is followed by a poisoned gap,
 * so that an overrun or a use after rewind is reported as it would be for malloc.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GAP            16
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define GAP            0
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { DEFAULT_BLOCK = 64 * 1024, ALIGNMENT = _Alignof(max_align_t) };

typedef struct Block Block;
struct Block {
    Block *older;
    size_t size, used;
    max_align_t bytes[];
};

typedef struct Defer Defer;
struct Defer {
    Defer *older;
    void (*close)(void *handle);
    void *handle;
};

struct Arena {
    Block *block; /* newest block of small allocations; never NULL */
    Block *big;   /* newest block that holds a single allocation */
    Defer *defers;
    size_t block_size;
    size_t footprint;
};

static _Noreturn void die_out_of_memory(size_t size)
{
    fprintf(stderr, "shuzhi: out of memory (%zu bytes requested)\n", size);
    exit(EX_OSERR);
}

void *arena_heap(size_t size)
{
    void *block = malloc(size ? size : 1);
    if (!block)
        die_out_of_memory(size);
    return block;
}

void *arena_heap_resize(void *block, size_t size)
{
    void *resized = realloc(block, size ? size : 1);
    if (!resized)
        die_out_of_memory(size);
    return resized;
}

static Block *push_block(Arena *arena, Block *older, size_t size)
{
    if (size > SIZE_MAX / 2)
        die_out_of_memory(size);
    Block *block = arena_heap(sizeof(Block) + size);
    *block = (Block){.older = older, .size = size};
    arena->footprint += sizeof(Block) + size;
    POISON(block->bytes, size);
    return block;
}

static Block *pop_block(Arena *arena, Block *block)
{
    Block *older = block->older;
    arena->footprint -= sizeof(Block) + block->size;
    UNPOISON(block->bytes, block->size);
    free(block);
    return older;
}

Arena *arena_open(size_t block_size)
{
    Arena *arena = arena_heap(sizeof *arena);
    *arena = (Arena){.block_size = block_size ? block_size : DEFAULT_BLOCK};
    arena->block = push_block(arena, NULL, arena->block_size);
    return arena;
}

void arena_close(Arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    pop_block(arena, arena->block);
    free(arena);
}

void arena_reset(Arena *arena)
{
    Block *first = arena->block;
    while (first->older)
        first = first->older;
    arena_rewind(arena, (ArenaMark){.block = first});
}

/* A request with its gap, rounded up so that the next one is aligned too. */
static size_t padded_size(size_t size)
{
    if (size > SIZE_MAX / 2)
        die_out_of_memory(size);
    size_t least = size + GAP > 0 ? size + GAP : 1;
    return (least + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

void *arena_alloc(Arena *arena, size_t size)
{
    size_t padded = padded_size(size);
    Block *block = arena->block;
    if (padded > block->size - block->used) {
        if (padded > arena->block_size / 4)
            block = arena->big = push_block(arena, arena->big, padded);
        else
            block = arena->block = push_block(arena, arena->block, arena->block_size);
    }
    unsigned char *bytes = (unsigned char *)block->bytes + block->used;
    block->used += padded;
    UNPOISON(bytes, size);
    return memset(bytes, 0, size);
}

void *arena_array(Arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        die_out_of_memory(SIZE_MAX);
    return arena_alloc(arena, bytes);
}

void *arena_copy(Arena *arena, const void *bytes, size_t size)
{
    void *copy = arena_alloc(arena, size);
    if (size)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_text(Arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

char *arena_string(Arena *arena, const char *text)
{
    return arena_text(arena, text, strlen(text));
}

char *arena_print(Arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *text = arena_alloc(arena, length < 0 ? 1 : (size_t)length + 1);
    if (length > 0)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

void arena_defer(Arena *arena, void (*close)(void *handle), void *handle)
{
    Defer *defer = ARENA_NEW(arena, Defer);
    *defer = (Defer){.older = arena->defers, .close = close, .handle = handle};
    arena->defers = defer;
}

ArenaMark arena_mark(Arena *arena)
{
    return (ArenaMark){.block = arena->block, .used = arena->block->used, .big = arena->big, .defers = arena->defers};
}

void arena_rewind(Arena *arena, ArenaMark mark)
{
    /* Closers first: their handles may lie in the memory that is given back. */
    while (arena->defers != mark.defers) {
        Defer *defer = arena->defers;
        arena->defers = defer->older;
        defer->close(defer->handle);
    }
    while (arena->block != mark.block)
        arena->block = pop_block(arena, arena->block);
    while (arena->big != mark.big)
        arena->big = pop_block(arena, arena->big);
    Block *block = arena->block;
    block->used = mark.used;
    POISON((unsigned char *)block->bytes + block->used, block->size - block->used);
}

size_t arena_footprint(const Arena *arena)
{
    return sizeof *arena + arena->footprint;
}
