/* What a RELAX NG grammar says about each name, so that a mistake can be explained.
 *
 * A validator answers yes or no, and libxml2's reasons ("Element row failed to validate attributes") help nobody. This model
 * holds, for every element name, the union over all its definitions of the attributes, child elements and text that may
 * occur in it, whatever their order and number. It allows more than the grammar does, so what it refuses is truly wrong and
 * can be said in plain words, with the nearest known name; it is asked only when libxml2 has refused the document.
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

typedef struct ElementModel {
    size_t definitions;
    Map *attributes; /* name → AttributeModel */
    Map *children;   /* names only */
    bool text;
} ElementModel;

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
    return element;
}

/* "decimal (minExclusive 0)" */
static const char *describe_data(Arena *arena, const xmlNode *data)
{
    const char *type = grammar_attribute(arena, data, "type");
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
            map_add(expected, describe_data(model->arena, pattern), NULL);
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

static void add_patterns(XmlModel *model, ElementModel *element, const xmlNode *parent, bool required);

static void add_pattern(XmlModel *model, ElementModel *element, const xmlNode *pattern, bool required)
{
    static const char *const texts[] = {"text", "data", "value", "list", NULL};
    static const char *const choices[] = {"optional", "zeroOrMore", "choice", NULL};
    static const char *const groups[] = {"group", "interleave", "oneOrMore", "mixed", NULL};
    if (is_pattern(pattern, "element")) {
        const char *name = grammar_attribute(model->arena, pattern, "name");
        if (name)
            map_add(element->children, name, NULL);
    } else if (is_pattern(pattern, "attribute")) {
        add_attribute(model, element, pattern, required);
    } else if (is_pattern(pattern, "ref")) {
        const char *name = grammar_attribute(model->arena, pattern, "name");
        const Define *define = map_lookup(model->defines, name);
        bool combined = define && define->next; /* perhaps by choice: then neither is required */
        for (; define; define = define->next)
            add_patterns(model, element, define->node, required && !combined);
    } else if (is_one_of(pattern, texts)) {
        element->text = true;
    } else if (is_one_of(pattern, choices)) {
        add_patterns(model, element, pattern, false);
    } else if (is_one_of(pattern, groups)) {
        element->text |= is_pattern(pattern, "mixed");
        add_patterns(model, element, pattern, required);
    }
}

static void add_patterns(XmlModel *model, ElementModel *element, const xmlNode *parent, bool required)
{
    for (const xmlNode *pattern = parent->children; pattern; pattern = pattern->next)
        if (is_relaxng(pattern))
            add_pattern(model, element, pattern, required);
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
        add_patterns(model, model->start, node, true);
    } else if (is_pattern(node, "element")) {
        const char *name = grammar_attribute(model->arena, node, "name");
        model->useless |= !name;
        ElementModel *element = name ? map_lookup(model->elements, name) : model->start;
        if (!element) {
            element = new_element(model->arena);
            map_add(model->elements, name, element);
        }
        element->definitions++;
        add_patterns(model, element, node, true);
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
    check->findings++;
    diag_add(check->diag, DIAG_XML_VALUE_INVALID, place, attr->name, attr->value, node->name,
             list_names(check->scratch, attribute->expected));
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
