/* One unit's document: rows, boxes, flow, pages, ops.
 *
 * The body is cut into pages before anything is painted, so that header and footer know the number of pages.
 */
#include "typeset/typeset_int.h"

/* Pages of the body, in order. */
typedef struct BodyPage {
    TsSpan span;
    struct BodyPage *next;
} BodyPage;

typedef struct Area {
    Mpt x, y, width, height;
} Area;

static Area type_area(const LayoutPageTemplate *page)
{
    const Mpt *margin = page->margin;
    return (Area){.x = margin[LAYOUT_EDGE_LEFT],
                  .y = margin[LAYOUT_EDGE_TOP],
                  .width = page->width - margin[LAYOUT_EDGE_LEFT] - margin[LAYOUT_EDGE_RIGHT],
                  .height = page->height - margin[LAYOUT_EDGE_TOP] - margin[LAYOUT_EDGE_BOTTOM]};
}

/* NULL: something is taller than a page. */
static const BodyPage *cut_pages(TsJob *job, const TsFlow *flow, Mpt room)
{
    BodyPage *first = NULL, **last = &first;
    TsCut from = {0};
    bool spacing = true;
    do {
        BodyPage *page = ARENA_NEW(job->arena, BodyPage);
        const TsItem *stuck;
        job->page = ++job->pages;
        page->span = ts_span(job, flow, from, spacing);
        if (!ts_cut(job, &page->span, room, room, &stuck)) {
            TS_FAIL(job, TS_TALL, stuck->box->node, stuck->box->node->layout->element, ts_length(job, stuck->height),
                    ts_length(job, room));
            return NULL;
        }
        ts_span_settle(job, &page->span, room);
        *last = page;
        last = &page->next;
        from = page->span.to;
        spacing = from.item < flow->count && flow->items[from.item].forced;
    } while (from.item < flow->count);
    return first;
}

/* Header or footer: `below` or above the line `y`, within the paper. */
static void paint_margin(TsJob *job, const TsNode *node, Mpt y, bool below)
{
    if (!node)
        return;
    const LayoutPageTemplate *page = job->program->layout->page;
    const Area area = type_area(page);
    const TsFlow *flow = ts_flow(job, ts_boxes(job, node), area.width);
    const Mpt top = below ? y : y - flow->height;
    if (top < 0 || top + flow->height > page->height) {
        TS_FAIL(job, TS_MARGIN, node, node->layout->element, ts_length(job, flow->height));
        return;
    }
    if (flow->count == 0)
        return;
    const TsSpan span = ts_span(job, flow, (TsCut){0}, true);
    page_begin(job->recorder, PAGE_ARTIFACT, 0, NULL);
    ts_paint(job, &span, area.x, top, true);
    page_end(job->recorder);
}

static void paint_page(TsJob *job, const BodyPage *body)
{
    const TsProgram *program = job->program;
    const LayoutPageTemplate *page = program->layout->page;
    const Area area = type_area(page);
    const bool even = job->page % 2 == 0;
    page_begin_page(job->recorder, page->width, page->height);
    paint_margin(job, program->header, area.y - page->header_distance, false);
    ts_paint(job, &body->span, area.x, area.y, false);
    paint_margin(job, even && program->footer_even ? program->footer_even : program->footer,
                 area.y + area.height + page->footer_distance, true);
}

bool ts_set(TsProgram *program, Arena *unit, const TsUnit *job_unit, TsResult *result, Diag *diag)
{
    TsJob job = {.program = program,
                 .unit = job_unit,
                 .arena = unit,
                 .diag = diag,
                 .recorder = page_open(unit, program->layout->language)};
    if (!ts_load_rows(&job))
        return false;
    const Area area = type_area(program->layout->page);
    result->title = ts_text(&job, program->layout->title);
    TsFlow *flow = ts_flow(&job, ts_boxes(&job, program->body), area.width);
    const LayoutTrim trim = program->body->style->text_box_trim;
    flow->trims_start = trim == LAYOUT_TRIM_START || trim == LAYOUT_TRIM_BOTH;
    flow->trims_end = trim == LAYOUT_TRIM_END || trim == LAYOUT_TRIM_BOTH;
    const BodyPage *pages = job.failed ? NULL : cut_pages(&job, flow, area.height);
    job.page = 0;
    for (const BodyPage *page = pages; page && !job.failed; page = page->next) {
        job.page++;
        paint_page(&job, page);
    }
    result->document = page_finish(job.recorder);
    return !job.failed;
}
