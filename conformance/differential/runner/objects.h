/* The servers and sockets of a scenario: how they are made, heard, and what actions do to them. */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "play.h"

void server_make(play *play, const declaration *declaration);
void client_declare(play *play, const declaration *declaration);
/* Makes the socket that was declared; `handle` may be NULL. Gives a negative result if it is refused. */
int client_make(thing *thing, net_bound_socket *handle);
void bound_declare(play *play, const declaration *declaration);
void list_declare(play *play, const declaration *declaration);
thing *socket_accept(thing *server, net_socket *socket);

/* Adds the result of the action to `result`, nothing if it has none. */
void server_act(thing *thing, const action *action, text *result);
void socket_act(thing *thing, const action *action, text *result);
void bound_act(thing *thing, const action *action, text *result);
void list_act(thing *thing, const action *action, text *result);
/* Whether this verb makes the object that it is said of. */
bool makes_object(const char *verb);

/* What is done to a socket in files of their own. */
void act_connect(thing *thing, const words *words, text *result);
void act_answer(thing *thing, const words *words, text *result);

/* The block list that an option names, or NULL. */
net_block_list *list_option(const play *play, const words *words, size_t first);
/* Reading into a buffer of the program's, if the words have the option; `user` is dropped by the library. */
bool onread_option(thing *thing, const words *words, net_onread *onread);
/* A lookup of the scenario's for the options of a connect. */
void lookup_option(thing *thing, const char *answer, net_connect_options *options);

bool flag_of(const char *word);
/* What is behind `throws`. */
void text_add_refusal(text *result, int status);

#endif
