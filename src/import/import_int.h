/* Inside the import room. */
#ifndef IMPORT_IMPORT_INT_H
#define IMPORT_IMPORT_INT_H

#include "import/import.h"

#include "base/map.h"
#include "base/xml.h"
#include "data/data.h"

#include <stdint.h>

/* ── the mapping ── */

typedef enum ImportKind {
    IMPORT_TEXT,
    IMPORT_CODE, /* text with full-width letters and digits made narrow */
    IMPORT_DATE,
    IMPORT_TIME,
    IMPORT_YEAR,
    IMPORT_INTEGER,
    IMPORT_TENTHS,
    IMPORT_HUNDREDTHS,
    IMPORT_WORDS,
    IMPORT_UNIT,
    IMPORT_PERSON,
    IMPORT_RECORD, /* a row of another table: by number, or by its other columns */
    IMPORT_NUMBER, /* the row's own id */
} ImportKind;

/* Words for the values of a column. A dictionary with a table also knows the codes and names of that table's rows. */
typedef struct ImportDictionary {
    const char *name, *table;
    Map *words; /* folded word → value */
    Map *shown; /* value → its first word */
    const XmlNode *node;
} ImportDictionary;

typedef struct ImportTableMap ImportTableMap;

typedef struct ImportColumn {
    const char *name; /* in the database; of a <by> the column of the other table */
    const char *heading;
    const char *const *headings; /* folded, the printed one first */
    size_t heading_count;
    ImportKind kind;
    bool required, key;
    const char *const *units; /* of a quantity: 天, 人 … */
    size_t unit_count;
    const char *fallback; /* value of an empty cell in a new row; NULL = NULL */
    const ImportDictionary *dictionary;
    const ImportTableMap *table;   /* record: the other table */
    const struct ImportColumn *by; /* record: columns that find it */
    size_t by_count;
    const char *own; /* <by own="unit_id">: taken from this column of the row when its own cell is empty */
    size_t place;    /* of a <by>: its number among the places of the table; of a column likewise */
    const XmlNode *node;
} ImportColumn;

struct ImportTableMap {
    const char *name, *title;
    ImportColumn *columns;
    size_t column_count;
    const ImportColumn **places; /* everything that may have a heading: columns, and the <by> of records */
    size_t place_count;
    const char *unit; /* the column that says whose record it is: for people by name; NULL = none */
    const XmlNode *node;
};

struct ImportMapping {
    const XmlFile *file;
    ImportTableMap *tables;
    size_t table_count;
    Map *ignored; /* folded headings that mean nothing: 序号, 备注 */
    Map *dictionaries;
};

/* By name or title; NULL = none. */
const ImportTableMap *import_find_table(const ImportMapping *mapping, const char *name);
/* The place with this folded heading, or NULL. */
const ImportColumn *import_find_heading(const ImportTableMap *table, const char *folded);

/* ── sheets ── */

typedef struct ImportCell {
    const char *text; /* never NULL; "" = empty */
    bool wrong;       /* a spreadsheet's error value, #N/A */
} ImportCell;

typedef struct ImportRow {
    int line; /* as the user sees it */
    ImportCell *cells;
    size_t count;
} ImportRow;

/* A merged rectangle, by line and column from 1. */
typedef struct ImportMerge {
    int top, left, bottom, right;
} ImportMerge;

typedef struct ImportSheet {
    const char *file, *name; /* name: of the sheet; NULL in a CSV */
    const char *encoding;    /* of a CSV */
    const char *separator;   /* of a CSV, in words of nobody's language: "," ";" "TAB" */
    ImportRow *rows;         /* none of them empty */
    size_t row_count;
    size_t cell_count;
    ImportMerge *merges;
    size_t merge_count;
    struct ImportSheet *next;
} ImportSheet;

enum {
    IMPORT_FILE_BYTES = 256 << 20,
    IMPORT_ROWS_MAX = 1 << 20, /* what a spreadsheet can hold */
    IMPORT_COLUMNS_MAX = 1024,
    IMPORT_CELLS_MAX = 16 << 20,
    IMPORT_CELL_BYTES = DATA_TEXT_LIMIT,
};

/* Reads a file of either kind: its sheets, or NULL with a diagnostic. Told by the content, not by the name. (sheet.c) */
ImportSheet *import_read_file(Arena *arena, const char *path, Diag *diag);
/* One row more, its cells zeroed to "". NULL = too many rows, diagnostic. */
ImportRow *import_add_row(Arena *arena, ImportSheet *sheet, size_t *capacity, int line, size_t cells, Diag *diag);

/* The bytes as UTF-8, and what they were. NULL = diagnostic. (decode.c) */
char *import_decode(Arena *arena, const char *path, const char *bytes, size_t length, const char **encoding,
                    size_t *out_length, Diag *diag);
/* CSV as RFC 4180 and offices write it. (csv.c) */
bool import_read_csv(Arena *arena, ImportSheet *sheet, const char *text, size_t length, Diag *diag);
/* The visible sheets of a workbook. (xlsx.c) */
ImportSheet *import_read_xlsx(Arena *arena, const char *path, Diag *diag);

/* A part of a zip archive, whole, within the limits. (zip.c) */
typedef struct ImportZip ImportZip;
ImportZip *import_zip_open(Arena *arena, const char *path, Diag *diag); /* closed with the arena */
/* False = not there, or a diagnostic when `needed` or when it cannot be read; *ok turns false with a diagnostic. */
bool import_zip_read(ImportZip *zip, const char *name, bool needed, Buf *out, bool *ok, Diag *diag);

/* ── values (value.c, date.c) ── */

/* Blanks trimmed on both sides, of every kind; line ends as \n. In the arena. */
/* Nothing but blanks of any kind. */
bool import_is_blank(const char *text);
const char *import_trim(Arena *arena, const char *text);
/* Trimmed, full-width forms made narrow, all blanks taken out, ASCII letters lower: for comparing headings and words. */
const char *import_fold(Arena *arena, const char *text);
/* Trimmed, full-width forms made narrow, inner blanks kept. */
const char *import_narrow(Arena *arena, const char *text);

typedef struct ImportValue {
    bool null, integer;
    int64_t number;
    const char *text;
} ImportValue;

/* Why a cell was refused: a code of the catalogue and its arguments. */
typedef struct ImportRefusal {
    DiagCode code;
    const char *args[3];
} ImportRefusal;

/* A date in the forms that offices write. False = not a date. */
bool import_parse_date(const char *narrow, char out[11]);
bool import_parse_time(const char *narrow, char out[6]);
/* A decimal with thousands separators and one of the column's units, × 10^places, exact. */
bool import_parse_amount(Arena *arena, const ImportColumn *column, const char *narrow, int places, int64_t *out);
/* Every kind but references. */
bool import_parse_value(Arena *arena, const ImportColumn *column, const char *text, ImportValue *out,
                        ImportRefusal *refusal);

/* ── references (refer.c) ── */

typedef struct ImportRefer ImportRefer;
/* Statements over the open transaction; `scratch` holds what one row needs and may be rewound between calls. NULL = diagnostic. */
ImportRefer *import_refer_open(Arena *arena, Arena *scratch, DataDb *db, Diag *diag);
/* Takes the indexes for names away again, so that the schema is as it was. */
bool import_refer_close(ImportRefer *refer, Diag *diag);
/* A unit by code, full name, or its upper unit's name and its own (上城区/第一支部, also without the stroke). */
bool import_refer_unit(ImportRefer *refer, const char *text, int64_t *id, ImportRefusal *refusal, Diag *diag);
/* A person by number, name, or name（unit）; several of one name are narrowed by the record's unit (0 = none). */
bool import_refer_person(ImportRefer *refer, const char *text, int64_t unit, int64_t *id, ImportRefusal *refusal,
                         Diag *diag);
/* A word that the table of a dictionary knows. */
bool import_refer_word(ImportRefer *refer, const ImportDictionary *dictionary, const char *text, const char **value,
                       Diag *diag);
/* Whether a table has a record of that number. */
bool import_refer_number(ImportRefer *refer, const char *table, int64_t number, ImportRefusal *refusal, Diag *diag);
/* A record by the values of its <by> columns. */
bool import_refer_record(ImportRefer *refer, const ImportColumn *column, const ImportValue *values, int64_t *id,
                         ImportRefusal *refusal, Diag *diag);

/* ── rules of the schema (rule.c) ── */

/* Which rule a row broke, from the message of SQLite, in the words of the table's headings; the column to look at, or NULL. The refusal lacks
 * the value that the row has there (first argument of IMPORT_VALUE and IMPORT_RANGE is the heading). */
const ImportColumn *import_rule_broken(Arena *arena, const ImportTableMap *table, const char *message,
                                       ImportRefusal *refusal);

/* ── rows into tables ── */

/* A sheet whose table and headings are known. */
typedef struct ImportSource {
    const ImportSheet *sheet;
    const ImportTableMap *table;
    const ImportColumn **columns; /* by column of the sheet; NULL = not taken */
    size_t column_count;
    size_t first; /* index of the first row below the headings */
} ImportSource;

/* Finds table and headings. False = a diagnostic, or with *skipped that the sheet is no table. (heading.c) */
bool import_find_source(Arena *arena, const ImportMapping *mapping, const ImportSheet *sheet, const char *table,
                        bool alone, ImportSource *out, bool *skipped, Diag *diag);

/* One call's imports. */
typedef struct ImportJob {
    Arena *arena;
    Arena *scratch; /* of one row */
    DataDb *db;
    ImportRefer *refer;
    Map *seen; /* "table key" → what the files have said of that record */
    Diag *rejections, *diag;
} ImportJob;

/* Puts the rows of one source into its table; refused ones are recorded and left out. False = a diagnostic, the import is over. (rows.c) */
bool import_put_rows(ImportJob *job, const ImportSource *source, ImportTable *counts);

#endif
