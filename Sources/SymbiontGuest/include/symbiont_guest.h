#ifndef SYMBIONT_GUEST_H
#define SYMBIONT_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Serves the guest protocol on a pair of descriptors until the host closes them, and returns the exit code.
///
/// Everything that was started is killed before it returns. Where the guest is the first process of a machine of its own,
/// `is_machine`, it does not return at the end of a connection: it waits for the next one, or powers the machine off when
/// the host asked for that.
int symbiont_guest_serve(int reading, int writing, bool is_machine);

/// Prepares a virtual machine whose first process this is: mounts, devices, the root file system.
///
/// Returns 0, or -1 after it has logged what failed.
int symbiont_guest_boot(void);

/// Applies one setting that only a virtual machine has, such as its network address.
///
/// `tag` is one of the settings from 64 on of the guest protocol. Returns 0 or an error number; `ENOTSUP` when the setting
/// is not known here.
int symbiont_guest_configure_machine(uint16_t tag, const uint8_t *value, size_t length);

/// Prints what a command sees of its own confinement (`--probe`), waits to be killed (`--probe-wait`), spins
/// (`--probe-spin`), or goes for a limit: `--probe-memory=MEGABYTES`, `--probe-processes=COUNT`,
/// `--probe-workspace=MEGABYTES`.
///
/// What goes for a limit prints how far it came. Returns the exit code: 0 when nothing stopped it, 3 when it was refused
/// more.
int symbiont_guest_probe(const char *what);

/// Puts the calling process among those that the limits of a virtual machine hold for; 0 or an error number.
///
/// It does nothing anywhere else.
int symbiont_guest_enter_commands(void);

#endif
