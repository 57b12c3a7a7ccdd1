/* A lookup function of JavaScript's, asked by the library.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

/* The function that a connect or a listen was given, for the library to call. */
struct lookup {
    struct addon *addon;
    napi_ref function;
    napi_ref self;
    napi_ref *error;
};

/* One question. Who asks is only named: the answer must not keep him, and finds where his errors go while he lives. */
struct question {
    net_lookup *request;
    napi_ref asker;
    napi_ref *error;
};

/* The library's hints, from those of the module dns. */
int32_t lookup_hints(int32_t of_node) {
    return (of_node & AI_ADDRCONFIG ? NET_HINT_ADDRCONFIG : 0) | (of_node & AI_V4MAPPED ? NET_HINT_V4MAPPED : 0) |
           (of_node & AI_ALL ? NET_HINT_ALL : 0);
}

static int32_t hints_of_node(int32_t hints) {
    return (hints & NET_HINT_ADDRCONFIG ? AI_ADDRCONFIG : 0) | (hints & NET_HINT_V4MAPPED ? AI_V4MAPPED : 0) |
           (hints & NET_HINT_ALL ? AI_ALL : 0);
}

static void question_free(napi_env env, void *data, void *hint) {
    (void)hint;
    struct question *question = data;
    napi_delete_reference(env, question->asker);
    free(question);
}

/* What was answered, as it is: whether it means something is the library's to say. */
static net_address address_of(napi_env env, napi_value text, napi_value family) {
    net_address address = NET_ADDRESS_INIT;
    size_t len = 0;
    char *copy = text_of(env, text, &len);
    if (copy) {
        address.address_len = len < sizeof(address.address) ? len : sizeof(address.address) - 1;
        memcpy(address.address, copy, address.address_len);
        free(copy);
    }
    double number = 0;
    napi_get_value_double(env, family, &number);
    address.family = (int32_t)number;
    return address;
}

static int answer_list(napi_env env, struct question *question, napi_value list) {
    uint32_t count = 0;
    napi_get_array_length(env, list, &count);
    net_address *addresses = calloc(count + 1, sizeof(*addresses));
    if (!addresses) {
        return NET_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        napi_value entry;
        napi_value text;
        napi_value family;
        if (napi_get_element(env, list, i, &entry) == napi_ok &&
            napi_get_named_property(env, entry, "address", &text) == napi_ok &&
            napi_get_named_property(env, entry, "family", &family) == napi_ok) {
            addresses[i] = address_of(env, text, family);
        }
    }
    int status = net_lookup_answer(question->request, addresses, count);
    free(addresses);
    return status;
}

static int answer_error(napi_env env, struct question *question, napi_value thrown) {
    if (!reference_value(env, question->asker)) {
        return NET_EBADF;
    }
    reference_set(env, question->error, thrown);
    net_error error = error_given(question->error);
    return net_lookup_fail(question->request, &error);
}

/* callback(error, address, family) or callback(error, addresses) */
static napi_value answer(napi_env env, napi_callback_info info) {
    size_t argc = 3;
    napi_value argv[3];
    void *data;
    TRY(napi_get_cb_info(env, info, &argc, argv, NULL, &data));
    struct question *question = data;
    bool list = false;
    napi_is_array(env, argv[1], &list);
    if (!is_nothing(env, argv[0])) {
        answer_error(env, question, argv[0]);
    } else if (list) {
        answer_list(env, question, argv[1]);
    } else {
        net_address address = address_of(env, argv[1], argv[2]);
        net_lookup_answer(question->request, &address, 1);
    }
    loop_sync(addon_of(env));
    return NULL;
}

static napi_value question_new(struct lookup *lookup, net_lookup *request) {
    napi_env env = lookup->addon->env;
    struct question *question = calloc(1, sizeof(*question));
    napi_value callback = NULL;
    if (!question || napi_create_function(env, "answer", NAPI_AUTO_LENGTH, answer, question, &callback) != napi_ok) {
        free(question);
        return NULL;
    }
    question->request = request;
    question->error = lookup->error;
    napi_create_reference(env, reference_value(env, lookup->self), 0, &question->asker);
    napi_add_finalizer(env, callback, question, question_free, NULL, NULL);
    return callback;
}

/* NULL in `out` if the options have no such function. */
int lookup_new(struct addon *addon, napi_value options, napi_ref self, napi_ref *error, struct lookup **out) {
    napi_value function = NULL;
    *out = NULL;
    if (napi_get_named_property(addon->env, options, "lookup", &function) != napi_ok ||
        !is_function(addon->env, function)) {
        return 0;
    }
    *out = calloc(1, sizeof(**out));
    if (!*out) {
        return NET_ENOMEM;
    }
    **out = (struct lookup){.addon = addon, .self = self, .error = error};
    reference_set(addon->env, &(*out)->function, function);
    return 0;
}

void lookup_drop(void *user) {
    struct lookup *lookup = user;
    reference_set(lookup->addon->env, &lookup->function, NULL);
    free(lookup);
}

/* It runs inside connect or listen, where JavaScript waits: what the function throws, that throws. */
void lookup_ask(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    struct lookup *lookup = user;
    napi_env env = lookup->addon->env;
    napi_value options = NULL;
    napi_create_object(env, &options);
    set(env, options, "family", value_number(env, family));
    set(env, options, "hints", value_number(env, hints_of_node(hints)));
    if (all) {
        set(env, options, "all", value_bool(env, true));
    }
    napi_value arguments[] = {value_text(env, host), options, question_new(lookup, request)};
    napi_call_function(env, value_undefined(env), reference_value(env, lookup->function), 3, arguments, NULL);
}
