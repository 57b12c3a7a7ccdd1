#include "grammar.h"

#include "place.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Larger than any number has a reason to be, and no danger to arithmetic. */
enum { MOST_DIGITS = 9, MOST_BYTES = 1000000, MOST_BYTE = 255, MOST_FORM_WORDS = 4 };

typedef enum word_kind {
    WORD_NONE,
    WORD_NUMBER,
    WORD_BYTE,
    WORD_BYTES,
    WORD_FLAG,
    WORD_FAMILY,
    WORD_TEXT,
    WORD_EVENT,
    WORD_TARGET,
    WORD_PLACE,
    WORD_BOUND,
    WORD_LIST,
    WORD_CB,
    WORD_SOCKET,
    WORD_NOEND,
} word_kind;

/* `name` alone where the kind is WORD_NONE, else `name=value`. */
typedef struct option_form {
    const char *name;
    word_kind value;
} option_form;

/* A verb, the words behind it, of which the first `needed` may not be left out, and the options behind those. */
typedef struct form {
    const char *verb;
    size_t needed;
    word_kind words[MOST_FORM_WORDS];
    const option_form *options;
} form;

static const option_form client_options[] = {
    {"allowHalfOpen", WORD_NONE},
    {"noDelay", WORD_NONE},
    {"keepAlive", WORD_NONE},
    {"keepAliveInitialDelay", WORD_NUMBER},
    {"highWaterMark", WORD_NUMBER},
    {"typeOfService", WORD_BYTE},
    {"onread", WORD_BYTES},
    {"onreadBy", WORD_BYTES},
    {"blockList", WORD_LIST},
    {"later", WORD_NONE},
    {NULL, WORD_NONE},
};

static const option_form server_options[] = {
    {"allowHalfOpen", WORD_NONE},
    {"pauseOnConnect", WORD_NONE},
    {"noDelay", WORD_NONE},
    {"keepAlive", WORD_NONE},
    {"keepAliveInitialDelay", WORD_NUMBER},
    {"highWaterMark", WORD_NUMBER},
    {"maxConnections", WORD_NUMBER},
    {"blockList", WORD_LIST},
    {NULL, WORD_NONE},
};

static const option_form connect_options[] = {
    {"host", WORD_TEXT},      {"localAddress", WORD_TEXT}, {"family", WORD_FAMILY}, {"autoSelectFamily", WORD_FLAG},
    {"timeout", WORD_NUMBER}, {"localPort", WORD_PLACE},   {"lookup", WORD_TEXT},   {NULL, WORD_NONE},
};

static const option_form bind_options[] = {
    {"ipv6Only", WORD_NONE},
    {"reusePort", WORD_NONE},
    {NULL, WORD_NONE},
};

static const option_form listen_options[] = {
    {"ipv6Only", WORD_NONE}, {"reusePort", WORD_NONE}, {"backlog", WORD_NUMBER},
    {"fd", WORD_NONE},       {"handle", WORD_NONE},    {NULL, WORD_NONE},
};

static const form socket_forms[] = {
    {"connect", 1, {WORD_TARGET}, connect_options},
    {"write", 1, {WORD_BYTES, WORD_CB}, NULL},
    {"end", 0, {WORD_BYTES, WORD_CB}, NULL},
    {"destroy", 0, {WORD_TEXT}, NULL},
    {"read", 0, {WORD_BYTES}, NULL},
    {"hear", 1, {WORD_EVENT}, NULL},
    {"pipe", 1, {WORD_SOCKET, WORD_NOEND}, NULL},
    {"unpipe", 0, {WORD_SOCKET}, NULL},
    {"unhear", 1, {WORD_EVENT}, NULL},
    {"setTimeout", 1, {WORD_NUMBER}, NULL},
    {"setNoDelay", 1, {WORD_FLAG}, NULL},
    {"setKeepAlive", 1, {WORD_FLAG, WORD_NUMBER, WORD_NUMBER, WORD_NUMBER}, NULL},
    {"setTypeOfService", 1, {WORD_NUMBER}, NULL},
    {"getTypeOfService", 0, {WORD_NONE}, NULL},
    {"answer", 1, {WORD_TEXT}, NULL},
    {"adopt", 1, {WORD_BOUND}, NULL},
    {"stop", 0, {WORD_NONE}, NULL},
    {"allowHalfOpen", 1, {WORD_FLAG}, NULL},
    {"destroySoon", 0, {WORD_NONE}, NULL},
    {"reset", 0, {WORD_NONE}, NULL},
    {"pause", 0, {WORD_NONE}, NULL},
    {"resume", 0, {WORD_NONE}, NULL},
    {"cork", 0, {WORD_NONE}, NULL},
    {"uncork", 0, {WORD_NONE}, NULL},
    {"ref", 0, {WORD_NONE}, NULL},
    {"unref", 0, {WORD_NONE}, NULL},
    {"address", 0, {WORD_NONE}, NULL},
    {NULL, 0, {WORD_NONE}, NULL},
};

static const form server_forms[] = {
    {"listen", 0, {WORD_PLACE}, listen_options},
    {"close", 0, {WORD_CB}, NULL},
    {"getConnections", 0, {WORD_NONE}, NULL},
    {"maxConnections", 1, {WORD_NUMBER}, NULL},
    {"address", 0, {WORD_NONE}, NULL},
    {"ref", 0, {WORD_NONE}, NULL},
    {"unref", 0, {WORD_NONE}, NULL},
    {NULL, 0, {WORD_NONE}, NULL},
};

static const form bound_forms[] = {
    {"bind", 0, {WORD_PLACE}, bind_options},
    {"address", 0, {WORD_NONE}, NULL},
    {"close", 0, {WORD_NONE}, NULL},
    {"fd", 0, {WORD_NONE}, NULL},
    {NULL, 0, {WORD_NONE}, NULL},
};

static const form list_forms[] = {
    {"addAddress", 1, {WORD_TEXT}, NULL},
    {"addCIDR", 1, {WORD_TEXT}, NULL},
    {"addRange", 2, {WORD_TEXT, WORD_TEXT}, NULL},
    {"addSubnet", 2, {WORD_TEXT, WORD_NUMBER}, NULL},
    {"removeAddress", 1, {WORD_TEXT}, NULL},
    {"removeCIDR", 1, {WORD_TEXT}, NULL},
    {"removeRange", 2, {WORD_TEXT, WORD_TEXT}, NULL},
    {"removeSubnet", 2, {WORD_TEXT, WORD_NUMBER}, NULL},
    {"check", 1, {WORD_TEXT}, NULL},
    {"rules", 0, {WORD_NONE}, NULL},
    {"clear", 0, {WORD_NONE}, NULL},
    {NULL, 0, {WORD_NONE}, NULL},
};

static const char *const socket_events[] = {
    "connect",
    "ready",
    "end",
    "drain",
    "finish",
    "timeout",
    "pause",
    "resume",
    "data",
    "readable",
    "close",
    "error",
    "connectionAttempt",
    "connectionAttemptFailed",
    "write",
    "ended",
    "lookup",
    "pipe",
    "unpipe",
    "onread",
    NULL,
};
static const char *const server_events[] = {"listening",  "close",  "error", "drop",
                                            "connection", "closed", "count", NULL};
static const char *const heard_events[] = {"data", "readable", "error", NULL};
static const char *const nobodies[] = {"nobody4", "nobody6", "nobody", "nopath", NULL};

static bool is_among(const char *word, const char *const *list) {
    while (*list != NULL && strcmp(*list, word) != 0) {
        list++;
    }
    return *list != NULL;
}

static bool is_server_name(const char *word) { return word[0] >= 'A' && word[0] <= 'D' && word[1] == '\0'; }
static bool is_client_name(const char *word) { return word[0] >= 'a' && word[0] <= 'd' && word[1] == '\0'; }
static bool is_bound_name(const char *word) { return word[0] >= 'x' && word[0] <= 'z' && word[1] == '\0'; }
static bool is_list_name(const char *word) { return word[0] >= 'l' && word[0] <= 'm' && word[1] == '\0'; }

static bool is_number(const char *word) {
    size_t length = 0;
    while (isdigit((unsigned char)word[length])) {
        length++;
    }
    return length > 0 && length <= MOST_DIGITS && word[length] == '\0';
}

static bool is_socket_name(const char *word) {
    bool is_accepted = word[0] >= 'A' && word[0] <= 'D' && word[1] == '.' && word[2] != '0';
    return is_client_name(word) || (is_accepted && is_number(word + 2));
}

static bool is_declared(const scenario *scenario, const char *word) {
    for (size_t i = 0; i < scenario->declaration_count; i++) {
        if (strcmp(scenario->declarations[i].name, word) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_word(const scenario *scenario, word_kind kind, const char *word) {
    switch (kind) {
    case WORD_NUMBER:
        return is_number(word);
    case WORD_BYTES:
        return is_number(word) && strtoul(word, NULL, 10) <= MOST_BYTES;
    case WORD_BYTE:
        return is_number(word) && strtoul(word, NULL, 10) <= MOST_BYTE;
    case WORD_FLAG:
        return strcmp(word, "true") == 0 || strcmp(word, "false") == 0;
    case WORD_FAMILY:
        return strcmp(word, "4") == 0 || strcmp(word, "6") == 0;
    case WORD_TEXT:
        return *word != '\0';
    case WORD_EVENT:
        return is_among(word, heard_events);
    case WORD_TARGET:
        return is_among(word, nobodies) || (is_server_name(word) && is_declared(scenario, word));
    case WORD_PLACE:
        return (is_server_name(word) || is_bound_name(word)) && is_declared(scenario, word);
    case WORD_BOUND:
        return is_bound_name(word) && is_declared(scenario, word);
    case WORD_LIST:
        return is_list_name(word) && is_declared(scenario, word);
    case WORD_CB:
        return strcmp(word, "cb") == 0;
    case WORD_SOCKET:
        return is_socket_name(word);
    case WORD_NOEND:
        return strcmp(word, "noend") == 0;
    case WORD_NONE:
        return false;
    }
    return false;
}

static bool is_option(const scenario *scenario, const option_form *options, const char *word) {
    for (; options != NULL && options->name != NULL; options++) {
        size_t length = strlen(options->name);
        if (strncmp(word, options->name, length) != 0) {
            continue;
        }
        if (options->value == WORD_NONE ? word[length] == '\0'
                                        : word[length] == '=' && is_word(scenario, options->value, word + length + 1)) {
            return true;
        }
    }
    return false;
}

static bool are_options(const scenario *scenario, const option_form *options, const words *words, size_t first) {
    for (size_t i = first; i < words->count; i++) {
        if (!is_option(scenario, options, words->word[i])) {
            return false;
        }
    }
    return true;
}

static const char *complaint_of_words(const scenario *scenario, const form *form, const words *words) {
    size_t place = 0;
    size_t taken = 0;
    for (; place < MOST_FORM_WORDS && form->words[place] != WORD_NONE; place++) {
        if (taken < words->count && is_word(scenario, form->words[place], words->word[taken])) {
            taken++;
        } else if (place < form->needed) {
            return taken < words->count ? "a word that cannot stand there" : "a word is missing";
        }
    }
    return are_options(scenario, form->options, words, taken) ? NULL : "a word that cannot stand there";
}

const char *grammar_of_declaration(const scenario *scenario, const declaration *declaration) {
    if (scenario->step_count > 0 || scenario->rule_count > 0) {
        return "an object behind a step or a rule";
    }
    if (is_declared(scenario, declaration->name)) {
        return "a name twice";
    }
    const words *words = &declaration->words;
    const char *name = declaration->name;
    switch (declaration->kind) {
    case DECLARED_SERVER:
        return !is_server_name(name)                             ? "no name of a server"
               : words->count == 0 || !place_is(words->word[0])  ? "no kind of server"
               : are_options(scenario, server_options, words, 1) ? NULL
                                                                 : "no option of a server";
    case DECLARED_CLIENT:
        return !is_client_name(name)                             ? "no name of a client"
               : are_options(scenario, client_options, words, 0) ? NULL
                                                                 : "no option of a client";
    case DECLARED_BOUND:
        return !is_bound_name(name)                             ? "no name of a bound socket"
               : words->count != 1 || !place_is(words->word[0]) ? "no kind of bound socket"
                                                                : NULL;
    case DECLARED_LIST:
        return !is_list_name(name) ? "no name of a list" : words->count > 0 ? "no option of a list" : NULL;
    }
    return "no statement";
}

const char *grammar_of_object(const char *object) {
    bool is_right = is_server_name(object) || is_socket_name(object) || is_bound_name(object) || is_list_name(object);
    return is_right ? NULL : "no name of an object";
}

const char *grammar_of_number(const char *word) { return is_number(word) ? NULL : "no number"; }

const char *grammar_of_event(const char *object, const char *event) {
    bool is_right = is_server_name(object) ? is_among(event, server_events)
                                           : is_socket_name(object) && is_among(event, socket_events);
    return is_right ? NULL : "no event";
}

const char *grammar_of_action(const scenario *scenario, const action *action) {
    const char *complaint = grammar_of_object(action->object);
    if (complaint != NULL) {
        return complaint;
    }
    const form *form = is_server_name(action->object)  ? server_forms
                       : is_bound_name(action->object) ? bound_forms
                       : is_list_name(action->object)  ? list_forms
                                                       : socket_forms;
    while (form->verb != NULL && strcmp(form->verb, action->verb) != 0) {
        form++;
    }
    return form->verb == NULL ? "no verb" : complaint_of_words(scenario, form, &action->words);
}
