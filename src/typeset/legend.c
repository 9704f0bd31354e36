/* Legends: swatch and words, entry after entry, in centred rows. */
#include "typeset/chart_int.h"

enum { PERCENT = 92 /* of the labels' size */ };

static Mpt swatch_width(const TsPicture *p, TsSwatch swatch)
{
    switch (swatch) {
    case TS_SWATCH_BOX:
        return p->size * 9 / 10;
    case TS_SWATCH_TICK:
    case TS_SWATCH_DOT:
        return p->size * 4 / 10;
    case TS_SWATCH_NONE:
        return 0;
    default:
        return p->size * 2;
    }
}

/* Where the words begin. */
static Mpt label_offset(const TsPicture *p, const TsLegendEntry *entry)
{
    const Mpt width = swatch_width(p, entry->swatch);
    return width > 0 ? width + p->size * 4 / 10 : 0;
}

static Mpt entry_width(const TsPicture *p, const TsLegendEntry *entry)
{
    return label_offset(p, entry) + entry->label.width;
}

/* Entries [first, end) as one row, centred. */
static void place_row(const TsPicture *p, TsLegendEntry *entries, size_t first, size_t end, Mpt width, Mpt y)
{
    Mpt x = (p->width - width) / 2;
    for (size_t i = first; i < end; i++) {
        entries[i].x = x;
        entries[i].y = y;
        x += entry_width(p, &entries[i]) + p->size * 3 / 2;
    }
}

TsLegend ts_legend(TsPicture *p, TsLegendEntry *entries, size_t count)
{
    TsLegend legend = {entries, count, 0};
    const Mpt gap = p->size * 3 / 2;
    Mpt width = 0, height = 0;
    size_t first = 0;
    for (size_t i = 0; i < count; i++) {
        TsLegendEntry *entry = &entries[i];
        const Mpt most = p->width - label_offset(p, entry);
        entry->label = ts_label(p, entry->text, most, PERCENT, p->node->text.colour);
        const Mpt own = entry_width(p, entry);
        if (i > first && width + gap + own > p->width) {
            place_row(p, entries, first, i, width, legend.height);
            legend.height += height;
            first = i;
            width = height = 0;
        }
        width += own + (i > first ? gap : 0);
        if (entry->label.height > height)
            height = entry->label.height;
    }
    place_row(p, entries, first, count, width, legend.height);
    legend.height += height;
    return legend;
}

static void draw_swatch(TsPicture *p, const TsLegendEntry *entry, Mpt y)
{
    const Mpt width = swatch_width(p, entry->swatch), middle = y + entry->label.pitch / 2;
    const PagePoint from = {entry->x, middle}, to = {entry->x + width, middle};
    switch (entry->swatch) {
    case TS_SWATCH_BOX:
        ts_draw_rect(p, entry->x, middle - p->size * 7 / 20, width, p->size * 7 / 10,
                     (TsInk){.fill = entry->colour, .stroke = TS_AXIS, .width = 400});
        break;
    case TS_SWATCH_LINE:
        ts_draw_line(p, from, to, ts_stroke(entry->colour, 1400));
        ts_draw_dot(p, (PagePoint){entry->x + width / 2, middle}, 1900, ts_fill(entry->colour));
        break;
    case TS_SWATCH_DASHES:
        ts_draw_line(p, from, to, ts_dashes(entry->colour, 900));
        break;
    case TS_SWATCH_NONE:
        break;
    case TS_SWATCH_DOT:
        ts_draw_dot(p, (PagePoint){entry->x + width / 2, middle}, width / 2,
                    (TsInk){.fill = entry->colour, .stroke = TS_AXIS, .width = 300});
        break;
    case TS_SWATCH_TICK:
        ts_draw_line(p, (PagePoint){entry->x + width / 2, middle - p->size / 2},
                     (PagePoint){entry->x + width / 2, middle + p->size / 2}, ts_stroke(entry->colour, 1600));
        break;
    }
}

void ts_draw_legend(TsPicture *p, const TsLegend *legend, Mpt y)
{
    for (size_t i = 0; i < legend->count; i++) {
        const TsLegendEntry *entry = &legend->entries[i];
        draw_swatch(p, entry, y + entry->y);
        ts_draw_label(p, &entry->label, entry->x + label_offset(p, entry), y + entry->y, TEXT_START);
    }
}

TsLegend ts_series_legend(TsPicture *p, TsSwatch values, TsSwatch references, const char *note)
{
    const LayoutNode *layout = p->node->layout;
    TsLegendEntry *entries = ARENA_ARRAY(p->job->arena, 3, TsLegendEntry);
    size_t count = 0;
    bool has_reference = false;
    for (size_t i = 0; i < p->chart->count; i++)
        has_reference |= p->chart->rows[i].has_reference;
    if (layout->as.chart.value_name)
        entries[count++] = (TsLegendEntry){.swatch = values, .colour = TS_MAIN, .text = layout->as.chart.value_name};
    if (layout->as.chart.reference_name && has_reference)
        entries[count++] =
            (TsLegendEntry){.swatch = references, .colour = TS_REFERENCE, .text = layout->as.chart.reference_name};
    if (note)
        entries[count++] = (TsLegendEntry){.swatch = TS_SWATCH_NONE, .text = note};
    return ts_legend(p, entries, count);
}
