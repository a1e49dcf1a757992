// Tries one thing that a sandbox must not allow and says what came of it: `refused NAME ERRNO`, or `ALLOWED NAME`.
//
// It is static, so that it runs above every root file system, and is uploaded into sandboxes by the tests.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int report(const char *name, long result) {
  if (result < 0) {
    printf("refused %s %d\n", name, errno);
    return 0;
  }
  printf("ALLOWED %s\n", name);
  return 1;
}

static long open_for_writing(const char *path) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return -1;
  long written = write(file, "1\n", 2);
  int code = errno;
  close(file);
  errno = code;
  return written;
}

static long open_for_reading(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  char byte;
  long count = read(file, &byte, 1);
  int code = count == 0 ? ENODATA : errno;
  close(file);
  errno = code;
  return count > 0 ? 0 : -1;
}

/// Reads a file for anything but zeros.
static long open_for_content(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  char bytes[4096];
  ssize_t count;
  bool is_empty = true;
  while ((count = read(file, bytes, sizeof bytes)) > 0) {
    for (ssize_t index = 0; index < count; index++) is_empty = is_empty && bytes[index] == 0;
  }
  close(file);
  errno = ENODATA;
  return is_empty ? -1 : 0;
}

static long new_program(void) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = 4;
  attributes.value_size = 4;
  attributes.max_entries = 1;
  return syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes);
}

static long new_performance_counter(void) {
  struct perf_event_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  return syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
}

/// Everything that must be refused with an error number, one after the other.
static int attempt_calls(void) {
  int allowed = 0;
  allowed += report("ptrace-init", ptrace(PTRACE_ATTACH, 1, 0, 0));
  allowed += report("kill-init", kill(1, SIGKILL));
  allowed += report("read-init-memory", open_for_reading("/proc/1/mem"));
  allowed += report("read-init-environment", open_for_content("/proc/1/environ"));
  allowed += report("mount", mount("none", "/tmp", "tmpfs", 0, 0));
  allowed += report("umount", umount2("/workspace", MNT_DETACH));
  allowed += report("unshare-user", unshare(CLONE_NEWUSER));
  allowed += report("unshare-mount", unshare(CLONE_NEWNS));
  allowed += report("unshare-network", unshare(CLONE_NEWNET));
  allowed += report("bpf", new_program());
  allowed += report("keyctl", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1));
  allowed += report("add-key", syscall(SYS_add_key, "user", "symbiont", "x", 1L, KEY_SPEC_PROCESS_KEYRING));
  allowed += report("perf", new_performance_counter());
  allowed += report("setuid", setuid(0));
  allowed += report("chroot", chroot("/workspace"));
  allowed += report("mknod", mknod("/workspace/device", S_IFBLK | 0600, makedev(7, 0)));
  allowed += report("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0, 0));
  allowed += report("init-module", syscall(SYS_init_module, "", 0L, ""));
  allowed += report("set-time", clock_settime(CLOCK_REALTIME, &(struct timespec){.tv_sec = 1}));
  allowed += report("set-hostname", sethostname("x", 1));
  allowed += report("swap", syscall(SYS_swapon, "/workspace/x", 0));
  allowed += report("raw-socket", socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
  allowed += report("packet-socket", socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  allowed += report("open-by-handle", syscall(SYS_open_by_handle_at, AT_FDCWD, &(char[64]){0}, O_RDONLY));
  allowed += report("proc-sys", open_for_writing("/proc/sys/kernel/core_pattern"));
  allowed += report("sysrq", open_for_writing("/proc/sysrq-trigger"));
  allowed += report("sys", open_for_writing("/sys/kernel/uevent_helper"));
  allowed += report("cgroup-release", open_for_writing("/sys/fs/cgroup/release_agent"));
  allowed += report("kernel-memory", open_for_reading("/dev/mem"));
  allowed += report("kernel-core", open_for_reading("/proc/kcore"));
  allowed += report("shadow", open_for_reading("/etc/shadow"));
  allowed += report("root-write", open("/symbiont-attack", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  allowed += report("usr-write", open("/usr/symbiont-attack", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  allowed += report("guest-write", open("/.symbiont/guest", O_WRONLY | O_CLOEXEC));
  return allowed;
}

/// Connects to an address and port; says `refused` within a bounded time.
static int attempt_connection(const char *address, const char *port) {
  struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
  if (inet_pton(AF_INET, address, &target.sin_addr) != 1) return 2;
  int socket_number = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_number < 0) return report("connect", -1);
  struct timeval limit = {.tv_sec = 3};
  setsockopt(socket_number, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return report("connect", connect(socket_number, (struct sockaddr *)&target, sizeof target));
}

/// Takes and touches memory until it is stopped, and says how much it got.
static int attempt_memory(long megabytes) {
  for (long taken = 0; taken < megabytes; taken++) {
    char *block = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) {
      printf("refused memory %d after %ld\n", errno, taken);
      return 0;
    }
    memset(block, 1, 1 << 20);
  }
  printf("ALLOWED memory\n");
  return 1;
}

/// Makes processes until it is refused, and says how many it got.
static int attempt_processes(long count) {
  long made = 0;
  int refused = 0;
  while (made < count) {
    pid_t child = fork();
    if (child < 0) {
      refused = errno;
      break;
    }
    if (child == 0) {
      pause();
      _exit(0);
    }
    made++;
  }
  printf("%s processes %ld %d\n", refused ? "refused" : "ALLOWED", made, refused);
  fflush(stdout);
  return refused ? 0 : 1;
}

/// Uses processor time for the given seconds of the clock, and says which share of one core it got.
static int attempt_processor(long seconds) {
  struct timespec start, now, used;
  clock_gettime(CLOCK_MONOTONIC, &start);
  do clock_gettime(CLOCK_MONOTONIC, &now);
  while (now.tv_sec - start.tv_sec < seconds);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  double elapsed = (double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9;
  printf("share %.4f\n", ((double)used.tv_sec + (double)used.tv_nsec / 1e9) / elapsed);
  return 0;
}

/// Detaches a process twice over, which ignores every signal that can be ignored and touches a file while it lives.
static int attempt_daemon(const char *path) {
  if (fork() != 0) return 0;
  setsid();
  if (fork() != 0) _exit(0);
  for (int number = 1; number < 32; number++) signal(number, SIG_IGN);
  for (int file = 0; file < 3; file++) close(file);
  while (1) {
    int file = open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);
    if (file >= 0) {
      if (write(file, "x", 1) < 0) pause();
      close(file);
    }
    nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, 0);
  }
}

int main(int count, char **arguments) {
  const char *name = count > 1 ? arguments[1] : "";
  const char *first = count > 2 ? arguments[2] : "";
  const char *second = count > 3 ? arguments[3] : "";
  if (strcmp(name, "calls") == 0) return attempt_calls();
  if (strcmp(name, "connect") == 0) return attempt_connection(first, second);
  if (strcmp(name, "read") == 0) return report(first, open_for_reading(first));
  if (strcmp(name, "memory") == 0) return attempt_memory(atol(first));
  if (strcmp(name, "processes") == 0) return attempt_processes(atol(first));
  if (strcmp(name, "processor") == 0) return attempt_processor(atol(first));
  if (strcmp(name, "daemon") == 0) return attempt_daemon(first);
  fprintf(stderr, "usage: attacker calls|connect ADDRESS PORT|read PATH|memory MB|processes N|processor S|daemon PATH\n");
  return 2;
}
