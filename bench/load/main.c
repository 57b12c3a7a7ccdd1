/* load MODE TARGET [OPTION=VALUE ...]: talks to a server and prints what it saw as a line of JSON.
 *
 * MODE is echo, lives, offered, stream, sink, idle or pause: modes.h says what each does. TARGET is a port of 127.0.0.1
 * or a path. Options: connections, size, pipelined, count, seconds, warm_up, rate, pause, process, spins, together,
 * cpu. */
#include "modes.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* However the server behaves, the generator ends. */
enum { LONGEST_S = 600 };

typedef struct mode {
    const char *name;
    void (*run)(const target *to, const options *with);
} mode;

static const mode modes[] = {{"echo", echo}, {"lives", lives}, {"offered", offered}, {"stream", stream},
                             {"sink", sink}, {"idle", idle},   {"pause", pauses}};

static void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        fail("cpu");
    }
}

static void set(options *with, const char *text) {
    const char *sign = strchr(text, '=');
    char *end = NULL;
    double value = sign == NULL ? 0 : strtod(sign + 1, &end);
    size_t length = sign == NULL ? 0 : (size_t)(sign - text);
    errno = 0;
    if (sign == NULL || end == sign + 1 || *end != '\0' || value < 0) {
        fail("an option is NAME=NUMBER");
    }
#define IS(name) (strlen(name) == length && memcmp(text, name, length) == 0)
    if (IS("connections")) {
        with->connections = (unsigned)value;
    } else if (IS("size")) {
        with->size = (unsigned)value;
    } else if (IS("pipelined")) {
        with->pipelined = (unsigned)value;
    } else if (IS("count")) {
        with->count = (uint64_t)value;
    } else if (IS("seconds")) {
        with->seconds = value;
    } else if (IS("warm_up")) {
        with->warm_up = value;
    } else if (IS("pause")) {
        with->pause = value;
    } else if (IS("rate")) {
        with->rate = value;
    } else if (IS("process")) {
        with->process = (int)value;
    } else if (IS("spins")) {
        with->spins = value != 0;
    } else if (IS("together")) {
        with->together = value != 0;
    } else if (IS("cpu")) {
        pin((int)value);
    } else {
        fail("no such option");
    }
#undef IS
}

int main(int count, char **arguments) {
    options with = {.connections = 1, .size = 64, .pipelined = 1, .seconds = 60, .rate = 1000};
    errno = 0;
    if (count < 3) {
        fail("usage: load MODE TARGET [OPTION=VALUE ...]");
    }
    alarm(LONGEST_S);
    signal(SIGPIPE, SIG_IGN);
    target to = target_of(arguments[2]);
    for (int i = 3; i < count; i++) {
        set(&with, arguments[i]);
    }
    errno = 0;
    if (with.connections == 0 || with.size == 0 || with.size > 1 << 16 || with.pipelined == 0 || with.rate <= 0) {
        fail("a number is out of range");
    }
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(modes[i].name, arguments[1]) == 0) {
            modes[i].run(&to, &with);
            return 0;
        }
    }
    fail("no such mode");
}
