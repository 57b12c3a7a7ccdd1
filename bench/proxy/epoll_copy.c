/* A proxy on raw epoll that copies: one buffer of 64 KiB, what the other side does not take waits in it.
 *
 *     epoll_copy PORT        passes each client on to 127.0.0.1:PORT, one direction; prints its own port */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 64 * 1024 };

typedef struct side {
    int fd;
} side;

static int poller;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void watch(side *side, uint32_t events, int how) {
    struct epoll_event event = {.events = events, .data.ptr = side};
    if (epoll_ctl(poller, how, side->fd, &event) < 0) {
        fail("epoll_ctl");
    }
}

int main(int argc, char **argv) {
    static char bytes[ROOM];
    if (argc != 2) {
        return 2;
    }
    struct sockaddr_in at = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    at.sin_addr.s_addr = to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)atoi(argv[1]));
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&at, size) < 0 || listen(listener, 16) < 0 ||
        getsockname(listener, (struct sockaddr *)&at, &size) < 0) {
        fail("listen");
    }
    printf("listening on 127.0.0.1:%d\n", ntohs(at.sin_port));
    fflush(stdout);
    poller = epoll_create1(0);
    for (;;) {
        side client = {accept4(listener, NULL, NULL, SOCK_NONBLOCK)};
        side server = {socket(AF_INET, SOCK_STREAM, 0)};
        if (connect(server.fd, (struct sockaddr *)&to, sizeof to) < 0) {
            fail("connect");
        }
        watch(&client, EPOLLIN, EPOLL_CTL_ADD);
        watch(&server, 0, EPOLL_CTL_ADD);
        size_t from = 0, until = 0;
        for (int open = 1; open;) {
            struct epoll_event event;
            if (epoll_wait(poller, &event, 1, -1) != 1) {
                continue;
            }
            if (event.data.ptr == &client && until == from) {
                ssize_t n = recv(client.fd, bytes, ROOM, 0);
                if (n <= 0) {
                    open = 0;
                    continue;
                }
                from = 0;
                until = (size_t)n;
            }
            int waited = event.data.ptr == &server;
            ssize_t n = send(server.fd, bytes + from, until - from, MSG_DONTWAIT | MSG_NOSIGNAL);
            from += n > 0 ? (size_t)n : 0;
            if ((from < until) != waited) {
                watch(&client, from < until ? 0 : EPOLLIN, EPOLL_CTL_MOD);
                watch(&server, from < until ? EPOLLOUT : 0, EPOLL_CTL_MOD);
            }
        }
        close(client.fd);
        close(server.fd);
    }
}
