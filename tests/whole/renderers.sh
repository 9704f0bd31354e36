#!/bin/bash
# Two programs that share no code, poppler and MuPDF, draw the same pages, within the tolerance that tests/pdf/same_page.pl states: first and last pages of
# every layout, and every example. A page that lacks lines of text is noticed.
. tests/tap.sh

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 6 --years 5 --seed 7 -o "$db" >"$tmp/log" 2>&1
layouts=$(grep -l '^<layout ' layouts/*.xml | sed 's/^/--layout /')
# shellcheck disable=SC2086
check "documents of every layout" "$shuzhi" run --db "$db" --scheme "$scheme" $layouts --year 2020 --out "$tmp/out" --progress never

# FILE PAGE [OTHER]: the page as poppler draws it, and as MuPDF draws that of OTHER; without annotations, as MuPDF frames an empty signature field.
compare() {
    qpdf --qdf --object-streams=disable "${3:-$1}" - | perl -pe "s!/Annots!/Xnnots!" >"$tmp/bare.pdf"
    pdftoppm -r 150 -gray -f "$2" -l "$2" -singlefile "$1" "$tmp/poppler" &&
        mutool draw -q -r 150 -c gray -F pgm -o "$tmp/mupdf.pgm" "$tmp/bare.pdf" "$2" 2>"$tmp/warnings" &&
        perl tests/pdf/same_page.pl "$tmp/poppler.pgm" "$tmp/mupdf.pgm"
}
ends() { # FILE...: first and last page
    for file in "$@"; do
        compare "$file" 1 && compare "$file" "$(pdfinfo "$file" | sed -n 's/^Pages: *//p')" || { echo "$file"; return 1; }
    done
}
firsts() { for file in "$tmp"/out/2020/*-scorecard.pdf "$tmp"/out/2020/*-feedback-letter.pdf; do compare "$file" 1 || { echo "$file"; return 1; }; done; }
unit=$(sqlite3 -batch "$tmp/out/2020/assessment.db" "SELECT code FROM unit ORDER BY ordinal LIMIT 1")
for file in "$tmp/out/2020/$unit"-*.pdf "$tmp/out/2020/ranking.pdf"; do
    name=${file##*/}
    check "the same pages: ${name#"$unit"-}" ends "$file"
done
check "the same pages: the first one of every unit's scorecard and letter" firsts
examples() {
    for layout in docs/examples/*.xml; do
        "$shuzhi" preview --empty --layout "$layout" -o "$tmp/example.pdf" && compare "$tmp/example.pdf" 1 || { echo "$layout"; return 1; }
    done
}
check "the same pages: every example" examples

# Long runs of glyphs taken away.
lacks_text() {
    card=$tmp/out/2020/$unit-scorecard.pdf
    qpdf --qdf --object-streams=disable "$card" "$tmp/plain.pdf"
    perl -pe 's/^\[<[0-9a-f]{60,}>.*\]TJ$/" " x length($&)/e' "$tmp/plain.pdf" >"$tmp/lacking.pdf"
    ! cmp -s "$tmp/plain.pdf" "$tmp/lacking.pdf" && ! compare "$card" 1 "$tmp/lacking.pdf"
}
check "noticed: lines of text that are not there" lacks_text
done_testing
