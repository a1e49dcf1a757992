#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "symbiont_guest.h"

// Commands that go for a limit, up to a number that the limit must keep them from reaching. They print how far they came,
// so that it is known even when nothing of them is left.

enum { megabyte = 1 << 20 };

/// Takes memory for good, and ends by itself only when it got all that it wanted.
static int take_memory(long megabytes) {
  for (long taken = 1; taken <= megabytes; taken++) {
    void *memory = mmap(NULL, megabyte, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 3;
    // Pages that are all the same could be shared.
    for (size_t offset = 0; offset < megabyte; offset += sizeof taken) {
      long value = taken * megabyte + (long)offset;
      memcpy((char *)memory + offset, &value, sizeof value);
    }
    printf("%ld\n", taken);
    if (fflush(stdout) != 0) return 1;
  }
  return 0;
}

/// Makes processes that wait, counting itself, and ends them again.
static int make_processes(long count) {
  long made = 1;
  int number = 0;
  while (made < count && !number) {
    pid_t process = fork();
    if (process == 0) {
      for (;;) pause();
    }
    if (process < 0) number = errno;
    else made++;
  }
  printf("%ld\n", made);
  fflush(stdout);
  signal(SIGTERM, SIG_IGN);
  kill(0, SIGTERM);
  while (wait(NULL) > 0) continue;
  return number ? 3 : 0;
}

/// Writes a file of the workspace.
static int fill_workspace(long megabytes) {
  static const char path[] = ".symbiont-probe";
  static uint8_t block[megabyte];
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return 1;
  memset(block, 1, sizeof block);
  // The limit of a single file must not end it before the file system is full.
  signal(SIGXFSZ, SIG_IGN);
  long long written = 0;
  ssize_t count = 1;
  while (written < (long long)megabytes * megabyte && count > 0) {
    count = write(file, block, sizeof block);
    if (count > 0) written += count;
  }
  if (count > 0 && fsync(file) != 0) count = -1;
  unlink(path);
  close(file);
  printf("%lld\n", written / megabyte);
  fflush(stdout);
  return count > 0 ? 0 : 3;
}

int guest_trial(const char *what) {
  long number = 0;
  if (strcmp(what, "--probe-spin") == 0) {
    for (;;) number++;
  }
  if (sscanf(what, "--probe-memory=%ld", &number) == 1) return take_memory(number);
  if (sscanf(what, "--probe-processes=%ld", &number) == 1) return make_processes(number);
  if (sscanf(what, "--probe-workspace=%ld", &number) == 1) return fill_workspace(number);
  return 2;
}
