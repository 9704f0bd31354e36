#!/bin/bash
# Content streams have no operator that changes nothing (tests/pdf/redundant.pl), in every layout and example; a stream that was spoiled is noticed.
. tests/tap.sh

plain() { qpdf --qdf --object-streams=disable "$1" -; }
clean() { for file in "$@"; do plain "$file" | perl tests/pdf/redundant.pl || { echo "$file"; return 1; }; done; }

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 6 --years 5 --seed 7 -o "$db" >"$tmp/log" 2>&1
layouts=$(grep -l '^<layout ' layouts/*.xml | sed 's/^/--layout /')
# shellcheck disable=SC2086
check "documents of every layout" "$shuzhi" run --db "$db" --scheme "$scheme" $layouts --year 2020 --out "$tmp/out" --progress never
check "nothing is said twice" clean "$tmp"/out/2020/*.pdf

card=$(ls "$tmp"/out/2020/*-scorecard.pdf | head -n 1)
notices() { # NAME SUBSTITUTION
    plain "$card" >"$tmp/plain"
    perl -0777 -pe "$2" "$tmp/plain" >"$tmp/spoiled"
    ! cmp "$tmp/plain" "$tmp/spoiled" && ! perl tests/pdf/redundant.pl <"$tmp/spoiled" >"$tmp/said" && grep -q "^$1: 1\$" "$tmp/said"
}
check "noticed: a colour twice" notices 'rg again' 's/^([.\d]+ [.\d]+ [.\d]+ rg\n)/$1$1/m'
check "noticed: a font twice" notices 'Tf again' 's!^(/\S+ [.\d]+ Tf\n)!$1$1!m'
check "noticed: a width twice" notices 'w again' 's!^([.\d]+ w\n)!$1$1!m'
check "noticed: an empty text object" notices 'BT ET' 's!^(BT\n)!BT\nET\n$1!m'
check "noticed: an empty sequence" notices 'BDC EMC' 's!^(EMC\n)!EMC\n/Artifact BMC\nEMC\n!m'
check "noticed: a state kept for nothing" notices 'q Q' 's!^(BT\n)!q\nQ\n$1!m'
done_testing
