/* Inside the typeset room: the stages between a layout and its pages, in the order in which a unit's document passes them.
 *
 *   bind.c    layout + database → TsProgram: prepared queries, fields resolved to columns, styles to font roles
 *   rows.c    the rows of one unit; value.c prints them into text and answers conditions, walk.c leads a for-each through them,
 *             aggregate.c adds them up
 *   boxes.c   TsProgram + rows → tree of TsBox: for-each, if and else are gone, text is final
 *   flow.c    boxes at a width → TsFlow: a list of lines, rules, pictures and table rows that can be cut between pages;
 *             paragraph.c for text; table.c, columns.c, groups.c for tables; chart.c and chart_*.c, figure.c draw pictures
 *   sheets.c  which page template each box stands on
 *   absolute.c, watermark.c  what is outside of the flow
 *   cut.c     where a page (or the part of a cell on it) ends
 *   paint.c   a part of a flow → page ops; table_paint.c for the lines of a table
 *   document.c all of it for one unit, with header and footer
 *
 * Everything but the program lives in the unit arena. Mistakes that depend on the unit's data set TsJob.failed and the walk
 * goes on with a harmless stand-in, so that one look at a unit shows all its mistakes; nothing is painted then.
 */
#ifndef TYPESET_TYPESET_INT_H
#define TYPESET_TYPESET_INT_H

#include "typeset/typeset.h"

enum {
    TS_ROW_LIMIT = 100000,          /* rows of one query for one unit */
    TS_TEXT_LIMIT = 16 << 20,       /* bytes of all rows of one unit */
    TS_UNBOUNDED = FIXED_PT(14400), /* a measure that breaks no line: the largest page of PDF 1.4 */
    TS_CHART_LEAST = FIXED_PT(120), /* width of a chart where a column's width is by content: least … */
    TS_CHART_WIDTH = FIXED_PT(240)  /* … and natural */
};

/* ── the program ── */

typedef struct TsQuery {
    const LayoutQuery *layout;
    DataStmt *statement;
    int columns;
    bool used; /* by a field, for-each or chart: else it is only checked */
} TsQuery;

/* Where a field's value comes from. */
typedef struct TsColumn {
    int query, column; /* indexes; or one of these in query, and what it says in column */
} TsColumn;
enum {
    TS_PAGE = -1,      /* the counters */
    TS_PAGES = -2,     /* */
    TS_SECTION = -3,   /* */
    TS_LOOP = -4,      /* a LayoutLoop */
    TS_VARIABLE = -5,  /* its number */
    TS_AGGREGATE = -6, /* index in TsProgram.aggregates */
};

/* sum(query.column) and the like. */
typedef struct TsAggregate {
    const LayoutField *field;
    int query, column; /* column -1: its rows are counted */
} TsAggregate;

/* A node of the layout with what binding found out about it. */
typedef struct TsNode TsNode;
struct TsNode {
    const LayoutNode *layout;
    const LayoutStyle *style; /* layout->style */
    const TsNode *children, *next;
    TextStyle text;     /* for the text in it */
    int query;          /* for-each and chart: index; else -1 */
    int match, group;   /* for-each: columns of these attributes, or -1 */
    size_t partitions;  /* for-each: index of two in TsJob.partitions, for match and group */
    const char *source; /* TEXT, and a chart's labels: as written, for messages */
};

/* A page template. */
typedef struct TsSheet {
    const LayoutPageTemplate *page;
    const TsNode *header[LAYOUT_SIDES], *footer[LAYOUT_SIDES], *watermark;
} TsSheet;

struct TsProgram {
    const Layout *layout;
    const TextFonts *fonts;
    TsQuery *queries;
    size_t query_count;
    const TsColumn *columns; /* by LayoutField.id */
    TsAggregate *aggregates;
    size_t aggregate_count, partition_count;
    const TsNode *body;
    const TsSheet *sheets; /* as in the layout; the body begins on the first */
    size_t sheet_count;
    bool has_section; /* {section} is used */
    Buf text;         /* where text is put together; its memory is kept from unit to unit */
};

/* ── one unit's document ── */

typedef struct TsRows {
    const char **cells; /* count × columns; NULL for SQL's NULL */
    size_t count;
    int columns;
} TsRows;

/* Rows of a query as a for-each walks them: order[first] … or, with order NULL, first … themselves. Two ranges are the same
 * when their order, first and count are. */
typedef struct TsRange {
    const uint32_t *order;
    size_t first, count;
} TsRange;

/* Where the walk through a query stands. */
typedef struct TsWalk {
    TsRange range;  /* what a for-each goes through and an aggregate is over: all rows, those that match, the group */
    TsRange walked; /* by the innermost for-each over the query; all rows outside … */
    size_t done;    /* … of which so many lie before the end of the current row or group */
} TsWalk;

/* The innermost for-each. */
typedef struct TsLoop {
    size_t number, count;
} TsLoop;

typedef struct TsPartition TsPartition;
typedef struct TsTally TsTally;

typedef struct TsRect {
    Mpt left, top, right, bottom;
} TsRect;

typedef struct TsAbsolute TsAbsolute;
typedef struct TsMark TsMark;

typedef struct TsJob {
    TsProgram *program;
    const TsUnit *unit;
    Arena *arena;
    Diag *diag;
    PageRecorder *recorder;
    TsRows *rows;   /* by query */
    size_t *cursor; /* by query: the row that fields read; moved by for-each */
    TsWalk *walks;  /* by query */
    TsLoop loop;
    const char **variables;        /* of let, by number */
    TsPartition **partitions;      /* see TsNode */
    TsTally *tallies;              /* by TsProgram.aggregates */
    const TsSheet *sheet;          /* of the pages that are being set, cut or painted */
    int page;                      /* place in the document, from 1; 0: not yet known */
    const char *number, *last;     /* {page} and {pages} of it */
    const char *section;           /* {section} of it */
    int64_t clock, *cpu;           /* when the last stage ended; TsResult.cpu */
    TsRect around;                 /* what absolute blocks stand in where something is painted */
    TsAbsolute *over, **over_last; /* absolute blocks that wait for the end of the page */
    const TsMark *mark;            /* the last watermark; mostly the next one too */
    struct Map *anchors;           /* ids of the body; NULL: none */
    struct TsLink *links;          /* of the body */
    bool failed;
} TsJob;

/* Records a mistake of this unit at a node of the layout. */
#define TS_FAIL(job, code, node, ...)                                                                                  \
    ((job)->failed = true, diag_add((job)->diag, DIAG_##code, ts_place((job), (node)), __VA_ARGS__))
DiagPlace ts_place(const TsJob *job, const TsNode *node);

/* rows.c: runs every used query of the program for this unit. */
bool ts_load_rows(TsJob *job);

/* value.c */
const char *ts_value(TsJob *job, const LayoutField *field); /* as stored, at the cursor; NULL for NULL */
bool ts_integer(const char *value, int64_t *out);           /* whether a value is an integer */
DiagPlace ts_field_place(const TsJob *job, const LayoutField *field);
/* Parts with their fields printed; borrowed from the rows where nothing had to be put together. */
const char *ts_text(TsJob *job, const LayoutPart *parts);
bool ts_holds(TsJob *job, const TsNode *node, const LayoutTest *test);

/* walk.c */
/* Calls visit(context) for every row or group of a for-each, with cursor, walk and loop where they belong. */
void ts_walk(TsJob *job, const TsNode *loop, void (*visit)(void *context), void *context);
/* The row at a place of a range. */
static inline size_t ts_row(TsRange range, size_t place)
{
    return range.order ? range.order[range.first + place] : range.first + place;
}

/* aggregate.c */
TsTally *ts_tallies(Arena *arena, size_t count);
/* The value of an aggregate where the walk stands; NULL when there is none. */
const char *ts_aggregate(TsJob *job, size_t index);

/* ── boxes ── */

typedef struct TsTable TsTable;
typedef struct TsChart TsChart;
typedef struct TsFigure TsFigure;
typedef struct TsLink TsLink;
typedef struct TsFlow TsFlow;
typedef struct TsPicture TsPicture;

/* Widths that content asks for: of its widest character, of its widest unbreakable piece, of its longest line without any break. */
enum { TS_LEAST, TS_NEEDED, TS_NATURAL, TS_EXTENTS };
typedef struct TsExtent {
    Mpt width[TS_EXTENTS];
} TsExtent;

typedef enum TsBoxKind { TS_BLOCK, TS_PARAGRAPH, TS_RULE, TS_TABLE, TS_CHART, TS_FIGURE, TS_SIGNOFF } TsBoxKind;

typedef struct TsBox TsBox;
struct TsBox {
    TsBoxKind kind;
    bool continued, goes_on; /* block: its beginning, its end, stands on pages of another template */
    const TsNode *node;
    const char *anchor; /* or NULL */
    TsBox *next;
    union {
        TsBox *children; /* block */
        struct {
            TextRun *runs;
            size_t count;
            const TextLines *unbroken; /* set without a width, when it was measured */
            Mpt room;                  /* height that fit: shrink may fill; 0: one line */
        } paragraph;
        TsTable *table;
        TsChart *chart;
        TsFigure *figure;
        struct {
            TsBox *name, *date, *seal; /* any may be NULL */
        } signoff;
    } as;
};

/* A cell. Its place in the grid counts rows within its section. */
typedef struct TsCell TsCell;
struct TsCell {
    const TsNode *node;
    TsCell *next; /* in its row */
    TsBox *content;
    size_t row, column, rowspan, colspan;
    size_t index;            /* in its group */
    Mpt blank;               /* of blank rows: the height to keep, without the insets; else 0 */
    Mpt inset[LAYOUT_EDGES]; /* padding and half of the borders */
    TsExtent extent;         /* with the insets, when measured */
    const TsFlow *flow;
    uint32_t element;
    const char *anchor; /* or NULL */
};

typedef struct TsRow {
    const TsNode *node;
    TsCell *cells;
    uint32_t element;
    const char *anchor; /* or NULL */
} TsRow;

/* thead, tbody or tfoot */
typedef struct TsSection {
    const TsNode *node;
    TsRow *rows;
    size_t count;
    uint32_t element;
} TsSection;

/* Rows that a rowspan joins; mostly a single one. */
typedef struct TsGroup TsGroup;
struct TsGroup {
    const TsTable *table;
    const TsSection *section;
    const TsGroup *leader; /* what stands again above it at the top of a page: its section's first rows; or NULL */
    size_t first, count;   /* rows of the section */
    TsCell **cells;        /* that begin in them, by row and column */
    size_t cell_count;
    Mpt *heights; /* of its rows, when none is cut */
    Mpt height;
};

struct TsTable {
    const TsNode *node;
    TsSection *sections; /* the head first, if has_head */
    size_t section_count;
    bool has_head;
    size_t columns;
    Mpt *edges;            /* columns + 1 positions, from the table's left */
    const TsGroup *head;   /* NULL: none */
    const char *continued; /* 续表, above the repeated head; "" = none */
    const TsFlow *marker;  /* the same set; made when the first page needs it */
};

/* What a chart shows. */
typedef struct TsChartRow {
    const char *label, *caption; /* "" = none */
    const TsLink *link;          /* of the label; NULL: none */
    bool has_value, has_reference;
    int64_t value, reference; /* scaled by 10^places */
} TsChartRow;

struct TsChart {
    const TsNode *node;
    const char *alt;
    TsChartRow *rows;
    size_t count;
};

/* Builds the boxes of a list of nodes that may stand in flow. */
TsBox *ts_boxes(TsJob *job, const TsNode *first);
/* Calls visit for every node of the list, with for-each, if and else done away with and the cursor where it belongs. */
typedef void TsVisit(void *context, const TsNode *node);
void ts_expand(TsJob *job, const TsNode *first, TsVisit *visit, void *context);
/* table.c: rows, cells and their places in the grid; NULL when no row is left. */
TsTable *ts_table(TsJob *job, const TsNode *node);
/* chart.c: the values to show. */
TsChart *ts_chart(TsJob *job, const TsNode *node);

/* sheets.c: boxes that stand on pages of one template, one stretch after the other. */
typedef struct TsStretch {
    const TsSheet *sheet;
    TsBox *boxes;
    struct TsStretch *next;
} TsStretch;
/* Cuts the boxes of the body; at least one stretch. */
const TsStretch *ts_stretches(TsJob *job, TsBox *boxes);
Mpt ts_room(const TsJob *job); /* height of the type area of job->sheet */
/* anchor.c */
/* The id of a box, row or cell that is being made, noted; NULL for none. */
const char *ts_anchor(TsJob *job, const TsNode *node);
/* The link of an <a> or a chart's row that is being made; NULL without href. It is the tag of the runs of an <a>. */
const TsLink *ts_link(TsJob *job, const TsNode *node, const LayoutPart *href);
/* Tells of those in the body that lead nowhere, once all its boxes are made. */
void ts_check_links(TsJob *job);
/* Ends the element of a link that is being painted and begins that of another; either may be NULL. Returns `to`. */
const TsLink *ts_turn_link(TsJob *job, const TsLink *from, const TsLink *to);
/* The place to click on of the link whose last fragment on the line is `end`. */
void ts_paint_line_link(TsJob *job, const TextLine *line, size_t end, Mpt x, Mpt baseline);
void ts_paint_link(TsJob *job, const TsLink *link, TsRect area); /* NULL: nothing */
/* figure.c: what an img or qr shows. */
TsFigure *ts_figure(TsJob *job, const TsNode *node);
const char *ts_figure_alt(const TsFigure *figure);
/* What it is in the structure. An image without words is decoration, no content (HTML: alt=""). */
PageTag ts_figure_tag(const TsFigure *figure);
/* Its width, border and padding left out. */
TsExtent ts_measure_figure(const TsFigure *figure);

/* ── flows ── */

typedef enum TsItemKind {
    TS_OPEN,    /* a box begins: its upper border and padding */
    TS_CLOSE,   /* it ends: lower padding and border */
    TS_LINE,    /* of a paragraph */
    TS_STROKE,  /* hr */
    TS_DRAWING, /* chart, figure */
    TS_HEAD,    /* head rows of a table, where it begins */
    TS_ROWS,    /* a group of body rows */
    TS_ABSOLUTE /* the place of an absolute block; no height */
} TsItemKind;

/* What a page break before an item costs: the sum of these. Breaks go where they cost least, then as far down as
 * possible. */
enum {
    TS_BREAK_STRAY = 1,  /* leaves fewer lines than orphans or widows */
    TS_BREAK_KEEP = 2,   /* break-before or break-after: avoid */
    TS_BREAK_INSIDE = 4, /* break-inside: avoid */
    TS_BREAK_NEVER = 255
};

typedef struct TsItem {
    TsItemKind kind;
    uint8_t cost;     /* of a break before it */
    uint8_t cost_cut; /* rows: of a break within */
    uint8_t forced;   /* LAYOUT_PAGE, LAYOUT_ODD, LAYOUT_EVEN: a page begins here; else 0 */
    Mpt space;        /* margin above it; falls away where a page begins by an unforced break */
    Mpt top;          /* from the top of the uncut flow */
    Mpt height;       /* below top; may be 0 */
    Mpt x, width;     /* from the left of the flow */
    size_t parent;    /* the TS_OPEN around it, or TS_NONE */
    const TsBox *box;
    union {
        struct {
            size_t close;     /* its TS_CLOSE */
            PageTag tag;      /* PAGE_ARTIFACT: no element */
            uint32_t element; /* structure id */
            const char *alt;
        } open;
        struct {
            const TextLine *line;
            Mpt baseline;   /* from top */
            Mpt lead, tail; /* half leading above and below: blank that a page's edge may take away */
        } line;
        const TsPicture *picture;
        TsBox *absolute;
        const TsGroup *rows; /* head and rows */
    } as;
} TsItem;
#define TS_NONE SIZE_MAX

struct TsFlow {
    const TsItem *items;
    size_t count;
    Mpt height;        /* margins at both ends included */
    LayoutBreak after; /* forced break that is due behind it; else LAYOUT_AUTO */
    bool trims_start,
        trims_end; /* at a page's edges a line stands without its half leading (CSS Inline 3, text-box-trim) */
};

/* flow.c: sets the boxes in `width`. Never NULL. */
TsFlow *ts_flow(TsJob *job, TsBox *boxes, Mpt width);
/* The same for one absolute block. */
TsFlow *ts_flow_absolute(TsJob *job, TsBox *box, Mpt width);

/* paragraph.c */
/* The lines of a paragraph. */
typedef struct TsLines {
    const TextLine *lines;
    size_t count;
    TextAlign align; /* how to shift them in `width`; TEXT_START when they are in place */
    Mpt width;
    Mpt ascent, descent; /* em box of the font: the style's, or less by fit: shrink; so is … */
    Mpt pitch, above;    /* … the line height, and how much of it is above the baseline */
} TsLines;
/* Sets a paragraph's text, all of it in the proportion of `size` to its own font size. Never NULL. */
const TextLines *ts_set_text(TsJob *job, const TsBox *paragraph, Mpt size, Mpt width, TextAlign align);
/* Sets a paragraph in `width` and reports what overflows. */
TsLines ts_lines(TsJob *job, TsBox *paragraph, Mpt width);
Mpt ts_line_shift(const TsLines *set, size_t line);
/* Height of a line above its baseline and in all. */
Mpt ts_line_above(const TsLines *set, size_t line);
Mpt ts_line_height(const TsLines *set, size_t line);
TsExtent ts_measure(TsJob *job, TsBox *boxes);
TsExtent ts_measure_block(TsJob *job, TsBox *box); /* with border, padding and margins */
/* One character (字) as a measure: a cell of the character grid, or the font size. */
Mpt ts_character(const TsJob *job, const LayoutStyle *style);
/* Border and padding together. */
Mpt ts_frame(const LayoutStyle *style, int edge);
/* A length in pt for a message. */
const char *ts_length(TsJob *job, Mpt length);

/* columns.c: finds table->edges for a table that may be `available` wide. */
void ts_columns(TsJob *job, TsTable *table, Mpt available);
/* The same question without an answer in lines: for tables within cells. */
TsExtent ts_measure_table(TsJob *job, TsTable *table);

/* groups.c: cuts a section into groups, sets their cells and finds the heights. */
const TsGroup *ts_groups(TsJob *job, const TsTable *table, const TsSection *section, size_t *count);
/* The head's rows as one group. */
const TsGroup *ts_head(TsJob *job, const TsTable *table);

/* chart.c: draws a chart `width` wide and at least as high as the layout says. Never NULL. */
const TsPicture *ts_picture(TsJob *job, const TsChart *chart, Mpt width);

/* figure.c: draws a figure that may be `room` wide; where it is too wide, that is reported. Never NULL. */
const TsPicture *ts_figure_picture(TsJob *job, const TsFigure *figure, Mpt room);

/* ── cuts ── */

typedef struct TsGroupCut TsGroupCut;

/* A place in a flow: before an item or, with `group`, within the rows that the item stands for. */
typedef struct TsCut {
    size_t item;
    const TsGroupCut *group;
} TsCut;

struct TsGroupCut {
    size_t row;    /* within the group: the first that is not finished */
    bool inside;   /* that row has begun */
    TsCut cells[]; /* by TsCell.index: where the content goes on */
};

/* A part of a flow on one page, and where it stands there. */
typedef struct TsSpan {
    const TsFlow *flow;
    TsCut from, to;
    Mpt head;    /* room for the repeated head of a table above the first item */
    Mpt origin;  /* place in the uncut flow that stands below it */
    Mpt first;   /* height of the first item: rows already begun have less left */
    size_t foot; /* items from here on stand `slack` lower, at the foot of the page; TS_NONE: none */
    Mpt slack;
    bool spacing; /* margins above the first item count */
    bool closed;  /* margins below the last item count: in a cell */
} TsSpan;

TsSpan ts_span(TsJob *job, const TsFlow *flow, TsCut from, bool spacing);
/* Moves the first block with vertical-align="bottom", and what follows it, down by what `room` leaves. */
void ts_span_settle(TsJob *job, TsSpan *span, Mpt room);
Mpt ts_span_y(const TsSpan *span, size_t item); /* top of an item, from the top of the span */
Mpt ts_span_height(TsJob *job, const TsSpan *span);
/* Sets span->to to the end of what fits into `room`. `fresh` is the room of an empty page: what would fit there moves on whole.
 * Not even one item fits: false, no diagnostic, and *stuck is the item. */
bool ts_cut(TsJob *job, TsSpan *span, Mpt room, Mpt fresh, const TsItem **stuck);

/* groups.c. `from` NULL is the group's beginning, `to` NULL its end. */
/* The rest of the group after `from` cut to what fits into `room`; NULL when that is nothing, or the group must stay whole. */
const TsGroupCut *ts_group_cut(TsJob *job, const TsGroup *group, const TsGroupCut *from, Mpt room, Mpt fresh);
/* Heights of the group's rows between two cuts, 0 for rows outside; returns their sum. */
Mpt ts_group_heights(TsJob *job, const TsGroup *group, const TsGroupCut *from, const TsGroupCut *to, Mpt *heights);
/* The part of a cell between two cuts of its group. */
TsSpan ts_cell_span(TsJob *job, const TsCell *cell, const TsGroupCut *from, const TsGroupCut *to);
/* Height of 续表 and the head, as they stand above rows that go on; 0 without a head. The second: with the leader of these rows. */
Mpt ts_head_height(TsJob *job, TsTable *table);
Mpt ts_repeat_height(TsJob *job, TsTable *table, const TsGroup *rows);

/* ── paint ── */

/* Paints a part of a flow with its top left corner at x, y. In an artifact no structure is written. */
void ts_paint(TsJob *job, const TsSpan *span, Mpt x, Mpt y, bool artifact);
/* Paints the items [first, end) of the span, which are the head and the rows of a table; x, y is the span's corner. */
void ts_paint_table(TsJob *job, const TsSpan *span, size_t first, size_t end, Mpt x, Mpt y, bool artifact);
/* Finds the place of an absolute block in job->around and keeps it for ts_paint_over; its elements begin here. x, y is where it
 * stands without offsets. */
void ts_place_absolute(TsJob *job, TsBox *box, Mpt x, Mpt y, bool artifact);
/* Paints the absolute blocks that wait, over all that the page has. */
void ts_paint_over(TsJob *job);
void ts_paint_watermark(TsJob *job); /* of job->sheet, on the page that has begun */
/* A heading's text on one line. */
const char *ts_heading_text(TsJob *job, const TsBox *heading);
void ts_paint_line(TsJob *job, const TextLine *line, Mpt x, Mpt baseline);
void ts_paint_picture(TsJob *job, const TsPicture *picture, Mpt x, Mpt y);

#endif
