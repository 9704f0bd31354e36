/* Gauge: one value on a half ring of bands. A row is a band, in rising order: its label is the band's name, its reference the value
 * at which it begins; the value is that of the first row that has one.
 *
 * Bands differ in lightness, darkest last; their names and beginnings stand in the legend, and the beginnings also at the ring
 * where they have room. The hand points from the middle; the value and its band are printed under it, so that the picture
 * says the same in black and white.
 */
#include "typeset/chart_int.h"

enum {
    CIRCLE = 36000,
    LEFT = -9000, /* where the ring begins, clockwise from the top */
    STEP = 200,   /* of the polygons that stand for arcs */
    RING = 62     /* inner radius, per cent of the outer */
};

static const uint32_t shades[] = {0xF3DFDC, 0xE0AFA9, 0xC57F77, 0x9E4A42, 0x6A2520};
enum { SHADES = sizeof shades / sizeof *shades };

typedef struct Gauge {
    TsPicture *p;
    TsAxis axis;
    PagePoint centre;
    Mpt radius;
} Gauge;

static uint32_t shade_of(const Gauge *g, size_t band)
{
    const size_t count = g->p->chart->count;
    return shades[count > 1 ? band * (SHADES - 1) / (count - 1) : 1];
}

static int64_t turn_of(const Gauge *g, int64_t value)
{
    return LEFT + ts_on_axis(&g->axis, value, CIRCLE / 2);
}

static PagePoint on_ring(const Gauge *g, int64_t turn, Mpt radius)
{
    const FixedOffset at = fixed_direction(radius, turn, CIRCLE);
    return (PagePoint){g->centre.x + at.x, g->centre.y + at.y};
}

static Mpt inner_radius(const Gauge *g)
{
    return (Mpt)fixed_mul_div(g->radius, RING, 100);
}

/* Where a band begins; the first with the scale, and those without a beginning where the one before does. */
static int64_t begin_of(const Gauge *g, size_t band)
{
    while (band > 0 && !g->p->chart->rows[band].has_reference)
        band--;
    return band > 0 ? g->p->chart->rows[band].reference : g->axis.low;
}

static int64_t end_of(const Gauge *g, size_t band)
{
    return band + 1 < g->p->chart->count ? begin_of(g, band + 1) : g->axis.high;
}

/* ── the ring ── */

static void draw_band(const Gauge *g, size_t band)
{
    const int64_t from = turn_of(g, begin_of(g, band)), to = turn_of(g, end_of(g, band));
    if (to <= from)
        return;
    const size_t steps = (size_t)((to - from + STEP - 1) / STEP), half = steps + 1;
    PagePoint *points = ARENA_ARRAY(g->p->job->arena, half * 2, PagePoint);
    for (size_t i = 0; i <= steps; i++) {
        const int64_t turn = from + (to - from) * (int64_t)i / (int64_t)steps;
        points[i] = on_ring(g, turn, g->radius);
        points[2 * half - 1 - i] = on_ring(g, turn, inner_radius(g));
    }
    ts_draw_polygon(g->p, points, half * 2, (TsInk){.fill = shade_of(g, band), .stroke = TS_AXIS, .width = 300});
}

/* Numbers stand outside the ring, and only where they meet nothing: both ends first, then the bands' beginnings. */
static void draw_number(const Gauge *g, int64_t value)
{
    TsPicture *p = g->p;
    const TsLabel number = ts_label(p, ts_number(p, value), TS_UNBOUNDED, 80, TS_MUTED);
    const FixedOffset out = fixed_direction(1000, turn_of(g, value), CIRCLE);
    const PagePoint at = on_ring(g, turn_of(g, value), g->radius + p->size / 4);
    const Mpt x = at.x + (Mpt)fixed_mul_div(number.width / 2, out.x, 1000) - number.width / 2;
    const Mpt y = at.y + (Mpt)fixed_mul_div(number.height / 2, out.y, 1000) - number.height / 2;
    if (ts_is_free(p, &number, x, y))
        ts_draw_label(p, &number, x, y, TEXT_CENTER);
}

/* The ends stand under the ring. */
static void draw_end(const Gauge *g, int64_t value, Mpt side)
{
    TsPicture *p = g->p;
    const TsLabel number = ts_label(p, ts_number(p, value), TS_UNBOUNDED, 80, TS_MUTED);
    const Mpt middle = g->centre.x + side * (g->radius + inner_radius(g)) / 2;
    Mpt x = middle - number.width / 2;
    x = x < 0 ? 0 : x + number.width > p->width ? p->width - number.width : x;
    ts_draw_label(p, &number, x, g->centre.y + p->size / 5, TEXT_CENTER);
}

static void draw_hand(const Gauge *g, int64_t value)
{
    const int64_t turn = turn_of(g, value);
    const Mpt thick = g->radius / 30 + 500;
    const PagePoint hand[] = {on_ring(g, turn, g->radius * 9 / 10), on_ring(g, turn - 9000, thick),
                              on_ring(g, turn + 9000, thick)};
    ts_draw_polygon(g->p, hand, 3, (TsInk){.fill = TS_REFERENCE, .stroke = TS_WHITE, .width = 600});
    ts_draw_dot(g->p, g->centre, thick * 3 / 2, ts_fill(TS_REFERENCE));
}

/* ── words ── */

static const TsChartRow *value_row(const TsChart *chart)
{
    for (size_t i = 0; i < chart->count; i++)
        if (chart->rows[i].has_value)
            return &chart->rows[i];
    return NULL;
}

static const char *band_name(const Gauge *g, int64_t value)
{
    size_t band = 0;
    for (size_t i = 1; i < g->p->chart->count; i++)
        if (value >= begin_of(g, i))
            band = i;
    return g->p->chart->rows[band].label;
}

static TsLegend set_legend(const Gauge *g)
{
    TsPicture *p = g->p;
    TsLegendEntry *entries = ARENA_ARRAY(p->job->arena, p->chart->count, TsLegendEntry);
    for (size_t i = 0; i < p->chart->count; i++)
        entries[i] = (TsLegendEntry){
            .swatch = TS_SWATCH_BOX,
            .colour = shade_of(g, i),
            .text = arena_print(p->job->arena, "%s %s起", p->chart->rows[i].label, ts_number(p, begin_of(g, i)))};
    return ts_legend(p, entries, p->chart->count);
}

void ts_gauge_chart(TsPicture *p)
{
    Gauge g = {.p = p, .axis = ts_axis(p->chart, true)};
    const TsChartRow *row = value_row(p->chart);
    const TsLegend legend = set_legend(&g);
    const char *caption = row ? ts_caption(p, row) : ts_no_data;
    const char *text = row ? arena_print(p->job->arena, "%s %s", caption, band_name(&g, row->value)) : caption;
    const TsLabel value = ts_label(p, text, p->width / 2, 130, row ? p->node->text.colour : TS_MUTED);
    const Mpt above = p->size * 3 / 2; /* room for numbers over the ring, beside it twice as much */
    const Mpt below = value.height + p->size * 3 / 2 + legend.height;
    const Mpt high = p->height - above - below, wide = p->width / 2 - 3 * p->size;
    g.radius = high < wide ? high : wide;
    if (g.radius < p->size * 3) {
        ts_crowded(p, text);
        return;
    }
    g.centre = (PagePoint){p->width / 2, above + (high + g.radius) / 2};
    ts_draw_legend(p, &legend, p->height - legend.height);
    for (size_t i = 0; i < p->chart->count; i++)
        draw_band(&g, i);
    draw_end(&g, g.axis.low, -1);
    draw_end(&g, g.axis.high, 1);
    ts_draw_label(p, &value, g.centre.x - value.width / 2, g.centre.y + p->size * 5 / 4, TEXT_CENTER);
    for (size_t i = 1; i < p->chart->count; i++)
        if (begin_of(&g, i) > g.axis.low && begin_of(&g, i) < g.axis.high)
            draw_number(&g, begin_of(&g, i));
    if (row)
        draw_hand(&g, row->value);
}
