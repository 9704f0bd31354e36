/* One unit's document: rows, boxes, flows, pages, ops.
 *
 * The body is cut into pages before anything is painted, so that header and footer know the number of pages.
 */
#include "typeset/typeset_int.h"

#include "base/clock.h"

#include <string.h>

/* A page of the body. */
typedef struct BodyPage {
    const TsSheet *sheet;
    TsSpan span; /* of nothing: a blank page */
    bool blank;
    bool first;       /* of its template in the document */
    int number, last; /* printed number, and the one that its series ends with; 0: not numbered */
    struct BodyPage *next;
} BodyPage;

typedef struct BodyPages {
    BodyPage *first, *last;
} BodyPages;

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

Mpt ts_room(const TsJob *job)
{
    return type_area(job->sheet->page).height;
}

/* ── cutting ── */

static BodyPage *add_page(TsJob *job, BodyPages *pages, const TsSheet *sheet)
{
    BodyPage *page = ARENA_NEW(job->arena, BodyPage);
    page->sheet = sheet;
    if (pages->last)
        pages->last->next = page;
    else
        pages->first = page;
    pages->last = page;
    job->page++;
    return page;
}

/* A blank page where the next one would be on the wrong side. It goes with what is before it. */
static void turn_to_side(TsJob *job, BodyPages *pages, LayoutBreak side)
{
    const bool odd_next = job->page % 2 == 0;
    if ((side == LAYOUT_ODD && !odd_next) || (side == LAYOUT_EVEN && odd_next))
        add_page(job, pages, pages->last ? pages->last->sheet : job->sheet)->blank = true;
}

/* Where the head of a table leaves no room for what goes on below it, it does not stand again. */
static bool cut_page(TsJob *job, TsSpan *span, Mpt room, const TsItem **stuck)
{
    if (ts_cut(job, span, room, room, stuck))
        return true;
    const bool headed = span->head > 0;
    span->head = 0;
    return headed && ts_cut(job, span, room, room, stuck);
}

/* False: something is taller than a page. `forced`: the break before all of it. */
static bool cut_pages(TsJob *job, BodyPages *pages, const TsFlow *flow, LayoutBreak forced)
{
    const Mpt room = ts_room(job);
    TsCut from = {0};
    do {
        const bool inside = from.item > 0 || from.group;
        if (from.item < flow->count && flow->items[from.item].forced > LAYOUT_PAGE)
            forced = (LayoutBreak)flow->items[from.item].forced;
        turn_to_side(job, pages, forced);
        forced = LAYOUT_AUTO;
        const bool spacing = !inside || (from.item < flow->count && flow->items[from.item].forced);
        BodyPage *page = add_page(job, pages, job->sheet);
        const TsItem *stuck;
        page->span = ts_span(job, flow, from, spacing);
        if (!cut_page(job, &page->span, room, &stuck)) {
            TS_FAIL(job, TS_TALL, stuck->box->node, stuck->box->node->layout->element, ts_length(job, stuck->height),
                    ts_length(job, room));
            return false;
        }
        ts_span_settle(job, &page->span, room);
        from = page->span.to;
    } while (from.item < flow->count);
    return true;
}

/* Counts the CPU time since the last call to a stage. */
static void end_stage(TsJob *job, TsStage stage)
{
    const int64_t now = clock_cpu();
    job->cpu[stage] += now - job->clock;
    job->clock = now;
}

/* The body, template by template. */
static BodyPages set_body(TsJob *job)
{
    BodyPages pages = {0};
    LayoutBreak forced = LAYOUT_AUTO;
    const LayoutTrim trim = job->program->body->style->text_box_trim;
    TsBox *boxes = ts_boxes(job, job->program->body);
    ts_check_links(job);
    end_stage(job, TS_STAGE_BOXES);
    for (const TsStretch *s = ts_stretches(job, boxes); s; s = s->next) {
        job->sheet = s->sheet;
        const int page = job->page;
        job->page = 0; /* what fails to be set is on no page yet */
        TsFlow *flow = ts_flow(job, s->boxes, type_area(s->sheet->page).width);
        flow->trims_start = trim == LAYOUT_TRIM_START || trim == LAYOUT_TRIM_BOTH;
        flow->trims_end = trim == LAYOUT_TRIM_END || trim == LAYOUT_TRIM_BOTH;
        job->page = page;
        end_stage(job, TS_STAGE_FLOW);
        if (!job->failed && !cut_pages(job, &pages, flow, forced))
            break;
        forced = flow->after;
        end_stage(job, TS_STAGE_PAGES);
    }
    job->page = 0;
    return pages;
}

/* ── numbers ── */

static void end_series(BodyPage *first, const BodyPage *end, int last)
{
    for (BodyPage *page = first; page != end; page = page->next)
        page->last = last;
}

/* Pages without numbers are not counted; a series ends where another begins with a number of its own. */
static void number_pages(TsJob *job, BodyPages pages)
{
    const TsProgram *program = job->program;
    bool *seen = ARENA_ARRAY(job->arena, program->sheet_count, bool);
    BodyPage *series = pages.first;
    int number = 0;
    for (BodyPage *page = pages.first; page; page = page->next) {
        const LayoutPageTemplate *layout = page->sheet->page;
        const size_t index = (size_t)(page->sheet - program->sheets);
        page->first = !seen[index];
        seen[index] = true;
        if (page->first && layout->start > 0) {
            end_series(series, page, number);
            series = page;
            number = layout->start - 1;
        }
        if (layout->numbering != LAYOUT_UNNUMBERED_PAGES)
            page->number = ++number;
    }
    end_series(series, NULL, number);
}

static const char *roman(TsJob *job, int number)
{
    static const struct {
        int value;
        const char *letters;
    } signs[] = {{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
                 {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};
    Buf *out = &job->program->text;
    buf_clear(out);
    for (size_t i = 0; number > 0; i++)
        for (; number >= signs[i].value; number -= signs[i].value)
            buf_text(out, signs[i].letters);
    return arena_string(job->arena, buf_cstring(out));
}

static const char *number_text(TsJob *job, LayoutNumbering numbering, int number)
{
    if (numbering == LAYOUT_UNNUMBERED_PAGES)
        return "";
    return numbering == LAYOUT_ROMAN_PAGES ? roman(job, number) : arena_print(job->arena, "%d", number);
}

/* The newest h1 or h2 in a part of a flow. */
static void find_section(TsJob *job, const TsSpan *span)
{
    const size_t end = span->to.item + (span->to.group != NULL);
    for (size_t i = span->from.item; i < end; i++) {
        const TsItem *item = &span->flow->items[i];
        if (item->kind == TS_OPEN && (item->as.open.tag == PAGE_H1 || item->as.open.tag == PAGE_H2))
            job->section = ts_heading_text(job, item->box);
        if (item->kind != TS_ROWS)
            continue;
        for (size_t k = 0; k < item->as.rows->cell_count; k++) {
            const TsSpan part =
                ts_cell_span(job, item->as.rows->cells[k], i == span->from.item ? span->from.group : NULL,
                             i == span->to.item ? span->to.group : NULL);
            find_section(job, &part);
        }
    }
}

/* ── painting ── */

/* Header or footer: `below` or above the line `y`, within the paper. */
static void paint_margin(TsJob *job, const TsNode *node, Mpt y, bool below)
{
    if (!node || !node->children)
        return;
    const LayoutPageTemplate *page = job->sheet->page;
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
    page_begin_artifact(job->recorder, below ? PAGE_FOOTER : PAGE_HEADER);
    ts_paint(job, &span, area.x, top, true);
    page_end(job->recorder);
    ts_paint_over(job);
}

static const TsNode *choose_side(const TsNode *const *sides, bool first, bool even)
{
    const LayoutSide side = even ? LAYOUT_SIDE_EVEN : LAYOUT_SIDE_ODD;
    if (first && sides[LAYOUT_SIDE_FIRST])
        return sides[LAYOUT_SIDE_FIRST];
    return sides[side] ? sides[side] : sides[LAYOUT_SIDE_ALL];
}

static void begin_page(TsJob *job, const BodyPage *body)
{
    static const PageLabelStyle styles[] = {PAGE_LABEL_DECIMAL, PAGE_LABEL_ROMAN, PAGE_LABEL_NONE};
    const LayoutPageTemplate *page = body->sheet->page;
    job->sheet = body->sheet;
    job->page++;
    job->number = number_text(job, page->numbering, body->number);
    job->last = number_text(job, page->numbering, body->last);
    if (job->program->has_section && !body->blank)
        find_section(job, &body->span);
    page_begin_page(job->recorder, page->width, page->height);
    page_label(job->recorder, (PageLabel){styles[page->numbering], body->number});
}

static void paint_page(TsJob *job, const BodyPage *body)
{
    begin_page(job, body);
    ts_paint_watermark(job);
    const TsSheet *sheet = body->sheet;
    const Area area = type_area(sheet->page);
    job->around = (TsRect){area.x, area.y, area.x + area.width, area.y + area.height};
    const bool even = (body->number > 0 ? body->number : job->page) % 2 == 0;
    paint_margin(job, choose_side(sheet->header, body->first, even), area.y - sheet->page->header_distance, false);
    if (!body->blank)
        ts_paint(job, &body->span, area.x, area.y, false);
    ts_paint_over(job);
    paint_margin(job, choose_side(sheet->footer, body->first, even),
                 area.y + area.height + sheet->page->footer_distance, true);
}

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

/* Of every row in its order, with its query and the number of its columns; NULL is not the empty text. */
static void fingerprint(const TsJob *job, const char *salt, unsigned char out[HASH_SIZE])
{
    Hash *hash = hash_open();
    hash_field(hash, salt);
    for (size_t q = 0; q < job->program->query_count; q++) {
        const TsRows *rows = &job->rows[q];
        const uint64_t shape[] = {q, rows->count, (uint64_t)rows->columns};
        hash_add(hash, shape, sizeof shape);
        for (size_t i = 0; i < rows->count * (size_t)rows->columns; i++)
            hash_field(hash, rows->cells[i]);
    }
    hash_close(hash, out);
}

bool ts_set(TsProgram *program, Arena *unit, const TsUnit *job_unit, TsResult *result, Diag *diag)
{
    memset(result->cpu, 0, sizeof result->cpu);
    TsJob job = {.program = program,
                 .unit = job_unit,
                 .arena = unit,
                 .diag = diag,
                 .sheet = program->sheets,
                 .section = "",
                 .clock = clock_cpu(),
                 .cpu = result->cpu,
                 .recorder = page_open(unit, program->layout->language)};
    if (!ts_load_rows(&job))
        return false;
    result->unchanged = false;
    result->document = NULL;
    if (job_unit->salt) {
        fingerprint(&job, job_unit->salt, result->fingerprint);
        result->unchanged = job_unit->known && memcmp(result->fingerprint, job_unit->known, HASH_SIZE) == 0;
    }
    end_stage(&job, TS_STAGE_ROWS);
    if (result->unchanged)
        return true;
    result->title = ts_text(&job, program->layout->title);
    result->author = or_null(ts_text(&job, program->layout->author));
    result->subject = or_null(ts_text(&job, program->layout->subject));
    result->keywords = or_null(ts_text(&job, program->layout->keywords));
    const BodyPages pages = set_body(&job);
    number_pages(&job, pages);
    for (const BodyPage *page = pages.first; page && !job.failed; page = page->next)
        paint_page(&job, page);
    result->document = page_finish(job.recorder);
    end_stage(&job, TS_STAGE_OPS);
    return !job.failed;
}
