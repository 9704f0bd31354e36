#!/bin/bash
# A reader of out/ never sees a part of a file, whatever happens to the run; a writer beside us never disturbs the numbers.
. tests/tap.sh

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 40 --years 2 --seed 11 -o "$db" || exit 2
night() { exec "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$scorecard" --year 2020 --out "$1" --jobs 2 --progress never --force; }
run() { (night "$1"); }
check "an undisturbed night" run "$tmp/good"
sums "$tmp/good/2020" >"$tmp/good.sums"

# Killed at growing moments: every name in out/ is whole and has the right bytes.
killed() {
    for ms in 50 200 350 500 550 600 650 800; do
        (night "$tmp/killed") >/dev/null 2>&1 & # exec: the number is that of the program itself
        pid=$!
        sleep "$(printf '0.%03d' "$ms")" # the moment of the kill; nothing waits for it
        kill -9 "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
        [ ! -e "$tmp/killed/2020/.lock" ] || flock -w 10 "$tmp/killed/2020/.lock" true || { echo "workers outlive their parent"; return 1; }
        if ls "$tmp/killed/2020/"*.pdf >/dev/null 2>&1; then
            sums "$tmp/killed/2020" | grep -vxFf "$tmp/good.sums" && { echo "a wrong file after $ms ms"; return 1; }
        fi
    done
    return 0
}
check "killed at eight moments: every published file is whole" killed
# The killed run's workers are killed with it, and hold the lock until they are gone.
finishes() { flock -w 10 "$tmp/killed/2020/.lock" true || { echo "workers outlive their parent"; return 1; }; run "$tmp/killed" && sums "$tmp/killed/2020" | diff "$tmp/good.sums" -; }
check "the next run finishes the rest, to the same bytes" finishes
# Its lock is text of a process that is no more.
(night "$tmp/killed") >/dev/null 2>&1 & pid=$!
for _ in $(seq 500); do grep -q "^$pid " "$tmp/killed/2020/.lock" && break; sleep 0.01; done # a look, not a wait
kill -STOP "$pid" # it holds the lock as long as we like
check "a second run says who is at work, and exits 75" exits 75 "process $pid on host $(uname -n)\. .*BATCH_BUSY\]" run "$tmp/killed"
check "so does another command" exits 75 "process $pid on host $(uname -n)\. .*BATCH_BUSY\]" "$shuzhi" issue --year 2020 --out "$tmp/killed"
kill -9 "$pid"
wait "$pid" 2>/dev/null
flock -w 10 "$tmp/killed/2020/.lock" true
check "a stale lock is recognised" exits 0 "process $pid on host $(uname -n), did not end by itself.*BATCH_LOCK_STALE" run "$tmp/killed"
check "and told once" exits 0 "published 40" run "$tmp/killed"
check "not twice" test -z "$(grep STALE "$tmp/exits.log")"
check "what the killed runs left behind is gone" test -z "$(find "$tmp/killed" -name '*.tmp*')"

n=0
long=layouts/evidence.xml # some forty pages a document: there is time to strike
check "a longer night" "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$long" --year 2020 --out "$tmp/long" --progress never
sums "$tmp/long/2020" >"$tmp/long.sums"
# Asked to end, a run finishes what its workers have in hand; the next one goes on from there.
ended() { # SIGNAL
    rm -rf "$tmp/ended"
    (exec "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$long" --year 2020 --out "$tmp/ended" --jobs 2 --progress never >"$tmp/said" 2>&1) &
    pid=$!
    for _ in $(seq 1000); do # until the first document is being made
        ls "$tmp"/ended/2020/.*.pdf.tmp >/dev/null 2>&1 && break
        sleep 0.005 # a look, not a wait: the loop ends at what it looks for
    done
    kill "-$1" "$pid"
    wait "$pid"
    code=$?
    cat "$tmp/said"
    [ "$code" -eq 75 ] && grep -q BATCH_ENDED "$tmp/said" || return 1
    [ -z "$(find "$tmp/ended" -name '*.tmp*')" ] || { echo "left: $(find "$tmp/ended" -name '*.tmp*')"; return 1; }
    sums "$tmp/ended/2020" | grep -vxFf "$tmp/long.sums" && return 1
    n=$(ls "$tmp"/ended/2020/*.pdf | wc -l)
    [ "$n" -gt 0 ] && [ "$n" -lt 40 ]
}
goes_on() { "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$long" --year 2020 --out "$tmp/ended" --progress never >"$tmp/said" && grep -q "unchanged $n," "$tmp/said" && sums "$tmp/ended/2020" | diff "$tmp/long.sums" -; }
check "SIGTERM: what is in hand is finished, all files are whole" ended TERM
check "the next run makes the rest only" goes_on
check "SIGINT likewise" ended INT

# A worker that is killed costs nothing: its document is tried once more.
struck() {
    rm -rf "$tmp/struck"
    (exec "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$long" --year 2020 --out "$tmp/struck" --jobs 2 --progress never >"$tmp/said" 2>&1) &
    pid=$!
    for _ in $(seq 1000); do
        ls "$tmp"/struck/2020/.*.pdf.tmp >/dev/null 2>&1 && break
        sleep 0.005 # a look, not a wait: the loop ends at what it looks for
    done
    worker=$(pgrep -P "$pid" | head -n 1)
    cp "/proc/$worker/status" "$tmp/worker"
    kill -9 "$worker" || return 1
    wait "$pid"
    code=$?
    cat "$tmp/said"
    [ "$code" -eq 0 ] && grep -q 'failed 0' "$tmp/said" && sums "$tmp/struck/2020" | diff "$tmp/long.sums" -
}
check "a worker that is killed costs no document" struck
confined() { { grep -Eq '^NoNewPrivs:[[:space:]]*1$' "$tmp/worker" && grep -Eq '^Seccomp:[[:space:]]*2$' "$tmp/worker"; } || { cat "$tmp/worker"; return 1; }; }
check "it had given up what it did not need" confined

# A reader that opens whatever is there, all the time, while a night rewrites the directory.
reader() {
    while [ ! -e "$tmp/stop" ]; do
        for f in "$tmp/good/2020"/*.pdf; do tail -c 6 "$f" | grep -q EOF || { echo "$f" >>"$tmp/partial"; }; done
    done
}
: >"$tmp/partial"
reader & reader_pid=$!
check "a night over files that are being read" run "$tmp/good"
touch "$tmp/stop"
wait "$reader_pid"
check "the reader never saw a part of a file" test ! -s "$tmp/partial"

# A writer in WAL mode that changes nothing: it is never locked out.
sqlite3 "$db" "PRAGMA journal_mode = WAL" >/dev/null
writer() {
    while [ ! -e "$tmp/stop2" ]; do
        sqlite3 -batch "$db" ".timeout 5000" "UPDATE unit SET name = name WHERE id = 1" || return 1
    done
}
writer >"$tmp/writer.log" 2>&1 & writer_pid=$!
check "a night while another process keeps writing" run "$tmp/wal"
touch "$tmp/stop2"
wait "$writer_pid"
check "the writer was never locked out" diff "$tmp/writer.log" /dev/null
same() { sums "$tmp/wal/2020" | diff "$tmp/good.sums" -; }
check "and the documents are those of the data" same

# One that adds, in one transaction each time, one contest to each of two units: in one snapshot both have as many.
pair=$(sqlite3 -batch "$tmp/good/2020/assessment.db" "SELECT group_concat(unit_id, ' ') FROM (SELECT unit_id FROM result_total WHERE year = 2020 AND status = 'scored' ORDER BY unit_id LIMIT 2)")
add() { sqlite3 -batch "$db" ".timeout 5000" "INSERT INTO activity (unit_id, kind, level, date, days_tenths, headcount, title) VALUES (${pair% *}, 'contest', 'county', '2020-05-05', 10, 1, '新赛 $1'), (${pair#* }, 'contest', 'county', '2020-05-05', 10, 1, '新赛 $1')"; }
add 0
adder() { i=0; while [ ! -e "$tmp/stop3" ]; do i=$((i + 1)); add $i || return 1; done; }
adder >"$tmp/adder.log" 2>&1 & adder_pid=$!
check "a night while activities come in" run "$tmp/coming"
touch "$tmp/stop3"
wait "$adder_pid"
seen() { sqlite3 -batch "$tmp/coming/2020/assessment.db" "SELECT count(*) FROM evidence WHERE indicator_id = '10.3' AND label LIKE '新赛%' AND unit_id = $1"; }
check "both units have as many in it" test "$(seen "${pair% *}")" -eq "$(seen "${pair#* }")"
check "some, but not all that came in by the end" test "$(seen "${pair% *}")" -gt 0 -a "$(seen "${pair% *}")" -lt "$(sqlite3 -batch "$db" "SELECT count(*) FROM activity WHERE title LIKE '新赛%' AND unit_id = ${pair% *}")"

done_testing
