/* Sockets and servers that are moved to another loop: nothing lost, nothing leaked, nothing done twice. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

enum { REFUSED = NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE };

static net_loop *target;
static net_socket *arrived;
static net_server *arrived_server;
static int arrivals;

static void take(net_socket *socket, void *user) {
    CHECK_EQ(counted_drops(user), 0);
    CHECK(net_socket_loop(socket) == target);
    arrived = socket;
    arrivals++;
}

static void take_server(net_server *server, void *user) {
    CHECK_EQ(counted_drops(user), 0);
    CHECK(net_server_loop(server) == target);
    arrived_server = server;
    arrivals++;
}

static void never_taken(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    FAIL("a socket arrives that never should");
}

static void server_never_taken(net_server *server, void *user) {
    (void)server;
    (void)user;
    FAIL("a server arrives that never should");
}

static void turns(net_loop *loop, int count) {
    for (int i = 0; i < count; i++) {
        CHECK_EQ(net_loop_poll(loop, 0), 0);
    }
}

/* ---- sockets ---- */

static int old_drops;

static void count_old_drop(void *user) {
    (void)user;
    old_drops++;
}

static void no_event(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    FAIL("the old handle tells an event");
}

static void move_on(net_server *server, net_socket *socket, void *user) {
    void *counted = counted_user(NULL);
    uint64_t out = 0;
    CHECK_EQ(net_socket_set_allow_half_open(socket, 1), 0);
    CHECK_EQ(net_socket_on_close(socket, no_event, NULL, count_old_drop), 0);
    CHECK_EQ(net_socket_set_data(socket, &old_drops, count_old_drop), 0);
    CHECK_EQ(net_socket_move(socket, target, user ? never_taken : take, counted, counted_drop), 0);
    /* Dead at once, though its connection lives. */
    CHECK_EQ(net_socket_write_cstr(socket, "x"), NET_EBADF);
    CHECK_EQ(net_socket_destroyed(socket), NET_EBADF);
    CHECK_EQ(net_socket_bytes_read(socket, &out), NET_EBADF);
    CHECK_EQ(net_socket_keep(socket), NET_EBADF);
    CHECK_EQ(net_socket_free(socket), NET_EBADF);
    CHECK_EQ(net_socket_move(socket, target, take, NULL, NULL), NET_EBADF);
    CHECK(net_socket_loop(socket) == NULL);
    CHECK_EQ(counted_drops(counted), 0);
    CHECK_EQ(net_server_close(server), 0);
}

static void echo(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    CHECK(net_socket_write(socket, data, length) >= 0);
}

static void trace_closed(net_server *server, void *user) {
    (void)server;
    (void)user;
    trace("server closed");
}

CASE(moving_a_socket_loses_nothing_that_has_come) {
    target = net_loop_new();
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, move_on, NULL, NULL), 0);
    CHECK_EQ(net_server_on_close(server, trace_closed, NULL, NULL), 0);
    int peer = peer_connect("127.0.0.1", listen_local(server));
    peer_send_text(peer, "early ");
    /* The old loop has nothing left to wait for: the server counts the socket no longer. */
    run(loop);
    CHECK_STR(trace_text(), "server closed\n");
    CHECK_EQ(old_drops, 2);
    CHECK_EQ(arrivals, 0);
    CHECK_EQ(net_loop_alive(target), 1);
    peer_send_text(peer, "later");
    turns(target, 1);
    CHECK_EQ(arrivals, 1);
    CHECK(net_socket_server(arrived) == NULL);
    CHECK(net_socket_data(arrived) == NULL);
    CHECK_EQ(net_socket_allow_half_open(arrived), 1);
    /* Nothing is read before somebody asks, and so nothing holds the loop. */
    turns(target, 3);
    CHECK_EQ(bytes_read(arrived), 0);
    CHECK_EQ(net_loop_alive(target), 0);
    int state = -2;
    CHECK_EQ(net_socket_readable_flowing(arrived, &state), 0);
    CHECK_EQ(state, -1);
    ON(arrived, data, echo);
    ON(arrived, end, do_end);
    peer_shutdown_write(peer);
    run(target);
    char answer[32] = "";
    CHECK_EQ(peer_receive_all(peer, answer, sizeof answer), 11);
    CHECK_STR(answer, "early later");
    /* Freed after its close, as an accepted one. */
    CHECK_EQ(net_socket_destroyed(arrived), NET_EBADF);
    peer_close(peer);
    CHECK_EQ(net_loop_free(target), 0);
}

static void move_twice(net_socket *socket, void *user) {
    net_loop *back = user;
    CHECK_EQ(net_socket_move(socket, back, take, counted_user(NULL), counted_drop), 0);
    target = back;
}

static void start_journey(net_server *server, net_socket *socket, void *user) {
    CHECK_EQ(net_socket_move(socket, target, move_twice, user, NULL), 0);
    CHECK_EQ(net_server_close(server), 0);
}

CASE(moving_a_socket_on_and_back) {
    net_loop *other = net_loop_new();
    target = other;
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, start_journey, loop, NULL), 0);
    int peer = peer_connect("127.0.0.1", listen_local(server));
    peer_send_text(peer, "ping");
    run(loop);
    run(other);
    run(loop);
    CHECK_EQ(arrivals, 1);
    ON(arrived, data, gather);
    peer_close(peer);
    run(loop);
    CHECK_STR(gathered_text(), "ping");
    CHECK_EQ(net_loop_free(other), 0);
}

static void move_the_client(net_socket *socket, void *user) {
    CHECK_EQ(net_socket_move(socket, user, take, counted_user(NULL), counted_drop), 0);
}

CASE(moving_a_client_within_its_own_loop) {
    uint16_t port = serve(loop, NULL, do_echo);
    target = loop;
    net_socket *client = connect_to(loop, port, NULL);
    CHECK_EQ(net_socket_set_no_delay(client, 1), 0);
    ON(client, connect, do_nothing);
    CHECK_EQ(net_socket_on_connect(client, move_the_client, loop, NULL), 0);
    while (!arrivals) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
    }
    CHECK_EQ(net_socket_destroyed(client), NET_EBADF);
    ON(arrived, data, gather);
    CHECK_EQ(net_socket_keep(arrived), 0);
    CHECK_EQ(net_socket_end_cb(arrived, "over", 4, NULL, NULL, NULL), 0);
    run(loop);
    CHECK_STR(gathered_text(), "over");
    CHECK_EQ(net_socket_destroyed(arrived), 1);
    CHECK_EQ(net_socket_free(arrived), 0);
}

static void refuse(net_socket *socket) {
    void *user = counted_user(NULL);
    CHECK_EQ(net_socket_move(socket, target, never_taken, user, counted_drop), REFUSED);
    CHECK(net_socket_loop(socket) != NULL);
}

static void refuse_after_write(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK(write_text(socket, "written") >= 0);
    refuse(socket);
    ON(socket, end, do_nothing);
    ON(socket, data, gather);
    CHECK_EQ(net_server_close(server), 0);
}

static void refuse_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    gather(socket, data, length, NULL);
    refuse(socket);
    CHECK_EQ(net_socket_end(socket), 0);
    refuse(socket);
}

static void refuse_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    refuse(socket);
}

CASE(moving_is_refused_when_something_could_be_lost) {
    target = loop;
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, refuse_after_write, NULL, NULL), 0);
    net_socket *client = socket_on(loop, NULL);
    refuse(client);
    CHECK_EQ(net_socket_connect_tcp(client, listen_local(server), "127.0.0.1"), 0);
    refuse(client);
    ON(client, data, refuse_data);
    ON(client, close, refuse_close);
    run(loop);
    CHECK_STR(gathered_text(), "written");
    refuse(client);
    CHECK_EQ(net_socket_free(client), 0);
}

static net_socket *unread;

static void keep_unread(net_server *server, net_socket *socket, void *user) {
    (void)user;
    unread = socket;
    CHECK_EQ(net_server_close(server), 0);
}

CASE(moving_is_refused_with_bytes_that_nobody_took) {
    target = loop;
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, keep_unread, NULL, NULL), 0);
    int peer = peer_connect("127.0.0.1", listen_local(server));
    peer_send_text(peer, "unread");
    while (!unread || readable_length(unread) == 0) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
    }
    refuse(unread);
    CHECK_STR(read_text(unread, 6), "unread");
    refuse(unread);
    CHECK_EQ(net_socket_destroy(unread, NULL), 0);
    refuse(unread);
    run(loop);
    peer_close(peer);
}

static void refuse_corked(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_cork(socket), 0);
    CHECK(write_text(socket, "waits") >= 0);
    refuse(socket);
    CHECK_EQ(net_socket_uncork(socket), 0);
    CHECK_EQ(net_socket_end(socket), 0);
    ON(socket, data, ignore_data);
    CHECK_EQ(net_server_close(server), 0);
}

CASE(moving_is_refused_while_writes_wait) {
    target = loop;
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, refuse_corked, NULL, NULL), 0);
    int peer = peer_connect("127.0.0.1", listen_local(server));
    peer_shutdown_write(peer);
    run(loop);
    char answer[16] = "";
    CHECK_EQ(peer_receive_all(peer, answer, sizeof answer), 5);
    CHECK_STR(answer, "waits");
    peer_close(peer);
}

CASE(moving_to_a_loop_that_ends_first_closes_the_connection) {
    target = net_loop_new();
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, move_on, &arrivals, NULL), 0);
    int peer = peer_connect("127.0.0.1", listen_local(server));
    run(loop);
    char byte;
    CHECK_EQ(peer_try_receive(peer, &byte, 1), -EAGAIN);
    CHECK_EQ(net_loop_free(target), 0);
    CHECK_EQ(peer_receive_all(peer, &byte, 1), 0);
    peer_close(peer);
}

static void stay(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_move(socket, target, never_taken, counted_user(NULL), counted_drop), NET_EBADF);
    CHECK_EQ(net_socket_move(socket, NULL, never_taken, counted_user(NULL), counted_drop), NET_EINVAL);
    CHECK_EQ(net_socket_move(socket, net_socket_loop(socket), NULL, counted_user(NULL), counted_drop), NET_EINVAL);
    CHECK_EQ(net_socket_destroyed(socket), 0);
    CHECK_EQ(net_server_move(server, target, server_never_taken, counted_user(NULL), counted_drop), NET_EBADF);
    CHECK_EQ(net_server_listening(server), 1);
    CHECK_EQ(net_server_close(server), 0);
    do_echo(server, socket, NULL);
}

CASE(moving_to_no_loop_changes_nothing) {
    target = net_loop_new();
    CHECK_EQ(net_loop_free(target), 0);
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, stay, NULL, NULL), 0);
    int peer = peer_connect("127.0.0.1", listen_local(server));
    peer_send_text(peer, "stay");
    peer_shutdown_write(peer);
    run(loop);
    char answer[16] = "";
    CHECK_EQ(peer_receive_all(peer, answer, sizeof answer), 4);
    CHECK_STR(answer, "stay");
    peer_close(peer);
}

/* ---- servers ---- */

static int accepted;

static void count_accepted(net_server *server, net_socket *socket, void *user) {
    CHECK(net_socket_server(socket) == server);
    if (++accepted == (int)(intptr_t)user) {
        CHECK_EQ(net_server_close(server), 0);
    }
    CHECK_EQ(net_socket_end(socket), 0);
    ON(socket, data, ignore_data);
}

static void trace_listening(net_server *server, void *user) {
    (void)server;
    (void)user;
    trace("listening");
}

static void not_here(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)socket;
    (void)user;
    FAIL("the old loop accepts");
}

CASE(moving_a_server_takes_its_queue_along) {
    enum { CLIENTS = 20 };
    target = net_loop_new();
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.allow_half_open = 1;
    net_server *server = server_on(loop, &options);
    CHECK_EQ(net_server_on_connection(server, not_here, NULL, NULL), 0);
    CHECK_EQ(net_server_set_max_connections(server, 1000), 0);
    CHECK_EQ(net_server_move(server, target, server_never_taken, counted_user(NULL), counted_drop), REFUSED);
    uint16_t port = listen_local(server);
    net_loop_run_deferred(loop);
    int peers[CLIENTS];
    for (int i = 0; i < CLIENTS / 2; i++) {
        peers[i] = peer_connect("127.0.0.1", port);
    }
    CHECK_EQ(net_server_move(server, target, take_server, counted_user(NULL), counted_drop), 0);
    CHECK_EQ(net_server_listening(server), NET_EBADF);
    CHECK_EQ(net_server_free(server), NET_EBADF);
    for (int i = CLIENTS / 2; i < CLIENTS; i++) {
        peers[i] = peer_connect("127.0.0.1", port);
    }
    run(loop);
    CHECK_EQ(net_loop_alive(target), 1);
    while (!arrivals) {
        turns(target, 1);
    }
    CHECK_EQ(server_port(arrived_server), port);
    CHECK_EQ(net_server_listening(arrived_server), 1);
    int64_t limit = 0;
    CHECK_EQ(net_server_max_connections(arrived_server, &limit), 0);
    CHECK_EQ(limit, 1000);
    CHECK_EQ(net_server_on_connection(arrived_server, count_accepted, (void *)CLIENTS, NULL), 0);
    for (int i = 0; i < CLIENTS; i++) {
        peer_shutdown_write(peers[i]);
    }
    run(target);
    CHECK_EQ(accepted, CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
        char byte;
        CHECK_EQ(peer_receive_all(peers[i], &byte, 1), 0);
        peer_close(peers[i]);
    }
    CHECK_EQ(net_server_free(arrived_server), 0);
    CHECK_EQ(net_loop_free(target), 0);
}

static void close_when_listening(net_server *server, void *user) {
    CHECK_EQ(net_server_on_listening(server, trace_listening, NULL, NULL), 0);
    take_server(server, user);
}

CASE(moving_a_server_tells_listening_and_keeps_its_path) {
    target = loop;
    const char *path = case_path("moved");
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_listen_path_cstr(server, path), 0);
    CHECK_EQ(net_loop_run_deferred(loop), 0);
    CHECK_EQ(net_server_move(server, loop, close_when_listening, counted_user(NULL), counted_drop), 0);
    turns(loop, 2);
    CHECK_STR(trace_text(), "listening\n");
    net_address address = NET_ADDRESS_INIT;
    CHECK_EQ(net_server_address(arrived_server, &address), 1);
    CHECK_STR(address.address, path);
    CHECK_EQ(access(path, F_OK), 0);
    int peer = peer_connect_path(path);
    CHECK_EQ(net_server_on_connection(arrived_server, count_accepted, (void *)1, NULL), 0);
    peer_shutdown_write(peer);
    run(loop);
    CHECK_EQ(accepted, 1);
    CHECK(access(path, F_OK) != 0);
    peer_close(peer);
    CHECK_EQ(net_server_free(arrived_server), 0);
}

CASE(moving_a_server_to_a_loop_that_ends_first_closes_it) {
    target = net_loop_new();
    net_server *server = server_on(loop, NULL);
    uint16_t port = listen_local(server);
    CHECK_EQ(net_server_move(server, target, server_never_taken, counted_user(NULL), counted_drop), 0);
    run(loop);
    int peer = peer_connect("127.0.0.1", port);
    CHECK_EQ(net_loop_free(target), 0);
    char byte;
    CHECK(peer_receive_all(peer, &byte, 1) < 0);
    CHECK(peer_try_connect("127.0.0.1", port) < 0);
    peer_close(peer);
}

/* ---- many, with threads ---- */

enum { WORKERS = 3, CONNECTIONS = 300 };

typedef struct worker {
    peer_thread thread;
    net_loop *loop;
    net_timer *hold;
    int taken;
    int closed;
} worker;

static worker workers[WORKERS];
static int passed_on;

static void count_closed(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    ((worker *)user)->closed++;
}

static void serve_moved(net_socket *socket, void *user) {
    worker *own = user;
    CHECK(net_socket_loop(socket) == own->loop);
    own->taken++;
    ON(socket, data, echo);
    ON(socket, error, ignore_error);
    CHECK_EQ(net_socket_on_close(socket, count_closed, own, NULL), 0);
}

static void never_due(net_timer *timer, void *user) {
    (void)timer;
    (void)user;
    FAIL("a timer fires that never should");
}

static void work(void *user) {
    worker *own = user;
    CHECK_EQ(net_loop_attach(own->loop), 0);
    CHECK_EQ(net_timer_start(own->hold, 1000000, 0, never_due, NULL, NULL), 0);
    CHECK_EQ(net_loop_run(own->loop), 0);
    CHECK_EQ(net_loop_free(own->loop), 0);
}

static void release_worker(net_loop *loop, void *user) {
    (void)loop;
    CHECK_EQ(net_timer_free(((worker *)user)->hold), 0);
}

static void spread(net_server *server, net_socket *socket, void *user) {
    (void)user;
    worker *next = &workers[passed_on++ % WORKERS];
    CHECK_EQ(net_socket_move(socket, next->loop, serve_moved, next, NULL), 0);
    if (passed_on == CONNECTIONS) {
        CHECK_EQ(net_server_close(server), 0);
    }
}

static void talk(void *user) {
    uint16_t port = *(uint16_t *)user;
    for (int i = 0; i < CONNECTIONS / WORKERS; i++) {
        char answer[8] = "";
        int fd = peer_connect("127.0.0.1", port);
        peer_send_text(fd, "hel");
        peer_send_text(fd, "lo");
        peer_shutdown_write(fd);
        CHECK_EQ(peer_receive_all(fd, answer, sizeof answer), 5);
        CHECK_STR(answer, "hello");
        peer_close(fd);
    }
}

CASE(moving_many_to_loops_of_other_threads) {
    for (int i = 0; i < WORKERS; i++) {
        workers[i].loop = net_loop_new();
        workers[i].hold = timer_on(workers[i].loop);
        CHECK_EQ(net_loop_detach(workers[i].loop), 0);
        peer_start(&workers[i].thread, work, &workers[i]);
    }
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, spread, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    peer_thread talkers[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        peer_start(&talkers[i], talk, &port);
    }
    run(loop);
    int taken = 0;
    int closed = 0;
    for (int i = 0; i < WORKERS; i++) {
        peer_join(&talkers[i]);
    }
    for (int i = 0; i < WORKERS; i++) {
        CHECK_EQ(net_loop_post(workers[i].loop, release_worker, &workers[i], NULL), 0);
        peer_join(&workers[i].thread);
        taken += workers[i].taken;
        closed += workers[i].closed;
    }
    CHECK_EQ(taken, CONNECTIONS);
    CHECK_EQ(closed, CONNECTIONS);
}

/* Loops that end while sockets are on their way to them. */
static net_loop *_Atomic short_lived;
static int turned_away;
static int mine;

static void drop_atomically(void *user) { __atomic_add_fetch((int *)user, 1, __ATOMIC_ACQ_REL); }

static void take_and_close(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
}

static int moves_dropped;

static void throw_at_it(net_server *server, net_socket *socket, void *user) {
    (void)user;
    int moved = net_socket_move(socket, short_lived, take_and_close, &moves_dropped, drop_atomically);
    if (moved != 0) {
        CHECK_EQ(moved, NET_EBADF);
        turned_away++;
        CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    }
    if (++mine == CONNECTIONS) {
        CHECK_EQ(net_server_close(server), 0);
    }
}

static volatile int done_throwing;

static void live_shortly(void *user) {
    (void)user;
    while (!__atomic_load_n(&done_throwing, __ATOMIC_ACQUIRE)) {
        net_loop *loop = net_loop_new();
        CHECK(loop != NULL);
        short_lived = loop;
        CHECK_EQ(net_loop_poll(loop, 1), 0);
        CHECK_EQ(net_loop_free(loop), 0);
    }
}

static void connect_and_wait(void *user) {
    for (int i = 0; i < CONNECTIONS; i++) {
        int fd = peer_connect("127.0.0.1", *(uint16_t *)user);
        char byte;
        CHECK(peer_receive_all(fd, &byte, 1) <= 0);
        peer_close(fd);
    }
}

CASE(moving_to_loops_that_come_and_go) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, throw_at_it, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    short_lived = net_loop_new();
    net_loop *first = short_lived;
    peer_thread living;
    peer_thread connecting;
    peer_start(&living, live_shortly, NULL);
    peer_start(&connecting, connect_and_wait, &port);
    while (mine < CONNECTIONS) {
        CHECK_EQ(net_loop_poll(loop, 1000), 0);
        turns(first, 1);
    }
    run(loop);
    peer_join(&connecting);
    __atomic_store_n(&done_throwing, 1, __ATOMIC_RELEASE);
    peer_join(&living);
    CHECK_EQ(net_loop_free(first), 0);
    CHECK_EQ(moves_dropped, CONNECTIONS);
}
