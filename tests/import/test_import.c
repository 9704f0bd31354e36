/* The import room by itself: dates and numbers as people write them, serial numbers of both systems, CSV in its encodings, and files that were
 * damaged on the way: whatever their bytes, reading ends with sheets or with a message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "import/xlsx_int.h"

#include "base/csv.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[64];
static Arena *arena;
static Diag *diag;

static int set_up(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/test_import.XXXXXX");
    arena = arena_open(0);
    diag = diag_open(arena, 0);
    return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    arena_close(arena);
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    return system(command);
}

/* ── values ── */

typedef struct Pair {
    const char *from, *to; /* to NULL = refused */
} Pair;

static void dates(void **state)
{
    (void)state;
    static const Pair pairs[] = {
        {"2020年12月3日", "2020-12-03"},
        {"2020-12-3", "2020-12-03"},
        {"2020/12/03", "2020-12-03"},
        {"2020.12.3", "2020-12-03"},
        {"20201203", "2020-12-03"},
        {"二〇二〇年十二月三日", "2020-12-03"},
        {"二零二零年十二月三十一日", "2020-12-31"},
        {"二○二○年二月二十九日", "2020-02-29"},
        {"２０２０年１２月３日", "2020-12-03"},
        {"2020 年 12 月 3 日", "2020-12-03"},
        {"2020年12月3号", "2020-12-03"},
        {"2020-12-03 00:00:00", "2020-12-03"},
        {"2020-12-03T00:00:00", "2020-12-03"},
        {"2020年十月十日", "2020-10-10"},
        {"2020年二十月三日", NULL},
        {"2021-02-29", NULL},
        {"1900-02-29", NULL},
        {"2000-02-29", "2000-02-29"},
        {"2020-12-03 09:30", NULL},
        {"2020-12/3", NULL},
        {"20-12-3", NULL},
        {"3/12/2020", NULL},
        {"2020年12月", NULL},
        {"2020-13-1", NULL},
        {"2020-0-1", NULL},
        {"二〇二〇年十十月三日", NULL},
        {"44168", NULL},
        {"2020-12-3日记", NULL},
        {"〇", NULL},
        {"二", NULL},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char out[11] = "";
        const bool ok = import_parse_date(import_narrow(arena, pairs[i].from), out);
        if (ok != (pairs[i].to != NULL) || (ok && strcmp(out, pairs[i].to) != 0))
            fail_msg("%s: %s", pairs[i].from, ok ? out : "refused");
    }
}

static void times(void **state)
{
    (void)state;
    static const Pair pairs[] = {
        {"9:30", "09:30"},   {"09:30:00", "09:30"},  {"9时30分", "09:30"}, {"下午2点半", "14:30"},
        {"14点整", "14:00"}, {"上午 9:05", "09:05"}, {"十点", "10:00"},    {"24:00", NULL},
        {"9", NULL},         {"下午14:00", NULL},    {"9:60", NULL},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char out[6] = "";
        const bool ok = import_parse_time(import_narrow(arena, pairs[i].from), out);
        if (ok != (pairs[i].to != NULL) || (ok && strcmp(out, pairs[i].to) != 0))
            fail_msg("%s: %s", pairs[i].from, ok ? out : "refused");
    }
}

typedef struct Amount {
    const char *text;
    int places;
    int64_t value; /* -1 = refused */
} Amount;

static void amounts(void **state)
{
    (void)state;
    static const char *const units[] = {"天", "人"};
    const ImportColumn column = {.units = units, .unit_count = 2};
    static const Amount amounts_of[] = {
        {"3天", 1, 30},      {"0.5天", 1, 5},
        {"半天", 1, 5},      {"１２", 0, 12},
        {"1,234", 0, 1234},  {"1，234，567", 0, 1234567},
        {"95.5", 2, 9550},   {"0.25", 1, -1},
        {"1,23", 0, -1},     {"12,345.5", 1, 123455},
        {"1234,567", 0, -1}, {"3次", 0, -1},
        {"", 0, -1},         {"天", 0, -1},
        {"1e3", 0, -1},      {"0x10", 0, -1},
        {"3 人", 0, 3},      {"99999999999999999999", 0, -1},
        {"1.0", 0, 1},       {"1.", 0, -1},
    };
    for (size_t i = 0; i < sizeof amounts_of / sizeof *amounts_of; i++) {
        int64_t value = -1;
        const Amount *a = &amounts_of[i];
        const bool ok = import_parse_amount(arena, &column, import_narrow(arena, a->text), a->places, &value);
        if (ok != (a->value >= 0) || (ok && value != a->value))
            fail_msg("%s: %d %lld", a->text, ok, (long long)value);
    }
}

static void numbers(void **state)
{
    (void)state;
    static const Pair pairs[] = {
        {"0.30000000000000004", "0.3"},
        {"44168", "44168"},
        {"1.5E3", "1500"},
        {"1E-3", "0.001"},
        {"-2.50", "-2.5"},
        {"0", "0"},
        {"0.0", "0"},
        {"99999999999999999", "100000000000000000"},
        {"123456789012345", "123456789012345"},
        {"0.99999999999999999", "1"},
        {"1E+99", NULL},
        {"1E-99", "0"},
        {"x", NULL},
        {"", NULL},
        {"1e", NULL},
        {"1.2.3", NULL},
        {".5", "0.5"},
        {"100", "100"},
        {"12.05", "12.05"},
        {"-", NULL},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *plain = import_plain_number(arena, pairs[i].from);
        if ((plain != NULL) != (pairs[i].to != NULL) || (plain && strcmp(plain, pairs[i].to) != 0))
            fail_msg("%s: %s", pairs[i].from, plain ? plain : "refused");
    }
}

/* The days around the leap day that never was, and the ends of both systems. */
static void serials(void **state)
{
    (void)state;
    static const struct {
        const char *number;
        bool date1904;
        const char *date;
    } cases[] = {
        {"44168", false, "2020-12-03"},
        {"42706", true, "2020-12-03"},
        {"1", false, "1900-01-01"},
        {"59", false, "1900-02-28"},
        {"60", false, NULL},
        {"61", false, "1900-03-01"},
        {"1", true, "1904-01-02"},
        {"0.5", false, "12:00"},
        {"44168.395833333336", false, "2020-12-03 09:30"},
        {"2958465", false, "9999-12-31"},
        {"2958466", false, NULL},
        {"-1", false, NULL},
        {"0", false, "00:00"},
        {"0.99999", false, "23:59"},
        {"44168.99999", false, "2020-12-03 23:59"},
        {"2958465", false, "9999-12-31"},
        {"2958466", false, NULL},
        {"2957003", true, "9999-12-31"},
        {"2957004", true, NULL},
        {"2958465", true, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *date = import_serial_date(arena, cases[i].number, cases[i].date1904);
        if ((date != NULL) != (cases[i].date != NULL) || (date && strcmp(date, cases[i].date) != 0))
            fail_msg("%s: %s", cases[i].number, date ? date : "refused");
    }
}

static void folding(void **state)
{
    (void)state;
    assert_string_equal(import_trim(arena, " \u3000\uFEFF 张 三\u00A0\r\n"), "张 三");
    assert_string_equal(import_trim(arena, "一\r\n二\r三"), "一\n二\n三");
    assert_string_equal(import_fold(arena, " 单位 ＣＯＤＥ（必填）* "), "单位code(必填)");
    assert_string_equal(import_narrow(arena, "Ａ－１　２"), "A-1 2");
    assert_true(import_is_blank(" \u3000\t\u200B"));
    assert_false(import_is_blank("〇"));
}

/* ── CSV ── */

static ImportSheet *sheet_of(const char *bytes, size_t length)
{
    const char *path = file_join(arena, directory, "in.csv");
    assert_true(file_write(path, bytes, length, diag));
    diag_clear(diag);
    return import_read_file(arena, path, diag);
}

static void csv_forms(void **state)
{
    (void)state;
    static const char text[] = "a,\"b \"\"c\"\"\r\nd\",\r\n\r\n , \n'x,'=1+1,\" y\"\rlast";
    const ImportSheet *sheet = sheet_of(text, sizeof text - 1);
    assert_non_null(sheet);
    assert_int_equal(sheet->row_count, 3); /* empty lines are none */
    assert_string_equal(sheet->rows[0].cells[1].text, "b \"c\"\r\nd");
    assert_int_equal(sheet->rows[1].line, 5);
    assert_string_equal(sheet->rows[1].cells[0].text, "'x");
    assert_string_equal(sheet->rows[1].cells[1].text, "=1+1");
    assert_string_equal(sheet->rows[1].cells[2].text, " y");
    assert_int_equal(sheet->rows[2].line, 6);
    assert_string_equal(sheet->separator, ",");
}

static void csv_encodings(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *encoding; /* NULL = refused */
    } cases[] = {
        {"\xE5\xA7\x93;b", 5, "UTF-8"},
        {"\xEF\xBB\xBF\xE5\xA7\x93;b", 8, "UTF-8 BOM"},
        {"\xD0\xD5;b", 4, "GB18030"},
        {"\x95\x32\x82\x36;b", 6, "GB18030"}, /* U+20000, four bytes */
        {"\xFF\xFE\xD3\x59;\0b\0", 8, "UTF-16LE"},
        {"\xFE\xFF\x59\xD3\0;\0b", 8, "UTF-16BE"},
        {"\xEF\xBB\xBF\xFF;b", 6, NULL},
        {"\xD0;b\xFF\xFF", 5, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const ImportSheet *sheet = sheet_of(cases[i].bytes, cases[i].length);
        if (!cases[i].encoding) {
            assert_null(sheet);
            assert_int_equal(diag_item(diag, 0)->code, DIAG_IMPORT_ENCODING);
            continue;
        }
        assert_non_null(sheet);
        assert_string_equal(sheet->encoding, cases[i].encoding);
        assert_string_equal(sheet->separator, ";");
        assert_string_equal(sheet->rows[0].cells[0].text, i == 3 ? "\xF0\xA0\x80\x80" : "姓");
    }
}

static void csv_mistakes(void **state)
{
    (void)state;
    assert_null(sheet_of("a\nb,\"c\nd", 8));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_IMPORT_QUOTE_OPEN);
    assert_int_equal(diag_item(diag, 0)->place.line, 2);
    assert_null(sheet_of("\"a\"b", 4));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_IMPORT_QUOTE_AFTER);
    assert_null(sheet_of("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_IMPORT_OLD_FORMAT);
    assert_null(sheet_of("<html>", 6));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_IMPORT_MARKUP);
    char *wide = arena_alloc(arena, 4096);
    memset(wide, ',', 4096);
    wide[4095] = 'x';
    assert_null(sheet_of(wide, 4096));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_IMPORT_LIMIT);
}

static void fields_round_trip(void **state)
{
    (void)state;
    static const char *const texts[] = {"plain", "a,b", "say \"no\"", "two\nlines", "=SUM(A1)", "-5",
                                        "+1",    "@x",  "'=x",        "' x",        " lead"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Buf line = {0};
        csv_field(&line, texts[i]);
        buf_text(&line, ",end");
        const ImportSheet *sheet = sheet_of((const char *)line.bytes, line.length);
        assert_non_null(sheet);
        assert_string_equal(sheet->rows[0].cells[0].text, texts[i]);
        buf_free(&line);
    }
}

/* ── damage ── */

static uint32_t random_next(uint32_t *seed)
{
    return *seed = *seed * 1664525u + 1013904223u;
}

static void damage_csv(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF单位,\"活动,\"\"名称\"\"\",日期\r\n上城区,\"第一\r\n支部\",2020-12-3\r\n";
    uint32_t seed = 1;
    for (int round = 0; round < 2000; round++) {
        char copy[sizeof text];
        Arena *own = arena_open(0);
        Diag *messages = diag_open(own, 0);
        ImportSheet sheet = {.file = "damaged"};
        const char *encoding;
        size_t length = sizeof text - 1;
        memcpy(copy, text, sizeof text);
        for (int n = 0; n < 3; n++)
            copy[random_next(&seed) % length] = (char)(random_next(&seed) >> 24);
        length -= random_next(&seed) % 8;
        const char *decoded = import_decode(own, "damaged", copy, length, &encoding, &length, messages);
        const bool ok = decoded && import_read_csv(own, &sheet, decoded, length, messages);
        assert_true(ok || diag_any(messages, DIAG_RUN_FAIL));
        arena_close(own);
    }
}

static const char *const parts[][2] = {
    {"_rels/.rels",
     "<Relationships><Relationship Id='r' Type='x/officeDocument' Target='xl/workbook.xml'/></Relationships>"},
    {"xl/workbook.xml",
     "<workbook><workbookPr date1904='0'/><sheets><sheet name='单位' r:id='a' xmlns:r='r'/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships><Relationship Id='a' Type='x/worksheet' Target='worksheets/s.xml'/><Relationship Id='b' "
     "Type='x/sharedStrings' "
     "Target='/xl/s.xml'/><Relationship Id='c' Type='x/styles' Target='t.xml'/></Relationships>"},
    {"xl/s.xml", "<sst><si><r><t>单</t></r><r><t>位_x0041_</t></r><rPh><t>no</t></rPh></si><si><t>b</t></si></sst>"},
    {"xl/t.xml", "<styleSheet><numFmts><numFmt numFmtId='176' formatCode='yyyy&quot;年&quot;m'/></numFmts><cellXfs><xf "
                 "numFmtId='0'/><xf "
                 "numFmtId='176'/></cellXfs></styleSheet>"},
    {"xl/worksheets/s.xml", "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' "
                            "t='inlineStr'><is><t>x</t></is></c></row><row r='3'><c "
                            "r='B3' s='1'><v>44168</v></c><c t='b'><v>1</v></c><c "
                            "t='e'><v>#N/A</v></c></row></sheetData><mergeCells><mergeCell ref='A1:A3'/></mergeCells>"
                            "</worksheet>"},
};
enum { PARTS = sizeof parts / sizeof *parts };

/* Writes the parts, one of them (-1: none) with damaged bytes, and zips them. */
static const char *make_workbook(int damaged, uint32_t *seed)
{
    for (int i = 0; i < PARTS; i++) {
        const char *path = file_join(arena, directory, parts[i][0]);
        char *text = arena_string(arena, parts[i][1]);
        const size_t length = strlen(text);
        for (int n = 0; i == damaged && n < 3; n++)
            text[random_next(seed) % length] = (char)(random_next(seed) >> 24);
        assert_true(file_make_directory(file_directory(arena, path), diag));
        assert_true(file_write(path, text, i == damaged ? length - random_next(seed) % 4 : length, diag));
    }
    assert_int_equal(system(arena_print(arena, "cd '%s' && rm -f b.xlsx && zip -q -0 -r b.xlsx _rels xl", directory)),
                     0);
    return file_join(arena, directory, "b.xlsx");
}

static void workbook(void **state)
{
    (void)state;
    const ImportSheet *sheet = import_read_file(arena, make_workbook(-1, NULL), diag);
    assert_non_null(sheet);
    assert_string_equal(sheet->name, "单位");
    assert_int_equal(sheet->row_count, 2);
    assert_string_equal(sheet->rows[0].cells[0].text, "单位A");
    assert_string_equal(sheet->rows[0].cells[2].text, "x");
    assert_int_equal(sheet->rows[1].line, 3);
    assert_string_equal(sheet->rows[1].cells[0].text, "单位A"); /* merged over the lines */
    assert_string_equal(sheet->rows[1].cells[1].text, "2020-12-03");
    assert_string_equal(sheet->rows[1].cells[2].text, "1");
    assert_true(sheet->rows[1].cells[3].wrong);
}

static void read_damaged(const char *path)
{
    Arena *own = arena_open(0);
    Diag *messages = diag_open(own, 0);
    assert_true(import_read_file(own, path, messages) != NULL || diag_any(messages, DIAG_RUN_FAIL));
    arena_close(own);
}

static void damage_parts(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < 150; round++)
        read_damaged(make_workbook(round % PARTS, &seed));
}

static void damage_zip(void **state)
{
    (void)state;
    uint32_t seed = 3;
    size_t length;
    const char *good = make_workbook(-1, NULL), *path = file_join(arena, directory, "d.xlsx");
    const char *bytes = file_read(arena, good, 1 << 20, &length, diag);
    for (int round = 0; round < 1000; round++) {
        const ArenaMark mark = arena_mark(arena);
        char *copy = arena_copy(arena, bytes, length);
        for (int n = 0; n < 4; n++)
            copy[4 + random_next(&seed) % (length - 4)] = (char)(random_next(&seed) >> 24);
        assert_true(file_write(path, copy, length - (round % 3 == 0 ? random_next(&seed) % (length / 2) : 0), diag));
        read_damaged(path);
        arena_rewind(arena, mark);
    }
}

/* 300 MiB of blanks in a few hundred KiB, and a document type. */
static void bombs(void **state)
{
    (void)state;
    make_workbook(-1, NULL);
    const char *sheet = file_join(arena, directory, "xl/worksheets/s.xml");
    assert_int_equal(
        system(arena_print(
            arena, "head -c 300000000 /dev/zero | tr '\\0' ' ' >'%s'; cd '%s'; rm b.xlsx; zip -q -r b.xlsx _rels xl",
            sheet, directory)),
        0);
    assert_null(import_read_file(arena, file_join(arena, directory, "b.xlsx"), diag));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_IMPORT_LIMIT);
    static const char entity[] = "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet><sheetData/></worksheet>";
    assert_true(file_write(sheet, entity, sizeof entity - 1, diag));
    assert_int_equal(system(arena_print(arena, "cd '%s'; rm b.xlsx; zip -q -r b.xlsx _rels xl", directory)), 0);
    diag_clear(diag);
    assert_null(import_read_file(arena, file_join(arena, directory, "b.xlsx"), diag));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_IMPORT_XLSX);
}

/* ── the mapping ── */

static void own_mapping(void **state)
{
    (void)state;
    const ImportMapping *mapping = import_load_mapping(arena, NULL, diag);
    assert_non_null(mapping);
    assert_int_equal(diag_count(diag), 0);
    assert_ptr_equal(import_find_table(mapping, "活动"), import_find_table(mapping, "activity"));
}

/* Every table and column of the schema has its heading: nothing that the assessment reads is out of a clerk's reach. */
static void all_columns(void **state)
{
    (void)state;
    const ImportMapping *mapping = import_load_mapping(arena, NULL, diag);
    DataDb *model = data_create(":memory:", diag);
    assert_true(data_exec(model, data_activity_schema, diag, (DiagPlace){0}));
    DataStmt *columns = data_prepare(model,
                                     "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c"
                                     " WHERE m.type = 'table'",
                                     (DiagPlace){0}, diag);
    while (data_step(columns, diag) == DATA_ROW) {
        const ImportTableMap *table = import_find_table(mapping, data_text(columns, 0));
        bool found = false;
        for (size_t i = 0; table && i < table->column_count; i++)
            found |= strcmp(table->columns[i].name, data_text(columns, 1)) == 0;
        if (!found)
            fail_msg("%s.%s has no heading", data_text(columns, 0), data_text(columns, 1));
    }
    data_close(model);
}

static void mapping_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        DiagCode code;
    } cases[] = {
        {"<table name='unit' title='单位'><column name='nothing' heading='x' kind='text' key='yes'/></table>",
         DIAG_IMPORT_MAP_UNKNOWN},
        {"<table name='unit' title='单位'><column name='code' heading='x' kind='text'/></table>", DIAG_IMPORT_MAP_KEY},
        {"<table name='unit' title='单位'><column name='code' heading='x' kind='text' key='yes'/><column name='name' "
         "heading='y' also='x' kind='text'/></table>",
         DIAG_IMPORT_MAP_TWICE},
        {"<dictionary name='d'><value is='a'>x</value><value is='b'>x</value></dictionary><table name='unit' "
         "title='单位'><column name='code' heading='x' words='d' key='yes'/></table>",
         DIAG_IMPORT_MAP_TWICE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = file_join(arena, directory, "map.xml");
        const char *text = arena_print(arena, "<import xmlns='urn:shuzhi:import:1'>%s</import>", cases[i].text);
        assert_true(file_write(path, text, strlen(text), diag));
        diag_clear(diag);
        assert_null(import_load_mapping(arena, path, diag));
        assert_int_equal(diag_item(diag, 0)->code, cases[i].code);
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(dates),       TEST(times),       TEST(amounts),          TEST(numbers),      TEST(serials),
        TEST(folding),     TEST(csv_forms),   TEST(csv_encodings),    TEST(csv_mistakes), TEST(fields_round_trip),
        TEST(damage_csv),  TEST(workbook),    TEST(damage_parts),     TEST(damage_zip),   TEST(bombs),
        TEST(own_mapping), TEST(all_columns), TEST(mapping_mistakes),
    };
    return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
