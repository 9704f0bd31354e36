/* Typesetting, against golden files: every cases/NAME.xml is a layout. Its rows are made by cases/NAME.sql, or none.
 *
 * NAME.trace is what the pages must be, as page_trace writes them; NAME.diag, in place of it, what must be complained about.
 * UPDATE_GOLDEN=1 writes the files anew: look at the difference before believing it. Run from the top of the tree.
 */
#include "typeset/typeset.h"

#include "base/file.h"
#include "base/utf8.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char cases[] = "tests/typeset/cases";
enum { MOST_CASES = 200, UNIT = 1, YEAR = 2020 };

/* Fonts are loaded once, as in a run. */
typedef struct World {
    Arena *run;
    const TextFonts *fonts;
    Diag *diag;
    char directory[32]; /* for databases and output */
} World;
static World world;

static int open_world(void **state)
{
    (void)state;
    world.run = arena_open(0);
    world.diag = diag_open(world.run, 0);
    world.fonts = text_fonts_load(world.run, "fonts/fonts.xml", world.diag);
    strcpy(world.directory, "/tmp/test_typeset.XXXXXX");
    return world.fonts && mkdtemp(world.directory) ? 0 : -1;
}

static int close_world(void **state)
{
    (void)state;
    rmdir(world.directory);
    arena_close(world.run);
    return 0;
}

static const char *in_directory(Arena *arena, const char *name)
{
    return file_join(arena, world.directory, name);
}

static const char *case_path(Arena *arena, const char *name, const char *kind)
{
    return arena_print(arena, "%s/%s.%s", cases, name, kind);
}

static bool exists(const char *path)
{
    return access(path, R_OK) == 0;
}

/* An assessment database with the tables that a script makes; without the script, none. */
static DataDb *open_rows(Arena *arena, const char *script, Diag *diag)
{
    const char *path = in_directory(arena, "rows.db");
    DataDb *db = data_create(path, diag);
    assert_non_null(db);
    const char *mark = arena_print(arena, "PRAGMA application_id = %d; PRAGMA user_version = %d;", DATA_ASSESSMENT_ID,
                                   DATA_ASSESSMENT_VERSION);
    assert_true(data_exec(db, mark, diag, (DiagPlace){0}));
    if (exists(script)) {
        size_t length;
        const char *sql = file_read(arena, script, 1 << 20, &length, diag);
        assert_non_null(sql);
        assert_true(data_exec(db, sql, diag, (DiagPlace){.file = script}));
    }
    data_close(db);
    db = data_open_assessment(path, diag);
    assert_non_null(db);
    unlink(path);
    return db;
}

static const char *face_name(void *context, uint16_t face)
{
    (void)context;
    return text_face(world.fonts, face)->name;
}

/* What typesetting the case gives: its trace, or the diagnostics. Returns whether there are pages. */
static bool set_case(Arena *arena, const char *name, Buf *out)
{
    Diag *diag = diag_open(arena, 0);
    DataDb *db = open_rows(arena, case_path(arena, name, "sql"), diag);
    const Layout *layout = layout_load(arena, case_path(arena, name, "xml"), image_table_open(arena), diag);
    TsProgram *program = layout ? ts_bind(arena, layout, world.fonts, db, diag) : NULL;
    const TsUnit unit = {.unit_id = UNIT, .code = "330102", .year = YEAR};
    Arena *unit_arena = arena_open(0);
    TsResult result;
    const bool ok = program && ts_set(program, unit_arena, &unit, &result, diag);
    if (ok) {
        buf_print(out, "title %s\n", result.title);
        page_trace(result.document, face_name, NULL, out);
    }
    for (size_t i = 0; i < diag_count(diag); i++)
        diag_format(diag_item(diag, i), DIAG_ENGLISH, out);
    assert_true(ok || diag_any(diag, DIAG_UNIT_FAIL));
    arena_close(unit_arena);
    data_close(db);
    return ok;
}

static void show_difference(Arena *arena, const char *golden, const char *actual)
{
    const char *command = arena_print(arena, "diff -u %s %s | head -n 60 | sed 's/^/# /'", golden, actual);
    fflush(stdout);
    if (system(command) != 0)
        print_message("# diff could not be run\n");
}

static bool compare_golden(Arena *arena, const char *golden, const Buf *out)
{
    Diag *diag = diag_open(arena, 0);
    size_t length;
    const char *expected = exists(golden) ? file_read(arena, golden, 16 << 20, &length, diag) : NULL;
    if (expected && length == out->length && memcmp(expected, out->bytes, length) == 0)
        return true;
    if (getenv("UPDATE_GOLDEN"))
        return file_write(golden, out->bytes, out->length, diag);
    const char *actual = in_directory(arena, "actual");
    assert_true(file_write(actual, out->bytes, out->length, diag));
    show_difference(arena, expected ? golden : "/dev/null", actual);
    unlink(actual);
    return false;
}

static void run_case(void **state)
{
    const char *name = *state;
    Arena *arena = arena_open(0);
    Buf out = {0};
    const bool pages = set_case(arena, name, &out);
    const char *golden = case_path(arena, name, pages ? "trace" : "diag");
    const char *other = case_path(arena, name, pages ? "diag" : "trace");
    const bool same = compare_golden(arena, golden, &out);
    const bool stale = exists(other);
    buf_free(&out);
    arena_close(arena);
    assert_true(same);
    assert_false(stale);
}

/* ── properties ── */

/* Two units of one program, and one unit twice: the same pages whatever was set before. */
static void setting_again_gives_the_same_pages(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    DataDb *db = open_rows(arena, case_path(arena, "charts", "sql"), diag);
    const Layout *layout = layout_load(arena, case_path(arena, "charts", "xml"), image_table_open(arena), diag);
    assert_non_null(layout);
    TsProgram *program = ts_bind(arena, layout, world.fonts, db, diag);
    assert_non_null(program);
    Buf traces[2] = {{0}, {0}};
    Arena *unit_arena = arena_open(0);
    for (int i = 0; i < 2; i++) {
        const TsUnit other = {.unit_id = 99, .code = "none", .year = YEAR};
        const TsUnit unit = {.unit_id = UNIT, .code = "330102", .year = YEAR};
        TsResult result;
        assert_true(ts_set(program, unit_arena, &other, &result, diag));
        arena_reset(unit_arena);
        assert_true(ts_set(program, unit_arena, &unit, &result, diag));
        page_trace(result.document, NULL, NULL, &traces[i]);
        arena_reset(unit_arena);
    }
    assert_int_equal(traces[0].length, traces[1].length);
    assert_memory_equal(traces[0].bytes, traces[1].bytes, traces[0].length);
    buf_free(&traces[0]);
    buf_free(&traces[1]);
    arena_close(unit_arena);
    data_close(db);
    arena_close(arena);
}

enum { HAN = 0x4E00, HAN_COUNT = 200 };

/* Counts the characters from HAN on in a text. */
static void count_han(const char *text, size_t length, size_t counts[HAN_COUNT])
{
    for (const char *end = text + length; text < end;) {
        const uint32_t code = utf8_next(&text);
        if (code >= HAN && code < HAN + HAN_COUNT)
            counts[code - HAN]++;
    }
}

static void count_page(const Page *page, Mpt margin, size_t counts[HAN_COUNT])
{
    size_t depth = 0, artifact = 0; /* depth at which an artifact began */
    for (const PageOp *op = page->ops; op; op = op->next) {
        if (op->kind == PAGE_BEGIN && ++depth && op->as.begin.tag == PAGE_ARTIFACT && !artifact)
            artifact = depth;
        if (op->kind == PAGE_END && depth-- == artifact)
            artifact = 0;
        if (op->kind != PAGE_GLYPHS || artifact)
            continue;
        assert_true(op->as.glyphs.x >= margin && op->as.glyphs.y > margin);
        assert_true(op->as.glyphs.y <= page->height - margin);
        for (size_t i = 0; i < op->as.glyphs.count; i++) {
            const PageGlyph *glyph = &op->as.glyphs.glyphs[i];
            assert_true(op->as.glyphs.x + glyph->x + glyph->advance <= page->width - margin + 10);
            count_han(op->as.glyphs.text + glyph->start, glyph->length, counts);
        }
    }
}

/* Each character that the query gives stands once on the pages of the layout, within the margins. */
static void check_nothing_lost(const char *path, const char *query, size_t pages)
{
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    DataDb *db = open_rows(arena, "tests/typeset/nothing-lost.sql", diag);
    const Layout *layout = layout_load(arena, path, image_table_open(arena), diag);
    assert_non_null(layout);
    TsProgram *program = ts_bind(arena, layout, world.fonts, db, diag);
    assert_non_null(program);
    size_t expected[HAN_COUNT] = {0};
    DataStmt *rows = data_prepare(db, query, (DiagPlace){0}, diag);
    assert_non_null(rows);
    while (data_step(rows, diag) == DATA_ROW)
        count_han(data_text(rows, 0), strlen(data_text(rows, 0)), expected);
    data_finalize(rows);
    TsResult result;
    assert_true(ts_set(program, arena, &(TsUnit){.unit_id = UNIT, .code = "330102", .year = YEAR}, &result, diag));
    size_t found[HAN_COUNT] = {0};
    for (const Page *page = result.document->pages; page; page = page->next)
        count_page(page, layout->page->margin[LAYOUT_EDGE_LEFT], found);
    assert_true(result.document->page_count > pages);
    for (size_t i = 0; i < HAN_COUNT; i++)
        assert_int_equal(found[i], expected[i]);
    data_close(db);
    arena_close(arena);
}

/* Rows of every length, joined and not, on small pages. */
static void no_text_is_lost_or_doubled(void **state)
{
    (void)state;
    check_nothing_lost("tests/typeset/nothing-lost.xml", "SELECT a || b || c || d FROM item", 50);
}

/* Groups, feet, blank rows, text that shrinks, tables in tables, texts of many pages. */
static void no_table_loses_text(void **state)
{
    (void)state;
    check_nothing_lost(
        "tests/typeset/tables-lost.xml",
        "SELECT a || b || c || d FROM item UNION ALL SELECT t || u FROM line UNION ALL SELECT t FROM long", 100);
}

/* Columns, absolute blocks, page templates. */
static void no_page_loses_text(void **state)
{
    (void)state;
    check_nothing_lost("tests/typeset/pages-lost.xml", "SELECT a || b || c || d FROM item", 150);
}

/* ── the list of cases ── */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

static size_t find_cases(struct CMUnitTest *tests)
{
    DIR *directory = opendir(cases);
    size_t count = 0;
    struct dirent *entry;
    while (directory && count < MOST_CASES && (entry = readdir(directory)) != NULL) {
        char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".xml") != 0)
            continue;
        *dot = '\0';
        char *name = strdup(entry->d_name);
        tests[count++] = (struct CMUnitTest){name, run_case, NULL, NULL, name};
    }
    if (directory)
        closedir(directory);
    qsort(tests, count, sizeof *tests, by_name);
    return count;
}

int main(void)
{
    static const struct CMUnitTest properties[] = {
        cmocka_unit_test(setting_again_gives_the_same_pages),
        cmocka_unit_test(no_text_is_lost_or_doubled),
        cmocka_unit_test(no_table_loses_text),
        cmocka_unit_test(no_page_loses_text),
    };
    static struct CMUnitTest tests[MOST_CASES + sizeof properties / sizeof *properties];
    const size_t count = find_cases(tests), more = sizeof properties / sizeof *properties;
    memcpy(tests + count, properties, sizeof properties);
    const int failed = _cmocka_run_group_tests("typeset", tests, count + more, open_world, close_world);
    for (size_t i = 0; i < count; i++)
        free(tests[i].initial_state);
    return failed;
}
