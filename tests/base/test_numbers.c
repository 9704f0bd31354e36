/* Dates and fixed-point numbers, at their limits. */
#include "base/check.h"

#include "base/clock.h"
#include "base/fixed.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* ── dates ── */

static void parses_only_days_that_exist(void **state)
{
    (void)state;
    static const char *const good[] = {"0001-01-01", "1900-02-28", "2000-02-29",
                                       "2024-02-29", "9999-12-31", "2023-11-30"};
    static const char *const bad[] = {"",           "0000-01-01", "1900-02-29", "2023-02-29",  "2100-02-29",
                                      "2024-13-01", "2024-00-10", "2024-04-31", "2024-01-00",  "2024-01-32",
                                      "2024-1-01",  "2024/01/01", "20240101",   "2024-01-011", " 2024-01-1",
                                      "+024-01-01", "2024-01-1 ", "２024-01-1"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        Date date;
        char text[11];
        assert_true(clock_parse_date(good[i], &date));
        clock_format_date(date, text);
        assert_string_equal(text, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Date date = {1, 2, 3};
        if (clock_parse_date(bad[i], &date))
            fail_msg("accepted %s", bad[i]);
        assert_int_equal(date.year, 1);
    }
}

static void known_day_numbers(void **state)
{
    (void)state;
    assert_int_equal(clock_day_number((Date){1970, 1, 1}), 0);
    assert_int_equal(clock_day_number((Date){1969, 12, 31}), -1);
    assert_int_equal(clock_day_number((Date){2000, 3, 1}), 11017);
    assert_int_equal(clock_day_number((Date){1, 1, 1}), -719162);
    assert_int_equal(clock_day_number((Date){9999, 12, 31}), 2932896);
}

static void every_day_follows_the_one_before(void **state)
{
    (void)state;
    Date date = {1, 1, 1};
    for (int32_t day = -719162; day <= 2932896; day++) {
        Date found = clock_from_day_number(day);
        if (found.year != date.year || found.month != date.month || found.day != date.day ||
            clock_day_number(date) != day)
            fail_msg("day %d is not %d-%d-%d", day, date.year, date.month, date.day);
        if (++date.day > clock_days_in_month(date.year, date.month)) {
            date.day = 1;
            if (++date.month > 12) {
                date.month = 1;
                date.year++;
            }
        }
    }
}

static void extreme_day_numbers_survive(void **state)
{
    (void)state;
    assert_int_equal(clock_day_number(clock_from_day_number(INT32_MAX)), INT32_MAX);
    assert_int_equal(clock_day_number(clock_from_day_number(INT32_MIN)), INT32_MIN);
}

static void month_lengths(void **state)
{
    (void)state;
    assert_int_equal(clock_days_in_month(1900, 2), 28);
    assert_int_equal(clock_days_in_month(2000, 2), 29);
    assert_int_equal(clock_days_in_month(2024, 2), 29);
    assert_int_equal(clock_days_in_month(2023, 2), 28);
    assert_int_equal(clock_days_in_month(2023, 12), 31);
}

static void wall_clock_can_be_fixed(void **state)
{
    (void)state;
    setenv("SOURCE_DATE_EPOCH", "1234567890", 1);
    assert_int_equal(clock_now(), 1234567890);
    setenv("SOURCE_DATE_EPOCH", "nonsense", 1);
    assert_true(clock_now() > 1234567890);
    unsetenv("SOURCE_DATE_EPOCH");
    assert_true(clock_now() > 1234567890);
    int64_t before = clock_ticks();
    assert_true(clock_ticks() >= before);
    assert_true(clock_cpu() > 0);
}

/* ── fixed point ── */

static void assert_offset(FixedOffset offset, Mpt x, Mpt y)
{
    assert_int_equal(offset.x, x);
    assert_int_equal(offset.y, y);
}

static void directions_go_clockwise_from_the_top(void **state)
{
    (void)state;
    assert_offset(fixed_direction(1000000, 0, 4), 0, -1000000);
    assert_offset(fixed_direction(1000000, 1, 4), 1000000, 0);
    assert_offset(fixed_direction(1000000, 2, 4), 0, 1000000);
    assert_offset(fixed_direction(1000000, -1, 4), -1000000, 0);
    assert_offset(fixed_direction(1000000, 1, 8), 707107, -707107);
    assert_offset(fixed_direction(1000000, 3, 8), 707107, 707107);
    assert_offset(fixed_direction(1000000, 13, 12), 500000, -866025);
    assert_offset(fixed_direction(-1000000, 36000 + 6000, 36000), -866025, 500000);
    assert_offset(fixed_direction(1000000, 1, 36000), 175, -1000000);
    for (int64_t part = 0; part < 720; part++) { /* always on the circle */
        const FixedOffset p = fixed_direction(1000000000, part, 720);
        const int64_t square = (int64_t)p.x * p.x + (int64_t)p.y * p.y, off = square / 1000000000 - 1000000000;
        assert_in_range(off + 200, 0, 400);
    }
}

static void multiplies_wide_and_rounds_away_from_zero(void **state)
{
    (void)state;
    assert_int_equal(fixed_mul_div(1, 1, 2), 1);
    assert_int_equal(fixed_mul_div(-1, 1, 2), -1);
    assert_int_equal(fixed_mul_div(1, 1, -2), -1);
    assert_int_equal(fixed_mul_div(-1, -1, 2), 1);
    assert_int_equal(fixed_mul_div(1, 1, 3), 0);
    assert_int_equal(fixed_mul_div(2, 1, 3), 1);
    assert_int_equal(fixed_mul_div(-2, 1, 3), -1);
    assert_int_equal(fixed_mul_div(INT64_MAX, INT64_MAX, INT64_MAX), INT64_MAX);
    assert_int_equal(fixed_mul_div(INT64_MIN, INT64_MIN, INT64_MIN), INT64_MIN);
    assert_int_equal(fixed_mul_div(INT64_MIN, 1, 1), INT64_MIN);
    assert_int_equal(fixed_mul_div(INT64_MIN, -1, 1), INT64_MAX); /* the nearest limit */
    assert_int_equal(fixed_mul_div(INT64_MAX, 2, 1), INT64_MAX);
    assert_int_equal(fixed_mul_div(INT64_MAX, -2, 1), INT64_MIN);
}

static void millimetres(void **state)
{
    (void)state;
    assert_int_equal(fixed_from_micrometre(25400), FIXED_PT(72));
    assert_int_equal(fixed_from_micrometre(210000), 595276); /* A4: 595.2756 pt */
    assert_int_equal(fixed_from_micrometre(-210000), -595276);
    assert_int_equal(fixed_from_micrometre(0), 0);
    assert_int_equal(fixed_from_micrometre(INT64_MAX), INT32_MAX);
    assert_int_equal(fixed_from_micrometre(INT64_MIN), INT32_MIN);
}

static void assert_parses(const char *text, int places, int64_t expected)
{
    int64_t value = 0;
    if (!fixed_parse(text, places, &value, NULL))
        fail_msg("refused %s", text);
    assert_int_equal(value, expected);
}

static void parses_numbers(void **state)
{
    (void)state;
    assert_parses("12", 0, 12);
    assert_parses("12", 2, 1200);
    assert_parses("-0.5", 2, -50);
    assert_parses("+3.125", 2, 313);
    assert_parses("-3.125", 2, -313);
    assert_parses("3.1249999999999999999999999", 2, 312);
    assert_parses("0.5", 0, 1);
    assert_parses("-0.5", 0, -1);
    assert_parses("0.4999", 0, 0);
    assert_parses("000000000000000000000000000001", 0, 1);
    assert_parses("9223372036854775807", 0, INT64_MAX);
    assert_parses("-9223372036854775808", 0, INT64_MIN);
    assert_parses("92233720368547758.07", 2, INT64_MAX);
    assert_parses("9223372036854775807.4", 0, INT64_MAX);
    static const char *const bad[] = {"",
                                      "-",
                                      ".5",
                                      "5.",
                                      "1e3",
                                      " 1",
                                      "1 ",
                                      "--1",
                                      "1,5",
                                      "0x1",
                                      "1.2.3",
                                      "９",
                                      "+-1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "9223372036854775807.5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t value;
        if (fixed_parse(bad[i], 0, &value, NULL))
            fail_msg("accepted %s", bad[i]);
    }
    int64_t value;
    assert_false(fixed_parse("92233720368547758.08", 2, &value, NULL));
    assert_false(fixed_parse("9223372036854775807", 1, &value, NULL));
}

static void parses_a_prefix(void **state)
{
    (void)state;
    const char *end;
    int64_t value;
    assert_true(fixed_parse("12.5mm", 3, &value, &end));
    assert_int_equal(value, 12500);
    assert_string_equal(end, "mm");
    assert_true(fixed_parse("7.x", 0, &value, &end));
    assert_string_equal(end, ".x");
    assert_true(fixed_parse("1.23456pt", 2, &value, &end));
    assert_int_equal(value, 123);
    assert_string_equal(end, "pt");
}

static void assert_formats(int64_t value, int places, int digits, const char *expected)
{
    char text[32];
    fixed_format(value, places, digits, text);
    assert_string_equal(text, expected);
}

static void formats_numbers(void **state)
{
    (void)state;
    assert_formats(9550, 2, 2, "95.50");
    assert_formats(9550, 2, 1, "95.5");
    assert_formats(9550, 2, 0, "96");
    assert_formats(-9550, 2, 0, "-96");
    assert_formats(9549, 2, 0, "95");
    assert_formats(9999, 2, 1, "100.0");
    assert_formats(5, 2, 2, "0.05");
    assert_formats(-5, 2, 2, "-0.05");
    assert_formats(-4, 2, 1, "0.0"); /* no minus before nothing */
    assert_formats(0, 0, 0, "0");
    assert_formats(7, 0, 3, "7.000");
    assert_formats(75, 1, 3, "7.500");
    assert_formats(INT64_MAX, 0, 9, "9223372036854775807.000000000");
    assert_formats(INT64_MIN, 0, 9, "-9223372036854775808.000000000");
    assert_formats(INT64_MIN, 18, 9, "-9.223372037");
    assert_formats(INT64_MIN, 18, 0, "-9");
}

/* No locale may change a number; make build-tests brings this one. */
static void decimal_comma_changes_nothing(void **state)
{
    (void)state;
    assert_non_null(setlocale(LC_ALL, "de_DE.UTF-8"));
    assert_formats(9550, 2, 2, "95.50");
    assert_parses("95.5", 2, 9550);
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_only_days_that_exist),
        cmocka_unit_test(known_day_numbers),
        cmocka_unit_test(every_day_follows_the_one_before),
        cmocka_unit_test(extreme_day_numbers_survive),
        cmocka_unit_test(month_lengths),
        cmocka_unit_test(wall_clock_can_be_fixed),
        cmocka_unit_test(directions_go_clockwise_from_the_top),
        cmocka_unit_test(multiplies_wide_and_rounds_away_from_zero),
        cmocka_unit_test(millimetres),
        cmocka_unit_test(parses_numbers),
        cmocka_unit_test(parses_a_prefix),
        cmocka_unit_test(formats_numbers),
        cmocka_unit_test(decimal_comma_changes_nothing),
    };
    return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
