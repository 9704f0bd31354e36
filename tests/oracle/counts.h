/* The indicators, recounted: one function each, which asks and then answers. `detail` is the indicator's own word, a kind of
 * activity for instance.
 */
#ifndef ORACLE_COUNTS_H
#define ORACLE_COUNTS_H

#include "sheet.h"

typedef void Count(const Data *data, Sheet *sheet, const char *detail);

/* ── units and branches: counts_units.c ── */
Count count_unit_activity;   /* an activity of that kind by the unit */
Count count_branch_activity; /* an activity of that kind by each branch */
Count count_first_topics, count_charter_study, count_charter_branches, count_formalism_inspections;
Count count_life_checks, count_life_guidance, count_branch_life;
Count count_hand_mark; /* detail: the indicator's id */
Count count_figures, count_standard;

/* ── people: counts_people.c ── */
Count count_lectures, count_first_lessons, count_secretaries, count_rotation, count_double_life, count_integrity_talks;
Count count_files, count_both_sides, count_field_days;
Count count_townships, count_villages, count_points, count_point_years, count_point_visits;
Count count_livelihood, count_hard_cases;

/* ── papers: counts_papers.c ── */
Count count_measure_sets, count_departments, count_responsible, count_lookback;
Count count_due_problems, count_discussed, count_relisted;
Count count_exemptions, count_clarifications;
Count count_key_topics, count_authorship;
Count count_voted, count_projects, count_project_life;
Count count_weak, count_one_shoulder;

#endif
