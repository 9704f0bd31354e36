/* One night's run, stage after stage: load, assess, plan, render, publish, manifest. */
#include "batch/batch_int.h"

#include "base/file.h"
#include "data/data.h"
#include "typeset/typeset.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Failed documents whose messages are kept, so that a run in which everything fails stays small. */
enum { FAILURES_KEPT = 1000 };

/* ── being asked to end ── */

/* SIGTERM and SIGINT while documents are made: those in hand are finished and published, the rest is left to the next run. */
static volatile sig_atomic_t asked_to_end;

static void note_signal(int number)
{
    asked_to_end = number;
}

typedef struct Signals {
    struct sigaction term, intr;
} Signals;

static void listen_to_signals(Signals *before)
{
    struct sigaction action = {.sa_handler = note_signal};
    asked_to_end = 0;
    sigaction(SIGTERM, &action, &before->term);
    sigaction(SIGINT, &action, &before->intr);
}

static void stop_listening(const Signals *before)
{
    sigaction(SIGTERM, &before->term, NULL);
    sigaction(SIGINT, &before->intr, NULL);
}

/* ── the results as they come in ── */

typedef struct Failure {
    size_t index;
    const DiagItem *items; /* in a collector of their own */
    Diag *diag;
} Failure;

typedef struct Gathering {
    const BatchRun *run;
    BatchPublisher *publisher;
    BatchSummary *summary;
    BatchMeter meter;
    Diag *diag;
    Buf *ledger; /* of a shard: a frame of every document; NULL: not a shard */
    Failure *failures;
    size_t failure_count;
    size_t done;
    bool stop;
} Gathering;

/* Messages come in the order in which workers finish; they are kept by document and put in order at the end. */
static void keep(Gathering *all, const BatchResult *result, const DiagItem *items, size_t count)
{
    if (count == 0 || all->failure_count == FAILURES_KEPT)
        return;
    Failure *failure = &all->failures[all->failure_count++];
    failure->index = result->index;
    failure->diag = diag_open(all->run->arena, 0);
    for (size_t i = 0; i < count; i++)
        diag_append(failure->diag, &items[i]);
}

static void note_in_ledger(Gathering *all, const BatchResult *result, const DiagItem *items, size_t count)
{
    Arena *scratch = arena_open(0);
    Diag *messages = diag_open(scratch, 0);
    for (size_t i = 0; i < count; i++)
        diag_append(messages, &items[i]);
    batch_frame_write(all->ledger, result, messages);
    arena_close(scratch);
}

static void finished(void *context, const BatchResult *result, const DiagItem *items, size_t count)
{
    Gathering *all = context;
    keep(all, result, items, count);
    if (all->ledger)
        note_in_ledger(all, result, items, count);
    batch_report_document(all->run->report, result);
    for (size_t i = 0; i < count; i++)
        all->stop |= items[i].level == DIAG_RUN_FAIL;
    all->stop |= asked_to_end != 0;
    all->summary->failed += !result->ok;
    all->summary->unchanged += result->unchanged;
    all->summary->pages += result->pages;
    if (!batch_publisher_add(all->publisher, result, items, count, all->diag))
        all->stop = true;
    batch_meter_show(&all->meter, ++all->done, all->run->document_count - all->run->current_count);
}

static int by_index(const void *a, const void *b)
{
    size_t x = ((const Failure *)a)->index, y = ((const Failure *)b)->index;
    return (x > y) - (x < y);
}

static void hand_over_messages(Gathering *all)
{
    qsort(all->failures, all->failure_count, sizeof *all->failures, by_index);
    for (size_t i = 0; i < all->failure_count; i++) {
        for (size_t j = 0; j < diag_count(all->failures[i].diag); j++)
            diag_append(all->diag, diag_item(all->failures[i].diag, j));
    }
}

static bool render(const BatchRun *run, BatchPublisher *publisher, BatchSummary *summary, Buf *ledger, Diag *diag)
{
    Gathering all = {.run = run, .publisher = publisher, .summary = summary, .diag = diag, .ledger = ledger};
    all.failures = ARENA_ARRAY(run->arena, FAILURES_KEPT, Failure);
    BatchHandler handler = {&all, finished};
    batch_meter_begin(&all.meter, run->job->progress, "render");
    Signals before;
    listen_to_signals(&before);
    bool ok = batch_work(run, &handler, &all.stop, diag);
    ok = batch_publisher_flush(publisher, diag) && ok && !all.stop;
    stop_listening(&before);
    if (asked_to_end)
        ok = diag_add(diag, DIAG_BATCH_ENDED, (DiagPlace){0}, diag_number(diag, asked_to_end),
                      diag_number(diag, (int64_t)all.done),
                      diag_number(diag, (int64_t)(run->document_count - run->current_count)));
    batch_meter_end(&all.meter);
    hand_over_messages(&all);
    summary->published = batch_publisher_count(publisher);
    summary->failed += batch_publisher_refused(publisher);
    return ok;
}

/* ── the stages ── */

static bool require(const char *value, const char *option, Diag *diag)
{
    return value || diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, option);
}

bool batch_complete(Arena *arena, BatchJob *job, bool rendering, Diag *diag)
{
    if (rendering && !job->fonts)
        job->fonts = batch_default_fonts(arena);
    if (rendering && !job->out)
        job->out = "out";
    bool ok = job->shards > 0 || require(job->db, "--db", diag); /* the numbers are there by then */
    ok = require(job->scheme, "--scheme", diag) && ok;
    ok = require(job->year ? "" : NULL, "--year", diag) && ok;
    if (rendering) {
        ok = require(job->layout_count ? "" : NULL, "--layout", diag) && ok;
        ok = require(job->fonts, "--fonts", diag) && ok;
    }
    if (job->as_of.year == 0)
        job->as_of = (Date){job->year, 12, 31};
    if (job->as_of.year != job->year && ok)
        ok = diag_add(diag, DIAG_BATCH_AS_OF, (DiagPlace){0}, diag_number(diag, job->year));
    if (job->jobs == 0) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        job->jobs = online < 1 ? 1 : online > BATCH_JOBS_MAX ? BATCH_JOBS_MAX : (int)online;
    }
    return ok;
}

static void show_assess(void *context, int done, int total)
{
    batch_meter_show(context, (size_t)done, (size_t)total);
}

bool batch_assess_into(const BatchRun *run, const char *output, const AssessOptions *base, Diag *diag)
{
    BatchMeter meter;
    batch_meter_begin(&meter, run->job->progress, "assess");
    AssessOptions options = base ? *base : (AssessOptions){0};
    options.activity_path = run->job->db;
    options.below_path = run->job->below;
    options.output_path = output;
    options.year = run->job->year;
    options.as_of = run->job->as_of;
    options.program = "shuzhi " SHUZHI_VERSION;
    options.progress = show_assess;
    options.context = &meter;
    bool ok = assess_run(run->scheme, &options, diag);
    batch_meter_end(&meter);
    return ok;
}

/* Binds every layout once before anything is forked, so that a mistake in one is reported once. */
static bool check_layouts(const BatchRun *run, DataDb *db, Diag *diag)
{
    Arena *scratch = arena_open(0);
    bool ok = db != NULL;
    for (size_t i = 0; db && i < run->job->layout_count; i++)
        ok = ts_bind(scratch, run->layouts[i], run->fonts, db, diag) && ok;
    arena_close(scratch);
    data_close(db);
    return ok;
}

static bool carry_through(BatchRun *run, BatchSummary *summary, Diag *diag)
{
    bool ok = false;
    Buf ledger = {0};
    const bool shard = run->job->shard > 0;
    BatchPublisher *publisher = batch_publisher_open(run->arena, run, diag);
    if (!publisher)
        return false;
    if (!(shard ? batch_shard_check(run, diag) : batch_settle(run, diag)))
        goto out;
    batch_report_stage(run->report, "assess");
    if (!batch_plan(run, diag))
        goto out;
    if (!check_layouts(run, data_open_assessment(run->assessment, diag), diag))
        goto out;
    run->pdf_fonts = pdf_fonts_prepare(run->arena, run->fonts, run->images, diag);
    if (!run->pdf_fonts)
        goto out;
    summary->units = run->selected ? run->selected_count : run->unit_count;
    summary->documents = run->document_count;
    batch_report_stage(run->report, "plan");
    if (!batch_know(run, diag))
        goto out;
    batch_report_stage(run->report, "compare");
    summary->unchanged = run->current_count;
    ok = render(run, publisher, summary, shard ? &ledger : NULL, diag);
    batch_report_stage(run->report, "render");
    /* Where recording failed, a manifest of what is recorded would have other hashes than the files: the older one stays. */
    ok = !batch_publisher_broken(publisher) && batch_state_manifest(run, diag) && ok;
    if (shard)
        ok = ok && batch_ledger_write(run, &ledger, diag);
    else
        ok = ok && (summary->failed > 0 || batch_note_rendered(run, diag));
out:
    buf_free(&ledger);
    ok = batch_report_write(run, summary, diag) && ok;
    batch_publisher_close(publisher);
    return ok;
}

void batch_place(BatchRun *run)
{
    run->home = file_join(run->arena, run->job->out, arena_print(run->arena, "%d", run->job->year));
    run->directory = run->home;
    run->assessment = file_join(run->arena, run->home, "assessment.db");
}

/* Beside the other shards, but not beside a run of the whole or a merge. */
static bool run_shard(BatchRun *run, BatchSummary *summary, Diag *diag)
{
    run->directory = batch_shard_directory(run->arena, run->home, run->job->shard, run->job->shards);
    if (!file_make_directory(run->directory, diag))
        return false;
    const int lock = batch_lock_shared(run->arena, run->home, diag);
    const bool ok = lock >= 0 && carry_through(run, summary, diag);
    if (lock >= 0)
        close(lock);
    return ok;
}

bool batch_run(const BatchJob *request, BatchSummary *summary, Diag *diag)
{
    int64_t begun = clock_ticks();
    BatchJob job = *request;
    BatchRun run = {.job = &job, .arena = arena_open(0)};
    run.report = batch_report_open(run.arena);
    *summary = (BatchSummary){0};
    bool ok = batch_complete(run.arena, &job, true, diag) && batch_load(&run, diag);
    batch_report_stage(run.report, "load");
    if (ok) {
        batch_place(&run);
        ok = job.shard ? run_shard(&run, summary, diag)
                       : file_make_directory(run.home, diag) && carry_through(&run, summary, diag);
    } else {
        batch_report_metrics(&run, summary, diag);
    }
    arena_close(run.arena);
    summary->nanoseconds = clock_ticks() - begun;
    return ok;
}

bool batch_assess(const BatchJob *request, const char *output, Diag *diag)
{
    BatchJob job = *request;
    job.layout_count = 0;
    job.fonts = NULL;
    BatchRun run = {.job = &job, .arena = arena_open(0)};
    bool ok = batch_complete(run.arena, &job, false, diag) && batch_load(&run, diag);
    if (ok && output) {
        ok = batch_assess_into(&run, output, NULL, diag);
    } else if (ok) {
        if (!job.out)
            job.out = "out";
        batch_place(&run);
        const int lock = file_make_directory(run.home, diag) ? batch_lock(run.arena, run.home, diag) : -1;
        ok = lock >= 0 && batch_settle(&run, diag);
        batch_unlock(lock);
    }
    arena_close(run.arena);
    return ok;
}

/* A table that only a scheme can tell: the name of the extract that a message misses, or NULL. */
static const char *missing_extract(const DiagItem *item)
{
    static const char words[] = "no such table: ";
    const char *found = item->code == DIAG_DATA_SQL ? strstr(item->args[0], words) : NULL;
    if (!found)
        return NULL;
    found += sizeof words - 1;
    return strncmp(found, "x_", 2) == 0 ? found : NULL;
}

/* Without a scheme all is known but its extract tables: a layout that reads none of them is checked in full, of others it is
 * told what could not be checked. */
static bool check_without_scheme(const BatchRun *run, Diag *diag)
{
    Diag *found = diag_open(run->arena, 0);
    DataDb *db = assess_open_empty(NULL, diag);
    bool ok = db != NULL;
    if (ok && check_layouts(run, db, found))
        return true;
    for (size_t i = 0; i < diag_count(found); i++) {
        const DiagItem *item = diag_item(found, i);
        const char *table = missing_extract(item);
        if (table) {
            diag_add(diag, DIAG_BATCH_FIELDS_UNCHECKED, item->place, table);
        } else {
            diag_append(diag, item);
            ok = ok && item->level < DIAG_UNIT_FAIL;
        }
    }
    return ok;
}

bool batch_check(const BatchJob *request, Diag *diag)
{
    BatchJob job = *request;
    BatchRun run = {.job = &job, .arena = arena_open(0)};
    if (job.layout_count > 0 && !job.fonts)
        job.fonts = batch_default_fonts(run.arena);
    bool ok = batch_load(&run, diag);
    if (job.db) {
        DataDb *db = data_open_activity(job.db, diag);
        ok = db != NULL && ok;
        data_close(db);
    }
    if (run.scheme)
        ok = assess_check(run.scheme, ok ? job.db : NULL, diag) && ok;
    if (ok && run.scheme && run.fonts)
        ok = check_layouts(&run, assess_open_empty(run.scheme, diag), diag);
    else if (ok && run.fonts)
        ok = check_without_scheme(&run, diag);
    arena_close(run.arena);
    return ok;
}
