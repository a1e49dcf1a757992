#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

enum execution_flag {
  execution_has_input = 1,
  execution_terminal = 2,
  execution_keeps_background = 4,
  execution_gains_privileges = 8,
  execution_known = 15,
};

enum { unset_identity = 0xffffffffu, maximum_limits = 16, end_of_transmission = 4 };

/// How long a reaper has to kill its tree before it is killed itself, and its orphans by the guest.
static const uint64_t reaper_patience = 15ull * 1000000000u;

struct execution {
  struct plan plan;
  uint32_t flags;
  uint16_t rows, columns;
  uint32_t output_credit, error_credit;
  struct limit limits[maximum_limits];
};

// MARK: Reading the request

static char **read_strings(struct reader *reader, size_t *count) {
  uint32_t given = read_u32(reader);
  // Every string takes at least its length.
  if (reader->bad || given > reader->left / 4) {
    reader->bad = true;
    return NULL;
  }
  char **strings = calloc((size_t)given + 1, sizeof *strings);
  for (*count = 0; strings && *count < given; (*count)++) {
    strings[*count] = read_string(reader);
    if (!strings[*count]) break;
  }
  if (!strings) reader->bad = true;
  return strings;
}

static void free_strings(char **strings) {
  for (char **next = strings; next && *next; next++) free(*next);
  free(strings);
}

static bool has_variable(char **environment, const char *entry) {
  const char *end = strchrnul(entry, '=');
  size_t length = (size_t)(end - entry);
  for (; *environment; environment++) {
    if (strncmp(*environment, entry, length) == 0 && (*environment)[length] == '=') return true;
  }
  return false;
}

/// Adds the configured variables that the request does not set itself.
static bool add_defaults(char ***environment, size_t count) {
  char **all = realloc(*environment, (count + settings.environment_count + 1) * sizeof *all);
  if (!all) return false;
  *environment = all;
  for (size_t index = 0; index < settings.environment_count; index++) {
    if (has_variable(all, settings.environment[index])) continue;
    all[count] = strdup(settings.environment[index]);
    if (!all[count]) return false;
    all[++count] = NULL;
  }
  return true;
}

static void read_identity(struct execution *execution, struct reader *reader) {
  uint32_t uid = read_u32(reader), gid = read_u32(reader);
  struct plan *plan = &execution->plan;
  plan->uid = uid != unset_identity ? uid : settings.has_identity ? settings.uid : geteuid();
  plan->gid = gid != unset_identity ? gid : settings.has_identity ? settings.gid : getegid();
  plan->changes_identity = plan->uid != geteuid() || plan->gid != getegid();
}

static void read_execution(struct execution *execution, struct reader *reader) {
  struct plan *plan = &execution->plan;
  execution->flags = read_u32(reader);
  execution->rows = read_u16(reader);
  execution->columns = read_u16(reader);
  plan->timeout = read_u64(reader);
  read_identity(execution, reader);
  execution->output_credit = read_u32(reader);
  execution->error_credit = read_u32(reader);
  plan->directory = read_string(reader);
  size_t argument_count = 0, environment_count = 0;
  plan->arguments = read_strings(reader, &argument_count);
  if (!reader->bad) plan->environment = read_strings(reader, &environment_count);
  uint32_t limit_count = reader->bad ? 0 : read_u32(reader);
  if (limit_count > maximum_limits) reader->bad = true;
  for (uint32_t index = 0; !reader->bad && index < limit_count; index++) {
    struct limit *limit = &execution->limits[index];
    limit->resource = (int)read_u32(reader);
    limit->value.rlim_cur = read_u64(reader);
    limit->value.rlim_max = read_u64(reader);
  }
  plan->limits = execution->limits;
  plan->limit_count = limit_count;
  plan->terminal = execution->flags & execution_terminal;
  plan->keeps_background = execution->flags & execution_keeps_background;
  plan->gains_privileges = execution->flags & execution_gains_privileges;
  if (reader->left || argument_count == 0 || (execution->flags & ~execution_known)) reader->bad = true;
  if (!reader->bad && !add_defaults(&plan->environment, environment_count)) reader->bad = true;
  if (!reader->bad && !*plan->directory) {
    free(plan->directory);
    plan->directory = strdup(settings.workspace);
    if (!plan->directory) reader->bad = true;
  }
}

// MARK: Streams

static void close_ends(struct plan *plan) {
  if (plan->input >= 0) close(plan->input);
  if (plan->output >= 0 && plan->output != plan->input) close(plan->output);
  if (plan->error >= 0 && plan->error != plan->input) close(plan->error);
  if (plan->control >= 0) close(plan->control);
}

/// Opens a terminal pair: the command's end becomes all three of its streams, the guest's end input and output.
static bool open_terminal(struct channel *channel, struct execution *execution) {
  // A terminal belongs to whoever opened it.
  identity_enter();
  int guest_end = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  identity_leave();
  if (guest_end < 0) return false;
  channel->descriptors[role_output] = guest_end;
  int unlocked = 0, number = 0;
  struct winsize size = {.ws_row = execution->rows, .ws_col = execution->columns};
  if (ioctl(guest_end, TIOCSPTLCK, &unlocked) != 0 || ioctl(guest_end, TIOCSWINSZ, &size) != 0) return false;
  int command_end = ioctl(guest_end, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (command_end < 0 && ioctl(guest_end, TIOCGPTN, &number) == 0) {
    char path[32];
    snprintf(path, sizeof path, "/dev/pts/%d", number);
    identity_enter();
    command_end = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    identity_leave();
  }
  if (command_end < 0) return false;
  execution->plan.input = execution->plan.output = execution->plan.error = command_end;
  channel->descriptors[role_input] = fcntl(guest_end, F_DUPFD_CLOEXEC, 0);
  return channel->descriptors[role_input] >= 0;
}

static bool open_pipe(int *guest_end, int *command_end, bool guest_reads) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  *guest_end = ends[guest_reads ? 0 : 1];
  *command_end = ends[guest_reads ? 1 : 0];
  return fcntl(*guest_end, F_SETFL, O_NONBLOCK) == 0;
}

static bool open_streams(struct channel *channel, struct execution *execution) {
  struct plan *plan = &execution->plan;
  plan->input = plan->output = plan->error = plan->control = -1;
  int control[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0) return false;
  channel->descriptors[role_control] = control[0];
  plan->control = control[1];
  if (plan->terminal) return open_terminal(channel, execution);
  if (!open_pipe(&channel->descriptors[role_input], &plan->input, false)) return false;
  if (!(execution->flags & execution_has_input)) channel_drop(channel, role_input);
  return open_pipe(&channel->descriptors[role_output], &plan->output, true)
    && open_pipe(&channel->descriptors[role_error], &plan->error, true);
}

// MARK: Starting

static void watch_streams(struct channel *channel) {
  for (int stream = stream_output; stream <= stream_error; stream++) {
    channel_watch(channel, (enum role)stream, channel->credit[stream] > 0 || channel->reported);
  }
}

static void start(struct channel *channel, struct execution *execution) {
  struct plan *plan = &execution->plan;
  if (!open_streams(channel, execution)) {
    send_error(channel->id, error_not_started, errno, "the streams of the command could not be made");
    close_ends(plan);
    channel_close(channel);
    return;
  }
  plan->kept_output = channel->descriptors[role_output];
  plan->kept_error = channel->descriptors[role_error];
  channel->terminal = plan->terminal;
  channel->keeps_background = plan->keeps_background;
  channel->credit[stream_output] = execution->output_credit;
  channel->credit[stream_error] = execution->error_credit;
  channel->credit[stream_input] = input_window;
  channel->process = fork();
  if (channel->process == 0) reaper_run(plan);
  int number = errno;
  close_ends(plan);
  if (channel->process < 0) {
    send_error(channel->id, error_not_started, number, "the process of the command could not be made");
    channel_close(channel);
    return;
  }
  channel_watch(channel, role_control, true);
  watch_streams(channel);
}

void execution_start(uint32_t id, struct reader *reader) {
  struct execution execution = {0};
  read_execution(&execution, reader);
  if (reader->bad) {
    send_error(id, error_malformed, 0, "the request to run a command is malformed");
  } else {
    struct channel *channel = channel_open(id, channel_execution);
    if (channel) start(channel, &execution);
  }
  free(execution.plan.directory);
  free_strings(execution.plan.arguments);
  free_strings(execution.plan.environment);
}

// MARK: What the reaper reports

static void close_if_over(struct channel *channel) {
  if (!channel->reported) return;
  if (channel->descriptors[role_output] >= 0 || channel->descriptors[role_error] >= 0) return;
  if (channel->keeps_background && channel->descriptors[role_control] >= 0) {
    // The channel's number is free again; the place is kept until the background is gone.
    struct order order = {order_detach, 0};
    send(channel->descriptors[role_control], &order, sizeof order, MSG_NOSIGNAL | MSG_DONTWAIT);
    channel_drop(channel, role_input);
    channel->is_open = false;
    return;
  }
  channel_close(channel);
}

static void send_end(struct channel *channel, const struct report *report) {
  uint8_t bytes[64];
  struct writer writer = {bytes, sizeof bytes, 0, false};
  bool is_signalled = WIFSIGNALED(report->number);
  write_u8(&writer, is_signalled);
  write_u8(&writer, (uint8_t)report->detail);
  write_u16(&writer, 0);
  write_u32(&writer, (uint32_t)(is_signalled ? WTERMSIG(report->number) : WEXITSTATUS(report->number)));
  write_u64(&writer, report->elapsed);
  write_u64(&writer, report->user_time);
  write_u64(&writer, report->system_time);
  write_u64(&writer, report->peak_memory);
  send_frame(frame_ended, 0, channel->id, bytes, writer.count);
  channel->reported = true;
  channel_drop(channel, role_input);
  watch_streams(channel);
  close_if_over(channel);
}

static void send_failure(struct channel *channel, const struct report *report) {
  send_error(channel->id, (enum guest_error)report->detail, report->number, strerror(report->number));
  channel->reported = true;
  channel_close(channel);
}

static void take_report(struct channel *channel) {
  struct report report;
  ssize_t count = recv(channel->descriptors[role_control], &report, sizeof report, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count != sizeof report) {
    channel_drop(channel, role_control);
    if (!channel->is_open) {
      channel_close(channel);
    } else if (!channel->reported) {
      // Somebody killed the reaper. Its orphans are the guest's now, and it kills what it does not know.
      sweep_begin();
      send_end(channel, &(struct report){.number = SIGKILL, .detail = ended_lost | ended_killed});
    } else {
      close_if_over(channel);
    }
    return;
  }
  uint8_t bytes[4];
  struct writer writer = {bytes, sizeof bytes, 0, false};
  switch (report.kind) {
  case report_started:
    write_u32(&writer, (uint32_t)report.number);
    send_frame(frame_started, 0, channel->id, bytes, writer.count);
    return;
  case report_failed: return send_failure(channel, &report);
  case report_ended:
    channel->reported = true;
    strays_end(channel->keeps_background);
    return send_end(channel, &report);
  }
}

// MARK: Output

static void end_stream(struct channel *channel, enum role role) {
  channel_drop(channel, role);
  send_frame(frame_data, (uint8_t)(role << flag_stream_shift | flag_end), channel->id, NULL, 0);
  close_if_over(channel);
}

static void pump_output(struct channel *channel, enum role role) {
  uint32_t allowed = channel->credit[role];
  if (allowed > maximum_payload) allowed = maximum_payload;
  if (allowed == 0) return channel_watch(channel, role, false);
  uint8_t *space = reserve_payload(allowed);
  if (!space) return;
  ssize_t count = read(channel->descriptors[role], space, allowed);
  if (count > 0) {
    channel->credit[role] -= (uint32_t)count;
    send_reserved(frame_data, (uint8_t)(role << flag_stream_shift), channel->id, (size_t)count);
    if (channel->credit[role] == 0) channel_watch(channel, role, false);
    return;
  }
  bool is_empty = count < 0 && (errno == EAGAIN || errno == EINTR);
  // Nobody of the command's tree is left to write, but its descriptor may have been passed to a neighbour.
  if (is_empty && !channel->reported) return;
  end_stream(channel, role);
}

// MARK: Input

static void give_order(struct channel *channel, enum order_kind kind, int value) {
  struct order order = {kind, value};
  if (channel->descriptors[role_control] < 0) return;
  send(channel->descriptors[role_control], &order, sizeof order, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void settle_input(struct channel *channel, uint32_t taken) {
  channel->owed += taken;
  if (channel->owed < input_window / 4 && channel->input_count) return;
  if (!channel->owed) return;
  channel->credit[stream_input] += channel->owed;
  send_credit(channel->id, stream_input, channel->owed);
  channel->owed = 0;
}

static void end_input(struct channel *channel) {
  uint8_t end = end_of_transmission;
  if (channel->terminal && write(channel->descriptors[role_input], &end, 1) < 0) return;
  if (!channel->terminal) channel_drop(channel, role_input);
}

static void pump_input(struct channel *channel) {
  while (channel->input_count) {
    uint8_t *next = channel->input + channel->input_start;
    ssize_t count = write(channel->descriptors[role_input], next, channel->input_count);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return channel_watch(channel, role_input, true);
    if (count < 0) {
      // The command does not read any more; what comes is thrown away.
      uint32_t rest = channel->input_count;
      channel->input_count = 0;
      channel_drop(channel, role_input);
      return settle_input(channel, rest);
    }
    int number = channel->terminal ? terminal_signal(channel->descriptors[role_input], next, (size_t)count) : 0;
    if (number) give_order(channel, order_signal_group, number);
    channel->input_start += (uint32_t)count;
    channel->input_count -= (uint32_t)count;
    settle_input(channel, (uint32_t)count);
  }
  channel->input_start = 0;
  channel_watch(channel, role_input, false);
  if (channel->input_ended) end_input(channel);
}

void execution_input(struct channel *channel, const struct frame *frame) {
  if (channel->input_ended) return;
  channel->credit[stream_input] -= frame->length;
  channel->input_ended = frame->flags & flag_end;
  if (channel->descriptors[role_input] < 0) return settle_input(channel, frame->length);
  if (frame->length && !channel->input) channel->input = malloc(input_window);
  if (frame->length && !channel->input) return execution_kill(channel);
  if (frame->length && channel->input_start) {
    memmove(channel->input, channel->input + channel->input_start, channel->input_count);
    channel->input_start = 0;
  }
  // The credit keeps the count within the window.
  if (frame->length) memcpy(channel->input + channel->input_count, frame->payload, frame->length);
  channel->input_count += frame->length;
  pump_input(channel);
}

void execution_event(struct channel *channel, enum role role) {
  switch (role) {
  case role_control: return take_report(channel);
  case role_input: return pump_input(channel);
  default: return pump_output(channel, role);
  }
}

// MARK: Orders

void execution_credit(struct channel *channel, enum stream stream, uint32_t bytes) {
  if (stream != stream_output && stream != stream_error) return;
  uint32_t room = UINT32_MAX - channel->credit[stream];
  channel->credit[stream] += bytes < room ? bytes : room;
  if (channel->descriptors[stream] >= 0) channel_watch(channel, (enum role)stream, true);
}

void execution_signal(struct channel *channel, struct reader *reader) {
  uint32_t number = read_u32(reader);
  if (!reader->bad && number > 0 && number < NSIG) give_order(channel, order_signal, (int)number);
}

void execution_resize(struct channel *channel, struct reader *reader) {
  struct winsize size = {0};
  size.ws_row = read_u16(reader);
  size.ws_col = read_u16(reader);
  if (!reader->bad && channel->terminal && channel->descriptors[role_output] >= 0) {
    ioctl(channel->descriptors[role_output], TIOCSWINSZ, &size);
  }
}

void execution_kill(struct channel *channel) {
  if (channel->reported) {
    // The command is over; this gives up the rest of its output.
    for (int role = role_output; role <= role_error; role++) {
      if (channel->descriptors[role] < 0) continue;
      channel_drop(channel, (enum role)role);
      send_frame(frame_data, (uint8_t)(role << flag_stream_shift | flag_end), channel->id, NULL, 0);
    }
    return close_if_over(channel);
  }
  give_order(channel, order_kill, 0);
  if (!channel->kill_asked) channel->kill_deadline = monotonic_now() + reaper_patience;
  channel->kill_asked = true;
}

void execution_drain(struct channel *channel) {
  for (int role = role_output; role <= role_error; role++) {
    while (channel->reported && channel->descriptors[role] >= 0 && channel->credit[role] && connection_has_room()) {
      pump_output(channel, (enum role)role);
    }
  }
}

void execution_check(struct channel *channel, uint64_t now) {
  if (channel->kill_asked && !channel->reported && channel->process > 0 && now >= channel->kill_deadline) {
    kill(channel->process, SIGKILL);
  }
}
