/* The run's faces and tools: what every document's fonts have in common, made once before the workers are forked.
 *
 * Only small tables of each face are read here, so that a run starts at once however large its fonts are; what glyphs.c prepares, it
 * prepares when it is needed. Read-only afterwards, except for that and the compressor's working memory: one thread at a time.
 */
#include "pdf/pdf_int.h"

#include <hb-ot.h>
#include <libdeflate.h>

/* libdeflate's levels. What each document has of its own, page content above all, is a tenth of it: level 6 would make that 5 % smaller,
 * a document 0.4 %, for three times the time. What is compressed once a run, and the object streams of compact files, are worth more. */
enum { QUICK = 1, THOROUGH = 6 };

struct PdfFonts {
    PdfFace *faces;
    struct libdeflate_compressor *quick, *thorough;
    PdfBytes icc;
    const ImageTable *images;
    const PdfImage *prepared_images;
};

static void close_compressor(void *handle)
{
    libdeflate_free_compressor(handle);
}

static void close_font(void *handle)
{
    hb_font_destroy(handle);
}

/* ── the font descriptor (9.8.1) ── */

/* A length in font units, in thousandths of an em. */
static int64_t glyph_space(const PdfFace *face, int units)
{
    return fixed_mul_div(units, 1000, (int64_t)face->face->units_per_em);
}

static bool put_box(const PdfFace *face, Buf *out)
{
    hb_blob_t *head = hb_face_reference_table(face->program, HB_TAG('h', 'e', 'a', 'd'));
    unsigned length = 0;
    const unsigned char *bytes = (const unsigned char *)hb_blob_get_data(head, &length);
    const bool usable = length >= 54 && face->face->units_per_em > 0;
    if (usable) {
        buf_text(out, "/FontBBox[");
        for (int i = 0; i < 4; i++) {
            const unsigned char *side = bytes + 36 + 2 * i;
            buf_text(out, i ? " " : "");
            buf_int(out, glyph_space(face, (int16_t)(side[0] << 8 | side[1])));
        }
        buf_byte(out, ']');
    }
    hb_blob_destroy(head);
    return usable;
}

/* All fonts are called symbolic, for none uses a standard Latin character set. StemV is not in the font: a fifth of the weight
 * class is near the vertical stems of Song and Hei faces. */
static bool describe(PdfFace *face, Buf *out)
{
    if (!put_box(face, out))
        return false;
    hb_position_t cap_height = 0;
    if (!hb_ot_metrics_get_position(face->font, HB_OT_METRICS_TAG_CAP_HEIGHT, &cap_height) || cap_height <= 0)
        cap_height = face->face->ascent;
    const float weight = hb_style_get_value(face->font, HB_STYLE_TAG_WEIGHT);
    const float slant = hb_style_get_value(face->font, HB_STYLE_TAG_SLANT_ANGLE);
    const int angle = (int)(slant < 0 ? slant - 0.5F : slant + 0.5F);
    buf_print(out, "/Flags %d/ItalicAngle %d/Ascent %d/Descent %d/CapHeight %d/StemV %d", angle ? 4 + 64 : 4, angle,
              (int)glyph_space(face, face->face->ascent), (int)glyph_space(face, face->face->descent),
              (int)glyph_space(face, cap_height), (int)(weight / 5));
    return true;
}

static void close_blob(void *handle)
{
    hb_blob_destroy(handle);
}

/* A table is lent by HarfBuzz as long as its blob is held. */
static PdfGlyphs *open_glyphs(Arena *run, hb_face_t *program)
{
    hb_blob_t *blob = hb_face_reference_table(program, HB_TAG('C', 'F', 'F', ' '));
    arena_defer(run, close_blob, blob);
    unsigned length = 0;
    const char *data = hb_blob_get_data(blob, &length);
    return pdf_glyphs_open(run, (PdfBytes){data, length});
}

static bool prepare_face(Arena *run, const TextFonts *fonts, uint16_t index, PdfFace *out, Diag *diag)
{
    const TextFace *face = text_face(fonts, index);
    out->face = face;
    out->program = text_face_shaper(fonts, index);
    out->font = hb_font_create(out->program);
    arena_defer(run, close_font, out->font);
    if (face->cff)
        out->glyphs = open_glyphs(run, out->program);
    Buf descriptor = {0};
    const bool described = describe(out, &descriptor);
    if (described)
        out->descriptor = arena_text(run, (const char *)descriptor.bytes, descriptor.length);
    buf_free(&descriptor);
    return described || diag_add(diag, DIAG_PDF_FONT_TABLE, (DiagPlace){0}, face->name, face->path, "head");
}

static struct libdeflate_compressor *open_compressor(Arena *run, int level)
{
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
    if (!compressor)
        arena_heap(SIZE_MAX); /* out of memory: says so and exits */
    arena_defer(run, close_compressor, compressor);
    return compressor;
}

PdfFonts *pdf_fonts_prepare(Arena *run, const TextFonts *fonts, const ImageTable *images, Diag *diag)
{
    PdfFonts *prepared = ARENA_NEW(run, PdfFonts);
    prepared->quick = open_compressor(run, QUICK);
    prepared->thorough = open_compressor(run, THOROUGH);
    prepared->icc = pdf_fonts_deflate(prepared, run, pdf_icc_srgb(run));
    prepared->images = images;
    prepared->prepared_images = images ? pdf_images_prepare(prepared, run, images) : NULL;
    const size_t count = text_face_count(fonts);
    prepared->faces = ARENA_ARRAY(run, count, PdfFace);
    for (size_t i = 0; i < count; i++)
        if (!prepare_face(run, fonts, (uint16_t)i, &prepared->faces[i], diag))
            return NULL;
    return prepared;
}

const PdfFace *pdf_fonts_face(const PdfFonts *fonts, uint16_t face)
{
    return &fonts->faces[face];
}

const ImageTable *pdf_fonts_images(const PdfFonts *fonts)
{
    return fonts->images;
}

const PdfImage *pdf_fonts_image(const PdfFonts *fonts, uint16_t index)
{
    return &fonts->prepared_images[index];
}

PdfBytes pdf_fonts_icc(const PdfFonts *fonts)
{
    return fonts->icc;
}

static PdfBytes compress(struct libdeflate_compressor *compressor, Arena *arena, PdfBytes data)
{
    const size_t bound = libdeflate_zlib_compress_bound(compressor, data.length);
    void *packed = arena_alloc(arena, bound);
    return (PdfBytes){packed, libdeflate_zlib_compress(compressor, data.data, data.length, packed, bound)};
}

PdfBytes pdf_fonts_deflate(const PdfFonts *fonts, Arena *arena, PdfBytes data)
{
    return compress(fonts->thorough, arena, data);
}

PdfBytes pdf_fonts_deflate_quickly(const PdfFonts *fonts, Arena *arena, PdfBytes data)
{
    return compress(fonts->quick, arena, data);
}
