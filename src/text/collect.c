/* Phase collect: characters become items, and marks that Chinese and Latin share are given to one of them. */
#include "text/set_int.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>

Item *text_set_add(Setter *s)
{
    if (s->count == s->capacity) {
        s->capacity = s->capacity ? s->capacity * 2 : 1024;
        s->items = arena_heap_resize(s->items, s->capacity * sizeof *s->items);
    }
    Item *item = &s->items[s->count++];
    memset(item, 0, sizeof *item);
    return item;
}

static void report_control(Setter *s, const TextRun *run, uint32_t code)
{
    if (s->missing == SET_MISSING)
        return;
    char name[16];
    snprintf(name, sizeof name, "U+%04X", (unsigned)code);
    diag_add(s->diag, DIAG_TEXT_CONTROL_CHARACTER, ((DiagPlace){.unit = s->paragraph->unit, .field = run->field}),
             name);
    s->missing_codes[s->missing++] = code;
    s->lost = true;
}

/* ── classes ── */

static bool is_space(uint32_t code)
{
    return code == ' ' || code == 0x3000 || (code >= 0x2000 && code <= 0x200A && code != 0x2007);
}

/* Unicode's ambiguous class (AI) is left to context(); the other classes of LB1 are resolved here. */
static uint8_t resolved_class(uint32_t code, uint8_t byte)
{
    switch (byte & CHARS_LINE_BREAK) {
    case U_LB_CONDITIONAL_JAPANESE_STARTER:
        return U_LB_NONSTARTER;
    case U_LB_COMPLEX_CONTEXT:
    case U_LB_SURROGATE:
    case U_LB_UNKNOWN:
        return U_LB_ALPHABETIC;
    case U_LB_ZWJ:
    case U_LB_COMBINING_MARK: /* with no base before it */
        return U_LB_ALPHABETIC;
    default: /* full-width digits are numbers that stand in Han cells */
        return code >= 0xFF10 && code <= 0xFF19 ? U_LB_NUMERIC : (uint8_t)(byte & CHARS_LINE_BREAK);
    }
}

static bool is_western(uint8_t line_class)
{
    switch (line_class) {
    case U_LB_ALPHABETIC:
    case U_LB_HEBREW_LETTER:
    case U_LB_NUMERIC:
    case U_LB_PREFIX_NUMERIC:
    case U_LB_POSTFIX_NUMERIC:
        return true;
    default:
        return false;
    }
}

static void classify(Item *item)
{
    uint8_t byte = text_chars_lookup(item->code);
    item->line_class = resolved_class(item->code, byte);
    item->mark = -1;
    if (byte & CHARS_MARK) {
        item->mark = (int8_t)text_chars_mark(item->code);
        item->kind = (uint8_t)text_chars_marks[item->mark].kind;
        if (!text_chars_marks[item->mark].shared)
            item->flags |= ITEM_CHINESE;
    } else if (is_space(item->code)) {
        item->flags |= ITEM_SPACE;
    } else if (byte & CHARS_WIDE) {
        item->flags |= ITEM_HAN;
    } else if (is_western(item->line_class)) {
        item->flags |= ITEM_WESTERN;
    }
}

/* ── context ── */

/* What tells the language: 1 Chinese, 2 Latin, 0 neither (digits, spaces, ASCII punctuation, shared marks). */
static int language_of(const Item *item)
{
    if (item->flags & (ITEM_HAN | ITEM_CHINESE))
        return 1;
    return item->flags & ITEM_WESTERN && item->line_class != U_LB_NUMERIC && u_isalpha((UChar32)item->code) ? 2 : 0;
}

enum { NEAR = 100, QUOTATION = 2000 }; /* how far to look, so that no text takes quadratic time */

/* The language of the nearest telling item before or after `from` on the same forced line, 0 at its edge. */
static int language_beside(const Setter *s, size_t from, int step)
{
    size_t i = from + (size_t)step;
    for (int n = 0; n < NEAR && i < s->count && !(s->items[i].flags & ITEM_NEWLINE); n++, i += (size_t)step) {
        int language = language_of(&s->items[i]);
        if (language)
            return language;
    }
    return 0;
}

static bool is_quote_open(uint32_t code)
{
    return code == 0x2018 || code == 0x201C;
}

/* An apostrophe: ’ between letters of Latin. */
static bool is_apostrophe(const Setter *s, size_t i)
{
    return s->items[i].code == 0x2019 && i > 0 && language_of(&s->items[i - 1]) == 2 &&
           (i + 1 == s->count || language_of(&s->items[i + 1]) != 1);
}

/* The item that closes the quotation opened at `open`, or s->count. */
static size_t closing_quote(const Setter *s, size_t open)
{
    uint32_t opener = s->items[open].code;
    int depth = 0;
    for (size_t i = open; i < s->count && i < open + QUOTATION && !(s->items[i].flags & ITEM_NEWLINE); i++) {
        uint32_t code = s->items[i].code;
        if (code == opener)
            depth++;
        else if (code == opener + 1 && !is_apostrophe(s, i) && --depth == 0)
            return i;
    }
    return s->count;
}

/* A quotation belongs to the sentence around it: Chinese when either neighbour outside is, Latin when the neighbours are; where
 * it stands alone, what it quotes decides. Without any letter it is Chinese, the language of the documents. */
static bool quotation_is_chinese(const Setter *s, size_t open, size_t close)
{
    int before = language_beside(s, open, -1);
    int after = close < s->count ? language_beside(s, close, 1) : 0;
    if (before == 1 || after == 1)
        return true;
    if (before == 2 || after == 2)
        return false;
    return language_beside(s, open, 1) != 2 || (close < s->count && language_beside(s, close, -1) == 1);
}

static void decide_quotes(Setter *s, size_t i)
{
    Item *item = &s->items[i];
    if (is_quote_open(item->code)) {
        size_t close = closing_quote(s, i);
        bool chinese = quotation_is_chinese(s, i, close);
        if (chinese)
            item->flags |= ITEM_CHINESE;
        if (close < s->count) {
            s->items[close].flags |= chinese ? ITEM_CHINESE : 0;
            s->items[close].kind = chinese ? CHARS_CLOSE : CHARS_OTHER;
        }
        item->kind = chinese ? CHARS_OPEN : CHARS_OTHER;
    } else if (item->kind == CHARS_CLOSE && !(item->flags & ITEM_CHINESE)) {
        /* An apostrophe, or a closing quote without an opening one (a pair's was decided with its opening). */
        bool chinese = !is_apostrophe(s, i) && (language_beside(s, i, -1) == 1 || language_beside(s, i, 1) == 1);
        item->flags |= chinese ? ITEM_CHINESE : 0;
        item->kind = chinese ? CHARS_CLOSE : CHARS_OTHER;
    }
}

/* ·: an interpunct between Han (or beside Chinese marks), else a letter of its word. — and …: Chinese unless both sides are
 * Latin. */
static void decide_mark(Setter *s, size_t i)
{
    Item *item = &s->items[i];
    bool chinese;
    if (item->kind == CHARS_INTERPUNCT) {
        int before = i > 0 ? language_of(&s->items[i - 1]) : 0;
        int after = i + 1 < s->count ? language_of(&s->items[i + 1]) : 0;
        chinese = before == 1 || after == 1;
    } else {
        int before = language_beside(s, i, -1), after = language_beside(s, i, 1);
        chinese = before == 1 || after == 1 || (before == 0 && after == 0);
    }
    if (chinese)
        item->flags |= ITEM_CHINESE;
    else
        item->kind = CHARS_OTHER;
}

/* AI is a Latin letter between Latin letters or digits (3×5), else it stands in a Han cell. */
static void decide_ambiguous(Setter *s, size_t i)
{
    Item *item = &s->items[i];
    bool before = i > 0 && s->items[i - 1].flags & ITEM_WESTERN;
    bool after = i + 1 < s->count && s->items[i + 1].flags & ITEM_WESTERN;
    item->line_class = before && after ? U_LB_ALPHABETIC : U_LB_IDEOGRAPHIC;
}

/* Shared marks in their Chinese use get the classes that their Chinese twins have. A single — is a connector. */
static void give_class(Setter *s, size_t i)
{
    static const uint8_t classes[] = {
        [CHARS_OPEN] = U_LB_OPEN_PUNCTUATION, [CHARS_CLOSE] = U_LB_CLOSE_PUNCTUATION,
        [CHARS_INTERPUNCT] = U_LB_NONSTARTER, [CHARS_DASH] = U_LB_IDEOGRAPHIC,
        [CHARS_ELLIPSIS] = U_LB_IDEOGRAPHIC,
    };
    Item *item = &s->items[i];
    if (!(item->flags & ITEM_CHINESE)) {
        if (item->kind == CHARS_OTHER && item->line_class == U_LB_AMBIGUOUS)
            item->line_class = U_LB_ALPHABETIC;
        return;
    }
    if (item->kind < sizeof classes && classes[item->kind])
        item->line_class = classes[item->kind];
    bool dash_before = i > 0 && s->items[i - 1].code == 0x2014;
    bool dash_after = i + 1 < s->count && s->items[i + 1].code == 0x2014;
    if (item->code == 0x2014 && !dash_before && !dash_after)
        item->kind = CHARS_CONNECTOR;
}

static void decide(Setter *s)
{
    bool any = false;
    for (size_t i = 0; i < s->count; i++) {
        Item *item = &s->items[i];
        if (item->mark >= 0 && text_chars_marks[item->mark].shared) {
            any = true;
            if (is_quote_open(item->code) || item->kind == CHARS_CLOSE)
                decide_quotes(s, i);
            else if (item->kind == CHARS_DASH || item->kind == CHARS_ELLIPSIS || item->kind == CHARS_INTERPUNCT)
                decide_mark(s, i);
        } else if (item->line_class == U_LB_AMBIGUOUS) {
            decide_ambiguous(s, i);
        }
    }
    for (size_t i = 0; any && i < s->count; i++) {
        if (s->items[i].mark >= 0 && text_chars_marks[s->items[i].mark].shared)
            give_class(s, i);
    }
}

/* ── characters ── */

/* Adds a character's bytes to the item before it; false where there is none to follow. */
static bool attach(Setter *s, size_t run, size_t length, bool shapes)
{
    Item *item = s->count ? &s->items[s->count - 1] : NULL;
    if (!item || item->run != run || item->flags & (ITEM_NEWLINE | ITEM_SPACE) || item->length + length > UINT16_MAX)
        return false;
    item->length = (uint16_t)(item->length + length);
    if (shapes && item->mark < 0)
        item->flags |= ITEM_MARKED;
    return true;
}

/* Characters that take no room. U+200B and U+2060 stay as items without glyph, because they permit and forbid breaks. */
static bool collect_invisible(Setter *s, uint32_t code, size_t run, size_t length)
{
    if (code == 0x200B || code == 0x2060 || code == 0xFEFF)
        return false;
    if (code < 0xAD || !text_chars_is_ignorable(code))
        return false;
    attach(s, run, length, true);
    return true;
}

static void collect_character(Setter *s, size_t r, const char *text, const char *from, const char *next, uint32_t code)
{
    const TextRun *run = &s->paragraph->runs[r];
    size_t length = (size_t)(next - from);
    if (code == '\r' && *next == '\n')
        return;
    if (code == '\t')
        code = ' ';
    if (code != '\n') {
        if ((code < 0x20 || code >= 0x7F) && code < 0x3000 && text_chars_is_control(code)) {
            report_control(s, run, code);
            return;
        }
        uint8_t class = text_chars_lookup(code) & CHARS_LINE_BREAK;
        bool follows = class == U_LB_COMBINING_MARK || class == U_LB_ZWJ;
        if ((follows && text_chars_is_attached(code) && attach(s, r, length, true)) ||
            ((follows || (code >= 0xAD && !(code >= 0x2E80 && code < 0xF900))) &&
             collect_invisible(s, code, r, length)))
            return;
    }
    Item *item = text_set_add(s);
    item->code = code;
    item->start = (uint32_t)(from - text);
    item->length = (uint16_t)length;
    item->run = (uint32_t)r;
    item->size = run->style.size;
    item->mark = -1;
    if (code == '\n') {
        item->flags = ITEM_NEWLINE;
        item->line_class = U_LB_LINE_FEED;
    } else {
        classify(item);
    }
}

void text_set_collect(Setter *s)
{
    for (size_t r = 0; r < s->paragraph->run_count; r++) {
        const char *text = s->paragraph->runs[r].text;
        const char *next = text;
        while (*next) {
            const char *from = next;
            uint32_t code = utf8_next(&next);
            collect_character(s, r, text, from, next, code);
        }
    }
    decide(s);
}
