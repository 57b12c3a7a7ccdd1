/* What the getters of an object say. */
#ifndef PROPERTIES_H
#define PROPERTIES_H

#include "play.h"

/* Adds NAME=VALUE of each property that is another than the last time, divided by spaces; false if there is none. */
bool properties_add_changes(text *line, thing *thing);
void text_add_address(text *line, int found, const net_address *address);
void text_add_error(text *line, const net_error *error);

#endif
