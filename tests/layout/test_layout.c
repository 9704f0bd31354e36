/* Compiling layouts: the tree, white space, fields, conditions, the cascade; every mistake with its place; and that the
 * reference names everything that the grammar allows. Data-driven: a fragment of XML, and what must come of it. */
#include "base/file.h"
#include "layout/layout.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

extern const char layout_grammar[];

/* The parts of a small layout that a case fills in; NULL takes the plain one. Each stands on a line of its own: styles on 2,
 * page on 3, queries on 4 ("unit" is a single row, "list" many), the body from 5 on. */
typedef struct Parts {
    const char *styles, *page, *queries, *body;
} Parts;

static const char *or_else(const char *text, const char *plain)
{
    return text ? text : plain;
}

/* Writes the layout to t.xml in a scratch directory, which is the working directory, and loads it. */
static const Layout *load(Arena *arena, Parts parts, Diag *diag)
{
    FILE *file = fopen("t.xml", "w");
    assert_non_null(file);
    fprintf(
        file,
        "<layout xmlns=\"urn:shuzhi:layout:1\" name=\"t\" for=\"unit\" title=\"{unit.name}\">\n"
        "%s\n%s\n"
        "<query name=\"unit\" rows=\"one\">SELECT 1</query><query name=\"list\" rows=\"many\"> SELECT 2 </query>%s\n"
        "<body>%s</body></layout>\n",
        or_else(parts.styles, ""), or_else(parts.page, "<page/>"), or_else(parts.queries, ""), or_else(parts.body, ""));
    fclose(file);
    return layout_load(arena, "t.xml", image_table_open(arena), diag);
}

/* ── printing what was compiled ── */

static void print_field(const LayoutField *field, Buf *out)
{
    static const char *const names[LAYOUT_FORMAT_COUNT] = {
        [LAYOUT_PLAIN] = "plain",     [LAYOUT_SCORE] = "score",     [LAYOUT_DECIMAL] = "decimal",
        [LAYOUT_AMOUNT] = "amount",   [LAYOUT_PERCENT] = "percent", [LAYOUT_SIGNED] = "signed",
        [LAYOUT_CHINESE] = "chinese", [LAYOUT_DATE] = "date",       [LAYOUT_OR] = "or",
    };
    static const char *const functions[] = {"sum", "avg", "min", "max", "count", "running"};
    const bool call = field->kind >= LAYOUT_FIELD_SUM;
    buf_print(out, "{%s%s", call ? functions[field->kind - LAYOUT_FIELD_SUM] : "", call ? "(" : "");
    buf_print(out, "%s%s%s%s", or_else(field->query, ""), field->query && field->column ? "." : "",
              or_else(field->column, ""), call ? ")" : "");
    if (field->kind == LAYOUT_FIELD_VARIABLE)
        buf_print(out, "#%d", (int)field->variable);
    for (const LayoutPipe *pipe = field->pipes; pipe; pipe = pipe->next) {
        buf_print(out, "|%s", names[pipe->format]);
        if (pipe->format == LAYOUT_DECIMAL)
            buf_print(out, ":%d:%d", pipe->places, pipe->digits);
        if (pipe->format == LAYOUT_OR)
            buf_print(out, ":%s", pipe->text);
    }
    buf_text(out, "}");
}

static void print_parts(const LayoutPart *parts, Buf *out)
{
    for (; parts; parts = parts->next) {
        if (parts->field)
            print_field(parts->field, out);
        else
            buf_text(out, parts->literal);
    }
}

static void print_test(const LayoutTest *test, Buf *out)
{
    static const char *const signs[] = {"=", "!=", "<", "<=", ">", ">="};
    switch (test->kind) {
    case LAYOUT_AND:
    case LAYOUT_OR_ELSE:
        buf_text(out, "(");
        print_test(test->left, out);
        buf_text(out, test->kind == LAYOUT_AND ? " and " : " or ");
        print_test(test->right, out);
        buf_text(out, ")");
        break;
    case LAYOUT_NOT:
        buf_text(out, "not ");
        print_test(test->left, out);
        break;
    case LAYOUT_COMPARE:
        print_field(test->field, out);
        buf_text(out, signs[test->compare]);
        if (test->other)
            print_field(test->other, out);
        else if (test->is_number)
            buf_int(out, test->number);
        else
            buf_print(out, "'%s'", test->text);
        break;
    case LAYOUT_PRESENT:
        print_field(test->field, out);
        break;
    }
}

static void print_nodes(const LayoutNode *node, Buf *out);

static void print_loop(const LayoutNode *node, Buf *out)
{
    buf_text(out, node->as.for_each.query);
    if (node->as.for_each.match) {
        buf_print(out, " %s=", node->as.for_each.match);
        print_field(node->as.for_each.equal, out);
    }
    if (node->as.for_each.group_by)
        buf_print(out, " by %s", node->as.for_each.group_by);
}

static void print_node(const LayoutNode *node, Buf *out)
{
    static const char *const names[LAYOUT_KIND_COUNT] = {
        [LAYOUT_DIV] = "div",        [LAYOUT_HEADING] = "h",   [LAYOUT_P] = "p",         [LAYOUT_SPAN] = "span",
        [LAYOUT_BR] = "br",          [LAYOUT_HR] = "hr",       [LAYOUT_TABLE] = "table", [LAYOUT_THEAD] = "thead",
        [LAYOUT_TFOOT] = "tfoot",    [LAYOUT_TBODY] = "tbody", [LAYOUT_TR] = "tr",       [LAYOUT_CELL] = "cell",
        [LAYOUT_FOR_EACH] = "each ", [LAYOUT_IF] = "if ",      [LAYOUT_ELSE] = "else ",  [LAYOUT_CHART] = "chart",
        [LAYOUT_LET] = "let ",
    };
    assert_non_null(node->style);
    if (node->kind == LAYOUT_TEXT) {
        buf_text(out, "\"");
        print_parts(node->as.text.parts, out);
        buf_text(out, "\"");
        return;
    }
    buf_text(out, names[node->kind]);
    if (node->kind == LAYOUT_HEADING)
        buf_print(out, "%d%s", node->as.heading.level, node->as.heading.bookmark ? "" : "-");
    if (node->kind == LAYOUT_FOR_EACH)
        print_loop(node, out);
    if (node->kind == LAYOUT_LET)
        buf_print(out, "%d=", (int)node->as.let.variable);
    if (node->kind == LAYOUT_LET)
        print_parts(node->as.let.value, out);
    if (node->kind == LAYOUT_IF || node->kind == LAYOUT_ELSE)
        print_test(node->as.condition.test, out);
    if (node->kind == LAYOUT_CELL && node->as.cell.colspan * node->as.cell.rowspan > 1)
        buf_print(out, " %d×%d", node->as.cell.colspan, node->as.cell.rowspan);
    if (node->kind == LAYOUT_CELL && node->as.cell.header)
        buf_text(out, node->as.cell.row_header ? " row" : " head");
    buf_text(out, "(");
    print_nodes(node->children, out);
    buf_text(out, ")");
}

static void print_nodes(const LayoutNode *node, Buf *out)
{
    for (const char *gap = ""; node; node = node->next, gap = " ") {
        buf_text(out, gap);
        print_node(node, out);
    }
}

/* ── checking ── */

static void check_text(const char *source, const char *got, const char *expected)
{
    if (strcmp(got, expected) == 0)
        return;
    print_error("%s\n  got      %s\n  expected %s\n", source, got, expected);
    fail();
}

/* Loads, and compares the body with `expected`. */
static void check_tree(Parts parts, const char *expected)
{
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    Buf out = {0};
    const Layout *layout = load(arena, parts, diag);
    for (size_t i = 0; i < diag_count(diag); i++)
        diag_format(diag_item(diag, i), DIAG_ENGLISH, &out);
    if (layout)
        print_nodes(layout->body->children, &out);
    check_text(parts.body, buf_cstring(&out), expected);
    buf_free(&out);
    arena_close(arena);
}

typedef struct TreeCase {
    const char *body, *expected;
} TreeCase;

static void check_trees(const TreeCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_tree((Parts){.body = cases[i].body}, cases[i].expected);
}

#define CHECK_TREES(cases) check_trees((cases), sizeof(cases) / sizeof *(cases))

static void builds_the_tree(void **state)
{
    static const TreeCase cases[] = {
        {"", ""},
        {"<p>a</p>", "p(\"a\")"},
        {"<p/>", "p()"},
        {"<h1>a</h1><h2 bookmark-level=\"none\">b</h2><h3>c</h3><hr/>", "h1(\"a\") h2-(\"b\") h3(\"c\") hr()"},
        {"<div><p>a<br/>b<span>c</span></p></div>", "div(p(\"a\" br() \"b\" span(\"c\")))"},
        {"bare <span>text</span><p>a</p>more", "p(\"bare\" span(\" text\")) p(\"a\") p(\"more\")"},
        {"<table><tr><td>a</td></tr></table>", "table(tbody(tr(cell(p(\"a\")))))"},
        {"<table><col/><col/><thead><tr><th>a</th><th scope=\"row\">b</th></tr></thead>"
         "<tbody><tr><td colspan=\"2\">c</td></tr></tbody><tbody/></table>",
         "table(thead(tr(cell head(p(\"a\")) cell row(p(\"b\")))) tbody(tr(cell 2×1(p(\"c\")))) tbody())"},
        {"<table fill-rows=\"5\" continued=\"\"><for-each query=\"list\"><tbody><tr><td>a</td></tr></tbody></for-each>"
         "<tfoot><tr><td>b</td></tr></tfoot></table>",
         "table(each list(tbody(tr(cell(p(\"a\"))))) tfoot(tr(cell(p(\"b\")))))"},
        {"<table><tr><td>a</td></tr><if test=\"unit.a\"><tr/></if><tfoot><tr/></tfoot></table>",
         "table(tbody(tr(cell(p(\"a\"))) if {unit.a}(tr())) tfoot(tr()))"},
        {"<table><for-each query=\"list\"><tr><if test=\"a\"><td>b</td></if></tr></for-each></table>",
         "table(tbody(each list(tr(if {a}(cell(p(\"b\")))))))"},
        {"<table><tr><td><table><tr><td/></tr></table></td></tr></table>",
         "table(tbody(tr(cell(table(tbody(tr(cell())))))))"},
        {"<if test=\"unit.a\"><p>a</p></if> <else><p>b</p></else>", "if {unit.a}(p(\"a\")) else {unit.a}(p(\"b\"))"},
        {"<if test=\"unit.a\">a</if><else>b</else>", "p(if {unit.a}(\"a\") else {unit.a}(\"b\"))"},
        {"<if test=\"unit.a\">a</if><else><p>b</p></else>", "if {unit.a}(p(\"a\")) else {unit.a}(p(\"b\"))"},
        {"<if test=\"unit.a\"><p>a</p></if><else>b</else>", "if {unit.a}(p(\"a\")) else {unit.a}(p(\"b\"))"},
        {"a<if test=\"unit.a\">b</if>c", "p(\"a\" if {unit.a}(\"b\") \"c\")"},
        {"<if test=\"unit.a\">1</if><if test=\"unit.b\">2</if><else>3</else>",
         "p(if {unit.a}(\"1\") if {unit.b}(\"2\") else {unit.b}(\"3\"))"},
        {"<chart type=\"bar\" query=\"list\" label=\"{a}\" value=\"b\" alt=\"c\"/>", "chart()"},
    };
    (void)state;
    CHECK_TREES(cases);
}

static void makes_white_space_normal(void **state)
{
    static const TreeCase cases[] = {
        {"<p>  a  b  </p>", "p(\"a b\")"},
        {"<p>\n  党委\n  书记\n</p>", "p(\"党委书记\")"},
        {"<p>party\n  work</p>", "p(\"party work\")"},
        {"<p>党委\n  Party</p>", "p(\"党委Party\")"},
        {"<p>Party\n  党委</p>", "p(\"Party党委\")"},
        {"<p>党委，\n  书记</p>", "p(\"党委，书记\")"},
        {"<p>党委 书记</p>", "p(\"党委 书记\")"},
        {"<p>党　委\xC2\xA0 书</p>", "p(\"党　委\xC2\xA0 书\")"},
        {"<p>\xF0\xA0\xAE\xB7\n a</p>", "p(\"\xF0\xA0\xAE\xB7"
                                        "a\")"},
        {"<p>第\n  {unit.rank}\n  名</p>", "p(\"第{unit.rank}名\")"},
        {"<p>a\n  {unit.rank}</p>", "p(\"a{unit.rank}\")"},
        {"<p>a {unit.rank} b</p>", "p(\"a {unit.rank} b\")"},
        {"<p>a <span>b</span> c</p>", "p(\"a\" span(\" b\") \" c\")"},
        {"<p>a<span> </span>b</p>", "p(\"a\" span() \" b\")"},
        {"<p>a\n<span>\nb</span>\n</p>", "p(\"a\" span(\" b\"))"},
        {"<p>党\n<span>\n委</span>\n</p>", "p(\"党\" span(\"委\"))"},
        {"<p>a <br/> b</p>", "p(\"a\" br() \"b\")"},
        {"<p>a<!-- -->b</p>", "p(\"ab\")"},
        {"<p>a <if test=\"unit.a\">b</if><else>c</else> d</p>",
         "p(\"a\" if {unit.a}(\" b\") else {unit.a}(\" c\") \" d\")"},
        {"<p>\n<if test=\"unit.a\">\nb\n</if>\n<else>\nc\n</else>\n</p>", "p(if {unit.a}(\"b\") else {unit.a}(\"c\"))"},
        {"<p>a\n<if test=\"unit.a\">\nb\n</if>\nc</p>", "p(\"a\" if {unit.a}(\"b\") \"c\")"},
        {"<div>\n  a\n  <p>b</p>\n  c\n</div>", "div(p(\"a\") p(\"b\") p(\"c\"))"},
        {"<p>{{a}}</p>", "p(\"{a}\")"},
        {"<p>{{{unit.a}}}</p>", "p(\"{{unit.a}}\")"},
    };
    (void)state;
    CHECK_TREES(cases);
}

static void reads_fields(void **state)
{
    static const TreeCase cases[] = {
        {"<p>{unit.score|score|or:无数据}</p>", "p(\"{unit.score|score|or:无数据}\")"},
        {"<p>{unit.a|decimal:2}{unit.a|decimal:3:1}</p>", "p(\"{unit.a|decimal:2:2}{unit.a|decimal:3:1}\")"},
        {"<for-each query=\"list\"><if test=\"notice or not_ed\"><hr/></if></for-each>",
         "each list(if ({notice} or {not_ed})(hr()))"},
        {"<p>{unit.姓名|or:}</p>", "p(\"{unit.姓名|or:}\")"},
        {"<p>{unit.a|or:a:b}</p>", "p(\"{unit.a|or:a:b}\")"},
        {"<for-each query=\"list\"><p>{a}{list.a}{unit.a}</p></for-each>", "each list(p(\"{a}{list.a}{unit.a}\"))"},
        {"<p>{sum(list.a)|score}{count(list)}{avg(unit.a)}</p>",
         "p(\"{sum(list.a)|score}{count(list)}{avg(unit.a)}\")"},
        {"<for-each query=\"list\"><p>{running(a)}{max(list.a)}{loop.number}{count(a)}</p></for-each>",
         "each list(p(\"{running(a)}{max(list.a)}{loop.number}{count(a)}\"))"},
        {"<for-each query=\"list\" match=\"a=unit.b\" group-by=\"名\"><for-each query=\"list\" "
         "match=\"c\"/></for-each>",
         "p(each list a={unit.b} by 名(each list c={c}()))"},
        {"<let name=\"a\" value=\"1{unit.b}\"/><p>{a}</p><div><let name=\"a\" value=\"\"/>{a}</div><p>{a}</p>",
         "let 0=1{unit.b}() p(\"{a#0}\") div(let 1=() p(\"{a#1}\")) p(\"{a#0}\")"},
        {"<table><let name=\"a\" value=\"x\"/><tr><let name=\"b\" value=\"{a}\"/><td>{a}{b}</td></tr></table>",
         "table(tbody(let 0=x() tr(let 1={a#0}() cell(p(\"{a#0}{b#1}\")))))"},
        {"<p>{unit.a|chinese}{unit.a|date}{unit.a|signed}{unit.a|amount}{unit.a|percent}{unit.a|plain}</p>",
         "p(\"{unit.a|chinese}{unit.a|date}{unit.a|signed}{unit.a|amount}{unit.a|percent}{unit.a|plain}\")"},
    };
    (void)state;
    CHECK_TREES(cases);
}

static void reads_conditions(void **state)
{
    static const struct {
        const char *test, *expected;
    } cases[] = {
        {"unit.a", "{unit.a}"},
        {" unit.a = 'x y' ", "{unit.a}='x y'"},
        {"unit.a!=''", "{unit.a}!=''"},
        {"unit.a &lt; 5", "{unit.a}<5"},
        {"unit.a &lt;= -5", "{unit.a}<=-5"},
        {"unit.a &gt;0", "{unit.a}>0"},
        {"unit.a&gt;=0", "{unit.a}>=0"},
        {"not unit.a", "not {unit.a}"},
        {"not not unit.a", "not not {unit.a}"},
        {"unit.a and unit.b or unit.c", "(({unit.a} and {unit.b}) or {unit.c})"},
        {"unit.a or unit.b and unit.c", "({unit.a} or ({unit.b} and {unit.c}))"},
        {"(unit.a or unit.b) and unit.c", "(({unit.a} or {unit.b}) and {unit.c})"},
        {"not (unit.a or unit.b)", "not ({unit.a} or {unit.b})"},
        {"not unit.a and unit.b", "(not {unit.a} and {unit.b})"},
        {"unit.android or unit.notice", "({unit.android} or {unit.notice})"},
        {"unit.a &lt; unit.b", "{unit.a}<{unit.b}"},
        {"sum(list.a)&gt;=avg( list.b )", "{sum(list.a)}>={avg(list.b)}"},
        {"count(list)=0 or unit.a", "({count(list)}=0 or {unit.a})"},
        {"unit.a='（好）'and unit.b", "({unit.a}='（好）' and {unit.b})"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char body[200], expected[200];
        snprintf(body, sizeof body, "<if test=\"%s\"><hr/></if>", cases[i].test);
        snprintf(expected, sizeof expected, "if %s(hr())", cases[i].expected);
        check_tree((Parts){.body = body}, expected);
    }
}

/* A class with a test: an if and an else around the element, or several; the text is the same in all of them. */
static void compiles_classes_with_tests_away(void **state)
{
    static const TreeCase cases[] = {
        {"<p class=\"a\">x</p>", "if {unit.a}(p(\"x\")) else {unit.a}(p(\"x\"))"},
        {"<p class=\"plain a\">x</p>", "if {unit.a}(p(\"x\")) else {unit.a}(p(\"x\"))"},
        {"<p class=\"a b\"/>", "if {unit.a}(if {unit.b}(p()) else {unit.b}(p())) else {unit.a}(if {unit.b}(p()) else "
                               "{unit.b}(p()))"},
        {"<p>Party <span class=\"a\"> work </span> plan</p>",
         "p(\"Party\" if {unit.a}(span(\" work\")) else {unit.a}(span(\" work\")) \" plan\")"},
        {"<if test=\"unit.c\"><p class=\"a\"/></if><else>y</else>",
         "if {unit.c}(if {unit.a}(p()) else {unit.a}(p())) else {unit.c}(p(\"y\"))"},
        {"<table><for-each query=\"list\"><tr class=\"zebra\"><td>x</td></tr></for-each></table>",
         "table(tbody(each list(if {loop.even}(tr(cell(p(\"x\")))) else {loop.even}(tr(cell(p(\"x\")))))))"},
        {"<table><tr><td class=\"a\"/><td/></tr></table>",
         "table(tbody(tr(if {unit.a}(cell()) else {unit.a}(cell()) cell())))"},
    };
    static const char styles[] =
        "<styles><style name=\"a\" test=\"unit.a\" color=\"red\"/><style name=\"b\" test=\"unit.b\"/>"
        "<style name=\"zebra\" test=\"loop.even\"/><style name=\"plain\"/></styles>";
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_tree((Parts){.styles = styles, .body = cases[i].body}, cases[i].expected);
}

/* 2^3 copies on each of seven levels are too many; it says so, and soon. */
static void limits_the_copies(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    Buf body = {0};
    for (int i = 0; i < 7; i++)
        buf_text(&body, "<div class=\"a a a\">");
    for (int i = 0; i < 7; i++)
        buf_text(&body, "</div>");
    const Parts parts = {.styles = "<styles><style name=\"a\" test=\"unit.a\"/></styles>", .body = buf_cstring(&body)};
    assert_null(load(arena, parts, diag));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_LAYOUT_STYLE_COPIES);
    buf_free(&body);
    arena_close(arena);
}

/* ── styles ── */

static void print_edges(const char *name, const Mpt edges[LAYOUT_EDGES], Buf *out)
{
    if (edges[0] || edges[1] || edges[2] || edges[3])
        buf_print(out, " %s %d %d %d %d", name, edges[0], edges[1], edges[2], edges[3]);
}

static void print_flag(const char *name, bool set, Buf *out)
{
    if (set)
        buf_print(out, " %s", name);
}

static void print_number(const char *name, int number, int usual, Buf *out)
{
    if (number != usual)
        buf_print(out, " %s %d", name, number);
}

/* Family, size and line height; of the rest what is not as in an empty layout. */
static void print_style(const LayoutStyle *style, Buf *out)
{
    static const char *const aligns[] = {"left", "center", "right", "justify"};
    static const char *const verticals[] = {"top", "middle", "bottom"};
    buf_print(out, "%s %d/%d", style->font_family, style->font_size, style->line_height);
    print_flag("bold", style->bold, out);
    if (style->colour)
        buf_print(out, " #%06" PRIX32, style->colour);
    if (style->text_align != LAYOUT_JUSTIFY)
        buf_print(out, " %s", aligns[style->text_align]);
    print_number("indent", style->text_indent, 0, out);
    print_number("spacing", style->letter_spacing, 0, out);
    print_flag("nowrap", style->nowrap, out);
    print_flag("balance", style->text_wrap == LAYOUT_BALANCE, out);
    print_flag("title", style->text_wrap == LAYOUT_TITLE, out);
    if (style->line_break != LAYOUT_BASIC)
        buf_print(out, " line-break %d", (int)style->line_break);
    print_number("grid", style->character_grid, 0, out);
    print_flag("vertical", style->vertical, out);
    print_number("orphans", style->orphans, 2, out);
    print_number("widows", style->widows, 2, out);
    print_edges("margin", style->margin, out);
    print_edges("padding", style->padding, out);
    print_edges("border", style->border, out);
    if (style->border_colour)
        buf_print(out, " border #%06" PRIX32, style->border_colour);
    if (style->background != LAYOUT_TRANSPARENT)
        buf_print(out, " background #%06" PRIX32, style->background);
    if (style->vertical_align != LAYOUT_TOP)
        buf_print(out, " %s", verticals[style->vertical_align]);
    print_number("before", (int)style->break_before, 0, out);
    print_number("after", (int)style->break_after, 0, out);
    print_number("inside", (int)style->break_inside, 0, out);
    if (style->width.kind != LAYOUT_WIDTH_AUTO)
        buf_print(out, " width %d:%d", (int)style->width.kind, style->width.value);
    print_number("height", style->height, 0, out);
    print_number("shift", style->baseline_shift, 0, out);
}

/* The last of the first children: where the fragment is deepest. */
static const LayoutNode *deepest(const LayoutNode *node)
{
    while (node->children && node->children->kind != LAYOUT_TEXT)
        node = node->children;
    return node;
}

static void resolves_styles(void **state)
{
    static const struct {
        const char *styles, *body, *expected;
    } cases[] = {
        /* initial and inherited */
        {NULL, "<p/>", "song 10500/15750"},
        {"<styles><style for=\"layout\" font-family=\"kai\" font-size=\"12pt\"/></styles>", "<p/>", "kai 12000/18000"},
        {NULL, "<div font-family=\"hei\" color=\"red\" margin=\"1pt\"><p/></div>", "hei 10500/15750 #FF0000"},
        {NULL, "<div font-weight=\"bold\"><p font-weight=\"normal\"/></div>", "song 10500/15750"},
        {NULL, "<div text-align=\"right\" white-space=\"nowrap\" orphans=\"3\" widows=\"4\"><p/></div>",
         "song 10500/15750 right nowrap orphans 3 widows 4"},
        {NULL, "<div background=\"#a0B1c2\" border=\"1pt\" break-before=\"page\" height=\"5pt\"><p/></div>",
         "song 10500/15750"},
        {NULL, "<div text-indent=\"2em\"><table><tr><td>a</td></tr></table></div>", "song 10500/15750"},
        /* the language's defaults */
        {NULL, "<h1/>", "song 21000/31500 bold center title margin 10500 0 10500 0 after 2"},
        {NULL, "<h2/>", "song 15750/23625 bold margin 7875 0 7875 0 after 2"},
        {NULL, "<hr/>", "song 10500/15750 margin 5250 0 5250 0 border 709 0 0 0"},
        {NULL, "<table><tr><th/></tr></table>", "song 10500/15750 bold center padding 2100 4200 2100 4200 middle"},
        {NULL, "<chart type=\"bar\" query=\"list\" label=\"\" value=\"a\" alt=\"\"/>",
         "song 10500/15750 inside 2 height 170079"},
        /* order: default, for, classes as written, own */
        {"<styles><style for=\"h1\" font-size=\"22pt\" margin=\"0\" font-weight=\"normal\"/></styles>", "<h1/>",
         "song 22000/33000 center title after 2"},
        {"<styles><style name=\"a\" font-size=\"8pt\"/><style name=\"b\" font-size=\"9pt\"/></styles>",
         "<p class=\"a b\"/>", "song 9000/13500"},
        {"<styles><style name=\"a\" font-size=\"8pt\"/><style name=\"b\" font-size=\"9pt\"/></styles>",
         "<p class=\" b  a \"/>", "song 8000/12000"},
        {"<styles><style for=\"p\" color=\"red\"/><style name=\"a\" color=\"blue\"/></styles>", "<p class=\"a\"/>",
         "song 10500/15750 #0000FF"},
        {"<styles><style name=\"a\" color=\"blue\"/></styles>", "<p class=\"a\" color=\"#010203\"/>",
         "song 10500/15750 #010203"},
        /* extends: the base's declarations come first, whatever the order of the styles; its test stays behind */
        {"<styles><style name=\"a\" extends=\"b\" color=\"red\"/><style name=\"b\" color=\"blue\" "
         "font-size=\"9pt\"/></styles>",
         "<p class=\"a\"/>", "song 9000/13500 #FF0000"},
        {"<styles><style name=\"a\" margin-top=\"1pt\"/><style name=\"b\" extends=\"a\" margin=\"0\"/>"
         "<style for=\"p\" extends=\"b\" text-align=\"left\"/></styles>",
         "<p/>", "song 10500/15750 left"},
        {"<styles><style name=\"a\" test=\"unit.x\" color=\"red\"/><style name=\"b\" extends=\"a\"/></styles>",
         "<p class=\"b\"/>", "song 10500/15750 #FF0000"},
        /* lengths: em is of the element's own size, which may itself be in em of its parent's */
        {NULL, "<p font-size=\"20pt\" text-indent=\"2em\" margin-top=\"0.5em\"/>",
         "song 20000/30000 indent 40000 margin 10000 0 0 0"},
        {NULL, "<div font-size=\"20pt\"><p font-size=\"0.5em\" padding=\"1em\"/></div>",
         "song 10000/15000 padding 10000 10000 10000 10000"},
        {NULL, "<div font-size=\"20pt\"><p font-size=\"150%\"/></div>", "song 30000/45000"},
        {NULL, "<div text-indent=\"2em\"><p font-size=\"20pt\"/></div>", "song 20000/30000 indent 21000"},
        {"<styles><style name=\"a\" text-indent=\"2em\"/></styles>", "<p class=\"a\" font-size=\"16pt\"/>",
         "song 16000/24000 indent 32000"},
        {NULL, "<p margin=\"1mm 2pt\"/>", "song 10500/15750 margin 2835 2000 2835 2000"},
        {NULL, "<p margin=\"1pt 2pt 3pt\"/>", "song 10500/15750 margin 1000 2000 3000 2000"},
        {NULL, "<p margin=\"1pt 2pt 3pt 4pt\"/>", "song 10500/15750 margin 1000 2000 3000 4000"},
        {NULL, "<p margin-left=\"-4mm\" margin=\"1pt\"/>", "song 10500/15750 margin 1000 1000 1000 -11339"},
        {NULL, "<p letter-spacing=\"-0.1em\" baseline-shift=\"3pt\"/>", "song 10500/15750 spacing -1050 shift 3000"},
        {NULL, "<p border=\"none\" border-bottom=\"0.35mm\" border-color=\"gray\"/>",
         "song 10500/15750 border 0 0 992 0 border #808080"},
        /* line height: a factor is inherited as a factor, a length as a length */
        {NULL, "<div line-height=\"2\"><p font-size=\"20pt\"/></div>", "song 20000/40000"},
        {NULL, "<div line-height=\"28pt\"><p font-size=\"20pt\"/></div>", "song 20000/28000"},
        {NULL, "<div line-height=\"200%\"><p font-size=\"20pt\"/></div>", "song 20000/21000"},
        {NULL, "<div line-height=\"28pt\"><p line-height=\"1.5\"/></div>", "song 10500/15750"},
        /* widths and words */
        {NULL, "<div width=\"25%\"/>", "song 10500/15750 width 2:2500"},
        {NULL, "<div width=\"1.5fr\"/>", "song 10500/15750 width 3:1500"},
        {NULL, "<div width=\"2em\" font-size=\"10pt\"/>", "song 10000/15000 width 1:20000"},
        {NULL, "<div break-before=\"page\" break-after=\"avoid\" break-inside=\"avoid\" text-wrap=\"balance\"/>",
         "song 10500/15750 balance before 1 after 2 inside 2"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_open(0);
        Diag *diag = diag_open(arena, 0);
        Buf out = {0};
        const Layout *layout = load(arena, (Parts){.styles = cases[i].styles, .body = cases[i].body}, diag);
        if (layout)
            print_style(deepest(layout->body)->style, &out);
        check_text(cases[i].body, buf_cstring(&out), cases[i].expected);
        buf_free(&out);
        arena_close(arena);
    }
}

/* ── page, queries, charts ── */

static void reads_the_page(void **state)
{
    static const struct {
        const char *page, *expected;
    } cases[] = {
        {"<page/>", "595276×841890 104882 73701 99213 79370 19843 19843"},
        {"<page size=\"A4\" orientation=\"landscape\" margin=\"20mm\"/>",
         "841890×595276 56693 56693 56693 56693 19843 19843"},
        {"<page size=\"300pt 200pt\" orientation=\"portrait\" margin=\"10pt 0\"/>",
         "200000×300000 10000 0 10000 0 19843 19843"},
        {"<page size=\"A3\" margin=\"1pt 2pt 3pt 4pt\" header-distance=\"5pt\" footer-distance=\"0\"/>",
         "841890×1190551 1000 2000 3000 4000 5000 0"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_open(0);
        Buf out = {0};
        const Layout *layout = load(arena, (Parts){.page = cases[i].page}, diag_open(arena, 0));
        assert_non_null(layout);
        const LayoutPageTemplate *page = layout->page;
        buf_print(&out, "%d×%d %d %d %d %d %d %d", page->width, page->height, page->margin[0], page->margin[1],
                  page->margin[2], page->margin[3], page->header_distance, page->footer_distance);
        check_text(cases[i].page, buf_cstring(&out), cases[i].expected);
        buf_free(&out);
        arena_close(arena);
    }
}

static void reads_header_and_footers(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Buf out = {0};
    const Layout *layout = load(
        arena,
        (Parts){.page =
                    "<page><header>{unit.name}</header><footer>— {page} —</footer><footer side=\"even\">{pages|chinese}"
                    "</footer></page>"},
        diag_open(arena, 0));
    assert_non_null(layout);
    print_nodes(layout->page->header[LAYOUT_SIDE_ALL], &out);
    print_nodes(layout->page->footer[LAYOUT_SIDE_ALL], &out);
    print_nodes(layout->page->footer[LAYOUT_SIDE_EVEN], &out);
    assert_string_equal(buf_cstring(&out), "div(p(\"{unit.name}\"))div(p(\"— {page} —\"))div(p(\"{pages|chinese}\"))");
    buf_free(&out);
    arena_close(arena);
}

static void reads_the_rest(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    const Layout *layout = load(arena, (Parts){.body = "<p>{unit.a}</p>"}, diag_open(arena, 0));
    assert_non_null(layout);
    assert_string_equal(layout->path, "t.xml");
    assert_string_equal(layout->name, "t");
    assert_string_equal(layout->language, "zh-CN");
    assert_true(layout->for_unit);
    assert_int_equal(strlen(layout->hash), 64);
    assert_string_equal(layout->title->field->column, "name");
    assert_int_equal(layout->query_count, 2);
    assert_true(layout->queries->single);
    assert_string_equal(layout->queries->next->sql, "SELECT 2");
    assert_false(layout->queries->next->single);
    assert_int_equal(layout->field_count, 2);
    assert_int_equal(layout->title->field->id, 0);
    const LayoutField *field = layout->body->children->children->as.text.parts->field;
    assert_int_equal(field->id, 1);
    assert_int_equal(field->line, 5);
    assert_int_equal(field->column_at, 10);
    assert_int_equal(layout_place(layout->body->children).line, 5);
    assert_string_equal(layout_place(layout->body->children).file, "t.xml");
    assert_ptr_equal(layout->body->children->parent, layout->body);
    arena_close(arena);
}

static void reads_charts(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Buf out = {0};
    const Layout *layout = load(arena,
                                (Parts){.body = "<chart type=\"line\" query=\"list\" label=\"{a}年\" value=\"list.b\" "
                                                "caption=\"{b|score}\" reference=\"c\" "
                                                "value-name=\"今年\" reference-name=\"去年\" decimals=\"2\" "
                                                "max=\"100\" height=\"50pt\" alt=\"{unit.d}\"/>"
                                                "<table><col width=\"20mm\"/><col width=\"1fr\" span=\"2\"/></table>"},
                                diag_open(arena, 0));
    assert_non_null(layout);
    const LayoutNode *chart = layout->body->children, *table = chart->next;
    print_parts(chart->as.chart.label, &out);
    print_parts(chart->as.chart.caption, &out);
    print_field(chart->as.chart.value, &out);
    print_field(chart->as.chart.reference, &out);
    print_parts(chart->as.chart.alt, &out);
    buf_print(&out, "%d %d %d", chart->as.chart.places, (int)chart->as.chart.max, chart->as.chart.height);
    assert_string_equal(buf_cstring(&out), "{a}年{b|score}{list.b}{c}{unit.d}2 100 50000");
    assert_int_equal(chart->as.chart.type, LAYOUT_CHART_LINE);
    assert_string_equal(chart->as.chart.value_name, "今年");
    assert_string_equal(chart->as.chart.reference_name, "去年");
    assert_int_equal(table->as.table.count, 3);
    assert_int_equal(table->as.table.columns[0].kind, LAYOUT_WIDTH_FIXED);
    assert_int_equal(table->as.table.columns[0].value, 56693);
    assert_int_equal(table->as.table.columns[2].value, 1000);
    buf_free(&out);
    arena_close(arena);
}

/* ── mistakes ── */

typedef struct BadCase {
    Parts parts;
    const char *expected; /* one line a diagnostic: "line:column CODE first argument", joined by "; " */
} BadCase;

static void print_mistakes(const Diag *diag, Buf *out)
{
    for (size_t i = 0; i < diag_count(diag); i++) {
        const DiagItem *item = diag_item(diag, i);
        buf_print(out, "%s%d:%d %s", i > 0 ? "; " : "", item->place.line, item->place.column,
                  diag_code_name(item->code) + 7);
        for (size_t j = 0; item->args[j]; j++)
            buf_print(out, "%s%s", *item->args[j] ? j > 0 ? ", " : " " : "", item->args[j]);
    }
}

static void explains_mistakes(void **state)
{
    static const BadCase cases[] = {
        /* values */
        {{.body = "\n<p font-size=\"12px\"/>"}, "6:1 VALUE font-size, 12px, 16pt, 5mm, 1.5em, 120%"},
        {{.body = "<p font-size=\"12\"/>"}, "5:7 VALUE font-size, 12, 16pt, 5mm, 1.5em, 120%"},
        {{.body = "<p font-size=\"-1pt\"/>"}, "5:7 VALUE font-size, -1pt, 16pt, 5mm, 1.5em, 120%"},
        {{.body = "<p font-size=\"90em\"/>"}, NULL},
        {{.body = "<p font-size=\"99em\"/>"}, "5:7 RANGE font-size, 99em, 1pt, 1000pt"},
        {{.body = "<p margin=\"1pt 2pt 3pt 4pt 5pt\"/>"},
         "5:7 VALUE margin, 1pt 2pt 3pt 4pt 5pt, 2mm, 1em 0, 37mm 26mm 35mm 28mm"},
        {{.body = "<p margin-top=\"1pt 2pt\"/>"}, "5:7 VALUE margin-top, 1pt 2pt, 12pt, 4mm, 1.5em"},
        {{.body = "<p margin=\"none\"/>"}, "5:7 VALUE margin, none, 2mm, 1em 0, 37mm 26mm 35mm 28mm"},
        {{.body = "<p padding=\"-1pt\"/>"}, "5:7 VALUE padding, -1pt, 2mm, 1em 0, 37mm 26mm 35mm 28mm"},
        {{.body = "<p text-indent=\"20000pt\"/>"}, "5:7 VALUE text-indent, 20000pt, 12pt, 4mm, 1.5em"},
        {{.body = "<p color=\"#12345\"/>"}, "5:7 VALUE color, #12345, #C00000, black, gray, red"},
        {{.body = "<p color=\"transparent\"/>"}, "5:7 VALUE color, transparent, #C00000, black, gray, red"},
        {{.body = "<p line-height=\"2fr\"/>"}, "5:7 VALUE line-height, 2fr, 1.5, 28pt, 150%"},
        {{.body = "<p orphans=\"2.5\"/>"}, "5:7 VALUE orphans, 2.5, 2"},
        {{.body = "<p width=\"120%\"/>"}, "5:7 VALUE width, 120%, auto, 30mm, 25%, 1fr"},
        {{.styles = "<styles><style name=\"a\" border=\"thin\"/></styles>", .body = "<p class=\"a\"/><p class=\"a\"/>"},
         "2:9 VALUE border, thin, 0.35mm, 0.5pt, none"},
        {{.body = "<table><col width=\"wide\"/></table>"}, "5:14 VALUE width, wide, auto, 30mm, 25%, 1fr"},
        /* names */
        {{.styles = "<styles><style name=\"note\" color=\"red\"/></styles>", .body = "<p class=\"nota\"/>"},
         "5:7 CLASS nota, note"},
        {{.styles = "<styles><style name=\"a\"/><style name=\"b\"/></styles>", .body = "<p class=\"a zzz\"/>"},
         "5:7 CLASS zzz, a, b"},
        {{.styles = "<styles><style name=\"a\"/><style name=\"a\"/></styles>"}, "2:26 DUPLICATE style name, a"},
        {{.styles = "<styles><style for=\"p\"/><style for=\"p\"/></styles>"}, "2:25 DUPLICATE style for, p"},
        {{.queries = "<query name=\"list\" rows=\"one\">SELECT 1</query>"}, "4:96 DUPLICATE query name, list"},
        {{.queries = "<query name=\"x\" rows=\"one\">  </query>"}, "4:96 QUERY_EMPTY x"},
        {{.body = "<for-each query=\"lst\"><p>{a}</p></for-each>"}, "5:7 QUERY lst, list"},
        {{.body = "<chart type=\"bar\" query=\"x\" label=\"{a}\" value=\"b\" alt=\"\"/>"}, "5:7 QUERY x, unit, list"},
        {{.page = "<page><footer/><footer/></page>"}, "3:16 DUPLICATE footer"},
        {{.page = "<page><footer side=\"even\"/><footer side=\"even\"/></page>"}, "3:28 DUPLICATE footer, even"},
        /* fields */
        {{.body = "<p>ab\n 好{unit.}</p>"}, "6:5 FIELD_SYNTAX unit."},
        {{.body = "\n  <p>\n\n   {9a}</p>"}, "8:4 FIELD_SYNTAX 9a"},
        {{.body = "<p>{}</p>"}, "5:10 FIELD_SYNTAX"},
        {{.body = "<p>{unit.a b}</p>"}, "5:10 FIELD_SYNTAX unit.a b"},
        {{.body = "<p>a}b</p>"}, "5:11 BRACE }"},
        {{.body = "<p>a{b</p>"}, "5:11 BRACE {"},
        {{.body = "<p>{a}</p>"}, "5:10 FIELD_NO_ROW a"},
        {{.body = "<p>{list.a}</p>"}, "5:10 FIELD_MANY a, list"},
        {{.body = "<p>{unti.a}</p>"}, "5:10 QUERY unti, unit"},
        {{.body = "<p>{page}</p>"}, "5:10 COUNTER page"},
        {{.page = "<page><footer><if test=\"page = 1\">x</if></footer></page>"}, "3:15 COUNTER page"},
        {{.body = "<p>{unit.a|scroe}</p>"}, "5:10 FORMAT scroe, score"},
        {{.body = "<p>{unit.a|}</p>"},
         "5:10 FORMAT, plain, score, decimal, thousands, amount, percent, signed, chinese, daxie, ordinal, date, "
         "date-dot …"},
        {{.body = "<p>{unit.a|or}</p>"}, "5:10 FORMAT_ARGUMENT or, or:无"},
        {{.body = "<p>{unit.a|decimal}</p>"}, "5:10 FORMAT_ARGUMENT decimal, decimal:2, decimal:2:1"},
        {{.body = "<p>{unit.a|decimal:12}</p>"}, "5:10 FORMAT_ARGUMENT decimal, decimal:2, decimal:2:1"},
        {{.body = "<p>{unit.a|score:2}</p>"}, "5:10 FORMAT_ARGUMENT score, score"},
        {{.body = "<chart type=\"bar\" query=\"list\" label=\"\" value=\"b|score\" alt=\"\"/>"},
         "5:7 VALUE value, b|score, score"},
        {{.body = "<chart type=\"bar\" query=\"list\" label=\"\" value=\"b\" alt=\"{b}\"/>"}, "5:7 FIELD_NO_ROW b"},
        {{.body = "<chart type=\"bar\" query=\"list\" label=\"\" value=\"b\" alt=\"\" height=\"0\"/>"},
         "5:7 VALUE height, 0, 60mm"},
        /* conditions */
        {{.body = "<if test=\"\">a</if>"}, "5:7 TEST, 1, column, query.column, not, ("},
        {{.body = "<if test=\"unit.a =\">a</if>"}, "5:7 TEST unit.a =, 9, 'text', 12, column, query.column"},
        {{.body = "<if test=\"unit.a = 好\">a</if>"}, "5:7 TEST unit.a = 好, 10, 'text', 12, column, query.column"},
        {{.body = "<if test=\"unit.好 = 1.5\">a</if>"}, "5:7 TEST unit.好 = 1.5, 10, 'text', 12, column, query.column"},
        {{.body = "<if test=\"unit.a = 'x\">a</if>"}, "5:7 TEST unit.a = 'x, 10, 'text'"},
        {{.body = "<if test=\"(unit.a\">a</if>"}, "5:7 TEST (unit.a, 8, ), and, or"},
        {{.body = "<if test=\"unit.a unit.b\">a</if>"}, "5:7 TEST unit.a unit.b, 8, and, or"},
        {{.body = "<if test=\"unit.a and\">a</if>"}, "5:7 TEST unit.a and, 11, column, query.column, not, ("},
        {{.body = "<if test=\"a\">a</if>"}, "5:7 FIELD_NO_ROW a"},
        {{.body = "<p>a</p><else>b</else>"}, "5:15 ELSE"},
        {{.body = "<p><else>b</else></p>"}, "5:10 ELSE"},
        {{.body = "<p><if test=\"unit.a\">a</if>b<else>c</else></p>"}, "5:35 ELSE"},
        {{.body = "<p><if test=\"unit.a\">a</if><else>b</else><else>c</else></p>"}, "5:48 ELSE"},
        /* styles */
        {{.styles = "<styles><style name=\"a\" extends=\"b\"/><style name=\"b\" extends=\"c\"/>\n"
                    "<style name=\"c\" extends=\"b\"/></styles>"},
         "2:38 STYLE_CYCLE b → c → b"},
        {{.styles = "<styles><style name=\"a\" extends=\"a\"/></styles>"}, "2:9 STYLE_CYCLE a → a"},
        {{.styles = "<styles><style name=\"note\"/><style name=\"b\" extends=\"nota\"/></styles>"},
         "2:29 CLASS nota, note"},
        {{.styles = "<styles><style name=\"a\" test=\"x\"/></styles>", .body = "<p class=\"a\"/>"},
         "2:9 FIELD_NO_ROW x; 5:7 STYLE_USED a"},
        {{.styles = "<styles><style name=\"a\" test=\"unit.x =\"/></styles>", .body = "<p class=\"a a\"/>"},
         "2:9 TEST unit.x =, 9, 'text', 12, column, query.column; 5:7 STYLE_USED a"},
        {{.styles = "<styles><style name=\"a\" test=\"unit.x\"/></styles>",
          .body = "<table><tbody class=\"a\"/></table>"},
         "5:14 STYLE_PLACE a, tbody"},
        {{.styles = "<styles><style name=\"a\" test=\"unit.x\"/></styles>", .body = "<p class=\"a a a a\">{x}</p>"},
         "5:7 STYLE_TESTS 3; 5:26 FIELD_NO_ROW x"},
        /* aggregates, loops, variables */
        {{.body = "<p>{summ(list.a)}</p>"}, "5:10 FUNCTION summ, sum"},
        {{.body = "<p>{sum(list.a}</p>"}, "5:10 FIELD_SYNTAX sum(list.a"},
        {{.body = "<p>{sum(list)}</p>"}, "5:10 FIELD_NO_ROW list"},
        {{.body = "<p>{sum(lst.a)}</p>"}, "5:10 QUERY lst, list"},
        {{.body = "<p>{running(list.a)}</p>"}, "5:10 RUNNING running(list.a), list"},
        {{.body = "<p>{loop.number}</p>"}, "5:10 LOOP_NONE loop.number"},
        {{.body = "<for-each query=\"list\">{loop.nummer}</for-each>"}, "5:30 LOOP nummer, number"},
        {{.body = "<chart type=\"bar\" query=\"list\" label=\"{loop.number}\" value=\"b\" alt=\"\"/>"},
         "5:7 LOOP_NONE loop.number"},
        {{.queries = "<query name=\"loop\" rows=\"one\">SELECT 1</query>"}, "4:96 RESERVED loop"},
        {{.body = "<let name=\"page\" value=\"\"/>"}, "5:7 RESERVED page"},
        {{.body = "<let name=\"x\" value=\"{x}\"/>"}, "5:7 FIELD_NO_ROW x"},
        {{.body = "<div><let name=\"x\" value=\"1\"/></div><p>{x}</p>"}, "5:46 FIELD_NO_ROW x"},
        {{.body = "<for-each query=\"list\" match=\"a=\"/>"}, "5:7 FIELD_SYNTAX"},
        {{.body = "<for-each query=\"list\" match=\"a b\"/>"}, "5:7 MATCH a b"},
        {{.body = "<for-each query=\"list\" match=\"a\"/>"}, "5:7 FIELD_NO_ROW a"},
        {{.body = "<if test=\"unit.a = x\">a</if>"}, "5:7 TEST unit.a = x, 10, 'text', 12, column, query.column"},
        /* page and tables */
        {{.page = "<page size=\"A9\"/>"}, "3:1 VALUE size, A9, A3, A4, A5, B5, 210mm 297mm"},
        {{.page = "<page margin=\"2em\"/>"}, "3:1 VALUE margin, 2em, 20mm, 37mm 26mm 35mm 28mm"},
        {{.page = "<page margin=\"100mm\"/>"}, "3:1 PAGE_ROOM 20 mm"},
        {{.page = "<page footer-distance=\"-7mm\"/>"}, "3:1 VALUE footer-distance, -7mm, 7mm, 20pt"},
        {{.body = "<table><col span=\"2\"/>\n<tr><td colspan=\"2\"/><td/></tr></table>"}, "6:1 CELLS 3, 2"},
        /* all mistakes are told at once */
        {{.body = "<p font-size=\"x\">{a}</p><p class=\"y\"/>"},
         "5:7 VALUE font-size, x, 16pt, 5mm, 1.5em, 120%; 5:24 FIELD_NO_ROW a; 5:31 CLASS y, —"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_open(0);
        Diag *diag = diag_open(arena, 0);
        Buf out = {0};
        const Layout *layout = load(arena, cases[i].parts, diag);
        print_mistakes(diag, &out);
        check_text(or_else(cases[i].parts.body, "-"), buf_cstring(&out), or_else(cases[i].expected, ""));
        assert_int_equal(layout != NULL, cases[i].expected == NULL);
        buf_free(&out);
        arena_close(arena);
    }
}

static void limits_the_depth_of_conditions(void **state)
{
    (void)state;
    for (int depth = 60; depth <= 70; depth += 10) {
        Arena *arena = arena_open(0);
        Diag *diag = diag_open(arena, 0);
        Buf body = {0};
        buf_text(&body, "<if test=\"");
        for (int i = 0; i < depth; i++)
            buf_text(&body, "(");
        buf_text(&body, "unit.a");
        for (int i = 0; i < depth; i++)
            buf_text(&body, ")");
        buf_text(&body, "\">a</if>");
        const Layout *layout = load(arena, (Parts){.body = buf_cstring(&body)}, diag);
        assert_int_equal(layout != NULL, depth == 60);
        assert_int_equal(diag_count(diag), depth == 60 ? 0 : 1);
        if (depth == 70)
            assert_int_equal(diag_item(diag, 0)->code, DIAG_LAYOUT_TEST_DEPTH);
        buf_free(&body);
        arena_close(arena);
    }
}

/* ── parts ── */

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void write_part(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "<part xmlns=\"urn:shuzhi:layout:1\">\n%s</part>\n", content);
    fclose(file);
}

/* What a layout that includes `href` on line 5 says. */
static void check_include(const char *href, const char *expected)
{
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    Buf out = {0};
    const Layout *layout = load(arena, (Parts){.body = arena_print(arena, "<include href=\"%s\"/>", href)}, diag);
    for (size_t i = 0; i < diag_count(diag); i++)
        diag_format(diag_item(diag, i), DIAG_ENGLISH, &out);
    if (layout)
        print_nodes(layout->body->children, &out);
    check_text(href, buf_cstring(&out), expected);
    buf_free(&out);
    arena_close(arena);
}

static void includes_parts(void **state)
{
    (void)state;
    assert_int_equal(mkdir("sub", 0700), 0);
    write_part("a.xml", "<body>bare<p>a</p></body>");
    write_part("sub/b.xml", "<body color=\"red\"><include href=\"../a.xml\"/></body>");
    write_part("none.xml", "<styles><style name=\"x\"/></styles>");
    write_part("loop.xml", "<body>\n<include href=\"sub/back.xml\"/></body>");
    write_part("sub/back.xml", "<body><include href=\"../loop.xml\"/></body>");
    write_part("wrong.xml", "<body>\n<p clas=\"x\">{unit.a}</p></body>");
    write_part("field.xml", "<body>\n<p>{list.a}</p></body>");
    write_text("root.xml",
               "<layout xmlns=\"urn:shuzhi:layout:1\" name=\"x\" for=\"unit\" title=\"\"><page/><body/></layout>");
    check_include("a.xml", "p(\"bare\") p(\"a\")");
    check_include("./sub/..//a.xml", "p(\"bare\") p(\"a\")");
    check_include("sub/b.xml", "div(p(\"bare\") p(\"a\"))");
    check_include("none.xml",
                  "t.xml:5:7: error: the part none.xml has no <body> to stand here. put the include at the top of the "
                  "layout, or give the part a body [LAYOUT_INCLUDE_EMPTY]\n");
    check_include("../a.xml",
                  "t.xml:5:7: error: href=\"../a.xml\" leaves the directory of the layout. write a path within it, "
                  "relative to this file [LAYOUT_INCLUDE_PATH]\n");
    check_include("/etc/a.xml",
                  "t.xml:5:7: error: href=\"/etc/a.xml\" leaves the directory of the layout. write a path within "
                  "it, relative to this file [LAYOUT_INCLUDE_PATH]\n");
    check_include("nona.xml", "t.xml:5:7: error: the part nona.xml is not there or cannot be read. perhaps: none.xml "
                              "[LAYOUT_INCLUDE_MISSING]\n");
    check_include("loop.xml",
                  "sub/back.xml:2:7: error: the part includes itself: loop.xml → sub/back.xml → loop.xml. take one "
                  "include out [LAYOUT_INCLUDE_CYCLE]\n");
    check_include("wrong.xml", "wrong.xml:3:1: error: <p> has no attribute clas. did you mean class? "
                               "[XML_ATTRIBUTE_MISSPELT]\n");
    check_include("field.xml",
                  "field.xml:3:4: error: list.a: query list has many rows. put it inside <for-each query=\"list\">, "
                  "or declare the query rows=\"one\" [LAYOUT_FIELD_MANY]\n");
    check_include("root.xml", "root.xml:1:1: error: the document begins with <layout>. it must begin with part "
                              "[XML_ROOT_WRONG]\n");
}

static const char *hash_with(Arena *arena, const char *part)
{
    write_part("a.xml", part);
    const Layout *layout = load(arena, (Parts){.body = "<include href=\"a.xml\"/>"}, diag_open(arena, 0));
    assert_non_null(layout);
    return layout->hash;
}

/* One pixel, black and white. */
static const unsigned char black[] = {0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D,
                                      0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01,
                                      0x08, 0x00, 0x00, 0x00, 0x00, 0x3A, 0x7E, 0x9B, 0x55, 0x00, 0x00, 0x00,
                                      0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0x60, 0x00, 0x00, 0x00,
                                      0x02, 0x00, 0x01, 0x48, 0xAF, 0xA4, 0x71, 0x00, 0x00, 0x00, 0x00, 0x49,
                                      0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82},
                           white[] = {0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D,
                                      0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01,
                                      0x08, 0x00, 0x00, 0x00, 0x00, 0x3A, 0x7E, 0x9B, 0x55, 0x00, 0x00, 0x00,
                                      0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0xF8, 0x0F, 0x00, 0x01,
                                      0x01, 0x01, 0x00, 0xB1, 0x38, 0xF6, 0x14, 0x00, 0x00, 0x00, 0x00, 0x49,
                                      0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82};

static const Layout *load_with_image(Arena *arena, const unsigned char *png, size_t length, Diag *diag)
{
    assert_true(file_write("dot.png", png, length, diag));
    return load(arena, (Parts){.body = "<img src=\"dot.png\" alt=\"{unit.name}\"/>"}, diag);
}

static void images_are_in_the_hash(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    const Layout *first = load_with_image(arena, black, sizeof black, diag);
    const Layout *second = load_with_image(arena, white, sizeof white, diag);
    const Layout *again = load_with_image(arena, black, sizeof black, diag);
    assert_non_null(first);
    assert_string_not_equal(first->hash, second->hash);
    assert_string_equal(first->hash, again->hash);
    assert_int_equal(first->body->children->kind, LAYOUT_FIGURE);
    assert_int_equal(first->body->children->as.figure.image->width, 1);
    assert_int_equal(diag_count(diag), 0);
    assert_null(load_with_image(arena, black, sizeof black - 30, diag));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_IMAGE_DAMAGED);
    assert_int_equal(diag_item(diag, 0)->place.line, 5);
    arena_close(arena);
}

static void parts_are_in_the_hash(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    const char *first = hash_with(arena, "<body>1</body>");
    assert_string_not_equal(first, hash_with(arena, "<body>2</body>"));
    assert_string_equal(first, hash_with(arena, "<body>1</body>"));
    arena_close(arena);
}

static void limits_parts(void **state)
{
    (void)state;
    for (int i = 0; i < 9; i++) {
        char path[32], content[64];
        snprintf(path, sizeof path, "deep%d.xml", i);
        snprintf(content, sizeof content, "<body><include href=\"deep%d.xml\"/></body>", i + 1);
        write_part(path, i < 8 ? content : "<body>end</body>");
    }
    check_include("deep1.xml", "p(\"end\")");
    check_include("deep0.xml",
                  "deep7.xml:2:7: error: more than 64 parts, or includes deeper than 8. put parts together "
                  "[LAYOUT_INCLUDE_LIMIT]\n");
}

static void says_it_in_both_languages(void **state)
{
    (void)state;
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    Buf out = {0};
    assert_null(load(arena, (Parts){.body = "<p>{list.a}</p>"}, diag));
    diag_format(diag_item(diag, 0), DIAG_ENGLISH, &out);
    diag_format(diag_item(diag, 0), DIAG_CHINESE, &out);
    assert_string_equal(
        buf_cstring(&out),
        "t.xml:5:10: error: list.a: query list has many rows. put it inside <for-each query=\"list\">, or declare "
        "the query rows=\"one\" [LAYOUT_FIELD_MANY]\n"
        "t.xml:5:10: 错误：list.a：查询 list 有多行。请放在 <for-each query=\"list\"> 内，或将查询声明为 rows=\"one\" "
        "[LAYOUT_FIELD_MANY]\n");
    buf_free(&out);
    arena_close(arena);
}

/* ── the reference ── */

/* Every name of an element or attribute in the grammar stands in the reference between backticks. */
static void the_reference_names_everything(void **state)
{
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    size_t length, names = 0;
    const char *reference = file_read(arena, *state, 1 << 20, &length, diag);
    assert_non_null(reference);
    for (const char *at = layout_grammar; (at = strstr(at, " name=\"")); at++) {
        const bool element = memcmp(at - 7, "element", 7) == 0, attribute = memcmp(at - 9, "attribute", 9) == 0;
        const char *name = at + 7;
        const int size = (int)strcspn(name, "\"");
        if (!element && !attribute)
            continue;
        names++;
        if (!strstr(reference, arena_print(arena, element ? "`<%.*s>`" : "`%.*s`", size, name))) {
            print_error("docs/layout-reference.md says nothing of %.*s\n", size, name);
            fail();
        }
    }
    assert_true(names > 80);
    arena_close(arena);
}

/* Runs in a scratch directory; the reference's path is made absolute before. */
int main(void)
{
    static char reference[4096 + 64], scratch[] = "/tmp/test_layout.XXXXXX";
    char here[4096];
    if (!getcwd(here, sizeof here) || !mkdtemp(scratch) || chdir(scratch) != 0)
        return 2;
    snprintf(reference, sizeof reference, "%s/docs/layout-reference.md", here);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_the_tree),
        cmocka_unit_test(makes_white_space_normal),
        cmocka_unit_test(reads_fields),
        cmocka_unit_test(reads_conditions),
        cmocka_unit_test(compiles_classes_with_tests_away),
        cmocka_unit_test(limits_the_copies),
        cmocka_unit_test(resolves_styles),
        cmocka_unit_test(reads_the_page),
        cmocka_unit_test(reads_header_and_footers),
        cmocka_unit_test(reads_the_rest),
        cmocka_unit_test(reads_charts),
        cmocka_unit_test(explains_mistakes),
        cmocka_unit_test(limits_the_depth_of_conditions),
        cmocka_unit_test(includes_parts),
        cmocka_unit_test(parts_are_in_the_hash),
        cmocka_unit_test(images_are_in_the_hash),
        cmocka_unit_test(limits_parts),
        cmocka_unit_test(says_it_in_both_languages),
        cmocka_unit_test_prestate(the_reference_names_everything, reference),
    };
    const int failed = cmocka_run_group_tests_name("layout: compile", tests, NULL, NULL);
    char clean[sizeof scratch + 16];
    snprintf(clean, sizeof clean, "rm -rf %s", scratch);
    if (system(clean) != 0)
        return 2;
    return failed;
}
