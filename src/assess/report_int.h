/* Inside the assess room: reading a finished assessment for explain and diff. */
#ifndef ASSESS_REPORT_INT_H
#define ASSESS_REPORT_INT_H

#include "assess/assess_int.h"
#include "data/data.h"

typedef struct AssessReport {
    DataDb *db;
    Diag *diag;
} AssessReport;

/* SQL: hundredths as printed, 1250 as 12.50; "—" for NULL, which printf would write as 0. */
#define ASSESS_SCORE(x) "iif((" x ") IS NULL, '—', printf('%d.%02d', (" x ") / 100, (" x ") % 100))"

/* Opens `path` with the functions of functions.c. Close report->db with data_close, also after a failure. */
bool assess_report_open(AssessReport *report, const char *path, Diag *diag);
/* Prepares our own SQL with :unit and :indicator bound where it has them (NULL binds NULL). NULL = diagnostic. */
DataStmt *assess_report_query(AssessReport *report, const char *sql, const char *unit, const char *indicator);
/* Appends the first column of every row, each as a line. */
bool assess_report_lines(AssessReport *report, Buf *out, const char *sql, const char *unit, const char *indicator);

#endif
