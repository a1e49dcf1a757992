#ifndef SYMBIONT_BOOT_H
#define SYMBIONT_BOOT_H

#include <stddef.h>
#include <stdint.h>

// What a virtual machine's guest does beside serving its host; docs/guest-protocol.md lists the settings.

enum machine_setting {
  machine_setting_volume = 64,
  machine_setting_root = 65,
  machine_setting_limits = 66,
  machine_setting_network = 67,
  machine_setting_hosts = 68,
};

/// Where the volume is mounted while the machine starts; commands do not see it.
#define BOOT_VOLUME "/volume"

/// Mounts the disk that has the serial number, which must have grown to the size by now; 0 or an error number.
int boot_mount_volume(const char *serial, uint64_t bytes);
/// Makes the root file system that commands see and changes to it; 0 or an error number.
int boot_enter_root(uint8_t kind, uint32_t temporary_megabytes);
/// Limits what commands may use together; 0 or an error number.
int boot_limit(uint64_t memory_bytes, uint32_t processes);
/// Gives the network device its address and the machine its way out: `ADDRESS/PREFIX GATEWAY`; 0 or an error number.
int boot_configure_network(const char *text);
/// Takes the loopback device into use; 0 or an error number.
int boot_start_loopback(void);
/// Replaces the names of hosts that commands see; 0 or an error number.
int boot_write_hosts(const char *text, size_t length);

/// Finds the disk that has the serial number and writes its path; 0 or an error number.
int boot_find_disk(const char *serial, char *path, size_t capacity, char *name, size_t name_capacity);
/// Writes a whole small file; 0 or an error number.
int boot_write(const char *path, const char *text, size_t length);

#endif
