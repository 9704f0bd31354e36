/* Opening databases: somebody else's read-only and checked against the schema that we know, our own by its mark. */
#include "data/data_int.h"

#include "base/buf.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BUSY_MILLISECONDS = 10000, /* how long to wait for a lock of another program */
    PROGRESS_STEPS = 10000,    /* virtual-machine steps between two looks at the clock, a few milliseconds */
    VALUE_LIMIT = 64 << 20,    /* bytes of one value inside SQLite */
};

/* ── failures ── */

/* Where in the file the SQL's byte `offset` stands: its line, and on the SQL's later lines its column. */
static DiagPlace point_at(DiagPlace place, const char *sql, int offset)
{
    if (!sql || place.line == 0)
        return place;
    const char *line = sql;
    for (const char *at = sql; at < sql + offset; at++)
        if (*at == '\n') {
            line = at + 1;
            place.line++;
        }
    if (offset > 0 && line > sql)
        place.column = (int)(sql + offset - line) + 1;
    return place;
}

bool data_fail(DataDb *db, int code, const char *sql, DiagPlace place, Diag *diag)
{
    const char *message = sqlite3_errmsg(db->handle);
    switch (code & 0xff) {
    case SQLITE_NOTADB:
        return diag_add(diag, DIAG_DATA_NOT_DATABASE, place, db->path);
    case SQLITE_CORRUPT:
        return diag_add(diag, DIAG_DATA_DAMAGED, place, db->path, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return diag_add(diag, DIAG_DATA_BUSY, place, db->path);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        return diag_add(diag, DIAG_DATA_OPEN, place, db->path, message);
    case SQLITE_IOERR:
    case SQLITE_FULL:
        return diag_add(diag, DIAG_DATA_IO, place, db->path, message);
    case SQLITE_INTERRUPT:
        return diag_add(diag, DIAG_DATA_SQL_TIME, place, diag_number(diag, db->seconds));
    default:
        return diag_add(diag, DIAG_DATA_SQL, point_at(place, sql, sqlite3_error_offset(db->handle)), message);
    }
}

/* ── handles ── */

/* Called by SQLite every PROGRESS_STEPS; true interrupts the statement. */
static int past_deadline(void *context)
{
    const DataDb *db = context;
    return db->deadline != 0 && clock_ticks() > db->deadline;
}

/* Nothing that stands in a database file may run code, reach outside of it, or grow without bound. */
static void defend(sqlite3 *handle)
{
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* "x" is a name, never a string */
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, VALUE_LIMIT);
}

/* The path as a file: URI (RFC 3986), so that no character in it means anything to SQLite. */
static const char *path_uri(Buf *out, const char *path, const char *mode)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    buf_text(out, path[0] == '/' ? "file://" : "file:");
    for (; *path; path++) {
        if (strchr(plain, *path)) {
            buf_byte(out, (unsigned char)*path);
        } else {
            buf_byte(out, '%');
            buf_hex(out, path, 1);
        }
    }
    buf_text(out, "?mode=");
    buf_text(out, mode);
    return buf_cstring(out);
}

static DataDb *open_handle(const char *path, const char *mode, Diag *diag)
{
    Arena *arena = arena_open(1024);
    DataDb *db = ARENA_NEW(arena, DataDb);
    *db = (DataDb){.arena = arena, .path = arena_string(arena, path), .seconds = DATA_SECONDS};
    Buf uri = {0};
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(path_uri(&uri, path, mode), &db->handle, flags, NULL);
    buf_free(&uri);
    if (code != SQLITE_OK) {
        data_fail(db, code, NULL, (DiagPlace){.file = path}, diag);
        data_close(db);
        return NULL;
    }
    defend(db->handle);
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_MILLISECONDS);
    sqlite3_progress_handler(db->handle, PROGRESS_STEPS, past_deadline, db);
    return db;
}

void data_close(DataDb *db)
{
    if (!db)
        return;
    while (db->statements)
        data_finalize(db->statements);
    for (sqlite3_stmt *stmt; (stmt = sqlite3_next_stmt(db->handle, NULL)) != NULL;)
        sqlite3_finalize(stmt); /* made through data_handle */
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

/* PRAGMA SCHEMA.NAME as a number. The first read of a file: one that is no database is found here. */
static bool read_mark(DataDb *db, const char *schema, const char *name, int64_t *out, Diag *diag)
{
    char sql[80];
    snprintf(sql, sizeof sql, "PRAGMA %s.%s", schema, name);
    DataStmt *stmt = data_prepare(db, sql, (DiagPlace){.file = db->path}, diag);
    bool ok = stmt && data_step(stmt, diag) == DATA_ROW;
    if (ok)
        *out = data_int(stmt, 0);
    data_finalize(stmt);
    return ok;
}

static bool check_version(DataDb *db, const char *schema, int64_t known, Diag *diag)
{
    int64_t version = 0;
    DiagPlace place = {.file = db->path};
    if (!read_mark(db, schema, "user_version", &version, diag))
        return false;
    if (version == 0) /* nobody set it: some other program's database */
        return diag_add(diag, DIAG_DATA_FOREIGN, place, db->path);
    if (version == known)
        return true;
    return diag_add(diag, version > known ? DIAG_DATA_NEWER : DIAG_DATA_OLDER, place, db->path,
                    diag_number(diag, version), diag_number(diag, known));
}

/* False when `column` of `table` is missing, or when that cannot be found out. */
static bool check_column(const DataDb *db, DataStmt *find, const char *table, const char *column, Diag *diag)
{
    data_bind_text(find, ":table", table);
    data_bind_text(find, ":column", column);
    if (data_step(find, diag) != DATA_ROW)
        return false;
    DiagPlace place = {.file = db->path, .table = table};
    return data_int(find, 0) > 0 || diag_add(diag, DIAG_DATA_SCHEMA, place, db->path, table, column);
}

/* Every table and column of schema.sql must be there: it is asked of an empty database made from it. Each missing one is
 * told. */
static bool check_columns(DataDb *db, const char *schema, Diag *diag)
{
    static const char wanted[] = "SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c "
                                 "WHERE m.type = 'table' ORDER BY m.rowid, c.cid";
    static const char present[] = "SELECT count(*) FROM pragma_table_info(:table, :schema) WHERE name = :column";
    DataDb *model = data_create(":memory:", diag);
    DataStmt *want = NULL, *find = NULL;
    bool ok = model && data_exec(model, data_activity_schema, diag, (DiagPlace){0}) &&
              (want = data_prepare(model, wanted, (DiagPlace){0}, diag)) &&
              (find = data_prepare(db, present, (DiagPlace){.file = db->path}, diag)) &&
              data_bind_text(find, ":schema", schema);
    DataStep step = ok ? DATA_ROW : DATA_ERROR;
    while (step == DATA_ROW && (step = data_step(want, diag)) == DATA_ROW)
        ok = check_column(db, find, data_text(want, 0), data_text(want, 1), diag) && ok;
    data_finalize(find);
    data_close(model);
    return ok && step == DATA_DONE;
}

/* ── the doors ── */

/* The database must be a regular file: SQLite itself says only "unable to open", or waits for a FIFO. */
static bool check_file(const char *path, Diag *diag)
{
    struct stat status;
    DiagPlace place = {.file = path};
    if (stat(path, &status) != 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? diag_add(diag, DIAG_FILE_MISSING, (DiagPlace){0}, path)
                   : diag_add(diag, DIAG_FILE_UNREADABLE, (DiagPlace){0}, path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return diag_add(diag, DIAG_DATA_NOT_DATABASE, place, path);
    return access(path, R_OK) == 0 || diag_add(diag, DIAG_FILE_UNREADABLE, (DiagPlace){0}, path, strerror(errno));
}

DataDb *data_open_activity(const char *path, Diag *diag)
{
    DataDb *db = check_file(path, diag) ? open_handle(path, "ro", diag) : NULL;
    if (db && check_version(db, "main", DATA_ACTIVITY_VERSION, diag) && check_columns(db, "main", diag))
        return db;
    data_close(db);
    return NULL;
}

DataDb *data_open_writable(const char *path, Diag *diag)
{
    DataDb *db = check_file(path, diag) ? open_handle(path, "rw", diag) : NULL;
    if (db && check_version(db, "main", DATA_ACTIVITY_VERSION, diag) && check_columns(db, "main", diag) &&
        data_exec(db, "PRAGMA foreign_keys = ON", diag, (DiagPlace){.file = path}))
        return db;
    data_close(db);
    return NULL;
}

DataDb *data_open_assessment(const char *path, Diag *diag)
{
    DataDb *db = check_file(path, diag) ? open_handle(path, "ro", diag) : NULL;
    int64_t id = 0;
    if (db && read_mark(db, "main", "application_id", &id, diag)) {
        if (id != DATA_ASSESSMENT_ID)
            diag_add(diag, DIAG_DATA_NOT_ASSESSMENT, (DiagPlace){.file = path}, path);
        else if (check_version(db, "main", DATA_ASSESSMENT_VERSION, diag))
            return db;
    }
    data_close(db);
    return NULL;
}

/* Removes a database and the journals of a crash, which SQLite would play back into the new one. */
static bool remove_database(const char *path, Diag *diag)
{
    static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};
    bool ok = true;
    Buf name = {0};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && ok; i++) {
        buf_clear(&name);
        buf_text(&name, path);
        buf_text(&name, suffixes[i]);
        if (unlink(buf_cstring(&name)) != 0 && errno != ENOENT)
            ok = diag_add(diag, DIAG_FILE_CANNOT_CREATE, (DiagPlace){0}, path, strerror(errno));
    }
    buf_free(&name);
    return ok;
}

/* An empty file, made here because the system then says why it cannot be. */
static bool create_file(const char *path, Diag *diag)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0)
        return diag_add(diag, DIAG_FILE_CANNOT_CREATE, (DiagPlace){0}, path, strerror(errno));
    close(file);
    return true;
}

DataDb *data_create(const char *path, Diag *diag)
{
    /* A file to be filled once and then renamed: until then nobody else knows it. */
    static const char settings[] = "PRAGMA page_size = 8192; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
                                   "PRAGMA cache_size = -65536; PRAGMA foreign_keys = OFF; PRAGMA temp_store = FILE";
    bool memory = strcmp(path, ":memory:") == 0;
    if (!memory && (!remove_database(path, diag) || !create_file(path, diag)))
        return NULL;
    DataDb *db = open_handle(path, memory ? "memory" : "rw", diag);
    if (db && data_exec(db, settings, diag, (DiagPlace){.file = db->path}))
        return db;
    data_close(db);
    return NULL;
}

static bool attach(DataDb *db, Diag *diag)
{
    Buf uri = {0};
    DataStmt *stmt = data_prepare(db, "ATTACH :uri AS activity", (DiagPlace){.file = db->path}, diag);
    bool ok =
        stmt && data_bind_text(stmt, ":uri", path_uri(&uri, db->path, "ro")) && data_step(stmt, diag) == DATA_DONE;
    data_finalize(stmt);
    buf_free(&uri);
    return ok;
}

bool data_attach_activity(DataDb *db, const char *path, Diag *diag)
{
    if (!check_file(path, diag))
        return false;
    const char *own = db->path;
    db->path = db->attached = arena_string(db->arena, path); /* the file that messages are about meanwhile */
    bool ok = attach(db, diag) && check_version(db, "activity", DATA_ACTIVITY_VERSION, diag) &&
              check_columns(db, "activity", diag);
    db->path = own;
    if (ok)
        return true;
    db->attached = NULL;
    sqlite3_exec(db->handle, "DETACH activity", NULL, NULL, NULL);
    return false;
}

/* ── the snapshot ── */

bool data_begin(DataDb *db, Diag *diag)
{
    /* A deferred transaction pins a database's snapshot at its first read: so read from each at once. */
    static const char both[] = "SELECT count(*) FROM main.sqlite_schema; SELECT count(*) FROM activity.sqlite_schema";
    static const char own[] = "SELECT count(*) FROM main.sqlite_schema";
    DiagPlace place = {.file = db->attached ? db->attached : db->path};
    if (!data_exec(db, "BEGIN", diag, place))
        return false;
    if (data_exec(db, db->attached ? both : own, diag, place))
        return true;
    sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

bool data_commit(DataDb *db, Diag *diag)
{
    return data_exec(db, "COMMIT", diag, (DiagPlace){.file = db->path});
}
