#!/bin/sh
# Fuzzes the font reader: tests/fuzz/fuzz.sh SECONDS JOBS, from the top of the tree, after `make fuzz` has built it. The seeds are small
# subsets of the configured faces of each kind (glyf, CFF by CID, out of a collection), with and without layout tables and hints.
set -eu
seconds=$1
jobs=$2
seeds=build/fuzz/seeds
found=build/fuzz/found
mkdir -p "$seeds" "$found" build/fuzz/grown
long='述职评议，“考核”（一）——AVfi affine é 12.5% 葛𠮷Ａ…。n'
n=0
for face in "fonts/files/FandolSong-Regular.otf 0" "fonts/files/BabelStoneHan.ttf 0" "fonts/files/DejaVuSans.ttf 0" "fonts/files/HanaMinB.ttf 0" \
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc 2" "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc 2"; do
    n=$((n + 1))
    file=${face% *}
    index=${face#* }
    hb-subset --face-index="$index" --text="$long" --layout-features='kern,liga,vert,mark,mkmk' --output-file="$seeds/$n-long.otf" "$file"
    hb-subset --face-index="$index" --text='述，A' --layout-features='' --no-hinting --desubroutinize --output-file="$seeds/$n-short.otf" "$file"
done
# -detect_leaks is left on: arenas must give back what HarfBuzz and libharu took.
exec build/fuzz/tests/fuzz/fuzz_font -max_total_time="$seconds" -fork="$jobs" -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1 -timeout=20 \
    -rss_limit_mb=2048 -max_len=20000 -artifact_prefix="$found/" build/fuzz/grown "$seeds"
