/* Sheets: which page template each box of the body stands on.
 *
 * A block with page="NAME" begins a page of that template, and what follows it one of the template around (CSS Paged Media 3, 9).
 * Templates differ in their width, so the boxes are cut into stretches that are set apart. A block around such a place is in
 * both stretches, without border, padding and margins where it is cut; blocks have no element of their own, so the structure does
 * not show it. As in CSS, a block without content of its own before the change begins after it.
 */
#include "typeset/typeset_int.h"

#include <string.h>

/* A block that is open where the walk is. */
typedef struct Level {
    const TsBox *block;
    TsBox *part;  /* its copy in the current stretch; NULL: nothing of it stands there yet */
    TsBox **last; /* where the next child of the copy is linked in */
    bool begun;   /* an earlier stretch has a part of it */
    struct Level *outer;
} Level;

typedef struct Cutter {
    TsJob *job;
    TsStretch *first, *stretch; /* the one being filled */
    TsBox **last;               /* where the next box at the top is linked in */
    Level *level;
} Cutter;

static const TsSheet *sheet_of(const TsJob *job, const char *name)
{
    const TsSheet *sheet = job->program->sheets;
    while (!sheet->page->name ||
           strcmp(sheet->page->name, name) != 0) /* the layout room has seen to it that it exists */
        sheet++;
    return sheet;
}

static void begin_stretch(Cutter *c, const TsSheet *sheet)
{
    TsStretch *stretch = ARENA_NEW(c->job->arena, TsStretch);
    stretch->sheet = sheet;
    if (c->stretch)
        c->stretch->next = stretch;
    else
        c->first = stretch;
    c->stretch = stretch;
    c->last = &stretch->boxes;
    for (Level *level = c->level; level; level = level->outer) {
        if (level->part)
            level->begun = level->part->goes_on = true;
        level->part = NULL;
    }
}

static TsBox **place_of(Cutter *c, Level *level);

static void add_part(Cutter *c, Level *level)
{
    TsBox *part = level->part = ARENA_NEW(c->job->arena, TsBox);
    *part = *level->block;
    part->next = NULL;
    part->as.children = NULL;
    part->continued = level->begun;
    *place_of(c, level->outer) = part;
    if (level->outer)
        level->outer->last = &part->next;
    else
        c->last = &part->next;
    level->last = &part->as.children;
}

static TsBox **place_of(Cutter *c, Level *level)
{
    if (!level)
        return c->last;
    if (!level->part)
        add_part(c, level);
    return level->last;
}

static void add_leaf(Cutter *c, TsBox *box, const TsSheet *sheet)
{
    if (!c->stretch || sheet != c->stretch->sheet)
        begin_stretch(c, sheet);
    *place_of(c, c->level) = box;
    box->next = NULL;
    if (c->level)
        c->level->last = &box->next;
    else
        c->last = &box->next;
}

static void cut_boxes(Cutter *c, TsBox *first, const TsSheet *around)
{
    for (TsBox *box = first, *next; box; box = next) {
        const char *name = box->node->style->page;
        const TsSheet *sheet = name ? sheet_of(c->job, name) : around;
        next = box->next;
        if (box->kind != TS_BLOCK || !box->as.children) {
            add_leaf(c, box, sheet);
            continue;
        }
        Level level = {.block = box, .outer = c->level};
        c->level = &level;
        cut_boxes(c, box->as.children, sheet);
        c->level = level.outer;
    }
}

const TsStretch *ts_stretches(TsJob *job, TsBox *boxes)
{
    Cutter c = {.job = job};
    const TsSheet *first = job->program->sheets;
    if (job->program->sheet_count > 1)
        cut_boxes(&c, boxes, first);
    if (!c.first) {
        begin_stretch(&c, first);
        c.stretch->boxes = boxes;
    }
    return c.first;
}
