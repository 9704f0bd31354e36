#!/bin/sh
# Fuzzes what reads files from outside: tests/fuzz/fuzz.sh SECONDS JOBS, from the top of the tree, after `make fuzz` has built it. A third of the
# time goes to definitions and pictures, a third to small fonts made by small_fonts.c, a third to subsets of the configured faces of each
# kind (glyf, CFF by CID, out of a collection), with and without layout tables and hints. The corpus that grows from the small fonts is cut
# to what covers the same code and kept in the repository (tests/fuzz/fonts.tar.xz), where `make test` replays it; that of the configured
# faces holds designers' outlines and stays in build/.
set -eu
seconds=$1
jobs=$2
found=build/fuzz/found
small=build/fuzz/small
real=build/fuzz/real
kept=build/fuzz/kept
files=build/fuzz/files
rm -rf "$small" "$real" "$files"
mkdir -p "$found" "$small" "$real" "$files" build/fuzz/definitions build/fuzz/grown "$kept"
build/fuzz/tests/fuzz/small_fonts "$small"
tar -C "$kept" -xJf tests/fuzz/fonts.tar.xz
cp layouts/*.xml layouts/*.in docs/examples/*.xml fonts/fonts.xml tests/image/files/* "$files"
grep -ohE 'name="[a-z-]+"' layouts/*.rng | sort -u | sed 's/name=//' >build/fuzz/words
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
    "build/fuzz/tests/fuzz/$program" -max_total_time=$((seconds / 3)) -fork="$jobs" -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1 -timeout=20 \
        -rss_limit_mb=2048 -artifact_prefix="$found/" "$@" "$corpus" "$seeds"
}
fuzz fuzz_files build/fuzz/definitions "$files" -max_len=60000 -dict=build/fuzz/words
fuzz fuzz_font "$kept" "$small" -max_len=20000
fuzz fuzz_font build/fuzz/grown "$real" -max_len=20000

rm -rf build/fuzz/least
mkdir -p build/fuzz/least
build/fuzz/tests/fuzz/fuzz_font -merge=1 -rss_limit_mb=2048 build/fuzz/least "$kept" "$small" 2>build/fuzz/merge.log
tar -C build/fuzz/least --sort=name --owner=0 --group=0 --numeric-owner --mode=0644 --mtime=@0 -cf - . | xz -9e >tests/fuzz/fonts.tar.xz
echo "kept $(ls build/fuzz/least | wc -l) fonts in tests/fuzz/fonts.tar.xz; found in $found:"
ls "$found"
