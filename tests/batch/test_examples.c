/* The examples of the layout language: every docs/examples/NAME.xml makes the pages that NAME.trace tells, and docs/pictures/NAME.png
 * shows them.
 *
 * An example brings its own rows, so no database is needed. UPDATE_GOLDEN=1 writes the traces anew: look at the difference, and at
 * the pictures that `make gallery` makes, before believing it. Pictures are compared as means over squares of pixels, because
 * another version of Cairo may round otherwise. Run from the top of the tree.
 */
#include "assess/assess.h"
#include "base/file.h"
#include "data/data.h"
#include "raster/raster.h"
#include "typeset/typeset.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char examples[] = "docs/examples", pictures[] = "docs/pictures";
enum {
    MOST = 200,
    PICTURE_BYTES = 15000,
    PICTURE_DPI = 90, /* as the Makefile has it */
    SQUARE = 4,
    SQUARE_MOST = 24 /* difference of a square's mean, of 255 */
};

static Arena *run;
static const TextFonts *fonts;
static RasterFaces *faces;

static int open_world(void **state)
{
    (void)state;
    run = arena_open(0);
    fonts = text_fonts_load(run, "fonts/fonts.xml", diag_open(run, 0));
    if (!fonts)
        return -1;
    faces = raster_faces(run, fonts);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    arena_close(run);
    return 0;
}

static const char *face_name(void *context, uint16_t face)
{
    (void)context;
    return text_face(fonts, face)->name;
}

/* The document's pages as `make gallery` draws them. */
static RasterImage draw(Arena *arena, const PageDocument *document, const ImageTable *images, Diag *diag)
{
    RasterImage *pages = ARENA_ARRAY(arena, document->page_count, RasterImage), sheet;
    size_t count = 0;
    for (const Page *page = document->pages; page; page = page->next)
        assert_true(raster_page(arena, faces, images, page, PICTURE_DPI, &pages[count++], diag));
    assert_true(raster_sheet(arena, pages, count, &sheet, diag));
    return sheet;
}

static int sum_of(const RasterImage *image, int left, int top)
{
    int sum = 0;
    for (int y = top; y < top + SQUARE; y++)
        for (int x = left; x < left + SQUARE; x++) {
            const uint32_t c = image->pixels[y * image->width + x];
            sum += (int)((c >> 16 & 0xFF) + (c >> 8 & 0xFF) + (c & 0xFF)) / 3;
        }
    return sum;
}

/* The committed picture, in the form of what is drawn. */
static RasterImage read_picture(Arena *arena, const char *path, Diag *diag)
{
    const Image *image = image_load(image_table_open(arena), path, (DiagPlace){0}, diag);
    assert_non_null(image);
    const unsigned char *sample = image_samples(arena, image);
    const size_t count = (size_t)image->width * image->height;
    uint32_t *pixels = ARENA_ARRAY(arena, count, uint32_t);
    for (size_t i = 0; i < count; i++, sample += image->grey ? 1 : 3)
        pixels[i] = image->grey ? sample[0] * 0x010101u : (uint32_t)(sample[0] << 16 | sample[1] << 8 | sample[2]);
    return (RasterImage){(int)image->width, (int)image->height, pixels};
}

static void check_picture(Arena *arena, const char *path, const RasterImage *drawn, Diag *diag)
{
    struct stat status;
    if (stat(path, &status) != 0 || status.st_size > PICTURE_BYTES)
        fail_msg("%s is missing (make gallery), or larger than %d bytes", path, PICTURE_BYTES);
    const RasterImage kept = read_picture(arena, path, diag);
    if (kept.width != drawn->width || kept.height != drawn->height)
        fail_msg("%s is of another size than its pages (make gallery)", path);
    for (int y = 0; y + SQUARE <= kept.height; y += SQUARE)
        for (int x = 0; x + SQUARE <= kept.width; x += SQUARE)
            if (abs(sum_of(&kept, x, y) - sum_of(drawn, x, y)) > SQUARE_MOST * SQUARE * SQUARE)
                fail_msg("%s shows something else at %d, %d (make gallery)", path, x, y);
}

static void set(Arena *arena, const char *path, const char *picture, Buf *out)
{
    Diag *diag = diag_open(arena, 0);
    DataDb *db = assess_open_empty(NULL, diag);
    ImageTable *images = image_table_open(arena);
    const Layout *layout = layout_load(arena, path, images, diag);
    TsProgram *program = layout ? ts_bind(arena, layout, fonts, db, diag) : NULL;
    const TsUnit unit = {.code = "", .year = 2020};
    TsResult result;
    if (program && ts_set(program, arena, &unit, &result, diag)) {
        page_trace(result.document, face_name, NULL, out);
        const RasterImage drawn = draw(arena, result.document, images, diag);
        check_picture(arena, picture, &drawn, diag);
    }
    for (size_t i = 0; i < diag_count(diag); i++)
        diag_format(diag_item(diag, i), DIAG_ENGLISH, out);
    data_close(db);
    if (diag_any(diag, DIAG_WARN))
        print_message("# %s", buf_cstring(out));
    assert_false(diag_any(diag, DIAG_WARN));
}

static bool compare(Arena *arena, const char *golden, const Buf *out)
{
    Diag *diag = diag_open(arena, 0);
    size_t length = 0;
    const char *expected = access(golden, R_OK) == 0 ? file_read(arena, golden, 16 << 20, &length, diag) : NULL;
    if (expected && length == out->length && memcmp(expected, out->bytes, length) == 0)
        return true;
    if (getenv("UPDATE_GOLDEN"))
        return file_write(golden, out->bytes, out->length, diag);
    const char *actual = arena_print(arena, "/tmp/test_examples.%d", (int)getpid());
    assert_true(file_write(actual, out->bytes, out->length, diag));
    fflush(stdout);
    if (system(arena_print(arena, "diff -u %s %s | head -n 60 | sed 's/^/# /'", expected ? golden : "/dev/null",
                           actual)) != 0)
        print_message("# diff could not be run\n");
    unlink(actual);
    return false;
}

static void is_as_golden(void **state)
{
    const char *name = *state;
    Arena *arena = arena_open(0);
    Buf out = {0};
    set(arena, arena_print(arena, "%s/%s.xml", examples, name), arena_print(arena, "%s/%s.png", pictures, name), &out);
    const bool same = compare(arena, arena_print(arena, "%s/%s.trace", examples, name), &out);
    buf_free(&out);
    arena_close(arena);
    assert_true(same);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

static size_t find_examples(struct CMUnitTest *tests)
{
    DIR *directory = opendir(examples);
    size_t count = 0;
    struct dirent *entry;
    while (directory && count < MOST && (entry = readdir(directory)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".xml") != 0)
            continue;
        char *name = strndup(entry->d_name, (size_t)(dot - entry->d_name));
        tests[count++] = (struct CMUnitTest){.name = name, .test_func = is_as_golden, .initial_state = name};
    }
    if (directory)
        closedir(directory);
    qsort(tests, count, sizeof *tests, by_name);
    return count;
}

int main(void)
{
    struct CMUnitTest tests[MOST];
    const size_t count = find_examples(tests);
    if (count == 0)
        return 1;
    const int failed = _cmocka_run_group_tests("examples", tests, count, open_world, close_world);
    for (size_t i = 0; i < count; i++)
        free(tests[i].initial_state);
    return failed;
}
