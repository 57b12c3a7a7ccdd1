/* behaviours.md section 3: what a server does with a new connection. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "harness.h"
#include "peer.h"

static net_server *watched(net_loop *loop, const net_server_options *options, const char *events) {
    net_server *server = server_on(loop, options);
    watch_server(server, "server", events);
    return server;
}

static void destroy(net_socket *socket) { CHECK_EQ(net_socket_destroy(socket, NULL), 0); }

static void close_server(net_server *server) { CHECK_EQ(net_server_close(server), 0); }

static void close_given(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    close_server(user);
}

/* A client that ignores its errors, discards what it gets and calls `then` when it has closed. */
static net_socket *client_then(net_loop *loop, uint16_t port, net_socket_close_fn then, void *user) {
    net_socket *client = quiet_client(loop, port);
    CHECK_EQ(net_socket_resume(client), 0);
    CHECK_EQ(net_socket_on_close(client, then, user, NULL), 0);
    return client;
}

static void ignore_close(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
}

/* ---- 3.1 ---- */

typedef struct crowd {
    net_server *server;
    net_socket *accepted[2];
    int accepted_count;
    int clients;
    uint16_t port;
} crowd;

static void keep_accepted(net_server *server, net_socket *socket, void *user) {
    crowd *all = user;
    (void)server;
    CHECK(all->accepted_count < 2);
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    all->accepted[all->accepted_count++] = socket;
}

static void connect_next(net_socket *socket, void *user);

static void destroy_all(net_socket *socket, int had_error, void *user) {
    crowd *all = user;
    (void)socket;
    CHECK_EQ(had_error, 0);
    destroy(all->accepted[0]);
    destroy(all->accepted[1]);
    close_server(all->server);
}

static void connect_one(net_loop *loop, crowd *all) {
    int number = all->clients++;
    net_socket *client = client_then(loop, all->port, ignore_close, NULL);
    if (number < 2) {
        watch_socket(client, text("client%d", number), "connect");
        CHECK_EQ(net_socket_on_connect(client, connect_next, all, NULL), 0);
    } else {
        watch_socket(client, "client2", "end error close");
        CHECK_EQ(net_socket_on_close(client, destroy_all, all, NULL), 0);
    }
}

static void connect_next(net_socket *socket, void *user) { connect_one(net_socket_loop(socket), user); }

CASE(s3_1_connections_beyond_the_limit_are_closed) {
    crowd all = {.server = watched(loop, NULL, "connection drop close")};
    CHECK_EQ(net_server_set_max_connections(all.server, 2), 0);
    all.port = listen_local(all.server);
    CHECK_EQ(net_server_on_connection(all.server, keep_accepted, &all, NULL), 0);
    connect_one(loop, &all);
    run(loop);
}

static net_socket *first_accepted;

static void destroy_third(net_server *server, net_socket *socket, void *user) {
    (void)user;
    destroy(socket);
    close_server(server);
}

static void make_room(net_socket *socket, int had_error, void *user) {
    net_server *server = user;
    (void)socket;
    CHECK_EQ(had_error, 0);
    trace("the second was dropped");
    destroy(first_accepted);
    CHECK_EQ(net_server_once_connection(server, destroy_third, NULL, NULL), 0);
    client_then(net_server_loop(server), server_port(server), ignore_close, NULL);
}

static void connect_second(net_server *server, net_socket *socket, void *user) {
    (void)user;
    first_accepted = socket;
    client_then(net_server_loop(server), server_port(server), make_room, server);
}

CASE(s3_1_closing_one_makes_room) {
    net_server *server = watched(loop, NULL, "connection drop close");
    CHECK_EQ(net_server_set_max_connections(server, 1), 0);
    uint16_t port = listen_local(server);
    CHECK_EQ(net_server_once_connection(server, connect_second, NULL, NULL), 0);
    client_then(loop, port, ignore_close, NULL);
    run(loop);
}

static void destroy_accepted(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    destroy(socket);
}

static void trace_limit(net_server *server) {
    int64_t limit = 0;
    CHECK_EQ(net_server_max_connections(server, &limit), 0);
    trace("limit=%s", limit == NET_NO_LIMIT ? "undefined" : text("%lld", (long long)limit));
}

static void lift_limit(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    CHECK_EQ(net_server_set_max_connections(user, NET_NO_LIMIT), 0);
    trace_limit(user);
    client_then(net_socket_loop(socket), server_port(user), close_given, user);
}

static void limit_to_none(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    CHECK_EQ(net_server_set_max_connections(user, 0), 0);
    trace_limit(user);
    client_then(net_socket_loop(socket), server_port(user), lift_limit, user);
}

CASE(s3_1_limit_can_be_set_at_any_time) {
    net_server *server = watched(loop, NULL, "connection drop close");
    uint16_t port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, destroy_accepted, NULL, NULL), 0);
    trace_limit(server);
    client_then(loop, port, limit_to_none, server);
    run(loop);
}

/* Ten of twenty raw clients are served, the others see the end after their own connect. */
static void count_and_stop(net_server *server, const net_drop_info *info, void *user) {
    int *drops = user;
    CHECK_EQ(info->reason, NET_DROP_MAX_CONNECTIONS);
    if (++*drops == 10) {
        close_server(server);
    }
}

static void serve_until_end(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
}

CASE(s3_1_raw_clients_beyond_the_limit_see_the_end) {
    enum { CLIENTS = 20 };
    int clients[CLIENTS];
    int drops = 0;
    net_server *server = watched(loop, NULL, "connection");
    CHECK_EQ(net_server_set_max_connections(server, 10), 0);
    uint16_t port = listen_local(server);
    CHECK_EQ(net_server_on_drop(server, count_and_stop, &drops, NULL), 0);
    CHECK_EQ(net_server_on_connection(server, serve_until_end, NULL, NULL), 0);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = peer_connect("127.0.0.1", port);
    }
    while (drops < 10) {
        CHECK(net_loop_poll(loop, -1) >= 0);
    }
    for (int i = 0; i < CLIENTS; i++) {
        char byte;
        ssize_t received = peer_try_receive(clients[i], &byte, 1);
        if (i < 10) {
            CHECK_EQ(received, -11);
            peer_shutdown_write(clients[i]);
        } else {
            CHECK(received == 0 || received == -104);
        }
    }
    run(loop);
    for (int i = 0; i < CLIENTS; i++) {
        peer_close(clients[i]);
    }
    CHECK_EQ(drops, 10);
}

/* ---- 3.2 ---- */

static void connect_to_be_dropped(net_server *server, void *user) {
    const char *host = *(const char **)user;
    uint16_t port = server_port(server);
    trace_hide_port(port, "PORT");
    net_socket *client = socket_on(net_server_loop(server), NULL);
    CHECK_EQ(net_socket_on_error(client, ignore_error, NULL, NULL), 0);
    CHECK_EQ(net_socket_resume(client), 0);
    CHECK_EQ(net_socket_on_close(client, close_given, server, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(client, port, host), 0);
}

static void listen_on_ipv6(net_server *server, void *user) {
    *(const char **)user = "::1";
    CHECK_EQ(net_server_listen_tcp(server, 0, "::1"), 0);
}

CASE(s3_2_drop_tells_both_addresses) {
    case_needs_ipv6();
    const char *host = "127.0.0.1";
    net_server *server = watched(loop, NULL, "connection drop close");
    CHECK_EQ(net_server_set_max_connections(server, 0), 0);
    CHECK_EQ(net_server_on_listening(server, connect_to_be_dropped, &host, NULL), 0);
    CHECK_EQ(net_server_once_close(server, listen_on_ipv6, &host, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, host), 0);
    run(loop);
}

/* ---- 3.4 ---- */

static void trace_paused(net_socket *socket) {
    uint64_t bytes = 0;
    CHECK_EQ(net_socket_bytes_read(socket, &bytes), 0);
    trace("paused=%s bytesRead=%llu", text_bool(net_socket_is_paused(socket)), (unsigned long long)bytes);
}

static void trace_bytes(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    uint64_t bytes = 0;
    (void)data;
    (void)length;
    (void)user;
    CHECK_EQ(net_socket_bytes_read(socket, &bytes), 0);
    trace("bytesRead=%llu", (unsigned long long)bytes);
}

static void resume_at_the_second(net_server *server, net_socket *socket, void *user) {
    (void)user;
    trace_paused(socket);
    if (!first_accepted) {
        first_accepted = socket;
        watch_socket(socket, "accepted", "data end close");
        quiet_client(net_server_loop(server), server_port(server));
        return;
    }
    trace_paused(first_accepted);
    CHECK_EQ(net_socket_resume(first_accepted), 0);
    destroy(socket);
    trace_paused(first_accepted);
    CHECK_EQ(net_socket_on_data(first_accepted, trace_bytes, NULL, NULL), 0);
    close_server(server);
}

CASE(s3_4_pause_on_connect) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    net_server *server = watched(loop, &options, "connection close");
    uint16_t port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, resume_at_the_second, NULL, NULL), 0);
    net_socket *client = quiet_client(loop, port);
    CHECK_EQ(net_socket_end_cb(client, "hello", 5, NULL, NULL, NULL), 0);
    run(loop);
}

/* ---- 3.5 ---- */

static void trace_late_answer(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    trace("client got %s", text_data(data, length));
}

static void answer_late(net_timer *timer, void *user) {
    trace_socket_state("later", user);
    CHECK_EQ(net_socket_end_cb(user, "late", 4, NULL, NULL, NULL), 0);
    CHECK_EQ(net_timer_free(timer), 0);
}

static void wait_after_end(net_socket *socket, void *user) {
    (void)user;
    trace_socket_state("in end", socket);
    net_timer *timer = timer_on(net_socket_loop(socket));
    CHECK_EQ(net_timer_start(timer, 20, 0, answer_late, socket, NULL), 0);
}

static void serve_half_open(net_server *server, net_socket *socket, void *user) {
    (void)user;
    watch_socket(socket, "accepted", "data end finish close");
    CHECK_EQ(net_socket_on_end(socket, wait_after_end, NULL, NULL), 0);
    close_server(server);
}

CASE(s3_5_allow_half_open_of_the_server) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.allow_half_open = 1;
    net_server *server = server_on(loop, &options);
    uint16_t port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, serve_half_open, NULL, NULL), 0);
    net_socket *client = quiet_client(loop, port);
    CHECK_EQ(net_socket_on_data(client, trace_late_answer, NULL, NULL), 0);
    CHECK_EQ(net_socket_end_cb(client, "hello", 5, NULL, NULL, NULL), 0);
    run(loop);
}

static void trace_marks(net_server *server, net_socket *socket, void *user) {
    size_t readable = 0;
    size_t writable = 0;
    (void)user;
    CHECK_EQ(net_socket_readable_high_water_mark(socket, &readable), 0);
    CHECK_EQ(net_socket_writable_high_water_mark(socket, &writable), 0);
    trace("readable=%zu writable=%zu", readable, writable);
    destroy(socket);
    close_server(server);
}

static void serve_with_mark(net_loop *loop, const net_server_options *options) {
    net_server *server = server_on(loop, options);
    uint16_t port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, trace_marks, NULL, NULL), 0);
    quiet_client(loop, port);
    run(loop);
}

CASE(s3_5_high_water_mark_of_the_server) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    serve_with_mark(loop, NULL);
    options.high_water_mark = 1000;
    serve_with_mark(loop, &options);
    options.high_water_mark = 0;
    serve_with_mark(loop, &options);
}

static int option_of(net_socket *socket, int level, int name) {
    int fd = -1;
    int value = -1;
    socklen_t length = sizeof value;
    CHECK_EQ(net_socket_fd(socket, &fd), 1);
    CHECK_EQ(getsockopt(fd, level, name, &value, &length), 0);
    return value;
}

static void trace_options(net_server *server, net_socket *socket, void *user) {
    (void)user;
    int keep_alive = option_of(socket, SOL_SOCKET, SO_KEEPALIVE);
    trace("noDelay=%d keepAlive=%d", option_of(socket, IPPROTO_TCP, TCP_NODELAY), keep_alive);
    if (keep_alive) {
        trace("idle=%d", option_of(socket, IPPROTO_TCP, TCP_KEEPIDLE));
    }
    destroy(socket);
    close_server(server);
}

static void serve_with_options(net_loop *loop, const net_server_options *options) {
    net_server *server = server_on(loop, options);
    CHECK_EQ(net_server_on_connection(server, trace_options, NULL, NULL), 0);
    quiet_client(loop, listen_local(server));
    run(loop);
}

/* Node shows them nowhere, but the kernel does. The delay is in whole seconds, floored. */
CASE(s3_5_socket_options_of_the_server) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    serve_with_options(loop, &options);
    options.no_delay = 1;
    serve_with_options(loop, &options);
    options.no_delay = 0;
    options.keep_alive = 1;
    options.keep_alive_initial_delay = 12999;
    serve_with_options(loop, &options);
    CHECK_STR(trace_text(), "noDelay=0 keepAlive=0\nnoDelay=1 keepAlive=0\nnoDelay=0 keepAlive=1\nidle=12\n");
}

/* ---- 3.6 ---- */

static void trace_addresses(net_server *server, net_socket *socket, void *user) {
    net_address local = {.size = sizeof local};
    net_address remote = {.size = sizeof remote};
    net_address address = {.size = sizeof address};
    (void)user;
    CHECK_EQ(net_socket_local_address(socket, &local), 1);
    CHECK_EQ(net_socket_remote_address(socket, &remote), 1);
    CHECK_EQ(net_socket_address(socket, &address), 1);
    trace_hide_port(remote.port, "CLIENT");
    trace("local=%s remote=%s address=%s", text_address(1, &local), text_address(1, &remote),
          text_address(1, &address));
    destroy(socket);
    close_server(server);
}

static void connect_to_server(net_server *server, void *user) {
    uint16_t port = server_port(server);
    trace_hide_port(port, "PORT");
    net_socket *client = socket_on(net_server_loop(server), NULL);
    CHECK_EQ(net_socket_on_error(client, ignore_error, NULL, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(client, port, user), 0);
}

static void show_addresses_on(net_loop *loop, const char *host) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_listening(server, connect_to_server, (void *)host, NULL), 0);
    CHECK_EQ(net_server_on_connection(server, trace_addresses, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, host), 0);
    run(loop);
}

CASE(s3_6_addresses_of_an_accepted_socket) {
    case_needs_ipv6();
    show_addresses_on(loop, "127.0.0.1");
    show_addresses_on(loop, "::1");
}
