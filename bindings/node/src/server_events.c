/* What a server tells JavaScript.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

static void tell(struct server *server, const char *event, napi_value argument) {
    emit(server->addon, server->self, event, argument ? 1 : 0, &argument);
}

static void on_listening(net_server *handle, void *user) {
    (void)handle;
    struct server *server = user;
    napi_handle_scope scope;
    napi_open_handle_scope(server->addon->env, &scope);
    tell(server, "listening", NULL);
    napi_close_handle_scope(server->addon->env, scope);
}

static void on_connection(net_server *handle, net_socket *accepted, void *user) {
    (void)handle;
    struct server *server = user;
    napi_handle_scope scope;
    napi_open_handle_scope(server->addon->env, &scope);
    tell(server, "connection", socket_adopt(server->addon, accepted));
    napi_close_handle_scope(server->addon->env, scope);
}

static void set_side(napi_env env, napi_value info, const net_address *address, const char *const names[3]) {
    if (address->family == NET_FAMILY_IPV4 || address->family == NET_FAMILY_IPV6) {
        set(env, info, names[0], value_text_of(env, address->address, address->address_len));
        set(env, info, names[1], value_number(env, address->port));
        set(env, info, names[2], value_family(env, address->family));
    }
}

static void on_drop(net_server *handle, const net_drop_info *drop, void *user) {
    (void)handle;
    static const char *const local[3] = {"localAddress", "localPort", "localFamily"};
    static const char *const remote[3] = {"remoteAddress", "remotePort", "remoteFamily"};
    struct server *server = user;
    napi_env env = server->addon->env;
    napi_handle_scope scope;
    napi_value info = NULL;
    napi_open_handle_scope(env, &scope);
    if (napi_create_object(env, &info) == napi_ok) {
        set_side(env, info, &drop->local, local);
        set_side(env, info, &drop->remote, remote);
    }
    tell(server, "drop", info);
    napi_close_handle_scope(env, scope);
}

/* Nothing more will be told, unless it listens already again. */
static void let_go(struct server *server) {
    if (net_server_listening(server->handle) == 0) {
        reference_release(server->addon->env, server->self);
    }
}

static void on_error(net_server *handle, const net_error *error, void *user) {
    (void)handle;
    struct server *server = user;
    napi_handle_scope scope;
    napi_open_handle_scope(server->addon->env, &scope);
    tell(server, "error", error_value(server->addon, error));
    let_go(server);
    napi_close_handle_scope(server->addon->env, scope);
}

static void on_close(net_server *handle, void *user) {
    (void)handle;
    struct server *server = user;
    napi_handle_scope scope;
    napi_open_handle_scope(server->addon->env, &scope);
    tell(server, "close", NULL);
    let_go(server);
    napi_close_handle_scope(server->addon->env, scope);
}

int server_listen_always(struct server *server) {
    net_server *handle = server->handle;
    int status = net_server_on_listening(handle, on_listening, server, NULL);
    status = status < 0 ? status : net_server_on_connection(handle, on_connection, server, NULL);
    status = status < 0 ? status : net_server_on_drop(handle, on_drop, server, NULL);
    status = status < 0 ? status : net_server_on_error(handle, on_error, server, NULL);
    return status < 0 ? status : net_server_on_close(handle, on_close, server, NULL);
}
