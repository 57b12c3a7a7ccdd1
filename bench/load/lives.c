#include "latency.h"
#include "modes.h"
#include "talk.h"
#include "usage.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 64, PATIENCE_MS = 60000 };

typedef struct run {
    const target *to;
    int poller;
    uint64_t begun;
    uint64_t ended;
} run;

static void begin(run *the) {
    int fd = target_connect(the->to);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (write(fd, "x", 1) != 1 || epoll_ctl(the->poller, EPOLL_CTL_ADD, fd, &event) != 0) {
        fail("a new connection");
    }
    the->begun++;
}

static void end(run *the, int fd) {
    char byte = 0;
    if (read(fd, &byte, 1) != 1 || byte != 'x') {
        fail("the byte did not come back");
    }
    target_reset(fd);
    the->ended++;
}

static void run_until(run *the, uint64_t until, uint64_t count) {
    struct epoll_event events[EVENTS];
    while (the->ended < count && now_ns() < until) {
        int ready = epoll_wait(the->poller, events, EVENTS, 1000);
        for (int i = 0; i < ready; i++) {
            end(the, events[i].data.fd);
            if (the->begun < count) {
                begin(the);
            }
        }
    }
}

static void live_together(run *the, unsigned connections) {
    struct pollfd *all = calloc(connections, sizeof *all);
    if (all == NULL) {
        fail("memory");
    }
    for (unsigned i = 0; i < connections; i++) {
        all[i].fd = target_connect(the->to);
        all[i].events = POLLIN;
    }
    for (unsigned i = 0; i < connections; i++) {
        if (write(all[i].fd, "x", 1) != 1) {
            fail("write");
        }
    }
    for (unsigned i = 0; i < connections; i++) {
        char byte = 0;
        errno = 0;
        if (poll(&all[i], 1, PATIENCE_MS) != 1 || read(all[i].fd, &byte, 1) != 1 || byte != 'x') {
            fail("the byte did not come back");
        }
    }
    for (unsigned i = 0; i < connections; i++) {
        target_reset(all[i].fd);
    }
    the->ended += connections;
    free(all);
}

void lives(const target *to, const options *with) {
    run the = {.to = to, .poller = epoll_create1(EPOLL_CLOEXEC)};
    uint64_t count = with->count > 0 ? with->count : UINT64_MAX;
    if (with->together) {
        while (the.ended < count) {
            live_together(&the, with->connections);
        }
        talk_last(to, 1);
        printf("{\"connections\": %llu}\n", (unsigned long long)the.ended);
        return;
    }
    while (the.begun < with->connections && the.begun < count) {
        begin(&the);
    }
    run_until(&the, now_ns() + (uint64_t)(with->warm_up * 1e9), count);
    double used = usage_seconds(with->process);
    uint64_t before = the.ended;
    uint64_t began = now_ns();
    run_until(&the, began + (uint64_t)(with->seconds * 1e9), count);
    double seconds = (double)(now_ns() - began) / 1e9;
    used = usage_seconds(with->process) - used;
    uint64_t lived = the.ended - before;
    if (lived == 0 || (with->count > 0 && the.ended < count)) {
        errno = 0;
        fail("not enough connections in time");
    }
    printf("{\"connections\": %llu, \"seconds\": %.6f, \"rate\": %.1f, \"cpu_us\": %.4f}\n", (unsigned long long)lived,
           seconds, (double)lived / seconds, used * 1e6 / (double)lived);
}
