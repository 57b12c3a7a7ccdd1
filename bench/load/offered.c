#include "latency.h"
#include "modes.h"
#include "usage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 256, IN_FLIGHT = 1024 };

/* When the messages were due that are on their way, oldest first. */
typedef struct connection {
    int fd;
    uint64_t due[IN_FLIGHT];
    unsigned first;
    unsigned count;
    size_t partly;
} connection;

static uint64_t lost;

static void send_one(connection *one, const uint8_t *bytes, unsigned size, uint64_t due) {
    if (one->count == IN_FLIGHT || write(one->fd, bytes, size) != (ssize_t)size) {
        /* The server is so far behind that nothing more goes in: told, and never passed over. */
        lost++;
        return;
    }
    one->due[(one->first + one->count++) % IN_FLIGHT] = due;
}

static void receive(connection *one, unsigned size) {
    static uint8_t room[1 << 16];
    for (;;) {
        ssize_t length = read(one->fd, room, sizeof room);
        if (length <= 0) {
            if (length < 0 && errno == EAGAIN) {
                return;
            }
            fail(length == 0 ? "the server ended" : "read");
        }
        uint64_t now = now_ns();
        one->partly += (size_t)length;
        for (; one->partly >= size; one->partly -= size) {
            latency_add(now - one->due[one->first]);
            one->first = (one->first + 1) % IN_FLIGHT;
            one->count--;
        }
    }
}

void offered(const target *to, const options *with) {
    connection *all = calloc(with->connections, sizeof *all);
    uint8_t *bytes = calloc(1, with->size);
    int poller = epoll_create1(EPOLL_CLOEXEC);
    if (all == NULL || bytes == NULL || poller < 0) {
        fail("memory");
    }
    for (unsigned i = 0; i < with->connections; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        all[i].fd = target_connect(to);
        if (epoll_ctl(poller, EPOLL_CTL_ADD, all[i].fd, &event) != 0) {
            fail("epoll_ctl");
        }
    }
    uint64_t began = now_ns();
    uint64_t warm = began + (uint64_t)(with->warm_up * 1e9);
    uint64_t until = warm + (uint64_t)(with->seconds * 1e9);
    double used = 0;
    int is_warm = 0;
    uint64_t sent = 0;
    for (uint64_t now = began; now < until; now = now_ns()) {
        if (!is_warm && now >= warm) {
            is_warm = 1;
            latency_clear();
            lost = 0;
            used = usage_seconds(with->process);
        }
        for (uint64_t due = began + (uint64_t)((double)sent * 1e9 / with->rate); due <= now;
             due = began + (uint64_t)((double)sent * 1e9 / with->rate)) {
            send_one(&all[sent % with->connections], bytes, with->size, due);
            sent++;
        }
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(poller, events, EVENTS, 0);
        for (int i = 0; i < ready; i++) {
            receive(events[i].data.ptr, with->size);
        }
    }
    used = usage_seconds(with->process) - used;
    printf("{\"rate\": %.1f, \"lost\": %llu, \"cpu_us\": %.4f, \"p50_us\": %.2f, \"p99_us\": %.2f, \"p999_us\": %.2f, "
           "\"most_us\": %.2f}\n",
           with->rate, (unsigned long long)lost, used * 1e6 / (with->rate * with->seconds),
           (double)latency_quantile(0.5) / 1e3, (double)latency_quantile(0.99) / 1e3,
           (double)latency_quantile(0.999) / 1e3, (double)latency_most() / 1e3);
}
