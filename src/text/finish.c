/* Phase finish: squeezing and stretching each line to its measure, alignment, and fragments for the page.
 *
 * Orders of adjustment after clreq, #line_adjustment. Shares are dealt out so that they add up exactly: the k-th of n gets the difference
 * of the running totals, and a line that is justified ends on its measure to the last Mpt. */
#include "text/set_int.h"

#include <limits.h>
#include <unicode/uchar.h>

/* An even share wider than this leaves the line as it is: better ragged than with holes. Parts of an em. */
enum { WIDEST_SHARE = 1 };

typedef struct Placing {
    Setter *s;
    Arena *arena;
    size_t start, end; /* items of the line; end without hanging spaces */
    int64_t taken[SQUEEZE_COUNT], capacity[SQUEEZE_COUNT], seen[SQUEEZE_COUNT];
    int64_t given[STRETCH_COUNT], room[STRETCH_COUNT], met[STRETCH_COUNT];
    int64_t even, evens, passed; /* blank to share, junctions that share it, how many were passed */
} Placing;

static void plan_squeeze(Placing *p, int64_t excess)
{
    const Item *items = p->s->items;
    for (size_t i = p->start + 1; i < p->end; i++)
        p->capacity[items[i].squeeze_class] += items[i].squeeze;
    p->capacity[SQUEEZE_END] = items[p->end - 1].spare;
    for (int c = 0; c < SQUEEZE_COUNT && excess > 0; c++) {
        p->taken[c] = excess < p->capacity[c] ? excess : p->capacity[c];
        excess -= p->taken[c];
    }
}

static void plan_stretch(Placing *p, int64_t missing)
{
    const Item *items = p->s->items;
    for (size_t i = p->start + 1; i < p->end; i++) {
        p->room[items[i].stretch_class] += items[i].stretch;
        p->evens += (items[i].flags & ITEM_EVEN) != 0;
    }
    int64_t rest = missing;
    for (int c = 0; c < STRETCH_COUNT && rest > 0; c++) {
        p->given[c] = rest < p->room[c] ? rest : p->room[c];
        rest -= p->given[c];
    }
    if (rest > 0 && (p->evens == 0 || rest / p->evens > (int64_t)WIDEST_SHARE * items[p->start].size)) {
        for (int c = 0; c < STRETCH_COUNT; c++)
            p->given[c] = 0;
        rest = 0;
    }
    p->even = rest;
}

/* total * seen / all, for running totals. */
static int64_t share(int64_t total, int64_t seen, int64_t all)
{
    return all ? total * seen / all : 0;
}

/* The junction before an item on this line, adjusted. */
static Mpt junction(Placing *p, const Item *item)
{
    int64_t width = item->join;
    int c = item->squeeze_class;
    if (p->taken[c] && item->squeeze) {
        int64_t before = share(p->taken[c], p->seen[c], p->capacity[c]);
        p->seen[c] += item->squeeze;
        width -= share(p->taken[c], p->seen[c], p->capacity[c]) - before;
    }
    c = item->stretch_class;
    if (p->given[c] && item->stretch) {
        int64_t before = share(p->given[c], p->met[c], p->room[c]);
        p->met[c] += item->stretch;
        width += share(p->given[c], p->met[c], p->room[c]) - before;
    }
    if (p->even && item->flags & ITEM_EVEN) {
        int64_t before = share(p->even, p->passed, p->evens);
        p->passed++;
        width += share(p->even, p->passed, p->evens) - before;
    }
    return (Mpt)width;
}

/* ── fragments ── */

static bool has_glyph(const Item *item)
{
    return item->gid != 0;
}

static bool joins(const Item *a, const Item *b)
{
    return a->face == b->face && a->run == b->run && (a->flags & ITEM_TURNED) == (b->flags & ITEM_TURNED) &&
           a->fit.scale == b->fit.scale;
}

/* The glyph of an item whose cell begins at `x` of its fragment. A glyph made smaller stays in the middle of its cell; upright in a column,
 * where x counts downwards, its fragment hangs from its own em box and not from the cell's. */
static PageGlyph place_glyph(const Setter *s, const Item *item, Mpt x)
{
    const FontsFit fit = item->fit;
    const Mpt drop = (Mpt)((int64_t)item->size * fit.drop / 1000), natural = item->advance - item->widened;
    const Mpt drawn = (Mpt)((int64_t)item->size * fit.scale / 1000),
              less = natural - (Mpt)((int64_t)natural * fit.scale / 1000);
    const bool upright = s->vertical && !(item->flags & ITEM_TURNED);
    return (PageGlyph){.gid = item->gid,
                       .length = item->length,
                       .start = item->start,
                       .x = x + item->x + (upright ? drop + set_ascent(item->size) - set_ascent(drawn) : less / 2),
                       .y = item->y + (upright ? less / 2 : drop),
                       .advance = natural - less};
}

static size_t count_fragments(const Setter *s, size_t start, size_t end)
{
    size_t count = 0;
    const Item *last = NULL;
    for (size_t i = start; i < end; i++) {
        const Item *item = &s->items[i];
        if (!has_glyph(item))
            continue;
        count += !last || !joins(last, item);
        last = item;
    }
    return count;
}

/* Lays the items out from `x`, hanging spaces included, as fragments. Returns the pen's end without the spaces. */
static int64_t place_items(Placing *p, size_t end, int64_t x, TextFragment *fragments, PageGlyph *glyphs)
{
    Setter *s = p->s;
    TextFragment *fragment = NULL;
    const Item *last = NULL;
    int64_t pen = x, ink = x;
    for (size_t i = p->start; i < end; i++) {
        const Item *item = &s->items[i];
        pen += i == p->start ? -item->lead : i < p->end ? junction(p, item) : 0;
        if (i == p->end && p->end > p->start)
            pen -= s->items[i - 1].trail;
        if (has_glyph(item)) {
            if (!last || !joins(last, item)) {
                const TextRun *run = &s->paragraph->runs[item->run];
                fragment = fragment ? fragment + 1 : fragments;
                Mpt at = (Mpt)(i == p->start ? x : pen);
                *fragment = (TextFragment){.face = item->face,
                                           .size = (Mpt)((int64_t)item->size * item->fit.scale / 1000),
                                           .colour = run->style.colour,
                                           .x = at,
                                           .rise = run->style.baseline_shift,
                                           .turn = item->flags & ITEM_TURNED ? 9000 : 0,
                                           .text = run->text,
                                           .glyphs = glyphs,
                                           .tag = run->tag};
            }
            *glyphs++ = place_glyph(s, item, (Mpt)(pen - fragment->x));
            fragment->count++;
            last = item;
        }
        pen += item->advance;
        if (i < p->end)
            ink = pen - (i + 1 == p->end ? item->trail + p->taken[SQUEEZE_END] : 0);
        if (fragment && has_glyph(item) && i < p->end)
            fragment->width = (Mpt)(ink - fragment->x);
    }
    return ink;
}

/* ── lines ── */

static void take_style(TextLine *line, const TextStyle *style)
{
    Mpt ascent = set_ascent(style->size) + style->baseline_shift;
    Mpt descent = style->size - set_ascent(style->size) - style->baseline_shift;
    if (ascent > line->ascent)
        line->ascent = ascent;
    if (descent > line->descent)
        line->descent = descent;
}

static void measure_height(const Setter *s, TextLine *line, size_t start, size_t end)
{
    const TextParagraph *p = s->paragraph;
    uint32_t last = UINT32_MAX;
    for (size_t i = start; i < end; i++) {
        if (s->items[i].run != last)
            take_style(line, set_style(s, &s->items[i]));
        last = s->items[i].run;
    }
    if (start == end && p->run_count)
        take_style(line, s->count ? set_style(s, &s->items[s->count - 1]) : &p->runs[0].style);
}

static int64_t aligned(const TextParagraph *p, int64_t indent, int64_t width)
{
    int64_t room = (int64_t)p->width - indent - width;
    if (room <= 0 || p->align == TEXT_START || p->align == TEXT_JUSTIFY)
        return indent;
    return p->align == TEXT_CENTER ? indent + room / 2 : indent + room;
}

static void finish_line(Setter *s, Arena *arena, size_t start, size_t end, TextLine *line)
{
    const TextParagraph *p = s->paragraph;
    SetExtent extent = text_set_extent(s->items, start, end);
    Placing placing = {.s = s, .arena = arena, .start = start, .end = extent.end};
    int64_t indent = start == 0 ? p->indent : 0;
    int64_t room = (int64_t)p->width - indent;
    line->forced = end == s->count || s->items[end - 1].flags & ITEM_NEWLINE;
    if (set_justifies(p)) {
        if (extent.width > room)
            plan_squeeze(&placing, extent.width - room);
        else if (!line->forced)
            plan_stretch(&placing, room - extent.width);
    }
    size_t count = count_fragments(s, start, end);
    TextFragment *fragments = ARENA_ARRAY(arena, count, TextFragment);
    PageGlyph *glyphs = ARENA_ARRAY(arena, end - start, PageGlyph);
    int64_t x = aligned(p, indent, extent.width);
    int64_t ink = place_items(&placing, end, x, fragments, glyphs);
    line->fragments = fragments;
    line->count = count;
    line->x = (Mpt)x;
    line->width = (Mpt)(ink - x);
    line->overfull = ink > p->width;
    measure_height(s, line, start, end);
}

static Mpt clamp(int64_t width)
{
    return (Mpt)(width > INT32_MAX ? INT32_MAX : width);
}

/* The widest cell of a cluster; what edges would trim counts, as a lone mark does not lose all of it. */
static Mpt widest_cluster(const Setter *s)
{
    Mpt widest = 0, cluster = 0;
    for (size_t i = 0; i < s->count; i++) {
        cluster = (s->items[i].flags & ITEM_REST ? cluster : 0) + s->items[i].advance;
        widest = cluster > widest ? cluster : widest;
    }
    return widest;
}

/* max-content and min-content. */
static void measure_content(const Setter *s, TextLines *lines)
{
    int64_t natural = 0, narrowest = 0;
    size_t forced = 0, piece = 0;
    for (size_t i = 1; i <= s->count; i++) {
        BreakLevel level = i == s->count ? BREAK_MUST : (BreakLevel)s->items[i].level;
        if (level >= BREAK_DATE) {
            int64_t width = text_set_extent(s->items, piece, i).width;
            narrowest = width > narrowest ? width : narrowest;
            piece = i;
        }
        if (level == BREAK_MUST) {
            int64_t width = text_set_extent(s->items, forced, i).width + (forced == 0 ? s->paragraph->indent : 0);
            natural = width > natural ? width : natural;
            forced = i;
        }
    }
    lines->natural = clamp(natural);
    lines->narrowest = clamp(narrowest);
    lines->widest = widest_cluster(s);
}

const TextLines *text_set_finish(Setter *s, Arena *arena)
{
    TextLines *lines = ARENA_NEW(arena, TextLines);
    TextLine *array = ARENA_ARRAY(arena, s->line_count, TextLine);
    for (size_t i = 0, start = 0; i < s->line_count; start = s->ends[i++])
        finish_line(s, arena, start, s->ends[i], &array[i]);
    lines->lines = array;
    lines->count = s->line_count;
    measure_content(s, lines);
    return lines;
}
