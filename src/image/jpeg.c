/* JPEG: the file itself goes into the PDF (DCTDecode, ISO 32000-1 7.4.8), never compressed a second time.
 *
 * Its markers tell whether PDF readers can take it: baseline or progressive, 8 bits, one or three components. Then libjpeg-turbo decodes
 * it once, because a file cut short shows only there.
 */
#include "image/image_int.h"

#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

typedef struct Frame {
    int kind; /* n of the SOFn marker: 0, 1 baseline and extended, 2 progressive; -1: none */
    int bits, components;
    int turn; /* Exif's orientation; 1 = upright */
} Frame;

static unsigned two_bytes(const unsigned char *at, bool little)
{
    return little ? (unsigned)(at[1] << 8 | at[0]) : (unsigned)(at[0] << 8 | at[1]);
}

/* Tag 0x0112 of the first directory of an Exif segment's TIFF part. */
static int orientation(const unsigned char *tiff, size_t length)
{
    if (length < 10)
        return 1;
    const bool little = tiff[0] == 'I';
    const size_t first = little ? two_bytes(tiff + 4, true) : two_bytes(tiff + 6, false);
    if (first + 2 > length)
        return 1;
    const size_t count = two_bytes(tiff + first, little);
    for (size_t i = 0, at = first + 2; i < count && at + 12 <= length; i++, at += 12)
        if (two_bytes(tiff + at, little) == 0x0112)
            return (int)two_bytes(tiff + at + 8, little);
    return 1;
}

static bool is_frame(int marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/* Reads the segments before the picture's data (ISO/IEC 10918-1, annex B). */
static Frame read_frame(const unsigned char *bytes, size_t length)
{
    Frame frame = {.kind = -1, .turn = 1};
    for (size_t at = 2; at + 4 <= length;) {
        if (bytes[at] != 0xFF)
            break;
        const int marker = bytes[at + 1];
        if (marker == 0xFF) { /* fill byte */
            at++;
            continue;
        }
        const size_t size = two_bytes(bytes + at + 2, false);
        const unsigned char *segment = bytes + at + 4;
        if (size < 2 || at + 2 + size > length)
            break;
        if (marker == 0xE1 && size >= 8 && memcmp(segment, "Exif\0\0", 6) == 0)
            frame.turn = orientation(segment + 6, size - 8);
        if (is_frame(marker) && size >= 8) {
            frame.kind = marker - 0xC0;
            frame.bits = segment[0];
            frame.components = segment[5];
            break;
        }
        at += 2 + size;
    }
    return frame;
}

static bool refuse(const ImageReader *r, DiagCode code, const char *why)
{
    return diag_add(r->diag, code, r->place, r->image->path, why);
}

static bool check_frame(const ImageReader *r, Frame frame)
{
    if (frame.kind < 0)
        return refuse(r, DIAG_IMAGE_DAMAGED, "no SOF");
    if (frame.kind > 2 || frame.bits != 8)
        return refuse(r, DIAG_IMAGE_JPEG, arena_print(r->run, "SOF%d, %d bit", frame.kind, frame.bits));
    if (frame.components != 1 && frame.components != 3)
        return refuse(r, DIAG_IMAGE_JPEG, frame.components == 4 ? "CMYK" : "components");
    if (frame.turn != 1)
        return refuse(r, DIAG_IMAGE_TURNED, arena_print(r->run, "%d", frame.turn));
    return true;
}

/* `codec` has seen the header. */
static bool decode(const ImageReader *r, tjhandle codec)
{
    const int width = (int)r->image->width, height = (int)r->image->height;
    const int pixel = r->image->grey ? TJPF_GRAY : TJPF_RGB;
    unsigned char *samples = arena_heap((size_t)width * (size_t)height * (size_t)tjPixelSize[pixel]);
    const int status = tjDecompress2(codec, r->bytes, (unsigned long)r->length, samples, width, 0, height, pixel, 0);
    free(samples);
    return status == 0 || refuse(r, DIAG_IMAGE_DAMAGED, tjGetErrorStr2(codec));
}

bool image_read_jpeg(ImageReader *r)
{
    if (!check_frame(r, read_frame(r->bytes, r->length)))
        return false;
    int width = 0, height = 0, sampling = 0, space = 0;
    tjhandle codec = tjInitDecompress();
    bool good =
        tjDecompressHeader3(codec, r->bytes, (unsigned long)r->length, &width, &height, &sampling, &space) == 0 ||
        refuse(r, DIAG_IMAGE_DAMAGED, tjGetErrorStr2(codec));
    good = good && image_take_size(r, (uint32_t)width, (uint32_t)height);
    r->image->grey = space == TJCS_GRAY;
    r->image->form = space == TJCS_RGB ? IMAGE_JPEG_PLAIN : IMAGE_JPEG;
    good = good && decode(r, codec);
    tjDestroy(codec);
    if (good) {
        r->image->bytes = arena_copy(r->run, r->bytes, r->length);
        r->image->length = r->length;
    }
    return good;
}

/* The file was decoded once already, when it was loaded: it can be again. */
const unsigned char *image_samples(Arena *arena, const Image *image)
{
    if (image->form == IMAGE_SAMPLES)
        return image->bytes;
    const int pixel = image->grey ? TJPF_GRAY : TJPF_RGB;
    unsigned char *samples = arena_array(arena, (size_t)image->width * image->height, (size_t)tjPixelSize[pixel]);
    tjhandle codec = tjInitDecompress();
    tjDecompress2(codec, image->bytes, (unsigned long)image->length, samples, (int)image->width, 0, (int)image->height,
                  pixel, 0);
    tjDestroy(codec);
    return samples;
}
