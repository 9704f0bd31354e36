#!/bin/bash
# One whole night over the default fixture: every document is judged by other people's tools, the numbers by an independent
# recount, and a second night gives the same bytes.
. tests/tap.sh

db=$tmp/activity.db
check "fixture database is made" "$BUILD/make_fixtures" --units 120 --years 5 --seed 2020 -o "$db"

# Every layout that comes with the program: those of a document for each unit, and those of one for the run.
of_unit=$(grep -l '^<layout .* for="unit"' layouts/*.xml)
of_run=$(grep -l '^<layout .* for="run"' layouts/*.xml)
layouts=$(printf -- '--layout %s ' $of_unit $of_run)
night() { # OUT JOBS
    "$shuzhi" run --db "$db" --scheme "$scheme" $layouts --year 2020 --out "$1" --jobs "$2" --progress never
}
check "the night ends with exit code 0" night "$tmp/out" 2
year=$tmp/out/2020

sql() { sqlite3 -batch "$year/assessment.db" "$1"; }
units=$(sql "SELECT count(*) FROM unit")
check "about 120 units are assessed" test "$units" -ge 100
count() { wc -w <<<"$1"; }
check "every unit has a document of each layout" test "$(find "$year" -maxdepth 1 -name '*.pdf' | wc -l)" \
    -eq "$((units * $(count "$of_unit") + $(count "$of_run")))"
check "no temporary file is left" test -z "$(find "$year" -maxdepth 1 -name '*.tmp')"

# ── other people's tools ──
qpdf_all() { for f in "$year"/*.pdf; do qpdf --check "$f" || return 1; done; }
check "qpdf --check accepts every document" qpdf_all

# Columns from the right: … emb sub uni object ID.
fonts_all() {
    for f in "$year"/*.pdf; do
        pdffonts "$f" 2>"$tmp/pdffonts.err" | awk -v f="$f" 'NR > 2 { n++; if ($(NF-4) != "yes" || $(NF-3) != "yes" || $(NF-2) != "yes") { print f ": " $0; bad = 1 } }
            END { if (n == 0) print f ": no fonts"; exit bad || n == 0 }' || return 1
        [ ! -s "$tmp/pdffonts.err" ] || { cat "$tmp/pdffonts.err"; return 1; }
    done
}
check "every font is embedded, subset and has ToUnicode" fonts_all

# The text layer without white space, so that a line break inside a cell does not hide a title.
text_of() { pdftotext -raw "$1" - | tr -d ' \n\f\r'; }
text_all() {
    sql "SELECT title FROM measure ORDER BY ordinal" | tr -d ' ' >"$tmp/measures"
    [ "$(wc -l <"$tmp/measures")" -eq 22 ] || { echo "not 22 measures"; return 1; }
    sql "SELECT u.code || char(9) || u.name || char(9) || iif(t.score IS NULL, '无数据', printf('%d.%02d', t.score / 100, t.score % 100))
         FROM unit u JOIN result_total t ON t.unit_id = u.unit_id AND t.year = 2020" >"$tmp/units"
    while IFS="$(printf '\t')" read -r code name total; do
        text=$(text_of "$year/$code-scorecard.pdf")
        for wanted in "$(printf %s "$name" | tr -d ' ')" "$total" $(cat "$tmp/measures"); do
            case $text in *"$wanted"*) ;; *) echo "$code: no $wanted"; return 1 ;; esac
        done
    done <"$tmp/units"
}
holds() { case $1 in *"$2"*) ;; *) echo "no $2"; return 1 ;; esac }
names_all() {
    of_all=$(for f in $of_run; do text_of "$year/$(basename "$f" .xml).pdf"; done)
    while IFS="$(printf '\t')" read -r code name total; do
        name=$(printf %s "$name" | tr -d ' ')
        holds "$of_all" "$name" || return 1
        for f in "$year/$code"-*.pdf; do holds "$(text_of "$f")" "$name" || { echo "in $f"; return 1; }; done
    done <"$tmp/units"
}
check "pdftotext finds unit name, total and all 22 measures in every scorecard" text_all
check "and the unit's name in every document of it, and in those of the run" names_all

rare() { # a character beyond the BMP comes out as it went in
    name=$(sqlite3 -batch "$db" "SELECT p.name FROM person p WHERE p.name GLOB '*[𠀀-𰀀]*' LIMIT 1")
    [ -n "$name" ] || { echo "the fixture has no such name"; return 1; }
    for f in "$year"/*.pdf; do text_of "$f"; echo; done | grep -qP '[\x{20000}-\x{3ffff}]'
}
check "characters beyond the BMP are in the text layer" rare
kangxi() { ! for f in "$year"/*.pdf; do text_of "$f"; done | grep -qP '[\x{2E80}-\x{2FDF}\x{F900}-\x{FAFF}]'; }
check "no Kangxi radical or compatibility ideograph comes out" kangxi
pages() { for f in "$year"/*-scorecard.pdf; do n=$(pdfinfo "$f" | sed -n 's/^Pages: *//p'); [ "$n" -ge 2 ] && [ "$n" -le 5 ] || { echo "$f: $n pages"; return 1; }; done; }
check "every scorecard has about three pages" pages

# ── manifest ──
check "the manifest is JSON" test "$(sqlite3 -batch :memory: "SELECT json_valid(readfile('$year/manifest.json'))")" = 1
manifest() {
    sqlite3 -batch :memory: "SELECT json_extract(value, '\$.sha256') || '  ./' || json_extract(value, '\$.file')
        FROM json_each(readfile('$year/manifest.json'), '\$.documents')" | sort >"$tmp/listed"
    (cd "$year" && sha256sum ./*.pdf) | sort >"$tmp/there"
    diff "$tmp/listed" "$tmp/there"
}
check "the manifest lists every file with its SHA-256" manifest
scores() { # as the assessment has them, in points with two decimals
    sqlite3 -batch :memory: "SELECT value ->> 'unit', coalesce(value ->> 'score', 'none'), coalesce(value ->> 'grade', 'none') FROM json_each(readfile('$year/manifest.json'), '\$.documents') WHERE value ->> 'unit' <> ''" | sort -u >"$tmp/told"
    sql "SELECT u.code, CASE WHEN t.score IS NULL THEN 'none' ELSE printf('%d.%02d', t.score / 100, t.score % 100) END, coalesce(t.grade, 'none') FROM unit u JOIN result_total t ON t.unit_id = u.unit_id AND t.year = 2020" | sort >"$tmp/numbers"
    [ -s "$tmp/told" ] && diff "$tmp/numbers" "$tmp/told"
}
check "and with its score and grade" scores

# ── the numbers ──
check "an independent recount agrees for all units" "$BUILD/tests/oracle/oracle" "$db" "$year/assessment.db"
bites() {
    cp "$year/assessment.db" "$tmp/wrong.db" &&
        sqlite3 "$tmp/wrong.db" "UPDATE result_indicator SET actual = actual + 1000 WHERE (unit_id, indicator_id) IN
            (SELECT unit_id, indicator_id FROM result_indicator WHERE actual IS NOT NULL AND status IN ('met', 'short') AND indicator_id = '1.1' LIMIT 1)" &&
        ! "$BUILD/tests/oracle/oracle" "$db" "$tmp/wrong.db"
}
check "the recount notices one number changed by one" bites
sums_up() { test "$(sql "SELECT count(*) FROM (SELECT unit_id, sum(score) AS s FROM result_indicator GROUP BY unit_id) r
    JOIN result_total t ON t.unit_id = r.unit_id AND t.year = 2020 WHERE t.status = 'scored' AND r.s <> t.score
    AND t.score < (SELECT 100 * 100 * 2)")" = 0; }
check "rows add up to the total printed under them" sums_up
check "a unit without data has no score, grade or rank" test \
    "$(sql "SELECT count(*) || '/' || count(score) || '/' || count(grade) || '/' || count(rank) FROM result_total WHERE status = 'no-data' AND year = 2020")" = "2/0/0/0"

# ── the same bytes ──
again() {
    sums "$year" >"$tmp/first"
    env LC_ALL= LANG=fr_FR.UTF-8 TZ=Asia/Shanghai "$shuzhi" run --db "$db" --scheme "$scheme" $layouts \
        --year 2020 --out "$tmp/again" --jobs 1 --progress never || return 1
    sums "$tmp/again/2020" | diff "$tmp/first" - && cmp "$year/assessment.db" "$tmp/again/2020/assessment.db" &&
        cmp "$year/manifest.json" "$tmp/again/2020/manifest.json"
}
check "a second night gives the same bytes, with another locale, time zone and worker count" again
check "the night over its own output gives the same bytes" \
    sh -c "$(declare -f night sums); shuzhi=$shuzhi db=$db scheme=$scheme layouts='$layouts'; night '$tmp/out' 2 && sums '$year' | diff '$tmp/first' -"
before=$(sha256sum <"$db")
check "the activity database was not written" test "$before" = "$(sha256sum <"$db")"

one_unit() {
    code=$(sql "SELECT code FROM unit ORDER BY ordinal LIMIT 1 OFFSET 5")
    "$shuzhi" run --db "$db" --scheme "$scheme" $layouts --year 2020 --out "$tmp/one" --unit "$code" || return 1
    test "$(find "$tmp/one/2020" -maxdepth 1 -name '*.pdf' | wc -l)" -eq "$(count "$of_unit")" || return 1
    for f in "$tmp/one/2020"/*.pdf; do cmp "$f" "$year/$(basename "$f")" || return 1; done
}
check "--unit renders just that unit, the same" one_unit

done_testing
