#!/bin/sh
# Fuzzes what reads files from outside: tests/fuzz/fuzz.sh SECONDS JOBS, from the top of the tree, after `make fuzz` has built it. A fifth of the
# time goes to definitions and pictures, one to text tables, one to workbooks, one to small fonts made by small_fonts.c, one to subsets of the
# configured faces of each kind (glyf, CFF by CID, out of a collection), with and without layout tables and hints. The corpus that grows from the small fonts and the
# tables is cut to what covers the same code and kept in the repository (tests/fuzz/*.tar.xz), where `make test` replays it; that of the configured
# faces holds designers' outlines and stays in build/.
set -eu
seconds=$1
jobs=$2
found=build/fuzz/found
small=build/fuzz/small
real=build/fuzz/real
kept=build/fuzz/kept
files=build/fuzz/files
tables=build/fuzz/tables
rm -rf "$small" "$real" "$files"
mkdir -p "$found" "$small" "$real" "$files" build/fuzz/definitions build/fuzz/grown "$kept" "$tables"
build/fuzz/tests/fuzz/small_fonts "$small"
tar -C "$kept" -xJf tests/fuzz/fonts.tar.xz
tar -C "$tables" -xJf tests/fuzz/tables.tar.xz
cp layouts/*.xml layouts/*.in docs/examples/*.xml fonts/fonts.xml tests/image/files/* "$files"
grep -ohE 'name="[a-z-]+"' layouts/*.rng | sort -u | sed 's/name=//' >build/fuzz/words
grep -oP "[\\p{Han}（）、]+" layouts/import.xml | sort -u | while read -r word; do
    printf '"%s"\n' "$(printf %s "$word" | od -An -v -tx1 | tr -d '\n' | sed 's/ /\\x/g')"
done >build/fuzz/headings
long='述职评议，“考核”（一）——AVfi affine é 12.5% 葛𠮷Ａ…。n'
n=0
for face in "fonts/files/FandolSong-Regular.otf 0" "fonts/files/BabelStoneHan.ttf 0" "fonts/files/DejaVuSans.ttf 0" "fonts/files/HanaMinB.ttf 0" \
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc 2" "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc 2"; do
    n=$((n + 1))
    file=${face% *}
    index=${face#* }
    hb-subset --face-index="$index" --text="$long" --layout-features='kern,liga,vert,mark,mkmk' --output-file="$real/$n-long.otf" "$file"
    hb-subset --face-index="$index" --text='述，A' --layout-features='' --no-hinting --desubroutinize --output-file="$real/$n-short.otf" "$file"
done

# -detect_leaks is left on: arenas must give back what HarfBuzz and libharu took.
fuzz() { # program corpus seeds [option]...
    program=$1 corpus=$2 seeds=$3
    shift 3
    "build/fuzz/tests/fuzz/$program" -max_total_time=$((seconds / 5)) -fork="$jobs" -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1 -timeout=20 \
        -rss_limit_mb=2048 -artifact_prefix="$found/" "$@" "$corpus" "$seeds"
}
fuzz fuzz_files build/fuzz/definitions "$files" -max_len=60000 -dict=build/fuzz/words
fuzz fuzz_import "$tables" tests/fuzz/tables -max_len=4096 -dict=build/fuzz/headings
fuzz fuzz_import "$tables" tests/fuzz/tables -max_len=8192 -dict=tests/fuzz/workbook.dict
fuzz fuzz_font "$kept" "$small" -max_len=20000
fuzz fuzz_font build/fuzz/grown "$real" -max_len=20000

# What covers the same code with the least, packed.
keep() { # program name corpus...
    program=$1 name=$2
    shift 2
    rm -rf build/fuzz/least
    mkdir -p build/fuzz/least
    "build/fuzz/tests/fuzz/$program" -merge=1 -rss_limit_mb=2048 build/fuzz/least "$@" 2>build/fuzz/merge.log
    tar -C build/fuzz/least --sort=name --owner=0 --group=0 --numeric-owner --mode=0644 --mtime=@0 -cf - . | xz -9e >"tests/fuzz/$name.tar.xz"
    echo "kept $(ls build/fuzz/least | wc -l) $name in tests/fuzz/$name.tar.xz"
}
keep fuzz_font fonts "$kept" "$small"
keep fuzz_import tables "$tables" tests/fuzz/tables
echo "found in $found:"
ls "$found"
