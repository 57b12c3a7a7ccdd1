/* Plays scenarios on the library. ../LANGUAGE.md says what it obeys. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objects.h"
#include "play.h"

static char *input_read(void) {
    text input = {NULL, 0, 0};
    text_clear(&input);
    char chunk[65536];
    size_t length;
    while ((length = fread(chunk, 1, sizeof chunk - 1, stdin)) > 0) {
        chunk[length] = '\0';
        text_add(&input, "%s", chunk);
    }
    return input.chars;
}

int main(int count, char **arguments) {
    const char *folder = NULL;
    unsigned long tick = 2;
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(arguments[i], "--folder") == 0) {
            folder = arguments[i + 1];
        } else if (strcmp(arguments[i], "--tick") == 0) {
            tick = number_of(arguments[i + 1]);
        } else {
            refuse("no option: %s", arguments[i]);
        }
    }
    if (folder == NULL || strlen(folder) > 60) {
        refuse("usage: %s --folder FOLDER [--tick MS] < SCENARIOS > TRACES", arguments[0]);
    }
    char *input = input_read();
    scenario *first = scenarios_parse(input);
    for (const scenario *scenario = first; scenario != NULL; scenario = scenario->next) {
        play_scenario(scenario, folder, tick);
    }
    scenarios_free(first);
    free(input);
    return 0;
}
