#!/bin/sh
# Puts the faces that Debian keeps inside larger packages into fonts/files/: downloads each package, takes the wanted files
# out, checks their SHA-256 and forgets the package. Nothing is installed, so it needs no root. Does nothing when all
# files are there already.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
files=$here/files

# SHA-256, package, path in the package, name in fonts/files.
wanted='
a3820003227d4abe31fe28b493200d94a849ccfd078b50a019264f70353020b0 texlive-lang-chinese usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolSong-Regular.otf FandolSong-Regular.otf
ea7e7fb4f9b3ac694a68d43946e04d21deed6e8c29a7c2d3081e1a4138f2f827 texlive-lang-chinese usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolKai-Regular.otf FandolKai-Regular.otf
d838ad32ce2244d8144f408c37fe71065aba6fbbc80759a4d2aa2033948d5bc9 texlive-lang-chinese usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolFang-Regular.otf FandolFang-Regular.otf
b94928591ae23ad41681fe34991e5d95d793666e751af505453a0152e6bc1a10 texlive-lang-chinese usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz Fandol-COPYING.gz
32537e063f4c7d4aebf016d5c8279cbce13f34fc8970f24b2578a3c04d0f8ca6 texlive-lang-chinese usr/share/doc/texlive-doc/fonts/fandol/README Fandol-README
a2027ca3606907f6a628e9cd869605e3879beaaa38b37c7fec95b372130628c8 fonts-babelstone-han usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf BabelStoneHan.ttf
e03cf9030189da2e6fb7cf748dee45a13533a945a1423f654b06c6a4a9c1bcad fonts-babelstone-han usr/share/doc/fonts-babelstone-han/copyright BabelStoneHan-copyright
829543436cdf7b4c6730e2af5806fa406f8ddf0d4b656e0cd49c58d4db1c8d3c fonts-hanazono usr/share/fonts/truetype/hanazono/HanaMinB.ttf HanaMinB.ttf
79d939010df236c3b257bec8b3efdc17c9fb603970695a73a0e155fab6672ed2 fonts-hanazono usr/share/doc/fonts-hanazono/copyright HanaMinB-copyright
abdc775b21b1bc470d50c97e790d276f2054b7504e56e5bd3e64f48d68582322 fonts-dejavu-core usr/share/fonts/truetype/dejavu/DejaVuSans.ttf DejaVuSans.ttf
63d3ba759d12804c5b31a9d5940d855c1820d1f5999e6b0872eb1c7ff045fbc9 fonts-dejavu-core usr/share/doc/fonts-dejavu-core/copyright DejaVuSans-copyright
'

fail() {
    echo "fonts: $*" >&2
    exit 1
}

# matches SHA FILE: the file is there and is the right one.
matches() {
    [ -f "$2" ] && [ "$(sha256sum "$2" | cut -d' ' -f1)" = "$1" ]
}

# The packages of which a file is missing or wrong, each once.
missing_packages() {
    echo "$wanted" | while read -r sha package _ name; do
        [ -n "$sha" ] || continue
        matches "$sha" "$files/$name" || echo "$package"
    done | sort -u
}

# take PACKAGE: downloads it into the current directory and moves its wanted files into place.
take() {
    echo "fonts: fetching $1"
    apt-get download -q "$1" >download.log 2>&1 || {
        cat download.log >&2
        fail "cannot download $1; is there a network, and has apt-get update been run?"
    }
    dpkg-deb -x "$1"_*.deb "$1"
    echo "$wanted" | while read -r sha package path name; do
        [ "$package" = "$1" ] || continue
        matches "$sha" "$1/$path" || fail "$path of $1 is not the file expected (SHA-256 differs)"
        cp "$1/$path" "$files/.$name.new"
        chmod 644 "$files/.$name.new"
        mv "$files/.$name.new" "$files/$name"
    done
    rm -rf "$1" "$1"_*.deb
}

packages=$(missing_packages)
[ -n "$packages" ] || exit 0
for tool in apt-get dpkg-deb sha256sum; do
    command -v "$tool" >/dev/null ||
        fail "$tool not found; on another system put the files named in fonts/README.md into $files by hand"
done

# Under root, apt fetches as its own user: the directory must be open to it.
work=$(mktemp -d "${TMPDIR:-/tmp}/shuzhi-fonts.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
chmod 777 "$work"
mkdir -p "$files"
cd "$work"
for package in $packages; do
    take "$package"
done
