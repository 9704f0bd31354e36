/* The few SQL functions of the scoring: exact arithmetic, and the words of a reason. They live as long as the connection and
 * hold nothing between calls.
 */
#include "assess/assess_int.h"

#include "base/buf.h"
#include "base/fixed.h"

#include <math.h>

/* mul_div(a, b, c): a * b / c rounded half up; NULL when one is NULL. */
static void mul_div(sqlite3_context *context, int count, sqlite3_value **values)
{
    for (int i = 0; i < count; i++)
        if (sqlite3_value_type(values[i]) == SQLITE_NULL)
            return;
    int64_t divisor = sqlite3_value_int64(values[2]);
    if (divisor != 0)
        sqlite3_result_int64(context,
                             fixed_mul_div(sqlite3_value_int64(values[0]), sqlite3_value_int64(values[1]), divisor));
}

/* thousandths(x): a number of the scheme as fixed point. */
static void thousandths(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_INTEGER)
        sqlite3_result_int64(context, 1000 * sqlite3_value_int64(values[0]));
    else
        sqlite3_result_int64(context, llround(1000 * sqlite3_value_double(values[0])));
}

/* shown(value, places): the fixed-point number as printed, 12500 and 3 as 12.5; NULL for NULL. */
static void shown(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    Buf buf = {0};
    buf_decimal(&buf, sqlite3_value_int64(values[0]), sqlite3_value_int(values[1]));
    sqlite3_result_text(context, (const char *)buf.bytes, (int)buf.length, SQLITE_TRANSIENT);
    buf_free(&buf);
}

/* first_names(label, counts): 张三、李四、王五等5人, in the order of the rows. */
enum { NAMED = 3 };

typedef struct Names {
    sqlite3_str *text;
    int64_t count;
    char *counts; /* what is counted, once there are more than NAMED */
} Names;

static void names_step(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    Names *names = sqlite3_aggregate_context(context, sizeof *names);
    if (names == NULL)
        return;
    if (names->text == NULL)
        names->text = sqlite3_str_new(sqlite3_context_db_handle(context));
    names->count++;
    if (names->count <= NAMED)
        sqlite3_str_appendf(names->text, "%s%s", names->count > 1 ? "、" : "", sqlite3_value_text(values[0]));
    else if (names->counts == NULL)
        names->counts = sqlite3_mprintf("%s", sqlite3_value_text(values[1]));
}

static void names_final(sqlite3_context *context)
{
    Names *names = sqlite3_aggregate_context(context, 0);
    if (names == NULL || names->text == NULL)
        return;
    if (names->counts != NULL)
        sqlite3_str_appendf(names->text, "等%lld%s", (long long)names->count, names->counts);
    sqlite3_free(names->counts);
    sqlite3_result_text(context, sqlite3_str_finish(names->text), -1, sqlite3_free);
}

bool assess_add_functions(sqlite3 *db)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    return sqlite3_create_function(db, "mul_div", 3, flags, NULL, mul_div, NULL, NULL) == SQLITE_OK &&
           sqlite3_create_function(db, "thousandths", 1, flags, NULL, thousandths, NULL, NULL) == SQLITE_OK &&
           sqlite3_create_function(db, "shown", 2, flags, NULL, shown, NULL, NULL) == SQLITE_OK &&
           sqlite3_create_function(db, "first_names", 2, flags, NULL, NULL, names_step, names_final) == SQLITE_OK;
}
