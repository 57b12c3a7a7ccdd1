/* Writes of every kind on every way they can go: each accepted one completes once, owned bytes are released once, each
 * user pointer is dropped once, and what arrives is what was written. */
#include <stdlib.h>
#include <string.h>

#include "peer.h"
#include "scene.h"

enum { BIG = 30000000 };

static net_loop *the_loop;
static net_socket *c;
static net_socket *s;
static int accepted;
static int completed;
static int failed;
static int released;
static int expected_number;

static void on_completion(net_socket *socket, const net_error *error, void *user) {
    int *times = counted_payload(user);
    (void)socket;
    CHECK_EQ(counted_drops(user), 0);
    CHECK_EQ(++*times, 1);
    completed++;
    if (error) {
        failed++;
        /* The write that waits for the connection is told of its end, not of the reason, as in Node. */
        if (expected_number != 0 && error->number != expected_number && error->number != NET_ECANCELED &&
            error->number != NET_ERR_SOCKET_CLOSED_BEFORE_CONNECTION) {
            FAIL("a completion with %s, not %s", error->code, net_error_name(expected_number));
        }
    }
}

static void on_release(void *data, size_t length, void *user) {
    CHECK(data == zeros(1));
    CHECK(length == 3 || length == BIG || length == 0);
    released++;
    counted_drop(user);
}

static void *user_of_one(void) {
    static int times[64];
    static size_t used;
    CHECK(used < sizeof times / sizeof *times);
    return counted_user(&times[used++]);
}

static void accept_write(int status) {
    CHECK(status == 0 || status == 1);
    accepted++;
}

#define COMPLETION on_completion, user_of_one(), counted_drop
#define RELEASE on_release, counted_user(NULL)

/* One write of every kind; the big ones do not fit into the system's buffers. */
static void load(net_socket *socket, bool with_end) {
    static const net_buf pieces[] = {{"one", 3}, {"", 0}, {"two", 3}, {NULL, 0}};
    accept_write(net_socket_write_cb(socket, "abc", 3, COMPLETION));
    accept_write(net_socket_write_owned(socket, zeros(3), 3, RELEASE, COMPLETION));
    accept_write(net_socket_write_owned(socket, zeros(BIG), BIG, RELEASE, COMPLETION));
    accept_write(net_socket_writev(socket, pieces, 4, COMPLETION));
    accept_write(net_socket_write_cb(socket, "", 0, COMPLETION));
    accept_write(net_socket_write_owned(socket, zeros(1), 0, RELEASE, COMPLETION));
    CHECK(net_socket_write_owned(socket, zeros(BIG), BIG, RELEASE, NULL, NULL, NULL) >= 0);
    CHECK(net_socket_writev(socket, pieces, 4, NULL, NULL, NULL) >= 0);
    /* Without a function the user is still held until the write is complete. */
    CHECK(net_socket_writev(socket, pieces, 4, NULL, counted_user(NULL), counted_drop) >= 0);
    if (with_end) {
        CHECK_EQ(net_socket_end_cb(socket, "end", 3, COMPLETION), 0);
        accepted++;
    }
}

enum { OWNED = 4 };

static void balanced(void) {
    CHECK_EQ(completed, accepted);
    CHECK_EQ(released, OWNED);
}

static void remember_peer(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    s = socket;
    ON(s, error, ignore_error);
}

static uint16_t serve_paused(net_loop *loop) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    the_loop = loop;
    return serve(loop, &options, remember_peer);
}

static void paused_client(net_loop *loop, net_socket_fn on_ready) {
    c = connect_to(loop, serve_paused(loop), NULL);
    ON(c, error, ignore_error);
    ON(c, ready, on_ready);
}

static void resume_peer(void) { CHECK_EQ(net_socket_resume(s), 0); }
static void destroy_peer(void) { CHECK_EQ(net_socket_destroy(s, NULL), 0); }
static void reset_peer(void) { CHECK_EQ(net_socket_reset_and_destroy(s), 0); }

static void load_to_be_read(net_socket *socket, void *user) {
    (void)user;
    load(socket, true);
    settle(the_loop, resume_peer);
}

CASE(owned_all_of_it_is_written) {
    paused_client(loop, load_to_be_read);
    run(loop);
    balanced();
    CHECK_EQ(failed, 0);
}

CASE(owned_written_on_connect) {
    c = connect_to(loop, serve(loop, NULL, do_resume), NULL);
    load(c, true);
    CHECK_EQ(released, 0);
    run(loop);
    balanced();
    CHECK_EQ(failed, 0);
}

static void load_corked(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_cork(socket), 0);
    load(socket, true);
}

CASE(owned_corked_and_ended) {
    c = connect_to(loop, serve(loop, NULL, do_resume), NULL);
    ON(c, ready, load_corked);
    run(loop);
    balanced();
    CHECK_EQ(failed, 0);
}

static void connect_refused(net_loop *loop) {
    c = connect_to(loop, peer_unused_port("127.0.0.1"), NULL);
    ON(c, error, ignore_error);
    load(c, true);
}

CASE(owned_connect_is_refused) {
    expected_number = NET_ECONNREFUSED;
    connect_refused(loop);
    run(loop);
    balanced();
    CHECK_EQ(failed, accepted);
}

static void never_answer(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    *(net_lookup **)user = request;
}

static net_lookup *pending;

static void connect_for_ever(net_loop *loop) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.host = "example.org";
    options.lookup = never_answer;
    options.lookup_user = &pending;
    c = socket_on(loop, NULL);
    ON(c, error, ignore_error);
    CHECK_EQ(net_socket_connect(c, &options), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    load(c, true);
}

CASE(owned_lookup_fails) {
    net_error error = NET_ERROR_INIT;
    error.number = NET_ENOTFOUND;
    error.message = "no";
    expected_number = NET_ENOTFOUND;
    connect_for_ever(loop);
    CHECK_EQ(net_lookup_fail(pending, &error), 0);
    run(loop);
    balanced();
    CHECK_EQ(failed, accepted);
}

CASE(owned_destroyed_while_looking_up) {
    expected_number = NET_ERR_SOCKET_CLOSED_BEFORE_CONNECTION;
    connect_for_ever(loop);
    CHECK_EQ(net_socket_destroy(c, NULL), 0);
    run(loop);
    balanced();
    CHECK_EQ(failed, accepted);
}

CASE(owned_freed_while_looking_up) {
    expected_number = NET_ECANCELED;
    connect_for_ever(loop);
    CHECK_EQ(net_socket_free(c), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    balanced();
    CHECK_EQ(failed, accepted);
    net_error error = NET_ERROR_INIT;
    CHECK_EQ(net_lookup_fail(pending, &error), NET_EBADF);
}

CASE(owned_loop_freed_while_looking_up) {
    net_loop *other = net_loop_new();
    expected_number = NET_ECANCELED;
    connect_for_ever(other);
    CHECK_EQ(net_loop_free(other), 0);
    balanced();
    CHECK_EQ(failed, accepted);
}

static void load_and_destroy(net_socket *socket, void *user) {
    (void)user;
    load(socket, true);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    settle(the_loop, destroy_peer);
}

CASE(owned_destroyed_with_a_queue) {
    expected_number = NET_ECANCELED;
    paused_client(loop, load_and_destroy);
    run(loop);
    balanced();
    CHECK(failed > 0);
}

static void load_and_reset(net_socket *socket, void *user) {
    (void)user;
    load(socket, false);
    CHECK_EQ(net_socket_reset_and_destroy(socket), 0);
    settle(the_loop, destroy_peer);
}

CASE(owned_reset_with_a_queue) {
    expected_number = NET_ECANCELED;
    paused_client(loop, load_and_reset);
    run(loop);
    balanced();
    CHECK(failed > 0);
}

static void load_and_free(net_socket *socket, void *user) {
    (void)user;
    load(socket, true);
    CHECK_EQ(net_socket_free(socket), 0);
    settle(the_loop, destroy_peer);
}

CASE(owned_freed_with_a_queue) {
    expected_number = NET_ECANCELED;
    paused_client(loop, load_and_free);
    run(loop);
    balanced();
    CHECK(failed > 0);
}

static void load_corked_and_free(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_cork(socket), 0);
    load(socket, false);
    CHECK_EQ(released, 0);
    CHECK_EQ(net_socket_free(socket), 0);
    settle(the_loop, destroy_peer);
}

CASE(owned_freed_while_corked) {
    expected_number = NET_ECANCELED;
    paused_client(loop, load_corked_and_free);
    run(loop);
    balanced();
    CHECK_EQ(failed, accepted);
}

static void load_and_free_loop(net_socket *socket, void *user) {
    (void)user;
    load(socket, true);
    CHECK_EQ(net_loop_free(the_loop), 0);
}

CASE(owned_loop_freed_in_a_callback_with_a_queue) {
    net_loop *other = net_loop_new();
    expected_number = NET_ECANCELED;
    paused_client(other, load_and_free_loop);
    CHECK_EQ(net_loop_run(other), NET_ECANCELED);
    balanced();
    CHECK(failed > 0);
}

static void load_and_stop(net_socket *socket, void *user) {
    (void)user;
    load(socket, true);
    CHECK_EQ(net_loop_stop(the_loop), 0);
}

CASE(owned_loop_freed_with_a_queue) {
    net_loop *other = net_loop_new();
    expected_number = NET_ECANCELED;
    paused_client(other, load_and_stop);
    run(other);
    CHECK_EQ(net_loop_free(other), 0);
    balanced();
    CHECK(failed > 0);
}

static void load_and_have_it_reset(net_socket *socket, void *user) {
    (void)user;
    load(socket, true);
    settle(the_loop, reset_peer);
}

CASE(owned_reset_by_the_peer) {
    expected_number = NET_ECONNRESET;
    paused_client(loop, load_and_have_it_reset);
    run(loop);
    balanced();
    CHECK(failed > 0);
}

CASE(owned_never_connected) {
    c = socket_on(loop, NULL);
    ON(c, error, ignore_error);
    load(c, false);
    run(loop);
    balanced();
    CHECK_EQ(failed, accepted);
}

static void end_and_load(net_socket *socket, void *user) {
    do_end(socket, user);
    load(socket, false);
}

CASE(owned_after_own_end) {
    expected_number = NET_ERR_STREAM_WRITE_AFTER_END;
    c = connect_to(loop, serve(loop, NULL, do_resume_ignoring_errors), NULL);
    ON(c, error, ignore_error);
    ON(c, ready, end_and_load);
    run(loop);
    balanced();
    CHECK_EQ(failed, accepted);
}

static void destroy_and_load(net_socket *socket, void *user) {
    do_destroy(socket, user);
    load(socket, false);
}

CASE(owned_after_destroy) {
    expected_number = NET_ERR_STREAM_DESTROYED;
    c = connect_to(loop, serve(loop, NULL, do_resume_ignoring_errors), NULL);
    ON(c, ready, destroy_and_load);
    run(loop);
    balanced();
    CHECK_EQ(failed, accepted);
}

static void load_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    load(socket, false);
}

CASE(owned_after_close) {
    c = connect_to(loop, serve(loop, NULL, do_resume_ignoring_errors), NULL);
    ON(c, ready, do_destroy);
    ON(c, close, load_in_close);
    run(loop);
    balanced();
    CHECK_EQ(failed, accepted);
}

/* An accepted socket is freed after its last close listener and the completions queued by then. */
static void load_peer_in_close(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, close, load_in_close);
    ON(socket, error, ignore_error);
    CHECK_EQ(net_socket_resume(socket), 0);
}

CASE(owned_of_an_accepted_socket_after_close) {
    c = connect_to(loop, serve(loop, NULL, load_peer_in_close), NULL);
    ON(c, ready, do_end);
    run(loop);
    balanced();
    CHECK_EQ(failed, accepted);
}

/* ---- what arrives ---- */

enum { PIECES = 1000 };
static uint8_t *body;
static size_t body_length;

static void check_body(void) {
    CHECK_EQ(got.length, body_length);
    CHECK(memcmp(got.bytes, body, body_length) == 0);
    free(body);
}

static void make_body(size_t length) {
    body = malloc(length);
    CHECK(body != NULL);
    body_length = length;
    for (size_t i = 0; i < length; i++) {
        body[i] = (uint8_t)(i * 31 + i / 251);
    }
}

static void write_pieces(net_socket *socket, void *user) {
    static net_buf pieces[PIECES];
    size_t offset = 0;
    (void)user;
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i].data = body + offset;
        pieces[i].len = i * 37 % 20011;
        offset += pieces[i].len;
    }
    CHECK(offset <= body_length);
    accept_write(net_socket_writev(socket, pieces, PIECES, COMPLETION));
    memset(pieces, 0, sizeof pieces);
    CHECK_EQ(net_socket_end_cb(socket, body + offset, body_length - offset, COMPLETION), 0);
    accepted++;
}

/* More pieces than one system call takes, of uneven lengths, more than the system's buffers hold. */
CASE(owned_pieces_arrive_in_order) {
    make_body(20000000);
    c = connect_to(loop, serve(loop, NULL, do_gather), NULL);
    ON(c, ready, write_pieces);
    run(loop);
    CHECK_EQ(completed, 2);
    CHECK_EQ(failed, 0);
    check_body();
}

CASE(owned_pieces_wait_for_the_connection) {
    make_body(20000000);
    c = connect_to(loop, serve(loop, NULL, do_gather), NULL);
    write_pieces(c, NULL);
    run(loop);
    CHECK_EQ(completed, 2);
    CHECK_EQ(failed, 0);
    check_body();
}

static void release_body(void *data, size_t length, void *user) {
    (void)user;
    CHECK(data == body);
    CHECK_EQ(length, body_length);
    released++;
}

static void write_owned_body(net_socket *socket, void *user) {
    (void)user;
    accept_write(net_socket_write_owned(socket, body, body_length, release_body, NULL, COMPLETION));
    do_end(socket, NULL);
}

CASE(owned_bytes_are_not_copied_and_arrive) {
    make_body(20000000);
    c = connect_to(loop, serve(loop, NULL, do_gather), NULL);
    ON(c, ready, write_owned_body);
    run(loop);
    CHECK_EQ(released, 1);
    CHECK_EQ(completed, 1);
    check_body();
}

static void write_mixed(net_socket *socket, void *user) {
    size_t offset = 0;
    (void)user;
    for (size_t i = 0; i < 3000; i++) {
        size_t length = i * 53 % 6007;
        net_buf halves[2] = {{body + offset, length / 2}, {body + offset + length / 2, length - length / 2}};
        int status = i % 3 == 0   ? net_socket_write(socket, body + offset, length)
                     : i % 3 == 1 ? net_socket_writev(socket, halves, 2, NULL, NULL, NULL)
                                  : net_socket_write_owned(socket, body + offset, length, counted_release,
                                                           counted_user(NULL), NULL, NULL, NULL);
        CHECK(status >= 0);
        offset += length;
        if (i % 100 == 50) {
            CHECK_EQ(net_socket_cork(socket), 0);
        } else if (i % 100 == 60) {
            CHECK_EQ(net_socket_uncork(socket), 0);
        }
    }
    body_length = offset;
    do_end(socket, NULL);
}

CASE(owned_kinds_mixed_keep_their_order) {
    make_body(20000000);
    c = connect_to(loop, serve(loop, NULL, do_gather), NULL);
    ON(c, ready, write_mixed);
    run(loop);
    check_body();
}

/* A release function may use the library. */
static void release_and_write(void *data, size_t length, void *user) {
    (void)data;
    (void)length;
    (void)user;
    released++;
    CHECK(net_socket_write(c, "more", 4) >= 0);
    CHECK_EQ(net_socket_end(c), 0);
}

static void write_chain(net_socket *socket, void *user) {
    (void)user;
    CHECK(net_socket_write_owned(socket, zeros(5), 5, release_and_write, NULL, NULL, NULL, NULL) >= 0);
}

CASE(owned_release_may_write) {
    c = connect_to(loop, serve(loop, NULL, do_gather), NULL);
    ON(c, ready, write_chain);
    run(loop);
    CHECK_EQ(released, 1);
    CHECK_EQ(got.length, 9);
    CHECK(memcmp(got.bytes + 5, "more", 4) == 0);
}
