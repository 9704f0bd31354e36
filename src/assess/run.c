/* An assessment from beginning to end: one connection, one read transaction on the activity database, the years of the trend
 * and last the assessed year, then the assessment database written front to back and renamed into its place.
 *
 * Everything is set-based: however many units there are, the number of statements is that of the scheme. Three databases are
 * open on the connection: "main", the result; "work", private and thrown away (work.sql); "activity", read-only.
 */
#include "assess/assess.h"

#include "assess/assess_int.h"
#include "base/file.h"
#include "base/hash.h"
#include "data/data.h"

#include <stdio.h>
#include <unistd.h>

extern const char assess_schema[], assess_work[], assess_ask[], assess_exempt[], assess_once[], assess_tally[],
    assess_score[], assess_write[];

enum {
    DEFAULT_SECONDS = 600,
    LISTED_MONTHS = 3, /* before and after the year: further away nobody takes a record for one of it */
};

typedef struct Run {
    const AssessOptions *options;
    AssessGuard guard;
    int done; /* indicators, for progress */
} Run;

/* ── The connection ── */

/* Caches for the result, the work tables and the views, and one for the records, which are looked up in no order; sorters
 * spill to files: less than 300 MB however many units there are. */
static const char SETTINGS[] = "PRAGMA main.cache_size = -32768;"
                               "PRAGMA temp_store = FILE;"
                               "PRAGMA temp.cache_size = -32768;"
                               "PRAGMA temp.journal_mode = OFF;"
                               "ATTACH '' AS work;"
                               "PRAGMA work.cache_size = -65536;"
                               "PRAGMA work.journal_mode = OFF;"
                               "PRAGMA work.synchronous = OFF;";

DataDb *assess_open(AssessGuard *guard, const char *path, const char *activity_path)
{
    DataDb *data = data_create(path, guard->diag);
    if (data == NULL)
        return NULL;
    guard->db = data_handle(data);
    bool ok = assess_exec(guard, assess_schema) && assess_exec(guard, SETTINGS) && assess_exec(guard, assess_work) &&
              (activity_path != NULL ? data_attach_activity(data, activity_path, guard->diag)
                                     : assess_attach_empty(guard, data_activity_schema, "activity")) &&
              (guard->below != NULL ? assess_attach(guard, guard->below, "below")
                                    : assess_attach_empty(guard, assess_schema, "below")) &&
              assess_exec(guard, "PRAGMA activity.cache_size = -131072");
    if (ok)
        return data;
    data_close(data);
    return NULL;
}

/* ── One year ── */

bool assess_begin_year(AssessGuard *guard, int year, Date as_of, bool keep)
{
    guard->year = year;
    char day[11];
    clock_format_date(as_of, day);
    char *sql = sqlite3_mprintf("DELETE FROM temp.period;"
                                "INSERT INTO temp.period (year, first_day, last_day, as_of, listed_from, listed_to)"
                                " SELECT %d, first, last, %Q, iif(%d, date(first, '-%d months'), first),"
                                " iif(%d, date(last, '+1 day', '+%d months', '-1 day'), %Q)"
                                " FROM (SELECT '%04d-01-01' AS first, '%04d-12-31' AS last)",
                                year, day, keep, LISTED_MONTHS, keep, LISTED_MONTHS, day, year, year);
    bool ok = assess_exec(guard, sql);
    sqlite3_free(sql);
    return ok;
}

static bool find_present(AssessGuard *guard)
{
    return assess_exec(guard, "DELETE FROM work.presence_in") &&
           assess_guard_run(guard, &guard->scheme->presence,
                            "INSERT INTO work.presence_in SELECT unit_id, records FROM temp._presence") &&
           assess_check_presence_rows(guard) &&
           assess_exec(guard, "UPDATE work.unit SET present = unit_id IN"
                              " (SELECT unit_id FROM work.presence_in WHERE records > 0)");
}

static bool find_exempt(AssessGuard *guard, bool keep)
{
    if (guard->scheme->exemptions.text == NULL)
        return true;
    return assess_exec(guard, "DELETE FROM work.exempt_in") &&
           assess_guard_run(guard, &guard->scheme->exemptions,
                            "INSERT INTO work.exempt_in SELECT unit_id, CAST(indicator AS TEXT), CAST(source AS TEXT),"
                            " CAST(source_key AS TEXT), CAST(date AS TEXT), CAST(label AS TEXT), CAST(note AS TEXT)"
                            " FROM temp._exemptions") &&
           (!keep || assess_check_exemption_rows(guard)) && assess_exec(guard, assess_exempt);
}

static bool set_current(AssessGuard *guard, size_t index, bool keep)
{
    const AssessIndicator *indicator = &guard->scheme->indicators[index];
    char *sql =
        sqlite3_mprintf("DELETE FROM work.current; INSERT INTO work.current VALUES (%lld, %Q, %d, %d, %d);"
                        "DELETE FROM work.demand_in; DELETE FROM work.records_in",
                        (long long)index + 1, indicator->counts, keep, keep && !indicator->by_amount, indicator->once);
    bool ok = assess_exec(guard, sql);
    sqlite3_free(sql);
    return ok;
}

/* Names the subject that is demanded twice: the only way in which ask.sql can break its key. */
static bool report_twice(AssessGuard *guard, const AssessIndicator *indicator)
{
    sqlite3_stmt *twice = assess_prepare(
        guard, "SELECT i.code, d.subject FROM work.demand_in d"
               " JOIN work.unit u ON u.unit_id = d.unit_id JOIN work.units_in i ON i.rowid = u.ordinal"
               " GROUP BY d.unit_id, d.subject HAVING count(*) > 1 ORDER BY u.ordinal, d.subject LIMIT 1");
    bool ok = twice != NULL;
    if (ok && assess_step(guard, twice, &ok))
        diag_add(guard->diag, DIAG_ASSESS_TWICE, xml_place(guard->scheme->file, indicator->demand.node),
                 indicator->demand.name, (const char *)sqlite3_column_text(twice, 0),
                 (const char *)sqlite3_column_text(twice, 1), diag_number(guard->diag, guard->year));
    sqlite3_finalize(twice);
    return false;
}

static bool ask(AssessGuard *guard, const AssessIndicator *indicator)
{
    int result = sqlite3_exec(guard->db, assess_ask, NULL, NULL, NULL);
    if ((result & 0xff) == SQLITE_CONSTRAINT) /* with or without extended codes */
        return report_twice(guard, indicator);
    return result == SQLITE_OK || assess_exec(guard, assess_ask);
}

static bool tally_indicator(AssessGuard *guard, size_t index, bool keep)
{
    const AssessIndicator *indicator = &guard->scheme->indicators[index];
    char demand[256], records[512];
    snprintf(demand, sizeof demand,
             "INSERT INTO work.demand_in SELECT unit_id, CAST(subject AS TEXT), CAST(label AS TEXT), need"
             " FROM temp._demand_%zu",
             index);
    snprintf(records, sizeof records,
             "INSERT INTO work.records_in SELECT unit_id, CAST(subject AS TEXT), CAST(source AS TEXT),"
             " CAST(source_key AS TEXT), CAST(date AS TEXT), CAST(label AS TEXT), amount, counted, CAST(note AS TEXT)"
             " FROM temp._records_%zu",
             index);
    return set_current(guard, index, keep) && assess_guard_run(guard, &indicator->demand, demand) &&
           assess_check_demand_rows(guard, indicator) && ask(guard, indicator) &&
           assess_guard_run(guard, &indicator->records, records) && assess_check_record_rows(guard, indicator) &&
           (!indicator->once || assess_exec(guard, assess_once)) && assess_exec(guard, assess_tally);
}

static bool assess_year(Run *run, int year)
{
    AssessGuard *guard = &run->guard;
    bool assessed = year == run->options->year;
    Date as_of = {.year = year, .month = 12, .day = 31};
    if (assessed && run->options->as_of.year != 0)
        as_of = run->options->as_of;
    int count = (int)guard->scheme->indicator_count;
    bool ok = assess_begin_year(guard, year, as_of, assessed) && assess_guard_store(guard) && find_present(guard) &&
              find_exempt(guard, assessed) && assess_exec(guard, "DELETE FROM work.tally");
    for (int i = 0; ok && i < count; i++) {
        ok = tally_indicator(guard, (size_t)i, assessed);
        if (ok && run->options->progress != NULL)
            run->options->progress(run->options->context, ++run->done, count * guard->scheme->trend_years);
    }
    return ok && assess_tally_sources(guard, assessed) && assess_exec(guard, assess_score);
}

/* ── The whole ── */

static bool find_units(AssessGuard *guard)
{
    static const char STAGE[] =
        "INSERT INTO work.units_in SELECT unit_id, CAST(code AS TEXT), CAST(name AS TEXT), CAST(kind AS TEXT),"
        " CAST(kind_name AS TEXT), CAST(group_id AS TEXT), CAST(group_name AS TEXT), CAST(parent_name AS TEXT)"
        " FROM temp._units";
    if (!assess_guard_run(guard, &guard->scheme->units, STAGE) || !assess_check_unit_rows(guard) ||
        !assess_exec(guard, "INSERT INTO work.unit SELECT unit_id, rowid, name, kind, group_id, 0 FROM work.units_in"))
        return false;
    if (sqlite3_changes64(guard->db) > 0)
        return true;
    return diag_add(guard->diag, DIAG_ASSESS_NO_UNITS, xml_place(guard->scheme->file, guard->scheme->units.node),
                    diag_number(guard->diag, guard->year));
}

static bool assess_all(Run *run)
{
    AssessGuard *guard = &run->guard;
    const AssessOptions *options = run->options;
    Date last_day = {.year = options->year, .month = 12, .day = 31};
    Date as_of = options->as_of.year != 0 ? options->as_of : last_day;
    if (!assess_begin_year(guard, options->year, as_of, true) || !assess_guard_views(guard) ||
        !assess_guard_store(guard) || !assess_add_functions(guard->db) || !assess_create_extracts(guard) ||
        !assess_fill_scheme(guard) || !find_units(guard))
        return false;
    for (int year = options->year - guard->scheme->trend_years + 1; year <= options->year; year++)
        if (!assess_year(run, year))
            return false;
    char data_hash[HASH_HEX];
    return assess_exec(guard, assess_write) && assess_fill_extracts(guard) && assess_settle(guard, options) &&
           assess_write_units(guard, data_hash) && assess_fill_meta(guard, options->program, data_hash);
}

bool assess_run(const AssessScheme *scheme, const AssessOptions *options, Diag *diag)
{
    Arena *scratch = arena_open(0);
    Run run = {
        .options = options,
        .guard = {.scheme = scheme,
                  .below = options->below_path,
                  .diag = diag,
                  .seconds = options->sql_seconds > 0 ? options->sql_seconds : DEFAULT_SECONDS},
    };
    /* Named as file.h's own temporaries, so that a later run sweeps what a killed one left. */
    const char *directory = file_directory(scratch, options->output_path);
    const char *temporary = file_join(scratch, directory, arena_print(scratch, ".shuzhi-%ld.tmp", (long)getpid()));
    DataDb *data = assess_open(&run.guard, temporary, options->activity_path);
    bool ok = data != NULL && assess_attach_kept(&run.guard, options) && data_begin(data, diag) && assess_all(&run) &&
              data_commit(data, diag);
    data_close(data);
    if (ok)
        ok = file_replace(temporary, options->output_path, diag);
    else
        unlink(temporary);
    arena_close(scratch);
    return ok;
}
