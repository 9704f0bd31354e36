/* The plan: what is loaded once per run, and which documents a run makes. */
#include "batch/batch_int.h"

#include "base/file.h"
#include "data/data.h"

#include <stdio.h>
#include <string.h>

static DiagPlace nowhere(void)
{
    return (DiagPlace){0};
}

bool batch_code_ok(const char *code)
{
    size_t length = strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    return length > 0 && length <= BATCH_CODE_MAX && code[length] == '\0' && code[0] != '.';
}

void batch_file_name(const char *code, const Layout *layout, char out[BATCH_NAME_MAX])
{
    snprintf(out, BATCH_NAME_MAX, "%s%s%s.pdf", code, *code ? "-" : "", layout->name);
}

void batch_temporary_name(const char *file, char out[BATCH_NAME_MAX])
{
    snprintf(out, BATCH_NAME_MAX, ".%.*s.tmp", BATCH_NAME_MAX - 6, file);
}

int batch_shard_of(const char *code, int shards)
{
    unsigned char hash[HASH_SIZE];
    uint64_t number = 0;
    hash_bytes(code, strlen(code), hash);
    for (int i = 0; i < 8; i++)
        number = number << 8 | hash[i];
    return *code ? (int)(number % (uint64_t)shards) + 1 : 1;
}

/* Two layouts of one name would write the same files. */
static bool check_names(const BatchRun *run, Diag *diag)
{
    for (size_t i = 0; i < run->job->layout_count; i++) {
        const Layout *layout = run->layouts[i];
        DiagPlace place = {.file = layout->path};
        if (!batch_code_ok(layout->name))
            return diag_add(diag, DIAG_BATCH_LAYOUT_NAME, place, layout->name);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(run->layouts[j]->name, layout->name) == 0)
                return diag_add(diag, DIAG_BATCH_LAYOUT_TWICE, place, layout->name, run->layouts[j]->path);
        }
    }
    return true;
}

bool batch_load(BatchRun *run, Diag *diag)
{
    const BatchJob *job = run->job;
    bool ok = true;
    run->images = image_table_open(run->arena);
    if (job->scheme && !(run->scheme = assess_load_scheme(run->arena, job->scheme, diag)))
        ok = false;
    for (size_t i = 0; i < job->layout_count; i++) {
        if (!(run->layouts[i] = layout_load(run->arena, job->layouts[i], run->images, diag)))
            ok = false;
    }
    TextFonts *fonts = job->fonts ? text_fonts_load(run->arena, job->fonts, diag) : NULL;
    if (fonts && job->replace_missing)
        text_fonts_replace_missing(fonts);
    run->fonts = fonts;
    ok = ok && (fonts || !job->fonts);
    return ok && check_names(run, diag);
}

static bool select_units(BatchRun *run, DataDb *db, Diag *diag)
{
    const BatchJob *job = run->job;
    int64_t *selected = ARENA_ARRAY(run->arena, job->unit_count, int64_t);
    DataStmt *find = data_prepare(db, "SELECT ordinal FROM unit WHERE code = :code", nowhere(), diag);
    bool ok = find != NULL;
    for (size_t i = 0; ok && i < job->unit_count; i++) {
        data_bind_text(find, ":code", job->units[i]);
        DataStep step = data_step(find, diag);
        if (step == DATA_ROW)
            selected[run->selected_count++] = data_int(find, 0);
        else
            ok = step == DATA_DONE && diag_add(diag, DIAG_BATCH_NO_UNIT, nowhere(), job->units[i]);
        data_reset(find);
    }
    data_finalize(find);
    run->selected = selected;
    return ok;
}

static bool select_shard(BatchRun *run, DataDb *db, Diag *diag)
{
    const BatchJob *job = run->job;
    int64_t *selected = ARENA_ARRAY(run->arena, run->unit_count, int64_t);
    DataStmt *list = data_prepare(db, "SELECT ordinal, code FROM unit ORDER BY ordinal", nowhere(), diag);
    DataStep step = list ? DATA_ROW : DATA_ERROR;
    while (step == DATA_ROW && (step = data_step(list, diag)) == DATA_ROW) {
        if (batch_shard_of(data_text(list, 1), job->shards) == job->shard)
            selected[run->selected_count++] = data_int(list, 0);
    }
    data_finalize(list);
    run->selected = selected;
    return step == DATA_DONE;
}

static bool count_units(BatchRun *run, DataDb *db, Diag *diag)
{
    DataStmt *count = data_prepare(db, "SELECT count(*) FROM unit", nowhere(), diag);
    bool ok = count && data_step(count, diag) == DATA_ROW;
    if (ok)
        run->unit_count = (size_t)data_int(count, 0);
    data_finalize(count);
    return ok;
}

static size_t unit_layouts(const BatchRun *run)
{
    size_t n = 0;
    for (size_t i = 0; i < run->job->layout_count; i++)
        n += run->layouts[i]->for_unit;
    return n;
}

bool batch_plan(BatchRun *run, Diag *diag)
{
    DataDb *db = data_open_assessment(run->assessment, diag);
    if (!db)
        return false;
    bool ok = count_units(run, db, diag);
    if (run->job->shard)
        ok = ok && select_shard(run, db, diag);
    else if (run->job->unit_count > 0)
        ok = ok && select_units(run, db, diag);
    data_close(db);
    size_t units = run->selected ? run->selected_count : run->unit_count;
    /* A run over chosen units leaves the documents of the whole alone. */
    if (run->job->shard ? run->job->shard == 1 : !run->selected)
        run->of_run = run->job->layout_count - unit_layouts(run);
    run->document_count = units * unit_layouts(run) + run->of_run;
    return ok;
}

static const Layout *nth_layout(const BatchRun *run, bool for_unit, size_t n)
{
    for (size_t i = 0; i < run->job->layout_count; i++) {
        if (run->layouts[i]->for_unit == for_unit && n-- == 0)
            return run->layouts[i];
    }
    return NULL;
}

BatchTarget batch_target(const BatchRun *run, size_t index)
{
    size_t per_unit = unit_layouts(run);
    size_t units = run->selected ? run->selected_count : run->unit_count;
    if (index >= units * per_unit)
        return (BatchTarget){0, nth_layout(run, false, index - units * per_unit)};
    size_t unit = index / per_unit;
    int64_t ordinal = run->selected ? run->selected[unit] : (int64_t)unit + 1;
    return (BatchTarget){ordinal, nth_layout(run, true, index % per_unit)};
}
