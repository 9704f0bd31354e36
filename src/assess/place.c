/* Where in a scheme file a byte of an SQL statement stands: the statement was read with its entities resolved, CDATA marks
 * and comments dropped, so the place is found by reading the source again beside it.
 */
#include "assess/assess_int.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* A walk through the source; `line` and `column` (bytes, from 1) are those of `at`. */
typedef struct Walk {
    const char *at, *end;
    int line, column;
} Walk;

static void step(Walk *walk, size_t bytes)
{
    for (; bytes > 0 && walk->at < walk->end; bytes--, walk->at++) {
        bool newline = *walk->at == '\n';
        walk->line += newline;
        walk->column = newline ? 1 : walk->column + 1;
    }
}

static bool looking_at(const Walk *walk, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(walk->end - walk->at) >= length && memcmp(walk->at, text, length) == 0;
}

static void step_past(Walk *walk, const char *text)
{
    while (walk->at < walk->end && !looking_at(walk, text))
        step(walk, 1);
    step(walk, strlen(text));
}

/* To the first byte after the node's start tag. The node's place may be anywhere within that tag. */
static Walk content_start(const XmlFile *file, const XmlNode *node)
{
    Walk walk = {.at = file->source, .end = file->source + file->source_length, .line = 1, .column = 1};
    Walk tag = walk;
    while (walk.at < walk.end && (walk.line < node->line || (walk.line == node->line && walk.column <= node->column))) {
        if (*walk.at == '<')
            tag = walk;
        step(&walk, 1);
    }
    char quote = '\0';
    for (; tag.at < tag.end && (*tag.at != '>' || quote != '\0'); step(&tag, 1)) {
        if (quote == *tag.at)
            quote = '\0';
        else if (quote == '\0' && (*tag.at == '"' || *tag.at == '\''))
            quote = *tag.at;
    }
    step(&tag, 1);
    return tag;
}

/* How many bytes the reference at `text` ("&lt;", "&#x4E00;") stands for. */
static int reference_length(const char *text)
{
    if (text[1] != '#')
        return 1;
    bool hex = text[2] == 'x';
    char bytes[4];
    return (int)utf8_encode((uint32_t)strtoul(text + (hex ? 3 : 2), NULL, hex ? 16 : 10), bytes);
}

DiagPlace assess_sql_place(const AssessScheme *scheme, const AssessSql *sql, int offset)
{
    DiagPlace place = xml_place(scheme->file, sql->node);
    if (offset < 0)
        return place;
    Walk walk = content_start(scheme->file, sql->node);
    bool cdata = false;
    while (walk.at < walk.end) {
        if (cdata && looking_at(&walk, "]]>")) {
            step(&walk, 3);
            cdata = false;
        } else if (!cdata && looking_at(&walk, "<![CDATA[")) {
            step(&walk, 9);
            cdata = true;
        } else if (!cdata && looking_at(&walk, "<!--")) {
            step_past(&walk, "-->");
        } else if (!cdata && looking_at(&walk, "<?")) {
            step_past(&walk, "?>");
        } else if (looking_at(&walk, "\r\n")) {
            step(&walk, 1); /* read as one \n */
        } else if (offset <= 0) {
            break;
        } else if (!cdata && *walk.at == '&') {
            offset -= reference_length(walk.at);
            step_past(&walk, ";");
        } else {
            offset--;
            step(&walk, 1);
        }
    }
    place.line = walk.line;
    place.column = walk.column;
    return place;
}
