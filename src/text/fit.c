/* How a fallback face is fitted to the face that a role prints Han with: faces of different makers set Han at different heights above the
 * baseline, and larger or smaller in the em box, so that one rare character would stand out of its line.
 *
 * Measured once, when the fonts are loaded, from the ink of characters that both faces have: how far the centre of the ink lies from that of the
 * other face, and how large it is. The median over some sixty characters is taken, as single ones differ by design. A face that shares
 * nothing with the role's (one with extension B alone) is measured against another face of the role that shares with both. Latin letters and
 * digits stand on the baseline in every face and are left alone.
 */
#include "text/fonts_int.h"

#include <stdlib.h>
#include <string.h>

enum {
    SAMPLES = 240,
    SAMPLES_LEAST = 24, /* by fewer shared characters two faces are not compared */
    SCALE_LEAST =
        20,      /* 1/1000: a smaller difference in size cannot be seen, and a size of its own would cost an operator */
    GUO = 0x56FD /* 国: whichever face of a role has it prints its Han */
};

typedef struct Ink {
    int centre; /* above the baseline, 1/10000 em */
    int size;   /* height and width of the ink together; 0: the face lacks the character */
} Ink;

/* The sample in every face, measured once. */
typedef struct Measures {
    Ink inks[SAMPLES];
} Measures;

static Ink measure(const Face *face, uint32_t code)
{
    hb_codepoint_t gid;
    hb_glyph_extents_t box;
    if (!hb_font_get_nominal_glyph(face->font, code, &gid) || !gid || !hb_font_get_glyph_extents(face->font, gid, &box))
        return (Ink){0, 0};
    const int64_t em = (int64_t)face->door.units_per_em;
    const Ink ink = {.centre = (int)((2 * (int64_t)box.y_bearing + box.height) * 5000 / em),
                     .size = (int)(((int64_t)box.width - box.height) * 10000 / em)};
    return ink.size > 2000 ? ink : (Ink){0, 0}; /* a stroke alone says nothing about a face's size */
}

static int compare(const void *a, const void *b)
{
    const int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int median(int *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

/* The k-th character of the sample: spread evenly over the common Han and over extension B. */
static uint32_t sample(int k)
{
    return k < SAMPLES / 2 ? 0x4E00 + (uint32_t)k * 173 : 0x20000 + (uint32_t)(k - SAMPLES / 2) * 355;
}

/* Fits `face` to `to` by the characters that both have. False = too few. */
static bool fit_direct(const Measures *face, const Measures *to, FontsFit *fit)
{
    int scales[SAMPLES], drops[SAMPLES], shared[SAMPLES];
    size_t count = 0;
    for (int k = 0; k < SAMPLES; k++)
        if (face->inks[k].size && to->inks[k].size)
            shared[count++] = k;
    if (count < SAMPLES_LEAST)
        return false;
    for (size_t i = 0; i < count; i++)
        scales[i] = to->inks[shared[i]].size * 1000 / face->inks[shared[i]].size;
    fit->scale = median(scales, count);
    if (abs(fit->scale - 1000) < SCALE_LEAST)
        fit->scale = 1000;
    for (size_t i = 0; i < count; i++)
        drops[i] = face->inks[shared[i]].centre * fit->scale / 1000 - to->inks[shared[i]].centre;
    fit->drop = median(drops, count) / 10;
    return true;
}

/* A fit to a face that is itself fitted: the second one moves what the first has moved. */
static FontsFit chain(FontsFit first, FontsFit second)
{
    return (FontsFit){.drop = first.drop * second.scale / 1000 + second.drop,
                      .scale = first.scale * second.scale / 1000};
}

static FontsFit fit_face(const Measures *measures, const FontsRole *role, uint16_t face, uint16_t to)
{
    FontsFit fit = {0, 1000}, step;
    if (face == to || fit_direct(&measures[face], &measures[to], &fit))
        return fit;
    for (size_t i = 0; i < role->use_count; i++) {
        const uint16_t between = role->uses[i].face;
        if (between != face && between != to && fit_direct(&measures[face], &measures[between], &step) &&
            fit_direct(&measures[between], &measures[to], &fit))
            return chain(step, fit);
    }
    return (FontsFit){0, 1000};
}

void text_fit_roles(Arena *run, TextFonts *fonts, FontsRole *roles)
{
    Measures *measures = ARENA_ARRAY(run, fonts->face_count, Measures);
    for (size_t i = 0; i < fonts->face_count; i++)
        for (int k = 0; k < SAMPLES; k++)
            measures[i].inks[k] = measure(fonts->faces[i], sample(k));

    for (size_t r = 0; r < fonts->role_count; r++) {
        FontsFit *fits = ARENA_ARRAY(run, fonts->face_count, FontsFit);
        for (size_t i = 0; i < fonts->face_count; i++)
            fits[i].scale = 1000;
        const int to = text_face_for(fonts, (int)r, GUO);
        for (size_t i = 0; to >= 0 && i < roles[r].use_count; i++)
            fits[roles[r].uses[i].face] = fit_face(measures, &roles[r], roles[r].uses[i].face, (uint16_t)to);
        roles[r].fits = fits;
    }
}
