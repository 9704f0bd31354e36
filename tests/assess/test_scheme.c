/* Schemes that are wrong: what is said, and at which line and column. */
#include "assess/check.h"

/* Every rule once; the mistakes below are made in this text, and lines and columns are counted in it. */
static const char GOOD[] =
    "<scheme xmlns=\"urn:shuzhi:scheme:1\" id=\"test\" title=\"方案\" trend-years=\"5\" total-cap=\"100\">\n"
    "  <source title=\"通知\" date=\"2020-12-23\"/>\n"
    "  <grades>\n"
    "    <grade name=\"好\" from=\"90\"/> <grade name=\"较好\" from=\"80\"/>\n"
    "    <grade name=\"差\" from=\"0\"/>\n"
    "  </grades>\n"
    "  <views>\n"
    "    <view name=\"leader\" key=\"unit_id\">SELECT unit_id, person_id FROM activity.post, period</view>\n"
    "    <view name=\"deputy\">SELECT * FROM leader</view>\n"
    "  </views>\n"
    "  <units>SELECT id, code, name, kind, kind, kind, kind, name FROM activity.unit; -- all\n"
    "  </units>\n"
    "  <presence>SELECT unit_id, count(*) FROM activity.activity GROUP BY unit_id</presence>\n"
    "  <extract name=\"problem\">SELECT unit_id, text AS words, 1 AS one FROM activity.problem</extract>\n"
    "  <mechanism id=\"m1\" title=\"机制\" short-title=\"机\" weight=\"60\">\n"
    "    <measure id=\"1\" title=\"举措\">\n"
    "      <indicator id=\"1.1\" title=\"甲\" applies=\"county municipal\" weight=\"2\" counts=\"人\">\n"
    "        <target>每人1次</target>\n"
    "        <quote>党员领导干部</quote>\n"
    "        <demand mode=\"subjects\">SELECT unit_id, person_id, 'x', 1\n"
    "          FROM leader WHERE 1 &lt; 2 AND person_id &gt; 0</demand>\n"
    "        <records><![CDATA[SELECT 1, 2, 3, 4, 5, 6, 7, 8, 9\n"
    "          FROM leader WHERE 1 < 2]]></records>\n"
    "        <rule kind=\"deduct\" each=\"1\" points=\"0.5\"/>\n"
    "      </indicator>\n"
    "      <indicator id=\"1.2\" title=\"乙\" applies=\"county\" weight=\"1\" counts=\"次\">\n"
    "        <target>全部</target>\n"
    "        <demand mode=\"amount\">SELECT 1, 2, 3, 4</demand>\n"
    "        <records>SELECT 1, 2, 3, 4, 5, 6, 7, 8, 9</records>\n"
    "        <rule kind=\"steps\"><step at=\"0.5\" share=\"0.6\"/><step at=\"1\" share=\"1\"/></rule>\n"
    "      </indicator>\n"
    "    </measure>\n"
    "  </mechanism>\n"
    "  <mechanism id=\"m2\" title=\"机制\" short-title=\"机\" weight=\"40\">\n"
    "    <measure id=\"8\" title=\"健全领导班子和领导干部政治素质考察制度\">\n"
    "      <indicator id=\"8.1\" title=\"丙\" applies=\"county\" weight=\"1\" counts=\"人\" veto=\"yes\">\n"
    "        <target>全部</target><quote>对政治不合格的干部实行“一票否决”。</quote>\n"
    "        <demand mode=\"amount\">SELECT 1, 2, 3, 4</demand>\n"
    "        <records>SELECT 1, 2, 3, 4, 5, 6, 7, 8, 9</records>\n"
    "        <rule kind=\"mark\"/>\n"
    "      </indicator>\n"
    "      <indicator id=\"8.2\" title=\"丁\" applies=\"county\" weight=\"0\" counts=\"项\">\n"
    "        <target>加分</target>\n"
    "        <demand mode=\"subjects\">SELECT 1, 2, 3, 4</demand>\n"
    "        <records>SELECT 1, 2, 3, 4, 5, 6, 7, 8, 9</records>\n"
    "        <rule kind=\"bonus\" each=\"1\" points=\"0.5\" cap=\"2\"/>\n"
    "      </indicator>\n"
    "    </measure>\n"
    "  </mechanism>\n"
    "</scheme>\n";

typedef struct Mistake {
    const char *from, *to; /* in GOOD */
    const char *said;
} Mistake;

/* Makes each mistake alone and compares the diagnostics with `said`, of which the hint and code are left out. */
static void expect_said(const Mistake *mistakes, size_t count, bool (*try)(const char *xml))
{
    for (size_t i = 0; i < count; i++) {
        diag_clear(diag);
        if (try(with(GOOD, mistakes[i].from, mistakes[i].to)))
            fail_msg("nothing was said about %s", mistakes[i].to);
        const char *said = diagnostics();
        if (strncmp(said, mistakes[i].said, strlen(mistakes[i].said)) != 0)
            fail_msg("for %s:\n%sinstead of\n%s", mistakes[i].to, said, mistakes[i].said);
        if (strchr(said, '\n') != said + strlen(said) - 1)
            fail_msg("for %s more than one:\n%s", mistakes[i].to, said);
    }
}

#define EXPECT_SAID(mistakes, try) expect_said((mistakes), sizeof(mistakes) / sizeof(mistakes)[0], (try))

static bool try_load(const char *xml)
{
    return load(xml) != NULL;
}

static bool try_check(const char *xml)
{
    const AssessScheme *loaded = load(xml);
    assert_non_null(loaded);
    return assess_check(loaded, NULL, diag);
}

static void good_scheme(void **state)
{
    (void)state;
    const AssessScheme *loaded = load(GOOD);
    if (loaded == NULL || !assess_check(loaded, NULL, diag))
        fail_msg("%s", diagnostics());
    assert_string_equal(assess_scheme_id(loaded), "test");
    assert_int_equal(strlen(assess_scheme_hash(loaded)), 64);
    assert_string_equal(diagnostics(), "");
}

static void names_and_weights(void **state)
{
    (void)state;
    static const Mistake mistakes[] = {
        {"id=\"1.2\"", "id=\"1.1\"", "s.xml:26:7: error: the indicator “1.1” is used twice"},
        {"measure id=\"8\"", "measure id=\"1\"", "s.xml:35:5: error: the measure “1” is used twice"},
        {"id=\"m2\"", "id=\"m1\"", "s.xml:34:3: error: the mechanism “m1” is used twice"},
        {"name=\"deputy\"", "name=\"leader\"", "s.xml:9:5: error: the view “leader” is used twice"},
        {"name=\"deputy\"", "name=\"period\"", "s.xml:9:5: error: the view name “period” is the program's own"},
        {"weight=\"40\"", "weight=\"40.01\"",
         "s.xml:1:1: error: the weights of the mechanisms add up to 100.01, not 100"},
        {"weight=\"2\"", "weight=\"0\"", "s.xml:17:7: error: 1.1 has weight 0"},
        {"name=\"较好\" from=\"80\"", "name=\"较好\" from=\"90\"",
         "s.xml:4:35: error: grade “较好” is not below the one before it"},
        {"name=\"较好\"", "name=\"好\"", "s.xml:4:35: error: the grade “好” is used twice"},
        {"from=\"0\"", "from=\"0.5\"",
         "s.xml:5:5: error: the last grade “差” begins at 0.5, so that some scores have none"},
        {"total-cap=\"100\"", "total-cap=\"99.99\"", "s.xml:1:1: error: total-cap 99.99 is under 100"},
    };
    EXPECT_SAID(mistakes, try_load);
}

static void rules(void **state)
{
    (void)state;
    static const Mistake mistakes[] = {
        {"each=\"1\" points=\"0.5\"/>", "each=\"0.000\" points=\"0.5\"/>", "s.xml:24:9: error: each is 0"},
        {"each=\"1\" points=\"0.5\"/>", "each=\"1\" points=\"0\"/>", "s.xml:24:9: error: points is 0"},
        {"each=\"1\" points=\"0.5\"/>", "each=\"1.5\" points=\"0.5\"/>",
         "s.xml:24:9: error: each=\"1.5\" where whole subjects are counted"},
        {"at=\"1\" share=\"1\"", "at=\"0.5\" share=\"1\"",
         "s.xml:30:56: error: step at=\"0.5\" is not above the one before"},
        {"at=\"1\" share=\"1\"", "at=\"1\" share=\"0.6\"",
         "s.xml:30:56: error: step at=\"1\" is not above the one before"},
        {"cap=\"2\"", "cap=\"0.4\"", "s.xml:46:9: error: cap 0.4 is less than points 0.5"},
        {"weight=\"0\"", "weight=\"1\"", "s.xml:42:7: error: bonus indicator 8.2 has a weight"},
        {"政治素质考察制度", "政治素质",
         "s.xml:36:7: error: 8.1 may not be a veto item: “除中央明确的事项外,不得新设‘一票否决’事项”"},
        {"实行“一票否决”", "实行处分",
         "s.xml:36:7: error: 8.1 may not be a veto item: “除中央明确的事项外,不得新设‘一票否决’事项”"},
    };
    EXPECT_SAID(mistakes, try_load);
}

static void mark_of_subjects(void **state)
{
    (void)state;
    const char *xml = with(GOOD, "<rule kind=\"deduct\" each=\"1\" points=\"0.5\"/>", "<rule kind=\"mark\"/>");
    assert_null(load(xml));
    assert_non_null(strstr(diagnostics(), "s.xml:17:7: error: a mark of 1.1 counts no subjects"));
}

/* All at once, so that one check shows them all. */
static void several_mistakes(void **state)
{
    (void)state;
    const char *xml = with(with(GOOD, "id=\"1.2\"", "id=\"1.1\""), "weight=\"40\"", "weight=\"30\"");
    assert_null(load(xml));
    assert_int_equal(diag_count(diag), 2);
}

static void sql_mistakes(void **state)
{
    (void)state;
    static const Mistake mistakes[] = {
        /* after an entity, on a line of its own: the column is that of the file */
        {"AND person_id &gt; 0", "AND persn_id &gt; 0",
         "s.xml:21:42: error: SQL of 1.1 demand: no such column: persn_id"},
        /* in CDATA, first line and later */
        {"SELECT 1, 2, 3, 4, 5, 6, 7, 8, 9\n", "SELECT 1, 2, 3, 4, 5, 6, 7, 8, z\n",
         "s.xml:22:58: error: SQL of 1.1 records: no such column: z"},
        {"WHERE 1 < 2]]>", "WERE 1 < 2]]>", "s.xml:23:28: error: SQL of 1.1 records: near \"1\": syntax error"},
        {"SELECT * FROM leader<", "SELECT * FROM <!-- who? -->leaders<",
         "s.xml:9:52: error: SQL of deputy: no such table: leaders"},
        {"key=\"unit_id\"", "key=\"unit\"", "s.xml:8:5: error: SQL of leader: "},
        {"FROM activity.problem", "", "s.xml:14:34: error: SQL of problem: no such column: unit_id"},
    };
    EXPECT_SAID(mistakes, try_check);
}

static void sql_that_does_more(void **state)
{
    (void)state;
    static const char allowed[] = "error: SQL of units may only read the activity database, views and period: ";
    static const struct {
        const char *sql, *refused;
    } cases[] = {
        {"DELETE FROM activity.unit", "DELETE activity.unit"},
        {"INSERT INTO temp.period VALUES (1, 2, 3, 4)", "INSERT temp.period"},
        {"UPDATE activity.unit SET code = 1 RETURNING 1", "UPDATE activity.unit"},
        {"DROP TABLE activity.unit", "DELETE activity.sqlite_master"},
        {"PRAGMA user_version", "PRAGMA user_version"},
        {"ATTACH 'x' AS y", "ATTACH x"},
        {"SELECT unit_id, code, name, kind, 5, 6, 7, 8 FROM unit", "SELECT main.unit"},
        {"SELECT 1, 2, 3, 4, 5, 6, 7, 8 FROM work.rule", "SELECT work.rule"},
        {"SELECT 1, 2, 3, 4, 5, 6, 7, load_extension('x')", "function load_extension"},
        {"EXPLAIN SELECT 1", "no SELECT"},
        {"BEGIN", "CREATE, DROP, … BEGIN"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        diag_clear(diag);
        const char *old = "SELECT id, code, name, kind, kind, kind, kind, name FROM activity.unit; -- all\n";
        assert_false(try_check(with(GOOD, old, cases[i].sql)));
        const char *said = strstr(diagnostics(), allowed);
        if (said == NULL || strncmp(said + strlen(allowed), cases[i].refused, strlen(cases[i].refused)) != 0)
            fail_msg("for %s: %s", cases[i].sql, diagnostics());
    }
}

static void sql_shape(void **state)
{
    (void)state;
    static const Mistake mistakes[] = {
        {"; -- all\n", "; SELECT 2\n", "s.xml:11:81: error: SQL of units is not exactly one statement"},
        {"SELECT id, code, name, kind, kind, kind, kind, name FROM activity.unit; -- all\n", "-- nothing\n",
         "s.xml:11:3: error: SQL of units is not exactly one statement"},
        {"SELECT id, code,", "SELECT id,", "s.xml:11:3: error: SQL of units returns 7 columns, not 8"},
        {"count(*) FROM", "count(*), 1 FROM", "s.xml:13:3: error: SQL of presence returns 3 columns, not 2"},
        {"text AS words", "text AS \"the words\"",
         "s.xml:14:3: error: SQL of problem: column the words needs a plain name"},
        {"1 AS one", "1 AS words", "s.xml:14:3: error: SQL of problem: column words needs a plain name"},
        {"SELECT unit_id, text", "SELECT id, text", "s.xml:14:3: error: SQL of problem: column id needs a plain name"},
        {"FROM activity.problem", "FROM activity.problem WHERE closed_date &lt; date('now')",
         "s.xml:14:117: error: SQL of problem uses 'now', which differs from run to run"},
        {"1 AS one", "random() AS one",
         "s.xml:14:58: error: SQL of problem uses function random, which differs from run"},
    };
    EXPECT_SAID(mistakes, try_check);
}

static void empty_database_for_layouts(void **state)
{
    (void)state;
    const AssessScheme *loaded = load(GOOD);
    assert_non_null(loaded);
    DataDb *data = assess_open_empty(loaded, diag);
    assert_non_null(data);
    DataStmt *query = data_prepare_query(data, "SELECT unit_id, words, one FROM x_problem", (DiagPlace){0}, diag);
    assert_non_null(query);
    assert_int_equal(data_step(query, diag), DATA_DONE);
    assert_non_null(data_prepare_query(data, "SELECT score FROM result_total", (DiagPlace){0}, diag));
    assert_null(data_prepare_query(data, "SELECT 1 FROM activity.unit", (DiagPlace){0}, diag));
    assert_null(data_prepare_query(data, "DELETE FROM x_problem", (DiagPlace){0}, diag));
    data_close(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(good_scheme),        TEST(names_and_weights), TEST(rules),
        TEST(mark_of_subjects),   TEST(several_mistakes),  TEST(sql_mistakes),
        TEST(sql_that_does_more), TEST(sql_shape),         TEST(empty_database_for_layouts),
    };
    return cmocka_run_group_tests_name("scheme", tests, NULL, NULL);
}
