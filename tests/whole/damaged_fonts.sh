#!/bin/sh
# sanitized: yes
# A small subset of each configured face, damaged in some hundred ways (tests/fuzz/fuzz_font.c): whatever a font file holds, it is refused
# with a diagnostic or gives missing characters, and the program neither crashes nor hangs. `make fuzz` looks further.
exec "${BUILD:-build}/tests/fuzz/read_fonts" 300 fonts/files/FandolSong-Regular.otf fonts/files/FandolKai-Regular.otf fonts/files/DejaVuSans.ttf \
    fonts/files/BabelStoneHan.ttf fonts/files/HanaMinB.ttf '/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc#2' \
    '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc#2'
