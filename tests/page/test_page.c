/* The page IR: recording, moving, the golden trace and the text. */
#include "page/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    *state = arena_open(0);
    return 0;
}

static int tear_down(void **state)
{
    arena_close(*state);
    return 0;
}

/* One glyph per character, `advance` wide, `gap` more between them; gids count from 1. */
static void add_text(PageRecorder *r, Arena *arena, Mpt x, Mpt y, const char *text, Mpt advance, Mpt gap)
{
    const size_t length = strlen(text);
    PageGlyph *glyphs = ARENA_ARRAY(arena, length, PageGlyph);
    size_t count = 0;
    Mpt pen = 0;
    for (size_t i = 0; i < length;) {
        size_t end = i + 1;
        while (end < length && ((unsigned char)text[end] & 0xc0) == 0x80)
            end++;
        glyphs[count] = (PageGlyph){(uint16_t)(count + 1), (uint16_t)(end - i), (uint32_t)i, pen, 0, advance};
        pen += advance + gap;
        count++;
        i = end;
    }
    page_glyphs(r, 2, 16000, 0, x, y, text, glyphs, count);
}

static const char *trace(const PageDocument *document, Buf *out)
{
    buf_clear(out);
    page_trace(document, NULL, NULL, out);
    return buf_cstring(out);
}

static const char *text_of(const PageDocument *document, Buf *out)
{
    buf_clear(out);
    page_text(document, out);
    return buf_cstring(out);
}

static void traces_every_kind_of_op(void **state)
{
    Arena *arena = *state;
    PageRecorder *r = page_open(arena, "zh-CN");
    page_begin_page(r, 595276, 841890);
    const uint32_t section = page_element(r), title = page_element(r), cell = page_element(r), chart = page_element(r);
    page_bookmark(r, "一、\"总体\"情况", 1, 85000, "overall");
    page_begin(r, PAGE_SECT, section, NULL);
    page_begin(r, PAGE_H1, title, NULL);
    add_text(r, arena, 79370, 104882, "述职评议", 16000, 250);
    page_end(r);
    page_begin_cell(r, PAGE_TH, cell, 2, 1, true);
    add_text(r, arena, 79370, 140000, "a\\\"b", 8000, 0);
    page_end(r);
    page_begin(r, PAGE_ARTIFACT, 0, NULL);
    page_rect(r, 10000, 20000, 30000, -40000, 0xcc0000, PAGE_NO_COLOUR, 0);
    page_line(r, 10000, 20000, 30000, 20005, 0x000000, 350, 2000, 1000);
    page_end(r);
    page_begin(r, PAGE_FIGURE, chart, "柱状图");
    page_path_begin(r);
    page_path_circle(r, 0, 0, 10000);
    page_path_paint(r, PAGE_NO_COLOUR, 0x123456, 500, 0, 0);
    page_image(r, 3, 1000, 2000, 3000, 4000);
    page_link(r, 1000, 2000, 3000, 4000, "overall");
    page_end(r);
    page_end(r);
    page_begin_page(r, 841890, 595276);
    page_glyphs(r, 0, 16000, 0, 0, 0, "", NULL, 0);

    Buf out = {0};
    assert_string_equal(
        trace(page_finish(r), &out),
        "document zh-CN\n"
        "page 1 595.28 841.89\n"
        "  bookmark 1 \"一、\\\"总体\\\"情况\" at 85.00 \"overall\"\n"
        "  Sect 1\n"
        "    H1 2\n"
        "      text \"述职评议\" at 79.37 104.88 size 16.00 face 2 1-3:+0.25\n"
        "    TH 3 colspan 2 row-header\n"
        "      text \"a\\\\\\\"b\" at 79.37 140.00 size 16.00 face 2\n"
        "    Artifact\n"
        "      rect 10.00 20.00 by 30.00 -40.00 fill #cc0000\n"
        "      path M 10.00 20.00 L 30.00 20.01 stroke #000000 width 0.35 dash 2.00 1.00\n"
        "    Figure 4 \"柱状图\"\n"
        "      path M 10.00 0.00 C 10.00 5.52 5.52 10.00 0.00 10.00 C -5.52 10.00 -10.00 5.52 -10.00 0.00"
        " C -10.00 -5.52 -5.52 -10.00 0.00 -10.00 C 5.52 -10.00 10.00 -5.52 10.00 0.00 Z stroke #123456 width 0.50\n"
        "      image 1.00 2.00 by 3.00 4.00 number 3\n"
        "      link 1.00 2.00 by 3.00 4.00 \"overall\"\n"
        "page 2 841.89 595.28\n");
    buf_free(&out);
}

static void tells_gaps_and_raised_glyphs(void **state)
{
    Arena *arena = *state;
    PageRecorder *r = page_open(arena, "zh-CN");
    page_begin_page(r, 100000, 100000);
    const PageGlyph glyphs[] = {{1, 1, 0, 0, 0, 5000},     {2, 1, 1, 5000, 0, 5000},  {3, 1, 2, 9500, -2000, 5000},
                                {4, 1, 3, 14500, 0, 5000}, {5, 1, 4, 20500, 0, 5000}, {6, 1, 5, 26500, 0, 5000}};
    page_glyphs(r, 0, 10000, 0xff0000, 0, 50000, "abcdef", glyphs, 6);
    Buf out = {0};
    assert_string_equal(trace(page_finish(r), &out),
                        "document zh-CN\npage 1 100.00 100.00\n"
                        "  text \"abcdef\" at 0.00 50.00 size 10.00 face 0 colour #ff0000 2:-0.50 4-5:+1.00 2^2.00\n");
    buf_free(&out);
}

static void shifts_only_what_came_after(void **state)
{
    Arena *arena = *state;
    PageRecorder *r = page_open(arena, "zh-CN");
    page_begin_page(r, 100000, 100000);
    const PagePosition top = page_position(r);
    add_text(r, arena, 1000, 2000, "一", 16000, 0);
    page_bookmark(r, "甲", 1, 2000, NULL);
    const PagePosition middle = page_position(r);
    add_text(r, arena, 3000, 4000, "二", 16000, 0);
    page_bookmark(r, "乙", 2, 4000, NULL);
    page_rect(r, 0, 0, 1000, 1000, 0, PAGE_NO_COLOUR, 0);
    page_link(r, 5000, 6000, 1000, 1000, "x");
    page_image(r, 0, 7000, 8000, 1000, 1000);
    page_shift(r, middle, 500, 10000);
    page_shift(r, top, 0, 1000);
    page_shift(r, page_position(r), 9000, 9000);
    Buf out = {0};
    assert_string_equal(trace(page_finish(r), &out), "document zh-CN\n"
                                                     "page 1 100.00 100.00\n"
                                                     "  bookmark 1 \"甲\" at 3.00\n"
                                                     "  bookmark 2 \"乙\" at 15.00\n"
                                                     "  text \"一\" at 1.00 3.00 size 16.00 face 2\n"
                                                     "  text \"二\" at 3.50 15.00 size 16.00 face 2\n"
                                                     "  rect 0.50 11.00 by 1.00 1.00 fill #000000\n"
                                                     "  link 5.50 17.00 by 1.00 1.00 \"x\"\n"
                                                     "  image 7.50 19.00 by 1.00 1.00 number 0\n");
    buf_free(&out);
}

static void turns_glyphs_about_their_origin(void **state)
{
    PageRecorder *r = page_open(*state, "zh-CN");
    page_begin_page(r, 100000, 100000);
    const PageGlyph glyph = {1, 1, 0, 2000, 0, 5000};
    page_glyphs_turned(r, 0, 10000, 0xcc0000, 50000, 40000, 9000, "a", &glyph, 1);
    page_glyphs_turned(r, 0, 10000, 0, 50000, 40000, -3000, "b", &glyph, 1);
    page_glyphs_turned(r, 0, 10000, 0, 50000, 40000, 36000, "c", &glyph, 1);
    page_shift(r, page_position(r), 1000, 1000);
    const PageDocument *document = page_finish(r);
    const PageOp *op = document->pages->ops;
    /* A quarter turn clockwise: along the line is down the page, and down from the line is to the left. */
    PagePoint at = page_glyphs_point(op, 2000, 300);
    assert_int_equal(at.x, 49700);
    assert_int_equal(at.y, 42000);
    at = page_glyphs_point(op->next, 10000, 0);
    assert_int_equal(at.x, 58660);
    assert_int_equal(at.y, 35000);
    at = page_glyphs_point(op->next->next, 2000, 300);
    assert_int_equal(at.x, 52000);
    assert_int_equal(at.y, 40300);
    Buf out = {0};
    assert_string_equal(trace(document, &out),
                        "document zh-CN\npage 1 100.00 100.00\n"
                        "  text \"a\" at 50.00 40.00 size 10.00 face 0 colour #cc0000 turn 90.00\n"
                        "  text \"b\" at 50.00 40.00 size 10.00 face 0 turn 330.00\n"
                        "  text \"c\" at 50.00 40.00 size 10.00 face 0\n");
    buf_free(&out);
}

static void text_joins_lines_and_leaves_artifacts_out(void **state)
{
    Arena *arena = *state;
    PageRecorder *r = page_open(arena, "zh-CN");
    const uint32_t p = page_element(r), span = page_element(r), left = page_element(r), right = page_element(r);
    page_begin_page(r, 100000, 100000);
    page_begin(r, PAGE_P, p, NULL);
    add_text(r, arena, 0, 20000, "第一", 16000, 0);
    page_begin(r, PAGE_SPAN, span, NULL);
    add_text(r, arena, 40000, 16000, "注", 8000, 0); /* superscript */
    page_end(r);
    page_begin(r, PAGE_ARTIFACT, 0, NULL);
    add_text(r, arena, 0, 20000, "水印", 16000, 0);
    page_end(r);
    add_text(r, arena, 60000, 20000, "行", 16000, 0);
    add_text(r, arena, 0, 40000, "次行", 16000, 0);
    page_end(r);
    page_begin_page(r, 100000, 100000);
    page_begin(r, PAGE_P, p, NULL); /* goes on */
    add_text(r, arena, 0, 20000, "续", 16000, 0);
    page_end(r);
    page_begin_cell(r, PAGE_TD, left, 1, 1, false);
    add_text(r, arena, 0, 40000, "左", 16000, 0);
    page_end(r);
    page_begin_cell(r, PAGE_TD, right, 1, 1, false);
    add_text(r, arena, 50000, 40000, "右", 16000, 0);
    page_end(r);
    Buf out = {0};
    assert_string_equal(text_of(page_finish(r), &out), "第一注行\n次行\n续\n左\n右\n");
    buf_free(&out);
}

/* What is painted later keeps its place in the structure: the elements around are begun again with their attributes. */
static void begins_open_elements_again(void **state)
{
    Arena *arena = *state;
    PageRecorder *r = page_open(arena, "zh-CN");
    page_begin_page(r, 100000, 100000);
    const uint32_t table = page_element(r), cell = page_element(r), other = page_element(r);
    page_begin(r, PAGE_TABLE, table, NULL);
    page_begin_cell(r, PAGE_TH, cell, 2, 1, true);
    const PageChain chain = page_chain(r);
    page_end(r);
    page_end(r);
    const PageChain none = page_chain(r);
    page_begin(r, PAGE_P, other, NULL);
    page_end(r);
    page_resume(r, chain);
    page_rect(r, 0, 0, 1000, 1000, 0, PAGE_NO_COLOUR, 0);
    page_suspend(r, chain);
    page_resume(r, none);
    page_suspend(r, none);
    Buf out = {0};
    assert_string_equal(trace(page_finish(r), &out), "document zh-CN\n"
                                                     "page 1 100.00 100.00\n"
                                                     "  Table 1\n"
                                                     "    TH 2 colspan 2 row-header\n"
                                                     "  P 3\n"
                                                     "  Table 1\n"
                                                     "    TH 2 colspan 2 row-header\n"
                                                     "      rect 0.00 0.00 by 1.00 1.00 fill #000000\n");
    buf_free(&out);
}

static void tells_labels_that_are_not_the_place(void **state)
{
    Arena *arena = *state;
    PageRecorder *r = page_open(arena, "zh-CN");
    static const PageLabel labels[] = {
        {PAGE_LABEL_DECIMAL, 1}, {PAGE_LABEL_NONE, 0}, {PAGE_LABEL_ROMAN, 3}, {PAGE_LABEL_DECIMAL, 2}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        page_begin_page(r, 100000, 100000);
        page_label(r, labels[i]);
    }
    page_begin_page(r, 100000, 100000);
    Buf out = {0};
    assert_string_equal(trace(page_finish(r), &out), "document zh-CN\n"
                                                     "page 1 100.00 100.00\n"
                                                     "page 2 100.00 100.00 unnumbered\n"
                                                     "page 3 100.00 100.00 roman 3\n"
                                                     "page 4 100.00 100.00 number 2\n"
                                                     "page 5 100.00 100.00\n");
    buf_free(&out);
}

static void recognises_rectangles(void **state)
{
    PageRecorder *r = page_open(*state, "zh-CN");
    page_begin_page(r, 100000, 100000);
    page_rect(r, 1000, 2000, 3000, 4000, 0, PAGE_NO_COLOUR, 0);
    page_path_begin(r);
    page_path_move(r, 0, 0);
    page_path_line(r, 10, 0);
    page_path_line(r, 11, 10);
    page_path_line(r, 0, 10);
    page_path_close(r);
    page_path_paint(r, 0, PAGE_NO_COLOUR, 0, 0, 0);
    page_line(r, 0, 0, 10, 10, 0, 100, 0, 0);
    PagePoint corner[2];
    const PageOp *op = page_finish(r)->pages->ops;
    assert_true(page_path_rect(op, corner));
    assert_int_equal(corner[0].x, 1000);
    assert_int_equal(corner[1].y, 6000);
    assert_false(page_path_rect(op->next, corner));
    assert_false(page_path_rect(op->next->next, corner));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(traces_every_kind_of_op, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_gaps_and_raised_glyphs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shifts_only_what_came_after, set_up, tear_down),
        cmocka_unit_test_setup_teardown(turns_glyphs_about_their_origin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_joins_lines_and_leaves_artifacts_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(begins_open_elements_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_labels_that_are_not_the_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(recognises_rectangles, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
