/* One document at once: layout → pages → PNG, PDF or the text of a stage.
 *
 * Fonts and the place of the rows are found once; the layout is read anew by each rendering, into an arena that the next one
 * resets. Everything is made in memory before the first file is written, so a mistake leaves the last good picture alone.
 */
#include "batch/batch_int.h"

#include "base/file.h"
#include "data/data.h"
#include "raster/raster.h"
#include "typeset/typeset.h"

#include <string.h>

enum { RESOLUTION = 100 };

struct BatchPreviewer {
    const BatchJob *job;
    const BatchPreview *preview;
    const char *source; /* assessment database; "" = none */
    const TextFonts *fonts;
    RasterFaces *faces;
    bool told_unit; /* which unit it is, when nobody said */
    Arena *arena;   /* of one rendering */
    Arena *names;   /* of the list of files, which outlives it */
    const char *const *files;
    size_t file_count;
};

/* What one rendering has found out. */
typedef struct Rendering {
    BatchPreviewer *previewer;
    Arena *arena;
    ImageTable *images;
    const Layout *layout;
    DataDb *db;
    TsProgram *program;
    TsUnit unit;
    const char *data_hash, *scheme_hash, *date;
    TsResult set;
    Diag *diag;
} Rendering;

/* ── opening ── */

static bool has_ending(const char *path, const char *ending)
{
    const size_t length = strlen(path), tail = strlen(ending);
    return length > tail && strcmp(path + length - tail, ending) == 0;
}

static bool check_output(const BatchPreview *preview, Diag *diag)
{
    const char *output = preview->output;
    if (preview->volume && preview->stage)
        return diag_add(diag, DIAG_PREVIEW_TOGETHER, (DiagPlace){0}, "--volume", "--stop-after");
    if (!output)
        return preview->stage || diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "-o FILE");
    if (preview->stage)
        return diag_add(diag, DIAG_PREVIEW_TOGETHER, (DiagPlace){0}, "-o", "--stop-after");
    const bool pdf = has_ending(output, ".pdf");
    const char *mark = strchr(output, '%');
    if ((!pdf && !has_ending(output, ".png")) || (mark && (pdf || mark[1] != 'd' || strchr(mark + 1, '%'))))
        return diag_add(diag, DIAG_PREVIEW_OUTPUT, (DiagPlace){0}, output);
    if (preview->sheet && (preview->page || pdf || mark))
        return diag_add(diag, DIAG_PREVIEW_TOGETHER, (DiagPlace){0}, "--sheet", pdf ? ".pdf" : mark ? "%d" : "--page");
    if (preview->volume && !pdf)
        return diag_add(diag, DIAG_PREVIEW_TOGETHER, (DiagPlace){0}, "--volume", ".png");
    if (pdf && preview->page)
        return diag_add(diag, DIAG_PREVIEW_TOGETHER, (DiagPlace){0}, "--page", ".pdf");
    return true;
}

static bool check_job(const BatchJob *job, bool volume, Diag *diag)
{
    if (job->layout_count == 0)
        return diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "--layout");
    if (job->layout_count > 1)
        return diag_add(diag, DIAG_PREVIEW_LAYOUTS, (DiagPlace){0}, diag_number(diag, (int64_t)job->layout_count));
    if (job->unit_count > 1 && !volume)
        return diag_add(diag, DIAG_PREVIEW_TOGETHER, (DiagPlace){0}, "--unit", "--unit");
    return true;
}

static void close_arenas(void *handle)
{
    BatchPreviewer *p = handle;
    arena_close(p->arena);
    arena_close(p->names);
}

BatchPreviewer *batch_preview_open(Arena *arena, const BatchJob *job, const BatchPreview *preview, Diag *diag)
{
    BatchPreviewer *p = ARENA_NEW(arena, BatchPreviewer);
    *p = (BatchPreviewer){.job = job, .preview = preview, .files = job->layouts, .file_count = 1, .source = ""};
    if (!check_job(job, preview->volume, diag) || !check_output(preview, diag))
        return NULL;
    if (preview->stage != BATCH_STAGE_LAYOUT) {
        const char *fonts = job->fonts ? job->fonts : batch_default_fonts(arena);
        if (!fonts) {
            diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "--fonts");
            return NULL;
        }
        p->source = batch_source(arena, job, preview, diag);
        TextFonts *loaded = p->source ? text_fonts_load(arena, fonts, diag) : NULL;
        if (!loaded)
            return NULL;
        if (job->replace_missing)
            text_fonts_replace_missing(loaded);
        p->fonts = loaded;
        p->faces = raster_faces(arena, p->fonts);
    }
    p->arena = arena_open(1 << 20);
    p->names = arena_open(0);
    arena_defer(arena, close_arenas, p);
    return p;
}

/* ── one rendering ── */

static void add_file(BatchPreviewer *p, Arena *names, const char **files, const char *path)
{
    for (size_t i = 0; i < p->file_count; i++)
        if (strcmp(files[i], path) == 0)
            return;
    files[p->file_count++] = arena_string(names, path);
}

/* The files of a layout, and its images. Of one with mistakes not all are known: those of the last good one stay, and the files
 * that the messages name come to them. */
static void keep_files(Rendering *r)
{
    BatchPreviewer *p = r->previewer;
    Arena *names = arena_open(0);
    const size_t before = p->file_count, messages = diag_count(r->diag);
    const size_t own = r->layout ? r->layout->file_count : 0;
    const char **files = ARENA_ARRAY(names, before + own + image_count(r->images) + messages, const char *);
    p->file_count = 0;
    for (size_t i = 0; !r->layout && i < before; i++)
        add_file(p, names, files, p->files[i]);
    for (size_t i = 0; i < own; i++)
        add_file(p, names, files, r->layout->files[i]);
    for (size_t i = 0; i < image_count(r->images); i++)
        add_file(p, names, files, image_at(r->images, i)->path);
    for (size_t i = 0; !r->layout && i < messages; i++)
        if (diag_item(r->diag, i)->place.file)
            add_file(p, names, files, diag_item(r->diag, i)->place.file);
    p->files = files;
    arena_close(p->names);
    p->names = names;
}

const char *const *batch_preview_files(const BatchPreviewer *previewer, size_t *count)
{
    *count = previewer->file_count;
    return previewer->files;
}

/* A value of the assessment's table meta, or NULL. */
static const char *meta(Rendering *r, const char *key)
{
    DataStmt *find = data_prepare(r->db, "SELECT value FROM meta WHERE key = :key", (DiagPlace){0}, r->diag);
    if (!find || !data_bind_text(find, ":key", key))
        return NULL;
    const char *value = data_step(find, r->diag) == DATA_ROW ? arena_string(r->arena, data_text(find, 0)) : NULL;
    data_finalize(find);
    return value;
}

/* The unit that was asked for, or the first. */
static bool find_unit(Rendering *r)
{
    const BatchJob *job = r->previewer->job;
    const char *code = job->unit_count ? job->units[0] : NULL;
    DataStmt *find = data_prepare(r->db,
                                  "SELECT unit_id, code, name, data_hash FROM unit WHERE code = :code OR :code IS NULL"
                                  " ORDER BY ordinal LIMIT 1",
                                  (DiagPlace){0}, r->diag);
    if (!find || !data_bind_text(find, ":code", code))
        return false;
    const bool found = data_step(find, r->diag) == DATA_ROW;
    if (found) {
        r->unit.unit_id = data_int(find, 0);
        r->unit.code = arena_string(r->arena, data_text(find, 1));
        r->data_hash = arena_string(r->arena, data_text(find, 3));
        if (!code && !r->previewer->told_unit)
            diag_add(r->diag, DIAG_PREVIEW_FIRST_UNIT, (DiagPlace){0}, r->unit.code, data_text(find, 2));
        r->previewer->told_unit = true;
    } else if (code) {
        diag_add(r->diag, DIAG_BATCH_NO_UNIT, (DiagPlace){0}, code);
    } else {
        diag_add(r->diag, DIAG_PREVIEW_NO_UNITS, (DiagPlace){.file = r->previewer->source}, "");
    }
    data_finalize(find);
    return found;
}

static bool open_rows(Rendering *r)
{
    const BatchPreviewer *p = r->previewer;
    r->unit = (TsUnit){.code = "", .year = p->job->year};
    if (!*p->source)
        return (r->db = assess_open_empty(NULL, r->diag)) != NULL;
    r->db = data_open_assessment(p->source, r->diag);
    if (!r->db)
        return false;
    const char *year = meta(r, "year");
    int64_t number;
    if (year && fixed_parse(year, 0, &number, NULL))
        r->unit.year = (int)number;
    r->scheme_hash = meta(r, "scheme_hash");
    r->date = meta(r, "as_of");
    r->data_hash = meta(r, "data_hash");
    return !r->layout->for_unit || p->preview->volume || find_unit(r);
}

static bool write_pdf(Rendering *r)
{
    const BatchPreviewer *p = r->previewer;
    const PdfInfo info =
        batch_pdf_info(r->arena, p->job, &r->unit, r->layout, &r->set, r->data_hash, r->scheme_hash, r->date);
    const PdfFonts *fonts = pdf_fonts_prepare(r->arena, p->fonts, r->images, r->diag);
    if (!fonts)
        return false;
    Buf pdf = {0};
    PdfResult result;
    /* Diagnostics must not live in the arena that pdf_write rewinds. */
    Arena *scratch = arena_open(0);
    const bool ok = pdf_write(scratch, fonts, r->set.document, &info, &pdf, &result, r->diag) &&
                    file_publish(p->preview->output, pdf.bytes, pdf.length, r->diag);
    arena_close(scratch);
    buf_free(&pdf);
    return ok;
}

/* ── a bound volume ── */

static bool is_chosen(const BatchJob *job, const char *code)
{
    bool found = job->unit_count == 0;
    for (size_t i = 0; i < job->unit_count && !found; i++)
        found = strcmp(job->units[i], code) == 0;
    return found;
}

static bool units_exist(Rendering *r)
{
    const BatchJob *job = r->previewer->job;
    DataStmt *find = data_prepare(r->db, "SELECT 1 FROM unit WHERE code = :code", (DiagPlace){0}, r->diag);
    bool ok = find != NULL;
    for (size_t i = 0; i < job->unit_count && ok; i++) {
        ok = data_bind_text(find, ":code", job->units[i]) &&
             (data_step(find, r->diag) == DATA_ROW ||
              diag_add(r->diag, DIAG_BATCH_NO_UNIT, (DiagPlace){0}, job->units[i]));
        data_reset(find);
    }
    if (find)
        data_finalize(find);
    return ok;
}

/* Sets the chosen units' documents one after the other, each in the memory of the one before. */
static bool set_volume(Rendering *r, PageVolume *volume)
{
    DataStmt *units = data_prepare(r->db, "SELECT unit_id, code FROM unit ORDER BY ordinal", (DiagPlace){0}, r->diag);
    Arena *arena = arena_open(1 << 20);
    bool ok = units != NULL;
    while (ok && data_step(units, r->diag) == DATA_ROW) {
        const TsUnit unit = {
            .unit_id = data_int(units, 0), .code = arena_string(arena, data_text(units, 1)), .year = r->unit.year};
        TsResult set;
        if (!is_chosen(r->previewer->job, unit.code))
            continue;
        ok = ts_set(r->program, arena, &unit, &set, r->diag);
        if (ok)
            page_volume_add(volume, set.document, set.title ? set.title : unit.code);
        arena_reset(arena);
    }
    if (units)
        data_finalize(units);
    arena_close(arena);
    return ok;
}

static bool write_volume(Rendering *r)
{
    PageVolume *volume = page_volume_open(r->arena);
    if (!units_exist(r) || !set_volume(r, volume))
        return false;
    r->set = (TsResult){.document = page_volume_finish(volume),
                        .title = arena_print(r->arena, "%s %d", r->layout->name, r->unit.year)};
    if (r->set.document->page_count == 0)
        return diag_add(r->diag, DIAG_PREVIEW_NO_UNITS, (DiagPlace){.file = r->previewer->source}, "");
    return write_pdf(r);
}

/* The output's name with the page number for %d. */
static const char *picture_name(Arena *arena, const char *output, int page)
{
    const char *mark = strchr(output, '%');
    return mark ? arena_print(arena, "%.*s%d%s", (int)(mark - output), output, page, mark + 2) : output;
}

static int resolution(const BatchPreviewer *p)
{
    return p->preview->resolution ? p->preview->resolution : RESOLUTION;
}

static bool draw(Rendering *r, const Page *page, Buf *png)
{
    const BatchPreviewer *p = r->previewer;
    RasterImage image;
    Arena *scratch = arena_open(0);
    const bool ok = raster_page(scratch, p->faces, r->images, page, resolution(p), &image, r->diag);
    if (ok)
        raster_png(scratch, &image, resolution(p), png);
    arena_close(scratch);
    return ok;
}

static bool write_sheet(Rendering *r)
{
    const BatchPreviewer *p = r->previewer;
    Arena *scratch = arena_open(0);
    RasterImage *images = ARENA_ARRAY(scratch, r->set.document->page_count, RasterImage), sheet;
    Buf png = {0};
    size_t count = 0;
    bool ok = true;
    for (const Page *page = r->set.document->pages; ok && page; page = page->next)
        ok = raster_page(scratch, p->faces, r->images, page, resolution(p), &images[count++], r->diag);
    ok = ok && raster_sheet(scratch, images, count, &sheet, r->diag);
    if (ok) {
        raster_png(scratch, &sheet, resolution(p), &png);
        ok = file_publish(p->preview->output, png.bytes, png.length, r->diag);
    }
    buf_free(&png);
    arena_close(scratch);
    return ok;
}

/* Draws the pages from `first` to `last`, then writes them. */
static bool write_pictures(Rendering *r, int first, int last)
{
    Buf *pictures = ARENA_ARRAY(r->arena, (size_t)(last - first) + 1, Buf);
    const char *output = r->previewer->preview->output;
    bool ok = true;
    int number = 1;
    for (const Page *page = r->set.document->pages; ok && page; page = page->next, number++)
        if (number >= first && number <= last)
            ok = draw(r, page, &pictures[number - first]);
    for (int i = first; i <= last; i++) {
        Buf *picture = &pictures[i - first];
        ok = ok && file_publish(picture_name(r->arena, output, i), picture->bytes, picture->length, r->diag);
        buf_free(picture);
    }
    return ok;
}

static bool write_png(Rendering *r)
{
    const BatchPreview *preview = r->previewer->preview;
    const int count = (int)r->set.document->page_count;
    if (preview->sheet)
        return write_sheet(r);
    if (preview->page > count)
        return diag_add(r->diag, DIAG_PREVIEW_PAGE, (DiagPlace){.unit = r->unit.code},
                        diag_number(r->diag, preview->page), diag_number(r->diag, count));
    if (!preview->page && strchr(preview->output, '%'))
        return write_pictures(r, 1, count);
    const int page = preview->page ? preview->page : 1;
    return write_pictures(r, page, page);
}

static const char *face_name(void *context, uint16_t face)
{
    return text_face(context, face)->name;
}

static bool set_pages(Rendering *r, Buf *text)
{
    const BatchPreviewer *p = r->previewer;
    if (p->preview->volume && !r->layout->for_unit)
        return diag_add(r->diag, DIAG_PREVIEW_TOGETHER, (DiagPlace){.file = p->job->layouts[0]}, "--volume",
                        "for=\"run\"");
    if (p->preview->volume)
        return write_volume(r);
    if (p->preview->stage == BATCH_STAGE_BOXES)
        return ts_dump(r->program, r->arena, &r->unit, text, r->diag);
    if (!ts_set(r->program, r->arena, &r->unit, &r->set, r->diag))
        return false;
    if (p->preview->stage == BATCH_STAGE_PAGES) {
        page_trace(r->set.document, face_name, (void *)p->fonts, text);
        return true;
    }
    return has_ending(p->preview->output, ".pdf") ? write_pdf(r) : write_png(r);
}

static bool render(Rendering *r, Buf *text)
{
    BatchPreviewer *p = r->previewer;
    r->images = image_table_open(r->arena);
    r->layout = layout_load(r->arena, p->job->layouts[0], r->images, r->diag);
    keep_files(r);
    if (!r->layout)
        return false;
    if (p->preview->stage == BATCH_STAGE_LAYOUT) {
        layout_dump(r->layout, text);
        return true;
    }
    bool ok = open_rows(r);
    r->program = ok ? ts_bind(r->arena, r->layout, p->fonts, r->db, r->diag) : NULL;
    ok = r->program && set_pages(r, text);
    data_close(r->db);
    return ok;
}

bool batch_preview_render(BatchPreviewer *previewer, Buf *text, BatchRendering *rendering, Diag *diag)
{
    const int64_t begun = clock_ticks();
    arena_reset(previewer->arena);
    Rendering r = {.previewer = previewer, .arena = previewer->arena, .diag = diag};
    const bool ok = render(&r, text);
    *rendering = (BatchRendering){.pages = r.set.document ? r.set.document->page_count : 0,
                                  .nanoseconds = clock_ticks() - begun};
    return ok;
}
