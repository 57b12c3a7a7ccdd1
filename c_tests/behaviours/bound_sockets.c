/* net.BoundSocket: what binding says at once, and who adopts it. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

static net_bound_socket *bind_to(const net_bound_socket_options *options) {
    int error = 0;
    net_bound_socket *bound = net_bound_socket_new(options, &error);
    CHECK_EQ(error, 0);
    CHECK(bound != NULL);
    CHECK(net_bound_socket_error() == NULL);
    return bound;
}

static net_bound_socket *bind_host(const char *host) {
    net_bound_socket_options options = NET_BOUND_SOCKET_OPTIONS_INIT;
    options.host = host;
    return bind_to(&options);
}

static net_bound_socket *bind_path(const char *path, size_t length) {
    net_bound_socket_options options = NET_BOUND_SOCKET_OPTIONS_INIT;
    options.path = path;
    options.path_len = length;
    return bind_to(&options);
}

static net_address address_of(net_bound_socket *bound) {
    net_address address = NET_ADDRESS_INIT;
    CHECK_EQ(net_bound_socket_address(bound, &address), 1);
    return address;
}

static void trace_bound(const char *name, net_bound_socket *bound) {
    net_address address = address_of(bound);
    int fd = -1;
    CHECK_EQ(net_bound_socket_fd(bound, &fd), 0);
    if (address.port) {
        trace_hide_port(address.port, "PORT");
    }
    trace("%s: %s isPipe=%s fd=%s", name, text_address(1, &address), text_bool(net_bound_socket_is_pipe(bound)),
          text_bool(fd > 2));
}

static void trace_refused(const char *name, const net_bound_socket_options *options) {
    int error = 0;
    CHECK(net_bound_socket_new(options, &error) == NULL);
    const net_error *found = net_bound_socket_error();
    CHECK(found != NULL);
    CHECK_EQ(found->number, error);
    trace("%s: %s", name, text_error(found));
}

static void trace_uses(net_bound_socket *bound) {
    net_address address = NET_ADDRESS_INIT;
    int fd = 7;
    trace("address: %s", net_error_name(net_bound_socket_address(bound, &address)));
    trace("fd: %s", net_error_name(net_bound_socket_fd(bound, &fd)));
    trace("close: %s", net_error_name(net_bound_socket_close(bound)));
    CHECK_EQ(fd, 7);
}

CASE(bound_addresses) {
    net_bound_socket *all[6];
    net_bound_socket_options options = NET_BOUND_SOCKET_OPTIONS_INIT;
    case_needs_ipv6();
    trace_bound("no options", all[0] = bind_to(NULL));
    options.ipv6_only = 1;
    trace_bound("ipv6Only", all[1] = bind_to(&options));
    trace_bound("127.0.0.1", all[2] = bind_host("127.0.0.1"));
    trace_bound("::", all[3] = bind_host("::"));
    trace_bound("path", all[4] = bind_path(case_path("b"), NET_CSTR));
    const char *name = text("%cnodenet-bound-%ld", 0, (long)getpid());
    trace_hide(text("%ld", (long)getpid()), "PID");
    trace_bound("abstract", all[5] = bind_path(name, strlen(name + 1) + 1));
    for (size_t i = 0; i < 6; i++) {
        CHECK_EQ(net_bound_socket_free(all[i]), 0);
    }
    trace("file=%s", text_bool(access(case_path("b"), F_OK) == 0));
}

CASE(bound_refused) {
    net_bound_socket_options options = NET_BOUND_SOCKET_OPTIONS_INIT;
    options.host = "192.0.2.1";
    trace_refused("nobody's address", &options);
    options.port = 5;
    trace_refused("with a port", &options);
    options.port = 0;
    options.host = "localhost";
    trace_refused("a name", &options);
    options.host = NULL;
    options.path = case_path("folder/b");
    trace_refused("no folder", &options);
    char *longest = memset((char[200]){0}, 'x', 199);
    options.path = longest;
    trace_refused("too long", &options);
    options.path = case_path("b");
    net_bound_socket *first = bind_to(&options);
    trace_refused("again", &options);
    CHECK_EQ(net_bound_socket_free(first), 0);
    /* Contradictions have no counterpart of the same text. */
    options.port = 1;
    CHECK(net_bound_socket_new(&options, NULL) == NULL);
    CHECK_EQ(net_bound_socket_error()->number, NET_ERR_INVALID_ARG_VALUE);
    options.port = 0;
    options.reuse_port = 1;
    CHECK(net_bound_socket_new(&options, NULL) == NULL);
    CHECK_EQ(net_bound_socket_error()->number, NET_ERR_INVALID_ARG_VALUE);
}

/* Two that both say so share a port; others cannot listen on it. */
CASE(bound_reuse_port) {
    net_bound_socket_options options = NET_BOUND_SOCKET_OPTIONS_INIT;
    options.host = "127.0.0.1";
    options.reuse_port = 1;
    net_bound_socket *first = bind_to(&options);
    options.port = address_of(first).port;
    net_bound_socket *second = bind_to(&options);
    net_server *servers[] = {server_on(loop, NULL), server_on(loop, NULL)};
    net_listen_options listen = NET_LISTEN_OPTIONS_INIT;
    listen.handle = first;
    CHECK_EQ(net_server_listen(servers[0], &listen), 0);
    listen.handle = second;
    CHECK_EQ(net_server_listen(servers[1], &listen), 0);
    CHECK_EQ(server_port(servers[0]), options.port);
    CHECK_EQ(server_port(servers[1]), options.port);
    options.reuse_port = 0;
    trace_hide_port(options.port, "PORT");
    trace_refused("without", &options);
    CHECK_EQ(net_bound_socket_free(first), 0);
    CHECK_EQ(net_bound_socket_free(second), 0);
}

CASE(bound_close_removes_the_file) {
    net_bound_socket *bound = bind_path(case_path("b"), NET_CSTR);
    trace("file=%s", text_bool(access(case_path("b"), F_OK) == 0));
    CHECK_EQ(net_bound_socket_close(bound), 0);
    trace("file=%s", text_bool(access(case_path("b"), F_OK) == 0));
    trace_uses(bound);
    trace("isPipe=%s", text_bool(net_bound_socket_is_pipe(bound)));
    CHECK_EQ(net_bound_socket_free(bound), 0);
}

/* ---- adopted by a server ---- */

static int listen_on(net_server *server, void *handle) {
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.handle = handle;
    return net_server_listen(server, &options);
}

static net_server *watched(net_loop *loop, const char *name) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, name, "listening connection close error");
    return server;
}

static void end_and_close(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_resume(socket), 0);
    CHECK_EQ(net_socket_end(socket), 0);
    CHECK_EQ(net_server_close(server), 0);
}

CASE(bound_adopted_by_a_server) {
    net_bound_socket *bound = bind_host("127.0.0.1");
    net_address address = address_of(bound);
    trace_hide_port(address.port, "PORT");
    net_server *server = watched(loop, "server");
    CHECK_EQ(net_server_on_connection(server, end_and_close, NULL, NULL), 0);
    CHECK_EQ(listen_on(server, bound), 0);
    trace_server_state("server", server);
    trace_uses(bound);
    trace("isPipe=%s", text_bool(net_bound_socket_is_pipe(bound)));
    net_server *second = server_on(loop, NULL);
    trace("a second server: %s", net_error_name(listen_on(second, bound)));
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.handle = bound;
    int error = 0;
    CHECK(net_socket_new(loop, &options, &error) == NULL);
    trace("a socket: %s", net_error_name(error));
    net_bound_socket *other = bind_host("127.0.0.1");
    trace("listens already: %s", net_error_name(listen_on(server, other)));
    /* It was not adopted. */
    CHECK_EQ(net_bound_socket_close(other), 0);
    CHECK_EQ(net_bound_socket_free(other), 0);
    CHECK_EQ(net_bound_socket_free(bound), 0);
    net_socket *client = socket_on(loop, NULL);
    watch_socket(client, "client", "connect end close");
    CHECK_EQ(net_socket_resume(client), 0);
    CHECK_EQ(net_socket_connect_tcp(client, address.port, "127.0.0.1"), 0);
    run(loop);
}

static void trace_path_and_close(net_server *server, void *user) {
    (void)user;
    trace_server_state("server", server);
    CHECK_EQ(net_server_close(server), 0);
    trace("file=%s", text_bool(access(case_path("b"), F_OK) == 0));
}

CASE(bound_path_adopted_by_a_server) {
    net_bound_socket *bound = bind_path(case_path("b"), NET_CSTR);
    net_server *server = watched(loop, "server");
    CHECK_EQ(net_server_on_listening(server, trace_path_and_close, NULL, NULL), 0);
    CHECK_EQ(listen_on(server, bound), 0);
    CHECK_EQ(net_bound_socket_free(bound), 0);
    trace("file=%s", text_bool(access(case_path("b"), F_OK) == 0));
    run(loop);
    trace_server_state("server", server);
}

/* The port is listened on before the adopted one gets to it. */
CASE(bound_listen_fails) {
    net_bound_socket *first = bind_host("127.0.0.1");
    net_bound_socket_options options = NET_BOUND_SOCKET_OPTIONS_INIT;
    options.host = "127.0.0.1";
    options.port = address_of(first).port;
    net_bound_socket *second = bind_to(&options);
    net_server *server = watched(loop, "server");
    net_server *late = watched(loop, "late");
    CHECK_EQ(listen_on(server, first), 0);
    CHECK_EQ(listen_on(late, second), 0);
    trace_server_state("late", late);
    trace("second: %s", net_error_name(net_bound_socket_close(second)));
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
    CHECK_EQ(net_bound_socket_free(first), 0);
    CHECK_EQ(net_bound_socket_free(second), 0);
}

/* ---- adopted by a socket ---- */

static net_socket *adopt(net_loop *loop, net_bound_socket *bound) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.handle = bound;
    net_socket *socket = socket_on(loop, &options);
    trace("old handle: %s", net_error_name(net_bound_socket_close(bound)));
    CHECK_EQ(net_bound_socket_free(bound), 0);
    return socket;
}

static void trace_local(const char *when, net_socket *socket) {
    net_address address = NET_ADDRESS_INIT;
    int found = net_socket_local_address(socket, &address);
    trace("%s: local %s", when, text_address(found, &address));
}

static void trace_peer_and_end(net_server *server, net_socket *socket, void *user) {
    (void)user;
    net_address address = NET_ADDRESS_INIT;
    int found = net_socket_remote_address(socket, &address);
    trace("server sees %s", text_address(found, &address));
    CHECK_EQ(net_socket_end_cb(socket, "bye", 3, NULL, NULL, NULL), 0);
    CHECK_EQ(net_server_close(server), 0);
}

#define EVENTS "lookup connect ready data end error close connectionAttempt connectionAttemptFailed"

CASE(bound_adopted_by_a_socket) {
    uint16_t port = serve(loop, NULL, trace_peer_and_end);
    net_bound_socket *bound = bind_host("127.0.0.1");
    trace_hide_port(address_of(bound).port, "BOUND");
    trace_hide_port(port, "PORT");
    net_socket *client = adopt(loop, bound);
    watch_socket(client, "client", EVENTS);
    trace_socket_state("client", client);
    trace_local("before", client);
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.host = "127.0.0.1";
    options.port = port;
    options.local_port = 9;
    CHECK_EQ(net_socket_connect(client, &options), NET_ERR_INVALID_ARG_VALUE);
    options.local_port = 0;
    CHECK_EQ(net_socket_connect(client, &options), 0);
    run(loop);
}

/* The near end is known when connect returns, if it was not asked for before. */
CASE(bound_near_end_is_known_at_once) {
    uint16_t port = serve(loop, NULL, trace_peer_and_end);
    net_bound_socket *bound = bind_to(NULL);
    trace_hide_port(address_of(bound).port, "BOUND");
    net_socket *client = adopt(loop, bound);
    CHECK_EQ(net_socket_resume(client), 0);
    CHECK_EQ(net_socket_connect_tcp(client, port, "127.0.0.1"), 0);
    trace_socket_state("client", client);
    trace_local("connecting", client);
    run(loop);
}

static void answer_lookup(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    (void)family;
    (void)user;
    (void)hints;
    trace("lookup of %s all=%s", host, text_bool(all));
    net_address address = {sizeof address, NET_FAMILY_IPV4, 0, 9, "127.0.0.1"};
    CHECK_EQ(net_lookup_answer(request, &address, 1), 0);
}

/* Only one address is asked for: a bound socket cannot try several. */
CASE(bound_connects_to_a_name) {
    uint16_t port = serve(loop, NULL, trace_peer_and_end);
    net_bound_socket *bound = bind_host("127.0.0.1");
    trace_hide_port(address_of(bound).port, "BOUND");
    trace_hide_port(port, "PORT");
    net_socket *client = adopt(loop, bound);
    watch_socket(client, "client", "connect ready data end error close");
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.host = "a.name";
    options.port = port;
    options.lookup = answer_lookup;
    CHECK_EQ(net_socket_connect(client, &options), 0);
    run(loop);
}

static void connect_again(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    (void)user;
    CHECK_EQ(net_socket_connect_tcp(socket, 1, "127.0.0.1"), 0);
}

/* The second attempt has no bound address any more. */
CASE(bound_refused_and_again) {
    net_bound_socket *bound = bind_host("127.0.0.1");
    net_socket *client = adopt(loop, bound);
    watch_socket(client, "client", EVENTS);
    CHECK_EQ(net_socket_once_close(client, connect_again, NULL, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(client, 1, "127.0.0.1"), 0);
    run(loop);
}

CASE(bound_to_the_other_family) {
    net_bound_socket *bound = bind_host("127.0.0.1");
    trace_hide_port(address_of(bound).port, "BOUND");
    net_socket *client = adopt(loop, bound);
    watch_socket(client, "client", "connect error close");
    CHECK_EQ(net_socket_connect_tcp(client, 1, "::1"), 0);
    trace_socket_state("client", client);
    run(loop);
}

CASE(bound_path_adopted_by_a_socket) {
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, trace_peer_and_end, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("s")), 0);
    net_bound_socket *bound = bind_path(case_path("b"), NET_CSTR);
    net_socket *client = adopt(loop, bound);
    watch_socket(client, "client", "connect ready data end error close");
    trace_socket_state("client", client);
    trace_local("before", client);
    CHECK_EQ(net_socket_connect_tcp(client, 1, "127.0.0.1"), NET_ERR_INVALID_ARG_VALUE);
    CHECK_EQ(net_socket_connect_path_cstr(client, case_path("s")), 0);
    trace("file=%s", text_bool(access(case_path("b"), F_OK) == 0));
    run(loop);
    trace_local("after", client);
    trace("file=%s", text_bool(access(case_path("b"), F_OK) == 0));
}

/* Options say a path, the handle says TCP: the handle is believed. */
CASE(bound_over_tcp_to_a_path) {
    net_socket *client = adopt(loop, bind_host("127.0.0.1"));
    watch_socket(client, "client", "connect error close");
    CHECK_EQ(net_socket_connect_path_cstr(client, case_path("s")), 0);
    trace_socket_state("client", client);
    run(loop);
}

static void complete(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    trace("%s: %s", (const char *)user, error ? error->message : "ok");
}

CASE(bound_and_not_connected) {
    net_socket *reader = adopt(loop, bind_to(NULL));
    watch_socket(reader, "reader", "error close");
    CHECK_EQ(net_socket_resume(reader), 0);
    net_socket *writer = adopt(loop, bind_to(NULL));
    watch_socket(writer, "writer", "error close");
    CHECK(net_socket_write_cb(writer, "x", 1, complete, "write", NULL) >= 0);
    net_socket *ender = adopt(loop, bind_to(NULL));
    watch_socket(ender, "ender", "finish error close");
    CHECK_EQ(net_socket_end(ender), 0);
    net_socket *idle = adopt(loop, bind_to(NULL));
    watch_socket(idle, "idle", "error close");
    CHECK_EQ(net_socket_reset_and_destroy(idle), 0);
    run(loop);
}

/* Freed with everything, adopted or not, and from another thread. */
static void bind_elsewhere(void *user) { *(net_bound_socket **)user = bind_to(NULL); }

static void destroy_and_close(net_server *server, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    CHECK_EQ(net_server_close(server), 0);
}

CASE(bound_in_another_thread) {
    net_bound_socket *bound = NULL;
    peer_thread thread;
    peer_start(&thread, bind_elsewhere, &bound);
    peer_join(&thread);
    uint16_t port = address_of(bound).port;
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, destroy_and_close, NULL, NULL), 0);
    CHECK_EQ(listen_on(server, bound), 0);
    CHECK_EQ(net_bound_socket_free(bound), 0);
    int client = peer_connect("127.0.0.1", port);
    run(loop);
    char buffer[4];
    CHECK_EQ(peer_receive_all(client, buffer, sizeof buffer), 0);
    peer_close(client);
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.handle = bind_path(case_path("left"), NET_CSTR);
    socket_on(loop, &options);
    CHECK_EQ(net_bound_socket_free(options.handle), 0);
    CHECK(access(case_path("left"), F_OK) == 0);
    CHECK_EQ(net_loop_free(loop), 0);
    case_loop_is_freed();
    CHECK(access(case_path("left"), F_OK) != 0);
}
