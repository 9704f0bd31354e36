/* The tree: XML elements to layout nodes.
 *
 * Five kinds of content stand in a layout: flow (blocks, and bare text among them), inline (the text of one paragraph), a table's
 * sections, rows and cells. for-each, if and else may stand in any of them and continue it, so the walk carries the kind along. In flow, neighbouring
 * inline items are gathered into a paragraph of their own; an if and its else always go the same way.
 */
#include "layout/layout_int.h"

#include <assert.h>
#include <string.h>

typedef enum Content { FLOW, INLINE, SECTIONS, ROWS, CELLS } Content;

/* What is being filled. */
typedef struct Filling {
    LayoutNode *parent;          /* gets the children */
    const LayoutNode **last;     /* where the next child is linked in */
    const LayoutComputed *style; /* of the parent, for inheritance */
    LayoutSpace *space;          /* of the paragraph; inline content only */
} Filling;

static void fill(LayoutCompiler *c, const XmlNode *xml, Filling *into, Content content);

static bool is_element(const XmlNode *xml, const char *name)
{
    return xml->name && strcmp(xml->name, name) == 0;
}

static bool is_control(const XmlNode *xml)
{
    return is_element(xml, "for-each") || is_element(xml, "if") || is_element(xml, "else") || is_element(xml, "let");
}

static bool is_blank(const XmlNode *xml)
{
    return !xml->name && xml->text[strspn(xml->text, " \t\r\n")] == '\0';
}

static LayoutNode *add_node(LayoutCompiler *c, Filling *into, const XmlNode *xml, LayoutKind kind,
                            const LayoutStyle *style)
{
    LayoutNode *node = ARENA_NEW(c->run, LayoutNode);
    *node = (LayoutNode){.kind = kind,
                         .style = style,
                         .parent = into->parent,
                         .element = xml->name ? xml->name : into->parent->element,
                         .file = c->file->path,
                         .line = xml->line,
                         .column = xml->column};
    *into->last = node;
    into->last = &node->next;
    c->nodes++;
    return node;
}

static Filling filling_of(LayoutNode *node, const LayoutComputed *style, LayoutSpace *space)
{
    return (Filling){node, &node->children, style, space};
}

int layout_count_attribute(const XmlNode *xml, const char *name)
{
    int64_t count = 1;
    const char *text = xml_attr(xml, name), *end;
    if (text)
        fixed_parse(text + strspn(text, " "), 0, &count, &end); /* the grammar has seen to the rest */
    return (int)count;
}

const LayoutPart *layout_parts_attribute(LayoutCompiler *c, const XmlNode *xml, const char *name)
{
    const char *text = xml_attr(xml, name);
    return text ? layout_parse_parts(c, xml_place(c->file, xml), text, NULL) : NULL;
}

const LayoutPart *layout_href_attribute(LayoutCompiler *c, const XmlNode *xml)
{
    const char *href = xml_attr(xml, "href");
    if (!href)
        return NULL;
    if (href[0] == '#' && href[1])
        return layout_parse_parts(c, xml_place(c->file, xml), href + 1, NULL);
    LAYOUT_FAIL(c, LAYOUT_VALUE, xml_place(c->file, xml), "href", href, "#detail, #row-{code}");
    return NULL;
}

/* ── control ── */

const LayoutQuery *layout_lookup_query(LayoutCompiler *c, const XmlNode *xml)
{
    const char *name = xml_attr(xml, "query");
    const LayoutQuery *query = map_lookup(c->queries, name);
    if (query)
        return query;
    LAYOUT_FAIL(c, LAYOUT_QUERY, xml_place(c->file, xml), name, layout_suggest(c, c->queries, name));
    LayoutQuery *stand_in = ARENA_NEW(c->run, LayoutQuery);
    *stand_in = (LayoutQuery){.name = name};
    return stand_in;
}

/* match="column" or match="column=field"; the field belongs to what is around. */
static void read_match(LayoutCompiler *c, const XmlNode *xml, LayoutNode *node)
{
    const char *text = xml_attr(xml, "match");
    if (!text)
        return;
    const DiagPlace place = xml_place(c->file, xml);
    const char *equal = strchr(text, '='), *end = text;
    while (layout_is_name(*end, end == text))
        end++;
    if (end == text || (*end && end != equal) || strpbrk(text, "|{(")) {
        LAYOUT_FAIL(c, LAYOUT_MATCH, place, text);
        return;
    }
    node->as.for_each.match = arena_text(c->run, text, (size_t)(end - text));
    node->as.for_each.equal = layout_parse_field(c, place, equal ? equal + 1 : text);
}

static void compile_for_each(LayoutCompiler *c, const XmlNode *xml, LayoutNode *node, Filling *inner, Content content)
{
    const LayoutScope scope = {.query = layout_lookup_query(c, xml), .outer = c->scope};
    node->as.for_each.query = scope.query->name;
    node->as.for_each.group_by = xml_attr(xml, "group-by");
    read_match(c, xml, node);
    c->scope = &scope;
    fill(c, xml, inner, content);
    c->scope = scope.outer;
}

/* A let is seen by what follows it in its parent; `fill` forgets it at the end. */
static void compile_let(LayoutCompiler *c, const XmlNode *xml, LayoutNode *node)
{
    LayoutVariable *variable = ARENA_NEW(c->run, LayoutVariable);
    const char *name = xml_attr(xml, "name");
    const DiagPlace place = xml_place(c->file, xml);
    if (layout_is_counter(name))
        LAYOUT_FAIL(c, LAYOUT_RESERVED, place, name);
    node->as.let.value = layout_parse_parts(c, place, xml_attr(xml, "value"), NULL);
    *variable = (LayoutVariable){name, (uint32_t)c->layout->variable_count++, c->variables};
    node->as.let.variable = variable->id;
    c->variables = variable;
}

/* The last thing before `xml`, text that is only indentation left out. */
static const XmlNode *before(const XmlNode *xml)
{
    const XmlNode *found = NULL;
    for (const XmlNode *sibling = xml->parent->children; sibling != xml; sibling = sibling->next)
        if (!is_blank(sibling))
            found = sibling;
    return found;
}

static const XmlNode *else_of(const XmlNode *xml)
{
    const XmlNode *next = xml->next;
    while (next && is_blank(next))
        next = next->next;
    return next && is_element(next, "else") ? next : NULL;
}

/* A line break beside control says nothing; whether text will stand there is not known yet. */
static void cross_control(LayoutSpace *space)
{
    if (space->pending == LAYOUT_SPACE_BREAK)
        space->pending = LAYOUT_SPACE_NONE;
    if (space->before == LAYOUT_SPACE_NARROW)
        space->before = LAYOUT_SPACE_WIDE;
}

/* The test of the if that an else belongs to. */
static const LayoutTest *test_of_if(LayoutCompiler *c, const XmlNode *xml, const LayoutNode *siblings)
{
    if (!before(xml) || !is_element(before(xml), "if")) {
        LAYOUT_FAIL(c, LAYOUT_ELSE, xml_place(c->file, xml), "");
        return NULL;
    }
    while (siblings->next->next)
        siblings = siblings->next;
    return siblings->as.condition.test;
}

static LayoutKind control_kind(const XmlNode *xml)
{
    return is_element(xml, "if")     ? LAYOUT_IF
           : is_element(xml, "else") ? LAYOUT_ELSE
           : is_element(xml, "let")  ? LAYOUT_LET
                                     : LAYOUT_FOR_EACH;
}

/* `at_if` is the white space before an if, from which its else starts again. */
static void compile_control(LayoutCompiler *c, const XmlNode *xml, Filling *into, Content content, LayoutSpace *at_if)
{
    const LayoutKind kind = control_kind(xml);
    LayoutNode *node = add_node(c, into, xml, kind, &into->style->style);
    Filling inner = filling_of(node, into->style, into->space);
    if (into->space) {
        cross_control(into->space);
        if (kind == LAYOUT_IF)
            *at_if = *into->space;
        if (kind == LAYOUT_ELSE)
            *into->space = *at_if;
    }
    if (kind == LAYOUT_IF)
        node->as.condition.test = layout_parse_test(c, xml_place(c->file, xml), xml_attr(xml, "test"));
    if (kind == LAYOUT_ELSE)
        node->as.condition.test = test_of_if(c, xml, into->parent->children);
    if (kind == LAYOUT_LET)
        compile_let(c, xml, node);
    else if (kind == LAYOUT_FOR_EACH)
        compile_for_each(c, xml, node, &inner, content);
    else
        fill(c, xml, &inner, content);
    if (into->space) {
        cross_control(into->space);
        into->space->before = LAYOUT_SPACE_WIDE;
    }
}

/* ── classes with tests ──
 * An element some of whose classes apply only where their tests hold is compiled once for each answer, as if an if and an else
 * stood around it, because the style decides on everything below: inherited properties, ems, fonts. The page is laid out as
 * if the layout's author had written the two; binding and typesetting know nothing of it. The price is a copy of what is in
 * the element for each answer, so the number of such classes on one element and that of all nodes are limited. */

enum { MAX_NODES = 200000 };

typedef void Compile(LayoutCompiler *c, const XmlNode *xml, Filling *into);

typedef struct Variants {
    LayoutCompiler *c;
    const XmlNode *xml;
    Compile *compile;
    LayoutClassTest tests[LAYOUT_CLASS_TESTS];
    size_t count;
} Variants;

static const LayoutTest *parse_class_test(LayoutCompiler *c, const XmlNode *xml, const LayoutClassTest *test)
{
    LayoutPlace *use = ARENA_NEW(c->run, LayoutPlace);
    *use = (LayoutPlace){c->file->path, xml->line, xml->column};
    c->use = use;
    const LayoutTest *parsed = layout_parse_test(c, test->place, test->test);
    c->use = NULL;
    if (!parsed)
        LAYOUT_FAIL(c, LAYOUT_STYLE_USED, xml_place(c->file, xml), test->name);
    return parsed;
}

/* Goes on with the tests from `index` on; those before have their answers in `holds`. */
static void split(const Variants *v, Filling *into, size_t index, unsigned holds)
{
    LayoutCompiler *c = v->c;
    if (index == v->count) {
        const LayoutVariant *outer = c->variant, variant = {v->xml, holds};
        c->variant = &variant;
        v->compile(c, v->xml, into);
        c->variant = outer;
        return;
    }
    const LayoutSpace before = into->space ? *into->space : (LayoutSpace){0};
    const LayoutTest *test = parse_class_test(c, v->xml, &v->tests[index]);
    for (unsigned no = 0; no < 2; no++) {
        LayoutNode *node = add_node(c, into, v->xml, no ? LAYOUT_ELSE : LAYOUT_IF, &into->style->style);
        node->as.condition.test = test;
        Filling inner = filling_of(node, into->style, into->space);
        if (into->space)
            *into->space = before; /* the text is the same both times */
        split(v, &inner, index + 1, no ? holds : holds | 1U << index);
        if (c->nodes > MAX_NODES) {
            LAYOUT_FAIL(c, LAYOUT_STYLE_COPIES, xml_place(c->file, v->xml), diag_number(c->diag, MAX_NODES));
            return;
        }
    }
}

static void compile_variants(LayoutCompiler *c, const XmlNode *xml, Filling *into, Compile *compile)
{
    Variants variants = {.c = c, .xml = xml, .compile = compile};
    variants.count = layout_style_tests(c, xml, variants.tests);
    split(&variants, into, 0, 0);
}

/* ── inline ── */

static void compile_span(LayoutCompiler *c, const XmlNode *xml, Filling *into)
{
    const LayoutComputed *style = layout_style_resolve(c, xml, into->style);
    Filling inner = filling_of(add_node(c, into, xml, LAYOUT_SPAN, &style->style), style, into->space);
    fill(c, xml, &inner, INLINE);
}

static void compile_a(LayoutCompiler *c, const XmlNode *xml, Filling *into)
{
    const LayoutComputed *style = layout_style_resolve(c, xml, into->style);
    LayoutNode *node = add_node(c, into, xml, LAYOUT_SPAN, &style->style);
    node->as.span.href = layout_href_attribute(c, xml);
    Filling inner = filling_of(node, style, into->space);
    fill(c, xml, &inner, INLINE);
}

static void compile_inline(LayoutCompiler *c, const XmlNode *xml, Filling *into, LayoutSpace *at_if)
{
    if (!xml->name) {
        const LayoutPart *parts = layout_parse_parts(c, xml_place(c->file, xml), xml->text, into->space);
        if (parts)
            add_node(c, into, xml, LAYOUT_TEXT, &into->style->style)->as.text.parts = parts;
    } else if (is_element(xml, "br")) {
        add_node(c, into, xml, LAYOUT_BR, &into->style->style);
        *into->space = (LayoutSpace){0};
    } else if (is_element(xml, "span")) {
        compile_variants(c, xml, into, compile_span);
    } else if (is_element(xml, "a")) {
        compile_variants(c, xml, into, compile_a);
    } else {
        compile_control(c, xml, into, INLINE, at_if);
    }
}

/* Pages are chosen in the flow of the body alone, and only a block can leave the flow. */
static void check_place(LayoutCompiler *c, const XmlNode *xml, const LayoutStyle *style, bool block)
{
    const bool absolute = style->position == LAYOUT_ABSOLUTE;
    if (style->page && (!block || absolute || c->in_margin || c->cells > 0))
        LAYOUT_FAIL(c, LAYOUT_PAGE_PLACE, xml_place(c->file, xml), style->page, xml->name);
    if (absolute && !block)
        LAYOUT_FAIL(c, LAYOUT_POSITION, xml_place(c->file, xml), xml->name);
}

/* ── tables ── */

static void read_columns(LayoutCompiler *c, const XmlNode *xml, LayoutNode *table)
{
    size_t count = 0;
    for (const XmlNode *col = xml_child(xml, "col"); col; col = xml_next(col, "col"))
        count += (size_t)layout_count_attribute(col, "span");
    LayoutLength *columns = ARENA_ARRAY(c->run, count, LayoutLength), *next = columns;
    for (const XmlNode *col = xml_child(xml, "col"); col; col = xml_next(col, "col")) {
        LayoutLength width = {.kind = LAYOUT_WIDTH_AUTO};
        const char *text = xml_attr(col, "width");
        if (text && !layout_parse_width(text, table->style->font_size, &width))
            LAYOUT_FAIL(c, LAYOUT_VALUE, xml_place(c->file, col), "width", text, "auto, 30mm, 25%, 1fr");
        for (int i = layout_count_attribute(col, "span"); i > 0; i--)
            *next++ = width;
    }
    table->as.table.columns = columns;
    table->as.table.count = count;
}

static void compile_section(LayoutCompiler *c, const XmlNode *xml, Filling *into)
{
    const LayoutKind kind = is_element(xml, "thead")   ? LAYOUT_THEAD
                            : is_element(xml, "tfoot") ? LAYOUT_TFOOT
                                                       : LAYOUT_TBODY;
    const LayoutComputed *style = layout_style_resolve(c, xml, into->style);
    Filling inner = filling_of(add_node(c, into, xml, kind, &style->style), style, NULL);
    check_place(c, xml, &style->style, false);
    fill(c, xml, &inner, ROWS);
}

/* The rows of a table without <tbody>. */
static void compile_bare_rows(LayoutCompiler *c, const XmlNode *xml, Filling *into)
{
    const LayoutComputed *style = layout_style_anonymous(c, into->style);
    Filling inner = filling_of(add_node(c, into, xml, LAYOUT_TBODY, &style->style), style, NULL);
    fill(c, xml, &inner, ROWS);
}

static bool is_section(const XmlNode *xml)
{
    return is_element(xml, "thead") || is_element(xml, "tbody") || is_element(xml, "tfoot");
}

/* Whether control stands around sections, not rows. */
static bool holds_section(const XmlNode *xml)
{
    for (const XmlNode *child = xml->children; child; child = child->next)
        if (is_section(child) || (is_control(child) && holds_section(child)))
            return true;
    return false;
}

static const LayoutPart *continued_mark(LayoutCompiler *c, const XmlNode *xml)
{
    const char *text = xml_attr(xml, "continued");
    if (!text)
        text = strncmp(c->layout->language, "zh", 2) == 0 ? "续表" : "(continued)";
    return layout_parse_parts(c, xml_place(c->file, xml), text, NULL);
}

static void compile_table(LayoutCompiler *c, const XmlNode *xml, LayoutNode *table, const LayoutComputed *style)
{
    Filling into = filling_of(table, style, NULL);
    read_columns(c, xml, table);
    table->as.table.continued = continued_mark(c, xml);
    table->as.table.fill_rows = xml_attr(xml, "fill-rows") ? layout_count_attribute(xml, "fill-rows") : 0;
    bool bare = false;
    for (const XmlNode *part = xml_first(xml); part; part = xml_next(part, NULL)) {
        const bool row = is_element(part, "tr") || (is_control(part) && !holds_section(part));
        if (row && !bare)
            compile_bare_rows(c, xml, &into);
        bare |= row;
        if (is_section(part))
            compile_section(c, part, &into);
        else if (is_control(part) && !row)
            compile_control(c, part, &into, SECTIONS, NULL);
    }
}

/* A row whose cells are all known may not have more of them than the table has columns. */
static void check_row(LayoutCompiler *c, const XmlNode *xml, const LayoutNode *row)
{
    const LayoutNode *table = row;
    while (table->kind != LAYOUT_TABLE)
        table = table->parent;
    size_t cells = 0;
    for (const LayoutNode *cell = row->children; cell; cell = cell->next) {
        if (cell->kind != LAYOUT_CELL)
            return;
        cells += (size_t)cell->as.cell.colspan;
    }
    if (table->as.table.count > 0 && cells > table->as.table.count)
        LAYOUT_FAIL(c, LAYOUT_CELLS, xml_place(c->file, xml), diag_number(c->diag, (int64_t)cells),
                    diag_number(c->diag, (int64_t)table->as.table.count));
}

static void compile_row(LayoutCompiler *c, const XmlNode *xml, Filling *into)
{
    const LayoutComputed *style = layout_style_resolve(c, xml, into->style);
    LayoutNode *row = add_node(c, into, xml, LAYOUT_TR, &style->style);
    row->id = layout_parts_attribute(c, xml, "id");
    row->as.row.repeat = xml_attr(xml, "repeat") != NULL;
    check_place(c, xml, &style->style, false);
    Filling inner = filling_of(row, style, NULL);
    fill(c, xml, &inner, CELLS);
    check_row(c, xml, row);
}

static void compile_cell(LayoutCompiler *c, const XmlNode *xml, Filling *into)
{
    const LayoutComputed *style = layout_style_resolve(c, xml, into->style);
    const char *scope = xml_attr(xml, "scope");
    LayoutNode *cell = add_node(c, into, xml, LAYOUT_CELL, &style->style);
    cell->id = layout_parts_attribute(c, xml, "id");
    cell->as.cell.colspan = layout_count_attribute(xml, "colspan");
    cell->as.cell.rowspan = layout_count_attribute(xml, "rowspan");
    cell->as.cell.header = is_element(xml, "th");
    cell->as.cell.row_header = scope && strcmp(scope, "row") == 0;
    Filling inner = filling_of(cell, style, NULL);
    check_place(c, xml, &style->style, false);
    c->cells++;
    fill(c, xml, &inner, FLOW);
    c->cells--;
}

/* ── columns side by side ── */

static LayoutNode *add_cell(LayoutCompiler *c, const XmlNode *xml, Filling *row, const LayoutComputed *style)
{
    LayoutNode *cell = add_node(c, row, xml, LAYOUT_CELL, &style->style);
    cell->as.cell.colspan = cell->as.cell.rowspan = 1;
    cell->as.cell.plain = true;
    return cell;
}

static void compile_column(LayoutCompiler *c, const XmlNode *xml, Filling *row, LayoutLength *width)
{
    const LayoutComputed *style = layout_style_resolve(c, xml, row->style);
    check_place(c, xml, &style->style, false);
    *width = style->style.width;
    if (width->kind == LAYOUT_WIDTH_AUTO)
        *width = (LayoutLength){LAYOUT_WIDTH_FRACTION, 1000};
    Filling inner = filling_of(add_cell(c, xml, row, style), style, NULL);
    c->cells++;
    fill(c, xml, &inner, FLOW);
    c->cells--;
}

static Mpt read_gap(LayoutCompiler *c, const XmlNode *xml, Mpt font_size)
{
    const char *text = xml_attr(xml, "gap");
    LayoutNumber gap = {LAYOUT_UNIT_EM, 1000};
    const bool read = !text || layout_parse_number(text, &gap, NULL);
    if (!read || gap.amount < 0 || (gap.amount > 0 && gap.unit != LAYOUT_UNIT_MPT && gap.unit != LAYOUT_UNIT_EM))
        LAYOUT_FAIL(c, LAYOUT_VALUE, xml_place(c->file, xml), "gap", text, "4mm, 2em, 0");
    return gap.unit == LAYOUT_UNIT_EM ? (Mpt)fixed_mul_div(gap.amount, font_size, 1000) : gap.amount;
}

/* A table of one row without a table's elements: `block` is the DIV around it. */
static void compile_columns(LayoutCompiler *c, const XmlNode *xml, Filling *block)
{
    LayoutComputed *full = layout_style_anonymous(c, block->style);
    const LayoutComputed *bare = layout_style_anonymous(c, block->style);
    full->style.width = (LayoutLength){LAYOUT_WIDTH_PERCENT, 10000};
    LayoutNode *table = add_node(c, block, xml, LAYOUT_TABLE, &full->style);
    Filling in_table = filling_of(table, bare, NULL);
    Filling section = filling_of(add_node(c, &in_table, xml, LAYOUT_TBODY, &bare->style), bare, NULL);
    Filling row = filling_of(add_node(c, &section, xml, LAYOUT_TR, &bare->style), bare, NULL);
    size_t count = 0;
    for (const XmlNode *column = xml_first(xml); column; column = xml_next(column, NULL))
        count += 2;
    LayoutLength *widths = ARENA_ARRAY(c->run, count, LayoutLength), *width = widths;
    const LayoutLength gap = {LAYOUT_WIDTH_FIXED, read_gap(c, xml, bare->style.font_size)};
    for (const XmlNode *column = xml_first(xml); column; column = xml_next(column, NULL)) {
        if (width != widths) {
            add_cell(c, xml, &row, bare);
            *width++ = gap;
        }
        compile_column(c, column, &row, width++);
    }
    table->as.table.columns = widths;
    table->as.table.count = count - 1;
    table->as.table.plain = true;
}

/* ── flow ── */

static LayoutKind block_kind(const XmlNode *xml)
{
    static const struct {
        const char *name;
        LayoutKind kind;
    } blocks[] = {
        {"div", LAYOUT_DIV},     {"p", LAYOUT_P},
        {"h1", LAYOUT_HEADING},  {"h2", LAYOUT_HEADING},
        {"hr", LAYOUT_HR},       {"h3", LAYOUT_HEADING},
        {"table", LAYOUT_TABLE}, {"chart", LAYOUT_CHART},
        {"img", LAYOUT_FIGURE},  {"qr", LAYOUT_FIGURE},
        {"seal", LAYOUT_FIGURE}, {"signoff", LAYOUT_SIGNOFF},
        {"columns", LAYOUT_DIV}, {"signature", LAYOUT_FIGURE},
    };
    size_t i = 0;
    while (strcmp(blocks[i].name, xml->name) != 0)
        i++;
    return blocks[i].kind;
}

static void compile_block(LayoutCompiler *c, const XmlNode *xml, Filling *into)
{
    const LayoutComputed *style = layout_style_resolve(c, xml, into->style);
    LayoutNode *node = add_node(c, into, xml, block_kind(xml), &style->style);
    node->id = layout_parts_attribute(c, xml, "id");
    LayoutSpace space = {0};
    Filling inner = filling_of(node, style, &space);
    check_place(c, xml, &style->style, true);
    const int outside = style->style.position == LAYOUT_ABSOLUTE; /* as in a cell, no page can be chosen */
    c->cells += outside;
    switch (node->kind) {
    case LAYOUT_HEADING: {
        const char *level = xml_attr(xml, "bookmark-level");
        node->as.heading.level = xml->name[1] - '0';
        node->as.heading.bookmark = !level || strcmp(level, "none") != 0;
        fill(c, xml, &inner, INLINE);
        break;
    }
    case LAYOUT_P:
        fill(c, xml, &inner, INLINE);
        break;
    case LAYOUT_DIV:
        inner.space = NULL;
        if (is_element(xml, "columns"))
            compile_columns(c, xml, &inner);
        else
            fill(c, xml, &inner, FLOW);
        break;
    case LAYOUT_TABLE:
        compile_table(c, xml, node, style);
        break;
    case LAYOUT_CHART:
        layout_compile_chart(c, xml, node);
        break;
    case LAYOUT_FIGURE:
        layout_compile_figure(c, xml, node);
        break;
    case LAYOUT_SIGNOFF:
        layout_compile_signoff(c, xml, node, style);
        break;
    default:
        break;
    }
    c->cells -= outside;
}

/* Whether a child of flow belongs to a paragraph: text, span, br, and control that holds nothing else. */
static bool is_inline(const XmlNode *xml)
{
    if (!xml->name || is_element(xml, "span") || is_element(xml, "a") || is_element(xml, "br"))
        return true;
    if (!is_control(xml) || is_element(xml, "let"))
        return false;
    for (const XmlNode *child = xml->children; child; child = child->next)
        if (!is_inline(child))
            return false;
    return true;
}

static bool belongs_to_text(const XmlNode *xml)
{
    if (is_element(xml, "if") && else_of(xml))
        return is_inline(xml) && is_inline(else_of(xml));
    if (is_element(xml, "else") && before(xml))
        return is_inline(xml) && is_inline(before(xml));
    return is_inline(xml);
}

/* A paragraph for bare text. */
static Filling open_paragraph(LayoutCompiler *c, const XmlNode *xml, Filling *into, LayoutSpace *space)
{
    const LayoutComputed *style = layout_style_anonymous(c, into->style);
    LayoutNode *node = add_node(c, into, xml, LAYOUT_P, &style->style);
    node->element = into->parent->element;
    *space = (LayoutSpace){0};
    return filling_of(node, style, space);
}

/* The blocks of a part's body, as if they stood here; a body with attributes is a div. */
static void compile_include(LayoutCompiler *c, const XmlNode *xml, Filling *into)
{
    const LayoutFile *part = layout_include_lookup(c, xml), *here = c->here;
    const XmlNode *body = xml_child(part->xml->root, "body");
    if (!body) {
        LAYOUT_FAIL(c, LAYOUT_INCLUDE_EMPTY, xml_place(c->file, xml), part->xml->path);
        return;
    }
    layout_include_enter(c, part);
    if (body->attr_count > 0) {
        XmlNode *div = arena_copy(c->run, body, sizeof *body);
        div->name = "div";
        compile_variants(c, div, into, compile_block);
    } else {
        fill(c, body, into, FLOW);
    }
    layout_include_enter(c, here);
}

static void fill_flow(LayoutCompiler *c, const XmlNode *xml, Filling *into)
{
    LayoutSpace space, at_if = {0};
    Filling paragraph = {0};
    for (const XmlNode *child = xml->children; child; child = child->next) {
        if (is_blank(child) && !paragraph.parent)
            continue;
        if (belongs_to_text(child)) {
            if (!paragraph.parent)
                paragraph = open_paragraph(c, child, into, &space);
            compile_inline(c, child, &paragraph, &at_if);
            continue;
        }
        paragraph = (Filling){0};
        if (is_control(child))
            compile_control(c, child, into, FLOW, NULL);
        else if (is_element(child, "include"))
            compile_include(c, child, into);
        else
            compile_variants(c, child, into, compile_block);
    }
}

static void fill(LayoutCompiler *c, const XmlNode *xml, Filling *into, Content content)
{
    const LayoutVariable *variables = c->variables;
    LayoutSpace at_if = {0};
    if (content == FLOW)
        fill_flow(c, xml, into);
    for (const XmlNode *child = content == FLOW ? NULL : xml->children; child; child = child->next) {
        if (content == INLINE)
            compile_inline(c, child, into, &at_if);
        else if (child->name && is_control(child))
            compile_control(c, child, into, content, NULL);
        else if (is_element(child, "tr"))
            compile_variants(c, child, into, compile_row);
        else if (content == SECTIONS && child->name)
            compile_section(c, child, into);
        else if (content == CELLS && child->name)
            compile_variants(c, child, into, compile_cell);
    }
    c->variables = variables;
}

const LayoutNode *layout_compile_region(LayoutCompiler *c, const XmlNode *element)
{
    const LayoutComputed *style = layout_style_resolve(c, element, layout_style_root(c));
    LayoutNode *node = ARENA_NEW(c->run, LayoutNode);
    *node = (LayoutNode){.kind = LAYOUT_DIV,
                         .style = &style->style,
                         .element = element->name,
                         .file = c->file->path,
                         .line = element->line,
                         .column = element->column};
    Filling into = filling_of(node, style, NULL);
    check_place(c, element, &style->style, is_element(element, "body"));
    fill(c, element, &into, FLOW);
    return node;
}
