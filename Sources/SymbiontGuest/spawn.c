#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"
#include "internal.h"

// The child shares this process's memory until it has executed the command, so it leaves its error here.
static volatile int failed_number;
static volatile enum guest_error failed_code;

_Noreturn static void fail(enum guest_error code, int number) {
  failed_code = code;
  failed_number = number;
  _exit(127);
}

/// The guest reset every signal at its start and ignores one since; those that have a handler are reset by the kernel.
static void set_up_signals(void) {
  signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_up_streams(const struct plan *plan) {
  setsid();
  if (plan->terminal && ioctl(plan->input, TIOCSCTTY, 0) != 0) fail(error_not_started, errno);
  // The plan's descriptors are all above 2, so none is overwritten before it is used.
  if (dup2(plan->input, 0) < 0 || dup2(plan->output, 1) < 0 || dup2(plan->error, 2) < 0) {
    fail(error_not_started, errno);
  }
}

static void set_limits(const struct plan *plan) {
  for (size_t index = 0; index < plan->limit_count; index++) {
    const struct limit *limit = &plan->limits[index];
    if (setrlimit((__rlimit_resource_t)limit->resource, &limit->value) != 0) fail(error_not_started, errno);
  }
  // A guest that the kernel spares when memory runs out must not hand that on; raising the value is always allowed.
  int score = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
  char sign = 0;
  if (score >= 0) {
    if (read(score, &sign, 1) == 1 && sign == '-' && write(score, "0", 1) != 1) fail(error_not_started, errno);
    close(score);
  }
}

/// Gives up every capability.
static void drop_capabilities(void) {
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{0, 0, 0}, {0, 0, 0}};
  if (syscall(SYS_capset, &header, data) != 0) fail(error_identity, errno);
}

static void change_identity(const struct plan *plan) {
  if (plan->changes_identity) {
    // Where groups cannot be changed there must be none to hand on.
    if (setgroups(0, NULL) != 0 && getgroups(0, NULL) > 0) fail(error_identity, errno);
    if (setresgid(plan->gid, plan->gid, plan->gid) != 0) fail(error_identity, errno);
  }
  // The bounding set, which programs with file capabilities draw from, can only shrink while this is still the
  // privileged user. Without the privilege for that, `no_new_privs` below closes the same way.
  for (int capability = 0; !plan->gains_privileges; capability++) {
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) break;
  }
  if (plan->changes_identity && setresuid(plan->uid, plan->uid, plan->uid) != 0) fail(error_identity, errno);
  if (plan->gains_privileges) return;
  drop_capabilities();
  if (symbiont_confine() != 0) fail(error_identity, errno);
}

static const char *search_path(char **environment) {
  for (char **entry = environment; *entry; entry++) {
    if (strncmp(*entry, "PATH=", 5) == 0) return *entry + 5;
  }
  return "";
}

/// Executes the program, which is looked for along the command's own PATH when its name has no slash.
_Noreturn static void execute(const struct plan *plan) {
  const char *name = plan->arguments[0];
  int number = ENOENT;
  if (strchr(name, '/')) {
    execve(name, plan->arguments, plan->environment);
    number = errno;
  } else {
    const char *next = search_path(plan->environment);
    while (*next) {
      const char *end = strchrnul(next, ':');
      char path[4096];
      int length = snprintf(path, sizeof path, "%.*s/%s", (int)(end - next), next, name);
      if (end > next && length > 0 && (size_t)length < sizeof path) {
        execve(path, plan->arguments, plan->environment);
        if (errno != ENOENT && errno != ENOTDIR) number = errno;
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
      }
      next = *end ? end + 1 : end;
    }
  }
  fail(number == ENOENT || number == ENOTDIR ? error_command_not_found : error_command_not_executable, number);
}

pid_t spawn(const struct plan *plan, enum guest_error *code, int *number) {
  failed_code = 0;
  pid_t process = vfork();
  if (process == 0) {
    set_up_signals();
    set_up_streams(plan);
    set_limits(plan);
    int number = symbiont_guest_enter_commands();
    if (number) fail(error_not_started, number);
    change_identity(plan);
    // Nobody but a reaper that was killed ends before its command.
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (chdir(plan->directory) != 0) fail(error_working_directory, errno);
    execute(plan);
  }
  if (process < 0) {
    *code = error_not_started;
    *number = errno;
    return -1;
  }
  if (failed_code == 0) return process;
  *code = failed_code;
  *number = failed_number;
  return -1;
}
