/* One worksheet: cells by their references, which may leave rows and columns out or be missing altogether; merged rectangles. */
#include "import/xlsx_int.h"

#include "base/csv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MERGES_MAX = 65536 };

typedef struct Reading {
    Workbook *book;
    xmlTextReader *reader;
    ImportSheet *sheet;
    ImportCell *cells; /* of the row, IMPORT_COLUMNS_MAX */
    size_t used;
    int line, column; /* of the current cell, from 1 */
    size_t row_capacity, merge_capacity;
} Reading;

/* "AB12" → column 28, line 12; without a line 0. False = no reference. */
static bool parse_reference(const char *text, int *column, int *line, const char **end)
{
    long number = 0;
    for (; isalpha((unsigned char)*text) && number < 100000; text++)
        number = number * 26 + (toupper((unsigned char)*text) - 'A' + 1);
    char *after;
    const long row = isdigit((unsigned char)*text) ? strtol(text, &after, 10) : 0;
    if (end)
        *end = row ? after : text;
    *column = (int)number;
    *line = row > IMPORT_ROWS_MAX ? IMPORT_ROWS_MAX + 1 : (int)row;
    return number > 0 && row > 0;
}

static bool limit(Reading *r, const char *what, int most)
{
    const DiagPlace place = {.file = r->book->path, .table = r->sheet->name, .line = r->line};
    return r->book->ok = diag_add(r->book->diag, DIAG_IMPORT_LIMIT, place, what, diag_number(r->book->diag, most));
}

/* The text of a value by the cell's type (18.18.11) and format. */
static ImportCell cell_of(Reading *r, const char *type, const char *style, const char *text)
{
    Workbook *book = r->book;
    const size_t format = style ? strtoul(style, NULL, 10) : 0;
    if (strcmp(type, "s") == 0) {
        const size_t index = strtoul(text, NULL, 10);
        const bool known = *text >= '0' && *text <= '9' && index < book->string_count;
        return (ImportCell){.text = known ? csv_unguard(book->strings[index]) : "", .wrong = *text && !known};
    }
    if (strcmp(type, "e") == 0)
        return (ImportCell){.text = arena_string(book->arena, text), .wrong = true};
    if (strcmp(type, "b") == 0)
        return (ImportCell){.text = *text == '1' ? "1" : "0"};
    if (strcmp(type, "n") != 0 || !*text)
        return (ImportCell){.text = arena_string(book->arena, csv_unguard(text))};
    const char *shown = NULL;
    if (format < book->format_count && book->dates[format] != FORMAT_PLAIN)
        shown = import_serial_date(book->arena, text, book->date1904);
    if (!shown)
        shown = import_plain_number(book->arena, text);
    return (ImportCell){.text = shown ? shown : arena_string(book->arena, text), .wrong = !shown};
}

static void read_cell(Reading *r)
{
    Workbook *book = r->book;
    const char *reference = import_xlsx_attr(book, r->reader, "r"), *type = import_xlsx_attr(book, r->reader, "t");
    const char *style = import_xlsx_attr(book, r->reader, "s");
    int column, line;
    r->column++;
    if (reference && parse_reference(reference, &column, &line, NULL))
        r->column = column;
    Buf text = {0};
    if (!xmlTextReaderIsEmptyElement(r->reader)) {
        bool value = false;
        while (import_xlsx_next(book, r->reader) && !import_xlsx_ends(r->reader, "c")) {
            if (import_xlsx_is(r->reader, "is"))
                import_xlsx_text(book, r->reader, "is", &text);
            else if (import_xlsx_is(r->reader, "v"))
                value = !xmlTextReaderIsEmptyElement(r->reader);
            else if (import_xlsx_ends(r->reader, "v"))
                value = false;
            else if (value && import_xlsx_is_text(r->reader))
                buf_text(&text, (const char *)xmlTextReaderConstValue(r->reader));
            if (text.length > IMPORT_CELL_BYTES)
                limit(r, "bytes/cell", IMPORT_CELL_BYTES);
        }
    }
    const ImportCell cell = cell_of(r, type ? type : "n", style, buf_cstring(&text));
    buf_free(&text);
    if (import_is_blank(cell.text) || !book->ok)
        return;
    if (r->column > IMPORT_COLUMNS_MAX) {
        limit(r, "columns", IMPORT_COLUMNS_MAX);
        return;
    }
    r->cells[r->column - 1] = cell;
    if ((size_t)r->column > r->used)
        r->used = (size_t)r->column;
}

static void read_row(Reading *r)
{
    const char *number = import_xlsx_attr(r->book, r->reader, "r");
    const long line = number ? strtol(number, NULL, 10) : 0;
    r->line = line > 0 && line <= IMPORT_ROWS_MAX ? (int)line : r->line + 1;
    r->column = 0;
    r->used = 0;
    for (size_t i = 0; i < IMPORT_COLUMNS_MAX; i++)
        r->cells[i] = (ImportCell){.text = ""};
    if (!xmlTextReaderIsEmptyElement(r->reader))
        while (import_xlsx_next(r->book, r->reader) && !import_xlsx_ends(r->reader, "row"))
            if (import_xlsx_is(r->reader, "c"))
                read_cell(r);
    if (r->used == 0 || !r->book->ok)
        return;
    ImportRow *row = import_add_row(r->book->arena, r->sheet, &r->row_capacity, r->line, r->used, r->book->diag);
    r->book->ok = row != NULL;
    if (row)
        memcpy(row->cells, r->cells, r->used * sizeof *r->cells);
}

static void read_merge(Reading *r)
{
    const char *text = import_xlsx_attr(r->book, r->reader, "ref"), *end;
    ImportMerge merge;
    if (!text || !parse_reference(text, &merge.left, &merge.top, &end) || *end != ':' ||
        !parse_reference(end + 1, &merge.right, &merge.bottom, NULL) || merge.right < merge.left ||
        merge.bottom < merge.top)
        return;
    if (r->sheet->merge_count == MERGES_MAX) {
        limit(r, "merged cells", MERGES_MAX);
        return;
    }
    if (r->sheet->merge_count == r->merge_capacity) {
        r->merge_capacity = r->merge_capacity ? r->merge_capacity * 2 : 64;
        ImportMerge *merges = ARENA_ARRAY(r->book->arena, r->merge_capacity, ImportMerge);
        if (r->sheet->merge_count)
            memcpy(merges, r->sheet->merges, r->sheet->merge_count * sizeof *merges);
        r->sheet->merges = merges;
    }
    r->sheet->merges[r->sheet->merge_count++] = merge;
}

/* ── merged cells ── */

/* The first row at or below a line. */
static size_t row_from(const ImportSheet *sheet, int line)
{
    size_t low = 0, high = sheet->row_count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (sheet->rows[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What stands in a merged cell over several lines holds for each of them: one unit beside its five meetings. Only lines that have something
 * of their own are there to be filled. Lines below a merge can be shorter than it reaches. */
static void spread_down(Reading *r, const ImportMerge *merge)
{
    ImportSheet *sheet = r->sheet;
    const size_t first = row_from(sheet, merge->top), column = (size_t)merge->left - 1;
    if (first == sheet->row_count || sheet->rows[first].line != merge->top || column >= sheet->rows[first].count)
        return;
    const ImportCell cell = sheet->rows[first].cells[column];
    for (size_t i = first + 1; i < sheet->row_count && sheet->rows[i].line <= merge->bottom; i++) {
        ImportRow *row = &sheet->rows[i];
        if (column >= row->count) {
            sheet->cell_count += column + 1;
            if (sheet->cell_count > IMPORT_CELLS_MAX) {
                limit(r, "merged cells", IMPORT_CELLS_MAX);
                return;
            }
            ImportCell *cells = ARENA_ARRAY(r->book->arena, column + 1, ImportCell);
            memcpy(cells, row->cells, row->count * sizeof *cells);
            for (size_t k = row->count; k <= column; k++)
                cells[k].text = "";
            row->cells = cells;
            row->count = column + 1;
        }
        if (import_is_blank(row->cells[column].text))
            row->cells[column] = cell;
    }
}

static bool lines_rise(Reading *r)
{
    for (size_t i = 1; i < r->sheet->row_count; i++)
        if (r->sheet->rows[i].line <= r->sheet->rows[i - 1].line)
            return diag_add(r->book->diag, DIAG_IMPORT_XLSX, (DiagPlace){.file = r->book->path}, r->book->part,
                            "row/@r");
    return true;
}

bool import_xlsx_sheet(Workbook *book, const char *part, ImportSheet *sheet)
{
    Buf bytes = {0};
    Reading r = {.book = book, .sheet = sheet, .cells = ARENA_ARRAY(book->arena, IMPORT_COLUMNS_MAX, ImportCell)};
    book->part = part;
    if (import_zip_read(book->zip, part, true, &bytes, &book->ok, book->diag)) {
        r.reader = import_xlsx_reader(book, &bytes);
        while (r.reader && import_xlsx_next(book, r.reader)) {
            if (import_xlsx_is(r.reader, "row"))
                read_row(&r);
            else if (import_xlsx_is(r.reader, "mergeCell"))
                read_merge(&r);
        }
        xmlFreeTextReader(r.reader);
    }
    buf_free(&bytes);
    book->ok = book->ok && lines_rise(&r);
    for (size_t i = 0, filled = 0; i < sheet->merge_count && book->ok; i++) {
        filled += (size_t)(sheet->merges[i].bottom - sheet->merges[i].top);
        if (filled > IMPORT_CELLS_MAX || sheet->cell_count > IMPORT_CELLS_MAX)
            limit(&r, "merged cells", IMPORT_CELLS_MAX);
        else
            spread_down(&r, &sheet->merges[i]);
    }
    return book->ok;
}
