/* The servers and sockets of a scenario: how they are made, heard, and what actions do to them. */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "play.h"

void server_make(play *play, const declaration *declaration);
void client_make(play *play, const declaration *declaration);
thing *socket_accept(thing *server, net_socket *socket);

/* Adds the result of the action to `result`, nothing if it has none. */
void server_act(thing *thing, const action *action, text *result);
void socket_act(thing *thing, const action *action, text *result);

/* The port at which a server listens, 0 if it does not. */
uint16_t server_port(const thing *server);
/* Its host, NULL for none. */
const char *server_host(const thing *server);
/* Its path, in a buffer that lasts until the next call, or NULL. */
const char *server_path(const thing *server);

bool flag_of(const char *word);
/* What is behind `throws`. */
void text_add_refusal(text *result, int status);

#endif
