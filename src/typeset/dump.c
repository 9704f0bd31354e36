/* The box tree as text: what --stop-after=boxes prints.
 *
 * Boxes know no widths; the flow that is made of them does. Its items come in the order of the tree, so both are walked side by
 * side: `at` is the first item that may belong to the next box.
 */
#include "typeset/typeset_int.h"

typedef struct Dump {
    TsJob *job;
    Buf *out;
    const TsFlow *flow; /* of the boxes being told */
    size_t at;
    int depth;
} Dump;

static void dump_boxes(Dump *d, const TsBox *first);

static void begin_line(const Dump *d, const char *name, const TsNode *node)
{
    for (int i = 0; i < d->depth; i++)
        buf_text(d->out, "  ");
    buf_print(d->out, "%s %d:%d", name, node->layout->line, node->layout->column);
}

static void put_length(const Dump *d, const char *label, Mpt length)
{
    char text[32];
    fixed_format(length, 3, 2, text);
    buf_print(d->out, "%s %s", label, text);
}

static void put_text(const Dump *d, const char *text)
{
    buf_text(d->out, " \"");
    for (; *text; text++) {
        if (*text == '\n')
            buf_text(d->out, "\\n");
        else
            buf_byte(d->out, (unsigned char)*text);
    }
    buf_byte(d->out, '"');
}

/* Where the box stands in the flow: from its left, and how wide. Absolute blocks, and what is in them, find their place when they
 * are painted: the stage after this one tells it. */
static void put_place(Dump *d, const TsBox *box)
{
    size_t i = d->at;
    while (i < d->flow->count && d->flow->items[i].box != box)
        i++;
    if (i == d->flow->count)
        return;
    d->at = i;
    if (d->flow->items[i].kind == TS_ABSOLUTE) {
        buf_text(d->out, " absolute");
        return;
    }
    put_length(d, " x", d->flow->items[i].x);
    put_length(d, " width", d->flow->items[i].width);
}

static void dump_paragraph(Dump *d, const TsBox *box)
{
    size_t lines = 0;
    for (size_t i = d->at; i < d->flow->count && d->flow->items[i].box == box; i++)
        lines += d->flow->items[i].kind == TS_LINE;
    if (lines > 0)
        buf_print(d->out, " lines %zu", lines);
    buf_byte(d->out, '\n');
    d->depth++;
    for (size_t i = 0; i < box->as.paragraph.count; i++) {
        const TextRun *run = &box->as.paragraph.runs[i];
        for (int k = 0; k < d->depth; k++)
            buf_text(d->out, "  ");
        buf_print(d->out, "text %s%s", text_role_name(d->job->program->fonts, run->style.role),
                  run->style.bold ? " bold" : "");
        put_length(d, "", run->style.size);
        put_text(d, run->text);
        buf_byte(d->out, '\n');
    }
    d->depth--;
}

static void dump_cell(Dump *d, const TsTable *table, const TsCell *cell)
{
    begin_line(d, cell->node->layout->element, cell->node);
    buf_print(d->out, " column %zu", cell->column + 1);
    if (cell->colspan > 1)
        buf_print(d->out, " colspan %zu", cell->colspan);
    if (cell->rowspan > 1)
        buf_print(d->out, " rowspan %zu", cell->rowspan);
    put_length(d, " width", table->edges[cell->column + cell->colspan] - table->edges[cell->column]);
    buf_byte(d->out, '\n');
    if (!cell->flow)
        return;
    Dump inner = {.job = d->job, .out = d->out, .flow = cell->flow, .depth = d->depth + 1};
    dump_boxes(&inner, cell->content);
}

static void dump_section(Dump *d, const TsTable *table, const TsSection *section)
{
    begin_line(d, section->node->layout->kind == LAYOUT_TBODY ? "tbody" : section->node->layout->element,
               section->node);
    buf_byte(d->out, '\n');
    d->depth++;
    for (size_t i = 0; i < section->count; i++) {
        begin_line(d, "tr", section->rows[i].node);
        buf_byte(d->out, '\n');
        d->depth++;
        for (const TsCell *cell = section->rows[i].cells; cell; cell = cell->next)
            dump_cell(d, table, cell);
        d->depth--;
    }
    d->depth--;
}

static void dump_table(Dump *d, const TsTable *table)
{
    buf_text(d->out, " columns");
    for (size_t i = 0; i < table->columns; i++)
        put_length(d, "", table->edges[i + 1] - table->edges[i]);
    buf_byte(d->out, '\n');
    d->depth++;
    for (size_t i = 0; i < table->section_count; i++)
        dump_section(d, table, &table->sections[i]);
    d->depth--;
}

static void put_value(const Dump *d, const char *label, bool known, int64_t value)
{
    buf_print(d->out, " %s ", label);
    if (known)
        buf_int(d->out, value);
    else
        buf_text(d->out, "none");
}

static void dump_chart(Dump *d, const TsChart *chart)
{
    buf_byte(d->out, '\n');
    for (size_t i = 0; i < chart->count; i++) {
        const TsChartRow *row = &chart->rows[i];
        for (int k = 0; k <= d->depth; k++)
            buf_text(d->out, "  ");
        buf_text(d->out, "row");
        put_text(d, row->label);
        put_value(d, "value", row->has_value, row->value);
        put_value(d, "reference", row->has_reference, row->reference);
        put_text(d, row->caption);
        buf_byte(d->out, '\n');
    }
}

static void dump_boxes(Dump *d, const TsBox *first)
{
    for (const TsBox *box = first; box; box = box->next) {
        begin_line(d, box->node->layout->kind == LAYOUT_P ? "p" : box->node->layout->element, box->node);
        put_place(d, box);
        switch (box->kind) {
        case TS_PARAGRAPH:
            dump_paragraph(d, box);
            break;
        case TS_TABLE:
            dump_table(d, box->as.table);
            break;
        case TS_CHART:
            dump_chart(d, box->as.chart);
            break;
        case TS_BLOCK:
            buf_byte(d->out, '\n');
            d->depth++;
            dump_boxes(d, box->as.children);
            d->depth--;
            break;
        case TS_SIGNOFF:
            buf_byte(d->out, '\n');
            d->depth++;
            dump_boxes(d, box->as.signoff.name);
            dump_boxes(d, box->as.signoff.date);
            dump_boxes(d, box->as.signoff.seal);
            d->depth--;
            break;
        case TS_RULE:
        case TS_FIGURE:
            buf_byte(d->out, '\n');
        }
    }
}

/* The boxes of each page template apart, because its width is theirs. */
static void dump_body(TsJob *job, Buf *out)
{
    TsBox *boxes = ts_boxes(job, job->program->body);
    for (const TsStretch *s = ts_stretches(job, boxes); s && !job->failed; s = s->next) {
        const LayoutPageTemplate *page = s->sheet->page;
        const Mpt width = page->width - page->margin[LAYOUT_EDGE_LEFT] - page->margin[LAYOUT_EDGE_RIGHT];
        job->sheet = s->sheet;
        Dump dump = {.job = job, .out = out, .flow = ts_flow(job, s->boxes, width), .depth = 1};
        buf_print(out, "page%s%s", page->name ? " " : "", page->name ? page->name : "");
        put_length(&dump, " width", width);
        buf_byte(out, '\n');
        dump_boxes(&dump, s->boxes);
    }
}

bool ts_dump(TsProgram *program, Arena *unit, const TsUnit *job_unit, Buf *out, Diag *diag)
{
    TsJob job = {.program = program,
                 .unit = job_unit,
                 .arena = unit,
                 .diag = diag,
                 .sheet = program->sheets,
                 .section = "",
                 .recorder = page_open(unit, program->layout->language)};
    const size_t begun = out->length;
    if (!ts_load_rows(&job))
        return false;
    dump_body(&job, out);
    if (job.failed)
        out->length = begun;
    return !job.failed;
}
