/* Block lists, and addresses that the library has looked at.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <stdlib.h>
#include <string.h>

static const napi_type_tag list_tag = {0x6e6f64656e65741aULL, 0x626c6f636b6c0003ULL};

enum { MOST_ARGUMENTS = 4 };

/* The library's list in front of which the object stands; NULL if it is no block list. */
net_block_list *block_list_of(napi_env env, napi_value object) {
    bool tagged = false;
    void *list = NULL;
    if (object && napi_check_object_type_tag(env, object, &list_tag, &tagged) == napi_ok && tagged) {
        napi_unwrap(env, object, &list);
    }
    return list;
}

static void on_collected(napi_env env, void *list, void *hint) {
    (void)env;
    (void)hint;
    net_block_list_free(list);
}

static napi_value open_list(napi_env env, napi_callback_info info) {
    napi_value self;
    TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
    net_block_list *list = net_block_list_new();
    if (!list) {
        return throw_code(env, NET_ENOMEM);
    }
    TRY(napi_wrap(env, self, list, on_collected, NULL, NULL));
    TRY(napi_type_tag_object(env, self, &list_tag));
    return self;
}

static napi_value is_list(napi_env env, napi_callback_info info) {
    size_t argc = 1;
    napi_value given;
    napi_valuetype type;
    TRY(napi_get_cb_info(env, info, &argc, &given, NULL, NULL));
    TRY(napi_typeof(env, given, &type));
    return value_bool(env, type == napi_object && block_list_of(env, given));
}

/* One change or question: a text or two, perhaps the length of a prefix, and last the version of IP. */
struct rule {
    const char *name;
    int (*address)(net_block_list *, const char *, size_t, int);
    int (*range)(net_block_list *, const char *, size_t, const char *, size_t, int);
    int (*subnet)(net_block_list *, const char *, size_t, int, int);
};

static int check(net_block_list *list, const char *address, size_t len, int family) {
    return net_block_list_check(list, address, len, family);
}

static const struct rule rules[] = {
    {"addAddress", .address = net_block_list_add_address},
    {"removeAddress", .address = net_block_list_remove_address},
    {"check", .address = check},
    {"addRange", .range = net_block_list_add_range},
    {"removeRange", .range = net_block_list_remove_range},
    {"addSubnet", .subnet = net_block_list_add_subnet},
    {"removeSubnet", .subnet = net_block_list_remove_subnet},
};

static int32_t number_of(napi_env env, napi_value value) {
    int32_t number = 0;
    napi_get_value_int32(env, value, &number);
    return number;
}

static int apply(napi_env env, const struct rule *rule, net_block_list *list, const napi_value *argv) {
    size_t len = 0;
    size_t end_len = 0;
    char *text = text_of(env, argv[0], &len);
    char *end = rule->range ? text_of(env, argv[1], &end_len) : NULL;
    int status = NET_ENOMEM;
    if (text && rule->address) {
        status = rule->address(list, text, len, number_of(env, argv[1]));
    } else if (text && end) {
        status = rule->range(list, text, len, end, end_len, number_of(env, argv[2]));
    } else if (text && rule->subnet) {
        status = rule->subnet(list, text, len, number_of(env, argv[1]), number_of(env, argv[2]));
    }
    free(text);
    free(end);
    return status;
}

/* The status of the call: 1 and 0 say whether there was such a rule. */
static napi_value use_rule(napi_env env, napi_callback_info info) {
    size_t argc = MOST_ARGUMENTS;
    napi_value argv[MOST_ARGUMENTS];
    napi_value self;
    void *rule;
    TRY(napi_get_cb_info(env, info, &argc, argv, &self, &rule));
    net_block_list *list = block_list_of(env, self);
    return list ? value_number(env, apply(env, rule, list, argv)) : throw_code(env, NET_EBADF);
}

static napi_value clear_list(napi_env env, napi_callback_info info) {
    napi_value self;
    TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
    net_block_list_clear(block_list_of(env, self));
    return NULL;
}

static napi_value get_size(napi_env env, napi_callback_info info) {
    napi_value self;
    size_t size = 0;
    TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
    return net_block_list_size(block_list_of(env, self), &size) < 0 ? NULL : value_number(env, (double)size);
}

/* The list as JSON. */
static napi_value text_of_list(napi_env env, napi_callback_info info) {
    napi_value self;
    size_t len = 0;
    TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
    net_block_list *list = block_list_of(env, self);
    int status = net_block_list_to_json(list, NULL, 0, &len);
    char *text = status == NET_ENOBUFS ? malloc(len + 1) : NULL;
    if (!text) {
        return throw_code(env, status);
    }
    net_block_list_to_json(list, text, len + 1, &len);
    napi_value json = value_text_of(env, text, len);
    free(text);
    return json;
}

/* addJSON(text) */
static napi_value add_json(napi_env env, napi_callback_info info) {
    size_t argc = 1;
    size_t len = 0;
    napi_value given;
    napi_value self;
    TRY(napi_get_cb_info(env, info, &argc, &given, &self, NULL));
    char *text = text_of(env, given, &len);
    int status = net_block_list_from_json(block_list_of(env, self), text, len);
    free(text);
    return status < 0 ? throw_code(env, status) : NULL;
}

static napi_value private_ranges(napi_env env) {
    napi_value list = NULL;
    const char *range;
    TRY(napi_create_array(env, &list));
    for (size_t i = 0; (range = net_block_list_private_range(i)); i++) {
        napi_set_element(env, list, (uint32_t)i, value_text(env, range));
    }
    return list;
}

static napi_value fields_of(napi_env env, const net_sockaddr *address) {
    napi_value fields = NULL;
    TRY(napi_create_object(env, &fields));
    set(env, fields, "address", value_text(env, address->address));
    set(env, fields, "port", value_number(env, address->port));
    set(env, fields, "family", value_text(env, address->family == NET_FAMILY_IPV6 ? "ipv6" : "ipv4"));
    set(env, fields, "flowlabel", value_number(env, address->flowlabel));
    return fields;
}

/* address(version, text or undefined, port, flowlabel): its fields. */
static napi_value make_address(napi_env env, napi_callback_info info) {
    size_t argc = MOST_ARGUMENTS;
    size_t len = 0;
    napi_value argv[MOST_ARGUMENTS];
    double flowlabel = 0;
    net_sockaddr address = NET_SOCKADDR_INIT;
    TRY(napi_get_cb_info(env, info, &argc, argv, NULL, NULL));
    char *text = is_nothing(env, argv[1]) ? NULL : text_of(env, argv[1], &len);
    napi_get_value_double(env, argv[3], &flowlabel);
    int status = net_sockaddr_make(number_of(env, argv[0]), text, len, (uint16_t)number_of(env, argv[2]),
                                   (uint32_t)flowlabel, &address);
    free(text);
    return status < 0 ? throw_code(env, status) : fields_of(env, &address);
}

static napi_value parse_address(napi_env env, napi_callback_info info) {
    size_t argc = 1;
    size_t len = 0;
    napi_value given;
    net_sockaddr address = NET_SOCKADDR_INIT;
    TRY(napi_get_cb_info(env, info, &argc, &given, NULL, NULL));
    char *text = text_of(env, given, &len);
    int status = net_sockaddr_parse(text, len, &address);
    free(text);
    return status == 1 ? fields_of(env, &address) : NULL;
}

int block_list_define(napi_env env, napi_value object) {
    const napi_property_descriptor properties[] = {
        {.utf8name = "open", .method = open_list},
        {.utf8name = "isBlockList", .method = is_list},
        {.utf8name = "clear", .method = clear_list},
        {.utf8name = "size", .getter = get_size},
        {.utf8name = "json", .getter = text_of_list},
        {.utf8name = "addJSON", .method = add_json},
        {.utf8name = "privateRanges", .value = private_ranges(env)},
        {.utf8name = "address", .method = make_address},
        {.utf8name = "parse", .method = parse_address},
    };
    if (napi_define_properties(env, object, sizeof(properties) / sizeof(*properties), properties) != napi_ok) {
        return NET_EINVAL;
    }
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        napi_property_descriptor rule = {.utf8name = rules[i].name, .method = use_rule, .data = (void *)&rules[i]};
        if (napi_define_properties(env, object, 1, &rule) != napi_ok) {
            return NET_EINVAL;
        }
    }
    return 0;
}
