/* Column widths.
 *
 * Lengths and shares of the table come first. Columns by content get what they would like (the longest line of any cell) when
 * there is room for it, otherwise what they need (the widest unbreakable piece) and a part of the rest in proportion to what
 * more they would like: CSS 2.2, 17.5.2.2. Where there is not even room for what they need, they give way in the same manner towards
 * the widest character, and words break inside; below that the table is too wide. Fractions share what is left. A table without
 * fractions fills its width when it has columns by content, and is as wide as its columns when it has none.
 *
 * Only columns by content are measured, and fractions beside them: setting text twice is what a table costs most.
 */
#include "typeset/typeset_int.h"

#include <string.h>

typedef struct Column {
    LayoutLength spec;
    TsExtent extent; /* of the content, when measured */
    Mpt width;
} Column;

/* Half of a collapsed border belongs to the cell. */
static void find_insets(TsCell *cell)
{
    const LayoutStyle *style = cell->node->style;
    for (int i = 0; i < LAYOUT_EDGES; i++)
        cell->inset[i] = style->padding[i] + style->border[i] / 2;
}

/* By <col>, else by the widths of the first row's cells. */
static Column *read_specs(TsJob *job, const TsTable *table)
{
    Column *columns = ARENA_ARRAY(job->arena, table->columns, Column);
    const LayoutNode *layout = table->node->layout;
    for (size_t i = 0; i < layout->as.table.count; i++)
        columns[i].spec = layout->as.table.columns[i];
    if (layout->as.table.count > 0)
        return columns;
    for (const TsCell *cell = table->sections[0].rows[0].cells; cell; cell = cell->next)
        if (cell->colspan == 1)
            columns[cell->column].spec = cell->node->style->width;
    return columns;
}

static bool has_kind(const Column *columns, size_t count, int kind)
{
    for (size_t i = 0; i < count; i++)
        if ((int)columns[i].spec.kind == kind)
            return true;
    return false;
}

/* ── measuring ── */

static void raise(Mpt *length, Mpt by)
{
    if (by > *length)
        *length = by;
}

static bool is_elastic(const Column *column)
{
    return column->spec.kind == LAYOUT_WIDTH_AUTO || column->spec.kind == LAYOUT_WIDTH_FRACTION;
}

/* Whether the cell's width depends on its content. */
static bool depends_on_content(const Column *columns, const TsCell *cell)
{
    for (size_t i = cell->column; i < cell->column + cell->colspan; i++)
        if (is_elastic(&columns[i]))
            return true;
    return false;
}

/* What a cell over several columns needs more than they have goes to its elastic ones in equal parts. */
static void spread_span(Column *columns, const TsCell *cell)
{
    TsExtent sum = {0};
    Mpt count = 0;
    for (size_t i = cell->column; i < cell->column + cell->colspan; i++) {
        const bool elastic = is_elastic(&columns[i]);
        for (int k = 0; k < TS_EXTENTS; k++)
            sum.width[k] += elastic ? columns[i].extent.width[k] : columns[i].width;
        count += elastic;
    }
    for (int k = 0; k < TS_EXTENTS; k++) {
        const Mpt more = cell->extent.width[k] - sum.width[k];
        for (size_t i = cell->column; more > 0 && i < cell->column + cell->colspan; i++)
            columns[i].extent.width[k] += is_elastic(&columns[i]) ? (more + count - 1) / count : 0;
    }
}

typedef void CellAction(TsJob *job, Column *columns, TsCell *cell);

static void measure_cell(TsJob *job, Column *columns, TsCell *cell)
{
    if (!depends_on_content(columns, cell))
        return;
    const Mpt sides = cell->inset[LAYOUT_EDGE_LEFT] + cell->inset[LAYOUT_EDGE_RIGHT];
    cell->extent = ts_measure(job, cell->content);
    for (int k = 0; k < TS_EXTENTS; k++) {
        cell->extent.width[k] += sides;
        if (cell->colspan == 1)
            raise(&columns[cell->column].extent.width[k], cell->extent.width[k]);
    }
}

static void measure_span(TsJob *job, Column *columns, TsCell *cell)
{
    (void)job;
    if (cell->colspan > 1 && depends_on_content(columns, cell))
        spread_span(columns, cell);
}

static void for_each_cell(TsJob *job, const TsTable *table, Column *columns, CellAction *action)
{
    for (size_t s = 0; s < table->section_count; s++)
        for (size_t r = 0; r < table->sections[s].count; r++)
            for (TsCell *cell = table->sections[s].rows[r].cells; cell; cell = cell->next)
                action(job, columns, cell);
}

static void inset_cell(TsJob *job, Column *columns, TsCell *cell)
{
    (void)job, (void)columns;
    find_insets(cell);
}

/* Widths of the other columns must be known. */
static void measure_columns(TsJob *job, const TsTable *table, Column *columns)
{
    for_each_cell(job, table, columns, measure_cell);
    for_each_cell(job, table, columns, measure_span);
}

/* What the columns of a kind need together. */
static TsExtent sum_of_kind(const Column *columns, size_t count, int kind)
{
    TsExtent sum = {0};
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < TS_EXTENTS && (int)columns[i].spec.kind == kind; k++)
            sum.width[k] += columns[i].extent.width[k];
    return sum;
}

/* ── sharing ── */

/* Widths of the columns by content, out of `room`. With `fill`, room that nobody asked for is shared too. Returns what they take. */
static Mpt share_content(Column *columns, size_t count, Mpt room, bool fill)
{
    const TsExtent sum = sum_of_kind(columns, count, LAYOUT_WIDTH_AUTO);
    const bool roomy = sum.width[TS_NATURAL] <= room;
    const int base = roomy ? TS_NATURAL : sum.width[TS_NEEDED] <= room ? TS_NEEDED : TS_LEAST;
    int64_t rest = roomy && !fill ? 0 : room - sum.width[base];
    int64_t weights = roomy ? sum.width[base] : sum.width[base + 1] - sum.width[base];
    Mpt taken = 0;
    for (size_t i = 0; i < count; i++) {
        Column *c = &columns[i];
        if (c->spec.kind != LAYOUT_WIDTH_AUTO)
            continue;
        const Mpt least = c->extent.width[base];
        const Mpt weight = roomy ? least : c->extent.width[base + 1] - least;
        const Mpt more = rest > 0 && weights > 0 ? (Mpt)fixed_mul_div(rest, weight, weights) : 0;
        c->width = least + more;
        rest -= more;
        weights -= weight;
        taken += c->width;
    }
    return taken;
}

static void share_fractions(Column *columns, size_t count, Mpt room)
{
    int64_t shares = 0;
    for (size_t i = 0; i < count; i++)
        shares += columns[i].spec.kind == LAYOUT_WIDTH_FRACTION ? columns[i].spec.value : 0;
    for (size_t i = 0; i < count; i++) {
        if (columns[i].spec.kind != LAYOUT_WIDTH_FRACTION)
            continue;
        columns[i].width = shares > 0 ? (Mpt)fixed_mul_div(room, columns[i].spec.value, shares) : 0;
        room -= columns[i].width;
        shares -= columns[i].spec.value;
    }
}

/* Lengths and shares of the table; returns what they take. */
static Mpt take_fixed(Column *columns, size_t count, Mpt available)
{
    Mpt taken = 0;
    for (size_t i = 0; i < count; i++) {
        if (columns[i].spec.kind == LAYOUT_WIDTH_FIXED)
            columns[i].width = columns[i].spec.value;
        if (columns[i].spec.kind == LAYOUT_WIDTH_PERCENT)
            columns[i].width = (Mpt)fixed_mul_div(available, columns[i].spec.value, 10000);
        taken += columns[i].width;
    }
    return taken;
}

/* Shares `room` among columns by content and fractions; returns how much too little it is. */
static Mpt share_room(Column *columns, size_t count, Mpt room)
{
    const bool fractions = has_kind(columns, count, LAYOUT_WIDTH_FRACTION);
    const TsExtent content = sum_of_kind(columns, count, LAYOUT_WIDTH_AUTO);
    const TsExtent others = sum_of_kind(columns, count, LAYOUT_WIDTH_FRACTION);
    const Mpt missing = content.width[TS_LEAST] + others.width[TS_LEAST] - room;
    Mpt kept = room - content.width[TS_NEEDED]; /* for fractions: what they need, or less to spare the others */
    if (kept > others.width[TS_NEEDED])
        kept = others.width[TS_NEEDED];
    raise(&kept, others.width[TS_LEAST]);
    room -= share_content(columns, count, room - kept, !fractions);
    share_fractions(columns, count, room > kept ? room : kept);
    return missing;
}

void ts_columns(TsJob *job, TsTable *table, Mpt available)
{
    const size_t count = table->columns;
    Column *columns = read_specs(job, table);
    for_each_cell(job, table, columns, inset_cell);
    const Mpt taken = take_fixed(columns, count, available);
    if (has_kind(columns, count, LAYOUT_WIDTH_AUTO))
        measure_columns(job, table, columns);
    const Mpt missing = share_room(columns, count, available - taken);
    if (missing > (Mpt)count) /* shares rounded up are no mistake */
        TS_FAIL(job, TS_TABLE_WIDE, table->node, ts_length(job, available + missing), ts_length(job, available));
    table->edges = ARENA_ARRAY(job->arena, count + 1, Mpt);
    for (size_t i = 0; i < count; i++)
        table->edges[i + 1] = table->edges[i] + columns[i].width;
}

TsExtent ts_measure_table(TsJob *job, TsTable *table)
{
    Column *columns = read_specs(job, table);
    TsExtent sum = {0};
    for_each_cell(job, table, columns, inset_cell);
    for (size_t i = 0; i < table->columns; i++) {
        if (columns[i].spec.kind != LAYOUT_WIDTH_FIXED)
            columns[i].spec.kind = LAYOUT_WIDTH_AUTO;
        else
            columns[i].width = columns[i].spec.value;
    }
    measure_columns(job, table, columns);
    for (size_t i = 0; i < table->columns; i++)
        for (int k = 0; k < TS_EXTENTS; k++)
            sum.width[k] += is_elastic(&columns[i]) ? columns[i].extent.width[k] : columns[i].width;
    return sum;
}
