#!/bin/sh
# The laws of the house, checked: which room includes which, third-party headers in their rooms, one prefix per room, names,
# sizes, format. Run by `make lint` from the top of the tree; ROOT may name another tree (tests/lint_test.sh).
# Usage: tests/lint.sh [--no-format]
set -u
cd "${ROOT:-.}" || exit 2
broken=$(mktemp) || exit 2
trap 'rm -f "$broken"' EXIT
complain() { printf '%s\n' "$*" >>"$broken"; }

# Which rooms a room may include: the table is in the Makefile, which links by it too.
may_use() { sed -n "s/^USES_$1 *:= *//p" Makefile; }

# Rooms in which a third-party header may be included.
home_of() {
    case $1 in
        sqlite3.h) echo "data assess archive batch" ;;
        libxml/*) echo "base import" ;;
        hb.h | hb-ot.h) echo "text pdf raster" ;;
        hb-subset.h) echo "pdf" ;;
        hpdf*.h) echo "pdf" ;;
        png.h | turbojpeg.h | qrencode.h) echo "image" ;;
        unicode/ucnv.h) echo "text import" ;;
        zip.h) echo "import" ;;
        unicode/* | fontconfig/*) echo "text" ;;
        libdeflate.h) echo "pdf raster" ;;
        zlib.h) echo "pdf" ;;
        cairo*.h) echo "raster" ;;
        openssl/evp.h | openssl/sha.h) echo "base archive pdf" ;;
        openssl/*) echo "archive pdf" ;;
        *) echo "" ;;
    esac
}

# Prefixes of a room's external functions, and of its types and constants in any case.
prefixes_of() {
    case $1 in
        base) echo "arena buf clock csv diag file fixed hash map utf8 xml" ;;
        typeset) echo "ts" ;;
        *) echo "$1" ;;
    esac
}

contains() { # word list
    for item in $2; do [ "$item" = "$1" ] && return 0; done
    return 1
}

check_includes() { # file room
    grep -nE '^#include' "$1" | sed -E 's/^([0-9]+):#include *["<]([^">]+)[">].*/\1 \2/' | while read -r line header; do
        case $header in
            */*)
                other=${header%%/*}
                if [ -d "src/$other" ]; then
                    contains "$other" "$(may_use "$2")" || complain "$1:$line: $2/ may not include $header"
                    # Other rooms come in by the door; base has one for each topic.
                    case $header in
                        "$2"/* | "$other/$other.h") ;;
                        base/*_*.h) complain "$1:$line: $header is private to $other/" ;;
                        base/*) ;;
                        *) complain "$1:$line: $header is private to $other/" ;;
                    esac
                    continue
                fi ;;
        esac
        home=$(home_of "$header")
        [ -z "$home" ] || contains "$2" "$home" || complain "$1:$line: <$header> belongs in $home only"
    done
}

# A .c file includes its own header first: the door NAME.h or ROOM/ROOM.h, or the private ROOM_int.h.
check_first_include() { # file room
    first=$(grep -m1 -E '^#include' "$1" | sed -E 's/.*["<]([^">]+)[">].*/\1/')
    base=$(basename "$1" .c)
    case $first in
        "$2/$base.h" | "$2/$2.h" | "$2/$2_int.h" | "$2/"*_int.h) ;;
        "$2/"*.h) ;;
        *) complain "$1: includes ${first:-nothing} before its own header" ;;
    esac
}

check_names() { # file
    grep -nE '\btypedef\b.*\b[a-z_0-9]+_t;' "$1" | sed "s|^|$1:|; s|\$| (no _t suffix)|" >>"$broken"
    grep -nE '^[A-Za-z].*\b[a-z0-9]*_?get_[a-z_]+\(' "$1" | sed "s|^|$1:|; s|\$| (no \"get\")|" >>"$broken"
}

check_sizes() { # file
    lines=$(wc -l <"$1")
    case $1 in
        *_int.h | *_catalogue.h) limit=800 ;;
        *.h) limit=300 ;;
        *) limit=800 ;;
    esac
    [ "$lines" -le "$limit" ] || complain "$1: $lines lines, the limit is $limit"
    awk -v file="$1" '/^\{/ { start = FNR } /^\}/ { if (start && FNR - start > 120) print file ":" start ": function of " FNR - start " lines"; start = 0 }' "$1" >>"$broken"
    head -n 1 "$1" | grep -q '^/\*' || complain "$1:1: begins without a header comment"
}

check_symbols() { # room, from the built library
    lib=${BUILD:-build}/lib/$1.a
    [ -f "$lib" ] || return 0
    pattern=$(prefixes_of "$1" | tr ' ' '|')
    nm --defined-only -g "$lib" 2>/dev/null | awk 'NF == 3 && $2 ~ /^[TDRBC]$/ && $3 !~ /^__/ { print $3 }' |
        grep -vE "^($pattern)_" | sed "s|^|src/$1: external symbol without the room's prefix: |" >>"$broken"
}

for dir in src/*/; do
    room=$(basename "$dir")
    [ -n "$(may_use "$room")" ] || complain "$dir: not a room of the house"
    for file in "$dir"*.c "$dir"*.h; do
        [ -f "$file" ] || continue
        check_includes "$file" "$room"
        case $file in *.c) check_first_include "$file" "$room" ;; esac
        check_names "$file"
        check_sizes "$file"
    done
    check_symbols "$room"
done

# typeset and pdf never include each other: said twice because it is the law that keeps libharu replaceable.
grep -nE '#include "pdf/' src/typeset/* /dev/null >>"$broken"
grep -nE '#include "typeset/' src/pdf/* /dev/null >>"$broken"

if [ "${1:-}" != --no-format ]; then
    find src fixtures tests \( -name '*.c' -o -name '*.h' \) ! -name '*_catalogue.h' -print | sort | while read -r file; do
        clang-format --dry-run -Werror "$file" >/dev/null 2>&1 || complain "$file: not in the format of .clang-format"
    done
fi

if [ -s "$broken" ]; then
    sort -u "$broken"
    printf 'lint: %s broken\n' "$(sort -u "$broken" | wc -l)"
    exit 1
fi
echo "lint: the laws hold"
