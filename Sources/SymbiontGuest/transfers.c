#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

// The descriptor of the file is kept as the channel's output; it is never waited on.
enum { role_file = role_output, permission_bits = 0777 };

static void fail(struct channel *channel, int number) {
  send_path_error(channel->id, "", number);
  channel_close(channel);
}

void transfer_abort(struct channel *channel) {
  if (channel->kind == channel_upload && channel->temporary && channel->directory >= 0) {
    identity_enter();
    unlinkat(channel->directory, channel->temporary, 0);
    identity_leave();
  }
  if (channel->listing) closedir_listing(channel);
  if (channel->directory >= 0) close(channel->directory);
  channel->directory = -1;
}

// MARK: Uploads

/// Whether an upload may take the place of what has the name now; the error is sent otherwise.
static bool is_replaceable(uint32_t id, int root, const char *path, int directory, const char *name) {
  struct stat status;
  if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return true;
  if (S_ISREG(status.st_mode)) return true;
  if (S_ISLNK(status.st_mode)) {
    int target = open_beneath(root, path, O_PATH, 0);
    if (target >= 0) close(target);
    // A link that stays inside is replaced by the file, as a rename does.
    if (target >= 0 || errno != EXDEV) return true;
    send_path_error(id, path, EXDEV);
    return false;
  }
  send_error(id, error_not_a_file, 0, kind_name(status.st_mode));
  return false;
}

static void open_upload(struct channel *channel, int root, const char *path, bool makes_parents) {
  static uint32_t counter;
  channel->directory = open_parent(root, path, makes_parents, &channel->name);
  if (channel->directory < 0) return fail(channel, errno);
  if (!is_replaceable(channel->id, root, path, channel->directory, channel->name)) return channel_close(channel);
  char temporary[64];
  snprintf(temporary, sizeof temporary, ".symbi-upload-%d-%u", getpid(), ++counter);
  int file = openat(channel->directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return fail(channel, errno);
  channel->descriptors[role_file] = file;
  channel->temporary = strdup(temporary);
  if (!channel->temporary) return fail(channel, ENOMEM);
  channel->credit[stream_input] = input_window;
}

void upload_start(uint32_t id, struct reader *reader) {
  char *path = read_string(reader);
  uint32_t mode = read_u32(reader);
  uint64_t maximum = read_u64(reader);
  bool makes_parents = read_u8(reader);
  if (reader->bad || reader->left) {
    send_error(id, error_malformed, 0, "the request to upload a file is malformed");
  } else if (path_check(id, path, false)) {
    int root = workspace_open();
    struct channel *channel = root < 0 ? NULL : channel_open(id, channel_upload);
    if (root < 0) send_error(id, error_system, errno, "the workspace could not be opened");
    if (channel) {
      channel->mode = mode & permission_bits;
      channel->left = maximum;
      identity_enter();
      open_upload(channel, root, path, makes_parents);
      identity_leave();
    }
    if (root >= 0) close(root);
  }
  free(path);
}

static void finish_upload(struct channel *channel) {
  int file = channel->descriptors[role_file];
  identity_enter();
  bool is_done = fchmod(file, channel->mode) == 0
    && renameat(channel->directory, channel->temporary, channel->directory, channel->name) == 0;
  int number = errno;
  identity_leave();
  if (!is_done) return fail(channel, number);
  free(channel->temporary);
  channel->temporary = NULL;
  uint8_t bytes[8];
  struct writer writer = {bytes, sizeof bytes, 0, false};
  write_u64(&writer, channel->offset);
  send_done(channel->id, bytes, writer.count);
  channel_close(channel);
}

void upload_data(struct channel *channel, const struct frame *frame) {
  channel->credit[stream_input] -= frame->length;
  if (frame->length > channel->left) {
    send_error(channel->id, error_too_large, EFBIG, "the file is longer than was announced");
    return channel_close(channel);
  }
  channel->left -= frame->length;
  size_t done = 0;
  identity_enter();
  while (done < frame->length) {
    ssize_t count = write(channel->descriptors[role_file], frame->payload + done, frame->length - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    done += (size_t)count;
  }
  int number = errno;
  identity_leave();
  if (done < frame->length) return fail(channel, number);
  channel->offset += frame->length;
  if (frame->flags & flag_end) return finish_upload(channel);
  channel->owed += frame->length;
  if (channel->owed < input_window / 4) return;
  channel->credit[stream_input] += channel->owed;
  send_credit(channel->id, stream_input, channel->owed);
  channel->owed = 0;
}

// MARK: Downloads

/// Opens a regular file; anything else is looked at, but not opened, because opening a device can do something.
static int open_regular(uint32_t id, int root, const char *path, struct stat *status) {
  int looked = open_beneath(root, path, O_PATH, 0);
  if (looked < 0) {
    send_path_error(id, path, errno);
    return -1;
  }
  int read_status = fstat(looked, status);
  close(looked);
  if (read_status != 0 || !S_ISREG(status->st_mode)) {
    send_error(id, error_not_a_file, 0, kind_name(status->st_mode));
    return -1;
  }
  int file = open_beneath(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
  if (file < 0) {
    send_path_error(id, path, errno);
    return -1;
  }
  // The name may have been given to something else meanwhile.
  if (fstat(file, status) == 0 && S_ISREG(status->st_mode)) return file;
  close(file);
  send_error(id, error_not_a_file, 0, kind_name(status->st_mode));
  return -1;
}

static void begin_download(struct channel *channel, const struct stat *status) {
  uint8_t bytes[32];
  struct writer writer = {bytes, sizeof bytes, 0, false};
  write_u64(&writer, (uint64_t)status->st_size);
  write_u32(&writer, status->st_mode & 07777);
  write_u64(&writer, (uint64_t)status->st_mtim.tv_sec * 1000000000u + (uint64_t)status->st_mtim.tv_nsec);
  send_frame(frame_file, 0, channel->id, bytes, writer.count);
}

void download_start(uint32_t id, struct reader *reader) {
  char *path = read_string(reader);
  uint64_t maximum = read_u64(reader);
  uint32_t credit = read_u32(reader);
  struct stat status;
  if (reader->bad || reader->left) {
    send_error(id, error_malformed, 0, "the request to download a file is malformed");
  } else if (path_check(id, path, false)) {
    int root = workspace_open();
    if (root < 0) send_error(id, error_system, errno, "the workspace could not be opened");
    identity_enter();
    int file = root < 0 ? -1 : open_regular(id, root, path, &status);
    identity_leave();
    if (root >= 0) close(root);
    struct channel *channel = NULL;
    if (file >= 0 && (uint64_t)status.st_size > maximum) {
      send_error(id, error_too_large, EFBIG, "the file is larger than was asked for");
    } else if (file >= 0) {
      channel = channel_open(id, channel_download);
    }
    if (channel) {
      channel->descriptors[role_file] = file;
      channel->credit[stream_output] = credit;
      channel->left = maximum;
      begin_download(channel, &status);
    } else if (file >= 0) {
      close(file);
    }
  }
  free(path);
}

void download_pump(struct channel *channel) {
  // One frame a turn, so that a large file does not keep the others waiting.
  uint32_t allowed = channel->credit[stream_output];
  if (allowed > maximum_payload) allowed = maximum_payload;
  uint8_t *space = allowed && connection_has_room() ? reserve_payload(allowed) : NULL;
  if (!space) return;
  ssize_t count = read(channel->descriptors[role_file], space, allowed);
  if (count < 0 && errno == EINTR) return;
  if (count < 0) return fail(channel, errno);
  if ((uint64_t)count > channel->left) {
    send_error(channel->id, error_too_large, EFBIG, "the file grew larger than was asked for");
    return channel_close(channel);
  }
  channel->left -= (uint64_t)count;
  channel->credit[stream_output] -= (uint32_t)count;
  uint8_t flags = (uint8_t)(stream_output << flag_stream_shift);
  send_reserved(frame_data, count ? flags : (uint8_t)(flags | flag_end), channel->id, (size_t)count);
  if (count) return;
  send_done(channel->id, NULL, 0);
  channel_close(channel);
}
