/* Faces by family name, through fontconfig. Private to the text room. */
#ifndef TEXT_FAMILY_H
#define TEXT_FAMILY_H

#include "base/arena.h"

#include <stdbool.h>

typedef struct TextFamilyMatch {
    const char *path;
    unsigned index;      /* in a TTC */
    const char *nearest; /* the family that fontconfig would give instead, for the message; "-" when it knows none */
} TextFamilyMatch;

/* The file of a family, regular or bold. False: no such family is installed; only `nearest` is set. */
bool text_family_find(Arena *run, const char *family, bool bold, TextFamilyMatch *out);

/* Gives back what fontconfig keeps, after the last search of a run. */
void text_family_close(void);

#endif
