/* Aggregates: sum, avg, min, max, count and running over the rows that a for-each is among.
 *
 * A tally keeps what it has read of which range. Asked again for the same range it answers at once; asked for a longer part of it,
 * as a running total is in every row, it reads on. So each range is read once, however many rows ask.
 *
 * As in SQL, NULL is left out (an empty text too), and over no value at all there is nothing, but a count of 0.
 */
#include "typeset/typeset_int.h"

#include <inttypes.h>
#include <string.h>

struct TsTally {
    TsRange read;
    bool begun, bad;
    int64_t sum, least, most;
    const char *first, *last; /* of the values as texts, least and greatest by their bytes */
    const char *least_text, *most_text;
    size_t values, numbers; /* how many are there; how many of them are integers */
    const char *text;       /* the answer */
};

TsTally *ts_tallies(Arena *arena, size_t count)
{
    return ARENA_ARRAY(arena, count, TsTally);
}

static bool needs_integer(const TsAggregate *aggregate)
{
    const LayoutFieldKind kind = aggregate->field->kind;
    return kind == LAYOUT_FIELD_SUM || kind == LAYOUT_FIELD_AVG || kind == LAYOUT_FIELD_RUNNING;
}

static void fail(TsJob *job, TsTally *tally, DiagCode code, const LayoutField *field, const char *value)
{
    tally->bad = true;
    job->failed = true;
    diag_record(job->diag, code, ts_field_place(job, field), (const char *const[]){field->source, value, NULL});
}

static void add_text(TsTally *tally, const char *value)
{
    if (!tally->first || strcmp(value, tally->first) < 0)
        tally->first = value;
    if (!tally->last || strcmp(value, tally->last) > 0)
        tally->last = value;
}

static void add_number(TsTally *tally, const char *value, int64_t number)
{
    if (tally->numbers == 0 || number < tally->least) {
        tally->least = number;
        tally->least_text = value;
    }
    if (tally->numbers == 0 || number > tally->most) {
        tally->most = number;
        tally->most_text = value;
    }
    tally->numbers++;
}

static void add_value(TsJob *job, const TsAggregate *aggregate, TsTally *tally, const char *value)
{
    int64_t number;
    tally->values++;
    if (aggregate->field->kind == LAYOUT_FIELD_COUNT)
        return;
    const bool integer = ts_integer(value, &number);
    if (needs_integer(aggregate)) {
        if (!integer)
            fail(job, tally, DIAG_TS_SUMMAND, aggregate->field, value);
        else if (__builtin_add_overflow(tally->sum, number, &tally->sum))
            fail(job, tally, DIAG_TS_OVERFLOW, aggregate->field, value);
        return;
    }
    add_text(tally, value);
    if (integer)
        add_number(tally, value, number);
}

/* Integers are compared as such when all are; dates and other texts by their bytes. */
static const char *extreme(const TsTally *tally, bool most)
{
    if (tally->numbers == tally->values)
        return most ? tally->most_text : tally->least_text;
    return most ? tally->last : tally->first;
}

static const char *answer(TsJob *job, const TsAggregate *aggregate, const TsTally *tally)
{
    const LayoutFieldKind kind = aggregate->field->kind;
    if (kind == LAYOUT_FIELD_COUNT)
        return arena_print(job->arena, "%zu", tally->values);
    if (tally->values == 0 || tally->bad)
        return NULL;
    if (!needs_integer(aggregate))
        return extreme(tally, kind == LAYOUT_FIELD_MAX);
    const int64_t count = (int64_t)tally->values;
    return arena_print(job->arena, "%" PRId64,
                       kind == LAYOUT_FIELD_AVG ? fixed_mul_div(tally->sum, 1, count) : tally->sum);
}

/* Takes in the rows of the range from `from` on. */
static void read_rows(TsJob *job, const TsAggregate *aggregate, TsTally *tally, TsRange range, size_t from)
{
    const TsRows *rows = &job->rows[aggregate->query];
    if (aggregate->column < 0) {
        tally->values = range.count;
        return;
    }
    for (size_t i = from; i < range.count && !tally->bad; i++) {
        const char *value = rows->cells[ts_row(range, i) * (size_t)rows->columns + (size_t)aggregate->column];
        if (value && *value)
            add_value(job, aggregate, tally, value);
    }
}

const char *ts_aggregate(TsJob *job, size_t index)
{
    const TsAggregate *aggregate = &job->program->aggregates[index];
    const TsWalk *walk = &job->walks[aggregate->query];
    TsTally *tally = &job->tallies[index];
    TsRange range = walk->range;
    if (aggregate->field->kind == LAYOUT_FIELD_RUNNING)
        range = (TsRange){walk->walked.order, walk->walked.first, walk->done};
    const bool goes_on = tally->begun && tally->read.order == range.order && tally->read.first == range.first &&
                         tally->read.count <= range.count;
    if (goes_on && tally->read.count == range.count)
        return tally->text;
    if (!goes_on)
        *tally = (TsTally){0};
    read_rows(job, aggregate, tally, range, goes_on ? tally->read.count : 0);
    tally->begun = true;
    tally->read = range;
    return tally->text = answer(job, aggregate, tally);
}
