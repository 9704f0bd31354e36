#!/bin/sh
# make bench: prints what the night costs at growing numbers of units: assessment, per-document stages, the whole program with one
# and two workers, and beside it what plainly copying the same files takes in the same run. Shows, never judges.
# UNITS="10 1000 10000" chooses the sizes; ONLY=assess leaves the rendering out; OUT a directory for the output (a tmpfs shows the program, a disk the disk).
set -eu
BUILD=${BUILD:-build}
work=${OUT:-$BUILD/bench}
scheme=layouts/scheme-hangzhou-2020.xml
layout=layouts/scorecard.xml
mkdir -p "$work"

now() { date +%s%N; }
# seconds START END, with three decimals
seconds() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", (b - a) / 1e9 }'; }

grep -m1 'model name' /proc/cpuinfo | sed 's/.*: /machine: /'
printf 'processors: %s, output on: %s\n' "$(nproc)" "$(stat -f -c %T "$work")"
# Time and peak memory of an assessment, with what it costs for each unit: the same figure at every size means linear.
assess() { # UNITS
    /usr/bin/time -f '%e %U %M' -o "$work/time" "$BUILD/shuzhi" assess --db "$db" --scheme "$scheme" --year 2020 \
        -o "$work/assessment-$1.db" --progress never
    awk -v units="$1" '{ printf "  assess %s s (%s s of CPU, %.2f ms a unit), peak memory %d MiB\n", $1, $2, 1000 * $2 / units, $3 / 1024 }' "$work/time"
}
for units in ${UNITS:-10 1000}; do
    db=$work/activity-$units.db
    [ -e "$db" ] || "$BUILD/make_fixtures" --units "$units" --years 5 --seed 1 -o "$db"
    printf '\n%s units, activity database %s MiB\n' "$units" "$(($(stat -c %s "$db") / 1048576))"

    assess "$units"
    [ "${ONLY:-}" != assess ] || continue

    mkdir -p "$work/plain"
    "$BUILD/tests/bench/bench" "$work/assessment-$units.db" "$layout" fonts/fonts.xml "$work/plain"
    for jobs in 1 2; do
        rm -rf "$work/out"
        begun=$(now)
        "$BUILD/shuzhi" run --db "$db" --scheme "$scheme" --layout "$layout" --year 2020 --out "$work/out" --jobs "$jobs" \
            --progress never >"$work/summary"
        ended=$(now)
        printf '  whole run, %s worker(s): %s s: %s\n' "$jobs" "$(seconds "$begun" "$ended")" "$(cat "$work/summary")"
    done
    begun=$(now)
    rm -rf "$work/copy" && mkdir "$work/copy"
    cp "$work"/out/2020/*.pdf "$work/copy"
    printf '  plainly copying the same files: %s s\n' "$(seconds "$begun" "$(now)")"
    rm -rf "$work/plain" "$work/copy" "$work/out"
done
