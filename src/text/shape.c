/* Phase shape: each item gets the first face of its role that has it, a glyph and a width.
 *
 * Han and marks are looked up, one table read each; only Latin words, numbers and clusters with combining marks go through
 * HarfBuzz, and those mostly come out of the cache of words. */
#include "text/set_int.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>

enum { GETA = 0x3013 }; /* 〓, in print the sign for type that is not at hand */

/* ── faces ── */

/* Each character is reported once in a paragraph, and at most SET_MISSING of them. */
static void report(Setter *s, const Item *item, uint32_t code, DiagCode what)
{
    for (size_t i = 0; i < s->missing; i++) {
        if (s->missing_codes[i] == code)
            return;
    }
    if (s->missing == SET_MISSING)
        return;
    s->missing_codes[s->missing++] = code;
    char name[16], text[5] = {0};
    snprintf(name, sizeof name, "U+%04X", (unsigned)code);
    utf8_encode(code, text);
    DiagPlace place = {.unit = s->paragraph->unit, .field = s->paragraph->runs[item->run].field};
    diag_record_once(s->diag, what, place,
                     (const char *const[]){name, text, text_role_name(s->fonts, set_style(s, item)->role), NULL});
}

static int role_of(const Setter *s, const Item *item)
{
    const TextStyle *style = set_style(s, item);
    return style->bold ? s->fonts->roles[style->role].bold : style->role;
}

static bool is_invisible(const Item *item)
{
    return item->flags & ITEM_NEWLINE || item->code == 0x200B || item->code == 0x2060 || item->code == 0xFEFF;
}

/* A character that no face has: the item becomes the sign for it, a Han letter like any other, which still carries the source text,
 * so that what is copied out is what went in. False, with an error, where the policy does not allow it. */
static bool stand_in(Setter *s, Item *item, uint32_t code)
{
    const int face = s->fonts->replace ? text_face_for(s->fonts, role_of(s, item), GETA) : -1;
    report(s, item, code, face < 0 ? DIAG_TEXT_MISSING_CHARACTER : DIAG_TEXT_REPLACED);
    s->lost |= face < 0;
    if (face < 0)
        return false;
    item->code = GETA;
    item->mark = -1;
    item->kind = CHARS_OTHER;
    item->flags = ITEM_HAN;
    item->line_class = U_LB_IDEOGRAPHIC;
    item->face = (uint16_t)face;
    item->x = item->y = 0;
    return true;
}

/* Marks that Chinese and Latin share come from the face of their neighbours; a character with combining marks from the first face that has all
 * of them, and where none has, from that of the character, so that the mark is named which is missing. */
static bool choose_face(Setter *s, Item *item)
{
    const int whole = item->flags & ITEM_MARKED
                          ? text_face_cluster(s->fonts, role_of(s, item),
                                              s->paragraph->runs[item->run].text + item->start, item->length)
                          : -1;
    if (whole >= 0) {
        item->face = (uint16_t)whole;
        return true;
    }
    uint32_t beside = 0;
    if (item->mark >= 0 && text_chars_marks[item->mark].shared)
        beside = item->flags & ITEM_CHINESE ? 0x3002 : 'n';
    int role = role_of(s, item);
    int face =
        beside ? text_face_beside(s->fonts, role, item->code, beside) : text_face_for(s->fonts, role, item->code);
    if (face < 0)
        return stand_in(s, item, item->code);
    item->face = (uint16_t)face;
    return true;
}

/* ── glyphs that are looked up ── */

static void shape_nominal(const Setter *s, Item *item)
{
    Face *face = s->fonts->faces[item->face];
    const FacePage *page = face_page(face, item->code);
    item->gid = page->gid[item->code & 0xFF];
    item->advance = face_scale(face, page->advance[item->code & 0xFF], item->size);
    if (item->code == GETA &&
        item->advance < item->size) { /* the Fandol faces give it half an em, and more ink than that */
        item->x = (item->size - item->advance) / 2;
        item->advance = item->size;
    }
}

static void shape_mark(const Setter *s, Item *item)
{
    Face *face = s->fonts->faces[item->face];
    const FaceMark *form = &face->marks[item->mark];
    if (!(item->flags & ITEM_CHINESE)) {
        item->gid = form->narrow;
        item->advance = face_scale(face, form->narrow_advance, item->size);
        item->x = face_scale(face, form->narrow_shift, item->size);
        return;
    }
    item->gid = form->full;
    item->advance = face_scale(face, form->full_advance, item->size);
    item->x = face_scale(face, form->full_shift, item->size);
    switch (text_chars_marks[item->mark].ink) {
    case CHARS_INK_LEFT:
        item->trail = item->advance - item->size / 2;
        break;
    case CHARS_INK_RIGHT:
        item->lead = item->advance - item->size / 2;
        break;
    case CHARS_INK_CENTRE:
        item->lead = item->trail = (item->advance - item->size / 2) / 2;
        break;
    case CHARS_INK_WHOLE:
        break;
    }
}

/* Faces whose dash does not reach the edges of its cell have one glyph for ——; it takes both characters. */
static bool shape_dash_pair(Setter *s, size_t i)
{
    Item *item = &s->items[i], *next = item + 1;
    if (item->code != 0x2014 || i + 1 == s->count || next->code != 0x2014 || next->run != item->run ||
        (item->flags & next->flags & ITEM_CHINESE) == 0)
        return false;
    const Face *face = s->fonts->faces[item->face];
    if (!face->dash_pair)
        return false;
    item->gid = face->dash_pair;
    item->advance = face_scale(face, face->dash_pair_advance, item->size);
    item->length = (uint16_t)(item->length + next->length);
    next->face = item->face;
    next->length = 0;
    next->flags |= ITEM_REST;
    return true;
}

/* An ideograph with a variation selector: the first face that has the variant, else the plain one (Unicode 23.4). */
static bool shape_variant(Setter *s, Item *item)
{
    const char *text = s->paragraph->runs[item->run].text + item->start;
    utf8_next(&text);
    uint32_t selector = utf8_next(&text);
    if (!u_hasBinaryProperty((UChar32)selector, UCHAR_VARIATION_SELECTOR))
        return false;
    uint16_t gid;
    int face = text_face_variant(s->fonts, role_of(s, item), item->code, selector, &gid);
    if (face < 0)
        return false;
    item->face = (uint16_t)face;
    item->gid = gid;
    Face *found = s->fonts->faces[face];
    item->advance = face_scale(found, hb_font_get_glyph_h_advance(found->font, gid), item->size);
    return true;
}

/* ── words ── */

static bool in_word(const Item *item)
{
    if (item->flags & ITEM_MARKED)
        return true;
    if (item->flags & (ITEM_HAN | ITEM_CHINESE | ITEM_SPACE | ITEM_NEWLINE) || is_invisible(item) || item->code == 0xA0)
        return false;
    return item->mark < 0 || text_chars_marks[item->mark].kind == CHARS_SOLIDUS ||
           text_chars_marks[item->mark].kind == CHARS_CONNECTOR;
}

static void place_glyph(const Setter *s, Item *item, const WordGlyph *glyph)
{
    const Face *face = s->fonts->faces[item->face];
    item->gid = glyph->gid;
    item->advance = face_scale(face, glyph->advance, item->size);
    item->x = face_scale(face, glyph->x, item->size);
    item->y = -face_scale(face, glyph->y, item->size);
}

/* Room for one more item at `at`, a copy of the one before it made a further glyph of its cluster. */
static void insert_rest(Setter *s, size_t at)
{
    text_set_add(s);
    memmove(&s->items[at + 1], &s->items[at], (s->count - 1 - at) * sizeof *s->items);
    s->items[at] = s->items[at - 1];
    s->items[at].length = 0;
    s->items[at].flags |= ITEM_REST;
}

/* .notdef in a word: the first character of the cluster that the face lacks. */
static uint32_t lacking(const Setter *s, const Item *item)
{
    const char *text = s->paragraph->runs[item->run].text + item->start;
    const char *end = text + item->length;
    while (text < end) {
        uint32_t code = utf8_next(&text);
        if (!face_glyph(s->fonts->faces[item->face], code) && !text_chars_is_ignorable(code)) {
            return code;
        }
    }
    return item->code;
}

/* Places a glyph of the cluster that begins with item `owner`. */
static void place_checked(Setter *s, size_t owner, size_t at, const WordGlyph *glyph)
{
    place_glyph(s, &s->items[at], glyph);
    if (glyph->gid == 0 && stand_in(s, &s->items[owner], lacking(s, &s->items[owner])))
        shape_nominal(s, &s->items[owner]);
}

/* Gives the glyphs of a word to its items [first, end). Further glyphs of a cluster become items of their own, and the further
 * items of a ligature rests without a glyph, their characters counted to its first. Returns the end, moved by what was added. */
static size_t spread(Setter *s, size_t first, size_t end, const WordGlyph *glyphs, size_t count)
{
    uint32_t base = s->items[first].start;
    size_t owner = first, g = 0;
    for (size_t at = first; at < end; at++) {
        Item *item = &s->items[at];
        if (g == count || glyphs[g].cluster != item->start - base) {
            s->items[owner].length = (uint16_t)(s->items[owner].length + item->length);
            item->length = 0;
            item->flags |= ITEM_REST;
            continue;
        }
        owner = at;
        place_checked(s, owner, at, &glyphs[g++]);
        for (; g < count && glyphs[g].cluster == glyphs[g - 1].cluster; g++) {
            insert_rest(s, ++at);
            end++;
            place_checked(s, owner, at, &glyphs[g]);
        }
    }
    return end;
}

/* Shapes the word that begins at item `first`: items of one run and face that join, or one cluster with its marks. Returns the
 * index past it. */
static size_t shape_word(Setter *s, size_t first)
{
    enum { LONGEST = 4000 }; /* items; a longer word is shaped in parts */
    const Item *head = &s->items[first];
    size_t end = first + 1;
    size_t bytes = head->length;
    bool alone = head->flags & (ITEM_HAN | ITEM_CHINESE);
    while (!alone && end < s->count && end - first < LONGEST) {
        Item *item = &s->items[end];
        if (!in_word(item) || item->flags & (ITEM_HAN | ITEM_CHINESE) || item->run != head->run ||
            item->start != head->start + bytes || bytes + item->length > UINT16_MAX)
            break;
        if (!choose_face(s, item) || item->face != head->face || item->flags & ITEM_HAN)
            break;
        bytes += item->length;
        end++;
    }
    size_t count;
    const char *text = s->paragraph->runs[head->run].text + head->start;
    const WordGlyph *glyphs = text_words_shape(s->fonts->words, s->fonts->faces[head->face], text, bytes, &count);
    return spread(s, first, end, glyphs, count);
}

/* ── all ── */

/* Han and Chinese marks of a fallback face are fitted to the role's own. A mark keeps its size, as a dash has to fill its cell, and so does a
 * cluster, whose parts are placed beside each other. */
static FontsFit fit_of(const Setter *s, const Item *item)
{
    if (!(item->flags & (ITEM_HAN | ITEM_CHINESE)))
        return (FontsFit){0, 1000};
    FontsFit fit = s->fonts->roles[role_of(s, item)].fits[item->face];
    if (!(item->flags & ITEM_HAN) || item->flags & (ITEM_MARKED | ITEM_REST))
        fit.scale = 1000;
    return fit;
}

static size_t shape_item(Setter *s, size_t i)
{
    Item *item = &s->items[i];
    if (is_invisible(item) || item->flags & ITEM_REST || !choose_face(s, item))
        return i + 1;
    if (in_word(item)) {
        if (item->flags & ITEM_MARKED && item->flags & ITEM_HAN && shape_variant(s, item))
            return i + 1;
        return shape_word(s, i);
    }
    if (item->mark >= 0) {
        if (!shape_dash_pair(s, i))
            shape_mark(s, item);
    } else {
        shape_nominal(s, item);
    }
    return i + 1;
}

bool text_set_shape(Setter *s)
{
    for (size_t i = 0; i < s->count;)
        i = shape_item(s, i);
    for (size_t i = 0; i < s->count; i++)
        s->items[i].fit = fit_of(s, &s->items[i]);
    return !s->lost;
}
