/* Vertical setting (竖排) of a label: columns of characters from top to bottom, from right to left.
 *
 * The phases are those of horizontal text, with the direction of the line turned by 90°; in between each item is told how it
 * stands in its column (clreq, #mixed_text_composition_in_vertical_writing_mode; Unicode's Vertical_Orientation, UAX #50):
 *
 *   upright      Han, and marks in their vertical form (OpenType vert); where a face has none, the pause and stop marks are moved
 *                from the lower left to the upper right of their cells
 *   together     one or two digits, or a single letter, beside each other in one cell (纵中横)
 *   turned       by 90° clockwise: Latin words, longer numbers, and brackets and dashes of a face without vertical forms
 *
 * An upright item carries in `x` what moves it along the column and in `y` what moves it across, to the right of the centre
 * line; both become the page's own once the lines are known. */
#include "text/set_int.h"

#include <hb.h>
#include <unicode/uchar.h>

/* ── how items stand ── */

static bool is_narrow(const Item *item)
{
    return item->flags & ITEM_WESTERN && !(item->flags & ITEM_HAN);
}

static bool is_digit(const Item *item)
{
    return item->code >= '0' && item->code <= '9';
}

/* Letters, digits and ASCII marks: one beside another makes a word or a number that is turned as a whole. */
static bool is_turned(const Item *item)
{
    return !(item->flags & (ITEM_HAN | ITEM_CHINESE | ITEM_SPACE | ITEM_NEWLINE));
}

/* How many items from i on stand together in one cell; 0: they do not. */
static size_t together(const Setter *s, size_t i)
{
    size_t end = i;
    while (end < s->count && (is_narrow(&s->items[end]) || s->items[end].flags & ITEM_REST) && end - i < 3)
        end++;
    if (end == i || end - i > 2 || (i > 0 && is_turned(&s->items[i - 1])) ||
        (end < s->count && is_turned(&s->items[end])) || s->items[i].run != s->items[end - 1].run)
        return 0;
    Mpt width = 0;
    for (size_t k = i; k < end; k++) {
        if (s->items[k].flags & (ITEM_MARKED | ITEM_REST) || (end - i == 2 && !is_digit(&s->items[k])))
            return 0;
        width += s->items[k].advance;
    }
    return width * 4 <= s->items[i].size * 5 ? end - i : 0; /* an em, or slightly more: digits of many sans faces */
}

/* The first item becomes the cell, the second a rest of it. */
static void put_together(Setter *s, size_t i, size_t count)
{
    Item *first = &s->items[i];
    Mpt width = 0;
    for (size_t k = 0; k < count; k++)
        width += first[k].advance;
    Mpt across = -width / 2;
    for (size_t k = 0; k < count; k++) {
        first[k].x = k == 0 ? 0 : -first->size; /* back beside the first */
        first[k].y = across;
        across += first[k].advance;
        first[k].flags = (uint16_t)(ITEM_HAN | (k > 0 ? ITEM_REST : 0));
        first[k].widened = (k == 0 ? first->size : 0) - first[k].advance;
        first[k].advance = k == 0 ? first->size : 0;
    }
}

/* Exclamation and question marks, colons and semicolons fill their cells in vertical text (clreq, #h-punctuation_adjustment_space). */
static bool is_whole(uint32_t code)
{
    return code == 0xFF01 || code == 0xFF1F || code == 0xFF1A || code == 0xFF1B;
}

/* A full-width character: upright in a cell of one em. */
static void stand(const Setter *s, Item *item)
{
    Face *face = s->fonts->faces[item->face];
    const int orientation = u_getIntPropertyValue((UChar32)item->code, UCHAR_VERTICAL_ORIENTATION);
    if (item->advance > item->size * 3 / 2) { /* —— in one glyph */
        item->flags |= ITEM_TURNED;
        return;
    }
    const uint16_t form = orientation == U_VO_UPRIGHT ? 0 : text_face_vertical(face, item->code);
    if (!form && (orientation == U_VO_ROTATED || orientation == U_VO_TRANSFORMED_ROTATED)) {
        item->flags |= ITEM_TURNED;
        return;
    }
    const Mpt natural = item->advance - item->widened;
    item->y = item->x - natural / 2;
    item->x = 0;
    item->advance = item->size;
    item->widened = item->size - natural;
    if (form)
        item->gid = form;
    else if (orientation == U_VO_TRANSFORMED_UPRIGHT && !is_whole(item->code)) {
        item->x = -item->size / 2;
        item->y += item->size / 2;
    }
    if (form)
        item->y = -natural / 2;
    if (is_whole(item->code)) {
        item->lead = item->trail = 0;
        item->y += form ? 0 : item->size / 4;
    }
}

void text_set_turn(Setter *s)
{
    for (size_t i = 0; i < s->count;) {
        Item *item = &s->items[i];
        const size_t count = together(s, i);
        if (count > 0) {
            put_together(s, i, count);
            i += count;
            continue;
        }
        const bool upright = item->flags & (ITEM_HAN | ITEM_CHINESE) ||
                             (!is_narrow(item) && item->gid &&
                              u_getIntPropertyValue((UChar32)item->code, UCHAR_VERTICAL_ORIENTATION) == U_VO_UPRIGHT);
        if (item->flags & (ITEM_NEWLINE | ITEM_SPACE) || !upright)
            item->flags |= ITEM_TURNED;
        else if (!(item->flags & ITEM_REST))
            stand(s, item);
        i++;
    }
}

/* ── columns ── */

/* From the line's frame to the page's: `centre` is the column's centre line, from the left. The em box of turned text is centred
 * on it. */
static TextFragment turn_fragment(Arena *arena, const TextFragment *from, Mpt centre)
{
    TextFragment f = *from;
    const Mpt ascent = set_ascent(f.size);
    if (f.turn) {
        f.rise = -from->x;
        f.x = centre - (ascent - f.size / 2) + from->rise;
        return f;
    }
    PageGlyph *glyphs = arena_copy(arena, f.glyphs, f.count * sizeof *glyphs);
    for (size_t i = 0; i < f.count; i++) {
        const Mpt along = glyphs[i].x;
        glyphs[i].x = glyphs[i].y;
        glyphs[i].y = along;
    }
    f.glyphs = glyphs;
    f.x = centre + from->rise;
    f.rise = -(from->x + ascent);
    return f;
}

const TextLines *text_set_vertical(Arena *arena, const TextFonts *fonts, const TextParagraph *paragraph, Mpt pitch,
                                   Diag *diag)
{
    const TextLines *columns = text_set_directed(arena, fonts, paragraph, true, diag);
    if (!columns)
        return NULL;
    size_t count = 0, used = columns->count;
    if (used > 1 && columns->lines[used - 1].count == 0) /* a break at the very end begins no further column */
        used--;
    for (size_t i = 0; i < used; i++)
        count += columns->lines[i].count;
    TextFragment *fragments = ARENA_ARRAY(arena, count, TextFragment);
    TextLine *line = ARENA_NEW(arena, TextLine);
    *line = (TextLine){.fragments = fragments, .width = (Mpt)used * pitch, .forced = true};
    for (size_t i = 0; i < used; i++) {
        const TextLine *column = &columns->lines[i];
        const Mpt centre = line->width - (Mpt)i * pitch - pitch / 2;
        for (size_t k = 0; k < column->count; k++)
            fragments[line->count++] = turn_fragment(arena, &column->fragments[k], centre);
        const Mpt bottom = column->x + column->width;
        line->descent = bottom > line->descent ? bottom : line->descent;
    }
    TextLines *result = ARENA_NEW(arena, TextLines);
    *result = (TextLines){.lines = line, .count = 1};
    result->natural = result->narrowest = result->widest = line->width;
    return result;
}
