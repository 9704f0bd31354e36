/* What the machine can do at best with the same files: each written under a temporary name, closed and renamed.
 *
 * Usage: plain FROM TO [GROUP]
 * Copies every PDF of FROM into TO in one process and prints how many files a second that is. Reading is not timed. With GROUP the file system
 * is synced after each so many files, as a run does; else never.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_LIMIT = 64 << 20 };

static bool write_plainly(const char *temporary, const char *path, const char *bytes, size_t length)
{
    const int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        return false;
    size_t done = 0;
    for (ssize_t n = 0; done < length && (n = write(file, bytes + done, length - done)) > 0;)
        done += (size_t)n;
    return close(file) == 0 && done == length && rename(temporary, path) == 0;
}

int main(int argc, char **argv)
{
    const size_t group = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    if (argc != 3 && group == 0) {
        fprintf(stderr, "usage: plain FROM TO [GROUP]\n");
        return 64;
    }
    DIR *from = opendir(argv[1]);
    if (from == NULL) {
        perror(argv[1]);
        return 66;
    }
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 10);
    const char *temporary = file_join(arena, argv[2], ".plain.tmp");
    int64_t time = 0;
    size_t files = 0, bytes = 0;
    for (const struct dirent *entry; (entry = readdir(from)) != NULL;) {
        const size_t length = strlen(entry->d_name);
        if (length < 4 || strcmp(entry->d_name + length - 4, ".pdf") != 0)
            continue;
        const ArenaMark before = arena_mark(arena);
        size_t size = 0;
        const char *data = file_read(arena, file_join(arena, argv[1], entry->d_name), FILE_LIMIT, &size, diag);
        const char *path = file_join(arena, argv[2], entry->d_name);
        const int64_t begun = clock_ticks();
        if (data == NULL || !write_plainly(temporary, path, data, size)) {
            perror(path);
            return 74;
        }
        files++;
        const int to = group > 0 && files % group == 0 ? open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
        if (to >= 0) {
            syncfs(to);
            close(to);
        }
        time += clock_ticks() - begun;
        bytes += size;
        arena_rewind(arena, before);
    }
    closedir(from);
    if (files > 0 && time > 0)
        printf("%.0f files/s (%zu files of %zu KB)\n", (double)files * 1e9 / (double)time, files, bytes / files / 1000);
    arena_close(arena);
    return 0;
}
