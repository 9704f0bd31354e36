#!/bin/bash
# Disturbs a small night, and the commands of a year's life, in every way that a machine can: killed before each call by which they change their directory,
# killed at random moments, without power, on a full disk, with calls that fail. After each disturbance every file is whole, of the old night or the new one, and
# recorded; and the same command, given again undisturbed, ends as if nothing had been.
# Usage: tests/crash/crash.sh [STEP [MOMENTS [SEED]]]: each STEP-th call, so many random moments
. tests/tap.sh

step=${1:-1}
moments=${2:-500}
seed=${3:-$((RANDOM * 32768 + RANDOM))}
disturb=$BUILD/tests/crash/disturb
rm -rf "$tmp"
tmp=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)") || exit 2 # in memory, where a sync costs nothing
shards=$(nproc)
export SOURCE_DATE_EPOCH=1609459200
echo "# every $step. call, $moments moments of seed $seed, $shards at a time"

# ── the commands, each with the directories that it begins and ends with ──

jobs=1
definitions="--scheme tests/crash/scheme.xml --fonts tests/crash/fonts.xml --layout tests/crash/card.xml --layout tests/crash/list.xml"
# argv_of COMMAND OUT: the command in $argv.
argv_of() {
    set -- "${1%%-*}" "$2" "${1#*-}"
    argv=("$shuzhi" "$1" --year 2020 --out "$2")
    case $1 in
        run) argv+=(--db "$tmp/$3.db" $definitions --progress never --jobs "$jobs") ;;
        freeze) argv+=(--db "$tmp/$3.db" --scheme tests/crash/scheme.xml --progress never) ;;
        issue) [ "$3" = issue ] || argv+=(--mark "$3") ;;
        merge) argv+=($definitions --shards 2 --progress never) ;;
        reopen) argv+=(--unit "$unit" --reason 复核) ;;
    esac
}
# becomes COMMAND FROM TO: the command over FROM, undisturbed, gives TO. Both are what a disturbed one is compared with.
becomes() {
    before_of[$1]=$2
    after_of[$1]=$3
    cp -a "$tmp/$2" "$tmp/$3" && argv_of "$1" "$tmp/$3" && "${argv[@]}" && contents "$tmp/$3" >"$tmp/$3.contents" && sums_of "$tmp/$3" >"$tmp/$3.sums" &&
        sqlite3 -batch "$tmp/$3/2020/state.db" "$events" >"$tmp/$3.events"
}
declare -A before_of after_of

# What a year's directory holds: SQLite has a choice in the bytes of the state, and the report tells times; what a merge could not remove of its shards harms nobody.
sums_of() { (cd "$1/2020" && find . -type f ! -name '.*' ! -name 'state.db*' ! -name 'report.*' ! -path './shards/*' -exec sha256sum {} + | sort -k 2); }
rows="SELECT * FROM document ORDER BY unit, layout; SELECT * FROM replacement ORDER BY unit, layout, code, field;"
events="SELECT * FROM event ORDER BY number"
contents() { sums_of "$1"; (cd "$1/2020" && find . ! -path './shards*' | sort); sqlite3 -batch "$1/2020/state.db" "$rows$events"; }
same() { contents "$1" >"$1.contents"; diff "$tmp/${after_of[$2]}.contents" "$1.contents"; } # OUT COMMAND

# ── after a disturbance ──

# whole OUT COMMAND: each file is that of before or after the command, and what the state says of it is so.
whole() {
    before=$tmp/${before_of[$2]}.sums
    after=$tmp/${after_of[$2]}.sums
    rm -rf "$1.look"
    cp -a "$1" "$1.look" # SQLite's shell plays a journal back, and what is looked at must stay as it is
    sums_of "$1.look" >"$1.sums"
    # A manifest may be a third one, of a night in which some documents failed: then it must have the hash of every file that it lists.
    grep -vxFf "$before" "$1.sums" | grep -vxFf "$after" | grep -v '  ./manifest.json$' && { echo "neither old nor new"; return 1; }
    if ! cat "$before" "$after" | grep -qxF "$(grep '  ./manifest.json$' "$1.sums")"; then
        sqlite3 -batch :memory: "SELECT value ->> 'sha256' || '  ./' || (value ->> 'file') FROM json_each(readfile('$1.look/2020/manifest.json'), '\$.documents')
            WHERE value ->> 'file' IS NOT NULL" | grep -vxFf "$1.sums" && { echo "the manifest has another hash"; return 1; }
    fi
    json=$(sqlite3 -batch :memory: "SELECT json_valid(readfile('$1.look/2020/report.json'))")
    [ ! -e "$1.look/2020/report.json" ] || [ "$json" = 1 ] || { echo "report.json is not whole"; return 1; }
    [ ! -e "$1.look/2020/report/report.pdf" ] || tail -c 6 "$1.look/2020/report/report.pdf" | grep -q EOF || { echo "report.pdf is not whole"; return 1; }
    : >"$1.rows"
    if [ -s "$1.look/2020/state.db" ]; then
        sqlite3 -batch "$1.look/2020/state.db" "PRAGMA integrity_check" | grep -qx ok || { echo "the state is damaged"; return 1; }
        tables=$(sqlite3 -batch "$1.look/2020/state.db" "SELECT count(*) FROM sqlite_schema WHERE name IN ('document', 'event')")
        [ "$tables" -lt 2 ] || sqlite3 -batch "$1.look/2020/state.db" "SELECT sha256 || '  ./' || file FROM document WHERE file IS NOT NULL;
            SELECT sha256 || '  ./' || file FROM event WHERE kind IN ('frozen', 'issued')" >"$1.rows"
    fi
    # A record has the file's bytes, or lags one step behind: the file is the new one already. Every document has one, or is new in this night.
    awk -v before="$before" -v after="$after" -v rows="$1.rows" '
        FILENAME == before { old[$2] = $1 } FILENAME == after { new[$2] = $1 } FILENAME == rows { row[$2] = $1 }
        FILENAME != before && FILENAME != after && FILENAME != rows { file[$2] = $1 }
        END {
            for (f in row) if (file[f] != row[f] && !(row[f] == old[f] && file[f] == new[f])) { print f ": not as recorded"; bad = 1 }
            for (f in file) if (f ~ /pdf$/ && !(f in row) && file[f] != new[f]) { print f ": not recorded"; bad = 1 }
            exit bad
        }' "$before" "$after" "$1.rows" "$1.sums" || return 1
    # The life of the year is that of before or of after, in one step.
    : >"$1.events"
    [ ! -s "$1.rows" ] || sqlite3 -batch "$1.look/2020/state.db" "$events" >"$1.events"
    for side in "${before_of[$2]}" "${after_of[$2]}"; do cmp -s "$1.events" "$tmp/$side.events" && return 0; done
    cat "$1.events"
    echo "a year between two states"
    return 1
}

# recovered OUT COMMAND CODE: what a run that ended so has left is whole, and the command given again ends as an undisturbed one.
recovered() {
    case " 0 20 73 74 137 " in *" $3 "*) ;; *) echo "exit code $3"; cat "$1.said"; return 1 ;; esac
    [ "$3" -ne 0 ] || { same "$1" "$2"; return; } # the power failed after its end, or a call failed that need not succeed
    whole "$1" "$2" || return 1
    argv_of "$2" "$1"
    "${argv[@]}" >"$1.said" 2>&1
    local code=$?
    # A year that was frozen before the end came is not frozen twice.
    [ "$code" -eq 0 ] || grep -q BATCH_ALREADY_FROZEN "$1.said" || { echo "given again: exit code $code"; cat "$1.said"; return 1; }
    same "$1" "$2"
}

# returned OUT COMMAND CODE: the data are as they were before the disturbed night; so are the documents, after the next.
returned() {
    argv_of run-old "$1"
    "${argv[@]}" >"$1.said" 2>&1 || { cat "$1.said"; return 1; }
    sums_of "$1" >"$1.sums"
    ! grep -v '  ./assessment.db$' "$tmp/old.sums" | grep -vxFf "$1.sums"
}

# ── the sweeps ──

judge=recovered

disturbed() { # OUT ARGUMENTS...: $argv
    out_of=$1
    shift
    "$disturb" --dir "$out_of/2020" --scratch "$out_of.scratch" --log "$out_of.log" "$@" "${argv[@]}" >"$out_of.said" 2>&1
}
# shard I COMMAND ARGUMENTS: one of several processes that share the work; "@" in the arguments is the number of the call.
shard() {
    out=$tmp/$2.$1
    mkdir -p "$out.scratch"
    for ((n = 1 + $1 * step; ; n += shards * step)); do
        rm -rf "$out"
        cp -a "$tmp/${before_of[$2]}" "$out"
        argv_of "$2" "$out"
        disturbed "$out" ${3//@/$n}
        code=$?
        $judge "$out" "$2" "$code" >"$out.found" 2>&1 || { echo "${3//@/$n} ($(grep "^$n " "$out.log" | head -n 1)):"; cat "$out.found"; }
        grep '^UNSYNCED' "$out.log"
        echo "$n" >>"$out.done"
        [ "$(tail -n 1 "$out.log" | cut -d' ' -f2)" -ge "$n" ] || break # no such call any more
    done >"$out.bad" 2>&1
}
# sweep NAME COMMAND ARGUMENTS
sweep() {
    rm -f "$tmp"/*.bad "$tmp"/*.done
    for ((i = 0; i < shards; i++)); do shard "$i" "$2" "$3" & done
    wait
    count=$(cat "$tmp"/*.done | wc -l)
    check "$1 ($count times)" sound
}
sound() { ! cat "$tmp"/*.bad | grep . && [ "$count" -gt "$shards" ]; }

# ── a night ──

"$BUILD/make_fixtures" --units 4 --years 1 --seed 11 -o "$tmp/old.db" >"$tmp/log" || exit 2
towns="FROM unit WHERE kind = 'township' ORDER BY code"
gone=$(sqlite3 -batch "$tmp/old.db" "SELECT code $towns DESC LIMIT 1")
unit=$(sqlite3 -batch "$tmp/old.db" "SELECT code $towns LIMIT 1")
held() { # N: so many activities that count, of the first unit
    echo "INSERT INTO activity (unit_id, kind, level, date, days_tenths, headcount, title) SELECT (SELECT id FROM unit WHERE code = '$unit'), 'contest', 'county', '2020-05-05', 10, 1, '试验'
        FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i FROM n);"
}
sqlite3 -batch "$tmp/old.db" "$(held 12)"
cp "$tmp/old.db" "$tmp/new.db"
# In the new night one unit has another score (21.00 for 12.00, a file of the same size), another one another name, one is gone and one has come.
sqlite3 -batch "$tmp/new.db" "$(held 9)
    UPDATE unit SET name = name || '（新）' WHERE code = (SELECT code $towns LIMIT 1 OFFSET 2);
    INSERT INTO unit (id, code, name, kind, parent_id) SELECT 900000, 'NEW-1', '新设乡', 'township', parent_id FROM unit WHERE code = '$gone';
    UPDATE unit SET kind = 'village' WHERE code = '$gone'"
mkdir -p "$tmp/none/2020"
: >"$tmp/none.sums" >"$tmp/none.events"
check "the old night" becomes run-old none old
check "the new night" becomes run-new old new
alike() { ! cmp -s "$tmp/old/2020/$1" "$tmp/new/2020/$1" && [ "$(stat -c %s "$tmp/old/2020/$1")" = "$(stat -c %s "$tmp/new/2020/$1")" ]; }
check "which has another file of the same size" alike "$unit-card.pdf"

sweep "the first night, killed before each call" run-old "--kill @"
sweep "a night, killed before each call" run-new "--kill @"
judge=returned
sweep "the same, and by the next night the data are as before" run-new "--kill @"
judge=recovered
sweep "the power fails: nothing that was not synced is on the disk" run-new "--kind sync,name --kill @ --power none"
sweep "the power fails: names are, bytes are not" run-new "--kind sync,name --kill @ --power names"
sweep "a call that opens or writes fails" run-new "--kind open,write --fail @ ENOSPC"
sweep "a sync fails" run-new "--kind sync --fail @ EIO"
sweep "a rename, link or removal fails" run-new "--kind name --fail @ EIO"

# ── at random moments, with two workers, and without anything between the run and the system ──

random_shard() { # I COMMAND MOMENTS LASTS
    out=$tmp/$2.$1
    mkdir -p "$out.scratch"
    RANDOM=$((seed + $1))
    for ((n = $1; n < $3; n += shards)); do
        rm -rf "$out"
        cp -a "$tmp/${before_of[$2]}" "$out"
        argv_of "$2" "$out"
        moment=$(((RANDOM * 32768 + RANDOM) % $4))
        disturbed "$out" --after "$moment"
        code=$?
        recovered "$out" "$2" "$code" >"$out.found" 2>&1 || { echo "after $moment microseconds:"; cat "$out.found"; }
        echo "$n" >>"$out.done"
    done >"$out.bad" 2>&1
}
# at_random NAME COMMAND MOMENTS: within the time that the command takes here.
at_random() {
    rm -rf "$tmp"/*.bad "$tmp"/*.done "$tmp/timed"
    cp -a "$tmp/${before_of[$2]}" "$tmp/timed" && argv_of "$2" "$tmp/timed"
    begun=$(date +%s%N)
    "${argv[@]}" >"$tmp/log"
    lasts=$((($(date +%s%N) - begun) / 1000))
    for ((i = 0; i < shards; i++)); do random_shard "$i" "$2" "$3" "$lasts" & done
    wait
    count=$(cat "$tmp"/*.done | wc -l)
    check "$1, killed at $3 moments within $lasts microseconds (seed $seed)" sound
}
jobs=2
at_random "a night" run-new "$moments"
# So many documents that groups are published while others are made.
for side in old new; do
    cp "$tmp/$side.db" "$tmp/many_$side.db"
    sqlite3 -batch "$tmp/many_$side.db" "INSERT INTO unit (id, code, name, kind, parent_id)
        SELECT 910000 + i, 'MANY-' || i, '$side' || i, 'township', (SELECT parent_id $towns LIMIT 1) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) SELECT i FROM n)"
done
check "an old night of several groups" becomes run-many_old none many_old
check "and the new one" becomes run-many_new many_old many_new
at_random "a night of several groups" run-many_new $((moments / 10 + shards))
jobs=1

# ── no room ──

# After so many bytes every write fails, until nothing does.
filled() {
    for ((bytes = 0; ; bytes += 4096 * step)); do
        rm -rf "$tmp/filled"
        mkdir -p "$tmp/filled.scratch"
        cp -a "$tmp/old" "$tmp/filled"
        argv_of run-new "$tmp/filled"
        disturbed "$tmp/filled" --room "$bytes"
        code=$?
        recovered "$tmp/filled" run-new "$code" || { echo "room for $bytes bytes"; return 1; }
        [ "$code" -ne 0 ] || break
    done
    [ "$bytes" -gt $((64 * 1024)) ]
}
check "the disk has room for ever more bytes" filled

# A file system of its own, ever larger, in a mount name space; then it grows and the night is given again.
small_disk() {
    mkdir -p "$tmp/disk"
    used=$(du -sk "$tmp/old" | cut -f1)
    for ((kib = used + 8; ; kib += 4 * step)); do
        mount -t tmpfs -o "size=${kib}k" shuzhi-crash "$tmp/disk" || return 1
        cp -a "$tmp/old/." "$tmp/disk"
        argv_of run-new "$tmp/disk"
        "${argv[@]}" >"$tmp/disk.said" 2>&1
        code=$?
        mount -o remount,size=64m "$tmp/disk"
        recovered "$tmp/disk" run-new "$code" || { echo "a file system of $kib KiB"; return 1; }
        umount "$tmp/disk"
        [ "$code" -ne 0 ] || break
    done
    [ "$kib" -gt $((used + 64)) ]
}
if [ "$(id -u)" = 0 ]; then
    unshare --mount true 2>/dev/null && unshare="unshare --mount"
else
    unshare --mount --map-root-user true 2>/dev/null && unshare="unshare --mount --map-root-user"
fi
if [ -n "${unshare:-}" ]; then
    check "a small file system is full" $unshare bash -c "$(declare -f small_disk argv_of recovered whole same contents sums_of)
        $(declare -p tmp step BUILD shuzhi jobs definitions unit before_of after_of rows events); small_disk"
else
    echo "# no file system can be mounted here: only the calls failed above for want of room"
fi

# ── a night in parts ──

# The new night's numbers and both shards over the old night.
parts() {
    cp -a "$tmp/old" "$tmp/ready" &&
        "$shuzhi" assess --db "$tmp/new.db" --scheme tests/crash/scheme.xml --year 2020 --out "$tmp/ready" --progress never &&
        for shard in 1/2 2/2; do
            "$shuzhi" run --shard "$shard" --year 2020 --out "$tmp/ready" $definitions --progress never --jobs 1 || return
        done
    sums_of "$tmp/ready" >"$tmp/ready.sums"
    sqlite3 -batch "$tmp/ready/2020/state.db" "$events" >"$tmp/ready.events"
}
check "shards are made" parts
check "and merged" becomes merge-new ready merged
as_one_run() { diff <(sums_of "$tmp/new") <(sums_of "$tmp/merged"); }
check "as one run would publish them" as_one_run
sweep "a merge, killed before each call" merge-new "--kill @"
sweep "a merge, the power fails" merge-new "--kind sync,name --kill @ --power none"
# (Names without bytes are no case here: the merge gives files of the shards, which are on the disk, a second name.)
sweep "a merge, a write, a sync or a name fails" merge-new "--fail @ EIO"

# ── the life of a year ──

check "the year is frozen" becomes freeze-new new frozen
check "and rendered" becomes run-new frozen rendered
check "issued" becomes issue-issue rendered issued
check "signed" becomes issue-signed issued signed
check "a unit is reopened" becomes reopen-one signed reopened
cp "$tmp/new.db" "$tmp/later.db"
sqlite3 -batch "$tmp/later.db" "DELETE FROM activity WHERE title = '试验'"
check "and frozen again" becomes freeze-later reopened refrozen
for command in freeze-new run-new issue-issue issue-signed reopen-one freeze-later; do
    sweep "$command, killed before each call" "$command" "--kill @"
    sweep "$command, the power fails" "$command" "--kind sync,name --kill @ --power none"
    sweep "$command, and only names are on the disk" "$command" "--kind sync,name --kill @ --power names"
    sweep "$command, a write, a sync or a name fails" "$command" "--fail @ EIO"
done
done_testing
