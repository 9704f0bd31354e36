/* Unicode line breaking (UAX #14, version 15.0) over Line_Break classes, one character at a time. Private to the text room.
 *
 * Own code and not ICU's iterator, because paragraphs are short and many: ICU's costs a set-up for each, and its rules could
 * not be told that a quotation mark is a bracket here and an apostrophe there. Unicode's own test file judges it in the tests.
 */
#ifndef TEXT_UAX14_H
#define TEXT_UAX14_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Uax14 {
    int16_t last;   /* class of the character before, or UAX14_START */
    int16_t base;   /* the same, spaces left out: X of "X SP*" */
    int16_t before; /* class before `last` */
    bool wide;      /* `last` is East Asian wide (LB30) */
    bool joiner;    /* the character before is ZWJ (LB8a) */
    bool odd_flag;  /* an odd number of regional indicators comes before (LB30a) */
    uint8_t number; /* 1 in NU (NU|SY|IS)*, 2 after a closing bracket of it (LB25) */
} Uax14;

enum { UAX14_START = -1, UAX14_END = -2 };

void text_uax14_begin(Uax14 *state);

/* Takes the next character, class `c` resolved by LB1 (no AI, SA, SG, XX, CJ), and tells whether a line may end before it; false
 * for the first (LB2). `after` is the class that follows, or UAX14_END. */
bool text_uax14_next(Uax14 *state, int c, bool wide, int after);

#endif
