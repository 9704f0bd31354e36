/* What a worker can no longer do, tried in a process of its own: each attempt by itself, beside what it must still be able to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "batch/batch_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char home[] = "/tmp/shuzhi-sandbox-XXXXXX", other[] = "/tmp/shuzhi-elsewhere-XXXXXX";

static const char *in(const char *directory, const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static bool can_open(const char *directory, const char *name, int flags)
{
    const int fd = open(in(directory, name), flags, 0666);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* ── attempts; true = it went ── */

static bool writes_at_home(void)
{
    const int fd = open(in(home, "written"), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    const bool ok = fd >= 0 && write(fd, "x", 1) == 1;
    close(fd);
    return ok && can_open(home, "written", O_RDONLY) && unlink(in(home, "written")) == 0;
}
static bool writes_elsewhere(void)
{
    return can_open(other, "new", O_WRONLY | O_CREAT);
}
static bool overwrites_elsewhere(void)
{
    return can_open(other, "there", O_WRONLY | O_TRUNC);
}
static bool truncates_elsewhere(void)
{
    return truncate(in(other, "there"), 0) == 0;
}
static bool reads_elsewhere(void)
{
    return can_open(other, "there", O_RDONLY);
}
static bool removes_elsewhere(void)
{
    return unlink(in(other, "there")) == 0;
}
static bool climbs_out(void)
{
    return can_open(home, "../../etc/passwd", O_RDONLY);
}
static bool links_at_home(void)
{
    return symlink("/etc/passwd", in(home, "link")) == 0;
}
static bool opens_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}
static bool opens_local_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}
static bool connects(void)
{
    int ends[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0;
}
static bool forks(void)
{
    const pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid > 0;
}
static bool executes(void)
{
    char *const words[] = {"true", NULL};
    execv("/bin/true", words);
    return false; /* it would have exited with 0 */
}
static bool traces(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}
static bool signals_parent(void)
{
    return kill(getppid(), 0) == 0 || syscall(SYS_tgkill, getppid(), getppid(), 0) == 0;
}
static bool maps_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}
static bool maps_memory(void)
{
    void *bytes = malloc(1 << 20);
    const bool ok = bytes != NULL;
    free(bytes);
    return ok;
}
static bool takes_too_much(void)
{
    return mmap(NULL, (size_t)3 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) !=
           MAP_FAILED;
}
static bool gains_rights(void)
{
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
}

typedef struct Attempt {
    const char *name;
    bool (*go)(void);
    bool may;
    unsigned by; /* what prevents it, of BATCH_OPEN_; 0 = what every system has */
} Attempt;

static const Attempt ATTEMPTS[] = {
    {"writes at home", writes_at_home, true, 0},
    {"uses memory", maps_memory, true, 0},
    {"writes elsewhere", writes_elsewhere, false, BATCH_OPEN_FILES},
    {"overwrites elsewhere", overwrites_elsewhere, false, BATCH_OPEN_FILES},
    {"truncates elsewhere", truncates_elsewhere, false, BATCH_OPEN_FILES},
    {"reads elsewhere", reads_elsewhere, false, BATCH_OPEN_FILES},
    {"removes elsewhere", removes_elsewhere, false, BATCH_OPEN_FILES},
    {"climbs out", climbs_out, false, BATCH_OPEN_FILES},
    {"links at home", links_at_home, false, BATCH_OPEN_FILES},
    {"opens a socket", opens_socket, false, BATCH_OPEN_CALLS},
    {"opens a local socket", opens_local_socket, false, BATCH_OPEN_CALLS},
    {"makes a pair of sockets", connects, false, BATCH_OPEN_CALLS},
    {"forks", forks, false, BATCH_OPEN_CALLS},
    {"executes", executes, false, BATCH_OPEN_CALLS},
    {"traces", traces, false, BATCH_OPEN_CALLS},
    {"signals its parent", signals_parent, false, BATCH_OPEN_CALLS},
    {"maps code", maps_code, false, BATCH_OPEN_CALLS},
    {"takes too much memory", takes_too_much, false, 0},
    {"gains rights", gains_rights, false, 0},
};
#ifdef __SANITIZE_ADDRESS__
enum { SANITIZED = 1 }; /* nothing is closed then */
#else
enum { SANITIZED = 0 };
#endif
enum { ATTEMPT_COUNT = sizeof ATTEMPTS / sizeof *ATTEMPTS };

static void make_file(const char *directory, const char *name)
{
    const int fd = open(in(directory, name), O_WRONLY | O_CREAT, 0666);
    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
}

/* The exit status of a process that makes one attempt: 0 = it went, 1 = not. */
static int attempt(const Attempt *one, bool confined)
{
    int status = 0;
    make_file(other, "there");
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        if (confined)
            batch_confine(home);
        _exit(one->go() ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    unlink(in(other, "new"));
    unlink(in(home, "link"));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* What this system cannot do, of BATCH_OPEN_. */
static unsigned left_open(void)
{
    int status = 0;
    const pid_t pid = fork();
    if (pid == 0)
        _exit((int)batch_confine(home));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return (unsigned)WEXITSTATUS(status);
}

/* What batch_confine says that it could not close is open, and nothing else is. */
static void confined(void **state)
{
    (void)state;
    const unsigned open = left_open();
    for (size_t i = 0; i < ATTEMPT_COUNT; i++) {
        const bool goes = SANITIZED || ATTEMPTS[i].may || ATTEMPTS[i].by & open;
        print_message("%s\n", ATTEMPTS[i].name);
        assert_int_equal(attempt(&ATTEMPTS[i], true), goes ? 0 : 1);
    }
}

/* The attempts are real ones: each of them goes in a process that is not confined. */
static void unconfined(void **state)
{
    (void)state;
    for (size_t i = 0; i < ATTEMPT_COUNT; i++) {
        print_message("%s\n", ATTEMPTS[i].name);
        assert_int_equal(attempt(&ATTEMPTS[i], false), 0);
    }
}

/* abort() still ends the process, so that a worker that finds itself broken does not go on. */
static void aborts(void **state)
{
    int status = 0;
    (void)state;
    const pid_t pid = fork();
    if (pid == 0) {
        batch_confine(home);
        abort();
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static int make_directories(void **state)
{
    (void)state;
    return mkdtemp(home) && mkdtemp(other) ? 0 : -1;
}

static int remove_directories(void **state)
{
    (void)state;
    unlink(in(other, "there"));
    return rmdir(home) == 0 && rmdir(other) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unconfined),
        cmocka_unit_test(confined),
        cmocka_unit_test(aborts),
    };
    return cmocka_run_group_tests(tests, make_directories, remove_directories);
}
