/* Where a sheet's table begins, and which table it is. Titles may stand above the headings, headings may be merged or have two lines: the line
 * among the first ones that says most of what a table knows is the line of headings. */
#include "import/import_int.h"

#include <string.h>

enum { LINES = 20 }; /* how far down headings are looked for */

typedef struct Look {
    Arena *arena;
    const ImportSheet *sheet;
    const char *texts[LINES][IMPORT_COLUMNS_MAX]; /* folded; NULL = none */
    size_t columns, lines;
} Look;

/* What a fit of a line to a table found. */
typedef struct Fit {
    const ImportTableMap *table;
    size_t line, count;
    bool complete;
} Fit;

/* ── the first lines ── */

static const char *cell_text(const ImportRow *row, size_t column)
{
    return column < row->count ? row->cells[column].text : "";
}

/* A merged heading holds for all columns below it. Merges over lines are spread already. */
static void spread_right(Look *look, const ImportMerge *merge)
{
    for (size_t i = 0; i < look->lines; i++) {
        const ImportRow *row = &look->sheet->rows[i];
        if (row->line < merge->top || row->line > merge->bottom)
            continue;
        for (size_t c = (size_t)merge->left; c < (size_t)merge->right && c < look->columns; c++)
            if (!*look->texts[i][c])
                look->texts[i][c] = look->texts[i][merge->left - 1];
    }
}

static Look *look_at(Arena *arena, const ImportSheet *sheet)
{
    Look *look = ARENA_NEW(arena, Look);
    look->arena = arena;
    look->sheet = sheet;
    look->lines = sheet->row_count < LINES ? sheet->row_count : LINES;
    for (size_t i = 0; i < look->lines; i++)
        if (sheet->rows[i].count > look->columns)
            look->columns = sheet->rows[i].count;
    for (size_t i = 0; i < sheet->merge_count; i++)
        if (sheet->merges[i].top <= sheet->rows[look->lines - 1].line && sheet->merges[i].right <= IMPORT_COLUMNS_MAX &&
            (size_t)sheet->merges[i].right > look->columns)
            look->columns = (size_t)sheet->merges[i].right;
    for (size_t i = 0; i < look->lines; i++)
        for (size_t c = 0; c < look->columns; c++)
            look->texts[i][c] = import_fold(arena, cell_text(&sheet->rows[i], c));
    for (size_t i = 0; i < sheet->merge_count; i++)
        if ((size_t)sheet->merges[i].left <= look->columns)
            spread_right(look, &sheet->merges[i]);
    return look;
}

/* The column of the table that a heading means: alone, or with the one above it (民主评议 over 好票). */
static const ImportColumn *meaning(const Look *look, const ImportTableMap *table, size_t line, size_t column)
{
    const char *text = look->texts[line][column];
    const ImportColumn *found = *text ? import_find_heading(table, text) : NULL;
    if (found || !*text || line == 0 || !*look->texts[line - 1][column])
        return found;
    return import_find_heading(table, arena_print(look->arena, "%s%s", look->texts[line - 1][column], text));
}

/* ── fitting ── */

static bool has_place(const Look *look, const ImportTableMap *table, size_t line, const ImportColumn *place)
{
    for (size_t c = 0; c < look->columns; c++)
        if (meaning(look, table, line, c) == place)
            return true;
    return false;
}

/* A record is there by its number or by all columns that find it. */
static bool has_column(const Look *look, const ImportTableMap *table, size_t line, const ImportColumn *column)
{
    bool all = column->by_count > 0;
    for (size_t i = 0; i < column->by_count && all; i++)
        all = column->by[i].own || has_place(look, table, line, &column->by[i]);
    return all || has_place(look, table, line, column);
}

static size_t count_known(const Look *look, const ImportTableMap *table, size_t line)
{
    size_t count = 0;
    for (size_t c = 0; c < look->columns; c++)
        count += meaning(look, table, line, c) != NULL;
    return count;
}

/* The line that says most; the lower one of two that say the same, as two lines of merged headings do. */
static Fit fit(const Look *look, const ImportTableMap *table)
{
    Fit best = {.table = table};
    for (size_t i = 0; i < look->lines; i++) {
        const size_t count = count_known(look, table, i);
        if (count > 0 && count >= best.count) {
            best.count = count;
            best.line = i;
        }
    }
    best.complete = best.count > 0;
    for (size_t i = 0; i < table->column_count && best.complete; i++)
        best.complete = !table->columns[i].required || table->columns[i].fallback ||
                        has_column(look, table, best.line, &table->columns[i]);
    return best;
}

static const ImportTableMap *table_by_file(Arena *arena, const ImportMapping *mapping, const char *path)
{
    const char *stroke = strrchr(path, '/'), *name = stroke ? stroke + 1 : path, *point = strrchr(name, '.');
    return import_find_table(mapping, arena_text(arena, name, point ? (size_t)(point - name) : strlen(name)));
}

/* The one table whose required columns are all there and of which most headings are; nothing is guessed between two. */
static bool guess(const Look *look, const ImportMapping *mapping, Fit *best, const char **rival)
{
    *best = (Fit){0};
    *rival = NULL;
    for (size_t i = 0; i < mapping->table_count; i++) {
        const Fit other = fit(look, &mapping->tables[i]);
        if (!other.complete || other.count < best->count)
            continue;
        *rival = other.count == best->count ? best->table->title : NULL;
        *best = other;
    }
    return best->complete && !*rival;
}

/* ── the answer ── */

static bool missing_columns(const Look *look, const Fit *fit, DiagPlace place, Diag *diag)
{
    Buf names = {0};
    for (size_t i = 0; i < fit->table->column_count; i++) {
        const ImportColumn *column = &fit->table->columns[i];
        if (!column->required || column->fallback || has_column(look, fit->table, fit->line, column))
            continue;
        buf_print(&names, "%s%s", names.length ? "、" : "", column->heading);
        for (size_t k = 0; k < column->by_count; k++)
            buf_print(&names, "%s%s", k ? "+" : "/", column->by[k].heading);
    }
    diag_add(diag, DIAG_IMPORT_NO_COLUMNS, place, fit->table->title, buf_cstring(&names));
    buf_free(&names);
    return false;
}

/* Headings that nobody knows are told with the nearest one: a slip of the pen must not lose a column silently. */
static void tell_unknown(const Look *look, const ImportMapping *mapping, const ImportTableMap *table, size_t line,
                         size_t column, DiagPlace place, Diag *diag)
{
    const char *text = look->texts[line][column];
    if (!*text || map_has(mapping->ignored, text))
        return;
    Map *known = map_open(look->arena);
    for (size_t i = 0; i < table->place_count; i++)
        for (size_t k = 0; k < table->places[i]->heading_count; k++)
            map_add(known, table->places[i]->headings[k], NULL);
    const char *nearest = map_nearest(known, text);
    place.column = (int)column + 1;
    diag_add(diag, DIAG_IMPORT_UNKNOWN, place, text, table->title, nearest ? nearest : "-");
}

static bool take_columns(const Look *look, const ImportMapping *mapping, const Fit *fit, DiagPlace place,
                         ImportSource *out, Diag *diag)
{
    const ImportTableMap *table = fit->table;
    bool ok = true;
    *out = (ImportSource){.sheet = look->sheet,
                          .table = table,
                          .columns = ARENA_ARRAY(look->arena, look->columns, const ImportColumn *),
                          .column_count = look->columns,
                          .first = fit->line + 1};
    for (size_t c = 0; c < look->columns; c++) {
        const ImportColumn *column = meaning(look, table, fit->line, c);
        out->columns[c] = column;
        if (!column)
            tell_unknown(look, mapping, table, fit->line, c, place, diag);
        for (size_t i = 0; column && i < c; i++)
            if (out->columns[i] == column) {
                place.column = (int)c + 1;
                ok = diag_add(diag, DIAG_IMPORT_TWICE, place, look->texts[fit->line][c], look->texts[fit->line][i]);
            }
    }
    return ok;
}

bool import_find_source(Arena *arena, const ImportMapping *mapping, const ImportSheet *sheet, const char *table,
                        bool alone, ImportSource *out, bool *skipped, Diag *diag)
{
    DiagPlace place = {.file = sheet->file, .table = sheet->name};
    *skipped = sheet->row_count == 0 && !alone;
    if (sheet->row_count == 0)
        return !alone || diag_add(diag, DIAG_IMPORT_EMPTY, place, "");
    Look *look = look_at(arena, sheet);
    const ImportTableMap *named = table         ? import_find_table(mapping, table)
                                  : sheet->name ? import_find_table(mapping, sheet->name)
                                                : NULL;
    if (!named && !table)
        named = table_by_file(arena, mapping, sheet->file);
    Fit best = named ? fit(look, named) : (Fit){0};
    const char *rival = NULL;
    if (!named && !guess(look, mapping, &best, &rival)) {
        if (rival)
            return diag_add(diag, DIAG_IMPORT_TABLES, place, best.table->title, rival);
        *skipped = !alone;
        diag_add(diag, alone ? DIAG_IMPORT_NO_TABLE : DIAG_IMPORT_SKIPPED, place, "");
        return !alone;
    }
    place.line = sheet->rows[best.line].line;
    return best.complete ? take_columns(look, mapping, &best, place, out, diag)
                         : missing_columns(look, &best, place, diag);
}
