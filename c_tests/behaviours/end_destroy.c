/* Section 7: end, half-open, destroy, reset. */
#include <string.h>

#include "peer.h"
#include "scene.h"

static net_loop *the_loop;
static net_server *the_server;
static net_socket *c;
static net_socket *s;
static size_t total;
static size_t received;

/* The case's own continuation, once the server has its connection. */
static void (*with_peer)(void);

static void remember_peer(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    s = socket;
    if (with_peer) {
        with_peer();
    }
}

static net_server_options half_open_server(void) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.allow_half_open = 1;
    return options;
}

static net_server_options paused_server(void) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    return options;
}

static net_socket_options half_open_client(void) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.allow_half_open = 1;
    return options;
}

/* Sets c and the_loop; `then` is called with the peer in s. */
static void client_with(net_loop *loop, const net_server_options *server, void (*then)(void),
                        const net_socket_options *options) {
    the_loop = loop;
    with_peer = then;
    c = connect_to(loop, serve(loop, server, remember_peer), options);
}

static void client(net_loop *loop, void (*then)(void)) { client_with(loop, NULL, then, NULL); }

static void watched_client(net_loop *loop, void (*then)(void)) {
    client(loop, then);
    watch(c, "c");
}

static void resume_peer(void) { CHECK_EQ(net_socket_resume(s), 0); }

static void resume_peer_ignoring_errors(void) {
    ON(s, error, ignore_error);
    resume_peer();
}

static void watch_peer(void) {
    watch(s, "s");
    resume_peer();
}

static void gather_from_peer(void) { ON(s, data, gather); }

static void end_peer(void) { CHECK_EQ(net_socket_end(s), 0); }

static void say_x_and_end(void) {
    resume_peer();
    CHECK_EQ(net_socket_end_cb(s, "x", 1, NULL, NULL, NULL), 0);
}

static void say_x_and_end_unread(void) { CHECK_EQ(net_socket_end_cb(s, "x", 1, NULL, NULL, NULL), 0); }

static void destroy_peer(void) { CHECK_EQ(net_socket_destroy(s, NULL), 0); }

static void destroy_peer_after_settling(void) {
    ON(s, error, ignore_error);
    settle(the_loop, destroy_peer);
}

static void end_traced(net_socket *socket, const char *label) {
    CHECK_EQ(net_socket_end_cb(socket, NULL, 0, TRACED(label)), 0);
}

static void end_text_traced(net_socket *socket, const char *bytes, const char *label) {
    CHECK_EQ(net_socket_end_cb(socket, bytes, strlen(bytes), TRACED(label)), 0);
}

static void trace_write(net_socket *socket, const char *bytes) {
    trace("write %s", text_bool(write_traced(socket, bytes)));
}

static void write_big(net_socket *socket) {
    CHECK_EQ(net_socket_write_cb(socket, zeros(30000000), 30000000, TRACED("big")), 0);
}

static net_error enough(void) {
    net_error error = {.size = sizeof error, .kind = NET_ERROR_KIND_USER, .number = NET_ECONNREFUSED};
    error.name = "Error";
    error.code = "ECONNREFUSED";
    error.message = "enough";
    return error;
}

static const char *state_of(net_socket *socket) { return net_ready_state_name(net_socket_ready_state(socket)); }

static void trace_finished_and_state(net_socket *socket, void *user) {
    (void)user;
    trace("finished %s state %s", text_bool(net_socket_writable_finished(socket)), state_of(socket));
}

CASE(s7_1_end_before_connect_waits) {
    watched_client(loop, gather_from_peer);
    ON(c, ready, trace_finished_and_state);
    ON(c, close, trace_gathered);
    write_traced(c, "a");
    end_text_traced(c, "b", "end");
    trace("ended %s finished %s state %s writable %s", text_bool(net_socket_writable_ended(c)),
          text_bool(net_socket_writable_finished(c)), state_of(c), text_bool(net_socket_writable(c)));
    run(loop);
}

static void end_twice(net_socket *socket, void *user) {
    (void)user;
    end_traced(socket, "end 1");
    end_traced(socket, "end 2");
    trace("returned");
}

static void end_once_more(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    end_traced(socket, "end 3");
    tick_line(the_loop, "tick");
}

CASE(s7_1_end_callback_runs_once) {
    watched_client(loop, resume_peer);
    ON(c, ready, end_twice);
    ON(c, close, end_once_more);
    run(loop);
}

static void end_twice_with_data(net_socket *socket, void *user) {
    (void)user;
    end_text_traced(socket, "a", "end 1");
    end_text_traced(socket, "b", "end 2");
    trace("returned");
}

CASE(s7_1_second_end_with_data) {
    watched_client(loop, resume_peer);
    ON(c, ready, end_twice_with_data);
    run(loop);
}

static void end_late(net_socket *socket, void *user) {
    (void)user;
    end_traced(socket, "late end");
    tick_line(the_loop, "tick");
    trace("returned");
    settle(the_loop, end_peer);
}

CASE(s7_1_end_after_finish) {
    net_server_options options = half_open_server();
    client_with(loop, &options, resume_peer, NULL);
    watch(c, "c");
    ON(c, ready, do_end);
    ON(c, finish, end_late);
    run(loop);
}

static void trace_ended_finished_destroyed(void) {
    trace("ended %s finished %s destroyed %s", text_bool(net_socket_writable_ended(c)),
          text_bool(net_socket_writable_finished(c)), text_bool(net_socket_destroyed(c)));
}

static void trace_finished_destroyed(void) {
    trace("finished %s destroyed %s", text_bool(net_socket_writable_finished(c)), text_bool(net_socket_destroyed(c)));
}

CASE(s7_1_end_of_a_socket_that_never_connected) {
    c = socket_on(loop, NULL);
    watch(c, "c");
    end_traced(c, "end");
    tick_line(loop, "tick");
    trace_ended_finished_destroyed();
    settle(loop, trace_finished_destroyed);
    run(loop);
}

CASE(s7_1_end_with_data_of_a_socket_that_never_connected) {
    c = socket_on(loop, NULL);
    watch(c, "c");
    end_text_traced(c, "x", "end");
    tick_line(loop, "tick");
    trace_ended_finished_destroyed();
    run(loop);
}

static void trace_end_state(net_socket *socket, void *user) {
    (void)user;
    trace("destroyed %s writable %s ended %s state %s", text_bool(net_socket_destroyed(socket)),
          text_bool(net_socket_writable(socket)), text_bool(net_socket_writable_ended(socket)), state_of(socket));
}

static void trace_peer_end_state(void) { trace_end_state(s, NULL); }

static void trace_end_state_now_and_a_tick_later(net_socket *socket, void *user) {
    trace_end_state(socket, user);
    tick_do(the_loop, trace_peer_end_state);
}

static void trace_end_state_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    trace_end_state(socket, user);
}

static void trace_the_end(void) {
    watch(s, "s");
    watch_socket(s, "s", "data");
    ON(s, end, trace_end_state_now_and_a_tick_later);
    ON(s, finish, trace_end_state);
    ON(s, close, trace_end_state_in_close);
}

CASE(s7_2_the_peers_end) {
    client(loop, trace_the_end);
    CHECK_EQ(net_socket_end_cb(c, "hello", 5, NULL, NULL, NULL), 0);
    run(loop);
}

static void write_bye(net_socket *socket, void *user) {
    (void)user;
    trace_write(socket, "bye");
}

static void write_in_end(void) {
    watch_peer();
    ON(s, end, write_bye);
}

CASE(s7_2_a_write_in_end_is_no_error) {
    client(loop, write_in_end);
    ON(c, data, gather);
    ON(c, close, trace_gathered);
    do_end(c, NULL);
    run(loop);
}

static void count_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)data;
    (void)user;
    received += length;
}

static void trace_all(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace("peer got all %s", text_bool(received == total));
}

static void write_much(net_socket *socket, void *user) {
    (void)user;
    total = 6 << 20;
    CHECK(net_socket_write_cb(socket, zeros(total), total, TRACED("write")) >= 0);
}

static void write_much_in_end(void) {
    watch_peer();
    ON(s, end, write_much);
}

CASE(s7_2_its_own_end_flushes_first) {
    net_socket_options options = half_open_client();
    client_with(loop, NULL, write_much_in_end, &options);
    ON(c, data, count_data);
    ON(c, end, trace_all);
    do_end(c, NULL);
    run(loop);
}

static void trace_bytes(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    trace("data %s", text_data(data, length));
}

static void trace_settled(void) { trace("settled"); }

static void trace_flags_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    trace("ended %s finished %s destroyed %s closed %s", text_bool(net_socket_readable_ended(socket)),
          text_bool(net_socket_writable_finished(socket)), text_bool(net_socket_destroyed(socket)),
          text_bool(net_socket_closed(socket)));
    settle(the_loop, trace_settled);
}

CASE(s7_3_close_is_last_and_once) {
    watched_client(loop, say_x_and_end);
    ON(c, data, trace_bytes);
    ON(c, ready, do_end);
    ON(c, close, trace_flags_in_close);
    run(loop);
}

static void read_the_rest(void) {
    trace("length %zu", readable_length(c));
    trace("read %s", read_text(c, 0));
    trace("read %s", read_text(c, 0));
}

static void end_and_leave_unread(net_socket *socket, void *user) {
    do_end(socket, user);
    settle(the_loop, read_the_rest);
}

CASE(s7_3_close_waits_for_unread_input) {
    watched_client(loop, say_x_and_end_unread);
    ON(c, ready, end_and_leave_unread);
    run(loop);
}

static void trace_destroyed_and_end_peer(void) {
    trace("destroyed %s", text_bool(net_socket_destroyed(s)));
    end_peer();
}

static void settle_and_end_peer(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    settle(the_loop, trace_destroyed_and_end_peer);
}

static void end_later(void) {
    watch_peer();
    ON(s, end, settle_and_end_peer);
}

CASE(s7_3_half_open_close_needs_both_ends) {
    net_server_options options = half_open_server();
    client_with(loop, &options, end_later, NULL);
    do_end(c, NULL);
    run(loop);
}

static void write_and_end_half_open(void) {
    trace("readable %s writable %s state %s destroyed %s", text_bool(net_socket_readable(s)),
          text_bool(net_socket_writable(s)), state_of(s), text_bool(net_socket_destroyed(s)));
    write_traced(s, "still");
    CHECK_EQ(net_socket_end_cb(s, " here", 5, NULL, NULL, NULL), 0);
}

static void wait_half_open(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    after(the_loop, 50, write_and_end_half_open);
}

static void stay_half_open(void) {
    watch(s, "s");
    trace("half open %s", text_bool(net_socket_allow_half_open(s)));
    resume_peer();
    ON(s, end, wait_half_open);
}

CASE(s7_4_half_open_stays_writable) {
    net_server_options server = half_open_server();
    net_socket_options options = half_open_client();
    client_with(loop, &server, stay_half_open, &options);
    ON(c, data, gather);
    ON(c, close, trace_gathered);
    do_end(c, NULL);
    run(loop);
}

static void say_bye_and_end(void) {
    resume_peer();
    CHECK_EQ(net_socket_end_cb(s, "bye", 3, NULL, NULL, NULL), 0);
}

static void trace_state_and_end_client(void) {
    trace("state %s destroyed %s", state_of(c), text_bool(net_socket_destroyed(c)));
    do_end(c, NULL);
}

static void trace_state_and_settle(net_socket *socket, void *user) {
    (void)user;
    trace("state %s", state_of(socket));
    settle(the_loop, trace_state_and_end_client);
}

CASE(s7_4_half_open_client) {
    net_socket_options options = half_open_client();
    client_with(loop, NULL, say_bye_and_end, &options);
    watch(c, "c");
    CHECK_EQ(net_socket_resume(c), 0);
    ON(c, end, trace_state_and_settle);
    run(loop);
}

static void forbid_half_open(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_set_allow_half_open(socket, 0), 0);
    tick_line(the_loop, "tick");
}

static void trace_half_open(net_socket *socket, void *user) {
    (void)user;
    trace("half open %s", text_bool(net_socket_allow_half_open(socket)));
}

static void forbid_half_open_in_end(void) {
    watch_peer();
    ON(s, end, forbid_half_open);
    ON(s, finish, trace_half_open);
}

CASE(s7_4_half_open_can_be_set_in_end) {
    net_server_options options = half_open_server();
    client_with(loop, &options, forbid_half_open_in_end, NULL);
    do_end(c, NULL);
    run(loop);
}

static void resume_and_end_peer(void) {
    resume_peer();
    end_peer();
}

static void trace_half_open_and_end(void) {
    trace("destroyed %s half open %s", text_bool(net_socket_destroyed(c)), text_bool(net_socket_allow_half_open(c)));
    do_end(c, NULL);
}

static void settle_half_open(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    settle(the_loop, trace_half_open_and_end);
}

CASE(s7_4_half_open_can_be_set_on_a_socket) {
    watched_client(loop, resume_and_end_peer);
    CHECK_EQ(net_socket_resume(c), 0);
    CHECK_EQ(net_socket_set_allow_half_open(c, 1), 0);
    ON(c, end, settle_half_open);
    run(loop);
}

static void show_state(const char *where, net_socket *socket) {
    trace_socket_state(where, socket);
    trace("ended %s %s %s", text_bool(net_socket_readable_ended(socket)), text_bool(net_socket_writable_ended(socket)),
          text_bool(net_socket_writable_finished(socket)));
}

static void show_state_named(net_socket *socket, void *user) { show_state(user, socket); }

static void show_state_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    show_state(user, socket);
}

static void show_state_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    show_state(user, socket);
}

static void show_state_and_end(net_socket *socket, void *user) {
    show_state(user, socket);
    do_end(socket, NULL);
    show_state("after end", socket);
}

#define SHOW(socket, event, function, where)                                                                           \
    CHECK_EQ(net_socket_on_##event((socket), (function), (void *)(uintptr_t)(where), NULL), 0)

static void answer_x(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_end_cb(socket, "x", 1, NULL, NULL, NULL), 0);
}

static void answer_end_with_x(void) {
    resume_peer();
    ON(s, end, answer_x);
}

CASE(s7_5_states_of_a_client) {
    net_server_options options = half_open_server();
    c = socket_on(loop, NULL);
    show_state("new", c);
    with_peer = answer_end_with_x;
    CHECK_EQ(net_socket_connect_tcp(c, serve(loop, &options, remember_peer), "127.0.0.1"), 0);
    show_state("connecting", c);
    SHOW(c, connect, show_state_named, "connect");
    SHOW(c, ready, show_state_and_end, "ready");
    SHOW(c, finish, show_state_named, "finish");
    SHOW(c, data, show_state_in_data, "data");
    SHOW(c, end, show_state_named, "end");
    SHOW(c, close, show_state_in_close, "close");
    run(loop);
}

static void show_peer_states(void) {
    show_state("connection", s);
    resume_peer();
    SHOW(s, end, show_state_and_end, "end");
    SHOW(s, finish, show_state_named, "finish");
    SHOW(s, close, show_state_in_close, "close");
}

CASE(s7_5_states_of_the_other_side) {
    net_server_options options = half_open_server();
    client_with(loop, &options, show_peer_states, NULL);
    CHECK_EQ(net_socket_end_cb(c, "x", 1, NULL, NULL, NULL), 0);
    run(loop);
}

static void trace_state_named(net_socket *socket, void *user) { trace_socket_state(user, socket); }

static void trace_state_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    trace_socket_state(user, socket);
}

static void destroy_and_trace_state(net_socket *socket, void *user) {
    do_destroy(socket, NULL);
    trace_socket_state(user, socket);
}

CASE(s7_5_states_of_a_destroyed_socket) {
    client(loop, resume_peer_ignoring_errors);
    SHOW(c, ready, destroy_and_trace_state, "after destroy");
    SHOW(c, close, trace_state_in_close, "close");
    run(loop);
}

CASE(s7_5_states_while_connecting_and_ended) {
    client(loop, resume_peer);
    do_end(c, NULL);
    trace_socket_state("after end", c);
    SHOW(c, ready, trace_state_named, "ready");
    SHOW(c, close, trace_state_in_close, "close");
    run(loop);
}

static void write_x_between_ticks(net_socket *socket) {
    trace_write(socket, "x");
    tick_line(the_loop, "tick");
    trace("returned");
}

static void write_x(net_socket *socket, void *user) {
    (void)user;
    write_x_between_ticks(socket);
}

static void write_x_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    write_x(socket, user);
}

CASE(s7_6_write_after_both_ended) {
    watched_client(loop, end_peer);
    CHECK_EQ(net_socket_resume(c), 0);
    ON(c, close, write_x_in_close);
    run(loop);
}

static void write_a_tick_later(void) {
    trace("ended %s", text_bool(net_socket_writable_ended(s)));
    write_x_between_ticks(s);
}

static void wait_a_tick(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    tick_do(the_loop, write_a_tick_later);
}

static void write_a_tick_after_the_end(void) {
    watch_peer();
    ON(s, end, wait_a_tick);
}

CASE(s7_6_write_a_tick_after_the_peers_end) {
    client(loop, write_a_tick_after_the_end);
    do_end(c, NULL);
    run(loop);
}

static void write_in_finish(void) {
    watch_peer();
    ON(s, finish, write_x);
}

CASE(s7_6_write_once_the_socket_has_ended_itself) {
    client(loop, write_in_finish);
    do_end(c, NULL);
    run(loop);
}

CASE(s7_6_write_in_end_once_we_have_ended) {
    watched_client(loop, resume_peer);
    ON(c, ready, do_end);
    ON(c, end, write_x);
    run(loop);
}

static void end_and_write(net_socket *socket, void *user) {
    (void)user;
    end_traced(socket, "end");
    write_x_between_ticks(socket);
}

CASE(s7_6_write_after_own_end) {
    watched_client(loop, resume_peer_ignoring_errors);
    ON(c, ready, end_and_write);
    run(loop);
}

static void write_big_end_and_write(net_socket *socket, void *user) {
    write_big(socket);
    end_and_write(socket, user);
}

static void settle_and_destroy_peer(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    settle(the_loop, destroy_peer);
}

static void ignore_peer_errors(void) { ON(s, error, ignore_error); }

CASE(s7_6_write_after_own_end_with_writes_waiting) {
    net_server_options options = paused_server();
    client_with(loop, &options, ignore_peer_errors, NULL);
    watch(c, "c");
    ON(c, ready, write_big_end_and_write);
    ON(c, close, settle_and_destroy_peer);
    run(loop);
}

static void end_and_write_plain(net_socket *socket, void *user) {
    (void)user;
    end_traced(socket, "end");
    trace_write(socket, "x");
    trace("returned");
}

static void end_and_write_in_end(void) {
    watch_peer();
    ON(s, end, end_and_write_plain);
}

CASE(s7_6_write_after_own_end_half_open) {
    net_server_options options = half_open_server();
    client_with(loop, &options, end_and_write_in_end, NULL);
    ON(c, error, ignore_error);
    do_end(c, NULL);
    run(loop);
}

static void end_write_write_end(net_socket *socket, void *user) {
    do_end(socket, user);
    trace_write(socket, "x");
    trace_write(socket, "y");
    end_traced(socket, "end");
    trace("returned");
}

CASE(s7_6_end_with_data_after_own_end_and_error) {
    watched_client(loop, resume_peer_ignoring_errors);
    ON(c, ready, end_write_write_end);
    run(loop);
}

static void trace_destroyed_closed(net_socket *socket) {
    trace("destroyed %s closed %s", text_bool(net_socket_destroyed(socket)), text_bool(net_socket_closed(socket)));
}

static void destroy_twice(net_socket *socket, void *user) {
    do_destroy(socket, user);
    do_destroy(socket, user);
    tick_line(the_loop, "tick");
    trace_destroyed_closed(socket);
}

static void destroy_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    do_destroy(socket, user);
    trace_destroyed_closed(socket);
}

CASE(s7_7_destroy_is_idempotent) {
    watched_client(loop, resume_peer_ignoring_errors);
    ON(c, ready, destroy_twice);
    ON(c, close, destroy_in_close);
    run(loop);
}

CASE(s7_7_destroy_of_a_socket_that_never_connected) {
    c = socket_on(loop, NULL);
    watch(c, "c");
    do_destroy(c, NULL);
    tick_line(loop, "tick");
    trace("destroyed %s", text_bool(net_socket_destroyed(c)));
    run(loop);
}

static void close_server(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    CHECK_EQ(net_server_close(the_server), 0);
}

static void ignore_errors_of_peer(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, error, ignore_error);
}

/* A client of a server that need not see a connection at all. */
static void hasty_client(net_loop *loop) {
    the_loop = loop;
    the_server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(the_server, ignore_errors_of_peer, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(the_server, 0, NULL), 0);
    c = connect_to(loop, server_port(the_server), NULL);
    watch(c, "c");
}

CASE(s7_7_destroy_while_connecting) {
    hasty_client(loop);
    do_destroy(c, NULL);
    tick_line(loop, "tick");
    trace("connecting %s", text_bool(net_socket_connecting(c)));
    ON(c, close, close_server);
    run(loop);
}

static void client_looking_up(net_loop *loop) {
    the_loop = loop;
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect_tcp(c, 9, "localhost"), 0);
    watch(c, "c");
}

CASE(s7_7_destroy_while_looking_up) {
    client_looking_up(loop);
    watch_socket(c, "c", "lookup");
    do_destroy(c, NULL);
    tick_line(loop, "tick");
    trace("connecting %s", text_bool(net_socket_connecting(c)));
    run(loop);
}

static void trace_errored(net_socket *socket) {
    const net_error *error = NULL;
    CHECK_EQ(net_socket_errored(socket, &error), 1);
    CHECK(error != NULL);
    trace("errored %s", error->code);
}

static void destroy_with_errors(net_socket *socket, void *user) {
    (void)user;
    net_error error = enough();
    CHECK_EQ(net_socket_destroy(socket, &error), 0);
    trace_errored(socket);
    error.message = "second";
    CHECK_EQ(net_socket_destroy(socket, &error), 0);
    tick_line(the_loop, "tick");
    trace("returned");
}

static void trace_errored_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    trace_errored(socket);
}

CASE(s7_7_destroy_with_an_error) {
    watched_client(loop, resume_peer_ignoring_errors);
    ON(c, ready, destroy_with_errors);
    ON(c, close, trace_errored_in_close);
    run(loop);
}

static void write_and_destroy_with_error(net_socket *socket, void *user) {
    (void)user;
    net_error error = enough();
    write_big(socket);
    write_traced(socket, "a");
    end_traced(socket, "end");
    CHECK_EQ(net_socket_destroy(socket, &error), 0);
    tick_line(the_loop, "tick");
}

CASE(s7_7_destroy_with_an_error_cancels_waiting_writes_with_it) {
    net_server_options options = paused_server();
    client_with(loop, &options, destroy_peer_after_settling, NULL);
    watch(c, "c");
    ON(c, ready, write_and_destroy_with_error);
    run(loop);
}

static void destroy_and_write(net_socket *socket, void *user) {
    do_destroy(socket, user);
    write_x_between_ticks(socket);
}

static void write_y_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    trace_write(socket, "y");
    tick_line(the_loop, "tick");
}

CASE(s7_7_write_after_destroy) {
    watched_client(loop, resume_peer_ignoring_errors);
    ON(c, ready, destroy_and_write);
    ON(c, close, write_y_in_close);
    run(loop);
}

static void end_destroy_and_write(net_socket *socket, void *user) {
    end_traced(socket, "end");
    destroy_and_write(socket, user);
}

CASE(s7_7_write_after_end_and_destroy) {
    watched_client(loop, resume_peer_ignoring_errors);
    ON(c, ready, end_destroy_and_write);
    run(loop);
}

static void write_and_destroy(net_socket *socket, void *user) {
    write_big(socket);
    write_traced(socket, "a");
    write_traced(socket, "b");
    end_traced(socket, "end");
    do_destroy(socket, user);
    tick_line(the_loop, "tick");
    trace("returned");
}

CASE(s7_7_destroy_cancels_waiting_writes_in_order) {
    net_server_options options = paused_server();
    client_with(loop, &options, destroy_peer_after_settling, NULL);
    watch(c, "c");
    ON(c, ready, write_and_destroy);
    run(loop);
}

static void destroy_and_trace(net_socket *socket, void *user) {
    do_destroy(socket, user);
    trace("destroyed");
}

CASE(s7_7_destroy_inside_connect_keeps_ready) {
    watched_client(loop, resume_peer_ignoring_errors);
    ON(c, connect, destroy_and_trace);
    run(loop);
}

static void say_x_ignoring_errors(void) {
    ON(s, error, ignore_error);
    write_text(s, "x");
}

static void destroy_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    trace_bytes(socket, data, length, user);
    do_destroy(socket, user);
    tick_line(the_loop, "tick");
}

CASE(s7_7_destroy_inside_data) {
    watched_client(loop, say_x_ignoring_errors);
    ON(c, data, destroy_in_data);
    run(loop);
}

static void destroy_between_ticks(net_socket *socket, void *user) {
    do_destroy(socket, user);
    tick_line(the_loop, "tick");
}

static void destroy_in_end(void) {
    watch_peer();
    ON(s, end, destroy_between_ticks);
}

CASE(s7_7_destroy_inside_end) {
    client(loop, destroy_in_end);
    do_end(c, NULL);
    run(loop);
}

CASE(s7_7_the_peer_sees_an_end) {
    client(loop, watch_peer);
    ON(c, ready, do_destroy);
    run(loop);
}

CASE(s7_8_destroy_while_connecting_with_writes) {
    hasty_client(loop);
    write_traced(c, "a");
    write_traced(c, "b");
    end_traced(c, "end");
    do_destroy(c, NULL);
    tick_line(loop, "tick");
    trace("returned");
    ON(c, close, close_server);
    run(loop);
}

CASE(s7_8_destroy_while_looking_up_with_writes) {
    client_looking_up(loop);
    write_traced(c, "a");
    write_traced(c, "b");
    do_destroy(c, NULL);
    tick_line(loop, "tick");
    trace("returned");
    run(loop);
}

CASE(s7_8_destroy_while_connecting_with_an_error) {
    net_error error = enough();
    hasty_client(loop);
    write_traced(c, "a");
    CHECK_EQ(net_socket_destroy(c, &error), 0);
    tick_line(loop, "tick");
    trace("returned");
    ON(c, close, close_server);
    run(loop);
}

static void tick_in_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)error;
    (void)user;
    tick_line(the_loop, "tick");
}

CASE(s7_8_failed_connect_with_writes) {
    uint16_t port = peer_unused_port("127.0.0.1");
    trace_hide_port(port, "UNUSED");
    the_loop = loop;
    c = connect_to(loop, port, NULL);
    watch(c, "c");
    write_traced(c, "a");
    write_traced(c, "b");
    end_text_traced(c, "c", "end");
    ON(c, error, tick_in_error);
    run(loop);
}

static char seen[64];

static void see(const char *what) { strncat(seen, what, sizeof seen - strlen(seen) - 1); }

static void see_end(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    see(" end");
}

static void see_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)error;
    (void)user;
    see(" error");
}

static void see_close(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)user;
    see(had_error ? " close true" : " close false");
}

static void trace_seen(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    trace("%s", seen);
}

static void say_go(void) {
    watch(s, "s");
    write_text(s, "go");
    ON(s, close, trace_seen);
}

static void do_reset(net_socket *socket) { CHECK_EQ(net_socket_reset_and_destroy(socket), 0); }

static void reset_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    (void)user;
    do_reset(socket);
}

static void reset_and_trace(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    reset_in_data(socket, data, length, user);
    trace("destroyed %s", text_bool(net_socket_destroyed(socket)));
}

CASE(s7_9_reset_of_an_open_socket) {
    client(loop, say_go);
    ON(c, end, see_end);
    ON(c, error, see_error);
    ON(c, close, see_close);
    ON(c, data, reset_and_trace);
    run(loop);
}

static void reset_on_data(void) { CHECK_EQ(net_socket_once_data(s, reset_in_data, NULL, NULL), 0); }

CASE(s7_9_reset_from_the_server) {
    watched_client(loop, reset_on_data);
    write_text(c, "x");
    run(loop);
}

static void trace_destroyed_connecting(void) {
    trace("destroyed %s connecting %s", text_bool(net_socket_destroyed(c)), text_bool(net_socket_connecting(c)));
}

CASE(s7_9_reset_while_connecting_waits) {
    watched_client(loop, ignore_peer_errors);
    do_reset(c);
    tick_line(loop, "tick");
    trace_destroyed_connecting();
    run(loop);
}

CASE(s7_9_reset_while_connecting_then_destroy) {
    hasty_client(loop);
    do_reset(c);
    do_destroy(c, NULL);
    tick_line(loop, "tick");
    trace_destroyed_connecting();
    ON(c, close, close_server);
    run(loop);
}

CASE(s7_9_reset_while_connecting_with_writes) {
    watched_client(loop, ignore_peer_errors);
    write_traced(c, "a");
    do_reset(c);
    trace("returned");
    run(loop);
}

CASE(s7_9_reset_of_a_socket_that_never_connected) {
    c = socket_on(loop, NULL);
    do_reset(c);
    watch(c, "c");
    tick_line(loop, "tick");
    trace("destroyed %s", text_bool(net_socket_destroyed(c)));
    run(loop);
}

static void reset_in_error(net_socket *socket, const net_error *error, void *user) {
    (void)error;
    (void)user;
    do_reset(socket);
    trace("again");
}

CASE(s7_9_reset_in_error) {
    watched_client(loop, reset_on_data);
    write_text(c, "x");
    ON(c, error, reset_in_error);
    run(loop);
}

static void reset_and_write(net_socket *socket, void *user) {
    (void)user;
    do_reset(socket);
    trace_write(socket, "x");
    trace("returned");
}

CASE(s7_9_write_after_reset) {
    watched_client(loop, resume_peer_ignoring_errors);
    ON(c, ready, reset_and_write);
    run(loop);
}

static void write_and_reset(net_socket *socket, void *user) {
    (void)user;
    write_big(socket);
    write_traced(socket, "a");
    do_reset(socket);
    trace("returned");
}

CASE(s7_9_reset_cancels_waiting_writes) {
    net_server_options options = paused_server();
    client_with(loop, &options, destroy_peer_after_settling, NULL);
    watch(c, "c");
    ON(c, ready, write_and_reset);
    run(loop);
}

/* Node throws the same code. */
static void refuse_reset(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_reset_and_destroy(socket), NET_ERR_INVALID_HANDLE_TYPE);
    CHECK_EQ(net_socket_destroyed(socket), 0);
    do_end(socket, NULL);
}

CASE(s7_9_reset_of_a_unix_socket_is_refused) {
    net_server *server = server_on(loop, NULL);
    const char *path = case_path("socket");
    CHECK_EQ(net_server_listen_path_cstr(server, path), 0);
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect_path_cstr(c, path), 0);
    the_server = server;
    ON(c, close, close_server);
    ON(c, ready, refuse_reset);
    run(loop);
}

static void trace_over(void) { trace("over"); }

static void call_everything(net_socket *socket, int had_error, void *user) {
    net_address address = {.size = sizeof address};
    size_t buffered = 0;
    uint64_t timeout = 0;
    (void)had_error;
    (void)user;
    CHECK_EQ(net_socket_set_no_delay(socket, 1), 0);
    CHECK_EQ(net_socket_set_keep_alive(socket, 1, 1000), 0);
    CHECK_EQ(net_socket_set_timeout(socket, 5), 0);
    CHECK_EQ(net_socket_pause(socket), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
    CHECK_EQ(net_socket_ref(socket), 0);
    CHECK_EQ(net_socket_unref(socket), 0);
    CHECK_EQ(net_socket_cork(socket), 0);
    CHECK_EQ(net_socket_uncork(socket), 0);
    CHECK_EQ(net_socket_destroy_soon(socket), 0);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    CHECK_EQ(net_socket_end(socket), 0);
    const char *buffer = net_socket_buffer_size(socket, &buffered) == 1 ? "there" : "undefined";
    const char *whole = text_address(net_socket_address(socket, &address), &address);
    trace("buffer %s address %s local %s", buffer, whole,
          text_address(net_socket_local_address(socket, &address), &address));
    const char *remote = text_address(net_socket_remote_address(socket, &address), &address);
    trace("remote %s timeout %s read %s", remote, net_socket_timeout(socket, &timeout) == 1 ? "there" : "undefined",
          read_text(socket, 0));
    after(the_loop, 30, trace_over);
}

CASE(s7_10_a_closed_socket_takes_everything) {
    watched_client(loop, end_peer);
    CHECK_EQ(net_socket_resume(c), 0);
    ON(c, close, call_everything);
    run(loop);
}
