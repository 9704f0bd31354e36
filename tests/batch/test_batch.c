/* The batch room without a run: names, the plan's numbering, frames that are cut anywhere, the job file, the state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "batch/batch_int.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void unit_codes(void **state)
{
    (void)state;
    assert_true(batch_code_ok("HZ-0101"));
    assert_true(batch_code_ok("a"));
    assert_true(batch_code_ok("A..b_-9"));
    assert_false(batch_code_ok(""));
    assert_false(batch_code_ok(".hidden"));
    assert_false(batch_code_ok("../x"));
    assert_false(batch_code_ok("a/b"));
    assert_false(batch_code_ok("a b"));
    assert_false(batch_code_ok("杭州"));
    char longest[BATCH_CODE_MAX + 2];
    memset(longest, 'x', sizeof longest);
    longest[BATCH_CODE_MAX] = '\0';
    assert_true(batch_code_ok(longest));
    longest[BATCH_CODE_MAX] = 'x';
    longest[BATCH_CODE_MAX + 1] = '\0';
    assert_false(batch_code_ok(longest));
}

static void file_names(void **state)
{
    (void)state;
    Layout layout = {.name = "scorecard"};
    char name[BATCH_NAME_MAX], temporary[BATCH_NAME_MAX];
    batch_file_name("HZ-01", &layout, name);
    assert_string_equal(name, "HZ-01-scorecard.pdf");
    batch_temporary_name(name, temporary);
    assert_string_equal(temporary, ".HZ-01-scorecard.pdf.tmp");
    batch_file_name("", &layout, name);
    assert_string_equal(name, "scorecard.pdf");
    /* The longest code and layout name still fit whole. */
    char longest[BATCH_CODE_MAX + 1];
    memset(longest, 'x', BATCH_CODE_MAX);
    longest[BATCH_CODE_MAX] = '\0';
    layout.name = longest;
    batch_file_name(longest, &layout, name);
    batch_temporary_name(name, temporary);
    assert_int_equal(strlen(name), 2 * BATCH_CODE_MAX + 5);
    assert_int_equal(strlen(temporary), strlen(name) + 5);
}

/* Two layouts of units and one of the run, for three units. */
static void numbering(void **state)
{
    (void)state;
    Layout a = {.name = "a", .for_unit = true}, once = {.name = "once"}, b = {.name = "b", .for_unit = true};
    BatchJob job = {.layout_count = 3};
    BatchRun run = {.job = &job, .layouts = {&a, &once, &b}, .unit_count = 3, .document_count = 7};
    const struct {
        int64_t ordinal;
        const Layout *layout;
    } expected[] = {{1, &a}, {1, &b}, {2, &a}, {2, &b}, {3, &a}, {3, &b}, {0, &once}};
    for (size_t i = 0; i < run.document_count; i++) {
        BatchTarget target = batch_target(&run, i);
        assert_int_equal(target.ordinal, expected[i].ordinal);
        assert_ptr_equal(target.layout, expected[i].layout);
    }
    const int64_t selected[] = {3};
    run.selected = selected;
    run.selected_count = 1;
    assert_int_equal(batch_target(&run, 1).ordinal, 3);
    assert_ptr_equal(batch_target(&run, 1).layout, &b);
}

static void frames(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    DiagPlace place = {.file = "x.xml", .line = 3, .column = 9, .unit = "HZ-01", .field = "名称", .page = 2};
    diag_add(diag, DIAG_BATCH_UNIT_CODE, place, "代码", "");
    diag_add(diag, DIAG_BATCH_WORKER_DIED, (DiagPlace){0}, "signal 11");
    BatchResult sent = {.index = 42, .ok = true, .code = "HZ-01", .pages = 3, .bytes = 99999};
    Buf bytes = {0};
    batch_frame_write(&bytes, &sent, diag);
    size_t one = bytes.length;
    batch_frame_write(&bytes, &sent, diag);

    BatchResult got;
    DiagItem *items;
    size_t count;
    for (size_t cut = 0; cut < one; cut++)
        assert_int_equal(batch_frame_read(arena, bytes.bytes, cut, &got, &items, &count), 0);
    assert_int_equal(batch_frame_read(arena, bytes.bytes, bytes.length, &got, &items, &count), one);
    assert_int_equal(got.index, 42);
    assert_string_equal(got.code, "HZ-01");
    assert_int_equal(count, 2);
    assert_int_equal(items[0].code, DIAG_BATCH_UNIT_CODE);
    assert_int_equal(items[0].level, DIAG_UNIT_FAIL);
    assert_int_equal(items[0].place.column, 9);
    assert_string_equal(items[0].place.field, "名称");
    assert_null(items[0].place.table);
    assert_string_equal(items[0].args[0], "代码");
    assert_string_equal(items[0].args[1], "");
    assert_null(items[0].args[2]);
    assert_string_equal(items[1].args[0], "signal 11");

    /* A frame whose inner lengths lie is not followed outside of its bytes. */
    unsigned char *wrong = arena_copy(arena, bytes.bytes, one);
    memset(wrong + 8 + sizeof sent, 0xEE, one - 8 - sizeof sent);
    assert_int_equal(batch_frame_read(arena, wrong, one, &got, &items, &count), one);
    assert_int_equal(count, 0);
    buf_free(&bytes);
    arena_close(arena);
}

static char *write_job(Arena *arena, const char *dir, const char *inner)
{
    char *path = file_join(arena, dir, "job.xml");
    const char *text = arena_print(arena, "<job xmlns='urn:shuzhi:job:1'>%s</job>", inner);
    assert_true(file_publish(path, text, strlen(text), diag_open(arena, 0)));
    return path;
}

static void job_file(void **state)
{
    (void)state;
    char dir[] = "/tmp/shuzhi-test-XXXXXX";
    assert_non_null(mkdtemp(dir));
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    const char *path = write_job(arena, dir,
                                 "<year>2020</year><db>a/activity.db</db><layout>/abs/one.xml</layout>"
                                 "<layout>two.xml</layout><jobs>3</jobs>");
    BatchJob job = {.year = 2019};
    assert_true(batch_load_job(arena, path, &job, diag));
    assert_int_equal(job.year, 2019); /* an option wins */
    assert_int_equal(job.jobs, 3);
    assert_string_equal(job.db, file_join(arena, dir, "a/activity.db"));
    assert_int_equal(job.layout_count, 2);
    assert_string_equal(job.layouts[0], "/abs/one.xml");
    assert_null(job.scheme);

    path = write_job(arena, dir, "<yaer>2020</yaer>");
    assert_false(batch_load_job(arena, path, &job, diag));
    assert_int_equal(diag_exit_code(diag), 65);
    path = write_job(arena, dir, "<year>20200</year>");
    assert_false(batch_load_job(arena, path, &job, diag));
    unlink(path);
    rmdir(dir);
    arena_close(arena);
}

static void missing_options(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    BatchSummary summary;
    assert_false(batch_run(&(BatchJob){0}, &summary, diag));
    assert_int_equal(diag_exit_code(diag), 64);
    assert_true(diag_count(diag) >= 4); /* db, scheme, year, layout: all named at once */
    diag_clear(diag);
    BatchJob job = {.db = "x", .scheme = "y", .year = 2020, .as_of = {2019, 12, 31}};
    assert_false(batch_assess(&job, "/nowhere/a.db", diag));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_BATCH_AS_OF);
    arena_close(arena);
}

/* A failure keeps what was published before; a success replaces it. */
static void state_keeps(void **state)
{
    (void)state;
    char dir[] = "/tmp/shuzhi-test-XXXXXX";
    assert_non_null(mkdtemp(dir));
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    BatchResult results[] = {
        {.ok = true, .code = "A", .layout = "l", .file = "A-l.pdf", .sha256 = "aa", .bytes = 10, .pages = 1},
        {.ok = false, .code = "B", .layout = "l", .reason = "WHY"},
    };
    assert_true(batch_state_record(dir, results, 2, NULL, 0, diag));
    results[0].ok = false;
    snprintf(results[0].reason, sizeof results[0].reason, "LATER");
    assert_true(batch_state_record(dir, results, 1, NULL, 0, diag));
    FILE *query = popen(arena_print(arena,
                                    "sqlite3 -batch %s/state.db 'SELECT unit, layout, status, reason, file, sha256, "
                                    "bytes, pages FROM document ORDER BY unit'",
                                    dir),
                        "r");
    char lines[512];
    size_t length = fread(lines, 1, sizeof lines - 1, query);
    lines[length] = '\0';
    pclose(query);
    assert_string_equal(lines, "A|l|failed|LATER|A-l.pdf|aa|10|1\nB|l|failed|WHY||||\n");
    unlink(file_join(arena, dir, "state.db"));
    rmdir(dir);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unit_codes),  cmocka_unit_test(file_names), cmocka_unit_test(numbering),
        cmocka_unit_test(frames),      cmocka_unit_test(job_file),   cmocka_unit_test(missing_options),
        cmocka_unit_test(state_keeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
