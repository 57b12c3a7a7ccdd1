#include "scenario.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static unsigned long line_number;

static void *appended(void **items, size_t *count, size_t size) {
    *items = more_memory(*items, (*count + 1) * size);
    char *item = (char *)*items + *count * size;
    memset(item, 0, size);
    *count += 1;
    return item;
}

#define APPEND(items, count) appended((void **)&(items), &(count), sizeof *(items))

/* Cuts at the first `mark`: what is behind it, or NULL. */
static char *cut(char *text, const char *mark) {
    char *found = strstr(text, mark);
    if (found == NULL) {
        return NULL;
    }
    *found = '\0';
    return found + strlen(mark);
}

static words words_parse(char *text) {
    words found = {.count = 0};
    while (text != NULL && *text != '\0') {
        char *rest = cut(text, " ");
        if (found.count == MOST_WORDS) {
            refuse("line %lu: too many words", line_number);
        }
        found.word[found.count++] = text;
        text = rest;
    }
    return found;
}

const char *words_option(const words *words, size_t first, const char *name) {
    size_t length = strlen(name);
    for (size_t i = first; i < words->count; i++) {
        const char *word = words->word[i];
        if (strncmp(word, name, length) == 0 && word[length] == '=') {
            return word + length + 1;
        }
        if (strcmp(word, name) == 0) {
            return "true";
        }
    }
    return NULL;
}

static action action_parse(char *text) {
    action found = {.text = strdup(text)};
    char *rest = cut(text, " ");
    char *point = strrchr(text, '.');
    if (point == NULL || point == text || point[1] == '\0') {
        refuse("line %lu: no action: %s", line_number, found.text);
    }
    *point = '\0';
    found.object = text;
    found.verb = point + 1;
    found.words = words_parse(rest);
    return found;
}

static actions actions_parse(char *text) {
    actions found = {NULL, 0};
    while (text != NULL) {
        char *rest = cut(text, "; ");
        action *next = APPEND(found.action, found.count);
        *next = action_parse(text);
        text = rest;
    }
    return found;
}

static void declaration_parse(scenario *scenario, bool is_server, char *text) {
    words found = words_parse(text);
    if (found.count < (is_server ? 2U : 1U)) {
        refuse("line %lu: a name is missing", line_number);
    }
    declaration *next = APPEND(scenario->declarations, scenario->declaration_count);
    next->is_server = is_server;
    next->name = found.word[0];
    next->words.count = found.count - 1;
    memcpy(next->words.word, found.word + 1, next->words.count * sizeof(found.word[0]));
}

static void step_parse(scenario *scenario, char *number, char *text) {
    step *next = APPEND(scenario->steps, scenario->step_count);
    next->number = number;
    next->actions = actions_parse(text);
}

static void rule_parse(scenario *scenario, char *when, char *text) {
    words found = words_parse(when);
    char *end = NULL;
    unsigned long number = found.count == 3 ? strtoul(found.word[2], &end, 10) : 0;
    if (number == 0 || *end != '\0') {
        refuse("line %lu: no rule", line_number);
    }
    rule *next = APPEND(scenario->rules, scenario->rule_count);
    next->object = found.word[0];
    next->event = found.word[1];
    next->number = number;
    next->actions = actions_parse(text);
}

static void statement_parse(scenario *scenario, char *line) {
    char *rest = cut(line, " ");
    if (rest == NULL) {
        refuse("line %lu: no statement: %s", line_number, line);
    }
    if (strcmp(line, "server") == 0 || strcmp(line, "client") == 0) {
        declaration_parse(scenario, line[0] == 's', rest);
        return;
    }
    char *text = cut(rest, ": ");
    if (text == NULL) {
        refuse("line %lu: actions are missing", line_number);
    }
    if (strcmp(line, "at") == 0) {
        step_parse(scenario, rest, text);
    } else if (strcmp(line, "on") == 0) {
        rule_parse(scenario, rest, text);
    } else {
        refuse("line %lu: no statement: %s", line_number, line);
    }
}

scenario *scenarios_parse(char *input) {
    scenario *first = NULL;
    scenario **last = &first;
    scenario *now = NULL;
    line_number = 0;
    for (char *line = input; line != NULL && *line != '\0';) {
        char *rest = cut(line, "\n");
        line_number++;
        if (*line == '\0' || *line == '#') {
            /* means nothing */
        } else if (now == NULL) {
            char *seed = cut(line, " ");
            if (seed == NULL || strcmp(line, "scenario") != 0) {
                refuse("line %lu: outside of a scenario: %s", line_number, line);
            }
            now = memory(sizeof *now);
            *now = (scenario){.seed = seed};
        } else if (strcmp(line, "done") == 0) {
            if (now->step_count == 0) {
                refuse("line %lu: a scenario without a step", line_number);
            }
            *last = now;
            last = &now->next;
            now = NULL;
        } else {
            statement_parse(now, line);
        }
        line = rest;
    }
    if (now != NULL) {
        refuse("line %lu: a scenario without an end", line_number);
    }
    return first;
}

static void actions_free(actions *actions) {
    for (size_t i = 0; i < actions->count; i++) {
        free((char *)actions->action[i].text);
    }
    free(actions->action);
}

void scenarios_free(scenario *first) {
    while (first != NULL) {
        scenario *next = first->next;
        for (size_t i = 0; i < first->step_count; i++) {
            actions_free(&first->steps[i].actions);
        }
        for (size_t i = 0; i < first->rule_count; i++) {
            actions_free(&first->rules[i].actions);
        }
        free(first->declarations);
        free(first->steps);
        free(first->rules);
        free(first);
        first = next;
    }
}
