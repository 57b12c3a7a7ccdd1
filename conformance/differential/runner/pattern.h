/* The bytes that are written: byte number p of a stream is p mod 251. */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The next `length` bytes after `*written`, which is raised; valid until the next call. */
const uint8_t *pattern_take(size_t *written, size_t length);
/* Whether the bytes go on from `*expected`, -1 for any beginning, which becomes what is expected next. */
bool pattern_check(int *expected, const uint8_t *data, size_t length);

#endif
