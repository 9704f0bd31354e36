/* Diagnostics: the line in both languages, limits, levels, exit codes, and text that is not clean. */
#include "base/check.h"

#include "base/diag.h"

#include <string.h>

static Arena *arena;
static Diag *diag;

static int open_collector(void **state)
{
    (void)state;
    arena = arena_open(0);
    diag = diag_open(arena, 3);
    return 0;
}

static int close_collector(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static void assert_line(size_t index, DiagLanguage language, const char *expected)
{
    Buf line = {0};
    diag_format(diag_item(diag, index), language, &line);
    assert_string_equal(buf_cstring(&line), expected);
    buf_free(&line);
}

static void line_of_a_file(void **state)
{
    (void)state;
    DiagPlace place = {.file = "a.xml", .line = 12, .column = 5};
    assert_false(diag_add(diag, DIAG_XML_SYNTAX, place, "x"));
    assert_line(0, DIAG_ENGLISH, "a.xml:12:5: error: XML is not well-formed: x. correct the line shown [XML_SYNTAX]\n");
    assert_line(0, DIAG_CHINESE, "a.xml:12:5: 错误：XML 格式错误：x。请更正所示行 [XML_SYNTAX]\n");
}

static void line_without_a_place(void **state)
{
    (void)state;
    diag_add(diag, DIAG_FILE_MISSING, (DiagPlace){0}, "b");
    assert_line(0, DIAG_ENGLISH, "error: file not found: b. check the path [FILE_MISSING]\n");
}

static void every_part_of_a_place(void **state)
{
    (void)state;
    DiagPlace place = {.table = "activity", .row = "17", .unit = "3301", .field = "score", .page = 2};
    Buf text = {0};
    diag_format_place(&place, DIAG_ENGLISH, &text);
    assert_string_equal(buf_cstring(&text), "table activity, row 17, unit 3301, field score, page 2");
    buf_clear(&text);
    diag_format_place(&place, DIAG_CHINESE, &text);
    assert_string_equal(buf_cstring(&text), "表 activity，行 17，单位 3301，字段 score，第 2 页");
    buf_clear(&text);
    place = (DiagPlace){.file = "f.csv", .line = 3, .unit = "1"};
    diag_format_place(&place, DIAG_ENGLISH, &text);
    assert_string_equal(buf_cstring(&text), "f.csv:3, unit 1");
    buf_clear(&text);
    place = (DiagPlace){.file = "", .line = 3, .column = 4, .table = ""};
    diag_format_place(&place, DIAG_ENGLISH, &text);
    assert_int_equal(text.length, 0);
    buf_free(&text);
}

static void strings_are_copied_and_cleaned(void **state)
{
    (void)state;
    char text[] = "a\nb\x1B[31m\xB0\xA1述\xE8\xBF";
    DiagPlace place = {.file = text};
    diag_add(diag, DIAG_FILE_MISSING, place, text);
    memset(text, 'z', sizeof text - 1);
    const char *clean = "a b [31m\xEF\xBF\xBD\xEF\xBF\xBD述\xEF\xBF\xBD\xEF\xBF\xBD";
    assert_string_equal(diag_item(diag, 0)->args[0], clean);
    assert_string_equal(diag_item(diag, 0)->place.file, clean);
}

static void braces_in_arguments_stay(void **state)
{
    (void)state;
    diag_add(diag, DIAG_FILE_UNREADABLE, (DiagPlace){0}, "{1}", "{0}");
    Buf text = {0};
    diag_format_text(diag_item(diag, 0), DIAG_ENGLISH, &text);
    assert_string_equal(buf_cstring(&text), "cannot read {1}: {0}");
    buf_clear(&text);
    diag_add(diag, DIAG_FILE_UNREADABLE, (DiagPlace){0}, "only one");
    diag_format_text(diag_item(diag, 1), DIAG_ENGLISH, &text);
    assert_string_equal(buf_cstring(&text), "cannot read only one: ");
    buf_free(&text);
}

static void limit_is_per_code_and_levels_still_count(void **state)
{
    (void)state;
    DiagItem note = {.code = DIAG_FILE_MISSING, .level = DIAG_NOTE, .args = (const char *const[]){"n", NULL}};
    for (int i = 0; i < 10; i++)
        diag_append(diag, &note);
    assert_int_equal(diag_count(diag), 3);
    assert_int_equal(diag_dropped(diag), 7);
    assert_false(diag_any(diag, DIAG_WARN));
    assert_int_equal(diag_exit_code(diag), 0);
    note.level = DIAG_UNIT_FAIL; /* dropped, but it must not be forgotten */
    diag_append(diag, &note);
    assert_int_equal(diag_count(diag), 3);
    assert_true(diag_any(diag, DIAG_UNIT_FAIL));
    assert_false(diag_any(diag, DIAG_RUN_FAIL));
    assert_int_equal(diag_exit_code(diag), DIAG_EXIT_SOME_UNITS_FAILED);
    diag_add(diag, DIAG_XML_SYNTAX, (DiagPlace){0}, "x");
    assert_int_equal(diag_count(diag), 4);
}

static void exit_code_of_the_first_run_failure(void **state)
{
    (void)state;
    assert_false(diag_any(diag, DIAG_NOTE));
    assert_int_equal(diag_exit_code(diag), 0);
    diag_add(diag, DIAG_FILE_WRITE_FAILED, (DiagPlace){0}, "a", "b");
    diag_add(diag, DIAG_FILE_MISSING, (DiagPlace){0}, "a");
    assert_int_equal(diag_exit_code(diag), 74);
    diag_clear(diag);
    assert_int_equal(diag_exit_code(diag), 0);
    assert_int_equal(diag_count(diag), 0);
    assert_false(diag_any(diag, DIAG_NOTE));
}

static void items_stay_where_they_are(void **state)
{
    (void)state;
    diag_add(diag, DIAG_FILE_MISSING, (DiagPlace){0}, "first");
    const DiagItem *first = diag_item(diag, 0);
    Diag *many = diag_open(arena, 0);
    for (int i = 0; i < 100; i++)
        diag_append(many, first);
    assert_int_equal(diag_count(many), 100);
    assert_string_equal(diag_item(many, 99)->args[0], "first");
    assert_ptr_equal(diag_item(diag, 0), first);
}

static void numbers(void **state)
{
    (void)state;
    assert_string_equal(diag_number(diag, INT64_MIN), "-9223372036854775808");
    assert_string_equal(diag_number(diag, 0), "0");
}

static void language_from_the_environment(void **state)
{
    (void)state;
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    unsetenv("LANG");
    assert_int_equal(diag_language(), DIAG_ENGLISH);
    setenv("LANG", "zh_CN.UTF-8", 1);
    assert_int_equal(diag_language(), DIAG_CHINESE);
    setenv("LC_MESSAGES", "de_DE.UTF-8", 1);
    assert_int_equal(diag_language(), DIAG_ENGLISH);
    setenv("LC_ALL", "", 1); /* empty counts as unset */
    assert_int_equal(diag_language(), DIAG_ENGLISH);
    setenv("LC_ALL", "zh", 1);
    assert_int_equal(diag_language(), DIAG_CHINESE);
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    unsetenv("LANG");
}

/* The highest {n} of a template, or -1. */
static int highest_argument(const char *text)
{
    int highest = -1;
    for (; *text; text++)
        if (text[0] == '{' && text[1] >= '0' && text[1] <= '9' && text[2] == '}' && text[1] - '0' > highest)
            highest = text[1] - '0';
    return highest;
}

/* Both languages say the same: the same arguments, the same presence of text and hint, an exit code that sysexits.h knows. */
static void catalogue_is_complete(void **state)
{
    (void)state;
    static const struct {
        const char *code, *en, *en_hint, *zh, *zh_hint;
        int exit_code;
    } rows[] = {
#define DIAG(code, level, exit_code, en, en_hint, zh, zh_hint) {#code, en, en_hint, zh, zh_hint, exit_code},
#include "base/diag_catalogue.h"
#undef DIAG
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!*rows[i].en || !*rows[i].zh || !*rows[i].en_hint != !*rows[i].zh_hint)
            fail_msg("%s lacks words", rows[i].code);
        if (highest_argument(rows[i].en) != highest_argument(rows[i].zh) ||
            highest_argument(rows[i].en_hint) != highest_argument(rows[i].zh_hint))
            fail_msg("%s differs in its arguments", rows[i].code);
        if (highest_argument(rows[i].en) > 5)
            fail_msg("%s has too many arguments", rows[i].code);
        if (rows[i].exit_code != 0 && rows[i].exit_code != DIAG_EXIT_SOME_UNITS_FAILED &&
            (rows[i].exit_code < 64 || rows[i].exit_code > 78))
            fail_msg("%s has exit code %d", rows[i].code, rows[i].exit_code);
        assert_string_equal(diag_code_name((DiagCode)i), rows[i].code);
    }
}

#define WITH_COLLECTOR(test) cmocka_unit_test_setup_teardown(test, open_collector, close_collector)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_COLLECTOR(line_of_a_file),
        WITH_COLLECTOR(line_without_a_place),
        WITH_COLLECTOR(every_part_of_a_place),
        WITH_COLLECTOR(strings_are_copied_and_cleaned),
        WITH_COLLECTOR(braces_in_arguments_stay),
        WITH_COLLECTOR(limit_is_per_code_and_levels_still_count),
        WITH_COLLECTOR(exit_code_of_the_first_run_failure),
        WITH_COLLECTOR(items_stay_where_they_are),
        WITH_COLLECTOR(numbers),
        cmocka_unit_test(language_from_the_environment),
        cmocka_unit_test(catalogue_is_complete),
    };
    return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
