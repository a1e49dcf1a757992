#include "redis_peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SETUP, ADD, READ, ACK };
enum { BUFFER = 4096, MAX_EVENTS = 256 };

struct client {
  int descriptor;
  int step;
  int64_t started;
  char *add;
  int add_length;
  char read[160];
  int read_length;
  char ack[200];
  char key[16];
  char answer[BUFFER];
  int answered;
};

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

/// Commands are smaller than the buffer of a socket, so they are written whole.
static int put(struct client *client, const char *bytes, int length) {
  client->answered = 0;
  return write(client->descriptor, bytes, (size_t)length) == length ? 0 : -1;
}

/// The end of the answer that starts at `from`, or -1 when it is not whole.
static int end_of(const char *bytes, int length, int from) {
  const char *line = memchr(bytes + from, '\n', (size_t)(length - from));
  if (line == NULL) return -1;
  int next = (int)(line - bytes) + 1;
  long count = strtol(bytes + from + 1, NULL, 10);
  switch (bytes[from]) {
  case '$':
    if (count < 0) return next;
    return next + count + 2 <= length ? next + (int)count + 2 : -1;
  case '*':
    for (long index = 0; index < count; index++) {
      next = end_of(bytes, length, next);
      if (next < 0) return -1;
    }
    return next;
  default:
    return next;
  }
}

static int begin(struct client *client) {
  client->step = ADD;
  client->started = now();
  return put(client, client->add, client->add_length);
}

/// Goes on after a whole answer; 1 when it ended a cycle, -1 on an error.
static int advance(struct client *client) {
  client->answer[client->answered] = 0;
  if (client->answer[0] == '-' && client->step != SETUP) return -1;
  switch (client->step) {
  case ADD:
    client->step = READ;
    return put(client, client->read, client->read_length);
  case READ: {
    // *1 *2 $key … *1 *2 $length id …: the id is the first text after the key.
    const char *id = client->answer;
    for (int lines = 0; lines < 7; lines++) {
      id = strchr(id, '\n');
      if (id == NULL) return -1;
      id++;
    }
    const char *end = strchr(id, '\r');
    if (end == NULL) return -1;
    int size = (int)(end - id);
    int length = snprintf(
      client->ack, sizeof client->ack, "*4\r\n$4\r\nXACK\r\n$%zu\r\n%s\r\n$1\r\ng\r\n$%d\r\n%.*s\r\n",
      strlen(client->key), client->key, size, size, id);
    client->step = ACK;
    return put(client, client->ack, length);
  }
  case ACK:
    return client->answer[0] == ':' && client->answer[1] == '1' ? 1 : -1;
  default:
    return begin(client);
  }
}

static int prepare(struct client *client, const char *path, int number, int payload) {
  client->descriptor = connect_to(path);
  client->add = malloc((size_t)payload + 256);
  if (client->descriptor < 0 || client->add == NULL) return -1;
  snprintf(client->key, sizeof client->key, "s%d", number);
  int length = sprintf(
    client->add, "*8\r\n$4\r\nXADD\r\n$%zu\r\n%s\r\n$6\r\nMAXLEN\r\n$1\r\n~\r\n$4\r\n1000\r\n$1\r\n*\r\n$1\r\nf\r\n$%d\r\n",
    strlen(client->key), client->key, payload);
  memset(client->add + length, 'x', (size_t)payload);
  memcpy(client->add + length + payload, "\r\n", 2);
  client->add_length = length + payload + 2;
  client->read_length = snprintf(
    client->read, sizeof client->read,
    "*9\r\n$10\r\nXREADGROUP\r\n$5\r\nGROUP\r\n$1\r\ng\r\n$1\r\nc\r\n$5\r\nCOUNT\r\n$1\r\n1\r\n$7\r\nSTREAMS\r\n"
    "$%zu\r\n%s\r\n$1\r\n>\r\n",
    strlen(client->key), client->key);
  char group[160];
  int size = snprintf(
    group, sizeof group,
    "*6\r\n$6\r\nXGROUP\r\n$6\r\nCREATE\r\n$%zu\r\n%s\r\n$1\r\ng\r\n$1\r\n$\r\n$8\r\nMKSTREAM\r\n",
    strlen(client->key), client->key);
  client->step = SETUP;
  return put(client, group, size);
}

static int64_t serve(
  struct client *clients, int connections, int poller, int64_t end, int64_t *durations, int64_t capacity) {
  struct epoll_event events[MAX_EVENTS];
  int64_t cycles = 0;
  int running = connections;
  while (running > 0) {
    int ready = epoll_wait(poller, events, MAX_EVENTS, -1);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return -1;
    for (int index = 0; index < ready; index++) {
      struct client *client = &clients[events[index].data.u32];
      ssize_t count = read(
        client->descriptor, client->answer + client->answered, (size_t)(BUFFER - 1 - client->answered));
      if (count <= 0) return -1;
      client->answered += (int)count;
      if (end_of(client->answer, client->answered, 0) != client->answered) continue;
      int result = advance(client);
      if (result < 0) return -1;
      if (result == 0) continue;
      int64_t time = now();
      if (cycles < capacity) durations[cycles] = time - client->started;
      cycles++;
      if (time < end) {
        if (begin(client) != 0) return -1;
      } else {
        running--;
      }
    }
  }
  return cycles;
}

int64_t redis_peer_run(
  const char *socket_path, int32_t connections, int32_t payload_bytes, int64_t nanoseconds, int64_t *elapsed,
  int64_t *durations, int64_t capacity) {
  if (payload_bytes > BUFFER / 2) return -1;
  struct client *clients = calloc((size_t)connections, sizeof *clients);
  int poller = epoll_create1(EPOLL_CLOEXEC);
  if (clients == NULL || poller < 0) return -1;
  int64_t start = now();
  int64_t cycles = 0;
  for (int index = 0; index < connections && cycles == 0; index++) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
    if (prepare(&clients[index], socket_path, index, payload_bytes) != 0
        || epoll_ctl(poller, EPOLL_CTL_ADD, clients[index].descriptor, &event) != 0)
      cycles = -1;
  }
  if (cycles == 0) cycles = serve(clients, connections, poller, start + nanoseconds, durations, capacity);
  *elapsed = now() - start;
  for (int index = 0; index < connections; index++) {
    if (clients[index].descriptor > 0) close(clients[index].descriptor);
    free(clients[index].add);
  }
  close(poller);
  free(clients);
  return cycles;
}
