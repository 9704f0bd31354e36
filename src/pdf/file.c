/* The file: libharu numbers the objects, writes them, the cross-reference table and the trailer; the entries of every
 * dictionary are text of ours.
 *
 * libharu's own setters would do for the dictionaries too, but they format reals through float, allocate some ten blocks
 * for each, drop the /Filter of streams that come compressed, and add an object per stream for its length. So an object
 * here is an HPDF_Dict without entries, whose write_fn writes a slice of one buffer and whose after_write_fn a stream.
 * HPDF_Doc is not used at all: it would add a catalogue, fonts and an Info of its own.
 *
 * Lifetime: from pdf_file_open to the rewind of the scratch arena.
 */
#include "pdf/pdf_int.h"

#include "base/hash.h"

#include <hpdf.h>
#include <hpdf_conf.h>
#include <hpdf_consts.h>
#include <hpdf_objects.h>
#include <hpdf_utils.h>

#include <assert.h>
#include <stdlib.h>

typedef struct Object {
    PdfFile *file;
    HPDF_Dict dict;
    size_t start, length; /* in the file's bodies */
    PdfBytes data;        /* of a stream */
} Object;

struct PdfFile {
    Arena *arena;
    const char *header;
    HPDF_Error_Rec error;
    HPDF_STATUS first; /* later errors overwrite the first in HPDF_Error_Rec */
    HPDF_MMgr memory;
    HPDF_Xref xref;
    HPDF_Stream_Rec sink;
    Buf *out;
    size_t out_start;
    Buf bodies;
    Object *open;
    Object lost; /* stands for objects that could not be made */
    uint32_t catalog, info;
};

static void *take_memory(HPDF_UINT size)
{
    return arena_heap(size);
}

static void give_memory(void *block)
{
    free(block);
}

static void close_file(void *handle)
{
    PdfFile *file = handle;
    HPDF_Xref_Free(file->xref);
    HPDF_MMgr_Free(file->memory);
    buf_free(&file->bodies);
}

/* The allocator never returns NULL, so neither do libharu's constructors. */
PdfFile *pdf_file_open(Arena *scratch, const char *header)
{
    PdfFile *file = ARENA_NEW(scratch, PdfFile);
    file->arena = scratch;
    file->header = header;
    HPDF_Error_Init(&file->error, NULL);
    file->memory = HPDF_MMgr_New(&file->error, 0, take_memory, give_memory);
    file->xref = HPDF_Xref_New(file->memory, 0);
    arena_defer(scratch, close_file, file);
    return file;
}

static void note_error(PdfFile *file, HPDF_STATUS status)
{
    if (status != HPDF_OK && file->first == HPDF_OK)
        file->first = status;
}

/* ── writing, called back by libharu ── */

static HPDF_STATUS write_body(HPDF_Dict dict, HPDF_Stream stream)
{
    const Object *object = dict->attr;
    return HPDF_Stream_Write(stream, object->file->bodies.bytes + object->start, (HPDF_UINT)object->length);
}

/* After the dictionary's ">>". The keyword's line ends and the data's length are as 7.3.8.1 and 19005-1 6.1.7 want them. */
static HPDF_STATUS write_data(HPDF_Dict dict)
{
    const Object *object = dict->attr;
    HPDF_Stream sink = &object->file->sink;
    HPDF_STATUS status = HPDF_Stream_WriteStr(sink, "\nstream\n");
    if (status == HPDF_OK)
        status = HPDF_Stream_Write(sink, object->data.data, (HPDF_UINT)object->data.length);
    if (status == HPDF_OK)
        status = HPDF_Stream_WriteStr(sink, "\nendstream");
    return status;
}

/* libharu counts offsets in 32 bits. */
static HPDF_STATUS write_out(HPDF_Stream sink, const HPDF_BYTE *bytes, HPDF_UINT length)
{
    PdfFile *file = sink->attr;
    if (sink->size + length < length)
        return HPDF_SetError(&file->error, HPDF_FILE_IO_ERROR, 0);
    buf_append(file->out, bytes, length);
    return HPDF_OK;
}

/* All that comes before the ID is in the buffer when libharu asks for the trailer's entries. */
static HPDF_STATUS write_trailer(HPDF_Dict trailer, HPDF_Stream stream)
{
    PdfFile *file = trailer->attr;
    unsigned char hash[HASH_SIZE];
    hash_bytes(file->out->bytes + file->out_start, file->out->length - file->out_start, hash);
    Buf text = {0};
    pdf_put_reference(&text, "Root", file->catalog);
    pdf_put_reference(&text, "Info", file->info);
    buf_text(&text, "/ID[<");
    buf_hex(&text, hash, 16);
    buf_text(&text, "><");
    buf_hex(&text, hash, 16);
    buf_text(&text, ">]");
    HPDF_STATUS status = HPDF_Stream_Write(stream, text.bytes, (HPDF_UINT)text.length);
    buf_free(&text);
    return status;
}

/* ── objects ── */

uint32_t pdf_file_reserve(PdfFile *file)
{
    if (file->first != HPDF_OK)
        return 0;
    HPDF_Dict dict = HPDF_Dict_New(file->memory);
    note_error(file, HPDF_Xref_Add(file->xref, dict)); /* frees the dictionary when it fails */
    if (file->first != HPDF_OK)
        return 0;
    Object *object = ARENA_NEW(file->arena, Object);
    object->file = file;
    object->dict = dict;
    dict->attr = object;
    dict->write_fn = write_body;
    return dict->header.obj_id & 0x00FFFFFF;
}

Buf *pdf_file_begin(PdfFile *file, uint32_t number)
{
    assert(!file->open);
    file->open = &file->lost;
    if (number) {
        HPDF_Dict dict = HPDF_Xref_GetEntry(file->xref, number)->obj;
        file->open = dict->attr;
        assert(file->open->length == 0);
    }
    file->open->start = file->bodies.length;
    return &file->bodies;
}

static Object *end_object(PdfFile *file)
{
    Object *object = file->open;
    assert(object);
    object->length = file->bodies.length - object->start;
    file->open = NULL;
    return object;
}

void pdf_file_end(PdfFile *file)
{
    end_object(file);
}

void pdf_file_end_stream(PdfFile *file, PdfBytes data)
{
    buf_text(&file->bodies, "/Length ");
    buf_int(&file->bodies, (int64_t)data.length);
    Object *object = end_object(file);
    object->data = data;
    if (object->dict)
        object->dict->after_write_fn = write_data;
}

unsigned long pdf_file_finish(PdfFile *file, uint32_t catalog, uint32_t info, Buf *out)
{
    assert(!file->open);
    if (file->first != HPDF_OK)
        return file->first;
    file->catalog = catalog;
    file->info = info;
    file->out = out;
    file->out_start = out->length;
    file->sink.write_fn = write_out;
    file->sink.error = &file->error;
    file->sink.attr = file;
    file->xref->trailer->write_fn = write_trailer;
    file->xref->trailer->attr = file;
    /* The comment of bytes over 127 tells programs that move files that this one is binary (7.5.2, 19005-1 6.1.2). */
    note_error(file, HPDF_Stream_WriteStr(&file->sink, file->header));
    note_error(file, HPDF_Stream_WriteStr(&file->sink, "\n%\xE8\xBF\xB0\xE8\n"));
    if (file->first == HPDF_OK)
        note_error(file, HPDF_Xref_WriteToStream(file->xref, &file->sink, NULL));
    return file->first;
}

const char *pdf_file_producer(Arena *scratch)
{
    return arena_print(scratch, "libharu %s", HPDF_GetVersion());
}
