#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objects.h"
#include "pattern.h"
#include "properties.h"

bool flag_of(const char *word) { return strcmp(word, "true") == 0; }

void text_add_refusal(text *result, int status) {
    if (status < 0) {
        text_add(result, "throws %s", net_error_name(status));
    }
}

/* ---- events ---- */

#define PLAIN_EVENT(function, name)                                                                                    \
    static void function(net_socket *socket, void *user) {                                                             \
        (void)socket;                                                                                                  \
        if (play_begin_event(user, name) != NULL) {                                                                    \
            play_event(user, name);                                                                                    \
        }                                                                                                              \
    }

PLAIN_EVENT(on_connect, "connect")
PLAIN_EVENT(on_ready, "ready")
PLAIN_EVENT(on_readable, "readable")
PLAIN_EVENT(on_end, "end")
PLAIN_EVENT(on_drain, "drain")
PLAIN_EVENT(on_finish, "finish")
PLAIN_EVENT(on_timeout, "timeout")
PLAIN_EVENT(on_pause, "pause")
PLAIN_EVENT(on_resume, "resume")

static void on_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    thing *thing = user;
    text *line = play_begin_event(thing, "data");
    if (line != NULL) {
        text_add(line, " %zu%s", length, pattern_check(&thing->expected, data, length) ? "" : " corrupt");
        play_event(thing, "data");
    }
}

static void on_close(net_socket *socket, int had_error, void *user) {
    (void)socket;
    text *line = play_begin_event(user, "close");
    if (line != NULL) {
        text_add(line, " %s", had_error ? "true" : "false");
        play_event(user, "close");
    }
}

/* An event whose argument is an error, or NULL for none; before it the number of a completion, unless that is 0. */
static void tell_outcome(thing *thing, const char *event, unsigned number, const net_error *error) {
    text *line = play_begin_event(thing, event);
    if (line == NULL) {
        return;
    }
    text_add(line, " ");
    if (number > 0) {
        text_add(line, "%u ", number);
    }
    if (error == NULL) {
        text_add(line, "ok");
    } else {
        text_add_error(line, error);
    }
    play_event(thing, event);
}

static void tell_source(thing *thing, const char *event, net_socket *source) {
    text *line = play_begin_event(thing, event);
    if (line != NULL) {
        text_add(line, " %s", play_name_of(thing->play, source));
        play_event(thing, event);
    }
}

static void on_pipe(net_socket *socket, net_socket *source, void *user) {
    (void)socket;
    tell_source(user, "pipe", source);
}

static void on_unpipe(net_socket *socket, net_socket *source, void *user) {
    (void)socket;
    tell_source(user, "unpipe", source);
}

static void on_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    tell_outcome(user, "error", 0, error);
}

/* A completion that was asked for: which it is of its socket's. */
typedef struct awaited {
    thing *thing;
    unsigned number;
} awaited;

/* Dropped by the library, with `free`. */
static awaited *await_completion(thing *thing) {
    awaited *one = memory(sizeof *one);
    one->thing = thing;
    one->number = ++thing->awaited;
    return one;
}

static void on_written(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    const awaited *one = user;
    tell_outcome(one->thing, "write", one->number, error);
}

static void on_ended(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    const awaited *one = user;
    tell_outcome(one->thing, "ended", one->number, error);
}

static void on_lookup(net_socket *socket, const net_error *error, const net_address *address, const char *host,
                      void *user) {
    (void)socket;
    text *line = play_begin_event(user, "lookup");
    if (line == NULL) {
        return;
    }
    if (error != NULL) {
        text_add(line, " host=%s ", host);
        text_add_error(line, error);
    } else {
        text_add(line, " address=%s family=%d host=%s", address->address, address->family, host);
    }
    play_event(user, "lookup");
}

static void add_attempt(text *line, const net_address *address) {
    text_add(line, " address=%s", address->address);
    if (address->family != NET_FAMILY_LOCAL) {
        text_add(line, " port=%u family=%d", address->port, address->family);
    }
}

static void on_attempt(net_socket *socket, const net_address *address, void *user) {
    (void)socket;
    text *line = play_begin_event(user, "connectionAttempt");
    if (line != NULL) {
        add_attempt(line, address);
        play_event(user, "connectionAttempt");
    }
}

static void on_attempt_failed(net_socket *socket, const net_address *address, const net_error *error, void *user) {
    (void)socket;
    text *line = play_begin_event(user, "connectionAttemptFailed");
    if (line != NULL) {
        add_attempt(line, address);
        text_add(line, " ");
        text_add_error(line, error);
        play_event(user, "connectionAttemptFailed");
    }
}

/* ---- objects ---- */

static void hear_all(thing *thing, net_socket *socket) {
    thing->socket = socket;
    net_socket_on_connect(socket, on_connect, thing, NULL);
    net_socket_on_ready(socket, on_ready, thing, NULL);
    net_socket_on_end(socket, on_end, thing, NULL);
    net_socket_on_drain(socket, on_drain, thing, NULL);
    net_socket_on_finish(socket, on_finish, thing, NULL);
    net_socket_on_timeout(socket, on_timeout, thing, NULL);
    net_socket_on_resume(socket, on_resume, thing, NULL);
    net_socket_on_pause(socket, on_pause, thing, NULL);
    net_socket_on_pipe(socket, on_pipe, thing, NULL);
    net_socket_on_unpipe(socket, on_unpipe, thing, NULL);
    net_socket_on_close(socket, on_close, thing, NULL);
    net_socket_on_lookup(socket, on_lookup, thing, NULL);
    net_socket_on_connection_attempt(socket, on_attempt, thing, NULL);
    net_socket_on_connection_attempt_failed(socket, on_attempt_failed, thing, NULL);
    net_socket_on_error(socket, on_error, thing, NULL);
    thing->hears_error = true;
}

int client_make(thing *thing, net_bound_socket *handle) {
    const words *words = &thing->declaration->words;
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.allow_half_open = words_option(words, 0, "allowHalfOpen") != NULL;
    options.no_delay = words_option(words, 0, "noDelay") != NULL;
    options.keep_alive = words_option(words, 0, "keepAlive") != NULL;
    const char *delay = words_option(words, 0, "keepAliveInitialDelay");
    if (delay != NULL) {
        options.keep_alive_initial_delay = number_of(delay);
    }
    const char *mark = words_option(words, 0, "highWaterMark");
    if (mark != NULL) {
        options.high_water_mark = number_of(mark);
    }
    const char *service = words_option(words, 0, "typeOfService");
    if (service != NULL) {
        options.type_of_service = (int32_t)number_of(service);
    }
    net_onread onread = NET_ONREAD_INIT;
    if (onread_option(thing, words, &onread)) {
        options.onread = &onread;
    }
    options.block_list = list_option(thing->play, words, 0);
    options.handle = handle;
    int error = NET_OK;
    net_socket *socket = net_socket_new(thing->play->loop, &options, &error);
    if (socket != NULL) {
        hear_all(thing, socket);
    }
    return error;
}

void client_declare(play *play, const declaration *declaration) {
    thing *made = play_add(play, THING_CLIENT, declaration->name);
    made->declaration = declaration;
    if (words_option(&declaration->words, 0, "later") == NULL) {
        int error = client_make(made, NULL);
        if (error != NET_OK) {
            refuse("no client: %s", net_error_name(error));
        }
    }
}

thing *socket_accept(thing *server, net_socket *socket) {
    char name[MOST_NAME * 2];
    snprintf(name, sizeof name, "%s.%u", server->name, ++server->accepted);
    thing *made = play_add(server->play, THING_ACCEPTED, name);
    /* Its properties are asked for after its close, too. */
    net_socket_keep(socket);
    hear_all(made, socket);
    return made;
}

/* ---- actions ---- */

bool makes_object(const char *verb) { return strcmp(verb, "adopt") == 0 || strcmp(verb, "bind") == 0; }

static void act_write(thing *thing, const words *words, text *result) {
    size_t length = number_of(words->word[0]);
    const uint8_t *data = pattern_take(&thing->written, length);
    int status = words->count > 1
                     ? net_socket_write_cb(thing->socket, data, length, on_written, await_completion(thing), free)
                     : net_socket_write(thing->socket, data, length);
    if (status < 0) {
        text_add_refusal(result, status);
    } else {
        text_add(result, status == 1 ? "true" : "false");
    }
}

static void act_end(thing *thing, const words *words, text *result) {
    const uint8_t *data = NULL;
    size_t length = 0;
    if (words->count > 0 && strcmp(words->word[0], "cb") != 0) {
        length = number_of(words->word[0]);
        data = pattern_take(&thing->written, length);
    }
    bool has_callback = words->count > 0 && strcmp(words->word[words->count - 1], "cb") == 0;
    if (has_callback) {
        awaited *one = await_completion(thing);
        text_add_refusal(result, net_socket_end_cb(thing->socket, data, length, on_ended, one, free));
    } else if (data != NULL) {
        text_add_refusal(result, net_socket_end_cb(thing->socket, data, length, NULL, NULL, NULL));
    } else {
        text_add_refusal(result, net_socket_end(thing->socket));
    }
}

static void act_destroy(thing *thing, const words *words, text *result) {
    if (words->count == 0) {
        text_add_refusal(result, net_socket_destroy(thing->socket, NULL));
        return;
    }
    char message[64];
    snprintf(message, sizeof message, "user %s", words->word[0]);
    net_error error = NET_ERROR_INIT;
    error.code = words->word[0];
    error.message = message;
    text_add_refusal(result, net_socket_destroy(thing->socket, &error));
}

static void act_read(thing *thing, const words *words, text *result) {
    size_t capacity = 0;
    net_socket_readable_length(thing->socket, &capacity);
    size_t wanted = words->count > 0 ? number_of(words->word[0]) : capacity;
    uint8_t *buffer = memory(wanted + 1);
    size_t length = 0;
    int status = words->count > 0 ? net_socket_read(thing->socket, buffer, wanted, &length)
                                  : net_socket_read_some(thing->socket, buffer, wanted + 1, &length);
    if (status < 0) {
        text_add_refusal(result, status);
    } else if (status == 0) {
        text_add(result, "null");
    } else {
        text_add(result, "%zu%s", length, pattern_check(&thing->expected, buffer, length) ? "" : " corrupt");
    }
    free(buffer);
}

static void act_hear(thing *thing, const words *words, text *result) {
    const char *event = words->word[0];
    if (strcmp(event, "data") == 0 && !thing->hears_data) {
        thing->hears_data = true;
        text_add_refusal(result, net_socket_on_data(thing->socket, on_data, thing, NULL));
    } else if (strcmp(event, "readable") == 0 && !thing->hears_readable) {
        thing->hears_readable = true;
        text_add_refusal(result, net_socket_on_readable(thing->socket, on_readable, thing, NULL));
    } else if (strcmp(event, "error") == 0 && !thing->hears_error) {
        thing->hears_error = true;
        text_add_refusal(result, net_socket_on_error(thing->socket, on_error, thing, NULL));
    }
}

static void act_unhear(thing *thing, const words *words, text *result) {
    const char *event = words->word[0];
    if (strcmp(event, "data") == 0 && thing->hears_data) {
        thing->hears_data = false;
        text_add_refusal(result, net_socket_off_data(thing->socket, on_data, thing));
    } else if (strcmp(event, "readable") == 0 && thing->hears_readable) {
        thing->hears_readable = false;
        text_add_refusal(result, net_socket_off_readable(thing->socket, on_readable, thing));
    } else if (strcmp(event, "error") == 0 && thing->hears_error) {
        thing->hears_error = false;
        text_add_refusal(result, net_socket_off_error(thing->socket, on_error, thing));
    }
}

static void act_pipe(thing *thing, const words *words, text *result) {
    const struct thing *to = play_find(thing->play, words->word[0]);
    if (to == NULL || !thing_exists(to)) {
        text_add(result, "absent");
    } else {
        text_add_refusal(result, net_socket_pipe(thing->socket, to->socket, words->count == 1));
    }
}

static void act_unpipe(thing *thing, const words *words, text *result) {
    const struct thing *from = words->count > 0 ? play_find(thing->play, words->word[0]) : NULL;
    if (words->count > 0 && (from == NULL || !thing_exists(from))) {
        text_add(result, "absent");
    } else {
        text_add_refusal(result, net_socket_unpipe(thing->socket, from ? from->socket : NULL));
    }
}

static void act_address(thing *thing, const words *words, text *result) {
    (void)words;
    net_address address = NET_ADDRESS_INIT;
    int found = net_socket_address(thing->socket, &address);
    text_add_address(result, found, &address);
}

static void act_set_timeout(thing *thing, const words *words, text *result) {
    text_add_refusal(result, net_socket_set_timeout(thing->socket, number_of(words->word[0])));
}

static void act_set_no_delay(thing *thing, const words *words, text *result) {
    text_add_refusal(result, net_socket_set_no_delay(thing->socket, flag_of(words->word[0])));
}

static void act_set_keep_alive(thing *thing, const words *words, text *result) {
    bool on = flag_of(words->word[0]);
    uint64_t delay = words->count > 1 ? number_of(words->word[1]) : 0;
    int status = net_socket_set_keep_alive(thing->socket, on, delay);
    if (words->count > 3) {
        uint32_t count = (uint32_t)number_of(words->word[3]);
        status = net_socket_set_keep_alive_probes(thing->socket, on, delay, number_of(words->word[2]), count);
    }
    text_add_refusal(result, status);
}

static void act_set_type_of_service(thing *thing, const words *words, text *result) {
    text_add_refusal(result, net_socket_set_type_of_service(thing->socket, (int)number_of(words->word[0])));
}

static void act_get_type_of_service(thing *thing, const words *words, text *result) {
    (void)words;
    int value = net_socket_type_of_service(thing->socket);
    if (value < 0) {
        text_add_refusal(result, value);
    } else {
        text_add(result, "%d", value);
    }
}

static void act_adopt(thing *thing, const words *words, text *result) {
    const struct thing *bound = play_find(thing->play, words->word[0]);
    if (thing_exists(thing) || !thing_exists(bound)) {
        text_add(result, thing_exists(thing) ? "busy" : "absent");
        return;
    }
    int status = client_make(thing, bound->bound);
    thing->is_adopted = status == NET_OK;
    text_add_refusal(result, status);
}

static void act_stop(thing *thing, const words *words, text *result) {
    (void)words;
    (void)result;
    thing->stops = true;
}

static void act_allow_half_open(thing *thing, const words *words, text *result) {
    text_add_refusal(result, net_socket_set_allow_half_open(thing->socket, flag_of(words->word[0])));
}

static const struct verb {
    const char *name;
    size_t words;
    void (*act)(thing *thing, const words *words, text *result);
} verbs[] = {
    {"connect", 1, act_connect},
    {"write", 1, act_write},
    {"end", 0, act_end},
    {"destroy", 0, act_destroy},
    {"read", 0, act_read},
    {"hear", 1, act_hear},
    {"unhear", 1, act_unhear},
    {"pipe", 1, act_pipe},
    {"unpipe", 0, act_unpipe},
    {"address", 0, act_address},
    {"setTimeout", 1, act_set_timeout},
    {"setNoDelay", 1, act_set_no_delay},
    {"setKeepAlive", 1, act_set_keep_alive},
    {"allowHalfOpen", 1, act_allow_half_open},
    {"setTypeOfService", 1, act_set_type_of_service},
    {"getTypeOfService", 0, act_get_type_of_service},
    {"answer", 1, act_answer},
    {"adopt", 1, act_adopt},
    {"stop", 0, act_stop},
};

/* Calls of Node's without an argument. */
static const struct plain_verb {
    const char *name;
    int (*call)(net_socket *socket);
} plain_verbs[] = {
    {"destroySoon", net_socket_destroy_soon},
    {"reset", net_socket_reset_and_destroy},
    {"pause", net_socket_pause},
    {"resume", net_socket_resume},
    {"cork", net_socket_cork},
    {"uncork", net_socket_uncork},
    {"ref", net_socket_ref},
    {"unref", net_socket_unref},
};

void socket_act(thing *thing, const action *action, text *result) {
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, action->verb) == 0 && action->words.count >= verbs[i].words) {
            verbs[i].act(thing, &action->words, result);
            return;
        }
    }
    for (size_t i = 0; i < sizeof plain_verbs / sizeof *plain_verbs; i++) {
        if (strcmp(plain_verbs[i].name, action->verb) == 0) {
            text_add_refusal(result, plain_verbs[i].call(thing->socket));
            return;
        }
    }
    refuse("no action of a socket: %s", action->text);
}
