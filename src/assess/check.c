/* The scheme against an activity database without records: `check`, and the empty assessment database that layouts are
 * checked against. */
#include "assess/assess.h"

#include "assess/assess_int.h"
#include "data/data.h"

extern const char assess_schema[];

/* An attached database cannot be given its tables by a script that names none, so the schema is made in a database of its
 * own and attached as an image. */
bool assess_attach_empty(AssessGuard *guard, const char *schema, const char *name)
{
    sqlite3 *source = NULL;
    sqlite3_int64 size = 0;
    unsigned char *image = NULL;
    if (sqlite3_open(":memory:", &source) == SQLITE_OK && sqlite3_exec(source, schema, NULL, NULL, NULL) == SQLITE_OK)
        image = sqlite3_serialize(source, "main", &size, 0);
    char *attach = sqlite3_mprintf("ATTACH ':memory:' AS %s", name);
    bool ok = image != NULL && assess_exec(guard, attach) &&
              sqlite3_deserialize(guard->db, name, image, size, size,
                                  SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY) == SQLITE_OK;
    sqlite3_free(attach);
    if (!ok)
        diag_add(guard->diag, DIAG_ASSESS_DATABASE, (DiagPlace){0}, sqlite3_errmsg(source));
    sqlite3_close(source);
    return ok;
}

/* A year is needed by views that name period; any will do. */
static DataDb *open_checked(AssessGuard *guard, const char *activity_path)
{
    DataDb *data = assess_open(guard, ":memory:", activity_path);
    if (data == NULL)
        return NULL;
    Date day = {.year = 2000, .month = 12, .day = 31};
    if (assess_begin_year(guard, day.year, day, true) && assess_guard_views(guard) && assess_create_extracts(guard))
        return data;
    data_close(data);
    return NULL;
}

bool assess_check(const AssessScheme *scheme, const char *activity_path, Diag *diag)
{
    AssessGuard guard = {.scheme = scheme, .diag = diag};
    DataDb *data = open_checked(&guard, activity_path);
    data_close(data);
    return data != NULL;
}

/* Copies the extract tables, which only the scheme's SQL can tell, into `data`. */
static bool copy_extracts(AssessGuard *guard, DataDb *data)
{
    sqlite3_stmt *tables = assess_prepare(guard, "SELECT sql FROM main.sqlite_schema WHERE tbl_name GLOB 'x_*'");
    bool ok = tables != NULL;
    while (ok && assess_step(guard, tables, &ok))
        ok = data_exec(data, (const char *)sqlite3_column_text(tables, 0), guard->diag, (DiagPlace){0});
    sqlite3_finalize(tables);
    return ok;
}

/* A database of its own, so that a layout checked against it sees nothing of the activity database. */
DataDb *assess_open_empty(const AssessScheme *scheme, Diag *diag)
{
    AssessGuard guard = {.scheme = scheme, .diag = diag};
    DataDb *checked = scheme ? open_checked(&guard, NULL) : NULL;
    if (scheme && checked == NULL)
        return NULL;
    DataDb *data = data_create(":memory:", diag);
    if (data != NULL &&
        !(data_exec(data, assess_schema, diag, (DiagPlace){0}) && (!scheme || copy_extracts(&guard, data)))) {
        data_close(data);
        data = NULL;
    }
    data_close(checked);
    return data;
}
