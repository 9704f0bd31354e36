/* Values at the cursor: fields printed into text, conditions answered.
 *
 * Text is borrowed wherever a row or the layout already holds it as it is; the rest is put together in the program's buffer
 * and copied to the unit arena.
 */
#include "typeset/typeset_int.h"

#include <string.h>

DiagPlace ts_place(const TsJob *job, const TsNode *node)
{
    DiagPlace place = layout_place(node->layout);
    place.unit = job->unit->code;
    place.page = job->page;
    return place;
}

DiagPlace ts_field_place(const TsJob *job, const LayoutField *field)
{
    return (DiagPlace){.file = field->file,
                       .line = field->line,
                       .column = field->column_at,
                       .unit = job->unit->code,
                       .field = field->source,
                       .page = job->page};
}

bool ts_integer(const char *value, int64_t *out)
{
    return !strchr(value, '.') && fixed_parse(value, 0, out, NULL);
}

/* ── values that are no column ── */

static const char *loop_value(const TsJob *job, LayoutLoop which)
{
    const TsLoop loop = job->loop;
    bool holds = false;
    switch (which) {
    case LAYOUT_LOOP_NUMBER:
        return arena_print(job->arena, "%zu", loop.number);
    case LAYOUT_LOOP_COUNT:
        return arena_print(job->arena, "%zu", loop.count);
    case LAYOUT_LOOP_FIRST:
        holds = loop.number == 1;
        break;
    case LAYOUT_LOOP_LAST:
        holds = loop.number == loop.count;
        break;
    default:
        holds = (loop.number % 2 == 0) == (which == LAYOUT_LOOP_EVEN);
    }
    return holds ? "1" : NULL;
}

static const char *special_value(TsJob *job, TsColumn from)
{
    switch (from.query) {
    case TS_LOOP:
        return loop_value(job, (LayoutLoop)from.column);
    case TS_VARIABLE:
        return job->variables[from.column];
    case TS_AGGREGATE:
        return ts_aggregate(job, (size_t)from.column);
    default:
        return from.query == TS_PAGE ? job->number : from.query == TS_PAGES ? job->last : job->section;
    }
}

const char *ts_value(TsJob *job, const LayoutField *field)
{
    const TsColumn from = job->program->columns[field->id];
    if (from.query < 0)
        return special_value(job, from);
    const TsRows *rows = &job->rows[from.query];
    const size_t row = job->cursor[from.query];
    return row < rows->count ? rows->cells[row * (size_t)rows->columns + (size_t)from.column] : NULL;
}

/* ── text ── */

static void append_field(TsJob *job, const LayoutField *field, Buf *out)
{
    const char *value = ts_value(job, field);
    if (layout_format(field->pipes, value, out))
        return;
    job->failed = true;
    diag_add(job->diag, DIAG_TS_FORMAT, ts_field_place(job, field), value, field->source);
}

const char *ts_text(TsJob *job, const LayoutPart *parts)
{
    if (!parts)
        return "";
    if (!parts->next && parts->literal)
        return parts->literal;
    if (!parts->next && !parts->field->pipes) {
        const char *value = ts_value(job, parts->field);
        return value ? value : "";
    }
    Buf *out = &job->program->text;
    buf_clear(out);
    for (const LayoutPart *part = parts; part; part = part->next) {
        if (part->literal)
            buf_text(out, part->literal);
        else
            append_field(job, part->field, out);
    }
    return out->length ? arena_text(job->arena, (const char *)out->bytes, out->length) : "";
}

/* ── conditions ── */

static bool compare(LayoutCompare how, int64_t order)
{
    switch (how) {
    case LAYOUT_EQ:
        return order == 0;
    case LAYOUT_NE:
        return order != 0;
    case LAYOUT_LT:
        return order < 0;
    case LAYOUT_LE:
        return order <= 0;
    case LAYOUT_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* Two fields: as integers when both are, else by their bytes, which is right for ISO dates. */
static bool compare_values(LayoutCompare how, const char *value, const char *other)
{
    int64_t a, b;
    if (!other)
        return false;
    if (ts_integer(value, &a) && ts_integer(other, &b))
        return compare(how, (a > b) - (a < b));
    return compare(how, strcmp(value, other));
}

static bool fail_integer(TsJob *job, const TsNode *node, const LayoutField *field, const char *value)
{
    if (!field->use)
        return TS_FAIL(job, TS_NOT_INTEGER, node, field->source, value);
    job->failed = true;
    diag_add(job->diag, DIAG_TS_NOT_INTEGER, ts_field_place(job, field), field->source, value);
    return diag_add(job->diag, DIAG_TS_STYLE_USED, ts_place(job, node), "");
}

/* As in SQL, a comparison with NULL does not hold, whichever it is; nor does one of nothing with a number. */
static bool compare_field(TsJob *job, const TsNode *node, const LayoutTest *test)
{
    const char *value = ts_value(job, test->field);
    if (!value)
        return false;
    if (test->other)
        return compare_values(test->compare, value, ts_value(job, test->other));
    if (!test->is_number)
        return compare(test->compare, strcmp(value, test->text));
    if (!*value)
        return false;
    int64_t number;
    if (!ts_integer(value, &number))
        return fail_integer(job, node, test->field, value);
    return compare(test->compare, (number > test->number) - (number < test->number));
}

bool ts_holds(TsJob *job, const TsNode *node, const LayoutTest *test)
{
    switch (test->kind) {
    case LAYOUT_AND:
        return ts_holds(job, node, test->left) && ts_holds(job, node, test->right);
    case LAYOUT_OR_ELSE:
        return ts_holds(job, node, test->left) || ts_holds(job, node, test->right);
    case LAYOUT_NOT:
        return !ts_holds(job, node, test->left);
    case LAYOUT_COMPARE:
        return compare_field(job, node, test);
    default: {
        const char *value = ts_value(job, test->field);
        return value && *value;
    }
    }
}
