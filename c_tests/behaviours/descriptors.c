/* new net.Socket({ fd }): sockets, pipes, and what is neither. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

static net_socket *of_fd(net_loop *loop, int fd, int readable, int writable) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.fd = fd;
    options.readable = readable;
    options.writable = writable;
    return socket_on(loop, &options);
}

static const char *refusal(net_loop *loop, int fd) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    int error = 0;
    options.fd = fd;
    CHECK(net_socket_new(loop, &options, &error) == NULL);
    return net_error_name(error);
}

CASE(fd_that_is_no_stream) {
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int folder = open("/", O_RDONLY | O_CLOEXEC);
    int datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int packets[2];
    CHECK_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, packets), 0);
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    trace("file: %s", refusal(loop, file));
    trace("folder: %s", refusal(loop, folder));
    trace("closed: %s", refusal(loop, 999));
    CHECK_STR(refusal(loop, datagrams), "ERR_INVALID_FD_TYPE");
    CHECK_STR(refusal(loop, packets[0]), "ERR_INVALID_FD_TYPE");
    /* They stay the caller's. */
    if (terminal >= 0) {
        CHECK_STR(refusal(loop, terminal), "ERR_INVALID_FD_TYPE");
        CHECK_EQ(close(terminal), 0);
    }
    CHECK_EQ(close(file), 0);
    CHECK_EQ(close(folder), 0);
    CHECK_EQ(close(datagrams), 0);
    CHECK_EQ(close(packets[0]), 0);
    CHECK_EQ(close(packets[1]), 0);
}

static net_socket *writer;

static void trace_length_and_end(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)data;
    (void)length;
    (void)user;
    CHECK_EQ(net_socket_end_cb(writer, "bye", 3, NULL, NULL, NULL), 0);
}

/* Both ends of a pipe, each with its direction. */
CASE(fd_of_a_pipe) {
    int ends[2];
    CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
    net_socket *reader = of_fd(loop, ends[0], 1, 0);
    writer = of_fd(loop, ends[1], 0, 1);
    trace_socket_state("reader", reader);
    trace_socket_state("writer", writer);
    watch_socket(reader, "reader", "data end error close");
    watch_socket(writer, "writer", "finish error close");
    CHECK_EQ(net_socket_once_data(reader, trace_length_and_end, NULL, NULL), 0);
    CHECK_EQ(write_traced(writer, "hello"), 1);
    run(loop);
}

/* The wrong direction of a pipe. */
CASE(fd_of_a_pipe_used_the_wrong_way) {
    int ends[2];
    CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
    net_socket *reader = of_fd(loop, ends[0], 1, 1);
    watch_socket(reader, "reader", "error close");
    CHECK(write_traced(reader, "x") >= 0);
    run(loop);
    CHECK_EQ(pipe2(ends + 0, O_CLOEXEC), 0);
    writer = of_fd(loop, ends[1], 1, 1);
    watch_socket(writer, "writer", "error close");
    CHECK_EQ(net_socket_resume(writer), 0);
    run(loop);
    peer_close(ends[0]);
    case_expect_extra_fds(1);
}

static sig_atomic_t signals;

static void count_signal(int number) {
    (void)number;
    signals++;
}

/* Nobody reads any more: an error, and no signal. */
CASE(fd_of_a_pipe_without_a_reader) {
    int ends[2];
    sigset_t waiting;
    CHECK(signal(SIGPIPE, count_signal) != SIG_ERR);
    CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
    writer = of_fd(loop, ends[1], 0, 1);
    watch_socket(writer, "writer", "error close");
    peer_close(ends[0]);
    /* The end of the reader alone is no event. */
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_EQ(net_socket_destroyed(writer), 0);
    CHECK(write_traced(writer, "x") >= 0);
    run(loop);
    CHECK_EQ(signals, 0);
    CHECK_EQ(sigpending(&waiting), 0);
    CHECK_EQ(sigismember(&waiting, SIGPIPE), 0);
}

static size_t received;

static void count_bytes(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    for (size_t i = 0; i < length; i++) {
        CHECK_EQ(data[i], 0);
    }
    received += length;
}

/* More than a pipe holds, in several pieces: each way of writing has its turn. */
CASE(fd_of_a_pipe_that_is_full) {
    enum { PIECE = 300000 };
    int ends[2];
    CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
    net_socket *reader = of_fd(loop, ends[0], 1, 0);
    writer = of_fd(loop, ends[1], 0, 1);
    const net_buf pieces[] = {{zeros(PIECE), PIECE}, {zeros(1), 1}, {zeros(PIECE), PIECE}};
    CHECK_EQ(net_socket_write(writer, zeros(PIECE), PIECE), 0);
    CHECK_EQ(net_socket_writev(writer, pieces, 3, NULL, NULL, NULL), 0);
    CHECK_EQ(net_socket_end(writer), 0);
    ON(reader, data, count_bytes);
    watch_socket(reader, "reader", "end close");
    run(loop);
    CHECK_EQ(received, 3 * PIECE + 1);
    CHECK(trace_has("reader close false"));
}

/* A socket that listens has nothing to read, one that is not connected neither. */
CASE(fd_of_a_listening_socket) {
    uint16_t port = 0;
    int listener = peer_listen("127.0.0.1", &port, 5);
    trace_hide_port(port, "PORT");
    net_socket *socket = of_fd(loop, listener, 1, 1);
    trace_socket_state("socket", socket);
    watch_socket(socket, "socket", "connect end error close");
    CHECK_EQ(net_socket_resume(socket), 0);
    run(loop);
}

CASE(fd_of_an_unconnected_socket) {
    net_socket *client = of_fd(loop, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 1, 1);
    watch_socket(client, "socket", "connect end error close");
    CHECK_EQ(net_socket_resume(client), 0);
    run(loop);
}

CASE(fd_that_the_loop_has) {
    int ends[2];
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    net_socket *socket = of_fd(loop, ends[0], 1, 1);
    CHECK_STR(refusal(loop, ends[0]), "EEXIST");
    CHECK_EQ(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
    watch_socket(socket, "socket", "end close");
    CHECK_EQ(net_socket_resume(socket), 0);
    peer_close(ends[1]);
    run(loop);
    CHECK(trace_has("socket close false"));
}

/* One direction of a socket only. */
CASE(fd_of_a_socket_that_only_writes) {
    int ends[2];
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    net_socket *socket = of_fd(loop, ends[0], 0, 1);
    trace_socket_state("socket", socket);
    watch_socket(socket, "socket", "data end finish close error");
    peer_send_text(ends[1], "unread");
    CHECK(write_traced(socket, "out") >= 0);
    CHECK_EQ(net_socket_end(socket), 0);
    run(loop);
    char buffer[8];
    CHECK_EQ(recv(ends[1], buffer, sizeof buffer, 0), 3);
    peer_close(ends[1]);
}
