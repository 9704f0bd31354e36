/* The typeset room: binds a compiled layout to the rows of one unit, builds boxes, breaks them into pages, records page ops.
 *
 * A TsProgram is a layout whose queries are prepared and whose fields are resolved to columns: one per layout and process
 * (statements do not cross a fork). Layouts read only the assessment database.
 */
#ifndef TYPESET_TYPESET_H
#define TYPESET_TYPESET_H

#include "base/hash.h"
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
    const char *salt;           /* goes into the fingerprint before the rows; NULL: none is wanted */
    const unsigned char *known; /* fingerprint of the document that is there already, or NULL */
} TsUnit;

/* The stages of one document, in their order. */
typedef enum TsStage {
    TS_STAGE_ROWS,  /* queries run, rows read */
    TS_STAGE_BOXES, /* rows put into the layout */
    TS_STAGE_FLOW,  /* text set, tables sized, charts drawn */
    TS_STAGE_PAGES, /* cut into pages */
    TS_STAGE_OPS,   /* page ops recorded; header and footer set */
    TS_STAGES
} TsStage;

typedef struct TsResult {
    const PageDocument *document;
    const char *title;                       /* the layout's title with fields filled in; likewise … */
    const char *author, *subject, *keywords; /* … these; NULL when they are left out or empty */
    unsigned char fingerprint[HASH_SIZE];    /* SHA-256 of the salt and all rows read, when there was a salt */
    bool unchanged;                          /* it is the known one: nothing was set, document is NULL */
    int64_t cpu[TS_STAGES];                  /* nanoseconds that each stage took */
} TsResult;

/* Sets one unit's document in the unit arena. False = diagnostics: a character without a face, a box that cannot fit
 * (unit, element, line) …; text is never lost silently. */
bool ts_set(TsProgram *program, Arena *unit, const TsUnit *job, TsResult *result, Diag *diag);

/* Appends the unit's box tree as text: what is left of the layout with the rows put in, each box with its place and width, its
 * text as it will be printed, and a table's column widths; lengths in pt. For people, and for golden tests. Lives in `unit`
 * meanwhile. False = diagnostics, as from ts_set. */
bool ts_dump(TsProgram *program, Arena *unit, const TsUnit *job, Buf *out, Diag *diag);

#endif
