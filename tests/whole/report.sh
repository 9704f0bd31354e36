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

# ── the same on a page ──

page=$out/2020/report/report.pdf
told() { pdftotext -raw "$1" - | tr -d ' \n\f\r' >"$tmp/text"; shift; for word; do grep -qF "$word" "$tmp/text" || { echo "no $word"; cat "$tmp/text"; return 1; }; done; }
night --force >/dev/null 2>&1
failing=$(sqlite3 -batch "$out/2020/assessment.db" "SELECT name FROM unit WHERE name LIKE '%' || char(0x10FFFD)")
check "a page that says what failed, why and what to do" told "$page" '份文件未能生成（退出码20）' 'U+10FFFD' "${failing%?}" '请更正文字' 考核计分 scorecard
check "and what lacks, with a note on it" told "$page" "activity#900000001" 没有活动记录的单位
one_page() { [ "$(pdfinfo "$1" | sed -n 's/^Pages: *//p')" = 1 ] && qpdf --check "$1"; }
check "one page" one_page "$page"
check "which is PDF/A" tests/preflight.sh "$page"
check "beside it only documents end in .pdf" test "$(find "$out/2020" -maxdepth 1 -name '*.pdf' | wc -l)" = "$(sqlite3 -batch "$out/2020/state.db" "SELECT count(file) FROM document")"
sqlite3 -batch "$db" "UPDATE unit SET name = replace(name, char(0x10FFFD), '')"
check "a good night" night
check "says so" told "$page" '运行正常' 无。
mkdir -p "$tmp/roles"
sed 's/<role name="kai"/<role name="other"/; s|file="files/|file="'"$PWD"'/fonts/files/|' fonts/fonts.xml >"$tmp/roles/fonts.xml"
sed 's/"kai"/"song"/g' "$scorecard" >"$tmp/roles/scorecard.xml"
sed 's/"kai"/"song"/g' layouts/common.xml >"$tmp/roles/common.xml"
check "fonts without a role that it needs: a warning, and the night is as good" exits 0 BATCH_NIGHT_PAGE "$shuzhi" run --db "$db" --scheme "$scheme" --layout "$tmp/roles/scorecard.xml" --fonts "$tmp/roles/fonts.xml" --year 2020 --out "$tmp/roles/out" --progress never

# Everything at once, more and longer than there is room for: still one page.
cp "$out/2020/assessment.db" "$tmp/full.db"
chmod 644 "$tmp/full.db"
sqlite3 -batch "$tmp/full.db" "
    UPDATE unit SET name = name || '的一个非常长的名称一个非常长的名称一个非常长的名称';
    CREATE TABLE night_in AS SELECT json_object('program', 'shuzhi', 'year', 2020, 'begun', '2021-01-01T02:30:00Z', 'seconds', 12345.678, 'exit_code', 74, 'units', 9999, 'documents', 99999,
        'published', 99990, 'unchanged', 1, 'failed', 8, 'pages', 499999,
        'stages', (SELECT json_group_array(json_object('stage', value, 'seconds', 1234.567)) FROM json_each('[\"load\",\"assess\",\"plan\",\"compare\",\"render\",\"finish\"]')),
        'slowest', (SELECT json_group_array(json_object('unit', code, 'layout', 'a-layout-with-a-very-long-name', 'cpu_seconds', 99.999, 'pages', 999)) FROM unit),
        'without_data', (SELECT json_group_array(json_object('unit', code, 'name', name)) FROM unit),
        'entered_twice', (SELECT json_group_array(json_object('unit', code, 'record', 'activity#900000001')) FROM unit),
        'replaced', (SELECT json_group_array(json_object('unit', code, 'code', 'U+10FFFD')) FROM unit),
        'messages', (SELECT json_group_array(json_object('level', CASE k % 4 WHEN 0 THEN 'note' WHEN 1 THEN 'warning' WHEN 2 THEN 'unit-failed' ELSE 'run-failed' END, 'code', 'CODE_' || k, 'unit', u.code,
            'message', replace(hex(zeroblob(60)), '00', '原因'), 'hint', replace(hex(zeroblob(60)), '00', '处置')))
            FROM unit u, (WITH RECURSIVE n (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM n WHERE k < 39) SELECT k FROM n))) AS r"
full() { sed 's/CREATE TEMP TABLE/CREATE TABLE/; s/temp\.//g' src/batch/night.sql | sqlite3 -bail -batch "$tmp/full.db" && "$shuzhi" preview --assessment "$tmp/full.db" --layout layouts/reports/night.xml -o "$tmp/full.pdf" && one_page "$tmp/full.pdf"; }
check "the fullest report is one page" full
check "and says that there is more" told "$tmp/full.pdf" '共20类原因，列出次数最多的4类' '等6个' '运行未能完成（退出码74）'
check "nothing temporary is left" test -z "$(find "$tmp" -mindepth 1 -name "*.tmp*")"
done_testing
