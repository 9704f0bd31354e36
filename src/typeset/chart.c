/* Charts: reading the values, scales, and which kind draws what. */
#include "typeset/chart_int.h"

#include <string.h>

const char ts_no_data[] = "无数据";

enum { MARKS = 5 /* of a scale, at most, over its beginning */ };
static const int64_t value_limit = INT64_C(1000000000000000); /* exact in every product below */

/* ── values ── */

static bool read_number(TsJob *job, const TsNode *node, const LayoutField *field, int64_t *out)
{
    const char *value = field ? ts_value(job, field) : NULL;
    if (!value)
        return false;
    if (strchr(value, '.') || !fixed_parse(value, 0, out, NULL) || *out > value_limit || *out < -value_limit)
        return TS_FAIL(job, TS_CHART_VALUE, node, field->source, value);
    const LayoutChartType type = node->layout->as.chart.type;
    if (*out < 0 && type != LAYOUT_CHART_LINE && type != LAYOUT_CHART_DOT)
        return TS_FAIL(job, TS_CHART_NEGATIVE, node, field->source, value, ts_chart_name(node));
    return true;
}

TsChart *ts_chart(TsJob *job, const TsNode *node)
{
    const LayoutNode *layout = node->layout;
    TsChart *chart = ARENA_NEW(job->arena, TsChart);
    *chart = (TsChart){.node = node, .alt = ts_text(job, layout->as.chart.alt)};
    TsWalk *walk = &job->walks[node->query];
    const TsWalk outer_walk = *walk;
    chart->count = walk->range.count;
    chart->rows = ARENA_ARRAY(job->arena, chart->count, TsChartRow);
    size_t *cursor = &job->cursor[node->query];
    const size_t outer = *cursor;
    for (size_t i = 0; i < chart->count; i++) {
        TsChartRow *row = &chart->rows[i];
        *walk = (TsWalk){outer_walk.range, outer_walk.range, i + 1};
        *cursor = ts_row(outer_walk.range, i);
        row->label = ts_text(job, layout->as.chart.label);
        row->caption = ts_text(job, layout->as.chart.caption);
        row->link = ts_link(job, node, layout->as.chart.href);
        row->has_value = read_number(job, node, layout->as.chart.value, &row->value);
        row->has_reference = read_number(job, node, layout->as.chart.reference, &row->reference);
    }
    *walk = outer_walk;
    *cursor = outer;
    return chart;
}

/* ── scales ── */

/* 1, 2 or 5 times a power of ten, so that at most MARKS of it cover the range. */
static int64_t nice_step(int64_t range)
{
    for (int64_t power = 1;; power *= 10)
        for (int64_t digit = 1; digit <= 5; digit += 1 + 2 * (digit == 2))
            if (digit * power * MARKS >= range)
                return digit * power;
}

static void include(int64_t value, bool present, int64_t *low, int64_t *high)
{
    if (present && value < *low)
        *low = value;
    if (present && value > *high)
        *high = value;
}

static int64_t round_down(int64_t value, int64_t step)
{
    const int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

TsAxis ts_axis(const TsChart *chart, bool zero)
{
    int64_t low = INT64_MAX, high = INT64_MIN, end = chart->node->layout->as.chart.max;
    const bool marks = chart->node->layout->as.chart.type == LAYOUT_CHART_DOT; /* its reference is no number */
    for (size_t i = 0; i < chart->count; i++) {
        include(chart->rows[i].value, chart->rows[i].has_value, &low, &high);
        include(chart->rows[i].reference, chart->rows[i].has_reference && !marks, &low, &high);
    }
    for (int i = 0; i < chart->node->layout->as.chart.places; i++)
        end *= 10;
    if (low > high)
        low = high = 0;
    const bool ends = end > 0 && high <= end;
    if (ends)
        high = end;
    if (low > 0 && (zero || low == high || low < high / 3)) /* near enough to 0 to begin there */
        low = 0;
    if (high < 0 || high == low)
        high = low < 0 ? 0 : low + 1;
    TsAxis axis = {.step = nice_step(high - low)};
    axis.low = round_down(low, axis.step);
    axis.high = ends ? high : -round_down(-high, axis.step);
    return axis;
}

Mpt ts_on_axis(const TsAxis *axis, int64_t value, Mpt length)
{
    return (Mpt)fixed_mul_div(value - axis->low, length, axis->high - axis->low);
}

int64_t ts_number_step(const TsAxis *axis, Mpt length, Mpt size)
{
    const Mpt apart = ts_on_axis(axis, axis->low + axis->step, length);
    return apart > 0 ? axis->step * ((size + apart - 1) / apart) : axis->step;
}

const char *ts_number(TsPicture *p, int64_t value)
{
    Buf *out = &p->job->program->text;
    buf_clear(out);
    buf_decimal(out, value, p->node->layout->as.chart.places);
    return arena_string(p->job->arena, buf_cstring(out));
}

const char *ts_caption(TsPicture *p, const TsChartRow *row)
{
    if (!row->has_value)
        return ts_no_data;
    return p->node->layout->as.chart.caption ? row->caption : ts_number(p, row->value);
}

/* ── drawing ── */

typedef struct ChartKind {
    const char *name;
    size_t least, most; /* rows */
    void (*draw)(TsPicture *p);
} ChartKind;

static const ChartKind kinds[] = {
    [LAYOUT_CHART_BAR] = {"bar", 1, 100, ts_bar_chart},   [LAYOUT_CHART_RADAR] = {"radar", 3, 24, ts_radar_chart},
    [LAYOUT_CHART_LINE] = {"line", 1, 60, ts_line_chart}, [LAYOUT_CHART_STACK] = {"stack", 1, 12, ts_stack_chart},
    [LAYOUT_CHART_DOT] = {"dot", 1, 2000, ts_dot_chart},  [LAYOUT_CHART_GAUGE] = {"gauge", 1, 8, ts_gauge_chart},
};

const char *ts_chart_name(const TsNode *node)
{
    return kinds[node->layout->as.chart.type].name;
}

/* Nothing to show: an empty frame that says so. */
static void draw_nothing(TsPicture *p)
{
    const TsLabel label = ts_label(p, ts_no_data, p->width, 100, TS_MUTED);
    ts_draw_rect(p, 0, 0, p->width, p->height, ts_stroke(TS_GRID, 500));
    ts_draw_label(p, &label, (p->width - label.width) / 2, (p->height - label.height) / 2, TEXT_CENTER);
}

static bool has_values(const TsChart *chart)
{
    for (size_t i = 0; i < chart->count; i++)
        if (chart->rows[i].has_value || chart->rows[i].has_reference)
            return true;
    return false;
}

const TsPicture *ts_picture(TsJob *job, const TsChart *chart, Mpt width)
{
    const LayoutNode *layout = chart->node->layout;
    const ChartKind *kind = &kinds[layout->as.chart.type];
    TsPicture *p = ts_picture_open(job, chart->node, width, layout->as.chart.height);
    p->chart = chart;
    if (!has_values(chart))
        draw_nothing(p);
    else if (chart->count < kind->least || chart->count > kind->most)
        TS_FAIL(job, TS_CHART_ROWS, chart->node, kind->name, diag_number(job->diag, (int64_t)kind->least),
                diag_number(job->diag, (int64_t)kind->most), diag_number(job->diag, (int64_t)chart->count));
    else
        kind->draw(p);
    ts_check_labels(p);
    return p;
}
