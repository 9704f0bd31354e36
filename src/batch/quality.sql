-- Data quality: what in the activity database may cost a unit marks that it earned. Added to an assessment of the year (main), which tells how many
-- points depend on each table; the database itself is attached as activity. Findings are looked for by set, one statement a kind.

-- Points of 100 (in hundredths) that the indicators have which drew records from a table this year, by the scheme's weights.
CREATE TABLE quality_weight (source TEXT PRIMARY KEY, points INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO quality_weight
SELECT source, sum(points) FROM (
    SELECT DISTINCT v.source, i.indicator_id,
           m.weight * i.weight / (SELECT sum(o.weight) FROM indicator o JOIN measure p USING (measure_id) WHERE p.mechanism_id = m.mechanism_id) AS points
    FROM evidence v JOIN indicator i USING (indicator_id) JOIN measure e USING (measure_id) JOIN mechanism m USING (mechanism_id))
GROUP BY source;

CREATE TABLE quality_kind (
    kind    TEXT PRIMARY KEY,
    ordinal INTEGER NOT NULL,
    title   TEXT NOT NULL,
    advice  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO quality_kind VALUES
    ('no-face', 1, '字体中没有的字符', '请更正文字，或在 fonts.xml 中加入含该字的字体；否则该单位的文件无法生成'),
    ('no-data', 2, '没有活动记录的单位', '请补录；确无记录的，评分表显示“无数据”'),
    ('orphan', 3, '所引用的记录不存在', '请更正编号，或补录所引用的记录'),
    ('date', 4, '不合理的日期', '请核对并更正'),
    ('duplicate', 5, '疑似重复的活动', '确属重复的请删去一条；不是的请写清标题'),
    ('no-post', 6, '没有职务和所在支部的人员', '请补录其职务或所在党支部，否则其参加的活动不计入');

-- source, key: the row; points: of the table, or 100.00 where a whole card is at stake.
CREATE TABLE quality (
    kind   TEXT NOT NULL REFERENCES quality_kind,
    points INTEGER NOT NULL,
    source TEXT NOT NULL,
    key    TEXT NOT NULL,
    unit   TEXT NOT NULL, -- name of the unit that it concerns, or ""
    what   TEXT NOT NULL
) STRICT;

INSERT INTO quality
SELECT 'no-data', 10000, 'unit', u.unit_id, u.name, '本年度没有任何活动记录'
FROM unit u JOIN result_total t ON t.unit_id = u.unit_id AND t.year = (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'year')
WHERE t.status = 'no-data';

INSERT INTO quality
SELECT 'orphan', coalesce(w.points, (SELECT points FROM quality_weight WHERE source = 'activity' AND f.source IN ('participant', 'agenda_item', 'meeting_check')), 0), f.source, coalesce(f.row, '?'), '', '在“' || coalesce((SELECT title FROM quality_table t WHERE t.source = f.parent), f.parent) || '”中找不到所引用的记录'
FROM (SELECT m.name AS source, k.rowid AS row, k.parent FROM activity.sqlite_schema m, pragma_foreign_key_check(m.name, 'activity') k
      WHERE m.type = 'table') f LEFT JOIN quality_weight w ON w.source = f.source;

INSERT INTO quality
SELECT 'date', coalesce(w.points, 0), d.source, d.key, coalesce(u.name, ''), d.what
FROM (
    SELECT 'activity' AS source, a.id AS key, a.unit_id, a.date || '：早于单位成立（' || o.from_date || '）' AS what
    FROM activity.activity a JOIN activity.unit o ON o.id = a.unit_id WHERE o.from_date > a.date
    UNION ALL
    SELECT 'activity', a.id, a.unit_id, a.date || '：晚于单位撤销（' || o.to_date || '）'
    FROM activity.activity a JOIN activity.unit o ON o.id = a.unit_id WHERE a.date > o.to_date
    UNION ALL
    SELECT 'problem', id, unit_id, '销号 ' || closed_date || ' 早于发现 ' || found_date FROM activity.problem WHERE found_date > closed_date
    UNION ALL
    SELECT 'problem', id, unit_id, '时限 ' || deadline || ' 早于发现 ' || found_date FROM activity.problem WHERE found_date > deadline
    UNION ALL
    SELECT 'directive', id, unit_id, '“回头看”' || lookback_date || ' 早于收到 ' || received_date FROM activity.directive WHERE received_date > lookback_date
    UNION ALL
    SELECT 'weak_organisation', id, unit_id, '摘帽 ' || delisted_date || ' 早于发现 ' || found_date FROM activity.weak_organisation WHERE found_date > delisted_date
    UNION ALL
    SELECT 'exemption', id, unit_id, '认定 ' || decided_date || ' 早于备案 ' || filed_date FROM activity.exemption WHERE filed_date > decided_date
    UNION ALL
    SELECT 'clarification', id, unit_id, '澄清 ' || clarified_date || ' 早于查核 ' || verified_date FROM activity.clarification WHERE verified_date > clarified_date
) d LEFT JOIN activity.unit u ON u.id = d.unit_id LEFT JOIN quality_weight w ON w.source = d.source;

INSERT INTO quality
SELECT 'duplicate', coalesce(w.points, 0), 'activity', a.id, u.name,
       a.date || '“' || a.title || '”与编号 ' || a.first || ' 相同'
FROM (SELECT id, unit_id, date, title, row_number() OVER same AS place, first_value(id) OVER same AS first
      FROM activity.activity, (SELECT max(value) FILTER (WHERE key = 'first_day') AS first_day, max(value) FILTER (WHERE key = 'as_of') AS as_of FROM meta)
      WHERE date BETWEEN first_day AND as_of WINDOW same AS (PARTITION BY unit_id, kind, date, title, place_id, start_time ORDER BY id)) a
     JOIN activity.unit u ON u.id = a.unit_id LEFT JOIN quality_weight w ON w.source = 'activity'
WHERE a.place > 1;

INSERT INTO quality
SELECT 'no-post', coalesce(w.points, 0), 'person', x.id, '', x.name || '：参加活动 ' || count(*) || ' 次'
FROM activity.person x JOIN activity.participant p ON p.person_id = x.id LEFT JOIN quality_weight w ON w.source = 'activity'
WHERE x.branch_id IS NULL AND NOT EXISTS (SELECT 1 FROM activity.post h WHERE h.person_id = x.id)
GROUP BY x.id;
