/* The run's table of images. */
#include "image/image.h"

#include "base/file.h"
#include "base/map.h"
#include "image/image_int.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct ImageTable {
    Arena *run;
    Map *by_path;
    const Image *images[IMAGE_LIMIT_COUNT];
    size_t count;
};

ImageTable *image_table_open(Arena *run)
{
    ImageTable *table = ARENA_NEW(run, ImageTable);
    table->run = run;
    table->by_path = map_open(run);
    return table;
}

size_t image_count(const ImageTable *table)
{
    return table->count;
}

const Image *image_at(const ImageTable *table, size_t index)
{
    return table->images[index];
}

bool image_take_size(ImageReader *r, uint32_t width, uint32_t height)
{
    if (width == 0 || height == 0 || width > IMAGE_LIMIT_PIXELS / height) {
        const char *size = arena_print(r->run, "%u × %u", width, height);
        return diag_add(r->diag, DIAG_IMAGE_PIXELS, r->place, r->image->path, size,
                        diag_number(r->diag, IMAGE_LIMIT_PIXELS));
    }
    r->image->width = width;
    r->image->height = height;
    return true;
}

static bool read_image(ImageReader *r)
{
    static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'}, jpeg[] = {0xFF, 0xD8, 0xFF};
    if (r->length >= sizeof png && memcmp(r->bytes, png, sizeof png) == 0)
        return image_read_png(r);
    if (r->length >= sizeof jpeg && memcmp(r->bytes, jpeg, sizeof jpeg) == 0)
        return image_read_jpeg(r);
    return diag_add(r->diag, DIAG_IMAGE_KIND, r->place, r->image->path);
}

/* What file_read would say without the place in the layout. */
static bool check_file(const char *path, DiagPlace place, Diag *diag)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return diag_add(diag, DIAG_IMAGE_MISSING, place, path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return diag_add(diag, DIAG_IMAGE_KIND, place, path);
    if (status.st_size > IMAGE_LIMIT_BYTES)
        return diag_add(diag, DIAG_IMAGE_BYTES, place, path, diag_number(diag, IMAGE_LIMIT_BYTES));
    return true;
}

static const Image *load(ImageTable *table, const char *path, DiagPlace place, Diag *diag)
{
    if (table->count == IMAGE_LIMIT_COUNT) {
        diag_add(diag, DIAG_IMAGE_MANY, place, diag_number(diag, IMAGE_LIMIT_COUNT));
        return NULL;
    }
    if (!check_file(path, place, diag))
        return NULL;
    Image *image = ARENA_NEW(table->run, Image);
    image->index = (uint16_t)table->count;
    image->path = arena_string(table->run, path);
    Arena *scratch = arena_open(0);
    ImageReader reader = {.run = table->run, .image = image, .place = place, .diag = diag};
    reader.bytes = (const unsigned char *)file_read(scratch, path, IMAGE_LIMIT_BYTES, &reader.length, diag);
    const bool read = reader.bytes && read_image(&reader);
    if (read) {
        unsigned char hash[HASH_SIZE];
        hash_bytes(reader.bytes, reader.length, hash);
        hash_hex(hash, image->hash);
        table->images[table->count++] = image;
    }
    arena_close(scratch);
    return read ? image : NULL;
}

const Image *image_load(ImageTable *table, const char *path, DiagPlace place, Diag *diag)
{
    const Image *image = map_lookup(table->by_path, path);
    if (!image && (image = load(table, path, place, diag)))
        map_add(table->by_path, image->path, (void *)(uintptr_t)image);
    return image;
}
