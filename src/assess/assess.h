/* The assess room: scheme XML + activity database → assessment database.
 *
 * Set-based: every indicator is two SELECTs over all units at once (what is demanded of whom; which records count), and
 * everything after them is generic SQL over the same two tables. One read snapshot of the activity database.
 */
#ifndef ASSESS_ASSESS_H
#define ASSESS_ASSESS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"

/* A validated scheme: immutable, in the run arena. */
typedef struct AssessScheme AssessScheme;

/* Reads and validates a scheme file (grammar, then names, weights, thresholds, duplicate ids). NULL = diagnostics. */
const AssessScheme *assess_load_scheme(Arena *run, const char *path, Diag *diag);
const char *assess_scheme_id(const AssessScheme *scheme);
const char *assess_scheme_hash(const AssessScheme *scheme); /* SHA-256 of the file, hex */

/* A unit whose frozen numbers are to be corrected, and why. */
typedef struct AssessReopened {
    const char *code, *reason;
} AssessReopened;

typedef struct AssessOptions {
    const char *activity_path; /* opened read-only */
    const char *output_path;   /* the assessment database, published atomically */
    const char *
        below_path; /* assessment database of the level below, which the scheme reads as "below"; NULL = an empty one */
    int year;
    Date as_of;          /* a day of the year; what the scheme counts ends with it. year 0 = the last day */
    const char *program; /* "shuzhi 0.1.0", into meta */
    bool frozen;         /* the numbers are final: state "frozen", not "draft" */
    int version;         /* of the units assessed anew; 0 = 1 */
    const char
        *kept_path; /* the frozen assessment that this one corrects: all units but `reopened` are taken from it */
    const AssessReopened *reopened;
    size_t reopened_count;
    int sql_seconds;                                      /* limit for one statement of the scheme; 0 = 600 */
    void (*progress)(void *context, int done, int total); /* indicators; may be NULL */
    void *context;
} AssessOptions;

/* Computes everything and publishes the file. False = diagnostics; the old file, if any, is untouched. */
bool assess_run(const AssessScheme *scheme, const AssessOptions *options, Diag *diag);

/* Prepares every statement of the scheme against an empty activity database, so that `check` finds SQL mistakes with
 * file:line:column without data. With `activity_path` not NULL, against that database's own schema. */
bool assess_check(const AssessScheme *scheme, const char *activity_path, Diag *diag);

/* An empty assessment database in memory, with the scheme's extract tables: what layouts are checked against. `scheme` NULL: the
 * tables that every assessment has. Close with data_close. */
struct DataDb *assess_open_empty(const AssessScheme *scheme, Diag *diag);

/* Appends why a unit has its numbers: rule, subjects, records counted and left out with the reason, arithmetic; of one
 * indicator, or with NULL of all. From the assessment database at `path` alone. */
bool assess_explain(const char *path, const char *unit, const char *indicator, bool json, DiagLanguage language,
                    Buf *out, Diag *diag);

/* Appends what changed from one assessment database to another (units, totals, grades, ranks, indicators) and the records that
 * only one of them has; *changes is their number. */
bool assess_diff(const char *older, const char *newer, bool json, DiagLanguage language, size_t *changes, Buf *out,
                 Diag *diag);

#endif
