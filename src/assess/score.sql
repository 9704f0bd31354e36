-- One year: tally → result, mechanism_year, total_year. All units at once; the arithmetic is stated in docs/scoring.md.

DELETE FROM work.result;
DELETE FROM work.mechanism_full;
DELETE FROM work.indicator_full;
DELETE FROM work.bonus;

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
           r.due, x.unit_id IS NOT NULL AS exempt
    FROM work.rule r CROSS JOIN work.unit u
         LEFT JOIN work.exempt x ON x.ordinal = r.ordinal AND x.unit_id = u.unit_id
         LEFT JOIN work.tally t ON t.ordinal = r.ordinal AND t.unit_id = u.unit_id
), dated AS (
    -- Of what the year asks, what is due by the day: pro rata, rounded down to whole units of what is counted, or all of it from a month's end on.
    SELECT c.*, CASE WHEN kind IN ('bonus', 'mark') OR c.due = 0 THEN target
                     WHEN c.due < 0 THEN target * (CAST(julianday(p.as_of) - julianday(p.first_day) AS INTEGER) + 1)
                          / (CAST(julianday(p.last_day) - julianday(p.first_day) AS INTEGER) + 1) / 1000 * 1000
                     WHEN p.as_of >= date(printf('%04d-%02d-01', p.year, c.due), '+1 month', '-1 day') THEN target
                     ELSE 0 END AS by_now
    FROM counted c CROSS JOIN temp.period p
), judged AS (
    SELECT *, CASE WHEN NOT present THEN 'no-data'
                   WHEN subjects IS NULL THEN 'not-applicable'
                   WHEN exempt AND kind <> 'bonus' AND coalesce(actual, 0) < by_now THEN 'exempt' -- what is met keeps its marks
                   WHEN kind = 'mark' AND entries = 0 THEN 'unmarked'
                   WHEN kind = 'bonus' OR actual >= by_now THEN 'met'
                   ELSE 'short' END AS status
    FROM dated
)
SELECT ordinal, unit_id, mechanism, status,
       CASE WHEN status IN ('met', 'short') THEN target END,
       CASE WHEN status IN ('met', 'short') THEN by_now END,
       CASE WHEN status IN ('met', 'short') THEN actual END, 0, NULL
FROM judged;

-- ── Full marks: the weight of what does not apply is spread, first over mechanisms, then within each ──
-- Largest remainder: what rounding down leaves over goes to the largest remainders, the earlier in the scheme on a tie.
INSERT INTO work.mechanism_full
WITH live AS (
    SELECT s.unit_id, s.mechanism, sum(r.weight) AS weights
    FROM work.result s JOIN work.rule r USING (ordinal)
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
    SELECT s.ordinal, s.unit_id, s.mechanism, m.full, m.full * r.weight / m.weights AS base,
           m.full * r.weight % m.weights AS rest
    FROM work.result s JOIN work.rule r USING (ordinal)
         JOIN work.mechanism_full m ON m.unit_id = s.unit_id AND m.mechanism = s.mechanism
    WHERE s.status IN ('met', 'short') AND r.weight > 0
)
SELECT ordinal, unit_id,
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
FROM work.indicator_full f JOIN work.rule r ON r.ordinal = f.ordinal
WHERE f.ordinal = s.ordinal AND f.unit_id = s.unit_id;

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
    FROM work.rule r JOIN work.result s USING (ordinal)
    WHERE r.kind = 'bonus' AND s.status = 'met'
)
SELECT e.ordinal, e.unit_id, e.points,
       max(0, min(e.points, o.total_cap - b.score - (sum(e.points) OVER sofar - e.points)))
FROM earned e JOIN base b USING (unit_id), work.option o
WINDOW sofar AS (PARTITION BY e.unit_id ORDER BY e.ordinal);

UPDATE work.result AS s SET score = b.credited FROM work.bonus b WHERE b.ordinal = s.ordinal AND b.unit_id = s.unit_id;

-- ── Mechanisms and totals ──
INSERT INTO work.mechanism_year
SELECT u.unit_id, p.year, m.mechanism, coalesce(f.full, 0), f.score
FROM temp.period p CROSS JOIN work.unit u CROSS JOIN work.mechanism m
     LEFT JOIN (SELECT unit_id, mechanism, sum(full) AS full, sum(score) AS score
                FROM work.result WHERE full > 0 GROUP BY unit_id, mechanism) f
     ON f.unit_id = u.unit_id AND f.mechanism = m.mechanism;

INSERT INTO work.total_year
WITH scored AS (
    SELECT s.unit_id, sum(s.full) AS full, coalesce(sum(b.credited), 0) AS bonus,
           coalesce(sum(b.credited), 0) + (SELECT sum(p.score) FROM work.source_score p WHERE p.unit_id = s.unit_id) AS score,
           max(r.veto AND s.status = 'short') AS vetoed
    FROM work.result s JOIN work.rule r USING (ordinal)
         LEFT JOIN work.bonus b ON b.ordinal = s.ordinal AND b.unit_id = s.unit_id
    GROUP BY s.unit_id
    HAVING sum(s.full) > 0
), ranked AS (
    SELECT s.*, u.group_id, rank() OVER (PARTITION BY u.group_id ORDER BY s.score DESC) AS rank,
           -- How many are as good or better: units with equal totals are within a quota together, or not at all.
           count(*) OVER (PARTITION BY u.group_id ORDER BY s.score DESC) AS place
    FROM scored s JOIN work.unit u USING (unit_id)
), groups AS (
    SELECT group_id, count(*) AS size FROM ranked GROUP BY group_id
)
SELECT u.unit_id, p.year, iif(s.unit_id IS NULL, 'no-data', 'scored'), coalesce(s.full, 0), coalesce(s.bonus, 0), s.score,
       (SELECT name FROM work.grade g
        WHERE iif(s.vetoed, g.ordinal = (SELECT max(ordinal) FROM work.grade), g.floor * s.full <= 10000 * s.score
                   AND (g.quota = 100 OR s.place <= max(1, groups.size * g.quota / 100)))
        ORDER BY g.ordinal LIMIT 1),
       s.rank, coalesce(groups.size, 0)
FROM temp.period p CROSS JOIN work.unit u
     LEFT JOIN ranked s ON s.unit_id = u.unit_id
     LEFT JOIN groups ON groups.group_id = u.group_id;
