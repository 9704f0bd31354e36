/* Fuzzing of what offices hand in: a text table (CSV in any encoding), a zip archive, or the parts of a workbook one after the other, each below
 * a line "%%NAME", which are put into an archive here: what is damaged is then the XML that our readers see, not a checksum. The sheets go
 * through a whole import into a small database, a dry run, so that each starts from the same one. What is refused must be said.
 * Built with clang's libFuzzer under ASan and UBSan by `make fuzz`; with -DREPLAY it reads the files that it is given.
 */
#include "base/buf.h"
#include "base/diag.h"
#include "import/import.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

enum { PARTS_MAX = 64, NAME_BYTES = 200, INPUT_BYTES = 1 << 20 };

typedef struct Part {
    const unsigned char *name, *bytes;
    size_t name_length, length, offset;
} Part;

/* ── an archive of parts, stored as they are ── */

static void put_number(Buf *out, unsigned long value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_byte(out, (unsigned char)(value >> (8 * i)));
}

/* What a local header and an entry of the directory have in common. */
static void put_header(Buf *out, const Part *part)
{
    put_number(out, 20, 2);
    put_number(out, 0, 2 + 2 + 2 + 2); /* flags, method: stored, time, day */
    put_number(out, crc32(0, part->bytes, (uInt)part->length), 4);
    put_number(out, part->length, 4);
    put_number(out, part->length, 4);
    put_number(out, part->name_length, 2);
    put_number(out, 0, 2); /* extra field */
}

static void put_archive(Buf *out, Part *parts, int count)
{
    for (int i = 0; i < count; i++) {
        parts[i].offset = out->length;
        buf_append(out, "PK\3\4", 4);
        put_header(out, &parts[i]);
        buf_append(out, parts[i].name, parts[i].name_length);
        buf_append(out, parts[i].bytes, parts[i].length);
    }
    const size_t directory = out->length;
    for (int i = 0; i < count; i++) {
        buf_append(out, "PK\1\2", 4);
        put_number(out, 20, 2);
        put_header(out, &parts[i]);
        put_number(out, 0, 2 + 2 + 2); /* comment, disk, text or not */
        put_number(out, 0, 4);
        put_number(out, parts[i].offset, 4);
        buf_append(out, parts[i].name, parts[i].name_length);
    }
    const size_t end = out->length;
    buf_append(out, "PK\5\6", 4);
    put_number(out, 0, 4);
    put_number(out, (unsigned long)count, 2);
    put_number(out, (unsigned long)count, 2);
    put_number(out, end - directory, 4);
    put_number(out, directory, 4);
    put_number(out, 0, 2);
}

/* "%%NAME\n" and what stands below it, to the next of these lines. */
static int split_parts(const unsigned char *bytes, size_t length, Part *parts)
{
    int count = 0;
    const unsigned char *end = bytes + length;
    while (bytes < end && count < PARTS_MAX) {
        Part *part = &parts[count++];
        const unsigned char *line = memchr(bytes, '\n', (size_t)(end - bytes));
        part->name = bytes + 2;
        line = line ? line : end;
        part->name_length = line > part->name ? (size_t)(line - part->name) : 0;
        part->name_length = part->name_length < NAME_BYTES ? part->name_length : NAME_BYTES;
        part->bytes = line < end ? line + 1 : end;
        const unsigned char *next = memmem(part->bytes, (size_t)(end - part->bytes), "\n%%", 3);
        part->length = (size_t)((next ? next : end) - part->bytes);
        bytes = next ? next + 1 : end;
    }
    return count;
}

/* ── the database ── */

static char database[64];

static void remove_database(void)
{
    unlink(database);
}

static void make_database(void)
{
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    sqlite3 *db;
    snprintf(database, sizeof database, "/tmp/fuzz-import-%ld.db", (long)getpid());
    unlink(database);
    if (!import_init(database, diag) || sqlite3_open(database, &db) != SQLITE_OK ||
        sqlite3_exec(
            db,
            "INSERT INTO unit (id, code, name, kind, parent_id) VALUES (1, '330100', '杭州市', 'city', NULL),"
            " (2, '330102', '上城区', 'county', 1), (3, 'B01', '第一支部', 'branch', 2), (4, 'B02', '第一支部', "
            "'branch', 1);"
            "INSERT INTO person (id, name, branch_id) VALUES (1, '张三', 3), (2, '张三', 4), (3, '李四', NULL);"
            "INSERT INTO activity (id, unit_id, kind, level, date, days_tenths, headcount, title)"
            " VALUES (1, 2, 'lecture', 'county', '2020-12-03', 5, 30, '讲党课')",
            NULL, NULL, NULL) != SQLITE_OK)
        abort();
    sqlite3_close(db);
    arena_close(arena);
    atexit(remove_database);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length);
int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length)
{
    static int file = -1;
    static char path[64];
    static Arena *run;
    static const ImportMapping *mapping;
    if (file < 0) {
        file = memfd_create("file", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
        run = arena_open(0);
        mapping = import_load_mapping(run, NULL, diag_open(run, 0));
        make_database();
    }
    Part parts[PARTS_MAX] = {0};
    Buf archive = {0};
    if (length > 2 && memcmp(bytes, "%%", 2) == 0)
        put_archive(&archive, parts, split_parts(bytes, length, parts));
    else
        buf_append(&archive, bytes, length);
    if (ftruncate(file, 0) != 0 || pwrite(file, archive.bytes, archive.length, 0) != (ssize_t)archive.length)
        abort();
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0), *rejections = diag_open(arena, IMPORT_REJECTIONS);
    const char *const files[] = {path};
    const ImportOptions options = {.db = database, .files = files, .file_count = 1, .dry_run = true};
    ImportSummary *summary = ARENA_NEW(arena, ImportSummary);
    Buf csv = {0};
    if (!import_run(arena, mapping, &options, summary, rejections, diag) && diag_count(diag) == 0)
        abort(); /* refused without a word */
    import_write_rejections(rejections, &csv);
    buf_free(&csv);
    buf_free(&archive);
    arena_close(arena);
    return 0;
}

#ifdef REPLAY
int main(int argc, char **argv)
{
    static unsigned char bytes[INPUT_BYTES];
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file)
            return EXIT_FAILURE;
        const size_t length = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        LLVMFuzzerTestOneInput(bytes, length);
    }
    printf("read %d files\n", argc - 1);
    return EXIT_SUCCESS;
}
#endif
