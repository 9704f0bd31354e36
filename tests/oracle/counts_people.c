/* Indicators about what people did, person by person. */
#include "counts.h"
#include "day.h"

static void ask_leaders(const Data *data, Sheet *sheet, bool members_only)
{
    for (int i = 0; i < data->leaders_count; i++)
        if (!members_only || data->leaders[i].person->admitted <= data->as_of)
            sheet_ask(sheet, data->leaders[i].top, data->leaders[i].person->id, 0, 1000);
}

void count_lectures(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_leaders(data, sheet, true);
    for (int i = 0; i < data->participants_count; i++) {
        const Participant *speaker = &data->participants[i];
        if (!same(speaker->what->kind, "lecture") || !same(speaker->role, "speaker") ||
            !in_period(data, speaker->what->day))
            continue;
        for (int l = 0; l < data->leaders_count; l++)
            if (data->leaders[l].person->id == speaker->person &&
                data_in_post(data, data->leaders[l].top, speaker->person, speaker->what->day))
                sheet_answer(sheet, data->leaders[l].top, speaker->person, 0, 1000);
    }
}

static bool begins_with_theory(const Data *data, const Activity *training)
{
    for (int i = 0; i < training->item_count; i++) {
        const Item *item = &data->items[training->first_item + i];
        if (item->ordinal == 1)
            return same(item->subject, "thought") || same(item->subject, "instruction") ||
                   same(item->subject, "charter");
    }
    return false;
}

void count_first_lessons(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->appointees_count; i++)
        if (data->appointees[i].promoted)
            sheet_ask(sheet, data->appointees[i].top, data->appointees[i].person->id, 0, 1000);
    for (int i = 0; i < data->participants_count; i++) {
        const Participant *learner = &data->participants[i];
        if (!same(learner->what->kind, "induction_training") || !in_period(data, learner->what->day) ||
            !begins_with_theory(data, learner->what))
            continue;
        for (int n = 0; n < data->appointees_count; n++)
            if (data->appointees[n].person->id == learner->person)
                sheet_answer(sheet, data->appointees[n].top, learner->person, 0, 1000);
    }
}

void count_integrity_talks(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->appointees_count; i++)
        if (data->appointees[i].person->admitted <= data->as_of)
            sheet_ask(sheet, data->appointees[i].top, data->appointees[i].person->id, 0, 1000);
    for (int i = 0; i < data->participants_count; i++) {
        const Participant *listener = &data->participants[i];
        if (!same(listener->what->kind, "integrity_talk") || !same(listener->role, "attendee") ||
            !in_period(data, listener->what->day))
            continue;
        for (int n = 0; n < data->appointees_count; n++)
            if (data->appointees[n].person->id == listener->person)
                sheet_answer(sheet, data->appointees[n].top, listener->person, 0, 1000);
    }
}

void count_secretaries(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->secretaries_count; i++)
        sheet_ask(sheet, data->secretaries[i].top, data->secretaries[i].person->id, 0, 1000);
    for (int i = 0; i < data->participants_count; i++) {
        const Participant *learner = &data->participants[i];
        if (!same(learner->what->kind, "secretary_training") || !in_period(data, learner->what->day) ||
            same(learner->what->level, "township") || same(learner->what->level, "grassroots"))
            continue;
        for (int s = 0; s < data->secretaries_count; s++)
            if (data->secretaries[s].person->id == learner->person)
                sheet_answer(sheet, data->secretaries[s].top, learner->person, 0, 1000);
    }
}

/* Sat the person in the leading body of an assessed unit between the two days? */
static bool led_between(const Data *data, int64_t person, int from, int to)
{
    const Post *end;
    for (const Post *post = data_posts(data, person, &end); post < end; post++)
        if (leading(post) && data_assessed(data, post->unit) >= 0 && post->from <= to && from <= post->to)
            return true;
    return false;
}

void count_rotation(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    int from = day_add_years(data->as_of + 1, -5);
    for (int i = 0; i < data->people_count; i++) {
        const Person *person = &data->people[i];
        const Unit *branch = person->branch ? data_unit(data, person->branch) : NULL;
        if (branch && same(branch->kind, "branch") && person->admitted <= from &&
            !led_between(data, person->id, from, data->as_of))
            sheet_ask(sheet, branch->top, person->id, 0, 1000);
    }
    for (int i = 0; i < data->participants_count; i++) {
        const Participant *learner = &data->participants[i];
        const Person *person = data_person(data, learner->person);
        if (same(learner->what->kind, "rotation_training") && person->branch && from <= learner->what->day &&
            learner->what->day <= data->as_of)
            sheet_answer(sheet, data_unit(data, person->branch)->top, person->id, 0, 1000);
    }
}

void count_double_life(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->leaders_count; i++) {
        const Duty *leader = &data->leaders[i];
        if (leader->person->branch && leader->person->admitted <= data->as_of)
            sheet_ask(sheet, leader->top, leader->person->id, 0, 2000);
    }
    for (int i = 0; i < data->participants_count; i++) {
        const Participant *present = &data->participants[i];
        bool theme = same(present->what->kind, "theme_day"), life = same(present->what->kind, "organisation_life");
        if (!in_period(data, present->what->day) || !(theme || life) ||
            data_person(data, present->person)->branch != present->what->unit)
            continue;
        for (int l = 0; l < data->leaders_count; l++)
            if (data->leaders[l].person->id == present->person)
                sheet_answer_step(sheet, data->leaders[l].top, present->person, 0, theme);
    }
}

/* ── political quality ── */

static bool in_key_post(const Data *data, const Post *post)
{
    return post->key && post->from <= data->as_of && data->as_of <= post->to;
}

void count_files(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->posts_count; i++)
        if (in_key_post(data, &data->posts[i]))
            sheet_ask(sheet, data_assessed(data, data->posts[i].unit), data->posts[i].person, 0, 1000);
    for (int i = 0; i < data->entries_count; i++)
        if (data->entries[i].day <= data->as_of)
            sheet_answer(sheet, data_assessed(data, data->entries[i].unit), data->entries[i].person, 0, 1000);
}

void count_both_sides(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->leaders_count; i++) {
        const Duty *leader = &data->leaders[i];
        const Post *end;
        for (const Post *post = data_posts(data, leader->person->id, &end); post < end; post++)
            if (in_key_post(data, post) && post->unit == data->units[leader->top].id)
                sheet_ask(sheet, leader->top, leader->person->id, 0, 2000);
    }
    for (int i = 0; i < data->entries_count; i++) {
        const Entry *entry = &data->entries[i];
        if (in_period(data, entry->day))
            sheet_answer_step(sheet, data_assessed(data, entry->unit), entry->person, 0, same(entry->side, "positive"));
    }
}

/* ── three months at the grass roots ── */

enum { YEAR_TENTHS = 3660 };

/* Marks the tenths of days of the year that a stay covers. */
static void mark_stay(const Data *data, const Participant *stay, bool covered[YEAR_TENTHS])
{
    int start = 10 * (stay->what->day - data->first) + (stay->tenths == 5 && stay->what->afternoon ? 5 : 0);
    int close = 10 * (data->as_of - data->first + 1);
    for (int tenth = start; tenth < start + stay->tenths; tenth++)
        if (0 <= tenth && tenth < close)
            covered[tenth] = true;
}

static bool is_field_work(const Activity *activity)
{
    return same(activity->kind, "research_visit") || same(activity->kind, "research_stay") ||
           same(activity->kind, "research_joint");
}

void count_field_days(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    int days = data->last - data->first + 1;
    for (int l = 0; l < data->leaders_count; l++) {
        const Duty *leader = &data->leaders[l];
        int whole = 90 * leader->held / days, rest = 90 * leader->held % days;
        int64_t need = whole + (2 * rest >= days);
        sheet_ask(sheet, leader->top, leader->person->id, 0, 1000 * need);
    }
    for (int l = 0; l < data->leaders_count; l++) {
        bool covered[YEAR_TENTHS] = {false};
        const Duty *leader = &data->leaders[l];
        for (int i = 0; i < data->participants_count; i++) {
            const Participant *stay = &data->participants[i];
            int begins = stay->what->day > data->first ? stay->what->day : data->first;
            if (stay->person == leader->person->id && is_field_work(stay->what) && stay->what->day <= data->as_of &&
                data_in_post(data, leader->top, stay->person, begins))
                mark_stay(data, stay, covered);
        }
        int tenths = 0;
        for (int tenth = 0; tenth < YEAR_TENTHS; tenth++)
            tenths += covered[tenth];
        sheet_answer(sheet, leader->top, leader->person->id, 0, 100 * tenths);
    }
}

/* ── places ── */

void count_townships(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_leaders(data, sheet, false);
    for (int i = 0; i < data->links_count; i++) {
        const Link *link = &data->links[i];
        if (same(link->kind, "township") && half_of_period(data, link->held))
            sheet_answer(sheet, link->leader->top, link->leader->person->id, 0, 1000);
    }
}

/* Visits of leaders, while in office, to places. */
static void answer_visits(const Data *data, Sheet *sheet, const char *kind)
{
    for (int i = 0; i < data->participants_count; i++) {
        const Participant *visitor = &data->participants[i];
        if (!same(visitor->what->kind, kind) || !in_period(data, visitor->what->day) || !visitor->what->place)
            continue;
        for (int l = 0; l < data->leaders_count; l++)
            if (data->leaders[l].person->id == visitor->person &&
                data_in_post(data, data->leaders[l].top, visitor->person, visitor->what->day))
                sheet_answer(sheet, data->leaders[l].top, visitor->person, visitor->what->place, 1000);
    }
}

void count_villages(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->links_count; i++) {
        const Link *link = &data->links[i];
        if (!same(link->kind, "township") || !half_of_period(data, link->held))
            continue;
        for (int v = 0; v < data->units_count; v++) {
            const Unit *village = &data->units[v];
            if (village->parent == link->place && same(village->kind, "village") && village->from <= data->as_of &&
                data->as_of <= village->to)
                sheet_ask(sheet, link->leader->top, link->leader->person->id, village->id, 1000);
        }
    }
    answer_visits(data, sheet, "village_visit");
}

void count_points(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_leaders(data, sheet, false);
    for (int i = 0; i < data->links_count; i++) {
        const Link *link = &data->links[i];
        if (same(link->kind, "point") && link->held > 0)
            sheet_answer(sheet, link->leader->top, link->leader->person->id, 0, 1000);
    }
}

void count_point_years(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < data->links_count; i++) {
            const Link *link = &data->links[i];
            int year = day_add_years(link->from, 1) - link->from;
            bool judged = link->to <= data->as_of || link->days >= year;
            if (!same(link->kind, "point") || link->to < data->first || !judged)
                continue;
            if (pass == 0)
                sheet_ask(sheet, link->leader->top, link->leader->person->id, link->place, 1000 * (int64_t)year);
            else
                sheet_answer(sheet, link->leader->top, link->leader->person->id, link->place,
                             1000 * (int64_t)link->days);
        }
}

void count_point_visits(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->links_count; i++) {
        const Link *link = &data->links[i];
        if (same(link->kind, "point") && half_of_period(data, link->held))
            sheet_ask(sheet, link->leader->top, link->leader->person->id, link->place, 1000);
    }
    answer_visits(data, sheet, "contact_visit");
}

/* ── projects that leaders take on ── */

void count_livelihood(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_leaders(data, sheet, false);
    for (int i = 0; i < data->projects_count; i++) {
        const Project *project = &data->projects[i];
        if (same(project->kind, "livelihood") && project->year == data->year && project->listed <= data->as_of)
            sheet_answer(sheet, data_assessed(data, project->unit), project->leader, 0, 1000);
    }
}

void count_hard_cases(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_leaders(data, sheet, false);
    for (int i = 0; i < data->projects_count; i++) {
        const Project *project = &data->projects[i];
        if (same(project->kind, "hard_case") && in_period(data, project->closed))
            sheet_answer(sheet, data_assessed(data, project->unit), project->leader, 0, 1000);
    }
}
