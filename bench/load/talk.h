/* One message there and back, with nothing else to do. */
#ifndef BENCH_TALK_H
#define BENCH_TALK_H

#include "target.h"

void talk(int fd, unsigned size);

/* A connection of its own for one message. When it is answered the server has seen all that was done before, so that
 * what it did for that is the same in every run. */
void talk_last(const target *to, unsigned size);

#endif
