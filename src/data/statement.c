/* Statements: checked when prepared, bounded in time when stepped, and their text checked where it enters. */
#include "data/data_int.h"

#include "base/clock.h"
#include "base/utf8.h"

/* ── preparing ── */

/* Where in the file the SQL's byte `offset` stands: its line is known, its column only on later lines. */
static DiagPlace place_at(DiagPlace place, const char *sql, int offset)
{
    for (int i = 0; i < offset && sql[i]; i++) {
        if (sql[i] == '\n') {
            place.line += place.line > 0;
            place.column = 0;
        }
        place.column += sql[i] != '\n' && place.column == 0 && i > 0 && sql[i - 1] == '\n';
    }
    return place;
}

static DiagPlace keep_place(DataDb *db, DiagPlace place)
{
    const char **strings[] = {&place.file, &place.table, &place.row, &place.unit, &place.field};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        if (*strings[i])
            *strings[i] = arena_string(db->arena, *strings[i]);
    }
    return place;
}

static bool is_blank(DataDb *db, const char *text)
{
    sqlite3_stmt *stmt = NULL;
    bool blank = sqlite3_prepare_v2(db->handle, text, -1, &stmt, NULL) == SQLITE_OK && !stmt;
    sqlite3_finalize(stmt);
    return blank;
}

static DataStmt *wrap(DataDb *db, sqlite3_stmt *sqlite, DiagPlace place)
{
    DataStmt *stmt = ARENA_NEW(db->arena, DataStmt);
    *stmt = (DataStmt){.db = db, .sqlite = sqlite, .place = keep_place(db, place)};
    return stmt;
}

DataStmt *data_prepare(DataDb *db, const char *sql, DiagPlace place, Diag *diag)
{
    sqlite3_stmt *sqlite = NULL;
    if (sqlite3_prepare_v2(db->handle, sql, -1, &sqlite, NULL) == SQLITE_OK && sqlite)
        return wrap(db, sqlite, place);
    diag_add(diag, DIAG_DATA_SQL, place, sqlite3_errmsg(db->handle));
    return NULL;
}

/* The one statement of untrusted SQL, or NULL with a diagnostic. */
static sqlite3_stmt *prepare_reading(DataDb *db, const DataSandbox *sandbox, const char *sql, DiagPlace place,
                                     Diag *diag)
{
    sqlite3_stmt *sqlite = NULL;
    const char *tail = "";
    if (sqlite3_prepare_v2(db->handle, sql, -1, &sqlite, &tail) != SQLITE_OK) {
        int offset = sqlite3_error_offset(db->handle);
        if (sandbox->refused[0])
            diag_add(diag, DIAG_DATA_SQL_FORBIDDEN, place, sandbox->refused);
        else
            diag_add(diag, DIAG_DATA_SQL, place_at(place, sql, offset), sqlite3_errmsg(db->handle));
        return NULL;
    }
    if (sqlite && sqlite3_stmt_readonly(sqlite) && sqlite3_column_count(sqlite) > 0 && is_blank(db, tail))
        return sqlite;
    diag_add(diag, DIAG_DATA_SQL_MANY, place_at(place, sql, (int)(tail - sql)), "");
    sqlite3_finalize(sqlite);
    return NULL;
}

DataStmt *data_prepare_query(DataDb *db, const char *sql, DiagPlace place, Diag *diag)
{
    DataSandbox sandbox;
    data_sandbox_enter(db, &sandbox);
    sqlite3_stmt *sqlite = prepare_reading(db, &sandbox, sql, place, diag);
    data_sandbox_leave(db);
    return sqlite ? wrap(db, sqlite, place) : NULL;
}

bool data_exec(DataDb *db, const char *sql, Diag *diag, DiagPlace place)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ||
           diag_add(diag, DIAG_DATA_SQL, place, sqlite3_errmsg(db->handle));
}

/* ── parameters and columns ── */

bool data_has_parameter(const DataStmt *stmt, const char *name)
{
    return sqlite3_bind_parameter_index(stmt->sqlite, name) > 0;
}

bool data_bind_text(DataStmt *stmt, const char *name, const char *value)
{
    int index = sqlite3_bind_parameter_index(stmt->sqlite, name);
    return index == 0 || sqlite3_bind_text(stmt->sqlite, index, value, -1, SQLITE_TRANSIENT) == SQLITE_OK;
}

bool data_bind_int(DataStmt *stmt, const char *name, int64_t value)
{
    int index = sqlite3_bind_parameter_index(stmt->sqlite, name);
    return index == 0 || sqlite3_bind_int64(stmt->sqlite, index, value) == SQLITE_OK;
}

int data_column_count(const DataStmt *stmt)
{
    return sqlite3_column_count(stmt->sqlite);
}

const char *data_column_name(const DataStmt *stmt, int column)
{
    return sqlite3_column_name(stmt->sqlite, column);
}

bool data_is_null(const DataStmt *stmt, int column)
{
    return sqlite3_column_type(stmt->sqlite, column) == SQLITE_NULL;
}

bool data_is_number(const DataStmt *stmt, int column)
{
    int type = sqlite3_column_type(stmt->sqlite, column);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

int64_t data_int(const DataStmt *stmt, int column)
{
    return sqlite3_column_int64(stmt->sqlite, column);
}

const char *data_text(const DataStmt *stmt, int column)
{
    const unsigned char *text = sqlite3_column_text(stmt->sqlite, column);
    return text ? (const char *)text : "";
}

/* ── stepping ── */

static bool check_text(const DataStmt *stmt, int column, Diag *diag)
{
    int type = sqlite3_column_type(stmt->sqlite, column);
    if (type != SQLITE_TEXT && type != SQLITE_BLOB)
        return true;
    DiagPlace place = stmt->place;
    place.field = sqlite3_column_name(stmt->sqlite, column);
    size_t length = (size_t)sqlite3_column_bytes(stmt->sqlite, column);
    const char *row = diag_number(diag, stmt->row);
    if (length > DATA_TEXT_LIMIT)
        return diag_add(diag, DIAG_DATA_TEXT_LONG, place, place.field, row, diag_number(diag, DATA_TEXT_LIMIT));
    size_t bad = 0;
    const void *bytes = sqlite3_column_blob(stmt->sqlite, column);
    if (length == 0 || (type == SQLITE_TEXT && utf8_valid(bytes, length, &bad)))
        return true;
    return diag_add(diag, DIAG_DATA_TEXT_BAD, place, place.field, row, diag_number(diag, (int64_t)bad + 1));
}

static DataStep fail_step(DataStmt *stmt, int code, Diag *diag)
{
    if ((code & 0xff) == SQLITE_INTERRUPT)
        diag_add(diag, DIAG_DATA_SQL_TIME, stmt->place, diag_number(diag, stmt->db->seconds));
    else if ((code & 0xff) == SQLITE_CORRUPT)
        diag_add(diag, DIAG_DATA_DAMAGED, stmt->place, stmt->db->path, sqlite3_errmsg(stmt->db->handle));
    else
        diag_add(diag, DIAG_DATA_SQL, stmt->place, sqlite3_errmsg(stmt->db->handle));
    data_reset(stmt);
    return DATA_ERROR;
}

DataStep data_step(DataStmt *stmt, Diag *diag)
{
    if (!stmt->running) {
        stmt->running = true;
        stmt->db->deadline = stmt->db->seconds ? clock_ticks() + stmt->db->seconds * INT64_C(1000000000) : 0;
    }
    int code = sqlite3_step(stmt->sqlite);
    if (code == SQLITE_DONE) {
        data_reset(stmt);
        return DATA_DONE;
    }
    if (code != SQLITE_ROW)
        return fail_step(stmt, code, diag);
    stmt->row++;
    for (int i = 0; i < sqlite3_column_count(stmt->sqlite); i++) {
        if (!check_text(stmt, i, diag)) {
            data_reset(stmt);
            return DATA_ERROR;
        }
    }
    return DATA_ROW;
}

void data_reset(DataStmt *stmt)
{
    sqlite3_reset(stmt->sqlite);
    stmt->running = false;
    stmt->row = 0;
    stmt->db->deadline = 0;
}

void data_finalize(DataStmt *stmt)
{
    if (stmt)
        sqlite3_finalize(stmt->sqlite);
}
