CREATE TABLE unit (unit_id INTEGER, name TEXT);
INSERT INTO unit VALUES (1, '西湖街道');
