/* Reads a scheme file into an immutable AssessScheme in the run arena. The grammar has been checked when this code sees
 * the tree, so it reads without asking; what the grammar cannot say is scheme_check.c's.
 */
#include "assess/assess.h"

#include "assess/assess_int.h"
#include "base/buf.h"
#include "base/fixed.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

extern const char assess_grammar[];
extern const size_t assess_grammar_length;

static const char NAME_SPACE[] = "urn:shuzhi:scheme:1";

/* What is being built, and where the next measure and indicator go. */
typedef struct Reader {
    Arena *arena;
    AssessMechanism *mechanisms;
    AssessMeasure *measures;
    AssessIndicator *indicators;
    size_t mechanism_count, measure_count, indicator_count;
} Reader;

/* The text with white space at the ends removed and runs of it made one space, as xs:token has it. */
static const char *clean(Arena *arena, const char *text)
{
    char *out = arena_string(arena, text);
    char *end = out;
    for (const char *p = text; *p != '\0'; p++) {
        bool space = strchr(" \t\r\n", *p) != NULL;
        if (!space)
            *end++ = *p;
        else if (end > out && end[-1] != ' ')
            *end++ = ' ';
    }
    if (end > out && end[-1] == ' ')
        end--;
    *end = '\0';
    return out;
}

static const char *attr(Arena *arena, const XmlNode *node, const char *name)
{
    return clean(arena, xml_attr(node, name));
}

/* An attribute as a fixed-point number; `missing` when it is absent. */
static int64_t number(Arena *arena, const XmlNode *node, const char *name, int places, int64_t missing)
{
    int64_t value = missing;
    if (xml_attr(node, name) != NULL)
        fixed_parse(attr(arena, node, name), places, &value, NULL);
    return value;
}

static size_t count_children(const XmlNode *parent, const char *name)
{
    size_t count = 0;
    for (const XmlNode *node = parent == NULL ? NULL : xml_child(parent, name); node != NULL;
         node = xml_next(node, name))
        count++;
    return count;
}

static AssessSql read_sql(Arena *arena, const XmlNode *node, const char *name)
{
    return (AssessSql){.name = name, .text = xml_text(arena, node), .node = node};
}

/* The names in `list`, separated by commas; NULL for NULL. */
static const char *read_key(Arena *arena, const char *list)
{
    if (list == NULL)
        return NULL;
    Buf key = {0};
    for (const char *p = clean(arena, list); *p != '\0'; p++)
        buf_text(&key, *p == ' ' ? ", " : (const char[]){*p, '\0'});
    const char *text = arena_string(arena, buf_cstring(&key));
    buf_free(&key);
    return text;
}

/* The <view> or <extract> children of `parent` (which may be NULL), with their names. */
static const AssessSql *read_named_sql(Arena *arena, const XmlNode *parent, const char *element, size_t *count)
{
    *count = count_children(parent, element);
    AssessSql *list = ARENA_ARRAY(arena, *count, AssessSql);
    const XmlNode *node = *count == 0 ? NULL : xml_child(parent, element);
    for (size_t i = 0; node != NULL; node = xml_next(node, element)) {
        list[i] = read_sql(arena, node, attr(arena, node, "name"));
        list[i++].key = read_key(arena, xml_attr(node, "key"));
    }
    return list;
}

static void read_grades(Arena *arena, const XmlNode *parent, AssessScheme *scheme)
{
    AssessGrade *grades = ARENA_ARRAY(arena, count_children(parent, "grade"), AssessGrade);
    for (const XmlNode *node = xml_child(parent, "grade"); node != NULL; node = xml_next(node, "grade"))
        grades[scheme->grade_count++] = (AssessGrade){.name = attr(arena, node, "name"),
                                                      .from = number(arena, node, "from", 2, 0),
                                                      .quota = number(arena, node, "quota", 0, 100),
                                                      .node = node};
    scheme->grades = grades;
}

static void read_sources(Arena *arena, const XmlNode *parent, AssessScheme *scheme)
{
    scheme->indicator_weight = 10000;
    scheme->sources_node = parent;
    if (parent == NULL)
        return;
    scheme->indicator_weight = number(arena, parent, "indicators", 2, 0);
    scheme->missing_lost = strcmp(attr(arena, parent, "missing"), "nothing") == 0;
    AssessSource *sources = ARENA_ARRAY(arena, count_children(parent, "mark"), AssessSource);
    for (const XmlNode *node = xml_child(parent, "mark"); node != NULL; node = xml_next(node, "mark")) {
        const char *id = attr(arena, node, "id");
        sources[scheme->source_count++] = (AssessSource){
            .id = id,
            .title = attr(arena, node, "title"),
            .weight = number(arena, node, "weight", 2, 0),
            .deducts = strcmp(attr(arena, node, "kind"), "deduct") == 0,
            .sql = read_sql(arena, node, arena_print(arena, "mark %s", id)),
            .node = node,
        };
    }
    scheme->sources = sources;
}

static void read_steps(Arena *arena, AssessRule *rule)
{
    AssessStep *steps = ARENA_ARRAY(arena, count_children(rule->node, "step"), AssessStep);
    for (const XmlNode *node = xml_child(rule->node, "step"); node != NULL; node = xml_next(node, "step"))
        steps[rule->step_count++] = (AssessStep){
            .at = number(arena, node, "at", 4, 0), .share = number(arena, node, "share", 4, 0), .node = node};
    rule->steps = steps;
}

static AssessRule read_rule(Arena *arena, const XmlNode *node, const char *counts)
{
    AssessRule rule = {
        .each = number(arena, node, "each", 3, 0),
        .points = number(arena, node, "points", 2, 0),
        .cap = number(arena, node, "cap", 2, 0),
        .node = node,
    };
    const char *kind = attr(arena, node, "kind");
    while (strcmp(assess_rule_names[rule.kind], kind) != 0)
        rule.kind++;
    read_steps(arena, &rule);
    rule.text = assess_rule_text(arena, &rule, counts);
    return rule;
}

/* The words of `text`, which is changed. */
static const char *const *split_words(Arena *arena, char *text, size_t *count)
{
    const char **words = ARENA_ARRAY(arena, strlen(text) / 2 + 1, const char *);
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
        words[(*count)++] = word;
    return words;
}

static int read_due(const char *due)
{
    if (due == NULL || strcmp(due, "each") == 0)
        return ASSESS_DUE_EACH;
    return strcmp(due, "year") == 0 ? ASSESS_DUE_YEAR : (int)strtol(due, NULL, 10);
}

static void read_indicator(Reader *reader, const XmlNode *node)
{
    Arena *arena = reader->arena;
    AssessIndicator *indicator = &reader->indicators[reader->indicator_count++];
    const XmlNode *demand = xml_child(node, "demand");
    const char *veto = xml_attr(node, "veto");
    const char *duplicates = xml_attr(xml_child(node, "records"), "duplicates");
    *indicator = (AssessIndicator){
        .id = attr(arena, node, "id"),
        .title = attr(arena, node, "title"),
        .target = clean(arena, xml_text(arena, xml_child(node, "target"))),
        .counts = attr(arena, node, "counts"),
        .measure = reader->measure_count - 1,
        .weight = number(arena, node, "weight", 2, 0),
        .by_amount = strcmp(attr(arena, demand, "mode"), "amount") == 0,
        .due = read_due(xml_attr(demand, "due")),
        .once = duplicates != NULL && strcmp(duplicates, "once") == 0,
        .veto = veto != NULL && strcmp(veto, "yes") == 0,
        .node = node,
    };
    indicator->applies =
        split_words(arena, arena_string(arena, attr(arena, node, "applies")), &indicator->applies_count);
    indicator->demand = read_sql(arena, demand, arena_print(arena, "%s demand", indicator->id));
    indicator->records = read_sql(arena, xml_child(node, "records"), arena_print(arena, "%s records", indicator->id));
    indicator->rule = read_rule(arena, xml_child(node, "rule"), indicator->counts);
}

static void read_measure(Reader *reader, const XmlNode *node)
{
    reader->measures[reader->measure_count++] = (AssessMeasure){
        .id = attr(reader->arena, node, "id"),
        .title = attr(reader->arena, node, "title"),
        .mechanism = reader->mechanism_count - 1,
        .node = node,
    };
    for (const XmlNode *child = xml_first(node); child != NULL; child = xml_next(child, NULL))
        read_indicator(reader, child);
}

static void read_mechanism(Reader *reader, const XmlNode *node)
{
    Arena *arena = reader->arena;
    reader->mechanisms[reader->mechanism_count++] = (AssessMechanism){
        .id = attr(arena, node, "id"),
        .title = attr(arena, node, "title"),
        .short_title = attr(arena, node, "short-title"),
        .weight = number(arena, node, "weight", 2, 0),
        .node = node,
    };
    for (const XmlNode *child = xml_first(node); child != NULL; child = xml_next(child, NULL))
        read_measure(reader, child);
}

static void read_mechanisms(Arena *arena, const XmlNode *root, AssessScheme *scheme)
{
    size_t mechanisms = 0, measures = 0, indicators = 0;
    for (const XmlNode *m = xml_child(root, "mechanism"); m != NULL; m = xml_next(m, "mechanism")) {
        mechanisms++;
        for (const XmlNode *child = xml_first(m); child != NULL; child = xml_next(child, NULL)) {
            measures++;
            indicators += count_children(child, "indicator");
        }
    }
    Reader reader = {
        .arena = arena,
        .mechanisms = ARENA_ARRAY(arena, mechanisms, AssessMechanism),
        .measures = ARENA_ARRAY(arena, measures, AssessMeasure),
        .indicators = ARENA_ARRAY(arena, indicators, AssessIndicator),
    };
    for (const XmlNode *m = xml_child(root, "mechanism"); m != NULL; m = xml_next(m, "mechanism"))
        read_mechanism(&reader, m);
    scheme->mechanisms = reader.mechanisms;
    scheme->measures = reader.measures;
    scheme->indicators = reader.indicators;
    scheme->mechanism_count = mechanisms;
    scheme->measure_count = measures;
    scheme->indicator_count = indicators;
}

static const char *hash_source(Arena *arena, const XmlFile *file)
{
    unsigned char hash[HASH_SIZE];
    char *hex = arena_alloc(arena, HASH_HEX);
    hash_bytes(file->source, file->source_length, hash);
    hash_hex(hash, hex);
    return hex;
}

static AssessScheme *read_scheme(Arena *arena, const XmlFile *file)
{
    const XmlNode *root = file->root;
    AssessScheme *scheme = ARENA_NEW(arena, AssessScheme);
    *scheme = (AssessScheme){
        .file = file,
        .id = attr(arena, root, "id"),
        .title = attr(arena, root, "title"),
        .source_title = attr(arena, xml_child(root, "source"), "title"),
        .hash = hash_source(arena, file),
        .trend_years = (int)number(arena, root, "trend-years", 0, 1),
        .total_cap = number(arena, root, "total-cap", 2, ASSESS_NO_CAP),
        .units = read_sql(arena, xml_child(root, "units"), "units"),
        .presence = read_sql(arena, xml_child(root, "presence"), "presence"),
    };
    if (xml_child(root, "exemptions") != NULL)
        scheme->exemptions = read_sql(arena, xml_child(root, "exemptions"), "exemptions");
    read_grades(arena, xml_child(root, "grades"), scheme);
    read_sources(arena, xml_child(root, "sources"), scheme);
    scheme->views = read_named_sql(arena, xml_child(root, "views"), "view", &scheme->view_count);
    scheme->extracts = read_named_sql(arena, root, "extract", &scheme->extract_count);
    read_mechanisms(arena, root, scheme);
    return scheme;
}

const AssessScheme *assess_load_scheme(Arena *run, const char *path, Diag *diag)
{
    const XmlFile *file = xml_load(run, path, assess_grammar, assess_grammar_length, NAME_SPACE, diag);
    if (file == NULL)
        return NULL;
    const AssessScheme *scheme = read_scheme(run, file);
    return assess_check_scheme(scheme, diag) ? scheme : NULL;
}

const char *assess_scheme_id(const AssessScheme *scheme)
{
    return scheme->id;
}

const char *assess_scheme_hash(const AssessScheme *scheme)
{
    return scheme->hash;
}
