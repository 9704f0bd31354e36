/* Tables as boxes: sections, rows and cells, each cell at its place in the grid.
 *
 * A cell takes the first free column of its row, as in HTML; a rowspan ends with its section.
 *
 * Blank rows (fill-rows) are made after the ordinary row of the layout, which is the one with the most cells: rows of group
 * headers and subtotals have fewer. A blank cell looks like the ordinary one in its column and is as high as one line of it.
 */
#include "typeset/typeset_int.h"

#include <string.h>

typedef struct TableBuilder {
    TsJob *job;
    TsTable *table;
    size_t section_room, row_room;
    TsCell **last; /* where the next cell is linked in */
} TableBuilder;

/* Returns `items` with room for one more. */
static void *grow(Arena *arena, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room ? *room * 2 : 8;
    void *larger = arena_array(arena, *room, size);
    if (count)
        memcpy(larger, items, count * size);
    return larger;
}

static void visit_cell(void *context, const TsNode *node)
{
    TableBuilder *b = context;
    TsCell *cell = ARENA_NEW(b->job->arena, TsCell);
    *cell = (TsCell){.node = node,
                     .content = ts_boxes(b->job, node->children),
                     .rowspan = (size_t)node->layout->as.cell.rowspan,
                     .colspan = (size_t)node->layout->as.cell.colspan,
                     .anchor = ts_anchor(b->job, node),
                     .element = page_element(b->job->recorder)};
    *b->last = cell;
    b->last = &cell->next;
}

static void visit_row(void *context, const TsNode *node)
{
    TableBuilder *b = context;
    TsSection *section = &b->table->sections[b->table->section_count];
    section->rows = grow(b->job->arena, section->rows, section->count, &b->row_room, sizeof *section->rows);
    TsRow *row = &section->rows[section->count++];
    *row = (TsRow){.node = node, .element = page_element(b->job->recorder), .anchor = ts_anchor(b->job, node)};
    b->last = &row->cells;
    ts_expand(b->job, node->children, visit_cell, b);
}

static void visit_section(void *context, const TsNode *node)
{
    TableBuilder *b = context;
    TsTable *table = b->table;
    table->sections =
        grow(b->job->arena, table->sections, table->section_count, &b->section_room, sizeof *table->sections);
    TsSection *section = &table->sections[table->section_count];
    *section = (TsSection){.node = node, .element = page_element(b->job->recorder)};
    b->row_room = 0;
    ts_expand(b->job, node->children, visit_row, b);
    if (section->count == 0)
        return;
    table->has_head |= node->layout->kind == LAYOUT_THEAD;
    table->section_count++;
}

/* The cells of a row of the layout, by column, of the first `room` columns. */
static void collect_cells(const TsNode *first, const TsNode **cells, size_t room, size_t *count)
{
    for (const TsNode *node = first; node; node = node->next) {
        if (node->layout->kind != LAYOUT_CELL) {
            collect_cells(node->children, cells, room, count);
            continue;
        }
        for (int i = 0; i < node->layout->as.cell.colspan; i++, ++*count)
            if (*count < room)
                cells[*count] = node;
    }
}

/* By <col>, else by the first row; in a table without rows, by the row of the layout that would be the first. */
static size_t count_columns(const TsTable *table, const TsNode *row)
{
    size_t count = table->node->layout->as.table.count;
    if (count == 0 && table->section_count > 0)
        for (const TsCell *cell = table->sections[0].rows[0].cells; cell; cell = cell->next)
            count += cell->colspan;
    else if (count == 0)
        collect_cells(row->children, NULL, 0, &count);
    return count;
}

/* ── blank rows ── */

static size_t count_cells(const TsNode *first)
{
    size_t count = 0;
    for (const TsNode *node = first; node; node = node->next)
        count += node->layout->kind == LAYOUT_CELL ? 1 : count_cells(node->children);
    return count;
}

/* The row with the most cells below these nodes, and the last of such, which is the one that no test has given a class of its own;
 * NULL: there is none with a cell. */
static const TsNode *ordinary_row(const TsNode *first)
{
    const TsNode *best = NULL;
    for (const TsNode *node = first; node; node = node->next) {
        const TsNode *row = node->layout->kind == LAYOUT_TR ? node : ordinary_row(node->children);
        if (row && count_cells(row->children) >= (best ? count_cells(best->children) : 1))
            best = row;
    }
    return best;
}

static const TsNode *last_body(const TsNode *first)
{
    const TsNode *body = NULL;
    for (const TsNode *node = first; node; node = node->next) {
        const TsNode *found = node->layout->kind == LAYOUT_TBODY ? node : last_body(node->children);
        body = found ? found : body;
    }
    return body;
}

/* One line of the first paragraph in a cell, or of its own text. */
static Mpt line_of_cell(const TsNode *cell)
{
    const TsNode *node = cell->children;
    while (node && node->layout->kind != LAYOUT_P && node->layout->kind != LAYOUT_HEADING)
        node = node->children;
    if (!node)
        return cell->style->line_height;
    const LayoutStyle *style = node->style;
    return style->line_height + ts_frame(style, LAYOUT_EDGE_TOP) + ts_frame(style, LAYOUT_EDGE_BOTTOM) +
           style->margin[LAYOUT_EDGE_TOP] + style->margin[LAYOUT_EDGE_BOTTOM];
}

static TsCell *blank_cells(TsJob *job, const TsNode *row, size_t columns)
{
    const TsNode **nodes = ARENA_ARRAY(job->arena, columns, const TsNode *);
    size_t known = 0;
    collect_cells(row->children, nodes, columns, &known);
    TsCell *first = NULL, **last = &first;
    for (size_t i = 0; i < columns; i++) {
        const TsNode *node = nodes[i < known ? i : (known < columns ? known : columns) - 1];
        TsCell *cell = ARENA_NEW(job->arena, TsCell);
        *cell = (TsCell){.node = node,
                         .rowspan = 1,
                         .colspan = 1,
                         .blank = line_of_cell(node),
                         .element = page_element(job->recorder)};
        *last = cell;
        last = &cell->next;
    }
    return first;
}

/* How many blank rows are missing to a multiple of fill-rows; an empty table is filled once. */
static size_t missing_rows(const TsTable *table)
{
    const size_t step = (size_t)table->node->layout->as.table.fill_rows;
    size_t rows = 0;
    for (size_t i = 0; i < table->section_count; i++)
        if (table->sections[i].node->layout->kind == LAYOUT_TBODY)
            rows += table->sections[i].count;
    if (step == 0)
        return 0;
    return rows == 0 ? step : (step - rows % step) % step;
}

/* Adds them in a section of their own, before the foot. */
static void fill_rows(TableBuilder *b)
{
    TsJob *job = b->job;
    TsTable *table = b->table;
    const size_t count = missing_rows(table);
    const TsNode *body = last_body(table->node->children), *row = body ? ordinary_row(body->children) : NULL;
    if (count == 0 || !row)
        return;
    const size_t columns = count_columns(table, row);
    table->sections =
        grow(job->arena, table->sections, table->section_count, &b->section_room, sizeof *table->sections);
    TsSection *section = &table->sections[table->section_count++];
    if (table->section_count > 1 && section[-1].node->layout->kind == LAYOUT_TFOOT) {
        section[0] = section[-1];
        section--;
    }
    *section = (TsSection){.node = body, .count = count, .element = page_element(job->recorder)};
    section->rows = ARENA_ARRAY(job->arena, count, TsRow);
    for (size_t i = 0; i < count; i++)
        section->rows[i] =
            (TsRow){.node = row, .cells = blank_cells(job, row, columns), .element = page_element(job->recorder)};
}

/* ── the grid ── */

/* The first of `span` neighbouring free columns, from `column` on; past the end when there are none. */
static size_t free_column(const TsTable *table, const size_t *busy, size_t column, size_t span)
{
    for (size_t i = column; i < column + span && i < table->columns; i++)
        if (busy[i])
            column = i + 1;
    return column;
}

/* `busy` counts for every column the rows that a cell from above still covers. */
static void place_row(TsJob *job, const TsTable *table, const TsSection *section, size_t row, size_t *busy)
{
    size_t column = 0;
    for (TsCell *cell = section->rows[row].cells; cell; cell = cell->next) {
        column = free_column(table, busy, column, cell->colspan);
        if (column + cell->colspan > table->columns) {
            TS_FAIL(job, TS_CELLS, cell->node, diag_number(job->diag, (int64_t)table->columns));
            section->rows[row].cells = NULL;
            return;
        }
        cell->row = row;
        cell->column = column;
        if (cell->rowspan > section->count - row)
            cell->rowspan = section->count - row;
        for (size_t i = 0; i < cell->colspan; i++)
            busy[column++] = cell->rowspan;
    }
}

static void place_cells(TsJob *job, const TsTable *table)
{
    size_t *busy = ARENA_ARRAY(job->arena, table->columns, size_t);
    for (size_t s = 0; s < table->section_count; s++) {
        const TsSection *section = &table->sections[s];
        memset(busy, 0, table->columns * sizeof *busy);
        for (size_t row = 0; row < section->count; row++) {
            place_row(job, table, section, row, busy);
            for (size_t i = 0; i < table->columns; i++)
                busy[i] -= busy[i] > 0;
        }
    }
}

TsTable *ts_table(TsJob *job, const TsNode *node)
{
    TsTable *table = ARENA_NEW(job->arena, TsTable);
    table->node = node;
    TableBuilder b = {.job = job, .table = table};
    ts_expand(job, node->children, visit_section, &b);
    fill_rows(&b);
    if (table->section_count == 0)
        return NULL;
    table->continued = ts_text(job, node->layout->as.table.continued);
    table->columns = count_columns(table, NULL);
    if (table->columns == 0)
        return NULL;
    place_cells(job, table);
    return table;
}
