/* Section 17: bytesRead and bytesWritten. */
#include <string.h>

#include "scene.h"

static net_loop *the_loop;
static net_socket *c;
static net_socket *s;
static uint64_t seen;
static int wrong;

static void trace_read(const char *where, net_socket *socket) { trace("%s %d", where, (int)bytes_read(socket)); }
static void trace_written(const char *where, net_socket *socket) { trace("%s %d", where, (int)bytes_written(socket)); }

static void compare_with_seen(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)user;
    seen += length;
    wrong += bytes_read(socket) < seen;
}

static void trace_end(net_socket *socket, void *user) {
    (void)user;
    trace("end %d wrong %d", (int)bytes_read(socket), wrong);
}

static void trace_read_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    trace_read("close", socket);
}

static void count_reads(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, data, compare_with_seen);
    ON(socket, end, trace_end);
    ON(socket, close, trace_read_in_close);
}

CASE(s17_bytes_read_is_exact) {
    c = connect_to(loop, serve(loop, NULL, count_reads), NULL);
    CHECK_EQ(net_socket_end_cb(c, zeros(1 << 20), 1 << 20, NULL, NULL, NULL), 0);
    run(loop);
}

static void trace_read_around_destroy(void) {
    trace_read("read", s);
    do_destroy(s, NULL);
    trace_read("read", s);
}

static void settle_unread(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    s = socket;
    settle(the_loop, trace_read_around_destroy);
}

CASE(s17_bytes_read_of_what_nobody_reads) {
    the_loop = loop;
    c = connect_to(loop, serve(loop, NULL, settle_unread), NULL);
    ON(c, error, ignore_error);
    write_text(c, "hello");
    run(loop);
}

static void trace_written_named(net_socket *socket, void *user) { trace_written(user, socket); }

static void trace_written_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    trace_written(user, socket);
}

static void end_with_bye(net_socket *socket, void *user) {
    trace_written(user, socket);
    CHECK_EQ(net_socket_end_cb(socket, "bye", 3, NULL, NULL, NULL), 0);
    trace_written("end", socket);
}

#define WRITTEN(event, function, where)                                                                                \
    CHECK_EQ(net_socket_on_##event(c, (function), (void *)(uintptr_t)(where), NULL), 0)

CASE(s17_bytes_written_while_connecting) {
    c = connect_to(loop, serve(loop, NULL, do_resume), NULL);
    trace_written("new", c);
    write_text(c, "hello");
    trace_written("one write", c);
    write_text(c, "h\xc3\xa9");
    trace_written("two writes", c);
    WRITTEN(connect, trace_written_named, "connect");
    WRITTEN(ready, end_with_bye, "ready");
    WRITTEN(finish, trace_written_named, "finish");
    WRITTEN(close, trace_written_in_close, "close");
    run(loop);
}

static void write_corked(net_socket *socket, void *user) {
    CHECK_EQ(net_socket_cork(socket), 0);
    write_text(socket, "hello");
    trace_written("one write", socket);
    write_text(socket, "you");
    trace_written("two writes", socket);
    CHECK_EQ(net_socket_uncork(socket), 0);
    trace_written("uncork", socket);
    do_end(socket, user);
}

CASE(s17_bytes_written_corked) {
    c = connect_to(loop, serve(loop, NULL, do_resume), NULL);
    ON(c, ready, write_corked);
    WRITTEN(close, trace_written_in_close, "close");
    run(loop);
}

static void write_what_waits(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_write(socket, zeros(30000000), 30000000), 0);
    trace_written("one write", socket);
    write_text(socket, "x");
    trace_written("two writes", socket);
    CHECK_EQ(net_socket_end_cb(socket, "y", 1, NULL, NULL, NULL), 0);
    trace_written("end", socket);
    CHECK_EQ(net_socket_reset_and_destroy(socket), 0);
}

static void destroy_peer(void) { do_destroy(s, NULL); }

static void remember_and_destroy_later(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    s = socket;
    ON(s, error, ignore_error);
    settle(the_loop, destroy_peer);
}

CASE(s17_bytes_written_of_what_waits) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    the_loop = loop;
    c = connect_to(loop, serve(loop, &options, remember_and_destroy_later), NULL);
    ON(c, ready, write_what_waits);
    run(loop);
}

static int lives;

static void trace_both(const char *where) { trace("%s %d %d", where, (int)bytes_read(c), (int)bytes_written(c)); }

static void say_hi(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    CHECK_EQ(net_socket_end_cb(socket, "hi", 2, NULL, NULL, NULL), 0);
}

static void start_life(void) { CHECK_EQ(net_socket_connect_tcp(c, serve(the_loop, NULL, say_hi), "127.0.0.1"), 0); }

static void end_with_hello(net_socket *socket, void *user) {
    (void)user;
    trace_both("ready");
    CHECK_EQ(net_socket_end_cb(socket, "hello", 5, NULL, NULL, NULL), 0);
}

static void start_next_life(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    trace_both("close");
    if (++lives < 3) {
        start_life();
        trace_both("connecting");
    }
}

CASE(s17_counters_start_anew_after_a_reconnect) {
    the_loop = loop;
    c = socket_on(loop, NULL);
    ON(c, ready, end_with_hello);
    ON(c, data, ignore_data);
    ON(c, close, start_next_life);
    start_life();
    run(loop);
}

static void end_and_write(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_end_cb(socket, "abc", 3, NULL, NULL, NULL), 0);
    write_text(socket, "defg");
    trace_written("written", socket);
}

CASE(s17_bytes_written_of_refused_writes) {
    c = connect_to(loop, serve(loop, NULL, do_resume_ignoring_errors), NULL);
    ON(c, error, ignore_error);
    ON(c, ready, end_and_write);
    WRITTEN(close, trace_written_in_close, "close");
    run(loop);
}
