/* A SHA-256 per unit over everything that the assessment database says about it, so that a report is rendered again only
 * when something on it may have changed. One ordered pass: each table is read once, front to back, all tables in step, and
 * the units are written as they pass. Memory does not grow with the number of units.
 */
#include "assess/assess_int.h"

#include "base/hash.h"

#include <string.h>

enum { FIXED_TABLES = 9 };

/* One table being read, standing at its next row. */
typedef struct Cursor {
    const char *table;
    sqlite3_stmt *rows; /* unit_id first, ascending */
    bool more;
} Cursor;

static bool advance(AssessGuard *guard, Cursor *cursor)
{
    bool ok = true;
    cursor->more = assess_step(guard, cursor->rows, &ok);
    return ok;
}

static bool open_cursor(AssessGuard *guard, Cursor *cursor, const char *table, const char *order)
{
    char *sql = sqlite3_mprintf("SELECT * FROM main.%s ORDER BY %s", table, order);
    cursor->table = table;
    cursor->rows = assess_prepare(guard, sql);
    sqlite3_free(sql);
    return cursor->rows != NULL && advance(guard, cursor);
}

/* Tables were written in the order of unit_id: reading by key or rowid needs no sort. */
static bool open_cursors(AssessGuard *guard, Arena *scratch, Cursor *cursors)
{
    static const char *const fixed[FIXED_TABLES][2] = {
        {"result_indicator", "unit_id, indicator_id"},
        {"result_measure", "unit_id, measure_id"},
        {"result_mechanism", "unit_id, year, mechanism_id"},
        {"result_total", "unit_id, year"},
        {"subject", "unit_id, indicator_id, subject"},
        {"evidence", "rowid"},
        {"lifecycle", "unit_id"},
        {"result_source", "unit_id, source_id"},
        {"source_record", "rowid"},
    };
    for (size_t i = 0; i < FIXED_TABLES; i++)
        if (!open_cursor(guard, &cursors[i], fixed[i][0], fixed[i][1]))
            return false;
    for (size_t i = 0; i < guard->scheme->extract_count; i++) {
        const char *table = arena_print(scratch, "x_%s", guard->scheme->extracts[i].name);
        if (!open_cursor(guard, &cursors[FIXED_TABLES + i], table, "rowid"))
            return false;
    }
    return true;
}

static void hash_row(Hash *hash, sqlite3_stmt *row)
{
    for (int i = 1; i < sqlite3_column_count(row); i++) /* 0 is unit_id */
        hash_field(hash, (const char *)sqlite3_column_text(row, i));
}

static bool hash_table(AssessGuard *guard, Hash *hash, Cursor *cursor, int64_t unit)
{
    hash_field(hash, cursor->table);
    while (cursor->more && sqlite3_column_int64(cursor->rows, 0) == unit) {
        hash_field(hash, "row");
        hash_row(hash, cursor->rows);
        if (!advance(guard, cursor))
            return false;
    }
    return true;
}

/* Hashes the unit that `units` stands at and writes it. */
static bool write_unit(AssessGuard *guard, sqlite3_stmt *units, sqlite3_stmt *insert, Cursor *cursors, size_t count,
                       char hex[HASH_HEX])
{
    Hash *hash = hash_open();
    hash_row(hash, units);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = hash_table(guard, hash, &cursors[i], sqlite3_column_int64(units, 0));
    unsigned char bytes[HASH_SIZE];
    hash_close(hash, bytes);
    hash_hex(bytes, hex);
    int columns = sqlite3_column_count(units);
    for (int i = 0; i < columns; i++)
        sqlite3_bind_value(insert, i + 1, sqlite3_column_value(units, i));
    sqlite3_bind_text(insert, columns + 1, hex, -1, SQLITE_STATIC);
    assess_step(guard, insert, &ok);
    sqlite3_reset(insert);
    return ok;
}

static bool write_all(AssessGuard *guard, Cursor *cursors, size_t count, Hash *all)
{
    sqlite3_stmt *units = assess_prepare(guard, "SELECT u.unit_id, u.ordinal, i.code, i.name, i.kind, i.kind_name,"
                                                " i.group_id, i.group_name, i.parent_name"
                                                " FROM work.unit u JOIN work.units_in i ON i.rowid = u.ordinal"
                                                " ORDER BY u.unit_id");
    sqlite3_stmt *insert = assess_prepare(guard, "INSERT INTO main.unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    bool ok = units != NULL && insert != NULL;
    while (ok && assess_step(guard, units, &ok)) {
        char hex[HASH_HEX];
        ok = write_unit(guard, units, insert, cursors, count, hex);
        hash_field(all, hex);
    }
    sqlite3_finalize(units);
    sqlite3_finalize(insert);
    return ok;
}

bool assess_write_units(AssessGuard *guard, char data_hash[HASH_HEX])
{
    Arena *scratch = arena_open(0);
    size_t count = FIXED_TABLES + guard->scheme->extract_count;
    Cursor *cursors = ARENA_ARRAY(scratch, count, Cursor);
    Hash *all = hash_open();
    bool ok = open_cursors(guard, scratch, cursors) && write_all(guard, cursors, count, all);
    for (size_t i = 0; i < count; i++)
        sqlite3_finalize(cursors[i].rows);
    unsigned char bytes[HASH_SIZE];
    hash_close(all, bytes);
    hash_hex(bytes, data_hash);
    arena_close(scratch);
    return ok;
}
