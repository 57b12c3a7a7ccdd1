/* A histogram of nanoseconds, exact to one part in 128. */
#ifndef BENCH_LATENCY_H
#define BENCH_LATENCY_H

#include <stdint.h>

/* The monotonic clock, in nanoseconds. */
uint64_t now_ns(void);

void latency_clear(void);
void latency_add(uint64_t ns);

/* The smallest value that this share of all is not above, in nanoseconds; 0 of none. */
uint64_t latency_quantile(double share);
uint64_t latency_most(void);

#endif
