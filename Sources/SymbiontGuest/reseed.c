#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

// What was done of a request to reseed.
enum reseeded { reseeded_entropy = 1, reseeded_time = 2, reseeded_hostname = 4, reseeded_machine = 8 };

enum { maximum_entropy = 512 };

static bool add_entropy(const uint8_t *entropy, uint32_t length) {
  int random = open("/dev/urandom", O_RDWR | O_CLOEXEC);
  if (random < 0) return false;
  struct {
    struct rand_pool_info information;
    uint8_t bytes[maximum_entropy];
  } pool = {{(int)length * 8, (int)length}, {0}};
  memcpy(pool.information.buf, entropy, length);
  bool is_added = ioctl(random, RNDADDENTROPY, &pool) == 0;
  // What is written is mixed in, but only this makes the kernel's generator start anew from it at once.
  if (is_added) is_added = ioctl(random, RNDRESEEDCRNG) == 0;
  close(random);
  return is_added;
}

static bool write_file(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444);
  if (file < 0) return false;
  size_t length = strlen(text);
  bool is_written = write(file, text, length) == (ssize_t)length && write(file, "\n", 1) == 1;
  close(file);
  return is_written;
}

void reseed(uint32_t id, struct reader *reader) {
  uint32_t length;
  const uint8_t *entropy = read_bytes(reader, &length);
  uint64_t time = read_u64(reader);
  char *hostname = read_string(reader), *machine = read_string(reader);
  if (reader->bad || reader->left || length > maximum_entropy) {
    send_error(id, error_malformed, 0, "the new identity is malformed");
  } else {
    uint32_t done = 0;
    struct timespec now = {(time_t)(time / 1000000000u), (long)(time % 1000000000u)};
    if (length && add_entropy(entropy, length)) done |= reseeded_entropy;
    if (time && clock_settime(CLOCK_REALTIME, &now) == 0) done |= reseeded_time;
    if (*hostname && sethostname(hostname, strlen(hostname)) == 0) done |= reseeded_hostname;
    if (*machine && write_file("/etc/machine-id", machine)) done |= reseeded_machine;
    uint8_t bytes[4];
    struct writer writer = {bytes, sizeof bytes, 0, false};
    write_u32(&writer, done);
    send_done(id, bytes, writer.count);
  }
  free(hostname);
  free(machine);
}
