#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "symbiont_guest.h"

/// Erases what the engine gave as an environment: gVisor shows that of the first process to everybody.
static void erase_environment(void) {
  for (char **entry = environ; *entry; entry++) memset(*entry, 0, strlen(*entry));
  *environ = NULL;
}

/// `symbi-guest` serves on its standard streams, `symbi-guest --device PATH` as the first process of a virtual machine on
/// a character device.
int main(int count, char **arguments) {
  erase_environment();
  if (count == 1) return symbiont_guest_serve(STDIN_FILENO, STDOUT_FILENO, false);
  if (count == 2 && strncmp(arguments[1], "--probe", strlen("--probe")) == 0) return symbiont_guest_probe(arguments[1]);
  if (count != 3 || strcmp(arguments[1], "--device") != 0) {
    fprintf(stderr, "usage: symbi-guest [--device PATH]\n");
    return 64;
  }
  if (getpid() == 1 && symbiont_guest_boot() != 0) return 1;
  int device = open(arguments[2], O_RDWR | O_CLOEXEC);
  if (device < 0) {
    perror(arguments[2]);
    return 1;
  }
  return symbiont_guest_serve(device, device, getpid() == 1);
}
