/* Styles: the properties, the rules that set them, and the cascade.
 *
 * A rule is a list of declarations, parsed once where it stands; a declaration is applied to a style by what its property's
 * entry in the table says. A style that extends another begins with a copy of its declarations. Order of the cascade: inherited, the language's default for the element, <style for>, classes in the order
 * written, own attributes. Within a rule the table's order counts (margin before margin-top), because the order of XML
 * attributes means nothing.
 */
#include "layout/layout_int.h"

#include <assert.h>
#include <string.h>

typedef enum ValueKind {
    VALUE_ROLE,
    VALUE_FONT_SIZE,
    VALUE_LINE_HEIGHT,
    VALUE_LENGTH,
    VALUE_EDGES,
    VALUE_COLOUR,
    VALUE_WORD,   /* an enum: its values are the words in order */
    VALUE_SWITCH, /* a bool, likewise */
    VALUE_COUNT,
    VALUE_WIDTH,
    VALUE_PAGE,
    VALUE_OFFSET
} ValueKind;

typedef struct Property {
    const char *name;
    ValueKind kind;
    size_t offset;       /* of the member of LayoutStyle */
    bool negative;       /* lengths: may be below 0 */
    const char *example; /* for messages; the words themselves for VALUE_WORD and VALUE_SWITCH */
} Property;

#define MEMBER(name)      offsetof(LayoutStyle, name)
#define EDGE(name, which) (offsetof(LayoutStyle, name) + LAYOUT_EDGE_##which * sizeof(Mpt))
#define LENGTH_EXAMPLE    "12pt, 4mm, 1.5em"
#define EDGES_EXAMPLE     "2mm, 1em 0, 37mm 26mm 35mm 28mm"
#define COLOUR_EXAMPLE    "#C00000, black, gray, red"
#define OFFSET(name, which)                                                                                            \
    {                                                                                                                  \
        name, VALUE_OFFSET, EDGE(offset, which), true, "auto, " LENGTH_EXAMPLE                                         \
    }
#define SIDES(name, member, negative, all, one)                                                                        \
    {name, VALUE_EDGES, MEMBER(member), negative, all}, {name "-top", VALUE_LENGTH, EDGE(member, TOP), negative, one}, \
        {name "-right", VALUE_LENGTH, EDGE(member, RIGHT), negative, one},                                             \
        {name "-bottom", VALUE_LENGTH, EDGE(member, BOTTOM), negative, one},                                           \
    {                                                                                                                  \
        name "-left", VALUE_LENGTH, EDGE(member, LEFT), negative, one                                                  \
    }

static const char border_example[] = "0.35mm, 0.5pt, none";

/* clang-format off */
static const Property properties[] = {
    {"font-family",    VALUE_ROLE,        MEMBER(font_family),    false, "song, hei, fangsong"},
    {"font-size",      VALUE_FONT_SIZE,   MEMBER(font_size),      false, "16pt, 5mm, 1.5em, 120%"},
    {"font-weight",    VALUE_SWITCH,      MEMBER(bold),           false, "normal bold"},
    {"line-height",    VALUE_LINE_HEIGHT, MEMBER(line_height),    false, "1.5, 28pt, 150%"},
    {"color",          VALUE_COLOUR,      MEMBER(colour),         false, COLOUR_EXAMPLE},
    {"text-align",     VALUE_WORD,        MEMBER(text_align),     false, "left center right justify"},
    {"text-indent",    VALUE_LENGTH,      MEMBER(text_indent),    true,  LENGTH_EXAMPLE},
    {"letter-spacing", VALUE_LENGTH,      MEMBER(letter_spacing), true,  LENGTH_EXAMPLE},
    {"white-space",    VALUE_SWITCH,      MEMBER(nowrap),         false, "normal nowrap"},
    {"fit",            VALUE_SWITCH,      MEMBER(shrink),         false, "none shrink"},
    {"min-font-size",  VALUE_LENGTH,      MEMBER(font_size_min),  false, "7pt, 2.5mm, 0.6em"},
    {"text-wrap",      VALUE_WORD,        MEMBER(text_wrap),      false, "wrap balance title"},
    {"line-break",     VALUE_WORD,        MEMBER(line_break),     false, "basic none gb strict"},
    {"writing-mode",   VALUE_SWITCH,      MEMBER(vertical),       false, "horizontal vertical"},
    {"character-grid", VALUE_COUNT,       MEMBER(character_grid), false, "28, none"},
    {"orphans",        VALUE_COUNT,       MEMBER(orphans),        false, "2"},
    {"widows",         VALUE_COUNT,       MEMBER(widows),         false, "2"},
    SIDES("margin",    margin,  true,  EDGES_EXAMPLE,  LENGTH_EXAMPLE),
    SIDES("padding",   padding, false, EDGES_EXAMPLE,  LENGTH_EXAMPLE),
    SIDES("border",    border,  false, border_example, border_example),
    {"border-color",   VALUE_COLOUR,      MEMBER(border_colour),  false, COLOUR_EXAMPLE},
    {"background",     VALUE_COLOUR,      MEMBER(background),     false, COLOUR_EXAMPLE ", transparent"},
    {"vertical-align", VALUE_WORD,        MEMBER(vertical_align), false, "top middle bottom"},
    {"break-before",   VALUE_WORD,        MEMBER(break_before),   false, "auto page avoid odd even"},
    {"break-after",    VALUE_WORD,        MEMBER(break_after),    false, "auto page avoid odd even"},
    {"break-inside",   VALUE_WORD,        MEMBER(break_inside),   false, "auto page avoid"},
    {"position",       VALUE_WORD,        MEMBER(position),       false, "static relative absolute"},
    OFFSET("top", TOP), OFFSET("right", RIGHT), OFFSET("bottom", BOTTOM), OFFSET("left", LEFT),
    {"page",           VALUE_PAGE,        MEMBER(page),           false, "the name of a <page>"},
    {"width",          VALUE_WIDTH,       MEMBER(width),          false, "auto, 30mm, 25%, 1fr"},
    {"height",         VALUE_LENGTH,      MEMBER(height),         false, LENGTH_EXAMPLE},
    {"baseline-shift", VALUE_LENGTH,      MEMBER(baseline_shift), true,  LENGTH_EXAMPLE},
    {"text-box-trim",  VALUE_WORD,        MEMBER(text_box_trim),  false, "none trim-start trim-end trim-both"},
};

/* The language's own defaults, in the spirit of CSS 2.2 appendix D; paragraphs stand without a gap, as in Chinese papers. */
static const struct {
    const char *elements;
    const char *attribute, *value;
} builtins[] = {
    {"h1 h2 h3",     "font-weight",    "bold"},
    {"h1 h2 h3",     "break-after",    "avoid"},
    {"h1 h2 h3",     "margin",         "0.5em 0"},
    {"h1 h2 h3",     "text-indent",    "0"},
    {"h1",           "font-size",      "2em"},
    {"h1",           "text-align",     "center"},
    {"h1",           "text-wrap",      "title"},
    {"h2",           "font-size",      "1.5em"},
    {"h3",           "font-size",      "1.17em"},
    {"hr",           "border-top",     "0.25mm"},
    {"hr",           "margin",         "0.5em 0"},
    {"table",        "width",          "100%"},
    {"table chart img qr seal signature signoff", "text-indent",  "0"},
    {"table chart img qr seal signature", "writing-mode", "horizontal"},
    {"tr chart img qr seal signature signoff",    "break-inside", "avoid"},
    {"th td",        "padding",        "0.2em 0.4em"},
    {"th td",        "vertical-align", "middle"},
    {"th",           "font-weight",    "bold"},
    {"th",           "text-align",     "center"},
    {"chart",        "height",         "60mm"},
    {"signature",    "height",         "12mm"},
    {"header footer", "fit",           "shrink"},
    {"watermark",    "font-family",    "hei"},
    {"watermark",    "font-size",      "144pt"},
    {"watermark",    "line-height",    "1.2"},
    {"watermark",    "color",          "#DDDDDD"},
    {"watermark",    "text-indent",    "0"},
    {"watermark",    "text-wrap",      "balance"},
    {"seal",         "color",          "#FF3333"}, /* LAYOUT_SEAL_RED */
    {"signoff",      "break-before",   "avoid"},
};
/* clang-format on */

enum {
    PROPERTY_COUNT = sizeof properties / sizeof *properties,
    FONT_SIZE_MIN = FIXED_PT(1),
    FONT_SIZE_MAX = FIXED_PT(1000),
};

/* apply() writes an enum's value through its bytes. */
_Static_assert(sizeof(LayoutAlign) == sizeof(int) && sizeof(LayoutVertical) == sizeof(int) &&
                   sizeof(LayoutBreak) == sizeof(int) && sizeof(LayoutWrap) == sizeof(int) &&
                   sizeof(LayoutPosition) == sizeof(int) && sizeof(LayoutTrim) == sizeof(int) &&
                   sizeof(LayoutProhibition) == sizeof(int),
               "enums of LayoutStyle are as wide as int");

typedef struct Value {
    LayoutNumber numbers[LAYOUT_EDGES]; /* the first alone but for edges */
    uint32_t colour;
    int number; /* word, switch, count */
    const char *text;
} Value;

typedef struct Declaration {
    const Property *property;
    Value value;
    DiagPlace place;
    struct Declaration *next;
} Declaration;

struct LayoutRule {
    Declaration *first, **last;
    const char *name, *extends, *test; /* of a class; the last two or NULL */
    DiagPlace place;
    LayoutRule *more; /* of another file for the same element */
    bool settled;     /* what it extends has been put before */
};

/* ── parsing ── */

/* Index of `text` among space-separated words, or -1. */
static int word_index(const char *words, const char *text)
{
    size_t length = strlen(text);
    for (int index = 0; *words; index++) {
        size_t word = strcspn(words, " ");
        if (word == length && memcmp(words, text, length) == 0)
            return index;
        words += word;
        words += *words == ' ';
    }
    return -1;
}

static bool is_length(const Property *property, LayoutNumber number)
{
    bool known = number.unit == LAYOUT_UNIT_MPT || number.unit == LAYOUT_UNIT_EM || number.amount == 0;
    return known && (property->negative || number.amount >= 0);
}

static bool parse_lengths(const Property *property, const char *text, Value *out)
{
    if (property->example == border_example && strcmp(text, "none") == 0)
        return true;
    if (property->kind == VALUE_LENGTH && strchr(text, ' '))
        return false;
    if (!layout_parse_edges(text, out->numbers))
        return false;
    for (int edge = 0; edge < LAYOUT_EDGES; edge++)
        if (!is_length(property, out->numbers[edge]))
            return false;
    return true;
}

static bool parse_value(const Property *property, const char *text, Value *out)
{
    LayoutNumber *number = &out->numbers[0];
    LayoutLength width;
    int64_t count;
    *out = (Value){.text = text};
    switch (property->kind) {
    case VALUE_OFFSET:
        out->number = strcmp(text, "auto") == 0;
        return out->number || (layout_parse_number(text, number, NULL) && is_length(property, *number));
    case VALUE_ROLE:
    case VALUE_PAGE:
        return *text != '\0';
    case VALUE_FONT_SIZE:
        return layout_parse_number(text, number, NULL) && number->amount > 0 && number->unit != LAYOUT_UNIT_NONE &&
               number->unit != LAYOUT_UNIT_FRACTION;
    case VALUE_LINE_HEIGHT:
        return layout_parse_number(text, number, NULL) && number->amount > 0 && number->unit != LAYOUT_UNIT_FRACTION;
    case VALUE_LENGTH:
    case VALUE_EDGES:
        return parse_lengths(property, text, out);
    case VALUE_COLOUR:
        out->colour = LAYOUT_TRANSPARENT;
        if (property->offset == MEMBER(background) && strcmp(text, "transparent") == 0)
            return true;
        return layout_parse_colour(text, &out->colour);
    case VALUE_WORD:
    case VALUE_SWITCH:
        out->number = word_index(property->example, text);
        return out->number >= 0;
    case VALUE_COUNT:
        if (property->offset == MEMBER(character_grid) && strcmp(text, "none") == 0)
            return true;
        if (strchr(text, '.') || !fixed_parse(text, 0, &count, NULL) || count < 1 || count > 100)
            return false;
        out->number = (int)count;
        return true;
    case VALUE_WIDTH:
        return layout_parse_width(text, FIXED_PT(1), &width);
    }
    return false;
}

static LayoutRule *new_rule(Arena *arena)
{
    LayoutRule *rule = ARENA_NEW(arena, LayoutRule);
    rule->last = &rule->first;
    return rule;
}

/* Adds one declaration; false when its value cannot be read. */
static bool declare(Arena *arena, LayoutRule *rule, const Property *property, const char *text, DiagPlace place)
{
    Value value;
    if (!parse_value(property, text, &value))
        return false;
    Declaration *declaration = ARENA_NEW(arena, Declaration);
    *declaration = (Declaration){property, value, place, NULL};
    *rule->last = declaration;
    rule->last = &declaration->next;
    return true;
}

/* The declarations among an element's attributes. */
static LayoutRule *read_rule(LayoutCompiler *c, const XmlNode *node)
{
    LayoutRule *rule = new_rule(c->run);
    for (size_t i = 0; i < PROPERTY_COUNT; i++) {
        const char *text = xml_attr(node, properties[i].name);
        DiagPlace place = xml_place(c->file, node);
        if (text && !declare(c->run, rule, &properties[i], text, place))
            LAYOUT_FAIL(c, LAYOUT_VALUE, place, properties[i].name, text, properties[i].example);
        if (text && properties[i].kind == VALUE_PAGE && !map_has(c->pages, text))
            LAYOUT_FAIL(c, LAYOUT_PAGE_NAME, place, text, layout_suggest(c, c->pages, text));
    }
    return rule;
}

static const Property *lookup_property(const char *name)
{
    size_t i = 0;
    while (strcmp(properties[i].name, name) != 0)
        i++;
    return &properties[i];
}

void layout_style_builtin(LayoutCompiler *c)
{
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) {
        for (const char *name = builtins[i].elements; *name;) {
            size_t length = strcspn(name, " ");
            const char *element = arena_text(c->run, name, length);
            LayoutRule *rule = map_lookup(c->builtin, element);
            if (!rule)
                map_add(c->builtin, element, rule = new_rule(c->run));
            bool good =
                declare(c->run, rule, lookup_property(builtins[i].attribute), builtins[i].value, (DiagPlace){0});
            assert(good);
            (void)good;
            name += length;
            name += *name == ' ';
        }
    }
}

static LayoutRule *read_style(LayoutCompiler *c, const XmlNode *style, const char *name)
{
    LayoutRule *rule = read_rule(c, style);
    rule->name = name;
    rule->extends = xml_attr(style, "extends");
    rule->test = xml_attr(style, "test");
    rule->place = xml_place(c->file, style);
    return rule;
}

void layout_style_sheet(LayoutCompiler *c, const XmlNode *styles)
{
    for (const XmlNode *style = styles ? xml_first(styles) : NULL; style; style = xml_next(style, NULL)) {
        const char *class = xml_attr(style, "name"), *element = xml_attr(style, "for");
        const char *name = class ? class : element;
        LayoutRule *rule = read_style(c, style, name);
        if (map_add(class ? c->classes : c->defaults, name, rule))
            continue;
        LayoutRule *before = map_lookup(class ? c->classes : c->defaults, name);
        while (before->more)
            before = before->more;
        if (class || strcmp(before->place.file, rule->place.file) == 0)
            LAYOUT_FAIL(c, LAYOUT_DUPLICATE, xml_place(c->file, style), class ? "style name" : "style for", name);
        before->more = rule;
    }
}

/* ── extends ── */

static void append_copies(Arena *arena, LayoutRule *rule, const Declaration *first)
{
    for (const Declaration *d = first; d; d = d->next) {
        Declaration *copy = arena_copy(arena, d, sizeof *d);
        copy->next = NULL;
        *rule->last = copy;
        rule->last = &copy->next;
    }
}

/* The rules whose extends led here. */
typedef struct Chain {
    const LayoutRule *rule;
    const struct Chain *outer;
} Chain;

static void settle(LayoutCompiler *c, LayoutRule *rule, const Chain *outer);

static void report_cycle(LayoutCompiler *c, const LayoutRule *rule, const Chain *chain)
{
    const char *path = rule->name;
    for (const Chain *link = chain; link; link = link->rule == rule ? NULL : link->outer)
        path = arena_print(c->run, "%s → %s", link->rule->name, path);
    LAYOUT_FAIL(c, LAYOUT_STYLE_CYCLE, rule->place, path);
}

static void put_base_before(LayoutCompiler *c, LayoutRule *rule, const Chain *chain)
{
    LayoutRule *base = map_lookup(c->classes, rule->extends);
    if (!base) {
        LAYOUT_FAIL(c, LAYOUT_CLASS, rule->place, rule->extends, layout_suggest(c, c->classes, rule->extends));
        return;
    }
    settle(c, base, chain);
    const Declaration *own = rule->first;
    rule->first = NULL;
    rule->last = &rule->first;
    append_copies(c->run, rule, base->first);
    append_copies(c->run, rule, own);
}

static void settle(LayoutCompiler *c, LayoutRule *rule, const Chain *outer)
{
    const Chain chain = {rule, outer};
    for (const Chain *link = outer; link; link = link->outer) {
        if (link->rule == rule) {
            report_cycle(c, rule, outer);
            return;
        }
    }
    if (rule->extends && !rule->settled)
        put_base_before(c, rule, &chain);
    rule->settled = true;
}

void layout_style_inherit(LayoutCompiler *c)
{
    for (size_t i = 0; i < map_count(c->classes); i++)
        settle(c, map_value(c->classes, i), NULL);
    for (size_t i = 0; i < map_count(c->defaults); i++) {
        LayoutRule *first = map_value(c->defaults, i);
        for (LayoutRule *rule = first; rule; rule = rule->more) {
            settle(c, rule, NULL);
            if (rule != first)
                append_copies(c->run, first, rule->first);
        }
    }
}

/* ── applying ── */

static Mpt resolve_number(LayoutNumber number, Mpt em)
{
    switch (number.unit) {
    case LAYOUT_UNIT_EM:
        return (Mpt)fixed_mul_div(number.amount, em, 1000);
    case LAYOUT_UNIT_PERCENT:
        return (Mpt)fixed_mul_div(number.amount, em, 10000);
    default:
        return number.amount;
    }
}

static void apply_line_height(LayoutComputed *computed, LayoutNumber number)
{
    computed->line_factor = number.unit == LAYOUT_UNIT_NONE ? number.amount : 0;
    computed->style.line_height = resolve_number(number, computed->style.font_size);
}

/* Sets what a declaration says; em and % are of the element's own font size, which is known by now. */
static void apply(LayoutComputed *computed, const Declaration *declaration)
{
    const Property *property = declaration->property;
    const Value *value = &declaration->value;
    const Mpt em = computed->style.font_size;
    void *member = (char *)&computed->style + property->offset;
    switch (property->kind) {
    case VALUE_ROLE:
    case VALUE_PAGE:
        memcpy(member, &value->text, sizeof value->text);
        break;
    case VALUE_FONT_SIZE:
        break; /* see apply_font_size */
    case VALUE_LINE_HEIGHT:
        apply_line_height(computed, value->numbers[0]);
        break;
    case VALUE_LENGTH:
    case VALUE_EDGES:
        for (int edge = 0; edge < (property->kind == VALUE_EDGES ? LAYOUT_EDGES : 1); edge++)
            ((Mpt *)member)[edge] = resolve_number(value->numbers[edge], em);
        break;
    case VALUE_OFFSET:
        *(Mpt *)member = value->number ? LAYOUT_OFFSET_AUTO : resolve_number(value->numbers[0], em);
        break;
    case VALUE_COLOUR:
        memcpy(member, &value->colour, sizeof value->colour);
        break;
    case VALUE_WORD:
    case VALUE_COUNT:
        memcpy(member, &value->number, sizeof value->number);
        break;
    case VALUE_SWITCH:
        *(bool *)member = value->number != 0;
        break;
    case VALUE_WIDTH:
        layout_parse_width(value->text, em, member);
        break;
    }
}

static void apply_font_size(LayoutCompiler *c, LayoutComputed *computed, const LayoutRule *rule, Mpt parent)
{
    for (const Declaration *d = rule->first; d; d = d->next) {
        if (d->property->kind != VALUE_FONT_SIZE)
            continue;
        Mpt size = resolve_number(d->value.numbers[0], parent);
        if (size < FONT_SIZE_MIN || size > FONT_SIZE_MAX)
            LAYOUT_FAIL(c, LAYOUT_RANGE, d->place, d->property->name, d->value.text, "1pt", "1000pt");
        else
            computed->style.font_size = size;
    }
}

/* The font size first, because the em of every other property is the element's own. */
static void apply_rules(LayoutCompiler *c, LayoutComputed *computed, const LayoutRule *const *rules, size_t count)
{
    const Mpt parent = computed->style.font_size;
    for (size_t i = 0; i < count; i++)
        apply_font_size(c, computed, rules[i], parent);
    for (size_t i = 0; i < count; i++)
        for (const Declaration *d = rules[i]->first; d; d = d->next)
            apply(computed, d);
    if (computed->line_factor)
        computed->style.line_height = (Mpt)fixed_mul_div(computed->style.font_size, computed->line_factor, 1000);
}

/* Takes the next name off a list of classes; NULL at its end. */
static const char *next_class(LayoutCompiler *c, const char **list)
{
    if (!*list)
        return NULL;
    const char *start = *list + strspn(*list, " ");
    const size_t length = strcspn(start, " ");
    *list = start + length;
    return length > 0 ? arena_text(c->run, start, length) : NULL;
}

size_t layout_style_tests(LayoutCompiler *c, const XmlNode *node, LayoutClassTest out[LAYOUT_CLASS_TESTS])
{
    size_t count = 0;
    const char *list = xml_attr(node, "class"), *name;
    while ((name = next_class(c, &list)) != NULL) {
        const LayoutRule *rule = map_lookup(c->classes, name);
        if (!rule || !rule->test)
            continue;
        if (count == LAYOUT_CLASS_TESTS) {
            LAYOUT_FAIL(c, LAYOUT_STYLE_TESTS, xml_place(c->file, node), diag_number(c->diag, LAYOUT_CLASS_TESTS));
            break;
        }
        out[count++] = (LayoutClassTest){name, rule->test, rule->place};
    }
    return count;
}

/* Whether the test of the element's class is taken to hold; `index` counts such classes. */
static bool applies(LayoutCompiler *c, const XmlNode *node, const LayoutRule *rule, size_t *index)
{
    if (!rule->test)
        return true;
    if (!c->variant || c->variant->element != node)
        return LAYOUT_FAIL(c, LAYOUT_STYLE_PLACE, xml_place(c->file, node), rule->name, node->name);
    return c->variant->holds >> (*index)++ & 1;
}

/* Adds the rules of class="a b" to the list; returns the new count. */
static size_t add_classes(LayoutCompiler *c, const XmlNode *node, const LayoutRule **rules, size_t count)
{
    size_t tests = 0;
    const char *list = xml_attr(node, "class"), *name;
    while ((name = next_class(c, &list)) != NULL) {
        const LayoutRule *rule = map_lookup(c->classes, name);
        if (!rule)
            LAYOUT_FAIL(c, LAYOUT_CLASS, xml_place(c->file, node), name, layout_suggest(c, c->classes, name));
        else if (applies(c, node, rule, &tests))
            rules[count++] = rule;
    }
    return count;
}

LayoutComputed *layout_style_anonymous(LayoutCompiler *c, const LayoutComputed *parent)
{
    LayoutComputed *computed = arena_copy(c->run, parent, sizeof *parent);
    LayoutStyle *style = &computed->style;
    memset(style->margin, 0, sizeof style->margin);
    memset(style->padding, 0, sizeof style->padding);
    memset(style->border, 0, sizeof style->border);
    style->border_colour = 0x000000;
    style->background = LAYOUT_TRANSPARENT;
    style->vertical_align = LAYOUT_TOP;
    style->break_before = style->break_after = style->break_inside = LAYOUT_AUTO;
    style->page = NULL;
    style->position = LAYOUT_STATIC;
    for (int edge = 0; edge < LAYOUT_EDGES; edge++)
        style->offset[edge] = LAYOUT_OFFSET_AUTO;
    style->width = (LayoutLength){.kind = LAYOUT_WIDTH_AUTO};
    style->height = 0;
    style->baseline_shift = 0;
    style->text_box_trim = LAYOUT_TRIM_NONE;
    return computed;
}

const LayoutComputed *layout_style_root(LayoutCompiler *c)
{
    LayoutComputed initial = {
        .style = {.font_family = "song",
                  .font_size = FIXED_PT(10.5),
                  .font_size_min = FIXED_PT(7),
                  .text_align = LAYOUT_JUSTIFY,
                  .orphans = 2,
                  .widows = 2},
        .line_factor = 1500,
    };
    LayoutComputed *root = layout_style_anonymous(c, &initial);
    const LayoutRule *rule = map_lookup(c->defaults, "layout");
    apply_rules(c, root, &rule, rule ? 1 : 0);
    return root;
}

const LayoutComputed *layout_style_resolve(LayoutCompiler *c, const XmlNode *node, const LayoutComputed *parent)
{
    const char *class = xml_attr(node, "class");
    const LayoutRule **rules = ARENA_ARRAY(c->run, (class ? strlen(class) : 0) + 3, const LayoutRule *);
    size_t count = 0;
    if (map_has(c->builtin, node->name))
        rules[count++] = map_lookup(c->builtin, node->name);
    if (map_has(c->defaults, node->name))
        rules[count++] = map_lookup(c->defaults, node->name);
    count = add_classes(c, node, rules, count);
    rules[count++] = read_rule(c, node);
    LayoutComputed *computed = layout_style_anonymous(c, parent);
    apply_rules(c, computed, rules, count);
    return computed;
}

/* ── dumping ── */

static void put_lengths(Buf *out, const Mpt *lengths, int count)
{
    for (int i = 0; i < count; i++) {
        char text[32];
        fixed_format(lengths[i], 3, 2, text);
        buf_print(out, " %s", text);
    }
}

static void put_width(Buf *out, const LayoutLength *width)
{
    static const struct {
        int places;
        const char *unit;
    } kinds[] = {
        [LAYOUT_WIDTH_FIXED] = {3, ""}, [LAYOUT_WIDTH_PERCENT] = {2, "%"}, [LAYOUT_WIDTH_FRACTION] = {3, "fr"}};
    buf_byte(out, ' ');
    if (width->kind == LAYOUT_WIDTH_AUTO)
        buf_text(out, "auto");
    else
        buf_decimal(out, width->value, kinds[width->kind].places);
    buf_text(out, width->kind == LAYOUT_WIDTH_AUTO ? "" : kinds[width->kind].unit);
}

/* The word of that index. */
static void put_word(Buf *out, const char *words, int index)
{
    for (; index > 0; index--)
        words += strcspn(words, " ") + 1;
    buf_print(out, " %.*s", (int)strcspn(words, " "), words);
}

static size_t value_size(const Property *property)
{
    switch (property->kind) {
    case VALUE_ROLE:
    case VALUE_PAGE:
        return sizeof(char *);
    case VALUE_EDGES:
        return LAYOUT_EDGES * sizeof(Mpt);
    case VALUE_SWITCH:
        return sizeof(bool);
    case VALUE_WIDTH:
        return sizeof(LayoutLength);
    default:
        return sizeof(int);
    }
}

static void put_value(Buf *out, const Property *property, const void *member)
{
    switch (property->kind) {
    case VALUE_ROLE:
    case VALUE_PAGE:
        buf_print(out, " %s", *(const char *const *)member ? *(const char *const *)member : "auto");
        break;
    case VALUE_FONT_SIZE:
    case VALUE_LINE_HEIGHT:
    case VALUE_LENGTH:
    case VALUE_EDGES:
        put_lengths(out, member, property->kind == VALUE_EDGES ? LAYOUT_EDGES : 1);
        break;
    case VALUE_OFFSET:
        if (*(const Mpt *)member == LAYOUT_OFFSET_AUTO)
            buf_text(out, " auto");
        else
            put_lengths(out, member, 1);
        break;
    case VALUE_COLOUR:
        if (*(const uint32_t *)member == LAYOUT_TRANSPARENT)
            buf_text(out, " transparent");
        else
            buf_print(out, " #%06X", (unsigned)*(const uint32_t *)member);
        break;
    case VALUE_WORD:
        put_word(out, property->example, *(const int *)member);
        break;
    case VALUE_SWITCH:
        put_word(out, property->example, *(const bool *)member);
        break;
    case VALUE_COUNT:
        buf_print(out, " %d", *(const int *)member);
        break;
    case VALUE_WIDTH:
        put_width(out, member);
        break;
    }
}

void layout_style_dump(Arena *scratch, const LayoutStyle *style, const LayoutStyle *parent, Buf *out)
{
    LayoutCompiler compiler = {.run = scratch};
    const LayoutComputed outer = {.style = *parent};
    const LayoutStyle *plain = &layout_style_anonymous(&compiler, &outer)->style;
    const Property *edges = NULL; /* told together; their sides follow in the table */
    for (const Property *p = properties; p < properties + PROPERTY_COUNT; p++) {
        const char *here = (const char *)style + p->offset;
        if (p->kind == VALUE_EDGES)
            edges = p;
        else if (edges && p->offset >= edges->offset && p->offset < edges->offset + value_size(edges))
            continue;
        if (memcmp(here, (const char *)plain + p->offset, value_size(p)) == 0)
            continue;
        buf_print(out, " %s:", p->name);
        put_value(out, p, here);
        buf_byte(out, ';');
    }
}
