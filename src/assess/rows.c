/* Checks what a scheme's statement returned, in its staging table: one scan a table, the first bad value of each row named
 * with indicator, row and column. Bad configuration must never become a number on somebody's scorecard.
 */
#include "assess/assess_int.h"

#include "base/buf.h"

#include <string.h>

enum { REPORTED_ROWS = 5 }; /* of one statement: a mistake in SQL repeats in every row */

typedef struct Check {
    const char *column;
    const char *bad; /* SQL condition */
    const char *allowed;
} Check;

#define INTEGER_ID(column)                                                                                             \
    {                                                                                                                  \
        column, "typeof(" column ") <> 'integer'", "INTEGER"                                                           \
    }
#define PRESENT(column)                                                                                                \
    {                                                                                                                  \
        column, column " IS NULL", "TEXT"                                                                              \
    }
/* Up to 100 million, so that no sum of thousandths nears the end of 64 bits. */
#define AMOUNT(column, limit)                                                                                          \
    {                                                                                                                  \
        column, "typeof(" column ") NOT IN ('integer', 'real') OR " column " NOT BETWEEN 0 AND " limit, "0–" limit     \
    }
#define RECORD(limit)                                                                                                  \
    INTEGER_ID("unit_id"), PRESENT("subject"), PRESENT("source"), PRESENT("source_key"), PRESENT("label"),             \
        AMOUNT("amount", limit),                                                                                       \
    {                                                                                                                  \
        "counted", "counted IS NOT 0 AND counted IS NOT 1", "0, 1"                                                     \
    }

static const Check unit_checks[] = {
    INTEGER_ID("unit_id"),
    PRESENT("code"),
    PRESENT("name"),
    PRESENT("kind"),
    PRESENT("kind_name"),
    PRESENT("group_id"),
    PRESENT("group_name"),
    {"code", "code IN (SELECT code FROM work.units_in GROUP BY code HAVING count(*) > 1)", "UNIQUE"},
    {"unit_id", "unit_id IN (SELECT unit_id FROM work.units_in GROUP BY unit_id HAVING count(*) > 1)", "UNIQUE"},
    {NULL, NULL, NULL},
};
static const Check presence_checks[] = {INTEGER_ID("unit_id"), INTEGER_ID("records"), {NULL, NULL, NULL}};
static const Check exemption_checks[] = {
    INTEGER_ID("unit_id"), PRESENT("indicator"), PRESENT("source"),
    PRESENT("source_key"), PRESENT("label"),     {NULL, NULL, NULL},
};
static const Check demand_checks[] = {
    INTEGER_ID("unit_id"), PRESENT("subject"), PRESENT("label"), AMOUNT("need", "100000000"), {NULL, NULL, NULL},
};
static const Check record_checks[] = {RECORD("100000000"), {NULL, NULL, NULL}};
static const Check mark_checks[] = {RECORD("100"), {NULL, NULL, NULL}};

static const Check source_checks[] = {
    INTEGER_ID("unit_id"),
    PRESENT("source"),
    PRESENT("source_key"),
    PRESENT("label"),
    AMOUNT("amount", "100"),
    {"ballots", "typeof(ballots) <> 'integer' OR ballots NOT BETWEEN 0 AND 1000000", "0–1000000"},
    {"counted", "counted IS NOT 0 AND counted IS NOT 1", "0, 1"},
    {NULL, NULL, NULL},
};

/* SELECT rowid, bad, value: `bad` is the index + 1 of the first check that a row fails. */
static sqlite3_stmt *prepare_checks(AssessGuard *guard, const char *table, const Check *checks)
{
    Buf sql = {0};
    buf_text(&sql, "SELECT row, bad, CASE bad");
    for (size_t i = 0; checks[i].column != NULL; i++)
        buf_print(&sql, " WHEN %zu THEN quote(%s)", i + 1, checks[i].column);
    buf_text(&sql, " END FROM (SELECT rowid AS row, *, CASE");
    for (size_t i = 0; checks[i].column != NULL; i++)
        buf_print(&sql, " WHEN %s THEN %zu", checks[i].bad, i + 1);
    buf_print(&sql, " END AS bad FROM work.%s) WHERE bad LIMIT %d", table, REPORTED_ROWS);
    sqlite3_stmt *statement = assess_prepare(guard, buf_cstring(&sql));
    buf_free(&sql);
    return statement;
}

static bool check_rows(AssessGuard *guard, const AssessSql *sql, const char *table, const Check *checks)
{
    sqlite3_stmt *statement = prepare_checks(guard, table, checks);
    if (statement == NULL)
        return false;
    bool ok = true;
    while (assess_step(guard, statement, &ok)) {
        const Check *check = &checks[sqlite3_column_int(statement, 1) - 1];
        ok = diag_add(guard->diag, DIAG_ASSESS_ROW, xml_place(guard->scheme->file, sql->node), sql->name,
                      diag_number(guard->diag, sqlite3_column_int64(statement, 0)),
                      diag_number(guard->diag, guard->year), check->column,
                      (const char *)sqlite3_column_text(statement, 2), check->allowed);
    }
    sqlite3_finalize(statement);
    return ok;
}

bool assess_check_unit_rows(AssessGuard *guard)
{
    return check_rows(guard, &guard->scheme->units, "units_in", unit_checks);
}

bool assess_check_presence_rows(AssessGuard *guard)
{
    return check_rows(guard, &guard->scheme->presence, "presence_in", presence_checks);
}

/* A filing that names what the scheme does not have releases nothing: the clerk must know. */
static bool warn_of_unknown(AssessGuard *guard)
{
    sqlite3_stmt *unknown =
        assess_prepare(guard, "SELECT source || '#' || source_key, indicator FROM work.exempt_in"
                              " WHERE indicator NOT IN (SELECT indicator FROM work.rule) ORDER BY 1");
    bool ok = unknown != NULL;
    while (ok && assess_step(guard, unknown, &ok))
        diag_add(guard->diag, DIAG_ASSESS_EXEMPT_UNKNOWN,
                 xml_place(guard->scheme->file, guard->scheme->exemptions.node),
                 (const char *)sqlite3_column_text(unknown, 0), (const char *)sqlite3_column_text(unknown, 1));
    sqlite3_finalize(unknown);
    return ok;
}

bool assess_check_exemption_rows(AssessGuard *guard)
{
    return check_rows(guard, &guard->scheme->exemptions, "exempt_in", exemption_checks) && warn_of_unknown(guard);
}

bool assess_check_demand_rows(AssessGuard *guard, const AssessIndicator *indicator)
{
    return check_rows(guard, &indicator->demand, "demand_in", demand_checks);
}

bool assess_check_source_rows(AssessGuard *guard, const AssessSource *source)
{
    return check_rows(guard, &source->sql, "source_in", source_checks);
}

bool assess_check_record_rows(AssessGuard *guard, const AssessIndicator *indicator)
{
    return check_rows(guard, &indicator->records, "records_in",
                      indicator->rule.kind == ASSESS_MARK ? mark_checks : record_checks);
}
