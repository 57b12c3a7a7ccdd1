/* What JavaScript asks a socket to do.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <math.h>
#include <stdlib.h>

static const napi_type_tag socket_tag = {0x6e6f64656e65741aULL, 0x736f636b65740001ULL};

enum { MOST_ARGUMENTS = 4 };

/* One call from JavaScript. */
struct call {
    napi_env env;
    napi_value self;
    napi_value argv[MOST_ARGUMENTS];
    struct socket *socket;
    void *data;
};

struct socket *socket_of(napi_env env, napi_value self) {
    bool tagged = false;
    void *socket = NULL;
    if (self && napi_check_object_type_tag(env, self, &socket_tag, &tagged) == napi_ok && tagged) {
        napi_unwrap(env, self, &socket);
    }
    return socket;
}

napi_value socket_object(struct socket *socket) { return reference_value(socket->addon->env, socket->self); }

static bool begin(napi_env env, napi_callback_info info, struct call *call) {
    size_t argc = MOST_ARGUMENTS;
    call->env = env;
    if (napi_get_cb_info(env, info, &argc, call->argv, &call->self, &call->data) != napi_ok) {
        return false;
    }
    call->socket = socket_of(env, call->self);
    if (!call->socket) {
        throw_code(env, NET_EBADF);
    }
    return call->socket;
}

/* The library may now have something to tell, until it has told `close`. */
static void hold(struct call *call) {
    if (net_socket_closed(call->socket->handle) == 0) {
        reference_hold(call->env, call->socket->self);
    }
}

static napi_value finish(struct call *call, int status) {
    loop_sync(call->socket->addon);
    return status < 0 ? throw_code(call->env, status) : call->self;
}

static void on_collected(napi_env env, void *data, void *hint) {
    (void)hint;
    struct socket *socket = data;
    net_socket_free(socket->handle);
    reference_set(env, &socket->error, NULL);
    napi_delete_reference(env, socket->self);
    free(socket);
}

static net_socket_options options_of(napi_env env, napi_value given) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    option_int(env, given, "allowHalfOpen", &options.allow_half_open);
    option_int(env, given, "noDelay", &options.no_delay);
    option_int(env, given, "keepAlive", &options.keep_alive);
    option_int(env, given, "typeOfService", &options.type_of_service);
    option_time(env, given, "keepAliveInitialDelay", &options.keep_alive_initial_delay);
    option_size(env, given, "highWaterMark", &options.high_water_mark);
    options.block_list = option_block_list(env, given);
    options.handle = bound_socket_of(env, option_value(env, given, "handle"));
    option_int(env, given, "fd", &options.fd);
    option_int(env, given, "readable", &options.readable);
    option_int(env, given, "writable", &options.writable);
    return options;
}

static int wrap(struct addon *addon, napi_value self, net_socket *handle) {
    struct socket *socket = calloc(1, sizeof(*socket));
    if (!socket) {
        return NET_ENOMEM;
    }
    socket->addon = addon;
    socket->handle = handle;
    if (napi_wrap(addon->env, self, socket, on_collected, NULL, &socket->self) != napi_ok) {
        free(socket);
        return NET_EINVAL;
    }
    napi_type_tag_object(addon->env, self, &socket_tag);
    net_socket_set_data(handle, socket, NULL);
    return socket_listen_always(socket);
}

/* open(options) makes the library's socket, open(external) takes one that was accepted. */
static napi_value open_socket(napi_env env, napi_callback_info info) {
    size_t argc = 1;
    napi_value given;
    napi_value self;
    TRY(napi_get_cb_info(env, info, &argc, &given, &self, NULL));
    struct addon *addon = addon_of(env);
    void *accepted = NULL;
    int status = 0;
    if (napi_get_value_external(env, given, &accepted) != napi_ok) {
        net_socket_options options = options_of(env, given);
        net_onread own = NET_ONREAD_INIT;
        status = onread_new(addon, given, &own);
        options.onread = status == 1 ? &own : NULL;
        addon->js_waits = true;
        accepted = status < 0 ? NULL : net_socket_new(addon->loop, &options, &status);
        addon->js_waits = false;
    }
    if (accepted) {
        status = wrap(addon, self, accepted);
    }
    loop_sync(addon);
    return status < 0 ? throw_code(env, status) : self;
}

/* The object for a socket that was accepted. */
napi_value socket_adopt(struct addon *addon, net_socket *handle) {
    napi_env env = addon->env;
    napi_value external;
    napi_value object;
    net_socket_keep(handle);
    TRY(napi_create_external(env, handle, NULL, NULL, &external));
    TRY(napi_new_instance(env, reference_value(env, addon->socket_class), 1, &external, &object));
    struct socket *socket = socket_of(env, object);
    if (socket) {
        reference_hold(env, socket->self);
    }
    return object;
}

static napi_value connect_socket(napi_env env, napi_callback_info info) {
    struct call call;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    napi_value given = call.argv[0];
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    char *host = NULL;
    char *path = NULL;
    char *local = NULL;
    int32_t hints = 0;
    struct lookup *lookup;
    option_port(env, given, "port", &options.port);
    option_port(env, given, "localPort", &options.local_port);
    option_text(env, given, "host", &host, &options.host_len);
    option_text(env, given, "path", &path, &options.path_len);
    option_text(env, given, "localAddress", &local, &options.local_address_len);
    option_int(env, given, "family", &options.family);
    option_int(env, given, "hints", &hints);
    option_int(env, given, "autoSelectFamily", &options.auto_select_family);
    option_time(env, given, "autoSelectFamilyAttemptTimeout", &options.auto_select_family_attempt_timeout);
    options.host = host;
    options.path = path;
    options.local_address = local;
    options.hints = lookup_hints(hints);
    int status = lookup_new(call.socket->addon, given, call.socket->self, &call.socket->error, &lookup);
    if (lookup) {
        options.lookup = lookup_ask;
        options.lookup_user = lookup;
        options.lookup_drop = lookup_drop;
    }
    call.socket->addon->js_waits = true;
    status = status < 0 ? status : net_socket_connect(call.socket->handle, &options);
    call.socket->addon->js_waits = false;
    free(host);
    free(path);
    free(local);
    hold(&call);
    return finish(&call, status);
}

/* The completion of a write or an end. */
static void on_done(net_socket *handle, const net_error *error, void *user) {
    (void)handle;
    struct addon *addon = request_addon(user);
    napi_handle_scope scope;
    if (napi_open_handle_scope(addon->env, &scope) == napi_ok) {
        napi_value argument = error_value(addon, error);
        request_answer(user, 1, &argument);
        napi_close_handle_scope(addon->env, scope);
    }
}

/* write(bytes, callback): whether to go on. */
static napi_value write_socket(napi_env env, napi_callback_info info) {
    struct call call;
    const void *data;
    size_t len;
    struct request *request;
    if (!begin(env, info, &call) || !bytes_of(env, call.argv[0], &data, &len)) {
        return NULL;
    }
    int status = request_new(call.socket->addon, call.argv[1], &request);
    if (request) {
        status = net_socket_write_cb(call.socket->handle, data, len, on_done, request, request_drop);
    } else if (status == 0) {
        status = net_socket_write(call.socket->handle, data, len);
    }
    hold(&call);
    return finish(&call, status) ? value_bool(env, status == 1) : NULL;
}

/* end(bytes or nothing, callback) */
static napi_value end_socket(napi_env env, napi_callback_info info) {
    struct call call;
    const void *data;
    size_t len;
    struct request *request;
    if (!begin(env, info, &call) || !bytes_of(env, call.argv[0], &data, &len)) {
        return NULL;
    }
    int status = request_new(call.socket->addon, call.argv[1], &request);
    if (status == 0) {
        status = net_socket_end_cb(call.socket->handle, data, len, request ? on_done : NULL, request,
                                   request ? request_drop : NULL);
    }
    hold(&call);
    return finish(&call, status);
}

static napi_value destroy_socket(napi_env env, napi_callback_info info) {
    struct call call;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    net_socket *handle = call.socket->handle;
    int status;
    if (is_nothing(env, call.argv[0])) {
        status = net_socket_destroy(handle, NULL);
    } else if (net_socket_destroyed(handle) == 0) {
        reference_set(env, &call.socket->error, call.argv[0]);
        net_error error = error_given(&call.socket->error);
        status = net_socket_destroy(handle, &error);
    } else {
        status = 0;
    }
    hold(&call);
    return finish(&call, status);
}

/* All that was read: the library gives it in pieces, as it came. */
static size_t read_all(net_socket *handle, char *buffer, size_t capacity) {
    size_t total = 0;
    size_t len = 0;
    do {
        total += len;
    } while (net_socket_read_some(handle, buffer + total, capacity - total, &len) == 1);
    return total;
}

/* read(size or nothing): bytes, or null. */
static napi_value read_socket(napi_env env, napi_callback_info info) {
    struct call call;
    double wanted = NAN;
    size_t len = 0;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    net_socket *handle = call.socket->handle;
    napi_get_value_double(env, call.argv[0], &wanted);
    bool all = isnan(wanted);
    size_t capacity = 0;
    if (all) {
        net_socket_readable_length(handle, &capacity);
    } else if (wanted > 0) {
        capacity = (size_t)wanted;
    }
    char *buffer = malloc(capacity + 1);
    if (!buffer) {
        return throw_code(env, NET_ENOMEM);
    }
    if (all) {
        len = read_all(handle, buffer, capacity);
    } else {
        net_socket_read(handle, buffer, capacity, &len);
    }
    napi_value bytes = len > 0 ? value_bytes(env, buffer, len) : value_null(env);
    free(buffer);
    loop_sync(call.socket->addon);
    return bytes;
}

static napi_value set_timeout(napi_env env, napi_callback_info info) {
    struct call call;
    double ms = 0;
    if (!begin(env, info, &call) || napi_get_value_double(env, call.argv[0], &ms) != napi_ok) {
        return NULL;
    }
    if (ms > 0) {
        hold(&call);
    }
    return finish(&call, net_socket_set_timeout(call.socket->handle, (uint64_t)ms));
}

static napi_value set_no_delay(napi_env env, napi_callback_info info) {
    struct call call;
    bool enable = false;
    if (!begin(env, info, &call) || napi_get_value_bool(env, call.argv[0], &enable) != napi_ok) {
        return NULL;
    }
    return finish(&call, net_socket_set_no_delay(call.socket->handle, enable));
}

static uint64_t positive_of(napi_env env, napi_value value) {
    double number = 0;
    napi_get_value_double(env, value, &number);
    return number > 0 ? (uint64_t)number : 0;
}

/* setKeepAlive(enable, delay), setKeepAlive(enable, delay, interval, count) */
static napi_value set_keep_alive(napi_env env, napi_callback_info info) {
    struct call call;
    bool enable = false;
    if (!begin(env, info, &call) || napi_get_value_bool(env, call.argv[0], &enable) != napi_ok) {
        return NULL;
    }
    net_socket *handle = call.socket->handle;
    uint64_t delay = positive_of(env, call.argv[1]);
    if (is_nothing(env, call.argv[2])) {
        return finish(&call, net_socket_set_keep_alive(handle, enable, delay));
    }
    uint64_t interval = positive_of(env, call.argv[2]);
    uint64_t count = positive_of(env, call.argv[3]);
    uint32_t most = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
    return finish(&call, net_socket_set_keep_alive_probes(handle, enable, delay, interval, most));
}

static napi_value set_type_of_service(napi_env env, napi_callback_info info) {
    struct call call;
    int32_t tos = 0;
    if (!begin(env, info, &call) || napi_get_value_int32(env, call.argv[0], &tos) != napi_ok) {
        return NULL;
    }
    return finish(&call, net_socket_set_type_of_service(call.socket->handle, tos));
}

static napi_value get_type_of_service(napi_env env, napi_callback_info info) {
    struct call call;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    int tos = net_socket_type_of_service(call.socket->handle);
    return tos < 0 ? throw_code(env, tos) : value_number(env, tos);
}

/* pipe(destination, end) */
static napi_value pipe_socket(napi_env env, napi_callback_info info) {
    struct call call;
    bool ends = true;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    struct socket *destination = socket_of(env, call.argv[0]);
    napi_get_value_bool(env, call.argv[1], &ends);
    return finish(&call, destination ? net_socket_pipe(call.socket->handle, destination->handle, ends) : NET_EBADF);
}

/* unpipe(destination), unpipe() */
static napi_value unpipe_socket(napi_env env, napi_callback_info info) {
    struct call call;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    struct socket *destination = is_nothing(env, call.argv[0]) ? NULL : socket_of(env, call.argv[0]);
    return finish(&call, net_socket_unpipe(call.socket->handle, destination ? destination->handle : NULL));
}

/* heard(event), unheard(event): JavaScript has got its first listener, or has lost its last. */
static napi_value change_listening(struct call *call, int (*change)(struct socket *, const char *)) {
    napi_valuetype type;
    size_t len = 0;
    if (napi_typeof(call->env, call->argv[0], &type) == napi_ok && type == napi_string) {
        char *event = text_of(call->env, call->argv[0], &len);
        if (event) {
            change(call->socket, event);
        }
        free(event);
    }
    return finish(call, 0);
}

static napi_value heard(napi_env env, napi_callback_info info) {
    struct call call;
    return begin(env, info, &call) ? change_listening(&call, socket_listen) : NULL;
}

static napi_value unheard(napi_env env, napi_callback_info info) {
    struct call call;
    return begin(env, info, &call) ? change_listening(&call, socket_unlisten) : NULL;
}

/* Calls of the library that take nothing but the socket. */
struct command {
    const char *name;
    int (*run)(net_socket *);
    bool holds;
};

static const struct command commands[] = {
    {"ref", net_socket_ref, false},
    {"unref", net_socket_unref, false},
    {"pause", net_socket_pause, false},
    {"resume", net_socket_resume, false},
    {"cork", net_socket_cork, false},
    {"uncork", net_socket_uncork, false},
    {"destroySoon", net_socket_destroy_soon, true},
    {"resetAndDestroy", net_socket_reset_and_destroy, true},
};

static napi_value run_command(napi_env env, napi_callback_info info) {
    struct call call;
    if (!begin(env, info, &call)) {
        return NULL;
    }
    const struct command *command = call.data;
    int status = command->run(call.socket->handle);
    if (command->holds) {
        hold(&call);
    }
    return finish(&call, status);
}

int socket_define(napi_env env, napi_value prototype) {
    static const napi_property_descriptor methods[] = {
        {.utf8name = "open", .method = open_socket, .attributes = napi_default_method},
        {.utf8name = "connect", .method = connect_socket, .attributes = napi_default_method},
        {.utf8name = "write", .method = write_socket, .attributes = napi_default_method},
        {.utf8name = "end", .method = end_socket, .attributes = napi_default_method},
        {.utf8name = "destroy", .method = destroy_socket, .attributes = napi_default_method},
        {.utf8name = "pipe", .method = pipe_socket, .attributes = napi_default_method},
        {.utf8name = "unpipe", .method = unpipe_socket, .attributes = napi_default_method},
        {.utf8name = "read", .method = read_socket, .attributes = napi_default_method},
        {.utf8name = "setTimeout", .method = set_timeout, .attributes = napi_default_method},
        {.utf8name = "setNoDelay", .method = set_no_delay, .attributes = napi_default_method},
        {.utf8name = "setKeepAlive", .method = set_keep_alive, .attributes = napi_default_method},
        {.utf8name = "setTypeOfService", .method = set_type_of_service, .attributes = napi_default_method},
        {.utf8name = "getTypeOfService", .method = get_type_of_service, .attributes = napi_default_method},
        {.utf8name = "heard", .method = heard, .attributes = napi_default_method},
        {.utf8name = "unheard", .method = unheard, .attributes = napi_default_method},
    };
    if (napi_define_properties(env, prototype, sizeof(methods) / sizeof(*methods), methods) != napi_ok) {
        return NET_EINVAL;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        napi_property_descriptor method = {.utf8name = commands[i].name,
                                           .method = run_command,
                                           .attributes = napi_default_method,
                                           .data = (void *)&commands[i]};
        if (napi_define_properties(env, prototype, 1, &method) != napi_ok) {
            return NET_EINVAL;
        }
    }
    return socket_define_state(env, prototype);
}
