/* The state of an output directory: OUT/YEAR/state.db says of every document what was published and how it went last time.
 * It is opened for each group and closed again, so that no handle is there when a worker is forked. */
#include "batch/batch_int.h"

#include "base/file.h"
#include "base/hash.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STATE_VERSION = 2 }; /* user_version; 1 had no fingerprints at first */

/* event: the life of the year's numbers (lifecycle.c); only ever added to. */
static const char SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS document ("
    "  unit   TEXT NOT NULL," /* unit code, '' for a document of the run */
    "  layout TEXT NOT NULL,"
    "  status TEXT NOT NULL CHECK (status IN ('published', 'failed')),"
    "  reason TEXT NOT NULL," /* diagnostic code when failed */
    "  file   TEXT,"          /* what is published: also after a failure, the older file stays */
    "  sha256 TEXT,"
    "  bytes  INTEGER,"
    "  pages  INTEGER,"
    "  fingerprint BLOB," /* of what is published (known.c) */
    "  basis  TEXT,"
    "  PRIMARY KEY (unit, layout)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS replacement (" /* characters that 〓 stands for in what is published */
    "  unit   TEXT NOT NULL,"
    "  layout TEXT NOT NULL,"
    "  code   TEXT NOT NULL,"
    "  field  TEXT NOT NULL,"
    "  PRIMARY KEY (unit, layout, code, field)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS event ("
    "  number  INTEGER PRIMARY KEY,"
    "  date    TEXT NOT NULL,"
    "  kind    TEXT NOT NULL CHECK (kind IN ('frozen', 'rendered', 'issued', 'signed',"
    "          'archived', 'reopened')),"
    "  unit    TEXT NOT NULL," /* '' for the year */
    "  version INTEGER NOT NULL,"
    "  note    TEXT NOT NULL,"
    "  file    TEXT NOT NULL,"
    "  sha256  TEXT NOT NULL"
    ") STRICT;"
    "CREATE TRIGGER IF NOT EXISTS event_kept BEFORE DELETE ON event"
    " BEGIN SELECT raise(ABORT, 'events are kept for ever'); END;"
    "CREATE TRIGGER IF NOT EXISTS event_fixed BEFORE UPDATE ON event"
    " BEGIN SELECT raise(ABORT, 'events are kept as they were'); END;"
    "CREATE INDEX IF NOT EXISTS event_by_unit ON event (unit);"
    "PRAGMA user_version = 2;";

static bool complain(sqlite3 *db, const char *path, Diag *diag)
{
    return diag_add(diag, DIAG_BATCH_STATE, (DiagPlace){0}, path, db ? sqlite3_errmsg(db) : "out of memory");
}

/* Columns that an older version of the program did not have. */
static bool add_columns(sqlite3 *db)
{
    return sqlite3_table_column_metadata(db, "main", "document", "basis", NULL, NULL, NULL, NULL, NULL) == SQLITE_OK ||
           sqlite3_exec(db,
                        "ALTER TABLE document ADD COLUMN fingerprint BLOB; ALTER TABLE document ADD COLUMN basis TEXT",
                        NULL, NULL, NULL) == SQLITE_OK;
}

/* Makes the tables, in one transaction; where they are, nothing is written: the state is opened for every group. */
static bool bring_up(sqlite3 *db)
{
    sqlite3_stmt *version = NULL;
    const bool asked = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &version, NULL) == SQLITE_OK &&
                       sqlite3_step(version) == SQLITE_ROW;
    const bool current = asked && sqlite3_column_int(version, 0) == STATE_VERSION;
    sqlite3_finalize(version);
    return current || (asked && sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
                       sqlite3_exec(db, SCHEMA, NULL, NULL, NULL) == SQLITE_OK && add_columns(db) &&
                       sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
}

/* EXTRA: a transaction ends when the journal's name is gone, so the directory is synced after that, too. With FULL what `issue` recorded
 * could be undone by a power loss after it had said so. */
static sqlite3 *open_state(const char *path, Diag *diag)
{
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(db, 10000) != SQLITE_OK ||
        sqlite3_exec(db, "PRAGMA synchronous = EXTRA", NULL, NULL, NULL) != SQLITE_OK || !bring_up(db)) {
        complain(db, path, diag);
        sqlite3_close(db);
        return NULL;
    }
    return db;
}

sqlite3 *batch_state_open(const char *directory, Diag *diag)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/state.db", directory);
    return open_state(path, diag);
}

static int bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
    return sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
}

/* ── recording ── */

enum { PUT_PUBLISHED, PUT_UNCHANGED, PUT_FAILED, FORGET_REPLACED, PUT_REPLACED, STATEMENTS };

static const char *const RECORD_SQL[STATEMENTS] = {
    [PUT_PUBLISHED] = "INSERT OR REPLACE INTO document (unit, layout, status, reason, file, sha256, bytes, pages,"
                      " fingerprint, basis) VALUES (?1, ?2, 'published', '', ?3, ?4, ?5, ?6, ?7, ?8)",
    [PUT_UNCHANGED] = "UPDATE document SET basis = ?3 WHERE unit = ?1 AND layout = ?2",
    [PUT_FAILED] = "INSERT INTO document (unit, layout, status, reason) VALUES (?1, ?2, 'failed', ?3)"
                   " ON CONFLICT DO UPDATE SET status = 'failed', reason = excluded.reason",
    [FORGET_REPLACED] = "DELETE FROM replacement WHERE unit = ?1 AND layout = ?2",
    [PUT_REPLACED] = "INSERT OR IGNORE INTO replacement (unit, layout, code, field) VALUES (?1, ?2, ?3, ?4)",
};

static bool run_once(sqlite3_stmt *stmt)
{
    const bool ok = sqlite3_step(stmt) == SQLITE_DONE;
    sqlite3_reset(stmt);
    return ok;
}

static void bind_document(sqlite3_stmt *stmt, const BatchResult *result)
{
    bind_text(stmt, 1, result->code);
    bind_text(stmt, 2, result->layout);
}

static bool record_unchanged(sqlite3_stmt *stmt, const BatchResult *result)
{
    bind_document(stmt, result);
    bind_text(stmt, 3, result->basis);
    return run_once(stmt);
}

static bool record(sqlite3_stmt *const *statements, const BatchResult *result)
{
    if (result->unchanged)
        return record_unchanged(statements[PUT_UNCHANGED], result);
    sqlite3_stmt *stmt = statements[result->ok ? PUT_PUBLISHED : PUT_FAILED];
    bind_document(stmt, result);
    bind_text(stmt, 3, result->ok ? result->file : result->reason);
    if (!result->ok)
        return run_once(stmt); /* the older file stays, and what is said of it */
    bind_text(stmt, 4, result->sha256);
    sqlite3_bind_int64(stmt, 5, (sqlite3_int64)result->bytes);
    sqlite3_bind_int64(stmt, 6, result->pages);
    sqlite3_bind_blob(stmt, 7, result->fingerprint, sizeof result->fingerprint, SQLITE_STATIC);
    bind_text(stmt, 8, result->basis);
    bind_document(statements[FORGET_REPLACED], result);
    return run_once(stmt) && run_once(statements[FORGET_REPLACED]);
}

static bool record_replaced(sqlite3_stmt *stmt, const BatchResult *result, const BatchReplaced *replaced)
{
    bind_document(stmt, result);
    bind_text(stmt, 3, replaced->code);
    bind_text(stmt, 4, replaced->field);
    return run_once(stmt);
}

bool batch_state_record(const char *directory, const BatchResult *results, size_t count, const BatchReplaced *replaced,
                        size_t replaced_count, Diag *diag)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/state.db", directory);
    sqlite3 *db = open_state(path, diag);
    if (!db)
        return false;
    sqlite3_stmt *statements[STATEMENTS] = {NULL};
    bool ok = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;
    for (int i = 0; ok && i < STATEMENTS; i++)
        ok = sqlite3_prepare_v2(db, RECORD_SQL[i], -1, &statements[i], NULL) == SQLITE_OK;
    for (size_t i = 0; ok && i < count; i++)
        ok = record(statements, &results[i]);
    for (size_t i = 0; ok && i < replaced_count; i++)
        ok = record_replaced(statements[PUT_REPLACED], &results[replaced[i].result], &replaced[i]);
    ok = ok && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    if (!ok)
        complain(db, path, diag);
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(statements[i]);
    sqlite3_close(db);
    return ok;
}

/* ── before a group is published ── */

/* The bytes of a document as they were last issued, unless its unit was reopened since. */
static const char ISSUED_SQL[] =
    "SELECT e.sha256 FROM event AS e WHERE e.kind = 'issued' AND e.unit = ?1 AND e.file = ?2"
    " AND NOT EXISTS (SELECT 1 FROM event AS r WHERE r.kind = 'reopened' AND r.unit = e.unit AND r.number > e.number)"
    " ORDER BY e.number DESC LIMIT 1";

static const char DOUBT_SQL[] =
    "UPDATE document SET fingerprint = NULL, basis = NULL WHERE unit = ?1 AND layout = ?2 AND fingerprint IS NOT NULL";

static void refuse(BatchResult *result, Diag *diag)
{
    result->ok = false;
    snprintf(result->reason, sizeof result->reason, "%s", diag_code_name(DIAG_BATCH_ISSUED));
    diag_add(diag, DIAG_BATCH_ISSUED, (DiagPlace){.unit = result->code}, result->file);
}

/* Judges one result, and takes back what would let the next night believe the record of a file that is about to be replaced. */
static bool prepare(sqlite3_stmt *find, sqlite3_stmt *doubt, BatchResult *result, size_t *refused, Diag *diag)
{
    bind_text(find, 1, result->code);
    bind_text(find, 2, result->file);
    const int step = sqlite3_step(find);
    const bool differs = step == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(find, 0), result->sha256) != 0;
    sqlite3_reset(find);
    if (differs) {
        refuse(result, diag);
        ++*refused;
        return true;
    }
    bind_document(doubt, result);
    return (step == SQLITE_ROW || step == SQLITE_DONE) && run_once(doubt);
}

bool batch_state_prepare(const char *directory, BatchResult *results, size_t count, size_t *refused, Diag *diag)
{
    sqlite3 *db = batch_state_open(directory, diag);
    sqlite3_stmt *find = NULL, *doubt = NULL;
    if (!db)
        return false;
    bool ok = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, ISSUED_SQL, -1, &find, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, DOUBT_SQL, -1, &doubt, NULL) == SQLITE_OK;
    for (size_t i = 0; ok && i < count; i++) {
        if (results[i].ok && !results[i].unchanged)
            ok = prepare(find, doubt, &results[i], refused, diag);
    }
    ok = ok && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    if (!ok)
        complain(db, directory, diag);
    sqlite3_finalize(find);
    sqlite3_finalize(doubt);
    sqlite3_close(db);
    return ok;
}

/* ── manifest ── */

/* JSON string, or null. */
static void put_json(FILE *out, const char *text)
{
    Buf line = {0};
    if (text)
        diag_json_string(&line, text, strlen(text));
    fputs(text ? buf_cstring(&line) : "null", out);
    buf_free(&line);
}

/* One row as an object on a line of its own: the columns' names are the keys. */
static void put_row(FILE *out, sqlite3_stmt *stmt)
{
    fputc('{', out);
    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        fprintf(out, "%s\"%s\": ", i ? ", " : "", sqlite3_column_name(stmt, i));
        if (sqlite3_column_type(stmt, i) == SQLITE_INTEGER)
            fprintf(out, "%lld", (long long)sqlite3_column_int64(stmt, i));
        else
            put_json(out, (const char *)sqlite3_column_text(stmt, i));
    }
    fputc('}', out);
}

static bool put_rows(FILE *out, sqlite3 *db, const char *sql, const char *between)
{
    sqlite3_stmt *stmt = NULL;
    int step = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    for (bool first = true; step == SQLITE_OK || step == SQLITE_ROW; first = false) {
        step = sqlite3_step(stmt);
        if (step == SQLITE_ROW) {
            fputs(first ? "\n    " : between, out);
            put_row(out, stmt);
        }
    }
    sqlite3_finalize(stmt);
    return step == SQLITE_DONE;
}

static const char RUN_SQL[] = "SELECT max(value) FILTER (WHERE key = 'program') AS program,"
                              " max(value) FILTER (WHERE key = 'year') AS year,"
                              " max(value) FILTER (WHERE key = 'as_of') AS as_of,"
                              " max(value) FILTER (WHERE key = 'state') AS state,"
                              " max(value) FILTER (WHERE key = 'version') AS version,"
                              " max(value) FILTER (WHERE key = 'scheme_id') AS scheme,"
                              " max(value) FILTER (WHERE key = 'scheme_hash') AS scheme_sha256 FROM assessment.meta";

/* Scores are printed as text with two decimals: JSON numbers are binary fractions to most readers. */
static const char DOCUMENT_SQL[] =
    "SELECT d.unit, u.name, d.layout, d.status, nullif(d.reason, '') AS reason, d.file, d.sha256, d.bytes, d.pages,"
    " (SELECT group_concat(trim(r.code || ' ' || r.field), ', ') FROM replacement AS r"
    "  WHERE (r.unit, r.layout) = (d.unit, d.layout)) AS replaced,"
    " t.status AS result, iif(t.score IS NULL, NULL, printf('%d.%02d', t.score / 100, t.score % 100)) AS score, "
    "t.grade, t.rank, t.rank_of"
    " FROM document AS d LEFT JOIN assessment.unit AS u ON u.code = d.unit"
    " LEFT JOIN assessment.result_total AS t ON t.unit_id = u.unit_id"
    "  AND t.year = (SELECT CAST(value AS INTEGER) FROM assessment.meta WHERE key = 'year')"
    " WHERE d.unit = '' OR u.unit_id IS NOT NULL ORDER BY d.unit = '', u.ordinal, d.layout";

bool batch_state_attach(sqlite3 *db, const char *path)
{
    sqlite3_stmt *stmt = NULL;
    bool ok = sqlite3_prepare_v2(db, "ATTACH ?1 AS assessment", -1, &stmt, NULL) == SQLITE_OK &&
              bind_text(stmt, 1, path) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_DONE;
    sqlite3_finalize(stmt);
    return ok;
}

static bool write_manifest(sqlite3 *db, FILE *out)
{
    fputs("{\n  \"manifest\": 1,\n  \"run\": [", out);
    bool ok = put_rows(out, db, RUN_SQL, ",\n    ");
    fputs("\n  ],\n  \"documents\": [", out);
    ok = ok && put_rows(out, db, DOCUMENT_SQL, ",\n    ");
    fputs("\n  ]\n}\n", out);
    return ok;
}

bool batch_state_manifest(const BatchRun *run, Diag *diag)
{
    const char *state = file_join(run->arena, run->directory, "state.db");
    const char *path = file_join(run->arena, run->directory, "manifest.json");
    const char *temporary = file_join(run->arena, run->directory, ".manifest.json.tmp");
    sqlite3 *db = open_state(state, diag);
    if (!db)
        return false;
    FILE *out = fopen(temporary, "we");
    bool ok = out != NULL || diag_add(diag, DIAG_FILE_CANNOT_CREATE, (DiagPlace){0}, temporary, strerror(errno));
    if (ok && (!batch_state_attach(db, run->assessment) || !write_manifest(db, out)))
        ok = complain(db, state, diag);
    if (out && fclose(out) != 0 && ok)
        ok = diag_add(diag, DIAG_FILE_WRITE_FAILED, (DiagPlace){0}, temporary, strerror(errno));
    sqlite3_close(db);
    if (ok)
        return file_replace(temporary, path, diag);
    unlink(temporary);
    return false;
}

bool batch_state_replaced(const BatchRun *run, Buf *out, Diag *diag)
{
    sqlite3 *db = batch_state_open(run->directory, diag);
    sqlite3_stmt *rows = NULL;
    int step =
        db ? sqlite3_prepare_v2(db,
                                "SELECT json_object('unit', unit, 'layout', layout, 'code', code, 'field', field)"
                                " FROM replacement ORDER BY unit, layout, code, field",
                                -1, &rows, NULL)
           : SQLITE_ERROR;
    for (bool first = true; step == SQLITE_OK || step == SQLITE_ROW; first = false) {
        step = sqlite3_step(rows);
        if (step == SQLITE_ROW)
            buf_print(out, "%s%s", first ? "\n    " : ",\n    ", (const char *)sqlite3_column_text(rows, 0));
    }
    if (db && step != SQLITE_DONE)
        complain(db, run->directory, diag);
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return step == SQLITE_DONE;
}
