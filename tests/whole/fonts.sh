#!/bin/bash
# shuzhi fonts: roles and faces as configured, and what a text or a database would miss.
. tests/tap.sh

check "roles, faces and licences are listed" exits 0 '^FandolKai-Regular: .*CFF.*fsType 8 \(editable embedding\), licence: GPL' "$shuzhi" fonts
check "a role's faces stand in fallback order" exits 0 '^song 宋体: FandolSong-Regular, NotoSerifCJKsc-Regular, BabelStoneHan' "$shuzhi" fonts
check "a role covers all of the basic block" exits 0 'URO 20992/20992' "$shuzhi" fonts
check "and of the coded character sets" exits 0 'GB 2312 6763/6763 GBK 20914/20914' "$shuzhi" fonts
check "a role is named in the reader's words" exits 0 '^xiaobiaosong 小标宋: ' "$shuzhi" fonts
check "in Chinese by locale" exits 0 '可编辑嵌入' env LC_ALL=zh_CN.UTF-8 "$shuzhi" fonts

check "a text that every role has" exits 0 'every role has all characters' "$shuzhi" fonts --text '述职𠮷'
private=$(printf '\356\200\200')
check "a character that none has is told by number and role" exits 1 '^U\+E000 .* times 2,.* missing in: xiaobiaosong song ' "$shuzhi" fonts --text "甲$private乙$private"
printf '<fonts xmlns="urn:shuzhi:fonts:1"><face name="d" file="%s/fonts/files/DejaVuSans.ttf" licence="x"/><face name="k" file="%s/fonts/files/FandolKai-Regular.otf" licence="x"/>
<role name="all"><use face="k"/><use face="d"/></role><role name="kai"><use face="k"/></role></fonts>' "$PWD" "$PWD" >"$tmp/one.xml"
check "one that some role lacks is told with that role" exits 1 '^U\+1F600 .* missing in: kai$' "$shuzhi" fonts --fonts "$tmp/one.xml" --text '😀'
check "text that is not UTF-8 is refused" exits 64 'text' "$shuzhi" fonts --text "$(printf '\377')"

db=$tmp/activity.db
"$BUILD/make_fixtures" --units 5 --years 1 --seed 3 -o "$db" >"$tmp/log" 2>&1
check "the fixture database misses nothing" exits 0 'every role has all characters' "$shuzhi" fonts --db "$db"
sqlite3 "$db" "UPDATE person SET name = name || '$private' WHERE id IN (SELECT id FROM person ORDER BY id LIMIT 3)"
first=$(sqlite3 "$db" "SELECT min(id) FROM person")
check "a database: character, column, how often, first row" exits 1 "^U\+E000 .* person\.name times 3, first in $first," "$shuzhi" fonts --db "$db"

# The policy of the job file: 〓 stands in the place of what no face has, and the text stays what it was.
cat >"$tmp/missing.xml" <<END
<layout xmlns="urn:shuzhi:layout:1" name="missing" for="run" title="缺字"><page size="A5"/>
<body><p>甲${private}乙，office$(printf '\340\244\225')x，e$(printf '\314\201')，$(printf 'z\363\240\204\200')</p></body></layout>
END
printf '<job xmlns="urn:shuzhi:job:1"><missing-characters>replace</missing-characters></job>\n' >"$tmp/job.xml"
job() { "$shuzhi" run "$@" --db "$db" --scheme "$scheme" --layout "$tmp/missing.xml" --year 2020 --out "$tmp/out" --progress never; }
check "without the policy the document fails" exits 20 'no face of the role song has the character U\+E000' job
check "with it the document is published, with a warning" exits 0 'warning: .*U\+E000 .*〓 stands in its place' job --job "$tmp/job.xml"
check "each character once" exits 0 'U\+0915' job --job "$tmp/job.xml" --force
drawn() { pdffonts "$tmp/out/2020/missing.pdf" && mutool draw -q -F text "$tmp/out/2020/missing.pdf" | tr -d '\n\f ' >"$tmp/read"; grep -q "甲${private}乙，office$(printf '\340\244\225')x，" "$tmp/read" || { cat "$tmp/read"; return 1; }; }
check "copying gives the characters back" drawn
listed() { grep "\"layout\": \"missing\"" "$tmp/out/2020/manifest.json" | grep -q "\"replaced\": \"U+0915 .*, U+E000 " || { cat "$tmp/out/2020/manifest.json"; return 1; }; }
check "the manifest lists what was replaced" listed
check "again, nothing is made" exits 0 'unchanged 1' job --job "$tmp/job.xml"
reported() { sqlite3 -batch :memory: "SELECT count(*) FROM json_each(readfile('$tmp/out/2020/report.json'), '\$.replaced') WHERE value ->> 'code' = 'U+E000' AND value ->> 'layout' = 'missing'" | grep -qx 1; }
check "and the run report lists it still" reported

done_testing
