/* Fixed point: scores are hundredths, lengths are 1/1000 pt, both integers, so that rows add up to the total printed under
 * them and no locale or rounding mode can change a page. */
#ifndef BASE_FIXED_H
#define BASE_FIXED_H

#include <stdbool.h>
#include <stdint.h>

/* Length in 1/1000 pt (1 pt = 1/72 inch). int32 reaches ±2147 m, far over PDF's 14,400 pt page. */
typedef int32_t Mpt;

#define FIXED_PT(n) ((Mpt)((n)*1000))
/* Millimetres × 1000 to mpt, rounded half away from zero: 25.4 mm = 72 pt. */
Mpt fixed_from_micrometre(int64_t micrometre);

/* a * b / c rounded half away from zero, with 128-bit intermediate; c must not be 0. A result out of
 * range becomes the nearest limit. */
int64_t fixed_mul_div(int64_t a, int64_t b, int64_t c);

/* The offset (x right, y down) of the point at `length` in the direction that is part/whole of a circle clockwise from the
 * top; exact to 10^-7 of the length. whole > 0, up to 10^9; part may be any integer of that size. */
typedef struct FixedOffset {
    Mpt x, y;
} FixedOffset;
FixedOffset fixed_direction(Mpt length, int64_t part, int64_t whole);

/* Parses an optionally signed decimal ("12", "-0.5", "3.125") into value × 10^places, half away from zero. *end (may be
 * NULL) is set past the number; with end NULL the whole string must be the number. False: not a number, or overflow. */
bool fixed_parse(const char *text, int places, int64_t *out, const char **end);

/* Writes value / 10^places with exactly `digits` decimals (half away from zero), no locale; never "-0". places at
 * most 18, digits at most 9; out holds at least 32 bytes. */
void fixed_format(int64_t value, int places, int digits, char out[32]);

#endif
