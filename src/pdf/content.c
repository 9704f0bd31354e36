/* The ops of one page → its content stream (clauses 8 and 9) with marked content (14.6, 14.7.4).
 *
 * Operators are written only where the state changes. Coordinates are flipped to PDF's origin at the bottom left; the
 * transformation matrix stays as it is but for images, so that every number is plain 1/1000 pt; turned text has a text matrix.
 *
 * Text: glyphs are placed by their natural widths (/W), a common gap by Tc, and what is left by TJ. Where a glyph must stand is
 * compared with where the reader's pen is, in exact integers, so that no error adds up: no glyph is off by more than
 * TOLERANCE.
 *
 * What is content and what is not: glyphs belong to the element that is open; rules, fills and curves are decoration
 * (artifacts) unless they are in a figure; everything outside structure is an artifact.
 */
#include "pdf/pdf_int.h"

enum {
    TOLERANCE = 5, /* Mpt */
    UNSET = -1,
};

typedef struct Canvas {
    PdfWriter *writer;
    const Page *page;
    size_t index;
    Buf *out;
    /* The graphics state as the reader has it. */
    int64_t font;
    Mpt size, spacing;
    uint32_t fill, stroke;
    Mpt width, dash, gap;
    /* Open in the stream: a text object with its line origin; a marked-content sequence. */
    bool in_text;
    Mpt line_x, line_y;
    bool marked;
    const PdfElement *element; /* of the sequence; NULL: artifact */
    PageArtifact artifact;
    PdfCode *codes; /* of the op's glyphs; reused from op to op */
    size_t code_room;
} Canvas;

/* ── small writers ── */

static void put_number(Canvas *c, Mpt value)
{
    pdf_put_mpt(c->out, value);
    buf_byte(c->out, ' ');
}

static void put_point(Canvas *c, Mpt x, Mpt y)
{
    put_number(c, x);
    put_number(c, c->page->height - y);
}

static void put_operator(Canvas *c, const char *operator)
{
    buf_text(c->out, operator);
    buf_byte(c->out, '\n');
}

static void put_colour(Canvas *c, uint32_t colour, const char *grey, const char *rgb)
{
    const uint32_t part[3] = {colour >> 16 & 255, colour >> 8 & 255, colour & 255};
    const bool is_grey = part[0] == part[1] && part[1] == part[2];
    for (int i = 0; i < (is_grey ? 1 : 3); i++)
        put_number(c, (Mpt)fixed_mul_div(part[i], 1000, 255));
    put_operator(c, is_grey ? grey : rgb);
}

static void use_fill(Canvas *c, uint32_t colour)
{
    if (colour != c->fill)
        put_colour(c, colour, "g", "rg");
    c->fill = colour;
}

static void use_stroke(Canvas *c, uint32_t colour)
{
    if (colour != c->stroke)
        put_colour(c, colour, "G", "RG");
    c->stroke = colour;
}

/* ── marked content ── */

static void end_text(Canvas *c)
{
    if (c->in_text)
        put_operator(c, "ET");
    c->in_text = false;
}

static void begin_text(Canvas *c)
{
    if (c->in_text)
        return;
    put_operator(c, "BT");
    c->in_text = true;
    c->line_x = c->line_y = 0;
}

static void end_marked(Canvas *c)
{
    end_text(c);
    if (c->marked)
        put_operator(c, "EMC");
    c->marked = false;
}

/* Makes what follows content of the element, or an artifact. Text objects never reach over the edge of a sequence. */
static void mark(Canvas *c, PdfElement *element)
{
    static const char *const artifacts[] = {
        [PAGE_DECORATION] = "/Artifact BMC",
        [PAGE_HEADER] = "/Artifact<</Type/Pagination/Subtype/Header>>BDC",
        [PAGE_FOOTER] = "/Artifact<</Type/Pagination/Subtype/Footer>>BDC",
        [PAGE_WATERMARK] = "/Artifact<</Type/Pagination/Subtype/Watermark>>BDC",
        [PAGE_REPEATED] = "/Artifact<</Type/Pagination>>BDC",
    };
    PdfTree *tree = c->writer->tree;
    const PageArtifact artifact = element ? PAGE_DECORATION : pdf_tree_artifact(tree);
    if (!pdf_tree_any(tree) || (c->marked && c->element == element && c->artifact == artifact))
        return;
    end_marked(c);
    if (element) {
        const uint32_t mcid = pdf_tree_add_content(tree, element, c->index, c->writer->pages[c->index]);
        buf_print(c->out, "/%s<</MCID %u>>BDC\n", pdf_tree_tag(element), mcid);
    } else {
        put_operator(c, artifacts[artifact]);
    }
    c->marked = true;
    c->element = element;
    c->artifact = artifact;
}

/* ── text ── */

static Mpt glyph_x(const PageOp *op, size_t i)
{
    return op->as.glyphs.x + op->as.glyphs.glyphs[i].x;
}

static Mpt natural_advance(const PageOp *op, const PdfCode *code)
{
    return (Mpt)fixed_mul_div(op->as.glyphs.size, code->width, 1000);
}

static void use_font(Canvas *c, const PageOp *op, uint16_t font)
{
    const Mpt size = op->as.glyphs.size;
    if (c->font == font && c->size == size)
        return;
    buf_print(c->out, "/F%u ", font);
    put_number(c, size);
    put_operator(c, "Tf");
    c->font = font;
    c->size = size;
}

/* Glyphs [start, end) of an op: one font, one baseline, one line of Tj or TJ. */
typedef struct Stretch {
    const PageOp *op;
    const PdfCode *codes; /* by glyph of the op */
    size_t start, end;
} Stretch;

/* The gap that most pairs of neighbours have, within a unit for rounding; none: 0. Found by Boyer and Moore's vote. */
static Mpt common_gap(const Stretch *s)
{
    Mpt gap = 0;
    size_t votes = 0, members = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = s->start + 1; i < s->end; i++) {
            const Mpt here = glyph_x(s->op, i) - glyph_x(s->op, i - 1) - natural_advance(s->op, &s->codes[i - 1]);
            const bool near = here - gap <= 1 && gap - here <= 1;
            if (pass == 1)
                members += near;
            else if (near)
                votes++;
            else if (votes > 0)
                votes--;
            else {
                gap = here;
                votes = 1;
            }
        }
    }
    return members * 2 > s->end - s->start - 1 ? gap : 0;
}

static void use_spacing(Canvas *c, const Stretch *s)
{
    if (s->end - s->start < 3) /* cheaper by TJ, if at all */
        return;
    const Mpt gap = common_gap(s);
    if (gap == c->spacing)
        return;
    put_number(c, gap);
    put_operator(c, "Tc");
    c->spacing = gap;
}

/* Moves the line origin. */
static void move_to(Canvas *c, Mpt x, Mpt y)
{
    const Mpt up = c->page->height - y;
    if (x == c->line_x && up == c->line_y)
        return;
    put_number(c, x - c->line_x);
    put_number(c, up - c->line_y);
    put_operator(c, "Td");
    c->line_x = x;
    c->line_y = up;
}

/* Begins a text object for a turned op: with the matrix of the turn about its origin (9.4.2), after which move_to counts in the
 * turned frame. The sines are given with six decimals: 1/1000 pt over the longest page is about 10^-7 of it. */
static void begin_turned_text(Canvas *c, const PageOp *op)
{
    const FixedOffset x = fixed_direction(1000000, op->as.glyphs.turn + 9000, 36000); /* one along the line, y down */
    const Mpt matrix[4] = {x.x, -x.y, x.y, x.x};
    end_text(c);
    begin_text(c);
    for (int i = 0; i < 4; i++) {
        buf_decimal(c->out, matrix[i], 6);
        buf_byte(c->out, ' ');
    }
    put_point(c, op->as.glyphs.x, op->as.glyphs.y);
    put_operator(c, "Tm");
    c->line_x = op->as.glyphs.x;
    c->line_y = c->page->height - op->as.glyphs.y;
}

/* One two-byte code inside a literal string: shorter than hexadecimal, also after deflating (7.3.4.2). */
static void put_code(Buf *out, uint16_t cid)
{
    const unsigned char bytes[2] = {(unsigned char)(cid >> 8), (unsigned char)(cid & 255)};
    for (int i = 0; i < 2; i++) {
        if (bytes[i] == '(' || bytes[i] == ')' || bytes[i] == '\\')
            buf_byte(out, '\\');
        if (bytes[i] == '\r')
            buf_text(out, "\\r");
        else
            buf_byte(out, bytes[i]);
    }
}

/* Adjustments are in 1/1000 em and are given with as many decimals (0 to 2) as hold the tolerance at this size. */
static int adjustment_places(Mpt size)
{
    return size <= FIXED_PT(10) ? 0 : size <= FIXED_PT(100) ? 1 : 2;
}

/* Shows the glyphs. `pen` and `target` count from the first glyph, in millionths of an Mpt. */
static void show(Canvas *c, const Stretch *s)
{
    Buf *out = c->out;
    const int64_t size = s->op->as.glyphs.size;
    const int places = adjustment_places(s->op->as.glyphs.size);
    const int64_t step = size * (places == 0 ? 1000 : places == 1 ? 100 : 10); /* what an adjustment of 1 moves */
    int64_t pen = 0;
    buf_text(out, "[(");
    for (size_t i = s->start; i < s->end; i++) {
        const int64_t target = (int64_t)(glyph_x(s->op, i) - glyph_x(s->op, s->start)) * 1000000;
        const int64_t off = pen - target;
        if (off > TOLERANCE * 1000000 || off < -TOLERANCE * 1000000) {
            const int64_t adjustment = fixed_mul_div(off, 1, step);
            buf_byte(out, ')');
            buf_decimal(out, adjustment, places);
            buf_byte(out, '(');
            pen -= adjustment * step;
        }
        put_code(out, s->codes[i].cid);
        pen += size * s->codes[i].width * 1000 + (int64_t)c->spacing * 1000000;
    }
    buf_text(out, ")]");
    put_operator(c, "TJ");
}

/* Shows glyphs [start, end) in as many stretches as fonts and baselines need. */
static void show_glyphs(Canvas *c, const PageOp *op, const PdfCode *codes, size_t start, size_t end)
{
    const PageGlyph *glyphs = op->as.glyphs.glyphs;
    while (start < end) {
        size_t stop = start + 1;
        while (stop < end && codes[stop].font == codes[start].font && glyphs[stop].y == glyphs[start].y)
            stop++;
        const Stretch stretch = {op, codes, start, stop};
        use_font(c, op, codes[start].font);
        use_spacing(c, &stretch);
        move_to(c, glyph_x(op, start), op->as.glyphs.y + glyphs[start].y);
        show(c, &stretch);
        start = stop;
    }
}

/* End of the cluster that begins at a glyph: the further glyphs of a cluster have no text of their own. */
static size_t cluster_end(const PageOp *op, size_t start)
{
    size_t end = start + 1;
    while (end < op->as.glyphs.count && op->as.glyphs.glyphs[end].length == 0)
        end++;
    return end;
}

/* Several glyphs that mean one text together (14.9.4). */
static void show_cluster(Canvas *c, const PageOp *op, const PdfCode *codes, size_t start, size_t end)
{
    const PageGlyph *first = &op->as.glyphs.glyphs[start];
    buf_text(c->out, "/Span<</ActualText<FEFF");
    pdf_put_utf16(c->out, op->as.glyphs.text + first->start, first->length);
    put_operator(c, ">>>BDC");
    show_glyphs(c, op, codes, start, end);
    put_operator(c, "EMC");
}

static void grow_figure(const Canvas *c, Mpt left, Mpt top, Mpt right, Mpt bottom)
{
    PdfElement *figure = pdf_tree_figure(c->writer->tree);
    const Mpt height = c->page->height;
    if (figure)
        pdf_tree_grow(figure, (PagePoint){left, height - bottom}, (PagePoint){right, height - top});
}

static const PdfCode *look_up_codes(Canvas *c, const PageOp *op)
{
    const size_t count = op->as.glyphs.count;
    if (count > c->code_room) {
        c->code_room = count * 2;
        c->codes = ARENA_ARRAY(c->writer->arena, c->code_room, PdfCode);
    }
    for (size_t i = 0; i < count; i++)
        c->codes[i] = pdf_set_next_code(c->writer->set, op->as.glyphs.face);
    return c->codes;
}

static void draw_glyphs(Canvas *c, const PageOp *op)
{
    const size_t count = op->as.glyphs.count;
    const PdfCode *codes = look_up_codes(c, op);
    mark(c, pdf_tree_current(c->writer->tree));
    pdf_tree_note_text(c->writer->tree);
    if (op->as.glyphs.turn != 0)
        begin_turned_text(c, op);
    else
        begin_text(c);
    use_fill(c, op->as.glyphs.colour);
    for (size_t start = 0; start < count;) {
        size_t end = start;
        while (end < count && cluster_end(op, end) == end + 1)
            end++;
        show_glyphs(c, op, codes, start, end);
        start = end;
        if (start < count) {
            end = cluster_end(op, start);
            show_cluster(c, op, codes, start, end);
            start = end;
        }
    }
    if (op->as.glyphs.turn != 0)
        end_text(c);
    const Mpt start = op->as.glyphs.glyphs[0].x, size = op->as.glyphs.size;
    const Mpt end = op->as.glyphs.glyphs[count - 1].x + natural_advance(op, &codes[count - 1]);
    const PagePoint corners[4] = {page_glyphs_point(op, start, -size), page_glyphs_point(op, end, -size),
                                  page_glyphs_point(op, end, size / 4), page_glyphs_point(op, start, size / 4)};
    for (int i = 0; i < 4; i++)
        grow_figure(c, corners[i].x, corners[i].y, corners[i].x, corners[i].y);
}

/* ── paths ── */

static void use_line(Canvas *c, const PageOp *op)
{
    use_stroke(c, op->as.path.stroke);
    if (op->as.path.width != c->width) {
        put_number(c, op->as.path.width);
        put_operator(c, "w");
        c->width = op->as.path.width;
    }
    if (op->as.path.dash == c->dash && op->as.path.gap == c->gap)
        return;
    buf_byte(c->out, '[');
    if (op->as.path.dash != 0) {
        put_number(c, op->as.path.dash);
        pdf_put_mpt(c->out, op->as.path.gap);
    }
    put_operator(c, "]0 d");
    c->dash = op->as.path.dash;
    c->gap = op->as.path.gap;
}

static void put_path(Canvas *c, const PageOp *op)
{
    static const char *const operators[] = {
        [PAGE_MOVE] = "m", [PAGE_LINE] = "l", [PAGE_CURVE] = "c", [PAGE_CLOSE] = "h"};
    static const int takes[] = {[PAGE_MOVE] = 1, [PAGE_LINE] = 1, [PAGE_CURVE] = 3, [PAGE_CLOSE] = 0};
    PagePoint corner[2];
    if (page_path_rect(op, corner)) {
        put_point(c, corner[0].x, corner[0].y);
        put_number(c, corner[1].x - corner[0].x);
        put_number(c, corner[0].y - corner[1].y);
        put_operator(c, "re");
        return;
    }
    const PagePoint *point = op->as.path.points;
    for (size_t i = 0; i < op->as.path.verb_count; i++) {
        const PageVerb verb = op->as.path.verbs[i];
        for (int k = 0; k < takes[verb]; k++, point++)
            put_point(c, point->x, point->y);
        put_operator(c, operators[verb]);
    }
}

static void draw_path(Canvas *c, const PageOp *op)
{
    const bool fill = op->as.path.fill != PAGE_NO_COLOUR, stroke = op->as.path.stroke != PAGE_NO_COLOUR;
    if (!fill && !stroke)
        return;
    end_text(c);
    mark(c, pdf_tree_figure(c->writer->tree) ? pdf_tree_current(c->writer->tree) : NULL);
    if (fill)
        use_fill(c, op->as.path.fill);
    if (stroke)
        use_line(c, op);
    put_path(c, op);
    put_operator(c, fill && stroke ? "B" : fill ? "f" : "S");
    for (size_t i = 0; i < op->as.path.point_count; i++) {
        const PagePoint p = op->as.path.points[i];
        grow_figure(c, p.x, p.y, p.x, p.y);
    }
}

/* ── images ── */

/* An image fills the unit square (8.9.5): the only use of the transformation matrix, undone at once. */
static bool draw_image(Canvas *c, const PageOp *op)
{
    if (!pdf_images_use(c->writer, op->as.image.image))
        return false;
    const Mpt x = op->as.image.x, y = op->as.image.y, width = op->as.image.width, height = op->as.image.height;
    end_text(c);
    mark(c, pdf_tree_figure(c->writer->tree) ? pdf_tree_current(c->writer->tree) : NULL);
    buf_text(c->out, "q ");
    put_number(c, width);
    buf_text(c->out, "0 0 ");
    put_number(c, height);
    put_point(c, x, y + height);
    buf_print(c->out, "cm/I%u Do Q\n", op->as.image.image);
    grow_figure(c, x, y, x + width, y + height);
    return true;
}

/* ── links ── */

static PdfLink *add_annotation(Canvas *c, const PageOp *op, PdfLink **links)
{
    PdfLink *link = ARENA_NEW(c->writer->arena, PdfLink);
    link->op = op;
    link->number = pdf_file_reserve(c->writer->file);
    while (*links)
        links = &(*links)->next;
    *links = link;
    return link;
}

static void add_link(Canvas *c, const PageOp *op, PdfLink **links)
{
    PdfWriter *w = c->writer;
    if (!pdf_anchors_know(w->anchors, op->as.link.target)) {
        diag_add(w->diag, DIAG_PDF_LINK, w->place, op->as.link.target);
        return;
    }
    PdfLink *link = add_annotation(c, op, links);
    link->key = pdf_tree_add_link(w->tree, w->pages[c->index], link->number);
}

static bool add_field(Canvas *c, const PageOp *op, PdfLink **links)
{
    PdfWriter *w = c->writer;
    PdfLink *widget = add_annotation(c, op, links);
    widget->key = pdf_tree_add_widget(w->tree, w->pages[c->index], widget->number);
    return pdf_form_add(w, op, widget->number);
}

/* ── the page ── */

static bool draw(Canvas *c, const PageOp *op, PdfLink **links)
{
    PdfWriter *w = c->writer;
    switch (op->kind) {
    case PAGE_GLYPHS:
        draw_glyphs(c, op);
        break;
    case PAGE_PATH:
        draw_path(c, op);
        break;
    case PAGE_IMAGE:
        return draw_image(c, op);
    case PAGE_BEGIN:
        pdf_tree_begin(w->tree, op, pdf_clean_text(w, op->as.begin.alt));
        break;
    case PAGE_END:
        pdf_tree_end(w->tree);
        break;
    case PAGE_LINK:
        add_link(c, op, links);
        break;
    case PAGE_FIELD:
        return add_field(c, op, links);
    }
    return true;
}

bool pdf_content_write(PdfWriter *writer, const Page *page, size_t index, Buf *out, PdfLink **links)
{
    Canvas c = {
        .writer = writer,
        .page = page,
        .index = index,
        .out = out,
        .font = UNSET,
        .width = FIXED_PT(1), /* 8.4.1: what a page begins with; black and solid are 0 */
    };
    writer->place.page = (int)index + 1;
    for (const PageOp *op = page->ops; op; op = op->next)
        if (!draw(&c, op, links))
            return false;
    end_marked(&c);
    writer->place.page = 0;
    return true;
}
