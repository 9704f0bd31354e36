/* shuzhi init, template and import: getting records into an activity database. */
#include "cli/cli_int.h"

#include "base/file.h"
#include "import/import.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN = 20 }; /* refused rows printed; all of them are in the file */

static bool is_chinese(void)
{
    return diag_language() == DIAG_CHINESE;
}

int cli_init(Arena *arena, CliRequest *request, Diag *diag)
{
    (void)arena;
    if (request->word_count != 1)
        diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "FILE.db");
    else if (import_init(request->words[0], diag))
        printf(is_chinese() ? "已新建 %s\n" : "made %s\n", request->words[0]);
    return 0;
}

int cli_template(Arena *arena, CliRequest *request, Diag *diag)
{
    size_t written;
    if (!request->output) {
        diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "-o DIR");
        return 0;
    }
    const ImportMapping *mapping = import_load_mapping(arena, request->mapping, diag);
    if (mapping &&
        import_template(mapping, request->output, request->words, request->word_count, request->job.db, &written, diag))
        printf(is_chinese() ? "%zu 个表已写入 %s\n" : "tables written: %zu, in %s\n", written, request->output);
    return 0;
}

/* ── import ── */

static void print_table(const ImportTable *table, bool dry_run)
{
    printf(is_chinese() ? "%s（%s）：新增 %zu，更新 %zu，未变 %zu，重复 %zu，拒收 %zu\n"
                        : "%s (%s): new %zu, changed %zu, unchanged %zu, repeated %zu, refused %zu\n",
           table->title, table->name, table->added, table->changed, table->unchanged, table->repeated, table->rejected);
    for (size_t i = 0; dry_run && i < table->sample_count; i++)
        printf("  %s\n", table->samples[i]);
}

static void print_summary(const ImportSummary *summary, bool dry_run)
{
    for (size_t i = 0; i < summary->table_count; i++)
        print_table(&summary->tables[i], dry_run);
    if (summary->rejected == 0 && dry_run)
        puts(is_chinese() ? "仅为试运行，未作改动" : "a dry run: nothing was changed");
    else if (summary->rejected == 0)
        puts(summary->committed ? (is_chinese() ? "已导入" : "imported")
                                : (is_chinese() ? "没有新内容，数据库未变" : "nothing new: the database is as it was"));
}

static const char *rejected_path(const CliRequest *request)
{
    return request->rejected ? request->rejected : "rejected.csv";
}

/* The first refused rows as messages, all of them as a file. */
static void report_rejections(const CliRequest *request, const Diag *rejections, Diag *diag)
{
    const char *path = rejected_path(request);
    Buf csv = {0};
    for (size_t i = 0; i < diag_count(rejections) && i < SHOWN; i++)
        diag_append(diag, diag_item(rejections, i));
    import_write_rejections(rejections, &csv);
    if (file_publish(path, csv.bytes, csv.length, diag))
        printf(is_chinese() ? "拒收的行及原因：%s\n" : "refused rows and their reasons: %s\n", path);
    buf_free(&csv);
}

int cli_import(Arena *arena, CliRequest *request, Diag *diag)
{
    if (!request->job.db || request->word_count == 0) {
        diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, request->job.db ? "FILE..." : "--db FILE");
        return 0;
    }
    const ImportMapping *mapping = import_load_mapping(arena, request->mapping, diag);
    const ImportOptions options = {.db = request->job.db,
                                   .table = request->table,
                                   .files = request->words,
                                   .file_count = request->word_count,
                                   .dry_run = request->dry_run};
    Diag *rejections = diag_open(arena, IMPORT_REJECTIONS);
    ImportSummary *summary = ARENA_NEW(arena, ImportSummary);
    if (!mapping)
        return 0;
    const bool ok = import_run(arena, mapping, &options, summary, rejections, diag);
    if (ok || summary->rejected > 0)
        print_summary(summary, request->dry_run);
    if (ok && import_forget_rejections(rejected_path(request), diag))
        printf(is_chinese() ? "已删除上次的拒收清单：%s\n" : "removed the list of rows refused earlier: %s\n",
               rejected_path(request));
    if (diag_count(rejections) > 0)
        report_rejections(request, rejections, diag);
    return 0;
}
