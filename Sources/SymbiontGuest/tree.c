#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

// As many are stopped and killed in one pass; a larger tree takes more passes.
enum { maximum_tree = 8192, maximum_passes = 16 };

static pid_t found[maximum_tree];
static size_t found_count;

static bool is_known(pid_t process) {
  for (size_t index = 0; index < found_count; index++) {
    if (found[index] == process) return true;
  }
  return false;
}

static void note(pid_t process) {
  if (found_count < maximum_tree) found[found_count++] = process;
}

static void leave_out(const pid_t *left_out, size_t count) {
  size_t kept = 0;
  for (size_t index = 0; index < found_count; index++) {
    bool is_left_out = false;
    for (size_t other = 0; other < count; other++) is_left_out = is_left_out || found[index] == left_out[other];
    if (!is_left_out) found[kept++] = found[index];
  }
  found_count = kept;
}

/// Reads a small file of /proc; the count of bytes, or -1.
static ssize_t read_small(const char *path, char *text, size_t capacity) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  size_t count = 0;
  while (count < capacity - 1) {
    ssize_t got = read(descriptor, text + count, capacity - 1 - count);
    if (got <= 0) break;
    count += (size_t)got;
  }
  close(descriptor);
  text[count] = 0;
  return (ssize_t)count;
}

// MARK: By the kernel's lists of children

/// Notes the children of one thread; false when the kernel has no such list.
static bool note_children(pid_t process, pid_t thread) {
  static char text[64 * 1024];
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", process, thread);
  if (read_small(path, text, sizeof text) < 0) return errno != ENOENT;
  char *next = text;
  while (true) {
    char *end;
    long child = strtol(next, &end, 10);
    if (end == next) return true;
    note((pid_t)child);
    next = end;
  }
}

static void note_children_of_threads(pid_t process) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", process);
  DIR *threads = opendir(path);
  if (!threads) return;
  struct dirent *entry;
  while ((entry = readdir(threads))) {
    if (isdigit((unsigned char)entry->d_name[0])) note_children(process, (pid_t)atoi(entry->d_name));
  }
  closedir(threads);
}

// MARK: By the parent of every process

struct parentage {
  pid_t process, parent;
};

/// The parent as the `stat` file says: the second value after the name, which is in parentheses and may hold some.
static pid_t parent_of(pid_t process) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%d/stat", process);
  if (read_small(path, text, sizeof text) <= 0) return -1;
  char *name_end = strrchr(text, ')');
  int parent = -1;
  char state;
  if (!name_end || sscanf(name_end + 1, " %c %d", &state, &parent) != 2) return -1;
  return parent;
}

static void note_descendants_by_parents(pid_t root, const pid_t *left_out, size_t left_out_count) {
  static struct parentage all[maximum_tree];
  size_t count = 0;
  DIR *processes = opendir("/proc");
  if (!processes) return;
  struct dirent *entry;
  while (count < maximum_tree && (entry = readdir(processes))) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    pid_t process = (pid_t)atoi(entry->d_name);
    all[count++] = (struct parentage){process, parent_of(process)};
  }
  closedir(processes);
  for (size_t index = 0; index < count; index++) {
    if (all[index].parent == root) note(all[index].process);
  }
  leave_out(left_out, left_out_count);
  for (size_t next = 0; next < found_count; next++) {
    for (size_t index = 0; index < count; index++) {
      if (all[index].parent == found[next] && !is_known(all[index].process)) note(all[index].process);
    }
  }
}

// MARK: Killing

static void find_descendants(pid_t root, const pid_t *left_out, size_t left_out_count) {
  found_count = 0;
  if (!note_children(root, root)) {
    return note_descendants_by_parents(root, left_out, left_out_count);
  }
  leave_out(left_out, left_out_count);
  for (size_t next = 0; next < found_count; next++) note_children_of_threads(found[next]);
}

/// What is stopped cannot fork and cannot collect a child, so once a pass finds nobody new, every number that was found
/// still names the same process. Only then they are killed.
size_t tree_kill(pid_t root, const pid_t *left_out, size_t left_out_count) {
  size_t known = 0;
  for (int pass = 0; pass < maximum_passes; pass++) {
    find_descendants(root, left_out, left_out_count);
    for (size_t index = 0; index < found_count; index++) kill(found[index], SIGSTOP);
    if (found_count == known || found_count == maximum_tree) break;
    known = found_count;
  }
  for (size_t index = 0; index < found_count; index++) kill(found[index], SIGKILL);
  return found_count;
}
