/* One field of a table; see csv.h. */
#include "base/csv.h"

#include <string.h>

/* What a spreadsheet would run, whatever apostrophes stand before it already. */
static bool is_formula(const char *text)
{
    text += strspn(text, "'");
    return *text && strchr("=+-@", *text);
}

const char *csv_unguard(const char *text)
{
    return text[0] == '\'' && is_formula(text) ? text + 1 : text;
}

void csv_field(Buf *out, const char *text)
{
    const bool formula = is_formula(text);
    if (!formula && !strpbrk(text, ",\"\r\n") && *text != ' ') {
        buf_text(out, text);
        return;
    }
    buf_text(out, formula ? "\"'" : "\"");
    for (; *text; text++) {
        if (*text == '"')
            buf_byte(out, '"');
        buf_byte(out, (unsigned char)*text);
    }
    buf_byte(out, '"');
}
