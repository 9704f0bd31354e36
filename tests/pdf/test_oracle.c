/* Fonts measured against an oracle: for every face of fonts/fonts.xml a page of a few hundred glyphs. In the median its fonts are no more
 * than a tenth larger than what hb-subset gives through zlib -9, with the glyphs' characters and widths, for which that has no
 * place; and poppler and MuPDF draw the same pixels from it as from a file made here that has the whole face in it. The files
 * stay in BUILD/tests-out/. */
#include "pdf/pdf_int.h"

#include "base/file.h"
#include "base/utf8.h"

#include <hb-subset.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

enum { COLUMNS = 20, GLYPHS = 400, PITCH = 27 };

static struct {
    Arena *run, *unit, *scratch;
    Diag *diag;
    TextFonts *fonts;
    PdfFonts *pdf;
    const char *out_dir;
} world;

static int open_world(void **state)
{
    (void)state;
    world.run = arena_open(0);
    world.unit = arena_open(0);
    world.scratch = arena_open(0);
    world.diag = diag_open(world.run, 0);
    world.fonts = text_fonts_load(world.run, "fonts/fonts.xml", world.diag);
    world.pdf = world.fonts ? pdf_fonts_prepare(world.run, world.fonts, NULL, world.diag) : NULL;
    const char *build = getenv("BUILD");
    world.out_dir = arena_print(world.run, "%s/tests-out", build ? build : "build");
    return world.pdf && file_make_directory(world.out_dir, world.diag) ? 0 : -1;
}

static int close_world(void **state)
{
    (void)state;
    arena_close(world.scratch);
    arena_close(world.unit);
    arena_close(world.run);
    return 0;
}

/* A character and its glyph. */
typedef struct Sample {
    hb_codepoint_t code, gid;
} Sample;

/* Characters from all over the face's Han, which documents are made of, or where it has few from all over its coverage; no glyph twice. */
static size_t choose(hb_face_t *face, Sample out[GLYPHS])
{
    hb_font_t *font = hb_font_create(face);
    hb_set_t *codes = hb_set_create(), *seen = hb_set_create(), *han = hb_set_create();
    hb_face_collect_unicodes(face, codes);
    hb_set_add_range(han, 0x4E00, 0x9FFF);
    hb_set_add_range(han, 0x20000, 0x3FFFF);
    hb_set_intersect(han, codes);
    if (hb_set_get_population(han) >= GLYPHS)
        hb_set_set(codes, han);
    hb_set_destroy(han);
    const unsigned step = hb_set_get_population(codes) / (GLYPHS + 20) + 1;
    size_t count = 0;
    unsigned i = 0;
    for (hb_codepoint_t code = HB_SET_VALUE_INVALID; count < GLYPHS && hb_set_next(codes, &code); i++) {
        hb_codepoint_t gid;
        if (code < 0x20 || i % step || !hb_font_get_nominal_glyph(font, code, &gid) || gid == 0 ||
            hb_set_has(seen, gid))
            continue;
        hb_set_add(seen, gid);
        out[count++] = (Sample){code, gid};
    }
    hb_set_destroy(codes);
    hb_set_destroy(seen);
    hb_font_destroy(font);
    return count;
}

static int place_x(size_t i)
{
    return 30 + (int)(i % COLUMNS) * PITCH;
}

static int place_y(size_t i) /* down */
{
    return 60 + (int)(i / COLUMNS) * PITCH;
}

static const char *save(const char *kind, const TextFace *face, const Buf *pdf)
{
    const char *path = arena_print(world.unit, "%s/%s-%s.pdf", world.out_dir, kind, face->name);
    assert_true(file_write(path, pdf->bytes, pdf->length, world.diag));
    return path;
}

/* ── ours ── */

static const char *write_ours(uint16_t face, const Sample *samples, size_t count, PdfResult *result)
{
    PageRecorder *r = page_open(world.unit, "zh-CN");
    page_begin_page(r, FIXED_PT(595), FIXED_PT(842));
    for (size_t i = 0; i < count; i++) {
        char *text = arena_alloc(world.unit, 5);
        const size_t length = utf8_encode(samples[i].code, text);
        PageGlyph *glyph = ARENA_NEW(world.unit, PageGlyph);
        *glyph = (PageGlyph){.gid = (uint16_t)samples[i].gid, .length = (uint16_t)length};
        page_glyphs(r, face, FIXED_PT(20), 0, FIXED_PT(place_x(i)), FIXED_PT(place_y(i)), text, glyph, 1);
    }
    Buf pdf = {0};
    assert_true(pdf_write(world.scratch, world.pdf, page_finish(r), &(PdfInfo){.identity = "oracle"}, &pdf, result,
                          world.diag));
    const char *path = save("subset", text_face(world.fonts, face), &pdf);
    buf_free(&pdf);
    return path;
}

/* ── the whole face, embedded as plainly as can be ── */

typedef struct Plain {
    Buf out;
    size_t offsets[16];
    size_t count;
} Plain;

static void put_object(Plain *p, const char *entries, const void *data, size_t length)
{
    p->offsets[++p->count] = p->out.length;
    buf_print(&p->out, "%zu 0 obj\n<<%s", p->count, entries);
    if (data) {
        buf_print(&p->out, "/Length %zu>>\nstream\n", length);
        buf_append(&p->out, data, length);
        buf_text(&p->out, "\nendstream\nendobj\n");
    } else {
        buf_text(&p->out, ">>\nendobj\n");
    }
}

static void put_end(Plain *p)
{
    const size_t at = p->out.length;
    buf_print(&p->out, "xref\n0 %zu\n0000000000 65535 f \n", p->count + 1);
    for (size_t i = 1; i <= p->count; i++)
        buf_print(&p->out, "%010zu 00000 n \n", p->offsets[i]);
    buf_print(&p->out, "trailer\n<</Size %zu/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", p->count + 1, at);
}

/* The program as it is in the font file: the CFF table, or all tables of the face in a file of its own. */
static hb_blob_t *whole_program(hb_face_t *face, bool cff)
{
    if (cff)
        return hb_face_reference_table(face, HB_TAG('C', 'F', 'F', ' '));
    hb_face_t *builder = hb_face_builder_create();
    hb_tag_t tags[128];
    unsigned count = 128;
    hb_face_get_table_tags(face, 0, &count, tags);
    for (unsigned i = 0; i < count; i++) {
        hb_blob_t *table = hb_face_reference_table(face, tags[i]);
        hb_face_builder_add_table(builder, tags[i], table);
        hb_blob_destroy(table);
    }
    hb_blob_t *file = hb_face_reference_blob(builder);
    hb_face_destroy(builder);
    return file;
}

static const char *write_whole(uint16_t face, const Sample *samples, size_t count)
{
    const TextFace *description = text_face(world.fonts, face);
    unsigned length = 0;
    hb_blob_t *program = whole_program(text_face_shaper(world.fonts, face), description->cff);
    const char *bytes = hb_blob_get_data(program, &length);
    size_t all = 0;
    const uint16_t *cids = description->cff ? pdf_cff_cids(world.unit, (PdfBytes){bytes, length}, &all) : NULL;
    assert_true(cids || !description->cff);
    Buf content = {0};
    for (size_t i = 0; i < count; i++)
        buf_print(&content, "BT/F 20 Tf %d %d Td<%04X>Tj ET\n", place_x(i), 842 - place_y(i),
                  cids ? cids[samples[i].gid] : samples[i].gid);
    Plain p = {0};
    buf_text(&p.out, "%PDF-1.4\n");
    put_object(&p, "/Type/Catalog/Pages 2 0 R", NULL, 0);
    put_object(&p, "/Type/Pages/Count 1/Kids[3 0 R]", NULL, 0);
    put_object(&p, "/Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>", NULL,
               0);
    put_object(&p, "", content.bytes, content.length);
    put_object(&p, "/Type/Font/Subtype/Type0/BaseFont/Whole/Encoding/Identity-H/DescendantFonts[6 0 R]", NULL, 0);
    put_object(&p,
               description->cff ? "/Type/Font/Subtype/CIDFontType0/BaseFont/Whole/FontDescriptor 7 0 R"
                                  "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
                                : "/Type/Font/Subtype/CIDFontType2/BaseFont/Whole/FontDescriptor 7 0 R/CIDToGIDMap/"
                                  "Identity/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>",
               NULL, 0);
    put_object(&p,
               arena_print(world.unit,
                           "/Type/FontDescriptor/FontName/Whole/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0"
                           "/Ascent 900/Descent -200/CapHeight 700/StemV 80/%s 8 0 R",
                           description->cff ? "FontFile3" : "FontFile2"),
               NULL, 0);
    put_object(&p, description->cff ? "/Subtype/CIDFontType0C" : arena_print(world.unit, "/Length1 %u", length), bytes,
               length);
    put_end(&p);
    const char *path = save("whole", description, &p.out);
    buf_free(&content);
    buf_free(&p.out);
    hb_blob_destroy(program);
    return path;
}

/* ── sizes ── */

/* zlib -9 over what hb-subset writes of these glyphs with some flags: the whole file, or the CFF table alone. */
static size_t oracle_size(hb_face_t *face, bool cff, const Sample *samples, size_t count, unsigned flags)
{
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    for (size_t i = 0; i < count; i++)
        hb_set_add(hb_subset_input_glyph_set(input), samples[i].gid);
    /* HarfBuzz takes in whatever GSUB may turn a glyph into: no page has asked for that; nor for a cmap, which it cannot write for
     * HanaMinB. */
    static const char layout[][5] = {"GSUB", "GPOS", "GDEF", "MATH", "COLR", "cmap"};
    for (size_t i = 0; i < sizeof layout / sizeof *layout; i++)
        hb_set_add(hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG), hb_tag_from_string(layout[i], 4));
    hb_subset_input_set_flags(input, flags);
    hb_face_t *subset = hb_subset_or_fail(face, input);
    hb_subset_input_destroy(input);
    assert_non_null(subset);
    hb_blob_t *blob =
        cff ? hb_face_reference_table(subset, HB_TAG('C', 'F', 'F', ' ')) : hb_face_reference_blob(subset);
    unsigned length = 0;
    const char *data = hb_blob_get_data(blob, &length);
    uLongf packed = compressBound(length);
    assert_int_equal(compress2(arena_alloc(world.unit, packed), &packed, (const Bytef *)data, length, 9), Z_OK);
    hb_blob_destroy(blob);
    hb_face_destroy(subset);
    return packed;
}

/* The best that hb-subset has. */
static size_t best_size(uint16_t index, const Sample *samples, size_t count)
{
    static const unsigned flags[] = {HB_SUBSET_FLAGS_DEFAULT, HB_SUBSET_FLAGS_NO_HINTING,
                                     HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_DESUBROUTINIZE};
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        const size_t size = oracle_size(text_face_shaper(world.fonts, index), text_face(world.fonts, index)->cff,
                                        samples, count, flags[i]);
        best = size < best ? size : best;
    }
    return best;
}

static size_t chosen(uint16_t face, Sample samples[GLYPHS])
{
    const size_t count = choose(text_face_shaper(world.fonts, face), samples);
    assert_in_range(count, 200, GLYPHS);
    return count;
}

/* What a PDF must say besides: the character of each glyph, and its width, as bare 16-bit numbers through zlib -9. */
static size_t meaning_size(uint16_t face, const Sample *samples, size_t count)
{
    hb_font_t *font = hb_font_create(text_face_shaper(world.fonts, face));
    uint16_t *numbers = ARENA_ARRAY(world.unit, 2 * count, uint16_t);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = (uint16_t)samples[i].code;
        numbers[count + i] = (uint16_t)hb_font_get_glyph_h_advance(font, samples[i].gid);
    }
    hb_font_destroy(font);
    uLongf packed = compressBound(4 * count);
    assert_int_equal(compress2(arena_alloc(world.unit, packed), &packed, (const Bytef *)numbers, 4 * count, 9), Z_OK);
    return packed;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* All objects of the fonts count: program, descriptor, widths, ToUnicode, CIDSet. The median over the faces is within a tenth; those whose
 * glyphs share many subroutines (Noto Serif) are a little over it, for a subset of ours has none. */
static void fonts_are_within_a_tenth_of_the_oracle(void **state)
{
    (void)state;
    const size_t faces = text_face_count(world.fonts);
    double *more = ARENA_ARRAY(world.run, faces, double);
    for (uint16_t face = 0; face < faces; face++) {
        Sample samples[GLYPHS];
        const size_t count = chosen(face, samples);
        PdfResult result;
        write_ours(face, samples, count, &result);
        const size_t ours = result.bytes[PDF_FONTS],
                     best = best_size(face, samples, count) + meaning_size(face, samples, count);
        more[face] = 100.0 * ((double)ours - (double)best) / (double)best;
        print_message(
            "%-28s %zu glyphs: %zu bytes of fonts, hb-subset, characters and widths through zlib -9 %zu: %+.1f %%\n",
            text_face(world.fonts, face)->name, count, ours, best, more[face]);
        assert_true(more[face] <= 15);
        arena_reset(world.unit);
    }
    qsort(more, faces, sizeof *more, by_size);
    assert_true(more[faces / 2] <= 10);
}

/* ── pixels ── */

static void assert_same_output(const char *command, const char *a, const char *b)
{
    char *text = arena_print(world.unit, "for f in %s %s; do %s | sha256sum; done | uniq | wc -l", a, b, command);
    FILE *pipe = popen(text, "r");
    assert_non_null(pipe);
    int kinds = 0;
    assert_int_equal(fscanf(pipe, "%d", &kinds), 1);
    assert_int_equal(pclose(pipe), 0);
    if (kinds != 1)
        fail_msg("other pixels: %s %s: %s", a, b, command);
}

static void glyphs_are_those_of_the_whole_face(void **state)
{
    (void)state;
    for (uint16_t face = 0; face < text_face_count(world.fonts); face++) {
        Sample samples[GLYPHS];
        const size_t count = chosen(face, samples);
        PdfResult result;
        const char *ours = write_ours(face, samples, count, &result), *whole = write_whole(face, samples, count);
        assert_same_output("pdftoppm -r 100 -gray \"$f\"", ours, whole);
        assert_same_output("mutool draw -q -r 100 -c gray -F pgm -o - \"$f\" 2>/dev/null", ours, whole);
        remove(whole); /* tens of MB */
        arena_reset(world.unit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fonts_are_within_a_tenth_of_the_oracle),
        cmocka_unit_test(glyphs_are_those_of_the_whole_face),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
