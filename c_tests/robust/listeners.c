/* Listeners and their drops: once, off, order, changes during an emit, and the end of what they share. */
#include <stdlib.h>
#include <string.h>

#include "peer.h"
#include "scene.h"

static net_loop *the_loop;
static net_server *server;

/* A server that does not listen emits `close` each time it is closed: an event at will. */
static void emit_close(void) { CHECK_EQ(net_server_close(server), 0); }

static void emit_close_again(void) {
    trace("again");
    emit_close();
}

static void trace_user(net_server *handle, void *user) {
    (void)handle;
    trace("%s", (const char *)user);
}

static void *word(const char *bytes) { return (void *)(uintptr_t)bytes; }

static void start(net_loop *loop) {
    the_loop = loop;
    server = server_on(loop, NULL);
}

static size_t closers(void) {
    size_t count = 99;
    CHECK_EQ(net_server_listener_count(server, "close", &count), 0);
    return count;
}

CASE(listeners_run_in_the_order_of_registration) {
    start(loop);
    CHECK_EQ(net_server_on_close(server, trace_user, word("first"), NULL), 0);
    CHECK_EQ(net_server_once_close(server, trace_user, word("second"), NULL), 0);
    CHECK_EQ(net_server_on_close(server, trace_user, word("third"), NULL), 0);
    CHECK_EQ(closers(), 3);
    emit_close();
    emit_close();
    tick_do(loop, emit_close_again);
    run(loop);
    CHECK_EQ(closers(), 2);
}

static void add_during_emit(net_server *handle, void *user) {
    (void)user;
    trace("adds");
    CHECK_EQ(net_server_on_close(handle, trace_user, word("added"), NULL), 0);
}

CASE(listeners_added_during_an_emit_do_not_hear_it) {
    start(loop);
    CHECK_EQ(net_server_once_close(server, add_during_emit, NULL, NULL), 0);
    CHECK_EQ(net_server_on_close(server, trace_user, word("second"), NULL), 0);
    emit_close();
    tick_do(loop, emit_close_again);
    run(loop);
}

static void *later;
static void *once;

static void trace_counted(net_server *handle, void *user) {
    (void)handle;
    CHECK_EQ(counted_drops(user), 0);
    trace("%s", (const char *)counted_payload(user));
}

/* The drops of what still has to hear this emit wait for it. */
static void remove_during_emit(net_server *handle, void *user) {
    (void)user;
    CHECK_EQ(net_server_off_close(handle, trace_counted, later), 0);
    CHECK_EQ(net_server_off_close(handle, trace_counted, once), 0);
    CHECK_EQ(net_server_off_close(handle, trace_counted, once), NET_ENOENT);
    CHECK_EQ(closers(), 0);
    trace("removes");
}

CASE(listeners_taken_off_during_an_emit_still_hear_it) {
    start(loop);
    later = counted_user(word("later"));
    once = counted_user(word("once"));
    CHECK_EQ(net_server_once_close(server, remove_during_emit, NULL, NULL), 0);
    CHECK_EQ(net_server_on_close(server, trace_counted, later, counted_drop), 0);
    CHECK_EQ(net_server_once_close(server, trace_counted, once, counted_drop), 0);
    emit_close();
    tick_do(loop, emit_close_again);
    run(loop);
    CHECK_EQ(counted_drops(later), 1);
    CHECK_EQ(counted_drops(once), 1);
}

static const char same[] = "same";

static void take_same_off_and_emit(void) {
    trace("again");
    CHECK_EQ(net_server_off_close(server, trace_user, word(same)), 0);
    CHECK_EQ(net_server_off_close(server, trace_user, word(same)), NET_ENOENT);
    emit_close();
}

CASE(listeners_off_takes_the_newest) {
    start(loop);
    CHECK_EQ(net_server_on_close(server, trace_user, word(same), NULL), 0);
    CHECK_EQ(net_server_on_close(server, trace_user, word("between"), NULL), 0);
    CHECK_EQ(net_server_on_close(server, trace_user, word(same), NULL), 0);
    CHECK_EQ(net_server_off_close(server, trace_user, word(same)), 0);
    emit_close();
    tick_do(loop, take_same_off_and_emit);
    run(loop);
}

static int left = 3;

static void register_anew(net_server *handle, void *user) {
    (void)user;
    trace("left %d", left);
    if (--left > 0) {
        CHECK_EQ(net_server_once_close(handle, register_anew, NULL, NULL), 0);
        emit_close();
    }
}

CASE(listeners_once_can_be_registered_anew_inside) {
    start(loop);
    CHECK_EQ(net_server_once_close(server, register_anew, NULL, NULL), 0);
    emit_close();
    run(loop);
}

/* off finds what has the same function and the same user, and nothing else. */
CASE(listeners_off_of_what_is_not_there) {
    start(loop);
    net_socket *socket = socket_on(loop, NULL);
    void *user = counted_user(NULL);
    CHECK_EQ(net_server_off_close(server, trace_user, NULL), NET_ENOENT);
    CHECK_EQ(net_server_on_close(server, trace_counted, user, counted_drop), 0);
    CHECK_EQ(net_server_off_close(server, trace_user, user), NET_ENOENT);
    CHECK_EQ(net_server_off_close(server, trace_counted, NULL), NET_ENOENT);
    CHECK_EQ(net_server_off_listening(server, trace_counted, user), NET_ENOENT);
    CHECK_EQ(counted_drops(user), 0);
    CHECK_EQ(net_server_off_close(server, trace_counted, user), 0);
    CHECK_EQ(counted_drops(user), 1);
    CHECK_EQ(net_server_off_close(server, trace_counted, user), NET_ENOENT);
    CHECK_EQ(net_socket_off_data(socket, ignore_data, NULL), NET_ENOENT);
    CHECK_EQ(net_socket_off_connect(socket, do_end, NULL), NET_ENOENT);
}

/* ---- when drops run ---- */

static void *mine;

static void take_myself_off(net_server *handle, void *user) {
    CHECK_EQ(net_server_off_close(handle, take_myself_off, user), 0);
    CHECK_EQ(counted_drops(user), 0);
    trace("ran");
}

CASE(listeners_drop_waits_for_the_running_call) {
    start(loop);
    mine = counted_user(NULL);
    CHECK_EQ(net_server_on_close(server, take_myself_off, mine, counted_drop), 0);
    emit_close();
    run(loop);
    CHECK_EQ(counted_drops(mine), 1);
    emit_close();
    run(loop);
    CHECK_STR(trace_text(), "ran\n");
}

static void not_dropped_yet(net_server *handle, void *user) {
    (void)handle;
    CHECK_EQ(counted_drops(user), 0);
    trace("ran");
}

CASE(listeners_once_is_dropped_after_its_call) {
    start(loop);
    mine = counted_user(NULL);
    CHECK_EQ(net_server_once_close(server, not_dropped_yet, mine, counted_drop), 0);
    emit_close();
    run(loop);
    CHECK_EQ(counted_drops(mine), 1);
    CHECK_EQ(closers(), 0);
    CHECK_STR(trace_text(), "ran\n");
}

static void free_in_callback(net_server *handle, void *user) {
    CHECK_EQ(net_server_free(handle), 0);
    CHECK_EQ(net_server_listening(handle), NET_EBADF);
    CHECK_EQ(counted_drops(user), 0);
    trace("freed");
}

/* What the event still had to tell is not told: the handle is dead. The running call's user outlives it. */
CASE(listeners_free_inside_a_listener) {
    start(loop);
    mine = counted_user(NULL);
    CHECK_EQ(net_server_on_close(server, free_in_callback, mine, counted_drop), 0);
    CHECK_EQ(net_server_on_close(server, trace_counted, counted_user(word("second")), counted_drop), 0);
    emit_close();
    run(loop);
    CHECK_EQ(counted_drops(mine), 1);
    CHECK_STR(trace_text(), "freed\n");
}

CASE(listeners_dropped_at_free) {
    start(loop);
    void *on_server = counted_user(NULL);
    void *on_socket = counted_user(NULL);
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_server_on_close(server, trace_counted, on_server, counted_drop), 0);
    CHECK_EQ(net_socket_on_data(socket, ignore_data, on_socket, counted_drop), 0);
    CHECK_EQ(net_server_free(server), 0);
    CHECK_EQ(net_socket_free(socket), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_EQ(counted_drops(on_server), 1);
    CHECK_EQ(counted_drops(on_socket), 1);
    CHECK_STR(trace_text(), "");
}

/* ---- what listeners share ---- */

typedef struct shared {
    int data;
    int ends;
    int closes;
    int drops;
} shared;

static shared *last_shared;
static int shared_freed;

static void shared_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    ((shared *)user)->data++;
    write_text(socket, "answer");
}

static void shared_end(net_socket *socket, void *user) {
    (void)socket;
    ((shared *)user)->ends++;
}

static void shared_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)error;
    (void)user;
}

static void shared_close(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    ((shared *)user)->closes++;
}

static void shared_completion(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)error;
    ((shared *)user)->data++;
}

/* Only this one frees: the others hold the same pointer to the end. */
static void free_shared(void *user) {
    shared *state = user;
    CHECK_EQ(state->closes, 1);
    CHECK_EQ(state->data, 2);
    CHECK_EQ(state->drops, 0);
    free(state);
    shared_freed++;
}

static void share(net_server *handle, net_socket *socket, void *user) {
    shared *state = calloc(1, sizeof *state);
    (void)handle;
    (void)user;
    CHECK(state != NULL);
    last_shared = state;
    CHECK_EQ(net_socket_on_data(socket, shared_data, state, free_shared), 0);
    CHECK_EQ(net_socket_on_end(socket, shared_end, state, NULL), 0);
    CHECK_EQ(net_socket_on_error(socket, shared_error, state, NULL), 0);
    CHECK_EQ(net_socket_on_close(socket, shared_close, state, NULL), 0);
    CHECK(net_socket_write_cb(socket, "hello", 5, shared_completion, state, NULL) >= 0);
}

static void end_in_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    do_end(socket, user);
}

CASE(listeners_of_an_accepted_socket_may_share) {
    net_socket *client = connect_to(loop, serve(loop, NULL, share), NULL);
    CHECK_EQ(write_text(client, "question"), 1);
    CHECK_EQ(net_socket_once_data(client, end_in_data, NULL, NULL), 0);
    run(loop);
    CHECK_EQ(shared_freed, 1);
}

CASE(listeners_of_many_accepted_sockets_may_share) {
    enum { SOCKETS = 50 };
    server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, share, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    net_socket *clients[SOCKETS];
    for (int i = 0; i < SOCKETS; i++) {
        clients[i] = connect_to(loop, port, NULL);
        CHECK_EQ(write_text(clients[i], "question"), 1);
        CHECK_EQ(net_socket_once_data(clients[i], end_in_data, NULL, NULL), 0);
    }
    while (shared_freed < SOCKETS) {
        CHECK_EQ(net_loop_poll(loop, -1), 0);
    }
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
    CHECK_EQ(shared_freed, SOCKETS);
}

static void canceled_completion(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    CHECK(error != NULL);
    ((shared *)user)->data++;
    ((shared *)user)->closes = 1;
}

/* A completion that comes after the free still finds what the listener's drop will free. */
CASE(listeners_free_with_completions_waiting) {
    shared *state = calloc(1, sizeof *state);
    CHECK(state != NULL);
    net_socket *socket = connect_to(loop, peer_unused_port("127.0.0.1"), NULL);
    CHECK_EQ(net_socket_on_data(socket, shared_data, state, free_shared), 0);
    CHECK_EQ(net_socket_write_cb(socket, "x", 1, canceled_completion, state, NULL), 1);
    CHECK_EQ(net_socket_write_cb(socket, "y", 1, canceled_completion, state, NULL), 1);
    CHECK_EQ(net_socket_free(socket), 0);
    run(loop);
    CHECK_EQ(shared_freed, 1);
}

/* ---- drops that use the library ---- */

static net_socket *other_socket;

static void drop_that_calls(void *user) {
    net_socket *dead = user;
    CHECK(net_socket_destroy(dead, NULL) == NET_EBADF);
    CHECK_EQ(net_socket_on_data(other_socket, ignore_data, NULL, NULL), 0);
    CHECK(net_server_new(the_loop, NULL) != NULL);
    trace("drop");
}

CASE(listeners_drops_may_call_the_library) {
    the_loop = loop;
    net_socket *socket = socket_on(loop, NULL);
    other_socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_data(socket, ignore_data, socket, drop_that_calls), 0);
    CHECK_EQ(net_socket_free(socket), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    CHECK_STR(trace_text(), "drop\n");
    size_t count = 0;
    CHECK_EQ(net_socket_listener_count(other_socket, "data", &count), 0);
    CHECK_EQ(count, 1);
}

static void drop_at_the_end(void *user) {
    CHECK_EQ(net_socket_destroy(user, NULL), NET_EBADF);
    CHECK_EQ(net_loop_alive(the_loop), NET_EBADF);
    CHECK(net_server_new(the_loop, NULL) == NULL);
    trace("drop");
}

static void completion_at_the_end(net_socket *socket, const net_error *error, void *user) {
    (void)user;
    CHECK(error != NULL);
    CHECK_EQ(error->number, NET_ECANCELED);
    CHECK_EQ(net_socket_destroy(socket, NULL), NET_EBADF);
    trace("completion");
}

/* First completions and releases, then drops; all of them find a dead loop. */
CASE(listeners_drops_at_the_end_of_the_loop) {
    the_loop = net_loop_new();
    net_socket *socket = socket_on(the_loop, NULL);
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = peer_unused_port("127.0.0.1");
    options.host = "127.0.0.1";
    CHECK_EQ(net_socket_on_data(socket, ignore_data, socket, drop_at_the_end), 0);
    CHECK_EQ(net_socket_connect(socket, &options), 0);
    CHECK_EQ(net_socket_write_cb(socket, "x", 1, completion_at_the_end, socket, drop_at_the_end), 1);
    CHECK_EQ(net_loop_free(the_loop), 0);
    CHECK_STR(trace_text(), "completion\ndrop\ndrop\n");
}

/* ---- the data slot ---- */

CASE(listeners_data_slot) {
    start(loop);
    net_socket *socket = socket_on(loop, NULL);
    void *first = counted_user(NULL);
    void *second = counted_user(NULL);
    CHECK(net_socket_data(socket) == NULL);
    CHECK(net_server_data(server) == NULL);
    CHECK_EQ(net_socket_set_data(socket, first, counted_drop), 0);
    CHECK(net_socket_data(socket) == first);
    CHECK_EQ(net_socket_set_data(socket, second, counted_drop), 0);
    CHECK_EQ(counted_drops(first), 1);
    CHECK_EQ(counted_drops(second), 0);
    CHECK(net_socket_data(socket) == second);
    CHECK_EQ(net_socket_set_data(socket, NULL, NULL), 0);
    CHECK_EQ(counted_drops(second), 1);
    CHECK_EQ(net_server_set_data(server, counted_user(NULL), counted_drop), 0);
    CHECK_EQ(net_server_free(server), 0);
    CHECK_EQ(net_socket_set_data(socket, counted_user(NULL), counted_drop), 0);
}

/* ---- every event counts ---- */

CASE(listeners_counts) {
    static const char *const names[] = {"connect",
                                        "ready",
                                        "data",
                                        "readable",
                                        "end",
                                        "drain",
                                        "error",
                                        "finish",
                                        "timeout",
                                        "close",
                                        "pause",
                                        "resume",
                                        "lookup",
                                        "connectionAttempt",
                                        "connectionAttemptFailed",
                                        "connectionAttemptTimeout",
                                        "connection_attempt",
                                        "connection_attempt_failed",
                                        "connection_attempt_timeout"};
    net_socket *socket = socket_on(loop, NULL);
    size_t count = 99;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CHECK_EQ(net_socket_listener_count(socket, names[i], &count), 0);
        CHECK_EQ(count, 0);
    }
    watch_socket(socket, "s",
                 "connect ready data readable end drain error finish timeout close pause resume lookup "
                 "connectionAttempt connectionAttemptFailed connectionAttemptTimeout");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CHECK_EQ(net_socket_listener_count(socket, names[i], &count), 0);
        CHECK_EQ(count, 1);
    }
}

/* ---- a listener list that grows under way ---- */

static int heard;

static void hear(net_server *handle, void *user) {
    (void)handle;
    (void)user;
    heard++;
}

static void add_many(net_server *handle, void *user) {
    (void)user;
    for (int i = 0; i < 1000; i++) {
        CHECK_EQ(net_server_on_close(handle, hear, (void *)(intptr_t)i, NULL), 0);
    }
    for (int i = 0; i < 1000; i += 2) {
        CHECK_EQ(net_server_off_close(handle, hear, (void *)(intptr_t)i), 0);
    }
}

CASE(listeners_many) {
    start(loop);
    CHECK_EQ(net_server_once_close(server, add_many, NULL, NULL), 0);
    emit_close();
    run(loop);
    CHECK_EQ(heard, 0);
    CHECK_EQ(closers(), 500);
    emit_close();
    run(loop);
    CHECK_EQ(heard, 500);
}
