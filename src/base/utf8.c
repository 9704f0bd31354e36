/* UTF-8 after RFC 3629, table 3-7 of the Unicode Standard: the second byte's range depends on the first, which is all that
 * it takes to refuse overlong forms, surrogates and code points above U+10FFFF. No state. */
#include "base/utf8.h"

/* Length of the sequence that begins with `lead` and the range of its second byte; 0 when no sequence begins so. */
static size_t sequence_length(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    *high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (lead < 0x80)
        return lead != 0;
    if (lead < 0xC2)
        return 0;
    if (lead < 0xE0)
        return 2;
    if (lead < 0xF0)
        return 3;
    return lead < 0xF5 ? 4 : 0;
}

/* Three bytes of U+1000 to U+CFFF, which are nearly all of Chinese text. */
static bool is_common(const unsigned char *at)
{
    return at[0] >= 0xE1 && at[0] <= 0xEC && (at[1] & 0xC0) == 0x80 && (at[2] & 0xC0) == 0x80;
}

bool utf8_valid(const char *text, size_t length, size_t *bad)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t at = 0;
    while (at < length) {
        while (length - at >= 3 && is_common(bytes + at))
            at += 3;
        if (at == length)
            break;
        unsigned char low, high;
        size_t size = sequence_length(bytes[at], &low, &high);
        bool good = size > 0 && size <= length - at;
        for (size_t i = 1; good && i < size; i++) {
            good = bytes[at + i] >= low && bytes[at + i] <= high;
            low = 0x80;
            high = 0xBF;
        }
        if (!good) {
            if (bad)
                *bad = at;
            return false;
        }
        at += size;
    }
    return true;
}

uint32_t utf8_next(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    uint32_t code = *at++;
    int more = code < 0x80 ? 0 : code < 0xE0 ? 1 : code < 0xF0 ? 2 : 3;
    if (more > 0)
        code &= 0x3Fu >> more;
    for (; more > 0; more--)
        code = code << 6 | (*at++ & 0x3Fu);
    *text = (const char *)at;
    return code;
}

size_t utf8_encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(leads[size] | code);
    return size;
}

size_t utf8_count(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80; /* every byte but the continuations begins a code point */
    return count;
}
