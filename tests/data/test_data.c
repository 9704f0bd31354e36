/* The data room: what may be opened and what is said about the rest, one snapshot beside a writer, SQL that is kept to reading
 * and to its time, text that is checked as it comes in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/data.h"

#include "base/buf.h"
#include "base/file.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[64];
static Arena *arena;
static Diag *diag;

static int set_up(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/test_data.XXXXXX");
    arena = arena_open(0);
    diag = diag_open(arena, 0);
    return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    arena_close(arena);
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    return system(command);
}

static const char *path_of(const char *name)
{
    return file_join(arena, directory, name);
}

/* Runs SQL on a file as some other program would. */
static void run(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static const char *activity_file(const char *name, const char *more)
{
    const char *path = path_of(name);
    run(path, data_activity_schema);
    run(path, more);
    return path;
}

static void expect(DiagCode code)
{
    assert_int_equal(diag_count(diag), 1);
    assert_string_equal(diag_code_name(diag_item(diag, 0)->code), diag_code_name(code));
    diag_clear(diag);
}

static int64_t number(DataDb *db, const char *sql)
{
    DataStmt *stmt = data_prepare(db, sql, (DiagPlace){0}, diag);
    assert_non_null(stmt);
    assert_int_equal(data_step(stmt, diag), DATA_ROW);
    int64_t result = data_int(stmt, 0);
    data_finalize(stmt);
    return result;
}

static const char city[] = "INSERT INTO unit (id, code, name, kind) VALUES (1, '330100', '杭州市', 'city')";

/* ── opening ── */

static void opens_an_activity_database(void **state)
{
    (void)state;
    DataDb *db = data_open_activity(activity_file("a.db", city), diag);
    assert_non_null(db);
    assert_int_equal(number(db, "SELECT count(*) FROM unit"), 1);
    assert_false(data_exec(db, "DELETE FROM unit", diag, (DiagPlace){0}));
    assert_int_equal(diag_count(diag), 1);
    data_close(db);
}

static void opens_strange_names(void **state)
{
    (void)state;
    static const char *const names[] = {"a b.db", "a?b#c%20.db", "file:x.db", "数据&x=1.db", "+'\".db"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        DataDb *db = data_open_activity(activity_file(names[i], city), diag);
        assert_non_null(db);
        data_close(db);
    }
    assert_int_equal(chdir(directory), 0); /* relative names, one of which looks like a URI */
    DataDb *db = data_open_activity("file:x.db", diag);
    assert_non_null(db);
    data_close(db);
    db = data_create("file:y.db?mode=memory", diag);
    assert_non_null(db);
    assert_true(data_exec(db, "CREATE TABLE t (a)", diag, (DiagPlace){0}));
    data_close(db);
    assert_int_equal(access(path_of("file:y.db?mode=memory"), F_OK), 0);
    assert_int_equal(chdir("/"), 0);
}

static void refuses_what_is_no_activity_database(void **state)
{
    (void)state;
    assert_null(data_open_activity(path_of("absent.db"), diag));
    expect(DIAG_FILE_MISSING);
    assert_null(data_open_activity(directory, diag));
    expect(DIAG_DATA_NOT_DATABASE);

    static const char text[] = "this is a long enough text file that is certainly no database at all\n";
    assert_true(file_write(path_of("text.db"), text, sizeof text, diag));
    assert_null(data_open_activity(path_of("text.db"), diag));
    expect(DIAG_DATA_NOT_DATABASE);

    assert_true(file_write(path_of("empty.db"), "", 0, diag));
    assert_null(data_open_activity(path_of("empty.db"), diag));
    expect(DIAG_DATA_FOREIGN);
    run(path_of("other.db"), "CREATE TABLE customer (id INTEGER)");
    assert_null(data_open_activity(path_of("other.db"), diag));
    expect(DIAG_DATA_FOREIGN);
}

static void refuses_other_versions_and_missing_columns(void **state)
{
    (void)state;
    assert_null(data_open_activity(activity_file("old.db", "PRAGMA user_version = -1"), diag));
    expect(DIAG_DATA_OLDER);
    assert_null(data_open_activity(activity_file("new.db", "PRAGMA user_version = 2"), diag));
    expect(DIAG_DATA_NEWER);
    assert_null(data_open_activity(activity_file("less.db", "ALTER TABLE post DROP COLUMN title"), diag));
    expect(DIAG_DATA_SCHEMA);
    const char *more = activity_file("more.db", "ALTER TABLE post ADD COLUMN remark TEXT; CREATE TABLE own (a)");
    DataDb *db = data_open_activity(more, diag);
    assert_non_null(db);
    data_close(db);
}

static void tells_every_missing_column(void **state)
{
    (void)state;
    assert_null(data_open_activity(activity_file("a.db", "DROP TABLE clarification"), diag));
    assert_int_equal(diag_count(diag), 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(diag_item(diag, i)->args[1], "clarification");
}

static void tells_damage(void **state)
{
    (void)state;
    const char *path = activity_file("a.db", city);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 100, SEEK_SET), 0); /* the first page after its header */
    for (int i = 0; i < 400; i++)
        fputc(0xEE, file);
    assert_int_equal(fclose(file), 0);
    assert_null(data_open_activity(path, diag));
    expect(DIAG_DATA_DAMAGED);
}

static void opens_an_assessment_database_by_its_mark(void **state)
{
    (void)state;
    assert_null(data_open_assessment(activity_file("a.db", city), diag));
    expect(DIAG_DATA_NOT_ASSESSMENT);
    char sql[128];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", DATA_ASSESSMENT_ID,
             DATA_ASSESSMENT_VERSION + 1);
    run(path_of("b.db"), sql);
    assert_null(data_open_assessment(path_of("b.db"), diag));
    expect(DIAG_DATA_NEWER);
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", DATA_ASSESSMENT_VERSION - 1);
    run(path_of("b.db"), sql);
    assert_null(data_open_assessment(path_of("b.db"), diag));
    expect(DIAG_DATA_OLDER);
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", DATA_ASSESSMENT_VERSION);
    run(path_of("b.db"), sql);
    DataDb *db = data_open_assessment(path_of("b.db"), diag);
    assert_non_null(db);
    data_close(db);
}

static void creates_over_what_was_there(void **state)
{
    (void)state;
    run(path_of("a.db"), "CREATE TABLE before (a)");
    static const char journal[] = "left by a crash";
    assert_true(file_write(path_of("a.db-journal"), journal, sizeof journal, diag));
    DataDb *db = data_create(path_of("a.db"), diag);
    assert_non_null(db);
    assert_int_not_equal(access(path_of("a.db-journal"), F_OK), 0);
    assert_int_equal(number(db, "SELECT count(*) FROM sqlite_schema"), 0);
    data_close(db);
    assert_null(data_create(path_of("absent/a.db"), diag));
    expect(DIAG_FILE_CANNOT_CREATE);
}

static void attaches_for_reading_only(void **state)
{
    (void)state;
    const char *path = activity_file("a b?.db", city);
    DataDb *db = data_create(":memory:", diag);
    assert_false(data_attach_activity(db, path_of("absent.db"), diag));
    expect(DIAG_FILE_MISSING);
    assert_false(data_attach_activity(db, activity_file("new.db", "PRAGMA user_version = 9"), diag));
    assert_string_equal(diag_item(diag, 0)->place.file, path_of("new.db"));
    expect(DIAG_DATA_NEWER);

    assert_true(data_attach_activity(db, path, diag)); /* the failed ones are detached again */
    assert_true(data_begin(db, diag));
    assert_true(data_exec(db, "CREATE TABLE t AS SELECT name FROM activity.unit", diag, (DiagPlace){0}));
    assert_true(data_commit(db, diag));
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
    assert_false(data_exec(db, "DELETE FROM activity.unit", diag, (DiagPlace){0}));
    data_close(db);
}

/* ── beside a writer ── */

/* Another process writes in WAL mode while we read. */
static void snapshot_holds_beside_a_writer(void **state)
{
    (void)state;
    const char *path = activity_file("a.db", "PRAGMA journal_mode = WAL");
    int ready[2], go[2];
    char byte = 'x';
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(go), 0);
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db;
        bool ok = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, city, NULL, NULL, NULL) == SQLITE_OK;
        ok = ok && write(ready[1], &byte, 1) == 1 && read(go[0], &byte, 1) == 1;
        ok = ok && sqlite3_exec(db, "UPDATE unit SET name = '新名'", NULL, NULL, NULL) == SQLITE_OK;
        ok = ok && write(ready[1], &byte, 1) == 1 && read(go[0], &byte, 1) == 1;
        _exit(ok ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    DataDb *db = data_open_activity(path, diag);
    assert_non_null(db);
    assert_true(data_begin(db, diag));
    assert_int_equal(write(go[1], &byte, 1), 1);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(number(db, "SELECT count(*) FROM unit WHERE name = '杭州市'"), 1);
    assert_true(data_commit(db, diag));
    assert_int_equal(number(db, "SELECT count(*) FROM unit WHERE name = '新名'"), 1);
    assert_int_equal(write(go[1], &byte, 1), 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    data_close(db);
    close(ready[0]), close(ready[1]), close(go[0]), close(go[1]);
}

static void tells_a_locked_database(void **state)
{
    (void)state;
    const char *path = activity_file("a.db", city);
    DataDb *db = data_open_activity(path, diag);
    assert_non_null(db);
    sqlite3 *writer;
    assert_int_equal(sqlite3_open(path, &writer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(writer, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_busy_timeout(data_handle(db), 10);
    assert_false(data_begin(db, diag));
    expect(DIAG_DATA_BUSY);
    assert_int_equal(sqlite3_exec(writer, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_true(data_begin(db, diag));
    sqlite3_close(writer);
    data_close(db);
}

/* ── SQL of others ── */

static void refuses_sql_that_does_more_than_read(void **state)
{
    (void)state;
    static const char *const forbidden[] = {
        "DELETE FROM unit",
        "INSERT INTO meta VALUES ('a', 'b')",
        "UPDATE unit SET name = 'x' RETURNING id",
        "WITH x AS (SELECT 1) DELETE FROM unit",
        "CREATE TABLE t (a)",
        "CREATE TEMP VIEW v AS SELECT 1",
        "DROP TABLE unit",
        "PRAGMA user_version = 5",
        "SELECT * FROM pragma_table_info('unit')",
        "ATTACH '/tmp/x' AS x",
        "BEGIN",
        "SAVEPOINT s",
        "SELECT load_extension('x')",
        "SELECT random()",
        "SELECT CURRENT_DATE",
        "EXPLAIN SELECT 1",
        "EXPLAIN QUERY PLAN SELECT 1",
        "VACUUM INTO '/tmp/x'",
    };
    DataDb *db = data_create(":memory:", diag);
    assert_true(data_exec(db, data_activity_schema, diag, (DiagPlace){0}));
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        assert_null(data_prepare_query(db, forbidden[i], (DiagPlace){.file = "a.xml", .line = 7}, diag));
        assert_int_equal(diag_item(diag, 0)->place.line, 7);
        expect(DIAG_DATA_SQL_FORBIDDEN);
    }
    data_close(db);
}

static void wants_exactly_one_statement(void **state)
{
    (void)state;
    static const char *const many[] = {"", "  -- nothing\n", "SELECT 1; SELECT 2", "SELECT 1; DROP"};
    static const char *const one[] = {"SELECT 1", "SELECT 1;", "\n SELECT 1 ; -- done\n /* really */ ",
                                      "VALUES (1), (2)"};
    DataDb *db = data_create(":memory:", diag);
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
        assert_null(data_prepare_query(db, many[i], (DiagPlace){0}, diag));
        expect(DIAG_DATA_SQL_MANY);
        assert_null(data_prepare(db, many[i], (DiagPlace){0}, diag));
        expect(DIAG_DATA_SQL_MANY);
    }
    for (size_t i = 0; i < sizeof one / sizeof *one; i++)
        assert_non_null(data_prepare_query(db, one[i], (DiagPlace){0}, diag));
    data_close(db); /* with four statements open */
}

static void points_at_mistakes(void **state)
{
    (void)state;
    DataDb *db = data_create(":memory:", diag);
    DiagPlace place = {.file = "layout.xml", .line = 30};
    assert_null(data_prepare_query(db, "\n  SELECT 1,\n    absent\n  FROM sqlite_schema", place, diag));
    const DiagItem *item = diag_item(diag, 0);
    assert_int_equal(item->place.line, 32);
    assert_int_equal(item->place.column, 5);
    assert_string_equal(item->args[0], "no such column: absent");
    expect(DIAG_DATA_SQL);
    assert_null(data_prepare_query(db, "SELECT \"text\"", place, diag)); /* no string in double quotes */
    expect(DIAG_DATA_SQL);
    data_close(db);
}

static void ends_what_would_not_end(void **state)
{
    (void)state;
    static const char endless[] =
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
    DataDb *db = data_create(":memory:", diag);
    data_limit_seconds(db, 1);
    DataStmt *stmt = data_prepare_query(db, endless, (DiagPlace){.file = "a.xml", .line = 3}, diag);
    assert_non_null(stmt);
    assert_int_equal(data_step(stmt, diag), DATA_ERROR);
    assert_string_equal(diag_item(diag, 0)->args[0], "1");
    assert_string_equal(diag_item(diag, 0)->place.file, "a.xml");
    expect(DIAG_DATA_SQL_TIME);
    assert_int_equal(number(db, "SELECT 7"), 7); /* the connection is as good as before */
    data_close(db);
}

/* ── values ── */

static void binds_and_reads(void **state)
{
    (void)state;
    DataDb *db = data_create(":memory:", diag);
    DataStmt *stmt =
        data_prepare_query(db, "SELECT :a AS first, :b AS second, NULL, 2.5, :a || '！'", (DiagPlace){0}, diag);
    assert_non_null(stmt);
    assert_int_equal(data_column_count(stmt), 5);
    assert_string_equal(data_column_name(stmt, 1), "second");
    assert_true(data_has_parameter(stmt, ":a"));
    assert_false(data_has_parameter(stmt, ":c"));
    for (int64_t i = 0; i < 3; i++) {
        assert_true(data_bind_text(stmt, ":a", i == 1 ? NULL : "𠮷"));
        assert_true(data_bind_int(stmt, ":b", INT64_MAX - i));
        assert_true(data_bind_int(stmt, ":c", 1));
        assert_int_equal(data_step(stmt, diag), DATA_ROW);
        assert_int_equal(data_is_null(stmt, 0), i == 1);
        assert_string_equal(data_text(stmt, 0), i == 1 ? "" : "𠮷");
        assert_true(data_int(stmt, 1) == INT64_MAX - i);
        assert_string_equal(data_text(stmt, 1), i == 0   ? "9223372036854775807"
                                                : i == 1 ? "9223372036854775806"
                                                         : "9223372036854775805");
        assert_true(data_is_number(stmt, 1)); /* also after it was read as text */
        assert_true(data_is_null(stmt, 2));
        assert_int_equal(data_int(stmt, 2), 0);
        assert_string_equal(data_text(stmt, 3), "2.5");
        assert_string_equal(data_text(stmt, 4), i == 1 ? "" : "𠮷！");
    }
    assert_int_equal(data_step(stmt, diag), DATA_DONE);
    data_close(db);
}

static void refuses_text_that_is_none(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "CAST(x'E69D' AS TEXT)",   /* cut in a character */
        "CAST(x'61C080' AS TEXT)", /* overlong NUL */
        "CAST(x'EDA080' AS TEXT)", /* surrogate */
        "CAST(x'610062' AS TEXT)", /* NUL inside */
        "x'FF'",                   /* blob */
    };
    DataDb *db = data_create(":memory:", diag);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *sql = arena_print(arena, "SELECT 1, 'good' UNION ALL SELECT 2, %s AS owner", bad[i]);
        DataStmt *stmt = data_prepare_query(db, sql, (DiagPlace){.unit = "HZ-001"}, diag);
        assert_non_null(stmt);
        assert_int_equal(data_step(stmt, diag), DATA_ROW);
        assert_int_equal(data_step(stmt, diag), DATA_ERROR);
        assert_string_equal(diag_item(diag, 0)->place.unit, "HZ-001");
        assert_string_equal(diag_item(diag, 0)->args[1], "2");
        expect(DIAG_DATA_TEXT_BAD);
        data_finalize(stmt);
    }
    const char *sql = arena_print(arena, "SELECT printf('%%.*c', %d, 'x')", DATA_TEXT_LIMIT + 1);
    DataStmt *stmt = data_prepare_query(db, sql, (DiagPlace){0}, diag);
    assert_int_equal(data_step(stmt, diag), DATA_ERROR);
    expect(DIAG_DATA_TEXT_LONG);
    data_close(db);
}

/* ── the schema ── */

static void schema_refuses_what_cannot_be(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "INSERT INTO unit (code, name, kind) VALUES ('../x', '甲', 'city')",
        "INSERT INTO unit (code, name, kind) VALUES ('.x', '甲', 'city')",
        "INSERT INTO unit (code, name, kind) VALUES ('', '甲', 'city')",
        "INSERT INTO unit (code, name, kind) VALUES ('x', '', 'city')",
        "INSERT INTO unit (code, name, kind) VALUES ('x', '甲', 'county')",
        "INSERT INTO unit (code, name, kind, from_date) VALUES ('x', '甲', 'city', '2019-02-29')",
        "INSERT INTO unit (code, name, kind, from_date) VALUES ('x', '甲', 'city', '2020-04-31')",
        "INSERT INTO unit (code, name, kind, from_date) VALUES ('x', '甲', 'city', '2020-4-1')",
        "INSERT INTO unit (code, name, kind, from_date) VALUES ('x', '甲', 'city', '2020年4月1日')",
        "INSERT INTO vote VALUES (1, 2020, 'peer', -1, 0, 0, 0, 0)",
        "INSERT INTO hand_mark VALUES (1, 2020, '1.1', 10001, '组', '2020-12-01', '好')",
        "INSERT INTO person (id, name) VALUES ('one', '甲')",
    };
    DataDb *db = data_create(":memory:", diag);
    assert_true(data_exec(db, data_activity_schema, diag, (DiagPlace){0}));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(data_exec(db, bad[i], diag, (DiagPlace){0}));
        expect(DIAG_DATA_SQL);
    }
    assert_true(
        data_exec(db, "INSERT INTO unit (code, name, kind, from_date) VALUES ('x-1.A_b', '甲', 'city', '2020-02-29')",
                  diag, (DiagPlace){0}));
    data_close(db);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(opens_an_activity_database),
        TEST(opens_strange_names),
        TEST(refuses_what_is_no_activity_database),
        TEST(refuses_other_versions_and_missing_columns),
        TEST(tells_every_missing_column),
        TEST(tells_damage),
        TEST(opens_an_assessment_database_by_its_mark),
        TEST(creates_over_what_was_there),
        TEST(attaches_for_reading_only),
        TEST(snapshot_holds_beside_a_writer),
        TEST(tells_a_locked_database),
        TEST(refuses_sql_that_does_more_than_read),
        TEST(wants_exactly_one_statement),
        TEST(points_at_mistakes),
        TEST(ends_what_would_not_end),
        TEST(binds_and_reads),
        TEST(refuses_text_that_is_none),
        TEST(schema_refuses_what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
