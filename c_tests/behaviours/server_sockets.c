/* What Node has no word for: walking a server's sockets, a graceful stop, the sizes of the system's buffers. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

enum { PEERS = 5 };

static int peers[PEERS];
static net_server *server;

/* PEERS connections that are accepted and read. */
static void serve_peers(net_loop *loop) {
    server = server_on(loop, NULL);
    watch_server(server, "server", "close");
    CHECK_EQ(net_server_on_connection(server, do_resume_ignoring_errors, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    for (int i = 0; i < PEERS; i++) {
        peers[i] = peer_connect("127.0.0.1", port);
        CHECK_EQ(net_loop_poll(loop, -1), 0);
    }
}

static void close_peers(void) {
    for (int i = 0; i < PEERS; i++) {
        peer_close(peers[i]);
    }
}

static int walk(void) {
    int count = 0;
    net_socket *last = NULL;
    for (net_socket *socket = net_server_next_socket(server, NULL); socket;
         socket = net_server_next_socket(server, socket)) {
        CHECK(socket != last);
        CHECK(net_socket_server(socket) == server);
        CHECK_EQ(net_socket_destroyed(socket), 0);
        last = socket;
        count++;
    }
    return count;
}

CASE(walk_meets_every_socket_once) {
    serve_peers(loop);
    /* Neither a client of the loop nor the socket of another server is one of them. */
    quiet_client(loop, server_port(server));
    net_server *other = server_on(loop, NULL);
    CHECK(net_server_next_socket(other, NULL) == NULL);
    CHECK_EQ(walk(), PEERS);
    net_socket *first = net_server_next_socket(server, NULL);
    net_socket *second = net_server_next_socket(server, first);
    CHECK_EQ(net_socket_destroy(first, NULL), 0);
    CHECK(net_server_next_socket(server, NULL) == second);
    /* Who is destroyed, and even freed, still says where to go on. */
    CHECK(net_server_next_socket(server, first) == second);
    CHECK_EQ(net_socket_free(first), 0);
    CHECK(net_server_next_socket(server, first) == second);
    CHECK_EQ(walk(), PEERS - 1);
    close_peers();
    CHECK_EQ(net_server_free(server), 0);
    CHECK(net_server_next_socket(server, NULL) == NULL);
}

CASE(walk_destroys_all_on_its_way) {
    serve_peers(loop);
    int count = 0;
    for (net_socket *socket = net_server_next_socket(server, NULL); socket;
         socket = net_server_next_socket(server, socket)) {
        CHECK_EQ(count % 2 ? net_socket_destroy(socket, NULL) : net_socket_free(socket), 0);
        count++;
    }
    CHECK_EQ(count, PEERS);
    CHECK_EQ(walk(), 0);
    close_peers();
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
    CHECK(trace_has("server close"));
}

CASE(walk_refuses_handles_that_are_none) {
    serve_peers(loop);
    net_loop *other = net_loop_new();
    net_socket *stranger = socket_on(other, NULL);
    CHECK(net_server_next_socket(server, stranger) == NULL);
    CHECK(net_server_next_socket(server, (net_socket *)server) == NULL);
    CHECK_EQ(net_loop_free(other), 0);
    close_peers();
}

/* Ended by the server, the peers hang up: nobody is destroyed before that. */
CASE(shutdown_lets_peers_go) {
    char buffer[8];
    serve_peers(loop);
    for (net_socket *socket = net_server_next_socket(server, NULL); socket;
         socket = net_server_next_socket(server, socket)) {
        CHECK_EQ(net_socket_write(socket, "bye", 3), 1);
    }
    CHECK_EQ(net_server_shutdown(server, 1000000), 0);
    CHECK_EQ(net_server_listening(server), 0);
    CHECK_EQ(walk(), PEERS);
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(net_loop_poll(loop, 0), 0);
    }
    CHECK_EQ(walk(), PEERS);
    CHECK(!trace_has("server close"));
    for (int i = 0; i < PEERS; i++) {
        CHECK_EQ(peer_receive_all(peers[i], buffer, sizeof buffer), 3);
    }
    close_peers();
    run(loop);
    CHECK(trace_has("server close"));
}

CASE(shutdown_destroys_who_stays) {
    char buffer[8];
    serve_peers(loop);
    CHECK_EQ(net_server_shutdown(server, 1), 0);
    run(loop);
    CHECK(trace_has("server close"));
    for (int i = 0; i < PEERS; i++) {
        CHECK_EQ(peer_receive_all(peers[i], buffer, sizeof buffer), 0);
    }
    close_peers();
}

CASE(shutdown_at_once) {
    serve_peers(loop);
    CHECK_EQ(net_server_shutdown(server, 0), 0);
    CHECK_EQ(walk(), 0);
    run(loop);
    CHECK(trace_has("server close"));
    close_peers();
}

/* The time is that of the last call; a server that listens again keeps its new sockets. */
CASE(shutdown_concerns_those_who_were_there) {
    serve_peers(loop);
    CHECK_EQ(net_server_shutdown(server, 1000000), 0);
    CHECK_EQ(net_server_shutdown(server, 1), 0);
    uint16_t port = listen_local(server);
    int late = peer_connect("127.0.0.1", port);
    while (walk() != 1) {
        CHECK_EQ(net_loop_poll(loop, -1), 0);
    }
    CHECK(!trace_has("server close"));
    peer_close(late);
    close_peers();
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
    CHECK(trace_has("server close"));
}

/* Freed while it waits: its sockets live on. */
CASE(shutdown_of_a_server_that_is_freed) {
    serve_peers(loop);
    CHECK_EQ(net_server_shutdown(server, 1), 0);
    CHECK_EQ(net_server_free(server), 0);
    close_peers();
    run(loop);
}

/* ---- buffers ---- */

static int option_of(net_socket *socket, int name) {
    int fd = -1;
    int value = 0;
    socklen_t size = sizeof value;
    CHECK_EQ(net_socket_fd(socket, &fd), 1);
    CHECK_EQ(getsockopt(fd, SOL_SOCKET, name, &value, &size), 0);
    return value;
}

static void check_sizes(net_socket *socket, void *user) {
    uint32_t send = 0;
    uint32_t receive = 0;
    (void)user;
    CHECK_EQ(net_socket_send_buffer_size(socket, &send), 1);
    CHECK_EQ(net_socket_receive_buffer_size(socket, &receive), 1);
    CHECK_EQ(send, option_of(socket, SO_SNDBUF));
    CHECK_EQ(receive, option_of(socket, SO_RCVBUF));
    trace("%u %u", send, receive);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
}

static void connect_once_more(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    CHECK_EQ(net_socket_on_connect(socket, check_sizes, NULL, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(socket, (uint16_t)(uintptr_t)user, "127.0.0.1"), 0);
}

/* Said once, for every connection. Linux takes twice the number. */
CASE(buffer_sizes_before_connecting) {
    uint16_t port = 0;
    int listener = peer_listen("127.0.0.1", &port, 5);
    net_socket *client = socket_on(loop, NULL);
    uint32_t size = 1;
    CHECK_EQ(net_socket_send_buffer_size(client, &size), 0);
    CHECK_EQ(size, 0);
    CHECK_EQ(net_socket_set_send_buffer_size(client, 10000), 0);
    CHECK_EQ(net_socket_set_receive_buffer_size(client, 12000), 0);
    CHECK_EQ(net_socket_receive_buffer_size(client, &size), 1);
    CHECK_EQ(size, 12000);
    ON(client, error, ignore_error);
    CHECK_EQ(net_socket_once_connect(client, check_sizes, NULL, NULL), 0);
    CHECK_EQ(net_socket_once_close(client, connect_once_more, (void *)(uintptr_t)port, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(client, port, "127.0.0.1"), 0);
    run(loop);
    CHECK_STR(trace_text(), "20000 24000\n20000 24000\n");
    peer_close(listener);
}

CASE(buffer_sizes_of_a_connection) {
    int ends[2];
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.fd = ends[0];
    net_socket *socket = socket_on(loop, &options);
    CHECK_EQ(net_socket_set_send_buffer_size(socket, 30000), 0);
    CHECK_EQ(option_of(socket, SO_SNDBUF), 60000);
    CHECK_EQ(net_socket_set_receive_buffer_size(socket, UINT32_MAX), 0);
    CHECK(option_of(socket, SO_RCVBUF) > 60000);
    peer_close(ends[1]);
}

/* A pipe has none of these. */
CASE(buffer_sizes_of_a_pipe) {
    int ends[2];
    CHECK_EQ(pipe(ends), 0);
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.fd = ends[0];
    net_socket *socket = socket_on(loop, &options);
    uint32_t size = 7;
    CHECK_EQ(net_socket_set_receive_buffer_size(socket, 1000), NET_ENOTSOCK);
    CHECK_EQ(net_socket_receive_buffer_size(socket, &size), NET_ENOTSOCK);
    CHECK_EQ(size, 7);
    peer_close(ends[1]);
}
