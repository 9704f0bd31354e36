/* One import from beginning to end: all files are read and understood before the database is touched; then one transaction takes the tables
 * in the order of the mapping, and is committed only when no row was refused and something changed. */
#include "import/import.h"

#include "base/csv.h"

#include "import/import_int.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SOURCES_MAX = 4096 };

typedef struct Sources {
    ImportSource *items;
    size_t count;
} Sources;

/* ── init ── */

bool import_init(const char *path, Diag *diag)
{
    Arena *arena = arena_open(0);
    /* Named as file.h's own temporaries, so that a later run sweeps what a killed one left. */
    const char *temporary =
        file_join(arena, file_directory(arena, path), arena_print(arena, ".shuzhi-%ld.tmp", (long)getpid()));
    DataDb *db = data_create(temporary, diag);
    bool ok = db && data_exec(db, data_activity_schema, diag, (DiagPlace){.file = path});
    data_close(db);
    if (ok)
        ok = file_place(temporary, path, diag);
    else
        unlink(temporary);
    arena_close(arena);
    return ok;
}

/* ── reading ── */

static void tell_read(const ImportSource *source, Diag *diag)
{
    const ImportSheet *sheet = source->sheet;
    diag_add(diag, DIAG_IMPORT_READ, ((DiagPlace){.file = sheet->file, .table = sheet->name}), source->table->title,
             diag_number(diag, (int64_t)(sheet->row_count - source->first)), sheet->encoding ? sheet->encoding : "XLSX",
             sheet->separator ? sheet->separator : "-");
}

static bool read_file(Arena *arena, const ImportMapping *mapping, const ImportOptions *options, const char *path,
                      Sources *out, Diag *diag)
{
    ImportSheet *sheet = import_read_file(arena, path, diag);
    const size_t before = out->count;
    const bool alone = sheet && !sheet->next;
    bool ok = sheet != NULL;
    for (; ok && sheet; sheet = sheet->next) {
        bool skipped = false;
        ok = import_find_source(arena, mapping, sheet, options->table, alone, &out->items[out->count], &skipped, diag);
        if (!ok || skipped)
            continue;
        tell_read(&out->items[out->count], diag);
        if (++out->count == SOURCES_MAX)
            ok = diag_add(diag, DIAG_IMPORT_LIMIT, (DiagPlace){.file = path}, "sheets", diag_number(diag, SOURCES_MAX));
    }
    if (ok && out->count == before)
        ok = diag_add(diag, DIAG_IMPORT_NO_TABLE, (DiagPlace){.file = path}, "");
    return ok;
}

static bool read_files(Arena *arena, const ImportMapping *mapping, const ImportOptions *options, Sources *out,
                       Diag *diag)
{
    bool ok = true;
    out->items = ARENA_ARRAY(arena, SOURCES_MAX, ImportSource);
    if (options->table && !import_find_table(mapping, options->table))
        return diag_add(diag, DIAG_IMPORT_TABLE_NAME, (DiagPlace){0}, options->table);
    for (size_t i = 0; i < options->file_count; i++) /* every file's mistakes at once */
        ok = read_file(arena, mapping, options, options->files[i], out, diag) && ok;
    return ok;
}

/* ── importing ── */

static bool put_table(ImportJob *job, const ImportTableMap *table, const Sources *sources, ImportSummary *summary)
{
    ImportTable *counts = NULL;
    bool ok = true;
    for (size_t i = 0; i < sources->count && ok; i++) {
        if (sources->items[i].table != table)
            continue;
        if (!counts) {
            counts = &summary->tables[summary->table_count++];
            *counts = (ImportTable){.name = table->name, .title = table->title};
        }
        ok = import_put_rows(job, &sources->items[i], counts);
    }
    summary->rejected += counts ? counts->rejected : 0;
    return ok;
}

/* Whether any row came in that was not there as it is. */
static bool any_change(const ImportSummary *summary)
{
    for (size_t i = 0; i < summary->table_count; i++)
        if (summary->tables[i].added || summary->tables[i].changed)
            return true;
    return false;
}

static bool put_all(ImportJob *job, const ImportMapping *mapping, const Sources *sources, ImportSummary *summary)
{
    bool ok = true;
    job->refer = import_refer_open(job->arena, job->scratch, job->db, job->diag);
    for (size_t i = 0; i < mapping->table_count && ok && job->refer; i++)
        ok = put_table(job, &mapping->tables[i], sources, summary);
    return job->refer && import_refer_close(job->refer, job->diag) && ok;
}

static bool import_into(ImportJob *job, const ImportMapping *mapping, const ImportOptions *options,
                        const Sources *sources, ImportSummary *summary)
{
    const DiagPlace place = {.file = options->db};
    if (!data_exec(job->db, "BEGIN IMMEDIATE", job->diag, place))
        return false;
    const bool ok = put_all(job, mapping, sources, summary);
    /* Nothing new: the file keeps its very bytes. */
    summary->committed = ok && summary->rejected == 0 && !options->dry_run && any_change(summary);
    if (summary->committed)
        summary->committed = data_exec(job->db, "COMMIT", job->diag, place);
    else
        data_exec(job->db, "ROLLBACK", diag_open(job->scratch, 0), place);
    if (ok && summary->rejected > 0)
        diag_add(job->diag, DIAG_IMPORT_REJECTED, place, diag_number(job->diag, (int64_t)summary->rejected));
    return ok && summary->rejected == 0 && !diag_any(job->diag, DIAG_RUN_FAIL);
}

bool import_run(Arena *arena, const ImportMapping *mapping, const ImportOptions *options, ImportSummary *summary,
                Diag *rejections, Diag *diag)
{
    Sources sources = {0};
    *summary = (ImportSummary){0};
    if (!read_files(arena, mapping, options, &sources, diag))
        return false;
    ImportJob job = {.arena = arena,
                     .scratch = arena_open(0),
                     .db = data_open_writable(options->db, diag),
                     .seen = map_open(arena),
                     .rejections = rejections,
                     .diag = diag};
    const bool ok = job.db && import_into(&job, mapping, options, &sources, summary);
    data_close(job.db);
    arena_close(job.scratch);
    return ok;
}

/* ── what was refused ── */

static void put_part(Buf *out, Buf *part, void (*format)(const DiagItem *, DiagLanguage, Buf *), const DiagItem *item,
                     DiagLanguage language)
{
    buf_clear(part);
    format(item, language, part);
    buf_byte(out, ',');
    csv_field(out, buf_cstring(part));
}

/* The heading line, by which a list of ours is known. */
static const char REJECTION_HEADINGS[] = "\xEF\xBB\xBF文件,工作表,行,列,列标题,原因,办法,reason,advice\r\n";

void import_write_rejections(const Diag *rejections, Buf *out)
{
    Buf part = {0};
    buf_text(out, REJECTION_HEADINGS);
    for (size_t i = 0; i < diag_count(rejections); i++) {
        const DiagItem *item = diag_item(rejections, i);
        csv_field(out, item->place.file ? item->place.file : "");
        buf_byte(out, ',');
        csv_field(out, item->place.table ? item->place.table : "");
        buf_print(out, ",%d,", item->place.line);
        if (item->place.column > 0)
            buf_int(out, item->place.column);
        buf_byte(out, ',');
        csv_field(out, item->place.field ? item->place.field : "");
        put_part(out, &part, diag_format_text, item, DIAG_CHINESE);
        put_part(out, &part, diag_format_hint, item, DIAG_CHINESE);
        put_part(out, &part, diag_format_text, item, DIAG_ENGLISH);
        put_part(out, &part, diag_format_hint, item, DIAG_ENGLISH);
        buf_text(out, "\r\n");
    }
    buf_free(&part);
}

bool import_forget_rejections(const char *path, Diag *diag)
{
    char begin[sizeof REJECTION_HEADINGS] = {0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    const size_t length = fread(begin, 1, sizeof begin - 1, file);
    fclose(file);
    if (length != sizeof begin - 1 || strcmp(begin, REJECTION_HEADINGS) != 0)
        return false;
    return unlink(path) == 0 || diag_add(diag, DIAG_IMPORT_OLD_LIST, (DiagPlace){.file = path}, strerror(errno));
}
