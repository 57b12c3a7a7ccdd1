/* The library's loop inside Node's: its descriptor is watched, its next time is a timer, what it deferred runs as a
 * tick of Node's, and it holds Node's loop as long as it has something to wait for. SPDX-License-Identifier: MIT OR
 * Apache-2.0 */
#include "addon.h"

#include <stdlib.h>

/* Sets Node's loop to what the library's waits for. */
void loop_sync(struct addon *addon) {
    uv_handle_t *watch = (uv_handle_t *)&addon->poll;
    if (net_loop_alive(addon->loop) == 1) {
        uv_ref(watch);
    } else {
        uv_unref(watch);
    }
}

static void run_turn(struct addon *addon) {
    napi_handle_scope scope;
    if (napi_open_handle_scope(addon->env, &scope) != napi_ok) {
        return;
    }
    net_loop_poll(addon->loop, 0);
    loop_sync(addon);
    napi_close_handle_scope(addon->env, scope);
}

static void on_timer(uv_timer_t *timer) { run_turn(timer->data); }

static void arm(struct addon *addon) {
    int64_t due = net_loop_timeout(addon->loop);
    if (due >= 0) {
        uv_timer_start(&addon->timer, on_timer, (uint64_t)due, 0);
    } else {
        uv_timer_stop(&addon->timer);
    }
}

static void on_ready(uv_poll_t *poll, int status, int events) {
    (void)status;
    (void)events;
    run_turn(poll->data);
}

static void on_prepare(uv_prepare_t *prepare) { arm(prepare->data); }

/* Work was deferred outside of a turn, that is in a call from JavaScript. */
static void on_wake(net_loop *loop, void *user) {
    (void)loop;
    struct addon *addon = user;
    napi_value run = reference_value(addon->env, addon->run_deferred);
    napi_call_function(addon->env, value_undefined(addon->env), reference_value(addon->env, addon->next_tick), 1, &run,
                       NULL);
}

static napi_value run_deferred(napi_env env, napi_callback_info info) {
    (void)info;
    struct addon *addon = addon_of(env);
    net_loop_run_deferred(addon->loop);
    loop_sync(addon);
    return NULL;
}

static void on_closed(uv_handle_t *handle) {
    struct addon *addon = handle->data;
    napi_remove_async_cleanup_hook(addon->cleanup);
    free(addon);
}

static void on_poll_closed(uv_handle_t *handle) {
    struct addon *addon = handle->data;
    uv_close((uv_handle_t *)&addon->timer, on_closed);
}

static void on_prepare_closed(uv_handle_t *handle) {
    struct addon *addon = handle->data;
    uv_close((uv_handle_t *)&addon->poll, on_poll_closed);
}

/* The environment ends. */
static void on_cleanup(napi_async_cleanup_hook_handle hook, void *user) {
    (void)hook;
    struct addon *addon = user;
    uv_poll_stop(&addon->poll);
    net_loop_free(addon->loop);
    uv_close((uv_handle_t *)&addon->prepare, on_prepare_closed);
}

static int next_tick_of(struct addon *addon) {
    napi_env env = addon->env;
    napi_value global;
    napi_value process;
    napi_value next_tick;
    napi_value deferred;
    if (napi_get_global(env, &global) != napi_ok ||
        napi_get_named_property(env, global, "process", &process) != napi_ok ||
        napi_get_named_property(env, process, "nextTick", &next_tick) != napi_ok ||
        napi_create_function(env, "runDeferred", NAPI_AUTO_LENGTH, run_deferred, NULL, &deferred) != napi_ok) {
        return NET_EINVAL;
    }
    reference_set(env, &addon->next_tick, next_tick);
    reference_set(env, &addon->run_deferred, deferred);
    return 0;
}

int loop_open(struct addon *addon) {
    uv_loop_t *outer;
    addon->loop = net_loop_new();
    if (!addon->loop || napi_get_uv_event_loop(addon->env, &outer) != napi_ok || next_tick_of(addon) < 0) {
        return NET_EINVAL;
    }
    uv_poll_init(outer, &addon->poll, net_loop_fd(addon->loop));
    uv_timer_init(outer, &addon->timer);
    uv_prepare_init(outer, &addon->prepare);
    addon->poll.data = addon->timer.data = addon->prepare.data = addon;
    uv_poll_start(&addon->poll, UV_READABLE, on_ready);
    uv_prepare_start(&addon->prepare, on_prepare);
    uv_unref((uv_handle_t *)&addon->timer);
    uv_unref((uv_handle_t *)&addon->prepare);
    loop_sync(addon);
    napi_add_async_cleanup_hook(addon->env, on_cleanup, addon, &addon->cleanup);
    return net_loop_set_wake_hook(addon->loop, on_wake, addon, NULL);
}
