/* Inside the cli room: the command line as data. */
#ifndef CLI_CLI_INT_H
#define CLI_CLI_INT_H

#include "batch/batch.h"

#include <stdio.h>

/* The form of the messages; auto: with priorities when stderr is the journal, else text. */
typedef enum CliLog { CLI_LOG_AUTO, CLI_LOG_TEXT, CLI_LOG_JOURNAL, CLI_LOG_JSON } CliLog;

/* What the command line said. */
typedef struct CliRequest {
    BatchJob job;
    const char *job_file; /* --job; NULL = the installed default, if it is there */
    const char *output;   /* -o */
    const char *text;     /* --text */
    BatchPreview preview;
    bool watch;
    /* What stands beside the options: up to two where the command has '2' among its letters, any number where it has '*'. */
    const char **words;
    size_t word_count;
    const char *table, *mapping, *rejected, *pdf; /* --table, --mapping, --rejected, --pdf */
    bool dry_run;
    const char *indicator, *reason, *mark; /* --indicator, --reason, --mark */
    bool json;
    bool fails;      /* --fail-on was given */
    int64_t fail_on; /* hundredths of a point */
    CliLog log;      /* --log */
    bool help;
} CliRequest;

/* One command: its options are a string of the letters in the option table. */
typedef struct CliCommand {
    const char *name;
    const char *options;
    const char *usage;
    const char *en, *zh;
    int (*run)(Arena *arena, CliRequest *request, Diag *diag); /* exit code, when no diagnostic says otherwise */
} CliCommand;

/* Reads the words after the command. False = a usage diagnostic was recorded. */
bool cli_parse(Arena *arena, const CliCommand *command, int argc, char **argv, CliRequest *request, Diag *diag);

/* messages.c: prints every message in the user's language on stderr. */
void cli_print_messages(const Diag *diag, CliLog log);

/* preview.c: the command of that name. Options are already merged with the job file's. */
int cli_preview(Arena *arena, CliRequest *request, Diag *diag);

/* answer.c: explain prints why a unit has its numbers, diff what changed between two assessments (exit code 1 = something did). */
int cli_explain(Arena *arena, CliRequest *request, Diag *diag);
int cli_diff(Arena *arena, CliRequest *request, Diag *diag);

/* import.c: init, template and import. */
int cli_init(Arena *arena, CliRequest *request, Diag *diag);
int cli_template(Arena *arena, CliRequest *request, Diag *diag);
int cli_import(Arena *arena, CliRequest *request, Diag *diag);

/* fonts.c: the command of that name. */
int cli_fonts(Arena *arena, CliRequest *request, Diag *diag);

void cli_print_usage(FILE *out, const CliCommand *commands, size_t count);
void cli_print_command(FILE *out, const CliCommand *command);

#endif
