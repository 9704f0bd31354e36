/* What SQL from a scheme or layout may do: read tables and views, call functions that depend on nothing but their arguments.
 * SQLite asks this authorizer while it prepares; what is refused here never runs.
 */
#include "data/data_int.h"

#include <stdio.h>
#include <string.h>

/* Functions that reach outside the database, or give another answer on every run. */
static const char *const refused_functions[] = {"load_extension",    "readfile",
                                                "writefile",         "edit",
                                                "fts3_tokenizer",    "random",
                                                "randomblob",        "current_date",
                                                "current_time",      "current_timestamp",
                                                "last_insert_rowid", "changes",
                                                "total_changes",     NULL};

static bool refused_function(const char *name)
{
    for (int i = 0; refused_functions[i]; i++)
        if (sqlite3_stricmp(name, refused_functions[i]) == 0)
            return true;
    return false;
}

/* PRAGMAs also come as tables: pragma_table_info(…). */
static bool refused_table(const char *name)
{
    return sqlite3_strnicmp(name, "pragma_", 7) == 0 || sqlite3_stricmp(name, "sqlite_dbpage") == 0;
}

static const char *action_name(int action)
{
    switch (action) {
    case SQLITE_INSERT:
        return "INSERT";
    case SQLITE_UPDATE:
        return "UPDATE";
    case SQLITE_DELETE:
        return "DELETE";
    case SQLITE_PRAGMA:
        return "PRAGMA";
    case SQLITE_ATTACH:
        return "ATTACH";
    case SQLITE_DETACH:
        return "DETACH";
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        return "BEGIN, COMMIT, SAVEPOINT";
    case SQLITE_FUNCTION:
        return "function";
    case SQLITE_READ:
        return "table";
    default:
        return "CREATE, DROP, ALTER, REINDEX, ANALYZE";
    }
}

static int authorize(void *context, int action, const char *first, const char *second, const char *database,
                     const char *trigger)
{
    DataSandbox *sandbox = context;
    (void)database;
    (void)trigger;
    const char *name = action == SQLITE_FUNCTION ? second : first;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        if (!refused_table(name))
            return SQLITE_OK;
        break;
    case SQLITE_FUNCTION:
        if (!refused_function(name))
            return SQLITE_OK;
        break;
    default:
        break;
    }
    if (!sandbox->refused[0])
        snprintf(sandbox->refused, sizeof sandbox->refused, "%s %.80s", action_name(action), name ? name : "");
    return SQLITE_DENY;
}

void data_sandbox_enter(DataDb *db, DataSandbox *sandbox)
{
    sandbox->refused[0] = '\0';
    sqlite3_set_authorizer(db->handle, authorize, sandbox);
}

void data_sandbox_leave(DataDb *db)
{
    sqlite3_set_authorizer(db->handle, NULL, NULL);
}
