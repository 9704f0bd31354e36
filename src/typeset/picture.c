/* Pictures: the marks of a chart or another figure, kept until the page is known. */
#include "typeset/chart_int.h"

#include <string.h>

typedef enum MarkKind { MARK_PATH, MARK_RECTS, MARK_DOT, MARK_IMAGE, MARK_LABEL, MARK_TURNED, MARK_FIELD } MarkKind;

struct TsMark {
    MarkKind kind;
    TsMark *next;
    TsInk ink;
    PagePoint *points; /* of the path; corners of rectangles; the dot's centre; upper left corner of label and image */
    size_t count;
    bool closed;
    Mpt radius;
    uint16_t image;
    const char *name, *words; /* of a signature field */
    TextFragment turned;      /* its glyphs turned about the point */
    int32_t turn;
    TsLabel label;
    TextAlign align;
};

TsInk ts_fill(uint32_t colour)
{
    return (TsInk){.fill = colour, .stroke = PAGE_NO_COLOUR};
}

TsInk ts_stroke(uint32_t colour, Mpt width)
{
    return (TsInk){.fill = PAGE_NO_COLOUR, .stroke = colour, .width = width};
}

TsInk ts_dashes(uint32_t colour, Mpt width)
{
    return (TsInk){.fill = PAGE_NO_COLOUR, .stroke = colour, .width = width, .dash = width * 4, .gap = width * 2};
}

static TsMark *add_mark(TsPicture *p, MarkKind kind, const PagePoint *points, size_t count, TsInk ink)
{
    TsMark *mark = ARENA_NEW(p->job->arena, TsMark);
    mark->kind = kind;
    mark->ink = ink;
    mark->points = arena_copy(p->job->arena, points, count * sizeof *points);
    mark->count = count;
    *p->last = mark;
    p->last = &mark->next;
    return mark;
}

TsPicture *ts_picture_open(TsJob *job, const TsNode *node, Mpt width, Mpt height)
{
    TsPicture *p = ARENA_NEW(job->arena, TsPicture);
    *p = (TsPicture){.job = job, .node = node, .width = width, .height = height, .size = node->text.size};
    p->last = &p->first;
    return p;
}

void ts_draw_line(TsPicture *p, PagePoint from, PagePoint to, TsInk ink)
{
    add_mark(p, MARK_PATH, (PagePoint[]){from, to}, 2, ink);
}

void ts_draw_polygon(TsPicture *p, const PagePoint *points, size_t count, TsInk ink)
{
    add_mark(p, MARK_PATH, points, count, ink)->closed = true;
}

void ts_draw_rect(TsPicture *p, Mpt x, Mpt y, Mpt width, Mpt height, TsInk ink)
{
    const PagePoint corners[] = {{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}};
    ts_draw_polygon(p, corners, 4, ink);
}

void ts_draw_image(TsPicture *p, uint16_t image)
{
    add_mark(p, MARK_IMAGE, &(PagePoint){0, 0}, 1, ts_fill(0))->image = image;
}

void ts_draw_field(TsPicture *p, const char *name, const char *label)
{
    TsMark *mark = add_mark(p, MARK_FIELD, &(PagePoint){0, 0}, 1, ts_fill(0));
    mark->name = name;
    mark->words = label;
}

void ts_draw_rects(TsPicture *p, const PagePoint *corners, size_t count, TsInk ink)
{
    add_mark(p, MARK_RECTS, corners, count * 2, ink);
}

void ts_draw_dot(TsPicture *p, PagePoint centre, Mpt radius, TsInk ink)
{
    add_mark(p, MARK_DOT, &centre, 1, ink)->radius = radius;
}

/* ── labels ── */

void ts_crowded(TsPicture *p, const char *label)
{
    if (!p->crowded && p->chart)
        TS_FAIL(p->job, TS_CHART_ROOM, p->node, label);
    else if (!p->crowded)
        TS_FAIL(p->job, TS_SEAL_ROOM, p->node, label);
    p->crowded = true;
}

static TsLabel set_label(TsPicture *p, const char *text, Mpt room, Mpt size, uint32_t colour)
{
    TsJob *job = p->job;
    TsLabel label = {.text = text};
    TextRun run = {.text = text, .style = p->node->text, .field = p->node->source};
    run.style.size = size;
    run.style.colour = colour;
    label.pitch = (Mpt)fixed_mul_div(run.style.size, 120, 100);
    const TextParagraph paragraph = {
        .runs = &run, .run_count = 1, .width = room > 0 ? room : 1, .unit = job->unit->code};
    if (!*text)
        return label;
    label.lines = text_set(job->arena, job->program->fonts, &paragraph, job->diag);
    job->failed |= !label.lines;
    if (!label.lines)
        return label;
    if (label.lines->narrowest > room)
        ts_crowded(p, text);
    for (size_t i = 0; i < label.lines->count; i++)
        if (label.lines->lines[i].width > label.width)
            label.width = label.lines->lines[i].width;
    label.height = label.pitch * (Mpt)label.lines->count;
    return label;
}

TsLabel ts_label(TsPicture *p, const char *text, Mpt room, int percent, uint32_t colour)
{
    return set_label(p, text, room, (Mpt)fixed_mul_div(p->size, percent, 100), colour);
}

TsLabel ts_label_sized(TsPicture *p, const char *text, Mpt size, uint32_t colour)
{
    return set_label(p, text, TS_UNBOUNDED, size, colour);
}

void ts_draw_turned(TsPicture *p, const TextFragment *fragment, const PageGlyph *glyphs, size_t count, PagePoint at,
                    int32_t turn)
{
    TsMark *mark = add_mark(p, MARK_TURNED, &at, 1, ts_fill(fragment->colour));
    mark->turned = *fragment;
    mark->turned.glyphs = glyphs;
    mark->turned.count = count;
    mark->turn = turn;
}

void ts_draw_label(TsPicture *p, const TsLabel *label, Mpt x, Mpt y, TextAlign align)
{
    if (!label->lines)
        return;
    TsMark *mark = add_mark(p, MARK_LABEL, &(PagePoint){x, y}, 1, ts_fill(0));
    mark->label = *label;
    mark->align = align;
}

/* ── what labels may not meet ── */

typedef struct Box {
    Mpt left, top, right, bottom;
} Box;

/* The em boxes of a label's lines, without the leading above and below. */
static Box label_box(const TsLabel *label, Mpt x, Mpt y)
{
    const Mpt leading = label->pitch / 12;
    return (Box){x, y + leading, x + label->width, y + label->height - leading};
}

static Box box_of_points(const PagePoint *points, size_t count, Mpt around)
{
    Box box = {points[0].x, points[0].y, points[0].x, points[0].y};
    for (size_t i = 1; i < count; i++) {
        box.left = points[i].x < box.left ? points[i].x : box.left;
        box.right = points[i].x > box.right ? points[i].x : box.right;
        box.top = points[i].y < box.top ? points[i].y : box.top;
        box.bottom = points[i].y > box.bottom ? points[i].y : box.bottom;
    }
    return (Box){box.left - around, box.top - around, box.right + around, box.bottom + around};
}

static bool boxes_meet(Box a, Box b)
{
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/* On which side of the line from a to b a point is. */
static bool is_left(PagePoint a, PagePoint b, Mpt x, Mpt y)
{
    return (int64_t)(b.x - a.x) * (y - a.y) - (int64_t)(b.y - a.y) * (x - a.x) > 0;
}

static bool segment_meets(PagePoint a, PagePoint b, Mpt around, Box box)
{
    box = (Box){box.left - around, box.top - around, box.right + around, box.bottom + around};
    if (!boxes_meet(box_of_points((PagePoint[]){a, b}, 2, 1), box))
        return false;
    const bool side = is_left(a, b, box.left, box.top);
    return side != is_left(a, b, box.right, box.top) || side != is_left(a, b, box.left, box.bottom) ||
           side != is_left(a, b, box.right, box.bottom);
}

static bool is_solid(uint32_t colour)
{
    return colour == TS_MAIN || colour == TS_REFERENCE || colour == TS_AXIS;
}

/* Whether a point is within a closed path, by the edges to its right. */
static bool is_within(const TsMark *mark, PagePoint point)
{
    bool within = false;
    for (size_t i = 0; i < mark->count; i++) {
        const PagePoint a = mark->points[i], b = mark->points[(i + 1) % mark->count];
        if ((a.y > point.y) == (b.y > point.y))
            continue;
        const PagePoint low = a.y < b.y ? a : b, high = a.y < b.y ? b : a;
        within ^= is_left(low, high, point.x, point.y);
    }
    return within;
}

static bool path_meets(const TsMark *mark, Box box)
{
    const bool filled = mark->closed && is_solid(mark->ink.fill), drawn = is_solid(mark->ink.stroke);
    if (!filled && !drawn)
        return false;
    const Mpt around = drawn ? mark->ink.width / 2 : 0;
    for (size_t i = 0; i + 1 < mark->count + mark->closed; i++)
        if (segment_meets(mark->points[i], mark->points[(i + 1) % mark->count], around, box))
            return true;
    return filled && is_within(mark, (PagePoint){box.left, box.top});
}

static bool mark_meets(const TsMark *mark, Box box)
{
    switch (mark->kind) {
    case MARK_LABEL:
        return boxes_meet(label_box(&mark->label, mark->points[0].x, mark->points[0].y), box);
    case MARK_DOT:
        return (is_solid(mark->ink.fill) || is_solid(mark->ink.stroke)) &&
               boxes_meet(box_of_points(mark->points, 1, mark->radius), box);
    case MARK_PATH:
        return path_meets(mark, box);
    default:
        return false;
    }
}

/* `own`: the label's mark, when it has been drawn. */
static bool is_free(const TsPicture *p, const TsLabel *label, Mpt x, Mpt y, const TsMark *own)
{
    const Box box = label_box(label, x, y);
    if (x < 0 || y < 0 || x + label->width > p->width || y + label->height > p->height)
        return false;
    for (const TsMark *mark = p->first; mark; mark = mark->next)
        if (mark != own && mark_meets(mark, box))
            return false;
    return true;
}

bool ts_is_free(const TsPicture *p, const TsLabel *label, Mpt x, Mpt y)
{
    return is_free(p, label, x, y, NULL);
}

void ts_check_labels(TsPicture *p)
{
    for (const TsMark *mark = p->first; mark; mark = mark->next) {
        if (mark->kind == MARK_LABEL && !is_free(p, &mark->label, mark->points[0].x, mark->points[0].y, mark)) {
            ts_crowded(p, mark->label.text);
            return;
        }
    }
}

void ts_draw_plate(TsPicture *p, const TsLabel *label, Mpt x, Mpt y)
{
    const Box box = label_box(label, x, y);
    ts_draw_rect(p, box.left, box.top, box.right - box.left, box.bottom - box.top, ts_fill(TS_WHITE));
}

TsPictureMark ts_picture_mark(const TsPicture *p)
{
    return (TsPictureMark){p->last, p->height};
}

void ts_picture_rewind(TsPicture *p, TsPictureMark mark)
{
    *mark.last = NULL;
    p->last = mark.last;
    p->height = mark.height;
}

/* ── painting ── */

static void paint_path(PageRecorder *r, const TsMark *mark, Mpt x, Mpt y)
{
    page_path_begin(r);
    page_path_move(r, x + mark->points[0].x, y + mark->points[0].y);
    for (size_t i = 1; i < mark->count; i++)
        page_path_line(r, x + mark->points[i].x, y + mark->points[i].y);
    if (mark->closed)
        page_path_close(r);
    page_path_paint(r, mark->ink.fill, mark->ink.stroke, mark->ink.width, mark->ink.dash, mark->ink.gap);
}

static void paint_rects(PageRecorder *r, const TsMark *mark, Mpt x, Mpt y)
{
    page_path_begin(r);
    for (size_t i = 0; i < mark->count; i += 2) {
        const PagePoint a = mark->points[i], b = mark->points[i + 1];
        page_path_move(r, x + a.x, y + a.y);
        page_path_line(r, x + b.x, y + a.y);
        page_path_line(r, x + b.x, y + b.y);
        page_path_line(r, x + a.x, y + b.y);
        page_path_close(r);
    }
    page_path_paint(r, mark->ink.fill, mark->ink.stroke, mark->ink.width, 0, 0);
}

static void paint_dot(PageRecorder *r, const TsMark *mark, Mpt x, Mpt y)
{
    page_path_begin(r);
    page_path_circle(r, x + mark->points[0].x, y + mark->points[0].y, mark->radius);
    page_path_paint(r, mark->ink.fill, mark->ink.stroke, mark->ink.width, 0, 0);
}

static void paint_turned(PageRecorder *r, const TsMark *mark, Mpt x, Mpt y)
{
    const TextFragment *f = &mark->turned;
    page_glyphs_turned(r, f->face, f->size, f->colour, x + mark->points[0].x, y + mark->points[0].y, mark->turn,
                       f->text, f->glyphs, f->count);
}

static void paint_label(TsJob *job, const TsMark *mark, Mpt x, Mpt y)
{
    const TsLabel *label = &mark->label;
    x += mark->points[0].x;
    y += mark->points[0].y;
    ts_turn_link(job, NULL, label->link);
    ts_paint_link(job, label->link, (TsRect){x, y, x + label->width, y + label->height});
    for (size_t i = 0; i < label->lines->count; i++, y += label->pitch) {
        const TextLine *line = &label->lines->lines[i];
        const Mpt rest = label->width - line->width;
        const Mpt in = mark->align == TEXT_CENTER ? rest / 2 : mark->align == TEXT_END ? rest : 0;
        const Mpt leading = (label->pitch - line->ascent - line->descent) / 2;
        ts_paint_line(job, line, x + in - line->x, y + leading + line->ascent);
    }
    ts_turn_link(job, label->link, NULL);
}

void ts_paint_picture(TsJob *job, const TsPicture *picture, Mpt x, Mpt y)
{
    for (const TsMark *mark = picture->first; mark; mark = mark->next) {
        switch (mark->kind) {
        case MARK_PATH:
            paint_path(job->recorder, mark, x, y);
            break;
        case MARK_RECTS:
            paint_rects(job->recorder, mark, x, y);
            break;
        case MARK_IMAGE:
            page_image(job->recorder, mark->image, x, y, picture->width, picture->height);
            break;
        case MARK_FIELD:
            page_field(job->recorder, x, y, picture->width, picture->height, mark->name, mark->words);
            break;
        case MARK_DOT:
            paint_dot(job->recorder, mark, x, y);
            break;
        case MARK_TURNED:
            paint_turned(job->recorder, mark, x, y);
            break;
        case MARK_LABEL:
            paint_label(job, mark, x, y);
            break;
        }
    }
}
