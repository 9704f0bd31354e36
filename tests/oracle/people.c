/* Who owes what: leaders, secretaries at the base, newly appointed, and links with places. Days are counted one by one, so
 * that overlaps need no thought.
 */
#include "data.h"
#include "day.h"

#include <string.h>

bool leading(const Post *post)
{
    return same(post->role, "secretary") || same(post->role, "leader");
}

const Post *data_posts(const Data *data, int64_t person, const Post **end)
{
    int low = 0, high = data->posts_count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (data->posts[middle].person < person)
            low = middle + 1;
        else
            high = middle;
    }
    const Post *first = data->posts + low;
    *end = first;
    while (*end < data->posts + data->posts_count && (*end)->person == person)
        (*end)++;
    return first;
}

/* A post that makes its holder a leader of the assessed unit `top`. */
static bool leads(const Data *data, const Post *post, int top)
{
    return leading(post) && post->unit == data->units[top].id;
}

/* A post that makes its holder a secretary at the base of `top`. */
static bool runs_base(const Data *data, const Post *post, int top)
{
    const Unit *unit = data_unit(data, post->unit);
    return same(post->role, "secretary") && unit->top == top &&
           (same(unit->kind, "village") || same(unit->kind, "branch"));
}

typedef bool Holds(const Data *data, const Post *post, int top);

static bool in_office(const Data *data, Holds *holds, int64_t person, int top, int day)
{
    const Post *end;
    for (const Post *post = data_posts(data, person, &end); post < end; post++)
        if (post->from <= day && day <= post->to && holds(data, post, top))
            return true;
    return false;
}

bool data_in_post(const Data *data, int top, int64_t person, int day)
{
    return in_office(data, leads, person, top, day);
}

static bool has_duty(const Duty *list, int count, int64_t person, int top)
{
    for (int i = count - 1; i >= 0 && list[i].person->id == person; i--) /* posts come by person */
        if (list[i].top == top)
            return true;
    return false;
}

static Duty *collect_duties(const Data *data, Holds *holds, int *count)
{
    Duty *list = NULL;
    for (int i = 0; i < data->posts_count; i++) {
        const Post *post = &data->posts[i];
        int top = data_unit(data, post->unit)->top;
        if (top < 0 || !holds(data, post, top) || has_duty(list, *count, post->person, top))
            continue;
        int held = 0;
        for (int day = data->first; day <= data->as_of; day++)
            held += in_office(data, holds, post->person, top, day);
        if (!half_of_period(data, held))
            continue;
        list = data_grow(list, count, sizeof *list);
        list[*count - 1] = (Duty){top, data_person(data, post->person), held};
    }
    return list;
}

static Appointee *find_appointee(Data *data, int64_t person, int top)
{
    for (int i = data->appointees_count - 1; i >= 0 && data->appointees[i].person->id == person; i--)
        if (data->appointees[i].top == top)
            return &data->appointees[i];
    return NULL;
}

static void collect_appointees(Data *data)
{
    for (int i = 0; i < data->posts_count; i++) {
        const Post *post = &data->posts[i];
        const Unit *unit = data_unit(data, post->unit);
        if (unit->top < 0 || same(unit->kind, "village") || same(unit->kind, "branch") ||
            same(post->role, "director") || !in_period(data, post->from))
            continue;
        Appointee *known = find_appointee(data, post->person, unit->top);
        if (known) {
            known->promoted |= post->promoted;
            continue;
        }
        data->appointees = data_grow(data->appointees, &data->appointees_count, sizeof *data->appointees);
        data->appointees[data->appointees_count - 1] =
            (Appointee){unit->top, data_person(data, post->person), post->promoted};
    }
}

static bool same_link(const Contact *a, const Contact *b)
{
    return a->unit == b->unit && a->person == b->person && a->place == b->place && same(a->kind, b->kind);
}

static const Duty *find_leader(const Data *data, int64_t unit, int64_t person)
{
    for (int i = 0; i < data->leaders_count; i++)
        if (data->leaders[i].person->id == person && data->units[data->leaders[i].top].id == unit)
            return &data->leaders[i];
    return NULL;
}

/* The spells from `first` up to `end` are of one person with one place. */
static void add_link(Data *data, const Contact *first, const Contact *end)
{
    Link link = {.leader = find_leader(data, first->unit, first->person),
                 .place = first->place,
                 .from = FAR_FUTURE,
                 .to = FAR_PAST};
    memcpy(link.kind, first->kind, CODE);
    for (const Contact *spell = first; spell < end; spell++) {
        if (spell->from > data->as_of)
            continue;
        link.from = spell->from < link.from ? spell->from : link.from;
        link.to = spell->to > link.to ? spell->to : link.to;
    }
    if (!link.leader || link.from == FAR_FUTURE)
        return;
    for (int day = link.from; day <= data->as_of; day++)
        for (const Contact *spell = first; spell < end; spell++)
            if (spell->from <= day && day <= spell->to) {
                link.days++;
                link.held += day >= data->first;
                break;
            }
    data->links = data_grow(data->links, &data->links_count, sizeof *data->links);
    data->links[data->links_count - 1] = link;
}

void data_derive(Data *data)
{
    data->leaders = collect_duties(data, leads, &data->leaders_count);
    data->secretaries = collect_duties(data, runs_base, &data->secretaries_count);
    collect_appointees(data);
    for (int i = 0, end; i < data->contacts_count; i = end) {
        for (end = i + 1; end < data->contacts_count && same_link(&data->contacts[i], &data->contacts[end]);)
            end++;
        add_link(data, &data->contacts[i], &data->contacts[end]);
    }
}
