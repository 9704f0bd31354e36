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
            buf_print(&line, "<%d>", diag_priority(item->level));
        if (log == CLI_LOG_JSON) {
            diag_format_json(item, diag_language(), &line);
            buf_byte(&line, '\n');
        } else {
            diag_format(item, diag_language(), &line);
        }
        fwrite(line.bytes, 1, line.length, stderr);
    }
    if (diag_dropped(diag) > 0)
        print_dropped(diag_dropped(diag), log);
    buf_free(&line);
}
