/* Flows: boxes at a width become one list of items, top to bottom, that can be cut between items.
 *
 * The tree is flattened on purpose: what keeps with what, and whose margins meet, is a question between neighbours in reading
 * order, however deep each of them is nested. A block is a pair of items, TS_OPEN and TS_CLOSE, that carry its border and
 * padding; everything between is indented by it.
 *
 * Margins: of all margins that meet with no line, border or padding between, the largest counts (CSS 2.2, 8.3.1, without
 * negative ones). A block narrower than its place stands on the left.
 */
#include "typeset/chart_int.h"

#include <string.h>

typedef struct Builder {
    TsJob *job;
    TsItem *items;
    size_t count, room;
    size_t parent;     /* innermost open item */
    Mpt x, width;      /* where its content goes */
    Mpt bottom;        /* of the last item */
    Mpt margin;        /* largest since something was last seen */
    Mpt given;         /* and how much of it is already above an item */
    uint8_t base;      /* cost of any break here: TS_BREAK_INSIDE for each such block around */
    uint8_t next;      /* cost of the break before the next item, over the base */
    uint8_t forced;    /* the next item begins a page: a LayoutBreak, or 0 */
    bool glued;        /* the next item stays with an absolute block before it, unless a page is forced */
    const TsBox *root; /* absolute block whose flow this is */
} Builder;

/* ── items ── */

static void raise(Mpt *margin, Mpt by)
{
    if (by > *margin)
        *margin = by;
}

/* The space that is due before an item; an item of no height leaves the rest to what follows. */
static Mpt take_space(Builder *b, Mpt height)
{
    const Mpt space = b->margin > b->given ? b->margin - b->given : 0;
    b->given += space;
    if (height > 0)
        b->margin = b->given = 0;
    return space;
}

static TsItem *add_item(Builder *b, TsItemKind kind, const TsBox *box, Mpt height)
{
    if (b->count == b->room) {
        b->room = b->room ? b->room * 2 : 4;
        TsItem *larger = ARENA_ARRAY(b->job->arena, b->room, TsItem);
        if (b->count)
            memcpy(larger, b->items, b->count * sizeof *larger);
        b->items = larger;
    }
    TsItem *item = &b->items[b->count++];
    const bool waits =
        kind == TS_CLOSE && height == 0; /* the margin below a block's last line belongs below the block */
    *item = (TsItem){.kind = kind,
                     .cost = b->glued || b->next == TS_BREAK_NEVER ? TS_BREAK_NEVER : (uint8_t)(b->base + b->next),
                     .forced = b->next == TS_BREAK_NEVER ? 0 : b->forced, /* a table's head is not left alone */
                     .space = waits ? 0 : take_space(b, height),
                     .height = height,
                     .x = b->x,
                     .width = b->width,
                     .parent = b->parent,
                     .box = box};
    item->top = b->bottom + item->space;
    b->bottom = item->top + height;
    b->next = 0;
    b->forced = 0;
    b->glued = false;
    return item;
}

/* A break before the first thing in a block is one before the block. */
static size_t outermost_begin(const Builder *b)
{
    size_t first = b->count;
    while (first > 0 && (b->items[first - 1].kind == TS_OPEN || b->items[first - 1].kind == TS_ABSOLUTE))
        first--;
    while (first < b->count && b->items[first].kind == TS_ABSOLUTE)
        first++;
    return first;
}

/* Of two wishes at one place the later one counts, but a page of one side is also a page. */
static void force(uint8_t *forced, LayoutBreak wish)
{
    if (wish != LAYOUT_PAGE || *forced == 0)
        *forced = (uint8_t)wish;
}

static void apply_break_before(Builder *b, LayoutBreak wish)
{
    if (wish == LAYOUT_AUTO)
        return;
    const size_t first = outermost_begin(b);
    const bool here = first == b->count;
    if (wish != LAYOUT_AVOID)
        force(here ? &b->forced : &b->items[first].forced, wish);
    else if (here)
        b->next |= TS_BREAK_KEEP;
    else if (b->items[first].cost != TS_BREAK_NEVER)
        b->items[first].cost |= TS_BREAK_KEEP;
}

static void apply_break_after(Builder *b, LayoutBreak wish)
{
    if (wish == LAYOUT_AVOID)
        b->next |= TS_BREAK_KEEP;
    else if (wish != LAYOUT_AUTO)
        force(&b->forced, wish);
}

/* ── what stays whole ── */

enum { BASE_MOST = 240 / TS_BREAK_INSIDE * TS_BREAK_INSIDE }; /* deeper blocks that stay whole count no more */

/* Breaks from here on are within something that stays whole. */
static void keep_inside(Builder *b)
{
    if (b->base < BASE_MOST)
        b->base += TS_BREAK_INSIDE;
}

/* The items from `first` on, set with the base `inside`, would stay whole. What is higher than a page cannot: it may be broken like
 * all else, so that it begins where it is and what stays whole within it still does. */
static void end_inside(Builder *b, size_t first, uint8_t inside)
{
    const uint8_t more = inside - b->base;
    if (more == 0 || first >= b->count || b->bottom - b->items[first].top <= ts_room(b->job))
        return;
    for (size_t i = first; i < b->count; i++) {
        TsItem *item = &b->items[i];
        if (i > first && item->cost != TS_BREAK_NEVER)
            item->cost -= more;
        if (item->kind == TS_ROWS && item->cost_cut >= inside)
            item->cost_cut -= more;
    }
}

/* ── blocks ── */

/* What a block changes in the builder, to be put back at its end. */
typedef struct Outer {
    size_t parent, open;
    Mpt x, width;
    uint8_t base;
} Outer;

static Mpt resolve_width(const LayoutStyle *style, Mpt available)
{
    Mpt width = available;
    if (style->width.kind == LAYOUT_WIDTH_FIXED)
        width = style->width.value;
    if (style->width.kind == LAYOUT_WIDTH_PERCENT)
        width = (Mpt)fixed_mul_div(available, style->width.value, 10000);
    return width;
}

/* `framed`: border and padding take room; a table's do not, its lines are those of the cells. Where a block goes on on pages
 * of another template it has neither, nor margins. */
static Outer open_box(Builder *b, const TsBox *box, PageTag tag, bool framed)
{
    const LayoutStyle *style = box->node->style;
    const Outer outer = {b->parent, b->count, b->x, b->width, b->base};
    if (!box->continued) {
        apply_break_before(b, style->break_before);
        raise(&b->margin, style->margin[LAYOUT_EDGE_TOP]);
    }
    const Mpt sides = style->margin[LAYOUT_EDGE_LEFT] + style->margin[LAYOUT_EDGE_RIGHT];
    b->x += style->margin[LAYOUT_EDGE_LEFT];
    b->width = box->kind == TS_FIGURE ? b->width - sides : resolve_width(style, b->width - sides);
    TsItem *item = add_item(b, TS_OPEN, box, framed && !box->continued ? ts_frame(style, LAYOUT_EDGE_TOP) : 0);
    item->as.open.tag = tag;
    item->as.open.element = tag == PAGE_ARTIFACT ? 0 : page_element(b->job->recorder);
    b->parent = outer.open;
    if (framed) {
        b->x += ts_frame(style, LAYOUT_EDGE_LEFT);
        b->width -= ts_frame(style, LAYOUT_EDGE_LEFT) + ts_frame(style, LAYOUT_EDGE_RIGHT);
    }
    b->next = TS_BREAK_NEVER;
    if (style->break_inside == LAYOUT_AVOID)
        keep_inside(b);
    return outer;
}

static void close_box(Builder *b, const TsBox *box, Outer outer, bool framed)
{
    const LayoutStyle *style = box->node->style;
    const TsItem *open = &b->items[outer.open];
    Mpt height = framed && !box->goes_on ? ts_frame(style, LAYOUT_EDGE_BOTTOM) : 0;
    const Mpt inner = b->bottom - open->top - open->height;
    if (box->kind != TS_CHART && box->kind != TS_FIGURE && !box->goes_on && style->height > inner)
        height += style->height - inner;
    const bool keeps = b->next != TS_BREAK_NEVER && (b->next & TS_BREAK_KEEP);
    for (size_t i = b->count; b->items[i - 1].kind == TS_ABSOLUTE; i--)
        b->items[i - 1].cost = TS_BREAK_NEVER; /* the last thing in a block stays with what is before it */
    const uint8_t forced = b->forced;
    b->parent = open->parent;
    b->x = open->x;
    b->width = open->width;
    b->next = TS_BREAK_NEVER;
    b->forced = 0;
    b->items[outer.open].as.open.close = b->count;
    TsItem *close = add_item(b, TS_CLOSE, box, height);
    close->as.open = b->items[outer.open].as.open;
    b->x = outer.x;
    b->width = outer.width;
    const uint8_t inside = b->base;
    b->base = outer.base;
    end_inside(b, outer.open, inside);
    b->next = keeps ? TS_BREAK_KEEP : 0;
    b->forced = forced;
    if (box->goes_on)
        return;
    apply_break_after(b, style->break_after);
    raise(&b->margin, style->margin[LAYOUT_EDGE_BOTTOM]);
}

/* ── paragraphs ── */

static PageTag paragraph_tag(const TsNode *node)
{
    static const PageTag headings[] = {PAGE_H1, PAGE_H2, PAGE_H3};
    if (node->layout->kind == LAYOUT_HEADING)
        return headings[node->layout->as.heading.level - 1];
    const LayoutNode *parent = node->layout->parent;
    while (parent && (parent->kind == LAYOUT_FOR_EACH || parent->kind == LAYOUT_IF || parent->kind == LAYOUT_ELSE))
        parent = parent->parent;
    const bool bare = strcmp(node->layout->element, "p") != 0;
    return bare && parent && parent->kind == LAYOUT_CELL && !parent->as.cell.plain ? PAGE_ARTIFACT : PAGE_P;
}

static void add_line(Builder *b, const TsBox *box, const TsLines *set, size_t line)
{
    TsItem *item = add_item(b, TS_LINE, box, ts_line_height(set, line));
    item->x += ts_line_shift(set, line);
    Mpt ascent = set->ascent, descent = set->descent;
    raise(&ascent, set->lines[line].ascent);
    raise(&descent, set->lines[line].descent);
    item->as.line.line = &set->lines[line];
    item->as.line.baseline = ts_line_above(set, line);
    item->as.line.lead = item->as.line.baseline - ascent;
    item->as.line.tail = item->height - item->as.line.baseline - descent;
}

static void add_paragraph(Builder *b, TsBox *box)
{
    const LayoutStyle *style = box->node->style;
    const Outer outer = open_box(b, box, paragraph_tag(box->node), true);
    raise(&box->as.paragraph.room, style->height);
    const TsLines set = ts_lines(b->job, box, b->width);
    const size_t orphans = (size_t)style->orphans, widows = (size_t)style->widows;
    for (size_t i = 0; i < set.count; i++) {
        if (i > 0 && (i < orphans || set.count - i < widows))
            b->next = TS_BREAK_STRAY;
        add_line(b, box, &set, i);
    }
    close_box(b, box, outer, true);
}

/* ── the others ── */

static void add_rule(Builder *b, const TsBox *box)
{
    const LayoutStyle *style = box->node->style;
    const Mpt x = b->x, width = b->width;
    apply_break_before(b, style->break_before);
    raise(&b->margin, style->margin[LAYOUT_EDGE_TOP]);
    b->x += style->margin[LAYOUT_EDGE_LEFT];
    b->width = resolve_width(style, b->width - style->margin[LAYOUT_EDGE_LEFT] - style->margin[LAYOUT_EDGE_RIGHT]);
    add_item(b, TS_STROKE, box, style->border[LAYOUT_EDGE_TOP]);
    b->x = x;
    b->width = width;
    raise(&b->margin, style->margin[LAYOUT_EDGE_BOTTOM]);
    apply_break_after(b, style->break_after);
}

static void add_chart(Builder *b, const TsBox *box)
{
    const Outer outer = open_box(b, box, PAGE_FIGURE, true);
    b->items[outer.open].as.open.alt = box->as.chart->alt;
    const TsPicture *picture = ts_picture(b->job, box->as.chart, b->width);
    add_item(b, TS_DRAWING, box, picture->height)->as.picture = picture;
    close_box(b, box, outer, true);
}

/* A figure's box is as wide as its picture, and stands where text-align says. */
static void add_figure(Builder *b, const TsBox *box)
{
    const LayoutStyle *style = box->node->style;
    const Mpt x = b->x, width = b->width;
    const Mpt around = ts_frame(style, LAYOUT_EDGE_LEFT) + ts_frame(style, LAYOUT_EDGE_RIGHT) +
                       style->margin[LAYOUT_EDGE_LEFT] + style->margin[LAYOUT_EDGE_RIGHT];
    const TsPicture *picture = ts_figure_picture(b->job, box->as.figure, width - around);
    const Mpt rest = width - around - picture->width;
    b->x += style->text_align == LAYOUT_CENTER ? rest / 2 : style->text_align == LAYOUT_RIGHT ? rest : 0;
    b->width = picture->width + around;
    const Outer outer = open_box(b, box, ts_figure_tag(box->as.figure), true);
    b->items[outer.open].as.open.alt = ts_figure_alt(box->as.figure);
    add_item(b, TS_DRAWING, box, picture->height)->as.picture = picture;
    close_box(b, box, outer, true);
    b->x = x;
    b->width = width;
}

/* The foot's rows stay together and with the row before. */
static void add_groups(Builder *b, const TsBox *box, const TsSection *section)
{
    size_t count;
    const TsGroup *groups = ts_groups(b->job, box->as.table, section, &count);
    const uint8_t base = b->base;
    const size_t begin = b->count;
    uint8_t inside = base;
    const bool foot = section->node->layout->kind == LAYOUT_TFOOT && section != box->as.table->sections;
    apply_break_before(b, foot ? LAYOUT_AVOID : section->node->style->break_before);
    for (size_t i = 0; i < count; i++) {
        const LayoutStyle *first = section->rows[groups[i].first].node->style;
        const LayoutStyle *last = section->rows[groups[i].first + groups[i].count - 1].node->style;
        apply_break_before(b, first->break_before);
        TsItem *item = add_item(b, TS_ROWS, box, groups[i].height);
        item->as.rows = &groups[i];
        item->cost_cut = base;
        const bool leads =
            i == 0 && count > 1 && groups[1].leader; /* alone at the foot of a page it would lead nothing */
        apply_break_after(b, leads ? LAYOUT_AVOID : last->break_after);
        if (i == 0 && (foot || section->node->style->break_inside == LAYOUT_AVOID))
            keep_inside(b);
        inside = b->base;
    }
    b->base = base;
    end_inside(b, begin, inside);
    apply_break_after(b, section->node->style->break_after);
}

static void add_table(Builder *b, const TsBox *box)
{
    TsTable *table = box->as.table;
    const PageTag tag = box->node->layout->as.table.plain ? PAGE_ARTIFACT : PAGE_TABLE;
    const Outer outer = open_box(b, box, tag, false);
    ts_columns(b->job, table, b->width);
    size_t section = 0;
    if (table->has_head) {
        table->head = ts_head(b->job, table);
        add_item(b, TS_HEAD, box, table->head->height)->as.rows = table->head;
        b->next = TS_BREAK_NEVER;
        section = 1;
    }
    for (; section < table->section_count; section++)
        add_groups(b, box, &table->sections[section]);
    close_box(b, box, outer, false);
}

/* ── the end of a letter (GB/T 9704-2012 7.3.5.1, 7.3.5.2) ── */

typedef struct Line {
    TsBox *box; /* or NULL */
    Mpt x, width, height;
} Line;

static Mpt lines_height(const Builder *b, TsBox *paragraph, Mpt width)
{
    const TsLines set = ts_lines(b->job, paragraph, width);
    Mpt height = 0;
    for (size_t i = 0; i < set.count; i++)
        height += ts_line_height(&set, i);
    return height;
}

static Line measure_line(const Builder *b, TsBox *box)
{
    Line line = {.box = box};
    if (!box)
        return line;
    const Mpt natural = ts_measure(b->job, box).width[TS_NATURAL];
    line.width = natural < b->width ? natural : b->width;
    line.height = lines_height(b, box, line.width);
    return line;
}

/* With a seal: the date four characters in from the right, the name centred over it. Without: the name two characters in, the date's
 * first character two to the right of the name's; a date longer than the name stands two in, and the name goes left with it. */
static void place_lines(const Builder *b, Mpt character, bool sealed, Line *name, Line *date)
{
    if (sealed) {
        date->x = b->width - 4 * character - date->width;
        name->x = date->x + (date->width - name->width) / 2;
        const Mpt over = name->x + name->width - b->width;
        date->x -= over > 0 ? over : 0;
        name->x -= over > 0 ? over : 0;
    } else if (date->width > name->width) {
        date->x = b->width - 2 * character - date->width;
        name->x = date->x - 2 * character;
    } else {
        name->x = b->width - 2 * character - name->width;
        date->x = name->x + 2 * character;
    }
    name->x = name->x < 0 ? 0 : name->x;
    date->x = date->x < 0 ? 0 : date->x;
}

static void add_signoff_line(Builder *b, const Line *line, bool first)
{
    const Mpt x = b->x, width = b->width;
    if (!line->box)
        return;
    if (!first)
        b->next = TS_BREAK_NEVER;
    b->x += line->x;
    b->width = line->width;
    add_paragraph(b, line->box);
    b->x = x;
    b->width = width;
}

/* The seal under name and date, so that both stay black; they stand a little below its middle. Returns how much of it is below
 * them. */
static Mpt add_seal(Builder *b, TsBox *box, const Line *name, const Line *date)
{
    const Line *centre = date->box ? date : name;
    const TsPicture *picture = ts_figure_picture(b->job, box->as.figure, b->width);
    const Mpt x = b->x, width = b->width, text = name->height + date->height;
    Mpt above = (picture->height - text) / 2 + picture->height / 20;
    above = above < 0 ? 0 : above;
    b->x += centre->x + (centre->width - picture->width) / 2;
    b->width = picture->width;
    const Outer outer = open_box(b, box, PAGE_FIGURE, true);
    b->items[outer.open].as.open.alt = ts_figure_alt(box->as.figure);
    add_item(b, TS_DRAWING, box, above)->as.picture = picture;
    close_box(b, box, outer, true);
    b->x = x;
    b->width = width;
    return picture->height - above - text;
}

static void add_signoff(Builder *b, const TsBox *box)
{
    const LayoutStyle *style = box->node->style;
    TsBox *seal = box->as.signoff.seal;
    /* The seal's top within a line of the text above; without one a blank line. */
    raise(&b->margin, seal ? style->line_height / 2 : style->line_height);
    const Outer outer = open_box(b, box, PAGE_ARTIFACT, true);
    Line name = measure_line(b, box->as.signoff.name), date = measure_line(b, box->as.signoff.date);
    place_lines(b, ts_character(b->job, style), seal != NULL, &name, &date);
    const Mpt rest = seal ? add_seal(b, seal, &name, &date) : 0;
    add_signoff_line(b, &name, !seal);
    add_signoff_line(b, &date, !seal && !name.box);
    if (rest > 0) { /* the seal stays on its page */
        b->next = TS_BREAK_NEVER;
        add_item(b, TS_DRAWING, box, rest)->as.picture = ts_picture_open(b->job, box->node, 0, rest);
    }
    close_box(b, box, outer, true);
}

static void add_boxes(Builder *b, TsBox *first);

static void add_block(Builder *b, TsBox *box)
{
    const Outer outer = open_box(b, box, PAGE_ARTIFACT, true);
    add_boxes(b, box->as.children);
    close_box(b, box, outer, true);
}

/* The break before it is that before what follows. */
static void add_absolute(Builder *b, TsBox *box)
{
    add_item(b, TS_ABSOLUTE, box, 0)->as.absolute = box;
    b->glued = true;
}

static void add_boxes(Builder *b, TsBox *first)
{
    for (TsBox *box = first; box; box = box == b->root ? NULL : box->next) {
        if (box->node->style->position == LAYOUT_ABSOLUTE && box != b->root) {
            add_absolute(b, box);
            continue;
        }
        switch (box->kind) {
        case TS_BLOCK:
            add_block(b, box);
            break;
        case TS_PARAGRAPH:
            add_paragraph(b, box);
            break;
        case TS_RULE:
            add_rule(b, box);
            break;
        case TS_TABLE:
            add_table(b, box);
            break;
        case TS_CHART:
            add_chart(b, box);
            break;
        case TS_SIGNOFF:
            add_signoff(b, box);
            break;
        case TS_FIGURE:
            add_figure(b, box);
            break;
        }
    }
}

static TsFlow *flow_of(Builder *b, TsBox *boxes)
{
    add_boxes(b, boxes);
    TsFlow *flow = ARENA_NEW(b->job->arena, TsFlow);
    *flow = (TsFlow){.items = b->items, .count = b->count, .after = (LayoutBreak)b->forced};
    flow->height = b->bottom + take_space(b, 1);
    return flow;
}

TsFlow *ts_flow(TsJob *job, TsBox *boxes, Mpt width)
{
    Builder b = {.job = job, .parent = TS_NONE, .width = width};
    return flow_of(&b, boxes);
}

TsFlow *ts_flow_absolute(TsJob *job, TsBox *box, Mpt width)
{
    Builder b = {.job = job, .parent = TS_NONE, .width = width, .root = box};
    return flow_of(&b, box);
}
