#!/bin/bash
# What a night leaves behind: the report and the metrics, whole in every outcome, and nothing of them in the documents.
. tests/tap.sh

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 6 --years 1 --seed 3 -o "$db" >"$tmp/log" 2>&1
out=$tmp/out
prom=$tmp/shuzhi.prom
night() { "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$scorecard" --year 2020 --out "$out" --progress never --metrics "$prom" "$@"; }
# says SQL: the report answers 1; sqlite3 is the judge of its JSON.
says() { answer=$(sqlite3 -batch :memory: "SELECT $1 FROM (SELECT CAST(readfile('$out/2020/report.json') AS TEXT) AS r)") && [ "$answer" = 1 ] || { echo "$answer"; cat "$out/2020/report.json"; return 1; }; }

check "a night" night
check "its report is JSON and counts" says "json_valid(r) AND r ->> 'exit_code' = 0 AND r ->> 'units' = 6 AND r ->> 'published' = 6 AND r ->> 'failed' = 0"
check "stages, in order" says "(SELECT group_concat(value ->> 'stage', ' ') FROM json_each(r, '\$.stages')) = 'load assess plan compare render finish'"
check "the slowest first" says "(SELECT count(*) = 6 AND min(a.value ->> 'cpu_seconds' >= coalesce((SELECT b.value ->> 'cpu_seconds' FROM json_each(r, '\$.slowest') AS b WHERE b.key = a.key + 1), 0)) FROM json_each(r, '\$.slowest') AS a)"
# Prometheus' text format: comments, or a name with labels and a number.
form='^(# (HELP|TYPE) shuzhi_[a-z_]+ .+|shuzhi_[a-z_]+(\{[a-z]+="[a-z]+"\})? [0-9]+(\.[0-9]+)?)$'
well_formed() { ! grep -vE "$form" "$prom" && grep -qx 'shuzhi_documents{state="published"} 6' "$prom" && grep -qx "shuzhi_run_exit_code 0" "$prom"; }
check "the metrics have their form" well_formed
sums "$out/2020" >"$tmp/first"
check "a second night" night --force
check "nothing of times in the documents" bash -c 'cd "$1" && sha256sum ./*.pdf | cmp - "$2"' - "$out/2020" "$tmp/first"

twice=$(sqlite3 -batch "$db" "SELECT id FROM activity WHERE kind = 'reading_class' AND date LIKE '2020%' ORDER BY id LIMIT 1")
sqlite3 -batch "$db" "UPDATE activity SET title = title || char(9) || '第二行' WHERE id = $twice" # a control character, which JSON must not hold as it is
sqlite3 -batch "$db" "INSERT INTO activity (id, unit_id, kind, subject, level, date, start_time, days_tenths, headcount, title, place_id) SELECT 900000001, unit_id, kind, subject, level, date, start_time, days_tenths, headcount, title, place_id FROM activity WHERE id = $twice"
check "a night over a meeting that was entered twice" night
check "which the report lists" says "(SELECT count(*) FROM json_each(r, '\$.entered_twice') WHERE value ->> 'record' = 'activity#900000001' AND value ->> 'note' = '与activity#$twice重复') = 1"
check "and units without data" says "(SELECT count(*) FROM json_each(r, '\$.without_data')) = $(sqlite3 -batch "$out/2020/assessment.db" "SELECT count(*) FROM result_total WHERE year = 2020 AND status = 'no-data'")"

# U+10FFFD is in no face: the units with it fail.
sqlite3 -batch "$db" "UPDATE unit SET name = name || char(0x10FFFD) WHERE rowid = (SELECT max(rowid) FROM unit)"
check "a unit that fails" exits 20 "error" night
check "stands in the report with its reason" says "r ->> 'exit_code' = 20 AND r ->> 'failed' >= 1 AND (SELECT count(*) > 0 FROM json_each(r, '\$.messages') WHERE value ->> 'level' = 'unit-failed' AND value ->> 'unit' <> '' AND value ->> 'code' <> '' AND value ->> 'message' <> '')"
check "and in the metrics" grep -qx "shuzhi_run_exit_code 20" "$prom"
night --scheme "$tmp/none.xml" >/dev/null 2>&1
check "a run that could not begin is in the metrics" grep -qE "^shuzhi_run_exit_code 6[56]$" "$prom"
check "nothing temporary is left" test -z "$(find "$tmp" -mindepth 1 -name "*.tmp*")"
done_testing
