/* Inside the image room: one reader a format. */
#ifndef IMAGE_IMAGE_INT_H
#define IMAGE_IMAGE_INT_H

#include "image/image.h"

/* A file being read. Readers fill in `image` and give their bytes to the run arena. False = diagnostic at `place`. */
typedef struct ImageReader {
    Arena *run;
    Image *image;
    const unsigned char *bytes;
    size_t length;
    DiagPlace place;
    Diag *diag;
} ImageReader;

bool image_read_png(ImageReader *r);
bool image_read_jpeg(ImageReader *r);
/* Notes the size, or reports one that is 0 or over the limit. */
bool image_take_size(ImageReader *r, uint32_t width, uint32_t height);

#endif
