/* Faces for the tests of the pdf room, without fonts.xml: a stand-in for the door of text/, so that what is wrong here is
 * wrong in pdf/. A face is given by its file; its index is its place in the list. */
#ifndef TESTS_PDF_FACES_H
#define TESTS_PDF_FACES_H

#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "page/page.h"
#include "text/text.h"

#include <hb.h>

#include <stdlib.h>
#include <string.h>

enum { FACES_MAX = 8 };

struct TextFonts {
    size_t count;
    TextFace faces[FACES_MAX];
    hb_face_t *programs[FACES_MAX];
    hb_font_t *fonts[FACES_MAX];
};

size_t text_face_count(const TextFonts *fonts)
{
    return fonts->count;
}

const TextFace *text_face(const TextFonts *fonts, uint16_t face)
{
    return &fonts->faces[face];
}

struct hb_face_t *text_face_shaper(const TextFonts *fonts, uint16_t face)
{
    return fonts->programs[face];
}

static void faces_close(void *handle)
{
    TextFonts *fonts = handle;
    for (size_t i = 0; i < fonts->count; i++) {
        hb_font_destroy(fonts->fonts[i]);
        hb_face_destroy(fonts->programs[i]);
    }
}

static TextFonts *faces_open(Arena *arena)
{
    TextFonts *fonts = ARENA_NEW(arena, TextFonts);
    arena_defer(arena, faces_close, fonts);
    return fonts;
}

static uint16_t faces_add(Arena *arena, TextFonts *fonts, const char *name, const char *path, unsigned index,
                          Diag *diag)
{
    const size_t at = fonts->count++;
    TextFace *face = &fonts->faces[at];
    *face = (TextFace){.name = name, .path = path, .index = index, .licence = ""};
    char *bytes = file_read(arena, path, (size_t)64 << 20, &face->length, diag);
    if (!bytes)
        abort();
    face->bytes = (const unsigned char *)bytes;
    unsigned char hash[HASH_SIZE];
    hash_bytes(bytes, face->length, hash);
    hash_hex(hash, face->sha256);

    hb_blob_t *blob = hb_blob_create(bytes, (unsigned)face->length, HB_MEMORY_MODE_READONLY, NULL, NULL);
    fonts->programs[at] = hb_face_create(blob, index);
    hb_blob_destroy(blob);
    fonts->fonts[at] = hb_font_create(fonts->programs[at]);
    face->units_per_em = hb_face_get_upem(fonts->programs[at]);
    hb_font_extents_t extents = {0};
    hb_font_get_h_extents(fonts->fonts[at], &extents);
    face->ascent = extents.ascender;
    face->descent = extents.descender;
    hb_blob_t *cff = hb_face_reference_table(fonts->programs[at], HB_TAG('C', 'F', 'F', ' '));
    face->cff = hb_blob_get_length(cff) > 0;
    hb_blob_destroy(cff);
    return (uint16_t)at;
}

/* Sets a line with the face's nominal glyphs, `gap` more between them than natural; returns its width. */
static Mpt faces_line(PageRecorder *r, Arena *arena, const TextFonts *fonts, uint16_t face, Mpt size, Mpt x, Mpt y,
                      const char *text, Mpt gap)
{
    PageGlyph *glyphs = ARENA_ARRAY(arena, strlen(text) + 1, PageGlyph);
    size_t count = 0;
    Mpt pen = 0;
    for (const char *p = text; *p; count++) {
        const char *start = p;
        hb_codepoint_t glyph = 0;
        if (!hb_font_get_nominal_glyph(fonts->fonts[face], utf8_next(&p), &glyph))
            abort();
        const Mpt advance = (Mpt)fixed_mul_div(hb_font_get_glyph_h_advance(fonts->fonts[face], glyph), size,
                                               (int64_t)fonts->faces[face].units_per_em);
        glyphs[count] = (PageGlyph){(uint16_t)glyph, (uint16_t)(p - start), (uint32_t)(start - text), pen, 0, advance};
        pen += advance + gap;
    }
    page_glyphs(r, face, size, 0, x, y, text, glyphs, count);
    return pen;
}

#endif
