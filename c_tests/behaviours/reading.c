/* Section 6: reading, pause and resume. */
#include <string.h>

#include "scene.h"

static net_loop *the_loop;
static net_socket *c;
static net_socket *s;

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

static uint16_t serve_then(net_loop *loop, const net_server_options *options, void (*then)(void)) {
    the_loop = loop;
    with_peer = then;
    return serve(loop, options, remember_peer);
}

static net_socket *client_of(net_loop *loop, void (*then)(void)) {
    c = connect_to(loop, serve_then(loop, NULL, then), NULL);
    return c;
}

/* A client that sends `text` and ends, against a server whose socket `then` handles. */
static void send_and_end(net_loop *loop, void (*then)(void), const char *bytes) {
    client_of(loop, then);
    CHECK_EQ(net_socket_end_cb(c, bytes, strlen(bytes), NULL, NULL, NULL), 0);
}

static void pause_peer(void) { CHECK_EQ(net_socket_pause(s), 0); }
static void resume_peer(void) { CHECK_EQ(net_socket_resume(s), 0); }
static void resume_client(void) { CHECK_EQ(net_socket_resume(c), 0); }
static void end_client(void) { CHECK_EQ(net_socket_end(c), 0); }
static void reset_client(void) { CHECK_EQ(net_socket_reset_and_destroy(c), 0); }

static void trace_peer_length(void) { trace("length %zu", readable_length(s)); }

static void trace_paused(void) { trace("paused %s", text_bool(net_socket_is_paused(s))); }

static void trace_paused_flowing(void) {
    trace("paused %s flowing %s", text_bool(net_socket_is_paused(s)), flowing(s));
}

static void trace_read_length(net_socket *socket) {
    trace("read %d length %zu", (int)bytes_read(socket), readable_length(socket));
}

static void trace_length_and_resume(void) {
    trace_peer_length();
    resume_peer();
}

static void trace_bytes(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    trace("data %s", text_data(data, length));
}

static void trace_end(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace("end");
}

static void listen_for_data(void) {
    trace("length %zu read %d", readable_length(s), (int)bytes_read(s));
    ON(s, data, trace_bytes);
    trace("flowing %s", flowing(s));
    tick_line(the_loop, "tick");
    ON(s, end, trace_end);
}

static void look_at_a_new_socket(void) {
    trace("flowing %s paused %s", flowing(s), text_bool(net_socket_is_paused(s)));
    settle(the_loop, listen_for_data);
}

CASE(s6_1_neither_mode_until_a_data_listener) {
    send_and_end(loop, look_at_a_new_socket, "hello");
    run(loop);
}

static void only_resume(void) {
    watch_socket(s, "s", "pause resume end close");
    resume_peer();
    trace("flowing %s", flowing(s));
}

CASE(s6_1_resume_is_enough) {
    send_and_end(loop, only_resume, "hello");
    run(loop);
}

static void resume_and_trace_paused(void) {
    trace_length_and_resume();
    trace_paused();
}

static void pause_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)data;
    (void)length;
    (void)user;
    pause_peer();
    trace_paused_flowing();
    CHECK_EQ(net_socket_end_cb(c, "two", 3, NULL, NULL, NULL), 0);
    settle(the_loop, resume_and_trace_paused);
}

static void watch_and_pause_once(void) {
    watch_socket(s, "s", "resume data end");
    CHECK_EQ(net_socket_once_data(s, pause_in_data, NULL, NULL), 0);
}

CASE(s6_1_pause_stops_data_at_once) {
    client_of(loop, watch_and_pause_once);
    write_text(c, "one");
    run(loop);
}

static void resume_between_ticks(void) {
    trace_length_and_resume();
    tick_line(the_loop, "tick");
}

static void listen_and_pause(void) {
    trace_peer_length();
    watch_socket(s, "s", "data end");
    pause_peer();
    trace_paused();
    tick_line(the_loop, "tick");
    settle(the_loop, resume_between_ticks);
}

static void settle_then_pause(void) {
    watch_socket(s, "s", "resume");
    settle(the_loop, listen_and_pause);
}

CASE(s6_1_pause_holds_what_was_read_already) {
    send_and_end(loop, settle_then_pause, "abcdef");
    run(loop);
}

enum { BODY = 1 << 20 };
static uint8_t body[BODY];
static size_t received;
static int wrong;
static int pauses;

static void check_and_pause(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    for (size_t i = 0; i < length; i++) {
        wrong += data[i] != received++ % 251;
    }
    pause_peer();
    pauses++;
    tick_do(the_loop, resume_peer);
}

static void trace_body(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace("got all %s wrong %d paused %s", text_bool(received == BODY), wrong, text_bool(pauses > 3));
}

static void pause_after_each_chunk(void) {
    ON(s, data, check_and_pause);
    ON(s, end, trace_body);
}

CASE(s6_1_nothing_is_lost_over_many_pauses) {
    for (size_t i = 0; i < BODY; i++) {
        body[i] = (uint8_t)(i % 251);
    }
    client_of(loop, pause_after_each_chunk);
    CHECK_EQ(net_socket_end_cb(c, body, BODY, NULL, NULL, NULL), 0);
    run(loop);
}

static void pause_and_resume(void) {
    watch_socket(s, "s", "resume end");
    trace_paused_flowing();
    pause_peer();
    trace_paused_flowing();
    pause_peer();
    resume_peer();
    trace_paused_flowing();
    resume_peer();
    tick_line(the_loop, "tick");
    trace("returned");
}

CASE(s6_1_pause_and_resume_events) {
    send_and_end(loop, pause_and_resume, "");
    run(loop);
}

static void watch_data_and_resume(void) {
    trace_peer_length();
    watch_socket(s, "s", "data end");
    resume_peer();
}

static void resume_and_pause(void) {
    resume_peer();
    pause_peer();
    trace_paused_flowing();
    tick_line(the_loop, "tick");
    settle(the_loop, watch_data_and_resume);
}

static void settle_then_resume_and_pause(void) {
    watch_socket(s, "s", "resume");
    settle(the_loop, resume_and_pause);
}

CASE(s6_1_resume_then_pause_in_one_go) {
    send_and_end(loop, settle_then_resume_and_pause, "x");
    run(loop);
}

static void trace_flowing_and_destroy(void) {
    trace("flowing %s", flowing(s));
    CHECK_EQ(net_socket_destroy(s, NULL), 0);
}

static void pause_again_and_resume(void) {
    pause_peer();
    resume_peer();
    settle(the_loop, trace_flowing_and_destroy);
}

static void pause_once(void) {
    pause_peer();
    settle(the_loop, pause_again_and_resume);
}

static void settle_then_pause_once(void) {
    watch_socket(s, "s", "pause data end");
    settle(the_loop, pause_once);
}

CASE(s6_1_pause_event) {
    client_of(loop, settle_then_pause_once);
    run(loop);
}

static void pause_then_listen(void) {
    pause_peer();
    watch_socket(s, "s", "data end");
    trace("flowing %s", flowing(s));
    settle(the_loop, trace_length_and_resume);
}

CASE(s6_1_data_listener_after_pause_does_not_flow) {
    send_and_end(loop, pause_then_listen, "x");
    run(loop);
}

typedef int (*step_fn)(net_socket *socket);

typedef struct round {
    const char *name;
    step_fn steps[3];
} round;

static const round rounds[] = {
    {"resume", {net_socket_resume, NULL, NULL}},
    {"pause", {net_socket_pause, NULL, NULL}},
    {"pause,resume", {net_socket_pause, net_socket_resume, NULL}},
    {"resume,pause", {net_socket_resume, net_socket_pause, NULL}},
    {NULL, {NULL, NULL, NULL}},
};
static const round *now;

static void start_round(void);

static void say_hello(void) { CHECK_EQ(net_socket_end_cb(s, "hello", 5, NULL, NULL, NULL), 0); }

static int halves;

/* A round is over when the client is closed and what was sent meanwhile has settled. */
static void end_half_a_round(void) {
    if (++halves % 2 == 0) {
        now++;
        start_round();
    }
}

static void client_is_closed(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    end_half_a_round();
}

static void trace_round(void) {
    if (net_socket_is_paused(c)) {
        trace("%s read %d", now->name, (int)bytes_read(c));
        resume_client();
    }
    end_half_a_round();
}

static void settle_round(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    settle(the_loop, trace_round);
}

static void start_round(void) {
    if (!now->name) {
        return;
    }
    c = socket_on(the_loop, NULL);
    watch_socket(c, now->name, "data end");
    ON(c, close, client_is_closed);
    for (const step_fn *step = now->steps; *step; step++) {
        CHECK_EQ((*step)(c), 0);
    }
    CHECK_EQ(net_socket_connect_tcp(c, serve_then(the_loop, NULL, say_hello), "127.0.0.1"), 0);
    ON(c, ready, settle_round);
}

CASE(s6_2_the_last_of_pause_and_resume_decides) {
    the_loop = loop;
    now = rounds;
    start_round();
    run(loop);
}

static void trace_client_length_and_resume(void) {
    trace("length %zu", readable_length(c));
    resume_client();
}

static void settle_then_resume_client(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    settle(the_loop, trace_client_length_and_resume);
}

CASE(s6_2_pause_while_connecting) {
    watch(client_of(loop, say_hello), "c");
    watch_socket(c, "c", "data");
    CHECK_EQ(net_socket_pause(c), 0);
    ON(c, ready, settle_then_resume_client);
    run(loop);
}

static void read_all_and_trace(net_socket *socket, void *user) {
    (void)user;
    trace("readable %zu", readable_length(socket));
    const char *bytes = read_text(socket, 0);
    trace("read %s left %zu", bytes, readable_length(socket));
    if (strcmp(bytes, "null") != 0) {
        settle(the_loop, end_client);
    }
}

static void read_when_readable(void) {
    watch(s, "s");
    ON(s, readable, read_all_and_trace);
}

CASE(s6_3_readable_and_read) {
    client_of(loop, read_when_readable);
    write_text(c, "hello");
    run(loop);
}

static void trace_read_n(size_t n) {
    const char *bytes = read_text(s, n);
    trace("read %zu %s left %zu", n, bytes, readable_length(s));
}

static void trace_read(void) { trace("read %s", read_text(s, 0)); }

static void read_in_portions(net_socket *socket, void *user) {
    static bool later;
    (void)user;
    trace("readable %zu", readable_length(socket));
    if (!later) {
        trace_read_n(2);
        trace_read_n(9);
        trace_read_n(3);
        settle(the_loop, end_client);
    }
    later = true;
    trace_read();
    trace_read();
}

static void read_portions_when_readable(void) {
    watch(s, "s");
    ON(s, readable, read_in_portions);
}

CASE(s6_3_read_n) {
    client_of(loop, read_portions_when_readable);
    write_text(c, "abcdefg");
    run(loop);
}

static void read_the_rest(void) {
    trace("length %zu ended %s", readable_length(s), text_bool(net_socket_readable_ended(s)));
    trace_read();
    trace_read();
    tick_line(the_loop, "tick");
    trace("returned");
}

static void read_one_byte_once(net_socket *socket, void *user) {
    static bool later;
    (void)user;
    if (!later) {
        later = true;
        trace("read %s", read_text(socket, 1));
        settle(the_loop, read_the_rest);
    }
}

static void leave_one_byte(void) {
    watch(s, "s");
    ON(s, readable, read_one_byte_once);
}

CASE(s6_3_end_waits_for_the_last_byte) {
    send_and_end(loop, leave_one_byte, "ab");
    run(loop);
}

static void read_beyond_the_end(void) {
    trace_peer_length();
    trace("read %s", read_text(s, 9));
    tick_line(the_loop, "tick");
}

static void let_all_come(void) {
    watch(s, "s");
    ON(s, readable, do_nothing);
    settle(the_loop, read_beyond_the_end);
}

CASE(s6_3_read_beyond_the_end_gives_what_is_left) {
    send_and_end(loop, let_all_come, "abc");
    run(loop);
}

static void read_nothing_more(void) {
    trace_read();
    trace("returned");
    CHECK_EQ(net_socket_free(s), 0);
}

static void read_what_came(void) {
    trace_peer_length();
    trace_read();
    settle(the_loop, read_nothing_more);
}

static void read_by_hand(void) {
    watch(s, "s");
    CHECK_EQ(net_socket_keep(s), 0);
    trace_read();
    settle(the_loop, read_what_came);
}

CASE(s6_3_read_without_a_readable_listener) {
    send_and_end(loop, read_by_hand, "abc");
    run(loop);
}

static void watch_peer(void) { watch(s, "s"); }

CASE(s6_4_ends_without_a_reader) {
    client_of(loop, watch_peer);
    ON(c, ready, do_end);
    run(loop);
}

static int closed;

static void count_close(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    closed++;
}

static void trace_closed(void) { trace("both closed %d", closed); }

static void count_close_and_settle(net_socket *socket, int had_error, void *user) {
    count_close(socket, had_error, user);
    settle(the_loop, trace_closed);
}

static void end_peer_unread(void) {
    ON(s, close, count_close);
    CHECK_EQ(net_socket_end(s), 0);
}

CASE(s6_4_neither_side_has_a_reader) {
    client_of(loop, end_peer_unread);
    ON(c, close, count_close_and_settle);
    run(loop);
}

static void trace_unread_and_resume(void) {
    trace("length %zu ended %s destroyed %s", readable_length(s), text_bool(net_socket_readable_ended(s)),
          text_bool(net_socket_destroyed(s)));
    resume_peer();
}

static void leave_it_unread(void) {
    watch(s, "s");
    settle(the_loop, trace_unread_and_resume);
}

CASE(s6_4_one_unread_byte_holds_end_and_close) {
    send_and_end(loop, leave_it_unread, "x");
    run(loop);
}

static void trace_length_and_reset(void) {
    trace_peer_length();
    reset_client();
}

static void leave_it_unread_and_reset(void) {
    watch(s, "s");
    settle(the_loop, trace_length_and_reset);
}

CASE(s6_4_a_reset_does_not_wait_for_a_reader) {
    client_of(loop, leave_it_unread_and_reset);
    write_text(c, "x");
    run(loop);
}

static void reset_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)data;
    (void)length;
    (void)user;
    reset_client();
}

static void end_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    do_end(socket, user);
}

static void say_go(void) {
    watch(s, "s");
    write_text(s, "go");
}

CASE(s6_4_a_reset_comes_without_a_reader) {
    client_of(loop, say_go);
    CHECK_EQ(net_socket_once_data(c, reset_in_data, NULL, NULL), 0);
    run(loop);
}

static void pause_and_answer(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    trace_bytes(socket, data, length, user);
    pause_peer();
    write_text(socket, "ok");
}

static void answer_once(void) {
    watch(s, "s");
    CHECK_EQ(net_socket_once_data(s, pause_and_answer, NULL, NULL), 0);
}

CASE(s6_4_pause_on_a_reading_socket_still_sees_the_end) {
    client_of(loop, answer_once);
    write_text(c, "x");
    CHECK_EQ(net_socket_once_data(c, end_in_data, NULL, NULL), 0);
    run(loop);
}

CASE(s6_4_pause_on_a_reading_socket_still_sees_a_reset) {
    client_of(loop, answer_once);
    write_text(c, "x");
    CHECK_EQ(net_socket_once_data(c, reset_in_data, NULL, NULL), 0);
    run(loop);
}

static void trace_unread_and_resume_client(void) {
    trace_read_length(c);
    resume_client();
}

static void settle_unread(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    settle(the_loop, trace_unread_and_resume_client);
}

CASE(s6_4_paused_before_connect_does_not_read) {
    c = socket_on(loop, NULL);
    watch(c, "c");
    CHECK_EQ(net_socket_pause(c), 0);
    CHECK_EQ(net_socket_connect_tcp(c, serve_then(loop, NULL, say_hello), "127.0.0.1"), 0);
    ON(c, ready, settle_unread);
    run(loop);
}

static void pause_socket(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_pause(socket), 0);
}

CASE(s6_4_paused_in_connect_does_not_read) {
    watch(client_of(loop, say_hello), "c");
    ON(c, connect, pause_socket);
    ON(c, ready, settle_unread);
    run(loop);
}

static void pause_and_settle(net_socket *socket, void *user) {
    pause_socket(socket, user);
    settle_unread(socket, user);
}

CASE(s6_4_paused_in_ready_reads_on) {
    watch(client_of(loop, say_hello), "c");
    ON(c, ready, pause_and_settle);
    run(loop);
}

static void trace_peer_unread_and_resume(void) {
    trace_read_length(s);
    resume_peer();
}

static void look_at_a_paused_socket(void) {
    watch(s, "s");
    trace_paused_flowing();
    settle(the_loop, trace_peer_unread_and_resume);
}

CASE(s6_4_pause_on_connect_does_not_read) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    c = connect_to(loop, serve_then(loop, &options, look_at_a_paused_socket), NULL);
    CHECK_EQ(net_socket_end_cb(c, "hello", 5, NULL, NULL, NULL), 0);
    run(loop);
}

enum { MUCH = 30000000 };
static bool written;

static void note_written(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    CHECK(error == NULL);
    written = true;
}

static void count_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)data;
    (void)user;
    received += length;
}

static void trace_much(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace("got all %s", text_bool(received == MUCH));
}

static void trace_mark_and_read(void) {
    size_t length = readable_length(s);
    trace("at the mark %s %s written %s", text_bool(length >= 65536), text_bool(length <= 131072), text_bool(written));
    trace("same %s", text_bool(length == bytes_read(s)));
    ON(s, data, count_data);
    ON(s, end, trace_much);
}

static void settle_at_the_mark(void) { settle(the_loop, trace_mark_and_read); }

CASE(s6_4_reads_up_to_the_mark_by_itself) {
    client_of(loop, settle_at_the_mark);
    CHECK_EQ(net_socket_end_cb(c, zeros(MUCH), MUCH, note_written, NULL, NULL), 0);
    run(loop);
}

static int parts_left = 3;

static void trace_bytes_read(net_socket *socket, void *user) {
    (void)user;
    trace("read %d", (int)bytes_read(socket));
}

static void send_part(void);

static void trace_part(void) {
    trace_peer_length();
    send_part();
}

static void send_part(void) {
    if (parts_left-- == 0) {
        ON(s, end, trace_bytes_read);
        resume_peer();
        end_client();
        return;
    }
    CHECK_EQ(net_socket_write(c, zeros(600), 600), 1);
    settle(the_loop, trace_part);
}

static void trace_marks_and_send(void) {
    size_t readable = 0;
    size_t writable = 0;
    CHECK_EQ(net_socket_readable_high_water_mark(s, &readable), 0);
    CHECK_EQ(net_socket_writable_high_water_mark(s, &writable), 0);
    trace("marks %zu %zu", readable, writable);
    send_part();
}

CASE(s6_4_reads_up_to_a_mark_of_its_own) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.high_water_mark = 1000;
    c = connect_to(loop, serve_then(loop, &options, trace_marks_and_send), NULL);
    run(loop);
}

static void trace_discarded(net_socket *socket, void *user) {
    (void)user;
    trace_read_length(socket);
}

static void discard(void) {
    resume_peer();
    ON(s, end, trace_discarded);
}

CASE(s6_5_resume_without_a_listener_discards) {
    client_of(loop, discard);
    CHECK_EQ(net_socket_end_cb(c, zeros(300000), 300000, NULL, NULL, NULL), 0);
    run(loop);
}

static uint8_t every_byte[256];

static void trace_same_bytes(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    bool same =
        got.length == 512 && memcmp(got.bytes, every_byte, 256) == 0 && memcmp(got.bytes + 256, every_byte, 256) == 0;
    trace("same %s", text_bool(same));
}

CASE(s6_7_all_byte_values_pass) {
    c = connect_to(loop, serve(loop, NULL, do_echo), NULL);
    for (int i = 0; i < 256; i++) {
        every_byte[i] = (uint8_t)i;
        CHECK(net_socket_write(c, &every_byte[i], 1) >= 0);
    }
    CHECK_EQ(net_socket_end_cb(c, every_byte, sizeof every_byte, NULL, NULL, NULL), 0);
    ON(c, data, gather);
    ON(c, end, trace_same_bytes);
    run(loop);
}

enum { PINGS = 1000 };
static int pings;

static void ping(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(write_text(socket, text("PING %d", pings)), 1);
}

static void check_ping(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    const char *expected = text("PING %d", pings);
    wrong += length != strlen(expected) || memcmp(data, expected, length) != 0;
    if (++pings < PINGS) {
        ping(socket, user);
    } else {
        do_end(socket, user);
    }
}

static void trace_pings(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    trace("sent %d wrong %d", pings, wrong);
}

CASE(s6_7_many_small_messages_keep_their_order) {
    net_server_options server = NET_SERVER_OPTIONS_INIT;
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    server.no_delay = 1;
    options.no_delay = 1;
    c = connect_to(loop, serve(loop, &server, do_echo), &options);
    ON(c, connect, ping);
    ON(c, data, check_ping);
    ON(c, close, trace_pings);
    run(loop);
}
