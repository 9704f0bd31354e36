/* The layout room: layout XML → an immutable tree with every style resolved, compiled once per run.
 *
 * Element and property names follow HTML and CSS (Paged Media) wherever one exists. Properties are written as attributes
 * (font-size="12pt"), shared ones as <style name="…" …/> (a class) or <style for="td" …/> (an element's default). Lengths:
 * pt, mm, em, and % where noted. Everything lives in the run arena and is read by typeset/ directly.
 */
#ifndef LAYOUT_LAYOUT_H
#define LAYOUT_LAYOUT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/fixed.h"
#include "image/image.h"
#include "layout/figure.h"
#include "layout/page_template.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in one of the files of a layout. */
typedef struct LayoutPlace {
    const char *file;
    int line, column;
} LayoutPlace;

/* ── text with fields ── */
/* A field {query.column|format:argument|…}: without a query, the column of the innermost for-each row that has it. */
typedef enum LayoutFormat {
    LAYOUT_PLAIN,        /* as stored */
    LAYOUT_SCORE,        /* hundredths: 450 → 4.50 */
    LAYOUT_DECIMAL,      /* decimal:PLACES:DIGITS: an integer scaled by 10^PLACES, printed with DIGITS decimals */
    LAYOUT_THOUSANDS,    /* the same in groups of three digits: 12,345 */
    LAYOUT_AMOUNT,       /* thousandths without trailing zeros: 12500 → 12.5 */
    LAYOUT_PERCENT,      /* hundredths of a per cent: 8750 → 87.5% */
    LAYOUT_SIGNED,       /* with + or −, hundredths */
    LAYOUT_CHINESE,      /* 22 → 二十二 */
    LAYOUT_DAXIE,        /* 1234 → 壹仟贰佰叁拾肆; daxie:yuan, daxie:fen: an amount of money */
    LAYOUT_ORDINAL,      /* 3 → 第3 */
    LAYOUT_DATE,         /* 2020-12-03 → 2020年12月3日 */
    LAYOUT_DATE_DOT,     /* 2020.12.3 */
    LAYOUT_YEAR_MONTH,   /* 2020年12月; from 2020-12 too */
    LAYOUT_CHINESE_DATE, /* 二〇二〇年十二月三日 */
    LAYOUT_DURATION,     /* duration:UNIT: 95 minutes → 1小时35分 */
    LAYOUT_MAP,          /* map:a=甲,b=乙,*=其他 */
    LAYOUT_OR,           /* or:TEXT: TEXT when NULL or empty */
    LAYOUT_FORMAT_COUNT
} LayoutFormat;

typedef struct LayoutPipe {
    LayoutFormat format;
    int places, digits; /* decimal, thousands */
    int unit;           /* daxie, duration: see format.c */
    const char *text;   /* or, map */
    struct LayoutPipe *next;
} LayoutPipe;

typedef enum LayoutFieldKind {
    LAYOUT_FIELD_COLUMN,
    LAYOUT_FIELD_COUNTER,  /* {page}, {pages}, {section}: known when the pages are; in header and footer only */
    LAYOUT_FIELD_LOOP,     /* {loop.number} and so on, of the innermost for-each */
    LAYOUT_FIELD_VARIABLE, /* of a let */
    /* over the rows of the query that are being walked: the group or the matching rows inside such a for-each, else all */
    LAYOUT_FIELD_SUM,
    LAYOUT_FIELD_AVG,
    LAYOUT_FIELD_MIN,
    LAYOUT_FIELD_MAX,
    LAYOUT_FIELD_COUNT,  /* of values that are not empty; of rows when column is NULL */
    LAYOUT_FIELD_RUNNING /* the sum up to and with the current row or group of the innermost for-each over the query */
} LayoutFieldKind;

typedef enum LayoutLoop {
    LAYOUT_LOOP_NUMBER, /* from 1 */
    LAYOUT_LOOP_COUNT,
    LAYOUT_LOOP_FIRST, /* this and the rest: "1", or empty */
    LAYOUT_LOOP_LAST,
    LAYOUT_LOOP_EVEN,
    LAYOUT_LOOP_ODD,
    LAYOUT_LOOP_END
} LayoutLoop;

/* What a field stands for, known after typeset's bind step has seen the columns of the queries. */
typedef struct LayoutField {
    LayoutFieldKind kind;
    const char *query;  /* or NULL */
    const char *column; /* name of the column, counter or variable */
    const LayoutPipe *pipes;
    const char *source; /* as written between the braces, for messages */
    uint32_t id;        /* dense over the layout, from 0: index for the binder's side table */
    uint32_t variable;  /* of a let: below Layout.variable_count */
    LayoutLoop loop;
    const char *file; /* place of the element or text that holds it */
    int line, column_at;
    const LayoutPlace *use; /* in the test of a style: the element with that class; else NULL */
} LayoutField;

typedef struct LayoutPart {
    const char *literal; /* or NULL */
    const LayoutField *field;
    struct LayoutPart *next;
} LayoutPart;

/* ── conditions: test="status = 'no-data' and rank" ── */
typedef enum LayoutTestKind { LAYOUT_AND, LAYOUT_OR_ELSE, LAYOUT_NOT, LAYOUT_COMPARE, LAYOUT_PRESENT } LayoutTestKind;
typedef enum LayoutCompare { LAYOUT_EQ, LAYOUT_NE, LAYOUT_LT, LAYOUT_LE, LAYOUT_GT, LAYOUT_GE } LayoutCompare;
typedef struct LayoutTest LayoutTest;
struct LayoutTest {
    LayoutTestKind kind;
    const LayoutTest *left, *right; /* and, or; not has left only */
    const LayoutField *field;       /* compare, present (not NULL and not empty) */
    LayoutCompare compare;
    const LayoutField *other; /* compared with another field: as integers when both are, else as text … */
    const char *text;         /* … or as text … */
    int64_t number;           /* … or as an integer when is_number */
    bool is_number;
};

/* ── styles ── */
typedef enum LayoutAlign { LAYOUT_LEFT, LAYOUT_CENTER, LAYOUT_RIGHT, LAYOUT_JUSTIFY } LayoutAlign;
typedef enum LayoutVertical { LAYOUT_TOP, LAYOUT_MIDDLE, LAYOUT_BOTTOM } LayoutVertical;
typedef enum LayoutBreak { LAYOUT_AUTO, LAYOUT_PAGE, LAYOUT_AVOID, LAYOUT_ODD, LAYOUT_EVEN } LayoutBreak;
typedef enum LayoutTrim { LAYOUT_TRIM_NONE, LAYOUT_TRIM_START, LAYOUT_TRIM_END, LAYOUT_TRIM_BOTH } LayoutTrim;
typedef enum LayoutWrap { LAYOUT_WRAP, LAYOUT_BALANCE, LAYOUT_TITLE } LayoutWrap;
/* Levels of prohibition at line start and end (clreq, #prohibition_rules_for_line_start_end). */
typedef enum LayoutProhibition { LAYOUT_BASIC, LAYOUT_NONE, LAYOUT_GB, LAYOUT_STRICT } LayoutProhibition;
typedef enum LayoutPosition { LAYOUT_STATIC, LAYOUT_RELATIVE, LAYOUT_ABSOLUTE } LayoutPosition;
enum { LAYOUT_TRANSPARENT = 0x1000000, LAYOUT_OFFSET_AUTO = INT32_MIN };

typedef struct LayoutLength { /* for widths */
    enum { LAYOUT_WIDTH_AUTO, LAYOUT_WIDTH_FIXED, LAYOUT_WIDTH_PERCENT, LAYOUT_WIDTH_FRACTION } kind;
    int32_t value; /* Mpt; hundredths of a per cent; thousandths of a share (1fr = 1000) */
} LayoutLength;

/* Resolved: inherited properties are filled in, em is already multiplied out. */
typedef struct LayoutStyle {
    /* inherited */
    const char *font_family; /* a role of fonts.xml */
    Mpt font_size;
    bool bold;
    Mpt line_height; /* baseline to baseline */
    uint32_t colour;
    LayoutAlign text_align;
    Mpt text_indent;
    Mpt letter_spacing;
    bool nowrap;
    bool shrink;       /* fit: shrink */
    Mpt font_size_min; /* and its floor */
    LayoutWrap text_wrap;
    LayoutProhibition line_break;
    bool vertical;      /* writing-mode */
    int character_grid; /* cells to the width of the type area; 0 = none */
    int orphans, widows;
    /* not inherited */
    Mpt margin[LAYOUT_EDGES];
    Mpt padding[LAYOUT_EDGES];
    Mpt border[LAYOUT_EDGES]; /* width; 0 = none */
    uint32_t border_colour;
    uint32_t background; /* or LAYOUT_TRANSPARENT */
    LayoutVertical vertical_align;
    LayoutBreak break_before, break_after, break_inside;
    const char *page; /* name of the template on whose pages it stands; NULL: as around it */
    LayoutPosition position;
    Mpt offset[LAYOUT_EDGES]; /* absolute: from the edges of what it stands in; or LAYOUT_OFFSET_AUTO */
    LayoutLength width;
    Mpt height; /* least height; 0 = as content */
    Mpt baseline_shift;
    LayoutTrim text_box_trim;
} LayoutStyle;

/* ── the tree ──
 * What the compiler promises, so that nobody checks it twice:
 * - DIV (also body, header, footer) and CELL hold blocks only: DIV HEADING P HR TABLE CHART FIGURE SIGNOFF. Bare text in them has been
 *   gathered into a P that carries the container's element name and inherits its style.
 * - Columns side by side are a DIV that holds a plain TABLE of one row, with empty CELLs for the gaps.
 * - P, HEADING and SPAN hold TEXT SPAN BR only. TABLE holds at most one THEAD, then TBODYs, then at most one TFOOT;
 *   these hold TRs, a TR CELLs.
 * - FOR_EACH, IF and ELSE may stand among any of these and hold what may stand in their place. ELSE follows its IF and
 *   carries the same test.
 * - White space is normal: no indentation or line break of the XML is left in a TEXT.
 * A paragraph of which nothing is left (an if that does not hold, an empty field) takes no room. */
typedef enum LayoutKind {
    LAYOUT_DIV,     /* block container, also body, header, footer */
    LAYOUT_HEADING, /* h1–h3 */
    LAYOUT_P,
    LAYOUT_SPAN,
    LAYOUT_TEXT, /* parts */
    LAYOUT_BR,
    LAYOUT_HR,
    LAYOUT_TABLE,
    LAYOUT_THEAD,
    LAYOUT_TBODY,
    LAYOUT_TFOOT,
    LAYOUT_TR,
    LAYOUT_CELL,
    LAYOUT_FOR_EACH,
    LAYOUT_IF,
    LAYOUT_ELSE, /* else follows its if as next sibling */
    LAYOUT_LET,  /* holds nothing; may stand where FOR_EACH may, but not in P, HEADING and SPAN */
    LAYOUT_CHART,
    LAYOUT_FIGURE,  /* img, qr, seal, signature */
    LAYOUT_SIGNOFF, /* a P with the name, a P with the date, and the seal's FIGURE if there is one, in this order */
    LAYOUT_KIND_COUNT
} LayoutKind;

typedef struct LayoutNode LayoutNode;
struct LayoutNode {
    LayoutKind kind;
    const LayoutStyle *style; /* never NULL; control nodes carry their parent's */
    const LayoutNode *children;
    const LayoutNode *next;
    const LayoutNode *parent;
    const LayoutPart *id; /* name that links lead to, of blocks, rows and cells; or NULL */
    const char *element;  /* its name in the XML, for messages */
    const char *file;
    int line, column;
    union {
        struct {
            int level;
            bool bookmark;
        } heading;
        struct {
            const LayoutPart *parts;
        } text;
        struct {
            const LayoutPart *href; /* of <a>, without its #; NULL: span */
        } span;
        struct {
            const LayoutLength *columns; /* from <col width="…">; empty: by the first row */
            size_t count;
            const LayoutPart *continued; /* above a repeated head; NULL = nothing */
            int fill_rows;               /* blank rows make the body a multiple of this; 0 = none */
            bool plain;                  /* of columns: no table for the reader */
        } table;
        struct {
            bool repeat; /* stands again on the further pages of its tbody */
        } row;
        struct {
            int colspan, rowspan;
            bool header, row_header;
            bool plain; /* in a plain table */
        } cell;
        struct {
            const char *query;
            const char *match;        /* only rows whose column of this name … */
            const LayoutField *equal; /* … equals this field of what is around; both NULL: all rows */
            const char *group_by;     /* once for each value of this column; or NULL */
        } for_each;
        struct {
            uint32_t variable;
            const LayoutPart *value; /* NULL: empty */
        } let;
        struct {
            const LayoutTest *test;
        } condition;
        LayoutChart chart;
        LayoutFigure figure;
    } as;
};

typedef struct LayoutQuery {
    const char *name;
    const char *sql; /* may use :unit (unit_id) and :year */
    bool single;     /* rows="one": its columns may be used anywhere as {name.column} */
    const char *file;
    int line, column;
    struct LayoutQuery *next;
} LayoutQuery;

typedef struct Layout {
    const char *path, *name; /* file; name attribute, which names the output files */
    const char *language;
    const char *hash;                              /* SHA-256 of its files and its images, hex */
    const char *const *files;                      /* those files, `path` first */
    const LayoutPart *title;                       /* document title */
    const LayoutPart *author, *subject, *keywords; /* of the document, for its metadata; or NULL */
    const LayoutPageTemplate *page;                /* the first of all; the body begins on it */
    const LayoutQuery *queries;
    const LayoutNode *body;
    size_t file_count, page_count, query_count;
    size_t field_count, variable_count; /* ids of LayoutField and numbers of variables are below these */
    bool for_unit;                      /* one document a unit; else one for the run */
} Layout;

/* Reads, validates and compiles; images that the layout names are loaded into `images`, their paths counted from the layout's
 * directory. NULL = diagnostics, each with file:line:column and the nearest known name. */
const Layout *layout_load(Arena *run, const char *path, ImageTable *images, Diag *diag);

/* Where a node stands, for diagnostics. */
DiagPlace layout_place(const LayoutNode *node);

/* Applies the formats of a field to a stored value (NULL allowed) and appends the text. A value that a format cannot read
 * (text where a number is needed) returns false; the caller knows the place. */
bool layout_format(const LayoutPipe *pipes, const char *value, Buf *out);

/* Appends the compiled tree as text: every node with its place and the properties in which its style differs from what its
 * parent gives it, lengths in pt. For people, and for golden tests. */
void layout_dump(const Layout *layout, Buf *out);

#endif
