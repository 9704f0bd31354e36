/* Line chart: a point a row from left to right, its value above it, its name under the scale; the reference as a dashed line.
 *
 * A value in a hollow of the line stands below its point, so that the line does not run through it. Where a value is missing the
 * line has a gap, and 无数据 stands over the name.
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

static void draw_value(const Lines *l, size_t i)
{
    TsPicture *p = l->p;
    const TsChartRow *row = &p->chart->rows[i];
    const TsLabel label =
        ts_label(p, ts_caption(p, row), l->step - p->size / 4, 100, row->has_value ? p->node->text.colour : TS_MUTED);
    const PagePoint at = point(l, i, row->has_value ? row->value : l->axis.low);
    const Mpt away = row->has_value ? 2200 + p->size / 5 : p->size / 5;
    const bool under = row->has_value && in_hollow(l, i) && at.y + away + label.height <= l->y + l->height;
    ts_draw_label(p, &label, at.x - label.width / 2, under ? at.y + away : at.y - away - label.height, TEXT_CENTER);
}

void ts_line_chart(TsPicture *p)
{
    Lines l = {.p = p, .axis = ts_axis(p->chart, false), .count = p->chart->count};
    const TsLegend legend = ts_series_legend(p, TS_SWATCH_LINE, TS_SWATCH_DASHES);
    TsLabel *names = ARENA_ARRAY(p->job->arena, l.count, TsLabel);
    l.x = number_width(&l) + p->size / 2;
    l.width = p->width - l.x;
    l.step = l.width / (Mpt)l.count;
    const Mpt foot = set_names(&l, names) + p->size / 2;
    l.y = legend.height + p->size * 2; /* room for the value of a point at the top */
    l.height = p->height - l.y - foot;
    if (l.height < p->size * 2) {
        p->height += p->size * 2 - l.height;
        l.height = p->size * 2;
    }
    ts_draw_legend(p, &legend, 0);
    draw_scale(&l);
    draw_series(&l, true, ts_dashes(TS_REFERENCE, 900));
    draw_series(&l, false, ts_stroke(TS_MAIN, 1400));
    for (size_t i = 0; i < l.count; i++) {
        draw_value(&l, i);
        ts_draw_label(p, &names[i], point(&l, i, l.axis.low).x - names[i].width / 2, l.y + l.height + p->size / 2,
                      TEXT_CENTER);
    }
}
