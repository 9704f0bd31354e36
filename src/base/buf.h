/* Buf: a growing byte buffer on the heap, reused from report to report so that steady state allocates nothing. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Zero-initialise ({0}) to begin; `bytes` is not NUL-terminated unless buf_cstring was called. */
typedef struct Buf {
    unsigned char *bytes;
    size_t length;
    size_t capacity;
} Buf;

void buf_free(Buf *buf);               /* gives the memory back; the Buf is empty again */
void buf_clear(Buf *buf);              /* length 0, memory kept */
void buf_grow(Buf *buf, size_t extra); /* what buf_reserve does when there is no room */

/* What every byte of a page goes through stands here, to be compiled in place. */

/* Room for `extra` more bytes. */
static inline void buf_reserve(Buf *buf, size_t extra)
{
    if (extra > buf->capacity - buf->length)
        buf_grow(buf, extra);
}

static inline void buf_append(Buf *buf, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    buf_reserve(buf, length);
    memcpy(buf->bytes + buf->length, bytes, length);
    buf->length += length;
}

/* Appends a NUL-terminated string. */
static inline void buf_text(Buf *buf, const char *text)
{
    buf_append(buf, text, strlen(text));
}

static inline void buf_byte(Buf *buf, unsigned char byte)
{
    buf_reserve(buf, 1);
    buf->bytes[buf->length++] = byte;
}

void buf_int(Buf *buf, int64_t value); /* decimal, no locale */
/* Appends value/10^places as a decimal with trailing zeros and a bare point removed: buf_decimal(b, -1500, 3) is "-1.5".
 * This is how every number reaches a PDF. 0 <= places <= 9. */
void buf_decimal(Buf *buf, int64_t value, int places);
void buf_hex(Buf *buf, const void *bytes, size_t length); /* lower case */
void buf_print(Buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *buf_cstring(Buf *buf); /* NUL-terminates (not counted) and lends the text */

#endif
