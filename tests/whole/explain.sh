#!/bin/bash
# shuzhi explain leads every number back to its records, and shuzhi diff names what changed and the record that caused it.
. tests/tap.sh

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 8 --years 2 --seed 11 -o "$db"
assess() { "$shuzhi" assess --db "$db" --scheme "$scheme" --year 2020 --progress never -o "$1"; }
check "the first assessment" assess "$tmp/a.db"
sql() { sqlite3 -batch "$tmp/a.db" "$1"; }
code=$(sql "SELECT code FROM unit JOIN result_total USING (unit_id) WHERE year = 2020 AND status = 'scored' ORDER BY ordinal LIMIT 1")
explain() { "$shuzhi" explain --assessment "$tmp/a.db" --unit "$code" "$@"; }

check "a card is explained in English" exits 0 '^  score：' explain
check "a card is explained in Chinese" exits 0 '^  得分：' env LC_ALL=zh_CN.UTF-8 "$shuzhi" explain --assessment "$tmp/a.db" --unit "$code"
check "one indicator alone" test "$(explain --indicator 1.1 | grep -c '^[0-9.]* .*\[')" -eq 1
every_record() { # each row of evidence is printed once
    [ "$(explain | grep -c '^    .*#')" -eq "$(sql "SELECT count(*) FROM evidence JOIN unit USING (unit_id) WHERE code = '$code'")" ]
}
check "every record behind the card is listed" every_record
left_out=$(sql "SELECT note FROM evidence JOIN unit USING (unit_id) WHERE code = '$code' AND counted = 0 AND note <> '' LIMIT 1")
check "what was left out is listed with its reason" grep -qF "$left_out" <(explain)

# ── Records outside the year ──
# The lecture of a leader on the last day before the year, the first day after it, and further away than three months.
cp "$db" "$tmp/late.db"
sqlite3 -batch "$tmp/late.db" "ATTACH '$tmp/a.db' AS a;
    CREATE TEMP TABLE who AS SELECT u.unit_id, CAST(s.subject AS INTEGER) AS person FROM a.subject s JOIN a.unit u USING (unit_id)
        WHERE u.code = '$code' AND s.indicator_id = '1.1' ORDER BY s.subject LIMIT 1;
    CREATE TEMP TABLE day (n INTEGER PRIMARY KEY, date TEXT);
    INSERT INTO day (date) VALUES ('2019-12-31'), ('2021-01-01'), ('2021-03-31'), ('2019-09-30'), ('2021-04-01');
    INSERT INTO activity (id, unit_id, kind, subject, level, date, days_tenths, headcount, title)
        SELECT 9000000 + n, unit_id, 'lecture', 'thought', 'county', date, 5, 20, '年外党课' FROM who, day;
    INSERT INTO participant SELECT 9000000 + n, person, 'speaker', 5 FROM who, day"
check "an assessment with lectures outside the year" "$shuzhi" assess --db "$tmp/late.db" --scheme "$scheme" --year 2020 --progress never -o "$tmp/late-a.db"
late() { "$shuzhi" explain --assessment "$tmp/late-a.db" --unit "$code" --indicator 1.1; }
check "the last day of the year before is listed as too early" grep -q '2019-12-31  年外党课  activity#9000001  1  早于考核期' <(late)
check "the first day of the year after is listed as too late" grep -q '2021-01-01  年外党课  activity#9000002  1  晚于考核截止日' <(late)
check "so is the last day of three months" grep -q '2021-03-31  年外党课' <(late)
check "what is further away is not listed" test "$(late | grep -c 年外党课)" -eq 3
numbers() { # ASSESSMENT: all of the assessed year; the lectures of 2019 belong to that year of the trend
    sqlite3 "$1" "SELECT * FROM result_indicator; SELECT * FROM subject; SELECT * FROM result_total WHERE year = 2020"
}
same_numbers() { [ "$(numbers "$tmp/a.db")" = "$(numbers "$tmp/late-a.db")" ]; }
check "and no number of the year moves" same_numbers

json_adds_up() {
    explain --json >"$tmp/e.json" || return 1
    perl -MJSON::PP -e 'local $/; my $e = decode_json(<STDIN>); my $sum = 0;
        for (@{$e->{indicators}}) { next unless defined $_->{score}; (my $s = $_->{score}) =~ s/\.//; $sum += $s; }
        (my $t = $e->{result}{score}) =~ s/\.//; print "$sum $t\n"; exit($sum != $t)' <"$tmp/e.json"
}
check "the JSON is well-formed and its scores add up to the total" json_adds_up
check "an unknown unit is refused" exits 65 ASSESS_NO_UNIT "$shuzhi" explain --assessment "$tmp/a.db" --unit nobody
check "an unknown indicator is refused" exits 65 ASSESS_NO_INDICATOR explain --indicator 99.9
check "a unit must be named" exits 64 BATCH_MISSING_OPTION "$shuzhi" explain --assessment "$tmp/a.db"

# ── diff ──
check "an assessment does not differ from itself" "$shuzhi" diff "$tmp/a.db" "$tmp/a.db"
check "nothing is printed then" test -z "$("$shuzhi" diff "$tmp/a.db" "$tmp/a.db")"
lecture=$(sql "SELECT e.source_key FROM evidence e JOIN unit u USING (unit_id) WHERE u.code = '$code' AND e.indicator_id = '1.1' AND e.counted LIMIT 1")
sqlite3 -batch "$db" "DELETE FROM participant WHERE activity_id = $lecture AND role = 'speaker'"
check "the second assessment, a lecture less" assess "$tmp/b.db"
differs() { exits 1 "^$code record gone 1.1: activity#$lecture " "$shuzhi" diff "$tmp/a.db" "$tmp/b.db"; }
check "diff names the record that is gone, exit code 1" differs
check "diff names the indicator" exits 1 "^$code indicator 1.1: " "$shuzhi" diff "$tmp/a.db" "$tmp/b.db"
check "seen from the other side the record is new" exits 1 "^$code record new 1.1: activity#$lecture " "$shuzhi" diff "$tmp/b.db" "$tmp/a.db"
as_json() { "$shuzhi" diff "$tmp/a.db" "$tmp/b.db" --json | perl -MJSON::PP -e 'local $/; exit(@{decode_json(<STDIN>)} == 0)'; }
check "diff gives well-formed JSON" as_json
check "two files must be named" exits 64 BATCH_MISSING_OPTION "$shuzhi" diff "$tmp/a.db"
check "an activity database is no assessment" exits 65 DATA_ "$shuzhi" diff "$tmp/a.db" "$db"

done_testing
