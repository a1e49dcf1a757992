#include <sys/epoll.h>

#include "symbiont_epoll.h"

enum { events_at_once = 64 };

int symbiont_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int poll, int operation, int descriptor, int for_writing, uint64_t number) {
  struct epoll_event event = {
    .events = (for_writing ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT,
    .data.u64 = number,
  };
  return epoll_ctl(poll, operation, descriptor, &event);
}

int symbiont_epoll_add(int poll, int descriptor, int for_writing, uint64_t number) {
  return control(poll, EPOLL_CTL_ADD, descriptor, for_writing, number);
}

int symbiont_epoll_arm(int poll, int descriptor, int for_writing, uint64_t number) {
  return control(poll, EPOLL_CTL_MOD, descriptor, for_writing, number);
}

int symbiont_epoll_remove(int poll, int descriptor) { return epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, 0); }

int symbiont_epoll_wait(int poll, uint64_t *numbers, int count) {
  struct epoll_event events[events_at_once];
  if (count > events_at_once) count = events_at_once;
  int found = epoll_wait(poll, events, count, -1);
  for (int index = 0; index < found; index++) numbers[index] = events[index].data.u64;
  return found;
}
