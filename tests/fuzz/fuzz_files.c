/* Fuzzing of the files that people write and place: XML (layouts, schemes, font configurations and jobs, told by their root element) and pictures
 * (PNG, JPEG). A file may be refused with a diagnostic or accepted; the program must not crash, hang, or take memory without measure.
 * Built with clang's libFuzzer under ASan and UBSan by `make fuzz`. */
#include "assess/assess.h"
#include "base/diag.h"
#include "batch/batch.h"
#include "data/data.h"
#include "image/image.h"
#include "layout/layout.h"
#include "text/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool holds(const unsigned char *bytes, size_t length, const char *word)
{
    return memmem(bytes, length, word, strlen(word)) != NULL;
}

/* Each reader by the root element that it wants; all of them when none is recognised. True = accepted. */
static bool read_xml(Arena *arena, const char *path, const unsigned char *bytes, size_t length, Diag *diag)
{
    const bool layout = holds(bytes, length, "<layout"), scheme = holds(bytes, length, "<scheme");
    const bool fonts = holds(bytes, length, "<fonts"), job = holds(bytes, length, "<job");
    const bool any = !layout && !scheme && !fonts && !job;
    BatchJob work = {0};
    bool ok = false;
    if (layout || any)
        ok |= layout_load(arena, path, image_table_open(arena), diag) != NULL;
    if (scheme || any)
        ok |= assess_load_scheme(arena, path, diag) != NULL;
    if (fonts || any)
        ok |= text_fonts_load(arena, path, diag) != NULL;
    if (job || any)
        ok |= batch_load_job(arena, path, &work, diag);
    return ok;
}

static bool read_picture(Arena *arena, const char *path, Diag *diag)
{
    const Image *image = image_load(image_table_open(arena), path, (DiagPlace){0}, diag);
    return image && image_samples(arena, image);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length);
int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length)
{
    static int file = -1;
    static char path[64];
    if (file < 0) {
        file = memfd_create("file", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    if (ftruncate(file, 0) != 0 || pwrite(file, bytes, length, 0) != (ssize_t)length)
        abort();
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    const bool picture = length > 3 && (memcmp(bytes, "\x89PNG", 4) == 0 || memcmp(bytes, "\xFF\xD8", 2) == 0);
    const bool ok = picture ? read_picture(arena, path, diag) : read_xml(arena, path, bytes, length, diag);
    if (!ok && diag_count(diag) == 0)
        abort(); /* refused without a word */
    arena_close(arena);
    return 0;
}
