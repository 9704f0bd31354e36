/* Arena: alignment, zeroing, marks, closers, footprint, and death by exhaustion. */
#include "base/check.h"

#include "base/arena.h"

#include <string.h>

static void aligned_and_zeroed(void **state)
{
    (void)state;
    Arena *arena = arena_open(256);
    for (size_t size = 0; size < 300; size++) {
        unsigned char *bytes = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(bytes[i], 0);
        memset(bytes, 0xFF, size); /* must not show in any later allocation */
    }
    arena_close(arena);
    arena_close(NULL);
}

static void copies(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    char *text = arena_text(arena, "述职报告", 6);
    assert_string_equal(text, "述职");
    assert_string_equal(arena_string(arena, ""), "");
    assert_string_equal(arena_print(arena, "%d-%s", 7, "x"), "7-x");
    assert_string_equal(arena_print(arena, "%s", ""), "");
    assert_memory_equal(arena_copy(arena, "a\0b", 3), "a\0b", 3);
    assert_non_null(arena_copy(arena, NULL, 0));
    arena_close(arena);
}

static void rewinding_gives_back_and_zeroes_again(void **state)
{
    (void)state;
    Arena *arena = arena_open(1024);
    char *kept = arena_string(arena, "kept");
    size_t before = arena_footprint(arena);
    for (int round = 0; round < 50; round++) {
        ArenaMark mark = arena_mark(arena);
        unsigned char *small = arena_alloc(arena, 100);
        assert_int_equal(small[99], 0);
        memset(small, 0xAA, 100);
        ArenaMark inner = arena_mark(arena);
        memset(arena_alloc(arena, 5000), 0xBB, 5000);
        for (int i = 0; i < 100; i++)
            arena_alloc(arena, 64);
        arena_rewind(arena, inner);
        assert_int_equal(small[99], 0xAA);
        arena_rewind(arena, mark);
        assert_int_equal(arena_footprint(arena), before);
    }
    assert_string_equal(kept, "kept");
    arena_close(arena);
}

static void big_allocation_leaves_the_current_block_usable(void **state)
{
    (void)state;
    Arena *arena = arena_open(4096);
    arena_alloc(arena, 16);
    char *big = arena_alloc(arena, 1 << 20);
    big[(1 << 20) - 1] = 1;
    size_t footprint = arena_footprint(arena);
    arena_alloc(arena, 1000); /* still fits beside the first 16 bytes */
    assert_int_equal(arena_footprint(arena), footprint);
    arena_reset(arena);
    assert_true(arena_footprint(arena) < 8192);
    arena_close(arena);
}

static char order[16];

static void note(void *letter)
{
    strncat(order, letter, 1);
}

static void closers_run_newest_first_and_once(void **state)
{
    (void)state;
    Arena *arena = arena_open(128);
    order[0] = '\0';
    arena_defer(arena, note, "a");
    ArenaMark mark = arena_mark(arena);
    arena_defer(arena, note, "b");
    arena_alloc(arena, 1000);
    arena_defer(arena, note, "c");
    arena_rewind(arena, mark);
    assert_string_equal(order, "cb");
    arena_defer(arena, note, "d");
    arena_reset(arena);
    assert_string_equal(order, "cbda");
    arena_close(arena);
    assert_string_equal(order, "cbda");
}

static void closer_may_use_arena_memory(void **state)
{
    (void)state;
    Arena *arena = arena_open(64);
    order[0] = '\0';
    for (int i = 0; i < 10; i++)
        arena_defer(arena, note, arena_string(arena, "x"));
    arena_close(arena);
    assert_string_equal(order, "xxxxxxxxxx");
}

static Arena *volatile doomed; /* reachable at exit, so that it is no leak */

static void overflow_product(void)
{
    doomed = arena_open(0);
    arena_array(doomed, SIZE_MAX / 2, 3);
}

static void huge_request(void)
{
    doomed = arena_open(0);
    arena_alloc(doomed, SIZE_MAX - 8);
}

static void huge_heap(void)
{
    arena_heap(SIZE_MAX / 2 + 1);
}

static void exhaustion_ends_the_process_with_71(void **state)
{
    (void)state;
    assert_int_equal(exit_code_of(overflow_product), 71);
    assert_int_equal(exit_code_of(huge_request), 71);
#ifndef __SANITIZE_ADDRESS__ /* which aborts by itself on such a malloc */
    assert_int_equal(exit_code_of(huge_heap), 71);
#else
    (void)huge_heap;
#endif
}

#ifdef __SANITIZE_ADDRESS__
static void overrun(void)
{
    char *bytes = arena_alloc(arena_open(0), 16);
    bytes[16] = 1;
}

static void use_after_rewind(void)
{
    Arena *arena = arena_open(0);
    ArenaMark mark = arena_mark(arena);
    char *bytes = arena_alloc(arena, 16);
    arena_rewind(arena, mark);
    bytes[0] = 1;
}

static void sanitizer_sees_inside(void **state)
{
    (void)state;
    assert_int_not_equal(exit_code_of(overrun), 0);
    assert_int_not_equal(exit_code_of(use_after_rewind), 0);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligned_and_zeroed),
        cmocka_unit_test(copies),
        cmocka_unit_test(rewinding_gives_back_and_zeroes_again),
        cmocka_unit_test(big_allocation_leaves_the_current_block_usable),
        cmocka_unit_test(closers_run_newest_first_and_once),
        cmocka_unit_test(closer_may_use_arena_memory),
        cmocka_unit_test(exhaustion_ends_the_process_with_71),
#ifdef __SANITIZE_ADDRESS__
        cmocka_unit_test(sanitizer_sees_inside),
#endif
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
