/* Disturbs a program at the system calls by which it changes a directory: kills it and all its children there, lets the call
 * fail, fills the disk, or ends the power.
 *
 *   disturb --dir DIR [--kill N | --fail N ERRNO | --room BYTES | --after MICROSECONDS] [--kind open,write,sync,name]
 *         [--power none|names] [--scratch DIR] [--log FILE] COMMAND...
 *
 * What is below DIR is watched as well; what lasts without power is followed in DIR itself only. Calls are counted from 1, of all processes together, those of --kind or all.
 * --kill N ends everything by SIGKILL before the N-th is carried out, so "after the N-th" is before the next one. --fail N lets
 * it fail with ENOSPC or EIO. --room lets every write fail with ENOSPC once so many bytes were written. Exits with the
 * command's code, 137 where it was killed here, 125 when this program itself could not do its work.
 *
 * The calls are seen by the kernel's seccomp notification, so none is missed whatever library makes it (stdio's write and
 * SQLite's are not calls that an LD_PRELOAD sees), and a process waits in its call until it is answered here.
 *
 * --power: what is left when the power fails in that moment, put into DIR after the kill or the command's end. A sync makes last what a file holds
 * at that time, a sync of the directory the names as they are then, syncfs both. Of all that is newer, POSIX promises nothing;
 * two worst cases are made of it: "none", nothing newer came to the disk; "names", all names did but no content (what a journal
 * of names without data does). A file whose bytes never were synced is empty then. The copies are kept in --scratch.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef enum Kind { KIND_OPEN, KIND_WRITE, KIND_SYNC, KIND_NAME, KINDS } Kind;
static const char *const kind_names[KINDS] = {"open", "write", "sync", "name"};

/* Where a call says which file it is about: a descriptor, or a path after its directory's descriptor (-1: none, the working directory). */
typedef struct Call {
    int number;
    Kind kind;
    int fd, at, path;    /* indices of arguments, -1 = has none */
    int to_at, to_path;  /* of a second name */
    int length;          /* bytes written */
    bool whole, shrinks; /* syncfs; takes a name away */
} Call;

static const Call CALLS[] = {
#ifdef SYS_open
    {SYS_open, KIND_OPEN, -1, -1, 0, -1, -1, -1, false, false},
    {SYS_creat, KIND_OPEN, -1, -1, 0, -1, -1, -1, false, false},
    {SYS_rename, KIND_NAME, -1, -1, 0, -1, 1, -1, false, false},
    {SYS_link, KIND_NAME, -1, -1, 0, -1, 1, -1, false, false},
    {SYS_unlink, KIND_NAME, -1, -1, 0, -1, -1, -1, false, true},
    {SYS_chmod, KIND_NAME, -1, -1, 0, -1, -1, -1, false, false},
#endif
    {SYS_openat, KIND_OPEN, -1, 0, 1, -1, -1, -1, false, false},
    {SYS_write, KIND_WRITE, 0, -1, -1, -1, -1, 2, false, false},
    {SYS_pwrite64, KIND_WRITE, 0, -1, -1, -1, -1, 2, false, false},
    {SYS_writev, KIND_WRITE, 0, -1, -1, -1, -1, -1, false, false},
    {SYS_pwritev, KIND_WRITE, 0, -1, -1, -1, -1, -1, false, false},
    {SYS_ftruncate, KIND_WRITE, 0, -1, -1, -1, -1, -1, false, false},
    {SYS_fallocate, KIND_WRITE, 0, -1, -1, -1, -1, -1, false, false},
    {SYS_fsync, KIND_SYNC, 0, -1, -1, -1, -1, -1, false, false},
    {SYS_fdatasync, KIND_SYNC, 0, -1, -1, -1, -1, -1, false, false},
    {SYS_syncfs, KIND_SYNC, 0, -1, -1, -1, -1, -1, true, false},
    {SYS_renameat, KIND_NAME, -1, 0, 1, 2, 3, -1, false, false},
    {SYS_renameat2, KIND_NAME, -1, 0, 1, 2, 3, -1, false, false},
    {SYS_linkat, KIND_NAME, -1, 0, 1, 2, 3, -1, false, false},
    {SYS_unlinkat, KIND_NAME, -1, 0, 1, -1, -1, -1, false, true},
    {SYS_fchmodat, KIND_NAME, -1, 0, 1, -1, -1, -1, false, false},
};
enum { CALL_COUNT = sizeof CALLS / sizeof *CALLS };

/* What was asked for. */
static char directory[PATH_MAX]; /* without links */
static long kill_at, fail_at, fail_errno, room = -1, after = -1;
static unsigned kinds; /* a bit each; 0 = all */
static const char *power, *scratch;
static FILE *record;

static long counted;
static long long written;
static bool killed;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "disturb: %s: %s\n", what, strerror(errno));
    exit(125);
}

/* ── what lasts ── */

enum { FILES = 4096, NAMES = 4096 };

/* A file of the directory; its bytes of the last sync are in SCRATCH/id. */
typedef struct File {
    ino_t inode; /* 0: it has lost its last name */
    bool dirty, synced;
} File;
static File files[FILES];
static int file_count;

static struct Lasting {
    char name[NAME_MAX + 1];
    int file;
} lasting[NAMES]; /* names at the directory's last sync */
static int lasting_count;

static int file_of(ino_t inode)
{
    for (int i = 0; i < file_count; i++) {
        if (files[i].inode == inode)
            return i;
    }
    if (file_count == FILES)
        give_up("too many files");
    files[file_count] = (File){.inode = inode, .dirty = true};
    return file_count++;
}

static void copy(const char *from, const char *to)
{
    char block[1 << 16];
    struct stat status;
    unlink(to);
    const int in = open(from, O_RDONLY | O_CLOEXEC);
    const int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (in < 0 || out < 0 || fstat(in, &status) != 0)
        give_up(from);
    for (ssize_t n; (n = read(in, block, sizeof block)) > 0;) {
        if (write(out, block, (size_t)n) != n)
            give_up(to);
    }
    fchmod(out, status.st_mode & 0777);
    close(in);
    close(out);
}

static const char *kept(int file)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%d", scratch, file);
    return path;
}

static void path_in(const char *name, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%.3000s/%.255s", directory, name);
}

static void keep_content(int file, const char *path)
{
    if (!files[file].dirty)
        return;
    copy(path, kept(file));
    files[file].dirty = false;
    files[file].synced = true;
}

/* Calls `each` for every file of the directory. */
static void for_all(void (*each)(const char *name, const char *path, int file))
{
    DIR *dir = opendir(directory);
    if (!dir)
        give_up(directory);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[PATH_MAX];
        struct stat status;
        path_in(entry->d_name, path);
        if (lstat(path, &status) == 0 && S_ISREG(status.st_mode))
            each(entry->d_name, path, file_of(status.st_ino));
    }
    closedir(dir);
}

static void sync_one(const char *name, const char *path, int file)
{
    (void)name;
    keep_content(file, path);
}

static void note_name(const char *name, const char *path, int file)
{
    (void)path;
    if (lasting_count == NAMES)
        give_up("too many names");
    snprintf(lasting[lasting_count].name, sizeof lasting->name, "%s", name);
    lasting[lasting_count++].file = file;
}

static void sync_names(void)
{
    lasting_count = 0;
    for_all(note_name);
}

static void lose_content(const char *name, const char *path, int file)
{
    (void)name;
    if (!files[file].dirty)
        return;
    if (files[file].synced)
        copy(kept(file), path);
    else if (truncate(path, 0) != 0)
        give_up(path);
}

static void remove_one(const char *name, const char *path, int file)
{
    (void)name;
    (void)file;
    unlink(path);
}

static void end_power(void)
{
    if (strcmp(power, "names") == 0) {
        for_all(lose_content);
        return;
    }
    for_all(remove_one);
    for (int i = 0; i < lasting_count; i++) {
        char path[PATH_MAX];
        path_in(lasting[i].name, path);
        if (files[lasting[i].file].synced) {
            copy(kept(lasting[i].file), path);
        } else {
            const int empty = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
            close(empty);
        }
    }
}

/* ── one call ── */

/* The file that a call is about: its path, and whether it is the directory or in it. */
typedef struct Subject {
    char path[PATH_MAX];
    const char *name; /* in the directory; "" for itself; NULL: elsewhere */
} Subject;

static void judge(Subject *subject)
{
    const size_t length = strlen(directory);
    subject->name = NULL;
    if (strncmp(subject->path, directory, length) != 0)
        return;
    const char *rest = subject->path + length;
    if (*rest == '\0')
        subject->name = rest;
    else if (*rest == '/')
        subject->name = rest + 1;
}

static void find_descriptor(pid_t pid, int fd, Subject *subject)
{
    char link[64];
    if (fd == AT_FDCWD)
        snprintf(link, sizeof link, "/proc/%d/cwd", (int)pid);
    else
        snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)pid, fd);
    const ssize_t length = readlink(link, subject->path, sizeof subject->path - 1);
    subject->path[length > 0 ? length : 0] = '\0';
    judge(subject);
}

static void find_path(pid_t pid, int at, __u64 address, Subject *subject)
{
    char memory[64], text[PATH_MAX] = "", *slash, parent[2 * PATH_MAX + 1];
    snprintf(memory, sizeof memory, "/proc/%d/mem", (int)pid);
    const int fd = open(memory, O_RDONLY | O_CLOEXEC);
    const ssize_t length = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, (off_t)address);
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    if (text[0] == '/') {
        snprintf(parent, sizeof parent, "%s", text);
    } else {
        find_descriptor(pid, at, subject);
        snprintf(parent, sizeof parent, "%s/%s", subject->path, text);
    }
    slash = strrchr(parent, '/');
    *slash = '\0';
    if (!realpath(*parent ? parent : "/", subject->path))
        subject->path[0] = '\0';
    const size_t used = strlen(subject->path);
    snprintf(subject->path + used, sizeof subject->path - used, "/%s", slash + 1);
    judge(subject);
}

static void lose_name(const Subject *subject)
{
    struct stat status;
    if (lstat(subject->path, &status) == 0 && status.st_nlink == 1)
        files[file_of(status.st_ino)].inode = 0;
}

/* What the call, which is carried out next, does to what lasts. */
static void follow(const Call *call, pid_t pid, int fd, const Subject *subject, const Subject *to)
{
    char path[PATH_MAX];
    struct stat status;
    if (fd >= 0)
        snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
    else
        snprintf(path, sizeof path, "%s", subject->path);
    const bool there = stat(path, &status) == 0 && S_ISREG(status.st_mode);
    if (call->kind == KIND_NAME) {
        /* The rule of publishing, whatever the moment of a crash: no file gets a name that readers know before it is synced. */
        if (there && to && to->name && to->name[0] != '.' && files[file_of(status.st_ino)].dirty)
            fprintf(record, "UNSYNCED %s\n", to->name);
        if (call->shrinks)
            lose_name(subject);
        else if (to && to->name)
            lose_name(to);
    } else if (call->kind == KIND_SYNC) {
        if (call->whole)
            for_all(sync_one);
        if (there)
            keep_content(file_of(status.st_ino), path);
        if (call->whole || *subject->name == '\0')
            sync_names();
    } else if (there) {
        files[file_of(status.st_ino)].dirty = true;
    }
}

/* Answers one call: 0 = carried out, an errno value = fails, -1 = everything ends before it. */
static int answer(const struct seccomp_notif *notice)
{
    const Call *call = CALLS;
    const __u64 *args = notice->data.args;
    while (call->number != notice->data.nr)
        call++;
    Subject subject, to;
    const pid_t pid = (pid_t)notice->pid;
    const int fd = call->fd >= 0 ? (int)args[call->fd] : -1;
    if (call->fd >= 0)
        find_descriptor(pid, fd, &subject);
    else
        find_path(pid, call->at >= 0 ? (int)args[call->at] : AT_FDCWD, args[call->path], &subject);
    if (call->to_path >= 0)
        find_path(pid, call->to_at >= 0 ? (int)args[call->to_at] : AT_FDCWD, args[call->to_path], &to);
    if (!subject.name)
        return 0;
    const bool counts = kinds == 0 || kinds & 1u << call->kind;
    counted += counts;
    if (call->length >= 0)
        written += (long long)args[call->length];
    fprintf(record, "%ld %s %s%s%s\n", counts ? counted : 0, kind_names[call->kind], subject.name,
            call->to_path >= 0 ? " " : "", call->to_path >= 0 && to.name ? to.name : "");
    if (counts && counted == kill_at)
        return -1;
    if (counts && counted == fail_at)
        return (int)fail_errno;
    if (room >= 0 && call->kind == KIND_WRITE && written > room)
        return ENOSPC;
    follow(call, pid, fd, &subject, call->to_path >= 0 ? &to : NULL);
    return 0;
}

/* ── the command ── */

/* Notices all of CALLS; opening only for writing. */
static int install_filter(void)
{
    enum { HEAD = 1, EACH = 2 };
    struct sock_filter code[HEAD + EACH * CALL_COUNT + 8];
    size_t n = 0;
    const __u32 writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2]));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, writing, 0, 1 + 2 * CALL_COUNT);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    for (size_t i = 0; i < CALL_COUNT; i++) {
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (__u32)CALLS[i].number, 0, 1);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    }
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {(unsigned short)n, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

/* A descriptor over a socket: sendmsg is a call that the filter lets through. */
static void hand_over(int socket, int fd)
{
    char space[CMSG_SPACE(sizeof fd)] = {0}, byte = 0;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    *head = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
    memcpy(CMSG_DATA(head), &fd, sizeof fd);
    if (sendmsg(socket, &message, 0) != 1)
        _exit(125);
}

static int take_over(int socket)
{
    int fd;
    char space[CMSG_SPACE(sizeof fd)], byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&message))
        give_up("seccomp's notifications");
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

static pid_t start(char **command, int *listener)
{
    int ends[2];
    if (after < 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        give_up("socketpair");
    const pid_t pid = fork();
    if (pid < 0)
        give_up("fork");
    if (pid == 0) {
        setpgid(0, 0);
        if (after < 0) {
            const int fd = install_filter();
            if (fd < 0)
                _exit(125);
            hand_over(ends[1], fd);
            close(fd); /* held above only, so that it ends when the command and its children have */
        }
        execvp(command[0], command);
        _exit(125);
    }
    setpgid(pid, pid);
    *listener = -1;
    if (after < 0) {
        close(ends[1]);
        *listener = take_over(ends[0]);
    }
    return pid;
}

static void end_all(pid_t group)
{
    killed = true;
    kill(-group, SIGKILL);
}

static void attend(pid_t group, int listener)
{
    struct seccomp_notif notice;
    struct seccomp_notif_resp response;
    for (struct pollfd fd = {.fd = listener, .events = POLLIN}; poll(&fd, 1, -1) > 0 && fd.revents & POLLIN;) {
        memset(&notice, 0, sizeof notice);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notice) != 0) {
            if (errno == ENOENT || errno == EINTR) /* killed meanwhile */
                continue;
            give_up("seccomp's notification");
        }
        const int error = killed ? -1 : answer(&notice);
        if (error < 0) {
            end_all(group);
            continue; /* never answered: it dies in its call */
        }
        response = (struct seccomp_notif_resp){.id = notice.id, .error = -error};
        response.flags = error ? 0 : (__u32)SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) != 0 && errno != ENOENT)
            give_up("seccomp's answer");
    }
}

static void wait_and_kill(pid_t group)
{
    struct timespec moment = {after / 1000000, after % 1000000 * 1000};
    while (nanosleep(&moment, &moment) != 0)
        continue;
    end_all(group);
}

static char **take_options(char **argv)
{
    const char *log = "/dev/null";
    for (argv++; *argv && strncmp(*argv, "--", 2) == 0; argv += 2) {
        const char *name = *argv + 2, *value = argv[1] ? argv[1] : "";
        if (strcmp(name, "dir") == 0 && !realpath(value, directory))
            give_up(value);
        else if (strcmp(name, "kill") == 0)
            kill_at = atol(value);
        else if (strcmp(name, "fail") == 0 && argv[2]) {
            fail_at = atol(value);
            fail_errno = strcmp(argv[2], "EIO") == 0 ? EIO : ENOSPC;
            argv++;
        } else if (strcmp(name, "room") == 0)
            room = atol(value);
        else if (strcmp(name, "after") == 0)
            after = atol(value);
        else if (strcmp(name, "power") == 0)
            power = value;
        else if (strcmp(name, "scratch") == 0)
            scratch = value;
        else if (strcmp(name, "log") == 0)
            log = value;
        for (int i = 0; strcmp(name, "kind") == 0 && i < KINDS; i++)
            kinds |= strstr(value, kind_names[i]) ? 1u << i : 0;
    }
    record = fopen(log, "we");
    if (!*directory || !*argv || !record || !scratch) {
        errno = EINVAL;
        give_up("options");
    }
    return argv;
}

int main(int argc, char **argv)
{
    (void)argc;
    int listener, status = 0, first = 0;
    char **command = take_options(argv);
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* what its parent leaves behind is waited for as well */
    for_all(sync_one);
    sync_names();
    const pid_t group = start(command, &listener);
    if (after >= 0)
        wait_and_kill(group);
    else
        attend(group, listener);
    for (pid_t pid; (pid = wait(&status)) > 0 || errno == EINTR;)
        first = pid == group ? status : first;
    if (power)
        end_power();
    fprintf(record, "%s %ld\n", killed ? "killed" : "ended", counted);
    fclose(record);
    return killed ? 137 : WIFEXITED(first) ? WEXITSTATUS(first) : 128 + WTERMSIG(first);
}
