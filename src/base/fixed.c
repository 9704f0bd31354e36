/* Fixed-point arithmetic and its decimal text, on integers only. No state. */
#include "base/fixed.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

__extension__ typedef unsigned __int128 Wide;

static uint64_t magnitude_of(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* Signs a magnitude; values out of range become the nearest limit. */
static int64_t apply_sign(Wide magnitude, bool negative)
{
    if (negative)
        return magnitude > INT64_MAX ? INT64_MIN : -(int64_t)magnitude;
    return magnitude > INT64_MAX ? INT64_MAX : (int64_t)magnitude;
}

int64_t fixed_mul_div(int64_t a, int64_t b, int64_t c)
{
    assert(c != 0);
    uint64_t divisor = magnitude_of(c);
    const bool negative = ((a < 0) ^ (b < 0) ^ (c < 0)) != 0;
    uint64_t small;
    if (!__builtin_mul_overflow(magnitude_of(a), magnitude_of(b), &small) && small <= UINT64_MAX - divisor / 2)
        return apply_sign((small + divisor / 2) / divisor, negative); /* nearly always, and many times as fast */
    Wide product = (Wide)magnitude_of(a) * magnitude_of(b);
    return apply_sign((product + divisor / 2) / divisor, negative);
}

Mpt fixed_from_micrometre(int64_t micrometre)
{
    int64_t mpt = fixed_mul_div(micrometre, 360, 127); /* 72 / 25.4 */
    return mpt > INT32_MAX ? INT32_MAX : mpt < INT32_MIN ? INT32_MIN : (Mpt)mpt;
}

/* ── directions ── */

enum { ONE = 1 << 30 /* fixed point of sine and cosine */ };

/* Sine and cosine of 0 … π/4 by their series, exact to 10^-7: no library's rounding reaches the page. */
static int64_t times(int64_t a, int64_t b)
{
    return a * b / ONE;
}

static int64_t sine(int64_t a)
{
    const int64_t square = times(a, a);
    return times(a, ONE - times(square, ONE - times(square, ONE - times(square, ONE - square / 72) / 42) / 20) / 6);
}

static int64_t cosine(int64_t a)
{
    const int64_t square = times(a, a);
    return ONE - times(square, ONE - times(square, ONE - times(square, ONE - square / 56) / 30) / 12) / 2;
}

/* By octants, of which the odd ones run backwards. */
FixedOffset fixed_direction(Mpt length, int64_t part, int64_t whole)
{
    assert(whole > 0);
    const int64_t quarter_pi = INT64_C(843314857); /* π/4 × 2^30 */
    const int64_t within = (part % whole + whole) % whole;
    const int64_t octant = within * 8 / whole, rest = within * 8 % whole;
    const int64_t along = quarter_pi * rest / whole;
    const int64_t angle = octant % 2 ? quarter_pi - along : along;
    const int64_t small = fixed_mul_div(length, sine(angle), ONE), large = fixed_mul_div(length, cosine(angle), ONE);
    const bool steep = octant % 4 == 0 || octant % 4 == 3; /* nearer to the vertical */
    Mpt x = (Mpt)(steep ? small : large), y = (Mpt)(steep ? large : small);
    if (octant % 4 < 2)
        y = -y;
    return octant < 4 ? (FixedOffset){x, y} : (FixedOffset){-x, -y};
}

/* ── decimal text ── */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool push_digit(uint64_t *value, int digit, uint64_t limit)
{
    if (*value > (limit - (uint64_t)digit) / 10)
        return false;
    *value = *value * 10 + (uint64_t)digit;
    return true;
}

bool fixed_parse(const char *text, int places, int64_t *out, const char **end)
{
    bool negative = *text == '-';
    uint64_t limit = (uint64_t)INT64_MAX + negative;
    uint64_t value = 0;
    if (*text == '-' || *text == '+')
        text++;
    if (!is_digit(*text))
        return false;
    for (; is_digit(*text); text++)
        if (!push_digit(&value, *text - '0', limit))
            return false;
    bool fraction = text[0] == '.' && is_digit(text[1]);
    text += fraction;
    for (int i = 0; i < places; i++) {
        bool has_digit = fraction && is_digit(*text);
        if (!push_digit(&value, has_digit ? *text++ - '0' : 0, limit))
            return false;
    }
    if (fraction && *text >= '5' && *text <= '9') {
        if (value == limit)
            return false;
        value++;
    }
    while (fraction && is_digit(*text))
        text++;
    if (end)
        *end = text;
    else if (*text)
        return false;
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

void fixed_format(int64_t value, int places, int digits, char out[32])
{
    assert(places >= 0 && places <= 18 && digits >= 0 && digits <= 9);
    uint64_t magnitude = magnitude_of(value);
    bool round_up = false;
    for (int i = places; i > digits; i--) {
        round_up = magnitude % 10 >= 5; /* the last digit dropped decides */
        magnitude /= 10;
    }
    magnitude += round_up;
    /* Written backwards: at most 19 digits, 9 zeros, a point, a sign and the NUL. */
    bool negative = value < 0 && magnitude > 0;
    char text[32], *at = text + sizeof text;
    *--at = '\0';
    for (int digit = 0; magnitude > 0 || digit <= digits; digit++) {
        if (digit == digits && digits > 0)
            *--at = '.';
        if (digit < digits - places) {
            *--at = '0';
            continue;
        }
        *--at = (char)('0' + magnitude % 10);
        magnitude /= 10;
    }
    if (negative)
        *--at = '-';
    memcpy(out, at, (size_t)(text + sizeof text - at));
}
