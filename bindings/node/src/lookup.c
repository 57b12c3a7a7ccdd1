/* A lookup function of JavaScript's, asked by the library.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

/* One question. The socket is only named: its answer must not keep it. */
struct question {
    net_lookup *request;
    napi_ref socket;
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
    napi_delete_reference(env, question->socket);
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
    struct socket *socket = socket_of(env, reference_value(env, question->socket));
    if (!socket) {
        return NET_EBADF;
    }
    reference_set(env, &socket->error, thrown);
    net_error error = error_given(&socket->error);
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

static napi_value question_new(struct socket *socket, net_lookup *request) {
    napi_env env = socket->addon->env;
    struct question *question = calloc(1, sizeof(*question));
    napi_value callback = NULL;
    if (!question || napi_create_function(env, "answer", NAPI_AUTO_LENGTH, answer, question, &callback) != napi_ok) {
        free(question);
        return NULL;
    }
    question->request = request;
    napi_create_reference(env, socket_object(socket), 0, &question->socket);
    napi_add_finalizer(env, callback, question, question_free, NULL, NULL);
    return callback;
}

/* It runs inside connect, where JavaScript waits: what the function throws, connect throws. */
void lookup_ask(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    struct socket *socket = user;
    napi_env env = socket->addon->env;
    napi_value options = NULL;
    napi_create_object(env, &options);
    set(env, options, "family", value_number(env, family));
    set(env, options, "hints", value_number(env, hints_of_node(hints)));
    if (all) {
        set(env, options, "all", value_bool(env, true));
    }
    napi_value arguments[] = {value_text(env, host), options, question_new(socket, request)};
    napi_call_function(env, value_undefined(env), reference_value(env, socket->lookup), 3, arguments, NULL);
}
