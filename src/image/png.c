/* PNG through libpng: every kind of it (palette, grey, 16 bit, interlaced) becomes 8-bit grey or RGB.
 *
 * PDF/A-1 has no transparency (19005-1 6.4), so that alpha is laid on white here, in sRGB as browsers do it.
 */
#include "image/image_int.h"

#include <png.h>
#include <stdlib.h>

/* `samples` are pixels of `colours` samples and one of alpha. */
static void flatten(const unsigned char *samples, size_t pixels, size_t colours, unsigned char *out)
{
    for (size_t i = 0; i < pixels; i++, samples += colours + 1) {
        const unsigned alpha = samples[colours];
        for (size_t k = 0; k < colours; k++)
            *out++ = (unsigned char)((samples[k] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

static bool damaged(ImageReader *r, png_image *png)
{
    diag_add(r->diag, DIAG_IMAGE_DAMAGED, r->place, r->image->path, png->message);
    png_image_free(png);
    return false;
}

bool image_read_png(ImageReader *r)
{
    png_image png = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&png, r->bytes, r->length))
        return damaged(r, &png);
    if (!image_take_size(r, png.width, png.height)) {
        png_image_free(&png);
        return false;
    }
    const bool colour = png.format & PNG_FORMAT_FLAG_COLOR;
    png.format = colour ? PNG_FORMAT_RGBA : PNG_FORMAT_GA;
    png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB; /* samples of 16 bits are no different from those of 8 */
    const size_t pixels = (size_t)png.width * png.height, colours = colour ? 3 : 1;
    unsigned char *samples = arena_heap(pixels * (colours + 1));
    const bool read = png_image_finish_read(&png, NULL, samples, 0, NULL) && !PNG_IMAGE_FAILED(png);
    if (read) {
        r->image->grey = !colour;
        r->image->length = pixels * colours;
        unsigned char *out = arena_alloc(r->run, r->image->length);
        flatten(samples, pixels, colours, out);
        r->image->bytes = out;
    }
    free(samples);
    return read || damaged(r, &png);
}
