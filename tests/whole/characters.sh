#!/bin/bash
# Every character of 通用规范汉字表 (8,105, of them 196 outside the BMP) in every Han role, samples of each block of ideographs, and the
# radicals and compatibility ideographs that look like others: all go in, print, and come out of the text layer as they went in.
. tests/tap.sh

unihan() { bzcat /usr/share/unicode/Unihan_OtherMappings.txt.bz2; }
# Code points, one a line in hexadecimal, as text in UTF-8, without line breaks.
hex_to_text() { while read -r code; do printf "\\U$(printf %08X "0x$code")"; done; }

unihan | awk -F'\t' '$1 ~ /^U/ && $2 == "kTGH" { sub(/^U\+/, "", $1); print $1 }' >"$tmp/table"
check "the table has 8,105 characters" test "$(wc -l <"$tmp/table")" -eq 8105
hex_to_text <"$tmp/table" >"$tmp/table.txt"
check "196 of them stand outside the BMP" test "$(grep -cE '^[0-9A-F]{5}$' "$tmp/table")" -eq 196

# print NAME ROLE TEXT-FILE: a PDF with the text in the role, through the whole program.
print() {
    {
        printf '<layout xmlns="urn:shuzhi:layout:1" name="characters" for="run" title="字">\n'
        printf '<styles><style for="layout" font-family="%s" font-size="9pt" line-height="1.3"/></styles>\n' "$2"
        printf '<page size="A4" margin="15mm"/><body><p>'
        cat "$3"
        printf '</p></body></layout>\n'
    } >"$tmp/$1.xml"
    "$shuzhi" preview --layout "$tmp/$1.xml" --empty -o "$tmp/$1.pdf"
}

# What another program reads is what went in.
mupdf_reads() { mutool draw -q -F text "$1" 2>"$tmp/mutool.log" | tr -d ' \n\f\r' | cmp - <(tr -d '\n' <"$2"); }
poppler_reads() { pdftotext -raw "$1" - | tr -d ' \n\f\r' | cmp - <(tr -d '\n' <"$2"); }
# No glyph is .notdef: glyph 0 is drawn nowhere.
no_tofu() { mutool trace "$1" 2>"$tmp/mutool.log" | awk '/<g / { seen++; if ($0 ~ / glyph="0"/) bad++ } END { print bad + 0 " of " seen + 0 " glyphs are .notdef"; exit bad || !seen }'; }

for role in song song-bold hei hei-bold kai fangsong xiaobiaosong; do
    check "$role prints all of the table" print "$role" "$role" "$tmp/table.txt"
    check "$role: MuPDF reads the same 8,105 characters" mupdf_reads "$tmp/$role.pdf" "$tmp/table.txt"
    check "$role: poppler reads the same 8,105 characters" poppler_reads "$tmp/$role.pdf" "$tmp/table.txt"
    check "$role: none is .notdef" no_tofu "$tmp/$role.pdf"
done

# First, last and some between of the ideographs of each block, A to H.
for code in 3400 3A66 4DB5 4E00 9FA5 9FEF 20000 20BB7 2A6D6 2A700 2B5AF 2B734 2B740 2B81D 2B820 2CD8A 2CEA1 2CEB0 2D544 2EBE0 30000 30EDE 3134A 31350 31600 31800 323AF; do
    echo "$code"
done >"$tmp/samples"
hex_to_text <"$tmp/samples" >"$tmp/samples.txt"
check "samples of the blocks and extensions A to H are printed" print samples song "$tmp/samples.txt"
check "MuPDF reads the samples" mupdf_reads "$tmp/samples.pdf" "$tmp/samples.txt"
check "poppler reads the samples" poppler_reads "$tmp/samples.pdf" "$tmp/samples.txt"

# Look-alikes side by side: Kangxi radical, radical supplement, compatibility ideograph, each beside its unified ideograph. MuPDF is the judge:
# poppler's pdftotext replaces some of them by their normal form.
for pair in 2F64:7528 2F3E:6237 2F08:4EBA 2FD4:9FA0 2F00:4E00 F900:8C48 F967:4E0D F9D1:516D FA0E:6D2F FA11:5D0E 2E9F:6BCD 2EA0:6C11; do
    echo "${pair%:*}"
    echo "${pair#*:}"
done >"$tmp/alike"
hex_to_text <"$tmp/alike" >"$tmp/alike.txt"
check "radicals and compatibility ideographs are printed beside their ideographs" print alike song "$tmp/alike.txt"
check "each comes out as itself" mupdf_reads "$tmp/alike.pdf" "$tmp/alike.txt"

# A character that no face has is an error that names it, never a box.
printf 'U+E000:\356\200\200' >"$tmp/private.txt"
check "a character that no face has is refused by its number" exits 20 'U\+E000' print private song "$tmp/private.txt"

done_testing
