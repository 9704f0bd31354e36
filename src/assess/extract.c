/* Extract tables (x_NAME): what the scorecard shows and the assessment does not count, carried over as it is. */
#include "assess/assess_int.h"

#include "base/buf.h"

/* CREATE TABLE with the columns of the extract's view, without types, so that every value stays what it was. */
static bool create_table(AssessGuard *guard, const AssessSql *extract)
{
    Buf sql = {0};
    buf_print(&sql, "SELECT * FROM temp._extract_%s", extract->name);
    sqlite3_stmt *view = assess_prepare(guard, buf_cstring(&sql));
    if (view == NULL) {
        buf_free(&sql);
        return false;
    }
    buf_clear(&sql);
    buf_print(&sql, "CREATE TABLE main.x_%s (unit_id INTEGER NOT NULL", extract->name);
    for (int i = 1; i < sqlite3_column_count(view); i++)
        buf_print(&sql, ", \"%s\"", sqlite3_column_name(view, i));
    buf_print(&sql, "); CREATE INDEX main.x_%s_unit ON x_%s (unit_id)", extract->name, extract->name);
    sqlite3_finalize(view);
    bool ok = assess_exec(guard, buf_cstring(&sql));
    buf_free(&sql);
    return ok;
}

bool assess_create_extracts(AssessGuard *guard)
{
    for (size_t i = 0; i < guard->scheme->extract_count; i++)
        if (!create_table(guard, &guard->scheme->extracts[i]))
            return false;
    return true;
}

/* Rows of assessed units, by unit and within a unit in the order that the scheme's statement gives them: staged first,
 * because a sort straight from the statement would lose that order. */
static bool fill_table(AssessGuard *guard, const AssessSql *extract)
{
    char *stage = sqlite3_mprintf("CREATE TABLE work.x AS SELECT * FROM temp._extract_%s", extract->name);
    char *copy = sqlite3_mprintf("INSERT INTO main.x_%s SELECT x.* FROM work.x AS x WHERE x.unit_id IN"
                                 " (SELECT unit_id FROM work.unit) ORDER BY x.unit_id, x.rowid; DROP TABLE work.x",
                                 extract->name);
    bool ok = assess_guard_run(guard, extract, stage) && assess_exec(guard, copy);
    sqlite3_free(stage);
    sqlite3_free(copy);
    return ok;
}

bool assess_fill_extracts(AssessGuard *guard)
{
    for (size_t i = 0; i < guard->scheme->extract_count; i++)
        if (!fill_table(guard, &guard->scheme->extracts[i]))
            return false;
    return true;
}
