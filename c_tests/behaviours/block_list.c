/* behaviours.md 3.3, 4.11, 14 and 15: block lists, and addresses that were checked. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static net_block_list *new_list(void) {
    net_block_list *list = net_block_list_new();
    CHECK(list != NULL);
    return list;
}

static void free_list(net_block_list *list) { CHECK_EQ(net_block_list_free(list), 0); }

static void add(net_block_list *list, const char *address) {
    CHECK_EQ(net_block_list_add_address(list, address, NET_CSTR, NET_FAMILY_NONE), 0);
}

static void add_cidr(net_block_list *list, const char *cidr) {
    CHECK_EQ(net_block_list_add_cidr(list, cidr, NET_CSTR), 0);
}

static size_t size_of(const net_block_list *list) {
    size_t size = SIZE_MAX;
    CHECK_EQ(net_block_list_size(list, &size), 0);
    return size;
}

static const char *json_of(const net_block_list *list) {
    static char buffer[4096];
    size_t length = 0;
    CHECK_EQ(net_block_list_to_json(list, buffer, sizeof buffer, &length), 0);
    CHECK_EQ(strlen(buffer), length);
    return buffer;
}

static const char *code_name(int code) { return code < 0 ? net_error_name(code) : "ok"; }

/* ---- 14 ---- */

static void show(const net_block_list *list, const char *what) {
    trace("%s: %zu %s", what, size_of(list), json_of(list));
}

CASE(s14_5_rules_are_texts) {
    static const char *const two[] = {"10.0.0.0/8", "fe80::/10"};
    net_block_list *list = new_list();
    CHECK_EQ(net_block_list_add_range(list, "10.0.0.1", NET_CSTR, "10.0.0.10", NET_CSTR, NET_FAMILY_IPV4), 0);
    CHECK_EQ(net_block_list_add_subnet(list, "8592:757c:efae:4e45::", NET_CSTR, 64, NET_FAMILY_IPV6), 0);
    CHECK_EQ(net_block_list_add_subnet(list, "1.2.3.4 and more", 7, 16, NET_FAMILY_IPV4), 0);
    add(list, "1.1.1.1");
    CHECK_EQ(net_block_list_add_address(list, "::FFFF:2.2.2.2", NET_CSTR, NET_FAMILY_IPV6), 0);
    show(list, "added");
    add(list, "2.2.2.2");
    CHECK_EQ(net_block_list_add_cidrs(list, two, 2), 0);
    CHECK_EQ(net_block_list_add_cidr(list, "::ffff:9.0.0.0/104 and more", 18), 0);
    show(list, "again, in the other form");
    CHECK_EQ(net_block_list_remove_subnet(list, "1.2.0.0", NET_CSTR, 16, NET_FAMILY_IPV4), 0);
    CHECK_EQ(net_block_list_remove_cidr(list, "1.2.3.4/16", NET_CSTR), 1);
    CHECK_EQ(net_block_list_remove_address(list, "::ffff:1.1.1.1", NET_CSTR, NET_FAMILY_IPV6), 1);
    CHECK_EQ(net_block_list_remove_address(list, "::ffff:1.1.1.1", NET_CSTR, NET_FAMILY_IPV6), 0);
    CHECK_EQ(net_block_list_remove_range(list, "10.0.0.1", NET_CSTR, "10.0.0.9", NET_CSTR, NET_FAMILY_NONE), 0);
    CHECK_EQ(net_block_list_remove_range(list, "10.0.0.1", NET_CSTR, "10.0.0.10", NET_CSTR, NET_FAMILY_NONE), 1);
    show(list, "removed");
    CHECK_EQ(net_block_list_clear(list), 0);
    show(list, "cleared");
    for (size_t i = 0; net_block_list_private_range(i); i++) {
        add_cidr(list, net_block_list_private_range(i));
    }
    CHECK(net_block_list_private_range(SIZE_MAX) == NULL);
    show(list, "private");
    free_list(list);
}

/* The same random numbers, and the same use of them, as in the scenario for Node. */
static uint32_t random_state = 1;

static int next(int n) {
    random_state = random_state * 1664525u + 1013904223u;
    return (int)((random_state >> 16) % (uint32_t)n);
}

static const char *random_text(void) {
    static const char *const extremes[] = {
        "0.0.0.0",    "255.255.255.255",  "::",        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "::ffff:0:0", "::fffe:ffff:ffff", "::1:0:0:0", "::1.2.3.4"};
    int kind = next(6);
    int a = next(4);
    int b = next(8);
    if (kind < 2) {
        return kept_text("10.0.%d.%d", a, b);
    }
    if (kind == 2) {
        return kept_text("::ffff:10.0.%d.%d", a, b);
    }
    if (kind == 3) {
        return kept_text("::%d", b);
    }
    return kind == 4 ? kept_text("fe80::%d:%d", a, b) : extremes[b];
}

static int prefix_for(const char *text) {
    int bits = net_is_ipv4(text, NET_CSTR) ? 32 : 128;
    return next(4) == 0 ? next(bits + 1) : bits - next(13);
}

typedef struct remembered {
    const char *text;
    const char *end;
    int prefix;
} remembered;

static remembered ranges[8];
static remembered subnets[8];
static int range_count;
static int subnet_count;

static int change(net_block_list *list) {
    int kind = next(8);
    const char *text = random_text();
    const char *end = random_text();
    int prefix = prefix_for(text);
    int pick = next(16);
    if (kind < 2) {
        return net_block_list_add_address(list, text, NET_CSTR, NET_FAMILY_NONE);
    }
    if (kind == 2) {
        ranges[range_count++] = (remembered){text, end, 0};
        return net_block_list_add_range(list, text, NET_CSTR, end, NET_CSTR, NET_FAMILY_NONE);
    }
    if (kind < 5) {
        subnets[subnet_count++] = (remembered){text, NULL, prefix};
        return net_block_list_add_subnet(list, text, NET_CSTR, prefix, NET_FAMILY_NONE);
    }
    if (kind == 5) {
        return net_block_list_remove_address(list, text, NET_CSTR, NET_FAMILY_NONE);
    }
    if (kind == 6 && range_count > 0) {
        const remembered *range = &ranges[pick % range_count];
        return net_block_list_remove_range(list, range->text, NET_CSTR, range->end, NET_CSTR, NET_FAMILY_NONE);
    }
    if (kind == 7 && subnet_count > 0) {
        const remembered *subnet = &subnets[pick % subnet_count];
        return net_block_list_remove_subnet(list, subnet->text, NET_CSTR, subnet->prefix, NET_FAMILY_NONE);
    }
    return 0;
}

static int compare_texts(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Of three addresses and more, Node tells the order of a hash table. */
static void trace_rules_sorted(const net_block_list *list) {
    char buffer[1024];
    char joined[1024] = "";
    const char *rules[16];
    size_t length = 0;
    size_t count = 0;
    size_t addresses = 0;
    CHECK_EQ(net_block_list_rules(list, buffer, sizeof buffer, &length), 0);
    for (char *rule = strtok(buffer, "\n"); rule; rule = strtok(NULL, "\n")) {
        CHECK(count < sizeof rules / sizeof *rules);
        addresses += strncmp(rule, "Address", 7) == 0;
        rules[count++] = rule;
    }
    qsort(rules, addresses, sizeof *rules, compare_texts);
    for (size_t i = 0; i < count; i++) {
        strcat(strcat(joined, i > 0 ? ", " : ""), rules[i]);
    }
    trace("%zu %s", size_of(list), joined);
}

CASE(s14_random_rules) {
    for (int round = 0; round < 100; round++) {
        net_block_list *list = new_list();
        range_count = 0;
        subnet_count = 0;
        for (int changes = 1 + next(6); changes > 0; changes--) {
            int code = change(list);
            if (code < 0) {
                trace("%s", net_error_name(code));
            }
        }
        trace_rules_sorted(list);
        char blocked[101] = "";
        for (int i = 0; i < 100; i++) {
            const char *text = random_text();
            int family = net_is_ip(text, NET_CSTR);
            int answer = net_block_list_check(list, text, NET_CSTR, family);
            CHECK_EQ(net_block_list_check(list, text, strlen(text), NET_FAMILY_NONE), answer);
            blocked[i] = answer == 1 ? '1' : '0';
        }
        trace("%s", blocked);
        free_list(list);
    }
}

static void attempt(const char *what, int code) { trace("%s: %s", what, code_name(code)); }

CASE(s14_what_is_refused) {
    static const char *const v4[] = {"", "x", "1.1.1", "1.1.1.01", "1.1.1.1.", "::1", "1.1.1.1 "};
    static const char *const v6[] = {"", ":", "::1::", "1.1.1.1", "12345::", "::1%lo", "::FFFF:1.1.1.1"};
    static const char *const cidrs[] = {"1.2.3.4",
                                        "1.2.3.4/",
                                        "1.2.3.4/08",
                                        "1.2.3.4/ 8",
                                        "1.2.3.4/8 ",
                                        "1.2.3.4/-1",
                                        "1.2.3.4/-0",
                                        "1.2.3.4/33",
                                        "1.2.3.4/1e1",
                                        "1.2.3.4/99999999999999999999",
                                        "1.2.3.4/100000000000000000000",
                                        "1.2.3/8",
                                        "/8",
                                        "1.2.3.4/8/8",
                                        "::/129",
                                        "::/0",
                                        "1.2.3.4/0"};
    static const char *const one_is_no_address[] = {"7.7.7.7", "x"};
    static const char *const one_is_no_cidr[] = {"11.0.0.0/8", "12.0.0.0"};
    static const char *const one_has_no_address[] = {"13.0.0.0/8", "x/8", "14.0.0.0/8"};
    static const int v4_prefixes[] = {-1, 0, 32, 33};
    static const int v6_prefixes[] = {-1, 0, 128, 129};
    static const char *const unknown[] = {"", "x", "1.1.1", "::1"};
    net_block_list *list = new_list();
    for (size_t i = 0; i < sizeof v4 / sizeof *v4; i++) {
        attempt(text("IPv4 \"%s\"", v4[i]), net_block_list_add_address(list, v4[i], NET_CSTR, NET_FAMILY_IPV4));
        attempt(text("IPv4 network \"%s\"", v4[i]),
                net_block_list_add_subnet(list, v4[i], NET_CSTR, 8, NET_FAMILY_IPV4));
    }
    for (size_t i = 0; i < sizeof v6 / sizeof *v6; i++) {
        attempt(text("IPv6 \"%s\"", v6[i]), net_block_list_add_address(list, v6[i], NET_CSTR, NET_FAMILY_IPV6));
        attempt(text("without \"%s\"", v6[i]), net_block_list_remove_address(list, v6[i], NET_CSTR, NET_FAMILY_IPV6));
    }
    attempt("several", net_block_list_add_addresses(list, one_is_no_address, 2, NET_FAMILY_IPV4));
    attempt("upside down", net_block_list_add_range(list, "1.1.1.2", 7, "1.1.1.1", 7, NET_FAMILY_IPV4));
    attempt("remove upside down", net_block_list_remove_range(list, "1.1.1.2", 7, "1.1.1.1", 7, NET_FAMILY_IPV4));
    attempt("one", net_block_list_add_range(list, "1.1.1.2", 7, "1.1.1.2", 7, NET_FAMILY_IPV4));
    for (size_t i = 0; i < 4; i++) {
        attempt(text("IPv4 /%d", v4_prefixes[i]),
                net_block_list_add_subnet(list, "1.1.1.1", NET_CSTR, v4_prefixes[i], NET_FAMILY_IPV4));
    }
    for (size_t i = 0; i < 4; i++) {
        attempt(text("IPv6 /%d", v6_prefixes[i]),
                net_block_list_add_subnet(list, "::1", NET_CSTR, v6_prefixes[i], NET_FAMILY_IPV6));
    }
    for (size_t i = 0; i < sizeof cidrs / sizeof *cidrs; i++) {
        attempt(cidrs[i], net_block_list_add_cidr(list, cidrs[i], NET_CSTR));
        attempt(text("without %s", cidrs[i]), net_block_list_remove_cidr(list, cidrs[i], NET_CSTR));
    }
    attempt("a bad text among CIDRs", net_block_list_add_cidrs(list, one_is_no_cidr, 2));
    attempt("a bad address among CIDRs", net_block_list_add_cidrs(list, one_has_no_address, 3));
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        trace("check \"%s\": %s", unknown[i],
              text_bool(net_block_list_check(list, unknown[i], NET_CSTR, NET_FAMILY_IPV4)));
    }
    trace("%s", json_of(list));
    free_list(list);
}

CASE(s14_6_from_json) {
    static const char *const texts[] = {
        "[]",
        " [ ] ",
        "[\"x\"]",
        "[\"Address: IPv4 1.2.3.4\"]",
        "[\"Address: IPv4 1.2.3.999\"]",
        "[\"Address: IPv4 1.2.3.4567\"]",
        "[\"Range: IPv4 1.1.1.9-1.1.1.1\"]",
        "[\"Subnet: IPv4 1.1.1.1/99\"]",
        "[\"Subnet: IPv4 1.1.1.1/333\"]",
        "[\"Subnet: IPv4 9.9.9.9/100\"]",
        "[\"x Address: IPv4 5.5.5.5y Subnet: IPv4 6.6.6.6/8\"]",
        "[\"address: ipv6 ::5 IPv6\"]",
        "[\"address: ipv4 5.5.5.5 IPv4\"]",
        "[\"IPv6 Address: IPv4 9.9.9.9\"]",
        "[\"IPv4 IPv6 Address: IPv6 ::77\"]",
        "[\"Range: IPv6 ::1-::9\",\"Subnet: IPv6 ::1/64\"]",
        "[\"Subnet: IPv6 ::1/999\"]",
        "[\"Address: IPv6 fe80::1%lo\"]",
        "[\"Address: IPv6 1:2\"]",
        "[\"Address: IPv4 7.7.7.7\",\"Address: IPv4 7.7.7.777\",\"Address: IPv4 8.7.7.7\"]",
        "[\"Range: IPv6 ::ffff:1.1.1.1-1.1.1.9\"]",
        "[\"Range: IPv4 1.1.1.1-::ffff:1.1.1.9\"]",
        "[\"Range: IPv4 1.1.1.1-1.1.1.9999 Address: IPv4 3.3.3.3\"]",
        "[\"Subnet: IPv4 9.9.9.9/ Address: IPv4 3.3.3.4 IPv6\"]",
        "[\"Address: IPv4 1.2.3.4 Address: IPv4 4.3.2.1\"]",
        "[\"Address: IPv4 1234.5.6.7 Address: IPv4 4.3.2.1\"]",
        "[\"Address: IPv6 ::1 Range: IPv6 ::1-::2 Subnet: IPv6 ::3/128\"]",
        "[\"Subnet: IPv4 1.2.3/8\"]",
        "[\"Subnet: IPv6 1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1/64\"]",
        "[\"Address: IPv4 2.2.2.\\u0032\"]",
        "[\"\\ud83d\\ude00 \\ud800 \\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
        "[\"Address:\\tIPv4 2.2.2.2\"]",
        "[\"Address: IPv4  2.2.2.2\"]",
        "",
        "x",
        "{}",
        "null",
        "\"x\"",
        "[1]",
        "[\"x\",]",
        "[\"x\"",
        "[\"x]",
        "[\"\\x\"]",
        "[]x",
        "[\"\n\"]",
        "[\"\\u12\"]",
        "[,]",
        "[\"x\" \"y\"]",
        "[[\"x\"]]",
        "[\"Address: IPv4 1.2.3.4\",1]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        net_block_list *list = new_list();
        int code = net_block_list_from_json(list, texts[i], strlen(texts[i]));
        trace("%s %s %s", strcmp(texts[i], "[\"\n\"]") == 0 ? "[\"\\n\"]" : texts[i], code_name(code), json_of(list));
        free_list(list);
    }
}

/* ---- 14, of this library alone ---- */

CASE(s14_a_text_is_handed_out_whole_or_not_at_all) {
    net_block_list *list = new_list();
    char buffer[64];
    size_t length = 99;
    CHECK_EQ(net_block_list_rules(list, NULL, 0, &length), NET_ENOBUFS);
    CHECK_EQ(length, 0);
    CHECK_EQ(net_block_list_rules(list, buffer, 1, &length), 0);
    CHECK_STR(buffer, "");
    add(list, "1.1.1.1");
    add(list, "2.2.2.2");
    CHECK_EQ(net_block_list_rules(list, NULL, 0, &length), NET_ENOBUFS);
    CHECK_EQ(length, strlen("Address: IPv4 2.2.2.2\nAddress: IPv4 1.1.1.1"));
    memset(buffer, 'x', sizeof buffer);
    CHECK_EQ(net_block_list_rules(list, buffer, length, &length), NET_ENOBUFS);
    CHECK_EQ(buffer[0], 'x');
    CHECK_EQ(net_block_list_rules(list, buffer, length + 1, &length), 0);
    CHECK_STR(buffer, "Address: IPv4 2.2.2.2\nAddress: IPv4 1.1.1.1");
    CHECK_EQ(buffer[length + 1], 'x');
    free_list(list);
}

CASE(s14_5_addresses_are_told_newest_first) {
    net_block_list *list = new_list();
    for (int i = 0; i < 100; i++) {
        add(list, kept_text("10.0.0.%d", i * 37 % 100));
    }
    add(list, "10.0.0.0");
    char buffer[4096];
    size_t length = 0;
    CHECK_EQ(net_block_list_rules(list, buffer, sizeof buffer, &length), 0);
    const char *rule = buffer;
    for (int i = 99; i >= 0; i--) {
        const char *expected = text("Address: IPv4 10.0.0.%d\n", i * 37 % 100);
        CHECK_EQ(strncmp(rule, expected, i > 0 ? strlen(expected) : strlen(expected) - 1), 0);
        rule += strlen(expected);
    }
    CHECK_EQ(rule - buffer, length + 1);
    free_list(list);
}

CASE(s14_1_several_addresses_at_once) {
    static const char *const two[] = {"::1", "1.1.1.1"};
    net_block_list *list = new_list();
    CHECK_EQ(net_block_list_add_addresses(list, two, 2, NET_FAMILY_NONE), 0);
    CHECK_STR(json_of(list), "[\"Address: IPv4 1.1.1.1\",\"Address: IPv6 ::1\"]");
    free_list(list);
}

CASE(s14_6_rules_go_out_and_come_in) {
    static const char *const rules[] = {"Range: IPv4 1.1.1.1-1.1.1.9", "nothing", "Subnet: IPv6 1::/16",
                                        "Address: IPv6 ::7"};
    net_block_list *list = new_list();
    net_block_list *copy = new_list();
    CHECK_EQ(net_block_list_add_rules(list, rules, 4), 0);
    CHECK_EQ(size_of(list), 3);
    CHECK_EQ(net_block_list_from_json(copy, json_of(list), NET_CSTR), 0);
    CHECK_STR(json_of(copy), "[\"Address: IPv6 ::7\",\"Subnet: IPv6 1::/16\",\"Range: IPv4 1.1.1.1-1.1.1.9\"]");
    free_list(list);
    free_list(copy);
}

CASE(s14_bad_arguments) {
    static const char *const with_null[] = {"1.1.1.1", NULL};
    static const char *const not_utf8[] = {"\xff"};
    net_block_list *list = new_list();
    size_t length = 0;
    CHECK_EQ(net_block_list_add_address(list, NULL, 0, NET_FAMILY_IPV4), NET_EINVAL);
    CHECK_EQ(net_block_list_add_address(list, NULL, 3, NET_FAMILY_IPV4), NET_EINVAL);
    CHECK_EQ(net_block_list_add_address(list, "1.1.1.1", SIZE_MAX / 2 + 1, NET_FAMILY_IPV4), NET_EINVAL);
    CHECK_EQ(net_block_list_add_address(list, "1.1.1.1", 8, NET_FAMILY_IPV4), NET_EINVAL);
    CHECK_EQ(net_block_list_add_address(list, "\xff", NET_CSTR, NET_FAMILY_IPV4), NET_EINVAL);
    static const int families[] = {NET_FAMILY_LOCAL, -1, 5, 7, 10, 1 << 30};
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        int family = families[i];
        CHECK_EQ(net_block_list_add_address(list, "1.1.1.1", NET_CSTR, family), NET_EINVAL);
        CHECK_EQ(net_block_list_check(list, "1.1.1.1", NET_CSTR, family), NET_EINVAL);
        CHECK_EQ(net_block_list_add_addresses(list, with_null, 1, family), NET_EINVAL);
        CHECK_EQ(net_block_list_add_range(list, "1.1.1.1", 7, "1.1.1.1", 7, family), NET_EINVAL);
        CHECK_EQ(net_block_list_add_subnet(list, "1.1.1.1", 7, 8, family), NET_EINVAL);
    }
    CHECK_EQ(net_block_list_add_range(list, "1.1.1.1", NET_CSTR, NULL, NET_CSTR, NET_FAMILY_IPV4), NET_EINVAL);
    CHECK_EQ(net_block_list_add_range(list, "1.1.1.1", NET_CSTR, "::1", NET_CSTR, NET_FAMILY_IPV4),
             NET_ERR_INVALID_ADDRESS);
    CHECK_EQ(net_block_list_add_addresses(list, with_null, 2, NET_FAMILY_IPV4), NET_EINVAL);
    CHECK_EQ(net_block_list_add_addresses(list, NULL, 1, NET_FAMILY_IPV4), NET_EINVAL);
    CHECK_EQ(net_block_list_add_addresses(list, with_null, SIZE_MAX, NET_FAMILY_IPV4), NET_EINVAL);
    CHECK_EQ(net_block_list_add_addresses(list, NULL, 0, NET_FAMILY_IPV4), 0);
    CHECK_EQ(net_block_list_add_cidrs(list, not_utf8, 1), NET_EINVAL);
    CHECK_EQ(net_block_list_add_rules(list, NULL, 2), NET_EINVAL);
    CHECK_EQ(net_block_list_from_json(list, NULL, NET_CSTR), NET_EINVAL);
    CHECK_EQ(net_block_list_from_json(list, "[]\0", 3), NET_EINVAL);
    CHECK_EQ(net_block_list_size(list, NULL), NET_EINVAL);
    CHECK_EQ(net_block_list_rules(list, NULL, 1, &length), NET_EINVAL);
    CHECK_EQ(net_block_list_to_json(list, NULL, 0, NULL), NET_EINVAL);
    CHECK_EQ(size_of(list), 0);
    free_list(list);
}

/* ---- 15 ---- */

CASE(s15_parse) {
    static const char *const texts[] = {
        "1.2.3.4",
        "1.2.3.4:80",
        "1.2.3.4:81",
        "1.2.3.4:0",
        "1.2.3.4:65535",
        "1.2.3.4:65536",
        "1.2.3.4:",
        "999999999:12",
        "0x7f000001",
        "0x7f.1:8",
        "017700000001",
        "127.1",
        "127.0.1:9",
        "256.1.1.1",
        "1.2.3.4.5",
        "1.2.3.4.",
        "1.2.3.4.:5",
        "1.2.3.4..",
        "0300.0250.1.1",
        "08.1.1.1",
        "0x",
        "0x.0x.0x.0x",
        "[::1]",
        "[::1]:80",
        "[::1]:81",
        "[::1]:",
        "[::1",
        "::1",
        "::1:80",
        "[::1%lo]:1",
        "[::1%25lo]:1",
        "[::ffff:1.2.3.4]:1",
        "[1:2:3:4:5:6:7:8]:9",
        "[1::2::3]",
        "[]:1",
        "",
        "localhost:1",
        "a.b",
        "user@1.2.3.4:5",
        "user:pw@1.2.3.4:5",
        "1.2.3.4:5/path",
        "1.2.3.4:5?q",
        "1.2.3.4:5#f",
        "1.2.3.4\\x:5",
        " 1.2.3.4:5 ",
        "1.2.3.4:5 ",
        "1.2.3.4 :5",
        "1.2.\n3.4:5",
        "\t1.2.3.4",
        "1.2.3.4:5\t",
        "1.2.3.4:0080",
        "1.2.3.4:00000000000000000000081",
        "1.2.3.4:-1",
        "1.2.3.4:+1",
        "1.2.3.4:8x",
        "%31.2.3.4",
        "1%2e2.3.4",
        "/1.2.3.4",
        "//1.2.3.4",
        "///1.2.3.4:7",
        "\\1.2.3.4",
        "4294967295",
        "4294967296",
        "0xffffffff",
        "0xfffffffff",
        "1.0x1000000",
        "1.16777215",
        "1.16777216",
        "1.2.65535",
        "1.2.65536",
        "-1",
        "1.-2",
        "[::ffff:102:304]",
        "[::1]x",
        "[::1]:x",
        "[::1]@1.2.3.4",
        "x@[::1]:3",
        "1.2.3.4:99999999999",
        "0x1g",
        "1.2.3.x",
        "[v1.x]",
        "[1.2.3.4]",
        "[::1.2.3.4]",
        "[::1.2.3.04]",
        "[::0x1]",
        "[0001::]",
        "[00001::]",
        "1.2.3.4:80:80",
        "@1.2.3.4",
        "@",
        "1.2.3.4@",
        "a@b@1.2.3.4",
        "1.2.3.4:8 0",
        "[::1]:8\t0",
        "09",
        "0",
        "00",
        "1..2",
        ".1.2.3.4",
        "0X7F.1",
        ".",
        "0x1.",
        "?1.2.3.4",
        "#",
        "%5b::1]",
        "1.2.3.4%00",
        "[1:2:3:4:5:6:7::]",
        "[1:2:3:4::5:6:7:8]",
        "[::1:2]",
        "1.2.3.4:5\x01",
        "%",
        "%3",
        "1.2.3.%zz",
        "[::1]:5/x",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        net_sockaddr found = NET_SOCKADDR_INIT;
        int answer = net_sockaddr_parse(texts[i], NET_CSTR, &found);
        const char *shown = text_data(texts[i], strlen(texts[i]));
        if (answer == 1) {
            trace("%s ipv%d %s %u %u", shown, found.family, found.address, found.port, found.flowlabel);
        } else {
            CHECK_EQ(answer, 0);
            CHECK_EQ(found.family, NET_FAMILY_NONE);
            trace("%s none", shown);
        }
    }
}

static void make(const char *address, int family, uint16_t port, uint32_t flowlabel) {
    net_sockaddr made = NET_SOCKADDR_INIT;
    const char *asked = text("%s %d %u %u", address ? address : "null", family, port, flowlabel);
    int code = net_sockaddr_make(family, address, NET_CSTR, port, flowlabel, &made);
    if (code < 0) {
        CHECK_EQ(made.family, NET_FAMILY_NONE);
        trace("%s: %s", asked, net_error_name(code));
    } else {
        trace("%s: ipv%d %s %u %u", asked, made.family, made.address, made.port, made.flowlabel);
    }
}

CASE(s15_make) {
    static const char *const v4[] = {"1.2.3.04", "1.2.3", "", "::1", "1.2.3.4 ", "1.2.3.4%lo"};
    static const char *const v6[] = {"1.2.3.4",
                                     "",
                                     "::FFFF:1.2.3.4",
                                     "fe80::1%lo",
                                     "fe80::1%nobody",
                                     "::1%",
                                     "1:2:3:4:5:6:7::",
                                     "::1.2.3.4",
                                     "::ffff:0:1.2.3.4",
                                     "0:0:0:0:0:ffff:0:0",
                                     "::1:2",
                                     "::1:0",
                                     "1:2:0:4:5:6:7:8",
                                     "00001::",
                                     "::1.2.3",
                                     "1:0:0:2:0:0:0:3",
                                     "64:ff9b::1.2.3.4",
                                     "::2",
                                     "1:2:3:4::5:6:7:8",
                                     ":::"};
    make(NULL, NET_FAMILY_IPV4, 0, 0);
    make(NULL, NET_FAMILY_IPV6, 65535, 12);
    make("1.2.3.4", NET_FAMILY_IPV4, 80, 12);
    make("::", NET_FAMILY_IPV6, 1, 0xfffff);
    for (size_t i = 0; i < sizeof v4 / sizeof *v4; i++) {
        make(v4[i], NET_FAMILY_IPV4, 0, 0);
    }
    for (size_t i = 0; i < sizeof v6 / sizeof *v6; i++) {
        make(v6[i], NET_FAMILY_IPV6, 7, 0);
    }
}

CASE(s15_bad_arguments) {
    net_sockaddr out = NET_SOCKADDR_INIT;
    CHECK_EQ(net_sockaddr_make(NET_FAMILY_LOCAL, NULL, 0, 0, 0, &out), NET_EINVAL);
    CHECK_EQ(net_sockaddr_make(NET_FAMILY_NONE, "::2", NET_CSTR, 3, 4, &out), 0);
    CHECK_EQ(out.family, NET_FAMILY_IPV6);
    CHECK_EQ(net_sockaddr_make(NET_FAMILY_NONE, NULL, NET_CSTR, 3, 4, &out), 0);
    CHECK_STR(out.address, "127.0.0.1");
    CHECK_EQ(net_sockaddr_make(NET_FAMILY_IPV6, NULL, NET_CSTR, 0, 0x100000, &out), NET_ERR_OUT_OF_RANGE);
    CHECK_STR(out.address, "127.0.0.1");
    CHECK_EQ(net_sockaddr_make(NET_FAMILY_IPV4, "1.1.1.1", NET_CSTR, 0, 0, NULL), NET_EINVAL);
    CHECK_EQ(net_sockaddr_parse(NULL, NET_CSTR, &out), NET_EINVAL);
    CHECK_EQ(net_sockaddr_parse("1.1.1.1", NET_CSTR, NULL), NET_EINVAL);
    CHECK_EQ(net_sockaddr_parse("\xff", NET_CSTR, &out), 0);
    CHECK_EQ(net_sockaddr_parse("1.1.1.1\0x", 9, &out), 0);
    CHECK_EQ(net_sockaddr_parse("1.1.1.1\0", 8, &out), 1);
    out.size = 8;
    CHECK_EQ(net_sockaddr_parse("1.1.1.1", NET_CSTR, &out), NET_EINVAL);
}

/* ---- 4.11 ---- */

#define ATTEMPTS "lookup connectionAttempt connectionAttemptFailed connect"

static net_socket *socket_with(net_loop *loop, net_block_list *list, const char *name, const char *events) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.block_list = list;
    net_socket *socket = socket_on(loop, &options);
    watch_socket(socket, name, events);
    return socket;
}

typedef struct given_answer {
    const char *addresses[4];
} given_answer;

static void give(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    const given_answer *given = user;
    net_address addresses[4];
    size_t count = 0;
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    for (; given->addresses[count]; count++) {
        addresses[count] = (net_address)NET_ADDRESS_INIT;
        addresses[count].family = net_is_ip(given->addresses[count], NET_CSTR);
        strcpy(addresses[count].address, given->addresses[count]);
    }
    CHECK_EQ(net_lookup_answer(request, addresses, count), 0);
}

static void connect_by(net_socket *socket, const char *host, uint16_t port, int family, const given_answer *answer) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.host = host;
    options.port = port;
    options.family = family;
    if (answer) {
        options.lookup = give;
        options.lookup_user = (void *)(uintptr_t)answer;
    }
    CHECK_EQ(net_socket_connect(socket, &options), 0);
}

static net_block_list *blocked;

static void trace_write(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    trace("%s write %s", (const char *)user, error ? error->code : "null");
}

static const char *const hosts[] = {"127.0.0.1", "::1", "name", "localhost"};
static size_t host_at;

static void next_host(net_socket *previous, int had_error, void *user) {
    static const given_answer loopback = {{"127.0.0.1"}};
    (void)had_error;
    net_loop *loop = user ? user : net_socket_loop(previous);
    if (host_at == sizeof hosts / sizeof *hosts) {
        return;
    }
    const char *host = hosts[host_at++];
    bool is_name = strcmp(host, "name") == 0;
    net_socket *client = socket_with(loop, blocked, host, ATTEMPTS " error close");
    CHECK_EQ(net_socket_on_close(client, next_host, NULL, NULL), 0);
    connect_by(client, host, 9, is_name || strcmp(host, "localhost") == 0 ? 4 : 0, is_name ? &loopback : NULL);
    CHECK_EQ(net_socket_write_cb(client, "x", 1, trace_write, (void *)(uintptr_t)host, NULL), 1);
    trace("%s connecting=%s", host, text_bool(net_socket_connecting(client)));
}

CASE(s4_11_blocked_address) {
    blocked = new_list();
    add(blocked, "127.0.0.1");
    add_cidr(blocked, "::/127");
    next_host(NULL, 0, loop);
    run(loop);
    free_list(blocked);
}

static uint16_t several_port;
static net_server *several_server;

static void end_and_resume(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    CHECK_EQ(net_socket_end(socket), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
}

static void trace_attempted(net_socket *socket, const char *name) {
    size_t count = 99;
    CHECK_EQ(net_socket_attempted_addresses(socket, &count), 1);
    net_address address = NET_ADDRESS_INIT;
    if (count == 0) {
        trace("%s attempted ", name);
        return;
    }
    CHECK_EQ(count, 1);
    CHECK_EQ(net_socket_attempted_address(socket, 0, &address), 1);
    trace("%s attempted %s:%u", name, address.address, address.port);
}

static void begin_several(net_loop *loop, const char *name, const given_answer *answer, net_socket_close_fn then) {
    net_socket *client = socket_with(loop, blocked, name, ATTEMPTS " ready error close");
    CHECK_EQ(net_socket_on_close(client, then, (void *)(uintptr_t)name, NULL), 0);
    connect_by(client, "name", several_port, 0, answer);
    CHECK_EQ(net_socket_resume(client), 0);
}

static void close_several(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    trace_attempted(socket, user);
    CHECK_EQ(net_server_close(several_server), 0);
}

static void begin_with_none_left(net_socket *socket, int had_error, void *user) {
    static const given_answer none = {{"127.0.0.2", "::1", "127.0.0.3"}};
    (void)had_error;
    trace_attempted(socket, user);
    begin_several(net_socket_loop(socket), "none is left", &none, close_several);
}

static void begin_with_one_left(net_server *server, void *user) {
    static const given_answer one = {{"127.0.0.2", "::1", "127.0.0.1"}};
    (void)user;
    several_port = server_port(server);
    trace_hide_port(several_port, "PORT");
    begin_several(net_server_loop(server), "one is left", &one, begin_with_none_left);
}

CASE(s4_11_blocked_addresses_among_several) {
    blocked = new_list();
    CHECK_EQ(net_block_list_add_range(blocked, "127.0.0.2", NET_CSTR, "127.0.0.3", NET_CSTR, NET_FAMILY_IPV4), 0);
    add(blocked, "::1");
    several_server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(several_server, end_and_resume, NULL, NULL), 0);
    CHECK_EQ(net_server_on_listening(several_server, begin_with_one_left, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(several_server, 0, "127.0.0.1"), 0);
    run(loop);
    free_list(blocked);
}

static void block_loopback(net_socket *socket, const net_address *address, void *user) {
    (void)socket;
    (void)address;
    if (size_of(user) == 0) {
        add_cidr(user, "127.0.0.0/8");
    }
}

static void connect_once_more(net_socket *socket, int had_error, void *user) {
    static bool again = true;
    (void)had_error;
    (void)user;
    if (again) {
        again = false;
        trace("the same socket once more");
        CHECK_EQ(net_socket_connect_tcp(socket, 9, "127.0.0.1"), 0);
    }
}

static void begin_second(net_socket *first, int had_error, void *user) {
    (void)had_error;
    net_socket *second = socket_with(net_socket_loop(first), user, "second", ATTEMPTS " error close");
    CHECK_EQ(net_socket_on_connection_attempt(second, block_loopback, user, NULL), 0);
    CHECK_EQ(net_socket_on_close(second, connect_once_more, NULL, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(second, 9, "127.0.0.1"), 0);
}

CASE(s4_11_the_list_counts_when_the_attempt_is_made) {
    net_block_list *early = new_list();
    net_block_list *late = new_list();
    net_socket *first = socket_with(loop, early, "first", ATTEMPTS " error close");
    CHECK_EQ(net_socket_connect_tcp(first, 9, "127.0.0.1"), 0);
    add(early, "127.0.0.1");
    CHECK_EQ(net_socket_on_close(first, begin_second, late, NULL), 0);
    run(loop);
    free_list(early);
    free_list(late);
}

/* ---- 3.3 ---- */

static net_server *guarded;
static uint16_t guarded_port;

static void begin_client(const char *name, net_socket_close_fn then) {
    net_socket *client = socket_on(net_server_loop(guarded), NULL);
    watch_socket(client, name, "connect end close");
    CHECK_EQ(net_socket_connect_tcp(client, guarded_port, "127.0.0.1"), 0);
    CHECK_EQ(net_socket_resume(client), 0);
    CHECK_EQ(net_socket_on_close(client, then, NULL, NULL), 0);
}

static void trace_count(net_server *server, const net_error *error, size_t count, void *user) {
    (void)server;
    (void)user;
    CHECK(error == NULL);
    trace("%zu connections", count);
}

static void close_guarded(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    CHECK_EQ(net_server_close(guarded), 0);
}

static void begin_allowed(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    CHECK_EQ(net_server_set_max_connections(guarded, 1), 0);
    CHECK_EQ(net_block_list_clear(blocked), 0);
    begin_client("allowed", close_guarded);
}

static void begin_too_many(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    CHECK_EQ(net_server_get_connections(guarded, trace_count, NULL, NULL), 0);
    CHECK_EQ(net_server_set_max_connections(guarded, 0), 0);
    begin_client("too many", begin_allowed);
}

static net_server *guarded_server(net_loop *loop, net_block_list *list) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.block_list = list;
    net_server *server = server_on(loop, &options);
    watch_server(server, "server", "connection drop close");
    CHECK_EQ(net_server_on_connection(server, end_and_resume, NULL, NULL), 0);
    return server;
}

CASE(s3_3_a_blocked_peer_is_closed) {
    case_needs_ipv6();
    blocked = new_list();
    add(blocked, "127.0.0.1");
    guarded = guarded_server(loop, blocked);
    guarded_port = listen_local(guarded);
    begin_client("blocked", begin_too_many);
    run(loop);
    free_list(blocked);
}

/* A path has no address that could be on a list. */
CASE(s3_3_a_path_is_never_blocked) {
    blocked = new_list();
    add_cidr(blocked, "::/0");
    guarded = guarded_server(loop, blocked);
    CHECK_EQ(net_server_listen_path_cstr(guarded, case_path("socket")), 0);
    net_socket *client = socket_with(loop, blocked, "client", "error close");
    CHECK_EQ(net_socket_on_close(client, close_guarded, NULL, NULL), 0);
    CHECK_EQ(net_socket_connect_path_cstr(client, case_path("socket")), 0);
    CHECK_EQ(net_socket_resume(client), 0);
    run(loop);
    CHECK_STR(trace_text(), "server connection\nclient close false\nserver close\n");
    free_list(blocked);
}

/* The freed list goes on blocking for those who were made with it, and its name is dead. */
CASE(s3_3_a_list_may_be_freed_while_it_is_in_use) {
    net_block_list *list = new_list();
    add(list, "127.0.0.1");
    add(list, "::1");
    guarded = guarded_server(loop, list);
    net_socket *client = socket_with(loop, list, "client", "connect error close");
    free_list(list);
    net_server_options server_options = NET_SERVER_OPTIONS_INIT;
    server_options.block_list = list;
    CHECK(net_server_new(loop, &server_options) == NULL);
    net_socket_options socket_options = NET_SOCKET_OPTIONS_INIT;
    socket_options.block_list = list;
    int reason = 0;
    CHECK(net_socket_new(loop, &socket_options, &reason) == NULL);
    CHECK_EQ(reason, NET_EBADF);
    net_connect_options connect_options = NET_CONNECT_OPTIONS_INIT;
    CHECK(net_connect(loop, &connect_options, &socket_options, &reason) == NULL);
    CHECK_EQ(reason, NET_EBADF);
    CHECK_EQ(net_block_list_check(list, "127.0.0.1", NET_CSTR, NET_FAMILY_IPV4), NET_EBADF);

    CHECK_EQ(net_server_listen_tcp(guarded, 0, "127.0.0.1"), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    guarded_port = server_port(guarded);
    CHECK_EQ(net_socket_connect_tcp(client, guarded_port, "127.0.0.1"), 0);
    begin_client("outsider", close_guarded);
    run(loop);
    CHECK(trace_has("client error Error ERR_IP_BLOCKED message=\"IP(127.0.0.1) is blocked by net.BlockList\""));
    CHECK(trace_has("outsider end"));
    CHECK(!trace_has("server connection"));
}
