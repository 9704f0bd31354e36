/* Radar chart: an axis a row, clockwise from the top; the values as an outline with dots, the reference as a dashed one.
 *
 * The radius is the largest for which every name stands inside the picture. Where a value is missing the outline is open, and
 * the name says so. What the rings stand for is said in the legend: numbers within the web would be run through by the outlines.
 */
#include "typeset/chart_int.h"

typedef struct Radar {
    TsPicture *p;
    TsAxis axis;
    size_t count;
    TsLabel *names;
    PagePoint centre;
    Mpt radius, gap;
} Radar;

static PagePoint on_axis(const Radar *r, size_t i, Mpt length)
{
    const FixedOffset d = fixed_direction(length, (int64_t)i, (int64_t)r->count);
    return (PagePoint){r->centre.x + d.x, r->centre.y + d.y};
}

/* ── names ── */

static void set_names(Radar *r)
{
    TsPicture *p = r->p;
    r->names = ARENA_ARRAY(p->job->arena, r->count, TsLabel);
    for (size_t i = 0; i < r->count; i++) {
        const TsChartRow *row = &p->chart->rows[i];
        const char *text = row->has_value ? row->label : arena_print(p->job->arena, "%s\n%s", row->label, ts_no_data);
        r->names[i] = ts_label(p, text, p->width / 3, 100, p->node->text.colour);
        r->names[i].link = row->link;
    }
}

static Mpt absolute(Mpt length)
{
    return length < 0 ? -length : length;
}

/* How far a name's middle is from its axis' end: half its size outwards, to the side already where the axis is not near the
 * vertical, so that no part of the name lies over the web. `d` is the direction in 1/1000. */
static PagePoint outwards(const TsLabel *name, FixedOffset d)
{
    const Mpt side = d.x > 625 ? 1000 : d.x < -625 ? -1000 : d.x * 8 / 5;
    return (PagePoint){(Mpt)fixed_mul_div(name->width / 2, side, 1000),
                       (Mpt)fixed_mul_div(name->height / 2, d.y, 1000)};
}

/* The largest radius for which radius · d + `out`, the name's middle, is at least half of `size` away from the edge. */
static Mpt most_radius(Mpt half, Mpt size, Mpt d, Mpt out, Mpt gap)
{
    if (d == 0)
        return size <= 2 * half ? half : 0;
    return (Mpt)fixed_mul_div(half - size / 2 - out, 1000, d) - gap;
}

static void find_radius(Radar *r, Mpt height)
{
    const Mpt half_width = r->p->width / 2, half_height = height / 2;
    r->radius = half_width < half_height ? half_width : half_height;
    for (size_t i = 0; i < r->count; i++) {
        const TsLabel *name = &r->names[i];
        const FixedOffset d = fixed_direction(1000, (int64_t)i, (int64_t)r->count);
        const PagePoint out = outwards(name, d);
        const Mpt by_width = most_radius(half_width, name->width, absolute(d.x), absolute(out.x), r->gap);
        const Mpt by_height = most_radius(half_height, name->height, absolute(d.y), absolute(out.y), r->gap);
        if (by_width < r->radius)
            r->radius = by_width;
        if (by_height < r->radius)
            r->radius = by_height;
    }
}

static void draw_name(const Radar *r, size_t i)
{
    const TsLabel *name = &r->names[i];
    const PagePoint out = outwards(name, fixed_direction(1000, (int64_t)i, (int64_t)r->count));
    const PagePoint at = on_axis(r, i, r->radius + r->gap);
    ts_draw_label(r->p, name, at.x + out.x - name->width / 2, at.y + out.y - name->height / 2, TEXT_CENTER);
}

/* ── web and outlines ── */

static void draw_ring(const Radar *r, PagePoint *ring, int64_t value, TsInk ink)
{
    for (size_t i = 0; i < r->count; i++)
        ring[i] = on_axis(r, i, ts_on_axis(&r->axis, value, r->radius));
    ts_draw_polygon(r->p, ring, r->count, ink);
}

static void draw_web(const Radar *r)
{
    PagePoint *ring = ARENA_ARRAY(r->p->job->arena, r->count, PagePoint);
    for (int64_t value = r->axis.step; value < r->axis.high; value += r->axis.step)
        draw_ring(r, ring, value, ts_stroke(TS_GRID, 500));
    draw_ring(r, ring, r->axis.high, ts_stroke(TS_AXIS, 500));
    for (size_t i = 0; i < r->count; i++)
        ts_draw_line(r->p, r->centre, on_axis(r, i, r->radius), ts_stroke(TS_GRID, 400));
}

static const char *scale_note(const Radar *r)
{
    const char *high = ts_number(r->p, r->axis.high);
    if (r->axis.step >= r->axis.high)
        return arena_print(r->p->job->arena, "外圈%s", high);
    return arena_print(r->p->job->arena, "外圈%s，每圈%s", high, ts_number(r->p, r->axis.step));
}

typedef struct Outline {
    PagePoint *points;
    bool *present;
    bool whole;
} Outline;

static Outline outline_of(const Radar *r, bool reference)
{
    Arena *arena = r->p->job->arena;
    Outline o = {ARENA_ARRAY(arena, r->count, PagePoint), ARENA_ARRAY(arena, r->count, bool), true};
    for (size_t i = 0; i < r->count; i++) {
        const TsChartRow *row = &r->p->chart->rows[i];
        o.present[i] = reference ? row->has_reference : row->has_value;
        if (o.present[i])
            o.points[i] = on_axis(r, i, ts_on_axis(&r->axis, reference ? row->reference : row->value, r->radius));
        o.whole &= o.present[i];
    }
    return o;
}

static void draw_outline(const Radar *r, const Outline *o, TsInk ink)
{
    if (o->whole) {
        ts_draw_polygon(r->p, o->points, r->count, ink);
        return;
    }
    for (size_t i = 0; i < r->count; i++) {
        const size_t next = (i + 1) % r->count;
        if (o->present[i] && o->present[next])
            ts_draw_line(r->p, o->points[i], o->points[next], ink);
    }
}

static void draw_dots(const Radar *r, const Outline *o, Mpt radius, uint32_t colour)
{
    for (size_t i = 0; i < r->count; i++)
        if (o->present[i])
            ts_draw_dot(r->p, o->points[i], radius, ts_fill(colour));
}

/* The legend below, and the radius that it leaves. Returns the height above it. */
static Mpt take_room(Radar *r, TsLegend *legend, const char *note)
{
    TsPicture *p = r->p;
    *legend = ts_series_legend(p, TS_SWATCH_LINE, TS_SWATCH_DASHES, note);
    const Mpt height = p->height - legend->height - (legend->height > 0 ? p->size / 2 : 0);
    find_radius(r, height);
    return height;
}

void ts_radar_chart(TsPicture *p)
{
    Radar r = {.p = p, .axis = ts_axis(p->chart, true), .count = p->chart->count, .gap = p->size / 2};
    TsLegend legend;
    set_names(&r);
    Mpt height = take_room(&r, &legend, scale_note(&r));
    if (r.radius < p->size * 3) /* the web before its scale */
        height = take_room(&r, &legend, NULL);
    if (r.radius < p->size * 2) {
        ts_crowded(p, p->chart->rows[0].label);
        return;
    }
    r.centre = (PagePoint){p->width / 2, height / 2};
    const Outline values = outline_of(&r, false), references = outline_of(&r, true);
    if (values.whole)
        ts_draw_polygon(p, values.points, r.count, ts_fill(TS_MAIN_LIGHT));
    draw_web(&r);
    draw_outline(&r, &references, ts_dashes(TS_REFERENCE, 900));
    draw_outline(&r, &values, ts_stroke(TS_MAIN, 1400));
    draw_dots(&r, &references, 900, TS_REFERENCE);
    draw_dots(&r, &values, 1900, TS_MAIN);
    for (size_t i = 0; i < r.count; i++)
        draw_name(&r, i);
    ts_draw_legend(p, &legend, p->height - legend.height);
}
