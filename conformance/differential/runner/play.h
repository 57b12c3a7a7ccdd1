/* One scenario in one loop: its objects, its time and its trace. */
#ifndef PLAY_H
#define PLAY_H

#include <nodenet.h>
#include <stdbool.h>
#include <stdint.h>

#include "scenario.h"
#include "text.h"

enum { MOST_PROPERTIES = 32, MOST_NAME = 16 };

struct play;

/* In the order of the last lines. */
typedef enum thing_kind { THING_SERVER, THING_CLIENT, THING_ACCEPTED, THING_BOUND, THING_LIST } thing_kind;

typedef struct thing {
    struct play *play;
    thing_kind kind;
    char name[MOST_NAME];
    /* What the trace said of each property, so that it tells changes only. */
    char *told[MOST_PROPERTIES];
    struct thing *next;
    /* A host is being looked up by the system. */
    bool resolves;
    /* A server's; a bound socket has a kind, too. */
    net_server *server;
    const char *place;
    unsigned accepted;
    /* Where connections to the server go: a kind, and the name behind a path. */
    const char *target_place;
    const char *target_name;
    net_bound_socket *bound;
    net_block_list *list;
    /* A socket's; none of one that is made later. */
    net_socket *socket;
    const declaration *declaration;
    net_lookup *asked;
    bool is_adopted;
    bool stops;
    size_t written;
    unsigned awaited;
    int expected;
    bool hears_data;
    bool hears_readable;
    bool hears_error;
} thing;

typedef struct event_count {
    const thing *thing;
    const char *event;
    unsigned long count;
} event_count;

typedef struct play {
    const scenario *scenario;
    const char *folder;
    uint64_t tick_length;
    net_loop *loop;
    net_timer *tick;
    thing *things;
    event_count *counts;
    size_t count_count;
    size_t steps_begun;
    size_t lines;
    bool finished;
    double began;
    double line_at;
    unsigned ticks;
    text line;
    text trace;
} play;

void play_scenario(const scenario *scenario, const char *folder, uint64_t tick_length);

thing *play_add(play *play, thing_kind kind, const char *name);
thing *play_find(const play *play, const char *name);
/* A socket that is made later, or a bound socket that is not bound yet, is none. */
bool thing_exists(const thing *thing);
bool thing_is_socket(const thing *thing);
const char *play_name_of(const play *play, const net_socket *socket);

/* Ends the line that was begun with `line_of` by the properties that changed, and prints it; then what the rules want.
 */
void play_event(thing *thing, const char *event);
/* The text to which arguments of an event are added: it holds the object's name and the event's. NULL when the scenario
 * is over, for nothing is told then. */
text *play_begin_event(thing *thing, const char *event);
/* A line that is no event, without properties. */
void play_note(play *play, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The line of `connection`, of the server and what it accepted. */
void play_connection(thing *server, thing *accepted);

/* FOLDER/NAME, in a buffer of its own that lasts until the next call. */
const char *play_path(const play *play, const char *name);

#endif
