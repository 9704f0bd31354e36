/* Absolute blocks: outside of the flow, at offsets from the edges of what they stand in (CSS 2.2, 10.3.7 and 10.6.4, without margins
 * that are auto and without stretching between top and bottom).
 *
 * They are painted when the rest of the page is done, so that they stand over it. In the structure they keep their place: each has
 * an element there, which is begun again, with those around it, for the painting. What a block stands in is known on its
 * page only, so it is set then.
 */
#include "typeset/typeset_int.h"

struct TsAbsolute {
    const TsFlow *flow;
    Mpt x, y;
    bool artifact;
    PageChain chain;
    TsAbsolute *next;
};

static bool is_auto(Mpt offset)
{
    return offset == LAYOUT_OFFSET_AUTO;
}

/* Width to set the block in, its margins included. `x` is its left edge without offsets. */
static Mpt find_width(TsJob *job, TsBox *box, Mpt x)
{
    const LayoutStyle *style = box->node->style;
    const Mpt left = style->offset[LAYOUT_EDGE_LEFT], right = style->offset[LAYOUT_EDGE_RIGHT];
    const Mpt whole = job->around.right - job->around.left;
    if (style->width.kind == LAYOUT_WIDTH_FIXED)
        return style->width.value + style->margin[LAYOUT_EDGE_LEFT] + style->margin[LAYOUT_EDGE_RIGHT];
    if (style->width.kind != LAYOUT_WIDTH_AUTO)
        return whole;
    if (!is_auto(left) && !is_auto(right))
        return whole - left - right;
    Mpt room = job->around.right - x;
    if (!is_auto(left))
        room = whole - left;
    else if (!is_auto(right))
        room = whole - right;
    const Mpt natural = ts_measure_block(job, box).width[TS_NATURAL];
    return natural < room ? natural : room;
}

/* An element of its own keeps the block's place among its neighbours, whatever it holds. */
static PageChain begin_place(TsJob *job)
{
    page_begin(job->recorder, PAGE_DIV, page_element(job->recorder), NULL);
    const PageChain chain = page_chain(job->recorder);
    page_end(job->recorder);
    return chain;
}

static void check_paper(TsJob *job, const TsBox *box, TsRect rect)
{
    const LayoutPageTemplate *page = job->sheet->page;
    const Mpt over[] = {-rect.left, -rect.top, rect.right - page->width, rect.bottom - page->height};
    Mpt most = 0;
    for (int i = 0; i < LAYOUT_EDGES; i++)
        most = over[i] > most ? over[i] : most;
    if (most > 0)
        TS_FAIL(job, TS_OUTSIDE, box->node, box->node->layout->element, ts_length(job, rect.right - rect.left),
                ts_length(job, rect.bottom - rect.top), ts_length(job, most));
}

void ts_place_absolute(TsJob *job, TsBox *box, Mpt x, Mpt y, bool artifact)
{
    const LayoutStyle *style = box->node->style;
    const Mpt *offset = style->offset;
    const TsRect around = job->around;
    const TsFlow *flow = ts_flow_absolute(job, box, find_width(job, box, x));
    if (flow->count == 0)
        return;
    const Mpt width = flow->items[0].width + style->margin[LAYOUT_EDGE_LEFT] + style->margin[LAYOUT_EDGE_RIGHT];
    if (!is_auto(offset[LAYOUT_EDGE_LEFT]))
        x = around.left + offset[LAYOUT_EDGE_LEFT];
    else if (!is_auto(offset[LAYOUT_EDGE_RIGHT]))
        x = around.right - offset[LAYOUT_EDGE_RIGHT] - width;
    if (!is_auto(offset[LAYOUT_EDGE_TOP]))
        y = around.top + offset[LAYOUT_EDGE_TOP];
    else if (!is_auto(offset[LAYOUT_EDGE_BOTTOM]))
        y = around.bottom - offset[LAYOUT_EDGE_BOTTOM] - flow->height;
    TsAbsolute *absolute = ARENA_NEW(job->arena, TsAbsolute);
    *absolute = (TsAbsolute){.flow = flow, .x = x, .y = y, .artifact = artifact};
    absolute->chain = artifact ? page_chain(job->recorder) : begin_place(job);
    check_paper(job, box, (TsRect){x, y, x + width, y + flow->height});
    if (!job->over)
        job->over_last = &job->over;
    *job->over_last = absolute;
    job->over_last = &absolute->next;
}

/* One of them may bring others, which go to the end of the list. */
void ts_paint_over(TsJob *job)
{
    for (const TsAbsolute *absolute = job->over; absolute; absolute = absolute->next) {
        const TsSpan span = ts_span(job, absolute->flow, (TsCut){0}, true);
        page_resume(job->recorder, absolute->chain);
        ts_paint(job, &span, absolute->x, absolute->y, absolute->artifact);
        page_suspend(job->recorder, absolute->chain);
    }
    job->over = NULL;
}
