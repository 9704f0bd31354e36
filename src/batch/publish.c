/* The publisher: the only process that gives documents their final names.
 *
 * Order within a group: (1) take back, in the state database, what it says of the documents that will be replaced; (2) syncfs, so that the bytes of every temporary
 * file are on the disk; (3) rename each over its final name; (4) sync the directory, so that the names are; (5) record the group in the state, durably. At the end of
 * the run (6) the manifest, from the state. Why in this order, and what is there when the power fails between two steps:
 *
 * - (1) before (3): from the first rename on, the record of a document may be that of the file before. Would its data then come back to what they were, the next night
 *   would find the fingerprint that it looks for and leave the wrong file; without a fingerprint it makes the document again (known.c).
 * - (2) before (3): a rename is not ordered after the bytes of its file. ext4 and XFS may have the name on the disk first, and then the name stands for an empty
 *   file. Before (3) all published files are old; what was written lies under hidden names, which the next run removes.
 * - (3) is one step for each file: a name is the old file or the new one, never none and never a part. Before (4) some are new, and after a power loss any of
 *   those may be old again.
 * - (4) before (5): the state must never be ahead of the files. A record whose file is older than it says would be believed by the next night, and the
 *   old document would stay for good.
 * - (5) before (6): the manifest is written from the state, so it lists only what is on the disk. When a group could not be recorded no manifest is written, and the
 *   older one stays: one from the state would have other hashes than the files.
 *
 * One sync serves a group of GROUP documents: with a sync per file a disk gives about a thousand files a second, with groups half as many again; and the state's
 * two transactions and the sync of the directory are paid once in GROUP documents as well. syncfs writes what others have unwritten in the same file system, too; where
 * it matters, a night's output is nearly all of that. Rejected: fsync by the worker that wrote the file (each is a commit of the file system's journal, and those
 * come one after another whatever the number of workers); sync_file_range and one fsync at last (it orders bytes, but not the file's size, which is metadata); a
 * whole new directory, exchanged for the old one by one rename (every night would have to write all documents, changed or not, and a reader that walks the
 * directory would see it vanish). A group that fails is not tried again: after a failed sync the kernel may have dropped the bytes and call the pages clean, so only
 * writing them anew helps, which the next run does.
 *
 * tests/crash shows all this: killed before each call, without power between any two, with each of them failing in turn.
 */
#include "batch/batch_int.h"

#include "base/file.h"
#include "base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { GROUP = 256 };

struct BatchPublisher {
    const char *directory;
    int directory_fd;
    int lock;
    BatchResult *group;
    Buf replaced; /* BatchReplaced of the group */
    size_t queued;
    size_t published, refused;
    bool broken; /* a group failed: what is on the disk may be ahead of what is recorded */
};

/* Temporary files are hidden and end in .tmp; with the lock in hand nobody else can be writing one. */
static void remove_leftovers(int directory, const char *name)
{
    const int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.' && length > 4 && strcmp(entry->d_name + length - 4, ".tmp") == 0)
            unlinkat(fd, entry->d_name, 0);
    }
    closedir(dir);
}

BatchPublisher *batch_publisher_open(Arena *arena, const BatchRun *run, Diag *diag)
{
    BatchPublisher *publisher = ARENA_NEW(arena, BatchPublisher);
    *publisher = (BatchPublisher){.directory = run->directory, .lock = -1};
    publisher->group = ARENA_ARRAY(arena, GROUP, BatchResult);
    publisher->directory_fd = open(run->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (publisher->directory_fd < 0) {
        diag_add(diag, DIAG_FILE_UNREADABLE, (DiagPlace){0}, run->directory, strerror(errno));
        return NULL;
    }
    publisher->lock = batch_lock(arena, run->directory, diag);
    if (publisher->lock < 0) {
        batch_publisher_close(publisher);
        return NULL;
    }
    remove_leftovers(publisher->directory_fd, ".");
    remove_leftovers(publisher->directory_fd, BATCH_REPORT_DIRECTORY);
    return publisher;
}

void batch_publisher_close(BatchPublisher *publisher)
{
    if (!publisher)
        return;
    buf_free(&publisher->replaced);
    close(publisher->directory_fd);
    batch_unlock(publisher->lock);
}

size_t batch_publisher_count(const BatchPublisher *publisher)
{
    return publisher->published;
}

bool batch_publisher_broken(const BatchPublisher *publisher)
{
    return publisher->broken;
}

size_t batch_publisher_refused(const BatchPublisher *publisher)
{
    return publisher->refused;
}

static bool failed(const BatchPublisher *publisher, const char *name, Diag *diag)
{
    int error = errno;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", publisher->directory, name);
    return diag_add(diag, DIAG_FILE_WRITE_FAILED, (DiagPlace){0}, path, strerror(error));
}

static bool rename_group(BatchPublisher *publisher, Diag *diag)
{
    size_t renamed = 0;
    for (size_t i = 0; i < publisher->queued; i++) {
        const BatchResult *result = &publisher->group[i];
        char temporary[BATCH_NAME_MAX];
        if (result->file[0] == '\0' || result->unchanged)
            continue;
        batch_temporary_name(result->file, temporary);
        if (!result->ok) {
            unlinkat(publisher->directory_fd, temporary, 0);
            continue;
        }
        if (renameat(publisher->directory_fd, temporary, publisher->directory_fd, result->file) != 0)
            return failed(publisher, result->file, diag);
        renamed++;
    }
    if (fsync(publisher->directory_fd) != 0)
        return failed(publisher, "", diag);
    publisher->published += renamed;
    return true;
}

bool batch_publisher_flush(BatchPublisher *publisher, Diag *diag)
{
    if (publisher->queued == 0)
        return !publisher->broken;
    bool ok = !publisher->broken &&
              batch_state_prepare(publisher->directory, publisher->group, publisher->queued, &publisher->refused, diag);
    ok = ok && (syncfs(publisher->directory_fd) == 0 || failed(publisher, "", diag));
    ok = ok && rename_group(publisher, diag) &&
         batch_state_record(publisher->directory, publisher->group, publisher->queued,
                            (const BatchReplaced *)(const void *)publisher->replaced.bytes,
                            publisher->replaced.length / sizeof(BatchReplaced), diag);
    publisher->queued = 0;
    publisher->broken = !ok;
    buf_clear(&publisher->replaced);
    return ok;
}

/* As much of a field's name as there is room for, in whole characters; for constant text it is the text. */
static void copy_field(const char *field, char *out, size_t room)
{
    size_t length = 0;
    for (const char *next = field ? field : ""; *next;) {
        utf8_next(&next);
        if ((size_t)(next - field) >= room)
            break;
        length = (size_t)(next - field);
    }
    if (length)
        memcpy(out, field, length);
    out[length] = '\0';
}

bool batch_publisher_add(BatchPublisher *publisher, const BatchResult *result, const DiagItem *items, size_t item_count,
                         Diag *diag)
{
    for (size_t i = 0; result->ok && i < item_count; i++) {
        if (items[i].code != DIAG_TEXT_REPLACED)
            continue;
        BatchReplaced replaced = {.result = publisher->queued};
        snprintf(replaced.code, sizeof replaced.code, "%s", items[i].args[0]);
        copy_field(items[i].place.field, replaced.field, sizeof replaced.field);
        buf_append(&publisher->replaced, &replaced, sizeof replaced);
    }
    publisher->group[publisher->queued++] = *result;
    return publisher->queued < GROUP || batch_publisher_flush(publisher, diag);
}
