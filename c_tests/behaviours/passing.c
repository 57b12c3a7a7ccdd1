/* Handles sent to another process and received from one: what comes with which bytes, and that none is lost or stays
 * open. Both ends are in this process; in passing_processes.c they are not. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "passing.h"
#include "peer.h"
#include "plain_process.h"
#include "scene.h"

static const char *kind_name(int kind) {
    static const char *const names[] = {"lost", "tcp socket", "tcp server", "local socket", "local server", "other"};
    CHECK(kind >= 0 && kind <= 5);
    return names[kind];
}

/* Traces, and takes nothing. */
static void trace_handle(net_socket *ipc, int kind, void *user) {
    (void)ipc;
    (void)user;
    trace("handle: %s", kind_name(kind));
}

static void trace_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    trace("data: %s", text_data(data, length));
}

static void end_other(net_socket *socket, void *user) {
    (void)socket;
    CHECK_EQ(net_socket_end(user), 0);
}

/* When the one has ended, the other does too. */
static void end_together(channel both) {
    CHECK_EQ(net_socket_on_end(both.far, end_other, both.far, NULL), 0);
    ON(both.near, data, ignore_data);
}

CASE(a_handle_comes_before_its_bytes) {
    channel both = ipc_channel(loop);
    end_together(both);
    ON(both.far, handle, trace_handle);
    ON(both.far, data, trace_data);
    ON(both.far, end, do_nothing);
    probe first = probe_new();
    probe second = probe_new();
    CHECK_EQ(write_text(both.near, "a"), 1);
    CHECK_EQ(send_probe(both.near, "b", &first), 1);
    CHECK_EQ(write_text(both.near, "c"), 1);
    CHECK_EQ(send_probe(both.near, "d", &second), 1);
    CHECK_EQ(write_text(both.near, "e"), 1);
    CHECK_EQ(net_socket_end(both.near), 0);
    run(loop);
    /* A read does not go on after the bytes that a handle came with. */
    CHECK_STR(trace_text(), "handle: local socket\ndata: ab\nhandle: local socket\ndata: cd\ndata: e\n");
    CHECK(probe_is_gone(&first) && probe_is_gone(&second));
}

/* ---- many, and large ---- */

enum { MESSAGES = 150, LARGEST = 100000 };

static struct many {
    channel both;
    uint8_t *bytes;
    size_t begins[MESSAGES + 1];
    size_t told;
    int sent;
    int came;
    int drains;
    bool just_came;
} many;

/* What is sent where, so that a byte tells its place. */
static uint8_t byte_at(size_t place) { return (uint8_t)(place * 31 + place / 251); }

static void many_handle(net_socket *ipc, int kind, void *user) {
    (void)user;
    CHECK_EQ(kind, NET_HANDLE_OTHER);
    CHECK(!many.just_came);
    many.just_came = true;
    /* Not before the bytes of the handle before it, and not after its own first one. */
    CHECK(many.told <= many.begins[many.came]);
    CHECK(many.came == 0 || many.told > many.begins[many.came - 1]);
    int fd = -1;
    CHECK_EQ(net_socket_take_fd(ipc, &fd), 0);
    off_t number = lseek(fd, 0, SEEK_CUR);
    CHECK_EQ(number, many.came);
    peer_close(fd);
    many.came++;
}

static void many_data(net_socket *ipc, const uint8_t *data, size_t length, void *user) {
    (void)ipc;
    (void)user;
    for (size_t i = 0; i < length; i++) {
        CHECK_EQ(data[i], byte_at(many.told + i));
    }
    many.told += length;
    if (many.just_came) {
        CHECK(many.told > many.begins[many.came - 1]);
        many.just_came = false;
    }
    /* Nothing of a later message has come without its handle. */
    CHECK(many.came == MESSAGES || many.told <= many.begins[many.came]);
}

/* A file whose place is a number. */
static int file_at(int number) {
    int fd = memfd_create("numbered", MFD_CLOEXEC);
    CHECK(fd >= 0);
    CHECK_EQ(lseek(fd, number, SEEK_SET), number);
    return fd;
}

static void many_go_on(net_socket *ipc, void *user) {
    (void)user;
    int go_on = 1;
    while (go_on == 1 && many.sent < MESSAGES) {
        int i = many.sent;
        size_t length = (size_t)i * 7919 % (i % 10 == 9 ? LARGEST : 300) + 1;
        size_t plain = (size_t)i % 3 == 0 ? 0 : (size_t)i * 131 % 1000;
        size_t begin = many.begins[i] + plain;
        uint8_t *bytes = malloc(plain + length);
        CHECK(bytes != NULL);
        for (size_t k = 0; k < plain + length; k++) {
            bytes[k] = byte_at(many.begins[i] + k);
        }
        if (plain > 0) {
            CHECK(net_socket_write(ipc, bytes, plain) >= 0);
        }
        many.begins[i] = begin;
        many.begins[i + 1] = begin + length;
        int fd = file_at(i);
        go_on = net_socket_send_fd(ipc, bytes + plain, length, fd, NULL, NULL, NULL);
        CHECK(go_on >= 0);
        peer_close(fd);
        free(bytes);
        many.sent++;
    }
    if (many.sent == MESSAGES) {
        CHECK_EQ(net_socket_end(ipc), 0);
    } else {
        many.drains++;
    }
}

CASE(handles_keep_their_place_among_the_bytes) {
    many.both = ipc_channel(loop);
    end_together(many.both);
    ON(many.both.far, handle, many_handle);
    ON(many.both.far, data, many_data);
    ON(many.both.near, drain, many_go_on);
    many_go_on(many.both.near, NULL);
    run(loop);
    CHECK_EQ(many.came, MESSAGES);
    CHECK_EQ(many.told, many.begins[MESSAGES]);
    /* Otherwise nothing was told about waiting handles. */
    CHECK(many.drains > 3);
}

static void send_among_writes(net_socket *near, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    probe *sent = user;
    CHECK_EQ(write_text(near, "a"), 1);
    CHECK_EQ(write_text(near, "b"), 1);
    CHECK_EQ(send_probe(near, "c", sent), 1);
    CHECK_EQ(write_text(near, "d"), 1);
    CHECK_EQ(write_text(near, "e"), 1);
    CHECK_EQ(net_socket_end(near), 0);
}

/* Writes of one callback go out together; a handle goes at its place all the same. */
CASE(a_handle_among_writes_of_one_callback) {
    channel both = ipc_channel(loop);
    probe sent = probe_new();
    CHECK_EQ(net_socket_on_end(both.far, end_other, both.far, NULL), 0);
    CHECK_EQ(net_socket_on_data(both.near, send_among_writes, &sent, NULL), 0);
    ON(both.far, handle, trace_handle);
    ON(both.far, data, trace_data);
    CHECK_EQ(write_text(both.far, "go"), 1);
    run(loop);
    CHECK_STR(trace_text(), "handle: local socket\ndata: abc\ndata: de\n");
    CHECK(probe_is_gone(&sent));
}

CASE(a_handle_among_corked_writes) {
    channel both = ipc_channel(loop);
    probe sent = probe_new();
    end_together(both);
    ON(both.far, handle, trace_handle);
    ON(both.far, data, trace_data);
    CHECK_EQ(net_socket_cork(both.near), 0);
    write_text(both.near, "a");
    send_probe(both.near, "b", &sent);
    write_text(both.near, "c");
    CHECK_EQ(net_socket_uncork(both.near), 0);
    CHECK_EQ(net_socket_end(both.near), 0);
    run(loop);
    CHECK_STR(trace_text(), "handle: local socket\ndata: ab\ndata: c\n");
    CHECK(probe_is_gone(&sent));
}

static void trace_accepted(net_server *server, net_socket *socket, void *user) {
    (void)user;
    ON(socket, handle, trace_handle);
    ON(socket, data, trace_data);
    CHECK_EQ(net_socket_on_end(socket, end_other, socket, NULL), 0);
    CHECK_EQ(net_server_close(server), 0);
}

/* Over a server's socket, and before there is a connection. */
CASE(a_handle_is_sent_before_there_is_a_connection) {
    net_server_options accepts = NET_SERVER_OPTIONS_INIT;
    accepts.ipc = 1;
    net_server *server = server_on(loop, &accepts);
    CHECK_EQ(net_server_on_connection(server, trace_accepted, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("s")), 0);
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.ipc = 1;
    net_socket *client = socket_on(loop, &options);
    ON(client, data, ignore_data);
    probe sent = probe_new();
    /* Only what is to be a local socket can take it. */
    CHECK_EQ(send_probe(client, "x", &sent), NET_EINVAL);
    CHECK_EQ(net_socket_connect_path_cstr(client, case_path("s")), 0);
    CHECK_EQ(write_text(client, "a"), 1);
    CHECK_EQ(send_probe(client, "b", &sent), 1);
    CHECK_EQ(net_socket_end(client), 0);
    run(loop);
    CHECK_STR(trace_text(), "handle: local socket\ndata: ab\n");
    CHECK(probe_is_gone(&sent));
}

/* ---- taking ---- */

static net_server *taken_server;
static net_socket *taken_socket;

static void echo(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    CHECK(net_socket_write(socket, data, length) >= 0);
}

static void take_to_echo(net_socket *ipc, int kind, void *user) {
    (void)user;
    CHECK(kind == NET_HANDLE_TCP_SOCKET || kind == NET_HANDLE_LOCAL_SOCKET);
    int error = -99;
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.no_delay = 1;
    taken_socket = net_socket_take_socket(ipc, &options, &error);
    CHECK(taken_socket != NULL);
    CHECK_EQ(error, 0);
    ON(taken_socket, data, echo);
    CHECK_EQ(net_socket_take_socket(ipc, NULL, &error) == NULL, 1);
    CHECK_EQ(error, NET_ENOENT);
    trace("taken: %s", kind_name(kind));
}

static void count_is_traced(net_server *server, const net_error *error, size_t count, void *user) {
    (void)server;
    (void)user;
    CHECK(error == NULL);
    trace("connections: %zu", count);
}

static void hand_over(net_server *server, net_socket *socket, void *user) {
    const channel *both = user;
    watch_socket(socket, "accepted", "end error close");
    CHECK_EQ(net_socket_send_socket(both->near, "x", 1, socket, 0, TRACED("sent")), 1);
    CHECK_EQ(net_socket_destroyed(socket), 1);
    CHECK_EQ(net_server_get_connections(server, count_is_traced, NULL, NULL), 0);
    CHECK_EQ(net_server_close(server), 0);
    CHECK_EQ(net_socket_end(both->near), 0);
}

static void talk_over_there(void *user) {
    int fd = peer_connect("127.0.0.1", *(uint16_t *)user);
    char answer[6];
    peer_send_text(fd, "abc");
    peer_receive_exactly(fd, answer, 3);
    peer_send_text(fd, "def");
    peer_receive_exactly(fd, answer + 3, 3);
    CHECK(memcmp(answer, "abcdef", 6) == 0);
    peer_shutdown_write(fd);
    CHECK_EQ(peer_receive_all(fd, answer, sizeof answer), 0);
    peer_close(fd);
}

CASE(a_connection_goes_away_and_its_peer_notices_nothing) {
    channel both = ipc_channel(loop);
    end_together(both);
    ON(both.far, handle, take_to_echo);
    ON(both.far, data, ignore_data);
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    net_server *server = server_on(loop, &options);
    uint16_t port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, hand_over, &both, NULL), 0);
    peer_thread thread;
    peer_start(&thread, talk_over_there, &port);
    run(loop);
    peer_join(&thread);
    CHECK_STR(trace_text(), "sent null\nconnections: 0\naccepted close false\ntaken: tcp socket\n");
    /* As one that was accepted, it is freed after its close. */
    CHECK_EQ(net_socket_closed(taken_socket), NET_EBADF);
}

static void look_at_options(net_socket *ipc, int kind, void *user) {
    take_to_echo(ipc, kind, user);
    int fd = -1;
    int on = 0;
    socklen_t size = sizeof on;
    CHECK_EQ(net_socket_fd(taken_socket, &fd), 1);
    CHECK_EQ(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    CHECK_EQ(on, 1);
    CHECK_EQ(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    CHECK_EQ(net_socket_end(ipc), 0);
    CHECK_EQ(net_socket_destroy(taken_socket, NULL), 0);
}

CASE(what_is_taken_has_the_options_that_were_given) {
    int far = -1;
    net_socket *near = ipc_pair(loop, &far);
    ON(near, handle, look_at_options);
    ON(near, data, ignore_data);
    uint16_t port = 0;
    int listener = peer_listen("127.0.0.1", &port, 1);
    int client = peer_connect("127.0.0.1", port);
    peer_send_fds(far, "x", 1, &client, 1);
    peer_close(client);
    peer_shutdown_write(far);
    run(loop);
    peer_close(listener);
    peer_close(far);
    CHECK(trace_has("taken: tcp socket"));
}

static void on_taken_connection(net_server *server, net_socket *socket, void *user) {
    (void)user;
    trace("connection");
    CHECK_EQ(net_socket_end_cb(socket, "taken", 5, NULL, NULL, NULL), 0);
    CHECK_EQ(net_socket_destroy_soon(socket), 0);
    CHECK_EQ(net_server_close(server), 0);
}

static void take_a_server(net_socket *ipc, int kind, void *user) {
    (void)user;
    int error = 0;
    CHECK(net_socket_take_socket(ipc, NULL, &error) == NULL || kind == NET_HANDLE_TCP_SOCKET);
    trace("%s as a socket: %s", kind_name(kind), net_error_name(error));
    taken_server = net_socket_take_server(ipc, NULL, &error);
    CHECK(taken_server != NULL);
    watch_server(taken_server, "taken", "listening close error");
    CHECK_EQ(net_server_on_connection(taken_server, on_taken_connection, NULL, NULL), 0);
    CHECK_EQ(net_socket_take_fd(ipc, &error), NET_ENOENT);
    CHECK_EQ(net_socket_end(ipc), 0);
}

/* What waits to be accepted comes along, and closing it here ends nothing there. */
CASE(a_server_is_shared) {
    channel both = ipc_channel(loop);
    ON(both.far, handle, take_a_server);
    ON(both.far, data, ignore_data);
    ON(both.near, data, ignore_data);
    net_server *server = server_on(loop, NULL);
    uint16_t port = listen_local(server);
    CHECK_EQ(net_socket_send_server(both.near, "x", 1, server, TRACED("sent")), 1);
    int client = peer_connect("127.0.0.1", port);
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
    char answer[8];
    CHECK_EQ(peer_receive_all(client, answer, sizeof answer), 5);
    peer_close(client);
    CHECK(trace_has("tcp server as a socket: ERR_INVALID_HANDLE_TYPE"));
    CHECK(trace_has("taken listening"));
    CHECK(trace_has("connection"));
    CHECK_EQ(net_server_free(taken_server), 0);
}

static void take_a_bound_socket(net_socket *ipc, int kind, void *user) {
    (void)kind;
    (void)user;
    int error = 0;
    net_bound_socket *bound = net_socket_take_bound_socket(ipc, &error);
    CHECK(bound != NULL);
    net_address address = NET_ADDRESS_INIT;
    CHECK_EQ(net_bound_socket_address(bound, &address), 1);
    trace("bound: %s", text_address(1, &address));
    CHECK_EQ(net_bound_socket_free(bound), 0);
    CHECK_EQ(net_socket_end(ipc), 0);
}

static net_bound_socket *a_bound_socket(void) {
    net_bound_socket_options options = NET_BOUND_SOCKET_OPTIONS_INIT;
    options.host = "127.0.0.1";
    net_bound_socket *bound = net_bound_socket_new(&options, NULL);
    CHECK(bound != NULL);
    net_address address = NET_ADDRESS_INIT;
    CHECK_EQ(net_bound_socket_address(bound, &address), 1);
    trace_hide_port(address.port, "PORT");
    return bound;
}

CASE(a_bound_socket_stays_one) {
    channel both = ipc_channel(loop);
    ON(both.far, handle, take_a_bound_socket);
    ON(both.far, data, ignore_data);
    ON(both.near, data, ignore_data);
    net_bound_socket *bound = a_bound_socket();
    CHECK_EQ(net_socket_send_bound_socket(both.near, "x", 1, bound, NULL, NULL, NULL), 1);
    run(loop);
    CHECK(strstr(trace_text(), "bound: ") != NULL && strstr(trace_text(), "PORT") != NULL);
    CHECK_EQ(net_bound_socket_free(bound), 0);
}

static void listen_at_last(net_server *server, void *user) {
    (void)user;
    net_address address = NET_ADDRESS_INIT;
    CHECK_EQ(net_server_address(server, &address), 1);
    trace("listens: %s", text_address(1, &address));
    CHECK_EQ(net_server_close(server), 0);
}

static void take_it_as_a_server(net_socket *ipc, int kind, void *user) {
    (void)user;
    CHECK_EQ(kind, NET_HANDLE_TCP_SOCKET);
    taken_server = net_socket_take_server(ipc, NULL, NULL);
    CHECK(taken_server != NULL);
    CHECK_EQ(net_server_on_listening(taken_server, listen_at_last, NULL, NULL), 0);
    CHECK_EQ(net_socket_end(ipc), 0);
}

/* Whoever sends it accepts nothing, the other does. */
CASE(a_bound_socket_becomes_a_server_over_there) {
    channel both = ipc_channel(loop);
    ON(both.far, handle, take_it_as_a_server);
    ON(both.far, data, ignore_data);
    ON(both.near, data, ignore_data);
    net_bound_socket *bound = a_bound_socket();
    CHECK_EQ(net_socket_send_bound_socket(both.near, "x", 1, bound, NULL, NULL, NULL), 1);
    CHECK_EQ(net_bound_socket_free(bound), 0);
    run(loop);
    CHECK(strstr(trace_text(), "listens: ") != NULL && strstr(trace_text(), "PORT") != NULL);
    CHECK_EQ(net_server_free(taken_server), 0);
}

static void read_what_came(net_socket *ipc, int kind, void *user) {
    (void)user;
    CHECK_EQ(kind, NET_HANDLE_OTHER);
    int error = 0;
    CHECK(net_socket_take_socket(ipc, NULL, &error) == NULL && error == NET_ERR_INVALID_HANDLE_TYPE);
    CHECK(net_socket_take_server(ipc, NULL, &error) == NULL && error == NET_ERR_INVALID_HANDLE_TYPE);
    CHECK(net_socket_take_bound_socket(ipc, &error) == NULL && error == NET_ERR_INVALID_HANDLE_TYPE);
    int fd = -1;
    CHECK_EQ(net_socket_take_fd(ipc, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_take_fd(ipc, &fd), 0);
    char bytes[4];
    peer_receive_exactly(fd, bytes, 0);
    CHECK_EQ(read(fd, bytes, 4), 4);
    CHECK_EQ(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    trace("read: %.4s", bytes);
    peer_close(fd);
    CHECK_EQ(net_socket_end(ipc), 0);
}

CASE(a_descriptor_of_anything) {
    channel both = ipc_channel(loop);
    ON(both.far, handle, read_what_came);
    ON(both.far, data, ignore_data);
    ON(both.near, data, ignore_data);
    int fds[2];
    CHECK_EQ(pipe2(fds, O_CLOEXEC), 0);
    CHECK_EQ(write(fds[1], "pipe", 4), 4);
    CHECK_EQ(net_socket_send_fd(both.near, "x", 1, fds[0], NULL, NULL, NULL), 1);
    /* It is the program's still, and not needed any more. */
    peer_close(fds[0]);
    run(loop);
    peer_close(fds[1]);
    CHECK_STR(trace_text(), "read: pipe\n");
}

static void take_later(net_socket *ipc, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    (void)user;
    int fd = -1;
    CHECK_EQ(net_socket_take_fd(ipc, &fd), NET_ENOENT);
    CHECK_EQ(net_socket_end(ipc), 0);
}

CASE(what_nobody_takes_is_closed) {
    channel both = ipc_channel(loop);
    probe sent = probe_new();
    ON(both.far, data, take_later);
    ON(both.near, data, ignore_data);
    int fd = -1;
    CHECK_EQ(net_socket_take_fd(both.far, &fd), NET_ENOENT);
    CHECK_EQ(send_probe(both.near, "x", &sent), 1);
    run(loop);
    CHECK(probe_is_gone(&sent));
}

/* ---- reading in other ways ---- */

static void read_by_hand(net_socket *ipc, void *user) {
    (void)user;
    for (;;) {
        const char *piece = read_text(ipc, 2);
        trace("read: %s", piece);
        if (strcmp(piece, "null") == 0) {
            return;
        }
    }
}

CASE(handles_come_to_a_reader_by_hand_too) {
    channel both = ipc_channel(loop);
    CHECK_EQ(net_socket_on_end(both.far, end_other, both.far, NULL), 0);
    ON(both.near, data, ignore_data);
    probe first = probe_new();
    probe second = probe_new();
    ON(both.far, handle, trace_handle);
    ON(both.far, readable, read_by_hand);
    send_probe(both.near, "abc", &first);
    send_probe(both.near, "def", &second);
    CHECK_EQ(net_socket_end(both.near), 0);
    run(loop);
    CHECK(strncmp(trace_text(), "handle: local socket\n", 21) == 0);
    CHECK(strstr(trace_text() + 21, "handle: local socket\n") != NULL);
    CHECK(probe_is_gone(&first) && probe_is_gone(&second));
}

static char own_buffer[4];

static int own_bytes(net_socket *socket, size_t length, void *buffer, void *user) {
    (void)user;
    CHECK(buffer == own_buffer);
    trace("own: %s", text_data(buffer, length));
    (void)socket;
    return 1;
}

CASE(handles_come_with_bytes_in_the_program_s_buffer) {
    int fd = -1;
    net_socket *near = ipc_pair(loop, &fd);
    net_onread own = NET_ONREAD_INIT;
    own.buffer = own_buffer;
    own.len = sizeof own_buffer;
    own.callback = own_bytes;
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.fd = fd;
    options.ipc = 1;
    options.onread = &own;
    net_socket *far = socket_on(loop, &options);
    CHECK_EQ(net_socket_on_end(far, end_other, far, NULL), 0);
    ON(far, handle, trace_handle);
    ON(near, data, ignore_data);
    probe sent = probe_new();
    write_text(near, "ab");
    send_probe(near, "cdef", &sent);
    CHECK_EQ(net_socket_end(near), 0);
    run(loop);
    CHECK_STR(trace_text(), "handle: local socket\nown: abcd\nown: ef\n");
    CHECK(probe_is_gone(&sent));
}

static int paused_handles;
static channel paused;

static void pause_at_the_third(net_socket *ipc, int kind, void *user) {
    (void)kind;
    (void)user;
    if (++paused_handles == 3) {
        CHECK_EQ(net_socket_pause(ipc), 0);
    }
    CHECK(paused_handles <= 3 || !net_socket_is_paused(ipc));
}

static void resume_far(void) {
    CHECK_EQ(paused_handles, 3);
    CHECK_EQ(net_socket_resume(paused.far), 0);
}

CASE(handles_wait_while_the_receiver_is_paused) {
    paused = ipc_channel(loop);
    end_together(paused);
    ON(paused.far, handle, pause_at_the_third);
    ON(paused.far, data, gather);
    probe sent[9];
    for (size_t i = 0; i < 9; i++) {
        sent[i] = probe_new();
        CHECK_EQ(send_probe(paused.near, "x", &sent[i]), 1);
    }
    CHECK_EQ(net_socket_end(paused.near), 0);
    settle(loop, resume_far);
    run(loop);
    CHECK_EQ(paused_handles, 9);
    CHECK_EQ(got.length, 9);
    for (size_t i = 0; i < 9; i++) {
        CHECK(probe_is_gone(&sent[i]));
    }
}

/* ---- too few descriptors, too many ---- */

static void after_loss(net_socket *ipc, int kind, void *user) {
    trace_handle(ipc, kind, user);
    if (kind == NET_HANDLE_LOST) {
        int fd = -1;
        CHECK_EQ(net_socket_take_fd(ipc, &fd), NET_ENOENT);
        unlimit_fds();
    }
}

CASE(a_handle_without_a_descriptor_left_is_told_as_lost) {
    channel both = ipc_channel(loop);
    end_together(both);
    ON(both.far, handle, after_loss);
    ON(both.far, data, trace_data);
    probe first = probe_new();
    probe second = probe_new();
    send_probe(both.near, "a", &first);
    send_probe(both.near, "b", &second);
    CHECK_EQ(net_socket_end(both.near), 0);
    limit_fds(0);
    run(loop);
    CHECK_STR(trace_text(), "handle: lost\ndata: a\nhandle: local socket\ndata: b\n");
    CHECK(probe_is_gone(&first) && probe_is_gone(&second));
}

CASE(more_handles_than_descriptors_in_one_message) {
    int far = -1;
    net_socket *near = ipc_pair(loop, &far);
    CHECK_EQ(net_socket_on_end(near, end_other, near, NULL), 0);
    ON(near, handle, after_loss);
    ON(near, data, trace_data);
    probe sent[5];
    int fds[5];
    for (size_t i = 0; i < 5; i++) {
        sent[i] = probe_new();
        fds[i] = sent[i].sent;
    }
    peer_send_fds(far, "x", 1, fds, 5);
    peer_shutdown_write(far);
    limit_fds(2);
    run(loop);
    CHECK_STR(trace_text(), "handle: local socket\nhandle: local socket\nhandle: lost\ndata: x\n");
    for (size_t i = 0; i < 5; i++) {
        CHECK(probe_is_gone(&sent[i]));
    }
    peer_close(far);
}

static int of_a_crowd;

static void take_every_other(net_socket *ipc, int kind, void *user) {
    (void)user;
    CHECK_EQ(kind, NET_HANDLE_LOCAL_SOCKET);
    if (of_a_crowd++ % 2 == 0) {
        int fd = -1;
        CHECK_EQ(net_socket_take_fd(ipc, &fd), 0);
        peer_close(fd);
    }
}

/* As many as the system lets through at a time. */
CASE(a_crowd_of_handles_in_one_message) {
    int far = -1;
    net_socket *near = ipc_pair(loop, &far);
    CHECK_EQ(net_socket_on_end(near, end_other, near, NULL), 0);
    ON(near, handle, take_every_other);
    ON(near, data, ignore_data);
    probe sent = probe_new();
    int fds[253];
    for (size_t i = 0; i < 253; i++) {
        fds[i] = sent.sent;
    }
    peer_send_fds(far, "x", 1, fds, 253);
    peer_shutdown_write(far);
    run(loop);
    CHECK_EQ(of_a_crowd, 253);
    CHECK(probe_is_gone(&sent));
    peer_close(far);
}

static int arrived;

static void count_handle(net_socket *ipc, int kind, void *user) {
    (void)ipc;
    (void)user;
    CHECK_EQ(kind, NET_HANDLE_LOCAL_SOCKET);
    arrived++;
}

static channel stuffed;

static void read_at_last(net_timer *timer, void *user) {
    (void)user;
    /* More is on its way than this user may have there, and nothing was said about it. */
    CHECK_EQ(net_socket_destroyed(stuffed.near), 0);
    CHECK(writable_length(stuffed.near) > 0);
    CHECK_EQ(net_timer_free(timer), 0);
    CHECK_EQ(net_socket_resume(stuffed.far), 0);
}

/* A user has only so many on their way; those that are too many wait. */
CASE(handles_wait_while_too_many_are_on_their_way) {
    if (is_under_valgrind()) {
        case_skip("valgrind has limits of its own");
    }
    if (geteuid() == 0) {
        /* Root has as many as it likes. */
        CHECK_EQ(setresuid(65534, 65534, 65534), 0);
    }
    stuffed = ipc_channel(loop);
    end_together(stuffed);
    ON(stuffed.far, handle, count_handle);
    ON(stuffed.far, data, ignore_data);
    CHECK_EQ(net_socket_pause(stuffed.far), 0);
    struct rlimit limit = {.rlim_cur = 60, .rlim_max = 60};
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    probe sent = probe_new();
    for (int i = 0; i < 60 && writable_length(stuffed.near) == 0; i++) {
        send_probe(stuffed.near, "x", &sent);
        send_probe(stuffed.near, "y", &sent);
        arrived -= 2;
    }
    CHECK_EQ(net_socket_end(stuffed.near), 0);
    CHECK_EQ(net_timer_start(timer_on(loop), 10, 0, read_at_last, NULL, NULL), 0);
    run(loop);
    CHECK_EQ(arrived, 0);
    CHECK(probe_is_gone(&sent));
}

/* ---- ends ---- */

/* Sends until the system takes no more; how many. */
static size_t stuff(net_socket *near, probe *sent) {
    size_t count = 0;
    while (writable_length(near) < 3) {
        CHECK(send_probe(near, "x", sent) >= 0);
        CHECK(++count < 5000);
    }
    return count;
}

CASE(a_sender_that_is_destroyed_closes_what_waits) {
    int far = -1;
    net_socket *near = ipc_pair(loop, &far);
    probe sent = probe_new();
    stuff(near, &sent);
    CHECK_EQ(net_socket_send_fd(near, "x", 1, sent.sent, TRACED("last")), 1);
    CHECK_EQ(net_socket_destroy(near, NULL), 0);
    run(loop);
    peer_close(far);
    CHECK_STR(trace_text(), "last Error ECANCELED errno=-125 syscall=write message=\"write ECANCELED\"\n");
    CHECK(probe_is_gone(&sent));
}

CASE(a_sender_that_is_freed_closes_what_waits) {
    int far = -1;
    net_socket *near = ipc_pair(loop, &far);
    probe sent = probe_new();
    stuff(near, &sent);
    CHECK_EQ(net_socket_free(near), 0);
    peer_close(far);
    CHECK(probe_is_gone(&sent));
}

CASE(a_loop_that_is_freed_closes_what_waits) {
    int far = -1;
    net_loop *own = net_loop_new();
    net_socket *near = ipc_pair(own, &far);
    (void)loop;
    probe sent = probe_new();
    stuff(near, &sent);
    CHECK_EQ(net_loop_free(own), 0);
    peer_close(far);
    CHECK(probe_is_gone(&sent));
}

static void peer_has_gone(net_socket *near, const net_error *error, void *user) {
    (void)near;
    (void)user;
    trace("error %s", error->code);
}

CASE(a_receiver_that_goes_closes_what_waits) {
    int far = -1;
    net_socket *near = ipc_pair(loop, &far);
    ON(near, error, peer_has_gone);
    probe sent = probe_new();
    stuff(near, &sent);
    peer_close(far);
    run(loop);
    CHECK(trace_has("error EPIPE") || trace_has("error ECONNRESET"));
    CHECK(probe_is_gone(&sent));
}

static void give_it(net_server *server, net_socket *socket, void *user) {
    CHECK_EQ(net_socket_send_socket(user, "x", 1, socket, 0, NULL, NULL, NULL), 1);
    watch_socket(socket, "given", "error close");
    CHECK_EQ(net_socket_destroy(user, NULL), 0);
    CHECK_EQ(net_server_close(server), 0);
}

/* It has left its socket, and nobody else got it. */
CASE(a_connection_that_waits_is_closed_with_the_sender) {
    int far = -1;
    net_socket *near = ipc_pair(loop, &far);
    probe sent = probe_new();
    stuff(near, &sent);
    net_server *server = server_on(loop, NULL);
    uint16_t at = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, give_it, near, NULL), 0);
    int client = peer_connect("127.0.0.1", at);
    run(loop);
    char byte;
    CHECK_EQ(peer_receive_all(client, &byte, 1), 0);
    peer_close(client);
    peer_close(far);
    CHECK(trace_has("given close false"));
    CHECK(probe_is_gone(&sent));
}

static void destroy_receiver(net_socket *ipc, int kind, void *user) {
    trace_handle(ipc, kind, user);
    CHECK_EQ(net_socket_destroy(ipc, NULL), 0);
    int fd = -1;
    CHECK_EQ(net_socket_take_fd(ipc, &fd), NET_ENOENT);
}

static void free_receiver(net_socket *ipc, int kind, void *user) {
    trace_handle(ipc, kind, user);
    CHECK_EQ(net_socket_free(ipc), 0);
    int fd = -1;
    CHECK_EQ(net_socket_take_fd(ipc, &fd), NET_EBADF);
}

static void must_not_come(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    FAIL("data came: %s", text_data(data, length));
}

static void three_for(net_loop *loop, net_socket_handle_fn listener) {
    int far = -1;
    net_socket *near = ipc_pair(loop, &far);
    CHECK_EQ(net_socket_on_handle(near, listener, NULL, NULL), 0);
    ON(near, data, must_not_come);
    probe sent[3];
    int fds[3];
    for (size_t i = 0; i < 3; i++) {
        sent[i] = probe_new();
        fds[i] = sent[i].sent;
    }
    peer_send_fds(far, "x", 1, fds, 3);
    run(loop);
    CHECK_STR(trace_text(), "handle: local socket\n");
    for (size_t i = 0; i < 3; i++) {
        CHECK(probe_is_gone(&sent[i]));
    }
    peer_close(far);
}

CASE(a_receiver_is_destroyed_while_one_is_told) { three_for(loop, destroy_receiver); }

CASE(a_receiver_is_freed_while_one_is_told) { three_for(loop, free_receiver); }

static void stop_and_leave(net_socket *ipc, int kind, void *user) {
    trace_handle(ipc, kind, user);
    CHECK_EQ(net_loop_stop(net_socket_loop(ipc)), 0);
}

/* The loop is freed while handles are on their way to it, and one is told. */
CASE(a_loop_is_stopped_while_one_is_told) {
    channel both = ipc_channel(loop);
    ON(both.far, handle, stop_and_leave);
    ON(both.far, data, ignore_data);
    probe sent = probe_new();
    send_probe(both.near, "x", &sent);
    send_probe(both.near, "y", &sent);
    run(loop);
    CHECK(trace_has("handle: local socket"));
    CHECK_EQ(net_loop_free(loop), 0);
    case_loop_is_freed();
    CHECK(probe_is_gone(&sent));
}

/* ---- sockets that take none ---- */

static void hostile(net_loop *loop, net_socket *victim, int far) {
    ON(victim, handle, trace_handle);
    probe sent = probe_new();
    peer_send_fds(far, "a", 1, &sent.sent, 1);
    peer_send_text(far, "b");
    peer_send_fds(far, "c", 1, &sent.sent, 1);
    peer_shutdown_write(far);
    run(loop);
    CHECK_EQ(got.length, 3);
    CHECK(memcmp(got.bytes, "abc", 3) == 0);
    CHECK_STR(trace_text(), "");
    CHECK(probe_is_gone(&sent));
    peer_close(far);
}

CASE(what_is_sent_over_a_socket_that_takes_none_is_closed) {
    int far = -1;
    net_socket *near = net_socket_pair(loop, NULL, &far, NULL);
    CHECK(near != NULL);
    ON(near, data, gather);
    hostile(loop, near, far);
}

static int own_gathers(net_socket *socket, size_t length, void *buffer, void *user) {
    gather(socket, buffer, length, user);
    return 1;
}

CASE(what_is_sent_to_a_buffer_of_the_program_s_is_closed) {
    int far = -1;
    net_onread own = NET_ONREAD_INIT;
    own.buffer = own_buffer;
    own.len = sizeof own_buffer;
    own.callback = own_gathers;
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.onread = &own;
    net_socket *near = net_socket_pair(loop, &options, &far, NULL);
    CHECK(near != NULL);
    hostile(loop, near, far);
}

/* ---- pipes ---- */

enum { BULK = 200000 };

/* The short way through the kernel would leave them behind. */
CASE(a_pipe_from_a_socket_with_handles_loses_none) {
    channel source = ipc_channel(loop);
    channel sink = ipc_channel(loop);
    ON(source.far, handle, count_handle);
    ON(source.near, data, ignore_data);
    ON(sink.far, data, gather);
    ON(sink.near, data, ignore_data);
    CHECK_EQ(net_socket_on_end(sink.far, end_other, sink.far, NULL), 0);
    CHECK_EQ(net_socket_on_end(source.far, end_other, source.far, NULL), 0);
    CHECK_EQ(net_socket_pipe(source.far, sink.near, 1), 0);
    probe sent = probe_new();
    for (int i = 0; i < 20; i++) {
        CHECK(net_socket_write(source.near, zeros(BULK), BULK) >= 0);
        CHECK(net_socket_send_fd(source.near, zeros(BULK), BULK, sent.sent, NULL, NULL, NULL) >= 0);
    }
    CHECK_EQ(net_socket_end(source.near), 0);
    run(loop);
    CHECK_EQ(arrived, 20);
    CHECK_EQ(got.length, 40 * BULK);
    CHECK(probe_is_gone(&sent));
}

/* ---- both have it ---- */

CASE(keep_open_leaves_the_connection_in_both) {
    channel both = ipc_channel(loop);
    ON(both.far, handle, take_to_echo);
    ON(both.far, data, ignore_data);
    ON(both.near, data, ignore_data);
    int peer = -1;
    net_socket *shared = ipc_pair(loop, &peer);
    CHECK_EQ(net_socket_send_socket(both.near, "x", 1, shared, 1, NULL, NULL, NULL), 1);
    CHECK_EQ(net_socket_destroyed(shared), 0);
    CHECK_EQ(write_text(shared, "here"), 1);
    CHECK_EQ(net_socket_destroy(shared, NULL), 0);
    while (!taken_socket) {
        CHECK(net_loop_poll(loop, -1) >= 0);
    }
    /* The end of one was not the end of the connection. */
    CHECK_EQ(write_text(taken_socket, " and there"), 1);
    char bytes[14];
    peer_receive_exactly(peer, bytes, sizeof bytes);
    CHECK(memcmp(bytes, "here and there", 14) == 0);
    peer_close(peer);
    CHECK_EQ(net_socket_end(both.far), 0);
    run(loop);
}

/* A connection lives on elsewhere after its end here, and what happens to it there is not told here. */
CASE(who_has_closed_is_not_woken) {
    net_loop *other = net_loop_new();
    CHECK(other != NULL);
    int far = -1;
    net_socket *near = ipc_pair(loop, &far);
    net_socket *receiver = ipc_socket_on(other, far);
    ON(receiver, handle, take_to_echo);
    ON(receiver, data, ignore_data);
    int peer = -1;
    net_socket *shared = ipc_pair(loop, &peer);
    CHECK_EQ(net_socket_send_socket(near, "x", 1, shared, 1, NULL, NULL, NULL), 1);
    CHECK_EQ(net_socket_destroy(shared, NULL), 0);
    while (!taken_socket) {
        CHECK(net_loop_poll(other, -1) >= 0);
    }
    while (net_loop_poll(loop, 0) > 0) {
    }
    struct pollfd found = {.fd = net_loop_fd(loop), .events = POLLIN};
    peer_send_text(peer, "x");
    CHECK_EQ(poll(&found, 1, 0), 0);
    /* The same for the one that has received it, of which this end is a copy. */
    int copy = -1;
    CHECK_EQ(net_socket_fd(taken_socket, &copy), 1);
    copy = dup(copy);
    CHECK(copy >= 0);
    CHECK_EQ(net_socket_destroy(taken_socket, NULL), 0);
    for (int i = 0; i < 5; i++) {
        CHECK(net_loop_poll(other, 0) >= 0);
    }
    found.fd = net_loop_fd(other);
    peer_send_text(peer, "y");
    CHECK_EQ(poll(&found, 1, 0), 0);
    CHECK_EQ(close(copy), 0);
    peer_close(peer);
    CHECK_EQ(net_socket_destroy(near, NULL), 0);
    CHECK_EQ(net_loop_free(other), 0);
    run(loop);
}
