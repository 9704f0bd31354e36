/* CSV as RFC 4180 has it and as offices write it: fields in quotes may hold separators, quotes doubled and line ends; lines end with CRLF, LF
 * or CR; the separator is the one of , ; and tab that the first line has most of, outside quotes. */
#include "import/import_int.h"

#include "base/csv.h"

#include <stdio.h>
#include <string.h>

typedef struct Scan {
    Arena *arena;
    const ImportSheet *sheet;
    const char *at, *end;
    char separator;
    int line; /* of `at` */
    Buf field;
    Diag *diag;
} Scan;

static char find_separator(const char *text, const char *end)
{
    static const char candidates[] = ",;\t";
    size_t counts[3] = {0}, best = 0;
    bool quoted = false;
    for (; text < end && (quoted || (*text != '\n' && *text != '\r')); text++) {
        const char *found = *text ? strchr(candidates, *text) : NULL;
        quoted ^= *text == '"';
        if (found && !quoted)
            counts[found - candidates]++;
    }
    for (size_t i = 1; i < 3; i++)
        if (counts[i] > counts[best])
            best = i;
    return candidates[best];
}

static bool at_line_end(const Scan *s)
{
    return s->at == s->end || *s->at == '\n' || *s->at == '\r';
}

/* Past one line end of any kind. */
static void next_line(Scan *s)
{
    if (s->at < s->end && *s->at == '\r')
        s->at++;
    if (s->at < s->end && *s->at == '\n')
        s->at++;
    s->line++;
}

static bool read_quoted(Scan *s)
{
    const int begun = s->line;
    for (s->at++; s->at < s->end; s->at++) {
        if (*s->at == '"' && (s->at + 1 == s->end || s->at[1] != '"'))
            break;
        if (*s->at == '"')
            s->at++;
        if (*s->at == '\n' || (*s->at == '\r' && (s->at + 1 == s->end || s->at[1] != '\n')))
            s->line++;
        buf_byte(&s->field, (unsigned char)*s->at);
    }
    const DiagPlace place = {.file = s->sheet->file, .line = begun};
    if (s->at == s->end)
        return diag_add(s->diag, DIAG_IMPORT_QUOTE_OPEN, place, "");
    s->at++;
    while (s->at < s->end && *s->at == ' ')
        s->at++;
    return at_line_end(s) || *s->at == s->separator || diag_add(s->diag, DIAG_IMPORT_QUOTE_AFTER, place, "");
}

static bool read_field(Scan *s)
{
    buf_clear(&s->field);
    if (s->at < s->end && *s->at == '"')
        return read_quoted(s);
    while (!at_line_end(s) && *s->at != s->separator)
        buf_byte(&s->field, (unsigned char)*s->at++);
    return true;
}

static bool keep_field(Scan *s, ImportCell *cells, size_t *count, int line)
{
    const DiagPlace place = {.file = s->sheet->file, .line = line};
    if (s->field.length > IMPORT_CELL_BYTES)
        return diag_add(s->diag, DIAG_IMPORT_LIMIT, place, "bytes/cell", diag_number(s->diag, IMPORT_CELL_BYTES));
    if (*count == IMPORT_COLUMNS_MAX)
        return s->field.length == 0 ||
               diag_add(s->diag, DIAG_IMPORT_LIMIT, place, "columns", diag_number(s->diag, IMPORT_COLUMNS_MAX));
    const char *text = csv_unguard(buf_cstring(&s->field));
    cells[(*count)++] = (ImportCell){.text = *text ? arena_string(s->arena, text) : ""};
    return true;
}

static bool read_line(Scan *s, ImportSheet *sheet, ImportCell *cells, size_t *capacity)
{
    const int line = s->line;
    size_t count = 0, used = 0;
    for (bool more = true; more;) {
        if (!read_field(s) || !keep_field(s, cells, &count, line))
            return false;
        more = s->at < s->end && *s->at == s->separator;
        s->at += more;
    }
    next_line(s);
    for (size_t i = 0; i < count; i++)
        if (!import_is_blank(cells[i].text))
            used = i + 1;
    if (used == 0)
        return true;
    ImportRow *row = import_add_row(s->arena, sheet, capacity, line, used, s->diag);
    if (row)
        memcpy(row->cells, cells, used * sizeof *cells);
    return row != NULL;
}

bool import_read_csv(Arena *arena, ImportSheet *sheet, const char *text, size_t length, Diag *diag)
{
    Scan scan = {.arena = arena, .sheet = sheet, .at = text, .end = text + length, .line = 1, .diag = diag};
    ImportCell *cells = ARENA_ARRAY(arena, IMPORT_COLUMNS_MAX, ImportCell);
    size_t capacity = 0;
    bool ok = true;
    scan.separator = find_separator(text, scan.end);
    sheet->separator = scan.separator == '\t' ? "TAB" : scan.separator == ';' ? ";" : ",";
    while (ok && scan.at < scan.end)
        ok = read_line(&scan, sheet, cells, &capacity);
    buf_free(&scan.field);
    return ok;
}
