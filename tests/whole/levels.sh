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

# ── three levels: each card lists the units below, from their own assessment ──
assess() { "$shuzhi" assess --db "$db" --year 2020 "$@"; }
base=layouts/scheme-example-base.xml
check "villages and branches are assessed" assess --scheme "$base" -o "$tmp/base.db"
check "townships with them below" assess --scheme "$township" --below "$tmp/base.db" -o "$tmp/township.db"
check "districts with the townships below" assess --scheme "$scheme" --below "$tmp/township.db" -o "$tmp/district.db"
at() { sqlite3 -batch "$1" "$2"; }
check "every township is on its district's card" test "$(at "$tmp/district.db" "SELECT count(*) FROM x_child")" -eq "$townships"
check "every village and branch under a township is on the township's" test "$(at "$tmp/township.db" "SELECT count(*) FROM x_child")" -eq \
    "$(at "$tmp/base.db" "SELECT count(*) FROM unit")"
same_numbers() { # UPPER LOWER: what the upper level lists is what the lower one has
    [ "$(sqlite3 -batch "$1" "ATTACH '$2' AS b; SELECT count(*) FROM x_child c JOIN b.unit u USING (code) JOIN b.result_total t ON t.unit_id = u.unit_id
        AND t.year = 2020 WHERE t.score IS NOT c.score OR t.grade IS NOT c.grade OR t.rank IS NOT c.rank")" -eq 0 ]
}
check "with the numbers of their own cards" same_numbers "$tmp/district.db" "$tmp/township.db"
check "at both levels" same_numbers "$tmp/township.db" "$tmp/base.db"
card() { # DB LAYOUT CODE: the text of a unit's card
    "$shuzhi" preview --assessment "$1" --layout "$2" --unit "$3" -o "$tmp/card.pdf" && pdftotext -raw "$tmp/card.pdf" "$tmp/card.txt"
}
lists() { # DB LAYOUT: the first unit's card names all below it
    unit=$(at "$1" "SELECT u.code FROM unit u JOIN x_child c USING (unit_id) ORDER BY u.ordinal LIMIT 1")
    card "$1" "$2" "$unit" && grep -q 下级单位考核情况 "$tmp/card.txt" || return 1
    at "$1" "SELECT c.name FROM x_child c JOIN unit u USING (unit_id) WHERE u.code = '$unit'" | while read -r name; do
        tr -d ' \n' <"$tmp/card.txt" | grep -qF "$name" || { echo "no $name"; exit 1; }
    done
}
check "a district's scorecard names its townships" lists "$tmp/district.db" layouts/scorecard.xml
check "a township's card names its villages and branches" lists "$tmp/township.db" layouts/card.xml
lowest() { card "$tmp/base.db" layouts/card.xml "$(at "$tmp/base.db" "SELECT code FROM unit ORDER BY ordinal LIMIT 1")" && ! grep -q 下级单位 "$tmp/card.txt"; }
check "nobody is below a village" lowest
check "without a level below the card has no such list" exits 0 '^0$' sqlite3 -batch "$tmp/out/2020/assessment.db" "SELECT count(*) FROM x_child"
check "what is no assessment is refused" exits 65 DATA_NOT_ASSESSMENT assess --scheme "$township" --below "$db" -o "$tmp/no.db"

# ── what changed in another source ──
voted=$(at "$tmp/township.db" "SELECT count(*) FROM source_record")
town=$(at "$tmp/township.db" "SELECT unit_id || ' ' || code FROM unit ORDER BY ordinal LIMIT 1")
sqlite3 -bail "$db" "INSERT INTO vote (unit_id, year, voters, good, fair, average, poor, spoiled) VALUES (${town% *}, 2020, 'delegate', 7, 2, 1, 0, 3)"
check "assessed with a vote more" assess --scheme "$township" --below "$tmp/base.db" -o "$tmp/voted.db"
check "diff names the mark and its ballots" exits 1 "^${town#* } record new vote: vote#${town% *}/2020/delegate  —  好  × 7 " "$shuzhi" diff "$tmp/township.db" "$tmp/voted.db"
check "and the source" exits 1 "^${town#* } source vote: 民主评议" "$shuzhi" diff "$tmp/township.db" "$tmp/voted.db"
check "there are as many records more as kinds of ballots" test "$(($(at "$tmp/voted.db" "SELECT count(*) FROM source_record") - voted))" -eq 5

done_testing
