/* Much through a pipe: a peer sends to `a`, which is piped into `b`, from which another peer receives. Both peers are
 * threads with plain sockets, so that bytes may pass within the kernel; what arrives is compared byte by byte. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

enum { PIECE = 1 << 16, MIB = 1 << 20 };

static net_loop *the_loop;
static net_socket *a;
static net_socket *b;
static uint16_t port;
static uint64_t total;
static int pauses;
static int drains;

/* Each byte tells its place. */
static uint8_t byte_at(uint64_t place) { return (uint8_t)(place ^ (place >> 8) ^ (place >> 16)); }

static void fill(uint8_t *bytes, size_t length, uint64_t place) {
    for (size_t i = 0; i < length; i++) {
        bytes[i] = byte_at(place + i);
    }
}

static void compare(const uint8_t *bytes, size_t length, uint64_t place) {
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != byte_at(place + i)) {
            FAIL("byte %llu is another one", (unsigned long long)(place + i));
        }
    }
}

static void send_range(int fd, uint64_t from, uint64_t until) {
    uint8_t bytes[PIECE];
    while (from < until) {
        size_t length = until - from < PIECE ? (size_t)(until - from) : PIECE;
        fill(bytes, length, from);
        peer_send(fd, bytes, length);
        from += length;
    }
}

/* The feeder: connects first, so that its peer is `a`. */
static int feeder_fd;

static void feed(void *user) {
    (void)user;
    send_range(feeder_fd, 0, total);
    peer_shutdown_write(feeder_fd);
}

/* The sink: begins to read when it is told. */
static int sink_fd;
static int gate[2];
static uint64_t arrived;

static void open_gate(void) { CHECK_EQ(write(gate[1], "x", 1), 1); }

static void wait_at_gate(void) {
    char byte;
    CHECK_EQ(read(gate[0], &byte, 1), 1);
}

static void receive_until_end(void) {
    static uint8_t bytes[PIECE];
    for (;;) {
        ssize_t n = recv(sink_fd, bytes, sizeof bytes, 0);
        CHECK(n >= 0);
        if (n == 0) {
            return;
        }
        compare(bytes, (size_t)n, arrived);
        arrived += (uint64_t)n;
    }
}

static void receive(void *user) {
    (void)user;
    receive_until_end();
}

static void receive_behind_gate(void *user) {
    wait_at_gate();
    receive(user);
}

static void (*when_there)(void);

static void keep(net_server *server, net_socket *socket, void *user) {
    (void)user;
    if (!a) {
        a = socket;
        return;
    }
    b = socket;
    CHECK_EQ(net_server_close(server), 0);
    CHECK_EQ(net_socket_keep(a), 0);
    CHECK_EQ(net_socket_keep(b), 0);
    when_there();
}

static void start(net_loop *loop, uint64_t bytes, void (*then)(void)) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.allow_half_open = 1;
    net_server *server = server_on(loop, &options);
    the_loop = loop;
    total = bytes;
    when_there = then;
    CHECK_EQ(net_server_on_connection(server, keep, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, "127.0.0.1"), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    port = server_port(server);
    CHECK_EQ(pipe(gate), 0);
    feeder_fd = peer_connect("127.0.0.1", port);
    sink_fd = peer_connect("127.0.0.1", port);
}

/* With both threads; then everything is closed, and b has been given the end. */
static void run_with(peer_fn feeder, peer_fn sink) {
    peer_thread threads[2];
    peer_start(&threads[0], feeder, NULL);
    peer_start(&threads[1], sink, NULL);
    run(the_loop);
    peer_join(&threads[0]);
    peer_join(&threads[1]);
}

static void finish(void) {
    peer_close(feeder_fd);
    peer_close(sink_fd);
    peer_close(gate[0]);
    peer_close(gate[1]);
    CHECK_EQ(net_socket_free(a), 0);
    CHECK_EQ(net_socket_free(b), 0);
}

static int open_pipes(void) {
    int count = 0;
    char target[64];
    for (int fd = 0; fd < 256; fd++) {
        ssize_t n = readlink(text("/proc/self/fd/%d", fd), target, sizeof target - 1);
        count += n > 5 && memcmp(target, "pipe:", 5) == 0;
    }
    return count;
}

static void end_a(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    CHECK_EQ(net_socket_end(a), 0);
    CHECK_EQ(net_socket_destroy(b, NULL), 0);
}

static void pipe_both(void) {
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    ON(b, finish, end_a);
}

/* Within the kernel: a pipe of the library's is open that was not there before. */
CASE(bulk_stays_in_the_kernel) {
    start(loop, 32 * MIB, pipe_both);
    int before = open_pipes();
    run_with(feed, receive);
    CHECK_EQ(arrived, total);
    CHECK_EQ(bytes_read(a), total);
    CHECK_EQ(bytes_written(b), total);
    CHECK(open_pipes() > before);
    finish();
}

static uint64_t heard;

/* Counts by itself: what was read while the socket was paused is told later, and bytes_read is ahead of it then. */
static void listen_too(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    compare(data, length, heard);
    heard += length;
}

static void pipe_with_listener(void) {
    ON(a, data, listen_too);
    pipe_both();
}

CASE(bulk_with_a_listener_is_copied) {
    start(loop, 8 * MIB, pipe_with_listener);
    int before = open_pipes();
    run_with(feed, receive);
    CHECK_EQ(arrived, total);
    CHECK_EQ(heard, total);
    CHECK_EQ(open_pipes(), before);
    finish();
}

static void count_pause(net_socket *socket, void *user) {
    (void)user;
    CHECK(socket == a);
    /* The end of the pipe pauses the source too. */
    CHECK(net_socket_writable_need_drain(b) == 1 || net_socket_writable_ended(b) == 1);
    if (pauses++ == 0) {
        open_gate();
    }
}

static void count_drain(net_socket *socket, void *user) {
    (void)user;
    CHECK(socket == b);
    CHECK_EQ(writable_length(b), 0);
    drains++;
}

static void pipe_counting(void) {
    ON(a, pause, count_pause);
    ON(b, drain, count_drain);
    pipe_both();
}

/* The sink reads nothing until the source was paused for it. */
CASE(bulk_waits_for_a_reader) {
    start(loop, 48 * MIB, pipe_counting);
    run_with(feed, receive_behind_gate);
    CHECK_EQ(arrived, total);
    CHECK(pauses > 0 && drains > 0);
    finish();
}

static uint64_t looked_at;

static void look(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    compare(data, length, bytes_read(socket) - length - readable_length(socket));
    looked_at += length;
}

/* Every second time the destination has drained somebody listens. */
static void look_sometimes(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    if (++drains % 2) {
        ON(a, data, look);
    } else {
        CHECK_EQ(net_socket_off_data(a, look, NULL), 0);
    }
}

static void pipe_with_looks(void) {
    ON(a, pause, count_pause);
    ON(b, drain, look_sometimes);
    pipe_both();
}

CASE(bulk_goes_on_both_ways_in_turn) {
    start(loop, 48 * MIB, pipe_with_looks);
    run_with(feed, receive_behind_gate);
    CHECK_EQ(arrived, total);
    CHECK(looked_at > 0);
    finish();
}

static uint64_t rest;

static void take_rest(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    compare(data, length, bytes_written(b) + rest);
    rest += length;
}

static void unpipe_in_drain(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_unpipe(a, socket), 0);
    CHECK_EQ(net_socket_end(b), 0);
    ON(a, data, take_rest);
    CHECK_EQ(net_socket_resume(a), 0);
}

static void close_a(net_socket *socket, void *user) {
    (void)user;
    CHECK(socket == a);
    CHECK_EQ(net_socket_end(a), 0);
    CHECK_EQ(net_socket_destroy(b, NULL), 0);
}

static void pipe_until_drain(void) {
    ON(a, pause, count_pause);
    CHECK_EQ(net_socket_once_drain(b, unpipe_in_drain, NULL, NULL), 0);
    ON(a, end, close_a);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
}

/* What the pipe has taken arrives, the rest is told by `data`. */
CASE(bulk_is_divided_by_unpipe) {
    start(loop, 32 * MIB, pipe_until_drain);
    run_with(feed, receive_behind_gate);
    CHECK_EQ(arrived, bytes_written(b));
    CHECK_EQ(arrived + rest, total);
    CHECK(rest > 0);
    finish();
}

static int failed;

static void note_failure(net_socket *socket, const net_error *error, void *user) {
    (void)user;
    failed = error->number;
    CHECK(error->number == NET_EPIPE || error->number == NET_ECONNRESET);
    if (socket == b) {
        CHECK_EQ(net_socket_is_paused(a), 1);
        CHECK_EQ(net_socket_reset_and_destroy(a), 0);
    } else {
        CHECK_EQ(net_socket_destroyed(b), 0);
        CHECK_EQ(net_socket_end(b), 0);
        CHECK_EQ(net_socket_destroy_soon(b), 0);
    }
}

static int unpiped;

static void note_unpipe(net_socket *destination, net_socket *source, void *user) {
    (void)user;
    CHECK(destination == b && source == a);
    unpiped++;
}

static void pipe_and_fail(void) {
    ON(a, error, note_failure);
    ON(b, error, note_failure);
    ON(b, unpipe, note_unpipe);
    pipe_both();
}

static void feed_what_is_taken(void *user) {
    uint8_t bytes[PIECE];
    (void)user;
    memset(bytes, 0, sizeof bytes);
    for (;;) {
        if (send(feeder_fd, bytes, sizeof bytes, MSG_NOSIGNAL) < 0) {
            CHECK(errno == EPIPE || errno == ECONNRESET);
            return;
        }
    }
}

static void receive_some_and_reset(void *user) {
    uint8_t bytes[PIECE];
    (void)user;
    for (int i = 0; i < 64; i++) {
        peer_receive_exactly(sink_fd, bytes, sizeof bytes);
    }
    peer_reset(sink_fd);
    sink_fd = -1;
}

/* In the default disposition SIGPIPE would end the process. */
CASE(bulk_into_a_reset) {
    signal(SIGPIPE, SIG_DFL);
    start(loop, 0, pipe_and_fail);
    run_with(feed_what_is_taken, receive_some_and_reset);
    CHECK(failed != 0);
    CHECK_EQ(unpiped, 1);
    sink_fd = dup(gate[0]);
    finish();
}

static void feed_and_reset(void *user) {
    (void)user;
    send_range(feeder_fd, 0, 8 * MIB);
    peer_reset(feeder_fd);
}

CASE(bulk_from_a_reset) {
    start(loop, 0, pipe_and_fail);
    run_with(feed_and_reset, receive);
    CHECK_EQ(failed, NET_ECONNRESET);
    CHECK_EQ(arrived, bytes_written(b));
    feeder_fd = dup(gate[0]);
    finish();
}

enum { IDLE = 500 };

static int idle;
static uint64_t sent_at;

static void send_next(uint64_t until) {
    static uint64_t sent;
    sent_at = net_loop_now(the_loop);
    send_range(feeder_fd, sent, until);
    sent = until;
}

/* So much at once that what follows stays in the kernel. */
static void send_much(void) { send_next(64 << 10); }

static void send_the_rest(void) { send_next(total); }

static void count_idle(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(bytes_read(a), total);
    CHECK(net_loop_now(the_loop) >= sent_at + IDLE);
    if (idle++ == 0) {
        CHECK(socket == a);
    } else {
        CHECK(socket == b);
        end_a(NULL, NULL);
        peer_shutdown_write(feeder_fd);
    }
}

static void pipe_with_timeouts(void) {
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_set_timeout(a, IDLE), 0);
    CHECK_EQ(net_socket_set_timeout(b, IDLE), 0);
    ON(a, timeout, count_idle);
    ON(b, timeout, count_idle);
    after(the_loop, IDLE / 5, send_much);
    after(the_loop, IDLE * 4 / 5, send_the_rest);
}

/* Neither end is idle while bytes pass. */
CASE(bulk_is_activity) {
    peer_thread sink;
    start(loop, 112 << 10, pipe_with_timeouts);
    peer_start(&sink, receive, NULL);
    run(loop);
    peer_join(&sink);
    CHECK_EQ(arrived, total);
    CHECK_EQ(idle, 2);
    finish();
}

static void feed_urgent(void *user) {
    uint8_t byte = byte_at(4 * MIB);
    (void)user;
    send_range(feeder_fd, 0, 4 * MIB);
    CHECK_EQ(send(feeder_fd, &byte, 1, MSG_OOB), 1);
    send_range(feeder_fd, 4 * MIB + 1, total);
    peer_shutdown_write(feeder_fd);
}

/* splice(2) stops before urgent data. */
CASE(bulk_with_an_urgent_byte) {
    start(loop, 8 * MIB, pipe_both);
    run_with(feed_urgent, receive);
    CHECK_EQ(arrived, total);
    finish();
}

/* Without a descriptor for a kernel pipe the bytes are copied. */
CASE(bulk_without_descriptors) {
    struct rlimit limit;
    start(loop, 16 * MIB, pipe_both);
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    while (!b) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
    }
    int highest = dup(0);
    close(highest);
    limit.rlim_cur = (rlim_t)highest;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    run_with(feed, receive);
    limit.rlim_cur = limit.rlim_max;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_EQ(arrived, total);
    finish();
}

static net_socket *adopted(int fd) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.fd = fd;
    options.allow_half_open = 1;
    return socket_on(the_loop, &options);
}

CASE(bulk_between_local_sockets) {
    int from[2];
    int to[2];
    the_loop = loop;
    total = 32 * MIB;
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, from), 0);
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, to), 0);
    CHECK_EQ(pipe(gate), 0);
    int before = open_pipes();
    feeder_fd = from[0];
    sink_fd = to[0];
    a = adopted(from[1]);
    b = adopted(to[1]);
    pipe_both();
    run_with(feed, receive);
    CHECK_EQ(arrived, total);
    CHECK(open_pipes() > before);
    finish();
}

static net_socket *second;
static int second_fd;
static uint64_t second_arrived;

static void receive_second(void *user) {
    static uint8_t bytes[PIECE];
    ssize_t n;
    (void)user;
    while ((n = recv(second_fd, bytes, sizeof bytes, 0)) > 0) {
        compare(bytes, (size_t)n, second_arrived);
        second_arrived += (uint64_t)n;
    }
    CHECK_EQ(n, 0);
}

static void end_all(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    CHECK_EQ(net_socket_destroy(a, NULL), 0);
}

static void pipe_into_both(void) {
    int to[2];
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, to), 0);
    second_fd = to[0];
    second = adopted(to[1]);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_pipe(a, second, 1), 0);
    ON(b, finish, end_all);
    ON(second, finish, end_all);
    open_gate();
}

static void receive_both(void *user) {
    peer_thread other;
    wait_at_gate();
    peer_start(&other, receive_second, NULL);
    receive(user);
    peer_join(&other);
}

CASE(bulk_into_two) {
    start(loop, 16 * MIB, pipe_into_both);
    run_with(feed, receive_both);
    CHECK_EQ(arrived, total);
    CHECK_EQ(second_arrived, total);
    peer_close(second_fd);
    CHECK_EQ(net_socket_free(second), 0);
    finish();
}
