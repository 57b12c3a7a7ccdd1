/* What the generator can do. Each mode prints one line of JSON. */
#ifndef BENCH_MODES_H
#define BENCH_MODES_H

#include "target.h"

#include <stdint.h>

typedef struct options {
    /* How many connections at a time. */
    unsigned connections;
    /* Bytes of a message. */
    unsigned size;
    /* Messages that are sent in one go. */
    unsigned pipelined;
    /* How many messages, or connections; 0: as many as there is time for. */
    uint64_t count;
    /* How long; warm-up is before it and not counted. */
    double seconds;
    double warm_up;
    /* How long nothing is said. */
    double pause;
    /* Messages a second, for a fixed offered load. */
    double rate;
    /* Whose time is told: the server's process, or 0. */
    int process;
    /* Never sleeps, so that only the server has to be woken. */
    int spins;
    /* Connections begin together and end together, so that what the server sees at a time is always the same. */
    int together;
} options;

/* A message there and back on each connection; the next when it is back. All that comes back is compared. */
void echo(const target *to, const options *with);

/* Connect, a byte there and back, reset. */
void lives(const target *to, const options *with);

/* Messages at a fixed rate, whether or not those before are back: a late answer counts from when it was due. */
void offered(const target *to, const options *with);

/* As many bytes as go through, at most a window of them not yet back. */
void stream(const target *to, const options *with);

/* All that the server sends on one connection. */
void sink(const target *to, const options *with);

/* Connections that do nothing. Prints a word and waits for a line at each step: connected, echoed, closed. The server
 * has taken all of them when it is told, for the newest has had an answer. */
void idle(const target *to, const options *with);

/* A byte there and back on each connection in turn after a pause of all, and one more on each without. */
void pauses(const target *to, const options *with);

#endif
