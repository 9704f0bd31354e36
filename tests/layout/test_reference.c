/* docs/layout-reference.md against the grammar: every element, attribute, word of an attribute, format and chart type is described, and
 * nothing is described that is not there. Run from the top of the tree.
 *
 * The tables of the reference are read by their heads: "| element |" (own attributes in the second column), "| attribute |" (of a
 * chart), "| property |" and "| format |". A name is what stands between backticks, in the first columns as a list.
 */
#include "layout/layout.h"

#include "base/file.h"
#include "base/map.h"
#include "base/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static Arena *arena;
static Diag *diag;
static const XmlFile *grammar;
static Map *defines;      /* name → XmlNode */
static const char *whole; /* the reference */

typedef struct Row {
    const char *cells[4]; /* without the first bar */
    int line;
} Row;

enum { ROWS = 400 };
typedef struct Table {
    Row rows[ROWS];
    size_t count;
} Table;
static Table elements, chart, properties, formats;

/* ── the document ── */

static const char *trimmed(const char *text, size_t length)
{
    while (length > 0 && text[0] == ' ')
        text++, length--;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    return arena_text(arena, text, length);
}

static Row read_row(const char *text, int line)
{
    Row row = {.cells = {"", "", "", ""}, .line = line};
    for (size_t i = 0; i < 4 && *text == '|' && text[1]; i++) {
        const size_t length = strcspn(++text, "|");
        row.cells[i] = trimmed(text, length);
        text += length;
    }
    return row;
}

static Table *table_of(const char *head)
{
    static const struct {
        const char *head;
        Table *table;
    } tables[] = {
        {"| element |", &elements}, {"| attribute |", &chart}, {"| property |", &properties}, {"| format |", &formats}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (strncmp(head, tables[i].head, strlen(tables[i].head)) == 0)
            return tables[i].table;
    return NULL;
}

static void read_reference(void)
{
    size_t length;
    char *text = file_read(arena, "docs/layout-reference.md", 1 << 20, &length, diag);
    assert_non_null(text);
    whole = arena_string(arena, text);
    Table *table = NULL;
    int line = 1;
    for (char *next = text; next; line++) {
        char *end = strchr(next, '\n');
        if (end)
            *end = '\0';
        if (*next != '|')
            table = NULL;
        else if (!table)
            table = table_of(next);
        else if (next[1] != '-' && table->count < ROWS)
            table->rows[table->count++] = read_row(next, line);
        next = end ? end + 1 : NULL;
    }
}

/* Names between backticks in a cell, without angle brackets, and up to a colon or an equals sign. */
static size_t names_in(const char *cell, const char *names[], size_t most)
{
    size_t count = 0;
    for (const char *at = strchr(cell, '`'); at && count < most; at = strchr(at, '`')) {
        const size_t length = strcspn(++at, "`");
        const size_t skip = *at == '<';
        names[count++] = arena_text(arena, at + skip, strcspn(at + skip, "`:=> "));
        at += length + (at[length] == '`');
    }
    return count;
}

enum { NAMES = 40 };

/* The row whose first cell names it, or NULL. */
static const Row *find(const Table *table, const char *name)
{
    const char *names[NAMES];
    for (size_t i = 0; i < table->count; i++)
        for (size_t k = names_in(table->rows[i].cells[0], names, NAMES); k-- > 0;)
            if (strcmp(names[k], name) == 0)
                return &table->rows[i];
    return NULL;
}

/* ── the grammar ── */

static void read_defines(void)
{
    defines = map_open(arena);
    for (const XmlNode *node = xml_child(grammar->root, "define"); node; node = xml_next(node, "define"))
        map_add(defines, xml_attr(node, "name"), (void *)node);
}

typedef void Visit(void *context, const XmlNode *attribute);

/* Every attribute that may stand on an element: references followed, elements within left out. */
static void visit_attributes(const XmlNode *node, Visit *visit, void *context)
{
    for (const XmlNode *child = xml_first(node); child; child = xml_next(child, NULL)) {
        if (strcmp(child->name, "attribute") == 0)
            visit(context, child);
        else if (strcmp(child->name, "ref") == 0 &&
                 strstr("rows cells flow inline block", xml_attr(child, "name")) == NULL)
            visit_attributes(map_lookup(defines, xml_attr(child, "name")), visit, context);
        else if (strcmp(child->name, "element") != 0 && strcmp(child->name, "ref") != 0)
            visit_attributes(child, visit, context);
    }
}

static void add_attribute(void *map, const XmlNode *attribute)
{
    map_add(map, xml_attr(attribute, "name"), (void *)attribute);
}

/* Elements by name; those that the grammar has several times (for-each in flow, in rows …) are alike. */
static void collect_elements(const XmlNode *node, Map *out)
{
    for (const XmlNode *child = xml_first(node); child; child = xml_next(child, NULL)) {
        if (strcmp(child->name, "element") == 0)
            map_add(out, xml_attr(child, "name"), (void *)child);
        collect_elements(child, out);
    }
}

static Map *all_elements(void)
{
    Map *map = map_open(arena);
    collect_elements(grammar->root, map);
    return map;
}

static Map *all_properties(void)
{
    Map *map = map_open(arena);
    visit_attributes(map_lookup(defines, "block-properties"), add_attribute, map);
    return map;
}

/* The words that an attribute may have, joined by blanks. */
static void collect_words(const XmlNode *node, Map *out)
{
    for (const XmlNode *child = xml_first(node); child; child = xml_next(child, NULL)) {
        if (strcmp(child->name, "value") == 0)
            map_add(out, xml_text(arena, child), NULL);
        else if (strcmp(child->name, "ref") == 0)
            collect_words(map_lookup(defines, xml_attr(child, "name")), out);
        collect_words(child, out);
    }
}

static int mistakes;

#define MISTAKE(...) (mistakes++, print_message(__VA_ARGS__))

static bool has_word(const char *text, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        if ((at == text || !strchr("abcdefghijklmnopqrstuvwxyz-", at[-1])) &&
            (at[length] == '\0' || !strchr("abcdefghijklmnopqrstuvwxyz-", at[length])))
            return true;
    return false;
}

/* In its row, or as a word of the language somewhere in the text; an element's name speaks for itself. */
static void check_words(const XmlNode *attribute, const Row *row, const char *where)
{
    Map *words = map_open(arena);
    collect_words(attribute, words);
    for (size_t i = 0; i < map_count(words); i++) {
        const char *word = map_key(words, i);
        if (!has_word(row->cells[1], word) && !has_word(row->cells[2], word) &&
            !strstr(whole, arena_print(arena, "`%s`", word)) && !find(&elements, word))
            MISTAKE("# line %d: %s of %s is not described\n", row->line, word, where);
    }
}

/* ── the tests ── */

static void every_element_is_described(void **state)
{
    (void)state;
    mistakes = 0;
    const Map *known = all_elements();
    const char *names[NAMES];
    for (size_t i = 0; i < map_count(known); i++)
        if (!find(&elements, map_key(known, i)))
            MISTAKE("# <%s> is in the grammar, and not described\n", map_key(known, i));
    for (size_t i = 0; i < elements.count; i++)
        for (size_t k = names_in(elements.rows[i].cells[0], names, NAMES); k-- > 0;)
            if (!map_has(known, names[k]))
                MISTAKE("# line %d: <%s> is described, and not in the grammar\n", elements.rows[i].line, names[k]);
    assert_int_equal(mistakes, 0);
}

/* What every visible element may have is told once, below the table. */
static bool is_common(const char *attribute)
{
    return (strcmp(attribute, "class") == 0 || strcmp(attribute, "id") == 0) &&
           strstr(whole, arena_print(arena, "`%s`", attribute));
}

/* Attributes of the element that are no properties, against the second column. */
static void check_own(const XmlNode *element, const Map *shared, const Row *row, const Table *table)
{
    Map *own = map_open(arena);
    const char *name = xml_attr(element, "name");
    visit_attributes(element, add_attribute, own);
    for (size_t i = 0; i < map_count(own); i++) {
        const char *attribute = map_key(own, i);
        const Row *place = table ? find(table, attribute) : row;
        if (map_has(shared, attribute) || is_common(attribute))
            continue;
        if (!place || (!table && !strstr(row->cells[1], arena_print(arena, "`%s`", attribute))))
            MISTAKE("# <%s %s> is in the grammar, and not described\n", name, attribute);
        else
            check_words(map_lookup(own, attribute), place, attribute);
    }
    const char *names[NAMES];
    for (size_t k = table ? 0 : names_in(row->cells[1], names, NAMES); k-- > 0;)
        if (!map_has(own, names[k]))
            MISTAKE("# line %d: <%s %s> is described, and not in the grammar\n", row->line, name, names[k]);
    for (size_t i = 0; table && i < table->count; i++)
        for (size_t k = names_in(table->rows[i].cells[0], names, NAMES); k-- > 0;)
            if (!map_has(own, names[k]))
                MISTAKE("# line %d: <%s %s> is described, and not in the grammar\n", table->rows[i].line, name,
                        names[k]);
}

static void every_attribute_is_described(void **state)
{
    (void)state;
    mistakes = 0;
    const Map *known = all_elements(), *shared = all_properties();
    for (size_t i = 0; i < map_count(known); i++) {
        const Row *row = find(&elements, map_key(known, i));
        const bool is_chart = strcmp(map_key(known, i), "chart") == 0;
        if (row)
            check_own(map_lookup(known, map_key(known, i)), shared, row, is_chart ? &chart : NULL);
    }
    assert_int_equal(mistakes, 0);
}

static void every_property_is_described(void **state)
{
    (void)state;
    mistakes = 0;
    const Map *known = all_properties();
    const char *names[NAMES];
    for (size_t i = 0; i < map_count(known); i++) {
        const Row *row = find(&properties, map_key(known, i));
        if (!row)
            MISTAKE("# the property %s is in the grammar, and not described\n", map_key(known, i));
        else
            check_words(map_lookup(known, map_key(known, i)), row, map_key(known, i));
    }
    for (size_t i = 0; i < properties.count; i++)
        for (size_t k = names_in(properties.rows[i].cells[0], names, NAMES); k-- > 0;)
            if (!map_has(known, names[k]))
                MISTAKE("# line %d: the property %s is described, and not in the grammar\n", properties.rows[i].line,
                        names[k]);
    assert_int_equal(mistakes, 0);
}

/* Whether a layout knows the format, whatever else is wrong with its use. */
static bool knows_format(const char *name)
{
    const char *xml =
        arena_print(arena,
                    "<layout xmlns='urn:shuzhi:layout:1' name='x' for='run' title='x'><page/>"
                    "<query name='q' rows='one'>SELECT 1 AS a</query><body><p>{q.a|%s}</p></body></layout>",
                    name);
    const char *path = arena_print(arena, "/tmp/test_reference.%d.xml", (int)getpid());
    Diag *found = diag_open(arena, 0);
    assert_true(file_write(path, xml, strlen(xml), found));
    layout_load(arena, path, image_table_open(arena), found);
    unlink(path);
    for (size_t i = 0; i < diag_count(found); i++)
        if (diag_item(found, i)->code == DIAG_LAYOUT_FORMAT)
            return false;
    return true;
}

static void every_format_is_described(void **state)
{
    (void)state;
    mistakes = 0;
    const char *names[NAMES];
    Map *described = map_open(arena);
    for (size_t i = 0; i < formats.count; i++) {
        const size_t count = names_in(formats.rows[i].cells[0], names, NAMES);
        assert_true(count > 0);
        map_add(described, names[0], NULL);
        if (!knows_format(names[0]))
            MISTAKE("# line %d: the format %s is described, and not known\n", formats.rows[i].line, names[0]);
    }
    assert_false(knows_format("nonesuch"));
    assert_int_equal(mistakes, 0);
    assert_int_equal(map_count(described), LAYOUT_FORMAT_COUNT);
}

static int open_world(void **state)
{
    (void)state;
    arena = arena_open(0);
    diag = diag_open(arena, 0);
    grammar = xml_load(arena, "layouts/layout.rng", NULL, 0, NULL, diag);
    if (!grammar)
        return -1;
    read_defines();
    read_reference();
    return elements.count && chart.count && properties.count && formats.count ? 0 : -1;
}

static int close_world(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_element_is_described),
        cmocka_unit_test(every_attribute_is_described),
        cmocka_unit_test(every_property_is_described),
        cmocka_unit_test(every_format_is_described),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
