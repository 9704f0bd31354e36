#!/bin/sh
# The documents of the layout language cannot drift: the page of examples is what the example files make, each name of the grammar has an
# example, and what is shown in the documents is valid. Every XML file that is shipped is judged by xmllint too.
. tests/tap.sh

rng=layouts/layout.rng
check "docs/layout-examples.md is that of docs/examples (make gallery)" sh -c \
    "docs/examples.sh | diff docs/layout-examples.md -"

# Each link of a document to a picture or another document leads somewhere, and each example is shown beside what it is of.
links() {
    for document in docs/*.md README.md; do
        grep -oE '\]\([^)#:]+' "$document" | sed 's/](//' | while read -r target; do
            [ -e "$(dirname "$document")/$target" ] || echo "$document leads to $target, which is not there"
        done
    done >"$tmp/links"
    cat "$tmp/links"
    [ ! -s "$tmp/links" ]
}
shown() {
    for file in docs/examples/*.xml; do
        name=$(basename "$file" .xml)
        grep -qF "[![$name](pictures/$name.png)](layout-examples.md#$name)" docs/layout-reference.md ||
            { echo "docs/layout-reference.md does not show $name"; return 1; }
    done
}
check "links lead somewhere" links
check "every example is shown in the reference" shown

# ── every name has an example ──

names() { grep -oE "<$1 name=\"[^\"]+\"" $rng | sed 's/.*name="//; s/"$//' | sort -u; }
files="docs/examples/*.xml docs/examples/parts/*.xml"
cat $files | grep -oE '<[a-z][a-z0-9-]*' | tr -d '<' | sort -u >"$tmp/elements"
cat $files | grep -oE ' [a-z][a-z-]*="' | tr -d ' ="' | sort -u >"$tmp/attributes"
lacking() { comm -23 - "$1" | sed 's/^/no example in docs\/examples shows: /' >"$tmp/lacking"; cat "$tmp/lacking"; [ ! -s "$tmp/lacking" ]; }
all_elements() { names element | lacking "$tmp/elements"; }
all_attributes() { names attribute | lacking "$tmp/attributes"; }
all_charts() {
    for type in $(sed -n '/<element name="chart">/,/<\/attribute>/p' $rng | grep -oE '<value [^>]*>[a-z]+' | sed 's/.*>//'); do
        grep -q "<chart type=\"$type\"" docs/examples/*.xml || { echo "no example of the chart $type"; return 1; }
    done
}
all_formats() {
    for name in $(sed -n '/^| format /,/^$/s/^| `\([a-z-]*\).*/\1/p' docs/layout-reference.md); do
        grep -qE "\|$name[:|}]" docs/examples/*.xml || { echo "no example of the format $name"; return 1; }
    done
}
check "every element has an example" all_elements
check "every attribute has an example" all_attributes
check "every chart has an example" all_charts
check "every format has an example" all_formats

# ── every table of the assessment database ──

sqlite3 "$tmp/schema.db" <src/assess/assessment.sql
sqlite3 -separator ' ' "$tmp/schema.db" "SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
    WHERE m.type = 'table'" | sort >"$tmp/columns"
sed -n '/^| table | columns/,/^$/p' docs/layout-reference.md | grep '^| `' | awk -F '|' '{ gsub(/[` ]/, "", $2); gsub(/[`,]/, "", $3)
    n = split($3, names, " "); for (i = 1; i <= n; i++) print $2, names[i] }' | sort >"$tmp/described"
check "the tables and columns that queries may read are described" diff "$tmp/described" "$tmp/columns"

# ── shipped files, judged by xmllint ──

valid() { xmllint --noout --relaxng "$1" "$2"; } # grammar file
# The grammar that the file itself names for editors.
model() { sed -n 's/^<?xml-model href="\([^"]*\)".*/\1/p' "$1"; }
judged() {
    grammar=$(dirname "$1")/$(model "$1")
    [ -f "$grammar" ] || { echo "$1: no <?xml-model?> with the grammar's place"; return 1; }
    valid "$grammar" "$1"
}
for file in layouts/*.xml layouts/*/*.xml $files fonts/fonts.xml; do
    [ -f "$file" ] && check "$file is valid by the grammar that it names" judged "$file"
done
sed "s|@SHARE@|$PWD|" layouts/job.xml.in >"$tmp/job.xml"
check "the installed job file is valid" valid layouts/job.rng "$tmp/job.xml"
check "and names the installed grammar" grep -q "href=\"$PWD/layouts/job.rng\"" "$tmp/job.xml"
sed 's/<table/<tabel/' docs/examples/table.xml >"$tmp/wrong.xml"
check "xmllint refuses what is wrong" sh -c "! xmllint --noout --relaxng $rng '$tmp/wrong.xml'"

# ── what the documents show ──

# Writes each ```xml block of a document to $tmp/block-N.xml.
blocks() {
    rm -f "$tmp"/block-*.xml
    awk -v dir="$tmp" '/^```xml/ { n++; on = 1; next } /^```/ { on = 0 } on { print > (dir "/block-" n ".xml") }' "$1"
}
root='xmlns="urn:shuzhi:layout:1" name="x" for="unit" title="x"'
# A whole layout compiles; one that includes parts which are not there, and a scheme, are valid. A part of a layout is valid in one
# of the places where such parts stand.
compiles() { # file
    case $(grep -m 1 -v '^<?' "$1") in
        "<scheme "*) valid layouts/scheme.rng "$1" ;;
        "<layout "*) if grep -q '<include ' "$1"; then valid $rng "$1"; else "$shuzhi" check --layout "$1"; fi ;;
        *) fragment "$1" ;;
    esac
}
fragment() {
    for place in "<styles>@</styles><page/><body/>" "@<body/>" "<page/>@<body/>" "<page/><body>@</body>" "<page/><body><table>@</table></body>"; do
        { printf '<layout %s>%s' "$root" "${place%@*}"; cat "$1"; printf '%s</layout>' "${place#*@}"; } >"$tmp/whole.xml"
        valid $rng "$tmp/whole.xml" 2>"$tmp/why" && return 0
    done
    cat "$1" "$tmp/why"
    return 1
}
cp -R docs/examples/parts "$tmp/" # what examples read beside them
for document in docs/layout-reference.md docs/layout-examples.md docs/scheme.md; do
    blocks "$document"
    for block in "$tmp"/block-*.xml; do
        [ -f "$block" ] || continue
        number=${block##*-}
        check "$document, example ${number%.xml}" compiles "$block"
    done
done

done_testing
