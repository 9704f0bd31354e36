/* Inside the batch room: the plan of a run, the frames that workers send, the publisher. */
#ifndef BATCH_BATCH_INT_H
#define BATCH_BATCH_INT_H

#include "batch/batch.h"

#include "assess/assess.h"
#include "layout/layout.h"
#include "pdf/pdf.h"
#include "text/text.h"
#include "typeset/typeset.h"

enum { BATCH_CODE_MAX = 64, BATCH_NAME_MAX = 160 };

/* Everything a worker needs, loaded before the fork and read-only after it. */
typedef struct BatchRun {
    const BatchJob *job;
    Arena *arena; /* lives as long as the run */
    const AssessScheme *scheme;
    const Layout *layouts[BATCH_LAYOUTS_MAX];
    TextFonts *fonts; /* changed by the report of the night alone, when the workers have ended */
    const PdfFonts *pdf_fonts;
    ImageTable *images;      /* of all layouts */
    const char *home;        /* OUT/YEAR */
    const char *directory;   /* what is published into: the same, or that of a shard */
    const char *assessment;  /* OUT/YEAR/assessment.db */
    size_t unit_count;       /* units in the assessment database, ordinals 1 … unit_count */
    size_t document_count;   /* documents to make in this run */
    const int64_t *selected; /* ordinals of --unit or of a shard, or NULL for all */
    size_t selected_count;
    size_t of_run;                         /* documents that are not of one unit */
    const char *stamps[BATCH_LAYOUTS_MAX]; /* known.c: hash of all that the documents of a layout share, … */
    const char *bases[BATCH_LAYOUTS_MAX];  /* … and of that with the data of all units */
    const struct BatchKnown *known;        /* by document */
    size_t current_count;                  /* documents of which nothing can have changed */
    int frozen;                            /* version of the frozen numbers that are rendered; 0 = drafts */
    struct BatchReport *report;            /* what report.c gathers */
} BatchRun;

/* What is published of a document. */
typedef struct BatchKnown {
    unsigned char fingerprint[HASH_SIZE];
    bool published; /* with that fingerprint */
    bool current;   /* its basis is today's: it need not even be looked at */
} BatchKnown;

/* One document of the plan. */
typedef struct BatchTarget {
    int64_t ordinal; /* of the unit; 0 for a layout that is made once a run */
    const Layout *layout;
} BatchTarget;

/* ── job.c ── */
/* The layout of a report, layouts/reports/NAME, that came with the program; NULL when there is none. */
const char *batch_report_layout(Arena *arena, const char *name);

/* ── run.c ── */
/* Sets where a run of the whole works: home, directory, assessment. */
void batch_place(BatchRun *run);
/* Fills in what may be left out; `rendering` asks for layouts and fonts too. False = diagnostics for what is missing. */
bool batch_complete(Arena *arena, BatchJob *job, bool rendering, Diag *diag);
/* Assesses run->job's database by run->scheme and publishes the assessment database. `base` holds what lifecycle.c asks for
 * (state, version, what is kept), or is NULL for a draft. */
bool batch_assess_into(const BatchRun *run, const char *output, const AssessOptions *base, Diag *diag);

/* ── lifecycle.c ── */
/* Brings run->assessment up: assessed anew, or where the year is frozen the frozen numbers, with a note that says so. */
bool batch_settle(BatchRun *run, Diag *diag);
/* The same where the numbers are there already: only finds out whether they are the frozen ones. */
bool batch_settled(BatchRun *run, Diag *diag);
/* Records that all documents of a frozen version are out. */
bool batch_note_rendered(const BatchRun *run, Diag *diag);

/* SHA-256 of a file of any size. */
bool batch_hash_file(const char *path, char hex[HASH_HEX], Diag *diag);

/* ── source.c ── */
/* Path of the assessment database that a preview takes its rows from, made if need be; "" for none. NULL = diagnostics. */
const char *batch_source(Arena *arena, const BatchJob *job, const BatchPreview *preview, Diag *diag);

/* ── preview.c ── */
/* The files that the last layout was read from; before any was, the layout alone. Kept until the next rendering. */
const char *const *batch_preview_files(const BatchPreviewer *previewer, size_t *count);

/* ── plan.c ── */
/* Loads what the job names (fonts, scheme, layouts), each when `needed` says so. */
bool batch_load(BatchRun *run, Diag *diag);
/* Counts units and resolves --unit codes against the assessment database; sets unit_count, selected, document_count. */
bool batch_plan(BatchRun *run, Diag *diag);
/* Documents are numbered 0 … document_count-1: all layouts of the first unit, of the second …, then those of the run. */
BatchTarget batch_target(const BatchRun *run, size_t index);
/* The shard, from 1, that a unit's documents belong to. The same on every machine and for ever: from the code's SHA-256. What is not of one
 * unit belongs to the first. */
int batch_shard_of(const char *code, int shards);
/* True for a code that can name a file: 1–64 of A–Z a–z 0–9 . _ -, not beginning with a dot. */
bool batch_code_ok(const char *code);
/* "CODE-layout.pdf", or "layout.pdf" for a document of the run. `out` holds BATCH_NAME_MAX. */
void batch_file_name(const char *code, const Layout *layout, char out[BATCH_NAME_MAX]);
/* The hidden name under which a worker writes a document before it is published. */
void batch_temporary_name(const char *file, char out[BATCH_NAME_MAX]);

/* ── known.c ── */
/* Finds out which of the documents are published as they would come out again: sets stamps, bases, known, current_count; with job->force nothing
 * is known. After batch_plan. */
bool batch_know(BatchRun *run, Diag *diag);

/* ── worker.c ── */
/* What a worker reports of one document; strings are inline so that a frame is one copy. */
typedef struct BatchResult {
    size_t index; /* of the document */
    bool ok;
    char code[BATCH_CODE_MAX + 1]; /* unit code, "" for a document of the run */
    char layout[BATCH_CODE_MAX + 1];
    char file[BATCH_NAME_MAX];
    char sha256[65];
    char reason[48]; /* diagnostic code when not ok */
    char basis[HASH_HEX];
    unsigned char fingerprint[HASH_SIZE];
    bool unchanged; /* ok, and nothing was made: what is published would come out again */
    uint64_t bytes;
    uint32_t pages;
    int64_t cpu; /* nanoseconds */
} BatchResult;

/* Shared between parent and workers (anonymous mapping). */
typedef struct BatchShared BatchShared;

typedef struct BatchHandler {
    void *context;
    /* Called in the parent, in the order in which documents are finished. `items` are the document's diagnostics. */
    void (*finished)(void *context, const BatchResult *result, const DiagItem *items, size_t item_count);
} BatchHandler;

/* Forks the workers, hands out documents, and calls the handler for every document of the plan that was tried. A worker
 * that dies costs the document in its hands and is replaced. `stop` is polled: when it becomes true no further documents
 * are handed out. Returns false when no worker could be started. */
bool batch_work(const BatchRun *run, const BatchHandler *handler, const bool *stop, Diag *diag);

/* ── sandbox.c ── */
enum { BATCH_OPEN_FILES = 1, BATCH_OPEN_CALLS = 2 };
/* In a worker, for the rest of its life: limits; files only in `directory`, where its database is; no network, program, process. Returns what the
 * system could not do, of BATCH_OPEN_. */
unsigned batch_confine(const char *directory);

/* ── frame.c ── */
/* Result and diagnostics as bytes on a pipe or in a ledger, preceded by their length. */
void batch_frame_write(Buf *out, const BatchResult *result, const Diag *diag);
/* Takes one whole frame off the front of [bytes, bytes+length). Returns its size, or 0 when it is not whole yet. */
size_t batch_frame_read(Arena *arena, const unsigned char *bytes, size_t length, BatchResult *result, DiagItem **items,
                        size_t *item_count);

/* ── report.c ── */
/* What a night leaves behind: OUT/YEAR/report.json and the metrics file. Clock times and durations are here and nowhere else, so that the same
 * input gives the same documents and manifest. */
typedef struct BatchReport BatchReport;
BatchReport *batch_report_open(Arena *arena);
/* What was done since the last call was this stage; `name` is a literal. */
void batch_report_stage(BatchReport *report, const char *name);
/* A document that was made or failed. */
void batch_report_document(BatchReport *report, const BatchResult *result);
/* Under the lock on OUT/YEAR: publishes both, with the messages in `diag`. */
bool batch_report_write(const BatchRun *run, const BatchSummary *summary, Diag *diag);
/* The metrics alone, of a run that did not come so far that it held the lock. */
bool batch_report_metrics(const BatchRun *run, const BatchSummary *summary, Diag *diag);

/* ── shard.c ── */
#define BATCH_SHARDS_DIRECTORY "shards"
const char *batch_shard_directory(Arena *arena, const char *home, int shard, int shards);
/* What a shard says of its run, for the merge: what it was made from, and a frame of each document that was looked at. */
typedef struct BatchLedger {
    int shard, shards;
    size_t layout_count;
    const char *layouts[BATCH_LAYOUTS_MAX], *bases[BATCH_LAYOUTS_MAX];
    const unsigned char *frames;
    size_t length;
} BatchLedger;
bool batch_ledger_write(const BatchRun *run, const Buf *frames, Diag *diag);
/* False = diagnostic: there is none, or it is damaged. */
bool batch_ledger_read(Arena *arena, const char *directory, int shard, int shards, BatchLedger *ledger, Diag *diag);
/* The numbers that shards are made from are there, and are those that the job asks for. */
bool batch_shard_check(const BatchRun *run, Diag *diag);

/* ── lock.c ── */
/* Takes the lock on a directory, with a note when its last owner was killed. -1 = diagnostic, which says who holds it. */
int batch_lock(Arena *arena, const char *directory, Diag *diag);
/* Keeps those out who want it alone, as long as it is held; others may hold it like this, too. */
int batch_lock_shared(Arena *arena, const char *directory, Diag *diag);
/* Gives it back; -1 is allowed. */
void batch_unlock(int fd);

/* ── night.c ── */
#define BATCH_REPORT_DIRECTORY "report"
/* Publishes the report as a page, OUT/YEAR/report/report.pdf; a warning where it cannot be made. `json` is the text of report.json in Chinese. */
void batch_night_page(const BatchRun *run, const char *json, Diag *diag);

/* ── publish.c ── */
typedef struct BatchPublisher BatchPublisher;
/* Takes the lock on the directory (BATCH_BUSY when another run holds it), removes what an interrupted run left. */
BatchPublisher *batch_publisher_open(Arena *arena, const BatchRun *run, Diag *diag);
/* Queues a finished document, and flushes the group when it is full. False: publishing failed, the run must stop. */
bool batch_publisher_add(BatchPublisher *publisher, const BatchResult *result, const DiagItem *items, size_t item_count,
                         Diag *diag);
bool batch_publisher_flush(BatchPublisher *publisher, Diag *diag);
/* A group could not be published or recorded; nothing is published from then on. */
bool batch_publisher_broken(const BatchPublisher *publisher);
size_t batch_publisher_count(const BatchPublisher *publisher);   /* documents published */
size_t batch_publisher_refused(const BatchPublisher *publisher); /* that would have changed what was issued */
void batch_publisher_close(BatchPublisher *publisher);

/* What a PDF says of itself. `data_hash` is that of the unit or, for a document of the run, of all; it, `scheme_hash` and `date`
 * are those of the assessment, and any of them may be NULL. */
PdfInfo batch_pdf_info(Arena *arena, const BatchJob *job, const TsUnit *unit, const Layout *layout, const TsResult *set,
                       const char *data_hash, const char *scheme_hash, const char *date);

/* ── state.c ── */
/* Opens OUT/YEAR/state.db, made if need be. NULL = diagnostic. */
struct sqlite3 *batch_state_open(const char *directory, Diag *diag);
/* Attaches the assessment database as "assessment". */
bool batch_state_attach(struct sqlite3 *db, const char *path);
/* A character that 〓 stands for in a document of a group. */
typedef struct BatchReplaced {
    size_t result; /* index in the group */
    char code[12]; /* U+XXXX */
    char field[BATCH_CODE_MAX + 1];
} BatchReplaced;

/* Records a group of documents in OUT/YEAR/state.db in one durable transaction: what is published, and what failed; `replaced` has
 * the characters replaced in the published ones, by document. */
bool batch_state_record(const char *directory, const BatchResult *results, size_t count, const BatchReplaced *replaced,
                        size_t replaced_count, Diag *diag);
/* Before a group is published. Of its documents, those that would change what was issued become failures (DIAG_BATCH_ISSUED) and must not be renamed;
 * a unit that was reopened after its issue is free again; *refused counts them. The others' fingerprints are taken back, durably: until the group is recorded
 * nobody knows whether the old file or the new one is there. */
bool batch_state_prepare(const char *directory, BatchResult *results, size_t count, size_t *refused, Diag *diag);
/* Appends, as JSON members of a list, what 〓 stands for in the published documents: unit, layout, code, field; also those of earlier nights. */
bool batch_state_replaced(const BatchRun *run, Buf *out, Diag *diag);
/* Writes OUT/YEAR/manifest.json from the state and the assessment. */
bool batch_state_manifest(const BatchRun *run, Diag *diag);

/* ── progress.c ── */
typedef struct BatchMeter {
    bool on;
    const char *label;
    int64_t begun, drawn; /* ticks */
} BatchMeter;
void batch_meter_begin(BatchMeter *meter, BatchProgress mode, const char *label);
void batch_meter_show(BatchMeter *meter, size_t done, size_t total);
void batch_meter_end(BatchMeter *meter);

#endif
