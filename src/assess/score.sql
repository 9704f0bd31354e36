-- One year: tally → result, mechanism_year, total_year. All units at once; the arithmetic is stated in docs/scoring.md.

DELETE FROM work.result;
DELETE FROM work.mechanism_full;
DELETE FROM work.indicator_full;
DELETE FROM work.bonus;

-- ── Of what the year asks, the part that is due by the day: that of the days gone by, or all of it from a month's end on ──
DELETE FROM work.due;
INSERT INTO work.due
SELECT r.ordinal,
       CASE WHEN r.kind IN ('bonus', 'mark') OR r.due = 0 THEN d.days
            WHEN r.due < 0 THEN d.gone
            WHEN p.as_of >= date(printf('%04d-%02d-01', p.year, r.due), '+1 month', '-1 day') THEN d.days
            ELSE 0 END, d.days
FROM temp.period p
     CROSS JOIN (SELECT CAST(julianday(as_of) - julianday(first_day) AS INTEGER) + 1 AS gone,
                        CAST(julianday(last_day) - julianday(first_day) AS INTEGER) + 1 AS days FROM temp.period) d
     CROSS JOIN work.rule r;

-- ── Target, actual and status of every unit and indicator ──
INSERT INTO work.result
WITH counted AS (
    SELECT r.ordinal, u.unit_id, r.mechanism, r.kind, u.present, t.entries, t.subjects,
           CASE WHEN r.kind = 'bonus' THEN NULL
                WHEN r.kind = 'mark' THEN 100000
                WHEN r.by_amount THEN t.need
                ELSE 1000 * t.subjects END AS target,
           CASE WHEN r.kind = 'bonus' AND r.by_amount THEN t.done
                WHEN r.kind = 'mark' THEN CASE WHEN t.entries > 0 THEN mul_div(t.done, 1, t.entries) END
                WHEN r.by_amount THEN t.reached
                ELSE 1000 * t.met END AS actual,
           d.part, d.whole, x.unit_id IS NOT NULL AS exempt
    FROM work.unit u CROSS JOIN work.rule r CROSS JOIN work.due d ON d.ordinal = r.ordinal
         LEFT JOIN work.exempt x ON x.ordinal = r.ordinal AND x.unit_id = u.unit_id
         LEFT JOIN work.tally t ON t.ordinal = r.ordinal AND t.unit_id = u.unit_id
), dated AS (
    -- A part is rounded down to whole units of what is counted.
    SELECT *, iif(part = whole, target, target * part / whole / 1000 * 1000) AS by_now FROM counted
), judged AS (
    SELECT *, CASE WHEN NOT present THEN 'no-data'
                   WHEN subjects IS NULL THEN 'not-applicable'
                   WHEN exempt AND kind <> 'bonus' AND coalesce(actual, 0) < by_now THEN 'exempt' -- what is met keeps its marks
                   WHEN kind = 'mark' AND entries = 0 THEN 'unmarked'
                   WHEN kind = 'bonus' OR actual >= by_now THEN 'met'
                   ELSE 'short' END AS status
    FROM dated
)
SELECT unit_id, mechanism, ordinal, status,
       CASE WHEN status IN ('met', 'short') THEN target END,
       CASE WHEN status IN ('met', 'short') THEN by_now END,
       CASE WHEN status IN ('met', 'short') THEN actual END, 0, NULL
FROM judged;

-- ── Full marks: the weight of what does not apply is spread, first over mechanisms, then within each ──
-- Largest remainder: what rounding down leaves over goes to the largest remainders, the earlier in the scheme on a tie.
INSERT INTO work.mechanism_full
WITH live AS (
    SELECT s.unit_id, s.mechanism, sum(r.weight) AS weights
    FROM work.result s CROSS JOIN work.rule r USING (ordinal)
    WHERE s.status IN ('met', 'short') AND r.weight > 0
    GROUP BY s.unit_id, s.mechanism
), share AS (
    SELECT l.*, 10000 * m.weight / sum(m.weight) OVER unit AS base, 10000 * m.weight % sum(m.weight) OVER unit AS rest
    FROM live l JOIN work.mechanism m USING (mechanism)
    WINDOW unit AS (PARTITION BY l.unit_id)
)
SELECT unit_id, mechanism, weights,
       base + (row_number() OVER (PARTITION BY unit_id ORDER BY rest DESC, mechanism)
               <= 10000 - sum(base) OVER (PARTITION BY unit_id))
FROM share;

INSERT INTO work.indicator_full
WITH share AS (
    SELECT s.unit_id, s.mechanism, s.ordinal, m.full, m.full * r.weight / m.weights AS base,
           m.full * r.weight % m.weights AS rest
    FROM work.mechanism_full m CROSS JOIN work.result s ON s.unit_id = m.unit_id AND s.mechanism = m.mechanism
         CROSS JOIN work.rule r ON r.ordinal = s.ordinal
    WHERE s.status IN ('met', 'short') AND r.weight > 0
)
SELECT unit_id, mechanism, ordinal,
       base + (row_number() OVER (PARTITION BY unit_id, mechanism ORDER BY rest DESC, ordinal)
               <= full - sum(base) OVER (PARTITION BY unit_id, mechanism))
FROM share;

-- ── Scores: rounded half up, once ──
UPDATE work.result AS s
SET full = f.full,
    score = CASE r.kind
        WHEN 'all' THEN iif(s.actual >= s.due, f.full, 0)
        WHEN 'proportional' THEN iif(s.actual >= s.due, f.full, mul_div(f.full, s.actual, s.due))
        WHEN 'deduct' THEN max(0, f.full - (max(s.due - s.actual, 0) + r.each - 1) / r.each * r.points)
        WHEN 'steps' THEN mul_div(f.full, coalesce((SELECT max(share) FROM work.step p
                                                    WHERE p.ordinal = r.ordinal AND p.at * s.due <= 10000 * s.actual),
                                                   0), 10000)
        WHEN 'mark' THEN (SELECT mul_div(f.full, t.done, 100000 * t.entries) FROM work.tally t
                          WHERE t.ordinal = s.ordinal AND t.unit_id = s.unit_id)
    END
FROM work.indicator_full f CROSS JOIN work.rule r ON r.ordinal = f.ordinal
WHERE f.unit_id = s.unit_id AND f.mechanism = s.mechanism AND f.ordinal = s.ordinal;

-- ── The indicators and the other marks, weighed: rounded half up, once each; full marks by largest remainder ──
DELETE FROM work.source_score;
INSERT INTO work.source_mark SELECT 0, unit_id, sum(score) FROM work.result WHERE full > 0 GROUP BY unit_id;
INSERT INTO work.source_score
WITH live AS (
    SELECT b.unit_id, s.ordinal, m.mark, iif(m.mark IS NULL AND NOT o.missing_lost, 0, s.weight) AS weight
    FROM work.source_mark b CROSS JOIN work.source s CROSS JOIN work.option o
         LEFT JOIN work.source_mark m ON m.ordinal = s.ordinal AND m.unit_id = b.unit_id
    WHERE b.ordinal = 0
), share AS (
    SELECT *, 10000 * weight / sum(weight) OVER unit AS base, 10000 * weight % sum(weight) OVER unit AS rest
    FROM live WINDOW unit AS (PARTITION BY unit_id)
), fair AS (
    SELECT *, base + (row_number() OVER (PARTITION BY unit_id ORDER BY rest DESC, ordinal)
                      <= 10000 - sum(base) OVER (PARTITION BY unit_id)) AS full
    FROM share
)
SELECT unit_id, ordinal, mark, full, iif(full > 0, mul_div(coalesce(mark, 0), full, 10000), NULL) FROM fair;

-- ── Bonus: earned up to its own cap, credited in the order of the scheme as far as the total's cap leaves room ──
INSERT INTO work.bonus
WITH base AS (
    SELECT unit_id, sum(score) AS score FROM work.source_score GROUP BY unit_id
), earned AS (
    SELECT s.ordinal, s.unit_id, min(r.cap, s.actual / r.each * r.points) AS points
    FROM work.result s CROSS JOIN work.rule r USING (ordinal)
    WHERE r.kind = 'bonus' AND s.status = 'met'
)
SELECT e.ordinal, e.unit_id, e.points,
       max(0, min(e.points, o.total_cap - b.score - (sum(e.points) OVER sofar - e.points)))
FROM earned e JOIN base b USING (unit_id), work.option o
WINDOW sofar AS (PARTITION BY e.unit_id ORDER BY e.ordinal);

UPDATE work.result AS s SET score = b.credited FROM work.bonus b CROSS JOIN work.rule r ON r.ordinal = b.ordinal
WHERE s.unit_id = b.unit_id AND s.mechanism = r.mechanism AND s.ordinal = b.ordinal;

-- ── Mechanisms and totals ──
INSERT INTO work.mechanism_year
SELECT u.unit_id, p.year, m.mechanism, coalesce(f.full, 0), f.score
FROM temp.period p CROSS JOIN work.unit u CROSS JOIN work.mechanism m
     LEFT JOIN (SELECT unit_id, mechanism, sum(full) AS full, sum(score) AS score
                FROM work.result WHERE full > 0 GROUP BY unit_id, mechanism) f
     ON f.unit_id = u.unit_id AND f.mechanism = m.mechanism;

DELETE FROM work.scored;
INSERT INTO work.scored
SELECT u.unit_id, u.group_id, sum(s.full), coalesce(sum(b.credited), 0),
       coalesce(sum(b.credited), 0) + (SELECT sum(p.score) FROM work.source_score p WHERE p.unit_id = u.unit_id),
       max(r.veto AND s.status = 'short')
FROM work.unit u CROSS JOIN work.result s ON s.unit_id = u.unit_id CROSS JOIN work.rule r ON r.ordinal = s.ordinal
     LEFT JOIN work.bonus b ON b.ordinal = s.ordinal AND b.unit_id = s.unit_id
GROUP BY u.unit_id
HAVING sum(s.full) > 0;

DELETE FROM work.group_size;
INSERT INTO work.group_size SELECT group_id, count(*) FROM work.scored GROUP BY group_id;

-- `place`: how many are as good or better, so that units with equal totals are within a quota together, or not at all.
DELETE FROM work.ranked;
INSERT INTO work.ranked
SELECT unit_id, rank() OVER best, count(*) OVER best
FROM work.scored
WINDOW best AS (PARTITION BY group_id ORDER BY score DESC);

INSERT INTO work.total_year
SELECT u.unit_id, p.year, iif(s.unit_id IS NULL, 'no-data', 'scored'), coalesce(s.full, 0), coalesce(s.bonus, 0), s.score,
       (SELECT name FROM work.grade g
        WHERE iif(s.vetoed, g.ordinal = (SELECT max(ordinal) FROM work.grade), g.floor * s.full <= 10000 * s.score
                   AND (g.quota = 100 OR k.place <= max(1, z.size * g.quota / 100)))
        ORDER BY g.ordinal LIMIT 1),
       k.rank, coalesce(z.size, 0)
FROM temp.period p CROSS JOIN work.unit u
     LEFT JOIN work.scored s ON s.unit_id = u.unit_id
     LEFT JOIN work.ranked k ON k.unit_id = u.unit_id
     LEFT JOIN work.group_size z ON z.group_id = u.group_id;
