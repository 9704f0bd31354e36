/* Conditions: test="…" by recursive descent.
 *
 *   or      = and { "or" and }
 *   and     = not { "and" not }
 *   not     = "not" not | "(" or ")" | compare
 *   compare = field [ operator ( 'text' | integer | field ) ]
 *   operator= "=" | "!=" | "<" | "<=" | ">" | ">="
 */
#include "layout/layout_int.h"

#include "base/utf8.h"

#include <string.h>

enum { MAX_DEPTH = 64 };

typedef struct Parser {
    LayoutCompiler *c;
    DiagPlace place;
    const char *source, *at;
    int depth;
    bool failed; /* the first mistake has been recorded */
} Parser;

static const LayoutTest *parse_or(Parser *p);

/* Records what was expected here, once; returns NULL. */
static const LayoutTest *expected(Parser *p, const char *what)
{
    if (!p->failed) {
        const char *before = arena_text(p->c->run, p->source, (size_t)(p->at - p->source));
        const char *position = diag_number(p->c->diag, (int64_t)utf8_count(before) + 1);
        LAYOUT_FAIL(p->c, LAYOUT_TEST, p->place, p->source, position, what);
    }
    p->failed = true;
    return NULL;
}

static void skip_blanks(Parser *p)
{
    p->at += strspn(p->at, " \t\r\n");
}

static bool take_sign(Parser *p, const char *sign)
{
    skip_blanks(p);
    const size_t length = strlen(sign);
    if (strncmp(p->at, sign, length) != 0)
        return false;
    p->at += length;
    return true;
}

static bool take_word(Parser *p, const char *word)
{
    skip_blanks(p);
    const size_t length = strlen(word);
    if (strncmp(p->at, word, length) != 0 || layout_is_name(p->at[length], false) || p->at[length] == '.')
        return false;
    p->at += length;
    return true;
}

static const LayoutTest *new_test(Parser *p, LayoutTest test)
{
    return arena_copy(p->c->run, &test, sizeof test);
}

static bool take_operator(Parser *p, LayoutCompare *out)
{
    static const struct {
        const char *sign;
        LayoutCompare compare;
    } operators[] = {
        {"!=", LAYOUT_NE}, {"<=", LAYOUT_LE}, {">=", LAYOUT_GE}, {"=", LAYOUT_EQ}, {"<", LAYOUT_LT}, {">", LAYOUT_GT},
    };
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (take_sign(p, operators[i].sign)) {
            *out = operators[i].compare;
            return true;
        }
    }
    return false;
}

/* A field: name, query.column, or sum(…) and the like; NULL when none begins here, or when it is wrong, which is recorded. */
static const LayoutField *take_field(Parser *p)
{
    skip_blanks(p);
    const char *start = p->at, *end = start;
    while (layout_is_name(*end, end == start) || (*end == '.' && end > start))
        end++;
    if (end == start)
        return NULL;
    if (*end == '(' && strchr(end, ')'))
        end = strchr(end, ')') + 1;
    const LayoutField *field = layout_parse_field(p->c, p->place, arena_text(p->c->run, start, (size_t)(end - start)));
    if (field && field->kind == LAYOUT_FIELD_COUNTER)
        LAYOUT_FAIL(p->c, LAYOUT_COUNTER, p->place, field->column);
    p->failed |= !field;
    p->at = end;
    return field;
}

/* Whether a bare name can mean anything here: else it is taken for text that lacks its quotes. */
static bool is_field(const Parser *p)
{
    const char *end = p->at;
    while (layout_is_name(*end, end == p->at))
        end++;
    return p->c->scope || *end == '.' || *end == '(' ||
           layout_variable(p->c, arena_text(p->c->run, p->at, (size_t)(end - p->at)));
}

/* The right side of a comparison. */
static bool take_right(Parser *p, LayoutTest *test)
{
    static const char choices[] = "'text', 12, column, query.column";
    skip_blanks(p);
    if (layout_is_name(*p->at, true)) {
        if (!is_field(p))
            return expected(p, choices) != NULL;
        test->other = take_field(p);
        return test->other != NULL;
    }
    if (*p->at == '\'') {
        const size_t length = strcspn(p->at + 1, "'");
        if (p->at[length + 1] == '\0')
            return expected(p, "'text'") != NULL;
        test->text = arena_text(p->c->run, p->at + 1, length);
        p->at += length + 2;
        return true;
    }
    const char *end = p->at + strspn(p->at, "-0123456789");
    const char *number = arena_text(p->c->run, p->at, (size_t)(end - p->at));
    if (*end == '.' || layout_is_name(*end, false) || !fixed_parse(number, 0, &test->number, NULL))
        return expected(p, choices) != NULL;
    test->is_number = true;
    p->at = end;
    return true;
}

static const LayoutTest *parse_compare(Parser *p)
{
    LayoutTest test = {.kind = LAYOUT_PRESENT, .field = take_field(p)};
    if (!test.field && !p->failed)
        return expected(p, "column, query.column, not, (");
    if (take_operator(p, &test.compare)) {
        test.kind = LAYOUT_COMPARE;
        if (!take_right(p, &test))
            return NULL;
    }
    return new_test(p, test);
}

static const LayoutTest *parse_group(Parser *p)
{
    const LayoutTest *inner = parse_or(p);
    if (inner && !take_sign(p, ")"))
        return expected(p, "), and, or");
    return inner;
}

static const LayoutTest *parse_not(Parser *p)
{
    const LayoutTest *result;
    if (p->depth == MAX_DEPTH) {
        LAYOUT_FAIL(p->c, LAYOUT_TEST_DEPTH, p->place, diag_number(p->c->diag, MAX_DEPTH));
        p->failed = true;
        return NULL;
    }
    p->depth++;
    if (take_word(p, "not")) {
        const LayoutTest *inner = parse_not(p);
        result = inner ? new_test(p, (LayoutTest){.kind = LAYOUT_NOT, .left = inner}) : NULL;
    } else {
        result = take_sign(p, "(") ? parse_group(p) : parse_compare(p);
    }
    p->depth--;
    return result;
}

static const LayoutTest *parse_and(Parser *p)
{
    const LayoutTest *left = parse_not(p);
    while (left && take_word(p, "and")) {
        const LayoutTest *right = parse_not(p);
        left = right ? new_test(p, (LayoutTest){.kind = LAYOUT_AND, .left = left, .right = right}) : NULL;
    }
    return left;
}

static const LayoutTest *parse_or(Parser *p)
{
    const LayoutTest *left = parse_and(p);
    while (left && take_word(p, "or")) {
        const LayoutTest *right = parse_and(p);
        left = right ? new_test(p, (LayoutTest){.kind = LAYOUT_OR_ELSE, .left = left, .right = right}) : NULL;
    }
    return left;
}

const LayoutTest *layout_parse_test(LayoutCompiler *c, DiagPlace place, const char *source)
{
    Parser parser = {.c = c, .place = place, .source = source, .at = source};
    const LayoutTest *test = parse_or(&parser);
    skip_blanks(&parser);
    if (test && *parser.at)
        test = expected(&parser, "and, or");
    return parser.failed ? NULL : test;
}
