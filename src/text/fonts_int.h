/* What the text room knows of its fonts besides the door. Private to the room. */
#ifndef TEXT_FONTS_INT_H
#define TEXT_FONTS_INT_H

#include "text/face.h"
#include "text/words.h"

typedef struct FontsRange {
    uint32_t first, last;
} FontsRange;

/* One face of a role, perhaps for some characters only. */
typedef struct FontsUse {
    uint16_t face;
    const FontsRange *ranges; /* NULL: all it has */
    size_t range_count;
} FontsUse;

/* How Han of a face are drawn in a role, so that they match those of its first face (fit.c). */
typedef struct FontsFit {
    int drop;  /* 1/1000 em of the text: moves the glyph down */
    int scale; /* 1/1000 of the size; 1000 for most faces */
} FontsFit;

typedef struct FontsRole {
    const char *name, *title;
    const FontsUse *uses;
    size_t use_count;
    const FontsFit *fits; /* by face of the configuration */
    int bold;             /* role "<name>-bold", or this one */
} FontsRole;

struct TextFonts {
    Face **faces;
    size_t face_count;
    const FontsRole *roles;
    size_t role_count;
    bool replace; /* characters that no face has, by 〓 */
    WordCache *words;
    struct Setter *setter; /* working memory of text_set */
    struct SetCache *set;  /* paragraphs set before */
};

/* The first face of the role that has the character, or -1. `beside` is 0, or a character that the face should have too:
 * a mark that Chinese and Latin share comes from the face of its neighbours. */
int text_face_beside(const TextFonts *fonts, int role, uint32_t code, uint32_t beside);

/* The first face of the role that has a whole cluster, a character with its combining marks (UTF-8): as it is written, composed or decomposed,
 * which HarfBuzz puts one for another as the face has them (Unicode, UAX #15). -1: none has all of it. */
int text_face_cluster(const TextFonts *fonts, int role, const char *text, size_t length);

/* The first face of the role that has this variant of a character (cmap format 14), or -1. */
int text_face_variant(const TextFonts *fonts, int role, uint32_t code, uint32_t selector, uint16_t *gid);

/* Measures the faces of every role and stores `fits`; they live in `run`. */
void text_fit_roles(Arena *run, TextFonts *fonts, FontsRole *roles);

#endif
