/* Marks besides the indicators: the superior's, the democratic vote, inspection findings, each one SELECT over all units with
 * its records. How they are weighed is sources.sql's and docs/scoring.md's.
 */
#include "assess/assess_int.h"

#include <stdio.h>

extern const char assess_sources[];

static bool tally_source(AssessGuard *guard, size_t index, bool keep)
{
    const AssessSource *source = &guard->scheme->sources[index];
    char stage[400];
    snprintf(
        stage, sizeof stage,
        "INSERT INTO work.source_in SELECT unit_id, CAST(source AS TEXT), CAST(source_key AS TEXT), CAST(date AS TEXT),"
        " CAST(label AS TEXT), amount, ballots, counted, CAST(note AS TEXT) FROM temp._source_%zu",
        index);
    char *current = sqlite3_mprintf("DELETE FROM work.source_in; DELETE FROM work.source_current;"
                                    "INSERT INTO work.source_current VALUES (%lld, %d, %d)",
                                    (long long)index + 1, source->deducts, keep);
    bool ok = assess_exec(guard, current) && assess_guard_run(guard, &source->sql, stage) &&
              assess_check_source_rows(guard, source) && assess_exec(guard, assess_sources);
    sqlite3_free(current);
    return ok;
}

bool assess_tally_sources(AssessGuard *guard, bool keep)
{
    bool ok = assess_exec(guard, "DELETE FROM work.source_mark");
    for (size_t i = 0; ok && i < guard->scheme->source_count; i++)
        ok = tally_source(guard, i, keep);
    return ok;
}
