#!/bin/bash
# sanitized: yes
# The text tables and workbooks that fuzzing left behind: each is taken or refused with its reasons, and the program neither crashes nor hangs.
# `make fuzz` looks further.
. tests/tap.sh

mkdir "$tmp/corpus"
tar -C "$tmp/corpus" -xJf tests/fuzz/tables.tar.xz
check "there is a corpus" test "$(ls "$tmp/corpus" | wc -l)" -gt 100
check "nothing in it harms" exits 0 "read [0-9]+ files" timeout 120 "$BUILD/tests/fuzz/read_import" tests/fuzz/tables/* "$tmp"/corpus/*
done_testing
