/* What JavaScript asks a server to do, and about.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <math.h>
#include <stdlib.h>

static const napi_type_tag server_tag = {0x6e6f64656e65741aULL, 0x7365727665720002ULL};

/* One call from JavaScript. */
struct call {
    napi_env env;
    napi_value self;
    napi_value argument;
    struct server *server;
};

static struct server *server_of(napi_env env, napi_value self) {
    bool tagged = false;
    void *server = NULL;
    if (self && napi_check_object_type_tag(env, self, &server_tag, &tagged) == napi_ok && tagged) {
        napi_unwrap(env, self, &server);
    }
    return server;
}

/* What a server is to listen on that is there already; NULL for none. */
static const void *handle_of(napi_env env, napi_value object) {
    struct server *server = server_of(env, object);
    struct socket *socket = server ? NULL : socket_of(env, object);
    if (server) {
        return server->handle;
    }
    return socket ? (const void *)socket->handle : (const void *)bound_socket_of(env, object);
}

static bool begin(napi_env env, napi_callback_info info, struct call *call) {
    size_t argc = 1;
    call->env = env;
    if (napi_get_cb_info(env, info, &argc, &call->argument, &call->self, NULL) != napi_ok) {
        return false;
    }
    call->server = server_of(env, call->self);
    if (!call->server) {
        throw_code(env, NET_EBADF);
    }
    return call->server;
}

static napi_value finish(struct call *call, int status) {
    loop_sync(call->server->addon);
    return status < 0 ? throw_code(call->env, status) : call->self;
}

static void on_collected(napi_env env, void *data, void *hint) {
    (void)hint;
    struct server *server = data;
    net_server_free(server->handle);
    reference_set(env, &server->error, NULL);
    napi_delete_reference(env, server->self);
    free(server);
}

static napi_value open_server(napi_env env, napi_callback_info info) {
    size_t argc = 1;
    napi_value given;
    napi_value self;
    TRY(napi_get_cb_info(env, info, &argc, &given, &self, NULL));
    struct addon *addon = addon_of(env);
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    option_int(env, given, "allowHalfOpen", &options.allow_half_open);
    option_int(env, given, "pauseOnConnect", &options.pause_on_connect);
    option_int(env, given, "noDelay", &options.no_delay);
    option_int(env, given, "keepAlive", &options.keep_alive);
    option_time(env, given, "keepAliveInitialDelay", &options.keep_alive_initial_delay);
    option_size(env, given, "highWaterMark", &options.high_water_mark);
    options.block_list = option_block_list(env, given);
    struct server *server = calloc(1, sizeof(*server));
    net_server *handle = net_server_new(addon->loop, &options);
    if (!server || !handle) {
        free(server);
        return throw_code(env, NET_EINVAL);
    }
    server->addon = addon;
    server->handle = handle;
    TRY(napi_wrap(env, self, server, on_collected, NULL, &server->self));
    TRY(napi_type_tag_object(env, self, &server_tag));
    net_server_set_data(handle, server, NULL);
    int status = server_listen_always(server);
    return status < 0 ? throw_code(env, status) : self;
}

static napi_value listen_server(napi_env env, napi_callback_info info) {
    struct call call;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    char *host = NULL;
    char *path = NULL;
    option_port(env, call.argument, "port", &options.port);
    option_int(env, call.argument, "backlog", &options.backlog);
    option_text(env, call.argument, "host", &host, &options.host_len);
    option_text(env, call.argument, "path", &path, &options.path_len);
    option_int(env, call.argument, "fd", &options.fd);
    option_int(env, call.argument, "ipv6Only", &options.ipv6_only);
    option_int(env, call.argument, "reusePort", &options.reuse_port);
    option_int(env, call.argument, "exclusive", &options.exclusive);
    option_int(env, call.argument, "readableAll", &options.readable_all);
    option_int(env, call.argument, "writableAll", &options.writable_all);
    options.host = host;
    options.path = path;
    options.handle = handle_of(env, option_value(env, call.argument, "handle"));
    struct lookup *lookup;
    int status = lookup_new(call.server->addon, call.argument, call.server->self, &call.server->error, &lookup);
    if (lookup) {
        options.lookup = lookup_ask;
        options.lookup_user = lookup;
        options.lookup_drop = lookup_drop;
    }
    status = status < 0 ? status : net_server_listen(call.server->handle, &options);
    free(host);
    free(path);
    if (status == 0) {
        reference_hold(env, call.server->self);
    }
    return finish(&call, status);
}

static void on_closed(net_server *handle, const net_error *error, void *user) {
    (void)handle;
    struct addon *addon = request_addon(user);
    napi_handle_scope scope;
    if (napi_open_handle_scope(addon->env, &scope) == napi_ok) {
        napi_value argument = error ? error_value(addon, error) : value_undefined(addon->env);
        request_answer(user, 1, &argument);
        napi_close_handle_scope(addon->env, scope);
    }
}

static napi_value close_server(napi_env env, napi_callback_info info) {
    struct call call;
    struct request *request;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    int status = request_new(call.server->addon, call.argument, &request);
    if (request) {
        status = net_server_close_cb(call.server->handle, on_closed, request, request_drop);
    } else if (status == 0) {
        status = net_server_close(call.server->handle);
    }
    reference_hold(env, call.server->self);
    return finish(&call, status);
}

static void on_counted(net_server *handle, const net_error *error, size_t count, void *user) {
    (void)handle;
    struct addon *addon = request_addon(user);
    napi_handle_scope scope;
    if (napi_open_handle_scope(addon->env, &scope) == napi_ok) {
        napi_value arguments[] = {error_value(addon, error), value_number(addon->env, (double)count)};
        request_answer(user, 2, arguments);
        napi_close_handle_scope(addon->env, scope);
    }
}

static napi_value get_connections(napi_env env, napi_callback_info info) {
    struct call call;
    struct request *request;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    int status = request_new(call.server->addon, call.argument, &request);
    if (request) {
        status = net_server_get_connections(call.server->handle, on_counted, request, request_drop);
    }
    return finish(&call, status);
}

static napi_value ref_server(napi_env env, napi_callback_info info) {
    struct call call;
    return begin(env, info, &call) ? finish(&call, net_server_ref(call.server->handle)) : NULL;
}

static napi_value unref_server(napi_env env, napi_callback_info info) {
    struct call call;
    return begin(env, info, &call) ? finish(&call, net_server_unref(call.server->handle)) : NULL;
}

/* {address, family, port}; of a path its text; null if it does not listen. */
static napi_value address_server(napi_env env, napi_callback_info info) {
    struct call call;
    net_address address = NET_ADDRESS_INIT;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    int status = net_server_address(call.server->handle, &address);
    if (status != 1) {
        return status < 0 ? throw_code(env, status) : value_null(env);
    }
    if (address.family == NET_FAMILY_LOCAL) {
        return value_text_of(env, address.address, address.address_len);
    }
    return value_address(env, &address);
}

static napi_value get_listening(napi_env env, napi_callback_info info) {
    napi_value self;
    TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
    struct server *server = server_of(env, self);
    return value_bool(env, server && net_server_listening(server->handle) == 1);
}

static napi_value get_fd(napi_env env, napi_callback_info info) {
    napi_value self;
    int fd = -1;
    TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
    struct server *server = server_of(env, self);
    return server && net_server_fd(server->handle, &fd) == 1 ? value_number(env, fd) : NULL;
}

static napi_value get_max_connections(napi_env env, napi_callback_info info) {
    napi_value self;
    int64_t most = NET_NO_LIMIT;
    TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
    struct server *server = server_of(env, self);
    if (server) {
        net_server_max_connections(server->handle, &most);
    }
    return most == NET_NO_LIMIT ? NULL : value_number(env, (double)most);
}

static napi_value set_max_connections(napi_env env, napi_callback_info info) {
    struct call call;
    double most = NAN;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    napi_get_value_double(env, call.argument, &most);
    net_server_set_max_connections(call.server->handle, most >= 0 && most < 9e15 ? (int64_t)most : NET_NO_LIMIT);
    return NULL;
}

int server_define(napi_env env, napi_value prototype) {
    static const napi_property_descriptor properties[] = {
        {.utf8name = "open", .method = open_server, .attributes = napi_default_method},
        {.utf8name = "listen", .method = listen_server, .attributes = napi_default_method},
        {.utf8name = "close", .method = close_server, .attributes = napi_default_method},
        {.utf8name = "getConnections", .method = get_connections, .attributes = napi_default_method},
        {.utf8name = "ref", .method = ref_server, .attributes = napi_default_method},
        {.utf8name = "unref", .method = unref_server, .attributes = napi_default_method},
        {.utf8name = "address", .method = address_server, .attributes = napi_default_method},
        {.utf8name = "listening", .getter = get_listening, .attributes = napi_configurable | napi_enumerable},
        {.utf8name = "fd", .getter = get_fd, .attributes = napi_configurable},
        {.utf8name = "maxConnections",
         .getter = get_max_connections,
         .setter = set_max_connections,
         .attributes = napi_configurable | napi_enumerable},
    };
    return napi_define_properties(env, prototype, sizeof(properties) / sizeof(*properties), properties) == napi_ok
               ? 0
               : NET_EINVAL;
}
