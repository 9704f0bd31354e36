/* Faces by family name, through fontconfig. Private to the text room. */
#ifndef TEXT_FAMILY_H
#define TEXT_FAMILY_H

#include "base/arena.h"

#include <stdbool.h>

typedef struct TextFamilyMatch {
    const char *path;
    unsigned index;      /* in a TTC */
    const char *nearest; /* the installed family of the most similar name, for the message; "-" when none is similar */
} TextFamilyMatch;

typedef enum TextFamilyFound {
    TEXT_FAMILY_NONE,      /* no such family is installed; only `nearest` is set */
    TEXT_FAMILY_NO_WEIGHT, /* the family has no face of that weight, or as a variable font only */
    TEXT_FAMILY_FOUND
} TextFamilyFound;

/* The file of a family, regular (below demibold) or bold. */
TextFamilyFound text_family_find(Arena *run, const char *family, bool bold, TextFamilyMatch *out);

/* Gives back what fontconfig keeps, after the last search of a run. */
void text_family_close(void);

#endif
