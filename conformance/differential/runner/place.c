#include "place.h"

#include <stdio.h>
#include <string.h>

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
    return NULL;
}

bool place_is(const char *kind) { return place_of(kind) != NULL; }

const char *place_host(const char *kind) { return place_of(kind)->host; }

const char *place_path(const play *play, const char *kind, const char *name) {
    const struct place *place = place_of(kind);
    if (place->folder == NULL) {
        return NULL;
    }
    char whole[32];
    snprintf(whole, sizeof whole, "%s%s", place->folder, name);
    return play_path(play, whole);
}

uint16_t thing_port(const thing *thing) {
    net_address address = NET_ADDRESS_INIT;
    int found = thing->kind == THING_BOUND ? net_bound_socket_address(thing->bound, &address)
                                           : net_server_address(thing->server, &address);
    return found == 1 ? address.port : 0;
}
