/* Charts of random rows, steep and flat, with gaps and ties, at several sizes: what is painted is looked at as a reader would. No label lies over
 * another, over a line or dot of the data or an axis; none leaves the picture; missing data is said. */
#include "base/file.h"
#include "typeset/typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { UNITS = 120, MOST_BOXES = 4000, SAMPLES = 400, MARGIN = 20000 };

static struct {
    Arena *run;
    const TextFonts *fonts;
    Diag *diag;
    char directory[32];
} world;

static int open_world(void **state)
{
    (void)state;
    world.run = arena_open(0);
    world.diag = diag_open(world.run, 0);
    world.fonts = text_fonts_load(world.run, "fonts/fonts.xml", world.diag);
    strcpy(world.directory, "/tmp/test_charts.XXXXXX");
    return world.fonts && mkdtemp(world.directory) ? 0 : -1;
}

static int close_world(void **state)
{
    (void)state;
    rmdir(world.directory);
    arena_close(world.run);
    return 0;
}

/* ── random rows ── */

static uint32_t seed = 20201231;

static int draw(int below)
{
    seed = seed * 1664525 + 1013904223;
    return (int)((seed >> 8) % (uint32_t)below);
}

static const char *number(Arena *arena, int flavour)
{
    const int kind = draw(7);
    if (kind == 0)
        return "NULL";
    if (kind < 4 && flavour == 0) /* steep */
        return arena_print(arena, "%d", kind == 1 ? draw(3) : 10000 - draw(3));
    return arena_print(arena, "%d", flavour == 1 ? 9000 + draw(400) : draw(10001));
}

static const char *label(Arena *arena, int row)
{
    static const char *const names[] = {"悟思想", "强党性", "抓落实到底", "保民生", "固基层", "A区", "2020年"};
    return arena_print(arena, "%s%d", names[draw(7)], row);
}

typedef struct Kind {
    const char *type, *attributes;
    int least, most; /* rows */
} Kind;

static const char *random_rows(Arena *arena, const Kind *kind)
{
    Buf sql = {0};
    buf_text(&sql, "CREATE TABLE v (unit_id INTEGER, n INTEGER, name TEXT, value INTEGER, other INTEGER);");
    const bool gauge = strcmp(kind->type, "gauge") == 0, dot = strcmp(kind->type, "dot") == 0;
    for (int unit = 1; unit <= UNITS; unit++) {
        const int rows = kind->least + draw(kind->most - kind->least + 1), flavour = draw(3), own = draw(rows);
        const char *value = number(arena, flavour);
        int begin = 0;
        for (int row = 0; row < rows; row++) {
            const char *other = number(arena, flavour);
            if (gauge)
                other = arena_print(arena, "%d", begin);
            if (dot)
                other = row == own ? "1" : "NULL";
            buf_print(&sql, "INSERT INTO v VALUES (%d, %d, '%s', %s, %s);", unit, row, label(arena, row),
                      gauge ? value : number(arena, flavour), other);
            begin += draw(2) ? 100 : 2500;
        }
    }
    const char *text = arena_string(arena, buf_cstring(&sql));
    buf_free(&sql);
    return text;
}

static DataDb *open_rows(Arena *arena, const char *sql)
{
    const char *path = file_join(arena, world.directory, "rows.db");
    DataDb *db = data_create(path, world.diag);
    assert_non_null(db);
    const char *mark = arena_print(arena, "PRAGMA application_id = %d; PRAGMA user_version = %d;BEGIN;",
                                   DATA_ASSESSMENT_ID, DATA_ASSESSMENT_VERSION);
    assert_true(data_exec(db, mark, world.diag, (DiagPlace){0}));
    assert_true(data_exec(db, sql, world.diag, (DiagPlace){0}));
    assert_true(data_exec(db, "COMMIT", world.diag, (DiagPlace){0}));
    data_close(db);
    db = data_open_assessment(path, world.diag);
    assert_non_null(db);
    unlink(path);
    return db;
}

/* ── what is seen ── */

typedef struct Box {
    Mpt left, top, right, bottom;
    const char *text;
} Box;

typedef struct Seen {
    Box labels[MOST_BOXES];
    size_t label_count;
} Seen;

static bool is_solid(uint32_t colour)
{
    return colour == 0xA33A32 || colour == 0x3C3C3C || colour == 0x7F7F7F;
}

static void see_label(Seen *seen, Arena *arena, const PageOp *op)
{
    const PageGlyph *first = op->as.glyphs.glyphs, *last = &first[op->as.glyphs.count - 1];
    const Mpt size = op->as.glyphs.size, x = op->as.glyphs.x, y = op->as.glyphs.y;
    assert_true(seen->label_count < MOST_BOXES);
    seen->labels[seen->label_count++] =
        (Box){x + first->x, y - size * 80 / 100, x + last->x + last->advance, y + size * 5 / 100,
              arena_text(arena, op->as.glyphs.text + first->start, last->start + last->length - first->start)};
}

static bool is_inside(const Box *box, Mpt x, Mpt y)
{
    return x > box->left && x < box->right && y > box->top && y < box->bottom;
}

static void assert_clear(const Seen *seen, Mpt x, Mpt y, const char *where)
{
    for (size_t i = 0; i < seen->label_count; i++)
        if (is_inside(&seen->labels[i], x, y))
            fail_msg("%s: a line meets “%s”", where, seen->labels[i].text);
}

/* Every stroke of the data and the axes is walked along; dots, drawn by curves, by the corners of their box. */
static void check_path(const Seen *seen, const PageOp *op, const char *where)
{
    if (!is_solid(op->as.path.stroke) && !is_solid(op->as.path.fill))
        return;
    const PagePoint *p = op->as.path.points;
    for (size_t i = 0; i < op->as.path.point_count; i++) {
        const bool closed = op->as.path.verbs[op->as.path.verb_count - 1] == PAGE_CLOSE;
        if (i + 1 == op->as.path.point_count && !closed)
            break;
        const PagePoint a = p[i], b = p[(i + 1) % op->as.path.point_count];
        for (int k = 0; k <= SAMPLES; k++)
            assert_clear(seen, a.x + (Mpt)((int64_t)(b.x - a.x) * k / SAMPLES),
                         a.y + (Mpt)((int64_t)(b.y - a.y) * k / SAMPLES), where);
    }
}

static void check_labels(const Seen *seen, Mpt width, Mpt height, const char *where)
{
    for (size_t i = 0; i < seen->label_count; i++) {
        const Box *a = &seen->labels[i];
        if (a->left < MARGIN - 1 || a->right > width - MARGIN + 1 || a->top < MARGIN || a->bottom > height)
            fail_msg("%s: “%s” leaves the picture", where, a->text);
        for (size_t k = 0; k < i; k++) {
            const Box *b = &seen->labels[k];
            if (a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom)
                fail_msg("%s: “%s” meets “%s”", where, a->text, b->text);
        }
    }
}

/* Also where a label is broken into lines. */
static bool says(const Seen *seen, const char *text)
{
    Buf all = {0};
    for (size_t i = 0; i < seen->label_count; i++)
        buf_text(&all, seen->labels[i].text);
    const bool found = strstr(buf_cstring(&all), text) != NULL;
    buf_free(&all);
    return found;
}

static void look(Arena *arena, const Page *page, bool missing, const char *where)
{
    Seen *seen = ARENA_NEW(arena, Seen);
    for (const PageOp *op = page->ops; op; op = op->next)
        if (op->kind == PAGE_GLYPHS)
            see_label(seen, arena, op);
    check_labels(seen, page->width, page->height, where);
    for (const PageOp *op = page->ops; op; op = op->next)
        if (op->kind == PAGE_PATH)
            check_path(seen, op, where);
    if (missing && !says(seen, "无数据"))
        fail_msg("%s: missing data is not said", where);
}

/* ── every kind ── */

static const Kind kinds[] = {
    {"bar", "reference=\"other\" value-name=\"今年\" reference-name=\"去年\" max=\"100\"", 1, 12},
    {"radar", "reference=\"other\" value-name=\"今年\" reference-name=\"去年\" max=\"100\"", 3, 8},
    {"line", "reference=\"other\" value-name=\"今年\" reference-name=\"去年\"", 1, 6},
    {"stack", "caption=\"{value|score}票\"", 1, 8},
    {"dot", "reference=\"other\" value-name=\"同组\" reference-name=\"本单位\"", 1, 60},
    {"gauge", "reference=\"other\" caption=\"{value|score}分\" max=\"100\"", 1, 5},
};

static const struct {
    int width, height; /* mm */
    bool ample;        /* no chart may be refused */
} sizes[] = {{55, 30, false}, {80, 45, true}, {110, 60, true}, {160, 50, true}};

static const char *write_layout(Arena *arena, const Kind *kind, int width, int height)
{
    const char *path = file_join(arena, world.directory, "chart.xml");
    const char *text = arena_print(
        arena,
        "<layout xmlns=\"urn:shuzhi:layout:1\" name=\"t\" for=\"unit\" title=\"t\">"
        "<styles><style for=\"layout\" font-family=\"song\" font-size=\"8pt\"/></styles>"
        "<page size=\"%dmm 200mm\" margin=\"20pt\"/>"
        "<query name=\"v\" rows=\"many\">SELECT name, value, other FROM v WHERE unit_id = :unit ORDER BY n</query>"
        "<body><chart type=\"%s\" query=\"v\" label=\"{name}\" value=\"value\" decimals=\"2\" height=\"%dmm\" "
        "alt=\"x\" %s/></body></layout>",
        width + 14, kind->type, height, kind->attributes);
    assert_true(file_write(path, text, strlen(text), world.diag));
    return path;
}

static bool has_gap(DataDb *db, int unit)
{
    DataStmt *find =
        data_prepare(db, "SELECT count(*) FROM v WHERE unit_id = :unit AND value IS NULL", (DiagPlace){0}, world.diag);
    data_bind_int(find, ":unit", unit);
    assert_int_equal(data_step(find, world.diag), DATA_ROW);
    const bool gap = data_int(find, 0) > 0;
    data_finalize(find);
    return gap;
}

static void check_kind(const Kind *kind, int width, int height, bool ample)
{
    Arena *arena = arena_open(0), *unit = arena_open(1 << 20);
    DataDb *db = open_rows(arena, random_rows(arena, kind));
    const char *path = write_layout(arena, kind, width, height);
    const Layout *layout = layout_load(arena, path, image_table_open(arena), world.diag);
    assert_non_null(layout);
    unlink(path);
    TsProgram *program = ts_bind(arena, layout, world.fonts, db, world.diag);
    assert_non_null(program);
    for (int i = 1; i <= UNITS; i++) {
        Diag *diag = diag_open(unit, 0);
        TsResult result;
        const char *where = arena_print(unit, "%s %d×%d, unit %d", kind->type, width, height, i);
        if (ts_set(program, unit, &(TsUnit){.unit_id = i, .code = "1", .year = 2020}, &result, diag))
            look(unit, result.document->pages, has_gap(db, i), where);
        else if (ample || diag_item(diag, 0)->code != DIAG_TS_CHART_ROOM)
            fail_msg("%s: %s %s", where, diag_code_name(diag_item(diag, 0)->code), diag_item(diag, 0)->args[0]);
        arena_reset(unit);
    }
    data_close(db);
    arena_close(unit);
    arena_close(arena);
}

static void labels_keep_clear(void **state)
{
    const Kind *kind = *state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_kind(kind, sizes[i].width, sizes[i].height, sizes[i].ample);
}

int main(void)
{
    enum { KINDS = sizeof kinds / sizeof *kinds };
    struct CMUnitTest tests[KINDS];
    for (size_t i = 0; i < KINDS; i++)
        tests[i] = (struct CMUnitTest){kinds[i].type, labels_keep_clear, NULL, NULL, (void *)(uintptr_t)&kinds[i]};
    return cmocka_run_group_tests(tests, open_world, close_world);
}
