/* Bytes of a text file → UTF-8, and which encoding they were in. A byte order mark decides; without one, what is valid UTF-8 is UTF-8 (text
 * in another encoding that happens to be valid UTF-8 as a whole is all but impossible beyond a few letters); the rest is GB18030, which
 * contains GBK and GB2312, and must be valid as such. Nothing is ever replaced: what cannot be decoded is a mistake with its line. */
#include "import/import_int.h"

#include "base/utf8.h"

#include <string.h>
#include <unicode/ucnv.h>

static void close_converter(void *handle)
{
    ucnv_close(handle);
}

/* Strict: a wrong or unassigned sequence ends it. */
static bool convert(UConverter *converter, const char *bytes, size_t length, char *out, size_t room, size_t *written)
{
    UErrorCode code = U_ZERO_ERROR;
    const int32_t count = ucnv_toAlgorithmic(UCNV_UTF8, converter, out, (int32_t)room, bytes, (int32_t)length, &code);
    *written = U_SUCCESS(code) ? (size_t)count : 0;
    return U_SUCCESS(code);
}

/* The first line that cannot be decoded alone: in GB18030 no byte of a longer sequence is a line feed. */
static int bad_line(UConverter *converter, const char *bytes, size_t length, char *out, size_t room)
{
    int line = 1;
    size_t written;
    for (const char *at = bytes, *end = bytes + length; at < end; line++) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const size_t part = (size_t)((feed ? feed + 1 : end) - at);
        if (!convert(converter, at, part, out, room, &written))
            return line;
        at += part;
    }
    return line;
}

static char *convert_all(Arena *arena, const char *path, const char *bytes, size_t length, const char *name, bool lines,
                         size_t *out_length, Diag *diag)
{
    UErrorCode code = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name, &code);
    if (U_FAILURE(code)) {
        diag_add(diag, DIAG_IMPORT_DECODER, (DiagPlace){.file = path}, name, u_errorName(code));
        return NULL;
    }
    arena_defer(arena, close_converter, converter);
    ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &code);
    const size_t room = length * 2 + 16; /* two bytes become three at most, one stays one */
    char *out = arena_alloc(arena, room);
    if (U_SUCCESS(code) && convert(converter, bytes, length, out, room - 1, out_length) &&
        utf8_valid(out, *out_length, NULL))
        return out;
    const int line = lines ? bad_line(converter, bytes, length, out, room - 1) : 0;
    diag_add(diag, DIAG_IMPORT_ENCODING, ((DiagPlace){.file = path, .line = line}), name);
    return NULL;
}

char *import_decode(Arena *arena, const char *path, const char *bytes, size_t length, const char **encoding,
                    size_t *out_length, Diag *diag)
{
    static const char mark[] = "\xEF\xBB\xBF";
    *out_length = length;
    if (length >= 3 && memcmp(bytes, mark, 3) == 0) {
        size_t bad;
        *encoding = "UTF-8 BOM";
        *out_length = length - 3;
        if (utf8_valid(bytes + 3, length - 3, &bad))
            return (char *)bytes + 3;
        int line = 1;
        for (size_t i = 0; i < bad; i++)
            line += bytes[3 + i] == '\n';
        diag_add(diag, DIAG_IMPORT_ENCODING, ((DiagPlace){.file = path, .line = line}), *encoding);
        return NULL;
    }
    if (length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        const bool little = bytes[0] == '\xFF';
        *encoding = little ? "UTF-16LE" : "UTF-16BE";
        return convert_all(arena, path, bytes + 2, length - 2, *encoding, false, out_length, diag);
    }
    if (utf8_valid(bytes, length, NULL)) {
        *encoding = "UTF-8";
        return (char *)bytes;
    }
    *encoding = "GB18030";
    return convert_all(arena, path, bytes, length, *encoding, true, out_length, diag);
}
