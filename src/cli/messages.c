/* Messages on stderr: lines for people, lines with a priority for the journal, or JSON lines for programs. */
#include "cli/cli_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* systemd.exec(5): when stderr is the journal's, JOURNAL_STREAM holds its device and inode, in decimal with a colon between. A program that
 * inherits the variable but writes elsewhere sees other numbers. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat info;
    char own[64];
    if (!stream || fstat(STDERR_FILENO, &info) != 0)
        return false;
    snprintf(own, sizeof own, "%" PRIuMAX ":%" PRIuMAX, (uintmax_t)info.st_dev, (uintmax_t)info.st_ino);
    return strcmp(stream, own) == 0;
}

/* sd-daemon(3): syslog's levels as "<N>" before the line. */
static int priority(DiagLevel level)
{
    static const int priorities[] = {[DIAG_NOTE] = 6, [DIAG_WARN] = 4, [DIAG_UNIT_FAIL] = 3, [DIAG_RUN_FAIL] = 2};
    return priorities[level];
}

/* A string of RFC 8259. What a collector keeps is valid UTF-8 without control characters, so two characters are left to escape. */
static void put_string(Buf *line, const char *text, size_t length)
{
    buf_byte(line, '"');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"' || text[i] == '\\')
            buf_byte(line, '\\');
        buf_byte(line, (unsigned char)text[i]);
    }
    buf_byte(line, '"');
}

static void put_member(Buf *line, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    buf_print(line, ",\"%s\":", name);
    put_string(line, value, strlen(value));
}

static void put_count(Buf *line, const char *name, int value)
{
    if (value > 0)
        buf_print(line, ",\"%s\":%d", name, value);
}

static void put_part(Buf *line, const char *name, const DiagItem *item,
                     void (*format)(const DiagItem *, DiagLanguage, Buf *))
{
    Buf text = {0};
    format(item, diag_language(), &text);
    if (text.length > 0) {
        buf_print(line, ",\"%s\":", name);
        put_string(line, (const char *)text.bytes, text.length);
    }
    buf_free(&text);
}

static void put_json(Buf *line, const DiagItem *item)
{
    static const char *const levels[] = {[DIAG_NOTE] = "note",
                                         [DIAG_WARN] = "warning",
                                         [DIAG_UNIT_FAIL] = "unit-failed",
                                         [DIAG_RUN_FAIL] = "run-failed"};
    buf_print(line, "{\"level\":\"%s\",\"priority\":%d", levels[item->level], priority(item->level));
    put_member(line, "code", diag_code_name(item->code));
    put_member(line, "file", item->place.file);
    put_count(line, "line", item->place.line);
    put_count(line, "column", item->place.column);
    put_member(line, "table", item->place.table);
    put_member(line, "row", item->place.row);
    put_member(line, "unit", item->place.unit);
    put_member(line, "field", item->place.field);
    put_count(line, "page", item->place.page);
    put_part(line, "message", item, diag_format_text);
    put_part(line, "hint", item, diag_format_hint);
    buf_text(line, "}\n");
}

static void print_dropped(size_t dropped, CliLog log)
{
    if (log == CLI_LOG_JSON) {
        fprintf(stderr, "{\"level\":\"note\",\"priority\":6,\"code\":\"MORE\",\"count\":%zu}\n", dropped);
        return;
    }
    fprintf(stderr, diag_language() == DIAG_CHINESE ? "%s……另有 %zu 条信息\n" : "%s… and %zu more messages\n",
            log == CLI_LOG_JOURNAL ? "<6>" : "", dropped);
}

void cli_print_messages(const Diag *diag, CliLog log)
{
    Buf line = {0};
    if (log == CLI_LOG_AUTO && stderr_is_journal())
        log = CLI_LOG_JOURNAL;
    for (size_t i = 0; i < diag_count(diag); i++) {
        const DiagItem *item = diag_item(diag, i);
        buf_clear(&line);
        if (log == CLI_LOG_JOURNAL)
            buf_print(&line, "<%d>", priority(item->level));
        if (log == CLI_LOG_JSON)
            put_json(&line, item);
        else
            diag_format(item, diag_language(), &line);
        fwrite(line.bytes, 1, line.length, stderr);
    }
    if (diag_dropped(diag) > 0)
        print_dropped(diag_dropped(diag), log);
    buf_free(&line);
}
