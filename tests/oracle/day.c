#include "day.h"

#include <stdlib.h>

static int is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_year(int year)
{
    return is_leap(year) ? 366 : 365;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Counted out year by year and month by month: slow, and plainly right. */
int day_of(int year, int month, int day)
{
    int count = day - 1;
    for (int y = 1970; y < year; y++)
        count += days_in_year(y);
    for (int y = year; y < 1970; y++)
        count -= days_in_year(y);
    for (int m = 1; m < month; m++)
        count += days_in_month(year, m);
    return count;
}

int day_parse(const char *text, int missing)
{
    if (!text)
        return missing;
    char *rest;
    long year = strtol(text, &rest, 10);
    long month = strtol(rest + 1, &rest, 10);
    long day = strtol(rest + 1, &rest, 10);
    return day_of((int)year, (int)month, (int)day);
}

int day_add_years(int day, int years)
{
    int year = 1970, month = 1;
    while (day < 0)
        day += days_in_year(--year);
    while (day >= days_in_year(year))
        day -= days_in_year(year++);
    while (day >= days_in_month(year, month))
        day -= days_in_month(year, month++);
    return day_of(year + years, month, day + 1);
}
