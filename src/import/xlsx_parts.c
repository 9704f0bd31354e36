/* Shared strings and cell formats of a workbook. */
#include "import/xlsx_int.h"

#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { FORMATS_MAX = 65536, OWN_FORMATS_MAX = 4096, STRINGS_MAX = 4 << 20 };

/* ── text ── */

/* _xHHHH_ stands for a character that XML cannot hold (22.9.2.19); what is no character stays as it is written. */
static void append_escaped(Buf *out, const char *text)
{
    for (const char *at = text; *at; at++) {
        char *end;
        const bool escape = at[0] == '_' && at[1] == 'x' && isxdigit((unsigned char)at[2]) &&
                            isxdigit((unsigned char)at[3]) && isxdigit((unsigned char)at[4]) &&
                            isxdigit((unsigned char)at[5]) && at[6] == '_';
        const unsigned long code = escape ? strtoul(at + 2, &end, 16) : 0;
        if (!escape || code == 0 || (code >= 0xD800 && code < 0xE000)) {
            buf_byte(out, (unsigned char)*at);
            continue;
        }
        char encoded[4];
        buf_append(out, encoded, utf8_encode((uint32_t)code, encoded));
        at += 6;
    }
}

void import_xlsx_text(Workbook *book, xmlTextReader *reader, const char *element, Buf *out)
{
    bool inside = false, phonetic = false;
    if (xmlTextReaderIsEmptyElement(reader))
        return;
    while (import_xlsx_next(book, reader) && !import_xlsx_ends(reader, element)) {
        if (import_xlsx_is(reader, "rPh"))
            phonetic = !xmlTextReaderIsEmptyElement(reader);
        else if (import_xlsx_ends(reader, "rPh"))
            phonetic = false;
        else if (import_xlsx_is(reader, "t"))
            inside = !xmlTextReaderIsEmptyElement(reader);
        else if (import_xlsx_ends(reader, "t"))
            inside = false;
        else if (inside && !phonetic && import_xlsx_is_text(reader))
            append_escaped(out, (const char *)xmlTextReaderConstValue(reader));
        if (out->length > IMPORT_CELL_BYTES)
            book->ok = diag_add(book->diag, DIAG_IMPORT_LIMIT, (DiagPlace){.file = book->path}, "bytes/cell",
                                diag_number(book->diag, IMPORT_CELL_BYTES));
    }
}

static void add_string(Workbook *book, size_t *capacity, Buf *text)
{
    if (book->string_count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 1024;
        const char **strings = ARENA_ARRAY(book->arena, *capacity, const char *);
        if (book->string_count)
            memcpy(strings, book->strings, book->string_count * sizeof *strings);
        book->strings = strings;
    }
    book->strings[book->string_count++] = arena_string(book->arena, buf_cstring(text));
}

void import_xlsx_strings(Workbook *book, const char *part)
{
    Buf bytes = {0}, text = {0};
    size_t capacity = 0;
    book->part = part;
    if (part && import_zip_read(book->zip, part, true, &bytes, &book->ok, book->diag)) {
        xmlTextReader *reader = import_xlsx_reader(book, &bytes);
        while (reader && import_xlsx_next(book, reader)) {
            if (!import_xlsx_is(reader, "si"))
                continue;
            buf_clear(&text);
            import_xlsx_text(book, reader, "si", &text);
            if (book->string_count < STRINGS_MAX)
                add_string(book, &capacity, &text);
        }
        xmlFreeTextReader(reader);
    }
    buf_free(&bytes);
    buf_free(&text);
}

/* ── formats ── */

/* Numbers of formats that every program knows without a definition (18.8.30), the Chinese ones among them. */
static int built_in(long id)
{
    if (id == 18 || id == 19 || id == 20 || id == 21 || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 ||
        id == 56)
        return FORMAT_TIME;
    if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58))
        return FORMAT_DATE;
    return FORMAT_PLAIN;
}

/* A format code shows a date when it has y or d, a time when it has h or s, outside of quotes, brackets and escapes; [h] counts hours. Only the
 * first section, the one for positive numbers, is looked at. */
static int kind_of_code(const char *code)
{
    bool day = false, hour = false;
    for (; *code && *code != ';'; code++) {
        if (*code == '"') {
            code += 1 + strcspn(code + 1, "\"");
            if (!*code)
                break;
        } else if ((*code == '\\' || *code == '_' || *code == '*') && code[1]) {
            code++;
        } else if (*code == '[') {
            hour |= code[1] && strchr("hHmMsS", code[1]) && code[2] && strchr("]hHmMsS", code[2]);
            code += strcspn(code, "]");
            if (!*code)
                break;
        } else if (strncmp(code, "General", 7) == 0) {
            code += 6;
        } else {
            day |= strchr("yYdDeE", *code) && !(*code == 'E' && (code[1] == '+' || code[1] == '-'));
            hour |= strchr("hHsS", *code) != NULL;
        }
    }
    return day ? FORMAT_DATE : hour ? FORMAT_TIME : FORMAT_PLAIN;
}

typedef struct Styles {
    struct {
        long id;
        int kind;
    } * own;
    size_t own_count;
    bool cells; /* inside cellXfs; cellStyleXfs has xf too */
} Styles;

static void read_style(Workbook *book, xmlTextReader *reader, Styles *styles)
{
    const char *id = NULL;
    if (import_xlsx_is(reader, "cellXfs"))
        styles->cells = true;
    else if (import_xlsx_ends(reader, "cellXfs"))
        styles->cells = false;
    if (import_xlsx_is(reader, "numFmt")) {
        const char *code = import_xlsx_attr(book, reader, "formatCode");
        id = import_xlsx_attr(book, reader, "numFmtId");
        if (styles->own_count == OWN_FORMATS_MAX)
            book->ok = diag_add(book->diag, DIAG_IMPORT_LIMIT, (DiagPlace){.file = book->path}, "number formats",
                                diag_number(book->diag, OWN_FORMATS_MAX));
        else if (id && code) {
            styles->own[styles->own_count].id = strtol(id, NULL, 10);
            styles->own[styles->own_count++].kind = kind_of_code(code);
        }
    }
    if (!styles->cells || !import_xlsx_is(reader, "xf") || book->format_count == FORMATS_MAX)
        return;
    id = import_xlsx_attr(book, reader, "numFmtId");
    const long number = id ? strtol(id, NULL, 10) : 0;
    int kind = built_in(number);
    for (size_t i = 0; i < styles->own_count; i++)
        if (styles->own[i].id == number)
            kind = styles->own[i].kind;
    book->dates[book->format_count++] = (unsigned char)kind;
}

void import_xlsx_styles(Workbook *book, const char *part)
{
    Buf bytes = {0};
    Styles styles = {.own = arena_array(book->arena, OWN_FORMATS_MAX, sizeof *styles.own)};
    book->part = part;
    book->dates = arena_alloc(book->arena, FORMATS_MAX);
    if (part && import_zip_read(book->zip, part, true, &bytes, &book->ok, book->diag)) {
        xmlTextReader *reader = import_xlsx_reader(book, &bytes);
        while (reader && import_xlsx_next(book, reader))
            read_style(book, reader, &styles);
        xmlFreeTextReader(reader);
    }
    buf_free(&bytes);
}
