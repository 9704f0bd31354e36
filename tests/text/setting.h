/* Help for tests that set text: the shipped fonts, loaded once, and lines turned back into their text. */
#ifndef TESTS_TEXT_SETTING_H
#define TESTS_TEXT_SETTING_H

#include "base/buf.h"
#include "text/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { SETTING_SIZE = 10000 }; /* 10 pt: an em of 10,000 Mpt */

static Arena *setting_run;
static Diag *setting_diag;
static TextFonts *setting_fonts;

static inline void setting_open(void)
{
    setting_run = arena_open(0);
    setting_diag = diag_open(setting_run, 0);
    setting_fonts = text_fonts_load(setting_run, "fonts/fonts.xml", setting_diag);
    if (!setting_fonts) {
        Buf text = {0};
        diag_format(diag_item(setting_diag, 0), DIAG_ENGLISH, &text);
        fprintf(stderr, "%s", buf_cstring(&text));
        exit(1);
    }
}

static inline TextRun setting_text(const char *text, const char *role)
{
    return (TextRun){.text = text, .field = "field", .style = {.role = text_role(setting_fonts, role), .size = SETTING_SIZE}};
}

/* The text of a line as its glyphs give it back, in their order; spaces at its end left out unless asked for. */
static inline void setting_line_text(const TextLine *line, bool with_spaces, Buf *out)
{
    size_t begin = out->length;
    for (size_t f = 0; f < line->count; f++) {
        const TextFragment *fragment = &line->fragments[f];
        for (size_t g = 0; g < fragment->count; g++)
            buf_append(out, fragment->text + fragment->glyphs[g].start, fragment->glyphs[g].length);
    }
    while (!with_spaces && out->length > begin && out->bytes[out->length - 1] == ' ')
        out->length--;
}

#endif
