/* The job file: what a run takes when no option says otherwise. */
#include "batch/batch_int.h"

#include "base/file.h"
#include "base/xml.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const char batch_job_grammar[];
extern const size_t batch_job_grammar_length;

/* A path of the job file is relative to the directory that the file is in. */
static const char *resolve(Arena *arena, const char *job_path, const XmlNode *node)
{
    const char *path = xml_text(arena, node);
    return path[0] == '/' ? path : file_join(arena, file_directory(arena, job_path), path);
}

static void take_path(Arena *arena, const XmlFile *file, const char *name, const char **out)
{
    const XmlNode *node = xml_child(file->root, name);
    if (node && !*out)
        *out = resolve(arena, file->path, node);
}

static void take_number(Arena *arena, const XmlFile *file, const char *name, int *out)
{
    const XmlNode *node = xml_child(file->root, name);
    if (node && *out == 0)
        *out = (int)strtol(xml_text(arena, node), NULL, 10); /* the grammar holds it to a small integer */
}

bool batch_parse_pdfa(const char *text, BatchJob *job)
{
    if (*text < '1' || *text > '3' || (text[1] && strcmp(text + 1, "a") != 0 && strcmp(text + 1, "b") != 0))
        return false;
    job->pdfa = *text - '0';
    job->pdfa_accessible = text[1] == 'a';
    return true;
}

static bool take_layouts(Arena *arena, const XmlFile *file, BatchJob *job, Diag *diag)
{
    if (job->layout_count > 0)
        return true;
    for (const XmlNode *node = xml_child(file->root, "layout"); node; node = xml_next(node, "layout")) {
        if (job->layout_count == BATCH_LAYOUTS_MAX)
            return diag_add(diag, DIAG_BATCH_TOO_MANY, xml_place(file, node), "layout",
                            diag_number(diag, BATCH_LAYOUTS_MAX));
        job->layouts[job->layout_count++] = resolve(arena, file->path, node);
    }
    return true;
}

bool batch_load_job(Arena *arena, const char *path, BatchJob *job, Diag *diag)
{
    const XmlFile *file = xml_load(arena, path, batch_job_grammar, batch_job_grammar_length, "urn:shuzhi:job:1", diag);
    if (!file)
        return false;
    take_path(arena, file, "db", &job->db);
    take_path(arena, file, "scheme", &job->scheme);
    take_path(arena, file, "below", &job->below);
    take_path(arena, file, "fonts", &job->fonts);
    take_path(arena, file, "out", &job->out);
    take_path(arena, file, "metrics", &job->metrics);
    take_number(arena, file, "year", &job->year);
    take_number(arena, file, "jobs", &job->jobs);
    const XmlNode *part = xml_child(file->root, "pdfa");
    if (part && job->pdfa == 0)
        batch_parse_pdfa(xml_text(arena, part), job);
    const XmlNode *missing = xml_child(file->root, "missing-characters");
    job->replace_missing |= missing && strcmp(xml_text(arena, missing), "replace") == 0;
    return take_layouts(arena, file, job, diag);
}

/* A file that came with the program: installed beside it, or in the source tree. */
static const char *find_shared(Arena *arena, const char *name)
{
    static const char *const places[] = {"../share/shuzhi", "..", "../.."};
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return NULL;
    program[length] = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *path = file_join(arena, file_join(arena, file_directory(arena, program), places[i]), name);
        if (access(path, R_OK) == 0)
            return path;
    }
    return NULL;
}

const char *batch_default_fonts(Arena *arena)
{
    return find_shared(arena, "fonts/fonts.xml");
}

const char *batch_report_layout(Arena *arena, const char *name)
{
    return find_shared(arena, file_join(arena, "layouts/reports", name));
}
