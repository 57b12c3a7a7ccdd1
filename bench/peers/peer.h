/* What the servers of the comparison have in common: where they listen, and what they do. All read into one buffer of
 * PEER_ROOM bytes, so that an idle connection holds none. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* How what was read is answered. */
typedef enum peer_mode {
    /* All of it at once. */
    PEER_ECHO,
    /* Each request of REQUEST bytes with a write of its own. */
    PEER_REQUESTS,
    /* The same as one gathered write, which the program has to put together itself. */
    PEER_GATHERED,
} peer_mode;

enum { PEER_BACKLOG = 4096, PEER_ROOM = 256 * 1024, REQUEST = 64 };

typedef struct peer_address {
    union {
        struct sockaddr any;
        struct sockaddr_in tcp;
        struct sockaddr_un local;
    } at;
    socklen_t length;
    int is_tcp;
} peer_address;

static inline void peer_need(int good, const char *what) {
    if (!good) {
        perror(what);
        exit(1);
    }
}

static inline peer_address peer_address_of(const char *text) {
    peer_address found;
    memset(&found, 0, sizeof found);
    found.is_tcp = strchr(text, '/') == NULL;
    if (found.is_tcp) {
        found.at.tcp.sin_family = AF_INET;
        found.at.tcp.sin_port = htons((unsigned short)atoi(text));
        found.at.tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        found.length = sizeof found.at.tcp;
    } else {
        found.at.local.sun_family = AF_UNIX;
        strncpy(found.at.local.sun_path, text, sizeof found.at.local.sun_path - 1);
        found.length = sizeof found.at.local;
    }
    return found;
}

/* Says where it listens, as the generator wants to know it. */
static inline void peer_announce(int listener) {
    peer_address where;
    where.length = sizeof where.at;
    peer_need(getsockname(listener, &where.at.any, &where.length) == 0, "getsockname");
    if (where.at.any.sa_family == AF_UNIX) {
        printf("listening on %s\n", where.at.local.sun_path);
    } else {
        printf("listening on 127.0.0.1:%d\n", ntohs(where.at.tcp.sin_port));
    }
    fflush(stdout);
}

/* TARGET [echo|requests|gathered]. A client that is gone ends no server. */
static inline peer_mode peer_mode_of(int count, char **arguments) {
    const char *name = count > 2 ? arguments[2] : "echo";
    signal(SIGPIPE, SIG_IGN);
    peer_need(count > 1, "usage: TARGET [echo|requests|gathered]");
    if (strcmp(name, "requests") == 0) {
        return PEER_REQUESTS;
    }
    return strcmp(name, "gathered") == 0 ? PEER_GATHERED : PEER_ECHO;
}

#endif
