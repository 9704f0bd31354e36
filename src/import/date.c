/* Dates and times as people write them. Year, month, day in this order, the year with four digits: 2020年12月3日, 2020-12-3, 2020/12/3, 2020.12.3,
 * 20201203, 二〇二〇年十二月三日. What could be read in two ways (3/12/20) is no date. */
#include "import/import_int.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ── numerals ── */

/* 〇–九 as 0–9, 十 as 10; else -1. 廿 and 卅 are written out by nobody in a date of these years, yet cost nothing. */
static int numeral(uint32_t code)
{
    static const uint32_t digits[] = {0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94,
                                      0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5341};
    for (int i = 0; i <= 10; i++)
        if (digits[i] == code)
            return i;
    return code == 0x96F6 || code == 0x25CB || code == 0x25EF ? 0
                                                              : -1; /* 零 and the two circles that are typed for 〇 */
}

/* Up to 99: 三, 十, 十二, 三十, 三十一. False = no such number. */
static bool tens(const int *values, size_t count, int *out)
{
    const int first = count > 0 ? values[0] : -1;
    if (count == 1)
        *out = first;
    else if (count == 2 && first == 10)
        *out = 10 + values[1];
    else if (count == 2 && values[1] == 10)
        *out = first * 10;
    else if (count == 3 && values[1] == 10)
        *out = first * 10 + values[2];
    else
        return false;
    return first >= 0 && (count == 1 || values[count - 1] <= 10) && !(count == 3 && values[2] == 10) &&
           !(count == 2 && first == 10 && values[1] == 10);
}

/* A number in either kind of digits; moves *text past it. `year`: the numerals are digits, one by one. */
static bool read_number(const char **text, bool year, int *out)
{
    int values[8];
    size_t count = 0;
    if (isdigit((unsigned char)**text)) {
        for (*out = 0; isdigit((unsigned char)**text) && count < 8; (*text)++, count++)
            *out = *out * 10 + (**text - '0');
        return year ? count == 4 : count <= 2;
    }
    for (const char *next = *text; *next && count < 8; *text = next) {
        const int value = numeral(utf8_next(&next));
        if (value < 0)
            break;
        values[count++] = value;
    }
    if (!year)
        return tens(values, count, out);
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        if (values[i] == 10)
            return false;
        *out = *out * 10 + values[i];
    }
    return count == 4;
}

static bool skip(const char **text, const char *mark)
{
    const size_t length = strlen(mark);
    if (strncmp(*text, mark, length) != 0)
        return false;
    *text += length;
    return true;
}

static void skip_blanks(const char **text)
{
    while (**text == ' ')
        (*text)++;
}

/* ── dates ── */

/* A spreadsheet adds midnight to a day; any other time does not belong into a date. */
static bool only_midnight(const char *text)
{
    skip_blanks(&text);
    skip(&text, "T");
    if (!*text)
        return true;
    bool digits = false;
    for (; *text; text++) {
        if (*text != '0' && *text != ':' && *text != '.')
            return false;
        digits |= *text == '0';
    }
    return digits;
}

bool import_parse_date(const char *narrow, char out[11])
{
    const char *at = narrow;
    Date date;
    if (strlen(narrow) == 8 && strspn(narrow, "0123456789") == 8) {
        char iso[11];
        snprintf(iso, sizeof iso, "%.4s-%.2s-%.2s", narrow, narrow + 4, narrow + 6);
        memcpy(out, iso, sizeof iso);
        return clock_parse_date(iso, &date);
    }
    static const char *const marks[][2] = {{"年", "月"}, {"-", "-"}, {"/", "/"}, {".", "."}};
    if (!read_number(&at, true, &date.year))
        return false;
    size_t style = 0;
    skip_blanks(&at);
    while (style < 4 && !skip(&at, marks[style][0]))
        style++;
    skip_blanks(&at);
    if (style == 4 || !read_number(&at, false, &date.month))
        return false;
    skip_blanks(&at);
    if (!skip(&at, marks[style][1]))
        return false;
    skip_blanks(&at);
    if (!read_number(&at, false, &date.day))
        return false;
    skip_blanks(&at);
    if (style == 0 && !skip(&at, "日"))
        skip(&at, "号");
    if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > clock_days_in_month(date.year, date.month) || !only_midnight(at))
        return false;
    clock_format_date(date, out);
    return true;
}

/* ── times ── */

bool import_parse_time(const char *narrow, char out[6])
{
    const char *at = narrow;
    const bool morning = skip(&at, "上午"), afternoon = !morning && (skip(&at, "下午") || skip(&at, "晚上"));
    int hour, minute = 0;
    skip_blanks(&at);
    if (!read_number(&at, false, &hour))
        return false;
    if (skip(&at, ":")) {
        if (!read_number(&at, false, &minute))
            return false;
        skip(&at, ":00");
    } else if (skip(&at, "时") || skip(&at, "点")) {
        if (skip(&at, "半"))
            minute = 30;
        else if (*at && strcmp(at, "整") != 0 && !(read_number(&at, false, &minute) && (skip(&at, "分") || !*at)))
            return false;
        skip(&at, "整");
    } else {
        return false;
    }
    if ((morning || afternoon) && (hour > 12 || hour < 1))
        return false;
    hour += afternoon && hour < 12 ? 12 : 0;
    if (*at || hour > 23 || minute > 59)
        return false;
    const char text[] = {(char)('0' + hour / 10),   (char)('0' + hour % 10),   ':',
                         (char)('0' + minute / 10), (char)('0' + minute % 10), '\0'};
    memcpy(out, text, sizeof text);
    return true;
}
