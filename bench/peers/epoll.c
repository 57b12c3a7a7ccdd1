/* The least that an echo server can do on Linux: level-triggered epoll, one read and one write. What does not go out at
 * once waits in a buffer of its own, so that a slow reader is answered as well. */
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

enum { EVENTS = 1024 };

typedef struct client {
    int fd;
    size_t waiting;
    char *bytes;
} client;

static int poller;
static peer_mode mode;
static char room[PEER_ROOM];

static void forget(client *one) {
    close(one->fd);
    free(one->bytes);
    free(one);
}

static void watch(client *one, int operation) {
    struct epoll_event event = {.events = one->waiting > 0 ? EPOLLOUT : EPOLLIN, .data.ptr = one};
    peer_need(epoll_ctl(poller, operation, one->fd, &event) == 0, "epoll_ctl");
}

/* Keeps what the system did not take; nothing more is read until it has. */
static void keep(client *one, const char *bytes, size_t length) {
    char *grown = realloc(one->bytes, one->waiting + length);
    peer_need(grown != NULL, "realloc");
    memcpy(grown + one->waiting, bytes, length);
    one->bytes = grown;
    one->waiting += length;
}

static int answer(client *one, const char *bytes, size_t length) {
    ssize_t taken = one->waiting > 0 ? 0 : send(one->fd, bytes, length, MSG_NOSIGNAL);
    if (taken < 0 && errno != EAGAIN) {
        return -1;
    }
    if (taken < (ssize_t)length) {
        size_t from = taken < 0 ? 0 : (size_t)taken;
        keep(one, bytes + from, length - from);
    }
    return 0;
}

static int answer_all(client *one, size_t length) {
    if (mode == PEER_REQUESTS) {
        for (size_t from = 0; from < length; from += REQUEST) {
            if (answer(one, room + from, length - from < REQUEST ? length - from : REQUEST) != 0) {
                return -1;
            }
        }
        return 0;
    }
    return answer(one, room, length);
}

static void on_readable(client *one) {
    ssize_t length = read(one->fd, room, sizeof room);
    if (length < 0 && errno == EAGAIN) {
        return;
    }
    if (length <= 0 || answer_all(one, (size_t)length) != 0) {
        forget(one);
        return;
    }
    if (one->waiting > 0) {
        watch(one, EPOLL_CTL_MOD);
    }
}

static void on_writable(client *one) {
    ssize_t taken = send(one->fd, one->bytes, one->waiting, MSG_NOSIGNAL);
    if (taken < 0 && errno != EAGAIN) {
        forget(one);
        return;
    }
    if (taken > 0) {
        one->waiting -= (size_t)taken;
        memmove(one->bytes, one->bytes + taken, one->waiting);
    }
    if (one->waiting == 0) {
        watch(one, EPOLL_CTL_MOD);
    }
}

static void on_connection(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        return;
    }
    client *one = calloc(1, sizeof *one);
    peer_need(one != NULL, "calloc");
    one->fd = fd;
    watch(one, EPOLL_CTL_ADD);
}

int main(int count, char **arguments) {
    mode = peer_mode_of(count, arguments);
    peer_address where = peer_address_of(arguments[1]);
    int on = 1;
    int listener = socket(where.at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (where.is_tcp) {
        setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    peer_need(bind(listener, &where.at.any, where.length) == 0, "bind");
    peer_need(listen(listener, PEER_BACKLOG) == 0, "listen");
    peer_announce(listener);
    poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    peer_need(epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) == 0, "epoll_ctl");
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            client *one = events[i].data.ptr;
            if (one == NULL) {
                on_connection(listener);
            } else if (one->waiting > 0) {
                on_writable(one);
            } else {
                on_readable(one);
            }
        }
    }
}
