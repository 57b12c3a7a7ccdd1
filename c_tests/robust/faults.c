/* The system fails. This executable stands between the library and the C library: each call below goes through it, and
 * fails as planned. Then descriptors run out in earnest. */
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "peer.h"
#include "plain_process.h"
#include "scene.h"

/* ---- the plan ---- */

typedef enum call {
    CALL_ACCEPT,
    CALL_BIND,
    CALL_CONNECT,
    CALL_EPOLL_CTL,
    CALL_EPOLL_WAIT,
    CALL_EVENTFD,
    CALL_GETADDRINFO,
    CALL_LISTEN,
    CALL_RECV,
    CALL_SEND,
    CALL_SETSOCKOPT,
    CALL_SHUTDOWN,
    CALL_SOCKET,
    CALL_SO_ERROR,
    CALLS
} call;

typedef struct plan {
    int error;
    int skip;
    int times;
    int hits;
} plan;

static plan plans[CALLS];
static int counts[CALLS];

static void fail_with(call which, int error, int times) { plans[which] = (plan){error, 0, times, 0}; }

/* Only what the library calls: peers of the same process go through untouched. */
static bool from_library(const void *caller) {
    Dl_info info;
    return dladdr(caller, &info) != 0 && info.dli_fname && strstr(info.dli_fname, "libnodenet") != NULL;
}

static bool fails(call which, const void *caller) {
    if (!from_library(caller)) {
        return false;
    }
    __atomic_add_fetch(&counts[which], 1, __ATOMIC_RELAXED);
    plan *now = &plans[which];
    if (now->times == 0 || now->skip-- > 0) {
        return false;
    }
    now->times--;
    now->hits++;
    errno = now->error;
    return true;
}

#define CALLER __builtin_return_address(0)
#define REAL(type, name, parameters)                                                                                   \
    static type(*real) parameters;                                                                                     \
    if (!real) {                                                                                                       \
        *(void **)&real = dlsym(RTLD_NEXT, name);                                                                      \
    }

/* The C library declares its address parameters as unions of all kinds of pointers. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
    REAL(int, "accept4", (int, struct sockaddr *, socklen_t *, int))
    return fails(CALL_ACCEPT, CALLER) ? -1 : real(fd, address, length, flags);
}

int bind(int fd, const struct sockaddr *address, socklen_t length) {
    REAL(int, "bind", (int, const struct sockaddr *, socklen_t))
    return fails(CALL_BIND, CALLER) ? -1 : real(fd, address, length);
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
    REAL(int, "connect", (int, const struct sockaddr *, socklen_t))
    return fails(CALL_CONNECT, CALLER) ? -1 : real(fd, address, length);
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
    REAL(int, "epoll_ctl", (int, int, int, struct epoll_event *))
    return fails(CALL_EPOLL_CTL, CALLER) ? -1 : real(epoll, operation, fd, event);
}

int epoll_wait(int epoll, struct epoll_event *events, int count, int timeout) {
    REAL(int, "epoll_wait", (int, struct epoll_event *, int, int))
    return fails(CALL_EPOLL_WAIT, CALLER) ? -1 : real(epoll, events, count, timeout);
}

int eventfd(unsigned count, int flags) {
    REAL(int, "eventfd", (unsigned, int))
    return fails(CALL_EVENTFD, CALLER) ? -1 : real(count, flags);
}

static sem_t lookup_may_go_on;
static bool lookup_waits;

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    REAL(int, "getaddrinfo", (const char *, const char *, const struct addrinfo *, struct addrinfo **))
    if (fails(CALL_GETADDRINFO, CALLER)) {
        int error = errno;
        errno = ENOENT;
        return error;
    }
    if (lookup_waits) {
        while (sem_wait(&lookup_may_go_on) != 0) {
        }
    }
    return real(node, service, hints, result);
}

int getsockopt(int fd, int level, int option, void *value, socklen_t *length) {
    REAL(int, "getsockopt", (int, int, int, void *, socklen_t *))
    int status = real(fd, level, option, value, length);
    if (level == SOL_SOCKET && option == SO_ERROR && fails(CALL_SO_ERROR, CALLER)) {
        *(int *)value = errno;
    }
    return status;
}

int listen(int fd, int backlog) {
    REAL(int, "listen", (int, int))
    return fails(CALL_LISTEN, CALLER) ? -1 : real(fd, backlog);
}

ssize_t recv(int fd, void *buffer, size_t length, int flags) {
    REAL(ssize_t, "recv", (int, void *, size_t, int))
    return fails(CALL_RECV, CALLER) ? -1 : real(fd, buffer, length, flags);
}

ssize_t send(int fd, const void *buffer, size_t length, int flags) {
    REAL(ssize_t, "send", (int, const void *, size_t, int))
    return fails(CALL_SEND, CALLER) ? -1 : real(fd, buffer, length, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    REAL(ssize_t, "sendmsg", (int, const struct msghdr *, int))
    return fails(CALL_SEND, CALLER) ? -1 : real(fd, message, flags);
}

ssize_t writev(int fd, const struct iovec *pieces, int count) {
    REAL(ssize_t, "writev", (int, const struct iovec *, int))
    return fails(CALL_SEND, CALLER) ? -1 : real(fd, pieces, count);
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
    REAL(int, "setsockopt", (int, int, int, const void *, socklen_t))
    return fails(CALL_SETSOCKOPT, CALLER) ? -1 : real(fd, level, option, value, length);
}

int shutdown(int fd, int how) {
    REAL(int, "shutdown", (int, int))
    return fails(CALL_SHUTDOWN, CALLER) ? -1 : real(fd, how);
}

int socket(int domain, int type, int protocol) {
    REAL(int, "socket", (int, int, int))
    return fails(CALL_SOCKET, CALLER) ? -1 : real(domain, type, protocol);
}

#pragma GCC diagnostic pop

/* ---- every number of the system ---- */

typedef struct system_error {
    int error;
    int number;
    const char *name;
} system_error;

static const system_error system_errors[] = {
    {EINVAL, NET_EINVAL, "EINVAL"},
    {EBADF, NET_EBADF, "EBADF"},
    {EBUSY, NET_EBUSY, "EBUSY"},
    {ENOENT, NET_ENOENT, "ENOENT"},
    {ENOMEM, NET_ENOMEM, "ENOMEM"},
    {EOPNOTSUPP, NET_ENOTSUP, "ENOTSUP"},
    {EACCES, NET_EACCES, "EACCES"},
    {EADDRINUSE, NET_EADDRINUSE, "EADDRINUSE"},
    {EADDRNOTAVAIL, NET_EADDRNOTAVAIL, "EADDRNOTAVAIL"},
    {EAFNOSUPPORT, NET_EAFNOSUPPORT, "EAFNOSUPPORT"},
    {ECONNABORTED, NET_ECONNABORTED, "ECONNABORTED"},
    {ECONNREFUSED, NET_ECONNREFUSED, "ECONNREFUSED"},
    {ECONNRESET, NET_ECONNRESET, "ECONNRESET"},
    {EHOSTUNREACH, NET_EHOSTUNREACH, "EHOSTUNREACH"},
    {EMFILE, NET_EMFILE, "EMFILE"},
    {ENAMETOOLONG, NET_ENAMETOOLONG, "ENAMETOOLONG"},
    {ENETUNREACH, NET_ENETUNREACH, "ENETUNREACH"},
    {ENFILE, NET_ENFILE, "ENFILE"},
    {ENOBUFS, NET_ENOBUFS, "ENOBUFS"},
    {ENOTCONN, NET_ENOTCONN, "ENOTCONN"},
    {ENOTSOCK, NET_ENOTSOCK, "ENOTSOCK"},
    {EPERM, NET_EPERM, "EPERM"},
    {EPIPE, NET_EPIPE, "EPIPE"},
    {EPROTOTYPE, NET_EPROTOTYPE, "EPROTOTYPE"},
    {ETIMEDOUT, NET_ETIMEDOUT, "ETIMEDOUT"},
    {ENOTDIR, NET_ENOTDIR, "ENOTDIR"},
    {EIO, NET_EIO, "EIO"},
    {EISCONN, NET_EISCONN, "EISCONN"},
    {ELOOP, NET_ELOOP, "ELOOP"},
    {EALREADY, NET_EALREADY, "EALREADY"},
    {EEXIST, NET_EEXIST, "EEXIST"},
    {ECANCELED, NET_ECANCELED, "ECANCELED"},
};

enum { SYSTEM_ERRORS = sizeof system_errors / sizeof *system_errors };

typedef struct expected {
    const system_error *error;
    const char *syscall;
    int seen;
    int closed;
} expected;

static void check_error(const net_error *error, expected *wanted) {
    const system_error *system = wanted->error;
    CHECK_EQ(error->number, system->number);
    CHECK_EQ(error->sys_errno, -system->error);
    CHECK_EQ(error->kind, NET_ERROR_KIND_SYSTEM);
    CHECK_STR(error->name, "Error");
    CHECK_STR(error->code, system->name);
    CHECK_STR(error->code, net_error_name(system->number));
    CHECK_STR(error->syscall, wanted->syscall);
    const char *beginning = text("%s %s", wanted->syscall, system->name);
    if (strncmp(error->message, beginning, strlen(beginning)) != 0) {
        FAIL("\"%s\" does not begin with \"%s\"", error->message, beginning);
    }
    CHECK_EQ(++wanted->seen, 1);
}

static void check_socket_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    check_error(error, user);
}

static void check_server_error(net_server *server, const net_error *error, void *user) {
    (void)server;
    check_error(error, user);
}

static void check_close(net_socket *socket, int had_error, void *user) {
    expected *wanted = user;
    (void)socket;
    CHECK_EQ(had_error, 1);
    CHECK_EQ(wanted->seen, 1);
    wanted->closed++;
}

static net_socket *expecting_socket(net_loop *loop, expected *wanted) {
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_error(socket, check_socket_error, wanted, NULL), 0);
    CHECK_EQ(net_socket_on_close(socket, check_close, wanted, NULL), 0);
    return socket;
}

static bool means_wait(int error) { return error == EINPROGRESS || error == EAGAIN || error == EALREADY; }

/* Told by connect(2) itself. */
CASE(faults_connect) {
    for (size_t i = 0; i < SYSTEM_ERRORS; i++) {
        expected wanted = {&system_errors[i], "connect", 0, 0};
        if (means_wait(wanted.error->error)) {
            continue;
        }
        net_socket *socket = expecting_socket(loop, &wanted);
        fail_with(CALL_CONNECT, wanted.error->error, 1);
        CHECK_EQ(net_socket_connect_tcp(socket, 9, "127.0.0.1"), 0);
        run(loop);
        CHECK_EQ(plans[CALL_CONNECT].hits, 1);
        CHECK_EQ(wanted.closed, 1);
        CHECK_EQ(net_socket_free(socket), 0);
    }
}

/* Told later by SO_ERROR. */
CASE(faults_connect_later) {
    uint16_t port = 0;
    int listener = peer_listen("127.0.0.1", &port, 100);
    for (size_t i = 0; i < SYSTEM_ERRORS; i++) {
        expected wanted = {&system_errors[i], "connect", 0, 0};
        if (means_wait(wanted.error->error)) {
            continue;
        }
        net_socket *socket = expecting_socket(loop, &wanted);
        fail_with(CALL_SO_ERROR, wanted.error->error, 1);
        CHECK_EQ(net_socket_connect_tcp(socket, port, "127.0.0.1"), 0);
        run(loop);
        CHECK_EQ(plans[CALL_SO_ERROR].hits, 1);
        CHECK_EQ(wanted.closed, 1);
        CHECK_EQ(net_socket_free(socket), 0);
    }
    peer_close(listener);
}

CASE(faults_connect_without_a_socket) {
    for (size_t i = 0; i < SYSTEM_ERRORS; i++) {
        expected wanted = {&system_errors[i], "connect", 0, 0};
        net_socket *socket = expecting_socket(loop, &wanted);
        fail_with(CALL_SOCKET, wanted.error->error, 1);
        CHECK_EQ(net_socket_connect_tcp(socket, 9, "127.0.0.1"), 0);
        run(loop);
        CHECK_EQ(plans[CALL_SOCKET].hits, 1);
        CHECK_EQ(wanted.closed, 1);
        CHECK_EQ(net_socket_free(socket), 0);
    }
}

static void fail_reading(net_socket *socket, void *user) {
    const expected *wanted = user;
    fail_with(CALL_RECV, wanted->error->error, 1);
    CHECK(net_socket_write(socket, "x", 1) == 1);
}

CASE(faults_read) {
    for (size_t i = 0; i < SYSTEM_ERRORS; i++) {
        expected wanted = {&system_errors[i], "read", 0, 0};
        /* A pipe says that it is no socket, and is read in another way. */
        if (means_wait(wanted.error->error) || wanted.error->error == ENOTSOCK) {
            continue;
        }
        uint16_t port = 0;
        int listener = peer_listen("127.0.0.1", &port, 1);
        net_socket *socket = expecting_socket(loop, &wanted);
        CHECK_EQ(net_socket_on_ready(socket, fail_reading, &wanted, NULL), 0);
        CHECK_EQ(net_socket_connect_tcp(socket, port, "127.0.0.1"), 0);
        CHECK_EQ(net_loop_poll(loop, 0), 0);
        int peer = peer_accept(listener);
        peer_send_text(peer, "data");
        run(loop);
        CHECK_EQ(plans[CALL_RECV].hits, 1);
        CHECK_EQ(wanted.closed, 1);
        CHECK_EQ(net_socket_free(socket), 0);
        peer_close(peer);
        peer_close(listener);
    }
}

static void check_failed_write(net_socket *socket, const net_error *error, void *user) {
    const expected *wanted = user;
    (void)socket;
    CHECK(error != NULL);
    CHECK_EQ(error->number, wanted->error->number);
}

static void fail_writing(net_socket *socket, void *user) {
    const expected *wanted = user;
    fail_with(CALL_SEND, wanted->error->error, 1);
    CHECK_EQ(net_socket_write_cb(socket, "x", 1, check_failed_write, user, NULL), 0);
    CHECK_EQ(net_socket_write_cb(socket, "y", 1, check_failed_write, user, NULL), 0);
}

CASE(faults_write) {
    uint16_t port = 0;
    int listener = peer_listen("127.0.0.1", &port, 100);
    for (size_t i = 0; i < SYSTEM_ERRORS; i++) {
        expected wanted = {&system_errors[i], "write", 0, 0};
        int error = wanted.error->error;
        /* A pipe says that it is no socket, and is written to in another way. */
        if (means_wait(error) || error == ENOBUFS || error == ENOTCONN || error == ENOTSOCK) {
            continue;
        }
        net_socket *socket = expecting_socket(loop, &wanted);
        CHECK_EQ(net_socket_on_ready(socket, fail_writing, &wanted, NULL), 0);
        CHECK_EQ(net_socket_connect_tcp(socket, port, "127.0.0.1"), 0);
        run(loop);
        CHECK_EQ(plans[CALL_SEND].hits, 1);
        CHECK_EQ(wanted.closed, 1);
        CHECK_EQ(net_socket_free(socket), 0);
    }
    peer_close(listener);
}

static void write_without_a_peer(net_socket *socket, void *user) {
    fail_with(CALL_SEND, ENOTCONN, 1);
    CHECK_EQ(net_socket_write_cb(socket, "x", 1, check_failed_write, user, NULL), 0);
}

/* Whoever has no peer writes into a broken pipe, on a local socket as in TCP. */
CASE(faults_write_without_a_peer) {
    uint16_t port = 0;
    int listener = peer_listen("127.0.0.1", &port, 1);
    const system_error broken_pipe = {EPIPE, NET_EPIPE, "EPIPE"};
    expected wanted = {&broken_pipe, "write", 0, 0};
    net_socket *socket = expecting_socket(loop, &wanted);
    CHECK_EQ(net_socket_on_ready(socket, write_without_a_peer, &wanted, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(socket, port, "127.0.0.1"), 0);
    run(loop);
    CHECK_EQ(wanted.closed, 1);
    peer_close(listener);
}

static void uncork_in_the_midst(net_socket *socket, const net_error *error, void *user) {
    size_t length = 0;
    check_failed_write(socket, error, user);
    CHECK_EQ(net_socket_writable_length(socket, &length), 0);
    CHECK_EQ(length, 3);
    CHECK_EQ(net_socket_cork(socket), 0);
    CHECK_EQ(net_socket_uncork(socket), 0);
    CHECK_EQ(net_socket_writable_length(socket, &length), 0);
    CHECK_EQ(length, 0);
}

/* What is written on while the queue fails counts without what has failed already. */
CASE(faults_write_uncork_while_the_queue_fails) {
    uint16_t port = 0;
    int listener = peer_listen("127.0.0.1", &port, 1);
    const system_error broken_pipe = {EPIPE, NET_EPIPE, "EPIPE"};
    expected wanted = {&broken_pipe, "write", 0, 0};
    net_socket *socket = expecting_socket(loop, &wanted);
    CHECK_EQ(net_socket_connect_tcp(socket, port, "127.0.0.1"), 0);
    CHECK_EQ(net_socket_write(socket, "1", 1), 1);
    CHECK_EQ(net_socket_write_cb(socket, "22", 2, uncork_in_the_midst, &wanted, NULL), 1);
    CHECK_EQ(net_socket_write_cb(socket, "333", 3, check_failed_write, &wanted, NULL), 1);
    fail_with(CALL_SEND, EPIPE, 2);
    run(loop);
    CHECK_EQ(plans[CALL_SEND].hits, 2);
    CHECK_EQ(wanted.closed, 1);
    CHECK_EQ(net_socket_free(socket), 0);
    peer_close(listener);
}

static void listen_that_fails(net_loop *loop, call which) {
    for (size_t i = 0; i < SYSTEM_ERRORS; i++) {
        expected wanted = {&system_errors[i], "listen", 0, 0};
        net_server *server = server_on(loop, NULL);
        CHECK_EQ(net_server_on_error(server, check_server_error, &wanted, NULL), 0);
        /* Twice, for the attempt without IPv6. */
        fail_with(which, wanted.error->error, 2);
        CHECK_EQ(net_server_listen_tcp(server, 0, "127.0.0.1"), 0);
        run(loop);
        CHECK(plans[which].hits > 0);
        CHECK_EQ(wanted.seen, 1);
        plans[which].times = 0;
        /* It can listen again. */
        CHECK_EQ(net_server_listen_tcp(server, 0, NULL), 0);
        CHECK_EQ(net_server_listening(server), 1);
        CHECK_EQ(net_server_free(server), 0);
    }
}

CASE(faults_bind) { listen_that_fails(loop, CALL_BIND); }
CASE(faults_listen) { listen_that_fails(loop, CALL_LISTEN); }
CASE(faults_listen_without_a_socket) { listen_that_fails(loop, CALL_SOCKET); }

static void check_unknown(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    CHECK_EQ(error->number, NET_EUNKNOWN);
    CHECK_EQ(error->sys_errno, -EUCLEAN);
    CHECK_STR(error->syscall, "connect");
    CHECK(error->code != NULL && error->message != NULL);
    ++*(int *)user;
}

CASE(faults_an_error_without_a_number_of_its_own) {
    int seen = 0;
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_error(socket, check_unknown, &seen, NULL), 0);
    fail_with(CALL_CONNECT, EUCLEAN, 1);
    CHECK_EQ(net_socket_connect_tcp(socket, 9, "127.0.0.1"), 0);
    run(loop);
    CHECK_EQ(seen, 1);
}

/* ---- names ---- */

typedef struct lookup_error {
    int status;
    int number;
    const char *name;
} lookup_error;

static void check_lookup_error(net_socket *socket, const net_error *error, void *user) {
    const lookup_error *wanted = user;
    (void)socket;
    CHECK_EQ(error->number, wanted->number);
    CHECK_EQ(error->kind, NET_ERROR_KIND_LOOKUP);
    CHECK_STR(error->code, wanted->name);
    CHECK_STR(error->syscall, "getaddrinfo");
    CHECK_STR(error->hostname, "example.org");
    CHECK_STR(error->message, text("getaddrinfo %s example.org", wanted->name));
    CHECK(error->sys_errno < 0);
    CHECK_EQ(error->present & NET_ERROR_HAS_PORT, 0);
    trace("error");
}

CASE(faults_lookup) {
    static const lookup_error errors[] = {{EAI_NONAME, NET_ENOTFOUND, "ENOTFOUND"},
                                          {EAI_AGAIN, NET_EAI_AGAIN, "EAI_AGAIN"},
                                          {EAI_FAIL, NET_EAI_FAIL, "EAI_FAIL"}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        net_socket *socket = socket_on(loop, NULL);
        CHECK_EQ(net_socket_on_error(socket, check_lookup_error, (void *)(uintptr_t)&errors[i], NULL), 0);
        fail_with(CALL_GETADDRINFO, errors[i].status, 1);
        CHECK_EQ(net_socket_connect_tcp(socket, 9, "example.org"), 0);
        run(loop);
        CHECK_EQ(plans[CALL_GETADDRINFO].hits, 1);
        CHECK_EQ(net_socket_free(socket), 0);
    }
    CHECK_STR(trace_text(), "error\nerror\nerror\n");
}

static void fail_on_lookup(net_socket *socket, const net_error *error, const net_address *address, const char *host,
                           void *user) {
    (void)socket;
    (void)error;
    (void)address;
    (void)host;
    (void)user;
    FAIL("a lookup of a dead socket is told");
}

/* The answer comes after everybody has gone: nobody waits for it, nobody is told, nothing is lost. */
CASE(faults_lookup_outlives_its_socket_and_its_loop) {
    CHECK_EQ(sem_init(&lookup_may_go_on, 0, 0), 0);
    lookup_waits = true;
    net_loop *other = net_loop_new();
    net_socket *socket = socket_on(other, NULL);
    net_server *server = server_on(other, NULL);
    net_socket *freed = socket_on(other, NULL);
    CHECK_EQ(net_socket_on_lookup(socket, fail_on_lookup, counted_user(NULL), counted_drop), 0);
    CHECK_EQ(net_socket_on_lookup(freed, fail_on_lookup, counted_user(NULL), counted_drop), 0);
    CHECK_EQ(net_socket_connect_tcp(socket, 9, "localhost"), 0);
    CHECK_EQ(net_socket_connect_tcp(freed, 9, "localhost"), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, "localhost"), 0);
    CHECK_EQ(net_loop_poll(other, 0), 0);
    CHECK_EQ(net_loop_alive(other), 1);
    CHECK_EQ(net_socket_free(freed), 0);
    CHECK_EQ(net_loop_poll(other, 0), 0);
    CHECK_EQ(net_loop_free(other), 0);
    lookup_waits = false;
    for (int i = 0; i < 8; i++) {
        CHECK_EQ(sem_post(&lookup_may_go_on), 0);
    }
    /* A lookup of another loop is answered meanwhile. */
    net_socket *next = socket_on(loop, NULL);
    ON(next, error, ignore_error);
    CHECK_EQ(net_socket_connect_tcp(next, peer_unused_port("127.0.0.1"), "localhost"), 0);
    run(loop);
    CHECK_EQ(net_socket_destroyed(next), 1);
}

/* ---- interruptions ---- */

static void echo_much(net_loop *loop, size_t length, int expected_rounds) {
    net_socket *client = connect_to(loop, serve(loop, NULL, do_echo), NULL);
    for (int i = 0; i < expected_rounds; i++) {
        CHECK(net_socket_write(client, zeros(length), length) >= 0);
    }
    do_end(client, NULL);
    ON(client, data, gather);
    run(loop);
    CHECK_EQ(got.length, length * (size_t)expected_rounds);
}

CASE(faults_interrupted_calls_are_made_again) {
    fail_with(CALL_RECV, EINTR, 50);
    fail_with(CALL_SEND, EINTR, 50);
    fail_with(CALL_ACCEPT, EINTR, 3);
    fail_with(CALL_EPOLL_WAIT, EINTR, 3);
    echo_much(loop, 100000, 5);
    CHECK_EQ(plans[CALL_RECV].hits, 50);
    CHECK_EQ(plans[CALL_SEND].hits, 50);
    CHECK_EQ(plans[CALL_ACCEPT].hits, 3);
    CHECK_EQ(plans[CALL_EPOLL_WAIT].hits, 3);
}

/* What is corked goes out in one call of the system. */
static int sends_before;

static void count_corked(net_socket *socket, void *user) {
    (void)user;
    sends_before = counts[CALL_SEND];
    CHECK_EQ(net_socket_cork(socket), 0);
    for (int i = 0; i < 60; i++) {
        CHECK_EQ(write_text(socket, "w"), 1);
    }
    CHECK_EQ(counts[CALL_SEND], sends_before);
    CHECK_EQ(net_socket_uncork(socket), 0);
    CHECK_EQ(counts[CALL_SEND], sends_before + 1);
    do_end(socket, NULL);
}

CASE(faults_corked_writes_are_one_call) {
    net_socket *client = connect_to(loop, serve(loop, NULL, do_gather), NULL);
    ON(client, ready, count_corked);
    run(loop);
    CHECK_EQ(got.length, 60);
}

static void count_pieces(net_socket *socket, void *user) {
    net_buf pieces[60];
    (void)user;
    for (int i = 0; i < 60; i++) {
        pieces[i] = (net_buf){"w", 1};
    }
    sends_before = counts[CALL_SEND];
    CHECK_EQ(net_socket_writev(socket, pieces, 60, NULL, NULL, NULL), 1);
    CHECK_EQ(counts[CALL_SEND], sends_before + 1);
    do_end(socket, NULL);
}

CASE(faults_gathered_pieces_are_one_call) {
    net_socket *client = connect_to(loop, serve(loop, NULL, do_gather), NULL);
    ON(client, ready, count_pieces);
    run(loop);
    CHECK_EQ(got.length, 60);
}

/* ---- other calls that fail ---- */

/* Whatever option cannot be set, the connection works. */
CASE(faults_options_that_cannot_be_set) {
    net_server_options server = NET_SERVER_OPTIONS_INIT;
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    server.no_delay = 1;
    server.keep_alive = 1;
    options.no_delay = 1;
    options.keep_alive = 1;
    uint16_t port = serve(loop, &server, do_echo);
    fail_with(CALL_SETSOCKOPT, ENOPROTOOPT, 1000);
    net_socket *client = connect_to(loop, port, &options);
    CHECK_EQ(write_text(client, "hello"), 1);
    do_end(client, NULL);
    ON(client, data, gather);
    run(loop);
    CHECK_STR(gathered_text(), "hello");
}

static void ignore_server_error(net_server *server, const net_error *error, void *user) {
    (void)server;
    CHECK(error->message != NULL);
    ++*(int *)user;
}

/* The descriptor cannot be watched: an error, and no lost descriptor. */
CASE(faults_epoll_ctl) {
    int server_errors = 0;
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_error(server, ignore_server_error, &server_errors, NULL), 0);
    fail_with(CALL_EPOLL_CTL, ENOSPC, 1000);
    CHECK_EQ(net_server_listen_tcp(server, 0, NULL), 0);
    run(loop);
    CHECK_EQ(server_errors, 1);
    net_socket *client = connect_to(loop, 9, NULL);
    watch_socket(client, "c", "connect close");
    ON(client, error, ignore_error);
    run(loop);
    CHECK_STR(trace_text(), "c close true\n");
}

/* A loop that cannot wait says so, and does not spin. */
CASE(faults_epoll_wait) {
    CHECK_EQ(net_server_listen_tcp(server_on(loop, NULL), 0, NULL), 0);
    fail_with(CALL_EPOLL_WAIT, EBADF, 1000000);
    CHECK(net_loop_run(loop) < 0);
    CHECK(plans[CALL_EPOLL_WAIT].hits < 100);
    plans[CALL_EPOLL_WAIT].times = 0;
    CHECK_EQ(net_loop_poll(loop, 0), 0);
}

CASE(faults_loop_that_cannot_be_made) {
    fail_with(CALL_EVENTFD, EMFILE, 1);
    CHECK(net_loop_new() == NULL);
    fail_with(CALL_EPOLL_CTL, ENOMEM, 1);
    CHECK(net_loop_new() == NULL);
    net_loop *other = net_loop_new();
    CHECK(other != NULL);
    CHECK_EQ(net_loop_free(other), 0);
}

static void shut_down_badly(net_socket *socket, void *user) {
    fail_with(CALL_SHUTDOWN, ENOTCONN, 1);
    do_end(socket, user);
}

/* The peer is gone already, as far as the system knows: the socket ends in one way or the other. */
CASE(faults_shutdown) {
    net_socket *client = connect_to(loop, serve(loop, NULL, do_resume_ignoring_errors), NULL);
    watch_socket(client, "c", "close");
    ON(client, error, ignore_error);
    CHECK_EQ(net_socket_resume(client), 0);
    ON(client, ready, shut_down_badly);
    CHECK_EQ(net_socket_set_timeout(client, 200), 0);
    ON(client, timeout, do_destroy);
    run(loop);
    CHECK(trace_has("c close true") || trace_has("c close false"));
}

/* ---- accepting ---- */

static net_server *accepting;
static int connections;

static void count_connection(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    connections++;
    CHECK_EQ(net_socket_resume(socket), 0);
    ON(socket, error, ignore_error);
}

static void poll_until_connections(net_loop *loop, int count) {
    while (connections < count) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
    }
}

/* The failed ones are lost, the server goes on. */
static void accept_fails(net_loop *loop, int error) {
    int errors = 0;
    accepting = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(accepting, count_connection, NULL, NULL), 0);
    CHECK_EQ(net_server_on_error(accepting, ignore_server_error, &errors, NULL), 0);
    uint16_t port = listen_local(accepting);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    fail_with(CALL_ACCEPT, error, 2);
    int first = peer_connect("127.0.0.1", port);
    int second = peer_connect("127.0.0.1", port);
    int third = peer_connect("127.0.0.1", port);
    connections = 0;
    poll_until_connections(loop, 1);
    plans[CALL_ACCEPT].times = 0;
    CHECK_EQ(net_server_listening(accepting), 1);
    int fourth = peer_connect("127.0.0.1", port);
    poll_until_connections(loop, 2);
    peer_close(first);
    peer_close(second);
    peer_close(third);
    peer_close(fourth);
    CHECK_EQ(net_server_free(accepting), 0);
    run(loop);
}

CASE(faults_accept_of_a_connection_that_is_gone) {
    accept_fails(loop, ECONNABORTED);
    accept_fails(loop, EPROTO);
    accept_fails(loop, EPERM);
}

CASE(faults_accept_without_memory) {
    accept_fails(loop, ENOBUFS);
    accept_fails(loop, ENOMEM);
}

static double cpu_seconds(void) {
    struct rusage usage;
    CHECK_EQ(getrusage(RUSAGE_SELF, &usage), 0);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static bool time_is_up;

static void end_of_time(void) { time_is_up = true; }

/* Half a second with connections waiting that cannot be taken. */
static void must_not_spin(net_loop *loop) {
    double before = cpu_seconds();
    int turns = 0;
    time_is_up = false;
    after(loop, 500, end_of_time);
    while (!time_is_up) {
        CHECK_EQ(net_loop_poll(loop, 500), 0);
        turns++;
    }
    double used = cpu_seconds() - before;
    if (used > 0.15) {
        FAIL("%.3f s of CPU time in half a second, %d turns", used, turns);
    }
}

static int dropped;

static void count_drop(net_server *server, const net_drop_info *info, void *user) {
    (void)user;
    CHECK(server == accepting);
    CHECK_EQ(info->size, sizeof *info);
    CHECK_EQ(info->reason, NET_DROP_NO_FDS);
    CHECK(info->remote.family == NET_FAMILY_NONE || info->remote.port != 0);
    dropped++;
}

static void server_error_is_wrong(net_server *server, const net_error *error, void *user) {
    (void)server;
    (void)user;
    FAIL("error of the server: %s", error->message);
}

static uint16_t accepting_server(net_loop *loop) {
    accepting = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(accepting, count_connection, NULL, NULL), 0);
    CHECK_EQ(net_server_on_drop(accepting, count_drop, NULL, NULL), 0);
    CHECK_EQ(net_server_on_error(accepting, server_error_is_wrong, NULL, NULL), 0);
    uint16_t port = listen_local(accepting);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    return port;
}

static struct rlimit usual_limit;

static int lowest_free_fd(void) {
    int fd = dup(0);
    CHECK(fd >= 0);
    close(fd);
    return fd;
}

/* So many descriptors can still be opened. */
static void leave_descriptors(int count) {
    struct rlimit limit;
    if (is_under_valgrind()) {
        case_skip("valgrind takes the limit for its own, and accepts what it then closes");
    }
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &usual_limit), 0);
    limit = usual_limit;
    limit.rlim_cur = (rlim_t)(lowest_free_fd() + count);
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void usual_descriptors(void) { CHECK_EQ(setrlimit(RLIMIT_NOFILE, &usual_limit), 0); }

enum { PEERS = 20, ROOM = 5 };

static int open_peer(uint16_t port) {
    int fd = peer_connect("127.0.0.1", port);
    CHECK(fd >= 0);
    return fd;
}

CASE(faults_descriptors_run_out) {
    int peers[PEERS];
    uint16_t port = accepting_server(loop);
    for (int i = 0; i < PEERS; i++) {
        peers[i] = open_peer(port);
    }
    leave_descriptors(ROOM);
    while (connections + dropped < PEERS) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
    }
    CHECK_EQ(connections, ROOM);
    CHECK_EQ(dropped, PEERS - ROOM);
    must_not_spin(loop);
    CHECK_EQ(net_server_listening(accepting), 1);
    /* A dropped peer sees the end of its connection. */
    int last = -1;
    char byte;
    for (int i = 0; i < PEERS; i++) {
        if (peer_try_receive(peers[i], &byte, 1) != -EAGAIN) {
            last = i;
        }
    }
    CHECK(last >= 0);
    usual_descriptors();
    int late = open_peer(port);
    poll_until_connections(loop, ROOM + 1);
    for (int i = 0; i < PEERS; i++) {
        peer_close(peers[i]);
    }
    peer_close(late);
    CHECK_EQ(net_server_close(accepting), 0);
    run(loop);
}

/* The peers stay, and room comes from within: an accepted socket closes. */
CASE(faults_descriptors_come_back) {
    int peers[ROOM];
    uint16_t port = accepting_server(loop);
    for (int i = 0; i < ROOM; i++) {
        peers[i] = open_peer(port);
    }
    int late = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(late >= 0);
    leave_descriptors(ROOM);
    poll_until_connections(loop, ROOM);
    must_not_spin(loop);
    peer_close(peers[0]);
    CHECK_EQ(net_loop_poll(loop, 1000), 0);
    usual_descriptors();
    CHECK_EQ(dropped, 0);
    peers[0] = open_peer(port);
    poll_until_connections(loop, ROOM + 1);
    for (int i = 0; i < ROOM; i++) {
        peer_close(peers[i]);
    }
    close(late);
    CHECK_EQ(net_server_close(accepting), 0);
    run(loop);
}

/* The whole system's table is full: even the spare descriptor does not help. Told, waiting, then going on. */
CASE(faults_accept_without_any_descriptor) {
    uint16_t port = accepting_server(loop);
    fail_with(CALL_ACCEPT, ENFILE, 1000000);
    int peer = open_peer(port);
    must_not_spin(loop);
    CHECK(plans[CALL_ACCEPT].hits > 0);
    CHECK(plans[CALL_ACCEPT].hits < 200);
    CHECK_EQ(connections, 0);
    plans[CALL_ACCEPT].times = 0;
    poll_until_connections(loop, 1);
    peer_close(peer);
    CHECK_EQ(net_server_close(accepting), 0);
    run(loop);
}

CASE(faults_connect_without_descriptors) {
    expected wanted = {&system_errors[0], "connect", 0, 0};
    for (size_t i = 0; i < SYSTEM_ERRORS; i++) {
        if (system_errors[i].error == EMFILE) {
            wanted.error = &system_errors[i];
        }
    }
    net_socket *socket = expecting_socket(loop, &wanted);
    leave_descriptors(0);
    CHECK_EQ(net_socket_connect_tcp(socket, 9, "127.0.0.1"), 0);
    run(loop);
    usual_descriptors();
    CHECK_EQ(wanted.closed, 1);
}

/* ---- SIGPIPE ---- */

static volatile sig_atomic_t broken_pipes;

static void on_broken_pipe(int number) {
    (void)number;
    broken_pipes++;
}

static net_socket *writer;
static int listener_of_peer;
static bool gathered_writes;
static int writes_left = 50;

static void write_on(void) {
    static const net_buf pieces[2] = {{"a", 1}, {"b", 1}};
    if (writes_left-- == 0 || net_socket_destroyed(writer)) {
        return;
    }
    if (gathered_writes) {
        CHECK(net_socket_writev(writer, pieces, 2, NULL, NULL, NULL) >= 0);
    } else {
        CHECK(write_text(writer, "x") >= 0);
    }
    settle(net_socket_loop(writer), write_on);
}

/* The peer reads nothing and is gone before the first write, so that the second one meets a broken pipe. */
static void start_writing(net_socket *socket, void *user) {
    (void)user;
    peer_close(peer_accept(listener_of_peer));
    settle(net_socket_loop(socket), write_on);
}

static void check_broken_pipe(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    CHECK_EQ(error->number, NET_EPIPE);
    CHECK_STR(error->message, "write EPIPE");
    trace("broken pipe");
}

static void no_signal(net_loop *loop, net_socket *socket, bool gathered) {
    struct sigaction action = {0};
    struct sigaction now = {0};
    action.sa_handler = on_broken_pipe;
    CHECK_EQ(sigaction(SIGPIPE, &action, NULL), 0);
    gathered_writes = gathered;
    writer = socket;
    watch_socket(writer, "c", "close");
    ON(writer, error, check_broken_pipe);
    ON(writer, ready, start_writing);
    CHECK_EQ(net_socket_pause(writer), 0);
    run(loop);
    peer_close(listener_of_peer);
    CHECK_EQ(broken_pipes, 0);
    CHECK_EQ(sigaction(SIGPIPE, NULL, &now), 0);
    CHECK(now.sa_handler == on_broken_pipe);
    CHECK_STR(trace_text(), "broken pipe\nc close true\n");
}

static void no_signal_over_tcp(net_loop *loop, bool gathered) {
    uint16_t port = 0;
    listener_of_peer = peer_listen("127.0.0.1", &port, 1);
    no_signal(loop, connect_to(loop, port, NULL), gathered);
}

static void no_signal_over_a_path(net_loop *loop, bool gathered) {
    net_socket *socket = socket_on(loop, NULL);
    listener_of_peer = peer_listen_path(case_path("socket"));
    CHECK_EQ(net_socket_connect_path_cstr(socket, case_path("socket")), 0);
    no_signal(loop, socket, gathered);
}

CASE(faults_no_sigpipe_over_tcp) { no_signal_over_tcp(loop, false); }
CASE(faults_no_sigpipe_of_gathered_writes_over_tcp) { no_signal_over_tcp(loop, true); }
CASE(faults_no_sigpipe_over_a_unix_socket) { no_signal_over_a_path(loop, false); }
CASE(faults_no_sigpipe_of_gathered_writes_over_a_unix_socket) { no_signal_over_a_path(loop, true); }

/* ---- bytes in odd company ---- */

static void gather_peer_to_end(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, data, gather);
    watch_socket(socket, "s", "end error close");
}

/* Data, the end and the connection itself are all there before the loop looks. */
CASE(faults_data_and_end_before_the_first_look) {
    uint16_t port = serve(loop, NULL, gather_peer_to_end);
    int peer = peer_connect("127.0.0.1", port);
    peer_send_text(peer, "hello");
    peer_shutdown_write(peer);
    run(loop);
    peer_close(peer);
    CHECK_STR(gathered_text(), "hello");
    CHECK_STR(trace_text(), "s end\ns close false\n");
}

/* A peer that hangs up with much unread on our side. */
CASE(faults_hang_up_with_much_to_read) {
    uint16_t port = serve(loop, NULL, gather_peer_to_end);
    int peer = peer_connect("127.0.0.1", port);
    peer_send(peer, zeros(1000000), 1000000);
    peer_close(peer);
    run(loop);
    CHECK_EQ(got.length, 1000000);
    CHECK_STR(trace_text(), "s end\ns close false\n");
}

CASE(faults_hang_up_on_a_unix_socket) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("socket")), 0);
    CHECK_EQ(net_server_on_connection(server, gather_peer_to_end, NULL, NULL), 0);
    int peer = peer_connect_path(case_path("socket"));
    peer_send(peer, zeros(100000), 100000);
    peer_close(peer);
    while (!trace_has("s close false")) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
    }
    CHECK_EQ(got.length, 100000);
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
}

/* Urgent data makes a short read with more behind it, and no new edge. It is read like any other. */
CASE(faults_urgent_data) {
    uint16_t port = serve(loop, NULL, gather_peer_to_end);
    int peer = peer_connect("127.0.0.1", port);
    peer_send_text(peer, "before");
    CHECK_EQ(send(peer, "!", 1, MSG_OOB), 1);
    peer_send_text(peer, "after");
    peer_shutdown_write(peer);
    run(loop);
    peer_close(peer);
    CHECK_STR(gathered_text(), "before!after");
    CHECK_STR(trace_text(), "s end\ns close false\n");
}

static int stages;
static int urgent_peer;

static void send_urgent_in_stages(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    gather(socket, data, length, user);
    if (stages++ == 0) {
        peer_send_text(urgent_peer, "one");
        CHECK_EQ(send(urgent_peer, "!", 1, MSG_OOB), 1);
        peer_send_text(urgent_peer, "two");
        CHECK_EQ(send(urgent_peer, "!", 1, MSG_OOB), 1);
        peer_send_text(urgent_peer, "three");
        peer_shutdown_write(urgent_peer);
    }
}

static void gather_urgent(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, data, send_urgent_in_stages);
    watch_socket(socket, "s", "end error close");
}

CASE(faults_urgent_data_while_reading) {
    uint16_t port = serve(loop, NULL, gather_urgent);
    urgent_peer = peer_connect("127.0.0.1", port);
    peer_send_text(urgent_peer, "go ");
    run(loop);
    peer_close(urgent_peer);
    CHECK_STR(gathered_text(), "go one!two!three");
    CHECK_STR(trace_text(), "s end\ns close false\n");
}

static void send_with_descriptor(int peer, const char *bytes, int fd) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec piece = {(void *)(uintptr_t)bytes, strlen(bytes)};
    struct msghdr message = {0};
    memset(&control, 0, sizeof control);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.room;
    message.msg_controllen = sizeof control.room;
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    CHECK_EQ(sendmsg(peer, &message, MSG_NOSIGNAL), (ssize_t)strlen(bytes));
}

/* Descriptors that nobody asked for: the bytes arrive, the descriptors do not pile up, the end is seen. */
CASE(faults_descriptors_sent_to_a_socket_that_takes_none) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("socket")), 0);
    CHECK_EQ(net_server_on_connection(server, gather_peer_to_end, NULL, NULL), 0);
    int peer = peer_connect_path(case_path("socket"));
    for (int i = 0; i < 50; i++) {
        send_with_descriptor(peer, "byte", 0);
        peer_send_text(peer, "s,");
    }
    peer_shutdown_write(peer);
    while (!trace_has("s close false")) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
    }
    peer_close(peer);
    CHECK_EQ(got.length, 300);
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
}
