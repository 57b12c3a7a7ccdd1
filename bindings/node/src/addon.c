/* The addon: what index.js gets.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <stdlib.h>

/* connectJavaScript(emit, Socket): how events are told, and what an accepted socket becomes. */
static napi_value attach(napi_env env, napi_callback_info info) {
    size_t argc = 2;
    napi_value argv[2];
    TRY(napi_get_cb_info(env, info, &argc, argv, NULL, NULL));
    struct addon *addon = addon_of(env);
    reference_set(env, &addon->emit, argv[0]);
    reference_set(env, &addon->socket_class, argv[1]);
    return NULL;
}

static napi_value is_ip(napi_env env, napi_callback_info info) {
    size_t argc = 1;
    size_t len = 0;
    napi_value given;
    TRY(napi_get_cb_info(env, info, &argc, &given, NULL, NULL));
    char *text = text_of(env, given, &len);
    int version = text ? net_is_ip(text, len) : 0;
    free(text);
    return text ? value_number(env, version) : NULL;
}

static napi_value get_auto_select(napi_env env, napi_callback_info info) {
    (void)info;
    return value_bool(env, net_get_default_auto_select_family() == 1);
}

static napi_value set_auto_select(napi_env env, napi_callback_info info) {
    size_t argc = 1;
    napi_value given;
    bool enable = false;
    TRY(napi_get_cb_info(env, info, &argc, &given, NULL, NULL));
    TRY(napi_get_value_bool(env, given, &enable));
    net_set_default_auto_select_family(enable);
    return NULL;
}

static napi_value get_attempt_timeout(napi_env env, napi_callback_info info) {
    (void)info;
    return value_number(env, (double)net_get_default_auto_select_family_attempt_timeout());
}

static napi_value set_attempt_timeout(napi_env env, napi_callback_info info) {
    size_t argc = 1;
    napi_value given;
    double ms = 0;
    TRY(napi_get_cb_info(env, info, &argc, &given, NULL, NULL));
    TRY(napi_get_value_double(env, given, &ms));
    int status = net_set_default_auto_select_family_attempt_timeout((uint64_t)ms);
    return status < 0 ? throw_code(env, status) : NULL;
}

static napi_value object_with(napi_env env, int (*define)(napi_env, napi_value)) {
    napi_value object;
    TRY(napi_create_object(env, &object));
    return define(env, object) < 0 ? NULL : object;
}

NAPI_MODULE_INIT() {
    struct addon *addon = calloc(1, sizeof(*addon));
    if (!addon) {
        return throw_code(env, NET_ENOMEM);
    }
    addon->env = env;
    TRY(napi_set_instance_data(env, addon, NULL, NULL));
    int status = loop_open(addon);
    if (status < 0) {
        return throw_code(env, status);
    }
    const napi_property_descriptor functions[] = {
        {.utf8name = "attach", .method = attach},
        {.utf8name = "isIP", .method = is_ip},
        {.utf8name = "getDefaultAutoSelectFamily", .method = get_auto_select},
        {.utf8name = "setDefaultAutoSelectFamily", .method = set_auto_select},
        {.utf8name = "getDefaultAutoSelectFamilyAttemptTimeout", .method = get_attempt_timeout},
        {.utf8name = "setDefaultAutoSelectFamilyAttemptTimeout", .method = set_attempt_timeout},
        {.utf8name = "socket", .value = object_with(env, socket_define), .attributes = napi_enumerable},
        {.utf8name = "blockList", .value = object_with(env, block_list_define), .attributes = napi_enumerable},
        {.utf8name = "boundSocket", .value = object_with(env, bound_socket_define), .attributes = napi_enumerable},
        {.utf8name = "server", .value = object_with(env, server_define), .attributes = napi_enumerable},
    };
    TRY(napi_define_properties(env, exports, sizeof(functions) / sizeof(*functions), functions));
    return exports;
}
