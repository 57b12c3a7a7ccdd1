#include "latency.h"
#include "modes.h"
#include "usage.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

enum { ROOM = 1 << 24, PATIENCE_MS = 60000 };

void sink(const target *to, const options *with) {
    int fd = target_connect(to);
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    double used = usage_seconds(with->process);
    uint64_t began = now_ns();
    uint64_t received = 0;
    for (;;) {
        /* Thrown away in the kernel: no copy, so that the generator is cheaper than the server. */
        ssize_t length = recv(fd, NULL, ROOM, MSG_TRUNC);
        if (length == 0) {
            break;
        }
        if (length < 0 && (errno != EAGAIN || poll(&ready, 1, PATIENCE_MS) != 1)) {
            fail("recv");
        }
        received += length > 0 ? (uint64_t)length : 0;
    }
    double seconds = (double)(now_ns() - began) / 1e9;
    used = usage_seconds(with->process) - used;
    printf("{\"bytes\": %llu, \"seconds\": %.6f, \"rate\": %.1f, \"cpu_s_per_gb\": %.5f}\n",
           (unsigned long long)received, seconds, (double)received / seconds, used * 1e9 / (double)received);
}
