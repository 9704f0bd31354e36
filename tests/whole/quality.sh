#!/bin/bash
# The data-quality report: each kind of finding made once in a clean database is found, with the row it is in, in the CSV and in the PDF.
. tests/tap.sh

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 20 --years 2 --seed 7 -o "$db" >"$tmp/log" 2>&1
quality() { "$shuzhi" quality --db "$1" --scheme "$scheme" --year 2020 -o "$2"; }
sql() { sqlite3 -bail -batch "$db" "$1"; }
check "a report of the fixture" quality "$db" "$tmp/before.csv"
before=$(wc -l <"$tmp/before.csv")
check "nothing is left beside it" test -z "$(find "$tmp" -name '.shuzhi-*')"

care=$(sql "SELECT max(id) FROM activity WHERE kind = 'care' AND date LIKE '2020%'")
problem=$(sql "SELECT min(id) FROM problem")
county=$(sql "SELECT min(id) FROM unit WHERE kind = 'county'")
sql "PRAGMA foreign_keys = OFF;
     UPDATE unit SET name = name || char(57344) WHERE id = $county;
     INSERT INTO activity (id, unit_id, kind, level, date, start_time, days_tenths, headcount, title, place_id)
     SELECT 900000001, unit_id, kind, level, date, start_time, days_tenths, headcount, title, place_id FROM activity WHERE id = $care;
     UPDATE problem SET closed_date = '2001-01-01' WHERE id = $problem;
     INSERT INTO person (id, name) VALUES (900000002, '无职务某'), (900000003, '不算某');
     INSERT INTO participant (activity_id, person_id, role, days_tenths) VALUES ($care, 900000002, 'attendee', 0);
     INSERT INTO post (id, person_id, unit_id, role, title, from_date) VALUES (900000004, 900000009, $county, 'cadre', '干部', '2020-01-01')"
check "a report of the spoiled one" quality "$db" "$tmp/after.csv"
finds() { tr -d '"' <"$tmp/after.csv" | grep -qE "$1" || { cat "$tmp/after.csv"; return 1; }; }
check "a character that no face has, by its number" finds "^字体中没有的字符,100.00,单位,$county,.*U\+E000"
check "an activity entered twice" finds "^疑似重复的活动,[1-9][0-9.]*,活动,900000001,.*与编号 $care 相同"
check "an impossible date" finds "^不合理的日期,[1-9][0-9.]*,问题清单,$problem,.*2001-01-01"
check "a person without post and branch" finds '^没有职务和所在支部的人员,.*,人员,900000002,.*无职务某：参加活动 1 次'
check "but not one who took part in nothing" test "$(grep -c 900000003 "$tmp/after.csv")" -eq 0
check "a reference into the void" finds '^所引用的记录不存在,.*,任职,900000004,.*在“人员”中找不到'
ordered() { tail -n +2 "$tmp/after.csv" | cut -d, -f2 | sort -c -rn; }
check "ordered by the points that depend on it" ordered
check "Excel and WPS know it as UTF-8" test "$(head -c 3 "$tmp/after.csv" | od -An -tx1 | tr -d ' ')" = efbbbf

check "the same as a PDF" quality "$db" "$tmp/report.pdf"
told() { pdftotext -raw "$tmp/report.pdf" - | tr -d ' \n' >"$tmp/text"; for word in 无职务某 900000001 U+E000 2001-01-01 900000004; do grep -qF "$word" "$tmp/text" || { echo "no $word"; return 1; }; done; }
check "which says the same" told
check "which is PDF/A" tests/preflight.sh "$tmp/report.pdf"
check "another ending is refused" exits 64 BATCH_QUALITY_OUTPUT quality "$db" "$tmp/report.txt"

silent=$(sql "SELECT name FROM unit WHERE assess_group IS NOT NULL AND kind = 'municipal' ORDER BY id LIMIT 1")
sql "PRAGMA foreign_keys = OFF; DELETE FROM activity WHERE unit_id IN (SELECT id FROM unit WHERE name = '$silent' UNION
     SELECT b.id FROM unit b JOIN unit u ON u.id = b.parent_id WHERE u.name = '$silent')"
check "a report with a unit without data" quality "$db" "$tmp/silent.csv"
check "is in it" grep -q "没有活动记录的单位.*$silent" "$tmp/silent.csv"
check "no table has its name in the database" test "$(cut -d, -f3 "$tmp/silent.csv" | grep -c "^[a-z]")" -eq 0
fails() { "$shuzhi" quality --db "$db" --scheme "$scheme" --year 2020 -o "$tmp/fail.csv" --fail-on "$1"; }
check "a finding of 100 points is one on request" exits 1 findings fails 100
check "of more there is none" exits 0 findings fails 100.01
check "nor is any other number one" exits 64 CLI_BAD_VALUE fails many
check "the spoiled lines are those that came in" test "$(($(wc -l <"$tmp/after.csv") - before))" -ge 5
done_testing
