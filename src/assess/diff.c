/* What changed between two assessments, and which records caused it. Both files are read as they are; one connection holds
 * both, the older as main, the newer attached. Evidence is compared by its rows, so that a record that was entered,
 * withdrawn, moved or newly excused shows as the one side's or the other's.
 */
#include "assess/report_int.h"

#include <string.h>

#define YEAR "(SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'year')"

/* One kind of change: rows of unit code, indicator or "", what, before, after. NULL = not there. */
typedef struct Part {
    const char *name, *en, *zh;
    const char *sql;
} Part;

/* `side` of evidence that `other` lacks, as rows of a part: for indicators of units that both have. */
#define EVIDENCE(side, other, before, after)                                                                           \
    "SELECT u.code, e.indicator_id, e.source || '#' || e.source_key || '  ' || coalesce(e.date, '—') || '  ' || "    \
    "e.label"                                                                                                          \
    " || iif(e.counted, '', '  ' || e.note), " before ", " after                                                       \
    " FROM (SELECT unit_id, indicator_id, subject, source, source_key, date, label, amount, counted, note"             \
    " FROM " side ".evidence EXCEPT SELECT unit_id, indicator_id, subject, source, source_key, date, label, amount,"   \
    " counted, note FROM " other ".evidence) AS e JOIN " side ".unit AS u USING (unit_id)"                             \
    " ORDER BY u.ordinal, e.indicator_id, e.subject, e.date, e.source, e.source_key"

/* The same of the records behind marks from other sources. */
#define SOURCE_RECORD(side, other, before, after)                                                                      \
    "SELECT u.code, e.source_id, e.source || '#' || e.source_key || '  ' || coalesce(e.date, '—') || '  ' || "       \
    "e.label || '  × ' || e.ballots || iif(e.counted, '', '  ' || e.note), " before ", " after                         \
    " FROM (SELECT unit_id, source_id, source, source_key, date, label, amount, ballots, counted, note"                \
    " FROM " side ".source_record EXCEPT SELECT unit_id, source_id, source, source_key, date, label, amount, ballots," \
    " counted, note FROM " other ".source_record) AS e JOIN " side ".unit AS u USING (unit_id)"                        \
    " ORDER BY u.ordinal, e.source_id, e.date, e.source, e.source_key"

static const Part parts[] = {
    {"scheme", "scheme", "方案",
     "SELECT '', '', a.key, a.value, b.value FROM main.meta AS a JOIN newer.meta AS b USING (key)"
     " WHERE a.value <> b.value AND a.key IN ('year', 'as_of', 'scheme_id', 'scheme_hash') ORDER BY a.key"},
    {"unit", "unit", "单位",
     "SELECT code, '', name, name, NULL FROM main.unit WHERE code NOT IN (SELECT code FROM newer.unit)"
     " UNION ALL SELECT code, '', name, NULL, name FROM newer.unit WHERE code NOT IN (SELECT code FROM main.unit)"
     " UNION ALL SELECT b.code, '', 'name', a.name, b.name FROM main.unit AS a JOIN newer.unit AS b USING (code)"
     " WHERE a.name <> b.name ORDER BY 1"},
    {"total", "total", "总分",
     "SELECT code, '', what, before, after FROM ("
     " SELECT u.ordinal, u.code, 1 AS n, 'score' AS what, " ASSESS_SCORE("a.score") " AS before, " ASSESS_SCORE(
         "b.score") " AS after"
                    " FROM main.unit AS u JOIN newer.unit AS v USING (code) JOIN main.result_total AS a ON a.unit_id = "
                    "u.unit_id AND a.year = " YEAR " JOIN newer.result_total AS b ON b.unit_id = v.unit_id AND b.year "
                    "= a.year WHERE a.score IS NOT b.score"
                    " UNION ALL SELECT u.ordinal, u.code, 2, 'grade', a.grade, b.grade"
                    " FROM main.unit AS u JOIN newer.unit AS v USING (code) JOIN main.result_total AS a ON a.unit_id = "
                    "u.unit_id AND a.year = " YEAR " JOIN newer.result_total AS b ON b.unit_id = v.unit_id AND b.year "
                    "= a.year WHERE a.grade IS NOT b.grade"
                    " UNION ALL SELECT u.ordinal, u.code, 3, 'rank', a.rank || '/' || a.rank_of, b.rank || '/' || "
                    "b.rank_of"
                    " FROM main.unit AS u JOIN newer.unit AS v USING (code) JOIN main.result_total AS a ON a.unit_id = "
                    "u.unit_id AND a.year = " YEAR
                    " JOIN newer.result_total AS b ON b.unit_id = v.unit_id AND b.year = a.year"
                    " WHERE a.rank IS NOT b.rank OR a.rank_of <> b.rank_of) ORDER BY ordinal, n"},
    {"indicator", "indicator", "指标",
     "SELECT u.code, a.indicator_id, a.actual_text || ' → ' || b.actual_text, " ASSESS_SCORE(
         "a.score") ", " ASSESS_SCORE("b.score") " FROM main.unit AS u JOIN newer.unit AS v USING (code) JOIN "
                                                 "main.result_indicator AS a ON a.unit_id = u.unit_id"
                                                 " JOIN newer.result_indicator AS b ON b.unit_id = v.unit_id AND "
                                                 "b.indicator_id = a.indicator_id"
                                                 " JOIN main.indicator AS i ON i.indicator_id = a.indicator_id"
                                                 " WHERE a.score IS NOT b.score OR a.full <> b.full OR a.status <> "
                                                 "b.status OR a.actual_text <> b.actual_text"
                                                 " ORDER BY u.ordinal, i.ordinal"},
    {"source", "source", "评分来源",
     "SELECT u.code, a.source_id, s.title, " ASSESS_SCORE("a.mark") ", " ASSESS_SCORE(
         "b.mark") " FROM main.unit AS u JOIN newer.unit AS v USING (code) JOIN main.result_source AS a ON a.unit_id = "
                   "u.unit_id"
                   " JOIN newer.result_source AS b ON b.unit_id = v.unit_id AND b.source_id = a.source_id"
                   " JOIN main.source AS s ON s.source_id = a.source_id WHERE (SELECT count(*) FROM main.source) > 1"
                   " AND (a.mark IS NOT b.mark OR a.full <> b.full OR a.score IS NOT b.score) ORDER BY u.ordinal, "
                   "s.ordinal"},
    {"record", "record gone", "减少的记录", SOURCE_RECORD("main", "newer", "shown(e.amount, 3)", "NULL")},
    {"record", "record new", "增加的记录", SOURCE_RECORD("newer", "main", "NULL", "shown(e.amount, 3)")},
    {"record", "record gone", "减少的记录", EVIDENCE("main", "newer", "shown(e.amount, 3)", "NULL")},
    {"record", "record new", "增加的记录", EVIDENCE("newer", "main", "NULL", "shown(e.amount, 3)")},
};

static void put_text(Buf *out, const Part *part, const DataStmt *row, DiagLanguage language)
{
    const char *indicator = data_text(row, 1);
    buf_print(out, "%s%s%s%s%s: %s  %s → %s\n", data_text(row, 0), data_text(row, 0)[0] != '\0' ? " " : "",
              language == DIAG_CHINESE ? part->zh : part->en, indicator[0] != '\0' ? " " : "", indicator,
              data_text(row, 2), data_is_null(row, 3) ? "—" : data_text(row, 3),
              data_is_null(row, 4) ? "—" : data_text(row, 4));
}

static bool write_part(AssessReport *report, const Part *part, bool json, DiagLanguage language, size_t *changes,
                       Buf *out)
{
    static const char WRAPPED[] = "WITH p (unit, indicator, what, before, after) AS (";
    char *sql = json ? sqlite3_mprintf("%s%s) SELECT json_object('change', '%s', 'unit', unit, 'indicator', indicator,"
                                       " 'what', what, 'before', before, 'after', after) FROM p",
                                       WRAPPED, part->sql, part->name)
                     : sqlite3_mprintf("%s", part->sql);
    DataStmt *stmt = assess_report_query(report, sql, NULL, NULL);
    sqlite3_free(sql);
    DataStep step = DATA_ERROR;
    while (stmt != NULL && (step = data_step(stmt, report->diag)) == DATA_ROW) {
        if (json)
            buf_print(out, "%s%s", *changes > 0 ? ",\n" : "", data_text(stmt, 0));
        else
            put_text(out, part, stmt, language);
        ++*changes;
    }
    data_finalize(stmt);
    return step == DATA_DONE;
}

/* The newer file is checked as the older was, then attached by its path. */
static bool attach_newer(AssessReport *report, const char *path)
{
    DataDb *checked = data_open_assessment(path, report->diag);
    data_close(checked);
    if (checked == NULL)
        return false;
    char *sql = sqlite3_mprintf("ATTACH %Q AS newer", path);
    bool ok = data_exec(report->db, sql, report->diag, (DiagPlace){.file = path});
    sqlite3_free(sql);
    return ok;
}

bool assess_diff(const char *older, const char *newer, bool json, DiagLanguage language, size_t *changes, Buf *out,
                 Diag *diag)
{
    AssessReport report;
    *changes = 0;
    bool ok = assess_report_open(&report, older, diag) && attach_newer(&report, newer);
    if (json)
        buf_text(out, "[\n");
    for (size_t i = 0; ok && i < sizeof parts / sizeof *parts; i++)
        ok = write_part(&report, &parts[i], json, language, changes, out);
    if (json)
        buf_text(out, "\n]\n");
    data_close(report.db);
    return ok;
}
