/* XML: from bytes to the immutable tree.
 *
 * encoding → UTF-8 → xml_scan (limits, places) → libxml2 (well-formedness, namespaces) → tree → xml_validate (grammar).
 * libxml2's document lives only inside this call; the tree lives in the caller's arena.
 */
#include "base/xml.h"
#include "base/file.h"
#include "base/utf8.h"
#include "base/xml_int.h"

#include <libxml/parser.h>

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

/* ── encoding ── */

enum { MAX_ENCODING_NAME = 32, DECLARATION_REACH = 256 };

/* The name in encoding="…" of the XML declaration, or "". */
static void declared_encoding(const char *source, size_t length, char out[MAX_ENCODING_NAME])
{
    char head[DECLARATION_REACH + 1] = "";
    memcpy(head, source, length < DECLARATION_REACH ? length : DECLARATION_REACH);
    out[0] = '\0';
    char *end = strstr(head, "?>");
    if (strncmp(head, "<?xml", 5) != 0 || !end)
        return;
    *end = '\0';
    const char *name = strstr(head, "encoding");
    if (!name)
        return;
    name += strlen("encoding");
    name += strspn(name, " \t\r\n=\"'");
    size_t size = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    if (size < MAX_ENCODING_NAME) {
        memcpy(out, name, size);
        out[size] = '\0';
    }
}

/* Which encoding the bytes are in, as a name for iconv; "UTF-8" needs no conversion. */
static void find_encoding(const char *source, size_t length, char out[MAX_ENCODING_NAME])
{
    declared_encoding(source, length, out);
    bool utf16 = length >= 2 && (memcmp(source, "\xFF\xFE", 2) == 0 || memcmp(source, "\xFE\xFF", 2) == 0);
    if (utf16)
        strcpy(out, "UTF-16");
    else if (!*out || strcasecmp(out, "US-ASCII") == 0 || strcasecmp(out, "UTF8") == 0)
        strcpy(out, "UTF-8");
    else if (strcasecmp(out, "GB2312") == 0 || strcasecmp(out, "GBK") == 0)
        strcpy(out, "GB18030"); /* their superset: files that claim the older ones often hold more */
}

/* Converts into `out`; false when the encoding is unknown or the bytes are not in it. */
static bool convert(const char *encoding, const char *source, size_t length, Buf *out)
{
    iconv_t converter = iconv_open("UTF-8", encoding);
    if (converter == (iconv_t)-1) // NOLINT: the type is opaque
        return false;
    char *from = (char *)source;
    bool converted = true;
    while (length > 0 && converted) {
        buf_reserve(out, length + length / 2 + 16);
        char *to = (char *)out->bytes + out->length;
        size_t room = out->capacity - out->length;
        size_t result = iconv(converter, &from, &length, &to, &room);
        out->length = out->capacity - room;
        converted = result != (size_t)-1 || errno == E2BIG;
    }
    iconv_close(converter);
    return converted;
}

typedef struct Text {
    const char *bytes; /* UTF-8 without byte order mark, then a NUL */
    size_t length;
} Text;

static bool decode(Arena *scratch, const char *path, const char *source, size_t length, Text *out, Diag *diag)
{
    char encoding[MAX_ENCODING_NAME];
    find_encoding(source, length, encoding);
    *out = (Text){source, length};
    DiagPlace place = {.file = path, .line = 1, .column = 1};
    if (strcasecmp(encoding, "UTF-8") != 0) {
        Buf buf = {0};
        bool converted = convert(encoding, source, length, &buf);
        *out = (Text){arena_text(scratch, (const char *)buf.bytes, buf.length), buf.length};
        buf_free(&buf);
        if (!converted)
            return diag_add(diag, DIAG_XML_ENCODING, place, encoding);
    }
    if (out->length >= 3 && memcmp(out->bytes, "\xEF\xBB\xBF", 3) == 0)
        *out = (Text){out->bytes + 3, out->length - 3};
    size_t bad;
    if (utf8_valid(out->bytes, out->length, &bad))
        return true;
    XmlSpot spot = xml_spot(out->bytes, bad);
    place.line = spot.line;
    place.column = spot.column;
    return diag_add(diag, DIAG_XML_ENCODING, place, encoding);
}

/* ── libxml2 ── */

typedef struct Parse {
    const char *path;
    Text text;
    Diag *diag;
    bool failed;
} Parse;

/* What libxml2's codes mean to somebody who writes a file by hand. `mark` is where the mistake begins, looked for backwards from where the
 * parser found out; NULL: there. */
static const struct {
    int code;
    DiagCode message;
    const char *mark;
} syntax_errors[] = {
    {XML_ERR_DOCUMENT_EMPTY, DIAG_XML_NO_ROOT, NULL},
    {XML_ERR_DOCUMENT_END, DIAG_XML_AFTER_ROOT, NULL},
    {XML_ERR_NAME_REQUIRED, DIAG_XML_NAME, NULL},
    {XML_ERR_UNDECLARED_ENTITY, DIAG_XML_ENTITY, "&"},
    {XML_WAR_UNDECLARED_ENTITY, DIAG_XML_ENTITY, "&"},
    {XML_ERR_ENTITYREF_SEMICOL_MISSING, DIAG_XML_AMPERSAND, "&"},
    {XML_ERR_INVALID_CHARREF, DIAG_XML_CHARACTER, "&"},
    {XML_ERR_INVALID_DEC_CHARREF, DIAG_XML_CHARACTER, "&"},
    {XML_ERR_INVALID_HEX_CHARREF, DIAG_XML_CHARACTER, "&"},
    {XML_ERR_INVALID_CHAR, DIAG_XML_CHARACTER, NULL},
    {XML_ERR_LT_IN_ATTRIBUTE, DIAG_XML_LESS_THAN, NULL},
    {XML_ERR_ATTRIBUTE_NOT_STARTED, DIAG_XML_QUOTES, NULL},
    {XML_ERR_ATTRIBUTE_NOT_FINISHED, DIAG_XML_QUOTES, NULL},
    {XML_ERR_ATTRIBUTE_WITHOUT_VALUE, DIAG_XML_NO_VALUE, NULL},
    {XML_ERR_ATTRIBUTE_REDEFINED, DIAG_XML_ATTRIBUTE_TWICE, NULL},
    {XML_ERR_SPACE_REQUIRED, DIAG_XML_BLANK, NULL},
    {XML_ERR_GT_REQUIRED, DIAG_XML_TAG_END, NULL},
    {XML_NS_ERR_UNDEFINED_NAMESPACE, DIAG_XML_PREFIX, "<"},
    {XML_ERR_HYPHEN_IN_COMMENT, DIAG_XML_COMMENT, NULL},
    {XML_ERR_TAG_NAME_MISMATCH, DIAG_XML_TAG_MISMATCH, "</"},
    {XML_ERR_TAG_NOT_FINISHED, DIAG_XML_TAG_UNCLOSED, NULL},
};

/* The last `mark` before the offset, if it stands on the same line. */
static size_t step_back(const char *text, size_t offset, const char *mark)
{
    const size_t length = strlen(mark);
    for (size_t at = offset; at > 0 && text[at - 1] != '\n'; at--)
        if (strncmp(text + at - 1, mark, length) == 0)
            return at - 1;
    return offset;
}

/* libxml2's own columns count now bytes, now characters; its cursor is exact. */
static DiagPlace place_of_error(const Parse *parse, xmlParserCtxt *context, const char *mark)
{
    const long consumed = xmlByteConsumed(context);
    size_t offset = consumed < 0 ? 0 : (size_t)consumed;
    if (offset > parse->text.length)
        offset = parse->text.length;
    if (mark)
        offset = step_back(parse->text.bytes, offset, mark);
    const XmlSpot spot = xml_spot(parse->text.bytes, offset);
    return (DiagPlace){.file = parse->path, .line = spot.line, .column = spot.column};
}

/* XML_ERR_NAME_REQUIRED is what an & and a < say that begin nothing. */
static DiagCode refine(DiagCode message, const Parse *parse, DiagPlace *place, xmlParserCtxt *context)
{
    if (message != DIAG_XML_NAME)
        return message;
    const long consumed = xmlByteConsumed(context);
    const char *text = parse->text.bytes, *at = text + (consumed > 0 ? consumed : 0);
    if (at > text && at[-1] == '&')
        message = DIAG_XML_AMPERSAND;
    if (at > text && (at[-1] == '&' || at[-1] == '<'))
        place->column--;
    return message;
}

static void report_syntax(void *data, XmlError *error)
{
    xmlParserCtxt *context = data;
    Parse *parse = context->_private;
    if (parse->failed || error->level < XML_ERR_ERROR)
        return; /* the first error is the true one; libxml2 reads on and finds its consequences */
    parse->failed = true;
    size_t i = 0;
    while (i < sizeof syntax_errors / sizeof *syntax_errors && syntax_errors[i].code != error->code)
        i++;
    const bool known = i < sizeof syntax_errors / sizeof *syntax_errors;
    DiagPlace place = place_of_error(parse, context, known ? syntax_errors[i].mark : NULL);
    const char *first = error->str1 ? error->str1 : "", *second = error->str2 ? error->str2 : "";
    const char *line = diag_number(parse->diag, error->int1);
    char message[200] = "";
    if (error->message)
        strncat(message, error->message, strcspn(error->message, "\n") < 199 ? strcspn(error->message, "\n") : 199);
    if (known)
        diag_add(parse->diag, refine(syntax_errors[i].message, parse, &place, context), place, first, line, second);
    else
        diag_add(parse->diag, DIAG_XML_SYNTAX, place, message);
}

static void ignore_message(void *data, const char *message, ...)
{
    (void)data;
    (void)message;
}

static xmlDoc *parse_document(const char *path, Text text, Diag *diag)
{
    static bool initialised;
    if (!initialised) {
        xmlInitParser();
        xmlSetGenericErrorFunc(NULL, ignore_message); /* nothing of libxml2's ever goes to stderr */
        initialised = true;
    }
    Parse parse = {.path = path, .text = text, .diag = diag};
    xmlParserCtxt *context = xmlNewParserCtxt();
    context->_private = &parse;
    context->sax->serror = report_syntax;
    context->sax->comment = NULL; /* so that the text around comments and CDATA is one node */
    context->sax->processingInstruction = NULL;
    xmlDoc *doc = xmlCtxtReadMemory(context, text.bytes, (int)text.length, NULL, NULL,
                                    XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOCDATA | XML_PARSE_NOENT);
    xmlFreeParserCtxt(context);
    if (doc && !parse.failed)
        return doc;
    if (!parse.failed)
        diag_add(diag, DIAG_XML_SYNTAX, (DiagPlace){.file = path}, "empty document");
    xmlFreeDoc(doc);
    return NULL;
}

/* ── tree ── */

typedef struct Builder {
    Arena *arena;
    const XmlTag *tags;
    size_t next_tag;
} Builder;

static XmlAttr build_attribute(Arena *arena, const xmlAttr *attr, XmlSpot spot)
{
    const char *prefix = attr->ns && attr->ns->prefix ? (const char *)attr->ns->prefix : "";
    xmlChar *value = xmlNodeListGetString(attr->doc, attr->children, 1);
    XmlAttr built = {
        .name = arena_print(arena, "%s%s%s", prefix, *prefix ? ":" : "", (const char *)attr->name),
        .value = arena_string(arena, value ? (const char *)value : ""),
        .line = spot.line,
        .column = spot.column,
    };
    xmlFree(value);
    return built;
}

static void build_attributes(Arena *arena, const xmlNode *from, XmlNode *node, XmlSpot spot)
{
    for (const xmlAttr *attr = from->properties; attr; attr = attr->next)
        node->attr_count++;
    XmlAttr *attrs = ARENA_ARRAY(arena, node->attr_count, XmlAttr);
    node->attrs = attrs;
    for (const xmlAttr *attr = from->properties; attr; attr = attr->next)
        *attrs++ = build_attribute(arena, attr, spot);
}

static XmlNode *build_text(Arena *arena, const xmlNode *from, const XmlNode *parent, XmlSpot spot)
{
    XmlNode *node = ARENA_NEW(arena, XmlNode);
    *node = (XmlNode){.parent = parent, .line = spot.line, .column = spot.column};
    node->text = arena_string(arena, (const char *)from->content);
    return node;
}

/* Recursion is bounded by the limit of depth. */
static XmlNode *build_element(Builder *builder, xmlNode *from, const XmlNode *parent)
{
    const XmlTag *tag = &builder->tags[builder->next_tag++];
    XmlNode *node = ARENA_NEW(builder->arena, XmlNode);
    from->_private = node;
    *node = (XmlNode){.parent = parent, .line = tag->start.line, .column = tag->start.column};
    node->name = arena_string(builder->arena, (const char *)from->name);
    build_attributes(builder->arena, from, node, tag->start);
    const XmlNode **link = &node->children;
    XmlSpot text_spot = tag->inside;
    for (xmlNode *child = from->children; child; child = child->next) {
        XmlNode *built;
        if (child->type == XML_ELEMENT_NODE) {
            const XmlTag *child_tag = &builder->tags[builder->next_tag];
            built = build_element(builder, child, node);
            text_spot = child_tag->after;
        } else if (child->type == XML_TEXT_NODE) {
            built = build_text(builder->arena, child, node, text_spot);
        } else {
            continue;
        }
        *link = built;
        link = &built->next;
    }
    return node;
}

static bool check_namespace(const XmlFile *file, const xmlNode *root, const char *name_space, Diag *diag)
{
    const char *found = root->ns && root->ns->href ? (const char *)root->ns->href : "";
    if (!name_space || strcmp(found, name_space) == 0)
        return true;
    return diag_add(diag, DIAG_XML_NAMESPACE, xml_place(file, file->root), file->root->name, found, name_space);
}

/* ── the door ── */

static const XmlFile *load_source(Arena *arena, const char *path, const char *source, size_t length,
                                  const char *grammar, size_t grammar_length, const char *name_space, Diag *diag)
{
    XmlFile *file = ARENA_NEW(arena, XmlFile);
    *file = (XmlFile){.path = arena_string(arena, path), .source = source, .source_length = length};
    Arena *scratch = arena_open(0);
    xmlDoc *doc = NULL;
    bool loaded = false;
    Text text;
    Builder builder = {.arena = arena};
    if (!decode(scratch, path, source, length, &text, diag) ||
        !xml_scan(scratch, path, text.bytes, text.length, &builder.tags, diag))
        goto out;
    doc = parse_document(path, text, diag);
    if (!doc)
        goto out;
    file->root = build_element(&builder, xmlDocGetRootElement(doc), NULL);
    loaded = check_namespace(file, xmlDocGetRootElement(doc), name_space, diag) &&
             (!grammar || xml_validate(doc, file, grammar, grammar_length, diag));
out:
    xmlFreeDoc(doc);
    arena_close(scratch);
    return loaded ? file : NULL;
}

const XmlFile *xml_load(Arena *arena, const char *path, const char *grammar, size_t grammar_length,
                        const char *name_space, Diag *diag)
{
    size_t length;
    const char *source = file_read(arena, path, XML_MAX_BYTES, &length, diag);
    if (!source)
        return NULL;
    return load_source(arena, path, source, length, grammar, grammar_length, name_space, diag);
}

const XmlFile *xml_parse(Arena *arena, const char *path, const char *source, size_t length, const char *grammar,
                         size_t grammar_length, const char *name_space, Diag *diag)
{
    if (length > XML_MAX_BYTES) {
        diag_add(diag, DIAG_XML_LIMIT, (DiagPlace){.file = path}, diag_number(diag, XML_MAX_BYTES), "bytes");
        return NULL;
    }
    const char *copy = arena_text(arena, source, length);
    return load_source(arena, path, copy, length, grammar, grammar_length, name_space, diag);
}

const char *xml_attr(const XmlNode *node, const char *name)
{
    for (size_t i = 0; i < node->attr_count; i++)
        if (strcmp(node->attrs[i].name, name) == 0)
            return node->attrs[i].value;
    return NULL;
}

/* The first element among `node` and its siblings that has this name (NULL: any). */
static const XmlNode *find_element(const XmlNode *node, const char *name)
{
    while (node && !(node->name && (!name || strcmp(node->name, name) == 0)))
        node = node->next;
    return node;
}

const XmlNode *xml_child(const XmlNode *node, const char *name)
{
    return find_element(node->children, name);
}

const XmlNode *xml_next(const XmlNode *node, const char *name)
{
    return find_element(node->next, name);
}

const XmlNode *xml_first(const XmlNode *node)
{
    return find_element(node->children, NULL);
}

static void append_text(const XmlNode *node, Buf *out)
{
    if (node->text)
        buf_text(out, node->text);
    for (const XmlNode *child = node->children; child; child = child->next)
        append_text(child, out);
}

const char *xml_text(Arena *arena, const XmlNode *node)
{
    Buf text = {0};
    append_text(node, &text);
    const char *copy = arena_text(arena, (const char *)text.bytes, text.length);
    buf_free(&text);
    return copy;
}

DiagPlace xml_place(const XmlFile *file, const XmlNode *node)
{
    return (DiagPlace){.file = file->path, .line = node->line, .column = node->column};
}
