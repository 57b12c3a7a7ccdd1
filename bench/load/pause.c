#include "latency.h"
#include "modes.h"
#include "talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void talk_to_all(const int *fds, const options *with) {
    latency_clear();
    for (unsigned i = 0; i < with->connections; i++) {
        uint64_t began = now_ns();
        talk(fds[i], with->size);
        latency_add(now_ns() - began);
    }
}

void pauses(const target *to, const options *with) {
    int *fds = calloc(with->connections, sizeof *fds);
    if (fds == NULL) {
        fail("memory");
    }
    for (unsigned i = 0; i < with->connections; i++) {
        fds[i] = target_connect(to);
    }
    talk_to_all(fds, with);
    struct timespec pause = {.tv_sec = (time_t)with->pause};
    pause.tv_nsec = (long)((with->pause - (double)pause.tv_sec) * 1e9);
    nanosleep(&pause, NULL);
    /* The very first wakes the server and the CPU; those after it find a server that has just run. */
    uint64_t began = now_ns();
    talk(fds[0], with->size);
    double woken = (double)(now_ns() - began) / 1e3;
    talk_to_all(fds, with);
    printf("{\"woken_us\": %.2f, \"first_p50_us\": %.2f, \"first_p99_us\": %.2f, ", woken,
           (double)latency_quantile(0.5) / 1e3, (double)latency_quantile(0.99) / 1e3);
    talk_to_all(fds, with);
    printf("\"next_p50_us\": %.2f, \"next_p99_us\": %.2f}\n", (double)latency_quantile(0.5) / 1e3,
           (double)latency_quantile(0.99) / 1e3);
    for (unsigned i = 0; i < with->connections; i++) {
        target_reset(fds[i]);
    }
    free(fds);
}
