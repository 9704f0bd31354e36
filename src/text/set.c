/* Setting a paragraph: the phases in their order. */
#include "text/set_int.h"

#include <stdlib.h>
#include <unicode/ubrk.h>

static void close_setter(void *handle)
{
    Setter *s = handle;
    free(s->items);
    free(s->ends);
    if (s->words)
        ubrk_close(s->words);
}

Setter *text_set_open(Arena *run)
{
    Setter *s = ARENA_NEW(run, Setter);
    arena_defer(run, close_setter, s);
    return s;
}

/* Up to the blanks; false when characters are missing. */
static Setter *prepare(const TextFonts *fonts, const TextParagraph *paragraph, bool vertical, Diag *diag)
{
    Setter *s = fonts->setter;
    s->fonts = fonts;
    s->paragraph = paragraph;
    s->diag = diag;
    s->count = 0;
    s->missing = 0;
    s->vertical = vertical;
    s->lost = false;
    text_set_collect(s);
    if (!text_set_shape(s))
        return NULL;
    if (vertical)
        text_set_turn(s);
    text_set_permit(s);
    text_set_space(s);
    return s;
}

const TextLines *text_set_directed(Arena *arena, const TextFonts *fonts, const TextParagraph *paragraph, bool vertical,
                                   Diag *diag)
{
    Setter *s = prepare(fonts, paragraph, vertical, diag);
    if (!s)
        return NULL;
    text_set_break(s);
    return text_set_finish(s, arena);
}

const TextLines *text_set(Arena *arena, const TextFonts *fonts, const TextParagraph *paragraph, Diag *diag)
{
    return text_cache_set(fonts->set, arena, fonts, paragraph, diag);
}

bool text_measure(Arena *scratch, const TextFonts *fonts, const TextRun *run, const char *unit, Mpt *width, Diag *diag)
{
    (void)scratch;
    TextParagraph paragraph = {.runs = run, .run_count = 1, .width = 1, .no_wrap = true, .unit = unit};
    Setter *s = prepare(fonts, &paragraph, false, diag);
    if (!s)
        return false;
    int64_t widest = 0;
    for (size_t i = 1, start = 0; i <= s->count; i++) {
        if (i == s->count || s->items[i].level == BREAK_MUST) {
            int64_t extent = text_set_extent(s->items, start, i).width;
            widest = extent > widest ? extent : widest;
            start = i;
        }
    }
    *width = (Mpt)(widest > INT32_MAX ? INT32_MAX : widest);
    return true;
}
