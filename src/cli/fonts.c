/* shuzhi fonts: the roles, their faces in fallback order, what they cover, and which characters of a text or a database no face has.
 *
 * A character is missing when some role has it in none of its faces: which role prints a text is the layout's choice. A database is read
 * row by row, every column that may hold text; what is kept is one line for each character and column.
 */
#include "cli/cli_int.h"

#include "base/utf8.h"
#include "data/data.h"
#include "text/text.h"

#include <string.h>

enum { MISSING_MOST = 1000, CODES = 0x110000 };

/* ── roles and faces ── */

typedef struct Block {
    const char *name;
    uint32_t first, last;
} Block;

/* Unicode 15's blocks of ideographs, as far as code points are assigned. */
static const Block blocks[] = {
    {"URO", 0x4E00, 0x9FFF}, {"A", 0x3400, 0x4DBF},   {"B", 0x20000, 0x2A6DF},
    {"C", 0x2A700, 0x2B739}, {"D", 0x2B740, 0x2B81D}, {"E", 0x2B820, 0x2CEA1},
    {"F", 0x2CEB0, 0x2EBE0}, {"G", 0x30000, 0x3134A}, {"H", 0x31350, 0x323AF},
};

static const char *permission(unsigned fs_type)
{
    const bool chinese = diag_language() == DIAG_CHINESE;
    if (fs_type & 0x0008)
        return chinese ? "可编辑嵌入" : "editable embedding";
    if (fs_type & 0x0004)
        return chinese ? "预览和打印嵌入" : "preview and print embedding";
    return chinese ? "可安装嵌入" : "installable embedding";
}

static void print_faces(const TextFonts *fonts)
{
    const bool chinese = diag_language() == DIAG_CHINESE;
    for (size_t i = 0; i < text_face_count(fonts); i++) {
        const TextFace *face = text_face(fonts, (uint16_t)i);
        printf(chinese ? "%s：%s#%u，%s，%zu 个字符，fsType %u（%s），许可：%s\n"
                       : "%s: %s#%u, %s, characters %zu, fsType %u (%s), licence: %s\n",
               face->name, face->path, face->index, face->cff ? "CFF" : "glyf", face->characters, face->embedding,
               permission(face->embedding), face->licence);
    }
}

static void print_role(const TextFonts *fonts, int role)
{
    const char *title = text_role_title(fonts, role);
    printf("\n%s%s%s:", text_role_name(fonts, role), title ? " " : "", title ? title : "");
    for (size_t i = 0; i < text_role_face_count(fonts, role); i++)
        printf("%s %s", i ? "," : "", text_face(fonts, text_role_face(fonts, role, i))->name);
    printf("\n ");
    static const char *const charsets[][2] = {{"GB 2312", "GB2312"}, {"GBK", "GBK"}};
    for (size_t i = 0; i < 2; i++) {
        size_t held, all;
        if (text_role_charset(fonts, role, charsets[i][1], &held, &all))
            printf(" %s %zu/%zu", charsets[i][0], held, all);
    }
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        size_t held = 0;
        for (uint32_t code = blocks[b].first; code <= blocks[b].last; code++)
            held += text_face_for(fonts, role, code) >= 0;
        printf(" %s %zu/%u", blocks[b].name, held, (unsigned)(blocks[b].last - blocks[b].first + 1));
    }
    putchar('\n');
}

/* ── what is missing ── */

typedef struct Missing {
    uint32_t code;
    const char *place; /* table.column, or "" */
    const char *key;   /* of the first row */
    size_t count;
} Missing;

typedef struct Search {
    Arena *arena;
    const TextFonts *fonts;
    unsigned char *known; /* by code: 0 not yet asked, 1 every role has it, 2 missing */
    Missing *missing;
    size_t count;
    bool more; /* than MISSING_MOST */
} Search;

static bool is_missing(Search *s, uint32_t code)
{
    if (code == '\n' || code == '\r' || code == '\t')
        return false;
    if (s->known[code] == 0) {
        s->known[code] = 1;
        for (size_t role = 0; role < text_role_count(s->fonts); role++)
            if (text_face_for(s->fonts, (int)role, code) < 0 && !text_is_ignorable(code))
                s->known[code] = 2;
    }
    return s->known[code] == 2;
}

static void note_missing(Search *s, uint32_t code, const char *place, const char *key)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->missing[i].code == code && strcmp(s->missing[i].place, place) == 0) {
            s->missing[i].count++;
            return;
        }
    }
    s->more |= s->count == MISSING_MOST;
    if (s->count < MISSING_MOST)
        s->missing[s->count++] = (Missing){code, arena_string(s->arena, place), arena_string(s->arena, key), 1};
}

static void search_text(Search *s, const char *text, const char *place, const char *key)
{
    while (*text) {
        const uint32_t code = utf8_next(&text);
        if (is_missing(s, code))
            note_missing(s, code, place, key);
    }
}

/* A name as SQL quotes it. */
static const char *quoted(Arena *arena, const char *name)
{
    Buf out = {0};
    buf_byte(&out, '"');
    for (; *name; name++) {
        buf_byte(&out, (unsigned char)*name);
        if (*name == '"')
            buf_byte(&out, '"');
    }
    buf_byte(&out, '"');
    const char *text = arena_string(arena, buf_cstring(&out));
    buf_free(&out);
    return text;
}

/* Every column of a table; the first one tells the row. */
static bool search_table(Search *s, DataDb *db, const char *table, Diag *diag)
{
    const char *sql = arena_print(s->arena, "SELECT * FROM %s", quoted(s->arena, table));
    DataStmt *rows = data_prepare(db, sql, (DiagPlace){.table = table}, diag);
    if (!rows)
        return false;
    const int columns = data_column_count(rows);
    const char **places = ARENA_ARRAY(s->arena, (size_t)columns, const char *);
    for (int i = 0; i < columns; i++)
        places[i] = arena_print(s->arena, "%s.%s", table, data_column_name(rows, i));
    DataStep step;
    while ((step = data_step(rows, diag)) == DATA_ROW)
        for (int i = 0; i < columns; i++)
            if (!data_is_null(rows, i) && !data_is_number(rows, i))
                search_text(s, data_text(rows, i), places[i], data_text(rows, 0));
    data_finalize(rows);
    return step == DATA_DONE;
}

/* An assessment database by its mark, else an activity database. */
static DataDb *open_either(Arena *arena, const char *path, Diag *diag)
{
    DataDb *db = data_open_assessment(path, diag_open(arena, 0));
    return db ? db : data_open_activity(path, diag);
}

static bool search_database(Search *s, const char *path, Diag *diag)
{
    static const char tables[] =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    DataDb *db = open_either(s->arena, path, diag);
    DataStmt *list = db && data_begin(db, diag) ? data_prepare(db, tables, (DiagPlace){.file = path}, diag) : NULL;
    bool good = list != NULL;
    DataStep step = DATA_DONE;
    while (good && (step = data_step(list, diag)) == DATA_ROW)
        good = search_table(s, db, arena_string(s->arena, data_text(list, 0)), diag);
    data_finalize(list);
    data_close(db);
    return good && step == DATA_DONE;
}

static void print_missing(const Search *s)
{
    const bool chinese = diag_language() == DIAG_CHINESE;
    if (s->count == 0)
        puts(chinese ? "\n每个角色都有全部字符" : "\nevery role has all characters");
    for (size_t i = 0; i < s->count; i++) {
        const Missing *m = &s->missing[i];
        char text[5] = {0};
        utf8_encode(m->code, text);
        printf(chinese ? "%sU+%04X %s %s %zu 次，首见于 %s，缺于："
                       : "%sU+%04X %s %s times %zu, first in %s, missing in:",
               i ? "" : "\n", (unsigned)m->code, text, m->place, m->count, *m->key ? m->key : "-");
        for (size_t role = 0; role < text_role_count(s->fonts); role++)
            if (text_face_for(s->fonts, (int)role, m->code) < 0)
                printf(" %s", text_role_name(s->fonts, (int)role));
        putchar('\n');
    }
    if (s->more)
        printf(chinese ? "……只列出前 %d 项\n" : "… only the first %d are listed\n", MISSING_MOST);
}

/* Exit code 1 when something is missing, as with diff and grep: for scripts. */
int cli_fonts(Arena *arena, CliRequest *request, Diag *diag)
{
    if (!request->job.fonts)
        request->job.fonts = batch_default_fonts(arena);
    const TextFonts *fonts = request->job.fonts ? text_fonts_load(arena, request->job.fonts, diag) : NULL;
    if (!request->job.fonts)
        diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "--fonts");
    if (!fonts)
        return 0;
    Search search = {.arena = arena, .fonts = fonts};
    search.known = ARENA_ARRAY(arena, CODES, unsigned char);
    search.missing = ARENA_ARRAY(arena, MISSING_MOST, Missing);
    if (request->text)
        search_text(&search, request->text, "", "");
    if (request->job.db && !search_database(&search, request->job.db, diag))
        return 0;
    if (request->text || request->job.db) {
        print_missing(&search);
        return search.count > 0;
    }
    print_faces(fonts);
    for (size_t role = 0; role < text_role_count(fonts); role++)
        print_role(fonts, (int)role);
    return 0;
}
