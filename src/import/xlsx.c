/* A workbook: the parts that belong to it are found by their relationships (ECMA-376 part 2, 9.3), never by their usual names; sheets are read
 * in the order of the workbook, hidden ones are left out and told. */
#include "import/xlsx_int.h"

#include <string.h>

enum { SHEETS_MAX = 256, DEPTH_MAX = 64 };

typedef struct Relation {
    const char *id, *type, *target;
} Relation;

typedef struct Relations {
    Relation *items;
    size_t count;
} Relations;

/* ── the reader ── */

static void silence(void *context, const char *message, xmlParserSeverities severity, xmlTextReaderLocatorPtr locator)
{
    (void)context, (void)message, (void)severity, (void)locator;
}

xmlTextReader *import_xlsx_reader(Workbook *book, const Buf *part)
{
    xmlTextReader *reader = xmlReaderForMemory((const char *)part->bytes, (int)part->length, NULL, NULL,
                                               XML_PARSE_NONET | XML_PARSE_NOCDATA);
    if (reader)
        xmlTextReaderSetErrorHandler(reader, silence, NULL);
    else
        book->ok = diag_add(book->diag, DIAG_IMPORT_XLSX, (DiagPlace){.file = book->path}, book->part, "memory");
    return reader;
}

bool import_xlsx_next(Workbook *book, xmlTextReader *reader)
{
    const int result = book->ok ? xmlTextReaderRead(reader) : 0;
    const DiagPlace place = {.file = book->path};
    if (result < 0) {
        const xmlError *error = xmlGetLastError();
        book->ok =
            diag_add(book->diag, DIAG_IMPORT_XLSX, place, book->part, error && error->message ? error->message : "XML");
    } else if (result > 0 && xmlTextReaderNodeType(reader) == XML_READER_TYPE_DOCUMENT_TYPE) {
        book->ok = diag_add(book->diag, DIAG_IMPORT_XLSX, place, book->part, "<!DOCTYPE>");
    } else if (result > 0 && xmlTextReaderDepth(reader) > DEPTH_MAX) {
        book->ok = diag_add(book->diag, DIAG_IMPORT_LIMIT, place, "XML depth", diag_number(book->diag, DEPTH_MAX));
    }
    return result > 0 && book->ok;
}

bool import_xlsx_is(xmlTextReader *reader, const char *name)
{
    return xmlTextReaderNodeType(reader) == XML_READER_TYPE_ELEMENT &&
           xmlStrEqual(xmlTextReaderConstLocalName(reader), (const xmlChar *)name);
}

bool import_xlsx_ends(xmlTextReader *reader, const char *name)
{
    if (!xmlStrEqual(xmlTextReaderConstLocalName(reader), (const xmlChar *)name))
        return false;
    const int type = xmlTextReaderNodeType(reader);
    return type == XML_READER_TYPE_END_ELEMENT ||
           (type == XML_READER_TYPE_ELEMENT && xmlTextReaderIsEmptyElement(reader));
}

/* Text, in CDATA or not; a comment or a processing instruction between it is none. */
bool import_xlsx_is_text(xmlTextReader *reader)
{
    const int type = xmlTextReaderNodeType(reader);
    return type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
           type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE || type == XML_READER_TYPE_WHITESPACE;
}

const char *import_xlsx_attr(Workbook *book, xmlTextReader *reader, const char *name)
{
    const char *value = NULL;
    while (xmlTextReaderMoveToNextAttribute(reader) == 1)
        if (xmlStrEqual(xmlTextReaderConstLocalName(reader), (const xmlChar *)name))
            value = arena_string(book->arena, (const char *)xmlTextReaderConstValue(reader));
    xmlTextReaderMoveToElement(reader);
    return value;
}

/* ── relationships ── */

/* A target relative to the directory of the part that names it; "/…" counts from the top. "" = leaves the archive. */
static const char *resolve(Arena *arena, const char *directory, const char *target)
{
    const char *path = *target == '/' ? target + 1 : arena_print(arena, "%s%s", directory, target);
    char *out = arena_alloc(arena, strlen(path) + 1), *end = out;
    while (*path) {
        const size_t length = strcspn(path, "/");
        if (length == 2 && strncmp(path, "..", 2) == 0) {
            if (end == out)
                return "";
            for (end--; end > out && end[-1] != '/';)
                end--;
        } else if (length > 0 && !(length == 1 && *path == '.')) {
            memcpy(end, path, length);
            end += length;
            if (path[length] == '/')
                *end++ = '/';
        }
        path += length + (path[length] == '/');
    }
    *end = '\0';
    return out;
}

static void read_relations(Workbook *book, const char *part, const char *directory, Relations *out)
{
    Buf text = {0};
    book->part = part;
    *out = (Relations){.items = ARENA_ARRAY(book->arena, SHEETS_MAX, Relation)};
    if (import_zip_read(book->zip, part, true, &text, &book->ok, book->diag)) {
        xmlTextReader *reader = import_xlsx_reader(book, &text);
        while (reader && import_xlsx_next(book, reader)) {
            if (!import_xlsx_is(reader, "Relationship"))
                continue;
            if (out->count == SHEETS_MAX) {
                book->ok = diag_add(book->diag, DIAG_IMPORT_LIMIT, (DiagPlace){.file = book->path}, "relationships",
                                    diag_number(book->diag, SHEETS_MAX));
                break;
            }
            const char *target = import_xlsx_attr(book, reader, "Target");
            const char *type = import_xlsx_attr(book, reader, "Type"), *id = import_xlsx_attr(book, reader, "Id");
            if (target && type && id)
                out->items[out->count++] = (Relation){id, type, resolve(book->arena, directory, target)};
        }
        xmlFreeTextReader(reader);
    }
    buf_free(&text);
}

static bool is_of_type(const Relation *relation, const char *ending)
{
    const size_t length = strlen(relation->type), tail = strlen(ending);
    return length > tail && strcmp(relation->type + length - tail, ending) == 0;
}

static const char *part_of_type(const Relations *relations, const char *ending)
{
    for (size_t i = 0; i < relations->count; i++) {
        if (is_of_type(&relations->items[i], ending))
            return relations->items[i].target;
    }
    return NULL;
}

/* The part of a worksheet, wherever it is kept; NULL for charts, macros and dialogs, which are of other types. */
static const char *sheet_of_id(const Relations *relations, const char *id)
{
    for (size_t i = 0; id && i < relations->count; i++)
        if (strcmp(relations->items[i].id, id) == 0 && is_of_type(&relations->items[i], "/worksheet"))
            return relations->items[i].target;
    return NULL;
}

/* ── the workbook ── */

typedef struct SheetEntry {
    const char *name, *part;
} SheetEntry;

static void note_hidden(Workbook *book, const char *name)
{
    diag_add(book->diag, DIAG_IMPORT_HIDDEN, (DiagPlace){.file = book->path}, name);
}

static size_t read_workbook(Workbook *book, const char *part, const Relations *relations, SheetEntry *entries)
{
    Buf text = {0};
    size_t count = 0;
    book->part = part;
    if (import_zip_read(book->zip, part, true, &text, &book->ok, book->diag)) {
        xmlTextReader *reader = import_xlsx_reader(book, &text);
        while (reader && import_xlsx_next(book, reader)) {
            if (import_xlsx_is(reader, "workbookPr")) {
                const char *value = import_xlsx_attr(book, reader, "date1904");
                book->date1904 = value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
            }
            if (!import_xlsx_is(reader, "sheet") || count == SHEETS_MAX)
                continue;
            const char *name = import_xlsx_attr(book, reader, "name"), *state = import_xlsx_attr(book, reader, "state");
            const char *target = sheet_of_id(relations, import_xlsx_attr(book, reader, "id"));
            if (state && strcmp(state, "visible") != 0)
                note_hidden(book, name ? name : "");
            else if (target)
                entries[count++] = (SheetEntry){name ? name : "", target};
        }
        xmlFreeTextReader(reader);
    }
    buf_free(&text);
    return count;
}

static ImportSheet *read_sheets(Workbook *book, const SheetEntry *entries, size_t count)
{
    ImportSheet *first = NULL, **last = &first;
    for (size_t i = 0; i < count && book->ok; i++) {
        ImportSheet *sheet = ARENA_NEW(book->arena, ImportSheet);
        *sheet = (ImportSheet){.file = book->path, .name = entries[i].name};
        if (!import_xlsx_sheet(book, entries[i].part, sheet))
            return NULL;
        *last = sheet;
        last = &sheet->next;
    }
    if (book->ok && !first)
        diag_add(book->diag, DIAG_IMPORT_NO_SHEET, (DiagPlace){.file = book->path}, "");
    return book->ok ? first : NULL;
}

/* The directory of a part with its stroke, and the part of its relationships. */
static const char *directory_of(Arena *arena, const char *part)
{
    const char *stroke = strrchr(part, '/');
    return stroke ? arena_text(arena, part, (size_t)(stroke - part) + 1) : "";
}

ImportSheet *import_read_xlsx(Arena *arena, const char *path, Diag *diag)
{
    Workbook book = {.arena = arena, .path = path, .diag = diag, .ok = true};
    Relations top, own;
    book.zip = import_zip_open(arena, path, diag);
    if (!book.zip)
        return NULL;
    read_relations(&book, "_rels/.rels", "", &top);
    const char *part = book.ok ? part_of_type(&top, "/officeDocument") : NULL;
    if (book.ok && !part)
        diag_add(diag, DIAG_IMPORT_XLSX, (DiagPlace){.file = path}, "_rels/.rels", "officeDocument");
    if (!part)
        return NULL;
    const char *directory = directory_of(arena, part);
    read_relations(&book, arena_print(arena, "%s_rels/%s.rels", directory, part + strlen(directory)), directory, &own);
    SheetEntry entries[SHEETS_MAX];
    const size_t count = book.ok ? read_workbook(&book, part, &own, entries) : 0;
    if (book.ok)
        import_xlsx_strings(&book, part_of_type(&own, "/sharedStrings"));
    if (book.ok)
        import_xlsx_styles(&book, part_of_type(&own, "/styles"));
    return book.ok ? read_sheets(&book, entries, count) : NULL;
}
