/* Included parts: finding the files of a layout before anything of it is compiled.
 *
 * A part is read once, however often it is included, and its definitions count once; its body is compiled wherever the include
 * stands in flow, with the rows and lets of that place. The definitions of all parts are known everywhere, so the files are looked
 * for first, from the whole text, depth first: a file comes after those that it includes, and what it says wins over them.
 *
 * href is a path relative to the file with the include. It may not leave the directory of the layout: a layout and its parts can
 * then be checked, copied and archived as one tree, and a layout from elsewhere cannot read what is not its own. Links
 * within the tree are followed, for they are made by whoever keeps it.
 */
#include "layout/layout_int.h"

#include "base/file.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FILES = 64, MAX_DEPTH = 8 };

/* The files whose includes led here. */
typedef struct Chain {
    const LayoutFile *file;
    int depth;
    const struct Chain *outer;
} Chain;

/* ── paths ── */

/* `href` as seen from the file `from`, both relative to the layout's directory, without "." and ".."; NULL when it leaves that. */
static const char *resolve(Arena *arena, const char *from, const char *href)
{
    char *path = arena_alloc(arena, strlen(from) + strlen(href) + 2);
    const char *slash = strrchr(from, '/');
    size_t length = slash ? (size_t)(slash - from) : 0;
    memcpy(path, from, length);
    if (*href == '/')
        return NULL;
    while (*href) {
        const size_t step = strcspn(href, "/");
        if (step == 2 && href[0] == '.' && href[1] == '.') {
            if (length == 0)
                return NULL;
            while (length > 0 && path[--length] != '/')
                ;
        } else if (step > 0 && !(step == 1 && href[0] == '.')) {
            if (length > 0)
                path[length++] = '/';
            memcpy(path + length, href, step);
            length += step;
        }
        href += step + (href[step] == '/');
    }
    path[length] = '\0';
    return length > 0 ? path : NULL;
}

static const char *on_disk(LayoutCompiler *c, const char *path)
{
    return file_join(c->run, file_directory(c->run, c->layout->path), path);
}

/* The names in the directory of a file that is not there, for a suggestion. */
static const char *suggest_file(LayoutCompiler *c, const char *path)
{
    Map *names = map_open(c->run);
    DIR *directory = opendir(file_directory(c->run, path));
    const struct dirent *entry;
    while (directory && (entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.')
            map_add(names, arena_string(c->run, entry->d_name), NULL);
    if (directory)
        closedir(directory);
    const char *slash = strrchr(path, '/');
    const char *nearest = map_nearest(names, slash ? slash + 1 : path);
    return nearest ? nearest : "—";
}

/* ── loading ── */

static void load_parts(LayoutCompiler *c, const XmlNode *xml, const Chain *chain);

static const char *chain_text(LayoutCompiler *c, const Chain *chain, const char *end)
{
    const char *text = end;
    for (const Chain *link = chain; link; link = strcmp(link->file->path, end) == 0 ? NULL : link->outer)
        text = arena_print(c->run, "%s → %s", link->file->path, text);
    return text;
}

static bool is_open(const Chain *chain, const char *path)
{
    while (chain && strcmp(chain->file->path, path) != 0)
        chain = chain->outer;
    return chain != NULL;
}

/* Whether the part may be read, by what is known before it is opened. */
static bool check_part(LayoutCompiler *c, const XmlNode *xml, const Chain *chain, const char *path)
{
    const DiagPlace place = xml_place(chain->file->xml, xml);
    const char *href = xml_attr(xml, "href");
    if (!path)
        return LAYOUT_FAIL(c, LAYOUT_INCLUDE_PATH, place, href);
    if (is_open(chain, path))
        return LAYOUT_FAIL(c, LAYOUT_INCLUDE_CYCLE, place, chain_text(c, chain, path));
    if (chain->depth == MAX_DEPTH || map_count(c->parts) == MAX_FILES)
        return LAYOUT_FAIL(c, LAYOUT_INCLUDE_LIMIT, place, diag_number(c->diag, MAX_FILES),
                           diag_number(c->diag, MAX_DEPTH));
    const char *file = on_disk(c, path);
    return access(file, R_OK) == 0 || LAYOUT_FAIL(c, LAYOUT_INCLUDE_MISSING, place, file, suggest_file(c, file));
}

static void load_part(LayoutCompiler *c, const XmlNode *xml, const Chain *chain)
{
    const char *path = resolve(c->run, chain->file->path, xml_attr(xml, "href"));
    if ((path && map_has(c->parts, path) && !is_open(chain, path)) || !check_part(c, xml, chain, path))
        return;
    LayoutFile *part = ARENA_NEW(c->run, LayoutFile);
    *part = (LayoutFile){.xml = layout_read(c->run, on_disk(c, path), c->diag), .path = path};
    map_add(c->parts, path, part);
    if (!part->xml) {
        c->failed = true;
    } else if (strcmp(part->xml->root->name, "part") != 0) {
        LAYOUT_FAIL(c, XML_ROOT_WRONG, xml_place(part->xml, part->xml->root), part->xml->root->name, "part");
    } else {
        load_parts(c, part->xml->root, &(Chain){part, chain->depth + 1, chain});
        *c->last_file = part;
        c->last_file = &part->next;
    }
}

/* Loads what is included below `xml`. */
static void load_parts(LayoutCompiler *c, const XmlNode *xml, const Chain *chain)
{
    for (const XmlNode *child = xml_first(xml); child; child = xml_next(child, NULL)) {
        if (strcmp(child->name, "include") == 0)
            load_part(c, child, chain);
        load_parts(c, child, chain);
    }
}

bool layout_include_files(LayoutCompiler *c)
{
    LayoutFile *main = ARENA_NEW(c->run, LayoutFile);
    const char *slash = strrchr(c->layout->path, '/');
    *main = (LayoutFile){.xml = c->file, .path = slash ? slash + 1 : c->layout->path};
    c->here = main;
    c->parts = map_open(c->run);
    c->last_file = &c->files;
    load_parts(c, c->file->root, &(Chain){main, 0, NULL});
    *c->last_file = main;
    return !c->failed;
}

const LayoutFile *layout_include_lookup(const LayoutCompiler *c, const XmlNode *xml)
{
    return map_lookup(c->parts, resolve(c->run, c->here->path, xml_attr(xml, "href")));
}

void layout_include_enter(LayoutCompiler *c, const LayoutFile *file)
{
    c->here = file;
    c->file = file->xml;
}
