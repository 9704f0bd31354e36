/* The words of a scoring rule (评分标准), generated so that the printed rule is always the one that was applied. */
#include "assess/assess_int.h"

#include "base/buf.h"

const char *const assess_rule_names[ASSESS_RULE_COUNT] = {"all", "proportional", "deduct", "steps", "bonus", "mark"};

/* 达到100%得满分，达到80%得60%，否则不得分: the highest step first. */
static void write_steps(Buf *out, const AssessRule *rule)
{
    buf_text(out, "完成率");
    for (size_t i = rule->step_count; i-- > 0;) {
        buf_text(out, "达到");
        buf_decimal(out, rule->steps[i].at, 2);
        buf_text(out, "%得");
        if (rule->steps[i].share == 10000) {
            buf_text(out, "满分，");
            continue;
        }
        buf_decimal(out, rule->steps[i].share, 2);
        buf_text(out, "%，");
    }
    buf_text(out, "否则不得分");
}

/* 每少2人扣0.5分 or 每1项加0.5分 */
static void write_each(Buf *out, const AssessRule *rule, const char *each, const char *counts, const char *change)
{
    buf_text(out, each);
    buf_decimal(out, rule->each, 3);
    buf_text(out, counts);
    buf_text(out, change);
    buf_decimal(out, rule->points, 2);
    buf_text(out, "分，");
}

const char *assess_rule_text(Arena *arena, const AssessRule *rule, const char *counts)
{
    Buf out = {0};
    switch (rule->kind) {
    case ASSESS_ALL:
        buf_text(&out, "全部达到得满分，否则不得分");
        break;
    case ASSESS_PROPORTIONAL:
        buf_text(&out, "按完成比例得分");
        break;
    case ASSESS_DEDUCT:
        write_each(&out, rule, "每少", counts, "扣");
        buf_text(&out, "扣完为止");
        break;
    case ASSESS_STEPS:
        write_steps(&out, rule);
        break;
    case ASSESS_BONUS:
        write_each(&out, rule, "每", counts, "加");
        buf_text(&out, "最多加");
        buf_decimal(&out, rule->cap, 2);
        buf_text(&out, "分");
        break;
    case ASSESS_MARK:
        buf_text(&out, "按考核组评分（百分制）折算");
        break;
    case ASSESS_RULE_COUNT:
        break;
    }
    const char *text = arena_text(arena, (const char *)out.bytes, out.length);
    buf_free(&out);
    return text;
}
