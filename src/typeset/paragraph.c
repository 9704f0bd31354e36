/* Paragraphs: set at a width, or measured for columns by content.
 *
 * Measuring sets a paragraph without a width, which is its final setting too if every line then fits: most cells are
 * short, and setting text is what typesetting costs most. Such lines stand at the start and are shifted to their place.
 */
#include "typeset/typeset_int.h"

static TextAlign text_align(LayoutAlign align)
{
    switch (align) {
    case LAYOUT_CENTER:
        return TEXT_CENTER;
    case LAYOUT_RIGHT:
        return TEXT_END;
    case LAYOUT_JUSTIFY:
        return TEXT_JUSTIFY;
    default:
        return TEXT_START;
    }
}

static const TextLines *set_text(TsJob *job, const TsBox *box, Mpt width, TextAlign align)
{
    static const TextLines none = {0};
    const LayoutStyle *style = box->node->style;
    const TextParagraph paragraph = {.runs = box->as.paragraph.runs,
                                     .run_count = box->as.paragraph.count,
                                     .width = width,
                                     .indent = style->text_indent,
                                     .align = align,
                                     .balance = style->balance,
                                     .no_wrap = style->nowrap,
                                     .unit = job->unit->code};
    const TextLines *lines = text_set(job->arena, job->program->fonts, &paragraph, job->diag);
    job->failed |= !lines;
    return lines ? lines : &none;
}

/* ── at a width ── */

/* The text of a line, for a message. */
static const char *line_text(TsJob *job, const TextLine *line)
{
    Buf *out = &job->program->text;
    buf_clear(out);
    for (size_t i = 0; i < line->count; i++) {
        const TextFragment *fragment = &line->fragments[i];
        for (size_t k = 0; k < fragment->count; k++)
            buf_append(out, fragment->text + fragment->glyphs[k].start, fragment->glyphs[k].length);
    }
    return buf_cstring(out);
}

const char *ts_length(TsJob *job, Mpt length)
{
    char text[32];
    fixed_format(length, 3, 1, text);
    return arena_string(job->arena, text);
}

static void check_width(TsJob *job, const TsBox *box, const TextLines *lines, Mpt width)
{
    for (size_t i = 0; i < lines->count; i++) {
        const TextLine *line = &lines->lines[i];
        if (!line->overfull && line->width <= width)
            continue;
        TS_FAIL(job, TS_NARROW, box->node, box->node->layout->element, line_text(job, line),
                ts_length(job, line->width), ts_length(job, width));
        return;
    }
}

/* Whether the lines that measuring set are those that `width` would give. */
static bool fits_unbroken(const TsBox *box, Mpt width)
{
    const TextLines *lines = box->as.paragraph.unbroken;
    const LayoutStyle *style = box->node->style;
    if (!lines || (style->text_indent != 0 && text_align(style->text_align) != TEXT_START))
        return false;
    for (size_t i = 0; i < lines->count; i++)
        if (lines->lines[i].x + lines->lines[i].width > width)
            return false;
    return true;
}

/* As in HTML, a line break at the very end begins no further line. */
static size_t count_lines(const TextLines *lines)
{
    return lines->count > 1 && lines->lines[lines->count - 1].count == 0 ? lines->count - 1 : lines->count;
}

TsLines ts_lines(TsJob *job, TsBox *box, Mpt width)
{
    const TextAlign align = text_align(box->node->style->text_align);
    if (fits_unbroken(box, width)) {
        const TextLines *lines = box->as.paragraph.unbroken;
        return (TsLines){lines->lines, count_lines(lines), align, width};
    }
    if (width <= 0) {
        TS_FAIL(job, TS_NO_WIDTH, box->node, box->node->layout->element);
        return (TsLines){0};
    }
    const TextLines *lines = set_text(job, box, width, align);
    check_width(job, box, lines, width);
    return (TsLines){lines->lines, count_lines(lines), TEXT_START, width};
}

Mpt ts_line_shift(const TsLines *set, size_t i)
{
    const Mpt rest = set->width - set->lines[i].width;
    return set->align == TEXT_CENTER ? rest / 2 : set->align == TEXT_END ? rest : 0;
}

/* ── measuring ── */

static void raise(Mpt *length, Mpt by)
{
    if (by > *length)
        *length = by;
}

static void measure_paragraph(TsJob *job, TsBox *box, Mpt *min, Mpt *max)
{
    if (!box->as.paragraph.unbroken)
        box->as.paragraph.unbroken = set_text(job, box, TS_UNBOUNDED, TEXT_START);
    const TextLines *lines = box->as.paragraph.unbroken;
    const Mpt indent = box->node->style->text_indent > 0 ? box->node->style->text_indent : 0;
    *max = lines->natural + indent;
    *min = box->node->style->nowrap ? *max : lines->narrowest + indent;
}

/* What a box's content needs. */
static void measure_box(TsJob *job, TsBox *box, Mpt *min, Mpt *max)
{
    *min = *max = 0;
    switch (box->kind) {
    case TS_PARAGRAPH:
        measure_paragraph(job, box, min, max);
        break;
    case TS_BLOCK:
        ts_measure(job, box->as.children, min, max);
        break;
    case TS_TABLE:
        ts_measure_table(job, box->as.table, min, max);
        break;
    case TS_CHART:
        *min = TS_CHART_LEAST;
        *max = TS_CHART_WIDTH;
        break;
    case TS_RULE:
        break;
    }
}

Mpt ts_frame(const LayoutStyle *style, int edge)
{
    return style->border[edge] + style->padding[edge];
}

void ts_measure(TsJob *job, TsBox *boxes, Mpt *min, Mpt *max)
{
    *min = *max = 0;
    for (TsBox *box = boxes; box; box = box->next) {
        const LayoutStyle *style = box->node->style;
        const Mpt sides = ts_frame(style, LAYOUT_EDGE_LEFT) + ts_frame(style, LAYOUT_EDGE_RIGHT);
        const Mpt margins = style->margin[LAYOUT_EDGE_LEFT] + style->margin[LAYOUT_EDGE_RIGHT];
        Mpt least, natural;
        measure_box(job, box, &least, &natural);
        if (style->width.kind == LAYOUT_WIDTH_FIXED)
            least = natural = style->width.value - sides;
        raise(min, least + sides + margins);
        raise(max, natural + sides + margins);
    }
}
