/* Section 8: errors. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

static net_loop *the_loop;
static net_server *first;
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

static void watched_client(net_loop *loop, void (*then)(void)) {
    c = connect_to(loop, serve_then(loop, NULL, then), NULL);
    watch(c, "c");
}

static void resume_peer_ignoring_errors(void) {
    ON(s, error, ignore_error);
    CHECK_EQ(net_socket_resume(s), 0);
}

static void reset_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    (void)user;
    CHECK_EQ(net_socket_reset_and_destroy(socket), 0);
}

static void destroy_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    do_destroy(socket, user);
}

static void reset_on_data(void) { CHECK_EQ(net_socket_once_data(s, reset_in_data, NULL, NULL), 0); }

static net_error eio(const char *message) {
    net_error error = {.size = sizeof error, .kind = NET_ERROR_KIND_USER, .number = NET_EIO};
    error.name = "Error";
    error.code = "EIO";
    error.message = message;
    return error;
}

static void destroy_with(net_socket *socket, const char *message) {
    net_error error = eio(message);
    CHECK_EQ(net_socket_destroy(socket, &error), 0);
}

static void fail_in_three_ways(net_socket *socket, void *user) {
    (void)user;
    destroy_with(socket, "first");
    destroy_with(socket, "second");
    CHECK_EQ(net_socket_reset_and_destroy(socket), 0);
}

static void fail_again(net_socket *socket, const net_error *error, void *user) {
    (void)error;
    (void)user;
    destroy_with(socket, "third");
    write_traced(socket, "x");
    tick_line(the_loop, "tick");
}

CASE(s8_1_one_error_then_close) {
    watched_client(loop, resume_peer_ignoring_errors);
    ON(c, ready, fail_in_three_ways);
    ON(c, error, fail_again);
    run(loop);
}

static void write_late(net_socket *socket, const net_error *error, void *user) {
    (void)error;
    (void)user;
    write_text(socket, "late");
    tick_line(the_loop, "tick");
}

CASE(s8_1_error_of_a_write_and_of_a_read_is_one) {
    watched_client(loop, reset_on_data);
    write_text(c, "x");
    ON(c, error, write_late);
    run(loop);
}

CASE(s8_2_connect_path_enoent) {
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect_path_cstr(c, case_path("missing")), 0);
    watch(c, "c");
    trace("returned");
    run(loop);
}

static uint16_t unused_port(void) {
    uint16_t port = peer_unused_port("127.0.0.1");
    trace_hide_port(port, "UNUSED");
    return port;
}

static net_connect_options connect_options(const char *host, uint16_t port) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.host = host;
    options.port = port;
    return options;
}

static void connect_watched(net_loop *loop, const net_connect_options *options) {
    the_loop = loop;
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect(c, options), 0);
    watch(c, "c");
}

CASE(s8_2_connect_refused) {
    net_connect_options options = connect_options("127.0.0.1", unused_port());
    connect_watched(loop, &options);
    run(loop);
}

CASE(s8_2_connect_refused_ipv6) {
    net_connect_options options = connect_options("::1", unused_port());
    connect_watched(loop, &options);
    run(loop);
}

CASE(s8_2_connect_port_0) {
    net_connect_options options = connect_options("127.0.0.1", 0);
    connect_watched(loop, &options);
    run(loop);
}

static void close_first(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    CHECK_EQ(net_server_close(first), 0);
}

CASE(s8_2_connect_from_a_local_port_that_is_taken) {
    first = server_on(loop, NULL);
    CHECK_EQ(net_server_listen_tcp(first, 0, NULL), 0);
    uint16_t port = server_port(first);
    trace_hide_port(port, "TAKEN");
    net_connect_options options = connect_options("127.0.0.1", port);
    options.local_address = "127.0.0.1";
    options.local_port = port;
    connect_watched(loop, &options);
    ON(c, close, close_first);
    run(loop);
}

CASE(s8_2_connect_refused_from_a_local_address) {
    net_connect_options options = connect_options("127.0.0.1", unused_port());
    options.local_address = "127.0.0.2";
    connect_watched(loop, &options);
    run(loop);
}

CASE(s8_2_connect_from_an_address_not_here) {
    net_connect_options options = connect_options("127.0.0.1", unused_port());
    options.local_address = "192.0.2.1";
    connect_watched(loop, &options);
    run(loop);
}

/* The kernel refuses TCP to a multicast address, routes or not. */
CASE(s8_2_network_unreachable_has_the_local_part) {
    net_connect_options options = connect_options("224.0.0.1", 9);
    connect_watched(loop, &options);
    run(loop);
}

static void check_long_path(net_socket *socket, const net_error *error, void *user) {
    const char *path = user;
    (void)socket;
    CHECK_EQ(error->number, NET_EINVAL);
    CHECK_EQ(error->sys_errno, -22);
    CHECK_STR(error->code, "EINVAL");
    CHECK_STR(error->syscall, "connect");
    CHECK_STR(error->address, path);
    trace("error");
}

static const char *long_path(void) {
    static char path[301];
    memset(path, 'x', sizeof path - 1);
    path[0] = '/';
    return path;
}

/* Node's message ends with "(undefined:undefined)", which is its own slip: so no trace of Node's here. */
CASE(s8_2_connect_path_too_long_is_never_cut) {
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect_path_cstr(c, long_path()), 0);
    CHECK_EQ(net_socket_on_error(c, check_long_path, (void *)(uintptr_t)long_path(), NULL), 0);
    run(loop);
    CHECK_STR(trace_text(), "error\n");
}

CASE(s8_2_connect_path_of_a_plain_file) {
    int fd = open(case_path("plain"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    close(fd);
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect_path_cstr(c, case_path("plain")), 0);
    watch(c, "c");
    run(loop);
}

CASE(s8_2_read_reset) {
    watched_client(loop, reset_on_data);
    write_text(c, "x");
    run(loop);
}

static void close_first_server(net_server *server, const net_error *error, void *user) {
    (void)server;
    (void)error;
    (void)user;
    CHECK_EQ(net_server_close(first), 0);
}

CASE(s8_2_listen_in_use) {
    first = server_on(loop, NULL);
    uint16_t port = 0;
    int taken = peer_listen("127.0.0.1", &port, 1);
    trace_hide_port(port, "TAKEN");
    net_server *second = server_on(loop, NULL);
    watch_server(second, "second", "listening error close");
    CHECK_EQ(net_server_listen_tcp(second, port, "127.0.0.1"), 0);
    trace("returned");
    run(loop);
    peer_close(taken);
}

CASE(s8_2_listen_path_in_use) {
    first = server_on(loop, NULL);
    CHECK_EQ(net_server_listen_path_cstr(first, case_path("socket")), 0);
    net_server *second = server_on(loop, NULL);
    watch_server(second, "second", "listening error close");
    CHECK_EQ(net_server_on_error(second, close_first_server, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_path_cstr(second, case_path("socket")), 0);
    trace("returned");
    run(loop);
}

CASE(s8_2_listen_path_without_its_folder) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening error");
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("missing/socket")), 0);
    run(loop);
}

/* The blanks make the system's resolver refuse the name without asking anybody. */
CASE(s8_3_lookup_not_found) {
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect_tcp(c, 9, "no such host"), 0);
    watch_socket(c, "c", "lookup");
    watch(c, "c");
    run(loop);
}

CASE(s8_3_lookup_error_of_a_listen) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening error close");
    CHECK_EQ(net_server_listen_tcp(server, 0, "no such host"), 0);
    run(loop);
}

static net_lookup *pending;

static void fail_lookup(void) {
    net_error error = {.size = sizeof error, .kind = NET_ERROR_KIND_LOOKUP, .number = NET_ENOTFOUND};
    error.sys_errno = -3008;
    error.name = "Error";
    error.code = "ENOTFOUND";
    error.message = "getaddrinfo ENOTFOUND example.org";
    error.syscall = "getaddrinfo";
    error.hostname = "example.org";
    CHECK_EQ(net_lookup_fail(pending, &error), 0);
}

static void lookup_that_fails(net_lookup *request, const char *host, int32_t family, int32_t hints, int all,
                              void *user) {
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    CHECK_STR(host, "example.org");
    pending = request;
    tick_do(the_loop, fail_lookup);
}

CASE(s8_3_a_custom_lookup_fails) {
    net_connect_options options = connect_options("example.org", 9);
    options.lookup = lookup_that_fails;
    the_loop = loop;
    connect_watched(loop, &options);
    run(loop);
}

typedef struct answer {
    net_address addresses[2];
    size_t count;
} answer;

static net_address address_of(const char *name, int family) {
    net_address address = {.size = sizeof address, .family = family, .address_len = strlen(name)};
    strcpy(address.address, name);
    return address;
}

static void lookup_that_answers(net_lookup *request, const char *host, int32_t family, int32_t hints, int all,
                                void *user) {
    const answer *given = user;
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    CHECK_EQ(net_lookup_answer(request, given->addresses, given->count), 0);
}

static void connect_answered(net_loop *loop, uint16_t port, answer *given) {
    net_connect_options options = connect_options("example.org", port);
    options.lookup = lookup_that_answers;
    options.lookup_user = given;
    connect_watched(loop, &options);
    run(loop);
}

CASE(s8_4_every_attempt_failed) {
    answer given = {{address_of("127.0.0.1", 4), address_of("::1", 6)}, 2};
    connect_answered(loop, unused_port(), &given);
}

CASE(s8_4_one_address_is_no_aggregate) {
    answer given = {{address_of("127.0.0.1", 4), address_of("::1", 6)}, 1};
    connect_answered(loop, unused_port(), &given);
}

CASE(s8_5_invalid_address_of_a_lookup) {
    answer given = {{address_of("no address", 4), address_of("::1", 6)}, 1};
    connect_answered(loop, 9, &given);
}

CASE(s8_5_invalid_family_of_a_lookup) {
    answer given = {{address_of("127.0.0.1", 0), address_of("::1", 6)}, 1};
    connect_answered(loop, 9, &given);
}

static void end_and_write(net_socket *socket, void *user) {
    do_end(socket, user);
    write_traced(socket, "x");
}

CASE(s8_5_write_after_end_code) {
    watched_client(loop, resume_peer_ignoring_errors);
    ON(c, ready, end_and_write);
    run(loop);
}

CASE(s8_5_second_listen) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening error close");
    CHECK_EQ(net_server_listen_tcp(server, 0, NULL), 0);
    trace("%s", net_error_name(net_server_listen_tcp(server, 0, NULL)));
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
}

static void trace_close(net_server *server, const net_error *error, void *user) {
    (void)server;
    (void)user;
    trace("close %s", text_error(error));
}

CASE(s8_5_close_of_a_server_that_does_not_run) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "error close");
    CHECK_EQ(net_server_close_cb(server, trace_close, NULL, NULL), 0);
    trace("returned");
    run(loop);
}

CASE(s8_6_an_address_on_a_name_that_is_none) {
    net_connect_options options = connect_options("127.0.0.1", 9);
    options.local_address = "no address";
    c = socket_on(loop, NULL);
    watch(c, "c");
    trace("%s", net_error_name(net_socket_connect(c, &options)));
    run(loop);
}

/* Each wrong argument is answered by the call itself; afterwards the socket is as new. */
CASE(s8_6_wrong_arguments_are_told_by_the_call) {
    net_connect_options options = connect_options("127.0.0.1", 9);
    c = socket_on(loop, NULL);
    watch(c, "c");
    options.family = 5;
    CHECK(net_socket_connect(c, &options) < 0);
    options.family = 0;
    options.hints = 0x4000;
    CHECK(net_socket_connect(c, &options) < 0);
    options.hints = 0;
    options.auto_select_family = 2;
    CHECK_EQ(net_socket_connect(c, &options), NET_EINVAL);
    options.auto_select_family = -1;
    options.path = "both";
    CHECK(net_socket_connect(c, &options) < 0);
    CHECK_EQ(net_socket_connecting(c), 0);
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening error close");
    net_listen_options listen = NET_LISTEN_OPTIONS_INIT;
    listen.path = "\0abstract";
    listen.path_len = 9;
    listen.readable_all = 1;
    CHECK_EQ(net_server_listen(server, &listen), NET_EINVAL);
    listen.readable_all = 0;
    listen.writable_all = 1;
    CHECK_EQ(net_server_listen(server, &listen), NET_EINVAL);
    CHECK_EQ(net_server_listening(server), 0);
    run(loop);
    CHECK_STR(trace_text(), "");
}

static void connect_paused(net_loop *loop, void (*then)(void)) {
    c = socket_on(loop, NULL);
    watch(c, "c");
    CHECK_EQ(net_socket_pause(c), 0);
    CHECK_EQ(net_socket_connect_tcp(c, serve_then(loop, NULL, then), "127.0.0.1"), 0);
    write_text(c, "x");
    run(loop);
}

static void trace_write(const char *bytes) { trace("write %s", text_bool(write_traced(c, bytes))); }

static void write_a_and_b(void) {
    trace_write("a");
    trace_write("b");
    tick_line(the_loop, "tick");
}

static void reset_and_settle(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    reset_in_data(socket, data, length, user);
    settle(the_loop, write_a_and_b);
}

static void reset_on_data_and_settle(void) { CHECK_EQ(net_socket_once_data(s, reset_and_settle, NULL, NULL), 0); }

CASE(s8_7_a_write_to_a_peer_that_reset) { connect_paused(loop, reset_on_data_and_settle); }

static void write_b_and_c(void) {
    trace_write("b");
    trace_write("c");
    tick_line(the_loop, "tick");
}

static void write_a(void) {
    trace_write("a");
    settle(the_loop, write_b_and_c);
}

static void destroy_and_settle(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    destroy_in_data(socket, data, length, user);
    settle(the_loop, write_a);
}

static void destroy_on_data_and_settle(void) { CHECK_EQ(net_socket_once_data(s, destroy_and_settle, NULL, NULL), 0); }

CASE(s8_7_a_write_to_a_peer_that_closed) { connect_paused(loop, destroy_on_data_and_settle); }

static void reset_peer(void) { CHECK_EQ(net_socket_reset_and_destroy(s), 0); }

static void write_big_and_end(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_write_cb(socket, zeros(30000000), 30000000, TRACED("big")), 0);
    write_traced(socket, "a");
    CHECK_EQ(net_socket_end_cb(socket, "b", 1, TRACED("end")), 0);
    settle(the_loop, reset_peer);
}

CASE(s8_7_a_reset_with_writes_waiting) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    c = connect_to(loop, serve_then(loop, &options, NULL), NULL);
    watch(c, "c");
    ON(c, ready, write_big_and_end);
    run(loop);
}
