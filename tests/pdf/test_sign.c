/* Signature fields: empty, for other people's software to fill; and with a placeholder that OpenSSL signs in the same revision, as pdfsig
 * sees it. The signed file stays in BUILD/tests-out/ and is judged as PDF/A by tests/whole/archive.sh. */
#include "pdf/pdf.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 4000 };

static struct {
    Arena *run, *unit, *scratch;
    Diag *diag;
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
    const TextFonts *fonts = text_fonts_load(world.run, "fonts/fonts.xml", world.diag);
    world.pdf = fonts ? pdf_fonts_prepare(world.run, fonts, NULL, world.diag) : NULL;
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

static int clear_unit(void **state)
{
    (void)state;
    arena_reset(world.unit);
    diag_clear(world.diag);
    return 0;
}

static const PageDocument *with_fields(const char *first, const char *second)
{
    PageRecorder *r = page_open(world.unit, "zh-CN");
    page_begin_page(r, FIXED_PT(300), FIXED_PT(200));
    const char *const names[] = {first, second};
    for (int i = 0; i < 2; i++) {
        page_begin(r, PAGE_FORM, page_element(r), "签名");
        page_field(r, FIXED_PT(20), FIXED_PT(20 + 80 * i), FIXED_PT(100), FIXED_PT(40), names[i], "请签名");
        page_end(r);
    }
    return page_finish(r);
}

static bool write_signed(const PageDocument *document, const char *field, Buf *out, PdfResult *result)
{
    const PdfInfo info = {.title = "签名", .date = "2020-12-31", .signature_field = field, .signature_room = ROOM};
    return pdf_write(world.scratch, world.pdf, document, &info, out, result, world.diag);
}

/* What a command prints; `expected` is its exit code. */
static const char *run(int expected, const char *command)
{
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    Buf out = {0};
    for (int c; (c = fgetc(pipe)) != EOF;)
        buf_byte(&out, (unsigned char)c);
    const char *text = arena_string(world.unit, buf_cstring(&out));
    buf_free(&out);
    const int status = pclose(pipe);
    if (status / 256 != expected)
        fail_msg("%s: %d\n%s", command, status, text);
    return text;
}

static const char *publish(const char *name, const void *bytes, size_t length)
{
    const char *path = arena_print(world.unit, "%s/%s", world.out_dir, name);
    assert_true(file_write(path, bytes, length, world.diag));
    return path;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no “%s” in:\n%s", part, text);
}

static void empty_fields_are_there_to_be_signed(void **state)
{
    (void)state;
    Buf out = {0};
    PdfResult result;
    assert_true(write_signed(with_fields("组长", "书记"), NULL, &out, &result));
    assert_int_equal(result.placeholder.after, 0);
    const char *path = publish("fields.pdf", out.bytes, out.length);
    assert_has(run(0, arena_print(world.unit, "qpdf --check %s 2>&1", path)), "No syntax");
    const char *told = run(0, arena_print(world.unit, "pdfsig %s 2>&1", path));
    assert_has(told, "Signature Field Name: 组长\n  The signature form field is not signed.");
    assert_has(told, "Signature Field Name: 书记\n  The signature form field is not signed.");
    const char *plain =
        run(0, arena_print(world.unit, "qpdf --qdf --object-streams=disable %s - | tr -d '\\000\\n '", path));
    assert_has(plain, "/Rect[20140120180]");
    assert_has(plain, "/F132/FT/Sig");
    assert_has(plain, "/S/Form");
    assert_null(strstr(plain, "/SigFlags"));
    buf_free(&out);
}

/* Signs what the placeholder covers with a key made for it. */
static void sign(Buf *file, const PdfPlaceholder *at)
{
    Buf covered = {0};
    buf_append(&covered, file->bytes, at->before);
    buf_append(&covered, file->bytes + at->after, at->length - at->after);
    const char *data = publish("sign.data", covered.bytes, covered.length);
    buf_free(&covered);
    run(0, arena_print(world.unit,
                       "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test -days 2 "
                       "-keyout %s.key -out %s.crt 2>&1 && openssl cms -sign -binary -cades -md sha256 -signer %s.crt "
                       "-inkey %s.key -in %s -outform DER -out %s.cms 2>&1",
                       data, data, data, data, data, data));
    size_t length;
    const char *cms = file_read(world.unit, arena_print(world.unit, "%s.cms", data), ROOM, &length, world.diag);
    assert_non_null(cms);
    assert_true(pdf_sign(file->bytes, at, cms, length, world.diag));
}

static void a_placeholder_is_signed_in_the_same_revision(void **state)
{
    (void)state;
    Buf out = {0};
    PdfResult result;
    const PageDocument *document = with_fields("组长", "书记");
    assert_true(write_signed(document, "书记", &out, &result));
    const PdfPlaceholder *at = &result.placeholder;
    assert_int_equal(at->length, out.length);
    assert_int_equal(at->after - at->before, 2 * ROOM + 2);
    assert_int_equal(out.bytes[at->before], '<');
    assert_int_equal(out.bytes[at->after - 1], '>');
    sign(&out, at);
    const char *path = publish("signed.pdf", out.bytes, out.length);
    assert_has(run(0, arena_print(world.unit, "qpdf --check %s 2>&1", path)), "No syntax");
    const char *told = run(0, arena_print(world.unit, "pdfsig -nocert %s 2>&1", path));
    assert_has(told, "Signature Field Name: 组长\n  The signature form field is not signed.");
    assert_has(told, "Signature Validation: Signature is Valid.");
    assert_has(told, "Signature Type: ETSI.CAdES.detached");
    assert_has(told, "Total document signed");

    /* A byte of the first page's object. */
    char *page = memmem(out.bytes, out.length, "/MediaBox[0 0 300", 17);
    assert_non_null(page);
    page[14] = '4';
    path = publish("tampered.out", out.bytes, out.length);
    assert_has(run(0, arena_print(world.unit, "pdfsig -nocert %s 2>&1", path)), "Digest Mismatch");

    /* The same again, after something else in the buffer. */
    Buf again = {0}, first = {0};
    buf_text(&again, "before");
    assert_true(write_signed(document, "书记", &first, &result));
    assert_true(write_signed(document, "书记", &again, &result));
    assert_int_equal(again.length, first.length + 6);
    assert_memory_equal(again.bytes + 6, first.bytes, first.length);
    assert_int_equal(result.placeholder.length, first.length);
    buf_free(&again);
    buf_free(&first);
    buf_free(&out);
}

static void assert_refused(const PageDocument *document, const char *field, DiagCode code)
{
    Buf out = {0};
    PdfResult result;
    diag_clear(world.diag);
    assert_false(write_signed(document, field, &out, &result));
    assert_int_equal(out.length, 0);
    assert_int_equal(diag_count(world.diag), 1);
    assert_int_equal(diag_item(world.diag, 0)->code, code);
    buf_free(&out);
}

static void names_that_no_field_may_have(void **state)
{
    (void)state;
    assert_refused(with_fields("组长", "组长"), NULL, DIAG_PDF_FIELD);
    assert_refused(with_fields("组长", ""), NULL, DIAG_PDF_FIELD);
    assert_refused(with_fields("组长.一", "书记"), NULL, DIAG_PDF_FIELD);
    assert_refused(with_fields("组长", "书记"), "部长", DIAG_PDF_NO_FIELD);
}

static void signatures_that_do_not_fit(void **state)
{
    (void)state;
    static const unsigned char bytes[ROOM + 1] = {1};
    Buf out = {0};
    PdfResult result;
    assert_true(write_signed(with_fields("组长", "书记"), "组长", &out, &result));
    assert_false(pdf_sign(out.bytes, &result.placeholder, bytes, ROOM + 1, world.diag));
    assert_int_equal(diag_item(world.diag, 0)->code, DIAG_PDF_SIGNATURE);
    assert_true(pdf_sign(out.bytes, &result.placeholder, bytes, ROOM, world.diag));
    assert_int_equal(out.bytes[result.placeholder.after - 1], '>');
    assert_false(pdf_sign(out.bytes, &(PdfPlaceholder){0}, bytes, 1, world.diag));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(empty_fields_are_there_to_be_signed, clear_unit),
        cmocka_unit_test_setup(a_placeholder_is_signed_in_the_same_revision, clear_unit),
        cmocka_unit_test_setup(names_that_no_field_may_have, clear_unit),
        cmocka_unit_test_setup(signatures_that_do_not_fit, clear_unit),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
