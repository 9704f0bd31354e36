#!/bin/sh
# shuzhi preview: one document at once, its stages as text, and a rendering after each save.
# sanitized: yes
. tests/tap.sh

watcher=
cleanup() { [ -z "$watcher" ] || kill "$watcher" 2>/dev/null; }
export XDG_CACHE_HOME=$tmp/cache
db=$tmp/activity.db
year=2020
"$BUILD/make_fixtures" --units 3 --years 2 --seed 7 -o "$db" >/dev/null
"$shuzhi" assess --db "$db" --scheme $scheme --year $year --progress never -o "$tmp/assessment.db" || exit 1
unit=$(sqlite3 "$tmp/assessment.db" 'SELECT code FROM unit WHERE ordinal = 2')
preview() { "$shuzhi" preview --assessment "$tmp/assessment.db" "$@"; }

png_width() { echo $((0x$(od -An -tx1 -j16 -N4 "$1" | tr -d ' '))); }

# ── pictures and documents ──

check "a page as PNG" preview --layout $scorecard --unit "$unit" -o "$tmp/page.png"
check "at 100 dots an inch" [ "$(png_width "$tmp/page.png")" -eq 827 ]
preview --layout $scorecard --unit "$unit" -o "$tmp/again.png" >/dev/null
check "the same bytes again" cmp "$tmp/page.png" "$tmp/again.png"
preview --layout $scorecard --unit "$unit" -o "$tmp/page-%d.png" --resolution 50 >/dev/null
pages=$(ls "$tmp"/page-*.png | wc -l)
check "every page under its number" [ "$pages" -gt 2 ]
check "at another resolution" [ "$(png_width "$tmp/page-1.png")" -eq 414 ]
preview --layout $scorecard --unit "$unit" --page 2 --resolution 50 -o "$tmp/second.png" >/dev/null
check "one page by its number" cmp "$tmp/page-2.png" "$tmp/second.png"
check "a page that is not there" exits 20 PREVIEW_PAGE preview --layout $scorecard --unit "$unit" --page 99 -o "$tmp/no.png"
preview --layout $scorecard --unit "$unit" -o "$tmp/preview.pdf" >/dev/null
"$shuzhi" run --db "$db" --scheme $scheme --layout $scorecard --year $year --unit "$unit" --out "$tmp/out" --progress never >/dev/null
check "the PDF is the one that a run publishes" cmp "$tmp/preview.pdf" "$tmp/out/$year/$unit-scorecard.pdf"

# ── where the rows come from ──

check "the last run's assessment, and it is told" exits 0 PREVIEW_LAST_RUN \
    "$shuzhi" preview --layout $scorecard --out "$tmp/out" --year $year --unit "$unit" -o "$tmp/last.pdf"
check "with the same document" cmp "$tmp/preview.pdf" "$tmp/last.pdf"
anew() { "$shuzhi" preview --layout $scorecard --db "$db" --scheme $scheme --year $year --unit "$unit" -o "$tmp/anew.pdf"; }
check "an assessment of its own is kept" exits 0 PREVIEW_KEPT anew
anew >"$tmp/second.log" 2>&1
check "the second call finds it" sh -c "! grep -q PREVIEW_KEPT '$tmp/second.log'"
check "with the same document" cmp "$tmp/preview.pdf" "$tmp/anew.pdf"
sqlite3 "$db" "UPDATE unit SET name = name" && touch -d '2020-01-01' "$db"
check "a changed database is assessed anew" exits 0 PREVIEW_KEPT anew
check "and one file is kept" [ "$(ls "$tmp/cache/shuzhi" | wc -l)" -eq 1 ]
check "no unit: the first, and it is told" exits 0 PREVIEW_FIRST_UNIT preview --layout $scorecard -o "$tmp/first.png"
check "an unknown unit" exits 65 BATCH_NO_UNIT preview --layout $scorecard --unit nowhere -o "$tmp/no.png"
check "no rows at all" exits 64 PREVIEW_NO_ASSESSMENT "$shuzhi" preview --layout $scorecard -o "$tmp/no.png"
check "not a picture's name" exits 64 PREVIEW_OUTPUT preview --layout $scorecard -o "$tmp/no.gif"
check "not a page number" exits 64 PREVIEW_OUTPUT preview --layout $scorecard -o "$tmp/%s.png"
check "options that exclude each other" exits 64 PREVIEW_TOGETHER preview --layout $scorecard --empty -o "$tmp/no.png"

# ── mistakes ──

cat >"$tmp/small.xml" <<'END'
<layout xmlns="urn:shuzhi:layout:1" name="small" for="run" title="小">
  <styles><style name="wide" letter-spacing="1mm"/></styles>
  <page size="60mm 40mm" margin="5mm"/>
  <query name="row" rows="many">SELECT 1 AS a, '一' AS b UNION ALL SELECT 2, '二'</query>
  <body>
    <h1 font-size="12pt">标题</h1>
    <table><for-each query="row"><tr><td class="wide">{a}</td><td>{b}</td></tr></for-each></table>
  </body>
</layout>
END
small() { "$shuzhi" preview --empty --layout "$tmp/small.xml" "$@"; }
check "a layout that brings its own rows" small -o "$tmp/small.png"
cp "$tmp/small.png" "$tmp/good.png"
cp "$tmp/small.xml" "$tmp/good.xml"
sed 's/<h1 /<h1 colour="red" /; s/class="wide"/class="wild"/; s/{b}/{c}/' "$tmp/good.xml" >"$tmp/small.xml"
small -o "$tmp/small.png" >"$tmp/preview.log" 2>&1
code=$?
"$shuzhi" check --layout "$tmp/small.xml" >"$tmp/checked.log" 2>&1
check "mistakes end it as check ends" [ "$code" -eq $? ]
check "with the same messages" cmp "$tmp/preview.log" "$tmp/checked.log"
check "and leave the picture alone" cmp "$tmp/small.png" "$tmp/good.png"

# ── stages ──

cp "$tmp/good.xml" "$tmp/small.xml"
stage() { small --stop-after="$1" >"$tmp/$1.txt"; }
for name in layout boxes pages; do
    stage $name
    [ -z "${UPDATE_GOLDEN:-}" ] || cp "$tmp/$name.txt" tests/whole/preview.$name
    check "the stage $name as text" diff -u tests/whole/preview.$name "$tmp/$name.txt"
done
check "an unknown stage" exits 64 CLI_BAD_VALUE small --stop-after=lines
check "a stage and a picture" exits 64 PREVIEW_TOGETHER small --stop-after=boxes -o "$tmp/no.png"

# ── watching ──

# waits until a command succeeds, ten seconds at most
until_true() {
    for _ in $(seq 200); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.05
    done
    echo "not within ten seconds: $*"
    cat "$tmp/watch.log"
    return 1
}
lines() { [ "$(wc -l <"$tmp/watch.log")" -ge "$1" ]; }
differs() { ! cmp -s "$1" "$2"; }
"$shuzhi" preview --empty --layout "$tmp/small.xml" -o "$tmp/watched.png" --watch >"$tmp/watch.log" 2>"$tmp/watch.err" &
watcher=$!
check "watch: the first picture" until_true lines 1
check "watch: is that of preview" cmp "$tmp/watched.png" "$tmp/good.png"
sed 's/标题/改过/' "$tmp/good.xml" >"$tmp/.small.new" && mv "$tmp/.small.new" "$tmp/small.xml"
check "watch: a file renamed over the layout" until_true differs "$tmp/watched.png" "$tmp/good.png"
until_true lines 2
cp "$tmp/watched.png" "$tmp/changed.png"
sed 's/{b}/{c}/' "$tmp/good.xml" >"$tmp/small.xml"
check "watch: a mistake is told" until_true grep -q 'small.xml:[0-9]*:[0-9]*' "$tmp/watch.err"
check "watch: and ends nothing" until_true lines 3
check "watch: and leaves the last good picture" cmp "$tmp/watched.png" "$tmp/changed.png"
cp "$tmp/good.xml" "$tmp/small.xml"
check "watch: written in place" until_true cmp "$tmp/watched.png" "$tmp/good.png"
mkdir "$tmp/parts"
cat >"$tmp/parts/part.xml" <<'END'
<part xmlns="urn:shuzhi:layout:1"><styles><style name="wide" font-size="wide"/></styles></part>
END
sed 's|<styles>.*</styles>|<include href="parts/part.xml"/>|' "$tmp/good.xml" >"$tmp/small.xml"
check "watch: a mistake in an included file is told" until_true grep -q 'part.xml:1:' "$tmp/watch.err"
sed -i 's/"wide"\/>/"14pt"\/>/' "$tmp/parts/part.xml"
check "watch: and its correction is seen, in its own directory" until_true differs "$tmp/watched.png" "$tmp/good.png"
check "watch: each rendering is timed" grep -qE 'watched.png: pages 1, [0-9]+ ms' "$tmp/watch.log"
kill -TERM "$watcher"
wait "$watcher"
check "watch: ends cleanly when asked to" [ $? -eq 0 ]
watcher=

done_testing
