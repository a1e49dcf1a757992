#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

enum { maximum_path = 4096, maximum_depth = 128, maximum_links = 40, maximum_attempts = 16 };

int workspace_open(void) {
  // Opened for every request, because the workspace may be mounted after the start.
  return open(settings.workspace, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

// MARK: Identity

static bool has_other_identity(void) { return settings.has_identity && settings.uid != getuid(); }

void identity_enter(void) {
  if (!has_other_identity()) return;
  // The effective ids, and not those for files alone: gVisor does not know the latter.
  syscall(SYS_setresgid, -1, settings.gid, -1);
  syscall(SYS_setresuid, -1, settings.uid, -1);
}

void identity_leave(void) {
  if (!has_other_identity()) return;
  syscall(SYS_setresuid, -1, getuid(), -1);
  syscall(SYS_setresgid, -1, getgid(), -1);
}

// MARK: Opening

/// A walk where the kernel has no `openat2`: every directory on the way is held open, so a name can change its meaning but
/// no `..` can lead above the root.
struct walk {
  int held[maximum_depth];
  int depth;
  char rest[2 * maximum_path];
  int links;
};

static int push(struct walk *walk, int descriptor) {
  if (descriptor < 0) return -1;
  if (walk->depth == maximum_depth) {
    close(descriptor);
    errno = ENAMETOOLONG;
    return -1;
  }
  walk->held[walk->depth++] = descriptor;
  return 0;
}

/// Puts the target of a link in front of what is left of the path.
static int follow(struct walk *walk, const char *target, const char *rest) {
  if (*target == '/') {
    errno = EXDEV;
    return -1;
  }
  char joined[2 * maximum_path];
  int length = snprintf(joined, sizeof joined, "%s/%s", target, rest);
  if (++walk->links > maximum_links || (size_t)length >= sizeof joined) {
    errno = ELOOP;
    return -1;
  }
  memcpy(walk->rest, joined, (size_t)length + 1);
  return 0;
}

static int walk_path(struct walk *walk, int flags, mode_t mode) {
  while (true) {
    int top = walk->held[walk->depth - 1];
    char name[NAME_MAX + 1], target[maximum_path];
    char *start = walk->rest + strspn(walk->rest, "/");
    size_t length = strcspn(start, "/");
    if (length > NAME_MAX) return errno = ENAMETOOLONG, -1;
    if (length == 0) return openat(top, ".", flags & ~(O_CREAT | O_EXCL), mode);
    memcpy(name, start, length);
    name[length] = 0;
    char *rest = start + length + strspn(start + length, "/");
    bool is_last = !*rest;
    if (strcmp(name, "..") == 0) {
      if (walk->depth == 1) return errno = EXDEV, -1;
      close(walk->held[--walk->depth]);
    } else if (strcmp(name, ".") != 0) {
      bool follows = !(is_last && (flags & O_NOFOLLOW));
      ssize_t count = follows ? readlinkat(top, name, target, sizeof target - 1) : -1;
      if (count >= 0) {
        target[count] = 0;
        if (follow(walk, target, rest) != 0) return -1;
        continue;
      }
      if (is_last) return openat(top, name, flags | O_NOFOLLOW, mode);
      if (push(walk, openat(top, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) != 0) return -1;
    }
    memmove(walk->rest, rest, strlen(rest) + 1);
  }
}

static int open_by_walking(int root, const char *path, int flags, mode_t mode) {
  struct walk walk = {.depth = 0};
  if (strlen(path) >= maximum_path) return errno = ENAMETOOLONG, -1;
  strcpy(walk.rest, path);
  if (*path == '/') return errno = EXDEV, -1;
  if (push(&walk, fcntl(root, F_DUPFD_CLOEXEC, 0)) != 0) return -1;
  int opened = walk_path(&walk, flags, mode);
  int number = errno;
  while (walk.depth) close(walk.held[--walk.depth]);
  errno = number;
  return opened;
}

int open_beneath(int root, const char *path, int flags, mode_t mode) {
  struct open_how how = {
    .flags = (uint64_t)(flags | O_CLOEXEC),
    .mode = flags & O_CREAT ? mode : 0,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
  };
  int opened = -1;
  // A rename on the way makes the kernel unsure of `..` in a link, and it asks for another try.
  for (int attempt = 0; attempt < maximum_attempts; attempt++) {
    opened = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    if (opened >= 0 || errno != EAGAIN) break;
  }
  if (opened < 0 && errno == ENOSYS) return open_by_walking(root, path, flags | O_CLOEXEC, mode);
  return opened;
}

int open_parent(int root, const char *path, bool make, char **name) {
  char prefix[maximum_path];
  const char *last = strrchr(path, '/');
  *name = strdup(last ? last + 1 : path);
  if (!*name) return -1;
  if (!last) return open_beneath(root, ".", O_PATH | O_DIRECTORY, 0);
  if ((size_t)(last - path) >= sizeof prefix) return errno = ENAMETOOLONG, -1;
  int current = open_beneath(root, ".", O_PATH | O_DIRECTORY, 0);
  const char *next = path;
  while (current >= 0 && next < last) {
    const char *end = strchrnul(next, '/');
    memcpy(prefix, path, (size_t)(end - path));
    prefix[end - path] = 0;
    int inner = open_beneath(root, prefix, O_PATH | O_DIRECTORY, 0);
    if (inner < 0 && errno == ENOENT && make) {
      const char *made = strrchr(prefix, '/');
      if (mkdirat(current, made ? made + 1 : prefix, 0755) == 0 || errno == EEXIST) {
        inner = open_beneath(root, prefix, O_PATH | O_DIRECTORY, 0);
      }
    }
    int number = errno;
    close(current);
    errno = number;
    current = inner;
    next = end + 1;
  }
  return current;
}

// MARK: Errors

bool path_check(uint32_t id, const char *path, bool allows_root) {
  if (*path == '/') {
    send_error(id, error_path_escapes, EXDEV, "the path is absolute");
    return false;
  }
  size_t length = strlen(path);
  if (length >= maximum_path || (!allows_root && (length == 0 || path[length - 1] == '/'))) {
    send_error(id, error_path_invalid, EINVAL, "the path is empty, too long, or ends with a slash");
    return false;
  }
  for (const char *next = path; *next; next += strspn(next, "/")) {
    size_t part = strcspn(next, "/");
    bool is_up = part == 2 && memcmp(next, "..", 2) == 0;
    if (is_up || part > NAME_MAX || (part == 1 && *next == '.' && !allows_root)) {
      send_error(
        id, is_up ? error_path_escapes : error_path_invalid, EINVAL,
        is_up ? "the path has `..`" : "a name of the path cannot be used");
      return false;
    }
    next += part;
  }
  return true;
}

void send_path_error(uint32_t id, const char *path, int number) {
  (void)path;
  enum guest_error code = error_system;
  switch (number) {
  case EXDEV: code = error_path_escapes; break;
  case ENOENT:
  case ENOTDIR: code = error_not_found; break;
  case ELOOP:
  case ENAMETOOLONG:
  case EINVAL: code = error_path_invalid; break;
  case EISDIR: return send_error(id, error_not_a_file, number, "a directory");
  case ENXIO: return send_error(id, error_not_a_file, number, "a device, a pipe or a socket");
  case ENOSPC:
  case EDQUOT: code = error_no_space; break;
  case EFBIG: code = error_too_large; break;
  }
  send_error(id, code, number, number == EXDEV ? "the path leads out of the workspace" : strerror(number));
}

const char *kind_name(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFREG: return "a file";
  case S_IFDIR: return "a directory";
  case S_IFLNK: return "a symbolic link";
  case S_IFIFO: return "a pipe";
  case S_IFSOCK: return "a socket";
  case S_IFCHR:
  case S_IFBLK: return "a device";
  default: return "something unknown";
  }
}
