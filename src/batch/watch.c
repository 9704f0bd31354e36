/* Watching: a rendering after each save.
 *
 * Editors save by writing a new file and renaming it over the old, so directories are watched, never files. A change of a file
 * that the layout was read from counts, wherever its symbolic links lead, and of any .xml beside one: it may be a part that the
 * layout could not read last time. Signals come through a descriptor, so that none is lost between two waits.
 */
#include "batch/batch_int.h"

#include "base/file.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    QUIET = 30,      /* ms without an event: the editor has finished */
    PATIENCE = 20,   /* events in one save; then rendering begins all the same */
    EVENTS = 1 << 14 /* bytes read at once */
};

typedef struct Watch {
    BatchPreviewer *previewer;
    int events, signals; /* descriptors */
    Arena *arena;        /* of the names below; reset by each look at the files */
    int *directories;    /* inotify's number of the directory of each name … */
    const char **names;  /* … in which a file of that name counts */
    size_t count;
    Diag *diag;
} Watch;

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool watch_file(Watch *watch, const char *path)
{
    const char *directory = file_directory(watch->arena, path);
    const int number = inotify_add_watch(watch->events, directory, IN_CLOSE_WRITE | IN_MOVED_TO);
    if (number < 0)
        return diag_add(watch->diag, DIAG_PREVIEW_WATCH, (DiagPlace){0}, directory, strerror(errno));
    watch->directories[watch->count] = number;
    watch->names[watch->count++] = arena_string(watch->arena, base_name(path));
    return true;
}

/* Watches every file, as it is named and as its links resolve. */
static bool watch_files(Watch *watch)
{
    size_t count;
    const char *const *files = batch_preview_files(watch->previewer, &count);
    arena_reset(watch->arena);
    watch->directories = ARENA_ARRAY(watch->arena, count * 2, int);
    watch->names = ARENA_ARRAY(watch->arena, count * 2, const char *);
    watch->count = 0;
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        char path[PATH_MAX];
        ok = watch_file(watch, files[i]) && ok;
        if (realpath(files[i], path))
            ok = watch_file(watch, path) && ok;
    }
    return ok;
}

static bool counts(const Watch *watch, const struct inotify_event *event)
{
    const char *name = event->len ? event->name : "";
    const size_t length = strlen(name);
    if (length > 4 && name[0] != '.' && strcmp(name + length - 4, ".xml") == 0)
        return true;
    for (size_t i = 0; i < watch->count; i++)
        if (watch->directories[i] == event->wd && strcmp(watch->names[i], name) == 0)
            return true;
    return (event->mask & IN_Q_OVERFLOW) != 0;
}

/* Takes the events that are there; true when one of them counts. */
static bool take_events(const Watch *watch)
{
    _Alignas(struct inotify_event) char bytes[EVENTS];
    bool found = false;
    const ssize_t length = read(watch->events, bytes, sizeof bytes);
    for (ssize_t at = 0; at < length;) {
        const struct inotify_event *event = (const struct inotify_event *)(bytes + at);
        found |= counts(watch, event);
        at += (ssize_t)(sizeof *event + event->len);
    }
    return found;
}

/* Waits for a save and for the quiet after it. False: a signal asks to end. */
static bool wait_for_save(const Watch *watch)
{
    struct pollfd fds[] = {{.fd = watch->events, .events = POLLIN}, {.fd = watch->signals, .events = POLLIN}};
    bool saved = false;
    for (int taken = 0; taken < PATIENCE;) {
        const int ready = poll(fds, 2, saved ? QUIET : -1);
        if (ready < 0)
            continue;
        if (fds[1].revents)
            return false;
        if (ready == 0)
            return true;
        if (fds[0].revents)
            saved |= take_events(watch);
        taken += saved;
    }
    return true;
}

static bool open_watch(Watch *watch, const sigset_t *ends)
{
    watch->events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    watch->signals = signalfd(-1, ends, SFD_CLOEXEC);
    if (watch->events < 0 || watch->signals < 0)
        return diag_add(watch->diag, DIAG_PREVIEW_WATCH, (DiagPlace){0}, "inotify", strerror(errno));
    return watch_files(watch);
}

/* Renders until a signal; each rendering has a collector of its own. */
static void render_on(Watch *watch, BatchRendered *rendered, void *context)
{
    Arena *scratch = arena_open(0);
    do {
        arena_reset(scratch);
        Diag *diag = diag_open(scratch, 0);
        BatchRendering rendering;
        Buf text = {0};
        const bool ok = batch_preview_render(watch->previewer, &text, &rendering, diag);
        buf_free(&text);
        watch->diag = diag;
        watch_files(watch);
        rendered(context, ok, &rendering, diag);
    } while (wait_for_save(watch));
    arena_close(scratch);
}

bool batch_watch(BatchPreviewer *previewer, BatchRendered *rendered, void *context, Diag *diag)
{
    Watch watch = {.previewer = previewer, .arena = arena_open(0), .diag = diag};
    sigset_t ends, before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, &before);
    const bool ok = open_watch(&watch, &ends);
    if (ok)
        render_on(&watch, rendered, context);
    struct timespec now = {0};
    while (sigtimedwait(&ends, NULL, &now) > 0)
        continue; /* the signal that ended it is served */
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(watch.events);
    close(watch.signals);
    arena_close(watch.arena);
    return ok;
}
