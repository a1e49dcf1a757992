#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "internal.h"
#include "loop.h"

static bool is_greeted;

void dispatch_reset(void) { is_greeted = false; }

static void send_welcome(void) {
  uint8_t bytes[1024];
  struct writer writer = {bytes, sizeof bytes, 0, false};
  struct utsname kernel;
  char identity[64] = "";
  uname(&kernel);
  FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
  if (file) {
    if (fgets(identity, sizeof identity, file)) identity[strcspn(identity, "\n")] = 0;
    fclose(file);
  }
  write_u16(&writer, protocol_version);
  write_u16(&writer, maximum_channels);
  write_u32(&writer, (uint32_t)getpid());
  write_u64(&writer, 0);
  write_string(&writer, kernel.release);
  write_string(&writer, kernel.nodename);
  write_string(&writer, identity);
  send_frame(frame_welcome, 0, 0, bytes, writer.count);
}

/// A greeting begins a session; what an earlier one left is ended.
static const char *greet(struct reader *reader, enum guest_error *code) {
  uint32_t magic = read_u32(reader);
  uint16_t lowest = read_u16(reader), highest = read_u16(reader);
  read_u64(reader);  // The features that the host knows; version 1 has none.
  if (reader->bad || reader->left || magic != protocol_magic) return "the greeting is malformed";
  if (lowest > protocol_version || highest < protocol_version) {
    *code = error_version;
    return "only version 1 of the protocol is spoken here";
  }
  if (is_greeted) end_everything();
  is_greeted = true;
  settings_reset();
  send_welcome();
  return NULL;
}

static const char *answer_ping(const struct frame *frame) {
  if (frame->length > 64) return "the ping is too long";
  send_frame(frame_pong, 0, frame->channel, frame->payload, frame->length);
  return NULL;
}

/// Handles a frame about an open request.
///
/// The host may send one before it learns that the request ended, so one about no request is no error.
static const char *dispatch_to_channel(struct channel *channel, const struct frame *frame, struct reader *reader) {
  enum stream stream = (enum stream)(frame->flags >> flag_stream_shift);
  switch (frame->type) {
  case frame_data:
    if (stream != stream_input || (frame->flags & flag_more)) return "data is for another stream than the input";
    if (channel && frame->length > channel->credit[stream_input]) return "more data was sent than there was credit for";
    if (channel && channel->kind == channel_execution) execution_input(channel, frame);
    else if (channel && channel->kind == channel_upload) upload_data(channel, frame);
    return NULL;
  case frame_credit: {
    uint32_t bytes = read_u32(reader);
    if (reader->bad || reader->left) return "the credit is malformed";
    if (channel && channel->kind == channel_execution) execution_credit(channel, stream, bytes);
    if (channel && channel->kind == channel_download) {
      uint32_t room = UINT32_MAX - channel->credit[stream_output];
      channel->credit[stream_output] += bytes < room ? bytes : room;
    }
    return NULL;
  }
  case frame_signal:
    if (channel && channel->kind == channel_execution) execution_signal(channel, reader);
    return NULL;
  case frame_resize:
    if (channel && channel->kind == channel_execution) execution_resize(channel, reader);
    return NULL;
  default:
    if (!channel) return NULL;
    if (channel->kind == channel_execution) {
      execution_kill(channel);
    } else if (channel->kind != channel_worker) {
      send_error(channel->id, error_aborted, 0, "the host gave up the request");
      channel_close(channel);
    }
    return NULL;
  }
}

/// Begins a request, which has a channel of its own.
static const char *dispatch_request(const struct frame *frame, struct reader *reader) {
  uint32_t id = frame->channel;
  if (channel_find(id)) return "the channel of the request is in use";
  switch (frame->type) {
  case frame_execute: execution_start(id, reader); break;
  case frame_upload: upload_start(id, reader); break;
  case frame_download: download_start(id, reader); break;
  case frame_list: list_start(id, reader); break;
  case frame_remove: remove_start(id, reader); break;
  case frame_make_directory: make_directory(id, reader); break;
  case frame_metrics: metrics_send(id); break;
  case frame_configure: configure(id, reader); break;
  case frame_reseed: reseed(id, reader); break;
  case frame_freeze: freeze_start(id, reader); break;
  case frame_shutdown:
    end_everything();
    sync();
    send_done(id, NULL, 0);
    loop_end();
    break;
  default: return "the type of the frame is unknown";
  }
  return NULL;
}

const char *dispatch(const struct frame *frame, enum guest_error *code) {
  struct reader reader = {frame->payload, frame->length, false};
  *code = error_protocol;
  bool takes_stream = frame->type == frame_data || frame->type == frame_credit;
  if (!takes_stream && frame->flags) return "the frame has flags that its type does not have";
  if (frame->type == frame_hello) return frame->channel ? "the greeting has a channel" : greet(&reader, code);
  if (!is_greeted) return "the first frame is no greeting";
  if (frame->type == frame_ping) return answer_ping(frame);
  if (!frame->channel) return "the frame has no channel";
  if (frame->type >= frame_data && frame->type <= frame_kill) {
    return dispatch_to_channel(channel_find(frame->channel), frame, &reader);
  }
  return dispatch_request(frame, &reader);
}
