/* SHA-256 by OpenSSL's EVP interface. A Hash is an EVP context, from hash_open to hash_close. OpenSSL fails here only when
 * memory runs out or when the library is broken; neither can be survived, so both end the process as malloc's failure
 * does. */
#include "base/hash.h"

#include <openssl/evp.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* Hash is only a name for the EVP context, so that OpenSSL's headers stay here. */
static EVP_MD_CTX *context_of(Hash *hash)
{
    return (EVP_MD_CTX *)(void *)hash;
}

static void require(int success)
{
    if (success)
        return;
    fputs("shuzhi: SHA-256 is not available from libcrypto\n", stderr);
    exit(EX_OSERR);
}

Hash *hash_open(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    require(context && EVP_DigestInit_ex(context, EVP_sha256(), NULL));
    return (Hash *)(void *)context;
}

void hash_add(Hash *hash, const void *bytes, size_t length)
{
    require(EVP_DigestUpdate(context_of(hash), bytes, length));
}

void hash_field(Hash *hash, const char *text)
{
    uint64_t length = text ? strlen(text) : UINT64_MAX;
    unsigned char prefix[8]; /* little-endian on every machine */
    for (size_t i = 0; i < sizeof prefix; i++)
        prefix[i] = (unsigned char)(length >> (8 * i));
    hash_add(hash, prefix, sizeof prefix);
    if (text)
        hash_add(hash, text, (size_t)length);
}

void hash_peek(const Hash *hash, unsigned char out[HASH_SIZE])
{
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    require(copy && EVP_MD_CTX_copy_ex(copy, (const EVP_MD_CTX *)(const void *)hash) &&
            EVP_DigestFinal_ex(copy, out, NULL));
    EVP_MD_CTX_free(copy);
}

void hash_close(Hash *hash, unsigned char out[HASH_SIZE])
{
    require(EVP_DigestFinal_ex(context_of(hash), out, NULL));
    EVP_MD_CTX_free(context_of(hash));
}

void hash_bytes(const void *bytes, size_t length, unsigned char out[HASH_SIZE])
{
    Hash *hash = hash_open();
    hash_add(hash, bytes, length);
    hash_close(hash, out);
}

void hash_hex(const unsigned char hash[HASH_SIZE], char out[HASH_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < HASH_SIZE; i++) {
        out[2 * i] = digits[hash[i] >> 4];
        out[2 * i + 1] = digits[hash[i] & 15];
    }
    out[HASH_HEX - 1] = '\0';
}
