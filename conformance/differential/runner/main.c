/* Plays scenarios on the library. ../LANGUAGE.md says what it obeys. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar.h"
#include "play.h"

enum { MOST_FOLDER = 60, TICK = 2 };

typedef struct settings {
    const char *folder;
    unsigned long tick;
} settings;

static settings settings_read(int count, char **arguments) {
    settings found = {NULL, TICK};
    for (int i = 1; i < count; i += 2) {
        const char *value = i + 1 < count ? arguments[i + 1] : NULL;
        if (value != NULL && strcmp(arguments[i], "--folder") == 0) {
            found.folder = value;
        } else if (value != NULL && strcmp(arguments[i], "--tick") == 0 && grammar_of_number(value) == NULL) {
            found.tick = number_of(value);
        } else {
            refuse("no option, or no value of it: %s", arguments[i]);
        }
    }
    if (found.folder == NULL || strlen(found.folder) > MOST_FOLDER || found.tick == 0) {
        refuse("usage: %s --folder FOLDER [--tick MS] < SCENARIOS > TRACES", arguments[0]);
    }
    return found;
}

static char *input_read(void) {
    text input = {NULL, 0, 0};
    text_clear(&input);
    char chunk[65536];
    size_t length;
    while ((length = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
        text_add_bytes(&input, chunk, length);
    }
    if (ferror(stdin) || strlen(input.chars) != input.length) {
        refuse("the input cannot be read, or has a NUL");
    }
    return input.chars;
}

int main(int count, char **arguments) {
    settings settings = settings_read(count, arguments);
    char *input = input_read();
    scenario *first = scenarios_parse(input);
    for (const scenario *scenario = first; scenario != NULL; scenario = scenario->next) {
        play_scenario(scenario, settings.folder, settings.tick);
    }
    scenarios_free(first);
    free(input);
    return 0;
}
