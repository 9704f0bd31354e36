-- The tables of a run, in a private database attached as "work" that vanishes with the connection. Executed once.
-- Amounts are thousandths, scores hundredths, shares ten-thousandths, all INTEGER; see docs/scoring.md for the arithmetic.

-- ── The scheme, for set-based scoring; filled from C ──
CREATE TABLE work.mechanism (mechanism INTEGER PRIMARY KEY, weight INTEGER NOT NULL);
CREATE TABLE work.rule (
    ordinal   INTEGER PRIMARY KEY, -- of the indicator
    indicator TEXT NOT NULL,
    measure   TEXT NOT NULL,
    mechanism INTEGER NOT NULL,
    counts    TEXT NOT NULL,
    weight    INTEGER NOT NULL,
    by_amount INTEGER NOT NULL,
    veto      INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    each      INTEGER NOT NULL,
    points    INTEGER NOT NULL,
    cap       INTEGER NOT NULL,
    due       INTEGER NOT NULL  -- 0 as asked, -1 pro rata over the year, 1 to 12 at the end of that month
);
CREATE TABLE work.step (ordinal INTEGER, at INTEGER, share INTEGER, PRIMARY KEY (ordinal, at)) WITHOUT ROWID;
CREATE TABLE work.applies (ordinal INTEGER, kind TEXT, PRIMARY KEY (ordinal, kind)) WITHOUT ROWID;
CREATE TABLE work.grade (ordinal INTEGER PRIMARY KEY, name TEXT NOT NULL, floor INTEGER NOT NULL,
    quota INTEGER NOT NULL); -- quota: per cent of a group
CREATE TABLE work.option (total_cap INTEGER NOT NULL, missing_lost INTEGER NOT NULL);
CREATE TABLE work.source (ordinal INTEGER PRIMARY KEY, weight INTEGER NOT NULL); -- of marks; 0 = the indicators

-- ── Where the run stands ──
-- The one table besides the views that a scheme may read.
CREATE TABLE temp.period (
    year      INTEGER NOT NULL,
    first_day TEXT NOT NULL,
    last_day  TEXT NOT NULL,
    as_of     TEXT NOT NULL,
    listed_from TEXT NOT NULL, -- records of these days, too, may be returned, not counted: so that explain can say why.
    listed_to   TEXT NOT NULL  -- In the years of the trend, of which no records are kept, the period itself
);
CREATE TABLE work.current (   -- the indicator being tallied
    ordinal INTEGER NOT NULL,
    counts  TEXT NOT NULL,
    keep    INTEGER NOT NULL, -- 1 in the assessed year: keep subjects and evidence
    names   INTEGER NOT NULL, -- 1 where the reason names who falls short
    once    INTEGER NOT NULL  -- 1 where records entered twice count once
);

-- ── What the scheme's statements return, as they return it: rowid is the row's number, for messages ──
CREATE TABLE work.units_in (unit_id, code, name, kind, kind_name, group_id, group_name, parent_name);
CREATE TABLE work.presence_in (unit_id, records);
CREATE TABLE work.exempt_in (unit_id, indicator, source, source_key, date, label, note);
CREATE TABLE work.demand_in (unit_id, subject, label, need);
CREATE TABLE work.records_in (unit_id, subject, source, source_key, date, label, amount, counted, note);

CREATE TABLE work.source_in (unit_id, source, source_key, date, label, amount, ballots, counted, note);
CREATE TABLE work.source_current (ordinal INTEGER NOT NULL, deducts INTEGER NOT NULL, keep INTEGER NOT NULL);

-- ── Units; present = has data in the current year ──
CREATE TABLE work.unit (
    unit_id  INTEGER PRIMARY KEY,
    ordinal  INTEGER NOT NULL,
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    group_id TEXT NOT NULL,
    present  INTEGER NOT NULL
);

-- ── Indicators that a filing releases in the current year ──
CREATE TABLE work.exempt (ordinal INTEGER, unit_id INTEGER, PRIMARY KEY (ordinal, unit_id)) WITHOUT ROWID;

-- ── One indicator of one year ──
CREATE TABLE work.asked (unit_id INTEGER, subject TEXT, label TEXT, need INTEGER, PRIMARY KEY (unit_id, subject))
    WITHOUT ROWID;
CREATE TABLE work.answered (unit_id INTEGER, subject TEXT, done INTEGER, entries INTEGER,
    PRIMARY KEY (unit_id, subject)) WITHOUT ROWID;

-- ── All indicators of one year ──
CREATE TABLE work.tally (
    ordinal  INTEGER,
    unit_id  INTEGER,
    subjects INTEGER NOT NULL, -- how many are asked
    met      INTEGER NOT NULL, -- of these with done >= need
    need     INTEGER NOT NULL,
    reached  INTEGER NOT NULL, -- sum of the smaller of done and need
    done     INTEGER NOT NULL,
    entries  INTEGER NOT NULL, -- counted records
    missing  TEXT,             -- first names of those with done < need, assessed year only
    PRIMARY KEY (ordinal, unit_id)
) WITHOUT ROWID;
CREATE TABLE work.due (ordinal INTEGER PRIMARY KEY, part INTEGER NOT NULL, whole INTEGER NOT NULL); -- of the year's days
CREATE TABLE work.result (
    unit_id   INTEGER,
    mechanism INTEGER,
    ordinal   INTEGER,
    status    TEXT NOT NULL,
    target    INTEGER, -- of the whole year
    due       INTEGER, -- of it by the day
    actual    INTEGER,
    full      INTEGER NOT NULL,
    score     INTEGER,
    PRIMARY KEY (unit_id, mechanism, ordinal) -- what is added up for a unit lies together
) WITHOUT ROWID;
CREATE TABLE work.mechanism_full (unit_id INTEGER, mechanism INTEGER, weights INTEGER NOT NULL, full INTEGER NOT NULL,
    PRIMARY KEY (unit_id, mechanism)) WITHOUT ROWID;
CREATE TABLE work.indicator_full (unit_id INTEGER, mechanism INTEGER, ordinal INTEGER, full INTEGER NOT NULL,
    PRIMARY KEY (unit_id, mechanism, ordinal)) WITHOUT ROWID;
CREATE TABLE work.bonus (ordinal INTEGER, unit_id INTEGER, earned INTEGER NOT NULL, credited INTEGER NOT NULL,
    PRIMARY KEY (ordinal, unit_id)) WITHOUT ROWID;

-- ── Totals of one year ──
CREATE TABLE work.scored (unit_id INTEGER PRIMARY KEY, group_id TEXT, full INTEGER, bonus INTEGER, score INTEGER, vetoed INTEGER);
CREATE TABLE work.group_size (group_id TEXT PRIMARY KEY, size INTEGER) WITHOUT ROWID;
CREATE TABLE work.ranked (unit_id INTEGER PRIMARY KEY, rank INTEGER, place INTEGER);

CREATE TABLE work.source_mark (ordinal INTEGER, unit_id INTEGER, mark INTEGER NOT NULL, PRIMARY KEY (ordinal, unit_id))
    WITHOUT ROWID;
CREATE TABLE work.source_score (unit_id INTEGER, ordinal INTEGER, mark INTEGER, full INTEGER NOT NULL, score INTEGER,
    PRIMARY KEY (unit_id, ordinal)) WITHOUT ROWID; -- mark NULL = missing
CREATE TABLE work.source_record (unit_id INTEGER, ordinal INTEGER, source TEXT, source_key TEXT, date TEXT, label TEXT,
    amount INTEGER, ballots INTEGER, counted INTEGER, note TEXT);

-- ── All years, in the order of computing; written out sorted at the end ──
CREATE TABLE work.mechanism_year (unit_id INTEGER, year INTEGER, mechanism INTEGER, full INTEGER, score INTEGER);
CREATE TABLE work.total_year (unit_id INTEGER, year INTEGER, status TEXT, full INTEGER, bonus INTEGER, score INTEGER,
    grade TEXT, rank INTEGER, rank_of INTEGER);

-- ── Assessed year ──
CREATE TABLE work.subject (unit_id INTEGER, ordinal INTEGER, subject TEXT, label TEXT, need INTEGER, done INTEGER);
CREATE TABLE work.evidence (unit_id INTEGER, ordinal INTEGER, subject TEXT, source TEXT, source_key TEXT, date TEXT,
    label TEXT, amount INTEGER, counted INTEGER, note TEXT);
