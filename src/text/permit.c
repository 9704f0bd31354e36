/* Phase permit: how willingly a line ends before each item.
 *
 * First UAX #14; then what clreq 3.1.9 (prohibition rules for line start and line end) adds by level; then what is kept whole
 * where the measure allows: numbers with their units, dates, document numbers (clreq 3.2.2); and last the rule that the last
 * line has at least two characters besides punctuation. */
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

/* ── clreq 3.1.9 ── */

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
    bool chinese = (item->flags | item[-1].flags) & ITEM_CHINESE;
    bool space = item->flags & ITEM_SPACE || item->line_class == U_LB_WORD_JOINER ||
                 item[-1].line_class == U_LB_WORD_JOINER || item->line_class == U_LB_GLUE ||
                 item[-1].line_class == U_LB_GLUE;
    return chinese && !space && item->level == BREAK_HARD ? BREAK_OK : (BreakLevel)item->level;
}

static void permit_chinese(Setter *s)
{
    TextBreakRule rule = s->paragraph->rule;
    for (size_t i = 1; i < s->count; i++) {
        Item *item = &s->items[i];
        if (item->level == BREAK_NEVER || item->level == BREAK_MUST || item->flags & ITEM_NEWLINE)
            continue;
        if (inside_pair(s, i))
            item->level = BREAK_NEVER;
        else if (rule == TEXT_BREAK_NONE)
            item->level = (uint8_t)without_prohibition(item);
        else if (prohibited_at_start(item, rule) || prohibited_at_end(item - 1, rule))
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
    static const uint16_t units[] =
        u"年月日号时分秒点次个名人项条件元角份家户村镇乡级度岁天周季期届批场篇章节款类种位组处所部台套辆座"
        u"公里米厘毫吨克斤亩平顷倍成折页行字课票步轮支队样块根例起宗笔成";
    for (size_t i = 0; i + 1 < sizeof units / sizeof *units; i++) {
        if (units[i] == code)
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

/* 2020年, 30万元, 第3, ≥80%, 〔2020〕1号. */
static bool belongs_together(const Setter *s, size_t i)
{
    const Item *item = &s->items[i], *before = item - 1;
    if (is_digit(item))
        return is_number_prefix(before->code) || before->code == 0x3015 ||
               (before->flags & ITEM_HAN && is_digit(before)); /* full-width digits */
    size_t back = i - 1;
    while (back > 0 && i - back < 4 && is_multiplier(s->items[back].code))
        back--;
    bool counted = is_digit(&s->items[back]);
    return counted && (is_unit(item->code) || is_multiplier(item->code));
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
        if (s->items[i].level == BREAK_OK && (belongs_together(s, i) || is_spaced_unit(s, i)))
            s->items[i].level = BREAK_SOFT;
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
        if (characters < 2 && item->level == BREAK_OK)
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
