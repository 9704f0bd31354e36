/* Every quantity of the notice at its boundary: the tables in tests/assess/boundaries (their README says how they are read), each
 * case a unit of one activity database, assessed by the shipped scheme once for every day that a case names. A stated quantity of
 * docs/quantities.md or an indicator of the scheme without a group fails. The same units hold the properties that no scheme may break:
 * rows add up, names and the order of rows change nothing, one more counted record lowers nothing.
 */
#include "assess/check.h"

#include "base/fixed.h"

#include <ctype.h>
#include <glob.h>
#include <stdbool.h>

enum {
    GROUPS_MAX = 80,
    CASES_MAX = 2000,
    DAYS_MAX = 64,
    COLUMNS_MAX = 16,
    NAMES_MAX = 26,
    FIRST_YEAR = 2015,
    LAST_YEAR = 2022
};

typedef struct Case {
    const char *place; /* FILE:LINE */
    const char *name;
    const char *records[2]; /* the group's, its own */
    const char *expected;
    const char *day; /* of the assessment */
    const char *kind;
    bool silent;
    const char *found; /* in the form of `expected`; its score apart */
    int64_t full, score;
} Case;

typedef struct Group {
    const char *id, *quantity;
    size_t first, end; /* of the cases */
} Group;

static Group groups[GROUPS_MAX];
static Case cases[CASES_MAX];
static size_t groups_count, cases_count;
static char root[4096]; /* of the tree: scheme, tables and documents are found from it */
static Arena *kept;     /* what lives as long as the tests */
static const AssessScheme *shipped;

/* ── Reading the tables ── */

static char *read_text(const char *path)
{
    size_t length;
    char *text = file_read(kept, path, 1 << 20, &length, diag);
    if (text == NULL)
        fail_msg("%s: %s", path, diagnostics());
    return text;
}

static char *trimmed(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    return text;
}

static const char *replaced(const char *text, const char *from, const char *to)
{
    Buf out = {0};
    for (const char *at; (at = strstr(text, from)) != NULL; text = at + strlen(from))
        buf_print(&out, "%.*s%s", (int)(at - text), text, to);
    buf_text(&out, text);
    const char *whole = arena_string(kept, buf_cstring(&out));
    buf_free(&out);
    return whole;
}

static void add_case(const char *place, const char *name, const char *day, const char *given, const char *records,
                     const char *expected)
{
    assert_true(cases_count < CASES_MAX && groups_count > 0);
    cases[cases_count++] = (Case){
        .place = place,
        .name = name,
        .records = {given, records},
        .expected = expected,
        .day = day,
        .kind = strstr(records, "municipal") == records ? "municipal" : "county",
        .silent = strcmp(records, "silent") == 0,
    };
    groups[groups_count - 1].end = cases_count;
}

/* "days": DAY and WHEN stand for the edges of 2020 and its leap day, and for the days beside it. */
static void add_days(const char *place, const char *given, const char *records, const char *within, const char *beside)
{
    static const struct {
        const char *name, *day, *when;
        bool within;
    } edges[] = {
        {"1 January", "2020-01-01", "2020-01-01 00:00", true},
        {"29 February", "2020-02-29", "2020-02-29 12:00", true},
        {"31 December 23:59", "2020-12-31", "2020-12-31 23:59", true},
        {"31 December of the year before", "2019-12-31", "2019-12-31 23:59", false},
        {"1 January of the year after", "2021-01-01", "2021-01-01 00:00", false},
    };
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        add_case(place, edges[i].name, "2020-12-31", given,
                 replaced(replaced(records, "DAY", edges[i].day), "WHEN", edges[i].when),
                 edges[i].within ? within : beside);
}

static void read_line(const char *place, char *line, const char **given)
{
    if (strncmp(line, "== ", 3) == 0) {
        assert_true(groups_count < GROUPS_MAX);
        char *quantity = strchr(line + 3, ' ');
        assert_non_null(quantity);
        *quantity++ = '\0';
        groups[groups_count++] = (Group){line + 3, quantity, cases_count, cases_count};
        *given = "";
        return;
    }
    if (strncmp(line, "given", 5) == 0 && strchr(line, '|') == NULL) {
        *given = trimmed(line + 5);
        return;
    }
    char *part[4] = {line};
    int parts = 1;
    for (char *at = line; (at = strchr(at, '|')) != NULL; parts++) {
        assert_true(parts < 4);
        *at++ = '\0';
        part[parts] = at;
    }
    for (int i = 0; i < parts; i++)
        part[i] = trimmed(part[i]);
    if (strcmp(part[0], "days") == 0 && parts == 4) {
        add_days(place, *given, part[1], part[2], part[3]);
        return;
    }
    if (parts != 3)
        fail_msg("%s: a case is NAME | RECORDS | RESULT", place);
    char *day = strstr(part[0], " @ ");
    add_case(place, part[0], day == NULL ? "2020-12-31" : day + 3, *given, part[1], part[2]);
}

static void read_tables(void)
{
    glob_t found;
    assert_int_equal(glob(arena_print(kept, "%s/tests/assess/boundaries/*.txt", root), 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *given = "";
        int number = 0;
        for (char *line = read_text(found.gl_pathv[i]), *next; line != NULL; line = next) {
            next = strchr(line, '\n');
            if (next != NULL)
                *next++ = '\0';
            const char *place = arena_print(kept, "%s:%d", strrchr(found.gl_pathv[i], '/') + 1, ++number);
            if (*trimmed(line) != '\0')
                read_line(place, line, &given);
        }
    }
    globfree(&found);
}

/* ── Records ── */

/* A table's columns: those without '=' in the order of words, then values that are there unless others are given. '!' is a flag. */
typedef struct Form {
    const char *verb, *table, *columns;
} Form;

static const Form forms[] = {
    {"township", "unit", "name from_date to_date code kind=township parent_id=U"},
    {"village", "unit", "name from_date to_date code kind=village parent_id=U"},
    {"branch", "unit", "name from_date to_date code kind=branch parent_id=U"},
    {"person", "person", "name branch_id admitted_date=1990-01-01"},
    {"post", "post", "person_id role from_date to_date unit_id=U title=职务 promoted! key_post!"},
    {"agenda_item", "agenda_item", "ordinal form subject title=议题 first_topic! activity_id=last"},
    {"meeting_check", "meeting_check", "item met_date activity_id=last"},
    {"directive", "directive",
     "received_date lead_department responsible_id lookback_date reported_date circulated_date title=批示 unit_id=U"},
    {"directive_measure", "directive_measure", "ordinal text=措施 directive_id=last"},
    {"project", "project",
     "kind year leader_id voted_date listed_date supervised_date closed_date published_date subject=other title=项目 "
     "unit_id=U"},
    {"problem", "problem",
     "found_date origin=self deadline closed_date discussed_id project_id subject=conduct text=问题 unit_id=U"},
    {"research", "research", "year leader_id authorship report_date title=课题 unit_id=U key_topic!"},
    {"contact", "contact", "kind person_id place_id from_date to_date unit_id=U"},
    {"weak_organisation", "weak_organisation",
     "unit_id found_date turned_date delisted_date assessed_date reason=原因"},
    {"political_entry", "political_entry", "person_id date side unit_id=U"},
    {"exemption", "exemption", "filed_date act_date matter=事项 unit_id=U"},
    {"clarification", "clarification", "person_id verified_date clarified_date matter=事项 unit_id=U"},
    {"figure", "figure", "kind year value unit_id=U"},
    {"hand_mark", "hand_mark", "indicator year mark_hundredths given_date given_by=考核组 reason=评分 unit_id=U"},
};
/* Any other verb is a kind of activity. */
static const Form activity_form = {
    NULL, "activity", "date start_time kind unit_id=U subject level=county place_id title days_tenths=10 headcount=10"};

/* The names of one case, and what was put in last. */
typedef struct World {
    sqlite3 *db;
    const Case *at;
    sqlite3_int64 unit, units[NAMES_MAX], people[NAMES_MAX], activity, project, directive;
} World;

typedef struct Columns {
    char name[COLUMNS_MAX][24];
    const char *value[COLUMNS_MAX];
    bool flag[COLUMNS_MAX];
    int count;
} Columns;

static Columns columns_of(const Form *form)
{
    Columns columns = {0};
    char *text = arena_string(arena, form->columns);
    for (char *more, *word = strtok_r(text, " ", &more); word != NULL; word = strtok_r(NULL, " ", &more)) {
        int i = columns.count++;
        char *value = strchr(word, '=');
        size_t length = strlen(word);
        columns.flag[i] = word[length - 1] == '!';
        if (columns.flag[i])
            word[length - 1] = '\0';
        if (value != NULL)
            *value++ = '\0';
        columns.value[i] = columns.flag[i] ? "0" : value;
        snprintf(columns.name[i], sizeof columns.name[i], "%s", word);
    }
    return columns;
}

static int column_named(const Columns *columns, const char *name, size_t length)
{
    for (int i = 0; i < columns->count; i++)
        if (strncmp(columns->name[i], name, length) == 0)
            return i;
    return -1;
}

static void insert(World *world, const char *sql)
{
    char *error = NULL;
    if (sqlite3_exec(world->db, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s: %s in %s", world->at->place, error, sql);
}

/* The id that a value of a reference means. */
static const char *referred(const World *world, const char *column, const char *value)
{
    sqlite3_int64 id = 0;
    bool person = strstr(" person_id leader_id responsible_id ", arena_print(arena, " %s ", column)) != NULL;
    if (strcmp(value, "last") == 0)
        id = strcmp(column, "project_id") == 0     ? world->project
             : strcmp(column, "directive_id") == 0 ? world->directive
                                                   : world->activity;
    else if (strcmp(value, "U") == 0)
        id = world->unit;
    else if (value[0] >= 'A' && value[0] <= 'Z' && value[1] == '\0')
        id = person ? world->people[value[0] - 'A'] : world->units[value[0] - 'A'];
    if (id == 0)
        fail_msg("%s: nothing is called %s", world->at->place, value);
    return arena_print(arena, "%lld", (long long)id);
}

/* PERSON:ROLE or PERSON:ROLE:DAYS */
static void take_part(World *world, const char *word)
{
    char person[2] = {word[0], '\0'};
    char *role = arena_string(arena, word + 2);
    char *days = strchr(role, ':');
    int64_t tenths = 10;
    if (days != NULL) {
        *days++ = '\0';
        assert_true(fixed_parse(days, 1, &tenths, NULL));
    }
    insert(world,
           arena_print(arena, "INSERT INTO participant VALUES (%lld, %s, '%s', %lld)", (long long)world->activity,
                       referred(world, "person_id", person), role, (long long)tenths));
}

/* Puts words and column=value into the columns. */
static void fill(const World *world, Columns *columns, char **words, int count)
{
    int next = 0;
    for (int i = 0; i < count; i++) {
        char *word = words[i], *value = strchr(word, '='), *until = strstr(word, "..");
        int flag = value == NULL ? column_named(columns, word, strlen(word)) : -1;
        if (flag >= 0 && columns->flag[flag]) {
            columns->value[flag] = "1";
        } else if (value != NULL) {
            int column = column_named(columns, word, (size_t)(value - word));
            if (column < 0)
                fail_msg("%s: no column for %s", world->at->place, word);
            columns->value[column] = value + 1;
        } else if (until != NULL) {
            next = column_named(columns, "from_date", 9);
            assert_true(next >= 0);
            columns->value[next++] = arena_print(arena, "%.*s", (int)(until - word), word);
            columns->value[next++] = until[2] == '\0' ? "-" : until + 2;
        } else {
            columns->value[next++] = word;
        }
    }
}

static void put(World *world, const Form *form, const char *verb, char **words, int count)
{
    static int serial;
    Columns columns = columns_of(form);
    fill(world, &columns, words, count);
    Buf names = {0}, values = {0};
    for (int i = 0; i < columns.count; i++) {
        const char *name = columns.name[i], *value = columns.value[i];
        size_t length = strlen(name);
        if (value == NULL && form == &activity_form && strcmp(name, "kind") == 0)
            value = verb;
        if (value == NULL && (strcmp(name, "title") == 0 || strcmp(name, "code") == 0))
            value = arena_print(arena, "n%d", ++serial);
        if (value == NULL || strcmp(value, "-") == 0)
            continue;
        if (length > 3 && strcmp(name + length - 3, "_id") == 0)
            value = referred(world, name, value);
        char *quoted = sqlite3_mprintf("%Q", value);
        buf_print(&names, "%s%s", names.length == 0 ? "" : ", ", name);
        buf_print(&values, "%s%s", values.length == 0 ? "" : ", ", quoted);
        sqlite3_free(quoted);
    }
    insert(world, arena_print(arena, "INSERT INTO %s (%s) VALUES (%s)", form->table, buf_cstring(&names),
                              buf_cstring(&values)));
    buf_free(&names);
    buf_free(&values);
    sqlite3_int64 id = sqlite3_last_insert_rowid(world->db);
    if (form == &activity_form)
        world->activity = id;
    else if (strcmp(form->table, "project") == 0)
        world->project = id;
    else if (strcmp(form->table, "directive") == 0)
        world->directive = id;
    else if (strcmp(form->table, "unit") == 0)
        world->units[words[0][0] - 'A'] = id;
    else if (strcmp(form->table, "person") == 0)
        world->people[words[0][0] - 'A'] = id;
}

static const Form *form_of(const char *verb)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].verb, verb) == 0)
            return &forms[i];
    return &activity_form;
}

/* "leader A": a person, in office since long ago unless said otherwise. */
static void put_leader(World *world, char **words, int count)
{
    char *person[8] = {words[0]},
         *post[8] = {words[0], arena_string(arena, "leader"), arena_string(arena, "2010-01-01..")};
    int person_count = 1, post_count = 3;
    for (int i = 1; i < count; i++)
        if (strncmp(words[i], "branch=", 7) == 0 || strncmp(words[i], "admitted=", 9) == 0)
            person[person_count++] = words[i];
        else if (strstr(words[i], "..") != NULL)
            post[2] = words[i];
        else
            post[post_count++] = words[i];
    put(world, form_of("person"), "person", person, person_count);
    put(world, form_of("post"), "post", post, post_count);
}

static void put_record(World *world, char *record)
{
    char *words[COLUMNS_MAX], *guests[COLUMNS_MAX], *more;
    int count = 0, guests_count = 0;
    for (char *word = strtok_r(record, " ", &more); word != NULL; word = strtok_r(NULL, " ", &more)) {
        assert_true(count < COLUMNS_MAX && guests_count < COLUMNS_MAX);
        if (word[0] >= 'A' && word[0] <= 'Z' && word[1] == ':')
            guests[guests_count++] = word;
        else
            words[count++] = word;
    }
    if (count == 0 || strcmp(words[0], "municipal") == 0 || strcmp(words[0], "silent") == 0)
        return;
    char **arguments = words + 1;
    int times = 1;
    if (isdigit((unsigned char)words[0][0])) {
        times = atoi(words[0]);
        arguments++;
    }
    const char *verb = arguments[-1];
    int arguments_count = (int)(words + count - arguments);
    bool leader = strcmp(verb, "leader") == 0;
    bool named = leader || strcmp(verb, "person") == 0 || strcmp(form_of(verb)->table, "unit") == 0;
    int names = 0;
    while (named && names < arguments_count && strlen(arguments[names]) == 1)
        names++;
    for (int i = 0; i < (named ? names : times); i++) {
        char *own[COLUMNS_MAX];
        int own_count = 0;
        if (named)
            own[own_count++] = arguments[i];
        for (int k = names; k < arguments_count; k++)
            own[own_count++] = arguments[k];
        if (leader)
            put_leader(world, own, own_count);
        else
            put(world, form_of(verb), verb, own, own_count);
        for (int k = 0; k < guests_count; k++)
            take_part(world, guests[k]);
    }
}

static void put_case(sqlite3 *db, const Case *at, size_t number)
{
    World world = {.db = db, .at = at};
    insert(&world, arena_print(arena,
                               "INSERT INTO unit (code, name, kind, parent_id, assess_group)"
                               " VALUES ('case%zu', '%zu', '%s', 1, '组')",
                               number, number, at->kind));
    world.unit = sqlite3_last_insert_rowid(db);
    if (!at->silent)
        insert(&world,
               arena_print(arena,
                           "WITH RECURSIVE y(year) AS (SELECT %d UNION ALL SELECT year + 1 FROM y WHERE year < %d)"
                           "INSERT INTO activity (unit_id, kind, level, date, days_tenths, headcount, title)"
                           " SELECT %lld, 'enterprise_service', 'county', year || '-01-01', 10, 1, '有记录' FROM y",
                           FIRST_YEAR, LAST_YEAR, (long long)world.unit));
    for (int i = 0; i < 2; i++) {
        char *text = arena_string(arena, at->records[i]), *more;
        for (char *record = strtok_r(text, ";", &more); record != NULL; record = strtok_r(NULL, ";", &more))
            put_record(&world, record);
    }
}

/* ── Assessing ── */

static const Group *group_of(size_t number)
{
    for (size_t i = 0; i < groups_count; i++)
        if (number >= groups[i].first && number < groups[i].end)
            return &groups[i];
    return NULL;
}

static void amount(Buf *out, sqlite3_stmt *row, int column)
{
    if (sqlite3_column_type(row, column) == SQLITE_NULL)
        buf_text(out, "-");
    else
        buf_decimal(out, sqlite3_column_int64(row, column), 3);
}

/* The result of a case in the words of its table, without the score. */
static void read_result(sqlite3_stmt *row, Case *at, size_t number)
{
    sqlite3_bind_text(row, 1, arena_print(arena, "case%zu", number), -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, group_of(number)->id, -1, SQLITE_STATIC);
    if (sqlite3_step(row) != SQLITE_ROW)
        fail_msg("%s: no result of %s for unit case%zu", at->place, group_of(number)->id, number);
    const char *status = (const char *)sqlite3_column_text(row, 0);
    Buf out = {0};
    if (strcmp(status, "not-applicable") == 0) {
        buf_text(&out, "n/a");
    } else if (strcmp(status, "met") != 0 && strcmp(status, "short") != 0) {
        buf_text(&out, status);
    } else {
        amount(&out, row, 1);
        buf_text(&out, "/");
        amount(&out, row, 2);
        if (sqlite3_column_int64(row, 3) != sqlite3_column_int64(row, 2)) {
            buf_text(&out, " due ");
            amount(&out, row, 3);
        }
        buf_print(&out, " %s", status);
    }
    at->found = arena_string(kept, buf_cstring(&out));
    at->full = sqlite3_column_int64(row, 4);
    at->score = sqlite3_column_int64(row, 5);
    buf_free(&out);
    sqlite3_reset(row);
}

static void assess_on(const char *day, const AssessScheme *loaded)
{
    AssessOptions options = {.activity_path = "activity.db", .output_path = "out.db", .program = "test"};
    if (!clock_parse_date(day, &options.as_of))
        fail_msg("%s is no day", day);
    options.year = options.as_of.year;
    if (!assess_run(loaded, &options, diag))
        fail_msg("%s", diagnostics());
    sqlite3 *db;
    sqlite3_stmt *row;
    assert_int_equal(sqlite3_open_v2("out.db", &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT status, actual, target, due, full, score FROM result_indicator"
                                        " JOIN unit USING (unit_id) WHERE code = ?1 AND indicator_id = ?2",
                                        -1, &row, NULL),
                     SQLITE_OK);
    for (size_t i = 0; i < cases_count; i++)
        if (strcmp(cases[i].day, day) == 0)
            read_result(row, &cases[i], i);
    sqlite3_finalize(row);
    sqlite3_close(db);
}

static void put_all(const char *path)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, data_activity_schema, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; BEGIN;"
                                  "INSERT INTO unit (id, code, name, kind) VALUES (1, 'city', '市', 'city')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    for (size_t i = 0; i < cases_count; i++)
        put_case(db, &cases[i], i);
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static int set_up_all(void **state)
{
    if (set_up(state) != 0)
        return -1;
    put_all("activity.db");
    /* The shipped scheme without the years before: they are assessed as days of their own here. */
    shipped = load(with(read_text(arena_print(arena, "%s/layouts/scheme-hangzhou-2020.xml", root)), "trend-years=\"5\"",
                        "trend-years=\"1\""));
    assert_non_null(shipped);
    for (size_t i = 0; i < cases_count; i++)
        if (cases[i].found == NULL)
            assess_on(cases[i].day, shipped);
    return 0;
}

static int tear_down_all(void **state)
{
    arena_close(kept);
    return tear_down(state);
}

/* ── What is expected ── */

/* Whether the score is what the last word of `expected` says: met = the full mark, a share of it, points lost, a bonus. */
static bool score_agrees(const Case *at)
{
    if (strstr(at->expected, "met") == NULL && strstr(at->expected, "short") == NULL)
        return true;
    const char *said = strrchr(at->expected, ' ') + 1;
    int64_t above, below = 1;
    const char *end;
    if (strcmp(said, "met") == 0)
        return at->score == at->full;
    if (*said == '+')
        return fixed_parse(said + 1, 2, &above, NULL) && at->score == above;
    if (*said == '-')
        return fixed_parse(said + 1, 2, &above, NULL) && at->score == (at->full > above ? at->full - above : 0);
    if (!fixed_parse(said, 0, &above, &end) || (*end == '/' && !fixed_parse(end + 1, 0, &below, NULL)))
        return false;
    return at->score == (2 * at->full * above + below) / (2 * below);
}

static bool agrees(const Case *at)
{
    size_t length = strlen(at->found);
    return strncmp(at->expected, at->found, length) == 0 &&
           (at->expected[length] == '\0' || at->expected[length] == ' ') &&
           (at->expected[length] == '\0' || strchr(at->expected + length + 1, ' ') == NULL) && score_agrees(at);
}

static void group_holds(void **state)
{
    const Group *group = *state;
    int wrong = 0;
    for (size_t i = group->first; i < group->end; i++)
        if (!agrees(&cases[i])) {
            wrong++;
            print_message("%s: %s (%s; %s): expected %s, found %s with a score of %lld of %lld\n", cases[i].place,
                          cases[i].name, cases[i].records[0], cases[i].records[1], cases[i].expected, cases[i].found,
                          (long long)cases[i].score, (long long)cases[i].full);
        }
    assert_int_equal(wrong, 0);
}

static const Group *group_named(const char *id)
{
    for (size_t i = 0; i < groups_count; i++)
        if (strcmp(groups[i].id, id) == 0)
            return &groups[i];
    return NULL;
}

static bool group_has(const Group *group, const char *status)
{
    for (size_t i = group->first; i < group->end; i++)
        if (strstr(cases[i].expected, status) != NULL)
            return true;
    return false;
}

/* The rows "| ID | QUANTITY |…" of the table of stated quantities in docs/quantities.md. */
static void stated_quantities(void **state)
{
    (void)state;
    char *text = read_text(arena_print(arena, "%s/docs/quantities.md", root));
    char *table = strstr(text, "## Stated quantities");
    char *end = strstr(table, "\n## ");
    assert_non_null(end);
    *end = '\0';
    int count = 0;
    for (char *line = table; (line = strchr(line, '\n')) != NULL;) {
        line++;
        if (line[0] != '|' || !isdigit((unsigned char)line[2]))
            continue;
        int id = (int)strcspn(line + 2, " ");
        char *quantity = strchr(line + 2, '|') + 2;
        const Group *group = group_named(arena_print(arena, "%.*s", id, line + 2));
        if (group == NULL)
            fail_msg("%.*s of docs/quantities.md has no group in tests/assess/boundaries", id, line + 2);
        const char *named = arena_print(arena, "%.*s", (int)(strstr(quantity, " |") - quantity), quantity);
        assert_string_equal(group->quantity, named);
        if (!group_has(group, " met") || !group_has(group, " short"))
            fail_msg("%s is not seen on both sides of its boundary", group->id);
        count++;
    }
    assert_true(count > 0);
}

static void every_indicator(void **state)
{
    (void)state;
    const char *id = rows("SELECT group_concat(indicator_id, ' ') FROM indicator");
    char *text = arena_string(arena, id), *more;
    size_t count = 0;
    for (char *word = strtok_r(text, " ", &more); word != NULL; word = strtok_r(NULL, " ", &more), count++)
        if (group_named(word) == NULL)
            fail_msg("indicator %s has no group in tests/assess/boundaries", word);
    assert_int_equal(count, groups_count);
}

/* ── Properties of the shipped scheme, over all these units ── */

static void year_end(const char *name)
{
    assess_on("2020-12-31", shipped);
    assert_int_equal(rename("out.db", name), 0);
}

/* A number that a query finds in "before.db", attached as b, and "after.db", attached as a. */
static long long compared(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *row;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "ATTACH 'before.db' AS b; ATTACH 'after.db' AS a", NULL, NULL, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK)
        fail_msg("%s in %s", sqlite3_errmsg(db), sql);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    const long long number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    sqlite3_close(db);
    return number;
}

/* Every number of every unit is as it was. */
static void expect_no_difference(void)
{
    assert_int_equal(compared("SELECT count(*) FROM b.unit AS o JOIN a.unit AS n USING (code)"), cases_count);
    assert_int_equal(
        compared("SELECT count(*) FROM b.unit AS o JOIN b.result_indicator AS r ON r.unit_id = o.unit_id"
                 " JOIN a.unit AS n USING (code)"
                 " JOIN a.result_indicator AS s ON s.unit_id = n.unit_id AND s.indicator_id = r.indicator_id"
                 " WHERE (r.status, r.target, r.due, r.actual, r.shortfall, r.ahead, r.full, r.score)"
                 " IS NOT (s.status, s.target, s.due, s.actual, s.shortfall, s.ahead, s.full, s.score)"),
        0);
    assert_int_equal(compared("SELECT count(*) FROM b.unit AS o JOIN b.result_total AS r ON r.unit_id = o.unit_id"
                              " JOIN a.unit AS n USING (code)"
                              " JOIN a.result_total AS s ON s.unit_id = n.unit_id AND s.year = r.year"
                              " WHERE (r.status, r.full, r.score, r.bonus, r.grade, r.rank, r.rank_of)"
                              " IS NOT (s.status, s.full, s.score, s.bonus, s.grade, s.rank, s.rank_of)"),
                     0);
}

static void rows_add_up(void **state)
{
    (void)state;
    assess_on("2020-12-31", shipped);
    check_sums();
}

static void renaming_changes_no_score(void **state)
{
    (void)state;
    year_end("before.db");
    activity("UPDATE unit SET name = '改名' || (id % 7) || name; UPDATE person SET name = 'x' || name;"
             "UPDATE post SET title = title || '（改）'");
    year_end("after.db");
    expect_no_difference();
}

/* Every row has another number, so that all stand in the opposite order. */
static void order_never_matters(void **state)
{
    (void)state;
    year_end("before.db");
    sqlite3 *db;
    sqlite3_stmt *row;
    Buf sql = {0};
    assert_int_equal(sqlite3_open("activity.db", &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT 'UPDATE ' || t.name || ' SET ' || c.name || ' = 1000000 - ' || c.name || ';'"
                           " FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c"
                           " WHERE t.type = 'table' AND (c.name = 'id' OR EXISTS (SELECT 1 FROM"
                           "  pragma_foreign_key_list(t.name) AS k WHERE k.\"from\" = c.name AND k.\"to\" = 'id'))",
                           -1, &row, NULL),
        SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW)
        buf_text(&sql, (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    sqlite3_close(db);
    assert_true(sql.length > 0);
    activity(buf_cstring(&sql));
    buf_free(&sql);
    year_end("after.db");
    expect_no_difference();
}

/* One more of what counts already, with all that belongs to it, in every unit; three times over. A meeting of the committee is left out: it
 * asks for a first topic of its own. */
static void one_more_never_lowers(void **state)
{
    (void)state;
    for (int round = 1; round <= 3; round++) {
        year_end("before.db");
        activity(arena_print(
            arena,
            "ATTACH 'before.db' AS b;"
            "CREATE TEMP TABLE more AS SELECT id, id + %d AS copy FROM ("
            " SELECT a.id, row_number() OVER (PARTITION BY v.unit_id ORDER BY a.id) AS n FROM ("
            "  SELECT DISTINCT unit_id, CAST(source_key AS INTEGER) AS id FROM b.evidence"
            "  WHERE source = 'activity' AND counted) AS v"
            " JOIN activity AS a USING (id) WHERE a.kind <> 'committee_meeting') WHERE n = %d;"
            "INSERT INTO activity SELECT copy, unit_id, kind, subject, level, date, start_time, days_tenths,"
            " headcount, title || '（又一次）', place_id FROM activity JOIN more USING (id);"
            "INSERT INTO participant SELECT copy, person_id, role, days_tenths"
            " FROM participant JOIN more ON id = activity_id;"
            "INSERT INTO agenda_item SELECT copy, ordinal, first_topic, form, subject, title, source_date"
            " FROM agenda_item JOIN more ON id = activity_id;"
            "INSERT INTO meeting_check SELECT copy, item, met_date"
            " FROM meeting_check JOIN more ON id = activity_id;",
            2000000 * round, round));
        year_end("after.db");
        assert_int_equal(compared("SELECT count(*) FROM b.result_indicator AS r"
                                  " JOIN a.result_indicator AS s USING (unit_id, indicator_id)"
                                  " WHERE s.score < r.score OR s.status <> r.status AND s.status <> 'met'"),
                         0);
        assert_int_equal(
            compared("SELECT count(*) FROM b.result_total AS r JOIN a.result_total AS s USING (unit_id, year)"
                     " WHERE s.score < r.score"),
            0);
        assert_true(compared("SELECT count(*) FROM a.evidence") > compared("SELECT count(*) FROM b.evidence"));
    }
}

/* With a file's name it only makes the database of all cases there, for the recount (tests/whole/recount.sh). */
int main(int argc, char **argv)
{
    static char names[GROUPS_MAX][64];
    struct CMUnitTest tests[GROUPS_MAX + 6] = {cmocka_unit_test(stated_quantities), cmocka_unit_test(every_indicator)};
    size_t count = 2;
    kept = arena_open(0);
    diag = diag_open(kept, 0);
    if (getcwd(root, sizeof root) == NULL)
        return EXIT_FAILURE;
    read_tables();
    if (argc > 1) {
        arena = kept;
        put_all(argv[1]);
        return EXIT_SUCCESS;
    }
    for (size_t i = 0; i < groups_count; i++) {
        snprintf(names[i], sizeof names[i], "boundary_%s", groups[i].id);
        tests[count++] = (struct CMUnitTest){.name = names[i], .test_func = group_holds, .initial_state = &groups[i]};
    }
    static const struct CMUnitTest properties[] = {
        cmocka_unit_test(rows_add_up), cmocka_unit_test(renaming_changes_no_score),
        cmocka_unit_test(order_never_matters), cmocka_unit_test(one_more_never_lowers)};
    memcpy(&tests[count], properties, sizeof properties);
    count += sizeof properties / sizeof *properties;
    return _cmocka_run_group_tests("boundaries", tests, count, set_up_all, tear_down_all);
}
