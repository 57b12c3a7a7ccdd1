#include "scenario.h"

#include <stdlib.h>
#include <string.h>

#include "grammar.h"
#include "text.h"

static unsigned long line_number;

/* Goes on only if there is no complaint. */
static void check(const char *complaint, const char *text) {
    if (complaint != NULL) {
        refuse("line %lu: %s: %s", line_number, complaint, text);
    }
}

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
    while (text != NULL) {
        char *rest = cut(text, " ");
        check(*text == '\0' ? "two spaces, or one at an end" : NULL, found.count > 0 ? found.word[0] : "");
        check(found.count == MOST_WORDS ? "too many words" : NULL, text);
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

unsigned long number_of(const char *word) { return strtoul(word, NULL, 10); }

static action action_parse(const scenario *scenario, char *text) {
    action found = {.text = copied(text)};
    char *rest = cut(text, " ");
    char *point = strrchr(text, '.');
    check(point == NULL ? "no action" : NULL, found.text);
    *point = '\0';
    found.object = text;
    found.verb = point + 1;
    found.words = words_parse(rest);
    check(grammar_of_action(scenario, &found), found.text);
    return found;
}

static actions actions_parse(const scenario *scenario, char *text) {
    actions found = {NULL, 0};
    while (text != NULL) {
        char *rest = cut(text, "; ");
        action *next = APPEND(found.action, found.count);
        *next = action_parse(scenario, text);
        text = rest;
    }
    return found;
}

static void declaration_parse(scenario *scenario, declared kind, char *text) {
    words found = words_parse(text);
    declaration next = {.kind = kind, .name = found.word[0], .words.count = found.count - 1};
    memcpy(next.words.word, found.word + 1, next.words.count * sizeof(found.word[0]));
    check(grammar_of_declaration(scenario, &next), next.name);
    declaration *place = APPEND(scenario->declarations, scenario->declaration_count);
    *place = next;
}

static void step_parse(scenario *scenario, char *number, char *text) {
    check(grammar_of_number(number), number);
    unsigned long value = number_of(number);
    if (scenario->step_count == 0) {
        check(value == 0 ? NULL : "the first step is not 0", number);
    } else {
        unsigned long before = number_of(scenario->steps[scenario->step_count - 1].number);
        check(value > before ? NULL : "a step that does not rise", number);
    }
    step *next = APPEND(scenario->steps, scenario->step_count);
    next->number = number;
    next->actions = actions_parse(scenario, text);
}

static void rule_parse(scenario *scenario, char *when, char *text) {
    words found = words_parse(when);
    check(found.count == 3 ? NULL : "not an object, an event and a number", found.word[0]);
    check(grammar_of_object(found.word[0]), found.word[0]);
    check(grammar_of_event(found.word[0], found.word[1]), found.word[1]);
    check(grammar_of_number(found.word[2]), found.word[2]);
    unsigned long number = number_of(found.word[2]);
    check(number > 0 ? NULL : "events are counted from 1", found.word[2]);
    rule *next = APPEND(scenario->rules, scenario->rule_count);
    next->object = found.word[0];
    next->event = found.word[1];
    next->number = number;
    next->actions = actions_parse(scenario, text);
}

static void statement_parse(scenario *scenario, char *line) {
    char *rest = cut(line, " ");
    check(rest == NULL ? "no statement" : NULL, line);
    static const char *const declared_words[] = {"server", "client", "bound", "list"};
    for (declared kind = DECLARED_SERVER; kind <= DECLARED_LIST; kind++) {
        if (strcmp(line, declared_words[kind]) == 0) {
            declaration_parse(scenario, kind, rest);
            return;
        }
    }
    bool is_step = strcmp(line, "at") == 0;
    check(is_step || strcmp(line, "on") == 0 ? NULL : "no statement", line);
    char *text = cut(rest, ": ");
    check(text == NULL ? "actions are missing" : NULL, rest);
    if (is_step) {
        step_parse(scenario, rest, text);
    } else {
        rule_parse(scenario, rest, text);
    }
}

static scenario *scenario_begin(char *line) {
    char *seed = cut(line, " ");
    check(seed == NULL || strcmp(line, "scenario") != 0 ? "outside of a scenario" : NULL, line);
    scenario *begun = memory(sizeof *begun);
    *begun = (scenario){.seed = seed};
    return begun;
}

scenario *scenarios_parse(char *input) {
    scenario *first = NULL;
    scenario **last = &first;
    scenario *now = NULL;
    line_number = 0;
    for (char *line = input; line != NULL;) {
        char *rest = cut(line, "\n");
        line_number++;
        if (*line == '\0' || *line == '#') {
            /* means nothing */
        } else if (now == NULL) {
            now = scenario_begin(line);
        } else if (strcmp(line, "done") == 0) {
            check(now->step_count == 0 ? "a scenario without a step" : NULL, now->seed);
            *last = now;
            last = &now->next;
            now = NULL;
        } else {
            statement_parse(now, line);
        }
        line = rest;
    }
    check(now != NULL ? "a scenario without done" : NULL, now != NULL ? now->seed : "");
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
