/* Bar chart: a horizontal bar a row, its name on the left, its value on the right, a tick where the reference (target, last year)
 * stands. The picture grows when the rows need more height than the layout gives. */
#include "typeset/chart_int.h"

typedef struct Bars {
    TsPicture *p;
    TsAxis axis;
    TsLabel *names, *captions;
    Mpt name_width, caption_width, gap;
    Mpt x, width; /* of the scale */
    Mpt y, pitch; /* of the first row; from row to row */
    Mpt foot;     /* numbers of the scale, under it */
} Bars;

static void raise(Mpt *length, Mpt by)
{
    if (by > *length)
        *length = by;
}

/* Names take at most 2/5 of the width and break into lines beyond. */
static void set_labels(Bars *b)
{
    TsPicture *p = b->p;
    const size_t count = p->chart->count;
    const uint32_t colour = p->node->text.colour;
    b->names = ARENA_ARRAY(p->job->arena, count, TsLabel);
    b->captions = ARENA_ARRAY(p->job->arena, count, TsLabel);
    for (size_t i = 0; i < count; i++) {
        const TsChartRow *row = &p->chart->rows[i];
        b->names[i] = ts_label(p, row->label, p->width * 2 / 5, 100, colour);
        b->names[i].link = row->link;
        b->captions[i] = ts_label(p, ts_caption(p, row), p->width / 3, 100, row->has_value ? colour : TS_MUTED);
        raise(&b->name_width, b->names[i].width);
        raise(&b->caption_width, b->captions[i].width);
        raise(&b->pitch, b->names[i].height + p->size * 3 / 10);
        raise(&b->pitch, b->captions[i].height + p->size * 3 / 10);
    }
}

static Mpt number_width(TsPicture *p, const TsAxis *axis)
{
    Mpt width = 0;
    for (int64_t value = axis->low; value <= axis->high; value += axis->step)
        raise(&width, ts_label(p, ts_number(p, value), TS_UNBOUNDED, 80, TS_MUTED).width);
    return width;
}

static void draw_scale(const Bars *b)
{
    TsPicture *p = b->p;
    const Mpt bottom = b->y + b->pitch * (Mpt)p->chart->count;
    const int64_t numbers = ts_number_step(&b->axis, b->width, number_width(p, &b->axis) + p->size / 2);
    for (int64_t value = b->axis.low; value <= b->axis.high; value += b->axis.step) {
        const Mpt x = b->x + ts_on_axis(&b->axis, value, b->width);
        ts_draw_line(p, (PagePoint){x, b->y}, (PagePoint){x, bottom}, ts_stroke(TS_GRID, 400));
        if ((value - b->axis.low) % numbers != 0)
            continue;
        const TsLabel number = ts_label(p, ts_number(p, value), p->width, 80, TS_MUTED);
        ts_draw_label(p, &number, x - number.width / 2, bottom + p->size / 5, TEXT_CENTER);
    }
}

static void draw_row(const Bars *b, size_t i)
{
    TsPicture *p = b->p;
    const TsChartRow *row = &p->chart->rows[i];
    const Mpt top = b->y + b->pitch * (Mpt)i, middle = top + b->pitch / 2;
    Mpt thick = b->pitch * 11 / 20;
    if (thick > p->size * 3 / 2)
        thick = p->size * 3 / 2;
    ts_draw_label(p, &b->names[i], b->x - b->gap - b->names[i].width, middle - b->names[i].height / 2, TEXT_END);
    if (row->has_value && row->value > 0)
        ts_draw_rect(p, b->x, middle - thick / 2, ts_on_axis(&b->axis, row->value, b->width), thick, ts_fill(TS_MAIN));
    if (row->has_reference) {
        const Mpt x = b->x + ts_on_axis(&b->axis, row->reference, b->width);
        const Mpt reach = thick / 2 + p->size / 6;
        ts_draw_line(p, (PagePoint){x, middle - reach}, (PagePoint){x, middle + reach}, ts_stroke(TS_WHITE, 3000));
        ts_draw_line(p, (PagePoint){x, middle - reach}, (PagePoint){x, middle + reach}, ts_stroke(TS_REFERENCE, 1600));
    }
    ts_draw_label(p, &b->captions[i], p->width - b->captions[i].width, middle - b->captions[i].height / 2, TEXT_END);
}

void ts_bar_chart(TsPicture *p)
{
    Bars b = {.p = p, .axis = ts_axis(p->chart, true), .gap = p->size / 2, .foot = p->size * 6 / 5};
    const Mpt count = (Mpt)p->chart->count;
    set_labels(&b);
    const TsLegend legend = ts_series_legend(p, TS_SWATCH_BOX, TS_SWATCH_TICK, NULL);
    b.y = legend.height + (legend.height > 0 ? p->size / 2 : 0);
    raise(&p->height, b.y + b.pitch * count + b.foot);
    b.pitch = (p->height - b.y - b.foot) / count;
    b.x = b.name_width + b.gap;
    b.width = p->width - b.x - b.caption_width - p->size;
    if (b.width < p->size * 2) {
        ts_crowded(p, p->chart->rows[0].label);
        return;
    }
    ts_draw_legend(p, &legend, 0);
    draw_scale(&b);
    for (size_t i = 0; i < p->chart->count; i++)
        draw_row(&b, i);
    ts_draw_line(p, (PagePoint){b.x, b.y}, (PagePoint){b.x, b.y + b.pitch * count}, ts_stroke(TS_AXIS, 700));
}
