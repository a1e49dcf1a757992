#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "internal.h"
#include "loop.h"

// Executions that left something in the background keep a place without being counted as open.
enum { slots = 2 * maximum_channels };

struct channel channels[slots];
const size_t channel_slots = slots;

struct channel *channel_find(uint32_t id) {
  for (size_t index = 0; index < channel_slots; index++) {
    if (channels[index].kind != channel_free && channels[index].is_open && channels[index].id == id) {
      return &channels[index];
    }
  }
  return NULL;
}

struct channel *channel_open(uint32_t id, enum channel_kind kind) {
  struct channel *place = NULL;
  size_t open = 0;
  for (size_t index = 0; index < channel_slots; index++) {
    if (channels[index].kind == channel_free) place = &channels[index];
    else if (channels[index].is_open) open++;
  }
  if (open >= maximum_channels || !place) {
    send_error(id, error_too_many_channels, 0, "as many requests as are served at once are open");
    return NULL;
  }
  memset(place, 0, sizeof *place);
  for (int role = 0; role < role_count; role++) place->descriptors[role] = -1;
  place->directory = -1;
  place->kind = kind;
  place->id = id;
  place->is_open = true;
  return place;
}

void channel_close(struct channel *channel) {
  if (channel->kind == channel_upload || channel->kind == channel_download || channel->kind == channel_list) {
    transfer_abort(channel);
  }
  for (int role = 0; role < role_count; role++) channel_drop(channel, (enum role)role);
  free(channel->input);
  free(channel->name);
  free(channel->temporary);
  channel->input = NULL;
  channel->name = channel->temporary = NULL;
  channel->kind = channel_free;
}

void channel_watch(struct channel *channel, enum role role, bool wanted) {
  if (channel->descriptors[role] < 0 || channel->watched[role] == wanted) return;
  channel->watched[role] = wanted;
  struct epoll_event event = {
    .events = role == role_input ? EPOLLOUT : EPOLLIN,
    .data.u32 = loop_token((uint32_t)(channel - channels), role),
  };
  int operation = wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL;
  epoll_ctl(loop_descriptor(), operation, channel->descriptors[role], &event);
}

void channel_drop(struct channel *channel, enum role role) {
  if (channel->descriptors[role] < 0) return;
  channel_watch(channel, role, false);
  close(channel->descriptors[role]);
  channel->descriptors[role] = -1;
}
