/* Cutting a flow: where a page, or the part of a cell on it, ends.
 *
 * Every item has a cost of breaking before it. Of all places where a part may end, the cheapest is taken, and of several equally
 * cheap ones the lowest. A break that nothing allows is never taken: what does not fit then is told to the caller.
 */
#include "typeset/typeset_int.h"

/* ── geometry of a part ── */

static const TsItem *item_of(const TsSpan *span, size_t item)
{
    return &span->flow->items[item];
}

/* What margins leave out at the top of a part: they fall away down to the first thing that is to be seen. */
static Mpt find_origin(const TsFlow *flow, TsCut from, bool spacing)
{
    const TsItem *item = &flow->items[from.item];
    if (from.group)
        return item->top;
    size_t i = from.item;
    while (i + 1 < flow->count && flow->items[i].height == 0)
        i++;
    const TsItem *seen = &flow->items[i];
    const Mpt trimmed = flow->trims_start && seen->kind == TS_LINE ? seen->as.line.lead : 0;
    return (spacing ? item->top - item->space : seen->top) + trimmed;
}

/* Rows that are not their table's first stand under a repeated head. */
static Mpt find_head(TsJob *job, const TsFlow *flow, TsCut from)
{
    const TsItem *item = &flow->items[from.item];
    if (item->kind != TS_ROWS || (!from.group && flow->items[from.item - 1].kind == TS_HEAD))
        return 0;
    return ts_repeat_height(job, item->box->as.table, item->as.rows);
}

static Mpt rows_height(TsJob *job, const TsGroup *group, const TsGroupCut *from, const TsGroupCut *to)
{
    Mpt *heights = ARENA_ARRAY(job->arena, group->count, Mpt);
    return ts_group_heights(job, group, from, to, heights);
}

TsSpan ts_span(TsJob *job, const TsFlow *flow, TsCut from, bool spacing)
{
    TsSpan span = {.flow = flow, .from = from, .to = {flow->count, NULL}, .foot = TS_NONE, .spacing = spacing};
    if (from.item == flow->count)
        return span;
    span.head = find_head(job, flow, from);
    span.origin = find_origin(flow, from, spacing);
    span.first = flow->items[from.item].height;
    if (from.group)
        span.first = rows_height(job, flow->items[from.item].as.rows, from.group, NULL);
    return span;
}

Mpt ts_span_y(const TsSpan *span, size_t item)
{
    const bool line = item_of(span, item)->kind == TS_LINE; /* trimmed, it begins above the page's edge */
    const Mpt down = item_of(span, item)->top - span->origin;
    const Mpt less = item > span->from.item ? span->first - item_of(span, span->from.item)->height : 0;
    const Mpt slack = item >= span->foot ? span->slack : 0;
    return span->head + less + slack + (down > 0 || line ? down : 0);
}

static Mpt item_height(const TsSpan *span, size_t item)
{
    return item == span->from.item ? span->first : item_of(span, item)->height;
}

/* Where an item ends that stands last on its page. What closes after a line at no height ends where that does. */
static Mpt item_bottom(const TsSpan *span, size_t i)
{
    while (i > span->from.item && item_of(span, i)->kind == TS_CLOSE && item_height(span, i) == 0)
        i--;
    const TsItem *item = item_of(span, i);
    const Mpt trimmed = span->flow->trims_end && item->kind == TS_LINE ? item->as.line.tail : 0;
    return ts_span_y(span, i) + item_height(span, i) - trimmed;
}

Mpt ts_span_height(TsJob *job, const TsSpan *span)
{
    const TsFlow *flow = span->flow;
    if (span->from.item == flow->count || (span->to.item == span->from.item && !span->to.group))
        return 0;
    if (span->to.group) {
        const TsGroupCut *from = span->to.item == span->from.item ? span->from.group : NULL;
        return ts_span_y(span, span->to.item) +
               rows_height(job, item_of(span, span->to.item)->as.rows, from, span->to.group);
    }
    const size_t last = span->to.item - 1;
    Mpt bottom = ts_span_y(span, last) + item_height(span, last);
    if (span->to.item == flow->count)
        bottom += flow->height - item_of(span, last)->top - item_of(span, last)->height;
    return bottom;
}

void ts_span_settle(TsJob *job, TsSpan *span, Mpt room)
{
    size_t i = span->from.item;
    while (i < span->to.item &&
           (item_of(span, i)->kind != TS_OPEN || item_of(span, i)->box->node->style->vertical_align != LAYOUT_BOTTOM))
        i++;
    const Mpt height = ts_span_height(job, span);
    const Mpt bottom = i < span->to.item && !span->to.group ? item_bottom(span, span->to.item - 1) : height;
    const Mpt slack = room - (bottom < height ? bottom : height);
    if (i == span->to.item || slack <= 0)
        return;
    span->foot = i;
    span->slack = slack;
}

/* ── cutting ── */

/* What stands below the last item: in a cell the margins there count. */
static Mpt find_tail(const TsSpan *span)
{
    const TsItem *last = item_of(span, span->flow->count - 1);
    return span->closed ? span->flow->height - last->top - last->height : 0;
}

/* Cuts within rows. `less` is what must stand below them: the lower ends of the blocks around. */
static bool cut_rows(TsJob *job, TsSpan *span, size_t item, Mpt less, Mpt room, Mpt fresh)
{
    const TsItem *rows = item_of(span, item);
    const TsGroupCut *from = item == span->from.item ? span->from.group : NULL;
    const Mpt head = ts_repeat_height(job, rows->box->as.table, rows->as.rows);
    const TsGroupCut *cut =
        ts_group_cut(job, rows->as.rows, from, room - ts_span_y(span, item) - less, fresh - head - less);
    if (cut)
        span->to = (TsCut){item, cut};
    return cut != NULL;
}

bool ts_cut(TsJob *job, TsSpan *span, Mpt room, Mpt fresh, const TsItem **stuck)
{
    const TsFlow *flow = span->flow;
    unsigned cheapest = TS_BREAK_NEVER;
    size_t i = span->from.item;
    for (; i < flow->count; i++) {
        const TsItem *item = item_of(span, i);
        if (i > span->from.item && (item->forced || (item->cost <= cheapest && item->cost < TS_BREAK_NEVER))) {
            span->to = (TsCut){i, NULL};
            cheapest = item->cost;
            if (item->forced)
                return true;
        }
        if (item_bottom(span, i) > room)
            break;
    }
    Mpt bottom = item_bottom(span, i < flow->count ? i : flow->count - 1);
    if (i == flow->count) {
        bottom += find_tail(span);
        i--;
    }
    if (bottom <= room) {
        span->to = (TsCut){flow->count, NULL};
        return true;
    }
    *stuck = item_of(span, i);
    while (i > span->from.item && item_of(span, i)->kind == TS_CLOSE)
        i--;
    if (item_of(span, i)->kind == TS_ROWS && item_of(span, i)->cost_cut <= cheapest &&
        cut_rows(job, span, i, bottom - item_bottom(span, i), room, fresh))
        return true;
    return cheapest < TS_BREAK_NEVER;
}
