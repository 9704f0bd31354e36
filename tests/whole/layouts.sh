#!/bin/sh
# Several layouts in one run, for units and for the run; and layouts checked with and without a scheme.
# sanitized: yes
. tests/tap.sh

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 4 --years 2 --seed 11 -o "$db" >/dev/null || exit 2
cat >"$tmp/note.xml" <<'END'
<layout xmlns="urn:shuzhi:layout:1" name="note" for="unit" title="{unit.name}反馈意见">
  <page/>
  <query name="unit" rows="one">SELECT name, code FROM unit WHERE unit_id = :unit</query>
  <body><h1>{unit.name}</h1><p>{unit.code}</p></body>
</layout>
END
cat >"$tmp/ranking.xml" <<'END'
<layout xmlns="urn:shuzhi:layout:1" name="ranking" for="run" title="排名汇总表">
  <page orientation="landscape"/>
  <query name="place" rows="many">
    SELECT u.name, t.score, t.rank FROM unit AS u JOIN result_total AS t USING (unit_id) WHERE t.year = :year ORDER BY u.ordinal
  </query>
  <body><table><for-each query="place"><tr><td>{name}</td><td>{score|score|or:—}</td><td>{rank|or:—}</td></tr></for-each></table></body>
</layout>
END
run() { # directory options...
    out=$1
    shift
    "$shuzhi" run --db "$db" --scheme $scheme --year 2020 --out "$out" --progress never "$@"
}
check "three layouts in one run" run "$tmp/out" --layout "$tmp/ranking.xml" --layout $scorecard --layout "$tmp/note.xml"
year=$tmp/out/2020
units=$(sqlite3 "$year/assessment.db" 'SELECT count(*) FROM unit')
check "a document for each unit and layout, and one for the run" [ "$(ls "$year"/*.pdf | wc -l)" -eq $((units * 2 + 1)) ]
check "the run's is named by its layout" [ -s "$year/ranking.pdf" ]
pdftotext -layout "$year/ranking.pdf" "$tmp/ranking.txt"
all_units() { sqlite3 "$year/assessment.db" 'SELECT name FROM unit' | while read -r name; do grep -qF "$name" "$tmp/ranking.txt" || exit 1; done; }
check "and holds every unit" all_units
lines() { grep -c '"layout": "'"$1"'"' "$year/manifest.json"; }
check "manifest: a line for each" [ "$(lines scorecard) $(lines note) $(lines ranking)" = "$units $units 1" ]
check "manifest: the run's comes last, without a unit" sh -c \
    "grep '\"layout\"' '$year/manifest.json' | tail -n 1 | grep -q '\"unit\": \"\", \"name\": null, \"layout\": \"ranking\", \"status\": \"published\"'"
run "$tmp/alone" --layout $scorecard >/dev/null
same() { for file in "$tmp"/alone/2020/*-scorecard.pdf; do cmp "$file" "$year/${file##*/}" || return 1; done; }
check "a document is the same whatever else is made" same

code=$(sqlite3 "$year/assessment.db" 'SELECT code FROM unit WHERE ordinal = 1')
before=$(stat -c %Y%i "$year/ranking.pdf")
run "$tmp/out" --layout "$tmp/ranking.xml" --layout "$tmp/note.xml" --unit "$code" >/dev/null
check "a run over chosen units leaves the document of the whole alone" [ "$(stat -c %Y%i "$year/ranking.pdf")" = "$before" ]

# One layout fails for each unit: the others are published, the older documents stay.
sed 's/{unit.code}/{unit.name|score}/' "$tmp/note.xml" >"$tmp/bad.xml"
check "one layout fails: exit code 20" exits 20 TS_FORMAT run "$tmp/out" --layout "$tmp/bad.xml" --layout "$tmp/ranking.xml"
check "the others are published" grep -q '"layout": "ranking", "status": "published"' "$year/manifest.json"
check "and the older documents of the one stay" [ "$(ls "$year"/*-note.pdf | wc -l)" -eq "$units" ]
check "two layouts of one name are refused" exits 65 BATCH_LAYOUT_TWICE run "$tmp/out" --layout "$tmp/bad.xml" --layout "$tmp/note.xml"

# ── what comes with the program ──

listed() {
    for file in $(grep -l '^<layout ' layouts/*.xml); do
        grep -q "<layout>@SHARE@/$file</layout>" layouts/job.xml.in || { echo "job.xml.in does not list $file"; return 1; }
    done
}
check "the job file lists every layout that is installed" listed
made() { make -s -n run BUILD="$BUILD" 2>/dev/null | grep -q -- "--layout $1"; }
all_made() { for file in $(grep -l '^<layout ' layouts/*.xml); do made "$file" || { echo "make run leaves out $file"; return 1; }; done; }
check "make run renders every layout" all_made

# ── checking without a scheme ──

sed 's/{unit.code}/{unit.cod}/' "$tmp/note.xml" >"$tmp/field.xml"
check "without a scheme: fields are checked" exits 65 TS_COLUMN "$shuzhi" check --layout "$tmp/field.xml"
check "without a scheme: all is well" exits 0 'no mistakes' "$shuzhi" check --layout "$tmp/note.xml"
sed 's/FROM unit/FROM x_problem JOIN unit USING (unit_id)/' "$tmp/note.xml" >"$tmp/extract.xml"
check "without a scheme: its own tables are told as unchecked" exits 0 'x_problem.*BATCH_FIELDS_UNCHECKED' \
    "$shuzhi" check --layout "$tmp/extract.xml"
sed 's/{unit.code}/{unit.cod}/' "$tmp/extract.xml" >"$tmp/extract-bad.xml"
check "with it: they are checked" exits 65 TS_COLUMN "$shuzhi" check --scheme $scheme --layout "$tmp/extract-bad.xml"

done_testing
