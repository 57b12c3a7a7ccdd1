/* The option `onread`: reading into buffers of the program's own. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

static net_loop *the_loop;
static net_socket *client;

/* The one buffer, and what the callback does beside tracing. */
static char room[64];
static size_t room_size;
static int answer = 1;
static void (*also)(void);
static int askings;

static int on_read(net_socket *socket, size_t count, void *buffer, void *user) {
    CHECK(socket == client);
    CHECK(buffer == room);
    CHECK_STR(counted_payload(user), "onread");
    trace("read %zu %s of %d", count, text_data(buffer, count), (int)bytes_read(socket));
    if (also) {
        also();
    }
    return answer;
}

static void *give_room(net_socket *socket, size_t *length, void *user) {
    (void)socket;
    CHECK_STR(counted_payload(user), "onread");
    trace("asked %d", ++askings);
    *length = room_size;
    return room;
}

static net_onread into_room(size_t size) {
    net_onread onread = NET_ONREAD_INIT;
    room_size = size;
    onread.buffer = room;
    onread.len = size;
    onread.callback = on_read;
    onread.user = counted_user((void *)(uintptr_t) "onread");
    onread.drop = counted_drop;
    return onread;
}

static net_onread asking_for_room(size_t size) {
    net_onread onread = into_room(size);
    onread.buffer = NULL;
    onread.len = 0;
    onread.buffer_fn = give_room;
    return onread;
}

static net_socket *with(net_loop *loop, const net_onread *onread) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.onread = onread;
    client = socket_on(loop, &options);
    watch_socket(client, "client", "connect end pause resume finish timeout error close");
    return client;
}

static const char *to_send;

static void send_it(net_server *server, net_socket *socket, void *user) {
    do_resume_ignoring_errors(server, socket, user);
    CHECK_EQ(net_socket_end_cb(socket, to_send, strlen(to_send), NULL, NULL, NULL), 0);
}

/* A client with the option, connecting to a server that sends `text` and ends. */
static void receive(net_loop *loop, const char *text, net_onread onread) {
    the_loop = loop;
    to_send = text;
    uint16_t port = serve(loop, NULL, send_it);
    CHECK_EQ(net_socket_connect_tcp(with(loop, &onread), port, "127.0.0.1"), 0);
}

static void resume_client(void) {
    trace("resuming");
    CHECK_EQ(net_socket_resume(client), 0);
}

static void pause_client(void) { CHECK_EQ(net_socket_pause(client), 0); }

static void trace_tick(void) { tick_line(the_loop, "tick"); }

CASE(onread_fills_one_buffer_again_and_again) {
    also = trace_tick;
    receive(loop, "hello worlds", into_room(5));
    run(loop);
}

CASE(onread_asks_for_a_buffer_before_every_read) {
    also = trace_tick;
    receive(loop, "hello world", asking_for_room(2));
    trace("connect has returned");
    run(loop);
}

static void trace_readable(net_socket *socket, void *user) {
    (void)user;
    trace("readable %s", read_text(socket, 0));
}

static void never_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    FAIL("data: %s", text_data(data, length));
}

CASE(onread_leaves_nothing_for_others) {
    receive(loop, "hello", into_room(5));
    ON(client, data, never_data);
    ON(client, readable, trace_readable);
    run(loop);
    CHECK_EQ(readable_length(client), 0);
}

static void resume_soon(void) { after(the_loop, 5, resume_client); }

static void read_client(void) { trace("reading gives %s", read_text(client, 0)); }

static void read_soon(void) { after(the_loop, 5, read_client); }

CASE(onread_false_stops_until_resume) {
    also = resume_soon;
    answer = 0;
    receive(loop, "abcdefgh", into_room(3));
    run(loop);
}

CASE(onread_false_stops_until_read) {
    also = read_soon;
    answer = 0;
    receive(loop, "abcdefgh", into_room(3));
    run(loop);
}

static void pause_and_resume_soon(void) {
    pause_client();
    resume_soon();
}

CASE(onread_is_paused_inside) {
    also = pause_and_resume_soon;
    receive(loop, "abcdefgh", into_room(3));
    run(loop);
}

static void destroy_client(void) { CHECK_EQ(net_socket_destroy(client, NULL), 0); }

static void trace_state(void) {
    trace("paused %s flowing %s", text_bool(net_socket_is_paused(client)), flowing(client));
}

static void trace_state_and_leave(void) {
    trace_state();
    after(the_loop, 20, destroy_client);
}

/* Not even the end is seen. */
CASE(onread_false_is_no_pause) {
    also = trace_state_and_leave;
    answer = 0;
    receive(loop, "abcdefgh", into_room(30));
    run(loop);
}

CASE(onread_paused_before_connect) {
    receive(loop, "abcdefgh", into_room(30));
    pause_client();
    settle(loop, resume_client);
    run(loop);
}

CASE(onread_destroyed_inside_asks_once_more) {
    also = destroy_client;
    receive(loop, "abcdefgh", asking_for_room(3));
    run(loop);
}

static int lives;

static void connect_again(net_socket *socket, int had_error, void *user) {
    (void)had_error;
    if (lives++ == 0) {
        CHECK_EQ(net_socket_connect_tcp(socket, *(uint16_t *)user, "127.0.0.1"), 0);
    }
}

CASE(onread_asks_again_in_the_next_life) {
    receive(loop, "abc", asking_for_room(3));
    uint16_t next = serve(loop, NULL, send_it);
    CHECK_EQ(net_socket_on_close(client, connect_again, &next, NULL), 0);
    run(loop);
}

static void answer_with_two(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    net_address addresses[2] = {NET_ADDRESS_INIT, NET_ADDRESS_INIT};
    for (int i = 0; i < 2; i++) {
        addresses[i].family = NET_FAMILY_IPV4;
        strcpy(addresses[i].address, i == 0 ? "127.0.0.2" : "127.0.0.1");
    }
    trace("lookup");
    CHECK_EQ(net_lookup_answer(request, addresses, 2), 0);
}

static void connect_by_name(net_server *server, void *user) {
    (void)user;
    net_connect_options to = NET_CONNECT_OPTIONS_INIT;
    net_onread onread = asking_for_room(20);
    to.port = server_port(server);
    to.host = "name";
    to.auto_select_family = 1;
    to.lookup = answer_with_two;
    trace_hide_port(to.port, "PORT");
    with(the_loop, &onread);
    watch_socket(client, "client", "connectionAttempt connectionAttemptFailed");
    CHECK_EQ(net_socket_connect(client, &to), 0);
    trace("connect has returned");
}

static void close_server(net_server *server, net_socket *socket, void *user) {
    send_it(server, socket, user);
    CHECK_EQ(net_server_close(server), 0);
}

CASE(onread_asks_for_each_attempt) {
    the_loop = loop;
    to_send = "abcdef";
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, close_server, NULL, NULL), 0);
    CHECK_EQ(net_server_on_listening(server, connect_by_name, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_tcp(server, 0, "127.0.0.1"), 0);
    run(loop);
}

CASE(onread_of_an_empty_buffer) {
    receive(loop, "abc", into_room(0));
    run(loop);
}

static void shrink(void) { room_size = 0; }

CASE(onread_is_given_an_empty_buffer) {
    also = shrink;
    receive(loop, "abc", asking_for_room(1));
    run(loop);
}

static void *give_room_once(net_socket *socket, size_t *length, void *user) {
    void *given = give_room(socket, length, user);
    return askings == 1 ? given : NULL;
}

CASE(onread_uses_the_old_buffer_if_it_is_given_none) {
    net_onread onread = asking_for_room(2);
    onread.buffer_fn = give_room_once;
    receive(loop, "abcdef", onread);
    run(loop);
}

static void write_back(void) {
    CHECK_EQ(net_socket_write(client, room, 4), 1);
    if (bytes_read(client) == 8) {
        CHECK_EQ(net_socket_end(client), 0);
    }
}

static void trace_peer_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)user;
    trace("peer data %s", text_data(data, length));
}

static void send_and_listen(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, data, trace_peer_data);
    CHECK_EQ(write_text(socket, "abcdefgh"), 1);
}

CASE(onread_writes_what_it_reads) {
    also = write_back;
    net_onread onread = into_room(4);
    uint16_t port = serve(loop, NULL, send_and_listen);
    CHECK_EQ(net_socket_connect_tcp(with(loop, &onread), port, "127.0.0.1"), 0);
    run(loop);
}

static net_socket *sink;

static void pipe_client(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    sink = socket;
    watch_socket(sink, "sink", "finish close");
    CHECK_EQ(net_socket_resume(sink), 0);
    CHECK_EQ(net_socket_pipe(client, sink, 1), 0);
}

/* Twice the client's own server and a third one that its socket is piped into. */
CASE(onread_pipes_its_end_alone) {
    net_socket *other = connect_to(loop, serve(loop, NULL, pipe_client), NULL);
    watch_socket(other, "other", "data end close");
    net_onread onread = into_room(30);
    receive(loop, "abc", onread);
    run(loop);
}

static void connect_to_path(net_server *server, void *user) {
    (void)user;
    net_onread onread = into_room(4);
    CHECK_EQ(net_socket_connect_path_cstr(with(net_server_loop(server), &onread), case_path("socket")), 0);
}

CASE(onread_over_a_path) {
    to_send = "abcdef";
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, close_server, NULL, NULL), 0);
    CHECK_EQ(net_server_on_listening(server, connect_to_path, NULL, NULL), 0);
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("socket")), 0);
    run(loop);
}

static net_socket *late_writer;

static void write_b(void) { CHECK_EQ(write_text(late_writer, "b"), 1); }

static void say_still_open(void) { trace("still open"); }

static void write_later(net_server *server, net_socket *socket, void *user) {
    (void)user;
    late_writer = socket;
    CHECK_EQ(net_socket_resume(socket), 0);
    CHECK_EQ(write_text(socket, "a"), 1);
    after(net_server_loop(server), 200, write_b);
    after(net_server_loop(server), 350, say_still_open);
}

CASE(onread_is_activity) {
    net_onread onread = into_room(4);
    uint16_t port = serve(loop, NULL, write_later);
    with(loop, &onread);
    CHECK_EQ(net_socket_set_timeout(client, 300), 0);
    ON(client, timeout, do_destroy);
    CHECK_EQ(net_socket_connect_tcp(client, port, "127.0.0.1"), 0);
    run(loop);
}

/* ---- what Node has no scenario for ---- */

CASE(onread_of_a_descriptor) {
    int ends[2];
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    peer_send_text(ends[1], "abc");
    peer_shutdown_write(ends[1]);
    net_onread onread = asking_for_room(2);
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.onread = &onread;
    options.fd = ends[0];
    client = socket_on(loop, &options);
    CHECK_STR(trace_text(), "asked 1\n");
    run(loop);
    CHECK_STR(trace_text(), "asked 1\nread 2 ab of 2\nasked 2\nread 1 c of 3\nasked 3\n");
    peer_close(ends[1]);
}

enum { BULK = 3 << 20, PIECE = 1000 };

static uint8_t pieces[2][PIECE];
static size_t received;
static int turn_of;

static void *give_piece(net_socket *socket, size_t *length, void *user) {
    (void)socket;
    (void)user;
    turn_of = !turn_of;
    *length = PIECE;
    return pieces[turn_of];
}

static int check_piece(net_socket *socket, size_t count, void *buffer, void *user) {
    (void)user;
    const uint8_t *bytes = buffer;
    CHECK(buffer == pieces[turn_of]);
    for (size_t i = 0; i < count; i++) {
        CHECK_EQ(bytes[i], (uint8_t)((received + i) * 31 >> 3));
    }
    received += count;
    /* Now and then it waits for a tick that makes it go on. */
    if (received % 7 == 0) {
        CHECK_EQ(net_socket_resume(socket), 0);
        return 0;
    }
    return 1;
}

static void send_bulk(void *user) {
    uint8_t *bytes = malloc(BULK);
    CHECK(bytes != NULL);
    for (size_t i = 0; i < BULK; i++) {
        bytes[i] = (uint8_t)(i * 31 >> 3);
    }
    peer_send(*(int *)user, bytes, BULK);
    peer_shutdown_write(*(int *)user);
    free(bytes);
}

static void resume_stopped(net_timer *timer, void *user) {
    (void)user;
    CHECK_EQ(net_socket_resume(client), 0);
    if (net_socket_destroyed(client) == 1) {
        CHECK_EQ(net_timer_stop(timer), 0);
    }
}

CASE(onread_of_bulk_in_pieces) {
    int ends[2];
    peer_thread sender;
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    net_onread onread = NET_ONREAD_INIT;
    onread.buffer_fn = give_piece;
    onread.callback = check_piece;
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.onread = &onread;
    options.fd = ends[0];
    client = socket_on(loop, &options);
    net_timer *timer = timer_on(loop);
    CHECK_EQ(net_timer_start(timer, 1, 1, resume_stopped, NULL, NULL), 0);
    peer_start(&sender, send_bulk, &ends[1]);
    run(loop);
    peer_join(&sender);
    CHECK_EQ(received, BULK);
    net_loop_metrics metrics = NET_LOOP_METRICS_INIT;
    CHECK_EQ(net_loop_get_metrics(loop, &metrics), 0);
    CHECK_EQ(metrics.bytes_read, BULK);
    peer_close(ends[1]);
}

static void free_client(void) { CHECK_EQ(net_socket_free(client), 0); }

CASE(onread_freed_inside) {
    also = free_client;
    net_onread onread = asking_for_room(3);
    receive(loop, "abcdefgh", onread);
    run(loop);
    CHECK_EQ(askings, 1);
    CHECK_EQ(counted_drops(onread.user), 1);
}

static void *free_and_give(net_socket *socket, size_t *length, void *user) {
    *length = 3;
    CHECK_EQ(counted_drops(user), 0);
    CHECK_EQ(net_socket_free(socket), 0);
    return room;
}

CASE(onread_freed_while_it_is_asked) {
    net_onread onread = asking_for_room(3);
    onread.buffer_fn = free_and_give;
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.onread = &onread;
    net_connect_options to = NET_CONNECT_OPTIONS_INIT;
    int error = 0;
    to.host = "name";
    to.port = 9;
    to.lookup = answer_with_two;
    net_socket *gone = net_connect(loop, &to, &options, &error);
    CHECK_EQ(net_socket_destroyed(gone), NET_EBADF);
    run(loop);
    CHECK_STR(trace_text(), "");
    CHECK_EQ(counted_drops(onread.user), 1);
}

CASE(onread_refused_is_dropped) {
    int error = 0;
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    net_onread onread = into_room(3);
    options.onread = &onread;
    options.no_delay = 2;
    CHECK(net_socket_new(loop, &options, &error) == NULL);
    CHECK_EQ(error, NET_EINVAL);
    CHECK_EQ(counted_drops(onread.user), 1);
    options.no_delay = 0;
    onread = into_room(3);
    onread.buffer_fn = give_room;
    CHECK(net_socket_new(loop, &options, &error) == NULL);
    CHECK_EQ(error, NET_EINVAL);
    CHECK_EQ(counted_drops(onread.user), 1);
    onread = into_room(3);
    CHECK(net_connect(loop, NULL, &options, &error) == NULL);
    CHECK_EQ(error, NET_ERR_MISSING_ARGS);
    CHECK_EQ(counted_drops(onread.user), 1);
    onread = into_room(3);
    onread.callback = NULL;
    CHECK(net_socket_new(loop, &options, &error) == NULL);
    CHECK_EQ(error, NET_EINVAL);
    CHECK_EQ(counted_drops(onread.user), 1);
}

CASE(onread_is_dropped_with_the_loop) {
    net_onread onread = into_room(3);
    with(loop, &onread);
    CHECK_EQ(net_loop_free(loop), 0);
    CHECK_EQ(counted_drops(onread.user), 1);
    case_loop_is_freed();
}
