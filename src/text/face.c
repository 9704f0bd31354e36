/* Faces: mapping, judging and asking fonts; see face.h. The container is checked first (sfnt.h), and
 * HarfBuzz sanitizes every table before it reads it, so that a damaged file gives a refusal here, never a wild read. */
#include "text/face.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "text/sfnt.h"

#include <errno.h>
#include <fcntl.h>
#include <hb-ot.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ── files ── */

static void unmap_file(void *handle)
{
    FaceFile *file = handle;
    hb_blob_destroy(file->blob);
    munmap((void *)(uintptr_t)file->bytes, file->length);
}

/* Maps a regular file of 1 byte to 1 GiB. */
static void *map_bytes(const char *path, size_t *length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct stat status;
    void *bytes = MAP_FAILED;
    if (fstat(fd, &status) == 0) {
        if (!S_ISREG(status.st_mode) || status.st_size < 1 || status.st_size > (off_t)1 << 30) {
            errno = S_ISDIR(status.st_mode) ? EISDIR : status.st_size > 0 ? EFBIG : ENODATA;
        } else {
            *length = (size_t)status.st_size;
            bytes = mmap(NULL, *length, PROT_READ, MAP_PRIVATE, fd, 0);
        }
    }
    int error = errno;
    close(fd);
    errno = error;
    return bytes == MAP_FAILED ? NULL : bytes;
}

FaceFile *text_face_map(Arena *run, const char *path)
{
    size_t length = 0;
    void *bytes = map_bytes(path, &length);
    if (!bytes)
        return NULL;
    FaceFile *file = ARENA_NEW(run, FaceFile);
    file->path = path;
    file->bytes = bytes;
    file->length = length;
    file->blob = hb_blob_create(bytes, (unsigned)length, HB_MEMORY_MODE_READONLY, NULL, NULL);
    arena_defer(run, unmap_file, file);
    return file;
}

static void *hash_file(void *handle)
{
    FaceFile *file = handle;
    unsigned char sum[HASH_SIZE];
    hash_bytes(file->bytes, file->length, sum);
    hash_hex(sum, file->sha256);
    return NULL;
}

void text_face_hash(FaceFile *files)
{
    for (FaceFile *file = files; file; file = file->next)
        file->hashing = pthread_create(&file->thread, NULL, hash_file, file) == 0;
    for (FaceFile *file = files; file; file = file->next) {
        if (file->hashing)
            pthread_join(file->thread, NULL);
        else
            hash_file(file);
    }
}

/* ── judging ── */

static bool has_table(hb_face_t *shaper, hb_tag_t tag)
{
    hb_blob_t *blob = hb_face_reference_table(shaper, tag);
    bool there = hb_blob_get_length(blob) > 0;
    hb_blob_destroy(blob);
    return there;
}

/* OS/2 fsType: embedding permission; 0 where the table is missing or short. */
static unsigned embedding_bits(hb_face_t *shaper)
{
    hb_blob_t *blob = hb_face_reference_table(shaper, HB_TAG('O', 'S', '/', '2'));
    unsigned length;
    const unsigned char *bytes = (const unsigned char *)hb_blob_get_data(blob, &length);
    unsigned bits = length >= 10 ? (unsigned)bytes[8] << 8 | bytes[9] : 0;
    hb_blob_destroy(blob);
    return bits;
}

/* NULL, or why the font's maker forbids what we do: embedding a subset of its outlines (OpenType, OS/2 fsType). */
static const char *embedding_refusal(unsigned bits)
{
    if ((bits & 0x000E) == 0x0002) /* bit 0 is reserved */
        return "0x0002 (restricted licence)";
    if (bits & 0x0100)
        return "0x0100 (no subsetting)";
    if (bits & 0x0200)
        return "0x0200 (bitmaps only)";
    return NULL;
}

/* Says what text_sfnt_check found. */
static void complain(const SfntReport *report, const FaceFile *file, unsigned index, const char *name, DiagPlace place,
                     Diag *diag)
{
    const char *table = report->table, *path = file->path;
    const char *value = diag_number(diag, (int64_t)report->value), *limit = diag_number(diag, (int64_t)report->limit);
    switch (report->fault) {
    case SFNT_KIND:
        diag_add(diag, DIAG_FONT_KIND, place, name, path);
        break;
    case SFNT_PACKED:
        diag_add(diag, DIAG_FONT_PACKED, place, name, path);
        break;
    case SFNT_INDEX:
        diag_add(diag, DIAG_FONT_INDEX, place, name, path, diag_number(diag, index), value);
        break;
    case SFNT_BEYOND:
        if (*table)
            diag_add(diag, DIAG_FONT_BEYOND, place, name, path, table, value, limit);
        else
            diag_add(diag, DIAG_FONT_CUT, place, name, path, value, limit);
        break;
    case SFNT_NO_TABLE:
        diag_add(diag, DIAG_FONT_NO_TABLE, place, name, path, table);
        break;
    case SFNT_NO_OUTLINE:
        diag_add(diag, DIAG_FONT_NO_OUTLINE, place, name, path);
        break;
    case SFNT_SHORT:
        diag_add(diag, DIAG_FONT_SHORT, place, name, path, table, value, limit);
        break;
    case SFNT_FIELD:
        diag_add(diag, DIAG_FONT_FIELD, place, name, path, table, report->field, value);
        break;
    case SFNT_ORDER:
        diag_add(diag, DIAG_FONT_ORDER, place, name, path, value);
        break;
    case SFNT_SOUND:
        break;
    }
}

static size_t count_characters(hb_face_t *shaper)
{
    hb_set_t *codes = hb_set_create();
    hb_face_collect_unicodes(shaper, codes);
    const size_t count = hb_set_get_population(codes);
    hb_set_destroy(codes);
    return count;
}

/* A PostScript name that PDF can write as it is: printable ASCII without delimiters, at most 63 bytes. */
static const char *postscript_name(Arena *run, hb_face_t *shaper, const char *otherwise)
{
    char name[64];
    unsigned size = sizeof name;
    hb_ot_name_get_utf8(shaper, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &size, name);
    size_t length = 0;
    for (const char *c = name; size && *c; c++) {
        if (*c > ' ' && *c < 0x7F && !strchr("()<>[]{}/%#", *c))
            name[length++] = *c;
    }
    return length ? arena_text(run, name, length) : otherwise;
}

/* ── marks ── */

/* One glyph in Chinese text, with the OpenType feature asked for where the face has it; 0 when the text gives several. */
static uint16_t shape_one(const Face *face, const char *text, hb_direction_t direction, const char *feature,
                          int *advance)
{
    hb_buffer_t *buffer = hb_buffer_create();
    hb_buffer_add_utf8(buffer, text, -1, 0, -1);
    hb_buffer_set_direction(buffer, direction);
    hb_buffer_set_script(buffer, HB_SCRIPT_HAN);
    hb_buffer_set_language(buffer, hb_language_from_string("zh-hans", -1));
    hb_feature_t wanted;
    hb_feature_from_string(feature, -1, &wanted);
    hb_shape(face->font, buffer, &wanted, 1);
    unsigned count;
    const hb_glyph_info_t *infos = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *positions = hb_buffer_get_glyph_positions(buffer, &count);
    uint16_t gid = 0;
    if (count == 1) {
        gid = (uint16_t)infos[0].codepoint;
        *advance = positions[0].x_advance;
    }
    hb_buffer_destroy(buffer);
    return gid;
}

/* A label has a handful of marks: nothing is kept. */
uint16_t text_face_vertical(const Face *face, uint32_t code)
{
    char text[8] = {0};
    int advance;
    utf8_encode(code, text);
    const uint16_t gid = shape_one(face, text, HB_DIRECTION_TTB, "vert", &advance);
    hb_codepoint_t nominal;
    return hb_font_get_nominal_glyph(face->font, code, &nominal) && gid != nominal ? gid : 0;
}

/* How far a glyph must move so that its ink lies in the half (or the middle) of a cell of `cell` units where clreq has it. A
 * glyph whose ink is there already stays; one too wide for its half is left alone. */
static int ink_shift(const Face *face, uint16_t gid, CharsInk ink, int cell, int advance)
{
    hb_glyph_extents_t extents;
    if (ink == CHARS_INK_WHOLE)
        return (cell - advance) / 2;
    if (!hb_font_get_glyph_extents(face->font, gid, &extents))
        return 0;
    int left = extents.x_bearing, right = left + extents.width;
    int low = ink == CHARS_INK_LEFT ? 0 : ink == CHARS_INK_RIGHT ? cell / 2 : cell / 4;
    int high = low + cell / 2;
    if ((left >= low && right <= high) || right - left > cell / 2)
        return 0;
    return (low + high - left - right) / 2;
}

/* The cell of a mark in Chinese text is one em: a narrower glyph (the middle dot of some faces) is centred in it. Shared
 * marks have a second form for Latin text, the face's proportional one or the full-width one trimmed to its half. */
static void learn_mark(Face *face, int index)
{
    const CharsMark *mark = &text_chars_marks[index];
    FaceMark *form = &face->marks[index];
    uint16_t nominal = face_glyph(face, mark->code);
    if (!nominal)
        return;
    char text[8] = {0};
    utf8_encode(mark->code, text);
    int em = (int)face->door.units_per_em;
    int advance = face_page(face, mark->code)->advance[mark->code & 0xFF];
    *form = (FaceMark){.full = nominal, .narrow = nominal, .full_advance = advance, .narrow_advance = advance};
    bool half_by_nature = mark->code < 0x80; /* an ASCII solidus stays as narrow as it is */
    if (mark->shared && !half_by_nature) {
        uint16_t gid = shape_one(face, text, HB_DIRECTION_LTR, "fwid", &advance);
        if (gid)
            form->full = gid;
        else
            advance = form->full_advance;
    }
    if (!half_by_nature) {
        form->full_advance = advance > em ? advance : em;
        form->full_shift = ink_shift(face, form->full, mark->ink, form->full_advance, advance);
    }
    if (!mark->shared || half_by_nature)
        return;
    uint16_t gid = shape_one(face, text, HB_DIRECTION_LTR, "pwid", &advance);
    if (gid) {
        form->narrow = gid;
        form->narrow_advance = advance;
    }
    if (form->narrow_advance >= em && mark->ink != CHARS_INK_WHOLE) { /* no proportional form: half of the full one */
        int start = mark->ink == CHARS_INK_LEFT ? 0 : mark->ink == CHARS_INK_RIGHT ? em / 2 : em / 4;
        form->narrow_shift = ink_shift(face, form->narrow, mark->ink, em, form->narrow_advance) - start;
        form->narrow_advance = em / 2;
    }
}

static void learn_marks(Face *face)
{
    for (int i = 0; i < text_chars_mark_count(); i++)
        learn_mark(face, i);
    if (face_glyph(face, 0x2014))
        face->dash_pair = shape_one(face, "——", HB_DIRECTION_LTR, "fwid", &face->dash_pair_advance);
}

/* ── faces ── */

static void close_face(void *handle)
{
    Face *face = handle;
    hb_font_destroy(face->font);
    hb_face_destroy(face->shaper);
}

static Face *build_face(Arena *run, const FaceFile *file, unsigned index, hb_face_t *shaper, const char *name,
                        const char *licence)
{
    Face *face = ARENA_NEW(run, Face);
    face->run = run;
    face->file = file;
    face->shaper = shaper;
    face->font = hb_font_create(shaper);
    arena_defer(run, close_face, face);
    hb_font_extents_t extents = {0};
    hb_font_get_h_extents(face->font, &extents);
    face->door = (TextFace){.name = postscript_name(run, shaper, name),
                            .path = file->path,
                            .index = index,
                            .licence = licence,
                            .bytes = file->bytes,
                            .length = file->length,
                            .units_per_em = hb_face_get_upem(shaper),
                            .ascent = extents.ascender,
                            .descent = extents.descender,
                            .cff = has_table(shaper, HB_TAG('C', 'F', 'F', ' '))};
    learn_marks(face);
    return face;
}

Face *text_face_open(Arena *run, const FaceFile *file, unsigned index, const char *name, const char *licence,
                     DiagPlace place, Diag *diag)
{
    SfntReport report;
    if (!text_sfnt_check(file->bytes, file->length, index, &report)) {
        complain(&report, file, index, name, place, diag);
        return NULL;
    }
    hb_face_t *shaper = hb_face_create(file->blob, index);
    hb_face_make_immutable(shaper);
    const size_t characters = count_characters(shaper);
    const unsigned embedding = embedding_bits(shaper);
    const char *refusal = embedding_refusal(embedding);
    if (characters == 0)
        diag_add(diag, DIAG_FONT_NO_CHARACTERS, place, name, file->path);
    else if (refusal)
        diag_add(diag, DIAG_FONT_RESTRICTED, place, name, file->path, refusal);
    if (characters == 0 || refusal) {
        hb_face_destroy(shaper);
        return NULL;
    }
    Face *face = build_face(run, file, index, shaper, name, licence);
    face->door.embedding = embedding;
    face->door.characters = characters;
    return face;
}

/* An advance that the page can hold; hmtx is unsigned 16 bit by itself, HVAR and rounding are not trusted. */
static uint16_t advance_of(const Face *face, hb_codepoint_t gid)
{
    hb_position_t advance = hb_font_get_glyph_h_advance(face->font, gid);
    return (uint16_t)(advance < 0 ? 0 : advance > 0xFFFF ? 0xFFFF : advance);
}

const FacePage *text_face_fill(Face *face, uint32_t code)
{
    static FacePage empty; /* stays zero: many pages have no character at all */
    FacePage page = {0};
    bool any = false;
    for (uint32_t i = 0; i < 256; i++) {
        hb_codepoint_t gid;
        if (hb_font_get_nominal_glyph(face->font, (code & ~0xFFu) + i, &gid) && gid && gid <= 0xFFFF) {
            page.gid[i] = (uint16_t)gid;
            page.advance[i] = advance_of(face, gid);
            any = true;
        }
    }
    return face->pages[code >> 8] = any ? arena_copy(face->run, &page, sizeof page) : &empty;
}
