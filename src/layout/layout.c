/* The door: reads a layout file, compiles its queries, page, title and regions. */
#include "layout/layout.h"

#include "base/hash.h"
#include "layout/layout_int.h"

#include <string.h>

extern const char layout_grammar[];
extern const size_t layout_grammar_length;

static const char NAME_SPACE[] = "urn:shuzhi:layout:1";

enum { SUGGESTIONS = 12, LIGHTEST_DARK = 200 /* luminance, of 255, that a watermark must have */ };

const char *layout_suggest(LayoutCompiler *c, const Map *known, const char *name)
{
    const char *nearest = map_nearest(known, name);
    if (nearest)
        return nearest;
    const char *list = map_count(known) > 0 ? map_key(known, 0) : "—";
    for (size_t i = 1; i < map_count(known) && i < SUGGESTIONS; i++)
        list = arena_print(c->run, "%s, %s", list, map_key(known, i));
    return map_count(known) > SUGGESTIONS ? arena_print(c->run, "%s …", list) : list;
}

/* ── queries ── */

static const char *trimmed(Arena *arena, const char *text)
{
    text += strspn(text, " \t\r\n");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    return arena_text(arena, text, length);
}

/* Those of the current file, put behind the others. */
static void read_queries(LayoutCompiler *c)
{
    const LayoutQuery **last = &c->layout->queries;
    while (*last)
        last = (const LayoutQuery **)&(*last)->next;
    for (const XmlNode *xml = xml_child(c->file->root, "query"); xml; xml = xml_next(xml, "query")) {
        LayoutQuery *query = ARENA_NEW(c->run, LayoutQuery);
        *query = (LayoutQuery){.name = xml_attr(xml, "name"),
                               .sql = trimmed(c->run, xml_text(c->run, xml)),
                               .single = strcmp(xml_attr(xml, "rows"), "one") == 0,
                               .file = c->file->path,
                               .line = xml->line,
                               .column = xml->column};
        if (strcmp(query->name, "loop") == 0)
            LAYOUT_FAIL(c, LAYOUT_RESERVED, xml_place(c->file, xml), query->name);
        if (!map_add(c->queries, query->name, query))
            LAYOUT_FAIL(c, LAYOUT_DUPLICATE, xml_place(c->file, xml), "query name", query->name);
        if (!*query->sql)
            LAYOUT_FAIL(c, LAYOUT_QUERY_EMPTY, xml_place(c->file, xml), query->name);
        *last = query;
        last = (const LayoutQuery **)&query->next;
        c->layout->query_count++;
    }
}

/* ── page ── */

static bool parse_size(const char *text, Mpt *width, Mpt *height)
{
    static const struct {
        const char *name;
        int width, height; /* mm, ISO 216 */
    } sizes[] = {{"A3", 297, 420}, {"A4", 210, 297}, {"A5", 148, 210}, {"B5", 176, 250}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (strcmp(sizes[i].name, text) == 0) {
            *width = fixed_from_micrometre(sizes[i].width * 1000);
            *height = fixed_from_micrometre(sizes[i].height * 1000);
            return true;
        }
    }
    LayoutNumber first, second;
    const char *rest;
    if (!layout_parse_number(text, &first, &rest) || !layout_parse_number(rest, &second, NULL))
        return false;
    *width = first.amount;
    *height = second.amount;
    return first.unit == LAYOUT_UNIT_MPT && second.unit == LAYOUT_UNIT_MPT && *width > 0 && *height > 0;
}

static bool parse_margin(const char *text, Mpt out[LAYOUT_EDGES])
{
    LayoutNumber numbers[LAYOUT_EDGES];
    if (!layout_parse_edges(text, numbers))
        return false;
    for (int edge = 0; edge < LAYOUT_EDGES; edge++) {
        if (numbers[edge].amount < 0 || (numbers[edge].unit != LAYOUT_UNIT_MPT && numbers[edge].amount != 0))
            return false;
        out[edge] = numbers[edge].amount;
    }
    return true;
}

static Mpt read_distance(LayoutCompiler *c, const XmlNode *page, const char *name)
{
    const char *text = xml_attr(page, name);
    Mpt distance = fixed_from_micrometre(7000); /* GB/T 9704-2012, 7.5: page number 7 mm below the type area */
    if (text && (!layout_parse_length(text, &distance) || distance < 0))
        LAYOUT_FAIL(c, LAYOUT_VALUE, xml_place(c->file, page), name, text, "7mm, 20pt");
    return distance;
}

static void read_paper(LayoutCompiler *c, const XmlNode *xml, LayoutPageTemplate *page)
{
    const char *size = xml_attr(xml, "size"), *turn = xml_attr(xml, "orientation"), *margin = xml_attr(xml, "margin");
    if (!parse_size(size ? size : "A4", &page->width, &page->height))
        LAYOUT_FAIL(c, LAYOUT_VALUE, xml_place(c->file, xml), "size", size, "A3, A4, A5, B5, 210mm 297mm");
    if (turn && (strcmp(turn, "landscape") == 0) != (page->width > page->height)) {
        const Mpt width = page->width;
        page->width = page->height;
        page->height = width;
    }
    if (!parse_margin(margin ? margin : "37mm 26mm 35mm 28mm", page->margin)) {
        LAYOUT_FAIL(c, LAYOUT_VALUE, xml_place(c->file, xml), "margin", margin, "20mm, 37mm 26mm 35mm 28mm");
        return;
    }
    const Mpt least = fixed_from_micrometre(20000);
    const int64_t width = (int64_t)page->width - page->margin[LAYOUT_EDGE_LEFT] - page->margin[LAYOUT_EDGE_RIGHT];
    const int64_t height = (int64_t)page->height - page->margin[LAYOUT_EDGE_TOP] - page->margin[LAYOUT_EDGE_BOTTOM];
    if (!c->failed && (width < least || height < least))
        LAYOUT_FAIL(c, LAYOUT_PAGE_ROOM, xml_place(c->file, xml), "20 mm");
}

/* Index of the attribute's value among `words`; 0 when it is left out. The grammar knows no other words. */
static int read_word(const XmlNode *xml, const char *name, const char *const *words)
{
    const char *text = xml_attr(xml, name);
    int index = 0;
    while (text && strcmp(words[index], text) != 0)
        index++;
    return index;
}

/* The headers or the footers of a page. */
static void read_margin(LayoutCompiler *c, const XmlNode *xml, const char *name, const LayoutNode **slots)
{
    static const char *const sides[] = {"", "first", "odd", "even"}; /* as LayoutSide */
    c->in_margin = true;
    for (const XmlNode *region = xml_child(xml, name); region; region = xml_next(region, name)) {
        const int side = read_word(region, "side", sides);
        if (slots[side])
            LAYOUT_FAIL(c, LAYOUT_DUPLICATE, xml_place(c->file, region), name, sides[side]);
        slots[side] = layout_compile_region(c, region);
    }
    c->in_margin = false;
}

/* Black text must stay readable on it, also in print without greys. */
static void check_light(LayoutCompiler *c, const LayoutNode *node)
{
    const uint32_t colour = node->style->colour;
    const uint32_t light = 299 * (colour >> 16) + 587 * (colour >> 8 & 0xFF) + 114 * (colour & 0xFF);
    if (node->kind == LAYOUT_TEXT && light < LIGHTEST_DARK * 1000)
        LAYOUT_FAIL(c, LAYOUT_WATERMARK, layout_place(node), "#C8C8C8");
    for (const LayoutNode *child = node->children; child; child = child->next)
        check_light(c, child);
}

static void read_watermark(LayoutCompiler *c, const XmlNode *xml, LayoutPageTemplate *page)
{
    const XmlNode *mark = xml_child(xml, "watermark");
    if (!mark)
        return;
    c->in_margin = true;
    page->watermark = layout_compile_region(c, mark);
    c->in_margin = false;
    check_light(c, page->watermark);
}

static LayoutPageTemplate *read_page(LayoutCompiler *c, const XmlNode *xml)
{
    static const char *const numberings[] = {"decimal", "roman", "none"}; /* as LayoutNumbering */
    LayoutPageTemplate *page = ARENA_NEW(c->run, LayoutPageTemplate);
    const char *start = xml_attr(xml, "start"), *end;
    int64_t number = 0;
    page->name = xml_attr(xml, "name");
    read_paper(c, xml, page);
    page->header_distance = read_distance(c, xml, "header-distance");
    page->footer_distance = read_distance(c, xml, "footer-distance");
    page->numbering = (LayoutNumbering)read_word(xml, "numbering", numberings);
    if (start)
        fixed_parse(start + strspn(start, " "), 0, &number, &end); /* the grammar has seen to the rest */
    page->start = (int)number;
    read_margin(c, xml, "header", page->header);
    read_margin(c, xml, "footer", page->footer);
    read_watermark(c, xml, page);
    return page;
}

/* Those of the current file, put behind the others. */
static void read_pages(LayoutCompiler *c)
{
    const LayoutPageTemplate **last = &c->layout->page;
    while (*last)
        last = (const LayoutPageTemplate **)&(*last)->next;
    for (const XmlNode *xml = xml_child(c->file->root, "page"); xml; xml = xml_next(xml, "page")) {
        LayoutPageTemplate *page = read_page(c, xml);
        *last = page;
        last = &page->next;
        c->layout->page_count++;
    }
}

/* Styles use the names before the pages are read. */
static void read_page_names(LayoutCompiler *c)
{
    for (const XmlNode *xml = xml_child(c->file->root, "page"); xml; xml = xml_next(xml, "page")) {
        const char *name = xml_attr(xml, "name");
        if (name && !map_add(c->pages, name, NULL))
            LAYOUT_FAIL(c, LAYOUT_DUPLICATE, xml_place(c->file, xml), "page name", name);
    }
}

/* ── layout ── */

static const char *hash_source(const LayoutCompiler *c)
{
    unsigned char bytes[HASH_SIZE];
    char *hex = arena_alloc(c->run, HASH_HEX);
    Hash *hash = hash_open();
    hash_add(hash, c->here->xml->source, c->here->xml->source_length);
    for (const LayoutFile *part = c->files; part != c->here; part = part->next) {
        hash_field(hash, part->path);
        hash_add(hash, part->xml->source, part->xml->source_length);
    }
    hash_add(hash, c->image_hashes, strlen(c->image_hashes));
    hash_close(hash, bytes);
    hash_hex(bytes, hex);
    return hex;
}

/* What the rest of the layout refers to by name. */
static void read_definitions(LayoutCompiler *c)
{
    read_page_names(c);
    layout_style_sheet(c, xml_child(c->file->root, "styles"));
    read_queries(c);
}

static void for_each_file(LayoutCompiler *c, void (*read)(LayoutCompiler *c))
{
    for (const LayoutFile *file = c->files; file; file = file->next) {
        layout_include_enter(c, file);
        read(c);
    }
}

/* The layout's own file is the last of the compiler's list. */
static void list_files(LayoutCompiler *c)
{
    Layout *layout = c->layout;
    for (const LayoutFile *file = c->files; file; file = file->next)
        layout->file_count++;
    const char **files = ARENA_ARRAY(c->run, layout->file_count, const char *);
    size_t at = layout->file_count;
    for (const LayoutFile *file = c->files; file; file = file->next)
        files[--at] = file->xml->path;
    layout->files = files;
}

static const Layout *compile(Arena *run, const XmlFile *file, ImageTable *images, Diag *diag)
{
    Layout *layout = ARENA_NEW(run, Layout);
    LayoutCompiler compiler = {.run = run, .diag = diag, .file = file, .layout = layout, .images = images},
                   *c = &compiler;
    const char *language = xml_attr(file->root, "lang");
    c->builtin = map_open(run);
    c->defaults = map_open(run);
    c->classes = map_open(run);
    c->queries = map_open(run);
    c->pages = map_open(run);
    c->image_hashes = "";
    layout->path = file->path;
    layout->name = xml_attr(file->root, "name");
    layout->language = language ? language : "zh-CN";
    layout->for_unit = strcmp(xml_attr(file->root, "for"), "unit") == 0;
    layout_style_builtin(c);
    if (!layout_include_files(c))
        return NULL;
    for_each_file(c, read_definitions);
    layout_style_inherit(c);
    layout->title = layout_parse_parts(c, xml_place(file, file->root), xml_attr(file->root, "title"), NULL);
    layout->author = layout_parts_attribute(c, file->root, "author");
    layout->subject = layout_parts_attribute(c, file->root, "subject");
    layout->keywords = layout_parts_attribute(c, file->root, "keywords");
    for_each_file(c, read_pages);
    if (!layout->page)
        LAYOUT_FAIL(c, LAYOUT_PAGE_MISSING, xml_place(file, file->root), "");
    layout->body = layout_compile_region(c, xml_child(file->root, "body"));
    layout->hash = hash_source(c);
    list_files(c);
    return c->failed ? NULL : layout;
}

const XmlFile *layout_read(Arena *run, const char *path, Diag *diag)
{
    return xml_load(run, path, layout_grammar, layout_grammar_length, NAME_SPACE, diag);
}

const Layout *layout_load(Arena *run, const char *path, ImageTable *images, Diag *diag)
{
    const XmlFile *file = layout_read(run, path, diag);
    if (file && strcmp(file->root->name, "layout") != 0) {
        diag_add(diag, DIAG_XML_ROOT_WRONG, xml_place(file, file->root), file->root->name, "layout");
        return NULL;
    }
    return file ? compile(run, file, images, diag) : NULL;
}

DiagPlace layout_place(const LayoutNode *node)
{
    return (DiagPlace){.file = node->file, .line = node->line, .column = node->column};
}
