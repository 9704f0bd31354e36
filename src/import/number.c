/* Numbers of a workbook: doubles written in decimal, of which a spreadsheet shows and means 15 digits. Read as digits, never as doubles, so
 * that 0.30000000000000004 is 0.3 here as it is on the clerk's screen. */
#include "import/xlsx_int.h"

#include "base/clock.h"
#include "base/fixed.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 15, EXPONENT_MAX = 30, DAY_SECONDS = 86400 };

typedef struct Decimal {
    bool negative;
    char digits[DIGITS + 2]; /* significant ones; room for the one that rounds */
    int count;
    int point; /* how many of them stand before the point; may be negative */
} Decimal;

static bool parse_decimal(const char *text, Decimal *out)
{
    bool point = false, any = false;
    *out = (Decimal){.negative = *text == '-'};
    for (text += *text == '-' || *text == '+'; isdigit((unsigned char)*text) || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        any = true;
        out->point += !point && (out->count > 0 || *text != '0');
        out->point -= point && out->count == 0 && *text == '0';
        if ((out->count > 0 || *text != '0') && out->count <= DIGITS)
            out->digits[out->count++] = *text;
    }
    if (any && (*text == 'e' || *text == 'E')) {
        char *end;
        const long exponent = strtol(text + 1, &end, 10);
        if (end == text + 1 || exponent > 400 || exponent < -400)
            return false;
        out->point += (int)exponent;
        text = end;
    }
    return any && *text == '\0';
}

/* To 15 digits, half up, trailing zeros off. */
static void round_decimal(Decimal *d)
{
    if (d->count > DIGITS) {
        d->count = DIGITS;
        if (d->digits[DIGITS] >= '5') {
            int at = DIGITS - 1;
            while (at >= 0 && d->digits[at] == '9')
                d->digits[at--] = '0';
            if (at >= 0) {
                d->digits[at]++;
            } else {
                d->digits[0] = '1'; /* the rest are zeros */
                d->point++;
            }
        }
    }
    while (d->count > 0 && d->digits[d->count - 1] == '0')
        d->count--;
}

const char *import_plain_number(Arena *arena, const char *text)
{
    Decimal d;
    if (!parse_decimal(text, &d))
        return NULL;
    round_decimal(&d);
    if (d.count == 0 || d.point < -EXPONENT_MAX)
        return "0";
    if (d.point > EXPONENT_MAX)
        return NULL;
    char *out = arena_alloc(arena, 2 * EXPONENT_MAX + DIGITS + 8), *at = out;
    if (d.negative)
        *at++ = '-';
    if (d.point <= 0)
        *at++ = '0';
    for (int i = d.point < 0 ? d.point : 0; i < d.count || i < d.point; i++) {
        if (i == d.point || (i == 0 && d.point == 0) || (i < 0 && i == d.point))
            *at++ = '.';
        *at++ = i >= 0 && i < d.count ? d.digits[i] : '0';
    }
    *at = '\0';
    return out;
}

const char *import_serial_date(Arena *arena, const char *text, bool date1904)
{
    /* Day numbers of 1970-01-01, and the last day of year 9999 (18.17.4.1). The system of 1900 has a 29 February 1900, number 60, that never was. */
    enum { EPOCH_1900 = 25569, EPOCH_1904 = 24107, LAST_1900 = 2958465, NO_DAY = 60 };
    const int64_t last = date1904 ? LAST_1900 - (EPOCH_1900 - EPOCH_1904) : LAST_1900;
    int64_t value;
    const char *plain = import_plain_number(arena, text);
    if (!plain || !fixed_parse(plain, 9, &value, NULL) || value < 0 || value >= INT64_C(1000000000) * (last + 1))
        return NULL;
    const int64_t seconds = fixed_mul_div(value, DAY_SECONDS, INT64_C(1000000000));
    const int64_t day = seconds / DAY_SECONDS, begun = (seconds % DAY_SECONDS + 30) / 60;
    const int64_t minutes = begun < 24 * 60 ? begun : 24 * 60 - 1; /* the last half minute stays on its day */
    if (value < INT64_C(1000000000))
        return arena_print(arena, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
    if (!date1904 && day == NO_DAY)
        return NULL;
    char date[11];
    const int32_t number = (int32_t)(date1904 ? day - EPOCH_1904 : day - EPOCH_1900 + (day < NO_DAY));
    clock_format_date(clock_from_day_number(number), date);
    return minutes == 0 ? arena_string(arena, date)
                        : arena_print(arena, "%s %02d:%02d", date, (int)(minutes / 60), (int)(minutes % 60));
}
