#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

enum { first_kept = 3, staging = 32 };

/// Closes what the kernel lists as open; whether it has a list.
static bool close_listed(int first) {
  DIR *open = opendir("/proc/self/fd");
  if (!open) return false;
  struct dirent *entry;
  while ((entry = readdir(open))) {
    int number = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : -1;
    if (number >= first && number != dirfd(open)) close(number);
  }
  closedir(open);
  return true;
}

void close_from(int first) {
  if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) == 0) return;
  // gVisor's kernel has no such call, and every useless `close` costs a switch of processes there: 4,096 of them took
  // longer than all the rest of a command's start.
  if (close_listed(first)) return;
  struct rlimit limit;
  int end = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
  for (int number = first; number < end; number++) close(number);
}

void keep_descriptors(int **kept, size_t count) {
  for (size_t index = 0; index < count; index++) {
    if (*kept[index] >= 0) *kept[index] = fcntl(*kept[index], F_DUPFD_CLOEXEC, staging);
  }
  for (size_t index = 0; index < count; index++) {
    if (*kept[index] < 0) continue;
    int place = first_kept + (int)index;
    if (dup3(*kept[index], place, O_CLOEXEC) != place) _exit(2);
    *kept[index] = place;
  }
  for (size_t index = 0; index < count; index++) {
    if (*kept[index] < 0) close(first_kept + (int)index);
  }
  close_from(first_kept + (int)count);
}
