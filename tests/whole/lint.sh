#!/bin/bash
# The laws hold, and each check of tests/lint.sh bites: it is broken once in a copy of the tree.
# sanitized: yes
. tests/tap.sh

check "the laws of the house hold" tests/lint.sh

copy=$tmp/tree
mkdir "$copy"
cp -r Makefile .clang-format src fixtures tests "$copy"
# breaks NAME PATTERN FILE TEXT: with TEXT put at the end of FILE, lint fails and says PATTERN.
breaks() {
    file=$copy/$3
    existed=no
    [ -e "$file" ] && { existed=yes; cp "$file" "$tmp/saved"; }
    printf '%b\n' "$4" >>"$file"
    check "bites: $1" exits 1 "$2" env ROOT="$copy" tests/lint.sh --no-format
    if [ "$existed" = yes ]; then cp "$tmp/saved" "$file"; else rm "$file"; fi
}
check "the copy is clean" env ROOT="$copy" tests/lint.sh --no-format
breaks "typeset includes pdf" "typeset/ may not include pdf/pdf.h" src/typeset/bind.c '#include "pdf/pdf.h"'
breaks "pdf includes typeset" "pdf/ may not include typeset/typeset.h" src/pdf/extra.c '/* x */\n#include "typeset/typeset.h"'
breaks "base includes data" "base/ may not include data/data.h" src/base/buf.c '#include "data/data.h"'
breaks "another room's private header" "private to batch" src/cli/main.c '#include "batch/batch_int.h"'
breaks "past another room's door" "private to text" src/typeset/bind.c '#include "text/face.h"'
breaks "sqlite3.h outside its rooms" "<sqlite3.h> belongs in" src/typeset/bind.c '#include <sqlite3.h>'
breaks "libharu outside pdf" "<hpdf.h> belongs in pdf" src/batch/run.c '#include <hpdf.h>'
breaks "libxml2 outside base" "belongs in base" src/layout/extra.c '/* x */\n#include <libxml/tree.h>'
breaks "own header not first" "before its own header" src/text/extra.c '/* x */\n#include <stdio.h>'
breaks "_t suffix" "no _t suffix" src/base/map.h 'typedef struct thing thing_t;'
breaks "get in a name" 'no "get"' src/base/map.h 'int map_get_size(void);'
breaks "an oversized header" "lines, the limit is 300" src/base/map.h "$(yes '/* line */' | head -n 300)"
breaks "a long function" "function of" src/base/map.c "int map_long(void)\n{\n$(yes ';' | head -n 125)\n}"
breaks "no header comment" "begins without a header comment" src/page/extra.c '#include "page/page.h"'
mkdir "$copy/src/misc"
check "bites: a folder that is no room" exits 1 "not a room of the house" env ROOT="$copy" tests/lint.sh --no-format
rmdir "$copy/src/misc"
mkdir -p "$copy/$BUILD/lib"
printf 'int stray(void); int stray(void) { return 1; }\n' >"$tmp/stray.c"
cc -c -o "$tmp/stray.o" "$tmp/stray.c" && ar rcs "$copy/$BUILD/lib/map.a" "$tmp/stray.o" && mv "$copy/$BUILD/lib/map.a" "$copy/$BUILD/lib/base.a"
check "bites: an external symbol without the room's prefix" exits 1 "stray" env ROOT="$copy" BUILD="$BUILD" tests/lint.sh --no-format
printf 'int  x ;\n' >"$copy/src/base/ugly.c"
check "bites: the format" exits 1 "not in the format" env ROOT="$copy" BUILD=none tests/lint.sh

done_testing
