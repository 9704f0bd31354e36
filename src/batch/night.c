/* The run report as a page: an ordinary layout, layouts/reports/night.xml, over the rows of report.json.
 *
 * The report goes into temporary tables of a connection to the night's assessment (night.sql), from which it has the units' names; where there is none, to an
 * empty one. It tells what went wrong, so it must come out whatever that was: characters that no face has become 〓, and where it cannot be made a warning says
 * so and the night's exit code is what it was.
 */
#include "batch/batch_int.h"

#include "base/file.h"
#include "data/data.h"

#include <unistd.h>

extern const char batch_night_sql[];

static DataDb *open_rows(const BatchRun *run, const char *json, Diag *diag)
{
    const bool there = run->assessment && access(run->assessment, R_OK) == 0;
    DataDb *db = there ? data_open_assessment(run->assessment, diag) : assess_open_empty(NULL, diag);
    DataStmt *insert = NULL;
    const bool made = db && data_exec(db, "PRAGMA temp_store = MEMORY; CREATE TEMP TABLE night_in (r TEXT NOT NULL)",
                                      diag, (DiagPlace){0});
    if (made)
        insert = data_prepare(db, "INSERT INTO temp.night_in VALUES (:json)", (DiagPlace){0}, diag);
    const bool filled = insert && data_bind_text(insert, ":json", json) && data_step(insert, diag) == DATA_DONE;
    data_finalize(insert);
    if (filled && data_exec(db, batch_night_sql, diag, (DiagPlace){0}))
        return db;
    data_close(db);
    return NULL;
}

/* Sets the page and writes it. `scratch` must not be the arena of `diag`. */
static bool make_page(const BatchRun *run, Arena *scratch, DataDb *db, Diag *diag)
{
    const char *path = batch_report_layout(scratch, "night.xml");
    ImageTable *images = image_table_open(scratch);
    const Layout *layout = path ? layout_load(scratch, path, images, diag) : NULL;
    TsProgram *program = layout ? ts_bind(scratch, layout, run->fonts, db, diag) : NULL;
    const PdfFonts *pdf_fonts = program ? pdf_fonts_prepare(scratch, run->fonts, images, diag) : NULL;
    const TsUnit unit = {.code = "", .year = run->job->year};
    const BatchJob plain = {.year = run->job->year};
    TsResult set;
    PdfResult result;
    if (!pdf_fonts || !ts_set(program, scratch, &unit, &set, diag))
        return false;
    const PdfInfo info = batch_pdf_info(scratch, &plain, &unit, layout, &set, NULL, NULL, NULL);
    Buf pdf = {0};
    const char *directory = file_join(scratch, run->directory, BATCH_REPORT_DIRECTORY);
    Arena *rewound = arena_open(0);
    const bool ok = pdf_write(rewound, pdf_fonts, set.document, &info, &pdf, &result, diag) &&
                    file_make_directory(directory, diag) &&
                    file_publish(file_join(scratch, directory, "report.pdf"), pdf.bytes, pdf.length, diag);
    arena_close(rewound);
    buf_free(&pdf);
    return ok;
}

/* The first message that says why. */
static const char *reason(Arena *arena, const Diag *found)
{
    Buf text = {0};
    for (size_t i = 0; i < diag_count(found) && text.length == 0; i++) {
        if (diag_item(found, i)->level >= DIAG_UNIT_FAIL)
            diag_format_text(diag_item(found, i), diag_language(), &text);
    }
    const char *kept = arena_text(arena, (const char *)text.bytes, text.length);
    buf_free(&text);
    return kept;
}

void batch_night_page(const BatchRun *run, const char *json, Diag *diag)
{
    Arena *scratch = arena_open(0), *messages = arena_open(0);
    Diag *found = diag_open(messages, 0);
    text_fonts_replace_missing(run->fonts);
    DataDb *db = open_rows(run, json, found);
    if (!db || !make_page(run, scratch, db, found))
        diag_add(diag, DIAG_BATCH_NIGHT_PAGE, (DiagPlace){0}, reason(messages, found));
    arena_close(scratch);
    data_close(db);
    arena_close(messages);
}
