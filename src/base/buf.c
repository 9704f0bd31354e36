/* Buf: one heap block that doubles. It lives until buf_free; buf_clear keeps the block for the next report. */
#include "base/buf.h"
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256, PRINT_ROOM = 64 };

void buf_free(Buf *buf)
{
    free(buf->bytes);
    *buf = (Buf){0};
}

void buf_clear(Buf *buf)
{
    buf->length = 0;
}

void buf_grow(Buf *buf, size_t extra)
{
    size_t needed;
    if (__builtin_add_overflow(buf->length, extra, &needed))
        needed = SIZE_MAX; /* malloc refuses it */
    size_t capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    buf->bytes = arena_heap_resize(buf->bytes, capacity);
    buf->capacity = capacity;
}

void buf_int(Buf *buf, int64_t value)
{
    buf_decimal(buf, value, 0);
}

void buf_decimal(Buf *buf, int64_t value, int places)
{
    assert(places >= 0 && places <= 9);
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    while (places > 0 && magnitude % 10 == 0) {
        magnitude /= 10;
        places--;
    }
    /* Written backwards: 20 digits, a point, a sign. Lengths on a page fit into 32 bits, which divide faster. */
    char text[24], *at = text + sizeof text;
    int digit = 0;
    for (; magnitude > UINT32_MAX; digit++, magnitude /= 10) {
        if (digit == places && places > 0)
            *--at = '.';
        *--at = (char)('0' + magnitude % 10);
    }
    for (uint32_t small = (uint32_t)magnitude; small > 0 || digit <= places; digit++, small /= 10) {
        if (digit == places && places > 0)
            *--at = '.';
        *--at = (char)('0' + small % 10);
    }
    if (value < 0)
        *--at = '-';
    buf_append(buf, at, (size_t)(text + sizeof text - at));
}

void buf_hex(Buf *buf, const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = bytes;
    buf_reserve(buf, length * 2);
    for (size_t i = 0; i < length; i++) {
        buf->bytes[buf->length++] = (unsigned char)digits[from[i] >> 4];
        buf->bytes[buf->length++] = (unsigned char)digits[from[i] & 15];
    }
}

void buf_print(Buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    buf_reserve(buf, PRINT_ROOM); /* nearly always enough at once */
    size_t room = buf->capacity - buf->length;
    const int length = vsnprintf((char *)buf->bytes + buf->length, room, format, args);
    if (length > 0 && (size_t)length >= room) {
        buf_reserve(buf, (size_t)length + 1);
        vsnprintf((char *)buf->bytes + buf->length, (size_t)length + 1, format, again);
    }
    if (length > 0)
        buf->length += (size_t)length;
    va_end(again);
    va_end(args);
}

const char *buf_cstring(Buf *buf)
{
    buf_reserve(buf, 1);
    buf->bytes[buf->length] = '\0';
    return (const char *)buf->bytes;
}
