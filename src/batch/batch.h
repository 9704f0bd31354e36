/* The batch room: one night's run. Assess once, then bind, typeset, write and publish one document per unit and layout.
 *
 * Everything shared (fonts, layouts, scheme) is loaded before the workers are forked; SQLite handles never cross the fork.
 * Workers write whole files under temporary names; only the parent publishes them, in groups: sync the file system, rename,
 * record. So a reader of out/ never sees a part of a file, and a sync is not paid per file.
 */
#ifndef BATCH_BATCH_H
#define BATCH_BATCH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BATCH_LAYOUTS_MAX = 16, BATCH_UNITS_MAX = 10000, BATCH_JOBS_MAX = 256, BATCH_SHARDS_MAX = 1000 };

typedef enum BatchProgress { BATCH_PROGRESS_AUTO, BATCH_PROGRESS_ALWAYS, BATCH_PROGRESS_NEVER } BatchProgress;

/* What to do. Zero-initialised members are unset; strings are borrowed. */
typedef struct BatchJob {
    const char *db;                         /* activity database */
    const char *scheme;                     /* scheme XML */
    const char *below;                      /* assessment database of the level below, or NULL */
    const char *layouts[BATCH_LAYOUTS_MAX]; /* layout XML, in order */
    size_t layout_count;
    const char *fonts;   /* font configuration */
    const char *out;     /* directory; documents go to OUT/YEAR/ */
    const char *metrics; /* file for node_exporter's textfile collector, or NULL */
    int year;
    Date as_of;           /* year 0: the last day of the year */
    bool replace_missing; /* characters that no face has become 〓 with a warning; else they fail the unit */
    bool force;           /* make also what would come out as it is */
    int jobs;             /* worker processes; 0 = one for each processor on line */
    int shard, shards;    /* only the part `shard` (from 1) of so many, for batch_merge to publish; 0 = the whole */
    const char *units[BATCH_UNITS_MAX]; /* only these codes; none = all */
    size_t unit_count;
    BatchProgress progress;
    int pdfa;             /* part of ISO 19005 that documents follow, 1 to 3; 0 = 1 */
    bool pdfa_accessible; /* at its level a: a document whose structure does not allow it fails */
} BatchJob;

/* "1" to "3", with the level: "1a", "1b"; b when left out. False: it is no such thing. */
bool batch_parse_pdfa(const char *text, BatchJob *job);
/* Fills the unset members of `job` from a job file (namespace urn:shuzhi:job:1); paths in it are relative to its
 * directory. The strings live in `arena`. */
bool batch_load_job(Arena *arena, const char *path, BatchJob *job, Diag *diag);

typedef struct BatchSummary {
    size_t units, documents, published, unchanged, failed, pages;
    int64_t nanoseconds; /* wall */
} BatchSummary;

/* The night: assess, render, publish, manifest. Returns false when the run could not be carried through (nothing published
 * from then on is lost); units that failed are in the summary and among the diagnostics. Messages of a unit are recorded
 * as they come, in the order of the units. */
bool batch_run(const BatchJob *job, BatchSummary *summary, Diag *diag);

/* Only the numbers: writes the assessment database to `output`; NULL: as OUT/YEAR/assessment.db, which in a frozen year are the frozen ones. */
bool batch_assess(const BatchJob *job, const char *output, Diag *diag);

/* A night in parts, on as many machines as one likes (docs/cluster/): batch_assess without an output; batch_run for each shard, which writes into
 * OUT/YEAR/shards/SHARD-of-SHARDS; then this, with the same job. It publishes the parts as one run would have, or, when the set is not whole or its parts are
 * not of one piece, nothing. */
bool batch_merge(const BatchJob *job, BatchSummary *summary, Diag *diag);

/* The font configuration that came with the program: installed beside it, or in the source tree it was built in. NULL when
 * there is none. */
const char *batch_default_fonts(Arena *arena);

/* What in the activity database may cost a unit marks that it earned, as a report in `output`, a .csv (all findings) or a .pdf (by layouts/reports/quality.xml,
 * the first of each kind). Assesses the job's year for it, in a file beside the output that is removed again. `heavy`: the points, in hundredths, from which a
 * finding is counted as one. */
typedef struct BatchFindings {
    size_t all, heavy;
} BatchFindings;
bool batch_quality(const BatchJob *job, const char *output, int64_t heavy, BatchFindings *findings, Diag *diag);

/* ── the life of a year's numbers: docs/lifecycle.md ── */

/* Assesses the whole year and keeps the result for good as OUT/YEAR/frozen-VERSION.db; after batch_reopen only the reopened units
 * anew. From then on batch_run renders these numbers. */
bool batch_freeze(const BatchJob *job, int *version, Diag *diag);
/* Makes the job's units drafts again, for a correction; `reason` is printed in the next version and kept for ever. */
bool batch_reopen(const BatchJob *job, const char *reason, Diag *diag);
/* Records the documents of the job's units (none = all) with their SHA-256 as issued (NULL), signed or archived, in that order. */
bool batch_issue(const BatchJob *job, const char *mark, Diag *diag);

/* Validates whatever the job names (database, scheme, layouts, fonts), without rendering. */
bool batch_check(const BatchJob *job, Diag *diag);

/* ── preview: one document at once, for people who write layouts ── */

typedef enum BatchStage { BATCH_STAGE_NONE, BATCH_STAGE_LAYOUT, BATCH_STAGE_BOXES, BATCH_STAGE_PAGES } BatchStage;

/* What to show. The job's layout (one), unit (at most one but for a volume; none = the first), fonts, and where the rows come from:
 *  1. `assessment`; or `empty`, no rows but those that the layout's queries make themselves;
 *  2. OUT/YEAR/assessment.db of the last run, unless `anew`; a note says so;
 *  3. the job's db, scheme, year: assessed once and kept in the user's cache until one of them changes. */
typedef struct BatchPreview {
    const char *assessment;
    bool empty, anew;
    const char
        *output;      /* ends in .pdf: the whole document; in .png: one page, or each of them under its number for %d */
    int page;         /* of a PNG; 0 = the first, or all with %d */
    bool volume;      /* a PDF of all units, or of those that the job names, bound together: each face embedded once */
    bool sheet;       /* all pages beside each other in one PNG */
    int resolution;   /* dots an inch; 0 = 100 */
    BatchStage stage; /* not NONE: this stage as text in place of `output` */
} BatchPreview;

enum { BATCH_DPI_LEAST = 10, BATCH_DPI_MOST = 1200 };

typedef struct BatchPreviewer BatchPreviewer;
typedef struct BatchRendering {
    size_t pages;        /* of the document */
    int64_t nanoseconds; /* wall, from reading the layout to the file */
} BatchRendering;

/* Loads fonts and finds the rows; the layout is read by each rendering. NULL = diagnostics. Closed with the arena; `job` and
 * `preview` are borrowed. */
BatchPreviewer *batch_preview_open(Arena *arena, const BatchJob *job, const BatchPreview *preview, Diag *diag);
/* Reads the layout and writes `output`, or appends the stage to `text`. False = diagnostics, and nothing was written. */
bool batch_preview_render(BatchPreviewer *previewer, Buf *text, BatchRendering *rendering, Diag *diag);

/* Called after each rendering of batch_watch, with what was recorded for it. */
typedef void BatchRendered(void *context, bool ok, const BatchRendering *rendering, const Diag *diag);
/* Renders, and again whenever a file that the layout was read from is saved, until SIGINT or SIGTERM. Mistakes go to `rendered` and
 * end nothing. False = the files cannot be watched. */
bool batch_watch(BatchPreviewer *previewer, BatchRendered *rendered, void *context, Diag *diag);

#endif
