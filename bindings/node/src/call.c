/* The way into JavaScript. What a listener throws reaches the process, as it does for Node's own events.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <stdlib.h>

/* A function of JavaScript's that a request of the library waits to call. */
struct request {
    struct addon *addon;
    napi_ref function;
};

static void report(napi_env env) {
    napi_value thrown = NULL;
    if (napi_get_and_clear_last_exception(env, &thrown) == napi_ok) {
        napi_fatal_exception(env, thrown);
    }
}

napi_value call_js(napi_env env, napi_value self, napi_value function, size_t argc, const napi_value *argv) {
    napi_value answer = NULL;
    napi_status status = napi_make_callback(env, NULL, self, function, argc, argv, &answer);
    if (status == napi_pending_exception) {
        report(env);
    }
    return status == napi_ok ? answer : NULL;
}

void emit(struct addon *addon, napi_ref self, const char *event, size_t argc, const napi_value *argv) {
    napi_env env = addon->env;
    napi_value object = reference_value(env, self);
    if (!object) {
        return;
    }
    napi_value arguments[5] = {value_text(env, event)};
    for (size_t i = 0; i < argc; i++) {
        arguments[i + 1] = argv[i];
    }
    call_js(env, object, reference_value(env, addon->emit), argc + 1, arguments);
}

int request_new(struct addon *addon, napi_value function, struct request **out) {
    *out = NULL;
    if (!is_function(addon->env, function)) {
        return 0;
    }
    struct request *request = calloc(1, sizeof(*request));
    if (!request) {
        return NET_ENOMEM;
    }
    request->addon = addon;
    reference_set(addon->env, &request->function, function);
    *out = request;
    return 0;
}

struct addon *request_addon(struct request *request) {
    return request->addon;
}

void request_answer(struct request *request, size_t argc, const napi_value *argv) {
    napi_env env = request->addon->env;
    napi_value global = NULL;
    napi_get_global(env, &global);
    call_js(env, global, reference_value(env, request->function), argc, argv);
}

void request_drop(void *user) {
    struct request *request = user;
    reference_set(request->addon->env, &request->function, NULL);
    free(request);
}
