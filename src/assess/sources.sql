-- One source of marks in one year: source_in → its mark for each unit, and for the assessed year the records.
-- Marks are hundredths of a point of 100. A mean without ballots is no mark: nothing was held.
INSERT INTO work.source_mark
SELECT c.ordinal, s.unit_id,
       iif(c.deducts, max(0, 10000 - mul_div(sum(thousandths(s.amount) * s.ballots), 1, 10)),
           mul_div(sum(thousandths(s.amount) * s.ballots), 1, 10 * sum(s.ballots)))
FROM work.source_current c CROSS JOIN work.source_in s CROSS JOIN work.unit u ON u.unit_id = s.unit_id
WHERE s.counted AND u.present
GROUP BY s.unit_id
HAVING c.deducts OR sum(s.ballots) > 0;

INSERT INTO work.source_record
SELECT s.unit_id, c.ordinal, s.source, s.source_key, s.date, s.label, thousandths(s.amount), s.ballots, s.counted, coalesce(s.note, '')
FROM work.source_current c CROSS JOIN work.source_in s CROSS JOIN work.unit u ON u.unit_id = s.unit_id
WHERE c.keep;
