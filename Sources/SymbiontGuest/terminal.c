#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "internal.h"

/// The signal that the characters of a terminal's input ask for, where its kernel does not send it by itself; 0 for none.
///
/// gVisor's terminals know the characters but send no signals. They can be told by their other end, which knows no
/// foreground processes either.
int terminal_signal(int guest_end, const uint8_t *bytes, size_t count) {
  pid_t group;
  struct termios settings;
  if (ioctl(guest_end, TIOCGPGRP, &group) == 0 || errno != ENOTTY) return 0;
  if (tcgetattr(guest_end, &settings) != 0 || !(settings.c_lflag & ISIG)) return 0;
  for (size_t index = 0; index < count; index++) {
    if (bytes[index] == settings.c_cc[VINTR]) return SIGINT;
    if (bytes[index] == settings.c_cc[VQUIT]) return SIGQUIT;
  }
  return 0;
}
