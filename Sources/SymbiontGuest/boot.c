#define _GNU_SOURCE
#include "boot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

// The initial file system holds this program as `/init`, and modules of the kernel, by whose names they are ordered.
static const char modules[] = "/lib/symbiont/modules";
static const char groups[] = "/sys/fs/cgroup";
static const char group[] = "/sys/fs/cgroup/commands";
static const char group_processes[] = "/sys/fs/cgroup/commands/cgroup.procs";

enum { maximum_text = 64 * 1024 };

static bool has_limits;

struct mounted {
  const char *type, *path, *options;
  unsigned long flags;
};

static const struct mounted mounts[] = {
  {"proc", "/proc", "", MS_NOSUID | MS_NODEV | MS_NOEXEC},
  {"sysfs", "/sys", "", MS_NOSUID | MS_NODEV | MS_NOEXEC},
  {"devtmpfs", "/dev", "mode=755", MS_NOSUID},
  {"cgroup2", groups, "", MS_NOSUID | MS_NODEV | MS_NOEXEC},
};

struct switch_setting {
  const char *path, *value;
};

/// What no command needs is closed to all: the machine's kernel is the first wall, its host the second.
static const struct switch_setting switches[] = {
  {"/proc/sys/user/max_user_namespaces", "0"},  {"/proc/sys/kernel/unprivileged_bpf_disabled", "1"},
  {"/proc/sys/kernel/dmesg_restrict", "1"},     {"/proc/sys/kernel/kptr_restrict", "2"},
  {"/proc/sys/kernel/perf_event_paranoid", "3"}, {"/proc/sys/vm/unprivileged_userfaultfd", "0"},
  {"/proc/sys/kernel/modules_disabled", "1"},   {"/proc/sys/kernel/kexec_load_disabled", "1"},
};

int boot_write(const char *path, const char *text, size_t length) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return errno;
  int number = 0;
  for (size_t offset = 0; offset < length && number == 0;) {
    ssize_t written = write(file, text + offset, length - offset);
    if (written > 0) offset += (size_t)written;
    else if (written == 0 || errno != EINTR) number = written == 0 ? EIO : errno;
  }
  close(file);
  return number;
}

static int load_module(const char *name) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", modules, name);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  int number = syscall(SYS_finit_module, file, "", 0) == 0 || errno == EEXIST ? 0 : errno;
  close(file);
  unlink(path);
  return number;
}

static int load_modules(void) {
  struct dirent **entries = NULL;
  int count = scandir(modules, &entries, NULL, alphasort);
  if (count < 0) return errno == ENOENT ? 0 : errno;
  int number = 0;
  for (int index = 0; index < count; index++) {
    const char *name = entries[index]->d_name;
    if (number == 0 && name[0] != '.') {
      number = load_module(name);
      if (number) log_line("symbi-guest: the module `%s` could not be loaded: %s", name, strerror(number));
    }
    free(entries[index]);
  }
  free(entries);
  return number;
}

int symbiont_guest_boot(void) {
  umask(0022);
  for (size_t index = 0; index < sizeof mounts / sizeof *mounts; index++) {
    const struct mounted *entry = &mounts[index];
    mkdir(entry->path, 0755);
    if (mount(entry->type, entry->path, entry->type, entry->flags, entry->options) == 0 || errno == EBUSY) continue;
    log_line("symbi-guest: `%s` could not be mounted: %s", entry->path, strerror(errno));
    return -1;
  }
  if (load_modules() != 0) return -1;
  for (size_t index = 0; index < sizeof switches / sizeof *switches; index++) {
    int number = boot_write(switches[index].path, switches[index].value, strlen(switches[index].value));
    if (number == 0 || number == ENOENT) continue;
    log_line("symbi-guest: `%s` could not be set: %s", switches[index].path, strerror(number));
    return -1;
  }
  int number = boot_start_loopback();
  if (number) log_line("symbi-guest: the loopback device could not be started: %s", strerror(number));
  return number ? -1 : 0;
}

// MARK: Limits

int boot_limit(uint64_t memory_bytes, uint32_t processes) {
  char path[128], text[32];
  const char controllers[] = "+memory +pids +cpu";
  snprintf(path, sizeof path, "%s/cgroup.subtree_control", groups);
  int number = boot_write(path, controllers, strlen(controllers));
  if (number) return number;
  if (mkdir(group, 0755) != 0 && errno != EEXIST) return errno;
  snprintf(path, sizeof path, "%s/memory.max", group);
  int length = snprintf(text, sizeof text, "%llu", (unsigned long long)memory_bytes);
  number = boot_write(path, text, (size_t)length);
  if (number) return number;
  snprintf(path, sizeof path, "%s/pids.max", group);
  length = snprintf(text, sizeof text, "%u", processes);
  number = boot_write(path, text, (size_t)length);
  has_limits = number == 0;
  return number;
}

int symbiont_guest_enter_commands(void) {
  // Only a virtual machine limits commands itself; elsewhere the host's groups hold the whole sandbox.
  if (!has_limits) return 0;
  int file = open(group_processes, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  int number = write(file, "0", 1) == 1 ? 0 : errno;
  close(file);
  return number;
}

// MARK: Settings

int symbiont_guest_configure_machine(uint16_t tag, const uint8_t *value, size_t length) {
  if (getpid() != 1) return ENOTSUP;
  struct reader reader = {value, length, false};
  if (tag == machine_setting_limits) {
    uint64_t memory = read_u64(&reader);
    uint32_t processes = read_u32(&reader);
    return reader.bad || reader.left ? EINVAL : boot_limit(memory, processes);
  }
  if (tag == machine_setting_root) {
    uint8_t kind = read_u8(&reader);
    uint32_t megabytes = read_u32(&reader);
    return reader.bad || reader.left ? EINVAL : boot_enter_root(kind, megabytes);
  }
  uint64_t bytes = tag == machine_setting_volume ? read_u64(&reader) : 0;
  if (reader.bad || reader.left > maximum_text || memchr(reader.next, 0, reader.left)) return EINVAL;
  char *text = strndup((const char *)reader.next, reader.left);
  if (!text) return ENOMEM;
  int number = ENOTSUP;
  if (tag == machine_setting_volume) number = boot_mount_volume(text, bytes);
  if (tag == machine_setting_network) number = boot_configure_network(text);
  if (tag == machine_setting_hosts) number = boot_write_hosts(text, strlen(text));
  free(text);
  return number;
}
