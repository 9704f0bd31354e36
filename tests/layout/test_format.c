/* Formats: values one by one, and tests/layout/formats.txt, one line a case, "formats;value;text", read as a layout would be. */
#include "layout/layout.h"

#include "base/file.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct Case {
    LayoutPipe pipe;
    const char *value;
    const char *text; /* NULL: refused */
} Case;

static void check(const LayoutPipe *pipes, const char *value, const char *text)
{
    Buf out = {0};
    const bool formatted = layout_format(pipes, value, &out);
    const char *got = formatted ? buf_cstring(&out) : NULL;
    if ((got == NULL) != (text == NULL) || (got && strcmp(got, text) != 0)) {
        print_error("format %d of \"%s\": got \"%s\", expected \"%s\"\n", pipes ? (int)pipes->format : -1,
                    value ? value : "NULL", got ? got : "(refused)", text ? text : "(refused)");
        fail();
    }
    buf_free(&out);
}

static void formats_one_value(void **state)
{
    static const Case cases[] = {
        {{.format = LAYOUT_PLAIN}, "杭州", "杭州"},
        {{.format = LAYOUT_PLAIN}, "", ""},
        {{.format = LAYOUT_PLAIN}, NULL, ""},
        {{.format = LAYOUT_SCORE}, "450", "4.50"},
        {{.format = LAYOUT_SCORE}, "10000", "100.00"},
        {{.format = LAYOUT_SCORE}, "0", "0.00"},
        {{.format = LAYOUT_SCORE}, "5", "0.05"},
        {{.format = LAYOUT_SCORE}, "-50", "-0.50"},
        {{.format = LAYOUT_SCORE}, NULL, ""},
        {{.format = LAYOUT_SCORE}, "4.5", NULL},
        {{.format = LAYOUT_SCORE}, "好", NULL},
        {{.format = LAYOUT_SCORE}, "12人", NULL},
        {{.format = LAYOUT_SCORE}, "99999999999999999999", NULL},
        {{.format = LAYOUT_DECIMAL, .places = 2, .digits = 1}, "455", "4.6"},
        {{.format = LAYOUT_DECIMAL, .places = 2, .digits = 1}, "454", "4.5"},
        {{.format = LAYOUT_DECIMAL, .places = 0, .digits = 2}, "7", "7.00"},
        {{.format = LAYOUT_DECIMAL, .places = 3, .digits = 0}, "1500", "2"},
        {{.format = LAYOUT_DECIMAL, .places = 3, .digits = 0}, "-400", "0"},
        {{.format = LAYOUT_AMOUNT}, "12500", "12.5"},
        {{.format = LAYOUT_AMOUNT}, "12000", "12"},
        {{.format = LAYOUT_AMOUNT}, "100000", "100"},
        {{.format = LAYOUT_AMOUNT}, "1", "0.001"},
        {{.format = LAYOUT_AMOUNT}, "0", "0"},
        {{.format = LAYOUT_PERCENT}, "8750", "87.5%"},
        {{.format = LAYOUT_PERCENT}, "10000", "100%"},
        {{.format = LAYOUT_PERCENT}, "3333", "33.33%"},
        {{.format = LAYOUT_PERCENT}, "0", "0%"},
        {{.format = LAYOUT_SIGNED}, "150", "+1.50"},
        {{.format = LAYOUT_SIGNED}, "-150", "−1.50"},
        {{.format = LAYOUT_SIGNED}, "0", "0.00"},
        {{.format = LAYOUT_DATE}, "2020-12-03", "2020年12月3日"},
        {{.format = LAYOUT_DATE}, "2020-01-31", "2020年1月31日"},
        {{.format = LAYOUT_DATE}, "2020-02-29", "2020年2月29日"},
        {{.format = LAYOUT_DATE}, "2019-02-29", NULL},
        {{.format = LAYOUT_DATE}, "2020-12", NULL},
        {{.format = LAYOUT_DATE}, NULL, ""},
        {{.format = LAYOUT_OR, .text = "无"}, NULL, "无"},
        {{.format = LAYOUT_OR, .text = "无"}, "", "无"},
        {{.format = LAYOUT_OR, .text = "无"}, "有", "有"},
        {{.format = LAYOUT_OR, .text = ""}, NULL, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(&cases[i].pipe, cases[i].value, cases[i].text);
}

static void writes_chinese_numerals(void **state)
{
    static const struct {
        const char *value, *text;
    } cases[] = {
        {"0", "零"},
        {"1", "一"},
        {"10", "十"},
        {"12", "十二"},
        {"20", "二十"},
        {"22", "二十二"},
        {"100", "一百"},
        {"101", "一百零一"},
        {"110", "一百一十"},
        {"119", "一百一十九"},
        {"1000", "一千"},
        {"1001", "一千零一"},
        {"1010", "一千零一十"},
        {"1100", "一千一百"},
        {"9999", "九千九百九十九"},
        {"10000", "一万"},
        {"10001", "一万零一"},
        {"10010", "一万零一十"},
        {"11000", "一万一千"},
        {"100000", "十万"},
        {"100010", "十万零一十"},
        {"101000", "十万一千"},
        {"120012", "十二万零一十二"},
        {"1200000", "一百二十万"},
        {"10000000", "一千万"},
        {"10010000", "一千零一万"},
        {"99999999", "九千九百九十九万九千九百九十九"},
        {"100000000", "一亿"},
        {"100005678", "一亿零五千六百七十八"},
        {"100000008", "一亿零八"},
        {"1000000000", "十亿"},
        {"999999999999", "九千九百九十九亿九千九百九十九万九千九百九十九"},
        {"-12", "负十二"},
        {"1000000000000", NULL},
        {"1.5", NULL},
        {"x", NULL},
    };
    const LayoutPipe pipe = {.format = LAYOUT_CHINESE};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(&pipe, cases[i].value, cases[i].text);
}

/* ── formats.txt ── */

/* A layout with a paragraph for each line of the table: {unit.a|FORMATS}. */
static const Layout *load_table(Arena *arena, char *const *lines, size_t count, Diag *diag)
{
    char path[] = "/tmp/test_format.XXXXXX";
    const int handle = mkstemp(path);
    assert_true(handle >= 0);
    FILE *file = fdopen(handle, "w");
    fputs("<layout xmlns=\"urn:shuzhi:layout:1\" name=\"t\" for=\"unit\" title=\"\"><page/>"
          "<query name=\"unit\" rows=\"one\">SELECT 1 AS a</query><body>",
          file);
    for (size_t i = 0; i < count; i++)
        fprintf(file, "\n<p>{unit.a|%.*s}</p>", (int)strcspn(lines[i], ";"), lines[i]);
    fputs("</body></layout>", file);
    fclose(file);
    const Layout *layout = layout_load(arena, path, image_table_open(arena), diag);
    unlink(path);
    return layout;
}

/* "formats;value;text": NULL for SQL's NULL, ! where the format has to refuse the value. */
static void formats_as_the_table_says(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    size_t length, count = 0;
    char *table = file_read(arena, "tests/layout/formats.txt", 1 << 20, &length, diag), *rest = table, *line;
    assert_non_null(table);
    char *lines[1000];
    while ((line = strsep(&rest, "\n")) != NULL)
        if (*line && *line != '#')
            lines[count++] = line;
    const Layout *layout = load_table(arena, lines, count, diag);
    for (size_t i = 0; i < diag_count(diag); i++)
        print_error("line %d: %s\n", diag_item(diag, i)->place.line, diag_item(diag, i)->args[0]);
    assert_non_null(layout);
    const LayoutNode *p = layout->body->children;
    for (size_t i = 0; i < count; i++, p = p->next) {
        char *value = strchr(lines[i], ';') + 1, *text = strchr(value, ';') + 1;
        text[-1] = '\0';
        check(p->children->as.text.parts->field->pipes, strcmp(value, "NULL") == 0 ? NULL : value,
              strcmp(text, "!") == 0 ? NULL : text);
    }
    assert_true(count > 100);
    arena_close(arena);
}

/* Arguments that a format does not take: the layout is refused. */
static void refuses_wrong_arguments(void **state)
{
    static const char *const wrong[] = {
        "thousands:x;", "thousands:2:;",   "thousands:12;", "daxie:;",     "daxie:jiao;",
        "duration;",    "duration:weeks;", "ordinal:1;",    "date-dot:x;", "map;",
        "map:;",        "map:a;",          "map:a=1,b;",    "map:=x;",     "map:a=1,,;",
        "year-month:;", "chinese-date:;",  "decimal:2:x;",  "decimal:-1;",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Arena *arena = arena_open(0);
        Diag *diag = diag_open(arena, 0);
        char line[32];
        strcpy(line, wrong[i]);
        char *lines[] = {line};
        assert_null(load_table(arena, lines, 1, diag));
        assert_int_equal(diag_item(diag, 0)->code, DIAG_LAYOUT_FORMAT_ARGUMENT);
        arena_close(arena);
    }
}

static void applies_formats_in_order(void **state)
{
    LayoutPipe none = {.format = LAYOUT_OR, .text = "无数据"};
    LayoutPipe score = {.format = LAYOUT_SCORE, .next = &none};
    LayoutPipe late = {.format = LAYOUT_SCORE};
    LayoutPipe zero = {.format = LAYOUT_OR, .text = "0", .next = &late};
    (void)state;
    check(&score, "450", "4.50");
    check(&score, NULL, "无数据");
    check(&zero, NULL, "0.00");
    check(NULL, "as it is", "as it is");
}

/* A locale with a decimal comma must not reach the text. */
static void ignores_the_locale(void **state)
{
    const LayoutPipe pipe = {.format = LAYOUT_SCORE};
    (void)state;
    assert_non_null(setlocale(LC_ALL, "de_DE.UTF-8")); /* made by make build-tests, found through LOCPATH */
    check(&pipe, "450", "4.50");
    setlocale(LC_ALL, "C");
}

static void appends(void **state)
{
    Buf out = {0};
    (void)state;
    buf_text(&out, "得分");
    assert_true(layout_format(&(LayoutPipe){.format = LAYOUT_SCORE}, "450", &out));
    assert_string_equal(buf_cstring(&out), "得分4.50");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_one_value),
        cmocka_unit_test(writes_chinese_numerals),
        cmocka_unit_test(formats_as_the_table_says),
        cmocka_unit_test(refuses_wrong_arguments),
        cmocka_unit_test(applies_formats_in_order),
        cmocka_unit_test(ignores_the_locale),
        cmocka_unit_test(appends),
    };
    return cmocka_run_group_tests_name("layout: formats", tests, NULL, NULL);
}
