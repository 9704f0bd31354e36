#!/bin/bash
# Bound volumes: all scorecards in one PDF, each face embedded once, judged beside the single files.
. tests/tap.sh

layout=layouts/scorecard.xml
"$BUILD/make_fixtures" --units 60 --years 5 --seed 2020 -o "$tmp/activity.db" >"$tmp/log" 2>&1
"$shuzhi" run --db "$tmp/activity.db" --scheme layouts/scheme-hangzhou-2020.xml --layout $layout --year 2020 \
    --out "$tmp/out" --progress never || exit 1
assessment=$tmp/out/2020/assessment.db
volume() { "$shuzhi" preview --assessment "$assessment" --layout $layout --volume "$@"; }
files() { sqlite3 "$assessment" "SELECT code FROM unit ORDER BY ordinal" | sed "s|.*|$tmp/out/2020/&-scorecard.pdf|"; }
pages_of() { pdfinfo "$1" | sed -n 's/^Pages: *//p'; }

check "a volume of all units" volume -o "$tmp/all.pdf"
all_pages() { [ "$(pages_of "$tmp/all.pdf")" = "$(files | while read -r f; do pages_of "$f"; done | awk '{ n += $1 } END { print n }')" ]; }
check "has all pages" all_pages
qpdf_clean() { qpdf --check "$tmp/all.pdf" | grep -q 'No syntax or stream encoding errors found'; }
check "is well formed" qpdf_clean
check "text is that of the single files" cmp <(pdftotext "$tmp/all.pdf" -) <(files | while read -r f; do pdftotext "$f" -; done)
fonts_once() { ! pdffonts "$tmp/all.pdf" | tail -n +3 | awk '{ sub(/^[A-Z]*\+/, "", $1); sub(/-Identity-H$/, "", $1); print $(NF-1), $1 }' | sort | uniq -d | grep .; }
check "no font object twice" fonts_once
one_program() { [ "$(qpdf --qdf --object-streams=disable "$tmp/all.pdf" - | grep -ac '/FontFile[23] ')" -le 10 ]; }
check "a program for each face" one_program
small() {
    single=$(files | xargs stat -c %s | awk '{ n += $1 } END { print n }')
    bound=$(stat -c %s "$tmp/all.pdf")
    echo "$(files | wc -l) files $single bytes, volume $bound"
    [ $((bound * 2)) -lt "$single" ]
}
check "is less than half of the single files" small
bookmarks() {
    qpdf --json --json-key=outlines "$tmp/all.pdf" >"$tmp/outlines.json"
    [ "$(sqlite3 -batch :memory: "SELECT json_array_length(readfile('$tmp/outlines.json'), '\$.outlines')")" = "$(files | wc -l)" ]
}
check "a bookmark for each report" bookmarks
labels() { qpdf --qdf --object-streams=disable "$tmp/all.pdf" - | tr -d '\n ' | grep -aq '/PageLabels<</Nums\[0<</S/D>>\]>>'; }
check "page labels go on" labels
check "pixels are those of the single file" cmp <(pdftoppm -r 40 -l 3 "$tmp/all.pdf") <(pdftoppm -r 40 -l 3 "$(files | head -n 1)")

check "a volume of chosen units" volume --unit 330106 --unit 330102 -o "$tmp/two.pdf"
check "in the order of the assessment" cmp <(pdftotext "$tmp/two.pdf" -) <(for c in 330102 330106; do pdftotext "$tmp/out/2020/$c-scorecard.pdf" -; done)
check "is PDF/A-1b" tests/preflight.sh "$tmp/two.pdf"
check "its structure is in order" mutool run tests/pdf/structure.js check "$tmp/two.pdf"
refused() { ! volume "$@" 2>"$tmp/said" && [ ! -e "$tmp/no.pdf" ] && grep -q "$code" "$tmp/said"; }
code=BATCH_NO_UNIT check "an unknown unit is refused" refused --unit 999999 -o "$tmp/no.pdf"
code=PREVIEW_TOGETHER check "a volume is no picture" refused -o "$tmp/no.png"
done_testing
