/* Section 9: a socket's timeout. */
#include <string.h>
#include <time.h>

#include "peer.h"
#include "scene.h"

static net_loop *the_loop;
static net_socket *c;
static net_socket *s;
static int times;

static void remember_peer(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    s = socket;
    CHECK_EQ(net_socket_resume(socket), 0);
}

static void client(net_loop *loop, net_server_connection_fn on_connection) {
    the_loop = loop;
    c = connect_to(loop, serve(loop, NULL, on_connection), NULL);
}

static void watched_client(net_loop *loop, net_server_connection_fn on_connection) {
    client(loop, on_connection);
    watch(c, "c");
}

static void set_timeout(uint64_t milliseconds) { CHECK_EQ(net_socket_set_timeout(c, milliseconds), 0); }

static void trace_timeout(void) {
    uint64_t milliseconds = 0;
    int found = net_socket_timeout(c, &milliseconds);
    CHECK(found == 0 || found == 1);
    trace("timeout %s", found ? text("%d", (int)milliseconds) : "undefined");
}

static void end_client(void) { do_end(c, NULL); }

static void trace_over(void) { trace("over"); }

static void trace_over_and_end(void) {
    trace_over();
    end_client();
}

static void set_20_and_trace(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace_timeout();
    set_timeout(20);
    trace_timeout();
}

static void cancel(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    set_timeout(20);
    set_timeout(0);
    trace_timeout();
    after(the_loop, 80, trace_over_and_end);
}

CASE(s9_1_a_timeout_and_its_cancel) {
    watched_client(loop, do_resume);
    ON(c, ready, set_20_and_trace);
    CHECK_EQ(net_socket_once_timeout(c, cancel, NULL, NULL), 0);
    run(loop);
}

static void first_time(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace("first %d", ++times);
    set_timeout(20);
}

static void each_time(net_socket *socket, void *user) {
    trace("each %d", times);
    if (times++ > 1) {
        do_end(socket, user);
    }
}

static void set_20(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    set_timeout(20);
}

CASE(s9_1_a_once_listener) {
    client(loop, do_resume);
    CHECK_EQ(net_socket_once_timeout(c, first_time, NULL, NULL), 0);
    ON(c, timeout, each_time);
    ON(c, ready, set_20);
    run(loop);
}

static void trace_state(net_socket *socket, void *user) {
    (void)user;
    trace_socket_state("c", socket);
}

static void write_after_silence(void) {
    trace("times %d", times);
    trace("write %s", text_bool(write_traced(c, "x")));
}

static void write_then_end(net_socket *socket, void *user) {
    trace_state(socket, user);
    if (++times == 1) {
        after(the_loop, 120, write_after_silence);
    } else {
        do_end(socket, user);
    }
}

static void set_30(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    set_timeout(30);
}

CASE(s9_2_it_only_tells_and_once) {
    watched_client(loop, do_gather);
    ON(c, ready, set_30);
    ON(c, timeout, write_then_end);
    ON(c, close, trace_gathered);
    run(loop);
}

enum { LIMIT = 400, PACE = 40, PACES = 15 };
static uint64_t last_activity;
static int paces;

static uint64_t clock_milliseconds(void) {
    struct timespec now;
    CHECK_EQ(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void note_activity(void) { last_activity = clock_milliseconds(); }

/* The timeout is longer than the pace and shorter than all paces together. */
static void check_silence(net_socket *socket, void *user) {
    uint64_t silence = clock_milliseconds() - last_activity;
    CHECK_EQ(paces, PACES);
    if (silence + 2 < LIMIT) {
        FAIL("timeout after %d ms of silence", (int)silence);
    }
    times++;
    do_destroy(socket, user);
}

static void write_at_a_pace(void) {
    if (paces++ < PACES - 1) {
        after(the_loop, PACE, write_at_a_pace);
    }
    write_text(c, "x");
    note_activity();
}

static void start_writing(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    set_timeout(LIMIT);
    write_at_a_pace();
}

CASE(s9_3_writes_are_activity) {
    client(loop, do_resume_ignoring_errors);
    ON(c, ready, start_writing);
    ON(c, timeout, check_silence);
    run(loop);
    CHECK_EQ(times, 1);
}

static void send_at_a_pace(void) {
    if (paces++ < PACES - 1) {
        after(the_loop, PACE, send_at_a_pace);
    }
    write_text(s, "x");
}

static void note_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)data;
    (void)length;
    (void)user;
    note_activity();
}

static void start_sending(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    set_timeout(LIMIT);
    send_at_a_pace();
}

static void remember_peer_ignoring_errors(net_server *server, net_socket *socket, void *user) {
    ON(socket, error, ignore_error);
    remember_peer(server, socket, user);
    start_sending(socket, user);
}

CASE(s9_3_reads_are_activity) {
    client(loop, remember_peer_ignoring_errors);
    ON(c, data, note_data);
    ON(c, timeout, check_silence);
    run(loop);
    CHECK_EQ(times, 1);
}

/* Bytes that leave a long queue bit by bit are activity too: the reader takes some at each pace. */
static int slow_listener;
static int slow_reader;

static void take_some(void) {
    static char taken[2000000];
    size_t left = sizeof taken;
    while (left > 0) {
        ssize_t count = peer_try_receive(slow_reader, taken, left);
        if (count <= 0) {
            break;
        }
        left -= (size_t)count;
    }
    if (paces++ < PACES - 1) {
        after(the_loop, PACE, take_some);
    }
}

static void write_long_queue(net_socket *socket, void *user) {
    (void)user;
    slow_reader = peer_accept(slow_listener);
    set_timeout(LIMIT);
    /* More than the reader ever takes and the system holds. */
    CHECK_EQ(net_socket_write(socket, zeros(32000000), 32000000), 0);
    CHECK_EQ(net_socket_write(socket, zeros(32000000), 32000000), 0);
    take_some();
}

CASE(s9_3_a_write_that_goes_on_is_activity) {
    uint16_t port = 0;
    slow_listener = peer_listen("127.0.0.1", &port, 1);
    the_loop = loop;
    c = connect_to(loop, port, NULL);
    ON(c, ready, write_long_queue);
    ON(c, timeout, check_silence);
    run(loop);
    CHECK_EQ(times, 1);
    peer_close(slow_reader);
    peer_close(slow_listener);
}

static net_lookup *late_lookup;

static void answer_later(void) {
    net_address address = NET_ADDRESS_INIT;
    address.family = NET_FAMILY_IPV4;
    address.address_len = strlen("127.0.0.1");
    strcpy(address.address, "127.0.0.1");
    CHECK_EQ(net_lookup_answer(late_lookup, &address, 1), 0);
}

static void look_up_late(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    late_lookup = request;
    after(the_loop, LIMIT * 3 / 4, answer_later);
}

static void note_connect(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    paces = PACES;
    note_activity();
}

CASE(s9_3_a_connect_is_activity) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    the_loop = loop;
    options.port = serve(loop, NULL, do_resume_ignoring_errors);
    options.host = "example.org";
    options.lookup = look_up_late;
    options.timeout = LIMIT;
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect(c, &options), 0);
    ON(c, connect, note_connect);
    ON(c, timeout, check_silence);
    run(loop);
    CHECK_EQ(times, 1);
}

CASE(s9_4_without_a_connection) {
    c = socket_on(loop, NULL);
    watch(c, "c");
    set_timeout(20);
    ON(c, timeout, trace_state);
    after(loop, 60, trace_over);
    run(loop);
}

static void never_answer(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    (void)request;
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
}

static void connect_for_ever(net_loop *loop, uint64_t timeout) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = 9;
    options.host = "example.org";
    options.lookup = never_answer;
    options.timeout = timeout;
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect(c, &options), 0);
    watch(c, "c");
}

static void trace_state_and_destroy(net_socket *socket, void *user) {
    trace_state(socket, user);
    do_destroy(socket, user);
}

CASE(s9_4_while_connecting) {
    connect_for_ever(loop, 0);
    set_timeout(20);
    ON(c, timeout, trace_state_and_destroy);
    after(loop, 400, trace_over);
    run(loop);
}

CASE(s9_4_as_an_option_of_connect) {
    connect_for_ever(loop, 20);
    trace_timeout();
    ON(c, timeout, do_destroy);
    after(loop, 400, trace_over);
    run(loop);
}

static void set_20_and_destroy(net_socket *socket, void *user) {
    set_timeout(20);
    do_destroy(socket, user);
    trace_timeout();
}

static void set_20_in_close(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    set_timeout(20);
    trace_timeout();
    after(the_loop, 60, trace_over);
}

CASE(s9_4_never_after_destroy) {
    watched_client(loop, do_resume);
    ON(c, ready, set_20_and_destroy);
    ON(c, close, set_20_in_close);
    run(loop);
}

CASE(s9_5_it_keeps_nothing_alive) {
    c = socket_on(loop, NULL);
    watch(c, "c");
    set_timeout(100000);
    trace_timeout();
    run(loop);
}

static void end_in_40(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    after(the_loop, 40, end_client);
}

CASE(s9_6_zero_means_none) {
    watched_client(loop, do_resume);
    set_timeout(0);
    trace_timeout();
    ON(c, ready, end_in_40);
    run(loop);
}

/* Every number of milliseconds is a delay: the longest ones just never come. */
CASE(s9_6_the_longest_delay) {
    watched_client(loop, do_resume);
    set_timeout(UINT64_MAX);
    ON(c, ready, end_in_40);
    run(loop);
    CHECK(!trace_has("c timeout"));
    CHECK(trace_has("c close false"));
}
