-- One indicator of one year: of the counted records of a subject that have the same source, date and label, all but the one entered first
-- (the smallest key) were entered twice.
UPDATE work.records_in AS r SET counted = 0, note = '与' || d.source || '#' || d.first || '重复'
FROM (SELECT rowid AS row, source, row_number() OVER same AS place, first_value(source_key) OVER same AS first
      FROM work.records_in WHERE counted AND date IS NOT NULL
      WINDOW same AS (PARTITION BY unit_id, subject, source, date, label ORDER BY length(source_key), source_key, rowid)) AS d
WHERE d.row = r.rowid AND d.place > 1;
