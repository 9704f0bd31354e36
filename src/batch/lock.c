/* One run at a time in a directory: flock on OUT/YEAR/.lock, which holds the owner's process number and host for people to read.
 *
 * The kernel gives the lock back when the last process that has it open is gone (the run and the workers, which are killed with it), however
 * they ended; so nobody ever has to judge whether a lock is stale, and no file needs to be removed after a crash. The text is
 * only told. An owner that ends by itself empties it: text in a lock that was free is that of a run which was killed or lost its
 * power, and this is said, since it explains what the run that follows mends.
 *
 * Between hosts: Linux passes flock on NFS to the server as a lock on the whole file (since 2.6.12; not with the mount options nolock and
 * local_lock=flock or all), so runs on two hosts exclude each other there; the lock of a host that died stays until the
 * server's lease for it has run out (NFSv4: 90 seconds, as servers come). CIFS and most cluster file systems have it, too. A file
 * system without locks is an error, not a run without one.
 */
#include "batch/batch_int.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { HOST_MAX = 64, OWNER_MAX = 128 };

typedef struct Owner {
    char pid[24], host[HOST_MAX + 1]; /* "" = nobody */
} Owner;

static void own_host(char out[HOST_MAX + 1])
{
    if (gethostname(out, HOST_MAX + 1) != 0)
        out[0] = '\0';
    out[HOST_MAX] = '\0';
}

static void read_owner(int fd, Owner *owner)
{
    char text[OWNER_MAX + 1];
    const ssize_t length = pread(fd, text, OWNER_MAX, 0);
    *owner = (Owner){.pid = ""};
    text[length > 0 ? length : 0] = '\0';
    if (sscanf(text, "%23[0-9] %64[!-~]", owner->pid, owner->host) != 2)
        *owner = (Owner){.pid = ""};
}

/* Without the text the lock is one all the same. */
static void set_text(int fd, const char *text, int length)
{
    if (ftruncate(fd, 0) == 0 && length > 0 && pwrite(fd, text, (size_t)length, 0) != length)
        (void)!ftruncate(fd, 0);
}

static void write_owner(int fd)
{
    char host[HOST_MAX + 1], text[OWNER_MAX];
    own_host(host);
    set_text(fd, text, snprintf(text, sizeof text, "%ld %s\n", (long)getpid(), *host ? host : "?"));
}

/* True when the owner was a process of this machine and is no more: what holds the lock then are its workers, on their way out. */
static bool is_gone(const Owner *owner)
{
    char host[HOST_MAX + 1];
    own_host(host);
    return strcmp(host, owner->host) == 0 && kill((pid_t)strtol(owner->pid, NULL, 10), 0) != 0 && errno == ESRCH;
}

static bool refuse(int fd, const char *directory, int error, Diag *diag)
{
    Owner owner;
    if (error != EWOULDBLOCK)
        return diag_add(diag, DIAG_BATCH_NO_LOCK, (DiagPlace){0}, directory, strerror(error));
    read_owner(fd, &owner);
    if (!*owner.pid)
        return diag_add(diag, DIAG_BATCH_BUSY_UNKNOWN, (DiagPlace){0}, directory);
    return diag_add(diag, is_gone(&owner) ? DIAG_BATCH_BUSY_ENDING : DIAG_BATCH_BUSY, (DiagPlace){0}, directory,
                    owner.pid, owner.host);
}

int batch_lock(Arena *arena, const char *directory, Diag *diag)
{
    const char *path = file_join(arena, directory, ".lock");
    Owner before;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        diag_add(diag, DIAG_FILE_CANNOT_CREATE, (DiagPlace){0}, path, strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        refuse(fd, directory, errno, diag);
        close(fd);
        return -1;
    }
    read_owner(fd, &before);
    if (*before.pid)
        diag_add(diag, DIAG_BATCH_LOCK_STALE, (DiagPlace){0}, directory, before.pid, before.host);
    write_owner(fd);
    return fd;
}

int batch_lock_shared(Arena *arena, const char *directory, Diag *diag)
{
    const char *path = file_join(arena, directory, ".lock");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        diag_add(diag, DIAG_FILE_CANNOT_CREATE, (DiagPlace){0}, path, strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_SH | LOCK_NB) == 0)
        return fd;
    refuse(fd, directory, errno, diag);
    close(fd);
    return -1;
}

void batch_unlock(int fd)
{
    if (fd < 0)
        return;
    set_text(fd, "", 0);
    close(fd);
}
