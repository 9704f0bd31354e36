/* The glyphs of one document, and the font objects that embed them.
 *
 * Per used face there is one font program and one CIDFont (9.7.4) with a CID for each glyph; the encoding is Identity-H.
 * What a glyph means is taken from the source text in the ops, never from the font's cmap read backwards: 用 and the radical
 * ⽤, 户 and ⼾ and every compatibility ideograph must come out as they went in.
 *
 * Layers. When one glyph stands for two texts in a document (用 and ⽤ share one in many fonts), one ToUnicode cannot tell
 * them apart. Then the face gets a second Type 0 font over the same CIDFont, with a ToUnicode of its own, and the second text
 * is shown in that font. This costs two small objects and is valid for every kind of program. The alternatives were: a second
 * CID for the glyph, which for glyf needs a CIDToGIDMap and for CFF a glyph doubled inside the table; or ActualText around
 * each occurrence, which fewer readers honour.
 *
 * A cluster of several glyphs has its text on the first; the others mean U+200B by themselves, and the content stream puts
 * the cluster's true text over all of them as ActualText.
 */
#include "pdf/pdf_int.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One text that a glyph stands for; its place in the list is its layer. */
typedef struct Meaning {
    const char *text;
    size_t length;
    struct Meaning *next;
} Meaning;

typedef struct Use {
    uint32_t key; /* face << 16 | glyph; faces end below 65,535, so that UINT32_MAX is free */
    uint16_t cid;
    int16_t width; /* thousandths of an em */
    Meaning first;
} Use;

/* A glyph of an op, looked up once when it is collected. */
typedef struct Shown {
    const Use *use;
    uint32_t layer;
} Shown;

/* One CIDFont: uses [start, end) in rising order of glyphs. */
typedef struct Family {
    uint16_t face;
    size_t start, end;
    size_t layers;
    uint32_t first_font; /* number of the resource of layer 0 */
    const char *name;    /* BaseFont with its subset tag */
    uint32_t cid_font;
} Family;

struct PdfSet {
    Arena *arena;
    Shown *shown; /* of all glyphs in the order of the document */
    size_t next;  /* whose code is asked for next */
    Use **slots;  /* open addressing by key */
    size_t slot_count;
    Use **uses; /* sorted by key after collecting */
    size_t use_count;
    Family *families;
    size_t family_count;
    uint32_t *font_by_face; /* first_font of each face */
    uint32_t *fonts;        /* object numbers by resource */
    size_t font_count;
};

/* ── collecting ── */

static size_t slot_of(const PdfSet *set, uint32_t key)
{
    size_t slot = (key * 2654435761U) & (set->slot_count - 1);
    while (set->slots[slot] && set->slots[slot]->key != key)
        slot = (slot + 1) & (set->slot_count - 1);
    return slot;
}

static void grow_slots(PdfSet *set)
{
    Use **old = set->slots;
    const size_t old_count = set->slot_count;
    set->slot_count = old_count ? old_count * 2 : 2048;
    set->slots = ARENA_ARRAY(set->arena, set->slot_count, Use *);
    for (size_t i = 0; i < old_count; i++)
        if (old[i])
            set->slots[slot_of(set, old[i]->key)] = old[i];
}

static uint32_t key_of(uint16_t face, uint16_t gid)
{
    return (uint32_t)face << 16 | gid;
}

static Meaning meaning_of(const PageOp *op, size_t index)
{
    static const char zero_width_space[] = "\xE2\x80\x8B";
    const PageGlyph *glyph = &op->as.glyphs.glyphs[index];
    if (glyph->length == 0)
        return (Meaning){zero_width_space, 3, NULL};
    return (Meaning){op->as.glyphs.text + glyph->start, glyph->length, NULL};
}

static bool same_text(const Meaning *a, const Meaning *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* Returns the meaning's layer. */
static uint32_t add_meaning(PdfSet *set, Use *use, const Meaning *meaning)
{
    uint32_t layer = 0;
    for (Meaning *m = &use->first; !same_text(m, meaning); m = m->next, layer++)
        if (!m->next)
            m->next = arena_copy(set->arena, meaning, sizeof *meaning);
    return layer;
}

static Shown collect_glyph(PdfSet *set, const PageOp *op, size_t index)
{
    const uint32_t key = key_of(op->as.glyphs.face, op->as.glyphs.glyphs[index].gid);
    const Meaning meaning = meaning_of(op, index);
    if (set->use_count * 2 >= set->slot_count)
        grow_slots(set);
    const size_t slot = slot_of(set, key);
    if (set->slots[slot])
        return (Shown){set->slots[slot], add_meaning(set, set->slots[slot], &meaning)};
    Use *use = ARENA_NEW(set->arena, Use);
    use->key = key;
    use->first = meaning;
    set->slots[slot] = use;
    set->use_count++;
    return (Shown){use, 0};
}

static size_t count_glyphs(const PageDocument *document)
{
    size_t count = 0;
    for (const Page *page = document->pages; page; page = page->next)
        for (const PageOp *op = page->ops; op; op = op->next)
            if (op->kind == PAGE_GLYPHS)
                count += op->as.glyphs.count;
    return count;
}

static void collect(PdfSet *set, const PageDocument *document)
{
    set->shown = ARENA_ARRAY(set->arena, count_glyphs(document), Shown);
    size_t at = 0;
    for (const Page *page = document->pages; page; page = page->next)
        for (const PageOp *op = page->ops; op; op = op->next)
            if (op->kind == PAGE_GLYPHS)
                for (size_t i = 0; i < op->as.glyphs.count; i++)
                    set->shown[at++] = collect_glyph(set, op, i);
}

static int by_key(const void *a, const void *b)
{
    const Use *const *x = a, *const *y = b;
    return ((*x)->key > (*y)->key) - ((*x)->key < (*y)->key);
}

static size_t count_layers(const Use *use)
{
    size_t layers = 1;
    for (const Meaning *m = use->first.next; m; m = m->next)
        layers++;
    return layers;
}

/* Sorts the uses and makes a family of each face's; numbers the font resources. */
static void make_families(PdfSet *set)
{
    set->uses = ARENA_ARRAY(set->arena, set->use_count, Use *);
    size_t count = 0;
    for (size_t i = 0; i < set->slot_count; i++)
        if (set->slots[i])
            set->uses[count++] = set->slots[i];
    if (count)
        qsort(set->uses, count, sizeof *set->uses, by_key);
    set->families = ARENA_ARRAY(set->arena, count, Family);
    for (size_t i = 0; i < count; i++) {
        const uint16_t face = (uint16_t)(set->uses[i]->key >> 16);
        if (i == 0 || set->families[set->family_count - 1].face != face)
            set->families[set->family_count++] = (Family){.face = face, .start = i, .layers = 1};
        Family *family = &set->families[set->family_count - 1];
        family->end = i + 1;
        const size_t layers = count_layers(set->uses[i]);
        family->layers = layers > family->layers ? layers : family->layers;
    }
    if (count)
        set->font_by_face = ARENA_ARRAY(set->arena, (size_t)set->families[set->family_count - 1].face + 1, uint32_t);
    for (size_t i = 0; i < set->family_count; i++) {
        Family *family = &set->families[i];
        family->first_font = (uint32_t)set->font_count;
        set->font_by_face[family->face] = family->first_font;
        set->font_count += family->layers;
    }
    set->fonts = ARENA_ARRAY(set->arena, set->font_count, uint32_t);
}

PdfCode pdf_set_next_code(PdfSet *set, uint16_t face)
{
    const Shown *shown = &set->shown[set->next++];
    assert(shown->use->key >> 16 == face);
    return (PdfCode){shown->use->cid, (uint16_t)(set->font_by_face[face] + shown->layer), shown->use->width};
}

void pdf_set_put_resources(const PdfSet *set, Buf *out)
{
    if (set->font_count == 0)
        return;
    buf_text(out, "/Font<<");
    for (size_t i = 0; i < set->font_count; i++)
        buf_print(out, "/F%zu %u 0 R", i, set->fonts[i]);
    buf_text(out, ">>");
}

/* ── font objects ── */

/* Six letters from what the subset holds (9.6.4): the same subset has the same name, another one most likely another. */
static const char *tagged_name(const PdfSet *set, const Family *family, const TextFace *face)
{
    uint64_t value = 0xCBF29CE484222325U; /* FNV-1a over the font file's hash and the glyphs */
    for (const char *p = face->sha256; *p; p++)
        value = (value ^ (unsigned char)*p) * 0x100000001B3U;
    for (size_t i = family->start; i < family->end; i++)
        value = (value ^ (set->uses[i]->key & 0xffff)) * 0x100000001B3U;
    char tag[7] = {0};
    for (int i = 0; i < 6; i++) {
        tag[i] = (char)('A' + value % 26);
        value /= 26;
    }
    return arena_print(set->arena, "%s+%s", tag, face->name);
}

/* A stream of compressed bytes. */
static uint32_t write_packed(PdfWriter *w, const char *entries, PdfBytes packed)
{
    const uint32_t number = pdf_file_reserve(w->file);
    Buf *out = pdf_file_begin(w->file, number);
    buf_text(out, entries);
    buf_text(out, "/Filter/FlateDecode");
    pdf_file_end_stream(w->file, packed);
    return number;
}

/* `raw` is not needed any more afterwards. */
static uint32_t write_stream(PdfWriter *w, PdfBytes raw)
{
    return write_packed(w, "", pdf_fonts_deflate_quickly(w->fonts, w->arena, raw));
}

static uint32_t write_descriptor(PdfWriter *w, const Family *family, const PdfFace *face, const PdfSubset *subset)
{
    const bool cff = face->face->cff;
    const char *entries = cff ? "/Subtype/CIDFontType0C" : arena_print(w->arena, "/Length1 %zu", subset->length);
    const uint32_t program = write_packed(w, entries, subset->program);
    const uint32_t cid_set = write_stream(w, subset->cid_set);
    const uint32_t number = pdf_file_reserve(w->file);
    Buf *out = pdf_file_begin(w->file, number);
    buf_text(out, "/Type/FontDescriptor/FontName");
    pdf_put_name(out, family->name);
    buf_text(out, face->descriptor);
    pdf_put_reference(out, cff ? "FontFile3" : "FontFile2", program);
    pdf_put_reference(out, "CIDSet", cid_set);
    pdf_file_end(w->file);
    return number;
}

static int by_cid(const void *a, const void *b)
{
    const Use *const *x = a, *const *y = b;
    return ((*x)->cid > (*y)->cid) - ((*x)->cid < (*y)->cid);
}

/* The width that most glyphs have, found by counting those of each. */
static int16_t common_width(Arena *arena, Use *const *uses, size_t count)
{
    int16_t best = 1000;
    size_t most = 0;
    const ArenaMark before = arena_mark(arena);
    uint16_t *counts = ARENA_ARRAY(arena, INT16_MAX + 1, uint16_t);
    for (size_t i = 0; i < count; i++) {
        if (uses[i]->width < 0)
            continue;
        const size_t here = ++counts[uses[i]->width];
        if (here > most) {
            most = here;
            best = uses[i]->width;
        }
    }
    arena_rewind(arena, before);
    return best;
}

/* /DW for the commonest width and /W for the others (9.7.4.3); neighbouring CIDs share brackets. Whole numbers only, for MuPDF
 * rounds others and so would place glyphs elsewhere than the rest; content streams make up for the difference. */
static void put_widths(Arena *arena, Buf *out, Use *const *uses, size_t count)
{
    const int16_t common = common_width(arena, uses, count);
    const Use *previous = NULL;
    if (common != 1000)
        buf_print(out, "/DW %d", common);
    for (size_t i = 0; i < count; i++) {
        const Use *use = uses[i];
        if (use->width == common)
            continue;
        if (!previous)
            buf_text(out, "/W[");
        if (previous && previous->cid + 1 == use->cid)
            buf_byte(out, ' ');
        else
            buf_print(out, "%s%u[", previous ? "]" : "", use->cid);
        buf_int(out, use->width);
        previous = use;
    }
    if (previous)
        buf_text(out, "]]");
}

static void write_cid_font(PdfWriter *w, const Family *family, const PdfFace *face, uint32_t descriptor,
                           Use *const *uses, size_t count)
{
    Buf *out = pdf_file_begin(w->file, family->cid_font);
    buf_print(out, "/Type/Font/Subtype/CIDFontType%d/BaseFont", face->face->cff ? 0 : 2);
    pdf_put_name(out, family->name);
    buf_text(out, "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>");
    if (!face->face->cff)
        buf_text(out, "/CIDToGIDMap/Identity");
    pdf_put_reference(out, "FontDescriptor", descriptor);
    put_widths(w->arena, out, uses, count);
    pdf_file_end(w->file);
}

static const Meaning *meaning_at(const Use *use, size_t layer)
{
    const Meaning *m = &use->first;
    while (m && layer--)
        m = m->next;
    return m;
}

/* End of the run that begins at use i: neighbouring CIDs with a meaning in this layer, all with the same high byte as ranges
 * of a CMap want it (Adobe Technical Note 5411). */
static size_t run_end(Use *const *uses, size_t count, size_t layer, size_t i)
{
    size_t end = i + 1;
    while (end < count && uses[end]->cid == uses[end - 1]->cid + 1 && uses[end]->cid % 256 &&
           meaning_at(uses[end], layer))
        end++;
    return end;
}

static void put_code(Buf *out, uint16_t cid)
{
    static const char digits[] = "0123456789ABCDEF";
    const char code[] = {'<', digits[cid >> 12], digits[cid >> 8 & 15], digits[cid >> 4 & 15], digits[cid & 15], '>'};
    buf_append(out, code, sizeof code);
}

static void put_meaning(Buf *out, const Use *use, size_t layer)
{
    const Meaning *m = meaning_at(use, layer);
    buf_byte(out, '<');
    pdf_put_utf16(out, m->text, m->length);
    buf_byte(out, '>');
}

/* The meanings of CIDs that stand alone, or of runs of them, in blocks of at most 100 as CMaps want. Runs need no code for each
 * CID: a third less after compression. */
static void put_meanings(Buf *out, Use *const *uses, size_t count, size_t layer, bool runs)
{
    Buf block = {0};
    size_t in_block = 0;
    for (size_t i = 0, end; i <= count; i = end) {
        end = i + 1;
        const bool any = i < count && meaning_at(uses[i], layer);
        if (any)
            end = run_end(uses, count, layer, i);
        if (any && (end > i + 1) == runs) {
            put_code(&block, uses[i]->cid);
            if (runs) {
                put_code(&block, uses[end - 1]->cid);
                buf_byte(&block, '[');
            }
            for (size_t k = i; k < end; k++)
                put_meaning(&block, uses[k], layer);
            buf_text(&block, runs ? "]\n" : "\n");
            in_block++;
        }
        if (in_block == 100 || (in_block && i == count)) {
            const char *kind = runs ? "range" : "char";
            buf_print(out, "%zu beginbf%s\n", in_block, kind);
            buf_append(out, block.bytes, block.length);
            buf_print(out, "endbf%s\n", kind);
            buf_clear(&block);
            in_block = 0;
        }
    }
    buf_free(&block);
}

/* A ToUnicode CMap (9.10.3) for the glyphs that have a meaning in this layer. */
static void put_cmap(Buf *out, Use *const *uses, size_t count, size_t layer)
{
    buf_text(out, "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                  "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
                  "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
                  "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n");
    put_meanings(out, uses, count, layer, false);
    put_meanings(out, uses, count, layer, true);
    buf_text(out, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n");
}

/* The Type 0 font of a layer (9.7.6). Above a Type 0 CIDFont its name has the encoding's after it. */
static void write_layer(PdfWriter *w, const Family *family, bool cff, size_t layer, Use *const *uses, size_t count)
{
    Buf cmap = {0};
    put_cmap(&cmap, uses, count, layer);
    const uint32_t to_unicode = write_stream(w, (PdfBytes){cmap.bytes, cmap.length});
    buf_free(&cmap);

    const uint32_t number = pdf_file_reserve(w->file);
    w->set->fonts[family->first_font + layer] = number;
    Buf *out = pdf_file_begin(w->file, number);
    buf_text(out, "/Type/Font/Subtype/Type0/BaseFont");
    pdf_put_name(out, cff ? arena_print(w->arena, "%s-Identity-H", family->name) : family->name);
    buf_print(out, "/Encoding/Identity-H/DescendantFonts[%u 0 R]", family->cid_font);
    pdf_put_reference(out, "ToUnicode", to_unicode);
    pdf_file_end(w->file);
}

static bool write_family(PdfWriter *w, Family *family)
{
    PdfSet *set = w->set;
    const PdfFace *face = pdf_fonts_face(w->fonts, family->face);
    const size_t count = family->end - family->start;
    uint16_t *gids = ARENA_ARRAY(w->arena, count, uint16_t);
    Use **uses = arena_copy(w->arena, set->uses + family->start, count * sizeof *uses);
    for (size_t i = 0; i < count; i++)
        gids[i] = (uint16_t)(uses[i]->key & 0xffff);

    PdfSubset subset;
    if (!pdf_subset_make(w->fonts, w->arena, face, gids, count, &subset))
        return diag_add(w->diag, DIAG_PDF_FONT, w->place, face->face->name, face->face->path);
    for (size_t i = 0; i < count; i++) {
        uses[i]->cid = subset.cids[i];
        uses[i]->width = (int16_t)fixed_mul_div(hb_font_get_glyph_h_advance(face->font, gids[i]), 1000,
                                                (int64_t)face->face->units_per_em);
    }
    qsort(uses, count, sizeof *uses, by_cid);

    family->name = tagged_name(set, family, face->face);
    family->cid_font = pdf_file_reserve(w->file);
    const uint32_t descriptor = write_descriptor(w, family, face, &subset);
    write_cid_font(w, family, face, descriptor, uses, count);
    for (size_t layer = 0; layer < family->layers; layer++)
        write_layer(w, family, face->face->cff, layer, uses, count);
    return true;
}

bool pdf_set_write(PdfWriter *writer)
{
    PdfSet *set = ARENA_NEW(writer->arena, PdfSet);
    writer->set = set;
    set->arena = writer->arena;
    collect(set, writer->document);
    make_families(set);
    pdf_file_part(writer->file, PDF_FONTS);
    for (size_t i = 0; i < set->family_count; i++)
        if (!write_family(writer, &set->families[i]))
            return false;
    pdf_file_part(writer->file, PDF_REST);
    return true;
}
