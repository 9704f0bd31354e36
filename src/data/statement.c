/* Statements: checked when prepared, bounded in time when stepped, and their text checked where it enters. */
#include "data/data_int.h"

#include "base/clock.h"
#include "base/utf8.h"

struct DataStmt {
    DataDb *db;
    Arena *arena; /* this struct, the place's strings, types */
    sqlite3_stmt *sqlite;
    DataStmt *next, *previous; /* in db->statements */
    DiagPlace place;
    int columns;
    unsigned char *types; /* of the current row as stored: SQLite tells another one after a conversion */
    bool running;         /* between the first step and the reset */
    int64_t deadline;     /* clock ticks; 0 = none */
    int64_t row;          /* number of the current row, from 1 */
};

/* ── preparing ── */

static DiagPlace keep_place(Arena *arena, DiagPlace place)
{
    const char **strings[] = {&place.file, &place.table, &place.row, &place.unit, &place.field};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (*strings[i])
            *strings[i] = arena_string(arena, *strings[i]);
    return place;
}

static DataStmt *wrap(DataDb *db, sqlite3_stmt *sqlite, DiagPlace place)
{
    Arena *arena = arena_open(1024);
    DataStmt *stmt = ARENA_NEW(arena, DataStmt);
    int columns = sqlite3_column_count(sqlite);
    *stmt = (DataStmt){.db = db,
                       .arena = arena,
                       .sqlite = sqlite,
                       .next = db->statements,
                       .place = keep_place(arena, place),
                       .columns = columns,
                       .types = ARENA_ARRAY(arena, (size_t)columns, unsigned char)};
    if (db->statements)
        db->statements->previous = stmt;
    db->statements = stmt;
    return stmt;
}

/* True when only white space and comments are left: SQLite makes no statement of them. */
static bool is_blank(DataDb *db, const char *text)
{
    sqlite3_stmt *more = NULL;
    bool blank = sqlite3_prepare_v2(db->handle, text, -1, &more, NULL) == SQLITE_OK && !more;
    sqlite3_finalize(more);
    return blank;
}

DataStmt *data_prepare(DataDb *db, const char *sql, DiagPlace place, Diag *diag)
{
    sqlite3_stmt *sqlite = NULL;
    const char *tail = sql;
    int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &sqlite, &tail);
    if (code == SQLITE_OK && sqlite && is_blank(db, tail))
        return wrap(db, sqlite, place);
    if (code != SQLITE_OK)
        data_fail(db, code, sql, place, diag);
    else
        diag_add(diag, DIAG_DATA_SQL_MANY, place, "");
    sqlite3_finalize(sqlite);
    return NULL;
}

DataStmt *data_prepare_query(DataDb *db, const char *sql, DiagPlace place, Diag *diag)
{
    sqlite3_stmt *sqlite = NULL;
    const char *tail = sql;
    DataSandbox sandbox;
    data_sandbox_enter(db, &sandbox);
    int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &sqlite, &tail);
    bool single = code == SQLITE_OK && sqlite && is_blank(db, tail);
    data_sandbox_leave(db);

    if (sandbox.refused[0])
        diag_add(diag, DIAG_DATA_SQL_FORBIDDEN, place, sandbox.refused);
    else if (code != SQLITE_OK)
        data_fail(db, code, sql, place, diag);
    else if (!single)
        diag_add(diag, DIAG_DATA_SQL_MANY, place, "");
    else if (sqlite3_stmt_isexplain(sqlite) || !sqlite3_stmt_readonly(sqlite) || sqlite3_column_count(sqlite) == 0)
        diag_add(diag, DIAG_DATA_SQL_FORBIDDEN, place, "EXPLAIN");
    else
        return wrap(db, sqlite, place);
    sqlite3_finalize(sqlite);
    return NULL;
}

bool data_exec(DataDb *db, const char *sql, Diag *diag, DiagPlace place)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || data_fail(db, code, NULL, place, diag);
}

/* ── parameters and columns ── */

bool data_has_parameter(const DataStmt *stmt, const char *name)
{
    return sqlite3_bind_parameter_index(stmt->sqlite, name) > 0;
}

bool data_bind_text(DataStmt *stmt, const char *name, const char *value)
{
    int index = sqlite3_bind_parameter_index(stmt->sqlite, name);
    data_reset(stmt);
    return index == 0 || sqlite3_bind_text(stmt->sqlite, index, value, -1, SQLITE_TRANSIENT) == SQLITE_OK;
}

bool data_bind_int(DataStmt *stmt, const char *name, int64_t value)
{
    int index = sqlite3_bind_parameter_index(stmt->sqlite, name);
    data_reset(stmt);
    return index == 0 || sqlite3_bind_int64(stmt->sqlite, index, value) == SQLITE_OK;
}

int data_column_count(const DataStmt *stmt)
{
    return stmt->columns;
}

const char *data_column_name(const DataStmt *stmt, int column)
{
    return sqlite3_column_name(stmt->sqlite, column);
}

bool data_is_null(const DataStmt *stmt, int column)
{
    return stmt->types[column] == SQLITE_NULL;
}

bool data_is_number(const DataStmt *stmt, int column)
{
    return stmt->types[column] == SQLITE_INTEGER || stmt->types[column] == SQLITE_FLOAT;
}

int64_t data_int(const DataStmt *stmt, int column)
{
    return sqlite3_column_int64(stmt->sqlite, column);
}

int64_t data_last_row(DataDb *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

const char *data_text(const DataStmt *stmt, int column)
{
    const unsigned char *text = sqlite3_column_text(stmt->sqlite, column);
    return text ? (const char *)text : "";
}

/* ── stepping ── */

static bool bad_text(const DataStmt *stmt, int column, DiagCode code, size_t number, Diag *diag)
{
    DiagPlace place = stmt->place;
    place.field = sqlite3_column_name(stmt->sqlite, column);
    return diag_add(diag, code, place, place.field, diag_number(diag, stmt->row), diag_number(diag, (int64_t)number));
}

/* A blob is no text, whatever its bytes: an empty one passes, as it prints as nothing. */
static bool check_text(const DataStmt *stmt, int column, Diag *diag)
{
    int type = stmt->types[column];
    size_t length = (size_t)sqlite3_column_bytes(stmt->sqlite, column), bad = 0;
    if (length > DATA_TEXT_LIMIT)
        return bad_text(stmt, column, DIAG_DATA_TEXT_LONG, DATA_TEXT_LIMIT, diag);
    const void *bytes = sqlite3_column_blob(stmt->sqlite, column);
    if (length == 0 || (type == SQLITE_TEXT && utf8_valid(bytes, length, &bad)))
        return true;
    return bad_text(stmt, column, DIAG_DATA_TEXT_BAD, bad + 1, diag);
}

static bool check_row(DataStmt *stmt, Diag *diag)
{
    for (int i = 0; i < stmt->columns; i++) {
        stmt->types[i] = (unsigned char)sqlite3_column_type(stmt->sqlite, i);
        if ((stmt->types[i] == SQLITE_TEXT || stmt->types[i] == SQLITE_BLOB) && !check_text(stmt, i, diag))
            return false;
    }
    return true;
}

DataStep data_step(DataStmt *stmt, Diag *diag)
{
    DataDb *db = stmt->db;
    if (!stmt->running) {
        stmt->running = true;
        stmt->row = 0;
        stmt->deadline = db->seconds ? clock_ticks() + db->seconds * INT64_C(1000000000) : 0;
    }
    db->deadline = stmt->deadline;
    int code = sqlite3_step(stmt->sqlite);
    db->deadline = 0;
    stmt->row++;
    if (code == SQLITE_ROW && check_row(stmt, diag))
        return DATA_ROW;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        data_fail(db, code, NULL, stmt->place, diag);
    data_reset(stmt);
    return code == SQLITE_DONE ? DATA_DONE : DATA_ERROR;
}

void data_reset(DataStmt *stmt)
{
    sqlite3_reset(stmt->sqlite); /* repeats the error of the last step, which has been told */
    stmt->running = false;
}

void data_finalize(DataStmt *stmt)
{
    if (!stmt)
        return;
    sqlite3_finalize(stmt->sqlite);
    if (stmt->next)
        stmt->next->previous = stmt->previous;
    if (stmt->previous)
        stmt->previous->next = stmt->next;
    else
        stmt->db->statements = stmt->next;
    arena_close(stmt->arena);
}
