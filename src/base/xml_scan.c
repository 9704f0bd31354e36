/* A first pass over the markup, before libxml2 sees it. State lives for one call.
 *
 * It is needed for two reasons. libxml2 compares each attribute with all others of its element, so that a 16 MiB start tag
 * takes hours; its own limits come too late or not at all. And its columns are those of the cursor, counted now in bytes, now
 * in characters; here each element's place is known exactly. In well-formed text the n-th start tag is the n-th element of
 * the tree, so places are matched by number. Text that is not well-formed may be misread here, which is harmless, because
 * libxml2 refuses it; but "<!" that begins neither a comment nor CDATA is refused wherever it stands, so no DTD, and with it
 * no entity but the five predefined ones, can reach libxml2.
 */
#include "base/xml_int.h"

#include <string.h>

enum { FIRST_CAPACITY = 256 };

typedef struct Scan {
    Arena *arena;
    const char *path;
    const char *at, *end;
    const char *counted, *line_start; /* lines are counted up to here */
    int line;
    XmlTag *tags;
    size_t count, capacity;
    size_t nodes;
    size_t open[XML_MAX_DEPTH]; /* tags whose end is still to come */
    size_t depth;
    Diag *diag;
} Scan;

/* Where a character stands; to be asked for in ascending order. */
static XmlSpot spot_of(Scan *scan, const char *character)
{
    for (; scan->counted < character; scan->counted++) {
        if (*scan->counted == '\n') {
            scan->line++;
            scan->line_start = scan->counted + 1;
        }
    }
    return (XmlSpot){.line = scan->line, .column = (int)(character - scan->line_start) + 1};
}

XmlSpot xml_spot(const char *text, size_t offset)
{
    Scan scan = {.counted = text, .line_start = text, .line = 1};
    return spot_of(&scan, text + offset);
}

static XmlSpot spot_behind_space(Scan *scan, const char *character)
{
    return spot_of(scan, character + strspn(character, " \t\r\n"));
}

static bool starts_with(const Scan *scan, const char *prefix)
{
    return strncmp(scan->at, prefix, strlen(prefix)) == 0; /* the text ends with a NUL */
}

/* Moves behind the next `mark`, beginning `skip` bytes from here; false at the end of the text. */
static bool skip_past(Scan *scan, size_t skip, const char *mark)
{
    const char *found = strstr(scan->at + skip, mark);
    scan->at = found ? found + strlen(mark) : scan->end;
    return found != NULL;
}

static bool fail_limit(Scan *scan, const char *at, int limit, const char *what)
{
    XmlSpot spot = spot_of(scan, at);
    DiagPlace place = {.file = scan->path, .line = spot.line, .column = spot.column};
    return diag_add(scan->diag, DIAG_XML_LIMIT, place, diag_number(scan->diag, limit), what);
}

static bool fail_doctype(Scan *scan)
{
    XmlSpot spot = spot_of(scan, scan->at);
    DiagPlace place = {.file = scan->path, .line = spot.line, .column = spot.column};
    return diag_add(scan->diag, DIAG_XML_DOCTYPE, place, "");
}

static XmlTag *push_tag(Scan *scan)
{
    if (scan->count == scan->capacity) {
        size_t capacity = scan->capacity ? scan->capacity * 2 : FIRST_CAPACITY;
        XmlTag *tags = ARENA_ARRAY(scan->arena, capacity, XmlTag);
        if (scan->count)
            memcpy(tags, scan->tags, scan->count * sizeof *tags);
        scan->tags = tags;
        scan->capacity = capacity;
    }
    return &scan->tags[scan->count++];
}

/* Moves behind the > of a start tag and counts its attributes by their equals signs; > and = in quotes do not count. */
static int skip_start_tag(Scan *scan)
{
    int attributes = 0;
    char quote = 0;
    for (; scan->at < scan->end; scan->at++) {
        char c = *scan->at;
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '=') {
            attributes++;
        } else if (c == '>') {
            scan->at++;
            break;
        }
    }
    return attributes;
}

static bool scan_start_tag(Scan *scan)
{
    const char *start = scan->at;
    if (scan->depth == XML_MAX_DEPTH)
        return fail_limit(scan, start, XML_MAX_DEPTH, "depth");
    XmlTag *tag = push_tag(scan);
    tag->start = spot_of(scan, start);
    if (skip_start_tag(scan) > XML_MAX_ATTRIBUTES)
        return fail_limit(scan, start, XML_MAX_ATTRIBUTES, "attributes");
    tag->inside = spot_behind_space(scan, scan->at);
    if (scan->at[-1] == '>' && scan->at[-2] == '/')
        tag->after = tag->inside;
    else
        scan->open[scan->depth++] = scan->count - 1;
    return true;
}

static void scan_end_tag(Scan *scan)
{
    if (skip_past(scan, 2, ">") && scan->depth > 0)
        scan->tags[scan->open[--scan->depth]].after = spot_behind_space(scan, scan->at);
}

static bool scan_markup(Scan *scan)
{
    if (starts_with(scan, "<!--"))
        skip_past(scan, 4, "-->");
    else if (starts_with(scan, "<![CDATA["))
        skip_past(scan, 9, "]]>");
    else if (starts_with(scan, "<!"))
        return fail_doctype(scan);
    else if (starts_with(scan, "<?"))
        skip_past(scan, 2, "?>");
    else if (starts_with(scan, "</"))
        scan_end_tag(scan);
    else
        return scan_start_tag(scan);
    return true;
}

bool xml_scan(Arena *arena, const char *path, const char *text, size_t length, const XmlTag **tags, Diag *diag)
{
    Scan scan = {.arena = arena, .path = path, .diag = diag, .at = text, .end = text + length};
    scan.counted = scan.line_start = text;
    scan.line = 1;
    while (scan.at < scan.end) {
        const char *markup = strchr(scan.at, '<');
        if (!markup)
            break;
        scan.nodes += markup > scan.at ? 2 : 1; /* the element and a text before it */
        if (scan.nodes > XML_MAX_NODES)
            return fail_limit(&scan, markup, XML_MAX_NODES, "nodes");
        scan.at = markup;
        if (!scan_markup(&scan))
            return false;
    }
    *tags = scan.tags;
    return true;
}
