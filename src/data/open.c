/* Opening databases: somebody else's read-only and checked against the schema that we know, our own by its mark. */
#include "data/data_int.h"

#include "base/buf.h"
#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MILLISECONDS = 10000, PROGRESS_STEPS = 10000 };

/* ── handles ── */

/* Called by SQLite every PROGRESS_STEPS virtual-machine steps; true interrupts the statement. */
static int past_deadline(void *context)
{
    const DataDb *db = context;
    return db->deadline != 0 && clock_ticks() > db->deadline;
}

static bool fail(DataDb *db, const char *path, Diag *diag)
{
    int code = sqlite3_errcode(db->handle) & 0xff;
    DiagPlace place = {.file = path};
    if (code == SQLITE_NOTADB)
        return diag_add(diag, DIAG_DATA_NOT_DATABASE, place, path);
    if (code == SQLITE_CORRUPT)
        return diag_add(diag, DIAG_DATA_DAMAGED, place, path, sqlite3_errmsg(db->handle));
    if (code == SQLITE_BUSY)
        return diag_add(diag, DIAG_DATA_BUSY, place, path);
    if (code == SQLITE_IOERR || code == SQLITE_FULL)
        return diag_add(diag, DIAG_DATA_IO, place, path, sqlite3_errmsg(db->handle));
    return diag_add(diag, DIAG_DATA_OPEN, place, path, sqlite3_errmsg(db->handle));
}

/* The database must be a regular file: SQLite would create a missing one, or wait for a FIFO. */
static bool check_file(const char *path, Diag *diag)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return errno == ENOENT ? diag_add(diag, DIAG_FILE_MISSING, (DiagPlace){0}, path)
                               : diag_add(diag, DIAG_FILE_UNREADABLE, (DiagPlace){0}, path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return diag_add(diag, DIAG_DATA_NOT_DATABASE, (DiagPlace){.file = path}, path);
    return access(path, R_OK) == 0 || diag_add(diag, DIAG_FILE_UNREADABLE, (DiagPlace){0}, path, strerror(errno));
}

static DataDb *open_handle(const char *path, int flags, Diag *diag)
{
    Arena *arena = arena_open(4096);
    DataDb *db = ARENA_NEW(arena, DataDb);
    *db = (DataDb){.arena = arena, .path = arena_string(arena, path), .seconds = DATA_SECONDS};
    if (sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        fail(db, path, diag);
        data_close(db);
        return NULL;
    }
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_MILLISECONDS);
    sqlite3_progress_handler(db->handle, PROGRESS_STEPS, past_deadline, db);
    return db;
}

/* Nothing that stands in a database file may run code or reach outside of it. */
static void defend(DataDb *db)
{
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
}

void data_close(DataDb *db)
{
    if (!db)
        return;
    for (sqlite3_stmt *stmt; (stmt = sqlite3_next_stmt(db->handle, NULL)) != NULL;)
        sqlite3_finalize(stmt);
    sqlite3_close(db->handle);
    arena_close(db->arena);
}

struct sqlite3 *data_handle(DataDb *db)
{
    return db->handle;
}

void data_limit_seconds(DataDb *db, int seconds)
{
    db->seconds = seconds;
}

/* ── what a database says of itself ── */

/* PRAGMA SCHEMA.NAME as a number. The first read of a file: a file that is no database is found here. */
static bool read_mark(DataDb *db, const char *schema, const char *name, const char *path, int64_t *out, Diag *diag)
{
    char sql[80];
    snprintf(sql, sizeof sql, "PRAGMA %s.%s", schema, name);
    sqlite3_stmt *stmt = NULL;
    bool ok = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW;
    if (ok)
        *out = sqlite3_column_int64(stmt, 0);
    else
        fail(db, path, diag);
    sqlite3_finalize(stmt);
    return ok;
}

static bool check_version(DataDb *db, const char *schema, const char *path, int64_t known, Diag *diag)
{
    int64_t version = 0;
    if (!read_mark(db, schema, "user_version", path, &version, diag))
        return false;
    if (version == 0) /* nobody set it: some other program's database */
        return diag_add(diag, DIAG_DATA_FOREIGN, (DiagPlace){.file = path}, path);
    DiagPlace place = {.file = path};
    if (version > known)
        return diag_add(diag, DIAG_DATA_NEWER, place, path, diag_number(diag, version), diag_number(diag, known));
    if (version < known)
        return diag_add(diag, DIAG_DATA_OLDER, place, path, diag_number(diag, version), diag_number(diag, known));
    return true;
}

static bool compare_columns(DataDb *db, const char *schema, const char *path, sqlite3_stmt *expected,
                            sqlite3_stmt *there, Diag *diag)
{
    int step;
    while ((step = sqlite3_step(expected)) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(expected, 0);
        const char *column = (const char *)sqlite3_column_text(expected, 1);
        sqlite3_bind_text(there, 1, table, -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(there, 2, schema, -1, SQLITE_STATIC);
        sqlite3_bind_text(there, 3, column, -1, SQLITE_TRANSIENT);
        int found = sqlite3_step(there);
        int64_t count = found == SQLITE_ROW ? sqlite3_column_int64(there, 0) : 0;
        sqlite3_reset(there);
        if (found != SQLITE_ROW)
            return fail(db, path, diag);
        if (count == 0) {
            DiagPlace place = {.file = path, .table = table};
            return diag_add(diag, DIAG_DATA_SCHEMA, place, path, table, column);
        }
    }
    return step == SQLITE_DONE;
}

/* Every table and column of schema.sql must be there; it is asked of an empty database made from it. */
static bool check_columns(DataDb *db, const char *schema, const char *path, Diag *diag)
{
    sqlite3 *model = NULL;
    sqlite3_stmt *expected = NULL, *there = NULL;
    bool ok = sqlite3_open(":memory:", &model) == SQLITE_OK &&
              sqlite3_exec(model, data_activity_schema, NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(model,
                                 "SELECT m.name, c.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c"
                                 " WHERE m.type IN ('table', 'view') ORDER BY m.rowid, c.cid",
                                 -1, &expected, NULL) == SQLITE_OK;
    if (!ok)
        diag_add(diag, DIAG_DATA_OPEN, (DiagPlace){0}, "schema.sql", sqlite3_errmsg(model));
    else if (sqlite3_prepare_v2(db->handle, "SELECT count(*) FROM pragma_table_info(?1, ?2) WHERE name = ?3", -1,
                                &there, NULL) != SQLITE_OK)
        ok = fail(db, path, diag);
    else
        ok = compare_columns(db, schema, path, expected, there, diag);
    sqlite3_finalize(expected);
    sqlite3_finalize(there);
    sqlite3_close(model);
    return ok;
}

/* ── the doors ── */

static DataDb *open_to_read(const char *path, Diag *diag)
{
    if (!check_file(path, diag))
        return NULL;
    DataDb *db = open_handle(path, SQLITE_OPEN_READONLY, diag);
    if (db)
        defend(db);
    return db;
}

DataDb *data_open_activity(const char *path, Diag *diag)
{
    DataDb *db = open_to_read(path, diag);
    if (db && check_version(db, "main", path, DATA_ACTIVITY_VERSION, diag) && check_columns(db, "main", path, diag))
        return db;
    data_close(db);
    return NULL;
}

DataDb *data_open_assessment(const char *path, Diag *diag)
{
    DataDb *db = open_to_read(path, diag);
    int64_t id = 0;
    if (db && read_mark(db, "main", "application_id", path, &id, diag)) {
        if (id != DATA_ASSESSMENT_ID)
            diag_add(diag, DIAG_DATA_NOT_ASSESSMENT, (DiagPlace){.file = path}, path);
        else if (check_version(db, "main", path, DATA_ASSESSMENT_VERSION, diag))
            return db;
    }
    data_close(db);
    return NULL;
}

DataDb *data_create(const char *path, Diag *diag)
{
    if (strcmp(path, ":memory:") != 0 && unlink(path) != 0 && errno != ENOENT) {
        diag_add(diag, DIAG_FILE_CANNOT_CREATE, (DiagPlace){0}, path, strerror(errno));
        return NULL;
    }
    DataDb *db = open_handle(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, diag);
    if (!db)
        return NULL;
    /* A file to be filled once and then renamed: until then nobody else knows it. */
    if (sqlite3_exec(db->handle,
                     "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
                     "PRAGMA cache_size = -65536; PRAGMA temp_store = FILE",
                     NULL, NULL, NULL) != SQLITE_OK) {
        fail(db, path, diag);
        data_close(db);
        return NULL;
    }
    defend(db);
    return db;
}

/* A path as a file: URI (RFC 3986): everything but unreserved characters and the slash is escaped. */
static void put_uri(Buf *out, const char *path)
{
    buf_text(out, "file:");
    for (; *path; path++) {
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/", *path)) {
            buf_byte(out, (unsigned char)*path);
        } else {
            buf_byte(out, '%');
            buf_hex(out, path, 1);
        }
    }
    buf_text(out, "?mode=ro");
}

static bool attach(DataDb *db, const char *path, Diag *diag)
{
    Buf uri = {0};
    put_uri(&uri, path);
    sqlite3_stmt *stmt = NULL;
    bool ok = sqlite3_prepare_v2(db->handle, "ATTACH ?1 AS activity", -1, &stmt, NULL) == SQLITE_OK &&
              sqlite3_bind_text(stmt, 1, buf_cstring(&uri), -1, SQLITE_TRANSIENT) == SQLITE_OK &&
              sqlite3_step(stmt) == SQLITE_DONE;
    sqlite3_finalize(stmt);
    buf_free(&uri);
    return ok || fail(db, path, diag);
}

bool data_attach_activity(DataDb *db, const char *path, Diag *diag)
{
    if (!check_file(path, diag) || !attach(db, path, diag))
        return false;
    db->attached = arena_string(db->arena, path);
    return check_version(db, "activity", path, DATA_ACTIVITY_VERSION, diag) &&
           check_columns(db, "activity", path, diag);
}

/* ── the snapshot ── */

bool data_begin(DataDb *db, Diag *diag)
{
    /* A deferred transaction pins each database's snapshot at its first read: so read from each at once. */
    const char *sql =
        db->attached ? "BEGIN; SELECT count(*) FROM main.sqlite_schema; SELECT count(*) FROM activity.sqlite_schema"
                     : "BEGIN; SELECT count(*) FROM main.sqlite_schema";
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ||
           fail(db, db->attached ? db->attached : db->path, diag);
}

bool data_commit(DataDb *db, Diag *diag)
{
    return sqlite3_exec(db->handle, "COMMIT", NULL, NULL, NULL) == SQLITE_OK || fail(db, db->path, diag);
}
