/* The processor time of the server's process. */
#ifndef BENCH_USAGE_H
#define BENCH_USAGE_H

/* In seconds, user and system together; 0 for process 0. */
double usage_seconds(int process);

#endif
