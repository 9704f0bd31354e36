/* The mapping file, read into tables, columns and dictionaries, and held to the schema: a table or column that the activity database does
 * not have, a heading that would mean two columns, a word that would mean two values are mistakes with their line. */
#include "import/import_int.h"

#include <string.h>

extern const char import_mapping[], import_grammar[];
extern const size_t import_mapping_length, import_grammar_length;

enum { WORDS_MAX = 64 };

typedef struct Reader {
    Arena *arena;
    const XmlFile *file;
    ImportMapping *mapping;
    DataStmt *columns; /* of the schema: is :table.:column there, and is it its id */
    Diag *diag;
    bool ok;
} Reader;

static void complain(Reader *r, DiagCode code, const XmlNode *node, const char *what, const char *more)
{
    r->ok = diag_add(r->diag, code, xml_place(r->file, node), what, more);
}

/* ── words ── */

/* The words of a text, separated by blanks, in the arena. */
static const char *const *split(Arena *arena, const char *text, size_t *count)
{
    static const char blanks[] = " \t\r\n";
    const char **words = ARENA_ARRAY(arena, strlen(text) / 2 + 1, const char *);
    *count = 0;
    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        const size_t length = strcspn(text, blanks);
        words[(*count)++] = arena_text(arena, text, length);
        text += length;
    }
    return words;
}

static void read_ignored(Reader *r, const XmlNode *root)
{
    const XmlNode *node = xml_child(root, "ignore");
    size_t count = 0;
    const char *const *words = node ? split(r->arena, xml_text(r->arena, node), &count) : NULL;
    r->mapping->ignored = map_open(r->arena);
    for (size_t i = 0; i < count; i++)
        map_add(r->mapping->ignored, import_fold(r->arena, words[i]), NULL);
}

static void read_value(Reader *r, ImportDictionary *dictionary, const XmlNode *node)
{
    const char *value = xml_attr(node, "is");
    size_t count;
    const char *const *words = split(r->arena, xml_text(r->arena, node), &count);
    if (count == 0 || !map_add(dictionary->shown, value, (void *)words[0]))
        complain(r, DIAG_IMPORT_MAP_TWICE, node, value, dictionary->name);
    for (size_t i = 0; i < count; i++) {
        const char *folded = import_fold(r->arena, words[i]);
        if (!map_add(dictionary->words, folded, (void *)value) && map_lookup(dictionary->words, folded) != value)
            complain(r, DIAG_IMPORT_MAP_TWICE, node, words[i], dictionary->name);
    }
}

static void read_dictionaries(Reader *r, const XmlNode *root)
{
    r->mapping->dictionaries = map_open(r->arena);
    for (const XmlNode *node = xml_child(root, "dictionary"); node; node = xml_next(node, "dictionary")) {
        ImportDictionary *dictionary = ARENA_NEW(r->arena, ImportDictionary);
        *dictionary = (ImportDictionary){.name = xml_attr(node, "name"),
                                         .table = xml_attr(node, "table"),
                                         .words = map_open(r->arena),
                                         .shown = map_open(r->arena),
                                         .node = node};
        if (!map_add(r->mapping->dictionaries, dictionary->name, dictionary))
            complain(r, DIAG_IMPORT_MAP_TWICE, node, dictionary->name, "import");
        for (const XmlNode *value = xml_child(node, "value"); value; value = xml_next(value, "value"))
            read_value(r, dictionary, value);
    }
}

/* ── columns ── */

static const char *const kind_names[] = {
    [IMPORT_TEXT] = "text",     [IMPORT_CODE] = "code",
    [IMPORT_DATE] = "date",     [IMPORT_TIME] = "time",
    [IMPORT_YEAR] = "year",     [IMPORT_INTEGER] = "integer",
    [IMPORT_TENTHS] = "tenths", [IMPORT_UNIT] = "unit",
    [IMPORT_PERSON] = "person", [IMPORT_HUNDREDTHS] = "hundredths",
    [IMPORT_NUMBER] = "number",
};

static ImportKind read_kind(Reader *r, ImportColumn *column, const XmlNode *node)
{
    const char *kind = xml_attr(node, "kind"), *words = xml_attr(node, "words");
    if (words) {
        column->dictionary = map_lookup(r->mapping->dictionaries, words);
        if (!column->dictionary)
            complain(r, DIAG_IMPORT_MAP_UNKNOWN, node, "dictionary", words);
        return IMPORT_WORDS;
    }
    for (size_t i = 0; kind && i < sizeof kind_names / sizeof *kind_names; i++)
        if (kind_names[i] && strcmp(kind, kind_names[i]) == 0)
            return (ImportKind)i;
    return IMPORT_RECORD;
}

static void read_headings(Reader *r, ImportColumn *column, const XmlNode *node)
{
    const char *also = xml_attr(node, "also");
    size_t count = 0;
    const char *const *words = also ? split(r->arena, also, &count) : NULL;
    const char **headings = ARENA_ARRAY(r->arena, count + 1, const char *);
    column->heading = xml_attr(node, "heading");
    headings[0] = import_fold(r->arena, column->heading);
    for (size_t i = 0; i < count; i++)
        headings[i + 1] = import_fold(r->arena, words[i]);
    column->headings = headings;
    column->heading_count = count + 1;
}

/* Whether the schema has the column. */
static void check_column(Reader *r, const char *table, const char *column, const XmlNode *node)
{
    data_bind_text(r->columns, ":table", table);
    data_bind_text(r->columns, ":column", column);
    if (data_step(r->columns, r->diag) != DATA_ROW || data_int(r->columns, 0) == 0)
        complain(r, DIAG_IMPORT_MAP_UNKNOWN, node, table, column);
}

static const ImportColumn *column_named(const ImportTableMap *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

/* The columns that find a record of another table: each is one of that table's own, under another heading. */
static void read_by(Reader *r, ImportColumn *column, const XmlNode *node)
{
    const char *record = xml_attr(node, "record");
    size_t count = 0;
    for (const XmlNode *by = xml_child(node, "by"); by; by = xml_next(by, "by"))
        count++;
    column->table = import_find_table(r->mapping, record);
    if (!column->table) {
        complain(r, DIAG_IMPORT_MAP_UNKNOWN, node, "table", record);
        return;
    }
    ImportColumn *all = ARENA_ARRAY(r->arena, count, ImportColumn);
    for (const XmlNode *by = xml_child(node, "by"); by; by = xml_next(by, "by")) {
        const ImportColumn *other = column_named(column->table, xml_attr(by, "name"));
        ImportColumn *own = &all[column->by_count++];
        if (!other) {
            complain(r, DIAG_IMPORT_MAP_UNKNOWN, by, record, xml_attr(by, "name"));
            continue;
        }
        *own = *other;
        own->required = own->key = false;
        own->own = xml_attr(by, "own");
        own->node = by;
        read_headings(r, own, by);
    }
    column->by = all;
}

static void read_column(Reader *r, ImportTableMap *table, const XmlNode *node)
{
    ImportColumn *column = &table->columns[table->column_count++];
    const char *units = xml_attr(node, "units");
    *column = (ImportColumn){.name = xml_attr(node, "name"),
                             .required = xml_attr(node, "required") != NULL,
                             .key = xml_attr(node, "key") != NULL,
                             .fallback = xml_attr(node, "default"),
                             .node = node};
    if (units)
        column->units = split(r->arena, units, &column->unit_count);
    read_headings(r, column, node);
    column->kind = read_kind(r, column, node);
    if (column->kind == IMPORT_RECORD)
        read_by(r, column, node);
    check_column(r, table->name, column->name, node);
}

/* ── tables ── */

static void add_place(Reader *r, ImportTableMap *table, Map *headings, ImportColumn *column)
{
    column->place = table->place_count;
    table->places[table->place_count++] = column;
    for (size_t i = 0; i < column->heading_count; i++)
        if (!map_add(headings, column->headings[i], column))
            complain(r, DIAG_IMPORT_MAP_TWICE, column->node, column->headings[i], table->name);
}

static void number_places(Reader *r, ImportTableMap *table)
{
    size_t count = table->column_count;
    for (size_t i = 0; i < table->column_count; i++)
        count += table->columns[i].by_count;
    table->places = ARENA_ARRAY(r->arena, count, const ImportColumn *);
    Map *headings = map_open(r->arena);
    for (size_t i = 0; i < table->column_count; i++) {
        ImportColumn *column = &table->columns[i];
        add_place(r, table, headings, column);
        for (size_t k = 0; k < column->by_count; k++) {
            ImportColumn *by = (ImportColumn *)&column->by[k];
            if (by->heading)
                add_place(r, table, headings, by);
            if (by->own && !column_named(table, by->own))
                complain(r, DIAG_IMPORT_MAP_UNKNOWN, by->node, table->name, by->own);
        }
    }
}

static void read_table(Reader *r, const XmlNode *node)
{
    size_t count = 0;
    for (const XmlNode *column = xml_child(node, "column"); column; column = xml_next(column, "column"))
        count++;
    ImportTableMap table = {.name = xml_attr(node, "name"),
                            .title = xml_attr(node, "title"),
                            .unit = xml_attr(node, "unit"),
                            .columns = ARENA_ARRAY(r->arena, count, ImportColumn),
                            .node = node};
    if (import_find_table(r->mapping, table.name) || import_find_table(r->mapping, table.title))
        complain(r, DIAG_IMPORT_MAP_TWICE, node, table.name, "import");
    for (const XmlNode *column = xml_child(node, "column"); column; column = xml_next(column, "column"))
        read_column(r, &table, column);
    number_places(r, &table);
    bool keyed = false;
    for (size_t i = 0; i < table.column_count; i++)
        keyed |= table.columns[i].key;
    if (!keyed)
        complain(r, DIAG_IMPORT_MAP_KEY, node, table.name, "");
    r->mapping->tables[r->mapping->table_count++] = table;
}

static void read_tables(Reader *r, const XmlNode *root)
{
    size_t count = 0;
    for (const XmlNode *node = xml_child(root, "table"); node; node = xml_next(node, "table"))
        count++;
    if (count > IMPORT_TABLES_MAX)
        complain(r, DIAG_IMPORT_MAP_MANY, root, diag_number(r->diag, IMPORT_TABLES_MAX), "");
    r->mapping->tables = ARENA_ARRAY(r->arena, count, ImportTableMap);
    for (const XmlNode *node = xml_child(root, "table"); node && r->ok; node = xml_next(node, "table"))
        read_table(r, node);
}

const ImportMapping *import_load_mapping(Arena *run, const char *path, Diag *diag)
{
    static const char name_space[] = "urn:shuzhi:import:1";
    const XmlFile *file = path ? xml_load(run, path, import_grammar, import_grammar_length, name_space, diag)
                               : xml_parse(run, "import.xml", import_mapping, import_mapping_length, import_grammar,
                                           import_grammar_length, name_space, diag);
    DataDb *model = file ? data_create(":memory:", diag) : NULL;
    Reader r = {.arena = run, .file = file, .diag = diag, .ok = true};
    if (model && data_exec(model, data_activity_schema, diag, (DiagPlace){0}))
        r.columns = data_prepare(model, "SELECT count(*) FROM pragma_table_info(:table) WHERE name = :column",
                                 (DiagPlace){0}, diag);
    if (r.columns) {
        r.mapping = ARENA_NEW(run, ImportMapping);
        r.mapping->file = file;
        read_ignored(&r, file->root);
        read_dictionaries(&r, file->root);
        read_tables(&r, file->root);
    }
    data_close(model);
    return r.columns && r.ok ? r.mapping : NULL;
}

/* ── looking up ── */

const ImportTableMap *import_find_table(const ImportMapping *mapping, const char *name)
{
    for (size_t i = 0; i < mapping->table_count; i++)
        if (strcmp(mapping->tables[i].name, name) == 0 || strcmp(mapping->tables[i].title, name) == 0)
            return &mapping->tables[i];
    return NULL;
}

size_t import_table_count(const ImportMapping *mapping)
{
    return mapping->table_count;
}

const char *import_table_name(const ImportMapping *mapping, size_t table)
{
    return mapping->tables[table].name;
}

const char *import_table_title(const ImportMapping *mapping, size_t table)
{
    return mapping->tables[table].title;
}

const ImportColumn *import_find_heading(const ImportTableMap *table, const char *folded)
{
    for (size_t i = 0; i < table->place_count; i++)
        for (size_t k = 0; k < table->places[i]->heading_count; k++)
            if (strcmp(table->places[i]->headings[k], folded) == 0)
                return table->places[i];
    return NULL;
}
