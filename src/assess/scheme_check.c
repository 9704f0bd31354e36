/* What the grammar of a scheme cannot say: unique names, weights and thresholds that make sense, no new veto items. Every
 * mistake is reported at its element, so that one `shuzhi check` shows them all.
 */
#include "assess/assess_int.h"

#include "base/buf.h"
#include "base/map.h"

#include <string.h>

typedef struct Checker {
    const AssessScheme *scheme;
    Arena *scratch;
    Diag *diag;
    bool ok;
} Checker;

/* A fixed-point number as the file would write it, in scratch. */
static const char *shown(Checker *checker, int64_t value, int places)
{
    Buf buf = {0};
    buf_decimal(&buf, value, places);
    const char *text = arena_string(checker->scratch, buf_cstring(&buf));
    buf_free(&buf);
    return text;
}

#define COMPLAIN(checker, code, where, ...)                                                                            \
    ((checker)->ok = diag_add((checker)->diag, (code), xml_place((checker)->scheme->file, (where)), __VA_ARGS__))

static void check_unique(Checker *checker, Map *seen, const char *what, const char *name, const XmlNode *node)
{
    if (!map_add(seen, name, NULL))
        COMPLAIN(checker, DIAG_ASSESS_DUPLICATE, node, what, name);
}

static void check_named_sql(Checker *checker, const char *what, const AssessSql *list, size_t count)
{
    Map *seen = map_open(checker->scratch);
    for (size_t i = 0; i < count; i++)
        check_unique(checker, seen, what, list[i].name, list[i].node);
}

static void check_names(Checker *checker)
{
    const AssessScheme *scheme = checker->scheme;
    check_named_sql(checker, "view", scheme->views, scheme->view_count);
    check_named_sql(checker, "extract", scheme->extracts, scheme->extract_count);
    for (size_t i = 0; i < scheme->view_count; i++)
        if (strcmp(scheme->views[i].name, "period") == 0)
            COMPLAIN(checker, DIAG_ASSESS_RESERVED, scheme->views[i].node, "period");
    Map *mechanisms = map_open(checker->scratch);
    for (size_t i = 0; i < scheme->mechanism_count; i++)
        check_unique(checker, mechanisms, "mechanism", scheme->mechanisms[i].id, scheme->mechanisms[i].node);
    Map *measures = map_open(checker->scratch);
    for (size_t i = 0; i < scheme->measure_count; i++)
        check_unique(checker, measures, "measure", scheme->measures[i].id, scheme->measures[i].node);
    Map *indicators = map_open(checker->scratch);
    for (size_t i = 0; i < scheme->indicator_count; i++)
        check_unique(checker, indicators, "indicator", scheme->indicators[i].id, scheme->indicators[i].node);
}

static void check_weights(Checker *checker)
{
    const AssessScheme *scheme = checker->scheme;
    int64_t sum = 0;
    for (size_t i = 0; i < scheme->mechanism_count; i++) {
        sum += scheme->mechanisms[i].weight;
        if (scheme->mechanisms[i].weight == 0)
            COMPLAIN(checker, DIAG_ASSESS_NO_WEIGHT, scheme->mechanisms[i].node, scheme->mechanisms[i].id);
    }
    if (sum != 10000)
        COMPLAIN(checker, DIAG_ASSESS_WEIGHTS, scheme->file->root, shown(checker, sum, 2));
    if (scheme->total_cap < 10000)
        COMPLAIN(checker, DIAG_ASSESS_TOTAL_CAP, scheme->file->root, shown(checker, scheme->total_cap, 2));
}

static void check_grades(Checker *checker)
{
    const AssessScheme *scheme = checker->scheme;
    Map *seen = map_open(checker->scratch);
    const AssessGrade *last = &scheme->grades[scheme->grade_count - 1];
    for (const AssessGrade *grade = scheme->grades; grade <= last; grade++) {
        check_unique(checker, seen, "grade", grade->name, grade->node);
        /* Under a quota the grade above may begin at the same score: what the quota turns away comes here. */
        bool under_quota = grade > scheme->grades && grade[-1].quota < grade->quota;
        if (grade > scheme->grades && grade->from >= grade[-1].from + under_quota)
            COMPLAIN(checker, DIAG_ASSESS_GRADES, grade->node, grade->name);
        if (grade > scheme->grades && grade->quota < grade[-1].quota)
            COMPLAIN(checker, DIAG_ASSESS_QUOTA, grade->node, grade->name);
    }
    if (last->quota != 100)
        COMPLAIN(checker, DIAG_ASSESS_QUOTA_END, last->node, last->name);
    if (last->from != 0)
        COMPLAIN(checker, DIAG_ASSESS_GRADES_END, last->node, last->name, shown(checker, last->from, 2));
}

static void check_sources(Checker *checker)
{
    const AssessScheme *scheme = checker->scheme;
    Map *seen = map_open(checker->scratch);
    int64_t sum = scheme->indicator_weight;
    if (sum == 0)
        COMPLAIN(checker, DIAG_ASSESS_NO_WEIGHT, scheme->sources_node, "indicators");
    map_add(seen, "indicators", NULL);
    for (size_t i = 0; i < scheme->source_count; i++) {
        const AssessSource *source = &scheme->sources[i];
        check_unique(checker, seen, "mark", source->id, source->node);
        if (source->weight == 0)
            COMPLAIN(checker, DIAG_ASSESS_NO_WEIGHT, source->node, source->id);
        sum += source->weight;
    }
    if (sum != 10000)
        COMPLAIN(checker, DIAG_ASSESS_SOURCES, scheme->sources_node, shown(checker, sum, 2));
}

static void check_positive(Checker *checker, const AssessRule *rule, const char *name, int64_t value)
{
    if (value == 0)
        COMPLAIN(checker, DIAG_ASSESS_RULE_ZERO, rule->node, name);
}

static void check_each(Checker *checker, const AssessIndicator *indicator)
{
    const AssessRule *rule = &indicator->rule;
    check_positive(checker, rule, "each", rule->each);
    check_positive(checker, rule, "points", rule->points);
    if (!indicator->by_amount && rule->each % 1000 != 0)
        COMPLAIN(checker, DIAG_ASSESS_RULE_WHOLE, rule->node, shown(checker, rule->each, 3));
}

static void check_bonus(Checker *checker, const AssessIndicator *indicator)
{
    const AssessRule *rule = &indicator->rule;
    check_each(checker, indicator);
    if (indicator->weight != 0)
        COMPLAIN(checker, DIAG_ASSESS_BONUS_WEIGHT, indicator->node, indicator->id);
    if (rule->cap < rule->points)
        COMPLAIN(checker, DIAG_ASSESS_RULE_CAP, rule->node, shown(checker, rule->cap, 2),
                 shown(checker, rule->points, 2));
}

static void check_steps(Checker *checker, const AssessRule *rule)
{
    AssessStep before = {0};
    for (size_t i = 0; i < rule->step_count; i++) {
        AssessStep step = rule->steps[i];
        if (step.at <= before.at || step.share <= before.share)
            COMPLAIN(checker, DIAG_ASSESS_STEPS, step.node, shown(checker, step.at, 4));
        before = step;
    }
}

/* 一票否决 is kept by the notice for political quality alone, its item 8: an indicator may be one only in that measure, by its full title, and with the sentence that keeps it. */
static void check_veto(Checker *checker, const AssessIndicator *indicator)
{
    static const char MEASURE[] = "健全领导班子和领导干部政治素质考察制度",
                      SENTENCE[] = "对政治不合格的干部实行“一票否决”";
    bool kept = false;
    for (const XmlNode *quote = xml_child(indicator->node, "quote"); quote != NULL; quote = xml_next(quote, "quote"))
        kept |= strstr(xml_text(checker->scratch, quote), SENTENCE) != NULL;
    if (indicator->veto && !(kept && strcmp(checker->scheme->measures[indicator->measure].title, MEASURE) == 0))
        COMPLAIN(checker, DIAG_ASSESS_VETO, indicator->node, indicator->id);
}

static void check_indicator(Checker *checker, const AssessIndicator *indicator)
{
    const AssessRule *rule = &indicator->rule;
    check_veto(checker, indicator);
    if (rule->kind == ASSESS_BONUS) {
        check_bonus(checker, indicator);
        return;
    }
    if (indicator->weight == 0)
        COMPLAIN(checker, DIAG_ASSESS_NO_WEIGHT, indicator->node, indicator->id);
    if (rule->kind == ASSESS_DEDUCT)
        check_each(checker, indicator);
    if (rule->kind == ASSESS_STEPS)
        check_steps(checker, rule);
    if (rule->kind == ASSESS_MARK && !indicator->by_amount)
        COMPLAIN(checker, DIAG_ASSESS_MARK_MODE, indicator->node, indicator->id);
}

bool assess_check_scheme(const AssessScheme *scheme, Diag *diag)
{
    Checker checker = {.scheme = scheme, .scratch = arena_open(0), .diag = diag, .ok = true};
    check_names(&checker);
    check_weights(&checker);
    check_grades(&checker);
    check_sources(&checker);
    for (size_t i = 0; i < scheme->indicator_count; i++)
        check_indicator(&checker, &scheme->indicators[i]);
    arena_close(checker.scratch);
    return checker.ok;
}
