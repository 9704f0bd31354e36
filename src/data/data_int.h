/* Inside the data room: the handle and the statement. */
#ifndef DATA_DATA_INT_H
#define DATA_DATA_INT_H

#include "data/data.h"

#include "base/arena.h"

#include <sqlite3.h>

struct DataDb {
    Arena *arena; /* the handle, its statements' structs and their places */
    sqlite3 *handle;
    const char *path;     /* as the user named it */
    const char *attached; /* activity database's path, when one is attached */
    int seconds;
    int64_t deadline; /* clock ticks; 0 = none */
};

struct DataStmt {
    DataDb *db;
    sqlite3_stmt *sqlite;
    DiagPlace place;
    bool running; /* between the first step and the reset */
    int64_t row;  /* rows stepped to since the reset */
};

/* While SQL of a scheme or layout is prepared: what was refused first, "" = nothing. */
typedef struct DataSandbox {
    char refused[120];
} DataSandbox;

void data_sandbox_enter(DataDb *db, DataSandbox *sandbox);
void data_sandbox_leave(DataDb *db);

#endif
