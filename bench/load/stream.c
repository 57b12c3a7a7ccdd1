#include "latency.h"
#include "modes.h"
#include "usage.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WINDOW = 4 << 20, ROOM = 1 << 20, PERIOD = 65521 };
/* So much of it is compared; after that the kernel throws it away, so that the generator is cheaper than the server. */
enum { COMPARED = 8 << 20 };

typedef struct run {
    const options *with;
    int fd;
    int is_tcp;
    uint64_t sent;
    uint64_t back;
    uint8_t *bytes;
    uint8_t *room;
} run;

static int send_some(run *the) {
    uint64_t ahead = the->sent - the->back;
    if (ahead + the->with->size > WINDOW) {
        return 0;
    }
    ssize_t taken = write(the->fd, the->bytes + the->sent % PERIOD, the->with->size);
    if (taken < 0) {
        if (errno != EAGAIN) {
            fail("write");
        }
        return 0;
    }
    the->sent += (uint64_t)taken;
    return 1;
}

static int receive_some(run *the) {
    int compares = the->back < COMPARED || !the->is_tcp;
    ssize_t length = recv(the->fd, the->room, ROOM, compares ? 0 : MSG_TRUNC);
    if (length <= 0) {
        if (length < 0 && errno == EAGAIN) {
            return 0;
        }
        fail(length == 0 ? "the server ended" : "read");
    }
    for (size_t i = 0; compares && i < (size_t)length;) {
        size_t part = PERIOD < (size_t)length - i ? PERIOD : (size_t)length - i;
        if (memcmp(the->room + i, the->bytes + (the->back + i) % PERIOD, part) != 0) {
            errno = 0;
            fail("what came back is not what was sent");
        }
        i += part;
    }
    the->back += (uint64_t)length;
    return 1;
}

static void run_until(run *the, uint64_t until) {
    while (now_ns() < until) {
        int did = receive_some(the);
        did |= send_some(the);
        if (!did) {
            int can_send = the->sent - the->back + the->with->size <= WINDOW;
            struct pollfd ready = {.fd = the->fd, .events = (short)(POLLIN | (can_send ? POLLOUT : 0))};
            poll(&ready, 1, 100);
        }
    }
}

void stream(const target *to, const options *with) {
    run the = {.with = with, .fd = target_connect(to), .is_tcp = to->address.ss_family != AF_UNIX};
    the.bytes = malloc(PERIOD + (size_t)with->size + PERIOD);
    the.room = malloc(ROOM);
    if (the.bytes == NULL || the.room == NULL) {
        fail("memory");
    }
    for (size_t i = 0; i < PERIOD + (size_t)with->size + PERIOD; i++) {
        the.bytes[i] = (uint8_t)((i % PERIOD) * 131 + (i % PERIOD) / 251);
    }
    run_until(&the, now_ns() + (uint64_t)(with->warm_up * 1e9));
    double used = usage_seconds(with->process);
    uint64_t before = the.back;
    uint64_t began = now_ns();
    run_until(&the, began + (uint64_t)(with->seconds * 1e9));
    double seconds = (double)(now_ns() - began) / 1e9;
    used = usage_seconds(with->process) - used;
    double bytes = (double)(the.back - before);
    printf("{\"bytes\": %.0f, \"seconds\": %.6f, \"rate\": %.1f, \"cpu_us\": %.4f}\n", bytes, seconds, bytes / seconds,
           used * 1e12 / bytes);
    target_reset(the.fd);
}
