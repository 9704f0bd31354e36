/* Phase space: the blank between neighbours, and how far it may change.
 *
 * clreq, #h-adjustment_of_adjacent_punctuation_marks: two adjacent full-width marks take one and a half em, not two; GB/T 15834
 * gives ！！ and ？！ one, three of them two. clreq, #line_adjustment: between Han and Latin letters or digits stands a gap of a
 * quarter em, which may shrink to an eighth and grow to a half; a western space may be set between a quarter and a half. What a
 * line's edge does (trimming, dropping the junction) is the business of the extent below. */
#include "text/set_int.h"

#include <unicode/uchar.h>

static Squeeze squeeze_class(const Item *mark)
{
    switch ((CharsKind)mark->kind) {
    case CHARS_INTERPUNCT:
        return SQUEEZE_INTERPUNCT;
    case CHARS_COMMA:
        return SQUEEZE_COMMA;
    case CHARS_STOP:
        return SQUEEZE_STOP;
    default:
        return SQUEEZE_BRACKET;
    }
}

/* Blank of two marks, or of a mark and its neighbour: half an em of it goes where two marks meet, the rest may be squeezed. On the
 * character grid nothing goes: it would shift the rest of the line by half a cell. */
static void space_marks(const Item *before, Item *item, bool grid)
{
    Mpt blank = before->trail + item->lead;
    if (blank <= 0)
        return;
    bool two = (before->trail > 0 || before->lead > 0) && (item->lead > 0 || item->trail > 0);
    if (two && !grid) {
        Mpt half = (before->size < item->size ? before->size : item->size) / 2;
        Mpt cut = blank < half ? blank : half;
        item->join -= cut;
        blank -= cut;
    }
    item->squeeze = blank;
    item->squeeze_class = (uint8_t)squeeze_class(item->lead > 0 ? item : before);
}

static bool is_exclamation(const Item *item)
{
    return item->code == 0xFF01 || item->code == 0xFF1F;
}

/* The second of exactly two ！ ？ stands in the same cell as the first (clreq, #exclamatory_question_marks): no
 * blank follows it. */
static void space_exclamations(const Setter *s, size_t i)
{
    Item *item = &s->items[i];
    if (i < 2 || !is_exclamation(item - 1) || !is_exclamation(item - 2) || is_exclamation(item) ||
        (i > 2 && is_exclamation(item - 3)))
        return;
    item->join -= item->squeeze;
    item->squeeze = 0;
}

static void space_gap(Item *item, Mpt em, Mpt width)
{
    item->squeeze = width > em / 8 ? width - em / 8 : 0;
    item->squeeze_class = SQUEEZE_GAP;
    item->stretch = width < em / 2 ? em / 2 - width : 0;
    item->stretch_class = STRETCH_GAP;
}

/* True between a Han letter and a western one, either way round. */
static bool meets(const Item *a, const Item *b)
{
    return (a->flags & ITEM_HAN && b->flags & ITEM_WESTERN) || (a->flags & ITEM_WESTERN && b->flags & ITEM_HAN);
}

/* The junction after a space carries what the space may lose and gain. Typed between Han and Latin, a space is the gap. */
static void space_after_space(Setter *s, size_t i)
{
    Item *item = &s->items[i], *space = item - 1;
    if (space->code != ' ' && space->code != 0xA0)
        return;
    if (i >= 2 && meets(item - 2, item)) {
        space->advance = space->size / 4;
        space_gap(item, space->size, space->advance);
        return;
    }
    item->squeeze = space->advance > space->size / 4 ? space->advance - space->size / 4 : 0;
    item->squeeze_class = SQUEEZE_SPACE;
    item->stretch = space->advance < space->size / 2 ? space->size / 2 - space->advance : 0;
    item->stretch_class = STRETCH_SPACE;
}

/* clreq gives no blank to connectors and solidi, nor to their neighbours. */
static bool is_connector(const Item *item)
{
    return item->kind == CHARS_CONNECTOR || item->kind == CHARS_SOLIDUS;
}

/* Junctions that share evenly what is left: around everything set the Chinese way, and at spaces between words; never inside a
 * word, a number with its unit, —— or ……, nor beside a connector. */
static bool is_even(const Item *before, const Item *item)
{
    if (item->level == BREAK_NEVER || item->level == BREAK_SOFT || item->flags & (ITEM_SPACE | ITEM_NEWLINE) ||
        is_connector(before) || is_connector(item))
        return false;
    return (before->flags | item->flags) & (ITEM_HAN | ITEM_CHINESE) || before->flags & ITEM_SPACE ||
           before->line_class == U_LB_IDEOGRAPHIC || item->line_class == U_LB_IDEOGRAPHIC;
}

/* ── the character grid ── */

/* Full-width characters and marks are centred in their cells; —— in one glyph takes two. */
static void put_in_cells(Setter *s)
{
    const Mpt grid = s->paragraph->grid;
    for (size_t i = 0; i < s->count; i++) {
        Item *item = &s->items[i];
        bool full = item->flags & (ITEM_HAN | ITEM_CHINESE) || item->code == 0x3000;
        if (!full || item->flags & ITEM_REST || item->advance * 4 < item->size * 3 || !text_on_grid(item->size, grid))
            continue;
        item->widened = grid * ((item->advance + item->size / 2) / item->size) - item->advance;
        item->advance += item->widened;
        item->x += item->widened / 2;
    }
}

/* Marks keep their cells at both edges of a line, so that what stands between is in its cell too. */
static void keep_cells(Setter *s)
{
    for (size_t i = 0; i < s->count; i++) {
        Item *item = &s->items[i];
        if (!text_on_grid(item->size, s->paragraph->grid))
            continue;
        item->spare = item->trail;
        item->lead = item->trail = 0;
    }
}

void text_set_space(Setter *s)
{
    const bool grid = s->paragraph->grid > 0;
    if (grid)
        put_in_cells(s);
    for (size_t i = 1; i < s->count; i++) {
        Item *item = &s->items[i], *before = item - 1;
        if (item->flags & ITEM_REST)
            continue;
        item->join = set_style(s, before)->letter_spacing;
        if (before->flags & ITEM_SPACE || before->code == 0xA0) {
            space_after_space(s, i);
        } else if (meets(before, item)) {
            Mpt em = before->flags & ITEM_HAN ? before->size : item->size;
            item->join += em / 4;
            space_gap(item, em, em / 4);
        } else {
            const bool cells =
                text_on_grid(before->size, s->paragraph->grid) && text_on_grid(item->size, s->paragraph->grid);
            space_marks(before, item, cells);
            if (!cells)
                space_exclamations(s, i);
        }
        if (is_even(before, item))
            item->flags |= ITEM_EVEN;
    }
    if (grid)
        keep_cells(s);
}

SetExtent text_set_extent(const Item *items, size_t start, size_t end)
{
    SetExtent extent = {.end = end};
    while (extent.end > start && items[extent.end - 1].flags & (ITEM_SPACE | ITEM_NEWLINE))
        extent.end--;
    if (extent.end == start)
        return extent;
    for (size_t i = start; i < extent.end; i++) {
        extent.width += items[i].advance;
        if (i > start)
            extent.width += items[i].join;
    }
    extent.width -= items[start].lead + items[extent.end - 1].trail;
    return extent;
}
