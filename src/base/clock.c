/* Dates by arithmetic on day numbers; the only state is the system's clocks. */
#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* In a calendar whose years begin on 1 March a leap day comes last, so that the days before a month follow from one linear
 * formula, (153 * month + 2) / 5, and the 400-year cycle has always 146,097 days. 719,468 is 1970-01-01 counted from
 * 0000-03-01. */
enum { CYCLE_DAYS = 146097, EPOCH = 719468 };

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int clock_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static bool parse_digits(const char *text, size_t count, int *out)
{
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

bool clock_parse_date(const char *iso, Date *out)
{
    Date date;
    if (strlen(iso) != 10 || iso[4] != '-' || iso[7] != '-')
        return false;
    if (!parse_digits(iso, 4, &date.year) || !parse_digits(iso + 5, 2, &date.month) ||
        !parse_digits(iso + 8, 2, &date.day))
        return false;
    if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > clock_days_in_month(date.year, date.month))
        return false;
    *out = date;
    return true;
}

static void write_digits(char *out, int count, int value)
{
    for (int i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void clock_format_date(Date date, char out[11])
{
    write_digits(out, 4, date.year);
    write_digits(out + 5, 2, date.month);
    write_digits(out + 8, 2, date.day);
    out[4] = out[7] = '-';
    out[10] = '\0';
}

int32_t clock_day_number(Date date)
{
    int64_t year = date.month > 2 ? date.year : date.year - 1;
    int64_t cycle = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_cycle = year - cycle * 400;
    int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    return (int32_t)(cycle * CYCLE_DAYS + day_of_cycle - EPOCH);
}

Date clock_from_day_number(int32_t day)
{
    int64_t shifted = (int64_t)day + EPOCH;
    int64_t cycle = (shifted >= 0 ? shifted : shifted - (CYCLE_DAYS - 1)) / CYCLE_DAYS;
    int64_t day_of_cycle = shifted - cycle * CYCLE_DAYS;
    /* Take out the leap days (each 4 years but 100 but 400) to divide by 365. */
    int64_t year_of_cycle =
        (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 - day_of_cycle / (CYCLE_DAYS - 1)) / 365;
    int64_t day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    bool next_year = month >= 10;
    return (Date){
        .year = (int)(cycle * 400 + year_of_cycle + next_year),
        .month = (int)(next_year ? month - 9 : month + 3),
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

int64_t clock_now(void)
{
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    if (fixed && *fixed) {
        char *end;
        errno = 0;
        long long seconds = strtoll(fixed, &end, 10);
        if (*end == '\0' && errno == 0)
            return seconds;
    }
    return (int64_t)time(NULL);
}

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_ticks(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_cpu(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}
