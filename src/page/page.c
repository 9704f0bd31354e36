/* Recorder of the page IR: appends ops to the current page's list.
 *
 * Lifetime: the recorder, its pages and ops live in the unit arena and go with it. The recorder alone may change an op, and
 * only through page_shift, until page_finish.
 */
#include "page/page.h"

#include <assert.h>
#include <string.h>

struct PageRecorder {
    Arena *arena;
    PageDocument document;
    Page *page;    /* current one; NULL before the first */
    PageOp *first; /* ops of the current page, as recorded: Page lends them as const */
    PageOp *last;  /* NULL: none yet */
    size_t open;   /* elements begun and not ended: … */
    const PageOp **opened;
    size_t opened_room;
    uint32_t ids; /* elements given out */
    size_t room;  /* capacity of the current page's bookmarks */
    PageBookmark *bookmarks;
    PageVerb *verbs; /* of the path being drawn; copied when it is painted */
    size_t verb_count, verb_room;
    PagePoint *points;
    size_t point_count, point_room;
};

PageRecorder *page_open(Arena *unit, const char *language)
{
    PageRecorder *r = ARENA_NEW(unit, PageRecorder);
    r->arena = unit;
    r->document.language = arena_string(unit, language);
    return r;
}

void page_begin_page(PageRecorder *r, Mpt width, Mpt height)
{
    assert(r->open == 0);
    Page *page = ARENA_NEW(r->arena, Page);
    page->width = width;
    page->height = height;
    if (r->page)
        r->page->next = page;
    else
        r->document.pages = page;
    r->page = page;
    r->document.page_count++;
    page->label = (PageLabel){PAGE_LABEL_DECIMAL, (int)r->document.page_count};
    r->first = r->last = NULL;
    r->bookmarks = NULL;
    r->room = 0;
}

void page_label(PageRecorder *r, PageLabel label)
{
    assert(r->page && (label.number >= 1 || label.style == PAGE_LABEL_NONE));
    r->page->label = label;
}

const PageDocument *page_finish(PageRecorder *r)
{
    assert(r->open == 0);
    return &r->document;
}

static PageOp *append(PageRecorder *r, PageOpKind kind)
{
    assert(r->page);
    PageOp *op = ARENA_NEW(r->arena, PageOp);
    op->kind = kind;
    if (r->last)
        r->last->next = op;
    else
        r->page->ops = r->first = op;
    r->last = op;
    return op;
}

/* Returns `items` with room for `count + extra` of them: the old array stays behind in the arena, at most doubling it. */
static void *grow(Arena *arena, void *items, size_t count, size_t extra, size_t *room, size_t size)
{
    if (count + extra <= *room)
        return items;
    *room = (count + extra) * 2;
    void *larger = arena_array(arena, *room, size);
    if (count)
        memcpy(larger, items, count * size);
    return larger;
}

void page_glyphs_turned(PageRecorder *r, uint16_t face, Mpt size, uint32_t colour, Mpt x, Mpt y, int32_t turn,
                        const char *text, const PageGlyph *glyphs, size_t count)
{
    if (count == 0)
        return;
    PageOp *op = append(r, PAGE_GLYPHS);
    op->as.glyphs.face = face;
    op->as.glyphs.size = size;
    op->as.glyphs.colour = colour;
    op->as.glyphs.x = x;
    op->as.glyphs.y = y;
    op->as.glyphs.turn = (turn % 36000 + 36000) % 36000;
    op->as.glyphs.text = text;
    op->as.glyphs.glyphs = glyphs;
    op->as.glyphs.count = count;
}

void page_glyphs(PageRecorder *r, uint16_t face, Mpt size, uint32_t colour, Mpt x, Mpt y, const char *text,
                 const PageGlyph *glyphs, size_t count)
{
    page_glyphs_turned(r, face, size, colour, x, y, 0, text, glyphs, count);
}

/* ── paths ── */

static void add_segment(PageRecorder *r, PageVerb verb, const PagePoint *points, size_t count)
{
    r->verbs = grow(r->arena, r->verbs, r->verb_count, 1, &r->verb_room, sizeof *r->verbs);
    r->verbs[r->verb_count++] = verb;
    if (count == 0)
        return;
    r->points = grow(r->arena, r->points, r->point_count, count, &r->point_room, sizeof *r->points);
    memcpy(r->points + r->point_count, points, count * sizeof *points);
    r->point_count += count;
}

void page_path_begin(PageRecorder *r)
{
    r->verb_count = r->point_count = 0;
}

void page_path_move(PageRecorder *r, Mpt x, Mpt y)
{
    add_segment(r, PAGE_MOVE, &(PagePoint){x, y}, 1);
}

void page_path_line(PageRecorder *r, Mpt x, Mpt y)
{
    add_segment(r, PAGE_LINE, &(PagePoint){x, y}, 1);
}

void page_path_curve(PageRecorder *r, PagePoint control1, PagePoint control2, PagePoint end)
{
    add_segment(r, PAGE_CURVE, (PagePoint[]){control1, control2, end}, 3);
}

void page_path_close(PageRecorder *r)
{
    add_segment(r, PAGE_CLOSE, NULL, 0);
}

void page_path_circle(PageRecorder *r, Mpt cx, Mpt cy, Mpt radius)
{
    /* The cubic that meets a quarter circle at its middle has its control points at 4/3 (√2 − 1) of the radius. */
    const Mpt k = (Mpt)fixed_mul_div(radius, 552285, 1000000);
    const Mpt e = cx + radius, s = cy + radius, w = cx - radius, n = cy - radius;
    page_path_move(r, e, cy);
    page_path_curve(r, (PagePoint){e, cy + k}, (PagePoint){cx + k, s}, (PagePoint){cx, s});
    page_path_curve(r, (PagePoint){cx - k, s}, (PagePoint){w, cy + k}, (PagePoint){w, cy});
    page_path_curve(r, (PagePoint){w, cy - k}, (PagePoint){cx - k, n}, (PagePoint){cx, n});
    page_path_curve(r, (PagePoint){cx + k, n}, (PagePoint){e, cy - k}, (PagePoint){e, cy});
    page_path_close(r);
}

void page_path_paint(PageRecorder *r, uint32_t fill, uint32_t stroke, Mpt line_width, Mpt dash, Mpt gap)
{
    if (r->verb_count == 0)
        return;
    PageOp *op = append(r, PAGE_PATH);
    op->as.path.verbs = arena_copy(r->arena, r->verbs, r->verb_count * sizeof *r->verbs);
    op->as.path.verb_count = r->verb_count;
    op->as.path.points = arena_copy(r->arena, r->points, r->point_count * sizeof *r->points);
    op->as.path.point_count = r->point_count;
    op->as.path.fill = fill;
    op->as.path.stroke = stroke;
    op->as.path.width = line_width;
    op->as.path.dash = dash;
    op->as.path.gap = gap;
    r->verb_count = r->point_count = 0;
}

void page_rect(PageRecorder *r, Mpt x, Mpt y, Mpt width, Mpt height, uint32_t fill, uint32_t stroke, Mpt line_width)
{
    page_path_begin(r);
    page_path_move(r, x, y);
    page_path_line(r, x + width, y);
    page_path_line(r, x + width, y + height);
    page_path_line(r, x, y + height);
    page_path_close(r);
    page_path_paint(r, fill, stroke, line_width, 0, 0);
}

void page_line(PageRecorder *r, Mpt x0, Mpt y0, Mpt x1, Mpt y1, uint32_t colour, Mpt line_width, Mpt dash, Mpt gap)
{
    page_path_begin(r);
    page_path_move(r, x0, y0);
    page_path_line(r, x1, y1);
    page_path_paint(r, PAGE_NO_COLOUR, colour, line_width, dash, gap);
}

void page_image(PageRecorder *r, uint16_t image, Mpt x, Mpt y, Mpt width, Mpt height)
{
    PageOp *op = append(r, PAGE_IMAGE);
    op->as.image.image = image;
    op->as.image.x = x;
    op->as.image.y = y;
    op->as.image.width = width;
    op->as.image.height = height;
}

/* ── structure ── */

uint32_t page_element(PageRecorder *r)
{
    return ++r->ids;
}

static PageOp *begin(PageRecorder *r, PageTag tag, uint32_t id)
{
    assert((id == 0) == (tag == PAGE_ARTIFACT));
    PageOp *op = append(r, PAGE_BEGIN);
    op->as.begin.tag = tag;
    op->as.begin.id = id;
    r->opened = grow(r->arena, r->opened, r->open, 1, &r->opened_room, sizeof(PageOp *));
    r->opened[r->open++] = op;
    return op;
}

void page_begin(PageRecorder *r, PageTag tag, uint32_t id, const char *alt)
{
    begin(r, tag, id)->as.begin.alt = alt;
}

void page_begin_artifact(PageRecorder *r, PageArtifact kind)
{
    begin(r, PAGE_ARTIFACT, 0)->as.begin.artifact = kind;
}

void page_begin_cell(PageRecorder *r, PageTag tag, uint32_t id, int colspan, int rowspan, bool row_header)
{
    assert(colspan >= 0 && colspan <= UINT16_MAX && rowspan >= 0 && rowspan <= UINT16_MAX);
    PageOp *op = begin(r, tag, id);
    op->as.begin.colspan = (uint16_t)colspan;
    op->as.begin.rowspan = (uint16_t)rowspan;
    op->as.begin.row_header = row_header;
}

void page_end(PageRecorder *r)
{
    assert(r->open > 0);
    append(r, PAGE_END);
    r->open--;
}

PageChain page_chain(const PageRecorder *r)
{
    return (PageChain){arena_copy(r->arena, r->opened, r->open * sizeof(PageOp *)), r->open};
}

void page_resume(PageRecorder *r, PageChain chain)
{
    for (size_t i = 0; i < chain.count; i++)
        begin(r, chain.begins[i]->as.begin.tag, chain.begins[i]->as.begin.id)->as.begin = chain.begins[i]->as.begin;
}

void page_suspend(PageRecorder *r, PageChain chain)
{
    for (size_t i = 0; i < chain.count; i++)
        page_end(r);
}

void page_link(PageRecorder *r, Mpt x, Mpt y, Mpt width, Mpt height, const char *target)
{
    PageOp *op = append(r, PAGE_LINK);
    op->as.link.x = x;
    op->as.link.y = y;
    op->as.link.width = width;
    op->as.link.height = height;
    op->as.link.target = target;
}

void page_field(PageRecorder *r, Mpt x, Mpt y, Mpt width, Mpt height, const char *name, const char *label)
{
    PageOp *op = append(r, PAGE_FIELD);
    op->as.field.x = x;
    op->as.field.y = y;
    op->as.field.width = width;
    op->as.field.height = height;
    op->as.field.name = name;
    op->as.field.label = label;
}

static void add_bookmark(PageRecorder *r, const char *title, int level, Mpt y, const char *anchor)
{
    assert(r->page);
    size_t count = r->page->bookmark_count;
    r->bookmarks = grow(r->arena, r->bookmarks, count, 1, &r->room, sizeof *r->bookmarks);
    r->bookmarks[count] = (PageBookmark){title, level, y, anchor};
    r->page->bookmarks = r->bookmarks;
    r->page->bookmark_count = count + 1;
}

void page_bookmark(PageRecorder *r, const char *title, int level, Mpt y, const char *anchor)
{
    assert(level >= 1);
    add_bookmark(r, title, level, y, anchor);
}

void page_anchor(PageRecorder *r, const char *name, Mpt y)
{
    add_bookmark(r, NULL, 0, y, name);
}

/* ── moving ── */

PagePosition page_position(const PageRecorder *r)
{
    assert(r->page);
    return (PagePosition){r->last, r->page->bookmark_count};
}

static void move_point(Mpt *x, Mpt *y, Mpt dx, Mpt dy)
{
    *x += dx;
    *y += dy;
}

static void shift_path(Arena *arena, PageOp *op, Mpt dx, Mpt dy)
{
    const size_t count = op->as.path.point_count;
    PagePoint *moved = arena_copy(arena, op->as.path.points, count * sizeof *moved);
    for (size_t i = 0; i < count; i++)
        move_point(&moved[i].x, &moved[i].y, dx, dy);
    op->as.path.points = moved;
}

void page_shift(PageRecorder *r, PagePosition from, Mpt dx, Mpt dy)
{
    if (dx == 0 && dy == 0)
        return;
    for (PageOp *op = from.op ? from.op->next : r->first; op; op = op->next) {
        switch (op->kind) {
        case PAGE_GLYPHS:
            move_point(&op->as.glyphs.x, &op->as.glyphs.y, dx, dy);
            break;
        case PAGE_PATH:
            shift_path(r->arena, op, dx, dy);
            break;
        case PAGE_IMAGE:
            move_point(&op->as.image.x, &op->as.image.y, dx, dy);
            break;
        case PAGE_LINK:
            move_point(&op->as.link.x, &op->as.link.y, dx, dy);
            break;
        case PAGE_FIELD:
            move_point(&op->as.field.x, &op->as.field.y, dx, dy);
            break;
        case PAGE_BEGIN:
        case PAGE_END:
            break;
        }
    }
    for (size_t i = from.bookmarks; i < r->page->bookmark_count; i++)
        r->bookmarks[i].y += dy;
}
