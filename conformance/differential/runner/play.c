#include "play.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "descriptors.h"
#include "objects.h"
#include "properties.h"

enum { MOST_LINES = 5000, MOST_TIME = 20000, SILENT_TICKS = 3 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

const char *play_path(const play *play, const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", play->folder, name);
    return path;
}

/* ---- objects ---- */

thing *play_add(play *play, thing_kind kind, const char *name) {
    thing *made = memory(sizeof *made);
    *made = (thing){.play = play, .kind = kind, .expected = -1};
    snprintf(made->name, sizeof made->name, "%s", name);
    thing **last = &play->things;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = made;
    return made;
}

thing *play_find(const play *play, const char *name) {
    thing *found = play->things;
    while (found != NULL && strcmp(found->name, name) != 0) {
        found = found->next;
    }
    return found;
}

bool thing_is_socket(const thing *thing) { return thing->kind == THING_CLIENT || thing->kind == THING_ACCEPTED; }

bool thing_exists(const thing *thing) {
    return thing_is_socket(thing) ? thing->socket != NULL : thing->kind != THING_BOUND || thing->bound != NULL;
}

const char *play_name_of(const play *play, const net_socket *socket) {
    for (const thing *thing = play->things; thing != NULL; thing = thing->next) {
        if (thing->socket == socket) {
            return thing->name;
        }
    }
    refuse("no socket of the scenario");
}

/* What is no loop's. */
static void things_release(thing *first) {
    for (; first != NULL; first = first->next) {
        if (first->bound != NULL) {
            net_bound_socket_free(first->bound);
        }
        if (first->list != NULL) {
            net_block_list_free(first->list);
        }
    }
}

static void things_free(thing *first) {
    while (first != NULL) {
        thing *next = first->next;
        for (size_t i = 0; i < MOST_PROPERTIES; i++) {
            free(first->told[i]);
        }
        free(first);
        first = next;
    }
}

/* ---- the trace ---- */

static void finish(play *play, const char *line);

static void print(play *play) {
    text_add(&play->trace, "%s\n", play->line.chars);
    play->line_at = now();
    play->ticks = 0;
    play->lines++;
    if (play->lines + 1 >= MOST_LINES) {
        finish(play, "too long");
    }
}

/* Ends the line by what changed. */
static void print_of(thing *thing) {
    play *play = thing->play;
    size_t length = play->line.length;
    text_add(&play->line, " | ");
    if (!properties_add_changes(&play->line, thing)) {
        play->line.length = length;
        play->line.chars[length] = '\0';
    }
    print(play);
}

static void print_last(play *play) {
    for (thing_kind kind = THING_SERVER; kind <= THING_LIST; kind++) {
        for (thing *thing = play->things; thing != NULL; thing = thing->next) {
            if (thing->kind == kind && thing_exists(thing)) {
                text_clear(&play->line);
                text_add(&play->line, "last %s", thing->name);
                print_of(thing);
            }
        }
    }
}

/* The scenario is over; what it left is the loop's to free. */
static void finish(play *play, const char *line) {
    if (!play->finished) {
        text_add(&play->trace, "%s\n", line);
        play->finished = true;
        net_loop_stop(play->loop);
    }
}

/* ---- actions and rules ---- */

static void (*const act[])(thing *thing, const action *action, text *result) = {
    [THING_SERVER] = server_act, [THING_CLIENT] = socket_act, [THING_ACCEPTED] = socket_act,
    [THING_BOUND] = bound_act,   [THING_LIST] = list_act,
};

static void perform(play *play, const actions *actions) {
    for (size_t i = 0; i < actions->count && !play->finished; i++) {
        const action *action = &actions->action[i];
        thing *thing = play_find(play, action->object);
        text result = {NULL, 0, 0};
        text_clear(&result);
        if (thing == NULL || (!thing_exists(thing) && !makes_object(action->verb))) {
            text_add(&result, "absent");
        } else {
            act[thing->kind](thing, action, &result);
        }
        if (!play->finished) {
            text_clear(&play->line);
            text_add(&play->line, "do %s", action->text);
            if (result.length > 0) {
                text_add(&play->line, " -> %s", result.chars);
            }
            if (thing == NULL || !thing_exists(thing)) {
                print(play);
            } else {
                print_of(thing);
            }
        }
        text_free(&result);
    }
}

static unsigned long count_event(play *play, const thing *thing, const char *event) {
    for (size_t i = 0; i < play->count_count; i++) {
        event_count *found = &play->counts[i];
        if (found->thing == thing && strcmp(found->event, event) == 0) {
            return ++found->count;
        }
    }
    play->counts = more_memory(play->counts, (play->count_count + 1) * sizeof *play->counts);
    play->counts[play->count_count++] = (event_count){thing, event, 1};
    return 1;
}

static void follow_rules(thing *thing, const char *event) {
    play *play = thing->play;
    if (play->finished) {
        return;
    }
    unsigned long count = count_event(play, thing, event);
    for (size_t i = 0; i < play->scenario->rule_count; i++) {
        const rule *rule = &play->scenario->rules[i];
        if (rule->number == count && strcmp(rule->object, thing->name) == 0 && strcmp(rule->event, event) == 0) {
            perform(play, &rule->actions);
        }
    }
}

text *play_begin_event(thing *thing, const char *event) {
    play *play = thing->play;
    if (play->finished) {
        return NULL;
    }
    text_clear(&play->line);
    text_add(&play->line, "%s %s", thing->name, event);
    return &play->line;
}

void play_note(play *play, const char *format, ...) {
    if (play->finished) {
        return;
    }
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    text_clear(&play->line);
    text_add(&play->line, "%s", line);
    print(play);
}

/* After these a host has been looked up, or nobody waits for it. */
static bool is_resolved_by(const char *event) {
    static const char *const events[] = {"lookup", "connectionAttempt", "listening", "error", "close", "closed"};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        if (strcmp(event, events[i]) == 0) {
            return true;
        }
    }
    return false;
}

void play_event(thing *thing, const char *event) {
    if (is_resolved_by(event)) {
        thing->resolves = false;
    }
    print_of(thing);
    follow_rules(thing, event);
}

void play_connection(thing *server, thing *accepted) {
    text *line = play_begin_event(server, "connection");
    text_add(line, " %s | ", accepted->name);
    properties_add_changes(line, server);
    text_add(line, " ; ");
    properties_add_changes(line, accepted);
    print(server->play);
    follow_rules(server, "connection");
}

/* ---- time ---- */

static void begin_step(play *play) {
    const step *step = &play->scenario->steps[play->steps_begun++];
    if (play->steps_begun == play->scenario->step_count) {
        net_timer_unref(play->tick);
    }
    text_clear(&play->line);
    text_add(&play->line, "step %s", step->number);
    print(play);
    perform(play, &step->actions);
}

static bool waits_for_lookup(const thing *thing) {
    return thing->resolves && (thing_is_socket(thing) ? net_socket_connecting(thing->socket) == 1
                                                      : net_server_listening(thing->server) == 0);
}

static bool is_silent(const play *play) {
    uint64_t longest = 0;
    for (const thing *thing = play->things; thing != NULL; thing = thing->next) {
        if (waits_for_lookup(thing)) {
            return false;
        }
        uint64_t timeout = 0;
        if (thing_is_socket(thing) && thing_exists(thing) && net_socket_destroyed(thing->socket) == 0 &&
            net_socket_timeout(thing->socket, &timeout) >= 0 && timeout > longest) {
            longest = timeout;
        }
    }
    return play->ticks >= SILENT_TICKS && now() - play->line_at >= (double)(SILENT_TICKS * play->tick_length + longest);
}

static void on_tick(net_timer *timer, void *user) {
    play *play = user;
    if (play->finished) {
        return;
    }
    net_timer_start(timer, play->tick_length, 0, on_tick, play, NULL);
    play->ticks++;
    if (now() - play->began > MOST_TIME) {
        finish(play, "stuck");
    } else if (is_silent(play)) {
        if (play->steps_begun < play->scenario->step_count) {
            begin_step(play);
        } else {
            text_add(&play->trace, "loop alive\n");
            print_last(play);
            play->finished = true;
            net_loop_stop(play->loop);
        }
    }
}

static void on_begin(net_timer *timer, void *user) {
    play *play = user;
    net_timer_start(timer, play->tick_length, 0, on_tick, play, NULL);
    begin_step(play);
}

static void run(play *play) {
    int status = net_loop_run(play->loop);
    if (play->finished) {
        return;
    }
    if (status < 0) {
        text_add(&play->trace, "uncaught ");
        const net_error *error = net_loop_error(play->loop);
        if (error != NULL) {
            text_add_error(&play->trace, error);
        } else {
            text_add(&play->trace, "%s", net_error_name(status));
        }
        text_add(&play->trace, "\n");
    } else {
        text_add(&play->trace, "loop ends\n");
    }
    print_last(play);
    play->finished = true;
}

static void (*const declare[])(play *play, const declaration *declaration) = {
    [DECLARED_SERVER] = server_make,
    [DECLARED_CLIENT] = client_declare,
    [DECLARED_BOUND] = bound_declare,
    [DECLARED_LIST] = list_declare,
};

void play_scenario(const scenario *scenario, const char *folder, uint64_t tick_length) {
    size_t descriptors = descriptors_open();
    play play = {.scenario = scenario, .folder = folder, .tick_length = tick_length};
    play.loop = net_loop_new();
    play.tick = net_timer_new(play.loop);
    play.began = play.line_at = now();
    text_add(&play.trace, "scenario %s\n", scenario->seed);
    for (size_t i = 0; i < scenario->declaration_count; i++) {
        const declaration *declaration = &scenario->declarations[i];
        declare[declaration->kind](&play, declaration);
    }
    net_timer_start(play.tick, 1, 0, on_begin, &play, NULL);
    run(&play);
    net_loop_free(play.loop);
    things_release(play.things);
    size_t left = descriptors_left(descriptors);
    if (left > 0) {
        text_add(&play.trace, "left %zu descriptors\n", left);
    }
    text_add(&play.trace, "done\n");
    fputs(play.trace.chars, stdout);
    fflush(stdout);
    things_free(play.things);
    free(play.counts);
    text_free(&play.line);
    text_free(&play.trace);
}
