/* Stack chart: one bar made of the rows' shares, from dark to light, with every row's name and value in the legend under it. A share
 * wide enough also bears its name and percentage. */
#include "typeset/chart_int.h"

typedef struct Shade {
    uint32_t fill, text;
} Shade;

/* Each at least a fifth lighter or darker than its neighbour. */
static const Shade shades[] = {
    {0x8A2B26, TS_WHITE}, {0xCB7A72, 0x000000}, {0xE6BDB7, 0x000000},
    {0xF8ECEA, 0x000000}, {0x5E5E5E, TS_WHITE}, {0xBDBDBD, 0x000000},
};

static Shade shade_of(size_t i)
{
    return shades[i % (sizeof shades / sizeof *shades)];
}

static int64_t total_of(const TsChart *chart)
{
    int64_t total = 0;
    for (size_t i = 0; i < chart->count; i++)
        total += chart->rows[i].has_value ? chart->rows[i].value : 0;
    return total;
}

static TsLegend set_legend(TsPicture *p)
{
    const TsChart *chart = p->chart;
    TsLegendEntry *entries = ARENA_ARRAY(p->job->arena, chart->count, TsLegendEntry);
    for (size_t i = 0; i < chart->count; i++) {
        const char *text = arena_print(p->job->arena, "%s %s", chart->rows[i].label, ts_caption(p, &chart->rows[i]));
        entries[i] = (TsLegendEntry){.swatch = TS_SWATCH_BOX, .colour = shade_of(i).fill, .text = text};
    }
    return ts_legend(p, entries, chart->count);
}

static void draw_share(TsPicture *p, size_t i, int64_t total, Mpt x, Mpt width, Mpt height)
{
    const TsChartRow *row = &p->chart->rows[i];
    const Shade shade = shade_of(i);
    char percent[32];
    fixed_format(fixed_mul_div(row->value, 1000, total), 1, 1, percent);
    ts_draw_rect(p, x, 0, width, height, (TsInk){.fill = shade.fill, .stroke = TS_WHITE, .width = 800});
    const char *text = arena_print(p->job->arena, "%s %s%%", row->label, percent);
    const TsLabel label = ts_label(p, text, TS_UNBOUNDED, 100, shade.text);
    if (label.width + p->size <= width && label.height <= height)
        ts_draw_label(p, &label, x + (width - label.width) / 2, (height - label.height) / 2, TEXT_CENTER);
}

void ts_stack_chart(TsPicture *p)
{
    const TsChart *chart = p->chart;
    const int64_t total = total_of(chart);
    const TsLegend legend = set_legend(p);
    Mpt height = p->height - legend.height - p->size / 2;
    if (height < p->size * 3 / 2) {
        p->height += p->size * 3 / 2 - height;
        height = p->size * 3 / 2;
    }
    int64_t sum = 0;
    Mpt x = 0;
    for (size_t i = 0; i < chart->count && total > 0; i++) {
        sum += chart->rows[i].has_value ? chart->rows[i].value : 0;
        const Mpt end = (Mpt)fixed_mul_div(sum, p->width, total);
        if (end > x)
            draw_share(p, i, total, x, end - x, height);
        x = end;
    }
    ts_draw_rect(p, 0, 0, p->width, height, ts_stroke(TS_AXIS, 500));
    ts_draw_legend(p, &legend, p->height - legend.height);
}
