/* A face at work: the mapped file, HarfBuzz's view of it, and glyph and advance of every character asked for so far.
 * Private to the text room.
 *
 * Lifetime: the run arena. Pages of characters are filled on first use, which may be after the fork; then the worker's
 * copy alone grows, by at most 2 KiB for each 256 characters and face.
 */
#ifndef TEXT_FACE_H
#define TEXT_FACE_H

#include "text/chars.h"
#include "text/text.h"

#include <hb.h>
#include <pthread.h>

/* 256 consecutive characters: glyph (0: the face has none) and advance in font units. */
typedef struct FacePage {
    uint16_t gid[256];
    uint16_t advance[256];
} FacePage;

enum { FACE_PAGES = 0x110000 / 256 };

typedef struct Face Face;

/* How a face draws a mark whose ink fills half its cell, or which Chinese and Latin share. Font units. */
typedef struct FaceMark {
    uint16_t full;      /* glyph in Chinese text; 0: none */
    uint16_t narrow;    /* in Latin text */
    int full_advance;   /* of the cell in Chinese text: one em where the mark is full-width */
    int narrow_advance; /* of the cell in Latin text */
    int full_shift;     /* moves the glyph so that its ink lies where clreq has it: left half, right half or centre */
    int narrow_shift;
} FaceMark;

/* The form of a character in vertical text (OpenType vert), or 0 when the face has none. */
uint16_t text_face_vertical(const struct Face *face, uint32_t code);

/* A file mapped once, however many faces of it are used. */
typedef struct FaceFile {
    const char *path;
    const unsigned char *bytes;
    size_t length;
    hb_blob_t *blob;
    char sha256[65]; /* after text_face_hash */
    pthread_t thread;
    bool hashing;
    struct FaceFile *next;
} FaceFile;

struct Face {
    TextFace door;
    const FaceFile *file;
    hb_face_t *shaper;
    hb_font_t *font; /* scaled to font units */
    Arena *run;
    FacePage *pages[FACE_PAGES];
    FaceMark marks[CHARS_MARKS];
    uint16_t dash_pair; /* one glyph for ——, or 0 */
    int dash_pair_advance;
};

/* Maps the file; NULL when it cannot be (errno says why). Unmapped when `run` is closed. */
FaceFile *text_face_map(Arena *run, const char *path);

/* Hashes all files at once, one thread each: they are large, and this is most of the time that loading takes. */
void text_face_hash(FaceFile *files);

/* Opens face `index` of the file, judging it: it must be a font with outlines and a character map that may be embedded as a
 * subset. NULL = diagnostic recorded at `place`, naming the face `name`. */
Face *text_face_open(Arena *run, const FaceFile *file, unsigned index, const char *name, const char *licence,
                     DiagPlace place, Diag *diag);

/* The page that holds a character; never NULL. code <= U+10FFFF. */
const FacePage *text_face_fill(Face *face, uint32_t code);

static inline const FacePage *face_page(Face *face, uint32_t code)
{
    const FacePage *page = face->pages[code >> 8];
    return page ? page : text_face_fill(face, code);
}

/* Glyph of a character, 0 when the face has none. */
static inline uint16_t face_glyph(Face *face, uint32_t code)
{
    return face_page(face, code)->gid[code & 0xFF];
}

/* Font units to Mpt at a size, rounded half up. */
static inline Mpt face_scale(const Face *face, int units, Mpt size)
{
    int64_t product = (int64_t)units * size * 2 + (int64_t)face->door.units_per_em;
    int64_t divisor = 2 * (int64_t)face->door.units_per_em;
    int64_t quotient = product / divisor;
    return (Mpt)(product % divisor < 0 ? quotient - 1 : quotient);
}

#endif
