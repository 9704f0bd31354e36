-- The end: work → the assessment database, every table in the order of its key, so that the file is written front to back
-- and does not depend on the order in which rows were found. Tables unit and meta are written from C with the hashes.

INSERT INTO main.result_indicator
SELECT s.unit_id, r.indicator, s.status, s.target, s.due, s.actual, max(s.due - s.actual, 0), max(s.actual - s.due, 0), s.full, s.score,
       CASE WHEN s.status = 'no-data' THEN '无数据'
            WHEN s.status = 'not-applicable' THEN '不适用'
            WHEN s.status = 'unmarked' THEN '未评分'
            WHEN s.status = 'exempt' THEN '容错免责'
            WHEN r.kind = 'mark' THEN shown(s.actual, 3) || '分'
            WHEN r.kind = 'bonus' THEN shown(s.actual, 3) || r.counts
            ELSE shown(s.actual, 3) || '/' || shown(s.target, 3) || r.counts
                 || iif(s.due < s.target, '，应达' || shown(s.due, 3), '') END,
       CASE WHEN s.status = 'exempt' THEN '已事前备案，不计分'
            WHEN b.earned > b.credited THEN
                printf('应加%d.%02d分，总分以%s分为限', b.earned / 100, b.earned % 100, shown(o.total_cap, 2))
            WHEN coalesce(s.score >= s.full, 1) THEN ''
            ELSE CASE WHEN r.kind = 'mark' THEN '评' || shown(s.actual, 3) || '分'
                      ELSE '少' || shown(s.due - s.actual, 3) || r.counts || iif(s.due = s.target, coalesce('：' || t.missing, ''), '') END
                 || printf('，扣%d.%02d分', (s.full - s.score) / 100, (s.full - s.score) % 100) END
FROM work.option o CROSS JOIN work.result s CROSS JOIN work.rule r ON r.ordinal = s.ordinal
     LEFT JOIN work.tally t ON t.ordinal = s.ordinal AND t.unit_id = s.unit_id
     LEFT JOIN work.bonus b ON b.ordinal = s.ordinal AND b.unit_id = s.unit_id
ORDER BY s.unit_id, r.indicator;

-- Bonus is outside the measures: their rows add up to the mechanism, the mechanisms and the bonus to the total.
INSERT INTO main.result_measure
SELECT s.unit_id, r.measure,
       CASE WHEN max(s.status = 'no-data') THEN 'no-data'
            WHEN max(s.status = 'short') THEN 'short'
            WHEN max(s.status = 'met') THEN 'met'
            WHEN max(s.status = 'exempt') THEN 'exempt'
            ELSE 'not-applicable' END,
       sum(s.full), sum(s.score) FILTER (WHERE r.kind <> 'bonus')
FROM work.result s CROSS JOIN work.rule r ON r.ordinal = s.ordinal
GROUP BY s.unit_id, r.measure
ORDER BY s.unit_id, r.measure;

INSERT INTO main.result_mechanism
SELECT y.unit_id, y.year, m.mechanism_id, y.full, y.score, mul_div(y.score, 10000, y.full)
FROM work.mechanism_year y JOIN main.mechanism m ON m.ordinal = y.mechanism
ORDER BY y.unit_id, y.year, m.mechanism_id;

INSERT INTO main.result_total
SELECT unit_id, year, status, full, bonus, score, grade, rank, rank_of FROM work.total_year ORDER BY unit_id, year;

INSERT INTO main.subject
SELECT s.unit_id, r.indicator, s.subject, s.label, s.need, s.done
FROM work.subject s JOIN work.rule r USING (ordinal)
ORDER BY s.unit_id, r.indicator, s.subject;

INSERT INTO main.evidence
SELECT s.unit_id, r.indicator, s.subject, s.source, s.source_key, s.date, s.label, s.amount, s.counted, s.note
FROM work.evidence s JOIN work.rule r USING (ordinal)
ORDER BY s.unit_id, r.indicator, s.subject, s.date, s.source, s.source_key, s.label, s.amount, s.counted, s.note;

-- The last year scored is the assessed one.
INSERT INTO main.result_source
SELECT p.unit_id, s.source_id, iif(p.mark IS NULL, 'missing', 'scored'), p.mark, p.full, p.score
FROM work.source_score p JOIN main.source s ON s.ordinal = p.ordinal
ORDER BY p.unit_id, s.source_id;

INSERT INTO main.source_record
SELECT p.unit_id, s.source_id, p.source, p.source_key, p.date, p.label, p.amount, p.ballots, p.counted, p.note
FROM work.source_record p JOIN main.source s ON s.ordinal = p.ordinal
ORDER BY p.unit_id, s.source_id, p.date, p.source, p.source_key, p.label, p.amount, p.ballots, p.counted, p.note;
