#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

static struct {
  int reading, writing;
  size_t incoming_start, incoming_count;
  size_t outgoing_start, outgoing_end;
  bool assembling;
  struct frame request;
  uint8_t *assembled;
  uint8_t incoming[2 * (maximum_payload + header_bytes)];
  uint8_t outgoing[outgoing_capacity];
} connection;

void connection_open(int reading, int writing) {
  connection.reading = reading;
  connection.writing = writing;
  connection_reset();
}

void connection_reset(void) {
  connection.incoming_start = connection.incoming_count = 0;
  connection.outgoing_start = connection.outgoing_end = 0;
  connection.assembling = false;
  free(connection.assembled);
  connection.assembled = NULL;
}

int connection_reading(void) { return connection.reading; }
int connection_writing(void) { return connection.writing; }

// MARK: Incoming

static uint32_t little_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/// Takes a frame out of the buffer, if it holds a whole one.
static enum incoming take_frame(struct frame *frame, const char **reason) {
  if (connection.incoming_count < header_bytes) return incoming_none;
  const uint8_t *header = connection.incoming + connection.incoming_start;
  frame->length = little_endian(header);
  frame->type = header[4];
  frame->flags = header[5];
  frame->channel = little_endian(header + 8);
  frame->payload = header + header_bytes;
  if (frame->length > maximum_payload) *reason = "the frame is too long";
  if (frame->flags & ~flag_known) *reason = "the frame has unknown flags";
  if (header[6] || header[7]) *reason = "the reserved bytes of the frame are not zero";
  if (*reason) return incoming_bad;
  size_t whole = header_bytes + frame->length;
  if (connection.incoming_count < whole) return incoming_none;
  connection.incoming_start += whole;
  connection.incoming_count -= whole;
  return incoming_frame;
}

/// Joins the parts of a request that is longer than a frame; they follow each other.
static enum incoming assemble(struct frame *frame, const char **reason) {
  bool has_more = frame->type != frame_data && (frame->flags & flag_more);
  if (!connection.assembling && !has_more) return incoming_frame;
  if (!connection.assembling) {
    connection.assembling = true;
    connection.request = *frame;
    connection.request.length = 0;
    connection.assembled = malloc(maximum_request);
  }
  if (frame->type != connection.request.type || frame->channel != connection.request.channel) {
    *reason = "the parts of a request do not follow each other";
  } else if (!connection.assembled) {
    *reason = "there is no memory for the request";
  } else if (connection.request.length + frame->length > maximum_request) {
    *reason = "the request is too long";
  }
  if (*reason) return incoming_bad;
  memcpy(connection.assembled + connection.request.length, frame->payload, frame->length);
  connection.request.length += frame->length;
  if (has_more) return incoming_none;
  connection.assembling = false;
  *frame = connection.request;
  frame->flags &= (uint8_t)~flag_more;
  frame->payload = connection.assembled;
  return incoming_frame;
}

enum incoming connection_next(struct frame *frame, const char **reason) {
  *reason = NULL;
  if (!connection.assembling) {
    free(connection.assembled);
    connection.assembled = NULL;
  }
  while (true) {
    enum incoming taken = take_frame(frame, reason);
    if (taken == incoming_frame) taken = assemble(frame, reason);
    else if (taken == incoming_none) {
      memmove(connection.incoming, connection.incoming + connection.incoming_start, connection.incoming_count);
      connection.incoming_start = 0;
      uint8_t *end = connection.incoming + connection.incoming_count;
      ssize_t count = read(connection.reading, end, sizeof connection.incoming - connection.incoming_count);
      if (count > 0) {
        connection.incoming_count += (size_t)count;
        continue;
      }
      if (count == 0) return incoming_closed;
      if (errno == EINTR) continue;
      return errno == EAGAIN ? incoming_none : incoming_closed;
    }
    if (taken != incoming_none) return taken;
  }
}

bool connection_has_frame(void) {
  if (connection.incoming_count < header_bytes) return false;
  uint32_t length = little_endian(connection.incoming + connection.incoming_start);
  // One that is too long is refused without the rest of it.
  return length > maximum_payload || connection.incoming_count >= header_bytes + length;
}

// MARK: Outgoing

bool connection_has_output(void) { return connection.outgoing_end > connection.outgoing_start; }

bool connection_has_room(void) {
  return connection.outgoing_end - connection.outgoing_start <= outgoing_high;
}

bool connection_flush(void) {
  while (connection_has_output()) {
    ssize_t count = write(
      connection.writing, connection.outgoing + connection.outgoing_start,
      connection.outgoing_end - connection.outgoing_start);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    connection.outgoing_start += (size_t)count;
  }
  connection.outgoing_start = connection.outgoing_end = 0;
  return true;
}

uint8_t *reserve_payload(size_t length) {
  size_t needed = header_bytes + length;
  if (outgoing_capacity - connection.outgoing_end < needed) {
    size_t count = connection.outgoing_end - connection.outgoing_start;
    memmove(connection.outgoing, connection.outgoing + connection.outgoing_start, count);
    connection.outgoing_start = 0;
    connection.outgoing_end = count;
  }
  if (outgoing_capacity - connection.outgoing_end < needed) return NULL;
  return connection.outgoing + connection.outgoing_end + header_bytes;
}

void send_reserved(uint8_t type, uint8_t flags, uint32_t channel, size_t length) {
  struct writer header = {connection.outgoing + connection.outgoing_end, header_bytes, 0, false};
  write_u32(&header, (uint32_t)length);
  write_u8(&header, type);
  write_u8(&header, flags);
  write_u16(&header, 0);
  write_u32(&header, channel);
  connection.outgoing_end += header_bytes + length;
}

void send_frame(uint8_t type, uint8_t flags, uint32_t channel, const void *payload, size_t length) {
  uint8_t *space = reserve_payload(length);
  // The marks leave room for every answer; a frame that had none would make the stream lie, so the guest ends instead.
  if (!space) _exit(3);
  if (length) memcpy(space, payload, length);
  send_reserved(type, flags, channel, length);
}

void send_error(uint32_t channel, enum guest_error code, int number, const char *message) {
  uint8_t bytes[512];
  struct writer writer = {bytes, sizeof bytes, 0, false};
  write_u16(&writer, (uint16_t)code);
  write_u32(&writer, (uint32_t)number);
  char text[400];
  snprintf(text, sizeof text, "%s", message);
  write_string(&writer, text);
  send_frame(frame_error, 0, channel, bytes, writer.count);
}

void send_done(uint32_t channel, const void *payload, size_t length) {
  send_frame(frame_done, 0, channel, payload, length);
}

void send_credit(uint32_t channel, enum stream stream, uint32_t bytes) {
  uint8_t payload[4];
  struct writer writer = {payload, sizeof payload, 0, false};
  write_u32(&writer, bytes);
  send_frame(frame_credit, (uint8_t)(stream << flag_stream_shift), channel, payload, writer.count);
}

// MARK: Time and log

uint64_t monotonic_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void log_line(const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text - 1, format, arguments);
  va_end(arguments);
  if (length < 0) return;
  size_t count = (size_t)length < sizeof text - 1 ? (size_t)length : sizeof text - 2;
  text[count] = '\n';
  if (write(STDERR_FILENO, text, count + 1) < 0) return;
}
