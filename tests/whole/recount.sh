#!/bin/bash
# The numbers of many assessments against the independent recount: other seeds, days within the year, other years, and data
# stirred until they meet every edge. And the recount itself must notice a wrong number, a missing unit and a wrong scheme.
. tests/tap.sh

oracle=$BUILD/tests/oracle/oracle
units=40
fixture() { "$BUILD/make_fixtures" --units "$units" --seed "$2" -o "$1"; }

# agree NAME DB YEAR AS_OF
agree() {
    check "$1: assessed" "$shuzhi" assess --db "$2" --scheme "$scheme" --year "$3" --as-of "$4" -o "$tmp/assessment.db"
    check "$1: the recount agrees" "$oracle" "$2" "$tmp/assessment.db"
}

for seed in 1 2 3; do
    check "fixture $seed is made" fixture "$tmp/$seed.db" "$seed"
    agree "seed $seed" "$tmp/$seed.db" 2020 2020-12-31
done
for seed in $(seq 11 30); do
    check "fixture $seed is made" "$BUILD/make_fixtures" --units 8 --seed "$seed" -o "$tmp/seed.db"
    agree "seed $seed" "$tmp/seed.db" 2020 2020-12-31
done
agree "another year" "$tmp/1.db" 2018 2018-12-31

cp "$tmp/1.db" "$tmp/stirred.db"
check "the data are stirred" sqlite3 -bail "$tmp/stirred.db" ".read tests/oracle/stir.sql"
for day in 2020-12-31 2020-12-30 2020-06-30 2020-02-29 2020-01-01; do
    agree "stirred, as of $day" "$tmp/stirred.db" 2020 "$day"
done
agree "stirred, the year before" "$tmp/stirred.db" 2019 2019-12-31

check "the boundary cases are made" "$BUILD/tests/assess/test_boundaries" "$tmp/boundaries.db"
for day in 2020-12-31 2020-12-30 2020-07-01 2020-06-30 2021-12-31; do
    agree "at every boundary, as of $day" "$tmp/boundaries.db" "${day%%-*}" "$day"
done

# ── the recount bites ──
"$shuzhi" assess --db "$tmp/1.db" --scheme "$scheme" --year 2020 -o "$tmp/right.db" >/dev/null 2>&1
# notices PATTERN SQL: after the change to the assessment the recount fails with a line that matches.
notices() {
    cp "$tmp/right.db" "$tmp/wrong.db"
    sqlite3 -bail "$tmp/wrong.db" "$2" || return 1
    exits 1 "$1" "$oracle" "$tmp/1.db" "$tmp/wrong.db"
}
first="(SELECT unit_id FROM result_indicator WHERE indicator_id = '13.1' AND status = 'short' AND unit_id NOT IN (SELECT unit_id FROM result_indicator WHERE status = 'exempt') ORDER BY unit_id LIMIT 1)"
check "it notices half a day too much" notices "13\.1: actual should be" \
    "UPDATE result_indicator SET actual = actual + 500 WHERE indicator_id = '13.1' AND unit_id = $first"
check "it notices a target of one too few" notices "1\.1: target should be" \
    "UPDATE result_indicator SET target = target - 1000 WHERE indicator_id = '1.1' AND unit_id = $first"
check "it notices a status" notices "1\.1: status should be" \
    "UPDATE result_indicator SET status = 'not-applicable' WHERE indicator_id = '1.1' AND unit_id = $first"
check "it notices a unit that has no result" notices "1\.1: $((units - 1)) units have a result, should be $units" \
    "DELETE FROM result_indicator WHERE indicator_id = '1.1' AND unit_id = $first"
check "it fails when it compared nothing" notices ", 0 numbers compared" "DELETE FROM result_indicator"

# slip FROM TO: a scheme with that one slip gives numbers that differ.
slip() {
    grep -q -- "$1" "$scheme" || { echo "the scheme has no $1"; return 1; }
    sed "s/$1/$2/" "$scheme" >"$tmp/slip.xml"
    "$shuzhi" assess --db "$tmp/stirred.db" --scheme "$tmp/slip.xml" --year 2020 -o "$tmp/slip.db" || return 1
    exits 1 " should be " "$oracle" "$tmp/stirred.db" "$tmp/slip.db"
}
check "it notices five years counted a day short" slip "'+1 day', '-5 years'" "'+2 days', '-5 years'"
check "it notices a year of contact counted a day short" slip "julianday(date(k.from_date, '+1 year'))" \
    "julianday(date(k.from_date, '+364 days'))"
check "it notices ninety days counted as eighty-nine" slip "180 \* l.held" "178 * l.held"
check "it notices afternoons counted as mornings" slip ">= '12:00', 5, 0" ">= '25:00', 5, 0"

done_testing
