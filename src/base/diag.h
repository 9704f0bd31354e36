/* Diagnostics: what went wrong, where, and what to do, in Chinese and English, from one catalogue.
 *
 * Convention of the whole program: a function that returns false or NULL has recorded a diagnostic here. The worst level
 * decides the exit code. Messages are templates with {0}, {1} … filled by strings, so no format string can mismatch.
 * What is recorded is valid UTF-8 on one line: wrong bytes become U+FFFD, control characters spaces.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/arena.h"
#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum DiagLevel { DIAG_NOTE, DIAG_WARN, DIAG_UNIT_FAIL, DIAG_RUN_FAIL } DiagLevel;

typedef enum DiagCode {
#define DIAG(code, level, exit_code, en, en_hint, zh, zh_hint) DIAG_##code,
#include "base/diag_catalogue.h"
#undef DIAG
    DIAG_CODE_COUNT
} DiagCode;

typedef enum DiagLanguage { DIAG_ENGLISH, DIAG_CHINESE } DiagLanguage;

/* Exit codes: sysexits.h, plus one of our own. */
enum {
    DIAG_EXIT_OK = 0,
    DIAG_EXIT_SOME_UNITS_FAILED = 20,
};

/* A place in the user's terms; every member may be empty. Strings are copied by diag_add. */
typedef struct DiagPlace {
    const char *file;  /* XML, CSV or other file, as the user named it */
    int line, column;  /* from 1; 0 = unknown; columns count bytes as libxml2 does */
    const char *table; /* data: table and row key */
    const char *row;
    const char *unit;  /* unit code */
    const char *field; /* layout field or column */
    int page;          /* from 1; 0 = none */
} DiagPlace;

typedef struct DiagItem {
    DiagCode code;
    DiagLevel level;
    DiagPlace place;
    const char *const *args; /* NULL-terminated */
} DiagItem;

typedef struct Diag Diag;

/* A collector whose items live in `arena`. After `limit` items of one code (0 = 1000) further ones are only counted. */
Diag *diag_open(Arena *arena, size_t limit);

/* Records a diagnostic and returns false, so that callers can write `return diag_add(…)`. One to six string arguments (""
 * where the message has none): diag_add(d, DIAG_XML_SYNTAX, place, "…"). */
#define diag_add(diag, code, place, ...) diag_record((diag), (code), (place), (const char *const[]){__VA_ARGS__, NULL})
bool diag_record(Diag *diag, DiagCode code, DiagPlace place, const char *const *args);
/* The same, but nothing when the very same diagnostic is among the items already: for code that may pass a place twice. */
#define diag_add_once(diag, code, place, ...)                                                                          \
    diag_record_once((diag), (code), (place), (const char *const[]){__VA_ARGS__, NULL})
bool diag_record_once(Diag *diag, DiagCode code, DiagPlace place, const char *const *args);

/* Copies items (from another process or unit) into this collector. */
void diag_append(Diag *diag, const DiagItem *item);

size_t diag_count(const Diag *diag); /* items kept */
const DiagItem *diag_item(const Diag *diag, size_t index);
size_t diag_dropped(const Diag *diag); /* counted, not kept */
bool diag_any(const Diag *diag, DiagLevel at_least);
/* Forgets the items; their memory goes with the arena. The collector itself lives in the arena too: after a reset, open a
 * new one. */
void diag_clear(Diag *diag);

/* 0, DIAG_EXIT_SOME_UNITS_FAILED, or the exit code of the first RUN_FAIL. */
int diag_exit_code(const Diag *diag);

/* "place: error: text. hint [CODE]" and a newline, as one line of the given language. */
void diag_format(const DiagItem *item, DiagLanguage language, Buf *out);
/* The parts of that line, for reports that lay them out themselves; appended without a newline. */
void diag_format_place(const DiagPlace *place, DiagLanguage language, Buf *out);
void diag_format_text(const DiagItem *item, DiagLanguage language, Buf *out);
void diag_format_hint(const DiagItem *item, DiagLanguage language, Buf *out);
/* The same as one JSON object (RFC 8259) without a newline: level, priority, code, the parts of the place that are set, message, hint. */
void diag_format_json(const DiagItem *item, DiagLanguage language, Buf *out);
/* A string of JSON, from text as a collector keeps it: valid UTF-8 without control characters. */
void diag_json_string(Buf *out, const char *text, size_t length);
int diag_priority(DiagLevel level);        /* syslog's, as in sd-daemon(3): 2 the run failed … 6 a note */
const char *diag_code_name(DiagCode code); /* "XML_SYNTAX" */
DiagLanguage diag_language(void);          /* from LC_ALL, LC_MESSAGES, LANG: Chinese when it begins with zh */

/* An integer as text in the arena of the collector, for use as an argument. */
const char *diag_number(Diag *diag, int64_t value);

#endif
