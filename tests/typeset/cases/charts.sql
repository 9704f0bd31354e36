CREATE TABLE part (unit_id INTEGER, n INTEGER, name TEXT, value INTEGER, last INTEGER, full INTEGER);
INSERT INTO part VALUES
    (1, 1, '悟思想', 9235, 8000, 14), (1, 2, '强党性', 10000, 9950, 14), (1, 3, '抓落实', 0, 4500, 12),
    (1, 4, '名称很长的一项机制要折成两行', 5550, NULL, 12), (1, 5, '敢担当', NULL, 7000, 12), (1, 6, '保民生', 333, 333, 12),
    (1, 7, '正风气', 7777, 8888, 12), (1, 8, '固基层', 6250, 6000, 12);
CREATE TABLE year (unit_id INTEGER, year INTEGER, score INTEGER);
INSERT INTO year VALUES (1, 2016, 8211), (1, 2017, 7905), (1, 2018, NULL), (1, 2019, 8876), (1, 2020, 9150);
CREATE TABLE vote (unit_id INTEGER, n INTEGER, grade TEXT, votes INTEGER);
INSERT INTO vote VALUES (1, 1, '好', 62), (1, 2, '较好', 21), (1, 3, '一般', 9), (1, 4, '差', 0);
