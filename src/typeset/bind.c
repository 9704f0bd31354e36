/* Binding: a compiled layout and an open database become a program.
 *
 * Every query is prepared, also one that nobody uses, so that its mistakes show; every field finds its column among the rows
 * that are at hand where it stands; every style finds its font role. The nodes of the program mirror those of the layout.
 *
 * Lifetime: the caller's arena (one per worker process). The statements belong to the database.
 */
#include "typeset/typeset_int.h"

#include "base/map.h"

#include <string.h>

/* Rows that fields without a query may mean: those of the for-each elements and the chart around, innermost first. */
typedef struct Scope {
    int query;
    const struct Scope *outer;
} Scope;

typedef struct Binder {
    Arena *arena;
    TsProgram *program;
    TsColumn *columns;
    DataDb *db;
    Diag *diag;
    const Map *queries; /* name → TsQuery */
    const Map *roles;   /* for suggestions */
    Map *missing;       /* roles that were reported */
    const Scope *scope;
    bool failed;
} Binder;

#define BIND_FAIL(b, code, place, ...) ((b)->failed = true, diag_add_once((b)->diag, DIAG_##code, (place), __VA_ARGS__))

/* ── names ── */

/* The known name nearest to `name`, else all of them. */
static const char *suggest(Binder *b, const Map *known, const char *name)
{
    const char *nearest = map_nearest(known, name);
    if (nearest)
        return nearest;
    const char *all = "";
    for (size_t i = 0; i < map_count(known); i++)
        all = arena_print(b->arena, "%s%s%s", all, i ? ", " : "", map_key(known, i));
    return all;
}

static Map *role_names(Arena *arena, const TextFonts *fonts)
{
    Map *map = map_open(arena);
    for (size_t i = 0; i < text_role_count(fonts); i++)
        map_add(map, text_role_name(fonts, (int)i), NULL);
    return map;
}

static void add_columns(Map *map, const TsQuery *query)
{
    for (int i = 0; i < query->columns; i++)
        map_add(map, data_column_name(query->statement, i), NULL);
}

/* ── queries ── */

static bool prepare_queries(Binder *b)
{
    const Layout *layout = b->program->layout;
    Map *map = map_open(b->arena);
    TsQuery *query = b->program->queries = ARENA_ARRAY(b->arena, layout->query_count, TsQuery);
    for (const LayoutQuery *each = layout->queries; each; each = each->next, query++) {
        const DiagPlace place = {.file = each->file, .line = each->line, .column = each->column};
        query->layout = each;
        query->statement = data_prepare_query(b->db, each->sql, place, b->diag);
        if (query->statement)
            query->columns = data_column_count(query->statement);
        else
            b->failed = true;
        map_add(map, each->name, query);
    }
    b->program->query_count = layout->query_count;
    b->queries = map;
    return !b->failed;
}

/* The layout room has seen to it that the query exists. */
static int query_index(const Binder *b, const char *name)
{
    const TsQuery *query = map_lookup(b->queries, name);
    return (int)(query - b->program->queries);
}

static int column_index(const TsQuery *query, const char *name)
{
    for (int i = 0; i < query->columns; i++)
        if (strcmp(data_column_name(query->statement, i), name) == 0)
            return i;
    return -1;
}

/* ── fields ── */

static TsColumn find_column(const Binder *b, const LayoutField *field)
{
    if (field->query) {
        const int query = query_index(b, field->query);
        if (!field->column)
            return (TsColumn){query, -1};
        return (TsColumn){query, column_index(&b->program->queries[query], field->column)};
    }
    for (const Scope *scope = b->scope; scope; scope = scope->outer) {
        const int column = column_index(&b->program->queries[scope->query], field->column);
        if (column >= 0)
            return (TsColumn){scope->query, column};
    }
    return (TsColumn){0, -1};
}

static void report_column(Binder *b, const LayoutField *field)
{
    const DiagPlace place = {
        .file = field->file, .line = field->line, .column = field->column_at, .field = field->source};
    Map *known = map_open(b->arena);
    if (field->query) {
        add_columns(known, &b->program->queries[query_index(b, field->query)]);
        BIND_FAIL(b, TS_COLUMN, place, field->query, field->column, suggest(b, known, field->column));
        return;
    }
    for (const Scope *scope = b->scope; scope; scope = scope->outer)
        add_columns(known, &b->program->queries[scope->query]);
    BIND_FAIL(b, TS_FIELD, place, field->column, suggest(b, known, field->column));
}

/* A field of a style's test stands in the style, but its rows are those of the place where the class is used. */
static void report_unknown(Binder *b, const LayoutField *field)
{
    report_column(b, field);
    if (field->use)
        BIND_FAIL(b, TS_STYLE_USED,
                  ((DiagPlace){.file = field->use->file, .line = field->use->line, .column = field->use->column}), "");
}

static int counter(const char *name)
{
    return strcmp(name, "page") == 0 ? TS_PAGE : strcmp(name, "pages") == 0 ? TS_PAGES : TS_SECTION;
}

static void bind_column(Binder *b, const LayoutField *field)
{
    const TsColumn found = find_column(b, field);
    if (found.column < 0 && field->column) {
        report_unknown(b, field);
        return;
    }
    b->program->queries[found.query].used = true;
    b->columns[field->id] = found;
    if (field->kind == LAYOUT_FIELD_COLUMN)
        return;
    b->columns[field->id] = (TsColumn){TS_AGGREGATE, (int)b->program->aggregate_count};
    b->program->aggregates[b->program->aggregate_count++] = (TsAggregate){field, found.query, found.column};
}

static void bind_field(Binder *b, const LayoutField *field)
{
    if (!field)
        return;
    switch (field->kind) {
    case LAYOUT_FIELD_COUNTER:
        b->columns[field->id] = (TsColumn){counter(field->column), 0};
        b->program->has_section |= b->columns[field->id].query == TS_SECTION;
        break;
    case LAYOUT_FIELD_LOOP:
        b->columns[field->id] = (TsColumn){TS_LOOP, (int)field->loop};
        break;
    case LAYOUT_FIELD_VARIABLE:
        b->columns[field->id] = (TsColumn){TS_VARIABLE, (int)field->variable};
        break;
    default:
        bind_column(b, field);
    }
}

static void bind_parts(Binder *b, const LayoutPart *parts)
{
    for (const LayoutPart *part = parts; part; part = part->next)
        bind_field(b, part->field);
}

static void bind_test(Binder *b, const LayoutTest *test)
{
    if (!test)
        return;
    bind_test(b, test->left);
    bind_test(b, test->right);
    bind_field(b, test->field);
    bind_field(b, test->other);
}

/* The text as written, "得分{score}分": what a message about a character in it names. A field alone stands without braces. */
static const char *parts_source(Arena *arena, const LayoutPart *parts)
{
    if (parts && parts->field && !parts->next)
        return parts->field->source;
    const char *all = "";
    for (const LayoutPart *part = parts; part; part = part->next)
        all = part->literal ? arena_print(arena, "%s%s", all, part->literal)
                            : arena_print(arena, "%s{%s}", all, part->field->source);
    return all;
}

/* ── nodes ── */

static TextStyle bind_style(Binder *b, const LayoutNode *node)
{
    const LayoutStyle *style = node->style;
    const int role = text_role(b->program->fonts, style->font_family);
    if (role < 0 && map_add(b->missing, style->font_family, NULL))
        BIND_FAIL(b, TS_ROLE, layout_place(node), style->font_family, suggest(b, b->roles, style->font_family));
    return (TextStyle){.role = role,
                       .size = style->font_size,
                       .colour = style->colour,
                       .letter_spacing = style->letter_spacing,
                       .bold = style->bold,
                       .baseline_shift = style->baseline_shift};
}

static void bind_chart(Binder *b, const LayoutNode *chart, int query)
{
    const Scope scope = {query, b->scope};
    bind_parts(b, chart->as.chart.alt);
    b->scope = &scope;
    bind_parts(b, chart->as.chart.label);
    bind_parts(b, chart->as.chart.caption);
    bind_parts(b, chart->as.chart.href);
    bind_field(b, chart->as.chart.value);
    bind_field(b, chart->as.chart.reference);
    b->scope = scope.outer;
}

static const TsNode *bind_nodes(Binder *b, const LayoutNode *first, const TsNode *parent);

/* A column that an attribute of for-each names. */
static int bind_loop_column(Binder *b, const TsNode *node, const char *name)
{
    const TsQuery *query = &b->program->queries[node->query];
    const int column = name ? column_index(query, name) : -1;
    if (name && column < 0) {
        Map *known = map_open(b->arena);
        add_columns(known, query);
        BIND_FAIL(b, TS_COLUMN, layout_place(node->layout), query->layout->name, name, suggest(b, known, name));
    }
    return column;
}

static void bind_for_each(Binder *b, TsNode *node)
{
    node->match = bind_loop_column(b, node, node->layout->as.for_each.match);
    node->group = bind_loop_column(b, node, node->layout->as.for_each.group_by);
    node->partitions = b->program->partition_count;
    b->program->partition_count += 2;
    bind_field(b, node->layout->as.for_each.equal);
    const Scope scope = {node->query, b->scope};
    b->scope = &scope;
    node->children = bind_nodes(b, node->layout->children, node);
    b->scope = scope.outer;
}

static void bind_node(Binder *b, TsNode *node)
{
    const LayoutNode *layout = node->layout;
    bind_parts(b, layout->id);
    switch (layout->kind) {
    case LAYOUT_SPAN:
        bind_parts(b, layout->as.span.href);
        break;
    case LAYOUT_TEXT:
        bind_parts(b, layout->as.text.parts);
        node->source = parts_source(b->arena, layout->as.text.parts);
        break;
    case LAYOUT_TABLE:
        bind_parts(b, layout->as.table.continued);
        break;
    case LAYOUT_LET:
        bind_parts(b, layout->as.let.value);
        break;
    case LAYOUT_IF:
        bind_test(b, layout->as.condition.test);
        break;
    case LAYOUT_FOR_EACH:
        node->query = query_index(b, layout->as.for_each.query);
        break;
    case LAYOUT_CHART:
        node->query = query_index(b, layout->as.chart.query);
        bind_chart(b, layout, node->query);
        node->source = parts_source(b->arena, layout->as.chart.label);
        break;
    case LAYOUT_FIGURE:
        bind_parts(b, layout->as.figure.alt);
        bind_parts(b, layout->as.figure.text);
        bind_parts(b, layout->as.figure.name);
        node->source = parts_source(b->arena, layout->as.figure.name ? layout->as.figure.name : layout->as.figure.text);
        break;
    default:
        break;
    }
    if (node->query >= 0)
        b->program->queries[node->query].used = true;
    if (layout->kind == LAYOUT_FOR_EACH)
        bind_for_each(b, node);
    else
        node->children = bind_nodes(b, layout->children, node);
}

/* Nodes that share their parent's style share its role. */
static const TsNode *bind_nodes(Binder *b, const LayoutNode *first, const TsNode *parent)
{
    const TsNode *head = NULL, **last = &head;
    for (const LayoutNode *layout = first; layout; layout = layout->next) {
        TsNode *node = ARENA_NEW(b->arena, TsNode);
        *node = (TsNode){.layout = layout, .style = layout->style, .query = -1};
        node->text = parent && parent->style == node->style ? parent->text : bind_style(b, layout);
        bind_node(b, node);
        *last = node;
        last = &node->next;
    }
    return head;
}

static void bind_sheets(Binder *b)
{
    TsProgram *program = b->program;
    TsSheet *sheet = ARENA_ARRAY(b->arena, program->layout->page_count, TsSheet);
    program->sheets = sheet;
    program->sheet_count = program->layout->page_count;
    for (const LayoutPageTemplate *page = program->layout->page; page; page = page->next, sheet++) {
        sheet->page = page;
        sheet->watermark = bind_nodes(b, page->watermark, NULL);
        for (int side = 0; side < LAYOUT_SIDES; side++) {
            sheet->header[side] = bind_nodes(b, page->header[side], NULL);
            sheet->footer[side] = bind_nodes(b, page->footer[side], NULL);
        }
    }
}

static void free_text(void *buf)
{
    buf_free(buf);
}

TsProgram *ts_bind(Arena *arena, const Layout *layout, const TextFonts *fonts, DataDb *assessment, Diag *diag)
{
    TsProgram *program = ARENA_NEW(arena, TsProgram);
    Binder b = {.arena = arena,
                .program = program,
                .columns = ARENA_ARRAY(arena, layout->field_count, TsColumn),
                .db = assessment,
                .diag = diag,
                .roles = role_names(arena, fonts),
                .missing = map_open(arena)};
    *program = (TsProgram){.layout = layout,
                           .fonts = fonts,
                           .columns = b.columns,
                           .aggregates = ARENA_ARRAY(arena, layout->field_count, TsAggregate)};
    if (!prepare_queries(&b))
        return NULL;
    bind_parts(&b, layout->title);
    bind_parts(&b, layout->author);
    bind_parts(&b, layout->subject);
    bind_parts(&b, layout->keywords);
    program->body = bind_nodes(&b, layout->body, NULL);
    bind_sheets(&b);
    arena_defer(arena, free_text, &program->text);
    return b.failed ? NULL : program;
}
