/* A file of either kind → sheets of text cells. What it is, its first bytes say: names lie. */
#include "import/import_int.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>

ImportRow *import_add_row(Arena *arena, ImportSheet *sheet, size_t *capacity, int line, size_t cells, Diag *diag)
{
    if (sheet->row_count == IMPORT_ROWS_MAX) {
        diag_add(diag, DIAG_IMPORT_LIMIT, ((DiagPlace){.file = sheet->file, .table = sheet->name, .line = line}),
                 "rows", diag_number(diag, IMPORT_ROWS_MAX));
        return NULL;
    }
    sheet->cell_count += cells;
    if (sheet->cell_count > IMPORT_CELLS_MAX) {
        diag_add(diag, DIAG_IMPORT_LIMIT, ((DiagPlace){.file = sheet->file, .table = sheet->name, .line = line}),
                 "cells", diag_number(diag, IMPORT_CELLS_MAX));
        return NULL;
    }
    if (sheet->row_count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 64;
        ImportRow *rows = ARENA_ARRAY(arena, *capacity, ImportRow);
        if (sheet->row_count)
            memcpy(rows, sheet->rows, sheet->row_count * sizeof *rows);
        sheet->rows = rows;
    }
    ImportRow *row = &sheet->rows[sheet->row_count++];
    *row = (ImportRow){.line = line, .cells = ARENA_ARRAY(arena, cells, ImportCell), .count = cells};
    for (size_t i = 0; i < cells; i++)
        row->cells[i].text = "";
    return row;
}

static ImportSheet *read_text(Arena *arena, const char *path, Diag *diag)
{
    size_t length, decoded;
    const char *bytes = file_read(arena, path, IMPORT_FILE_BYTES, &length, diag);
    ImportSheet *sheet = ARENA_NEW(arena, ImportSheet);
    sheet->file = path;
    const char *text = bytes ? import_decode(arena, path, bytes, length, &sheet->encoding, &decoded, diag) : NULL;
    return text && import_read_csv(arena, sheet, text, decoded, diag) ? sheet : NULL;
}

ImportSheet *import_read_file(Arena *arena, const char *path, Diag *diag)
{
    static const unsigned char compound[] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};
    unsigned char begin[sizeof compound] = {0};
    FILE *file = fopen(path, "rb"); /* what is wrong with it, if anything, the readers say */
    const size_t length = file ? fread(begin, 1, sizeof begin, file) : 0;
    if (file)
        fclose(file);
    if (length >= 4 && memcmp(begin, "PK\3\4", 4) == 0)
        return import_read_xlsx(arena, path, diag);
    if (length == sizeof begin && memcmp(begin, compound, sizeof begin) == 0) {
        diag_add(diag, DIAG_IMPORT_OLD_FORMAT, (DiagPlace){.file = path}, "");
        return NULL;
    }
    if (length > 0 && begin[0] == '<') {
        diag_add(diag, DIAG_IMPORT_MARKUP, (DiagPlace){.file = path}, "");
        return NULL;
    }
    return read_text(arena, path, diag);
}
