/* Fuzzing of everything that reads a font: loading a face, setting text with it, subsetting and embedding it, drawing its outlines.
 *
 * Built with clang's libFuzzer under ASan and UBSan (`make fuzz`), and without it (-DREPLAY) as a program that `make test` runs: small
 * subsets of the faces that it is given are damaged by the same mutator, some hundred times each. A font may be refused or give missing
 * characters; whatever it is, the program must not crash, hang, or take memory without measure.
 *
 * The mutator knows the sfnt container: half of its changes are made at places where counts, lengths and offsets stand, because random
 * bytes seldom get past the table directory. Checksums need no care, as nothing reads them.
 */
#include "base/buf.h"
#include "base/diag.h"
#include "base/utf8.h"
#include "page/page.h"
#include "pdf/pdf.h"
#include "raster/raster.h"
#include "text/text.h"

#include <dirent.h>
#include <hb-subset.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FONT_MOST = 1 << 20 };

/* Han, marks, Latin with kerning and ligatures, combining marks, a variation sequence, characters beyond the BMP. */
static const char TEXT[] = "述职评议，“考核”（一）——AVfi affine é́ 12.5% 葛󠄀𠮷Ａ……";

/* ── one font through the program ── */

static char config[64], font_path[64];
static int font_file = -1;

/* The face is read from a file without a name; the configuration, which names it, is written once. */
static void open_files(void)
{
    strcpy(config, "/tmp/fuzz-font.XXXXXX");
    int fd = mkstemp(config);
    font_file = memfd_create("font", 0);
    snprintf(font_path, sizeof font_path, "/proc/self/fd/%d", font_file);
    Buf text = {0};
    buf_print(&text,
              "<fonts xmlns=\"urn:shuzhi:fonts:1\"><face name=\"f\" file=\"%s\" licence=\"test\"/>"
              "<role name=\"song\"><use face=\"f\"/></role></fonts>",
              font_path);
    if (fd < 0 || font_file < 0 || write(fd, text.bytes, text.length) != (ssize_t)text.length) {
        perror("fuzz_font");
        exit(1);
    }
    close(fd);
    buf_free(&text);
}

static void close_files(void)
{
    unlink(config);
}

/* The characters that the face has, as one text. */
static const char *known_text(Arena *arena, const TextFonts *fonts)
{
    Buf out = {0};
    for (const char *at = TEXT; *at;) {
        const char *from = at;
        if (text_face_for(fonts, 0, utf8_next(&at)) >= 0)
            buf_append(&out, from, (size_t)(at - from));
    }
    const char *text = arena_string(arena, buf_cstring(&out));
    buf_free(&out);
    return text;
}

static const PageDocument *record(Arena *arena, const TextLines *lines)
{
    PageRecorder *r = page_open(arena, "zh-CN");
    page_begin_page(r, FIXED_PT(300), FIXED_PT(200));
    const uint32_t element = page_element(r);
    page_begin(r, PAGE_P, element, NULL);
    Mpt y = FIXED_PT(20);
    for (size_t i = 0; i < lines->count; i++, y += FIXED_PT(16)) {
        for (size_t f = 0; f < lines->lines[i].count; f++) {
            const TextFragment *part = &lines->lines[i].fragments[f];
            page_glyphs(r, part->face, part->size, part->colour, part->x, y, part->text, part->glyphs, part->count);
        }
    }
    page_end(r);
    return page_finish(r);
}

static void write_document(Arena *arena, const TextFonts *fonts, const PageDocument *document, Diag *diag)
{
    const PdfFonts *pdf_fonts = pdf_fonts_prepare(arena, fonts, NULL, diag);
    const PdfInfo info = {.title = "fuzz", .date = "2020-12-31"};
    PdfResult result;
    Buf pdf = {0};
    if (pdf_fonts) {
        Arena *scratch = arena_open(0);
        pdf_write(scratch, pdf_fonts, document, &info, &pdf, &result, diag);
        arena_close(scratch);
    }
    buf_free(&pdf);
    RasterImage image;
    raster_page(arena, raster_faces(arena, fonts), NULL, document->pages, 72, &image, diag);
}

/* True when the face was accepted. */
static bool run_font(const unsigned char *bytes, size_t length)
{
    if (font_file < 0)
        open_files();
    if (ftruncate(font_file, 0) != 0 || pwrite(font_file, bytes, length, 0) != (ssize_t)length)
        abort();
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    TextFonts *fonts = text_fonts_load(arena, config, diag);
    if (fonts) {
        for (int vertical = 0; vertical < 2; vertical++) {
            const TextRun run = {.text = known_text(arena, fonts), .style = {.role = 0, .size = FIXED_PT(10)}};
            TextParagraph paragraph = {.runs = &run, .run_count = 1, .width = FIXED_PT(90), .align = TEXT_JUSTIFY};
            const TextLines *lines = vertical ? text_set_vertical(arena, fonts, &paragraph, FIXED_PT(15), diag)
                                              : text_set(arena, fonts, &paragraph, diag);
            if (lines)
                write_document(arena, fonts, record(arena, lines), diag);
        }
    } else if (diag_count(diag) == 0) {
        abort(); /* refused without a word */
    }
    arena_close(arena);
    return fonts != NULL;
}

/* ── the mutator ── */

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

#ifdef REPLAY
static size_t mutate_bytes(unsigned char *bytes, size_t length, size_t most, unsigned *state)
{
    (void)most;
    for (unsigned i = 1 + next_random(state) % 8; i > 0; i--)
        bytes[next_random(state) % length] = (unsigned char)next_random(state);
    return length;
}
#else
size_t LLVMFuzzerMutate(unsigned char *bytes, size_t length, size_t most);
static size_t mutate_bytes(unsigned char *bytes, size_t length, size_t most, unsigned *state)
{
    (void)state;
    return LLVMFuzzerMutate(bytes, length, most);
}
#endif

static uint32_t read32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void write32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (24 - 8 * i));
}

static uint32_t odd_value(unsigned *state, uint32_t old, size_t length)
{
    const uint32_t values[] = {0,
                               1,
                               old + 1,
                               old - 1,
                               old * 2,
                               0x7FFF,
                               0x8000,
                               0xFFFF,
                               0x10000,
                               0x7FFFFFFF,
                               0xFFFFFFFF,
                               (uint32_t)length,
                               (uint32_t)length - 1};
    return values[next_random(state) % (sizeof values / sizeof *values)];
}

/* Where a font's offset table begins: at the beginning of the file, or where a collection says, for one of its first four fonts. */
static size_t offset_table(const unsigned char *bytes, size_t length, unsigned *state)
{
    if (memcmp(bytes, "ttcf", 4) != 0)
        return 0;
    const size_t at = read32(bytes + 12 + 4 * (next_random(state) % 4));
    return at + 28 <= length ? at : 0;
}

/* One of its table records; it may lie past the end, which the caller looks at. */
static size_t pick_record(const unsigned char *bytes, size_t length, unsigned *state)
{
    const size_t at = offset_table(bytes, length, state);
    const size_t tables = (size_t)bytes[at + 4] << 8 | bytes[at + 5];
    return at + 12 + 16 * (tables ? next_random(state) % tables : 0);
}

/* A field of a table record: offset or length. In a collection also the number and the places of its fonts. */
static void change_directory(unsigned char *bytes, size_t length, unsigned *state)
{
    size_t at = pick_record(bytes, length, state) + 8 + 4 * (next_random(state) % 2);
    if (memcmp(bytes, "ttcf", 4) == 0 && next_random(state) % 4 == 0)
        at = 8 + 4 * (next_random(state) % 4);
    if (at + 4 <= length)
        write32(bytes + at, odd_value(state, read32(bytes + at), length));
}

/* A 16- or 32-bit field near the head of a table, where counts and offsets stand; or anywhere in it. */
static void change_field(unsigned char *bytes, size_t length, unsigned *state)
{
    const size_t record = pick_record(bytes, length, state);
    if (record + 16 > length)
        return;
    const size_t offset = read32(bytes + record + 8), size = read32(bytes + record + 12);
    if (offset >= length || size < 4 || size > length - offset)
        return;
    const size_t near = next_random(state) % 2 && size > 64 ? 64 : size;
    const size_t at = offset + next_random(state) % (near - 3);
    const uint32_t value = odd_value(state, read32(bytes + at), length);
    if (next_random(state) % 2) {
        write32(bytes + at, value);
    } else {
        bytes[at] = (unsigned char)(value >> 8);
        bytes[at + 1] = (unsigned char)value;
    }
}

/* The font as the only one of a collection: offsets are from the file's beginning, so they grow by the header. */
static size_t wrap(unsigned char *bytes, size_t length, size_t most)
{
    static const unsigned char header[16] = {'t', 't', 'c', 'f', 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 16};
    if (length + sizeof header > most || memcmp(bytes, "ttcf", 4) == 0)
        return length;
    const size_t tables = (size_t)bytes[4] << 8 | bytes[5];
    for (size_t i = 0; i < tables && 28 + 16 * i <= length; i++)
        write32(bytes + 20 + 16 * i, read32(bytes + 20 + 16 * i) + (uint32_t)sizeof header);
    memmove(bytes + sizeof header, bytes, length);
    memcpy(bytes, header, sizeof header);
    return length + sizeof header;
}

/* A glyph made of others, itself among them: a composite of glyph 0 to 15, with more to come (glyf, OpenType). */
static void make_composite(unsigned char *bytes, size_t length, unsigned *state)
{
    const size_t tables = (size_t)bytes[4] << 8 | bytes[5];
    for (size_t i = 0; i < tables && 28 + 16 * i <= length; i++) {
        const unsigned char *record = bytes + 12 + 16 * i;
        const size_t offset = read32(record + 8), size = read32(record + 12);
        if (memcmp(record, "glyf", 4) != 0 || offset >= length || size > length - offset || size < 32)
            continue;
        unsigned char *glyph = bytes + offset + (next_random(state) % 2 ? 0 : next_random(state) % (size - 16) & ~3u);
        const unsigned char composite[] = {0xFF, 0xFF};
        const unsigned char component[] = {0x00, 0x22, 0x00, (unsigned char)(next_random(state) % 16)};
        memcpy(glyph, composite, sizeof composite);
        memcpy(glyph + 10, component, sizeof component);
    }
}

static size_t mutate(unsigned char *bytes, size_t length, size_t most, unsigned seed)
{
    unsigned state = seed;
    if (length < 28)
        return mutate_bytes(bytes, length, most, &state);
    switch (next_random(&state) % 9) {
    case 0:
        change_directory(bytes, length, &state);
        return length;
    case 1:
    case 2:
    case 3:
        for (unsigned i = 1 + next_random(&state) % 3; i > 0; i--)
            change_field(bytes, length, &state);
        return length;
    case 4:
        return next_random(&state) % 4 ? length : 12 + next_random(&state) % (length - 12);
    case 5:
        return next_random(&state) % 16 ? mutate_bytes(bytes, length, most, &state) : wrap(bytes, length, most);
    case 6:
        make_composite(bytes, length, &state);
        return length;
    default:
        return mutate_bytes(bytes, length, most, &state);
    }
}

/* ── two programs ── */

#ifdef REPLAY
/* A face cut down to the characters of TEXT, glyphs renumbered; its bytes are the caller's to free by hb_blob_destroy. */
static hb_blob_t *cut_down(const char *path, unsigned index)
{
    hb_blob_t *file = hb_blob_create_from_file(path);
    hb_face_t *face = hb_face_create(file, index);
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    for (const char *at = TEXT; *at;)
        hb_set_add(hb_subset_input_unicode_set(input), utf8_next(&at));
    hb_face_t *small = hb_subset_or_fail(face, input);
    hb_blob_t *blob = small ? hb_face_reference_blob(small) : hb_blob_get_empty();
    hb_face_destroy(small);
    hb_subset_input_destroy(input);
    hb_face_destroy(face);
    hb_blob_destroy(file);
    return blob;
}

/* Runs the fonts of a directory as they are: what the fuzzer found worth keeping. True = there were some. */
static bool replay(const char *directory, size_t *count, size_t *accepted)
{
    struct dirent **entries;
    const int found = scandir(directory, &entries, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        hb_blob_t *font = entries[i]->d_name[0] == '.' ? hb_blob_get_empty() : hb_blob_create_from_file(path);
        unsigned length;
        const char *data = hb_blob_get_data(font, &length);
        alarm(60);
        if (length > 0) {
            ++*count;
            *accepted += run_font((const unsigned char *)data, length);
        }
        hb_blob_destroy(font);
        free(entries[i]);
    }
    alarm(0);
    if (found >= 0)
        free(entries);
    return *count > 0;
}

/* fuzz_font DAMAGES FACE[#INDEX]...: "ok" for each face whose subset was set and written, and then damaged so many times. =FILE is taken as it
 * is instead of cut down; a directory with a solidus at its end is a corpus, each of whose files is run once. */
int main(int argc, char **argv)
{
    static unsigned char bytes[FONT_MOST];
#ifndef __SANITIZE_ADDRESS__ /* which needs terabytes of shadow */
    setrlimit(RLIMIT_DATA, &(struct rlimit){(rlim_t)1 << 30, (rlim_t)1 << 30});
#endif
    const long damages = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    int number = 0;
    for (int i = 2; i < argc; i++) {
        const size_t name = strlen(argv[i]);
        if (name > 0 && argv[i][name - 1] == '/') {
            size_t count = 0, accepted = 0;
            const bool some = replay(argv[i], &count, &accepted);
            printf("%s %d - corpus of %zu fonts, %zu accepted\n",
                   some && accepted > 0 && accepted < count ? "ok" : "not ok", ++number, count, accepted);
            continue;
        }
        char *mark = strchr(argv[i], '#');
        const unsigned index = mark ? (unsigned)strtoul(mark + 1, NULL, 10) : 0;
        if (mark)
            *mark = '\0';
        hb_blob_t *font = argv[i][0] == '=' ? hb_blob_create_from_file(argv[i] + 1) : cut_down(argv[i], index);
        unsigned length;
        const char *data = hb_blob_get_data(font, &length);
        const bool sound = length > 0 && length < FONT_MOST / 2 && run_font((const unsigned char *)data, length);
        printf("%s %d - %s: set, embedded and drawn\n", sound ? "ok" : "not ok", ++number, argv[i]);
        for (long k = 0; sound && k < damages; k++) {
            memcpy(bytes, data, length);
            size_t size = length;
            for (long times = 1 + k % 3; times > 0; times--)
                size = mutate(bytes, size, sizeof bytes, (unsigned)(k * 7919 + times));
            alarm(60);
            run_font(bytes, size);
        }
        alarm(0);
        printf("ok %d - %s: damaged %ld times\n", ++number, argv[i], damages);
        hb_blob_destroy(font);
    }
    close_files();
    printf("1..%d\n", number);
    return 0;
}
#else
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length);
size_t LLVMFuzzerCustomMutator(unsigned char *bytes, size_t length, size_t most, unsigned seed);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    atexit(close_files);
    return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length)
{
    run_font(bytes, length);
    return 0;
}

size_t LLVMFuzzerCustomMutator(unsigned char *bytes, size_t length, size_t most, unsigned seed)
{
    return mutate(bytes, length, most, seed);
}
#endif
