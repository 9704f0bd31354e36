-- The run report as rows for layouts/reports/night.xml: temporary tables beside the night's assessment, all from report.json (temp.night_in), so that
-- the two cannot disagree. What is listed is cut to one page; report.json has the rest.

CREATE TEMP TABLE night AS
SELECT r ->> 'program' AS program, r ->> 'year' AS year, substr(r ->> 'begun', 1, 10) AS day, substr(r ->> 'begun', 12, 8) AS time,
       printf('%.3f', r ->> 'seconds') AS seconds, r ->> 'exit_code' AS exit_code, r ->> 'units' AS units,
       r ->> 'documents' AS documents, r ->> 'published' AS published, r ->> 'unchanged' AS unchanged, r ->> 'failed' AS failed,
       r ->> 'pages' AS pages, (r ->> 'documents') - (r ->> 'published') - (r ->> 'unchanged') - (r ->> 'failed') AS left_over
FROM temp.night_in;

CREATE TEMP TABLE night_stage AS
SELECT s.key AS ordinal, coalesce(t.title, s.value ->> 'stage') AS title, CAST(round(1000 * (s.value ->> 'seconds')) AS INTEGER) AS milliseconds,
       printf('%.3f', s.value ->> 'seconds') AS seconds
FROM temp.night_in, json_each(r, '$.stages') AS s
     LEFT JOIN (SELECT 'load' AS stage, '读入定义和字体' AS title UNION ALL SELECT 'assess', '考核计分' UNION ALL SELECT 'plan', '编排'
                UNION ALL SELECT 'compare', '比对变化' UNION ALL SELECT 'render', '生成并发布' UNION ALL SELECT 'finish', '收尾') AS t
       ON t.stage = s.value ->> 'stage';

CREATE TEMP TABLE night_slow AS
SELECT s.key AS ordinal, iif(length(u.name) > 16, substr(u.name, 1, 15) || '…', coalesce(u.name, '（全部单位）')) AS name,
       iif(length(s.value ->> 'layout') > 14, substr(s.value ->> 'layout', 1, 13) || '…', s.value ->> 'layout') AS layout,
       printf('%.3f', s.value ->> 'cpu_seconds') AS seconds, s.value ->> 'pages' AS pages
FROM temp.night_in, json_each(r, '$.slowest') AS s LEFT JOIN unit AS u ON u.code = s.value ->> 'unit'
WHERE s.key < 6;

-- Messages by what they are about: failures first, then warnings, then notes.
CREATE TEMP TABLE night_message AS
SELECT m.key AS ordinal, m.value ->> 'code' AS code, m.value ->> 'level' AS level, coalesce(m.value ->> 'unit', '') AS unit,
       m.value ->> 'message' AS message, coalesce(m.value ->> 'hint', '') AS hint
FROM temp.night_in, json_each(r, '$.messages') AS m;
CREATE TEMP TABLE night_reason AS
SELECT min(ordinal) AS ordinal, code, level IN ('unit-failed', 'run-failed') AS failure,
       CASE level WHEN 'warning' THEN '警告' WHEN 'note' THEN '提示' WHEN 'unit-failed' THEN '单位失败' ELSE '运行失败' END AS level,
       count(*) AS found, count(DISTINCT nullif(unit, '')) AS units,
       (SELECT group_concat(unit, '、') FROM (SELECT iif(length(u.name) > 12, substr(u.name, 1, 11) || '…', coalesce(u.name, n.unit)) AS unit FROM night_message AS n LEFT JOIN unit AS u ON u.code = n.unit
                                                  WHERE n.code = m.code AND n.unit <> '' GROUP BY n.unit ORDER BY min(n.ordinal) LIMIT 3)) AS which,
       iif(length(message) > 60, substr(message, 1, 59) || '…', message) AS message,
       iif(length(hint) > 36, substr(hint, 1, 35) || '…', hint) AS hint
FROM night_message AS m GROUP BY m.code;
CREATE TEMP TABLE night_listed AS
SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY failure ORDER BY found DESC, ordinal) AS place FROM night_reason) WHERE place <= iif(failure, 4, 3);

CREATE TEMP TABLE night_missing_row AS
SELECT 1 AS kind, m.key AS ordinal, m.value ->> 'name' AS which FROM temp.night_in, json_each(r, '$.without_data') AS m
UNION ALL
SELECT 2, m.key, iif(length(u.name) > 9, substr(u.name, 1, 8) || '…', coalesce(u.name, m.value ->> 'unit')) || ' ' || (m.value ->> 'record') FROM temp.night_in, json_each(r, '$.entered_twice') AS m
          LEFT JOIN unit AS u ON u.code = m.value ->> 'unit'
UNION ALL
SELECT 3, m.key, iif(length(u.name) > 9, substr(u.name, 1, 8) || '…', coalesce(u.name, m.value ->> 'unit')) || ' ' || (m.value ->> 'code') FROM temp.night_in, json_each(r, '$.replaced') AS m
          LEFT JOIN unit AS u ON u.code = m.value ->> 'unit';
CREATE TEMP TABLE night_missing AS
SELECT k.kind, k.title, (SELECT count(*) FROM night_missing_row AS r WHERE r.kind = k.kind) AS found,
       coalesce((SELECT group_concat(iif(length(which) > 32, substr(which, 1, 31) || '…', which), '、')
                   FROM (SELECT which FROM night_missing_row AS r WHERE r.kind = k.kind ORDER BY r.ordinal LIMIT 3)), '') AS which
FROM (SELECT 1 AS kind, '没有活动记录的单位' AS title UNION ALL SELECT 2, '重复录入而只计一次的记录' UNION ALL SELECT 3, '字体中没有、以“〓”代替的字符') AS k;
