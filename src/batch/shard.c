/* A night in parts. A shard is a run over the units whose code's hash falls to it. It works in a directory of its own, OUT/YEAR/shards/I-of-N, with lock, state, manifest
 * and report as in every output directory, and publishes nothing in OUT/YEAR: that is done by the merge, when all are there (merge.c). So a night in parts is
 * out as a whole or not at all, and a shard that is killed is simply run again and goes on from its own state.
 *
 * When it has been carried through it leaves a ledger: what its documents were made from, layout by layout (known.c's bases: numbers, options,
 * fonts, scheme, layout, program), and a frame of each document that was looked at. The merge believes a shard by its ledger alone, and that by the hash
 * in its first line.
 */
#include "batch/batch_int.h"

#include "base/file.h"
#include "data/data.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEDGER_LIMIT = 1 << 30 };

static const char NAME[] = "ledger", MAGIC[] = "shuzhi ledger 1 ";

const char *batch_shard_directory(Arena *arena, const char *home, int shard, int shards)
{
    return file_join(arena, home, arena_print(arena, BATCH_SHARDS_DIRECTORY "/%d-of-%d", shard, shards));
}

/* ── the numbers ── */

static const char *meta(Arena *arena, DataDb *db, const char *key, Diag *diag)
{
    DataStmt *find = data_prepare(db, "SELECT value FROM meta WHERE key = :key", (DiagPlace){0}, diag);
    const char *value = NULL;
    if (find) {
        data_bind_text(find, ":key", key);
        if (data_step(find, diag) == DATA_ROW)
            value = arena_string(arena, data_text(find, 0));
    }
    data_finalize(find);
    return value ? value : "";
}

bool batch_shard_check(const BatchRun *run, Diag *diag)
{
    char day[11];
    clock_format_date(run->job->as_of, day);
    if (access(run->assessment, F_OK) != 0)
        return diag_add(diag, DIAG_BATCH_SHARD_NUMBERS, (DiagPlace){0}, run->assessment);
    DataDb *db = data_open_assessment(run->assessment, diag);
    if (!db)
        return false;
    const char *year = meta(run->arena, db, "year", diag), *as_of = meta(run->arena, db, "as_of", diag);
    const char *scheme = meta(run->arena, db, "scheme_hash", diag);
    const char *asked = arena_print(run->arena, "%d", run->job->year);
    data_close(db);
    return (strcmp(year, asked) == 0 && strcmp(as_of, day) == 0 &&
            strcmp(scheme, assess_scheme_hash(run->scheme)) == 0) ||
           diag_add(diag, DIAG_BATCH_SHARD_ASKED, (DiagPlace){0}, run->assessment, year, as_of, asked, day);
}

/* ── the ledger ── */

bool batch_ledger_write(const BatchRun *run, const Buf *frames, Diag *diag)
{
    Buf body = {0}, all = {0};
    unsigned char hash[HASH_SIZE];
    char hex[HASH_HEX];
    buf_print(&body, "%d/%d\n", run->job->shard, run->job->shards);
    for (size_t i = 0; i < run->job->layout_count; i++)
        buf_print(&body, "%s %s\n", run->layouts[i]->name, run->bases[i]);
    buf_byte(&body, '\n');
    buf_append(&body, frames->bytes, frames->length);
    hash_bytes(body.bytes, body.length, hash);
    hash_hex(hash, hex);
    buf_print(&all, "%s%s\n", MAGIC, hex);
    buf_append(&all, body.bytes, body.length);
    const bool ok = file_publish(file_join(run->arena, run->directory, NAME), all.bytes, all.length, diag);
    buf_free(&body);
    buf_free(&all);
    return ok;
}

/* Takes the next line off [*at, end); NULL: none is left. */
static char *next_line(char **at, const char *end)
{
    char *line = *at, *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop)
        return NULL;
    *stop = '\0';
    *at = stop + 1;
    return line;
}

static bool parse(BatchLedger *ledger, char *at, char *end)
{
    const char *numbers = next_line(&at, end);
    char *rest = NULL;
    ledger->shard = numbers ? (int)strtol(numbers, &rest, 10) : 0;
    ledger->shards = numbers && *rest == '/' ? (int)strtol(rest + 1, NULL, 10) : 0;
    for (char *line; (line = next_line(&at, end)) != NULL; ledger->layout_count++) {
        if (*line == '\0') {
            ledger->frames = (const unsigned char *)at;
            ledger->length = (size_t)(end - at);
            return true;
        }
        char *space = strchr(line, ' ');
        if (!space || ledger->layout_count == BATCH_LAYOUTS_MAX)
            return false;
        *space = '\0';
        ledger->layouts[ledger->layout_count] = line;
        ledger->bases[ledger->layout_count] = space + 1;
    }
    return false;
}

static bool is_sound(const char *first, const char *body, size_t length)
{
    unsigned char hash[HASH_SIZE];
    char hex[HASH_HEX];
    hash_bytes(body, length, hash);
    hash_hex(hash, hex);
    return strncmp(first, MAGIC, sizeof MAGIC - 1) == 0 && strcmp(first + sizeof MAGIC - 1, hex) == 0;
}

bool batch_ledger_read(Arena *arena, const char *directory, int shard, int shards, BatchLedger *ledger, Diag *diag)
{
    const char *path = file_join(arena, directory, NAME);
    const char *i = diag_number(diag, shard), *n = diag_number(diag, shards);
    *ledger = (BatchLedger){0};
    if (access(path, F_OK) != 0)
        return diag_add(diag, DIAG_BATCH_SHARD_MISSING, (DiagPlace){0}, i, n, path);
    size_t length = 0;
    char *text = file_read(arena, path, LEDGER_LIMIT, &length, diag);
    if (!text)
        return false;
    char *at = text, *end = text + length;
    const char *first = next_line(&at, end);
    if (!first || !is_sound(first, at, (size_t)(end - at)) || !parse(ledger, at, end) || ledger->shard != shard ||
        ledger->shards != shards)
        return diag_add(diag, DIAG_BATCH_SHARD_DAMAGED, (DiagPlace){0}, i, n, path);
    return true;
}
