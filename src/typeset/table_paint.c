/* Painting a table, or the part of it that stands on one page: backgrounds, cells, then every line once.
 *
 * The part is laid out as a grid of the rows to be seen. Where two cells meet there is one line, the thicker of all that ask for
 * one there: the cells on both sides, the row and, at the outer edge, the table (CSS 2.2, 17.6.2.1, by thickness alone). A part
 * that ends with a page is closed by the table's own lower line. Neighbouring pieces of equal lines are drawn as one.
 */
#include "typeset/typeset_int.h"

/* Rows of one group in this part. */
typedef struct Band {
    const TsGroup *group;
    const TsGroupCut *from, *to;
    Mpt y;
    const Mpt *heights; /* by row of the group */
    size_t first, end;  /* rows to be seen */
    bool repeated;      /* the head again: an artifact */
} Band;

typedef struct Grid {
    TsJob *job;
    PageRecorder *r;
    const TsTable *table;
    Mpt x;
    Band *bands;
    size_t band_count;
    size_t rows;
    Mpt *y;               /* rows + 1 */
    const TsCell **cells; /* rows × columns; NULL where there is none */
    const TsRow **row;
    bool artifact; /* all of it */
    bool lined;    /* a line has been painted */
} Grid;

/* ── gathering ── */

static void add_band(Grid *g, const TsGroup *group, const TsGroupCut *from, const TsGroupCut *to, Mpt y)
{
    Band *band = &g->bands[g->band_count++];
    *band = (Band){.group = group, .from = from, .to = to, .y = y, .heights = group->heights, .end = group->count};
    if (from || to) {
        Mpt *heights = ARENA_ARRAY(g->job->arena, group->count, Mpt);
        ts_group_heights(g->job, group, from, to, heights);
        band->heights = heights;
    }
    if (from)
        band->first = from->row;
    if (to)
        band->end = to->row + to->inside;
    g->rows += band->end - band->first;
}

static void place_band_cells(Grid *g, const Band *band, size_t row)
{
    const size_t columns = g->table->columns;
    for (size_t i = 0; i < band->group->cell_count; i++) {
        const TsCell *cell = band->group->cells[i];
        const size_t begin = cell->row - band->group->first;
        for (size_t r = begin < band->first ? band->first : begin; r < begin + cell->rowspan && r < band->end; r++)
            for (size_t c = cell->column; c < cell->column + cell->colspan; c++)
                g->cells[(row + r - band->first) * columns + c] = cell;
    }
}

static void fill_grid(Grid *g)
{
    g->y = ARENA_ARRAY(g->job->arena, g->rows + 1, Mpt);
    g->row = ARENA_ARRAY(g->job->arena, g->rows, const TsRow *);
    g->cells = ARENA_ARRAY(g->job->arena, g->rows * g->table->columns, const TsCell *);
    size_t row = 0;
    for (size_t b = 0; b < g->band_count; b++) {
        const Band *band = &g->bands[b];
        place_band_cells(g, band, row);
        Mpt y = band->y;
        for (size_t i = band->first; i < band->end; i++, row++) {
            g->row[row] = &band->group->section->rows[band->group->first + i];
            g->y[row] = y;
            y += band->heights[i];
        }
        g->y[row] = y;
    }
}

/* ── backgrounds ── */

static void begin_artifact(const Grid *g, PageArtifact kind)
{
    if (!g->artifact)
        page_begin_artifact(g->r, kind);
}

static void end_artifact(const Grid *g)
{
    if (!g->artifact)
        page_end(g->r);
}

/* A cell's own colour, else its row's, section's or table's. */
static uint32_t background(const Grid *g, const Band *band, const TsCell *cell, const TsRow *row)
{
    const LayoutStyle *styles[] = {cell->node->style, row->node->style, band->group->section->node->style,
                                   g->table->node->style};
    size_t i = 0;
    while (i < 3 && styles[i]->background == LAYOUT_TRANSPARENT)
        i++;
    return styles[i]->background;
}

/* The part of a cell to be seen: rows of the group. */
static void visible_rows(const Band *band, const TsCell *cell, size_t *first, size_t *end)
{
    *first = cell->row - band->group->first;
    *end = *first + cell->rowspan;
    if (*first < band->first)
        *first = band->first;
    if (*end > band->end)
        *end = band->end;
}

static Mpt row_top(const Band *band, size_t row)
{
    Mpt y = band->y;
    for (size_t i = band->first; i < row; i++)
        y += band->heights[i];
    return y;
}

static void paint_backgrounds(const Grid *g)
{
    bool begun = false;
    for (size_t b = 0; b < g->band_count; b++) {
        const Band *band = &g->bands[b];
        for (size_t i = 0; i < band->group->cell_count; i++) {
            const TsCell *cell = band->group->cells[i];
            const uint32_t colour = background(g, band, cell, &band->group->section->rows[cell->row]);
            size_t first, end;
            visible_rows(band, cell, &first, &end);
            if (colour == LAYOUT_TRANSPARENT || first >= end)
                continue;
            if (!begun)
                begin_artifact(g, PAGE_DECORATION);
            begun = true;
            const Mpt *edges = g->table->edges;
            const Mpt top = row_top(band, first);
            page_rect(g->r, g->x + edges[cell->column], top, edges[cell->column + cell->colspan] - edges[cell->column],
                      row_top(band, end) - top, colour, PAGE_NO_COLOUR, 0);
        }
    }
    if (begun)
        end_artifact(g);
}

/* ── cells ── */

static Mpt align_offset(LayoutVertical align, Mpt room)
{
    if (room <= 0 || align == LAYOUT_TOP)
        return 0;
    return align == LAYOUT_MIDDLE ? room / 2 : room;
}

/* The element of a cell; that of a column keeps its parts together, a gap has none. */
static bool begin_cell(const Grid *g, const TsCell *cell, bool artifact)
{
    const LayoutNode *layout = cell->node->layout;
    if (artifact || (layout->as.cell.plain && cell->flow->count == 0))
        return false;
    if (layout->as.cell.plain)
        page_begin(g->r, PAGE_DIV, cell->element, NULL);
    else
        page_begin_cell(g->r, layout->as.cell.header ? PAGE_TH : PAGE_TD, cell->element, (int)cell->colspan,
                        (int)cell->rowspan, layout->as.cell.row_header);
    return true;
}

static void paint_cell(const Grid *g, const Band *band, const TsCell *cell, bool artifact)
{
    size_t first, end;
    visible_rows(band, cell, &first, &end);
    const TsSpan span = ts_cell_span(g->job, cell, band->from, band->to);
    const Mpt top = row_top(band, first), bottom = row_top(band, end);
    const Mpt room = bottom - top - cell->inset[LAYOUT_EDGE_TOP] - cell->inset[LAYOUT_EDGE_BOTTOM];
    const bool whole = span.from.item == 0 && !span.from.group && span.to.item == cell->flow->count;
    const LayoutVertical align = whole ? cell->node->style->vertical_align : LAYOUT_TOP;
    const Mpt down = align_offset(align, room - cell->flow->height);
    const Mpt left = g->x + g->table->edges[cell->column], right = g->x + g->table->edges[cell->column + cell->colspan];
    const TsRect around = g->job->around;
    if (cell->node->style->position == LAYOUT_RELATIVE)
        g->job->around = (TsRect){left, top, right, bottom};
    if (cell->anchor && !artifact && span.from.item == 0 && !span.from.group)
        page_anchor(g->r, cell->anchor, top);
    const bool begun = begin_cell(g, cell, artifact);
    ts_paint(g->job, &span, left + cell->inset[LAYOUT_EDGE_LEFT], top + cell->inset[LAYOUT_EDGE_TOP] + down, artifact);
    if (begun)
        page_end(g->r);
    g->job->around = around;
}

/* Columns side by side have no elements of their own. */
static bool is_plain(const Grid *g)
{
    return g->table->node->layout->as.table.plain;
}

static bool is_finished(const Band *band, const TsCell *cell)
{
    return band->from->cells[cell->index].item == cell->flow->count;
}

/* `begun`: on an earlier page; its cells that ended there are not painted again. */
static void paint_row(const Grid *g, const Band *band, size_t row, bool begun, bool artifact)
{
    const TsRow *content = &band->group->section->rows[band->group->first + row];
    const bool element = !artifact && !is_plain(g);
    if (content->anchor && !artifact && !begun)
        page_anchor(g->r, content->anchor, row_top(band, row));
    if (element)
        page_begin(g->r, PAGE_TR, content->element, NULL);
    for (const TsCell *cell = content->cells; cell; cell = cell->next)
        if (!begun || !is_finished(band, cell))
            paint_cell(g, band, cell, artifact);
    if (element)
        page_end(g->r);
}

/* Cells that began in rows above this part belong to the elements of those rows. */
static void paint_continued(const Grid *g, const Band *band, bool artifact)
{
    for (size_t row = 0; row < band->first; row++) {
        const TsRow *content = &band->group->section->rows[band->group->first + row];
        for (const TsCell *cell = content->cells; cell; cell = cell->next) {
            if (row + cell->rowspan <= band->first || is_finished(band, cell))
                continue;
            if (!artifact)
                page_begin(g->r, PAGE_TR, content->element, NULL);
            paint_cell(g, band, cell, artifact);
            if (!artifact)
                page_end(g->r);
        }
    }
}

static void paint_band(const Grid *g, const Band *band)
{
    const bool artifact = g->artifact || band->repeated;
    paint_continued(g, band, artifact);
    for (size_t row = band->first; row < band->end; row++)
        paint_row(g, band, row, band->from && band->from->inside && row == band->first, artifact);
}

static PageTag section_tag(const TsSection *section)
{
    switch (section->node->layout->kind) {
    case LAYOUT_THEAD:
        return PAGE_THEAD;
    case LAYOUT_TFOOT:
        return PAGE_TFOOT;
    default:
        return PAGE_TBODY;
    }
}

static void paint_bands(const Grid *g)
{
    const TsSection *open = NULL;
    for (size_t b = 0; b < g->band_count; b++) {
        const Band *band = &g->bands[b];
        const TsSection *section = band->repeated || g->artifact || is_plain(g) ? NULL : band->group->section;
        if (section != open) {
            if (open)
                page_end(g->r);
            if (section)
                page_begin(g->r, section_tag(section), section->element, NULL);
            open = section;
        }
        if (band->repeated)
            begin_artifact(g, PAGE_REPEATED);
        paint_band(g, band);
        if (band->repeated)
            end_artifact(g);
    }
    if (open)
        page_end(g->r);
}

/* ── lines ── */

typedef struct Stroke {
    Mpt width;
    uint32_t colour;
} Stroke;

static void take_wider(Stroke *stroke, const LayoutStyle *style, int edge)
{
    if (style->border[edge] > stroke->width)
        *stroke = (Stroke){style->border[edge], style->border_colour};
}

/* The line above row `k` (below the last row: k = rows) in one column. */
static Stroke level_stroke(const Grid *g, size_t k, size_t column)
{
    const size_t columns = g->table->columns;
    const TsCell *above = k > 0 ? g->cells[(k - 1) * columns + column] : NULL;
    const TsCell *below = k < g->rows ? g->cells[k * columns + column] : NULL;
    Stroke stroke = {0};
    if (above && above == below)
        return stroke;
    if (above)
        take_wider(&stroke, above->node->style, LAYOUT_EDGE_BOTTOM);
    if (below)
        take_wider(&stroke, below->node->style, LAYOUT_EDGE_TOP);
    if (k > 0)
        take_wider(&stroke, g->row[k - 1]->node->style, LAYOUT_EDGE_BOTTOM);
    if (k < g->rows)
        take_wider(&stroke, g->row[k]->node->style, LAYOUT_EDGE_TOP);
    if (k == 0)
        take_wider(&stroke, g->table->node->style, LAYOUT_EDGE_TOP);
    if (k == g->rows)
        take_wider(&stroke, g->table->node->style, LAYOUT_EDGE_BOTTOM);
    return stroke;
}

/* The line left of column `k` (right of the last: k = columns) in one row. */
static Stroke upright_stroke(const Grid *g, size_t row, size_t k)
{
    const size_t columns = g->table->columns;
    const TsCell *left = k > 0 ? g->cells[row * columns + k - 1] : NULL;
    const TsCell *right = k < columns ? g->cells[row * columns + k] : NULL;
    Stroke stroke = {0};
    if (left && left == right)
        return stroke;
    if (left)
        take_wider(&stroke, left->node->style, LAYOUT_EDGE_RIGHT);
    if (right)
        take_wider(&stroke, right->node->style, LAYOUT_EDGE_LEFT);
    if (k == 0) {
        take_wider(&stroke, g->row[row]->node->style, LAYOUT_EDGE_LEFT);
        take_wider(&stroke, g->table->node->style, LAYOUT_EDGE_LEFT);
    }
    if (k == columns) {
        take_wider(&stroke, g->row[row]->node->style, LAYOUT_EDGE_RIGHT);
        take_wider(&stroke, g->table->node->style, LAYOUT_EDGE_RIGHT);
    }
    return stroke;
}

/* Half of the thickest upright line that ends or passes at a point: a level line goes on as far, so that corners are full. */
static Mpt corner(const Grid *g, size_t k, size_t column)
{
    const Mpt above = k > 0 ? upright_stroke(g, k - 1, column).width : 0;
    const Mpt below = k < g->rows ? upright_stroke(g, k, column).width : 0;
    return (above > below ? above : below) / 2;
}

static bool same_stroke(Stroke a, Stroke b)
{
    return a.width == b.width && a.colour == b.colour;
}

/* The artifact that all lines stand in begins with the first of them. */
static void paint_stroke(Grid *g, Stroke stroke, PagePoint from, PagePoint to)
{
    if (!g->lined)
        begin_artifact(g, PAGE_DECORATION);
    g->lined = true;
    page_line(g->r, from.x, from.y, to.x, to.y, stroke.colour, stroke.width, 0, 0);
}

static void paint_level(Grid *g, size_t k)
{
    const Mpt *edges = g->table->edges;
    const size_t columns = g->table->columns;
    Stroke next = level_stroke(g, k, 0);
    for (size_t first = 0, end; first < columns; first = end) {
        const Stroke stroke = next;
        for (end = first + 1; end < columns && same_stroke(stroke, next = level_stroke(g, k, end));)
            end++;
        if (stroke.width > 0)
            paint_stroke(g, stroke, (PagePoint){g->x + edges[first] - corner(g, k, first), g->y[k]},
                         (PagePoint){g->x + edges[end] + corner(g, k, end), g->y[k]});
    }
}

static void paint_upright(Grid *g, size_t k)
{
    const Mpt x = g->x + g->table->edges[k];
    Stroke next = upright_stroke(g, 0, k);
    for (size_t first = 0, end; first < g->rows; first = end) {
        const Stroke stroke = next;
        for (end = first + 1; end < g->rows && same_stroke(stroke, next = upright_stroke(g, end, k));)
            end++;
        if (stroke.width > 0)
            paint_stroke(g, stroke, (PagePoint){x, g->y[first]}, (PagePoint){x, g->y[end]});
    }
}

static void paint_lines(Grid *g)
{
    for (size_t k = 0; k <= g->rows; k++)
        paint_level(g, k);
    for (size_t k = 0; k <= g->table->columns; k++)
        paint_upright(g, k);
    if (g->lined)
        end_artifact(g);
}

/* ── the whole part ── */

static void add_repeated_head(Grid *g, TsTable *table, Mpt y)
{
    const TsFlow *marker = table->marker;
    const TsSpan span = ts_span(g->job, marker, (TsCut){0}, true);
    if (marker->count > 0) {
        begin_artifact(g, PAGE_REPEATED);
        ts_paint(g->job, &span, g->x, y, true);
        end_artifact(g);
    }
    add_band(g, table->head, NULL, NULL, y + marker->height);
    g->bands[g->band_count - 1].repeated = true;
}

/* What stands again above the rows that go on. */
static void add_repeated(Grid *g, TsTable *table, const TsGroup *rows, Mpt y)
{
    const Mpt head = ts_head_height(g->job, table);
    if (head > 0)
        add_repeated_head(g, table, y);
    if (ts_repeat_height(g->job, table, rows) == head)
        return;
    add_band(g, rows->leader, NULL, NULL, y + head);
    g->bands[g->band_count - 1].repeated = true;
}

void ts_paint_table(TsJob *job, const TsSpan *span, size_t first, size_t end, Mpt x, Mpt y, bool artifact)
{
    const TsItem *items = span->flow->items;
    TsTable *table = items[first].box->as.table;
    Grid g = {.job = job,
              .r = job->recorder,
              .table = table,
              .x = x + items[first].x,
              .bands = ARENA_ARRAY(job->arena, end - first + 2, Band),
              .artifact = artifact};
    if (first == span->from.item && span->head > 0)
        add_repeated(&g, table, items[first].as.rows, y);
    for (size_t i = first; i < end; i++)
        add_band(&g, items[i].as.rows, i == span->from.item ? span->from.group : NULL,
                 i == span->to.item ? span->to.group : NULL, y + ts_span_y(span, i));
    fill_grid(&g);
    paint_backgrounds(&g);
    paint_bands(&g);
    paint_lines(&g);
}
