/* Calls from inside every callback. One busy scene makes every kind of callback run; each case plays it once per kind,
 * and does one thing inside the first callback of that kind. Whatever it is, each accepted request completes once, each
 * user pointer is dropped once, and a freed handle hears nothing more. */
#include <string.h>

#include "peer.h"
#include "scene.h"

typedef enum point {
    AT_LISTENING,
    AT_CONNECTION,
    AT_SERVER_CLOSE,
    AT_SERVER_ERROR,
    AT_SERVER_DROP,
    AT_CLOSE_COMPLETION,
    AT_COUNT_COMPLETION,
    AT_LOOKUP_FUNCTION,
    AT_LOOKUP,
    AT_ATTEMPT,
    AT_ATTEMPT_FAILED,
    AT_CONNECT,
    AT_READY,
    AT_DATA,
    AT_READABLE,
    AT_END,
    AT_DRAIN,
    AT_FINISH,
    AT_TIMEOUT,
    AT_ERROR,
    AT_CLOSE,
    AT_PAUSE,
    AT_RESUME,
    AT_WRITE_COMPLETION,
    AT_END_COMPLETION,
    AT_RELEASE,
    AT_DROP,
    AT_POST,
    AT_TIMER,
    POINTS
} point;

static const char *const point_names[POINTS] = {
    "listening",      "connection",  "server close", "server error", "server drop", "close completion",
    "count",          "lookup call", "lookup",       "attempt",      "failed",      "connect",
    "ready",          "data",        "readable",     "end",          "drain",       "finish",
    "timeout",        "error",       "close",        "pause",        "resume",      "write completion",
    "end completion", "release",     "drop",         "post",         "timer",
};

enum { CLIENTS = 3, MANY = 64 };

/* The scene that plays now. */
static net_loop *stage;
static net_server *server;
static net_server *failing_server;
static net_socket *clients[CLIENTS];
static net_socket *accepted;
static net_timer *timer;
static uint16_t port;
static bool drop_seen;
static int patience;
static int accepted_requests;
static int completed_requests;
static bool stage_is_free;
static void *dead[MANY];
static size_t dead_count;

static point acting_at;
static bool acted;
static void (*action)(net_socket *socket, net_server *on_server);

#define must_live(handle) check_life((handle), __func__)

static void check_life(const void *handle, const char *listener) {
    for (size_t i = 0; i < dead_count; i++) {
        if (dead[i] == handle) {
            FAIL("%s runs on a handle that was freed in %s", listener, point_names[acting_at]);
        }
    }
    if (stage_is_free) {
        FAIL("%s runs after the loop was freed in %s", listener, point_names[acting_at]);
    }
}

static void bury(void *handle) {
    CHECK(dead_count < MANY);
    dead[dead_count++] = handle;
}

static void at(point here, net_socket *socket, net_server *on_server) {
    if (here == acting_at && !acted) {
        acted = true;
        action(socket, on_server);
    }
}

#define SOCKET_LISTENER(name, here)                                                                                    \
    static void name(net_socket *socket, void *user) {                                                                 \
        (void)user;                                                                                                    \
        must_live(socket);                                                                                             \
        at(here, socket, NULL);                                                                                        \
    }

SOCKET_LISTENER(on_connect, AT_CONNECT)
SOCKET_LISTENER(on_end, AT_END)
SOCKET_LISTENER(on_drain, AT_DRAIN)
SOCKET_LISTENER(on_finish, AT_FINISH)
SOCKET_LISTENER(on_pause, AT_PAUSE)
SOCKET_LISTENER(on_resume, AT_RESUME)

static void on_completion(net_socket *socket, const net_error *error, void *user) {
    (void)error;
    completed_requests++;
    at((point)(intptr_t)counted_payload(user), socket, NULL);
}

static void drop_here(void *user) {
    counted_drop(user);
    at(AT_DROP, NULL, NULL);
}

static void write_here(net_socket *socket, size_t length) {
    void *user = counted_user((void *)(intptr_t)AT_WRITE_COMPLETION);
    accepted_requests += net_socket_write_cb(socket, zeros(length), length, on_completion, user, drop_here) >= 0;
}

static void end_here(net_socket *socket) {
    void *user = counted_user((void *)(intptr_t)AT_END_COMPLETION);
    accepted_requests += net_socket_end_cb(socket, NULL, 0, on_completion, user, drop_here) >= 0;
}

static void release_here(void *data, size_t length, void *user) {
    (void)data;
    (void)length;
    counted_drop(user);
    at(AT_RELEASE, NULL, NULL);
}

static void on_ready(net_socket *socket, void *user) {
    static const char owned[70000];
    (void)user;
    must_live(socket);
    at(AT_READY, socket, NULL);
    write_here(socket, 10);
    CHECK(net_socket_write_owned(socket, owned, sizeof owned, release_here, counted_user(NULL), NULL, NULL, NULL) != 2);
    net_socket_set_timeout(socket, 3);
}

static void on_timeout(net_socket *socket, void *user) {
    (void)user;
    must_live(socket);
    at(AT_TIMEOUT, socket, NULL);
    /* The second client has to find the first one's place taken. */
    if (drop_seen || patience-- <= 0) {
        end_here(socket);
    } else {
        net_socket_set_timeout(socket, 3);
    }
}

static void on_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    (void)user;
    must_live(socket);
    at(AT_DATA, socket, NULL);
    net_socket_pause(socket);
    net_socket_resume(socket);
}

static void on_readable(net_socket *socket, void *user) {
    static char room[1000];
    size_t length = 0;
    (void)user;
    must_live(socket);
    at(AT_READABLE, socket, NULL);
    while (net_socket_read_some(socket, room, sizeof room, &length) == 1) {
    }
}

static void on_error(net_socket *socket, const net_error *error, void *user) {
    (void)user;
    CHECK(error->message != NULL);
    must_live(socket);
    at(AT_ERROR, socket, NULL);
}

static void on_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    must_live(socket);
    at(AT_CLOSE, socket, NULL);
}

static void on_lookup(net_socket *socket, const net_error *error, const net_address *address, const char *host,
                      void *user) {
    (void)error;
    (void)address;
    (void)host;
    (void)user;
    must_live(socket);
    at(AT_LOOKUP, socket, NULL);
}

static void on_attempt(net_socket *socket, const net_address *address, void *user) {
    (void)address;
    (void)user;
    must_live(socket);
    at(AT_ATTEMPT, socket, NULL);
}

static void on_attempt_failed(net_socket *socket, const net_address *address, const net_error *error, void *user) {
    (void)address;
    (void)error;
    (void)user;
    must_live(socket);
    at(AT_ATTEMPT_FAILED, socket, NULL);
}

static void listen_to(net_socket *socket) {
#define LISTEN(event) CHECK_EQ(net_socket_on_##event(socket, on_##event, counted_user(NULL), drop_here), 0)
    LISTEN(connect);
    LISTEN(ready);
    LISTEN(end);
    LISTEN(drain);
    LISTEN(finish);
    LISTEN(timeout);
    LISTEN(error);
    LISTEN(close);
    LISTEN(pause);
    LISTEN(resume);
    LISTEN(lookup);
    CHECK_EQ(net_socket_on_connection_attempt(socket, on_attempt, counted_user(NULL), drop_here), 0);
    CHECK_EQ(net_socket_on_connection_attempt_failed(socket, on_attempt_failed, counted_user(NULL), drop_here), 0);
    CHECK_EQ(net_socket_on_connection_attempt_timeout(socket, on_attempt, counted_user(NULL), drop_here), 0);
#undef LISTEN
}

static void on_connection(net_server *handle, net_socket *socket, void *user) {
    (void)user;
    must_live(handle);
    if (!accepted) {
        accepted = socket;
    }
    listen_to(socket);
    CHECK_EQ(net_socket_on_data(socket, on_data, counted_user(NULL), drop_here), 0);
    at(AT_CONNECTION, socket, handle);
    write_here(socket, 100);
}

static void on_listening(net_server *handle, void *user) {
    (void)user;
    must_live(handle);
    at(AT_LISTENING, NULL, handle);
}

static void on_server_close(net_server *handle, void *user) {
    (void)user;
    must_live(handle);
    at(AT_SERVER_CLOSE, NULL, handle);
}

static void on_server_error(net_server *handle, const net_error *error, void *user) {
    (void)error;
    (void)user;
    must_live(handle);
    at(AT_SERVER_ERROR, NULL, handle);
}

static void on_server_drop(net_server *handle, const net_drop_info *info, void *user) {
    (void)user;
    CHECK_EQ(info->reason, NET_DROP_MAX_CONNECTIONS);
    drop_seen = true;
    must_live(handle);
    at(AT_SERVER_DROP, NULL, handle);
}

static void on_closed(net_server *handle, const net_error *error, void *user) {
    (void)error;
    (void)user;
    completed_requests++;
    at(AT_CLOSE_COMPLETION, NULL, handle);
}

static void on_counted(net_server *handle, const net_error *error, size_t count, void *user) {
    (void)error;
    (void)count;
    (void)user;
    completed_requests++;
    at(AT_COUNT_COMPLETION, NULL, handle);
}

static net_address address_of(const char *name) {
    net_address address = NET_ADDRESS_INIT;
    address.family = NET_FAMILY_IPV4;
    address.address_len = strlen(name);
    strcpy(address.address, name);
    return address;
}

/* The first address is refused by the kernel at once. */
static void look_up(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    const net_address addresses[] = {address_of("224.0.0.1"), address_of("127.0.0.1")};
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    at(AT_LOOKUP_FUNCTION, NULL, NULL);
    int status = net_lookup_answer(request, addresses, 2);
    CHECK(status == 0 || status == NET_EBADF);
}

static void on_post(net_loop *handle, void *user) {
    (void)user;
    CHECK(handle == stage);
    at(AT_POST, NULL, NULL);
}

static void on_timer(net_timer *handle, void *user) {
    (void)user;
    must_live(handle);
    at(AT_TIMER, NULL, NULL);
    accepted_requests += net_server_get_connections(server, on_counted, counted_user(NULL), drop_here) == 0;
}

static bool is_over(net_socket *socket) { return !socket || net_socket_destroyed(socket) != 0; }

/* When all is over, or does not get over by itself, what was left open is closed, so that the run ends. Each call may
 * find its handle gone. */
static void clean_up(net_timer *handle, void *user) {
    int *ticks = user;
    bool over = is_over(accepted);
    for (int i = 0; i < CLIENTS; i++) {
        over = over && is_over(clients[i]);
    }
    if (!over && ++*ticks < 500) {
        return;
    }
    net_timer_free(handle);
    net_timer_stop(timer);
    for (int i = 0; i < CLIENTS; i++) {
        net_socket_destroy(clients[i], NULL);
    }
    net_socket_destroy(accepted, NULL);
    accepted_requests +=
        net_server_close_cb(server, on_closed, counted_user((void *)(intptr_t)AT_CLOSE_COMPLETION), drop_here) == 0;
}

static net_socket *stage_client(bool by_lookup, uint16_t to) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = to;
    options.host = by_lookup ? "example.org" : "127.0.0.1";
    options.lookup = by_lookup ? look_up : NULL;
    net_socket *socket = socket_on(stage, NULL);
    listen_to(socket);
    if (by_lookup) {
        CHECK_EQ(net_socket_on_readable(socket, on_readable, counted_user(NULL), drop_here), 0);
    } else {
        CHECK_EQ(net_socket_on_data(socket, on_data, counted_user(NULL), drop_here), 0);
    }
    int status = net_socket_connect(socket, &options);
    CHECK(status == 0 || status == NET_EBADF);
    /* Waits for the connection, and drains then. */
    write_here(socket, 100000);
    return socket;
}

static void set_the_stage(void) {
    static int ticks;
    stage = net_loop_new();
    CHECK(stage != NULL);
    accepted = NULL;
    memset(clients, 0, sizeof clients);
    acted = false;
    dead_count = 0;
    drop_seen = false;
    patience = 50;
    stage_is_free = false;
    accepted_requests = 0;
    completed_requests = 0;
    server = server_on(stage, NULL);
    failing_server = server_on(stage, NULL);
    timer = timer_on(stage);
#define LISTEN(event, function) CHECK_EQ(net_server_on_##event(server, function, counted_user(NULL), drop_here), 0)
    LISTEN(listening, on_listening);
    LISTEN(connection, on_connection);
    LISTEN(close, on_server_close);
    LISTEN(error, on_server_error);
    LISTEN(drop, on_server_drop);
#undef LISTEN
    CHECK_EQ(net_server_on_error(failing_server, on_server_error, counted_user(NULL), drop_here), 0);
    CHECK_EQ(net_server_listen_path_cstr(failing_server, "/no such folder/socket"), 0);
    CHECK_EQ(net_server_set_max_connections(server, 1), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, NULL), 0);
    port = server_port(server);
    CHECK_EQ(net_loop_post(stage, on_post, counted_user(NULL), drop_here), 0);
    CHECK_EQ(net_timer_start(timer, 5, 0, on_timer, counted_user(NULL), drop_here), 0);
    accepted_requests += net_server_get_connections(server, on_counted, counted_user(NULL), drop_here) == 0;
    ticks = 0;
    CHECK_EQ(net_timer_start(timer_on(stage), 20, 2, clean_up, &ticks, NULL), 0);
    clients[0] = stage_client(true, port);
    clients[1] = stage_client(false, peer_unused_port("127.0.0.1"));
    clients[2] = stage_client(false, port);
}

static void play(point here, void (*what)(net_socket *socket, net_server *on_server)) {
    acting_at = here;
    action = what;
    trace("%s", point_names[here]);
    set_the_stage();
    int status = net_loop_run(stage);
    while (status != 0 && status != NET_ECANCELED && status != NET_EBADF) {
        status = net_loop_run(stage);
    }
    if (stage_is_free) {
        CHECK(status == NET_ECANCELED || status == NET_EBADF);
        CHECK_EQ(net_loop_alive(stage), NET_EBADF);
    } else {
        CHECK_EQ(status, 0);
        CHECK_EQ(net_loop_free(stage), 0);
    }
    CHECK_EQ(completed_requests, accepted_requests);
    if (!acted) {
        FAIL("no %s in the scene", point_names[here]);
    }
}

static void play_all(void (*what)(net_socket *socket, net_server *on_server)) {
    for (point here = 0; here < POINTS; here++) {
        play(here, what);
    }
}

/* ---- the actions ---- */

static void destroy_self(net_socket *socket, net_server *on_server) {
    if (socket) {
        CHECK_EQ(net_socket_destroy(socket, NULL), 0);
        CHECK_EQ(net_socket_destroyed(socket), 1);
    }
    if (on_server) {
        CHECK_EQ(net_server_close(on_server), 0);
    }
}

CASE(reentry_destroy_self) { play_all(destroy_self); }

static void free_self(net_socket *socket, net_server *on_server) {
    if (socket) {
        bury(socket);
        CHECK_EQ(net_socket_free(socket), 0);
        CHECK_EQ(net_socket_destroyed(socket), NET_EBADF);
        CHECK_EQ(net_socket_free(socket), NET_EBADF);
    }
    if (on_server) {
        bury(on_server);
        CHECK_EQ(net_server_free(on_server), 0);
        CHECK_EQ(net_server_free(on_server), NET_EBADF);
    }
    if (acting_at == AT_TIMER) {
        bury(timer);
        CHECK_EQ(net_timer_free(timer), 0);
        CHECK_EQ(net_timer_free(timer), NET_EBADF);
    }
}

CASE(reentry_free_self) { play_all(free_self); }

static void close_the_server(net_socket *socket, net_server *on_server) {
    (void)socket;
    (void)on_server;
    accepted_requests +=
        net_server_close_cb(server, on_closed, counted_user((void *)(intptr_t)AT_CLOSE_COMPLETION), drop_here) == 0;
}

CASE(reentry_close_server) { play_all(close_the_server); }

static void free_the_server(net_socket *socket, net_server *on_server) {
    (void)socket;
    (void)on_server;
    bury(server);
    CHECK_EQ(net_server_free(server), 0);
    if (accepted) {
        net_server *owner = net_socket_server(accepted);
        CHECK(owner == NULL);
    }
}

CASE(reentry_free_server) { play_all(free_the_server); }

static void free_everything(net_socket *socket, net_server *on_server) {
    (void)socket;
    (void)on_server;
    for (int i = 0; i < CLIENTS; i++) {
        if (clients[i] && net_socket_free(clients[i]) == 0) {
            bury(clients[i]);
        }
    }
    if (accepted && net_socket_free(accepted) == 0) {
        bury(accepted);
    }
    bury(server);
    CHECK_EQ(net_server_free(server), 0);
    bury(failing_server);
    CHECK_EQ(net_server_free(failing_server), 0);
    bury(timer);
    CHECK_EQ(net_timer_free(timer), 0);
}

CASE(reentry_free_everything) { play_all(free_everything); }

static void connect_anew(net_socket *socket, net_server *on_server) {
    (void)socket;
    (void)on_server;
    int reason = 0;
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = port;
    options.host = "127.0.0.1";
    net_socket *made = net_connect(stage, &options, NULL, &reason);
    CHECK(made != NULL || reason == NET_EBADF);
    if (made) {
        ON(made, error, ignore_error);
        write_here(made, 5);
        end_here(made);
    }
}

CASE(reentry_new_connect) { play_all(connect_anew); }

static void connect_self_again(net_socket *socket, net_server *on_server) {
    (void)on_server;
    if (socket) {
        CHECK_EQ(net_socket_destroy(socket, NULL), 0);
        int status = net_socket_connect_tcp(socket, port, "127.0.0.1");
        CHECK(status == 0 || status < 0);
        write_here(socket, 5);
    }
}

CASE(reentry_connect_self_again) { play_all(connect_self_again); }

static void write_and_end(net_socket *socket, net_server *on_server) {
    (void)on_server;
    if (socket) {
        write_here(socket, 5);
        end_here(socket);
        write_here(socket, 5);
    }
}

CASE(reentry_write_and_end) { play_all(write_and_end); }

static void reset_self(net_socket *socket, net_server *on_server) {
    (void)on_server;
    if (socket) {
        CHECK_EQ(net_socket_reset_and_destroy(socket), 0);
    }
}

CASE(reentry_reset_self) { play_all(reset_self); }

static void destroy_with_error(net_socket *socket, net_server *on_server) {
    net_error error = NET_ERROR_INIT;
    (void)on_server;
    error.number = NET_EIO;
    error.message = "inside";
    if (socket) {
        CHECK_EQ(net_socket_destroy(socket, &error), 0);
    }
}

CASE(reentry_destroy_with_an_error) { play_all(destroy_with_error); }

static bool runs_inside_a_call(point here) {
    return here == AT_DROP || here == AT_RELEASE || here == AT_LOOKUP_FUNCTION;
}

static void nest(net_socket *socket, net_server *on_server) {
    (void)socket;
    (void)on_server;
    int status = net_loop_poll(stage, 0);
    /* A drop at the end of the loop finds it dead. */
    if (runs_inside_a_call(acting_at)) {
        CHECK(status == NET_EBUSY || status == NET_EBADF || status == 0);
        return;
    }
    CHECK_EQ(status, NET_EBUSY);
    CHECK_EQ(net_loop_run(stage), NET_EBUSY);
    CHECK_EQ(net_loop_run_deferred(stage), NET_EBUSY);
    CHECK_EQ(net_loop_detach(stage), NET_EBUSY);
}

CASE(reentry_nested_poll_is_refused) { play_all(nest); }

static void count_other(net_timer *handle, void *user) {
    (void)handle;
    ++*(int *)user;
}

static void run_another_loop(net_socket *socket, net_server *on_server) {
    int count = 0;
    (void)socket;
    (void)on_server;
    net_loop *other = net_loop_new();
    CHECK(other != NULL);
    net_timer *once = timer_on(other);
    CHECK_EQ(net_timer_start(once, 1, 0, count_other, &count, NULL), 0);
    CHECK_EQ(net_loop_run(other), 0);
    CHECK_EQ(count, 1);
    CHECK_EQ(net_loop_free(other), 0);
}

CASE(reentry_another_loop_may_run) { play_all(run_another_loop); }

static void free_the_loop(net_socket *socket, net_server *on_server) {
    (void)socket;
    (void)on_server;
    int status = net_loop_free(stage);
    if (runs_inside_a_call(acting_at)) {
        CHECK(status == 0 || status == NET_EBADF);
        stage_is_free = status == 0;
        return;
    }
    CHECK_EQ(status, 0);
    stage_is_free = true;
}

/* Deferred until the callback has returned; then completions with ECANCELED, drops, and no event. */
CASE(reentry_free_the_loop) {
    for (point here = 0; here < POINTS; here++) {
        if (!runs_inside_a_call(here)) {
            play(here, free_the_loop);
        }
    }
}

static void stop_the_loop(net_socket *socket, net_server *on_server) {
    (void)socket;
    (void)on_server;
    int status = net_loop_stop(stage);
    CHECK(status == 0 || status == NET_EBADF);
}

/* What stop left is still there for the next run. */
static void play_with_stop(point here) {
    acting_at = here;
    action = stop_the_loop;
    set_the_stage();
    while (net_loop_alive(stage) == 1) {
        CHECK_EQ(net_loop_run(stage), 0);
    }
    CHECK_EQ(net_loop_free(stage), 0);
    CHECK_EQ(completed_requests, accepted_requests);
    if (!acted) {
        FAIL("no %s in the scene", point_names[here]);
    }
}

CASE(reentry_stop) {
    for (point here = 0; here < POINTS; here++) {
        play_with_stop(here);
    }
}
