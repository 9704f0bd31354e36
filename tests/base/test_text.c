/* Buf, UTF-8 and Map. */
#include "base/check.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* ── Buf ── */

static void assert_decimal(int64_t value, int places, const char *expected)
{
    Buf buf = {0};
    buf_decimal(&buf, value, places);
    assert_string_equal(buf_cstring(&buf), expected);
    buf_free(&buf);
}

static void decimals(void **state)
{
    (void)state;
    assert_decimal(-1500, 3, "-1.5");
    assert_decimal(0, 0, "0");
    assert_decimal(0, 9, "0");
    assert_decimal(5, 3, "0.005");
    assert_decimal(-5, 1, "-0.5");
    assert_decimal(1000, 3, "1");
    assert_decimal(100, 0, "100");
    assert_decimal(1010, 3, "1.01");
    assert_decimal(INT64_MAX, 0, "9223372036854775807");
    assert_decimal(INT64_MIN, 0, "-9223372036854775808");
    assert_decimal(INT64_MIN, 9, "-9223372036.854775808");
}

static void appends(void **state)
{
    (void)state;
    Buf buf = {0};
    buf_append(&buf, NULL, 0);
    assert_null(buf.bytes);
    buf_text(&buf, "a");
    buf_byte(&buf, 'b');
    buf_int(&buf, -42);
    buf_hex(&buf, "\x00\xff\x1a", 3);
    buf_print(&buf, "[%s]", "");
    assert_string_equal(buf_cstring(&buf), "ab-4200ff1a[]");
    assert_int_equal(buf.length, 13);
    size_t capacity = buf.capacity;
    buf_clear(&buf);
    assert_int_equal(buf.length, 0);
    assert_int_equal(buf.capacity, capacity);
    buf_free(&buf);
    assert_null(buf.bytes);
    assert_string_equal(buf_cstring(&buf), "");
    buf_free(&buf);
}

static void grows_across_every_boundary(void **state)
{
    (void)state;
    Buf buf = {0};
    for (int i = 0; i < 10000; i++) {
        buf_print(&buf, "%c", 'a' + i % 26);
        assert_true(buf.length <= buf.capacity);
    }
    assert_int_equal(buf.length, 10000);
    for (size_t i = 0; i < buf.length; i++)
        assert_int_equal(buf.bytes[i], 'a' + (int)(i % 26));
    buf_free(&buf);
}

/* ── UTF-8 ── */

/* `bad` is the expected offset of the first wrong byte; -1 = valid. */
static void assert_utf8(const char *bytes, size_t length, int bad)
{
    size_t offset = 999;
    bool valid = utf8_valid(bytes, length, &offset);
    assert_int_equal(valid, bad < 0);
    if (bad >= 0)
        assert_int_equal(offset, bad);
    assert_int_equal(utf8_valid(bytes, length, NULL), valid);
}

static void validity(void **state)
{
    (void)state;
    assert_utf8("", 0, -1);
    assert_utf8("述职", 6, -1);
    assert_utf8("\x7F", 1, -1);
    assert_utf8("a\0b", 3, 1);
    assert_utf8("\x80", 1, 0);
    assert_utf8("\xC1\xBF", 2, 0);               /* overlong 2 bytes */
    assert_utf8("\xC2\x80", 2, -1);              /* U+0080 */
    assert_utf8("\xE0\x9F\xBF", 3, 0);           /* overlong 3 bytes */
    assert_utf8("\xE0\xA0\x80", 3, -1);          /* U+0800 */
    assert_utf8("\xED\x9F\xBF", 3, -1);          /* U+D7FF */
    assert_utf8("\xED\xA0\x80", 3, 0);           /* U+D800 */
    assert_utf8("\xED\xBF\xBF", 3, 0);           /* U+DFFF */
    assert_utf8("\xEE\x80\x80", 3, -1);          /* U+E000 */
    assert_utf8("\xF0\x8F\xBF\xBF", 4, 0);       /* overlong 4 bytes */
    assert_utf8("\xF0\x90\x80\x80", 4, -1);      /* U+10000 */
    assert_utf8("\xF4\x8F\xBF\xBF", 4, -1);      /* U+10FFFF */
    assert_utf8("\xF4\x90\x80\x80", 4, 0);       /* U+110000 */
    assert_utf8("\xF5\x80\x80\x80", 4, 0);       /* never a lead */
    assert_utf8("\xFF", 1, 0);                   /* never a byte */
    assert_utf8("ab\xE8\xBF", 4, 2);             /* truncated */
    assert_utf8("ab\xF0\x9F\x98", 5, 2);         /* truncated */
    assert_utf8("ab\xE8\xBF\x30", 5, 2);         /* broken off by ASCII */
    assert_utf8("\xF0\x90\x80\xC0", 4, 0);       /* bad last byte */
    assert_utf8("述\xE8\x81\x8C\xB0\xA1", 8, 6); /* GBK among UTF-8 */
}

static void every_scalar_value_survives(void **state)
{
    (void)state;
    for (uint32_t code = 1; code <= 0x10FFFF; code++) {
        if (code == 0xD800)
            code = 0xE000;
        char bytes[5] = "";
        size_t size = utf8_encode(code, bytes);
        const char *at = bytes;
        if (!utf8_valid(bytes, size, NULL) || utf8_next(&at) != code || at != bytes + size || utf8_count(bytes) != 1)
            fail_msg("U+%04X", code);
    }
}

static void counts(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(""), 0);
    assert_int_equal(utf8_count("a述😀é"), 4);
}

/* ── Map ── */

static void insertion_and_order(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    Arena *arena = arena_open(0);
    Map *map = map_open(arena);
    assert_null(map_lookup(map, ""));
    for (int i = 0; i < COUNT; i++)
        assert_true(map_add(map, arena_print(arena, "key%d", i), arena_print(arena, "%d", i)));
    assert_int_equal(map_count(map), COUNT);
    for (int i = 0; i < COUNT; i++) {
        const char *key = arena_print(arena, "key%d", i);
        assert_false(map_add(map, key, NULL));
        assert_int_equal(atoi(map_lookup(map, key)), i);
        assert_string_equal(map_key(map, (size_t)i), key);
        assert_ptr_equal(map_value(map, (size_t)i), map_lookup(map, key));
    }
    assert_null(map_lookup(map, "key5000"));
    assert_true(map_add(map, "", NULL));
    assert_true(map_has(map, ""));
    assert_null(map_lookup(map, ""));
    assert_false(map_has(map, "absent"));
    arena_close(arena);
}

static void nearest_names(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Map *map = map_open(arena);
    assert_null(map_nearest(map, "table"));
    map_add(map, "table", NULL);
    map_add(map, "cable", NULL);
    map_add(map, "row", NULL);
    map_add(map, "font-size", NULL);
    map_add(map, "单位名称", NULL);
    assert_string_equal(map_nearest(map, "tabel"), "table"); /* swapped neighbours */
    assert_string_equal(map_nearest(map, "Table"), "table");
    assert_string_equal(map_nearest(map, "fable"), "table"); /* the first of two */
    assert_string_equal(map_nearest(map, "fontsize"), "font-size");
    assert_string_equal(map_nearest(map, "单位名"), "单位名称");
    assert_null(map_nearest(map, "xy"));
    assert_null(map_nearest(map, "")); /* no edits allowed */
    assert_null(map_nearest(map, "rho"));
    char longest[200];
    memset(longest, 'a', sizeof longest);
    longest[199] = '\0';
    assert_null(map_nearest(map, longest));
    map_add(map, longest, NULL); /* passed over, not overrun */
    assert_string_equal(map_nearest(map, "rows"), "row");
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals),
        cmocka_unit_test(appends),
        cmocka_unit_test(grows_across_every_boundary),
        cmocka_unit_test(validity),
        cmocka_unit_test(every_scalar_value_survives),
        cmocka_unit_test(counts),
        cmocka_unit_test(insertion_and_order),
        cmocka_unit_test(nearest_names),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
