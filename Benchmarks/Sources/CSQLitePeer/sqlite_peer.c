#include "sqlite_peer.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { id_bytes = 16, maximum_row_bytes = 4096 };

struct sqlite_peer {
  sqlite3 *database;
  sqlite3_stmt *begin, *commit, *journal, *audit, *update;
  uint64_t random;
  int states;
  unsigned char *state_ids;
};

static uint64_t next_random(sqlite_peer *peer) {
  peer->random ^= peer->random << 13;
  peer->random ^= peer->random >> 7;
  peer->random ^= peer->random << 17;
  return peer->random;
}

static int64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// An identifier of version 7: milliseconds since 1970, then random bits.
static void make_id(sqlite_peer *peer, unsigned char *id) {
  uint64_t random = next_random(peer);
  uint64_t high = ((uint64_t)(now(CLOCK_REALTIME) / 1000000) << 16) | 0x7000 | (random & 0xFFF);
  uint64_t low = (next_random(peer) >> 2) | 0x8000000000000000;
  for (int index = 0; index < 8; index++) {
    id[index] = (unsigned char)(high >> (56 - 8 * index));
    id[8 + index] = (unsigned char)(low >> (56 - 8 * index));
  }
}

static int prepare(sqlite_peer *peer, const char *sql, sqlite3_stmt **statement) {
  return sqlite3_prepare_v3(peer->database, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
}

static int step(sqlite3_stmt *statement) {
  int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

sqlite_peer *sqlite_peer_open(const char *path, const char *schema, int checkpoint_pages) {
  sqlite_peer *peer = calloc(1, sizeof *peer);
  peer->random = 0x9E3779B97F4A7C15;
  if (sqlite3_open_v2(path, &peer->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL)
      || sqlite3_exec(peer->database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", NULL, NULL, NULL)
      || sqlite3_wal_autocheckpoint(peer->database, checkpoint_pages)
      || sqlite3_exec(peer->database, schema, NULL, NULL, NULL)
      || prepare(peer, "BEGIN IMMEDIATE", &peer->begin) || prepare(peer, "COMMIT", &peer->commit)
      || prepare(peer, "INSERT INTO journal (id, body) VALUES (?, ?)", &peer->journal)
      || prepare(peer, "INSERT INTO audit (id, leaf) VALUES (?, ?)", &peer->audit)
      || prepare(peer, "UPDATE states SET version = version + 1, body = ? WHERE id = ?", &peer->update)) {
    sqlite_peer_close(peer);
    return NULL;
  }
  return peer;
}

int sqlite_peer_prepare(sqlite_peer *peer, int states, int row_bytes) {
  unsigned char body[maximum_row_bytes];
  if (row_bytes > maximum_row_bytes) return SQLITE_TOOBIG;
  memset(body, 1, sizeof body);
  sqlite3_stmt *insert = NULL;
  int code = prepare(peer, "INSERT INTO states (id, version, body) VALUES (?, 0, ?)", &insert);
  peer->states = states;
  peer->state_ids = malloc((size_t)states * id_bytes);
  if (!code) code = step(peer->begin);
  for (int index = 0; index < states && !code; index++) {
    unsigned char *id = peer->state_ids + (size_t)index * id_bytes;
    make_id(peer, id);
    sqlite3_bind_blob(insert, 1, id, id_bytes, SQLITE_STATIC);
    sqlite3_bind_blob(insert, 2, body, row_bytes, SQLITE_STATIC);
    code = step(insert);
  }
  sqlite3_finalize(insert);
  return code ? code : step(peer->commit);
}

int64_t sqlite_peer_run(sqlite_peer *peer, int batch, int row_bytes, int64_t nanoseconds, int64_t *elapsed) {
  unsigned char body[maximum_row_bytes], id[id_bytes];
  if (row_bytes > maximum_row_bytes) return -1;
  memset(body, 2, sizeof body);
  int64_t start = now(CLOCK_MONOTONIC), transactions = 0;
  do {
    if (step(peer->begin)) return -1;
    for (int index = 0; index < batch; index++) {
      make_id(peer, id);
      sqlite3_bind_blob(peer->journal, 1, id, id_bytes, SQLITE_STATIC);
      sqlite3_bind_blob(peer->journal, 2, body, row_bytes, SQLITE_STATIC);
      if (step(peer->journal)) return -1;
      make_id(peer, id);
      sqlite3_bind_blob(peer->audit, 1, id, id_bytes, SQLITE_STATIC);
      sqlite3_bind_blob(peer->audit, 2, body, row_bytes, SQLITE_STATIC);
      if (step(peer->audit)) return -1;
      unsigned char *state = peer->state_ids + (next_random(peer) % (uint64_t)peer->states) * id_bytes;
      sqlite3_bind_blob(peer->update, 1, body, row_bytes, SQLITE_STATIC);
      sqlite3_bind_blob(peer->update, 2, state, id_bytes, SQLITE_STATIC);
      if (step(peer->update)) return -1;
    }
    if (step(peer->commit)) return -1;
    transactions += batch;
  } while (now(CLOCK_MONOTONIC) - start < nanoseconds);
  *elapsed = now(CLOCK_MONOTONIC) - start;
  return transactions;
}

void sqlite_peer_close(sqlite_peer *peer) {
  sqlite3_finalize(peer->begin);
  sqlite3_finalize(peer->commit);
  sqlite3_finalize(peer->journal);
  sqlite3_finalize(peer->audit);
  sqlite3_finalize(peer->update);
  sqlite3_close(peer->database);
  free(peer->state_ids);
  free(peer);
}
