#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

// Below this much a batch is not worth a frame; an entry with the longest name fits above it.
enum { batch_bytes = 16 * 1024, entry_bytes = 512 };

void closedir_listing(struct channel *channel) {
  closedir(channel->listing);
  channel->listing = NULL;
}

void list_start(uint32_t id, struct reader *reader) {
  char *path = read_string(reader);
  uint32_t maximum = read_u32(reader);
  if (reader->bad || reader->left) {
    send_error(id, error_malformed, 0, "the request to list a directory is malformed");
  } else if (path_check(id, path, true)) {
    int root = workspace_open();
    identity_enter();
    int directory = root < 0 ? -1 : open_beneath(root, *path ? path : ".", O_RDONLY | O_DIRECTORY, 0);
    int number = errno;
    identity_leave();
    if (root >= 0) close(root);
    struct channel *channel = NULL;
    if (directory < 0) send_path_error(id, path, number);
    else channel = channel_open(id, channel_list);
    if (channel) {
      channel->left = maximum;
      channel->listing = fdopendir(directory);
    }
    if (directory >= 0 && (!channel || !channel->listing)) close(directory);
    if (channel && !channel->listing) {
      send_path_error(id, path, ENOMEM);
      channel_close(channel);
    }
  }
  free(path);
}

static void write_entry(struct writer *writer, int directory, const char *name) {
  struct stat status;
  identity_enter();
  int looked = fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW);
  identity_leave();
  // It was removed meanwhile.
  if (looked != 0) return;
  write_u32(writer, status.st_mode);
  write_u64(writer, (uint64_t)status.st_size);
  write_u64(writer, (uint64_t)status.st_mtim.tv_sec * 1000000000u + (uint64_t)status.st_mtim.tv_nsec);
  write_string(writer, name);
}

void list_pump(struct channel *channel) {
  if (!connection_has_room()) return;
  uint8_t bytes[batch_bytes];
  struct writer writer = {bytes, sizeof bytes, 0, false};
  struct dirent *entry = NULL;
  while (writer.capacity - writer.count >= entry_bytes && (entry = readdir(channel->listing))) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (channel->left-- == 0) {
      send_error(channel->id, error_too_many_entries, 0, "the directory has more entries than were asked for");
      return channel_close(channel);
    }
    write_entry(&writer, dirfd(channel->listing), entry->d_name);
  }
  if (writer.count) send_frame(frame_entries, 0, channel->id, bytes, writer.count);
  if (entry) return;
  send_done(channel->id, NULL, 0);
  channel_close(channel);
}
