/* Tables to arrays. */
#include "data.h"
#include "day.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *data_grow(void *list, int *count, size_t size)
{
    if ((*count & (*count - 1)) == 0) { /* room is the next power of two */
        list = realloc(list, (*count ? 2 * (size_t)*count : 1) * size);
        if (!list) {
            fprintf(stderr, "oracle: out of memory\n");
            exit(70);
        }
    }
    memset((char *)list + (size_t)*count * size, 0, size);
    (*count)++;
    return list;
}

/* ── one row of each table ── */

typedef struct Row {
    sqlite3_stmt *statement;
    int next; /* column */
} Row;

static int64_t take_id(Row *row)
{
    return sqlite3_column_int64(row->statement, row->next++); /* NULL is 0 */
}

static int take_int(Row *row)
{
    return (int)take_id(row);
}

static bool take_flag(Row *row)
{
    return take_id(row) != 0;
}

static int take_day(Row *row, int missing)
{
    return day_parse((const char *)sqlite3_column_text(row->statement, row->next++), missing);
}

static void take_code(Row *row, char out[CODE])
{
    const char *text = (const char *)sqlite3_column_text(row->statement, row->next++);
    snprintf(out, CODE, "%s", text ? text : "");
}

static void read_unit(Row *row, void *to)
{
    Unit *unit = to;
    unit->id = take_id(row);
    unit->parent = take_id(row);
    take_code(row, unit->kind);
    unit->assessed = sqlite3_column_type(row->statement, row->next++) != SQLITE_NULL;
    unit->from = take_day(row, FAR_PAST);
    unit->to = take_day(row, FAR_FUTURE);
    unit->top = -1;
}

static void read_person(Row *row, void *to)
{
    Person *person = to;
    person->id = take_id(row);
    person->branch = take_id(row);
    person->admitted = take_day(row, FAR_FUTURE);
}

static void read_post(Row *row, void *to)
{
    Post *post = to;
    post->id = take_id(row);
    post->person = take_id(row);
    post->unit = take_id(row);
    take_code(row, post->role);
    post->from = take_day(row, FAR_PAST);
    post->to = take_day(row, FAR_FUTURE);
    post->promoted = take_flag(row);
    post->key = take_flag(row);
}

static void read_activity(Row *row, void *to)
{
    Activity *activity = to;
    activity->id = take_id(row);
    activity->unit = take_id(row);
    take_code(row, activity->kind);
    take_code(row, activity->subject);
    take_code(row, activity->level);
    activity->day = take_day(row, FAR_FUTURE);
    const char *start = (const char *)sqlite3_column_text(row->statement, row->next++);
    activity->afternoon = start && atoi(start) >= 12;
    activity->place = take_id(row);
    const char *title = (const char *)sqlite3_column_text(row->statement, row->next++);
    activity->title = strdup(title ? title : "");
}

static void read_participant(Row *row, void *to)
{
    Participant *participant = to;
    participant->activity = take_id(row);
    participant->person = take_id(row);
    take_code(row, participant->role);
    participant->tenths = take_int(row);
}

static void read_item(Row *row, void *to)
{
    Item *item = to;
    item->activity = take_id(row);
    item->ordinal = take_int(row);
    item->first_topic = take_flag(row);
    take_code(row, item->form);
    take_code(row, item->subject);
}

static void read_check(Row *row, void *to)
{
    Check *check = to;
    check->activity = take_id(row);
    take_code(row, check->item);
    check->met = take_day(row, FAR_FUTURE);
}

static void read_directive(Row *row, void *to)
{
    Directive *directive = to;
    directive->id = take_id(row);
    directive->unit = take_id(row);
    directive->received = take_day(row, FAR_FUTURE);
    directive->department = sqlite3_column_type(row->statement, row->next++) != SQLITE_NULL;
    directive->responsible = sqlite3_column_type(row->statement, row->next++) != SQLITE_NULL;
    directive->lookback = take_day(row, FAR_FUTURE);
    directive->reported = take_day(row, FAR_FUTURE);
    directive->circulated = take_day(row, FAR_FUTURE);
}

static void read_directive_measure(Row *row, void *to)
{
    ((DirectiveMeasure *)to)->directive = take_id(row);
}

static void read_project(Row *row, void *to)
{
    Project *project = to;
    project->id = take_id(row);
    project->unit = take_id(row);
    project->year = take_int(row);
    take_code(row, project->kind);
    project->leader = take_id(row);
    project->voted = take_day(row, FAR_FUTURE);
    project->listed = take_day(row, FAR_FUTURE);
    project->supervised = take_day(row, FAR_FUTURE);
    project->closed = take_day(row, FAR_FUTURE);
    project->published = take_day(row, FAR_FUTURE);
}

static void read_problem(Row *row, void *to)
{
    Problem *problem = to;
    problem->id = take_id(row);
    problem->unit = take_id(row);
    problem->found = take_day(row, FAR_FUTURE);
    take_code(row, problem->origin);
    take_code(row, problem->subject);
    problem->discussed = take_id(row);
    problem->project = take_id(row);
    problem->deadline = take_day(row, FAR_FUTURE);
    problem->closed = take_day(row, FAR_FUTURE);
}

static void read_research(Row *row, void *to)
{
    Research *research = to;
    research->id = take_id(row);
    research->unit = take_id(row);
    research->year = take_int(row);
    research->key = take_flag(row);
    take_code(row, research->authorship);
    research->report = take_day(row, FAR_FUTURE);
}

static void read_contact(Row *row, void *to)
{
    Contact *contact = to;
    contact->id = take_id(row);
    contact->unit = take_id(row);
    contact->person = take_id(row);
    take_code(row, contact->kind);
    contact->place = take_id(row);
    contact->from = take_day(row, FAR_PAST);
    contact->to = take_day(row, FAR_FUTURE);
}

static void read_weak(Row *row, void *to)
{
    Weak *weak = to;
    weak->id = take_id(row);
    weak->unit = take_id(row);
    weak->found = take_day(row, FAR_FUTURE);
    weak->turned = take_day(row, FAR_FUTURE);
    weak->delisted = take_day(row, FAR_FUTURE);
    weak->assessed = take_day(row, FAR_FUTURE);
}

static void read_entry(Row *row, void *to)
{
    Entry *entry = to;
    entry->id = take_id(row);
    entry->unit = take_id(row);
    entry->person = take_id(row);
    entry->day = take_day(row, FAR_FUTURE);
    take_code(row, entry->side);
}

static void read_exemption(Row *row, void *to)
{
    Exemption *exemption = to;
    exemption->id = take_id(row);
    exemption->unit = take_id(row);
    exemption->filed = take_day(row, FAR_FUTURE);
    exemption->act = take_day(row, FAR_FUTURE);
    exemption->decided = take_day(row, FAR_FUTURE);
    exemption->accepted = take_int(row) != 0;
    take_code(row, exemption->indicator);
}

static void read_clarification(Row *row, void *to)
{
    Clarification *clarification = to;
    clarification->id = take_id(row);
    clarification->unit = take_id(row);
    clarification->verified = take_day(row, FAR_FUTURE);
    clarification->clarified = take_day(row, FAR_FUTURE);
}

static void read_figure(Row *row, void *to)
{
    Figure *figure = to;
    figure->unit = take_id(row);
    figure->year = take_int(row);
    take_code(row, figure->kind);
    figure->value = take_id(row);
}

static void read_mark(Row *row, void *to)
{
    Mark *mark = to;
    mark->unit = take_id(row);
    mark->year = take_int(row);
    take_code(row, mark->indicator);
    mark->hundredths = take_id(row);
    mark->given = take_day(row, FAR_FUTURE);
}

/* ── whole tables ── */

static void fail(sqlite3 *db, const char *what)
{
    fprintf(stderr, "oracle: %s: %s\n", what, sqlite3_errmsg(db));
    exit(66);
}

static void *read_table(sqlite3 *db, const char *sql, size_t size, void (*read)(Row *row, void *to), int *count)
{
    void *list = NULL;
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail(db, sql);
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        list = data_grow(list, count, size);
        read(&(Row){.statement = statement}, (char *)list + (size_t)(*count - 1) * size);
    }
    if (result != SQLITE_DONE)
        fail(db, sql);
    sqlite3_finalize(statement);
    return list;
}

#define READ(data, db, list, reader, sql)                                                                              \
    ((data)->list = read_table((db), (sql), sizeof *(data)->list, (reader), &(data)->list##_count))

static void read_tables(Data *data, sqlite3 *db)
{
    READ(data, db, units, read_unit,
         "SELECT id, parent_id, kind, assess_group, from_date, to_date FROM unit ORDER BY id");
    READ(data, db, people, read_person, "SELECT id, branch_id, admitted_date FROM person ORDER BY id");
    READ(
        data, db, posts, read_post,
        "SELECT id, person_id, unit_id, role, from_date, to_date, promoted, key_post FROM post ORDER BY person_id, id");
    READ(data, db, activities, read_activity,
         "SELECT id, unit_id, kind, subject, level, date, start_time, place_id, title FROM activity ORDER BY id");
    READ(data, db, participants, read_participant, "SELECT activity_id, person_id, role, days_tenths FROM participant");
    READ(data, db, items, read_item,
         "SELECT activity_id, ordinal, first_topic, form, subject FROM agenda_item ORDER BY activity_id, ordinal");
    READ(data, db, checks, read_check, "SELECT activity_id, item, met_date FROM meeting_check");
    READ(data, db, directives, read_directive,
         "SELECT id, unit_id, received_date, lead_department, responsible_id, lookback_date, reported_date, "
         "circulated_date FROM directive ORDER BY id");
    READ(data, db, measures, read_directive_measure, "SELECT directive_id FROM directive_measure");
    READ(data, db, projects, read_project,
         "SELECT id, unit_id, year, kind, leader_id, voted_date, listed_date, supervised_date, closed_date, "
         "published_date FROM project ORDER BY id");
    READ(data, db, problems, read_problem,
         "SELECT id, unit_id, found_date, origin, subject, discussed_id, project_id, deadline, closed_date FROM "
         "problem");
    READ(data, db, research, read_research,
         "SELECT id, unit_id, year, key_topic, authorship, report_date FROM research");
    READ(data, db, contacts, read_contact,
         "SELECT id, unit_id, person_id, kind, place_id, from_date, to_date FROM contact "
         "ORDER BY unit_id, person_id, kind, place_id");
    READ(data, db, weak, read_weak,
         "SELECT id, unit_id, found_date, turned_date, delisted_date, assessed_date FROM weak_organisation");
    READ(data, db, entries, read_entry, "SELECT id, unit_id, person_id, date, side FROM political_entry");
    READ(data, db, exemptions, read_exemption,
         "SELECT id, unit_id, filed_date, act_date, decided_date, coalesce(accepted, 0), coalesce(indicator, '') FROM "
         "exemption");
    READ(data, db, clarifications, read_clarification,
         "SELECT id, unit_id, verified_date, clarified_date FROM clarification");
    READ(data, db, figures, read_figure, "SELECT unit_id, year, kind, value FROM figure");
    READ(data, db, marks, read_mark, "SELECT unit_id, year, indicator, mark_hundredths, given_date FROM hand_mark");
}

/* Climbs from every unit to the assessed one above it; a link of the chain that does not exist that day breaks it. */
static void find_tops(Data *data)
{
    for (int i = 0; i < data->units_count; i++) {
        const Unit *unit = &data->units[i];
        while (unit && unit->from <= data->as_of && data->as_of <= unit->to) {
            if (unit->assessed && (same(unit->kind, "county") || same(unit->kind, "municipal"))) {
                data->units[i].top = (int)(unit - data->units);
                break;
            }
            unit = data_unit(data, unit->parent);
        }
    }
}

static void link_activities(Data *data)
{
    for (int i = 0; i < data->participants_count; i++)
        data->participants[i].what = data_activity(data, data->participants[i].activity);
    for (int i = 0, item = 0; i < data->activities_count; i++) {
        Activity *activity = &data->activities[i];
        activity->first_item = item;
        for (; item < data->items_count && data->items[item].activity == activity->id; item++)
            activity->item_count++;
    }
}

void data_load(Data *data, const char *path, int year, const char *as_of)
{
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        fail(db, path);
    *data = (Data){
        .year = year, .first = day_of(year, 1, 1), .last = day_of(year, 12, 31), .as_of = day_parse(as_of, FAR_FUTURE)};
    read_tables(data, db);
    sqlite3_close(db);
    find_tops(data);
    link_activities(data);
}

/* ── looking up ── */

static int compare_id(const void *key, const void *element)
{
    int64_t a = *(const int64_t *)key, b = *(const int64_t *)element; /* id is the first member */
    return (a > b) - (a < b);
}

#define FIND(list, count, id) bsearch(&(id), (list), (size_t)(count), sizeof *(list), compare_id)

const Unit *data_unit(const Data *data, int64_t id)
{
    return FIND(data->units, data->units_count, id);
}

const Person *data_person(const Data *data, int64_t id)
{
    return FIND(data->people, data->people_count, id);
}

const Activity *data_activity(const Data *data, int64_t id)
{
    return FIND(data->activities, data->activities_count, id);
}

const Project *data_project(const Data *data, int64_t id)
{
    return FIND(data->projects, data->projects_count, id);
}

int data_assessed(const Data *data, int64_t id)
{
    const Unit *unit = data_unit(data, id);
    int index = unit ? (int)(unit - data->units) : -1;
    return unit && unit->top == index ? index : -1;
}

bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

bool in_period(const Data *data, int day)
{
    return data->first <= day && day <= data->as_of;
}

bool half_of_period(const Data *data, int days)
{
    return 2 * days >= data->as_of - data->first + 1;
}
