-- The assessment database: everything a layout may read, written whole by one `assess`, never changed afterwards.
-- Scores are hundredths of a point, amounts (target, actual, need, done) thousandths, both INTEGER.
-- A scheme may carry further tables over from the activity database (<extract name="problem">): they are created beside
-- these as x_problem, with unit_id as their first column and an index on it.
PRAGMA application_id = 0x73687A31; -- "shz1"
PRAGMA user_version = 2;

-- year, as_of, first_day, last_day, scheme_id, scheme_title, scheme_hash, data_hash, program, source_title;
-- state (draft, frozen), version (1, 2 …), note (what the version corrects)
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Assessed units (被考核单位), in the order in which they are published.
CREATE TABLE unit (
    unit_id     INTEGER PRIMARY KEY,          -- as in the activity database
    ordinal     INTEGER NOT NULL UNIQUE,
    code        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL,                -- county, municipal, township …
    kind_name   TEXT NOT NULL,                -- 区、县(市) …
    group_id    TEXT NOT NULL,                -- units are ranked within their group
    group_name  TEXT NOT NULL,
    parent_name TEXT,
    data_hash   TEXT NOT NULL                 -- SHA-256 over the unit's own results and evidence
) STRICT;

CREATE TABLE mechanism (                      -- 机制
    mechanism_id TEXT PRIMARY KEY,
    ordinal      INTEGER NOT NULL UNIQUE,
    title        TEXT NOT NULL,
    short_title  TEXT NOT NULL,               -- for chart labels
    weight       INTEGER NOT NULL             -- full marks before spreading
) STRICT, WITHOUT ROWID;

CREATE TABLE measure (                        -- 举措 (one of the 二十二条)
    measure_id   TEXT PRIMARY KEY,
    mechanism_id TEXT NOT NULL REFERENCES mechanism,
    ordinal      INTEGER NOT NULL UNIQUE,     -- 1–22 over all mechanisms
    title        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE indicator (                      -- 指标
    indicator_id TEXT PRIMARY KEY,
    measure_id   TEXT NOT NULL REFERENCES measure,
    ordinal      INTEGER NOT NULL UNIQUE,     -- over all measures
    title        TEXT NOT NULL,               -- 考核内容
    target_text  TEXT NOT NULL,               -- 目标, as the scorecard prints it
    rule_kind    TEXT NOT NULL CHECK (rule_kind IN ('all', 'proportional', 'deduct', 'steps', 'bonus', 'mark')),
    rule_text    TEXT NOT NULL,               -- 评分标准, generated from the rule
    counts       TEXT NOT NULL,               -- what is counted: 人, 个支部, 次, 天 …
    weight       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Per unit and indicator, year assessed only.
CREATE TABLE result_indicator (
    unit_id      INTEGER NOT NULL REFERENCES unit,
    indicator_id TEXT NOT NULL REFERENCES indicator,
    status       TEXT NOT NULL CHECK (status IN ('met', 'short', 'not-applicable', 'no-data', 'exempt', 'unmarked')),
    target       INTEGER,                     -- of the whole year; NULL when it does not count, or a bonus
    due          INTEGER,                     -- of the target, by the day of the assessment; at the year's end all of it
    actual       INTEGER,
    shortfall    INTEGER,                     -- behind: max(due - actual, 0)
    ahead        INTEGER,                     -- max(actual - due, 0)
    full         INTEGER NOT NULL,            -- after spreading; 0 for a bonus and for what does not count
    score        INTEGER,                     -- NULL for what does not count; a bonus: what was credited
    actual_text  TEXT NOT NULL,               -- 完成: "10/12人", "10/12人，应达6", "3项", "92分", "不适用", "无数据", "未评分", "容错免责"
    reason       TEXT NOT NULL,               -- 扣分原因, "" when nothing was deducted
    PRIMARY KEY (unit_id, indicator_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE result_measure (
    unit_id    INTEGER NOT NULL REFERENCES unit,
    measure_id TEXT NOT NULL REFERENCES measure,
    status     TEXT NOT NULL CHECK (status IN ('met', 'short', 'not-applicable', 'no-data', 'exempt')),
    full       INTEGER NOT NULL,
    score      INTEGER,
    PRIMARY KEY (unit_id, measure_id)
) STRICT, WITHOUT ROWID;

-- Per year, for the trend: the assessed year and up to scheme trend-years - 1 before it, computed by the same scheme.
CREATE TABLE result_mechanism (
    unit_id      INTEGER NOT NULL REFERENCES unit,
    year         INTEGER NOT NULL,
    mechanism_id TEXT NOT NULL REFERENCES mechanism,
    full         INTEGER NOT NULL,
    score        INTEGER,
    percent      INTEGER,                     -- score / full in hundredths of a per cent (10000 = 100%)
    PRIMARY KEY (unit_id, year, mechanism_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE result_total (
    unit_id INTEGER NOT NULL REFERENCES unit,
    year    INTEGER NOT NULL,
    status  TEXT NOT NULL CHECK (status IN ('scored', 'no-data')),
    full    INTEGER NOT NULL,
    bonus   INTEGER NOT NULL,
    score   INTEGER,                          -- sum of the mechanisms + bonus
    grade   TEXT,                             -- 好 较好 一般 差
    rank    INTEGER,                          -- within the group; ties share the better rank
    rank_of INTEGER NOT NULL,                 -- scored units in the group
    PRIMARY KEY (unit_id, year)
) STRICT, WITHOUT ROWID;

-- A unit among its peers, for pictures, so that what a document reads and draws does not grow with the group: all units of a group with up to 150
-- results, 100 spread evenly over the ranking of a larger one. (No unit_id: these rows are the group's, not a unit's.)
CREATE TABLE peer (
    group_id TEXT NOT NULL,
    place    INTEGER NOT NULL,                -- from the best; units without data come last
    peer_id  INTEGER NOT NULL REFERENCES unit (unit_id),
    score    INTEGER,
    PRIMARY KEY (group_id, place)
) STRICT, WITHOUT ROWID;

-- What was asked of whom: one row per person, branch, village … that an indicator looks at.
CREATE TABLE subject (
    unit_id      INTEGER NOT NULL,
    indicator_id TEXT NOT NULL,
    subject      TEXT NOT NULL,               -- stable key within the indicator
    label        TEXT NOT NULL,               -- name as printed
    need         INTEGER NOT NULL,
    done         INTEGER NOT NULL,
    PRIMARY KEY (unit_id, indicator_id, subject)
) STRICT, WITHOUT ROWID;

-- The records behind every number, counted or left out with the reason.
CREATE TABLE evidence (
    unit_id      INTEGER NOT NULL,
    indicator_id TEXT NOT NULL,
    subject      TEXT NOT NULL,
    source       TEXT NOT NULL,               -- table of the activity database
    source_key   TEXT NOT NULL,               -- its primary key
    date         TEXT,
    label        TEXT NOT NULL,
    amount       INTEGER NOT NULL,
    counted      INTEGER NOT NULL CHECK (counted IN (0, 1)),
    note         TEXT NOT NULL                -- why it was left out, or ""
) STRICT;
CREATE INDEX evidence_unit ON evidence (unit_id, indicator_id, subject);

-- Where marks come from 评分来源: the indicators and what the scheme adds to them. Their scores and the bonus make the total.
CREATE TABLE source (
    source_id TEXT PRIMARY KEY,               -- 'indicators', then the scheme's own
    ordinal   INTEGER NOT NULL UNIQUE,
    title     TEXT NOT NULL,
    weight    INTEGER NOT NULL                -- before the weight of what is missing is shared
) STRICT, WITHOUT ROWID;
CREATE TABLE result_source (                  -- scored units
    unit_id   INTEGER NOT NULL,
    source_id TEXT NOT NULL REFERENCES source,
    status    TEXT NOT NULL CHECK (status IN ('scored', 'missing')),
    mark      INTEGER,                        -- of 100.00
    full      INTEGER NOT NULL,
    score     INTEGER,                        -- mark × full ÷ 100; NULL where the weight was shared among the others
    PRIMARY KEY (unit_id, source_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE source_record (                  -- the records behind a mark
    unit_id    INTEGER NOT NULL,
    source_id  TEXT NOT NULL,
    source     TEXT NOT NULL,
    source_key TEXT NOT NULL,
    date       TEXT,
    label      TEXT NOT NULL,
    amount     INTEGER NOT NULL,              -- mark or deduction, thousandths
    ballots    INTEGER NOT NULL,              -- how many times it counts
    counted    INTEGER NOT NULL CHECK (counted IN (0, 1)),
    note       TEXT NOT NULL
) STRICT;
CREATE INDEX source_record_unit ON source_record (unit_id, source_id);

-- How final a unit's numbers are; see docs/lifecycle.md.
CREATE TABLE lifecycle (
    unit_id INTEGER PRIMARY KEY,
    state   TEXT NOT NULL CHECK (state IN ('draft', 'frozen')),
    version INTEGER NOT NULL,                 -- 1, and one more for each freeze that corrected this unit
    note    TEXT NOT NULL                     -- why it was reopened, as printed; "" in version 1
) STRICT;
