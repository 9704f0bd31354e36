/* PDF syntax: names, strings, numbers. Everything is appended to a Buf; nothing depends on a locale. */
#include "pdf/pdf_int.h"

#include "base/utf8.h"

#include <string.h>

enum { STRING_UNITS = 32766 }; /* UTF-16 units in a string of 65,535 bytes after the byte order mark (Annex C) */

static const char hex_digits[] = "0123456789ABCDEF";

void pdf_put_name(Buf *out, const char *name)
{
    buf_byte(out, '/');
    for (const char *p = name; *p; p++) {
        const unsigned char c = (unsigned char)*p;
        if (c > 0x20 && c < 0x7f && !strchr("#()<>[]{}/%", c)) {
            buf_byte(out, c);
        } else {
            buf_byte(out, '#');
            buf_byte(out, (unsigned char)hex_digits[c >> 4]);
            buf_byte(out, (unsigned char)hex_digits[c & 15]);
        }
    }
}

static void put_unit(Buf *out, uint32_t unit)
{
    const char digits[4] = {hex_digits[unit >> 12 & 15], hex_digits[unit >> 8 & 15], hex_digits[unit >> 4 & 15],
                            hex_digits[unit & 15]};
    buf_append(out, digits, sizeof digits);
}

void pdf_put_utf16(Buf *out, const char *utf8, size_t length)
{
    for (const char *end = utf8 + length; utf8 < end;) {
        const uint32_t code = utf8_next(&utf8);
        if (code < 0x10000) {
            put_unit(out, code);
        } else {
            put_unit(out, 0xD800 + ((code - 0x10000) >> 10));
            put_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
        }
    }
}

static bool plain_ascii(const char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            return false;
    return true;
}

void pdf_put_text(Buf *out, const char *utf8)
{
    if (!plain_ascii(utf8)) {
        buf_text(out, "<FEFF");
        pdf_put_utf16(out, utf8, strlen(utf8));
        buf_byte(out, '>');
        return;
    }
    buf_byte(out, '(');
    for (; *utf8; utf8++) {
        if (strchr("()\\", *utf8))
            buf_byte(out, '\\');
        buf_byte(out, (unsigned char)*utf8);
    }
    buf_byte(out, ')');
}

void pdf_put_mpt(Buf *out, Mpt length)
{
    buf_decimal(out, length, 3);
}

void pdf_put_reference(Buf *out, const char *key, uint32_t number)
{
    buf_byte(out, '/');
    buf_text(out, key);
    buf_byte(out, ' ');
    buf_int(out, number);
    buf_text(out, " 0 R");
}

const char *pdf_clean_text(const PdfWriter *writer, const char *utf8)
{
    if (!utf8)
        return NULL;
    char *clean = arena_string(writer->arena, utf8);
    size_t units = 0;
    char *to = clean;
    while (*utf8) {
        const uint32_t code = utf8_next(&utf8);
        units += code < 0x10000 ? 1 : 2;
        if (units > STRING_UNITS) {
            diag_add(writer->diag, DIAG_PDF_TEXT_CUT, writer->place, diag_number(writer->diag, STRING_UNITS));
            break;
        }
        const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0) || (code & 0xFFFE) == 0xFFFE;
        to += utf8_encode(control ? ' ' : code, to);
    }
    *to = '\0';
    return clean;
}
