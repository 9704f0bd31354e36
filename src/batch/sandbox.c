/* What a worker gives up before it looks at the first record: limits on memory, a Landlock rule set on files, a seccomp filter on system calls.
 *
 * A worker has fonts, layouts and pictures in memory when it is forked. After that it reads one database, writes documents under hidden names into the same
 * directory, and tells the parent on a pipe. Whatever a damaged font or record may make of it, it cannot do more than that: no network, no other program, no other
 * process, no file elsewhere. All of it stays for the life of the process and is inherited by nothing, as it can start nothing.
 *
 * The filter lists the calls that are allowed, as few as glibc, SQLite and malloc need; any other fails with ENOSYS, upon which a libc that knows a newer
 * call falls back to the older one. It does not kill: a call that is refused costs its document at most, with a message. Memory that can be executed is refused,
 * too, in mmap and mprotect. Under AddressSanitizer, which has needs of its own, only the limits without memory are set.
 */
#include "batch/batch_int.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WORKER_BYTES ((rlim_t)2 << 30)

/* ── files ── */

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE /* since Linux 6.2, which has headers older than itself */
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

static const uint64_t READING = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t WRITING = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                                LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;

/* Every right that the kernel's version of Landlock knows, of those that are named here. */
static uint64_t known_rights(long version)
{
    uint64_t rights = LANDLOCK_ACCESS_FS_EXECUTE | READING | WRITING | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                      LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                      LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
    if (version >= 2)
        rights |= LANDLOCK_ACCESS_FS_REFER;
    return version >= 3 ? rights : rights & ~LANDLOCK_ACCESS_FS_TRUNCATE;
}

static bool allow(int rules, const char *directory, uint64_t rights)
{
    struct landlock_path_beneath_attr beneath = {.allowed_access = rights};
    beneath.parent_fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    const bool ok =
        beneath.parent_fd >= 0 && syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
    if (beneath.parent_fd >= 0)
        close(beneath.parent_fd);
    return ok;
}

static bool close_files(const char *directory)
{
    const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return false;
    const uint64_t rights = known_rights(version);
    const struct landlock_ruleset_attr handled = {.handled_access_fs = rights};
    const int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
    if (rules < 0)
        return false;
    const bool ok =
        allow(rules, directory, (READING | WRITING) & rights) && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return ok;
}

/* ── system calls ── */

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE AUDIT_ARCH_RISCV64
#endif

/* Those that older architectures have and newer do by the "at" calls are there or not, as the header says. */
static const int ALLOWED[] = {
    SYS_read,
    SYS_write,
    SYS_pread64,
    SYS_pwrite64,
    SYS_readv,
    SYS_writev,
    SYS_openat,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_lseek,
    SYS_fcntl,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_getcwd,
    SYS_unlinkat,
    SYS_ftruncate,
    SYS_fsync,
    SYS_fdatasync,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_futex,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_getpid,
    SYS_getppid,
    SYS_gettid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getrandom,
    SYS_getrusage,
    SYS_prlimit64,
    SYS_sysinfo,
    SYS_uname,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
#ifdef SYS_open
    SYS_open,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_unlink,
    SYS_time,
#endif
};
enum { ALLOWED_COUNT = sizeof ALLOWED / sizeof *ALLOWED };

#ifdef NATIVE
static struct sock_filter statement(uint16_t code, uint32_t operand)
{
    return (struct sock_filter){code, 0, 0, operand};
}

/* Goes on with the next instruction when it holds, else skips `otherwise`. */
static struct sock_filter test(uint16_t how, uint32_t operand, uint8_t otherwise)
{
    return (struct sock_filter){(uint16_t)(BPF_JMP | BPF_K | how), 0, otherwise, operand};
}

static size_t load(struct sock_filter *code, size_t offset)
{
    code[0] = statement(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
    return 1;
}

/* A call with an argument (its lower half) that must not have `bits`, which is looked at alone: other calls skip all of it. */
static size_t refuse_bits(struct sock_filter *code, int call, size_t argument, uint32_t bits)
{
    code[0] = test(BPF_JEQ, (uint32_t)call, 4);
    load(&code[1], offsetof(struct seccomp_data, args) + 8 * argument);
    code[2] = test(BPF_JSET, bits, 1);
    code[3] = statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES);
    code[4] = statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return 5;
}

static size_t write_filter(struct sock_filter *code)
{
    size_t n = load(code, offsetof(struct seccomp_data, arch));
    code[n++] = (struct sock_filter){BPF_JMP | BPF_JEQ | BPF_K, 1, 0, NATIVE};
    code[n++] = statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
    n += load(&code[n], offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < ALLOWED_COUNT; i++) {
        code[n++] = test(BPF_JEQ, (uint32_t)ALLOWED[i], 1);
        code[n++] = statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    n += refuse_bits(&code[n], SYS_mmap, 2, PROT_EXEC);
    n += refuse_bits(&code[n], SYS_mprotect, 2, PROT_EXEC);
    /* abort() and raise(): a signal to itself, and to no other process. */
    code[n++] = test(BPF_JEQ, SYS_tgkill, 3);
    n += load(&code[n], offsetof(struct seccomp_data, args));
    code[n++] = test(BPF_JEQ, (uint32_t)getpid(), 1);
    code[n++] = statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[n++] = statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
    return n;
}
#endif

static bool close_calls(void)
{
#ifdef NATIVE
    struct sock_filter code[2 * ALLOWED_COUNT + 32];
    const struct sock_fprog program = {(unsigned short)write_filter(code), code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
#else
    return false; /* nobody has tried the list on this architecture */
#endif
}

/* ── all of it ── */

/* The sanitizers' own needs of memory, files and calls are nobody's business here. */
#ifdef __SANITIZE_ADDRESS__
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

unsigned batch_confine(const char *directory)
{
    unsigned open = 0;
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* a core file has people's data */
    if (SANITIZED)
        return open;
    setrlimit(RLIMIT_DATA, &(struct rlimit){WORKER_BYTES, WORKER_BYTES});
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    open |= close_files(directory) ? 0 : BATCH_OPEN_FILES;
    open |= close_calls() ? 0 : BATCH_OPEN_CALLS;
    return open;
}
