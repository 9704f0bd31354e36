#!/bin/bash
# PDF/A-1b, as PDFBox preflight judges it: every layout with ordinary, nasty and no data, every example of the layout language, and
# the files that tests/pdf makes of each kind of face and image. And copies of one of them, each spoiled in one way: that the judge
# refuses those shows that its word is worth something.
. tests/tap.sh

# ── what must be valid ──

layouts=$(grep -l '^<layout ' layouts/*.xml | sed 's/^/--layout /')
night() { # OUT OPTIONS...
    out=$1
    shift
    "$@" "$shuzhi" run --db "$db" --scheme "$scheme" $layouts --year 2020 --out "$out" --progress never $parts
}
parts=

db=$tmp/activity.db
made() {
    "$BUILD/make_fixtures" --units 20 --years 5 --seed 7 -o "$db" && sqlite3 -bail "$db" ".read tests/whole/nasty.sql" || return 1
    night "$tmp/out" env
}
check "documents of every layout" made
mkdir "$tmp/judged"
# Every second unit, the nasty one, and those without data.
chosen() {
    sqlite3 -batch "$tmp/out/2020/assessment.db" "SELECT u.code FROM unit u JOIN result_total t ON t.unit_id = u.unit_id AND t.year = 2020
        WHERE u.ordinal % 2 = 0 OR u.code = '330102' OR t.status = 'no-data'"
}
for code in $(chosen); do cp "$tmp/out/2020/$code"-*.pdf "$tmp/judged"; done
for layout in $(grep -l '^<layout .* for="run"' layouts/*.xml); do cp "$tmp/out/2020/$(basename "$layout" .xml).pdf" "$tmp/judged"; done

examples() {
    for layout in docs/examples/*.xml; do
        "$shuzhi" preview --empty --layout "$layout" -o "$tmp/judged/example-$(basename "$layout" .xml).pdf" || return 1
    done
}
check "documents of every example" examples

# At level a, which fails a document whose structure is not complete. The judge knows the demands of level b only, which level a contains.
accessible() {
    parts="--pdfa 1a"
    night "$tmp/level-a" env && parts= || return 1
    for file in "$tmp"/level-a/2020/330102-*.pdf "$tmp"/level-a/2020/ranking.pdf; do
        pdfinfo -meta "$file" | grep -qF '<pdfaid:conformance>A</pdfaid:conformance>' || return 1
        cp "$file" "$tmp/judged/level-a-${file##*/}"
    done
    for layout in docs/examples/*.xml; do "$shuzhi" preview --empty --pdfa 1a --layout "$layout" -o "$tmp/example.pdf" || return 1; done
}
check "every layout and example keeps to level a where it is asked for" accessible

# One picture a document, so that an error names its kind.
pictures() {
    for picture in tests/image/files/{bits,grey-alpha,grey16,interlaced,palette,rgb,rgba,smooth}.png \
        tests/image/files/{baseline,grey,plain-rgb,progressive}.jpg; do
        name=picture-$(basename "$picture" | tr . -)
        cp "$picture" "$tmp"
        cat >"$tmp/$name.xml" <<END
<layout xmlns="urn:shuzhi:layout:1" name="$name" for="run" title="图">
  <page/>
  <body><img src="$(basename "$picture")" width="20mm" alt="图"/></body>
</layout>
END
        "$shuzhi" preview --empty --layout "$tmp/$name.xml" -o "$tmp/judged/$name.pdf" || return 1
    done
}
check "documents of every kind of image" pictures

# The unit tests of the room leave theirs in tests-out; run alone, this script makes them.
by_hand() {
    [ -f "$BUILD/tests-out/faces.pdf" ] && [ -f "$BUILD/tests-out/signed.pdf" ] ||
        { "$BUILD/tests/pdf/test_pdf" && "$BUILD/tests/pdf/test_sign"; } || return 1
    for file in "$BUILD"/tests-out/*.pdf; do
        [ "${file##*/}" = compact.pdf ] || cp "$file" "$tmp/judged/test-$(basename "$file")"
    done
}
check "documents of every kind of face" by_hand

# ── what the files say of themselves ──

says() { # FILE NAME VALUE: a property of ours
    pdfinfo -meta "$1" | grep -qxF "<report:$2>$3</report:$2>" || { echo "$1: no $2 $3"; return 1; }
}
origin() {
    year=$tmp/out/2020
    scheme_hash=$(sha256sum <"$scheme" | cut -d ' ' -f 1)
    sqlite3 -batch -separator ' ' "$year/assessment.db" "SELECT code, data_hash FROM unit" >"$tmp/units"
    [ -s "$tmp/units" ] || return 1
    while read -r code hash; do
        for layout in $(grep -l '^<layout .* for="unit"' layouts/*.xml); do
            name=$(basename "$layout" .xml)
            says "$year/$code-$name.pdf" identity "2020/$code/$name" && says "$year/$code-$name.pdf" dataHash "$hash" &&
                says "$year/$code-$name.pdf" schemeHash "$scheme_hash" || return 1
        done
    done <"$tmp/units"
    all=$(sqlite3 -batch "$year/assessment.db" "SELECT value FROM meta WHERE key = 'data_hash'")
    says "$year/ranking.pdf" dataHash "$all" && says "$year/ranking.pdf" schemeHash "$scheme_hash" &&
        pdfinfo -meta "$year/ranking.pdf" | grep -qE '<report:layoutHash>[0-9a-f]{64}<'
}
check "each file names the data, the scheme and the layout that it was made from" origin

# Signed by another program in a revision of its own: the issued bytes stay as they were, and are what is signed. MuPDF draws the
# signer's name in a face of its own, so what it makes is not judged as PDF/A.
elsewhere() {
    issued=$(ls "$tmp"/out/2020/*-scorecard.pdf | head -n 1)
    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -days 2 -keyout "$tmp/key.pem" -out "$tmp/crt.pem" &&
        openssl pkcs12 -export -passout pass:x -inkey "$tmp/key.pem" -in "$tmp/crt.pem" -out "$tmp/key.pfx" || return 1
    field=$(mutool show "$issued" form | sed -n '0,/^field /s/^field //p')
    mutool sign -s "$tmp/key.pfx" -P x -o "$tmp/signed.pdf" "$issued" "$field" || return 1
    cmp -n "$(stat -c %s "$issued")" "$issued" "$tmp/signed.pdf" && pdfsig -nocert "$tmp/signed.pdf" >"$tmp/pdfsig.log" || return 1
    cat "$tmp/pdfsig.log"
    grep -q 'Signature is Valid' "$tmp/pdfsig.log" && [ "$(grep -c 'is not signed' "$tmp/pdfsig.log")" -eq 2 ] &&
        grep -q 'Total document signed' "$tmp/pdfsig.log"
}
check "another program signs a scorecard's field, behind the issued bytes" elsewhere

# A judge for parts 2 and 3 is not to be had from Debian: what is checked is that nothing but version, name, ID and object streams
# differ from part 1, and that the day, the second, the zone, the locale and the number of workers make no difference to any of them.
as_part() { # PART
    parts="--pdfa $1"
    night "$tmp/part$1" env TZ=Asia/Shanghai LC_ALL= LANG=de_DE.UTF-8 faketime '2031-07-01 12:34:56' || return 1
    parts="--pdfa $1 --jobs 1"
    night "$tmp/again$1" env TZ=America/New_York LC_ALL= LANG=zh_CN.UTF-8 faketime '2020-02-29 23:59:59' || return 1
    diff <(sums "$tmp/part$1/2020") <(sums "$tmp/again$1/2020") && cmp "$tmp/part$1/2020/manifest.json" "$tmp/again$1/2020/manifest.json"
}
for part in 1 2 3; do check "PDF/A-$part: the same bytes on any day, in any zone and locale, with any number of workers" as_part $part; done
check "part 1 is what is made without being asked for" diff <(sums "$tmp/out/2020") <(sums "$tmp/part1/2020")
# Object streams, which part 1 does not have, are undone first.
unpacked() { # FILE PART
    qpdf --qdf --static-id --object-streams=disable "$1" - | perl -0777 -pe "s/\A%PDF-1.7/%PDF-1.4/; s!<pdfaid:part>$2!<pdfaid:part>1!; s!^%% Original object ID.*\n!!mg; s!/ID \\[.*?\\]!!"
}
renamed() {
    for file in "$tmp"/out/2020/*.pdf; do
        for part in 2 3; do
            other=$tmp/part$part/2020/$(basename "$file")
            head -c 8 "$other" | grep -qx '%PDF-1.7' && grep -aq /ObjStm "$other" || return 1
            [ "$(stat -c %s "$other")" -lt "$(stat -c %s "$file")" ] || return 1
            cmp <(unpacked "$other" $part) <(unpacked "$file" 1) || return 1
        done
    done
}
check "parts 2 and 3 differ from it in version, name, ID and object streams only" renamed

# ── what must be refused ──

mkdir "$tmp/spoiled"
good=$tmp/judged/test-tagged.pdf
rewrite() { qpdf --newline-before-endstream --object-streams=disable --stream-data=preserve "$1" "$2"; }
plain() { qpdf --qdf --object-streams=disable "$1" -; }
plain "$good" >"$tmp/plain.qdf"
rewrite "$tmp/plain.qdf" "$tmp/judged/plain.pdf" # unspoiled, it is as good as the file
: >"$tmp/wanted"
# spoiled NAME CODE: preflight must find the error CODE in the file. What is not changed is not spoiled.
spoiled() {
    cmp -s "$tmp/spoiled/$1.pdf" "$tmp/judged/plain.pdf" || cmp -s "$tmp/spoiled/$1.pdf" "$good" || echo "$1 $2" >>"$tmp/wanted"
}
# spoil NAME CODE EXPRESSION [FILE]: the plain text of the file, $_ in perl, is edited and made a file again.
spoil() {
    perl -0777 -pe "$3" "${4:-$tmp/plain.qdf}" >"$tmp/edited.qdf"
    fix-qdf "$tmp/edited.qdf" >"$tmp/fixed.qdf" && rewrite "$tmp/fixed.qdf" "$tmp/spoiled/$1.pdf" && spoiled "$1" "$2"
}
# spoil_bytes NAME CODE EXPRESSION: the same with the bytes of the file, none more and none less.
spoil_bytes() { perl -0777 -pe "$3" "$good" >"$tmp/spoiled/$1.pdf" && spoiled "$1" "$2"; }

content='(%% Contents for page 1\n%% .*?\n\d+ 0 obj\n<<\n)(.*?stream\n)(.*?)(endstream)'
spoil font-not-embedded 3.1.3 's!/FontFile[23] \d+ 0 R!!g'
spoil no-cid-set 3.1.11 's!/CIDSet \d+ 0 R!!g'
spoil wrong-widths 3.1.6 's!(/W \[\s+\d+\s+\[\s+)\d+!${1}777!g'
spoil no-metadata 7.1 's!/Metadata \d+ 0 R!!'
spoil no-conformance-level 7.11 's!<pdfaid:part>1</pdfaid:part>!!'
spoil other-title-in-info 7.2 's!(/Title )<feff....!$1<feff4e00!g'
spoil other-date-in-info 7.2 's!D:20201231!D:20201230!g'
spoil no-extension-schema 7.3 's!<pdfaExtension:schemas>.*</pdfaExtension:schemas>!!s'
spoil no-output-intent 2.4 's!/OutputIntents \[.*?\n  \]!!s'
spoil other-output-intent 2.1.3 's!/GTS_PDFA1!/GTS_PDFX!'
spoil cmyk-under-rgb 2.4.2 "s!$content!\$1\$2 0 0 0 1 k\\n\$3\$4!s"
spoil transparency 4.1.2 "s!(\\n    ?/Font <<|\\n  /Font <<)!\\n /ExtGState <</G <</ca 0.5>>>>\$1!; s!$content!\$1\$2/G gs\\n\$3\$4!s"
spoil javascript 6.2.5 's!/Type /Catalog!/Type /Catalog /OpenAction <</S /JavaScript /JS (app.beep\(0\))>>!'
spoil launch-action 6.2.5 's!/Type /Catalog!/Type /Catalog /OpenAction <</S /Launch /F (a)>>!'
spoil embedded-file 1.4.7 's!/Type /Catalog!/Type /Catalog /Names <</EmbeddedFiles <</Names []>>>>!'
spoil optional-content 1.4.8 's!/Type /Catalog!/Type /Catalog /OCProperties <</D <<>>/OCGs []>>!'
spoil_bytes no-id 1.4.1 's!/ID\[!/IX[!'
spoil_bytes binary-comment-lost 1.1 's!\A(%PDF-1\.\d\n)%....!$1%text!s'
spoil_bytes end-cut-off 1.0 's!%%EOF\n\z!%%EOX\n!'
spoil_bytes lzw 1.2 's!/Filter/FlateDecode!/Filter/LZWDecode  !'
spoil annotation-not-printed 5.2.2 's!/Annots \[!$& <</Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (a)>>!'
spoil form-filled-by-viewers 1.2.3 's!/Type /Catalog!/Type /Catalog /AcroForm <</Fields [] /NeedAppearances true>>!'
spoil interpolated-image 2.3.2 's!/Subtype /Image!$& /Interpolate true!' <(plain "$tmp/judged/picture-rgb-png.pdf")

qpdf --newline-before-endstream --allow-weak-crypto --encrypt "" "" 128 --use-aes=n -- "$good" "$tmp/spoiled/encrypted.pdf" && spoiled encrypted 1.4.2
qpdf --newline-before-endstream --object-streams=generate "$good" "$tmp/spoiled/object-streams.pdf" && spoiled object-streams 1.4

# ── the verdict ──

tests/preflight.sh "$tmp"/judged/*.pdf "$tmp"/spoiled/*.pdf >"$tmp/verdict" 2>&1
check "preflight has judged" test $? -lt 2
all_valid() { # NAME PREFIX: all files of a prefix, and there are some
    n=0
    for file in "$tmp"/judged/$1*.pdf; do
        name=$(basename "$file")
        n=$((n + 1))
        grep -qxF "valid $name" "$tmp/verdict" || { sed -n "/^not valid $name\$/,/^[nv]/p" "$tmp/verdict"; return 1; }
    done
    [ "$n" -ge "$2" ] || { echo "only $n files"; return 1; }
}
for layout in $(grep -l '^<layout .* for="unit"' layouts/*.xml); do
    name=$(basename "$layout" .xml)
    check "$name: valid PDF/A-1b, whatever the data" all_valid "*-$name" 10
done
for layout in $(grep -l '^<layout .* for="run"' layouts/*.xml); do
    name=$(basename "$layout" .xml)
    check "$name: valid PDF/A-1b" all_valid "$name" 1
done
check "every example of the layout language: valid PDF/A-1b" all_valid example- 30
check "every kind of image: valid PDF/A-1b" all_valid picture- 12
check "every kind of face, and what else tests/pdf makes: valid PDF/A-1b" all_valid test- 12
check "and a file signed in its one revision: valid PDF/A-1b" all_valid test-signed 1
check "the plain copy, which is spoiled below: valid PDF/A-1b" all_valid plain 1

refused() { # NAME CODE
    sed -n "/^not valid $1.pdf\$/,/^\(not \)\{0,1\}valid /p" "$tmp/verdict" >"$tmp/said"
    cat "$tmp/said"
    grep -qE "^    ${2//./\\.}[. ]" "$tmp/said"
}
while read -r name code; do check "refused: $name" refused "$name" "$code"; done <"$tmp/wanted"
check "all ways of spoiling have been tried" test "$(wc -l <"$tmp/wanted")" -ge 24

done_testing
