CREATE TABLE unit (unit_id INTEGER, name TEXT, score INTEGER, rank INTEGER);
INSERT INTO unit VALUES (1, '上城区', 9150, NULL), (2, '下城区', 0, 1);
CREATE TABLE item (unit_id INTEGER, number INTEGER, title TEXT, score INTEGER);
INSERT INTO item VALUES (1, 1, '第一议题' || char(13, 10) || '制度', 450), (1, 2, '双报到' || char(9) || '制', NULL), (2, 3, '别的单位', 1);
CREATE TABLE mark (mark TEXT);
INSERT INTO mark VALUES ('甲'), ('乙');
