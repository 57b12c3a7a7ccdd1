/* Bound sockets.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <stdlib.h>

static const napi_type_tag bound_tag = {0x6e6f64656e65741aULL, 0x626f756e64730004ULL};

/* The library's bound socket in front of which the object stands; NULL if it is none. */
net_bound_socket *bound_socket_of(napi_env env, napi_value object) {
    bool tagged = false;
    void *bound = NULL;
    if (object && napi_check_object_type_tag(env, object, &bound_tag, &tagged) == napi_ok && tagged) {
        napi_unwrap(env, object, &bound);
    }
    return bound;
}

static void on_collected(napi_env env, void *bound, void *hint) {
    (void)env;
    (void)hint;
    net_bound_socket_free(bound);
}

static napi_value self_of(napi_env env, napi_callback_info info) {
    napi_value self = NULL;
    TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
    return self;
}

/* open(options): binds. */
static napi_value open_bound(napi_env env, napi_callback_info info) {
    size_t argc = 1;
    napi_value given;
    napi_value self;
    TRY(napi_get_cb_info(env, info, &argc, &given, &self, NULL));
    net_bound_socket_options options = NET_BOUND_SOCKET_OPTIONS_INIT;
    char *host = NULL;
    char *path = NULL;
    option_port(env, given, "port", &options.port);
    option_text(env, given, "host", &host, &options.host_len);
    option_text(env, given, "path", &path, &options.path_len);
    option_int(env, given, "ipv6Only", &options.ipv6_only);
    option_int(env, given, "reusePort", &options.reuse_port);
    options.host = host;
    options.path = path;
    net_bound_socket *bound = net_bound_socket_new(&options, NULL);
    free(host);
    free(path);
    if (!bound) {
        napi_throw(env, error_value(addon_of(env), net_bound_socket_error()));
        return NULL;
    }
    TRY(napi_wrap(env, self, bound, on_collected, NULL, NULL));
    TRY(napi_type_tag_object(env, self, &bound_tag));
    return self;
}

static napi_value address_of_bound(napi_env env, napi_callback_info info) {
    net_address address = NET_ADDRESS_INIT;
    int status = net_bound_socket_address(bound_socket_of(env, self_of(env, info)), &address);
    if (status < 0) {
        return throw_code(env, status);
    }
    if (address.family == NET_FAMILY_LOCAL) {
        return value_text_of(env, address.address, address.address_len);
    }
    return value_address(env, &address);
}

static napi_value fd_of_bound(napi_env env, napi_callback_info info) {
    int fd = -1;
    int status = net_bound_socket_fd(bound_socket_of(env, self_of(env, info)), &fd);
    return status < 0 ? throw_code(env, status) : value_number(env, fd);
}

static napi_value close_bound(napi_env env, napi_callback_info info) {
    int status = net_bound_socket_close(bound_socket_of(env, self_of(env, info)));
    return status < 0 ? throw_code(env, status) : NULL;
}

static napi_value is_pipe(napi_env env, napi_callback_info info) {
    return value_bool(env, net_bound_socket_is_pipe(bound_socket_of(env, self_of(env, info))) == 1);
}

int bound_socket_define(napi_env env, napi_value object) {
    const napi_property_descriptor properties[] = {
        {.utf8name = "open", .method = open_bound}, {.utf8name = "address", .method = address_of_bound},
        {.utf8name = "fd", .method = fd_of_bound},  {.utf8name = "close", .method = close_bound},
        {.utf8name = "isPipe", .getter = is_pipe},
    };
    const size_t count = sizeof(properties) / sizeof(*properties);
    return napi_define_properties(env, object, count, properties) == napi_ok ? 0 : NET_EINVAL;
}
