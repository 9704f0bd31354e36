#!/bin/bash
# Another level by another scheme: townships, ranked within their district, by the same program and a layout that comes with it.
. tests/tap.sh

db=$tmp/activity.db
township=layouts/scheme-example-township.xml
"$BUILD/make_fixtures" --units 20 --years 2 --seed 11 -o "$db"
check "the scheme has no mistakes" "$shuzhi" check --db "$db" --scheme "$township" --layout layouts/ranking.xml
check "townships are assessed and ranked" "$shuzhi" run --db "$db" --scheme "$township" --layout layouts/ranking.xml --year 2020 --out "$tmp/out" --progress never
sql() { sqlite3 -batch "$tmp/out/2020/assessment.db" "$1"; }
townships=$(sqlite3 -batch "$db" "SELECT count(*) FROM unit WHERE kind = 'township'")
check "every township is there, and nothing else" test "$(sql "SELECT count(*) || group_concat(DISTINCT kind) FROM unit")" = "${townships}township"
check "there are some" test "$townships" -gt 0
check "each is ranked in its own district" test "$(sql "SELECT count(*) FROM (SELECT u.group_id, min(t.rank) r, max(t.rank_of) n, count(t.score) c
    FROM unit u JOIN result_total t USING (unit_id) WHERE t.year = 2020 GROUP BY 1) WHERE c > 0 AND (r <> 1 OR n <> c)")" -eq 0
check "sources and bonus add up to the total" test "$(sql "SELECT count(*) FROM result_total t WHERE t.year = 2020 AND t.score <> t.bonus +
    (SELECT sum(score) FROM result_source s WHERE s.unit_id = t.unit_id)")" -eq 0
check "no more than 30 % of a district are 好, or one" test "$(sql "SELECT count(*) FROM (SELECT sum(t.grade = '好') g, max(t.rank_of) n
    FROM unit u JOIN result_total t USING (unit_id) WHERE t.year = 2020 GROUP BY u.group_id) WHERE g > max(1, n * 30 / 100)")" -eq 0

code=$(sql "SELECT code FROM unit JOIN result_source USING (unit_id) ORDER BY ordinal LIMIT 1")
check "explain shows the sources" exits 0 '^民主评议 \[(scored|missing)\] ' "$shuzhi" explain --unit "$code" --year 2020 --out "$tmp/out"

done_testing
