/* Painting: a part of a flow becomes page ops.
 *
 * Elements that began on an earlier page are begun again with the same id, and those that go on are closed at the end of the part,
 * so that writers can join them. Backgrounds, lines and borders are artifacts: no content.
 */
#include "typeset/typeset_int.h"

#include <string.h>

typedef struct Painter {
    TsJob *job;
    PageRecorder *r;
    const TsSpan *span;
    size_t end; /* items from here on are not in this part */
    Mpt x, y, bottom;
    bool artifact;
} Painter;

void ts_paint_line(TsJob *job, const TextLine *line, Mpt x, Mpt baseline)
{
    const TsLink *link = NULL;
    for (size_t i = 0; i < line->count; i++) {
        const TextFragment *f = &line->fragments[i];
        if (f->tag != link)
            link = ts_turn_link(job, link, f->tag);
        page_glyphs_turned(job->recorder, f->face, f->size, f->colour, x + f->x, baseline - f->rise, f->turn, f->text,
                           f->glyphs, f->count);
        if (link && (i + 1 == line->count || line->fragments[i + 1].tag != link))
            ts_paint_line_link(job, line, i, x, baseline);
    }
    ts_turn_link(job, link, NULL);
}

/* ── borders and backgrounds of blocks ── */

static void paint_edge(const Painter *p, const LayoutStyle *style, int edge, TsRect box)
{
    const Mpt width = style->border[edge], half = width / 2;
    if (width == 0)
        return;
    Mpt x0 = box.left, y0 = box.top, x1 = box.right, y1 = box.bottom;
    if (edge == LAYOUT_EDGE_TOP)
        y0 = y1 = box.top + half;
    else if (edge == LAYOUT_EDGE_BOTTOM)
        y0 = y1 = box.bottom - half;
    else if (edge == LAYOUT_EDGE_LEFT)
        x0 = x1 = box.left + half;
    else
        x0 = x1 = box.right - half;
    page_line(p->r, x0, y0, x1, y1, style->border_colour, width, 0, 0);
}

/* A block that goes on over a page has no line at the cut. */
static void paint_frame(const Painter *p, const LayoutStyle *style, TsRect box, bool begins, bool ends)
{
    const bool filled = style->background != LAYOUT_TRANSPARENT;
    bool lined = false;
    for (int edge = 0; edge < LAYOUT_EDGES; edge++)
        lined |= style->border[edge] > 0;
    if (!filled && !lined)
        return;
    if (!p->artifact)
        page_begin(p->r, PAGE_ARTIFACT, 0, NULL);
    if (filled)
        page_rect(p->r, box.left, box.top, box.right - box.left, box.bottom - box.top, style->background,
                  PAGE_NO_COLOUR, 0);
    for (int edge = 0; edge < LAYOUT_EDGES; edge++)
        if ((edge != LAYOUT_EDGE_TOP || begins) && (edge != LAYOUT_EDGE_BOTTOM || ends))
            paint_edge(p, style, edge, box);
    if (!p->artifact)
        page_end(p->r);
}

/* The part of a block that is in this part of the flow. */
static TsRect block_rect(const Painter *p, size_t open)
{
    const TsItem *item = &p->span->flow->items[open];
    const size_t close = item->as.open.close;
    return (TsRect){
        .left = p->x + item->x,
        .top = open >= p->span->from.item ? p->y + ts_span_y(p->span, open) : p->y,
        .right = p->x + item->x + item->width,
        .bottom = close < p->end ? p->y + ts_span_y(p->span, close) + p->span->flow->items[close].height : p->bottom,
    };
}

/* `begins`: the block's upper end is in this part. */
static void paint_block_frame(const Painter *p, size_t open, bool begins)
{
    const TsItem *item = &p->span->flow->items[open];
    const bool ends = item->as.open.close < p->end;
    const bool first = begins && !item->box->continued, last = ends && !item->box->goes_on;
    const TsRect box = block_rect(p, open);
    paint_frame(p, item->box->node->style, box, first, last);
}

/* ── items ── */

const char *ts_heading_text(TsJob *job, const TsBox *heading)
{
    Buf *out = &job->program->text;
    buf_clear(out);
    for (size_t i = 0; i < heading->as.paragraph.count; i++)
        buf_text(out, heading->as.paragraph.runs[i].text);
    char *title = arena_string(job->arena, buf_cstring(out));
    for (char *c = title; (c = strchr(c, '\n')) != NULL;)
        *c = ' ';
    return title;
}

/* What is painted and begun at the upper end of a block, or where it goes on. */
static void begin_block(const Painter *p, size_t open, bool begins)
{
    const TsItem *item = &p->span->flow->items[open];
    const LayoutNode *layout = item->box->node->layout;
    if (item->box->kind != TS_TABLE)
        paint_block_frame(p, open, begins);
    if (p->artifact)
        return;
    const char *anchor = begins && !item->box->continued ? item->box->anchor : NULL;
    if (begins && layout->kind == LAYOUT_HEADING && layout->as.heading.bookmark)
        page_bookmark(p->r, ts_heading_text(p->job, item->box), layout->as.heading.level,
                      p->y + ts_span_y(p->span, open), anchor);
    else if (anchor)
        page_anchor(p->r, anchor, p->y + ts_span_y(p->span, open));
    if (item->as.open.tag != PAGE_ARTIFACT)
        page_begin(p->r, item->as.open.tag, item->as.open.element, item->as.open.alt);
}

/* `item` is the block's TS_OPEN or TS_CLOSE. */
static void end_block(const Painter *p, size_t item)
{
    if (!p->artifact && p->span->flow->items[item].as.open.tag != PAGE_ARTIFACT)
        page_end(p->r);
}

static void begin_outer(const Painter *p, size_t open)
{
    if (open == TS_NONE)
        return;
    begin_outer(p, p->span->flow->items[open].parent);
    begin_block(p, open, false);
}

static void paint_stroke(const Painter *p, const TsItem *item, Mpt top)
{
    if (item->box->anchor && !p->artifact)
        page_anchor(p->r, item->box->anchor, top);
    if (item->height == 0)
        return;
    if (!p->artifact)
        page_begin(p->r, PAGE_ARTIFACT, 0, NULL);
    const Mpt x = p->x + item->x, y = top + item->height / 2;
    page_line(p->r, x, y, x + item->width, y, item->box->node->style->border_colour, item->height, 0, 0);
    if (!p->artifact)
        page_end(p->r);
}

/* What absolute blocks in item i stand in: the padding box of the nearest positioned block around (CSS 2.2, 10.1). */
static TsRect find_around(const Painter *p, size_t i)
{
    const TsItem *items = p->span->flow->items;
    size_t open = items[i].parent;
    while (open != TS_NONE && items[open].box->node->style->position == LAYOUT_STATIC)
        open = items[open].parent;
    if (open == TS_NONE)
        return p->job->around;
    const Mpt *border = items[open].box->node->style->border;
    TsRect rect = block_rect(p, open);
    rect.left += border[LAYOUT_EDGE_LEFT];
    rect.top += open >= p->span->from.item ? border[LAYOUT_EDGE_TOP] : 0;
    rect.right -= border[LAYOUT_EDGE_RIGHT];
    rect.bottom -= items[open].as.open.close < p->end ? border[LAYOUT_EDGE_BOTTOM] : 0;
    return rect;
}

/* Paints item i and what belongs to it; returns the next one. */
static size_t paint_item(const Painter *p, size_t i)
{
    const TsItem *item = &p->span->flow->items[i];
    const Mpt top = p->y + ts_span_y(p->span, i);
    switch (item->kind) {
    case TS_OPEN:
        begin_block(p, i, true);
        break;
    case TS_CLOSE:
        end_block(p, i);
        break;
    case TS_LINE:
        ts_paint_line(p->job, item->as.line.line, p->x + item->x, top + item->as.line.baseline);
        break;
    case TS_STROKE:
        paint_stroke(p, item, top);
        break;
    case TS_DRAWING:
        ts_paint_picture(p->job, item->as.picture, p->x + item->x, top);
        break;
    case TS_HEAD:
    case TS_ROWS: {
        const size_t close = p->span->flow->items[item->parent].as.open.close;
        const size_t end = close < p->end ? close : p->end;
        const TsRect around = p->job->around;
        p->job->around = find_around(p, i);
        ts_paint_table(p->job, p->span, i, end, p->x, p->y, p->artifact);
        p->job->around = around;
        return end;
    }
    case TS_ABSOLUTE: {
        const TsRect around = p->job->around;
        p->job->around = find_around(p, i);
        ts_place_absolute(p->job, item->as.absolute, p->x + item->x, top, p->artifact);
        p->job->around = around;
        break;
    }
    }
    return i + 1;
}

void ts_paint(TsJob *job, const TsSpan *span, Mpt x, Mpt y, bool artifact)
{
    const TsFlow *flow = span->flow;
    if (span->from.item == flow->count)
        return;
    const size_t end = span->to.item + (span->to.group != NULL);
    const Mpt bottom = span->to.item == flow->count ? y : y + ts_span_height(job, span); /* of what goes on */
    const Painter p = {job, job->recorder, span, end, x, y, bottom, artifact};
    begin_outer(&p, flow->items[span->from.item].parent);
    for (size_t i = span->from.item; i < end;)
        i = paint_item(&p, i);
    if (span->to.item == flow->count)
        return;
    for (size_t open = flow->items[span->to.item].parent; open != TS_NONE; open = flow->items[open].parent)
        end_block(&p, open);
}
