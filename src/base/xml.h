/* XML: one safe way to read a definition file. libxml2 stays behind this door.
 *
 * Reads with no network, no external entities, no DTD, and limits on size (16 MiB), depth (256), nodes (1,000,000) and
 * attributes (256 an element); validates against a RELAX NG grammar given as bytes; and returns an immutable tree in which
 * every element and attribute knows its line and column, so that later checks can point at it.
 */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/diag.h"

typedef struct XmlAttr {
    const char *name;  /* with its prefix when it has one: "xml:lang" */
    const char *value; /* entity references resolved */
    int line, column;  /* of the element's start tag */
} XmlAttr;

typedef struct XmlNode XmlNode;
struct XmlNode {
    const char *name; /* element's local name; NULL for a text node */
    const char *text; /* text node: its characters as written; element: NULL */
    const XmlAttr *attrs;
    size_t attr_count;
    const XmlNode *children; /* first child; siblings by next */
    const XmlNode *next;
    const XmlNode *parent;
    int line, column; /* element: its <; text: its first character that is no white space, or the next markup */
};

typedef struct XmlFile {
    const char *path; /* as the user named it */
    const XmlNode *root;
    const char *source; /* the file's bytes, for hashing */
    size_t source_length;
} XmlFile;

/* `grammar` is RELAX NG in XML syntax (NULL: no validation); `name_space` the required namespace of the root (NULL: any).
 * NULL = diagnostics recorded, each with file:line:column. Comments and processing instructions are dropped, and the text
 * around them and CDATA is one node. Columns count bytes of UTF-8. Lives in `arena`. */
const XmlFile *xml_load(Arena *arena, const char *path, const char *grammar, size_t grammar_length,
                        const char *name_space, Diag *diag);
/* The same for text already in memory (tests, embedded defaults). */
const XmlFile *xml_parse(Arena *arena, const char *path, const char *source, size_t length, const char *grammar,
                         size_t grammar_length, const char *name_space, Diag *diag);

const char *xml_attr(const XmlNode *node, const char *name);     /* value, or NULL */
const XmlNode *xml_child(const XmlNode *node, const char *name); /* first child element of that name, or NULL */
const XmlNode *xml_next(const XmlNode *node, const char *name);  /* next sibling element of that name (NULL: any) */
const XmlNode *xml_first(const XmlNode *node);                   /* first child element of any name */
/* All text below the node, joined; in the arena. */
const char *xml_text(Arena *arena, const XmlNode *node);
DiagPlace xml_place(const XmlFile *file, const XmlNode *node);

#endif
