/* Ways within a document: the places that have an id, and the texts that lead to them.
 *
 * The names of all places are known when the boxes of the body are made, before anything is painted, so that a link to nowhere is
 * told once, where it is written, and is then text like any other. What stands in header and footer is on many pages and is
 * no place to go to; links may stand there.
 */
#include "typeset/typeset_int.h"

#include "base/map.h"

struct TsLink {
    const TsNode *node;
    uint32_t element;
    const char *target; /* NULL: nowhere */
    TsLink *next;
};

static bool in_margin(const TsJob *job)
{
    return job->page > 0;
}

const char *ts_anchor(TsJob *job, const TsNode *node)
{
    const LayoutPart *id = node->layout->id;
    if (!id || in_margin(job))
        return NULL;
    const char *name = ts_text(job, id);
    if (!*name)
        return NULL;
    if (!job->anchors)
        job->anchors = map_open(job->arena);
    if (map_add(job->anchors, name, NULL))
        return name;
    diag_add(job->diag, DIAG_TS_ANCHOR_TWICE, ts_place(job, node), name);
    return NULL;
}

static void check_link(TsJob *job, TsLink *link)
{
    if (job->anchors && map_has(job->anchors, link->target))
        return;
    diag_add(job->diag, DIAG_TS_LINK, ts_place(job, link->node), link->target);
    link->target = NULL;
}

const TsLink *ts_link(TsJob *job, const TsNode *node, const LayoutPart *href)
{
    if (!href)
        return NULL;
    TsLink *link = ARENA_NEW(job->arena, TsLink);
    *link = (TsLink){
        .node = node, .element = page_element(job->recorder), .target = ts_text(job, href), .next = job->links};
    if (in_margin(job))
        check_link(job, link);
    else
        job->links = link;
    return link;
}

void ts_check_links(TsJob *job)
{
    for (TsLink *link = job->links; link; link = link->next)
        check_link(job, link);
}

const TsLink *ts_turn_link(TsJob *job, const TsLink *from, const TsLink *to)
{
    if (from == to)
        return to;
    if (from && from->target)
        page_end(job->recorder);
    if (to && to->target)
        page_begin(job->recorder, PAGE_HREF, to->element, NULL);
    return to;
}

void ts_paint_link(TsJob *job, const TsLink *link, TsRect area)
{
    if (link && link->target)
        page_link(job->recorder, area.left, area.top, area.right - area.left, area.bottom - area.top, link->target);
}

void ts_paint_line_link(TsJob *job, const TextLine *line, size_t end, Mpt x, Mpt baseline)
{
    const TextFragment *last = &line->fragments[end], *first = last;
    Mpt size = last->size;
    for (; first > line->fragments && first[-1].tag == last->tag; first--)
        size = first[-1].size > size ? first[-1].size : size;
    const Mpt top = baseline - (Mpt)fixed_mul_div(size, 88, 100);
    ts_paint_link(job, last->tag, (TsRect){x + first->x, top, x + last->x + last->width, top + size});
}
