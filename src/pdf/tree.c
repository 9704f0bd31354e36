/* Logical structure (14.7): the elements of the page ops, their marked content, and the parent tree that leads from content
 * back to elements.
 *
 * An element that goes on over a page is begun again with its id and stays one object. Elements become objects when they first
 * hold content, and are written at the end, when all their children are known; those that never do are left out, but for cells,
 * which keep their place in the table.
 */
#include "pdf/pdf_int.h"

#include <assert.h>
#include <string.h>

typedef enum KidKind { KID_ELEMENT, KID_CONTENT, KID_ANNOTATION } KidKind;

typedef struct Kid {
    KidKind kind;
    const PdfElement *element; /* an element's */
    uint32_t number;           /* of the annotation; the MCID of content */
    uint32_t page;             /* object number of the page; not for elements */
    struct Kid *next;
} Kid;

typedef struct Kids {
    Kid *first, *last;
} Kids;

struct PdfElement {
    uint32_t number; /* 0: empty so far */
    const char *tag;
    PdfElement *parent; /* NULL: the root */
    const PageOp *begin;
    const char *alt;
    uint32_t page; /* of its first content: /Pg; 0 = none */
    Kids kids;
    bool boxed; /* BBox of a figure, between low and high */
    PagePoint low, high;
    PdfElement *next; /* in order of creation */
};

/* Element numbers by MCID of a page. */
typedef struct Parents {
    uint32_t *numbers;
    size_t count, room;
} Parents;

typedef struct Open {
    PdfElement *element; /* NULL: artifact */
    PageArtifact artifact;
    struct Open *outer;
} Open;

/* Table attributes that cells have, each written once and shared: nearly all header cells of a document have the same. */
typedef struct Attributes {
    uint32_t number;
    bool header, row_header;
    uint16_t colspan, rowspan;
    struct Attributes *next;
} Attributes;

struct PdfTree {
    Arena *arena;
    PdfFile *file;
    bool any;
    bool loose; /* text stood in no element and was no artifact */
    bool mute;  /* a figure has no alternative text */
    bool spoken;
    PdfElement **by_id;
    size_t id_count;
    PdfElement *first, *last;
    Kids top;
    PdfElement *document; /* made for elements that stand outside any Document; or NULL */
    Open *open;
    Parents *pages;
    size_t page_count;
    Attributes *attributes;
    Parents links; /* of annotations, whose keys follow the pages' */
};

PdfTree *pdf_tree_open(Arena *scratch, PdfFile *file, const PageDocument *document)
{
    PdfTree *tree = ARENA_NEW(scratch, PdfTree);
    tree->arena = scratch;
    tree->file = file;
    tree->page_count = document->page_count;
    tree->spoken = document->language && *document->language;
    tree->pages = ARENA_ARRAY(scratch, document->page_count, Parents);
    for (const Page *page = document->pages; page; page = page->next) {
        for (const PageOp *op = page->ops; op; op = op->next) {
            if (op->kind == PAGE_BEGIN && op->as.begin.id >= tree->id_count)
                tree->id_count = (size_t)op->as.begin.id + 1;
        }
    }
    tree->any = tree->id_count > 1;
    tree->by_id = ARENA_ARRAY(scratch, tree->id_count, PdfElement *);
    return tree;
}

bool pdf_tree_any(const PdfTree *tree)
{
    return tree->any;
}

/* ── building ── */

static void add_kid(Arena *arena, Kids *kids, Kid kid)
{
    Kid *added = arena_copy(arena, &kid, sizeof kid);
    if (kids->last)
        kids->last->next = added;
    else
        kids->first = added;
    kids->last = added;
}

static PdfElement *new_element(PdfTree *tree, const char *tag, PdfElement *parent)
{
    PdfElement *element = ARENA_NEW(tree->arena, PdfElement);
    element->tag = tag;
    element->parent = parent;
    add_kid(tree->arena, parent ? &parent->kids : &tree->top, (Kid){.kind = KID_ELEMENT, .element = element});
    if (tree->last)
        tree->last->next = element;
    else
        tree->first = element;
    tree->last = element;
    return element;
}

/* The element and those around it are objects from now on. */
static void keep(PdfTree *tree, PdfElement *element)
{
    for (; element && element->number == 0; element = element->parent)
        element->number = pdf_file_reserve(tree->file);
}

/* The root has one Document, as ISO 32000-2 14.7.4.2 asks: what the ops have outside one is put into one. */
static PdfElement *parent_for(PdfTree *tree, PageTag tag)
{
    PdfElement *current = pdf_tree_current(tree);
    if (current || tag == PAGE_DOCUMENT)
        return current;
    if (!tree->document)
        tree->document = new_element(tree, page_tag_name(PAGE_DOCUMENT), NULL);
    return tree->document;
}

void pdf_tree_begin(PdfTree *tree, const PageOp *op, const char *alt)
{
    Open *open = ARENA_NEW(tree->arena, Open);
    open->outer = tree->open;
    const uint32_t id = op->as.begin.id;
    const bool inside_artifact = tree->open && !tree->open->element;
    if (id != 0 && !inside_artifact) {
        if (!tree->by_id[id]) {
            tree->by_id[id] = new_element(tree, page_tag_name(op->as.begin.tag), parent_for(tree, op->as.begin.tag));
            tree->by_id[id]->begin = op;
            tree->by_id[id]->alt = alt;
            tree->mute |= op->as.begin.tag == PAGE_FIGURE && !(alt && *alt);
            if (op->as.begin.tag == PAGE_TH || op->as.begin.tag == PAGE_TD)
                keep(tree, tree->by_id[id]);
        }
        open->element = tree->by_id[id];
    }
    if (!open->element)
        open->artifact = inside_artifact ? tree->open->artifact : op->as.begin.artifact;
    tree->open = open;
}

void pdf_tree_end(PdfTree *tree)
{
    tree->open = tree->open->outer;
}

PdfElement *pdf_tree_current(const PdfTree *tree)
{
    return tree->open ? tree->open->element : NULL;
}

PageArtifact pdf_tree_artifact(const PdfTree *tree)
{
    return tree->open && !tree->open->element ? tree->open->artifact : PAGE_DECORATION;
}

void pdf_tree_note_text(PdfTree *tree)
{
    tree->loose |= !tree->open;
}

bool pdf_tree_check(const PdfTree *tree, DiagPlace place, Diag *diag)
{
    if (!tree->any || tree->loose)
        return diag_add(diag, DIAG_PDF_LOOSE_TEXT, place, "");
    if (!tree->spoken)
        return diag_add(diag, DIAG_PDF_NO_LANGUAGE, place, "");
    return !tree->mute || diag_add(diag, DIAG_PDF_MUTE_FIGURE, place, "");
}

PdfElement *pdf_tree_figure(const PdfTree *tree)
{
    PdfElement *element = pdf_tree_current(tree);
    while (element && (!element->begin || element->begin->as.begin.tag != PAGE_FIGURE))
        element = element->parent;
    return element;
}

const char *pdf_tree_tag(const PdfElement *element)
{
    return element->tag;
}

static void add_parent(Arena *arena, Parents *parents, uint32_t number)
{
    if (parents->count == parents->room) {
        parents->room = parents->room ? parents->room * 2 : 64;
        uint32_t *larger = ARENA_ARRAY(arena, parents->room, uint32_t);
        if (parents->count)
            memcpy(larger, parents->numbers, parents->count * sizeof *larger);
        parents->numbers = larger;
    }
    parents->numbers[parents->count++] = number;
}

uint32_t pdf_tree_add_content(PdfTree *tree, PdfElement *element, size_t index, uint32_t page)
{
    const uint32_t mcid = (uint32_t)tree->pages[index].count;
    keep(tree, element);
    add_parent(tree->arena, &tree->pages[index], element->number);
    add_kid(tree->arena, &element->kids, (Kid){.kind = KID_CONTENT, .number = mcid, .page = page});
    if (!element->page)
        element->page = page;
    return mcid;
}

int32_t pdf_tree_add_link(PdfTree *tree, uint32_t page, uint32_t annotation)
{
    if (!tree->any)
        return -1;
    PdfElement *link = pdf_tree_current(tree);
    if (!link)
        link = new_element(tree, "P", parent_for(tree, PAGE_P));
    if (!link->begin || link->begin->as.begin.tag != PAGE_HREF)
        link = new_element(tree, "Link", link);
    keep(tree, link);
    if (!link->page)
        link->page = page;
    add_kid(tree->arena, &link->kids, (Kid){.kind = KID_ANNOTATION, .number = annotation, .page = page});
    add_parent(tree->arena, &tree->links, link->number);
    return (int32_t)(tree->page_count + tree->links.count - 1);
}

int32_t pdf_tree_add_widget(PdfTree *tree, uint32_t page, uint32_t annotation)
{
    PdfElement *form = pdf_tree_current(tree);
    if (!form)
        return -1;
    keep(tree, form);
    form->page = page;
    add_kid(tree->arena, &form->kids, (Kid){.kind = KID_ANNOTATION, .number = annotation, .page = page});
    add_parent(tree->arena, &tree->links, form->number);
    return (int32_t)(tree->page_count + tree->links.count - 1);
}

static Mpt least(Mpt a, Mpt b)
{
    return a < b ? a : b;
}

static Mpt most(Mpt a, Mpt b)
{
    return a > b ? a : b;
}

void pdf_tree_grow(PdfElement *figure, PagePoint low, PagePoint high)
{
    if (figure->boxed) {
        low = (PagePoint){least(low.x, figure->low.x), least(low.y, figure->low.y)};
        high = (PagePoint){most(high.x, figure->high.x), most(high.y, figure->high.y)};
    }
    figure->low = low;
    figure->high = high;
    figure->boxed = true;
}

/* ── writing ── */

/* A kid on the element's own page is its bare MCID (14.7.4.2). */
static void put_kid(Buf *out, const Kid *kid, uint32_t page)
{
    if (kid->kind == KID_ELEMENT) {
        buf_int(out, kid->element->number);
        buf_text(out, " 0 R");
    } else if (kid->kind == KID_ANNOTATION && kid->page == page) {
        buf_print(out, "<</Type/OBJR/Obj %u 0 R>>", kid->number);
    } else if (kid->kind == KID_ANNOTATION) {
        buf_print(out, "<</Type/OBJR/Pg %u 0 R/Obj %u 0 R>>", kid->page, kid->number);
    } else if (kid->page == page) {
        buf_int(out, kid->number);
    } else {
        buf_print(out, "<</Type/MCR/Pg %u 0 R/MCID %u>>", kid->page, kid->number);
    }
}

static bool is_kept(const Kid *kid)
{
    return kid->kind != KID_ELEMENT || kid->element->number > 0;
}

static void put_kids(Buf *out, const Kids *kids, uint32_t page)
{
    size_t count = 0;
    for (const Kid *kid = kids->first; kid; kid = kid->next)
        count += is_kept(kid);
    if (count == 0)
        return;
    buf_text(out, count > 1 ? "/K[" : "/K ");
    bool first = true;
    for (const Kid *kid = kids->first; kid; kid = kid->next) {
        if (!is_kept(kid))
            continue;
        if (!first)
            buf_byte(out, ' ');
        first = false;
        put_kid(out, kid, page);
    }
    if (count > 1)
        buf_byte(out, ']');
}

/* 14.8.5.7; the object's number. */
static uint32_t write_cell_attributes(PdfTree *tree, const Attributes *wanted)
{
    Attributes *a = tree->attributes;
    while (a && (a->header != wanted->header || a->row_header != wanted->row_header || a->colspan != wanted->colspan ||
                 a->rowspan != wanted->rowspan))
        a = a->next;
    if (a)
        return a->number;
    a = arena_copy(tree->arena, wanted, sizeof *wanted);
    a->number = pdf_file_reserve(tree->file);
    a->next = tree->attributes;
    tree->attributes = a;
    Buf *out = pdf_file_begin(tree->file, a->number);
    buf_text(out, "/O/Table");
    if (a->header)
        buf_print(out, "/Scope/%s", a->row_header ? "Row" : "Column");
    if (a->colspan > 1)
        buf_print(out, "/ColSpan %u", a->colspan);
    if (a->rowspan > 1)
        buf_print(out, "/RowSpan %u", a->rowspan);
    pdf_file_end(tree->file);
    return a->number;
}

/* The attribute object of a cell that needs one, or 0. */
static uint32_t cell_attributes(PdfTree *tree, const PdfElement *element)
{
    const PageOp *op = element->begin;
    if (!op)
        return 0;
    const bool header = op->as.begin.tag == PAGE_TH;
    const Attributes wanted = {
        .header = header,
        .row_header = header && op->as.begin.row_header,
        .colspan = op->as.begin.colspan > 1 ? op->as.begin.colspan : 1,
        .rowspan = op->as.begin.rowspan > 1 ? op->as.begin.rowspan : 1,
    };
    return header || wanted.colspan > 1 || wanted.rowspan > 1 ? write_cell_attributes(tree, &wanted) : 0;
}

/* 14.8.5.4 */
static void put_box(Buf *out, const PdfElement *element)
{
    const Mpt sides[4] = {element->low.x, element->low.y, element->high.x, element->high.y};
    buf_text(out, "/A<</O/Layout/Placement/Block/BBox[");
    for (int i = 0; i < 4; i++) {
        if (i)
            buf_byte(out, ' ');
        pdf_put_mpt(out, sides[i]);
    }
    buf_text(out, "]>>");
}

static void write_element(PdfTree *tree, const PdfElement *element, uint32_t root)
{
    const uint32_t attributes = cell_attributes(tree, element);
    Buf *out = pdf_file_begin(tree->file, element->number);
    buf_text(out, "/S/");
    buf_text(out, element->tag);
    pdf_put_reference(out, "P", element->parent ? element->parent->number : root);
    if (element->page)
        pdf_put_reference(out, "Pg", element->page);
    put_kids(out, &element->kids, element->page);
    if (attributes)
        pdf_put_reference(out, "A", attributes);
    if (element->boxed)
        put_box(out, element);
    if (element->alt) {
        buf_text(out, "/Alt");
        pdf_put_text(out, element->alt);
    }
    pdf_file_end(tree->file);
}

/* Keys are the pages' indexes, then the links'. */
static uint32_t write_parents(PdfTree *tree)
{
    const uint32_t number = pdf_file_reserve(tree->file);
    Buf *out = pdf_file_begin(tree->file, number);
    buf_text(out, "/Nums[");
    for (size_t page = 0; page < tree->page_count; page++) {
        const Parents *parents = &tree->pages[page];
        if (parents->count == 0)
            continue;
        buf_print(out, "%zu[", page);
        for (size_t i = 0; i < parents->count; i++)
            buf_print(out, i ? " %u 0 R" : "%u 0 R", parents->numbers[i]);
        buf_byte(out, ']');
    }
    for (size_t i = 0; i < tree->links.count; i++)
        buf_print(out, " %zu %u 0 R", tree->page_count + i, tree->links.numbers[i]);
    buf_byte(out, ']');
    pdf_file_end(tree->file);
    return number;
}

uint32_t pdf_tree_write(PdfTree *tree)
{
    if (!tree->any)
        return 0;
    assert(!tree->open);
    const uint32_t root = pdf_file_reserve(tree->file);
    pdf_file_part(tree->file, PDF_STRUCTURE);
    for (const PdfElement *element = tree->first; element; element = element->next)
        if (element->number)
            write_element(tree, element, root);
    const uint32_t parents = write_parents(tree);
    Buf *out = pdf_file_begin(tree->file, root);
    buf_text(out, "/Type/StructTreeRoot");
    put_kids(out, &tree->top, 0);
    pdf_put_reference(out, "ParentTree", parents);
    buf_print(out, "/ParentTreeNextKey %zu", tree->page_count + tree->links.count);
    pdf_file_end(tree->file);
    pdf_file_part(tree->file, PDF_REST);
    return root;
}
