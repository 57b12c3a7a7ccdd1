/* Lookups that the scenario answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objects.h"

enum { MOST_ADDRESSES = 8, MOST_ANSWER = 128 };

typedef struct lookup {
    thing *thing;
    const char *answer;
} lookup;

/* Cuts `texts` at its commas. */
static size_t split(char *texts, net_address *addresses) {
    size_t count = 0;
    for (char *one = strtok(texts, ","); one != NULL && count < MOST_ADDRESSES; one = strtok(NULL, ",")) {
        net_address address = NET_ADDRESS_INIT;
        address.family = strchr(one, ':') != NULL ? NET_FAMILY_IPV6 : NET_FAMILY_IPV4;
        snprintf(address.address, sizeof address.address, "%s", one);
        addresses[count++] = address;
    }
    return count;
}

/* What comes too late is nobody's. */
static void answer(thing *thing, const char *text) {
    net_lookup *asked = thing->asked;
    thing->asked = NULL;
    if (strcmp(text, "fail") == 0) {
        net_error error = NET_ERROR_INIT;
        error.code = "E_LOOKUP";
        error.message = "the lookup fails";
        net_lookup_fail(asked, &error);
        return;
    }
    char texts[MOST_ANSWER];
    size_t length = strlen(text);
    if (length >= sizeof texts) {
        refuse("too many addresses: %s", text);
    }
    memcpy(texts, text, length + 1);
    net_address addresses[MOST_ADDRESSES];
    net_lookup_answer(asked, addresses, split(texts, addresses));
}

static void on_asked(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    const lookup *asked = user;
    thing *thing = asked->thing;
    play_note(thing->play, "%s asks host=%s family=%d hints=%d all=%s", thing->name, host, family, hints,
              all ? "true" : "false");
    thing->asked = request;
    if (strcmp(asked->answer, "wait") != 0) {
        answer(thing, asked->answer);
    }
}

void lookup_option(thing *thing, const char *answer, net_connect_options *options) {
    lookup *made = memory(sizeof *made);
    *made = (lookup){thing, answer};
    options->lookup = on_asked;
    options->lookup_user = made;
    options->lookup_drop = free;
}

void act_answer(thing *thing, const words *words, text *result) {
    if (thing->asked == NULL) {
        text_add(result, "absent");
    } else {
        answer(thing, words->word[0]);
    }
}
