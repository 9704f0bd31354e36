/* Inside the data room. */
#ifndef DATA_DATA_INT_H
#define DATA_DATA_INT_H

#include "data/data.h"

#include <sqlite3.h>

struct DataDb {
    Arena *arena; /* this struct and the paths */
    sqlite3 *handle;
    const char *path;     /* as the user named it */
    const char *attached; /* activity database's path, when one is attached */
    DataStmt *statements; /* still open */
    int seconds;          /* for one execution of a statement; 0 = no limit */
    int64_t deadline;     /* of the statement that is stepping, in clock_ticks; 0 = none */
};

/* Records what SQLite's last call on the handle failed with, and returns false. `sql` (may be NULL) is the text in which
 * SQLite may point at the mistake; it begins at place.line. */
bool data_fail(DataDb *db, int code, const char *sql, DiagPlace place, Diag *diag);

/* While SQL of a scheme or layout is prepared nothing but reading is allowed. What was refused first; "" = nothing. */
typedef struct DataSandbox {
    char refused[120];
} DataSandbox;

void data_sandbox_enter(DataDb *db, DataSandbox *sandbox);
void data_sandbox_leave(DataDb *db);

#endif
