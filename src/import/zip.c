/* Parts of a zip archive through libzip. An archive is somebody else's: how many entries, how large each and all of them, and how much larger
 * than what is stored has a limit, so that a small file cannot fill the memory (a zip bomb). Sizes are counted while reading, not believed. */
#include "import/import_int.h"

#include <string.h>
#include <zip.h>

enum {
    ENTRIES_MAX = 10000,
    PART_BYTES = 256 << 20,
    ALL_BYTES = 512 << 20,
    FREE_BYTES = 16 << 20, /* up to here any ratio passes: an empty sheet compresses very well */
    RATIO_MAX = 200,
    CHUNK = 1 << 16,
};

struct ImportZip {
    zip_t *archive;
    const char *path;
    uint64_t all; /* bytes read from it */
};

static void close_zip(void *handle)
{
    zip_discard(((ImportZip *)handle)->archive);
}

static bool fail(const ImportZip *zip, const char *part, zip_error_t *error, Diag *diag)
{
    return diag_add(diag, DIAG_IMPORT_ZIP, (DiagPlace){.file = zip->path}, part, zip_error_strerror(error));
}

ImportZip *import_zip_open(Arena *arena, const char *path, Diag *diag)
{
    int code = 0;
    ImportZip *zip = ARENA_NEW(arena, ImportZip);
    zip->path = path;
    zip->archive = zip_open(path, ZIP_RDONLY, &code);
    if (!zip->archive) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        fail(zip, path, &error, diag);
        zip_error_fini(&error);
        return NULL;
    }
    arena_defer(arena, close_zip, zip);
    if (zip_get_num_entries(zip->archive, 0) <= ENTRIES_MAX)
        return zip;
    diag_add(diag, DIAG_IMPORT_LIMIT, (DiagPlace){.file = path}, "zip entries", diag_number(diag, ENTRIES_MAX));
    return NULL;
}

static bool within(const ImportZip *zip, const char *name, uint64_t length, uint64_t stored, Diag *diag)
{
    const DiagPlace place = {.file = zip->path, .table = name};
    if (length > PART_BYTES || zip->all + length > ALL_BYTES)
        return diag_add(diag, DIAG_IMPORT_LIMIT, place, "bytes", diag_number(diag, PART_BYTES));
    return length <= FREE_BYTES || length / RATIO_MAX <= stored ||
           diag_add(diag, DIAG_IMPORT_LIMIT, place, "zip ratio", diag_number(diag, RATIO_MAX));
}

static bool read_all(ImportZip *zip, zip_file_t *file, const char *name, uint64_t stored, Buf *out, Diag *diag)
{
    zip_int64_t count;
    do {
        buf_reserve(out, CHUNK);
        count = zip_fread(file, out->bytes + out->length, CHUNK);
        if (count > 0)
            out->length += (size_t)count;
        if (!within(zip, name, out->length, stored, diag))
            return false;
    } while (count > 0);
    zip->all += out->length;
    return count == 0 || fail(zip, name, zip_file_get_error(file), diag); /* also when its checksum is wrong */
}

bool import_zip_read(ImportZip *zip, const char *name, bool needed, Buf *out, bool *ok, Diag *diag)
{
    zip_stat_t entry;
    buf_clear(out);
    if (zip_stat(zip->archive, name, 0, &entry) != 0) {
        if (needed)
            *ok = diag_add(diag, DIAG_IMPORT_PART, (DiagPlace){.file = zip->path}, name);
        return false;
    }
    const uint64_t stored = entry.valid & ZIP_STAT_COMP_SIZE ? entry.comp_size : 0;
    zip_file_t *file = zip_fopen_index(zip->archive, entry.index, 0);
    if (!file) {
        *ok = fail(zip, name, zip_get_error(zip->archive), diag);
        return false;
    }
    *ok = read_all(zip, file, name, stored, out, diag);
    zip_fclose(file);
    return *ok;
}
