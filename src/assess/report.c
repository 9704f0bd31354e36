/* What explain and diff share: an assessment database opened for reading with the scoring's own functions, and statements
 * whose rows become lines of text or JSON. All values are formatted in SQL: no number passes through floating point.
 */
#include "assess/report_int.h"

bool assess_report_open(AssessReport *report, const char *path, Diag *diag)
{
    *report = (AssessReport){.db = data_open_assessment(path, diag), .diag = diag};
    if (report->db == NULL)
        return false;
    if (assess_add_functions(data_handle(report->db)))
        return true;
    return diag_add(diag, DIAG_ASSESS_DATABASE, (DiagPlace){.file = path}, sqlite3_errmsg(data_handle(report->db)));
}

DataStmt *assess_report_query(AssessReport *report, const char *sql, const char *unit, const char *indicator)
{
    DataStmt *stmt = data_prepare(report->db, sql, (DiagPlace){0}, report->diag);
    if (stmt != NULL) {
        data_bind_text(stmt, ":unit", unit);
        data_bind_text(stmt, ":indicator", indicator);
    }
    return stmt;
}

bool assess_report_lines(AssessReport *report, Buf *out, const char *sql, const char *unit, const char *indicator)
{
    DataStmt *stmt = assess_report_query(report, sql, unit, indicator);
    DataStep step = DATA_ERROR;
    while (stmt != NULL && (step = data_step(stmt, report->diag)) == DATA_ROW) {
        buf_text(out, data_text(stmt, 0));
        buf_byte(out, '\n');
    }
    data_finalize(stmt);
    return step == DATA_DONE;
}
