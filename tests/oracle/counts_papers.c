/* Indicators about directives, problems, projects, research and the like. */
#include "counts.h"
#include "day.h"

/* ── directives ── */

static void ask_directives(const Data *data, Sheet *sheet, int64_t need)
{
    for (int i = 0; i < data->directives_count; i++)
        if (in_period(data, data->directives[i].received))
            sheet_ask(sheet, data_assessed(data, data->directives[i].unit), data->directives[i].id, 0, need);
}

void count_measure_sets(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_directives(data, sheet, 1000);
    for (int i = 0; i < data->directives_count; i++) {
        bool has_measures = false;
        for (int k = 0; k < data->measures_count; k++)
            has_measures |= data->measures[k].directive == data->directives[i].id;
        if (has_measures)
            sheet_answer(sheet, data_assessed(data, data->directives[i].unit), data->directives[i].id, 0, 1000);
    }
}

void count_departments(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_directives(data, sheet, 1000);
    for (int i = 0; i < data->directives_count; i++)
        if (data->directives[i].department)
            sheet_answer(sheet, data_assessed(data, data->directives[i].unit), data->directives[i].id, 0, 1000);
}

void count_responsible(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_directives(data, sheet, 1000);
    for (int i = 0; i < data->directives_count; i++)
        if (data->directives[i].responsible)
            sheet_answer(sheet, data_assessed(data, data->directives[i].unit), data->directives[i].id, 0, 1000);
}

/* One for each of the dates that has come. */
static void answer_dates(const Data *data, Sheet *sheet, int top, int64_t id, const int *dates, int count)
{
    for (int i = 0; i < count; i++)
        if (dates[i] <= data->as_of)
            sheet_answer(sheet, top, id, 0, 1000);
}

void count_lookback(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_directives(data, sheet, 3000);
    for (int i = 0; i < data->directives_count; i++) {
        const Directive *directive = &data->directives[i];
        answer_dates(data, sheet, data_assessed(data, directive->unit), directive->id,
                     (int[]){directive->lookback, directive->reported, directive->circulated}, 3);
    }
}

/* ── problems ── */

void count_due_problems(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->problems_count; i++)
        if (in_period(data, data->problems[i].deadline))
            sheet_ask(sheet, data_assessed(data, data->problems[i].unit), data->problems[i].id, 0, 1000);
    for (int i = 0; i < data->problems_count; i++) {
        const Problem *problem = &data->problems[i];
        if (problem->closed <= data->as_of && problem->closed <= problem->deadline)
            sheet_answer(sheet, data_assessed(data, problem->unit), problem->id, 0, 1000);
    }
}

void count_discussed(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->problems_count; i++) {
        const Problem *problem = &data->problems[i];
        bool finding = same(problem->origin, "inspection") || same(problem->origin, "appraisal") ||
                       same(problem->origin, "supervision");
        if (finding && in_period(data, problem->found))
            sheet_ask(sheet, data_assessed(data, problem->unit), problem->id, 0, 1000);
    }
    for (int i = 0; i < data->problems_count; i++) {
        const Problem *problem = &data->problems[i];
        if (problem->discussed && data_activity(data, problem->discussed)->day <= data->as_of)
            sheet_answer(sheet, data_assessed(data, problem->unit), problem->id, 0, 1000);
    }
}

/* Problems of formalism found last year that this year's rectification took up. */
void count_relisted(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    int from = day_of(data->year - 1, 1, 1);
    for (int i = 0; i < data->problems_count; i++) {
        const Problem *problem = &data->problems[i];
        if (same(problem->subject, "formalism") && from <= problem->found && problem->found < data->first)
            sheet_ask(sheet, data_assessed(data, problem->unit), problem->id, 0, 1000);
    }
    for (int i = 0; i < data->problems_count; i++) {
        const Problem *problem = &data->problems[i];
        const Project *project = problem->project ? data_project(data, problem->project) : NULL;
        if (project && same(project->kind, "rectification") && project->year == data->year &&
            (project->listed <= data->as_of || project->listed == FAR_FUTURE))
            sheet_answer(sheet, data_assessed(data, problem->unit), problem->id, 0, 1000);
    }
}

/* ── protection of cadres ── */

void count_exemptions(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->exemptions_count; i++)
        if (in_period(data, data->exemptions[i].act))
            sheet_ask(sheet, data_assessed(data, data->exemptions[i].unit), data->exemptions[i].id, 0, 1000);
    for (int i = 0; i < data->exemptions_count; i++)
        if (data->exemptions[i].filed <= data->exemptions[i].act)
            sheet_answer(sheet, data_assessed(data, data->exemptions[i].unit), data->exemptions[i].id, 0, 1000);
}

void count_clarifications(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->clarifications_count; i++)
        if (in_period(data, data->clarifications[i].verified))
            sheet_ask(sheet, data_assessed(data, data->clarifications[i].unit), data->clarifications[i].id, 0, 1000);
    for (int i = 0; i < data->clarifications_count; i++)
        if (data->clarifications[i].clarified <= data->as_of)
            sheet_answer(sheet, data_assessed(data, data->clarifications[i].unit), data->clarifications[i].id, 0, 1000);
}

/* ── research ── */

void count_key_topics(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->units_count; i++)
        if (data->units[i].top == i)
            sheet_ask(sheet, i, data->units[i].id, 0, 1000);
    for (int i = 0; i < data->research_count; i++)
        if (data->research[i].year == data->year && data->research[i].key)
            sheet_answer(sheet, data_assessed(data, data->research[i].unit), data->research[i].unit, 0, 1000);
}

void count_authorship(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->research_count; i++)
        if (data->research[i].year == data->year)
            sheet_ask(sheet, data_assessed(data, data->research[i].unit), data->research[i].id, 0, 1000);
    for (int i = 0; i < data->research_count; i++) {
        const Research *topic = &data->research[i];
        if (topic->report <= data->as_of && (same(topic->authorship, "wrote") || same(topic->authorship, "directed")))
            sheet_answer(sheet, data_assessed(data, topic->unit), topic->id, 0, 1000);
    }
}

/* ── projects ── */

void count_voted(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->projects_count; i++)
        if (same(data->projects[i].kind, "livelihood") && data->projects[i].year == data->year)
            sheet_ask(sheet, data_assessed(data, data->projects[i].unit), data->projects[i].id, 0, 1000);
    for (int i = 0; i < data->projects_count; i++)
        if (data->projects[i].voted <= data->as_of)
            sheet_answer(sheet, data_assessed(data, data->projects[i].unit), data->projects[i].id, 0, 1000);
}

void count_projects(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->units_count; i++)
        if (data->units[i].top == i)
            sheet_ask(sheet, i, data->units[i].id, 0, 1000);
    for (int i = 0; i < data->projects_count; i++) {
        const Project *project = &data->projects[i];
        if (same(project->kind, "rectification") && project->year == data->year &&
            (project->listed <= data->as_of || project->listed == FAR_FUTURE))
            sheet_answer(sheet, data_assessed(data, project->unit), project->unit, 0, 1000);
    }
}

void count_project_life(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->projects_count; i++)
        if (same(data->projects[i].kind, "rectification") && data->projects[i].year == data->year)
            sheet_ask(sheet, data_assessed(data, data->projects[i].unit), data->projects[i].id, 0, 4000);
    for (int i = 0; i < data->projects_count; i++) {
        const Project *project = &data->projects[i];
        answer_dates(data, sheet, data_assessed(data, project->unit), project->id,
                     (int[]){project->listed, project->supervised, project->closed, project->published}, 4);
    }
}

/* ── the base ── */

void count_weak(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->weak_count; i++) {
        const Weak *weak = &data->weak[i];
        if (weak->found <= data->as_of && data->first <= weak->assessed)
            sheet_ask(sheet, data_unit(data, weak->unit)->top, weak->id, 0, 4000);
    }
    for (int i = 0; i < data->weak_count; i++) {
        const Weak *weak = &data->weak[i];
        answer_dates(data, sheet, data_unit(data, weak->unit)->top, weak->id,
                     (int[]){weak->found, weak->turned, weak->delisted, weak->assessed}, 4);
    }
}

static bool holds(const Data *data, int64_t person, int64_t unit, const char *role)
{
    const Post *end;
    for (const Post *post = data_posts(data, person, &end); post < end; post++)
        if (post->unit == unit && same(post->role, role) && post->from <= data->as_of && data->as_of <= post->to)
            return true;
    return false;
}

void count_one_shoulder(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->units_count; i++)
        if (same(data->units[i].kind, "village"))
            sheet_ask(sheet, data->units[i].top, data->units[i].id, 0, 1000);
    for (int i = 0; i < data->posts_count; i++) {
        const Post *post = &data->posts[i];
        if (holds(data, post->person, post->unit, "secretary") && holds(data, post->person, post->unit, "director"))
            sheet_answer(sheet, data_unit(data, post->unit)->top, post->unit, 0, 1000);
    }
}
