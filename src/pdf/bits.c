/* Deflate (RFC 1951) of what is known beforehand. The costly part of compressing is the search for repetitions, of which the programs of Han
 * glyphs have almost none; what gains is that some bytes are commoner than others. So each face has one code of its own
 * (3.2.7), made from a sample of its glyphs; each glyph's bytes are put into that code once, and a document's font program is one block: the
 * code, the glyphs' bits one after the other, the end. No byte of it is compressed anew, and every reader of PDF reads it.
 *
 * Bits fill bytes from the lowest up (3.1.1). A bit string is kept with three bytes beyond its end, for it is read four at a time.
 */
#include "pdf/glyphs_int.h"

#include <string.h>

enum {
    LONGEST = 15,        /* of a code word (3.2.7) */
    END = 256,           /* the symbol that ends a block */
    BLOCK_LIMIT = 65535, /* of a stored block (3.2.4) */
};

/* ── bits ── */

void pdf_bits_put(PdfBits *bits, uint32_t value, unsigned count)
{
    bits->hold |= (uint64_t)value << bits->held;
    bits->held += count;
    while (bits->held >= 8) {
        buf_byte(bits->out, (unsigned char)bits->hold);
        bits->hold >>= 8;
        bits->held -= 8;
    }
}

static uint32_t load(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

void pdf_bits_append(PdfBits *bits, const unsigned char *string, size_t count)
{
    buf_reserve(bits->out, count / 8 + 16);
    unsigned char *to = bits->out->bytes + bits->out->length;
    uint64_t hold = bits->hold;
    const unsigned held = bits->held; /* below 8, and the same after each whole word */
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        hold |= (uint64_t)load(string + i / 8) << held;
        to[0] = (unsigned char)hold;
        to[1] = (unsigned char)(hold >> 8);
        to[2] = (unsigned char)(hold >> 16);
        to[3] = (unsigned char)(hold >> 24);
        to += 4;
        hold >>= 32;
    }
    bits->out->length = (size_t)(to - bits->out->bytes);
    bits->hold = hold;
    const unsigned rest = (unsigned)(count - i);
    if (rest > 0)
        pdf_bits_put(bits, load(string + i / 8) & ((UINT32_C(1) << rest) - 1), rest);
}

void pdf_bits_align(PdfBits *bits)
{
    if (bits->held > 0)
        pdf_bits_put(bits, 0, 8 - bits->held);
}

void pdf_bits_store(PdfBits *bits, const unsigned char *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        const size_t part = length - done < BLOCK_LIMIT ? length - done : BLOCK_LIMIT;
        pdf_bits_put(bits, 0, 3); /* not the last, stored */
        pdf_bits_align(bits);
        pdf_bits_put(bits, (uint32_t)part, 16);
        pdf_bits_put(bits, (uint32_t)part ^ 0xFFFF, 16);
        buf_append(bits->out, bytes + done, part);
        done += part;
    }
}

/* ── codes ── */

/* Lengths of a Huffman code's words from how often each symbol is met, all of them at least once. Where a word would be too
 * long the counts are made more alike, which costs next to nothing. */
static unsigned longest_word(const uint64_t *counts, unsigned char *lengths)
{
    enum { NODES = 2 * PDF_SYMBOLS };
    uint64_t weight[NODES];
    uint16_t parent[NODES];
    bool taken[NODES] = {false};
    memcpy(weight, counts, PDF_SYMBOLS * sizeof *weight);
    for (uint16_t node = PDF_SYMBOLS; node < NODES - 1; node++) {
        weight[node] = 0;
        for (int child = 0; child < 2; child++) {
            size_t lightest = NODES;
            for (size_t i = 0; i < node; i++)
                if (!taken[i] && (lightest == NODES || weight[i] < weight[lightest]))
                    lightest = i;
            taken[lightest] = true;
            parent[lightest] = node;
            weight[node] += weight[lightest];
        }
    }
    unsigned longest = 0;
    for (size_t i = 0; i < PDF_SYMBOLS; i++) {
        unsigned length = 0;
        for (size_t node = i; node != NODES - 2; node = parent[node])
            length++;
        lengths[i] = (unsigned char)length;
        longest = length > longest ? length : longest;
    }
    return longest;
}

static uint16_t reverse(uint32_t word, unsigned length)
{
    uint32_t turned = 0;
    for (unsigned i = 0; i < length; i++)
        turned |= (word >> i & 1) << (length - 1 - i);
    return (uint16_t)turned;
}

void pdf_code_make(PdfByteCode *code, const uint64_t *counts)
{
    uint64_t even[PDF_SYMBOLS];
    for (size_t i = 0; i < PDF_SYMBOLS; i++)
        even[i] = counts[i] + 1;
    while (longest_word(even, code->lengths) > LONGEST)
        for (size_t i = 0; i < PDF_SYMBOLS; i++)
            even[i] = even[i] / 2 + 1;
    uint32_t word = 0; /* canonical words (3.2.2), read from their highest bit: turned round for us */
    for (unsigned length = 1; length <= LONGEST; length++, word <<= 1)
        for (size_t i = 0; i < PDF_SYMBOLS; i++)
            if (code->lengths[i] == length)
                code->words[i] = reverse(word++, length);
}

void pdf_code_begin(PdfBits *bits, const PdfByteCode *code)
{
    /* In the order that the format has, 16 17 18 0 8 7 …: no repetitions, then 0 to 15 with four bits each. */
    pdf_bits_put(bits, 1 | 2 << 1, 3); /* the last block, with a code of its own */
    pdf_bits_put(bits, PDF_SYMBOLS - 257, 5);
    pdf_bits_put(bits, 1, 5); /* two words for distances, which no one uses: some readers want a whole code */
    pdf_bits_put(bits, 19 - 4, 4);
    for (int i = 0; i < 19; i++)
        pdf_bits_put(bits, i < 3 ? 0 : 4, 3);
    for (size_t i = 0; i < PDF_SYMBOLS; i++)
        pdf_bits_put(bits, reverse(code->lengths[i], 4), 4);
    pdf_bits_put(bits, reverse(1, 4), 4);
    pdf_bits_put(bits, reverse(1, 4), 4);
}

void pdf_code_put(PdfBits *bits, const PdfByteCode *code, const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        pdf_bits_put(bits, code->words[bytes[i]], code->lengths[bytes[i]]);
}

void pdf_code_end(PdfBits *bits, const PdfByteCode *code)
{
    pdf_bits_put(bits, code->words[END], code->lengths[END]);
    pdf_bits_align(bits);
}
