/* The data room: SQLite behind one door.
 *
 * Opens databases safely (somebody else's activity database read-only, our own assessment database by its mark), pins one
 * snapshot, and runs statements that are checked when they are prepared and bounded in time when they step. Text is
 * checked to be valid UTF-8 without NUL where it enters, so that every string handed out is plain.
 *
 * Who wrote the SQL decides how it is prepared: data_prepare for our own, data_prepare_query for what stands in a scheme or
 * layout, which may only read. A handle never crosses a fork: open it in the process that uses it.
 */
#ifndef DATA_DATA_H
#define DATA_DATA_H

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sqlite3;

typedef struct DataDb DataDb;
typedef struct DataStmt DataStmt;

enum {
    DATA_ACTIVITY_VERSION = 1,       /* user_version of src/data/schema.sql */
    DATA_ASSESSMENT_ID = 0x73687A31, /* application_id of an assessment database, "shz1" */
    DATA_ASSESSMENT_VERSION = 2,     /* user_version of src/assess/assessment.sql */
    DATA_TEXT_LIMIT = 1 << 20,       /* bytes of one text value */
    DATA_SECONDS = 600,              /* a statement's time unless data_limit_seconds says otherwise */
};

extern const char data_activity_schema[]; /* src/data/schema.sql, NUL-terminated */
extern const size_t data_activity_schema_length;

/* ── opening ── */

/* Opens an activity database read-only, also while another process writes to it in WAL mode. It must exist, be a database,
 * have user_version DATA_ACTIVITY_VERSION and every table and column of the schema; more are allowed. NULL = diagnostic. */
DataDb *data_open_activity(const char *path, Diag *diag);
/* Opens an activity database for writing under the same checks, foreign keys enforced; journal and sync as the file has them. */
DataDb *data_open_writable(const char *path, Diag *diag);
/* Opens an assessment database read-only; application_id and user_version must be those above. NULL = diagnostic. */
DataDb *data_open_assessment(const char *path, Diag *diag);
/* Creates a new database for writing, removing a file of that name; ":memory:" is allowed. Made for filling once: no
 * journal on disk, no sync, so a crash leaves a file to throw away. NULL = diagnostic. */
DataDb *data_create(const char *path, Diag *diag);
/* Attaches an activity database to a created one as schema `activity`, under the same checks and read-only. */
bool data_attach_activity(DataDb *db, const char *path, Diag *diag);
/* Finalizes every statement still open and closes; an open transaction is rolled back. NULL is allowed. */
void data_close(DataDb *db);

/* For the rooms that may include sqlite3.h. Statements made with it directly have no deadline and no checks. */
struct sqlite3 *data_handle(DataDb *db);
/* Seconds that one execution of a statement may take (from its first step), 0 = no limit. */
void data_limit_seconds(DataDb *db, int seconds);

/* ── the snapshot ── */

/* Begins a transaction and reads from every attached database, so that all statements until data_commit see one state. */
bool data_begin(DataDb *db, Diag *diag);
bool data_commit(DataDb *db, Diag *diag);

/* ── statements ── */

/* Runs trusted SQL, any number of statements, without results. */
bool data_exec(DataDb *db, const char *sql, Diag *diag, DiagPlace place);

/* Prepares one statement of our own. NULL = diagnostic with the place. Close with data_finalize. */
DataStmt *data_prepare(DataDb *db, const char *sql, DiagPlace place, Diag *diag);
/* Prepares SQL from a scheme or layout: exactly one SELECT that only reads (no PRAGMA, ATTACH, write, or function that
 * reaches outside the database). `place.line` is where the SQL begins; a mistake's line within it is added. NULL = diagnostic. */
DataStmt *data_prepare_query(DataDb *db, const char *sql, DiagPlace place, Diag *diag);

int data_column_count(const DataStmt *stmt);
const char *data_column_name(const DataStmt *stmt, int column); /* columns from 0; lives as long as the statement */

/* Binds a named parameter, ":unit", and resets the statement. A parameter that the statement does not have is fine: true. NULL
 * text binds NULL. The text is copied. False, without a diagnostic, only for text over 64 MiB. */
bool data_bind_text(DataStmt *stmt, const char *name, const char *value);
bool data_bind_int(DataStmt *stmt, const char *name, int64_t value);
/* True when the statement has that parameter. */
bool data_has_parameter(const DataStmt *stmt, const char *name);

typedef enum DataStep { DATA_ROW, DATA_DONE, DATA_ERROR } DataStep;

/* Next row. DATA_ERROR = diagnostic: SQL failed, took too long, or a text of the row is not valid UTF-8, holds NUL, or is longer
 * than DATA_TEXT_LIMIT. After DONE or ERROR the statement is reset. */
DataStep data_step(DataStmt *stmt, Diag *diag);

bool data_is_null(const DataStmt *stmt, int column);
bool data_is_number(const DataStmt *stmt, int column);   /* INTEGER or REAL as stored */
int64_t data_int(const DataStmt *stmt, int column);      /* 0 for NULL */
const char *data_text(const DataStmt *stmt, int column); /* borrowed until the next step; "" for NULL */

int64_t data_last_row(DataDb *db); /* number that the last INSERT gave its row */

void data_reset(DataStmt *stmt);    /* ready to be bound and stepped again; bindings stay */
void data_finalize(DataStmt *stmt); /* NULL is allowed */

#endif
