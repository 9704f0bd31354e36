/* The watermark of a page template: under everything else, slanted upwards across the paper, as large as it can be.
 *
 * Turned by 45 degrees, a block of text w wide and h high takes (w + h) / √2 both across and down. So a size fits when w + h is at most √2
 * times the shorter side of the paper without a margin. Long text is broken into as many lines as make it clearly larger; each number of
 * lines is tried at the size that its width promises, and a little below until it fits. The style's font size is the largest.
 *
 * It is light and opaque: PDF/A-1 has no transparency (19005-1, 6.4).
 */
#include "typeset/typeset_int.h"

#include <string.h>

enum {
    TURN = 31500,    /* of the lines: 45 degrees against the clock */
    MOST_LINES = 12, /* that it is broken into */
    STEP = 96,       /* per cent, from one size to the next */
    LARGER = 125     /* per cent by which more lines must make it larger */
};

struct TsMark {
    const TsSheet *sheet;
    const TsBox *box;
    const TextLines *lines;
    Mpt size, width;
};

static Mpt pitch_of(const TsBox *box, Mpt size)
{
    const LayoutStyle *style = box->node->style;
    return (Mpt)fixed_mul_div(style->line_height, size, style->font_size);
}

/* What width and height together may be. */
static Mpt find_room(const LayoutPageTemplate *page)
{
    const Mpt shorter = page->width < page->height ? page->width : page->height;
    return (Mpt)fixed_mul_div(shorter - shorter / 8, 1414214, 1000000);
}

static bool fits(const TextLines *lines, size_t most, Mpt width)
{
    bool fit = lines->count <= most;
    for (size_t i = 0; i < lines->count && fit; i++)
        fit = !lines->lines[i].overfull && lines->lines[i].width <= width;
    return fit;
}

/* The largest size at which `count` lines fit. `unbroken` is the text in its own size, without a width. */
static TsMark set_lines(TsJob *job, const TsBox *box, const TextLines *unbroken, size_t count, Mpt room)
{
    const LayoutStyle *style = box->node->style;
    const int64_t side =
        unbroken->natural * (int64_t)unbroken->count / (int64_t)count + style->line_height * (int64_t)count;
    TsMark mark = {.sheet = job->sheet, .box = box, .size = style->font_size};
    if (side > room)
        mark.size = (Mpt)fixed_mul_div(style->font_size, room, side);
    for (;; mark.size = (Mpt)fixed_mul_div(mark.size, STEP, 100)) {
        mark.width = room - (Mpt)count * pitch_of(box, mark.size);
        mark.lines = ts_set_text(job, box, mark.size, mark.width, TEXT_CENTER);
        if (job->failed || mark.size < 100 || fits(mark.lines, count, mark.width))
            return mark;
    }
}

static TsMark find_mark(TsJob *job, const TsBox *box)
{
    const Mpt room = find_room(job->sheet->page);
    const TextLines *unbroken = ts_set_text(job, box, box->node->style->font_size, TS_UNBOUNDED, TEXT_START);
    TsMark best = {.sheet = job->sheet, .box = box, .lines = unbroken};
    for (size_t count = unbroken->count; count <= unbroken->count + MOST_LINES && !job->failed; count++) {
        const TsMark mark = set_lines(job, box, unbroken, count, room);
        if (mark.size > fixed_mul_div(best.size, LARGER, 100))
            best = mark;
        if (mark.size == box->node->style->font_size)
            break;
    }
    return best;
}

static bool same_text(const TsBox *a, const TsBox *b)
{
    if (a->as.paragraph.count != b->as.paragraph.count)
        return false;
    for (size_t i = 0; i < a->as.paragraph.count; i++)
        if (strcmp(a->as.paragraph.runs[i].text, b->as.paragraph.runs[i].text) != 0 ||
            a->as.paragraph.runs[i].field != b->as.paragraph.runs[i].field)
            return false;
    return true;
}

static void paint_lines(TsJob *job, const TsMark *mark)
{
    const LayoutPageTemplate *page = job->sheet->page;
    const Mpt pitch = pitch_of(mark->box, mark->size);
    Mpt down =
        -(Mpt)mark->lines->count * pitch / 2 + (pitch - mark->size) / 2 + (Mpt)fixed_mul_div(mark->size, 88, 100);
    for (size_t i = 0; i < mark->lines->count; i++, down += pitch) {
        for (size_t k = 0; k < mark->lines->lines[i].count; k++) {
            const TextFragment *f = &mark->lines->lines[i].fragments[k];
            const FixedOffset along = fixed_direction(f->x - mark->width / 2, 9000 + TURN, 36000);
            const FixedOffset across = fixed_direction(down - f->rise, 18000 + TURN, 36000);
            page_glyphs_turned(job->recorder, f->face, f->size, f->colour, page->width / 2 + along.x + across.x,
                               page->height / 2 + along.y + across.y, TURN, f->text, f->glyphs, f->count);
        }
    }
}

void ts_paint_watermark(TsJob *job)
{
    const TsBox *block = job->sheet->watermark ? ts_boxes(job, job->sheet->watermark) : NULL;
    const TsBox *box = block ? block->as.children : NULL;
    if (!box)
        return;
    if (!job->mark || job->mark->sheet != job->sheet || !same_text(job->mark->box, box)) {
        TsMark *mark = ARENA_NEW(job->arena, TsMark);
        *mark = find_mark(job, box);
        job->mark = mark;
    }
    page_begin_artifact(job->recorder, PAGE_WATERMARK);
    paint_lines(job, job->mark);
    page_end(job->recorder);
}
