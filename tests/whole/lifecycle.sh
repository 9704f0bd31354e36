#!/bin/bash
# Draft, frozen, issued, signed, archived; a correction by reopening. Frozen numbers do not move, and nothing is silent.
. tests/tap.sh

db=$tmp/activity.db
year=$tmp/out/2020
export SOURCE_DATE_EPOCH=1609459200
"$BUILD/make_fixtures" --units 8 --years 2 --seed 11 -o "$db"
run() { "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$scorecard" --layout layouts/ranking.xml --year 2020 --out "$tmp/out" --progress never; }
freeze() { "$shuzhi" freeze --db "$db" --scheme "$scheme" --year 2020 --out "$tmp/out" --progress never "$@"; }
of_year() { command=$1; shift; "$shuzhi" "$command" --year 2020 --out "$tmp/out" "$@"; }
state() { sqlite3 -batch "$year/state.db" "$1"; }
numbers() { sqlite3 -batch "$year/assessment.db" "$1"; }
text_of() { pdftotext -raw "$year/$1.pdf" - | tr -d ' \n\f\r'; }
shows() { case $(text_of "$1") in *"$2"*) ;; *) echo "$1: no $2"; return 1 ;; esac; }
lacks() { ! shows "$1" "$2"; }

# ── draft ──
check "a nightly run" run
code=$(numbers "SELECT code FROM unit JOIN result_total USING (unit_id) WHERE year = 2020 AND status = 'scored' ORDER BY ordinal LIMIT 1")
other=$(numbers "SELECT code FROM unit JOIN result_total USING (unit_id) WHERE year = 2020 AND status = 'scored' ORDER BY ordinal LIMIT 1 OFFSET 1")
check "a draft carries the watermark 草稿" shows "$code-scorecard" 草稿
check "a draft cannot be issued" exits 65 BATCH_NOT_FROZEN of_year issue
check "a draft cannot be reopened" exits 65 BATCH_NOT_FROZEN of_year reopen --unit "$code" --reason 核对
check "part of a year cannot be frozen" exits 64 BATCH_FREEZE_EARLY freeze --as-of 2020-06-30

# ── frozen ──
check "the year is frozen" exits 0 'version 1' freeze
check "the frozen assessment is read-only" test "$(stat -c %a "$year/frozen-1.db")" = 444
hash=$(sha256sum <"$year/frozen-1.db" | cut -d' ' -f1)
check "its hash is in state.db" test "$(state "SELECT sha256 FROM event WHERE kind = 'frozen'")" = "$hash"
check "the date is that of SOURCE_DATE_EPOCH" test "$(state "SELECT date FROM event WHERE kind = 'frozen'")" = 2021-01-01
check "it cannot be frozen twice" exits 65 BATCH_ALREADY_FROZEN freeze
check "documents of the draft cannot be issued" exits 65 BATCH_NOT_RENDERED of_year issue
check "a run says that the numbers are frozen" exits 0 BATCH_FROZEN run
check "no watermark any more" lacks "$code-scorecard" 草稿
check "nor on the ranking" lacks ranking 草稿
sums "$year" >"$tmp/frozen.sums"

lecture() { numbers "SELECT e.source_key FROM evidence e JOIN unit u USING (unit_id) WHERE u.code = '$1' AND e.indicator_id = '1.1' AND e.counted LIMIT 1"; }
first=$(lecture "$code"); second=$(lecture "$other")
sqlite3 -batch "$db" "DELETE FROM participant WHERE activity_id IN ($first, $second) AND role = 'speaker'"
check "a run over changed data" exits 0 BATCH_FROZEN run
same() { sums "$year" | diff - "$tmp/frozen.sums"; }
check "gives the same bytes" same
check "and the frozen file is as it was" test "$(sha256sum <"$year/frozen-1.db" | cut -d' ' -f1)" = "$hash"

# ── issued, signed, archived ──
check "nothing is signed before it was issued" exits 65 BATCH_STATE_ORDER of_year issue --mark signed
check "issued" of_year issue
check "signed, one unit" of_year issue --mark signed --unit "$code"
check "archived, that unit" of_year issue --mark archived --unit "$code"
check "not the other, which is unsigned" exits 65 BATCH_STATE_ORDER of_year issue --mark archived --unit "$other"
issued=$(state "SELECT sha256 FROM event WHERE kind = 'issued' AND unit = '$code'")
check "what was issued is recorded with its hash" test "$(sha256sum <"$year/$code-scorecard.pdf" | cut -d' ' -f1)" = "$issued"

# ── what was issued is never overwritten by something else ──
sed 's/述职评议考核评分表/述职评议考核评分表（新版式）/' layouts/scorecard.xml >"$tmp/scorecard.xml"
cp layouts/common.xml "$tmp"
relaid() { "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$tmp/scorecard.xml" --year 2020 --out "$tmp/out" --progress never; }
check "another layout does not change what was issued" exits 20 BATCH_ISSUED relaid
check "the issued bytes are there still" test "$(sha256sum <"$year/$code-scorecard.pdf" | cut -d' ' -f1)" = "$issued"
check "the manifest says so" grep -q "\"unit\": \"$code\".*\"layout\": \"scorecard\", \"status\": \"failed\", \"reason\": \"BATCH_ISSUED\"" "$year/manifest.json"
check "nothing is left beside them" test -z "$(find "$year" -name '.*.tmp')"
check "the layout that was issued goes through" exits 0 BATCH_FROZEN run

# ── a correction ──
check "a reason must be given" exits 64 BATCH_MISSING_OPTION of_year reopen --unit "$code"
check "an unknown unit cannot be reopened" exits 65 BATCH_NO_UNIT of_year reopen --unit nobody --reason 核对
check "one unit is reopened" of_year reopen --unit "$code" --reason 核实一次党课记录
check "a reopened unit is not issued" exits 65 BATCH_UNIT_OPEN of_year issue --unit "$code"
check "a run says that a unit is reopened" exits 0 BATCH_REOPENED run
check "its document is a draft again" shows "$code-scorecard" 草稿
check "the other's is not" lacks "$other-scorecard" 草稿
check "the other's is the frozen one" grep -q "$(sha256sum <"$year/$other-scorecard.pdf" | cut -d' ' -f1)" "$tmp/frozen.sums"
check "frozen again" exits 0 'version 2' freeze
run >/dev/null 2>&1
check "the correction is version 2, with its reason" shows "$code-scorecard" 第2版更正说明核实一次党课记录
check "the other's document has not changed" grep -q "$(sha256sum <"$year/$other-scorecard.pdf" | cut -d' ' -f1)" "$tmp/frozen.sums"
changed() { "$shuzhi" diff "$year/frozen-1.db" "$year/frozen-2.db" >"$tmp/diff"; [ $? -eq 1 ] && grep -q "^$code record gone 1.1: activity#$first " "$tmp/diff"; }
check "diff names the record behind the correction" changed
check "and only the reopened unit differs" test -z "$(grep -v "^$code " "$tmp/diff")"
check "version 1 is kept" test "$(sha256sum <"$year/frozen-1.db" | cut -d' ' -f1)" = "$hash"
check "the reason is kept" test "$(state "SELECT note FROM event WHERE kind = 'reopened'")" = 核实一次党课记录
events_stay() { ! sqlite3 -batch "$year/state.db" "DELETE FROM event" && ! sqlite3 -batch "$year/state.db" "UPDATE event SET note = ''"; }
check "events can be neither deleted nor changed" events_stay
check "version 2 is issued anew" of_year issue --unit "$code"

# ── a crash, and a spoiled file ──
leftover() { of_year reopen --unit "$other" --reason 复核 && echo half >"$year/frozen-3.db" && touch "$year/.frozen-3.db.tmp" && freeze &&
    [ ! -e "$year/.frozen-3.db.tmp" ] && [ "$(sha256sum <"$year/frozen-3.db" | cut -d' ' -f1)" = "$(state "SELECT sha256 FROM event WHERE version = 3 AND kind = 'frozen'")" ]; }
check "what a crash before the event left is replaced" leftover
chmod 644 "$year/frozen-3.db"
sqlite3 -batch "$year/frozen-3.db" "UPDATE result_total SET score = score + 1"
check "a frozen file that was changed is refused" exits 65 BATCH_FROZEN_DAMAGED run

done_testing
