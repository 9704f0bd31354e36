/* The assessment of small made-up years: every rule at its boundary, spreading, ranks, what is missing, what is refused, and
 * properties over random data.
 */
#include "assess/check.h"

#include <dirent.h>

#define DEDUCT "<rule kind=\"deduct\" each=\"2\" points=\"30\"/>"
#define STEPS  "<rule kind=\"steps\"><step at=\"0.5\" share=\"0.4\"/><step at=\"0.8\" share=\"0.75\"/></rule>"
#define BONUS  "<rule kind=\"bonus\" each=\"2\" points=\"0.6\" cap=\"1\"/>"

static const char SCORES[] = "SELECT status, score, reason FROM result_indicator ORDER BY unit_id";

/* One indicator "a" of 100 points; units 1 … count are asked for `asked` subjects and answer for unit number − 1 of them. */
static const char *scores_of(const char *rule, int count, int asked)
{
    begin_activity(count);
    for (int unit = 1; unit <= count; unit++) {
        ask("a", unit, asked, "1");
        answer("a", unit, unit - 1, "1");
    }
    run(scheme(mechanism("m", "100", indicator("a", "1", "subjects", rule))));
    return rows(SCORES);
}

static void rule_all(void **state)
{
    (void)state;
    assert_string_equal(scores_of("<rule kind=\"all\"/>", 4, 2), "short|0|少2人：人1、人2，扣100.00分 "
                                                                 "short|0|少1人：人2，扣100.00分 "
                                                                 "met|10000| met|10000| ");
}

static void rule_proportional(void **state)
{
    (void)state;
    assert_string_equal(scores_of("<rule kind=\"proportional\"/>", 5, 3), "short|0|少3人：人1、人2、人3，扣100.00分 "
                                                                          "short|3333|少2人：人2、人3，扣66.67分 "
                                                                          "short|6667|少1人：人3，扣33.33分 "
                                                                          "met|10000| met|10000| ");
    assert_string_equal(rows("SELECT actual_text, target, actual, shortfall FROM result_indicator WHERE unit_id = 2"),
                        "1/3人|3000|1000|2000 ");
}

/* 30 points for every two begun: one short costs as much as two; four cost 120 and end at 0. */
static void rule_deduct(void **state)
{
    (void)state;
    assert_string_equal(scores_of(DEDUCT, 9, 8), "short|0|少8人：人1、人2、人3等8人，扣100.00分 "
                                                 "short|0|少7人：人2、人3、人4等7人，扣100.00分 "
                                                 "short|1000|少6人：人3、人4、人5等6人，扣90.00分 "
                                                 "short|1000|少5人：人4、人5、人6等5人，扣90.00分 "
                                                 "short|4000|少4人：人5、人6、人7等4人，扣60.00分 "
                                                 "short|4000|少3人：人6、人7、人8，扣60.00分 "
                                                 "short|7000|少2人：人7、人8，扣30.00分 "
                                                 "short|7000|少1人：人8，扣30.00分 met|10000| ");
    assert_string_equal(rows("SELECT rule_text FROM indicator"), "每少2人扣30分，扣完为止 ");
}

/* Steps at 5 and 8 of 10: below, at and above each. */
static void rule_steps(void **state)
{
    (void)state;
    scores_of(STEPS, 11, 10);
    assert_string_equal(rows("SELECT score FROM result_indicator ORDER BY unit_id"),
                        "0 0 0 0 0 4000 4000 4000 7500 7500 7500 ");
    assert_string_equal(rows("SELECT rule_text FROM indicator"), "完成率达到80%得75%，达到50%得40%，否则不得分 ");
}

/* 0.6 for every two done, at most 1; a bonus has no full mark, never falls short, and counts on top. */
static void rule_bonus(void **state)
{
    (void)state;
    begin_activity(6);
    for (int unit = 1; unit <= 6; unit++) {
        ask("a", unit, 1, "1");
        ask("b", unit, 5, "1");
        answer("b", unit, unit - 1, "1");
    }
    const char *both = arena_print(arena, "%s%s", indicator("a", "1", "subjects", "<rule kind=\"all\"/>"),
                                   indicator("b", "0", "subjects", BONUS));
    run(scheme(mechanism("m", "100", both)));
    assert_string_equal(rows("SELECT status, full, score, actual_text, reason FROM result_indicator"
                             " WHERE indicator_id = 'b' ORDER BY unit_id"),
                        "met|0|0|0人| met|0|0|1人| met|0|60|2人| met|0|60|3人| met|0|100|4人| met|0|100|5人| ");
    assert_string_equal(rows("SELECT full, bonus, score FROM result_total WHERE unit_id = 6"), "10000|100|100 ");
    assert_string_equal(rows("SELECT full, score FROM result_measure WHERE unit_id = 6"), "10000|0 ");
}

/* The cap of the total (101) cuts the later bonus, visibly, so that rows still add up. */
static void bonus_under_total_cap(void **state)
{
    (void)state;
    begin_activity(1);
    ask("a", 1, 1, "1");
    answer("a", 1, 1, "1");
    ask("b", 1, 5, "1");
    answer("b", 1, 2, "1");
    ask("c", 1, 5, "1");
    answer("c", 1, 5, "1");
    const char *all = arena_print(arena, "%s%s%s", indicator("a", "1", "subjects", "<rule kind=\"all\"/>"),
                                  indicator("b", "0", "subjects", BONUS), indicator("c", "0", "subjects", BONUS));
    run(scheme(mechanism("m", "100", all)));
    assert_string_equal(rows("SELECT score, reason FROM result_indicator ORDER BY indicator_id"),
                        "10000| 60| 40|应加1.00分，总分以101分为限 ");
    assert_string_equal(rows("SELECT bonus, score, grade FROM result_total"), "100|10100|好 ");
}

/* Indicators 60, the superior 20, the vote 20. Unit 1 has all; unit 2 no valid ballot; unit 3 no mark but its indicators. */
static const char *sourced(const char *missing, const char *kind)
{
    const char *marks = arena_print(
        arena,
        "</grades><sources indicators=\"60\" missing=\"%s\"><mark id=\"superior\" title=\"上级\" weight=\"20\" "
        "kind=\"%s\">"
        "SELECT unit_id, 'rec', key, date, '上级', amount, 1, 1, '' FROM activity.rec WHERE indicator = 's'</mark>"
        "<mark id=\"vote\" title=\"测评\" weight=\"20\" kind=\"mean\">SELECT unit_id, 'rec', key, date, '票', amount, "
        "need, counted,"
        " iif(counted, '', '废票') FROM activity.rec JOIN activity.ballot USING (unit_id, key) WHERE indicator = "
        "'v'</mark>"
        "</sources>",
        missing, kind);
    const char *one = mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"proportional\"/>"));
    return with(scheme(one), "</grades>", marks);
}

static void sources(void **state)
{
    (void)state;
    begin_activity(3);
    activity("CREATE TABLE ballot (unit_id, key, need);"
             "INSERT INTO rec (indicator, year, unit_id, subject, key, amount, counted) VALUES ('s', 2020, 1, '', "
             "'s1', 90, 1),"
             " ('s', 2020, 2, '', 's1', 80, 1), ('v', 2020, 1, '', 'v1', 100, 1), ('v', 2020, 1, '', 'v2', 60, 1),"
             " ('v', 2020, 1, '', 'v3', 0, 0), ('v', 2020, 2, '', 'v1', 100, 1), ('v', 2020, 2, '', 'v3', 0, 0);"
             "INSERT INTO ballot VALUES (1, 'v1', 2), (1, 'v2', 1), (1, 'v3', 9), (2, 'v1', 0), (2, 'v3', 5)");
    for (int unit = 1; unit <= 3; unit++) {
        ask("a", unit, 2, "1");
        answer("a", unit, 1, "1");
    }
    static const char result[] =
        "SELECT source_id, status, mark, full, score FROM result_source ORDER BY unit_id, source_id";
    run(sourced("share", "mean"));
    assert_string_equal(rows(result), "indicators|scored|5000|6000|3000 superior|scored|9000|2000|1800"
                                      " vote|scored|8667|2000|1733 indicators|scored|5000|7500|3750"
                                      " superior|scored|8000|2500|2000 vote|missing|-|0|-"
                                      " indicators|scored|5000|10000|5000 superior|missing|-|0|- vote|missing|-|0|- ");
    assert_string_equal(rows("SELECT score, rank FROM result_total ORDER BY unit_id"), "6533|1 5750|2 5000|3 ");
    assert_string_equal(rows("SELECT count(*), sum(counted) FROM source_record"), "7|5 ");
    run(sourced("nothing", "mean"));
    assert_string_equal(rows("SELECT score FROM result_total ORDER BY unit_id"), "6533 4600 3000 ");
    run(sourced("share", "deduct")); /* findings that cost 90 and 80 points */
    assert_string_equal(rows("SELECT mark FROM result_source WHERE source_id = 'superior' ORDER BY unit_id"),
                        "1000 2000 - ");
    assert_null(load(with(sourced("share", "mean"), "indicators=\"60\"", "indicators=\"50\"")));
    assert_non_null(strstr(diagnostics(), "ASSESS_SOURCES"));
}

/* 30 % of ten units are three; a tie across the edge falls below together; a group of two still has a best one; the threshold
 * holds as well. Unit n reaches n - 1 of `count` (percents 0, 10 … of ten). */
static void quotas(void **state)
{
    (void)state;
    const char *quota = "<grade name=\"好\" from=\"50\" quota=\"30\"/>";
    const char *one = mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"proportional\"/>"));
    const char *xml = with(scheme(one), "<grade name=\"好\" from=\"90\"/>", quota);
    xml = with(xml, "from=\"60\"", "from=\"50\"");
    begin_activity(10);
    for (int unit = 1; unit <= 10; unit++) {
        ask("a", unit, 10, "1");
        answer("a", unit, unit, "1");
    }
    run(xml);
    assert_string_equal(rows("SELECT grade FROM result_total ORDER BY unit_id"),
                        "差 差 差 差 一般 一般 一般 好 好 好 ");
    activity(
        "UPDATE rec SET counted = 0 WHERE unit_id = 8 AND subject = (SELECT max(subject) FROM rec WHERE unit_id = 8)");
    run(xml); /* units 7 and 8 both have 70: they are places 3 and 4 */
    assert_string_equal(rows("SELECT grade FROM result_total ORDER BY unit_id"),
                        "差 差 差 差 一般 一般 一般 一般 好 好 ");
    begin_activity(2);
    for (int unit = 1; unit <= 2; unit++) {
        ask("a", unit, 10, "1");
        answer("a", unit, 8 + unit, "1");
    }
    run(xml);
    assert_string_equal(rows("SELECT grade FROM result_total ORDER BY unit_id"), "一般 好 ");
    assert_null(load(with(xml, "name=\"差\" from=\"0\"", "name=\"差\" from=\"0\" quota=\"50\"")));
    assert_non_null(strstr(diagnostics(), "ASSESS_QUOTA_END"));
}

/* Amounts: half days count, and what one does too much does not help another. */
static void amounts(void **state)
{
    (void)state;
    begin_activity(3);
    for (int unit = 1; unit <= 3; unit++)
        ask("a", unit, 2, "5");
    answer("a", 1, 2, "2.5");
    answer("a", 2, 1, "100");
    answer("a", 3, 2, "5.0");
    run(scheme(mechanism("m", "100", indicator("a", "1", "amount", "<rule kind=\"proportional\"/>"))));
    assert_string_equal(rows("SELECT actual_text, score, reason FROM result_indicator ORDER BY unit_id"),
                        "5/10人|5000|少5人，扣50.00分 5/10人|5000|少5人，扣50.00分 10/10人|10000| ");
    activity("UPDATE rec SET amount = 3.7");
    run(scheme(mechanism("m", "100", indicator("a", "1", "amount", "<rule kind=\"proportional\"/>"))));
    assert_string_equal(rows("SELECT actual_text, reason FROM result_indicator WHERE unit_id = 1"),
                        "7.4/10人|少2.6人，扣26.00分 ");
    assert_string_equal(rows("SELECT need, done FROM subject WHERE unit_id = 1"), "5000|3700 5000|3700 ");
}

/* Marks in per cent; without one the indicator is left out and its weight goes to the other. */
static void marks(void **state)
{
    (void)state;
    begin_activity(3);
    for (int unit = 1; unit <= 3; unit++) {
        ask("a", unit, 1, "1");
        answer("a", unit, 1, "1");
        ask("b", unit, 1, "100");
    }
    answer("b", 1, 1, "92.5");
    answer("b", 2, 1, "100");
    const char *both = arena_print(arena, "%s%s", indicator("a", "1", "subjects", "<rule kind=\"all\"/>"),
                                   indicator("b", "3", "amount", "<rule kind=\"mark\"/>"));
    run(scheme(mechanism("m", "100", both)));
    assert_string_equal(rows("SELECT status, full, score, actual_text, reason FROM result_indicator"
                             " WHERE indicator_id = 'b' ORDER BY unit_id"),
                        "short|7500|6938|92.5分|评92.5分，扣5.62分 met|7500|7500|100分| unmarked|0|-|未评分| ");
    assert_string_equal(rows("SELECT full, score FROM result_total ORDER BY unit_id"),
                        "10000|9438 10000|10000 10000|10000 ");
    answer("b", 1, 1, "90"); /* two marks: their mean */
    run(scheme(mechanism("m", "100", both)));
    assert_string_equal(
        rows("SELECT score, actual_text FROM result_indicator WHERE unit_id = 1 AND indicator_id = 'b'"),
        "6844|91.25分 ");
}

/* ── Spreading ── */

static void spreading_adds_up(void **state)
{
    (void)state;
    begin_activity(3);
    static const char *const ids[] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < 5; i++) {
        ask(ids[i], 1, 3, "1"); /* everything applies */
        answer(ids[i], 1, 1, "1");
        if (i != 1)
            ask(ids[i], 2, 1, "1"); /* b does not */
        if (i == 3)
            ask(ids[i], 3, 1, "1"); /* d alone does: mechanisms m and o do not apply */
    }
    const char *rule = "<rule kind=\"proportional\"/>";
    const char *abc = arena_print(arena, "%s%s%s", indicator("a", "1", "subjects", rule),
                                  indicator("b", "1", "subjects", rule), indicator("c", "1", "subjects", rule));
    run(scheme(arena_print(arena, "%s%s%s", mechanism("m", "33.34", abc),
                           mechanism("n", "33.33", indicator("d", "7", "subjects", rule)),
                           mechanism("o", "33.33", indicator("e", "0.01", "subjects", rule)))));
    /* 33.34 over three: 11.11 each and one hundredth left, to the first. */
    assert_string_equal(rows("SELECT indicator_id, full, score FROM result_indicator WHERE unit_id = 1 ORDER BY 1"),
                        "a|1112|371 b|1111|370 c|1111|370 d|3333|1111 e|3333|1111 ");
    assert_string_equal(rows("SELECT indicator_id, status, full FROM result_indicator WHERE unit_id = 2 ORDER BY 1"),
                        "a|short|1667 b|not-applicable|0 c|short|1667 d|short|3333 e|short|3333 ");
    assert_string_equal(rows("SELECT indicator_id, full, score FROM result_indicator WHERE unit_id = 3 ORDER BY 1"),
                        "a|0|- b|0|- c|0|- d|10000|0 e|0|- ");
    assert_string_equal(rows("SELECT mechanism_id, full, score, percent FROM result_mechanism WHERE unit_id = 3"),
                        "m|0|-|- n|10000|0|0 o|0|-|- ");
    assert_string_equal(rows("SELECT measure_id, status FROM result_measure WHERE unit_id = 3"),
                        "m|not-applicable n|short o|not-applicable ");
    assert_string_equal(rows("SELECT actual_text, reason, target FROM result_indicator WHERE unit_id = 3 AND full = 0"),
                        "不适用||- 不适用||- 不适用||- 不适用||- ");
}

static void kinds_that_do_not_apply(void **state)
{
    (void)state;
    begin_activity(2);
    activity("UPDATE unit SET kind = 'municipal' WHERE id = 2");
    ask("a", 1, 1, "1");
    ask("a", 2, 1, "1");
    run(scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"all\"/>"))));
    assert_string_equal(rows(SCORES), "short|0|少1人：人1，扣100.00分 not-applicable|-| ");
    /* Nothing applies to unit 2: no full mark, so no score, grade or rank. */
    assert_string_equal(rows("SELECT status, full, score, grade, rank, rank_of FROM result_total"),
                        "scored|10000|0|差|1|1 no-data|0|-|-|-|1 ");
}

static void units_without_data(void **state)
{
    (void)state;
    begin_activity(2);
    activity("DELETE FROM present WHERE unit_id = 2");
    ask("a", 1, 1, "1");
    ask("a", 2, 1, "1");
    answer("a", 2, 1, "1");
    run(scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"all\"/>"))));
    assert_string_equal(
        rows("SELECT status, target, full, score, actual_text, reason FROM result_indicator WHERE unit_id = 2"),
        "no-data|-|0|-|无数据| ");
    assert_string_equal(rows("SELECT status, full, score FROM result_measure WHERE unit_id = 2"), "no-data|0|- ");
    assert_string_equal(rows("SELECT full, score, percent FROM result_mechanism WHERE unit_id = 2"), "0|-|- ");
    assert_string_equal(rows("SELECT status, score, grade, rank, rank_of FROM result_total WHERE unit_id = 2"),
                        "no-data|-|-|-|1 ");
    assert_string_equal(rows("SELECT count(*) FROM subject WHERE unit_id = 2"), "0 ");
}

/* ── Ranks, grades, years ── */

static void ranks_and_grades(void **state)
{
    (void)state;
    begin_activity(101); /* 1–99 in G, 100 and 101 in H */
    activity("UPDATE unit SET assess_group = NULL WHERE id BETWEEN 6 AND 99");
    static const int answered[] = {9, 10, 9, 6, 5}; /* of ten */
    for (int unit = 1; unit <= 5; unit++) {
        ask("a", unit, 10, "1");
        answer("a", unit, answered[unit - 1], "1");
    }
    ask("a", 100, 10000, "1");
    answer("a", 100, 8999, "1");
    ask("a", 101, 10000, "1");
    answer("a", 101, 5999, "1");
    run(scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"proportional\"/>"))));
    assert_string_equal(rows("SELECT unit_id, score, grade, rank, rank_of FROM result_total"),
                        "1|9000|好|2|5 2|10000|好|1|5 3|9000|好|2|5 4|6000|一般|4|5 5|5000|差|5|5 "
                        "100|8999|一般|1|2 101|5999|差|2|2 ");
}

/* Units 1 to `count`, all but the first in one group with results from 1 per mille up; the last has no data. */
static void run_group(int count)
{
    begin_activity(count + 1);
    activity(arena_print(
        arena,
        "UPDATE unit SET assess_group = 'G' WHERE kind = 'county'; UPDATE unit SET assess_group = 'H' WHERE id = 1;"
        "DELETE FROM present WHERE unit_id = %d",
        count + 1));
    for (int unit = 1; unit <= count; unit++) {
        ask("a", unit, 1000, "1");
        answer("a", unit, unit, "1");
    }
    run(scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"proportional\"/>"))));
}

static void a_large_group_is_sampled(void **state)
{
    (void)state;
    static const char OF_G[] = "SELECT count(*), count(score), min(place), max(place), min(score), max(score),"
                               " count(DISTINCT score) FROM peer WHERE group_id = 'G'";
    run_group(151); /* 150 with results in G, and one without: all are there */
    assert_string_equal(rows(OF_G), "151|150|1|151|20|1510|150 ");
    assert_string_equal(rows("SELECT peer_id, place, score FROM peer WHERE group_id = 'H'"), "1|1|10 ");
    run_group(152); /* 151: a hundred of them, the best and the last among them */
    assert_string_equal(rows(OF_G), "100|100|1|151|20|1520|100 ");
    assert_string_equal(rows("SELECT max(gap) FROM (SELECT place - lag(place) OVER (ORDER BY place) AS gap FROM peer"
                             " WHERE group_id = 'G')"),
                        "2 ");
}

#define KEPT "<target>目标</target><quote>对政治不合格的干部实行“一票否决”。</quote>"

static void veto_gives_the_lowest_grade(void **state)
{
    (void)state;
    begin_activity(2);
    ask("a", 1, 10, "1");
    answer("a", 1, 9, "1");
    ask("a", 2, 10, "1");
    answer("a", 2, 10, "1");
    const char *xml = scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"proportional\"/>")));
    run(with(with(with(xml, "counts=\"人\"", "counts=\"人\" veto=\"yes\""), "<target>目标</target>", KEPT),
             "title=\"举措\"", "title=\"健全领导班子和领导干部政治素质考察制度\""));
    assert_string_equal(rows("SELECT score, grade FROM result_total"), "9000|差 10000|好 ");
}

/* ── What is due by a day ── */

static void run_until(const char *xml, int month, int day)
{
    const AssessScheme *loaded = load(xml);
    AssessOptions options = {.activity_path = "activity.db",
                             .output_path = "out.db",
                             .year = 2020,
                             .as_of = {2020, month, day},
                             .program = "test",
                             .sql_seconds = 1};
    if (loaded == NULL || !assess_run(loaded, &options, diag))
        fail_msg("%s", diagnostics());
}

/* Of a year of 366 days: pro rata in whole people, or all from a month's end on; what is done beyond it is ahead. */
static void due_by_the_day(void **state)
{
    (void)state;
    begin_activity(2);
    ask("a", 1, 12, "1");
    answer("a", 1, 6, "1");
    ask("a", 2, 12, "1");
    answer("a", 2, 5, "1");
    const char *plain = scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"proportional\"/>")));
    static const struct {
        const char *due;
        int month, day;
        const char *expected; /* due, status, ahead, behind, score of both units */
    } cases[] = {
        {"each", 1, 1, "12000|short|0|6000|5000 12000|short|0|7000|4167 "},
        {"year", 1, 1, "0|met|6000|0|10000 0|met|5000|0|10000 "},
        {"year", 1, 30, "0|met|6000|0|10000 0|met|5000|0|10000 "},       /* 30 × 12 ÷ 366 = 0.98 */
        {"year", 1, 31, "1000|met|5000|0|10000 1000|met|4000|0|10000 "}, /* 31: 1.02 */
        {"year", 6, 30, "5000|met|1000|0|10000 5000|met|0|0|10000 "},    /* 182: 5.97 */
        {"year", 7, 1, "6000|met|0|0|10000 6000|short|0|1000|8333 "},    /* 183: 6 exactly */
        {"year", 12, 30, "11000|short|0|5000|5455 11000|short|0|6000|4545 "},
        {"year", 12, 31, "12000|short|0|6000|5000 12000|short|0|7000|4167 "},
        {"02", 2, 28, "0|met|6000|0|10000 0|met|5000|0|10000 "}, /* a leap year: the month ends on the 29th */
        {"02", 2, 29, "12000|short|0|6000|5000 12000|short|0|7000|4167 "},
        {"12", 12, 30, "0|met|6000|0|10000 0|met|5000|0|10000 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_until(with(plain, "mode=\"subjects\"", arena_print(arena, "mode=\"subjects\" due=\"%s\"", cases[i].due)),
                  cases[i].month, cases[i].day);
        const char *found = rows("SELECT due, status, ahead, shortfall, score FROM result_indicator ORDER BY unit_id");
        if (strcmp(found, cases[i].expected) != 0)
            fail_msg("%s on %d-%d: %s instead of %s", cases[i].due, cases[i].month, cases[i].day, found,
                     cases[i].expected);
    }
    run_until(with(plain, "mode=\"subjects\"", "mode=\"subjects\" due=\"year\""), 7, 1);
    assert_string_equal(rows("SELECT actual_text, reason FROM result_indicator WHERE unit_id = 2"),
                        "5/12人，应达6|少1人，扣16.67分 ");
}

/* ── Filings ── */

#define FILINGS                                                                                                        \
    "</presence><exemptions>SELECT unit_id, indicator, 'exemption', id, filed_date, matter, '' FROM "                  \
    "activity.exemption"                                                                                               \
    "</exemptions>"

static void file_exemption(int unit, const char *id)
{
    activity(
        arena_print(arena,
                    "INSERT INTO exemption (unit_id, matter, indicator, filed_date, act_date, decided_date, accepted)"
                    " VALUES (%d, '事项', '%s', '2020-03-01', '2020-03-02', '2020-04-01', 1)",
                    unit, id));
}

/* Unit 1 is short on a, whose weight goes to b; unit 2 is short too but has no filing; unit 3 has met it and keeps its marks. */
static void filings_release(void **state)
{
    (void)state;
    begin_activity(3);
    for (int unit = 1; unit <= 3; unit++) {
        ask("a", unit, 2, "1");
        ask("b", unit, 2, "1");
        answer("a", unit, unit == 3 ? 2 : 1, "1");
        answer("b", unit, 1, "1");
    }
    file_exemption(1, "a");
    file_exemption(3, "a");
    file_exemption(2, "nothing");
    const char *both = arena_print(arena, "%s%s", indicator("a", "3", "subjects", "<rule kind=\"proportional\"/>"),
                                   indicator("b", "1", "subjects", "<rule kind=\"proportional\"/>"));
    const char *xml = with(scheme(mechanism("m", "100", both)), "</presence>", FILINGS);
    run(xml);
    assert_string_equal(rows("SELECT unit_id, indicator_id, status, full, score, actual_text FROM result_indicator"),
                        "1|a|exempt|0|-|容错免责 1|b|short|10000|5000|1/2人 2|a|short|7500|3750|1/2人 "
                        "2|b|short|2500|1250|1/2人 3|a|met|7500|7500|2/2人 3|b|short|2500|1250|1/2人 ");
    assert_string_equal(rows("SELECT unit_id, reason FROM result_indicator WHERE status = 'exempt'"),
                        "1|已事前备案，不计分 ");
    assert_string_equal(rows("SELECT unit_id, source, counted, note FROM evidence WHERE subject = ''"),
                        "1|exemption|0|容错免责，本项不计 3|exemption|0|容错免责，本项不计 ");
    assert_string_equal(rows("SELECT unit_id, score FROM result_total"), "1|5000 2|5000 3|8750 ");
    assert_non_null(strstr(diagnostics(), "exemption#3 names the indicator nothing"));
    assert_int_equal(diag_count(diag), 1);
}

/* Political quality is never released, nor what only adds. */
static void filings_do_not_release(void **state)
{
    (void)state;
    begin_activity(1);
    ask("a", 1, 1, "1");
    ask("b", 1, 1, "1");
    file_exemption(1, "a");
    file_exemption(1, "b");
    const char *both = arena_print(arena, "%s%s", indicator("a", "3", "subjects", "<rule kind=\"all\"/>"),
                                   with(indicator("b", "0", "subjects", BONUS), "目标", "加分"));
    const char *xml = with(scheme(mechanism("m", "100", both)), "</presence>", FILINGS);
    xml = with(xml, "weight=\"3\" counts=\"人\"", "weight=\"3\" counts=\"人\" veto=\"yes\"");
    run(with(with(xml, "<target>目标</target>", KEPT), "title=\"举措\"",
             "title=\"健全领导班子和领导干部政治素质考察制度\""));
    assert_string_equal(rows("SELECT indicator_id, status FROM result_indicator"), "a|short b|met ");
    assert_string_equal(rows("SELECT grade FROM result_total"), "差 ");
    assert_string_equal(rows("SELECT note FROM evidence WHERE subject = ''"),
                        "政治素质不适用容错免责 加分项不适用容错免责 ");
}

/* ── Records entered twice ── */

static void entered_twice_counts_once(void **state)
{
    (void)state;
    begin_activity(1);
    ask("a", 1, 1, "3");
    activity(
        "INSERT INTO rec (indicator, year, unit_id, subject, key, date, amount, counted, note) VALUES"
        " ('a', 2020, 1, 's1', 20, '2020-06-01', 1, 1, ''), ('a', 2020, 1, 's1', 9, '2020-06-01', 1, 1, ''),"
        " ('a', 2020, 1, 's1', 30, '2020-06-02', 1, 1, ''), ('a', 2020, 1, 's1', 8, '2020-06-01', 1, 0, '另有原因')");
    const char *xml = scheme(mechanism("m", "100", indicator("a", "1", "amount", "<rule kind=\"proportional\"/>")));
    xml = with(xml, "'记录' || key", "'同一次会议'");
    run(xml); /* not asked to look: three records */
    assert_string_equal(rows("SELECT actual FROM result_indicator"), "3000 ");
    run(with(xml, "<records>", "<records duplicates=\"once\">"));
    assert_string_equal(rows("SELECT actual FROM result_indicator"), "2000 ");
    assert_string_equal(rows("SELECT source_key, counted, note FROM evidence ORDER BY CAST(source_key AS INTEGER)"),
                        "8|0|另有原因 9|1| 20|0|与rec#9重复 30|1| ");
}

/* Earlier years by the same scheme, each with its own data; evidence of the assessed year only. */
static void trend(void **state)
{
    (void)state;
    begin_activity(2);
    activity(
        "INSERT INTO present VALUES (2019, 1), (2018, 1), (2018, 2);"
        "INSERT INTO ask SELECT 'a', n.year, n.unit_id, 's' || i, '人', 1 FROM present n, (SELECT 1 i UNION SELECT 2);"
        "INSERT INTO ask VALUES ('a', 2019, 2, 's1', '人', 1);"
        "INSERT INTO rec VALUES ('a', 2019, 1, 's1', 1, '2019-12-31', 1, 1, ''),"
        " ('a', 2020, 1, 's1', 2, '2020-01-01', 1, 1, ''), ('a', 2020, 1, 's2', 3, '2020-12-31', 1, 1, '')");
    const char *xml = scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"proportional\"/>")));
    /* A stored view is computed for each year anew. */
    xml = with(xml, "<views></views>", "<views><view name=\"now\" key=\"year\">SELECT year FROM period</view></views>");
    xml = with(xml, "activity.present n, period p", "activity.present n, now p");
    run(with(xml, "trend-years=\"1\"", "trend-years=\"3\""));
    assert_string_equal(rows("SELECT unit_id, year, status, score, rank, rank_of FROM result_total"),
                        "1|2018|scored|0|1|2 1|2019|scored|5000|1|1 1|2020|scored|10000|1|2 "
                        "2|2018|scored|0|1|2 2|2019|no-data|-|-|1 2|2020|scored|0|2|2 ");
    assert_string_equal(rows("SELECT count(*), min(date) FROM evidence"), "2|2020-01-01 ");
    assert_string_equal(rows("SELECT value FROM meta WHERE key IN ('year', 'as_of') ORDER BY 1"), "2020 2020-12-31 ");
}

/* ── Evidence and extracts ── */

static void evidence_and_extracts(void **state)
{
    (void)state;
    begin_activity(2);
    ask("a", 1, 2, "1");
    activity(
        "INSERT INTO rec VALUES ('a', 2020, 1, 's2', 7, '2020-03-01', 1, 0, '重复'),"
        " ('a', 2020, 1, 's1', 8, NULL, 1, 1, NULL), ('a', 2020, 1, 'nobody', 9, '2020-03-01', 1, 1, ''),"
        " ('a', 2020, 77, 's1', 10, '2020-03-01', 1, 1, '');"
        "INSERT INTO narrative VALUES (2, 2020, 'work', 1, '一', NULL, NULL), (1, 2020, 'work', 1, '二', NULL, NULL),"
        " (1, 2020, 'work', 2, '三', NULL, NULL), (1000, 2020, 'work', 1, '四', NULL, NULL)");
    const char *xml = scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"all\"/>")));
    run(with(xml, "<mechanism ",
             "<extract name=\"words\">SELECT unit_id, text, ordinal * 0.5 AS half FROM activity.narrative"
             " ORDER BY ordinal DESC</extract><mechanism "));
    assert_string_equal(rows("SELECT subject, source, source_key, date, label, amount, counted, note FROM evidence"),
                        "s1|rec|8|-|记录8|1000|1| s2|rec|7|2020-03-01|记录7|1000|0|重复 ");
    assert_string_equal(rows("SELECT subject, label, need, done FROM subject"), "s1|人1|1000|1000 s2|人2|1000|0 ");
    assert_string_equal(rows("SELECT * FROM x_words ORDER BY rowid"), "1|三|1.0 1|二|0.5 2|一|0.5 ");
    assert_string_equal(rows("SELECT name FROM sqlite_schema WHERE name = 'x_words_unit'"), "x_words_unit ");
}

/* A shortfall of the unit itself names nobody. */
static void reason_without_names(void **state)
{
    (void)state;
    begin_activity(1);
    activity("INSERT INTO ask VALUES ('a', 2020, 1, 1, '单位1', 1)");
    run(scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"all\"/>"))));
    assert_string_equal(rows("SELECT reason FROM result_indicator"), "少1人，扣100.00分 ");
}

/* ── Files ── */

static const char *file_bytes(size_t *length)
{
    return file_read(arena, "out.db", 1 << 26, length, diag);
}

static void same_input_same_bytes(void **state)
{
    (void)state;
    begin_activity(3);
    for (int unit = 1; unit <= 3; unit++) {
        ask("a", unit, 9, "1");
        answer("a", unit, unit * 3, "1");
    }
    const char *xml = scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"proportional\"/>")));
    size_t first_length, second_length;
    run(xml);
    const char *first = file_bytes(&first_length);
    const char *hashes = rows("SELECT data_hash FROM unit ORDER BY ordinal");
    /* The order in which rows stand never matters. */
    activity("CREATE TABLE other AS SELECT * FROM rec ORDER BY key DESC; DELETE FROM rec;"
             "INSERT INTO rec SELECT * FROM other; DROP TABLE other; VACUUM");
    run(xml);
    const char *second = file_bytes(&second_length);
    assert_int_equal(first_length, second_length);
    assert_memory_equal(first, second, first_length);
    /* A new note moves the hash of its unit and no other. */
    activity("UPDATE rec SET note = '改' WHERE key = 201");
    run(xml);
    const char *changed = rows("SELECT data_hash FROM unit ORDER BY ordinal");
    assert_memory_equal(hashes, changed, 65);
    assert_memory_not_equal(hashes + 65, changed + 65, 65);
    assert_memory_equal(hashes + 130, changed + 130, 65);
}

static int entries(void)
{
    DIR *dir = opendir(".");
    int count = 0;
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

/* A failing run says `said` at a place in the scheme, leaves the old file as it was and nothing beside it. */
static void expect_failure(const char *xml, const char *said)
{
    assert_true(file_write("out.db", "old", 3, diag));
    assert_true(file_write("s.xml", "", 0, diag));
    int before = entries();
    diag_clear(diag);
    assert_false(try_run(xml));
    static const char place[] = "s.xml:1:";
    const char *text = strstr(diagnostics(), " error: ");
    if (strncmp(diagnostics(), place, strlen(place)) != 0 || strncmp(text + 8, said, strlen(said)) != 0)
        fail_msg("%s instead of %s", diagnostics(), said);
    size_t length;
    assert_string_equal(file_bytes(&length), "old");
    assert_int_equal(entries(), before);
}

static void rows_that_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *change, *said;
    } cases[] = {
        {"UPDATE ask SET subject = NULL WHERE unit_id = 2",
         "row 2 of a demand (year 2020): subject is NULL, allowed: TEXT"},
        {"UPDATE ask SET label = NULL WHERE unit_id = 2", "row 2 of a demand (year 2020): label is NULL"},
        {"UPDATE ask SET need = -1 WHERE unit_id = 1",
         "row 1 of a demand (year 2020): need is -1, allowed: 0–100000000"},
        {"UPDATE ask SET need = 'two' WHERE unit_id = 1", "row 1 of a demand (year 2020): need is 'two'"},
        {"UPDATE ask SET need = 9e999 WHERE unit_id = 1", "row 1 of a demand (year 2020): need is "},
        {"UPDATE ask SET need = NULL WHERE unit_id = 1", "row 1 of a demand (year 2020): need is NULL"},
        {"UPDATE ask SET unit_id = '1' WHERE unit_id = 1", "row 1 of a demand (year 2020): unit_id is '1'"},
        {"INSERT INTO ask SELECT * FROM ask WHERE unit_id = 2", "a demand gives “s1” of unit u2 twice (year 2020)"},
        {"UPDATE rec SET amount = 100000001", "row 1 of a records (year 2020): amount is 100000001"},
        {"UPDATE rec SET counted = 2", "row 1 of a records (year 2020): counted is 2, allowed: 0, 1"},
        {"UPDATE rec SET key = NULL", "row 1 of a records (year 2020): source_key is NULL"},
        {"UPDATE unit SET assess_group = NULL", "the scheme's units statement finds no unit in 2020"},
    };
    const char *xml = scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"all\"/>")));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin_activity(2);
        ask("a", 1, 1, "1");
        ask("a", 2, 1, "1");
        answer("a", 1, 1, "1");
        activity(cases[i].change);
        expect_failure(xml, cases[i].said);
    }
}

static void marks_over_a_hundred(void **state)
{
    (void)state;
    begin_activity(1);
    ask("a", 1, 1, "100");
    answer("a", 1, 1, "100.5");
    expect_failure(scheme(mechanism("m", "100", indicator("a", "1", "amount", "<rule kind=\"mark\"/>"))),
                   "row 1 of a records (year 2020): amount is 100.5, allowed: 0–100");
}

static void sql_that_never_ends(void **state)
{
    (void)state;
    begin_activity(1);
    const char *xml = scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"all\"/>")));
    expect_failure(with(xml, "FROM activity.ask a, period p",
                        "FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                        " SELECT 1 AS unit_id, i AS subject, '' AS label, 1 AS need, 'a' AS indicator, 2020 AS year"
                        " FROM n WHERE i = 0) a, period p"),
                   "SQL of a demand did not end within 1 seconds (year 2020)");
}

static void missing_database(void **state)
{
    (void)state;
    unlink("activity.db");
    int before = entries() + 1; /* the scheme */
    assert_false(try_run(scheme(mechanism("m", "100", indicator("a", "1", "subjects", "<rule kind=\"all\"/>")))));
    assert_non_null(strstr(diagnostics(), "activity.db"));
    assert_int_equal(entries(), before);
}

/* ── Properties over random data ── */

static unsigned random_state;

static int random_below(int limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (int)((random_state >> 8) % (unsigned)limit);
}

static const char *random_scheme(void)
{
    static const char *const rules[] = {"<rule kind=\"all\"/>", "<rule kind=\"proportional\"/>", DEDUCT, STEPS, BONUS};
    static const char *const ids[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    const char *mechanisms = "";
    for (int m = 0, i = 0; m < 3; m++) {
        const char *indicators = "";
        for (int k = 0; k < 3; k++, i++) {
            const char *rule = rules[(i + m) % 5];
            const char *weight =
                rule == rules[4] ? "0" : arena_print(arena, "%d.%02d", 1 + random_below(5), random_below(99));
            indicators = arena_print(arena, "%s%s", indicators,
                                     indicator(ids[i], weight, random_below(2) ? "subjects" : "amount", rule));
        }
        static const char *const weights[] = {"33.37", "41.5", "25.13"};
        mechanisms =
            arena_print(arena, "%s%s", mechanisms, mechanism(arena_print(arena, "m%d", m), weights[m], indicators));
    }
    return scheme(mechanisms);
}

/* Some indicators do not apply to some units; needs and amounts with three decimals. */
static void random_data(int units)
{
    begin_activity(units);
    Buf sql = {0};
    for (int unit = 1; unit <= units; unit++)
        for (char id = 'a'; id <= 'i'; id++) {
            int subjects = random_below(8);
            for (int s = 0; s < subjects; s++) {
                buf_print(&sql, "INSERT INTO ask VALUES ('%c', 2020, %d, %d, '人', %d.%03d);", id, unit, s,
                          random_below(3), random_below(1000));
                if (random_below(3) > 0)
                    buf_print(&sql, "INSERT INTO rec VALUES ('%c', 2020, %d, %d, 1, NULL, %d.%03d, %d, '');", id, unit,
                              s, random_below(3), random_below(1000), random_below(5) > 0);
            }
        }
    activity(buf_cstring(&sql));
    buf_free(&sql);
}

/* Rows add up exactly, and one more counted record never lowers a total. */
static void properties(void **state)
{
    (void)state;
    enum { UNITS = 20, ROUNDS = 8 };
    for (unsigned seed = 1; seed <= ROUNDS; seed++) {
        random_state = seed;
        const char *xml = random_scheme();
        random_data(UNITS);
        run(xml);
        check_sums();
        activity("CREATE TABLE before (unit_id INTEGER PRIMARY KEY, score); ATTACH 'out.db' AS out;"
                 "INSERT INTO before SELECT unit_id, score FROM out.result_total");
        activity("INSERT INTO rec SELECT indicator, 2020, unit_id, subject, 2, NULL, 0.75, 1, '' FROM ask"
                 " WHERE rowid % 7 = 3");
        run(xml);
        check_sums();
        activity("ATTACH 'out.db' AS out; CREATE TABLE lowered AS SELECT 1 FROM out.result_total t JOIN before b"
                 " USING (unit_id) WHERE t.score < b.score");
        activity("CREATE TABLE none (n CHECK (n = 0)); INSERT INTO none SELECT count(*) FROM lowered");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rule_all),
        TEST(rule_proportional),
        TEST(rule_deduct),
        TEST(rule_steps),
        TEST(rule_bonus),
        TEST(bonus_under_total_cap),
        TEST(sources),
        TEST(quotas),
        TEST(amounts),
        TEST(marks),
        TEST(spreading_adds_up),
        TEST(kinds_that_do_not_apply),
        TEST(units_without_data),
        TEST(ranks_and_grades),
        TEST(a_large_group_is_sampled),
        TEST(veto_gives_the_lowest_grade),
        TEST(due_by_the_day),
        TEST(filings_release),
        TEST(filings_do_not_release),
        TEST(entered_twice_counts_once),
        TEST(trend),
        TEST(evidence_and_extracts),
        TEST(reason_without_names),
        TEST(same_input_same_bytes),
        TEST(rows_that_are_refused),
        TEST(marks_over_a_hundred),
        TEST(sql_that_never_ends),
        TEST(missing_database),
        TEST(properties),
    };
    return cmocka_run_group_tests_name("assess", tests, NULL, NULL);
}
