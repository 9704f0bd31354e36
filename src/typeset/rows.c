/* The rows of one unit: every query that the layout uses is run once, and its rows are kept as text in the unit arena.
 *
 * A table of 400 rows is read once even if a chart shows it too, and no statement is open while boxes are built.
 */
#include "typeset/typeset_int.h"

#include <string.h>

typedef struct Reading {
    TsJob *job;
    const TsQuery *query;
    TsRows *rows;
    size_t room;  /* for rows */
    size_t bytes; /* of text, all queries together */
} Reading;

static DiagPlace query_place(const Reading *r)
{
    return (DiagPlace){.file = r->query->layout->file,
                       .line = r->query->layout->line,
                       .column = r->query->layout->column,
                       .unit = r->job->unit->code};
}

/* Line breaks of other systems become ours, which text_set knows as forced breaks; a tab is a blank. */
static void plain_blanks(char *text)
{
    char *out = text;
    for (const char *in = text; *in; in++) {
        if (*in == '\r' && in[1] == '\n')
            continue;
        *out++ = (char)(*in == '\r' ? '\n' : *in == '\t' ? ' ' : *in);
    }
    *out = '\0';
}

static const char *keep_text(Reading *r, int column)
{
    if (data_is_null(r->query->statement, column))
        return NULL;
    char *text = arena_string(r->job->arena, data_text(r->query->statement, column));
    r->bytes += strlen(text);
    if (text[strcspn(text, "\r\t")])
        plain_blanks(text);
    return text;
}

static void keep_row(Reading *r)
{
    TsRows *rows = r->rows;
    const size_t columns = (size_t)rows->columns;
    if (rows->count == r->room) {
        r->room = r->room ? r->room * 2 : r->query->layout->single ? 1 : 16;
        const char **larger = ARENA_ARRAY(r->job->arena, r->room * columns, const char *);
        if (rows->count)
            memcpy(larger, rows->cells, rows->count * columns * sizeof *larger);
        rows->cells = larger;
    }
    const char **row = rows->cells + rows->count * columns;
    for (int i = 0; i < rows->columns; i++)
        row[i] = keep_text(r, i);
    rows->count++;
}

static bool check_limits(Reading *r)
{
    TsJob *job = r->job;
    const char *name = r->query->layout->name;
    if (r->query->layout->single && r->rows->count > 1)
        return diag_add(job->diag, DIAG_TS_ROWS_ONE, query_place(r), name);
    if (r->rows->count > TS_ROW_LIMIT)
        return diag_add(job->diag, DIAG_TS_ROWS_MANY, query_place(r), name, diag_number(job->diag, TS_ROW_LIMIT));
    if (r->bytes > TS_TEXT_LIMIT)
        return diag_add(job->diag, DIAG_TS_ROWS_TEXT, query_place(r), name, diag_number(job->diag, TS_TEXT_LIMIT));
    return true;
}

static bool read_query(Reading *r)
{
    DataStmt *statement = r->query->statement;
    const TsUnit *unit = r->job->unit;
    if (!data_bind_int(statement, ":unit", unit->unit_id) || !data_bind_int(statement, ":year", unit->year))
        return diag_add(r->job->diag, DIAG_TS_QUERY_BUSY, query_place(r), r->query->layout->name);
    bool ok = true;
    DataStep step;
    while (ok && (step = data_step(statement, r->job->diag)) != DATA_DONE) {
        ok = step == DATA_ROW;
        if (ok) {
            keep_row(r);
            ok = check_limits(r);
        }
    }
    data_reset(statement);
    return ok;
}

bool ts_load_rows(TsJob *job)
{
    const TsProgram *program = job->program;
    job->rows = ARENA_ARRAY(job->arena, program->query_count, TsRows);
    job->cursor = ARENA_ARRAY(job->arena, program->query_count, size_t);
    job->walks = ARENA_ARRAY(job->arena, program->query_count, TsWalk);
    job->variables = ARENA_ARRAY(job->arena, program->layout->variable_count, const char *);
    job->partitions = ARENA_ARRAY(job->arena, program->partition_count, TsPartition *);
    job->tallies = ts_tallies(job->arena, program->aggregate_count);
    Reading r = {.job = job};
    for (size_t i = 0; i < program->query_count; i++) {
        r.query = &program->queries[i];
        r.rows = &job->rows[i];
        r.rows->columns = r.query->columns;
        r.room = 0;
        if (r.query->used && !read_query(&r))
            return false;
        job->walks[i].range = job->walks[i].walked = (TsRange){.count = r.rows->count};
    }
    return true;
}
