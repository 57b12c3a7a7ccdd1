/* The option `onread`: JavaScript's own buffers to read into.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <stdlib.h>

/* `buffer` is what is read into at present; `gives`, if there is one, makes the next. */
struct onread {
    struct addon *addon;
    napi_ref callback;
    napi_ref gives;
    napi_ref buffer;
};

/* Where its bytes are; false for what is no Uint8Array. */
static bool room_of(napi_env env, napi_value value, void **data, size_t *len) {
    static char nothing;
    napi_typedarray_type type = napi_int8_array;
    bool is_array = false;
    if (napi_is_typedarray(env, value, &is_array) != napi_ok || !is_array ||
        napi_get_typedarray_info(env, value, &type, len, data, NULL, NULL) != napi_ok || type != napi_uint8_array) {
        return false;
    }
    if (!*data) {
        *data = &nothing;
    }
    return true;
}

static int on_read(net_socket *handle, size_t count, void *bytes, void *user) {
    (void)bytes;
    struct onread *onread = user;
    napi_env env = onread->addon->env;
    napi_handle_scope scope;
    napi_value answer = NULL;
    bool goes_on = true;
    if (napi_open_handle_scope(env, &scope) != napi_ok) {
        return true;
    }
    napi_value arguments[] = {value_number(env, (double)count), reference_value(env, onread->buffer)};
    answer = call_js(env, socket_object(net_socket_data(handle)), reference_value(env, onread->callback), 2, arguments);
    if (answer) {
        napi_get_value_bool(env, answer, &goes_on);
    }
    napi_close_handle_scope(env, scope);
    return goes_on;
}

/* What it throws, that throws on which JavaScript waits; else it reaches the process. */
static void *give(net_socket *handle, size_t *len, void *user) {
    (void)handle;
    struct onread *onread = user;
    napi_env env = onread->addon->env;
    napi_handle_scope scope;
    napi_value given = NULL;
    napi_value global = NULL;
    void *data = NULL;
    if (napi_open_handle_scope(env, &scope) != napi_ok) {
        return NULL;
    }
    napi_value function = reference_value(env, onread->gives);
    napi_get_global(env, &global);
    if (onread->addon->js_waits) {
        napi_call_function(env, global, function, 0, NULL, &given);
    } else {
        given = call_js(env, global, function, 0, NULL);
    }
    if (given && room_of(env, given, &data, len)) {
        reference_set(env, &onread->buffer, given);
    }
    napi_close_handle_scope(env, scope);
    return data;
}

static void drop(void *user) {
    struct onread *onread = user;
    napi_env env = onread->addon->env;
    reference_set(env, &onread->callback, NULL);
    reference_set(env, &onread->gives, NULL);
    reference_set(env, &onread->buffer, NULL);
    free(onread);
}

/* Whether there is such an option: what Node would not take for it is none here either. */
int onread_new(struct addon *addon, napi_value options, net_onread *native) {
    napi_env env = addon->env;
    napi_value given = option(env, options, "onread");
    napi_value buffer = given ? option(env, given, "buffer") : NULL;
    napi_value callback = given ? option(env, given, "callback") : NULL;
    bool gives = is_function(env, buffer);
    if (!buffer || !is_function(env, callback) || (!gives && !room_of(env, buffer, &native->buffer, &native->len))) {
        return 0;
    }
    struct onread *onread = calloc(1, sizeof(*onread));
    if (!onread) {
        return NET_ENOMEM;
    }
    onread->addon = addon;
    reference_set(env, &onread->callback, callback);
    reference_set(env, gives ? &onread->gives : &onread->buffer, buffer);
    native->buffer_fn = gives ? give : NULL;
    native->callback = on_read;
    native->user = onread;
    native->drop = drop;
    return 1;
}
