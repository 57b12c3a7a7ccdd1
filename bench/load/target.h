/* Where the server is, and connections to it. */
#ifndef BENCH_TARGET_H
#define BENCH_TARGET_H

#include <stddef.h>
#include <sys/socket.h>

typedef struct target {
    struct sockaddr_storage address;
    socklen_t length;
} target;

/* A port of 127.0.0.1, or a path of a Unix-domain socket. Ends the process if it is neither. */
target target_of(const char *text);

/* A connected socket that does not block and does not delay. TCP sources rotate over several addresses of the loopback
 * network, so that ports do not run out. */
int target_connect(const target *to);

/* Closes with a reset: no port waits. */
void target_reset(int fd);

/* Says what failed and ends the process. */
_Noreturn void fail(const char *what);

#endif
