-- One year: exempt_in → which indicators of which units are released, and the filing among the records left out. Political quality is never
-- released, nor what is only added to. The year that is assessed comes last, so only its filings remain.
DELETE FROM work.exempt;
DELETE FROM work.evidence;

INSERT INTO work.exempt
SELECT DISTINCT r.ordinal, e.unit_id
FROM work.exempt_in e CROSS JOIN work.unit u ON u.unit_id = e.unit_id
     CROSS JOIN work.rule r ON r.indicator = e.indicator AND NOT r.veto AND r.kind <> 'bonus';

INSERT INTO work.evidence
SELECT e.unit_id, r.ordinal, '', e.source, e.source_key, e.date, e.label, 0, 0,
       CASE WHEN r.veto THEN '政治素质不适用容错免责' WHEN r.kind = 'bonus' THEN '加分项不适用容错免责'
            ELSE '容错免责，本项不计' || coalesce('（' || nullif(e.note, '') || '）', '') END
FROM work.exempt_in e CROSS JOIN work.unit u ON u.unit_id = e.unit_id CROSS JOIN work.rule r ON r.indicator = e.indicator;
