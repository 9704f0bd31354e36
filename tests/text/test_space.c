/* Blanks between characters: the table of space.txt; runs of several styles; content widths; messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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
        cmocka_unit_test(ligatures_carry_their_text),
        cmocka_unit_test(nothing_is_normalised),
        cmocka_unit_test(content_widths),
        cmocka_unit_test(empty_paragraph_is_one_line),
        cmocka_unit_test(short_paragraphs_are_kept),
        cmocka_unit_test(missing_characters_are_named),
        cmocka_unit_test(harmless_characters_vanish),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
