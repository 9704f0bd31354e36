/* What a rule of the schema says of a row, in the words of the person at the desk: SQLite names the rule that was broken ("CHECK constraint
 * failed: days_tenths BETWEEN 0 AND 3660"); the columns in it are told by their headings, limits in the unit that is written. */
#include "import/import_int.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool in_name(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

static const ImportColumn *column_of(const ImportTableMap *table, const char *name, size_t length)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strlen(table->columns[i].name) == length && strncmp(table->columns[i].name, name, length) == 0)
            return &table->columns[i];
    return NULL;
}

/* Columns in a rule, each once; what stands in quotes or before a bracket (a function) is none. */
static size_t find_columns(const ImportTableMap *table, const char *rule, const ImportColumn **out)
{
    size_t count = 0;
    while (*rule) {
        if (*rule == '\'') {
            const char *end = strchr(rule + 1, '\'');
            rule = end ? end + 1 : rule + strlen(rule);
            continue;
        }
        size_t length = 0;
        while (in_name(rule[length]))
            length++;
        const ImportColumn *column = rule[length] == '(' ? NULL : column_of(table, rule, length);
        for (size_t i = 0; column && i < count; i++)
            column = out[i] == column ? NULL : column;
        if (column)
            out[count++] = column;
        rule += length ? length : 1;
    }
    return count;
}

/* A limit of the schema as it is written in a cell: days and points, not tenths and hundredths. */
static const char *as_written(Arena *arena, const ImportColumn *column, const char *limit)
{
    const int places = column->kind == IMPORT_TENTHS ? 1 : column->kind == IMPORT_HUNDREDTHS ? 2 : 0;
    Buf text = {0};
    buf_decimal(&text, strtoll(limit, NULL, 10), places);
    const char *out = arena_string(arena, buf_cstring(&text));
    buf_free(&text);
    return out;
}

/* "NAME BETWEEN 0 AND 3660" → "0–366", "NAME >= 1" → "≥ 1"; NULL: the rule is of another kind. */
static const char *range_of(Arena *arena, const ImportColumn *column, const char *rule)
{
    char low[24], high[24];
    int end = 0;
    const size_t length = strlen(column->name);
    if (strncmp(rule, column->name, length) != 0)
        return NULL;
    rule += length;
    if (sscanf(rule, " BETWEEN %23[0-9] AND %23[0-9]%n", low, high, &end) == 2 && rule[end] == '\0')
        return arena_print(arena, "%s–%s", as_written(arena, column, low), as_written(arena, column, high));
    if (sscanf(rule, " >= %23[0-9]%n", low, &end) == 1 && rule[end] == '\0')
        return arena_print(arena, "≥ %s", as_written(arena, column, low));
    return NULL;
}

static const char *join(Arena *arena, const ImportColumn *const *columns, size_t count)
{
    Buf text = {0};
    for (size_t i = 0; i < count; i++)
        buf_print(&text, "%s%s", i ? "、" : "", columns[i]->heading);
    const char *out = arena_string(arena, buf_cstring(&text));
    buf_free(&text);
    return out;
}

const ImportColumn *import_rule_broken(Arena *arena, const ImportTableMap *table, const char *message,
                                       ImportRefusal *refusal)
{
    const ImportColumn **columns = ARENA_ARRAY(arena, table->column_count, const ImportColumn *);
    const char *colon = strstr(message, ": ");
    const char *rule = colon ? colon + 2 : "";
    const size_t count = find_columns(table, rule, columns);
    const char *range = count == 1 ? range_of(arena, columns[0], rule) : NULL;
    *refusal = (ImportRefusal){.args = {join(arena, columns, count), range}};
    if (count == 0) {
        refusal->code = DIAG_IMPORT_RULE;
        refusal->args[0] = table->title;
        return NULL;
    }
    refusal->code = strncmp(message, "UNIQUE", 6) == 0 ? DIAG_IMPORT_NOT_UNIQUE
                    : range                            ? DIAG_IMPORT_RANGE
                    : count == 1                       ? DIAG_IMPORT_VALUE
                                                       : DIAG_IMPORT_TOGETHER;
    return columns[0];
}
