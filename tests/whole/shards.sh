#!/bin/bash
# A night in parts: whatever the number of shards, what the merge publishes is what one run publishes; a set that is not whole or not of one piece publishes
# nothing.
. tests/tap.sh

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 24 --years 2 --seed 12 -o "$db"
options=(--scheme "$scheme" --layout layouts/card.xml --layout layouts/ranking.xml --year 2020 --progress never)
run() { "$shuzhi" run --db "$db" "${options[@]}" --out "$1"; }
assess() { "$shuzhi" assess --db "$db" --scheme "$scheme" --year 2020 --progress never --out "$1"; }
shard() { "$shuzhi" run --shard "$2" "${options[@]}" --out "$1"; } # OUT I/N
shards() { # OUT N
    for i in $(seq "$2"); do shard "$1" "$i/$2" >/dev/null || return; done
}
merge() { "$shuzhi" merge --shards "$2" "${options[@]}" --out "$1"; } # OUT N
# All that a year publishes but for what tells the time, and what the state says of it.
published() { # OUT
    (cd "$1/2020" && find . -type f ! -path './report*' ! -name state.db ! -name .lock -exec sha256sum {} + | sort -k2 &&
        sqlite3 -batch -readonly state.db "SELECT unit, layout, status, reason, file, sha256, bytes, pages, hex(fingerprint), basis FROM document;
            SELECT * FROM replacement")
}
same() { [ "$(published "$1")" = "$(published "$2")" ]; }
is_new() { [ "$(find "$1/2020" -maxdepth 1 -name '*.pdf' | wc -l)" -eq 0 ]; }

check "a run of the whole" run "$tmp/whole"
for n in 1 4 16; do
    check "$n shards: assess" assess "$tmp/o$n"
    check "$n shards: each is made" shards "$tmp/o$n" "$n"
    check "$n shards: nothing is published before the merge" is_new "$tmp/o$n"
    check "$n shards: the merge" merge "$tmp/o$n" "$n"
    check "$n shards: the same files, manifest and state as of one run" same "$tmp/whole" "$tmp/o$n"
    check "$n shards: nothing is left of them" test ! -e "$tmp/o$n/2020/shards"
done
in_parts() { # a shard has some units and not others
    local have
    assess "$tmp/p" && shard "$tmp/p" 2/4 >"$tmp/part" || return
    have=$(find "$tmp/p/2020/shards/2-of-4" -name '*-card.pdf' | wc -l)
    [ "$have" -gt 0 ] && [ "$have" -lt 24 ] && [ ! -e "$tmp/p/2020/shards/2-of-4/ranking.pdf" ]
}
check "a shard is a part" in_parts

# ── nights after the first ──
check "nothing has changed: shards make nothing" shards "$tmp/o4" 4
nothing_made() { [ -z "$(find "$tmp/o4/2020/shards" -name '*.pdf' ! -path '*/report/*')" ]; }
check "no shard has a document" nothing_made
check "the merge publishes nothing" exits 0 'published 0 .* unchanged 25' merge "$tmp/o4" 4
sqlite3 -batch "$db" "UPDATE unit SET name = name || '（更名）' WHERE assess_group IS NOT NULL AND code = 'HZ-001'"
check "a unit has another name: a run of the whole" run "$tmp/whole"
check "assess" assess "$tmp/o4"
check "shards" shards "$tmp/o4" 4
check "the merge" merge "$tmp/o4" 4
check "the same as of one run" same "$tmp/whole" "$tmp/o4"

# ── a shard that is killed ──
# All its processes are ended before a name is given or taken away for the eighth time: some documents have their names by then. The shard is then run again.
killed() {
    mkdir -p "$1/2020/shards/1-of-2" "$tmp/scratch"
    "$BUILD/tests/crash/disturb" --dir "$1/2020/shards/1-of-2" --kill 8 --kind name --scratch "$tmp/scratch" --log "$tmp/calls" \
        "$shuzhi" run --shard 1/2 "${options[@]}" --out "$1"
    local code=$? named
    named=$(find "$1/2020/shards/1-of-2" -name '[!.]*.pdf' | wc -l)
    echo "exit code $code, documents $named"
    [ "$code" -eq 137 ] && [ "$named" -gt 0 ] && [ ! -e "$1/2020/shards/1-of-2/ledger" ]
}
check "assess anew" assess "$tmp/k"
check "one shard is killed half-way" killed "$tmp/k"
check "the other is made" shard "$tmp/k" 2/2
check "the set is not whole" exits 66 BATCH_SHARD_MISSING merge "$tmp/k" 2
check "nothing was published" is_new "$tmp/k"
check "the killed shard is run again" shard "$tmp/k" 1/2
check "the merge" merge "$tmp/k" 2
check "the same as of one run" same "$tmp/whole" "$tmp/k"

# ── sets that must not be merged ──
check "a new set" assess "$tmp/b"
check "of two" shards "$tmp/b" 2
file=$(find "$tmp/b/2020/shards/2-of-2" -name '*-card.pdf' | sort | head -1)
cp "$file" "$tmp/kept.pdf"
printf x >>"$file"
check "a document with other bytes" exits 65 BATCH_SHARD_DAMAGED merge "$tmp/b" 2
rm "$file"
check "a document that is gone" exits 65 BATCH_SHARD_INCOMPLETE merge "$tmp/b" 2
cp "$tmp/kept.pdf" "$file"
ledger=$tmp/b/2020/shards/2-of-2/ledger
cp "$ledger" "$tmp/ledger"
printf x >>"$ledger"
check "a damaged ledger" exits 65 BATCH_SHARD_DAMAGED merge "$tmp/b" 2
cp "$tmp/b/2020/shards/1-of-2/ledger" "$ledger"
check "the ledger of another shard" exits 65 BATCH_SHARD_DAMAGED merge "$tmp/b" 2
head -c 1000 "$tmp/ledger" >"$ledger"
check "a ledger that was cut off" exits 65 BATCH_SHARD_DAMAGED merge "$tmp/b" 2
cp "$tmp/ledger" "$ledger"
other() { "$shuzhi" merge --shards 2 "${options[@]}" --pdfa 2 --out "$tmp/b"; }
check "a merge with other options" exits 65 BATCH_SHARD_OTHER other
check "another number of shards" exits 66 BATCH_SHARD_MISSING merge "$tmp/b" 3
sqlite3 -batch "$db" "UPDATE unit SET name = name || '二' WHERE code = 'HZ-002'"
check "other numbers in the meantime" assess "$tmp/b"
check "the shards were not made from them" exits 65 BATCH_SHARD_OTHER merge "$tmp/b" 2
check "nothing was published by any of these" is_new "$tmp/b"
check "the shards are made again" shards "$tmp/b" 2
check "and merged" merge "$tmp/b" 2
check "a run of the whole" run "$tmp/whole"
check "the same as of one run" same "$tmp/whole" "$tmp/b"

# ── who may work beside whom ──
beside() { # LOCK: while somebody holds OUT/2020/.lock like this
    flock -F "$1" "$tmp/b/2020/.lock" sleep 60 &
    local pid=$!
    sleep 0.3
    "${@:2}"
    local code=$?
    kill "$pid"
    wait "$pid" 2>/dev/null
    return "$code"
}
check "shards work beside each other" beside -s shard "$tmp/b" 1/2
check "no run beside a shard" exits 75 BATCH_BUSY beside -s run "$tmp/b"
check "no merge beside a shard" exits 75 BATCH_BUSY beside -s merge "$tmp/b" 2
check "no shard beside a run" exits 75 BATCH_BUSY beside -x shard "$tmp/b" 1/2

# ── what the command line refuses ──
check "a shard above their number" exits 64 CLI_BAD_VALUE shard "$tmp/b" 5/4
check "a shard 0" exits 64 CLI_BAD_VALUE shard "$tmp/b" 0/4
check "no number of shards" exits 64 BATCH_MISSING_OPTION "$shuzhi" merge "${options[@]}" --out "$tmp/b"
check "no numbers to make shards from" exits 66 BATCH_SHARD_NUMBERS shard "$tmp/none" 1/2
older() { "$shuzhi" run --shard 1/2 "${options[@]}" --as-of 2020-06-30 --out "$tmp/b"; }
check "numbers of another day" exits 65 BATCH_SHARD_ASKED older

# ── failures ──
sqlite3 -batch "$db" "UPDATE unit SET name = name || char(0xE123) WHERE code = 'HZ-003'" # private use: no face has it
check "a unit fails in a run" exits 20 TEXT_ run "$tmp/whole"
check "assess" assess "$tmp/b"
fails() {
    local code worst=0
    for i in 1 2; do
        shard "$tmp/b" "$i/2" >/dev/null 2>&1
        code=$?
        [ "$code" -le "$worst" ] || worst=$code
    done
    [ "$worst" -eq 20 ]
}
check "its shard says so" fails
check "so does the merge, with the reason" exits 20 HZ-003 merge "$tmp/b" 2
check "the others are out, the same as of one run" same "$tmp/whole" "$tmp/b"

# ── a frozen year ──
check "freeze" exits 0 'frozen|冻结' "$shuzhi" freeze --db "$db" --scheme "$scheme" --year 2020 --progress never --out "$tmp/b"
check "assess takes the frozen numbers" exits 0 BATCH_FROZEN assess "$tmp/b"
sqlite3 -batch "$db" "UPDATE unit SET name = '改名' WHERE code = 'HZ-004'"
check "shards of the frozen year" fails
check "merge" exits 20 HZ-003 merge "$tmp/b" 2
rendered() { [ "$(sqlite3 -batch -readonly "$tmp/b/2020/state.db" "SELECT count(*) FROM document WHERE file = 'HZ-004-card.pdf'")" -eq 1 ] &&
    pdftotext "$tmp/b/2020/HZ-004-card.pdf" - | grep -qv 改名; }
check "with the numbers as they were frozen" rendered

done_testing
