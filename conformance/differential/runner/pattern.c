#include "pattern.h"

#include "text.h"

enum { PERIOD = 251 };

const uint8_t *pattern_take(size_t *written, size_t length) {
    static uint8_t *bytes;
    static size_t capacity;
    if (length + PERIOD > capacity) {
        capacity = length + PERIOD;
        bytes = more_memory(bytes, capacity);
        for (size_t i = 0; i < capacity; i++) {
            bytes[i] = (uint8_t)(i % PERIOD);
        }
    }
    size_t start = *written % PERIOD;
    *written += length;
    return bytes + start;
}

bool pattern_check(int *expected, const uint8_t *data, size_t length) {
    bool right = true;
    for (size_t i = 0; i < length; i++) {
        right = right && (*expected == -1 || data[i] == *expected);
        *expected = (data[i] + 1) % PERIOD;
    }
    return right;
}
