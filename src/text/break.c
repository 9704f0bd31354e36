/* Phase break: items into lines, first fit with one line's foresight.
 *
 * A line takes what fits. Where the next piece would fit if the line's blanks were squeezed (clreq,
 * #reduction_and_expansion_of_inter-character_spacing), it is pushed in first (先挤进后推出): always where it is a mark that may
 * not begin the next line; other pieces when that changes the line no more than pushing out would, that is when the squeeze asked
 * for is at most the blank that would be left to stretch. Only justified text is squeezed; ragged lines keep their natural
 * blanks.
 *
 * Total fit (Knuth and Plass) was left aside: Han breaks nearly everywhere, so its gain over first fit is small, and a line
 * that changes because of a word three lines below is hard to explain to the one who reads proofs. */
#include "text/set_int.h"

#include <string.h>

/* What scanning from a line's start has found. */
typedef struct Scan {
    size_t fit[BREAK_MUST + 1];        /* the last end that fits as it is and breaks at this level or above; 0: none */
    size_t squeezed;                   /* the first willing end that fits when squeezed; 0: none */
    int64_t fit_width, squeezed_width; /* of fit[BREAK_OK] and squeezed */
    size_t next;                       /* the first willing end that does not fit at all; 0: none */
    bool complete;                     /* fit[BREAK_MUST] ends the forced line */
} Scan;

/* Widths of a growing line. */
typedef struct Line {
    int64_t width, squeeze; /* through the last item that is not a space */
    int64_t pending, pending_squeeze;
    Mpt trail, spare;
} Line;

static void line_take(Line *line, const Item *item, bool first)
{
    if (!first) {
        line->pending += item->join;
        line->pending_squeeze += item->squeeze;
    }
    line->pending += item->advance - (first ? item->lead : 0);
    if (item->flags & (ITEM_SPACE | ITEM_NEWLINE))
        return;
    line->width += line->pending;
    line->squeeze += line->pending_squeeze;
    line->pending = line->pending_squeeze = 0;
    line->trail = item->trail;
    line->spare = item->spare;
}

static Scan scan_line(const Setter *s, size_t start, int64_t measure, bool may_squeeze)
{
    Scan scan = {0};
    Line line = {0};
    for (size_t i = start; i < s->count; i++) {
        line_take(&line, &s->items[i], i == start);
        size_t end = i + 1;
        BreakLevel level = end == s->count ? BREAK_MUST : (BreakLevel)s->items[end].level;
        int64_t width = line.width - line.trail;
        int64_t least = may_squeeze ? width - line.squeeze - line.spare : width;
        if (width <= measure) {
            for (int l = 0; l <= (int)level; l++)
                scan.fit[l] = end;
            if (level >= BREAK_OK)
                scan.fit_width = width;
            scan.complete = level == BREAK_MUST;
        } else if (least <= measure) {
            if (level >= BREAK_OK) {
                scan.squeezed = end;
                scan.squeezed_width = width;
                return scan;
            }
        } else {
            return scan;
        }
        if (level == BREAK_MUST)
            return scan;
    }
    return scan;
}

/* True when the piece from `start` to its next willing end is wider than a whole line: it will have to be broken anyway, so
 * that the rest of this line can as well be filled with its beginning. */
static bool next_is_too_wide(const Setter *s, size_t start, int64_t measure, BreakLevel level)
{
    if (start >= s->count)
        return false;
    Scan scan = scan_line(s, start, measure, false);
    return scan.fit[level] == 0;
}

/* The line would end before a mark that may not begin one: then clreq pushes in wherever blanks suffice. */
static bool meets_prohibited_mark(const Setter *s, const Scan *scan)
{
    size_t end = scan->fit[BREAK_NEVER];
    if (end == 0 || s->items[end].level != BREAK_HARD)
        return false;
    const CharsKind kind = (CharsKind)s->items[end].kind;
    return kind == CHARS_COMMA || kind == CHARS_STOP || kind == CHARS_CLOSE || kind == CHARS_INTERPUNCT ||
           kind == CHARS_CONNECTOR || kind == CHARS_SOLIDUS;
}

/* The blank that a date moved on whole would leave: an eighth of the measure is too much to be stretched over, a third too much
 * in ragged text. */
static bool is_too_empty(int64_t blank, int64_t measure, bool justified)
{
    return blank * (justified ? 8 : 3) > measure;
}

/* The end of the line that starts at `start`: always past it. */
static size_t line_end(const Setter *s, size_t start, int64_t measure, bool may_squeeze)
{
    Scan scan = scan_line(s, start, measure, may_squeeze);
    if (scan.complete)
        return scan.fit[BREAK_MUST];
    size_t fit = scan.fit[BREAK_OK];
    if (scan.squeezed &&
        (!fit || scan.squeezed_width - measure <= measure - scan.fit_width || meets_prohibited_mark(s, &scan)))
        return scan.squeezed;
    if (fit) {
        if (scan.fit[BREAK_DATE] > fit && (is_too_empty(measure - scan.fit_width, measure, may_squeeze) ||
                                           next_is_too_wide(s, fit, measure, BREAK_OK)))
            return scan.fit[BREAK_DATE];
        bool fills = scan.fit[BREAK_SOFT] > fit && next_is_too_wide(s, fit, measure, BREAK_DATE);
        return fills ? scan.fit[BREAK_SOFT] : fit;
    }
    for (int level = BREAK_DATE; level >= BREAK_NEVER; level--) {
        if (scan.fit[level])
            return scan.fit[level];
    }
    size_t end = start + 1; /* one cluster wider than the measure, and the spaces after it */
    while (end < s->count && (s->items[end].flags & ITEM_REST))
        end++;
    while (end < s->count && s->items[end].level < BREAK_OK && s->items[end].flags & (ITEM_SPACE | ITEM_NEWLINE))
        end++;
    return end;
}

static void add_line(Setter *s, size_t end)
{
    if (s->line_count == s->line_capacity) {
        s->line_capacity = s->line_capacity ? s->line_capacity * 2 : 64;
        s->ends = arena_heap_resize(s->ends, s->line_capacity * sizeof *s->ends);
    }
    s->ends[s->line_count++] = end;
}

/* Breaks the forced line [start, end); the first line of the paragraph is narrower by the indent. */
static void break_forced(Setter *s, size_t start, size_t end, int64_t measure)
{
    bool may_squeeze = set_justifies(s->paragraph);
    while (start < end) {
        int64_t room = measure - (start == 0 ? s->paragraph->indent : 0);
        start = line_end(s, start, room > 0 ? room : 0, may_squeeze);
        add_line(s, start);
    }
}

static bool breaks_willingly(const Setter *s, size_t from_line)
{
    for (size_t i = from_line; i < s->line_count; i++) {
        size_t end = s->ends[i];
        if (end < s->count && s->items[end].level < BREAK_OK)
            return false;
    }
    return true;
}

/* The same number of lines in the narrowest measure that gives it, so that they are of nearly equal length. */
static void balance_forced(Setter *s, size_t start, size_t end, int64_t measure)
{
    size_t from = s->line_count;
    break_forced(s, start, end, measure);
    size_t lines = s->line_count - from;
    if (lines < 2 || !breaks_willingly(s, from))
        return;
    int64_t low = measure / 2, high = measure; /* at half the measure there are more lines, or the balance is enough */
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        s->line_count = from;
        break_forced(s, start, end, middle);
        if (s->line_count - from == lines && breaks_willingly(s, from))
            high = middle;
        else
            low = middle;
    }
    s->line_count = from;
    break_forced(s, start, end, high);
}

/* Breaks by meaning where that can be done, else into balanced lines. */
static void break_title(Setter *s, size_t start, size_t end, int64_t measure)
{
    const size_t from = s->line_count;
    break_forced(s, start, end, measure);
    const size_t fewest = s->line_count - from;
    size_t ends[TITLE_LINES];
    s->line_count = from;
    const size_t count = fewest < TITLE_LINES ? text_set_title(s, start, end, fewest, measure, ends) : 0;
    for (size_t i = 0; i < count; i++)
        add_line(s, ends[i]);
    if (count == 0)
        balance_forced(s, start, end, measure);
}

static size_t forced_end(const Setter *s, size_t start)
{
    while (start < s->count && !(s->items[start].flags & ITEM_NEWLINE))
        start++;
    return start < s->count ? start + 1 : start;
}

void text_set_break(Setter *s)
{
    const TextParagraph *p = s->paragraph;
    s->line_count = 0;
    for (size_t start = 0; start < s->count;) {
        size_t end = forced_end(s, start);
        if (p->no_wrap)
            add_line(s, end);
        else if (p->wrap == TEXT_BALANCE)
            balance_forced(s, start, end, p->width);
        else if (p->wrap == TEXT_TITLE)
            break_title(s, start, end, p->width);
        else
            break_forced(s, start, end, p->width);
        start = end;
    }
    if (s->count == 0 || s->items[s->count - 1].flags & ITEM_NEWLINE)
        add_line(s, s->count); /* an empty line at the end */
}
