/* pdf_write: puts the parts of a document together in a fixed order, which is what makes the same ops the same bytes.
 *
 * PDF/A (19005-1; GB/T 23286.1): everything embedded, one output intent, XMP, no transparency, nothing compressed that must
 * not be. The other parts of the standard allow more, and nothing here takes it: only version and name differ. Structure is written whenever the ops have any.
 */
#include "pdf/pdf_int.h"

#include <stdio.h>

enum { KIDS_PER_NODE = 256 }; /* of the page tree: arrays may have 8,191 elements (Annex C) */

static PdfInfo clean_info(const PdfWriter *w, const PdfInfo *info)
{
    PdfInfo clean = *info;
    clean.title = pdf_clean_text(w, info->title);
    clean.author = pdf_clean_text(w, info->author);
    clean.subject = pdf_clean_text(w, info->subject);
    clean.keywords = pdf_clean_text(w, info->keywords);
    clean.creator = pdf_clean_text(w, info->creator);
    clean.identity = pdf_clean_text(w, info->identity);
    clean.version = pdf_clean_text(w, info->version);
    return clean;
}

/* ── pages ── */

static uint32_t *reserve_pages(PdfWriter *w)
{
    uint32_t *numbers = ARENA_ARRAY(w->arena, w->document->page_count, uint32_t);
    for (size_t i = 0; i < w->document->page_count; i++)
        numbers[i] = pdf_file_reserve(w->file);
    return numbers;
}

static uint32_t write_content(PdfWriter *w, const Buf *content)
{
    const PdfBytes packed = pdf_fonts_deflate_quickly(w->fonts, w->arena, (PdfBytes){content->bytes, content->length});
    const uint32_t number = pdf_file_reserve(w->file);
    pdf_file_part(w->file, PDF_CONTENT);
    buf_text(pdf_file_begin(w->file, number), "/Filter/FlateDecode");
    pdf_file_end_stream(w->file, packed);
    pdf_file_part(w->file, PDF_REST);
    return number;
}

/* The page tree's nodes each hold KIDS_PER_NODE pages; their numbers. */
typedef struct Nodes {
    uint32_t root;
    uint32_t *numbers;
    size_t count;
} Nodes;

static bool write_page(PdfWriter *w, const Page *page, size_t index, uint32_t parent, uint32_t resources, Buf *content)
{
    PdfLink *links = NULL;
    buf_clear(content);
    if (!pdf_content_write(w, page, index, content, &links))
        return false;
    const uint32_t contents = write_content(w, content);
    pdf_links_write(w, page, links);
    pdf_form_write_widgets(w, page, index, links);

    Buf *out = pdf_file_begin(w->file, w->pages[index]);
    buf_text(out, "/Type/Page");
    pdf_put_reference(out, "Parent", parent);
    buf_text(out, "/MediaBox[0 0 ");
    pdf_put_mpt(out, page->width);
    buf_byte(out, ' ');
    pdf_put_mpt(out, page->height);
    buf_byte(out, ']');
    pdf_put_reference(out, "Resources", resources);
    pdf_put_reference(out, "Contents", contents);
    if (links) {
        buf_text(out, "/Annots[");
        for (const PdfLink *link = links; link; link = link->next)
            buf_print(out, link == links ? "%u 0 R" : " %u 0 R", link->number);
        buf_byte(out, ']');
    }
    if (pdf_tree_any(w->tree))
        buf_print(out, "/StructParents %zu/Tabs/S", index);
    pdf_file_end(w->file);
    return true;
}

static Nodes reserve_nodes(PdfWriter *w)
{
    Nodes nodes = {.root = pdf_file_reserve(w->file)};
    const size_t pages = w->document->page_count;
    if (pages > KIDS_PER_NODE)
        nodes.count = (pages + KIDS_PER_NODE - 1) / KIDS_PER_NODE;
    nodes.numbers = ARENA_ARRAY(w->arena, nodes.count, uint32_t);
    for (size_t i = 0; i < nodes.count; i++)
        nodes.numbers[i] = pdf_file_reserve(w->file);
    return nodes;
}

static void write_node(PdfWriter *w, uint32_t number, uint32_t parent, const uint32_t *kids, size_t kid_count,
                       size_t page_count)
{
    Buf *out = pdf_file_begin(w->file, number);
    buf_print(out, "/Type/Pages/Count %zu", page_count);
    if (parent)
        pdf_put_reference(out, "Parent", parent);
    buf_text(out, "/Kids[");
    for (size_t i = 0; i < kid_count; i++)
        buf_print(out, i ? " %u 0 R" : "%u 0 R", kids[i]);
    buf_byte(out, ']');
    pdf_file_end(w->file);
}

static void write_nodes(PdfWriter *w, const Nodes *nodes)
{
    const size_t pages = w->document->page_count;
    if (nodes->count == 0) {
        write_node(w, nodes->root, 0, w->pages, pages, pages);
        return;
    }
    for (size_t i = 0; i < nodes->count; i++) {
        const size_t start = i * KIDS_PER_NODE;
        const size_t count = pages - start < KIDS_PER_NODE ? pages - start : KIDS_PER_NODE;
        write_node(w, nodes->numbers[i], nodes->root, w->pages + start, count, count);
    }
    write_node(w, nodes->root, 0, nodes->numbers, nodes->count, pages);
}

/* Pages, their tree and the resources that they share. */
static bool write_pages(PdfWriter *w, uint32_t *root)
{
    const Nodes nodes = reserve_nodes(w);
    const uint32_t resources = pdf_file_reserve(w->file);
    Buf content = {0};
    bool written = true;
    size_t index = 0;
    for (const Page *page = w->document->pages; page && written; page = page->next, index++) {
        const uint32_t parent = nodes.count ? nodes.numbers[index / KIDS_PER_NODE] : nodes.root;
        written = write_page(w, page, index, parent, resources, &content);
    }
    buf_free(&content);
    if (!written)
        return false;
    write_nodes(w, &nodes);
    Buf *out = pdf_file_begin(w->file, resources);
    pdf_set_put_resources(w->set, out);
    pdf_images_put_resources(w, out);
    pdf_file_end(w->file);
    pdf_images_write(w);
    *root = nodes.root;
    return true;
}

/* ── the rest ── */

static uint32_t write_output_profile(PdfWriter *w)
{
    const uint32_t number = pdf_file_reserve(w->file);
    buf_text(pdf_file_begin(w->file, number), "/N 3/Filter/FlateDecode");
    pdf_file_end_stream(w->file, pdf_fonts_icc(w->fonts));
    return number;
}

/* The title in the window's bar instead of the file's name; and printed as large as it is, for GB/T 9704 measures the paper
 * (table 150). Readers of PDF 1.4 do not know PrintScaling and pass over it. */
static void put_viewer_preferences(const PdfWriter *w, Buf *out)
{
    buf_text(out, "/ViewerPreferences<<");
    if (w->info.title)
        buf_text(out, "/DisplayDocTitle true");
    buf_text(out, "/PrintScaling/None>>");
}

static void write_catalog(PdfWriter *w, uint32_t number, uint32_t pages, uint32_t xmp)
{
    const uint32_t profile = write_output_profile(w);
    const uint32_t outline = pdf_outline_write(w);
    const uint32_t structure = pdf_tree_write(w->tree);
    Buf *out = pdf_file_begin(w->file, number);
    buf_text(out, "/Type/Catalog");
    pdf_put_reference(out, "Pages", pages);
    pdf_put_reference(out, "Metadata", xmp);
    buf_print(out,
              "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
              "/Info(sRGB IEC61966-2.1)/DestOutputProfile %u 0 R>>]",
              profile);
    pdf_labels_put(w->document, out);
    put_viewer_preferences(w, out);
    if (w->document->language) {
        buf_text(out, "/Lang");
        pdf_put_text(out, w->document->language);
    }
    if (outline) {
        pdf_put_reference(out, "Outlines", outline);
        buf_text(out, "/PageMode/UseOutlines");
    }
    pdf_form_put(w->form, out);
    if (structure) {
        buf_text(out, "/MarkInfo<</Marked true>>");
        pdf_put_reference(out, "StructTreeRoot", structure);
    }
    pdf_file_end(w->file);
}

static bool write_document(PdfWriter *w, Buf *out)
{
    const size_t start = out->length;
    const uint32_t catalog = pdf_file_reserve(w->file);
    const uint32_t info = pdf_file_reserve(w->file);
    const uint32_t xmp = pdf_file_reserve(w->file);
    w->pages = reserve_pages(w);
    if (!pdf_set_write(w))
        return false;
    uint32_t pages;
    if (!write_pages(w, &pages))
        return false;
    if (!pdf_form_write(w) || (w->info.accessible && !pdf_tree_check(w->tree, w->place, w->diag)))
        return false;
    write_catalog(w, catalog, pages, xmp);
    pdf_metadata_write(w, info, xmp);
    const unsigned long error = pdf_file_finish(w->file, catalog, info, out);
    if (error) {
        char code[24];
        snprintf(code, sizeof code, "0x%04lX", error);
        return diag_add(w->diag, DIAG_PDF_LIBHARU, w->place, code);
    }
    for (PdfPart part = 0; part < PDF_PART_COUNT; part++)
        w->result.bytes[part] = pdf_file_size(w->file, part);
    pdf_file_hash(w->file, w->result.sha256);
    pdf_form_place(w, out, start, &w->result.placeholder);
    if (w->result.placeholder.length > 0) { /* it has put numbers into the file */
        unsigned char hash[HASH_SIZE];
        hash_bytes(out->bytes + start, out->length - start, hash);
        hash_hex(hash, w->result.sha256);
    }
    return true;
}

bool pdf_write(Arena *scratch, const PdfFonts *fonts, const PageDocument *document, const PdfInfo *info, Buf *out,
               PdfResult *result, Diag *diag)
{
    const ArenaMark before = arena_mark(scratch);
    const size_t start = out->length;
    PdfWriter writer = {
        .arena = scratch,
        .fonts = fonts,
        .document = document,
        .diag = diag,
        .place = {.unit = info->identity},
        .file = pdf_file_open(scratch, info->profile == PDF_A1 ? "%PDF-1.4" : "%PDF-1.7",
                              info->profile != PDF_A1 && info->compact && !info->signature_field ? fonts : NULL),
        .form = pdf_form_open(scratch),
        .anchors = pdf_anchors_collect(scratch, document),
        .result = {.pages = document->page_count},
    };
    writer.info = clean_info(&writer, info);
    writer.tree = pdf_tree_open(scratch, writer.file, document);
    const bool written = write_document(&writer, out);
    if (written)
        *result = writer.result;
    else
        out->length = start;
    arena_rewind(scratch, before);
    return written;
}
