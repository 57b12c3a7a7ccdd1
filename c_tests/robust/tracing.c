/* net_loop_set_trace: what is told, when, and to whom. */
#include <stdlib.h>
#include <string.h>

#include "peer.h"
#include "scene.h"

static net_loop *the_loop;
static net_socket *client;
static net_socket *accepted;
static net_server *server;
static uint64_t bytes_of[NET_TRACE_SERVER_CLOSE + 1];
static int count_of[NET_TRACE_SERVER_CLOSE + 1];

static void hide_port_of_peer(void) {
    net_address address = NET_ADDRESS_INIT;
    if (net_socket_remote_address(accepted, &address) == 1) {
        trace_hide_port(address.port, "CLIENT");
    }
}

static const char *whose(const net_trace *what) {
    if (what->kind == NET_TRACE_ACCEPT) {
        CHECK(what->server == server);
        accepted = what->socket;
        hide_port_of_peer();
        return "server";
    }
    if (what->server) {
        CHECK(what->server == server);
        CHECK(what->socket == NULL);
        return "server";
    }
    CHECK(what->socket != NULL);
    return what->socket == client ? "client" : "accepted";
}

static void show(net_loop *loop, const net_trace *what, void *user) {
    CHECK(loop == the_loop);
    CHECK_EQ(what->size, sizeof *what);
    CHECK_STR(counted_payload(user), "trace");
    trace("  %s: %d %s%s", whose(what), what->kind, what->text,
          what->error ? text(" (%s)", net_error_name(what->error)) : "");
    if (what->kind == NET_TRACE_READ || what->kind == NET_TRACE_WRITE) {
        CHECK_STR(what->text, text("%s %d bytes", what->kind == NET_TRACE_READ ? "read" : "write", (int)what->bytes));
    } else {
        CHECK_EQ(what->bytes, 0);
    }
}

static void count(net_loop *loop, const net_trace *what, void *user) {
    (void)loop;
    (void)user;
    count_of[what->kind]++;
    bytes_of[what->kind] += what->bytes;
}

static void *show_all(net_loop *loop) {
    the_loop = loop;
    void *user = counted_user((void *)(uintptr_t) "trace");
    CHECK_EQ(net_loop_set_trace(loop, show, user, counted_drop), 0);
    return user;
}

static void greet(net_server *from, net_socket *socket, void *user) {
    (void)user;
    watch_socket(socket, "accepted", "data end close");
    CHECK_EQ(net_socket_end_cb(socket, "hello", 5, NULL, NULL, NULL), 0);
    CHECK_EQ(net_server_close(from), 0);
}

static uint16_t listening(net_loop *loop, net_server_connection_fn on_connection) {
    server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, on_connection, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, "127.0.0.1"), 0);
    CHECK_EQ(net_loop_poll(loop, 0), 0);
    uint16_t port = server_port(server);
    trace_hide_port(port, "PORT");
    return port;
}

static void write_two(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_write(socket, "hi", 2), 1);
    CHECK_EQ(net_socket_write(socket, "!", 1), 1);
}

CASE(tracing_of_a_connection) {
    the_loop = loop;
    uint16_t port = listening(loop, greet);
    void *user = show_all(loop);
    client = socket_on(loop, NULL);
    watch_socket(client, "client", "connect data end close");
    ON(client, connect, write_two);
    CHECK_EQ(net_socket_connect_tcp(client, port, "127.0.0.1"), 0);
    run(loop);
    CHECK_STR(trace_text(), "  client: 1 connect to 127.0.0.1:PORT\n"
                            "  client: 3 attempt 127.0.0.1:PORT\n"
                            "  server: 16 accept from 127.0.0.1:CLIENT\n"
                            "  accepted: 10 write 5 bytes\n"
                            "  server: 18 close\n"
                            "  client: 5 connected\n"
                            "client connect\n"
                            "  client: 10 write 2 bytes\n"
                            "  client: 10 write 1 bytes\n"
                            "  client: 6 read start\n"
                            "  accepted: 11 end\n"
                            "  client: 8 read 5 bytes\n"
                            "client data 5 hello\n"
                            "  accepted: 8 read 3 bytes\n"
                            "accepted data 3 hi!\n"
                            "  client: 9 read end\n"
                            "client end\n"
                            "  client: 11 end\n"
                            "  client: 13 destroy\n"
                            "  client: 14 close\n"
                            "client close false\n"
                            "  accepted: 9 read end\n"
                            "accepted end\n"
                            "  accepted: 13 destroy\n"
                            "  accepted: 14 close\n"
                            "accepted close false\n");
    CHECK_EQ(counted_drops(user), 0);
    CHECK_EQ(net_loop_set_trace(loop, NULL, NULL, NULL), 0);
    CHECK_EQ(counted_drops(user), 1);
}

CASE(tracing_of_what_fails) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    uint16_t port = peer_unused_port("127.0.0.1");
    trace_hide_port(port, "UNUSED");
    int taken = peer_listen("127.0.0.1", &(uint16_t){0}, 1);
    uint16_t used = peer_local_port(taken);
    trace_hide_port(used, "USED");
    show_all(loop);
    client = socket_on(loop, &options);
    watch_socket(client, "client", "error close");
    CHECK_EQ(net_socket_connect_tcp(client, port, "127.0.0.1"), 0);
    run(loop);
    server = server_on(loop, NULL);
    watch_server(server, "server", "error");
    CHECK_EQ(net_server_listen_tcp(server, used, "127.0.0.1"), 0);
    run(loop);
    peer_close(taken);
    CHECK_STR(trace_text(), "  client: 1 connect to 127.0.0.1:UNUSED\n"
                            "  client: 3 attempt 127.0.0.1:UNUSED\n"
                            "  client: 4 attempt failed: connect ECONNREFUSED 127.0.0.1:UNUSED (ECONNREFUSED)\n"
                            "  client: 13 destroy: connect ECONNREFUSED 127.0.0.1:UNUSED (ECONNREFUSED)\n"
                            "client error Error ECONNREFUSED errno=-111 syscall=connect address=127.0.0.1 port=UNUSED "
                            "message=\"connect ECONNREFUSED 127.0.0.1:UNUSED\"\n"
                            "  client: 14 close\n"
                            "client close true\n"
                            "  server: 15 listen: listen EADDRINUSE: address already in use 127.0.0.1:USED "
                            "(EADDRINUSE)\n"
                            "server error Error EADDRINUSE errno=-98 syscall=listen address=127.0.0.1 port=USED "
                            "message=\"listen EADDRINUSE: address already in use 127.0.0.1:USED\"\n");
}

static void fail_lookup(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    net_error no = NET_ERROR_INIT;
    no.message = "no";
    no.code = "ENO";
    CHECK_EQ(net_lookup_fail(request, &no), 0);
}

static void drop_connection(net_server *from, const net_drop_info *info, void *user) {
    (void)info;
    (void)user;
    CHECK_EQ(net_server_close(from), 0);
}

static void never_accepted(net_server *from, net_socket *socket, void *user) {
    (void)from;
    (void)socket;
    (void)user;
    FAIL("accepted");
}

CASE(tracing_of_a_lookup) {
    net_connect_options to = NET_CONNECT_OPTIONS_INIT;
    show_all(loop);
    client = socket_on(loop, NULL);
    to.host = "name";
    to.port = 9;
    to.lookup = fail_lookup;
    ON(client, error, ignore_error);
    CHECK_EQ(net_socket_connect(client, &to), 0);
    run(loop);
    CHECK_STR(trace_text(), "  client: 1 connect to name:9\n"
                            "  client: 2 look up name\n"
                            "  client: 13 destroy: no (EUSER)\n"
                            "  client: 14 close\n");
}

CASE(tracing_of_a_drop) {
    uint16_t port = listening(loop, never_accepted);
    CHECK_EQ(net_server_set_max_connections(server, 0), 0);
    CHECK_EQ(net_server_on_drop(server, drop_connection, NULL, NULL), 0);
    int peer = peer_connect("127.0.0.1", port);
    trace_hide_port(peer_local_port(peer), "PEER");
    show_all(loop);
    run(loop);
    CHECK_STR(trace_text(), "  server: 17 drop a connection from 127.0.0.1:PEER: too many connections\n"
                            "  server: 18 close\n");
    peer_close(peer);
}

static void send_and_wait(net_server *from, net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_server_close(from), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
    CHECK_EQ(net_socket_set_timeout(socket, 5), 0);
    ON(socket, timeout, do_destroy);
}

CASE(tracing_of_a_timeout) {
    uint16_t port = listening(loop, send_and_wait);
    int peer = peer_connect("127.0.0.1", port);
    CHECK_EQ(net_loop_set_trace(loop, count, NULL, NULL), 0);
    run(loop);
    CHECK_EQ(count_of[NET_TRACE_TIMEOUT], 1);
    CHECK_EQ(count_of[NET_TRACE_DESTROY], 1);
    CHECK_EQ(count_of[NET_TRACE_READ], 0);
    peer_close(peer);
}

static void read_slowly(net_timer *timer, void *user) {
    static uint8_t room[70000];
    (void)user;
    size_t length = 0;
    while (accepted && net_socket_read_some(accepted, room, sizeof room, &length) == 1) {
    }
    if (count_of[NET_TRACE_CLOSE] == 2) {
        CHECK_EQ(net_timer_stop(timer), 0);
    }
}

static void keep(net_server *from, net_socket *socket, void *user) {
    (void)user;
    accepted = socket;
    CHECK_EQ(net_server_close(from), 0);
}

/* All bytes are told, on the slow ways too, and that the reader is slow. */
CASE(tracing_of_bulk) {
    enum { BULK = 20 << 20 };
    uint16_t port = listening(loop, keep);
    CHECK_EQ(net_loop_set_trace(loop, count, NULL, NULL), 0);
    client = socket_on(loop, NULL);
    CHECK_EQ(net_socket_resume(client), 0);
    CHECK_EQ(net_socket_connect_tcp(client, port, "127.0.0.1"), 0);
    CHECK_EQ(net_socket_end_cb(client, zeros(BULK), BULK, NULL, NULL, NULL), 0);
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_start(timer, 1, 1, read_slowly, NULL, NULL), 0);
    run(loop);
    net_loop_metrics metrics = NET_LOOP_METRICS_INIT;
    CHECK_EQ(net_loop_get_metrics(loop, &metrics), 0);
    CHECK_EQ(metrics.bytes_written, BULK);
    CHECK_EQ(bytes_of[NET_TRACE_WRITE], BULK);
    CHECK_EQ(bytes_of[NET_TRACE_READ], BULK);
    CHECK(count_of[NET_TRACE_READ_STOP] > 2);
    CHECK(count_of[NET_TRACE_READ_START] >= count_of[NET_TRACE_READ_STOP]);
}

/* It begins and ends while sockets are busy: what they do in between is told, and nothing else. */
static int echoes;

static void switch_trace(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    echoes++;
    if (echoes % 4 == 2) {
        CHECK_EQ(net_loop_set_trace(the_loop, count, counted_user(NULL), counted_drop), 0);
    } else if (echoes % 4 == 0) {
        CHECK_EQ(net_loop_set_trace(the_loop, NULL, NULL, NULL), 0);
    }
    if (echoes == 400) {
        CHECK_EQ(net_socket_end(socket), 0);
    } else {
        CHECK_EQ(net_socket_write(socket, data, length), 1);
    }
}

static void echo_once(net_server *from, net_socket *socket, void *user) {
    CHECK_EQ(net_server_close(from), 0);
    do_echo(from, socket, user);
}

CASE(tracing_comes_and_goes) {
    the_loop = loop;
    uint16_t port = listening(loop, echo_once);
    client = connect_to(loop, port, NULL);
    ON(client, data, switch_trace);
    CHECK_EQ(write_text(client, "x"), 1);
    run(loop);
    CHECK_EQ(echoes, 400);
    /* Between two calls that set it and the two that take it away: two echoes, each written and read at both ends. */
    CHECK_EQ(bytes_of[NET_TRACE_READ], 400);
    CHECK_EQ(bytes_of[NET_TRACE_WRITE], 400);
    CHECK_EQ(count_of[NET_TRACE_CONNECT], 0);
}

static void take_away(net_loop *loop, const net_trace *what, void *user) {
    trace("%s", what->text);
    CHECK_EQ(counted_drops(user), 0);
    CHECK_EQ(net_loop_set_trace(loop, NULL, NULL, NULL), 0);
    CHECK_EQ(counted_drops(user), 0);
}

CASE(tracing_takes_itself_away) {
    void *user = counted_user(NULL);
    CHECK_EQ(net_loop_set_trace(loop, take_away, user, counted_drop), 0);
    client = socket_on(loop, NULL);
    ON(client, error, ignore_error);
    CHECK_EQ(net_socket_connect_tcp(client, peer_unused_port("127.0.0.1"), "127.0.0.1"), 0);
    CHECK_EQ(net_socket_destroy(client, NULL), 0);
    run(loop);
    CHECK(strncmp(trace_text(), "connect to 127.0.0.1:", 21) == 0);
    CHECK_EQ(strlen(strchr(trace_text(), '\n')), 1);
    CHECK_EQ(counted_drops(user), 1);
}

static net_socket *destination;

static void told_of_the_pipe(net_socket *socket, net_socket *source, void *user) {
    (void)user;
    CHECK(socket == destination && source == client);
    trace("  pipe");
}

/* Its first call does what is noted itself, and what an event follows. */
static void pipe_and_destroy(net_loop *loop, const net_trace *what, void *user) {
    static int calls;
    (void)loop;
    (void)user;
    int call = ++calls;
    trace("%d %s %s", call, what->socket == client ? "client" : "destination",
          what->kind == NET_TRACE_DESTROY ? "destroy" : "connect");
    if (call == 1) {
        CHECK_EQ(net_socket_destroy(destination, NULL), 0);
        CHECK_EQ(net_socket_pipe(client, destination, 1), 0);
    }
    trace("%d returns", call);
}

CASE(tracing_keeps_the_order_while_its_function_is_at_work) {
    client = socket_on(loop, NULL);
    destination = socket_on(loop, NULL);
    ON(destination, pipe, told_of_the_pipe);
    CHECK_EQ(net_loop_set_trace(loop, pipe_and_destroy, NULL, NULL), 0);
    CHECK_EQ(net_socket_connect_path(client, case_path("nobody"), NET_CSTR), 0);
    CHECK_EQ(net_socket_destroy(client, NULL), 0);
    CHECK_EQ(net_loop_run_deferred(loop), 0);
    CHECK_STR(trace_text(), "1 client connect\n"
                            "1 returns\n"
                            "2 client destroy\n"
                            "2 returns\n"
                            "3 destination destroy\n"
                            "3 returns\n"
                            "  pipe\n");
    CHECK_EQ(net_loop_set_trace(loop, NULL, NULL, NULL), 0);
}

static void free_the_loop(net_loop *loop, const net_trace *what, void *user) {
    (void)user;
    if (what->kind == NET_TRACE_CONNECTED) {
        trace("connected");
        CHECK_EQ(net_socket_free(what->socket), 0);
        CHECK_EQ(net_socket_destroyed(what->socket), NET_EBADF);
        CHECK_EQ(net_loop_free(loop), 0);
    }
}

static void never(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    FAIL("told after its end");
}

CASE(tracing_frees_the_socket_and_the_loop) {
    void *user = counted_user(NULL);
    client = connect_to(loop, listening(loop, keep), NULL);
    ON(client, connect, never);
    CHECK_EQ(net_loop_set_trace(loop, free_the_loop, user, counted_drop), 0);
    CHECK_EQ(net_loop_run(loop), NET_ECANCELED);
    CHECK_STR(trace_text(), "connected\n");
    CHECK_EQ(counted_drops(user), 1);
    case_loop_is_freed();
}

CASE(tracing_replaced_and_refused) {
    void *first = counted_user(NULL);
    void *second = counted_user(NULL);
    void *third = counted_user(NULL);
    CHECK_EQ(net_loop_set_trace(loop, count, first, counted_drop), 0);
    CHECK_EQ(net_loop_set_trace(loop, count, second, counted_drop), 0);
    CHECK_EQ(counted_drops(first), 1);
    CHECK_EQ(counted_drops(second), 0);
    CHECK_EQ(net_loop_set_trace(NULL, count, third, counted_drop), NET_EINVAL);
    CHECK_EQ(counted_drops(third), 1);
}
