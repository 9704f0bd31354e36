/* The file: libharu numbers the objects, writes them, the cross-reference table and the trailer; the entries of every
 * dictionary are text of ours.
 *
 * libharu's own setters would do for the dictionaries too, but they format reals through float, allocate some ten blocks
 * for each, drop the /Filter of streams that come compressed, and add an object per stream for its length. So an object
 * here is an HPDF_Dict without entries, whose write_fn writes a slice of one buffer and whose after_write_fn a stream.
 * HPDF_Doc is not used at all: it would add a catalogue, fonts and an Info of its own.
 *
 * Compact files (from version 1.5) are written here without libharu, which knows neither object streams (7.5.7) nor cross-reference
 * streams (7.5.8): dictionaries go together into streams, one kind of content to a stream, for likeness is what compresses.
 *
 * Lifetime: from pdf_file_open to the rewind of the scratch arena.
 */
#include "pdf/pdf_int.h"

#include <hpdf.h>
#include <hpdf_conf.h>
#include <hpdf_consts.h>
#include <hpdf_objects.h>
#include <hpdf_utils.h>

#include <assert.h>
#include <stdlib.h>

enum {
    OBJECTS_IN_STREAM = 512,
    TABLE_ENTRY = 20, /* bytes of a line of the cross-reference table (7.5.4) */
};

typedef struct Object {
    PdfFile *file;
    HPDF_Dict dict;
    uint32_t number;
    PdfPart part;
    size_t start, length; /* in the file's bodies */
    PdfBytes data;        /* of a stream */
    struct Object *next;
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
    Object *first_object, *last_object; /* by number, from 1 without a gap */
    const PdfFonts *packer;             /* compresses object streams; NULL: a file of version 1.4 */
    PdfPart part;
    size_t sizes[PDF_PART_COUNT];
    Object lost; /* stands for objects that could not be made */
    Hash *hash;  /* of all before the trailer's ID; then of the whole file */
    size_t hashed;
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
    unsigned char unused[HASH_SIZE];
    if (file->hash)
        hash_close(file->hash, unused);
    HPDF_Xref_Free(file->xref);
    HPDF_MMgr_Free(file->memory);
    buf_free(&file->bodies);
}

/* The allocator never returns NULL, so neither do libharu's constructors. */
PdfFile *pdf_file_open(Arena *scratch, const char *header, const PdfFonts *packer)
{
    PdfFile *file = ARENA_NEW(scratch, PdfFile);
    file->arena = scratch;
    file->header = header;
    file->packer = packer;
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

/* The entries that a file's trailer and a cross-reference stream have in common. All that comes before the ID is in the
 * output by now. */
static void put_trailer(PdfFile *file, Buf *text)
{
    unsigned char hash[HASH_SIZE];
    file->hash = hash_open();
    file->hashed = file->out->length;
    hash_add(file->hash, file->out->bytes + file->out_start, file->hashed - file->out_start);
    hash_peek(file->hash, hash);
    pdf_put_reference(text, "Root", file->catalog);
    pdf_put_reference(text, "Info", file->info);
    buf_text(text, "/ID[<");
    buf_hex(text, hash, 16);
    buf_text(text, "><");
    buf_hex(text, hash, 16);
    buf_text(text, ">]");
}

static HPDF_STATUS write_trailer(HPDF_Dict trailer, HPDF_Stream stream)
{
    PdfFile *file = trailer->attr;
    Buf text = {0};
    put_trailer(file, &text);
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
    object->number = dict->header.obj_id & 0x00FFFFFF;
    if (file->last_object)
        file->last_object->next = object;
    else
        file->first_object = object;
    file->last_object = object;
    return object->number;
}

void pdf_file_part(PdfFile *file, PdfPart part)
{
    file->part = part;
}

size_t pdf_file_size(const PdfFile *file, PdfPart part)
{
    return file->sizes[part];
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
    file->open->part = file->part;
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

/* Objects are written by their numbers, so each ends where the next begins, the last at the table. */
static void count_sizes(PdfFile *file)
{
    for (const Object *object = file->first_object; object; object = object->next) {
        const size_t begin = HPDF_Xref_GetEntry(file->xref, object->number)->byte_offset;
        const size_t end =
            object->next ? HPDF_Xref_GetEntry(file->xref, object->next->number)->byte_offset : file->xref->addr;
        file->sizes[object->part] += end - begin + TABLE_ENTRY;
    }
}

static void write_table_file(PdfFile *file)
{
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
    if (file->first == HPDF_OK)
        count_sizes(file);
}

/* ── compact files ── */

/* Where an object is, as an entry of a cross-reference stream says it (7.5.8.3). */
typedef struct Entry {
    uint32_t type, where, index; /* 1: offset; 2: number of an object stream, place in it */
} Entry;

enum { ENTRY_SIZE = 7 };

typedef struct Compact {
    PdfFile *file;
    Entry *entries; /* by number */
    uint32_t next;  /* number of the next object stream */
    Buf index, objects;
    size_t count; /* in the object stream at hand */
    uint32_t *packed;
} Compact;

static void put_stream_object(Compact *c, uint32_t number, const void *entries, size_t length, PdfBytes data)
{
    PdfFile *file = c->file;
    c->entries[number] = (Entry){1, (uint32_t)(file->out->length - file->out_start), 0};
    buf_print(file->out, "%u 0 obj\n<<", number);
    buf_append(file->out, entries, length);
    buf_text(file->out, ">>\nstream\n");
    buf_append(file->out, data.data, data.length);
    buf_text(file->out, "\nendstream\nendobj\n");
}

/* Compresses `data` behind entries that lack only what compression adds. */
static void put_packed(Compact *c, uint32_t number, Buf *entries, const Buf *data)
{
    const PdfBytes packed = pdf_fonts_deflate(c->file->packer, c->file->arena, (PdfBytes){data->bytes, data->length});
    buf_print(entries, "/Filter/FlateDecode/Length %zu", packed.length);
    put_stream_object(c, number, entries->bytes, entries->length, packed);
}

static void end_object_stream(Compact *c)
{
    if (c->count == 0)
        return;
    Buf entries = {0};
    buf_print(&entries, "/Type/ObjStm/N %zu/First %zu", c->count, c->index.length);
    buf_append(&c->index, c->objects.bytes, c->objects.length);
    for (size_t i = 0; i < c->count; i++)
        c->entries[c->packed[i]] = (Entry){2, c->next, (uint32_t)i};
    put_packed(c, c->next++, &entries, &c->index);
    buf_free(&entries);
    buf_clear(&c->index);
    buf_clear(&c->objects);
    c->count = 0;
}

static void pack_object(Compact *c, const Object *object)
{
    buf_print(&c->index, "%u %zu ", object->number, c->objects.length);
    buf_text(&c->objects, "<<");
    buf_append(&c->objects, c->file->bodies.bytes + object->start, object->length);
    buf_text(&c->objects, ">>");
    c->packed[c->count++] = object->number;
    if (c->count == OBJECTS_IN_STREAM)
        end_object_stream(c);
}

/* All objects of a part: streams as they are, the others in object streams. */
static void put_part(Compact *c, PdfPart part)
{
    PdfFile *file = c->file;
    const size_t before = file->out->length;
    for (const Object *object = file->first_object; object; object = object->next) {
        if (object->part != part)
            continue;
        if (object->data.data)
            put_stream_object(c, object->number, file->bodies.bytes + object->start, object->length, object->data);
        else
            pack_object(c, object);
    }
    end_object_stream(c);
    file->sizes[part] += file->out->length - before;
}

/* Each entry is given as the difference to the one above (predictor Up, 7.4.4.4): most are then the same few bytes. */
static void put_entries(const Entry *entries, uint32_t count, Buf *out)
{
    unsigned char above[ENTRY_SIZE] = {0};
    for (uint32_t i = 0; i < count; i++) {
        const Entry *e = &entries[i];
        const unsigned char row[ENTRY_SIZE] = {(unsigned char)e->type,          (unsigned char)(e->where >> 24),
                                               (unsigned char)(e->where >> 16), (unsigned char)(e->where >> 8),
                                               (unsigned char)e->where,         (unsigned char)(e->index >> 8),
                                               (unsigned char)e->index};
        buf_byte(out, 2);
        for (int k = 0; k < ENTRY_SIZE; k++) {
            buf_byte(out, (unsigned char)(row[k] - above[k]));
            above[k] = row[k];
        }
    }
}

static void put_cross_reference(Compact *c)
{
    PdfFile *file = c->file;
    const uint32_t number = c->next;
    const size_t at = file->out->length - file->out_start;
    c->entries[0] = (Entry){0, 0, 65535};
    c->entries[number] = (Entry){1, (uint32_t)at, 0};
    Buf rows = {0}, entries = {0};
    put_entries(c->entries, number + 1, &rows);
    buf_print(&entries, "/Type/XRef/Size %u/W[1 4 2]/DecodeParms<</Predictor 12/Columns %d>>", number + 1, ENTRY_SIZE);
    put_trailer(file, &entries);
    put_packed(c, number, &entries, &rows);
    buf_print(file->out, "startxref\n%zu\n%%%%EOF\n", at);
    buf_free(&rows);
    buf_free(&entries);
}

static void write_compact_file(PdfFile *file)
{
    const uint32_t count = file->last_object ? file->last_object->number : 0;
    const size_t streams = count / OBJECTS_IN_STREAM + PDF_PART_COUNT + 2;
    Compact c = {.file = file, .next = count + 1};
    c.entries = ARENA_ARRAY(file->arena, count + 1 + streams, Entry);
    c.packed = ARENA_ARRAY(file->arena, OBJECTS_IN_STREAM, uint32_t);
    buf_text(file->out, file->header);
    buf_text(file->out, "\n%\xE8\xBF\xB0\xE8\n");
    for (PdfPart part = 0; part < PDF_PART_COUNT; part++)
        put_part(&c, part);
    put_cross_reference(&c);
    if (file->out->length - file->out_start > UINT32_MAX)
        note_error(file, HPDF_FILE_IO_ERROR);
    buf_free(&c.index);
    buf_free(&c.objects);
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
    if (file->packer)
        write_compact_file(file);
    else
        write_table_file(file);
    return file->first;
}

void pdf_file_hash(PdfFile *file, char hex[HASH_HEX])
{
    unsigned char hash[HASH_SIZE];
    hash_add(file->hash, file->out->bytes + file->hashed, file->out->length - file->hashed);
    hash_close(file->hash, hash);
    file->hash = NULL;
    hash_hex(hash, hex);
}

size_t pdf_file_offset(const PdfFile *file, uint32_t number)
{
    return HPDF_Xref_GetEntry(file->xref, number)->byte_offset;
}

const char *pdf_file_producer(Arena *scratch)
{
    return arena_print(scratch, "libharu %s", HPDF_GetVersion());
}
