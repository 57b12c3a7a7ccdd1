/* behaviours.md section 1: a server's life cycle. */
#include <unistd.h>

#include "harness.h"
#include "peer.h"

#define EVENTS "listening error close"

static net_server *watched(net_loop *loop, const char *name) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, name, EVENTS);
    return server;
}

static void listen_any(net_server *server) { CHECK_EQ(net_server_listen_tcp(server, 0, NULL), 0); }

static void close_server(net_server *server, void *user) {
    (void)user;
    CHECK_EQ(net_server_close(server), 0);
}

static void close_given(net_server *server, void *user) {
    (void)server;
    CHECK_EQ(net_server_close(user), 0);
}

static void trace_user(void *user) { trace("%s", (const char *)user); }

static void trace_close_callback(net_server *server, const net_error *error, void *user) {
    (void)server;
    trace("%s: %s", (const char *)user, text_error(error));
}

/* ---- 1.1 ---- */

static void close_and_trace(net_server *server, void *user) {
    close_server(server, user);
    trace_server_state("after close", server);
}

static void trace_state(net_server *server, void *user) { trace_server_state(user, server); }

CASE(s1_1_listening_flag_and_listen_callback) {
    net_server *server = watched(loop, "server");
    trace_server_state("before", server);
    listen_local(server);
    trace_server_state("after listen", server);
    CHECK_EQ(net_server_on_listening(server, close_and_trace, NULL, NULL), 0);
    CHECK_EQ(net_server_on_close(server, trace_state, "in close", NULL), 0);
    trace("main done");
    run(loop);
}

static void trace_and_close(net_server *server, void *user) {
    trace("%s", (const char *)user);
    close_server(server, user);
}

static void listen_a_second_time(net_server *server, void *user) {
    (void)user;
    CHECK_EQ(net_server_once_listening(server, trace_and_close, "second callback", NULL), 0);
    listen_any(server);
}

CASE(s1_1_once_listening_belongs_to_one_listen) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening close");
    CHECK_EQ(net_server_once_listening(server, trace_and_close, "first callback", NULL), 0);
    CHECK_EQ(net_server_once_close(server, listen_a_second_time, NULL, NULL), 0);
    listen_any(server);
    run(loop);
}

/* ---- 1.2 ---- */

CASE(s1_2_without_host_the_bind_is_inside_listen) {
    net_server *server = server_on(loop, NULL);
    listen_local(server);
    trace_server_state("next line", server);
    watch_server(server, "server", EVENTS);
    tick(loop, trace_user, "tick");
    CHECK_EQ(net_server_on_listening(server, close_server, NULL, NULL), 0);
    trace("main done");
    run(loop);
}

CASE(s1_2_path_is_bound_inside_listen) {
    net_server *server = server_on(loop, NULL);
    const char *path = case_path("s");
    CHECK_EQ(net_server_listen_path_cstr(server, path), 0);
    trace_server_state("next line", server);
    trace("file=%s", text_bool(access(path, F_OK) == 0));
    watch_server(server, "server", EVENTS);
    CHECK_EQ(net_server_on_listening(server, close_server, NULL, NULL), 0);
    trace("main done");
    run(loop);
}

static void trace_address_and_close(net_server *server, void *user) {
    trace_hide_port(server_port(server), "PORT");
    trace_server_state("in listening", server);
    close_server(server, user);
}

CASE(s1_2_literal_host_is_bound_on_a_tick) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_listen_tcp(server, 0, "127.0.0.1"), 0);
    trace_server_state("next line", server);
    watch_server(server, "server", EVENTS);
    CHECK_EQ(net_server_on_listening(server, trace_address_and_close, NULL, NULL), 0);
    trace("main done");
    run(loop);
}

static void trace_error_state_and_close_first(net_server *server, const net_error *error, void *first) {
    CHECK_EQ(error->number, NET_EADDRINUSE);
    trace_server_state("in error", server);
    CHECK_EQ(net_server_close(first), 0);
}

CASE(s1_2_listen_error_comes_later) {
    net_server *first = server_on(loop, NULL);
    uint16_t port = listen_local(first);
    net_server *second = server_on(loop, NULL);
    CHECK_EQ(net_server_listen_tcp(second, port, NULL), 0);
    trace_server_state("next line", second);
    watch_server(second, "second", EVENTS);
    CHECK_EQ(net_server_on_error(second, trace_error_state_and_close_first, first, NULL), 0);
    trace("main done");
    run(loop);
}

/* ---- 1.3 ---- */

CASE(s1_3_listen_then_close) {
    net_server *server = watched(loop, "server");
    listen_any(server);
    CHECK_EQ(net_server_close(server), 0);
    trace("main done");
    run(loop);
}

static void trace_close_code(net_server *server, const net_error *error, void *user) {
    (void)server;
    (void)user;
    trace("callback %s", error ? error->code : "undefined");
}

CASE(s1_3_listen_on_literal_host_then_close) {
    net_server *server = watched(loop, "server");
    CHECK_EQ(net_server_listen_tcp(server, 0, "127.0.0.1"), 0);
    CHECK_EQ(net_server_close_cb(server, trace_close_code, NULL, NULL), 0);
    trace("main done");
    run(loop);
}

CASE(s1_3_close_during_lookup_binds_nothing) {
    uint16_t port = peer_unused_port("127.0.0.1");
    net_server *server = watched(loop, "server");
    CHECK_EQ(net_server_listen_tcp(server, port, "localhost"), 0);
    CHECK_EQ(net_server_close(server), 0);
    trace("closed");
    run(loop);
    trace_server_state("at the end", server);
}

/* ---- 1.4 ---- */

static void listen_anywhere_after_error(net_server *server, const net_error *error, void *user) {
    (void)user;
    CHECK_EQ(error->number, NET_EADDRINUSE);
    listen_any(server);
}

CASE(s1_4_listen_again_inside_error) {
    net_server *first = server_on(loop, NULL);
    uint16_t port = listen_local(first);
    net_server *second = watched(loop, "second");
    CHECK_EQ(net_server_listen_tcp(second, port, NULL), 0);
    CHECK_EQ(net_server_on_error(second, listen_anywhere_after_error, NULL, NULL), 0);
    CHECK_EQ(net_server_on_listening(second, close_given, first, NULL), 0);
    CHECK_EQ(net_server_on_listening(second, close_server, NULL, NULL), 0);
    run(loop);
}

CASE(s1_4_listen_again_right_after_close) {
    net_server *server = watched(loop, "server");
    listen_any(server);
    CHECK_EQ(net_server_close(server), 0);
    listen_local(server);
    trace_server_state("listening again", server);
    CHECK_EQ(net_server_once_listening(server, close_server, NULL, NULL), 0);
    trace("main done");
    run(loop);
}

static void listen_once_more(net_server *server, void *user) {
    (void)user;
    listen_any(server);
}

CASE(s1_4_listen_again_inside_close) {
    net_server *server = watched(loop, "server");
    listen_any(server);
    CHECK_EQ(net_server_on_listening(server, close_server, NULL, NULL), 0);
    CHECK_EQ(net_server_once_close(server, listen_once_more, NULL, NULL), 0);
    run(loop);
}

static void trace_second_listen(net_server *server, const char *when) {
    int status = net_server_listen_tcp(server, 0, NULL);
    trace("%s: %s", when, status == 0 ? "accepted" : net_error_name(status));
}

static void listen_again_and_close(net_server *server, void *user) {
    trace_second_listen(server, "in listening");
    close_server(server, user);
}

CASE(s1_4_second_listen_is_refused) {
    net_server *server = watched(loop, "server");
    listen_local(server);
    trace_second_listen(server, "before listening");
    CHECK_EQ(net_server_on_listening(server, listen_again_and_close, NULL, NULL), 0);
    run(loop);
}

static void connect_a_client(net_server *server, void *user) {
    (void)user;
    quiet_client(net_server_loop(server), server_port(server));
}

static void trace_later_and_close(net_server *server, net_socket *socket, void *user) {
    trace_server_state("later", server);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    close_server(server, user);
}

CASE(s1_4_second_listen_during_lookup_takes_its_place) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening error connection close");
    CHECK_EQ(net_server_listen_tcp(server, 0, "127.0.0.1"), 0);
    listen_local(server);
    trace_server_state("after both", server);
    CHECK_EQ(net_server_on_listening(server, connect_a_client, NULL, NULL), 0);
    CHECK_EQ(net_server_on_connection(server, trace_later_and_close, NULL, NULL), 0);
    run(loop);
}

/* ---- 1.5 ---- */

static void trace_callback(net_server *server, const net_error *error, void *user) {
    (void)server;
    (void)user;
    CHECK(error == NULL);
    trace("callback");
}

static void close_and_tick(net_server *server, void *user) {
    (void)user;
    CHECK_EQ(net_server_close_cb(server, trace_callback, NULL, NULL), 0);
    trace("close returned");
    tick(net_server_loop(server), trace_user, "tick");
}

CASE(s1_5_close_without_connections_comes_later) {
    net_server *server = watched(loop, "server");
    CHECK_EQ(net_server_on_listening(server, close_and_tick, NULL, NULL), 0);
    listen_any(server);
    run(loop);
}

typedef struct pair {
    net_socket *accepted[2];
    int count;
} pair;

static void destroy_the_other(net_socket *socket, int had_error, void *user) {
    pair *both = user;
    (void)socket;
    CHECK_EQ(had_error, 0);
    CHECK_EQ(net_socket_destroy(both->accepted[1], NULL), 0);
    trace("destroyed");
}

static void close_at_the_second(net_server *server, net_socket *socket, void *user) {
    pair *both = user;
    watch_socket(socket, text("accepted%d", both->count), "error close");
    both->accepted[both->count++] = socket;
    if (both->count < 2) {
        return;
    }
    CHECK_EQ(net_server_close_cb(server, trace_callback, NULL, NULL), 0);
    trace_socket_state("accepted0", both->accepted[0]);
    CHECK_EQ(net_socket_destroy(both->accepted[0], NULL), 0);
    CHECK_EQ(net_socket_on_close(both->accepted[0], destroy_the_other, both, NULL), 0);
}

static void connect_another(net_socket *socket, void *user) {
    net_address remote = {.size = sizeof remote};
    (void)user;
    CHECK_EQ(net_socket_remote_address(socket, &remote), 1);
    quiet_client(net_socket_loop(socket), remote.port);
}

CASE(s1_5_close_waits_for_the_last_destroy) {
    pair both = {0};
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "close");
    uint16_t port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, close_at_the_second, &both, NULL), 0);
    net_socket *first = quiet_client(loop, port);
    CHECK_EQ(net_socket_on_connect(first, connect_another, NULL, NULL), 0);
    run(loop);
}

static void close_twice(net_server *server, void *user) {
    (void)user;
    CHECK_EQ(net_server_close_cb(server, trace_close_callback, "running", NULL), 0);
    CHECK_EQ(net_server_close_cb(server, trace_close_callback, "closed already", NULL), 0);
}

static void listen_after_refused_close(net_server *server, const net_error *error, void *user) {
    (void)user;
    trace("never listened: %s", text_error(error));
    CHECK_EQ(error->number, NET_ERR_SERVER_NOT_RUNNING);
    CHECK_EQ(net_server_once_listening(server, close_twice, NULL, NULL), 0);
    listen_any(server);
}

CASE(s1_5_close_of_a_server_that_does_not_run) {
    net_server *server = watched(loop, "server");
    CHECK_EQ(net_server_close_cb(server, listen_after_refused_close, NULL, NULL), 0);
    trace("main done");
    run(loop);
}

static void refuse_after_close(net_server *server, void *user) {
    uint16_t port = server_port(server);
    close_server(server, user);
    CHECK_EQ(peer_try_connect("127.0.0.1", port), -111);
}

/* A raw client is refused on the very next line, not when the loop has turned. */
CASE(s1_5_close_stops_accepting_at_once) {
    net_server *server = watched(loop, "server");
    CHECK_EQ(net_server_on_listening(server, refuse_after_close, NULL, NULL), 0);
    listen_any(server);
    run(loop);
    CHECK_STR(trace_text(), "server listening\nserver close\n");
}

/* ---- 1.6 ---- */

static void trace_count(net_server *server, const net_error *error, size_t count, void *user) {
    (void)server;
    trace("%s: %s %zu", (const char *)user, text_error(error), count);
}

static void ask_count(net_server *server, const char *when, net_server_count_fn then) {
    CHECK_EQ(net_server_get_connections(server, then, (void *)when, NULL), 0);
    trace("%s asked", when);
}

static void trace_count_and_connect(net_server *server, const net_error *error, size_t count, void *user) {
    trace_count(server, error, count, user);
    quiet_client(net_server_loop(server), listen_local(server));
}

static void trace_count_and_close(net_server *server, const net_error *error, size_t count, void *user) {
    trace_count(server, error, count, user);
    CHECK_EQ(net_server_close(server), 0);
}

static void count_the_closed(net_socket *socket, int had_error, void *server) {
    (void)socket;
    CHECK_EQ(had_error, 0);
    ask_count(server, "closed", trace_count_and_close);
}

static net_socket *only_connection;

static void destroy_and_count(net_server *server, const net_error *error, size_t count, void *user) {
    trace_count(server, error, count, user);
    CHECK_EQ(net_socket_destroy(only_connection, NULL), 0);
    ask_count(server, "destroyed", trace_count);
    CHECK_EQ(net_socket_on_close(only_connection, count_the_closed, server, NULL), 0);
}

static void count_the_open(net_server *server, net_socket *socket, void *user) {
    (void)user;
    only_connection = socket;
    ask_count(server, "one open", destroy_and_count);
}

CASE(s1_6_get_connections) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "connection close");
    ask_count(server, "never listened", trace_count_and_connect);
    CHECK_EQ(net_server_on_connection(server, count_the_open, NULL, NULL), 0);
    run(loop);
}

/* ---- 1.7 ---- */

static void know_the_server(net_server *server, net_socket *socket, void *user) {
    CHECK(server == user);
    CHECK(net_socket_server(socket) == server);
    CHECK(net_socket_loop(socket) == net_server_loop(server));
    trace("connection");
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    close_server(server, user);
}

CASE(s1_7_accepted_socket_knows_its_server) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, know_the_server, server, NULL), 0);
    net_socket *client = quiet_client(loop, listen_local(server));
    CHECK(net_socket_server(client) == NULL);
    run(loop);
    CHECK_STR(trace_text(), "connection\n");
}

/* ---- 1.8 ---- */

typedef struct burst {
    int connections;
    int clients;
} burst;

static void close_in_the_third(net_server *server, net_socket *socket, void *user) {
    burst *counts = user;
    if (++counts->connections == 3) {
        close_server(server, NULL);
        trace("closed in the third");
    }
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
}

static void count_client(net_socket *socket, int had_error, void *user) {
    burst *counts = user;
    (void)socket;
    (void)had_error;
    if (--counts->clients == 0) {
        trace("all clients are gone");
    }
}

static void start_burst(net_server *server, void *user) {
    burst *counts = user;
    for (; counts->clients < 20; counts->clients++) {
        net_socket *client = quiet_client(net_server_loop(server), server_port(server));
        CHECK_EQ(net_socket_on_close(client, count_client, counts, NULL), 0);
    }
}

CASE(s1_8_close_in_an_accept_burst) {
    burst counts = {0};
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "error close");
    CHECK_EQ(net_server_on_connection(server, close_in_the_third, &counts, NULL), 0);
    CHECK_EQ(net_server_on_listening(server, start_burst, &counts, NULL), 0);
    listen_local(server);
    run(loop);
    trace("connections=%d", counts.connections);
}

/* The whole burst waits in the backlog already, so that it is one batch for the server. */
CASE(s1_8_close_with_raw_clients_in_the_backlog) {
    enum { CLIENTS = 20 };
    int clients[CLIENTS];
    burst counts = {0};
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "error close");
    CHECK_EQ(net_server_on_connection(server, close_in_the_third, &counts, NULL), 0);
    uint16_t port = listen_local(server);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = peer_connect("127.0.0.1", port);
    }
    run(loop);
    CHECK_EQ(counts.connections, 3);
    CHECK_STR(trace_text(), "closed in the third\nserver close\n");
    for (int i = 0; i < CLIENTS; i++) {
        int error = 0;
        CHECK_EQ(peer_drain(clients[i], &error), 0);
        peer_close(clients[i]);
    }
}
