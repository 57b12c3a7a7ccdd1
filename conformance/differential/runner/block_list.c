/* Block lists. */
#include <stdlib.h>
#include <string.h>

#include "objects.h"

void list_declare(play *play, const declaration *declaration) {
    play_add(play, THING_LIST, declaration->name)->list = net_block_list_new();
}

net_block_list *list_option(const play *play, const words *words, size_t first) {
    const char *name = words_option(words, first, "blockList");
    return name == NULL ? NULL : play_find(play, name)->list;
}

static int family_of(const char *address) { return strchr(address, ':') != NULL ? NET_FAMILY_IPV6 : NET_FAMILY_IPV4; }

typedef int (*address_call)(net_block_list *list, const char *address, size_t length, int family);
typedef int (*cidr_call)(net_block_list *list, const char *cidr, size_t length);
typedef int (*range_call)(net_block_list *list, const char *start, size_t start_length, const char *end,
                          size_t end_length, int family);
typedef int (*subnet_call)(net_block_list *list, const char *network, size_t length, int prefix, int family);

static int check(net_block_list *list, const char *address, size_t length, int family) {
    return net_block_list_check(list, address, length, family);
}

/* One of the four calls; whether it answers in Node. */
static const struct verb {
    const char *name;
    address_call address;
    cidr_call cidr;
    range_call range;
    subnet_call subnet;
    bool answers;
} verbs[] = {
    {"addAddress", net_block_list_add_address, NULL, NULL, NULL, false},
    {"addCIDR", NULL, net_block_list_add_cidr, NULL, NULL, false},
    {"addRange", NULL, NULL, net_block_list_add_range, NULL, false},
    {"addSubnet", NULL, NULL, NULL, net_block_list_add_subnet, false},
    {"removeAddress", net_block_list_remove_address, NULL, NULL, NULL, false},
    {"removeCIDR", NULL, net_block_list_remove_cidr, NULL, NULL, false},
    {"removeRange", NULL, NULL, net_block_list_remove_range, NULL, false},
    {"removeSubnet", NULL, NULL, NULL, net_block_list_remove_subnet, false},
    {"check", check, NULL, NULL, NULL, true},
};

static int call(const struct verb *verb, net_block_list *list, const words *words) {
    const char *first = words->word[0];
    int family = family_of(first);
    if (verb->address != NULL) {
        return verb->address(list, first, NET_CSTR, family);
    }
    if (verb->cidr != NULL) {
        return verb->cidr(list, first, NET_CSTR);
    }
    if (verb->range != NULL) {
        return verb->range(list, first, NET_CSTR, words->word[1], NET_CSTR, family);
    }
    return verb->subnet(list, first, NET_CSTR, (int)number_of(words->word[1]), family);
}

static int by_text(const void *one, const void *other) {
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* In the order of the alphabet, for Node has them in that of a hash table. */
static void add_rules(text *result, net_block_list *list) {
    enum { MOST_RULES = 64 };
    char *rules[MOST_RULES];
    size_t count = 0;
    size_t length = 0;
    net_block_list_rules(list, NULL, 0, &length);
    char *lines = memory(length + 1);
    net_block_list_rules(list, lines, length + 1, &length);
    lines[length] = '\0';
    for (char *line = strtok(lines, "\n"); line != NULL && count < MOST_RULES; line = strtok(NULL, "\n")) {
        rules[count++] = line;
    }
    qsort(rules, count, sizeof *rules, by_text);
    for (size_t i = 0; i < count; i++) {
        text_add(result, "%s%s", i == 0 ? "" : ", ", rules[i]);
    }
    text_add(result, "%s", count == 0 ? "none" : "");
    free(lines);
}

void list_act(thing *thing, const action *action, text *result) {
    if (strcmp(action->verb, "rules") == 0) {
        add_rules(result, thing->list);
        return;
    }
    if (strcmp(action->verb, "clear") == 0) {
        text_add_refusal(result, net_block_list_clear(thing->list));
        return;
    }
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, action->verb) == 0) {
            int status = call(&verbs[i], thing->list, &action->words);
            if (status < 0) {
                text_add_refusal(result, status);
            } else if (verbs[i].answers) {
                text_add(result, "%s", status == 1 ? "true" : "false");
            }
            return;
        }
    }
    refuse("no action of a block list: %s", action->text);
}
