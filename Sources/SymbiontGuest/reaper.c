#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

// A reaper is the parent of one command and of everything that the command leaves behind. It starts the command, ends it
// at its timeout or when it is told, and ends itself when nothing is left. It holds the command's tree together: whoever
// loses a parent becomes a child of the reaper, because it is a subreaper.

/// How long the kernel is given to let killed processes go, before the end is reported with survivors.
static const uint64_t kill_patience = 10ull * 1000000000u;
/// How long a pass of killing waits for the ends of those it killed.
static const long pass_nanoseconds = 2000000;

struct reaper {
  struct plan *plan;
  pid_t command;
  int status;
  bool has_ended;
  bool is_killing;
  bool is_reported;
  bool is_detached;
  bool is_alone;
  bool is_forsaken;  // The guest is gone: nobody waits for a report.
  uint32_t flags;
  uint64_t started, ended, deadline, killing_since;
};

static void ignore(int number) { (void)number; }

static void report(struct reaper *reaper, const struct report *report) {
  if (send(reaper->plan->control, report, sizeof *report, MSG_NOSIGNAL) < 0) reaper->is_forsaken = true;
}

static void report_end(struct reaper *reaper) {
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  struct report end = {
    .kind = report_ended,
    .number = reaper->status,
    .detail = reaper->flags,
    .elapsed = reaper->ended - reaper->started,
    .user_time = (uint64_t)usage.ru_utime.tv_sec * 1000000u + (uint64_t)usage.ru_utime.tv_usec,
    .system_time = (uint64_t)usage.ru_stime.tv_sec * 1000000u + (uint64_t)usage.ru_stime.tv_usec,
    .peak_memory = (uint64_t)usage.ru_maxrss * 1024u,
  };
  reaper->is_reported = true;
  report(reaper, &end);
}

static void begin_killing(struct reaper *reaper, uint32_t flag) {
  if (!reaper->has_ended) reaper->flags |= flag;
  if (reaper->is_killing) return;
  reaper->is_killing = true;
  reaper->killing_since = monotonic_now();
}

/// Collects every child that has ended.
static void collect(struct reaper *reaper) {
  while (true) {
    int status;
    pid_t process = waitpid(-1, &status, WNOHANG);
    if (process > 0) {
      if (process != reaper->command) continue;
      reaper->has_ended = true;
      reaper->status = status;
      reaper->ended = monotonic_now();
      if (!reaper->plan->keeps_background) begin_killing(reaper, 0);
      continue;
    }
    if (process < 0 && errno == EINTR) continue;
    reaper->is_alone = process < 0;
    return;
  }
}

static void take_order(struct reaper *reaper) {
  struct order order;
  ssize_t count = recv(reaper->plan->control, &order, sizeof order, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count != sizeof order) {
    reaper->is_forsaken = true;
    begin_killing(reaper, ended_killed);
    return;
  }
  if (order.kind == order_kill) begin_killing(reaper, ended_killed);
  if (order.kind == order_signal && !reaper->has_ended) kill(reaper->command, order.value);
  if (order.kind == order_signal_group && !reaper->has_ended) kill(-reaper->command, order.value);
  if (order.kind == order_detach) reaper->is_detached = true;
}

/// Throws away what the background prints, now that nobody reads it.
static void discard(int *descriptor) {
  char bytes[16 * 1024];
  ssize_t count = read(*descriptor, bytes, sizeof bytes);
  if (count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))) return;
  close(*descriptor);
  *descriptor = -1;
}

static void await(struct reaper *reaper, const sigset_t *waiting) {
  struct pollfd polled[3] = {
    {reaper->is_forsaken ? -1 : reaper->plan->control, POLLIN, 0},
    {reaper->is_detached ? reaper->plan->kept_output : -1, POLLIN, 0},
    {reaper->is_detached ? reaper->plan->kept_error : -1, POLLIN, 0},
  };
  struct timespec pause = {0, pass_nanoseconds};
  bool is_bounded = reaper->is_killing;
  if (!reaper->is_killing && reaper->deadline) {
    uint64_t now = monotonic_now();
    uint64_t left = reaper->deadline > now ? reaper->deadline - now : 0;
    pause = (struct timespec){(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
    is_bounded = true;
  }
  // While killing, an ended child does not interrupt: a fork bomb would make a pass of every single one.
  if (ppoll(polled, 3, is_bounded ? &pause : NULL, reaper->is_killing ? NULL : waiting) <= 0) return;
  if (polled[0].revents) take_order(reaper);
  if (polled[1].revents) discard(&reaper->plan->kept_output);
  if (polled[2].revents) discard(&reaper->plan->kept_error);
}

/// Looks after the command until nothing of it is left.
static void supervise(struct reaper *reaper) {
  sigset_t waiting;
  sigfillset(&waiting);
  sigdelset(&waiting, SIGCHLD);
  while (true) {
    collect(reaper);
    if (!reaper->has_ended && reaper->deadline && monotonic_now() >= reaper->deadline) {
      begin_killing(reaper, ended_timed_out);
    }
    if (reaper->is_killing && !reaper->is_alone) {
      tree_kill(getpid(), NULL, 0);
      collect(reaper);
    }
    bool is_over = reaper->is_alone || (reaper->has_ended && reaper->plan->keeps_background && !reaper->is_killing);
    bool is_stuck =
      reaper->is_killing && reaper->has_ended && monotonic_now() - reaper->killing_since > kill_patience;
    if (!reaper->is_reported && (is_over || is_stuck)) {
      if (!is_over) reaper->flags |= ended_survivors;
      report_end(reaper);
    }
    if (reaper->is_alone) return;
    await(reaper, &waiting);
  }
}

_Noreturn void reaper_run(struct plan *plan) {
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  // A signal to the guest's group must not take away who kills the command then.
  setsid();
  close(0);
  close(1);
  int *kept[] = {&plan->control,     &plan->input,      &plan->output,
                 &plan->error,       &plan->kept_output, &plan->kept_error};
  if (!plan->keeps_background) plan->kept_output = plan->kept_error = -1;
  keep_descriptors(kept, sizeof kept / sizeof *kept);
  sigset_t blocked;
  sigfillset(&blocked);
  sigprocmask(SIG_SETMASK, &blocked, NULL);
  struct sigaction action = {.sa_handler = ignore};
  sigaction(SIGCHLD, &action, NULL);

  struct reaper reaper = {.plan = plan, .started = monotonic_now()};
  if (plan->timeout) reaper.deadline = reaper.started + plan->timeout;
  enum guest_error code = 0;
  int number = 0;
  reaper.command = spawn(plan, &code, &number);
  close(plan->input);
  close(plan->output);
  close(plan->error);
  if (reaper.command < 0) {
    report(&reaper, &(struct report){.kind = report_failed, .number = number, .detail = code});
    _exit(0);
  }
  report(&reaper, &(struct report){.kind = report_started, .number = reaper.command});
  supervise(&reaper);
  _exit(0);
}
