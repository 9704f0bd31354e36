#!/bin/bash
# sanitized: yes
# shuzhi init, template and import: a spreadsheet comes in whole or not at all, twice is once, what is refused comes back with its reason, and
# a database that went out through templates and came back gives the same assessment.
. tests/tap.sh

db=$tmp/a.db
sql() { sqlite3 -batch "${2:-$db}" "$1"; }
import() { "$shuzhi" import --db "$db" --rejected "$tmp/rejected.csv" "$@"; }
dump() { sqlite3 "$1" .dump | sha256sum; }

# ── init and templates ──
check "an empty database is made" "$shuzhi" init "$db"
check "it passes the check" "$shuzhi" check --db "$db"
check "a file that is there is not replaced" exits 73 FILE_CANNOT_CREATE "$shuzhi" init "$db"
race() { # of eight that make the same database at once, one does
    for i in 1 2 3 4 5 6 7 8; do "$shuzhi" init "$tmp/race.db" >/dev/null 2>&1 && echo made & done >"$tmp/race.log"
    wait
    test "$(wc -l <"$tmp/race.log")" -eq 1 && "$shuzhi" check --db "$tmp/race.db" && test -z "$(find "$tmp" -name '.shuzhi-*')"
}
check "nor one that comes up meanwhile" race
check "templates of all tables" "$shuzhi" template -o "$tmp/templates"
check "one for each table of the schema" test "$(ls "$tmp/templates" | wc -l)" -eq "$(sql "SELECT count(*) FROM sqlite_schema WHERE type = 'table'")"
check "with a byte order mark, for spreadsheets" test "$(head -c 3 "$tmp/templates/活动.csv" | od -An -tx1 | tr -d ' ')" = efbbbf
check "one template alone" "$shuzhi" template person -o "$tmp/one"
check "by name" test "$(ls "$tmp/one")" = 人员.csv
check "an unknown table is refused" exits 64 IMPORT_TABLE_NAME "$shuzhi" template nothing -o "$tmp/one"
check "an empty template comes in as nothing" exits 0 "nothing new" import "$tmp/templates/单位.csv"

# ── CSV ──
cat >"$tmp/单位.csv" <<'END'
序号,单位代码,单位名称,单位类别,上级单位,考核组别
3,330102-B01,机关第一支部,党支部,上城区,
2,330102,上城区,区、县（市）,杭州市,区、县（市）
1,330100,杭州市,市,,
4,330104,下城区,区县,330100,区、县（市）
5,330104-B01,机关第一支部,支部,下城区,
END
cat >"$tmp/people.csv" <<'END'
姓名,所在支部,入党时间
张三,上城区/机关第一支部,二〇〇一年十二月三日
张三,下城区机关第一支部,2002.7.1
李四,３３０１０２－Ｂ０１,1999年1月2日
END
check "units in any order, one call, a dry run" exits 0 "单位 \(unit\): new 5" import --dry-run "$tmp/单位.csv" "$tmp/people.csv"
check "the dry run shows the first rows" exits 0 "  单位代码=330100, 单位名称=杭州市" import --dry-run "$tmp/单位.csv"
check "and changes nothing" test "$(sql 'SELECT count(*) FROM unit')" -eq 0
iconv -f UTF-8 -t GB18030 "$tmp/people.csv" | sed 's/$/\r/' >"$tmp/people-gb.csv"
check "people in GB18030, units in UTF-8: both stated" exits 0 'rows for 人员 \(GB18030' import "$tmp/people-gb.csv" "$tmp/单位.csv"
check "dates in Chinese numerals, full-width codes" test "$(sql "SELECT group_concat(admitted_date, ' ') FROM (SELECT admitted_date FROM person ORDER BY id)")" = "2001-12-03 2002-07-01 1999-01-02"
before=$(dump "$db")
bytes=$(sha256sum <"$db")
check "the same files again are nothing new" exits 0 "nothing new" import "$tmp/people.csv" "$tmp/单位.csv"
check "not a byte has changed" test "$bytes" = "$(sha256sum <"$db")"

cat >"$tmp/posts.csv" <<'END'
姓名	任职单位	职务类别	职务	任职时间	新提任
张三	杭州市	书记	区委书记	2019-1-1	是
李四	上城区	班子成员	副区长	2019/5/6	
END
check "a name that two people have is refused with both" exits 65 'several people are named “张三”: 1（机关第一支部）、2（机关第一支部）' import "$tmp/posts.csv"
check "nothing of the file came in" test "$(sql 'SELECT count(*) FROM post')" -eq 0
check "the refusal names line, column and reason" grep -q 'posts.csv,,2,1,任职人员,有多人名为“张三”' "$tmp/rejected.csv"
sed -i 's/^张三/张三（330102-B01）/' "$tmp/posts.csv"
check "with the unit in brackets it is one" exits 0 imported import "$tmp/posts.csv"

cat >"$tmp/meetings.csv" <<'END'
2020年党课统计表,,,,,,
组织单位,活动类型,层级,日期,天数,人数,名称
上城区,党课,区县,2020年12月3日,半天,"1,200人",讲党课
上城区,党课,区县,2020-12-4,0.5天,３０,讲党课
END
check "headings below a title, half days, thousands" exits 0 imported import "$tmp/meetings.csv"
check "as they were meant" test "$(sql "SELECT group_concat(kind || days_tenths || '/' || headcount) FROM activity")" = "lecture5/1200,lecture5/30"
printf '单位,日期,活动,姓名,身份\n上城区,2020-12-3,讲党课,张三,主讲\n' >"$tmp/speakers.csv"
check "who took part: the meeting by day and title, the person by the meeting's unit" exits 0 "参加人员 \(participant\): new 1" import "$tmp/speakers.csv"
sed -i 's/,３０,/,31,/' "$tmp/meetings.csv"
check "a corrected cell changes its record" exits 0 "new 0, changed 1, unchanged 1" import "$tmp/meetings.csv"

cat >"$tmp/bad.csv" <<'END'
组织单位,活动种类,举办层级,活动日期,天数,参加人数,活动名称
上城区,党课,区县,2020-02-30,1,5,甲
无此单位,党课,区县,2020-3-1,0.25,五,乙
上城区,舞会,区县,2020-3-1,1,5,
上城区,党课,区县,2020-12-4,1,99,讲党课
上城区,党课,区县,2020-12-4,1,98,讲党课
上城区,党课,区县,2020-3-2,1,5,丙
END
check "every mistake of every row is told" exits 65 "rows that cannot come in: 4" import "$tmp/bad.csv"
check "in the file, one line each" test "$(grep -c bad.csv "$tmp/rejected.csv")" -eq 7
check "contradictions within the file name the other line" grep -q '第 5 行对同一记录另有说法' "$tmp/rejected.csv"
check "a good row of the file has not come in either" test "$(sql "SELECT count(*) FROM activity WHERE title = '丙'")" -eq 0

# ── one record, named in two ways ──
lecture=$(sql "SELECT id FROM activity WHERE date = '2020-12-03'")
cat >"$tmp/number.csv" <<END
活动编号,组织单位,活动种类,举办层级,活动日期,天数,参加人数,活动名称
$lecture,上城区,党课,区县,2020-12-03,0.5,1200,讲党课
,上城区,党课,区县,2020-12-03,0.5,1100,讲党课
END
check "by its number and by its day with other words is refused" exits 65 "line 2 of .*number.csv says something else" import "$tmp/number.csv"
check "with both lines" grep -q 'number.csv,,3,.*第 2 行对同一记录另有说法' "$tmp/rejected.csv"
sed -i '3s/1100/1200/' "$tmp/number.csv"
check "in the same words it is a repetition" exits 0 "unchanged 1, repeated 1" import "$tmp/number.csv"
check "a list of rows refused earlier goes when nothing is refused any more" test ! -e "$tmp/rejected.csv"
sed -i '2s/2020-12-03/2020-12-05/' "$tmp/number.csv"
check "a day that the number moves is still the record's to others" exits 65 "line 2 of .*number.csv says something else" import "$tmp/number.csv"
{ tail -n 1 "$tmp/number.csv" | cat <(head -n 1 "$tmp/number.csv") - <(sed -n 2p "$tmp/number.csv"); } >"$tmp/turned.csv"
check "in either order" exits 65 "line 2 of .*turned.csv says something else" import "$tmp/turned.csv"

# ── rules of the schema in words of the table ──
printf '单位代码,单位名称,单位类别,上级单位\n33 01,甲,区县,杭州市\n330199,乙,区县,\n' >"$tmp/rule.csv"
check "a code that cannot be one" exits 65 '单位代码 cannot be “33 01”' import "$tmp/rule.csv"
check "columns that do not go together, by their headings" grep -q 'rule.csv,,3,3,单位类别,单位类别、上级单位相互不符' "$tmp/rejected.csv"
check "no word of SQL" test "$(grep -ciE 'constraint|glob|failed|kind' "$tmp/rejected.csv")" -eq 0
printf '组织单位,活动种类,举办层级,活动日期,天数,参加人数,活动名称\n上城区,党课,区县,2020-12-4,367,1,长\n' >"$tmp/long.csv"
check "a limit in the unit that is written" exits 65 '天数 is to be 0–366, not “367”' import "$tmp/long.csv"
sed 's/,名称$/,名称,到访单拉/; s/讲党课$/讲党课,/' "$tmp/meetings.csv" >"$tmp/slip.csv"
check "an unknown heading is told with the nearest" exits 0 'slip.csv:2:8: warning: .*“到访单拉”.*nearest heading: 到访单位' import --dry-run "$tmp/slip.csv"
sed 's/,名称$/,名称,标题/; s/讲党课$/讲党课,/' "$tmp/meetings.csv" >"$tmp/twice.csv"
check "a column twice is refused" exits 65 IMPORT_TWICE import "$tmp/twice.csv"
refuses_alone() { import "$tmp/twice.csv" 2>/dev/null | grep . && return 1 || return 0; }
check "and nothing else is said of the database" refuses_alone

# ── XLSX, as Excel writes it: shared strings, styles, an absolute target, phonetic runs ──
book() { # NAME: zips the parts below $tmp/x
    (cd "$tmp/x" && rm -f "../$1" && zip -q -r "../$1" .)
}
mkdir -p "$tmp/x/_rels" "$tmp/x/xl/_rels" "$tmp/x/xl/worksheets"
main=http://schemas.openxmlformats.org/spreadsheetml/2006/main
rel=http://schemas.openxmlformats.org/officeDocument/2006/relationships
cat >"$tmp/x/_rels/.rels" <<END
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="$rel/officeDocument" Target="xl/workbook.xml"/></Relationships>
END
cat >"$tmp/x/xl/_rels/workbook.xml.rels" <<END
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="$rel/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="$rel/worksheet" Target="/xl/sheets/two.xml"/><Relationship Id="rId3" Type="$rel/styles" Target="styles.xml"/><Relationship Id="rId4" Type="$rel/sharedStrings" Target="sharedStrings.xml"/></Relationships>
END
workbook() { # DATE1904
    cat >"$tmp/x/xl/workbook.xml" <<END
<workbook xmlns="$main" xmlns:r="$rel"><workbookPr date1904="$1"/><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/><sheet name="底稿" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>
END
}
workbook 0
cat >"$tmp/x/xl/styles.xml" <<END
<styleSheet xmlns="$main"><numFmts count="1"><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/></numFmts><cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="14"/><xf numFmtId="20"/></cellXfs></styleSheet>
END
cat >"$tmp/x/xl/sharedStrings.xml" <<END
<sst xmlns="$main" count="8" uniqueCount="8"><si><t>组织单位</t></si><si><r><rPr><b/></rPr><t>活动</t></r><r><t>种类</t></r><rPh sb="0" eb="1"><t>kana</t></rPh></si><si><t>举办层级</t></si><si><t>活动日期</t></si><si><t>参加人数</t></si><si><t>活动名称</t></si><si><t xml:space="preserve"> 上城区 </t></si><si><t>开始时间</t></si></sst>
END
cat >"$tmp/x/xl/worksheets/sheet1.xml" <<END
<worksheet xmlns="$main"><dimension ref="A1:G5"/><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>2020年活动台账</t></is></c></row>
<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>2</v></c><c r="D2" t="s"><v>3</v></c><c r="E2" t="s"><v>4</v></c><c r="F2" t="s"><v>5</v></c><c r="G2" t="s"><v>7</v></c></row>
<row r="4"><c r="A4" t="s"><v>6</v></c><c r="B4" t="str"><f>"主题"&amp;"党日"</f><v>主题党日</v></c><c r="C4" t="inlineStr"><is><t>基层</t></is></c><c r="D4" s="1"><v>44168<!-- a note --></v></c><c r="E4"><v>2<!-- 9 --><?x 9?>0</v></c><c r="F4" t="inlineStr"><is><t>excel</t></is></c><c r="G4" s="3"><v>0.39583333333333331</v></c></row>
<row r="5"><c r="A5"/><c r="B5" t="inlineStr"><is><t>主题党日</t></is></c><c r="C5" t="inlineStr"><is><t>基层</t></is></c><c r="D5" s="2"><v>44169</v></c><c r="E5"><v>21</v></c><c r="F5" t="inlineStr"><is><t>excel</t></is></c></row>
</sheetData><mergeCells count="2"><mergeCell ref="A1:G1"/><mergeCell ref="A4:A5"/></mergeCells></worksheet>
END
mkdir -p "$tmp/x/xl/sheets" && cp "$tmp/x/xl/worksheets/sheet1.xml" "$tmp/x/xl/sheets/two.xml"
book excel.xlsx
check "a workbook of Excel" exits 0 'hidden sheet “底稿”' import "$tmp/excel.xlsx"
check "dates by their formats, a merged unit, a time" test "$(sql "SELECT group_concat(unit_id || date || coalesce(start_time, '-'), ' ') FROM activity WHERE title = 'excel'")" = "$(sql "SELECT id || '2020-12-0309:30 ' || id || '2020-12-04-' FROM unit WHERE code = '330102'")"
check "again it is nothing new" exits 0 "nothing new" import "$tmp/excel.xlsx"
sed -i 's/ state="hidden"//' "$tmp/x/xl/workbook.xml"
sed -i 's/excel/second/g' "$tmp/x/xl/sheets/two.xml"
book shown.xlsx
check "a second sheet, wherever it is kept" exits 0 'imported' import "$tmp/shown.xlsx"
check "comes in whole" test "$(sql "SELECT count(*) FROM activity WHERE title = 'second'")" -eq 2
sed "s/second/'-guarded/g; s/<v>20</<v>22</; s/<v>21</<v>23</" "$tmp/x/xl/sheets/two.xml" >"$tmp/two.xml" && cp "$tmp/two.xml" "$tmp/x/xl/sheets/two.xml"
book guarded.xlsx
check "a text that a template guards by an apostrophe" exits 0 'imported' import "$tmp/guarded.xlsx"
check "comes in without it" test "$(sql "SELECT count(*) FROM activity WHERE title = '-guarded'")" -eq 2
{
    printf '<worksheet xmlns="%s"><sheetData><row r="1"><c r="ALL1" t="inlineStr"><is><t>x</t></is></c></row>' "$main"
    seq 2 60000 | awk '{ printf "<row r=\"%d\"><c r=\"A%d\"><v>1</v></c></row>", $1, $1 }'
    printf '</sheetData><mergeCells count="1"><mergeCell ref="ALL1:ALL60000"/></mergeCells></worksheet>'
} >"$tmp/x/xl/sheets/two.xml"
book wide.xlsx
check "one merge over a million cells a row has a limit" exits 65 'IMPORT_LIMIT' import "$tmp/wide.xlsx"
workbook 1
sed -i 's/excel/mac/g; s/44168/42706/; s/44169/42707/' "$tmp/x/xl/worksheets/sheet1.xml"
book mac.xlsx
check "the date system of 1904" import "$tmp/mac.xlsx"
check "gives the same days" test "$(sql "SELECT group_concat(date, ' ') FROM activity WHERE title = 'mac'")" = "2020-12-03 2020-12-04"

# ── as WPS writes it: no references, headings of two lines, merged ──
workbook 0
cat >"$tmp/x/xl/worksheets/sheet1.xml" <<END
<worksheet xmlns="$main"><sheetData>
<row><c t="inlineStr"><is><t>单位</t></is></c><c t="inlineStr"><is><t>年度</t></is></c><c t="inlineStr"><is><t>评议主体</t></is></c><c t="inlineStr"><is><t>民主评议票数</t></is></c></row>
<row><c/><c/><c/><c t="inlineStr"><is><t>好</t></is></c><c t="inlineStr"><is><t>较好</t></is></c><c t="inlineStr"><is><t>一般</t></is></c><c t="inlineStr"><is><t>差</t></is></c></row>
<row><c t="inlineStr"><is><t>上城区</t></is></c><c><v>2020</v></c><c t="inlineStr"><is><t>上级领导</t></is></c><c><v>10</v></c><c><v>2</v></c><c><v>1</v></c><c t="inlineStr"><is><t>０票</t></is></c></row>
</sheetData><mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/><mergeCell ref="C1:C2"/><mergeCell ref="D1:G1"/></mergeCells></worksheet>
END
book wps.xlsx
check "a workbook of WPS with headings in two lines" exits 0 "民主评议 \(vote\): new 1" import "$tmp/wps.xlsx"
check "as they were meant" test "$(sql "SELECT good || ' ' || fair || ' ' || average || ' ' || poor || ' ' || spoiled FROM vote")" = "10 2 1 0 0"
sed -i 's/<v>10</<v>10.5</' "$tmp/x/xl/worksheets/sheet1.xml"
book wps.xlsx
check "half a ballot is refused" exits 65 IMPORT_NOT_NUMBER import "$tmp/wps.xlsx"
head -c 900 "$tmp/excel.xlsx" >"$tmp/cut.xlsx"
check "a workbook that was cut short" exits 65 IMPORT_ZIP import "$tmp/cut.xlsx"

# ── what is no activity database, what is locked ──
check "another database is refused" exits 65 DATA_ "$shuzhi" import --db "$tmp/rejected.csv" "$tmp/people.csv"
check "help of a command, as others give it" exits 0 "shuzhi import --db FILE" "$shuzhi" help import
check "help alone" exits 0 "  import  " "$shuzhi" help
check "of what is no command" exits 64 CLI_UNKNOWN_COMMAND "$shuzhi" help nothing
check "a database must be named" exits 64 BATCH_MISSING_OPTION "$shuzhi" import "$tmp/people.csv"
check "messages in Chinese" exits 65 '没有一行是可识别的表头' env LC_ALL=zh_CN.UTF-8 "$shuzhi" import --db "$db" "$tmp/rejected.csv"
check "the schema is as it was" test "$(sql "SELECT group_concat(name) FROM sqlite_schema WHERE name LIKE 'shuzhi%'")" = ""

# ── there and back ──
"$BUILD/make_fixtures" --units 5 --years 2 --seed 5 -o "$tmp/f.db" >/dev/null
check "a database as spreadsheets" "$shuzhi" template --db "$tmp/f.db" -o "$tmp/full"
check "an empty one" "$shuzhi" init "$tmp/g.db"
check "takes them" exits 0 imported "$shuzhi" import --db "$tmp/g.db" "$tmp"/full/*.csv
assess() { "$shuzhi" assess --db "$1" --scheme "$scheme" --year 2020 --progress never -o "$2"; }
check "the original assessed" assess "$tmp/f.db" "$tmp/f.as"
check "the copy assessed" assess "$tmp/g.db" "$tmp/g.as"
check "no number and no record differs" "$shuzhi" diff "$tmp/f.as" "$tmp/g.as"
check "a second import is nothing new" exits 0 "nothing new" "$shuzhi" import --db "$tmp/g.db" "$tmp"/full/*.csv

done_testing
