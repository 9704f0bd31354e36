/* Line breaking: the table of break.txt, and properties that hold for any text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "setting.h"

/* ── break.txt ── */

static void render_lines(const TextLines *lines, Buf *out)
{
    for (size_t i = 0; i < lines->count; i++) {
        if (i)
            buf_byte(out, '|');
        setting_line_text(&lines->lines[i], false, out);
    }
}

static void table_of_breaks(void **state)
{
    (void)state;
    setting_check_table("tests/text/break.txt", 120, render_lines);
}

static void table_of_prohibitions(void **state)
{
    (void)state;
    setting_check_table("tests/text/prohibition.txt", 250, render_lines);
}

static void table_of_wholes(void **state)
{
    (void)state;
    setting_check_table("tests/text/whole.txt", 100, render_lines);
}

static void table_of_titles(void **state)
{
    (void)state;
    setting_check_table("tests/text/titles.txt", 25, render_lines);
}

/* ── properties ── */

static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % sides;
}

/* Text of the kind that reports hold, with marks far more often than in life. */
static void random_text(Buf *out)
{
    static const char *const pieces[] = {
        "党",
        "建",
        "工",
        "作",
        "述",
        "职",
        "评",
        "议",
        "年",
        "月",
        "名",
        "万",
        "第",
        "𠮷",
        "々",
        "，",
        "。",
        "、",
        "：",
        "；",
        "！",
        "？",
        "“",
        "”",
        "‘",
        "’",
        "（",
        "）",
        "《",
        "》",
        "〔",
        "〕",
        "「",
        "」",
        "——",
        "……",
        "·",
        "～",
        "／",
        "/",
        "—",
        "…",
        "-",
        ".",
        ",",
        "%",
        "％",
        "(",
        ")",
        " ",
        "  ",
        "　",
        "\n",
        "a",
        "Word",
        "PDF/A",
        "fi",
        "don't",
        "2020",
        "12.5",
        "3",
        "100%",
        "①",
        "≥",
        "→",
        "é",
        "e\xCC\x81",
        "ab\xE2\x80\x8B"
        "cd",
        "\xE2\x81\xA0",
        "\xC2\xA0",
        "☑",
        "葛\xF3\xA0\x84\x80",
    };
    buf_clear(out);
    uint32_t length = dice(60);
    for (uint32_t i = 0; i < length; i++)
        buf_text(out, dice(2) ? pieces[dice(14)] : pieces[dice(sizeof pieces / sizeof *pieces)]);
}

/* All characters with ink or room are on the lines, once and in order. */
static void check_text(const TextLines *lines, const char *text)
{
    Buf got = {0}, wanted = {0};
    for (size_t i = 0; i < lines->count; i++)
        setting_line_text(&lines->lines[i], true, &got);
    for (const char *c = text; *c; c++) { /* newlines and the two without a glyph leave no trace */
        if (strncmp(c, "\xE2\x80\x8B", 3) == 0 || strncmp(c, "\xE2\x81\xA0", 3) == 0)
            c += 2;
        else if (*c != '\n')
            buf_byte(&wanted, (unsigned char)*c);
    }
    if (strcmp(buf_cstring(&got), buf_cstring(&wanted)) != 0)
        fail_msg("set  %s\nfrom %s", buf_cstring(&got), buf_cstring(&wanted));
    buf_free(&got);
    buf_free(&wanted);
}

static bool is_han(const char *text)
{
    unsigned char lead = (unsigned char)*text;
    return lead >= 0xE4 && lead <= 0xE9;
}

static bool begins_with_any(const char *text, const char *const *marks)
{
    for (; *marks; marks++) {
        if (strncmp(text, *marks, strlen(*marks)) == 0)
            return true;
    }
    return false;
}

static bool ends_with_any(const char *text, const char *const *marks)
{
    for (; *marks; marks++) {
        size_t length = strlen(text), mark = strlen(*marks);
        if (length >= mark && strcmp(text + length - mark, *marks) == 0)
            return true;
    }
    return false;
}

/* No line of willing breaks begins with a closing mark or ends with an opening one. A measure of `narrowest` or more never needs
 * an unwilling break. */
static void check_prohibitions(const TextLines *lines, TextBreakRule rule, const char *text)
{
    static const char *const no_start[] = {"，", "。", "、", "：", "；", "！", "？",  "）",
                                           "》", "〕", "」", "～", "／", "/",  "·党", NULL};
    static const char *const no_end[] = {"（", "《", "〔", "「", NULL};
    static const char *const solidi[] = {"党／", "党/", NULL};
    static const char *const strict_start[] = {"——", "……", NULL};
    Buf line = {0};
    bool after_han = false;
    for (size_t i = 0; i < lines->count; i++) {
        buf_clear(&line);
        setting_line_text(&lines->lines[i], false, &line);
        bool soft_start = i > 0 && !lines->lines[i - 1].forced;
        if (soft_start && after_han && rule == TEXT_BREAK_STRICT && begins_with_any(buf_cstring(&line), strict_start))
            fail_msg("dash at start in %s: %s", text, buf_cstring(&line));
        if (!lines->lines[i].forced && rule != TEXT_BREAK_BASIC && ends_with_any(buf_cstring(&line), solidi))
            fail_msg("solidus at end in %s: %s", text, buf_cstring(&line));
        after_han = line.length >= 3 && is_han(buf_cstring(&line) + line.length - 3);
        if (soft_start && begins_with_any(buf_cstring(&line), no_start))
            fail_msg("prohibited start in %s: %s", text, buf_cstring(&line));
        if (!lines->lines[i].forced && ends_with_any(buf_cstring(&line), no_end))
            fail_msg("prohibited end in %s: %s", text, buf_cstring(&line));
    }
    buf_free(&line);
}

/* Whatever is squeezed is blank: a Han has its em to itself, and no glyph goes back over the one before it. */
static void check_pen(const TextLine *line, const char *text)
{
    Mpt last = -SETTING_SIZE, free_from = -SETTING_SIZE;
    for (size_t f = 0; f < line->count; f++) {
        for (size_t g = 0; g < line->fragments[f].count; g++) {
            const PageGlyph *glyph = &line->fragments[f].glyphs[g];
            bool han = is_han(line->fragments[f].text + glyph->start);
            Mpt x = line->fragments[f].x + glyph->x;
            if ((han && x < free_from) || x < last - SETTING_SIZE / 2)
                fail_msg("glyph at %d after %d: %s", x, last, text);
            last = x;
            free_from = han ? x + SETTING_SIZE : x;
        }
    }
}

/* The pen's way over a line agrees with its extent, and no glyph with ink lies outside the measure. */
static void check_widths(const TextLines *lines, const TextParagraph *paragraph, const char *text)
{
    for (size_t i = 0; i < lines->count; i++) {
        const TextLine *line = &lines->lines[i];
        bool over = line->x + line->width > paragraph->width;
        if (over != line->overfull)
            fail_msg("overfull is wrong: %s", text);
        /* One cell, perhaps of several glyphs and with spaces after it, may be wider than the measure; nothing else. */
        Mpt cell = 2 * (paragraph->grid > 0 ? paragraph->grid : SETTING_SIZE);
        if (over && paragraph->width >= cell)
            fail_msg("line %zu of %d is %d wide (align %d, wrap %d): %s", i, paragraph->width, line->x + line->width,
                     (int)paragraph->align, (int)paragraph->wrap, text);
        check_pen(line, text);
    }
}

/* How many junctions of two Han a line has that may be stretched: not with what may belong to a number. */
static int count_han_pairs(const TextLine *line)
{
    static const char *const counters[] = {"年", "月", "名", "万", "第", NULL};
    int pairs = 0;
    bool before = false;
    for (size_t f = 0; f < line->count; f++) {
        for (size_t g = 0; g < line->fragments[f].count; g++) {
            const PageGlyph *glyph = &line->fragments[f].glyphs[g];
            const char *at = line->fragments[f].text + glyph->start;
            const bool han = glyph->length == 3 && is_han(at) && !begins_with_any(at, counters);
            pairs += han && before;
            before = han;
        }
    }
    return pairs;
}

/* A justified line that goes on ends on the measure, unless that would take more than an em between its characters. */
static void check_justified(const TextLines *lines, const TextParagraph *paragraph, const char *text)
{
    for (size_t i = 0; i < lines->count; i++) {
        const TextLine *line = &lines->lines[i];
        const Mpt missing = paragraph->width - line->x - line->width;
        if (line->forced || missing == 0 || line->overfull)
            continue;
        if (missing < 0 || missing <= count_han_pairs(line) * SETTING_SIZE)
            fail_msg("line %zu of %d lacks %d: %s", i, paragraph->width, missing, text);
    }
}

/* No character of a vertical label is lost or doubled, and all of them are on the columns' area. */
static void check_vertical(Arena *arena, const TextParagraph *paragraph, const char *text)
{
    const TextLines *lines = text_set_vertical(arena, setting_fonts, paragraph, SETTING_PITCH, setting_diag);
    assert_non_null(lines);
    assert_int_equal(lines->count, 1);
    check_text(lines, text);
    const TextLine *line = lines->lines;
    assert_int_equal(line->width % SETTING_PITCH, 0);
    for (size_t f = 0; f < line->count; f++) {
        if (line->fragments[f].x < 0 || line->fragments[f].x > line->width ||
            line->fragments[f].rise > 2 * SETTING_SIZE)
            fail_msg("fragment %zu at %d, %d: %s", f, line->fragments[f].x, line->fragments[f].rise, text);
    }
}

static void random_text_keeps_the_rules(void **state)
{
    (void)state;
    seed = 20201223;
    Arena *arena = arena_open(1 << 20);
    Buf text = {0};
    for (int i = 0; i < 20000; i++) {
        random_text(&text);
        TextRun run = setting_text(buf_cstring(&text), dice(2) ? "song" : "hei");
        TextParagraph paragraph = {.runs = &run,
                                   .run_count = 1,
                                   .width = (Mpt)(SETTING_SIZE / 2 + (int)dice(25 * SETTING_SIZE)),
                                   .align = (TextAlign)dice(4),
                                   .grid = dice(6) ? 0 : SETTING_SIZE + (Mpt)dice(SETTING_SIZE / 20),
                                   .rule = (TextBreakRule)dice(4),
                                   .wrap = dice(4)   ? TEXT_WRAP
                                           : dice(2) ? TEXT_BALANCE
                                                     : TEXT_TITLE};
        const TextLines *lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
        assert_non_null(lines);
        check_text(lines, run.text);
        check_widths(lines, &paragraph, run.text);
        if (paragraph.rule != TEXT_BREAK_NONE && paragraph.width >= lines->narrowest)
            check_prohibitions(lines, paragraph.rule, run.text);
        if (paragraph.align == TEXT_JUSTIFY && paragraph.wrap != TEXT_TITLE)
            check_justified(lines, &paragraph, run.text);
        if (i % 8 == 0)
            check_vertical(arena, &paragraph, run.text);
        arena_reset(arena);
    }
    buf_free(&text);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(table_of_breaks), cmocka_unit_test(table_of_prohibitions),
                                       cmocka_unit_test(table_of_wholes), cmocka_unit_test(table_of_titles),
                                       cmocka_unit_test(random_text_keeps_the_rules)};
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
