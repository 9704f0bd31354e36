/* Character tables; see chars.h. */
#include "text/chars.h"

#include <unicode/uchar.h>

/* clang-format off */
const CharsMark text_chars_marks[] = {
    {0x002F, CHARS_SOLIDUS, CHARS_INK_WHOLE, true},     /* / */
    {0x00B7, CHARS_INTERPUNCT, CHARS_INK_CENTRE, true}, /* · */
    {0x2013, CHARS_CONNECTOR, CHARS_INK_WHOLE, true},   /* – */
    {0x2014, CHARS_DASH, CHARS_INK_WHOLE, true},        /* — */
    {0x2018, CHARS_OPEN, CHARS_INK_RIGHT, true},        /* ‘ */
    {0x2019, CHARS_CLOSE, CHARS_INK_LEFT, true},        /* ’ */
    {0x201C, CHARS_OPEN, CHARS_INK_RIGHT, true},        /* “ */
    {0x201D, CHARS_CLOSE, CHARS_INK_LEFT, true},        /* ” */
    {0x2026, CHARS_ELLIPSIS, CHARS_INK_WHOLE, true},    /* … */
    {0x2027, CHARS_INTERPUNCT, CHARS_INK_CENTRE, true}, /* ‧ */
    {0x22EF, CHARS_ELLIPSIS, CHARS_INK_WHOLE, true},    /* ⋯ */
    {0x2E3A, CHARS_DASH, CHARS_INK_WHOLE, false},       /* ⸺ */
    {0x3001, CHARS_COMMA, CHARS_INK_LEFT, false},       /* 、 */
    {0x3002, CHARS_STOP, CHARS_INK_LEFT, false},        /* 。 */
    {0x3008, CHARS_OPEN, CHARS_INK_RIGHT, false},       /* 〈 */
    {0x3009, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0x300A, CHARS_OPEN, CHARS_INK_RIGHT, false},       /* 《 */
    {0x300B, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0x300C, CHARS_OPEN, CHARS_INK_RIGHT, false},       /* 「 */
    {0x300D, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0x300E, CHARS_OPEN, CHARS_INK_RIGHT, false},       /* 『 */
    {0x300F, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0x3010, CHARS_OPEN, CHARS_INK_RIGHT, false},       /* 【 */
    {0x3011, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0x3014, CHARS_OPEN, CHARS_INK_RIGHT, false},       /* 〔 */
    {0x3015, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0x3016, CHARS_OPEN, CHARS_INK_RIGHT, false},       /* 〖 */
    {0x3017, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0x3018, CHARS_OPEN, CHARS_INK_RIGHT, false},
    {0x3019, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0x301A, CHARS_OPEN, CHARS_INK_RIGHT, false},
    {0x301B, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0x301C, CHARS_CONNECTOR, CHARS_INK_WHOLE, false},  /* 〜 */
    {0x301D, CHARS_OPEN, CHARS_INK_RIGHT, false},
    {0x301E, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0x301F, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0x30FB, CHARS_INTERPUNCT, CHARS_INK_CENTRE, false}, /* ・ */
    {0xFF01, CHARS_STOP, CHARS_INK_LEFT, false},         /* ！ */
    {0xFF08, CHARS_OPEN, CHARS_INK_RIGHT, false},        /* （ */
    {0xFF09, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0xFF0C, CHARS_COMMA, CHARS_INK_LEFT, false},        /* ， */
    {0xFF0D, CHARS_CONNECTOR, CHARS_INK_WHOLE, false},   /* － */
    {0xFF0E, CHARS_STOP, CHARS_INK_LEFT, false},         /* ． */
    {0xFF0F, CHARS_SOLIDUS, CHARS_INK_WHOLE, false},     /* ／ */
    {0xFF1A, CHARS_COMMA, CHARS_INK_LEFT, false},        /* ： */
    {0xFF1B, CHARS_COMMA, CHARS_INK_LEFT, false},        /* ； */
    {0xFF1F, CHARS_STOP, CHARS_INK_LEFT, false},         /* ？ */
    {0xFF3B, CHARS_OPEN, CHARS_INK_RIGHT, false},        /* ［ */
    {0xFF3D, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0xFF5B, CHARS_OPEN, CHARS_INK_RIGHT, false},        /* ｛ */
    {0xFF5D, CHARS_CLOSE, CHARS_INK_LEFT, false},
    {0xFF5E, CHARS_CONNECTOR, CHARS_INK_WHOLE, false},   /* ～ */
};
/* clang-format on */

#define MARK_COUNT ((int)(sizeof text_chars_marks / sizeof *text_chars_marks))
_Static_assert(MARK_COUNT <= CHARS_MARKS, "CHARS_MARKS is too small");

uint8_t text_chars_bmp[0x10000];

int text_chars_mark_count(void)
{
    return MARK_COUNT;
}

int text_chars_mark(uint32_t code)
{
    int low = 0, high = MARK_COUNT;
    while (low < high) {
        int middle = (low + high) / 2;
        if (text_chars_marks[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < MARK_COUNT && text_chars_marks[low].code == code ? low : -1;
}

static uint8_t classify(uint32_t code)
{
    int width = u_getIntPropertyValue((UChar32)code, UCHAR_EAST_ASIAN_WIDTH);
    bool wide = width == U_EA_FULLWIDTH || width == U_EA_WIDE || width == U_EA_HALFWIDTH;
    return (uint8_t)(u_getIntPropertyValue((UChar32)code, UCHAR_LINE_BREAK) | (wide ? CHARS_WIDE : 0));
}

void text_chars_prepare(void)
{
    if (text_chars_bmp[0x4E00])
        return;
    for (uint32_t code = 0; code < 0x10000; code++)
        text_chars_bmp[code] = classify(code);
    for (int i = 0; i < MARK_COUNT; i++)
        text_chars_bmp[text_chars_marks[i].code] |= CHARS_MARK;
}

uint8_t text_chars_lookup_astral(uint32_t code)
{
    return code >= 0x20000 && code < 0x3FFFE ? (uint8_t)(U_LB_IDEOGRAPHIC | CHARS_WIDE) : classify(code);
}

bool text_chars_is_control(uint32_t code)
{
    int8_t type = u_charType((UChar32)code);
    return type == U_CONTROL_CHAR || type == U_SURROGATE || type == U_LINE_SEPARATOR || type == U_PARAGRAPH_SEPARATOR ||
           U_IS_UNICODE_NONCHAR(code);
}

bool text_chars_is_ignorable(uint32_t code)
{
    return u_hasBinaryProperty((UChar32)code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool text_chars_is_attached(uint32_t code)
{
    int8_t type = u_charType((UChar32)code);
    return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_COMBINING_SPACING_MARK || code == 0x200D;
}
