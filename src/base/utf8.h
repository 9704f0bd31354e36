/* UTF-8: validated once where text enters (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF, no NUL);
 * after that every string in the program is valid and NUL-terminated, and utf8_next need not check again. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when the bytes are valid and hold no NUL; else *bad (may be NULL) is the offset of the first wrong byte. */
bool utf8_valid(const char *text, size_t length, size_t *bad);

/* Decodes the code point at *text, which must be valid and not at its end, and moves *text past it. */
uint32_t utf8_next(const char **text);

/* Writes 1–4 bytes and returns how many; `code` must be a scalar value. */
size_t utf8_encode(uint32_t code, char out[4]);

/* Number of code points in a valid string. */
size_t utf8_count(const char *text);

#endif
