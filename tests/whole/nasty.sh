#!/bin/bash
# One unit with the nastiest data that its tables allow, through every layout there is: nothing fails, nothing is complained about,
# nothing is lost, nothing stands outside the paper. See nasty.sql for the data.
. tests/tap.sh

db=$tmp/activity.db
check "fixture database is made" "$BUILD/make_fixtures" --units 20 --years 5 --seed 7 -o "$db"
check "unit 330102 is made nasty" sqlite3 -bail "$db" ".read tests/whole/nasty.sql"

# The layouts: files of layouts/ whose root says so. A part that others include is none.
layouts=$(grep -l '<layout xmlns="urn:shuzhi:layout:1"' layouts/*.xml)

# run LAYOUT: exit code 0, and not a word but the summary. A document of the whole run is made with all units.
run() {
    rm -rf "$tmp/out"
    unit="--unit 330102"
    ! grep -q ' for="run"' "$1" || unit=
    # shellcheck disable=SC2086
    "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$1" --year 2020 $unit --out "$tmp/out" --jobs 1 --progress never \
        >"$tmp/run.log" 2>&1
    code=$?
    cat "$tmp/run.log"
    [ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/run.log")" -eq 1 ] && ls "$tmp"/out/2020/*.pdf
}

# Without white space, so that a line break within a cell hides no word.
text_of() { for f in "$tmp"/out/2020/*.pdf; do pdftotext -raw "$f" - | tr -d ' \t\n\f\r'; done; }

# What a layout asks its database for must be on its pages, from the first word to the last.
wanted_of() { # LAYOUT
    grep -qE '\{(unit\.)?name\}|\{unit\.name' "$1" && printf '%s\n' 首名 名末
    grep -q 'FROM x_comment' "$1" && printf '%s\n' 首段 段末 换行
    grep -q '{author}' "$1" && printf '%s\n' 首评 评末
    grep -q '{fact.secretary' "$1" && printf '%s\n' 首人 人末
    grep -q 'FROM x_problem' "$1" && grep -q 'query="problem"' "$1" && seq -f '第%g号' 400
}
found() { # LAYOUT
    text=$(text_of)
    wanted_of "$1" >"$tmp/wanted"
    [ -s "$tmp/wanted" ] || { echo "nothing is looked for"; return 1; }
    while read -r word; do
        case $text in *"$word"*) ;; *) echo "no $word"; return 1 ;; esac
    done <"$tmp/wanted"
}

within() { # every word of every page lies on its page
    for f in "$tmp"/out/2020/*.pdf; do
        pdftotext -bbox "$f" "$tmp/boxes.html" || return 1
        sed -nE 's/.*<page width="([0-9.]+)" height="([0-9.]+)".*/page \1 \2/p
                 s/.*<word xMin="([-0-9.]+)" yMin="([-0-9.]+)" xMax="([-0-9.]+)" yMax="([-0-9.]+)">(.*)<.*/word \1 \2 \3 \4 \5/p' "$tmp/boxes.html" |
            awk '$1 == "page" { width = $2; height = $3; page++ }
                 $1 == "word" { words++; if ($2 < 0 || $3 < 0 || $4 > width || $5 > height) { print "page " page ": " $0; bad = 1 } }
                 END { exit bad || words < 100 }' || return 1
    done
}

check "there are layouts" test -n "$layouts"
for layout in $layouts; do
    name=$(basename "$layout" .xml)
    check "$name: is set without a complaint" run "$layout"
    check "$name: both ends of every long text and every problem are there" found "$layout"
    check "$name: nothing stands outside the paper" within
done

done_testing
