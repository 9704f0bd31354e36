/* oracle: recounts an assessment another way and compares.
 *
 *   oracle activity.db assessment.db
 *
 * Shares no SQL and no code with the program or the scheme: it reads whole tables, joins and counts in plain loops with its
 * own calendar, and compares target, actual and applicability of every indicator that it knows, for every unit. Prints each
 * difference; exits 0 when there is none, 1 when there is one or nothing was compared, 64 and up when it cannot work.
 */
#include "counts.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum Mode { SUBJECTS, AMOUNT, BONUS, MARK } Mode;

enum { YEAR_END = 2 }; /* of Indicator.yearly */

typedef struct Indicator {
    const char *id;
    Count *count;
    Mode mode;
    bool counties_only;
    const char *detail;
    int yearly; /* a duty of the year as a whole: before its end a share of it is due; YEAR_END: nothing */
} Indicator;

static const Indicator indicators[] = {
    {"1.1", count_lectures, SUBJECTS, false, "", true},
    {"1.2", count_first_lessons, SUBJECTS, false, "", false},
    {"1.3", count_unit_activity, AMOUNT, false, "reading_class", true},
    {"2.1", count_first_topics, SUBJECTS, false, "", false},
    {"3.1", count_measure_sets, SUBJECTS, false, "", false},
    {"3.2", count_departments, SUBJECTS, false, "", false},
    {"3.3", count_responsible, SUBJECTS, false, "", false},
    {"3.4", count_lookback, AMOUNT, false, "", false},
    {"4.1", count_charter_study, AMOUNT, false, "", true},
    {"4.2", count_charter_branches, SUBJECTS, false, "", true},
    {"5.1", count_secretaries, SUBJECTS, false, "", true},
    {"5.2", count_rotation, SUBJECTS, false, "", false},
    {"5.3", count_branch_activity, SUBJECTS, false, "political_ritual", true},
    {"6.1", count_unit_activity, AMOUNT, false, "emergency", true},
    {"7.1", count_due_problems, SUBJECTS, false, "", false},
    {"7.2", count_discussed, SUBJECTS, false, "", false},
    {"8.1", count_files, SUBJECTS, false, "", false},
    {"8.2", count_both_sides, SUBJECTS, false, "", false},
    {"9.1", count_life_checks, SUBJECTS, false, "", YEAR_END},
    {"9.2", count_life_guidance, SUBJECTS, false, "", YEAR_END},
    {"9.3", count_branch_life, AMOUNT, false, "", true},
    {"9.4", count_double_life, SUBJECTS, false, "", true},
    {"10.1", count_unit_activity, AMOUNT, false, "heart_talk", true},
    {"10.2", count_unit_activity, AMOUNT, true, "secretary_exchange", true},
    {"10.3", count_unit_activity, BONUS, false, "contest", false},
    {"11.1", count_exemptions, SUBJECTS, false, "", false},
    {"11.2", count_clarifications, SUBJECTS, false, "", false},
    {"11.3", count_unit_activity, AMOUNT, false, "care", true},
    {"12.1", count_key_topics, SUBJECTS, false, "", true},
    {"12.2", count_authorship, SUBJECTS, false, "", true},
    {"13.1", count_field_days, AMOUNT, true, "", false},
    {"13.2", count_unit_activity, AMOUNT, false, "research_exchange", true},
    {"14.1", count_townships, SUBJECTS, true, "", false},
    {"14.2", count_villages, SUBJECTS, true, "", true},
    {"15.1", count_points, SUBJECTS, false, "", false},
    {"15.2", count_point_years, SUBJECTS, false, "", false},
    {"15.3", count_point_visits, SUBJECTS, false, "", true},
    {"15.4", count_livelihood, SUBJECTS, false, "", true},
    {"15.5", count_hard_cases, SUBJECTS, false, "", true},
    {"16.1", count_unit_activity, AMOUNT, false, "public_dialogue", true},
    {"16.2", count_voted, SUBJECTS, true, "", false},
    {"17.1", count_projects, AMOUNT, false, "", true},
    {"17.2", count_project_life, AMOUNT, false, "", false},
    {"18.1", count_formalism_inspections, AMOUNT, false, "", true},
    {"18.2", count_relisted, SUBJECTS, false, "", false},
    {"18.3", count_figures, SUBJECTS, false, "", false},
    {"19.1", count_integrity_talks, SUBJECTS, false, "", false},
    {"20.1", count_weak, AMOUNT, false, "", false},
    {"20.2", count_one_shoulder, SUBJECTS, true, "", false},
    {"21.1", count_unit_activity, AMOUNT, false, "joint_building", true},
    {"21.2", count_branch_activity, SUBJECTS, false, "volunteer", true},
    {"21.3", count_hand_mark, MARK, false, "21.3", false},
    {"22.1", count_standard, SUBJECTS, false, "", false},
    {"22.2", count_branch_activity, SUBJECTS, false, "five_ones", true},
};
enum { INDICATORS = sizeof indicators / sizeof *indicators };

/* What is expected of one unit and indicator, as result_indicator has it. */
typedef struct Result {
    bool asked;
    bool answered; /* with a counted record */
    int64_t target, due, actual;
    bool exempt;
} Result;

typedef struct Totals {
    int numbers, units, indicators, exempt, differences;
} Totals;

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "oracle: %s: %s\n", sql, sqlite3_errmsg(db));
        exit(66);
    }
    return statement;
}

static void differ(Totals *totals, const char *code, const char *indicator, const char *what, const char *expected,
                   const char *found)
{
    totals->differences++;
    printf("%s %s: %s should be %s, is %s\n", code, indicator, what, expected, found);
}

/* One result for every unit, by index; those that are no assessed units stay empty. */
static Result *recount(const Data *data, const Indicator *indicator)
{
    Sheet sheet = {.data = data, .counties_only = indicator->counties_only};
    indicator->count(data, &sheet, indicator->detail);
    sheet_answer(&sheet, -1, 0, 0, 0); /* closes the asking where nothing answered */
    Result *results = calloc((size_t)data->units_count, sizeof *results);
    for (int i = 0; results && i < sheet.lines_count; i++) {
        const Line *line = &sheet.lines[i];
        Result *result = &results[line->top];
        result->asked = true;
        result->answered |= line->records > 0;
        if (indicator->mode == SUBJECTS) {
            result->target += 1000;
            result->actual += line->done >= line->need ? 1000 : 0;
        } else {
            bool capped = indicator->mode == AMOUNT && line->done > line->need;
            result->target += line->need;
            result->actual += capped ? line->need : line->done;
        }
    }
    free(sheet.lines);
    return results;
}

/* Of a yearly duty the days gone by out of all, in whole units of what is counted. */
static int64_t due_by(const Data *data, const Indicator *indicator, int64_t target)
{
    const int64_t gone = data->as_of - data->first + 1, all = data->last - data->first + 1;
    if (indicator->yearly == YEAR_END)
        return data->as_of == data->last ? target : 0;
    return indicator->yearly ? target / 1000 * 1000 * gone / all / 1000 * 1000 : target;
}

/* A filing before the fact, accepted by the day, that names the indicator. */
static bool is_exempt(const Data *data, int top, const char *indicator)
{
    for (int i = 0; i < data->exemptions_count; i++) {
        const Exemption *filing = &data->exemptions[i];
        if (data_assessed(data, filing->unit) == top && same(filing->indicator, indicator) && filing->accepted &&
            filing->filed <= filing->act && in_period(data, filing->act) && filing->decided <= data->as_of)
            return true;
    }
    return false;
}

static const char *expected_status(const Indicator *indicator, const Result *result, bool present)
{
    if (!present)
        return "no-data";
    if (!result->asked)
        return "not-applicable";
    if (indicator->mode != BONUS && result->exempt && result->actual < result->due)
        return "exempt";
    if (indicator->mode == MARK && !result->answered)
        return "unmarked";
    return indicator->mode == BONUS || result->actual >= result->due ? "met" : "short";
}

static void compare_number(Totals *totals, const char *code, const char *id, const char *what, sqlite3_stmt *row,
                           int column, bool has, int64_t expected)
{
    char should[32] = "NULL", is[32] = "NULL";
    if (has)
        snprintf(should, sizeof should, "%lld", (long long)expected);
    if (sqlite3_column_type(row, column) != SQLITE_NULL)
        snprintf(is, sizeof is, "%lld", (long long)sqlite3_column_int64(row, column));
    totals->numbers++;
    if (strcmp(should, is) != 0)
        differ(totals, code, id, what, should, is);
}

/* Compares one row of result_indicator: code, status, target, actual. */
static void compare_row(Totals *totals, const Indicator *indicator, const Result *result, bool present,
                        sqlite3_stmt *row)
{
    const char *code = (const char *)sqlite3_column_text(row, 1);
    const char *status = (const char *)sqlite3_column_text(row, 2);
    const char *should = expected_status(indicator, result, present);
    bool counted = strcmp(should, "met") == 0 || strcmp(should, "short") == 0;
    totals->numbers++;
    totals->exempt += strcmp(should, "exempt") == 0;
    if (strcmp(should, status) != 0)
        differ(totals, code, indicator->id, "status", should, status);
    compare_number(totals, code, indicator->id, "target", row, 3, counted && indicator->mode != BONUS, result->target);
    compare_number(totals, code, indicator->id, "actual", row, 4, counted, result->actual);
    compare_number(totals, code, indicator->id, "due", row, 5, counted && indicator->mode != BONUS, result->due);
}

static void compare_indicator(const Data *data, const bool *present, sqlite3 *db, const Indicator *indicator,
                              Totals *totals)
{
    Result *results = recount(data, indicator);
    sqlite3_stmt *rows =
        prepare(db, "SELECT r.unit_id, u.code, r.status, r.target, r.actual, r.due FROM result_indicator r "
                    "JOIN unit u USING (unit_id) WHERE r.indicator_id = ?");
    sqlite3_bind_text(rows, 1, indicator->id, -1, SQLITE_STATIC);
    int found = 0;
    while (results && sqlite3_step(rows) == SQLITE_ROW) {
        int top = data_assessed(data, sqlite3_column_int64(rows, 0));
        found++;
        if (top >= 0) {
            results[top].due = due_by(data, indicator, results[top].target);
            results[top].exempt = is_exempt(data, top, indicator->id);
        }
        if (top >= 0)
            compare_row(totals, indicator, &results[top], present[top], rows);
        else
            differ(totals, (const char *)sqlite3_column_text(rows, 1), indicator->id, "unit", "left out", "assessed");
    }
    sqlite3_finalize(rows);
    free(results);
    totals->indicators += found > 0;
    if (found != totals->units) {
        totals->differences++;
        printf("%s: %d units have a result, should be %d\n", indicator->id, found, totals->units);
    }
}

/* Which units have recorded an activity in the period, themselves or below. */
static bool *find_present(const Data *data)
{
    bool *present = calloc((size_t)data->units_count, sizeof *present);
    for (int i = 0; present && i < data->activities_count; i++) {
        int top = data_unit(data, data->activities[i].unit)->top;
        if (top >= 0 && in_period(data, data->activities[i].day))
            present[top] = true;
    }
    return present;
}

static char *meta(sqlite3 *db, const char *key)
{
    sqlite3_stmt *statement = prepare(db, "SELECT value FROM meta WHERE key = ?");
    sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    char *value =
        sqlite3_step(statement) == SQLITE_ROW ? strdup((const char *)sqlite3_column_text(statement, 0)) : NULL;
    sqlite3_finalize(statement);
    if (!value) {
        fprintf(stderr, "oracle: the assessment database has no meta %s\n", key);
        exit(65);
    }
    return value;
}

/* Says which indicators of the assessment nobody recounts. */
static void list_unknown(sqlite3 *db)
{
    sqlite3_stmt *rows = prepare(db, "SELECT indicator_id FROM indicator ORDER BY ordinal");
    while (sqlite3_step(rows) == SQLITE_ROW) {
        const char *id = (const char *)sqlite3_column_text(rows, 0);
        int i = 0;
        while (i < INDICATORS && strcmp(indicators[i].id, id) != 0)
            i++;
        if (i == INDICATORS)
            printf("not recounted: %s\n", id);
    }
    sqlite3_finalize(rows);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: oracle activity.db assessment.db\n");
        return 64;
    }
    sqlite3 *db;
    if (sqlite3_open_v2(argv[2], &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        fprintf(stderr, "oracle: %s: %s\n", argv[2], sqlite3_errmsg(db));
        return 66;
    }
    static Data data;
    char *year = meta(db, "year"), *as_of = meta(db, "as_of");
    data_load(&data, argv[1], atoi(year), as_of);
    data_derive(&data);
    bool *present = find_present(&data);
    Totals totals = {0};
    for (int i = 0; i < data.units_count; i++)
        totals.units += data.units[i].top == i;
    for (int i = 0; present && i < INDICATORS; i++)
        compare_indicator(&data, present, db, &indicators[i], &totals);
    list_unknown(db);
    printf("%s to %s: %d indicators of %d units, %d numbers compared, %d exempt, %d differences\n", year, as_of,
           totals.indicators, totals.units, totals.numbers, totals.exempt, totals.differences);
    free(present);
    free(year);
    free(as_of);
    sqlite3_close(db);
    return totals.differences > 0 || totals.numbers == 0;
}
