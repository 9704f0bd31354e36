CREATE TABLE item (number INTEGER, score INTEGER, state TEXT, done INTEGER);
INSERT INTO item VALUES (1, 3, '按期', 0), (2, 9, '逾期', 0), (3, 5, '逾期', 1), (4, 9, '', 0);
