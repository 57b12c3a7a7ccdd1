/* The text of scenarios, in pieces. LANGUAGE.md says what they mean. */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

enum { MOST_WORDS = 12 };

typedef struct words {
    const char *word[MOST_WORDS];
    size_t count;
} words;

typedef struct action {
    const char *text;
    const char *object;
    const char *verb;
    words words;
} action;

typedef struct actions {
    action *action;
    size_t count;
} actions;

typedef enum declared { DECLARED_SERVER, DECLARED_CLIENT, DECLARED_BOUND, DECLARED_LIST } declared;

typedef struct declaration {
    declared kind;
    const char *name;
    words words;
} declaration;

typedef struct step {
    const char *number;
    actions actions;
} step;

typedef struct rule {
    const char *object;
    const char *event;
    unsigned long number;
    actions actions;
} rule;

typedef struct scenario {
    const char *seed;
    declaration *declarations;
    size_t declaration_count;
    step *steps;
    size_t step_count;
    rule *rules;
    size_t rule_count;
    struct scenario *next;
} scenario;

/* Cuts `input` into pieces and keeps pointing into it. Text that is not of the language ends the program. */
scenario *scenarios_parse(char *input);
void scenarios_free(scenario *first);

/* The word NAME=VALUE among the words from `first` on: the value, "true" if it is NAME alone, or NULL. */
const char *words_option(const words *words, size_t first, const char *name);

/* Of a word that the grammar let pass as a number. */
unsigned long number_of(const char *word);

#endif
