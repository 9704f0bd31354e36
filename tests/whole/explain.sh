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
