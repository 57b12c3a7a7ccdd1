/* net.isIP and its kin. */
#include "harness.h"

static const char *const texts[] = {
    "127.0.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "256.0.0.1",
    "127.000.000.001",
    "01.2.3.4",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.4/24",
    " 1.2.3.4",
    "1.2.3.4 ",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:256.0.0.1",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "12345::",
    "fe80::1%eth0",
    "fe80::1%",
    "[::1]",
    "::1/128",
    "localhost",
    "",
    "0",
    "0x7f.0.0.1",
    "FE80::ABCD",
    "::g",
    ":1",
    "1:",
    "1:2:3:4:5:6:1.2.3.4",
    "1.2.3.4:80",
};

CASE(s15_is_ip) {
    (void)loop;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *ip = texts[i];
        trace("%s: %d %s %s", ip, net_is_ip(ip, NET_CSTR), text_bool(net_is_ipv4(ip, NET_CSTR)),
              text_bool(net_is_ipv6(ip, NET_CSTR)));
    }
}

/* A length counts, and a NUL inside is a character as any other. */
CASE(is_ip_of_a_length) {
    (void)loop;
    CHECK_EQ(net_is_ip("127.0.0.12", 9), 4);
    CHECK_EQ(net_is_ipv4("127.0.0.12", 9), 1);
    CHECK_EQ(net_is_ipv6("::1z", 3), 1);
    CHECK_EQ(net_is_ip("1.2.3.4\0", 8), 0);
}

CASE(the_version_is_that_of_the_header) {
    (void)loop;
    CHECK_STR(net_version(), NET_VERSION);
    CHECK_EQ(net_version_number(), NET_VERSION_NUMBER);
}
