#!/bin/sh
# sanitized: yes
# A small subset of each configured face, and small fonts of squares, damaged in some hundred ways (tests/fuzz/fuzz_font.c), and the corpus that
# fuzzing left behind: whatever a font file holds, it is refused with a diagnostic or gives missing characters, and the program neither
# crashes nor hangs. `make fuzz` looks further.
set -eu
tools=${BUILD:-build}/tests/fuzz
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/small" "$scratch/corpus"
"$tools/small_fonts" "$scratch/small"
tar -C "$scratch/corpus" -xJf tests/fuzz/fonts.tar.xz
"$tools/read_fonts" 300 fonts/files/FandolSong-Regular.otf fonts/files/FandolKai-Regular.otf fonts/files/DejaVuSans.ttf \
    fonts/files/BabelStoneHan.ttf fonts/files/HanaMinB.ttf '/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc#2' \
    '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc#2' \
    "=$scratch/small/glyf.ttf" "=$scratch/small/cff.otf" "=$scratch/small/cid.otf" "=$scratch/small/all.ttc" "$scratch/corpus/"
