/* The programs of a CFF face's glyphs, prepared when a document first uses them and kept for those that follow.
 *
 * A kept glyph is its charstring made free of subroutines and hints (charstring.c), in the face's own prefix code (bits.c), with its Adler-32.
 * A document's font program is then: a head that says which glyphs there are (cff.c), stored as it is, and the glyphs' bits one after
 * the other. Nothing is searched for, nothing large is read. What a document's file holds depends on nothing but the face and its
 * glyphs: the code is made from a sample that is the same in every process.
 *
 * The alternatives that were measured: HarfBuzz's subsetter for each document, 20 times the time; a static subset for each layout beside a
 * small one for each document, two fonts for one face; all glyphs of a face prepared and kept on disk, seconds at the first start and
 * files to look after. See docs/performance.md.
 *
 * Lifetime: opened in the run arena, grown by the worker that writes documents. Each face keeps at most KEPT_LIMIT bytes; when
 * there are more it begins anew, which costs as much as a few documents.
 */
#include "pdf/glyphs_int.h"

#include <zlib.h>

enum {
    KEPT_LIMIT = 6 << 20, /* some 10,000 Han: more than any scheme's documents use */
    SAMPLE = 512,         /* glyphs that the code is made from */
};

typedef struct Glyph {
    uint32_t length; /* of the program */
    uint32_t adler;
    uint32_t bit_count;
    const unsigned char *bits;
} Glyph;

struct PdfGlyphs {
    PdfBytes table;
    bool opened;
    Arena *lasting;    /* what is read once */
    const PdfCff *cff; /* NULL: cannot be taken apart */
    PdfByteCode code;
    Arena *kept;
    const Glyph **glyphs; /* by glyph index */
    Buf program, stream;  /* working memory */
};

static void close_glyphs(void *handle)
{
    PdfGlyphs *face = handle;
    arena_close(face->lasting);
    arena_close(face->kept);
    buf_free(&face->program);
    buf_free(&face->stream);
}

PdfGlyphs *pdf_glyphs_open(Arena *run, PdfBytes table)
{
    PdfGlyphs *face = ARENA_NEW(run, PdfGlyphs);
    face->table = table;
    arena_defer(run, close_glyphs, face);
    return face;
}

/* The face's code, from glyphs spread over all of it. Those that cannot be read are passed over: they are judged when used. */
static void make_code(PdfGlyphs *face)
{
    uint64_t counts[PDF_SYMBOLS] = {0};
    const size_t step = face->cff->glyphs.count / SAMPLE + 1;
    for (size_t gid = 1; gid < face->cff->glyphs.count; gid += step) {
        buf_clear(&face->program);
        if (!pdf_charstring_flatten(face->cff, (uint16_t)gid, &face->program))
            continue;
        for (size_t i = 0; i < face->program.length; i++)
            counts[face->program.bytes[i]]++;
    }
    pdf_code_make(&face->code, counts);
}

/* Before a document: the table is taken apart once, and what is kept stays within its limit. */
static bool ready(PdfGlyphs *face)
{
    if (!face->opened) {
        face->opened = true;
        face->lasting = arena_open(0);
        face->kept = arena_open(0);
        face->cff = pdf_cff_open(face->lasting, face->table);
        if (face->cff)
            make_code(face);
    }
    if (!face->cff)
        return false;
    if (arena_footprint(face->kept) > KEPT_LIMIT) {
        arena_reset(face->kept);
        face->glyphs = NULL;
    }
    if (!face->glyphs)
        face->glyphs = ARENA_ARRAY(face->kept, face->cff->glyphs.count, const Glyph *);
    return true;
}

static const Glyph *keep(PdfGlyphs *face, uint16_t gid)
{
    if (gid >= face->cff->glyphs.count)
        return NULL;
    if (face->glyphs[gid])
        return face->glyphs[gid];
    buf_clear(&face->program);
    if (!pdf_charstring_flatten(face->cff, gid, &face->program))
        return NULL;
    buf_clear(&face->stream);
    PdfBits bits = {.out = &face->stream};
    pdf_code_put(&bits, &face->code, face->program.bytes, face->program.length);
    const size_t bit_count = face->stream.length * 8 + bits.held;
    pdf_bits_align(&bits);
    buf_append(&face->stream, (const unsigned char[]){0, 0, 0}, 3); /* to be read beyond */
    Glyph *glyph = ARENA_NEW(face->kept, Glyph);
    *glyph = (Glyph){
        .length = (uint32_t)face->program.length,
        .adler = (uint32_t)adler32(adler32(0, NULL, 0), face->program.bytes, (uInt)face->program.length),
        .bit_count = (uint32_t)bit_count,
        .bits = arena_copy(face->kept, face->stream.bytes, face->stream.length),
    };
    return face->glyphs[gid] = glyph;
}

/* The zlib stream (RFC 1950) of the head and the glyphs. */
static void put_stream(PdfGlyphs *face, const Buf *head, const Glyph *const *glyphs, size_t count)
{
    Buf *out = &face->stream;
    buf_clear(out);
    buf_append(out, (const unsigned char[]){0x78, 0x01}, 2);
    PdfBits bits = {.out = out};
    pdf_bits_store(&bits, head->bytes, head->length);
    uLong adler = adler32(adler32(0, NULL, 0), head->bytes, (uInt)head->length);
    pdf_code_begin(&bits, &face->code);
    for (size_t i = 0; i < count; i++) {
        pdf_bits_append(&bits, glyphs[i]->bits, glyphs[i]->bit_count);
        adler = adler32_combine(adler, glyphs[i]->adler, (z_off_t)glyphs[i]->length);
    }
    pdf_code_end(&bits, &face->code);
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_byte(out, (unsigned char)(adler >> shift));
}

bool pdf_glyphs_pack(Arena *arena, PdfGlyphs *face, const uint16_t *gids, size_t count, PdfSubset *out)
{
    if (!ready(face))
        return false;
    const size_t notdef = count > 0 && gids[0] == 0 ? 0 : 1; /* to be added in front */
    const size_t all = count + notdef;
    uint16_t *every = ARENA_ARRAY(arena, all, uint16_t);
    const Glyph **glyphs = ARENA_ARRAY(arena, all, const Glyph *);
    uint32_t *lengths = ARENA_ARRAY(arena, all, uint32_t);
    uint16_t *cids = ARENA_ARRAY(arena, all, uint16_t);
    size_t total = 0;
    for (size_t i = 0; i < all; i++) {
        every[i] = i < notdef ? 0 : gids[i - notdef];
        glyphs[i] = keep(face, every[i]);
        if (!glyphs[i])
            return false;
        lengths[i] = glyphs[i]->length;
        cids[i] = (uint16_t)i;
        total += lengths[i];
    }
    Buf *head = &face->program;
    buf_clear(head);
    if (!pdf_cff_put_head(face->cff, every, lengths, all, head))
        return false;
    put_stream(face, head, glyphs, all);
    out->program = (PdfBytes){face->stream.bytes, face->stream.length};
    out->length = head->length + total;
    out->cids = cids + notdef;
    out->cid_set = pdf_subset_cid_set(arena, cids, all);
    return true;
}
