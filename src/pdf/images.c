/* Images: each of the run is made a stream once, before the fork; a document gets those that its pages show, once each.
 *
 * Colours are DeviceRGB and DeviceGray, which the sRGB output intent defines (19005-1 6.2.3). No mask, no interpolation
 * (6.4, 6.2.4). JPEG files go in as they are.
 */
#include "pdf/pdf_int.h"

#include <stdlib.h>

/* Of left, above and above left the one that is nearest to left + above − above left (PNG, 9.4). */
static unsigned char predict(int left, int above, int corner)
{
    const int guess = left + above - corner;
    const int by_left = abs(guess - left), by_above = abs(guess - above), by_corner = abs(guess - corner);
    const int nearest = by_left <= by_above && by_left <= by_corner ? left : by_above <= by_corner ? above : corner;
    return (unsigned char)nearest;
}

/* The rows as differences from what the Paeth predictor expects, each after its filter type. */
static PdfBytes filter(Arena *arena, const Image *image)
{
    const size_t colours = image->grey ? 1 : 3, row = image->width * colours;
    unsigned char *out = arena_alloc(arena, (row + 1) * image->height), *at = out;
    for (size_t y = 0; y < image->height; y++) {
        const unsigned char *samples = image->bytes + y * row, *above = y > 0 ? samples - row : samples;
        *at++ = 4;
        for (size_t i = 0; i < row; i++) {
            const int left = i >= colours ? samples[i - colours] : 0, up = y > 0 ? above[i] : 0;
            const int corner = y > 0 && i >= colours ? above[i - colours] : 0;
            *at++ = (unsigned char)(samples[i] - predict(left, up, corner));
        }
    }
    return (PdfBytes){out, (row + 1) * image->height};
}

/* Samples are compressed as they are, which suits drawings, and predicted (7.4.4.4), which suits photographs; the shorter counts. */
static PdfImage prepare(const PdfFonts *fonts, Arena *run, const Image *image)
{
    PdfImage prepared = {.stream = {image->bytes, image->length}};
    if (image->form != IMAGE_SAMPLES)
        return prepared;
    Arena *scratch = arena_open(0);
    const PdfBytes plain = pdf_fonts_deflate(fonts, scratch, prepared.stream);
    const PdfBytes predicted = pdf_fonts_deflate(fonts, scratch, filter(scratch, image));
    prepared.predicted = predicted.length < plain.length;
    prepared.stream = prepared.predicted ? predicted : plain;
    prepared.stream.data = arena_copy(run, prepared.stream.data, prepared.stream.length);
    arena_close(scratch);
    return prepared;
}

PdfImage *pdf_images_prepare(const PdfFonts *fonts, Arena *run, const ImageTable *images)
{
    PdfImage *prepared = ARENA_ARRAY(run, image_count(images), PdfImage);
    for (size_t i = 0; i < image_count(images); i++)
        prepared[i] = prepare(fonts, run, image_at(images, i));
    return prepared;
}

bool pdf_images_use(PdfWriter *writer, uint16_t index)
{
    const ImageTable *images = pdf_fonts_images(writer->fonts);
    const size_t count = images ? image_count(images) : 0;
    if (index >= count)
        return diag_add(writer->diag, DIAG_PDF_IMAGE, writer->place, diag_number(writer->diag, index));
    if (!writer->images)
        writer->images = ARENA_ARRAY(writer->arena, count, uint32_t);
    if (writer->images[index] == 0)
        writer->images[index] = pdf_file_reserve(writer->file);
    return true;
}

static void write_image(PdfWriter *w, const Image *image)
{
    const PdfImage *prepared = pdf_fonts_image(w->fonts, image->index);
    Buf *out = pdf_file_begin(w->file, w->images[image->index]);
    buf_print(out, "/Type/XObject/Subtype/Image/Width %u/Height %u/ColorSpace/%s/BitsPerComponent 8/Filter/%s",
              image->width, image->height, image->grey ? "DeviceGray" : "DeviceRGB",
              image->form == IMAGE_SAMPLES ? "FlateDecode" : "DCTDecode");
    if (image->form == IMAGE_JPEG_PLAIN)
        buf_text(out, "/DecodeParms<</ColorTransform 0>>");
    if (prepared->predicted)
        buf_print(out, "/DecodeParms<</Predictor 15/Colors %d/Columns %u>>", image->grey ? 1 : 3, image->width);
    pdf_file_end_stream(w->file, prepared->stream);
}

void pdf_images_put_resources(const PdfWriter *writer, Buf *out)
{
    if (!writer->images)
        return;
    buf_text(out, "/XObject<<");
    for (size_t i = 0; i < image_count(pdf_fonts_images(writer->fonts)); i++)
        if (writer->images[i])
            buf_print(out, "/I%zu %u 0 R", i, writer->images[i]);
    buf_text(out, ">>");
}

void pdf_images_write(PdfWriter *writer)
{
    const ImageTable *images = pdf_fonts_images(writer->fonts);
    pdf_file_part(writer->file, PDF_IMAGES);
    for (size_t i = 0; writer->images && i < image_count(images); i++)
        if (writer->images[i])
            write_image(writer, image_at(images, i));
    pdf_file_part(writer->file, PDF_REST);
}
