#!/bin/sh
# Prints docs/layout-examples.md from docs/examples/*.xml: each with its picture, and an index of the names that they use. `make gallery`
# writes the file; tests/whole/reference.sh holds it to this. Run from the top of the tree.
set -u
LC_ALL=C
export LC_ALL
list() { for file in docs/examples/*.xml; do basename "$file" .xml; done; }

# The text of an example from <layout on, and what its comment says.
layout_of() { sed -n '/^<layout/,$p' "docs/examples/$1.xml"; }
says() { sed -n 's/^<!-- \(.*\) -->$/\1/p' "docs/examples/$1.xml" | head -n 1; }

# Lines "NAME EXAMPLE" of elements or attributes, once each; an example counts for a name once, in the order of the files.
elements() {
    for name in $(list); do
        layout_of "$name" | grep -oE '<[a-z][a-z0-9-]*' | tr -d '<' | sort -u | sed "s/\$/ $name/"
    done
}
attributes() {
    for name in $(list); do
        layout_of "$name" | grep -oE ' [a-z][a-z-]*="' | tr -d ' ="' | sort -u | sed "s/\$/ $name/"
    done
}
# A table of names with links to the first MOST examples, that of the same name before all.
index() { # heading most
    printf '| %s | examples |\n|---|---|\n' "$1"
    awk '{ print $1, ($2 == $1 || $2 == $1 "s" ? 0 : 1), $2 }' | sort -s -k 1,1 -k 2,2 | awk -v most="$2" '
        function flush() { if (name) print "| `" name "` | " links " |" }
        $1 != name { flush(); name = $1; links = ""; count = 0 }
        ++count <= most { links = links (links ? ", " : "") "[" $3 "](#" $3 ")" }
        END { flush() }'
}

cat <<'END'
# Examples of the layout language

Every element, property and chart, each in a small layout that brings its own rows. What the names mean stands in
[layout-reference.md](layout-reference.md). The files are in `docs/examples/`; look at one, and change it, with

```sh
shuzhi preview --empty --layout docs/examples/table.xml --sheet -o page.png --watch
```

`make gallery` writes this page and the pictures from those files, and the documents as `out/gallery/*.pdf`.

END
elements | grep -vE '^(layout|body) ' | index element 4
echo
attributes | grep -vE '^(xmlns|name|for|title) ' | index attribute 4
for name in $(list); do
    printf '\n## %s\n\n%s\n\n![%s](pictures/%s.png)\n\n```xml\n' "$name" "$(says "$name")" "$name" "$name"
    layout_of "$name"
    echo '```'
done
