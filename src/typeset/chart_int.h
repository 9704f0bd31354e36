/* Charts: what the kinds of chart share.
 *
 * A chart is drawn into a TsPicture, a list of marks relative to its upper left corner, because its height must be known before
 * the page is. When it is finished, every label is checked: inside the picture, over no other label,
 * and crossed by no line of the data and no axis.
 *
 * Made for black-and-white print: series differ by form (bar and tick, whole and dashed line) and by lightness, never by hue
 * alone. A missing value is said in words and never drawn as 0. Integers only, so that the same numbers give the same bytes.
 */
#ifndef TYPESET_CHART_INT_H
#define TYPESET_CHART_INT_H

#include "typeset/typeset_int.h"

enum {
    TS_MAIN = 0xA33A32,       /* the values */
    TS_MAIN_LIGHT = 0xF3DFDC, /* areas under lines */
    TS_REFERENCE = 0x3C3C3C,  /* the second series */
    TS_AXIS = 0x7F7F7F,
    TS_GRID = 0xD6D6D6,
    TS_MUTED = 0x666666, /* numbers on axes, 无数据 */
    TS_WHITE = 0xFFFFFF
};

/* ── picture.c ── */

typedef struct TsInk {
    uint32_t fill, stroke; /* or PAGE_NO_COLOUR */
    Mpt width, dash, gap;
} TsInk;

typedef struct TsMark TsMark;

struct TsPicture {
    TsJob *job;
    const TsNode *node;
    const TsChart *chart; /* NULL: no chart */
    Mpt width, height;    /* height may grow while drawing */
    Mpt size;             /* of the labels' characters */
    TsMark *first, **last;
    bool crowded; /* has been reported */
};

/* Text of a chart, set within some width. */
typedef struct TsLabel {
    const TextLines *lines;
    const char *text;
    Mpt width, height;
    Mpt pitch;          /* from line to line */
    const TsLink *link; /* where it leads; NULL: nowhere */
} TsLabel;

TsInk ts_fill(uint32_t colour);
TsInk ts_stroke(uint32_t colour, Mpt width);
TsInk ts_dashes(uint32_t colour, Mpt width);

void ts_draw_line(TsPicture *p, PagePoint from, PagePoint to, TsInk ink);
void ts_draw_rect(TsPicture *p, Mpt x, Mpt y, Mpt width, Mpt height, TsInk ink);
void ts_draw_polygon(TsPicture *p, const PagePoint *points, size_t count, TsInk ink); /* points are copied */
void ts_draw_field(TsPicture *p, const char *name, const char *label);                /* for a signature; likewise */
void ts_draw_image(TsPicture *p, uint16_t image);                                     /* fills the picture */
/* Rectangles as one area, so that no seam shows between them: corners[2i] and corners[2i + 1] are opposite. Copied. */
void ts_draw_rects(TsPicture *p, const PagePoint *corners, size_t count, TsInk ink);
void ts_draw_dot(TsPicture *p, PagePoint centre, Mpt radius, TsInk ink);

/* An empty picture for a node. */
TsPicture *ts_picture_open(TsJob *job, const TsNode *node, Mpt width, Mpt height);

/* Text broken into lines of at most `room`. `percent` of the chart's character size. What does not fit is reported. */
TsLabel ts_label(TsPicture *p, const char *text, Mpt room, int percent, uint32_t colour);
/* Text on one line, in a size of its own. */
TsLabel ts_label_sized(TsPicture *p, const char *text, Mpt size, uint32_t colour);
/* Glyphs of a fragment, turned about `at`; they must live as long as the picture. */
void ts_draw_turned(TsPicture *p, const TextFragment *fragment, const PageGlyph *glyphs, size_t count, PagePoint at,
                    int32_t turn);
/* Its upper left corner at x, y; lines stand left, centred or right within label.width. */
void ts_draw_label(TsPicture *p, const TsLabel *label, Mpt x, Mpt y, TextAlign align);
/* Reports, once for a picture, that there is no room for a label. */
void ts_crowded(TsPicture *p, const char *label);
/* Whether a label may stand there: inside the picture, meeting no other label, no line, dot or area of the data (TS_MAIN,
 * TS_REFERENCE) and no axis. Lines in TS_GRID may pass under it. */
bool ts_is_free(const TsPicture *p, const TsLabel *label, Mpt x, Mpt y);
/* Covers the grid under a label that is free to stand there. */
void ts_draw_plate(TsPicture *p, const TsLabel *label, Mpt x, Mpt y);
/* A state of the picture, and going back to it. */
typedef struct TsPictureMark {
    TsMark **last;
    Mpt height;
} TsPictureMark;
TsPictureMark ts_picture_mark(const TsPicture *p);
void ts_picture_rewind(TsPicture *p, TsPictureMark mark);
/* Reports labels that do not stand so. */
void ts_check_labels(TsPicture *p);

/* ── seal.c ── */

/* In a picture as wide as it is high; `text` may be "". */
void ts_draw_seal(TsPicture *p, const char *name, const char *text);

/* ── legend.c ── */

typedef enum TsSwatch {
    TS_SWATCH_BOX,
    TS_SWATCH_LINE,
    TS_SWATCH_DASHES,
    TS_SWATCH_TICK,
    TS_SWATCH_DOT,
    TS_SWATCH_NONE /* words alone */
} TsSwatch;

typedef struct TsLegendEntry {
    TsSwatch swatch;
    uint32_t colour;
    const char *text;
    /* found by ts_legend */
    TsLabel label;
    Mpt x, y;
} TsLegendEntry;

typedef struct TsLegend {
    TsLegendEntry *entries;
    size_t count;
    Mpt height; /* 0 without entries */
} TsLegend;

/* Places the entries in centred rows within the picture's width. */
TsLegend ts_legend(TsPicture *p, TsLegendEntry *entries, size_t count);
void ts_draw_legend(TsPicture *p, const TsLegend *legend, Mpt y);
/* The legend of a chart with value-name and reference-name; `note` (or NULL) stands after them. */
TsLegend ts_series_legend(TsPicture *p, TsSwatch values, TsSwatch references, const char *note);

/* ── chart.c ── */

/* A scale from low to high with a mark every step, all multiples of 10^-places. */
typedef struct TsAxis {
    int64_t low, high, step;
} TsAxis;

/* Holds all values, references and 0 (without `zero`: near the values is enough); ends at the chart's max if nothing is over. */
TsAxis ts_axis(const TsChart *chart, bool zero);
/* Where a value stands on a scale drawn `length` long. */
Mpt ts_on_axis(const TsAxis *axis, int64_t value, Mpt length);
/* Every how many steps a mark has a number, so that numbers of `size` along the scale stand apart. */
int64_t ts_number_step(const TsAxis *axis, Mpt length, Mpt size);
const char *ts_chart_name(const TsNode *node);               /* "bar" … */
const char *ts_number(TsPicture *p, int64_t value);          /* as printed on axes */
const char *ts_caption(TsPicture *p, const TsChartRow *row); /* its caption, or its value; 无数据 */
extern const char ts_no_data[];

/* ── one file each; rows > 0, and as many as the kind allows ── */
void ts_bar_chart(TsPicture *p);
void ts_radar_chart(TsPicture *p);
void ts_line_chart(TsPicture *p);
void ts_stack_chart(TsPicture *p);
void ts_dot_chart(TsPicture *p);
void ts_gauge_chart(TsPicture *p);

#endif
