/* What is said of wrong layouts: tests/layout/mistakes.txt, a list of small ones with the diagnostics that each gives.
 *
 *   === title
 *   the layout: a whole file when it begins with <, else parts of a small one, each after its name: styles, page, queries, body
 *   ---
 *   the diagnostics, in English, one a line
 *
 * UPDATE_GOLDEN=1 writes the list anew: look at the difference before believing it. Run from the top of the tree.
 */
#include "base/file.h"
#include "layout/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char list_path[] = "tests/layout/mistakes.txt";
static char directory[] = "/tmp/test_mistakes.XXXXXX";

typedef struct Case {
    char *title, *source, *expected;
} Case;

/* The text from `*rest` to the mark at the beginning of a line, which is taken off. */
static char *take_until(char **rest, const char *mark)
{
    char *text = *rest, *found = strstr(text, mark);
    if (!found) {
        *rest = text + strlen(text);
        return text;
    }
    found[1] = '\0'; /* the line break before the mark stays */
    *rest = found + strlen(mark);
    return text;
}

static bool next_case(char **rest, Case *out)
{
    if (!**rest)
        return false;
    out->title = strsep(rest, "\n");
    out->source = take_until(rest, "\n---\n");
    --*rest; /* that line break may be the one before the next title, too */
    out->expected = take_until(rest, "\n=== ") + 1;
    return true;
}

/* ── the layouts ── */

enum { STYLES, PAGE, QUERIES, BODY, PARTS };
static const char *const part_names[PARTS] = {"styles: ", "page: ", "queries: ", "body: "};

/* Cuts "styles: …", "page: …" and so on, each from the beginning of a line, into the parts. */
static void cut_parts(Arena *arena, const char *source, const char *parts[PARTS])
{
    int part = -1;
    char *copy = arena_string(arena, source), *line;
    while ((line = strsep(&copy, "\n")) != NULL) {
        for (int i = 0; i < PARTS; i++) {
            const size_t length = strlen(part_names[i]);
            if (strncmp(line, part_names[i], length) == 0) {
                part = i;
                line += length;
                parts[i] = NULL;
            }
        }
        assert_true(part >= 0);
        parts[part] = parts[part] ? arena_print(arena, "%s\n%s", parts[part], line) : line;
    }
}

/* styles on line 2, page on 3, queries from 4 on, and then the body. */
static const char *whole_layout(Arena *arena, const char *source)
{
    if (*source == '<')
        return source;
    const char *parts[PARTS] = {"", "<page/>", "", ""};
    cut_parts(arena, arena_text(arena, source, strlen(source) - 1), parts);
    return arena_print(
        arena,
        "<layout xmlns=\"urn:shuzhi:layout:1\" name=\"t\" for=\"unit\" title=\"\">\n"
        "%s\n%s\n<query name=\"unit\" rows=\"one\">SELECT 1</query><query name=\"list\" rows=\"many\">SELECT 2"
        "</query>%s\n<body>%s</body></layout>\n",
        parts[STYLES], parts[PAGE], parts[QUERIES], parts[BODY]);
}

/* What the layout is told; each line has a place to the column, and what to do. */
static const char *mistakes_of(Arena *arena, const Case *wrong, size_t *count)
{
    Diag *diag = diag_open(arena, 0);
    Buf out = {0};
    const char *text = whole_layout(arena, wrong->source);
    assert_true(file_write("t.xml", text, strlen(text), diag));
    const Layout *layout = layout_load(arena, "t.xml", image_table_open(arena), diag);
    if (layout || diag_count(diag) == 0)
        fail_msg("%s: nothing is said of it", wrong->title);
    *count += diag_count(diag);
    for (size_t i = 0; i < diag_count(diag); i++) {
        const DiagItem *item = diag_item(diag, i);
        Buf hint = {0};
        diag_format_hint(item, DIAG_ENGLISH, &hint);
        if (item->place.line < 1 || item->place.column < 1 || hint.length < 4)
            fail_msg("%s: no place or no hint", wrong->title);
        buf_free(&hint);
        diag_format(item, DIAG_ENGLISH, &out);
    }
    const char *lines = arena_string(arena, buf_cstring(&out));
    buf_free(&out);
    return lines;
}

static void explains_every_mistake(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    size_t length, cases = 0, mistakes = 0, wrong = 0;
    char *list = file_read(arena, *state, 1 << 20, &length, diag), *rest = list + strlen("=== ");
    assert_non_null(list);
    Buf written = {0};
    for (Case each; next_case(&rest, &each); cases++) {
        const char *said = mistakes_of(arena, &each, &mistakes);
        buf_print(&written, "=== %s\n%s---\n%s", each.title, each.source, said);
        if (strcmp(said, each.expected) != 0 && !getenv("UPDATE_GOLDEN")) {
            print_error("%s\n  got      %s  expected %s", each.title, said, each.expected);
            wrong++;
        }
    }
    if (getenv("UPDATE_GOLDEN"))
        assert_true(file_write(*state, written.bytes, written.length, diag));
    buf_free(&written);
    arena_close(arena);
    assert_int_equal(wrong, 0);
    assert_true(cases >= 100);
    assert_true(mistakes >= cases);
}

/* Runs in a scratch directory, so that places do not depend on where that is; the list's path is made absolute before. */
int main(void)
{
    static char path[4096 + sizeof list_path];
    char here[4096];
    if (!getcwd(here, sizeof here) || !mkdtemp(directory) || chdir(directory) != 0)
        return 2;
    snprintf(path, sizeof path, "%s/%s", here, list_path);
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(explains_every_mistake, path)};
    const int failed = cmocka_run_group_tests_name("layout: mistakes", tests, NULL, NULL);
    unlink("t.xml");
    rmdir(directory);
    return failed;
}
