/* What cannot be sent, and that a refused call changes nothing. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "passing.h"
#include "peer.h"
#include "scene.h"

/* Every refused call drops its user data; the harness counts. */
#define REFUSED completion_must_not_come, counted_user(NULL), counted_drop

static void completion_must_not_come(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    FAIL("a refused call has a completion: %s", text_error(error));
}

static int send_socket(net_socket *ipc, net_socket *socket, int keep_open) {
    return net_socket_send_socket(ipc, "x", 1, socket, keep_open, REFUSED);
}

static void destroy_both(net_socket *one, net_socket *other) {
    CHECK_EQ(net_socket_destroy(one, NULL), 0);
    CHECK_EQ(net_socket_destroy(other, NULL), 0);
}

CASE(what_cannot_carry_handles) {
    int fd = -1;
    net_socket *plain = net_socket_pair(loop, NULL, &fd, NULL);
    CHECK(plain != NULL);
    CHECK_EQ(net_socket_send_fd(plain, "x", 1, fd, REFUSED), NET_EINVAL);
    int pipes[2];
    CHECK_EQ(pipe(pipes), 0);
    net_socket *fifo = ipc_socket_on(loop, pipes[1]);
    CHECK_EQ(net_socket_send_fd(fifo, "x", 1, fd, REFUSED), NET_EINVAL);
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.ipc = 1;
    net_socket *unconnected = socket_on(loop, &options);
    CHECK_EQ(net_socket_send_fd(unconnected, "x", 1, fd, REFUSED), NET_EINVAL);
    uint16_t port = 0;
    int listener = peer_listen("127.0.0.1", &port, 1);
    options.fd = peer_connect("127.0.0.1", port);
    net_socket *tcp = socket_on(loop, &options);
    CHECK_EQ(net_socket_send_fd(tcp, "x", 1, fd, REFUSED), NET_EINVAL);
    destroy_both(plain, fifo);
    CHECK_EQ(net_socket_destroy(tcp, NULL), 0);
    run(loop);
    peer_close(fd);
    peer_close(pipes[0]);
    peer_close(listener);
}

CASE(arguments_that_mean_nothing) {
    channel both = ipc_channel(loop);
    int peer = -1;
    net_socket *socket = ipc_pair(loop, &peer);
    CHECK_EQ(net_socket_send_socket(both.near, "", 0, socket, 0, REFUSED), NET_EINVAL);
    CHECK_EQ(net_socket_send_socket(both.near, NULL, 1, socket, 0, REFUSED), NET_EINVAL);
    CHECK_EQ(send_socket(both.near, socket, 2), NET_EINVAL);
    CHECK_EQ(send_socket(both.near, socket, -1), NET_EINVAL);
    CHECK_EQ(send_socket(both.near, both.near, 0), NET_EINVAL);
    CHECK_EQ(send_socket(both.near, NULL, 0), NET_EINVAL);
    CHECK_EQ(send_socket(NULL, socket, 0), NET_EINVAL);
    CHECK_EQ(net_socket_send_server(both.near, "x", 1, NULL, REFUSED), NET_EINVAL);
    CHECK_EQ(net_socket_send_bound_socket(both.near, "x", 1, NULL, REFUSED), NET_EINVAL);
    CHECK_EQ(net_socket_send_fd(both.near, "x", 1, -1, REFUSED), NET_EINVAL);
    int closed = dup(peer);
    peer_close(closed);
    CHECK_EQ(net_socket_send_fd(both.near, "x", 1, closed, REFUSED), NET_EBADF);
    /* All of them left it as it was. */
    CHECK_EQ(net_socket_destroyed(socket), 0);
    CHECK_EQ(bytes_written(both.near), 0);
    CHECK_EQ(write_text(socket, "still here"), 1);
    destroy_both(both.near, socket);
    CHECK_EQ(net_socket_destroy(both.far, NULL), 0);
    run(loop);
    char bytes[16];
    CHECK_EQ(peer_receive_all(peer, bytes, sizeof bytes), 10);
    peer_close(peer);
}

CASE(handles_that_are_gone) {
    channel both = ipc_channel(loop);
    int peer = -1;
    net_socket *socket = ipc_pair(loop, &peer);
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_socket_free(socket), 0);
    CHECK_EQ(net_server_free(server), 0);
    CHECK_EQ(send_socket(both.near, socket, 0), NET_EBADF);
    CHECK_EQ(send_socket(both.near, socket, 1), NET_EBADF);
    CHECK_EQ(net_socket_send_server(both.near, "x", 1, server, REFUSED), NET_EBADF);
    /* A server is no socket. */
    server = server_on(loop, NULL);
    CHECK_EQ(send_socket(both.near, (net_socket *)server, 0), NET_EBADF);
    CHECK_EQ(net_socket_free(both.near), 0);
    CHECK_EQ(send_socket(both.near, both.far, 0), NET_EBADF);
    int error = 0;
    CHECK(net_socket_take_socket(both.near, NULL, &error) == NULL && error == NET_EBADF);
    CHECK_EQ(net_socket_destroy(both.far, NULL), 0);
    run(loop);
    peer_close(peer);
}

CASE(what_is_not_connected_or_does_not_listen) {
    channel both = ipc_channel(loop);
    net_socket *idle = socket_on(loop, NULL);
    CHECK_EQ(send_socket(both.near, idle, 0), NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
    CHECK_EQ(send_socket(both.near, idle, 1), NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
    uint16_t port = 0;
    int listener = peer_listen("127.0.0.1", &port, 1);
    net_socket *connecting = quiet_client(loop, port);
    CHECK_EQ(send_socket(both.near, connecting, 0), NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
    CHECK_EQ(send_socket(both.near, connecting, 1), NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_socket_send_server(both.near, "x", 1, server, REFUSED), NET_ERR_SERVER_NOT_RUNNING);
    net_bound_socket *bound = net_bound_socket_new(NULL, NULL);
    CHECK(bound != NULL);
    CHECK_EQ(net_bound_socket_close(bound), 0);
    CHECK_EQ(net_socket_send_bound_socket(both.near, "x", 1, bound, REFUSED), NET_ERR_SOCKET_HANDLE_ADOPTED);
    CHECK_EQ(net_bound_socket_free(bound), 0);
    destroy_both(both.near, both.far);
    CHECK_EQ(net_socket_destroy(connecting, NULL), 0);
    run(loop);
    peer_close(listener);
}

static void send_what_is_unread(net_socket *socket, void *user) {
    const channel *both = user;
    /* Some of it is here, and would be lost. */
    CHECK(readable_length(socket) > 0);
    CHECK_EQ(send_socket(both->near, socket, 0), NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
    CHECK_STR(read_text(socket, 0), "abc");
    CHECK_EQ(net_socket_off_readable(socket, send_what_is_unread, user), 0);
    CHECK_EQ(net_socket_send_socket(both->near, "x", 1, socket, 0, NULL, NULL, NULL), 1);
    CHECK_EQ(net_socket_destroy(both->near, NULL), 0);
    CHECK_EQ(net_socket_destroy(both->far, NULL), 0);
}

CASE(a_connection_whose_bytes_would_be_lost_stays) {
    channel both = ipc_channel(loop);
    int peer = -1;
    net_socket *full = ipc_pair(loop, &peer);
    while (writable_length(full) == 0) {
        CHECK(net_socket_write(full, zeros(65536), 65536) >= 0);
    }
    CHECK_EQ(send_socket(both.near, full, 0), NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
    CHECK_EQ(net_socket_destroy(full, NULL), 0);
    CHECK_EQ(send_socket(both.near, full, 0), NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
    peer_close(peer);
    net_socket *ended = ipc_pair(loop, &peer);
    CHECK_EQ(net_socket_end(ended), 0);
    CHECK_EQ(send_socket(both.near, ended, 0), NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
    CHECK_EQ(net_socket_destroy(ended, NULL), 0);
    peer_close(peer);
    net_socket *unread = ipc_pair(loop, &peer);
    CHECK_EQ(net_socket_on_readable(unread, send_what_is_unread, &both, NULL), 0);
    peer_send_text(peer, "abc");
    run(loop);
    peer_close(peer);
}

static void trace_stream_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    trace("%s: %s", (const char *)user, error ? error->code : "done");
}

/* As a write to it: accepted, and told later. What was to go stays. */
CASE(a_socket_that_has_ended_or_is_destroyed_takes_nothing) {
    channel both = ipc_channel(loop);
    int peer = -1;
    net_socket *socket = ipc_pair(loop, &peer);
    ON(both.near, error, ignore_error);
    CHECK_EQ(net_socket_end(both.near), 0);
    CHECK_EQ(net_socket_send_socket(both.near, "x", 1, socket, 0, trace_stream_error, "after the end", NULL), 0);
    CHECK_EQ(net_socket_destroyed(socket), 0);
    CHECK_EQ(net_socket_destroy(both.far, NULL), 0);
    CHECK_EQ(net_socket_send_socket(both.far, "x", 1, socket, 0, trace_stream_error, "destroyed", NULL), 0);
    CHECK_EQ(net_socket_destroyed(socket), 0);
    CHECK_EQ(write_text(socket, "still here"), 1);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    run(loop);
    char bytes[16];
    CHECK_EQ(peer_receive_all(peer, bytes, sizeof bytes), 10);
    peer_close(peer);
    CHECK(trace_has("after the end: ERR_STREAM_WRITE_AFTER_END"));
    CHECK(trace_has("destroyed: ERR_STREAM_DESTROYED"));
}

CASE(handles_of_another_loop) {
    net_loop *other = net_loop_new();
    CHECK(other != NULL);
    channel both = ipc_channel(loop);
    int peer = -1;
    net_socket *socket = ipc_pair(other, &peer);
    net_server *server = server_on(other, NULL);
    listen_local(server);
    CHECK_EQ(send_socket(both.near, socket, 0), NET_EINVAL);
    CHECK_EQ(send_socket(both.near, socket, 1), NET_EINVAL);
    CHECK_EQ(net_socket_send_server(both.near, "x", 1, server, REFUSED), NET_EINVAL);
    CHECK_EQ(net_loop_free(other), 0);
    CHECK_EQ(send_socket(both.near, socket, 0), NET_EBADF);
    destroy_both(both.near, both.far);
    run(loop);
    peer_close(peer);
}

static void of_another_thread(void *user) {
    channel *both = user;
    int fd = -1;
    int error = 0;
    CHECK_EQ(net_socket_send_fd(both->near, "x", 1, STDIN_FILENO, REFUSED), NET_EWRONGTHREAD);
    CHECK_EQ(send_socket(both->near, both->far, 0), NET_EWRONGTHREAD);
    CHECK_EQ(net_socket_take_fd(both->near, &fd), NET_EWRONGTHREAD);
    CHECK(net_socket_take_server(both->near, NULL, &error) == NULL && error == NET_EWRONGTHREAD);
    CHECK(net_socket_pair(net_socket_loop(both->near), NULL, &fd, &error) == NULL);
    CHECK_EQ(net_socket_on_handle(both->near, NULL, counted_user(NULL), counted_drop), NET_EWRONGTHREAD);
}

CASE(calls_from_another_thread) {
    channel both = ipc_channel(loop);
    peer_thread thread;
    peer_start(&thread, of_another_thread, &both);
    peer_join(&thread);
    destroy_both(both.near, both.far);
    run(loop);
}

CASE(pairs_that_are_refused) {
    int fd = -1;
    int error = 0;
    CHECK(net_socket_pair(NULL, NULL, &fd, &error) == NULL);
    CHECK_EQ(error, NET_EINVAL);
    CHECK(net_socket_pair(loop, NULL, NULL, &error) == NULL);
    CHECK_EQ(error, NET_EINVAL);
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.fd = STDIN_FILENO;
    CHECK(net_socket_pair(loop, &options, &fd, &error) == NULL);
    CHECK_EQ(error, NET_EINVAL);
    options = (net_socket_options)NET_SOCKET_OPTIONS_INIT;
    options.ipc = 3;
    CHECK(net_socket_pair(loop, &options, &fd, &error) == NULL);
    CHECK_EQ(error, NET_EINVAL);
    CHECK_EQ(fd, -1);
}

CASE(a_pair_for_which_no_descriptor_is_left) {
    int fd = -1;
    int error = 0;
    limit_fds(1);
    CHECK(net_socket_pair(loop, NULL, &fd, &error) == NULL);
    CHECK_EQ(error, NET_EMFILE);
    unlimit_fds();
    CHECK_EQ(fd, -1);
}

CASE(a_copy_for_which_no_descriptor_is_left) {
    channel both = ipc_channel(loop);
    int peer = -1;
    net_socket *socket = ipc_pair(loop, &peer);
    limit_fds(0);
    CHECK_EQ(send_socket(both.near, socket, 1), NET_EMFILE);
    CHECK_EQ(net_socket_send_fd(both.near, "x", 1, peer, REFUSED), NET_EMFILE);
    /* One that goes away needs none. */
    CHECK_EQ(net_socket_send_socket(both.near, "x", 1, socket, 0, NULL, NULL, NULL), 1);
    unlimit_fds();
    destroy_both(both.near, both.far);
    run(loop);
    char byte;
    CHECK_EQ(peer_receive_all(peer, &byte, 1), 0);
    peer_close(peer);
}
