/* shuzhi explain and shuzhi diff: questions about finished assessments, answered on standard output. */
#include "cli/cli_int.h"

#include "assess/assess.h"

#include <stdio.h>

static void print(Buf *text)
{
    if (text->length > 0) /* two assessments that are the same have nothing between them */
        fwrite(text->bytes, 1, text->length, stdout);
    buf_free(text);
}

int cli_explain(Arena *arena, CliRequest *request, Diag *diag)
{
    const BatchJob *job = &request->job;
    const char *unit = job->unit_count > 0 ? job->units[0] : NULL;
    const char *path = request->preview.assessment;
    Buf text = {0};
    if (!unit)
        diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "--unit CODE");
    else if (!path && job->year == 0)
        diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "--assessment FILE | --year Y");
    else if (assess_explain(path ? path
                                 : arena_print(arena, "%s/%d/assessment.db", job->out ? job->out : "out", job->year),
                            unit, request->indicator, request->json, diag_language(), &text, diag))
        print(&text);
    return 0;
}

int cli_diff(Arena *arena, CliRequest *request, Diag *diag)
{
    (void)arena;
    size_t changes = 0;
    Buf text = {0};
    if (request->word_count < 2) {
        diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "OLDER.db NEWER.db");
        return 0;
    }
    if (!assess_diff(request->words[0], request->words[1], request->json, diag_language(), &changes, &text, diag))
        return 0;
    print(&text);
    return changes > 0;
}
