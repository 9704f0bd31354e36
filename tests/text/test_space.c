/* Blanks between characters: the table of space.txt; runs of several styles; content widths; messages. */
#include "base/utf8.h"

#include <hb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "setting.h"

/* ── space.txt ── */

static void render_positions(const TextLines *lines, Buf *out)
{
    for (size_t i = 0; i < lines->count; i++) {
        const TextLine *line = &lines->lines[i];
        buf_text(out, i ? "|" : "");
        for (size_t f = 0; f < line->count; f++) {
            for (size_t g = 0; g < line->fragments[f].count; g++) {
                Mpt x = line->fragments[f].x + line->fragments[f].glyphs[g].x;
                buf_print(out, f || g ? " %d" : "%d", (int)((x < 0 ? x - 50 : x + 50) / 100));
            }
        }
    }
}

static void table_of_blanks(void **state)
{
    (void)state;
    setting_check_table("tests/text/space.txt", 40, render_positions);
}

static void table_of_adjustments(void **state)
{
    (void)state;
    setting_check_table("tests/text/adjust.txt", 50, render_positions);
}

static void table_of_the_grid(void **state)
{
    (void)state;
    setting_check_table("tests/text/grid.txt", 15, render_positions);
}

/* ── vertical.txt, vertical-places.txt ── */

/* Centre line of the column that a fragment of vertical text stands in. */
static Mpt column_of(const TextFragment *fragment)
{
    return fragment->turn ? fragment->x + SETTING_SIZE * 38 / 100 : fragment->x;
}

static void render_columns(const TextLines *lines, Buf *out)
{
    const TextLine *line = lines->lines;
    for (size_t f = 0; f < line->count; f++) {
        const TextFragment *fragment = &line->fragments[f];
        buf_text(out, f && column_of(fragment) != column_of(fragment - 1) ? "|" : "");
        buf_text(out, fragment->turn ? "<" : "");
        for (size_t g = 0; g < fragment->count; g++)
            buf_append(out, fragment->text + fragment->glyphs[g].start, fragment->glyphs[g].length);
        buf_text(out, fragment->turn ? ">" : "");
    }
}

static void render_places(const TextLines *lines, Buf *out)
{
    const TextLine *line = lines->lines;
    for (size_t f = 0; f < line->count; f++) {
        const TextFragment *fragment = &line->fragments[f];
        if (f)
            buf_text(out, column_of(fragment) != column_of(fragment - 1) ? "|" : " ");
        for (size_t g = 0; g < fragment->count; g++) {
            const PageGlyph *glyph = &fragment->glyphs[g];
            Mpt x = fragment->x + (fragment->turn ? -glyph->y : glyph->x);
            Mpt y = -fragment->rise + (fragment->turn ? glyph->x : glyph->y);
            buf_print(out, g ? " %d,%d" : "%d,%d", (int)(x / 100), (int)(y / 100));
        }
    }
}

static void tables_of_vertical_text(void **state)
{
    (void)state;
    setting_check_table("tests/text/vertical.txt", 20, render_columns);
    setting_check_table("tests/text/vertical-places.txt", 6, render_places);
}

/* ── justified lines ── */

static void justified_lines_end_on_the_measure(void **state)
{
    (void)state;
    static const char text[] =
        "根据《党委（党组）书记抓基层党建工作述职评议考核办法（试行）》，2020年12月23日，市委组织部“一把手”听取了"
        "13个区、县（市）委书记的述职：平均得分95.68分，较上年提高1.2%；其中12人评为“好”……考核组认为——总体扎实。"
        "PDF/A and Unicode are kept whole，阿卜杜拉·买买提同志参加了会议，并对下一步工作提出3点要求。";
    Arena *arena = arena_open(0);
    for (Mpt width = 14 * SETTING_SIZE; width < 30 * SETTING_SIZE; width += 137) {
        TextRun run = setting_text(text, "fangsong");
        TextParagraph paragraph = {
            .runs = &run, .run_count = 1, .width = width, .align = TEXT_JUSTIFY, .indent = 20000};
        const TextLines *lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
        assert_non_null(lines);
        for (size_t i = 0; i + 1 < lines->count; i++)
            assert_int_equal(lines->lines[i].x + lines->lines[i].width, width);
        assert_int_equal(lines->lines[0].x, 20000);
        assert_true(lines->lines[lines->count - 1].forced);
        arena_reset(arena);
    }
    arena_close(arena);
}

/* ── runs ── */

static void runs_keep_their_styles(void **state)
{
    (void)state;
    int tag;
    TextRun runs[3] = {setting_text("总分", "song"), setting_text("95", "hei"), setting_text("分。", "song")};
    runs[1].style.size = 20000;
    runs[1].style.colour = 0xFF0000;
    runs[1].style.bold = true;
    runs[1].style.baseline_shift = 3000;
    runs[1].tag = &tag;
    TextParagraph paragraph = {.runs = runs, .run_count = 3, .width = 200000};
    Arena *arena = arena_open(0);
    const TextLines *lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
    assert_non_null(lines);
    assert_int_equal(lines->count, 1);
    const TextLine *line = lines->lines;
    assert_int_equal(line->count, 3);
    const TextFragment *middle = &line->fragments[1];
    assert_string_equal(text_face(setting_fonts, middle->face)->name, "NotoSansCJKsc-Bold");
    assert_int_equal(middle->size, 20000);
    assert_int_equal(middle->colour, 0xFF0000);
    assert_int_equal(middle->rise, 3000);
    assert_ptr_equal(middle->tag, &tag);
    assert_ptr_equal(middle->text, runs[1].text);
    assert_int_equal(middle->x, 22500); /* the gap is a quarter of the Han's em */
    assert_int_equal(line->ascent, 17600 + 3000);
    assert_int_equal(line->descent, 1200);
    arena_close(arena);
}

static void rare_character_takes_another_face(void **state)
{
    (void)state;
    TextRun run = setting_text("王𠮷明", "fangsong");
    TextParagraph paragraph = {.runs = &run, .run_count = 1, .width = 200000};
    Arena *arena = arena_open(0);
    const TextLine *line = text_set(arena, setting_fonts, &paragraph, setting_diag)->lines;
    assert_int_equal(line->count, 3);
    assert_string_equal(text_face(setting_fonts, line->fragments[1].face)->name, "NotoSerifCJKsc-Regular");
    assert_int_equal(line->fragments[1].glyphs[0].length, 4);
    assert_int_equal(line->fragments[2].glyphs[0].start, 7);
    assert_int_equal(line->width, 30000);
    arena_close(arena);
}

/* A letter with its marks comes whole from one face, and the letters beside it keep theirs; a variant of a character from the face that has it. */
static void clusters_are_not_split(void **state)
{
    (void)state;
    static const struct {
        const char *role, *text, *faces;
    } cases[] = {
        {"song", "nam\xCC\x80n",
         "FandolSong-Regular NotoSerifCJKsc-Regular FandolSong-Regular"}, /* m̀ has no composed form */
        {"song", "n\xCC\x88", "DejaVuSans"},
        {"song", "e\xCC\x81", "FandolSong-Regular"}, /* composed: é */
        {"song", "\xE1\xBA\xB9\xCC\x81", "DejaVuSans"},
        {"song", "\xE8\x91\x9B\xF3\xA0\x84\x80", "NotoSerifCJKjp-Regular"}, /* 葛 U+E0100 */
        {"kai", "\xE8\xBE\xBB\xF3\xA0\x84\x80", "NotoSerifCJKjp-Regular"},  /* 辻 U+E0100 */
        {"hei", "\xE8\xBE\xBB\xF3\xA0\x84\x80", "NotoSansCJKjp-Regular"},
        {"hei", "\xE8\xBE\xBB\xF3\xA0\x84\x8F", "NotoSansCJKsc-Regular"},
    };
    Arena *arena = arena_open(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        TextRun run = setting_text(cases[i].text, cases[i].role);
        TextParagraph paragraph = {.runs = &run, .run_count = 1, .width = 200000};
        const TextLines *lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
        assert_non_null(lines);
        Buf faces = {0};
        for (size_t f = 0; f < lines->lines[0].count; f++)
            buf_print(&faces, f ? " %s" : "%s", text_face(setting_fonts, lines->lines[0].fragments[f].face)->name);
        assert_string_equal(buf_cstring(&faces), cases[i].faces);
        buf_free(&faces);
    }
    arena_close(arena);
}

/* ── fallback faces ── */

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Above the baseline, in 1/1000 of the text's em: the centre of a set glyph's ink, and the height and width of it together. */
static void ink_of(const TextFragment *fragment, int *centre, int *size)
{
    hb_font_t *font = hb_font_create(text_face_shaper(setting_fonts, fragment->face));
    const int64_t em = text_face(setting_fonts, fragment->face)->units_per_em;
    hb_glyph_extents_t box;
    assert_true(hb_font_get_glyph_extents(font, fragment->glyphs[0].gid, &box));
    hb_font_destroy(font);
    const int64_t top = (int64_t)box.y_bearing * fragment->size / em - fragment->glyphs[0].y;
    const int64_t extent = -(int64_t)box.height * fragment->size / em;
    *centre = (int)((2 * top - extent) * 500 / SETTING_SIZE);
    *size = (int)((extent + (int64_t)box.width * fragment->size / em) * 1000 / SETTING_SIZE);
}

/* The medians over Han of `first` to `last` that a face of the role prints; false: it prints too few of them. */
static bool medians(int role, uint16_t face, uint32_t first, uint32_t last, int *centre, int *size)
{
    enum { MOST = 200 };
    int centres[MOST], sizes[MOST], count = 0;
    Arena *arena = arena_open(0);
    const uint32_t step = (last - first) / MOST + 1;
    for (uint32_t code = first; code < last; code += step) {
        if (text_face_for(setting_fonts, role, code) != face)
            continue;
        char text[5] = {0};
        utf8_encode(code, text);
        TextRun run = {.text = text, .style = {.role = role, .size = SETTING_SIZE}};
        TextParagraph paragraph = {.runs = &run, .run_count = 1, .width = 200000};
        const TextLines *lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
        assert_non_null(lines);
        assert_int_equal(lines->lines[0].width, SETTING_SIZE);
        ink_of(&lines->lines[0].fragments[0], &centres[count], &sizes[count]);
        count++;
    }
    arena_close(arena);
    if (count < 20)
        return false;
    qsort(centres, (size_t)count, sizeof *centres, compare_ints);
    qsort(sizes, (size_t)count, sizeof *sizes, compare_ints);
    *centre = centres[count / 2];
    *size = sizes[count / 2];
    return true;
}

/* In every role, Han of whatever face have the middle of their ink at one height, to within 1/100 em, and one size, to within 4/100 em. */
static void fallback_han_stand_level(void **state)
{
    (void)state;
    static const uint32_t blocks[][2] = {{0x3400, 0x4DBF}, {0x20000, 0x2A6DF}, {0x2CEB0, 0x2EBE0}, {0x30000, 0x3134A}};
    int compared = 0;
    for (int role = 0; role < (int)text_role_count(setting_fonts); role++) {
        int centre, size, c, z;
        const int face = text_face_for(setting_fonts, role, 0x56FD);
        assert_true(medians(role, (uint16_t)face, 0x4E00, 0x9FA5, &centre, &size));
        for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
            for (uint16_t other = 0; other < text_face_count(setting_fonts); other++) {
                if (other == face || !medians(role, other, blocks[b][0], blocks[b][1], &c, &z))
                    continue;
                compared++;
                if (abs(c - centre) > 10 || abs(z - size) > 40)
                    fail_msg("role %s, face %s, U+%X: centre %d, size %d; the role's %d, %d",
                             text_role_name(setting_fonts, role), text_face(setting_fonts, other)->name,
                             (unsigned)blocks[b][0], c, z, centre, size);
            }
        }
    }
    assert_true(compared >= 20);
}

/* A ligature's one glyph carries all its characters; the two dashes of —— are one glyph in faces made so. */
static void ligatures_carry_their_text(void **state)
{
    (void)state;
    TextRun run = setting_text("好——好", "hei");
    TextParagraph paragraph = {.runs = &run, .run_count = 1, .width = 200000};
    Arena *arena = arena_open(0);
    const TextLine *line = text_set(arena, setting_fonts, &paragraph, setting_diag)->lines;
    assert_int_equal(line->width, 40000);
    assert_int_equal(line->fragments[0].count, 3);
    assert_int_equal(line->fragments[0].glyphs[1].length, 6);
    arena_close(arena);
}

/* Kangxi radicals and compatibility ideographs stay what they are, though they may share a glyph with a Han. */
static void nothing_is_normalised(void **state)
{
    (void)state;
    static const char text[] = "\xE2\xBD\xA4\xE7\x94\xA8\xEF\xA4\x80\xE6\x9B\xB4"; /* U+2F64 U+7528 U+F900 U+66F4 */
    TextRun run = setting_text(text, "hei");
    TextParagraph paragraph = {.runs = &run, .run_count = 1, .width = 200000};
    Arena *arena = arena_open(0);
    const TextLines *lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
    Buf got = {0};
    setting_line_text(lines->lines, true, &got);
    assert_string_equal(buf_cstring(&got), text);
    buf_free(&got);
    arena_close(arena);
}

/* ── content widths ── */

static void content_widths(void **state)
{
    (void)state;
    TextRun run = setting_text("考核内容2020年（一二）\n短", "song");
    TextParagraph paragraph = {.runs = &run, .run_count = 1, .width = 10000};
    Arena *arena = arena_open(0);
    const TextLines *lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
    /* 4 Han, gap, 4 digits, gap, 年, （一二） without the blank of the closing mark */
    assert_int_equal(lines->natural, 40000 + 2500 + 20000 + 2500 + 10000 + 35000);
    assert_int_equal(lines->narrowest, 20000 + 2500 + 10000);
    Mpt width = 0;
    assert_true(text_measure(arena, setting_fonts, &run, "unit", &width, setting_diag));
    assert_int_equal(width, lines->natural);
    paragraph.no_wrap = true;
    lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
    assert_int_equal(lines->count, 2);
    assert_true(lines->lines[0].overfull);
    assert_int_equal(lines->lines[0].width, width);
    arena_close(arena);
}

static void empty_paragraph_is_one_line(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    TextRun run = setting_text("", "song");
    TextParagraph paragraph = {.runs = &run, .run_count = 1, .width = 10000};
    const TextLines *lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
    assert_int_equal(lines->count, 1);
    assert_int_equal(lines->lines[0].count, 0);
    assert_true(lines->lines[0].forced);
    assert_int_equal(lines->lines[0].ascent + lines->lines[0].descent, SETTING_SIZE);
    paragraph.run_count = 0;
    assert_int_equal(text_set(arena, setting_fonts, &paragraph, setting_diag)->count, 1);
    arena_close(arena);
}

/* A short paragraph is set once; whatever its lines depend on tells it from others, and its text may go before its lines. */
static void short_paragraphs_are_kept(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    char text[] = "再来一次：2020年";
    int tag;
    TextRun run = setting_text(text, "song");
    TextParagraph paragraph = {.runs = &run, .run_count = 1, .width = 60000};
    const TextLines *lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
    assert_int_equal(lines->count, 2);
    arena_reset(arena);
    assert_ptr_equal(text_set(arena, setting_fonts, &paragraph, setting_diag), lines);
    run.style.colour = 0xFF0000;
    assert_int_equal(text_set(arena, setting_fonts, &paragraph, setting_diag)->lines->fragments->colour, 0xFF0000);
    run.style.colour = 0;
    run.tag = &tag;
    assert_ptr_equal(text_set(arena, setting_fonts, &paragraph, setting_diag)->lines->fragments->tag, &tag);
    run.tag = NULL;
    paragraph.width = 100000;
    assert_int_equal(text_set(arena, setting_fonts, &paragraph, setting_diag)->count, 1);
    paragraph.width = 60000;
    memcpy(text, "另", strlen("另"));
    assert_ptr_not_equal(text_set(arena, setting_fonts, &paragraph, setting_diag), lines);
    Buf got = {0};
    setting_line_text(&lines->lines[0], true, &got);
    assert_string_equal(buf_cstring(&got), "再来一次：");
    buf_free(&got);
    arena_close(arena);
}

/* ── messages ── */

static void expect_message(const char *text, const char *words)
{
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    TextRun run = setting_text(text, "kai");
    TextParagraph paragraph = {.runs = &run, .run_count = 1, .width = 100000, .unit = "330102"};
    assert_null(text_set(arena, setting_fonts, &paragraph, diag));
    assert_int_equal(diag_count(diag), 1);
    assert_int_equal(diag_item(diag, 0)->level, DIAG_UNIT_FAIL);
    Buf message = {0};
    diag_format(diag_item(diag, 0), DIAG_ENGLISH, &message);
    if (!strstr(buf_cstring(&message), words) || !strstr(buf_cstring(&message), "330102") ||
        !strstr(buf_cstring(&message), "field"))
        fail_msg("unexpected: %s", buf_cstring(&message));
    buf_free(&message);
    Mpt width;
    assert_false(text_measure(arena, setting_fonts, &run, "330102", &width, diag));
    arena_close(arena);
}

static void missing_characters_are_named(void **state)
{
    (void)state;
    expect_message("王\xEE\x80\x80明\xEE\x80\x80", "U+E000"); /* private use, twice */
    expect_message("\xF0\xB3\x91\x90", "kai");                /* U+33450: unassigned */
    expect_message("王\x01", "control character U+0001");
    expect_message("王\xE2\x80\xA8", "U+2028");
    expect_message("A\xF0\x9D\x85\xA5", "U+1D165"); /* a combining mark that no face has */
}

static void harmless_characters_vanish(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    TextRun run = setting_text("\xEF\xBB\xBF好\t好\r\n好\xC2\xAD好\xE2\x80\x8E", "song");
    TextParagraph paragraph = {.runs = &run, .run_count = 1, .width = 100000};
    const TextLines *lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
    assert_non_null(lines);
    assert_int_equal(lines->count, 2);
    assert_int_equal(lines->lines[0].fragments[0].count, 3); /* the tab is a space */
    assert_int_equal(lines->lines[1].width, 20000);
    arena_close(arena);
}

static int open_fonts(void **state)
{
    (void)state;
    setting_open();
    return 0;
}

static int close_fonts(void **state)
{
    (void)state;
    arena_close(setting_run);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_of_blanks),
        cmocka_unit_test(table_of_adjustments),
        cmocka_unit_test(table_of_the_grid),
        cmocka_unit_test(tables_of_vertical_text),
        cmocka_unit_test(justified_lines_end_on_the_measure),
        cmocka_unit_test(runs_keep_their_styles),
        cmocka_unit_test(rare_character_takes_another_face),

        cmocka_unit_test(clusters_are_not_split),
        cmocka_unit_test(ligatures_carry_their_text),
        cmocka_unit_test(nothing_is_normalised),
        cmocka_unit_test(content_widths),
        cmocka_unit_test(empty_paragraph_is_one_line),
        cmocka_unit_test(short_paragraphs_are_kept),
        cmocka_unit_test(missing_characters_are_named),
        cmocka_unit_test(harmless_characters_vanish),
        cmocka_unit_test(fallback_han_stand_level), /* last: it fills the cache of paragraphs */
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
