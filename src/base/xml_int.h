/* Inside of the XML reader: what xml.c, xml_scan.c, xml_model.c and xml_grammar.c tell each other. */
#ifndef BASE_XML_INT_H
#define BASE_XML_INT_H

#include "base/map.h"
#include "base/xml.h"

#include <libxml/tree.h>
#include <libxml/xmlerror.h>

/* The limits that xml.h promises. */
enum { XML_MAX_BYTES = 16 << 20, XML_MAX_DEPTH = 256, XML_MAX_NODES = 1000000, XML_MAX_ATTRIBUTES = 256 };

/* libxml2 made the error constant in 2.12. */
#if LIBXML_VERSION >= 21200
typedef const xmlError XmlError;
#else
typedef xmlError XmlError;
#endif

/* ── xml_scan.c: the markup before libxml2 sees it ── */

typedef struct XmlSpot {
    int line, column;
} XmlSpot;

typedef struct XmlTag {
    XmlSpot start;  /* its < */
    XmlSpot inside; /* first character behind the start tag that is no white space */
    XmlSpot after;  /* the same behind the end tag */
} XmlTag;

/* Lists the tags of all elements in document order, and refuses DOCTYPE and what exceeds the limits. Text that is not
 * well-formed is accepted here: libxml2 refuses it. `text` is UTF-8 followed by a NUL. */
bool xml_scan(Arena *arena, const char *path, const char *text, size_t length, const XmlTag **tags, Diag *diag);

/* Line and column of an offset. */
XmlSpot xml_spot(const char *text, size_t offset);

/* ── xml_model.c: what a grammar says about each name ── */

typedef struct XmlModel XmlModel;

XmlModel *xml_model_build(Arena *arena, const xmlNode *grammar);

/* Reports names, values and text in `file` that the grammar allows nowhere at their place; false when there is any. */
bool xml_model_check(const XmlModel *model, const XmlFile *file, Diag *diag);

/* Names of the elements and attributes allowed in an element, as a list for a hint; in `arena`. */
const char *xml_model_children(const XmlModel *model, Arena *arena, const char *element);
const char *xml_model_attributes(const XmlModel *model, Arena *arena, const char *element);

/* ── xml_grammar.c ── */

/* Validates; in `doc` each element's _private is its XmlNode in `file`. */
bool xml_validate(xmlDoc *doc, const XmlFile *file, const char *grammar, size_t length, Diag *diag);

/* Whether a value is what an attribute pattern of a grammar wants. */
bool xml_value_matches(const xmlNode *attribute, const char *value);

#endif
