/* Errors: the library's as Node's, and JavaScript's own on their way through the library.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

static napi_value construct(napi_env env, const char *name, size_t argc, const napi_value *argv) {
    napi_value global = NULL;
    napi_value class = NULL;
    napi_value error = NULL;
    TRY(napi_get_global(env, &global));
    TRY(napi_get_named_property(env, global, name, &class));
    TRY(napi_new_instance(env, class, argc, argv, &error));
    return error;
}

static napi_value list_of(struct addon *addon, const net_error *error) {
    napi_value list = NULL;
    TRY(napi_create_array_with_length(addon->env, error->error_count, &list));
    for (size_t i = 0; i < error->error_count; i++) {
        napi_set_element(addon->env, list, (uint32_t)i, error_value(addon, error->errors[i]));
    }
    return list;
}

static void set_text(napi_env env, napi_value object, const char *name, const char *text) {
    if (text) {
        set(env, object, name, value_text(env, text));
    }
}

/* Node's error object with the fields that it would have; null for none. */
napi_value error_value(struct addon *addon, const net_error *error) {
    napi_env env = addon->env;
    if (!error) {
        return value_null(env);
    }
    if (error->user) {
        return reference_value(env, *(napi_ref *)error->user);
    }
    napi_value arguments[2] = {value_text(env, error->message), NULL};
    napi_value object;
    if (error->kind == NET_ERROR_KIND_AGGREGATE) {
        arguments[1] = arguments[0];
        arguments[0] = list_of(addon, error);
        object = construct(env, error->name, 2, arguments);
    } else {
        object = construct(env, error->name, 1, arguments);
    }
    if (error->sys_errno) {
        set(env, object, "errno", value_number(env, error->sys_errno));
    }
    set_text(env, object, "code", error->code);
    set_text(env, object, "syscall", error->syscall);
    set_text(env, object, "hostname", error->hostname);
    set_text(env, object, "host", error->host);
    set_text(env, object, "address", error->address);
    if (error->present & NET_ERROR_HAS_PORT) {
        set(env, object, "port", value_number(env, error->port));
    }
    set_text(env, object, "localAddress", error->local_address);
    if (error->present & NET_ERROR_HAS_LOCAL_PORT) {
        set(env, object, "localPort", value_number(env, error->local_port));
    }
    return object;
}

/* An error that is JavaScript's own: the library hands it back as it is. */
net_error error_given(napi_ref *slot) {
    net_error error = NET_ERROR_INIT;
    error.user = slot;
    return error;
}

/* For a call that was refused. */
napi_value throw_code(napi_env env, int code) {
    const char *name = net_error_name(code);
    const char *text = net_error_text(code);
    if (code == NET_ERR_OUT_OF_RANGE) {
        napi_throw_range_error(env, name, text);
    } else if (code == NET_ERR_INVALID_ARG_VALUE || code == NET_ERR_INVALID_HANDLE_TYPE) {
        napi_throw_type_error(env, name, text);
    } else {
        napi_throw_error(env, name, text);
    }
    return NULL;
}
