# Small TAP helpers for the scripts in tests/whole/; sourced, not run. Each script gets a scratch directory in $tmp.
set -u
BUILD=${BUILD:-build}
shuzhi=$BUILD/shuzhi
tmp=$(mktemp -d) || exit 2
trap 'cleanup; rm -rf "$tmp"' EXIT
cleanup() { :; }
export LC_ALL=C.UTF-8
tests=0
bad=0

# check NAME COMMAND...: passes when the command does; its output is shown when it fails.
check() {
    tests=$((tests + 1))
    check_name=$1
    shift
    if "$@" >"$tmp/check.log" 2>&1; then
        echo "ok $tests - $check_name"
    else
        bad=$((bad + 1))
        echo "not ok $tests - $check_name"
        tail -n 20 "$tmp/check.log" | sed 's/^/# /'
    fi
}

# exits CODE PATTERN COMMAND...: the command exits with the code, and its output matches the extended regular expression.
exits() {
    exits_code=$1
    exits_pattern=$2
    shift 2
    "$@" >"$tmp/exits.log" 2>&1
    exits_got=$?
    cat "$tmp/exits.log"
    [ "$exits_got" -eq "$exits_code" ] || { echo "exit code $exits_got, expected $exits_code"; return 1; }
    grep -qE -e "$exits_pattern" "$tmp/exits.log" || { echo "no line matches: $exits_pattern"; return 1; }
}

# sums DIR: a hash for each document of a year's directory, by name.
sums() { (cd "$1" && sha256sum ./*.pdf); }

done_testing() {
    echo "1..$tests"
    [ "$bad" -eq 0 ] && [ "$tests" -gt 0 ]
    exit $?
}

scheme=layouts/scheme-hangzhou-2020.xml
scorecard=layouts/scorecard.xml
