#include "sheet.h"

#include <stdlib.h>

static int compare(const void *left, const void *right)
{
    const Line *a = left, *b = right;
    if (a->top != b->top)
        return a->top < b->top ? -1 : 1;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return (a->b > b->b) - (a->b < b->b);
}

void sheet_ask(Sheet *sheet, int top, int64_t a, int64_t b, int64_t need)
{
    if (top < 0 || (sheet->counties_only && !same(sheet->data->units[top].kind, "county")))
        return;
    sheet->lines = data_grow(sheet->lines, &sheet->lines_count, sizeof *sheet->lines);
    sheet->lines[sheet->lines_count - 1] = (Line){.top = top, .a = a, .b = b, .need = need};
}

/* Sorts the lines and drops repetitions. */
static void close_asking(Sheet *sheet)
{
    int kept = 0;
    qsort(sheet->lines, (size_t)sheet->lines_count, sizeof *sheet->lines, compare);
    for (int i = 0; i < sheet->lines_count; i++)
        if (kept == 0 || compare(&sheet->lines[kept - 1], &sheet->lines[i]) != 0)
            sheet->lines[kept++] = sheet->lines[i];
    sheet->lines_count = kept;
    sheet->sorted = true;
}

static Line *find(Sheet *sheet, int top, int64_t a, int64_t b)
{
    if (sheet->lines_count == 0)
        return NULL;
    if (!sheet->sorted)
        close_asking(sheet);
    Line key = {.top = top, .a = a, .b = b};
    return bsearch(&key, sheet->lines, (size_t)sheet->lines_count, sizeof *sheet->lines, compare);
}

void sheet_answer(Sheet *sheet, int top, int64_t a, int64_t b, int64_t amount)
{
    Line *line = find(sheet, top, a, b);
    if (line) {
        line->done += amount;
        line->records++;
    }
}

void sheet_answer_step(Sheet *sheet, int top, int64_t a, int64_t b, int step)
{
    Line *line = find(sheet, top, a, b);
    if (line && !(line->steps & (1u << step))) {
        line->steps |= 1u << step;
        line->done += 1000;
        line->records++;
    }
}
