/* Values of properties: numbers with units, colours, edges. Pure functions; the callers own the diagnostics. */
#include "layout/layout_int.h"

#include <string.h>

/* Skips white space, which XML has made blanks of in attributes. */
static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t\r\n");
}

static bool fits(int64_t amount, int64_t limit)
{
    return amount >= -limit && amount <= limit;
}

bool layout_parse_number(const char *text, LayoutNumber *out, const char **end)
{
    static const struct {
        const char *name;
        LayoutUnit unit;
        int places;
        int64_t limit;
    } units[] = {
        {"pt", LAYOUT_UNIT_MPT, 3, LAYOUT_LENGTH_MAX},
        {"mm", LAYOUT_UNIT_MPT, 3, 5080000},
        {"em", LAYOUT_UNIT_EM, 3, 100000},
        {"%", LAYOUT_UNIT_PERCENT, 2, 100000},
        {"fr", LAYOUT_UNIT_FRACTION, 3, 1000000},
        {"", LAYOUT_UNIT_NONE, 3, 1000000},
    };
    const char *rest;
    int64_t amount;
    text = skip_blanks(text);
    if (!fixed_parse(text, 3, &amount, &rest))
        return false;
    size_t which = 0;
    while (strncmp(rest, units[which].name, strlen(units[which].name)) != 0)
        which++;
    if (!fixed_parse(text, units[which].places, &amount, &rest) || !fits(amount, units[which].limit))
        return false;
    if (strcmp(units[which].name, "mm") == 0)
        amount = fixed_from_micrometre(amount);
    *out = (LayoutNumber){units[which].unit, (int32_t)amount};
    rest += strlen(units[which].name);
    if (!end)
        return *skip_blanks(rest) == '\0';
    *end = rest;
    return true;
}

bool layout_parse_length(const char *text, Mpt *out)
{
    LayoutNumber number;
    if (!layout_parse_number(text, &number, NULL))
        return false;
    *out = number.amount;
    return number.unit == LAYOUT_UNIT_MPT || number.amount == 0;
}

bool layout_parse_edges(const char *text, LayoutNumber out[LAYOUT_EDGES])
{
    size_t count = 0;
    for (text = skip_blanks(text); *text; text = skip_blanks(text)) {
        const char *end;
        if (count == LAYOUT_EDGES)
            return false;
        if (!layout_parse_number(text, &out[count++], &end) || (*end && *end != ' '))
            return false;
        text = end;
    }
    if (count == 0)
        return false;
    if (count < 2)
        out[LAYOUT_EDGE_RIGHT] = out[LAYOUT_EDGE_TOP];
    if (count < 3)
        out[LAYOUT_EDGE_BOTTOM] = out[LAYOUT_EDGE_TOP];
    if (count < 4)
        out[LAYOUT_EDGE_LEFT] = out[LAYOUT_EDGE_RIGHT];
    return true;
}

static int hex_digit(char character)
{
    const char *digits = "0123456789abcdef";
    char lower = character >= 'A' && character <= 'F' ? (char)(character - 'A' + 'a') : character;
    const char *at = lower ? strchr(digits, lower) : NULL;
    return at ? (int)(at - digits) : -1;
}

bool layout_parse_colour(const char *text, uint32_t *out)
{
    /* The CSS names that print well on an office printer. */
    static const struct {
        const char *name;
        uint32_t colour;
    } names[] = {
        {"black", 0x000000},     {"white", 0xFFFFFF},     {"gray", 0x808080},    {"darkgray", 0xA9A9A9},
        {"lightgray", 0xD3D3D3}, {"silver", 0xC0C0C0},    {"dimgray", 0x696969}, {"whitesmoke", 0xF5F5F5},
        {"red", 0xFF0000},       {"darkred", 0x8B0000},   {"blue", 0x0000FF},    {"navy", 0x000080},
        {"green", 0x008000},     {"darkgreen", 0x006400},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].name, text) == 0) {
            *out = names[i].colour;
            return true;
        }
    }
    if (*text != '#' || strlen(text) != 7)
        return false;
    *out = 0;
    while (*++text) {
        int digit = hex_digit(*text);
        if (digit < 0)
            return false;
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

bool layout_parse_width(const char *text, Mpt font_size, LayoutLength *out)
{
    LayoutNumber number;
    *out = (LayoutLength){.kind = LAYOUT_WIDTH_AUTO};
    if (strcmp(text, "auto") == 0)
        return true;
    if (!layout_parse_number(text, &number, NULL) || number.amount <= 0)
        return false;
    switch (number.unit) {
    case LAYOUT_UNIT_MPT:
        *out = (LayoutLength){LAYOUT_WIDTH_FIXED, number.amount};
        return true;
    case LAYOUT_UNIT_EM:
        *out = (LayoutLength){LAYOUT_WIDTH_FIXED, (Mpt)fixed_mul_div(number.amount, font_size, 1000)};
        return true;
    case LAYOUT_UNIT_PERCENT:
        *out = (LayoutLength){LAYOUT_WIDTH_PERCENT, number.amount};
        return number.amount <= 10000;
    case LAYOUT_UNIT_FRACTION:
        *out = (LayoutLength){LAYOUT_WIDTH_FRACTION, number.amount};
        return true;
    case LAYOUT_UNIT_NONE:
        break;
    }
    return false;
}
