/* Inside the data room: the handle and the statement. */
#ifndef DATA_DATA_INT_H
#define DATA_DATA_INT_H

#include "data/data.h"

#include "base/arena.h"

#include <sqlite3.h>

struct DataDb {
    Arena *arena; /* the handle, its statements' structs and their places */
    sqlite3 *sqlite;
    const char *path;     /* as the user named it */
    const char *attached; /* activity database's path, when one is attached */
    int seconds;
    int64_t deadline; /* clock ticks; 0 = none */
    bool untrusted;   /* while SQL of a scheme or layout is being prepared */
};

struct DataStmt {
    DataDb *db;
    sqlite3_stmt *sqlite;
    DiagPlace place;
    bool running; /* between the first step and the reset */
};

/* Installed on every handle: lets trusted SQL pass, and untrusted SQL only read. */
int data_authorize(void *context, int action, const char *first, const char *second, const char *database,
                   const char *view);

#endif
