/* A sheet: the pages of a document beside each other, to see them at a glance. */
#include "raster/raster.h"

#include <string.h>

enum { GAP = 6, GROUND = 0xC8C8C8 };

/* Where the rows of pages end: the sheet's size, and each row's height. */
static void measure(const RasterImage *images, size_t count, int *width, int *height, int *rows)
{
    *width = *height = GAP;
    for (size_t i = 0; i < count;) {
        int across = GAP;
        int *row = &rows[i / RASTER_ACROSS];
        *row = 0;
        do {
            across += images[i].width + GAP;
            *row = images[i].height > *row ? images[i].height : *row;
        } while (++i < count && i % RASTER_ACROSS != 0);
        *width = across > *width ? across : *width;
        *height += *row + GAP;
    }
}

static void place(uint32_t *pixels, int width, const RasterImage *image, int x, int y)
{
    for (int row = 0; row < image->height; row++)
        memcpy(pixels + (size_t)(y + row) * (size_t)width + x, image->pixels + (size_t)row * (size_t)image->width,
               (size_t)image->width * sizeof *pixels);
}

bool raster_sheet(Arena *arena, const RasterImage *images, size_t count, RasterImage *sheet, Diag *diag)
{
    int width, height;
    int *rows = ARENA_ARRAY(arena, count / RASTER_ACROSS + 1, int);
    measure(images, count, &width, &height, rows);
    const size_t size = (size_t)width * (size_t)height;
    if (size > RASTER_PIXELS_MOST)
        return diag_add(diag, DIAG_RASTER_SHEET, (DiagPlace){0}, diag_number(diag, width), diag_number(diag, height));
    uint32_t *pixels = ARENA_ARRAY(arena, size, uint32_t);
    for (size_t i = 0; i < size; i++)
        pixels[i] = GROUND;
    for (size_t i = 0, x = GAP, y = GAP; i < count; i++) {
        place(pixels, width, &images[i], (int)x, (int)y);
        x += (size_t)images[i].width + GAP;
        if ((i + 1) % RASTER_ACROSS == 0) {
            x = GAP;
            y += (size_t)rows[i / RASTER_ACROSS] + GAP;
        }
    }
    *sheet = (RasterImage){width, height, pixels};
    return true;
}
