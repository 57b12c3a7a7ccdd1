/* Groups of loops, each in a thread of its own: shared listening both ways, the two ends, errors. */
#include <unistd.h>

#include "peer.h"
#include "scene.h"

enum { LOOPS = 3, CLIENTS = 60 };

/* What the threads count. */
static int started;
static int stopped;
static int lent_dropped;
static int connection_dropped;
static int closed;
static int served[LOOPS];

static __thread size_t own_index;
static __thread net_loop *own_loop;

static void count(int *what) { __atomic_add_fetch(what, 1, __ATOMIC_ACQ_REL); }
static int counted(const int *what) { return __atomic_load_n(what, __ATOMIC_ACQUIRE); }
static void count_drop(void *user) { count(user); }

static void start(net_loop *loop, size_t index, void *user) {
    CHECK(user == &lent_dropped);
    CHECK(index < LOOPS);
    CHECK_EQ(net_loop_alive(loop), 1);
    own_index = index;
    own_loop = loop;
    count(&started);
}

static void stop(net_loop *loop, size_t index, void *user) {
    CHECK(user == &lent_dropped);
    CHECK(loop == own_loop && index == own_index);
    CHECK_EQ(net_loop_alive(loop) < 0, 0);
    CHECK_EQ(counted(&lent_dropped), 0);
    count(&stopped);
}

static net_loop_group_options told(void) {
    net_loop_group_options options = NET_LOOP_GROUP_OPTIONS_INIT;
    options.loops = LOOPS;
    options.on_start = start;
    options.on_stop = stop;
    options.user = &lent_dropped;
    options.drop = count_drop;
    return options;
}

static net_loop_group *group_of(const net_loop_group_options *options) {
    int error = 99;
    net_loop_group *group = net_loop_group_new(options, &error);
    CHECK_EQ(error, 0);
    CHECK(group != NULL);
    return group;
}

static net_loop_group *group_of_three(void) {
    net_loop_group_options options = told();
    return group_of(&options);
}

static uint16_t the_port;

static void echo(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    CHECK(net_socket_write(socket, data, length) >= 0);
}

static void count_closed(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    count(&closed);
}

static void serve_here(net_server *server, net_socket *socket, void *user) {
    CHECK(user == &connection_dropped);
    CHECK_EQ(counted(&connection_dropped), 0);
    CHECK(net_server_loop(server) == own_loop && net_socket_loop(socket) == own_loop);
    CHECK(net_socket_server(socket) == server);
    if (the_port) {
        CHECK_EQ(server_port(server), the_port);
    }
    count(&served[own_index]);
    ON(socket, data, echo);
    ON(socket, error, ignore_error);
    ON(socket, close, count_closed);
}

static uint16_t listen_with(net_loop_group *group, int share) {
    net_address bound = NET_ADDRESS_INIT;
    CHECK_EQ(net_loop_group_listen(group, NULL, NULL, share, &bound, serve_here, &connection_dropped, count_drop), 0);
    CHECK(bound.port != 0);
    return bound.port;
}

static void talk(int fd) {
    char answer[8] = "";
    peer_send_text(fd, "hello");
    peer_receive_exactly(fd, answer, 5);
    CHECK_STR(answer, "hello");
}

static int connect_and_talk(uint16_t port) {
    int fd = peer_connect("127.0.0.1", port);
    talk(fd);
    return fd;
}

static void wait_for(const int *what, int value) {
    while (counted(what) < value) {
        usleep(100);
    }
}

static void free_group(net_loop_group *group) {
    CHECK_EQ(net_loop_group_free(group), 0);
    CHECK_EQ(net_loop_group_free(group), NET_EBADF);
    CHECK_EQ(started, LOOPS);
    CHECK_EQ(stopped, LOOPS);
    CHECK_EQ(lent_dropped, 1);
}

/* ---- serving ---- */

static void serve_clients(int share) {
    net_loop_group *group = group_of_three();
    size_t size = 0;
    CHECK_EQ(net_loop_group_size(group, &size), 0);
    CHECK_EQ(size, LOOPS);
    the_port = listen_with(group, share);
    int clients[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = connect_and_talk(the_port);
    }
    for (int i = 0; i < CLIENTS; i++) {
        talk(clients[i]);
        peer_close(clients[i]);
    }
    wait_for(&closed, CLIENTS);
    CHECK_EQ(connection_dropped, 0);
    CHECK_EQ(served[0] + served[1] + served[2], CLIENTS);
    free_group(group);
    CHECK_EQ(connection_dropped, 1);
    CHECK(peer_try_connect("127.0.0.1", the_port) < 0);
}

CASE(group_hands_connections_over_in_turn) {
    serve_clients(NET_SHARE_HAND_OVER);
    for (int i = 0; i < LOOPS; i++) {
        CHECK_EQ(served[i], CLIENTS / LOOPS);
    }
}

CASE(group_shares_a_port) {
    serve_clients(NET_SHARE_REUSE_PORT);
    /* Whom the system chooses is its own affair, but not always the same. */
    CHECK((served[0] > 0) + (served[1] > 0) + (served[2] > 0) > 1);
}

CASE(group_with_the_defaults_serves) {
    net_loop_group *group = group_of(NULL);
    size_t size = 0;
    CHECK_EQ(net_loop_group_size(group, &size), 0);
    CHECK(size > 0);
    CHECK(net_loop_group_loop(group, size - 1) != NULL);
    CHECK(net_loop_group_loop(group, size) == NULL);
    CHECK_EQ(net_loop_group_listen(group, NULL, NULL, NET_SHARE_AUTO, NULL, do_echo, NULL, NULL), 0);
    CHECK_EQ(net_loop_group_free(group), 0);
}

CASE(group_listens_on_a_path_and_removes_it) {
    net_loop_group *group = group_of_three();
    const char *path = case_path("group");
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    net_address bound = NET_ADDRESS_INIT;
    options.path = path;
    CHECK_EQ(net_loop_group_listen(group, NULL, &options, NET_SHARE_REUSE_PORT, NULL, serve_here, &connection_dropped,
                                   count_drop),
             NET_EINVAL);
    CHECK_EQ(connection_dropped, 1);
    connection_dropped = 0;
    CHECK_EQ(net_loop_group_listen(group, NULL, &options, NET_SHARE_AUTO, &bound, serve_here, &connection_dropped,
                                   count_drop),
             0);
    CHECK_STR(bound.address, path);
    for (int i = 0; i < LOOPS; i++) {
        int fd = peer_connect_path(path);
        talk(fd);
        peer_close(fd);
    }
    for (int i = 0; i < LOOPS; i++) {
        CHECK_EQ(counted(&served[i]), 1);
    }
    free_group(group);
    CHECK(access(path, F_OK) != 0);
}

CASE(group_takes_a_descriptor_over) {
    net_loop_group *group = group_of_three();
    uint16_t port = 0;
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.fd = peer_listen("127.0.0.1", &port, 5);
    CHECK_EQ(
        net_loop_group_listen(group, NULL, &options, NET_SHARE_AUTO, NULL, serve_here, &connection_dropped, count_drop),
        0);
    peer_close(connect_and_talk(port));
    free_group(group);
    CHECK_EQ(connection_dropped, 1);
}

static net_bound_socket *bound_to(const char *host, const char *path, int reuse_port) {
    net_bound_socket_options options = NET_BOUND_SOCKET_OPTIONS_INIT;
    int error = 99;
    options.host = host;
    options.path = path;
    options.reuse_port = reuse_port;
    net_bound_socket *bound = net_bound_socket_new(&options, &error);
    CHECK_EQ(error, 0);
    return bound;
}

static int listen_on_bound(net_loop_group *group, net_bound_socket *bound, int share, net_address *address) {
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.handle = bound;
    return net_loop_group_listen(group, NULL, &options, share, address, serve_here, &connection_dropped, count_drop);
}

/* The group has what was bound: its holder can neither use it nor close it, and the end of the group does. */
CASE(group_adopts_a_bound_socket) {
    net_loop_group *group = group_of_three();
    net_bound_socket *bound = bound_to("127.0.0.1", NULL, 0);
    net_address before = NET_ADDRESS_INIT;
    net_address after = NET_ADDRESS_INIT;
    CHECK_EQ(net_bound_socket_address(bound, &before), 1);
    CHECK_EQ(listen_on_bound(group, bound, NET_SHARE_AUTO, &after), 0);
    CHECK_EQ(after.port, before.port);
    CHECK_STR(after.address, "127.0.0.1");
    the_port = after.port;
    CHECK(listen_on_bound(group, bound, NET_SHARE_AUTO, NULL) < 0);
    CHECK_EQ(connection_dropped, 1);
    connection_dropped = 0;
    CHECK_EQ(net_bound_socket_free(bound), 0);
    for (int i = 0; i < CLIENTS; i++) {
        peer_close(connect_and_talk(the_port));
    }
    wait_for(&closed, CLIENTS);
    /* There is one socket, so it is handed over from. */
    for (int i = 0; i < LOOPS; i++) {
        CHECK_EQ(counted(&served[i]), CLIENTS / LOOPS);
    }
    free_group(group);
    CHECK_EQ(connection_dropped, 1);
    CHECK(peer_try_connect("127.0.0.1", the_port) < 0);
}

CASE(group_adopts_a_bound_path_and_removes_it) {
    net_loop_group *group = group_of_three();
    const char *path = case_path("bound");
    net_bound_socket *bound = bound_to(NULL, path, 0);
    net_address address = NET_ADDRESS_INIT;
    CHECK_EQ(listen_on_bound(group, bound, NET_SHARE_HAND_OVER, &address), 0);
    CHECK_STR(address.address, path);
    CHECK_EQ(net_bound_socket_free(bound), 0);
    for (int i = 0; i < LOOPS; i++) {
        int fd = peer_connect_path(path);
        talk(fd);
        peer_close(fd);
    }
    for (int i = 0; i < LOOPS; i++) {
        CHECK_EQ(counted(&served[i]), 1);
    }
    free_group(group);
    CHECK(access(path, F_OK) != 0);
}

/* One socket is not several: what is refused leaves it with its holder. */
CASE(group_refuses_a_bound_socket_for_each_loop) {
    net_loop_group *group = group_of_three();
    net_bound_socket *bound = bound_to("127.0.0.1", NULL, 0);
    net_address address = NET_ADDRESS_INIT;
    CHECK_EQ(net_bound_socket_address(bound, &address), 1);
    CHECK_EQ(listen_on_bound(group, bound, NET_SHARE_REUSE_PORT, NULL), NET_EINVAL);
    CHECK_EQ(connection_dropped, 1);
    connection_dropped = 0;
    CHECK_EQ(net_bound_socket_address(bound, &address), 1);
    CHECK_EQ(listen_on_bound(group, bound, NET_SHARE_HAND_OVER, NULL), 0);
    peer_close(connect_and_talk(address.port));
    CHECK_EQ(net_bound_socket_free(bound), 0);
    free_group(group);
}

CASE(group_looks_a_name_up) {
    net_loop_group *group = group_of_three();
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    net_address bound = NET_ADDRESS_INIT;
    options.host = "localhost";
    CHECK_EQ(net_loop_group_listen(group, NULL, &options, NET_SHARE_AUTO, &bound, serve_here, &connection_dropped,
                                   count_drop),
             0);
    peer_close(peer_connect(bound.address, bound.port));
    free_group(group);
}

static void half_open(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    CHECK_EQ(net_socket_allow_half_open(socket), 1);
    CHECK_EQ(net_socket_is_paused(socket), 1);
    CHECK_EQ(net_socket_end_cb(socket, "options", 7, NULL, NULL, NULL), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
}

CASE(group_gives_sockets_the_options_of_their_server) {
    net_server_options server = NET_SERVER_OPTIONS_INIT;
    server.allow_half_open = 1;
    server.pause_on_connect = 1;
    for (int share = NET_SHARE_REUSE_PORT; share <= NET_SHARE_HAND_OVER; share++) {
        net_loop_group_options options = NET_LOOP_GROUP_OPTIONS_INIT;
        options.loops = 2;
        net_loop_group *group = group_of(&options);
        net_address bound = NET_ADDRESS_INIT;
        CHECK_EQ(net_loop_group_listen(group, &server, NULL, share, &bound, half_open, NULL, NULL), 0);
        for (int i = 0; i < 4; i++) {
            char answer[16] = "";
            int fd = peer_connect("127.0.0.1", bound.port);
            CHECK_EQ(peer_receive_all(fd, answer, sizeof answer), 7);
            peer_close(fd);
        }
        CHECK_EQ(net_loop_group_free(group), 0);
    }
}

static void refuse_more(net_server *server, net_socket *socket, void *user) {
    (void)socket;
    CHECK_EQ(net_server_set_max_connections(server, 1), 0);
    count(user);
}

CASE(group_limits_connections_per_loop) {
    net_loop_group *group = group_of_three();
    net_address bound = NET_ADDRESS_INIT;
    int taken = 0;
    CHECK_EQ(net_loop_group_listen(group, NULL, NULL, NET_SHARE_HAND_OVER, &bound, refuse_more, &taken, NULL), 0);
    int clients[2 * LOOPS];
    for (int i = 0; i < 2 * LOOPS; i++) {
        clients[i] = peer_connect("127.0.0.1", bound.port);
    }
    char byte;
    for (int i = LOOPS; i < 2 * LOOPS; i++) {
        CHECK_EQ(peer_receive_all(clients[i], &byte, 1), 0);
    }
    CHECK_EQ(counted(&taken), LOOPS);
    free_group(group);
    for (int i = 0; i < 2 * LOOPS; i++) {
        peer_close(clients[i]);
    }
}

/* ---- servers that close one by one ---- */

static void not_moved(net_server *server, void *user) {
    (void)server;
    (void)user;
    FAIL("a server moves that never should");
}

static void serve_once(net_server *server, net_socket *socket, void *user) {
    count(user);
    CHECK_EQ(net_server_move(server, own_loop, NULL, NULL, NULL), NET_EINVAL);
    CHECK_EQ(net_server_move(server, own_loop, not_moved, NULL, NULL), NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
    CHECK_EQ(net_server_close(server), 0);
    CHECK_EQ(net_socket_end_cb(socket, "once", 4, NULL, NULL, NULL), 0);
}

CASE(group_goes_on_accepting_when_one_loop_does_not) {
    net_loop_group *group = group_of_three();
    net_address bound = NET_ADDRESS_INIT;
    int taken = 0;
    CHECK_EQ(net_loop_group_listen(group, NULL, NULL, NET_SHARE_HAND_OVER, &bound, serve_once, &taken, NULL), 0);
    /* Whoever accepts closes sooner or later too, and each loop serves one. */
    for (int i = 0; i < LOOPS; i++) {
        char answer[16] = "";
        int fd = peer_connect("127.0.0.1", bound.port);
        CHECK_EQ(peer_receive_all(fd, answer, sizeof answer), 4);
        peer_close(fd);
        CHECK_EQ(counted(&taken), i + 1);
    }
    for (int fd; (fd = peer_try_connect("127.0.0.1", bound.port)) >= 0;) {
        peer_close(fd);
    }
    free_group(group);
}

/* ---- the end ---- */

CASE(group_closes_when_its_connections_have) {
    net_loop_group *group = group_of_three();
    uint16_t ports[] = {listen_with(group, NET_SHARE_HAND_OVER), listen_with(group, NET_SHARE_REUSE_PORT)};
    int clients[8];
    for (int i = 0; i < 8; i++) {
        clients[i] = connect_and_talk(ports[i % 2]);
    }
    CHECK_EQ(net_loop_group_wait(group, 0), NET_ETIMEDOUT);
    CHECK_EQ(net_loop_group_close(group), 0);
    CHECK_EQ(net_loop_group_close(group), 0);
    CHECK_EQ(net_loop_group_listen(group, NULL, NULL, 0, NULL, serve_here, &closed, count_drop), NET_ECANCELED);
    CHECK_EQ(closed, 1);
    CHECK_EQ(net_loop_group_wait(group, 1), NET_ETIMEDOUT);
    for (int i = 0; i < 8; i++) {
        talk(clients[i]);
        peer_shutdown_write(clients[i]);
        char byte;
        CHECK_EQ(peer_receive_all(clients[i], &byte, 1), 0);
        peer_close(clients[i]);
    }
    CHECK_EQ(net_loop_group_wait(group, -1), 0);
    CHECK_EQ(net_loop_group_wait(group, 0), 0);
    CHECK_EQ(stopped, LOOPS);
    CHECK_EQ(lent_dropped, 0);
    CHECK_EQ(connection_dropped, 2);
    CHECK(net_loop_group_loop(group, 0) != NULL);
    CHECK_EQ(net_loop_alive(net_loop_group_loop(group, 0)), NET_EBADF);
    CHECK(peer_try_connect("127.0.0.1", ports[0]) < 0);
    CHECK(peer_try_connect("127.0.0.1", ports[1]) < 0);
    free_group(group);
}

CASE(group_is_freed_with_open_connections) {
    for (int share = NET_SHARE_REUSE_PORT; share <= NET_SHARE_HAND_OVER; share++) {
        started = stopped = lent_dropped = connection_dropped = closed = 0;
        net_loop_group *group = group_of_three();
        uint16_t port = listen_with(group, share);
        int clients[6];
        for (int i = 0; i < 6; i++) {
            clients[i] = connect_and_talk(port);
        }
        free_group(group);
        CHECK_EQ(connection_dropped, 1);
        CHECK_EQ(closed, 0);
        for (int i = 0; i < 6; i++) {
            char byte;
            CHECK_EQ(peer_receive_all(clients[i], &byte, 1), 0);
            peer_close(clients[i]);
        }
    }
}

CASE(group_is_freed_at_once) {
    for (int i = 0; i < 50; i++) {
        started = stopped = lent_dropped = connection_dropped = 0;
        net_loop_group *group = group_of_three();
        listen_with(group, i % 2 ? NET_SHARE_REUSE_PORT : NET_SHARE_HAND_OVER);
        free_group(group);
        CHECK_EQ(connection_dropped, 1);
    }
}

static net_loop_group *the_group;

static void end_from_inside(net_loop *loop, void *user) {
    (void)loop;
    CHECK_EQ(net_loop_group_free(the_group), NET_EBUSY);
    CHECK_EQ(net_loop_group_wait(the_group, 0), NET_EBUSY);
    CHECK_EQ(net_loop_run(loop), NET_EBUSY);
    CHECK_EQ(net_loop_detach(loop), NET_EBUSY);
    CHECK_EQ(net_loop_stop(loop), 0);
    count(user);
}

static void close_from_inside(net_loop *loop, void *user) {
    (void)loop;
    CHECK_EQ(net_loop_group_close(the_group), 0);
    count(user);
}

CASE(group_is_not_freed_by_its_own_threads) {
    int called = 0;
    the_group = group_of_three();
    for (int i = 0; i < LOOPS; i++) {
        CHECK_EQ(net_loop_post(net_loop_group_loop(the_group, (size_t)i), end_from_inside, &called, NULL), 0);
    }
    wait_for(&called, LOOPS);
    /* A loop that was stopped runs on. */
    CHECK_EQ(net_loop_group_wait(the_group, 20), NET_ETIMEDOUT);
    CHECK_EQ(net_loop_post(net_loop_group_loop(the_group, 1), close_from_inside, &called, NULL), 0);
    CHECK_EQ(net_loop_group_wait(the_group, -1), 0);
    CHECK_EQ(called, LOOPS + 1);
    free_group(the_group);
}

static void free_the_loop(net_loop *loop, void *user) {
    count(user);
    CHECK_EQ(net_loop_free(loop), 0);
}

CASE(group_survives_a_loop_that_the_program_frees) {
    int called = 0;
    net_loop_group *group = group_of_three();
    uint16_t port = listen_with(group, NET_SHARE_HAND_OVER);
    CHECK_EQ(net_loop_post(net_loop_group_loop(group, 0), free_the_loop, &called, NULL), 0);
    wait_for(&called, 1);
    for (int i = 0; i < 10; i++) {
        peer_close(connect_and_talk(port));
    }
    CHECK_EQ(served[0], 0);
    CHECK(counted(&served[1]) + counted(&served[2]) == 10);
    CHECK_EQ(net_loop_group_free(group), 0);
    CHECK_EQ(stopped, LOOPS - 1);
    CHECK_EQ(lent_dropped, 1);
    CHECK_EQ(connection_dropped, 1);
}

/* ---- errors ---- */

CASE(group_tells_what_is_wrong_with_the_address) {
    net_loop_group *group = group_of_three();
    uint16_t port = 0;
    int other = peer_listen("127.0.0.1", &port, 1);
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.host = "127.0.0.1";
    options.port = port;
    int refused = 0;
    for (int share = NET_SHARE_AUTO; share <= NET_SHARE_HAND_OVER; share++) {
        CHECK_EQ(net_loop_group_listen(group, NULL, &options, share, NULL, serve_here, &refused, count_drop),
                 NET_EADDRINUSE);
    }
    CHECK_EQ(net_loop_group_listen(group, NULL, NULL, 3, NULL, serve_here, &refused, count_drop), NET_EINVAL);
    CHECK_EQ(net_loop_group_listen(group, NULL, NULL, -1, NULL, serve_here, &refused, count_drop), NET_EINVAL);
    CHECK_EQ(net_loop_group_listen(group, NULL, NULL, 0, NULL, NULL, &refused, count_drop), NET_EINVAL);
    options.host = "192.0.2.1";
    CHECK_EQ(net_loop_group_listen(group, NULL, &options, 0, NULL, serve_here, &refused, count_drop),
             NET_EADDRNOTAVAIL);
    CHECK_EQ(refused, 7);
    free_group(group);
    peer_close(other);
}

static void never_asked(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    (void)request;
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    FAIL("a lookup is asked that never should");
}

CASE(group_asks_no_lookup_of_the_program) {
    net_loop_group *group = group_of_three();
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    int dropped = 0;
    options.host = "localhost";
    options.lookup = never_asked;
    options.lookup_user = &dropped;
    options.lookup_drop = count_drop;
    CHECK_EQ(net_loop_group_listen(group, NULL, &options, 0, NULL, serve_here, &dropped, count_drop), NET_EINVAL);
    CHECK_EQ(dropped, 2);
    free_group(group);
}

static void fail_unheard(net_loop *loop, void *user) {
    (void)user;
    net_socket *socket = socket_on(loop, NULL);
    net_error error = NET_ERROR_INIT;
    error.number = NET_EPERM;
    CHECK_EQ(net_socket_destroy(socket, &error), 0);
}

CASE(group_ends_with_an_error_that_nobody_hears) {
    net_loop_group *group = group_of_three();
    CHECK_EQ(net_loop_post(net_loop_group_loop(group, 2), fail_unheard, NULL, NULL), 0);
    CHECK_EQ(net_loop_group_wait(group, -1), NET_EPERM);
    CHECK_EQ(net_loop_group_listen(group, NULL, NULL, 0, NULL, serve_here, &closed, count_drop), NET_ECANCELED);
    free_group(group);
}

static int unheard;

static void hear(net_loop *loop, const net_error *error, void *user) {
    CHECK(user == &lent_dropped);
    CHECK(loop == own_loop);
    CHECK_EQ(error->number, NET_EPERM);
    count(&unheard);
}

CASE(group_goes_on_if_somebody_hears_the_unheard) {
    net_loop_group_options options = told();
    options.on_error = hear;
    net_loop_group *group = group_of(&options);
    the_port = listen_with(group, NET_SHARE_AUTO);
    for (size_t i = 0; i < LOOPS; i++) {
        CHECK_EQ(net_loop_post(net_loop_group_loop(group, i), fail_unheard, NULL, NULL), 0);
    }
    wait_for(&unheard, LOOPS);
    peer_close(connect_and_talk(the_port));
    CHECK_EQ(net_loop_group_close(group), 0);
    CHECK_EQ(net_loop_group_wait(group, -1), 0);
    free_group(group);
}

CASE(group_refuses_what_cannot_be) {
    net_loop_group_options options = told();
    int error = 0;
    options.loops = 1000000;
    CHECK(net_loop_group_new(&options, &error) == NULL);
    CHECK_EQ(error, NET_EINVAL);
    CHECK_EQ(lent_dropped, 1);
    options.size = 3;
    CHECK(net_loop_group_new(&options, NULL) == NULL);
    CHECK_EQ(lent_dropped, 1);
    /* More loops than are left beside this one: what was made is given back. */
    options = told();
    options.loops = 4096;
    CHECK(net_loop_group_new(&options, &error) == NULL);
    CHECK_EQ(error, NET_ENOMEM);
    CHECK_EQ(lent_dropped, 2);
    CHECK_EQ(started, 0);
}

/* ---- sockets from outside ---- */

static void serve_moved(net_socket *socket, void *user) {
    CHECK(net_socket_loop(socket) == own_loop);
    count(user);
    ON(socket, data, echo);
    ON(socket, error, ignore_error);
}

static void move_into_the_group(net_server *server, net_socket *socket, void *user) {
    static size_t next;
    net_loop *to = net_loop_group_loop(the_group, next++ % LOOPS);
    CHECK_EQ(net_socket_move(socket, to, serve_moved, user, NULL), 0);
    if (next == LOOPS) {
        CHECK_EQ(net_server_close(server), 0);
    }
}

CASE(group_takes_sockets_that_are_moved_to_it) {
    int moved = 0;
    the_group = group_of_three();
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, move_into_the_group, &moved, NULL), 0);
    uint16_t port = listen_local(server);
    int clients[LOOPS];
    for (int i = 0; i < LOOPS; i++) {
        clients[i] = peer_connect("127.0.0.1", port);
    }
    run(loop);
    for (int i = 0; i < LOOPS; i++) {
        talk(clients[i]);
        peer_close(clients[i]);
    }
    CHECK_EQ(counted(&moved), LOOPS);
    free_group(the_group);
}
