/* Row groups: rows that a rowspan joins, their heights, and where they may be cut.
 *
 * A group moves to the next page whole unless it is taller than a page, or it is not small (over a quarter of a page) and none of its
 * rows asks to stay whole, as rows do by default. It is cut between two of its rows if one fits, and a cell that spans the cut
 * is cut too and goes on beside the rows that follow; otherwise within its first row, every cell between its own lines.
 */
#include "typeset/typeset_int.h"

#include <string.h>

enum {
    SMALL_ROW = 4, /* a row of less than 1/4 of a page is small */
    TALL_HEAD = 3  /* a head of more than 1/3 of a page is not repeated */
};

static void raise(Mpt *length, Mpt by)
{
    if (by > *length)
        *length = by;
}

/* ── building ── */

static size_t count_rows(const TsSection *section, size_t first)
{
    size_t end = first + 1;
    for (size_t row = first; row < end; row++)
        for (const TsCell *cell = section->rows[row].cells; cell; cell = cell->next)
            if (row + cell->rowspan > end)
                end = row + cell->rowspan;
    return end - first;
}

static Mpt insets(const TsCell *cell)
{
    return cell->inset[LAYOUT_EDGE_TOP] + cell->inset[LAYOUT_EDGE_BOTTOM];
}

/* A paragraph alone in a cell of given height may fill it by fit: shrink. */
static void give_room(const TsRow *row, TsCell *cell)
{
    TsBox *box = cell->content;
    Mpt height = row->node->style->height;
    raise(&height, cell->node->style->height);
    if (box && !box->next && box->kind == TS_PARAGRAPH && cell->rowspan == 1)
        raise(&box->as.paragraph.room, height - insets(cell));
}

static void set_cell(TsJob *job, const TsGroup *group, const TsRow *row, TsCell *cell)
{
    const Mpt *edges = group->table->edges;
    const Mpt width = edges[cell->column + cell->colspan] - edges[cell->column];
    give_room(row, cell);
    cell->flow = ts_flow(job, cell->content, width - cell->inset[LAYOUT_EDGE_LEFT] - cell->inset[LAYOUT_EDGE_RIGHT]);
}

static void fill_group(TsJob *job, TsGroup *group)
{
    size_t count = 0;
    const TsRow *rows = group->section->rows + group->first;
    for (size_t row = 0; row < group->count; row++)
        for (const TsCell *cell = rows[row].cells; cell; cell = cell->next)
            count++;
    group->cells = ARENA_ARRAY(job->arena, count, TsCell *);
    for (size_t row = 0; row < group->count; row++) {
        for (TsCell *cell = rows[row].cells; cell; cell = cell->next) {
            cell->index = group->cell_count;
            group->cells[group->cell_count++] = cell;
            set_cell(job, group, &rows[row], cell);
        }
    }
    group->heights = ARENA_ARRAY(job->arena, group->count, Mpt);
    group->height = ts_group_heights(job, group, NULL, NULL, group->heights);
}

static bool repeats(const TsSection *section)
{
    return section->node->layout->kind == LAYOUT_TBODY && section->rows[0].node->layout->as.row.repeat;
}

const TsGroup *ts_groups(TsJob *job, const TsTable *table, const TsSection *section, size_t *count)
{
    TsGroup *groups = ARENA_ARRAY(job->arena, section->count, TsGroup);
    *count = 0;
    for (size_t row = 0; row < section->count;) {
        TsGroup *group = &groups[(*count)++];
        *group = (TsGroup){.table = table, .section = section, .first = row, .count = count_rows(section, row)};
        group->leader = row > 0 && repeats(section) ? groups : NULL;
        fill_group(job, group);
        row += group->count;
    }
    return groups;
}

const TsGroup *ts_head(TsJob *job, const TsTable *table)
{
    const TsSection *section = &table->sections[0];
    TsGroup *group = ARENA_NEW(job->arena, TsGroup);
    *group = (TsGroup){.table = table, .section = section, .count = section->count};
    fill_group(job, group);
    return group;
}

/* ── heights ── */

/* First and last row of a cell, within the group. */
static size_t first_row(const TsGroup *group, const TsCell *cell)
{
    return cell->row - group->first;
}

static size_t end_row(const TsGroup *group, const TsCell *cell)
{
    return first_row(group, cell) + cell->rowspan;
}

TsSpan ts_cell_span(TsJob *job, const TsCell *cell, const TsGroupCut *from, const TsGroupCut *to)
{
    const TsCut start = from ? from->cells[cell->index] : (TsCut){0};
    TsSpan span = ts_span(job, cell->flow, start, start.item == 0 && !start.group);
    span.closed = true;
    span.to = to ? to->cells[cell->index] : (TsCut){cell->flow->count, NULL};
    return span;
}

static Mpt cell_height(TsJob *job, const TsCell *cell, const TsGroupCut *from, const TsGroupCut *to)
{
    if (cell->blank > 0)
        return cell->blank + insets(cell);
    if (!from && !to)
        return cell->flow->height + insets(cell);
    const TsSpan span = ts_cell_span(job, cell, from, to);
    return ts_span_height(job, &span) + insets(cell);
}

static Mpt sum(const Mpt *heights, size_t first, size_t end)
{
    Mpt total = 0;
    for (size_t i = first; i < end; i++)
        total += heights[i];
    return total;
}

static void spread_height(Mpt *heights, size_t first, size_t end, Mpt more)
{
    for (size_t i = first; i < end; i++) {
        const Mpt part = more / (Mpt)(end - i);
        heights[i] += part;
        more -= part;
    }
}

/* Rows from `first` on, by the cells of one row, then by those of several. */
static void natural_heights(TsJob *job, const TsGroup *group, const TsGroupCut *from, size_t first, Mpt *heights)
{
    for (size_t row = first; row < group->count; row++)
        if (!from || !from->inside || row > first)
            heights[row] = group->section->rows[group->first + row].node->style->height;
    for (size_t i = 0; i < group->cell_count; i++) {
        const TsCell *cell = group->cells[i];
        const size_t row = first_row(group, cell);
        if (cell->rowspan > 1 || row < first)
            continue;
        raise(&heights[row], cell_height(job, cell, from, NULL));
        if (!from || !from->inside || row > first)
            raise(&heights[row], cell->node->style->height);
    }
    for (size_t i = 0; i < group->cell_count; i++) {
        const TsCell *cell = group->cells[i];
        const size_t end = end_row(group, cell);
        if (cell->rowspan == 1 || end <= first)
            continue;
        const size_t row = first_row(group, cell) > first ? first_row(group, cell) : first;
        Mpt height = cell_height(job, cell, from, NULL);
        if (!from || row == first_row(group, cell))
            raise(&height, cell->node->style->height);
        const Mpt more = height - sum(heights, row, end);
        if (more > 0)
            spread_height(heights, row, end, more);
    }
}

/* The height of the row that is cut: of the tallest part in it. */
static Mpt cut_height(TsJob *job, const TsGroup *group, const TsGroupCut *from, const TsGroupCut *to)
{
    Mpt height = 0;
    for (size_t i = 0; i < group->cell_count; i++) {
        const TsCell *cell = group->cells[i];
        if (first_row(group, cell) <= to->row && end_row(group, cell) > to->row)
            raise(&height, cell_height(job, cell, from, to));
    }
    return height;
}

Mpt ts_group_heights(TsJob *job, const TsGroup *group, const TsGroupCut *from, const TsGroupCut *to, Mpt *heights)
{
    const size_t first = from ? from->row : 0;
    memset(heights, 0, group->count * sizeof *heights);
    natural_heights(job, group, from, first, heights);
    if (to) {
        memset(heights + to->row, 0, (group->count - to->row) * sizeof *heights);
        if (to->inside)
            heights[to->row] = cut_height(job, group, from, to);
    }
    return sum(heights, 0, group->count);
}

/* ── cutting ── */

static TsCut cut_cell(TsJob *job, const TsCell *cell, const TsGroupCut *from, Mpt room, Mpt fresh)
{
    TsSpan span = ts_cell_span(job, cell, from, NULL);
    const TsItem *stuck;
    if (span.from.item == cell->flow->count || !ts_cut(job, &span, room - insets(cell), fresh - insets(cell), &stuck))
        return span.from;
    return span.to;
}

/* Between rows: before `row`. */
static void cut_before(TsJob *job, const TsGroup *group, const TsGroupCut *from, const Mpt *heights, Mpt fresh,
                       TsGroupCut *to)
{
    const size_t first = from ? from->row : 0;
    for (size_t i = 0; i < group->cell_count; i++) {
        const TsCell *cell = group->cells[i];
        const size_t begin = first_row(group, cell) > first ? first_row(group, cell) : first;
        if (end_row(group, cell) <= to->row)
            to->cells[i] = (TsCut){cell->flow->count, NULL};
        else if (first_row(group, cell) < to->row)
            to->cells[i] = cut_cell(job, cell, from, sum(heights, begin, to->row), fresh);
    }
}

/* Within the row to->row, the first one that is left. False: nothing of it fits, or nothing would be left. */
static bool cut_within(TsJob *job, const TsGroup *group, const TsGroupCut *from, Mpt room, Mpt fresh, TsGroupCut *to)
{
    bool moved = false, left = false;
    to->inside = true;
    for (size_t i = 0; i < group->cell_count; i++) {
        const TsCell *cell = group->cells[i];
        if (end_row(group, cell) <= to->row)
            to->cells[i] = (TsCut){cell->flow->count, NULL};
        if (first_row(group, cell) > to->row || end_row(group, cell) <= to->row)
            continue;
        const TsCut start = from ? from->cells[i] : (TsCut){0};
        to->cells[i] = cut_cell(job, cell, from, room, fresh);
        moved |= to->cells[i].item != start.item || to->cells[i].group != start.group;
        left |= to->cells[i].item < cell->flow->count;
    }
    return moved && left;
}

static bool may_cut(const TsGroup *group, Mpt height, Mpt fresh)
{
    if (height > fresh)
        return true;
    if (height <= fresh / SMALL_ROW)
        return false;
    for (size_t i = 0; i < group->count; i++)
        if (group->section->rows[group->first + i].node->style->break_inside == LAYOUT_AVOID)
            return false;
    return true;
}

const TsGroupCut *ts_group_cut(TsJob *job, const TsGroup *group, const TsGroupCut *from, Mpt room, Mpt fresh)
{
    Mpt *heights = ARENA_ARRAY(job->arena, group->count, Mpt);
    const Mpt height = ts_group_heights(job, group, from, NULL, heights);
    if (!may_cut(group, height, fresh))
        return NULL;
    const size_t first = from ? from->row : 0;
    TsGroupCut *to = arena_alloc(job->arena, sizeof *to + group->cell_count * sizeof to->cells[0]);
    to->row = first;
    for (Mpt bottom = heights[first]; bottom <= room && to->row < group->count - 1; bottom += heights[to->row])
        to->row++;
    if (to->row == first)
        return cut_within(job, group, from, room, fresh, to) ? to : NULL;
    cut_before(job, group, from, heights, fresh, to);
    return to;
}

/* ── the head above rows that go on ── */

/* A line of the table's own text, on the right; nothing when the layout wants none. */
static const TsFlow *set_marker(TsJob *job, const TsTable *table)
{
    if (!*table->continued)
        return ts_flow(job, NULL, table->edges[table->columns]);
    LayoutStyle *style = ARENA_NEW(job->arena, LayoutStyle);
    *style = *table->node->style;
    style->text_align = LAYOUT_RIGHT;
    style->text_indent = 0;
    memset(style->margin, 0, sizeof style->margin);
    memset(style->padding, 0, sizeof style->padding);
    memset(style->border, 0, sizeof style->border);
    style->padding[LAYOUT_EDGE_BOTTOM] = style->font_size / 5;
    style->width = (LayoutLength){LAYOUT_WIDTH_AUTO, 0};
    style->height = 0;
    TsNode *node = ARENA_NEW(job->arena, TsNode);
    *node = (TsNode){.layout = table->node->layout, .style = style, .text = table->node->text, .query = -1};
    TextRun *run = ARENA_NEW(job->arena, TextRun);
    *run = (TextRun){.text = table->continued, .style = node->text};
    TsBox *box = ARENA_NEW(job->arena, TsBox);
    *box = (TsBox){.kind = TS_PARAGRAPH, .node = node, .as.paragraph = {run, 1}};
    return ts_flow(job, box, table->edges[table->columns]);
}

/* Whether what is that high is not too much to stand on every page. */
static bool is_low(const TsJob *job, Mpt height)
{
    return height <= ts_room(job) / TALL_HEAD;
}

Mpt ts_head_height(TsJob *job, TsTable *table)
{
    if (!table->head || !is_low(job, table->head->height))
        return 0;
    if (!table->marker)
        table->marker = set_marker(job, table);
    return table->marker->height + table->head->height;
}

Mpt ts_repeat_height(TsJob *job, TsTable *table, const TsGroup *rows)
{
    const Mpt head = ts_head_height(job, table);
    return rows->leader && is_low(job, rows->leader->height) ? head + rows->leader->height : head;
}
