/* Writes what is known before any record is read: the scheme, into the work tables of the scoring and into the assessment
 * database; and meta. Ordinals count from 1.
 */
#include "assess/assess_int.h"

#include <stdarg.h>

/* Runs an INSERT with one parameter per letter of `types`: i = int64_t, t = text. */
static bool insert(AssessGuard *guard, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement = assess_prepare(guard, sql);
    if (statement == NULL)
        return false;
    va_list values;
    va_start(values, types);
    for (int i = 0; types[i] != '\0'; i++) {
        if (types[i] == 'i')
            sqlite3_bind_int64(statement, i + 1, va_arg(values, int64_t));
        else
            sqlite3_bind_text(statement, i + 1, va_arg(values, const char *), -1, SQLITE_STATIC);
    }
    va_end(values);
    bool ok = true;
    assess_step(guard, statement, &ok);
    sqlite3_finalize(statement);
    return ok;
}

static bool fill_mechanism(AssessGuard *guard, size_t index)
{
    const AssessMechanism *mechanism = &guard->scheme->mechanisms[index];
    int64_t ordinal = (int64_t)index + 1;
    return insert(guard, "INSERT INTO work.mechanism VALUES (?, ?)", "ii", ordinal, mechanism->weight) &&
           insert(guard, "INSERT INTO main.mechanism VALUES (?, ?, ?, ?, ?)", "titti", mechanism->id, ordinal,
                  mechanism->title, mechanism->short_title, mechanism->weight);
}

static bool fill_measure(AssessGuard *guard, size_t index)
{
    const AssessMeasure *measure = &guard->scheme->measures[index];
    return insert(guard, "INSERT INTO main.measure VALUES (?, ?, ?, ?)", "ttit", measure->id,
                  guard->scheme->mechanisms[measure->mechanism].id, (int64_t)index + 1, measure->title);
}

static bool fill_lists(AssessGuard *guard, const AssessIndicator *indicator, int64_t ordinal)
{
    const AssessRule *rule = &indicator->rule;
    bool ok = true;
    for (size_t i = 0; ok && i < rule->step_count; i++)
        ok = insert(guard, "INSERT INTO work.step VALUES (?, ?, ?)", "iii", ordinal, rule->steps[i].at,
                    rule->steps[i].share);
    for (size_t i = 0; ok && i < indicator->applies_count; i++)
        ok = insert(guard, "INSERT OR IGNORE INTO work.applies VALUES (?, ?)", "it", ordinal, indicator->applies[i]);
    return ok;
}

static bool fill_indicator(AssessGuard *guard, size_t index)
{
    const AssessIndicator *indicator = &guard->scheme->indicators[index];
    const AssessMeasure *measure = &guard->scheme->measures[indicator->measure];
    const AssessRule *rule = &indicator->rule;
    const char *kind = assess_rule_names[rule->kind];
    int64_t ordinal = (int64_t)index + 1;
    return insert(guard, "INSERT INTO main.indicator VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", "ttittttti", indicator->id,
                  measure->id, ordinal, indicator->title, indicator->target, kind, rule->text, indicator->counts,
                  indicator->weight) &&
           insert(guard, "INSERT INTO work.rule VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "ittitiiitiiii",
                  ordinal, indicator->id, measure->id, (int64_t)measure->mechanism + 1, indicator->counts,
                  indicator->weight, (int64_t)indicator->by_amount, (int64_t)indicator->veto, kind, rule->each,
                  rule->points, rule->cap, (int64_t)indicator->due) &&
           fill_lists(guard, indicator, ordinal);
}

static bool fill_source(AssessGuard *guard, int64_t ordinal, const char *id, const char *title, int64_t weight)
{
    return insert(guard, "INSERT INTO work.source VALUES (?, ?)", "ii", ordinal, weight) &&
           insert(guard, "INSERT INTO main.source VALUES (?, ?, ?, ?)", "titi", id, ordinal, title, weight);
}

bool assess_fill_scheme(AssessGuard *guard)
{
    const AssessScheme *scheme = guard->scheme;
    bool ok =
        insert(guard, "INSERT INTO work.option VALUES (?, ?)", "ii", scheme->total_cap, (int64_t)scheme->missing_lost);
    for (size_t i = 0; ok && i < scheme->grade_count; i++)
        ok = insert(guard, "INSERT INTO work.grade VALUES (?, ?, ?, ?)", "itii", (int64_t)i + 1, scheme->grades[i].name,
                    scheme->grades[i].from, scheme->grades[i].quota);
    ok = ok && fill_source(guard, 0, "indicators", "指标考核", scheme->indicator_weight);
    for (size_t i = 0; ok && i < scheme->source_count; i++)
        ok = fill_source(guard, (int64_t)i + 1, scheme->sources[i].id, scheme->sources[i].title,
                         scheme->sources[i].weight);
    for (size_t i = 0; ok && i < scheme->mechanism_count; i++)
        ok = fill_mechanism(guard, i);
    for (size_t i = 0; ok && i < scheme->measure_count; i++)
        ok = fill_measure(guard, i);
    for (size_t i = 0; ok && i < scheme->indicator_count; i++)
        ok = fill_indicator(guard, i);
    return ok;
}

bool assess_fill_meta(AssessGuard *guard, const char *program, const char *data_hash)
{
    const AssessScheme *scheme = guard->scheme;
    return assess_exec(guard, "INSERT INTO main.meta SELECT 'year', year FROM temp.period"
                              " UNION ALL SELECT 'first_day', first_day FROM temp.period"
                              " UNION ALL SELECT 'last_day', last_day FROM temp.period"
                              " UNION ALL SELECT 'as_of', as_of FROM temp.period") &&
           insert(guard,
                  "INSERT INTO main.meta VALUES ('scheme_id', ?), ('scheme_title', ?), ('scheme_hash', ?),"
                  " ('source_title', ?), ('program', ?), ('data_hash', ?)",
                  "tttttt", scheme->id, scheme->title, scheme->hash, scheme->source_title, program, data_hash);
}
