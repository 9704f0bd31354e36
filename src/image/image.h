/* The image room: picture files → what a PDF can hold, each file read, checked and hashed once per run; text → QR code.
 *
 * The table is filled while layouts are compiled and read-only after the fork; an image's index in it is what page ops carry.
 * The kind of a file is told by its content, never by its name.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    IMAGE_LIMIT_BYTES = 16 << 20,  /* of a file */
    IMAGE_LIMIT_PIXELS = 16 << 20, /* A4 at 400 dpi has 15.5 million */
    IMAGE_LIMIT_COUNT = 1000       /* of a run */
};

typedef enum ImageForm {
    IMAGE_SAMPLES,   /* rows of 8-bit samples from the top, no padding; transparency is already laid on white */
    IMAGE_JPEG,      /* the file, baseline or progressive, as PDF's DCTDecode reads it */
    IMAGE_JPEG_PLAIN /* likewise, but its three components are R, G, B themselves, not YCbCr */
} ImageForm;

typedef struct Image {
    uint16_t index;
    const char *path;
    uint32_t width, height; /* pixels */
    bool grey;              /* one component; else three: R, G, B, taken as sRGB */
    ImageForm form;
    const unsigned char *bytes;
    size_t length;
    char hash[HASH_HEX]; /* SHA-256 of the file */
} Image;

typedef struct ImageTable ImageTable;

ImageTable *image_table_open(Arena *run);
/* The image of a PNG or JPEG file, read at its first call; a path that was read before is not read again. Everything lives in
 * the table's arena. NULL = diagnostic at `place`: missing, too large, damaged or cut short, of a kind that PDF cannot show. */
const Image *image_load(ImageTable *table, const char *path, DiagPlace place, Diag *diag);
size_t image_count(const ImageTable *table);
const Image *image_at(const ImageTable *table, size_t index);

/* The image as IMAGE_SAMPLES has it, whatever its form; borrowed from the table or made in `arena`. For drawing on a screen. */
const unsigned char *image_samples(Arena *arena, const Image *image);

/* ── QR codes (GB/T 18284, ISO/IEC 18004) ── */

typedef enum ImageQrLevel { IMAGE_QR_L, IMAGE_QR_M, IMAGE_QR_Q, IMAGE_QR_H } ImageQrLevel; /* 7, 15, 25, 30 % repair */
enum { IMAGE_QR_QUIET = 4 /* modules of white that must stand around the code */ };

typedef struct ImageQr {
    int side;                  /* modules, without the quiet zone */
    const unsigned char *dark; /* side × side from the top left, 1 = dark */
} ImageQr;

/* The smallest code of the text (UTF-8 bytes) at a level. NULL, without a diagnostic: empty, or longer than any code holds. */
const ImageQr *image_qr(Arena *arena, const char *text, ImageQrLevel level);

#endif
