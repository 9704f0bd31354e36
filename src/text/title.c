/* Titles: lines that end where the meaning allows, in the shapes that GB/T 9704-2012 (7.3.1) wants.
 *
 * A title is short, is read at a glance and stands alone, so unlike a paragraph it is worth a search over all its breaks. Where
 * words end is asked of ICU's dictionary. Of all ways to break the title into the fewest lines, or up to two lines more, the one of
 * least cost is taken. The costs are in hundredths of what a line costs that is one em longer or shorter than the mean; that
 * of its length grows with the square. Lines may rise, fall, or rise and then fall in length (the two trapezia and the
 * lozenge); one short between two long ones is next to forbidden, and lines of the same length are a little worse than a
 * trapezium.
 *
 * Titles of very many words or lines are balanced only: nobody sees a shape in them. */
#include "text/set_int.h"

#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/utf16.h>

enum {
    COST_EM = 100,     /* a line one em off the mean */
    COST_LEVEL = 60,   /* two lines of the same length, to half an em */
    COST_WAIST = 6000, /* a line shorter than those above and below it */
    COST_WORD = 300,   /* a break between words, but behind 的 or a mark */
    COST_SINGLE =
        1500, /* more behind a word of one character, which may begin a word that the dictionary does not know; */
    COST_BEFORE = 500,    /* and more before one */
    COST_PARTICLE = 2500, /* a line that begins with 的 or ends with 关于 */
    COST_BRACKETS = 2500, /* a break within 《…》 or “…”, for each level */
    COST_SPLIT = 9000,    /* a break within a word: when there is no other */
    COST_LINE = 2500,     /* each line more than needed, of which there are at most MORE_LINES */
    COST_NONE = INT32_MAX
};

enum { MOST_ITEMS = 300, MOST_STEPS = 20000, MORE_LINES = 2 };

typedef struct Title {
    const Setter *s;
    size_t start, end;
    int64_t measure, indent;
    int32_t price[MOST_ITEMS + 1]; /* of a break before item start + i; COST_NONE: none */
    int64_t sum[MOST_ITEMS + 1];   /* width of all items before start + i, with their junctions */
    int64_t mean;
    Mpt em;
    size_t lines;                /* to break into */
    size_t at[TITLE_LINES];      /* ends of the lines of the way that is tried, */
    size_t best_at[TITLE_LINES]; /* and of the best way */
    size_t best_lines;           /* 0: none found */
    int64_t best;
    int steps;
} Title;

/* ── where words end ── */

/* Marks in `ends` the items of [start, end) that a word of ICU's dictionary ends before. */
static bool find_words(Setter *s, size_t start, size_t end, bool *ends)
{
    UChar text[2 * MOST_ITEMS];
    size_t item_of[2 * MOST_ITEMS + 1];
    int32_t length = 0;
    for (size_t i = start; i < end; i++) {
        const int32_t from = length;
        if (s->items[i].flags & ITEM_REST)
            continue;
        U16_APPEND_UNSAFE(text, length, (UChar32)s->items[i].code);
        for (int32_t k = from; k < length; k++)
            item_of[k] = i - start;
    }
    UErrorCode error = U_ZERO_ERROR;
    if (!s->words)
        s->words = ubrk_open(UBRK_WORD, "zh", NULL, 0, &error);
    ubrk_setText(s->words, text, length, &error);
    if (U_FAILURE(error))
        return false;
    for (int32_t at = ubrk_first(s->words); at != UBRK_DONE; at = ubrk_next(s->words)) {
        if (at < length)
            ends[item_of[at]] = true;
    }
    return true;
}

/* Words of these documents that a general dictionary does not have. */
static const uint16_t *const terms[] = {
    u"党委书记",     u"党组书记",   u"党组织书记",   u"党（工）委书记", u"党委（党组）书记",
    u"基层党建工作", u"基层党建",   u"述职评议考核", u"述职评议",       u"党建工作",
    u"党建",         u"印发",       u"党组织",       u"党委",           u"党组",
    u"党工委",       u"党（工）委", u"区县（市）",   u"县（市、区）",   u"组织部",
    u"办公厅",       u"办公室",     u"委员会",       u"领导小组",       u"主题教育",
    u"民主生活会",   u"组织生活会", u"中国共产党",   u"整改",           u"汇总表",
    u"成绩单",       u"全会",       u"责任制",       u"责任清单",       u"党支部",
    u"党总支部",     u"党员",       u"从严治党",     u"实施方案",       u"工作方案",
    u"实施意见",     u"若干意见",   u"指导意见",     u"反馈意见",       u"综合评价",
    u"情况通报",     u"工作要点",   u"评价结果",
};

static size_t term_at(const Setter *s, size_t i, size_t end, const uint16_t *term)
{
    size_t length = 0;
    for (; term[length]; length++) {
        if (i + length == end || s->items[i + length].code != term[length])
            return 0;
    }
    return length;
}

/* Makes whole words of the terms, the longest at each place. */
static void join_terms(const Setter *s, size_t start, size_t end, bool *ends)
{
    for (size_t i = start; i < end;) {
        size_t longest = 0;
        for (size_t k = 0; k < sizeof terms / sizeof *terms; k++) {
            const size_t length = term_at(s, i, end, terms[k]);
            longest = length > longest ? length : longest;
        }
        if (longest > 0) {
            memset(ends + (i + 1 - start), 0, longest - 1);
            ends[i - start] = ends[i + longest - start] = true;
        }
        i += longest > 0 ? longest : 1;
    }
}

/* ── what a break costs ── */

/* A word of one character that is whole by itself. */
static bool is_function(uint32_t code)
{
    return chars_among(u"的地得之和与及暨或并对为在向将把被以从由按等抓党", code);
}

/* Han that lean on the word before them: particles and, as words of their own, endings of longer words. */
static bool leans_back(uint32_t code, bool alone)
{
    return chars_among(u"的地得之了着等们者（", code) ||
           (alone && chars_among(u"会部厅局办委区县市镇乡员长表单案组级届次", code));
}

/* Words that lean on what follows. */
static bool leans_forward(const Setter *s, size_t start, size_t end)
{
    const uint32_t last = s->items[end - 1].code, before = end - start > 1 ? s->items[end - 2].code : 0;
    return chars_among(u"和与及暨或并对为在向将把被以从由按第抓", last) ||
           (before == 0x5173 && last == 0x4E8E) /* 关于 */ || (before == 0x6839 && last == 0x636E) /* 根据 */ ||
           (before == 0x5BF9 && last == 0x4E8E) /* 对于 */;
}

/* Prices every break of the title; `split` also those within words. */
static void price_breaks(Title *t, const bool *ends, bool split)
{
    const Item *items = t->s->items;
    int depth = 0;
    for (size_t i = t->start; i < t->end; i++) {
        int32_t *price = &t->price[i - t->start];
        const bool word = ends[i - t->start];
        *price = COST_NONE;
        if (i > t->start && items[i].level >= BREAK_OK && (word || split)) {
            const Item *before = &items[i - 1];
            const bool before_alone = ends[i - 1 - t->start], alone = i + 1 == t->end || ends[i + 1 - t->start];
            const bool rests =
                leans_back(before->code, false) || before->kind != CHARS_OTHER || items[i].kind == CHARS_OPEN;
            *price = depth * COST_BRACKETS + (rests || before->flags & ITEM_SPACE ? 0 : COST_WORD);
            *price += leans_back(items[i].code, alone) || leans_forward(t->s, t->start, i) ? COST_PARTICLE : 0;
            *price += word ? 0 : COST_SPLIT;
            *price += before_alone && !rests && !is_function(before->code) ? COST_SINGLE : 0;
            *price += alone && !rests && !is_function(items[i].code) ? COST_BEFORE : 0;
        }
        depth += items[i].kind == CHARS_OPEN;
        depth -= items[i].kind == CHARS_CLOSE && depth > 0;
    }
}

/* ── the search ── */

static void sum_widths(Title *t)
{
    for (size_t i = t->start; i < t->end; i++)
        t->sum[i + 1 - t->start] = t->sum[i - t->start] + t->s->items[i].join + t->s->items[i].advance;
}

/* As text_set_extent, at once. */
static int64_t width_of(const Title *t, size_t start, size_t end)
{
    const Item *items = t->s->items;
    while (end > start && items[end - 1].flags & (ITEM_SPACE | ITEM_NEWLINE))
        end--;
    if (end == start)
        return 0;
    return t->sum[end - t->start] - t->sum[start - t->start] - items[start].join - items[start].lead -
           items[end - 1].trail;
}

static int64_t line_cost(const Title *t, int64_t width)
{
    const int64_t off = (width - t->mean) * 10 / t->em; /* tenths of an em */
    return off * off * COST_EM / 100;
}

/* Tries every end of line `line`, which begins at `start`. `before` is the width of the line above, `falls` whether lines have
 * become shorter already. */
static void try_lines(Title *t, size_t line, size_t start, int64_t before, bool falls, int64_t cost)
{
    const bool last = line + 1 == t->lines;
    /* The most that the lines below can hold: each may lose the blanks of marks at its edges, and a gap. */
    const int64_t below = (int64_t)(t->lines - line - 1) * (t->measure + 2 * t->em);
    const int64_t measure = t->measure - (start == 0 ? t->indent : 0);
    for (size_t end = last ? t->end : start + 1; end <= t->end; end++) {
        const int32_t price = end == t->end ? 0 : t->price[end - t->start];
        if (price == COST_NONE || (end == t->end && !last) || t->steps >= MOST_STEPS)
            continue;
        const int64_t width = width_of(t, start, end);
        if (width > measure)
            break;
        if (width_of(t, end, t->end) > below)
            continue;
        t->steps++;
        int64_t total = cost + price + line_cost(t, width);
        const int64_t change = line == 0 ? t->em : width - before;
        const bool shorter = change <= -t->em / 2, longer = change >= t->em / 2;
        total += falls && longer ? COST_WAIST : shorter || longer ? 0 : COST_LEVEL;
        if (total >= t->best)
            continue;
        t->at[line] = end;
        if (!last) {
            try_lines(t, line + 1, end, width, falls || shorter, total);
            continue;
        }
        t->best = total;
        t->best_lines = t->lines;
        memcpy(t->best_at, t->at, sizeof t->at);
    }
}

/* The least cost of breaking the title into `lines`, if it is below t->best. */
static void search(Title *t, size_t lines, int64_t extra)
{
    t->lines = lines;
    t->mean = width_of(t, t->start, t->end) / (int64_t)lines;
    t->steps = 0;
    try_lines(t, 0, t->start, 0, false, extra);
}

size_t text_set_title(Setter *s, size_t start, size_t end, size_t fewest, int64_t measure, size_t *ends)
{
    if (end - start > MOST_ITEMS || fewest < 2 || fewest >= TITLE_LINES)
        return 0;
    bool words[MOST_ITEMS + 1] = {false}; /* whether one ends before the item */
    Title title = {.s = s, .start = start, .end = end, .measure = measure, .indent = s->paragraph->indent};
    title.em = s->items[start].size;
    title.best = INT64_MAX;
    if (!find_words(s, start, end, words))
        return 0;
    join_terms(s, start, end, words);
    sum_widths(&title);
    for (int split = 0; split < 2 && title.best == INT64_MAX; split++) {
        price_breaks(&title, words, split);
        for (size_t more = 0; more <= MORE_LINES && fewest + more <= TITLE_LINES; more++)
            search(&title, fewest + more, (int64_t)more * COST_LINE);
    }
    memcpy(ends, title.best_at, title.best_lines * sizeof *ends);
    return title.best_lines;
}
