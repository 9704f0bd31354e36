#!/bin/sh
# Pictures of the whole program: the scorecard's QR code read from the rendered page, its links, images shared and checked.
. tests/tap.sh

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 3 --years 2 --seed 5 -o "$db" >/dev/null || exit 2
"$shuzhi" run --db "$db" --scheme $scheme --layout $scorecard --year 2020 --out "$tmp/out" --progress never >/dev/null 2>&1
year=$tmp/out/2020

# What is read off paper, printed and scanned at 200 dpi, is the report's identity.
says_identity() {
    sqlite3 -separator ' ' "$year/assessment.db" 'SELECT code, substr(data_hash, 1, 16) FROM unit ORDER BY ordinal' >"$tmp/units"
    [ -s "$tmp/units" ] || return 1
    while read -r code hash; do
        pdftoppm -r 200 -gray -png -f 1 -l 1 -singlefile "$year/$code-scorecard.pdf" "$tmp/page" || return 1
        zbarimg -q --raw "$tmp/page.png" >"$tmp/read" 2>/dev/null
        [ "$(cat "$tmp/read")" = "2020/$code/scorecard/$hash" ] || { echo "$code: read $(cat "$tmp/read")"; return 1; }
    done <"$tmp/units"
}
check "the scorecard's QR code says year, unit, layout and data" says_identity
qpdf --qdf --object-streams=disable "$(ls "$year"/*-scorecard.pdf | head -n 1)" "$tmp/plain.pdf"
check "each mechanism's name in both charts is a link" [ "$(grep -a -c '/Subtype /Link' "$tmp/plain.pdf")" -eq 16 ]
check "metadata: author, subject, keywords" sh -c "pdfinfo '$tmp/plain.pdf' | grep -c '^\(Author\|Subject\|Keywords\):  *[^ ]' | grep -qx 3"

# An image that two layouts show twice each is in each document once, and in the words of the check when it is not there.
cp tests/image/files/rgba.png tests/image/files/baseline.jpg "$tmp"
for name in one two; do
    cat >"$tmp/$name.xml" <<END
<layout xmlns="urn:shuzhi:layout:1" name="$name" for="unit" title="$name">
  <page/>
  <body><img src="rgba.png" width="20mm" alt="a"/><img src="rgba.png" width="30mm" alt="b"/><img src="baseline.jpg" alt="c"/></body>
</layout>
END
done
night() { "$shuzhi" run --db "$db" --scheme $scheme --layout "$tmp/one.xml" --layout "$tmp/two.xml" --year 2020 --out "$tmp/$1" --progress never; }
check "two layouts with images" night images
images() { qpdf --qdf --object-streams=disable "$1" - | grep -a -c '/Subtype /Image'; }
shared() { for file in "$tmp"/images/2020/*.pdf; do [ "$(images "$file")" -eq 2 ] || return 1; done; }
check "each image is in each document once" shared
valid() { for file in "$tmp"/images/2020/*.pdf; do qpdf --check "$file" >/dev/null || return 1; done; }
check "qpdf finds nothing" valid
check "a layout whose images are there" "$shuzhi" check --layout "$tmp/one.xml"
rm "$tmp/rgba.png"
check "an image that is missing: file, line and column" exits 66 'one.xml:3:9.*rgba.png.*IMAGE_MISSING' "$shuzhi" check --layout "$tmp/one.xml"
head -c 300 tests/image/files/baseline.jpg >"$tmp/baseline.jpg"
cp tests/image/files/rgba.png "$tmp"
check "a file cut short" exits 65 'one.xml:3:.*baseline.jpg.*IMAGE_DAMAGED' "$shuzhi" check --layout "$tmp/one.xml"
done_testing
