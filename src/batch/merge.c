/* The merge: publishes what shards have made, as one run over all units would have.
 *
 * First everything is checked: every shard has its ledger, made from the same as this merge would make its documents from; every document of the plan is
 * either out already and would come out the same (known.c), or in its shard with the hash that is recorded, or is reported there as failed or
 * unchanged. Only then the documents go through the publisher, as those of a worker do, in groups: each is given the hidden name of a worker's file in
 * OUT/YEAR, by a hard link where that is possible, so that the shard keeps its own until all is done and an interrupted merge can be run again. At the end
 * the shards' directories are removed.
 *
 * One shard is looked at after the other, so memory is that of one.
 */
#include "batch/batch_int.h"

#include "base/file.h"
#include "base/map.h"
#include "data/data.h"

#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DOCUMENT_LIMIT = 1 << 30 };

/* What a shard says of a document: its state's row (`made`), its ledger's frame, or both. */
typedef struct Said {
    BatchResult result;
    bool made, reported;
    DiagItem *items;
    size_t item_count;
    DiagItem *replaced; /* what 〓 stands for in it, as the messages that said so */
    size_t replaced_count;
} Said;

typedef struct Merge {
    BatchRun *run;
    BatchPublisher *publisher;
    BatchSummary *summary;
    const char **codes; /* of units, by ordinal − 1 */
    int shard;
    const char *directory; /* of the shard */
    Arena *arena;          /* while the shard is at hand */
    Map *said;             /* "CODE/LAYOUT" → Said */
    bool publishing;       /* else only looked at */
    Diag *diag;
} Merge;

static bool complain(const Merge *m, DiagCode code, const char *what)
{
    return diag_add(m->diag, code, (DiagPlace){0}, diag_number(m->diag, m->shard),
                    diag_number(m->diag, m->run->job->shards), what);
}

/* ── what a shard says ── */

static Said *said_of(const Merge *m, const char *code, const char *layout)
{
    const char *key = arena_print(m->arena, "%s/%s", code, layout);
    Said *said = map_lookup(m->said, key);
    if (!said) {
        said = ARENA_NEW(m->arena, Said);
        snprintf(said->result.code, sizeof said->result.code, "%s", code);
        snprintf(said->result.layout, sizeof said->result.layout, "%s", layout);
        map_add(m->said, key, said);
    }
    return said;
}

static size_t layout_named(const BatchRun *run, const char *name)
{
    size_t i = 0;
    while (i < run->job->layout_count && strcmp(run->layouts[i]->name, name) != 0)
        i++;
    return i;
}

static bool same_origin(const Merge *m, const BatchLedger *ledger)
{
    const BatchRun *run = m->run;
    for (size_t i = 0; i < run->job->layout_count; i++) {
        size_t k = 0;
        while (k < ledger->layout_count && strcmp(ledger->layouts[k], run->layouts[i]->name) != 0)
            k++;
        if (k == ledger->layout_count || strcmp(ledger->bases[k], run->bases[i]) != 0)
            return complain(m, DIAG_BATCH_SHARD_OTHER, run->layouts[i]->name);
    }
    return true;
}

static bool take_frames(Merge *m, const BatchLedger *ledger)
{
    const unsigned char *at = ledger->frames;
    for (size_t left = ledger->length, size; left > 0; at += size, left -= size) {
        BatchResult result;
        DiagItem *items;
        size_t count;
        size = batch_frame_read(m->arena, at, left, &result, &items, &count);
        if (size == 0)
            return complain(m, DIAG_BATCH_SHARD_DAMAGED, m->directory);
        if (batch_shard_of(result.code, m->run->job->shards) != m->shard)
            return complain(m, DIAG_BATCH_SHARD_FOREIGN, result.code);
        Said *said = said_of(m, result.code, result.layout);
        if (!said->made || !result.ok)
            said->result = result;
        said->result.cpu = result.cpu;
        said->made = said->made && result.ok;
        said->reported = true;
        said->items = items;
        said->item_count = count;
    }
    return true;
}

/* unit, layout, file, sha256, bytes, pages, fingerprint, basis: of those made from what this merge wants, whose file is there */
static void take_row(const Merge *m, sqlite3_stmt *row)
{
    const BatchRun *run = m->run;
    const char *layout = (const char *)sqlite3_column_text(row, 1), *basis = (const char *)sqlite3_column_text(row, 7);
    const char *file = (const char *)sqlite3_column_text(row, 2);
    const size_t i = layout_named(run, layout);
    if (i == run->job->layout_count || !basis || strcmp(basis, run->bases[i]) != 0 ||
        sqlite3_column_bytes(row, 6) != HASH_SIZE || access(file_join(m->arena, m->directory, file), R_OK) != 0)
        return;
    Said *said = said_of(m, (const char *)sqlite3_column_text(row, 0), layout);
    BatchResult *result = &said->result;
    said->made = result->ok = true;
    snprintf(result->file, sizeof result->file, "%s", file);
    snprintf(result->sha256, sizeof result->sha256, "%s", (const char *)sqlite3_column_text(row, 3));
    snprintf(result->basis, sizeof result->basis, "%s", basis);
    memcpy(result->fingerprint, sqlite3_column_blob(row, 6), HASH_SIZE);
    result->bytes = (uint64_t)sqlite3_column_int64(row, 4);
    result->pages = (uint32_t)sqlite3_column_int64(row, 5);
}

/* unit, layout, code, field: as the messages from which the publisher takes them */
static void take_replaced(const Merge *m, sqlite3_stmt *row)
{
    Said *said = said_of(m, (const char *)sqlite3_column_text(row, 0), (const char *)sqlite3_column_text(row, 1));
    DiagItem *grown = ARENA_ARRAY(m->arena, said->replaced_count + 1, DiagItem);
    if (said->replaced_count > 0)
        memcpy(grown, said->replaced, said->replaced_count * sizeof *grown);
    const char **args = ARENA_ARRAY(m->arena, 2, const char *);
    args[0] = arena_string(m->arena, (const char *)sqlite3_column_text(row, 2));
    grown[said->replaced_count++] = (DiagItem){
        .code = DIAG_TEXT_REPLACED,
        .level = DIAG_WARN,
        .place.field = arena_string(m->arena, (const char *)sqlite3_column_text(row, 3)),
        .args = args,
    };
    said->replaced = grown;
}

static bool each_row(const Merge *m, sqlite3 *db, const char *sql, void (*take)(const Merge *, sqlite3_stmt *))
{
    sqlite3_stmt *rows = NULL;
    int step = sqlite3_prepare_v2(db, sql, -1, &rows, NULL);
    while (step == SQLITE_OK || step == SQLITE_ROW) {
        step = sqlite3_step(rows);
        if (step == SQLITE_ROW)
            take(m, rows);
    }
    sqlite3_finalize(rows);
    return step == SQLITE_DONE || complain(m, DIAG_BATCH_SHARD_DAMAGED, sqlite3_errmsg(db));
}

static bool listen(Merge *m)
{
    BatchLedger ledger;
    m->said = map_open(m->arena);
    if (!batch_ledger_read(m->arena, m->directory, m->shard, m->run->job->shards, &ledger, m->diag) ||
        !same_origin(m, &ledger))
        return false;
    sqlite3 *db = batch_state_open(m->directory, m->diag);
    const bool ok =
        db &&
        each_row(m, db,
                 "SELECT unit, layout, file, sha256, bytes, pages, fingerprint, basis FROM document"
                 " WHERE status = 'published' AND file IS NOT NULL",
                 take_row) &&
        each_row(m, db, "SELECT unit, layout, code, field FROM replacement ORDER BY unit, layout, code, field",
                 take_replaced) &&
        take_frames(m, &ledger);
    sqlite3_close(db);
    return ok;
}

/* ── one document ── */

static const char *file_in_shard(const Merge *m, const Said *said)
{
    return file_join(m->arena, m->directory, said->result.file);
}

/* What the shard did not make it must have found out already, as it would come out, or must have failed at. */
static bool accounted_for(const Said *said, const BatchKnown *known)
{
    const BatchResult *result = &said->result;
    return said->reported && (!result->ok || (result->unchanged && known->published &&
                                              memcmp(result->fingerprint, known->fingerprint, HASH_SIZE) == 0));
}

static bool check(const Merge *m, const Said *said, const BatchKnown *known, const char *name)
{
    char hex[HASH_HEX];
    if (!said->made)
        return accounted_for(said, known) || complain(m, DIAG_BATCH_SHARD_INCOMPLETE, name);
    return batch_hash_file(file_in_shard(m, said), hex, m->diag) &&
           (strcmp(hex, said->result.sha256) == 0 || complain(m, DIAG_BATCH_SHARD_DAMAGED, said->result.file));
}

/* True where an interrupted merge has published this very file. */
static bool is_out(const Merge *m, const Said *said)
{
    struct stat ours, theirs;
    return stat(file_join(m->arena, m->run->home, said->result.file), &ours) == 0 &&
           stat(file_in_shard(m, said), &theirs) == 0 && ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* Under the hidden name that the publisher renames; a copy where the shards are in another file system, and where the file is out: rename() of two names
 * of one file leaves both. */
static bool bring_over(const Merge *m, const Said *said)
{
    char name[BATCH_NAME_MAX];
    batch_temporary_name(said->result.file, name);
    const char *from = file_in_shard(m, said), *to = file_join(m->arena, m->run->home, name);
    if ((unlink(to) == 0 || errno == ENOENT) && !is_out(m, said) && link(from, to) == 0)
        return true;
    size_t length = 0;
    const char *bytes = file_read(m->arena, from, DOCUMENT_LIMIT, &length, m->diag);
    return bytes && file_write(to, bytes, length, m->diag);
}

static bool publish(const Merge *m, Said *said, size_t index)
{
    BatchSummary *summary = m->summary;
    BatchResult *result = &said->result;
    result->index = index;
    result->unchanged = result->ok && !said->made;
    if (said->made && !bring_over(m, said))
        return false;
    for (size_t i = 0; i < said->item_count; i++)
        diag_append(m->diag, &said->items[i]);
    batch_report_document(m->run->report, result);
    summary->failed += !result->ok;
    summary->unchanged += result->unchanged;
    summary->pages += said->made ? result->pages : 0;
    return batch_publisher_add(m->publisher, result, said->replaced, said->replaced_count, m->diag);
}

/* ── all of them ── */

static bool go_through(Merge *m)
{
    const BatchRun *run = m->run;
    bool ok = true;
    for (size_t d = 0; ok && d < run->document_count; d++) {
        const BatchTarget target = batch_target(run, d);
        const char *code = target.ordinal ? m->codes[target.ordinal - 1] : "";
        if (run->known[d].current || batch_shard_of(code, run->job->shards) != m->shard)
            continue;
        const ArenaMark before = arena_mark(m->arena);
        Said *said = said_of(m, code, target.layout->name);
        ok = m->publishing ? publish(m, said, d)
                           : check(m, said, &run->known[d], arena_print(m->arena, "%s %s", code, target.layout->name));
        if (said->made || said->reported)
            arena_rewind(m->arena, before);
    }
    return ok;
}

static bool pass(Merge *m, bool publishing)
{
    bool ok = true;
    m->publishing = publishing;
    for (m->shard = 1; ok && m->shard <= m->run->job->shards; m->shard++) {
        m->arena = arena_open(0);
        m->directory = batch_shard_directory(m->arena, m->run->home, m->shard, m->run->job->shards);
        ok = listen(m) && go_through(m);
        arena_close(m->arena);
    }
    return ok;
}

/* Every shard's lock, so that none is being made. */
static bool lock_shards(const BatchRun *run, int *locks, Diag *diag)
{
    for (int i = 1; i <= run->job->shards; i++) {
        const char *directory = batch_shard_directory(run->arena, run->home, i, run->job->shards);
        if (access(directory, F_OK) != 0)
            return diag_add(diag, DIAG_BATCH_SHARD_MISSING, (DiagPlace){0}, diag_number(diag, i),
                            diag_number(diag, run->job->shards), directory);
        if ((locks[i - 1] = batch_lock(run->arena, directory, diag)) < 0)
            return false;
    }
    return true;
}

/* What a merged shard has left: its files, and one level of directories (its report). Nothing hangs on it. */
static void remove_directory(Arena *arena, const char *path, int depth)
{
    DIR *dir = opendir(path);
    for (const struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        const char *name = file_join(arena, path, entry->d_name);
        if (unlink(name) != 0 && depth > 0)
            remove_directory(arena, name, depth - 1);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

static bool read_codes(Merge *m)
{
    const BatchRun *run = m->run;
    DataDb *db = data_open_assessment(run->assessment, m->diag);
    DataStmt *list =
        db ? data_prepare(db, "SELECT ordinal, code FROM unit ORDER BY ordinal", (DiagPlace){0}, m->diag) : NULL;
    m->codes = ARENA_ARRAY(run->arena, run->unit_count, const char *);
    DataStep step = list ? DATA_ROW : DATA_ERROR;
    for (size_t i = 0; step == DATA_ROW && (step = data_step(list, m->diag)) == DATA_ROW && i < run->unit_count; i++)
        m->codes[i] = arena_string(run->arena, data_text(list, 1));
    data_finalize(list);
    data_close(db);
    return step == DATA_DONE;
}

/* `locks`: of the shards, taken here. Where all documents are out as they would come out, nothing is asked of the shards: a merge that was ended while
 * it removed them can be given again. */
static bool merge(BatchRun *run, BatchPublisher *publisher, int *locks, BatchSummary *summary, Diag *diag)
{
    Merge m = {.run = run, .publisher = publisher, .summary = summary, .diag = diag};
    if (!batch_shard_check(run, diag) || !batch_settled(run, diag) || !batch_plan(run, diag) ||
        !batch_know(run, diag) || !read_codes(&m))
        return false;
    summary->units = run->unit_count;
    summary->documents = run->document_count;
    batch_report_stage(run->report, "plan");
    const bool anything = run->current_count < run->document_count;
    if (anything && (!lock_shards(run, locks, diag) || !pass(&m, false)))
        return false;
    batch_report_stage(run->report, "compare");
    summary->unchanged = run->current_count;
    bool ok = !anything || pass(&m, true);
    ok = batch_publisher_flush(publisher, diag) && ok;
    summary->published = batch_publisher_count(publisher);
    summary->failed += batch_publisher_refused(publisher);
    batch_report_stage(run->report, "publish");
    ok = ok && batch_state_manifest(run, diag);
    return ok && (summary->failed > 0 || batch_note_rendered(run, diag));
}

bool batch_merge(const BatchJob *request, BatchSummary *summary, Diag *diag)
{
    const int64_t begun = clock_ticks();
    BatchJob job = *request;
    job.shard = 0;
    BatchRun run = {.job = &job, .arena = arena_open(0)};
    run.report = batch_report_open(run.arena);
    *summary = (BatchSummary){0};
    bool ok = batch_complete(run.arena, &job, true, diag) && batch_load(&run, diag);
    batch_place(&run);
    int *locks = ARENA_ARRAY(run.arena, (size_t)job.shards, int);
    memset(locks, -1, (size_t)job.shards * sizeof *locks);
    ok = ok && file_make_directory(run.home, diag);
    BatchPublisher *publisher = ok ? batch_publisher_open(run.arena, &run, diag) : NULL;
    const bool whole = publisher && merge(&run, publisher, locks, summary, diag);
    if (publisher)
        ok = batch_report_write(&run, summary, diag) && whole;
    for (int i = 0; i < job.shards; i++) {
        if (whole)
            remove_directory(run.arena, batch_shard_directory(run.arena, run.home, i + 1, job.shards), 1);
        batch_unlock(locks[i]);
    }
    if (whole)
        rmdir(file_join(run.arena, run.home, BATCH_SHARDS_DIRECTORY)); /* unless other sets are there */
    batch_publisher_close(publisher);
    arena_close(run.arena);
    summary->nanoseconds = clock_ticks() - begun;
    return ok && whole;
}
