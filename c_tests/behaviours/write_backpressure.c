/* Section 5: writing and backpressure. */
#include <stdlib.h>
#include <string.h>

#include "scene.h"

static net_loop *the_loop;
static net_socket *c;
static net_socket *accepted;
static uint64_t sent;
static uint64_t received;

static net_socket *client(net_loop *loop, const net_server_options *server, net_server_connection_fn on_connection,
                          size_t high_water_mark) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.high_water_mark = high_water_mark;
    the_loop = loop;
    c = connect_to(loop, serve(loop, server, on_connection), &options);
    watch(c, "c");
    return c;
}

enum { MARK = 65536 };

static const char *need_drain(void) { return text_bool(net_socket_writable_need_drain(c)); }

static void count_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)data;
    (void)user;
    received += length;
}

static void trace_all(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace("peer got all %s", text_bool(received == sent));
}

static void trace_all_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    trace_all(socket, user);
}

static void count_peer(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, data, count_data);
}

static void count_peer_to_end(net_server *server, net_socket *socket, void *user) {
    count_peer(server, socket, user);
    ON(socket, end, trace_all);
    accepted = socket;
}

static void remember_peer(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    accepted = socket;
}

static void resume_accepted(void) { CHECK_EQ(net_socket_resume(accepted), 0); }

static void write_2(net_socket *socket, void *user) {
    (void)user;
    write_traced(socket, "2");
}

static void write_3_and_end(net_socket *socket, void *user) {
    write_traced(socket, "3");
    do_end(socket, user);
}

CASE(s5_1_writes_wait_for_the_connection_in_order) {
    client(loop, NULL, do_gather, MARK);
    trace("write %s", text_bool(write_traced(c, "a")));
    trace("write %s", text_bool(write_traced(c, "bc")));
    trace("length %zu", writable_length(c));
    CHECK_EQ(net_socket_end_cb(c, "d", 1, TRACED("end")), 0);
    trace("returned");
    ON(c, close, trace_gathered);
    run(loop);
}

CASE(s5_1_writes_in_connect_and_ready) {
    client(loop, NULL, do_gather, MARK);
    ON(c, connect, write_2);
    ON(c, ready, write_3_and_end);
    write_traced(c, "1");
    ON(c, close, trace_gathered);
    run(loop);
}

static void write_to_the_mark(const char *bytes) {
    int more = write_text(c, bytes);
    trace("write %s need drain %s", text_bool(more), need_drain());
}

static void trace_drain_and_end(net_socket *socket, void *user) {
    trace("length %zu need drain %s", writable_length(c), need_drain());
    do_end(socket, user);
}

CASE(s5_2_false_at_the_mark_and_one_drain) {
    client(loop, NULL, do_resume, 10);
    write_to_the_mark("123456789");
    write_to_the_mark("0");
    write_to_the_mark("1");
    ON(c, drain, trace_drain_and_end);
    run(loop);
}

static void write_y_and_end(net_socket *socket, void *user) {
    int more = write_traced(socket, "y");
    trace("write %s need drain %s", text_bool(more), need_drain());
    do_end(socket, user);
}

CASE(s5_2_mark_0) {
    size_t writable = 1;
    size_t readable = 1;
    client(loop, NULL, do_resume, 0);
    CHECK_EQ(net_socket_writable_high_water_mark(c, &writable), 0);
    CHECK_EQ(net_socket_readable_high_water_mark(c, &readable), 0);
    trace("marks %zu %zu", writable, readable);
    int more = write_traced(c, "x");
    trace("write %s need drain %s", text_bool(more), need_drain());
    ON(c, ready, write_y_and_end);
    run(loop);
}

static void write_while_true(net_socket *socket, void *user) {
    int more = 1;
    (void)user;
    while (more == 1) {
        more = net_socket_write(socket, zeros(65536), 65536);
        CHECK(more >= 0);
        sent += 65536;
    }
    trace("late %s", text_bool(write_text(socket, "late")));
    sent += 4;
    settle(the_loop, resume_accepted);
}

static void trace_length_and_end(net_socket *socket, void *user) {
    trace("length %zu", writable_length(socket));
    do_end(socket, user);
}

CASE(s5_2_meets_false_against_a_reader_that_does_not_read) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    client(loop, &options, count_peer_to_end, MARK);
    ON(c, ready, write_while_true);
    ON(c, drain, trace_length_and_end);
    run(loop);
}

static void write_small(net_socket *socket, void *user) {
    int more = 0;
    for (int i = 0; i < 200; i++) {
        more += write_text(socket, "ab");
    }
    trace("true %d length %zu", more, writable_length(socket));
    do_end(socket, user);
}

CASE(s5_2_small_writes_stay_true) {
    client(loop, NULL, do_resume, MARK);
    ON(c, ready, write_small);
    run(loop);
}

static intptr_t next;
static int wrong;

static void count_completion(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    CHECK(error == NULL);
    wrong += (intptr_t)user != next;
    next++;
}

static void write_numbered(net_socket *socket, intptr_t count) {
    for (intptr_t i = 0; i < count; i++) {
        CHECK(net_socket_write_cb(socket, "x", 1, count_completion, (void *)i, NULL) >= 0);
    }
}

static void trace_completions(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace("callbacks %d wrong %d", (int)next, wrong);
}

static void write_20000_and_end(net_socket *socket, void *user) {
    (void)user;
    write_numbered(socket, 20000);
    trace("returned %d", (int)next);
    CHECK_EQ(net_socket_end_cb(socket, NULL, 0, TRACED("end")), 0);
}

CASE(s5_3_callbacks_once_in_order_before_finish) {
    client(loop, NULL, do_resume, MARK);
    ON(c, ready, write_20000_and_end);
    ON(c, finish, trace_completions);
    run(loop);
}

static void trace_completion_count(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace("callbacks %d", (int)next);
}

static void end_traced(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_end_cb(socket, NULL, 0, TRACED("end")), 0);
}

CASE(s5_3_callbacks_of_writes_that_waited) {
    client(loop, NULL, do_resume, MARK);
    ON(c, connect, trace_completion_count);
    ON(c, ready, end_traced);
    ON(c, finish, trace_completions);
    write_numbered(c, 2000);
    run(loop);
}

CASE(s5_3_write_on_a_socket_that_never_connected) {
    c = socket_on(loop, NULL);
    watch(c, "c");
    trace("write %s", text_bool(write_traced(c, "x")));
    tick_line(loop, "tick");
    trace("destroyed %s written %d", text_bool(net_socket_destroyed(c)), (int)bytes_written(c));
    run(loop);
}

static void write_y_in_connect(net_socket *socket, void *user) {
    (void)user;
    write_traced(socket, "y");
    trace("in connect");
}

static void write_z_and_end(net_socket *socket, void *user) {
    write_traced(socket, "z");
    end_traced(socket, user);
}

CASE(s5_3_callback_of_a_waiting_write_comes_between_connect_and_ready) {
    client(loop, NULL, do_resume, MARK);
    ON(c, connect, write_y_in_connect);
    ON(c, ready, write_z_and_end);
    write_traced(c, "x");
    run(loop);
}

static void trace_corked(net_socket *socket) {
    size_t corked = 99;
    CHECK_EQ(net_socket_writable_corked(socket, &corked), 0);
    trace("corked %zu length %zu", corked, writable_length(socket));
}

static void uncork(net_socket *socket) {
    CHECK_EQ(net_socket_uncork(socket), 0);
    trace_corked(socket);
}

static void write_corked(net_socket *socket, void *user) {
    static const char *const texts[] = {"w0", "w1", "w2", "w3", "w4"};
    CHECK_EQ(net_socket_cork(socket), 0);
    CHECK_EQ(net_socket_cork(socket), 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        trace("write %s", text_bool(write_traced(socket, texts[i])));
    }
    trace_corked(socket);
    uncork(socket);
    uncork(socket);
    uncork(socket);
    do_end(socket, user);
}

static void trace_chunks(net_socket *socket, int had_error, void *user) {
    trace_gathered(socket, had_error, user);
    trace("chunks %zu", got.chunks);
}

CASE(s5_4_cork_goes_out_as_one) {
    client(loop, NULL, do_gather, MARK);
    ON(c, ready, write_corked);
    ON(c, close, trace_chunks);
    run(loop);
}

static void cork_and_end(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_cork(socket), 0);
    write_traced(socket, "a");
    write_traced(socket, "b");
    CHECK_EQ(net_socket_end_cb(socket, "c", 1, TRACED("end")), 0);
    trace_corked(socket);
}

CASE(s5_4_end_uncorks) {
    client(loop, NULL, do_gather, MARK);
    ON(c, ready, cork_and_end);
    ON(c, close, trace_gathered);
    run(loop);
}

static void cork_to_the_mark(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_cork(socket), 0);
    trace("write %s", text_bool(write_text(socket, "abc")));
    write_to_the_mark("d");
    CHECK_EQ(net_socket_uncork(socket), 0);
    trace("length %zu", writable_length(socket));
}

CASE(s5_4_cork_reaches_the_mark) {
    client(loop, NULL, do_resume, 4);
    ON(c, ready, cork_to_the_mark);
    ON(c, drain, do_end);
    run(loop);
}

static uint8_t *buffer;
enum { CHANGING = 8000000 };

/* The callers's bytes change as soon as the call has returned; those that the kernel did not take must be the old. */
static void write_and_overwrite(net_socket *socket, void *user) {
    (void)user;
    buffer = malloc(CHANGING);
    CHECK(buffer != NULL);
    for (size_t i = 0; i < CHANGING; i++) {
        buffer[i] = (uint8_t)(i % 251);
    }
    CHECK_EQ(net_socket_write(socket, buffer, CHANGING), 0);
    memset(buffer, 255, CHANGING);
    free(buffer);
    CHECK(writable_length(socket) > 0);
    do_end(socket, NULL);
}

CASE(s5_5_the_callers_bytes_may_die_at_once) {
    client(loop, NULL, do_gather, MARK);
    ON(c, ready, write_and_overwrite);
    run(loop);
    CHECK_EQ(got.length, CHANGING);
    for (size_t i = 0; i < CHANGING; i++) {
        if (got.bytes[i] != (uint8_t)(i % 251)) {
            FAIL("byte %zu is %d", i, got.bytes[i]);
        }
    }
}

static void write_and_destroy_soon(net_socket *socket, void *user) {
    (void)user;
    sent = 4 << 20;
    CHECK(net_socket_write_cb(socket, zeros(sent), sent, TRACED("write")) >= 0);
    CHECK_EQ(net_socket_destroy_soon(socket), 0);
    trace("destroyed %s writable %s", text_bool(net_socket_destroyed(socket)), text_bool(net_socket_writable(socket)));
}

CASE(s5_6_destroy_soon_flushes_first) {
    client(loop, NULL, count_peer_to_end, MARK);
    ON(c, ready, write_and_destroy_soon);
    run(loop);
}

static void trace_destroyed(net_socket *socket, void *user) {
    (void)user;
    trace("destroyed %s", text_bool(net_socket_destroyed(socket)));
}

static void destroy_soon(net_socket *socket, void *user) {
    CHECK_EQ(net_socket_destroy_soon(socket), 0);
    trace_destroyed(socket, user);
}

CASE(s5_6_destroy_soon_with_nothing_to_write) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.allow_half_open = 1;
    client(loop, &options, do_resume_ignoring_errors, MARK);
    ON(c, ready, destroy_soon);
    ON(c, finish, trace_destroyed);
    run(loop);
}

static void write_10_megabytes_and_end(net_socket *socket, void *user) {
    (void)user;
    sent = 10 << 20;
    CHECK(net_socket_write_cb(socket, zeros(sent - 120000), sent - 120000, TRACED("write")) >= 0);
    CHECK_EQ(net_socket_end_cb(socket, zeros(120000), 120000, TRACED("end")), 0);
}

CASE(s5_6_end_flushes_first) {
    client(loop, NULL, count_peer, MARK);
    ON(c, ready, write_10_megabytes_and_end);
    ON(c, close, trace_all_in_close);
    run(loop);
}

static void trace_lengths(net_socket *socket, void *user) {
    size_t buffered = 99;
    (void)user;
    int found = net_socket_buffer_size(socket, &buffered);
    trace("length %zu buffer %s", writable_length(socket), found == 1 ? text("%zu", buffered) : "undefined");
    CHECK(found == 0 || found == 1);
}

static void trace_lengths_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    trace_lengths(socket, user);
}

CASE(s5_7_length_grows_while_connecting) {
    client(loop, NULL, do_resume, MARK);
    trace_lengths(c, NULL);
    for (int i = 1; i <= 3; i++) {
        write_text(c, "1234");
        trace_lengths(c, NULL);
    }
    ON(c, ready, do_end);
    ON(c, finish, trace_lengths);
    ON(c, close, trace_lengths_in_close);
    run(loop);
}

static void write_more_than_the_kernel_takes(net_socket *socket, void *user) {
    (void)user;
    int more = net_socket_write_cb(socket, zeros(30000000), 30000000, TRACED("big"));
    trace("write %s length %zu", text_bool(more), writable_length(socket));
    more = net_socket_write_cb(socket, "1234", 4, TRACED("small"));
    trace("write %s length %zu", text_bool(more), writable_length(socket));
    settle(the_loop, resume_accepted);
}

CASE(s5_7_partly_taken_counts_whole) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    client(loop, &options, remember_peer, MARK);
    ON(c, ready, write_more_than_the_kernel_takes);
    ON(c, drain, trace_length_and_end);
    run(loop);
}

static void write_what_the_kernel_takes(net_socket *socket, void *user) {
    int more = net_socket_write_cb(socket, zeros(100000), 100000, TRACED("big"));
    trace("write %s length %zu", text_bool(more), writable_length(socket));
    do_end(socket, user);
}

CASE(s5_7_taken_whole_is_true_and_0) {
    client(loop, NULL, do_resume, MARK);
    ON(c, ready, write_what_the_kernel_takes);
    run(loop);
}

static uint16_t sink_port;
static net_socket *pipe_from;
static net_socket *pipe_to;
static int waits;

static void pipe_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    int more = net_socket_write(pipe_to, data, length);
    CHECK(more >= 0);
    if (more == 0) {
        waits++;
        CHECK_EQ(net_socket_pause(socket), 0);
    }
}

static void pipe_drain(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    CHECK_EQ(net_socket_resume(pipe_from), 0);
}

static void pipe_end(net_socket *socket, void *user) {
    (void)socket;
    do_end(pipe_to, user);
}

static void pipe_close(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)user;
    CHECK_EQ(had_error, 0);
    trace("got all %s waited %s", text_bool(received == sent), text_bool(waits > 0));
}

static void start_pipe(net_server *server, net_socket *socket, void *user) {
    (void)user;
    pipe_from = socket;
    pipe_to = connect_to(net_server_loop(server), sink_port, NULL);
    ON(pipe_from, data, pipe_data);
    ON(pipe_to, drain, pipe_drain);
    ON(pipe_from, end, pipe_end);
    ON(pipe_to, close, pipe_close);
}

CASE(s5_8_as_the_destination_of_a_pipe) {
    sink_port = serve(loop, NULL, count_peer);
    net_socket *source = connect_to(loop, serve(loop, NULL, start_pipe), NULL);
    sent = 5 << 20;
    CHECK_EQ(net_socket_end_cb(source, zeros(sent), sent, NULL, NULL, NULL), 0);
    run(loop);
}

static void shared_completion(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    trace("%s %s", (const char *)user, text_error(error));
}

/* The same function and user data: Node sees one and the same callback. */
static void write_shared(net_socket *socket, const char *bytes) {
    static char label[] = "shared";
    CHECK_EQ(net_socket_write_cb(socket, bytes, 1, shared_completion, label, NULL), 1);
}

static void write_between_ticks(net_socket *socket, void *user) {
    (void)user;
    write_traced(socket, "1");
    write_traced(socket, "2");
    tick_line(the_loop, "tick a");
    write_shared(socket, "3");
    write_shared(socket, "4");
    CHECK_EQ(write_text(socket, "5"), 1);
    write_traced(socket, "6");
    tick_line(the_loop, "tick b");
    write_shared(socket, "7");
    write_traced(socket, "8");
    trace("length %zu bytes %llu", writable_length(socket), (unsigned long long)bytes_written(socket));
    write_traced(socket, "9");
    CHECK_EQ(net_socket_end_cb(socket, "0", 1, TRACED("end")), 0);
    trace("returned");
}

CASE(s5_9_completions_keep_their_place_among_ticks) {
    client(loop, NULL, do_gather, MARK);
    ON(c, ready, write_between_ticks);
    ON(c, close, trace_gathered);
    run(loop);
}
