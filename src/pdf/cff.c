/* Reader of the little that PDF must know about a CFF table (Adobe Technical Note 5176): the CIDs of its glyphs.
 *
 * It reads what HarfBuzz has just written, but trusts nothing: every offset is checked against the table.
 */
#include "pdf/pdf_int.h"

typedef struct Reader {
    const unsigned char *bytes;
    size_t length;
    size_t at;
    bool damaged; /* sticky */
} Reader;

static uint32_t read_uint(Reader *r, int size)
{
    uint32_t value = 0;
    for (int i = 0; i < size; i++) {
        if (r->at >= r->length) {
            r->damaged = true;
            return 0;
        }
        value = value << 8 | r->bytes[r->at++];
    }
    return value;
}

static void seek(Reader *r, size_t at)
{
    if (at > r->length)
        r->damaged = true;
    else
        r->at = at;
}

/* An INDEX (section 5) and the extent of its first object; the reader is left behind the INDEX. */
typedef struct Index {
    uint32_t count;
    size_t first, first_end;
} Index;

static Index read_index(Reader *r)
{
    Index index = {.count = read_uint(r, 2)};
    if (index.count == 0)
        return index;
    const int size = (int)read_uint(r, 1);
    if (size < 1 || size > 4) {
        r->damaged = true;
        return index;
    }
    const size_t offsets = r->at;
    const size_t base = offsets + ((size_t)index.count + 1) * (size_t)size - 1;
    index.first = base + read_uint(r, size);
    index.first_end = base + read_uint(r, size);
    seek(r, offsets + (size_t)index.count * (size_t)size);
    seek(r, base + read_uint(r, size));
    if (index.first_end < index.first || index.first_end > r->length)
        r->damaged = true;
    return index;
}

/* What the Top DICT says (section 9). Real operands (30) are skipped. */
typedef struct Top {
    bool cid_keyed;
    uint32_t charset, char_strings;
} Top;

static void skip_real(Reader *r)
{
    while (!r->damaged && (read_uint(r, 1) & 15) != 15)
        ;
}

static Top read_top(Reader *r, size_t end)
{
    Top top = {0};
    uint32_t operand = 0;
    while (!r->damaged && r->at < end) {
        const uint32_t b = read_uint(r, 1);
        if (b == 28)
            operand = read_uint(r, 2);
        else if (b == 29)
            operand = read_uint(r, 4);
        else if (b == 30)
            skip_real(r);
        else if (b >= 32 && b <= 246)
            operand = b - 139;
        else if (b >= 247 && b <= 254)
            operand = (b - (b < 251 ? 247 : 251)) * 256 + read_uint(r, 1) + 108;
        else if (b == 12)
            top.cid_keyed |= read_uint(r, 1) == 30; /* ROS */
        else if (b == 15)
            top.charset = operand;
        else if (b == 17)
            top.char_strings = operand;
    }
    return top;
}

/* Charset (section 13): glyph 0 is .notdef and not listed; then CIDs one by one, or ranges. */
static void read_charset(Reader *r, uint16_t *cids, size_t count)
{
    const uint32_t format = read_uint(r, 1);
    if (format > 2)
        r->damaged = true;
    for (size_t glyph = 1; glyph < count && !r->damaged;) {
        uint32_t cid = read_uint(r, 2);
        const uint32_t left = format == 0 ? 0 : read_uint(r, (int)format);
        for (uint32_t i = 0; i <= left && glyph < count; i++)
            cids[glyph++] = (uint16_t)cid++;
    }
}

uint16_t *pdf_cff_cids(Arena *arena, PdfBytes table, size_t *count)
{
    Reader r = {.bytes = table.data, .length = table.length};
    seek(&r, 2);
    seek(&r, read_uint(&r, 1)); /* past the header */
    read_index(&r);             /* names */
    const Index tops = read_index(&r);
    seek(&r, tops.first);
    const Top top = read_top(&r, tops.first_end);
    seek(&r, top.char_strings);
    *count = read_index(&r).count;
    if (r.damaged || top.char_strings == 0 || *count == 0)
        return NULL;

    uint16_t *cids = ARENA_ARRAY(arena, *count, uint16_t);
    if (top.cid_keyed && top.charset > 2) { /* 0 to 2 name ready-made charsets, which CID-keyed fonts may not use */
        seek(&r, top.charset);
        read_charset(&r, cids, *count);
    } else {
        for (size_t glyph = 0; glyph < *count; glyph++)
            cids[glyph] = (uint16_t)glyph;
    }
    return r.damaged ? NULL : cids;
}
