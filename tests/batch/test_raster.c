/* The raster room against poppler: the picture of a page is what pdftoppm makes of the PDF of the same page.
 *
 * Both are compared in grey, as means over squares of SQUARE pixels: antialiasing differs within a pixel or two, places do not. The
 * check is shown to bite by moving a glyph. Lives with batch's tests, because it needs typeset, pdf and raster together. Run from
 * the top of the tree.
 */
#include "assess/assess.h"
#include "base/file.h"
#include "data/data.h"
#include "pdf/pdf.h"
#include "raster/raster.h"
#include "typeset/typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    DPI = 100,
    SQUARE = 4,
    MEAN_MOST = 4,  /* mean difference of all squares, of 255 */
    WORST_MOST = 80 /* of the worst square */
};

typedef struct World {
    Arena *run;
    const TextFonts *fonts;
    RasterFaces *faces;
    ImageTable *images;
    Diag *diag;
    char directory[32];
} World;
static World world;

static int open_world(void **state)
{
    (void)state;
    world.run = arena_open(0);
    world.diag = diag_open(world.run, 0);
    world.fonts = text_fonts_load(world.run, "fonts/fonts.xml", world.diag);
    assert_non_null(world.fonts);
    world.faces = raster_faces(world.run, world.fonts);
    world.images = image_table_open(world.run);
    strcpy(world.directory, "/tmp/test_raster.XXXXXX");
    return mkdtemp(world.directory) ? 0 : -1;
}

static int close_world(void **state)
{
    (void)state;
    rmdir(world.directory);
    arena_close(world.run);
    return 0;
}

static const char *in_directory(Arena *arena, const char *name)
{
    return file_join(arena, world.directory, name);
}

/* Sets a layout that brings its own rows. */
static const PageDocument *set(Arena *arena, const char *path)
{
    DataDb *db = assess_open_empty(NULL, world.diag);
    const Layout *layout = layout_load(arena, path, world.images, world.diag);
    assert_non_null(layout);
    TsProgram *program = ts_bind(arena, layout, world.fonts, db, world.diag);
    assert_non_null(program);
    const TsUnit unit = {.unit_id = 1, .code = "330102", .year = 2020};
    TsResult result;
    assert_true(ts_set(program, arena, &unit, &result, world.diag));
    data_close(db);
    return result.document;
}

typedef struct Grey {
    int width, height;
    unsigned char *pixels;
} Grey;

static Grey draw(Arena *arena, const Page *page)
{
    RasterImage image;
    assert_true(raster_page(arena, world.faces, world.images, page, DPI, &image, world.diag));
    const size_t count = (size_t)image.width * (size_t)image.height;
    Grey grey = {image.width, image.height, arena_alloc(arena, count)};
    for (size_t i = 0; i < count; i++) {
        const uint32_t c = image.pixels[i];
        grey.pixels[i] = (unsigned char)(((c >> 16 & 0xFF) * 299 + (c >> 8 & 0xFF) * 587 + (c & 0xFF) * 114) / 1000);
    }
    return grey;
}

/* What poppler makes of the document's first page. */
static Grey ask_poppler(Arena *arena, const PageDocument *document)
{
    Buf pdf = {0};
    PdfResult written;
    Arena *scratch = arena_open(0);
    const PdfFonts *fonts = pdf_fonts_prepare(arena, world.fonts, world.images, world.diag);
    assert_true(pdf_write(scratch, fonts, document, &(PdfInfo){.title = "t"}, &pdf, &written, world.diag));
    arena_close(scratch);
    const char *path = in_directory(arena, "page.pdf"), *picture = in_directory(arena, "page.pgm");
    assert_true(file_write(path, pdf.bytes, pdf.length, world.diag));
    buf_free(&pdf);
    assert_int_equal(
        system(arena_print(arena, "pdftoppm -r %d -gray -f 1 -l 1 -singlefile %s %s/page", DPI, path, world.directory)),
        0);
    size_t length;
    char *bytes = file_read(arena, picture, 64 << 20, &length, world.diag);
    assert_non_null(bytes);
    unlink(path);
    unlink(picture);
    Grey grey;
    int at = 0;
    assert_int_equal(sscanf(bytes, "P5 %d %d 255%n", &grey.width, &grey.height, &at), 2);
    assert_int_equal(length - (size_t)at - 1, (size_t)grey.width * (size_t)grey.height);
    grey.pixels = (unsigned char *)bytes + at + 1;
    return grey;
}

static int square_sum(const Grey *grey, int left, int top)
{
    int sum = 0;
    for (int y = top; y < top + SQUARE; y++)
        for (int x = left; x < left + SQUARE; x++)
            sum += grey->pixels[y * grey->width + x];
    return sum;
}

/* True when two pictures show the same page. */
static bool alike(const Grey *a, const Grey *b)
{
    if (a->width != b->width || a->height != b->height)
        return false;
    long total = 0, squares = 0;
    int worst = 0;
    for (int y = 0; y + SQUARE <= a->height; y += SQUARE) {
        for (int x = 0; x + SQUARE <= a->width; x += SQUARE) {
            const int difference = abs(square_sum(a, x, y) - square_sum(b, x, y)) / (SQUARE * SQUARE);
            total += difference;
            worst = difference > worst ? difference : worst;
            squares++;
        }
    }
    print_message("# mean difference %ld/1000, worst square %d\n", total * 1000 / squares, worst);
    return total <= MEAN_MOST * squares && worst <= WORST_MOST;
}

static void draws_what_poppler_draws(void **state)
{
    Arena *arena = arena_open(0);
    const PageDocument *document = set(arena, *state);
    const Grey ours = draw(arena, document->pages), theirs = ask_poppler(arena, document);
    assert_true(alike(&ours, &theirs));
    arena_close(arena);
}

/* A glyph moved by a quarter of an em is noticed, and so is one turned. */
static void notices_a_moved_glyph(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    const PageDocument *document = set(arena, "tests/typeset/cases/paragraphs.xml");
    const Grey theirs = ask_poppler(arena, document);
    PageOp *op = (PageOp *)document->pages->ops;
    while (op->kind != PAGE_GLYPHS)
        op = op->next;
    PageGlyph *glyph = (PageGlyph *)&op->as.glyphs.glyphs[0];
    const Mpt x = glyph->x;
    glyph->x += op->as.glyphs.size / 4;
    Grey ours = draw(arena, document->pages);
    assert_false(alike(&ours, &theirs));
    glyph->x = x;
    op->as.glyphs.turn = 9000;
    ours = draw(arena, document->pages);
    assert_false(alike(&ours, &theirs));
    op->as.glyphs.turn = 0;
    ours = draw(arena, document->pages);
    assert_true(alike(&ours, &theirs));
    arena_close(arena);
}

static void write_png(Arena *arena, const Page *page, Buf *out)
{
    RasterImage image;
    assert_true(raster_page(arena, world.faces, world.images, page, DPI, &image, world.diag));
    raster_png(arena, &image, DPI, out);
}

static void the_same_page_gives_the_same_bytes(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    const PageDocument *document = set(arena, "tests/typeset/cases/boxes.xml");
    Buf png[2] = {{0}, {0}};
    for (int i = 0; i < 2; i++)
        write_png(arena, document->pages, &png[i]);
    assert_int_equal(png[0].length, png[1].length);
    assert_memory_equal(png[0].bytes, png[1].bytes, png[0].length);
    buf_free(&png[0]);
    buf_free(&png[1]);
    arena_close(arena);
}

/* PNG of every colour type, judged by MuPDF: it reads the pixels that were written. */
static void png_is_read_by_others(void **state)
{
    (void)state;
    enum { SIDE = 40 };
    static const uint32_t step[] = {0x010101, 0x030000, 0x010203}; /* grey; few colours; more than 256 of them */
    static const int colour_type[] = {0, 3, 2};
    Arena *arena = arena_open(0);
    for (int kind = 0; kind < 3; kind++) {
        uint32_t pixels[SIDE * SIDE];
        for (uint32_t i = 0; i < SIDE * SIDE; i++)
            pixels[i] = step[kind] * (kind == 2 ? i : i % 80) & 0xFFFFFF;
        Buf png = {0};
        raster_png(arena, &(RasterImage){SIDE, SIDE, pixels}, 72, &png);
        assert_int_equal(png.bytes[25], colour_type[kind]);
        const char *path = in_directory(arena, "image.png"), *read = in_directory(arena, "image.ppm");
        assert_true(file_write(path, png.bytes, png.length, world.diag));
        buf_free(&png);
        assert_int_equal(system(arena_print(arena, "mutool draw -q -r 72 -c rgb -o %s %s", read, path)), 0);
        size_t length;
        const char *bytes = file_read(arena, read, 1 << 20, &length, world.diag);
        assert_non_null(bytes);
        const unsigned char *at = (const unsigned char *)bytes + length - sizeof pixels / 4 * 3;
        for (size_t i = 0; i < SIDE * SIDE; i++)
            assert_int_equal(at[i * 3] << 16 | at[i * 3 + 1] << 8 | at[i * 3 + 2], pixels[i]);
        unlink(path);
        unlink(read);
    }
    arena_close(arena);
}

/* A page that is too large for the resolution is refused, not tried. */
static void too_many_pixels_are_refused(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    const Page page = {.width = FIXED_PT(14400), .height = FIXED_PT(14400)};
    RasterImage image;
    assert_false(raster_page(arena, world.faces, NULL, &page, 1200, &image, diag));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_RASTER_LARGE);
    arena_close(arena);
}

int main(void)
{
#define CASE(path)                                                                                                     \
    {                                                                                                                  \
        "draws " path " as poppler does", draws_what_poppler_draws, NULL, NULL, path                                   \
    }
    const struct CMUnitTest tests[] = {
        CASE("tests/typeset/cases/paragraphs.xml"),
        CASE("tests/typeset/cases/boxes.xml"),
        CASE("tests/typeset/cases/table-spans.xml"),
        CASE("tests/typeset/cases/charts-odd.xml"),
        CASE("tests/typeset/cases/page-margins.xml"),
        CASE("tests/typeset/cases/images.xml"),
        CASE("docs/examples/seal.xml"),
        CASE("docs/examples/watermark.xml"),
        CASE("docs/examples/vertical.xml"),
        CASE("docs/examples/chart-radar.xml"),
        cmocka_unit_test(notices_a_moved_glyph),
        cmocka_unit_test(the_same_page_gives_the_same_bytes),
        cmocka_unit_test(png_is_read_by_others),
        cmocka_unit_test(too_many_pixels_are_refused),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
