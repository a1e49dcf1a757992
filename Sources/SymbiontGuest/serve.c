#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "loop.h"

enum { token_reading = 0xfffffff0u, token_children = 0xfffffff1u, maximum_events = 64 };

/// How often, and how long each time, what commands have left is waited for to end.
enum { stray_rounds = 1000, stray_milliseconds = 5 };

/// How often something is looked at that no event announces: a reaper that hangs, orphans being killed, a virtual
/// machine's channel that has no host.
enum { tick_milliseconds = 50 };

static struct {
  int events;
  int children;
  bool is_machine;
  bool is_ending;
  bool is_sweeping;
  bool host_is_gone;
  /// A command may have left something in the background, which cannot be told apart from strays.
  bool has_background;
} loop;

int loop_descriptor(void) { return loop.events; }
uint32_t loop_token(uint32_t channel, enum role role) { return channel * role_count + role; }
void loop_end(void) { loop.is_ending = true; }
void sweep_begin(void) { loop.is_sweeping = true; }

// MARK: Processes

static void collect_children(void) {
  struct signalfd_siginfo information;
  while (read(loop.children, &information, sizeof information) > 0) {}
  pid_t process;
  while ((process = waitpid(-1, NULL, WNOHANG)) > 0) {
    for (size_t index = 0; index < channel_slots; index++) {
      if (channels[index].process == process) channels[index].process = 0;
    }
  }
}

/// Kills every child that is neither a reaper nor a worker; how many there were.
static size_t sweep(void) {
  pid_t known[2 * maximum_channels];
  size_t count = 0;
  for (size_t index = 0; index < channel_slots; index++) {
    if (channels[index].kind != channel_free && channels[index].process > 0) known[count++] = channels[index].process;
  }
  size_t found = tree_kill(getpid(), known, count);
  collect_children();
  return found;
}

/// Whether another command runs, whose strays cannot be told apart either.
static bool is_any_running(void) {
  for (size_t index = 0; index < channel_slots; index++) {
    if (channels[index].kind == channel_execution && !channels[index].reported) return true;
  }
  return false;
}

/// Kills what commands have left that is the guest's child, once the last of them has ended.
///
/// There is such only where a kernel knows no subreapers, as gVisor's: what loses its parents is not its reaper's then.
void strays_end(bool keeps_background) {
  if (keeps_background) loop.has_background = true;
  if (loop.has_background || is_any_running()) return;
  struct pollfd ended = {loop.children, POLLIN, 0};
  for (int round = 0; round < stray_rounds && sweep() > 0; round++) poll(&ended, 1, stray_milliseconds);
}

/// Without their channels the reapers kill their trees and end; who has lost a reaper is killed here.
void end_everything(void) {
  for (size_t index = 0; index < channel_slots; index++) {
    if (channels[index].kind == channel_free) continue;
    // The process of a closed channel is known no longer, so one that hangs is killed below.
    channel_close(&channels[index]);
  }
  struct pollfd ended = {loop.children, POLLIN, 0};
  for (int round = 0; round < 400; round++) {
    collect_children();
    if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD) return;
    // The reapers are given a second; then they go with all the rest.
    if (round >= 100) sweep();
    poll(&ended, 1, 10);
  }
  log_line("symbi-guest: some processes could not be killed");
}

// MARK: Events

static void handle_incoming(void) {
  struct frame frame;
  const char *reason = NULL;
  while (!loop.is_ending && connection_has_room()) {
    enum guest_error code = error_protocol;
    switch (connection_next(&frame, &reason)) {
    case incoming_frame: reason = dispatch(&frame, &code); break;
    case incoming_none: return;
    case incoming_closed: loop.host_is_gone = true; return;
    case incoming_bad: break;
    }
    if (!reason) continue;
    log_line("symbi-guest: %s", reason);
    send_error(0, code, 0, reason);
    connection_flush();
    loop.host_is_gone = true;
    return;
  }
}

static void handle_channel(uint32_t token) {
  struct channel *channel = &channels[token / role_count];
  enum role role = (enum role)(token % role_count);
  // An event before in this round may have closed it.
  if (channel->kind == channel_free || channel->descriptors[role] < 0 || !channel->watched[role]) return;
  if (channel->kind == channel_worker) worker_event(channel);
  else if (connection_has_room() || role == role_input) execution_event(channel, role);
}

/// Whether a channel could go on without anything coming from outside.
static bool has_work(const struct channel *channel) {
  switch (channel->kind) {
  case channel_download: return channel->credit[stream_output] > 0;
  case channel_list: return true;
  case channel_execution:
    for (int role = role_output; role <= role_error; role++) {
      if (channel->reported && channel->descriptors[role] >= 0 && channel->credit[role] > 0) return true;
    }
    return false;
  default: return false;
  }
}

/// Goes on with what waits for room or credit; whether some of it is still not done and waits for neither.
static bool pump(void) {
  bool has_more = false;
  for (size_t index = 0; index < channel_slots; index++) {
    struct channel *channel = &channels[index];
    if (channel->kind == channel_execution && channel->reported) execution_drain(channel);
    if (channel->kind == channel_download) download_pump(channel);
    if (channel->kind == channel_list) list_pump(channel);
    has_more = has_work(channel) || has_more;
  }
  return has_more;
}

static bool needs_tick(void) {
  bool needed = loop.is_sweeping;
  for (size_t index = 0; index < channel_slots; index++) {
    if (channels[index].kind == channel_execution && channels[index].kill_asked) needed = true;
  }
  return needed;
}

static void tick(void) {
  uint64_t now = monotonic_now();
  for (size_t index = 0; index < channel_slots; index++) {
    if (channels[index].kind == channel_execution) execution_check(&channels[index], now);
  }
  if (loop.is_sweeping && sweep() == 0) loop.is_sweeping = false;
}

/// Waits until the host has read something; commands and requests wait meanwhile.
static void await_room(void) {
  struct pollfd waiting[2] = {{connection_writing(), POLLOUT, 0}, {loop.children, POLLIN, 0}};
  poll(waiting, 2, -1);
  if (waiting[1].revents) collect_children();
}

/// Takes what has come, and waits for it unless there is work to go on with.
static void await_events(bool has_work) {
  struct epoll_event events[maximum_events];
  struct pollfd waiting[2] = {{loop.events, POLLIN, 0}, {connection_writing(), POLLOUT, 0}};
  int timeout = has_work ? 0 : needs_tick() ? tick_milliseconds : -1;
  int count = 0;
  // Requests that had come before there was no room: nothing tells of them again.
  if (connection_has_frame()) {
    handle_incoming();
    timeout = 0;
  }
  if (connection_has_output()) {
    poll(waiting, 2, timeout);
    timeout = 0;
  }
  count = epoll_wait(loop.events, events, maximum_events, timeout);
  for (int index = 0; index < count; index++) {
    uint32_t token = events[index].data.u32;
    if (token == token_reading) handle_incoming();
    else if (token == token_children) collect_children();
    else handle_channel(token);
  }
  if (needs_tick()) tick();
}

static void run_session(void) {
  loop.host_is_gone = false;
  loop.has_background = false;
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = token_reading};
  if (epoll_ctl(loop.events, EPOLL_CTL_ADD, connection_reading(), &event) != 0) {
    log_line("symbi-guest: the channel to the host cannot be waited on: %s", strerror(errno));
    return;
  }
  while (!loop.host_is_gone) {
    bool has_more = pump();
    if (!connection_flush()) break;
    if (loop.is_ending && !connection_has_output()) break;
    if (connection_has_room()) await_events(has_more);
    else await_room();
  }
  epoll_ctl(loop.events, EPOLL_CTL_DEL, connection_reading(), NULL);
  end_everything();
  connection_reset();
  dispatch_reset();
}

// MARK: Start and end

static void set_up_signals(void) {
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGCHLD);
  sigprocmask(SIG_SETMASK, &blocked, NULL);
  loop.children = signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// Nothing that the engine had open may reach a command.
static void close_inherited(int reading, int writing) {
  int last = reading > writing ? reading : writing;
  if (last < 2) last = 2;
  close_from(last + 1);
}

int symbiont_guest_serve(int reading, int writing, bool is_machine) {
  close_inherited(reading, writing);
  set_up_signals();
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  umask(022);
  // No command of the same user may read the guest's memory or trace it.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  fcntl(reading, F_SETFL, fcntl(reading, F_GETFL) | O_NONBLOCK);
  fcntl(writing, F_SETFL, fcntl(writing, F_GETFL) | O_NONBLOCK);
  connection_open(reading, writing);
  settings_reset();
  loop.is_machine = is_machine;
  loop.events = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = token_children};
  if (loop.events < 0 || loop.children < 0 || epoll_ctl(loop.events, EPOLL_CTL_ADD, loop.children, &event) != 0) {
    log_line("symbi-guest: the event loop could not be made: %s", strerror(errno));
    return 2;
  }
  do {
    run_session();
    // A machine's channel reads as closed until the next host opens it.
    if (is_machine && !loop.is_ending) poll(NULL, 0, tick_milliseconds);
  } while (is_machine && !loop.is_ending);
  if (is_machine) {
    sync();
    reboot(RB_POWER_OFF);
  }
  return 0;
}
