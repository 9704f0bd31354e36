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
