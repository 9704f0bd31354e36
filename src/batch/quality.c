/* Data quality before the night: what in the activity database may cost a unit marks that it earned, ordered by how many points depend on
 * it. The year is assessed first, into a database of its own that is thrown away: it tells what each table is worth, and layouts can read
 * it. The findings are quality.sql's; characters that no face has are found here, as only the fonts know them.
 */
#include "batch/batch_int.h"

#include "base/csv.h"
#include "base/file.h"
#include "base/utf8.h"
#include "data/data.h"
#include "import/import.h"

#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

extern const char batch_quality_sql[];

typedef struct Quality {
    const BatchJob *job;
    Arena *arena;
    const TextFonts *fonts;
    const char *path; /* of the database that is thrown away */
    sqlite3 *db;
    Diag *diag;
} Quality;

static bool complain(const Quality *q)
{
    return diag_add(q->diag, DIAG_BATCH_STATE, (DiagPlace){0}, q->path, sqlite3_errmsg(q->db));
}

/* ── characters that no face has ── */

/* Texts that are printed: table, key, unit, text. Those of units first. */
static const char TEXTS[] =
    "SELECT 'unit', id, name, name FROM activity.unit"
    " UNION ALL SELECT 'person', p.id, coalesce(u.name, ''), p.name FROM activity.person AS p"
    "  LEFT JOIN activity.unit AS u ON u.id = p.branch_id"
    " UNION ALL SELECT 'problem', q.id, u.name, q.text || coalesce(q.measure, '') FROM activity.problem AS q"
    "  JOIN activity.unit AS u ON u.id = q.unit_id"
    " UNION ALL SELECT 'narrative', n.unit_id || '/' || n.year || '/' || n.section || '/' || n.ordinal, u.name, n.text"
    "  FROM activity.narrative AS n JOIN activity.unit AS u ON u.id = n.unit_id"
    " UNION ALL SELECT 'activity', a.id, u.name, a.title FROM activity.activity AS a JOIN activity.unit AS u ON u.id = "
    "a.unit_id";

/* The first character of a text that some role has in none of its faces; 0: there is none. `known` remembers, by code. */
static uint32_t first_missing(const Quality *q, unsigned char *known, const char *text)
{
    while (*text) {
        const uint32_t code = utf8_next(&text);
        if (code < 0x20 || known[code] == 1)
            continue;
        known[code] = 1;
        for (size_t role = 0; role < text_role_count(q->fonts); role++)
            if (text_face_for(q->fonts, (int)role, code) < 0 && !text_is_ignorable(code))
                known[code] = 2;
        if (known[code] == 2)
            return code;
    }
    return 0;
}

static bool note_missing(sqlite3_stmt *insert, sqlite3_stmt *row, uint32_t code, Arena *arena)
{
    char character[5] = {0};
    utf8_encode(code, character);
    sqlite3_bind_text(insert, 1, (const char *)sqlite3_column_text(row, 0), -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(insert, 2, (const char *)sqlite3_column_text(row, 1), -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(insert, 3, (const char *)sqlite3_column_text(row, 2), -1, SQLITE_TRANSIENT);
    /* The character is told by its number alone: a document that shows it could not be printed either. */
    sqlite3_bind_text(insert, 4, arena_print(arena, "U+%04X", (unsigned)code), -1, SQLITE_TRANSIENT);
    const bool ok = sqlite3_step(insert) == SQLITE_DONE;
    sqlite3_reset(insert);
    return ok;
}

static bool find_missing(Quality *q)
{
    enum { CODES = 0x110000 };
    unsigned char *known = ARENA_ARRAY(q->arena, CODES, unsigned char);
    sqlite3_stmt *rows = NULL, *insert = NULL;
    bool ok = sqlite3_prepare_v2(q->db, TEXTS, -1, &rows, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(q->db, "INSERT INTO quality VALUES ('no-face', 10000, ?1, ?2, ?3, ?4)", -1, &insert,
                                 NULL) == SQLITE_OK;
    int step = SQLITE_DONE;
    while (ok && (step = sqlite3_step(rows)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(rows, 3);
        const uint32_t code = text && utf8_valid(text, strlen(text), NULL) ? first_missing(q, known, text) : 0;
        ok = code == 0 || note_missing(insert, rows, code, q->arena);
    }
    ok = ok && step == SQLITE_DONE;
    if (!ok)
        complain(q);
    sqlite3_finalize(rows);
    sqlite3_finalize(insert);
    return ok;
}

/* ── the findings ── */

static bool attach_activity(Quality *q)
{
    sqlite3_stmt *attach = NULL;
    DataDb *checked = data_open_activity(q->job->db, q->diag);
    data_close(checked);
    if (!checked)
        return false;
    const bool ok = sqlite3_prepare_v2(q->db, "ATTACH ?1 AS activity", -1, &attach, NULL) == SQLITE_OK &&
                    sqlite3_bind_text(attach, 1, q->job->db, -1, SQLITE_STATIC) == SQLITE_OK &&
                    sqlite3_step(attach) == SQLITE_DONE;
    sqlite3_finalize(attach);
    return ok || complain(q);
}

/* What the office calls its tables: the titles of the import mapping. */
static bool put_titles(Quality *q)
{
    const ImportMapping *mapping = import_load_mapping(q->arena, NULL, q->diag);
    sqlite3_stmt *insert = NULL;
    bool ok = mapping &&
              sqlite3_exec(q->db, "CREATE TABLE quality_table (source TEXT PRIMARY KEY, title TEXT NOT NULL) STRICT",
                           NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(q->db, "INSERT INTO quality_table VALUES (?1, ?2)", -1, &insert, NULL) == SQLITE_OK;
    for (size_t i = 0; ok && i < import_table_count(mapping); i++) {
        sqlite3_bind_text(insert, 1, import_table_name(mapping, i), -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 2, import_table_title(mapping, i), -1, SQLITE_STATIC);
        ok = sqlite3_step(insert) == SQLITE_DONE;
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    return ok || (mapping && complain(q));
}

static bool find_all(Quality *q)
{
    if (sqlite3_open_v2(q->path, &q->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return complain(q);
    return attach_activity(q) && put_titles(q) &&
           (sqlite3_exec(q->db, batch_quality_sql, NULL, NULL, NULL) == SQLITE_OK || complain(q)) && find_missing(q);
}

static bool count(Quality *q, int64_t heavy, BatchFindings *findings)
{
    sqlite3_stmt *rows = NULL;
    const bool ok = sqlite3_prepare_v2(q->db, "SELECT count(*), count(*) FILTER (WHERE points >= ?1) FROM quality", -1,
                                       &rows, NULL) == SQLITE_OK &&
                    sqlite3_bind_int64(rows, 1, heavy) == SQLITE_OK && sqlite3_step(rows) == SQLITE_ROW;
    if (ok)
        *findings = (BatchFindings){(size_t)sqlite3_column_int64(rows, 0), (size_t)sqlite3_column_int64(rows, 1)};
    sqlite3_finalize(rows);
    return ok || complain(q);
}

/* ── the report ── */

static void put_column(Buf *out, sqlite3_stmt *row, int column, bool more)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    csv_field(out, text ? text : "");
    buf_text(out, more ? "," : "\r\n");
}

/* With a byte order mark, by which WPS and Excel know UTF-8. */
static bool write_csv(Quality *q, const char *output)
{
    static const char sql[] =
        "SELECT k.title, printf('%d.%02d', q.points / 100, q.points % 100), coalesce(t.title, q.source), q.key, "
        "q.unit, q.what, k.advice"
        " FROM quality AS q JOIN quality_kind AS k USING (kind) LEFT JOIN quality_table AS t USING (source)"
        " ORDER BY q.points DESC, k.ordinal, q.unit, q.source, length(q.key), q.key, q.what";
    static const char *const heads[] = {"类别", "影响分值", "表", "编号", "单位", "问题", "建议"};
    enum { COLUMNS = sizeof heads / sizeof *heads };
    sqlite3_stmt *rows = NULL;
    Buf out = {0};
    buf_text(&out, "\xEF\xBB\xBF");
    for (int i = 0; i < COLUMNS; i++) {
        csv_field(&out, heads[i]);
        buf_text(&out, i + 1 < COLUMNS ? "," : "\r\n");
    }
    int step = sqlite3_prepare_v2(q->db, sql, -1, &rows, NULL);
    while (step == SQLITE_OK || step == SQLITE_ROW) {
        step = sqlite3_step(rows);
        for (int i = 0; step == SQLITE_ROW && i < COLUMNS; i++)
            put_column(&out, rows, i, i + 1 < COLUMNS);
    }
    sqlite3_finalize(rows);
    const bool ok = step == SQLITE_DONE ? file_write(output, out.bytes, out.length, q->diag) : complain(q);
    buf_free(&out);
    return ok;
}

static bool write_pdf(Quality *q, const char *output)
{
    BatchJob job = *q->job;
    const BatchPreview preview = {.assessment = q->path, .output = output};
    BatchRendering rendering;
    BatchPreviewer *previewer = batch_preview_open(q->arena, &job, &preview, q->diag);
    return previewer && batch_preview_render(previewer, NULL, &rendering, q->diag);
}

static bool ends_in(const char *path, const char *end)
{
    const size_t length = strlen(path), tail = strlen(end);
    return length > tail && strcmp(path + length - tail, end) == 0;
}

static bool look(Quality *q, const char *output, int64_t heavy, BatchFindings *findings)
{
    if (!find_all(q) || !count(q, heavy, findings))
        return false;
    if (ends_in(output, ".csv"))
        return write_csv(q, output);
    sqlite3_close(q->db); /* the layout reads the file */
    q->db = NULL;
    return write_pdf(q, output);
}

bool batch_quality(const BatchJob *request, const char *output, int64_t heavy, BatchFindings *findings, Diag *diag)
{
    *findings = (BatchFindings){0};
    if (!ends_in(output, ".csv") && !ends_in(output, ".pdf"))
        return diag_add(diag, DIAG_BATCH_QUALITY_OUTPUT, (DiagPlace){0}, output);
    Arena *arena = arena_open(0);
    BatchJob job = *request;
    job.layouts[0] = batch_report_layout(arena, "quality.xml");
    job.layout_count = job.layouts[0] ? 1 : 0;
    job.replace_missing = true; /* the report must come out, whatever it has to tell */
    BatchRun run = {.job = &job, .arena = arena};
    bool ok = batch_complete(arena, &job, true, diag) && batch_load(&run, diag);
    if (ok) {
        Quality q = {.job = &job, .arena = arena, .fonts = run.fonts, .diag = diag};
        q.path = file_join(arena, file_directory(arena, output), arena_print(arena, ".shuzhi-%ld.tmp", (long)getpid()));
        ok = batch_assess_into(&run, q.path, NULL, diag) && look(&q, output, heavy, findings);
        sqlite3_close(q.db);
        unlink(q.path);
    }
    arena_close(arena);
    return ok;
}
