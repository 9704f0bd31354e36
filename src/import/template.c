/* Templates: one CSV a table with its headings, and with a database its records, written so that they are read back as they are: units by
 * code, people and other records by number, words in the dictionary's first form. */
#include "import/import.h"

#include "base/csv.h"

#include "import/import_int.h"

#include "base/file.h"
#include "base/fixed.h"

#include <string.h>

static void put_headings(const ImportTableMap *table, Buf *out)
{
    buf_text(out, "\xEF\xBB\xBF"); /* by which spreadsheets know UTF-8 */
    for (size_t i = 0; i < table->place_count; i++) {
        if (i)
            buf_byte(out, ',');
        csv_field(out, table->places[i]->heading);
    }
    buf_text(out, "\r\n");
}

/* SQL of what stands under each heading; of the columns that find a record nothing, as its number is there. */
static const char *select_of(Arena *arena, const ImportTableMap *table)
{
    Buf sql = {0};
    buf_text(&sql, "SELECT ");
    for (size_t i = 0; i < table->place_count; i++) {
        const ImportColumn *column = table->places[i];
        const bool own = column >= table->columns && column < table->columns + table->column_count;
        buf_text(&sql, i ? ", " : "");
        if (!own)
            buf_text(&sql, "NULL");
        else if (column->kind == IMPORT_UNIT)
            buf_print(&sql, "(SELECT u.code FROM unit u WHERE u.id = t.\"%s\")", column->name);
        else if (column->kind == IMPORT_WORDS && column->dictionary->table)
            buf_print(&sql, "coalesce((SELECT d.name FROM \"%s\" d WHERE d.code = t.\"%s\"), t.\"%s\")",
                      column->dictionary->table, column->name, column->name);
        else
            buf_print(&sql, "t.\"%s\"", column->name);
    }
    /* The order of the first column is that of the number, or of the key. */
    buf_print(&sql, " FROM \"%s\" t ORDER BY ", table->name);
    if (table->columns[0].kind == IMPORT_NUMBER)
        buf_text(&sql, "t.id");
    else
        for (size_t i = 0, n = 0; i < table->column_count; i++)
            if (table->columns[i].key)
                buf_print(&sql, "%st.\"%s\"", n++ ? ", " : "", table->columns[i].name);
    const char *text = arena_string(arena, buf_cstring(&sql));
    buf_free(&sql);
    return text;
}

/* A quantity without the zeros that say nothing. */
static void put_quantity(Buf *out, int64_t value, int places)
{
    Buf text = {0};
    buf_decimal(&text, value, places);
    buf_append(out, text.bytes, text.length);
    buf_free(&text);
}

static void put_cell(const ImportColumn *column, const DataStmt *row, int at, Buf *out)
{
    if (data_is_null(row, at))
        return;
    const char *text = data_text(row, at);
    if (column->kind == IMPORT_TENTHS || column->kind == IMPORT_HUNDREDTHS) {
        put_quantity(out, data_int(row, at), column->kind == IMPORT_TENTHS ? 1 : 2);
        return;
    }
    const char *shown =
        column->kind == IMPORT_WORDS && !column->dictionary->table ? map_lookup(column->dictionary->shown, text) : NULL;
    csv_field(out, shown ? shown : text);
}

static bool put_rows(const ImportTableMap *table, DataDb *db, Arena *scratch, Buf *out, Diag *diag)
{
    DataStmt *rows = data_prepare(db, select_of(scratch, table), (DiagPlace){.table = table->name}, diag);
    DataStep step = rows ? DATA_ROW : DATA_ERROR;
    while (step == DATA_ROW && (step = data_step(rows, diag)) == DATA_ROW) {
        for (size_t i = 0; i < table->place_count; i++) {
            if (i)
                buf_byte(out, ',');
            put_cell(table->places[i], rows, (int)i, out);
        }
        buf_text(out, "\r\n");
    }
    data_finalize(rows);
    return step == DATA_DONE;
}

static bool is_wanted(const ImportTableMap *table, const char *const *names, size_t count)
{
    bool wanted = count == 0;
    for (size_t i = 0; i < count && !wanted; i++)
        wanted = strcmp(names[i], table->name) == 0 || strcmp(names[i], table->title) == 0;
    return wanted;
}

static bool check_names(const ImportMapping *mapping, const char *const *names, size_t count, Diag *diag)
{
    for (size_t i = 0; i < count; i++)
        if (!import_find_table(mapping, names[i]))
            return diag_add(diag, DIAG_IMPORT_TABLE_NAME, (DiagPlace){0}, names[i]);
    return true;
}

bool import_template(const ImportMapping *mapping, const char *directory, const char *const *tables, size_t count,
                     const char *path, size_t *written, Diag *diag)
{
    *written = 0;
    if (!check_names(mapping, tables, count, diag) || !file_make_directory(directory, diag))
        return false;
    DataDb *db = path ? data_open_activity(path, diag) : NULL;
    bool ok = !path || (db && data_begin(db, diag));
    Arena *scratch = arena_open(0);
    Buf out = {0};
    for (size_t i = 0; i < mapping->table_count && ok; i++) {
        const ImportTableMap *table = &mapping->tables[i];
        if (!is_wanted(table, tables, count))
            continue;
        buf_clear(&out);
        put_headings(table, &out);
        const char *name = file_join(scratch, directory, arena_print(scratch, "%s.csv", table->title));
        ok = (!db || put_rows(table, db, scratch, &out, diag)) && file_publish(name, out.bytes, out.length, diag);
        *written += ok;
    }
    buf_free(&out);
    arena_close(scratch);
    data_close(db);
    return ok;
}
