/* Frames: a result and its diagnostics as one run of bytes on the pipe from a worker to the parent, and in the ledger of a shard. Both ends are the same
 * program (of a ledger the merge makes sure by hashes), so integers go as they lie in memory; but a worker may die in the
 * middle of a frame, so the reader trusts nothing beyond the bytes that it has. */
#include "batch/batch_int.h"

#include <string.h>

static void put_string(Buf *out, const char *text)
{
    uint32_t length = text ? (uint32_t)strlen(text) : UINT32_MAX;
    buf_append(out, &length, sizeof length);
    if (text)
        buf_append(out, text, length);
}

static void put_item(Buf *out, const DiagItem *item)
{
    int32_t numbers[5] = {(int32_t)item->code, (int32_t)item->level, item->place.line, item->place.column,
                          item->place.page};
    buf_append(out, numbers, sizeof numbers);
    const char *strings[] = {item->place.file, item->place.table, item->place.row, item->place.unit, item->place.field};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        put_string(out, strings[i]);
    uint32_t count = 0;
    while (item->args[count])
        count++;
    buf_append(out, &count, sizeof count);
    for (uint32_t i = 0; i < count; i++)
        put_string(out, item->args[i]);
}

void batch_frame_write(Buf *out, const BatchResult *result, const Diag *diag)
{
    size_t start = out->length;
    uint32_t head[2] = {0, (uint32_t)diag_count(diag)};
    buf_append(out, head, sizeof head);
    buf_append(out, result, sizeof *result);
    for (uint32_t i = 0; i < head[1]; i++)
        put_item(out, diag_item(diag, i));
    head[0] = (uint32_t)(out->length - start);
    memcpy(out->bytes + start, head, sizeof head);
}

/* What is left to read; `bad` sticks. */
typedef struct Cursor {
    const unsigned char *at;
    size_t left;
    bool bad;
} Cursor;

static void take(Cursor *cursor, void *out, size_t size)
{
    if (cursor->left < size) {
        cursor->bad = true;
        memset(out, 0, size);
        return;
    }
    memcpy(out, cursor->at, size);
    cursor->at += size;
    cursor->left -= size;
}

static const char *take_string(Arena *arena, Cursor *cursor)
{
    uint32_t length;
    take(cursor, &length, sizeof length);
    if (length == UINT32_MAX || cursor->bad)
        return NULL;
    if (length > cursor->left) {
        cursor->bad = true;
        return NULL;
    }
    const char *text = arena_text(arena, (const char *)cursor->at, length);
    cursor->at += length;
    cursor->left -= length;
    return text;
}

static void take_item(Arena *arena, Cursor *cursor, DiagItem *item)
{
    int32_t numbers[5];
    take(cursor, numbers, sizeof numbers);
    item->code = (DiagCode)numbers[0];
    item->level = (DiagLevel)numbers[1];
    item->place = (DiagPlace){.line = numbers[2], .column = numbers[3], .page = numbers[4]};
    const char **strings[] = {&item->place.file, &item->place.table, &item->place.row, &item->place.unit,
                              &item->place.field};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        *strings[i] = take_string(arena, cursor);
    uint32_t count;
    take(cursor, &count, sizeof count);
    if (count > cursor->left)
        cursor->bad = true;
    const char **args = ARENA_ARRAY(arena, cursor->bad ? 1 : (size_t)count + 1, const char *);
    for (uint32_t i = 0; !cursor->bad && i < count; i++)
        args[i] = take_string(arena, cursor);
    item->args = args;
}

size_t batch_frame_read(Arena *arena, const unsigned char *bytes, size_t length, BatchResult *result, DiagItem **items,
                        size_t *item_count)
{
    uint32_t head[2];
    if (length < sizeof head)
        return 0;
    memcpy(head, bytes, sizeof head);
    if (length < head[0])
        return 0;
    Cursor cursor = {bytes + sizeof head, head[0] - sizeof head, false};
    take(&cursor, result, sizeof *result);
    *items = ARENA_ARRAY(arena, head[1] + 1, DiagItem);
    *item_count = 0;
    for (uint32_t i = 0; i < head[1]; i++) {
        take_item(arena, &cursor, &(*items)[i]);
        if (cursor.bad)
            break;
        ++*item_count;
    }
    return head[0];
}
