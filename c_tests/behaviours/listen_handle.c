/* server.listen on what is there already: another server, a socket, a descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

static int listen_on(net_server *server, void *handle) {
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.handle = handle;
    return net_server_listen(server, &options);
}

static int listen_on_fd(net_server *server, int fd) {
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.fd = fd;
    return net_server_listen(server, &options);
}

static net_server *watched(net_loop *loop, const char *name) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, name, "listening connection close error");
    return server;
}

static net_server *first;
static net_server *second;
static net_loop *the_loop;

static void trace_connections(net_server *server, const net_error *error, size_t count, void *user) {
    (void)server;
    CHECK(error == NULL);
    trace("%s connections %zu", (const char *)user, count);
}

static void end_accepted(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    CHECK_EQ(net_socket_end(socket), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
}

/* Node throws what address() finds. */
static void trace_address(const char *name, net_server *server) {
    net_address address = NET_ADDRESS_INIT;
    int found = net_server_address(server, &address);
    if (found < 0) {
        trace("%s address: %s", name, net_error_name(found));
    } else {
        trace("%s address: %s", name, text_address(found, &address));
    }
}

static void trace_listening(void) {
    trace("first listening=%s, second listening=%s", text_bool(net_server_listening(first)),
          text_bool(net_server_listening(second)));
}

static void close_second(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    trace("then: %s", error->code);
    CHECK_EQ(net_server_get_connections(second, trace_connections, "second", NULL), 0);
    CHECK_EQ(net_server_close(second), 0);
    trace_listening();
}

static void close_first(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    uint16_t port = server_port(first);
    (void)user;
    CHECK_EQ(net_server_get_connections(first, trace_connections, "first", NULL), 0);
    CHECK_EQ(net_server_close(first), 0);
    trace_listening();
    trace_address("second", second);
    net_socket *late = socket_on(the_loop, NULL);
    CHECK_EQ(net_socket_on_error(late, close_second, NULL, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(late, port, "127.0.0.1"), 0);
}

/* Connections come to the last one; the first to close ends both, though the other does not know. */
CASE(listen_on_a_server) {
    the_loop = loop;
    first = watched(loop, "first");
    second = watched(loop, "second");
    trace_hide_port(listen_local(first), "PORT");
    CHECK_EQ(net_server_on_connection(second, end_accepted, NULL, NULL), 0);
    CHECK_EQ(listen_on(second, first), 0);
    trace_listening();
    trace_address("first", first);
    trace_address("second", second);
    net_socket *client = socket_on(loop, NULL);
    CHECK_EQ(net_socket_resume(client), 0);
    CHECK_EQ(net_socket_on_close(client, close_first, NULL, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(client, server_port(first), "127.0.0.1"), 0);
    run(loop);
}

CASE(listen_on_a_server_and_close_the_last) {
    first = watched(loop, "first");
    second = watched(loop, "second");
    trace_hide_port(listen_local(first), "PORT");
    CHECK_EQ(listen_on(second, first), 0);
    CHECK_EQ(net_server_close(second), 0);
    trace_listening();
    trace_address("first", first);
    CHECK_EQ(net_server_close(first), 0);
    trace_listening();
    run(loop);
}

/* The handle is one, and so is what it holds. */
CASE(listen_on_a_server_unref) {
    first = watched(loop, "first");
    second = watched(loop, "second");
    trace_hide_port(listen_local(first), "PORT");
    CHECK_EQ(listen_on(second, first), 0);
    CHECK_EQ(net_server_unref(first), 0);
    run(loop);
    trace_listening();
}

CASE(listen_on_a_path_server) {
    first = watched(loop, "first");
    second = watched(loop, "second");
    CHECK_EQ(net_server_listen_path_cstr(first, case_path("s")), 0);
    CHECK_EQ(listen_on(second, first), 0);
    trace_listening();
    CHECK_EQ(net_server_close(first), 0);
    run(loop);
}

CASE(listen_on_what_has_no_handle) {
    first = watched(loop, "first");
    second = watched(loop, "second");
    trace("a server: %s", net_error_name(listen_on(second, first)));
    trace("a socket: %s", net_error_name(listen_on(second, socket_on(loop, NULL))));
    /* A contradiction, and a handle of another loop: not to be said in Node. */
    net_bound_socket *bound = net_bound_socket_new(NULL, NULL);
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.handle = bound;
    options.port = 1;
    CHECK_EQ(net_server_listen(second, &options), NET_EINVAL);
    CHECK_EQ(net_bound_socket_close(bound), 0);
    CHECK_EQ(net_bound_socket_free(bound), 0);
    net_loop *other = net_loop_new();
    net_server *stranger = server_on(other, NULL);
    listen_local(stranger);
    CHECK_EQ(listen_on(second, stranger), NET_EBADF);
    CHECK_EQ(net_loop_free(other), 0);
    CHECK_EQ(listen_on(second, stranger), NET_EBADF);
    CHECK_EQ(net_loop_alive(loop), 0);
}

static net_socket *client;

static void listen_on_client(net_socket *socket, void *user) {
    (void)user;
    trace("listen: %s", net_error_name(listen_on(second, socket)));
    trace_listening();
}

static void close_server(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    CHECK_EQ(net_server_close(first), 0);
}

/* A connected socket cannot listen, and has lost its handle. */
CASE(listen_on_a_connected_socket) {
    first = server_on(loop, NULL);
    second = watched(loop, "second");
    CHECK_EQ(net_server_on_connection(first, do_resume_ignoring_errors, NULL, NULL), 0);
    uint16_t port = listen_local(first);
    client = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_connect(client, listen_on_client, NULL, NULL), 0);
    watch_socket(client, "client", "end error");
    CHECK_EQ(net_socket_on_close(client, close_server, NULL, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(client, port, "127.0.0.1"), 0);
    run(loop);
}

/* Unlike in Node, where both have the handle: the socket gives it up. */
CASE(listen_on_a_bound_socket_that_a_socket_has) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.handle = net_bound_socket_new(NULL, NULL);
    net_address address = NET_ADDRESS_INIT;
    CHECK_EQ(net_bound_socket_address(options.handle, &address), 1);
    client = socket_on(loop, &options);
    watch_socket(client, "client", "error close");
    second = watched(loop, "second");
    CHECK_EQ(net_server_on_connection(second, end_accepted, NULL, NULL), 0);
    CHECK_EQ(listen_on(second, client), 0);
    CHECK_EQ(server_port(second), address.port);
    CHECK_EQ(net_socket_destroyed(client), 1);
    CHECK_EQ(net_bound_socket_free(options.handle), 0);
    int peer = peer_connect("127.0.0.1", address.port);
    while (!trace_has("second connection")) {
        CHECK_EQ(net_loop_poll(loop, -1), 0);
    }
    CHECK(trace_has("client close false"));
    peer_close(peer);
    CHECK_EQ(net_server_close(second), 0);
    run(loop);
}

/* ---- descriptors ---- */

static void ways_of_pipe(int ends[2]) { CHECK_EQ(pipe2(ends, O_CLOEXEC), 0); }

CASE(listen_on_descriptors_that_are_none) {
    int ends[2];
    ways_of_pipe(ends);
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int folder = open("/", O_RDONLY | O_CLOEXEC);
    int datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    CHECK_EQ(listen_on_fd(watched(loop, "file"), file), 0);
    CHECK_EQ(listen_on_fd(watched(loop, "folder"), folder), 0);
    CHECK_EQ(listen_on_fd(watched(loop, "closed"), 999), 0);
    CHECK_EQ(listen_on_fd(watched(loop, "datagrams"), datagrams), 0);
    CHECK_EQ(listen_on_fd(watched(loop, "pipe"), ends[0]), 0);
    run(loop);
    CHECK_EQ(close(file), 0);
    CHECK_EQ(close(folder), 0);
    CHECK_EQ(close(datagrams), 0);
    CHECK_EQ(close(ends[1]), 0);
    /* As in Node, which takes it for a stream first. */
    CHECK_EQ(close(ends[0]), -1);
}

/* The loop knows the descriptor as another server's, which goes on. */
CASE(listen_on_a_descriptor_of_another_server) {
    first = watched(loop, "first");
    second = watched(loop, "second");
    CHECK_EQ(net_server_listen_path_cstr(first, case_path("s")), 0);
    int fd = -1;
    CHECK_EQ(net_server_fd(first, &fd), 1);
    CHECK_EQ(listen_on_fd(second, fd), 0);
    trace_listening();
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(net_server_close(first), 0);
    run(loop);
}

CASE(listen_on_the_descriptor_of_a_connection) {
    int ends[2];
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    second = watched(loop, "second");
    CHECK_EQ(listen_on_fd(second, ends[0]), 0);
    run(loop);
    CHECK_EQ(close(ends[1]), 0);
    CHECK_EQ(close(ends[0]), -1);
    CHECK(trace_has("second error Error EINVAL errno=-22 syscall=listen message=\"listen EINVAL: invalid argument\""));
}

/* Bound, and handed over before it listens. */
CASE(listen_on_a_bound_descriptor) {
    net_bound_socket *bound = net_bound_socket_new(NULL, NULL);
    net_address address = NET_ADDRESS_INIT;
    int fd = -1;
    CHECK_EQ(net_bound_socket_address(bound, &address), 1);
    CHECK_EQ(net_bound_socket_fd(bound, &fd), 0);
    second = watched(loop, "second");
    CHECK_EQ(net_server_on_connection(second, end_accepted, NULL, NULL), 0);
    CHECK_EQ(listen_on_fd(second, fcntl(fd, F_DUPFD_CLOEXEC, 0)), 0);
    CHECK_EQ(net_bound_socket_free(bound), 0);
    CHECK_EQ(server_port(second), address.port);
    int peer = peer_connect("127.0.0.1", address.port);
    while (!trace_has("second connection")) {
        CHECK_EQ(net_loop_poll(loop, -1), 0);
    }
    peer_close(peer);
    CHECK_EQ(net_server_close(second), 0);
    run(loop);
}
