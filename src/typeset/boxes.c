/* The box tree: the program with the rows of one unit put in.
 *
 * for-each, if and else are gone, fields are text, and what is left of a paragraph is a list of runs. A paragraph without any
 * text takes no room and gets no box.
 */
#include "typeset/typeset_int.h"

#include <string.h>

/* ── control ── */

typedef struct Expansion {
    TsJob *job;
    const TsNode *loop;
    TsVisit *visit;
    void *context;
} Expansion;

static void expand_row(void *context)
{
    const Expansion *e = context;
    ts_expand(e->job, e->loop->children, e->visit, e->context);
}

void ts_expand(TsJob *job, const TsNode *first, TsVisit *visit, void *context)
{
    bool held = false; /* the last if */
    for (const TsNode *node = first; node; node = node->next) {
        switch (node->layout->kind) {
        case LAYOUT_FOR_EACH:
            ts_walk(job, node, expand_row, &(Expansion){job, node, visit, context});
            break;
        case LAYOUT_LET:
            job->variables[node->layout->as.let.variable] = ts_text(job, node->layout->as.let.value);
            break;
        case LAYOUT_IF:
            held = ts_holds(job, node, node->layout->as.condition.test);
            if (held)
                ts_expand(job, node->children, visit, context);
            break;
        case LAYOUT_ELSE:
            if (!held)
                ts_expand(job, node->children, visit, context);
            break;
        default:
            visit(context, node);
        }
    }
}

/* ── paragraphs ── */

typedef struct RunList {
    TsJob *job;
    TextRun *runs;
    size_t count, room;
    const TsLink *link; /* around; NULL: none */
} RunList;

static void add_run(RunList *list, const TsNode *node, const char *text)
{
    if (!*text)
        return;
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : 2;
        TextRun *larger = ARENA_ARRAY(list->job->arena, list->room, TextRun);
        if (list->count)
            memcpy(larger, list->runs, list->count * sizeof *larger);
        list->runs = larger;
    }
    list->runs[list->count++] = (TextRun){.text = text, .style = node->text, .field = node->source, .tag = list->link};
}

static void visit_inline(void *context, const TsNode *node)
{
    RunList *list = context;
    if (node->layout->kind == LAYOUT_TEXT)
        add_run(list, node, ts_text(list->job, node->layout->as.text.parts));
    else if (node->layout->kind == LAYOUT_BR)
        add_run(list, node, "\n");
    else {
        const TsLink *outer = list->link;
        if (node->layout->as.span.href)
            list->link = ts_link(list->job, node, node->layout->as.span.href);
        ts_expand(list->job, node->children, visit_inline, list);
        list->link = outer;
    }
}

/* ── flow ── */

typedef struct BoxList {
    TsJob *job;
    TsBox *first, **last;
} BoxList;

static TsBox *add_box(BoxList *list, TsBoxKind kind, const TsNode *node)
{
    TsBox *box = ARENA_NEW(list->job->arena, TsBox);
    box->kind = kind;
    box->node = node;
    box->anchor = ts_anchor(list->job, node);
    *list->last = box;
    list->last = &box->next;
    return box;
}

static void add_paragraph(BoxList *list, const TsNode *node)
{
    RunList runs = {.job = list->job};
    ts_expand(list->job, node->children, visit_inline, &runs);
    if (runs.count == 0)
        return;
    TsBox *box = add_box(list, TS_PARAGRAPH, node);
    box->as.paragraph.runs = runs.runs;
    box->as.paragraph.count = runs.count;
}

static void add_table(BoxList *list, const TsNode *node)
{
    TsTable *table = ts_table(list->job, node);
    if (table)
        add_box(list, TS_TABLE, node)->as.table = table;
}

static void visit_flow(void *context, const TsNode *node);

/* The box of one node; NULL when nothing is left of it. */
static TsBox *single_box(TsJob *job, const TsNode *node)
{
    BoxList list = {.job = job};
    list.last = &list.first;
    if (node)
        visit_flow(&list, node);
    return list.first;
}

static void add_signoff(BoxList *list, const TsNode *node)
{
    TsBox *box = add_box(list, TS_SIGNOFF, node);
    const TsNode *name = node->children, *date = name->next, *seal = date->next;
    box->as.signoff.name = single_box(list->job, name);
    box->as.signoff.date = single_box(list->job, date);
    box->as.signoff.seal = single_box(list->job, seal);
}

static void visit_flow(void *context, const TsNode *node)
{
    BoxList *list = context;
    switch (node->layout->kind) {
    case LAYOUT_DIV:
        add_box(list, TS_BLOCK, node)->as.children = ts_boxes(list->job, node->children);
        break;
    case LAYOUT_HR:
        add_box(list, TS_RULE, node);
        break;
    case LAYOUT_TABLE:
        add_table(list, node);
        break;
    case LAYOUT_CHART:
        add_box(list, TS_CHART, node)->as.chart = ts_chart(list->job, node);
        break;
    case LAYOUT_SIGNOFF:
        add_signoff(list, node);
        break;
    case LAYOUT_FIGURE:
        add_box(list, TS_FIGURE, node)->as.figure = ts_figure(list->job, node);
        break;
    default:
        add_paragraph(list, node);
    }
}

TsBox *ts_boxes(TsJob *job, const TsNode *first)
{
    BoxList list = {.job = job};
    list.last = &list.first;
    ts_expand(job, first, visit_flow, &list);
    return list.first;
}
