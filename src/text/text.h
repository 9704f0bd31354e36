/* The text room: fonts by role with fallback per character, shaping, and breaking paragraphs into justified lines by the
 * rules of Chinese (clreq) on top of Unicode line breaking (UAX #14).
 *
 * Fonts are loaded once per run, before the fork. Units: Mpt; font units are scaled to the size with rounding half up.
 */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/fixed.h"
#include "page/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ── fonts ── */
typedef struct TextFonts TextFonts;

/* One face: a file (and index in a collection) that some role uses. */
typedef struct TextFace {
    const char *name;           /* PostScript name, for BaseFont */
    const char *path;           /* file that was opened */
    unsigned index;             /* in a TTC; 0 otherwise */
    const char *licence;        /* as named in fonts.xml */
    const unsigned char *bytes; /* the mapped file */
    size_t length;
    char sha256[65]; /* of the file: part of every fingerprint */
    unsigned units_per_em;
    int ascent, descent; /* font units; descent negative */
    bool cff;            /* outlines are CFF, else glyf */
    unsigned embedding;  /* OS/2 fsType */
    size_t characters;   /* that it has a glyph for */
} TextFace;

/* Reads fonts.xml: roles and their faces in fallback order. Paths are relative to the configuration's directory, or absolute.
 * NULL = diagnostics recorded (missing file names the role and how to get it; a face that may not be embedded is refused). */
TextFonts *text_fonts_load(Arena *run, const char *config_path, Diag *diag);
/* From now on a character that no face of its role has is printed as 〓 (U+3013), with a warning for each unit, instead of an error;
 * its text stays what it was. */
void text_fonts_replace_missing(TextFonts *fonts);
size_t text_face_count(const TextFonts *fonts);
const TextFace *text_face(const TextFonts *fonts, uint16_t face);
/* hb_face_t of a face, for the pdf room's subsetter. */
struct hb_face_t *text_face_shaper(const TextFonts *fonts, uint16_t face);

/* A role named in fonts.xml ("fangsong"), or -1. */
int text_role(const TextFonts *fonts, const char *name);
size_t text_role_count(const TextFonts *fonts);
const char *text_role_name(const TextFonts *fonts, int role);
const char *text_role_title(const TextFonts *fonts, int role); /* in the reader's words: 小标宋 */
/* Han of a coded character set by its name in ICU ("GB2312", "GBK"), and how many of them the role has. False: it is not known here. */
bool text_role_charset(const TextFonts *fonts, int role, const char *charset, size_t *held, size_t *all);
/* The faces of a role in fallback order. */
size_t text_role_face_count(const TextFonts *fonts, int role);
uint16_t text_role_face(const TextFonts *fonts, int role, size_t place);
/* True for what is never asked for alone and prints nothing where no face has it: joiners, selectors and the like (Unicode's
 * Default_Ignorable_Code_Point). */
bool text_is_ignorable(uint32_t code);
/* The first face of the role that has the character, or -1. Combining marks, variation selectors and the like follow their
 * base character and are never asked for alone. */
int text_face_for(const TextFonts *fonts, int role, uint32_t code);

/* ── paragraphs ── */
typedef struct TextStyle {
    int role;
    Mpt size;
    uint32_t colour;
    Mpt letter_spacing; /* added after every character; negative tightens */
    bool bold;          /* drawn with the role named "<role>-bold" where one exists */
    Mpt baseline_shift; /* up; for superscripts */
} TextStyle;

/* A stretch of characters in one style. `text` is valid UTF-8; U+000A is a forced line break, U+00A0 and U+2060 forbid one. */
typedef struct TextRun {
    const char *text;
    TextStyle style;
    const char *field; /* where the text came from, for messages; may be NULL */
    const void *tag;   /* the caller's; comes back in the fragments (links) */
} TextRun;

typedef enum TextAlign { TEXT_START, TEXT_CENTER, TEXT_END, TEXT_JUSTIFY } TextAlign;
/* How lines come to their lengths: each filled in turn; of nearly equal length, the fewest possible; or broken by meaning into
 * the shapes of an official title (GB/T 9704-2012, 7.3.1). */
typedef enum TextWrap { TEXT_WRAP, TEXT_BALANCE, TEXT_TITLE } TextWrap;

typedef enum TextBreakRule {
    TEXT_BREAK_BASIC,
    TEXT_BREAK_NONE,
    TEXT_BREAK_GB,
    TEXT_BREAK_STRICT
} TextBreakRule; /* clreq, #prohibition_rules_for_line_start_end */

typedef struct TextParagraph {
    const TextRun *runs;
    size_t run_count;
    Mpt width;  /* the measure; > 0 */
    Mpt grid;   /* width of a cell of the character grid (GB/T 9704-2012, 5.2.3); 0: none. See text_on_grid */
    Mpt indent; /* of the first line; may be negative (hanging) */
    TextAlign align;
    TextBreakRule rule;
    TextWrap wrap;
    bool no_wrap;     /* one line per forced break, however long */
    const char *unit; /* for messages */
} TextParagraph;

/* Whether characters of this size stand in the cells of a grid: their em is within a sixteenth of the cell. A full-width
 * character or mark of such a size takes one cell, others their natural width. */
static inline bool text_on_grid(Mpt size, Mpt grid)
{
    return grid > 0 && size - grid <= grid / 16 && grid - size <= grid / 16;
}

/* Glyphs of one face, size and colour on one line, ready for page_glyphs. */
typedef struct TextFragment {
    uint16_t face;
    Mpt size;
    uint32_t colour;
    Mpt x;            /* from the start of the measure */
    Mpt rise;         /* baseline shift, up */
    int32_t turn;     /* of the direction, in 1/100 degree clockwise: 0, or 9000 in vertical text */
    const char *text; /* the run's text the glyphs' offsets refer to */
    const PageGlyph *glyphs;
    size_t count;
    Mpt width;
    const void *tag;
} TextFragment;

typedef struct TextLine {
    const TextFragment *fragments;
    size_t count;
    Mpt x, width;        /* extent of the ink box in the measure, after alignment */
    Mpt ascent, descent; /* largest em box above and below the baseline: 0.88 and 0.12 of the size for Han */
    bool forced;         /* ended by U+000A or the end of the paragraph */
    bool overfull;       /* an unbreakable run is wider than the measure */
} TextLine;

typedef struct TextLines {
    const TextLine *lines;
    size_t count;
    Mpt natural;   /* width of the widest unbroken stretch between forced breaks: max-content */
    Mpt narrowest; /* widest unbreakable run: min-content */
    Mpt widest;    /* widest character: less no break can give */
} TextLines;

/* Sets a paragraph. The result lives in `arena`. NULL = a diagnostic names unit, field, code point and character that no
 * face of the role has. An empty paragraph gives one empty line. */
const TextLines *text_set(Arena *arena, const TextFonts *fonts, const TextParagraph *paragraph, Diag *diag);

/* Sets a paragraph in columns from top to bottom, the first on the right, `pitch` apart; its width is the measure of a column. They are
 * given as one line: its width is that of all columns, its baseline lies at their top, and its descent is their height. */
const TextLines *text_set_vertical(Arena *arena, const TextFonts *fonts, const TextParagraph *paragraph, Mpt pitch,
                                   Diag *diag);

/* Widths without breaking, for column and chart sizing; same errors (returns false). */
bool text_measure(Arena *scratch, const TextFonts *fonts, const TextRun *run, const char *unit, Mpt *width, Diag *diag);

#endif
