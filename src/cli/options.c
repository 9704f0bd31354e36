/* The option table: parsing and --help read the same rows, so that they cannot disagree. */
#include "cli/cli_int.h"

#include "base/fixed.h"
#include "base/utf8.h"

#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

typedef struct Option {
    char letter; /* how commands name it; not typed by users, except -h, and -o for both outputs */
    const char *name;
    const char *value; /* NULL = takes none */
    const char *en, *zh;
    bool (*set)(CliRequest *request, const char *value);
} Option;

static bool set_db(CliRequest *request, const char *value)
{
    request->job.db = value;
    return true;
}

static bool set_scheme(CliRequest *request, const char *value)
{
    request->job.scheme = value;
    return true;
}

static bool set_below(CliRequest *request, const char *value)
{
    request->job.below = value;
    return true;
}

static bool set_layout(CliRequest *request, const char *value)
{
    if (request->job.layout_count == BATCH_LAYOUTS_MAX)
        return false;
    request->job.layouts[request->job.layout_count++] = value;
    return true;
}

static bool set_fonts(CliRequest *request, const char *value)
{
    request->job.fonts = value;
    return true;
}

static bool set_out(CliRequest *request, const char *value)
{
    request->job.out = value;
    return true;
}

/* A whole decimal number from `least` to `most`. */
static bool parse_number(const char *value, int least, int most, int *out)
{
    char *end;
    if (!isdigit((unsigned char)value[0]) || strlen(value) > 9)
        return false;
    long number = strtol(value, &end, 10);
    *out = (int)number;
    return *end == '\0' && number >= least && number <= most;
}

static bool set_year(CliRequest *request, const char *value)
{
    return parse_number(value, 1900, 9999, &request->job.year);
}

static bool set_as_of(CliRequest *request, const char *value)
{
    return clock_parse_date(value, &request->job.as_of);
}

static bool set_jobs(CliRequest *request, const char *value)
{
    return parse_number(value, 1, BATCH_JOBS_MAX, &request->job.jobs);
}

/* I/N, 1 ≤ I ≤ N. */
static bool set_shard(CliRequest *request, const char *value)
{
    char part[12];
    const char *slash = strchr(value, '/');
    if (!slash || (size_t)(slash - value) >= sizeof part)
        return false;
    memcpy(part, value, (size_t)(slash - value));
    part[slash - value] = '\0';
    return parse_number(slash + 1, 1, BATCH_SHARDS_MAX, &request->job.shards) &&
           parse_number(part, 1, request->job.shards, &request->job.shard);
}

static bool set_shards(CliRequest *request, const char *value)
{
    return parse_number(value, 1, BATCH_SHARDS_MAX, &request->job.shards);
}

static bool set_unit(CliRequest *request, const char *value)
{
    if (request->job.unit_count == BATCH_UNITS_MAX)
        return false;
    request->job.units[request->job.unit_count++] = value;
    return true;
}

static bool set_progress(CliRequest *request, const char *value)
{
    static const char *const names[] = {
        [BATCH_PROGRESS_AUTO] = "auto", [BATCH_PROGRESS_ALWAYS] = "always", [BATCH_PROGRESS_NEVER] = "never"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(value, names[i]) == 0) {
            request->job.progress = (BatchProgress)i;
            return true;
        }
    }
    return false;
}

static bool set_pdfa(CliRequest *request, const char *value)
{
    return batch_parse_pdfa(value, &request->job);
}

static bool set_job(CliRequest *request, const char *value)
{
    request->job_file = value;
    return true;
}

static bool set_output(CliRequest *request, const char *value)
{
    request->output = value;
    return true;
}

static bool set_assessment(CliRequest *request, const char *value)
{
    request->preview.assessment = value;
    return true;
}

static bool set_empty(CliRequest *request, const char *value)
{
    (void)value;
    return request->preview.empty = true;
}

static bool set_page(CliRequest *request, const char *value)
{
    return parse_number(value, 1, 1000000, &request->preview.page);
}

static bool set_sheet(CliRequest *request, const char *value)
{
    (void)value;
    return request->preview.sheet = true;
}

static bool set_volume(CliRequest *request, const char *value)
{
    (void)value;
    return request->preview.volume = true;
}

static bool set_resolution(CliRequest *request, const char *value)
{
    return parse_number(value, BATCH_DPI_LEAST, BATCH_DPI_MOST, &request->preview.resolution);
}

static bool set_watch(CliRequest *request, const char *value)
{
    (void)value;
    return request->watch = true;
}

static bool set_stage(CliRequest *request, const char *value)
{
    static const char *const names[] = {
        [BATCH_STAGE_LAYOUT] = "layout", [BATCH_STAGE_BOXES] = "boxes", [BATCH_STAGE_PAGES] = "pages"};
    for (size_t i = BATCH_STAGE_LAYOUT; i < sizeof names / sizeof *names; i++) {
        if (strcmp(value, names[i]) == 0) {
            request->preview.stage = (BatchStage)i;
            return true;
        }
    }
    return false;
}

static bool set_indicator(CliRequest *request, const char *value)
{
    request->indicator = value;
    return true;
}

static bool set_reason(CliRequest *request, const char *value)
{
    request->reason = value;
    return *value != '\0';
}

static bool set_mark(CliRequest *request, const char *value)
{
    request->mark = value;
    return strcmp(value, "issued") == 0 || strcmp(value, "signed") == 0 || strcmp(value, "archived") == 0;
}

static bool set_json(CliRequest *request, const char *value)
{
    (void)value;
    return request->json = true;
}

static bool set_fail_on(CliRequest *request, const char *value)
{
    return request->fails = fixed_parse(value, 2, &request->fail_on, NULL) && request->fail_on >= 0;
}

static bool set_text(CliRequest *request, const char *value)
{
    size_t bad;
    request->text = value;
    return strlen(value) <= 1 << 20 && utf8_valid(value, strlen(value), &bad);
}

static bool set_table(CliRequest *request, const char *value)
{
    request->table = value;
    return *value != '\0';
}

static bool set_mapping(CliRequest *request, const char *value)
{
    request->mapping = value;
    return true;
}

static bool set_rejected(CliRequest *request, const char *value)
{
    request->rejected = value;
    return true;
}

static bool set_dry_run(CliRequest *request, const char *value)
{
    (void)value;
    return request->dry_run = true;
}

static bool set_metrics(CliRequest *request, const char *value)
{
    request->job.metrics = value;
    return true;
}

static bool set_log(CliRequest *request, const char *value)
{
    static const char *const names[] = {
        [CLI_LOG_AUTO] = "auto", [CLI_LOG_TEXT] = "text", [CLI_LOG_JOURNAL] = "journal", [CLI_LOG_JSON] = "json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(value, names[i]) == 0) {
            request->log = (CliLog)i;
            return true;
        }
    }
    return false;
}

static bool set_force(CliRequest *request, const char *value)
{
    (void)value;
    return request->job.force = true;
}

static bool set_help(CliRequest *request, const char *value)
{
    (void)value;
    request->help = true;
    return true;
}

static const Option OPTIONS[] = {
    {'d', "db", "FILE", "activity database (read only)", "活动数据库（只读）", set_db},
    {'s', "scheme", "FILE", "assessment scheme, XML", "考核方案（XML）", set_scheme},
    {'B', "below", "FILE", "assessment database of the level below, for its results on this level's cards",
     "下一级的考核数据库，供本级引用其结果", set_below},
    {'l', "layout", "FILE", "layout, XML; may be repeated", "版式（XML），可多次给出", set_layout},
    {'f', "fonts", "FILE", "font configuration, XML", "字体配置（XML）", set_fonts},
    {'y', "year", "Y", "year that is assessed", "考核年度", set_year},
    {'a', "as-of", "DATE", "count records up to this day, YYYY-MM-DD (default: the year's last day)",
     "统计截至日期，YYYY-MM-DD（默认：年度最后一天）", set_as_of},
    {'O', "out", "DIR", "publish into DIR/YEAR/", "发布到 DIR/年度/", set_out},
    {'j', "jobs", "N", "worker processes (default: one for each processor)", "工作进程数（默认：每个处理器一个）",
     set_jobs},
    {'c', "shard", "I/N", "only part I of N, for shuzhi merge to publish; assess first (see docs/cluster)",
     "只生成 N 片中的第 I 片，由 shuzhi merge 统一发布；须先 assess（见 docs/cluster）", set_shard},
    {'e', "shards", "N", "how many parts there are", "分片总数", set_shards},
    {'u', "unit", "CODE", "only this unit; may be repeated", "只处理该单位，可多次给出", set_unit},
    {'p', "progress", "WHEN", "progress bar: auto, always or never", "进度条：auto、always 或 never", set_progress},
    {'F', "pdfa", "PART",
     "part and level of ISO 19005 (PDF/A) that documents follow: 1, 2 or 3, with a or b (default: 1b)",
     "文件遵循的 PDF/A（ISO 19005）部分与级别：1、2 或 3，后接 a 或 b（默认：1b）", set_pdfa},
    {'k', "force", NULL, "make every document, also those that would come out as they are",
     "重新生成全部文件，包括内容不会变化的文件", set_force},
    {'g', "log", "FORM", "messages as text, for the journal (journal), as JSON lines (json), or auto (default)",
     "消息格式：text、journal（带优先级）、json（每行一条）或 auto（默认）", set_log},
    {'z', "metrics", "FILE", "write metrics for node_exporter's textfile collector", "为 node_exporter 写出运行指标",
     set_metrics},
    {'J', "job", "FILE", "job file with defaults for these options (default: " SHUZHI_SYSCONFDIR "/shuzhi/job.xml)",
     "任务文件，提供上述选项的默认值（默认：" SHUZHI_SYSCONFDIR "/shuzhi/job.xml）", set_job},
    {'q', "output", "FILE", "the report: .csv for all findings, .pdf for the first of each kind",
     "报告文件：.csv 列出全部，.pdf 列出每类的前若干项", set_output},
    {'G', "fail-on", "POINTS", "exit code 1 when a finding may cost this many points or more (0: any finding)",
     "有问题的影响分值达到此数时退出码为 1（0：有任何问题即是）", set_fail_on},
    {'o', "output", "FILE", "write the assessment database here", "考核数据库写到此文件", set_output},
    {'L', "layout", "FILE", "layout, XML", "版式（XML）", set_layout},
    {'U', "unit", "CODE", "the unit (default: the first)", "单位代码（默认：第一个单位）", set_unit},
    {'D', "out", "DIR", "rows from the last run, published into DIR/YEAR/ (default: out)",
     "取上次运行的数据，其发布目录为 DIR/年度/（默认：out）", set_out},
    {'A', "assessment", "FILE", "take the rows from this assessment database", "从该考核数据库取数", set_assessment},
    {'E', "empty", NULL, "no database: the layout's queries bring their own rows", "不用数据库：数据由版式中的查询自带",
     set_empty},
    {'I', "output", "FILE", "picture (.png; %d in the name: every page under its number) or document (.pdf)",
     "图像（.png；名称含 %d 时逐页输出）或文件（.pdf）", set_output},
    {'P', "page", "N", "page of a .png (default: the first)", ".png 的页码（默认：第一页）", set_page},
    {'T', "sheet", NULL, "all pages beside each other in one .png", "全部页面并排于一张 .png", set_sheet},
    {'V', "volume", NULL, "all units, or every --unit given, in one .pdf", "全部单位或所给各 --unit 合订为一个 .pdf",
     set_volume},
    {'R', "resolution", "DPI", "dots an inch of a .png (default: 100)", ".png 的分辨率（默认：100）", set_resolution},
    {'W', "watch", NULL, "render again whenever the layout is saved, until interrupted",
     "版式保存后自动重新生成，直至中断", set_watch},
    {'S', "stop-after", "STAGE", "print a stage as text: layout, boxes or pages",
     "以文字输出某一阶段：layout、boxes 或 pages", set_stage},
    {'N', "indicator", "ID", "only this indicator", "只说明该指标", set_indicator},
    {'Q', "reason", "TEXT", "why; printed in the next version", "理由，印入下一版", set_reason},
    {'M', "mark", "STATE", "issued (the default), signed or archived", "issued（默认）、signed 或 archived", set_mark},
    {'X', "json", NULL, "print JSON", "以 JSON 输出", set_json},
    {'x', "text", "TEXT", "which characters of this text no face has", "查出此文字中没有字体可用的字符", set_text},
    {'b', "db", "FILE", "activity database that takes the records", "写入的活动数据库", set_db},
    {'v', "db", "FILE", "fill the tables with this database's records", "将该数据库的记录填入表中", set_db},
    {'t', "table", "TABLE", "table of the files, by name or title (default: told by names and headings)",
     "文件所属的表，写表名或中文名（默认：按文件名和表头识别）", set_table},
    {'m', "mapping", "FILE", "import mapping, XML (default: the program's own)", "导入映射（XML，默认用程序自带的）",
     set_mapping},
    {'n', "dry-run", NULL, "show what would come in, and change nothing", "只显示将导入的内容，不作改动", set_dry_run},
    {'r', "rejected", "FILE", "refused rows with their reasons, CSV (default: rejected.csv)",
     "无法导入的行及原因，CSV（默认：rejected.csv）", set_rejected},
    {'i', "output", "DIR", "write the tables into this directory", "表写入此目录", set_output},
    {'h', "help", NULL, "print this help", "显示本帮助", set_help},
};
enum { OPTION_COUNT = sizeof OPTIONS / sizeof *OPTIONS };

static const Option *find_option(int letter)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (OPTIONS[i].letter == letter)
            return &OPTIONS[i];
    }
    return NULL;
}

/* Only the command's own options are known to getopt, so that others are refused. */
static void fill_long_options(const CliCommand *command, struct option *out)
{
    size_t n = 0;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const Option *option = &OPTIONS[i];
        if (strchr(command->options, option->letter))
            out[n++] =
                (struct option){option->name, option->value ? required_argument : no_argument, NULL, option->letter};
    }
    out[n] = (struct option){0};
}

/* -o is short for --output, whatever the command writes. */
static bool takes_output(const CliCommand *command)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (OPTIONS[i].set == set_output && strchr(command->options, OPTIONS[i].letter))
            return true;
    return false;
}

bool cli_parse(Arena *arena, const CliCommand *command, int argc, char **argv, CliRequest *request, Diag *diag)
{
    struct option options[OPTION_COUNT + 1];
    fill_long_options(command, options);
    const char *letters = takes_output(command) ? ":ho:" : ":h";
    opterr = 0;
    optind = 1;
    for (int letter; (letter = getopt_long(argc, argv, letters, options, NULL)) != -1;) {
        const char *word = argv[optind - 1];
        if (letter == ':')
            return diag_add(diag, DIAG_CLI_NO_VALUE, (DiagPlace){0}, word, command->name);
        if (letter == '?')
            return diag_add(diag, DIAG_CLI_UNKNOWN_OPTION, (DiagPlace){0}, word, command->name);
        const Option *option = find_option(letter);
        if (!option->set(request, optarg))
            return diag_add(diag, DIAG_CLI_BAD_VALUE, (DiagPlace){0}, option->name, optarg, command->name);
    }
    const size_t most = strchr(command->options, '*') ? (size_t)argc : strchr(command->options, '2') ? 2 : 0;
    request->words = ARENA_ARRAY(arena, (size_t)argc, const char *);
    while (optind < argc && request->word_count < most)
        request->words[request->word_count++] = argv[optind++];
    if (optind < argc)
        return diag_add(diag, DIAG_CLI_EXTRA_WORD, (DiagPlace){0}, argv[optind], command->name);
    return true;
}

void cli_print_command(FILE *out, const CliCommand *command)
{
    bool chinese = diag_language() == DIAG_CHINESE;
    fprintf(out, "%s\n  shuzhi %s %s\n\n%s\n\n%s\n", chinese ? "用法：" : "Usage:", command->name, command->usage,
            chinese ? command->zh : command->en, chinese ? "选项：" : "Options:");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const Option *option = &OPTIONS[i];
        if (!strchr(command->options, option->letter))
            continue;
        int width = fprintf(out, "  %s--%s %s",
                            option->set == set_output ? "-o, "
                            : option->letter == 'h'   ? "-h, "
                                                      : "",
                            option->name, option->value ? option->value : "");
        fprintf(out, "%*s%s\n", width < 24 ? 24 - width : 1, "", chinese ? option->zh : option->en);
    }
}

void cli_print_usage(FILE *out, const CliCommand *commands, size_t count)
{
    bool chinese = diag_language() == DIAG_CHINESE;
    fprintf(out, "%s\n",
            chinese ? "shuzhi（述职）：由活动记录生成每个单位的述职评议考核评分表（PDF）。\n\n用法：\n  shuzhi 命令 "
                      "[选项]\n\n命令："
                    : "shuzhi: one PDF scorecard per unit, from a year of activity records.\n\n"
                      "Usage:\n  shuzhi COMMAND [OPTIONS]\n\nCommands:");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, chinese ? commands[i].zh : commands[i].en);
    fprintf(out, "\n  shuzhi help COMMAND      %s\n  shuzhi --version         %s\n",
            chinese ? "该命令的选项" : "its options", chinese ? "版本" : "print the version");
    fprintf(out, "\n%s\n",
            chinese ? "退出码：0 成功；1 查出所问的情况（diff、fonts、quality --fail-on）；20 部分单位失败；64–78 见 "
                      "sysexits.h。"
                    : "Exit codes: 0 done; 1 found what was asked for (diff, fonts, quality --fail-on); 20 some units\n"
                      "failed; 64-78 as in sysexits.h.");
}
