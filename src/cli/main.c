/* The command line: commands, messages, exit codes. */
#include "cli/cli_int.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char installed[] = SHUZHI_SYSCONFDIR "/shuzhi/job.xml";

/* Options win over the job file. The installed job file is optional; one that was named must be there. */
static bool add_job_file(Arena *arena, CliRequest *request, Diag *diag)
{
    if (request->job_file)
        return batch_load_job(arena, request->job_file, &request->job, diag);
    return access(installed, F_OK) != 0 || batch_load_job(arena, installed, &request->job, diag);
}

static void print_summary(const BatchSummary *summary, int year)
{
    bool chinese = diag_language() == DIAG_CHINESE;
    long long tenths = (long long)(summary->nanoseconds / 100000000);
    fprintf(stdout,
            chinese ? "%d年度：%zu 个单位，发布 %zu 份（%zu 页），未变 %zu 份，失败 %zu 份，用时 %lld.%lld 秒\n"
                    : "%d: units %zu, documents published %zu (pages %zu), unchanged %zu, failed %zu, %lld.%lld s\n",
            year, summary->units, summary->published, summary->pages, summary->unchanged, summary->failed, tenths / 10,
            tenths % 10);
}

static int run_run(Arena *arena, CliRequest *request, Diag *diag)
{
    BatchSummary summary;
    if (!add_job_file(arena, request, diag))
        return 0;
    batch_run(&request->job, &summary, diag);
    if (summary.documents > 0)
        print_summary(&summary, request->job.year);
    return 0;
}

static int run_quality(Arena *arena, CliRequest *request, Diag *diag)
{
    BatchFindings findings;
    if (!add_job_file(arena, request, diag))
        return 0;
    if (!request->output) {
        diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "-o FILE");
        return 0;
    }
    if (!batch_quality(&request->job, request->output, request->fail_on, &findings, diag))
        return 0;
    printf(diag_language() == DIAG_CHINESE ? "%s：发现问题 %zu 处\n" : "%s: findings %zu\n", request->output,
           findings.all);
    return request->fails && findings.heavy > 0;
}

static int run_assess(Arena *arena, CliRequest *request, Diag *diag)
{
    if (add_job_file(arena, request, diag))
        batch_assess(&request->job, request->output, diag);
    return 0;
}

static int run_merge(Arena *arena, CliRequest *request, Diag *diag)
{
    BatchSummary summary;
    if (!add_job_file(arena, request, diag))
        return 0;
    if (request->job.shards == 0) {
        diag_add(diag, DIAG_BATCH_MISSING_OPTION, (DiagPlace){0}, "--shards N");
        return 0;
    }
    batch_merge(&request->job, &summary, diag);
    if (summary.documents > 0)
        print_summary(&summary, request->job.year);
    return 0;
}

/* The fields of a layout are checked against a scheme: the installed job file's, unless one was named. A note says so. */
static bool add_installed_scheme(Arena *arena, CliRequest *request, Diag *diag)
{
    BatchJob *file = ARENA_NEW(arena, BatchJob);
    if (request->job.layout_count == 0 || request->job.scheme || access(installed, R_OK) != 0)
        return true;
    if (!batch_load_job(arena, installed, file, diag))
        return false;
    if (file->scheme)
        diag_add(diag, DIAG_CLI_INSTALLED_SCHEME, (DiagPlace){0}, file->scheme, installed);
    request->job.scheme = file->scheme;
    return true;
}

/* Checks what was named; the job file's files only when nothing was. */
static int run_check(Arena *arena, CliRequest *request, Diag *diag)
{
    const BatchJob *job = &request->job;
    bool named = job->db || job->scheme || job->layout_count || job->fonts;
    if ((!named || request->job_file) && !add_job_file(arena, request, diag))
        return 0;
    if (!add_installed_scheme(arena, request, diag))
        return 0;
    if (!job->db && !job->scheme && !job->layout_count && !job->fonts)
        diag_add(diag, DIAG_CLI_NOTHING_TO_CHECK, (DiagPlace){0}, "");
    else if (batch_check(job, diag))
        puts(diag_language() == DIAG_CHINESE ? "检查通过" : "no mistakes found");
    return 0;
}

/* The job file names the configuration; its database is not read unless --db says so. */
static int run_fonts(Arena *arena, CliRequest *request, Diag *diag)
{
    const char *db = request->job.db;
    if (!request->job.fonts && !add_job_file(arena, request, diag))
        return 0;
    request->job.db = db;
    return cli_fonts(arena, request, diag);
}

/* A database or scheme on the command line asks for an assessment of its own; those of the job file, for the last run's. */
static int run_preview(Arena *arena, CliRequest *request, Diag *diag)
{
    request->preview.anew = request->job.db || request->job.scheme;
    return add_job_file(arena, request, diag) ? cli_preview(arena, request, diag) : 0;
}

static int run_explain(Arena *arena, CliRequest *request, Diag *diag)
{
    return request->preview.assessment || add_job_file(arena, request, diag) ? cli_explain(arena, request, diag) : 0;
}

static int run_freeze(Arena *arena, CliRequest *request, Diag *diag)
{
    int version;
    if (add_job_file(arena, request, diag) && batch_freeze(&request->job, &version, diag))
        printf(diag_language() == DIAG_CHINESE ? "%d年度已冻结，第 %d 版\n" : "%d is frozen, version %d\n",
               request->job.year, version);
    return 0;
}

static int run_reopen(Arena *arena, CliRequest *request, Diag *diag)
{
    if (add_job_file(arena, request, diag))
        batch_reopen(&request->job, request->reason, diag);
    return 0;
}

static int run_issue(Arena *arena, CliRequest *request, Diag *diag)
{
    if (add_job_file(arena, request, diag))
        batch_issue(&request->job, request->mark, diag);
    return 0;
}

static const CliCommand COMMANDS[] = {
    {"run", "dsBlfyaOjucpFkgzJh", "[--job FILE] [--db FILE] [--scheme FILE] [--layout FILE]... [--year Y] [OPTIONS]",
     "assess, then publish one document per unit and layout", "考核计分，并为每个单位按每个版式发布一份文件", run_run},
    {"assess", "dsByaOpJoh", "[--job FILE] --db FILE --scheme FILE --year Y [-o FILE]",
     "only the numbers: write the assessment database (default: DIR/YEAR/assessment.db)",
     "只计分：写出考核数据库（默认：DIR/年度/assessment.db）", run_assess},
    {"merge", "sBlfyaOepFkgzJh", "[--job FILE] [--scheme FILE] [--layout FILE]... [--year Y] --shards N",
     "publish what the shards of a night have made, all or nothing", "发布各分片的结果，全部发布或全不发布", run_merge},
    {"quality", "dsyafpJqGh", "[--job FILE] --db FILE --scheme FILE --year Y -o FILE.csv|FILE.pdf [--fail-on POINTS]",
     "what in the activity database may cost marks: orphans, dates, duplicates, missing characters",
     "数据质量报告：可能使单位失分的数据问题（无效引用、日期、重复、缺字等）", run_quality},
    {"check", "dslfJh", "[--db FILE] [--scheme FILE] [--layout FILE]... [--fonts FILE]", "validate without rendering",
     "只检查，不生成文件", run_check},
    {"init", "*h", "FILE.db", "make an empty activity database", "新建空的活动数据库", cli_init},
    {"template", "*vmih", "[TABLE]... -o DIR [--db FILE]",
     "spreadsheets to fill in, one for each table, or filled from a database",
     "生成各表的填报模板（CSV），或由数据库填好", cli_template},
    {"import", "*btmnrh", "--db FILE [--table TABLE] [--dry-run] FILE...",
     "bring CSV and XLSX files into the activity database, all or nothing",
     "将 CSV、XLSX 文件导入活动数据库，全部成功或全不导入", cli_import},
    {"fonts", "dfxJh", "[--fonts FILE] [--text TEXT] [--db FILE]",
     "roles, faces and coverage; what a text or a database would miss (exit code 1)",
     "角色、字体及覆盖范围；查出文字或数据库中缺字（退出码 1）", run_fonts},
    {"preview", "LUIPTVRWSAEDdsByafpFJh",
     "--layout FILE [--unit CODE] -o FILE.png|FILE.pdf [--watch] [--assessment FILE | --empty | OPTIONS]",
     "show one unit's document at once, for people who write layouts", "立即生成一个单位的文件，供编写版式时查看",
     run_preview},
    {"explain", "UNADyXJh", "--unit CODE [--indicator ID] [--assessment FILE | --year Y --out DIR] [--json]",
     "why a unit has its numbers: rule, records, arithmetic", "说明某单位分数的由来：标准、记录和算式", run_explain},
    {"diff", "2Xh", "OLDER.db NEWER.db [--json]", "what changed between two assessments (exit code 1 = something did)",
     "比较两次考核结果及其原因（有变化时退出码为 1）", cli_diff},
    {"freeze", "dsByaOpJh", "--year Y --out DIR [--db FILE] [--scheme FILE]",
     "make the year's numbers final: later data no longer move them", "冻结年度数据，此后不再随记录变动", run_freeze},
    {"issue", "yOuMJh", "--year Y --out DIR [--unit CODE]... [--mark issued|signed|archived]",
     "record that the documents of a frozen year went out", "登记已冻结年度的文件为已印发、已签章或已归档", run_issue},
    {"reopen", "yOuQJh", "--year Y --out DIR --unit CODE... --reason TEXT",
     "correct a unit of a frozen year; kept for ever", "重新开启已冻结的单位以便更正，理由永久保存", run_reopen},
};
enum { COMMAND_COUNT = sizeof COMMANDS / sizeof *COMMANDS };

static const CliCommand *find_command(const char *name, Diag *diag)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, COMMANDS[i].name) == 0)
            return &COMMANDS[i];
    diag_add(diag, DIAG_CLI_UNKNOWN_COMMAND, (DiagPlace){0}, name);
    return NULL;
}

/* "shuzhi help" and "shuzhi help COMMAND", which others type as COMMAND --help. */
static int print_help(const char *name, Diag *diag)
{
    const CliCommand *command = name ? find_command(name, diag) : NULL;
    if (command)
        cli_print_command(stdout, command);
    else if (!name)
        cli_print_usage(stdout, COMMANDS, COMMAND_COUNT);
    return 0;
}

static int run_command(const CliCommand *command, int argc, char **argv, Arena *arena, CliLog *log, Diag *diag)
{
    CliRequest *request = ARENA_NEW(arena, CliRequest);
    bool parsed = cli_parse(arena, command, argc, argv, request, diag);
    *log = request->log;
    if (!parsed)
        return 0;
    if (request->help) {
        cli_print_command(stdout, command);
        return 0;
    }
    return command->run(arena, request, diag);
}

static int dispatch(int argc, char **argv, Arena *arena, CliLog *log, Diag *diag)
{
    const char *word = argc > 1 ? argv[1] : "--help";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        cli_print_usage(argc > 1 ? stdout : stderr, COMMANDS, COMMAND_COUNT);
        return argc > 1 ? 0 : 64;
    }
    if (strcmp(word, "--version") == 0) {
        puts("shuzhi " SHUZHI_VERSION);
        return 0;
    }
    if (strcmp(word, "help") == 0)
        return print_help(argc > 2 ? argv[2] : NULL, diag);
    const CliCommand *command = find_command(word, diag);
    return command ? run_command(command, argc - 1, argv + 1, arena, log, diag) : 0;
}

int main(int argc, char **argv)
{
    Arena *arena = arena_open(0);
    Diag *diag = diag_open(arena, 0);
    CliLog log = CLI_LOG_AUTO;
    int exit_code = dispatch(argc, argv, arena, &log, diag);
    cli_print_messages(diag, log);
    if (diag_exit_code(diag) != 0)
        exit_code = diag_exit_code(diag);
    if (fflush(stdout) != 0 && exit_code == 0)
        exit_code = 74;
    arena_close(arena);
    return exit_code;
}
