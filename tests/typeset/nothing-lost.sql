-- Every row n is made of one character of its own, so that a lost or doubled one is seen in the counts.
CREATE TABLE item (n INTEGER, a TEXT, b TEXT, c TEXT, d TEXT);
WITH RECURSIVE k(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM k WHERE n < 119)
INSERT INTO item
SELECT n,
       replace(hex(zeroblob(n * 7919 % 61)), '00', char(0x4E00 + n)),
       replace(hex(zeroblob(n * 104729 % 97)), '00', char(0x4E00 + n)),
       replace(hex(zeroblob(n * n % 83)), '00', char(0x4E00 + n)),
       replace(hex(zeroblob(CASE WHEN n % 10 = 3 THEN 400 ELSE n * 31 % 41 END)), '00', char(0x4E00 + n))
  FROM k;
-- For tables-lost.xml: 400 rows, and three texts of 3,000 characters.
CREATE TABLE line (n INTEGER, t TEXT, u TEXT);
WITH RECURSIVE k(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM k WHERE n < 399)
INSERT INTO line
SELECT n, replace(hex(zeroblob(1 + n * 7919 % 31)), '00', char(0x4E00 + n % 150)),
       replace(hex(zeroblob(n * 31 % 7)), '00', char(0x4E00 + n % 150))
  FROM k;
CREATE TABLE long (n INTEGER, t TEXT);
INSERT INTO long SELECT n, replace(hex(zeroblob(3000)), '00', char(0x4E00 + 150 + n)) FROM (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2);
