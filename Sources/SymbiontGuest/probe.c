#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "internal.h"
#include "symbiont_guest.h"

// What a command of a sandbox sees of its own confinement, as lines of a name and a value. It runs as a command does.

static void print_status(void) {
  FILE *file = fopen("/proc/self/status", "re");
  if (!file) return;
  char line[512];
  unsigned long long capabilities = 0, value;
  while (fgets(line, sizeof line, file)) {
    if (strncmp(line, "Cap", 3) == 0) {
      const char *colon = strchr(line, ':');
      if (colon && strncmp(line, "CapBnd", 6) != 0 && sscanf(colon + 1, "%llx", &value) == 1) capabilities |= value;
    }
  }
  fclose(file);
  printf("capabilities %llx\n", capabilities);
  // The kernel is asked itself: gVisor does not list this in the status of a process.
  printf("no_new_privileges %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
}

static void print_devices(void) {
  FILE *file = fopen("/proc/net/dev", "re");
  if (!file) {
    printf("device unknown\n");
    return;
  }
  char line[512];
  while (fgets(line, sizeof line, file)) {
    char *colon = strchr(line, ':');
    if (!colon) continue;
    *colon = 0;
    char *name = line + strspn(line, " ");
    printf("device %s\n", name);
  }
  fclose(file);
}

static void print_memory(void) {
  FILE *file = fopen("/proc/meminfo", "re");
  if (!file) return;
  char line[256];
  unsigned long long kilobytes;
  while (fgets(line, sizeof line, file)) {
    if (sscanf(line, "MemTotal: %llu", &kilobytes) == 1) printf("memory_bytes %llu\n", kilobytes * 1024);
  }
  fclose(file);
}

/// The smallest number in the files of this name of the control groups that hold this process and can be seen.
///
/// A virtual machine has one tree, and commands have a group of their own in it.
static unsigned long long group_limit(const char *name) {
  unsigned long long limit = UINT64_MAX, value;
  FILE *groups = fopen("/proc/self/cgroup", "re");
  if (!groups) return limit;
  char line[512], path[640];
  while (fgets(line, sizeof line, groups)) {
    line[strcspn(line, "\n")] = 0;
    if (strncmp(line, "0::/", 4) != 0) continue;
    for (char *group = line + 3, *end = group + strlen(group); end > group; *end = 0) {
      snprintf(path, sizeof path, "/sys/fs/cgroup%s/%s", group, name);
      FILE *file = fopen(path, "re");
      if (file && fscanf(file, "%llu", &value) == 1 && value < limit) limit = value;
      if (file) fclose(file);
      end = strrchr(group, '/');
    }
  }
  fclose(groups);
  return limit;
}

/// The smaller of the limit of the user and that of the control group.
static void print_process_limit(void) {
  unsigned long long limit = group_limit("pids.max");
  struct rlimit user;
  if (getrlimit(RLIMIT_NPROC, &user) == 0 && user.rlim_cur < limit) limit = user.rlim_cur;
  if (limit != UINT64_MAX) printf("process_limit %llu\n", limit);
}

static void print_memory_limit(void) {
  unsigned long long limit = group_limit("memory.max");
  if (limit != UINT64_MAX) printf("memory_limit_bytes %llu\n", limit);
}

/// Whether the root is mounted for reading only, by the flag of its file system or, as gVisor tells it, in the table of
/// mounts.
static bool is_root_mounted_read_only(void) {
  struct statvfs information;
  if (statvfs("/", &information) == 0 && (information.f_flag & ST_RDONLY) != 0) return true;
  FILE *mounts = fopen("/proc/self/mounts", "re");
  if (!mounts) return false;
  // What is mounted last on a path is what is seen there.
  char line[1024], path[512], options[256];
  bool read_only = false;
  while (fgets(line, sizeof line, mounts)) {
    if (sscanf(line, "%*s %511s %*s %255s", path, options) != 2 || strcmp(path, "/") != 0) continue;
    read_only = strcmp(options, "ro") == 0 || strncmp(options, "ro,", 3) == 0;
  }
  fclose(mounts);
  return read_only;
}

/// It is mounted so, and making a directory fails.
static bool is_root_read_only(void) {
  const char *const path = "/.symbiont-probe";
  if (mkdir(path, 0700) == 0) {
    rmdir(path);
    return false;
  }
  return is_root_mounted_read_only();
}

int symbiont_guest_probe(const char *what) {
  if (strcmp(what, "--probe-wait") == 0) {
    for (;;) pause();
  }
  if (strcmp(what, "--probe") != 0) return guest_trial(what);
  struct statvfs information;
  printf("uid %u\n", (unsigned)getuid());
  print_status();
  print_devices();
  print_memory();
  print_memory_limit();
  print_process_limit();
  printf("read_only_root %d\n", is_root_read_only());
  if (statvfs(".", &information) == 0) {
    printf("workspace_bytes %llu\n", (unsigned long long)information.f_blocks * information.f_frsize);
  }
  return fflush(stdout) == 0 ? 0 : 1;
}
