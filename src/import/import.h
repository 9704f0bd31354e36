/* The import room: spreadsheets and text tables → the activity database, and empty or filled tables back.
 *
 * A mapping (layouts/import.xml) says which Chinese headings mean which column, in which words values are written, which columns
 * tell a record apart. Files are read whole into sheets of text cells (CSV in three encodings, XLSX), rows become records, and all
 * files of one call go in within one transaction or not at all. What was refused comes back row by row with its reason.
 */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

enum {
    IMPORT_TABLES_MAX = 64,
    IMPORT_SAMPLES = 3,        /* first rows of a table shown by a dry run */
    IMPORT_REJECTIONS = 10000, /* kept of one kind; more are counted */
};

/* A mapping as read: immutable, in the run arena. */
typedef struct ImportMapping ImportMapping;

/* Reads a mapping file, or with NULL the one that came with the program; its tables, columns and dictionaries must agree with the
 * schema. NULL = diagnostics. */
const ImportMapping *import_load_mapping(Arena *run, const char *path, Diag *diag);

/* Its tables, in the order of import: their names in the database, and what the office calls them. */
size_t import_table_count(const ImportMapping *mapping);
const char *import_table_name(const ImportMapping *mapping, size_t table);
const char *import_table_title(const ImportMapping *mapping, size_t table);

/* Creates an activity database from the schema. A file of that name is refused, never replaced. */
bool import_init(const char *path, Diag *diag);

/* Writes DIRECTORY/TITLE.csv (UTF-8 with BOM, CRLF) for each table named by table name or title (count 0: all), and returns how many
 * in *written: the headings, and with `db` (may be NULL) the records of that database in a form that import_run reads back. */
bool import_template(const ImportMapping *mapping, const char *directory, const char *const *tables, size_t count,
                     const char *db, size_t *written, Diag *diag);

typedef struct ImportOptions {
    const char *db;    /* activity database, written */
    const char *table; /* name or title; NULL: told from names and headings */
    const char *const *files;
    size_t file_count;
    bool dry_run; /* everything but the commit */
} ImportOptions;

/* What came, or would come, into one table. */
typedef struct ImportTable {
    const char *name, *title;
    size_t added, changed, unchanged, repeated,
        rejected;                        /* rows; repeated: said twice by the files, in the same words */
    const char *samples[IMPORT_SAMPLES]; /* "heading=value, …" of the first rows */
    size_t sample_count;
} ImportTable;

typedef struct ImportSummary {
    ImportTable tables[IMPORT_TABLES_MAX]; /* those that the files named, in the order of import */
    size_t table_count;
    size_t rejected;
    bool committed;
} ImportSummary;

/* Reads all files, then imports them in one transaction, tables in the order of the mapping. Refused rows are recorded in
 * `rejections` (place: file, sheet, line, column number, heading), everything else in `diag`. False = nothing came in. */
bool import_run(Arena *arena, const ImportMapping *mapping, const ImportOptions *options, ImportSummary *summary,
                Diag *rejections, Diag *diag);

/* Appends the refused rows as CSV: file, sheet, line, column, heading, reason and advice in Chinese, in English. */
void import_write_rejections(const Diag *rejections, Buf *out);
/* Removes the list of an earlier call at `path`, which says nothing of the files as they are now; any other file stays. True = removed. */
bool import_forget_rejections(const char *path, Diag *diag);

#endif
