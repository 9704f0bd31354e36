/* Calendar days of the oracle's own: the proleptic Gregorian calendar, counted from 1970-01-01. */
#ifndef ORACLE_DAY_H
#define ORACLE_DAY_H

/* Before and after every real day. A missing event (never closed, never admitted) is FAR_FUTURE. */
enum { FAR_PAST = -10000000, FAR_FUTURE = 10000000 };

/* A day past the month's end runs over into the next month: 29 February of a common year is 1 March. */
int day_of(int year, int month, int day);
int day_parse(const char *text, int missing); /* YYYY-MM-DD; `missing` for NULL */
/* The same date `years` later (earlier when negative). */
int day_add_years(int day, int years);

#endif
