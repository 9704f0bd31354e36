/* Paragraphs: set at a width, or measured for columns by content.
 *
 * Measuring sets a paragraph without a width, which is its final setting too if every line then fits: most cells are
 * short, and setting text is what typesetting costs most. Such lines stand at the start and are shifted to their place.
 *
 * fit: shrink looks for the largest size, in tenths of a point, at which the text needs no line more than its forced ones, or stays
 * within the height it is given. Widths grow with the size, so that halving the interval finds it; without a height the size is
 * near the share of the natural width that there is room for, and the interval begins small.
 */
#include "typeset/typeset_int.h"

static void raise(Mpt *length, Mpt by)
{
    if (by > *length)
        *length = by;
}

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

static TextBreakRule break_rule(LayoutProhibition level)
{
    static const TextBreakRule rules[] = {
        [LAYOUT_BASIC] = TEXT_BREAK_BASIC,
        [LAYOUT_NONE] = TEXT_BREAK_NONE,
        [LAYOUT_GB] = TEXT_BREAK_GB,
        [LAYOUT_STRICT] = TEXT_BREAK_STRICT,
    };
    return rules[level];
}

static Mpt scale(Mpt length, Mpt size, const LayoutStyle *style)
{
    return size == style->font_size ? length : (Mpt)fixed_mul_div(length, size, style->font_size);
}

/* A span keeps above the floor too, or as it is when it was below. */
static const TextRun *scale_runs(TsJob *job, const TsBox *box, Mpt size)
{
    const size_t count = box->as.paragraph.count;
    const Mpt floor = box->node->style->font_size_min;
    TextRun *runs = arena_copy(job->arena, box->as.paragraph.runs, count * sizeof *runs);
    for (size_t i = 0; i < count; i++) {
        const Mpt own = runs[i].style.size;
        runs[i].style.size = scale(own, size, box->node->style);
        raise(&runs[i].style.size, own < floor ? own : floor);
        runs[i].style.letter_spacing = scale(runs[i].style.letter_spacing, size, box->node->style);
        runs[i].style.baseline_shift = scale(runs[i].style.baseline_shift, size, box->node->style);
    }
    return runs;
}

static TextWrap wrap_of(LayoutWrap wrap)
{
    return wrap == LAYOUT_TITLE ? TEXT_TITLE : wrap == LAYOUT_BALANCE ? TEXT_BALANCE : TEXT_WRAP;
}

/* The cell of the character grid: as many of them as the layout says fill the type area. */
static Mpt grid_of(const TsJob *job, const LayoutStyle *style)
{
    const LayoutPageTemplate *page = job->sheet->page;
    const Mpt *margin = page->margin;
    if (style->character_grid == 0)
        return 0;
    return (page->width - margin[LAYOUT_EDGE_LEFT] - margin[LAYOUT_EDGE_RIGHT]) / style->character_grid;
}

Mpt ts_character(const TsJob *job, const LayoutStyle *style)
{
    const Mpt grid = grid_of(job, style);
    return grid ? grid : style->font_size;
}

static TextParagraph paragraph_of(const TsJob *job, const TsBox *box, Mpt width, TextAlign align)
{
    const LayoutStyle *style = box->node->style;
    return (TextParagraph){.runs = box->as.paragraph.runs,
                           .run_count = box->as.paragraph.count,
                           .width = width,
                           .indent = style->text_indent,
                           .align = align,
                           .rule = break_rule(style->line_break),
                           .wrap = wrap_of(style->text_wrap),
                           .no_wrap = style->nowrap && !style->shrink,
                           .unit = job->unit->code};
}

/* Sets the text in columns of `height`; 0: one for each forced line. */
static const TextLines *set_vertical(TsJob *job, const TsBox *box, Mpt height)
{
    static const TextLine empty = {0};
    static const TextLines none = {.lines = &empty, .count = 1};
    const TextParagraph paragraph = paragraph_of(job, box, height > 0 ? height : TS_UNBOUNDED, TEXT_START);
    const TextLines *lines =
        text_set_vertical(job->arena, job->program->fonts, &paragraph, box->node->style->line_height, job->diag);
    job->failed |= !lines;
    return lines ? lines : &none;
}

const TextLines *ts_set_text(TsJob *job, const TsBox *box, Mpt size, Mpt width, TextAlign align)
{
    static const TextLines none = {0};
    const LayoutStyle *style = box->node->style;
    TextParagraph paragraph = paragraph_of(job, box, width, align);
    if (size != style->font_size) {
        paragraph.runs = scale_runs(job, box, size);
        paragraph.indent = scale(style->text_indent, size, style);
    }
    paragraph.grid = grid_of(job, style);
    if (text_on_grid(size, paragraph.grid)) /* an em of indent is a cell */
        paragraph.indent = (Mpt)fixed_mul_div(paragraph.indent, paragraph.grid, size);
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

static void check_width(TsJob *job, const TsBox *box, const TsLines *set)
{
    const Mpt width = set->width;
    for (size_t i = 0; i < set->count; i++) {
        const TextLine *line = &set->lines[i];
        if (!line->overfull && line->x + line->width <= width) /* x is below 0 in a hanging first line */
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

/* Every line is at least as high as the paragraph's own: its em box with the leading halved above and below (CSS 2.2, 10.8.1).
 * Larger characters in it make it higher. */
Mpt ts_line_above(const TsLines *set, size_t i)
{
    Mpt above = set->above;
    raise(&above, set->lines[i].ascent);
    return above;
}

Mpt ts_line_height(const TsLines *set, size_t i)
{
    Mpt below = set->pitch - set->above;
    raise(&below, set->lines[i].descent);
    return ts_line_above(set, i) + below;
}

Mpt ts_line_shift(const TsLines *set, size_t i)
{
    const Mpt rest = set->width - set->lines[i].width;
    return set->align == TEXT_CENTER ? rest / 2 : set->align == TEXT_END ? rest : 0;
}

static TsLines lines_of(const TsBox *box, const TextLines *lines, Mpt size, TextAlign align, Mpt width)
{
    const LayoutStyle *style = box->node->style;
    const Mpt pitch = scale(style->line_height, size, style), ascent = (Mpt)fixed_mul_div(size, 88, 100);
    return (TsLines){.lines = lines->lines,
                     .count = count_lines(lines),
                     .align = align,
                     .width = width,
                     .ascent = ascent,
                     .descent = size - ascent,
                     .pitch = pitch,
                     .above = (pitch - size) / 2 + ascent};
}

/* ── fit: shrink ── */

enum { SHRINK_STEP = FIXED_PT(1) / 10 };

static Mpt floor_size(const LayoutStyle *style)
{
    return style->font_size_min < style->font_size ? style->font_size_min : style->font_size;
}

/* Whether no line is over the width and no line, or no height, more is taken than there should be. */
static bool fits_set(const TsBox *box, const TsLines *set, Mpt narrowest)
{
    Mpt height = 0;
    bool forced = true, narrow = true;
    for (size_t i = 0; i < set->count; i++) {
        height += ts_line_height(set, i);
        forced = forced && set->lines[i].forced;
        narrow = narrow && !set->lines[i].overfull;
    }
    return narrow && (forced || (height <= box->as.paragraph.room && narrowest <= set->width));
}

static bool fits_at(TsJob *job, const TsBox *box, Mpt size, Mpt width, TextAlign align)
{
    const ArenaMark mark = arena_mark(job->arena);
    const TextLines *lines = ts_set_text(job, box, size, width, align);
    const TsLines set = lines_of(box, lines, size, TEXT_START, width);
    const bool fits = fits_set(box, &set, lines->narrowest);
    arena_rewind(job->arena, mark);
    return fits;
}

/* The size at which the paragraph fits, which its own size, that `lines` are in, does not; the floor when none does. */
static Mpt find_size(TsJob *job, const TsBox *box, const TextLines *lines, Mpt width, TextAlign align)
{
    const LayoutStyle *style = box->node->style;
    Mpt low = floor_size(style), high = style->font_size; /* high is too large */
    if (box->as.paragraph.room == 0) {
        const Mpt near = (Mpt)fixed_mul_div(style->font_size, width, lines->natural) + SHRINK_STEP;
        high = near < high ? near : high;
    }
    while (high - low > SHRINK_STEP) {
        const Mpt middle = (low + (high - low) / 2) / SHRINK_STEP * SHRINK_STEP;
        const Mpt size = middle > low ? middle : low + SHRINK_STEP;
        if (fits_at(job, box, size, width, align))
            low = size;
        else
            high = size;
    }
    return low;
}

static TsLines shrink(TsJob *job, const TsBox *box, const TextLines *lines, Mpt width, TextAlign align)
{
    const LayoutStyle *style = box->node->style;
    const TsLines set = lines_of(box, lines, style->font_size, TEXT_START, width);
    if (job->failed || floor_size(style) == style->font_size || fits_set(box, &set, lines->narrowest))
        return set;
    const Mpt size = find_size(job, box, lines, width, align);
    return lines_of(box, ts_set_text(job, box, size, width, align), size, TEXT_START, width);
}

/* Columns as high as the paragraph or its cell, or higher where that makes more of them than the width holds. All of them are one
 * line of the flow. */
static TsLines vertical_lines(TsJob *job, const TsBox *box, Mpt width)
{
    const TextLines *lines = set_vertical(job, box, box->as.paragraph.room);
    if (lines->lines->width > width && box->as.paragraph.room > 0)
        lines = set_vertical(job, box, 0);
    const TsLines set = {
        .lines = lines->lines, .count = 1, .align = text_align(box->node->style->text_align), .width = width};
    check_width(job, box, &set);
    return set;
}

TsLines ts_lines(TsJob *job, TsBox *box, Mpt width)
{
    const LayoutStyle *style = box->node->style;
    const TextAlign align = text_align(style->text_align);
    if (style->vertical)
        return vertical_lines(job, box, width);
    if (fits_unbroken(box, width))
        return lines_of(box, box->as.paragraph.unbroken, style->font_size, align, width);
    if (width <= 0) {
        TS_FAIL(job, TS_NO_WIDTH, box->node, box->node->layout->element);
        return (TsLines){0};
    }
    const TextLines *lines = ts_set_text(job, box, style->font_size, width, align);
    const TsLines set = style->shrink ? shrink(job, box, lines, width, align)
                                      : lines_of(box, lines, style->font_size, TEXT_START, width);
    check_width(job, box, &set);
    return set;
}

/* ── measuring ── */

static TsExtent measure_paragraph(TsJob *job, TsBox *box)
{
    const LayoutStyle *style = box->node->style;
    if (style->vertical) {
        const Mpt width = set_vertical(job, box, style->height)->lines->width;
        return (TsExtent){{width, width, width}};
    }
    if (!box->as.paragraph.unbroken)
        box->as.paragraph.unbroken = ts_set_text(job, box, style->font_size, TS_UNBOUNDED, TEXT_START);
    const TextLines *lines = box->as.paragraph.unbroken;
    const Mpt indent = style->text_indent > 0 ? style->text_indent : 0;
    const Mpt natural = lines->natural + indent;
    if (style->nowrap && !style->shrink)
        return (TsExtent){{natural, natural, natural}};
    TsExtent extent = {{lines->widest + indent, lines->narrowest + indent, natural}};
    if (style->shrink) {
        extent.width[TS_LEAST] = scale(extent.width[TS_LEAST], floor_size(style), style);
        extent.width[TS_NEEDED] = scale(extent.width[TS_NEEDED], floor_size(style), style);
    }
    return extent;
}

/* Name and date with the room that they keep on the right. */
static TsExtent measure_signoff(TsJob *job, const TsBox *box)
{
    const Mpt aside = 4 * ts_character(job, box->node->style);
    TsExtent extent = {0};
    TsBox *const lines[] = {box->as.signoff.name, box->as.signoff.date};
    for (size_t i = 0; i < 2; i++) {
        const TsExtent own = lines[i] ? ts_measure(job, lines[i]) : extent;
        for (int k = 0; k < TS_EXTENTS; k++)
            raise(&extent.width[k], own.width[k] + (lines[i] && k == TS_NATURAL ? aside : 0));
    }
    return extent;
}

/* What a box's content needs. */
static TsExtent measure_box(TsJob *job, TsBox *box)
{
    switch (box->kind) {
    case TS_PARAGRAPH:
        return measure_paragraph(job, box);
    case TS_BLOCK:
        return ts_measure(job, box->as.children);
    case TS_TABLE:
        return ts_measure_table(job, box->as.table);
    case TS_CHART:
        return (TsExtent){{TS_CHART_LEAST, TS_CHART_LEAST, TS_CHART_WIDTH}};
    case TS_FIGURE:
        return ts_measure_figure(box->as.figure);
    case TS_SIGNOFF:
        return measure_signoff(job, box);
    case TS_RULE:
        break;
    }
    return (TsExtent){0};
}

Mpt ts_frame(const LayoutStyle *style, int edge)
{
    return style->border[edge] + style->padding[edge];
}

TsExtent ts_measure_block(TsJob *job, TsBox *box)
{
    const LayoutStyle *style = box->node->style;
    const Mpt sides = ts_frame(style, LAYOUT_EDGE_LEFT) + ts_frame(style, LAYOUT_EDGE_RIGHT);
    const Mpt margins = style->margin[LAYOUT_EDGE_LEFT] + style->margin[LAYOUT_EDGE_RIGHT];
    const bool fixed = style->width.kind == LAYOUT_WIDTH_FIXED;
    TsExtent extent = measure_box(job, box);
    for (int k = 0; k < TS_EXTENTS; k++)
        extent.width[k] = fixed ? style->width.value + margins : extent.width[k] + sides + margins;
    return extent;
}

TsExtent ts_measure(TsJob *job, TsBox *boxes)
{
    TsExtent most = {0};
    for (TsBox *box = boxes; box; box = box->next) {
        if (box->node->style->position == LAYOUT_ABSOLUTE)
            continue;
        const TsExtent extent = ts_measure_block(job, box);
        for (int k = 0; k < TS_EXTENTS; k++)
            raise(&most.width[k], extent.width[k]);
    }
    return most;
}
