/* The raster room: page ops → pixels → the bytes of a PNG file, for looking at a page without a PDF viewer.
 *
 * Glyphs are drawn from the outlines of the same faces, by the same glyph ids, that go into the PDF; Cairo fills them. It is
 * a picture for the screen: nothing of it reaches a PDF, so floating point may be used in here. The same page gives the same
 * bytes with the same versions of Cairo, HarfBuzz and libdeflate: no hinting, no subpixels, no dithering, no clock.
 */
#ifndef RASTER_RASTER_H
#define RASTER_RASTER_H

#include "base/buf.h"
#include "base/diag.h"
#include "image/image.h"
#include "page/page.h"
#include "text/text.h"

enum { RASTER_PIXELS_MOST = 100000000 }; /* of one page: 400 MB while it is drawn */

/* The outlines of a run's faces. Closed with the arena. */
typedef struct RasterFaces RasterFaces;
RasterFaces *raster_faces(Arena *arena, const TextFonts *fonts);

/* Rows from the top without padding; a pixel is 0xRRGGBB. */
typedef struct RasterImage {
    int width, height;
    const uint32_t *pixels;
} RasterImage;

/* Draws a page on white at `dpi` dots an inch; a part of a pixel at the right or bottom edge counts as one, as in poppler. The
 * pixels live in `arena`. `images` is the table that image ops index; NULL when there are none. False = a diagnostic says that the page is too large at that resolution. */
bool raster_page(Arena *arena, const RasterFaces *faces, const ImageTable *images, const Page *page, int dpi,
                 RasterImage *image, Diag *diag);

/* Several images beside each other on grey, RASTER_ACROSS to a row. The pixels live in `arena`. False = too large. */
enum { RASTER_ACROSS = 4 };
bool raster_sheet(Arena *arena, const RasterImage *images, size_t count, RasterImage *sheet, Diag *diag);

/* Appends the image as PNG (ISO/IEC 15948): 8-bit grey when every pixel is grey, else a palette when 256 colours are enough, else
 * RGB. `scratch` is rewound. */
void raster_png(Arena *scratch, const RasterImage *image, int dpi, Buf *out);

#endif
