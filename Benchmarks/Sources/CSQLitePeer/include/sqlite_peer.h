#ifndef SQLITE_PEER_H
#define SQLITE_PEER_H

#include <stdint.h>

// A plain C program that commits the benchmark's rows in batches: what SQLite itself can do.
typedef struct sqlite_peer sqlite_peer;

// Opens a database with the given schema, a log in WAL mode and an fsync at each commit. NULL when that fails.
sqlite_peer *sqlite_peer_open(const char *path, const char *schema, int checkpoint_pages);

// Fills the table of states.
int sqlite_peer_prepare(sqlite_peer *peer, int states, int row_bytes);

// Commits transactions of three rows, `batch` of them at a time, for so many nanoseconds. The number of transactions,
// or -1 when SQLite fails; `elapsed` is the time that they took.
int64_t sqlite_peer_run(sqlite_peer *peer, int batch, int row_bytes, int64_t nanoseconds, int64_t *elapsed);

void sqlite_peer_close(sqlite_peer *peer);

#endif
