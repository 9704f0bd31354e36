/* The SQL of a scheme, kept harmless: it is somebody's configuration, run over somebody else's database. Every statement is
 * prepared alone under an authorizer that lets it read and nothing more; what passes becomes a TEMP view, so that later
 * statements name it and never splice its text. A progress handler ends what would not end by itself.
 */
#include "assess/assess_int.h"

#include "base/buf.h"
#include "base/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What the columns of a statement mean is told by their order; these are the names that the views give them. */
static const char UNIT_COLUMNS[] = "unit_id, code, name, kind, kind_name, group_id, group_name, parent_name";
static const char SOURCE_COLUMNS[] = "unit_id, source, source_key, date, label, amount, ballots, counted, note";
static const char PRESENCE_COLUMNS[] = "unit_id, records";
static const char EXEMPTION_COLUMNS[] = "unit_id, indicator, source, source_key, date, label, note";
static const char DEMAND_COLUMNS[] = "unit_id, subject, label, need";
static const char RECORD_COLUMNS[] = "unit_id, subject, source, source_key, date, label, amount, counted, note";

/* ── What a statement may do ── */

static bool in_list(const char *name, const char *const *list)
{
    for (; *list != NULL; list++)
        if (sqlite3_stricmp(name, *list) == 0)
            return true;
    return false;
}

static int refuse(AssessGuard *guard, bool clock, const char *what, const char *database, const char *table)
{
    if (guard->refused == NULL) {
        guard->clock = clock;
        guard->refused = database != NULL ? sqlite3_mprintf("%s %s.%s", what, database, table)
                                          : sqlite3_mprintf("%s %s", what, table);
    }
    return SQLITE_DENY;
}

static int authorize(void *context, int action, const char *first, const char *second, const char *database,
                     const char *view)
{
    static const char *const changing[] = {"random",       "randomblob",        "current_date",
                                           "current_time", "current_timestamp", "last_insert_rowid",
                                           "changes",      "total_changes",     NULL};
    static const char *const reaching_out[] = {"load_extension", "readfile",       "writefile",
                                               "edit",           "fts3_tokenizer", NULL};
    static const char *const table_functions[] = {"json_each", "json_tree", NULL};
    AssessGuard *guard = context;
    (void)view;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        if (database == NULL || strcmp(database, "activity") == 0 || strcmp(database, "below") == 0 ||
            strcmp(database, "temp") == 0 || in_list(first, table_functions))
            return SQLITE_OK;
        return refuse(guard, false, "SELECT", database, first);
    case SQLITE_FUNCTION:
        if (in_list(second, changing))
            return refuse(guard, true, "function", NULL, second);
        return in_list(second, reaching_out) ? refuse(guard, false, "function", NULL, second) : SQLITE_OK;
    case SQLITE_INSERT:
        return refuse(guard, false, "INSERT", database, first);
    case SQLITE_UPDATE:
        return refuse(guard, false, "UPDATE", database, first);
    case SQLITE_DELETE:
        return refuse(guard, false, "DELETE", database, first);
    case SQLITE_PRAGMA:
        return refuse(guard, false, "PRAGMA", NULL, first);
    case SQLITE_ATTACH:
        return refuse(guard, false, "ATTACH", NULL, first == NULL ? "" : first);
    default:
        return refuse(guard, false, "CREATE, DROP, …", NULL, first == NULL ? "" : first);
    }
}

/* ── Checking one statement ── */

static bool fail(AssessGuard *guard, const AssessSql *sql, int offset)
{
    DiagPlace place = assess_sql_place(guard->scheme, sql, offset);
    if (guard->refused == NULL)
        return diag_add(guard->diag, DIAG_ASSESS_SQL, place, sql->name, sqlite3_errmsg(guard->db));
    diag_add(guard->diag, guard->clock ? DIAG_ASSESS_SQL_CLOCK : DIAG_ASSESS_SQL_FORBIDDEN, place, sql->name,
             guard->refused);
    sqlite3_free(guard->refused);
    guard->refused = NULL;
    return false;
}

/* Nothing but white space and comments, which prepare to no statement. */
static bool is_blank(sqlite3 *db, const char *text)
{
    sqlite3_stmt *statement = NULL;
    bool blank = sqlite3_prepare_v2(db, text, -1, &statement, NULL) == SQLITE_OK && statement == NULL;
    sqlite3_finalize(statement);
    return blank;
}

/* Where in the statement the last error is; -1 = unknown. SQLite does not say where an unknown table stands. */
static int error_offset(sqlite3 *db, const char *text)
{
    static const char no_table[] = "no such table: ";
    const char *message = sqlite3_errmsg(db);
    if (strncmp(message, no_table, strlen(no_table)) != 0)
        return sqlite3_error_offset(db);
    const char *at = strstr(text, message + strlen(no_table));
    return at == NULL ? -1 : (int)(at - text);
}

/* Prepares the statement alone; *length is that of its text without a closing semicolon. NULL = diagnostic. */
static sqlite3_stmt *prepare_alone(AssessGuard *guard, const AssessSql *sql, size_t *length)
{
    sqlite3_stmt *statement = NULL;
    const char *tail = NULL;
    if (sqlite3_prepare_v2(guard->db, sql->text, -1, &statement, &tail) != SQLITE_OK) {
        fail(guard, sql, error_offset(guard->db, sql->text));
        return NULL;
    }
    if (statement == NULL || !is_blank(guard->db, tail)) {
        int offset = statement == NULL ? -1 : (int)(tail - sql->text);
        sqlite3_free(guard->refused); /* by what follows */
        guard->refused = NULL;
        diag_add(guard->diag, DIAG_ASSESS_SQL_MANY, assess_sql_place(guard->scheme, sql, offset), sql->name);
        sqlite3_finalize(statement);
        return NULL;
    }
    *length = (size_t)(tail - sql->text);
    if (*length > 0 && sql->text[*length - 1] == ';')
        --*length;
    return statement;
}

static bool check_readonly(AssessGuard *guard, const AssessSql *sql, sqlite3_stmt *statement)
{
    /* BEGIN, VACUUM and EXPLAIN pass the authorizer or are read-only in name, but return no table of rows. */
    if (sqlite3_stmt_readonly(statement) && sqlite3_column_count(statement) > 0 && !sqlite3_stmt_isexplain(statement))
        return true;
    return diag_add(guard->diag, DIAG_ASSESS_SQL_FORBIDDEN, assess_sql_place(guard->scheme, sql, 0), sql->name,
                    "no SELECT");
}

/* 'now' in a date function is the one use of the clock that the authorizer cannot see. */
static bool check_clock(AssessGuard *guard, const AssessSql *sql)
{
    const char *now = strcasestr(sql->text, "'now'");
    if (now == NULL)
        return true;
    return diag_add(guard->diag, DIAG_ASSESS_SQL_CLOCK, assess_sql_place(guard->scheme, sql, (int)(now - sql->text)),
                    sql->name, "'now'");
}

static bool check_columns(AssessGuard *guard, const AssessSql *sql, sqlite3_stmt *statement, const char *columns)
{
    int wanted = 1;
    for (const char *p = columns; *p != '\0'; p++)
        wanted += *p == ',';
    if (sqlite3_column_count(statement) == wanted)
        return true;
    return diag_add(guard->diag, DIAG_ASSESS_SQL_COLUMNS, xml_place(guard->scheme->file, sql->node), sql->name,
                    diag_number(guard->diag, sqlite3_column_count(statement)), diag_number(guard->diag, wanted),
                    columns);
}

static bool is_plain_name(const char *name)
{
    if (!isalpha((unsigned char)name[0]))
        return false;
    while (isalnum((unsigned char)*name) || *name == '_')
        name++;
    return *name == '\0';
}

/* An extract's columns become those of a table: plain names, each once, unit_id first. */
static bool check_extract(AssessGuard *guard, const AssessSql *sql, sqlite3_stmt *statement)
{
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        const char *name = sqlite3_column_name(statement, i);
        bool good = is_plain_name(name) && (i > 0 || sqlite3_stricmp(name, "unit_id") == 0);
        for (int k = 0; k < i && good; k++)
            good = sqlite3_stricmp(name, sqlite3_column_name(statement, k)) != 0;
        if (!good)
            return diag_add(guard->diag, DIAG_ASSESS_SQL_NAME, xml_place(guard->scheme->file, sql->node), sql->name,
                            name);
    }
    return true;
}

/* ── Views ── */

typedef bool Check(AssessGuard *guard, const AssessSql *sql, sqlite3_stmt *statement);

/* Checks one statement and makes it the TEMP view `view`, its columns named `columns` (NULL: by the statement itself). */
static bool make_view(AssessGuard *guard, const AssessSql *sql, const char *view, const char *columns, Check *check)
{
    size_t length = 0;
    sqlite3_set_authorizer(guard->db, authorize, guard);
    sqlite3_stmt *statement = prepare_alone(guard, sql, &length);
    sqlite3_set_authorizer(guard->db, NULL, NULL);
    bool ok = statement != NULL && check_readonly(guard, sql, statement) && check_clock(guard, sql) &&
              (columns == NULL || check_columns(guard, sql, statement, columns)) &&
              (check == NULL || check(guard, sql, statement));
    sqlite3_finalize(statement);
    if (!ok)
        return false;
    char *names = columns == NULL ? NULL : sqlite3_mprintf("(%s)", columns);
    char *create = sqlite3_mprintf("CREATE TEMP VIEW %s%z AS %.*s", view, names, (int)length, sql->text);
    ok = sqlite3_exec(guard->db, create, NULL, NULL, NULL) == SQLITE_OK || fail(guard, sql, -1);
    sqlite3_free(create);
    return ok;
}

/* A view used by many statements: the TEMP table of its name, to be filled from "_stored_NAME" each year. */
static bool make_stored_view(AssessGuard *guard, const AssessSql *sql)
{
    char *view = sqlite3_mprintf("_stored_%s", sql->name);
    char *table = sqlite3_mprintf("CREATE TEMP TABLE %s AS SELECT * FROM temp.%s LIMIT 0;"
                                  "CREATE INDEX temp._key_%s ON %s (%s)",
                                  sql->name, view, sql->name, sql->name, sql->key);
    bool ok = make_view(guard, sql, view, NULL, NULL) &&
              (sqlite3_exec(guard->db, table, NULL, NULL, NULL) == SQLITE_OK || fail(guard, sql, -1));
    sqlite3_free(view);
    sqlite3_free(table);
    return ok;
}

/* No ANALYZE afterwards: with figures for these tables and none for the activity database, SQLite's planner takes the small
 * ones for cheap outer loops, and joins become quadratic. */
bool assess_guard_store(AssessGuard *guard)
{
    for (size_t i = 0; i < guard->scheme->view_count; i++) {
        const AssessSql *sql = &guard->scheme->views[i];
        if (sql->key == NULL)
            continue;
        char *fill = sqlite3_mprintf("DELETE FROM temp.%s; INSERT INTO temp.%s SELECT * FROM temp._stored_%s",
                                     sql->name, sql->name, sql->name);
        bool ok = assess_guard_run(guard, sql, fill);
        sqlite3_free(fill);
        if (!ok)
            return false;
    }
    return true;
}

/* Statements of every indicator: its demand and its records. */
static bool make_indicator_views(AssessGuard *guard, size_t index)
{
    const AssessIndicator *indicator = &guard->scheme->indicators[index];
    char view[64];
    snprintf(view, sizeof view, "_demand_%zu", index);
    bool ok = make_view(guard, &indicator->demand, view, DEMAND_COLUMNS, NULL);
    snprintf(view, sizeof view, "_records_%zu", index);
    return make_view(guard, &indicator->records, view, RECORD_COLUMNS, NULL) && ok;
}

bool assess_guard_views(AssessGuard *guard)
{
    const AssessScheme *scheme = guard->scheme;
    bool ok = true;
    for (size_t i = 0; i < scheme->view_count; i++)
        ok &= scheme->views[i].key != NULL ? make_stored_view(guard, &scheme->views[i])
                                           : make_view(guard, &scheme->views[i], scheme->views[i].name, NULL, NULL);
    if (!ok) /* or every statement that uses the view would be reported */
        return false;
    ok &= make_view(guard, &scheme->units, "_units", UNIT_COLUMNS, NULL);
    ok &= make_view(guard, &scheme->presence, "_presence", PRESENCE_COLUMNS, NULL);
    if (scheme->exemptions.text != NULL)
        ok &= make_view(guard, &scheme->exemptions, "_exemptions", EXEMPTION_COLUMNS, NULL);
    for (size_t i = 0; i < scheme->source_count; i++) {
        char view[32];
        snprintf(view, sizeof view, "_source_%zu", i);
        ok &= make_view(guard, &scheme->sources[i].sql, view, SOURCE_COLUMNS, NULL);
    }
    for (size_t i = 0; i < scheme->extract_count; i++) {
        char view[64];
        snprintf(view, sizeof view, "_extract_%s", scheme->extracts[i].name);
        ok &= make_view(guard, &scheme->extracts[i], view, NULL, check_extract);
    }
    for (size_t i = 0; i < scheme->indicator_count; i++)
        ok &= make_indicator_views(guard, i);
    return ok;
}

/* ── Running ── */

static int check_deadline(void *context)
{
    const AssessGuard *guard = context;
    return clock_ticks() > guard->deadline;
}

bool assess_guard_run(AssessGuard *guard, const AssessSql *sql, const char *statement)
{
    guard->deadline = clock_ticks() + guard->seconds * INT64_C(1000000000);
    sqlite3_progress_handler(guard->db, 10000, check_deadline, guard);
    int result = sqlite3_exec(guard->db, statement, NULL, NULL, NULL);
    sqlite3_progress_handler(guard->db, 0, NULL, NULL);
    if ((result & 0xff) == SQLITE_INTERRUPT)
        return diag_add(guard->diag, DIAG_ASSESS_SQL_TIME, xml_place(guard->scheme->file, sql->node), sql->name,
                        diag_number(guard->diag, guard->seconds), diag_number(guard->diag, guard->year));
    return result == SQLITE_OK || fail(guard, sql, -1);
}
