/* Line breaking: the table of break.txt, and properties that hold for any text. */
#include "setting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* ── break.txt ── */

static const char *const aligns[] = {"start", "center", "end", "justify"};
static const char *const rules[] = {"basic", "none", "gb", "strict"};

/* Index of a word in a list of four, or a failed test. */
static int choose(const char *const list[4], const char *word)
{
    for (int i = 0; i < 4; i++) {
        if (strcmp(list[i], word) == 0)
            return i;
    }
    fail_msg("unknown word %s", word);
    return 0;
}

/* "@align justify" and the like change the settings of the lines that follow. */
static void take_setting(char *line, TextParagraph *paragraph, const char **role)
{
    char *value = strchr(line, ' ');
    assert_non_null(value);
    *value++ = '\0';
    if (strcmp(line, "@align") == 0)
        paragraph->align = (TextAlign)choose(aligns, value);
    else if (strcmp(line, "@rule") == 0)
        paragraph->rule = (TextBreakRule)choose(rules, value);
    else if (strcmp(line, "@balance") == 0)
        paragraph->balance = strcmp(value, "on") == 0;
    else if (strcmp(line, "@indent") == 0)
        paragraph->indent = (Mpt)(strtod(value, NULL) * SETTING_SIZE);
    else if (strcmp(line, "@role") == 0)
        *role = text_role_name(setting_fonts, text_role(setting_fonts, value));
    else
        fail_msg("unknown setting %s", line);
}

/* \n is a forced break; it does not show in the result, where every line ends with |. */
static void unescape(char *text)
{
    char *out = text;
    for (const char *c = text; *c; c++) {
        if (c[0] == '\\' && c[1] == 'n') {
            *out++ = '\n';
            c++;
        } else {
            *out++ = *c;
        }
    }
    *out = '\0';
}

static bool check_row(char *row, int number, TextParagraph *paragraph, const char *role)
{
    char *text = strchr(row, ';');
    assert_non_null(text);
    *text++ = '\0';
    char *expected = strchr(text, ';');
    assert_non_null(expected);
    *expected++ = '\0';
    unescape(text);
    TextRun run = setting_text(text, role);
    paragraph->runs = &run;
    paragraph->run_count = 1;
    paragraph->width = (Mpt)(strtod(row, NULL) * SETTING_SIZE);
    Arena *arena = arena_open(0);
    const TextLines *lines = text_set(arena, setting_fonts, paragraph, setting_diag);
    assert_non_null(lines);
    Buf got = {0};
    for (size_t i = 0; i < lines->count; i++) {
        if (i)
            buf_byte(&got, '|');
        setting_line_text(&lines->lines[i], false, &got);
    }
    bool same = strcmp(buf_cstring(&got), expected) == 0;
    if (!same)
        print_message("break.txt:%d: %s em\n  expected %s\n  got      %s\n", number, row, expected, buf_cstring(&got));
    buf_free(&got);
    arena_close(arena);
    return same;
}

static void table_of_breaks(void **state)
{
    (void)state;
    FILE *in = fopen("tests/text/break.txt", "r");
    assert_non_null(in);
    TextParagraph paragraph = {.unit = "unit"};
    const char *role = "song";
    char line[8192];
    int number = 0, rows = 0, wrong = 0;
    while (fgets(line, sizeof line, in)) {
        number++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '@') {
            take_setting(line, &paragraph, &role);
        } else if (line[0] && line[0] != '#') {
            rows++;
            wrong += !check_row(line, number, &paragraph, role);
        }
    }
    fclose(in);
    print_message("%d of %d rows of break.txt as expected\n", rows - wrong, rows);
    assert_true(rows >= 60);
    assert_int_equal(wrong, 0);
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
        "党", "建", "工", "作", "述", "职", "评", "议", "年", "月", "名", "万", "第", "𠮷", "々", "，", "。", "、",
        "：", "；", "！", "？", "“", "”", "‘", "’", "（", "）", "《", "》", "〔", "〕", "「", "」", "——", "……", "·",
        "～", "／", "/", "—", "…", "-", ".", ",", "%", "％", "(", ")", " ", "  ", "　", "\n", "a", "Word", "PDF/A", "fi",
        "don't", "2020", "12.5", "3", "100%", "①", "≥", "→", "é", "e\xCC\x81", "\xE2\x80\x8B", "\xE2\x81\xA0",
        "\xC2\xA0", "☑", "葛\xF3\xA0\x84\x80",
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
static void check_prohibitions(const TextLines *lines, const char *text)
{
    static const char *const no_start[] = {"，", "。", "、", "：", "；", "！", "？", "）", "》", "〕", "」", "·", "～", "／", NULL};
    static const char *const no_end[] = {"（", "《", "〔", "「", NULL};
    Buf line = {0};
    for (size_t i = 0; i < lines->count; i++) {
        buf_clear(&line);
        setting_line_text(&lines->lines[i], false, &line);
        bool soft_start = i > 0 && !lines->lines[i - 1].forced;
        if (soft_start && begins_with_any(buf_cstring(&line), no_start))
            fail_msg("prohibited start in %s: %s", text, buf_cstring(&line));
        if (!lines->lines[i].forced && ends_with_any(buf_cstring(&line), no_end))
            fail_msg("prohibited end in %s: %s", text, buf_cstring(&line));
    }
    buf_free(&line);
}

/* The pen's way over a line agrees with its extent, and no glyph with ink lies outside the measure. */
static void check_widths(const TextLines *lines, const TextParagraph *paragraph, const char *text)
{
    for (size_t i = 0; i < lines->count; i++) {
        const TextLine *line = &lines->lines[i];
        bool over = line->x + line->width > paragraph->width;
        if (over != line->overfull)
            fail_msg("overfull is wrong: %s", text);
        size_t glyphs = 0;
        for (size_t f = 0; f < line->count; f++)
            glyphs += line->fragments[f].count;
        /* One cell, perhaps of several glyphs and with spaces after it, may be wider than the measure; nothing else. */
        Mpt cell = 2 * SETTING_SIZE;
        if (over && paragraph->width >= cell)
            fail_msg("line %zu of %d is %d wide: %s", i, paragraph->width, line->x + line->width, text);
        bool full = paragraph->align == TEXT_JUSTIFY && !line->forced && glyphs > 1;
        if (full && line->x + line->width > paragraph->width && paragraph->width >= cell)
            fail_msg("justified line passes its measure: %s", text);
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
                                   .rule = (TextBreakRule)dice(4),
                                   .balance = dice(8) == 0};
        const TextLines *lines = text_set(arena, setting_fonts, &paragraph, setting_diag);
        assert_non_null(lines);
        check_text(lines, run.text);
        check_widths(lines, &paragraph, run.text);
        if (paragraph.rule != TEXT_BREAK_NONE && paragraph.width >= lines->narrowest)
            check_prohibitions(lines, run.text);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(table_of_breaks), cmocka_unit_test(random_text_keeps_the_rules)};
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
