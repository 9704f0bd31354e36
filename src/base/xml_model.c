/* What a RELAX NG grammar says about each name, so that a mistake can be explained.
 *
 * A validator answers yes or no, and libxml2's reasons ("Element row failed to validate attributes") help nobody. This model
 * holds, for every element name, the union over all its definitions of the attributes, child elements and text that may
 * occur in it, whatever their order and number. It allows more than the grammar does, so what it refuses is truly wrong and
 * can be said in plain words, with the nearest known name; it is asked only when libxml2 has refused the document.
 *
 * For order and number it knows as much as is certain: the place of a child in the sequence that the grammar gives, where choices and
 * repetitions are one place, and whether it may come again. Of attributes in a choice it knows which exclude each other.
 *
 * A name class other than a plain name (anyName, nsName, choice) makes the model useless, and it then explains nothing.
 * Models live as long as their grammar, that is, as long as the process.
 */
#include "base/buf.h"
#include "base/utf8.h"
#include "base/xml_int.h"

#include <string.h>

enum { MAX_FINDINGS = 8, MAX_LISTED = 24, EXCERPT = 20 };

typedef struct AttributePattern AttributePattern;
struct AttributePattern {
    const xmlNode *node;
    AttributePattern *next;
};

typedef struct AttributeModel {
    size_t required;            /* number of element definitions that require it */
    AttributePattern *patterns; /* one per definition; any may match */
    Map *expected;              /* values and data types, for hints */
} AttributeModel;

typedef struct ChildModel {
    int place;     /* in the sequence, from 1; 0: not certain, it has several */
    bool repeated; /* may come again */
    bool required;
} ChildModel;

/* A choice between attributes: each alternative with the first one that it requires. */
typedef struct ChoiceModel ChoiceModel;
struct ChoiceModel {
    Map *alternatives; /* name of that attribute → Map of all attributes in it */
    ChoiceModel *next;
};

typedef struct ElementModel {
    size_t definitions;
    Map *attributes; /* name → AttributeModel */
    Map *children;   /* name → ChildModel */
    ChoiceModel *choices;
    int place; /* while it is built: of the next child */
    bool text;
} ElementModel;

/* How the pattern that is being added counts. */
typedef struct Context {
    bool required; /* what is in it has to be there */
    bool shared;   /* within a choice or repetition: all of it has one place in the sequence */
    bool repeated; /* within a repetition */
} Context;

typedef struct Define Define;
struct Define {
    const xmlNode *node;
    Define *next; /* further definition of the same name (combine) */
};

struct XmlModel {
    Arena *arena;
    Map *defines;  /* name → Define */
    Map *elements; /* name → ElementModel */
    ElementModel *start;
    bool useless;
};

/* ── building ── */

static bool is_pattern(const xmlNode *node, const char *name)
{
    return strcmp((const char *)node->name, name) == 0;
}

static bool is_one_of(const xmlNode *node, const char *const *names)
{
    for (; *names; names++)
        if (is_pattern(node, *names))
            return true;
    return false;
}

static bool is_relaxng(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && node->ns &&
           strcmp((const char *)node->ns->href, "http://relaxng.org/ns/structure/1.0") == 0;
}

/* An attribute of the grammar's XML, or NULL. The copy is freed with the arena. */
static char *grammar_attribute(Arena *arena, const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)name);
    if (!value)
        return NULL;
    char *copy = arena_string(arena, (const char *)value);
    xmlFree(value);
    return copy;
}

static char *grammar_text(Arena *arena, const xmlNode *node)
{
    xmlChar *value = xmlNodeGetContent(node);
    char *copy = arena_string(arena, value ? (const char *)value : "");
    xmlFree(value);
    return copy;
}

static ElementModel *new_element(Arena *arena)
{
    ElementModel *element = ARENA_NEW(arena, ElementModel);
    element->attributes = map_open(arena);
    element->children = map_open(arena);
    element->place = 1;
    return element;
}

/* What a pattern's a:documentation says, without its full stop; or NULL. */
static const char *documentation(Arena *arena, const xmlNode *pattern)
{
    for (const xmlNode *child = pattern->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE || !is_pattern(child, "documentation"))
            continue;
        char *text = grammar_text(arena, child);
        const size_t length = strlen(text);
        if (length > 0 && text[length - 1] == '.')
            text[length - 1] = '\0';
        return text;
    }
    return NULL;
}

static const char *param(Arena *arena, const xmlNode *data, const char *name)
{
    for (const xmlNode *child = data->children; child; child = child->next) {
        const char *found =
            is_relaxng(child) && is_pattern(child, "param") ? grammar_attribute(arena, child, "name") : "";
        if (found && strcmp(found, name) == 0)
            return grammar_text(arena, child);
    }
    return NULL;
}

/* "an integer from 1 to 1000"; where a pattern says it, what is written about it; else "decimal (minExclusive 0)". `owner` is the
 * attribute or the definition around it. */
static const char *describe_data(Arena *arena, const xmlNode *data, const xmlNode *owner)
{
    const char *type = grammar_attribute(arena, data, "type");
    const char *from = param(arena, data, "minInclusive"), *to = param(arena, data, "maxInclusive");
    if (type && strcmp(type, "integer") == 0 && from && to)
        return arena_print(arena, "an integer from %s to %s", from, to);
    const char *words = documentation(arena, owner);
    if (words && type && (param(arena, data, "pattern") || strcmp(type, "language") == 0))
        return words;
    const char *text = type ? type : "";
    const char *separator = " (";
    for (const xmlNode *param = data->children; param; param = param->next) {
        if (!is_relaxng(param) || !is_pattern(param, "param"))
            continue;
        text = arena_print(arena, "%s%s%s %s", text, separator, grammar_attribute(arena, param, "name"),
                           grammar_text(arena, param));
        separator = ", ";
    }
    return *separator == ',' ? arena_print(arena, "%s)", text) : text;
}

static void add_expected(XmlModel *model, Map *expected, const xmlNode *parent)
{
    for (const xmlNode *pattern = parent->children; pattern; pattern = pattern->next) {
        if (!is_relaxng(pattern))
            continue;
        if (is_pattern(pattern, "value")) {
            map_add(expected, grammar_text(model->arena, pattern), NULL);
        } else if (is_pattern(pattern, "data")) {
            map_add(expected, describe_data(model->arena, pattern, parent), NULL);
        } else if (is_pattern(pattern, "ref")) {
            const char *name = grammar_attribute(model->arena, pattern, "name");
            for (const Define *define = map_lookup(model->defines, name); define; define = define->next)
                add_expected(model, expected, define->node);
        } else {
            add_expected(model, expected, pattern);
        }
    }
}

static void add_attribute(XmlModel *model, ElementModel *element, const xmlNode *pattern, bool required)
{
    const char *name = grammar_attribute(model->arena, pattern, "name");
    if (!name) {
        model->useless = true;
        return;
    }
    AttributeModel *attribute = map_lookup(element->attributes, name);
    if (!attribute) {
        attribute = ARENA_NEW(model->arena, AttributeModel);
        attribute->expected = map_open(model->arena);
        map_add(element->attributes, name, attribute);
    }
    attribute->required += required;
    AttributePattern *definition = ARENA_NEW(model->arena, AttributePattern);
    *definition = (AttributePattern){.node = pattern, .next = attribute->patterns};
    attribute->patterns = definition;
    add_expected(model, attribute->expected, pattern);
}

static void add_patterns(XmlModel *model, ElementModel *element, const xmlNode *parent, Context context);

static void add_child(XmlModel *model, ElementModel *element, const char *name, Context context)
{
    ChildModel *child = map_lookup(element->children, name);
    if (!child) {
        child = ARENA_NEW(model->arena, ChildModel);
        *child = (ChildModel){.place = element->place, .repeated = context.repeated, .required = context.required};
        map_add(element->children, name, child);
    } else {
        child->place = child->place == element->place ? child->place : 0;
        child->repeated = true;
        child->required |= context.required;
    }
}

/* The attributes of an alternative, the required ones first; false when it holds anything else. */
static bool collect_alternative(XmlModel *model, const xmlNode *pattern, bool required, Map *first, Map *rest)
{
    if (is_pattern(pattern, "attribute")) {
        const char *name = grammar_attribute(model->arena, pattern, "name");
        return name && (map_add(required ? first : rest, name, NULL) || true);
    }
    if (!is_pattern(pattern, "group") && !is_pattern(pattern, "optional"))
        return false;
    bool only = true;
    for (const xmlNode *child = pattern->children; child; child = child->next)
        if (is_relaxng(child))
            only &= collect_alternative(model, child, required && !is_pattern(pattern, "optional"), first, rest);
    return only;
}

/* Keeps a choice between attributes. */
static void add_choice(XmlModel *model, ElementModel *element, const xmlNode *pattern)
{
    Map *alternatives = map_open(model->arena);
    for (const xmlNode *child = pattern->children; child; child = child->next) {
        Map *first = map_open(model->arena), *rest = map_open(model->arena);
        if (!is_relaxng(child))
            continue;
        if (!collect_alternative(model, child, true, first, rest) || map_count(first) != 1)
            return;
        map_add(alternatives, map_key(first, 0), rest);
    }
    ChoiceModel *choice = ARENA_NEW(model->arena, ChoiceModel);
    *choice = (ChoiceModel){alternatives, element->choices};
    element->choices = choice;
}

static void add_reference(XmlModel *model, ElementModel *element, const xmlNode *pattern, Context context)
{
    const char *name = grammar_attribute(model->arena, pattern, "name");
    const Define *define = map_lookup(model->defines, name);
    context.required &= !(define && define->next); /* combined, perhaps by choice: then neither is required */
    for (; define; define = define->next)
        add_patterns(model, element, define->node, context);
}

static void add_pattern(XmlModel *model, ElementModel *element, const xmlNode *pattern, Context context)
{
    static const char *const texts[] = {"text", "data", "value", "list", NULL};
    static const char *const repeats[] = {"zeroOrMore", "oneOrMore", NULL};
    static const char *const mixes[] = {"choice", "interleave", "mixed", NULL};
    if (is_pattern(pattern, "element")) {
        const char *name = grammar_attribute(model->arena, pattern, "name");
        if (name)
            add_child(model, element, name, context);
    } else if (is_pattern(pattern, "attribute")) {
        add_attribute(model, element, pattern, context.required);
    } else if (is_pattern(pattern, "ref")) {
        add_reference(model, element, pattern, context);
    } else if (is_one_of(pattern, texts)) {
        element->text = true;
    } else {
        if (is_pattern(pattern, "choice") && context.required && !context.shared)
            add_choice(model, element, pattern);
        element->text |= is_pattern(pattern, "mixed");
        context.repeated |= is_one_of(pattern, repeats);
        context.shared |= context.repeated || is_one_of(pattern, mixes);
        context.required &=
            !is_pattern(pattern, "choice") && !is_pattern(pattern, "optional") && !is_pattern(pattern, "zeroOrMore");
        add_patterns(model, element, pattern, context);
    }
}

static void add_patterns(XmlModel *model, ElementModel *element, const xmlNode *parent, Context context)
{
    for (const xmlNode *pattern = parent->children; pattern; pattern = pattern->next) {
        if (!is_relaxng(pattern))
            continue;
        add_pattern(model, element, pattern, context);
        element->place += !context.shared;
    }
}

static void collect_defines(XmlModel *model, const xmlNode *node)
{
    if (!is_relaxng(node))
        return;
    if (is_pattern(node, "define")) {
        Define *define = ARENA_NEW(model->arena, Define);
        define->node = node;
        const char *name = grammar_attribute(model->arena, node, "name");
        if (!map_add(model->defines, name, define)) {
            Define *first = map_lookup(model->defines, name);
            define->next = first->next;
            first->next = define;
        }
    }
    for (const xmlNode *child = node->children; child; child = child->next)
        collect_defines(model, child);
}

static void collect_elements(XmlModel *model, const xmlNode *node)
{
    if (!is_relaxng(node))
        return;
    if (is_pattern(node, "start")) {
        add_patterns(model, model->start, node, (Context){.required = true});
    } else if (is_pattern(node, "element")) {
        const char *name = grammar_attribute(model->arena, node, "name");
        model->useless |= !name;
        ElementModel *element = name ? map_lookup(model->elements, name) : model->start;
        if (!element) {
            element = new_element(model->arena);
            map_add(model->elements, name, element);
        }
        element->definitions++;
        add_patterns(model, element, node, (Context){.required = true});
    }
    for (const xmlNode *child = node->children; child; child = child->next)
        collect_elements(model, child);
}

XmlModel *xml_model_build(Arena *arena, const xmlNode *grammar)
{
    XmlModel *model = ARENA_NEW(arena, XmlModel);
    model->arena = arena;
    model->defines = map_open(arena);
    model->elements = map_open(arena);
    model->start = new_element(arena);
    collect_defines(model, grammar);
    collect_elements(model, grammar);
    return model;
}

/* ── lists for hints ── */

static const char *list_names(Arena *arena, const Map *map)
{
    Buf list = {0};
    for (size_t i = 0; i < map_count(map) && i < MAX_LISTED; i++) {
        buf_text(&list, i > 0 ? ", " : "");
        buf_text(&list, map_key(map, i));
    }
    if (map_count(map) > MAX_LISTED)
        buf_text(&list, " …");
    const char *text = list.length ? arena_string(arena, buf_cstring(&list)) : "–";
    buf_free(&list);
    return text;
}

static const ElementModel *find_element(const XmlModel *model, const char *name)
{
    const ElementModel *element = name ? map_lookup(model->elements, name) : NULL;
    return element ? element : model->start;
}

const char *xml_model_children(const XmlModel *model, Arena *arena, const char *element)
{
    return list_names(arena, find_element(model, element)->children);
}

const char *xml_model_attributes(const XmlModel *model, Arena *arena, const char *element)
{
    return list_names(arena, find_element(model, element)->attributes);
}

/* ── checking ── */

typedef struct Check {
    const XmlModel *model;
    const XmlFile *file;
    Arena *scratch;
    Diag *diag;
    int findings;
} Check;

static bool matches_any(const AttributePattern *pattern, const char *value)
{
    for (; pattern; pattern = pattern->next)
        if (xml_value_matches(pattern->node, value))
            return true;
    return false;
}

static void check_attribute(Check *check, const XmlNode *node, const ElementModel *element, const XmlAttr *attr)
{
    DiagPlace place = xml_place(check->file, node);
    const AttributeModel *attribute = map_lookup(element->attributes, attr->name);
    if (!attribute) {
        const char *nearest = map_nearest(element->attributes, attr->name);
        check->findings++;
        if (nearest)
            diag_add(check->diag, DIAG_XML_ATTRIBUTE_MISSPELT, place, attr->name, node->name, nearest);
        else
            diag_add(check->diag, DIAG_XML_ATTRIBUTE_UNKNOWN, place, attr->name, node->name,
                     list_names(check->scratch, element->attributes));
        return;
    }
    if (matches_any(attribute->patterns, attr->value))
        return;
    const char *nearest = map_nearest(attribute->expected, attr->value);
    const char *expected = list_names(check->scratch, attribute->expected);
    check->findings++;
    if (nearest)
        diag_add(check->diag, DIAG_XML_VALUE_MISSPELT, place, attr->name, attr->value, node->name, nearest, expected);
    else
        diag_add(check->diag, DIAG_XML_VALUE_INVALID, place, attr->name, attr->value, node->name, expected);
}

static void check_required(Check *check, const XmlNode *node, const ElementModel *element)
{
    for (size_t i = 0; i < map_count(element->attributes); i++) {
        const AttributeModel *attribute = map_value(element->attributes, i);
        const char *name = map_key(element->attributes, i);
        if (attribute->required < element->definitions || xml_attr(node, name))
            continue;
        check->findings++;
        diag_add(check->diag, DIAG_XML_ATTRIBUTE_MISSING, xml_place(check->file, node), name, node->name);
    }
}

static void report_clash(Check *check, const XmlNode *node, const char *a, const char *b)
{
    check->findings++;
    diag_add(check->diag, DIAG_XML_ATTRIBUTE_CLASH, xml_place(check->file, node), a, b, node->name);
}

/* One of the alternatives, not two, and nothing that belongs to another one. */
static void check_choice(Check *check, const XmlNode *node, const ChoiceModel *choice)
{
    const char *chosen = NULL;
    for (size_t i = 0; i < map_count(choice->alternatives); i++) {
        const char *name = map_key(choice->alternatives, i);
        if (xml_attr(node, name) && chosen)
            report_clash(check, node, chosen, name);
        else if (xml_attr(node, name))
            chosen = name;
    }
    if (!chosen) {
        check->findings++;
        diag_add(check->diag, DIAG_XML_ATTRIBUTE_CHOICE, xml_place(check->file, node), node->name,
                 list_names(check->scratch, choice->alternatives));
    }
    for (size_t i = 0; chosen && i < map_count(choice->alternatives); i++) {
        const Map *others = map_value(choice->alternatives, i);
        for (size_t j = 0; j < map_count(others); j++)
            if (xml_attr(node, map_key(others, j)) && !xml_attr(node, map_key(choice->alternatives, i)) &&
                !map_has(map_lookup(choice->alternatives, chosen), map_key(others, j)))
                report_clash(check, node, chosen, map_key(others, j));
    }
}

static bool is_second(const XmlNode *node)
{
    const XmlNode *first = xml_child(node->parent, node->name);
    return first != node;
}

/* The order of the children, where it is certain, and whether there are two of one. */
static void check_order(Check *check, const XmlNode *node, const ElementModel *element)
{
    int place = 0;
    const XmlNode *last = NULL; /* of those so far that comes latest in the sequence */
    for (const XmlNode *child = xml_first(node); child; child = xml_next(child, NULL)) {
        const ChildModel *model = map_lookup(element->children, child->name);
        if (!model || model->place == 0)
            continue;
        if (!model->repeated && is_second(child)) {
            check->findings++;
            diag_add(check->diag, DIAG_XML_ELEMENT_TWICE, xml_place(check->file, child), child->name, node->name);
        } else if (model->place < place) {
            check->findings++;
            diag_add(check->diag, DIAG_XML_ELEMENT_LATE, xml_place(check->file, child), child->name, last->name,
                     node->name, list_names(check->scratch, element->children));
        } else {
            place = model->place;
            last = child;
        }
    }
}

static void check_children(Check *check, const XmlNode *node, const ElementModel *element)
{
    for (size_t i = 0; i < map_count(element->children); i++) {
        const ChildModel *child = map_value(element->children, i);
        const char *name = map_key(element->children, i);
        if (!child->required || xml_child(node, name))
            continue;
        check->findings++;
        diag_add(check->diag, DIAG_XML_ELEMENT_MISSING, xml_place(check->file, node), name, node->name,
                 list_names(check->scratch, element->children));
    }
}

/* The beginning of a text, for a message. */
static const char *excerpt(Arena *arena, const char *text)
{
    text += strspn(text, " \t\r\n");
    const char *end = text;
    for (int i = 0; i < EXCERPT && *end; i++)
        utf8_next(&end);
    return arena_print(arena, "%.*s%s", (int)(end - text), text, *end ? "…" : "");
}

static void check_text(Check *check, const XmlNode *text, const XmlNode *parent, const ElementModel *element)
{
    if (element->text || text->text[strspn(text->text, " \t\r\n")] == '\0')
        return;
    check->findings++;
    diag_add(check->diag, DIAG_XML_TEXT_MISPLACED, xml_place(check->file, text), parent->name,
             excerpt(check->scratch, text->text));
}

/* Whether the element's name is known and allowed in its parent. */
static bool check_name(Check *check, const XmlNode *node, const ElementModel *parent)
{
    if (map_has(parent->children, node->name))
        return true;
    DiagPlace place = xml_place(check->file, node);
    const char *allowed = list_names(check->scratch, parent->children);
    const char *nearest = map_nearest(parent->children, node->name);
    bool known = map_has(check->model->elements, node->name);
    if (!nearest)
        nearest = map_nearest(check->model->elements, node->name);
    check->findings++;
    if (known && node->parent)
        return diag_add(check->diag, DIAG_XML_ELEMENT_MISPLACED, place, node->name, node->parent->name, allowed);
    if (!known && nearest)
        return diag_add(check->diag, DIAG_XML_ELEMENT_MISSPELT, place, node->name, nearest);
    if (node->parent)
        return diag_add(check->diag, DIAG_XML_ELEMENT_UNKNOWN, place, node->name, allowed);
    return diag_add(check->diag, DIAG_XML_ROOT_WRONG, place, node->name, allowed);
}

static void check_element(Check *check, const XmlNode *node, const ElementModel *parent)
{
    if (check->findings >= MAX_FINDINGS || !check_name(check, node, parent))
        return;
    const ElementModel *element = map_lookup(check->model->elements, node->name);
    for (size_t i = 0; i < node->attr_count; i++)
        check_attribute(check, node, element, &node->attrs[i]);
    check_required(check, node, element);
    if (element->definitions == 1) {
        for (const ChoiceModel *choice = element->choices; choice; choice = choice->next)
            check_choice(check, node, choice);
        check_order(check, node, element);
        check_children(check, node, element);
    }
    for (const XmlNode *child = node->children; child; child = child->next) {
        if (child->name)
            check_element(check, child, element);
        else
            check_text(check, child, node, element);
    }
}

bool xml_model_check(const XmlModel *model, const XmlFile *file, Diag *diag)
{
    if (model->useless)
        return true;
    Check check = {.model = model, .file = file, .diag = diag, .scratch = arena_open(0)};
    check_element(&check, file->root, model->start);
    arena_close(check.scratch);
    return check.findings == 0;
}
