/* Dates are inputs: proleptic Gregorian civil dates as day numbers, no time zone, no locale. The wall clock is read only
 * by clock_now and clock_ticks, for logs and progress, never for anything that reaches a PDF. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Date {
    int year, month, day;
} Date;

bool clock_parse_date(const char *iso, Date *out); /* exactly YYYY-MM-DD and a day that exists; years 1–9999 */
void clock_format_date(Date date, char out[11]);   /* YYYY-MM-DD */
int32_t clock_day_number(Date date);               /* days since 1970-01-01 */
Date clock_from_day_number(int32_t day);
int clock_days_in_month(int year, int month);

int64_t clock_now(void);   /* seconds since 1970, SOURCE_DATE_EPOCH when set */
int64_t clock_ticks(void); /* monotonic nanoseconds */
int64_t clock_cpu(void);   /* CPU nanoseconds of this process */

#endif
