/* What kind a character is, for breaking and spacing. Private to the text room; process-wide tables, filled once by
 * text_chars_prepare and read-only afterwards.
 *
 * Two sources: Unicode's Line_Break property (UAX #14), through ICU; and a table of the marks that clreq gives rules of
 * their own.
 */
#ifndef TEXT_CHARS_H
#define TEXT_CHARS_H

#include <stdbool.h>
#include <stdint.h>

/* The kinds of marks that clreq (#categories_and_usage_of_punctuation_marks) tells apart. */
typedef enum CharsKind {
    CHARS_OTHER,      /* no mark of Chinese */
    CHARS_COMMA,      /* ， 、 ； ： — pauses that may be squeezed early */
    CHARS_STOP,       /* 。 ！ ？ — pauses that are squeezed last */
    CHARS_OPEN,       /* opening quotes and brackets */
    CHARS_CLOSE,      /* closing quotes and brackets */
    CHARS_INTERPUNCT, /* · between the parts of a name */
    CHARS_CONNECTOR,  /* ～ – － and a single — */
    CHARS_DASH,       /* — of —— */
    CHARS_ELLIPSIS,   /* … of …… */
    CHARS_SOLIDUS     /* ／ / */
} CharsKind;

/* Where the ink of a full-width mark lies in its cell, hence which side may be trimmed. */
typedef enum CharsInk { CHARS_INK_WHOLE, CHARS_INK_LEFT, CHARS_INK_RIGHT, CHARS_INK_CENTRE } CharsInk;

enum { CHARS_MARKS = 56 };

typedef struct CharsMark {
    uint32_t code;
    CharsKind kind;
    CharsInk ink;
    bool shared; /* Latin uses the same code point, in another width */
} CharsMark;

/* The marks, text_chars_mark_count() of them, at most CHARS_MARKS. */
extern const CharsMark text_chars_marks[];
int text_chars_mark_count(void);

/* One byte on each character: low six bits Line_Break (ULineBreak), bit 6 East_Asian_Width F, W or H. */
enum { CHARS_LINE_BREAK = 0x3F, CHARS_WIDE = 0x40, CHARS_MARK = 0x80 };

extern uint8_t text_chars_bmp[0x10000];
void text_chars_prepare(void);
uint8_t text_chars_lookup_astral(uint32_t code);

static inline uint8_t text_chars_lookup(uint32_t code)
{
    return code < 0x10000 ? text_chars_bmp[code] : text_chars_lookup_astral(code);
}

/* The index of a mark in text_chars_marks, or -1. Only worth asking when CHARS_MARK is set. */
int text_chars_mark(uint32_t code);

/* Whether a character is one of a list of the BMP that ends with 0. */
static inline bool chars_among(const uint16_t *list, uint32_t code)
{
    while (*list && *list != code)
        list++;
    return *list != 0;
}

bool text_chars_is_control(uint32_t code);   /* Cc, surrogates, noncharacters, line and paragraph separators */
bool text_chars_is_ignorable(uint32_t code); /* Default_Ignorable_Code_Point: takes no room and has no glyph */
bool text_chars_is_attached(uint32_t code);  /* combining marks, variation selectors, ZWJ: follow their base */

#endif
