/* The container of a font file (OpenType 1.9, "Font file structure"): whether the tables that we live on are there, lie within the file and
 * agree with one another. Checked once, when a face is opened, so that a file cut short or damaged is refused with the place of the damage
 * instead of losing glyphs later. What stands inside the outlines and layout tables is left to HarfBuzz, which reads with care.
 *
 * Private to the text room. Pure functions of the bytes.
 */
#ifndef TEXT_SFNT_H
#define TEXT_SFNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum SfntFault {
    SFNT_SOUND,
    SFNT_KIND,     /* not a TTF, OTF or TTC */
    SFNT_PACKED,   /* WOFF: a font for the web, compressed */
    SFNT_INDEX,    /* a collection has no face of that number: `value` faces there are */
    SFNT_BEYOND,   /* `table` would end at byte `value` of a file of `limit` bytes; table "" is the directory itself */
    SFNT_NO_TABLE, /* `table` is not there */
    SFNT_NO_OUTLINE, /* neither glyf and loca nor CFF */
    SFNT_SHORT,      /* `table` has `value` bytes and needs `limit` */
    SFNT_FIELD,      /* `field` of `table` is `value` */
    SFNT_ORDER       /* the outline of glyph `value` lies outside glyf, or ends before it begins (loca) */
} SfntFault;

typedef struct SfntReport {
    SfntFault fault;
    char table[5];
    const char *field; /* its name in the OpenType specification */
    uint64_t value, limit;
} SfntReport;

/* Judges face `index` of a file of `length` bytes. Required are head, maxp, hhea, hmtx, cmap and outlines in CFF or in glyf and loca; unitsPerEm
 * within 16 to 16384 and 1 to 65535 glyphs (OpenType, head and maxp). True = report->fault is SFNT_SOUND. */
bool text_sfnt_check(const unsigned char *bytes, size_t length, unsigned index, SfntReport *report);

#endif
