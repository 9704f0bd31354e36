-- One indicator of one year: demand_in → asked, for the units that are looked at.
DELETE FROM work.asked;
DELETE FROM work.answered;
INSERT INTO work.asked
SELECT d.unit_id, d.subject, d.label, thousandths(d.need)
FROM work.demand_in d CROSS JOIN work.unit u ON u.unit_id = d.unit_id
WHERE u.present AND u.kind IN (SELECT kind FROM work.applies WHERE ordinal = (SELECT ordinal FROM work.current))
ORDER BY d.unit_id, d.subject;
