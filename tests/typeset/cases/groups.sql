CREATE TABLE unit (unit_id INTEGER, name TEXT, region TEXT);
INSERT INTO unit VALUES (1, '甲', '东'), (2, '乙', '西'), (3, '丙', '东'), (NULL, '无号', '西');
CREATE TABLE mark (number INTEGER, unit_id INTEGER, kind TEXT, title TEXT, score INTEGER, target INTEGER, day TEXT);
-- The kinds do not stand together: a group is all rows of one value.
INSERT INTO mark VALUES (1, 1, '党建', '一', 3, 5, '2020-03-01'), (2, 2, '党建', '二', 4, 4, '2020-02-01'),
  (3, 1, '学习', '三', 7, 2, '2020-12-03'), (4, 1, '党建', '四', NULL, 2, NULL), (5, 1, '党建', '五', 10, 9, '2020-01-31'),
  (6, 2, NULL, '六', -1, NULL, ''), (7, NULL, '学习', '七', 1, 1, '2020-05-01');
