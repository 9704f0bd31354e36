/* Values at the cursor: fields printed into text, conditions answered.
 *
 * Text is borrowed wherever a row or the layout already holds it as it is; the rest is put together in the program's buffer
 * and copied to the unit arena.
 */
#include "typeset/typeset_int.h"

#include <string.h>

DiagPlace ts_place(const TsJob *job, const TsNode *node)
{
    DiagPlace place = layout_place(job->program->layout, node->layout);
    place.unit = job->unit->code;
    place.page = job->page;
    return place;
}

static const char *counter(const TsJob *job, int which)
{
    return arena_print(job->arena, "%d", which == TS_PAGE ? job->page : job->pages);
}

const char *ts_value(const TsJob *job, const LayoutField *field)
{
    const TsColumn from = job->program->columns[field->id];
    if (from.query < 0)
        return counter(job, from.query);
    const TsRows *rows = &job->rows[from.query];
    const size_t row = job->cursor[from.query];
    return row < rows->count ? rows->cells[row * (size_t)rows->columns + (size_t)from.column] : NULL;
}

/* ── text ── */

static void append_field(TsJob *job, const TsNode *node, const LayoutField *field, Buf *out)
{
    const char *value = ts_value(job, field);
    if (layout_format(field->pipes, value, out))
        return;
    DiagPlace place = ts_place(job, node);
    place.line = field->line;
    place.column = field->column_at;
    place.field = field->source;
    job->failed = true;
    diag_add(job->diag, DIAG_TS_FORMAT, place, value, field->source);
}

const char *ts_text(TsJob *job, const TsNode *node, const LayoutPart *parts)
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
            append_field(job, node, part->field, out);
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

/* As in SQL, a comparison with NULL does not hold, whichever it is; nor does one of nothing with a number. */
static bool compare_field(TsJob *job, const TsNode *node, const LayoutTest *test)
{
    const char *value = ts_value(job, test->field);
    if (!value)
        return false;
    if (!test->is_number)
        return compare(test->compare, strcmp(value, test->text));
    if (!*value)
        return false;
    int64_t number;
    if (strchr(value, '.') || !fixed_parse(value, 0, &number, NULL))
        return TS_FAIL(job, TS_NOT_INTEGER, node, test->field->source, value);
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
