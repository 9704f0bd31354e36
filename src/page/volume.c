/* Bound volumes: many documents as one, whose pages, elements, bookmarks and labels go on from one to the next.
 *
 * Everything is copied, so that the arena a document was set in can be used for the next one. A report of five pages takes about
 * 300 KB until the volume is written.
 */
#include "page/page.h"

#include <string.h>

struct PageVolume {
    Arena *arena;
    PageDocument document;
    Page *last;
    uint32_t ids;    /* used by the documents so far */
    size_t count;    /* of documents */
    int figures;     /* the last page number in figures */
    uint32_t top_id; /* largest id of the document at hand, in the volume */
};

PageVolume *page_volume_open(Arena *arena)
{
    PageVolume *volume = ARENA_NEW(arena, PageVolume);
    volume->arena = arena;
    return volume;
}

static const char *copy_string(Arena *arena, const char *text)
{
    return text ? arena_string(arena, text) : NULL;
}

/* Each document has names of its own. */
static const char *own_name(const PageVolume *v, const char *name)
{
    return name ? arena_print(v->arena, "%zu/%s", v->count, name) : NULL;
}

static void copy_glyphs(PageVolume *v, PageOp *op)
{
    const size_t count = op->as.glyphs.count;
    size_t low = SIZE_MAX, high = 0;
    for (size_t i = 0; i < count; i++) {
        const PageGlyph *glyph = &op->as.glyphs.glyphs[i];
        if (glyph->length == 0)
            continue;
        low = glyph->start < low ? glyph->start : low;
        high = glyph->start + glyph->length > high ? (size_t)glyph->start + glyph->length : high;
    }
    PageGlyph *glyphs = arena_copy(v->arena, op->as.glyphs.glyphs, count * sizeof *glyphs);
    const char *text = op->as.glyphs.text;
    op->as.glyphs.text = low < high ? arena_text(v->arena, text + low, high - low) : "";
    for (size_t i = 0; i < count; i++)
        glyphs[i].start = glyphs[i].length ? glyphs[i].start - (uint32_t)low : 0;
    op->as.glyphs.glyphs = glyphs;
}

static void copy_path(PageVolume *v, PageOp *op)
{
    op->as.path.verbs = arena_copy(v->arena, op->as.path.verbs, op->as.path.verb_count * sizeof *op->as.path.verbs);
    op->as.path.points = arena_copy(v->arena, op->as.path.points, op->as.path.point_count * sizeof *op->as.path.points);
}

/* A volume is one Document (ISO 32000-2 14.7.4.2): those in it are its sections. */
static void copy_begin(PageVolume *v, PageOp *op)
{
    op->as.begin.alt = copy_string(v->arena, op->as.begin.alt);
    if (op->as.begin.tag == PAGE_DOCUMENT)
        op->as.begin.tag = PAGE_SECT;
    if (op->as.begin.id) {
        op->as.begin.id += v->ids;
        v->top_id = op->as.begin.id > v->top_id ? op->as.begin.id : v->top_id;
    }
}

static PageOp *copy_op(PageVolume *v, const PageOp *from)
{
    PageOp *op = arena_copy(v->arena, from, sizeof *from);
    op->next = NULL;
    if (op->kind == PAGE_GLYPHS)
        copy_glyphs(v, op);
    else if (op->kind == PAGE_PATH)
        copy_path(v, op);
    else if (op->kind == PAGE_BEGIN)
        copy_begin(v, op);
    else if (op->kind == PAGE_LINK)
        op->as.link.target = own_name(v, op->as.link.target);
    return op;
}

/* The first page's bookmarks follow the document's own, under which they stand. */
static void copy_bookmarks(PageVolume *v, Page *page, const char *title)
{
    const size_t more = title ? 1 : 0;
    PageBookmark *bookmarks = ARENA_ARRAY(v->arena, page->bookmark_count + more, PageBookmark);
    if (title)
        bookmarks[0] = (PageBookmark){.title = arena_string(v->arena, title), .level = 1};
    for (size_t i = 0; i < page->bookmark_count; i++) {
        PageBookmark *bookmark = &bookmarks[i + more];
        *bookmark = page->bookmarks[i];
        bookmark->title = copy_string(v->arena, bookmark->title);
        bookmark->anchor = own_name(v, bookmark->anchor);
        bookmark->level += bookmark->level ? 1 : 0;
    }
    page->bookmarks = bookmarks;
    page->bookmark_count += more;
}

static void copy_page(PageVolume *v, const Page *from, const char *title)
{
    Page *page = arena_copy(v->arena, from, sizeof *from);
    page->next = NULL;
    PageOp *ops = NULL, **end = &ops;
    for (const PageOp *op = from->ops; op; op = op->next) {
        if (op->kind == PAGE_FIELD) /* what is signed is the single report, and names of fields would come again */
            continue;
        *end = copy_op(v, op);
        end = &(*end)->next;
    }
    page->ops = ops;
    copy_bookmarks(v, page, title);
    if (page->label.style == PAGE_LABEL_DECIMAL)
        page->label.number = ++v->figures;
    if (v->last)
        v->last->next = page;
    else
        v->document.pages = page;
    v->last = page;
    v->document.page_count++;
}

void page_volume_add(PageVolume *volume, const PageDocument *document, const char *title)
{
    volume->top_id = volume->ids;
    if (!volume->document.language)
        volume->document.language = copy_string(volume->arena, document->language);
    for (const Page *page = document->pages; page; page = page->next)
        copy_page(volume, page, page == document->pages ? title : NULL);
    volume->ids = volume->top_id;
    volume->count++;
}

const PageDocument *page_volume_finish(PageVolume *volume)
{
    return &volume->document;
}
