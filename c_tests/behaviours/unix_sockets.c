/* behaviours.md section 12: sockets that are paths. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "peer.h"

static net_server *path_server(net_loop *loop, const net_server_options *options, net_server_connection_fn function) {
    net_server *server = server_on(loop, options);
    if (function) {
        CHECK_EQ(net_server_on_connection(server, function, NULL, NULL), 0);
    }
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("s")), 0);
    return server;
}

static net_socket *watched_client(net_loop *loop, const char *events) {
    net_socket *client = socket_on(loop, NULL);
    watch_socket(client, "client", events);
    return client;
}

static void connect_path(net_socket *socket, const char *name) {
    CHECK_EQ(net_socket_connect_path_cstr(socket, case_path(name)), 0);
}

static void close_server(net_server *server) { CHECK_EQ(net_server_close(server), 0); }

/* ---- ping-pong ---- */

static void answer_ping(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    char answer[16];
    (void)user;
    CHECK(length > 4 && length < sizeof answer);
    CHECK_EQ(memcmp(data, "PING", 4), 0);
    memcpy(answer, data, length);
    memcpy(answer, "PONG", 4);
    CHECK_EQ(net_socket_write(socket, answer, length), 1);
}

static void end_with_bye(net_socket *socket, void *user) {
    (void)user;
    trace_socket_state("accepted", socket);
    CHECK_EQ(net_socket_end_cb(socket, "bye", 3, NULL, NULL, NULL), 0);
}

static void serve_pings(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_on_data(socket, answer_ping, NULL, NULL), 0);
    watch_socket(socket, "accepted", "end finish close");
    CHECK_EQ(net_socket_on_end(socket, end_with_bye, NULL, NULL), 0);
    close_server(server);
}

static void send_ping(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_write_cstr(socket, "PING0"), 1);
}

static void ping_again(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    int *rounds = user;
    if (length == 3 && memcmp(data, "bye", 3) == 0) {
        return;
    }
    if (++*rounds < 5) {
        CHECK_EQ(net_socket_write_cstr(socket, text("PING%d", *rounds)), 1);
        return;
    }
    CHECK_EQ(net_socket_end(socket), 0);
    trace_socket_state("client", socket);
}

CASE(s12_ping_pong_with_half_open) {
    int rounds = 0;
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.allow_half_open = 1;
    path_server(loop, &options, serve_pings);
    net_socket *client = watched_client(loop, "data");
    CHECK_EQ(net_socket_on_data(client, ping_again, &rounds, NULL), 0);
    CHECK_EQ(net_socket_on_connect(client, send_ping, NULL, NULL), 0);
    connect_path(client, "s");
    run(loop);
}

/* ---- end ---- */

static void destroy_accepted(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    close_server(server);
}

CASE(s12_destroy_is_the_end_for_the_peer) {
    path_server(loop, NULL, destroy_accepted);
    net_socket *client = watched_client(loop, "connect end error close");
    CHECK_EQ(net_socket_resume(client), 0);
    connect_path(client, "s");
    run(loop);
}

static void echo(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    CHECK_EQ(net_socket_write(socket, data, length), 1);
}

static void serve_echo(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_on_data(socket, echo, NULL, NULL), 0);
    close_server(server);
}

/* A peer that is not ours gets its bytes back, and the end after its own. */
CASE(s12_echo_for_a_raw_peer) {
    char answer[16];
    path_server(loop, NULL, serve_echo);
    int peer = peer_connect_path(case_path("s"));
    peer_send_text(peer, "hello");
    peer_shutdown_write(peer);
    run(loop);
    CHECK_EQ(peer_receive_all(peer, answer, sizeof answer), 5);
    CHECK_EQ(memcmp(answer, "hello", 5), 0);
    peer_close(peer);
}

/* ---- errors of connect ---- */

static const char *const bad_names[] = {"plain", "missing", "plain/below", NULL};

static void connect_to_next(net_loop *loop, const char *const *name);

static void after_failure(net_socket *socket, int had_error, void *user) {
    CHECK_EQ(had_error, 1);
    connect_to_next(net_socket_loop(socket), (const char *const *)user + 1);
}

static void connect_to_next(net_loop *loop, const char *const *name) {
    if (*name) {
        net_socket *client = watched_client(loop, "connect error close");
        CHECK_EQ(net_socket_on_close(client, after_failure, (void *)name, NULL), 0);
        connect_path(client, *name);
    }
}

CASE(s12_connect_to_what_is_no_socket) {
    int fd = open(case_path("plain"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    CHECK_EQ(close(fd), 0);
    connect_to_next(loop, bad_names);
    run(loop);
}

static void become_root_again(net_socket *socket, int had_error, void *server) {
    (void)socket;
    CHECK_EQ(had_error, 1);
    if (getuid() == 0) {
        CHECK_EQ(seteuid(0), 0);
    }
    close_server(server);
}

CASE(s12_connect_without_permission) {
    net_server *server = path_server(loop, NULL, NULL);
    CHECK_EQ(chmod(case_dir(), 0755), 0);
    CHECK_EQ(chmod(case_path("s"), 0), 0);
    net_socket *client = watched_client(loop, "connect error close");
    /* For root everything is permitted. */
    if (geteuid() == 0) {
        CHECK_EQ(seteuid(65534), 0);
    }
    connect_path(client, "s");
    CHECK_EQ(net_socket_on_close(client, become_root_again, server, NULL), 0);
    run(loop);
}

/* ---- addresses ---- */

static void trace_addresses(const char *name, net_socket *socket) {
    net_address local = {.size = sizeof local};
    net_address remote = {.size = sizeof remote};
    net_address address = {.size = sizeof address};
    int has_local = net_socket_local_address(socket, &local);
    int has_remote = net_socket_remote_address(socket, &remote);
    int has_address = net_socket_address(socket, &address);
    trace("%s local=%s remote=%s address=%s", name, text_address(has_local, &local), text_address(has_remote, &remote),
          text_address(has_address, &address));
}

static void trace_client_addresses(net_socket *socket, void *user) {
    (void)user;
    trace_addresses("client", socket);
}

static void trace_accepted_addresses(net_server *server, net_socket *socket, void *user) {
    (void)user;
    trace_addresses("accepted", socket);
    CHECK_EQ(net_socket_resume(socket), 0);
    CHECK_EQ(net_socket_end(socket), 0);
    close_server(server);
}

CASE(s12_addresses_of_path_sockets) {
    path_server(loop, NULL, trace_accepted_addresses);
    net_socket *client = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_connect(client, trace_client_addresses, NULL, NULL), 0);
    CHECK_EQ(net_socket_resume(client), 0);
    connect_path(client, "s");
    run(loop);
}

/* ---- who is at the other end ---- */

static void check_credentials(net_socket *socket) {
    net_peer_credentials peer = NET_PEER_CREDENTIALS_INIT;
    CHECK_EQ(net_socket_peer_credentials(socket, &peer), 1);
    CHECK_EQ(peer.pid, getpid());
    CHECK_EQ(peer.uid, geteuid());
    CHECK_EQ(peer.gid, getegid());
}

static void check_no_credentials(net_socket *socket) {
    net_peer_credentials peer = NET_PEER_CREDENTIALS_INIT;
    CHECK_EQ(net_socket_peer_credentials(socket, &peer), 0);
    CHECK_EQ(peer.pid, -1);
    CHECK_EQ(peer.uid, -1);
    CHECK_EQ(peer.gid, -1);
}

static void end_and_close_server(net_server *server, net_socket *socket) {
    CHECK_EQ(net_socket_end(socket), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
    CHECK_EQ(net_server_close(server), 0);
}

static void on_known_peer(net_server *server, net_socket *socket, void *user) {
    (void)user;
    check_credentials(socket);
    end_and_close_server(server, socket);
}

static void on_unknown_peer(net_server *server, net_socket *socket, void *user) {
    (void)user;
    check_no_credentials(socket);
    end_and_close_server(server, socket);
}

static void do_check_credentials(net_socket *socket, void *user) {
    ++*(int *)user;
    check_credentials(socket);
}

static void closed_has_no_credentials(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    ++*(int *)user;
    check_no_credentials(socket);
}

CASE(credentials_of_both_ends) {
    int calls = 0;
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, on_known_peer, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("s")), 0);
    net_socket *client = socket_on(loop, NULL);
    check_no_credentials(client);
    CHECK_EQ(net_socket_on_connect(client, do_check_credentials, &calls, NULL), 0);
    CHECK_EQ(net_socket_on_close(client, closed_has_no_credentials, &calls, NULL), 0);
    CHECK_EQ(net_socket_connect_path_cstr(client, case_path("s")), 0);
    check_no_credentials(client);
    CHECK_EQ(net_socket_resume(client), 0);
    run(loop);
    CHECK_EQ(calls, 2);
}

CASE(credentials_are_not_of_tcp) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, on_unknown_peer, NULL, NULL), 0);
    net_socket *client = quiet_client(loop, listen_local(server));
    CHECK_EQ(net_socket_resume(client), 0);
    run(loop);
    CHECK_EQ(net_socket_peer_credentials(client, NULL), NET_EINVAL);
}
