/* Inside the reader of workbooks (ECMA-376 part 1, SpreadsheetML, transitional and strict: names are compared without namespaces). */
#ifndef IMPORT_XLSX_INT_H
#define IMPORT_XLSX_INT_H

#include "import/import_int.h"

#include <libxml/xmlreader.h>

typedef struct Workbook {
    Arena *arena;
    ImportZip *zip;
    const char *path;
    const char *part; /* being read, for messages */
    bool date1904;
    const char **strings; /* shared strings, 18.4 */
    size_t string_count;
    unsigned char *dates; /* by cell format (18.8.10): 0 no date, 1 date, 2 time alone */
    size_t format_count;
    Diag *diag;
    bool ok;
} Workbook;

enum { FORMAT_PLAIN, FORMAT_DATE, FORMAT_TIME };

/* Opens the reader on bytes that live as long as it does; no network, no entities, and a document type is refused. */
xmlTextReader *import_xlsx_reader(Workbook *book, const Buf *part);
/* Next element or end tag; false at the end or with book->ok false. */
bool import_xlsx_next(Workbook *book, xmlTextReader *reader);
/* The current node is the start tag of `name`. */
bool import_xlsx_is(xmlTextReader *reader, const char *name);
/* … its end, or the start of an empty one. */
bool import_xlsx_ends(xmlTextReader *reader, const char *name);
bool import_xlsx_is_text(xmlTextReader *reader);
/* An attribute's value in the arena by its local name, or NULL. */
const char *import_xlsx_attr(Workbook *book, xmlTextReader *reader, const char *name);

/* Reads xl/sharedStrings.xml and xl/styles.xml by these names of parts (NULL = not there). (xlsx_parts.c) */
void import_xlsx_strings(Workbook *book, const char *part);
void import_xlsx_styles(Workbook *book, const char *part);
/* Appends the text of the element that the reader stands on (si, is): its runs without phonetic ones, _xHHHH_ resolved (22.9.2.19). */
void import_xlsx_text(Workbook *book, xmlTextReader *reader, const char *element, Buf *out);

/* One worksheet (18.3). (xlsx_sheet.c) */
bool import_xlsx_sheet(Workbook *book, const char *part, ImportSheet *sheet);

/* A number as written in a cell → plain decimal with at most 15 digits, in the arena. NULL = not a number. (number.c) */
const char *import_plain_number(Arena *arena, const char *text);
/* A serial number → YYYY-MM-DD, with HH:MM where it has a time; below 1 the time alone. NULL = no day of the system. */
const char *import_serial_date(Arena *arena, const char *text, bool date1904);

#endif
