/* A paragraph on its way through the phases of text_set. Private to the text room.
 *
 *   collect   runs → items: one per character cluster, with its classes; shared quotes resolved by context
 *   shape     items → faces, glyphs, widths; in vertical text vertical.c then tells each how it stands in its column
 *   permit    where a line may end, and how unwillingly
 *   space     blank between neighbours: punctuation compression, CJK–Latin gap, what may be squeezed and stretched
 *   break     lines; title.c those of titles
 *   finish    positions, fragments; vertical.c makes columns of the lines
 *
 * All that varies between neighbours is kept on the junction before an item, so that at a line's edge it simply falls away.
 * cache.c keeps the results of short paragraphs. Lifetime: the items are one array in the process, used again for the next paragraph.
 */
#ifndef TEXT_SET_INT_H
#define TEXT_SET_INT_H

#include "text/fonts_int.h"

/* How willingly a line ends before an item. A line ends at the highest level that fits. */
typedef enum BreakLevel {
    BREAK_NEVER, /* inside —— and ……, inside a cluster: only when that alone is wider than the measure */
    BREAK_HARD,  /* prohibited mark at line start or end: only when nothing else fits */
    BREAK_SOFT,  /* inside a word, a number with its unit: when it is wider than the measure */
    BREAK_DATE,  /* between the parts of a date: where keeping it whole leaves the line too empty */
    BREAK_OK,
    BREAK_MUST /* after U+000A */
} BreakLevel;

/* What may be squeezed, in clreq's order (#procedures_for_inter-character_spacing_reduction): punctuation at line end comes first
 * and is trimmed always but on the character grid, where it keeps its cell as long as the line has room. */
typedef enum Squeeze {
    SQUEEZE_END, /* on the character grid only */
    SQUEEZE_SPACE,
    SQUEEZE_INTERPUNCT,
    SQUEEZE_BRACKET,
    SQUEEZE_COMMA,
    SQUEEZE_GAP,
    SQUEEZE_STOP,
    SQUEEZE_COUNT
} Squeeze;

/* What may be stretched first, in clreq's order; afterwards every `even` junction alike. */
typedef enum Stretch { STRETCH_SPACE, STRETCH_GAP, STRETCH_COUNT } Stretch;

enum {
    ITEM_NEWLINE = 1,
    ITEM_SPACE = 2,    /* any breaking space: hangs at line end */
    ITEM_CHINESE = 4,  /* a mark set the Chinese way: one em, trimmed by clreq */
    ITEM_HAN = 8,      /* wide letter: Han, kana, Hangul */
    ITEM_WESTERN = 16, /* Latin and other narrow letters, digits and what belongs to them: wants a gap beside Han */
    ITEM_MARKED = 32,  /* combining marks or a selector follow: to be shaped */
    ITEM_EVEN = 64,    /* the junction before it takes part in even stretching */
    ITEM_REST = 128,   /* a further glyph of the cluster before it */
    ITEM_TURNED = 256  /* vertical text: turned by 90° clockwise */
};

typedef struct Item {
    uint32_t code;  /* first character */
    uint32_t start; /* its bytes in the run's text */
    uint16_t length;
    uint16_t face;
    uint32_t run;
    uint16_t gid;
    uint16_t flags;
    uint8_t line_class; /* ULineBreak, resolved */
    int8_t mark;        /* index in text_chars_marks, or -1 */
    uint8_t kind;       /* CharsKind */
    uint8_t level;      /* BreakLevel before it */
    uint8_t squeeze_class, stretch_class;
    Mpt x, y;        /* glyph's offset from the pen; y down */
    Mpt advance;     /* of the cell */
    Mpt widened;     /* what the character grid added to the glyph's own */
    Mpt lead, trail; /* blank of the cell that a line's edge trims */
    Mpt spare;       /* blank of the cell that a line's end may squeeze: trail on the character grid */
    Mpt join;        /* junction before it: added blank, negative where marks are compressed */
    Mpt squeeze;     /* how much the junction may lose */
    Mpt stretch;     /* how much it may gain before the even share */
    Mpt size;
    FontsFit fit; /* how its glyph is drawn, so that it matches the role's Han */
} Item;

enum { SET_MISSING = 64, TITLE_LINES = 8 /* most lines of a title that is broken by meaning */ };

/* Working memory of text_set. */
typedef struct Setter {
    const TextFonts *fonts;
    const TextParagraph *paragraph;
    Diag *diag;
    Item *items;
    size_t count, capacity;
    size_t *ends; /* index past the last item of each line */
    size_t line_count, line_capacity;
    uint32_t missing_codes[SET_MISSING];
    void *words;    /* ICU's break iterator, opened for the first title */
    size_t missing; /* characters that no face has or that may not be there, reported so far */
    bool vertical;
    bool lost; /* one of them cannot be printed: the paragraph is not set */
} Setter;

Setter *text_set_open(Arena *run);

/* cache.c */
typedef struct SetCache SetCache;
SetCache *text_cache_open(Arena *run);
/* text_set, from the cache where it can be. */
const TextLines *text_cache_set(SetCache *cache, Arena *arena, const TextFonts *fonts, const TextParagraph *paragraph,
                                Diag *diag);

/* text_set without it, with the items standing in columns when `vertical`; x then counts down the column. See vertical.c. */
const TextLines *text_set_directed(Arena *arena, const TextFonts *fonts, const TextParagraph *paragraph, bool vertical,
                                   Diag *diag);

void text_set_collect(Setter *s);
bool text_set_shape(Setter *s); /* false: characters are missing, diagnostics recorded */
void text_set_turn(Setter *s);  /* vertical.c: how items stand in a column */
void text_set_permit(Setter *s);
void text_set_space(Setter *s);
void text_set_break(Setter *s);
/* Breaks the forced line [start, end) by meaning and stores where its lines end; returns how many, at most TITLE_LINES, or 0 when it has nothing better than balanced lines. */
size_t text_set_title(Setter *s, size_t start, size_t end, size_t fewest, int64_t measure, size_t *ends);
const TextLines *text_set_finish(Setter *s, Arena *arena);

Item *text_set_add(Setter *s); /* a fresh zeroed item at the end */
static inline const TextStyle *set_style(const Setter *s, const Item *item)
{
    return &s->paragraph->runs[item->run].style;
}

/* The em box of Han: 880/1000 above the baseline, the rest below (what most faces for Chinese have). */
static inline Mpt set_ascent(Mpt size)
{
    return (Mpt)((int64_t)size * 880 / 1000);
}

/* Whether lines are squeezed and stretched to the measure: never those of a title, which have their own lengths. */
static inline bool set_justifies(const TextParagraph *p)
{
    return p->align == TEXT_JUSTIFY && !p->no_wrap && p->wrap != TEXT_TITLE;
}

/* Extent of the items [start, end) as one line: edges trimmed, spaces at the end left out. */
typedef struct SetExtent {
    int64_t width; /* natural */
    size_t end;    /* past the last item that is not a hanging space */
} SetExtent;
SetExtent text_set_extent(const Item *items, size_t start, size_t end);

#endif
