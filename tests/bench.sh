#!/bin/sh
# make bench: prints what the night costs at growing numbers of units: assessment, per-document stages, the whole program with one
# and two workers, and beside it what plainly writing and renaming the same files takes in the same run. Shows, never judges.
# UNITS="10 1000 10000" chooses the sizes; ONLY=assess leaves the rendering out; OUT a directory for the output (a tmpfs shows the program, a disk the disk).
set -eu
BUILD=${BUILD:-build}
work=${OUT:-$BUILD/bench}
scheme=layouts/scheme-hangzhou-2020.xml
layout=layouts/scorecard.xml
mkdir -p "$work"

# Seconds of the stages after the assessment, from a night's report.
beyond_assessment() { # REPORT
    sed -n 's/.*"stage": "\(.*\)", "seconds": \([0-9.]*\).*/\1 \2/p' "$1" | awk '$1 != "load" && $1 != "assess" { s += $2 } END { printf "%.3f", s }'
}
made_per_second() { # REPORT
    awk -v seconds="$(beyond_assessment "$1")" -v made="$(sed -n 's/.*"published": \([0-9]*\).*/\1/p' "$1")" \
        'BEGIN { printf "%.0f", made / seconds }'
}
# Most memory that one worker had for itself, looked at ten times a second while the run lives.
worker_peak() { # PID
    peak=0
    while readlink "/proc/$1/exe" >/dev/null; do # until it has ended, waited for or not
        for worker in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
            now=$(awk '/^Private/ { s += $2 } END { print int(s) }' "/proc/$worker/smaps_rollup" 2>/dev/null || true)
            [ "${now:-0}" -le "$peak" ] || peak=$now
        done
        sleep 0.1
    done
    echo $((peak / 1024))
}

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
        "$BUILD/shuzhi" run --db "$db" --scheme "$scheme" --layout "$layout" --year 2020 --out "$work/out" --jobs "$jobs" \
            --progress never >"$work/summary" &
        run=$!
        peak=$(worker_peak "$run")
        wait "$run"
        made=$(made_per_second "$work/out/2020/report.json")
        printf '  whole run, %s worker(s): %s\n' "$jobs" "$(cat "$work/summary")"
        printf '    after the assessment: %s documents/s published; private memory of a worker at most %s MiB\n' "$made" "$peak"
    done
    mkdir -p "$work/copy"
    for group in '' 256; do
        rm -rf "$work/copy" && mkdir "$work/copy"
        plain=$("$BUILD/tests/bench/plain" "$work/out/2020" "$work/copy" $group)
        printf '  the same files plainly written and renamed%s: %s; two workers reach %s of it\n' "${group:+, synced after each $group as a run does}" "$plain" \
            "$(awk -v made="$made" -v plain="${plain%% *}" 'BEGIN { printf "%.2f", made / plain }')"
    done
    "$BUILD/shuzhi" run --db "$db" --scheme "$scheme" --layout "$layout" --year 2020 --out "$work/out" --progress never >"$work/summary"
    printf '  a night in which nothing changed: %s s beyond the assessment\n' "$(beyond_assessment "$work/out/2020/report.json")"
    rm -rf "$work/plain" "$work/copy" "$work/out"
done
