/* Diagnostics for programs: JSON objects and syslog's priorities. */
#include "base/diag.h"

#include <string.h>

int diag_priority(DiagLevel level)
{
    static const int priorities[] = {[DIAG_NOTE] = 6, [DIAG_WARN] = 4, [DIAG_UNIT_FAIL] = 3, [DIAG_RUN_FAIL] = 2};
    return priorities[level];
}

void diag_json_string(Buf *line, const char *text, size_t length)
{
    buf_byte(line, '"');
    for (size_t i = 0; i < length; i++) {
        const unsigned char byte = (unsigned char)text[i];
        if (byte < 0x20) { /* RFC 8259, 7: control characters must not stand in a string */
            buf_print(line, "\\u%04x", byte);
            continue;
        }
        if (byte == '"' || byte == '\\')
            buf_byte(line, '\\');
        buf_byte(line, byte);
    }
    buf_byte(line, '"');
}

static void put_member(Buf *line, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    buf_print(line, ",\"%s\":", name);
    diag_json_string(line, value, strlen(value));
}

static void put_count(Buf *line, const char *name, int value)
{
    if (value > 0)
        buf_print(line, ",\"%s\":%d", name, value);
}

static void put_part(Buf *line, const char *name, const DiagItem *item, DiagLanguage language,
                     void (*format)(const DiagItem *, DiagLanguage, Buf *))
{
    Buf text = {0};
    format(item, language, &text);
    if (text.length > 0) {
        buf_print(line, ",\"%s\":", name);
        diag_json_string(line, (const char *)text.bytes, text.length);
    }
    buf_free(&text);
}

void diag_format_json(const DiagItem *item, DiagLanguage language, Buf *line)
{
    static const char *const levels[] = {[DIAG_NOTE] = "note",
                                         [DIAG_WARN] = "warning",
                                         [DIAG_UNIT_FAIL] = "unit-failed",
                                         [DIAG_RUN_FAIL] = "run-failed"};
    buf_print(line, "{\"level\":\"%s\",\"priority\":%d", levels[item->level], diag_priority(item->level));
    put_member(line, "code", diag_code_name(item->code));
    put_member(line, "file", item->place.file);
    put_count(line, "line", item->place.line);
    put_count(line, "column", item->place.column);
    put_member(line, "table", item->place.table);
    put_member(line, "row", item->place.row);
    put_member(line, "unit", item->place.unit);
    put_member(line, "field", item->place.field);
    put_count(line, "page", item->place.page);
    put_part(line, "message", item, language, diag_format_text);
    put_part(line, "hint", item, language, diag_format_hint);
    buf_text(line, "}");
}
