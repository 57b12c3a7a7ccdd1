/* Every event of the header, with a listener that stays, one for a single time, and one that is taken off: all three
 * ways are there for all events, and each event comes. */
#include <string.h>

#include "peer.h"
#include "scene.h"

#define PLAIN_EVENTS(X)                                                                                                \
    X(connect)                                                                                                         \
    X(ready)                                                                                                           \
    X(end)                                                                                                             \
    X(drain)                                                                                                           \
    X(finish)                                                                                                          \
    X(timeout)                                                                                                         \
    X(pause)                                                                                                           \
    X(resume)
#define OTHER_EVENTS(X)                                                                                                \
    X(error)                                                                                                           \
    X(close)                                                                                                           \
    X(lookup)                                                                                                          \
    X(pipe)                                                                                                            \
    X(unpipe)                                                                                                          \
    X(connection_attempt)                                                                                              \
    X(connection_attempt_failed)                                                                                       \
    X(connection_attempt_timeout)
/* Whether somebody listens for these changes how a socket reads. */
#define READING_EVENTS(X)                                                                                              \
    X(data)                                                                                                            \
    X(readable)
#define SOCKET_EVENTS(X) PLAIN_EVENTS(X) OTHER_EVENTS(X) READING_EVENTS(X)
#define SERVER_EVENTS(X)                                                                                               \
    X(listening)                                                                                                       \
    X(connection)                                                                                                      \
    X(close)                                                                                                           \
    X(error)                                                                                                           \
    X(drop)

typedef struct tally {
    int always;
    int once;
    int never;
    int registered;
} tally;

#define DECLARE(event) static tally socket_##event;
SOCKET_EVENTS(DECLARE)
#undef DECLARE
#define DECLARE(event) static tally server_##event;
SERVER_EVENTS(DECLARE)
#undef DECLARE

static void count(void *user) { ++*(int *)user; }

#define PLAIN(event)                                                                                                   \
    static void on_socket_##event(net_socket *socket, void *user) {                                                    \
        (void)socket;                                                                                                  \
        count(user);                                                                                                   \
    }
PLAIN_EVENTS(PLAIN)
PLAIN(readable)
#undef PLAIN

static void on_socket_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    CHECK(data != NULL && length > 0);
    count(user);
}

static void on_socket_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    CHECK(error->number < 0);
    count(user);
}

static void on_socket_close(net_socket *socket, int had_error, void *user) {
    CHECK(had_error == 0 || had_error == 1);
    CHECK_EQ(net_socket_closed(socket), 1);
    count(user);
}

static void on_socket_lookup(net_socket *socket, const net_error *error, const net_address *address, const char *host,
                             void *user) {
    (void)socket;
    CHECK((error == NULL) != (address == NULL));
    CHECK_STR(host, "name");
    count(user);
}

#define PIPED(event)                                                                                                   \
    static void on_socket_##event(net_socket *socket, net_socket *source, void *user) {                                \
        CHECK(source != NULL && source != socket);                                                                     \
        count(user);                                                                                                   \
    }
PIPED(pipe)
PIPED(unpipe)

#define ATTEMPT(event)                                                                                                 \
    static void on_socket_##event(net_socket *socket, const net_address *address, void *user) {                        \
        (void)socket;                                                                                                  \
        CHECK(address->port != 0);                                                                                     \
        count(user);                                                                                                   \
    }
ATTEMPT(connection_attempt)
ATTEMPT(connection_attempt_timeout)

static void on_socket_connection_attempt_failed(net_socket *socket, const net_address *address, const net_error *error,
                                                void *user) {
    (void)socket;
    CHECK(address->port != 0 && error->number < 0);
    count(user);
}

static void on_server_listening(net_server *server, void *user) {
    CHECK_EQ(net_server_listening(server), 1);
    count(user);
}

static void on_server_close(net_server *server, void *user) {
    CHECK_EQ(net_server_listening(server), 0);
    count(user);
}

static void on_server_connection(net_server *server, net_socket *socket, void *user) {
    CHECK(net_socket_server(socket) == server);
    count(user);
}

static void on_server_error(net_server *server, const net_error *error, void *user) {
    (void)server;
    CHECK_EQ(error->number, NET_EADDRINUSE);
    count(user);
}

static void on_server_drop(net_server *server, const net_drop_info *info, void *user) {
    (void)server;
    CHECK_EQ(info->reason, NET_DROP_MAX_CONNECTIONS);
    count(user);
}

/* The third is registered twice, so that `off` has something to choose from; both go. */
#define HEAR(noun, handle, event)                                                                                      \
    CHECK_EQ(net_##noun##_on_##event(handle, on_##noun##_##event, &noun##_##event.always, NULL), 0);                   \
    CHECK_EQ(net_##noun##_once_##event(handle, on_##noun##_##event, &noun##_##event.once, NULL), 0);                   \
    CHECK_EQ(net_##noun##_on_##event(handle, on_##noun##_##event, &noun##_##event.never, NULL), 0);                    \
    CHECK_EQ(net_##noun##_once_##event(handle, on_##noun##_##event, &noun##_##event.never, NULL), 0);                  \
    CHECK_EQ(net_##noun##_off_##event(handle, on_##noun##_##event, &noun##_##event.never), 0);                         \
    CHECK_EQ(net_##noun##_off_##event(handle, on_##noun##_##event, &noun##_##event.never), 0);                         \
    CHECK_EQ(net_##noun##_off_##event(handle, on_##noun##_##event, &noun##_##event.never), NET_ENOENT);                \
    noun##_##event.registered++;

static net_socket *heard(net_loop *loop, const net_socket_options *options) {
    net_socket *socket = socket_on(loop, options);
#define HEAR_SOCKET(event) HEAR(socket, socket, event)
    PLAIN_EVENTS(HEAR_SOCKET)
    OTHER_EVENTS(HEAR_SOCKET)
    return socket;
}

static net_server *heard_server(net_loop *loop) {
    net_server *server = server_on(loop, NULL);
#define HEAR_SERVER(event) HEAR(server, server, event)
    SERVER_EVENTS(HEAR_SERVER)
    return server;
}

static void answer_and_end(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, error, ignore_error);
    CHECK_EQ(net_socket_resume(socket), 0);
    CHECK(net_socket_write_cstr(socket, "something") >= 0);
    CHECK_EQ(net_socket_end(socket), 0);
}

static void close_server(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    CHECK_EQ(net_server_close(user), 0);
}

/* A name with two addresses: the first answers nothing, so that the second one is tried. */
static void two_addresses(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    net_address addresses[2] = {NET_ADDRESS_INIT, NET_ADDRESS_INIT};
    (void)host;
    (void)family;
    (void)hints;
    (void)user;
    CHECK_EQ(all, 1);
    for (int i = 0; i < 2; i++) {
        addresses[i].family = NET_FAMILY_IPV4;
        addresses[i].address_len = 9;
        memcpy(addresses[i].address, i ? "127.0.0.1" : "127.0.0.2", 9);
    }
    CHECK_EQ(net_lookup_answer(request, addresses, 2), 0);
}

static void connect_to_silence(net_loop *loop) {
    uint16_t port = 0;
    int silent = peer_listen("127.0.0.2", &port, 0);
    int queued = peer_connect("127.0.0.2", port);
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = port;
    options.host = "name";
    options.lookup = two_addresses;
    options.auto_select_family_attempt_timeout = 10;
    CHECK_EQ(net_socket_connect(heard(loop, NULL), &options), 0);
    run(loop);
    peer_close(queued);
    peer_close(silent);
}

static void hold_a_while(net_socket *socket, void *user) {
    (void)user;
    /* Nothing moves until `timeout` has come. */
    CHECK_EQ(net_socket_set_timeout(socket, 1), 0);
}

static void read_all(net_socket *socket, void *user) {
    uint8_t bytes[64];
    size_t length = 0;
    (void)user;
    while (net_socket_read_some(socket, bytes, sizeof bytes, &length) == 1) {
        CHECK(length > 0);
    }
}

/* A client with a mark of one byte, so that a write is above it, which is idle until its timeout and then ends. */
static void talk(net_loop *loop, bool by_readable) {
    net_server *server = heard_server(loop);
    CHECK_EQ(net_server_on_connection(server, answer_and_end, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.allow_half_open = 1;
    options.high_water_mark = 1;
    net_socket *client = heard(loop, &options);
    net_socket *source = socket_on(loop, NULL);
    CHECK_EQ(net_socket_pipe(source, client, 1), 0);
    CHECK_EQ(net_socket_unpipe(source, client), 0);
    if (by_readable) {
        HEAR(socket, client, readable)
        ON(client, readable, read_all);
    } else {
        HEAR(socket, client, data)
        CHECK_EQ(net_socket_pause(client), 0);
        CHECK_EQ(net_socket_resume(client), 0);
    }
    ON(client, connect, hold_a_while);
    ON(client, timeout, do_end);
    CHECK_EQ(net_socket_on_close(client, close_server, server, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(client, port, "127.0.0.1"), 0);
    CHECK_EQ(net_socket_write_cstr(client, "above the mark"), 0);
    run(loop);
}

static void stop_both(net_socket *socket, int had_error, void *user) {
    net_server **servers = user;
    (void)socket;
    (void)had_error;
    CHECK_EQ(net_server_close(servers[0]), 0);
}

/* A server without room, and one without a port. */
static void refuse(net_loop *loop) {
    net_server *servers[2] = {heard_server(loop), heard_server(loop)};
    uint16_t port = listen_local(servers[0]);
    CHECK_EQ(net_server_set_max_connections(servers[0], 0), 0);
    CHECK_EQ(net_server_listen_tcp(servers[1], port, "127.0.0.1"), 0);
    net_socket *client = quiet_client(loop, port);
    CHECK_EQ(net_socket_on_close(client, stop_both, servers, NULL), 0);
    run(loop);
}

CASE(every_event_by_every_way) {
    talk(loop, false);
    talk(loop, true);
    connect_to_silence(loop);
    refuse(loop);
#define COMES(noun, event)                                                                                             \
    CHECK(noun##_##event.registered > 0);                                                                              \
    CHECK(noun##_##event.always > 0);                                                                                  \
    CHECK(noun##_##event.once > 0 && noun##_##event.once <= noun##_##event.registered);                                \
    CHECK(noun##_##event.once <= noun##_##event.always);                                                               \
    CHECK_EQ(noun##_##event.never, 0);
#define SOCKET_COMES(event) COMES(socket, event)
#define SERVER_COMES(event) COMES(server, event)
    SOCKET_EVENTS(SOCKET_COMES)
    SERVER_EVENTS(SERVER_COMES)
}
