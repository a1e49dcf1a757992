#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const uint8_t *take(struct reader *reader, size_t count) {
  if (reader->bad || reader->left < count) {
    reader->bad = true;
    return NULL;
  }
  const uint8_t *bytes = reader->next;
  reader->next += count;
  reader->left -= count;
  return bytes;
}

static uint64_t take_integer(struct reader *reader, size_t count) {
  const uint8_t *bytes = take(reader, count);
  uint64_t value = 0;
  for (size_t index = 0; bytes && index < count; index++) value |= (uint64_t)bytes[index] << (8 * index);
  return value;
}

uint8_t read_u8(struct reader *reader) { return (uint8_t)take_integer(reader, 1); }
uint16_t read_u16(struct reader *reader) { return (uint16_t)take_integer(reader, 2); }
uint32_t read_u32(struct reader *reader) { return (uint32_t)take_integer(reader, 4); }
uint64_t read_u64(struct reader *reader) { return take_integer(reader, 8); }

const uint8_t *read_bytes(struct reader *reader, uint32_t *length) {
  *length = read_u32(reader);
  const uint8_t *bytes = take(reader, *length);
  if (!bytes) *length = 0;
  return bytes;
}

char *read_string(struct reader *reader) {
  uint32_t length = 0;
  const uint8_t *bytes = read_bytes(reader, &length);
  if (!bytes) return NULL;
  char *text = memchr(bytes, 0, length) ? NULL : malloc((size_t)length + 1);
  if (!text) {
    reader->bad = true;
    return NULL;
  }
  memcpy(text, bytes, length);
  text[length] = 0;
  return text;
}

static void put(struct writer *writer, const void *bytes, size_t count) {
  if (writer->bad || writer->capacity - writer->count < count) {
    writer->bad = true;
    return;
  }
  memcpy(writer->bytes + writer->count, bytes, count);
  writer->count += count;
}

static void put_integer(struct writer *writer, uint64_t value, size_t count) {
  uint8_t bytes[8];
  for (size_t index = 0; index < count; index++) bytes[index] = (uint8_t)(value >> (8 * index));
  put(writer, bytes, count);
}

void write_u8(struct writer *writer, uint8_t value) { put_integer(writer, value, 1); }
void write_u16(struct writer *writer, uint16_t value) { put_integer(writer, value, 2); }
void write_u32(struct writer *writer, uint32_t value) { put_integer(writer, value, 4); }
void write_u64(struct writer *writer, uint64_t value) { put_integer(writer, value, 8); }

void write_string(struct writer *writer, const char *text) {
  size_t length = strlen(text);
  if (writer->bad || writer->capacity - writer->count < length + 4) {
    writer->bad = true;
    return;
  }
  write_u32(writer, (uint32_t)length);
  put(writer, text, length);
}
