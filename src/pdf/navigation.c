/* Ways through the document: named places, link annotations that lead to them (12.5.6.5), the outline (12.3.3), and
 * what pages are called (12.4.2).
 *
 * All but the last comes from the bookmarks of the pages.
 */
#include "pdf/pdf_int.h"

#include "base/map.h"

/* A bookmark and its page. */
typedef struct Place {
    const PageBookmark *bookmark;
    const Page *page;
    size_t index;
} Place;

struct PdfAnchors {
    Place *places; /* every bookmark, in order */
    size_t count;
    Map *by_name; /* Place of each anchor */
};

const PdfAnchors *pdf_anchors_collect(Arena *arena, const PageDocument *document)
{
    PdfAnchors *anchors = ARENA_NEW(arena, PdfAnchors);
    for (const Page *page = document->pages; page; page = page->next)
        anchors->count += page->bookmark_count;
    anchors->places = ARENA_ARRAY(arena, anchors->count, Place);
    anchors->by_name = map_open(arena);
    Place *place = anchors->places;
    size_t index = 0;
    for (const Page *page = document->pages; page; page = page->next, index++) {
        for (size_t i = 0; i < page->bookmark_count; i++, place++) {
            *place = (Place){&page->bookmarks[i], page, index};
            if (place->bookmark->anchor)
                map_add(anchors->by_name, place->bookmark->anchor, place); /* the first of a name counts */
        }
    }
    return anchors;
}

bool pdf_anchors_know(const PdfAnchors *anchors, const char *name)
{
    return map_lookup(anchors->by_name, name) != NULL;
}

/* The place at the top of the window, zoom as it is (12.3.2.2). */
static void put_destination(const PdfWriter *w, const Place *place, Buf *out)
{
    buf_print(out, "/Dest[%u 0 R/XYZ 0 ", w->pages[place->index]);
    pdf_put_mpt(out, place->page->height - place->bookmark->y);
    buf_text(out, " null]");
}

Buf *pdf_annotation_begin(const PdfWriter *writer, const Page *page, const PdfLink *link, PagePoint at, PagePoint size)
{
    const Mpt sides[4] = {at.x, page->height - at.y - size.y, at.x + size.x, page->height - at.y};
    Buf *out = pdf_file_begin(writer->file, link->number);
    buf_text(out, "/Type/Annot/Rect[");
    for (int i = 0; i < 4; i++) {
        if (i)
            buf_byte(out, ' ');
        pdf_put_mpt(out, sides[i]);
    }
    buf_byte(out, ']');
    if (link->key >= 0)
        buf_print(out, "/StructParent %d", link->key);
    return out;
}

void pdf_links_write(const PdfWriter *writer, const Page *page, const PdfLink *links)
{
    for (const PdfLink *link = links; link; link = link->next) {
        const PageOp *op = link->op;
        if (op->kind == PAGE_FIELD)
            continue;
        const Place *place = map_lookup(writer->anchors->by_name, op->as.link.target);
        const char *name = place->bookmark->title ? place->bookmark->title : op->as.link.target;
        const char *title = pdf_clean_text(writer, name);
        Buf *out = pdf_annotation_begin(writer, page, link, (PagePoint){op->as.link.x, op->as.link.y},
                                        (PagePoint){op->as.link.width, op->as.link.height});
        buf_text(out, "/Subtype/Link/F 4/Border[0 0 0]"); /* F 4: printed (19005-1 6.5.3) */
        put_destination(writer, place, out);
        buf_text(out, "/Contents");
        pdf_put_text(out, title);
        pdf_file_end(writer->file);
    }
}

/* ── outline ── */

/* An outline item; item 0 is the outline itself, item i + 1 the bookmark i. Links are indexes, 0 = none. */
typedef struct Item {
    uint32_t number;
    size_t parent, previous, next, first, last;
    size_t descendants;
    int level;
} Item;

/* A bookmark is a child of the nearest one before it that has a lower level. */
static void link_items(Item *items, const Place *const *places, size_t count)
{
    for (size_t i = 1; i <= count; i++) {
        items[i].level = places[i - 1]->bookmark->level;
        size_t parent = i - 1;
        while (items[parent].level >= items[i].level)
            parent = items[parent].parent;
        items[i].parent = parent;
        items[i].previous = items[parent].last;
        if (items[parent].last)
            items[items[parent].last].next = i;
        else
            items[parent].first = i;
        items[parent].last = i;
    }
    for (size_t i = count; i > 0; i--)
        items[items[i].parent].descendants += items[i].descendants + 1;
}

static void put_item_link(Buf *out, const Item *items, const char *key, size_t item)
{
    if (item)
        pdf_put_reference(out, key, items[item].number);
}

uint32_t pdf_outline_write(const PdfWriter *writer)
{
    const PdfAnchors *anchors = writer->anchors;
    const Place **places = ARENA_ARRAY(writer->arena, anchors->count, const Place *);
    size_t count = 0;
    for (size_t i = 0; i < anchors->count; i++)
        if (anchors->places[i].bookmark->level > 0)
            places[count++] = &anchors->places[i];
    if (count == 0)
        return 0;
    Item *items = ARENA_ARRAY(writer->arena, count + 1, Item);
    for (size_t i = 0; i <= count; i++)
        items[i].number = pdf_file_reserve(writer->file);
    link_items(items, places, count);
    for (size_t i = 0; i <= count; i++) {
        const char *title = i ? pdf_clean_text(writer, places[i - 1]->bookmark->title) : NULL;
        Buf *out = pdf_file_begin(writer->file, items[i].number);
        if (title) {
            buf_text(out, "/Title");
            pdf_put_text(out, title);
            pdf_put_reference(out, "Parent", items[items[i].parent].number);
            put_destination(writer, places[i - 1], out);
        } else {
            buf_text(out, "/Type/Outlines");
        }
        put_item_link(out, items, "Prev", items[i].previous);
        put_item_link(out, items, "Next", items[i].next);
        put_item_link(out, items, "First", items[i].first);
        put_item_link(out, items, "Last", items[i].last);
        if (items[i].descendants)
            buf_print(out, "/Count %zu", items[i].descendants); /* all open */
        pdf_file_end(writer->file);
    }
    return items[0].number;
}

/* ── page labels ── */

/* Whether `label` is what counting on from `before` gives. */
static bool counts_on(PageLabel before, PageLabel label)
{
    return before.style == label.style && (label.style == PAGE_LABEL_NONE || before.number + 1 == label.number);
}

void pdf_labels_put(const PageDocument *document, Buf *out)
{
    static const char *const styles[] = {
        [PAGE_LABEL_DECIMAL] = "/S/D", [PAGE_LABEL_ROMAN] = "/S/r", [PAGE_LABEL_NONE] = ""};
    size_t index = 0;
    const Page *before = NULL;
    buf_text(out, "/PageLabels<</Nums[");
    for (const Page *page = document->pages; page; before = page, page = page->next, index++) {
        if (before && counts_on(before->label, page->label))
            continue;
        buf_print(out, "%zu<<%s", index, styles[page->label.style]);
        if (page->label.style != PAGE_LABEL_NONE && page->label.number != 1)
            buf_print(out, "/St %d", page->label.number);
        buf_text(out, ">>");
    }
    buf_text(out, "]>>");
}
