#include "usage.h"

#include <stdio.h>
#include <time.h>

double usage_seconds(int process) {
    /* The clock of another process: exact, where /proc counts in ticks. */
    clockid_t clock = (clockid_t)((~(unsigned)process << 3) | 2);
    struct timespec used;
    if (process == 0 || clock_gettime(clock, &used) != 0) {
        return 0;
    }
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}
