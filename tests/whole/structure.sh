#!/bin/sh
# The logical structure of what is made: every layout and example walked by tests/pdf/structure.js, which reads the PDF through MuPDF; broken
# files are noticed; tables are read row by row, by poppler's reader of structure and by tools that know nothing of it.
. tests/tap.sh

walk() { mutool run tests/pdf/structure.js "$@"; }

# ── the walk notices what is wrong ──

mkdir "$tmp/broken"
check "the sample is made" "$shuzhi" preview --empty --layout tests/pdf/structure.xml -o "$tmp/sample.pdf"
check "the sample is in order" walk check "$tmp/sample.pdf"
check "the sample is broken in each way" mutool run tests/pdf/structure_break.js "$tmp/sample.pdf" "$tmp/broken"
notices() { # RULE-WAY
    walk check "$tmp/broken/$1.pdf" >"$tmp/said"
    cat "$tmp/said"
    grep -q ": ${1%%-*}: " "$tmp/said"
}
for file in "$tmp"/broken/*.pdf; do
    way=${file##*/}
    check "noticed: ${way%.pdf}" notices "${way%.pdf}"
done

# ── documents ──

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 20 --years 5 --seed 7 -o "$db" >"$tmp/log" 2>&1
sqlite3 -bail "$db" ".read tests/whole/nasty.sql"
layouts=$(grep -l '^<layout ' layouts/*.xml | sed 's/^/--layout /')
# shellcheck disable=SC2086
check "every layout, with nasty data too" "$shuzhi" run --db "$db" --scheme "$scheme" $layouts --year 2020 --out "$tmp/out" --progress never
check "their structure is in order" walk check "$tmp"/out/2020/*.pdf
mkdir "$tmp/examples"
examples() {
    for file in docs/examples/*.xml; do
        name=${file##*/}
        "$shuzhi" preview --empty --layout "$file" -o "$tmp/examples/${name%.xml}.pdf" || return 1
    done
}
check "every example" examples
check "their structure is in order" walk excerpt "$tmp"/examples/*.pdf

# ── reading order ──

# The indicators of a unit's scorecard as they are to be read, without white space: title, target, done, full mark, mark, reason.
wanted() { # CODE
    sqlite3 "$tmp/out/2020/assessment.db" "
        SELECT i.title || i.target_text || r.actual_text || CASE WHEN r.status IN ('met', 'short')
               THEN printf('%d.%02d', r.full / 100, r.full % 100) || printf('%d.%02d', r.score / 100, r.score % 100) ELSE '' END
        FROM result_indicator AS r JOIN indicator AS i USING (indicator_id) JOIN unit AS u USING (unit_id)
        WHERE u.code = '$1' AND r.actual_text <> '' AND i.weight > 0 ORDER BY i.ordinal" | tr -d ' '
}
# in_order CODE COMMAND...: the command's output has them all, one after another.
in_order() {
    wanted "$1" >"$tmp/wanted"
    shift
    "$@" | tr -d ' \t\n\f\r' >"$tmp/read"
    [ "$(wc -l <"$tmp/wanted")" -gt 30 ] || { echo "nothing is looked for"; return 1; }
    awk 'NR == FNR { all = $0; next }
         { at = index(all, $0); if (!at) { print "not there, or not in order: " $0; bad = 1 } else all = substr(all, at + length($0)) }
         END { exit bad }' "$tmp/read" "$tmp/wanted"
}
codes=$(sqlite3 "$tmp/out/2020/assessment.db" "
    SELECT code FROM unit JOIN result_total USING (unit_id) WHERE year = 2020 AND status = 'scored' ORDER BY unit.ordinal LIMIT 2 OFFSET 1")
by_structure() { pdfinfo -struct-text "$1" | sed -n 's/^ *"\(.*\)"$/\1/p'; }
by_walk() { walk text "$1" | tr -d '|'; }
for code in $codes; do
    card=$tmp/out/2020/$code-scorecard.pdf
    check "$code: read row by row by the structure (poppler)" in_order "$code" by_structure "$card"
    check "$code: read row by row by the structure (MuPDF)" in_order "$code" by_walk "$card"
    check "$code: read row by row in the order of the content" in_order "$code" pdftotext -raw "$card" -
    check "$code: read row by row by MuPDF" in_order "$code" mutool draw -q -F text "$card"
done

reads() { # EXAMPLE TEXT: its structure reads so
    walk text "$tmp/examples/$1.pdf" | tr -d '\n' >"$tmp/read"
    cat "$tmp/read"
    grep -qF "$2" "$tmp/read"
}
check "columns: one after the other" reads columns '栏宽二十五毫米其余宽度按份数分：这一栏一份。这一栏两份。'
check "absolute blocks: where they stand in the layout" reads position '2020年12月23日示例印章'

done_testing
