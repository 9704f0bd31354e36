/* What a night leaves behind for the people who watch it: a report as JSON and, from it, as a page (night.c); metrics for Prometheus. */
#include "batch/batch_int.h"

#include "data/data.h"

#include "base/file.h"

#include <string.h>
#include <unistd.h>

enum { STAGES_MAX = 8, SLOWEST_KEPT = 20 };

typedef struct Stage {
    const char *name;
    int64_t nanoseconds;
} Stage;

struct BatchReport {
    int64_t begun_at; /* seconds since 1970 */
    int64_t begun, last;
    Stage stages[STAGES_MAX];
    size_t stage_count;
    BatchResult slowest[SLOWEST_KEPT]; /* most CPU first */
    size_t slowest_count;
};

BatchReport *batch_report_open(Arena *arena)
{
    BatchReport *report = ARENA_NEW(arena, BatchReport);
    report->begun_at = clock_now();
    report->begun = report->last = clock_ticks();
    return report;
}

void batch_report_stage(BatchReport *report, const char *name)
{
    int64_t now = clock_ticks();
    if (report->stage_count < STAGES_MAX)
        report->stages[report->stage_count++] = (Stage){name, now - report->last};
    report->last = now;
}

void batch_report_document(BatchReport *report, const BatchResult *result)
{
    size_t at = report->slowest_count;
    while (at > 0 && report->slowest[at - 1].cpu < result->cpu)
        at--;
    if (result->unchanged || at == SLOWEST_KEPT)
        return;
    size_t kept = report->slowest_count < SLOWEST_KEPT ? report->slowest_count++ : SLOWEST_KEPT - 1;
    memmove(&report->slowest[at + 1], &report->slowest[at], (kept - at) * sizeof *report->slowest);
    report->slowest[at] = *result;
}

static void put_seconds(Buf *out, int64_t nanoseconds)
{
    buf_decimal(out, nanoseconds / 1000000, 3);
}

static void put_time(Buf *out, int64_t seconds)
{
    char date[11];
    int64_t day = seconds / 86400, rest = seconds % 86400;
    clock_format_date(clock_from_day_number((int32_t)day), date);
    buf_print(out, "%sT%02d:%02d:%02dZ", date, (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
}

static void put_text(Buf *out, const char *name, const char *value)
{
    buf_print(out, "\"%s\": ", name);
    diag_json_string(out, value, strlen(value));
}

static void put_stages(Buf *out, const BatchReport *report)
{
    buf_text(out, ",\n  \"stages\": [");
    for (size_t i = 0; i < report->stage_count; i++) {
        buf_text(out, i ? ",\n    {" : "\n    {");
        put_text(out, "stage", report->stages[i].name);
        buf_text(out, ", \"seconds\": ");
        put_seconds(out, report->stages[i].nanoseconds);
        buf_byte(out, '}');
    }
    buf_text(out, "\n  ]");
}

static void put_slowest(Buf *out, const BatchReport *report)
{
    buf_text(out, ",\n  \"slowest\": [");
    for (size_t i = 0; i < report->slowest_count; i++) {
        const BatchResult *result = &report->slowest[i];
        buf_text(out, i ? ",\n    {" : "\n    {");
        put_text(out, "unit", result->code);
        buf_text(out, ", ");
        put_text(out, "layout", result->layout);
        buf_text(out, ", \"cpu_seconds\": ");
        put_seconds(out, result->cpu);
        buf_print(out, ", \"pages\": %u}", result->pages);
    }
    buf_text(out, "\n  ]");
}

enum { LISTED = 1000 };

/* What the assessment says of its data: a list of objects, the columns of the query their members; at most LISTED. An assessment that was not made has none. */
static void put_rows(Buf *out, DataDb *db, const char *name, const char *sql, Diag *diag)
{
    buf_print(out, ",\n  \"%s\": [", name);
    DataStmt *rows = db ? data_prepare(db, sql, (DiagPlace){0}, diag) : NULL;
    for (size_t n = 0; rows && n < LISTED && data_step(rows, diag) == DATA_ROW; n++) {
        buf_text(out, n ? ",\n    {" : "\n    {");
        for (int i = 0; i < data_column_count(rows); i++) {
            buf_text(out, i ? ", " : "");
            put_text(out, data_column_name(rows, i), data_text(rows, i));
        }
        buf_byte(out, '}');
    }
    data_finalize(rows);
    buf_text(out, "\n  ]");
}

/* Units without data, records that were entered twice and counted once, and characters that 〓 stands for. */
static void put_data(Buf *out, const BatchRun *run)
{
    Diag *quiet = diag_open(run->arena, 0); /* what is wrong with the assessment was said before */
    DataDb *db =
        run->assessment && access(run->assessment, R_OK) == 0 ? data_open_assessment(run->assessment, quiet) : NULL;
    put_rows(
        out, db, "without_data",
        "SELECT u.code AS unit, u.name FROM unit AS u JOIN result_total AS t USING (unit_id) WHERE t.status = 'no-data'"
        " AND t.year = (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'year') ORDER BY u.ordinal",
        quiet);
    put_rows(
        out, db, "entered_twice",
        "SELECT u.code AS unit, v.indicator_id AS indicator, v.source || '#' || v.source_key AS record, v.label, v.note"
        " FROM evidence AS v JOIN unit AS u USING (unit_id) WHERE NOT v.counted AND v.note GLOB '与*#*重复'"
        " ORDER BY u.ordinal, v.indicator_id, v.source_key",
        quiet);
    buf_text(out, ",\n  \"replaced\": [");
    batch_state_replaced(run, out, quiet);
    buf_text(out, "\n  ]");
    data_close(db);
}

static void put_messages(Buf *out, const Diag *diag, DiagLanguage language)
{
    buf_text(out, ",\n  \"messages\": [");
    for (size_t i = 0; i < diag_count(diag); i++) {
        buf_text(out, i ? ",\n    " : "\n    ");
        diag_format_json(diag_item(diag, i), language, out);
    }
    buf_print(out, "\n  ],\n  \"messages_left_off\": %zu\n}\n", diag_dropped(diag));
}

/* `data` is what put_data has said, which the report has in each language. */
static void put_report(Buf *out, const BatchRun *run, const BatchSummary *summary, int64_t took, const Buf *data,
                       const Diag *diag, DiagLanguage language)
{
    const BatchReport *report = run->report;
    buf_print(out,
              "{\n  \"report\": 1,\n  \"program\": \"shuzhi " SHUZHI_VERSION "\",\n  \"year\": %d,\n  \"begun\": \"",
              run->job->year);
    put_time(out, report->begun_at);
    buf_text(out, "\",\n  \"seconds\": ");
    put_seconds(out, took);
    buf_print(out,
              ",\n  \"exit_code\": %d,\n  \"units\": %zu,\n  \"documents\": %zu,\n  \"published\": %zu,\n  "
              "\"unchanged\": %zu,"
              "\n  \"failed\": %zu,\n  \"pages\": %zu",
              diag_exit_code(diag), summary->units, summary->documents, summary->published, summary->unchanged,
              summary->failed, summary->pages);
    put_stages(out, report);
    put_slowest(out, report);
    buf_append(out, data->bytes, data->length);
    put_messages(out, diag, language);
}

static void put_gauge(Buf *out, const char *name, const char *help)
{
    buf_print(out, "# HELP shuzhi_%s %s\n# TYPE shuzhi_%s gauge\n", name, help, name);
}

/* The text format of Prometheus; gauges all, since each run starts from nothing. */
static void put_metrics(Buf *out, const BatchRun *run, const BatchSummary *summary, const Diag *diag)
{
    const struct {
        const char *state;
        size_t count;
    } documents[] = {{"published", summary->published}, {"unchanged", summary->unchanged}, {"failed", summary->failed}};
    put_gauge(out, "run_end_timestamp_seconds", "When the last run ended.");
    buf_print(out, "shuzhi_run_end_timestamp_seconds %lld\n", (long long)clock_now());
    put_gauge(out, "run_exit_code", "Exit code of the last run; 0 is well, 20 some units failed.");
    buf_print(out, "shuzhi_run_exit_code %d\n", diag_exit_code(diag));
    put_gauge(out, "units", "Units of the last run.");
    buf_print(out, "shuzhi_units %zu\n", summary->units);
    put_gauge(out, "documents", "Documents of the last run, by what became of them.");
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        buf_print(out, "shuzhi_documents{state=\"%s\"} %zu\n", documents[i].state, documents[i].count);
    put_gauge(out, "stage_seconds", "Wall time of each stage of the last run.");
    for (size_t i = 0; i < run->report->stage_count; i++) {
        buf_print(out, "shuzhi_stage_seconds{stage=\"%s\"} ", run->report->stages[i].name);
        put_seconds(out, run->report->stages[i].nanoseconds);
        buf_byte(out, '\n');
    }
}

/* The collector reads *.prom at any moment, so the file is replaced whole. */
bool batch_report_metrics(const BatchRun *run, const BatchSummary *summary, Diag *diag)
{
    if (!run->job->metrics || run->job->shard) /* those of the merge are the night's */
        return true;
    Buf out = {0};
    put_metrics(&out, run, summary, diag);
    bool ok = file_publish(run->job->metrics, out.bytes, out.length, diag);
    buf_free(&out);
    return ok;
}

bool batch_report_write(const BatchRun *run, const BatchSummary *summary, Diag *diag)
{
    Buf data = {0}, page = {0}, out = {0};
    batch_report_stage(run->report, "finish");
    const int64_t took = clock_ticks() - run->report->begun;
    put_data(&data, run);
    put_report(&page, run, summary, took, &data, diag, DIAG_CHINESE);
    batch_night_page(run, buf_cstring(&page), diag);
    put_report(&out, run, summary, took, &data, diag, diag_language());
    bool ok = file_publish(file_join(run->arena, run->directory, "report.json"), out.bytes, out.length, diag);
    buf_free(&data);
    buf_free(&page);
    buf_free(&out);
    return batch_report_metrics(run, summary, diag) && ok;
}
