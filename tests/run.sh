#!/bin/sh
# Runs every test and counts: the fast ones (unit tests, room after room) first, then the scripts that run the whole program.
# Each prints TAP (ok / not ok lines). Ends with "N passed, N failed"; the exit code is 0 only when none failed.
# Usage: BUILD=build tests/run.sh [--sanitized] [NAME...]     (NAME: only tests whose path contains it)
set -u
export BUILD="${BUILD:-build}"
sanitized=no
[ "${1:-}" != --sanitized ] || { sanitized=yes; shift; }
export SHUZHI_SANITIZED=$sanitized
export LOCPATH="$PWD/build/locale" # decimal commas, Chinese messages
logs=$BUILD/test-logs
rm -rf "$logs"
mkdir -p "$logs"
passed=0
failed=0

wanted() { # path names...
    path=$1
    shift
    [ $# -gt 0 ] || return 0
    for part in "$@"; do case $path in *"$part"*) return 0 ;; esac; done
    return 1
}

# Runs one test with its output in a log, and adds up its lines. A test that ends badly without saying so has failed, and so
# has one that tested nothing.
run_one() { # name command...
    name=$1
    shift
    log=$logs/$(echo "$name" | tr / _).log
    CMOCKA_MESSAGE_OUTPUT=TAP "$@" >"$log" 2>&1 </dev/null
    code=$?
    good=$(grep -c '^ok ' "$log")
    bad=$(grep -c '^not ok ' "$log")
    [ "$good" -gt 0 ] || [ "$bad" -gt 0 ] || bad=1
    [ "$code" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    passed=$((passed + good))
    failed=$((failed + bad))
    printf '%-36s %4d passed %3d failed\n' "$name" "$good" "$bad"
    if [ "$bad" -gt 0 ]; then
        printf '  exit code %d, log %s:\n' "$code" "$log"
        grep -vE '^ok ' "$log" | tail -n 60 | sed 's/^/  | /'
    fi
}

for room in base page text layout data import assess typeset pdf raster batch cli; do
    for test in tests/"$room"/test_*.c; do
        [ -f "$test" ] || continue
        name=${test#tests/}
        name=${name%.c}
        wanted "$name" "$@" && run_one "$name" "$BUILD/tests/$name"
    done
done
for test in tests/whole/*.sh; do
    [ -f "$test" ] || continue
    [ "$sanitized" = no ] || grep -q '^# sanitized: yes' "$test" || continue
    name=${test#tests/}
    wanted "$name" "$@" && run_one "$name" "$test"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
