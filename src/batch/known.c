/* What need not be made again: a document whose fingerprint is that of the one that is published.
 *
 * A fingerprint is the SHA-256 of everything that a document is made from: the program itself (its file's bytes, so that a new build makes all
 * anew), the options, fonts with their files, scheme, layout with its images, the unit's data hash, and the rows that the layout's queries
 * returned, among them other units' (a plot of peers, a rank). Rows are read before anything is set, so a document that stays costs its
 * queries only.
 *
 * When nothing at all has changed, not even that is needed: each document also remembers its basis, the same hash over the data of all units
 * in place of its rows. One query finds those whose basis is today's. A file that is gone, or of another size than was recorded, is made again.
 * Content changed by hand to the same size is not seen here; the manifest's SHA-256 tells, and --force makes all.
 */
#include "batch/batch_int.h"

#include "base/file.h"
#include "data/data.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ── fingerprints of what all documents share ── */

static void hash_options(Hash *hash, const BatchJob *job)
{
    const int32_t options[] = {job->year, job->as_of.year,      job->as_of.month,    job->as_of.day,
                               job->pdfa, job->pdfa_accessible, job->replace_missing};
    hash_add(hash, options, sizeof options);
}

static void hash_faces(Hash *hash, const TextFonts *fonts)
{
    for (size_t i = 0; i < text_face_count(fonts); i++) {
        const TextFace *face = text_face(fonts, (uint16_t)i);
        hash_field(hash, face->sha256);
        hash_add(hash, &face->index, sizeof face->index);
    }
}

/* `program`, `fonts`: hashes of the program's file and of the font configuration. */
static const char *stamp_of(const BatchRun *run, size_t layout, const char *program, const char *fonts)
{
    Hash *hash = hash_open();
    unsigned char sum[HASH_SIZE];
    char *hex = arena_alloc(run->arena, HASH_HEX);
    hash_field(hash, program);
    hash_options(hash, run->job);
    hash_field(hash, fonts);
    hash_faces(hash, run->fonts);
    hash_field(hash, assess_scheme_hash(run->scheme));
    hash_field(hash, run->layouts[layout]->hash);
    hash_close(hash, sum);
    hash_hex(sum, hex);
    return hex;
}

static const char *basis_of(const BatchRun *run, size_t layout, const char *data_hash)
{
    Hash *hash = hash_open();
    unsigned char sum[HASH_SIZE];
    char *hex = arena_alloc(run->arena, HASH_HEX);
    hash_field(hash, run->stamps[layout]);
    hash_field(hash, data_hash);
    hash_close(hash, sum);
    hash_hex(sum, hex);
    return hex;
}

static bool find_bases(BatchRun *run, Diag *diag)
{
    DataDb *db = data_open_assessment(run->assessment, diag);
    DataStmt *find =
        db ? data_prepare(db, "SELECT value FROM meta WHERE key = 'data_hash'", (DiagPlace){0}, diag) : NULL;
    const bool ok = find && data_step(find, diag) == DATA_ROW;
    for (size_t i = 0; ok && i < run->job->layout_count; i++)
        run->bases[i] = basis_of(run, i, data_text(find, 0));
    data_finalize(find);
    data_close(db);
    return ok;
}

/* ── what is published ── */

/* Where a unit stands in this run; behind all of them when it is none of it. */
static size_t place_of(const BatchRun *run, int64_t ordinal)
{
    if (!run->selected)
        return ordinal > 0 ? (size_t)ordinal - 1 : run->unit_count;
    if (run->job->shard) { /* a large part, in rising order */
        size_t low = 0, high = run->selected_count;
        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            if (run->selected[middle] < ordinal)
                low = middle + 1;
            else
                high = middle;
        }
        return low < run->selected_count && run->selected[low] == ordinal ? low : run->selected_count;
    }
    size_t place = 0; /* a few, as they were named */
    while (place < run->selected_count && run->selected[place] != ordinal)
        place++;
    return place;
}

/* The number of a document in this run, or document_count when it is none of it. */
static size_t index_of(const BatchRun *run, int64_t ordinal, size_t layout)
{
    size_t unit_layouts = 0, before = 0;
    for (size_t i = 0; i < run->job->layout_count; i++) {
        unit_layouts += run->layouts[i]->for_unit;
        before += i < layout && run->layouts[i]->for_unit == run->layouts[layout]->for_unit;
    }
    const size_t units = run->selected ? run->selected_count : run->unit_count;
    if (!run->layouts[layout]->for_unit)
        return run->of_run > 0 ? units * unit_layouts + before : run->document_count;
    const size_t unit = place_of(run, ordinal);
    return unit < units ? unit * unit_layouts + before : run->document_count;
}

static bool same_size(int directory, const char *file, int64_t bytes)
{
    struct stat status;
    return fstatat(directory, file, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
           status.st_size == bytes;
}

/* unit's ordinal, layout, fingerprint, basis, file, bytes */
static void note(BatchRun *run, BatchKnown *known, sqlite3_stmt *row, int directory)
{
    size_t layout = 0;
    while (layout < run->job->layout_count &&
           strcmp(run->layouts[layout]->name, (const char *)sqlite3_column_text(row, 1)) != 0)
        layout++;
    if (layout == run->job->layout_count || sqlite3_column_bytes(row, 2) != HASH_SIZE)
        return;
    const size_t index = index_of(run, sqlite3_column_int64(row, 0), layout);
    if (index >= run->document_count ||
        !same_size(directory, (const char *)sqlite3_column_text(row, 4), sqlite3_column_int64(row, 5)))
        return;
    const char *basis = (const char *)sqlite3_column_text(row, 3);
    memcpy(known[index].fingerprint, sqlite3_column_blob(row, 2), HASH_SIZE);
    known[index].published = true;
    known[index].current = basis && strcmp(basis, run->bases[layout]) == 0;
}

static const char PUBLISHED[] = "SELECT coalesce(u.ordinal, 0), d.layout, d.fingerprint, d.basis, d.file, d.bytes"
                                " FROM document AS d LEFT JOIN assessment.unit AS u ON u.code = d.unit"
                                " WHERE d.status = 'published' AND d.fingerprint IS NOT NULL"
                                " AND (d.unit = '' OR u.ordinal IS NOT NULL)";

static bool read_published(BatchRun *run, BatchKnown *known, const char *path, Diag *diag)
{
    sqlite3 *db = batch_state_open(path, diag);
    sqlite3_stmt *rows = NULL;
    const int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!db)
        return false;
    int step =
        batch_state_attach(db, run->assessment) ? sqlite3_prepare_v2(db, PUBLISHED, -1, &rows, NULL) : SQLITE_ERROR;
    while (step == SQLITE_OK || step == SQLITE_ROW) {
        step = sqlite3_step(rows);
        if (step == SQLITE_ROW)
            note(run, known, rows, directory);
    }
    if (step != SQLITE_DONE)
        diag_add(diag, DIAG_BATCH_STATE, (DiagPlace){0}, path, sqlite3_errmsg(db));
    sqlite3_finalize(rows);
    sqlite3_close(db);
    close(directory);
    return step == SQLITE_DONE;
}

static bool has_state(const BatchRun *run)
{
    return access(file_join(run->arena, run->home, "state.db"), F_OK) == 0;
}

bool batch_know(BatchRun *run, Diag *diag)
{
    char program[HASH_HEX], fonts[HASH_HEX];
    if (!batch_hash_file("/proc/self/exe", program, diag) || !batch_hash_file(run->job->fonts, fonts, diag))
        return false;
    for (size_t i = 0; i < run->job->layout_count; i++)
        run->stamps[i] = stamp_of(run, i, program, fonts);
    BatchKnown *known = ARENA_ARRAY(run->arena, run->document_count, BatchKnown);
    run->known = known;
    if (!find_bases(run, diag))
        return false;
    /* A shard knows what the year has, and what it has made itself before it was interrupted; it leaves no mark on the year. */
    if (!run->job->force && (run->home == run->directory || has_state(run)) &&
        !read_published(run, known, run->home, diag))
        return false;
    if (run->home != run->directory && !read_published(run, known, run->directory, diag))
        return false;
    for (size_t i = 0; i < run->document_count; i++)
        run->current_count += known[i].current;
    return true;
}
