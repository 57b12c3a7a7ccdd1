/* nodenet for Node: what the files of the addon share.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef NODENET_ADDON_H
#define NODENET_ADDON_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <nodenet.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

/* In functions that JavaScript calls: what has gone wrong has left an exception. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        if ((call) != napi_ok) {                                                                                       \
            return NULL;                                                                                               \
        }                                                                                                              \
    } while (0)

/* One per environment, that is per thread of JavaScript. */
struct addon {
    napi_env env;
    net_loop *loop;
    uv_poll_t poll;
    uv_timer_t timer;
    uv_prepare_t prepare;
    bool js_waits; /* for a call that may ask it for a buffer */
    napi_async_cleanup_hook_handle cleanup;
    napi_ref emit;
    napi_ref socket_class;
    napi_ref next_tick;
    napi_ref run_deferred;
};

/* A handle of the library and the JavaScript object in front of it. `self` is strong while the library may still have
 * something to tell, else weak. `error` is an error of JavaScript's own on its way through the library. */
struct socket {
    struct addon *addon;
    net_socket *handle;
    napi_ref self;
    napi_ref error;
};

struct server {
    struct addon *addon;
    net_server *handle;
    napi_ref self;
    napi_ref error;
};

/* loop.c */
int loop_open(struct addon *addon);
void loop_sync(struct addon *addon);

/* call.c: the way into JavaScript */
struct request;
napi_value call_js(napi_env env, napi_value self, napi_value function, size_t argc, const napi_value *argv);
void emit(struct addon *addon, napi_ref self, const char *event, size_t argc, const napi_value *argv);
int request_new(struct addon *addon, napi_value function, struct request **out);
void request_answer(struct request *request, size_t argc, const napi_value *argv);
void request_drop(void *user);
struct addon *request_addon(struct request *request);

/* error.c */
napi_value error_value(struct addon *addon, const net_error *error);
net_error error_given(napi_ref *slot);
napi_value throw_code(napi_env env, int code);

/* value.c: values of JavaScript and of C */
struct addon *addon_of(napi_env env);
napi_value value_undefined(napi_env env);
napi_value value_null(napi_env env);
napi_value value_bool(napi_env env, bool value);
napi_value value_number(napi_env env, double value);
napi_value value_text(napi_env env, const char *text);
napi_value value_text_of(napi_env env, const char *text, size_t len);
napi_value value_bytes(napi_env env, const void *data, size_t len);
napi_value value_family(napi_env env, int32_t family);
napi_value value_address(napi_env env, const net_address *address);
bool is_nothing(napi_env env, napi_value value);
bool is_function(napi_env env, napi_value value);
char *text_of(napi_env env, napi_value value, size_t *len);
bool bytes_of(napi_env env, napi_value value, const void **data, size_t *len);
void set(napi_env env, napi_value object, const char *name, napi_value value);
void reference_set(napi_env env, napi_ref *slot, napi_value value);
void reference_hold(napi_env env, napi_ref self);
void reference_release(napi_env env, napi_ref self);
napi_value reference_value(napi_env env, napi_ref reference);

/* Fields of an options object: one that is absent is NULL, or leaves `out` as it is. */
napi_value option(napi_env env, napi_value options, const char *name);
void option_int(napi_env env, napi_value options, const char *name, int32_t *out);
void option_port(napi_env env, napi_value options, const char *name, uint16_t *out);
void option_time(napi_env env, napi_value options, const char *name, uint64_t *out);
void option_size(napi_env env, napi_value options, const char *name, size_t *out);
net_block_list *option_block_list(napi_env env, napi_value options);
napi_value option_value(napi_env env, napi_value options, const char *name);
void option_text(napi_env env, napi_value options, const char *name, char **out, size_t *len);

/* socket.c, socket_events.c, socket_state.c */
struct socket *socket_of(napi_env env, napi_value self);
napi_value socket_object(struct socket *socket);
napi_value socket_adopt(struct addon *addon, net_socket *handle);
int socket_listen(struct socket *socket, const char *event);
int socket_unlisten(struct socket *socket, const char *event);
int socket_listen_always(struct socket *socket);
int socket_define(napi_env env, napi_value prototype);
int socket_define_state(napi_env env, napi_value prototype);

/* server.c, server_events.c */
int server_listen_always(struct server *server);
int server_define(napi_env env, napi_value prototype);

/* block_list.c */
net_block_list *block_list_of(napi_env env, napi_value object);
int block_list_define(napi_env env, napi_value object);

/* onread.c */
int onread_new(struct addon *addon, napi_value options, net_onread *native);

/* bound_socket.c */
net_bound_socket *bound_socket_of(napi_env env, napi_value object);
int bound_socket_define(napi_env env, napi_value object);

/* lookup.c */
struct lookup;
int lookup_new(struct addon *addon, napi_value options, napi_ref self, napi_ref *error, struct lookup **out);
void lookup_ask(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user);
void lookup_drop(void *user);
int32_t lookup_hints(int32_t of_node);

#endif
