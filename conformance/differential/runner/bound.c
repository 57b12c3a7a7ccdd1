/* Bound sockets. */
#include <string.h>

#include "objects.h"
#include "place.h"
#include "properties.h"

void bound_declare(play *play, const declaration *declaration) {
    thing *made = play_add(play, THING_BOUND, declaration->name);
    made->place = declaration->words.word[0];
}

static void act_bind(thing *thing, const words *words, text *result) {
    net_address address = NET_ADDRESS_INIT;
    if (thing_exists(thing) && net_bound_socket_address(thing->bound, &address) == 1) {
        text_add(result, "busy");
        return;
    }
    const struct thing *other = words->count > 0 ? play_find(thing->play, words->word[0]) : NULL;
    net_bound_socket_options options = NET_BOUND_SOCKET_OPTIONS_INIT;
    options.path = place_path(thing->play, thing->place, other != NULL ? other->name : thing->name);
    options.ipv6_only = words_option(words, 0, "ipv6Only") != NULL;
    options.reuse_port = words_option(words, 0, "reusePort") != NULL;
    if (options.path == NULL) {
        options.host = place_host(thing->place);
        options.port = other != NULL ? thing_port(other) : 0;
    }
    net_bound_socket *made = net_bound_socket_new(&options, NULL);
    if (made == NULL) {
        const net_error *error = net_bound_socket_error();
        text_add(result, "throws ");
        if (error->syscall != NULL) {
            text_add_error(result, error);
        } else {
            text_add(result, "%s", error->code);
        }
        return;
    }
    if (thing_exists(thing)) {
        net_bound_socket_free(thing->bound);
    }
    thing->bound = made;
}

void bound_act(thing *thing, const action *action, text *result) {
    if (strcmp(action->verb, "bind") == 0) {
        act_bind(thing, &action->words, result);
    } else if (strcmp(action->verb, "address") == 0) {
        net_address address = NET_ADDRESS_INIT;
        int found = net_bound_socket_address(thing->bound, &address);
        if (found < 0) {
            text_add_refusal(result, found);
        } else {
            text_add_address(result, found, &address);
        }
    } else if (strcmp(action->verb, "close") == 0) {
        text_add_refusal(result, net_bound_socket_close(thing->bound));
    } else if (strcmp(action->verb, "fd") == 0) {
        int descriptor = -1;
        int status = net_bound_socket_fd(thing->bound, &descriptor);
        text_add(result, "%s", status < 0 ? "" : descriptor >= 0 ? "true" : "false");
        text_add_refusal(result, status);
    } else {
        refuse("no action of a bound socket: %s", action->text);
    }
}
