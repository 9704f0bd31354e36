/* shuzhi preview: one rendering, or one after each save, and a line for each. */
#include "cli/cli_int.h"

#include <string.h>

/* "page.png: 3 pages, 45 ms" */
static void print_rendering(const CliRequest *request, const BatchRendering *rendering)
{
    const bool chinese = diag_language() == DIAG_CHINESE;
    const long long ms = (long long)(rendering->nanoseconds / 1000000);
    printf(chinese ? "%s：共 %zu 页，%lld 毫秒\n" : "%s: pages %zu, %lld ms\n", request->output, rendering->pages, ms);
}

static void print_kept(const CliRequest *request)
{
    printf(diag_language() == DIAG_CHINESE ? "%s：有错误，未改动\n" : "%s: mistakes, left as it was\n",
           request->output);
}

static void rendered(void *context, bool ok, const BatchRendering *rendering, const Diag *diag)
{
    const CliRequest *request = context;
    cli_print_messages(diag, request->log);
    if (ok)
        print_rendering(request, rendering);
    else
        print_kept(request);
    fflush(stdout);
}

int cli_preview(Arena *arena, CliRequest *request, Diag *diag)
{
    BatchPreview *preview = &request->preview;
    preview->output = request->output;
    if (request->watch && preview->stage) {
        diag_add(diag, DIAG_PREVIEW_TOGETHER, (DiagPlace){0}, "--watch", "--stop-after");
        return 0;
    }
    if (preview->empty && preview->assessment) {
        diag_add(diag, DIAG_PREVIEW_TOGETHER, (DiagPlace){0}, "--empty", "--assessment");
        return 0;
    }
    BatchPreviewer *previewer = batch_preview_open(arena, &request->job, preview, diag);
    if (!previewer)
        return 0;
    if (request->watch) {
        cli_print_messages(diag, request->log); /* where the rows come from */
        diag_clear(diag);
        batch_watch(previewer, rendered, request, diag);
        return 0;
    }
    Buf text = {0};
    BatchRendering rendering;
    const bool ok = batch_preview_render(previewer, &text, &rendering, diag);
    if (ok && preview->stage)
        fwrite(text.bytes, 1, text.length, stdout);
    else if (ok)
        print_rendering(request, &rendering);
    buf_free(&text);
    return 0;
}
