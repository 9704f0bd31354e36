/* Where a preview takes its rows from. Assessing takes seconds, so its result is kept in the user's cache directory
 * ($XDG_CACHE_HOME or ~/.cache, /shuzhi/), one file for each database, scheme and year, named KEY-STAMP.db: the key says what
 * was asked for, the stamp in which state database and scheme were. A new state replaces the file. */
#include "batch/batch_int.h"

#include "base/file.h"
#include "base/hash.h"
#include "data/data.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART = 16 }; /* hex digits of key and stamp */

/* The first digits of the hash of a text. */
static const char *short_hash(Arena *arena, const Buf *text)
{
    unsigned char hash[HASH_SIZE];
    char hex[HASH_HEX];
    hash_bytes(text->bytes, text->length, hash);
    hash_hex(hash, hex);
    return arena_text(arena, hex, PART);
}

/* Size, time and number of a file; a file that is not there counts as such. */
static void put_state(Buf *out, const char *path)
{
    struct stat status = {0};
    if (stat(path, &status) != 0)
        buf_text(out, "none");
    buf_print(out, " %lld %lld.%09ld %llu\n", (long long)status.st_size, (long long)status.st_mtim.tv_sec,
              status.st_mtim.tv_nsec, (unsigned long long)status.st_ino);
}

static const char *key_of(Arena *arena, const BatchJob *job)
{
    Buf text = {0};
    char path[PATH_MAX], date[11];
    clock_format_date(job->as_of, date);
    buf_print(&text, "%s\n%s\n", realpath(job->db, path) ? path : job->db, date);
    buf_print(&text, "%s\n", realpath(job->scheme, path) ? path : job->scheme);
    const char *key = short_hash(arena, &text);
    buf_free(&text);
    return key;
}

static const char *stamp_of(Arena *arena, const BatchRun *run)
{
    Buf text = {0};
    put_state(&text, run->job->db);
    put_state(&text, arena_print(arena, "%s-wal", run->job->db)); /* what a writer has committed lately */
    buf_print(&text, "%s\n%s\n", assess_scheme_hash(run->scheme), SHUZHI_VERSION);
    const char *stamp = short_hash(arena, &text);
    buf_free(&text);
    return stamp;
}

static const char *cache_directory(Arena *arena, Diag *diag)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    const char *directory = NULL;
    if (cache && cache[0] == '/')
        directory = file_join(arena, cache, "shuzhi");
    else if (home && home[0] == '/')
        directory = file_join(arena, home, ".cache/shuzhi");
    else
        diag_add(diag, DIAG_PREVIEW_NO_CACHE, (DiagPlace){0}, "");
    return directory && file_make_directory(directory, diag) ? directory : NULL;
}

/* Removes what an older state has left under the same key. */
static void sweep(Arena *arena, const char *directory, const char *key, const char *kept)
{
    DIR *entries = opendir(directory);
    for (struct dirent *entry; entries && (entry = readdir(entries)) != NULL;) {
        const char *path = file_join(arena, directory, entry->d_name);
        if (strncmp(entry->d_name, key, PART) == 0 && strcmp(path, kept) != 0)
            unlink(path);
    }
    if (entries)
        closedir(entries);
}

static const char *assess_kept(Arena *arena, const BatchJob *request, Diag *diag)
{
    BatchJob job = *request;
    job.layout_count = 0;
    job.fonts = NULL;
    BatchRun run = {.job = &job, .arena = arena};
    const char *directory = NULL;
    if (!batch_complete(arena, &job, false, diag) || !batch_load(&run, diag) ||
        !(directory = cache_directory(arena, diag)))
        return NULL;
    const char *key = key_of(arena, &job);
    const char *path = file_join(arena, directory, arena_print(arena, "%s-%s.db", key, stamp_of(arena, &run)));
    if (access(path, R_OK) == 0)
        return path;
    if (!batch_assess_into(&run, path, NULL, diag))
        return NULL;
    sweep(arena, directory, key, path);
    diag_add(diag, DIAG_PREVIEW_KEPT, (DiagPlace){0}, path);
    return path;
}

static void tell_last_run(const char *path, Diag *diag)
{
    DataDb *db = data_open_assessment(path, diag);
    DataStmt *find = db ? data_prepare(db, "SELECT value FROM meta WHERE key = 'as_of'", (DiagPlace){0}, diag) : NULL;
    if (find && data_step(find, diag) == DATA_ROW)
        diag_add(diag, DIAG_PREVIEW_LAST_RUN, (DiagPlace){0}, path, data_text(find, 0));
    data_close(db);
}

/* The assessment that the last run left in OUT/YEAR, or NULL. */
static const char *last_run(Arena *arena, const BatchJob *job)
{
    if (!job->year)
        return NULL;
    const char *year = file_join(arena, job->out ? job->out : "out", arena_print(arena, "%d", job->year));
    const char *path = file_join(arena, year, "assessment.db");
    return access(path, R_OK) == 0 ? path : NULL;
}

const char *batch_source(Arena *arena, const BatchJob *job, const BatchPreview *preview, Diag *diag)
{
    if (preview->empty)
        return "";
    if (preview->assessment)
        return preview->assessment;
    const char *last = preview->anew ? NULL : last_run(arena, job);
    if (last) {
        tell_last_run(last, diag);
        return last;
    }
    if (!job->db && !job->scheme) {
        diag_add(diag, DIAG_PREVIEW_NO_ASSESSMENT, (DiagPlace){0}, "");
        return NULL;
    }
    return assess_kept(arena, job, diag);
}
