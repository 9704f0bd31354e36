/* The life of a year's numbers: draft, frozen, issued, signed, archived, and reopened for a correction.
 *
 * All of it follows from one table of state.db to which rows are only ever added (event; triggers refuse the rest): the last
 * 'frozen' row names the file that holds the numbers and its SHA-256; units 'reopened' after it are drafts again.
 *
 * A freeze in its order: (1) the assessment is written under a hidden name, made read-only, synced and renamed to
 * frozen-N.db; (2) the event is committed, durably; (3) assessment.db becomes another name of it. A crash before (2) leaves
 * a file that nothing refers to and that the next freeze replaces; after (2) the year is frozen, and the next freeze or run does (3).
 */
#include "batch/batch_int.h"

#include "base/file.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the events say by now. */
typedef struct Standing {
    int version;      /* of the last freeze; 0 = never frozen */
    const char *path; /* the frozen assessment */
    const char *sha256;
    AssessReopened *reopened; /* since then */
    size_t reopened_count;
} Standing;

typedef struct Event {
    const char *kind, *unit;
    int version;
    const char *note, *file, *sha256;
} Event;

static bool complain(const BatchRun *run, sqlite3 *db, Diag *diag)
{
    const char *path = file_join(run->arena, run->directory, "state.db");
    return diag_add(diag, DIAG_BATCH_STATE, (DiagPlace){0}, path, sqlite3_errmsg(db));
}

static const char *column(Arena *arena, sqlite3_stmt *row, int at)
{
    const unsigned char *text = sqlite3_column_text(row, at);
    return arena_string(arena, text ? (const char *)text : "");
}

/* The day of the event, from the clock or SOURCE_DATE_EPOCH. */
static void today(char out[11])
{
    clock_format_date(clock_from_day_number((int32_t)(clock_now() / 86400)), out);
}

/* ── reading ── */

static bool read_reopened(const BatchRun *run, sqlite3 *db, Standing *standing)
{
    static const char SQL[] =
        "SELECT unit, group_concat(note, '；'), count(*) OVER () FROM (SELECT unit, note FROM event"
        " WHERE kind = 'reopened' AND number > (SELECT max(number) FROM event WHERE kind = 'frozen')"
        " ORDER BY number) GROUP BY unit ORDER BY unit";
    sqlite3_stmt *rows = NULL;
    int step = sqlite3_prepare_v2(db, SQL, -1, &rows, NULL);
    while (step == SQLITE_OK || step == SQLITE_ROW) {
        step = sqlite3_step(rows);
        if (step != SQLITE_ROW)
            break;
        if (!standing->reopened)
            standing->reopened = ARENA_ARRAY(run->arena, (size_t)sqlite3_column_int64(rows, 2), AssessReopened);
        standing->reopened[standing->reopened_count++] =
            (AssessReopened){column(run->arena, rows, 0), column(run->arena, rows, 1)};
    }
    sqlite3_finalize(rows);
    return step == SQLITE_DONE;
}

static bool read_standing(const BatchRun *run, sqlite3 *db, Standing *standing)
{
    sqlite3_stmt *row = NULL;
    int step = sqlite3_prepare_v2(db,
                                  "SELECT version, file, sha256 FROM event WHERE kind = 'frozen'"
                                  " ORDER BY number DESC LIMIT 1",
                                  -1, &row, NULL);
    step = step == SQLITE_OK ? sqlite3_step(row) : step;
    if (step == SQLITE_ROW) {
        standing->version = sqlite3_column_int(row, 0);
        standing->path = file_join(run->arena, run->directory, column(run->arena, row, 1));
        standing->sha256 = column(run->arena, row, 2);
    }
    sqlite3_finalize(row);
    return step == SQLITE_DONE || (step == SQLITE_ROW && read_reopened(run, db, standing));
}

static bool load_standing(const BatchRun *run, Standing *standing, Diag *diag)
{
    *standing = (Standing){0};
    sqlite3 *db = batch_state_open(run->directory, diag);
    bool ok = db && (read_standing(run, db, standing) || complain(run, db, diag));
    sqlite3_close(db);
    return ok;
}

/* SHA-256 of a file of any size. */
bool batch_hash_file(const char *path, char hex[HASH_HEX], Diag *diag)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return diag_add(diag, DIAG_FILE_UNREADABLE, (DiagPlace){0}, path, strerror(errno));
    Hash *hash = hash_open();
    unsigned char block[1 << 16], bytes[HASH_SIZE];
    for (size_t length; (length = fread(block, 1, sizeof block, file)) > 0;)
        hash_add(hash, block, length);
    bool ok = !ferror(file) || diag_add(diag, DIAG_FILE_UNREADABLE, (DiagPlace){0}, path, strerror(errno));
    fclose(file);
    hash_close(hash, bytes);
    hash_hex(bytes, hex);
    return ok;
}

static bool intact(const Standing *standing, Diag *diag)
{
    char hex[HASH_HEX];
    if (!batch_hash_file(standing->path, hex, diag))
        return false;
    return strcmp(hex, standing->sha256) == 0 ||
           diag_add(diag, DIAG_BATCH_FROZEN_DAMAGED, (DiagPlace){0}, standing->path, hex, standing->sha256);
}

/* ── writing ── */

/* Adds what is not there yet: a command that ended after its events were recorded can be given again, and adds nothing. */
static bool add_events(const BatchRun *run, const Event *events, size_t count, Diag *diag)
{
    char date[11];
    today(date);
    sqlite3 *db = batch_state_open(run->directory, diag);
    sqlite3_stmt *add = NULL;
    if (!db)
        return false;
    bool ok = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db,
                                 "INSERT INTO event (date, kind, unit, version, note, file, sha256)"
                                 " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (SELECT 1 FROM event"
                                 " WHERE unit = ?3 AND (kind, version, note, file, sha256) = (?2, ?4, ?5, ?6, ?7))",
                                 -1, &add, NULL) == SQLITE_OK;
    for (size_t i = 0; ok && i < count; i++) {
        const Event *event = &events[i];
        const char *texts[] = {date, event->kind, event->unit, NULL, event->note, event->file, event->sha256};
        for (int at = 0; at < 7; at++)
            if (at != 3)
                sqlite3_bind_text(add, at + 1, texts[at] ? texts[at] : "", -1, SQLITE_STATIC);
        sqlite3_bind_int(add, 4, event->version);
        ok = sqlite3_step(add) == SQLITE_DONE && sqlite3_reset(add) == SQLITE_OK;
    }
    sqlite3_finalize(add);
    ok = ok && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    if (!ok)
        complain(run, db, diag);
    sqlite3_close(db);
    return ok;
}

/* Makes OUT/YEAR/assessment.db another name of the frozen file, for everything that asks for the last run's numbers. */
static bool show_frozen(const BatchRun *run, const Standing *standing, Diag *diag)
{
    const char *temporary = file_join(run->arena, run->directory, ".assessment.db.tmp");
    unlink(temporary);
    if (link(standing->path, temporary) != 0)
        return diag_add(diag, DIAG_FILE_CANNOT_CREATE, (DiagPlace){0}, temporary, strerror(errno));
    bool ok = file_replace(temporary, run->assessment, diag);
    if (unlink(temporary) != 0 && errno != ENOENT) /* rename() of two names of one file leaves both */
        ok = diag_add(diag, DIAG_FILE_WRITE_FAILED, (DiagPlace){0}, temporary, strerror(errno));
    return ok;
}

/* Whether OUT/YEAR/assessment.db is the frozen file. */
static bool is_shown(const BatchRun *run, const Standing *standing)
{
    struct stat frozen, shown;
    return stat(standing->path, &frozen) == 0 && stat(run->assessment, &shown) == 0 && frozen.st_ino == shown.st_ino &&
           frozen.st_dev == shown.st_dev;
}

/* ── a run over a year that may be frozen ── */

bool batch_settle(BatchRun *run, Diag *diag)
{
    Standing standing;
    if (!load_standing(run, &standing, diag))
        return false;
    if (standing.version == 0)
        return batch_assess_into(run, run->assessment, NULL, diag);
    if (!intact(&standing, diag))
        return false;
    const char *year = diag_number(diag, run->job->year);
    if (standing.reopened_count == 0) {
        diag_add(diag, DIAG_BATCH_FROZEN, (DiagPlace){0}, year, diag_number(diag, standing.version), standing.path);
        run->frozen = standing.version;
        return show_frozen(run, &standing, diag);
    }
    diag_add(diag, DIAG_BATCH_REOPENED, (DiagPlace){0}, year, diag_number(diag, (int64_t)standing.reopened_count));
    AssessOptions options = {.version = standing.version + 1,
                             .kept_path = standing.path,
                             .reopened = standing.reopened,
                             .reopened_count = standing.reopened_count};
    return batch_assess_into(run, run->assessment, &options, diag);
}

bool batch_settled(BatchRun *run, Diag *diag)
{
    Standing standing;
    if (!load_standing(run, &standing, diag))
        return false;
    if (standing.version == 0 || standing.reopened_count > 0)
        return true;
    run->frozen = standing.version;
    return intact(&standing, diag) && (is_shown(run, &standing) || show_frozen(run, &standing, diag));
}

bool batch_note_rendered(const BatchRun *run, Diag *diag)
{
    Event event = {.kind = "rendered", .version = run->frozen};
    return run->frozen == 0 || run->selected || add_events(run, &event, 1, diag);
}

/* ── freeze ── */

static bool freeze(BatchRun *run, const Standing *standing, Diag *diag)
{
    int version = standing->version + 1;
    const char *file = arena_print(run->arena, "frozen-%d.db", version);
    const char *temporary = file_join(run->arena, run->directory, arena_print(run->arena, ".%s.tmp", file));
    Standing fresh = {.version = version, .path = file_join(run->arena, run->directory, file)};
    AssessOptions options = {.frozen = true,
                             .version = version,
                             .kept_path = standing->path,
                             .reopened = standing->reopened,
                             .reopened_count = standing->reopened_count};
    char hex[HASH_HEX];
    if (!batch_assess_into(run, temporary, &options, diag) || !batch_hash_file(temporary, hex, diag))
        return false;
    if (chmod(temporary, 0444) != 0)
        return diag_add(diag, DIAG_FILE_WRITE_FAILED, (DiagPlace){0}, temporary, strerror(errno));
    Event event = {.kind = "frozen", .version = version, .file = file, .sha256 = hex};
    return file_replace(temporary, fresh.path, diag) && add_events(run, &event, 1, diag) &&
           show_frozen(run, &fresh, diag);
}

static bool open_year(BatchRun *run, BatchJob *job, BatchPublisher **lock, Diag *diag)
{
    if (!job->out)
        job->out = "out";
    batch_place(run);
    return file_make_directory(run->directory, diag) && (*lock = batch_publisher_open(run->arena, run, diag)) != NULL;
}

bool batch_freeze(const BatchJob *request, int *version, Diag *diag)
{
    BatchJob job = *request;
    job.layout_count = 0;
    job.fonts = NULL;
    BatchRun run = {.job = &job, .arena = arena_open(0)};
    BatchPublisher *lock = NULL;
    Standing standing;
    bool ok = batch_complete(run.arena, &job, false, diag);
    if (ok && (job.as_of.month != 12 || job.as_of.day != 31)) {
        char day[11];
        clock_format_date(job.as_of, day);
        ok = diag_add(diag, DIAG_BATCH_FREEZE_EARLY, (DiagPlace){0}, day);
    }
    ok = ok && batch_load(&run, diag) && open_year(&run, &job, &lock, diag) && load_standing(&run, &standing, diag) &&
         (standing.version == 0 || intact(&standing, diag));
    const bool frozen = ok && standing.version > 0 && standing.reopened_count == 0;
    if (frozen && is_shown(&run, &standing))
        ok = diag_add(diag, DIAG_BATCH_ALREADY_FROZEN, (DiagPlace){0}, diag_number(diag, job.year),
                      diag_number(diag, standing.version));
    ok = ok && (frozen ? show_frozen(&run, &standing, diag) : freeze(&run, &standing, diag));
    *version = ok ? standing.version + !frozen : 0;
    batch_publisher_close(lock);
    arena_close(run.arena);
    return ok;
}

/* ── reopen, issue ── */

/* Opens the year, which must be frozen; hands the standing to `act` for each unit named, or for all. */
typedef bool Act(BatchRun *run, sqlite3 *db, const Standing *standing, const char *argument, Diag *diag);

static bool with_frozen_year(const BatchJob *request, const char *argument, Act *act, Diag *diag)
{
    BatchJob job = *request;
    BatchRun run = {.job = &job, .arena = arena_open(0)};
    BatchPublisher *lock = NULL;
    Standing standing = {0};
    bool ok = job.year != 0 || diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "--year");
    ok = ok && open_year(&run, &job, &lock, diag) && load_standing(&run, &standing, diag);
    if (ok && standing.version == 0)
        ok = diag_add(diag, DIAG_BATCH_NOT_FROZEN, (DiagPlace){0}, diag_number(diag, job.year));
    ok = ok && intact(&standing, diag);
    sqlite3 *db = ok ? batch_state_open(run.directory, diag) : NULL;
    sqlite3_stmt *attach = NULL;
    ok = ok && db;
    if (ok && (sqlite3_prepare_v2(db, "ATTACH ?1 AS frozen", -1, &attach, NULL) != SQLITE_OK ||
               sqlite3_bind_text(attach, 1, standing.path, -1, SQLITE_STATIC) != SQLITE_OK ||
               sqlite3_step(attach) != SQLITE_DONE))
        ok = complain(&run, db, diag);
    sqlite3_finalize(attach);
    ok = ok && act(&run, db, &standing, argument, diag);
    sqlite3_close(db);
    batch_publisher_close(lock);
    arena_close(run.arena);
    return ok;
}

static bool known_unit(const BatchRun *run, sqlite3 *db, const char *code, Diag *diag)
{
    sqlite3_stmt *find = NULL;
    bool ok = sqlite3_prepare_v2(db, "SELECT 1 FROM frozen.unit WHERE code = ?1", -1, &find, NULL) == SQLITE_OK &&
              sqlite3_bind_text(find, 1, code, -1, SQLITE_STATIC) == SQLITE_OK;
    int step = ok ? sqlite3_step(find) : SQLITE_ERROR;
    sqlite3_finalize(find);
    if (step == SQLITE_DONE)
        return diag_add(diag, DIAG_BATCH_NO_UNIT, (DiagPlace){0}, code);
    return step == SQLITE_ROW || complain(run, db, diag);
}

static bool reopen_units(BatchRun *run, sqlite3 *db, const Standing *standing, const char *reason, Diag *diag)
{
    const BatchJob *job = run->job;
    Event *events = ARENA_ARRAY(run->arena, job->unit_count, Event);
    for (size_t i = 0; i < job->unit_count; i++) {
        if (!known_unit(run, db, job->units[i], diag))
            return false;
        events[i] = (Event){.kind = "reopened", .unit = job->units[i], .version = standing->version, .note = reason};
    }
    return add_events(run, events, job->unit_count, diag);
}

bool batch_reopen(const BatchJob *job, const char *reason, Diag *diag)
{
    bool ok = job->unit_count > 0 || diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "--unit");
    ok = ((reason && *reason) || diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "--reason")) && ok;
    return ok && with_frozen_year(job, reason, reopen_units, diag);
}

/* One row a document of the units that are marked: unit, version, file, sha256, whether the unit is reopened, whether the frozen
 * version was rendered, whether the mark before is there. */
static const char MARKED[] =
    "SELECT u.code, l.version, coalesce(d.file, ''), coalesce(d.sha256, ''),"
    " EXISTS (SELECT 1 FROM event AS e WHERE e.kind = 'reopened' AND e.unit = u.code AND e.number > f.number),"
    " d.status IS 'published' AND EXISTS (SELECT 1 FROM event AS e WHERE e.kind = 'rendered' AND e.number > f.number),"
    " ?1 = '' OR EXISTS (SELECT 1 FROM event AS e WHERE e.kind = ?1 AND e.unit = u.code AND e.version = l.version)"
    " FROM frozen.unit AS u JOIN frozen.lifecycle AS l USING (unit_id)"
    " JOIN (SELECT max(number) AS number FROM event WHERE kind = 'frozen') AS f"
    " LEFT JOIN document AS d ON d.unit = u.code WHERE ?2 IS NULL OR u.code = ?2 ORDER BY u.ordinal, d.layout";

static const char *const marks[] = {"", "issued", "signed", "archived"};

static bool check_mark(sqlite3_stmt *row, const Event *event, const char *before, Diag *diag)
{
    if (sqlite3_column_int(row, 4))
        return diag_add(diag, DIAG_BATCH_UNIT_OPEN, (DiagPlace){0}, event->unit);
    if (!sqlite3_column_int(row, 5))
        return diag_add(diag, DIAG_BATCH_NOT_RENDERED, (DiagPlace){0}, event->unit, diag_number(diag, event->version));
    return sqlite3_column_int(row, 6) ||
           diag_add(diag, DIAG_BATCH_STATE_ORDER, (DiagPlace){0}, event->unit, event->kind, before);
}

/* Appends the events of one unit, or with NULL of all. */
static bool collect_marks(const BatchRun *run, sqlite3 *db, const char *unit, size_t mark, Buf *events, Diag *diag)
{
    sqlite3_stmt *rows = NULL;
    int step = sqlite3_prepare_v2(db, MARKED, -1, &rows, NULL);
    if (step == SQLITE_OK) {
        sqlite3_bind_text(rows, 1, marks[mark - 1], -1, SQLITE_STATIC);
        sqlite3_bind_text(rows, 2, unit, -1, SQLITE_STATIC);
    }
    bool ok = step == SQLITE_OK;
    while (ok && (step = sqlite3_step(rows)) == SQLITE_ROW) {
        Event event = {.kind = marks[mark],
                       .unit = column(run->arena, rows, 0),
                       .version = sqlite3_column_int(rows, 1),
                       .file = column(run->arena, rows, 2),
                       .sha256 = column(run->arena, rows, 3)};
        ok = check_mark(rows, &event, marks[mark - 1], diag);
        buf_append(events, &event, sizeof event);
    }
    sqlite3_finalize(rows);
    return ok && (step == SQLITE_DONE || complain(run, db, diag));
}

static bool mark_units(BatchRun *run, sqlite3 *db, const Standing *standing, const char *name, Diag *diag)
{
    (void)standing;
    size_t mark = 1;
    while (strcmp(marks[mark], name) != 0)
        mark++;
    Buf events = {0};
    bool ok = true;
    if (run->job->unit_count == 0)
        ok = collect_marks(run, db, NULL, mark, &events, diag);
    for (size_t i = 0; ok && i < run->job->unit_count; i++)
        ok = known_unit(run, db, run->job->units[i], diag) &&
             collect_marks(run, db, run->job->units[i], mark, &events, diag);
    ok = ok && add_events(run, (const Event *)(const void *)events.bytes, events.length / sizeof(Event), diag);
    buf_free(&events);
    return ok;
}

bool batch_issue(const BatchJob *job, const char *mark, Diag *diag)
{
    return with_frozen_year(job, mark ? mark : "issued", mark_units, diag);
}
