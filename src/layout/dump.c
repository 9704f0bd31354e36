/* The compiled tree as text: what --stop-after=layout prints, and what golden tests of the compiler compare. */
#include "layout/layout.h"

#include "layout/layout_int.h"

typedef struct Dump {
    Buf *out;
    Arena *scratch;
    const LayoutComputed *ground; /* the style of a region before any <style> */
    int depth;
} Dump;

static void begin_line(const Dump *d, const char *name)
{
    for (int i = 0; i < d->depth; i++)
        buf_text(d->out, "  ");
    buf_text(d->out, name);
}

static void put_length(Buf *out, Mpt length)
{
    char text[32];
    fixed_format(length, 3, 2, text);
    buf_print(out, " %s", text);
}

/* The text as it was written, in quotes. */
static void put_parts(Buf *out, const LayoutPart *parts)
{
    buf_text(out, " \"");
    for (const LayoutPart *part = parts; part; part = part->next) {
        if (part->literal)
            buf_text(out, part->literal);
        else
            buf_print(out, "{%s}", part->field->source);
    }
    buf_byte(out, '"');
}

static void put_test(Buf *out, const LayoutTest *test)
{
    static const char *const signs[] = {[LAYOUT_EQ] = "=",  [LAYOUT_NE] = "!=", [LAYOUT_LT] = "<",
                                        [LAYOUT_LE] = "<=", [LAYOUT_GT] = ">",  [LAYOUT_GE] = ">="};
    switch (test->kind) {
    case LAYOUT_AND:
    case LAYOUT_OR_ELSE:
        buf_byte(out, '(');
        put_test(out, test->left);
        buf_text(out, test->kind == LAYOUT_AND ? " and " : " or ");
        put_test(out, test->right);
        buf_byte(out, ')');
        break;
    case LAYOUT_NOT:
        buf_text(out, "not ");
        put_test(out, test->left);
        break;
    case LAYOUT_COMPARE:
        buf_print(out, "{%s} %s ", test->field->source, signs[test->compare]);
        if (test->other)
            buf_print(out, "{%s}", test->other->source);
        else if (test->is_number)
            buf_int(out, test->number);
        else
            buf_print(out, "'%s'", test->text);
        break;
    case LAYOUT_PRESENT:
        buf_print(out, "{%s}", test->field->source);
        break;
    }
}

static void put_chart(Buf *out, const LayoutNode *node)
{
    buf_print(out, " query %s label", node->as.chart.query);
    put_parts(out, node->as.chart.label);
    buf_print(out, " value {%s}", node->as.chart.value->source);
    if (node->as.chart.reference)
        buf_print(out, " reference {%s}", node->as.chart.reference->source);
    if (node->as.chart.caption) {
        buf_text(out, " caption");
        put_parts(out, node->as.chart.caption);
    }
    buf_text(out, " alt");
    put_parts(out, node->as.chart.alt);
}

/* What the node has beside its style. */
static void put_own(Buf *out, const LayoutNode *node)
{
    if (node->id) {
        buf_text(out, " id");
        put_parts(out, node->id);
    }
    switch (node->kind) {
    case LAYOUT_TEXT:
        put_parts(out, node->as.text.parts);
        break;
    case LAYOUT_SPAN:
        if (node->as.span.href) {
            buf_text(out, " href");
            put_parts(out, node->as.span.href);
        }
        break;
    case LAYOUT_CELL:
        if (node->as.cell.colspan > 1)
            buf_print(out, " colspan %d", node->as.cell.colspan);
        if (node->as.cell.rowspan > 1)
            buf_print(out, " rowspan %d", node->as.cell.rowspan);
        break;
    case LAYOUT_FOR_EACH:
        buf_print(out, " query %s", node->as.for_each.query);
        if (node->as.for_each.match)
            buf_print(out, " match %s={%s}", node->as.for_each.match, node->as.for_each.equal->source);
        if (node->as.for_each.group_by)
            buf_print(out, " group-by %s", node->as.for_each.group_by);
        break;
    case LAYOUT_LET:
        put_parts(out, node->as.let.value);
        break;
    case LAYOUT_IF:
        buf_byte(out, ' ');
        put_test(out, node->as.condition.test);
        break;
    case LAYOUT_CHART:
        put_chart(out, node);
        break;
    case LAYOUT_FIGURE:
        if (node->as.figure.image)
            buf_print(out, " image %s", node->as.figure.image->path);
        else
            put_parts(out, node->as.figure.name ? node->as.figure.name : node->as.figure.text);
        break;
    default:
        break;
    }
}

/* A node's element; what the XML left out has a name of its own. */
static const char *node_name(const LayoutNode *node)
{
    switch (node->kind) {
    case LAYOUT_TEXT:
        return "text";
    case LAYOUT_IF: /* also of a class with a test */
        return "if";
    case LAYOUT_ELSE:
        return "else";
    case LAYOUT_P:
        return "p";
    case LAYOUT_TBODY:
        return "tbody";
    default:
        return node->element;
    }
}

static void dump_nodes(Dump *d, const LayoutNode *first, const LayoutStyle *parent)
{
    for (const LayoutNode *node = first; node; node = node->next) {
        begin_line(d, node_name(node));
        buf_print(d->out, " %d:%d", node->line, node->column);
        put_own(d->out, node);
        if (node->style != parent)
            layout_style_dump(d->scratch, node->style, parent, d->out);
        buf_byte(d->out, '\n');
        d->depth++;
        dump_nodes(d, node->children, node->style);
        d->depth--;
    }
}

/* Body, header or footer, whose style is told as what differs from the language's own ground. */
static void dump_region(Dump *d, const LayoutNode *region)
{
    if (region)
        dump_nodes(d, region, &d->ground->style);
}

static void dump_page(Dump *d, const LayoutPageTemplate *page)
{
    begin_line(d, "page");
    if (page->name)
        buf_print(d->out, " %s", page->name);
    put_length(d->out, page->width);
    put_length(d->out, page->height);
    buf_text(d->out, " margin");
    for (int edge = 0; edge < LAYOUT_EDGES; edge++)
        put_length(d->out, page->margin[edge]);
    buf_byte(d->out, '\n');
    d->depth++;
    for (int side = 0; side < LAYOUT_SIDES; side++) {
        dump_region(d, page->header[side]);
        dump_region(d, page->footer[side]);
    }
    d->depth--;
}

void layout_dump(const Layout *layout, Buf *out)
{
    Dump dump = {.out = out, .scratch = arena_open(0)};
    LayoutCompiler plain = {.run = dump.scratch, .defaults = map_open(dump.scratch)};
    dump.ground = layout_style_root(&plain);
    buf_print(out, "layout %s for %s lang %s title", layout->name, layout->for_unit ? "unit" : "run", layout->language);
    put_parts(out, layout->title);
    buf_byte(out, '\n');
    for (const LayoutQuery *query = layout->queries; query; query = query->next)
        buf_print(out, "query %s %d:%d rows %s\n", query->name, query->line, query->column,
                  query->single ? "one" : "many");
    for (const LayoutPageTemplate *page = layout->page; page; page = page->next)
        dump_page(&dump, page);
    dump_region(&dump, layout->body);
    arena_close(dump.scratch);
}
