/* Section 18: every row of the orders at a glance. */
#include <string.h>

#include "peer.h"
#include "scene.h"

static net_loop *the_loop;
static net_server *the_server;
static net_socket *c;
static net_socket *s;
static void (*with_peer)(void);

static void remember_peer(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    s = socket;
    if (with_peer) {
        with_peer();
    }
}

static uint16_t serve_then(net_loop *loop, const net_server_options *options, void (*then)(void)) {
    the_loop = loop;
    with_peer = then;
    return serve(loop, options, remember_peer);
}

static void client(net_loop *loop, const net_server_options *options, void (*then)(void)) {
    c = connect_to(loop, serve_then(loop, options, then), NULL);
}

static void watched_client(net_loop *loop, const net_server_options *options, void (*then)(void)) {
    client(loop, options, then);
    watch(c, "c");
}

static void resume_peer(void) { CHECK_EQ(net_socket_resume(s), 0); }

static void resume_peer_ignoring_errors(void) {
    ON(s, error, ignore_error);
    resume_peer();
}

static void destroy_peer(void) { do_destroy(s, NULL); }

static void destroy_peer_after_settling(void) {
    ON(s, error, ignore_error);
    settle(the_loop, destroy_peer);
}

static void close_and_trace(net_server *server, void *user) {
    (void)user;
    trace("callback");
    CHECK_EQ(net_server_close(server), 0);
}

static void tick_and_return(void) {
    tick_line(the_loop, "tick");
    trace("returned");
}

CASE(s18_listen_ok) {
    the_loop = loop;
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening error close");
    CHECK_EQ(net_server_once_listening(server, close_and_trace, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, NULL), 0);
    tick_and_return();
    run(loop);
}

CASE(s18_listen_fails) {
    the_loop = loop;
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening error close");
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("missing/socket")), 0);
    tick_and_return();
    run(loop);
}

static void answer_lookup(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    net_address address = {.size = sizeof address, .family = 4, .address_len = 9};
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    strcpy(address.address, "127.0.0.1");
    CHECK_EQ(net_lookup_answer(request, &address, 1), 0);
}

static void say_hi_and_end(void) { CHECK_EQ(net_socket_end_cb(s, "hi", 2, NULL, NULL, NULL), 0); }

CASE(s18_connect_ok) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = serve_then(loop, NULL, say_hi_and_end);
    options.host = "example.org";
    options.lookup = answer_lookup;
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect(c, &options), 0);
    watch(c, "c");
    watch_socket(c, "c", "data");
    write_traced(c, "x");
    trace("returned");
    run(loop);
}

static void tick_in_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)error;
    (void)user;
    tick_line(the_loop, "tick");
}

CASE(s18_connect_fails) {
    the_loop = loop;
    uint16_t port = peer_unused_port("127.0.0.1");
    trace_hide_port(port, "UNUSED");
    c = connect_to(loop, port, NULL);
    watch(c, "c");
    ON(c, error, tick_in_error);
    tick_and_return();
    run(loop);
}

static void trace_tick_and_end(void) { trace("tick %s", text_bool(net_socket_writable_ended(s))); }

static void tick_in_end(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    tick_do(the_loop, trace_tick_and_end);
}

static void watch_data_and_end(void) {
    watch(s, "s");
    watch_socket(s, "s", "data");
    ON(s, end, tick_in_end);
}

CASE(s18_the_peers_end_half_open_off) {
    client(loop, NULL, watch_data_and_end);
    CHECK_EQ(net_socket_end_cb(c, "hello", 5, NULL, NULL, NULL), 0);
    run(loop);
}

static void write_and_end(net_socket *socket, void *user) {
    (void)user;
    write_traced(socket, "a");
    write_traced(socket, "b");
    CHECK_EQ(net_socket_end_cb(socket, NULL, 0, TRACED("end")), 0);
    trace("returned");
}

CASE(s18_own_end) {
    watched_client(loop, NULL, resume_peer);
    ON(c, ready, write_and_end);
    run(loop);
}

static void write_and_destroy(net_socket *socket, void *user) {
    CHECK_EQ(net_socket_write_cb(socket, zeros(30000000), 30000000, TRACED("big")), 0);
    write_traced(socket, "a");
    do_destroy(socket, user);
    tick_and_return();
}

CASE(s18_destroy) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    watched_client(loop, &options, destroy_peer_after_settling);
    ON(c, ready, write_and_destroy);
    run(loop);
}

CASE(s18_destroy_without_a_handle) {
    the_loop = loop;
    c = socket_on(loop, NULL);
    watch(c, "c");
    tick_line(loop, "tick before");
    do_destroy(c, NULL);
    tick_line(loop, "tick after");
    trace("returned");
    run(loop);
}

static void ignore_errors_of_peer(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, error, ignore_error);
}

static void close_server(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    CHECK_EQ(net_server_close(the_server), 0);
}

CASE(s18_destroy_while_connecting) {
    the_loop = loop;
    the_server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(the_server, ignore_errors_of_peer, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(the_server, 0, NULL), 0);
    c = connect_to(loop, server_port(the_server), NULL);
    watch(c, "c");
    write_traced(c, "a");
    do_destroy(c, NULL);
    tick_and_return();
    ON(c, close, close_server);
    run(loop);
}

static void destroy_with_error(net_socket *socket, void *user) {
    net_error error = {.size = sizeof error, .kind = NET_ERROR_KIND_USER, .number = NET_EIO};
    (void)user;
    error.name = "Error";
    error.code = "EIO";
    error.message = "enough";
    CHECK_EQ(net_socket_destroy(socket, &error), 0);
    tick_and_return();
}

CASE(s18_destroy_with_an_error) {
    watched_client(loop, NULL, resume_peer_ignoring_errors);
    ON(c, ready, destroy_with_error);
    run(loop);
}

static void reset_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    (void)user;
    CHECK_EQ(net_socket_reset_and_destroy(socket), 0);
}

static void say_go(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    (void)user;
    write_text(socket, "go");
}

static void watch_data_and_say_go(void) {
    watch(s, "s");
    watch_socket(s, "s", "data");
    CHECK_EQ(net_socket_once_data(s, say_go, NULL, NULL), 0);
}

CASE(s18_reset_by_the_peer) {
    client(loop, NULL, watch_data_and_say_go);
    write_text(c, "hello");
    CHECK_EQ(net_socket_once_data(c, reset_in_data, NULL, NULL), 0);
    run(loop);
}

static void trace_close(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    trace("s close");
}

static void trace_callback(net_server *server, const net_error *error, void *user) {
    (void)server;
    (void)user;
    CHECK(error == NULL);
    trace("callback");
}

static void destroy_the_last(void) {
    trace("still open %s", text_bool(net_server_listening(the_server)));
    do_destroy(s, NULL);
    tick_line(the_loop, "tick");
    trace("destroyed");
}

static void close_with_a_connection(net_server *server, net_socket *socket, void *user) {
    (void)user;
    s = socket;
    ON(s, close, trace_close);
    ON(s, error, ignore_error);
    CHECK_EQ(net_server_close_cb(server, trace_callback, NULL, NULL), 0);
    tick_line(the_loop, "tick");
    settle(the_loop, destroy_the_last);
}

CASE(s18_server_close_with_connections) {
    the_loop = loop;
    the_server = server_on(loop, NULL);
    watch_server(the_server, "server", "close");
    CHECK_EQ(net_server_listen_tcp(the_server, 0, NULL), 0);
    CHECK_EQ(net_server_on_connection(the_server, close_with_a_connection, NULL, NULL), 0);
    c = connect_to(loop, server_port(the_server), NULL);
    ON(c, error, ignore_error);
    run(loop);
}

static void write_x(net_socket *socket, void *user) {
    (void)user;
    trace("write %s", text_bool(write_traced(socket, "x")));
    tick_and_return();
}

static void write_in_finish(void) {
    watch(s, "s");
    resume_peer();
    ON(s, finish, write_x);
}

CASE(s18_write_after_the_peers_end_half_open_off) {
    client(loop, NULL, write_in_finish);
    do_end(c, NULL);
    run(loop);
}

static void end_and_write(net_socket *socket, void *user) {
    CHECK_EQ(net_socket_end_cb(socket, NULL, 0, TRACED("end")), 0);
    write_x(socket, user);
}

CASE(s18_write_after_own_end) {
    watched_client(loop, NULL, resume_peer_ignoring_errors);
    ON(c, ready, end_and_write);
    run(loop);
}

static void set_timeout(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_set_timeout(socket, 20), 0);
}

static void end_client(void) { do_end(c, NULL); }

static void end_later(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    after(the_loop, 60, end_client);
}

CASE(s18_timeout) {
    watched_client(loop, NULL, resume_peer);
    ON(c, ready, set_timeout);
    ON(c, timeout, end_later);
    run(loop);
}
