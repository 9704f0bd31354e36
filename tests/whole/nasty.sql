-- Makes one unit of a fixture database, 330102, as nasty as its tables allow: very long names, words and texts, empty columns, lists of
-- 400 rows, breaks and tabs within texts, characters far outside the BMP. Long texts begin with 首… and end with …末, so that tests
-- find both ends. Year 2020.
BEGIN;
CREATE TEMP TABLE it AS SELECT id FROM unit WHERE code = '330102';

-- Names of 300 characters.
UPDATE unit SET name = '首名' || replace(hex(zeroblob(37)), '00', '城区基层组织建设') || '名末' WHERE id = (SELECT id FROM it);
UPDATE person SET name = '首人' || replace(hex(zeroblob(74)), '00', '欧阳𠮷祥') || '人末'
 WHERE id IN (SELECT person_id FROM post WHERE unit_id = (SELECT id FROM it));
UPDATE post SET title = '首职' || replace(hex(zeroblob(74)), '00', '调研员、') || '职末' WHERE unit_id = (SELECT id FROM it);

-- 400 problems; each begins with its place in the list. Then, by turns: a plain one, one with nothing else filled in, a long one, a
-- very long word, an address without a break, breaks and tabs, signs and rare characters, marks that may not begin or end a line.
DELETE FROM problem WHERE unit_id = (SELECT id FROM it);
WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < 400)
INSERT INTO problem (unit_id, found_date, origin, subject, text, measure, owner_id, deadline, closed_date)
SELECT (SELECT id FROM it), '2020-03-01', 'self', 'other',
       '第' || n || '号' || CASE n % 8
           WHEN 2 THEN replace(hex(zeroblob(n)), '00', '问题') || '末'
           WHEN 3 THEN replace(hex(zeroblob(40)), '00', 'Pneumono') || '末'
           WHEN 4 THEN 'https://example.org/' || replace(hex(zeroblob(60)), '00', 'a_b/') || '?q=1&r=2'
           WHEN 5 THEN char(10) || '第二行' || char(9) || '有制表符' || char(13, 10) || char(10) || '隔一空行' || char(10)
           WHEN 6 THEN '𠮷𡈽𪚥😀✓㊣①⑳Ⅷ①½℃㎡'
           WHEN 7 THEN '“（《『……——』》）”！？；：，。、' || replace(hex(zeroblob(30)), '00', '（）')
           ELSE '一般问题' END,
       iif(n % 8 = 1, NULL, iif(n % 8 = 4, 'ftp://' || replace(hex(zeroblob(30)), '00', 'longpath'), '措施' || n)),
       CASE WHEN n % 40 = 2 THEN (SELECT person_id FROM post WHERE unit_id = (SELECT id FROM it) LIMIT 1)
                 WHEN n % 8 <> 1 THEN (SELECT id FROM person WHERE length(name) < 10 LIMIT 1) END,
       iif(n % 8 = 1, NULL, '2020-12-31'), iif(n % 3 = 0, '2020-06-30', NULL)
  FROM k;

-- Paragraphs: one of 3,000 characters in each section, one of a single word, an author without a name.
DELETE FROM narrative WHERE unit_id = (SELECT id FROM it) AND year = 2020;
INSERT INTO narrative (unit_id, year, section, ordinal, text, author, date)
SELECT (SELECT id FROM it), 2020, s.section, 1,
       '首段' || replace(hex(zeroblob(249)), '00', '抓党建工作，有成效；有不足。') || '段末',
       '首评' || replace(hex(zeroblob(74)), '00', '中共委员') || '评末', '2020-12-20'
  FROM (SELECT 'facts' AS section UNION SELECT 'work' UNION SELECT 'shortcoming' UNION SELECT 'plan' UNION SELECT 'comment') AS s;
INSERT INTO narrative (unit_id, year, section, ordinal, text, author, date)
SELECT (SELECT id FROM it), 2020, 'comment', 2, replace(hex(zeroblob(300)), '00', 'W'), '', NULL;
INSERT INTO narrative (unit_id, year, section, ordinal, text, author, date)
SELECT (SELECT id FROM it), 2020, 'comment', 3, char(10) || '只有' || char(10, 10, 10) || '换行' || char(9, 9), NULL, NULL;

-- No votes but spoiled ones; marks with a long reason.
UPDATE vote SET good = 0, fair = 0, average = 0, poor = 0, spoiled = 7 WHERE unit_id = (SELECT id FROM it) AND year = 2020;
UPDATE hand_mark SET reason = '首由' || replace(hex(zeroblob(74)), '00', '评分理由') || '由末', given_by = '首组' || replace(hex(zeroblob(74)), '00', '考核小组') || '组末'
 WHERE unit_id = (SELECT id FROM it) AND year = 2020;
COMMIT;
