/* References by what people write: a unit's code or name, a person's name, a meeting's day and title. A name that fits several is never
 * guessed: it is refused with those it fits. What was found once is remembered for the call. */
#include "import/import_int.h"

#include <string.h>

enum { CANDIDATES = 5 };

struct ImportRefer {
    Arena *arena;   /* what is remembered */
    Arena *scratch; /* of one row, rewound by the caller */
    DataDb *db;
    DataStmt *unit_code, *unit_name, *unit_path, *unit_joined, *person_number, *person_name;
    Map *units;   /* text → id; only what was found: units may still be coming */
    Map *lookups; /* SQL → DataStmt, of records and words */
};

/* Indexes for names, taken away again before the commit: the schema has none, and a name is looked up for every row. */
static const char INDEXES[] =
    "CREATE INDEX shuzhi_import_unit ON unit (name); CREATE INDEX shuzhi_import_person ON person (name)";
static const char NO_INDEXES[] = "DROP INDEX shuzhi_import_unit; DROP INDEX shuzhi_import_person";

/* A person with where they belong, for choosing and for telling: near = 1 where the record's unit is the person's own (post or branch), 2
 * below or above it. */
static const char BY_NAME[] =
    "WITH RECURSIVE below(id) AS (SELECT :unit UNION SELECT u.id FROM unit u JOIN below b ON u.parent_id = b.id),"
    " found AS (SELECT p.id, p.name, p.branch_id FROM person p WHERE p.name = :name)"
    " SELECT f.id, coalesce((SELECT u.name FROM unit u WHERE u.id = f.branch_id),"
    "   (SELECT u.name FROM post t JOIN unit u ON u.id = t.unit_id WHERE t.person_id = f.id ORDER BY t.from_date DESC, "
    "t.id LIMIT 1), '') AS home,"
    " CASE WHEN f.branch_id = :unit OR EXISTS (SELECT 1 FROM post t WHERE t.person_id = f.id AND t.unit_id = :unit) "
    "THEN 1"
    "  WHEN (SELECT count(*) FROM found) > 1 AND (f.branch_id IN below OR EXISTS"
    "   (SELECT 1 FROM post t WHERE t.person_id = f.id AND t.unit_id IN below)) THEN 2 ELSE 3 END AS near"
    " FROM found f ORDER BY near, f.id";

ImportRefer *import_refer_open(Arena *arena, Arena *scratch, DataDb *db, Diag *diag)
{
    const DiagPlace place = {.table = "import"};
    ImportRefer *r = ARENA_NEW(arena, ImportRefer);
    *r = (ImportRefer){
        .arena = arena, .scratch = scratch, .db = db, .units = map_open(arena), .lookups = map_open(arena)};
    const bool ok =
        data_exec(db, INDEXES, diag, place) &&
        (r->unit_code = data_prepare(db, "SELECT id, code FROM unit WHERE code = :text", place, diag)) &&
        (r->unit_name = data_prepare(db, "SELECT id, code FROM unit WHERE name = :text ORDER BY id", place, diag)) &&
        (r->unit_path = data_prepare(db,
                                     "SELECT u.id, u.code FROM unit u JOIN unit p ON p.id = u.parent_id"
                                     " WHERE u.name = :text AND p.name = :upper ORDER BY u.id",
                                     place, diag)) &&
        (r->unit_joined = data_prepare(db,
                                       "SELECT u.id, u.code FROM unit p JOIN unit u ON u.parent_id = p.id"
                                       " WHERE p.name || u.name = :text ORDER BY u.id",
                                       place, diag)) &&
        (r->person_number = data_prepare(db, "SELECT id, name FROM person WHERE id = :id", place, diag)) &&
        (r->person_name = data_prepare(db, BY_NAME, place, diag));
    return ok ? r : NULL;
}

bool import_refer_close(ImportRefer *r, Diag *diag)
{
    DataStmt *own[] = {r->unit_code, r->unit_name, r->unit_path, r->unit_joined, r->person_number, r->person_name};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        data_finalize(own[i]);
    for (size_t i = 0; i < map_count(r->lookups); i++)
        data_finalize(map_value(r->lookups, i));
    return data_exec(r->db, NO_INDEXES, diag, (DiagPlace){.table = "import"});
}

/* Statements of a kind that is made once. NULL = diagnostic. */
static DataStmt *lookup(ImportRefer *r, const char *sql, Diag *diag)
{
    DataStmt *stmt = map_lookup(r->lookups, sql);
    if (!stmt && (stmt = data_prepare(r->db, sql, (DiagPlace){.table = "import"}, diag)))
        map_add(r->lookups, arena_string(r->arena, sql), stmt);
    return stmt;
}

/* What a question found: the first row, and what the others are called. */
typedef struct Found {
    size_t count;
    int64_t id;
    Buf names;
} Found;

static void add_found(Found *found, int64_t id, const char *name)
{
    if (found->count == 0)
        found->id = id;
    if (found->count < CANDIDATES)
        buf_print(&found->names, "%s%s", found->count ? "、" : "", name);
    else if (found->count == CANDIDATES)
        buf_text(&found->names, "…");
    found->count++;
}

static bool ask(DataStmt *stmt, Found *found, Diag *diag)
{
    DataStep step;
    while ((step = data_step(stmt, diag)) == DATA_ROW)
        add_found(found, data_int(stmt, 0), data_text(stmt, 1));
    return step == DATA_DONE;
}

/* One = it; none or several = refused. */
static bool settle(ImportRefer *r, Found *found, const char *text, DiagCode none, DiagCode several, int64_t *id,
                   ImportRefusal *refusal)
{
    *id = found->id;
    if (found->count != 1)
        *refusal =
            (ImportRefusal){found->count ? several : none,
                            {text, found->count ? arena_string(r->scratch, buf_cstring(&found->names)) : "", ""}};
    buf_free(&found->names);
    return found->count == 1;
}

/* ── units ── */

static bool ask_unit(ImportRefer *r, const char *text, Found *found, Diag *diag)
{
    static const char *const strokes[] = {"/", "／", "·", "-"};
    if (!data_bind_text(r->unit_code, ":text", import_narrow(r->scratch, text)) || !ask(r->unit_code, found, diag) ||
        found->count)
        return true;
    if (!data_bind_text(r->unit_name, ":text", text) || !ask(r->unit_name, found, diag) || found->count)
        return true;
    for (size_t i = 0; i < sizeof strokes / sizeof *strokes && found->count == 0; i++) {
        const char *stroke = strstr(text, strokes[i]);
        if (!stroke)
            continue;
        data_bind_text(r->unit_path, ":upper",
                       import_trim(r->scratch, arena_text(r->scratch, text, (size_t)(stroke - text))));
        data_bind_text(r->unit_path, ":text", import_trim(r->scratch, stroke + strlen(strokes[i])));
        if (!ask(r->unit_path, found, diag))
            return false;
    }
    return found->count || (data_bind_text(r->unit_joined, ":text", text) && ask(r->unit_joined, found, diag));
}

bool import_refer_unit(ImportRefer *r, const char *text, int64_t *id, ImportRefusal *refusal, Diag *diag)
{
    const char *trimmed = import_trim(r->scratch, text);
    const int64_t *known = map_lookup(r->units, trimmed);
    if (known) {
        *id = *known;
        return true;
    }
    Found found = {0};
    ask_unit(r, trimmed, &found, diag);
    if (!settle(r, &found, trimmed, DIAG_IMPORT_NO_UNIT, DIAG_IMPORT_UNITS, id, refusal))
        return false;
    map_add(r->units, arena_string(r->arena, trimmed), arena_copy(r->arena, id, sizeof *id));
    return true;
}

/* ── people ── */

static bool ask_person(ImportRefer *r, const char *name, int64_t unit, Found *found, Diag *diag)
{
    int64_t nearest = 0;
    DataStep step;
    data_bind_text(r->person_name, ":name", name);
    data_bind_int(r->person_name, ":unit", unit);
    while ((step = data_step(r->person_name, diag)) == DATA_ROW) {
        const int64_t near = data_int(r->person_name, 2);
        nearest = nearest ? nearest : near; /* sorted by it */
        if (near == nearest)
            add_found(found, data_int(r->person_name, 0),
                      arena_print(r->scratch, "%lld（%s）", (long long)data_int(r->person_name, 0),
                                  data_text(r->person_name, 1)));
    }
    return step == DATA_DONE;
}

/* 张三（上城区委） → the unit in the brackets in place of the record's, and the name before them. */
static const char *cut_unit(ImportRefer *r, const char *text, int64_t *unit, ImportRefusal *refusal, bool *ok,
                            Diag *diag)
{
    const char *open = strstr(text, "（");
    size_t width = strlen("（"), length = strlen(text);
    if (!open && (open = strchr(text, '(')))
        width = 1;
    if (!open || length < width)
        return text;
    const char *end = text + length - (text[length - 1] == ')' ? 1 : strlen("）"));
    if (end <= open + width || (*end != ')' && strcmp(end, "）") != 0))
        return text;
    *ok = import_refer_unit(r, arena_text(r->scratch, open + width, (size_t)(end - open) - width), unit, refusal, diag);
    return import_trim(r->scratch, arena_text(r->scratch, text, (size_t)(open - text)));
}

bool import_refer_person(ImportRefer *r, const char *text, int64_t unit, int64_t *id, ImportRefusal *refusal,
                         Diag *diag)
{
    const char *trimmed = import_trim(r->scratch, text), *narrow = import_narrow(r->scratch, text);
    Found found = {0};
    bool ok = true;
    if (strspn(narrow, "0123456789") == strlen(narrow)) {
        data_bind_text(r->person_number, ":id", narrow);
        ask(r->person_number, &found, diag);
    } else {
        const char *name = cut_unit(r, trimmed, &unit, refusal, &ok, diag);
        if (!ok)
            return false;
        ask_person(r, name, unit, &found, diag);
    }
    return settle(r, &found, trimmed, DIAG_IMPORT_NO_PERSON, DIAG_IMPORT_PEOPLE, id, refusal);
}

/* ── words and records ── */

bool import_refer_word(ImportRefer *r, const ImportDictionary *dictionary, const char *text, const char **value,
                       Diag *diag)
{
    *value = NULL;
    if (dictionary->table) {
        const char *sql = arena_print(
            r->scratch, "SELECT code FROM \"%s\" WHERE code = :text OR name = :text ORDER BY code = :text DESC, code",
            dictionary->table);
        DataStmt *stmt = lookup(r, sql, diag);
        if (stmt && data_bind_text(stmt, ":text", import_trim(r->scratch, text)) && data_step(stmt, diag) == DATA_ROW)
            *value = arena_string(r->scratch, data_text(stmt, 0));
    }
    if (!*value)
        *value = map_lookup(dictionary->words, import_fold(r->scratch, text));
    return *value != NULL;
}

bool import_refer_number(ImportRefer *r, const char *table, int64_t number, ImportRefusal *refusal, Diag *diag)
{
    DataStmt *stmt = lookup(r, arena_print(r->scratch, "SELECT id, id FROM \"%s\" WHERE id = :id", table), diag);
    Found found = {0};
    int64_t id;
    if (stmt && data_bind_int(stmt, ":id", number))
        ask(stmt, &found, diag);
    return settle(r, &found, arena_print(r->scratch, "%lld", (long long)number), DIAG_IMPORT_NO_RECORD,
                  DIAG_IMPORT_RECORDS, &id, refusal);
}

bool import_refer_record(ImportRefer *r, const ImportColumn *column, const ImportValue *values, int64_t *id,
                         ImportRefusal *refusal, Diag *diag)
{
    Buf sql = {0}, said = {0};
    Found found = {0};
    buf_print(&sql, "SELECT id, id FROM \"%s\" WHERE 1", column->table->name);
    for (size_t i = 0; i < column->by_count; i++)
        buf_print(&sql, " AND \"%s\" IS :%s", column->by[i].name, column->by[i].name);
    buf_text(&sql, " ORDER BY id");
    DataStmt *stmt = lookup(r, buf_cstring(&sql), diag);
    for (size_t i = 0; stmt && i < column->by_count; i++) {
        const char *name = arena_print(r->scratch, ":%s", column->by[i].name);
        const ImportValue *value = &values[i];
        if (value->integer && !value->null)
            data_bind_int(stmt, name, value->number);
        else
            data_bind_text(stmt, name, value->null ? NULL : value->text);
        if (!value->null && !value->integer)
            buf_print(&said, "%s%s", said.length ? " " : "", value->text);
    }
    if (stmt)
        ask(stmt, &found, diag);
    const char *text = arena_string(r->scratch, buf_cstring(&said));
    buf_free(&sql);
    buf_free(&said);
    return settle(r, &found, text, DIAG_IMPORT_NO_RECORD, DIAG_IMPORT_RECORDS, id, refusal);
}
