/* Drawing: the ops of a page in painting order, onto a Cairo image surface.
 *
 * Glyphs are filled as paths. Cairo's own glyph cache would round each pen position to a whole pixel and so set the text
 * unevenly at 100 dpi.
 *
 * Straight lines and rectangles are moved to whole pixels and are at least one pixel thick, which PDF calls automatic
 * stroke adjustment (ISO 32000-1, 10.6.5): the rules of a table look alike wherever they fall, and boxes that touch show no
 * seam. Everything else is antialiased in grey.
 */
#include "raster/raster.h"

#include <cairo.h>
#include <hb.h>
#include <math.h>

struct RasterFaces {
    const TextFonts *fonts;
    hb_draw_funcs_t *draw;
    hb_font_t **outlines; /* by face; scaled to font units */
    size_t count;
};

typedef struct Canvas {
    cairo_t *cairo;
    const RasterFaces *faces;
    const ImageTable *images;
    Arena *arena;
    double scale; /* pixels in one Mpt */
} Canvas;

/* ── outlines ── */

static void move_to(hb_draw_funcs_t *funcs, void *cairo, hb_draw_state_t *state, float x, float y, void *user)
{
    (void)funcs, (void)state, (void)user;
    cairo_move_to(cairo, x, y);
}

static void line_to(hb_draw_funcs_t *funcs, void *cairo, hb_draw_state_t *state, float x, float y, void *user)
{
    (void)funcs, (void)state, (void)user;
    cairo_line_to(cairo, x, y);
}

/* HarfBuzz turns the quadratic curves of glyf outlines into these. */
static void cubic_to(hb_draw_funcs_t *funcs, void *cairo, hb_draw_state_t *state, float x1, float y1, float x2,
                     float y2, float x, float y, void *user)
{
    (void)funcs, (void)state, (void)user;
    cairo_curve_to(cairo, x1, y1, x2, y2, x, y);
}

static void close_path(hb_draw_funcs_t *funcs, void *cairo, hb_draw_state_t *state, void *user)
{
    (void)funcs, (void)state, (void)user;
    cairo_close_path(cairo);
}

static void close_faces(void *handle)
{
    RasterFaces *faces = handle;
    for (size_t i = 0; i < faces->count; i++)
        hb_font_destroy(faces->outlines[i]);
    hb_draw_funcs_destroy(faces->draw);
}

RasterFaces *raster_faces(Arena *arena, const TextFonts *fonts)
{
    RasterFaces *faces = ARENA_NEW(arena, RasterFaces);
    *faces = (RasterFaces){.fonts = fonts, .draw = hb_draw_funcs_create(), .count = text_face_count(fonts)};
    hb_draw_funcs_set_move_to_func(faces->draw, move_to, NULL, NULL);
    hb_draw_funcs_set_line_to_func(faces->draw, line_to, NULL, NULL);
    hb_draw_funcs_set_cubic_to_func(faces->draw, cubic_to, NULL, NULL);
    hb_draw_funcs_set_close_path_func(faces->draw, close_path, NULL, NULL);
    faces->outlines = ARENA_ARRAY(arena, faces->count, hb_font_t *);
    for (size_t i = 0; i < faces->count; i++)
        faces->outlines[i] = hb_font_create(text_face_shaper(fonts, (uint16_t)i));
    arena_defer(arena, close_faces, faces);
    return faces;
}

/* ── ops ── */

static void set_colour(const Canvas *canvas, uint32_t colour)
{
    cairo_set_source_rgb(canvas->cairo, (colour >> 16 & 0xFF) / 255.0, (colour >> 8 & 0xFF) / 255.0,
                         (colour & 0xFF) / 255.0);
}

static void draw_glyphs(const Canvas *canvas, const PageOp *op)
{
    hb_font_t *outlines = canvas->faces->outlines[op->as.glyphs.face];
    const double em = op->as.glyphs.size / (double)text_face(canvas->faces->fonts, op->as.glyphs.face)->units_per_em;
    cairo_t *cairo = canvas->cairo;
    set_colour(canvas, op->as.glyphs.colour);
    for (size_t i = 0; i < op->as.glyphs.count; i++) {
        const PageGlyph *glyph = &op->as.glyphs.glyphs[i];
        cairo_save(cairo);
        cairo_translate(cairo, op->as.glyphs.x, op->as.glyphs.y);
        cairo_rotate(cairo, op->as.glyphs.turn * (M_PI / 18000));
        cairo_translate(cairo, glyph->x, glyph->y);
        cairo_scale(cairo, em, -em);
        hb_font_get_glyph_shape(outlines, glyph->gid, canvas->faces->draw, cairo);
        cairo_restore(cairo);
        cairo_fill(cairo);
    }
}

static void trace_path(const Canvas *canvas, const PageOp *op)
{
    const PagePoint *p = op->as.path.points;
    cairo_t *cairo = canvas->cairo;
    for (size_t i = 0; i < op->as.path.verb_count; i++) {
        switch (op->as.path.verbs[i]) {
        case PAGE_MOVE:
            cairo_move_to(cairo, p->x, p->y);
            p++;
            break;
        case PAGE_LINE:
            cairo_line_to(cairo, p->x, p->y);
            p++;
            break;
        case PAGE_CURVE:
            cairo_curve_to(cairo, p[0].x, p[0].y, p[1].x, p[1].y, p[2].x, p[2].y);
            p += 3;
            break;
        case PAGE_CLOSE:
            cairo_close_path(cairo);
        }
    }
}

/* The pixels from `a` to `b`, one at least. */
static void snap(const Canvas *canvas, Mpt a, Mpt b, double *from, double *to)
{
    const double low = (a < b ? a : b) * canvas->scale, high = (a < b ? b : a) * canvas->scale;
    *from = floor(low + 0.5);
    *to = fmax(floor(high + 0.5), *from + 1);
}

/* A filled box on whole pixels, as a path in pixels. */
static void fill_box(const Canvas *canvas, const PagePoint corner[2], uint32_t colour)
{
    double left, right, top, bottom;
    snap(canvas, corner[0].x, corner[1].x, &left, &right);
    snap(canvas, corner[0].y, corner[1].y, &top, &bottom);
    cairo_save(canvas->cairo);
    cairo_identity_matrix(canvas->cairo);
    cairo_rectangle(canvas->cairo, left, top, right - left, bottom - top);
    set_colour(canvas, colour);
    cairo_fill(canvas->cairo);
    cairo_restore(canvas->cairo);
}

/* Moves a coordinate so that a stroke `width` pixels thick around it covers whole pixels. */
static double snap_centre(const Canvas *canvas, Mpt at, double width)
{
    return floor(at * canvas->scale - width / 2 + 0.5) + width / 2;
}

/* One straight line parallel to an axis, or a rectangle: drawn on whole pixels. */
static void snap_stroke(const Canvas *canvas, const PageOp *op, double width)
{
    const PagePoint *p = op->as.path.points;
    PagePoint corner[2];
    cairo_identity_matrix(canvas->cairo);
    if (page_path_rect(op, corner)) {
        const double x0 = snap_centre(canvas, corner[0].x, width), x1 = snap_centre(canvas, corner[1].x, width);
        const double y0 = snap_centre(canvas, corner[0].y, width), y1 = snap_centre(canvas, corner[1].y, width);
        cairo_rectangle(canvas->cairo, x0, y0, x1 - x0, y1 - y0);
    } else if (p[0].y == p[1].y) {
        const double y = snap_centre(canvas, p[0].y, width);
        cairo_move_to(canvas->cairo, p[0].x * canvas->scale, y);
        cairo_line_to(canvas->cairo, p[1].x * canvas->scale, y);
    } else {
        const double x = snap_centre(canvas, p[0].x, width);
        cairo_move_to(canvas->cairo, x, p[0].y * canvas->scale);
        cairo_line_to(canvas->cairo, x, p[1].y * canvas->scale);
    }
}

static bool can_snap(const PageOp *op)
{
    PagePoint corner[2];
    const PagePoint *p = op->as.path.points;
    const bool line = op->as.path.verb_count == 2 && op->as.path.verbs[1] == PAGE_LINE;
    return (line && (p[0].x == p[1].x || p[0].y == p[1].y)) || page_path_rect(op, corner);
}

static void stroke(const Canvas *canvas, const PageOp *op)
{
    cairo_t *cairo = canvas->cairo;
    const bool whole = can_snap(op);
    double width = fmax(op->as.path.width * canvas->scale, 1);
    cairo_save(cairo);
    if (whole)
        snap_stroke(canvas, op, width = floor(width + 0.5));
    else
        trace_path(canvas, op);
    cairo_identity_matrix(cairo);
    const double dashes[2] = {op->as.path.dash * canvas->scale, op->as.path.gap * canvas->scale};
    cairo_set_dash(cairo, dashes, op->as.path.dash > 0 ? 2 : 0, 0);
    cairo_set_line_width(cairo, width);
    set_colour(canvas, op->as.path.stroke);
    cairo_stroke(cairo);
    cairo_restore(cairo);
}

static void draw_path(const Canvas *canvas, const PageOp *op)
{
    PagePoint corner[2];
    if (op->as.path.fill != PAGE_NO_COLOUR && page_path_rect(op, corner)) {
        fill_box(canvas, corner, op->as.path.fill);
    } else if (op->as.path.fill != PAGE_NO_COLOUR) {
        trace_path(canvas, op);
        set_colour(canvas, op->as.path.fill);
        cairo_fill(canvas->cairo);
    }
    if (op->as.path.stroke != PAGE_NO_COLOUR && op->as.path.width > 0)
        stroke(canvas, op);
}

/* Scaled into its rectangle; beyond its edges its outermost pixels go on, so that these do not fade. */
static void draw_image(const Canvas *canvas, const PageOp *op)
{
    const Image *image = image_at(canvas->images, op->as.image.image);
    const size_t count = (size_t)image->width * image->height;
    const ArenaMark mark = arena_mark(canvas->arena);
    const unsigned char *sample = image_samples(canvas->arena, image);
    uint32_t *pixel = ARENA_ARRAY(canvas->arena, count, uint32_t);
    for (size_t i = 0; i < count; i++, sample += image->grey ? 1 : 3)
        pixel[i] = image->grey ? sample[0] * 0x010101u : (uint32_t)(sample[0] << 16 | sample[1] << 8 | sample[2]);
    cairo_surface_t *surface = cairo_image_surface_create_for_data(
        (unsigned char *)pixel, CAIRO_FORMAT_RGB24, (int)image->width, (int)image->height, (int)image->width * 4);
    cairo_save(canvas->cairo);
    cairo_rectangle(canvas->cairo, op->as.image.x, op->as.image.y, op->as.image.width, op->as.image.height);
    cairo_clip(canvas->cairo);
    cairo_translate(canvas->cairo, op->as.image.x, op->as.image.y);
    cairo_scale(canvas->cairo, op->as.image.width / (double)image->width, op->as.image.height / (double)image->height);
    cairo_set_source_surface(canvas->cairo, surface, 0, 0);
    cairo_pattern_set_extend(cairo_get_source(canvas->cairo), CAIRO_EXTEND_PAD);
    cairo_paint(canvas->cairo);
    cairo_restore(canvas->cairo);
    cairo_surface_destroy(surface);
    arena_rewind(canvas->arena, mark);
}

static void draw_page(const Canvas *canvas, const Page *page)
{
    for (const PageOp *op = page->ops; op; op = op->next) {
        if (op->kind == PAGE_GLYPHS)
            draw_glyphs(canvas, op);
        else if (op->kind == PAGE_PATH)
            draw_path(canvas, op);
        else if (op->kind == PAGE_IMAGE)
            draw_image(canvas, op);
    }
}

/* ── the page ── */

static int pixels(Mpt length, int dpi)
{
    return (int)(((int64_t)length * dpi + 71999) / 72000);
}

bool raster_page(Arena *arena, const RasterFaces *faces, const ImageTable *images, const Page *page, int dpi,
                 RasterImage *image, Diag *diag)
{
    const int width = pixels(page->width, dpi), height = pixels(page->height, dpi);
    if ((int64_t)width * height > RASTER_PIXELS_MOST)
        return diag_add(diag, DIAG_RASTER_LARGE, (DiagPlace){0}, diag_number(diag, width), diag_number(diag, height),
                        diag_number(diag, dpi));
    uint32_t *data = ARENA_ARRAY(arena, (size_t)width * (size_t)height, uint32_t);
    cairo_surface_t *surface =
        cairo_image_surface_create_for_data((unsigned char *)data, CAIRO_FORMAT_RGB24, width, height, width * 4);
    const Canvas canvas = {
        .cairo = cairo_create(surface), .faces = faces, .images = images, .arena = arena, .scale = dpi / 72000.0};
    cairo_set_antialias(canvas.cairo, CAIRO_ANTIALIAS_GRAY);
    cairo_set_source_rgb(canvas.cairo, 1, 1, 1);
    cairo_paint(canvas.cairo);
    cairo_scale(canvas.cairo, canvas.scale, canvas.scale);
    draw_page(&canvas, page);
    const cairo_status_t status = cairo_status(canvas.cairo);
    cairo_destroy(canvas.cairo);
    cairo_surface_destroy(surface);
    *image = (RasterImage){width, height, data};
    return status == CAIRO_STATUS_SUCCESS ||
           diag_add(diag, DIAG_RASTER_CAIRO, (DiagPlace){0}, cairo_status_to_string(status));
}
