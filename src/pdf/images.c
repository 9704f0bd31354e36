/* Images: each of the run is made a stream once, before the fork; a document gets those that its pages show, once each.
 *
 * Colours are DeviceRGB and DeviceGray, which the sRGB output intent defines (19005-1 6.2.3). No mask, no interpolation
 * (6.4, 6.2.4). JPEG files go in as they are.
 */
#include "pdf/pdf_int.h"

static PdfBytes stream_of(const PdfFonts *fonts, Arena *run, const Image *image)
{
    const PdfBytes bytes = {image->bytes, image->length};
    return image->form == IMAGE_SAMPLES ? pdf_fonts_deflate(fonts, run, bytes) : bytes;
}

PdfBytes *pdf_images_prepare(const PdfFonts *fonts, Arena *run, const ImageTable *images)
{
    PdfBytes *streams = ARENA_ARRAY(run, image_count(images), PdfBytes);
    for (size_t i = 0; i < image_count(images); i++)
        streams[i] = stream_of(fonts, run, image_at(images, i));
    return streams;
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
    const PdfBytes stream = pdf_fonts_image(w->fonts, image->index);
    Buf *out = pdf_file_begin(w->file, w->images[image->index]);
    buf_print(out, "/Type/XObject/Subtype/Image/Width %u/Height %u/ColorSpace/%s/BitsPerComponent 8/Filter/%s",
              image->width, image->height, image->grey ? "DeviceGray" : "DeviceRGB",
              image->form == IMAGE_SAMPLES ? "FlateDecode" : "DCTDecode");
    if (image->form == IMAGE_JPEG_PLAIN)
        buf_text(out, "/DecodeParms<</ColorTransform 0>>");
    pdf_file_end_stream(w->file, stream);
    w->result.image_bytes += stream.length;
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
    for (size_t i = 0; writer->images && i < image_count(images); i++)
        if (writer->images[i])
            write_image(writer, image_at(images, i));
}
