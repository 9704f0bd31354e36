/* for-each: which rows it goes through, and in which order.
 *
 * Every query has a current range: all rows at first, within match the rows that match, within group-by those of the group. A
 * for-each goes through the current range of its query, so ranges nest: groups within groups, matches within groups.
 *
 * match and group-by rest on one thing, the partition of a range by a column: its rows put in the order of their values' first
 * appearance, rows of one value in query order. It is made by one pass with a hash table and one counting sort, and kept for as
 * long as the for-each meets the same range, so that a join of n outer and m inner rows costs n + m, not n × m.
 *
 * A group is all rows of one value, not only neighbouring ones: a subtotal that lacks rows because the query's ORDER BY
 * was forgotten would look right and be wrong. For a sorted query both are the same. NULL is a value for group-by, as in SQL; it
 * equals nothing in match, as in SQL.
 */
#include "typeset/typeset_int.h"

#include <string.h>

struct TsPartition {
    TsRange of;
    uint32_t *order;  /* the rows, by group */
    uint32_t *starts; /* of the groups in order; one more at the end */
    size_t groups;
    uint32_t *table; /* open addressing: group + 1, or 0 */
    size_t mask;
};

typedef struct Column {
    const TsRows *rows;
    int column;
} Column;

static const char *cell(const Column *column, size_t row)
{
    return column->rows->cells[row * (size_t)column->rows->columns + (size_t)column->column];
}

static bool same_range(TsRange a, TsRange b)
{
    return a.order == b.order && a.first == b.first && a.count == b.count;
}

/* ── partitions ── */

/* FNV-1a. */
static size_t hash_value(const char *value)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *at = value ? value : ""; *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 32);
}

static bool same_value(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The place in the table of a value's group, or of the hole where it belongs. A group is known by the first row of it, which
 * `firsts` lists. */
static size_t find_slot(const TsPartition *p, const Column *column, const uint32_t *firsts, const char *value)
{
    size_t slot = hash_value(value) & p->mask;
    while (p->table[slot] && !same_value(cell(column, firsts[p->table[slot] - 1]), value))
        slot = (slot + 1) & p->mask;
    return slot;
}

/* Gives each place of the range its group; returns the groups' first rows. */
static uint32_t *number_groups(Arena *arena, TsPartition *p, const Column *column, uint32_t *groups)
{
    uint32_t *firsts = ARENA_ARRAY(arena, p->of.count, uint32_t);
    for (size_t i = 0; i < p->of.count; i++) {
        const size_t row = ts_row(p->of, i);
        const size_t slot = find_slot(p, column, firsts, cell(column, row));
        if (!p->table[slot]) {
            firsts[p->groups] = (uint32_t)row;
            p->table[slot] = (uint32_t)++p->groups;
        }
        groups[i] = p->table[slot] - 1;
    }
    return firsts;
}

static TsPartition *make_partition(Arena *arena, TsRange range, const Column *column)
{
    TsPartition *p = ARENA_NEW(arena, TsPartition);
    size_t size = 8;
    while (size < range.count * 2)
        size *= 2;
    *p = (TsPartition){.of = range, .table = ARENA_ARRAY(arena, size, uint32_t), .mask = size - 1};
    p->order = ARENA_ARRAY(arena, range.count, uint32_t);
    uint32_t *groups = ARENA_ARRAY(arena, range.count, uint32_t);
    number_groups(arena, p, column, groups);
    p->starts = ARENA_ARRAY(arena, p->groups + 1, uint32_t);
    for (size_t i = 0; i < range.count; i++)
        p->starts[groups[i] + 1]++;
    for (size_t i = 0; i < p->groups; i++)
        p->starts[i + 1] += p->starts[i];
    uint32_t *next = arena_copy(arena, p->starts, (p->groups + 1) * sizeof *next);
    for (size_t i = 0; i < range.count; i++)
        p->order[next[groups[i]]++] = (uint32_t)ts_row(range, i);
    return p;
}

/* The range's partition: that of the last time when the range is the same. */
static const TsPartition *partition_of(TsJob *job, size_t index, TsRange range, const Column *column)
{
    TsPartition **kept = &job->partitions[index];
    if (!*kept || !same_range((*kept)->of, range))
        *kept = make_partition(job->arena, range, column);
    return *kept;
}

static TsRange group_range(const TsPartition *p, size_t group)
{
    return (TsRange){p->order, p->starts[group], p->starts[group + 1] - p->starts[group]};
}

/* The rows that equal what the field says. */
static TsRange matching(TsJob *job, const TsNode *loop, TsRange range)
{
    const char *value = ts_value(job, loop->layout->as.for_each.equal);
    if (!value || range.count == 0)
        return (TsRange){0};
    const Column column = {&job->rows[loop->query], loop->match};
    const TsPartition *p = partition_of(job, loop->partitions, range, &column);
    size_t slot = hash_value(value) & p->mask;
    for (; p->table[slot]; slot = (slot + 1) & p->mask)
        if (same_value(cell(&column, p->order[p->starts[p->table[slot] - 1]]), value))
            return group_range(p, p->table[slot] - 1);
    return (TsRange){0};
}

/* ── walking ── */

typedef struct Walker {
    TsJob *job;
    const TsNode *loop;
    void (*visit)(void *context);
    void *context;
} Walker;

static void visit_at(const Walker *w, size_t row, size_t number, size_t count)
{
    w->job->cursor[w->loop->query] = row;
    w->job->loop = (TsLoop){number, count};
    w->visit(w->context);
}

static void walk_rows(const Walker *w, TsRange rows)
{
    TsWalk *walk = &w->job->walks[w->loop->query];
    for (size_t i = 0; i < rows.count; i++) {
        *walk = (TsWalk){rows, rows, i + 1};
        visit_at(w, ts_row(rows, i), i + 1, rows.count);
    }
}

static void walk_groups(const Walker *w, TsRange rows)
{
    TsWalk *walk = &w->job->walks[w->loop->query];
    const Column column = {&w->job->rows[w->loop->query], w->loop->group};
    const TsPartition *p = partition_of(w->job, w->loop->partitions + 1, rows, &column);
    for (size_t i = 0; i < p->groups; i++) {
        const TsRange group = group_range(p, i);
        *walk = (TsWalk){group, {p->order, 0, rows.count}, p->starts[i + 1]};
        visit_at(w, ts_row(group, 0), i + 1, p->groups);
    }
}

void ts_walk(TsJob *job, const TsNode *loop, void (*visit)(void *context), void *context)
{
    const Walker walker = {job, loop, visit, context};
    const TsWalk walk = job->walks[loop->query];
    const TsLoop outer = job->loop;
    const size_t cursor = job->cursor[loop->query];
    const TsRange rows = loop->match >= 0 ? matching(job, loop, walk.range) : walk.range;
    if (loop->group >= 0)
        walk_groups(&walker, rows);
    else
        walk_rows(&walker, rows);
    job->walks[loop->query] = walk;
    job->loop = outer;
    job->cursor[loop->query] = cursor;
}
