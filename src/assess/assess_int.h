/* Inside the assess room: the scheme as read, the SQL guard and the stages of a run.
 *
 * A scheme is built once in the run arena and never changes. A guard lives as long as its database connection.
 */
#ifndef ASSESS_ASSESS_INT_H
#define ASSESS_ASSESS_INT_H

#include "assess/assess.h"
#include "base/hash.h"
#include "base/xml.h"

#include <sqlite3.h>
#include <stdint.h>

/* ── The scheme ── */

enum { ASSESS_NO_CAP = 1000000000 }; /* hundredths: more than any bonus */

/* One SELECT of the scheme. `name` is its view's or extract's name, or for messages "units", "1.1 demand" … */
typedef struct AssessSql {
    const char *name;
    const char *text;
    const char *key;     /* a stored view: its columns to index, "unit_id, id"; else NULL */
    const XmlNode *node; /* where it stands */
} AssessSql;

typedef struct AssessGrade {
    const char *name;
    int64_t from;  /* hundredths of a point of 100 */
    int64_t quota; /* per cent of a group with this grade or a better one; 100 = no limit */
    const XmlNode *node;
} AssessGrade;

typedef enum AssessRuleKind {
    ASSESS_ALL,
    ASSESS_PROPORTIONAL,
    ASSESS_DEDUCT,
    ASSESS_STEPS,
    ASSESS_BONUS,
    ASSESS_MARK,
    ASSESS_RULE_COUNT
} AssessRuleKind;

typedef struct AssessStep {
    int64_t at, share; /* 1/10000 */
    const XmlNode *node;
} AssessStep;

typedef struct AssessRule {
    AssessRuleKind kind;
    int64_t each;   /* thousandths of what is counted */
    int64_t points; /* hundredths */
    int64_t cap;    /* hundredths */
    const AssessStep *steps;
    size_t step_count;
    const char *text; /* 评分标准 */
    const XmlNode *node;
} AssessRule;

enum { ASSESS_DUE_EACH = 0, ASSESS_DUE_YEAR = -1 };

typedef struct AssessIndicator {
    const char *id, *title, *target, *counts;
    const char *const *applies; /* unit kinds */
    size_t applies_count;
    size_t measure; /* index */
    int64_t weight; /* hundredths, relative within the mechanism */
    bool by_amount; /* mode="amount" */
    int due;        /* ASSESS_DUE_EACH, ASSESS_DUE_YEAR, or the month at whose end all of it is due */
    bool once;      /* duplicates="once" */
    bool veto;
    AssessSql demand, records;
    AssessRule rule;
    const XmlNode *node;
} AssessIndicator;

typedef struct AssessMeasure {
    const char *id, *title;
    size_t mechanism; /* index */
    const XmlNode *node;
} AssessMeasure;

typedef struct AssessMechanism {
    const char *id, *title, *short_title;
    int64_t weight; /* hundredths */
    const XmlNode *node;
} AssessMechanism;

/* A mark besides the indicators. */
typedef struct AssessSource {
    const char *id, *title;
    int64_t weight; /* hundredths of 100 */
    bool deducts;   /* 100 less the amounts; else their mean by ballots */
    AssessSql sql;
    const XmlNode *node;
} AssessSource;

struct AssessScheme {
    const XmlFile *file;
    const char *id, *title, *source_title, *hash;
    int trend_years;
    int64_t total_cap; /* hundredths, or ASSESS_NO_CAP */
    const AssessGrade *grades;
    size_t grade_count;
    const AssessSource *sources;
    size_t source_count;
    int64_t indicator_weight; /* hundredths of 100; 10000 without sources */
    bool missing_lost;        /* a source without a mark keeps its weight and gives nothing */
    const XmlNode *sources_node;
    AssessSql units, presence;
    AssessSql exemptions; /* text NULL: the scheme has none */
    const AssessSql *views, *extracts;
    size_t view_count, extract_count;
    const AssessMechanism *mechanisms;
    const AssessMeasure *measures;
    const AssessIndicator *indicators; /* both in the order of the scheme, over all mechanisms */
    size_t mechanism_count, measure_count, indicator_count;
};

extern const char *const assess_rule_names[ASSESS_RULE_COUNT]; /* as in the scheme and the database */

/* What the grammar cannot say. Every mistake is reported, not only the first. (scheme_check.c) */
bool assess_check_scheme(const AssessScheme *scheme, Diag *diag);

/* 评分标准 in words, from the rule. (rule.c) */
const char *assess_rule_text(Arena *arena, const AssessRule *rule, const char *counts);

/* ── The SQL of a scheme, kept harmless (guard.c) ── */

/* A connection on which a scheme's statements are prepared and run. */
typedef struct AssessGuard {
    sqlite3 *db;
    const AssessScheme *scheme;
    const char *below; /* as AssessOptions has it */
    Diag *diag;
    int seconds;      /* limit of one statement */
    int year;         /* being assessed, for messages */
    int64_t deadline; /* of the statement that runs, in clock_ticks */
    char *refused;    /* what the authorizer refused, from sqlite3_mprintf; NULL = nothing */
    bool clock;       /* … because it differs from run to run */
} AssessGuard;

/* Turns every SELECT of the scheme into a TEMP view, having prepared it alone under an authorizer that lets it read the
 * attached "activity", the views and period, and nothing else: views by their names, the others as "_units", "_presence",
 * "_exemptions", "_extract_NAME", "_demand_N" and "_records_N" (N = index of the indicator). A stored view becomes a TEMP table, empty, and
 * the view "_stored_NAME" that fills it. Reports every mistake at its place in the file. temp.period must exist. */
bool assess_guard_views(AssessGuard *guard);

/* Fills the stored views for the year that period holds. */
bool assess_guard_store(AssessGuard *guard);

/* Runs `statement`, which reads a view made from `sql`, within the limit of seconds. */
bool assess_guard_run(AssessGuard *guard, const AssessSql *sql, const char *statement);

/* Line and column in the file of the byte `offset` of the statement. */
DiagPlace assess_sql_place(const AssessScheme *scheme, const AssessSql *sql, int offset);

/* ── The stages of a run, in their order ── */

/* Creates the result at `path`, with the work tables beside it, the activity database attached: that at `activity_path`, or
 * with NULL an empty one, and the assessment of the level below as "below". Sets guard->db. (run.c) */
struct DataDb *assess_open(AssessGuard *guard, const char *path, const char *activity_path);
bool assess_attach_empty(AssessGuard *guard, const char *schema, const char *name); /* check.c */
bool assess_attach(AssessGuard *guard, const char *path, const char *name); /* another assessment database (keep.c) */
/* Fills temp.period. With `keep` its listed days reach beyond the year. */
bool assess_begin_year(AssessGuard *guard, int year, Date as_of, bool keep);
bool assess_add_functions(sqlite3 *db);          /* mul_div, thousandths … (functions.c) */
bool assess_create_extracts(AssessGuard *guard); /* the tables x_NAME (extract.c) */
bool assess_fill_scheme(AssessGuard *guard);     /* fill.c */
bool assess_check_unit_rows(AssessGuard *guard); /* what the scheme's SQL returned (rows.c) */
bool assess_check_presence_rows(AssessGuard *guard);
bool assess_check_exemption_rows(AssessGuard *guard); /* and warns of indicators that the scheme does not have */
bool assess_check_demand_rows(AssessGuard *guard, const AssessIndicator *indicator);
bool assess_tally_sources(AssessGuard *guard, bool keep); /* marks besides the indicators, one year (sources.c) */
bool assess_check_source_rows(AssessGuard *guard, const AssessSource *source);
bool assess_check_record_rows(AssessGuard *guard, const AssessIndicator *indicator);
bool assess_fill_extracts(AssessGuard *guard);                             /* their rows (extract.c) */
bool assess_attach_kept(AssessGuard *guard, const AssessOptions *options); /* before the snapshot (keep.c) */
bool assess_settle(AssessGuard *guard, const AssessOptions *options);  /* state, version; rows of kept units (keep.c) */
bool assess_write_units(AssessGuard *guard, char data_hash[HASH_HEX]); /* table unit, hashed (fingerprint.c) */
bool assess_fill_meta(AssessGuard *guard, const char *program, const char *data_hash); /* fill.c */

/* ── Our own SQL (sql.c) ── */

bool assess_exec(AssessGuard *guard, const char *sql);
sqlite3_stmt *assess_prepare(AssessGuard *guard, const char *sql); /* NULL = diagnostic */
/* True: there is a row. False: the end, or with *ok set to false a diagnostic. */
bool assess_step(AssessGuard *guard, sqlite3_stmt *statement, bool *ok);

#endif
