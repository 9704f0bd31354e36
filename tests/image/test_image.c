/* Picture files of every kind, read back sample by sample; files that are cut, damaged or of a kind that PDF cannot show; QR codes.
 *
 * The small files show (x · 32, y · 40, 128) at pixel x, y, or what their names say; the JPEGs (x · 10, y · 15, 128). */
#include "base/file.h"
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
    Arena *arena;
    Diag *diag;
    ImageTable *table;
} world;

static int set_up(void **state)
{
    (void)state;
    world.arena = arena_open(0);
    world.diag = diag_open(world.arena, 0);
    world.table = image_table_open(world.arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(world.arena);
    return 0;
}

static const DiagPlace place = {.file = "card.xml", .line = 7, .column = 3};

static const char *file_path(const char *name)
{
    return file_join(world.arena, "tests/image/files", name);
}

static const Image *load(const char *name)
{
    const Image *image = image_load(world.table, file_path(name), place, world.diag);
    assert_non_null(image);
    assert_int_equal(diag_count(world.diag), 0);
    return image;
}

static void assert_refused(const char *path, DiagCode code)
{
    const size_t before = diag_count(world.diag), images = image_count(world.table);
    assert_null(image_load(world.table, path, place, world.diag));
    assert_int_equal(diag_count(world.diag), before + 1);
    const DiagItem *item = diag_item(world.diag, before);
    assert_string_equal(diag_code_name(item->code), diag_code_name(code));
    assert_string_equal(item->place.file, "card.xml");
    assert_int_equal(item->place.line, 7);
    assert_int_equal(image_count(world.table), images);
}

/* ── PNG ── */

typedef int Sample(int x, int y, int k);

static int plain(int x, int y, int k)
{
    return k == 0 ? x * 32 : k == 1 ? y * 40 : 128;
}

static int on_white(int value, int alpha)
{
    return (value * alpha + 255 * (255 - alpha) + 127) / 255;
}

static int faded(int x, int y, int k)
{
    return on_white(plain(x, y, k), x * 36);
}

static int grey(int x, int y, int k)
{
    (void)k;
    return x * 32 + y;
}

static int grey_faded(int x, int y, int k)
{
    (void)k;
    return on_white(x * 32, y * 51);
}

static int bits(int x, int y, int k)
{
    (void)k;
    return (y % 2 ? x % 2 == 0 : x < 4) ? 255 : 0;
}

/* Two rows of colours; the first is transparent. */
static int palette(int x, int y, int k)
{
    return x == 0 && y % 2 == 0 ? 255 : plain(x, y % 2, k);
}

static void check_samples(const char *name, int colours, Sample *sample)
{
    const Image *image = load(name);
    assert_int_equal(image->width, 8);
    assert_int_equal(image->height, 6);
    assert_int_equal(image->form, IMAGE_SAMPLES);
    assert_int_equal(image->grey, colours == 1);
    assert_int_equal(image->length, 8 * 6 * colours);
    const unsigned char *at = image->bytes;
    for (int y = 0; y < 6; y++)
        for (int x = 0; x < 8; x++)
            for (int k = 0; k < colours; k++, at++)
                if (*at != sample(x, y, k))
                    fail_msg("%s: %d, %d, sample %d is %d, not %d", name, x, y, k, *at, sample(x, y, k));
}

static void every_kind_of_png_becomes_grey_or_rgb(void **state)
{
    (void)state;
    check_samples("rgb.png", 3, plain);
    check_samples("interlaced.png", 3, plain);
    check_samples("rgba.png", 3, faded);
    check_samples("palette.png", 3, palette);
    check_samples("grey16.png", 1, grey);
    check_samples("grey-alpha.png", 1, grey_faded);
    check_samples("bits.png", 1, bits);
}

/* ── JPEG ── */

static void check_jpeg(const char *name, bool is_grey, ImageForm form)
{
    const Image *image = load(name);
    size_t length;
    const char *file = file_read(world.arena, file_path(name), 1 << 20, &length, world.diag);
    assert_int_equal(image->width, 24);
    assert_int_equal(image->height, 16);
    assert_int_equal(image->grey, is_grey);
    assert_int_equal(image->form, form);
    assert_int_equal(image->length, length);
    assert_memory_equal(image->bytes, file, length);
}

static void jpeg_files_stay_as_they_are(void **state)
{
    (void)state;
    check_jpeg("baseline.jpg", false, IMAGE_JPEG);
    check_jpeg("progressive.jpg", false, IMAGE_JPEG);
    check_jpeg("grey.jpg", true, IMAGE_JPEG);
    check_jpeg("plain-rgb.jpg", false, IMAGE_JPEG_PLAIN);
}

/* ── the table ── */

static void a_file_is_read_once(void **state)
{
    (void)state;
    const Image *first = load("rgb.png"), *second = load("grey.jpg");
    assert_int_equal(first->index, 0);
    assert_int_equal(second->index, 1);
    assert_ptr_equal(load("rgb.png"), first);
    assert_int_equal(image_count(world.table), 2);
    assert_ptr_equal(image_at(world.table, 1), second);
    assert_int_equal(strlen(first->hash), 64);
    assert_string_not_equal(first->hash, second->hash);
}

/* ── refused ── */

static const char *scratch_file(const void *bytes, size_t length)
{
    static int number;
    const char *path = arena_print(world.arena, "/tmp/shuzhi-image-%d-%d", (int)getpid(), number++);
    assert_true(file_write(path, bytes, length, world.diag));
    return path;
}

static void what_pdf_cannot_show_is_refused(void **state)
{
    (void)state;
    assert_refused("tests/image/files/none.png", DIAG_IMAGE_MISSING);
    assert_refused("tests/image/files", DIAG_IMAGE_KIND);
    assert_refused("tests/image/test_image.c", DIAG_IMAGE_KIND);
    assert_refused(file_path("huge.png"), DIAG_IMAGE_PIXELS);
    assert_refused(file_path("arithmetic.jpg"), DIAG_IMAGE_JPEG);
    assert_refused(file_path("turned.jpg"), DIAG_IMAGE_TURNED);
    size_t length;
    char *file = file_read(world.arena, file_path("baseline.jpg"), 1 << 20, &length, world.diag);
    char *frame = memmem(file, length, "\xFF\xC0", 2);
    assert_non_null(frame);
    frame[9] = 4; /* components */
    const char *path = scratch_file(file, length);
    assert_refused(path, DIAG_IMAGE_JPEG);
    unlink(path);
    char *large = calloc(1, IMAGE_LIMIT_BYTES + 1);
    path = scratch_file(large, IMAGE_LIMIT_BYTES + 1);
    free(large);
    assert_refused(path, DIAG_IMAGE_BYTES);
    unlink(path);
}

/* Cut anywhere before the end of the picture's data, and with any byte changed: refused or read, never more than one message. */
static void cut_and_damaged_files_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"rgba.png", "palette.png", "interlaced.png", "baseline.jpg", "progressive.jpg"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length;
        char *file = file_read(world.arena, file_path(names[i]), 1 << 20, &length, world.diag);
        /* A PNG's last 16 bytes are a checksum and IEND, a JPEG's last two its end marker: the picture is whole without. */
        const size_t whole = length - (strstr(names[i], ".png") ? 16 : 2);
        for (size_t cut = 0; cut < whole; cut += 1 + cut / 16) {
            const char *path = scratch_file(file, cut);
            assert_null(image_load(world.table, path, place, world.diag));
            unlink(path);
        }
        for (size_t at = 0; at < length; at += 3) {
            const size_t before = diag_count(world.diag);
            file[at] ^= 0x5A;
            const char *path = scratch_file(file, length);
            const Image *image = image_load(world.table, path, place, world.diag);
            assert_int_equal(diag_count(world.diag), before + !image);
            file[at] ^= 0x5A;
            unlink(path);
        }
    }
}

/* ── QR ── */

static void qr_codes_are_the_smallest_that_hold_the_text(void **state)
{
    (void)state;
    const ImageQr *qr = image_qr(world.arena, "2020/330102/scorecard", IMAGE_QR_M);
    assert_non_null(qr);
    assert_int_equal(qr->side, 25);
    for (int i = 0; i < 7; i++) { /* the finder pattern's upper line in three corners */
        assert_int_equal(qr->dark[i], 1);
        assert_int_equal(qr->dark[qr->side - 7 + i], 1);
        assert_int_equal(qr->dark[(qr->side - 7) * qr->side + i], 1);
    }
    assert_int_equal(qr->dark[7], 0);
    assert_int_equal(image_qr(world.arena, "1", IMAGE_QR_L)->side, 21);
    assert_true(image_qr(world.arena, "2020/330102/scorecard", IMAGE_QR_H)->side > qr->side);
    char longest[4001] = "";
    memset(longest, 'a', 4000);
    assert_null(image_qr(world.arena, longest, IMAGE_QR_L));
    assert_null(image_qr(world.arena, "", IMAGE_QR_L));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_kind_of_png_becomes_grey_or_rgb, set_up, tear_down),
        cmocka_unit_test_setup_teardown(jpeg_files_stay_as_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_is_read_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_pdf_cannot_show_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cut_and_damaged_files_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(qr_codes_are_the_smallest_that_hold_the_text, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
