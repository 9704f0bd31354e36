/* Line chart: a point a row from left to right, its value above it, its name under the scale; the reference as a dashed line.
 *
 * A value stands at its point where no line runs through it: above, in a hollow below, else beside. Where that is not to be had for one
 * of them, all stand in a row under the names. Where a value is missing the line has a gap, and 无数据 stands over the name.
 */
#include "typeset/chart_int.h"

typedef struct Lines {
    TsPicture *p;
    TsAxis axis;
    size_t count;
    Mpt x, y, width, height; /* the field of the points */
    Mpt step;                /* from point to point */
    Mpt room;                /* for a value over or under its point */
} Lines;

static PagePoint point(const Lines *l, size_t i, int64_t value)
{
    return (PagePoint){l->x + l->step / 2 + l->step * (Mpt)i,
                       l->y + l->height - ts_on_axis(&l->axis, value, l->height)};
}

static Mpt number_width(const Lines *l)
{
    Mpt width = 0;
    for (int64_t value = l->axis.low; value <= l->axis.high; value += l->axis.step) {
        const TsLabel number = ts_label(l->p, ts_number(l->p, value), l->p->width, 80, TS_MUTED);
        if (number.width > width)
            width = number.width;
    }
    return width;
}

static void draw_scale(const Lines *l)
{
    TsPicture *p = l->p;
    const int64_t numbers = ts_number_step(&l->axis, l->height, p->size);
    for (int64_t value = l->axis.low; value <= l->axis.high; value += l->axis.step) {
        const Mpt y = point(l, 0, value).y;
        const bool ground = value == l->axis.low;
        ts_draw_line(p, (PagePoint){l->x, y}, (PagePoint){l->x + l->width, y},
                     ts_stroke(ground ? TS_AXIS : TS_GRID, ground ? 700 : 400));
        if ((value - l->axis.low) % numbers != 0)
            continue;
        const TsLabel number = ts_label(p, ts_number(p, value), p->width, 80, TS_MUTED);
        ts_draw_label(p, &number, l->x - p->size / 2 - number.width, y - number.height / 2, TEXT_END);
    }
}

/* Names under the scale; returns the height of the tallest. */
static Mpt set_names(const Lines *l, TsLabel *names)
{
    Mpt height = 0;
    for (size_t i = 0; i < l->count; i++) {
        names[i] = ts_label(l->p, l->p->chart->rows[i].label, l->step - l->p->size / 4, 100, l->p->node->text.colour);
        names[i].link = l->p->chart->rows[i].link;
        if (names[i].height > height)
            height = names[i].height;
    }
    return height;
}

static void draw_series(const Lines *l, bool reference, TsInk ink)
{
    const TsChartRow *rows = l->p->chart->rows;
    for (size_t i = 0; i + 1 < l->count; i++) {
        const TsChartRow *a = &rows[i], *b = &rows[i + 1];
        if (reference ? a->has_reference && b->has_reference : a->has_value && b->has_value)
            ts_draw_line(l->p, point(l, i, reference ? a->reference : a->value),
                         point(l, i + 1, reference ? b->reference : b->value), ink);
    }
    for (size_t i = 0; i < l->count; i++)
        if (reference ? rows[i].has_reference : rows[i].has_value)
            ts_draw_dot(l->p, point(l, i, reference ? rows[i].reference : rows[i].value), reference ? 1200 : 2200,
                        ts_fill(ink.stroke));
}

/* ── values ── */

/* Lower than a neighbour and not higher than the other. */
static bool in_hollow(const Lines *l, size_t i)
{
    const TsChartRow *rows = l->p->chart->rows;
    const bool left = i > 0 && rows[i - 1].has_value, right = i + 1 < l->count && rows[i + 1].has_value;
    const int64_t value = rows[i].value;
    if ((left && rows[i - 1].value < value) || (right && rows[i + 1].value < value))
        return false;
    return (left && rows[i - 1].value > value) || (right && rows[i + 1].value > value);
}

/* Places around a point in the order of preference: over it (or under, in a hollow), beside, further off. In halves of the label's
 * size, and in distances from the point. */
typedef struct Spot {
    int8_t x, y, away_x, away_y;
} Spot;

static const Spot spots[] = {
    {0, -1, 0, -1}, {0, 1, 0, 1},   {1, -1, 1, 0},  {-1, -1, -1, 0}, {1, 1, 1, 0},   {-1, 1, -1, 0},
    {1, 0, 1, 0},   {-1, 0, -1, 0}, {0, -1, 0, -3}, {0, 1, 0, 3},    {0, -1, 0, -6}, {0, 1, 0, 6},
};

static bool place_at_point(const Lines *l, size_t i, const TsLabel *label)
{
    TsPicture *p = l->p;
    const PagePoint at = point(l, i, p->chart->rows[i].value);
    const Mpt away = 2200 + p->size / 5;
    const int turn = in_hollow(l, i) ? -1 : 1;
    for (size_t k = 0; k < sizeof spots / sizeof *spots; k++) {
        const Spot s = spots[k];
        const Mpt x = at.x + s.away_x * away + (s.x - 1) * label->width / 2;
        const Mpt y = at.y + turn * s.away_y * away + (turn * s.y - 1) * label->height / 2;
        if (!ts_is_free(p, label, x, y) || y + label->height > l->y + l->height)
            continue;
        ts_draw_plate(p, label, x, y);
        ts_draw_label(p, label, x, y, TEXT_CENTER);
        return true;
    }
    return false;
}

/* 无数据 over the scale, where no line of the reference passes. */
static bool place_in_column(const Lines *l, size_t i, const TsLabel *label)
{
    TsPicture *p = l->p;
    const Mpt x = point(l, i, l->axis.low).x - label->width / 2;
    for (Mpt y = l->y + l->height - p->size / 5 - label->height; y >= l->y; y -= label->height / 2) {
        if (!ts_is_free(p, label, x, y))
            continue;
        ts_draw_plate(p, label, x, y);
        ts_draw_label(p, label, x, y, TEXT_CENTER);
        return true;
    }
    return false;
}

static TsLabel value_label(const Lines *l, size_t i, Mpt room)
{
    TsPicture *p = l->p;
    const TsChartRow *row = &p->chart->rows[i];
    return ts_label(p, ts_caption(p, row), room, 100, row->has_value ? p->node->text.colour : TS_MUTED);
}

static bool place_values(const Lines *l)
{
    for (size_t i = 0; i < l->count; i++) {
        const TsLabel label = value_label(l, i, l->width / 3);
        if (l->p->chart->rows[i].has_value ? !place_at_point(l, i, &label) : !place_in_column(l, i, &label))
            return false;
    }
    return true;
}

/* ── the chart ── */

static Mpt tallest_value(const Lines *l)
{
    Mpt height = 0;
    for (size_t i = 0; i < l->count; i++) {
        const TsLabel label = value_label(l, i, l->step - l->p->size / 4);
        height = label.height > height ? label.height : height;
    }
    return height;
}

/* With the values at their points, or in a row under the names. False: a value has no place at its point. */
static bool draw(Lines *l, const TsLegend *legend, bool under)
{
    TsPicture *p = l->p;
    TsLabel *names = ARENA_ARRAY(p->job->arena, l->count, TsLabel);
    const Mpt name_height = set_names(l, names), row = under ? tallest_value(l) : 0;
    l->y = legend->height + (under ? p->size : p->size * 2); /* room for the value of a point at the top */
    l->height = p->height - l->y - name_height - row - p->size / 2;
    if (l->height < p->size * 2) {
        p->height += p->size * 2 - l->height;
        l->height = p->size * 2;
    }
    ts_draw_legend(p, legend, 0);
    draw_scale(l);
    draw_series(l, true, ts_dashes(TS_REFERENCE, 900));
    draw_series(l, false, ts_stroke(TS_MAIN, 1400));
    const Mpt foot = l->y + l->height + p->size / 2;
    for (size_t i = 0; i < l->count; i++) {
        const Mpt x = point(l, i, l->axis.low).x;
        ts_draw_label(p, &names[i], x - names[i].width / 2, foot, TEXT_CENTER);
        if (under) {
            const TsLabel value = value_label(l, i, l->step - p->size / 4);
            ts_draw_label(p, &value, x - value.width / 2, foot + name_height, TEXT_CENTER);
        }
    }
    return under || place_values(l);
}

void ts_line_chart(TsPicture *p)
{
    Lines l = {.p = p, .axis = ts_axis(p->chart, false), .count = p->chart->count};
    const TsLegend legend = ts_series_legend(p, TS_SWATCH_LINE, TS_SWATCH_DASHES, NULL);
    l.x = number_width(&l) + p->size / 2;
    l.width = p->width - l.x;
    l.step = l.width / (Mpt)l.count;
    const TsPictureMark empty = ts_picture_mark(p);
    if (draw(&l, &legend, false))
        return;
    ts_picture_rewind(p, empty);
    draw(&l, &legend, true);
}
