/* What a message costs once everything is warm: no allocation, one read, one write, no change of what epoll watches.
 * This executable stands between the library and the C library, and counts. */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "peer.h"
#include "plain_process.h"
#include "scene.h"

typedef struct costs {
    int allocations;
    int reads;
    int writes;
    int epoll_controls;
} costs;

static _Thread_local bool counting;
static costs seen;

#define COUNT(what)                                                                                                    \
    do {                                                                                                               \
        if (counting) {                                                                                                \
            seen.what++;                                                                                               \
        }                                                                                                              \
    } while (0)

#if !UNDER_SANITIZER
/* The C library's own names for them: dlsym would allocate. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    COUNT(allocations);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    COUNT(allocations);
    return __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size) {
    COUNT(allocations);
    return __libc_realloc(pointer, size);
}

int posix_memalign(void **pointer, size_t alignment, size_t size) {
    COUNT(allocations);
    *pointer = __libc_memalign(alignment, size);
    return *pointer ? 0 : ENOMEM;
}

void *aligned_alloc(size_t alignment, size_t size) {
    COUNT(allocations);
    return __libc_memalign(alignment, size);
}
#endif

#define REAL(type, name, parameters)                                                                                   \
    static type(*real) parameters;                                                                                     \
    if (!real) {                                                                                                       \
        *(void **)&real = dlsym(RTLD_NEXT, name);                                                                      \
    }

ssize_t recv(int fd, void *buffer, size_t length, int flags) {
    REAL(ssize_t, "recv", (int, void *, size_t, int))
    COUNT(reads);
    return real(fd, buffer, length, flags);
}

ssize_t send(int fd, const void *buffer, size_t length, int flags) {
    REAL(ssize_t, "send", (int, const void *, size_t, int))
    COUNT(writes);
    return real(fd, buffer, length, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    REAL(ssize_t, "sendmsg", (int, const struct msghdr *, int))
    COUNT(writes);
    return real(fd, message, flags);
}

ssize_t writev(int fd, const struct iovec *pieces, int count) {
    REAL(ssize_t, "writev", (int, const struct iovec *, int))
    COUNT(writes);
    return real(fd, pieces, count);
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
    REAL(int, "epoll_ctl", (int, int, int, struct epoll_event *))
    COUNT(epoll_controls);
    return real(epoll, operation, fd, event);
}

enum { WARM_UP = 200, MESSAGES = 1000, LENGTH = 64 };

static net_server *server;
static int answers;

/* And what the library does has to come by here, or nothing would be proved. */
static void only_in_a_plain_process(void) {
    if (!is_plain_process()) {
        case_skip("what is counted would be the sanitizer's");
    }
    counting = true;
    net_loop *other = net_loop_new();
    counting = false;
    CHECK_EQ(net_loop_free(other), 0);
    CHECK(seen.allocations > 0);
    CHECK(seen.epoll_controls > 0);
}

/* An ordinary program's listeners. */
static void echo(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    if (net_socket_write(socket, data, length) != 1) {
        FAIL("an echo has to wait");
    }
    if (++answers == WARM_UP) {
        memset(&seen, 0, sizeof seen);
        counting = true;
    }
    if (answers == WARM_UP + MESSAGES) {
        counting = false;
    }
}

static void welcome(net_server *handle, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_server_close(handle), 0);
    ON(socket, data, echo);
    ON(socket, end, do_nothing);
    ON(socket, error, ignore_error);
    CHECK_EQ(net_socket_set_no_delay(socket, 1), 0);
}

typedef struct asking {
    peer_thread thread;
    int fd;
} asking;

static void ask(void *user) {
    asking *peer = user;
    char message[LENGTH];
    char answer[LENGTH];
    memset(message, 'm', sizeof message);
    for (int i = 0; i < WARM_UP + MESSAGES + 10; i++) {
        peer_send(peer->fd, message, sizeof message);
        peer_receive_exactly(peer->fd, answer, sizeof answer);
    }
    peer_shutdown_write(peer->fd);
}

static void check_costs(void) {
    CHECK_EQ(seen.allocations, 0);
    CHECK_EQ(seen.epoll_controls, 0);
    CHECK_EQ(seen.writes, MESSAGES);
    /* A read that finds nothing would be a second one. */
    CHECK_EQ(seen.reads, MESSAGES);
}

static void serve_one(net_loop *loop, int fd) {
    asking peer = {.fd = fd};
    peer_start(&peer.thread, ask, &peer);
    run(loop);
    peer_join(&peer.thread);
    peer_close(fd);
    check_costs();
}

static void listening_server(net_loop *loop) {
    only_in_a_plain_process();
    server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, welcome, NULL, NULL), 0);
}

CASE(steady_state_of_an_echo_over_tcp) {
    listening_server(loop);
    serve_one(loop, peer_connect("127.0.0.1", listen_local(server)));
}

CASE(steady_state_of_an_echo_over_a_unix_socket) {
    listening_server(loop);
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("socket")), 0);
    serve_one(loop, peer_connect_path(case_path("socket")));
}

/* ---- both sides ours, and every callback of a write ---- */

static int pings;

static void completed(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    if (error) {
        FAIL("a write failed");
    }
}

static void ping(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    if (++pings == WARM_UP + MESSAGES) {
        counting = false;
        do_end(socket, NULL);
        return;
    }
    if (pings == WARM_UP) {
        memset(&seen, 0, sizeof seen);
        counting = true;
    }
    if (net_socket_write_cb(socket, data, length, completed, NULL, NULL) != 1) {
        FAIL("a ping has to wait");
    }
}

static void pong(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    net_socket_write_cb(socket, data, length, completed, NULL, NULL);
}

static void welcome_pong(net_server *handle, net_socket *socket, void *user) {
    (void)handle;
    (void)user;
    ON(socket, data, pong);
}

CASE(steady_state_with_completions) {
    only_in_a_plain_process();
    net_socket *client = connect_to(loop, serve(loop, NULL, welcome_pong), NULL);
    ON(client, data, ping);
    CHECK_EQ(write_text(client, "ping"), 1);
    run(loop);
    CHECK_EQ(pings, WARM_UP + MESSAGES);
    CHECK_EQ(seen.allocations, 0);
    CHECK_EQ(seen.epoll_controls, 0);
}

/* With a timeout, which every message postpones. */
CASE(steady_state_with_a_timeout) {
    only_in_a_plain_process();
    net_socket *client = connect_to(loop, serve(loop, NULL, welcome_pong), NULL);
    CHECK_EQ(net_socket_set_timeout(client, 60000), 0);
    ON(client, data, ping);
    ON(client, timeout, do_destroy);
    CHECK_EQ(write_text(client, "ping"), 1);
    run(loop);
    CHECK_EQ(pings, WARM_UP + MESSAGES);
    CHECK_EQ(seen.allocations, 0);
    CHECK_EQ(seen.epoll_controls, 0);
}

/* ---- timers ---- */

static int times;

static void count_time(net_timer *timer, void *user) {
    (void)user;
    if (++times == 50) {
        memset(&seen, 0, sizeof seen);
        counting = true;
    }
    if (times == 250) {
        counting = false;
        CHECK_EQ(net_timer_stop(timer), 0);
    }
}

CASE(steady_state_of_a_repeating_timer) {
    only_in_a_plain_process();
    CHECK_EQ(net_timer_start(timer_on(loop), 0, 1, count_time, NULL, NULL), 0);
    run(loop);
    CHECK_EQ(times, 250);
    CHECK_EQ(seen.allocations, 0);
}

/* ---- a connection's life ---- */

static int lives;
static net_server *lives_server;

static void end_at_end(net_server *handle, net_socket *socket, void *user) {
    (void)handle;
    (void)user;
    CHECK_EQ(net_socket_resume(socket), 0);
}

static void next_life(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    uint16_t port = (uint16_t)(uintptr_t)user;
    if (++lives == 100) {
        counting = false;
        CHECK_EQ(net_server_close(lives_server), 0);
        return;
    }
    CHECK_EQ(net_socket_connect_tcp(socket, port, "127.0.0.1"), 0);
}

/* At most two changes of what epoll watches in the life of a connection, on each side. */
CASE(steady_state_of_connections) {
    only_in_a_plain_process();
    memset(&seen, 0, sizeof seen);
    lives_server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(lives_server, end_at_end, NULL, NULL), 0);
    uint16_t port = listen_local(lives_server);
    net_socket *client = connect_to(loop, port, NULL);
    CHECK_EQ(net_socket_resume(client), 0);
    ON(client, ready, do_end);
    CHECK_EQ(net_socket_on_close(client, next_life, (void *)(uintptr_t)port, NULL), 0);
    counting = true;
    run(loop);
    CHECK_EQ(lives, 100);
    CHECK(seen.epoll_controls <= 400);
}
