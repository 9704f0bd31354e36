/* What the tests of the assess room share: a directory of their own, small schemes made of parts, an activity database whose
 * demands and records stand in two plain tables, and the rows of the result as text.
 */
#ifndef TESTS_ASSESS_CHECK_H
#define TESTS_ASSESS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assess/assess.h"
#include "base/buf.h"
#include "base/file.h"
#include "data/data.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[64];
static Arena *arena;
static Diag *diag;

static inline int set_up(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/test_assess.XXXXXX");
    arena = arena_open(0);
    diag = diag_open(arena, 0);
    return mkdtemp(directory) != NULL ? chdir(directory) : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    char command[128];
    arena_close(arena);
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    return chdir("/") != 0 || system(command) != 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Every diagnostic so far, a line each, in English. */
static inline const char *diagnostics(void)
{
    Buf all = {0};
    for (size_t i = 0; i < diag_count(diag); i++)
        diag_format(diag_item(diag, i), DIAG_ENGLISH, &all);
    const char *text = arena_string(arena, buf_cstring(&all));
    buf_free(&all);
    return text;
}

/* `text` with its only `from` made `to`. */
static inline const char *with(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    assert_null(strstr(at + 1, from));
    return arena_print(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static inline const AssessScheme *load(const char *xml)
{
    assert_true(file_write("s.xml", xml, strlen(xml), diag));
    return assess_load_scheme(arena, "s.xml", diag);
}

/* ── Schemes in parts ── */

/* Demand and records come from the tables ask and rec, by the indicator's id and the year. Line 1 holds everything. */
static inline const char *indicator(const char *id, const char *weight, const char *mode, const char *rule)
{
    return arena_print(
        arena,
        "<indicator id=\"%s\" title=\"指标\" applies=\"county\" weight=\"%s\" counts=\"人\"><target>目标</target>"
        "<demand mode=\"%s\">SELECT unit_id, subject, label, need FROM activity.ask a, period p"
        " WHERE a.indicator = '%s' AND a.year = p.year</demand>"
        "<records>SELECT unit_id, subject, 'rec', key, date, '记录' || key, amount, counted, note"
        " FROM activity.rec r, period p WHERE r.indicator = '%s' AND r.year = p.year</records>"
        "%s</indicator>",
        id, weight, mode, id, id, rule);
}

/* A mechanism of one measure of the same id. */
static inline const char *mechanism(const char *id, const char *weight, const char *indicators)
{
    return arena_print(
        arena,
        "<mechanism id=\"%s\" title=\"机制\" short-title=\"机\" weight=\"%s\"><measure id=\"%s\" title=\"举措\">"
        "%s</measure></mechanism>",
        id, weight, id, indicators);
}

static inline const char *scheme(const char *mechanisms)
{
    return arena_print(
        arena,
        "<scheme xmlns=\"urn:shuzhi:scheme:1\" id=\"test\" title=\"方案\" trend-years=\"1\" total-cap=\"101\">"
        "<source title=\"通知\" date=\"2020-12-23\"/><grades><grade name=\"好\" from=\"90\"/>"
        "<grade name=\"一般\" from=\"60\"/><grade name=\"差\" from=\"0\"/></grades><views></views>"
        "<units>SELECT id, code, name, kind, '区县', assess_group, assess_group, NULL FROM activity.unit"
        " WHERE assess_group IS NOT NULL ORDER BY id</units>"
        "<presence>SELECT unit_id, count(*) FROM activity.present n, period p WHERE n.year = p.year"
        " GROUP BY unit_id</presence>%s</scheme>",
        mechanisms);
}

/* ── The activity database ── */

static inline void activity(const char *sql)
{
    sqlite3 *db;
    char *error = NULL;
    assert_int_equal(sqlite3_open("activity.db", &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL, NULL);
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s in %s", error, sql);
    sqlite3_close(db);
}

/* Units 1 to `count`, all with data in 2020, in two groups: G, and from number 100 on H. */
static inline void begin_activity(int count)
{
    unlink("activity.db");
    activity(data_activity_schema);
    activity("CREATE TABLE present (year, unit_id);"
             "CREATE TABLE ask (indicator, year, unit_id, subject, label, need);"
             "CREATE TABLE rec (indicator, year, unit_id, subject, key, date, amount, counted, note);"
             "INSERT INTO unit (id, code, name, kind) VALUES (1000, 'city', '市', 'city')");
    activity(arena_print(arena,
                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                         "INSERT INTO unit (id, code, name, kind, parent_id, assess_group)"
                         " SELECT i, 'u' || i, '单位' || i, 'county', 1000, iif(i < 100, 'G', 'H') FROM n;"
                         "INSERT INTO present SELECT 2020, id FROM unit WHERE kind = 'county'",
                         count));
}

/* Asks unit `unit` for subjects 1 to `count` with the need given. */
static inline void ask(const char *id, int unit, int count, const char *need)
{
    activity(arena_print(arena,
                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                         "INSERT INTO ask SELECT '%s', 2020, %d, 's' || i, '人' || i, %s FROM n",
                         count, id, unit, need));
}

/* A record of `amount` for each of the subjects 1 to `count`; the key is that of the table. */
static inline void answer(const char *id, int unit, int count, const char *amount)
{
    activity(arena_print(arena,
                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                         "INSERT INTO rec SELECT '%s', 2020, %d, 's' || i, %d * 100 + i, '2020-06-01', %s, 1, '' FROM n"
                         " WHERE %d > 0",
                         count, id, unit, unit, amount, count));
}

/* ── Runs ── */

static inline bool try_run(const char *xml)
{
    const AssessScheme *loaded = load(xml);
    AssessOptions options = {
        .activity_path = "activity.db", .output_path = "out.db", .year = 2020, .program = "test", .sql_seconds = 1};
    return loaded != NULL && assess_run(loaded, &options, diag);
}

static inline void run(const char *xml)
{
    if (!try_run(xml))
        fail_msg("%s", diagnostics());
}

/* The rows of a query on the result: fields separated by |, each row ended by a space. */
static inline const char *rows(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    Buf out = {0};
    assert_int_equal(sqlite3_open_v2("out.db", &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *value = (const char *)sqlite3_column_text(statement, i);
            buf_print(&out, "%s%s", value == NULL ? "-" : value, i + 1 < sqlite3_column_count(statement) ? "|" : " ");
        }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    const char *text = arena_string(arena, buf_cstring(&out));
    buf_free(&out);
    return text;
}

/* Rows add up to the totals printed under them, at every level. */
static inline void check_sums(void)
{
    assert_string_equal(
        rows("SELECT count(*) FROM result_measure r WHERE (full, score) IS NOT"
             " (SELECT sum(full), sum(score) FILTER (WHERE rule_kind <> 'bonus') FROM result_indicator i"
             "  JOIN indicator USING (indicator_id) WHERE i.unit_id = r.unit_id AND measure_id = r.measure_id)"),
        "0 ");
    assert_string_equal(rows("SELECT count(*) FROM result_mechanism r WHERE (full, score) IS NOT"
                             " (SELECT sum(full), sum(score) FROM result_measure i JOIN measure USING (measure_id)"
                             "  WHERE i.unit_id = r.unit_id AND mechanism_id = r.mechanism_id)"),
                        "0 ");
    assert_string_equal(
        rows("SELECT count(*) FROM result_total r WHERE (full, score - bonus) IS NOT"
             " (SELECT sum(full), sum(score) FROM result_mechanism m WHERE m.unit_id = r.unit_id)"
             " OR bonus IS NOT (SELECT sum(score) FILTER (WHERE rule_kind = 'bonus') FROM result_indicator i"
             " JOIN indicator USING (indicator_id) WHERE i.unit_id = r.unit_id) AND bonus <> 0"),
        "0 ");
    assert_string_equal(rows("SELECT count(*) FROM result_total WHERE score IS NOT NULL AND (full <> 10000 OR score "
                             "NOT BETWEEN 0 AND 10100)"),
                        "0 ");
    assert_string_equal(rows("SELECT count(*) FROM result_indicator WHERE score < 0 OR full > 0 AND score > full"),
                        "0 ");
}

#endif
