#!/bin/bash
# What an administrator gets: the installed files, units that systemd accepts and finds closed, messages in three forms.
. tests/tap.sh

root=$tmp/root
check "make install" make --no-print-directory BUILD="$BUILD" DESTDIR="$root" install
share=$root/usr/local
unit=$share/lib/systemd/system/shuzhi.service
timer=$share/lib/systemd/system/shuzhi.timer
listed() { for f in "$@"; do [ -s "$f" ] || { echo "missing: $f"; return 1; }; done; }
check "units, account, cron line and manual are there" listed "$unit" "$timer" "$share/lib/sysusers.d/shuzhi.conf" \
    "$share/share/doc/shuzhi/examples/shuzhi.cron" "$share/share/doc/shuzhi/operations.md" "$root/etc/shuzhi/job.xml"
check "so are manual pages and completions" listed "$share/share/man/man1/shuzhi.1" "$share/share/man/zh_CN/man1/shuzhi.1" \
    "$share/share/bash-completion/completions/shuzhi" "$share/share/zsh/vendor-completions/_shuzhi"
check "nothing is left to fill in" bash -c '! grep -rn "@[A-Z]*@" "$1/lib" "$1/share/doc/shuzhi/examples"' - "$share"

# systemd wants the program where the unit says; here it is under DESTDIR. What it says of the machine's own units is none of ours.
mkdir "$tmp/units"
sed "s|^ExecStart=|&$root|" "$unit" >"$tmp/units/shuzhi.service"
cp "$timer" "$tmp/units"
accepted() { systemd-analyze verify --man=no "$1/shuzhi.service" "$1/shuzhi.timer" >"$tmp/verify" 2>&1; grep "shuzhi" "$tmp/verify" && return 1 || :; }
check "systemd accepts them" accepted "$tmp/units"
mkdir "$tmp/wrong"
sed "s|^ProtectSystem=.*|ProtectSystem=maybe|" "$tmp/units/shuzhi.service" >"$tmp/wrong/shuzhi.service"
cp "$timer" "$tmp/wrong"
refused() { accepted "$tmp/wrong" && return 1; grep -qi "protect system" "$tmp/verify"; }
check "and would not accept a mistake" refused
check "its exposure is at most 1.0 of 10" systemd-analyze security --offline=true --threshold=10 "$tmp/units/shuzhi.service"
sed '/^PrivateNetwork=\|^CapabilityBoundingSet=\|^SystemCallFilter=/d' "$tmp/units/shuzhi.service" >"$tmp/wrong/shuzhi.service"
check "which an open one exceeds" exits 1 "exposure level" systemd-analyze security --offline=true --threshold=10 "$tmp/wrong/shuzhi.service"
check "systemd-sysusers reads the account" exits 0 "Creating user 'shuzhi'|^$|Would write" systemd-sysusers --dry-run "$share/lib/sysusers.d/shuzhi.conf"

# The same failure for people, for the journal and for programs.
night() { "$shuzhi" run --db /nowhere/a.db --scheme "$scheme" --layout "$scorecard" --year 2020 --out "$tmp/out" "$@"; }
code=$(night 2>/dev/null; echo $?)
check "text has no priority" exits "$code" "^error: .*nowhere" night
check "--log=journal begins with one" exits "$code" '^<2>.*error: ' night --log=journal
night --log=json 2>"$tmp/lines"
json() { sqlite3 -batch :memory: "SELECT json_valid('$(head -n 1 "$tmp/lines" | sed "s/'/''/g")')" | grep -qx 1 && grep -q '"level":"run-failed","priority":2,"code":"' "$tmp/lines"; }
check "--log=json is JSON" json
# systemd.exec(5): the variable names the stream; it counts only where stderr is that stream.
: >"$tmp/journal"
journal() {
    JOURNAL_STREAM=$(stat -c %d:%i "$tmp/journal") "$shuzhi" run --db /nowhere/a.db --scheme "$scheme" --layout "$scorecard" --year 2020 --out "$tmp/out" 2>>"$tmp/journal"
    cat "$tmp/journal"
    grep -q '^<2>' "$tmp/journal"
}
check "the journal is recognised" journal
check "another stream is not" exits "$code" '^[^<]' env JOURNAL_STREAM=1:1 "$shuzhi" run --db /nowhere/a.db --scheme "$scheme" --layout "$scorecard" --year 2020 --out "$tmp/out"
check "an unknown form is refused" exits 64 "log" night --log=xml
done_testing
