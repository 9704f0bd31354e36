/* The typeset room: binds a compiled layout to the rows of one unit, builds boxes, breaks them into pages, records page ops.
 *
 * A TsProgram is a layout whose queries are prepared and whose fields are resolved to columns: one per layout and process
 * (statements do not cross a fork). Layouts read only the assessment database.
 */
#ifndef TYPESET_TYPESET_H
#define TYPESET_TYPESET_H

#include "data/data.h"
#include "layout/layout.h"
#include "page/page.h"
#include "text/text.h"

typedef struct TsProgram TsProgram;

/* Prepares every query and resolves every field, for-each, chart and font role. NULL = diagnostics with file:line:column
 * (unknown column or role; SQL error). The program keeps pointers to layout and fonts; its statements live as long as `db`,
 * which must outlive it. */
TsProgram *ts_bind(Arena *arena, const Layout *layout, const TextFonts *fonts, DataDb *assessment, Diag *diag);

typedef struct TsUnit {
    int64_t unit_id;
    const char *code; /* for messages */
    int year;
} TsUnit;

typedef struct TsResult {
    const PageDocument *document;
    const char *title; /* the layout's title with fields filled in */
} TsResult;

/* Sets one unit's document in the unit arena. False = diagnostics: a character without a face, a box that cannot fit
 * (unit, element, line) …; text is never lost silently. */
bool ts_set(TsProgram *program, Arena *unit, const TsUnit *job, TsResult *result, Diag *diag);

#endif
