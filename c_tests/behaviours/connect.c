/* behaviours.md section 4: the ways to connect and what comes of them. */
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "harness.h"
#include "peer.h"

static net_socket *watched(net_loop *loop, const char *name, const char *events) {
    net_socket *socket = socket_on(loop, NULL);
    watch_socket(socket, name, events);
    return socket;
}

static void connect_local(net_socket *socket, uint16_t port) {
    CHECK_EQ(net_socket_connect_tcp(socket, port, "127.0.0.1"), 0);
}

static void connect_with(net_socket *socket, const net_connect_options *options) {
    CHECK_EQ(net_socket_connect(socket, options), 0);
}

static void resume(net_socket *socket) { CHECK_EQ(net_socket_resume(socket), 0); }

static void close_server(net_server *server) { CHECK_EQ(net_server_close(server), 0); }

static uint16_t unused_port(void) {
    uint16_t port = peer_unused_port("127.0.0.1");
    trace_hide_port(port, "UNUSED");
    return port;
}

/* What an accepted socket is given before its end; NULL: nothing. */
static void end_with(net_server *server, net_socket *socket, void *user) {
    const char *last = user;
    (void)server;
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    resume(socket);
    CHECK_EQ(net_socket_end_cb(socket, last, last ? strlen(last) : 0, NULL, NULL, NULL), 0);
}

static void end_and_close_server(net_server *server, net_socket *socket, void *user) {
    end_with(server, socket, user);
    close_server(server);
}

static net_server *server_that(net_loop *loop, net_server_connection_fn on_connection, const char *last) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, on_connection, (void *)last, NULL), 0);
    return server;
}

static const char *local_of(net_socket *socket) {
    net_address address = {.size = sizeof address};
    return text_address(net_socket_local_address(socket, &address), &address);
}

static const char *remote_of(net_socket *socket) {
    net_address address = {.size = sizeof address};
    return text_address(net_socket_remote_address(socket, &address), &address);
}

/* ---- 4.1 ---- */

typedef struct connects {
    net_loop *loop;
    net_server *tcp;
    net_server *local;
    const char *path;
    uint16_t port;
    int next;
} connects;

static const char *const way_names[] = {"port",       "port and host",    "options", "path", "path in options",
                                        "new socket", "new socket, path", NULL};

static net_socket *connect_way(connects *all) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    net_socket *socket;
    int error = 0;
    options.port = all->port;
    switch (all->next) {
    case 0:
        socket = net_connect(all->loop, &options, NULL, &error);
        break;
    case 1:
        options.host = "127.0.0.1 and not this";
        options.host_len = 9;
        socket = net_connect(all->loop, &options, NULL, &error);
        break;
    case 2:
        options.host = "::1";
        socket = net_connect(all->loop, &options, NULL, &error);
        break;
    case 3:
        socket = socket_on(all->loop, NULL);
        CHECK_EQ(net_socket_connect_path(socket, all->path, strlen(all->path)), 0);
        break;
    case 4:
        options.port = 0;
        options.path = all->path;
        socket = net_connect(all->loop, &options, NULL, &error);
        break;
    case 5:
        socket = socket_on(all->loop, NULL);
        connect_local(socket, all->port);
        break;
    default:
        socket = socket_on(all->loop, NULL);
        CHECK_EQ(net_socket_connect_path_cstr(socket, all->path), 0);
    }
    CHECK_EQ(error, 0);
    CHECK(socket != NULL);
    return socket;
}

static void trace_where(net_socket *socket, void *user) {
    connects *all = user;
    net_address remote = {.size = sizeof remote};
    const char *here = "undefined";
    if (net_socket_remote_address(socket, &remote) == 1 && remote.family != NET_FAMILY_NONE) {
        here = remote.port == all->port ? "server" : "elsewhere";
    }
    trace("%s: connect to %s", way_names[all->next], here);
}

static void connect_next_way(connects *all);

static void trace_and_go_on(net_socket *socket, int had_error, void *user) {
    connects *all = user;
    (void)socket;
    trace("%s: close %s", way_names[all->next], text_bool(had_error));
    all->next++;
    connect_next_way(all);
}

static void connect_next_way(connects *all) {
    if (!way_names[all->next]) {
        close_server(all->tcp);
        close_server(all->local);
        return;
    }
    net_socket *socket = connect_way(all);
    CHECK_EQ(net_socket_once_connect(socket, trace_where, all, NULL), 0);
    CHECK_EQ(net_socket_on_close(socket, trace_and_go_on, all, NULL), 0);
    resume(socket);
}

CASE(s4_1_every_way_to_connect) {
    case_needs_ipv6();
    connects all = {.loop = loop, .path = case_path("s")};
    all.tcp = server_that(loop, end_with, NULL);
    all.port = listen_local(all.tcp);
    all.local = server_that(loop, end_with, NULL);
    CHECK_EQ(net_server_listen_path_cstr(all.local, all.path), 0);
    connect_next_way(&all);
    run(loop);
}

static void trace_user(net_socket *socket, void *user) {
    (void)socket;
    trace("%s", (const char *)user);
}

static void close_given(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    close_server(user);
}

static void connect_a_second_time(net_socket *socket, int had_error, void *user) {
    uint16_t port = server_port(user);
    CHECK_EQ(had_error, 0);
    CHECK_EQ(net_socket_once_connect(socket, trace_user, "second callback", NULL), 0);
    connect_local(socket, port);
    CHECK_EQ(net_socket_once_close(socket, close_given, user, NULL), 0);
}

CASE(s4_1_connect_callback_comes_once) {
    net_server *server = server_that(loop, end_with, NULL);
    uint16_t port = listen_local(server);
    net_socket *socket = watched(loop, "socket", "connect close");
    resume(socket);
    CHECK_EQ(net_socket_once_connect(socket, trace_user, "first callback", NULL), 0);
    CHECK_EQ(net_socket_once_close(socket, connect_a_second_time, server, NULL), 0);
    connect_local(socket, port);
    run(loop);
}

CASE(s4_1_refused_arguments) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = 1;
    options.host = "127.0.0.1";
    options.local_address = "localhost";
    int error = 0;
    CHECK(net_connect(loop, &options, NULL, &error) == NULL);
    trace("localAddress: %s", net_error_name(error));
    run(loop);
}

/* What Node's own types rule out, or its shim has to. */
CASE(s4_1_refused_numbers) {
    const net_connect_options defaults = NET_CONNECT_OPTIONS_INIT;
    net_socket *socket = socket_on(loop, NULL);
    net_connect_options options = defaults;
    options.family = 5;
    CHECK_EQ(net_socket_connect(socket, &options), NET_EINVAL);
    options = defaults;
    options.hints = 8;
    CHECK_EQ(net_socket_connect(socket, &options), NET_EINVAL);
    options = defaults;
    options.auto_select_family = 2;
    CHECK_EQ(net_socket_connect(socket, &options), NET_EINVAL);
    options = defaults;
    options.host = "with\0nul";
    options.host_len = 8;
    CHECK_EQ(net_socket_connect(socket, &options), NET_EINVAL);
    CHECK_EQ(net_socket_connecting(socket), 0);
    run(loop);
}

/* ---- 4.2 ---- */

static void trace_remote_parts(net_socket *socket, void *user) {
    net_address remote = {.size = sizeof remote};
    (void)user;
    CHECK_EQ(net_socket_remote_address(socket, &remote), 1);
    trace("remoteFamily=IPv%d remoteAddress=%s", remote.family, remote.address);
}

static void connect_to_the_address(net_server *server, void *user) {
    net_address address = {.size = sizeof address};
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    (void)user;
    CHECK_EQ(net_server_address(server, &address), 1);
    options.port = address.port;
    options.family = address.family;
    net_socket *client = watched(net_server_loop(server), "client", "lookup connect error close");
    resume(client);
    CHECK_EQ(net_socket_on_connect(client, trace_remote_parts, NULL, NULL), 0);
    connect_with(client, &options);
}

CASE(s4_2_options_of_the_server_address) {
    net_server *server = server_that(loop, end_and_close_server, NULL);
    CHECK_EQ(net_server_on_listening(server, connect_to_the_address, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, "127.0.0.1"), 0);
    run(loop);
}

/* ---- 4.3 ---- */

static void trace_text_of(void *user) { trace("%s", (const char *)user); }

CASE(s4_3_nothing_comes_before_connect_returns) {
    net_socket *socket = watched(loop, "missing", "connect ready error close");
    CHECK_EQ(net_socket_connect_path_cstr(socket, case_path("missing")), 0);
    trace("after missing");
    tick(loop, trace_text_of, "tick");
    run(loop);
}

CASE(s4_3_port_0_is_refused_later) {
    net_socket *socket = watched(loop, "socket", "connect error close");
    connect_local(socket, 0);
    trace_socket_state("socket", socket);
    trace("main done");
    run(loop);
}

/* ---- 4.4 ---- */

CASE(s4_4_connect_ready_data) {
    net_server *server = server_that(loop, end_and_close_server, "hello");
    uint16_t port = listen_local(server);
    connect_local(watched(loop, "socket", "connect ready data end close"), port);
    run(loop);
}

static void trace_state(net_socket *socket, void *user) { trace_socket_state(user, socket); }

static void trace_state_in_close(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    trace_socket_state(user, socket);
}

static void trace_state_in_error(net_socket *socket, const net_error *error, void *user) {
    CHECK(error != NULL);
    trace_socket_state(user, socket);
}

static void trace_state_in_lookup(net_socket *socket, const net_error *error, const net_address *address,
                                  const char *host, void *user) {
    CHECK(error == NULL);
    CHECK(address != NULL);
    CHECK_STR(host, "localhost");
    trace_socket_state(user, socket);
}

CASE(s4_4_flags_of_a_good_connect) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    net_server *server = server_that(loop, end_and_close_server, NULL);
    options.port = listen_local(server);
    options.host = "localhost";
    options.family = 4;
    net_socket *socket = socket_on(loop, NULL);
    trace_socket_state("new", socket);
    connect_with(socket, &options);
    trace_socket_state("connecting", socket);
    CHECK_EQ(net_socket_once_lookup(socket, trace_state_in_lookup, "lookup", NULL), 0);
    CHECK_EQ(net_socket_once_connect(socket, trace_state, "connect", NULL), 0);
    CHECK_EQ(net_socket_once_ready(socket, trace_state, "ready", NULL), 0);
    CHECK_EQ(net_socket_once_end(socket, trace_state, "end", NULL), 0);
    CHECK_EQ(net_socket_once_close(socket, trace_state_in_close, "close", NULL), 0);
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    resume(socket);
    run(loop);
}

CASE(s4_4_flags_of_a_failed_connect) {
    uint16_t port = unused_port();
    net_socket *socket = watched(loop, "socket", "connect ready error close");
    connect_local(socket, port);
    trace_socket_state("connecting", socket);
    CHECK_EQ(net_socket_on_error(socket, trace_state_in_error, "error", NULL), 0);
    CHECK_EQ(net_socket_on_close(socket, trace_state_in_close, "close", NULL), 0);
    run(loop);
}

CASE(s4_4_opening_after_end) {
    net_server *server = server_that(loop, end_and_close_server, NULL);
    uint16_t port = listen_local(server);
    net_socket *socket = socket_on(loop, NULL);
    connect_local(socket, port);
    CHECK_EQ(net_socket_end_cb(socket, "bye", 3, NULL, NULL, NULL), 0);
    trace_socket_state("ended", socket);
    CHECK_EQ(net_socket_on_connect(socket, trace_state, "connect", NULL), 0);
    CHECK_EQ(net_socket_on_close(socket, trace_state_in_close, "close", NULL), 0);
    resume(socket);
    run(loop);
}

/* ---- 4.5 ---- */

static void trace_ends(net_socket *socket, void *user) {
    (void)user;
    trace("connect local=%s remote=%s", local_of(socket), remote_of(socket));
}

static void trace_accepted_remote(net_server *server, net_socket *socket, void *user) {
    trace("accepted remote=%s", remote_of(socket));
    end_and_close_server(server, socket, user);
}

CASE(s4_5_local_address_and_port) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.local_port = unused_port();
    options.local_address = "127.0.0.2";
    options.host = "127.0.0.1";
    net_server *server = server_that(loop, trace_accepted_remote, NULL);
    options.port = listen_local(server);
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_connect(socket, trace_ends, NULL, NULL), 0);
    resume(socket);
    connect_with(socket, &options);
    run(loop);
}

static void trace_local(net_socket *socket, void *user) {
    (void)user;
    trace("connect local=%s", local_of(socket));
}

CASE(s4_5_local_port_alone) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.local_port = unused_port();
    options.host = "127.0.0.1";
    net_server *server = server_that(loop, end_and_close_server, NULL);
    options.port = listen_local(server);
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_connect(socket, trace_local, NULL, NULL), 0);
    resume(socket);
    connect_with(socket, &options);
    run(loop);
}

static void connect_from_its_own_port(net_server *server, void *user) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    (void)user;
    options.port = options.local_port = server_port(server);
    options.host = options.local_address = "127.0.0.1";
    trace_hide_port(options.port, "PORT");
    net_socket *socket = watched(net_server_loop(server), "socket", "connect error close");
    connect_with(socket, &options);
    trace("connect returned");
    CHECK_EQ(net_socket_on_close(socket, close_given, server, NULL), 0);
}

CASE(s4_5_local_port_in_use) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_listening(server, connect_from_its_own_port, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, "127.0.0.1"), 0);
    run(loop);
}

CASE(s4_5_local_address_of_nobody) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = 1;
    options.host = "127.0.0.1";
    options.local_address = "192.0.2.1";
    connect_with(watched(loop, "socket", "connect error close"), &options);
    run(loop);
}

CASE(s4_5_local_address_of_the_other_family) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = 1;
    options.host = "127.0.0.1";
    options.local_address = "::1";
    connect_with(watched(loop, "socket", "connect error close"), &options);
    run(loop);
}

CASE(s4_5_error_with_the_local_part) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = unused_port();
    do {
        options.local_port = peer_unused_port("127.0.0.1");
    } while (options.local_port == options.port);
    trace_hide_port(options.local_port, "LOCALPORT");
    options.host = options.local_address = "127.0.0.1";
    connect_with(watched(loop, "socket", "connect error close"), &options);
    run(loop);
}

/* ---- 4.6 ---- */

static void trace_remote_family(net_socket *socket, void *user) {
    net_address remote = {.size = sizeof remote};
    (void)user;
    CHECK_EQ(net_socket_remote_address(socket, &remote), 1);
    trace("remote=%s IPv%d", remote.address, remote.family);
}

CASE(s4_6_family_restricts_the_lookup) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    net_server *server = server_that(loop, end_and_close_server, NULL);
    options.port = listen_local(server);
    options.host = "localhost";
    options.family = 4;
    net_socket *socket = watched(loop, "socket", "lookup connect error close");
    resume(socket);
    CHECK_EQ(net_socket_on_connect(socket, trace_remote_family, NULL, NULL), 0);
    connect_with(socket, &options);
    run(loop);
}

static void trace_and_fail_lookup(net_lookup *request, const char *host, int32_t family, int32_t hints, int all,
                                  void *user) {
    net_error no = NET_ERROR_INIT;
    no.message = "no";
    no.number = NET_ENOTFOUND;
    (void)user;
    trace("lookup of %s family=%d hints=%d all=%s", host, family, hints, text_bool(all));
    CHECK_EQ(net_lookup_fail(request, &no), 0);
}

static void look_up(net_loop *loop, net_connect_options options, int32_t family, int32_t hints) {
    options.port = 1;
    options.host = "name";
    options.family = family;
    options.hints = hints;
    options.lookup = trace_and_fail_lookup;
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    connect_with(socket, &options);
}

CASE(s4_6_family_and_hints_reach_a_custom_lookup) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    look_up(loop, options, 4, 0);
    look_up(loop, options, 6, 0);
    look_up(loop, options, 0, 0);
    look_up(loop, options, 0, NET_HINT_V4MAPPED);
    look_up(loop, options, 6, NET_HINT_V4MAPPED);
    look_up(loop, options, 6, NET_HINT_V4MAPPED | NET_HINT_ALL);
    options.auto_select_family = 0;
    look_up(loop, options, 0, 0);
    options.auto_select_family = -1;
    options.local_address = "127.0.0.1";
    look_up(loop, options, 0, 0);
    run(loop);
}

/* ---- 4.7 ---- */

static void trace_known(const char *when, net_socket *socket) {
    net_address address = {.size = sizeof address};
    int found = net_socket_address(socket, &address);
    trace("%s local=%s remote=%s address=%s", when, local_of(socket), remote_of(socket), text_address(found, &address));
}

static void trace_known_in_connect(net_socket *socket, void *user) {
    net_address local = {.size = sizeof local};
    (void)user;
    CHECK_EQ(net_socket_local_address(socket, &local), 1);
    trace_hide_port(local.port, "CLIENT");
    trace_known("connect", socket);
}

static void trace_known_in_end(net_socket *socket, void *user) {
    (void)user;
    trace_known("end", socket);
}

static void trace_known_in_close(net_socket *socket, int had_error, void *user) {
    (void)user;
    CHECK_EQ(had_error, 0);
    trace_known("close", socket);
}

static void trace_remote_port(net_server *server, net_socket *socket, void *user) {
    net_address remote = {.size = sizeof remote};
    CHECK_EQ(net_socket_remote_address(socket, &remote), 1);
    trace_hide_port(remote.port, "CLIENT");
    trace("accepted remotePort=%u", remote.port);
    end_and_close_server(server, socket, user);
}

CASE(s4_7_when_addresses_are_known) {
    net_server *server = server_that(loop, trace_remote_port, NULL);
    uint16_t port = listen_local(server);
    net_socket *socket = socket_on(loop, NULL);
    trace_known("new", socket);
    connect_local(socket, port);
    trace_known("connecting", socket);
    CHECK_EQ(net_socket_on_connect(socket, trace_known_in_connect, NULL, NULL), 0);
    CHECK_EQ(net_socket_on_end(socket, trace_known_in_end, NULL, NULL), 0);
    CHECK_EQ(net_socket_on_close(socket, trace_known_in_close, NULL, NULL), 0);
    resume(socket);
    run(loop);
}

/* ---- 4.8 ---- */

typedef struct again {
    net_server *server;
    uint16_t port;
    int rounds;
    int connects, datas, ends, finishes, closes;
} again;

static void trace_counters(net_socket *socket) {
    uint64_t bytes_read = 0;
    uint64_t bytes_written = 0;
    CHECK_EQ(net_socket_bytes_read(socket, &bytes_read), 0);
    CHECK_EQ(net_socket_bytes_written(socket, &bytes_written), 0);
    trace("bytesRead=%llu bytesWritten=%llu", (unsigned long long)bytes_read, (unsigned long long)bytes_written);
}

static void trace_counters_and_write(net_socket *socket, void *user) {
    (void)user;
    trace_counters(socket);
    CHECK_EQ(net_socket_write_cstr(socket, "abc"), 1);
}

static void trace_and_connect_again(net_socket *socket, int had_error, void *user) {
    again *all = user;
    CHECK_EQ(had_error, 0);
    trace_counters(socket);
    if (++all->rounds == 3) {
        close_server(all->server);
        return;
    }
    connect_local(socket, all->port);
    trace_socket_state("again", socket);
}

CASE(s4_8_connect_again_after_success) {
    again all = {.server = server_that(loop, end_with, "hello")};
    all.port = listen_local(all.server);
    net_socket *socket = watched(loop, "socket", "connect ready data end finish close");
    CHECK_EQ(net_socket_on_connect(socket, trace_counters_and_write, NULL, NULL), 0);
    CHECK_EQ(net_socket_on_close(socket, trace_and_connect_again, &all, NULL), 0);
    connect_local(socket, all.port);
    run(loop);
}

static void count_event(net_socket *socket, void *user) {
    (void)socket;
    ++*(int *)user;
}

static void count_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    CHECK_EQ(length, 5);
    count_event(socket, user);
}

static void count_close_and_connect(net_socket *socket, int had_error, void *user) {
    again *all = user;
    CHECK_EQ(had_error, 0);
    if (++all->closes < 50) {
        connect_local(socket, all->port);
        return;
    }
    trace("connect=%d data=%d end=%d finish=%d close=%d", all->connects, all->datas, all->ends, all->finishes,
          all->closes);
    close_server(all->server);
}

CASE(s4_8_connect_again_fifty_times) {
    again all = {.server = server_that(loop, end_with, "hello")};
    all.port = listen_local(all.server);
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_on_connect(socket, count_event, &all.connects, NULL), 0);
    CHECK_EQ(net_socket_on_data(socket, count_data, &all.datas, NULL), 0);
    CHECK_EQ(net_socket_on_end(socket, count_event, &all.ends, NULL), 0);
    CHECK_EQ(net_socket_on_finish(socket, count_event, &all.finishes, NULL), 0);
    CHECK_EQ(net_socket_on_close(socket, count_close_and_connect, &all, NULL), 0);
    connect_local(socket, all.port);
    run(loop);
}

static void fail_again(net_socket *socket, int had_error, void *user) {
    again *all = user;
    CHECK_EQ(had_error, 1);
    if (++all->rounds < 20) {
        connect_local(socket, all->port);
    }
}

CASE(s4_8_connect_again_after_failure) {
    again all = {.port = unused_port()};
    net_socket *socket = watched(loop, "socket", "connect error close");
    CHECK_EQ(net_socket_on_close(socket, fail_again, &all, NULL), 0);
    connect_local(socket, all.port);
    run(loop);
}

/* ---- 4.9 ---- */

typedef struct failures {
    int errors;
    int closes;
} failures;

static void count_refused(net_socket *socket, const net_error *error, void *user) {
    failures *counts = counted_payload(user);
    (void)socket;
    counts->errors += error->number == NET_ECONNREFUSED;
}

static void count_failed_close(net_socket *socket, int had_error, void *user) {
    failures *counts = user;
    counts->closes += had_error;
    if (counts->closes == 250) {
        trace("errors=%d closes=%d", counts->errors, counts->closes);
    }
    CHECK_EQ(net_socket_free(socket), 0);
}

CASE(s4_9_failed_connects_leak_nothing) {
    failures counts = {0};
    uint16_t port = unused_port();
    int fds = count_fds();
    for (int i = 0; i < 250; i++) {
        net_socket *socket = socket_on(loop, NULL);
        CHECK_EQ(net_socket_on_error(socket, count_refused, counted_user(&counts), counted_drop), 0);
        CHECK_EQ(net_socket_on_close(socket, count_failed_close, &counts, NULL), 0);
        connect_local(socket, port);
    }
    run(loop);
    CHECK_EQ(count_fds(), fds);
    net_loop_metrics metrics = {.size = sizeof metrics};
    CHECK_EQ(net_loop_get_metrics(loop, &metrics), 0);
    CHECK_EQ(metrics.handles, 0);
}

/* ---- 4.10 ---- */

typedef struct received {
    char bytes[64];
    size_t used;
} received;

static void collect(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    received *all = user;
    (void)socket;
    CHECK(all->used + length < sizeof all->bytes);
    memcpy(all->bytes + all->used, data, length);
    all->used += length;
}

static void trace_received(net_socket *socket, void *user) {
    received *all = user;
    (void)socket;
    trace("the server got %s", text_data(all->bytes, all->used));
}

static void collect_all(net_server *server, net_socket *socket, void *user) {
    CHECK_EQ(net_socket_on_data(socket, collect, user, NULL), 0);
    CHECK_EQ(net_socket_on_end(socket, trace_received, user, NULL), 0);
    close_server(server);
}

static void trace_written(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    CHECK(error == NULL);
    trace("%s", (const char *)user);
}

static void trace_bytes_written(net_socket *socket, void *user) {
    uint64_t bytes = 0;
    (void)user;
    CHECK_EQ(net_socket_bytes_written(socket, &bytes), 0);
    trace("bytesWritten=%llu", (unsigned long long)bytes);
}

CASE(s4_10_writes_and_end_wait_for_the_connection) {
    received all = {.used = 0};
    uint64_t bytes = 0;
    size_t buffered = 0;
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, collect_all, &all, NULL), 0);
    uint16_t port = listen_local(server);
    net_socket *socket = watched(loop, "socket", "connect finish close");
    resume(socket);
    connect_local(socket, port);
    trace("write %s", text_bool(net_socket_write_cstr(socket, "one")));
    trace("write %s", text_bool(net_socket_write_cb(socket, "two", 3, trace_written, "two is written", NULL)));
    CHECK_EQ(net_socket_bytes_written(socket, &bytes), 0);
    CHECK_EQ(net_socket_buffer_size(socket, &buffered), 1);
    trace("bytesWritten=%llu bufferSize=%zu", (unsigned long long)bytes, buffered);
    CHECK_EQ(net_socket_end_cb(socket, "three", 5, NULL, NULL, NULL), 0);
    CHECK_EQ(net_socket_on_connect(socket, trace_bytes_written, NULL, NULL), 0);
    run(loop);
}

static void destroy_socket(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
}

static void discard_and_close_server(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_on_error(socket, ignore_error, NULL, NULL), 0);
    resume(socket);
    close_server(server);
}

CASE(s4_10_timeout_set_before_connecting) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, discard_and_close_server, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    net_socket *socket = watched(loop, "socket", "connect timeout close");
    resume(socket);
    CHECK_EQ(net_socket_set_timeout(socket, 20), 0);
    connect_local(socket, port);
    CHECK_EQ(net_socket_on_timeout(socket, destroy_socket, NULL, NULL), 0);
    run(loop);
}

typedef struct late {
    net_server *server;
    net_socket *socket;
} late;

static void resume_after_second(net_socket *second, int had_error, void *user) {
    late *both = user;
    uint64_t bytes = 0;
    (void)second;
    CHECK_EQ(had_error, 0);
    CHECK_EQ(net_socket_bytes_read(both->socket, &bytes), 0);
    trace("bytesRead=%llu", (unsigned long long)bytes);
    resume(both->socket);
    close_server(both->server);
}

static void connect_second(net_socket *socket, void *user) {
    late *both = user;
    trace("paused=%s", text_bool(net_socket_is_paused(socket)));
    net_socket *second = quiet_client(net_socket_loop(socket), server_port(both->server));
    resume(second);
    CHECK_EQ(net_socket_on_close(second, resume_after_second, both, NULL), 0);
}

static void connect_paused(net_loop *loop, late *both) {
    both->server = server_that(loop, end_with, "hello");
    uint16_t port = listen_local(both->server);
    CHECK_EQ(net_socket_on_connect(both->socket, connect_second, both, NULL), 0);
    connect_local(both->socket, port);
    run(loop);
}

CASE(s4_10_pause_before_connecting) {
    late both = {.socket = socket_on(loop, NULL)};
    CHECK_EQ(net_socket_pause(both.socket), 0);
    watch_socket(both.socket, "socket", "connect data end close");
    connect_paused(loop, &both);
}

CASE(s4_10_pause_after_a_data_listener) {
    late both = {.socket = socket_on(loop, NULL)};
    watch_socket(both.socket, "socket", "connect data end close");
    CHECK_EQ(net_socket_pause(both.socket), 0);
    connect_paused(loop, &both);
}

static int option_of(net_socket *socket, int level, int name) {
    int fd = -1;
    int value = -1;
    socklen_t length = sizeof value;
    CHECK_EQ(net_socket_fd(socket, &fd), 1);
    CHECK_EQ(getsockopt(fd, level, name, &value, &length), 0);
    return value;
}

static void trace_options(net_socket *socket, void *user) {
    (void)user;
    trace("noDelay=%d keepAlive=%d idle=%d tos=%d", option_of(socket, IPPROTO_TCP, TCP_NODELAY),
          option_of(socket, SOL_SOCKET, SO_KEEPALIVE), option_of(socket, IPPROTO_TCP, TCP_KEEPIDLE),
          option_of(socket, IPPROTO_IP, IP_TOS));
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
}

/* Node shows them nowhere, but the kernel does. */
static void connect_and_trace_options(net_loop *loop, net_socket *socket) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, discard_and_close_server, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    CHECK_EQ(net_socket_on_connect(socket, trace_options, NULL, NULL), 0);
    connect_local(socket, port);
    run(loop);
    CHECK_STR(trace_text(), "noDelay=1 keepAlive=1 idle=77 tos=16\n");
}

CASE(s4_10_socket_options_set_before_connecting) {
    net_socket *socket = socket_on(loop, NULL);
    CHECK_EQ(net_socket_set_no_delay(socket, 1), 0);
    CHECK_EQ(net_socket_set_keep_alive(socket, 1, 77000), 0);
    CHECK_EQ(net_socket_set_type_of_service(socket, 16), 0);
    CHECK_EQ(net_socket_type_of_service(socket), 16);
    connect_and_trace_options(loop, socket);
}

CASE(s4_10_socket_options_of_the_constructor) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.no_delay = 1;
    options.keep_alive = 1;
    options.keep_alive_initial_delay = 77000;
    options.type_of_service = 16;
    connect_and_trace_options(loop, socket_on(loop, &options));
}
