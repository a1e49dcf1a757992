#ifndef REDIS_PEER_H
#define REDIS_PEER_H

#include <stdint.h>

/// Runs cycles of XADD, XREADGROUP and XACK on a server's socket, for so many nanoseconds.
///
/// Each connection has a stream, a group and one command under way at a time. One thread serves all connections with
/// epoll, and does nothing but write the commands and find the ends of the answers.
///
/// Gives the number of whole cycles, or -1 when a connection failed or the server refused a command. At most `capacity`
/// durations of cycles are written to `durations`, and the time that all took to `elapsed`, in nanoseconds.
int64_t redis_peer_run(
  const char *socket_path, int32_t connections, int32_t payload_bytes, int64_t nanoseconds, int64_t *elapsed,
  int64_t *durations, int64_t capacity);

#endif
