/* Section 10: keep-alive, no-delay, type of service, asked from the kernel. */
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "scene.h"

static net_loop *the_loop;
static net_socket *c;
static net_socket *s;
static void (*with_both)(void);
static int connected;

static int option_of(net_socket *socket, int level, int name) {
    int fd = -1;
    int value = -1;
    socklen_t length = sizeof value;
    CHECK_EQ(net_socket_fd(socket, &fd), 1);
    CHECK(fd >= 0);
    CHECK_EQ(getsockopt(fd, level, name, &value, &length), 0);
    return value;
}

static int no_delay_of(net_socket *socket) { return option_of(socket, IPPROTO_TCP, TCP_NODELAY) != 0; }
static int keep_alive_of(net_socket *socket) { return option_of(socket, SOL_SOCKET, SO_KEEPALIVE) != 0; }
static int keep_idle_of(net_socket *socket) { return option_of(socket, IPPROTO_TCP, TCP_KEEPIDLE); }
static int tos_of(net_socket *socket) { return option_of(socket, IPPROTO_IP, IP_TOS); }

static void end_both(void) {
    do_end(c, NULL);
    do_end(s, NULL);
}

static void go_on_with_both(void) {
    if (++connected == 2) {
        with_both();
        end_both();
    }
}

static void peer_is_there(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    s = socket;
    CHECK_EQ(net_socket_resume(s), 0);
    go_on_with_both();
}

static void client_is_there(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_resume(socket), 0);
    go_on_with_both();
}

static void pair(net_loop *loop, const net_server_options *server, const net_socket_options *options,
                 void (*then)(void)) {
    the_loop = loop;
    with_both = then;
    c = connect_to(loop, serve(loop, server, peer_is_there), options);
    ON(c, ready, client_is_there);
}

static void ran(int times) { CHECK_EQ(connected, times); }

static void set_no_delay_on_and_off(void) {
    CHECK_EQ(no_delay_of(c), 0);
    CHECK_EQ(net_socket_set_no_delay(c, 1), 0);
    CHECK_EQ(no_delay_of(c), 1);
    CHECK_EQ(net_socket_set_no_delay(c, 1), 0);
    CHECK_EQ(no_delay_of(c), 1);
    CHECK_EQ(net_socket_set_no_delay(c, 0), 0);
    CHECK_EQ(no_delay_of(c), 0);
    CHECK_EQ(net_socket_set_no_delay(c, 2), NET_EINVAL);
}

CASE(s10_1_no_delay_after_connecting) {
    pair(loop, NULL, NULL, set_no_delay_on_and_off);
    run(loop);
    ran(2);
}

static void check_no_delay_on(void) { CHECK_EQ(no_delay_of(c), 1); }

CASE(s10_1_no_delay_before_connecting) {
    pair(loop, NULL, NULL, check_no_delay_on);
    CHECK_EQ(net_socket_set_no_delay(c, 1), 0);
    run(loop);
    ran(2);
}

CASE(s10_1_no_delay_as_an_option) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.no_delay = 1;
    pair(loop, NULL, &options, check_no_delay_on);
    run(loop);
    ran(2);
}

static void check_no_delay_off(void) { CHECK_EQ(no_delay_of(c), 0); }

CASE(s10_1_no_delay_taken_back_before_connecting) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.no_delay = 1;
    pair(loop, NULL, &options, check_no_delay_off);
    CHECK_EQ(net_socket_set_no_delay(c, 0), 0);
    run(loop);
    ran(2);
}

static void check_accepted_options(void) {
    CHECK_EQ(no_delay_of(s), 1);
    CHECK_EQ(keep_alive_of(s), 1);
    CHECK_EQ(keep_idle_of(s), 1234);
    CHECK_EQ(no_delay_of(c), 0);
    CHECK_EQ(keep_alive_of(c), 0);
    CHECK_EQ(net_socket_set_no_delay(s, 0), 0);
    CHECK_EQ(no_delay_of(s), 0);
    CHECK_EQ(net_socket_set_keep_alive(s, 0, 0), 0);
    CHECK_EQ(keep_alive_of(s), 0);
}

CASE(s10_3_options_of_a_server_reach_its_sockets) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.no_delay = 1;
    options.keep_alive = 1;
    options.keep_alive_initial_delay = 1234567;
    pair(loop, &options, NULL, check_accepted_options);
    run(loop);
    ran(2);
}

static void check_accepted_defaults(void) {
    CHECK_EQ(no_delay_of(s), 0);
    CHECK_EQ(keep_alive_of(s), 0);
}

CASE(s10_3_no_options_of_a_server) {
    pair(loop, NULL, NULL, check_accepted_defaults);
    run(loop);
    ran(2);
}

static void set_keep_alive(void) {
    int idle = keep_idle_of(c);
    CHECK_EQ(keep_alive_of(c), 0);
    CHECK_EQ(net_socket_set_keep_alive(c, 1, 0), 0);
    CHECK_EQ(keep_alive_of(c), 1);
    CHECK_EQ(keep_idle_of(c), idle);
    CHECK_EQ(net_socket_set_keep_alive(c, 1, 2999), 0);
    CHECK_EQ(keep_idle_of(c), 2);
    CHECK_EQ(net_socket_set_keep_alive(c, 1, 5000), 0);
    CHECK_EQ(keep_idle_of(c), 5);
    CHECK_EQ(net_socket_set_keep_alive(c, 1, 999), 0);
    CHECK_EQ(keep_idle_of(c), 5);
    CHECK_EQ(net_socket_set_keep_alive(c, 0, 0), 0);
    CHECK_EQ(keep_alive_of(c), 0);
    CHECK_EQ(net_socket_set_keep_alive(c, 2, 0), NET_EINVAL);
}

static int interval_of(net_socket *socket) { return option_of(socket, IPPROTO_TCP, TCP_KEEPINTVL); }
static int count_of(net_socket *socket) { return option_of(socket, IPPROTO_TCP, TCP_KEEPCNT); }

static void check_probes(int idle, int interval, int count) {
    CHECK_EQ(keep_alive_of(c), 1);
    CHECK_EQ(keep_idle_of(c), idle);
    CHECK_EQ(interval_of(c), interval);
    CHECK_EQ(count_of(c), count);
}

static void set_probes(void) {
    check_probes(7, 8, 9);
    CHECK_EQ(net_socket_set_keep_alive_probes(c, 1, 2999, 3999, 5), 0);
    check_probes(2, 3, 5);
    /* One that is 0 leaves all as they are, whatever the others say. */
    CHECK_EQ(net_socket_set_keep_alive_probes(c, 1, 4000, 999, 6), 0);
    check_probes(2, 3, 5);
    CHECK_EQ(net_socket_set_keep_alive_probes(c, 1, 4000, 4000, 0), 0);
    check_probes(2, 3, 5);
    CHECK_EQ(net_socket_set_keep_alive_probes(c, 1, 0, 4000, 6), 0);
    check_probes(2, 3, 5);
    /* What the system refuses is not set, nor what comes behind it. */
    CHECK_EQ(net_socket_set_keep_alive_probes(c, 1, 4000, UINT64_MAX, 6), 0);
    check_probes(4, 3, 5);
    CHECK_EQ(net_socket_set_keep_alive_probes(c, 1, 4000, 6000, UINT32_MAX), 0);
    check_probes(4, 6, 5);
    /* Those of the shorter call. */
    CHECK_EQ(net_socket_set_keep_alive(c, 1, 5000), 0);
    check_probes(5, 1, 10);
    CHECK_EQ(net_socket_set_keep_alive_probes(c, 0, 6000, 6000, 6), 0);
    CHECK_EQ(keep_alive_of(c), 0);
    CHECK_EQ(keep_idle_of(c), 5);
    CHECK_EQ(net_socket_set_keep_alive_probes(c, 2, 1, 1, 1), NET_EINVAL);
}

CASE(s10_3_how_the_system_probes) {
    pair(loop, NULL, NULL, set_probes);
    CHECK_EQ(net_socket_set_keep_alive_probes(c, 1, 7000, 8000, 9), 0);
    run(loop);
    ran(2);
}

/* Whole seconds, floored; less than one leaves the system's delay. */
CASE(s10_3_keep_alive_delay_is_floored_to_seconds) {
    pair(loop, NULL, NULL, set_keep_alive);
    run(loop);
    ran(2);
}

static void check_keep_alive_77(void) {
    CHECK_EQ(keep_alive_of(c), 1);
    CHECK_EQ(keep_idle_of(c), 77);
}

CASE(s10_1_keep_alive_before_connecting) {
    pair(loop, NULL, NULL, check_keep_alive_77);
    CHECK_EQ(net_socket_set_keep_alive(c, 1, 77000), 0);
    run(loop);
    ran(2);
}

CASE(s10_3_keep_alive_as_an_option) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.keep_alive = 1;
    options.keep_alive_initial_delay = 77999;
    pair(loop, NULL, &options, check_keep_alive_77);
    run(loop);
    ran(2);
}

static net_socket_options options_of_lives;
static int lives;

static void check_life(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(no_delay_of(socket), 1);
    CHECK_EQ(keep_alive_of(socket), 1);
    CHECK_EQ(tos_of(socket), 0x28);
    lives++;
    do_end(socket, NULL);
}

static void connect_again(net_socket *socket, int had_error, void *user) {
    (void)user;
    CHECK_EQ(had_error, 0);
    if (lives < 3) {
        CHECK_EQ(net_socket_connect_tcp(socket, serve(the_loop, NULL, do_resume), "127.0.0.1"), 0);
    }
}

CASE(s10_1_options_are_kept_for_a_reconnect) {
    net_socket_options initial = NET_SOCKET_OPTIONS_INIT;
    options_of_lives = initial;
    options_of_lives.no_delay = 1;
    options_of_lives.keep_alive = 1;
    options_of_lives.type_of_service = 0x28;
    the_loop = loop;
    c = connect_to(loop, serve(loop, NULL, do_resume), &options_of_lives);
    CHECK_EQ(net_socket_resume(c), 0);
    ON(c, ready, check_life);
    ON(c, close, connect_again);
    run(loop);
    CHECK_EQ(lives, 3);
}

static void set_tos(void) {
    CHECK_EQ(net_socket_type_of_service(c), 0);
    CHECK_EQ(net_socket_set_type_of_service(c, 0x10), 0);
    CHECK_EQ(net_socket_type_of_service(c), 0x10);
    CHECK_EQ(tos_of(c), 0x10);
    CHECK(net_socket_set_type_of_service(c, 256) < 0);
    CHECK(net_socket_set_type_of_service(c, -1) < 0);
    CHECK_EQ(net_socket_type_of_service(c), 0x10);
    CHECK_EQ(net_socket_set_type_of_service(c, 0), 0);
    CHECK_EQ(net_socket_type_of_service(c), 0);
    /* The two low bits are the kernel's on TCP. */
    CHECK_EQ(net_socket_set_type_of_service(c, 252), 0);
    CHECK_EQ(net_socket_type_of_service(c), 252);
}

CASE(s10_2_type_of_service_after_connecting) {
    pair(loop, NULL, NULL, set_tos);
    run(loop);
    ran(2);
}

static void check_tos(void) {
    CHECK_EQ(net_socket_type_of_service(c), 0x28);
    CHECK_EQ(tos_of(c), 0x28);
}

CASE(s10_2_type_of_service_before_connecting) {
    the_loop = loop;
    with_both = check_tos;
    uint16_t port = serve(loop, NULL, peer_is_there);
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_type_of_service(c), 0);
    CHECK_EQ(net_socket_set_type_of_service(c, 0x28), 0);
    CHECK_EQ(net_socket_type_of_service(c), 0x28);
    CHECK_EQ(net_socket_connect_tcp(c, port, "127.0.0.1"), 0);
    ON(c, ready, client_is_there);
    run(loop);
    ran(2);
}

/* What the calls say, and what is left, in the words of the twin. */
static void say_tos(const char *when) {
    int tos = net_socket_type_of_service(c);
    trace("%s: %s", when, tos < 0 ? net_error_name(tos) : text("%d", tos));
}

static void mark(int tos) {
    int status = net_socket_set_type_of_service(c, tos);
    trace("set %d: %s", tos, status < 0 ? net_error_name(status) : "OK");
    say_tos("now");
}

static void mark_attempt(net_socket *socket, const net_address *address, void *user) {
    (void)socket;
    (void)address;
    (void)user;
    say_tos("attempt");
    mark(0x40);
}

static void mark_connected(net_socket *socket, void *user) {
    say_tos("connected");
    mark(255);
    mark(3);
    mark(0x18);
    do_end(socket, user);
}

static void mark_closed(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    say_tos("closed");
    mark(1);
}

static void mark_a_life(net_loop *loop, const char *address) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.type_of_service = 0x20;
    c = socket_on(loop, &options);
    say_tos("option");
    mark(0x28);
    uint16_t port = serve(loop, NULL, do_gather);
    CHECK_EQ(net_socket_connect_tcp(c, port, address), 0);
    mark(0x28);
    mark(0x30);
    ON(c, connection_attempt, mark_attempt);
    ON(c, connect, mark_connected);
    ON(c, close, mark_closed);
    CHECK_EQ(net_socket_resume(c), 0);
    run(loop);
}

CASE(type_of_service_through_a_life) { mark_a_life(loop, "127.0.0.1"); }

CASE(type_of_service_through_a_life_over_ipv6) {
    case_needs_ipv6();
    mark_a_life(loop, "::1");
}

static void end_of_server(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_server_close(server), 0);
    do_gather(server, socket, user);
}

CASE(type_of_service_of_a_path_is_only_remembered) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, end_of_server, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("socket")), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.type_of_service = 7;
    c = socket_on(loop, &options);
    CHECK_EQ(net_socket_connect_path_cstr(c, case_path("socket")), 0);
    say_tos("connecting");
    mark(255);
    ON(c, connect, mark_connected);
    ON(c, close, mark_closed);
    CHECK_EQ(net_socket_resume(c), 0);
    run(loop);
}

CASE(s10_2_type_of_service_as_an_option) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.type_of_service = 0x28;
    pair(loop, NULL, &options, check_tos);
    run(loop);
    ran(2);
}

static void set_dual_stack_tos(void) {
    CHECK_EQ(net_socket_set_type_of_service(s, 0x10), 0);
    CHECK_EQ(net_socket_type_of_service(s), 0x10);
    CHECK_EQ(tos_of(s), 0x10);
}

/* The server of a pair listens on the unspecified address, so its sockets are IPv6 ones with an IPv4 peer. */
CASE(s10_2_type_of_service_of_a_dual_stack_socket) {
    pair(loop, NULL, NULL, set_dual_stack_tos);
    run(loop);
    ran(2);
}

static void set_ipv6_tos(net_socket *socket, void *user) {
    CHECK_EQ(net_socket_set_type_of_service(socket, 0x10), 0);
    CHECK_EQ(net_socket_type_of_service(socket), 0x10);
    CHECK_EQ(option_of(socket, IPPROTO_IPV6, IPV6_TCLASS), 0x10);
    connected++;
    do_end(socket, user);
}

CASE(s10_2_type_of_service_over_ipv6) {
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect_tcp(c, serve(loop, NULL, do_resume), "::1"), 0);
    CHECK_EQ(net_socket_resume(c), 0);
    ON(c, ready, set_ipv6_tos);
    run(loop);
    ran(1);
}

static net_server *local_server;

static void set_all_on_unix(net_socket *socket, void *user) {
    CHECK_EQ(net_socket_set_no_delay(socket, 1), 0);
    CHECK_EQ(net_socket_set_keep_alive(socket, 1, 1000), 0);
    connected++;
    CHECK_EQ(net_server_close(local_server), 0);
    do_end(socket, user);
}

CASE(s10_1_harmless_on_a_unix_socket) {
    local_server = server_on(loop, NULL);
    CHECK_EQ(net_server_listen_path_cstr(local_server, case_path("socket")), 0);
    CHECK_EQ(net_server_on_connection(local_server, do_resume, NULL, NULL), 0);
    c = socket_on(loop, NULL);
    CHECK_EQ(net_socket_connect_path_cstr(c, case_path("socket")), 0);
    CHECK_EQ(net_socket_resume(c), 0);
    ON(c, ready, set_all_on_unix);
    run(loop);
    ran(1);
}
