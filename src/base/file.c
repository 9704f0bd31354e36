/* Files. Nothing is held between calls; every descriptor is closed on exec, so that no child of a worker keeps a file open.
 *
 * Publishing follows the one order that survives a power loss: write a temporary beside the target, sync it, rename it
 * over the target, sync the directory. A name is visible only once its bytes are on the disk.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char temporary_prefix[] = ".shuzhi-";
static const char temporary_suffix[] = ".tmp";

/* Opens, whatever signals arrive. */
static int open_file(const char *path, int flags)
{
    int file;
    do
        file = open(path, flags | O_CLOEXEC, 0666);
    while (file < 0 && errno == EINTR);
    return file;
}

static bool fail(Diag *diag, DiagCode code, const char *path, int error)
{
    return diag_add(diag, code, (DiagPlace){.file = path}, path, strerror(error));
}

static bool check_readable(int file, const char *path, size_t limit, size_t *size, Diag *diag)
{
    DiagPlace place = {.file = path};
    struct stat status;
    if (fstat(file, &status) < 0)
        return fail(diag, DIAG_FILE_UNREADABLE, path, errno);
    if (S_ISDIR(status.st_mode))
        return fail(diag, DIAG_FILE_UNREADABLE, path, EISDIR);
    if (!S_ISREG(status.st_mode))
        return diag_add(diag, DIAG_FILE_UNREADABLE, place, path, "Not a regular file");
    if ((uintmax_t)status.st_size > limit)
        return diag_add(diag, DIAG_FILE_TOO_LARGE, place, path, diag_number(diag, (int64_t)limit));
    *size = (size_t)status.st_size;
    return true;
}

/* Reads up to `size` bytes; fewer when the file has shrunk meanwhile. */
static bool read_bytes(int file, char *bytes, size_t size, size_t *length)
{
    *length = 0;
    while (*length < size) {
        ssize_t got = read(file, bytes + *length, size - *length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        *length += (size_t)got;
    }
    return true;
}

char *file_read(Arena *arena, const char *path, size_t limit, size_t *length, Diag *diag)
{
    /* Without O_NONBLOCK a FIFO would hold the program until someone writes to it. */
    int file = open_file(path, O_RDONLY | O_NONBLOCK);
    if (file < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            diag_add(diag, DIAG_FILE_MISSING, (DiagPlace){.file = path}, path);
        else
            fail(diag, DIAG_FILE_UNREADABLE, path, errno);
        return NULL;
    }
    char *bytes = NULL;
    size_t size = 0;
    if (check_readable(file, path, limit, &size, diag)) {
        bytes = arena_alloc(arena, size + 1);
        if (!read_bytes(file, bytes, size, length)) {
            fail(diag, DIAG_FILE_UNREADABLE, path, errno);
            bytes = NULL;
        }
    }
    close(file);
    return bytes;
}

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool file_make_directory(const char *path, Diag *diag)
{
    char prefix[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof prefix)
        return fail(diag, DIAG_FILE_CANNOT_CREATE, path, length ? ENAMETOOLONG : ENOENT);
    memcpy(prefix, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        prefix[i] = '\0';
        /* Some file systems answer EROFS or EACCES for a directory that is there; what it is counts, not the code. */
        if (mkdir(prefix, 0777) < 0) {
            int error = errno;
            if (!is_directory(prefix))
                return fail(diag, DIAG_FILE_CANNOT_CREATE, path, error == EEXIST ? ENOTDIR : error);
        }
        prefix[i] = path[i];
    }
    return true;
}

/* Write everything or return false with errno set. */
static bool write_bytes(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t put = write(file, bytes, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            errno = put == 0 ? EIO : errno;
            return false;
        }
        bytes += put;
        length -= (size_t)put;
    }
    return true;
}

static bool sync_file(int file)
{
    int result;
    do
        result = fsync(file);
    while (result < 0 && errno == EINTR);
    return result == 0;
}

/* Closes and returns the first error (an errno value), 0 for none. Closing reports what a network file system could not
 * store; the descriptor is gone in any case. */
static int close_file(int file, int error)
{
    if (close(file) < 0 && errno != EINTR && error == 0)
        return errno;
    return error;
}

/* The directory part of a path, in `out`; "." when there is none. */
static bool directory_of(const char *path, char out[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == path ? 1 : slash ? (size_t)(slash - path) : 1;
    if (length >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(out, slash ? path : ".", length);
    out[length] = '\0';
    return true;
}

/* Makes a rename in the directory of `path` last. Some file systems cannot sync a directory and say EINVAL; there a rename
 * lasts by itself or not at all. */
static bool sync_directory(const char *path)
{
    char name[PATH_MAX];
    if (!directory_of(path, name))
        return false;
    int directory = open_file(name, O_RDONLY | O_DIRECTORY);
    if (directory < 0)
        return false;
    int error = sync_file(directory) || errno == EINVAL ? 0 : errno;
    errno = close_file(directory, error);
    return errno == 0;
}

/* Opens a new file beside `path` and stores its name. The process id keeps workers apart, the number a stale file of an
 * earlier process with the same id. */
static int open_temporary(const char *path, char out[PATH_MAX])
{
    static unsigned number;
    char directory[PATH_MAX];
    if (!directory_of(path, directory))
        return -1;
    for (int attempt = 0; attempt < 1000; attempt++) {
        int length = snprintf(out, PATH_MAX, "%s/%s%ld-%u%s", directory, temporary_prefix, (long)getpid(), number++,
                              temporary_suffix);
        if (length >= PATH_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int file = open_file(out, O_WRONLY | O_CREAT | O_EXCL);
        if (file >= 0 || errno != EEXIST)
            return file;
    }
    return -1;
}

bool file_is_temporary(const char *name)
{
    size_t length = strlen(name), suffix = strlen(temporary_suffix);
    return length > suffix && strncmp(name, temporary_prefix, strlen(temporary_prefix)) == 0 &&
           strcmp(name + length - suffix, temporary_suffix) == 0;
}

/* Renames a written and synced file over `path`, or removes it when `error` is set already. */
static bool finish_replace(const char *temporary, const char *path, int error, Diag *diag)
{
    if (error == 0 && rename(temporary, path) < 0)
        error = errno;
    if (error) {
        unlink(temporary);
        return fail(diag, DIAG_FILE_WRITE_FAILED, path, error);
    }
    return sync_directory(path) || fail(diag, DIAG_FILE_WRITE_FAILED, path, errno);
}

bool file_publish(const char *path, const void *bytes, size_t length, Diag *diag)
{
    char temporary[PATH_MAX];
    int file = open_temporary(path, temporary);
    if (file < 0)
        return fail(diag, DIAG_FILE_CANNOT_CREATE, path, errno);
    int error = write_bytes(file, bytes, length) && sync_file(file) ? 0 : errno;
    return finish_replace(temporary, path, close_file(file, error), diag);
}

bool file_write(const char *path, const void *bytes, size_t length, Diag *diag)
{
    int file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
    if (file < 0)
        return fail(diag, DIAG_FILE_CANNOT_CREATE, path, errno);
    struct stat status;
    bool regular = fstat(file, &status) == 0 && S_ISREG(status.st_mode); /* a device must not be removed */
    int error = close_file(file, write_bytes(file, bytes, length) ? 0 : errno);
    if (error == 0)
        return true;
    if (regular)
        unlink(path);
    return fail(diag, DIAG_FILE_WRITE_FAILED, path, error);
}

bool file_replace(const char *temporary, const char *path, Diag *diag)
{
    int file = open_file(temporary, O_RDONLY);
    if (file < 0)
        return fail(diag, DIAG_FILE_WRITE_FAILED, temporary, errno);
    int error = close_file(file, sync_file(file) ? 0 : errno);
    return finish_replace(temporary, path, error, diag);
}

/* Renames unless the name is taken, in one step. Where the file system cannot (EINVAL), a second name for the file that is never given twice
 * does the same. */
static int rename_new(const char *temporary, const char *path)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    if (link(temporary, path) < 0)
        return errno;
    unlink(temporary);
    return 0;
}

bool file_place(const char *temporary, const char *path, Diag *diag)
{
    int file = open_file(temporary, O_RDONLY);
    if (file < 0)
        return fail(diag, DIAG_FILE_WRITE_FAILED, temporary, errno);
    int error = close_file(file, sync_file(file) ? 0 : errno);
    if (error == 0)
        error = rename_new(temporary, path);
    if (error == 0)
        return sync_directory(path) || fail(diag, DIAG_FILE_WRITE_FAILED, path, errno);
    unlink(temporary);
    return fail(diag, error == EEXIST ? DIAG_FILE_CANNOT_CREATE : DIAG_FILE_WRITE_FAILED, path, error);
}

char *file_join(Arena *arena, const char *dir, const char *name)
{
    if (!*dir || strcmp(dir, ".") == 0)
        return arena_string(arena, name);
    bool slashed = dir[strlen(dir) - 1] == '/';
    return arena_print(arena, slashed ? "%s%s" : "%s/%s", dir, name);
}

char *file_directory(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return arena_string(arena, ".");
    return arena_text(arena, path, slash == path ? 1 : (size_t)(slash - path));
}
