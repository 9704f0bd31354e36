/* A tally sheet for one indicator: who is asked for how much, and what was done. Amounts are thousandths. */
#ifndef ORACLE_SHEET_H
#define ORACLE_SHEET_H

#include "data.h"

typedef struct Line {
    int top; /* index of the assessed unit */
    int64_t a, b;
    int64_t need, done;
    unsigned steps; /* bits already answered once */
    int records;
} Line;

typedef struct Sheet {
    const Data *data;
    bool counties_only;
    LIST(Line, lines);
    bool sorted;
} Sheet;

/* Asks the subject (a, b) of a unit for `need`, once however often it is called. All asking comes before all answering. */
void sheet_ask(Sheet *sheet, int top, int64_t a, int64_t b, int64_t need);
/* Counts a record; ignored when the subject was not asked. */
void sheet_answer(Sheet *sheet, int top, int64_t a, int64_t b, int64_t amount);
/* Counts 1 for a step (0 … 31) of the subject, the first time only. */
void sheet_answer_step(Sheet *sheet, int top, int64_t a, int64_t b, int step);

#endif
