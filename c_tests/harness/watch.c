#include <string.h>

#include "harness.h"

/* The name of the handle and of the event, in one text: "client connect". */
static const char *label_of(void *user) { return counted_payload(user); }

static void on_socket(net_socket *socket, void *user) {
    (void)socket;
    trace("%s", label_of(user));
}

static void on_socket_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    trace("%s %zu %s", label_of(user), length, text_data(data, length));
}

static void on_socket_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    trace("%s %s", label_of(user), text_error(error));
}

static void on_socket_close(net_socket *socket, int had_error, void *user) {
    (void)socket;
    trace("%s %s", label_of(user), text_bool(had_error));
}

static void on_socket_lookup(net_socket *socket, const net_error *error, const net_address *address, const char *host,
                             void *user) {
    (void)socket;
    if (address && address->family != NET_FAMILY_NONE) {
        trace("%s %s %s %d %s", label_of(user), text_error(error), address->address, address->family, host);
    } else {
        trace("%s %s undefined undefined %s", label_of(user), text_error(error), host);
    }
}

static void on_socket_attempt(net_socket *socket, const net_address *address, void *user) {
    (void)socket;
    trace("%s %s", label_of(user), text_address(1, address));
}

static void on_socket_attempt_failed(net_socket *socket, const net_address *address, const net_error *error,
                                     void *user) {
    (void)socket;
    trace("%s %s %s", label_of(user), text_address(1, address), text_error(error));
}

static void on_server(net_server *server, void *user) {
    (void)server;
    trace("%s", label_of(user));
}

static void on_server_connection(net_server *server, net_socket *socket, void *user) {
    CHECK(net_socket_server(socket) == server);
    trace("%s", label_of(user));
}

static void on_server_error(net_server *server, const net_error *error, void *user) {
    (void)server;
    trace("%s %s", label_of(user), text_error(error));
}

static void on_server_drop(net_server *server, const net_drop_info *info, void *user) {
    (void)server;
    CHECK(info->size >= sizeof *info);
    /* The dropped peer's port is the system's choice. */
    trace("%s local=%s remote=%s PORT IPv%d", label_of(user), text_address(1, &info->local), info->remote.address,
          info->remote.family);
    CHECK(info->remote.port != 0);
}

typedef int (*add_fn)(void *handle, void *user);

#define SOCKET_EVENT(event, function)                                                                                  \
    static int add_socket_##event(void *handle, void *user) {                                                          \
        return net_socket_on_##event(handle, function, user, counted_drop);                                            \
    }
#define SERVER_EVENT(event, function)                                                                                  \
    static int add_server_##event(void *handle, void *user) {                                                          \
        return net_server_on_##event(handle, function, user, counted_drop);                                            \
    }

SOCKET_EVENT(connect, on_socket)
SOCKET_EVENT(ready, on_socket)
SOCKET_EVENT(readable, on_socket)
SOCKET_EVENT(end, on_socket)
SOCKET_EVENT(drain, on_socket)
SOCKET_EVENT(finish, on_socket)
SOCKET_EVENT(timeout, on_socket)
SOCKET_EVENT(pause, on_socket)
SOCKET_EVENT(resume, on_socket)
SOCKET_EVENT(data, on_socket_data)
SOCKET_EVENT(error, on_socket_error)
SOCKET_EVENT(close, on_socket_close)
SOCKET_EVENT(lookup, on_socket_lookup)
SOCKET_EVENT(connection_attempt, on_socket_attempt)
SOCKET_EVENT(connection_attempt_failed, on_socket_attempt_failed)
SOCKET_EVENT(connection_attempt_timeout, on_socket_attempt)
SERVER_EVENT(listening, on_server)
SERVER_EVENT(connection, on_server_connection)
SERVER_EVENT(close, on_server)
SERVER_EVENT(error, on_server_error)
SERVER_EVENT(drop, on_server_drop)

typedef struct event {
    const char *name;
    add_fn add;
} event;

static const event socket_events[] = {
    {"connect", add_socket_connect},
    {"ready", add_socket_ready},
    {"readable", add_socket_readable},
    {"end", add_socket_end},
    {"drain", add_socket_drain},
    {"finish", add_socket_finish},
    {"timeout", add_socket_timeout},
    {"pause", add_socket_pause},
    {"resume", add_socket_resume},
    {"data", add_socket_data},
    {"error", add_socket_error},
    {"close", add_socket_close},
    {"lookup", add_socket_lookup},
    {"connectionAttempt", add_socket_connection_attempt},
    {"connectionAttemptFailed", add_socket_connection_attempt_failed},
    {"connectionAttemptTimeout", add_socket_connection_attempt_timeout},
    {NULL, NULL},
};

static const event server_events[] = {
    {"listening", add_server_listening}, {"connection", add_server_connection},
    {"close", add_server_close},         {"error", add_server_error},
    {"drop", add_server_drop},           {NULL, NULL},
};

static void watch_one(void *handle, const char *name, const event *events, const char *wanted, size_t length) {
    for (const event *event = events; event->name; event++) {
        if (strlen(event->name) == length && strncmp(event->name, wanted, length) == 0) {
            CHECK_EQ(event->add(handle, counted_user((void *)kept_text("%s %s", name, event->name))), 0);
            return;
        }
    }
    FAIL("no event %.*s", (int)length, wanted);
}

static void watch(void *handle, const char *name, const event *events, const char *wanted) {
    while (*wanted) {
        size_t length = strcspn(wanted, " ");
        watch_one(handle, name, events, wanted, length);
        wanted += length;
        wanted += strspn(wanted, " ");
    }
}

void watch_socket(net_socket *socket, const char *name, const char *events) {
    watch(socket, name, socket_events, events);
}

void watch_server(net_server *server, const char *name, const char *events) {
    watch(server, name, server_events, events);
}
