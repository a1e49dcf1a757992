#define _GNU_SOURCE
#include <errno.h>
#include <dirent.h>
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "internal.h"

// The numbers of the values; what cannot be read here is left out.
enum metric {
  metric_memory_total = 1,
  metric_memory_available = 2,
  metric_group_memory_used = 3,
  metric_group_memory_limit = 4,
  metric_processor_nanoseconds = 5,
  metric_processes = 6,
  metric_processor_count = 7,
  metric_disk_total = 8,
  metric_disk_free = 9,
  metric_files_total = 10,
  metric_files_free = 11,
  metric_uptime_nanoseconds = 12,
  metric_open_requests = 13,
  metric_memory_kills = 14,
  metric_process_refusals = 15,
  metric_group_processes = 16,
  metric_group_process_limit = 17,
  metric_group_memory_peak = 18,
};

// The control group of the commands of a virtual machine; other sandboxes have none that they can see.
#define COMMANDS "/sys/fs/cgroup/commands/"

static void put(struct writer *writer, enum metric metric, uint64_t value) {
  write_u16(writer, (uint16_t)metric);
  write_u64(writer, value);
}

/// The start of a file, as text; false when it cannot be read.
static bool read_text(const char *path, char *text, size_t capacity) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  ssize_t count = read(descriptor, text, capacity - 1);
  close(descriptor);
  text[count > 0 ? count : 0] = 0;
  return count > 0;
}

static void put_first(struct writer *writer, enum metric metric, const char *const *paths) {
  char text[64];
  for (; *paths; paths++) {
    if (!read_text(*paths, text, sizeof text) || !isdigit((unsigned char)*text)) continue;
    return put(writer, metric, strtoull(text, NULL, 10));
  }
}

/// A value of a file that has a line of a name and a value for each.
static void put_named(struct writer *writer, enum metric metric, const char *path, const char *name) {
  char text[512];
  if (!read_text(path, text, sizeof text)) return;
  size_t length = strlen(name);
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    if (strncmp(line, name, length) != 0 || line[length] != ' ') continue;
    return put(writer, metric, strtoull(line + length + 1, NULL, 10));
  }
}

/// What the kernel of a virtual machine counts for its commands.
static void put_commands(struct writer *writer) {
  static const char *const processes[] = {COMMANDS "pids.current", NULL};
  static const char *const limit[] = {COMMANDS "pids.max", NULL};
  static const char *const peak[] = {COMMANDS "memory.peak", NULL};
  put_first(writer, metric_group_processes, processes);
  put_first(writer, metric_group_process_limit, limit);
  put_first(writer, metric_group_memory_peak, peak);
  put_named(writer, metric_memory_kills, COMMANDS "memory.events", "oom_kill");
  put_named(writer, metric_process_refusals, COMMANDS "pids.events", "max");
}

static void put_memory(struct writer *writer) {
  char text[2048];
  if (read_text("/proc/meminfo", text, sizeof text)) {
    char *total = strstr(text, "MemTotal:"), *available = strstr(text, "MemAvailable:");
    if (total) put(writer, metric_memory_total, strtoull(total + 9, NULL, 10) * 1024);
    if (available) put(writer, metric_memory_available, strtoull(available + 13, NULL, 10) * 1024);
  }
  static const char *const used[] = {
    COMMANDS "memory.current", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes", NULL};
  static const char *const limit[] = {
    COMMANDS "memory.max", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes", NULL};
  put_first(writer, metric_group_memory_used, used);
  put_first(writer, metric_group_memory_limit, limit);
}

static void put_processor(struct writer *writer) {
  char text[512];
  uint64_t user, nice, system;
  if (read_text("/proc/stat", text, sizeof text) && sscanf(text, "cpu %lu %lu %lu", &user, &nice, &system) == 3) {
    uint64_t ticks = (uint64_t)sysconf(_SC_CLK_TCK);
    put(writer, metric_processor_nanoseconds, (user + nice + system) * (1000000000u / ticks));
  }
  put(writer, metric_processor_count, (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
}

static void put_processes(struct writer *writer) {
  DIR *processes = opendir("/proc");
  if (!processes) return;
  uint64_t count = 0;
  struct dirent *entry;
  while ((entry = readdir(processes))) count += isdigit((unsigned char)entry->d_name[0]) != 0;
  closedir(processes);
  put(writer, metric_processes, count);
}

static void put_disk(struct writer *writer) {
  struct statvfs disk;
  if (statvfs(settings.workspace, &disk) != 0) return;
  put(writer, metric_disk_total, (uint64_t)disk.f_blocks * disk.f_frsize);
  put(writer, metric_disk_free, (uint64_t)disk.f_bavail * disk.f_frsize);
  put(writer, metric_files_total, disk.f_files);
  put(writer, metric_files_free, disk.f_favail);
}

void metrics_send(uint32_t id) {
  uint8_t bytes[512];
  struct writer writer = {bytes, sizeof bytes, 0, false};
  put_memory(&writer);
  put_processor(&writer);
  put_processes(&writer);
  put_disk(&writer);
  put_commands(&writer);
  put(&writer, metric_uptime_nanoseconds, monotonic_now());
  uint64_t open = 0;
  for (size_t index = 0; index < channel_slots; index++) {
    open += channels[index].kind != channel_free && channels[index].is_open;
  }
  put(&writer, metric_open_requests, open);
  send_done(id, bytes, writer.count);
}
