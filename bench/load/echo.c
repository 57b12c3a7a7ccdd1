#include "latency.h"
#include "modes.h"
#include "talk.h"
#include "usage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 256 };

typedef struct connection {
    int fd;
    uint8_t mark;
    uint64_t begun;
    size_t sent;
    size_t back;
} connection;

typedef struct run {
    const options *with;
    int poller;
    size_t burst;
    uint8_t *bytes;
    uint8_t *room;
    connection *connections;
    uint64_t bursts;
} run;

/* The same bytes are sent for all, but for a mark that changes with each burst, so that an answer to an earlier one is
 * seen. */
static void send_burst(run *the, connection *one) {
    if (one->sent == 0) {
        one->begun = now_ns();
        one->mark++;
    }
    the->bytes[0] = one->mark;
    the->bytes[the->burst - 1] = one->mark;
    while (one->sent < the->burst) {
        ssize_t taken = write(one->fd, the->bytes + one->sent, the->burst - one->sent);
        if (taken < 0) {
            if (errno == EAGAIN) {
                break;
            }
            fail("write");
        }
        one->sent += (size_t)taken;
    }
}

static void check(const run *the, const connection *one, size_t length) {
    the->bytes[0] = one->mark;
    the->bytes[the->burst - 1] = one->mark;
    if (memcmp(the->room, the->bytes + one->back, length) != 0) {
        errno = 0;
        fail("what came back is not what was sent");
    }
}

/* True if the burst is back. */
static int receive(run *the, connection *one) {
    while (one->back < the->burst) {
        ssize_t length = read(one->fd, the->room, the->burst - one->back);
        if (length <= 0) {
            if (length < 0 && errno == EAGAIN) {
                return 0;
            }
            fail(length == 0 ? "the server ended" : "read");
        }
        check(the, one, (size_t)length);
        one->back += (size_t)length;
    }
    return 1;
}

static void serve(run *the, connection *one) {
    if (one->sent < the->burst) {
        send_burst(the, one);
    }
    if (!receive(the, one)) {
        return;
    }
    latency_add(now_ns() - one->begun);
    the->bursts++;
    one->sent = 0;
    one->back = 0;
    send_burst(the, one);
}

static void run_until(run *the, uint64_t until, uint64_t bursts) {
    struct epoll_event events[EVENTS];
    while (the->bursts < bursts && now_ns() < until) {
        int count = epoll_wait(the->poller, events, EVENTS, the->with->spins ? 0 : 1000);
        for (int i = 0; i < count && the->bursts < bursts; i++) {
            serve(the, events[i].data.ptr);
        }
    }
}

static void open_all(run *the, const target *to) {
    for (unsigned i = 0; i < the->with->connections; i++) {
        connection *one = &the->connections[i];
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = one};
        one->fd = target_connect(to);
        if (epoll_ctl(the->poller, EPOLL_CTL_ADD, one->fd, &event) != 0) {
            fail("epoll_ctl");
        }
    }
}

void echo(const target *to, const options *with) {
    run the = {.with = with, .poller = epoll_create1(EPOLL_CLOEXEC), .burst = (size_t)with->size * with->pipelined};
    the.bytes = malloc(the.burst);
    the.room = malloc(the.burst);
    the.connections = calloc(with->connections, sizeof *the.connections);
    if (the.bytes == NULL || the.room == NULL || the.connections == NULL || the.poller < 0) {
        fail("memory");
    }
    for (size_t i = 0; i < the.burst; i++) {
        the.bytes[i] = (uint8_t)(i * 131 + i / 251);
    }
    open_all(&the, to);
    for (unsigned i = 0; i < with->connections; i++) {
        send_burst(&the, &the.connections[i]);
    }
    run_until(&the, now_ns() + (uint64_t)(with->warm_up * 1e9), with->count > 0 ? with->count : UINT64_MAX);
    uint64_t before = the.bursts;
    latency_clear();
    double used = usage_seconds(with->process);
    uint64_t began = now_ns();
    uint64_t most = with->count > 0 ? before + with->count : UINT64_MAX;
    run_until(&the, began + (uint64_t)(with->seconds * 1e9), most);
    double seconds = (double)(now_ns() - began) / 1e9;
    used = usage_seconds(with->process) - used;
    uint64_t requests = (the.bursts - before) * with->pipelined;
    if (requests == 0 || (with->count > 0 && the.bursts < most)) {
        errno = 0;
        fail("not enough came back in time");
    }
    printf("{\"requests\": %llu, \"seconds\": %.6f, \"rate\": %.1f, \"cpu_us\": %.4f, \"p50_us\": %.2f, \"p99_us\": "
           "%.2f}\n",
           (unsigned long long)requests, seconds, (double)requests / seconds, used * 1e6 / (double)requests,
           (double)latency_quantile(0.5) / 1e3, (double)latency_quantile(0.99) / 1e3);
    for (unsigned i = 0; i < with->connections; i++) {
        target_reset(the.connections[i].fd);
    }
    if (with->count > 0) {
        talk_last(to, with->size);
    }
}
