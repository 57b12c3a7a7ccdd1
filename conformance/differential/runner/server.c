#include <stdio.h>
#include <string.h>

#include "objects.h"
#include "properties.h"

/* Where the kinds of server listen: on a host, or in a folder. */
static const struct place {
    const char *kind;
    const char *host;
    const char *folder;
} places[] = {
    {"tcp4", "127.0.0.1", NULL},      {"tcp6", "::1", NULL}, {"any", NULL, NULL},         {"name", "localhost", NULL},
    {"elsewhere", "192.0.2.1", NULL}, {"unix", NULL, ""},    {"nofolder", NULL, "none/"},
};

static const struct place *place_of(const char *kind) {
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (strcmp(places[i].kind, kind) == 0) {
            return &places[i];
        }
    }
    refuse("no kind of server: %s", kind);
}

const char *server_host(const thing *server) { return place_of(server->place)->host; }

const char *server_path(const thing *server) {
    const struct place *place = place_of(server->place);
    if (place->folder == NULL) {
        return NULL;
    }
    char name[32];
    snprintf(name, sizeof name, "%s%s", place->folder, server->name);
    return play_path(server->play, name);
}

uint16_t server_port(const thing *server) {
    net_address address = NET_ADDRESS_INIT;
    return net_server_address(server->server, &address) == 1 ? address.port : 0;
}

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
    made->place = place_of(words->word[0])->kind;
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

static int act_listen(thing *thing, const action *action) {
    const struct thing *other = action->words.count > 0 ? play_find(thing->play, action->words.word[0]) : thing;
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    if (server_path(thing) != NULL) {
        char name[32];
        snprintf(name, sizeof name, "%s%s", place_of(thing->place)->folder, other->name);
        options.path = play_path(thing->play, name);
    } else {
        options.host = server_host(thing);
        options.port = other == thing ? 0 : server_port(other);
    }
    return net_server_listen(thing->server, &options);
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
    {"listen", 0, act_listen},
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
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, action->verb) == 0 && action->words.count >= verbs[i].words) {
            text_add_refusal(result, verbs[i].act(thing, action));
            return;
        }
    }
    refuse("no action of a server: %s", action->text);
}
