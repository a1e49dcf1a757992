#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

// What can take long runs in a process of its own, so that nobody else waits.

enum { maximum_depth = 256 };

typedef int (*work)(int root, const char *path, bool option);

/// Starts a worker; its error number is the outcome of the request.
static void start(uint32_t id, work work, char *path, bool option) {
  int control[2];
  struct channel *channel = channel_open(id, channel_worker);
  if (!channel) return;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0) {
    send_error(id, error_system, errno, "the worker could not be made");
    return channel_close(channel);
  }
  channel->descriptors[role_control] = control[0];
  channel->process = fork();
  if (channel->process == 0) {
    close(0);
    close(1);
    int *kept[] = {&control[1]};
    keep_descriptors(kept, 1);
    int root = workspace_open();
    int number = root < 0 ? errno : work(root, path, option);
    struct report report = {.kind = report_worked, .number = number};
    _exit(send(control[1], &report, sizeof report, MSG_NOSIGNAL) < 0);
  }
  close(control[1]);
  if (channel->process < 0) {
    send_error(id, error_system, errno, "the process of the worker could not be made");
    return channel_close(channel);
  }
  channel_watch(channel, role_control, true);
}

void worker_event(struct channel *channel) {
  struct report report;
  ssize_t count = recv(channel->descriptors[role_control], &report, sizeof report, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count != sizeof report) send_error(channel->id, error_system, 0, "the worker was killed");
  else if (report.number) send_path_error(channel->id, "", report.number);
  else send_done(channel->id, NULL, 0);
  channel_close(channel);
}

// MARK: Removing

/// Removes a tree without following a link; an error number.
static int remove_tree(int directory, const char *name, int depth) {
  if (unlinkat(directory, name, 0) == 0) return 0;
  if (errno != EISDIR && errno != EPERM) return errno;
  if (depth == maximum_depth) return ENAMETOOLONG;
  int inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *entries = inner < 0 ? NULL : fdopendir(inner);
  if (!entries) return errno;
  int number = 0;
  struct dirent *entry;
  while (number == 0 && (entry = readdir(entries))) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    number = remove_tree(dirfd(entries), entry->d_name, depth + 1);
    if (number == ENOENT) number = 0;
  }
  closedir(entries);
  if (number) return number;
  return unlinkat(directory, name, AT_REMOVEDIR) == 0 ? 0 : errno;
}

static int remove_path(int root, const char *path, bool is_recursive) {
  char *name = NULL;
  identity_enter();
  int directory = open_parent(root, path, false, &name);
  if (directory < 0) return errno;
  if (is_recursive) return remove_tree(directory, name, 0);
  if (unlinkat(directory, name, 0) == 0) return 0;
  if (errno != EISDIR && errno != EPERM) return errno;
  return unlinkat(directory, name, AT_REMOVEDIR) == 0 ? 0 : errno;
}

void remove_start(uint32_t id, struct reader *reader) {
  char *path = read_string(reader);
  bool is_recursive = read_u8(reader);
  if (reader->bad || reader->left) send_error(id, error_malformed, 0, "the request to remove a file is malformed");
  else if (path_check(id, path, false)) start(id, remove_path, path, is_recursive);
  free(path);
}

void make_directory(uint32_t id, struct reader *reader) {
  char *path = read_string(reader), *name = NULL;
  uint32_t mode = read_u32(reader);
  bool makes_parents = read_u8(reader);
  if (reader->bad || reader->left) {
    send_error(id, error_malformed, 0, "the request to make a directory is malformed");
  } else if (path_check(id, path, false)) {
    int root = workspace_open();
    identity_enter();
    int directory = root < 0 ? -1 : open_parent(root, path, makes_parents, &name);
    struct stat status;
    int made = directory < 0 ? -1 : mkdirat(directory, name, mode & 0777);
    bool exists = made != 0 && errno == EEXIST && makes_parents
      && fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
    int number = errno;
    identity_leave();
    if (made == 0 || exists) send_done(id, NULL, 0);
    else send_path_error(id, path, number);
    if (directory >= 0) close(directory);
    if (root >= 0) close(root);
  }
  free(name);
  free(path);
}

// MARK: Freezing

static int freeze(int root, const char *path, bool is_frozen) {
  (void)path;
  int directory = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return errno;
  if (is_frozen) syncfs(directory);
  if (ioctl(directory, is_frozen ? FIFREEZE : FITHAW, 0) == 0) return 0;
  // Once more frozen or thawed changes nothing.
  return errno == EBUSY || (errno == EINVAL && !is_frozen) ? 0 : errno;
}

void freeze_start(uint32_t id, struct reader *reader) {
  bool is_frozen = read_u8(reader);
  if (reader->bad || reader->left) send_error(id, error_malformed, 0, "the request to freeze is malformed");
  else start(id, freeze, NULL, is_frozen);
}
