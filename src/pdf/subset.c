/* One face's font program, cut down to the glyphs of one document.
 *
 * CFF faces go through glyphs.c, which keeps the programs of glyphs from document to document. What it does not take, TrueType above all, goes
 * through HarfBuzz's subsetter, which reads a large face anew for every document: 13 ms for the 400 glyphs of a scorecard out of a face of 51 MB.
 * hb_subset_preprocess would make that cheaper, but takes seconds and hundreds of MB for a large face. The subsetter is also what the tests hold
 * glyphs.c to.
 *
 * Hinting goes either way: archive copies are printed, and viewers hint Han glyphs themselves.
 */
#include "pdf/glyphs_int.h"

#include <hb-subset.h>

#include <string.h>

/* Only what a PDF reader uses of an embedded program is kept (9.9, Table 126): outlines, metrics, head. */
static void drop_tables(hb_subset_input_t *input)
{
    static const char dropped[][5] = {"GSUB", "GPOS", "GDEF", "BASE", "JSTF", "MATH", "cmap", "name", "OS/2",
                                      "post", "VORG", "vhea", "vmtx", "DSIG", "gasp", "kern", "hdmx", "VDMX",
                                      "LTSH", "STAT", "meta", "morx", "mort", "feat", "kerx", "ankr", "FFTM",
                                      "PCLT", "COLR", "CPAL", "SVG ", "CBDT", "CBLC", "EBDT", "EBLC", "sbix"};
    hb_set_t *set = hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG);
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        hb_set_add(set, hb_tag_from_string(dropped[i], 4));
}

static hb_subset_plan_t *make_plan(hb_face_t *face, const uint16_t *gids, size_t count)
{
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    if (!input)
        return NULL;
    drop_tables(input);
    hb_set_t *glyphs = hb_subset_input_glyph_set(input);
    hb_set_add(glyphs, 0);
    for (size_t i = 0; i < count; i++)
        hb_set_add(glyphs, gids[i]);
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_DESUBROUTINIZE);
    hb_subset_plan_t *plan = hb_subset_plan_create_or_fail(face, input);
    hb_subset_input_destroy(input);
    return plan;
}

static PdfBytes copy_program(Arena *arena, hb_face_t *subset, bool cff)
{
    hb_blob_t *blob =
        cff ? hb_face_reference_table(subset, HB_TAG('C', 'F', 'F', ' ')) : hb_face_reference_blob(subset);
    unsigned length = 0;
    const char *data = hb_blob_get_data(blob, &length);
    PdfBytes program = {arena_copy(arena, data, length), length};
    hb_blob_destroy(blob);
    return program;
}

/* Fills the result's CIDs and CIDSet from the CID of every glyph of the subset (NULL: CID = glyph). */
static bool number_glyphs(Arena *arena, const hb_subset_plan_t *plan, const uint16_t *all, size_t all_count,
                          const uint16_t *gids, size_t count, PdfSubset *out)
{
    const hb_map_t *map = hb_subset_plan_old_to_new_glyph_mapping(plan);
    uint16_t *cids = ARENA_ARRAY(arena, count, uint16_t);
    for (size_t i = 0; i < count; i++) {
        const hb_codepoint_t glyph = hb_map_get(map, gids[i]);
        if (glyph >= all_count) /* HB_MAP_VALUE_INVALID too */
            return false;
        cids[i] = all ? all[glyph] : (uint16_t)glyph;
    }
    uint16_t *every = ARENA_ARRAY(arena, all_count, uint16_t);
    for (size_t glyph = 0; glyph < all_count; glyph++)
        every[glyph] = all ? all[glyph] : (uint16_t)glyph;
    out->cids = cids;
    out->cid_set = pdf_subset_cid_set(arena, every, all_count);
    return true;
}

PdfBytes pdf_subset_cid_set(Arena *arena, const uint16_t *cids, size_t count)
{
    size_t highest = 0;
    for (size_t i = 0; i < count; i++)
        highest = cids[i] > highest ? cids[i] : highest;
    unsigned char *bits = arena_alloc(arena, highest / 8 + 1);
    for (size_t i = 0; i < count; i++)
        bits[cids[i] / 8] |= (unsigned char)(0x80 >> cids[i] % 8);
    return (PdfBytes){bits, highest / 8 + 1};
}

/* out->program is not compressed yet. */
static bool subset(Arena *arena, hb_face_t *face, bool cff, const uint16_t *gids, size_t count, PdfSubset *out)
{
    bool made = false;
    hb_face_t *cut = NULL;
    hb_subset_plan_t *plan = make_plan(face, gids, count);
    if (!plan)
        return false;
    cut = hb_subset_plan_execute_or_fail(plan);
    if (!cut)
        goto out;
    out->program = copy_program(arena, cut, cff);
    if (out->program.length == 0)
        goto out;
    size_t all_count = hb_face_get_glyph_count(cut);
    const uint16_t *all = cff ? pdf_cff_cids(arena, out->program, &all_count) : NULL;
    if (all_count > 0 && all_count <= 65536 && (all || !cff))
        made = number_glyphs(arena, plan, all, all_count, gids, count, out);
out:
    hb_face_destroy(cut);
    hb_subset_plan_destroy(plan);
    return made;
}

bool pdf_subset_make(const PdfFonts *fonts, Arena *arena, const PdfFace *face, const uint16_t *gids, size_t count,
                     PdfSubset *out)
{
    if (face->glyphs && pdf_glyphs_pack(arena, face->glyphs, gids, count, out))
        return true;
    if (!subset(arena, face->program, face->face->cff, gids, count, out))
        return false;
    out->length = out->program.length;
    out->program = pdf_fonts_deflate(fonts, arena, out->program);
    return true;
}
