/* net_socket_pipe and net_socket_unpipe: a client `feeder` with its peer `a`, a client `sink` with its peer `b`. What
 * is read from `a` is piped. */
#include <string.h>

#include "peer.h"
#include "scene.h"

static net_loop *the_loop;
static net_socket *feeder;
static net_socket *a;
static net_socket *b;
static net_socket *sink;
static int missing;
static void (*when_connected)(void);

static const char *name_of(net_socket *socket) {
    return socket == feeder ? "feeder" : socket == a ? "a" : socket == b ? "b" : socket == sink ? "sink" : "nobody";
}

static void one_is_there(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    if (--missing == 0) {
        when_connected();
    }
}

static void keep_a(net_server *server, net_socket *socket, void *user) {
    (void)server;
    a = socket;
    one_is_there(socket, user);
}

static void keep_b(net_server *server, net_socket *socket, void *user) {
    (void)server;
    b = socket;
    one_is_there(socket, user);
}

static void pairs(net_loop *loop, void (*then)(void), const net_server_options *of_a, const net_server_options *of_b,
                  const net_socket_options *of_sink) {
    the_loop = loop;
    missing = 4;
    when_connected = then;
    feeder = connect_to(loop, serve(loop, of_a, keep_a), NULL);
    ON(feeder, connect, one_is_there);
    sink = connect_to(loop, serve(loop, of_b, keep_b), of_sink);
    ON(sink, connect, one_is_there);
}

static void on_pipe(net_socket *destination, net_socket *source, void *user) {
    (void)user;
    trace("%s pipe %s", name_of(destination), name_of(source));
}

static void on_unpipe(net_socket *destination, net_socket *source, void *user) {
    (void)user;
    trace("%s unpipe %s", name_of(destination), name_of(source));
}

static void watch_pipe(net_socket *socket) {
    watch_socket(socket, name_of(socket), "end drain finish error close pause resume");
    ON(socket, pipe, on_pipe);
    ON(socket, unpipe, on_unpipe);
}

static void watch_both(void) {
    watch_pipe(a);
    watch_pipe(b);
}

static void got_bytes(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    trace("%s got %s", name_of(socket), text_data(data, length));
}

static void end_with(net_socket *socket, const char *text) {
    CHECK_EQ(net_socket_end_cb(socket, text, strlen(text), NULL, NULL, NULL), 0);
}

static void trace_flowing(void) { trace("a flowing %s", flowing(a)); }

static void destroy_a(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    CHECK(socket != a);
    CHECK_EQ(net_socket_destroy(a, NULL), 0);
}

static void destroy_both(void) {
    CHECK_EQ(net_socket_destroy(a, NULL), 0);
    CHECK_EQ(net_socket_destroy(b, NULL), 0);
}

static net_server_options with_mark(size_t mark) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.high_water_mark = mark;
    return options;
}

static void carry_hello(void) {
    watch_both();
    ON(sink, data, got_bytes);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    end_with(feeder, "hello");
}

CASE(pipe_carries_bytes_and_the_end) {
    pairs(loop, carry_hello, NULL, NULL, NULL);
    run(loop);
}

static void end_b(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    CHECK(socket == a);
    CHECK_EQ(net_socket_end(b), 0);
}

static void carry_without_end(void) {
    watch_both();
    ON(sink, data, got_bytes);
    CHECK_EQ(net_socket_pipe(a, b, 0), 0);
    ON(a, close, end_b);
    end_with(feeder, "hello");
}

CASE(pipe_without_end_leaves_the_destination) {
    pairs(loop, carry_without_end, NULL, NULL, NULL);
    run(loop);
}

static void pipe_itself(void) {
    watch_pipe(a);
    ON(feeder, data, got_bytes);
    CHECK_EQ(net_socket_pipe(a, a, 1), 0);
    end_with(feeder, "hello");
    do_destroy(sink, NULL);
}

CASE(pipe_into_itself_echoes) {
    pairs(loop, pipe_itself, NULL, NULL, NULL);
    run(loop);
}

static uint16_t sink_port;
static uint64_t counted;

static void count(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)data;
    (void)user;
    counted += length;
}

static void trace_counted(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace("sink got %llu", (unsigned long long)counted);
}

static void count_peer(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, data, count);
    ON(socket, end, trace_counted);
}

static void pipe_into_connecting(net_socket *socket, void *user) {
    (void)user;
    CHECK(socket == a);
    b = connect_to(the_loop, sink_port, NULL);
    watch_socket(b, "b", "connect");
    watch_both();
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    tick_do(the_loop, trace_flowing);
}

static void wait_for_bytes(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    a = socket;
    CHECK_EQ(net_socket_once_readable(a, pipe_into_connecting, NULL, NULL), 0);
}

CASE(pipe_into_a_connecting_socket_waits) {
    the_loop = loop;
    sink_port = serve(loop, NULL, count_peer);
    feeder = connect_to(loop, serve(loop, NULL, wait_for_bytes), NULL);
    CHECK_EQ(net_socket_end_cb(feeder, zeros(65536), 65536, NULL, NULL, NULL), 0);
    run(loop);
}

static void end_with_y(net_socket *socket, void *user) {
    (void)user;
    CHECK(socket == b);
    end_with(feeder, "y");
}

static void uncork_b(void) {
    trace_flowing();
    CHECK_EQ(net_socket_uncork(b), 0);
}

static void pipe_into_full(void) {
    watch_both();
    ON(sink, data, got_bytes);
    CHECK_EQ(net_socket_cork(b), 0);
    CHECK_EQ(write_text(b, "x"), 0);
    trace("b needs drain %s", text_bool(net_socket_writable_need_drain(b)));
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_once_drain(b, end_with_y, NULL, NULL), 0);
    tick_do(the_loop, uncork_b);
}

CASE(pipe_pauses_for_a_full_destination) {
    net_server_options options = with_mark(1);
    pairs(loop, pipe_into_full, NULL, &options, NULL);
    run(loop);
}

static void end_in_drain_of_b(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace_flowing();
    destroy_both();
}

static void drain_b_too(net_socket *socket, void *user) {
    (void)user;
    CHECK(socket == sink);
    trace_flowing();
    CHECK_EQ(net_socket_uncork(b), 0);
    CHECK_EQ(net_socket_once_drain(b, end_in_drain_of_b, NULL, NULL), 0);
}

static void uncork_sink(void) {
    trace_flowing();
    CHECK_EQ(net_socket_uncork(sink), 0);
    CHECK_EQ(net_socket_once_drain(sink, drain_b_too, NULL, NULL), 0);
}

static void uncork_sink_later(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    tick_do(the_loop, uncork_sink);
}

static void pipe_into_two(void) {
    watch_both();
    watch_pipe(sink);
    CHECK_EQ(net_socket_resume(b), 0);
    CHECK_EQ(net_socket_resume(sink), 0);
    CHECK_EQ(net_socket_cork(b), 0);
    CHECK_EQ(net_socket_cork(sink), 0);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_pipe(a, sink, 0), 0);
    CHECK_EQ(write_text(feeder, "x"), 1);
    CHECK_EQ(net_socket_once_pause(a, uncork_sink_later, NULL, NULL), 0);
}

CASE(pipe_waits_for_the_slowest) {
    net_server_options options = with_mark(1);
    net_socket_options of_sink = NET_SOCKET_OPTIONS_INIT;
    of_sink.high_water_mark = 1;
    pairs(loop, pipe_into_two, NULL, &options, &of_sink);
    run(loop);
}

static void pipe_again(net_socket *destination, net_socket *source, void *user) {
    (void)user;
    CHECK(destination == b && source == a);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_end(a), 0);
}

static void pipe_in_end(net_socket *socket, void *user) {
    (void)user;
    CHECK(socket == a);
    trace("piped in end");
    CHECK_EQ(net_socket_pipe(a, b, 0), 0);
    CHECK_EQ(net_socket_once_unpipe(b, pipe_again, NULL, NULL), 0);
}

static void end_feeder(void) {
    watch_both();
    CHECK_EQ(net_socket_resume(a), 0);
    CHECK_EQ(net_socket_once_end(a, pipe_in_end, NULL, NULL), 0);
    CHECK_EQ(net_socket_end(feeder), 0);
}

CASE(pipe_of_a_source_that_has_ended) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.allow_half_open = 1;
    pairs(loop, end_feeder, &options, NULL, NULL);
    run(loop);
}

static void trace_and_destroy_a(net_socket *socket, int had_error, void *user) {
    trace_flowing();
    destroy_a(socket, had_error, user);
}

static void destroy_b(void) {
    watch_both();
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_destroy(b, NULL), 0);
    ON(b, close, trace_and_destroy_a);
}

CASE(pipe_ends_with_its_destination) {
    pairs(loop, destroy_b, NULL, NULL, NULL);
    run(loop);
}

static void finish_b(void) {
    watch_both();
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_end(b), 0);
    ON(b, close, destroy_a);
}

CASE(pipe_ends_when_its_destination_finishes) {
    pairs(loop, finish_b, NULL, NULL, NULL);
    run(loop);
}

static void end_b_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    (void)user;
    CHECK(socket == a);
    CHECK_EQ(net_socket_end(b), 0);
}

static void write_into_ended(void) {
    watch_both();
    ON(a, data, end_b_in_data);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    ON(b, close, destroy_a);
    CHECK_EQ(write_text(feeder, "x"), 1);
}

CASE(pipe_into_what_has_ended_is_an_error) {
    pairs(loop, write_into_ended, NULL, NULL, NULL);
    run(loop);
}

static void fail_b(void) {
    net_error error = NET_ERROR_INIT;
    error.kind = NET_ERROR_KIND_USER;
    error.number = NET_ECANCELED;
    error.message = "no more";
    watch_both();
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_destroy(b, &error), 0);
    ON(b, close, destroy_a);
}

CASE(pipe_into_a_failing_destination_is_undone_first) {
    pairs(loop, fail_b, NULL, NULL, NULL);
    run(loop);
}

static void trace_and_destroy_b(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    CHECK(socket == a);
    trace("b writable %s", text_bool(net_socket_writable(b)));
    CHECK_EQ(net_socket_destroy(b, NULL), 0);
}

static void destroy_source(void) {
    watch_both();
    CHECK_EQ(net_socket_keep(a), 0);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_destroy(a, NULL), 0);
    ON(a, close, trace_and_destroy_b);
}

CASE(pipe_of_a_destroyed_source_leaves_the_destination) {
    pairs(loop, destroy_source, NULL, NULL, NULL);
    run(loop);
    CHECK_EQ(net_socket_free(a), 0);
}

static void before(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    trace("before %s", text_data(data, length));
}

static void behind(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    trace("after %s", text_data(data, length));
}

static void listen_beside(void) {
    watch_both();
    ON(a, data, before);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    ON(a, data, behind);
    ON(sink, data, got_bytes);
    end_with(feeder, "hello");
}

CASE(pipe_lets_other_listeners_see_the_bytes) {
    pairs(loop, listen_beside, NULL, NULL, NULL);
    run(loop);
}

static void unpipe_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    trace("data %s", text_data(data, length));
    CHECK_EQ(net_socket_unpipe(socket, b), 0);
    CHECK_EQ(net_socket_end(b), 0);
}

static void destroy_a_in_end(net_socket *socket, void *user) { destroy_a(socket, 0, user); }

static void undo_while_told(void) {
    watch_both();
    ON(a, data, unpipe_in_data);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    ON(sink, data, got_bytes);
    ON(sink, end, destroy_a_in_end);
    CHECK_EQ(write_text(feeder, "hello"), 1);
}

CASE(pipe_undone_in_data_still_gets_these_bytes) {
    pairs(loop, undo_while_told, NULL, NULL, NULL);
    run(loop);
}

static void resume_a(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace_flowing();
    CHECK_EQ(net_socket_resume(a), 0);
}

static void pause_a(void) {
    CHECK_EQ(net_socket_pause(a), 0);
    end_with(feeder, "hello");
    ON(feeder, finish, resume_a);
}

static void pipe_and_pause(void) {
    watch_both();
    ON(sink, data, got_bytes);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    tick_do(the_loop, pause_a);
}

CASE(pipe_is_paused_and_resumed_by_the_program) {
    pairs(loop, pipe_and_pause, NULL, NULL, NULL);
    run(loop);
}

static char seen[64];

static void see(const uint8_t *data, size_t length) {
    CHECK(strlen(seen) + length < sizeof seen);
    strncat(seen, (const char *)data, length);
}

static void twice_at_the_sink(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    see(data, length);
    trace("sink has %s", seen);
    if (strcmp(seen, "xx") == 0) {
        CHECK_EQ(net_socket_unpipe(a, b), 0);
        CHECK_EQ(write_text(feeder, "y"), 1);
    }
    if (strcmp(seen, "xxy") == 0) {
        CHECK_EQ(net_socket_unpipe(a, b), 0);
        CHECK_EQ(net_socket_unpipe(a, b), 0);
        destroy_both();
    }
}

static void pipe_twice(void) {
    watch_both();
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_pipe(a, b, 0), 0);
    ON(sink, data, twice_at_the_sink);
    CHECK_EQ(write_text(feeder, "x"), 1);
}

CASE(pipe_twice_into_one_writes_twice) {
    pairs(loop, pipe_twice, NULL, NULL, NULL);
    run(loop);
}

static void destroy_in_unpipe(net_socket *destination, net_socket *source, void *user) {
    (void)user;
    CHECK(destination == feeder && source == a);
    destroy_both();
}

static void unpipe_all(void) {
    CHECK_EQ(net_socket_unpipe(a, NULL), 0);
    trace_flowing();
}

static void pipe_three_times(void) {
    watch_both();
    watch_pipe(feeder);
    CHECK_EQ(net_socket_unpipe(a, NULL), 0);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_pipe(a, feeder, 1), 0);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_once_unpipe(feeder, destroy_in_unpipe, NULL, NULL), 0);
    tick_do(the_loop, unpipe_all);
}

CASE(unpipe_of_all) {
    pairs(loop, pipe_three_times, NULL, NULL, NULL);
    run(loop);
}

static void unpipe_b_and_go_on(void) {
    CHECK_EQ(net_socket_unpipe(a, b), 0);
    CHECK_EQ(write_text(feeder, "y"), 1);
}

static void unpipe_b_later(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    tick_do(the_loop, unpipe_b_and_go_on);
}

static void until_b_has_both(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    see(data, length);
    trace("b has %s", seen);
    if (strcmp(seen, "xy") == 0) {
        destroy_both();
    }
}

static void pipe_into_one_that_stays_full(void) {
    watch_both();
    watch_pipe(sink);
    CHECK_EQ(net_socket_cork(b), 0);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_pipe(a, sink, 1), 0);
    ON(b, data, until_b_has_both);
    CHECK_EQ(net_socket_once_pause(a, unpipe_b_later, NULL, NULL), 0);
    CHECK_EQ(write_text(feeder, "x"), 1);
}

CASE(unpipe_lets_a_waiting_source_flow) {
    net_server_options options = with_mark(1);
    pairs(loop, pipe_into_one_that_stays_full, NULL, &options, NULL);
    run(loop);
}

static void resume_and_destroy_b(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace("a flowing %s paused %s", flowing(a), text_bool(net_socket_is_paused(a)));
    CHECK_EQ(net_socket_resume(a), 0);
    CHECK_EQ(net_socket_destroy(b, NULL), 0);
}

static void data_of_a(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    trace("data %s", text_data(data, length));
}

static void unpipe_and_listen(void) {
    CHECK_EQ(net_socket_unpipe(a, b), 0);
    ON(a, data, data_of_a);
    end_with(feeder, "hello");
    CHECK_EQ(net_socket_once_finish(feeder, resume_and_destroy_b, NULL, NULL), 0);
}

static void pipe_for_a_tick(void) {
    watch_both();
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    tick_do(the_loop, unpipe_and_listen);
}

CASE(unpipe_leaves_the_source_paused) {
    pairs(loop, pipe_for_a_tick, NULL, NULL, NULL);
    run(loop);
}

static void other_handles(void) {
    net_loop *other = net_loop_new();
    net_socket *theirs = socket_on(other, NULL);
    net_socket *dead = socket_on(the_loop, NULL);
    CHECK_EQ(net_socket_free(dead), 0);
    CHECK_EQ(net_socket_pipe(a, theirs, 1), NET_EINVAL);
    CHECK_EQ(net_socket_unpipe(a, theirs), NET_EINVAL);
    CHECK_EQ(net_socket_pipe(theirs, a, 1), NET_EINVAL);
    CHECK_EQ(net_socket_pipe(a, dead, 1), NET_EBADF);
    CHECK_EQ(net_socket_unpipe(a, dead), NET_EBADF);
    CHECK_EQ(net_socket_pipe(dead, a, 1), NET_EBADF);
    CHECK_EQ(net_socket_pipe(a, NULL, 1), NET_EINVAL);
    CHECK_EQ(net_socket_pipe(NULL, a, 1), NET_EINVAL);
    CHECK_EQ(net_socket_pipe(a, (net_socket *)the_loop, 1), NET_EBADF);
    CHECK_EQ(net_socket_pipe(a, b, 2), NET_EINVAL);
    CHECK_EQ(net_socket_pipe(a, b, -1), NET_EINVAL);
    net_loop_free(other);
    CHECK_EQ(net_socket_pipe(a, theirs, 1), NET_EBADF);
    CHECK_EQ(net_socket_is_paused(a), 0);
    destroy_both();
}

CASE(pipe_refuses_other_handles) {
    pairs(loop, other_handles, NULL, NULL, NULL);
    run(loop);
}

static void *pipe_from_another_thread(void *user) {
    (void)user;
    CHECK_EQ(net_socket_pipe(a, b, 1), NET_EWRONGTHREAD);
    CHECK_EQ(net_socket_unpipe(a, b), NET_EWRONGTHREAD);
    return NULL;
}

static void use_another_thread(void) {
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, pipe_from_another_thread, NULL), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    destroy_both();
}

CASE(pipe_is_for_its_thread) {
    pairs(loop, use_another_thread, NULL, NULL, NULL);
    run(loop);
}

static void free_destination(void) {
    watch_both();
    CHECK_EQ(net_socket_pipe(a, sink, 1), 0);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_free(sink), 0);
    CHECK_EQ(net_socket_is_paused(a), 0);
    CHECK_EQ(net_socket_free(b), 0);
    CHECK_EQ(net_socket_is_paused(a), 1);
    CHECK_EQ(net_socket_unpipe(a, NULL), 0);
    CHECK_EQ(net_socket_destroy(a, NULL), 0);
}

/* Node has no such thing. */
CASE(pipe_ends_when_its_destination_is_freed) {
    pairs(loop, free_destination, NULL, NULL, NULL);
    run(loop);
    CHECK_STR(trace_text(), "a resume\na pause\na close false\n");
}

static net_socket *freed;

static void note_freed(net_socket *destination, net_socket *source, void *user) {
    (void)user;
    CHECK(destination == b && source == freed);
    CHECK_EQ(net_socket_is_paused(source), NET_EBADF);
    trace("unpipe");
}

static void free_source(void) {
    freed = a;
    ON(b, unpipe, note_freed);
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_free(a), 0);
    CHECK_EQ(net_socket_end(b), 0);
}

CASE(pipe_from_a_freed_source_ends_with_its_destination) {
    pairs(loop, free_source, NULL, NULL, NULL);
    run(loop);
    CHECK_STR(trace_text(), "unpipe\n");
}

/* Only the pipe listens for `error` of b: nobody hears it, as if there were no pipe. */
static void fail_unheard(void) {
    net_error error = NET_ERROR_INIT;
    error.kind = NET_ERROR_KIND_USER;
    error.number = NET_EIO;
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_pipe(sink, b, 1), 0);
    CHECK_EQ(net_socket_destroy(b, &error), 0);
}

CASE(pipe_does_not_hear_errors) {
    pairs(loop, fail_unheard, NULL, NULL, NULL);
    CHECK_EQ(net_loop_run(loop), NET_EIO);
    CHECK_EQ(net_socket_is_paused(a), 1);
    CHECK_EQ(net_socket_is_paused(sink), 1);
    destroy_both();
    run(loop);
}

static void use_a_pipe_within(void) {
    size_t count = 99;
    CHECK_EQ(net_socket_pipe(a, b, 1), 0);
    CHECK_EQ(net_socket_listener_count(a, "data", &count), 0);
    CHECK_EQ(count, 0);
    CHECK_EQ(net_socket_move(a, the_loop, do_nothing, NULL, NULL), NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
    destroy_both();
}

CASE(pipe_listeners_are_not_the_programs) {
    pairs(loop, use_a_pipe_within, NULL, NULL, NULL);
    run(loop);
}
