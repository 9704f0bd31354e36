/* Workers: processes forked after everything shared is loaded, each taking the next document from a shared counter.
 *
 * A worker opens its own database handle and binds the layouts once, then makes documents until none are left. It writes
 * each whole file under a temporary name and reports it on its pipe. A worker that dies (a crash, no memory) costs the
 * document it had in hand, which it had noted in the shared mapping, and is replaced.
 */
#include "batch/batch_int.h"

#include "base/file.h"
#include "base/hash.h"
#include "data/data.h"
#include "typeset/typeset.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WORKER_SECONDS = 120,    /* that one document may take: the slowest known takes one */
    AGAIN_MOST = 1000,       /* documents that are tried a second time */
    LOOK_MILLISECONDS = 500, /* how often the parent looks for a worker that hangs */
};

/* What a worker has in hand. */
typedef struct Slot {
    _Atomic size_t document; /* index + 1; 0 = nothing */
    _Atomic int64_t begun;   /* clock_ticks when it was taken up */
    char code[BATCH_CODE_MAX + 1];
} Slot;

struct BatchShared {
    _Atomic size_t next; /* document to hand out */
    size_t only;         /* index + 1 of the one document that is tried again; 0 = all */
    atomic_bool stop;
    atomic_uint open; /* what could not be closed to a worker: sandbox.c */
    Slot slots[BATCH_JOBS_MAX];
};

/* ── in the worker ── */

typedef struct Worker {
    const BatchRun *run;
    Slot *slot;
    Arena *arena; /* life of the worker */
    Arena *unit;  /* reset per document */
    Diag *diag;   /* of the document in hand; lives in `unit` */
    DataDb *db;
    DataStmt *find;
    const char *data_hash; /* of all units */
    TsProgram *programs[BATCH_LAYOUTS_MAX];
    Buf pdf;
} Worker;

static const char *hash_of_all(Worker *worker)
{
    DataStmt *find =
        data_prepare(worker->db, "SELECT value FROM meta WHERE key = 'data_hash'", (DiagPlace){0}, worker->diag);
    const bool found = find && data_step(find, worker->diag) == DATA_ROW;
    const char *hash = found ? arena_string(worker->arena, data_text(find, 0)) : NULL;
    if (find)
        data_finalize(find);
    return hash;
}

static bool open_worker(Worker *worker)
{
    const BatchRun *run = worker->run;
    worker->db = data_open_assessment(run->assessment, worker->diag);
    if (!worker->db)
        return false;
    /* Sorting in memory: a worker can make no files elsewhere, and what a layout reads is a few rows a unit. */
    if (!data_exec(worker->db, "PRAGMA temp_store = MEMORY", worker->diag, (DiagPlace){.file = run->assessment}))
        return false;
    /* One transaction for all documents: each statement would take its locks and look for journals anew. */
    if (!data_begin(worker->db, worker->diag))
        return false;
    worker->find = data_prepare(worker->db, "SELECT unit_id, code, name, data_hash FROM unit WHERE ordinal = :ordinal",
                                (DiagPlace){0}, worker->diag);
    worker->data_hash = hash_of_all(worker);
    for (size_t i = 0; worker->find && i < run->job->layout_count; i++) {
        worker->programs[i] = ts_bind(worker->arena, run->layouts[i], run->fonts, worker->db, worker->diag);
        if (!worker->programs[i])
            return false;
    }
    return worker->find != NULL;
}

/* Looks the unit up and fills in what names the document. False: no such unit, or its code cannot name a file. */
static bool find_unit(Worker *worker, const BatchTarget *target, TsUnit *unit, const char **data_hash,
                      BatchResult *result)
{
    *unit = (TsUnit){.year = worker->run->job->year, .code = ""};
    *data_hash = worker->data_hash;
    if (target->ordinal == 0)
        return true;
    data_bind_int(worker->find, ":ordinal", target->ordinal);
    bool found = data_step(worker->find, worker->diag) == DATA_ROW;
    if (found) {
        unit->unit_id = data_int(worker->find, 0);
        unit->code = arena_string(worker->unit, data_text(worker->find, 1));
        snprintf(result->code, sizeof result->code, "%s", unit->code);
        *data_hash = arena_string(worker->unit, data_text(worker->find, 3));
        memcpy(worker->slot->code, result->code, sizeof result->code);
        if (!batch_code_ok(unit->code))
            found = diag_add(worker->diag, DIAG_BATCH_UNIT_CODE, (DiagPlace){.unit = unit->code}, unit->code,
                             data_text(worker->find, 2));
    }
    data_reset(worker->find);
    return found;
}

PdfInfo batch_pdf_info(Arena *arena, const BatchJob *job, const TsUnit *unit, const Layout *layout, const TsResult *set,
                       const char *data_hash, const char *scheme_hash, const char *date)
{
    return (PdfInfo){
        .profile = job->pdfa ? (PdfProfile)(job->pdfa - 1) : PDF_A1,
        .accessible = job->pdfa_accessible,
        .compact = true,
        .title = set->title,
        .author = set->author,
        .subject = set->subject,
        .keywords = set->keywords,
        .creator = "shuzhi " SHUZHI_VERSION,
        .identity = arena_print(arena, "%d/%s/%s", unit->year, unit->code, layout->name),
        .data_hash = data_hash,
        .scheme_hash = scheme_hash,
        .layout_hash = layout->hash,
        .date = date,
    };
}

static size_t layout_of(const Worker *worker, const Layout *layout)
{
    size_t i = 0;
    while (worker->run->layouts[i] != layout)
        i++;
    return i;
}

static bool make_document(Worker *worker, const BatchTarget *target, BatchResult *result)
{
    const BatchRun *run = worker->run;
    const size_t layout = layout_of(worker, target->layout);
    const BatchKnown *known = &run->known[result->index];
    TsUnit unit;
    TsResult set;
    PdfResult pdf;
    const char *data_hash;
    if (!find_unit(worker, target, &unit, &data_hash, result))
        return false;
    batch_file_name(unit.code, target->layout, result->file);
    unit.salt = arena_print(worker->unit, "%s %s", run->stamps[layout], data_hash);
    unit.known = known->published ? known->fingerprint : NULL;
    snprintf(result->basis, sizeof result->basis, "%s", run->bases[layout]);
    if (!ts_set(worker->programs[layout], worker->unit, &unit, &set, worker->diag))
        return false;
    memcpy(result->fingerprint, set.fingerprint, sizeof result->fingerprint);
    result->unchanged = set.unchanged;
    if (set.unchanged)
        return true;
    char date[11];
    clock_format_date(run->job->as_of, date);
    const PdfInfo info = batch_pdf_info(worker->unit, run->job, &unit, target->layout, &set, data_hash,
                                        assess_scheme_hash(run->scheme), date);
    buf_clear(&worker->pdf);
    if (!pdf_write(worker->unit, run->pdf_fonts, set.document, &info, &worker->pdf, &pdf, worker->diag))
        return false;
    memcpy(result->sha256, pdf.sha256, sizeof result->sha256);
    result->bytes = worker->pdf.length;
    result->pages = (uint32_t)pdf.pages;
    char temporary[BATCH_NAME_MAX];
    batch_temporary_name(result->file, temporary);
    return file_write(file_join(worker->unit, run->directory, temporary), worker->pdf.bytes, worker->pdf.length,
                      worker->diag);
}

/* A pipe that the parent has closed ends the worker through SIGPIPE. */
static void send_all(int pipe, const Buf *frame)
{
    for (size_t sent = 0; sent < frame->length;) {
        ssize_t n = write(pipe, frame->bytes + sent, frame->length - sent);
        if (n < 0 && errno != EINTR)
            _exit(74);
        sent += n > 0 ? (size_t)n : 0;
    }
}

static void report(Worker *worker, int pipe, BatchResult *result, Buf *frame)
{
    for (size_t i = diag_count(worker->diag); !result->ok && i-- > 0;) {
        const DiagItem *item = diag_item(worker->diag, i);
        if (item->level >= DIAG_UNIT_FAIL)
            snprintf(result->reason, sizeof result->reason, "%s", diag_code_name(item->code));
    }
    buf_clear(frame);
    batch_frame_write(frame, result, worker->diag);
    send_all(pipe, frame);
}

/* The next document of the plan; or the one that is tried again, once. */
static bool take_document(const BatchRun *run, BatchShared *shared, size_t *index)
{
    if (atomic_load(&shared->stop))
        return false;
    *index = atomic_fetch_add(&shared->next, 1);
    if (shared->only == 0)
        return *index < run->document_count;
    const bool first = *index == 0;
    *index = shared->only - 1;
    return first;
}

static void run_worker(const BatchRun *run, BatchShared *shared, Slot *slot, int pipe)
{
    Worker worker = {.run = run, .slot = slot, .arena = arena_open(0), .unit = arena_open(1 << 20)};
    Buf frame = {0};
    worker.diag = diag_open(worker.unit, 0);
    bool open = open_worker(&worker);
    for (size_t index; take_document(run, shared, &index);) {
        if (run->known[index].current)
            continue;
        BatchTarget target = batch_target(run, index);
        BatchResult result = {.index = index};
        snprintf(result.layout, sizeof result.layout, "%s", target.layout->name);
        slot->code[0] = '\0';
        atomic_store(&slot->begun, clock_ticks());
        atomic_store(&slot->document, index + 1);
        int64_t begun = clock_cpu();
        result.ok = open && make_document(&worker, &target, &result);
        result.cpu = clock_cpu() - begun;
        report(&worker, pipe, &result, &frame);
        atomic_store(&slot->document, 0);
        if (!open)
            break;
        arena_reset(worker.unit);
        worker.diag = diag_open(worker.unit, 0);
    }
    data_finalize(worker.find);
    data_close(worker.db);
    buf_free(&frame);
    buf_free(&worker.pdf);
    arena_close(worker.unit);
    arena_close(worker.arena);
}

/* ── in the parent ── */

typedef struct Child {
    pid_t pid; /* 0 = ended */
    int pipe;
    Buf bytes; /* received, not yet whole */
} Child;

typedef struct Crew {
    const BatchRun *run;
    const BatchHandler *handler;
    BatchShared *shared;
    Child *children;
    size_t count;
    Arena *scratch;
    Diag *diag;
    size_t *again; /* documents whose worker died, to be tried once more, alone */
    size_t again_count;
    bool last_try;
    unsigned char *reported; /* by document: its result has come; a worker that dies behind it takes nothing with it */
} Crew;

/* In the worker: the other workers' pipes are the parent's, and so are the signals that ask the run to end: the document in hand is finished. */
static void leave_to_parent(const Crew *crew, size_t index)
{
    for (size_t i = 0; i < crew->count; i++) {
        if (i != index && crew->children[i].pid)
            close(crew->children[i].pipe);
    }
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
}

static bool start(Crew *crew, size_t index)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return diag_add(crew->diag, DIAG_BATCH_NO_WORKER, (DiagPlace){0}, strerror(errno));
    fflush(NULL);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a worker ends with its parent … */
        if (getppid() != parent)          /* … also with one that died before this line */
            _exit(70);
        close(ends[0]);
        leave_to_parent(crew, index);
        atomic_fetch_or(&crew->shared->open, batch_confine(crew->run->home));
        run_worker(crew->run, crew->shared, &crew->shared->slots[index], ends[1]);
        _exit(0);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return diag_add(crew->diag, DIAG_BATCH_NO_WORKER, (DiagPlace){0}, strerror(errno));
    }
    crew->children[index].pid = pid;
    crew->children[index].pipe = ends[0];
    return true;
}

static void take_frames(Crew *crew, Child *child)
{
    size_t used = 0;
    for (;;) {
        BatchResult result;
        DiagItem *items;
        size_t item_count;
        ArenaMark mark = arena_mark(crew->scratch);
        size_t size = batch_frame_read(crew->scratch, child->bytes.bytes + used, child->bytes.length - used, &result,
                                       &items, &item_count);
        if (size > 0) {
            crew->reported[result.index] = 1;
            crew->handler->finished(crew->handler->context, &result, items, item_count);
        }
        arena_rewind(crew->scratch, mark);
        if (size == 0)
            break;
        used += size;
    }
    if (used > 0)
        memmove(child->bytes.bytes, child->bytes.bytes + used, child->bytes.length - used);
    child->bytes.length -= used;
}

/* The document that a dead worker had in hand is kept for a second try, and then reported as failed. */
static void mourn(Crew *crew, size_t index, int status)
{
    Slot *slot = &crew->shared->slots[index];
    size_t document = atomic_exchange(&slot->document, 0);
    if (document == 0 || crew->reported[document - 1])
        return;
    if (!crew->last_try && crew->again_count < AGAIN_MOST) {
        crew->again[crew->again_count++] = document - 1;
        return;
    }
    BatchTarget target = batch_target(crew->run, document - 1);
    BatchResult result = {.index = document - 1, .reason = "BATCH_WORKER_DIED"};
    ArenaMark mark = arena_mark(crew->scratch);
    snprintf(result.layout, sizeof result.layout, "%s", target.layout->name);
    snprintf(result.code, sizeof result.code, "%s", slot->code);
    Diag *diag = diag_open(crew->scratch, 0);
    const char *how = WIFSIGNALED(status) ? arena_print(crew->scratch, "signal %d", WTERMSIG(status))
                                          : arena_print(crew->scratch, "exit %d", WEXITSTATUS(status));
    diag_add(diag, DIAG_BATCH_WORKER_DIED, (DiagPlace){.unit = arena_string(crew->scratch, slot->code)}, how);
    crew->handler->finished(crew->handler->context, &result, diag_item(diag, 0), diag_count(diag));
    arena_rewind(crew->scratch, mark);
}

/* Reaps a worker whose pipe has ended. One that died is replaced while documents are left. */
static bool end(Crew *crew, size_t index)
{
    Child *child = &crew->children[index];
    int status = 0;
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close(child->pipe);
    child->pid = 0;
    buf_clear(&child->bytes);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    mourn(crew, index, status);
    bool left = !crew->last_try && atomic_load(&crew->shared->next) < crew->run->document_count &&
                !atomic_load(&crew->shared->stop);
    return !left || start(crew, index);
}

static bool receive(Crew *crew, size_t index)
{
    Child *child = &crew->children[index];
    buf_reserve(&child->bytes, 1 << 16);
    ssize_t n = read(child->pipe, child->bytes.bytes + child->bytes.length, 1 << 16);
    if (n < 0)
        return errno == EINTR || end(crew, index);
    if (n == 0)
        return end(crew, index);
    child->bytes.length += (size_t)n;
    take_frames(crew, child);
    return true;
}

/* Ends workers that have had one document for too long: it is in an endless loop, or the machine is. */
static void end_hanging(Crew *crew)
{
    const int64_t latest = clock_ticks() - WORKER_SECONDS * INT64_C(1000000000);
    for (size_t i = 0; i < crew->count; i++) {
        const Slot *slot = &crew->shared->slots[i];
        if (crew->children[i].pid && atomic_load(&slot->document) && atomic_load(&slot->begun) < latest)
            kill(crew->children[i].pid, SIGKILL);
    }
}

static bool tend(Crew *crew, const bool *stop)
{
    struct pollfd fds[BATCH_JOBS_MAX];
    size_t indices[BATCH_JOBS_MAX];
    bool ok = true;
    for (;;) {
        nfds_t n = 0;
        for (size_t i = 0; i < crew->count; i++) {
            if (crew->children[i].pid) {
                indices[n] = i;
                fds[n++] = (struct pollfd){.fd = crew->children[i].pipe, .events = POLLIN};
            }
        }
        if (n == 0)
            return ok;
        if (*stop)
            atomic_store(&crew->shared->stop, true);
        end_hanging(crew);
        if (poll(fds, n, LOOK_MILLISECONDS) < 0)
            continue;
        for (nfds_t i = 0; i < n; i++) {
            if (fds[i].revents && !receive(crew, indices[i]))
                ok = false;
        }
    }
}

/* A worker may have died of what others did to the machine; so its document has a second chance, one at a time. */
static bool try_again(Crew *crew, const bool *stop)
{
    bool ok = true;
    crew->last_try = true;
    for (size_t i = 0; ok && i < crew->again_count && !*stop; i++) {
        crew->shared->only = crew->again[i] + 1;
        atomic_store(&crew->shared->next, 0);
        ok = start(crew, 0) && tend(crew, stop);
    }
    return ok;
}

bool batch_work(const BatchRun *run, const BatchHandler *handler, const bool *stop, Diag *diag)
{
    size_t count = (size_t)run->job->jobs < run->document_count ? (size_t)run->job->jobs : run->document_count;
    if (count == 0)
        return true;
    BatchShared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return diag_add(diag, DIAG_BATCH_NO_WORKER, (DiagPlace){0}, strerror(errno));
    Crew crew = {
        .run = run, .handler = handler, .shared = shared, .count = count, .scratch = arena_open(0), .diag = diag};
    crew.again = ARENA_ARRAY(crew.scratch, AGAIN_MOST, size_t);
    crew.reported = ARENA_ARRAY(crew.scratch, run->document_count, unsigned char);
    crew.children = ARENA_ARRAY(crew.scratch, count, Child);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = start(&crew, i);
    ok = tend(&crew, stop) && ok;
    ok = ok && try_again(&crew, stop);
    if (atomic_load(&shared->open) & BATCH_OPEN_FILES)
        diag_add(diag, DIAG_BATCH_OPEN_FILES, (DiagPlace){0}, "Landlock");
    if (atomic_load(&shared->open) & BATCH_OPEN_CALLS)
        diag_add(diag, DIAG_BATCH_OPEN_CALLS, (DiagPlace){0}, "seccomp");
    for (size_t i = 0; i < count; i++)
        buf_free(&crew.children[i].bytes);
    arena_close(crew.scratch);
    munmap(shared, sizeof *shared);
    return ok;
}
