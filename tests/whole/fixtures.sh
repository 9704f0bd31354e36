#!/bin/bash
# The fixture maker: the same seed gives the same bytes, the result keeps every rule of the schema, and what the tests of the
# other rooms rely on is in it.
# sanitized: yes
. tests/tap.sh

make_db() { "$BUILD/make_fixtures" "$@"; }
a=$tmp/a.db
small=$tmp/small.db

check "the default database is made" make_db -o "$a"
check "a small one is made" make_db --units 10 --years 2 --seed 7 -o "$small"

# ── the same for the same options ──
check "again, in another place and time zone" env TZ=Asia/Shanghai LC_ALL=C "$BUILD/make_fixtures" --seed 7 --years 2 --units 10 -o "$tmp/again.db"
check "the same seed gives the same bytes" cmp "$small" "$tmp/again.db"
check "over an old file" make_db --units 10 --years 2 --seed 7 -o "$a.old"
check "over itself" make_db --units 10 --years 2 --seed 7 -o "$a.old"
check "an old file leaves no trace" cmp "$small" "$a.old"
check "another seed is made" make_db --units 10 --years 2 --seed 8 -o "$tmp/other.db"
dump_hash() { sqlite3 -batch "$1" .dump | sha256sum; }
differ() { [ "$(dump_hash "$1")" != "$(dump_hash "$2")" ]; }
check "another seed gives other records" differ "$small" "$tmp/other.db"

# ── rules of the schema, which are not enforced while writing ──
says() { # EXPECTED DB SQL
    got=$(sqlite3 -batch "$2" "$3")
    [ "$got" = "$1" ] || { printf 'expected %s, got %s\n' "$1" "$got"; return 1; }
}
for db in "$a" "$small"; do
    check "integrity and CHECKs hold" says ok "$db" "PRAGMA integrity_check"
    check "every foreign key holds" says "" "$db" "PRAGMA foreign_key_check"
    check "schema version 1" says 1 "$db" "PRAGMA user_version"
done
check "nothing happens after the last year, apart from closings of it" says 0 "$a" \
    "SELECT count(*) FROM activity WHERE date > '2020-12-31'"
check "nobody takes part outside of the time in office" says 0 "$a" "
    SELECT count(*) FROM activity AS a JOIN participant AS t ON t.activity_id = a.id
    WHERE a.kind IN ('research_visit', 'village_visit', 'lecture') AND NOT EXISTS (
        SELECT 1 FROM post AS p WHERE p.person_id = t.person_id AND p.unit_id = a.unit_id AND p.role IN ('secretary', 'leader')
            AND a.date BETWEEN p.from_date AND coalesce(p.to_date, '9999'))"

# ── what is in it ──
check "120 assessed units" says 120 "$a" "SELECT count(*) FROM unit WHERE assess_group IS NOT NULL"
check "13 districts and counties" says 13 "$a" "SELECT count(*) FROM unit WHERE kind = 'county'"
check "five years" says 5 "$a" "SELECT count(DISTINCT substr(date, 1, 4)) FROM activity WHERE date >= '2016'"
check "two units without any record" says 2 "$a" "
    SELECT count(*) FROM unit AS u WHERE assess_group IS NOT NULL AND kind = 'municipal'
        AND NOT EXISTS (SELECT 1 FROM activity AS a WHERE a.unit_id = u.id)"
check "one unit without a branch" says 1 "$a" "
    SELECT count(*) FROM unit AS u WHERE assess_group IS NOT NULL AND NOT EXISTS (SELECT 1 FROM unit AS b WHERE b.parent_id = u.id)"
check "a name of over 40 characters" says 1 "$a" "SELECT count(*) FROM unit WHERE length(name) > 40"
check "leaders with characters beyond the basic plane" says 1 "$a" "
    SELECT count(*) > 5 FROM post AS p JOIN person AS x ON x.id = p.person_id
    WHERE p.role = 'secretary' AND unicode(substr(x.name, 2, 1)) > 0xFFFF"
for name in 𠮷 𬀩 㛃 䶮 𬭎 𣲘 ·; do
    check "somebody is called $name" says 1 "$a" "SELECT count(*) > 0 FROM person WHERE instr(name, '$name') > 0"
done
check "a problem's owner has such a name" says 1 "$a" "
    SELECT count(*) > 0 FROM problem AS q JOIN person AS x ON x.id = q.owner_id WHERE unicode(substr(x.name, 2, 1)) > 0xFFFF"
check "every template was filled in" says 0 "$a" "
    SELECT (SELECT count(*) FROM problem WHERE text || measure GLOB '*[{}|]*')
         + (SELECT count(*) FROM narrative WHERE text GLOB '*[{}|]*') + (SELECT count(*) FROM activity WHERE title GLOB '*[{}|]*')
         + (SELECT count(*) FROM project WHERE title GLOB '*[{}|]*') + (SELECT count(*) FROM agenda_item WHERE title GLOB '*[{}|]*')
         + (SELECT count(*) FROM directive_measure WHERE text GLOB '*[{}|]*')"
check "the file says that it is made up" says 1 "$a" "SELECT count(*) FROM meta WHERE value LIKE '%均为虚构%'"
check "10 units were asked for" says 10 "$small" "SELECT count(*) FROM unit WHERE assess_group IS NOT NULL"
check "one unit" make_db --units 1 --years 1 --seed 0 -o "$tmp/one.db"
check "more than there are real names" make_db --units 125 --years 1 -o "$tmp/more.db"
check "the rest are test units" says 5 "$tmp/more.db" "SELECT count(*) FROM unit WHERE name LIKE '测试单位%'"

# ── wrong use ──
check "no file" exits 64 usage make_db --units 3
check "no number" exits 64 "not a number" make_db --units many -o "$tmp/x.db"
check "too many units" exits 64 "not a number" make_db --units 2000000 -o "$tmp/x.db"
check "no such directory" exits 1 "unable to open" make_db -o "$tmp/absent/x.db"
done_testing
