/* Files: read whole with a limit, and publish atomically (temporary in the same directory, sync, rename). */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/diag.h"

/* Reads a regular file of at most `limit` bytes into the arena; the result is followed by one NUL byte not counted in
 * *length. NULL = diagnostic recorded (missing, not regular, too large, unreadable). */
char *file_read(Arena *arena, const char *path, size_t limit, size_t *length, Diag *diag);

/* Creates a directory and its parents, mode 0777 & ~umask. */
bool file_make_directory(const char *path, Diag *diag);

/* Writes the whole content under a temporary name beside `path` (same file system), syncs it, renames it over `path`
 * and syncs the directory: a reader sees the old file or the new one, never a part, also after a power loss. The
 * temporary is removed when anything fails. */
bool file_publish(const char *path, const void *bytes, size_t length, Diag *diag);

/* The two halves of file_publish, for callers that put something between them: write `length` bytes to `path` (created or
 * truncated) without sync; a failed write removes the file. */
bool file_write(const char *path, const void *bytes, size_t length, Diag *diag);
/* Sync `temporary`, rename it over `path` (same file system), sync the directory. A failure removes the temporary. */
bool file_replace(const char *temporary, const char *path, Diag *diag);
/* Likewise, but a file that is there already stays and is an error (FILE_CANNOT_CREATE), whoever made it since. */
bool file_place(const char *temporary, const char *path, Diag *diag);

/* Whether a directory entry is a temporary of file_publish. A killed process leaves one behind; a later run may sweep it. */
bool file_is_temporary(const char *name);

/* dir + "/" + name in the arena; "." and "" directories give just the name. */
char *file_join(Arena *arena, const char *dir, const char *name);
/* Directory part of a path ("." when it has none). */
char *file_directory(Arena *arena, const char *path);

#endif
