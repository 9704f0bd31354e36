/* Indicators about what units and branches did. */
#include "counts.h"

#include "day.h"
#include <stdlib.h>
#include <string.h>

static void ask_units(const Data *data, Sheet *sheet, int64_t need)
{
    for (int i = 0; i < data->units_count; i++)
        if (data->units[i].top == i)
            sheet_ask(sheet, i, data->units[i].id, 0, need);
}

static void ask_branches(const Data *data, Sheet *sheet, int64_t need)
{
    for (int i = 0; i < data->units_count; i++) {
        const Unit *unit = &data->units[i];
        int from = unit->from > data->first ? unit->from : data->first;
        if (same(unit->kind, "branch") && half_of_period(data, data->as_of - from + 1))
            sheet_ask(sheet, unit->top, unit->id, 0, need);
    }
}

/* The assessed unit that held the activity itself within the period, or -1. */
static int held_by(const Data *data, const Activity *activity)
{
    return in_period(data, activity->day) ? data_assessed(data, activity->unit) : -1;
}

static bool has_item_about(const Data *data, const Activity *activity, const char *subject)
{
    for (int i = 0; i < activity->item_count; i++)
        if (same(data->items[activity->first_item + i].subject, subject))
            return true;
    return false;
}

/* The same event entered twice: another row of the unit with that day and title was counted already. */
static bool entered_before(const Data *data, const int *counted, int count, const Activity *activity)
{
    for (int i = 0; i < count; i++) {
        const Activity *other = &data->activities[counted[i]];
        if (other->unit == activity->unit && other->day == activity->day && strcmp(other->title, activity->title) == 0)
            return true;
    }
    return false;
}

void count_unit_activity(const Data *data, Sheet *sheet, const char *detail)
{
    bool bonus = same(detail, "contest"); /* earns marks, but nobody is asked for one */
    int *counted = calloc((size_t)data->activities_count + 1, sizeof *counted), count = 0;
    ask_units(data, sheet, bonus ? 0 : 1000);
    for (int i = 0; counted && i < data->activities_count; i++) {
        const Activity *activity = &data->activities[i];
        bool emergency = same(detail, "emergency") &&
                         (same(activity->kind, "emergency_drill") || same(activity->kind, "emergency_response"));
        if (!(same(activity->kind, detail) || emergency) || !in_period(data, activity->day) ||
            entered_before(data, counted, count, activity))
            continue;
        counted[count++] = i;
        sheet_answer(sheet, held_by(data, activity), activity->unit, 0, 1000);
    }
    free(counted);
}

void count_charter_study(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_units(data, sheet, 1000);
    for (int i = 0; i < data->activities_count; i++) {
        const Activity *activity = &data->activities[i];
        if (same(activity->kind, "centre_group_study") &&
            (same(activity->subject, "charter") || has_item_about(data, activity, "charter")))
            sheet_answer(sheet, held_by(data, activity), activity->unit, 0, 1000);
    }
}

void count_formalism_inspections(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_units(data, sheet, 1000);
    for (int i = 0; i < data->activities_count; i++) {
        const Activity *activity = &data->activities[i];
        if (same(activity->kind, "inspection") && same(activity->subject, "formalism"))
            sheet_answer(sheet, held_by(data, activity), activity->unit, 0, 1000);
    }
}

static void answer_branch(const Data *data, Sheet *sheet, const Activity *activity)
{
    if (in_period(data, activity->day))
        sheet_answer(sheet, data_unit(data, activity->unit)->top, activity->unit, 0, 1000);
}

void count_branch_activity(const Data *data, Sheet *sheet, const char *detail)
{
    ask_branches(data, sheet, 1000);
    for (int i = 0; i < data->activities_count; i++)
        if (same(data->activities[i].kind, detail))
            answer_branch(data, sheet, &data->activities[i]);
}

void count_charter_branches(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_branches(data, sheet, 1000);
    for (int i = 0; i < data->activities_count; i++)
        if (same(data->activities[i].kind, "branch_study") && same(data->activities[i].subject, "charter"))
            answer_branch(data, sheet, &data->activities[i]);
}

void count_branch_life(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_branches(data, sheet, 2000);
    for (int i = 0; i < data->activities_count; i++) {
        const Activity *activity = &data->activities[i];
        bool meeting = same(activity->kind, "organisation_life"), review = same(activity->kind, "member_review");
        if (in_period(data, activity->day) && (meeting || review))
            sheet_answer_step(sheet, data_unit(data, activity->unit)->top, activity->unit, 0, review);
    }
}

void count_first_topics(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->activities_count; i++)
        if (same(data->activities[i].kind, "committee_meeting"))
            sheet_ask(sheet, held_by(data, &data->activities[i]), data->activities[i].id, 0, 1000);
    for (int i = 0; i < data->items_count; i++) {
        const Item *item = &data->items[i];
        if (item->ordinal == 1 && item->first_topic &&
            (same(item->subject, "thought") || same(item->subject, "instruction")))
            sheet_answer(sheet, held_by(data, data_activity(data, item->activity)), item->activity, 0, 1000);
    }
}

/* The five preconditions are told apart by their first two letters. */
static int64_t check_key(const char *item)
{
    return 256 * item[0] + item[1];
}

void count_life_checks(const Data *data, Sheet *sheet, const char *detail)
{
    static const char *const items[] = {"opinions", "selfcheck", "study", "talks", "understanding"};
    (void)detail;
    for (int i = 0; i < data->units_count; i++)
        for (int k = 0; k < 5 && data->units[i].top == i; k++)
            sheet_ask(sheet, i, check_key(items[k]), 0, 1000);
    for (int i = 0; i < data->checks_count; i++) {
        const Check *check = &data->checks[i];
        const Activity *meeting = data_activity(data, check->activity);
        if (same(meeting->kind, "democratic_life") && check->met <= meeting->day)
            sheet_answer(sheet, held_by(data, meeting), check_key(check->item), 0, 1000);
    }
}

void count_life_guidance(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    for (int i = 0; i < data->units_count; i++)
        if (data->units[i].top == i) {
            sheet_ask(sheet, i, 'g', 0, 1000);
            sheet_ask(sheet, i, 'c', 0, 1000);
        }
    for (int i = 0; i < data->participants_count; i++) {
        const Participant *participant = &data->participants[i];
        if (same(participant->what->kind, "democratic_life") &&
            (same(participant->role, "guide") || same(participant->role, "commentator")))
            sheet_answer(sheet, held_by(data, participant->what), participant->role[0], 0, 1000);
    }
}

void count_hand_mark(const Data *data, Sheet *sheet, const char *detail)
{
    ask_units(data, sheet, 100000);
    for (int i = 0; i < data->marks_count; i++) {
        const Mark *mark = &data->marks[i];
        if (mark->year == data->year && same(mark->indicator, detail) && mark->given <= data->as_of)
            sheet_answer(sheet, data_assessed(data, mark->unit), mark->unit, 0, 10 * mark->hundredths);
    }
}

static const Figure *find_figure(const Data *data, int64_t unit, int year, const char *kind)
{
    for (int i = 0; i < data->figures_count; i++)
        if (data->figures[i].unit == unit && data->figures[i].year == year && same(data->figures[i].kind, kind))
            return &data->figures[i];
    return NULL;
}

void count_figures(const Data *data, Sheet *sheet, const char *detail)
{
    static const char *const kinds[] = {"documents", "meetings", "forms", "indicators"};
    (void)detail;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < data->units_count; i++)
            for (int k = 0; k < 4 && data->units[i].top == i; k++) {
                const Figure *now = find_figure(data, data->units[i].id, data->year, kinds[k]);
                const Figure *before = find_figure(data, data->units[i].id, data->year - 1, kinds[k]);
                if (!now || !before)
                    continue;
                if (pass == 0)
                    sheet_ask(sheet, i, k, 0, 1000);
                else if (now->value <= before->value)
                    sheet_answer(sheet, i, k, 0, 1000);
            }
}

void count_standard(const Data *data, Sheet *sheet, const char *detail)
{
    (void)detail;
    ask_branches(data, sheet, 1000);
    for (int i = 0; i < data->figures_count; i++) {
        const Figure *figure = &data->figures[i];
        if (figure->year == data->year && same(figure->kind, "standard") && figure->value == 1)
            sheet_answer(sheet, data_unit(data, figure->unit)->top, figure->unit, 0, 1000);
    }
}
