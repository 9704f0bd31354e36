/* The container of a font file: directory, bounds, and the fields that tables share; see sfnt.h. */
#include "text/sfnt.h"

#include <string.h>

typedef struct Sfnt {
    const unsigned char *bytes;
    size_t length;
    size_t records; /* where the table records begin */
    unsigned count;
    SfntReport *report;
} Sfnt;

typedef struct SfntTable {
    const unsigned char *bytes;
    size_t length;
} SfntTable;

static unsigned read16(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static uint32_t read32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool complain(const Sfnt *font, SfntFault fault, const char *table, uint64_t value, uint64_t limit)
{
    font->report->fault = fault;
    memcpy(font->report->table, table, strlen(table) + 1);
    font->report->value = value;
    font->report->limit = limit;
    return false;
}

static bool complain_field(const Sfnt *font, const char *table, const char *field, uint64_t value)
{
    font->report->field = field;
    return complain(font, SFNT_FIELD, table, value, 0);
}

/* A tag as text: what is no printable ASCII becomes a question mark, so that a message can show it. */
static void tag_text(const unsigned char *at, char tag[5])
{
    for (int i = 0; i < 4; i++)
        tag[i] = (char)(at[i] >= ' ' && at[i] < 0x7F ? at[i] : '?');
    tag[4] = '\0';
}

/* The offset table of the face: at the beginning of the file, or where the collection's header says. */
static bool find_directory(Sfnt *font, unsigned index)
{
    size_t at = 0;
    if (font->length < 12)
        return complain(font, SFNT_KIND, "", 0, 0);
    if (memcmp(font->bytes, "wOFF", 4) == 0 || memcmp(font->bytes, "wOF2", 4) == 0)
        return complain(font, SFNT_PACKED, "", 0, 0);
    if (memcmp(font->bytes, "ttcf", 4) == 0) {
        const uint32_t faces = read32(font->bytes + 8);
        if (index >= faces)
            return complain(font, SFNT_INDEX, "", faces, 0);
        if ((uint64_t)12 + 4 * (uint64_t)index + 4 > font->length)
            return complain(font, SFNT_BEYOND, "", (uint64_t)12 + 4 * (uint64_t)faces, font->length);
        at = read32(font->bytes + 12 + 4 * (size_t)index);
    } else if (index > 0) {
        return complain(font, SFNT_INDEX, "", 1, 0);
    }
    if (at > font->length - 12)
        return complain(font, SFNT_BEYOND, "", (uint64_t)at + 12, font->length);
    const unsigned char *head = font->bytes + at;
    if (read32(head) != 0x00010000 && memcmp(head, "OTTO", 4) != 0 && memcmp(head, "true", 4) != 0)
        return complain(font, SFNT_KIND, "", 0, 0);
    font->records = at + 12;
    font->count = read16(head + 4);
    if (font->records + 16 * (size_t)font->count > font->length)
        return complain(font, SFNT_BEYOND, "", font->records + 16 * (uint64_t)font->count, font->length);
    return true;
}

static bool check_bounds(const Sfnt *font)
{
    for (unsigned i = 0; i < font->count; i++) {
        const unsigned char *record = font->bytes + font->records + 16 * (size_t)i;
        const uint64_t end = (uint64_t)read32(record + 8) + read32(record + 12);
        char tag[5];
        tag_text(record, tag);
        if (end > font->length)
            return complain(font, SFNT_BEYOND, tag, end, font->length);
    }
    return true;
}

/* Empty when the font has no such table; bounds are checked before. */
static SfntTable find_table(const Sfnt *font, const char *tag)
{
    for (unsigned i = 0; i < font->count; i++) {
        const unsigned char *record = font->bytes + font->records + 16 * (size_t)i;
        if (memcmp(record, tag, 4) == 0)
            return (SfntTable){font->bytes + read32(record + 8), read32(record + 12)};
    }
    return (SfntTable){NULL, 0};
}

/* A table of at least so many bytes. */
static bool need(const Sfnt *font, const char *tag, uint64_t least, SfntTable *table)
{
    *table = find_table(font, tag);
    if (table->length == 0)
        return complain(font, SFNT_NO_TABLE, tag, 0, 0);
    return table->length >= least || complain(font, SFNT_SHORT, tag, table->length, least);
}

/* loca: offsets of glyphs + 1 places into glyf, none of them backwards or outside; short ones count in pairs of bytes. */
static bool check_outlines(const Sfnt *font, SfntTable glyf, unsigned glyphs, bool wide)
{
    SfntTable loca;
    if (!need(font, "loca", ((uint64_t)glyphs + 1) * (wide ? 4 : 2), &loca))
        return false;
    uint64_t before = 0;
    for (size_t i = 0; i <= glyphs; i++) {
        const uint64_t at = wide ? read32(loca.bytes + 4 * i) : 2 * (uint64_t)read16(loca.bytes + 2 * i);
        if (at < before || at > glyf.length)
            return complain(font, SFNT_ORDER, "loca", i ? i - 1 : 0, glyf.length);
        before = at;
    }
    return true;
}

static bool check_cff(const Sfnt *font, SfntTable cff)
{
    if (cff.length < 4)
        return complain(font, SFNT_SHORT, "CFF ", cff.length, 4);
    return cff.bytes[0] == 1 || complain_field(font, "CFF ", "major", cff.bytes[0]);
}

static bool check_tables(const Sfnt *font)
{
    SfntTable head, maxp, hhea, hmtx, cmap;
    if (!need(font, "head", 54, &head) || !need(font, "maxp", 6, &maxp) || !need(font, "hhea", 36, &hhea))
        return false;
    const unsigned em = read16(head.bytes + 18), form = read16(head.bytes + 50);
    const unsigned glyphs = read16(maxp.bytes + 4), metrics = read16(hhea.bytes + 34);
    if (em < 16 || em > 16384)
        return complain_field(font, "head", "unitsPerEm", em);
    if (glyphs == 0)
        return complain_field(font, "maxp", "numGlyphs", glyphs);
    if (metrics == 0 || metrics > glyphs)
        return complain_field(font, "hhea", "numberOfHMetrics", metrics);
    if (!need(font, "hmtx", 4 * (uint64_t)metrics, &hmtx) || !need(font, "cmap", 4, &cmap))
        return false;
    const SfntTable cff = find_table(font, "CFF "), glyf = find_table(font, "glyf");
    if (cff.length > 0)
        return check_cff(font, cff);
    if (glyf.length == 0)
        return complain(font, SFNT_NO_OUTLINE, "", 0, 0);
    if (form > 1)
        return complain_field(font, "head", "indexToLocFormat", form);
    return check_outlines(font, glyf, glyphs, form == 1);
}

bool text_sfnt_check(const unsigned char *bytes, size_t length, unsigned index, SfntReport *report)
{
    *report = (SfntReport){.fault = SFNT_SOUND};
    Sfnt font = {.bytes = bytes, .length = length, .report = report};
    return find_directory(&font, index) && check_bounds(&font) && check_tables(&font);
}
