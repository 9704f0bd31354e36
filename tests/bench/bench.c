/* The bench: what one scorecard costs, stage by stage, in one process, without the disk and with it.
 *
 * Usage: bench assessment.db layout.xml fonts.xml scratch-directory
 * Sets and writes every unit's document of the assessment (two passes: the first warms up), and prints the median and 99th
 * percentile of CPU per document for each stage, the size by part, the peak memory, and for comparison, in the same run, what writing the same
 * bytes plainly (write, rename) takes, what hb-subset with zlib -9 makes of the fonts, and stock libharu of the text. Run from the top
 * of the tree.
 */
#include "base/clock.h"
#include "base/file.h"
#include "data/data.h"
#include "pdf/pdf.h"
#include "typeset/typeset.h"

#include <hb-subset.h>
#include <hpdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zlib.h>

/* Typesetting stage by stage, all of it, all of it for documents of three pages, and what follows. */
enum { SET_ALL = TS_STAGES, SET_THREE, STAGE_PDF, STAGE_WRITE, STAGE_SUBSET, STAGE_LIBHARU, STAGES };
enum { COMPARED = 10, COMPARED_MOST = 50 }; /* each so many documents, up to so many, are written by others too */
static const char *const STAGE_NAMES[STAGES] = {
    [TS_STAGE_ROWS] = "  rows",          [TS_STAGE_BOXES] = "  boxes",      [TS_STAGE_FLOW] = "  flow",
    [TS_STAGE_PAGES] = "  pages",        [TS_STAGE_OPS] = "  page ops",     [SET_ALL] = "bind + typeset",
    [SET_THREE] = "  of three pages",    [STAGE_PDF] = "fonts + PDF",       [STAGE_WRITE] = "write + rename",
    [STAGE_SUBSET] = "hb-subset + zlib", [STAGE_LIBHARU] = "stock libharu",
};

static const char *const PART_NAMES[PDF_PART_COUNT] = {
    [PDF_REST] = "rest",     [PDF_FONTS] = "fonts",         [PDF_CONTENT] = "content",
    [PDF_IMAGES] = "images", [PDF_STRUCTURE] = "structure", [PDF_METADATA] = "metadata",
};

typedef struct Bench {
    Arena *run, *unit;
    Diag *diag;
    DataDb *db;
    TsProgram *program;
    PdfFonts *pdf_fonts;
    const TextFonts *fonts;
    const char *directory;
    int year;
    Buf pdf;
    int64_t *times[STAGES]; /* CPU nanoseconds; the write stage is wall time */
    size_t counts[STAGES];
    size_t count, capacity; /* documents */
    size_t pages, bytes, parts[PDF_PART_COUNT];
    int64_t compare_time;                               /* wall */
    size_t compared_fonts, subset_bytes, libharu_bytes; /* of the documents compared */
} Bench;

static int die(const Bench *bench)
{
    Buf line = {0};
    for (size_t i = 0; i < diag_count(bench->diag); i++)
        diag_format(diag_item(bench->diag, i), DIAG_ENGLISH, &line);
    fprintf(stderr, "%s", buf_cstring(&line));
    exit(1);
}

static void add_time(Bench *bench, int stage, int64_t time)
{
    bench->times[stage][bench->counts[stage]++] = time;
}

/* ── others on the same document ── */

/* Bytes of the fonts' programs by hb-subset and zlib -9. */
static size_t subset_fonts(const Bench *bench, const PageDocument *document)
{
    const size_t faces = text_face_count(bench->fonts);
    hb_subset_input_t **inputs = ARENA_ARRAY(bench->unit, faces, hb_subset_input_t *);
    for (const Page *page = document->pages; page; page = page->next) {
        for (const PageOp *op = page->ops; op; op = op->next) {
            if (op->kind != PAGE_GLYPHS)
                continue;
            hb_subset_input_t **input = &inputs[op->as.glyphs.face];
            if (!*input)
                *input = hb_subset_input_create_or_fail();
            for (size_t i = 0; i < op->as.glyphs.count; i++)
                hb_set_add(hb_subset_input_glyph_set(*input), op->as.glyphs.glyphs[i].gid);
        }
    }
    static const char layout[][5] = {"GSUB", "GPOS", "GDEF", "cmap"};
    size_t bytes = 0;
    for (size_t face = 0; face < faces; face++) {
        if (!inputs[face])
            continue;
        for (size_t i = 0; i < sizeof layout / sizeof *layout; i++)
            hb_set_add(hb_subset_input_set(inputs[face], HB_SUBSET_SETS_DROP_TABLE_TAG),
                       hb_tag_from_string(layout[i], 4));
        hb_subset_input_set_flags(inputs[face], HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_DESUBROUTINIZE);
        hb_face_t *subset = hb_subset_or_fail(text_face_shaper(bench->fonts, (uint16_t)face), inputs[face]);
        hb_blob_t *blob = hb_face_reference_blob(subset);
        unsigned length = 0;
        const char *data = hb_blob_get_data(blob, &length);
        uLongf packed = compressBound(length);
        compress2(arena_alloc(bench->unit, packed), &packed, (const Bytef *)data, length, 9);
        bytes += packed;
        hb_blob_destroy(blob);
        hb_face_destroy(subset);
        hb_subset_input_destroy(inputs[face]);
    }
    return bytes;
}

static void libharu_failed(HPDF_STATUS error, HPDF_STATUS detail, void *context)
{
    (void)context;
    fprintf(stderr, "libharu: 0x%04lX %lu\n", error, detail);
    exit(1);
}

/* Bytes of a file with the same text in one glyf face that libharu can load, without rules, structure or PDF/A. */
static size_t write_by_libharu(const PageDocument *document)
{
    Buf text = {0};
    page_text(document, &text);
    char *line = (char *)(uintptr_t)buf_cstring(&text);
    HPDF_Doc doc = HPDF_New(libharu_failed, NULL);
    HPDF_UseUTFEncodings(doc);
    HPDF_SetCompressionMode(doc, HPDF_COMP_ALL);
    HPDF_Font font =
        HPDF_GetFont(doc, HPDF_LoadTTFontFromFile(doc, "fonts/files/BabelStoneHan.ttf", HPDF_TRUE), "UTF-8");
    HPDF_Page page = NULL;
    for (int i = 0; *line; i++) {
        if (i % 60 == 0) {
            page = HPDF_AddPage(doc);
            HPDF_Page_SetFontAndSize(page, font, 10);
        }
        char *end = strchr(line, '\n');
        *end = '\0';
        HPDF_Page_BeginText(page);
        HPDF_Page_TextOut(page, 40, (float)(HPDF_Page_GetHeight(page) - 40 - (float)(i % 60) * 12), line);
        HPDF_Page_EndText(page);
        line = end + 1;
    }
    HPDF_SaveToStream(doc);
    const size_t bytes = HPDF_GetStreamSize(doc);
    HPDF_Free(doc);
    buf_free(&text);
    return bytes;
}

static void compare(Bench *bench, const PageDocument *document, const PdfResult *result)
{
    const int64_t begun = clock_ticks();
    int64_t at[3];
    at[0] = clock_cpu();
    bench->subset_bytes += subset_fonts(bench, document);
    at[1] = clock_cpu();
    bench->libharu_bytes += write_by_libharu(document);
    at[2] = clock_cpu();
    bench->compared_fonts += result->bytes[PDF_FONTS];
    add_time(bench, STAGE_SUBSET, at[1] - at[0]);
    add_time(bench, STAGE_LIBHARU, at[2] - at[1]);
    bench->compare_time += clock_ticks() - begun;
}

static void one_document(Bench *bench, int64_t unit_id, const char *code, bool counted)
{
    TsUnit unit = {.unit_id = unit_id, .code = code, .year = bench->year};
    TsResult set;
    PdfResult result;
    int64_t at[STAGES + 1];
    at[0] = clock_cpu();
    if (!ts_set(bench->program, bench->unit, &unit, &set, bench->diag))
        die(bench);
    at[1] = clock_cpu();
    PdfInfo info = {.title = set.title, .creator = "bench", .identity = code, .date = "2020-12-31"};
    buf_clear(&bench->pdf);
    if (!pdf_write(bench->unit, bench->pdf_fonts, set.document, &info, &bench->pdf, &result, bench->diag))
        die(bench);
    at[2] = clock_cpu();
    char temporary[4096], path[4096];
    snprintf(temporary, sizeof temporary, "%s/.bench.tmp", bench->directory);
    snprintf(path, sizeof path, "%s/%s.pdf", bench->directory, code);
    int64_t begun = clock_ticks();
    if (!file_write(temporary, bench->pdf.bytes, bench->pdf.length, bench->diag) || rename(temporary, path) != 0)
        die(bench);
    int64_t written = clock_ticks() - begun;
    if (counted) {
        for (int stage = 0; stage < TS_STAGES; stage++)
            add_time(bench, stage, set.cpu[stage]);
        add_time(bench, SET_ALL, at[1] - at[0]);
        if (result.pages == 3)
            add_time(bench, SET_THREE, at[1] - at[0]);
        add_time(bench, STAGE_PDF, at[2] - at[1]);
        add_time(bench, STAGE_WRITE, written);
        if (bench->count % COMPARED == 0 && bench->counts[STAGE_SUBSET] < COMPARED_MOST)
            compare(bench, set.document, &result);
        bench->count++;
        bench->pages += result.pages;
        bench->bytes += bench->pdf.length;
        for (int part = 0; part < PDF_PART_COUNT; part++)
            bench->parts[part] += result.bytes[part];
    }
    arena_reset(bench->unit);
}

static int64_t pass(Bench *bench, bool counted)
{
    DataStmt *units =
        data_prepare(bench->db, "SELECT unit_id, code FROM unit ORDER BY ordinal", (DiagPlace){0}, bench->diag);
    if (!units)
        die(bench);
    int64_t begun = clock_ticks();
    size_t done = 0;
    while (data_step(units, bench->diag) == DATA_ROW && (!counted || bench->count < bench->capacity)) {
        char code[128];
        snprintf(code, sizeof code, "%s", data_text(units, 1));
        one_document(bench, data_int(units, 0), code, counted);
        if (!counted && ++done == 50) /* enough to warm up */
            break;
    }
    int64_t wall = clock_ticks() - begun - bench->compare_time;
    data_finalize(units);
    return wall;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static size_t rest_of(const Bench *bench)
{
    size_t rest = bench->bytes;
    for (int part = PDF_FONTS; part < PDF_PART_COUNT; part++)
        rest -= bench->parts[part];
    return rest;
}

static void print_results(Bench *bench, int64_t wall)
{
    printf("  %zu documents, %zu pages, %.1f documents/s in one process\n", bench->count, bench->pages,
           (double)bench->count * 1e9 / (double)wall);
    for (int stage = 0; stage < STAGES; stage++) {
        int64_t *times = bench->times[stage];
        const size_t count = bench->counts[stage];
        qsort(times, count, sizeof *times, by_value);
        if (count > 0)
            printf("  %-16s median %8.3f ms   99th percentile %8.3f ms   %zu documents\n", STAGE_NAMES[stage],
                   (double)times[count / 2] / 1e6, (double)times[count * 99 / 100] / 1e6, count);
    }
    printf("  bytes per document: %zu", bench->bytes / bench->count);
    for (int part = PDF_FONTS; part < PDF_PART_COUNT; part++)
        printf(", %s %zu", PART_NAMES[part], bench->parts[part] / bench->count);
    printf(", rest %zu\n", rest_of(bench) / bench->count);
    const size_t compared = bench->counts[STAGE_LIBHARU];
    printf("  beside it, of every %dth document: fonts %zu; hb-subset and zlib -9 %zu (%+.1f %%); stock libharu, whole "
           "file with the "
           "same text in one face %zu\n",
           COMPARED, bench->compared_fonts / compared, bench->subset_bytes / compared,
           100.0 * ((double)bench->compared_fonts / (double)bench->subset_bytes - 1), bench->libharu_bytes / compared);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("  peak memory %ld MiB (mapped fonts included)\n", usage.ru_maxrss / 1024);
}

static int read_year(Bench *bench)
{
    DataStmt *year = data_prepare(bench->db, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'year'",
                                  (DiagPlace){0}, bench->diag);
    if (!year || data_step(year, bench->diag) != DATA_ROW)
        die(bench);
    int value = (int)data_int(year, 0);
    data_finalize(year);
    return value;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: bench assessment.db layout.xml fonts.xml scratch-directory\n");
        return 64;
    }
    Bench bench = {.run = arena_open(0), .unit = arena_open(1 << 20), .directory = argv[4], .capacity = 100000};
    bench.diag = diag_open(bench.run, 0);
    int64_t begun = clock_ticks();
    ImageTable *images = image_table_open(bench.run);
    const Layout *layout = layout_load(bench.run, argv[2], images, bench.diag);
    const TextFonts *fonts = layout ? text_fonts_load(bench.run, argv[3], bench.diag) : NULL;
    bench.fonts = fonts;
    bench.pdf_fonts = fonts ? pdf_fonts_prepare(bench.run, fonts, images, bench.diag) : NULL;
    bench.db = bench.pdf_fonts ? data_open_assessment(argv[1], bench.diag) : NULL;
    bench.program = bench.db ? ts_bind(bench.run, layout, fonts, bench.db, bench.diag) : NULL;
    if (!bench.program)
        die(&bench);
    printf("  loading layout and fonts: %.0f ms\n", (double)(clock_ticks() - begun) / 1e6);
    bench.year = read_year(&bench);
    for (int stage = 0; stage < STAGES; stage++)
        bench.times[stage] = ARENA_ARRAY(bench.run, bench.capacity, int64_t);
    pass(&bench, false);
    int64_t wall = pass(&bench, true);
    if (bench.count == 0) {
        fprintf(stderr, "no units\n");
        return 1;
    }
    print_results(&bench, wall);
    data_close(bench.db);
    buf_free(&bench.pdf);
    arena_close(bench.unit);
    arena_close(bench.run);
    return 0;
}
