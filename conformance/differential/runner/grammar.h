/* Which words a statement may have. What passes here can be played without a question. */
#ifndef GRAMMAR_H
#define GRAMMAR_H

#include "scenario.h"

/* Each gives what is wrong, or NULL. */
const char *grammar_of_declaration(const scenario *scenario, const declaration *declaration);
const char *grammar_of_action(const scenario *scenario, const action *action);
const char *grammar_of_event(const char *object, const char *event);
/* The object that is spoken of, declared or still to be accepted: A, a, A.1. */
const char *grammar_of_object(const char *object);
const char *grammar_of_number(const char *word);

#endif
