/* Tables as boxes: sections, rows and cells, each cell at its place in the grid.
 *
 * A cell takes the first free column of its row, as in HTML; a rowspan ends with its section.
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
    *row = (TsRow){.node = node, .element = page_element(b->job->recorder)};
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

/* ── the grid ── */

static size_t count_columns(const TsTable *table)
{
    size_t count = table->node->layout->as.table.count;
    if (count == 0)
        for (const TsCell *cell = table->sections[0].rows[0].cells; cell; cell = cell->next)
            count += cell->colspan;
    return count;
}

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
    if (table->section_count == 0)
        return NULL;
    table->columns = count_columns(table);
    if (table->columns == 0)
        return NULL;
    place_cells(job, table);
    return table;
}
