#!/bin/bash
# A night makes what may come out otherwise, and leaves the rest: after each change all documents are what a run from nothing gives, and those whose rows,
# layout and options are as they were were not made.
. tests/tap.sh

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 20 --years 2 --seed 11 -o "$db" >"$tmp/log" 2>&1
cp layouts/*.xml layouts/*.rng "$tmp"
out=$tmp/out
night() { "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$tmp/scorecard.xml" --layout "$tmp/ranking.xml" --year 2020 --progress never "$@"; }
count() { sqlite3 -batch "$out/2020/assessment.db" "SELECT count(*) FROM unit"; }
# made N COMMAND...: the command says that N documents were published, all others unchanged.
made() {
    want=$1
    shift
    all=$(($(count) + 1))
    "$@" >"$tmp/said" 2>&1
    cat "$tmp/said"
    grep -q "documents published $want (.*unchanged $((all - want)), failed 0" "$tmp/said"
}
# exact COMMAND...: no more changed on the disk than was published, and everything is as a run from nothing makes it.
exact() {
    sums "$out/2020" >"$tmp/before"
    "$@" >"$tmp/said" 2>&1 || { cat "$tmp/said"; return 1; }
    sums "$out/2020" >"$tmp/after"
    rm -rf "$tmp/fresh"
    shift
    night --out "$tmp/fresh" "${@:3}" >/dev/null 2>&1
    sums "$tmp/fresh/2020" | diff - "$tmp/after" || return 1
    cmp "$tmp/fresh/2020/manifest.json" "$out/2020/manifest.json" || return 1
    changed=$(diff "$tmp/before" "$tmp/after" | grep -c '^>')
    cat "$tmp/said"
    echo "changed: $changed"
    published=$(grep -o "published [0-9]*" "$tmp/said" | cut -d" " -f2)
    [ "$changed" -gt 0 ] && [ "$published" -ge "$changed" ] && [ "$published" -lt "$(($(count) + 2))" ]
}

check "the first night" night --out "$out"
check "the second makes nothing" made 0 night --out "$out"
check "--force makes all" made "$(($(count) + 1))" night --out "$out" --force
check "to the same bytes" made 0 night --out "$out"

first=$(ls "$out"/2020/*-scorecard.pdf | head -n 1)
rm "$first"
check "a file that is gone is made again, alone" made 1 night --out "$out"
truncate -s -1 "$first"
check "one that was cut short too" made 1 night --out "$out"
check "by several workers" made 0 night --out "$out" --jobs 3

lecture=$(sqlite3 -batch "$out/2020/assessment.db" "SELECT source_key FROM evidence WHERE indicator_id = '1.1' AND counted ORDER BY unit_id LIMIT 1")
sqlite3 "$db" "DELETE FROM participant WHERE activity_id = $lecture"
check "a record that is gone: the unit, those beside whom it is drawn, and the ranking" exact night --out "$out"
check "but not units of another group" test "$(grep -o 'published [0-9]*' "$tmp/said" | cut -d' ' -f2)" -lt "$(count)"
sqlite3 "$db" "UPDATE unit SET name = name || '（筹）' WHERE code = '330102'"
check "a unit's name" exact night --out "$out"
sed -i 's/排名汇总表　/排名总表　/' "$tmp/ranking.xml"
check "a layout: its own documents" made 1 night --out "$out"
sed -i 's/党委（党组）书记抓基层党建工作/书记抓基层党建工作/' "$tmp/scorecard.xml"
check "another: all of its" made "$(count)" night --out "$out"
sed -i 's/述职评议考核/述职考核/' "$tmp/scorecard.xml"
check "and they are what a run from nothing makes" exact night --out "$out"
check "an option" made "$(($(count) + 1))" night --out "$out" --pdfa 2
check "and back" made "$(($(count) + 1))" night --out "$out"

sqlite3 "$out/2020/state.db" "ALTER TABLE document DROP COLUMN fingerprint; ALTER TABLE document DROP COLUMN basis; PRAGMA user_version = 1"
check "what an older version published is made again" made "$(($(count) + 1))" night --out "$out"
sqlite3 "$db" "UPDATE unit SET name = name || char(57344) WHERE code = '330102'"
check "a unit that fails" exits 20 'failed [1-9]' night --out "$out"
check "fails every night" exits 20 'failed [1-9]' night --out "$out"
sqlite3 "$db" "UPDATE unit SET name = replace(name, char(57344), '') WHERE code = '330102'"
check "until it is mended" exits 0 'failed 0' night --out "$out"
check "and then no more is made" made 0 night --out "$out"
done_testing
