/* Validation against RELAX NG by libxml2, and what to say when it fails.
 *
 * First the model of the grammar looks for names, values and text that are wrong by themselves; that covers most mistakes and
 * says them best. Only when it finds nothing do libxml2's own errors speak: what is left then is order, number and
 * combination. libxml2 reports a failure again on every level up to the root, so an error is dropped when another one lies
 * below it.
 *
 * Compiled grammars are kept until the process ends, found by the hash of their text: a run has a handful of them.
 */
#include "base/hash.h"
#include "base/xml_int.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>

#include <string.h>

enum { MAX_ERRORS = 64, MAX_REPORTED = 5 };

typedef struct Grammar Grammar;
struct Grammar {
    unsigned char hash[HASH_SIZE];
    xmlDoc *doc; /* the model points into it */
    xmlRelaxNG *schema;
    XmlModel *model;
    Grammar *next;
};

static Arena *grammar_arena; /* of the process */
static Grammar *grammars;

/* ── grammars ── */

static void ignore_error(void *data, XmlError *error)
{
    (void)data;
    (void)error;
}

/* Keeps the first message, cut to what fits. */
static void keep_message(void *data, XmlError *error)
{
    char *message = data;
    if (!*message && error->message)
        strncat(message, error->message, 199);
}

static xmlRelaxNG *compile(xmlDoc *doc, xmlStructuredErrorFunc on_error, void *data)
{
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewDocParserCtxt(doc);
    if (!parser)
        return NULL;
    xmlRelaxNGSetParserStructuredErrors(parser, on_error, data);
    xmlRelaxNG *schema = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    return schema;
}

static const Grammar *load_grammar(const char *text, size_t length, const char *path, Diag *diag)
{
    unsigned char hash[HASH_SIZE];
    hash_bytes(text, length, hash);
    for (const Grammar *known = grammars; known; known = known->next)
        if (memcmp(known->hash, hash, sizeof hash) == 0)
            return known;

    char message[200] = "";
    xmlDoc *doc =
        xmlReadMemory(text, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlRelaxNG *schema = doc ? compile(doc, keep_message, message) : NULL;
    if (!schema) {
        xmlFreeDoc(doc);
        diag_add(diag, DIAG_XML_GRAMMAR_BROKEN, (DiagPlace){.file = path}, message);
        return NULL;
    }
    if (!grammar_arena)
        grammar_arena = arena_open(0);
    Grammar *grammar = ARENA_NEW(grammar_arena, Grammar);
    memcpy(grammar->hash, hash, sizeof hash);
    grammar->doc = doc;
    grammar->schema = schema;
    grammar->model = xml_model_build(grammar_arena, xmlDocGetRootElement(doc));
    grammar->next = grammars;
    grammars = grammar;
    return grammar;
}

/* ── single values ── */

static bool is_named(const xmlNode *node, const char *element, const xmlChar *name)
{
    if (!xmlStrEqual(node->name, (const xmlChar *)element))
        return false;
    xmlChar *found = xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)"name");
    bool same = xmlStrEqual(found, name);
    xmlFree(found);
    return same;
}

static bool has_define(const xmlNode *grammar, const xmlChar *name)
{
    for (const xmlNode *child = grammar->children; child; child = child->next)
        if (is_named(child, "define", name))
            return true;
    return false;
}

/* Copies the definitions that a pattern refers to, and those that they refer to, from one grammar to another. */
static void copy_references(const xmlNode *pattern, const xmlNode *from, xmlNode *to)
{
    for (const xmlNode *child = pattern->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        copy_references(child, from, to);
        if (!xmlStrEqual(child->name, (const xmlChar *)"ref"))
            continue;
        xmlChar *name = xmlGetNoNsProp((xmlNode *)child, (const xmlChar *)"name");
        bool copied = has_define(to, name);
        for (xmlNode *define = from->children; define && !copied; define = define->next) {
            if (!is_named(define, "define", name))
                continue;
            xmlAddChild(to, xmlDocCopyNode(define, to->doc, 1));
            copy_references(define, from, to);
        }
        xmlFree(name);
    }
}

/* A grammar of its own for one attribute's value: an element <value> whose content is the attribute's pattern, with the
 * definitions that it refers to. */
static xmlRelaxNG *compile_value(const xmlNode *attribute)
{
    xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
    xmlNode *grammar = xmlDocGetRootElement(attribute->doc);
    xmlNode *root = xmlCopyNode(grammar, 2); /* attributes and namespaces only */
    xmlUnsetProp(root, (const xmlChar *)"ns");
    xmlDocSetRootElement(doc, root);
    xmlNode *start = xmlNewChild(root, root->ns, (const xmlChar *)"start", NULL);
    xmlNode *value = xmlNewChild(start, root->ns, (const xmlChar *)"element", NULL);
    xmlNewProp(value, (const xmlChar *)"name", (const xmlChar *)"value");
    for (xmlNode *pattern = attribute->children; pattern; pattern = pattern->next)
        xmlAddChild(value, xmlDocCopyNode(pattern, doc, 1));
    if (!xmlFirstElementChild(value))
        xmlNewChild(value, root->ns, (const xmlChar *)"text", NULL);
    copy_references(attribute, grammar, root);
    xmlRelaxNG *schema = compile(doc, ignore_error, NULL);
    xmlFreeDoc(doc);
    return schema;
}

static bool is_valid(xmlRelaxNG *schema, xmlDoc *doc, xmlStructuredErrorFunc on_error, void *data)
{
    xmlRelaxNGValidCtxt *validator = xmlRelaxNGNewValidCtxt(schema);
    xmlRelaxNGSetValidStructuredErrors(validator, on_error, data);
    int result = xmlRelaxNGValidateDoc(validator, doc);
    xmlRelaxNGFreeValidCtxt(validator);
    return result == 0;
}

/* The compiled value is kept in the pattern's _private, for the next attribute of the same definition. A pattern that cannot
 * be compiled by itself matches anything. */
bool xml_value_matches(const xmlNode *attribute, const char *value)
{
    xmlNode *pattern = (xmlNode *)attribute;
    if (!pattern->_private)
        pattern->_private = compile_value(attribute);
    if (!pattern->_private)
        return true;
    xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
    xmlNode *root = xmlNewDocNode(doc, NULL, (const xmlChar *)"value", NULL);
    xmlDocSetRootElement(doc, root);
    xmlNodeAddContent(root, (const xmlChar *)value);
    bool matches = is_valid(pattern->_private, doc, ignore_error, NULL);
    xmlFreeDoc(doc);
    return matches;
}

/* ── errors ── */

typedef struct Failure {
    const XmlNode *node; /* NULL: libxml2 did not say where */
    int code;
    const char *name; /* the error's first string, an element or attribute */
    const char *message;
} Failure;

typedef struct Failures {
    Arena *arena;
    Failure items[MAX_ERRORS];
    int count;
} Failures;

static const char *copy_line(Arena *arena, const char *text)
{
    return text ? arena_text(arena, text, strcspn(text, "\n")) : "";
}

static void collect_failure(void *data, XmlError *error)
{
    Failures *failures = data;
    if (failures->count == MAX_ERRORS)
        return;
    const xmlNode *node = error->node;
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->parent;
    failures->items[failures->count++] = (Failure){
        .node = node ? node->_private : NULL,
        .code = error->code,
        .name = copy_line(failures->arena, error->str1),
        .message = copy_line(failures->arena, error->message),
    };
}

static bool is_below(const XmlNode *node, const XmlNode *ancestor)
{
    while (node && node != ancestor)
        node = node->parent;
    return node != NULL;
}

/* Whether another failure says it better: one at the same node before, or one below. */
static bool is_echo(const Failures *failures, int index)
{
    const XmlNode *node = failures->items[index].node;
    if (!node)
        return true;
    for (int i = 0; i < failures->count; i++) {
        const XmlNode *other = failures->items[i].node;
        if (other && i != index && is_below(other, node) && (other != node || i < index))
            return true;
    }
    return false;
}

/* libxml2 often names the parent in the message and points at a child. */
static const XmlNode *node_named(const XmlNode *node, const char *name)
{
    for (const XmlNode *at = node; at; at = at->parent)
        if (strcmp(at->name, name) == 0)
            return at;
    return node;
}

static void report_failure(const Failure *failure, const XmlFile *file, const XmlModel *model, Arena *scratch,
                           Diag *diag)
{
    const XmlNode *node = failure->node;
    DiagPlace place = xml_place(file, node);
    const XmlNode *owner = node;
    switch (failure->code) {
    case XML_RELAXNG_ERR_ATTRVALID:
    case XML_RELAXNG_ERR_INVALIDATTR:
        if (failure->code == XML_RELAXNG_ERR_ATTRVALID)
            owner = node_named(node, failure->name);
        diag_add(diag, DIAG_XML_ATTRIBUTES_INVALID, xml_place(file, owner), owner->name,
                 xml_model_attributes(model, scratch, owner->name));
        break;
    case XML_RELAXNG_ERR_NOELEM:
        diag_add(diag, DIAG_XML_ELEMENT_MISSING, place, failure->name, node->name,
                 xml_model_children(model, scratch, node->name));
        break;
    case XML_RELAXNG_ERR_ELEMNAME:
    case XML_RELAXNG_ERR_ELEMWRONG:
        if (node->parent)
            owner = node->parent;
        diag_add(diag, DIAG_XML_CONTENT_INVALID, place, owner->name, xml_model_children(model, scratch, owner->name));
        break;
    case XML_RELAXNG_ERR_CONTENTVALID:
    case XML_RELAXNG_ERR_EXTRACONTENT:
        owner = node_named(node, failure->name);
        diag_add(diag, DIAG_XML_CONTENT_INVALID, place, owner->name, xml_model_children(model, scratch, owner->name));
        break;
    default:
        diag_add(diag, DIAG_XML_INVALID, place, failure->message);
    }
}

static void report_failures(const Failures *failures, const XmlFile *file, const XmlModel *model, Diag *diag)
{
    int reported = 0;
    for (int i = 0; i < failures->count && reported < MAX_REPORTED; i++) {
        if (is_echo(failures, i))
            continue;
        report_failure(&failures->items[i], file, model, failures->arena, diag);
        reported++;
    }
    if (reported == 0)
        diag_add(diag, DIAG_XML_INVALID, xml_place(file, file->root),
                 failures->count ? failures->items[0].message : "");
}

bool xml_validate(xmlDoc *doc, const XmlFile *file, const char *text, size_t length, Diag *diag)
{
    const Grammar *grammar = load_grammar(text, length, file->path, diag);
    if (!grammar)
        return false;
    Failures failures = {.arena = arena_open(0)};
    bool valid = is_valid(grammar->schema, doc, collect_failure, &failures);
    if (!valid && xml_model_check(grammar->model, file, diag))
        report_failures(&failures, file, grammar->model, diag);
    arena_close(failures.arena);
    return valid;
}
