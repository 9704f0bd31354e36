/* Column widths.
 *
 * Lengths and shares of the table come first. Columns by content get what they would like (the longest line of any cell) when
 * there is room for it, otherwise what they need (the widest unbreakable piece) and a part of the rest in proportion to what
 * more they would like: CSS 2.2, 17.5.2.2. Fractions share what is left. A table without fractions fills its width when it
 * has columns by content, and is as wide as its columns when it has none.
 *
 * Only columns by content are measured, and fractions beside them: setting text twice is what a table costs most.
 */
#include "typeset/typeset_int.h"

#include <string.h>

typedef struct Column {
    LayoutLength spec;
    Mpt min, max; /* of the content, when measured */
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

/* Whether the cell's width depends on its content. */
static bool is_elastic(const Column *columns, const TsCell *cell, bool fractions)
{
    for (size_t i = cell->column; i < cell->column + cell->colspan; i++) {
        if (columns[i].spec.kind == LAYOUT_WIDTH_AUTO || (fractions && columns[i].spec.kind == LAYOUT_WIDTH_FRACTION))
            return true;
    }
    return false;
}

/* What a cell over several columns needs more than they have goes to its elastic ones in equal parts. */
static void spread_span(Column *columns, const TsCell *cell, bool fractions)
{
    Mpt min = 0, max = 0, count = 0;
    for (size_t i = cell->column; i < cell->column + cell->colspan; i++) {
        const bool fixed = columns[i].spec.kind == LAYOUT_WIDTH_FIXED;
        min += fixed ? columns[i].spec.value : columns[i].min;
        max += fixed ? columns[i].spec.value : columns[i].max;
        count +=
            columns[i].spec.kind == LAYOUT_WIDTH_AUTO || (fractions && columns[i].spec.kind == LAYOUT_WIDTH_FRACTION);
    }
    const Mpt more_min = cell->min > min ? (cell->min - min + count - 1) / count : 0;
    const Mpt more_max = cell->max > max ? (cell->max - max + count - 1) / count : 0;
    for (size_t i = cell->column; i < cell->column + cell->colspan; i++) {
        if (columns[i].spec.kind == LAYOUT_WIDTH_AUTO || (fractions && columns[i].spec.kind == LAYOUT_WIDTH_FRACTION)) {
            columns[i].min += more_min;
            columns[i].max += more_max;
        }
    }
}

typedef void CellAction(TsJob *job, Column *columns, TsCell *cell, bool fractions);

static void measure_cell(TsJob *job, Column *columns, TsCell *cell, bool fractions)
{
    if (!is_elastic(columns, cell, fractions))
        return;
    const Mpt sides = cell->inset[LAYOUT_EDGE_LEFT] + cell->inset[LAYOUT_EDGE_RIGHT];
    ts_measure(job, cell->content, &cell->min, &cell->max);
    cell->min += sides;
    cell->max += sides;
    if (cell->colspan == 1) {
        raise(&columns[cell->column].min, cell->min);
        raise(&columns[cell->column].max, cell->max);
    }
}

static void measure_span(TsJob *job, Column *columns, TsCell *cell, bool fractions)
{
    (void)job;
    if (cell->colspan > 1 && is_elastic(columns, cell, fractions))
        spread_span(columns, cell, fractions);
}

static void for_each_cell(TsJob *job, const TsTable *table, Column *columns, bool fractions, CellAction *action)
{
    for (size_t s = 0; s < table->section_count; s++)
        for (size_t r = 0; r < table->sections[s].count; r++)
            for (TsCell *cell = table->sections[s].rows[r].cells; cell; cell = cell->next)
                action(job, columns, cell, fractions);
}

static void inset_cell(TsJob *job, Column *columns, TsCell *cell, bool fractions)
{
    (void)job, (void)columns, (void)fractions;
    find_insets(cell);
}

static void measure_columns(TsJob *job, const TsTable *table, Column *columns, bool fractions)
{
    for_each_cell(job, table, columns, fractions, measure_cell);
    for_each_cell(job, table, columns, fractions, measure_span);
}

/* ── sharing ── */

/* Widths of the columns by content, out of `room`. With `fill`, room that nobody asked for is shared too. Returns what they take. */
static Mpt share_content(Column *columns, size_t count, Mpt room, bool fill)
{
    int64_t min = 0, max = 0;
    for (size_t i = 0; i < count; i++) {
        if (columns[i].spec.kind == LAYOUT_WIDTH_AUTO) {
            min += columns[i].min;
            max += columns[i].max;
        }
    }
    const bool roomy = max <= room;
    int64_t rest = roomy ? (fill ? room - max : 0) : room - min;
    int64_t weights = roomy ? max : max - min;
    Mpt taken = 0;
    for (size_t i = 0; i < count; i++) {
        Column *c = &columns[i];
        if (c->spec.kind != LAYOUT_WIDTH_AUTO)
            continue;
        const Mpt weight = roomy ? c->max : c->max - c->min;
        const Mpt more = rest > 0 && weights > 0 ? (Mpt)fixed_mul_div(rest, weight, weights) : 0;
        c->width = (roomy ? c->max : c->min) + more;
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

static Mpt least_of_fractions(const Column *columns, size_t count)
{
    Mpt least = 0;
    for (size_t i = 0; i < count; i++)
        least += columns[i].spec.kind == LAYOUT_WIDTH_FRACTION ? columns[i].min : 0;
    return least;
}

void ts_columns(TsJob *job, TsTable *table, Mpt available)
{
    const size_t count = table->columns;
    Column *columns = read_specs(job, table);
    for_each_cell(job, table, columns, false, inset_cell);
    const bool by_content = has_kind(columns, count, LAYOUT_WIDTH_AUTO);
    const bool fractions = has_kind(columns, count, LAYOUT_WIDTH_FRACTION);
    if (by_content)
        measure_columns(job, table, columns, fractions);
    Mpt room = available - take_fixed(columns, count, available);
    if (room < -(Mpt)count) /* shares rounded up are no mistake */
        TS_FAIL(job, TS_TABLE_WIDE, table->node, ts_length(job, available - room), ts_length(job, available));
    if (by_content)
        room -= share_content(columns, count, room - least_of_fractions(columns, count), !fractions);
    if (fractions)
        share_fractions(columns, count, room > 0 ? room : 0);
    table->edges = ARENA_ARRAY(job->arena, count + 1, Mpt);
    for (size_t i = 0; i < count; i++)
        table->edges[i + 1] = table->edges[i] + columns[i].width;
}

void ts_measure_table(TsJob *job, TsTable *table, Mpt *min, Mpt *max)
{
    Column *columns = read_specs(job, table);
    for_each_cell(job, table, columns, false, inset_cell);
    for (size_t i = 0; i < table->columns; i++)
        if (columns[i].spec.kind != LAYOUT_WIDTH_FIXED)
            columns[i].spec.kind = LAYOUT_WIDTH_AUTO;
    measure_columns(job, table, columns, false);
    *min = *max = 0;
    for (size_t i = 0; i < table->columns; i++) {
        const bool fixed = columns[i].spec.kind == LAYOUT_WIDTH_FIXED;
        *min += fixed ? columns[i].spec.value : columns[i].min;
        *max += fixed ? columns[i].spec.value : columns[i].max;
    }
}
