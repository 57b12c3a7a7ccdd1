/* Where the kinds of servers and bound sockets are: on a host, or in a folder. */
#ifndef PLACE_H
#define PLACE_H

#include "play.h"

bool place_is(const char *kind);
/* NULL for none. */
const char *place_host(const char *kind);
/* The path of this name, in a buffer that lasts until the next call, or NULL. */
const char *place_path(const play *play, const char *kind, const char *name);
/* The port at which a server listens or a bound socket is, 0 if there is none. */
uint16_t thing_port(const thing *thing);

#endif
