/* Fields of CSV as RFC 4180 and offices write it, for everything that writes a table for a spreadsheet. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/buf.h"

/* Appends one field, quoted where RFC 4180 asks for it; a text that a spreadsheet would run as a formula (= + - @) gets an apostrophe. */
void csv_field(Buf *out, const char *text);
/* The text behind that apostrophe, for reading; it also stays when the sheet is saved as a workbook. */
const char *csv_unguard(const char *text);

#endif
