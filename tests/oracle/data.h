/* The tables of an activity database as plain arrays, and what can be looked up in them. Everything lives until the program
 * ends. Only single tables are read from SQLite; every join, sum and comparison is done here in C.
 */
#ifndef ORACLE_DATA_H
#define ORACLE_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CODE = 24 };

typedef struct Unit {
    int64_t id, parent;
    char kind[CODE];
    bool assessed;
    int from, to;
    int top; /* index of the assessed unit that it exists under (itself included) on the day of assessment; -1 = none */
} Unit;

typedef struct Person {
    int64_t id, branch;
    int admitted;
} Person;

typedef struct Post {
    int64_t id, person, unit;
    char role[CODE];
    int from, to;
    bool promoted, key;
} Post;

typedef struct Item {
    int64_t activity;
    int ordinal;
    bool first_topic;
    char form[CODE], subject[CODE];
} Item;

typedef struct Activity {
    int64_t id, unit, place;
    char kind[CODE], subject[CODE], level[CODE];
    int day;
    char *title;
    bool afternoon;
    int first_item, item_count;
} Activity;

typedef struct Participant {
    int64_t activity, person;
    char role[CODE];
    int tenths;
    const Activity *what;
} Participant;

typedef struct Check {
    int64_t activity;
    char item[CODE];
    int met;
} Check;

typedef struct Directive {
    int64_t id, unit;
    int received, lookback, reported, circulated;
    bool department, responsible;
} Directive;

typedef struct DirectiveMeasure {
    int64_t directive;
} DirectiveMeasure;

typedef struct Project {
    int64_t id, unit, leader;
    int year;
    char kind[CODE];
    int voted, listed, supervised, closed, published;
} Project;

typedef struct Problem {
    int64_t id, unit, discussed, project;
    char origin[CODE], subject[CODE];
    int found, deadline, closed;
} Problem;

typedef struct Research {
    int64_t id, unit;
    int year;
    bool key;
    char authorship[CODE];
    int report;
} Research;

typedef struct Contact {
    int64_t id, unit, person, place;
    char kind[CODE];
    int from, to;
} Contact;

typedef struct Weak {
    int64_t id, unit;
    int found, turned, delisted, assessed;
} Weak;

typedef struct Entry {
    int64_t id, unit, person;
    int day;
    char side[CODE];
} Entry;

typedef struct Exemption {
    int64_t id, unit;
    int filed, act, decided;
    bool accepted;
    char indicator[CODE];
} Exemption;

typedef struct Clarification {
    int64_t id, unit;
    int verified, clarified;
} Clarification;

typedef struct Figure {
    int64_t unit;
    int year;
    char kind[CODE];
    int64_t value;
} Figure;

typedef struct Mark {
    int64_t unit;
    int year;
    char indicator[CODE];
    int64_t hundredths;
    int given;
} Mark;

/* Derived: somebody who owes the year's duties, as leader of an assessed unit or as secretary at its base. */
typedef struct Duty {
    int top;
    const Person *person;
    int held; /* days in office within the period */
} Duty;

/* Derived: a leader and a place that the leader keeps in touch with. */
typedef struct Link {
    const Duty *leader;
    char kind[CODE];
    int64_t place;
    int from, to;
    int days, held; /* up to the day of assessment; of these within the period */
} Link;

/* Derived: whose post began in the period. */
typedef struct Appointee {
    int top;
    const Person *person;
    bool promoted;
} Appointee;

#define LIST(type, name)                                                                                               \
    type *name;                                                                                                        \
    int name##_count

typedef struct Data {
    int year, first, last, as_of;
    LIST(Unit, units);          /* by id */
    LIST(Person, people);       /* by id */
    LIST(Post, posts);          /* by person */
    LIST(Activity, activities); /* by id */
    LIST(Participant, participants);
    LIST(Item, items); /* by activity and ordinal */
    LIST(Check, checks);
    LIST(Directive, directives); /* by id */
    LIST(DirectiveMeasure, measures);
    LIST(Project, projects); /* by id */
    LIST(Problem, problems);
    LIST(Research, research);
    LIST(Contact, contacts); /* by unit, person, kind, place */
    LIST(Weak, weak);
    LIST(Entry, entries);
    LIST(Exemption, exemptions);
    LIST(Clarification, clarifications);
    LIST(Figure, figures);
    LIST(Mark, marks);
    LIST(Duty, leaders);     /* by person */
    LIST(Duty, secretaries); /* by person */
    LIST(Link, links);
    LIST(Appointee, appointees); /* by person */
} Data;

/* Reads the tables; prints why and exits when that fails. `as_of` YYYY-MM-DD. */
void data_load(Data *data, const char *path, int year, const char *as_of);
/* Derives leaders, secretaries, links and appointees. (people.c) */
void data_derive(Data *data);

/* Grows *list by one zeroed element of `size` bytes and returns it. */
void *data_grow(void *list, int *count, size_t size);

const Unit *data_unit(const Data *data, int64_t id); /* all of them: NULL when there is none */
const Person *data_person(const Data *data, int64_t id);
const Activity *data_activity(const Data *data, int64_t id);
const Project *data_project(const Data *data, int64_t id);
/* The index of the assessed unit with that id, or -1. */
int data_assessed(const Data *data, int64_t id);

bool in_period(const Data *data, int day);       /* first day of the year … day of assessment */
bool half_of_period(const Data *data, int days); /* half of its days or more */
bool same(const char *a, const char *b);
bool leading(const Post *post); /* secretary or leader */
/* The first post of a person, and one behind the last. */
const Post *data_posts(const Data *data, int64_t person, const Post **end);
/* Held the person a leading post of the assessed unit `top` on that day? */
bool data_in_post(const Data *data, int top, int64_t person, int day);

#endif
