#ifndef SYMBIONT_GUEST_INTERNAL_H
#define SYMBIONT_GUEST_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "symbiont_guest.h"

// The numbers of the protocol; docs/guest-protocol.md explains them.
enum {
  protocol_magic = 0x424d5953,  // "SYMB" in memory.
  protocol_version = 1,
  header_bytes = 12,
  maximum_payload = 64 * 1024,
  maximum_request = 1024 * 1024,
  maximum_channels = 64,
  input_window = 128 * 1024,
  outgoing_high = 256 * 1024,
  // Above the mark comes at most one data frame and a short answer for every channel.
  outgoing_capacity = 512 * 1024,
};

enum frame_flag { flag_end = 1, flag_more = 2, flag_stream_shift = 4, flag_known = 0x33 };

enum frame_type {
  frame_hello = 0x01,
  frame_welcome = 0x02,
  frame_error = 0x03,
  frame_ping = 0x04,
  frame_pong = 0x05,
  frame_execute = 0x10,
  frame_data = 0x11,
  frame_credit = 0x12,
  frame_signal = 0x13,
  frame_resize = 0x14,
  frame_kill = 0x15,
  frame_upload = 0x20,
  frame_download = 0x21,
  frame_list = 0x22,
  frame_remove = 0x23,
  frame_make_directory = 0x24,
  frame_metrics = 0x30,
  frame_configure = 0x31,
  frame_reseed = 0x32,
  frame_freeze = 0x33,
  frame_shutdown = 0x34,
  frame_started = 0x40,
  frame_ended = 0x42,
  frame_done = 0x43,
  frame_file = 0x44,
  frame_entries = 0x45,
};

enum guest_error {
  error_protocol = 1,
  error_version = 2,
  error_unsupported = 3,
  error_too_many_channels = 4,
  error_malformed = 5,
  error_system = 6,
  error_command_not_found = 7,
  error_command_not_executable = 8,
  error_working_directory = 9,
  error_not_started = 10,
  error_identity = 11,
  error_path_escapes = 20,
  error_path_invalid = 21,
  error_not_found = 22,
  error_not_a_file = 23,
  error_no_space = 24,
  error_too_large = 25,
  error_too_many_entries = 26,
  error_aborted = 27,
};

enum stream { stream_input = 0, stream_output = 1, stream_error = 2 };

// MARK: Payloads

/// Takes values from a payload; after the first that is not there, everything is empty and `bad` is set.
struct reader {
  const uint8_t *next;
  size_t left;
  bool bad;
};

uint8_t read_u8(struct reader *reader);
uint16_t read_u16(struct reader *reader);
uint32_t read_u32(struct reader *reader);
uint64_t read_u64(struct reader *reader);
const uint8_t *read_bytes(struct reader *reader, uint32_t *length);
/// A string without zero bytes, copied and ended by one; to be freed. Null if it is not there.
char *read_string(struct reader *reader);

/// Collects a small payload; what does not fit is left out and `bad` is set.
struct writer {
  uint8_t *bytes;
  size_t capacity;
  size_t count;
  bool bad;
};

void write_u8(struct writer *writer, uint8_t value);
void write_u16(struct writer *writer, uint16_t value);
void write_u32(struct writer *writer, uint32_t value);
void write_u64(struct writer *writer, uint64_t value);
void write_string(struct writer *writer, const char *text);

// MARK: The connection

struct frame {
  uint8_t type;
  uint8_t flags;
  uint32_t channel;
  uint32_t length;
  const uint8_t *payload;
};

enum incoming { incoming_frame, incoming_none, incoming_closed, incoming_bad };

void connection_open(int reading, int writing);
void connection_reset(void);
int connection_reading(void);
int connection_writing(void);
/// Reads what there is and takes the next whole frame, valid until the next call.
enum incoming connection_next(struct frame *frame, const char **reason);
/// Whether there is room for a data frame; no input is taken and nothing is read from commands otherwise.
bool connection_has_room(void);
/// Whether a request has come that was not looked at.
bool connection_has_frame(void);
bool connection_has_output(void);
/// Writes what the descriptor takes; false when the host is gone.
bool connection_flush(void);
void send_frame(uint8_t type, uint8_t flags, uint32_t channel, const void *payload, size_t length);
/// Space for the payload of a data frame; `send_reserved` sends as much of it as was filled.
uint8_t *reserve_payload(size_t length);
void send_reserved(uint8_t type, uint8_t flags, uint32_t channel, size_t length);
void send_error(uint32_t channel, enum guest_error code, int number, const char *message);
void send_done(uint32_t channel, const void *payload, size_t length);
void send_credit(uint32_t channel, enum stream stream, uint32_t bytes);

// MARK: Channels

enum channel_kind { channel_free, channel_execution, channel_upload, channel_download, channel_list, channel_worker };

/// The role of a descriptor in the event loop.
enum role { role_input, role_output, role_error, role_control, role_count };

struct channel {
  enum channel_kind kind;
  uint32_t id;
  bool is_open;  // The host still knows it; a background execution outlives its channel.
  int descriptors[role_count];
  bool watched[role_count];

  // Executions and workers.
  pid_t process;
  bool terminal;
  bool keeps_background;
  bool reported;
  bool kill_asked;
  uint64_t kill_deadline;
  uint32_t credit[3];
  uint32_t owed;
  bool input_ended;
  uint8_t *input;
  uint32_t input_start, input_count;

  // Transfers.
  int directory;
  char *temporary;
  char *name;
  uint32_t mode;
  uint64_t left;
  uint64_t offset;
  void *listing;
};

extern struct channel channels[];
extern const size_t channel_slots;

struct channel *channel_find(uint32_t id);
/// A free place; null after an error was sent.
struct channel *channel_open(uint32_t id, enum channel_kind kind);
void channel_close(struct channel *channel);
/// Kills what lost its reaper; called when somebody killed one.
void sweep_begin(void);
void strays_end(bool keeps_background);
/// Asks the event loop to report a descriptor of the channel, or not to.
void channel_watch(struct channel *channel, enum role role, bool wanted);
void channel_drop(struct channel *channel, enum role role);

// MARK: Settings

struct settings {
  char *workspace;
  uid_t uid;
  gid_t gid;
  bool has_identity;
  char **environment;
  size_t environment_count;
};

extern struct settings settings;
void settings_reset(void);

// MARK: Requests

void execution_start(uint32_t id, struct reader *reader);
void execution_event(struct channel *channel, enum role role);
void execution_input(struct channel *channel, const struct frame *frame);
void execution_credit(struct channel *channel, enum stream stream, uint32_t bytes);
void execution_signal(struct channel *channel, struct reader *reader);
void execution_resize(struct channel *channel, struct reader *reader);
void execution_kill(struct channel *channel);
/// Reads what an ended command left in its streams; nothing may ever announce that there is no more.
void execution_drain(struct channel *channel);
/// Kills a reaper that did not do what it was told.
int terminal_signal(int guest_end, const uint8_t *bytes, size_t count);
void execution_check(struct channel *channel, uint64_t now);

void upload_start(uint32_t id, struct reader *reader);
void upload_data(struct channel *channel, const struct frame *frame);
void download_start(uint32_t id, struct reader *reader);
void download_pump(struct channel *channel);
void list_start(uint32_t id, struct reader *reader);
void list_pump(struct channel *channel);
void transfer_abort(struct channel *channel);
void closedir_listing(struct channel *channel);
void make_directory(uint32_t id, struct reader *reader);

void remove_start(uint32_t id, struct reader *reader);
void freeze_start(uint32_t id, struct reader *reader);
void worker_event(struct channel *channel);

void metrics_send(uint32_t id);
void configure(uint32_t id, struct reader *reader);
void reseed(uint32_t id, struct reader *reader);

// MARK: Paths

/// Opens the directory that is the workspace.
int workspace_open(void);
/// Opens a path below a directory; -1 and `errno` otherwise: `EXDEV` when it leads out.
int open_beneath(int root, const char *path, int flags, mode_t mode);
/// Opens the directory of a path's last part, which is returned in `name`; to be freed.
int open_parent(int root, const char *path, bool make, char **name);
/// Whether a path is relative and has neither `..` nor empty names; the error is sent otherwise.
bool path_check(uint32_t id, const char *path, bool allows_root);
void send_path_error(uint32_t id, const char *path, int number);
const char *kind_name(mode_t mode);
/// Acts on files as the user that commands run as, until `identity_leave`.
void identity_enter(void);
void identity_leave(void);

// MARK: Processes

struct limit {
  int resource;
  struct rlimit value;
};

/// All that a reaper needs to start a command.
struct plan {
  char **arguments;
  char **environment;
  char *directory;
  uid_t uid;
  gid_t gid;
  bool changes_identity;
  bool gains_privileges;
  bool keeps_background;
  bool terminal;
  uint64_t timeout;
  struct limit *limits;
  size_t limit_count;
  int input, output, error;  // The command's ends.
  int control;
  int kept_output, kept_error;  // The guest's ends, read on for what stays in the background.
};

enum order_kind { order_kill = 1, order_signal = 2, order_detach = 3, order_signal_group = 4 };

struct order {
  uint32_t kind;
  int32_t value;
};

enum report_kind { report_started = 1, report_failed = 2, report_ended = 3, report_worked = 4 };

struct report {
  uint32_t kind;
  int32_t number;   // The process, the error number, or the wait status.
  uint32_t detail;  // An error code, or the flags of the end.
  uint64_t elapsed;
  uint64_t user_time, system_time;
  uint64_t peak_memory;
};

enum ended_flag { ended_timed_out = 1, ended_killed = 2, ended_survivors = 4, ended_lost = 8 };

_Noreturn void reaper_run(struct plan *plan);
/// Starts the command of a plan; the process, or -1 with the error code and number.
pid_t spawn(const struct plan *plan, enum guest_error *code, int *number);
/// Keeps only some descriptors, which become 3, 4 and so on.
void keep_descriptors(int **kept, size_t count);
/// Closes every descriptor from a number on.
void close_from(int first);
/// Stops and kills the descendants of a process, without those below the processes left out; how many were found.
size_t tree_kill(pid_t root, const pid_t *left_out, size_t left_out_count);

uint64_t monotonic_now(void);
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

// MARK: Trials

/// Goes for a limit; the exit code of the command.
int guest_trial(const char *what);

#endif
