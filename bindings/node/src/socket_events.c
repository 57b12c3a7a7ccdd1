/* What a socket tells JavaScript. The library has a listener for an event while JavaScript has one, so that it decides
 * what that means, as for the flow of data.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <string.h>

enum { MOST_ARGUMENTS = 4 };

/* One event on its way. */
struct telling {
    struct socket *socket;
    napi_env env;
    napi_handle_scope scope;
    size_t argc;
    napi_value argv[MOST_ARGUMENTS];
};

static struct telling begin(struct socket *socket) {
    struct telling telling = {.socket = socket, .env = socket->addon->env};
    napi_open_handle_scope(telling.env, &telling.scope);
    return telling;
}

static void add(struct telling *telling, napi_value argument) { telling->argv[telling->argc++] = argument; }

static void add_target(struct telling *telling, const net_address *address) {
    add(telling, value_text_of(telling->env, address->address, address->address_len));
    if (address->family == NET_FAMILY_LOCAL) {
        add(telling, value_undefined(telling->env));
        add(telling, value_undefined(telling->env));
    } else {
        add(telling, value_number(telling->env, address->port));
        add(telling, value_number(telling->env, address->family));
    }
}

static void tell(struct telling *telling, const char *event) {
    emit(telling->socket->addon, telling->socket->self, event, telling->argc, telling->argv);
    napi_close_handle_scope(telling->env, telling->scope);
}

static void tell_plain(struct socket *socket, const char *event) {
    struct telling telling = begin(socket);
    tell(&telling, event);
}

#define PLAIN(name, event)                                                                                             \
    static void on_##name(net_socket *handle, void *user) {                                                            \
        (void)handle;                                                                                                  \
        tell_plain(user, event);                                                                                       \
    }

PLAIN(connect, "connect")
PLAIN(ready, "ready")
PLAIN(readable, "readable")
PLAIN(end, "end")
PLAIN(drain, "drain")
PLAIN(finish, "finish")
PLAIN(timeout, "timeout")
PLAIN(pause, "pause")
PLAIN(resume, "resume")

static void on_data(net_socket *handle, const uint8_t *data, size_t len, void *user) {
    (void)handle;
    struct telling telling = begin(user);
    add(&telling, value_bytes(telling.env, data, len));
    tell(&telling, "data");
}

/* The source, unless it has been collected. */
static void tell_source(struct socket *socket, net_socket *source, const char *event) {
    struct telling telling = begin(socket);
    struct socket *from = net_socket_data(source);
    add(&telling, from ? socket_object(from) : value_undefined(telling.env));
    tell(&telling, event);
}

static void on_pipe(net_socket *handle, net_socket *source, void *user) {
    (void)handle;
    tell_source(user, source, "pipe");
}

static void on_unpipe(net_socket *handle, net_socket *source, void *user) {
    (void)handle;
    tell_source(user, source, "unpipe");
}

static void on_lookup(net_socket *handle, const net_error *error, const net_address *address, const char *host,
                      void *user) {
    (void)handle;
    struct telling telling = begin(user);
    add(&telling, error_value(telling.socket->addon, error));
    if (address) {
        add(&telling, value_text_of(telling.env, address->address, address->address_len));
        add(&telling, value_number(telling.env, address->family));
    } else {
        add(&telling, value_undefined(telling.env));
        add(&telling, value_undefined(telling.env));
    }
    add(&telling, value_text(telling.env, host));
    tell(&telling, "lookup");
}

static void on_attempt(net_socket *handle, const net_address *address, void *user) {
    (void)handle;
    struct telling telling = begin(user);
    add_target(&telling, address);
    tell(&telling, "connectionAttempt");
}

static void on_attempt_failed(net_socket *handle, const net_address *address, const net_error *error, void *user) {
    (void)handle;
    struct telling telling = begin(user);
    add_target(&telling, address);
    add(&telling, error_value(telling.socket->addon, error));
    tell(&telling, "connectionAttemptFailed");
}

static void on_attempt_timeout(net_socket *handle, const net_address *address, void *user) {
    (void)handle;
    struct telling telling = begin(user);
    add_target(&telling, address);
    tell(&telling, "connectionAttemptTimeout");
}

static void on_error(net_socket *handle, const net_error *error, void *user) {
    (void)handle;
    struct telling telling = begin(user);
    add(&telling, error_value(telling.socket->addon, error));
    tell(&telling, "error");
}

/* Nothing more will be told, unless the socket has begun a new life: JavaScript may collect it. */
static void let_go(struct socket *socket) {
    if (net_socket_closed(socket->handle) == 1) {
        reference_release(socket->addon->env, socket->self);
    }
}

static void on_close(net_socket *handle, int had_error, void *user) {
    (void)handle;
    struct telling telling = begin(user);
    add(&telling, value_bool(telling.env, had_error == 1));
    tell(&telling, "close");
    let_go(user);
}

/* Lets go where JavaScript does not listen; else on_close, which comes after this, does. */
static void on_close_unheard(net_socket *handle, int had_error, void *user) {
    (void)had_error;
    size_t count = 0;
    net_socket_listener_count(handle, "close", &count);
    if (count == 1) {
        let_go(user);
    }
}

#define EVENT(name, event)                                                                                             \
    static int listen_##name(struct socket *socket) {                                                                  \
        return net_socket_on_##name(socket->handle, on_##event, socket, NULL);                                         \
    }                                                                                                                  \
    static int unlisten_##name(struct socket *socket) {                                                                \
        return net_socket_off_##name(socket->handle, on_##event, socket);                                              \
    }

EVENT(connect, connect)
EVENT(ready, ready)
EVENT(data, data)
EVENT(readable, readable)
EVENT(end, end)
EVENT(drain, drain)
EVENT(finish, finish)
EVENT(timeout, timeout)
EVENT(pause, pause)
EVENT(resume, resume)
EVENT(pipe, pipe)
EVENT(unpipe, unpipe)
EVENT(lookup, lookup)
EVENT(connection_attempt, attempt)
EVENT(connection_attempt_failed, attempt_failed)
EVENT(connection_attempt_timeout, attempt_timeout)
EVENT(close, close)

static const struct event {
    const char *name;
    int (*listen)(struct socket *);
    int (*unlisten)(struct socket *);
} events[] = {
    {"connect", listen_connect, unlisten_connect},
    {"ready", listen_ready, unlisten_ready},
    {"data", listen_data, unlisten_data},
    {"readable", listen_readable, unlisten_readable},
    {"end", listen_end, unlisten_end},
    {"drain", listen_drain, unlisten_drain},
    {"finish", listen_finish, unlisten_finish},
    {"timeout", listen_timeout, unlisten_timeout},
    {"pause", listen_pause, unlisten_pause},
    {"resume", listen_resume, unlisten_resume},
    {"pipe", listen_pipe, unlisten_pipe},
    {"unpipe", listen_unpipe, unlisten_unpipe},
    {"lookup", listen_lookup, unlisten_lookup},
    {"connectionAttempt", listen_connection_attempt, unlisten_connection_attempt},
    {"connectionAttemptFailed", listen_connection_attempt_failed, unlisten_connection_attempt_failed},
    {"connectionAttemptTimeout", listen_connection_attempt_timeout, unlisten_connection_attempt_timeout},
    {"close", listen_close, unlisten_close},
};

static const struct event *event_of(const char *name) {
    for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
        if (strcmp(events[i].name, name) == 0) {
            return &events[i];
        }
    }
    return NULL;
}

int socket_listen(struct socket *socket, const char *name) {
    const struct event *event = event_of(name);
    return event ? event->listen(socket) : 0;
}

int socket_unlisten(struct socket *socket, const char *name) {
    const struct event *event = event_of(name);
    return event ? event->unlisten(socket) : 0;
}

/* An error that nobody hears is for JavaScript to throw. */
int socket_listen_always(struct socket *socket) {
    int status = net_socket_on_error(socket->handle, on_error, socket, NULL);
    return status < 0 ? status : net_socket_on_close(socket->handle, on_close_unheard, socket, NULL);
}
