/* Formats: stored values to printed text, on integers only, so that no locale reaches a page. */
#include "layout/layout_int.h"

#include "base/clock.h"

#include <inttypes.h>
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

/* 12345 → 12,345; decimals as in write_decimal. */
static void write_thousands(int64_t value, int places, int digits, char out[WORK_SIZE])
{
    char text[WORK_SIZE];
    write_decimal(value, places, digits, text);
    const char *from = text;
    char *to = out;
    if (*from == '-')
        *to++ = *from++;
    for (size_t left = strcspn(from, "."); left > 0; left--) {
        *to++ = *from++;
        if (left > 1 && left % 3 == 1)
            *to++ = ',';
    }
    strcpy(to, from);
}

/* ── Chinese numerals ── */

/* The words: everyday ones, and 大写, which cannot be altered into each other, for money and formal figures. */
typedef struct Numerals {
    const char *digits[10];
    const char *units[4];
    bool bare_ten; /* 10 at the beginning is 十, not 一十 */
} Numerals;

static const Numerals everyday = {
    {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}, {"千", "百", "十", ""}, true};
static const Numerals formal = {
    {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}, {"仟", "佰", "拾", ""}, false};

/* Four digits below 10,000. `lead`: something stands before, so that 10 is 一十 and a zero on the left counts; `zero`: a
 * whole group of zeros does. */
static void add_group(const Numerals *words, unsigned group, bool lead, bool zero, char *out)
{
    for (unsigned i = 0, power = 1000; i < 4; i++, power /= 10) {
        const unsigned digit = group / power % 10;
        if (digit == 0) {
            zero |= lead;
            continue;
        }
        if (zero)
            strcat(out, words->digits[0]);
        if (digit != 1 || power != 10 || lead || !words->bare_ten)
            strcat(out, words->digits[digit]);
        strcat(out, words->units[i]);
        zero = false;
        lead = true;
    }
}

/* 22 → 二十二, in groups of four digits; up to 九千九百九十九亿…. */
static bool write_numeral(const Numerals *words, int64_t value, char out[WORK_SIZE])
{
    static const char *const units[] = {"亿", "万", ""};
    const int64_t limit = INT64_C(1000000000000);
    if (value <= -limit || value >= limit)
        return false;
    int64_t rest = value < 0 ? -value : value, power = 100000000;
    bool lead = false, zero = false;
    strcpy(out, value < 0 ? "负" : value == 0 ? words->digits[0] : "");
    for (size_t i = 0; i < 3; i++, rest %= power, power /= 10000) {
        const unsigned group = (unsigned)(rest / power);
        if (group > 0) {
            add_group(words, group, lead, zero, out);
            strcat(out, units[i]);
        }
        zero = lead && group == 0;
        lead |= group > 0;
    }
    return true;
}

enum { DAXIE_NUMBER, DAXIE_YUAN, DAXIE_FEN, DAXIE_UNITS };
static const char *const daxie_units[DAXIE_UNITS] = {"", "yuan", "fen"}; /* no argument: a number */

/* Hundredths of a yuan, written as on cheques (支付结算办法, annex 1): 整 after a whole yuan only; 零 stands for the 角 that is missing
 * between 元 and 分. */
static bool write_money(int64_t fen, char out[WORK_SIZE])
{
    const int64_t yuan = fen / 100, cents = fen < 0 ? -(fen % 100) : fen % 100;
    strcpy(out, fen < 0 ? "负" : "");
    if (yuan != 0 || cents == 0) {
        if (!write_numeral(&formal, yuan, out))
            return false;
        strcat(out, cents == 0 ? "元整" : "元");
    }
    if (cents >= 10) {
        strcat(out, formal.digits[cents / 10]);
        strcat(out, "角");
    } else if (cents > 0 && yuan != 0) {
        strcat(out, formal.digits[0]);
    }
    if (cents % 10 > 0) {
        strcat(out, formal.digits[cents % 10]);
        strcat(out, "分");
    }
    return true;
}

static bool write_daxie(int unit, int64_t value, char out[WORK_SIZE])
{
    const int64_t limit = INT64_C(1000000000000);
    if (unit == DAXIE_NUMBER)
        return write_numeral(&formal, value, out);
    if (unit == DAXIE_FEN)
        return write_money(value, out);
    return value > -limit && value < limit && write_money(value * 100, out);
}

/* ── dates and durations ── */

/* 二〇二〇年十二月三日: the year digit by digit with 〇, month and day as numerals (GB/T 15835-2011, 4.2). */
static void write_chinese_date(Date date, char out[WORK_SIZE])
{
    char part[WORK_SIZE];
    *out = '\0';
    for (int power = 1000; power > 0; power /= 10) {
        const int digit = date.year / power % 10;
        strcat(out, digit == 0 ? "〇" : everyday.digits[digit]);
    }
    strcat(out, "年");
    write_numeral(&everyday, date.month, part);
    strcat(strcat(out, part), "月");
    write_numeral(&everyday, date.day, part);
    strcat(strcat(out, part), "日");
}

/* A day, or for year-month a month too. */
static bool read_date(LayoutFormat format, const char *text, Date *date)
{
    char day[WORK_SIZE];
    if (format != LAYOUT_YEAR_MONTH || strlen(text) != strlen("2020-12"))
        return clock_parse_date(text, date);
    strcat(strcpy(day, text), "-01");
    return clock_parse_date(day, date);
}

/* 2020-12-03 → 2020年12月3日: no leading zeros (GB/T 9704-2012, 7.3.5.4). */
static bool write_date(LayoutFormat format, const char *text, char out[WORK_SIZE])
{
    Date date;
    if (!read_date(format, text, &date))
        return false;
    switch (format) {
    case LAYOUT_DATE_DOT:
        snprintf(out, WORK_SIZE, "%d.%d.%d", date.year, date.month, date.day);
        break;
    case LAYOUT_YEAR_MONTH:
        snprintf(out, WORK_SIZE, "%d年%d月", date.year, date.month);
        break;
    case LAYOUT_CHINESE_DATE:
        write_chinese_date(date, out);
        break;
    default:
        snprintf(out, WORK_SIZE, "%d年%d月%d日", date.year, date.month, date.day);
    }
    return true;
}

enum { DURATION_SECONDS, DURATION_MINUTES, DURATION_HOURS, DURATION_DAYS, DURATION_TENTHS, DURATION_UNITS };
static const char *const duration_units[DURATION_UNITS] = {
    [DURATION_SECONDS] = "seconds", [DURATION_MINUTES] = "minutes",   [DURATION_HOURS] = "hours",
    [DURATION_DAYS] = "days",       [DURATION_TENTHS] = "tenth-days",
};

/* 小时, 分 and 秒, those that are 0 left out; a 分 alone is 分钟. Hours never become days: a working day has not 24. */
static void write_clock(uint64_t seconds, char *out)
{
    const uint64_t hours = seconds / 3600, minutes = seconds / 60 % 60, rest = seconds % 60;
    if (hours > 0)
        out += sprintf(out, "%" PRIu64 "小时", hours);
    if (minutes > 0 || seconds == 0)
        out += sprintf(out, "%" PRIu64 "%s", minutes, hours > 0 || rest > 0 ? "分" : "分钟");
    if (rest > 0)
        sprintf(out, "%" PRIu64 "秒", rest);
}

static bool write_duration(int unit, int64_t value, char out[WORK_SIZE])
{
    const int64_t limit = INT64_C(1000000000000);
    if (value <= -limit || value >= limit)
        return false;
    const uint64_t amount = (uint64_t)(value < 0 ? -value : value);
    if (value < 0)
        *out++ = '-';
    switch (unit) {
    case DURATION_SECONDS:
        write_clock(amount, out);
        break;
    case DURATION_MINUTES:
        write_clock(amount * 60, out);
        break;
    case DURATION_TENTHS:
        write_trimmed((int64_t)amount, 1, out);
        strcat(out, "天");
        break;
    default:
        sprintf(out, "%" PRIu64 "%s", amount, unit == DURATION_HOURS ? "小时" : "天");
    }
    return true;
}

/* ── maps ── */

/* The text for a value in "a=甲,b=乙,*=其他"; * is for every other value. */
static bool write_mapped(const char *map, const char *value, char out[WORK_SIZE])
{
    const size_t length = strlen(value);
    for (const char *item = map; item;) {
        const char *equal = strchr(item, '='), *end = equal + strcspn(equal, ",");
        const size_t key = (size_t)(equal - item);
        if ((key == length && memcmp(item, value, length) == 0) || (key == 1 && *item == '*')) {
            memcpy(out, equal + 1, (size_t)(end - equal - 1));
            out[end - equal - 1] = '\0';
            return true;
        }
        item = *end ? end + 1 : NULL;
    }
    return false;
}

static bool read_map(const char *map)
{
    for (const char *item = map; item;) {
        const size_t length = strcspn(item, ",");
        const char *equal = memchr(item, '=', length);
        if (!equal || equal == item || length >= WORK_SIZE)
            return false;
        item = item[length] ? item + length + 1 : NULL;
    }
    return map != NULL;
}

/* ── names and arguments ── */

static const struct {
    const char *name, *example;
} formats[LAYOUT_FORMAT_COUNT] = {
    [LAYOUT_PLAIN] = {"plain", "plain"},
    [LAYOUT_SCORE] = {"score", "score"},
    [LAYOUT_DECIMAL] = {"decimal", "decimal:2, decimal:2:1"},
    [LAYOUT_THOUSANDS] = {"thousands", "thousands, thousands:2, thousands:2:1"},
    [LAYOUT_AMOUNT] = {"amount", "amount"},
    [LAYOUT_PERCENT] = {"percent", "percent"},
    [LAYOUT_SIGNED] = {"signed", "signed"},
    [LAYOUT_CHINESE] = {"chinese", "chinese"},
    [LAYOUT_DAXIE] = {"daxie", "daxie, daxie:yuan, daxie:fen"},
    [LAYOUT_ORDINAL] = {"ordinal", "ordinal"},
    [LAYOUT_DATE] = {"date", "date"},
    [LAYOUT_DATE_DOT] = {"date-dot", "date-dot"},
    [LAYOUT_YEAR_MONTH] = {"year-month", "year-month"},
    [LAYOUT_CHINESE_DATE] = {"chinese-date", "chinese-date"},
    [LAYOUT_DURATION] = {"duration", "duration:minutes, :seconds, :hours, :days, :tenth-days"},
    [LAYOUT_MAP] = {"map", "map:1=是,0=否,*=—"},
    [LAYOUT_OR] = {"or", "or:无"},
};

const char *layout_format_name(LayoutFormat format)
{
    return formats[format].name;
}

const char *layout_format_example(LayoutFormat format)
{
    return formats[format].example;
}

/* PLACES or PLACES:DIGITS, each one digit. */
static bool read_places(LayoutPipe *pipe, const char *arguments)
{
    const size_t length = strlen(arguments);
    if ((length != 1 && (length != 3 || arguments[1] != ':')) || arguments[0] < '0' || arguments[0] > '9')
        return false;
    const char digits = arguments[length - 1];
    pipe->places = arguments[0] - '0';
    pipe->digits = digits - '0';
    return digits >= '0' && digits <= '9';
}

static bool read_unit(LayoutPipe *pipe, const char *argument, const char *const *units, int count)
{
    pipe->unit = 0;
    while (pipe->unit < count && (!*argument || strcmp(units[pipe->unit], argument) != 0))
        pipe->unit++;
    return pipe->unit < count;
}

bool layout_format_read(LayoutPipe *pipe, const char *arguments)
{
    pipe->text = arguments;
    switch (pipe->format) {
    case LAYOUT_OR:
        return arguments != NULL;
    case LAYOUT_MAP:
        return read_map(arguments);
    case LAYOUT_DECIMAL:
        return arguments && read_places(pipe, arguments);
    case LAYOUT_THOUSANDS:
        return !arguments || read_places(pipe, arguments);
    case LAYOUT_DAXIE:
        return !arguments || read_unit(pipe, arguments, daxie_units, DAXIE_UNITS);
    case LAYOUT_DURATION:
        return arguments && read_unit(pipe, arguments, duration_units, DURATION_UNITS);
    default:
        return arguments == NULL;
    }
}

/* ── formatting ── */

static bool write_number(const LayoutPipe *pipe, int64_t number, char out[WORK_SIZE])
{
    switch (pipe->format) {
    case LAYOUT_SCORE:
        write_decimal(number, 2, 2, out);
        return true;
    case LAYOUT_DECIMAL:
        write_decimal(number, pipe->places, pipe->digits, out);
        return true;
    case LAYOUT_THOUSANDS:
        write_thousands(number, pipe->places, pipe->digits, out);
        return true;
    case LAYOUT_AMOUNT:
        write_trimmed(number, 3, out);
        return true;
    case LAYOUT_PERCENT:
        write_trimmed(number, 2, out);
        strcat(out, "%");
        return true;
    case LAYOUT_SIGNED:
        write_signed(number, out);
        return true;
    case LAYOUT_CHINESE:
        return write_numeral(&everyday, number, out);
    case LAYOUT_DAXIE:
        return write_daxie(pipe->unit, number, out);
    case LAYOUT_DURATION:
        return write_duration(pipe->unit, number, out);
    case LAYOUT_ORDINAL:
        snprintf(out, WORK_SIZE, "第%" PRId64, number);
        return number > 0;
    default:
        return false;
    }
}

/* One format; `value` is neither NULL nor empty. */
static bool convert(const LayoutPipe *pipe, const char *value, char out[WORK_SIZE])
{
    int64_t number;
    switch (pipe->format) {
    case LAYOUT_DATE:
    case LAYOUT_DATE_DOT:
    case LAYOUT_YEAR_MONTH:
    case LAYOUT_CHINESE_DATE:
        return write_date(pipe->format, value, out);
    case LAYOUT_MAP:
        return write_mapped(pipe->text, value, out);
    default:
        return parse_integer(value, &number) && write_number(pipe, number, out);
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
