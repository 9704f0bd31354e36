/* Glyph programs put together by ourselves (charstring.c, cff.c, bits.c, glyphs.c): what each operator becomes; a code for any counts
 * inflates in zlib; and the outlines of every face's glyphs are those that HarfBuzz draws from the whole font. GLYPH_STEP=1 looks at all
 * glyphs instead of one in 16. */
#include "pdf/glyphs_int.h"

#include <hb-ot.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

/* ── charstrings ── */

/* Operators and numbers in words: "10" is the number, "mask" a byte of a mask. */
static void put_words(Buf *out, const char *words)
{
    static const struct {
        const char *name;
        unsigned char bytes[2];
        size_t length;
    } operators[] = {
        {"hstem", {1}, 1},          {"vstem", {3}, 1},      {"vmoveto", {4}, 1},   {"rlineto", {5}, 1},
        {"callsubr", {10}, 1},      {"return", {11}, 1},    {"endchar", {14}, 1},  {"hstemhm", {18}, 1},
        {"hintmask", {19}, 1},      {"cntrmask", {20}, 1},  {"rmoveto", {21}, 1},  {"hmoveto", {22}, 1},
        {"vstemhm", {23}, 1},       {"callgsubr", {29}, 1}, {"rrcurveto", {8}, 1}, {"flex", {12, 35}, 2},
        {"dotsection", {12, 0}, 2}, {"add", {12, 10}, 2},   {"mask", {0xA5}, 1},   {"reserved", {2}, 1},
    };
    char *copy = strdup(words);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        const int number = atoi(word);
        if (strchr("0123456789-", word[0])) {
            if (number >= -107 && number <= 107) {
                buf_byte(out, (unsigned char)(number + 139));
            } else {
                const unsigned char bytes[] = {28, (unsigned char)(number >> 8), (unsigned char)number};
                buf_append(out, bytes, sizeof bytes);
            }
            continue;
        }
        size_t i = 0;
        while (i < sizeof operators / sizeof *operators && strcmp(operators[i].name, word) != 0)
            i++;
        assert_true(i < sizeof operators / sizeof *operators);
        buf_append(out, operators[i].bytes, operators[i].length);
    }
    free(copy);
}

/* Appends an INDEX with offsets of two bytes; returns it as seen from the start of `out`. */
static PdfCffIndex put_index(Buf *out, const char *const *programs, size_t count)
{
    Buf data = {0}, offsets = {0};
    const size_t at = out->length;
    for (size_t i = 0; i <= count; i++) {
        buf_byte(&offsets, (unsigned char)((data.length + 1) >> 8));
        buf_byte(&offsets, (unsigned char)(data.length + 1));
        if (i < count)
            put_words(&data, programs[i]);
    }
    const unsigned char head[] = {(unsigned char)(count >> 8), (unsigned char)count, 2};
    buf_append(out, head, sizeof head);
    buf_append(out, offsets.bytes, offsets.length);
    buf_append(out, data.bytes, data.length);
    const PdfCffIndex index = {
        .count = (uint32_t)count, .size = 2, .offsets = at + 3, .base = at + 3 + offsets.length - 1};
    buf_free(&data);
    buf_free(&offsets);
    return index;
}

/* Subroutines are numbered from -107 up. */
static const char *const LOCAL[] = {
    "3 4 rlineto return",   /* -107 */
    "-107 callsubr return", /* -106 */
    "5 6 rlineto endchar",  /* -105 */
    "-104 callsubr",        /* -104: calls itself */
    "1 2",                  /* -103: leaves numbers, and falls off its end */
    "-107 return",          /* -102: leaves a subroutine's number */
    "1 2 hstemhm return",   /* -101 */
};
static const char *const GLOBAL[] = {"7 8 rlineto return", "-106 callsubr return"};

typedef struct Case {
    const char *program, *expected; /* NULL: HarfBuzz has to judge it */
} Case;

static const Case cases[] = {
    /* drawing goes through as it is, with the width in front of the first move */
    {"1 2 rmoveto 3 4 rlineto endchar", "1 2 rmoveto 3 4 rlineto endchar"},
    {"50 1 2 rmoveto endchar", "50 1 2 rmoveto endchar"},
    {"50 endchar", "50 endchar"},
    {"1 2 rmoveto 1 2 3 4 5 6 7 8 9 10 11 12 50 flex endchar",
     "1 2 rmoveto 1 2 3 4 5 6 7 8 9 10 11 12 50 flex endchar"},
    {"1000 -1000 rmoveto endchar", "1000 -1000 rmoveto endchar"},
    /* subroutines */
    {"1 2 rmoveto -107 callsubr endchar", "1 2 rmoveto 3 4 rlineto endchar"},
    {"1 2 rmoveto -106 callsubr endchar", "1 2 rmoveto 3 4 rlineto endchar"},
    {"1 2 rmoveto -105 callsubr", "1 2 rmoveto 5 6 rlineto endchar"},
    {"1 2 rmoveto -105 callsubr 9 9 rlineto", "1 2 rmoveto 5 6 rlineto endchar"}, /* nothing follows endchar */
    {"-103 callsubr rmoveto endchar", "1 2 rmoveto endchar"},
    {"1 2 rmoveto -102 callsubr callsubr endchar", "1 2 rmoveto 3 4 rlineto endchar"},
    {"1 2 rmoveto -107 callgsubr -106 callgsubr endchar", "1 2 rmoveto 7 8 rlineto 3 4 rlineto endchar"},
    /* hints go; the width in front of them stays */
    {"1 2 hstem 3 4 vstem 5 hmoveto endchar", "5 hmoveto endchar"},
    {"50 1 2 hstem 5 hmoveto endchar", "50 5 hmoveto endchar"},
    {"50 1 2 hstemhm 3 4 5 6 hintmask mask 5 vmoveto endchar", "50 5 vmoveto endchar"},
    {"50 1 2 hintmask mask 5 vmoveto endchar", "50 5 vmoveto endchar"},
    {"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 hstemhm hintmask mask mask 5 vmoveto hintmask mask mask endchar",
     "5 vmoveto endchar"}, /* nine stems: masks of two bytes */
    {"1 2 hstemhm 3 4 cntrmask mask hintmask mask 1 2 rmoveto endchar", "1 2 rmoveto endchar"},
    {"50 -101 callsubr 3 4 hintmask mask 1 2 rmoveto endchar", "50 1 2 rmoveto endchar"},
    {"1 2 hstemhm 5 hmoveto 3 hintmask mask endchar", "5 hmoveto endchar"},
    /* damage, and what only old fonts have */
    {"1 2 rmoveto", NULL},
    {"1 2 rmoveto -100 callsubr endchar", NULL},
    {"1 2 rmoveto callsubr endchar", NULL},
    {"1 2 rmoveto -105 callgsubr endchar", NULL},
    {"-104 callsubr endchar", NULL},
    {"1 2 hstemhm hintmask", NULL},
    {"1 2 3 4 5 endchar", NULL},
    {"1 2 add endchar", NULL},
    {"dotsection endchar", NULL},
    {"reserved endchar", NULL},
    {"", NULL},
};

static void operators_become_what_they_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Buf table = {0}, out = {0}, expected = {0};
        PdfCffDict dict = {0};
        PdfCff cff = {.dicts = &dict, .dict_count = 1};
        cff.glyphs = put_index(&table, &cases[i].program, 1);
        dict.subrs = put_index(&table, LOCAL, sizeof LOCAL / sizeof *LOCAL);
        cff.global_subrs = put_index(&table, GLOBAL, sizeof GLOBAL / sizeof *GLOBAL);
        cff.table = (PdfBytes){table.bytes, table.length};
        const bool done = pdf_charstring_flatten(&cff, 0, &out);
        if (done != (cases[i].expected != NULL))
            fail_msg("%s", cases[i].program);
        if (done) {
            put_words(&expected, cases[i].expected);
            if (out.length != expected.length || memcmp(out.bytes, expected.bytes, out.length) != 0)
                fail_msg("%s", cases[i].program);
        }
        buf_free(&table);
        buf_free(&out);
        buf_free(&expected);
    }
}

/* ── bits ── */

static void assert_inflates(const Buf *stream, const unsigned char *bytes, size_t length)
{
    unsigned char *back = malloc(length + 1);
    uLongf got = length + 1;
    assert_int_equal(uncompress(back, &got, stream->bytes, stream->length), Z_OK);
    assert_int_equal(got, length);
    assert_memory_equal(back, bytes, length);
    free(back);
}

/* A stored head longer than a block, then each byte as a bit string of its own, in a code made from `counts`. */
static void check_code(const uint64_t *counts)
{
    static unsigned char bytes[70000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * i >> 3);
    const size_t stored = 66000;
    PdfByteCode code;
    pdf_code_make(&code, counts);
    Buf out = {0};
    buf_append(&out, "\x78\x01", 2);
    PdfBits bits = {.out = &out};
    pdf_bits_store(&bits, bytes, stored);
    pdf_code_begin(&bits, &code);
    for (size_t i = stored; i < sizeof bytes;) {
        const size_t length = i % 7 + 1 < sizeof bytes - i ? i % 7 + 1 : sizeof bytes - i;
        Buf piece = {0};
        PdfBits part = {.out = &piece};
        pdf_code_put(&part, &code, bytes + i, length);
        const size_t count = piece.length * 8 + part.held;
        pdf_bits_align(&part);
        buf_append(&piece, "\xFF\xFF\xFF", 3); /* must not be taken for more */
        pdf_bits_append(&bits, piece.bytes, count);
        buf_free(&piece);
        i += length;
    }
    pdf_code_end(&bits, &code);
    const uLong adler = adler32(adler32(0, NULL, 0), bytes, sizeof bytes);
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_byte(&out, (unsigned char)(adler >> shift));
    assert_inflates(&out, bytes, sizeof bytes);
    buf_free(&out);
}

static void any_code_inflates(void **state)
{
    (void)state;
    uint64_t counts[PDF_SYMBOLS] = {0};
    check_code(counts); /* nothing known */
    for (size_t i = 0; i < PDF_SYMBOLS; i++)
        counts[i] = i;
    check_code(counts);
    /* Fibonacci's numbers make words as long as can be: over 15 bits, if nothing limits them. */
    counts[0] = counts[1] = 1;
    for (size_t i = 2; i < PDF_SYMBOLS; i++)
        counts[i] = i < 80 ? counts[i - 1] + counts[i - 2] : 0;
    check_code(counts);
    PdfByteCode code;
    pdf_code_make(&code, counts);
    for (size_t i = 0; i < PDF_SYMBOLS; i++)
        assert_in_range(code.lengths[i], 1, 15);
}

/* ── outlines ── */

static void add_move(hb_draw_funcs_t *f, void *out, hb_draw_state_t *s, float x, float y, void *u)
{
    (void)f, (void)s, (void)u;
    buf_print(out, "M%ld,%ld", (long)(x * 64), (long)(y * 64));
}

static void add_line(hb_draw_funcs_t *f, void *out, hb_draw_state_t *s, float x, float y, void *u)
{
    (void)f, (void)s, (void)u;
    buf_print(out, "L%ld,%ld", (long)(x * 64), (long)(y * 64));
}

static void add_curve(hb_draw_funcs_t *f, void *out, hb_draw_state_t *s, float a, float b, float c, float d, float x,
                      float y, void *u)
{
    (void)f, (void)s, (void)u;
    buf_print(out, "C%ld,%ld,%ld,%ld,%ld,%ld", (long)(a * 64), (long)(b * 64), (long)(c * 64), (long)(d * 64),
              (long)(x * 64), (long)(y * 64));
}

static hb_draw_funcs_t *make_pen(void)
{
    hb_draw_funcs_t *pen = hb_draw_funcs_create();
    hb_draw_funcs_set_move_to_func(pen, add_move, NULL, NULL);
    hb_draw_funcs_set_line_to_func(pen, add_line, NULL, NULL);
    hb_draw_funcs_set_cubic_to_func(pen, add_curve, NULL, NULL);
    return pen;
}

/* A font of just this CFF table, with the other tables of the whole one and `count` glyphs. */
static hb_face_t *wrap(hb_face_t *whole, const void *cff, size_t length, size_t count)
{
    hb_face_t *face = hb_face_builder_create();
    static const char tags[][5] = {"head", "hhea", "hmtx"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        hb_blob_t *table = hb_face_reference_table(whole, hb_tag_from_string(tags[i], 4));
        hb_face_builder_add_table(face, hb_tag_from_string(tags[i], 4), table);
        hb_blob_destroy(table);
    }
    const unsigned char maxp[] = {0, 0, 0x50, 0, (unsigned char)(count >> 8), (unsigned char)count};
    hb_blob_t *blob = hb_blob_create((const char *)maxp, sizeof maxp, HB_MEMORY_MODE_DUPLICATE, NULL, NULL);
    hb_face_builder_add_table(face, HB_TAG('m', 'a', 'x', 'p'), blob);
    hb_blob_destroy(blob);
    blob = hb_blob_create(cff, (unsigned)length, HB_MEMORY_MODE_DUPLICATE, NULL, NULL);
    hb_face_builder_add_table(face, HB_TAG('C', 'F', 'F', ' '), blob);
    hb_blob_destroy(blob);
    blob = hb_face_reference_blob(face);
    hb_face_t *finished = hb_face_create(blob, 0);
    hb_blob_destroy(blob);
    hb_face_destroy(face);
    return finished;
}

enum { BATCH = 1000 };

/* Returns how many of them have an outline. */
static size_t compare_batch(hb_draw_funcs_t *pen, Arena *arena, const PdfFace *face, const uint16_t *gids, size_t count)
{
    PdfSubset subset;
    assert_true(pdf_glyphs_pack(arena, face->glyphs, gids, count, &subset));
    unsigned char *cff = arena_alloc(arena, subset.length);
    uLongf length = subset.length;
    assert_int_equal(uncompress(cff, &length, subset.program.data, subset.program.length), Z_OK);
    assert_int_equal(length, subset.length);
    hb_face_t *ours = wrap(face->program, cff, length, count + 1);
    hb_font_t *a = hb_font_create(face->program), *b = hb_font_create(ours);
    Buf expected = {0}, got = {0};
    size_t drawn = 0;
    for (size_t i = 0; i < count; i++) {
        buf_clear(&expected);
        buf_clear(&got);
        hb_font_get_glyph_shape(a, gids[i], pen, &expected);
        hb_font_get_glyph_shape(b, (hb_codepoint_t)i + 1, pen, &got);
        if (expected.length != got.length || (got.length && memcmp(expected.bytes, got.bytes, got.length) != 0))
            fail_msg("%s: glyph %u is drawn otherwise", face->face->name, gids[i]);
        drawn += got.length > 0;
        assert_true(((const unsigned char *)subset.cid_set.data)[subset.cids[i] / 8] & 0x80 >> subset.cids[i] % 8);
    }
    buf_free(&expected);
    buf_free(&got);
    hb_font_destroy(a);
    hb_font_destroy(b);
    hb_face_destroy(ours);
    return drawn;
}

static void glyphs_are_drawn_as_by_the_whole_font(void **state)
{
    (void)state;
    const char *text = getenv("GLYPH_STEP");
    const unsigned step = text ? (unsigned)atoi(text) : 16;
    assert_true(step > 0);
    Arena *run = arena_open(0), *scratch = arena_open(0);
    Diag *diag = diag_open(run, 0);
    TextFonts *fonts = text_fonts_load(run, "fonts/fonts.xml", diag);
    assert_non_null(fonts);
    PdfFonts *pdf = pdf_fonts_prepare(run, fonts, NULL, diag);
    assert_non_null(pdf);
    hb_draw_funcs_t *pen = make_pen();
    size_t faces = 0;
    for (uint16_t i = 0; i < text_face_count(fonts); i++) {
        const PdfFace *face = pdf_fonts_face(pdf, i);
        if (!face->glyphs)
            continue;
        uint16_t gids[BATCH];
        size_t count = 0, all = 0, drawn = 0;
        const unsigned last = hb_face_get_glyph_count(face->program);
        for (unsigned gid = 1; gid < last; gid += step) {
            gids[count++] = (uint16_t)gid;
            if (count == BATCH || gid + step >= last) {
                drawn += compare_batch(pen, scratch, face, gids, count);
                all += count;
                count = 0;
                arena_reset(scratch);
            }
        }
        print_message("%-28s %zu glyphs compared\n", face->face->name, all);
        assert_true(drawn * 10 > all * 9);
        faces++;
    }
    assert_true(faces >= 7);
    hb_draw_funcs_destroy(pen);
    arena_close(scratch);
    arena_close(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_become_what_they_should),
        cmocka_unit_test(any_code_inflates),
        cmocka_unit_test(glyphs_are_drawn_as_by_the_whole_font),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
