/* A cell's text → a value of its column. Full-width forms are made narrow only where the text is read as something else than text: what a
 * record says in words is never changed but for the blanks around it. */
#include "import/import_int.h"

#include "base/fixed.h"
#include "base/utf8.h"

#include <ctype.h>
#include <string.h>

/* ── blanks and widths ── */

static bool is_blank(uint32_t code)
{
    return code <= 0x20 || code == 0x7F || code == 0x85 || code == 0xA0 || code == 0x3000 || code == 0xFEFF ||
           (code >= 0x2000 && code <= 0x200B) || code == 0x2028 || code == 0x2029 || code == 0x202F;
}

bool import_is_blank(const char *text)
{
    while (*text)
        if (!is_blank(utf8_next(&text)))
            return false;
    return true;
}

const char *import_trim(Arena *arena, const char *text)
{
    const char *first = NULL, *end = text;
    for (const char *at = text; *at;) {
        const char *here = at;
        if (is_blank(utf8_next(&at)))
            continue;
        first = first ? first : here;
        end = at;
    }
    if (!first)
        return "";
    char *out = arena_text(arena, first, (size_t)(end - first)), *to = out;
    for (const char *at = out; *at; at++) { /* CRLF and CR are line ends too */
        if (*at == '\r' && at[1] == '\n')
            continue;
        *to++ = *at == '\r' ? '\n' : *at;
    }
    *to = '\0';
    return out;
}

/* Full-width forms of ASCII, U+FF01–FF5E. */
static uint32_t narrow_code(uint32_t code)
{
    return code >= 0xFF01 && code <= 0xFF5E ? code - 0xFF01 + 0x21 : code;
}

const char *import_narrow(Arena *arena, const char *text)
{
    const char *trimmed = import_trim(arena, text);
    char *out = arena_alloc(arena, strlen(trimmed) + 1), *to = out;
    while (*trimmed) {
        const uint32_t code = narrow_code(utf8_next(&trimmed));
        to += utf8_encode(is_blank(code) ? ' ' : code, to);
    }
    return out;
}

const char *import_fold(Arena *arena, const char *text)
{
    char *out = arena_alloc(arena, strlen(text) + 1), *to = out;
    while (*text) {
        const uint32_t code = narrow_code(utf8_next(&text));
        if (code < 0x80)
            *to = (char)tolower((int)code), to += !is_blank(code) && code != '*'; /* * marks what must be filled in */
        else if (!is_blank(code))
            to += utf8_encode(code, to);
    }
    *to = '\0';
    return out;
}

/* ── numbers ── */

/* Takes one of the column's units off the end. */
static char *without_unit(Arena *arena, const ImportColumn *column, const char *narrow)
{
    char *text = arena_string(arena, narrow);
    const size_t length = strlen(text);
    for (size_t i = 0; i < column->unit_count; i++) {
        const size_t tail = strlen(column->units[i]);
        if (length > tail && strcmp(text + length - tail, column->units[i]) == 0) {
            text[length - tail] = '\0';
            break;
        }
    }
    return text;
}

/* 1,234,567.5 → 1234567.5: commas in groups of three, or none at all. */
static bool drop_thousands(char *text)
{
    char *to = text;
    int digits = 0;
    bool grouped = false, point = false;
    for (const char *at = text; *at; at++) {
        if (*at == ',') {
            if (point || digits == 0 || digits > 3 || (grouped && digits != 3))
                return false;
            grouped = true;
            digits = 0;
            continue;
        }
        point |= *at == '.';
        if (grouped && *at == '.' && digits != 3)
            return false;
        digits += !point && isdigit((unsigned char)*at);
        *to++ = *at;
    }
    *to = '\0';
    return !grouped || point || digits == 3;
}

/* Half a day is written so. */
static const char *half(const ImportColumn *column, const char *narrow)
{
    for (size_t i = 0; i < column->unit_count; i++)
        if (strncmp(narrow, "半", strlen("半")) == 0 && strcmp(narrow + strlen("半"), column->units[i]) == 0)
            return "0.5";
    return narrow;
}

bool import_parse_amount(Arena *arena, const ImportColumn *column, const char *narrow, int places, int64_t *out)
{
    enum { FINEST = 9 };
    int64_t fine, scale = 1;
    char *text = without_unit(arena, column, half(column, narrow));
    const char *end = import_trim(arena, text);
    char *digits = arena_string(arena, end);
    if (!drop_thousands(digits) || strlen(digits) > 18)
        return false;
    const char *point = strchr(digits, '.');
    if (!isdigit((unsigned char)digits[digits[0] == '-']) || (point && strlen(point + 1) > FINEST) ||
        !fixed_parse(digits, FINEST, &fine, NULL))
        return false;
    for (int i = places; i < FINEST; i++)
        scale *= 10;
    *out = fine / scale;
    return fine % scale == 0; /* 0.25 day is not rounded but refused */
}

/* ── values ── */

static bool refuse(ImportRefusal *refusal, DiagCode code, const char *text, const char *more)
{
    *refusal = (ImportRefusal){code, {text, more ? more : "", ""}};
    return false;
}

static bool parse_integer(Arena *arena, const ImportColumn *column, const char *narrow, int places, ImportValue *out,
                          ImportRefusal *refusal)
{
    out->integer = true;
    return import_parse_amount(arena, column, narrow, places, &out->number) ||
           refuse(refusal, DIAG_IMPORT_NOT_NUMBER, narrow,
                  places == 0   ? "1"
                  : places == 1 ? "0.1"
                                : "0.01");
}

static bool parse_year(Arena *arena, const char *narrow, ImportValue *out, ImportRefusal *refusal)
{
    static const char *const ends[] = {"年度", "年"};
    char *text = arena_string(arena, narrow);
    for (size_t i = 0; i < 2; i++) {
        const size_t length = strlen(text), tail = strlen(ends[i]);
        if (length > tail && strcmp(text + length - tail, ends[i]) == 0) {
            text[length - tail] = '\0';
            break;
        }
    }
    out->integer = true;
    return (strlen(text) == 4 && strspn(text, "0123456789") == 4 && fixed_parse(text, 0, &out->number, NULL)) ||
           refuse(refusal, DIAG_IMPORT_NOT_YEAR, narrow, NULL);
}

static bool parse_date(Arena *arena, const char *narrow, ImportValue *out, ImportRefusal *refusal)
{
    char date[11];
    if (!import_parse_date(narrow, date))
        return refuse(refusal, DIAG_IMPORT_NOT_DATE, narrow, NULL);
    out->text = arena_string(arena, date);
    return true;
}

static bool parse_time(Arena *arena, const char *narrow, ImportValue *out, ImportRefusal *refusal)
{
    char time[6];
    if (!import_parse_time(narrow, time))
        return refuse(refusal, DIAG_IMPORT_NOT_TIME, narrow, NULL);
    out->text = arena_string(arena, time);
    return true;
}

bool import_parse_value(Arena *arena, const ImportColumn *column, const char *text, ImportValue *out,
                        ImportRefusal *refusal)
{
    *out = (ImportValue){.null = import_is_blank(text)};
    if (out->null)
        return true;
    const char *narrow = import_narrow(arena, text);
    switch (column->kind) {
    case IMPORT_TEXT:
        out->text = import_trim(arena, text);
        return true;
    case IMPORT_CODE:
        out->text = narrow;
        return true;
    case IMPORT_DATE:
        return parse_date(arena, narrow, out, refusal);
    case IMPORT_TIME:
        return parse_time(arena, narrow, out, refusal);
    case IMPORT_YEAR:
        return parse_year(arena, narrow, out, refusal);
    case IMPORT_TENTHS:
        return parse_integer(arena, column, narrow, 1, out, refusal);
    case IMPORT_HUNDREDTHS:
        return parse_integer(arena, column, narrow, 2, out, refusal);
    case IMPORT_NUMBER:
        return parse_integer(arena, column, narrow, 0, out, refusal) &&
               (out->number > 0 || refuse(refusal, DIAG_IMPORT_NOT_NUMBER, narrow, "1"));
    default: /* integers, and the number of a record */
        return parse_integer(arena, column, narrow, 0, out, refusal);
    }
}
