/* Formats: stored values to printed text, on integers only, so that no locale reaches a page. */
#include "layout/layout.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

enum { WORK_SIZE = 160 }; /* the longest result is a Chinese numeral of 12 digits */

static bool parse_integer(const char *text, int64_t *out)
{
    return !strchr(text, '.') && fixed_parse(text, 0, out, NULL);
}

/* value / 10^places with exactly `digits` decimals. */
static void write_decimal(int64_t value, int places, int digits, char out[WORK_SIZE])
{
    char text[32];
    fixed_format(value, places, digits, text);
    memcpy(out, text, sizeof text);
}

/* The same without trailing zeros and a bare point. */
static void write_trimmed(int64_t value, int places, char out[WORK_SIZE])
{
    write_decimal(value, places, places, out);
    size_t length = strlen(out);
    while (out[length - 1] == '0')
        length--;
    length -= out[length - 1] == '.';
    out[length] = '\0';
}

static void write_signed(int64_t value, char out[WORK_SIZE])
{
    char text[WORK_SIZE];
    write_decimal(value, 2, 2, text);
    const char *sign = value < 0 ? "−" : value > 0 ? "+" : "";
    strcpy(out, sign);
    strcat(out, text + (value < 0));
}

/* Four digits below 10,000. `lead`: something stands before, so that 10 is 一十 and a zero on the left counts; `zero`: a
 * whole group of zeros does. */
static void add_group(unsigned group, bool lead, bool zero, char *out)
{
    static const char *const digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    static const char *const units[] = {"千", "百", "十", ""};
    for (unsigned i = 0, power = 1000; i < 4; i++, power /= 10) {
        const unsigned digit = group / power % 10;
        if (digit == 0) {
            zero |= lead;
            continue;
        }
        if (zero)
            strcat(out, digits[0]);
        if (digit != 1 || power != 10 || lead)
            strcat(out, digits[digit]);
        strcat(out, units[i]);
        zero = false;
        lead = true;
    }
}

/* 22 → 二十二, in groups of four digits; up to 九千九百九十九亿…. */
static bool write_chinese(int64_t value, char out[WORK_SIZE])
{
    static const char *const units[] = {"亿", "万", ""};
    const int64_t limit = INT64_C(1000000000000);
    if (value <= -limit || value >= limit)
        return false;
    int64_t rest = value < 0 ? -value : value, power = 100000000;
    bool lead = false, zero = false;
    strcpy(out, value < 0 ? "负" : value == 0 ? "零" : "");
    for (size_t i = 0; i < 3; i++, rest %= power, power /= 10000) {
        const unsigned group = (unsigned)(rest / power);
        if (group > 0) {
            add_group(group, lead, zero, out);
            strcat(out, units[i]);
        }
        zero = lead && group == 0;
        lead |= group > 0;
    }
    return true;
}

/* 2020-12-03 → 2020年12月3日: no leading zeros (GB/T 9704-2012, 7.3.5.4). */
static bool write_date(const char *text, char out[WORK_SIZE])
{
    Date date;
    if (!clock_parse_date(text, &date))
        return false;
    snprintf(out, WORK_SIZE, "%d年%d月%d日", date.year, date.month, date.day);
    return true;
}

/* One format; `value` is neither NULL nor empty. */
static bool convert(const LayoutPipe *pipe, const char *value, char out[WORK_SIZE])
{
    int64_t number;
    if (pipe->format == LAYOUT_DATE)
        return write_date(value, out);
    if (!parse_integer(value, &number))
        return false;
    switch (pipe->format) {
    case LAYOUT_SCORE:
        write_decimal(number, 2, 2, out);
        return true;
    case LAYOUT_DECIMAL:
        write_decimal(number, pipe->places, pipe->digits, out);
        return true;
    case LAYOUT_AMOUNT:
        write_trimmed(number, 3, out);
        return true;
    case LAYOUT_PERCENT:
        write_trimmed(number, 2, out);
        strcat(out, "%");
        return true;
    case LAYOUT_CHINESE:
        return write_chinese(number, out);
    case LAYOUT_SIGNED:
        write_signed(number, out);
        return true;
    default:
        return false;
    }
}

bool layout_format(const LayoutPipe *pipes, const char *value, Buf *out)
{
    char work[2][WORK_SIZE]; /* a format reads one and writes the other */
    size_t which = 0;
    for (const LayoutPipe *pipe = pipes; pipe; pipe = pipe->next) {
        const bool empty = !value || !*value;
        if (pipe->format == LAYOUT_PLAIN || (pipe->format == LAYOUT_OR) != empty)
            continue;
        if (empty) {
            value = pipe->text;
            continue;
        }
        if (!convert(pipe, value, work[which]))
            return false;
        value = work[which];
        which = 1 - which;
    }
    if (value)
        buf_text(out, value);
    return true;
}
