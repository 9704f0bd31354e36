/* Figures that are no charts: images, QR codes, seals and signature fields, and how large they are. */
#include "typeset/chart_int.h"

struct TsFigure {
    const TsNode *node;
    const char *alt;
    const ImageQr *qr;
    const char *name, *text; /* seal; the name of a signature field */
};

enum {
    LEAST_WIDTH = FIXED_PT(12), /* of an image where a column's width is by content */
    LEAST_MODULE = 709          /* 0.25 mm: what office printers and telephones are sure to manage */
};

/* ── what is shown ── */

static const ImageQr *encode(TsJob *job, const TsNode *node)
{
    const LayoutNode *layout = node->layout;
    const char *text = ts_text(job, layout->as.figure.text);
    const ImageQr *qr = image_qr(job->arena, text, layout->as.figure.level);
    if (!qr) {
        TS_FAIL(job, TS_QR_TEXT, node, text);
        return NULL;
    }
    const Mpt module = layout->as.figure.size / (qr->side + 2 * IMAGE_QR_QUIET);
    if (module >= LEAST_MODULE)
        return qr;
    TS_FAIL(job, TS_QR_SMALL, node, ts_length(job, layout->as.figure.size),
            ts_length(job, LEAST_MODULE * (qr->side + 2 * IMAGE_QR_QUIET)));
    return NULL;
}

TsFigure *ts_figure(TsJob *job, const TsNode *node)
{
    TsFigure *figure = ARENA_NEW(job->arena, TsFigure);
    *figure = (TsFigure){.node = node, .alt = ts_text(job, node->layout->as.figure.alt)};
    if (node->layout->as.figure.type == LAYOUT_QR)
        figure->qr = encode(job, node);
    if (node->layout->as.figure.type == LAYOUT_SIGNATURE)
        figure->name = ts_text(job, node->layout->as.figure.name);
    if (node->layout->as.figure.type == LAYOUT_SEAL) {
        figure->name = ts_text(job, node->layout->as.figure.name);
        figure->text = ts_text(job, node->layout->as.figure.text);
    }
    return figure;
}

PageTag ts_figure_tag(const TsFigure *figure)
{
    const LayoutFigureType type = figure->node->layout->as.figure.type;
    if (type == LAYOUT_SIGNATURE)
        return PAGE_FORM;
    return type == LAYOUT_IMG && !*figure->alt ? PAGE_ARTIFACT : PAGE_FIGURE;
}

const char *ts_figure_alt(const TsFigure *figure)
{
    return figure->alt;
}

/* ── how large ── */

typedef struct Size {
    Mpt width, height;
} Size;

static Mpt sides_of(const LayoutStyle *style)
{
    return ts_frame(style, LAYOUT_EDGE_LEFT) + ts_frame(style, LAYOUT_EDGE_RIGHT);
}

/* With neither width nor height a pixel is 1/96 inch (CSS), and what is wider than `room` is made smaller. */
static Size image_size(const LayoutNode *layout, Mpt room)
{
    const LayoutStyle *style = layout->style;
    const Image *image = layout->as.figure.image;
    const Mpt sides = sides_of(style);
    Size size = {0, style->height};
    if (style->width.kind == LAYOUT_WIDTH_FIXED)
        size.width = style->width.value - sides;
    else if (style->width.kind == LAYOUT_WIDTH_PERCENT)
        size.width = (Mpt)fixed_mul_div(room + sides, style->width.value, 10000) - sides;
    else if (style->width.kind == LAYOUT_WIDTH_FRACTION)
        size.width = room;
    else if (style->height > 0)
        size.width = (Mpt)fixed_mul_div(style->height, image->width, image->height);
    else {
        size.width = (Mpt)fixed_mul_div(image->width, 750, 1);
        size.width = size.width > room ? room : size.width;
    }
    if (style->height == 0)
        size.height = (Mpt)fixed_mul_div(size.width, image->height, image->width);
    return size;
}

/* As wide as the room, unless its width says otherwise. */
static Size field_size(const LayoutNode *layout, Mpt room)
{
    const LayoutStyle *style = layout->style;
    const Mpt sides = sides_of(style);
    Size size = {room, style->height};
    if (style->width.kind == LAYOUT_WIDTH_FIXED)
        size.width = style->width.value - sides;
    else if (style->width.kind == LAYOUT_WIDTH_PERCENT)
        size.width = (Mpt)fixed_mul_div(room + sides, style->width.value, 10000) - sides;
    return size;
}

static Size size_of(const LayoutNode *layout, Mpt room)
{
    if (layout->as.figure.type == LAYOUT_IMG)
        return image_size(layout, room);
    if (layout->as.figure.type == LAYOUT_SIGNATURE)
        return field_size(layout, room);
    return (Size){layout->as.figure.size, layout->as.figure.size};
}

TsExtent ts_measure_figure(const TsFigure *figure)
{
    const LayoutNode *layout = figure->node->layout;
    if (layout->as.figure.type == LAYOUT_SIGNATURE && layout->style->width.kind != LAYOUT_WIDTH_FIXED)
        return (TsExtent){{LEAST_WIDTH, LEAST_WIDTH, LEAST_WIDTH}};
    const Mpt natural = size_of(layout, TS_UNBOUNDED).width;
    const bool shrinks = layout->as.figure.type == LAYOUT_IMG && layout->style->width.kind != LAYOUT_WIDTH_FIXED &&
                         layout->style->height == 0;
    const Mpt least = shrinks && natural > LEAST_WIDTH ? LEAST_WIDTH : natural;
    return (TsExtent){{least, least, natural}};
}

/* ── drawing ── */

static bool is_dark(const ImageQr *qr, int x, int y)
{
    return y < qr->side && x < qr->side && qr->dark[y * qr->side + x];
}

/* The modules [x, end) of row y, and none beside them, are dark. */
static bool is_run(const ImageQr *qr, int x, int end, int y)
{
    for (int i = x; i < end; i++)
        if (!is_dark(qr, i, y))
            return false;
    return (x == 0 || !is_dark(qr, x - 1, y)) && !is_dark(qr, end, y);
}

/* Runs of dark modules, equal ones below each other as one rectangle. */
static void draw_qr(TsPicture *p, const ImageQr *qr)
{
    const Mpt module = p->width / (qr->side + 2 * IMAGE_QR_QUIET), inset = (p->width - module * qr->side) / 2;
    PagePoint *corners = ARENA_ARRAY(p->job->arena, (size_t)(qr->side * qr->side) * 2, PagePoint);
    size_t count = 0;
    for (int y = 0; y < qr->side; y++) {
        for (int x = 0, end; x < qr->side; x = end) {
            for (end = x; is_dark(qr, end, y);)
                end++;
            if (end == x) {
                end++;
                continue;
            }
            if (y > 0 && is_run(qr, x, end, y - 1))
                continue;
            int bottom = y + 1;
            while (is_run(qr, x, end, bottom))
                bottom++;
            corners[2 * count] = (PagePoint){inset + module * x, inset + module * y};
            corners[2 * count++ + 1] = (PagePoint){inset + module * end, inset + module * bottom};
        }
    }
    ts_draw_rects(p, corners, count, ts_fill(0x000000));
}

const TsPicture *ts_figure_picture(TsJob *job, const TsFigure *figure, Mpt room)
{
    const LayoutNode *layout = figure->node->layout;
    const Size size = size_of(layout, room);
    TsPicture *p = ts_picture_open(job, figure->node, size.width, size.height);
    if (size.width > room || size.width <= 0 || size.height <= 0)
        TS_FAIL(job, TS_FIGURE_WIDE, figure->node, layout->element, ts_length(job, size.width), ts_length(job, room));
    else if (layout->as.figure.type == LAYOUT_IMG)
        ts_draw_image(p, layout->as.figure.image->index);
    else if (layout->as.figure.type == LAYOUT_SEAL)
        ts_draw_seal(p, figure->name, figure->text);
    else if (layout->as.figure.type == LAYOUT_SIGNATURE)
        ts_draw_field(p, figure->name, figure->alt);
    else if (figure->qr)
        draw_qr(p, figure->qr);
    return p;
}
