/* Dot chart: where one unit stands among its peers on one axis. A row is a peer; the unit itself is the row with a reference. Peers are
 * light, the unit is dark, larger, and bears its name and value over the stack.
 *
 * Values that fall on one place of the axis are stacked, the unit on top, so that nothing hides it; a place is as wide as a dot.
 * Where stacks are higher than the picture, dots become smaller, and at last overlap. How many peers have no value is said in
 * the legend.
 */
#include "typeset/chart_int.h"

enum {
    PEER = 0xD0D0D0,
    DOT_LEAST = 4000 /* diameter; smaller ones overlap instead */
};

typedef struct Dots {
    TsPicture *p;
    TsAxis axis;
    size_t own;              /* row of the unit; SIZE_MAX: it is not among them */
    Mpt x, width, top, base; /* of the axis; where stacks may reach, where they stand */
    Mpt size;                /* of a dot */
    size_t *stacks, places;  /* peers with a value, by place */
} Dots;

static size_t find_own(const TsChart *chart)
{
    for (size_t i = 0; i < chart->count; i++)
        if (chart->rows[i].has_reference)
            return i;
    return SIZE_MAX;
}

static const char *missing_note(const Dots *d)
{
    size_t missing = 0;
    for (size_t i = 0; i < d->p->chart->count; i++)
        missing += !d->p->chart->rows[i].has_value;
    return missing > 0 ? arena_print(d->p->job->arena, "%s：%zu", ts_no_data, missing) : NULL;
}

static TsLegend set_legend(const Dots *d)
{
    TsPicture *p = d->p;
    const LayoutNode *layout = p->node->layout;
    TsLegendEntry *entries = ARENA_ARRAY(p->job->arena, 3, TsLegendEntry);
    size_t count = 0;
    if (layout->as.chart.value_name)
        entries[count++] = (TsLegendEntry){TS_SWATCH_DOT, PEER, .text = layout->as.chart.value_name};
    if (layout->as.chart.reference_name && d->own != SIZE_MAX)
        entries[count++] = (TsLegendEntry){TS_SWATCH_DOT, TS_MAIN, .text = layout->as.chart.reference_name};
    const char *missing = missing_note(d);
    if (missing)
        entries[count++] = (TsLegendEntry){TS_SWATCH_NONE, .text = missing};
    return ts_legend(p, entries, count);
}

/* ── the axis ── */

static Mpt number_width(const Dots *d)
{
    Mpt width = 0;
    for (int64_t value = d->axis.low; value <= d->axis.high; value += d->axis.step) {
        const Mpt own = ts_label(d->p, ts_number(d->p, value), TS_UNBOUNDED, 80, TS_MUTED).width;
        width = own > width ? own : width;
    }
    return width;
}

static void draw_axis(const Dots *d, Mpt widest)
{
    TsPicture *p = d->p;
    const int64_t numbers = ts_number_step(&d->axis, d->width, widest + p->size / 2);
    ts_draw_line(p, (PagePoint){d->x, d->base}, (PagePoint){d->x + d->width, d->base}, ts_stroke(TS_AXIS, 700));
    for (int64_t value = d->axis.low; value <= d->axis.high; value += d->axis.step) {
        const Mpt x = d->x + ts_on_axis(&d->axis, value, d->width);
        ts_draw_line(p, (PagePoint){x, d->base}, (PagePoint){x, d->base + p->size / 4}, ts_stroke(TS_AXIS, 500));
        if ((value - d->axis.low) % numbers != 0)
            continue;
        const TsLabel number = ts_label(p, ts_number(p, value), p->width, 80, TS_MUTED);
        ts_draw_label(p, &number, x - number.width / 2, d->base + p->size * 2 / 5, TEXT_CENTER);
    }
}

/* ── the dots ── */

static size_t place_of(const Dots *d, const TsChartRow *row)
{
    const size_t place = (size_t)(ts_on_axis(&d->axis, row->value, d->width) / d->size);
    return place < d->places ? place : d->places - 1;
}

static size_t count_stacks(Dots *d)
{
    const TsChart *chart = d->p->chart;
    size_t highest = 0;
    d->places = (size_t)(d->width / d->size) + 1;
    d->stacks = ARENA_ARRAY(d->p->job->arena, d->places, size_t);
    for (size_t i = 0; i < chart->count; i++) {
        if (!chart->rows[i].has_value)
            continue;
        const size_t height = ++d->stacks[place_of(d, &chart->rows[i])];
        highest = height > highest ? height : highest;
    }
    return highest;
}

static Mpt middle_of(const Dots *d, size_t place)
{
    const Mpt x = d->size * (Mpt)place + d->size / 2;
    return d->x + (x > d->width ? d->width : x);
}

/* Returns the middle of the unit's dot. */
static PagePoint draw_stacks(const Dots *d, Mpt pitch)
{
    const TsChart *chart = d->p->chart;
    const TsInk peer = {.fill = PEER, .stroke = TS_AXIS, .width = 300};
    const size_t own =
        d->own < chart->count && chart->rows[d->own].has_value ? place_of(d, &chart->rows[d->own]) : SIZE_MAX;
    for (size_t place = 0; place < d->places; place++)
        for (size_t k = 0; k < d->stacks[place] - (place == own); k++)
            ts_draw_dot(d->p, (PagePoint){middle_of(d, place), d->base - d->size / 2 - pitch * (Mpt)k},
                        d->size / 2 - 200, peer);
    if (own == SIZE_MAX)
        return (PagePoint){0, 0};
    const PagePoint at = {middle_of(d, own), d->base - d->size / 2 - pitch * (Mpt)(d->stacks[own] - 1)};
    ts_draw_dot(d->p, at, d->size * 3 / 5, ts_fill(TS_MAIN));
    return at;
}

/* The unit's name and value at the top, with a line down to its dot. */
static void draw_own(const Dots *d, const TsLabel *label, PagePoint at)
{
    TsPicture *p = d->p;
    const bool placed = p->chart->rows[d->own].has_value;
    Mpt x = placed ? at.x - label->width / 2 : 0;
    x = x + label->width > p->width ? p->width - label->width : x;
    x = x < 0 ? 0 : x;
    ts_draw_label(p, label, x, d->top - label->height - p->size / 4, TEXT_CENTER);
    if (placed)
        ts_draw_line(p, (PagePoint){at.x, d->top - p->size / 4}, (PagePoint){at.x, at.y}, ts_stroke(TS_MAIN, 700));
}

static TsLabel own_label(const Dots *d)
{
    TsPicture *p = d->p;
    if (d->own == SIZE_MAX)
        return (TsLabel){0};
    const TsChartRow *row = &p->chart->rows[d->own];
    const char *text = arena_print(p->job->arena, "%s %s", row->label, ts_caption(p, row));
    return ts_label(p, text, p->width, 100, p->node->text.colour);
}

void ts_dot_chart(TsPicture *p)
{
    Dots d = {.p = p, .axis = ts_axis(p->chart, false), .own = find_own(p->chart)};
    const TsLegend legend = set_legend(&d);
    const TsLabel label = own_label(&d);
    const Mpt widest = number_width(&d), foot = p->size * 7 / 5, edge = widest / 2 > p->size ? widest / 2 : p->size;
    d.x = edge;
    d.width = p->width - 2 * edge;
    d.top = legend.height + (legend.height > 0 ? p->size / 2 : 0) + label.height + p->size / 2;
    if (p->height < d.top + foot + p->size * 3)
        p->height = d.top + foot + p->size * 3;
    d.base = p->height - foot;
    if (d.width < p->size * 4) {
        ts_crowded(p, p->chart->rows[0].label);
        return;
    }
    const Mpt room = d.base - d.top;
    size_t highest;
    d.size = p->size;
    while ((highest = count_stacks(&d)) * (size_t)d.size > (size_t)room && d.size > DOT_LEAST)
        d.size = d.size * 4 / 5;
    const bool overlap = highest > 1 && (Mpt)highest * d.size > room;
    const Mpt pitch = overlap ? (room - d.size) / (Mpt)(highest - 1) : d.size;
    ts_draw_legend(p, &legend, 0);
    draw_axis(&d, widest);
    const PagePoint at = draw_stacks(&d, pitch);
    if (d.own != SIZE_MAX)
        draw_own(&d, &label, at);
}
