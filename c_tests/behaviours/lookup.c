/* behaviours.md section 13: names, and the several addresses of one name. */
#include <string.h>

#include "harness.h"
#include "peer.h"

#define ATTEMPTS "connectionAttempt connectionAttemptFailed"

static net_socket *watched(net_loop *loop, const char *name, const char *events) {
    net_socket *socket = socket_on(loop, NULL);
    watch_socket(socket, name, events);
    return socket;
}

static void end_and_close(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
    CHECK_EQ(net_socket_end(socket), 0);
    CHECK_EQ(net_server_close(server), 0);
}

static net_server *server_for_one(net_loop *loop) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, end_and_close, NULL, NULL), 0);
    return server;
}

static uint16_t unused_port(void) {
    uint16_t port = peer_unused_port("127.0.0.1");
    trace_hide_port(port, "UNUSED");
    return port;
}

/* ---- custom lookups ---- */

/* Family 0 is told to the answer as it is. */
static net_address address_of(const char *ip, int32_t family) {
    net_address address = {.size = sizeof address, .family = family, .address_len = strlen(ip)};
    CHECK(address.address_len < sizeof address.address);
    memcpy(address.address, ip, address.address_len);
    return address;
}

/* What a lookup answers: the addresses up to NULL; their family is that of their text. */
typedef struct answer {
    const char *addresses[8];
    int32_t family_of_all; /* 0: each its own */
} answer;

static void give(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    const answer *given = user;
    net_address addresses[8];
    size_t count = 0;
    (void)family;
    (void)hints;
    (void)all;
    CHECK_STR(host, "name");
    for (; given->addresses[count]; count++) {
        const char *ip = given->addresses[count];
        addresses[count] = address_of(ip, given->family_of_all ? given->family_of_all : net_is_ip(ip, NET_CSTR));
    }
    CHECK_EQ(net_lookup_answer(request, addresses, count), 0);
}

static net_connect_options asking(uint16_t port, net_lookup_fn lookup, const void *user) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = port;
    options.host = "name";
    options.lookup = lookup;
    options.lookup_user = (void *)user;
    return options;
}

static void connect_with(net_socket *socket, net_connect_options options) {
    CHECK_EQ(net_socket_connect(socket, &options), 0);
}

static void connect_to_answer(net_socket *socket, uint16_t port, const answer *given) {
    connect_with(socket, asking(port, give, given));
}

/* ---- 13.1 ---- */

static void must_not_be_asked(net_lookup *request, const char *host, int32_t family, int32_t hints, int all,
                              void *user) {
    (void)request;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    FAIL("asked for %s", host);
}

CASE(s13_1_a_literal_is_not_looked_up) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = listen_local(server_for_one(loop));
    options.host = "127.0.0.1";
    options.lookup = must_not_be_asked;
    net_socket *client = watched(loop, "client", "lookup connect close");
    CHECK_EQ(net_socket_resume(client), 0);
    connect_with(client, options);
    run(loop);
}

CASE(s13_1_lookup_comes_before_connect) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = listen_local(server_for_one(loop));
    options.host = "localhost";
    options.family = 4;
    net_socket *client = watched(loop, "client", "lookup connectionAttempt connect ready close");
    CHECK_EQ(net_socket_resume(client), 0);
    connect_with(client, options);
    run(loop);
}

CASE(s13_1_one_lookup_event_for_each_address) {
    const answer three = {{"127.0.0.1", "::1", "127.0.0.2"}, 0};
    uint16_t port = listen_local(server_for_one(loop));
    net_socket *client = watched(loop, "client", "lookup connect close");
    CHECK_EQ(net_socket_resume(client), 0);
    connect_to_answer(client, port, &three);
    run(loop);
}

static void trace_state_in_lookup(net_socket *socket, const net_error *error, const net_address *address,
                                  const char *host, void *user) {
    CHECK(error != NULL);
    CHECK(address == NULL);
    CHECK_STR(host, "no such name");
    trace_socket_state(user, socket);
}

CASE(s13_1_failed_lookup) {
    net_socket *client = watched(loop, "client", "lookup connectionAttempt connect error close");
    CHECK_EQ(net_socket_on_lookup(client, trace_state_in_lookup, "client", NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(client, 1, "no such name"), 0);
    run(loop);
}

CASE(s13_1_failed_lookup_of_one_family) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = 1;
    options.host = "no such name";
    options.family = 6;
    connect_with(watched(loop, "client", "lookup connect error close"), options);
    run(loop);
}

/* ---- 13.2 ---- */

static const answer loopback = {{"127.0.0.1"}, 0};

CASE(s13_2_answer_inside_the_call) {
    net_connect_options options = asking(listen_local(server_for_one(loop)), give, &loopback);
    options.family = 4;
    net_socket *client = watched(loop, "client", "lookup connect error close");
    CHECK_EQ(net_socket_resume(client), 0);
    connect_with(client, options);
    /* Even then the events come later. */
    CHECK_STR(trace_text(), "");
    run(loop);
}

typedef struct asked {
    net_lookup *request;
    peer_thread thread;
} asked;

static void answer_from_thread(void *user) {
    asked *question = user;
    const net_address address = address_of("127.0.0.1", NET_FAMILY_IPV4);
    peer_wait_for_sleep();
    CHECK_EQ(net_lookup_answer(question->request, &address, 1), 0);
}

static void start_thread(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    asked *question = user;
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    question->request = request;
    peer_start(&question->thread, answer_from_thread, question);
}

/* The listening server holds the loop until the answer is there. */
CASE(s13_2_answer_from_another_thread) {
    asked question = {0};
    uint16_t port = listen_local(server_for_one(loop));
    net_socket *client = watched(loop, "client", "lookup connect error close");
    CHECK_EQ(net_socket_resume(client), 0);
    connect_with(client, asking(port, start_thread, &question));
    run(loop);
    peer_join(&question.thread);
    CHECK_STR(trace_text(), "client lookup null 127.0.0.1 4 name\nclient connect\nclient close false\n");
}

static void fail_with_no_idea(net_lookup *request, const char *host, int32_t family, int32_t hints, int all,
                              void *user) {
    net_error error = NET_ERROR_INIT;
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    error.code = "NOIDEA";
    error.message = "no idea";
    CHECK_EQ(net_lookup_fail(request, &error), 0);
}

CASE(s13_2_error_of_a_custom_lookup) {
    connect_with(watched(loop, "client", "lookup connect error close"), asking(1, fail_with_no_idea, NULL));
    run(loop);
}

/* The socket `one` asks for one address, and `many` after it for all. */
typedef struct two_answers {
    answer one;
    answer many;
} two_answers;

static void connect_many(net_socket *one, int had_error, void *user) {
    const two_answers *answers = user;
    CHECK_EQ(had_error, 1);
    connect_to_answer(watched(net_socket_loop(one), "many", "connect error close"), 1, &answers->many);
}

static void connect_one_and_many(net_loop *loop, two_answers *answers) {
    net_connect_options options = asking(1, give, &answers->one);
    options.family = 4;
    net_socket *one = watched(loop, "one", "connect error close");
    CHECK_EQ(net_socket_on_close(one, connect_many, answers, NULL), 0);
    connect_with(one, options);
    run(loop);
}

CASE(s13_2_answer_that_is_no_ip_address) {
    two_answers answers = {{{"nowhere"}, NET_FAMILY_IPV4}, {{"nowhere", "nirgends"}, NET_FAMILY_IPV4}};
    connect_one_and_many(loop, &answers);
}

static void give_no_family(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    const net_address address = address_of("127.0.0.1", NET_FAMILY_NONE);
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    CHECK_EQ(net_lookup_answer(request, &address, 1), 0);
}

static void connect_to_no_family(net_socket *one, int had_error, void *user) {
    (void)user;
    CHECK_EQ(had_error, 1);
    connect_with(watched(net_socket_loop(one), "many", "connect error close"), asking(1, give_no_family, NULL));
}

CASE(s13_2_answer_of_no_family) {
    net_connect_options options = asking(1, give_no_family, NULL);
    options.family = 4;
    net_socket *one = watched(loop, "one", "connect error close");
    CHECK_EQ(net_socket_on_close(one, connect_to_no_family, NULL, NULL), 0);
    connect_with(one, options);
    run(loop);
}

static void give_mixed(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    const net_address addresses[] = {address_of("nowhere", NET_FAMILY_IPV4), address_of("127.0.0.1", NET_FAMILY_IPV4),
                                     address_of("::1", NET_FAMILY_NONE)};
    (void)host;
    (void)family;
    (void)hints;
    (void)user;
    CHECK_EQ(all, 1);
    CHECK_EQ(net_lookup_answer(request, addresses, 3), 0);
}

CASE(s13_2_wrong_answers_beside_a_right_one) {
    uint16_t port = listen_local(server_for_one(loop));
    net_socket *client = watched(loop, "client", "connect error close");
    CHECK_EQ(net_socket_resume(client), 0);
    connect_with(client, asking(port, give_mixed, NULL));
    run(loop);
}

static void keep_request(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    *(net_lookup **)user = request;
}

static void answer_late(net_socket *socket, int had_error, void *user) {
    const net_address address = address_of("127.0.0.1", NET_FAMILY_IPV4);
    (void)socket;
    CHECK_EQ(had_error, 0);
    CHECK_EQ(net_lookup_answer(*(net_lookup **)user, &address, 1), NET_EBADF);
    trace("answered");
}

CASE(s13_2_answer_after_destroy) {
    net_lookup *request = NULL;
    net_socket *client = watched(loop, "client", "connect error close");
    connect_with(client, asking(1, keep_request, &request));
    CHECK(request != NULL);
    CHECK_EQ(net_socket_on_close(client, answer_late, &request, NULL), 0);
    CHECK_EQ(net_socket_destroy(client, NULL), 0);
    run(loop);
}

/* ---- 13.3 ---- */

static void trace_defaults(void) {
    trace("family=%s timeout=%llu", text_bool(net_get_default_auto_select_family()),
          (unsigned long long)net_get_default_auto_select_family_attempt_timeout());
}

static void trace_all_and_fail(net_lookup *request, const char *host, int32_t family, int32_t hints, int all,
                               void *user) {
    net_error error = NET_ERROR_INIT;
    (void)host;
    (void)family;
    (void)hints;
    (void)user;
    error.message = "no";
    error.code = "NO";
    trace("all=%s", text_bool(all));
    CHECK_EQ(net_lookup_fail(request, &error), 0);
}

static void ask_with(net_loop *loop, int32_t auto_select_family) {
    net_connect_options options = asking(1, trace_all_and_fail, NULL);
    options.auto_select_family = auto_select_family;
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    connect_with(socket, options);
}

CASE(s13_3_defaults) {
    trace_defaults();
    CHECK_EQ(net_set_default_auto_select_family_attempt_timeout(5), 0);
    trace_defaults();
    CHECK_EQ(net_set_default_auto_select_family_attempt_timeout(300), 0);
    CHECK_EQ(net_set_default_auto_select_family(0), 0);
    trace_defaults();
    ask_with(loop, -1);
    ask_with(loop, 1);
    CHECK_EQ(net_set_default_auto_select_family(1), 0);
    ask_with(loop, -1);
    ask_with(loop, 0);
    run(loop);
}

static void ask_from(net_loop *loop, const char *local_address, uint16_t local_port, int32_t family) {
    net_connect_options options = asking(1, trace_all_and_fail, NULL);
    options.local_address = local_address;
    options.local_address_len = local_address ? strlen(local_address) : 0;
    options.local_port = local_port;
    options.family = family;
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    connect_with(socket, options);
}

/* Who says from where, or of which family, gets one address. */
CASE(s13_3_one_address_for_those_who_choose) {
    ask_from(loop, "127.0.0.1", 0, 0);
    ask_from(loop, NULL, 0, 4);
    ask_from(loop, NULL, 0, 6);
    ask_from(loop, NULL, 1, 0);
    ask_from(loop, NULL, 0, 0);
    run(loop);
}

CASE(s13_3_refused_defaults) {
    CHECK_EQ(net_set_default_auto_select_family(2), NET_EINVAL);
    CHECK_EQ(net_set_default_auto_select_family(-1), NET_EINVAL);
    CHECK_EQ(net_set_default_auto_select_family_attempt_timeout(0), NET_ERR_OUT_OF_RANGE);
    CHECK_EQ(net_set_default_auto_select_family_attempt_timeout(UINT64_MAX), NET_ERR_OUT_OF_RANGE);
    trace_defaults();
    CHECK_STR(trace_text(), "family=true timeout=500\n");
}

/* ---- 13.4 ---- */

static const char *attempted(net_socket *socket) {
    size_t count = 0;
    int found = net_socket_attempted_addresses(socket, &count);
    if (!found) {
        return "undefined";
    }
    CHECK_EQ(found, 1);
    const char *list = "";
    for (size_t i = 0; i < count; i++) {
        net_address address = {.size = sizeof address};
        CHECK_EQ(net_socket_attempted_address(socket, i, &address), 1);
        list = text("%s%s%s:%u", list, i ? " " : "", address.address, address.port);
    }
    return list;
}

static void trace_attempted_in_error(net_socket *socket, const net_error *error, void *user) {
    (void)user;
    CHECK(error != NULL);
    trace("attempted=%s", attempted(socket));
}

CASE(s13_4_one_address_gives_a_plain_error) {
    uint16_t port = unused_port();
    net_socket *client = watched(loop, "client", "lookup " ATTEMPTS " connect error close");
    CHECK_EQ(net_socket_on_error(client, trace_attempted_in_error, NULL, NULL), 0);
    connect_to_answer(client, port, &loopback);
    run(loop);
}

/* ---- 13.5 ---- */

static void trace_remote(net_socket *socket, void *user) {
    net_address remote = {.size = sizeof remote};
    (void)user;
    CHECK_EQ(net_socket_remote_address(socket, &remote), 1);
    trace("remote=%s", remote.address);
}

static void trace_attempted(net_socket *socket, void *user) {
    (void)user;
    trace("attempted=%s", attempted(socket));
}

static void connect_to_the_fourth(net_server *server, void *user) {
    uint16_t port = server_port(server);
    trace_hide_port(port, "PORT");
    net_socket *client = watched(net_server_loop(server), "client", "connect ready error close");
    CHECK_EQ(net_socket_resume(client), 0);
    connect_to_answer(client, port, user);
    trace_attempted(client, NULL);
    CHECK_EQ(net_socket_on_connect(client, trace_remote, NULL, NULL), 0);
    CHECK_EQ(net_socket_on_ready(client, trace_attempted, NULL, NULL), 0);
}

/* Only 127.0.0.4 listens: whatever comes before it is tried before it. */
CASE(s13_5_families_alternate) {
    answer six = {{"127.0.0.2", "127.0.0.3", "127.0.0.2", "::1", "127.0.0.4", "127.0.0.5"}, 0};
    net_server *server = server_for_one(loop);
    CHECK_EQ(net_server_on_listening(server, connect_to_the_fourth, &six, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, "127.0.0.4"), 0);
    run(loop);
}

CASE(s13_5_family_of_the_first_begins) {
    const answer three = {{"::1", "127.0.0.2", "127.0.0.3"}, 0};
    uint16_t port = unused_port();
    net_socket *client = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_error(client, trace_attempted_in_error, NULL, NULL), 0);
    connect_to_answer(client, port, &three);
    run(loop);
}

/* ---- 13.6 ---- */

static void trace_state_in_error(net_socket *socket, const net_error *error, void *user) {
    CHECK_EQ(error->kind, NET_ERROR_KIND_AGGREGATE);
    CHECK_EQ(error->number, NET_ECONNREFUSED);
    trace_socket_state(user, socket);
}

CASE(s13_6_all_attempts_failed) {
    case_needs_ipv6();
    const answer three = {{"127.0.0.2", "127.0.0.3", "::1"}, 0};
    uint16_t port = unused_port();
    net_socket *client = watched(loop, "client", "connect error close");
    CHECK_EQ(net_socket_on_error(client, trace_state_in_error, "client", NULL), 0);
    connect_to_answer(client, port, &three);
    run(loop);
}

/* ---- 13.7 ---- */

CASE(s13_7_events_of_attempts) {
    case_needs_ipv6();
    const answer two = {{"127.0.0.2", "::1"}, 0};
    uint16_t port = unused_port();
    connect_to_answer(watched(loop, "client", "lookup " ATTEMPTS " connect error close"), port, &two);
    run(loop);
}

CASE(s13_7_attempt_of_a_literal) {
    uint16_t port = unused_port();
    net_socket *client = watched(loop, "client", ATTEMPTS " connect error close");
    CHECK_EQ(net_socket_connect_tcp(client, port, "127.0.0.1"), 0);
    trace("connect returned");
    run(loop);
}

static void destroy_after_failure(net_socket *socket, const net_address *address, const net_error *error, void *user) {
    (void)user;
    CHECK_STR(address->address, "127.0.0.2");
    CHECK_EQ(error->number, NET_ECONNREFUSED);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
}

CASE(s13_7_destroy_stops_the_attempts) {
    const answer three = {{"127.0.0.2", "::1", "127.0.0.3"}, 0};
    uint16_t port = unused_port();
    net_socket *client = watched(loop, "client", ATTEMPTS " connect error close");
    CHECK_EQ(net_socket_on_connection_attempt_failed(client, destroy_after_failure, NULL, NULL), 0);
    connect_to_answer(client, port, &three);
    run(loop);
}

/* ---- 13.8 ---- */

typedef struct received {
    char bytes[64];
    size_t used;
} received;

static void collect(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    received *all = user;
    (void)socket;
    CHECK(all->used + length <= sizeof all->bytes);
    memcpy(all->bytes + all->used, data, length);
    all->used += length;
}

static void respond(net_socket *socket, void *user) {
    received *all = user;
    trace("the server got %s", text_data(all->bytes, all->used));
    CHECK_EQ(net_socket_end_cb(socket, "response", 8, NULL, NULL, NULL), 0);
}

static void serve_request(net_server *server, net_socket *socket, void *user) {
    CHECK_EQ(net_socket_on_data(socket, collect, user, NULL), 0);
    CHECK_EQ(net_socket_on_end(socket, respond, user, NULL), 0);
    CHECK_EQ(net_server_close(server), 0);
}

static void trace_written(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    CHECK(error == NULL);
    trace("written");
}

static void request_from_server(net_server *server, void *user) {
    uint16_t port = server_port(server);
    trace_hide_port(port, "PORT");
    net_socket *client = watched(net_server_loop(server), "client", "connect finish data end error close");
    connect_to_answer(client, port, user);
    CHECK_EQ(net_socket_write_cstr(client, "re"), 1);
    CHECK_EQ(net_socket_write_cb(client, "quest", 5, trace_written, NULL, NULL), 1);
    CHECK_EQ(net_socket_end(client), 0);
}

static void request_over(net_loop *loop, answer *addresses) {
    received all = {.used = 0};
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, serve_request, &all, NULL), 0);
    CHECK_EQ(net_server_on_listening(server, request_from_server, addresses, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, "127.0.0.1"), 0);
    run(loop);
}

CASE(s13_8_writes_wait_for_the_winner) {
    answer first_wins = {{"127.0.0.1", "::1"}, 0};
    request_over(loop, &first_wins);
}

/* Node 26.10 never shuts a socket down that was ended before an attempt failed; here the end waits like the writes. */
CASE(s13_8_end_waits_over_failed_attempts) {
    answer third_wins = {{"::1", "127.0.0.2", "127.0.0.1"}, 0};
    request_over(loop, &third_wins);
    CHECK_STR(trace_text(), "client connect\nwritten\nclient finish\nthe server got request\nclient data 8 response\n"
                            "client end\nclient close false\n");
}

/* ---- an attempt that gets no answer ---- */

static void connect_in_time(net_server *server, void *user) {
    static const answer silent_first = {{"127.0.0.2", "127.0.0.1"}, 0};
    net_socket *client = watched(net_server_loop(server), "client", "connect error close");
    net_connect_options options = asking(server_port(server), give, &silent_first);
    (void)user;
    options.auto_select_family_attempt_timeout = 20;
    CHECK_EQ(net_socket_resume(client), 0);
    connect_with(client, options);
}

/* The queue of the first address is full, so that it answers nothing; the second is tried when its time is up. */
CASE(s13_5_an_attempt_without_an_answer_is_passed_over) {
    uint16_t port = 0;
    int silent = peer_listen("127.0.0.2", &port, 0);
    int queued = peer_connect("127.0.0.2", port);
    net_server *server = server_for_one(loop);
    CHECK_EQ(net_server_on_listening(server, connect_in_time, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, port, "127.0.0.1"), 0);
    run(loop);
    CHECK_STR(trace_text(), "client connect\nclient close false\n");
    peer_close(queued);
    peer_close(silent);
}

typedef struct stopwatch {
    uint64_t begun;
    uint64_t taken;
} stopwatch;

static void begin_watch(net_socket *socket, const net_address *address, void *user) {
    stopwatch *watch = user;
    if (!strcmp(address->address, "127.0.0.2")) {
        watch->begun = net_loop_now(net_socket_loop(socket));
    }
}

static void stop_watch(net_socket *socket, const net_address *address, void *user) {
    stopwatch *watch = user;
    CHECK_STR(address->address, "127.0.0.2");
    watch->taken = net_loop_now(net_socket_loop(socket)) - watch->begun;
}

/* How long an attempt without an answer is waited for, with that time for an attempt; 0 is the default. */
static uint64_t time_of_an_attempt(net_loop *loop, uint64_t attempt_timeout) {
    static const answer silent_first = {{"127.0.0.2", "127.0.0.1"}, 0};
    uint16_t port = 0;
    int silent = peer_listen("127.0.0.2", &port, 0);
    int queued = peer_connect("127.0.0.2", port);
    stopwatch watch = {0, 0};
    net_socket *client = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_error(client, ignore_error, NULL, NULL), 0);
    CHECK_EQ(net_socket_on_connection_attempt(client, begin_watch, &watch, NULL), 0);
    CHECK_EQ(net_socket_on_connection_attempt_timeout(client, stop_watch, &watch, NULL), 0);
    net_connect_options options = asking(port, give, &silent_first);
    options.auto_select_family_attempt_timeout = attempt_timeout;
    connect_with(client, options);
    run(loop);
    peer_close(queued);
    peer_close(silent);
    return watch.taken;
}

CASE(s13_5_time_of_an_attempt) {
    CHECK(time_of_an_attempt(loop, 1) >= 10);
    CHECK(time_of_an_attempt(loop, 60) >= 60);
    CHECK_EQ(net_set_default_auto_select_family_attempt_timeout(120), 0);
    CHECK(time_of_an_attempt(loop, 0) >= 120);
    /* What the connect says comes before what the process says. */
    uint64_t own = time_of_an_attempt(loop, 20);
    CHECK(own >= 20 && own < 120);
}

CASE(s13_5_time_of_an_attempt_by_default) { CHECK(time_of_an_attempt(loop, 0) >= 500); }

static void destroy_when_given_up(net_socket *socket, const net_address *address, void *user) {
    (void)user;
    CHECK_STR(address->address, "127.0.0.2");
    CHECK_EQ(net_socket_connecting(socket), 1);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
}

/* connectionAttemptTimeout comes before the next attempt, and a socket that is destroyed in it makes none. */
static void attempts_in_time(net_loop *loop, bool destroy) {
    uint16_t port = 0;
    int silent = peer_listen("127.0.0.2", &port, 0);
    int queued = peer_connect("127.0.0.2", port);
    static const answer silent_first = {{"127.0.0.2", "127.0.0.1"}, 0};
    net_socket *client = socket_on(loop, NULL);
    trace_hide_port(port, "PORT");
    watch_socket(client, "client", "connectionAttempt connectionAttemptFailed connectionAttemptTimeout error close");
    if (destroy) {
        CHECK_EQ(net_socket_once_connection_attempt_timeout(client, destroy_when_given_up, NULL, NULL), 0);
    }
    net_connect_options options = asking(port, give, &silent_first);
    options.auto_select_family_attempt_timeout = 20;
    connect_with(client, options);
    run(loop);
    peer_close(queued);
    peer_close(silent);
}

CASE(s13_7_an_attempt_that_is_given_up_is_told) {
    attempts_in_time(loop, false);
    CHECK_STR(trace_text(), "client connectionAttempt 127.0.0.2 PORT IPv4\n"
                            "client connectionAttemptTimeout 127.0.0.2 PORT IPv4\n"
                            "client connectionAttempt 127.0.0.1 PORT IPv4\n"
                            "client connectionAttemptFailed 127.0.0.1 PORT IPv4 Error ECONNREFUSED errno=-111 "
                            "syscall=connect address=127.0.0.1 port=PORT "
                            "message=\"connect ECONNREFUSED 127.0.0.1:PORT\"\n"
                            "client error AggregateError ETIMEDOUT message=\"\" errors[0]={Error ETIMEDOUT errno=-110 "
                            "syscall=connect address=127.0.0.2 port=PORT "
                            "message=\"connect ETIMEDOUT 127.0.0.2:PORT\"} errors[1]={Error ECONNREFUSED errno=-111 "
                            "syscall=connect address=127.0.0.1 port=PORT "
                            "message=\"connect ECONNREFUSED 127.0.0.1:PORT\"}\n"
                            "client close true\n");
}

CASE(s13_7_destroy_in_connection_attempt_timeout) {
    attempts_in_time(loop, true);
    CHECK_STR(trace_text(), "client connectionAttempt 127.0.0.2 PORT IPv4\n"
                            "client connectionAttemptTimeout 127.0.0.2 PORT IPv4\n"
                            "client close false\n");
}

/* ---- the drop of a lookup, of which Node knows nothing ---- */

static void answer_with_loopback(net_lookup *request, const char *host, int32_t family, int32_t hints, int all,
                                 void *user) {
    net_address address = address_of("127.0.0.1", 4);
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    CHECK_EQ(net_lookup_answer(request, &address, 1), 0);
    CHECK_EQ(counted_drops(user), 0);
}

static void leave_unanswered(net_lookup *request, const char *host, int32_t family, int32_t hints, int all,
                             void *user) {
    (void)request;
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
}

static net_connect_options dropping(uint16_t port, net_lookup_fn lookup, void **user) {
    net_connect_options options = asking(port, lookup, *user = counted_user(NULL));
    options.lookup_drop = counted_drop;
    return options;
}

CASE(drop_of_a_lookup_that_answers) {
    void *user;
    net_socket *client = watched(loop, "client", "connect");
    connect_with(client, dropping(listen_local(server_for_one(loop)), answer_with_loopback, &user));
    CHECK_EQ(counted_drops(user), 1);
    CHECK_EQ(net_socket_resume(client), 0);
    run(loop);
    CHECK_EQ(counted_drops(user), 1);
}

CASE(drop_of_a_lookup_that_never_answers) {
    void *destroyed, *freed, *again, *left;
    net_socket *client = quiet_client(loop, 1);
    connect_with(client, dropping(1, leave_unanswered, &destroyed));
    CHECK_EQ(counted_drops(destroyed), 0);
    CHECK_EQ(net_socket_destroy(client, NULL), 0);
    run(loop);
    CHECK_EQ(counted_drops(destroyed), 1);
    client = socket_on(loop, NULL);
    connect_with(client, dropping(1, leave_unanswered, &again));
    connect_with(client, dropping(1, leave_unanswered, &freed));
    CHECK_EQ(counted_drops(again), 1);
    CHECK_EQ(counted_drops(freed), 0);
    CHECK_EQ(net_socket_free(client), 0);
    CHECK_EQ(counted_drops(freed), 1);
    connect_with(socket_on(loop, NULL), dropping(1, leave_unanswered, &left));
    CHECK_EQ(counted_drops(left), 0);
    CHECK_EQ(net_loop_free(loop), 0);
    case_loop_is_freed();
    CHECK_EQ(counted_drops(left), 1);
}

CASE(drop_of_a_lookup_that_is_not_asked) {
    void *literal, *path, *refused, *made, *dead;
    net_socket *client = quiet_client(loop, 1);
    int error = 0;
    net_connect_options options = dropping(1, must_not_be_asked, &literal);
    options.host = "127.0.0.1";
    connect_with(client, options);
    CHECK_EQ(counted_drops(literal), 1);
    CHECK_EQ(net_socket_free(client), 0);

    client = quiet_client(loop, 1);
    options = dropping(0, must_not_be_asked, &path);
    options.host = NULL;
    options.path = "no-such.sock";
    connect_with(client, options);
    CHECK_EQ(counted_drops(path), 1);

    options = dropping(1, must_not_be_asked, &refused);
    options.family = 5;
    CHECK_EQ(net_socket_connect(client, &options), NET_EINVAL);
    CHECK_EQ(counted_drops(refused), 1);
    options = dropping(1, must_not_be_asked, &made);
    options.family = 5;
    CHECK(net_connect(loop, &options, NULL, &error) == NULL);
    CHECK_EQ(error, NET_EINVAL);
    CHECK_EQ(counted_drops(made), 1);
    CHECK_EQ(net_socket_free(client), 0);
    options = dropping(1, must_not_be_asked, &dead);
    CHECK_EQ(net_socket_connect(client, &options), NET_EBADF);
    CHECK_EQ(counted_drops(dead), 1);
}

/* ---- a lookup of the program's own for a listen ---- */

static net_listen_options listening(net_lookup_fn lookup, const void *user) {
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.host = "name";
    options.lookup = lookup;
    options.lookup_user = (void *)user;
    return options;
}

static void listen_with(net_server *server, net_listen_options options) {
    CHECK_EQ(net_server_listen(server, &options), 0);
}

static net_server *listener(net_loop *loop) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening error close");
    return server;
}

static void trace_where_and_close(net_server *server, void *user) {
    net_address address = NET_ADDRESS_INIT;
    (void)user;
    CHECK_EQ(net_server_address(server, &address), 1);
    trace("%s", address.address);
    CHECK_EQ(net_server_close(server), 0);
}

CASE(listen_asks_the_program_and_passes_link_local_addresses_over) {
    answer two_homes = {{"fe80::1", "127.0.0.1"}, 0};
    net_server *server = listener(loop);
    CHECK_EQ(net_server_on_listening(server, trace_where_and_close, NULL, NULL), 0);
    listen_with(server, listening(give, &two_homes));
    CHECK_EQ(net_server_listening(server), 0);
    run(loop);
    CHECK_STR(trace_text(), "server listening\n127.0.0.1\nserver close\n");
}

CASE(listen_tells_what_the_program_s_lookup_says) {
    net_server *server = listener(loop);
    listen_with(server, listening(trace_all_and_fail, NULL));
    run(loop);
    CHECK_STR(trace_text(), "all=true\nserver error Error NO message=\"no\"\n");
}

CASE(listen_refuses_an_answer_that_is_no_address) {
    answer wrong = {{"nowhere"}, 4};
    net_server *server = listener(loop);
    listen_with(server, listening(give, &wrong));
    run(loop);
    CHECK_STR(trace_text(), "server error TypeError ERR_INVALID_IP_ADDRESS message=\"Invalid IP address: nowhere\"\n");
}

static net_listen_options dropping_listen(net_lookup_fn lookup, void **user) {
    net_listen_options options = listening(lookup, *user = counted_user(NULL));
    options.lookup_drop = counted_drop;
    return options;
}

/* The lookup holds nothing, and its user is dropped once whatever becomes of the listen. */
CASE(drop_of_the_lookup_of_a_listen) {
    void *closed, *again, *freed, *left, *literal, *answered;
    net_server *server = listener(loop);
    listen_with(server, dropping_listen(leave_unanswered, &again));
    listen_with(server, dropping_listen(leave_unanswered, &closed));
    CHECK_EQ(counted_drops(again), 1);
    CHECK_EQ(net_server_close(server), 0);
    CHECK_EQ(counted_drops(closed), 1);
    run(loop);
    net_listen_options options = dropping_listen(must_not_be_asked, &literal);
    options.host = "127.0.0.1";
    listen_with(server, options);
    CHECK_EQ(counted_drops(literal), 1);
    CHECK_EQ(net_server_close(server), 0);
    listen_with(server, dropping_listen(answer_with_loopback, &answered));
    CHECK_EQ(counted_drops(answered), 1);
    CHECK_EQ(net_server_close(server), 0);
    listen_with(server, dropping_listen(leave_unanswered, &freed));
    CHECK_EQ(net_server_free(server), 0);
    run(loop);
    CHECK_EQ(counted_drops(freed), 1);
    listen_with(server_on(loop, NULL), dropping_listen(leave_unanswered, &left));
    CHECK_EQ(net_loop_free(loop), 0);
    case_loop_is_freed();
    CHECK_EQ(counted_drops(left), 1);
}
