/* What JavaScript asks a socket about: every property is a question to the library.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <stdio.h>

/* One property: one of the questions is its own. */
struct property {
    const char *name;
    int (*yes)(net_socket *);
    int (*size)(net_socket *, size_t *);
    int (*number)(net_socket *, uint64_t *);
    napi_value (*other)(struct socket *);
    /* 0 is an answer, not the absence of one. */
    bool always;
};

typedef int (*address_fn)(net_socket *, net_address *);

static napi_value address_text(struct socket *socket, address_fn ask) {
    net_address address = NET_ADDRESS_INIT;
    return ask(socket->handle, &address) == 1 ? value_text_of(socket->addon->env, address.address, address.address_len)
                                              : NULL;
}

static napi_value address_port(struct socket *socket, address_fn ask) {
    net_address address = NET_ADDRESS_INIT;
    const bool found = ask(socket->handle, &address) == 1 && address.family != NET_FAMILY_LOCAL;
    return found ? value_number(socket->addon->env, address.port) : NULL;
}

static napi_value address_family(struct socket *socket, address_fn ask) {
    net_address address = NET_ADDRESS_INIT;
    const bool found = ask(socket->handle, &address) == 1 && address.family != NET_FAMILY_LOCAL;
    return found ? value_family(socket->addon->env, address.family) : NULL;
}

static napi_value local_address(struct socket *socket) { return address_text(socket, net_socket_local_address); }
static napi_value local_port(struct socket *socket) { return address_port(socket, net_socket_local_address); }
static napi_value local_family(struct socket *socket) { return address_family(socket, net_socket_local_address); }
static napi_value remote_address(struct socket *socket) { return address_text(socket, net_socket_remote_address); }
static napi_value remote_port(struct socket *socket) { return address_port(socket, net_socket_remote_address); }
static napi_value remote_family(struct socket *socket) { return address_family(socket, net_socket_remote_address); }

static napi_value ready_state(struct socket *socket) {
    return value_text(socket->addon->env, net_ready_state_name(net_socket_ready_state(socket->handle)));
}

static napi_value flowing(struct socket *socket) {
    int answer = -1;
    net_socket_readable_flowing(socket->handle, &answer);
    napi_env env = socket->addon->env;
    return answer < 0 ? value_null(env) : value_bool(env, answer == 1);
}

static napi_value errored(struct socket *socket) {
    const net_error *error = NULL;
    net_socket_errored(socket->handle, &error);
    return error_value(socket->addon, error);
}

static napi_value server(struct socket *socket) {
    napi_env env = socket->addon->env;
    struct server *server = net_server_data(net_socket_server(socket->handle));
    return server ? reference_value(env, server->self) : value_null(env);
}

static napi_value fd(struct socket *socket) {
    int fd = -1;
    return net_socket_fd(socket->handle, &fd) == 1 ? value_number(socket->addon->env, fd) : NULL;
}

static napi_value attempted_addresses(struct socket *socket) {
    napi_env env = socket->addon->env;
    size_t count = 0;
    napi_value list;
    if (net_socket_attempted_addresses(socket->handle, &count) != 1 ||
        napi_create_array_with_length(env, count, &list) != napi_ok) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        net_address address = NET_ADDRESS_INIT;
        net_socket_attempted_address(socket->handle, i, &address);
        char text[sizeof(address.address) + 8];
        snprintf(text, sizeof(text), "%s:%u", address.address, (unsigned)address.port);
        napi_set_element(env, list, (uint32_t)i, value_text(env, text));
    }
    return list;
}

static const struct property properties[] = {
    {"connecting", .yes = net_socket_connecting},
    {"pending", .yes = net_socket_pending},
    {"destroyed", .yes = net_socket_destroyed},
    {"closed", .yes = net_socket_closed},
    {"readable", .yes = net_socket_readable},
    {"writable", .yes = net_socket_writable},
    {"paused", .yes = net_socket_is_paused},
    {"readableEnded", .yes = net_socket_readable_ended},
    {"writableEnded", .yes = net_socket_writable_ended},
    {"writableFinished", .yes = net_socket_writable_finished},
    {"writableNeedDrain", .yes = net_socket_writable_need_drain},
    {"writableLength", .size = net_socket_writable_length, .always = true},
    {"readableLength", .size = net_socket_readable_length, .always = true},
    {"writableHighWaterMark", .size = net_socket_writable_high_water_mark, .always = true},
    {"readableHighWaterMark", .size = net_socket_readable_high_water_mark, .always = true},
    {"writableCorked", .size = net_socket_writable_corked, .always = true},
    {"bufferSize", .size = net_socket_buffer_size},
    {"bytesRead", .number = net_socket_bytes_read, .always = true},
    {"bytesWritten", .number = net_socket_bytes_written, .always = true},
    {"localAddress", .other = local_address},
    {"localPort", .other = local_port},
    {"localFamily", .other = local_family},
    {"remoteAddress", .other = remote_address},
    {"remotePort", .other = remote_port},
    {"remoteFamily", .other = remote_family},
    {"readyState", .other = ready_state},
    {"readableFlowing", .other = flowing},
    {"errored", .other = errored},
    {"server", .other = server},
    {"fd", .other = fd},
    {"autoSelectFamilyAttemptedAddresses", .other = attempted_addresses},
};

static napi_value answer(napi_env env, struct socket *socket, const struct property *property) {
    if (property->yes) {
        return value_bool(env, property->yes(socket->handle) == 1);
    }
    if (property->size) {
        size_t size = 0;
        int status = property->size(socket->handle, &size);
        return status == 1 || (status == 0 && property->always) ? value_number(env, (double)size) : NULL;
    }
    if (property->number) {
        uint64_t number = 0;
        int status = property->number(socket->handle, &number);
        return status == 1 || (status == 0 && property->always) ? value_number(env, (double)number) : NULL;
    }
    return property->other(socket);
}

/* Undefined for an object that is no socket, as the prototype itself. */
static napi_value get(napi_env env, napi_callback_info info) {
    napi_value self;
    void *property;
    TRY(napi_get_cb_info(env, info, NULL, NULL, &self, &property));
    struct socket *socket = socket_of(env, self);
    return socket ? answer(env, socket, property) : NULL;
}

static napi_value get_half_open(napi_env env, napi_callback_info info) {
    napi_value self;
    TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
    struct socket *socket = socket_of(env, self);
    return socket ? value_bool(env, net_socket_allow_half_open(socket->handle) == 1) : NULL;
}

static napi_value set_half_open(napi_env env, napi_callback_info info) {
    size_t argc = 1;
    napi_value value;
    napi_value self;
    napi_value truth;
    bool enable = false;
    TRY(napi_get_cb_info(env, info, &argc, &value, &self, NULL));
    TRY(napi_coerce_to_bool(env, value, &truth));
    TRY(napi_get_value_bool(env, truth, &enable));
    struct socket *socket = socket_of(env, self);
    if (socket) {
        net_socket_set_allow_half_open(socket->handle, enable);
    }
    return NULL;
}

static napi_value get_timeout(napi_env env, napi_callback_info info) {
    napi_value self;
    uint64_t ms = 0;
    TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
    struct socket *socket = socket_of(env, self);
    return socket && net_socket_timeout(socket->handle, &ms) == 1 ? value_number(env, (double)ms) : NULL;
}

static napi_value set_timeout(napi_env env, napi_callback_info info) {
    size_t argc = 1;
    napi_value value;
    napi_value self;
    double ms = 0;
    TRY(napi_get_cb_info(env, info, &argc, &value, &self, NULL));
    napi_get_value_double(env, value, &ms);
    struct socket *socket = socket_of(env, self);
    if (socket) {
        net_socket_set_timeout(socket->handle, ms > 0 ? (uint64_t)ms : 0);
    }
    return NULL;
}

int socket_define_state(napi_env env, napi_value prototype) {
    const napi_property_descriptor settable[] = {
        {.utf8name = "allowHalfOpen",
         .getter = get_half_open,
         .setter = set_half_open,
         .attributes = napi_configurable | napi_enumerable},
        {.utf8name = "timeout",
         .getter = get_timeout,
         .setter = set_timeout,
         .attributes = napi_configurable | napi_enumerable},
    };
    if (napi_define_properties(env, prototype, 2, settable) != napi_ok) {
        return NET_EINVAL;
    }
    for (size_t i = 0; i < sizeof(properties) / sizeof(*properties); i++) {
        napi_property_descriptor property = {.utf8name = properties[i].name,
                                             .getter = get,
                                             .attributes = napi_configurable | napi_enumerable,
                                             .data = (void *)&properties[i]};
        if (napi_define_properties(env, prototype, 1, &property) != napi_ok) {
            return NET_EINVAL;
        }
    }
    return 0;
}
