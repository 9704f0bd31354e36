/* Diagnostics: the collector and the one-line form of an item. Items and their strings live in the collector's arena; each
 * is allocated by itself, so that a pointer from diag_item stays good while further ones are recorded. */
#include "base/diag.h"
#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_LIMIT = 1000, FIRST_CAPACITY = 16 };

typedef struct Message {
    const char *name;
    DiagLevel level;
    int exit_code;
    const char *text[2]; /* by DiagLanguage; the hint likewise */
    const char *hint[2];
} Message;

static const Message catalogue[] = {
#define DIAG(code, level, exit_code, en, en_hint, zh, zh_hint) {#code, level, exit_code, {en, zh}, {en_hint, zh_hint}},
#include "base/diag_catalogue.h"
#undef DIAG
};

struct Diag {
    Arena *arena;
    DiagItem **items;
    size_t count, capacity;
    size_t limit;
    size_t dropped;
    bool any;
    DiagLevel worst;
    int run_exit_code; /* of the first RUN_FAIL; 0 = none */
    size_t seen[DIAG_CODE_COUNT];
};

Diag *diag_open(Arena *arena, size_t limit)
{
    Diag *diag = ARENA_NEW(arena, Diag);
    diag->arena = arena;
    diag->limit = limit ? limit : DEFAULT_LIMIT;
    return diag;
}

void diag_clear(Diag *diag)
{
    *diag = (Diag){.arena = diag->arena, .limit = diag->limit};
}

/* A copy that is valid UTF-8 on one line, whatever bytes a file name or a foreign library's message had. */
static const char *copy_text(Arena *arena, const char *text)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    if (!text)
        return NULL;
    size_t length = strlen(text);
    char *copy = arena_alloc(arena, length * strlen(replacement) + 1);
    char *to = copy;
    for (size_t bad; !utf8_valid(text, length, &bad); text += bad + 1, length -= bad + 1) {
        to = (char *)memcpy(to, text, bad) + bad;
        to = (char *)memcpy(to, replacement, strlen(replacement)) + strlen(replacement);
    }
    memcpy(to, text, length);
    for (to = copy; *to; to++)
        if ((unsigned char)*to < 0x20 || *to == 0x7F)
            *to = ' ';
    return copy;
}

static DiagPlace copy_place(Arena *arena, DiagPlace place)
{
    place.file = copy_text(arena, place.file);
    place.table = copy_text(arena, place.table);
    place.row = copy_text(arena, place.row);
    place.unit = copy_text(arena, place.unit);
    place.field = copy_text(arena, place.field);
    return place;
}

static const char *const *copy_args(Arena *arena, const char *const *args)
{
    size_t count = 0;
    while (args[count])
        count++;
    const char **copy = ARENA_ARRAY(arena, count + 1, const char *);
    for (size_t i = 0; i < count; i++)
        copy[i] = copy_text(arena, args[i]);
    return copy;
}

static void keep_item(Diag *diag, DiagItem *item)
{
    if (diag->count == diag->capacity) {
        size_t capacity = diag->capacity ? diag->capacity * 2 : FIRST_CAPACITY;
        DiagItem **items = ARENA_ARRAY(diag->arena, capacity, DiagItem *);
        if (diag->count)
            memcpy(items, diag->items, diag->count * sizeof *items);
        diag->items = items;
        diag->capacity = capacity;
    }
    diag->items[diag->count++] = item;
}

void diag_append(Diag *diag, const DiagItem *item)
{
    assert((int)item->code >= 0 && item->code < DIAG_CODE_COUNT);
    if (!diag->any || item->level > diag->worst)
        diag->worst = item->level;
    diag->any = true;
    if (item->level == DIAG_RUN_FAIL && !diag->run_exit_code)
        diag->run_exit_code = catalogue[item->code].exit_code;
    if (diag->seen[item->code]++ >= diag->limit) {
        diag->dropped++;
        return;
    }
    DiagItem *copy = ARENA_NEW(diag->arena, DiagItem);
    *copy = *item;
    copy->place = copy_place(diag->arena, item->place);
    copy->args = copy_args(diag->arena, item->args);
    keep_item(diag, copy);
}

bool diag_record(Diag *diag, DiagCode code, DiagPlace place, const char *const *args)
{
    DiagItem item = {.code = code, .level = catalogue[code].level, .place = place, .args = args};
    diag_append(diag, &item);
    return false;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_item(const DiagItem *a, const DiagItem *b)
{
    const DiagPlace *p = &a->place, *q = &b->place;
    if (a->code != b->code || p->line != q->line || p->column != q->column || p->page != q->page ||
        !same_text(p->file, q->file) || !same_text(p->table, q->table) || !same_text(p->row, q->row) ||
        !same_text(p->unit, q->unit) || !same_text(p->field, q->field))
        return false;
    size_t i = 0;
    while (a->args[i] && same_text(a->args[i], b->args[i]))
        i++;
    return !a->args[i] && !b->args[i];
}

/* Compared as they are kept, with unprintable characters replaced. */
bool diag_record_once(Diag *diag, DiagCode code, DiagPlace place, const char *const *args)
{
    const size_t before = diag->count;
    diag_record(diag, code, place, args);
    for (size_t i = 0; i < before && diag->count > before; i++)
        if (same_item(diag->items[i], diag->items[before]))
            diag->count = before;
    return false;
}

size_t diag_count(const Diag *diag)
{
    return diag->count;
}

const DiagItem *diag_item(const Diag *diag, size_t index)
{
    return diag->items[index];
}

size_t diag_dropped(const Diag *diag)
{
    return diag->dropped;
}

bool diag_any(const Diag *diag, DiagLevel at_least)
{
    return diag->any && diag->worst >= at_least;
}

int diag_exit_code(const Diag *diag)
{
    if (diag->run_exit_code)
        return diag->run_exit_code;
    return diag_any(diag, DIAG_UNIT_FAIL) ? DIAG_EXIT_SOME_UNITS_FAILED : DIAG_EXIT_OK;
}

/* Appends the template with {0}–{9} replaced; an argument that was not given is empty. */
static void fill_template(const char *text, const char *const *args, Buf *out)
{
    size_t count = 0;
    while (args[count])
        count++;
    for (; *text; text++) {
        if (text[0] == '{' && text[1] >= '0' && text[1] <= '9' && text[2] == '}') {
            size_t index = (size_t)(text[1] - '0');
            if (index < count)
                buf_text(out, args[index]);
            text += 2;
        } else {
            buf_byte(out, (unsigned char)*text);
        }
    }
}

static bool is_set(const char *text)
{
    return text && *text;
}

/* Appends `label` and `value`, after a comma when something of the place stands there already. */
static void add_part(Buf *out, size_t start, DiagLanguage language, const char *label, const char *value)
{
    if (out->length > start)
        buf_text(out, language == DIAG_CHINESE ? "，" : ", ");
    buf_text(out, label);
    buf_text(out, value);
}

void diag_format_place(const DiagPlace *place, DiagLanguage language, Buf *out)
{
    bool chinese = language == DIAG_CHINESE;
    size_t start = out->length;
    if (is_set(place->file)) {
        buf_text(out, place->file);
        if (place->line > 0)
            buf_print(out, ":%d", place->line);
        if (place->line > 0 && place->column > 0)
            buf_print(out, ":%d", place->column);
    }
    if (is_set(place->table))
        add_part(out, start, language, chinese ? "表 " : "table ", place->table);
    if (is_set(place->row))
        add_part(out, start, language, chinese ? "行 " : "row ", place->row);
    if (is_set(place->unit))
        add_part(out, start, language, chinese ? "单位 " : "unit ", place->unit);
    if (is_set(place->field))
        add_part(out, start, language, chinese ? "字段 " : "field ", place->field);
    if (place->page > 0) {
        add_part(out, start, language, chinese ? "第 " : "page ", "");
        buf_print(out, chinese ? "%d 页" : "%d", place->page);
    }
}

void diag_format_text(const DiagItem *item, DiagLanguage language, Buf *out)
{
    fill_template(catalogue[item->code].text[language], item->args, out);
}

void diag_format_hint(const DiagItem *item, DiagLanguage language, Buf *out)
{
    fill_template(catalogue[item->code].hint[language], item->args, out);
}

static const char *level_name(DiagLevel level, DiagLanguage language)
{
    static const char *const names[][2] = {
        [DIAG_NOTE] = {"note: ", "提示："},
        [DIAG_WARN] = {"warning: ", "警告："},
        [DIAG_UNIT_FAIL] = {"error: ", "错误："},
        [DIAG_RUN_FAIL] = {"error: ", "错误："},
    };
    return names[level][language];
}

void diag_format(const DiagItem *item, DiagLanguage language, Buf *out)
{
    size_t start = out->length;
    diag_format_place(&item->place, language, out);
    if (out->length > start)
        buf_text(out, ": ");
    buf_text(out, level_name(item->level, language));
    diag_format_text(item, language, out);
    if (*catalogue[item->code].hint[language]) {
        buf_text(out, language == DIAG_CHINESE ? "。" : ". ");
        diag_format_hint(item, language, out);
    }
    buf_print(out, " [%s]\n", catalogue[item->code].name);
}

const char *diag_code_name(DiagCode code)
{
    return catalogue[code].name;
}

DiagLanguage diag_language(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (is_set(value))
            return strncmp(value, "zh", 2) == 0 ? DIAG_CHINESE : DIAG_ENGLISH;
    }
    return DIAG_ENGLISH;
}

const char *diag_number(Diag *diag, int64_t value)
{
    return arena_print(diag->arena, "%" PRId64, value);
}
