/* Help for tests that set text: the shipped fonts, loaded once; lines turned back into their text; and tables of rows
 * "width in em;text;expected". Include after cmocka.h. */
#ifndef TESTS_TEXT_SETTING_H
#define TESTS_TEXT_SETTING_H

#include "base/buf.h"
#include "text/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SETTING_SIZE = 10000, SETTING_PITCH = 15000 }; /* 10 pt: an em of 10,000 Mpt */

static Arena *setting_run;
static Diag *setting_diag;
static TextFonts *setting_fonts;

static inline void setting_open(void)
{
    setting_run = arena_open(0);
    setting_diag = diag_open(setting_run, 0);
    setting_fonts = text_fonts_load(setting_run, "fonts/fonts.xml", setting_diag);
    if (!setting_fonts) {
        Buf text = {0};
        diag_format(diag_item(setting_diag, 0), DIAG_ENGLISH, &text);
        fprintf(stderr, "%s", buf_cstring(&text));
        exit(1);
    }
}

static inline TextRun setting_text(const char *text, const char *role)
{
    return (TextRun){
        .text = text, .field = "field", .style = {.role = text_role(setting_fonts, role), .size = SETTING_SIZE}};
}

/* The text of a line as its glyphs give it back, in their order; spaces at its end left out unless asked for. */
static inline void setting_line_text(const TextLine *line, bool with_spaces, Buf *out)
{
    size_t begin = out->length;
    for (size_t f = 0; f < line->count; f++) {
        const TextFragment *fragment = &line->fragments[f];
        for (size_t g = 0; g < fragment->count; g++)
            buf_append(out, fragment->text + fragment->glyphs[g].start, fragment->glyphs[g].length);
    }
    while (!with_spaces && out->length > begin && out->bytes[out->length - 1] == ' ')
        out->length--;
}

/* ── tables ── */

/* What the rows of a table are set with; changed by lines such as "@align justify". */
typedef struct SettingTable {
    const char *path;
    int number; /* line of the file */
    TextParagraph paragraph;
    TextRun run;
    bool vertical; /* the width is the height of columns */
    void (*render)(const TextLines *lines, Buf *out);
} SettingTable;

/* Index of a word in a list of four, or a failed test. */
static inline int setting_choose(const char *const list[4], const char *word)
{
    for (int i = 0; i < 4; i++) {
        if (strcmp(list[i], word) == 0)
            return i;
    }
    fail_msg("unknown word %s", word);
    return 0;
}

static inline void setting_take(SettingTable *table, char *line)
{
    static const char *const aligns[] = {"start", "center", "end", "justify"};
    static const char *const rules[] = {"basic", "none", "gb", "strict"};
    char *value = strchr(line, ' ');
    assert_non_null(value);
    *value++ = '\0';
    if (strcmp(line, "@align") == 0)
        table->paragraph.align = (TextAlign)setting_choose(aligns, value);
    else if (strcmp(line, "@rule") == 0)
        table->paragraph.rule = (TextBreakRule)setting_choose(rules, value);
    else if (strcmp(line, "@balance") == 0)
        table->paragraph.wrap = strcmp(value, "on") == 0 ? TEXT_BALANCE : TEXT_WRAP;
    else if (strcmp(line, "@title") == 0)
        table->paragraph.wrap = strcmp(value, "on") == 0 ? TEXT_TITLE : TEXT_WRAP;
    else if (strcmp(line, "@vertical") == 0)
        table->vertical = strcmp(value, "on") == 0;
    else if (strcmp(line, "@grid") == 0)
        table->paragraph.grid = (Mpt)(strtod(value, NULL) * SETTING_SIZE);
    else if (strcmp(line, "@indent") == 0)
        table->paragraph.indent = (Mpt)(strtod(value, NULL) * SETTING_SIZE);
    else if (strcmp(line, "@spacing") == 0)
        table->run.style.letter_spacing = (Mpt)(strtod(value, NULL) * SETTING_SIZE);
    else if (strcmp(line, "@role") == 0)
        table->run.style.role = text_role(setting_fonts, value);
    else
        fail_msg("unknown setting %s", line);
}

/* \n in a row's text is a forced break. */
static inline void setting_unescape(char *text)
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

static inline bool setting_check_row(SettingTable *table, char *row)
{
    char *text = strchr(row, ';');
    assert_non_null(text);
    *text++ = '\0';
    char *expected = strchr(text, ';');
    assert_non_null(expected);
    *expected++ = '\0';
    setting_unescape(text);
    table->run.text = text;
    table->paragraph.runs = &table->run;
    table->paragraph.run_count = 1;
    table->paragraph.width = (Mpt)(strtod(row, NULL) * SETTING_SIZE);
    Arena *arena = arena_open(0);
    const TextLines *lines =
        table->vertical ? text_set_vertical(arena, setting_fonts, &table->paragraph, SETTING_PITCH, setting_diag)
                        : text_set(arena, setting_fonts, &table->paragraph, setting_diag);
    assert_non_null(lines);
    Buf got = {0};
    table->render(lines, &got);
    bool same = strcmp(buf_cstring(&got), expected) == 0;
    if (!same)
        print_message("%s:%d: %s em\n  expected %s\n  got      %s\n", table->path, table->number, row, expected,
                      buf_cstring(&got));
    buf_free(&got);
    arena_close(arena);
    return same;
}

/* Checks every row of a table, and that there are at least `least`. */
static inline void setting_check_table(const char *path, int least, void (*render)(const TextLines *lines, Buf *out))
{
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    SettingTable table = {
        .path = path, .paragraph = {.unit = "unit"}, .run = setting_text("", "song"), .render = render};
    char line[8192];
    int rows = 0, wrong = 0;
    while (fgets(line, sizeof line, in)) {
        table.number++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '@') {
            setting_take(&table, line);
        } else if (line[0] && line[0] != '#') {
            rows++;
            wrong += !setting_check_row(&table, line);
        }
    }
    fclose(in);
    print_message("%d of %d rows of %s as expected\n", rows - wrong, rows, path);
    assert_true(rows >= least);
    if (wrong)
        fail_msg("%d rows of %s", wrong, path);
}

#endif
