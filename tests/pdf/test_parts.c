/* The small parts of the pdf room by themselves: syntax, the CFF reader, the colour profile. */
#include "pdf/pdf_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define assert_put(call, expected)                                                                                     \
    do {                                                                                                               \
        Buf out = {0};                                                                                                 \
        call;                                                                                                          \
        assert_string_equal(buf_cstring(&out), expected);                                                              \
        buf_free(&out);                                                                                                \
    } while (0)

static void names_and_strings_are_escaped(void **state)
{
    (void)state;
    assert_put(pdf_put_name(&out, "ABCDEF+Noto-Bold"), "/ABCDEF+Noto-Bold");
    assert_put(pdf_put_name(&out, "a b/c#(d)%\xE5"), "/a#20b#2Fc#23#28d#29#25#E5");
    assert_put(pdf_put_text(&out, "a(b)\\c"), "(a\\(b\\)\\\\c)");
    assert_put(pdf_put_text(&out, ""), "()");
    assert_put(pdf_put_text(&out, "用"), "<FEFF7528>");
    assert_put(pdf_put_text(&out, "a\xF0\xA0\xAE\xB7"), "<FEFF0061D842DFB7>"); /* U+20BB7 */
    assert_put(pdf_put_mpt(&out, -1500), "-1.5");
}

static void texts_are_cleaned_and_cut(void **state)
{
    (void)state;
    Arena *arena = arena_open(0), *messages = arena_open(0);
    const PdfWriter writer = {.arena = arena, .diag = diag_open(messages, 0)};
    assert_null(pdf_clean_text(&writer, NULL));
    assert_string_equal(pdf_clean_text(&writer, "a\tb\x7F\xC2\x85 \xEF\xBF\xBF用"), "a b    用");
    assert_int_equal(diag_count(writer.diag), 0);
    char *text = arena_alloc(arena, 40001);
    memset(text, 'x', 40000);
    assert_int_equal(strlen(pdf_clean_text(&writer, text)), 32766);
    assert_int_equal(diag_item(writer.diag, 0)->code, DIAG_PDF_TEXT_CUT);
    arena_close(arena);
    arena_close(messages);
}

/* ── CFF ── */

/* A CID-keyed table of four glyphs: header, one name, a Top DICT (ROS, charset, CharStrings, FDArray, FDSelect), no strings, no
 * subroutines, the charset as ranges 5..6 and 40, one Font DICT for all, four empty charstrings. */
static const unsigned char cid_keyed[] = {
    1,   0,   4,   1,                                        /* header */
    0,   1,   1,   1,  2,  'F',                              /* Name INDEX */
    0,   1,   1,   1,  24,                                   /* Top DICT INDEX: 23 bytes */
    139, 139, 139, 12, 30, 28,  0,   42, 15, 28, 0,  62, 17, /* ROS; charset 42; CharStrings 62 */
    28,  0,   54,  12, 36, 28,  0,   49, 12, 37,             /* FDArray 54; FDSelect 49 */
    0,   0,   0,   0,                                        /* String and Global Subr INDEX */
    1,   0,   5,   1,  0,  40,  0,                           /* charset, at 42 */
    0,   0,   0,   0,  0,                                    /* FDSelect, at 49 */
    0,   1,   1,   1,  4,  139, 139, 18,                     /* FDArray, at 54: a Private DICT of no bytes */
    0,   4,   1,   1,  2,  3,   4,   5,  14, 14, 14, 14,     /* CharStrings, at 62 */
};

static uint16_t *read_cids(Arena *arena, const void *bytes, size_t length, size_t *count)
{
    /* A copy of just this length, so that a sanitizer sees every byte read past it. */
    void *exact = malloc(length + (length == 0));
    memcpy(exact, bytes, length);
    uint16_t *cids = pdf_cff_cids(arena, (PdfBytes){exact, length}, count);
    free(exact);
    return cids;
}

static void cids_come_from_the_charset(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    size_t count = 0;
    const uint16_t *cids = read_cids(arena, cid_keyed, sizeof cid_keyed, &count);
    assert_non_null(cids);
    assert_int_equal(count, 4);
    const uint16_t expected[] = {0, 5, 6, 40};
    assert_memory_equal(cids, expected, sizeof expected);

    unsigned char plain[sizeof cid_keyed];
    memcpy(plain, cid_keyed, sizeof plain);
    plain[19] = 29; /* an operator other than ROS: CID = glyph */
    cids = read_cids(arena, plain, sizeof plain, &count);
    assert_non_null(cids);
    const uint16_t identity[] = {0, 1, 2, 3};
    assert_memory_equal(cids, identity, sizeof identity);
    arena_close(arena);
}

static void damaged_tables_are_refused(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    size_t count;
    for (size_t length = 0; length < sizeof cid_keyed; length++)
        assert_null(read_cids(arena, cid_keyed, length, &count));
    for (size_t at = 0; at < sizeof cid_keyed; at++) {
        for (int value = 0; value < 256; value++) { /* any byte may be anything: no crash, whatever comes out */
            unsigned char damaged[sizeof cid_keyed];
            memcpy(damaged, cid_keyed, sizeof damaged);
            damaged[at] = (unsigned char)value;
            const ArenaMark before = arena_mark(arena);
            read_cids(arena, damaged, sizeof damaged, &count);
            arena_rewind(arena, before);
        }
    }
    arena_close(arena);
}

/* ── colour ── */

static unsigned number_at(const unsigned char *p, int size)
{
    unsigned value = 0;
    while (size--)
        value = value << 8 | *p++;
    return value;
}

/* The sum of the primaries is white, and mid grey has sRGB's light: 188 of 255 is half. */
static void the_profile_is_srgb(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    const PdfBytes icc = pdf_icc_srgb(arena);
    const unsigned char *p = icc.data;
    assert_int_equal(number_at(p, 4), icc.length);
    assert_memory_equal(p + 36, "acsp", 4);
    unsigned sum[3] = {0}, white[3] = {0}, half = 0;
    for (unsigned i = 0; i < number_at(p + 128, 4); i++) {
        const unsigned char *tag = p + 132 + 12 * i, *data = p + number_at(tag + 4, 4);
        assert_in_range(number_at(tag + 4, 4) + number_at(tag + 8, 4), 132, icc.length);
        for (int k = 0; k < 3; k++) {
            if (memcmp(tag + 1, "XYZ", 3) == 0)
                sum[k] += number_at(data + 8 + 4 * k, 4);
            if (memcmp(tag, "wtpt", 4) == 0)
                white[k] = number_at(data + 8 + 4 * k, 4);
        }
        if (memcmp(tag + 1, "TRC", 3) == 0)
            half = number_at(data + 12 + 2 * 188, 2);
    }
    for (int k = 0; k < 3; k++)
        assert_int_equal(sum[k], white[k]);
    assert_in_range(half, 32700, 33000);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_strings_are_escaped), cmocka_unit_test(texts_are_cleaned_and_cut),
        cmocka_unit_test(cids_come_from_the_charset),    cmocka_unit_test(damaged_tables_are_refused),
        cmocka_unit_test(the_profile_is_srgb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
