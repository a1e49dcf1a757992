#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "boot.h"
#include "internal.h"

enum root_kind { root_machine = 0, root_image = 1, root_writable_image = 2 };

static const char root[] = "/sysroot";
static const char hosts[] = "/run/symbiont-hosts";
/// The user that commands run as, who owns the workspace's directory.
enum { command_user = 1000, sector_bytes = 512, serial_bytes = 64 };
/// How long a disk may take to show the size that the host gave it.
enum { patience_milliseconds = 5000, pause_milliseconds = 2 };

static bool has_volume, has_root;

// MARK: Disks

static int read_text(const char *path, char *text, size_t capacity) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  ssize_t count = read(file, text, capacity - 1);
  int number = errno;
  close(file);
  if (count < 0) return number;
  text[count] = 0;
  text[strcspn(text, "\n")] = 0;
  return 0;
}

int boot_find_disk(const char *serial, char *path, size_t capacity, char *name, size_t name_capacity) {
  DIR *disks = opendir("/sys/block");
  if (!disks) return errno;
  int number = ENXIO;
  struct dirent *entry;
  while (number && (entry = readdir(disks))) {
    char file[512], found[serial_bytes];
    snprintf(file, sizeof file, "/sys/block/%s/serial", entry->d_name);
    if (read_text(file, found, sizeof found) != 0 || strcmp(found, serial) != 0) continue;
    snprintf(path, capacity, "/dev/%s", entry->d_name);
    snprintf(name, name_capacity, "%s", entry->d_name);
    number = 0;
  }
  closedir(disks);
  return number;
}

/// A restored machine learns the size of its own disk from an interrupt, which may come after the first request.
static int await_size(const char *name, uint64_t bytes) {
  char path[512], text[32];
  snprintf(path, sizeof path, "/sys/block/%s/size", name);
  for (int waited = 0; waited < patience_milliseconds; waited += pause_milliseconds) {
    int number = read_text(path, text, sizeof text);
    if (number) return number;
    if (strtoull(text, NULL, 10) == bytes / sector_bytes) return 0;
    nanosleep(&(struct timespec){0, pause_milliseconds * 1000000}, NULL);
  }
  return ETIMEDOUT;
}

/// Throws away what the kernel read of the disk before it was this one.
static int forget_disk(const char *path) {
  int disk = open(path, O_RDONLY | O_CLOEXEC);
  if (disk < 0) return errno;
  int number = ioctl(disk, BLKFLSBUF, 0) == 0 ? 0 : errno;
  close(disk);
  return number;
}

int boot_mount_volume(const char *serial, uint64_t bytes) {
  if (has_volume) return 0;
  char path[512], name[256];
  int number = boot_find_disk(serial, path, sizeof path, name, sizeof name);
  if (number == 0) number = await_size(name, bytes);
  if (number == 0) number = forget_disk(path);
  if (number) return number;
  mkdir(BOOT_VOLUME, 0755);
  if (mount(path, BOOT_VOLUME, "ext4", MS_NOSUID | MS_NODEV | MS_NOATIME, "") != 0) return errno;
  has_volume = true;
  return 0;
}

// MARK: The root

static int ensure_directory(const char *path, mode_t mode) {
  if (mkdir(path, mode) != 0 && errno != EEXIST) return errno;
  return 0;
}

static int attach(const char *source, const char *path, const char *type, unsigned long flags, const char *options) {
  return mount(source, path, type, flags, options) == 0 ? 0 : errno;
}

/// A read-only view of the initial file system; what is mounted in it is not seen.
static int make_machine_root(void) { return attach("/", root, NULL, MS_BIND, NULL); }

/// The files of the image's disk, above which lies what commands write, or nothing but the places to mount to.
static int make_image_root(bool is_writable) {
  char path[512], name[256], options[256];
  int number = boot_find_disk("root", path, sizeof path, name, sizeof name);
  if (number == 0) number = forget_disk(path);
  if (number == 0) number = ensure_directory("/image", 0755);
  if (number == 0) number = attach(path, "/image", "ext4", MS_RDONLY | MS_NODEV | MS_NOATIME, "noload");
  const char *layer = BOOT_VOLUME;
  if (number == 0 && !is_writable) {
    layer = "/layer";
    number = ensure_directory(layer, 0755);
    if (number == 0) number = attach("tmpfs", layer, "tmpfs", MS_NODEV, "size=1m");
  }
  if (number == 0 && is_writable && !has_volume) number = ENOTBLK;
  for (int index = 0; index < 2 && number == 0; index++) {
    snprintf(path, sizeof path, "%s/%s", layer, index ? "work" : "upper");
    number = ensure_directory(path, 0755);
  }
  if (number) return number;
  snprintf(options, sizeof options, "lowerdir=/image,upperdir=%s/upper,workdir=%s/work", layer, layer);
  return attach("overlay", root, "overlay", MS_NODEV, options);
}

struct node {
  const char *name;
  unsigned major, minor;
};

/// Only devices that are no way to anything.
static int make_devices(void) {
  static const struct node nodes[] = {{"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
                                      {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};
  static const char *const links[][2] = {{"/proc/self/fd", "fd"},     {"/proc/self/fd/0", "stdin"},
                                         {"/proc/self/fd/1", "stdout"}, {"/proc/self/fd/2", "stderr"},
                                         {"pts/ptmx", "ptmx"}};
  char path[128];
  umask(0);
  for (size_t index = 0; index < sizeof nodes / sizeof *nodes; index++) {
    snprintf(path, sizeof path, "%s/dev/%s", root, nodes[index].name);
    if (mknod(path, S_IFCHR | 0666, makedev(nodes[index].major, nodes[index].minor)) != 0) return errno;
  }
  umask(0022);
  for (size_t index = 0; index < sizeof links / sizeof *links; index++) {
    snprintf(path, sizeof path, "%s/dev/%s", root, links[index][1]);
    if (symlink(links[index][0], path) != 0) return errno;
  }
  return 0;
}

struct place {
  const char *source, *path, *type, *options;
  unsigned long flags;
};

static int mount_places(uint32_t temporary_megabytes) {
  char temporary[64];
  snprintf(temporary, sizeof temporary, "mode=1777,size=%um", temporary_megabytes);
  const unsigned long closed = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  const struct place places[] = {
    {"proc", "/proc", "proc", "", closed},
    {"sysfs", "/sys", "sysfs", "", closed | MS_RDONLY},
    {"cgroup2", "/sys/fs/cgroup", "cgroup2", "", closed},
    {"tmpfs", "/dev", "tmpfs", "mode=755,size=64k", MS_NOSUID},
    {"devpts", "/dev/pts", "devpts", "newinstance,mode=620,ptmxmode=666", MS_NOSUID | MS_NOEXEC},
    {"tmpfs", "/dev/shm", "tmpfs", temporary, MS_NOSUID | MS_NODEV},
    {"tmpfs", "/tmp", "tmpfs", temporary, MS_NOSUID | MS_NODEV},
    {"tmpfs", "/run", "tmpfs", "mode=755,size=1m", closed},
  };
  for (size_t index = 0; index < sizeof places / sizeof *places; index++) {
    char path[256];
    snprintf(path, sizeof path, "%s%s", root, places[index].path);
    bool is_inside = strcmp(places[index].path, "/dev/pts") == 0 || strcmp(places[index].path, "/dev/shm") == 0;
    int number = is_inside ? ensure_directory(path, 0755) : 0;
    if (number == 0) {
      number = attach(places[index].source, path, places[index].type, places[index].flags, places[index].options);
    }
    if (number == 0 && strcmp(places[index].path, "/dev") == 0) number = make_devices();
    if (number == 0) continue;
    log_line("symbi-guest: `%s` could not be mounted: %s", places[index].path, strerror(number));
    return number;
  }
  return 0;
}

static int mount_workspace(void) {
  if (!has_volume) return 0;
  int number = ensure_directory(BOOT_VOLUME "/workspace", 0755);
  if (number == 0 && chown(BOOT_VOLUME "/workspace", command_user, command_user) != 0) number = errno;
  if (number == 0) number = attach(BOOT_VOLUME "/workspace", "/sysroot/workspace", NULL, MS_BIND, NULL);
  // A view has flags of its own, which only a second call sets.
  if (number) return number;
  return attach(NULL, "/sysroot/workspace", NULL, MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV, NULL);
}

int boot_enter_root(uint8_t kind, uint32_t temporary_megabytes) {
  if (has_root) return 0;
  if (kind > root_writable_image) return EINVAL;
  static const char *const points[] = {"proc", "sys", "dev", "tmp", "run", "etc", "workspace"};
  int number = ensure_directory(root, 0755);
  if (number == 0) number = kind == root_machine ? make_machine_root() : make_image_root(kind == root_writable_image);
  for (size_t index = 0; index < sizeof points / sizeof *points && number == 0; index++) {
    char path[64];
    snprintf(path, sizeof path, "%s/%s", root, points[index]);
    number = ensure_directory(path, 0755);
  }
  if (number == 0) number = mount_places(temporary_megabytes);
  if (number == 0) number = mount_workspace();
  if (number == 0 && access("/sysroot/etc/hosts", F_OK) != 0) number = boot_write("/sysroot/etc/hosts", "", 0);
  if (number == 0 && kind != root_writable_image) {
    unsigned long view = kind == root_machine ? MS_BIND : 0;
    number = attach(NULL, root, NULL, MS_REMOUNT | MS_RDONLY | MS_NODEV | view, NULL);
  }
  if (number) return number;
  if (chdir(root) != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0 || chdir("/") != 0) return errno;
  has_root = true;
  static const char local[] = "127.0.0.1 localhost\n::1 localhost\n";
  return boot_write_hosts(local, strlen(local));
}

int boot_write_hosts(const char *text, size_t length) {
  static bool is_attached;
  if (!has_root) return EBUSY;
  int number = boot_write(hosts, text, length);
  if (number || is_attached) return number;
  number = attach(hosts, "/etc/hosts", NULL, MS_BIND, NULL);
  is_attached = number == 0;
  return number;
}
