/* CFF tables (Adobe Technical Note 5176): read with every offset checked, for they come from font files; written for the glyphs of one
 * document.
 *
 * What is written is CID-keyed whatever was read, and its CIDs count from 0: so the codes of text, the widths, ToUnicode and CIDSet of a document are small
 * numbers without gaps, which is half of what makes them short. Of the Private DICTs only what widths need is kept: hints are taken away, and no
 * subroutines remain.
 */
#include "pdf/cff_int.h"

#include <string.h>

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

/* ── INDEX (5) ── */

/* The reader is left behind the INDEX. */
static PdfCffIndex read_index(Reader *r)
{
    PdfCffIndex index = {.count = read_uint(r, 2)};
    if (index.count == 0)
        return index;
    index.size = (int)read_uint(r, 1);
    if (index.size < 1 || index.size > 4)
        r->damaged = true;
    if (r->damaged)
        return (PdfCffIndex){0};
    index.offsets = r->at;
    index.base = index.offsets + ((size_t)index.count + 1) * (size_t)index.size - 1;
    seek(r, index.offsets + (size_t)index.count * (size_t)index.size);
    seek(r, index.base + read_uint(r, index.size));
    return index;
}

bool pdf_cff_object(PdfBytes table, const PdfCffIndex *index, uint32_t i, PdfBytes *out)
{
    Reader r = {.bytes = table.data, .length = table.length};
    if (i >= index->count)
        return false;
    seek(&r, index->offsets + (size_t)i * (size_t)index->size);
    const size_t start = index->base + read_uint(&r, index->size);
    const size_t end = index->base + read_uint(&r, index->size);
    if (r.damaged || start > end || end > table.length)
        return false;
    *out = (PdfBytes){r.bytes + start, end - start};
    return true;
}

/* ── DICT (4) ── */

/* Operators; those after the escape 12 have 0x0C00 added. */
enum {
    OP_BOX = 5,
    OP_CHARSET = 15,
    OP_CHAR_STRINGS = 17,
    OP_PRIVATE = 18,
    OP_SUBRS = 19,
    OP_DEFAULT_WIDTH = 20,
    OP_NOMINAL_WIDTH = 21,
    OP_ESCAPE = 12,
    OP_MATRIX = 0x0C07,
    OP_CHARSTRING_TYPE = 0x0C06,
    OP_ROS = 0x0C1E,
    OP_CID_COUNT = 0x0C22,
    OP_DICTS = 0x0C24,
    OP_SELECT = 0x0C25,
};

/* An operator with its operands as they stand, and the last two as whole numbers (0 where they are fractions). */
typedef struct Entry {
    uint32_t op;
    PdfBytes operands;
    int64_t before_last, last;
} Entry;

static int64_t read_operand(Reader *r, uint32_t b)
{
    if (b == 28)
        return (int16_t)read_uint(r, 2);
    if (b == 29)
        return (int32_t)read_uint(r, 4);
    if (b >= 32 && b <= 246)
        return (int64_t)b - 139;
    if (b >= 247 && b <= 250)
        return ((int64_t)b - 247) * 256 + read_uint(r, 1) + 108;
    if (b >= 251 && b <= 254)
        return -((int64_t)b - 251) * 256 - (int64_t)read_uint(r, 1) - 108;
    if (b == 30) { /* a fraction: digits of half a byte up to 15 */
        for (uint32_t pair = 0; !r->damaged && (pair & 15) != 15 && pair >> 4 != 15;)
            pair = read_uint(r, 1);
        return 0;
    }
    r->damaged = true;
    return 0;
}

/* False: the end, or damaged. */
static bool next_entry(Reader *r, Entry *entry)
{
    *entry = (Entry){.operands = {r->bytes + r->at, 0}};
    const size_t start = r->at;
    while (!r->damaged && r->at < r->length) {
        entry->operands.length = r->at - start;
        const uint32_t b = read_uint(r, 1);
        if (b <= 21) {
            entry->op = b == OP_ESCAPE ? 0x0C00 + read_uint(r, 1) : b;
            return !r->damaged;
        }
        entry->before_last = entry->last;
        entry->last = read_operand(r, b);
    }
    return false;
}

static size_t offset_of(const Entry *entry)
{
    return entry->last > 0 ? (size_t)entry->last : 0;
}

/* Size and offset of a Private DICT; its subroutines are counted from where it begins. */
static bool read_private(PdfBytes table, const Entry *where, PdfCffDict *out)
{
    const size_t start = offset_of(where), size = where->before_last > 0 ? (size_t)where->before_last : 0;
    if (start > table.length || size > table.length - start)
        return false;
    Reader r = {.bytes = (const unsigned char *)table.data + start, .length = size};
    size_t subrs = 0;
    for (Entry entry; next_entry(&r, &entry);) {
        if (entry.op == OP_DEFAULT_WIDTH)
            out->default_width = entry.operands;
        else if (entry.op == OP_NOMINAL_WIDTH)
            out->nominal_width = entry.operands;
        else if (entry.op == OP_SUBRS)
            subrs = offset_of(&entry);
    }
    if (r.damaged)
        return false;
    if (subrs == 0)
        return true;
    Reader all = {.bytes = table.data, .length = table.length};
    seek(&all, start);
    seek(&all, start + subrs);
    if (!all.damaged)
        out->subrs = read_index(&all);
    return !all.damaged;
}

static bool read_font_dict(PdfBytes table, PdfBytes text, PdfCffDict *out)
{
    Reader r = {.bytes = text.data, .length = text.length};
    for (Entry entry; next_entry(&r, &entry);) {
        if (entry.op == OP_MATRIX)
            out->matrix = entry.operands;
        else if (entry.op == OP_PRIVATE && !read_private(table, &entry, out))
            return false;
    }
    return !r.damaged;
}

/* ── the table ── */

/* What the Top DICT says (9). */
typedef struct Top {
    bool cid_keyed;
    size_t charset, char_strings, dicts, select;
    PdfBytes text;
} Top;

static bool read_top(PdfCff *cff, Top *top)
{
    Reader r = {.bytes = top->text.data, .length = top->text.length};
    for (Entry entry; next_entry(&r, &entry);) {
        switch (entry.op) {
        case OP_ROS:
            top->cid_keyed = true;
            break;
        case OP_CHARSET:
            top->charset = offset_of(&entry);
            break;
        case OP_CHAR_STRINGS:
            top->char_strings = offset_of(&entry);
            break;
        case OP_DICTS:
            top->dicts = offset_of(&entry);
            break;
        case OP_SELECT:
            top->select = offset_of(&entry);
            break;
        case OP_MATRIX:
            cff->matrix = entry.operands;
            break;
        case OP_BOX:
            cff->box = entry.operands;
            break;
        case OP_CHARSTRING_TYPE:
            if (entry.last != 2)
                return false;
            break;
        default:
            break;
        }
    }
    return !r.damaged && top->char_strings > 0;
}

/* FDSelect (19): the Font DICT of every glyph. */
static bool read_select(Arena *arena, PdfCff *cff, size_t at)
{
    Reader r = {.bytes = cff->table.data, .length = cff->table.length};
    const size_t count = cff->glyphs.count;
    uint8_t *select = ARENA_ARRAY(arena, count, uint8_t);
    cff->dict_of = select;
    seek(&r, at);
    const uint32_t format = read_uint(&r, 1);
    if (format == 0) {
        for (size_t glyph = 0; glyph < count; glyph++)
            select[glyph] = (uint8_t)read_uint(&r, 1);
    } else if (format == 3) {
        const uint32_t ranges = read_uint(&r, 2);
        size_t glyph = read_uint(&r, 2);
        if (glyph != 0)
            return false;
        for (uint32_t i = 0; i < ranges && !r.damaged; i++) {
            const uint8_t dict = (uint8_t)read_uint(&r, 1);
            for (const size_t end = read_uint(&r, 2); glyph < end && glyph < count;)
                select[glyph++] = dict;
        }
        if (glyph < count)
            return false;
    } else {
        return false;
    }
    for (size_t glyph = 0; glyph < count; glyph++)
        if (select[glyph] >= cff->dict_count)
            return false;
    return !r.damaged;
}

static bool read_dicts(Arena *arena, PdfCff *cff, const Top *top)
{
    if (!top->cid_keyed) { /* the Top DICT has the one Private DICT; its FontMatrix stays at the top */
        PdfCffDict *only = ARENA_NEW(arena, PdfCffDict);
        cff->dicts = only;
        cff->dict_count = 1;
        const bool read = read_font_dict(cff->table, top->text, only);
        only->matrix = (PdfBytes){0};
        return read;
    }
    Reader r = {.bytes = cff->table.data, .length = cff->table.length};
    seek(&r, top->dicts);
    const PdfCffIndex index = read_index(&r);
    if (r.damaged || index.count == 0 || index.count > 256)
        return false;
    PdfCffDict *dicts = ARENA_ARRAY(arena, index.count, PdfCffDict);
    cff->dicts = dicts;
    cff->dict_count = index.count;
    for (uint32_t i = 0; i < index.count; i++) {
        PdfBytes text;
        if (!pdf_cff_object(cff->table, &index, i, &text) || !read_font_dict(cff->table, text, &dicts[i]))
            return false;
    }
    return read_select(arena, cff, top->select);
}

static bool open_table(Arena *arena, PdfBytes table, PdfCff *cff, Top *top)
{
    *cff = (PdfCff){.table = table};
    *top = (Top){0};
    Reader r = {.bytes = table.data, .length = table.length};
    seek(&r, 2);
    seek(&r, read_uint(&r, 1)); /* past the header */
    const PdfCffIndex names = read_index(&r), tops = read_index(&r);
    read_index(&r); /* strings */
    cff->global_subrs = read_index(&r);
    if (r.damaged || !pdf_cff_object(table, &names, 0, &cff->name) || !pdf_cff_object(table, &tops, 0, &top->text) ||
        !read_top(cff, top))
        return false;
    seek(&r, top->char_strings);
    cff->glyphs = read_index(&r);
    return !r.damaged && cff->glyphs.count > 0 && read_dicts(arena, cff, top);
}

const PdfCff *pdf_cff_open(Arena *arena, PdfBytes table)
{
    PdfCff *cff = ARENA_NEW(arena, PdfCff);
    Top top;
    return open_table(arena, table, cff, &top) ? cff : NULL;
}

/* Charset (13): glyph 0 is .notdef and not listed; then CIDs one by one, or ranges. */
static bool read_charset(const PdfCff *cff, size_t at, uint16_t *cids)
{
    Reader r = {.bytes = cff->table.data, .length = cff->table.length};
    const size_t count = cff->glyphs.count;
    seek(&r, at);
    const uint32_t format = read_uint(&r, 1);
    if (format > 2)
        return false;
    for (size_t glyph = 1; glyph < count && !r.damaged;) {
        uint32_t cid = read_uint(&r, 2);
        const uint32_t left = format == 0 ? 0 : read_uint(&r, (int)format);
        for (uint32_t i = 0; i <= left && glyph < count; i++)
            cids[glyph++] = (uint16_t)cid++;
    }
    return !r.damaged;
}

uint16_t *pdf_cff_cids(Arena *arena, PdfBytes table, size_t *count)
{
    PdfCff cff;
    Top top;
    if (!open_table(arena, table, &cff, &top))
        return NULL;
    *count = cff.glyphs.count;
    uint16_t *cids = ARENA_ARRAY(arena, *count, uint16_t);
    if (top.cid_keyed && top.charset > 2) /* 0 to 2 name ready-made charsets, which CID-keyed fonts may not use */
        return read_charset(&cff, top.charset, cids) ? cids : NULL;
    for (size_t glyph = 0; glyph < *count; glyph++)
        cids[glyph] = (uint16_t)glyph;
    return cids;
}

/* ── writing ── */

enum { FIRST_STRING = 391 }; /* number of the String INDEX's first: those below are the standard ones (appendix A) */

static void put_uint(Buf *out, uint64_t value, int size)
{
    for (int i = size - 1; i >= 0; i--)
        buf_byte(out, (unsigned char)(value >> 8 * i));
}

static void put_op(Buf *out, uint32_t op)
{
    put_uint(out, op, op > 255 ? 2 : 1);
}

/* Always of five bytes, so that it may be put right afterwards. */
static void put_number(Buf *out, size_t value)
{
    buf_byte(out, 29);
    put_uint(out, value, 4);
}

static void put_operands(Buf *out, PdfBytes operands, uint32_t op)
{
    if (operands.length == 0)
        return;
    buf_append(out, operands.data, operands.length);
    put_op(out, op);
}

static int size_of_offset(size_t highest)
{
    return highest < 1 << 8 ? 1 : highest < 1 << 16 ? 2 : highest < 1 << 24 ? 3 : 4;
}

/* An INDEX of objects that lie in `data` one after the other. */
static void put_index(Buf *out, const Buf *data, const size_t *ends, size_t count)
{
    const int size = size_of_offset(data->length + 1);
    put_uint(out, count, 2);
    buf_byte(out, (unsigned char)size);
    put_uint(out, 1, size);
    for (size_t i = 0; i < count; i++)
        put_uint(out, ends[i] + 1, size);
    buf_append(out, data->bytes, data->length);
}

static void put_object(Buf *out, const void *bytes, size_t length)
{
    Buf data = {0};
    buf_append(&data, bytes, length);
    put_index(out, &data, &length, 1);
    buf_free(&data);
}

/* Format 2, one range: 1, 2, 3 … */
static void put_charset(size_t count, Buf *out)
{
    buf_byte(out, 2);
    if (count > 1) {
        put_uint(out, 1, 2);
        put_uint(out, count - 2, 2);
    }
}

/* Format 3. `numbers` of the Font DICTs that are used. */
static void put_select(const PdfCff *cff, const uint16_t *gids, size_t count, const uint8_t *numbers, Buf *out)
{
    buf_byte(out, 3);
    const size_t at = out->length;
    put_uint(out, 0, 2);
    uint32_t ranges = 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t dict = numbers[cff->dict_of ? cff->dict_of[gids[i]] : 0];
        if (i > 0 && dict == out->bytes[out->length - 1])
            continue;
        put_uint(out, i, 2);
        buf_byte(out, dict);
        ranges++;
    }
    put_uint(out, count, 2);
    out->bytes[at] = (unsigned char)(ranges >> 8);
    out->bytes[at + 1] = (unsigned char)ranges;
}

/* The Private DICTs that are used, then the Font DICTs; returns where the latter's INDEX begins. */
static size_t put_dicts(const PdfCff *cff, const bool *used, size_t base, Buf *out)
{
    Buf dicts = {0};
    size_t ends[256], count = 0;
    for (size_t i = 0; i < cff->dict_count; i++) {
        if (!used[i])
            continue;
        const PdfCffDict *dict = &cff->dicts[i];
        const size_t start = out->length;
        put_operands(out, dict->default_width, OP_DEFAULT_WIDTH);
        put_operands(out, dict->nominal_width, OP_NOMINAL_WIDTH);
        put_operands(&dicts, dict->matrix, OP_MATRIX);
        put_number(&dicts, out->length - start);
        put_number(&dicts, start - base);
        put_op(&dicts, OP_PRIVATE);
        ends[count++] = dicts.length;
    }
    const size_t at = out->length - base;
    put_index(out, &dicts, ends, count);
    buf_free(&dicts);
    return at;
}

/* The Top DICT with no offsets yet; where each of the four stands goes to `places`. */
static void put_top(const PdfCff *cff, size_t cid_count, size_t places[4], Buf *out)
{
    static const uint32_t offsets[] = {OP_CHARSET, OP_SELECT, OP_DICTS, OP_CHAR_STRINGS};
    put_number(out, FIRST_STRING);
    put_number(out, FIRST_STRING + 1);
    put_number(out, 0);
    put_op(out, OP_ROS);
    put_operands(out, cff->matrix, OP_MATRIX);
    put_operands(out, cff->box, OP_BOX);
    put_number(out, cid_count);
    put_op(out, OP_CID_COUNT);
    for (int i = 0; i < 4; i++) {
        places[i] = out->length;
        put_number(out, 0);
        put_op(out, offsets[i]);
    }
}

static void settle(Buf *out, size_t place, size_t value)
{
    for (int i = 0; i < 4; i++)
        out->bytes[place + 1 + (size_t)i] = (unsigned char)(value >> 8 * (3 - i));
}

/* Header, Name, Top DICT, String and Global Subr INDEX (6 to 10, 16); `places` as put_top has them. */
static void put_front(const PdfCff *cff, size_t cid_count, size_t places[4], Buf *out)
{
    static const unsigned char header[] = {1, 0, 4, 4};
    static const size_t ends[] = {5, 13};
    buf_append(out, header, sizeof header);
    put_object(out, cff->name.data, cff->name.length);
    Buf top = {0}, strings = {0};
    put_top(cff, cid_count, places, &top);
    put_object(out, top.bytes, top.length);
    for (int i = 0; i < 4; i++)
        places[i] += out->length - top.length;
    buf_text(&strings, "AdobeIdentity");
    put_index(out, &strings, ends, 2);
    put_uint(out, 0, 2);
    buf_free(&top);
    buf_free(&strings);
}

bool pdf_cff_put_head(const PdfCff *cff, const uint16_t *gids, const uint32_t *lengths, size_t count, Buf *out)
{
    const size_t base = out->length;
    bool used[256] = {false};
    for (size_t i = 0; i < count; i++)
        used[cff->dict_of ? cff->dict_of[gids[i]] : 0] = true;
    uint8_t numbers[256] = {0}, next = 0;
    for (size_t i = 0; i < cff->dict_count; i++)
        if (used[i])
            numbers[i] = next++;

    size_t places[4];
    put_front(cff, count, places, out);
    settle(out, places[0], out->length - base);
    put_charset(count, out);
    settle(out, places[1], out->length - base);
    put_select(cff, gids, count, numbers, out);
    settle(out, places[2], put_dicts(cff, used, base, out));
    settle(out, places[3], out->length - base);

    uint64_t end = 1;
    for (size_t i = 0; i < count; i++)
        end += lengths[i];
    if (count > UINT16_MAX || end > INT32_MAX)
        return false;
    const int size = size_of_offset((size_t)end);
    put_uint(out, count, 2);
    buf_byte(out, (unsigned char)size);
    put_uint(out, end = 1, size);
    for (size_t i = 0; i < count; i++)
        put_uint(out, end += lengths[i], size);
    return true;
}
