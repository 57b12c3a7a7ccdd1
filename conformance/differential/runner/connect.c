#include <string.h>

#include "objects.h"
#include "place.h"

typedef struct target {
    const char *path;
    const char *host;
    uint16_t port;
} target;

static target target_of(const play *play, const char *word) {
    if (strcmp(word, "nobody4") == 0) {
        return (target){NULL, "127.0.0.1", 1};
    }
    if (strcmp(word, "nobody6") == 0) {
        return (target){NULL, "::1", 1};
    }
    if (strcmp(word, "nobody") == 0) {
        return (target){NULL, NULL, 1};
    }
    if (strcmp(word, "nopath") == 0) {
        return (target){play_path(play, "nopath"), NULL, 0};
    }
    const thing *server = play_find(play, word);
    const char *path = place_path(play, server->target_place, server->target_name);
    if (path != NULL) {
        return (target){path, NULL, 0};
    }
    uint16_t port = thing_port(server);
    const char *place = server->target_place;
    const char *host = strcmp(place, "elsewhere") == 0 ? "127.0.0.1" : place_host(place);
    return (target){NULL, host, port == 0 ? 1 : port};
}

void act_connect(thing *thing, const words *words, text *result) {
    bool has_handle = net_socket_pending(thing->socket) == 0 && !thing->is_adopted;
    if (net_socket_connecting(thing->socket) == 1 || has_handle) {
        text_add(result, "busy");
        return;
    }
    thing->is_adopted = false;
    thing->asked = NULL;
    target target = target_of(thing->play, words->word[0]);
    thing->expected = -1;
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.path = target.path;
    if (target.path == NULL) {
        options.host = target.host;
        options.port = target.port;
        const char *host = words_option(words, 1, "host");
        if (host != NULL) {
            options.host = host;
        }
        options.local_address = words_option(words, 1, "localAddress");
        const char *port_of = words_option(words, 1, "localPort");
        if (port_of != NULL) {
            options.local_port = thing_port(play_find(thing->play, port_of));
        }
        const char *lookup = words_option(words, 1, "lookup");
        if (lookup != NULL) {
            options.host = "name.example";
            lookup_option(thing, lookup, &options);
        }
        thing->resolves = lookup == NULL;
        const char *family = words_option(words, 1, "family");
        if (family != NULL) {
            options.family = (int32_t)number_of(family);
        }
        const char *select = words_option(words, 1, "autoSelectFamily");
        if (select != NULL) {
            options.auto_select_family = flag_of(select);
        }
        const char *timeout = words_option(words, 1, "timeout");
        if (timeout != NULL) {
            options.timeout = number_of(timeout);
        }
    }
    text_add_refusal(result, net_socket_connect(thing->socket, &options));
}
