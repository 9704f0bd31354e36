#!/bin/bash
# Bad input gets an error that says what, where and what to do; the exit code tells the kind; nothing published is lost.
# sanitized: yes
. tests/tap.sh

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 12 --years 2 --seed 7 -o "$db" || exit 2
out=$tmp/out
run() { "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$scorecard" --year 2020 --out "$out" --progress never "$@"; }
# The same with another layout.
run_layout() { "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$1" --year 2020 --out "$out" --progress never; }
check "a good night first" run
published() { (cd "$out/2020" && sha256sum ./*.pdf manifest.json); }
published >"$tmp/before"
kept() { published | diff "$tmp/before" -; }
code=$(sqlite3 "$out/2020/assessment.db" "SELECT code FROM unit ORDER BY ordinal LIMIT 1")

# ── the command line ──
check "no command: usage, 64" exits 64 "Usage|用法" "$shuzhi"
check "unknown command, 64" exits 64 "unknown command frobnicate" "$shuzhi" frobnicate
check "unknown option, 64" exits 64 "unknown option --dbb" "$shuzhi" run --dbb x
check "missing value, 64" exits 64 "option --db needs a value" "$shuzhi" run --db
check "bad date, 64" exits 64 "option --as-of cannot take .2020-02-30" "$shuzhi" run --as-of 2020-02-30
check "stray word, 64" exits 64 "here is not an option" "$shuzhi" run here
check "missing option, 64" exits 64 "--year is missing" "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$scorecard"
check "messages are Chinese in a Chinese locale" exits 64 "错误.*未知命令" env LC_ALL=zh_CN.UTF-8 "$shuzhi" frobnicate
check "--help of each command" sh -c "for c in run assess check preview; do $shuzhi \$c --help | grep -q -- --scheme || exit 1; done"
check "--version" exits 0 "^shuzhi [0-9]" "$shuzhi" --version

# ── the activity database ──
check "missing database, 66" exits 66 "$tmp/none.db" run --db "$tmp/none.db"
head -c 20000 /dev/urandom >"$tmp/noise.db"
check "not a database, 65" exits 65 "$tmp/noise.db" run --db "$tmp/noise.db"
cp "$db" "$tmp/newer.db" && sqlite3 "$tmp/newer.db" "PRAGMA user_version = 99"
check "newer schema, 65" exits 65 "99" run --db "$tmp/newer.db"
sqlite3 "$tmp/empty.db" "CREATE TABLE x (y); PRAGMA user_version = 1"
check "a database without the tables, 65" exits 65 "$tmp/empty.db" run --db "$tmp/empty.db"
head -c 40960 "$db" >"$tmp/cut.db"
check "a truncated database fails and says so" exits 65 "$tmp/cut.db" run --db "$tmp/cut.db"

# ── XML ──
sed '6s/</<</' "$scheme" >"$tmp/malformed.xml"
check "malformed XML, with its line" exits 65 "malformed.xml:6:[0-9]+: " run --scheme "$tmp/malformed.xml"
sed 's/<tr>/<tr><tabel\/>/' "$scorecard" >"$tmp/element.xml"
line=$(grep -n tabel "$tmp/element.xml" | head -n 1 | cut -d: -f1)
check "unknown element: place and nearest name" exits 65 "element.xml:$line:[0-9]+: .*tabel.*table" run_layout "$tmp/element.xml"
sed 's/<td colspan="3">{unit\.name}/<td colspan="3">{unit.nmae}/' "$scorecard" >"$tmp/field.xml"
line=$(grep -n 'unit\.nmae' "$tmp/field.xml" | head -n 1 | cut -d: -f1)
check "unknown field: place and nearest name" exits 65 "field.xml:$line:[0-9]+.*nmae.*name" run_layout "$tmp/field.xml"
check "check finds it too" exits 65 "field.xml:$line:" "$shuzhi" check --scheme "$scheme" --layout "$tmp/field.xml"
check "check accepts what is good" exits 0 "no mistakes" "$shuzhi" check --db "$db" --scheme "$scheme" --layout "$scorecard"

# ── SQL of a scheme ──
# Replaces the first <presence> statement, which every assessment runs.
scheme_with() { awk -v sql="$1" '/<presence>/ { print "<presence>" sql "</presence>"; skip = 1 } !skip { print } /<\/presence>/ { skip = 0 }' "$scheme"; }
scheme_with "DELETE FROM activity.unit" >"$tmp/writes.xml"
check "SQL that writes is refused with its place" exits 65 "writes.xml:[0-9]+:" run --scheme "$tmp/writes.xml"
scheme_with "SELECT unit_id, 1 FROM activity.nowhere" >"$tmp/table.xml"
check "unknown table, with its place" exits 65 "table.xml:[0-9]+:[0-9]+: .*nowhere" "$shuzhi" check --scheme "$tmp/table.xml"
veto() { sed '0,/<indicator id="1.1"/s//<indicator id="1.1" veto="yes"/' "$scheme" >"$tmp/veto.xml"; exits 65 "一票否决|veto" "$shuzhi" check --scheme "$tmp/veto.xml"; }
check "a new veto item is refused, quoting the notice" veto

# ── units ──
check "unknown unit code" exits 65 "NO-SUCH-UNIT" run --unit NO-SUCH-UNIT
check "what is published is as it was" kept

# A unit code that would leave the directory: the foreign database may have been made without the CHECK.
cp "$db" "$tmp/escape.db"
sqlite3 "$tmp/escape.db" "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'code', 'code') WHERE name = 'unit'; PRAGMA ignore_check_constraints = ON; UPDATE unit SET code = '../../escape' WHERE code = '$code'"
check "a unit code with ../ fails that unit alone, 20" exits 20 "\.\./\.\./escape" run --db "$tmp/escape.db" --out "$tmp/out2"
check "nothing was written outside" test ! -e "$tmp/escape-scorecard.pdf" -a ! -e "$tmp/../escape-scorecard.pdf"
check "the other units were published" test "$(find "$tmp/out2/2020" -maxdepth 1 -name '*.pdf' | wc -l)" -eq "$(($(wc -l <"$tmp/before") - 2))"

# A character that no face has: unit, field and code point; the unit's older file stays.
cp "$db" "$tmp/glyph.db"
sqlite3 "$tmp/glyph.db" "UPDATE unit SET name = name || char(0x10F800) WHERE code = '$code'"
check "a missing character names unit, field and code point, 20" exits 20 "unit $code.*field.*U\+10F800" run --db "$tmp/glyph.db"
older() { (cd "$out/2020" && sha256sum "./$code-scorecard.pdf") | grep -qxFf - "$tmp/before"; }
check "its older file stays" older
check "the manifest says that it failed" sh -c "sqlite3 :memory: \"SELECT json_extract(value, '\$.status') || json_extract(value, '\$.reason') FROM json_each(readfile('$out/2020/manifest.json'), '\$.documents') WHERE json_extract(value, '\$.unit') = '$code'\" | grep -q '^failedTEXT_'"
check "a good night mends it" run
check "… and all is as before" kept

# ── fonts ──
sed 's|files/[A-Za-z-]*\.otf|files/none.otf|' fonts/fonts.xml >"$tmp/fonts.xml"
check "a missing font file names file and role, and what to do, 78" exits 78 "role song is missing: .*none.otf.*make fonts" run --fonts "$tmp/fonts.xml"

# ── the output directory ──
full() { # a small file system: everything published before stays whole
    mkdir "$tmp/small" && mount -t tmpfs -o size=3m tmpfs "$tmp/small" || return 1
    cp "$db" "$tmp/small.db"
    exits 74 "No space left|cannot write|Cannot|ASSESS_DATABASE" "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$scorecard" --year 2020 --out "$tmp/small" --progress never || return 1
    for f in "$tmp/small"/2020/*.pdf; do [ ! -e "$f" ] || qpdf --check "$f" || return 1; done
    test -z "$(find "$tmp/small" -size 0 -name '*.pdf')"
}
cleanup() { umount "$tmp/small" 2>/dev/null; }
if [ "$(id -u)" = 0 ]; then
    check "a full disk: says so, and no part of a file is published" full
else
    check "a full disk: says so, and no part of a file is published" unshare -Urm bash -c "BUILD=$BUILD; . tests/tap.sh; db=$db; $(declare -f full); full"
fi
check "an out that is a file, 73" sh -c "touch $tmp/file; . tests/tap.sh; exits 73 '$tmp/file' $shuzhi run --db $db --scheme $scheme --layout $scorecard --year 2020 --out $tmp/file"
busy() { exec 9>"$out/2020/.lock" && flock -n 9 && exits 75 "another run" run; r=$?; exec 9>&-; return $r; }
check "a second run on the same directory, 75" busy
check "after all this, what was published is as it was" kept

done_testing
