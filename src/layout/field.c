/* Text with fields, and what white space in it means.
 *
 * White space of a layout is for the person who reads the XML. In paragraphs (a LayoutSpace is given) it is made normal in the way
 * of CSS Text 3, 4.1, with the part that CSS leaves open decided for Chinese: a run of blanks is one blank; a run with a
 * line break is one blank between Latin letters or digits, and nothing when a Chinese character, a full-width mark or a field
 * stands on either side; at the ends of a paragraph it is nothing. U+3000 and U+00A0 are characters like any other.
 */
#include "layout/layout_int.h"

#include "base/utf8.h"

#include <string.h>

bool layout_is_name(char character, bool first)
{
    const bool letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    const bool inner = (character >= '0' && character <= '9') || character == '-';
    return letter || character == '_' || (unsigned char)character >= 0x80 || (inner && !first);
}

/* ── formats ── */

static Map *known_formats(Arena *arena)
{
    Map *map = map_open(arena);
    for (int i = 0; i < LAYOUT_FORMAT_COUNT; i++)
        map_add(map, layout_format_name((LayoutFormat)i), NULL);
    return map;
}

/* One format with its arguments, "or:无" or "score". */
static bool parse_pipe(LayoutCompiler *c, DiagPlace place, char *text, LayoutPipe *pipe)
{
    char *arguments = strchr(text, ':');
    if (arguments)
        *arguments++ = '\0';
    int format = 0;
    while (format < LAYOUT_FORMAT_COUNT && strcmp(layout_format_name((LayoutFormat)format), text) != 0)
        format++;
    if (format == LAYOUT_FORMAT_COUNT)
        return LAYOUT_FAIL(c, LAYOUT_FORMAT, place, text, layout_suggest(c, known_formats(c->run), text));
    *pipe = (LayoutPipe){.format = (LayoutFormat)format};
    return layout_format_read(pipe, arguments) ||
           LAYOUT_FAIL(c, LAYOUT_FORMAT_ARGUMENT, place, text, layout_format_example(pipe->format));
}

static bool parse_pipes(LayoutCompiler *c, DiagPlace place, char *text, LayoutField *field)
{
    const LayoutPipe **last = &field->pipes;
    while (text) {
        char *next = strchr(text, '|');
        if (next)
            *next++ = '\0';
        LayoutPipe *pipe = ARENA_NEW(c->run, LayoutPipe);
        if (!parse_pipe(c, place, text, pipe))
            return false;
        *last = pipe;
        last = (const LayoutPipe **)&pipe->next;
        text = next;
    }
    return true;
}

/* ── fields ── */

static size_t name_length(const char *text)
{
    size_t length = 0;
    while (layout_is_name(text[length], length == 0))
        length++;
    return length;
}

static const char *const function_names[] = {
    /* from LAYOUT_FIELD_SUM on */
    "sum", "avg", "min", "max", "count", "running",
};
enum { FUNCTIONS = sizeof function_names / sizeof *function_names };

static const char *const loop_names[LAYOUT_LOOP_END] = {
    [LAYOUT_LOOP_NUMBER] = "number", [LAYOUT_LOOP_COUNT] = "count", [LAYOUT_LOOP_FIRST] = "first",
    [LAYOUT_LOOP_LAST] = "last",     [LAYOUT_LOOP_EVEN] = "even",   [LAYOUT_LOOP_ODD] = "odd",
};

/* Where `name` stands in the list, or `count`. */
static size_t index_of(const char *const *names, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(names[i], name) != 0)
        i++;
    return i;
}

static const char *suggest_of(LayoutCompiler *c, const char *const *names, size_t count, const char *name)
{
    Map *map = map_open(c->run);
    for (size_t i = 0; i < count; i++)
        map_add(map, names[i], NULL);
    return layout_suggest(c, map, name);
}

/* Takes sum(…) and the like off the name; false when it is no call, or an unknown one, which is then recorded. */
static bool parse_call(LayoutCompiler *c, DiagPlace place, char **name, LayoutField *field)
{
    char *open = strchr(*name, '('), *close = *name + strlen(*name) - 1;
    if (open == *name || *close != ')')
        return LAYOUT_FAIL(c, LAYOUT_FIELD_SYNTAX, place, field->source);
    *open = *close = '\0';
    const size_t function = index_of(function_names, FUNCTIONS, *name);
    if (function == FUNCTIONS)
        return LAYOUT_FAIL(c, LAYOUT_FUNCTION, place, *name, suggest_of(c, function_names, FUNCTIONS, *name));
    field->kind = (LayoutFieldKind)(LAYOUT_FIELD_SUM + function);
    *name = open + 1 + strspn(open + 1, " ");
    while (close > *name && close[-1] == ' ')
        *--close = '\0';
    return true;
}

/* Splits "query.column" or "column" into the field; false when it is neither. */
static bool parse_name(LayoutCompiler *c, const char *text, LayoutField *field)
{
    size_t length = name_length(text);
    if (length > 0 && text[length] == '.') {
        field->query = arena_text(c->run, text, length);
        text += length + 1;
        length = name_length(text);
    }
    field->column = text;
    return length > 0 && text[length] == '\0';
}

const LayoutVariable *layout_variable(const LayoutCompiler *c, const char *name)
{
    const LayoutVariable *variable = c->variables;
    while (variable && strcmp(variable->name, name) != 0)
        variable = variable->outer;
    return variable;
}

static bool in_loop(const LayoutCompiler *c)
{
    const LayoutScope *scope = c->scope;
    while (scope && scope->chart)
        scope = scope->outer;
    return scope != NULL;
}

static bool check_loop(LayoutCompiler *c, DiagPlace place, LayoutField *field)
{
    const size_t which = index_of(loop_names, LAYOUT_LOOP_END, field->column);
    if (which == LAYOUT_LOOP_END)
        return LAYOUT_FAIL(c, LAYOUT_LOOP, place, field->column,
                           suggest_of(c, loop_names, LAYOUT_LOOP_END, field->column));
    field->kind = LAYOUT_FIELD_LOOP;
    field->loop = (LayoutLoop)which;
    return in_loop(c) || LAYOUT_FAIL(c, LAYOUT_LOOP_NONE, place, field->source);
}

static bool in_scope(const LayoutCompiler *c, const char *query)
{
    const LayoutScope *scope = c->scope;
    while (scope && strcmp(scope->query->name, query) != 0)
        scope = scope->outer;
    return scope != NULL;
}

bool layout_is_counter(const char *name)
{
    return strcmp(name, "page") == 0 || strcmp(name, "pages") == 0 || strcmp(name, "section") == 0;
}

/* A name without a query: a let, a counter, or a column of the rows around. */
static bool check_bare(LayoutCompiler *c, DiagPlace place, LayoutField *field)
{
    const LayoutVariable *variable = layout_variable(c, field->column);
    if (variable) {
        field->kind = LAYOUT_FIELD_VARIABLE;
        field->variable = variable->id;
        return true;
    }
    if (layout_is_counter(field->column)) {
        field->kind = LAYOUT_FIELD_COUNTER;
        return c->in_margin || LAYOUT_FAIL(c, LAYOUT_COUNTER, place, field->column);
    }
    return c->scope || LAYOUT_FAIL(c, LAYOUT_FIELD_NO_ROW, place, field->column);
}

/* The argument of sum(…) and the like. Outside a for-each over the query it means all rows. */
static bool check_argument(LayoutCompiler *c, DiagPlace place, LayoutField *field)
{
    if (!field->query && field->kind == LAYOUT_FIELD_COUNT && map_has(c->queries, field->column)) {
        field->query = field->column;
        field->column = NULL;
    }
    if (!field->query)
        return c->scope || LAYOUT_FAIL(c, LAYOUT_FIELD_NO_ROW, place, field->column);
    if (!map_has(c->queries, field->query))
        return LAYOUT_FAIL(c, LAYOUT_QUERY, place, field->query, layout_suggest(c, c->queries, field->query));
    return field->kind != LAYOUT_FIELD_RUNNING || in_scope(c, field->query) ||
           LAYOUT_FAIL(c, LAYOUT_RUNNING, place, field->source, field->query);
}

/* Whether the field can have a value where it stands. Its column is looked for when the queries are prepared. */
static bool check_reach(LayoutCompiler *c, DiagPlace place, LayoutField *field)
{
    if (field->kind >= LAYOUT_FIELD_SUM)
        return check_argument(c, place, field);
    if (!field->query)
        return check_bare(c, place, field);
    if (strcmp(field->query, "loop") == 0)
        return check_loop(c, place, field);
    const LayoutQuery *query = map_lookup(c->queries, field->query);
    if (!query)
        return LAYOUT_FAIL(c, LAYOUT_QUERY, place, field->query, layout_suggest(c, c->queries, field->query));
    return query->single || in_scope(c, field->query) ||
           LAYOUT_FAIL(c, LAYOUT_FIELD_MANY, place, field->column, field->query);
}

const LayoutField *layout_parse_field(LayoutCompiler *c, DiagPlace place, const char *source)
{
    LayoutField *field = ARENA_NEW(c->run, LayoutField);
    char *name = arena_string(c->run, source);
    char *pipes = strchr(name, '|');
    if (pipes)
        *pipes++ = '\0';
    *field = (LayoutField){.source = arena_string(c->run, source),
                           .file = place.file,
                           .line = place.line,
                           .column_at = place.column,
                           .use = c->use};
    if (strchr(name, '(') && !parse_call(c, place, &name, field))
        return NULL;
    if (!parse_name(c, name, field)) {
        LAYOUT_FAIL(c, LAYOUT_FIELD_SYNTAX, place, source);
        return NULL;
    }
    if (!parse_pipes(c, place, pipes, field) || !check_reach(c, place, field))
        return NULL;
    field->id = (uint32_t)c->layout->field_count++;
    return field;
}

/* ── parts ── */

/* Characters between which Chinese text has no blank: ideographs, kana, their punctuation and full-width forms. Quotes, dashes and
 * dots that Latin text shares are not among them. */
static bool is_wide(uint32_t code)
{
    static const uint32_t ranges[][2] = {
        {0x2E80, 0x312F}, {0x31A0, 0x4DBF}, {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},
        {0xFE30, 0xFE4F}, {0xFF00, 0xFFEF}, {0x20000, 0x3FFFF},
    };
    size_t i = 0;
    while (i < sizeof ranges / sizeof *ranges && (code < ranges[i][0] || code > ranges[i][1]))
        i++;
    return i < sizeof ranges / sizeof *ranges;
}

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* Where the reader of a text stands, and the parts so far. */
typedef struct Reader {
    LayoutCompiler *c;
    const char *at;
    DiagPlace place; /* of `at` when the place is known to the column */
    LayoutSpace *space;
    char *literal; /* being gathered; room for the whole text */
    size_t length;
    const LayoutPart *first, **last;
} Reader;

static void advance(Reader *r, size_t bytes)
{
    for (; bytes > 0; bytes--, r->at++) {
        r->place.column += r->space != NULL;
        if (*r->at == '\n' && r->space) {
            r->place.line++;
            r->place.column = 1;
        }
    }
}

/* Decides on the white space before something wide or narrow. */
static void settle_space(Reader *r, bool wide)
{
    LayoutSpace *space = r->space;
    if (!space)
        return;
    const bool keep = space->pending == LAYOUT_SPACE_BLANK ||
                      (space->pending == LAYOUT_SPACE_BREAK && !wide && space->before == LAYOUT_SPACE_NARROW);
    if (keep && space->before != LAYOUT_SPACE_START)
        r->literal[r->length++] = ' ';
    space->pending = LAYOUT_SPACE_NONE;
    space->before = wide ? LAYOUT_SPACE_WIDE : LAYOUT_SPACE_NARROW;
}

static void add_part(Reader *r, LayoutPart part)
{
    LayoutPart *copy = ARENA_NEW(r->c->run, LayoutPart);
    *copy = part;
    *r->last = copy;
    r->last = (const LayoutPart **)&copy->next;
}

static void end_literal(Reader *r)
{
    if (r->length > 0)
        add_part(r, (LayoutPart){.literal = arena_text(r->c->run, r->literal, r->length)});
    r->length = 0;
}

static void read_character(Reader *r)
{
    const char *next = r->at;
    const uint32_t code = utf8_next(&next);
    const size_t bytes = (size_t)(next - r->at);
    settle_space(r, is_wide(code));
    memcpy(r->literal + r->length, r->at, bytes);
    r->length += bytes;
    advance(r, bytes);
}

static void read_field(Reader *r)
{
    const size_t length = strcspn(r->at + 1, "{}");
    settle_space(r, true);
    end_literal(r);
    const LayoutField *field = layout_parse_field(r->c, r->place, arena_text(r->c->run, r->at + 1, length));
    if (field)
        add_part(r, (LayoutPart){.field = field});
    advance(r, length + 2);
}

/* At a brace: a doubled one stands for itself, {…} is a field, anything else a mistake. */
static void read_brace(Reader *r)
{
    if (r->at[1] == r->at[0]) {
        advance(r, 1);
        read_character(r);
    } else if (r->at[0] == '{' && r->at[1 + strcspn(r->at + 1, "{}")] == '}') {
        read_field(r);
    } else {
        LAYOUT_FAIL(r->c, LAYOUT_BRACE, r->place, arena_text(r->c->run, r->at, 1));
        advance(r, 1);
    }
}

static void read_space(Reader *r)
{
    for (; is_space(*r->at); advance(r, 1)) {
        const bool line_break = *r->at == '\n' || r->space->pending == LAYOUT_SPACE_BREAK;
        r->space->pending = line_break ? LAYOUT_SPACE_BREAK : LAYOUT_SPACE_BLANK;
    }
}

const LayoutPart *layout_parse_parts(LayoutCompiler *c, DiagPlace place, const char *text, LayoutSpace *space)
{
    Reader reader = {.c = c, .at = text, .place = place, .space = space};
    reader.literal = arena_alloc(c->run, strlen(text) + 1);
    reader.last = &reader.first;
    if (space)
        read_space(&reader);
    reader.place = place; /* a text node's place is that of its first character that is no white space */
    while (*reader.at) {
        if (space && is_space(*reader.at))
            read_space(&reader);
        else if (*reader.at == '{' || *reader.at == '}')
            read_brace(&reader);
        else
            read_character(&reader);
    }
    end_literal(&reader);
    return reader.first;
}
