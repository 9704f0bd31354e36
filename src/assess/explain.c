/* Any number of a unit's card led back to its records: the rule, what is asked of whom, the records counted, those left out
 * and why, and the arithmetic. Everything is read from the assessment database alone, so that the explanation is of the
 * numbers that were printed, whatever has become of the activity data since.
 */
#include "assess/report_int.h"

#include <string.h>

/* The year that the file assesses. */
#define YEAR "(SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'year')"

/* How the full mark came about, and the score: the formula of docs/scoring.md with its numbers. `i`, `r` are joined. */
#define FULL_FORMULA                                                                                                   \
    ASSESS_SCORE("y.full")                                                                                             \
    " || ' × ' || shown(i.weight, 2) || ' ÷ ' || shown((SELECT sum(o.weight) FROM indicator AS o"                    \
    " JOIN measure AS om USING (measure_id) JOIN result_indicator AS s ON s.indicator_id = o.indicator_id"             \
    " AND s.unit_id = r.unit_id WHERE om.mechanism_id = m.mechanism_id AND s.full > 0), 2) || ' → ' "                \
    "|| " ASSESS_SCORE("r.full")
/* clang-format off */
#define SCORE_FORMULA                                                                                                  \
    "CASE WHEN r.score IS NULL THEN '—'"                                                                               \
    " WHEN i.rule_kind = 'bonus' THEN '+' || " ASSESS_SCORE("r.score")                                                 \
    " WHEN i.rule_kind = 'proportional' AND r.actual < r.due THEN "                                                    \
    ASSESS_SCORE("r.full") " || ' × ' || shown(r.actual, 3) || ' ÷ ' || shown(r.due, 3) || ' → ' || " ASSESS_SCORE("r.score") \
    " WHEN i.rule_kind = 'mark' THEN "                                                                                 \
    ASSESS_SCORE("r.full") " || ' × ' || shown(r.actual, 3) || ' ÷ 100 → ' || " ASSESS_SCORE("r.score")                \
    " ELSE " ASSESS_SCORE("r.full") " || ' − ' || " ASSESS_SCORE("r.full - r.score") " || ' = ' || " ASSESS_SCORE("r.score") " END"
/* clang-format on */

#define FROM_INDICATOR                                                                                                 \
    " FROM unit AS u JOIN result_indicator AS r ON r.unit_id = u.unit_id JOIN indicator AS i USING (indicator_id)"     \
    " JOIN measure AS e USING (measure_id) JOIN mechanism AS m USING (mechanism_id)"                                   \
    " LEFT JOIN result_mechanism AS y ON y.unit_id = u.unit_id AND y.mechanism_id = m.mechanism_id AND y.year = " YEAR \
    " WHERE u.code = :unit AND (:indicator IS NULL OR i.indicator_id = :indicator)"

/* ── text ── */

/* The statements of one language, which differ in their words only. */
typedef struct Words {
    const char *total, *indicator, *subjects, *counted, *left_out;
} Words;

#define TOTAL_SQL(score, grade, rank)                                                                                  \
    "SELECT u.code || ' ' || u.name || ' ' || t.year || '\n" score " ' || " ASSESS_SCORE(                              \
        "t.score") " || '  " grade " ' || coalesce(t.grade, '—') || '  " rank " ' || coalesce(t.rank, '—')"          \
                   " || '/' || t.rank_of FROM unit AS u JOIN result_total AS t ON t.unit_id = u.unit_id AND t.year"    \
                   " = " YEAR " WHERE u.code = :unit"
#define INDICATOR_SQL(rule, asked, by_now, done, full, score)                                                          \
    "SELECT '\n' || i.indicator_id || ' ' || i.title || ' [' || r.status || ']\n  " rule                               \
    "：' || i.rule_text || '（' || i.target_text || '）'"                                                           \
    " || '\n  " asked " ' || coalesce(shown(r.target, 3), '—') || iif(r.due < r.target, '  " by_now                    \
    " ' || shown(r.due, 3), '') || '  " done " ' || coalesce(shown(r.actual, 3), '—')"                               \
    " || ' ' || i.counts || iif(r.full > 0, '\n  " full "：' || " FULL_FORMULA ", '') || '\n  " score                  \
    "：' || " SCORE_FORMULA " || iif(r.reason = '', '', '  ' || r.reason)" FROM_INDICATOR
#define SUBJECT_SQL(heading)                                                                                           \
    "SELECT iif(row_number() OVER () = 1, '  " heading "\n', '') || '    ' || iif(s.done < s.need, '- ', '+ ')"        \
    " || s.label || '  ' || shown(s.done, 3) || '/' || shown(s.need, 3)"                                               \
    " FROM subject AS s JOIN unit AS u USING (unit_id) WHERE u.code = :unit AND s.indicator_id = :indicator"           \
    " ORDER BY s.subject"
#define EVIDENCE_SQL(heading, counted)                                                                                 \
    "SELECT iif(row_number() OVER () = 1, '  " heading                                                                 \
    "\n', '') || '    ' || coalesce(v.date, '—') || '  ' || v.label"                                                 \
    " || '  ' || v.source || '#' || v.source_key || '  ' || shown(v.amount, 3) || iif(v.note = '', '', '  ' || "       \
    "v.note)"                                                                                                          \
    " FROM evidence AS v JOIN unit AS u USING (unit_id)"                                                               \
    " WHERE u.code = :unit AND v.indicator_id = :indicator AND v.counted = " counted                                   \
    " ORDER BY v.subject, v.date, v.source, v.source_key"

static const Words words[] = {
    [DIAG_ENGLISH] =
        {
            TOTAL_SQL("score", "grade", "rank"),
            INDICATOR_SQL("rule", "asked", "due by the day", "done", "full mark", "score"),
            SUBJECT_SQL("asked of:"),
            EVIDENCE_SQL("records counted:", "1"),
            EVIDENCE_SQL("records left out:", "0"),
        },
    [DIAG_CHINESE] =
        {
            TOTAL_SQL("总分", "等次", "位次"),
            INDICATOR_SQL("评分标准", "目标", "至当日应达", "完成", "满分", "得分"),
            SUBJECT_SQL("考核对象："),
            EVIDENCE_SQL("计入的记录：", "1"),
            EVIDENCE_SQL("未计入的记录：", "0"),
        },
};

static const char INDICATORS[] =
    "SELECT indicator_id FROM indicator WHERE :indicator IS NULL OR indicator_id = :indicator ORDER BY ordinal";

/* Where the scheme has more sources than the indicators: mark × full → score of each, and its records. */
static const char SOURCES[] =
    "SELECT line FROM (SELECT s.ordinal AS n, 0 AS k, '' AS d, s.title || ' [' || r.status || ']  ' "
    "|| " ASSESS_SCORE("r.mark") " || ' × ' || " ASSESS_SCORE("r.full") " || ' ÷ 100 → ' || " ASSESS_SCORE(
        "r.score") " AS line FROM result_source AS r JOIN source AS s USING (source_id) JOIN unit AS u "
                   "USING (unit_id)"
                   " WHERE u.code = :unit AND (SELECT count(*) FROM source) > 1"
                   " UNION ALL SELECT s.ordinal, 1, coalesce(v.date, ''), iif(v.counted, '  + ', '  - ') "
                   "|| coalesce(v.date || '  ', '')"
                   " || v.label || '  ' || v.source || '#' || v.source_key || '  ' || shown(v.amount, 3) "
                   "|| ' × ' || v.ballots"
                   " || iif(v.note = '', '', '  ' || v.note) FROM source_record AS v JOIN source AS s "
                   "USING (source_id)"
                   " JOIN unit AS u USING (unit_id) WHERE u.code = :unit) ORDER BY n, k, d, line";

static bool write_text(AssessReport *report, const char *unit, const char *indicator, DiagLanguage language, Buf *out)
{
    const Words *say = &words[language];
    bool ok = assess_report_lines(report, out, say->total, unit, NULL) &&
              (indicator != NULL || assess_report_lines(report, out, SOURCES, unit, NULL));
    DataStmt *list = ok ? assess_report_query(report, INDICATORS, unit, indicator) : NULL;
    DataStep step = DATA_ERROR;
    while (list != NULL && (step = data_step(list, report->diag)) == DATA_ROW) {
        const char *id = data_text(list, 0);
        if (!assess_report_lines(report, out, say->indicator, unit, id) ||
            !assess_report_lines(report, out, say->subjects, unit, id) ||
            !assess_report_lines(report, out, say->counted, unit, id) ||
            !assess_report_lines(report, out, say->left_out, unit, id)) {
            step = DATA_ERROR;
            break;
        }
    }
    data_finalize(list);
    return step == DATA_DONE;
}

/* ── JSON ── */

/* Scores and amounts are text with a decimal point: JSON's numbers are binary fractions to most readers. */
static const char JSON[] =
    "SELECT json_object('unit', u.code, 'name', u.name, 'year', t.year, 'status', t.status,"
    " 'score', iif(t.score IS NULL, NULL, " ASSESS_SCORE(
        "t.score") "), 'grade', t.grade, 'rank', t.rank, 'rank_of', t.rank_of)"
                   " FROM unit AS u JOIN result_total AS t ON t.unit_id = u.unit_id AND t.year = " YEAR
                   " WHERE u.code = :unit";
static const char JSON_INDICATOR[] =
    "SELECT json_object('indicator', i.indicator_id, 'title', i.title, 'status', r.status, 'rule', i.rule_text,"
    " 'target_text', i.target_text, 'target', shown(r.target, 3), 'due', shown(r.due, 3), 'actual', shown(r.actual, 3),"
    " 'behind', shown(r.shortfall, 3), 'ahead', shown(r.ahead, 3), 'counts', i.counts,"
    " 'full', " ASSESS_SCORE("r.full") ", 'score', iif(r.score IS NULL, NULL, " ASSESS_SCORE(
        "r.score") "),"
                   " 'full_arithmetic', iif(r.full > 0, " FULL_FORMULA ", NULL), 'score_arithmetic', " SCORE_FORMULA ","
                   " 'reason', r.reason, 'subjects', (SELECT json_group_array(json_object('subject', s.subject, "
                   "'label', s.label,"
                   " 'need', shown(s.need, 3), 'done', shown(s.done, 3))) FROM subject AS s"
                   " WHERE s.unit_id = u.unit_id AND s.indicator_id = i.indicator_id),"
                   " 'records', (SELECT json_group_array(json_object('subject', v.subject, 'source', v.source, 'key', "
                   "v.source_key,"
                   " 'date', v.date, 'label', v.label, 'amount', shown(v.amount, 3),"
                   " 'counted', json(iif(v.counted, 'true', 'false')), 'note', v.note))"
                   " FROM (SELECT * FROM evidence AS w WHERE w.unit_id = u.unit_id AND w.indicator_id = i.indicator_id "
                   "ORDER BY w.rowid)"
                   " AS v))" FROM_INDICATOR " ORDER BY i.ordinal";

static bool write_json(AssessReport *report, const char *unit, const char *indicator, Buf *out)
{
    buf_text(out, "{\"result\": ");
    if (!assess_report_lines(report, out, JSON, unit, NULL))
        return false;
    buf_text(out, ", \"indicators\": [\n");
    DataStmt *list = assess_report_query(report, JSON_INDICATOR, unit, indicator);
    DataStep step = DATA_ERROR;
    for (bool first = true; list != NULL && (step = data_step(list, report->diag)) == DATA_ROW; first = false) {
        buf_text(out, first ? "" : ",\n");
        buf_text(out, data_text(list, 0));
    }
    data_finalize(list);
    buf_text(out, "\n]}\n");
    return step == DATA_DONE;
}

/* ── the whole ── */

static bool exists(AssessReport *report, const char *sql, const char *unit, const char *indicator, DiagCode missing)
{
    DataStmt *find = assess_report_query(report, sql, unit, indicator);
    DataStep step = find == NULL ? DATA_ERROR : data_step(find, report->diag);
    data_finalize(find);
    if (step == DATA_DONE)
        diag_add(report->diag, missing, (DiagPlace){0}, indicator != NULL ? indicator : unit);
    return step == DATA_ROW;
}

bool assess_explain(const char *path, const char *unit, const char *indicator, bool json, DiagLanguage language,
                    Buf *out, Diag *diag)
{
    AssessReport report;
    bool ok = assess_report_open(&report, path, diag) &&
              exists(&report, "SELECT 1 FROM unit WHERE code = :unit", unit, NULL, DIAG_ASSESS_NO_UNIT) &&
              (indicator == NULL || exists(&report, "SELECT 1 FROM indicator WHERE indicator_id = :indicator", unit,
                                           indicator, DIAG_ASSESS_NO_INDICATOR)) &&
              (json ? write_json(&report, unit, indicator, out) : write_text(&report, unit, indicator, language, out));
    data_close(report.db);
    return ok;
}
