/* Small fonts made of nothing but squares, for fuzzing: small_fonts DIRECTORY writes one with glyf outlines, one with CFF, one with CFF by
 * CID, and a collection of the first two. They are made here so that what the fuzzer finds may be kept in the repository: no designer's
 * outline is in them.
 *
 * Tables and fields are those of OpenType 1.9; charstrings and dictionaries of Adobe technical notes 5176 and 5177.
 */
#include "base/buf.h"
#include "base/utf8.h"

#include <hb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EM = 1000, GLYPHS = 8, LIGATURE = 7, COMPOSITE = 6 };

/* What the fuzzer sets (fuzz_font.c), so that most of a font is used. */
static const char TEXT[] = "述职评议，“考核”（一）——AVfi affine é́ 12.5% 葛𠮷Ａ……";

static void put(Buf *out, unsigned bytes, uint32_t value)
{
    for (unsigned shift = 8 * bytes; shift > 0; shift -= 8) {
        buf_byte(out, (unsigned char)(value >> (shift - 8)));
    }
}

/* 16-bit fields one after another, up to a negative sentinel that no field here has. */
enum { END = -0x10000 };
static void put_all(Buf *out, const int *fields)
{
    for (; *fields != END; fields++)
        put(out, 2, (uint32_t)*fields);
}
#define PUT(out, ...) put_all(out, (const int[]){__VA_ARGS__, END})

static void add_table(hb_face_t *face, const char *tag, Buf *table)
{
    hb_blob_t *blob =
        hb_blob_create((const char *)table->bytes, (unsigned)table->length, HB_MEMORY_MODE_DUPLICATE, NULL, NULL);
    hb_face_builder_add_table(face, HB_TAG(tag[0], tag[1], tag[2], tag[3]), blob);
    hb_blob_destroy(blob);
    buf_free(table);
}

/* ── tables that both kinds have ── */

static void add_head(hb_face_t *face)
{
    Buf t = {0};
    PUT(&t, 1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, EM, 0, 0, 0, 0, 0, 0, 0, 0, 0, -200, 1000, 900, 0, 8, 2, 0, 0);
    add_table(face, "head", &t);
    PUT(&t, 1, 0, 880, -120, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, 0, 0, 0, 0, 2);
    add_table(face, "hhea", &t);
    PUT(&t, 600, 50, 1000, 50, 50, 50, 50, 50, 50, 50);
    add_table(face, "hmtx", &t);
    PUT(&t, 0, 500, 400, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0x20,
        0xFFFF, 880, -120, 0, 880, 120);
    add_table(face, "OS/2", &t);
    PUT(&t, 0, 1, 18, 3, 1, 0x0409, 6, 10, 0);
    for (const char *c = "Small"; *c; c++)
        put(&t, 2, (unsigned char)*c);
    add_table(face, "name", &t);
    PUT(&t, 3, 0, 0, 0, -100, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    add_table(face, "post", &t);
}

/* Format 12 for the characters, format 14 for one variation sequence (U+845B U+E0100). */
static void add_cmap(hb_face_t *face)
{
    hb_set_t *codes = hb_set_create();
    for (const char *at = TEXT; *at;)
        hb_set_add(codes, utf8_next(&at));
    const uint32_t groups = hb_set_get_population(codes);
    Buf t = {0};
    PUT(&t, 0, 2, 0, 5);
    put(&t, 4, 20 + 16 + 12 * groups);
    PUT(&t, 3, 10);
    put(&t, 4, 20);
    PUT(&t, 12, 0);
    put(&t, 4, 16 + 12 * groups);
    put(&t, 4, 0);
    put(&t, 4, groups);
    uint32_t gid = 0;
    for (hb_codepoint_t code = HB_SET_VALUE_INVALID; hb_set_next(codes, &code); gid++) {
        put(&t, 4, code);
        put(&t, 4, code);
        put(&t, 4, code == 'f' ? 1 : code == 'i' ? 2 : 1 + gid % (GLYPHS - 1));
    }
    PUT(&t, 14);
    put(&t, 4, 10 + 11 + 4 + 5);
    put(&t, 4, 1);
    put(&t, 3, 0xE0100);
    put(&t, 4, 0);
    put(&t, 4, 21);
    put(&t, 4, 1);
    put(&t, 3, 0x845B);
    put(&t, 2, 3);
    add_table(face, "cmap", &t);
    hb_set_destroy(codes);
}

/* liga: the glyphs of f and i give one; vert: glyph 3 becomes 4; kern: the pair 1, 1. One script, DFLT. */
static void add_layout(hb_face_t *face)
{
    Buf t = {0};
    PUT(&t, 1, 0, 10, 32, 58);
    PUT(&t, 1, 'D' << 8 | 'F', 'L' << 8 | 'T', 8, 4, 0, 0, 0xFFFF, 2, 0, 1);
    PUT(&t, 2, 'l' << 8 | 'i', 'g' << 8 | 'a', 14, 'v' << 8 | 'e', 'r' << 8 | 't', 20, 0, 1, 0, 0, 1, 1);
    PUT(&t, 2, 6, 38);
    PUT(&t, 4, 0, 1, 8, 1, 8, 1, 14, 1, 1, 1, 1, 4, LIGATURE, 2, 2);
    PUT(&t, 1, 0, 1, 8, 1, 6, 1, 1, 1, 3);
    add_table(face, "GSUB", &t);
    PUT(&t, 1, 0, 10, 30, 44);
    PUT(&t, 1, 'D' << 8 | 'F', 'L' << 8 | 'T', 8, 4, 0, 0, 0xFFFF, 1, 0);
    PUT(&t, 1, 'k' << 8 | 'e', 'r' << 8 | 'n', 8, 0, 1, 0);
    PUT(&t, 1, 4, 2, 0, 1, 8, 1, 12, 4, 0, 1, 18, 1, 1, 1, 1, 1, -80);
    add_table(face, "GPOS", &t);
}

/* ── glyf ── */

static void square(Buf *out, int size)
{
    PUT(out, 1, 50, 50, 50 + size, 50 + size, 3, 0);
    for (int i = 0; i < 4; i++)
        put(out, 1, 1); /* on the curve, both coordinates as words */
    PUT(out, 50, size, 0, -size, 50, 0, size, 0);
}

static void add_glyf(hb_face_t *face)
{
    Buf t = {0}, glyf = {0}, loca = {0};
    PUT(&t, 1, 0, GLYPHS, 4, 1, 8, 2, 2, 0, 0, 0, 0, 0, 0, 2, 1);
    add_table(face, "maxp", &t);
    for (int i = 0; i < GLYPHS; i++) {
        put(&loca, 2, (uint32_t)glyf.length / 2);
        if (i == COMPOSITE)
            PUT(&glyf, -1, 50, 50, 950, 900, 0x0021 | 2, 1, 0, 0, 0x0003, 2, 300, 200);
        else
            square(&glyf, 100 + 100 * i);
    }
    put(&loca, 2, (uint32_t)glyf.length / 2);
    add_table(face, "glyf", &glyf);
    add_table(face, "loca", &loca);
}

/* ── CFF ── */

static void put_index(Buf *out, const Buf *items, unsigned count)
{
    put(out, 2, count);
    if (count == 0)
        return;
    put(out, 1, 2);
    uint32_t offset = 1;
    for (unsigned i = 0; i <= count; i++) {
        put(out, 2, offset);
        offset += i < count ? (uint32_t)items[i].length : 0;
    }
    for (unsigned i = 0; i < count; i++)
        buf_append(out, items[i].bytes, items[i].length);
}

static void free_items(Buf *items, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        buf_free(&items[i]);
}

/* A number of a charstring, and of a dictionary where its length must not depend on its value. */
static void number(Buf *out, int value)
{
    put(out, 1, 28);
    put(out, 2, (uint32_t)value);
}

static void operand(Buf *out, size_t value, unsigned operator)
{
    put(out, 1, 29);
    put(out, 4, (uint32_t)value);
    if (operator> 0xFF)
        put(out, 2, operator);
    else
        put(out, 1, operator);
}

/* A square whose corner is reached through a subroutine: a local one for even sizes, a global one for odd ones. */
static void charstring(Buf *out, int i)
{
    number(out, 50);
    number(out, 50);
    put(out, 1, 21); /* rmoveto */
    number(out, 100 + 100 * i);
    number(out, -107);
    put(out, 1, i % 2 ? 29 : 10); /* callgsubr, callsubr: number 0, biased by 107 */
    put(out, 1, 14);              /* endchar */
}

/* size → hlineto, vlineto of a square's other sides. */
static void subroutine(Buf *out)
{
    put(out, 1, 6); /* hlineto */
    number(out, 300);
    number(out, -200);
    number(out, -300);
    put(out, 1, 7); /* vlineto, hlineto, vlineto */
    put(out, 1, 11);
}

/* Offsets of the top dictionary; sizes are the same in both passes. */
typedef struct CffPlaces {
    size_t charset, select, charstrings, dictionaries, private, private_size;
} CffPlaces;

static void top_dictionary(Buf *out, const CffPlaces *at, bool cid)
{
    if (cid) {
        operand(out, 391, 0);
        out->length--;
        operand(out, 392, 0);
        out->length--;
        operand(out, 0, 0x0C1E); /* ROS */
    }
    operand(out, at->charset, 15);
    operand(out, at->charstrings, 17);
    if (cid) {
        operand(out, at->select, 0x0C25);
        operand(out, at->dictionaries, 0x0C24);
    } else {
        operand(out, at->private_size, 0);
        out->length--;
        operand(out, at->private, 18);
    }
}

static void cff_once(Buf *out, CffPlaces *at, bool cid)
{
    Buf item = {0}, strings[2] = {{0}, {0}}, glyphs[GLYPHS];
    put(out, 4, 0x01000402);
    buf_append(&item, "Small", 5);
    put_index(out, &item, 1);
    buf_clear(&item);
    top_dictionary(&item, at, cid);
    put_index(out, &item, 1);
    buf_append(&strings[0], "Adobe", 5);
    buf_append(&strings[1], "Identity", 8);
    put_index(out, strings, cid ? 2 : 0);
    buf_clear(&item);
    subroutine(&item);
    put_index(out, &item, 1);
    at->charset = out->length;
    put(out, 1, 0);
    for (uint32_t i = 1; i < GLYPHS; i++)
        put(out, 2, cid ? i : i + 33);
    at->select = out->length;
    put(out, 1, 3); /* FDSelect: one range */
    PUT(out, 1, 0);
    put(out, 1, 0);
    put(out, 2, GLYPHS);
    at->charstrings = out->length;
    for (int i = 0; i < GLYPHS; i++) {
        glyphs[i] = (Buf){0};
        charstring(&glyphs[i], i);
    }
    put_index(out, glyphs, GLYPHS);
    at->private = out->length;
    operand(out, 6, 19); /* Subrs, from here */
    at->private_size = out->length - at->private;
    put_index(out, &item, 1);
    at->dictionaries = out->length;
    buf_clear(&item);
    operand(&item, at->private_size, 0);
    item.length--;
    operand(&item, at->private, 18);
    put_index(out, &item, 1);
    buf_free(&item);
    free_items(strings, 2);
    free_items(glyphs, GLYPHS);
}

static void add_cff(hb_face_t *face, bool cid)
{
    Buf t = {0};
    put(&t, 4, 0x00005000);
    put(&t, 2, GLYPHS);
    add_table(face, "maxp", &t);
    CffPlaces at = {0};
    cff_once(&t, &at, cid); /* learns the offsets */
    buf_clear(&t);
    cff_once(&t, &at, cid);
    add_table(face, "CFF ", &t);
}

/* ── files ── */

static void write_file(const char *directory, const char *name, const Buf *bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes->bytes, 1, bytes->length, file) != bytes->length || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static Buf build(int kind)
{
    hb_face_t *face = hb_face_builder_create();
    add_head(face);
    add_cmap(face);
    add_layout(face);
    if (kind == 0)
        add_glyf(face);
    else
        add_cff(face, kind == 2);
    hb_blob_t *blob = hb_face_reference_blob(face);
    Buf out = {0};
    unsigned length;
    const char *bytes = hb_blob_get_data(blob, &length);
    buf_append(&out, bytes, length);
    hb_blob_destroy(blob);
    hb_face_destroy(face);
    return out;
}

/* Both fonts behind one header; the offsets of a font's tables count from the beginning of the file. */
static void collect(Buf *out, const Buf *fonts, unsigned count)
{
    buf_append(out, "ttcf", 4);
    PUT(out, 1, 0, 0, (int)count);
    size_t at = 12 + 4 * (size_t)count;
    for (unsigned i = 0; i < count; i++) {
        put(out, 4, (uint32_t)at);
        at += fonts[i].length;
    }
    for (unsigned i = 0; i < count; i++) {
        const size_t start = out->length;
        buf_append(out, fonts[i].bytes, fonts[i].length);
        unsigned char *font = out->bytes + start;
        const unsigned tables = (unsigned)font[4] << 8 | font[5];
        for (unsigned t = 0; t < tables; t++) {
            unsigned char *field = font + 12 + 16 * t + 8;
            uint32_t offset = (uint32_t)field[0] << 24 | (uint32_t)field[1] << 16 | (uint32_t)field[2] << 8 | field[3];
            offset += (uint32_t)start;
            for (int b = 0; b < 4; b++)
                field[b] = (unsigned char)(offset >> (24 - 8 * b));
        }
    }
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"glyf.ttf", "cff.otf", "cid.otf"};
    if (argc != 2) {
        fputs("usage: small_fonts DIRECTORY\n", stderr);
        return 64;
    }
    Buf fonts[3], all = {0};
    for (int kind = 0; kind < 3; kind++) {
        fonts[kind] = build(kind);
        write_file(argv[1], names[kind], &fonts[kind]);
    }
    collect(&all, fonts, 3);
    write_file(argv[1], "all.ttc", &all);
    buf_free(&all);
    free_items(fonts, 3);
    return 0;
}
