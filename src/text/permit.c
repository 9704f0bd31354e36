/* Phase permit: how willingly a line ends before each item.
 *
 * First UAX #14; then what clreq (#prohibition_rules_for_line_start_end) adds by level; then what is kept whole where the measure
 * allows: numbers with their units, dates, document numbers (#h-digits_and_their_prefix_and_suffix); and last the rule that the
 * last line has at least two characters besides punctuation (#adjustments_of_orphans_and_widows). */
#include "text/set_int.h"
#include "text/uax14.h"

#include <unicode/uchar.h>

/* ── UAX #14 ── */

/* A prohibition of UAX #14 that stands inside a word is softer than one about marks: a word too wide for the measure breaks
 * between letters rather than before a comma. */
static BreakLevel prohibition(const Item *before, const Item *item)
{
    bool letters = before->flags & (ITEM_WESTERN | ITEM_HAN) && item->flags & (ITEM_WESTERN | ITEM_HAN);
    bool after_mark = item->flags & ITEM_WESTERN && before->line_class != U_LB_OPEN_PUNCTUATION &&
                      before->line_class != U_LB_QUOTATION && before->line_class != U_LB_GLUE &&
                      before->line_class != U_LB_WORD_JOINER;
    return letters || after_mark ? BREAK_SOFT : BREAK_HARD;
}

static void permit_unicode(Setter *s)
{
    Uax14 state;
    text_uax14_begin(&state);
    for (size_t i = 0; i < s->count; i++) {
        Item *item = &s->items[i];
        if (item->flags & ITEM_REST) {
            item->level = BREAK_NEVER;
            continue;
        }
        int after = i + 1 < s->count ? s->items[i + 1].line_class : UAX14_END;
        bool wide = item->flags & (ITEM_HAN | ITEM_CHINESE);
        bool breaks = text_uax14_next(&state, item->line_class, wide, after);
        if (i > 0 && s->items[i - 1].flags & ITEM_NEWLINE)
            item->level = BREAK_MUST;
        else if (i > 0)
            item->level = (uint8_t)(breaks ? BREAK_OK : prohibition(&s->items[i - 1], item));
    }
}

/* ── prohibitions ── */

static bool prohibited_at_start(const Item *item, TextBreakRule rule)
{
    switch ((CharsKind)item->kind) {
    case CHARS_COMMA:
    case CHARS_STOP:
    case CHARS_CLOSE:
    case CHARS_INTERPUNCT:
    case CHARS_CONNECTOR:
    case CHARS_SOLIDUS:
        return true;
    case CHARS_DASH:
    case CHARS_ELLIPSIS:
        return rule == TEXT_BREAK_STRICT;
    case CHARS_OPEN:
    case CHARS_OTHER:
        break;
    }
    return false;
}

static bool prohibited_at_end(const Item *item, TextBreakRule rule)
{
    return item->kind == CHARS_OPEN ||
           (item->kind == CHARS_SOLIDUS && (rule == TEXT_BREAK_GB || rule == TEXT_BREAK_STRICT));
}

/* The two halves of —— and …… (of each two, where more follow one another). */
static bool inside_pair(const Setter *s, size_t i)
{
    const Item *item = &s->items[i];
    if ((item->kind != CHARS_DASH && item->kind != CHARS_ELLIPSIS) || item->code != item[-1].code)
        return false;
    size_t first = i;
    while (first > 0 && s->items[first - 1].code == item->code && i - first < 64)
        first--;
    return (i - first) % 2 == 1;
}

/* Without prohibition (none) only what no rule may split stays whole: words, and the pairs. */
static BreakLevel without_prohibition(const Item *item)
{
    bool han = (item->flags | item[-1].flags) & ITEM_HAN;
    bool chinese = (item->flags | item[-1].flags) & ITEM_CHINESE || (han && (item->mark >= 0 || item[-1].mark >= 0));
    bool space = item->flags & ITEM_SPACE || item->line_class == U_LB_WORD_JOINER ||
                 item[-1].line_class == U_LB_WORD_JOINER || item->line_class == U_LB_GLUE ||
                 item[-1].line_class == U_LB_GLUE;
    return chinese && !space && item->level == BREAK_HARD ? BREAK_OK : (BreakLevel)item->level;
}

static void permit_chinese(Setter *s)
{
    TextBreakRule rule = s->paragraph->rule;
    const Item *seen = s->items; /* the last that is no space: spaces hang, so it ends the line */
    for (size_t i = 1; i < s->count; i++) {
        Item *item = &s->items[i];
        if (!(item[-1].flags & ITEM_SPACE))
            seen = item - 1;
        if (item->level == BREAK_NEVER || item->level == BREAK_MUST || item->flags & ITEM_NEWLINE)
            continue;
        if (inside_pair(s, i))
            item->level = BREAK_NEVER;
        else if (rule == TEXT_BREAK_NONE)
            item->level = (uint8_t)without_prohibition(item);
        else if (prohibited_at_start(item, rule) || prohibited_at_end(seen, rule))
            item->level = BREAK_HARD;
    }
}

/* ── kept whole ── */

static bool is_digit(const Item *item)
{
    return item->line_class == U_LB_NUMERIC;
}

/* Letters that count or measure when they follow a number. */
static bool is_unit(uint32_t code)
{
    return chars_among(
        u"年月日号时分秒点次个名人项条件元角份家户村镇乡级度岁天周季期届批场篇章节款类种位组处所部台套辆座"
        u"公里米厘毫吨克斤亩平顷倍成折页行字课票步轮支队样块根例起宗笔成",
        code);
}

/* Units of two letters: 人次, 个月, 公里. */
static bool is_unit_pair(uint32_t first, uint32_t second)
{
    static const uint16_t pairs[] = u"人次个月公里公斤公顷公分千米千克厘米毫米平方平米方米立方小时分钟周年学年年度月份"
                                    u"季度亩地学时课时人天户次村次场次件次";
    for (size_t i = 0; pairs[i]; i += 2) {
        if (pairs[i] == first && pairs[i + 1] == second)
            return true;
    }
    return false;
}

static bool is_multiplier(uint32_t code)
{
    return code == 0x5341 /* 十 */ || code == 0x767E /* 百 */ || code == 0x5343 /* 千 */ || code == 0x4E07 /* 万 */ ||
           code == 0x4EBF /* 亿 */ || code == 0x4F59 /* 余 */ || code == 0x591A /* 多 */;
}

/* What stands before a number and belongs to it: 第, № and comparison signs. */
static bool is_number_prefix(uint32_t code)
{
    return code == 0x7B2C || code == 0x2116 || (code >= 0x2260 && code <= 0x2267) || code == 0x2248 || code == '<' ||
           code == '>' || code == 0xFF1C || code == 0xFF1E || code == 0xFF0B || code == 0xFFE5;
}

/* Item i, or the multipliers before it (万), follow a digit. */
static bool is_counted(const Setter *s, size_t i)
{
    size_t back = i - 1;
    while (back > 0 && i - back < 4 && is_multiplier(s->items[back].code))
        back--;
    return is_digit(&s->items[back]);
}

/* The code of an item, 0 past the end. */
static uint32_t code_at(const Setter *s, size_t i)
{
    return i < s->count ? s->items[i].code : 0;
}

/* 2020年, 30万元, 12人次, 第3, ≥80%, 〔2020〕1号, 〔2020〕第1号. */
static bool belongs_together(const Setter *s, size_t i)
{
    const Item *item = &s->items[i], *before = item - 1;
    if (is_digit(item))
        return is_number_prefix(before->code) || before->code == 0x3015 ||
               (before->flags & ITEM_HAN && is_digit(before)); /* full-width digits */
    if (item->code == 0x7B2C /* 第 */)
        return before->code == 0x3015 && i + 1 < s->count && is_digit(&s->items[i + 1]);
    if (is_counted(s, i))
        return is_unit(item->code) || is_multiplier(item->code) || is_unit_pair(item->code, code_at(s, i + 1));
    return i > 1 && is_counted(s, i - 1) && is_unit_pair(before->code, item->code);
}

/* Between 年 and the month of a date, 月 and its day. */
static bool is_inside_date(const Setter *s, size_t i)
{
    uint32_t before = s->items[i - 1].code;
    if ((before != 0x5E74 /* 年 */ && before != 0x6708 /* 月 */) || i < 2 || !is_digit(&s->items[i]) ||
        !is_digit(&s->items[i - 2]))
        return false;
    size_t end = i + 1;
    while (end < s->count && end < i + 3 && is_digit(&s->items[end]))
        end++;
    return code_at(s, end) == (before == 0x5E74 ? 0x6708u : 0x65E5u) || (before == 0x6708 && code_at(s, end) == 0x53F7);
}

/* "5 km": a number, a space, a Latin unit of at most three letters. */
static bool is_spaced_unit(const Setter *s, size_t i)
{
    if (i < 2 || s->items[i - 1].code != ' ' || !is_digit(&s->items[i - 2]))
        return false;
    size_t end = i;
    while (end < s->count && s->items[end].line_class == U_LB_ALPHABETIC)
        end++;
    return end > i && end - i <= 3 && (end == s->count || !is_digit(&s->items[end]));
}

static void permit_whole(Setter *s)
{
    for (size_t i = 1; i < s->count; i++) {
        if (s->items[i].level != BREAK_OK)
            continue;
        if (belongs_together(s, i) || is_spaced_unit(s, i))
            s->items[i].level = BREAK_SOFT;
        else if (is_inside_date(s, i))
            s->items[i].level = BREAK_DATE;
    }
}

/* ── last lines ── */

static bool is_character(const Item *item)
{
    return !(item->flags & (ITEM_SPACE | ITEM_NEWLINE | ITEM_REST)) && item->kind == CHARS_OTHER && item->gid;
}

/* No line begins at the last character of a forced line, so that its last line has two besides punctuation. Where the measure
 * is narrower than two, the level lets it. */
static void keep_last_line(Setter *s)
{
    int characters = 0;
    for (size_t i = s->count; i-- > 1;) {
        Item *item = &s->items[i];
        if (item->flags & ITEM_NEWLINE)
            characters = 0;
        else
            characters += is_character(item);
        if (characters < 2 && (item->level == BREAK_OK || item->level == BREAK_DATE))
            item->level = BREAK_SOFT;
    }
}

void text_set_permit(Setter *s)
{
    permit_unicode(s);
    permit_chinese(s);
    permit_whole(s);
    keep_last_line(s);
}
