/* PNG (ISO/IEC 15948), written directly: the chunks are few, and the smallest of the colour types can be chosen. */
#include "raster/raster.h"

#include <libdeflate.h>

enum { GREY = 0, RGB = 2, INDEXED = 3 }; /* colour types, 11.2.2 */
enum { COLOURS = 256, SLOTS = 1024, LEVEL = 8 };

/* The colours of an image, found through an open hash; `count` above COLOURS: too many. */
typedef struct Palette {
    uint32_t colour[COLOURS];
    int count;
    bool grey;
    struct {
        uint32_t colour;
        int index; /* + 1; 0 = free */
    } slots[SLOTS];
} Palette;

static int palette_index(Palette *palette, uint32_t colour)
{
    uint32_t slot = colour * 2654435761u >> 22;
    while (palette->slots[slot].index && palette->slots[slot].colour != colour)
        slot = (slot + 1) % SLOTS;
    if (!palette->slots[slot].index && palette->count <= COLOURS) {
        if (palette->count < COLOURS)
            palette->colour[palette->count] = colour;
        palette->slots[slot].colour = colour;
        palette->slots[slot].index = ++palette->count;
    }
    return palette->slots[slot].index - 1;
}

static void count_colours(const RasterImage *image, Palette *palette)
{
    const size_t count = (size_t)image->width * (size_t)image->height;
    palette->grey = true;
    for (size_t i = 0; i < count && (palette->grey || palette->count <= COLOURS); i++) {
        const uint32_t c = image->pixels[i] & 0xFFFFFF;
        palette->grey = palette->grey && c == (c & 0xFF) * 0x010101;
        if (i == 0 || c != (image->pixels[i - 1] & 0xFFFFFF))
            palette_index(palette, c);
    }
}

static void put_u32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (24 - 8 * i));
}

static void put_chunk(Buf *out, const char type[4], const void *bytes, size_t length)
{
    unsigned char number[4];
    put_u32(number, (uint32_t)length);
    buf_append(out, number, 4);
    const size_t start = out->length;
    buf_append(out, type, 4);
    buf_append(out, bytes, length);
    put_u32(number, libdeflate_crc32(0, out->bytes + start, out->length - start));
    buf_append(out, number, 4);
}

static void put_header(Buf *out, const RasterImage *image, int type, int dpi)
{
    static const unsigned char signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    unsigned char header[13] = {[8] = 8, [9] = (unsigned char)type}, size[9] = {[8] = 1};
    buf_append(out, signature, sizeof signature);
    put_u32(header, (uint32_t)image->width);
    put_u32(header + 4, (uint32_t)image->height);
    put_chunk(out, "IHDR", header, sizeof header);
    const uint32_t per_metre = (uint32_t)((dpi * 10000 + 127) / 254);
    put_u32(size, per_metre);
    put_u32(size + 4, per_metre);
    put_chunk(out, "pHYs", size, sizeof size);
}

static void put_palette(Buf *out, const Palette *palette)
{
    unsigned char bytes[COLOURS * 3];
    for (int i = 0; i < palette->count; i++)
        for (int part = 0; part < 3; part++)
            bytes[i * 3 + part] = (unsigned char)(palette->colour[i] >> (16 - 8 * part));
    put_chunk(out, "PLTE", bytes, (size_t)palette->count * 3);
}

/* The scanlines, each after its filter byte; none is filtered, which suits text and flat colour best (12.8). */
static size_t fill_rows(const RasterImage *image, int type, Palette *palette, unsigned char *rows)
{
    unsigned char *at = rows;
    for (int y = 0; y < image->height; y++) {
        const uint32_t *row = image->pixels + (size_t)y * (size_t)image->width;
        *at++ = 0;
        for (int x = 0; x < image->width; x++) {
            const uint32_t c = row[x] & 0xFFFFFF;
            if (type == RGB) {
                *at++ = (unsigned char)(c >> 16);
                *at++ = (unsigned char)(c >> 8);
            }
            *at++ = type == INDEXED ? (unsigned char)palette_index(palette, c) : (unsigned char)c;
        }
    }
    return (size_t)(at - rows);
}

static void put_rows(Arena *scratch, const RasterImage *image, int type, Palette *palette, Buf *out)
{
    const size_t most = ((size_t)image->width * (type == RGB ? 3 : 1) + 1) * (size_t)image->height;
    unsigned char *rows = arena_alloc(scratch, most);
    const size_t length = fill_rows(image, type, palette, rows);
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
    const size_t bound = libdeflate_zlib_compress_bound(compressor, length);
    unsigned char *packed = arena_alloc(scratch, bound);
    put_chunk(out, "IDAT", packed, libdeflate_zlib_compress(compressor, rows, length, packed, bound));
    libdeflate_free_compressor(compressor);
}

void raster_png(Arena *scratch, const RasterImage *image, int dpi, Buf *out)
{
    const ArenaMark mark = arena_mark(scratch);
    Palette *palette = ARENA_NEW(scratch, Palette);
    count_colours(image, palette);
    const int type = palette->grey ? GREY : palette->count <= COLOURS ? INDEXED : RGB;
    put_header(out, image, type, dpi);
    if (type == INDEXED)
        put_palette(out, palette);
    put_rows(scratch, image, type, palette, out);
    put_chunk(out, "IEND", NULL, 0);
    arena_rewind(scratch, mark);
}
