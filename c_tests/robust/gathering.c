/* The writes of a callback beyond the first go out together, and nobody can tell but who looks at the other end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

/* Two of our sockets, and the other ends of their pairs. */
static net_loop *the_loop;
static net_socket *a;
static net_socket *b;
static int peer_of_a;
static int peer_of_b;

static net_socket *half_of_pair(net_loop *loop, size_t mark, int *peer) {
    int ends[2];
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.fd = ends[0];
    options.high_water_mark = mark;
    options.allow_half_open = 1;
    *peer = ends[1];
    return socket_on(loop, &options);
}

static void close_peer(int *peer) {
    if (*peer >= 0) {
        peer_close(*peer);
        *peer = -1;
    }
}

static void pairs(net_loop *loop, size_t mark) {
    the_loop = loop;
    a = half_of_pair(loop, mark, &peer_of_a);
    b = half_of_pair(loop, mark, &peer_of_b);
}

static void free_pairs(void) {
    CHECK_EQ(net_socket_free(a), 0);
    CHECK_EQ(net_socket_free(b), 0);
    close_peer(&peer_of_a);
    close_peer(&peer_of_b);
}

static void call(net_loop *loop, void *user) {
    (void)loop;
    void (*body)(void);
    memcpy(&body, user, sizeof body);
    body();
}

/* Runs `body` as a callback of a turn, and that turn to its end. */
static void in_callback(void (*body)(void)) {
    CHECK_EQ(net_loop_post(the_loop, call, &body, NULL), 0);
    CHECK_EQ(net_loop_poll(the_loop, 0), 0);
}

/* What has arrived and was not looked at before. */
static const char *arrived(int peer) {
    static char bytes[4096];
    ssize_t length = peer_try_receive(peer, bytes, sizeof bytes - 1);
    if (length == -EAGAIN) {
        return "";
    }
    CHECK(length >= 0);
    bytes[length] = 0;
    return bytes;
}

static void write_three(void) {
    CHECK_EQ(write_text(a, "1"), 1);
    CHECK_EQ(write_text(a, "22"), 1);
    CHECK_EQ(write_text(a, "333"), 1);
}

static void three_and_one_is_out(void) {
    write_three();
    CHECK_STR(arrived(peer_of_a), "1");
}

static void three_and_all_are_out(void) {
    write_three();
    CHECK_STR(arrived(peer_of_a), "122333");
}

CASE(what_follows_the_first_goes_out_when_the_callback_returns) {
    pairs(loop, 65536);
    for (int i = 0; i < 3; i++) {
        in_callback(three_and_one_is_out);
        CHECK_STR(arrived(peer_of_a), "22333");
    }
    CHECK_EQ(bytes_written(a), 18);
    free_pairs();
}

CASE(a_switch_turns_gathering_off) {
    pairs(loop, 65536);
    CHECK_EQ(net_loop_gather_writes(loop), 1);
    CHECK_EQ(net_loop_set_gather_writes(loop, 0), 0);
    CHECK_EQ(net_loop_gather_writes(loop), 0);
    in_callback(three_and_all_are_out);
    CHECK_EQ(net_loop_set_gather_writes(loop, 2), NET_EINVAL);
    CHECK_EQ(net_loop_set_gather_writes(loop, 1), 0);
    in_callback(three_and_one_is_out);
    CHECK_STR(arrived(peer_of_a), "22333");
    free_pairs();
}

static void three_and_switch(void) {
    three_and_one_is_out();
    CHECK_EQ(net_loop_set_gather_writes(the_loop, 0), 0);
    CHECK_STR(arrived(peer_of_a), "22333");
    three_and_all_are_out();
}

CASE(turned_off_inside_a_callback_nothing_is_left_behind) {
    pairs(loop, 65536);
    in_callback(three_and_switch);
    free_pairs();
}

CASE(outside_of_a_callback_nothing_is_gathered) {
    pairs(loop, 65536);
    three_and_all_are_out();
    in_callback(three_and_one_is_out);
    CHECK_STR(arrived(peer_of_a), "22333");
    three_and_all_are_out();
    free_pairs();
}

static void write_in_drop(void *user) {
    (void)user;
    three_and_all_are_out();
}

static void do_nothing_in_loop(net_loop *loop, void *user) {
    (void)loop;
    (void)user;
}

CASE(a_drop_outside_of_a_turn_gathers_nothing) {
    pairs(loop, 65536);
    /* Without a function: refused, and dropped inside the call. */
    CHECK_EQ(net_socket_set_data(b, NULL, write_in_drop), 0);
    CHECK_EQ(net_socket_set_data(b, NULL, NULL), 0);
    CHECK_EQ(net_loop_set_wake_hook(loop, do_nothing_in_loop, NULL, NULL), 0);
    free_pairs();
}

/* Each of these has to see what became of the writes before it. */
static void ask_writable_length(void) { CHECK_EQ(writable_length(a), 0); }
static void ask_bytes_written(void) { CHECK_EQ(bytes_written(a), 6); }
static void ask_buffer_size(void) {
    size_t size = 9;
    CHECK_EQ(net_socket_buffer_size(a, &size), 1);
    CHECK_EQ(size, 0);
}
static void ask_metrics(void) {
    net_loop_metrics metrics = NET_LOOP_METRICS_INIT;
    CHECK_EQ(net_loop_get_metrics(the_loop, &metrics), 0);
    CHECK_EQ(metrics.bytes_written, 6);
}
static void ask_fd(void) {
    int fd = -1;
    CHECK_EQ(net_socket_fd(a, &fd), 1);
}
static void ask_writable(void) { CHECK_EQ(net_socket_writable(a), 1); }
static void ask_ready_state(void) { CHECK_EQ(net_socket_ready_state(a), NET_READY_OPEN); }
static void ask_errored(void) {
    const net_error *error;
    CHECK_EQ(net_socket_errored(a, &error), 0);
}
static void pipe_into_a(void) { CHECK_EQ(net_socket_pipe(b, a, 1), 0); }
static void do_end_a(void) { CHECK_EQ(net_socket_end(a), 0); }
static void do_end_a_with_nothing(void) { CHECK_EQ(net_socket_end_cb(a, NULL, 0, NULL, NULL, NULL), 0); }
static void do_destroy_a(void) { CHECK_EQ(net_socket_destroy(a, NULL), 0); }
static void do_destroy_a_soon(void) { CHECK_EQ(net_socket_destroy_soon(a), 0); }
static void do_connect_a(void) { CHECK_EQ(net_socket_connect_path_cstr(a, case_path("nobody")), 0); }

static void (*asked)(void);

static void three_and_ask(void) {
    three_and_one_is_out();
    asked();
    CHECK_STR(arrived(peer_of_a), "22333");
}

CASE(what_is_gathered_goes_out_before_anything_that_depends_on_it) {
    void (*const all[])(void) = {
        ask_writable_length, ask_bytes_written, ask_buffer_size,       ask_metrics, ask_fd,
        ask_writable,        ask_ready_state,   ask_errored,           do_end_a,    do_destroy_a,
        do_destroy_a_soon,   do_connect_a,      do_end_a_with_nothing, pipe_into_a,
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        net_loop *own = net_loop_new();
        pairs(own, 65536);
        ON(a, error, ignore_error);
        asked = all[i];
        in_callback(three_and_ask);
        free_pairs();
        CHECK_EQ(net_loop_free(own), 0);
    }
}

static void end_with_bytes(void) {
    three_and_one_is_out();
    CHECK_EQ(net_socket_end_cb(a, "4444", 4, NULL, NULL, NULL), 0);
    CHECK_STR(arrived(peer_of_a), "223334444");
}

CASE(bytes_of_an_end_go_out_with_what_was_gathered) {
    pairs(loop, 65536);
    in_callback(end_with_bytes);
    free_pairs();
}

static void free_a(void) {
    three_and_one_is_out();
    CHECK_EQ(net_socket_free(a), 0);
    CHECK_STR(arrived(peer_of_a), "22333");
    a = b;
    b = socket_on(the_loop, NULL);
}

CASE(a_socket_that_is_freed_has_written_before) {
    pairs(loop, 65536);
    in_callback(free_a);
    free_pairs();
}

static void free_loop(void) {
    three_and_one_is_out();
    CHECK_EQ(net_loop_free(the_loop), 0);
}

CASE(a_loop_that_is_freed_has_written_before) {
    net_loop *own = net_loop_new();
    pairs(own, 65536);
    void (*body)(void) = free_loop;
    CHECK_EQ(net_loop_post(own, call, &body, NULL), 0);
    CHECK_EQ(net_loop_run(own), NET_ECANCELED);
    CHECK_STR(arrived(peer_of_a), "22333");
    close_peer(&peer_of_a);
    close_peer(&peer_of_b);
}

static void write_to_the_mark(void) {
    CHECK_EQ(write_text(a, "1111"), 1);
    CHECK_EQ(write_text(a, "2222"), 1);
    CHECK_EQ(write_text(a, "3333"), 1);
    CHECK_STR(arrived(peer_of_a), "1111");
    /* 12 would be above the mark. */
    CHECK_EQ(write_text(a, "4444"), 1);
    CHECK_STR(arrived(peer_of_a), "22223333");
    CHECK_EQ(write_text(a, "55555"), 1);
    CHECK_STR(arrived(peer_of_a), "");
    /* Alone at the mark: nothing to gather, but what went before goes before. */
    CHECK_EQ(write_text(a, "6666666666"), 1);
    CHECK_STR(arrived(peer_of_a), "4444555556666666666");
}

CASE(what_is_gathered_stays_below_the_mark) {
    pairs(loop, 10);
    in_callback(write_to_the_mark);
    CHECK_STR(arrived(peer_of_a), "");
    free_pairs();
}

static void write_in_turns(void) {
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(write_text(a, "a"), 1);
        CHECK_EQ(write_text(b, "b"), 1);
    }
    CHECK_STR(arrived(peer_of_a), "a");
    CHECK_STR(arrived(peer_of_b), "b");
    CHECK_EQ(writable_length(b), 0);
    CHECK_STR(arrived(peer_of_b), "bb");
    CHECK_EQ(write_text(b, "B"), 1);
    CHECK_STR(arrived(peer_of_b), "");
}

CASE(several_sockets_gather_side_by_side) {
    pairs(loop, 65536);
    for (int i = 0; i < 2; i++) {
        in_callback(write_in_turns);
        CHECK_STR(arrived(peer_of_a), "aa");
        CHECK_STR(arrived(peer_of_b), "B");
    }
    free_pairs();
}

enum { CROWD = 1500 };
static net_socket *crowd[CROWD];
static int peers_of_crowd[CROWD];

static void write_to_all(void) {
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < CROWD; i++) {
            CHECK_EQ(write_text(crowd[i], kept_text("%d.%d;", round, i)), 1);
            if (round == 1 && i == 10) {
                CHECK_STR(arrived(peers_of_crowd[1]), "0.1;");
            }
        }
    }
}

CASE(each_of_many_gets_all_in_order) {
    the_loop = loop;
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = half_of_pair(loop, 65536, &peers_of_crowd[i]);
    }
    in_callback(write_to_all);
    for (int i = 0; i < CROWD; i++) {
        CHECK_STR(arrived(peers_of_crowd[i]), i == 1 ? "1.1;2.1;" : kept_text("0.%d;1.%d;2.%d;", i, i, i));
        close_peer(&peers_of_crowd[i]);
        CHECK_EQ(net_socket_free(crowd[i]), 0);
    }
}

static void write_in_all_ways(void) {
    static char owned[] = "owned ";
    net_buf bufs[] = {{"in ", 3}, {NULL, 0}, {"pieces ", 7}};
    CHECK_EQ(write_traced(a, "first "), 1);
    CHECK_EQ(write_traced(a, "second "), 1);
    CHECK_EQ(net_socket_write_owned(a, owned, 6, counted_release, counted_user(NULL), TRACED("owned")), 1);
    CHECK_EQ(net_socket_writev(a, bufs, 3, TRACED("pieces")), 1);
    CHECK_EQ(net_socket_write_cstr(a, "text "), 1);
    CHECK_STR(arrived(peer_of_a), "first ");
    CHECK_EQ(net_socket_cork(a), 0);
    CHECK_EQ(write_traced(a, "corked "), 1);
    CHECK_STR(arrived(peer_of_a), "second owned in pieces text ");
    CHECK_EQ(write_traced(a, "too "), 1);
    CHECK_EQ(net_socket_uncork(a), 0);
    CHECK_EQ(write_traced(a, "last"), 1);
    CHECK_STR(arrived(peer_of_a), "corked too ");
    trace("returned");
}

CASE(writes_of_all_kinds_are_gathered_and_complete_in_order) {
    pairs(loop, 65536);
    in_callback(write_in_all_ways);
    CHECK_STR(arrived(peer_of_a), "last");
    CHECK_STR(trace_text(),
              "returned\nfirst  null\nsecond  null\nowned null\npieces null\ncorked  null\ntoo  null\nlast null\n");
    free_pairs();
}

/* ---- what the system does not take ---- */

static void trace_drain(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    trace("drain");
}

static void peer_goes_in_the_middle(void) {
    /* Pauses come between as ticks of their own. */
    write_traced(a, "1");
    close_peer(&peer_of_a);
    write_traced(a, "2");
    CHECK_EQ(net_socket_pause(b), 0);
    write_traced(a, "3");
    write_text(a, "4");
    write_traced(b, "other");
    CHECK_EQ(net_socket_resume(b), 0);
    write_traced(a, "5");
    CHECK_EQ(bytes_written(a), 5);
    CHECK_EQ(writable_length(a), 3);
    CHECK_EQ(net_socket_writable(a), 0);
    write_traced(a, "6");
    CHECK_EQ(writable_length(a), 4);
    trace("returned");
}

static void peer_goes_before_the_callback_returns(void) {
    write_traced(a, "1");
    close_peer(&peer_of_a);
    write_text(a, "2");
    write_traced(a, "3");
    write_traced(a, "4");
    trace("returned");
}

/* The same with and without gathering: all that is traced has to be equal. */
static void same_either_way(void (*body)(void), size_t mark, void (*after)(void)) {
    char *other = NULL;
    for (int on = 0; on < 2; on++) {
        size_t before = strlen(trace_text());
        net_loop *own = net_loop_new();
        CHECK_EQ(net_loop_set_gather_writes(own, on), 0);
        pairs(own, mark);
        watch_socket(a, "a", "drain error close pause resume");
        watch_socket(b, "b", "drain error close pause resume");
        in_callback(body);
        if (after) {
            after();
        }
        CHECK_EQ(net_loop_poll(own, 0), 0);
        free_pairs();
        CHECK_EQ(net_loop_free(own), 0);
        if (on) {
            CHECK_STR(trace_text() + before, other);
        } else {
            other = strdup(trace_text() + before);
        }
    }
    CHECK(strlen(other) > 0);
    free(other);
}

CASE(an_error_in_the_middle_is_told_as_without_gathering) {
    same_either_way(peer_goes_in_the_middle, 65536, NULL);
    same_either_way(peer_goes_before_the_callback_returns, 65536, NULL);
    CHECK(strstr(trace_text(), "3 Error EPIPE") != NULL);
}

static void three_to_nobody(void) {
    CHECK_EQ(write_text(a, "1"), 1);
    close_peer(&peer_of_a);
    CHECK_EQ(write_text(a, "2"), 1);
    const net_error *error = NULL;
    CHECK_EQ(net_socket_errored(a, &error), 1);
    CHECK_STR(error->code, "EPIPE");
    CHECK_EQ(write_text(a, "3"), 0);
}

CASE(whoever_asks_hears_of_the_error_at_once) {
    pairs(loop, 65536);
    watch_socket(a, "a", "error close");
    in_callback(three_to_nobody);
    CHECK(strstr(trace_text(), "EPIPE") != NULL);
    free_pairs();
}

/* More than the system takes, in pieces that are never a multiple of what it has room for. */
enum { PIECE = 1777, PIECES = 400 };

static int completed;
static unsigned char next_byte;
static size_t received;

static void count_completion(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    CHECK(error == NULL);
    CHECK_EQ((uintptr_t)user, completed);
    completed++;
}

static int write_piece(int number) {
    static unsigned char piece[PIECE];
    for (int i = 0; i < PIECE; i++) {
        piece[i] = next_byte++;
    }
    if (number % 3 == 2) {
        return net_socket_write(a, piece, PIECE);
    }
    return net_socket_write_cb(a, piece, PIECE, count_completion, (void *)(uintptr_t)(number / 3 * 2 + number % 3),
                               NULL);
}

static void write_much(void) {
    int more = 1;
    for (int i = 0; i < PIECES; i++) {
        more = write_piece(i);
        if (i % 10 == 9) {
            /* Asking sends, so it is asked seldom. */
            CHECK_EQ(more, writable_length(a) < 65536);
        }
    }
    CHECK_EQ(more, 0);
    CHECK_EQ(bytes_written(a), PIECE * PIECES);
    CHECK_EQ(completed, 0);
}

static void receive_much(void) {
    static unsigned char bytes[30000];
    for (;;) {
        ssize_t length = peer_try_receive(peer_of_a, bytes, sizeof bytes);
        if (length == -EAGAIN) {
            return;
        }
        CHECK(length > 0);
        for (ssize_t i = 0; i < length; i++) {
            CHECK_EQ(bytes[i], (unsigned char)received);
            received++;
        }
    }
}

CASE(what_the_system_does_not_take_waits_and_completes_in_order) {
    for (int on = 0; on < 2; on++) {
        net_loop *own = net_loop_new();
        CHECK_EQ(net_loop_set_gather_writes(own, on), 0);
        pairs(own, 65536);
        ON(a, drain, trace_drain);
        int room = 20000;
        int fd = -1;
        CHECK_EQ(net_socket_fd(a, &fd), 1);
        CHECK_EQ(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room), 0);
        completed = 0;
        received = 0;
        next_byte = 0;
        in_callback(write_much);
        CHECK(completed > 0 && completed < PIECES / 3 * 2);
        while (received < PIECE * PIECES) {
            receive_much();
            CHECK_EQ(net_loop_poll(own, 0), 0);
        }
        CHECK_EQ(net_loop_poll(own, 0), 0);
        CHECK_EQ(completed, PIECES / 3 * 2 + PIECES % 3);
        CHECK_EQ(writable_length(a), 0);
        CHECK_STR(trace_text(), on ? "drain\ndrain\n" : "drain\n");
        free_pairs();
        CHECK_EQ(net_loop_free(own), 0);
    }
}
