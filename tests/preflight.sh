#!/bin/sh
# Judges files by PDFBox preflight, the PDF/A-1b validator of Debian (libpdfbox2-java), all in one start of Java.
# Usage: tests/preflight.sh FILE...     Prints a line for each file, "valid NAME" or "not valid NAME", and after the latter the
# errors, indented. Names must differ. Exit code 0: all are valid; 1: some are not; 2: it could not be asked.
set -u
java=/usr/share/java
classes=
for jar in preflight pdfbox2 fontbox2 xmpbox commons-logging javax.activation jaxb-api; do
    [ -f $java/$jar.jar ] || { echo "no $java/$jar.jar" >&2; exit 2; }
    classes=$classes:$java/$jar.jar
done
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/files"
for file in "$@"; do ln -s "$(realpath "$file")" "$folder/files/" || exit 2; done

# Its exit code counts the files that are not valid; what Java logs is not wanted. No optimising compiler: its start costs more.
java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.awt.headless=true -cp "$classes" \
    org.apache.pdfbox.preflight.Validator_A1b group "$folder/files" >"$folder/said" 2>"$folder/log"
sed -nE 's/^The file (.*) is a valid PDF\/A-1b file.*/valid \1/p
         s/^The file (.*) is not a valid PDF\/A-1b file.*/not valid \1/p
         s/^[0-9][0-9.]* : /    &/p' "$folder/said" >"$folder/told"
cat "$folder/told"
[ "$(grep -cE '^(not )?valid ' "$folder/told")" -eq $# ] || { echo "not every file was judged:" >&2; cat "$folder/log" >&2; exit 2; }
! grep -q '^not valid ' "$folder/told"
