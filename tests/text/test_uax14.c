/* UAX #14 against Unicode's own test file, where Debian's unicode-data has put it. */
#include "text/uax14.h"

#include "text/chars.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#include <cmocka.h>

#define TEST_FILE "/usr/share/unicode/auxiliary/LineBreakTest.txt"

enum { LONGEST = 64 };

/* LB1 as the test file has it. */
static int resolve(uint32_t code)
{
    int class = u_getIntPropertyValue((UChar32)code, UCHAR_LINE_BREAK);
    switch (class) {
    case U_LB_AMBIGUOUS:
    case U_LB_SURROGATE:
    case U_LB_UNKNOWN:
        return U_LB_ALPHABETIC;
    case U_LB_COMPLEX_CONTEXT:
        return text_chars_is_attached(code) ? U_LB_COMBINING_MARK : U_LB_ALPHABETIC;
    case U_LB_CONDITIONAL_JAPANESE_STARTER:
        return U_LB_NONSTARTER;
    default:
        return class;
    }
}

/* A line of the file: ÷ and × between hexadecimal code points. Returns the number of characters; breaks[i] is before i. */
static size_t parse(const char *line, uint32_t codes[LONGEST], bool breaks[LONGEST])
{
    size_t count = 0;
    bool may = false;
    for (const char *c = line; *c && *c != '#' && count < LONGEST;) {
        if (strncmp(c, "÷", strlen("÷")) == 0 || strncmp(c, "×", strlen("×")) == 0) {
            may = strncmp(c, "÷", strlen("÷")) == 0;
            c += strlen("÷");
        } else if (*c == ' ' || *c == '\t' || *c == '\n') {
            c++;
        } else {
            char *end;
            breaks[count] = may;
            codes[count++] = (uint32_t)strtoul(c, &end, 16);
            c = end;
        }
    }
    return count;
}

/* LB30b's second half, for pictographs not yet assigned, is left out: such characters have no face. */
static bool is_left_out(uint32_t code)
{
    return u_charType((UChar32)code) == U_UNASSIGNED && u_hasBinaryProperty((UChar32)code, UCHAR_EXTENDED_PICTOGRAPHIC);
}

static bool agrees(const char *line)
{
    uint32_t codes[LONGEST];
    bool breaks[LONGEST];
    size_t count = parse(line, codes, breaks);
    Uax14 state;
    text_uax14_begin(&state);
    for (size_t i = 0; i < count; i++) {
        if (is_left_out(codes[i]))
            return true;
        bool wide = text_chars_lookup(codes[i]) & CHARS_WIDE;
        bool got = text_uax14_next(&state, resolve(codes[i]), wide, i + 1 < count ? resolve(codes[i + 1]) : UAX14_END);
        if (got != breaks[i])
            return false;
    }
    return true;
}

static void agrees_with_unicode(void **state)
{
    (void)state;
    FILE *in = fopen(TEST_FILE, "r");
    if (!in) {
        print_message("%s is not there (package unicode-data)\n", TEST_FILE);
        fail();
    }
    text_chars_prepare();
    char line[4096];
    int total = 0, wrong = 0;
    while (fgets(line, sizeof line, in)) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        total++;
        if (!agrees(line)) {
            wrong++;
            print_message("%s", line);
        }
    }
    fclose(in);
    print_message("%d of %d lines of LineBreakTest.txt agree\n", total - wrong, total);
    assert_true(total > 5000);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_unicode)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
