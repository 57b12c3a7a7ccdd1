#include <stdio.h>
#include <string.h>

#include "objects.h"
#include "place.h"
#include "properties.h"

/* ---- events ---- */

static void on_listening(net_server *server, void *user) {
    (void)server;
    if (play_begin_event(user, "listening") != NULL) {
        play_event(user, "listening");
    }
}

static void on_close(net_server *server, void *user) {
    (void)server;
    if (play_begin_event(user, "close") != NULL) {
        play_event(user, "close");
    }
}

static void on_error(net_server *server, const net_error *error, void *user) {
    (void)server;
    text *line = play_begin_event(user, "error");
    if (line != NULL) {
        text_add(line, " ");
        text_add_error(line, error);
        play_event(user, "error");
    }
}

static void on_drop(net_server *server, const net_drop_info *info, void *user) {
    (void)server;
    text *line = play_begin_event(user, "drop");
    if (line == NULL) {
        return;
    }
    if (info->local.family == NET_FAMILY_IPV4 || info->local.family == NET_FAMILY_IPV6) {
        text_add(line, " local=%s:%u", info->local.address, info->local.port);
        // The peer may have reset the connection meanwhile.
        if (info->remote.family == NET_FAMILY_NONE) {
            text_add(line, " remote=undefined:undefined");
        } else {
            text_add(line, " remote=%s:%u", info->remote.address, info->remote.port);
        }
    } else {
        text_add(line, " -");
    }
    play_event(user, "drop");
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    (void)server;
    thing *thing = user;
    if (!thing->play->finished) {
        play_connection(thing, socket_accept(thing, socket));
    }
}

static void on_closed(net_server *server, const net_error *error, void *user) {
    (void)server;
    text *line = play_begin_event(user, "closed");
    if (line == NULL) {
        return;
    }
    text_add(line, " ");
    if (error == NULL) {
        text_add(line, "ok");
    } else {
        text_add_error(line, error);
    }
    play_event(user, "closed");
}

static void on_count(net_server *server, const net_error *error, size_t count, void *user) {
    (void)server;
    text *line = play_begin_event(user, "count");
    if (line == NULL) {
        return;
    }
    text_add(line, " ");
    if (error == NULL) {
        text_add(line, "%zu", count);
    } else {
        text_add_error(line, error);
    }
    play_event(user, "count");
}

void server_make(play *play, const declaration *declaration) {
    const words *words = &declaration->words;
    thing *made = play_add(play, THING_SERVER, declaration->name);
    made->place = made->target_place = words->word[0];
    made->target_name = made->name;
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.allow_half_open = words_option(words, 1, "allowHalfOpen") != NULL;
    options.pause_on_connect = words_option(words, 1, "pauseOnConnect") != NULL;
    options.no_delay = words_option(words, 1, "noDelay") != NULL;
    options.keep_alive = words_option(words, 1, "keepAlive") != NULL;
    const char *delay = words_option(words, 1, "keepAliveInitialDelay");
    if (delay != NULL) {
        options.keep_alive_initial_delay = number_of(delay);
    }
    const char *mark = words_option(words, 1, "highWaterMark");
    if (mark != NULL) {
        options.high_water_mark = number_of(mark);
    }
    options.block_list = list_option(play, words, 1);
    made->server = net_server_new(play->loop, &options);
    const char *limit = words_option(words, 1, "maxConnections");
    if (limit != NULL) {
        net_server_set_max_connections(made->server, (int64_t)number_of(limit));
    }
    net_server_on_listening(made->server, on_listening, made, NULL);
    net_server_on_close(made->server, on_close, made, NULL);
    net_server_on_error(made->server, on_error, made, NULL);
    net_server_on_drop(made->server, on_drop, made, NULL);
    net_server_on_connection(made->server, on_connection, made, NULL);
}

/* ---- actions ---- */

/* Where connections go from now on. */
static void set_target(thing *thing, const char *place, const char *name) {
    thing->target_place = place;
    thing->target_name = name;
}

static void act_listen(thing *thing, const words *words, text *result) {
    const struct thing *other = words->count > 0 ? play_find(thing->play, words->word[0]) : NULL;
    bool by_descriptor = words_option(words, 0, "fd") != NULL;
    bool by_handle = words_option(words, 0, "handle") != NULL;
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.ipv6_only = words_option(words, 0, "ipv6Only") != NULL;
    options.reuse_port = words_option(words, 0, "reusePort") != NULL;
    const char *backlog = words_option(words, 0, "backlog");
    if (backlog != NULL) {
        options.backlog = (int32_t)number_of(backlog);
    }
    bool is_bound = other != NULL && other->kind == THING_BOUND;
    if (is_bound || by_descriptor || by_handle) {
        if (other == NULL || (is_bound ? !thing_exists(other) : net_server_listening(other->server) != 1)) {
            text_add(result, "absent");
            return;
        }
        if (is_bound) {
            options.handle = other->bound;
        } else if (by_handle) {
            options.handle = other->server;
        } else {
            net_server_fd(other->server, &options.fd);
        }
        int status = net_server_listen(thing->server, &options);
        text_add_refusal(result, status);
        if (status == NET_OK) {
            set_target(thing, is_bound ? other->place : other->target_place,
                       is_bound ? other->name : other->target_name);
        }
        return;
    }
    const char *name = other != NULL ? other->name : thing->name;
    options.path = place_path(thing->play, thing->place, name);
    if (options.path == NULL) {
        options.host = place_host(thing->place);
        options.port = other != NULL ? thing_port(other) : 0;
    }
    thing->resolves = strcmp(thing->place, "name") == 0;
    int status = net_server_listen(thing->server, &options);
    text_add_refusal(result, status);
    if (status == NET_OK) {
        set_target(thing, thing->place, name);
    }
}

static int act_close(thing *thing, const action *action) {
    if (action->words.count > 0) {
        return net_server_close_cb(thing->server, on_closed, thing, NULL);
    }
    return net_server_close(thing->server);
}

static int act_get_connections(thing *thing, const action *action) {
    (void)action;
    return net_server_get_connections(thing->server, on_count, thing, NULL);
}

static int act_max_connections(thing *thing, const action *action) {
    return net_server_set_max_connections(thing->server, (int64_t)number_of(action->words.word[0]));
}

static int act_ref(thing *thing, const action *action) {
    (void)action;
    return net_server_ref(thing->server);
}

static int act_unref(thing *thing, const action *action) {
    (void)action;
    return net_server_unref(thing->server);
}

static const struct verb {
    const char *name;
    size_t words;
    int (*act)(thing *thing, const action *action);
} verbs[] = {
    {"close", 0, act_close},
    {"getConnections", 0, act_get_connections},
    {"maxConnections", 1, act_max_connections},
    {"ref", 0, act_ref},
    {"unref", 0, act_unref},
};

void server_act(thing *thing, const action *action, text *result) {
    if (strcmp(action->verb, "address") == 0) {
        net_address address = NET_ADDRESS_INIT;
        int found = net_server_address(thing->server, &address);
        text_add_address(result, found, &address);
        return;
    }
    if (strcmp(action->verb, "listen") == 0) {
        act_listen(thing, &action->words, result);
        return;
    }
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, action->verb) == 0 && action->words.count >= verbs[i].words) {
            text_add_refusal(result, verbs[i].act(thing, action));
            return;
        }
    }
    refuse("no action of a server: %s", action->text);
}
