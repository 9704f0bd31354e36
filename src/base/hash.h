/* SHA-256 through OpenSSL's libcrypto; the only place in the program that hashes content. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>

enum { HASH_SIZE = 32, HASH_HEX = 65 };

typedef struct Hash Hash; /* running hash */

Hash *hash_open(void);
void hash_add(Hash *hash, const void *bytes, size_t length);
/* Adds the length and the bytes, so that ("ab","c") and ("a","bc") differ. NULL counts as absent. */
void hash_field(Hash *hash, const char *text);
void hash_peek(const Hash *hash, unsigned char out[HASH_SIZE]); /* result so far; the hash goes on */
void hash_close(Hash *hash, unsigned char out[HASH_SIZE]);      /* result, and frees */

void hash_bytes(const void *bytes, size_t length, unsigned char out[HASH_SIZE]);
void hash_hex(const unsigned char hash[HASH_SIZE], char out[HASH_HEX]); /* lower case, NUL-terminated */

#endif
