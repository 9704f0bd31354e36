/* The sRGB colour space (IEC 61966-2-1) as a matrix/TRC display profile of ICC version 2, for the output intent (19005-1
 * 6.2.2). Built here, so that no profile with terms of its own has to be shipped.
 *
 * Primaries and white are adapted to D50 by Bradford's method, as ICC wants, and rounded so that they add up to white. One
 * curve of 256 points serves all three channels; between them linear interpolation is within 1/65535 of the formula.
 */
#include "pdf/pdf_int.h"

#include <string.h>

enum {
    CURVE_POINTS = 256,
    HEADER = 128,
    TAGS = 9,
    DIRECTORY = 4 + 12 * TAGS,
    DESC_SIZE = 112, /* with "sRGB IEC61966-2.1", padded to 4 */
    TEXT_SIZE = 36,
    XYZ_SIZE = 20,
    CURVE_SIZE = 12 + 2 * CURVE_POINTS,
    PROFILE = HEADER + DIRECTORY + DESC_SIZE + TEXT_SIZE + 4 * XYZ_SIZE + CURVE_SIZE
};

static const char profile_name[] = "sRGB IEC61966-2.1";
static const char profile_terms[] = "No copyright, use freely"; /* 24 letters: TEXT_SIZE */

static void put16(unsigned char *at, uint32_t value)
{
    at[0] = (unsigned char)(value >> 8 & 0xff);
    at[1] = (unsigned char)(value & 0xff);
}

static void put32(unsigned char *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

/* x to the power 2.4, as x² · (x^⅕)² with the root by Newton's method: needs no mathematics library, and IEEE arithmetic
 * gives the same bits everywhere. 0.05 <= x <= 1. */
static double power_2_4(double x)
{
    double root = 1;
    for (int i = 0; i < 40; i++)
        root -= (root * root * root * root * root - x) / (5 * root * root * root * root);
    return x * x * root * root;
}

static uint32_t linear_light(int point)
{
    const double v = point / (double)(CURVE_POINTS - 1);
    const double light = v <= 0.04045 ? v / 12.92 : power_2_4((v + 0.055) / 1.055);
    return (uint32_t)(light * 65535 + 0.5);
}

static void put_header(unsigned char *p)
{
    put32(p, PROFILE);
    put32(p + 8, 0x02100000); /* version 2.1 */
    memcpy(p + 12, "mntrRGB XYZ ", 12);
    put16(p + 24, 2020); /* date of creation: a constant */
    put16(p + 26, 1);
    put16(p + 28, 1);
    memcpy(p + 36, "acsp", 4);
    put32(p + 68, 0xF6D6); /* D50 */
    put32(p + 72, 0x10000);
    put32(p + 76, 0xD32D);
}

typedef struct Tags {
    unsigned char *profile;
    int count;
    uint32_t end; /* where the next tag's data goes */
} Tags;

/* Adds a directory entry for `size` bytes at the end, or for the same bytes as the tag before when size is 0. */
static unsigned char *add_tag(Tags *tags, const char *name, uint32_t size)
{
    unsigned char *entry = tags->profile + HEADER + 4 + 12 * tags->count++;
    memcpy(entry, name, 4);
    if (size == 0) {
        memcpy(entry + 4, entry - 12 + 4, 8);
        return NULL;
    }
    put32(entry + 4, tags->end);
    put32(entry + 8, size);
    tags->end += size;
    return tags->profile + tags->end - size;
}

static void add_xyz(Tags *tags, const char *name, uint32_t x, uint32_t y, uint32_t z)
{
    unsigned char *p = add_tag(tags, name, XYZ_SIZE);
    memcpy(p, "XYZ ", 4);
    put32(p + 8, x);
    put32(p + 12, y);
    put32(p + 16, z);
}

PdfBytes pdf_icc_srgb(Arena *arena)
{
    unsigned char *profile = arena_alloc(arena, PROFILE);
    put_header(profile);
    put32(profile + HEADER, TAGS);
    Tags tags = {profile, 0, HEADER + DIRECTORY};

    unsigned char *p = add_tag(&tags, "desc", DESC_SIZE);
    memcpy(p, "desc", 4);
    put32(p + 8, sizeof profile_name);
    memcpy(p + 12, profile_name, sizeof profile_name);
    p = add_tag(&tags, "cprt", TEXT_SIZE);
    memcpy(p, "text", 4);
    memcpy(p + 8, profile_terms, sizeof profile_terms);
    add_xyz(&tags, "wtpt", 0xF6D6, 0x10000, 0xD32D);
    add_xyz(&tags, "rXYZ", 0x6FA3, 0x38F6, 0x0390);
    add_xyz(&tags, "gXYZ", 0x6293, 0xB785, 0x18DA);
    add_xyz(&tags, "bXYZ", 0x24A0, 0x0F85, 0xB6C3);
    p = add_tag(&tags, "rTRC", CURVE_SIZE);
    memcpy(p, "curv", 4);
    put32(p + 8, CURVE_POINTS);
    for (int i = 0; i < CURVE_POINTS; i++)
        put16(p + 12 + 2 * i, linear_light(i));
    add_tag(&tags, "gTRC", 0);
    add_tag(&tags, "bTRC", 0);
    return (PdfBytes){profile, PROFILE};
}
