/* Reading into a buffer of the program's own. */
#include <stdlib.h>

#include "objects.h"
#include "pattern.h"

typedef struct reader {
    thing *thing;
    size_t size;
    /* Given in turns: the one before is the library's until the next one is given. */
    uint8_t *buffers[2];
    unsigned given;
    bool told;
} reader;

static void reader_free(void *user) {
    reader *reader = user;
    free(reader->buffers[0]);
    free(reader->buffers[1]);
    free(reader);
}

static int on_read(net_socket *socket, size_t count, void *buffer, void *user) {
    (void)socket;
    reader *reader = user;
    thing *thing = reader->thing;
    reader->told = true;
    text *line = play_begin_event(thing, "onread");
    if (line == NULL) {
        return 1;
    }
    text_add(line, " %zu%s", count, pattern_check(&thing->expected, buffer, count) ? "" : " corrupt");
    play_event(thing, "onread");
    bool goes_on = !thing->stops;
    thing->stops = false;
    return goes_on;
}

/* A new handle always gets one; after bytes came, the third time, there is none, and the one before is used again. */
static void *next_buffer(net_socket *socket, size_t *length, void *user) {
    (void)socket;
    reader *reader = user;
    thing *thing = reader->thing;
    reader->given++;
    bool none = reader->told && reader->given % 3 == 0;
    reader->told = false;
    if (none) {
        play_note(thing->play, "%s buffer none", thing->name);
        return NULL;
    }
    *length = reader->given % 3 == 2 ? 2 * reader->size : reader->size;
    play_note(thing->play, "%s buffer %zu", thing->name, *length);
    uint8_t **next = &reader->buffers[reader->given % 2];
    return *next = more_memory(*next, *length + 1);
}

bool onread_option(thing *thing, const words *words, net_onread *onread) {
    const char *size = words_option(words, 0, "onread");
    const char *by_function = words_option(words, 0, "onreadBy");
    if (size == NULL && by_function == NULL) {
        return false;
    }
    reader *made = memory(sizeof *made);
    *made = (reader){.thing = thing, .size = number_of(size != NULL ? size : by_function)};
    onread->callback = on_read;
    onread->user = made;
    onread->drop = reader_free;
    if (size != NULL) {
        made->buffers[0] = memory(made->size + 1);
        onread->buffer = made->buffers[0];
        onread->len = made->size;
    } else {
        onread->buffer_fn = next_buffer;
    }
    return true;
}
