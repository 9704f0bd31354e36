/* Fonts: the configuration that ships loads, covers what Chinese needs, and faulty ones are refused by name. */
#include "base/clock.h"
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CONFIG "fonts/fonts.xml"

static Arena *run;
static Diag *diag;

static int begin(void **state)
{
    (void)state;
    run = arena_open(0);
    diag = diag_open(run, 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_close(run);
    return 0;
}

/* Writes a configuration, and the bytes of one font beside it as "font", into a directory of its own; loads it. */
static TextFonts *load(const char *xml, const void *font, size_t length)
{
    char directory[] = "/tmp/shuzhi-fonts-XXXXXX";
    assert_non_null(mkdtemp(directory));
    char config[64], file[64];
    snprintf(config, sizeof config, "%s/fonts.xml", directory);
    snprintf(file, sizeof file, "%s/font", directory);
    FILE *out = fopen(config, "w");
    assert_non_null(out);
    fputs(xml, out);
    fclose(out);
    if (font) {
        out = fopen(file, "w");
        assert_non_null(out);
        assert_int_equal(fwrite(font, 1, length, out), length);
        fclose(out);
    }
    TextFonts *fonts = text_fonts_load(run, config, diag);
    unlink(config);
    unlink(file);
    rmdir(directory);
    return fonts;
}

static const char ONE_FACE[] = "<fonts xmlns='urn:shuzhi:fonts:1'><face name='a' file='font' licence='x'/>"
                               "<role name='song'><use face='a'/></role></fonts>";

/* The first diagnostic has this code; its text in English holds these words. */
static void expect(DiagCode code, const char *words)
{
    assert_true(diag_count(diag) > 0);
    Buf text = {0};
    diag_format(diag_item(diag, 0), DIAG_ENGLISH, &text);
    if (diag_item(diag, 0)->code != code || !strstr(buf_cstring(&text), words))
        fail_msg("unexpected: %s", buf_cstring(&text));
    buf_free(&text);
}

static void shipped_configuration_loads(void **state)
{
    (void)state;
    int64_t start = clock_ticks();
    TextFonts *fonts = text_fonts_load(run, CONFIG, diag);
    print_message("fonts loaded in %.1f ms\n", (double)(clock_ticks() - start) / 1e6);
    assert_non_null(fonts);
    assert_int_equal(diag_count(diag), 0);
    static const char *const roles[] = {"xiaobiaosong", "song",     "song-bold", "hei",    "hei-bold",
                                        "kai",          "fangsong", "digits",    "symbols"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        assert_true(text_role(fonts, roles[i]) >= 0);
    assert_int_equal(text_role(fonts, "comic"), -1);
    for (size_t i = 0; i < text_face_count(fonts); i++) {
        const TextFace *face = text_face(fonts, (uint16_t)i);
        assert_int_equal(strlen(face->sha256), 64);
        assert_true(face->units_per_em == 1000 || face->units_per_em >= 1024);
        assert_true(face->ascent > 0 && face->descent < 0);
    }
}

static void collections_share_one_mapping(void **state)
{
    (void)state;
    TextFonts *fonts =
        load("<fonts xmlns='urn:shuzhi:fonts:1'>"
             "<face name='a' file='/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc' index='2' licence='x'/>"
             "<face name='b' file='/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc' index='0' licence='x'/>"
             "<role name='r'><use face='a'/><use face='b'/></role></fonts>",
             NULL, 0);
    assert_non_null(fonts);
    assert_int_equal(text_face_count(fonts), 2);
    assert_ptr_equal(text_face(fonts, 0)->bytes, text_face(fonts, 1)->bytes);
    assert_string_equal(text_face(fonts, 0)->name, "NotoSansCJKsc-Regular");
    assert_true(text_face(fonts, 0)->cff);
}

/* Rare Han, compatibility ideographs, Kangxi radicals and the signs of forms have a face in every role of text. */
static void every_role_has_rare_characters(void **state)
{
    (void)state;
    TextFonts *fonts = text_fonts_load(run, CONFIG, diag);
    static const uint32_t codes[] = {0x20BB7, 0x2C029, 0x36C3, 0x4DAE, 0x2CB4E, 0x23C98, 0x2B5AF, 0x30EDE, 0x2A6D6,
                                     0x2F64,  0x2F3E,  0xF900, 0xFA0E, 0x00B7,  0x2014,  0x2026,  0x2713,  0x2611,
                                     0x2460,  0x3000,  0x2103, 0xFF05, 0x3014,  0x25CF,  0x00D7,  0x2265};
    for (int role = 0; role < (int)text_role_count(fonts); role++) {
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
            if (text_face_for(fonts, role, codes[i]) < 0)
                fail_msg("role %s lacks U+%04X", text_role_name(fonts, role), (unsigned)codes[i]);
        }
        assert_int_equal(text_face_for(fonts, role, 0xE000), -1);
        assert_int_equal(text_face_for(fonts, role, 0x110000), -1);
    }
    int song = text_role(fonts, "song");
    assert_string_equal(text_face(fonts, (uint16_t)text_face_for(fonts, song, 0x6C49))->name, "FandolSong-Regular");
    assert_string_equal(text_face(fonts, (uint16_t)text_face_for(fonts, song, 0x20BB7))->name,
                        "NotoSerifCJKsc-Regular");
}

/* GB 18030-2022 level 3: the Han of the basic block and of extensions A to F, in every role of text. */
static void every_han_of_gb18030_has_a_face(void **state)
{
    (void)state;
    static const uint32_t ranges[][2] = {{0x4E00, 0x9FFF},   {0x3400, 0x4DBF},   {0x20000, 0x2A6DF}, {0x2A700, 0x2B739},
                                         {0x2B740, 0x2B81D}, {0x2B820, 0x2CEA1}, {0x2CEB0, 0x2EBE0}};
    TextFonts *fonts = text_fonts_load(run, CONFIG, diag);
    for (int role = 0; role < (int)text_role_count(fonts); role++) {
        for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
            for (uint32_t code = ranges[i][0]; code <= ranges[i][1]; code++) {
                if (text_face_for(fonts, role, code) < 0)
                    fail_msg("role %s lacks U+%04X", text_role_name(fonts, role), (unsigned)code);
            }
        }
    }
}

static void range_restricts_a_face(void **state)
{
    (void)state;
    TextFonts *fonts =
        load("<fonts xmlns='urn:shuzhi:fonts:1'>"
             "<face name='latin' file='/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' licence='x'/>"
             "<face name='han' file='/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc' index='2' licence='x'/>"
             "<role name='r'><use face='latin' unicode-range='U+0041-005A, u+30-39'/><use face='han'/></role></fonts>",
             NULL, 0);
    assert_non_null(fonts);
    assert_int_equal(text_face_for(fonts, 0, 'A'), 0);
    assert_int_equal(text_face_for(fonts, 0, '0'), 0);
    assert_int_equal(text_face_for(fonts, 0, 'a'), 1);
}

static void missing_file_names_role_and_package(void **state)
{
    (void)state;
    assert_null(
        load("<fonts xmlns='urn:shuzhi:fonts:1'><face name='a' file='none.ttf' licence='x' package='fonts-none'/>"
             "<role name='song'><use face='a'/></role></fonts>",
             NULL, 0));
    expect(DIAG_FONT_MISSING, "role song");
    expect(DIAG_FONT_MISSING, "package fonts-none");
    assert_int_equal(diag_item(diag, 0)->place.line, 1);
}

static void mistakes_of_names_are_told(void **state)
{
    (void)state;
    assert_null(load("<fonts xmlns='urn:shuzhi:fonts:1'><face name='kaiti' file='font' licence='x'/>"
                     "<role name='song'><use face='kaitj'/></role></fonts>",
                     NULL, 0));
    expect(DIAG_FONT_FACE_UNKNOWN, "kaiti");
    diag_clear(diag);
    assert_null(load("<fonts xmlns='urn:shuzhi:fonts:1'><face name='a' file='font' licence='x'/>"
                     "<face name='a' file='font' licence='x'/><role name='song'><use face='a'/></role></fonts>",
                     NULL, 0));
    expect(DIAG_FONT_NAME_TWICE, "named a");
}

static void bad_index_tells_how_many(void **state)
{
    (void)state;
    assert_null(load("<fonts xmlns='urn:shuzhi:fonts:1'>"
                     "<face name='a' file='/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' index='3' licence='x'/>"
                     "<role name='song'><use face='a'/></role></fonts>",
                     NULL, 0));
    expect(DIAG_FONT_INDEX, "it holds 1");
}

static void not_a_font_is_refused(void **state)
{
    (void)state;
    assert_null(load(ONE_FACE, "This is a letter, not a font.", 29));
    expect(DIAG_FONT_KIND, "is not a TTF, OTF or TTC");
    diag_clear(diag);
    assert_null(load(ONE_FACE, "short", 5));
    expect(DIAG_FONT_KIND, "is not a TTF, OTF or TTC");
    diag_clear(diag);
    assert_null(load(ONE_FACE, "wOF2 packed for the web", 23));
    expect(DIAG_FONT_PACKED, "WOFF");
}

static unsigned char *read_font(size_t *length)
{
    FILE *in = fopen("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "rb");
    assert_non_null(in);
    unsigned char *bytes = arena_alloc(run, 1 << 20);
    *length = fread(bytes, 1, 1 << 20, in);
    fclose(in);
    assert_true(*length > 100000);
    return bytes;
}

/* The table directory's record of a table: tag, checksum, offset, length. */
static unsigned char *table_record(unsigned char *font, const char *tag)
{
    for (int i = 0; i < (font[4] << 8 | font[5]); i++) {
        if (memcmp(font + 12 + 16 * i, tag, 4) == 0)
            return font + 12 + 16 * i;
    }
    fail_msg("no table %s", tag);
    return NULL;
}

static size_t table_offset(const unsigned char *record)
{
    return (size_t)record[8] << 24 | (size_t)record[9] << 16 | (size_t)record[10] << 8 | record[11];
}

static void restricted_face_is_refused(void **state)
{
    (void)state;
    size_t length;
    unsigned char *font = read_font(&length);
    unsigned char *type = font + table_offset(table_record(font, "OS/2")) + 8;
    type[0] = 0;
    type[1] = 2;
    assert_null(load(ONE_FACE, font, length));
    expect(DIAG_FONT_RESTRICTED, "0x0002");
    diag_clear(diag);
    type[1] = 2 | 1; /* bit 0 is reserved and says nothing */
    assert_null(load(ONE_FACE, font, length));
    expect(DIAG_FONT_RESTRICTED, "0x0002");
    diag_clear(diag);
    type[1] = 2 | 8; /* the more permissive bit wins */
    assert_non_null(load(ONE_FACE, font, length));
    type[0] = 1;
    assert_null(load(ONE_FACE, font, length));
    expect(DIAG_FONT_RESTRICTED, "subsetting");
}

static void face_without_tables_is_refused(void **state)
{
    (void)state;
    static const char *const tags[] = {"cmap", "hmtx", "hhea", "head", "maxp", "loca"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        size_t length;
        unsigned char *font = read_font(&length);
        memcpy(table_record(font, tags[i]), "none", 4);
        diag_clear(diag);
        if (load(ONE_FACE, font, length))
            fail_msg("accepted without %s", tags[i]);
        expect(DIAG_FONT_NO_TABLE, tags[i]);
    }
    size_t length;
    unsigned char *font = read_font(&length);
    memcpy(table_record(font, "glyf"), "none", 4);
    diag_clear(diag);
    assert_null(load(ONE_FACE, font, length));
    expect(DIAG_FONT_NO_OUTLINE, "no outlines");
}

/* One field of the container made wrong: 16 or 32 bits at `at` of a table, or of its record in the directory, or of the file. */
typedef struct Damage {
    const char *table;
    enum { IN_FILE, IN_RECORD, IN_TABLE } where;
    size_t at;
    int bits;
    uint32_t value;
    DiagCode code;
    const char *says;
} Damage;

static void write_field(unsigned char *at, int bits, uint32_t value)
{
    for (int shift = bits - 8; shift >= 0; shift -= 8)
        *at++ = (unsigned char)(value >> shift);
}

/* Each damage alone: told with the table, the field and the figures. */
static void damaged_container_is_told_exactly(void **state)
{
    (void)state;
    static const Damage damages[] = {
        {"", IN_FILE, 0, 32, 0x74797031, DIAG_FONT_KIND, "not a TTF"},
        {"", IN_FILE, 4, 16, 0xFFFF, DIAG_FONT_CUT, "byte 1048572 of"},
        {"GPOS", IN_RECORD, 8, 32, 0xFFFFFFF0, DIAG_FONT_BEYOND, "GPOS"},
        {"glyf", IN_RECORD, 12, 32, 0xFFFFFFFF, DIAG_FONT_BEYOND, "glyf"},
        {"head", IN_RECORD, 12, 32, 53, DIAG_FONT_SHORT, "head has 53 bytes, 54 are needed"},
        {"maxp", IN_RECORD, 12, 32, 5, DIAG_FONT_SHORT, "maxp has 5 bytes, 6"},
        {"hhea", IN_RECORD, 12, 32, 35, DIAG_FONT_SHORT, "hhea has 35 bytes, 36"},
        {"hmtx", IN_RECORD, 12, 32, 8, DIAG_FONT_SHORT, "hmtx has 8 bytes"},
        {"cmap", IN_RECORD, 12, 32, 3, DIAG_FONT_SHORT, "cmap has 3 bytes, 4"},
        {"loca", IN_RECORD, 12, 32, 100, DIAG_FONT_SHORT, "loca has 100 bytes"},
        {"cmap", IN_RECORD, 12, 32, 0, DIAG_FONT_NO_TABLE, "cmap"},
        {"head", IN_TABLE, 18, 16, 15, DIAG_FONT_FIELD, "unitsPerEm in its table head is 15"},
        {"head", IN_TABLE, 18, 16, 16385, DIAG_FONT_FIELD, "unitsPerEm in its table head is 16385"},
        {"head", IN_TABLE, 18, 16, 0, DIAG_FONT_FIELD, "unitsPerEm in its table head is 0"},
        {"head", IN_TABLE, 50, 16, 2, DIAG_FONT_FIELD, "indexToLocFormat in its table head is 2"},
        {"maxp", IN_TABLE, 4, 16, 0, DIAG_FONT_FIELD, "numGlyphs in its table maxp is 0"},
        {"hhea", IN_TABLE, 34, 16, 0, DIAG_FONT_FIELD, "numberOfHMetrics in its table hhea is 0"},
        {"hhea", IN_TABLE, 34, 16, 0xFFFF, DIAG_FONT_FIELD, "numberOfHMetrics in its table hhea is 65535"},
        {"loca", IN_TABLE, 40, 32, 0x7FFFFFFF, DIAG_FONT_ORDER, "glyph 9 lies outside"},
        {"loca", IN_TABLE, 40, 32, 0, DIAG_FONT_ORDER, "glyph 9 lies outside"},
        {"cmap", IN_TABLE, 2, 16, 0, DIAG_FONT_NO_CHARACTERS, "no Unicode character map"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        const Damage *damage = &damages[i];
        size_t length;
        unsigned char *font = read_font(&length);
        unsigned char *record = damage->where == IN_FILE ? font : table_record(font, damage->table);
        unsigned char *base = damage->where == IN_TABLE ? font + table_offset(record) : record;
        write_field(base + damage->at, damage->bits, damage->value);
        diag_clear(diag);
        if (load(ONE_FACE, font, length))
            fail_msg("accepted: %s", damage->says);
        expect(damage->code, damage->says);
    }
}

/* Cut anywhere: refused, and never for want of characters or the like. */
static void truncated_face_is_refused(void **state)
{
    (void)state;
    size_t length;
    unsigned char *font = read_font(&length);
    for (size_t cut = 12; cut < length; cut += length / 97) {
        diag_clear(diag);
        if (load(ONE_FACE, font, cut))
            fail_msg("accepted when cut to %zu bytes", cut);
        expect(cut < 12 + 16 * (size_t)(font[4] << 8 | font[5]) ? DIAG_FONT_CUT : DIAG_FONT_BEYOND, "is cut short");
    }
}

/* A collection whose header names more faces than it holds. */
static void collection_is_checked(void **state)
{
    (void)state;
    size_t length;
    unsigned char *font = read_font(&length);
    memmove(font + 16, font, length);
    static const unsigned char header[16] = {'t', 't', 'c', 'f', 0, 1, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xF0};
    memcpy(font, header, sizeof header);
    assert_null(load(ONE_FACE, font, length + 16));
    expect(DIAG_FONT_CUT, "cut short");
    diag_clear(diag);
    font[11] = 0;
    assert_null(load(ONE_FACE, font, length + 16));
    expect(DIAG_FONT_INDEX, "it holds 0");
}

/* Cut short or scribbled over at random: refused or usable, never a crash. */
static void damaged_faces_do_no_harm(void **state)
{
    (void)state;
    uint64_t seed = 20201223;
    for (int i = 0; i < 60; i++) {
        ArenaMark mark = arena_mark(run);
        size_t length;
        unsigned char *font = read_font(&length);
        for (int k = 0; k < 40; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            size_t where = (seed >> 33) % (i % 2 ? 400 : length);
            font[where] = (unsigned char)(seed >> 20);
        }
        TextFonts *fonts = load(ONE_FACE, font, i % 3 == 0 ? (seed >> 33) % length : length);
        if (fonts) {
            for (uint32_t code = 0; code < 0x3000; code += 7)
                text_face_for(fonts, 0, code);
        }
        diag_clear(diag);
        arena_rewind(run, mark);
    }
}

/* By family and weight; another family is never taken in its place. */
static void families_are_found(void **state)
{
    (void)state;
    TextFonts *fonts =
        load("<fonts xmlns='urn:shuzhi:fonts:1'><face name='a' family='Noto Serif CJK SC' weight='bold' licence='x'/>"
             "<role name='song'><use face='a'/></role></fonts>",
             NULL, 0);
    assert_non_null(fonts);
    const TextFace *face = text_face(fonts, 0);
    assert_string_equal(face->name, "NotoSerifCJKsc-Bold");
    assert_int_equal(face->index, 2);
    assert_non_null(strstr(face->path, "NotoSerifCJK-Bold.ttc"));
    assert_null(load("<fonts xmlns='urn:shuzhi:fonts:1'><face name='a' family='No Such Family' licence='x'/>"
                     "<role name='song'><use face='a'/></role></fonts>",
                     NULL, 0));
    expect(DIAG_FONT_FAMILY, "No Such Family is not installed");
    diag_clear(diag);
    assert_null(load("<fonts xmlns='urn:shuzhi:fonts:1'><face name='a' family='DejaVu Snas' licence='x'/>"
                     "<role name='song'><use face='a'/></role></fonts>",
                     NULL, 0));
    Buf hint = {0};
    diag_format(diag_item(diag, 0), DIAG_ENGLISH, &hint);
    assert_non_null(strstr(buf_cstring(&hint), "the nearest family here is DejaVu Sans"));
    buf_free(&hint);
}

/* A family that has one weight only is never taken for another one. */
static void weights_are_what_was_asked_for(void **state)
{
    (void)state;
    char *here = realpath("fonts/files", NULL);
    char path[] = "/tmp/shuzhi-families-XXXXXX";
    const int file = mkstemp(path);
    assert_true(here && file >= 0);
    dprintf(file, "<fontconfig><dir>%s</dir></fontconfig>", here);
    close(file);
    free(here);
    setenv("FONTCONFIG_FILE", path, 1);
    assert_non_null(load("<fonts xmlns='urn:shuzhi:fonts:1'><face name='a' family='FandolKai' licence='x'/>"
                         "<role name='song'><use face='a'/></role></fonts>",
                         NULL, 0));
    assert_null(load("<fonts xmlns='urn:shuzhi:fonts:1'><face name='a' family='FandolKai' weight='bold' licence='x'/>"
                     "<role name='song'><use face='a'/></role></fonts>",
                     NULL, 0));
    unsetenv("FONTCONFIG_FILE");
    unlink(path);
    expect(DIAG_FONT_WEIGHT, "FandolKai has no face of the weight bold");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(shipped_configuration_loads),    T(collections_share_one_mapping),
        T(every_role_has_rare_characters), T(every_han_of_gb18030_has_a_face),
        T(range_restricts_a_face),         T(missing_file_names_role_and_package),
        T(mistakes_of_names_are_told),     T(families_are_found),
        T(weights_are_what_was_asked_for), T(bad_index_tells_how_many),
        T(not_a_font_is_refused),          T(restricted_face_is_refused),
        T(face_without_tables_is_refused), T(damaged_container_is_told_exactly),
        T(truncated_face_is_refused),      T(collection_is_checked),
        T(damaged_faces_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
