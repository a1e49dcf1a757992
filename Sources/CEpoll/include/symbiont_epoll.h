#pragma once

#include <stdint.h>

// The calls of epoll(7), which the Swift interface of the C library does not have. All return -1 with `errno` on failure.

/// Makes a poll that is closed when another program is started.
int symbiont_epoll_create(void);

/// Begins to watch a descriptor: its number is told once.
int symbiont_epoll_add(int poll, int descriptor, int for_writing, uint64_t number);

/// Lets the number of a watched descriptor be told once more.
int symbiont_epoll_arm(int poll, int descriptor, int for_writing, uint64_t number);

/// Ends watching a descriptor.
int symbiont_epoll_remove(int poll, int descriptor);

/// Waits for events without end, and gives the numbers of at most so many; how many there were.
int symbiont_epoll_wait(int poll, uint64_t *numbers, int count);
