/* The font configuration: faces and roles of fonts.xml, and which face a character takes. */
#include "text/text.h"

#include "base/file.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/xml.h"
#include "text/family.h"
#include "text/set_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/uset.h>
#include <unicode/ustring.h>

extern const char text_fonts_grammar[];
extern const size_t text_fonts_grammar_length;

/* A <face> of the configuration; opened when the first role uses it, so that the message can name the role. */
typedef struct FaceEntry {
    const XmlNode *node;
    const char *name;
    int face; /* index, NOT_OPENED or FAILED */
} FaceEntry;

enum { NOT_OPENED = -1, FAILED = -2 };

typedef struct Loader {
    Arena *run;
    Diag *diag;
    const XmlFile *file;
    const char *directory;
    Map *entries; /* name → FaceEntry */
    FaceFile *files;
    TextFonts *fonts;
    bool asked; /* fontconfig */
    bool good;
} Loader;

static void complain(Loader *loader, DiagCode code, const XmlNode *node, const char *const *args)
{
    loader->good = diag_record(loader->diag, code, xml_place(loader->file, node), args);
}
#define COMPLAIN(loader, code, node, ...) complain((loader), (code), (node), (const char *const[]){__VA_ARGS__, NULL})

static int count_children(const XmlNode *root, const char *name)
{
    int count = 0;
    for (const XmlNode *node = xml_child(root, name); node; node = xml_next(node, name))
        count++;
    return count;
}

/* ── faces ── */

static void read_faces(Loader *loader)
{
    const XmlNode *root = loader->file->root;
    loader->fonts->faces = ARENA_ARRAY(loader->run, (size_t)count_children(root, "face"), Face *);
    for (const XmlNode *node = xml_child(root, "face"); node; node = xml_next(node, "face")) {
        FaceEntry *entry = ARENA_NEW(loader->run, FaceEntry);
        *entry = (FaceEntry){.node = node, .name = xml_attr(node, "name"), .face = NOT_OPENED};
        if (!map_add(loader->entries, entry->name, entry))
            COMPLAIN(loader, DIAG_FONT_NAME_TWICE, node, "face", entry->name);
    }
}

static FaceFile *find_file(Loader *loader, const char *path)
{
    for (FaceFile *file = loader->files; file; file = file->next) {
        if (strcmp(file->path, path) == 0)
            return file;
    }
    FaceFile *file = text_face_map(loader->run, path);
    if (file) {
        file->next = loader->files;
        loader->files = file;
    }
    return file;
}

static void complain_of_file(Loader *loader, const FaceEntry *entry, const char *role, const char *path)
{
    int error = errno;
    const char *package = xml_attr(entry->node, "package");
    if (error == ENOENT || error == ENOTDIR)
        COMPLAIN(loader, DIAG_FONT_MISSING, entry->node, role, path, package ? package : "?");
    else
        COMPLAIN(loader, DIAG_FONT_UNREADABLE, entry->node, entry->name, path, strerror(error));
}

/* The file of an entry: named, or found by its family. False = a diagnostic says that the family is not installed. */
static bool locate(Loader *loader, const FaceEntry *entry, const char **path, unsigned *index)
{
    const char *name = xml_attr(entry->node, "file"), *place = xml_attr(entry->node, "index");
    if (name) {
        *path = name[0] == '/' ? name : file_join(loader->run, loader->directory, name);
        *index = place ? (unsigned)strtoul(place, NULL, 10) : 0;
        return true;
    }
    const char *family = xml_attr(entry->node, "family"), *weight = xml_attr(entry->node, "weight");
    TextFamilyMatch match;
    loader->asked = true;
    const bool bold = weight && strcmp(weight, "bold") == 0;
    const TextFamilyFound found = text_family_find(loader->run, family, bold, &match);
    if (found == TEXT_FAMILY_NONE)
        COMPLAIN(loader, DIAG_FONT_FAMILY, entry->node, family, match.nearest);
    else if (found == TEXT_FAMILY_NO_WEIGHT)
        COMPLAIN(loader, DIAG_FONT_WEIGHT, entry->node, family, bold ? "bold" : "regular");
    if (found != TEXT_FAMILY_FOUND)
        return false;
    *path = match.path;
    *index = match.index;
    return true;
}

static void open_entry(Loader *loader, FaceEntry *entry, const char *role)
{
    const char *path;
    unsigned index;
    entry->face = FAILED;
    if (!locate(loader, entry, &path, &index))
        return;
    FaceFile *file = find_file(loader, path);
    if (!file) {
        complain_of_file(loader, entry, role, path);
        return;
    }
    Face *face = text_face_open(loader->run, file, index, entry->name, xml_attr(entry->node, "licence"),
                                xml_place(loader->file, entry->node), loader->diag);
    if (!face) {
        loader->good = false;
        return;
    }
    entry->face = (int)loader->fonts->face_count;
    loader->fonts->faces[loader->fonts->face_count++] = face;
}

/* ── roles ── */

/* "U+20-7E, U+2026" → ranges; the grammar has checked the form. */
static void read_ranges(Loader *loader, const XmlNode *node, const char *text, FontsUse *use)
{
    size_t count = 1;
    for (const char *c = text; *c; c++)
        count += *c == ',';
    FontsRange *ranges = ARENA_ARRAY(loader->run, count, FontsRange);
    for (size_t i = 0; i < count; i++) {
        char *end;
        text = strchr(text, '+') + 1;
        ranges[i].first = ranges[i].last = (uint32_t)strtoul(text, &end, 16);
        if (*end == '-')
            ranges[i].last = (uint32_t)strtoul(end + 1, &end, 16);
        if (ranges[i].first > ranges[i].last || ranges[i].last > 0x10FFFF)
            COMPLAIN(loader, DIAG_FONT_RANGE, node, xml_attr(node, "unicode-range"));
        text = end;
    }
    use->ranges = ranges;
    use->range_count = count;
}

static bool read_use(Loader *loader, const char *role, const XmlNode *node, FontsUse *use)
{
    const char *name = xml_attr(node, "face");
    FaceEntry *entry = map_lookup(loader->entries, name);
    if (!entry) {
        const char *nearest = map_nearest(loader->entries, name);
        COMPLAIN(loader, DIAG_FONT_FACE_UNKNOWN, node, role, name, nearest ? nearest : "-");
        return false;
    }
    if (entry->face == NOT_OPENED)
        open_entry(loader, entry, role);
    if (entry->face < 0)
        return false;
    use->face = (uint16_t)entry->face;
    const char *ranges = xml_attr(node, "unicode-range");
    if (ranges)
        read_ranges(loader, node, ranges, use);
    return true;
}

static void read_role(Loader *loader, const XmlNode *node, FontsRole *role)
{
    role->name = xml_attr(node, "name");
    role->title = xml_attr(node, "title");
    FontsUse *uses = ARENA_ARRAY(loader->run, (size_t)count_children(node, "use"), FontsUse);
    for (const XmlNode *child = xml_child(node, "use"); child; child = xml_next(child, "use")) {
        if (read_use(loader, role->name, child, &uses[role->use_count]))
            role->use_count++;
    }
    role->uses = uses;
}

static void read_roles(Loader *loader)
{
    const XmlNode *root = loader->file->root;
    FontsRole *roles = ARENA_ARRAY(loader->run, (size_t)count_children(root, "role"), FontsRole);
    TextFonts *fonts = loader->fonts;
    fonts->roles = roles;
    for (const XmlNode *node = xml_child(root, "role"); node; node = xml_next(node, "role")) {
        if (text_role(fonts, xml_attr(node, "name")) >= 0)
            COMPLAIN(loader, DIAG_FONT_NAME_TWICE, node, "role", xml_attr(node, "name"));
        read_role(loader, node, &roles[fonts->role_count]);
        fonts->role_count++;
    }
    for (size_t i = 0; i < fonts->role_count; i++) {
        int bold = text_role(fonts, arena_print(loader->run, "%s-bold", roles[i].name));
        roles[i].bold = bold >= 0 ? bold : (int)i;
    }
    if (loader->good)
        text_fit_roles(loader->run, fonts, roles);
}

/* What every document needs is looked up before the fork, so that workers share it: signs, punctuation and the common Han of
 * the face that serves most of a role. */
static void warm_face(Face *face)
{
    for (uint32_t code = 0; code < 0x10000; code += 0x100) {
        if (code < 0x200 || code == 0x2000 || code == 0x3000 || code == 0xFF00 || (code >= 0x4E00 && code < 0xA000))
            face_page(face, code);
    }
}

static void warm(const TextFonts *fonts)
{
    for (size_t i = 0; i < fonts->role_count; i++) {
        const FontsRole *role = &fonts->roles[i];
        size_t use = 0;
        while (use + 1 < role->use_count && role->uses[use].range_count)
            use++;
        warm_face(fonts->faces[role->uses[use].face]);
    }
}

TextFonts *text_fonts_load(Arena *run, const char *config_path, Diag *diag)
{
    Loader loader = {.run = run, .diag = diag, .good = true};
    loader.file = xml_load(run, config_path, text_fonts_grammar, text_fonts_grammar_length, "urn:shuzhi:fonts:1", diag);
    if (!loader.file)
        return NULL;
    text_chars_prepare();
    loader.directory = file_directory(run, config_path);
    loader.entries = map_open(run);
    loader.fonts = ARENA_NEW(run, TextFonts);
    loader.fonts->words = text_words_open(run);
    loader.fonts->setter = text_set_open(run);
    loader.fonts->set = text_cache_open(run);
    read_faces(&loader);
    read_roles(&loader);
    if (loader.asked)
        text_family_close();
    if (!loader.good)
        return NULL;
    text_face_hash(loader.files);
    for (size_t i = 0; i < loader.fonts->face_count; i++) {
        Face *face = loader.fonts->faces[i];
        memcpy(face->door.sha256, face->file->sha256, sizeof face->door.sha256);
    }
    warm(loader.fonts);
    return loader.fonts;
}

void text_fonts_replace_missing(TextFonts *fonts)
{
    fonts->replace = true;
}

/* ── asking ── */

size_t text_face_count(const TextFonts *fonts)
{
    return fonts->face_count;
}

const TextFace *text_face(const TextFonts *fonts, uint16_t face)
{
    return &fonts->faces[face]->door;
}

struct hb_face_t *text_face_shaper(const TextFonts *fonts, uint16_t face)
{
    return fonts->faces[face]->shaper;
}

int text_role(const TextFonts *fonts, const char *name)
{
    for (size_t i = 0; i < fonts->role_count; i++) {
        if (strcmp(fonts->roles[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

size_t text_role_count(const TextFonts *fonts)
{
    return fonts->role_count;
}

const char *text_role_name(const TextFonts *fonts, int role)
{
    return fonts->roles[role].name;
}

const char *text_role_title(const TextFonts *fonts, int role)
{
    return fonts->roles[role].title;
}

bool text_role_charset(const TextFonts *fonts, int role, const char *charset, size_t *held, size_t *all)
{
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(charset, &error);
    USet *codes = uset_openEmpty();
    *held = *all = 0;
    if (U_SUCCESS(error))
        ucnv_getUnicodeSet(converter, codes, UCNV_ROUNDTRIP_SET, &error);
    for (UChar32 code = 0x3400; U_SUCCESS(error) && code < 0x323B0; code++) {
        if (!uset_contains(codes, code) || !u_hasBinaryProperty(code, UCHAR_UNIFIED_IDEOGRAPH))
            continue;
        ++*all;
        *held += text_face_for(fonts, role, (uint32_t)code) >= 0;
    }
    uset_close(codes);
    ucnv_close(converter);
    return *all > 0;
}

size_t text_role_face_count(const TextFonts *fonts, int role)
{
    return fonts->roles[role].use_count;
}

uint16_t text_role_face(const TextFonts *fonts, int role, size_t place)
{
    return fonts->roles[role].uses[place].face;
}

bool text_is_ignorable(uint32_t code)
{
    return text_chars_is_ignorable(code);
}

static bool use_has(const TextFonts *fonts, const FontsUse *use, uint32_t code)
{
    bool within = use->range_count == 0;
    for (size_t i = 0; i < use->range_count && !within; i++)
        within = code >= use->ranges[i].first && code <= use->ranges[i].last;
    return within && face_glyph(fonts->faces[use->face], code) != 0;
}

int text_face_for(const TextFonts *fonts, int role, uint32_t code)
{
    const FontsRole *r = &fonts->roles[role];
    for (size_t i = 0; code <= 0x10FFFF && i < r->use_count; i++) {
        if (use_has(fonts, &r->uses[i], code))
            return r->uses[i].face;
    }
    return -1;
}

int text_face_beside(const TextFonts *fonts, int role, uint32_t code, uint32_t beside)
{
    const FontsRole *r = &fonts->roles[role];
    for (size_t i = 0; beside && i < r->use_count; i++) {
        const FontsUse *use = &r->uses[i];
        if (use_has(fonts, use, beside) && face_glyph(fonts->faces[use->face], code))
            return use->face;
    }
    return text_face_for(fonts, role, code);
}

int text_face_variant(const TextFonts *fonts, int role, uint32_t code, uint32_t selector, uint16_t *gid)
{
    const FontsRole *r = &fonts->roles[role];
    for (size_t i = 0; i < r->use_count; i++) {
        hb_codepoint_t glyph;
        if (use_has(fonts, &r->uses[i], code) &&
            hb_font_get_variation_glyph(fonts->faces[r->uses[i].face]->font, code, selector, &glyph)) {
            *gid = (uint16_t)glyph;
            return r->uses[i].face;
        }
    }
    return -1;
}

static bool has_all(Face *face, const char *text)
{
    while (*text) {
        const uint32_t code = utf8_next(&text);
        if (!face_glyph(face, code) && !text_chars_is_ignorable(code))
            return false;
    }
    return true;
}

enum { CLUSTER = 64 }; /* UTF-16 units; no language writes longer ones */

/* A cluster in a normal form, as UTF-8. */
static bool normalise(const UNormalizer2 *normalizer, const UChar *from, int32_t length, char out[3 * CLUSTER + 1])
{
    UErrorCode error = U_ZERO_ERROR;
    UChar text[CLUSTER];
    const int32_t count = unorm2_normalize(normalizer, from, length, text, CLUSTER, &error);
    u_strToUTF8(out, 3 * CLUSTER + 1, NULL, text, count, &error);
    return U_SUCCESS(error) && error != U_STRING_NOT_TERMINATED_WARNING;
}

/* The marks of a cluster stand over, under or through its letter. A face may have all the glyphs and yet not know how to put them together:
 * then a mark that was drawn to stand alone falls beside the letter. */
static bool is_put_together(const Face *face, const char *text)
{
    hb_buffer_t *buffer = hb_buffer_create();
    hb_buffer_add_utf8(buffer, text, -1, 0, -1);
    hb_buffer_guess_segment_properties(buffer);
    hb_shape(face->font, buffer, NULL, 0);
    unsigned count;
    const hb_glyph_info_t *infos = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *positions = hb_buffer_get_glyph_positions(buffer, &count);
    hb_glyph_extents_t base, mark;
    bool good = count > 0 && (count == 1 || hb_font_get_glyph_extents(face->font, infos[0].codepoint, &base));
    hb_position_t pen = 0;
    for (unsigned i = 1; good && i < count; i++) {
        pen += positions[i - 1].x_advance;
        if (!hb_font_get_glyph_extents(face->font, infos[i].codepoint, &mark) || mark.width == 0)
            continue;
        const hb_position_t middle = pen + positions[i].x_offset + mark.x_bearing + mark.width / 2;
        good = middle >= base.x_bearing && middle <= base.x_bearing + base.width;
    }
    hb_buffer_destroy(buffer);
    return good;
}

int text_face_cluster(const TextFonts *fonts, int role, const char *text, size_t length)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar units[CLUSTER];
    int32_t count;
    char raw[3 * CLUSTER + 1], composed[3 * CLUSTER + 1], decomposed[3 * CLUSTER + 1];
    u_strFromUTF8(units, CLUSTER, &count, text, (int32_t)length, &error);
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&error), *nfd = unorm2_getNFDInstance(&error);
    if (U_FAILURE(error) || !normalise(nfc, units, count, composed) || !normalise(nfd, units, count, decomposed) ||
        length >= sizeof raw)
        return -1;
    memcpy(raw, text, length);
    raw[length] = '\0';
    const char *first = raw;
    const uint32_t base = utf8_next(&first);
    const FontsRole *r = &fonts->roles[role];
    int loose = -1; /* the first face that has the glyphs only */
    for (size_t i = 0; i < r->use_count; i++) {
        Face *face = fonts->faces[r->uses[i].face];
        if (!use_has(fonts, &r->uses[i], base) ||
            !(has_all(face, raw) || has_all(face, composed) || has_all(face, decomposed)))
            continue;
        if (is_put_together(face, raw))
            return r->uses[i].face;
        loose = loose < 0 ? r->uses[i].face : loose;
    }
    return loose;
}
