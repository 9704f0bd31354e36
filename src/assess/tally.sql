-- One indicator of one year: demand_in and records_in → tally, and for the assessed year subject and evidence.
-- asked is filled already (ask.sql).

INSERT INTO work.answered
SELECT r.unit_id, r.subject, sum(thousandths(r.amount)), count(*)
FROM work.records_in r CROSS JOIN work.asked a ON a.unit_id = r.unit_id AND a.subject = r.subject
WHERE r.counted
GROUP BY r.unit_id, r.subject;

INSERT INTO work.tally
SELECT c.ordinal, a.unit_id, count(*), sum(coalesce(d.done, 0) >= a.need), sum(a.need),
       sum(min(coalesce(d.done, 0), a.need)), sum(coalesce(d.done, 0)), sum(coalesce(d.entries, 0)),
       first_names(a.label, c.counts) FILTER (WHERE c.names AND coalesce(d.done, 0) < a.need AND a.label <> u.name)
FROM work.current c CROSS JOIN work.asked a CROSS JOIN work.unit u ON u.unit_id = a.unit_id
     LEFT JOIN work.answered d ON d.unit_id = a.unit_id AND d.subject = a.subject
GROUP BY a.unit_id;

INSERT INTO work.subject
SELECT a.unit_id, c.ordinal, a.subject, a.label, a.need, coalesce(d.done, 0)
FROM work.current c CROSS JOIN work.asked a
     LEFT JOIN work.answered d ON d.unit_id = a.unit_id AND d.subject = a.subject
WHERE c.keep;

INSERT INTO work.evidence
SELECT r.unit_id, c.ordinal, r.subject, r.source, r.source_key, r.date, r.label, thousandths(r.amount), r.counted,
       coalesce(r.note, '')
FROM work.current c CROSS JOIN work.records_in r CROSS JOIN work.asked a ON a.unit_id = r.unit_id AND a.subject = r.subject
WHERE c.keep;
