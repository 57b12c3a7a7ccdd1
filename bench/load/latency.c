#include "latency.h"

#include <string.h>
#include <time.h>

/* Each power of two is divided into this many equal steps. */
enum { STEP_BITS = 7, STEPS = 1 << STEP_BITS, COUNTS = (64 - STEP_BITS + 1) * STEPS };

static uint64_t counts[COUNTS];
static uint64_t total;
static uint64_t most;

uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void latency_clear(void) {
    memset(counts, 0, sizeof counts);
    total = 0;
    most = 0;
}

static unsigned shift_of(uint64_t ns) {
    unsigned bits = ns == 0 ? 0 : 64 - (unsigned)__builtin_clzll(ns);
    return bits > STEP_BITS ? bits - STEP_BITS : 0;
}

void latency_add(uint64_t ns) {
    unsigned shift = shift_of(ns);
    counts[shift * STEPS + (unsigned)(ns >> shift)]++;
    total++;
    most = ns > most ? ns : most;
}

uint64_t latency_quantile(double share) {
    uint64_t wanted = (uint64_t)(share * (double)total);
    uint64_t seen = 0;
    for (unsigned i = 0; i < COUNTS; i++) {
        seen += counts[i];
        if (seen > wanted) {
            return (uint64_t)(i % STEPS) << (i / STEPS);
        }
    }
    return most;
}

uint64_t latency_most(void) { return most; }
