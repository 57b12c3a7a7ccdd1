/* One message there and back, with nothing else to do. */
#ifndef BENCH_TALK_H
#define BENCH_TALK_H

void talk(int fd, unsigned size);

#endif
