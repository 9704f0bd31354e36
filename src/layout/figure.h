/* Part of the layout room's door: what a chart and another figure of the tree hold. Included by layout.h alone. */
#ifndef LAYOUT_FIGURE_H
#define LAYOUT_FIGURE_H

#include "base/fixed.h"
#include "image/image.h"

typedef struct LayoutPart LayoutPart;
typedef struct LayoutField LayoutField;

typedef enum LayoutChartType {
    LAYOUT_CHART_BAR,
    LAYOUT_CHART_RADAR,
    LAYOUT_CHART_LINE,
    LAYOUT_CHART_STACK,
    LAYOUT_CHART_DOT,
    LAYOUT_CHART_GAUGE
} LayoutChartType;

typedef struct LayoutChart {
    LayoutChartType type;
    const char *query;
    const LayoutPart *label;                 /* of each row */
    const LayoutPart *caption;               /* printed value of each row; may be NULL */
    const LayoutField *value;                /* integer column */
    const LayoutField *reference;            /* second series or target mark; may be NULL */
    const char *value_name, *reference_name; /* legend */
    int places;                              /* the integers are scaled by 10^places */
    int64_t max;                             /* axis end in whole units; 0 = by the data */
    Mpt height;                              /* never 0 */
    const LayoutPart *href;                  /* of each row, without its #: where its label leads; may be NULL */
    const LayoutPart *alt;                   /* alternative text */
} LayoutChart;

typedef enum LayoutFigureType { LAYOUT_IMG, LAYOUT_QR, LAYOUT_SEAL, LAYOUT_SIGNATURE } LayoutFigureType;

typedef struct LayoutFigure {
    LayoutFigureType type;
    const LayoutPart *alt;
    const Image *image;     /* img */
    const LayoutPart *name; /* seal: whose; along its rim. signature: of the field */
    const LayoutPart *text; /* qr: what it says; seal: the straight line below the star, or NULL */
    ImageQrLevel level;     /* qr */
    Mpt size;               /* qr: side, quiet zone included; seal: diameter */
} LayoutFigure;

#endif
