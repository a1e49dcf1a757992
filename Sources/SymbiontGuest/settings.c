#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

// Settings below this number are the guest's own; the others are those of a virtual machine.
enum { first_machine_setting = 64, maximum_variables = 1024 };

enum setting { setting_environment = 1, setting_workspace = 2, setting_identity = 3 };

static const char default_workspace[] = "/workspace";
static const char *const default_environment[] = {
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "HOME=/workspace",
};

struct settings settings;

static bool add_variable(const char *entry) {
  if (!strchr(entry, '=') || settings.environment_count >= maximum_variables) return false;
  size_t name = strcspn(entry, "=") + 1;
  char *copy = strdup(entry);
  if (!copy) return false;
  for (size_t index = 0; index < settings.environment_count; index++) {
    if (strncmp(settings.environment[index], entry, name) != 0) continue;
    free(settings.environment[index]);
    settings.environment[index] = copy;
    return true;
  }
  char **grown = realloc(settings.environment, (settings.environment_count + 1) * sizeof *grown);
  if (!grown) {
    free(copy);
    return false;
  }
  settings.environment = grown;
  settings.environment[settings.environment_count++] = copy;
  return true;
}

void settings_reset(void) {
  for (size_t index = 0; index < settings.environment_count; index++) free(settings.environment[index]);
  free(settings.environment);
  free(settings.workspace);
  memset(&settings, 0, sizeof settings);
  settings.workspace = strdup(default_workspace);
  if (!settings.workspace) abort();
  for (size_t index = 0; index < sizeof default_environment / sizeof *default_environment; index++) {
    add_variable(default_environment[index]);
  }
}

/// Applies one setting; 0 or an error number.
static int apply(uint16_t tag, const uint8_t *value, uint32_t length) {
  if (tag >= first_machine_setting) return symbiont_guest_configure_machine(tag, value, length);
  struct reader whole = {value, length, false};
  char *text = NULL;
  switch (tag) {
  case setting_environment:
  case setting_workspace:
    if (memchr(value, 0, length)) return EINVAL;
    text = strndup((const char *)value, length);
    if (!text) return ENOMEM;
    if (tag == setting_environment) {
      bool added = add_variable(text);
      free(text);
      return added ? 0 : EINVAL;
    }
    if (*text != '/') {
      free(text);
      return EINVAL;
    }
    free(settings.workspace);
    settings.workspace = text;
    return 0;
  case setting_identity:
    settings.uid = read_u32(&whole);
    settings.gid = read_u32(&whole);
    if (whole.bad || whole.left) return EINVAL;
    settings.has_identity = true;
    return 0;
  default: return ENOTSUP;
  }
}

void configure(uint32_t id, struct reader *reader) {
  while (reader->left && !reader->bad) {
    uint16_t tag = read_u16(reader);
    uint32_t length;
    const uint8_t *value = read_bytes(reader, &length);
    if (reader->bad) break;
    int number = apply(tag, value, length);
    if (number == 0) continue;
    char text[96];
    snprintf(text, sizeof text, "setting %u %s", tag, number == ENOTSUP ? "is not known here" : "could not be applied");
    return send_error(id, number == ENOTSUP ? error_unsupported : error_system, number, text);
  }
  if (reader->bad) return send_error(id, error_malformed, 0, "the settings are malformed");
  send_done(id, NULL, 0);
}
