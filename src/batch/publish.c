/* The publisher: the only process that gives documents their final names.
 *
 * Order within a group: (1) syncfs, so that the bytes of every temporary file are on the disk; (2) rename each over its final
 * name; (3) sync the directory, so that the names are; (4) record the group in the state database. A power loss before
 * (2) leaves the old files, between (2) and (3) some old and some new, each whole; before (4) the state lags behind the
 * files, and the next run makes those documents again, to the same bytes. One sync serves a whole group: with a sync per
 * file a disk gives about a thousand files a second, with groups half as many again.
 */
#include "batch/batch_int.h"

#include "base/file.h"
#include "base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { GROUP = 256 };

struct BatchPublisher {
    const char *directory;
    int directory_fd;
    int lock_fd;
    BatchResult *group;
    Buf replaced; /* BatchReplaced of the group */
    size_t queued;
    size_t published, refused;
};

static bool take_lock(BatchPublisher *publisher, Arena *arena, Diag *diag)
{
    const char *path = file_join(arena, publisher->directory, ".lock");
    publisher->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (publisher->lock_fd < 0)
        return diag_add(diag, DIAG_FILE_CANNOT_CREATE, (DiagPlace){0}, path, strerror(errno));
    if (flock(publisher->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return diag_add(diag, DIAG_BATCH_BUSY, (DiagPlace){0}, publisher->directory);
    return true;
}

/* Temporary files of documents are hidden and end in .tmp; with the lock in hand nobody else can be writing one. */
static void remove_leftovers(const BatchPublisher *publisher)
{
    int fd = dup(publisher->directory_fd);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir)
        return;
    rewinddir(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.' && length > 4 && strcmp(entry->d_name + length - 4, ".tmp") == 0)
            unlinkat(publisher->directory_fd, entry->d_name, 0);
    }
    closedir(dir);
}

BatchPublisher *batch_publisher_open(Arena *arena, const BatchRun *run, Diag *diag)
{
    BatchPublisher *publisher = ARENA_NEW(arena, BatchPublisher);
    *publisher = (BatchPublisher){.directory = run->directory, .lock_fd = -1};
    publisher->group = ARENA_ARRAY(arena, GROUP, BatchResult);
    publisher->directory_fd = open(run->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (publisher->directory_fd < 0) {
        diag_add(diag, DIAG_FILE_UNREADABLE, (DiagPlace){0}, run->directory, strerror(errno));
        return NULL;
    }
    if (!take_lock(publisher, arena, diag)) {
        batch_publisher_close(publisher);
        return NULL;
    }
    remove_leftovers(publisher);
    return publisher;
}

void batch_publisher_close(BatchPublisher *publisher)
{
    if (!publisher)
        return;
    buf_free(&publisher->replaced);
    if (publisher->lock_fd >= 0)
        close(publisher->lock_fd);
    close(publisher->directory_fd);
}

size_t batch_publisher_count(const BatchPublisher *publisher)
{
    return publisher->published;
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
        return true;
    bool ok = batch_state_protect(publisher->directory, publisher->group, publisher->queued, &publisher->refused, diag);
    ok = ok && (syncfs(publisher->directory_fd) == 0 || failed(publisher, "", diag));
    ok = ok && rename_group(publisher, diag) &&
         batch_state_record(publisher->directory, publisher->group, publisher->queued,
                            (const BatchReplaced *)(const void *)publisher->replaced.bytes,
                            publisher->replaced.length / sizeof(BatchReplaced), diag);
    publisher->queued = 0;
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
