/* Files: limits and refusals of reading, and that publishing leaves the old file or the new one and nothing else. Also the
 * hash, whose answers are NIST's. */
#include "base/check.h"

#include "base/file.h"
#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static Arena *arena;
static Diag *diag;
static char home[64]; /* a directory of its own for each test */

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(0);
    diag = diag_open(arena, 0);
    strcpy(home, "/tmp/test_file.XXXXXX");
    return mkdtemp(home) ? 0 : -1;
}

static void remove_tree(const char *path)
{
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *child = file_join(arena, path, entry->d_name);
        if (unlink(child) < 0)
            remove_tree(child);
    }
    if (directory)
        closedir(directory);
    rmdir(path);
}

static int tear_down(void **state)
{
    (void)state;
    chmod(home, 0700);
    remove_tree(home);
    arena_close(arena);
    return 0;
}

static char *in_home(const char *name)
{
    return file_join(arena, home, name);
}

static int entries_in_home(void)
{
    int count = -2; /* . and .. */
    DIR *directory = opendir(home);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static void assert_content(const char *path, const char *expected)
{
    size_t length;
    char *text = file_read(arena, path, 1 << 20, &length, diag);
    assert_non_null(text);
    assert_int_equal(length, strlen(expected));
    assert_string_equal(text, expected);
}

static void assert_diag(DiagCode code, const char *arg)
{
    assert_int_equal(diag_count(diag), 1);
    const DiagItem *item = diag_item(diag, 0);
    assert_string_equal(diag_code_name(item->code), diag_code_name(code));
    assert_string_equal(item->args[1] ? item->args[1] : "", arg);
    diag_clear(diag);
}

/* ── reading ── */

static void reads_up_to_the_limit(void **state)
{
    (void)state;
    char *path = in_home("a");
    size_t length = 9;
    assert_true(file_write(path, "12345", 5, diag));
    assert_string_equal(file_read(arena, path, 5, &length, diag), "12345");
    assert_int_equal(length, 5);
    assert_null(file_read(arena, path, 4, &length, diag));
    assert_diag(DIAG_FILE_TOO_LARGE, "4");
    assert_true(file_write(path, NULL, 0, diag));
    assert_string_equal(file_read(arena, path, 0, &length, diag), "");
    assert_int_equal(length, 0);
}

static void follows_links(void **state)
{
    (void)state;
    assert_true(file_write(in_home("a"), "x", 1, diag));
    assert_int_equal(symlink("a", in_home("link")), 0);
    assert_content(in_home("link"), "x");
}

static void refuses_what_is_no_file(void **state)
{
    (void)state;
    size_t length;
    assert_null(file_read(arena, in_home("absent"), 10, &length, diag));
    assert_diag(DIAG_FILE_MISSING, "");
    assert_null(file_read(arena, home, 10, &length, diag));
    assert_diag(DIAG_FILE_UNREADABLE, "Is a directory");
    assert_int_equal(mkfifo(in_home("fifo"), 0600), 0);
    alarm(5); /* should it block */
    assert_null(file_read(arena, in_home("fifo"), 10, &length, diag));
    alarm(0);
    assert_diag(DIAG_FILE_UNREADABLE, "Not a regular file");
    assert_null(file_read(arena, "/dev/zero", 10, &length, diag));
    assert_diag(DIAG_FILE_UNREADABLE, "Not a regular file");
    assert_true(file_write(in_home("a"), "x", 1, diag));
    assert_null(file_read(arena, in_home("a/b"), 10, &length, diag));
    assert_diag(DIAG_FILE_MISSING, "");
}

/* ── writing ── */

static void publishes_and_replaces(void **state)
{
    (void)state;
    char *path = in_home("report.pdf");
    assert_true(file_publish(path, "one", 3, diag));
    assert_content(path, "one");
    assert_true(file_publish(path, "second", 6, diag));
    assert_content(path, "second");
    assert_int_equal(entries_in_home(), 1);
    struct stat status;
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0666 & ~mask);
}

static void publishes_in_the_working_directory(void **state)
{
    (void)state;
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(home), 0);
    assert_true(file_publish("plain", "x", 1, diag));
    assert_content("plain", "x");
    assert_int_equal(chdir(before), 0);
}

static void steps_over_a_stale_temporary(void **state)
{
    (void)state;
    char name[64];
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, ".shuzhi-%ld-%d.tmp", (long)getpid(), i);
        assert_true(file_is_temporary(name));
        assert_true(file_write(in_home(name), "stale", 5, diag));
    }
    assert_true(file_publish(in_home("a"), "new", 3, diag));
    assert_content(in_home("a"), "new");
    assert_int_equal(entries_in_home(), 21);
    assert_false(file_is_temporary("report.pdf"));
    assert_false(file_is_temporary(".tmp"));
    assert_false(file_is_temporary(".shuzhi-1-1.tmpx"));
}

static void publishing_over_a_directory_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_home("d"), 0700), 0);
    assert_false(file_publish(in_home("d"), "x", 1, diag));
    assert_diag(DIAG_FILE_WRITE_FAILED, "Is a directory");
    assert_int_equal(entries_in_home(), 1);
}

static void publishing_into_nowhere(void **state)
{
    (void)state;
    assert_false(file_publish(in_home("no/where"), "x", 1, diag));
    assert_diag(DIAG_FILE_CANNOT_CREATE, "No such file or directory");
}

/* Root may write anywhere, so the test becomes somebody else in a child. */
static void write_into_read_only(void)
{
    if (geteuid() == 0 && seteuid(65534) < 0)
        _exit(9);
    bool published = file_publish(in_home("a"), "x", 1, diag);
    bool refused = !published && diag_item(diag, 0)->code == DIAG_FILE_CANNOT_CREATE &&
                   strcmp(diag_item(diag, 0)->args[1], "Permission denied") == 0;
    _exit(refused ? 42 : 1);
}

static void read_only_directory(void **state)
{
    (void)state;
    assert_int_equal(chmod(home, 0555), 0);
    assert_int_equal(exit_code_of(write_into_read_only), 42);
}

static void full_disk_by_device(void **state)
{
    (void)state;
    assert_false(file_write("/dev/full", "x", 1, diag));
    assert_diag(DIAG_FILE_WRITE_FAILED, "No space left on device");
    struct stat status;
    assert_int_equal(stat("/dev/full", &status), 0); /* a device is not removed */
}

/* A write stops in the middle: first short, then with EFBIG. */
static void write_past_the_limit(void)
{
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {.rlim_cur = 1000, .rlim_max = 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    char *bytes = arena_alloc(arena, 5000);
    bool failed = !file_publish(in_home("a"), bytes, 5000, diag) && !file_write(in_home("b"), bytes, 5000, diag);
    for (size_t i = 0; i < diag_count(diag); i++)
        failed = failed && strcmp(diag_item(diag, i)->args[1], strerror(EFBIG)) == 0;
    _exit(failed && diag_count(diag) == 2 ? 42 : 1);
}

static void short_write_keeps_the_old_file(void **state)
{
    (void)state;
    assert_true(file_publish(in_home("a"), "old", 3, diag));
    assert_int_equal(exit_code_of(write_past_the_limit), 42);
    assert_content(in_home("a"), "old");
    assert_int_equal(entries_in_home(), 1);
}

static void two_halves_make_a_whole(void **state)
{
    (void)state;
    assert_true(file_write(in_home("t"), "new", 3, diag));
    assert_true(file_replace(in_home("t"), in_home("a"), diag));
    assert_content(in_home("a"), "new");
    assert_int_equal(entries_in_home(), 1);
    assert_false(file_replace(in_home("t"), in_home("a"), diag));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_FILE_WRITE_FAILED);
    assert_content(in_home("a"), "new");
}

static void makes_directories(void **state)
{
    (void)state;
    assert_true(file_make_directory(in_home("x/y//z"), diag));
    assert_true(file_make_directory(in_home("x/y/z/"), diag));
    assert_true(file_make_directory("/", diag));
    assert_true(file_make_directory(".", diag));
    assert_true(file_write(in_home("x/y/z/f"), "", 0, diag));
    assert_false(file_make_directory(in_home("x/y/z/f"), diag));
    assert_diag(DIAG_FILE_CANNOT_CREATE, "Not a directory");
    assert_false(file_make_directory(in_home("x/y/z/f/g"), diag));
    assert_diag(DIAG_FILE_CANNOT_CREATE, "Not a directory");
    assert_false(file_make_directory("", diag));
    assert_diag(DIAG_FILE_CANNOT_CREATE, "No such file or directory");
}

static void paths(void **state)
{
    (void)state;
    assert_string_equal(file_join(arena, "a", "b"), "a/b");
    assert_string_equal(file_join(arena, "a/", "b"), "a/b");
    assert_string_equal(file_join(arena, "/", "b"), "/b");
    assert_string_equal(file_join(arena, "", "b"), "b");
    assert_string_equal(file_join(arena, ".", "b"), "b");
    assert_string_equal(file_directory(arena, "a/b"), "a");
    assert_string_equal(file_directory(arena, "/b"), "/");
    assert_string_equal(file_directory(arena, "b"), ".");
}

/* ── hash ── */

static void assert_sha256(const char *text, const char *expected)
{
    unsigned char hash[HASH_SIZE];
    char hex[HASH_HEX];
    hash_bytes(text, strlen(text), hash);
    hash_hex(hash, hex);
    assert_string_equal(hex, expected);
}

static void hash_fields(const char *a, const char *b, unsigned char out[HASH_SIZE])
{
    Hash *hash = hash_open();
    hash_field(hash, a);
    hash_field(hash, b);
    hash_close(hash, out);
}

static void hashes(void **state)
{
    (void)state;
    assert_sha256("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_sha256("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    static const char *const pairs[][2] = {{"ab", "c"}, {"a", "bc"}, {"abc", ""}, {"abc", NULL}, {NULL, "abc"}};
    unsigned char found[5][HASH_SIZE];
    for (size_t i = 0; i < 5; i++) {
        hash_fields(pairs[i][0], pairs[i][1], found[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(found[i], found[j], HASH_SIZE);
    }
}

#define IN_HOME(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOME(reads_up_to_the_limit),
        IN_HOME(follows_links),
        IN_HOME(refuses_what_is_no_file),
        IN_HOME(publishes_and_replaces),
        IN_HOME(publishes_in_the_working_directory),
        IN_HOME(steps_over_a_stale_temporary),
        IN_HOME(publishing_over_a_directory_leaves_nothing),
        IN_HOME(publishing_into_nowhere),
        IN_HOME(read_only_directory),
        IN_HOME(full_disk_by_device),
        IN_HOME(short_write_keeps_the_old_file),
        IN_HOME(two_halves_make_a_whole),
        IN_HOME(makes_directories),
        IN_HOME(paths),
        cmocka_unit_test(hashes),
    };
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
