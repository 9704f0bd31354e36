/* Inside the layout room: what its files share while one layout is compiled.
 *
 * The compiler is a value on layout_load's stack; everything it makes lives in the run arena. A mistake is recorded and
 * compiling goes on with a harmless stand-in, so that one look at a layout shows all its mistakes; `failed` remembers.
 */
#ifndef LAYOUT_LAYOUT_INT_H
#define LAYOUT_LAYOUT_INT_H

#include "base/map.h"
#include "base/xml.h"
#include "layout/layout.h"

/* A query whose rows are being walked through: for-each and charts. */
typedef struct LayoutScope {
    const LayoutQuery *query;
    bool chart;
    const struct LayoutScope *outer;
} LayoutScope;

/* A let that can be seen here. */
typedef struct LayoutVariable {
    const char *name;
    uint32_t id;
    const struct LayoutVariable *outer;
} LayoutVariable;

/* The layout itself, or a part that it includes. */
typedef struct LayoutFile {
    const XmlFile *xml;
    const char *path; /* from the layout's directory */
    struct LayoutFile *next;
} LayoutFile;

/* One of the ways to compile an element some of whose classes have tests. */
typedef struct LayoutVariant {
    const XmlNode *element;
    unsigned holds; /* bit i: the test of the i-th such class does */
} LayoutVariant;

typedef struct LayoutCompiler {
    Arena *run;
    Diag *diag;
    const XmlFile *file;    /* that is being compiled … */
    const LayoutFile *here; /* … the same */
    LayoutFile *files;      /* all, a file after those that it includes */
    LayoutFile **last_file;
    Map *parts; /* path → LayoutFile */
    Layout *layout;
    ImageTable *images;
    const char *image_hashes; /* of those used, in order */
    Map *builtin;             /* element → LayoutRule: the language's own defaults */
    Map *defaults;            /* element → LayoutRule: <style for> */
    Map *classes;             /* name → LayoutRule: <style name> */
    Map *queries;             /* name → LayoutQuery */
    Map *pages;               /* names of the page templates */
    const LayoutScope *scope;
    const LayoutVariable *variables; /* innermost first */
    const LayoutPlace *use;          /* while the test of a style is read: where its class is used */
    const LayoutVariant *variant;    /* the innermost element that is compiled in several */
    size_t nodes;                    /* made so far */
    bool in_margin;                  /* compiling header or footer, where {page} is known */
    int cells;                       /* cells around what is compiled */
    bool failed;
} LayoutCompiler;

/* Records a mistake, once however often its place is compiled; evaluates to false. */
#define LAYOUT_FAIL(c, code, place, ...)                                                                               \
    ((c)->failed = true, diag_add_once((c)->diag, DIAG_##code, (place), __VA_ARGS__))

/* The known name nearest to `name`, else the known names themselves, for "perhaps: …". */
const char *layout_suggest(LayoutCompiler *c, const Map *known, const char *name);

/* Reads and validates a file; NULL = diagnostics. */
const XmlFile *layout_read(Arena *run, const char *path, Diag *diag);

/* ── include.c ── */
/* Loads what c->file includes, into c->files. */
bool layout_include_files(LayoutCompiler *c);
/* The part that an include of the current file means. */
const LayoutFile *layout_include_lookup(const LayoutCompiler *c, const XmlNode *xml);
/* Makes it the current file. */
void layout_include_enter(LayoutCompiler *c, const LayoutFile *file);

/* ── value.c: numbers with units ── */
typedef enum LayoutUnit {
    LAYOUT_UNIT_NONE,     /* thousandths */
    LAYOUT_UNIT_MPT,      /* pt and mm */
    LAYOUT_UNIT_EM,       /* thousandths of an em */
    LAYOUT_UNIT_PERCENT,  /* hundredths of a per cent */
    LAYOUT_UNIT_FRACTION, /* fr, thousandths */
} LayoutUnit;

typedef struct LayoutNumber {
    LayoutUnit unit;
    int32_t amount;
} LayoutNumber;

/* The largest page of PDF 1.4 (14,400 pt); no length is longer. */
enum { LAYOUT_LENGTH_MAX = FIXED_PT(14400) };

/* "12pt", "-4mm", "1.5em", "30%", "2fr", "1.5". *end is set past it; NULL: the whole text. No diagnostics. */
bool layout_parse_number(const char *text, LayoutNumber *out, const char **end);
/* A length in pt or mm (0 needs no unit), nothing else. */
bool layout_parse_length(const char *text, Mpt *out);
/* One to four lengths in CSS order to the four edges. */
bool layout_parse_edges(const char *text, LayoutNumber out[LAYOUT_EDGES]);
bool layout_parse_colour(const char *text, uint32_t *out);
/* auto, length, %, fr; an em is multiplied by `font_size`. */
bool layout_parse_width(const char *text, Mpt font_size, LayoutLength *out);

/* ── style.c ── */
typedef struct LayoutRule LayoutRule;

/* A resolved style, and the line height as a factor, which is what children inherit (CSS 2.2, 10.8.1). */
typedef struct LayoutComputed {
    LayoutStyle style;
    int32_t line_factor; /* thousandths of the font size; 0: the line height is a length */
} LayoutComputed;

/* Fills c->builtin. */
void layout_style_builtin(LayoutCompiler *c);
/* Reads <styles> (NULL allowed) into c->defaults and c->classes. Files may add to each other's <style for>, later ones win. */
void layout_style_sheet(LayoutCompiler *c, const XmlNode *styles);
/* Puts what styles extend before what they say themselves; after the last sheet. */
void layout_style_inherit(LayoutCompiler *c);
/* A class that applies where its test holds. */
typedef struct LayoutClassTest {
    const char *name, *test;
    DiagPlace place; /* of the style */
} LayoutClassTest;
enum { LAYOUT_CLASS_TESTS = 3 }; /* on one element, which is compiled in 2^3 variants */
/* Lists the classes of an element that have tests, in the order written; returns how many. */
size_t layout_style_tests(LayoutCompiler *c, const XmlNode *node, LayoutClassTest out[LAYOUT_CLASS_TESTS]);
/* The ground under body, header and footer. */
const LayoutComputed *layout_style_root(LayoutCompiler *c);
/* Inherited, then the element's defaults, its classes in order, its own attributes. */
/* Classes with tests count as c->variant says. */
const LayoutComputed *layout_style_resolve(LayoutCompiler *c, const XmlNode *node, const LayoutComputed *parent);
/* A box of no element: inherits, everything else initial. */
LayoutComputed *layout_style_anonymous(LayoutCompiler *c, const LayoutComputed *parent);

/* Appends " name: value;" for every property in which `style` differs from what a box in `parent` has by itself. */
void layout_style_dump(Arena *scratch, const LayoutStyle *style, const LayoutStyle *parent, Buf *out);

/* ── format.c ── */
const char *layout_format_name(LayoutFormat format);
const char *layout_format_example(LayoutFormat format); /* how to write it */
/* Sets what the arguments say (NULL: there are none); false when the format is not used like that. Borrows the text. */
bool layout_format_read(LayoutPipe *pipe, const char *arguments);

/* What GB/T 9704 prints as Y80 M80, as PDF itself turns CMYK into RGB (ISO 32000-1 10.3.5). */
enum { LAYOUT_SEAL_RED = 0xFF3333 };

/* ── field.c ── */
/* White space between pieces of one paragraph; zero-initialised at its start. */
typedef struct LayoutSpace {
    enum { LAYOUT_SPACE_START, LAYOUT_SPACE_WIDE, LAYOUT_SPACE_NARROW } before; /* what stands before */
    enum { LAYOUT_SPACE_NONE, LAYOUT_SPACE_BLANK, LAYOUT_SPACE_BREAK } pending; /* white space seen since */
} LayoutSpace;

/* Text with fields. With `space`, white space is made normal (see field.c); NULL keeps it. The result is NULL when nothing
 * is left of the text. */
const LayoutPart *layout_parse_parts(LayoutCompiler *c, DiagPlace place, const char *text, LayoutSpace *space);
/* column, query.column, a let's name, loop.…, or sum(…) and the like, each with |formats. NULL = diagnostic. */
const LayoutField *layout_parse_field(LayoutCompiler *c, DiagPlace place, const char *source);
/* The let that a name means here, or NULL. */
const LayoutVariable *layout_variable(const LayoutCompiler *c, const char *name);
/* page, pages and section, which only header and footer know. */
bool layout_is_counter(const char *name);
/* True for what may begin (first) or continue a name. */
bool layout_is_name(char character, bool first);

/* ── condition.c ── */
const LayoutTest *layout_parse_test(LayoutCompiler *c, DiagPlace place, const char *source);

/* ── compile.c ── */
/* The query that the element names; a mistake gives a stand-in. */
const LayoutQuery *layout_lookup_query(LayoutCompiler *c, const XmlNode *xml);
/* A number that the grammar has seen to; 1 when left out. */
int layout_count_attribute(const XmlNode *xml, const char *name);
/* Compiles body, header or footer. */
const LayoutNode *layout_compile_region(LayoutCompiler *c, const XmlNode *element);

/* An attribute's text with fields; NULL when it is left out or empty. */
const LayoutPart *layout_parts_attribute(LayoutCompiler *c, const XmlNode *xml, const char *name);

/* What follows the # of href; only places within the document can be led to. NULL when it is left out or wrong. */
const LayoutPart *layout_href_attribute(LayoutCompiler *c, const XmlNode *xml);

/* ── figure.c: what the nodes of these elements hold ── */
void layout_compile_chart(LayoutCompiler *c, const XmlNode *xml, LayoutNode *chart);
void layout_compile_figure(LayoutCompiler *c, const XmlNode *xml, LayoutNode *figure);
void layout_compile_signoff(LayoutCompiler *c, const XmlNode *xml, LayoutNode *node, const LayoutComputed *style);

#endif
