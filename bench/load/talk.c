#include "talk.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST = 1 << 16, PATIENCE_MS = 60000 };

void talk(int fd, unsigned size) {
    static uint8_t said[LARGEST];
    static uint8_t room[LARGEST];
    static uint8_t mark;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    memset(said, ++mark, size);
    if (write(fd, said, size) != (ssize_t)size) {
        fail("write");
    }
    for (size_t back = 0; back < size;) {
        errno = 0;
        if (poll(&ready, 1, PATIENCE_MS) != 1) {
            fail("nothing came back");
        }
        ssize_t length = read(fd, room + back, size - back);
        if (length <= 0) {
            fail(length == 0 ? "the server ended" : "read");
        }
        back += (size_t)length;
    }
    if (memcmp(said, room, size) != 0) {
        errno = 0;
        fail("what came back is not what was sent");
    }
}

void talk_last(const target *to, unsigned size) {
    int fd = target_connect(to);
    talk(fd, size);
    target_reset(fd);
}
