/* The rules of UAX #14 in their order, with the numbers of its section 8.2, example 7; see uax14.h. */
#include "text/uax14.h"

#include <unicode/uchar.h>

typedef uint64_t ClassSet;
#define SET1(a)          ((ClassSet)1 << U_LB_##a)
#define SET2(a, b)       (SET1(a) | SET1(b))
#define SET3(a, b, c)    (SET2(a, b) | SET1(c))
#define SET4(a, b, c, d) (SET3(a, b, c) | SET1(d))

static const ClassSet NEWLINES = SET4(MANDATORY_BREAK, CARRIAGE_RETURN, LINE_FEED, NEXT_LINE);
static const ClassSet LETTERS = SET2(ALPHABETIC, HEBREW_LETTER);
static const ClassSet ALNUM = SET3(ALPHABETIC, HEBREW_LETTER, NUMERIC);
static const ClassSet PICTURES = SET3(IDEOGRAPHIC, E_BASE, E_MODIFIER);
static const ClassSet AFFIXES = SET2(PREFIX_NUMERIC, POSTFIX_NUMERIC);
static const ClassSet CLOSERS = SET2(CLOSE_PUNCTUATION, CLOSE_PARENTHESIS);
static const ClassSet LEADING_JAMO = SET1(JL);
static const ClassSet HANGUL = SET4(JL, JV, JT, H2) | SET1(H3);

static bool in(ClassSet set, int c)
{
    return c >= 0 && (set >> c & 1);
}

void text_uax14_begin(Uax14 *state)
{
    *state = (Uax14){.last = UAX14_START, .base = UAX14_START, .before = UAX14_START};
}

/* LB22 to LB30b: pairs without spaces between. */
static bool pair_breaks(const Uax14 *s, int c, bool wide, int after)
{
    int last = s->last;
    if (c == U_LB_INSEPARABLE) /* LB22 */
        return false;
    if ((in(LETTERS, last) && c == U_LB_NUMERIC) || (last == U_LB_NUMERIC && in(LETTERS, c))) /* LB23 */
        return false;
    if ((last == U_LB_PREFIX_NUMERIC && in(PICTURES, c)) || (in(PICTURES, last) && c == U_LB_POSTFIX_NUMERIC)) /* 23a */
        return false;
    if ((in(AFFIXES, last) && in(LETTERS, c)) || (in(LETTERS, last) && in(AFFIXES, c))) /* LB24 */
        return false;
    bool opens = c == U_LB_OPEN_PUNCTUATION || c == U_LB_HYPHEN; /* LB25 */
    if (in(AFFIXES, last) && (c == U_LB_NUMERIC || (opens && after == U_LB_NUMERIC)))
        return false;
    if (in(SET2(OPEN_PUNCTUATION, HYPHEN), last) && c == U_LB_NUMERIC)
        return false;
    if ((s->number == 1 && c == U_LB_NUMERIC) || (s->number && in(AFFIXES, c)))
        return false;
    if (in(LEADING_JAMO, last) && in(SET4(JL, JV, H2, H3), c)) /* LB26 */
        return false;
    if ((in(SET2(JV, H2), last) && in(SET2(JV, JT), c)) || (in(SET2(JT, H3), last) && c == U_LB_JT))
        return false;
    if ((in(HANGUL, last) && c == U_LB_POSTFIX_NUMERIC) || (last == U_LB_PREFIX_NUMERIC && in(HANGUL, c))) /* LB27 */
        return false;
    if ((in(LETTERS, last) || last == U_LB_INFIX_NUMERIC) && in(LETTERS, c)) /* LB28, LB29 */
        return false;
    if (in(ALNUM, last) && c == U_LB_OPEN_PUNCTUATION && !wide) /* LB30 */
        return false;
    if (last == U_LB_CLOSE_PARENTHESIS && !s->wide && in(ALNUM, c))
        return false;
    if (c == U_LB_REGIONAL_INDICATOR && last == c && s->odd_flag) /* LB30a */
        return false;
    return !(last == U_LB_E_BASE && c == U_LB_E_MODIFIER); /* LB30b, LB31 */
}

/* LB4 to LB21b. */
static bool breaks(const Uax14 *s, int c, bool wide, int after)
{
    int last = s->last;
    if (in(NEWLINES, last)) /* LB4, LB5 */
        return !(last == U_LB_CARRIAGE_RETURN && c == U_LB_LINE_FEED);
    if (in(NEWLINES | SET2(SPACE, ZWSPACE), c)) /* LB6, LB7 */
        return false;
    if (s->base == U_LB_ZWSPACE) /* LB8 */
        return true;
    if (s->joiner) /* LB8a */
        return false;
    if (c == U_LB_WORD_JOINER || in(SET2(WORD_JOINER, GLUE), last)) /* LB11, LB12 */
        return false;
    if (c == U_LB_GLUE && !in(SET3(SPACE, BREAK_AFTER, HYPHEN), last)) /* LB12a */
        return false;
    if (in(CLOSERS | SET3(EXCLAMATION, INFIX_NUMERIC, BREAK_SYMBOLS), c)) /* LB13 */
        return false;
    if (s->base == U_LB_OPEN_PUNCTUATION || (s->base == U_LB_QUOTATION && c == U_LB_OPEN_PUNCTUATION)) /* LB14, 15 */
        return false;
    if ((in(CLOSERS, s->base) && c == U_LB_NONSTARTER) ||
        (s->base == U_LB_BREAK_BOTH && c == U_LB_BREAK_BOTH)) /* 16, 17 */
        return false;
    if (last == U_LB_SPACE) /* LB18 */
        return true;
    if (c == U_LB_QUOTATION || last == U_LB_QUOTATION) /* LB19 */
        return false;
    if (c == U_LB_CONTINGENT_BREAK || last == U_LB_CONTINGENT_BREAK) /* LB20 */
        return true;
    if (in(SET3(BREAK_AFTER, HYPHEN, NONSTARTER), c) || last == U_LB_BREAK_BEFORE) /* LB21 */
        return false;
    if (s->before == U_LB_HEBREW_LETTER && in(SET2(HYPHEN, BREAK_AFTER), last)) /* LB21a */
        return false;
    if (last == U_LB_BREAK_SYMBOLS && c == U_LB_HEBREW_LETTER) /* LB21b */
        return false;
    return pair_breaks(s, c, wide, after);
}

static uint8_t number_after(uint8_t number, int c)
{
    if (c == U_LB_NUMERIC)
        return 1;
    if (number == 1 && in(SET2(BREAK_SYMBOLS, INFIX_NUMERIC), c))
        return 1;
    return number == 1 && in(CLOSERS, c) ? 2 : 0;
}

bool text_uax14_next(Uax14 *s, int c, bool wide, int after)
{
    if (c == U_LB_IDEOGRAPHIC && s->last == c && s->before == c && !s->joiner) { /* Han among Han, most of all text */
        s->wide = wide;
        return true;
    }
    bool mark = c == U_LB_COMBINING_MARK || c == U_LB_ZWJ;
    bool joiner = c == U_LB_ZWJ;
    if (mark) {
        if (s->last != UAX14_START && !in(NEWLINES | SET2(SPACE, ZWSPACE), s->last)) { /* LB9 */
            s->joiner = joiner;
            return false;
        }
        c = U_LB_ALPHABETIC; /* LB10 */
    }
    bool result = s->last != UAX14_START && breaks(s, c, wide, after);
    s->odd_flag = c == U_LB_REGIONAL_INDICATOR && !(s->last == c && s->odd_flag);
    s->number = number_after(s->number, c);
    s->before = s->last;
    s->last = (int16_t)c;
    if (c != U_LB_SPACE)
        s->base = (int16_t)c;
    s->wide = wide;
    s->joiner = joiner;
    return result;
}
