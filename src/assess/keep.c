/* The state of the numbers, and what a correction leaves alone. After a freeze only reopened units are assessed anew: every
 * row of the others is taken from the frozen assessment as it stands there, whatever the activity database says by now. A
 * reopened unit takes the rank that its new total has among the frozen ones; nobody else's rank is moved, and where it would
 * have to be, a warning names the unit.
 */
#include "assess/assess_int.h"

#include "data/data.h"

#include <string.h>

static bool bind_exec(AssessGuard *guard, const char *sql, const char *a, const char *b)
{
    sqlite3_stmt *statement = assess_prepare(guard, sql);
    if (statement == NULL)
        return false;
    sqlite3_bind_text(statement, 1, a, -1, SQLITE_STATIC);
    if (b != NULL)
        sqlite3_bind_text(statement, 2, b, -1, SQLITE_STATIC);
    bool ok = true;
    assess_step(guard, statement, &ok);
    sqlite3_finalize(statement);
    return ok;
}

bool assess_attach(AssessGuard *guard, const char *path, const char *name)
{
    DataDb *checked = data_open_assessment(path, guard->diag);
    data_close(checked);
    char *attach = sqlite3_mprintf("ATTACH ?1 AS %s", name);
    const bool ok = checked != NULL && bind_exec(guard, attach, path, NULL);
    sqlite3_free(attach);
    return ok;
}

bool assess_attach_kept(AssessGuard *guard, const AssessOptions *options)
{
    return options->kept_path == NULL || assess_attach(guard, options->kept_path, "kept");
}

/* SELECT code, text: each row a message. True when there was none. */
static bool none_found(AssessGuard *guard, const char *sql, DiagCode code)
{
    sqlite3_stmt *rows = assess_prepare(guard, sql);
    bool ok = rows != NULL, found = false;
    while (ok && assess_step(guard, rows, &ok)) {
        found = true;
        diag_add(guard->diag, code, (DiagPlace){0}, (const char *)sqlite3_column_text(rows, 0),
                 (const char *)sqlite3_column_text(rows, 1), (const char *)sqlite3_column_text(rows, 2));
    }
    sqlite3_finalize(rows);
    return ok && !found;
}

/* Rows of kept units in the place of the new ones, still in the order of units: what reads by rowid relies on it. */
static bool keep_table(AssessGuard *guard, const char *table)
{
    char *sql =
        sqlite3_mprintf("CREATE TABLE work.x AS SELECT * FROM main.%s WHERE unit_id IN (SELECT unit_id FROM work.anew);"
                        "INSERT INTO work.x SELECT * FROM kept.%s WHERE unit_id NOT IN (SELECT unit_id FROM work.anew);"
                        "DELETE FROM main.%s;"
                        "INSERT INTO main.%s SELECT x.* FROM work.x AS x ORDER BY x.unit_id, x.rowid;"
                        "DROP TABLE work.x",
                        table, table, table, table);
    bool ok = assess_exec(guard, sql);
    sqlite3_free(sql);
    return ok;
}

static bool keep_tables(AssessGuard *guard)
{
    sqlite3_stmt *tables = assess_prepare(guard, "SELECT t.name FROM main.sqlite_schema AS t WHERE t.type = 'table'"
                                                 " AND t.name <> 'unit' AND EXISTS (SELECT 1 FROM"
                                                 " pragma_table_info(t.name, 'main') AS c WHERE c.name = 'unit_id')");
    char *names[64];
    size_t count = 0;
    bool ok = tables != NULL;
    while (ok && count < sizeof names / sizeof *names && assess_step(guard, tables, &ok))
        names[count++] = sqlite3_mprintf("%s", sqlite3_column_text(tables, 0));
    sqlite3_finalize(tables);
    for (size_t i = 0; i < count; i++) {
        ok = ok && keep_table(guard, names[i]);
        sqlite3_free(names[i]);
    }
    return ok;
}

static const char MERGE_UNITS[] =
    "CREATE TABLE work.merged AS"
    " SELECT k.ordinal, k.unit_id, k.code, k.name, k.kind, k.kind_name, k.group_id, k.group_name, k.parent_name"
    " FROM kept.unit AS k WHERE k.unit_id NOT IN (SELECT unit_id FROM work.anew)"
    " UNION ALL SELECT k.ordinal, i.* FROM work.units_in AS i JOIN kept.unit AS k ON k.unit_id = i.unit_id"
    " WHERE i.unit_id IN (SELECT unit_id FROM work.anew);"
    "DELETE FROM work.units_in;"
    "INSERT INTO work.units_in (rowid, unit_id, code, name, kind, kind_name, group_id, group_name, parent_name)"
    " SELECT * FROM work.merged;"
    "DELETE FROM work.unit;"
    "INSERT INTO work.unit SELECT unit_id, ordinal, name, kind, group_id, 1 FROM work.merged;";

/* Ranks of all units anew, those of units that are kept for comparison only. */
static const char RANKS[] =
    "DELETE FROM work.ranked;"
    "INSERT INTO work.ranked SELECT t.unit_id, rank() OVER (PARTITION BY u.group_id ORDER BY t.score DESC), NULL"
    " FROM main.result_total AS t JOIN work.unit AS u ON u.unit_id = t.unit_id"
    " WHERE t.year = (SELECT year FROM temp.period) AND t.status = 'scored';"
    "DELETE FROM work.group_size;"
    "INSERT INTO work.group_size SELECT u.group_id, count(*) FROM work.ranked AS k"
    " JOIN work.unit AS u ON u.unit_id = k.unit_id GROUP BY u.group_id;"
    "UPDATE main.result_total AS t SET rank = (SELECT k.rank FROM work.ranked AS k WHERE k.unit_id = t.unit_id),"
    " rank_of = coalesce((SELECT z.size FROM work.unit AS u JOIN work.group_size AS z ON z.group_id = u.group_id"
    " WHERE u.unit_id = t.unit_id), 0)"
    " WHERE t.year = (SELECT year FROM temp.period) AND t.unit_id IN (SELECT unit_id FROM work.anew)";

static const char MOVED[] =
    "SELECT k.code, t.rank, r.rank FROM main.result_total AS t JOIN work.ranked AS r ON r.unit_id = t.unit_id"
    " JOIN kept.unit AS k ON k.unit_id = t.unit_id WHERE t.year = (SELECT year FROM temp.period)"
    " AND t.unit_id NOT IN (SELECT unit_id FROM work.anew) AND t.rank <> r.rank ORDER BY k.ordinal LIMIT 20";

static bool name_reopened(AssessGuard *guard, const AssessOptions *options)
{
    bool ok = assess_exec(guard, "CREATE TABLE work.reopened (code TEXT PRIMARY KEY, note TEXT) WITHOUT ROWID");
    for (size_t i = 0; ok && i < options->reopened_count; i++)
        ok = bind_exec(guard, "INSERT INTO work.reopened VALUES (?1, ?2)", options->reopened[i].code,
                       options->reopened[i].reason);
    return ok &&
           none_found(guard,
                      "SELECT code, '', '' FROM work.reopened WHERE code NOT IN (SELECT i.code FROM work.units_in AS i"
                      " JOIN kept.unit AS k ON k.unit_id = i.unit_id)",
                      DIAG_ASSESS_NO_UNIT) &&
           assess_exec(guard, "CREATE TABLE work.anew AS SELECT unit_id FROM work.units_in WHERE code IN"
                              " (SELECT code FROM work.reopened)");
}

static bool keep_others(AssessGuard *guard, const AssessOptions *options)
{
    char *scheme = sqlite3_mprintf("SELECT substr(value, 1, 12), substr(%Q, 1, 12), '' FROM kept.meta"
                                   " WHERE key = 'scheme_hash' AND value <> %Q",
                                   guard->scheme->hash, guard->scheme->hash);
    bool ok = none_found(guard, scheme, DIAG_ASSESS_KEPT_SCHEME) && name_reopened(guard, options) &&
              assess_exec(guard, "UPDATE main.lifecycle AS l SET note = r.note FROM work.reopened AS r JOIN"
                                 " work.units_in AS i ON i.code = r.code WHERE l.unit_id = i.unit_id") &&
              keep_tables(guard) && assess_exec(guard, MERGE_UNITS) && assess_exec(guard, RANKS);
    sqlite3_free(scheme);
    if (ok)
        none_found(guard, MOVED, DIAG_ASSESS_KEPT_RANK);
    return ok;
}

/* From the totals as they are printed, kept ones among them. Of a large group the first, the last and 98 between them. */
static const char PEERS[] =
    "INSERT INTO main.peer WITH placed AS (SELECT u.group_id, t.unit_id, t.score, count(t.score) OVER whole AS scored,"
    " row_number() OVER (PARTITION BY u.group_id ORDER BY t.score IS NULL, t.score DESC, u.ordinal) AS place"
    " FROM work.unit AS u JOIN main.result_total AS t ON t.unit_id = u.unit_id"
    " WHERE t.year = (SELECT year FROM temp.period) WINDOW whole AS (PARTITION BY u.group_id))"
    " SELECT group_id, place, unit_id, score FROM placed WHERE scored <= 150"
    " OR place = 1 OR (place <= scored AND (place - 1) * 99 / (scored - 1) > (place - 2) * 99 / (scored - 1))"
    " ORDER BY group_id, place";

bool assess_settle(AssessGuard *guard, const AssessOptions *options)
{
    const char *state = options->frozen ? "frozen" : "draft";
    char *sql = sqlite3_mprintf("INSERT INTO main.lifecycle SELECT unit_id, %Q, %d, '' FROM work.unit ORDER BY unit_id;"
                                "INSERT INTO main.meta VALUES ('state', %Q), ('version', '%d')",
                                state, options->version > 0 ? options->version : 1, state,
                                options->version > 0 ? options->version : 1);
    bool ok = assess_exec(guard, sql) && (options->kept_path == NULL || keep_others(guard, options));
    sqlite3_free(sql);
    return ok && assess_exec(guard, PEERS) &&
           assess_exec(guard, "INSERT INTO main.meta SELECT 'note', coalesce(group_concat(note, '；'), '') FROM"
                              " (SELECT DISTINCT l.note FROM main.lifecycle AS l WHERE l.note <> '' AND l.version ="
                              " (SELECT CAST(value AS INTEGER) FROM main.meta WHERE key = 'version') ORDER BY 1)");
}
