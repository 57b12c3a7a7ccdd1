/* behaviours.md section 11: what holds the loop, and when it may end. */
#include <stdlib.h>

#include "harness.h"
#include "peer.h"

/* An unref'd timer fires only if something else holds the loop for so long. */
enum { DELAY_MS = 10 };

static net_server *watched_server(net_loop *loop, const net_server_options *options, const char *events) {
    net_server *server = server_on(loop, options);
    watch_server(server, "server", events);
    return server;
}

static net_socket *watched_client(net_loop *loop, const char *events) {
    net_socket *client = socket_on(loop, NULL);
    watch_socket(client, "client", events);
    return client;
}

static void connect_local(net_socket *socket, uint16_t port) {
    CHECK_EQ(net_socket_connect_tcp(socket, port, "127.0.0.1"), 0);
}

static void start_unref_timer(net_loop *loop, net_timer_fn function, void *user) {
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_unref(timer), 0);
    CHECK_EQ(net_timer_start(timer, DELAY_MS, 0, function, user, NULL), 0);
}

static void close_held_server(net_timer *timer, void *user) {
    trace("the server held the loop");
    CHECK_EQ(net_server_close(user), 0);
    CHECK_EQ(net_timer_free(timer), 0);
}

static void destroy_held_client(net_timer *timer, void *user) {
    trace("the client held the loop");
    CHECK_EQ(net_socket_destroy(user, NULL), 0);
    CHECK_EQ(net_timer_free(timer), 0);
}

/* ---- 11.1 ---- */

CASE(s11_1_unref_before_listen) {
    net_server *server = watched_server(loop, NULL, "listening close");
    CHECK_EQ(net_server_unref(server), 0);
    listen_local(server);
    run(loop);
    trace_server_state("left", server);
}

static void unref_server(net_server *server, void *user) {
    (void)user;
    CHECK_EQ(net_server_unref(server), 0);
}

CASE(s11_1_unref_after_listen) {
    net_server *server = watched_server(loop, NULL, "listening close");
    listen_local(server);
    CHECK_EQ(net_server_on_listening(server, unref_server, NULL, NULL), 0);
    run(loop);
    trace_server_state("left", server);
}

CASE(s11_1_ref_undoes_unref) {
    net_server *server = watched_server(loop, NULL, "listening close");
    listen_local(server);
    CHECK_EQ(net_server_unref(server), 0);
    CHECK_EQ(net_server_ref(server), 0);
    start_unref_timer(loop, close_held_server, server);
    run(loop);
}

static void close_server(net_server *server, void *user) {
    (void)user;
    CHECK_EQ(net_server_close(server), 0);
}

static void listen_again(net_server *server, void *user) {
    (void)user;
    listen_local(server);
}

CASE(s11_1_unref_stays_over_close_and_listen) {
    net_server *server = watched_server(loop, NULL, "listening close");
    CHECK_EQ(net_server_unref(server), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, NULL), 0);
    CHECK_EQ(net_server_once_listening(server, close_server, NULL, NULL), 0);
    CHECK_EQ(net_server_once_close(server, listen_again, NULL, NULL), 0);
    run(loop);
    trace_server_state("left", server);
}

CASE(s11_1_unref_of_a_path_server) {
    net_server *server = watched_server(loop, NULL, "listening close");
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("s")), 0);
    CHECK_EQ(net_server_unref(server), 0);
    run(loop);
    trace_server_state("left", server);
}

/* ---- 11.2 ---- */

static void unref_accepted(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_unref(socket), 0);
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    CHECK_EQ(net_server_close(server), 0);
}

static net_server *server_of_unref_sockets(net_loop *loop) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, unref_accepted, NULL, NULL), 0);
    return server;
}

static void unref_socket(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_unref(socket), 0);
}

CASE(s11_2_unref_of_connected_sockets) {
    uint16_t port = listen_local(server_of_unref_sockets(loop));
    net_socket *client = watched_client(loop, "connect close");
    connect_local(client, port);
    CHECK_EQ(net_socket_on_connect(client, unref_socket, NULL, NULL), 0);
    run(loop);
    trace_socket_state("left", client);
}

CASE(s11_2_unref_before_connect_is_remembered) {
    uint16_t port = listen_local(server_of_unref_sockets(loop));
    net_socket *client = watched_client(loop, "connect close");
    CHECK_EQ(net_socket_unref(client), 0);
    connect_local(client, port);
    run(loop);
    trace_socket_state("left", client);
}

static void unref_ref_and_wait(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_unref(socket), 0);
    CHECK_EQ(net_socket_ref(socket), 0);
    start_unref_timer(net_socket_loop(socket), destroy_held_client, socket);
}

CASE(s11_2_ref_undoes_unref) {
    uint16_t port = listen_local(server_of_unref_sockets(loop));
    net_socket *client = watched_client(loop, "connect close");
    connect_local(client, port);
    CHECK_EQ(net_socket_on_connect(client, unref_ref_and_wait, NULL, NULL), 0);
    run(loop);
}

static void keep_and_close_server(net_server *server, net_socket *socket, void *user) {
    CHECK_EQ(net_server_close(server), 0);
    if (user) {
        watch_socket(socket, "accepted", "end close");
        *(net_socket **)user = socket;
    }
}

/* Its accepted sockets do not read. */
static net_server *paused_server(net_loop *loop, const char *events, net_socket **accepted) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    net_server *server = watched_server(loop, &options, events);
    CHECK_EQ(net_server_on_connection(server, keep_and_close_server, accepted, NULL), 0);
    return server;
}

CASE(s11_2_paused_sockets_hold_nothing) {
    net_socket *accepted = NULL;
    uint16_t port = listen_local(paused_server(loop, "connection close", &accepted));
    net_socket *client = watched_client(loop, "connect end close");
    CHECK_EQ(net_socket_pause(client), 0);
    connect_local(client, port);
    run(loop);
    trace_socket_state("client", client);
    trace_socket_state("accepted", accepted);
}

static void wait_with_client(net_socket *socket, void *user) {
    (void)user;
    start_unref_timer(net_socket_loop(socket), destroy_held_client, socket);
}

CASE(s11_2_a_connected_socket_reads_and_so_holds) {
    uint16_t port = listen_local(paused_server(loop, "", NULL));
    net_socket *client = watched_client(loop, "connect close");
    connect_local(client, port);
    CHECK_EQ(net_socket_on_connect(client, wait_with_client, NULL, NULL), 0);
    run(loop);
}

static void destroy_writing_client(net_timer *timer, void *user) {
    trace("the write held the loop");
    CHECK_EQ(net_socket_destroy(user, NULL), 0);
    CHECK_EQ(net_timer_free(timer), 0);
}

static void write_much(net_socket *socket, void *user) {
    enum { MUCH = 20000000 };
    char *data = calloc(1, MUCH);
    (void)user;
    CHECK(data != NULL);
    trace("write %s", text_bool(net_socket_write(socket, data, MUCH)));
    free(data);
    start_unref_timer(net_socket_loop(socket), destroy_writing_client, socket);
}

CASE(s11_2_writing_holds) {
    uint16_t port = listen_local(paused_server(loop, "", NULL));
    net_socket *client = watched_client(loop, "connect close");
    CHECK_EQ(net_socket_pause(client), 0);
    connect_local(client, port);
    CHECK_EQ(net_socket_on_connect(client, write_much, NULL, NULL), 0);
    run(loop);
}

/* ---- 11.3 ---- */

static void ask_and_never_answer(net_lookup *request, const char *host, int32_t family, int32_t hints, int all,
                                 void *user) {
    (void)request;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    trace("asked for %s", host);
}

CASE(s11_3_a_lookup_of_the_program_holds_nothing) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = 1;
    options.host = "name";
    options.lookup = ask_and_never_answer;
    net_socket *socket = socket_on(loop, NULL);
    watch_socket(socket, "socket", "lookup connect error close");
    CHECK_EQ(net_socket_connect(socket, &options), 0);
    run(loop);
    trace_socket_state("left", socket);
}

CASE(s11_3_the_lookup_of_the_library_holds) {
    net_socket *socket = socket_on(loop, NULL);
    watch_socket(socket, "socket", "lookup connect error close");
    CHECK_EQ(net_socket_unref(socket), 0);
    CHECK_EQ(net_socket_connect_tcp(socket, 1, "no such name"), 0);
    run(loop);
}

/* ---- 11.4 ---- */

static void end_and_close(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
    CHECK_EQ(net_socket_end(socket), 0);
    CHECK_EQ(net_server_close(server), 0);
}

static void stop_repeating(net_socket *socket, int had_error, void *timer) {
    (void)socket;
    CHECK_EQ(had_error, 0);
    CHECK_EQ(net_timer_stop(timer), 0);
}

static void count_timer(net_timer *timer, void *user) {
    (void)timer;
    ++*(int *)user;
}

/* Everything that can hold a loop was there and ended: nothing may be left, no descriptor, no wait. */
CASE(s11_4_the_loop_ends_when_all_is_closed) {
    int fds = count_fds();
    int fired = 0;
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, end_and_close, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_start(timer, 3600000, 1, count_timer, &fired, NULL), 0);
    net_socket *client = socket_on(loop, NULL);
    CHECK_EQ(net_socket_resume(client), 0);
    CHECK_EQ(net_socket_set_timeout(client, 3600000), 0);
    CHECK_EQ(net_socket_on_close(client, stop_repeating, timer, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(client, port, "localhost"), 0);
    CHECK_EQ(net_loop_alive(loop), 1);
    run(loop);
    CHECK_EQ(net_loop_alive(loop), 0);
    CHECK_EQ(net_loop_timeout(loop), -1);
    CHECK_EQ(fired, 0);
    CHECK_EQ(count_fds(), fds);
}
