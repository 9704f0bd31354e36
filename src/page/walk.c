/* Walkers over a finished document: the golden trace, the text, and questions about single ops.
 *
 * They only read; their output goes into the caller's buffer.
 */
#include "page/page.h"

#include <string.h>

const char *page_tag_name(PageTag tag)
{
    static const char *const names[PAGE_TAG_COUNT] = {
        [PAGE_DOCUMENT] = "Document",
        [PAGE_SECT] = "Sect",
        [PAGE_DIV] = "Div",
        [PAGE_H1] = "H1",
        [PAGE_H2] = "H2",
        [PAGE_H3] = "H3",
        [PAGE_P] = "P",
        [PAGE_SPAN] = "Span",
        [PAGE_TABLE] = "Table",
        [PAGE_THEAD] = "THead",
        [PAGE_TBODY] = "TBody",
        [PAGE_TFOOT] = "TFoot",
        [PAGE_TR] = "TR",
        [PAGE_TH] = "TH",
        [PAGE_TD] = "TD",
        [PAGE_FIGURE] = "Figure",
        [PAGE_CAPTION] = "Caption",
        [PAGE_HREF] = "Link",
        [PAGE_FORM] = "Form",
        [PAGE_ARTIFACT] = "Artifact",
    };
    return names[tag];
}

PagePoint page_glyphs_point(const PageOp *op, Mpt along, Mpt down)
{
    const int32_t turn = op->as.glyphs.turn;
    PagePoint at = {op->as.glyphs.x + along, op->as.glyphs.y + down};
    if (turn != 0) {
        const FixedOffset a = fixed_direction(along, turn + 9000, 36000),
                          d = fixed_direction(down, turn + 18000, 36000);
        at = (PagePoint){op->as.glyphs.x + a.x + d.x, op->as.glyphs.y + a.y + d.y};
    }
    return at;
}

bool page_path_rect(const PageOp *op, PagePoint corner[2])
{
    static const PageVerb shape[] = {PAGE_MOVE, PAGE_LINE, PAGE_LINE, PAGE_LINE, PAGE_CLOSE};
    if (op->kind != PAGE_PATH || op->as.path.verb_count != 5 || memcmp(op->as.path.verbs, shape, sizeof shape) != 0)
        return false;
    const PagePoint *p = op->as.path.points;
    if (p[0].y != p[1].y || p[1].x != p[2].x || p[2].y != p[3].y || p[3].x != p[0].x)
        return false;
    corner[0] = p[0];
    corner[1] = p[2];
    return true;
}

/* ── trace ── */

typedef struct Trace {
    Buf *out;
    const char *(*face_name)(void *context, uint16_t face);
    void *context;
    int depth;
} Trace;

static void put_length(Buf *out, Mpt length)
{
    char text[32];
    fixed_format(length, 3, 2, text);
    buf_byte(out, ' ');
    buf_text(out, text);
}

static void put_point(Buf *out, Mpt x, Mpt y)
{
    put_length(out, x);
    put_length(out, y);
}

static void put_colour(Buf *out, const char *name, uint32_t colour)
{
    buf_print(out, " %s #%06x", name, colour);
}

static void put_quoted_bytes(Buf *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7f)
            buf_print(out, "\\x%02x", c);
        else if (c == '"' || c == '\\')
            buf_print(out, "\\%c", c);
        else
            buf_byte(out, c);
    }
}

static void put_quoted(Buf *out, const char *text)
{
    buf_text(out, " \"");
    put_quoted_bytes(out, text, strlen(text));
    buf_byte(out, '"');
}

static void indent(const Trace *t)
{
    for (int i = 0; i < t->depth; i++)
        buf_text(t->out, "  ");
}

/* What was added to the natural advance before each glyph, as "from-to:+gap", equal neighbours in one; nothing for a run
 * that is set solid. Glyphs off the baseline are told by "index^up". */
static void put_gaps(Buf *out, const PageGlyph *glyphs, size_t count)
{
    for (size_t i = 1; i < count;) {
        const Mpt gap = glyphs[i].x - glyphs[i - 1].x - glyphs[i - 1].advance;
        size_t end = i + 1;
        while (end < count && glyphs[end].x - glyphs[end - 1].x - glyphs[end - 1].advance == gap)
            end++;
        if (gap != 0) {
            char text[32];
            fixed_format(gap, 3, 2, text);
            if (end == i + 1)
                buf_print(out, " %zu:%s%s", i, gap > 0 ? "+" : "", text);
            else
                buf_print(out, " %zu-%zu:%s%s", i, end - 1, gap > 0 ? "+" : "", text);
        }
        i = end;
    }
    for (size_t i = 0; i < count; i++) {
        if (glyphs[i].y != 0) {
            char text[32];
            fixed_format(-glyphs[i].y, 3, 2, text);
            buf_print(out, " %zu^%s", i, text);
        }
    }
}

static void trace_glyphs(const Trace *t, const PageOp *op)
{
    Buf *out = t->out;
    buf_text(out, "text \"");
    for (size_t i = 0; i < op->as.glyphs.count; i++) {
        const PageGlyph *g = &op->as.glyphs.glyphs[i];
        put_quoted_bytes(out, op->as.glyphs.text + g->start, g->length);
    }
    buf_text(out, "\" at");
    put_point(out, op->as.glyphs.x, op->as.glyphs.y);
    buf_text(out, " size");
    put_length(out, op->as.glyphs.size);
    if (t->face_name)
        buf_print(out, " face %s", t->face_name(t->context, op->as.glyphs.face));
    else
        buf_print(out, " face %u", op->as.glyphs.face);
    if (op->as.glyphs.colour != 0)
        put_colour(out, "colour", op->as.glyphs.colour);
    if (op->as.glyphs.turn != 0) {
        char degrees[32];
        fixed_format(op->as.glyphs.turn, 2, 2, degrees);
        buf_print(out, " turn %s", degrees);
    }
    put_gaps(out, op->as.glyphs.glyphs, op->as.glyphs.count);
}

static void put_segments(Buf *out, const PageOp *op)
{
    static const char letter[] = {[PAGE_MOVE] = 'M', [PAGE_LINE] = 'L', [PAGE_CURVE] = 'C', [PAGE_CLOSE] = 'Z'};
    static const int takes[] = {[PAGE_MOVE] = 1, [PAGE_LINE] = 1, [PAGE_CURVE] = 3, [PAGE_CLOSE] = 0};
    const PagePoint *point = op->as.path.points;
    for (size_t i = 0; i < op->as.path.verb_count; i++) {
        const PageVerb verb = op->as.path.verbs[i];
        buf_print(out, " %c", letter[verb]);
        for (int k = 0; k < takes[verb]; k++, point++)
            put_point(out, point->x, point->y);
    }
}

static void trace_path(const Trace *t, const PageOp *op)
{
    Buf *out = t->out;
    PagePoint corner[2];
    if (page_path_rect(op, corner)) {
        buf_text(out, "rect");
        put_point(out, corner[0].x, corner[0].y);
        buf_text(out, " by");
        put_point(out, corner[1].x - corner[0].x, corner[1].y - corner[0].y);
    } else {
        buf_text(out, "path");
        put_segments(out, op);
    }
    if (op->as.path.fill != PAGE_NO_COLOUR)
        put_colour(out, "fill", op->as.path.fill);
    if (op->as.path.stroke != PAGE_NO_COLOUR) {
        put_colour(out, "stroke", op->as.path.stroke);
        buf_text(out, " width");
        put_length(out, op->as.path.width);
    }
    if (op->as.path.dash != 0) {
        buf_text(out, " dash");
        put_point(out, op->as.path.dash, op->as.path.gap);
    }
}

static void trace_begin(const Trace *t, const PageOp *op)
{
    static const char *const artifacts[] = {[PAGE_HEADER] = " header",
                                            [PAGE_FOOTER] = " footer",
                                            [PAGE_WATERMARK] = " watermark",
                                            [PAGE_REPEATED] = " repeated"};
    Buf *out = t->out;
    buf_text(out, page_tag_name(op->as.begin.tag));
    if (op->as.begin.artifact != PAGE_DECORATION)
        buf_text(out, artifacts[op->as.begin.artifact]);
    if (op->as.begin.id)
        buf_print(out, " %u", op->as.begin.id);
    if (op->as.begin.colspan > 1)
        buf_print(out, " colspan %u", op->as.begin.colspan);
    if (op->as.begin.rowspan > 1)
        buf_print(out, " rowspan %u", op->as.begin.rowspan);
    if (op->as.begin.row_header)
        buf_text(out, " row-header");
    if (op->as.begin.alt)
        put_quoted(out, op->as.begin.alt);
}

static void trace_box(Buf *out, const char *name, Mpt x, Mpt y, Mpt width, Mpt height)
{
    buf_text(out, name);
    put_point(out, x, y);
    buf_text(out, " by");
    put_point(out, width, height);
}

/* An element's end shows as the indent going back. */
static void trace_op(Trace *t, const PageOp *op)
{
    if (op->kind == PAGE_END) {
        t->depth--;
        return;
    }
    indent(t);
    switch (op->kind) {
    case PAGE_GLYPHS:
        trace_glyphs(t, op);
        break;
    case PAGE_PATH:
        trace_path(t, op);
        break;
    case PAGE_IMAGE:
        trace_box(t->out, "image", op->as.image.x, op->as.image.y, op->as.image.width, op->as.image.height);
        buf_print(t->out, " number %u", op->as.image.image);
        break;
    case PAGE_BEGIN:
        trace_begin(t, op);
        t->depth++;
        break;
    case PAGE_LINK:
        trace_box(t->out, "link", op->as.link.x, op->as.link.y, op->as.link.width, op->as.link.height);
        put_quoted(t->out, op->as.link.target);
        break;
    case PAGE_FIELD:
        trace_box(t->out, "field", op->as.field.x, op->as.field.y, op->as.field.width, op->as.field.height);
        put_quoted(t->out, op->as.field.name);
        put_quoted(t->out, op->as.field.label);
        break;
    case PAGE_END:
        break;
    }
    buf_byte(t->out, '\n');
}

static void trace_bookmark(const Trace *t, const PageBookmark *bookmark)
{
    indent(t);
    if (bookmark->level == 0) {
        buf_text(t->out, "anchor");
    } else {
        buf_print(t->out, "bookmark %d", bookmark->level);
        put_quoted(t->out, bookmark->title);
    }
    buf_text(t->out, " at");
    put_length(t->out, bookmark->y);
    if (bookmark->anchor)
        put_quoted(t->out, bookmark->anchor);
    buf_byte(t->out, '\n');
}

/* A label that is not the page's place in the document. */
static void trace_label(Buf *out, PageLabel label, size_t number)
{
    if (label.style == PAGE_LABEL_NONE)
        buf_text(out, " unnumbered");
    else if (label.style == PAGE_LABEL_ROMAN)
        buf_print(out, " roman %d", label.number);
    else if ((size_t)label.number != number)
        buf_print(out, " number %d", label.number);
}

void page_trace(const PageDocument *document, const char *(*face_name)(void *context, uint16_t face), void *context,
                Buf *out)
{
    Trace t = {out, face_name, context, 1};
    buf_print(out, "document %s\n", document->language);
    size_t number = 0;
    for (const Page *page = document->pages; page; page = page->next) {
        buf_print(out, "page %zu", ++number);
        put_point(out, page->width, page->height);
        trace_label(out, page->label, number);
        buf_byte(out, '\n');
        for (size_t i = 0; i < page->bookmark_count; i++)
            trace_bookmark(&t, &page->bookmarks[i]);
        for (const PageOp *op = page->ops; op; op = op->next)
            trace_op(&t, op);
    }
}

/* ── text ── */

typedef struct TextWalk {
    Buf *out;
    const PageOp *previous; /* run on the line that is open, or NULL */
    int artifact;           /* depth inside an artifact; 0 outside */
    uint64_t
        blocks; /* a bit per open element, the innermost lowest: 1 = it ends lines. Below level 64 only BEGIN does. */
} TextWalk;

static void end_line(TextWalk *w)
{
    if (w->previous)
        buf_byte(w->out, '\n');
    w->previous = NULL;
}

/* Baselines less than half the size apart are one line: superscripts. */
static bool same_line(const PageOp *a, const PageOp *b)
{
    const Mpt size = a->as.glyphs.size > b->as.glyphs.size ? a->as.glyphs.size : b->as.glyphs.size;
    const Mpt apart = a->as.glyphs.y - b->as.glyphs.y;
    return apart < size / 2 && -apart < size / 2;
}

static void text_glyphs(TextWalk *w, const PageOp *op)
{
    if (w->previous && !same_line(w->previous, op))
        end_line(w);
    for (size_t i = 0; i < op->as.glyphs.count; i++) {
        const PageGlyph *g = &op->as.glyphs.glyphs[i];
        buf_append(w->out, op->as.glyphs.text + g->start, g->length);
    }
    w->previous = op;
}

static void text_op(TextWalk *w, const PageOp *op)
{
    if (op->kind == PAGE_BEGIN) {
        const PageTag tag = op->as.begin.tag;
        const bool block = tag != PAGE_SPAN && tag != PAGE_HREF && tag != PAGE_ARTIFACT;
        w->blocks = w->blocks << 1 | block;
        if (w->artifact || op->as.begin.tag == PAGE_ARTIFACT)
            w->artifact++;
        else if (block)
            end_line(w);
    } else if (op->kind == PAGE_END) {
        if (w->artifact)
            w->artifact--;
        else if (w->blocks & 1)
            end_line(w);
        w->blocks >>= 1;
    } else if (op->kind == PAGE_GLYPHS && !w->artifact) {
        text_glyphs(w, op);
    }
}

void page_text(const PageDocument *document, Buf *out)
{
    TextWalk w = {.out = out};
    for (const Page *page = document->pages; page; page = page->next) {
        for (const PageOp *op = page->ops; op; op = op->next)
            text_op(&w, op);
        end_line(&w);
    }
}
