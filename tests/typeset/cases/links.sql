CREATE TABLE unit (unit_id INTEGER, name TEXT);
INSERT INTO unit VALUES (1, '西湖街道');
CREATE TABLE part (code TEXT, name TEXT, n INTEGER);
INSERT INTO part VALUES ('A', '悟思想', 3), ('B', '强党性', 5);
