/* PDFs written from hand-made pages, judged by other people's tools: qpdf for the file, pdffonts for the embedding, pdftotext
 * for the text. The files stay in BUILD/tests-out/ for a look. */
#include "pdf/faces.h"
#include "pdf/pdf.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

/* What all tests share, made once. */
static struct {
    Arena *run, *unit, *scratch;
    Diag *diag;
    TextFonts *fonts;
    PdfFonts *pdf;
    ImageTable *images;
    uint16_t noto, fandol, dejavu, babel;
    const char *out_dir;
} world;

static const PdfInfo info = {
    .title = "述职评议考核 <2020> & (“记分卡”)",
    .author = "中共杭州市委组织部",
    .subject = "基层党建 \\ 22 条",
    .keywords = "party building",
    .creator = "shuzhi 0.1.0",
    .identity = "2020/330102/scorecard",
    .data_hash = "00ff",
    .version = "2",
    .scheme_hash = "11ee",
    .layout_hash = "22dd",
    .date = "2020-12-31",
};

static int open_world(void **state)
{
    (void)state;
    world.run = arena_open(0);
    world.unit = arena_open(0);
    world.scratch = arena_open(0);
    world.diag = diag_open(world.run, 0);
    TextFonts *f = world.fonts = faces_open(world.run);
    world.noto = faces_add(world.run, f, "NotoSerifCJKsc-Bold", "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
                           2, world.diag);
    world.fandol = faces_add(world.run, f, "FandolFang-Regular", "fonts/files/FandolFang-Regular.otf", 0, world.diag);
    world.dejavu = faces_add(world.run, f, "DejaVuSans", "fonts/files/DejaVuSans.ttf", 0, world.diag);
    world.babel = faces_add(world.run, f, "BabelStoneHan", "fonts/files/BabelStoneHan.ttf", 0, world.diag);
    world.images = image_table_open(world.run);
    if (!image_load(world.images, "tests/image/files/rgba.png", (DiagPlace){0}, world.diag) ||
        !image_load(world.images, "tests/image/files/progressive.jpg", (DiagPlace){0}, world.diag) ||
        !image_load(world.images, "tests/image/files/plain-rgb.jpg", (DiagPlace){0}, world.diag) ||
        !image_load(world.images, "tests/image/files/smooth.png", (DiagPlace){0}, world.diag) ||
        !image_load(world.images, "tests/image/files/bits.png", (DiagPlace){0}, world.diag))
        return -1;
    world.pdf = pdf_fonts_prepare(world.run, f, world.images, world.diag);
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

static PageRecorder *open_page(void)
{
    PageRecorder *r = page_open(world.unit, "zh-CN");
    page_begin_page(r, 595276, 841890);
    return r;
}

static Mpt line(PageRecorder *r, uint16_t face, Mpt size, Mpt y, const char *text, Mpt gap)
{
    return faces_line(r, world.unit, world.fonts, face, size, FIXED_PT(72), y, text, gap);
}

/* A line in a paragraph of its own. */
static void paragraph(PageRecorder *r, uint16_t face, Mpt y, const char *text)
{
    page_begin(r, PAGE_P, page_element(r), NULL);
    line(r, face, FIXED_PT(16), y, text, 0);
    page_end(r);
}

static bool write_document(const PageDocument *document, Buf *out)
{
    PdfResult result;
    return pdf_write(world.scratch, world.pdf, document, &info, out, &result, world.diag);
}

/* Writes BUILD/tests-out/NAME.pdf and returns its path. */
static const char *save(const Buf *pdf, const char *name)
{
    const char *path = arena_print(world.unit, "%s/%s.pdf", world.out_dir, name);
    assert_true(file_write(path, pdf->bytes, pdf->length, world.diag));
    return path;
}

static const char *publish(PageRecorder *r, const char *name)
{
    Buf out = {0};
    assert_true(write_document(page_finish(r), &out));
    assert_int_equal(diag_count(world.diag), 0);
    const char *path = save(&out, name);
    buf_free(&out);
    return path;
}

/* What a command prints, without form feeds; fails the test when the command does. */
static const char *run(const char *format, const char *path)
{
    char *command = arena_alloc(world.unit, strlen(format) + strlen(path) + 1);
    const char *at = strstr(format, "FILE");
    memcpy(command, format, (size_t)(at - format));
    strcat(strcat(command, path), at + 4);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    Buf out = {0};
    int c;
    while ((c = fgetc(pipe)) != EOF)
        if (c != '\f')
            buf_byte(&out, (unsigned char)c);
    char *text = arena_string(world.unit, buf_cstring(&out));
    buf_free(&out);
    const int status = pclose(pipe);
    if (status != 0)
        fail_msg("%s: %d\n%s", command, status, text);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("“%s” is not in:\n%s", part, text);
}

/* Every font is embedded, subset, and has ToUnicode: the columns "emb sub uni" of pdffonts. Returns how many there are. */
static int check_fonts(const char *path)
{
    const char *rows = run("pdffonts FILE | tail -n +3", path);
    int count = 0;
    for (const char *row = rows; *row; row = strchr(row, '\n') + 1, count++)
        assert_has(arena_text(world.unit, row, strcspn(row, "\n")), "yes yes yes");
    return count;
}

static void check_file(const char *path)
{
    assert_has(run("qpdf --check FILE 2>&1", path), "No syntax or stream encoding errors found");
    /* What the trailer does not lead to, qpdf drops unless told to keep it. */
    const char *objects =
        "for keep in '' --preserve-unreferenced; do"
        " qpdf --static-id --object-streams=disable $keep FILE - | grep -ac '^[0-9]* 0 obj$'; done | uniq | wc -l";
    assert_string_equal(run(objects, path), "1\n");
    check_fonts(path);
}

/* pdftotext gives what was laid out: page_text of the same ops, but that it ends every page's text with blank lines. */
static void check_text(const char *path, const PageDocument *document)
{
    Buf expected = {0};
    page_text(document, &expected);
    assert_string_equal(run("pdftotext -nopgbrk FILE - | grep -v '^$'", path), buf_cstring(&expected));
    buf_free(&expected);
}

/* ── fonts and text ── */

static const char common[] = "述职评议考核办法：党建工作（22条）。";
static const char kangxi[] = "用⽤户⼾金⾦金，一⼀"; /* unified, then radical */
static const char rare[] = "𠮷𫖯𰻞㐀";        /* U+20BB7 U+2B5AF U+30EDE U+3400 */
static const char latin[] = "Résumé fi 3.14% — “ok” €";

static void every_kind_of_face(void **state)
{
    (void)state;
    PageRecorder *r = open_page();
    page_begin(r, PAGE_SECT, page_element(r), NULL);
    paragraph(r, world.noto, FIXED_PT(100), common);
    paragraph(r, world.fandol, FIXED_PT(140), common);
    paragraph(r, world.dejavu, FIXED_PT(180), latin);
    paragraph(r, world.babel, FIXED_PT(220), rare);
    paragraph(r, world.noto, FIXED_PT(260), latin);
    page_end(r);
    const char *path = publish(r, "faces");
    check_file(path);
    check_text(path, page_finish(r));
    const char *fonts = run("pdffonts FILE", path);
    assert_int_equal(check_fonts(path), 4);
    assert_has(fonts, "CID Type 0C");
    assert_has(fonts, "CID TrueType");
}

static void characters_that_share_a_glyph_extract_apart(void **state)
{
    (void)state;
    PageRecorder *r = open_page();
    paragraph(r, world.noto, FIXED_PT(100), kangxi);
    paragraph(r, world.babel, FIXED_PT(140), kangxi);
    const char *path = publish(r, "kangxi");
    check_file(path);
    check_text(path, page_finish(r));
    assert_int_equal(check_fonts(path), 3); /* two layers of Noto; BabelStone has glyphs of their own */
}

/* "ﬃ" in two glyphs of which the second has no text, then a glyph that means three characters. */
static void clusters_give_their_text_once(void **state)
{
    (void)state;
    PageRecorder *r = open_page();
    hb_codepoint_t f = 0, ffi = 0;
    hb_font_get_nominal_glyph(world.fonts->fonts[world.dejavu], 'f', &f);
    hb_font_get_nominal_glyph(world.fonts->fonts[world.dejavu], 0xFB03, &ffi);
    const PageGlyph glyphs[] = {
        {(uint16_t)f, 3, 0, 0, 0, 5000}, {(uint16_t)f, 0, 3, 5000, 0, 5000}, {(uint16_t)ffi, 3, 3, 10000, 0, 15000}};
    page_begin(r, PAGE_P, page_element(r), NULL);
    page_glyphs(r, world.dejavu, FIXED_PT(16), 0, FIXED_PT(72), FIXED_PT(100), "abcffi", glyphs, 3);
    page_end(r);
    const char *path = publish(r, "clusters");
    check_file(path);
    check_text(path, page_finish(r));
    assert_has(run("qpdf --qdf --object-streams=disable FILE - | tr -d '\\000'", path),
               "/ActualText<feff006100620063>");
}

/* Justified lines of many sizes: the last glyph stands where it was put, as MuPDF reads it. */
static void positions_do_not_drift(void **state)
{
    (void)state;
    enum { LINES = 12 };
    static const Mpt sizes[] = {FIXED_PT(7), 10500, FIXED_PT(14), 15793, FIXED_PT(36), FIXED_PT(120)};
    static const char *const texts[] = {"一二三四五六七八九十一二三四五六七八九十X",
                                        "The quick brown fox jumps over the lazy dog X"};
    const uint16_t faces[] = {world.noto, world.dejavu};
    PageRecorder *r = page_open(world.unit, "zh-CN");
    page_begin_page(r, FIXED_PT(4000), FIXED_PT(3000));
    Mpt left[LINES];
    for (size_t i = 0; i < LINES; i++) {
        const Mpt gap = 123 + (Mpt)i * 17;
        const Mpt y = FIXED_PT(100) + (Mpt)i * FIXED_PT(200);
        const Mpt width = line(r, faces[i % 2], sizes[i / 2], y, texts[i % 2], gap);
        left[i] = FIXED_PT(72) + width - gap - line(r, faces[i % 2], sizes[i / 2], y + FIXED_PT(100), "X", 0);
    }
    const char *path = publish(r, "positions");
    check_file(path);
    const char *at = run("mutool draw -F stext FILE 2>/dev/null", path);
    for (size_t i = 0; i < 2 * (size_t)LINES; i++) { /* the X of the line, then the X alone */
        const char *end = strstr(at, "c=\"X\"");
        assert_non_null(end);
        const char *x = end;
        while (strncmp(x, " x=\"", 4) != 0)
            x--;
        int64_t place = 0;
        assert_true(fixed_parse(x + 4, 3, &place, &x));
        const int64_t off = place - (i % 2 ? FIXED_PT(72) : left[i / 2]);
        if (off > 10 || off < -10)
            fail_msg("line %zu: off by %d/1000 pt", i, (int)off);
        at = end + 1;
    }
}

/* The coordinate that follows `name` before a place in MuPDF's text. */
static Mpt coordinate(const char *before, const char *name)
{
    while (strncmp(before, name, 4) != 0)
        before--;
    int64_t value = 0;
    assert_true(fixed_parse(before + 4, 3, &value, &before));
    return (Mpt)value;
}

/* Lines turned to all sides, upright ones between them: every glyph stands where the page IR says, as MuPDF reads it. */
static void turned_lines_stand_where_they_were_put(void **state)
{
    (void)state;
    static const int32_t turns[] = {3000, 9000, 0, 13501, 18000, 27000, 0, 35999};
    enum { TURNS = sizeof turns / sizeof *turns };
    hb_codepoint_t gid = 0;
    hb_font_get_nominal_glyph(world.fonts->fonts[world.noto], 0x7AE0, &gid); /* 章 */
    const PageGlyph glyphs[] = {{(uint16_t)gid, 3, 0, 0, 0, 20000}, {(uint16_t)gid, 3, 3, 90000, -30000, 20000}};
    PageRecorder *r = open_page();
    for (size_t i = 0; i < TURNS; i++)
        page_glyphs_turned(r, world.noto, FIXED_PT(20), 0xcc0000, FIXED_PT(250) + (Mpt)i, FIXED_PT(300), turns[i],
                           "章章", glyphs, 2);
    const char *path = publish(r, "turned");
    check_file(path);
    const char *at = run("mutool draw -F stext FILE 2>/dev/null", path);
    for (const PageOp *op = page_finish(r)->pages->ops; op; op = op->next)
        for (size_t i = 0; i < 2; i++) {
            at = strstr(at, "c=\"&#x7ae0;\"");
            assert_non_null(at);
            const PagePoint want = page_glyphs_point(op, glyphs[i].x, glyphs[i].y);
            const Mpt x = coordinate(at, " x=\"") - want.x, y = coordinate(at, " y=\"") - want.y;
            if (x > 10 || x < -10 || y > 10 || y < -10)
                fail_msg("turn %d, glyph %zu: off by %d, %d/1000 pt", op->as.glyphs.turn, i, x, y);
            at++;
        }
}

/* ── structure ── */

static void cell(PageRecorder *r, PageTag tag, Mpt x, Mpt y, const char *text)
{
    page_begin_cell(r, tag, page_element(r), tag == PAGE_TH ? 2 : 1, 1, false);
    faces_line(r, world.unit, world.fonts, world.fandol, FIXED_PT(12), x, y, text, 0);
    page_end(r);
}

static PageRecorder *tagged_document(void)
{
    PageRecorder *r = open_page();
    const uint32_t table = page_element(r), body = page_element(r), split = page_element(r);
    page_bookmark(r, "一、总体情况", 1, FIXED_PT(80), "overall");
    page_begin(r, PAGE_H1, page_element(r), NULL);
    line(r, world.noto, FIXED_PT(22), FIXED_PT(100), "述职评议记分卡", 0);
    page_end(r);
    page_begin(r, PAGE_TABLE, table, NULL);
    page_begin(r, PAGE_TBODY, body, NULL);
    page_begin(r, PAGE_TR, page_element(r), NULL);
    cell(r, PAGE_TH, FIXED_PT(72), FIXED_PT(150), "考核内容");
    page_rect(r, FIXED_PT(70), FIXED_PT(135), FIXED_PT(200), FIXED_PT(20), PAGE_NO_COLOUR, 0, 500);
    page_end(r);
    page_begin(r, PAGE_TR, page_element(r), NULL);
    cell(r, PAGE_TD, FIXED_PT(72), FIXED_PT(170), "第一条");
    cell(r, PAGE_TD, FIXED_PT(172), FIXED_PT(170), "9.5");
    page_end(r);
    page_end(r);
    page_end(r);
    page_begin(r, PAGE_FIGURE, page_element(r), "柱状图：八项机制得分");
    page_rect(r, FIXED_PT(72), FIXED_PT(300), FIXED_PT(40), FIXED_PT(100), 0xC00000, PAGE_NO_COLOUR, 0);
    page_path_begin(r);
    page_path_circle(r, FIXED_PT(200), FIXED_PT(350), FIXED_PT(50));
    page_path_paint(r, 0xEEEEEE, 0x336699, 1500, 3000, 2000);
    page_end(r);
    page_begin(r, PAGE_P, split, NULL);
    line(r, world.fandol, FIXED_PT(16), FIXED_PT(600), "跨页段落上半", 0);
    page_link(r, FIXED_PT(72), FIXED_PT(580), FIXED_PT(100), FIXED_PT(25), "problems");
    page_end(r);
    page_begin(r, PAGE_ARTIFACT, 0, NULL);
    line(r, world.dejavu, FIXED_PT(14), FIXED_PT(800), "1", 0);
    page_end(r);
    page_begin_page(r, 841890, 595276);
    page_bookmark(r, "（一）分数", 2, FIXED_PT(80), NULL);
    page_bookmark(r, "二、问题", 1, FIXED_PT(90), "problems");
    page_begin(r, PAGE_P, split, NULL);
    line(r, world.fandol, FIXED_PT(16), FIXED_PT(100), "下半", 0);
    page_end(r);
    return r;
}

static void structure_is_complete(void **state)
{
    (void)state;
    const char *path = publish(tagged_document(), "tagged");
    check_file(path);
    assert_string_equal(run("pdfinfo -struct-text FILE | sed 's/Object.*/Object/; s/ *$//' | grep -v '^$'", path),
                        "Document\n"
                        "  H1 (block)\n"
                        "    \"述职评议记分卡\"\n"
                        "  Table (block)\n"
                        "    TBody\n"
                        "      TR\n"
                        "        TH:\n"
                        "           /Scope /Column\n"
                        "           /ColSpan 2\n"
                        "          \"考核内容\"\n"
                        "      TR\n"
                        "        TD\n"
                        "          \"第一条\"\n"
                        "        TD\n"
                        "          \"9.5\"\n"
                        "  Figure:\n"
                        "     /Placement /Block\n"
                        "     /BBox [72 441.89 250 541.89]\n"
                        "    \"\"\n"
                        "  P (block)\n"
                        "    \"跨页段落上半\"\n"
                        "    Link (inline)\n"
                        "      Object\n"
                        "    \"下半\"\n");
    const char *plain = run("qpdf --qdf --object-streams=disable FILE - | tr -d '\\000'", path);
    assert_has(plain, "/Alt <feff");
    assert_has(plain, "/Lang (zh-CN)");
    assert_has(plain, "/Marked true");
    assert_has(plain, "/DisplayDocTitle true");
    assert_has(run("mutool show FILE outline", path), "（一）分数");
}

static void info_and_xmp_agree(void **state)
{
    (void)state;
    const char *path = publish(tagged_document(), "tagged");
    const char *told = run("pdfinfo FILE", path);
    assert_has(told, info.title);
    assert_has(told, info.author);
    assert_has(told, info.subject);
    assert_has(told, "Tagged:          yes");
    const char *xmp = run("pdfinfo -meta FILE", path);
    assert_has(xmp, "述职评议考核 &lt;2020&gt; &amp; (“记分卡”)");
    assert_has(xmp, "<xmp:CreateDate>2020-12-31T00:00:00Z</xmp:CreateDate>");
    assert_has(xmp, "<report:identity>2020/330102/scorecard</report:identity>");
    assert_has(xmp, "<report:version>2</report:version>");
    assert_has(xmp, "<report:dataHash>00ff</report:dataHash>");
    assert_has(xmp, "<report:schemeHash>11ee</report:schemeHash>");
    assert_has(xmp, "<report:layoutHash>22dd</report:layoutHash>");
    assert_has(xmp, "<pdfaid:part>1</pdfaid:part>");
    assert_has(xmp, "<pdfaid:conformance>B</pdfaid:conformance>");
}

/* Versions and names differ, nothing else does but the ID. */
static void other_parts_of_pdfa_by_their_names(void **state)
{
    (void)state;
    static const char *const versions[] = {"%PDF-1.4\n", "%PDF-1.7\n", "%PDF-1.7\n"};
    const PageDocument *document = page_finish(tagged_document());
    size_t lengths[3];
    for (int i = 0; i < 3; i++) {
        PdfInfo other = info;
        other.profile = (PdfProfile)i;
        Buf out = {0};
        PdfResult result;
        assert_true(pdf_write(world.scratch, world.pdf, document, &other, &out, &result, world.diag));
        assert_memory_equal(out.bytes, versions[i], strlen(versions[i]));
        lengths[i] = out.length;
        const char *path = arena_print(world.unit, "%s/part-%d.out", world.out_dir, i + 1);
        assert_true(file_write(path, out.bytes, out.length, world.diag));
        check_file(path);
        assert_has(run("pdfinfo -meta FILE", path), arena_print(world.unit, "<pdfaid:part>%d</pdfaid:part>", i + 1));
        buf_free(&out);
    }
    assert_int_equal(lengths[0], lengths[1]);
    assert_int_equal(lengths[0], lengths[2]);
}

/* Level a is claimed where the structure allows it, and refused with the reason where it does not. */
static void level_a_needs_structure(void **state)
{
    (void)state;
    PdfInfo wanted = info;
    wanted.accessible = true;
    for (int wrong = 0; wrong <= 4; wrong++) {
        PageRecorder *r = wrong == 3 ? page_open(world.unit, "") : open_page();
        if (wrong == 3)
            page_begin_page(r, 595276, 841890);
        if (wrong != 4)
            paragraph(r, world.fandol, FIXED_PT(100), "一、总体情况");
        if (wrong == 1)
            line(r, world.fandol, FIXED_PT(16), FIXED_PT(200), "结构之外", 0);
        page_begin(r, PAGE_FIGURE, page_element(r), wrong == 2 ? NULL : "柱状图");
        page_rect(r, FIXED_PT(72), FIXED_PT(300), FIXED_PT(40), FIXED_PT(100), 0xC00000, PAGE_NO_COLOUR, 0);
        page_end(r);
        if (wrong == 4)
            line(r, world.fandol, FIXED_PT(16), FIXED_PT(200), "结构之外", 0);
        static const DiagCode codes[] = {0, DIAG_PDF_LOOSE_TEXT, DIAG_PDF_MUTE_FIGURE, DIAG_PDF_NO_LANGUAGE,
                                         DIAG_PDF_LOOSE_TEXT};
        Buf out = {0};
        PdfResult result;
        const bool written = pdf_write(world.scratch, world.pdf, page_finish(r), &wanted, &out, &result, world.diag);
        assert_int_equal(written, wrong == 0);
        if (written) {
            const char *path = save(&out, "level-a");
            check_file(path);
            assert_has(run("pdfinfo -meta FILE", path), "<pdfaid:conformance>A</pdfaid:conformance>");
        } else {
            assert_int_equal(out.length, 0);
            assert_int_equal(diag_item(world.diag, 0)->code, codes[wrong]);
        }
        diag_clear(world.diag);
        buf_free(&out);
    }
}

static void untagged_pages_stay_untagged(void **state)
{
    (void)state;
    PageRecorder *r = open_page();
    line(r, world.dejavu, FIXED_PT(16), FIXED_PT(100), "plain", 0);
    const char *path = publish(r, "untagged");
    check_file(path);
    assert_has(run("pdfinfo FILE", path), "Tagged:          no");
}

static void an_empty_page_and_many_pages(void **state)
{
    (void)state;
    check_file(publish(open_page(), "empty"));
    PageRecorder *r = open_page();
    for (int i = 0; i < 600; i++)
        page_begin_page(r, 100000, 100000);
    const char *path = publish(r, "many");
    check_file(path);
    assert_has(run("pdfinfo FILE", path), "Pages:           601");
}

/* ── the same bytes; errors ── */

static void same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    const PageDocument *document = page_finish(tagged_document());
    Buf first = {0}, second = {0};
    buf_text(&second, "before");
    assert_true(write_document(document, &first));
    const char *locale = setlocale(LC_ALL, "de_DE.UTF-8"); /* a decimal comma */
    assert_non_null(locale);
    sleep(1);
    assert_true(write_document(document, &second));
    if (locale)
        setlocale(LC_ALL, "C");
    assert_int_equal(first.length + 6, second.length);
    assert_memory_equal(first.bytes, second.bytes + 6, first.length);
    buf_free(&first);
    buf_free(&second);
}

static void another_content_has_another_id(void **state)
{
    (void)state;
    PageRecorder *a = open_page(), *b = open_page();
    paragraph(a, world.dejavu, FIXED_PT(100), "a");
    paragraph(b, world.dejavu, FIXED_PT(100), "b");
    const char *id_a = run("grep -a -o '/ID.*' FILE", publish(a, "id-a"));
    const char *id_b = run("grep -a -o '/ID.*' FILE", publish(b, "id-b"));
    assert_string_not_equal(id_a, id_b);
}

static void assert_refused(PageRecorder *r, DiagCode code)
{
    Buf out = {0};
    buf_text(&out, "kept");
    assert_false(write_document(page_finish(r), &out));
    assert_int_equal(diag_count(world.diag), 1);
    assert_int_equal(diag_item(world.diag, 0)->code, code);
    assert_string_equal(buf_cstring(&out), "kept");
    buf_free(&out);
}

/* Colours of a page, as pdftoppm renders it, at a place in pt (one pixel a pt). */
static void assert_colour(const char *ppm, int width, int x, int y, int red, int green, int blue)
{
    const unsigned char *at = (const unsigned char *)ppm + 3 * (y * width + x);
    if (abs(at[0] - red) > 6 || abs(at[1] - green) > 6 || abs(at[2] - blue) > 6)
        fail_msg("at %d, %d: %d %d %d, not %d %d %d", x, y, at[0], at[1], at[2], red, green, blue);
}

/* Shown thrice, two of them the same: each is in the file once, upright, where it was put, in its colours. */
static void images_are_shared_and_stand_upright(void **state)
{
    (void)state;
    PageRecorder *r = page_open(world.unit, "zh-CN");
    page_begin_page(r, FIXED_PT(400), FIXED_PT(300));
    for (int i = 0; i < 3; i++) {
        page_begin(r, PAGE_FIGURE, page_element(r), "图");
        page_image(r, i == 2 ? 1 : 0, FIXED_PT(10), FIXED_PT(10 + 90 * i), FIXED_PT(80), FIXED_PT(60));
        page_end(r);
    }
    page_begin_page(r, FIXED_PT(400), FIXED_PT(300));
    page_image(r, 2, FIXED_PT(10), FIXED_PT(10), FIXED_PT(240), FIXED_PT(160));
    const char *path = publish(r, "images");
    assert_has(run("qpdf --check FILE 2>&1", path), "No syntax or stream encoding errors found");
    assert_string_equal(run("pdfimages -list FILE | awk 'NR > 2 { print $1, $4, $5, $6, $8, $9, $10 }'", path),
                        "1 8 6 rgb 8 image no\n1 8 6 rgb 8 image no\n1 24 16 rgb 8 jpeg no\n2 24 16 rgb 8 jpeg no\n");
    const char *plain =
        run("qpdf --qdf --object-streams=disable FILE - | tr -d '\\000' | grep -a -c '/Subtype /Image'", path);
    assert_string_equal(plain, "3\n");
    const char *file = arena_print(world.unit, "%s/images", world.out_dir);
    run(arena_print(world.unit, "pdftoppm -r 72 FILE %s", file), path);
    size_t length;
    const char *ppm = file_read(world.unit, arena_print(world.unit, "%s-1.ppm", file), 1 << 20, &length, world.diag);
    assert_non_null(ppm);
    ppm += length - (size_t)400 * 300 * 3;
    assert_colour(ppm, 400, 15, 15, 255, 255, 255);            /* pixel 0, 0 is transparent */
    assert_colour(ppm, 400, 85, 15, 224, 3, 130);              /* 7, 0: alpha 252 */
    assert_colour(ppm, 400, 85, 65, 224, 201, 130);            /* 7, 5: below it */
    assert_colour(ppm, 400, 85, 155, 224, 201, 130);           /* the same again */
    assert_colour(ppm, 400, 10 + 75, 190 + 55, 220, 210, 128); /* the JPEG's pixel 22, 14 */
}

/* A smooth picture and one of dots: predicted or not, pdfimages gives back the samples. */
static void samples_come_back(void **state)
{
    (void)state;
    PageRecorder *r = open_page();
    page_image(r, 3, 0, 0, FIXED_PT(64), FIXED_PT(48));
    page_image(r, 4, 0, FIXED_PT(100), FIXED_PT(64), FIXED_PT(48));
    const char *path = publish(r, "samples");
    const char *plain = run("qpdf --json FILE | tr -d '\\n '", path);
    assert_has(plain, "\"/DecodeParms\":{\"/Colors\":3,\"/Columns\":64,\"/Predictor\":15}");
    const char *file = arena_print(world.unit, "%s/samples", world.out_dir);
    run(arena_print(world.unit, "pdfimages FILE %s", file), path);
    for (size_t i = 0; i < 2; i++) {
        const Image *image = image_at(world.images, 3 + i);
        size_t length;
        const char *ppm =
            file_read(world.unit, arena_print(world.unit, "%s-00%zu.ppm", file, i), 1 << 20, &length, world.diag);
        assert_non_null(ppm);
        const size_t copies = image->grey ? 3 : 1; /* grey comes as three equal samples */
        ppm += length - image->length * copies;
        for (size_t k = 0; k < image->length * copies; k++)
            assert_int_equal((unsigned char)ppm[k], image->bytes[k / copies]);
    }
}

static void images_that_are_not_there_are_refused(void **state)
{
    (void)state;
    PageRecorder *r = open_page();
    page_image(r, 9, 0, 0, 1000, 1000);
    assert_refused(r, DIAG_PDF_IMAGE);
}

static void damaged_faces_are_refused(void **state)
{
    (void)state;
    Arena *run_arena = arena_open(0);
    TextFonts *fonts = faces_open(run_arena);
    const uint16_t face =
        faces_add(run_arena, fonts, "FandolFang-Regular", "fonts/files/FandolFang-Regular.otf", 0, world.diag);
    /* The CFF table's header: everything after it is read from wrong places. */
    hb_blob_t *cff = hb_face_reference_table(fonts->programs[face], HB_TAG('C', 'F', 'F', ' '));
    memset((char *)(uintptr_t)hb_blob_get_data(cff, NULL), 0xFF, 64);
    hb_blob_destroy(cff);
    PdfFonts *pdf = pdf_fonts_prepare(run_arena, fonts, NULL, world.diag);
    assert_non_null(pdf);
    PageRecorder *r = open_page();
    const PageGlyph glyph = {5, 1, 0, 0, 0, 1000};
    page_glyphs(r, face, 1000, 0, 0, 0, "x", &glyph, 1);
    Buf out = {0};
    PdfResult result;
    assert_false(pdf_write(world.scratch, pdf, page_finish(r), &info, &out, &result, world.diag));
    assert_int_equal(diag_item(world.diag, 0)->code, DIAG_PDF_FONT);
    assert_int_equal(out.length, 0);
    buf_free(&out);
    arena_close(run_arena);
}

/* A mere anchor is led to, and is in no outline. */
static void links_lead_to_anchors(void **state)
{
    (void)state;
    PageRecorder *r = open_page();
    page_link(r, FIXED_PT(72), FIXED_PT(72), FIXED_PT(100), FIXED_PT(16), "row-A");
    page_begin_page(r, FIXED_PT(400), FIXED_PT(300));
    page_anchor(r, "row-A", FIXED_PT(120));
    const char *path = publish(r, "anchors");
    assert_has(run("qpdf --check FILE 2>&1", path), "No syntax or stream encoding errors found");
    const char *plain = run("qpdf --json FILE | tr -d '\\n '", path);
    const char *dest = strstr(plain, "\"/Dest\":[\"");
    assert_non_null(dest);
    assert_has(arena_text(world.unit, dest, 60), "\"/XYZ\",0,180,null");
    assert_null(strstr(plain, "\"/Outlines\":\""));
}

static void links_to_nowhere_are_dropped_with_a_warning(void **state)
{
    (void)state;
    PageRecorder *r = open_page();
    page_link(r, 0, 0, 1000, 1000, "nowhere");
    Buf out = {0};
    assert_true(write_document(page_finish(r), &out));
    assert_int_equal(diag_count(world.diag), 1);
    assert_int_equal(diag_item(world.diag, 0)->code, DIAG_PDF_LINK);
    buf_free(&out);
}

static void pages_are_called_by_their_labels(void **state)
{
    (void)state;
    static const PageLabel labels[] = {
        {PAGE_LABEL_NONE, 0},    {PAGE_LABEL_NONE, 0},  {PAGE_LABEL_ROMAN, 1},   {PAGE_LABEL_ROMAN, 2},
        {PAGE_LABEL_DECIMAL, 3}, {PAGE_LABEL_NONE, 0},  {PAGE_LABEL_DECIMAL, 4}, {PAGE_LABEL_DECIMAL, 5},
        {PAGE_LABEL_DECIMAL, 1}, {PAGE_LABEL_ROMAN, 2},
    };
    PageRecorder *r = page_open(world.unit, "zh-CN");
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        page_begin_page(r, 100000, 100000);
        page_label(r, labels[i]);
    }
    const char *path = publish(r, "labels");
    check_file(path);
    assert_has(run("qpdf --qdf --object-streams=disable FILE - | tr -d '\n '", path),
               "/PageLabels<</Nums[0<<>>2<</S/r>>4<</S/D/St3>>5<<>>6<</S/D/St4>>8<</S/D>>9<</S/r/St2>>]>>");
    assert_has(run("qpdf --qdf --object-streams=disable FILE - | tr -d '\n '", publish(open_page(), "empty")),
               "/PageLabels<</Nums[0<</S/D>>]>>");
}

/* The same pages in both kinds of file; parts add up to all but header, trailer and cross-reference stream. */
static void compact_files_say_the_same(void **state)
{
    (void)state;
    PageRecorder *r = open_page();
    for (int i = 0; i < 700; i++) { /* more objects than one object stream takes */
        if (i % 40 == 0)
            page_begin_page(r, 595276, 841890);
        paragraph(r, world.noto, FIXED_PT(40 + i % 40 * 18), i % 2 ? common : kangxi);
    }
    page_image(r, 0, 1000, 1000, 50000, 50000);
    page_bookmark(r, "目录", 1, 0, "a");
    const PageDocument *document = page_finish(r);
    PdfInfo compact = info;
    compact.profile = PDF_A2;
    compact.compact = true;
    PdfResult results[2];
    const char *paths[2];
    size_t sizes[2];
    for (int i = 0; i < 2; i++) {
        Buf out = {0};
        assert_true(pdf_write(world.scratch, world.pdf, document, i ? &compact : &info, &out, &results[i], world.diag));
        size_t rest = sizes[i] = out.length;
        for (int part = 0; part < PDF_PART_COUNT; part++)
            rest -= results[i].bytes[part];
        assert_in_range(rest, 150, i ? 5000 : 400);
        paths[i] = save(&out, i ? "compact" : "table");
        assert_has(run("qpdf --check FILE 2>&1", paths[i]), "No syntax or stream encoding errors found");
        check_fonts(paths[i]);
        buf_free(&out);
    }
    assert_true(sizes[1] * 2 < sizes[0]);
    assert_true(results[1].bytes[PDF_STRUCTURE] * 5 < results[0].bytes[PDF_STRUCTURE]);
    assert_string_equal(run("pdftotext FILE -", paths[1]), run("pdftotext FILE -", paths[0]));
    assert_string_equal(run("pdfinfo -struct-text FILE", paths[1]), run("pdfinfo -struct-text FILE", paths[0]));
    assert_string_equal(run("pdftoppm -r 20 FILE | sha256sum", paths[1]),
                        run("pdftoppm -r 20 FILE | sha256sum", paths[0]));
    assert_has(run("qpdf --show-object=trailer FILE", paths[1]), "/XRef");
    assert_has(run("head -c 8 FILE", paths[1]), "%PDF-1.7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_kind_of_face, clear_unit),
        cmocka_unit_test_setup(characters_that_share_a_glyph_extract_apart, clear_unit),
        cmocka_unit_test_setup(clusters_give_their_text_once, clear_unit),
        cmocka_unit_test_setup(positions_do_not_drift, clear_unit),
        cmocka_unit_test_setup(turned_lines_stand_where_they_were_put, clear_unit),
        cmocka_unit_test_setup(structure_is_complete, clear_unit),
        cmocka_unit_test_setup(info_and_xmp_agree, clear_unit),
        cmocka_unit_test_setup(other_parts_of_pdfa_by_their_names, clear_unit),
        cmocka_unit_test_setup(level_a_needs_structure, clear_unit),
        cmocka_unit_test_setup(untagged_pages_stay_untagged, clear_unit),
        cmocka_unit_test_setup(an_empty_page_and_many_pages, clear_unit),
        cmocka_unit_test_setup(same_input_gives_the_same_bytes, clear_unit),
        cmocka_unit_test_setup(another_content_has_another_id, clear_unit),
        cmocka_unit_test_setup(images_are_shared_and_stand_upright, clear_unit),
        cmocka_unit_test_setup(samples_come_back, clear_unit),
        cmocka_unit_test_setup(images_that_are_not_there_are_refused, clear_unit),
        cmocka_unit_test_setup(damaged_faces_are_refused, clear_unit),
        cmocka_unit_test_setup(links_lead_to_anchors, clear_unit),
        cmocka_unit_test_setup(links_to_nowhere_are_dropped_with_a_warning, clear_unit),
        cmocka_unit_test_setup(pages_are_called_by_their_labels, clear_unit),
        cmocka_unit_test_setup(compact_files_say_the_same, clear_unit),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
