/* Type 2 charstrings (Adobe Technical Note 5177) made free of what a subset does not carry: subroutines are written out where they are
 * called, hints are left out. What remains are the same drawing operators with the same operands, byte for byte.
 *
 * Operands are never computed: they are copied as they stand, and only the number of a subroutine is ever read. To know where the
 * mask of a hintmask ends, stems are counted; to keep the width, the first operand is counted too (5177, 4.1: an operand more than the first
 * operator that clears the stack needs).
 */
#include "pdf/cff_int.h"

enum {
    DEPTH = 10,    /* of calls (5177, appendix B) */
    OPERANDS = 48, /* on the stack (appendix B) */
    PROGRAM_LIMIT = 65535,
    STEPS = 200000, /* bytes read for one glyph: calls in calls could multiply them without end */
};

#define FRACTION INT32_MIN /* as a number, no subroutine has it */

enum {
    HSTEM = 1,
    VSTEM = 3,
    VMOVETO = 4,
    RLINETO = 5,
    HLINETO = 6,
    VLINETO = 7,
    RRCURVETO = 8,
    CALLSUBR = 10,
    RETURN = 11,
    ESCAPE = 12,
    ENDCHAR = 14,
    HSTEMHM = 18,
    HINTMASK = 19,
    CNTRMASK = 20,
    RMOVETO = 21,
    HMOVETO = 22,
    VSTEMHM = 23,
    RCURVELINE = 24,
    RLINECURVE = 25,
    VVCURVETO = 26,
    HHCURVETO = 27,
    SHORTINT = 28,
    CALLGSUBR = 29,
    VHCURVETO = 30,
    HVCURVETO = 31,
    FIRST_NUMBER = 32,
    HFLEX = 34, /* after ESCAPE, as the next */
    FLEX1 = 37,
};

typedef struct Flattener {
    const PdfCff *cff;
    const PdfCffDict *dict;
    Buf *out;
    size_t start;              /* of the glyph's program in `out` */
    size_t operands[OPERANDS]; /* where each operand that waits begins in `out` */
    int32_t values[OPERANDS];  /* FRACTION: not a whole number */
    size_t count;
    bool width_seen; /* the first operator that clears the stack has passed */
    bool carried;    /* the width waits at the front, its own operator having been left out */
    size_t stems;
    size_t steps;
    bool ended;
} Flattener;

static bool copy_number(Flattener *f, const unsigned char *at, size_t length, int32_t value)
{
    if (f->count == OPERANDS)
        return false;
    f->values[f->count] = value;
    f->operands[f->count++] = f->out->length;
    buf_append(f->out, at, length);
    return true;
}

/* A number that begins at `at`, of which `left` bytes are there; returns its length, 0 = cut off. (5177, 3.2) */
static size_t read_number(const unsigned char *at, size_t left, int32_t *value)
{
    const unsigned char b = at[0];
    if (b == SHORTINT && left >= 3) {
        *value = (int16_t)(at[1] << 8 | at[2]);
        return 3;
    }
    if (b >= 32 && b <= 246) {
        *value = b - 139;
        return 1;
    }
    if (b >= 247 && b <= 250 && left >= 2) {
        *value = (b - 247) * 256 + at[1] + 108;
        return 2;
    }
    if (b >= 251 && b <= 254 && left >= 2) {
        *value = -(b - 251) * 256 - at[1] - 108;
        return 2;
    }
    if (b == 255 && left >= 5) {
        *value = FRACTION;
        return 5;
    }
    return 0;
}

static void clear(Flattener *f)
{
    f->count = 0;
    f->carried = false;
}

/* Stems: none of their operands is kept but a width in front of the first. */
static void drop_stems(Flattener *f)
{
    const bool width = f->carried || (!f->width_seen && f->count % 2 == 1);
    f->stems += (f->count - (width ? 1 : 0)) / 2;
    f->width_seen = true;
    f->carried = width;
    const size_t kept = width ? 1 : 0;
    if (f->count > kept) {
        f->out->length = f->operands[kept];
        f->count = kept;
    }
}

static void copy_operator(Flattener *f, unsigned char code)
{
    buf_byte(f->out, code);
    f->width_seen = true;
    clear(f);
}

static bool run(Flattener *f, PdfBytes program, int depth);

/* The number before the call goes, the subroutine comes in its place. Numbers are biased by how many there are (5176, 16). */
static bool call(Flattener *f, const PdfCffIndex *subrs, int depth)
{
    if (f->count == 0 || depth == DEPTH)
        return false;
    const int32_t bias = subrs->count < 1240 ? 107 : subrs->count < 33900 ? 1131 : 32768;
    const int64_t number = (int64_t)f->values[f->count - 1] + bias;
    PdfBytes program;
    if (number < 0 || number >= subrs->count || !pdf_cff_object(f->cff->table, subrs, (uint32_t)number, &program))
        return false;
    f->out->length = f->operands[--f->count];
    return run(f, program, depth + 1);
}

/* One operator at `at`; returns how many bytes it takes, 0 = no good. */
static size_t step(Flattener *f, const unsigned char *at, size_t left, int depth, bool *returned)
{
    switch (at[0]) {
    case HSTEM:
    case VSTEM:
    case HSTEMHM:
    case VSTEMHM:
        drop_stems(f);
        return 1;
    case HINTMASK:
    case CNTRMASK: {
        drop_stems(f);
        const size_t mask = (f->stems + 7) / 8;
        return mask < left ? 1 + mask : 0;
    }
    case CALLSUBR:
        return call(f, &f->dict->subrs, depth) ? 1 : 0;
    case CALLGSUBR:
        return call(f, &f->cff->global_subrs, depth) ? 1 : 0;
    case RETURN:
        *returned = true;
        return 1;
    case ENDCHAR:
        if (f->count > 1) /* four operands: an accented letter made of two others */
            return 0;
        copy_operator(f, ENDCHAR);
        f->ended = true;
        return 1;
    case RMOVETO:
    case HMOVETO:
    case VMOVETO:
    case RLINETO:
    case HLINETO:
    case VLINETO:
    case RRCURVETO:
    case RCURVELINE:
    case RLINECURVE:
    case VVCURVETO:
    case HHCURVETO:
    case VHCURVETO:
    case HVCURVETO:
        copy_operator(f, at[0]);
        return 1;
    case ESCAPE:
        if (left < 2 || at[1] < HFLEX || at[1] > FLEX1)
            return 0;
        buf_byte(f->out, ESCAPE);
        copy_operator(f, at[1]);
        return 2;
    default:
        return 0;
    }
}

static bool run(Flattener *f, PdfBytes program, int depth)
{
    const unsigned char *at = program.data;
    size_t left = program.length;
    bool returned = false;
    while (left > 0 && !returned && !f->ended) {
        int32_t value = 0;
        const bool number = at[0] >= FIRST_NUMBER || at[0] == SHORTINT;
        size_t length = number ? read_number(at, left, &value) : step(f, at, left, depth, &returned);
        if (length == 0 || (number && !copy_number(f, at, length, value)))
            return false;
        f->steps += length;
        if (f->steps > STEPS || f->out->length - f->start > PROGRAM_LIMIT)
            return false;
        at += length;
        left -= length;
    }
    return true;
}

bool pdf_charstring_flatten(const PdfCff *cff, uint16_t gid, Buf *out)
{
    const size_t dict = cff->dict_of ? cff->dict_of[gid] : 0;
    PdfBytes program;
    if (!pdf_cff_object(cff->table, &cff->glyphs, gid, &program))
        return false;
    Flattener f = {.cff = cff, .dict = &cff->dicts[dict], .out = out, .start = out->length};
    return run(&f, program, 0) && f.ended;
}
