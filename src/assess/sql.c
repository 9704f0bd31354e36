/* Our own SQL on the connection of a run: what fails here is the machine (no room, I/O), not the scheme. */
#include "assess/assess_int.h"

static bool fail(AssessGuard *guard)
{
    return diag_add(guard->diag, DIAG_ASSESS_DATABASE, (DiagPlace){0}, sqlite3_errmsg(guard->db));
}

bool assess_exec(AssessGuard *guard, const char *sql)
{
    return sqlite3_exec(guard->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(guard);
}

sqlite3_stmt *assess_prepare(AssessGuard *guard, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(guard->db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail(guard);
    return statement;
}

bool assess_step(AssessGuard *guard, sqlite3_stmt *statement, bool *ok)
{
    int result = sqlite3_step(statement);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        *ok = fail(guard);
    return result == SQLITE_ROW;
}
