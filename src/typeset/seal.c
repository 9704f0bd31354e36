/* A drawn round seal, as offices have them made: a ring, a five-point star in the middle, the name along the upper rim, and
 * perhaps a straight line below the star.
 *
 * The name's characters stand upright on a circle, each turned to its place, as large as the rim has room for; they leave the lowest
 * quarter free. Proportions are those of a seal of 42 mm: ring 1.2 mm, star 14 mm across, characters up to 6 mm.
 */
#include "typeset/chart_int.h"

enum {
    SPAN = 26400,             /* of the name at most, 1/100 degree */
    SIZE_LEAST = FIXED_PT(4), /* of characters */
    APART = 150,              /* per cent of a character from one to the next, at most */
    CIRCLE = 36000,
    TWO_PI = 6283 /* thousandths */
};

/* A character of the name: glyphs [start, start + count) of a fragment. */
typedef struct Slot {
    const TextFragment *fragment;
    size_t start, count;
} Slot;

typedef struct Rim {
    TsPicture *p;
    Slot *slots;
    size_t count;
    Mpt outer; /* where the characters' tops are */
    Mpt size;
} Rim;

static Mpt share(const TsPicture *p, int thousandths)
{
    return (Mpt)fixed_mul_div(p->width, thousandths, 1000);
}

/* ── the name ── */

/* The circle on which the lower edges of the em boxes stand: there characters are nearest to each other. */
static Mpt inner_radius(const Rim *rim)
{
    return rim->outer - rim->size;
}

/* The largest size at which all characters find room. */
static void find_size(Rim *rim)
{
    const Mpt step = share(rim->p, 1);
    for (rim->size = share(rim->p, 145); rim->size > SIZE_LEAST; rim->size -= step) {
        const int64_t arc = fixed_mul_div((int64_t)inner_radius(rim) * TWO_PI / 1000, SPAN, CIRCLE);
        if ((int64_t)rim->size * (int64_t)rim->count <= arc)
            return;
    }
}

static size_t count_characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* Sets the name in one line and takes it apart; a cluster's further glyphs stay with its first. */
static bool take_apart(Rim *rim, const char *name)
{
    const TsLabel label = ts_label_sized(rim->p, name, rim->size, rim->p->node->text.colour);
    if (!label.lines)
        return false;
    rim->slots = ARENA_ARRAY(rim->p->job->arena, count_characters(name), Slot);
    rim->count = 0;
    for (size_t i = 0; i < label.lines->lines[0].count; i++) {
        const TextFragment *fragment = &label.lines->lines[0].fragments[i];
        for (size_t k = 0; k < fragment->count; k++) {
            if (fragment->glyphs[k].length > 0)
                rim->slots[rim->count++] = (Slot){fragment, k, 1};
            else if (rim->count > 0)
                rim->slots[rim->count - 1].count++;
        }
    }
    return rim->count > 0;
}

static void draw_slot(const Rim *rim, const Slot *slot, int64_t turn)
{
    TsPicture *p = rim->p;
    const PageGlyph *glyphs = &slot->fragment->glyphs[slot->start];
    const PageGlyph *last = &glyphs[slot->count - 1];
    const Mpt width = last->x + last->advance - glyphs[0].x;
    PageGlyph *centred = arena_copy(p->job->arena, glyphs, slot->count * sizeof *centred);
    for (size_t i = 0; i < slot->count; i++)
        centred[i].x += -glyphs[0].x - width / 2;
    const Mpt baseline = inner_radius(rim) + rim->size * 12 / 100;
    const FixedOffset at = fixed_direction(baseline, turn, CIRCLE);
    ts_draw_turned(p, slot->fragment, centred, slot->count, (PagePoint){p->width / 2 + at.x, p->width / 2 + at.y},
                   (int32_t)turn);
}

static void draw_name(TsPicture *p, const char *name)
{
    Rim rim = {.p = p, .count = count_characters(name), .outer = p->width / 2 - share(p, 60)};
    find_size(&rim);
    if (!take_apart(&rim, name))
        return;
    if (rim.size <= SIZE_LEAST) {
        ts_crowded(p, name);
        return;
    }
    const int64_t circumference = (int64_t)inner_radius(&rim) * TWO_PI / 1000;
    const int64_t widest = fixed_mul_div((int64_t)rim.size * APART / 100, CIRCLE, circumference);
    int64_t step = SPAN / (int64_t)rim.count;
    step = step > widest ? widest : step;
    for (size_t i = 0; i < rim.count; i++)
        draw_slot(&rim, &rim.slots[i], step * (int64_t)i - step * (int64_t)(rim.count - 1) / 2);
}

/* ── the rest ── */

static void draw_star(TsPicture *p)
{
    const Mpt outer = share(p, 167), inner = (Mpt)fixed_mul_div(outer, 381966, 1000000); /* ((√5 − 1) / 2)^2 */
    PagePoint points[10];
    for (int i = 0; i < 10; i++) {
        const FixedOffset at = fixed_direction(i % 2 ? inner : outer, i, 10);
        points[i] = (PagePoint){p->width / 2 + at.x, p->width / 2 + at.y};
    }
    ts_draw_polygon(p, points, 10, ts_fill(p->node->text.colour));
}

static void draw_text(TsPicture *p, const char *text)
{
    const Mpt room = share(p, 560), most = share(p, 100);
    TsLabel label = ts_label_sized(p, text, most, p->node->text.colour);
    Mpt size = most;
    if (label.width > room) {
        size = (Mpt)((int64_t)most * room / label.width);
        label = ts_label_sized(p, text, size, p->node->text.colour);
    }
    if (size < SIZE_LEAST)
        ts_crowded(p, text);
    ts_draw_label(p, &label, (p->width - label.width) / 2, share(p, 760) - label.height / 2, TEXT_CENTER);
}

void ts_draw_seal(TsPicture *p, const char *name, const char *text)
{
    const Mpt ring = share(p, 29);
    ts_draw_dot(p, (PagePoint){p->width / 2, p->width / 2}, (p->width - ring) / 2,
                ts_stroke(p->node->text.colour, ring));
    draw_star(p);
    draw_name(p, name);
    draw_text(p, text);
}
