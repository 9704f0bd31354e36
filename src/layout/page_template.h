/* A part of the layout room's door: page templates. */
#ifndef LAYOUT_PAGE_TEMPLATE_H
#define LAYOUT_PAGE_TEMPLATE_H

#include "base/fixed.h"

enum { LAYOUT_EDGE_TOP, LAYOUT_EDGE_RIGHT, LAYOUT_EDGE_BOTTOM, LAYOUT_EDGE_LEFT, LAYOUT_EDGES };

typedef struct LayoutNode LayoutNode; /* see layout.h */

typedef enum LayoutNumbering { LAYOUT_DECIMAL_PAGES, LAYOUT_ROMAN_PAGES, LAYOUT_UNNUMBERED_PAGES } LayoutNumbering;

/* Pages that a header or footer serves: of all that fit the page, the most particular one (first, odd or even, all). The
 * number counts (GB/T 9704-2012, 7.5), or the place in the document where there is none. */
typedef enum LayoutSide {
    LAYOUT_SIDE_ALL,
    LAYOUT_SIDE_FIRST, /* the template's first page in the document */
    LAYOUT_SIDE_ODD,
    LAYOUT_SIDE_EVEN,
    LAYOUT_SIDES
} LayoutSide;

/* A page template. */
typedef struct LayoutPageTemplate {
    const char *name; /* or NULL */
    Mpt width, height;
    Mpt margin[LAYOUT_EDGES];
    const LayoutNode *header[LAYOUT_SIDES], *footer[LAYOUT_SIDES]; /* or NULL; set in the margin */
    const LayoutNode *watermark;                                   /* or NULL: a DIV with one P at most */
    Mpt header_distance, footer_distance; /* from the type area to the near edge of header and footer */
    LayoutNumbering numbering;
    int start; /* number of the template's first page in the document; 0: numbers go on */
    const struct LayoutPageTemplate *next;
} LayoutPageTemplate;

#endif
