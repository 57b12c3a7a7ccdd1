/* Handles that go to a process of its own, and what both do with them. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "passing.h"
#include "peer.h"
#include "scene.h"

static net_socket *ipc;
static net_server *server;
static uint16_t port;

/* ---- a server in two processes ---- */

static void say_who(net_server *of, net_socket *socket, void *user) {
    (void)of;
    CHECK_EQ(net_socket_end_cb(socket, user, 1, NULL, NULL, NULL), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
}

static void tell_readiness(net_server *of, void *user) {
    (void)of;
    CHECK_EQ(write_text(user, "r"), 1);
}

static net_server *worker_server;

static void worker_takes_server(net_socket *from, int kind, void *user) {
    (void)user;
    CHECK(kind == NET_HANDLE_TCP_SERVER || kind == NET_HANDLE_LOCAL_SERVER);
    worker_server = net_socket_take_server(from, NULL, NULL);
    CHECK(worker_server != NULL);
    CHECK_EQ(net_server_on_connection(worker_server, say_who, "w", NULL), 0);
    CHECK_EQ(net_server_on_listening(worker_server, tell_readiness, from, NULL), 0);
}

static void worker_closes_server(net_socket *from, void *user) {
    (void)user;
    CHECK_EQ(net_server_close(worker_server), 0);
    CHECK_EQ(net_socket_end(from), 0);
}

static void accepting_worker(net_loop *loop, net_socket *from) {
    (void)loop;
    ON(from, handle, worker_takes_server);
    ON(from, data, ignore_data);
    ON(from, end, worker_closes_server);
}

static char who_serves(void) {
    int fd = peer_connect("127.0.0.1", port);
    char who = '?';
    peer_receive_exactly(fd, &who, 1);
    peer_close(fd);
    return who;
}

enum { EACH = 40 };

static int by_worker;

static void clients(void *user) {
    (void)user;
    for (int i = 0; i < EACH; i++) {
        char who = who_serves();
        CHECK(who == 'p' || who == 'w');
        by_worker += who == 'w';
    }
}

static void clients_of_the_worker(void *user) {
    (void)user;
    for (int i = 0; i < EACH; i++) {
        CHECK_EQ(who_serves(), 'w');
    }
}

static peer_thread both_serve;
static peer_thread one_serves;

static void worker_only(net_loop *loop, void *user) {
    (void)loop;
    (void)user;
    peer_join(&one_serves);
    CHECK_EQ(net_socket_end(ipc), 0);
}

static void parent_closes(net_loop *loop, void *user) {
    (void)user;
    peer_join(&both_serve);
    CHECK_EQ(net_server_close(server), 0);
    peer_start(&one_serves, clients_of_the_worker, NULL);
    CHECK_EQ(net_loop_post(loop, worker_only, NULL, NULL), 0);
}

static void clients_then(void *user) {
    clients(NULL);
    CHECK_EQ(net_loop_post(user, parent_closes, NULL, NULL), 0);
}

static void worker_is_ready(net_socket *from, const uint8_t *data, size_t length, void *user) {
    (void)user;
    CHECK(length == 1 && data[0] == 'r');
    peer_start(&both_serve, clients_then, net_socket_loop(from));
}

CASE(two_processes_accept_from_one_server) {
    pid_t worker;
    ipc = start_worker(loop, accepting_worker, &worker);
    server = server_on(loop, NULL);
    port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, say_who, "p", NULL), 0);
    ON(ipc, data, worker_is_ready);
    CHECK_EQ(net_socket_send_server(ipc, "s", 1, server, NULL, NULL, NULL), 1);
    run(loop);
    await_worker(worker);
    /* How they share is the system's matter; printed for whoever looks. */
    printf("%d of %d by the worker\n", by_worker, EACH);
    /* Nobody listens any more. */
    CHECK(peer_try_connect("127.0.0.1", port) < 0);
}

static void worker_lets_it_go(net_server *of, void *user) {
    CHECK_EQ(net_server_close(of), 0);
    CHECK_EQ(net_socket_end(user), 0);
}

static void worker_takes_and_closes(net_socket *from, int kind, void *user) {
    CHECK_EQ(kind, NET_HANDLE_LOCAL_SERVER);
    worker_takes_server(from, kind, user);
    CHECK_EQ(net_server_on_listening(worker_server, worker_lets_it_go, from, NULL), 0);
}

static void closing_worker(net_loop *loop, net_socket *from) {
    (void)loop;
    ON(from, handle, worker_takes_and_closes);
    ON(from, data, ignore_data);
}

static void file_is_there(net_socket *from, void *user) {
    (void)from;
    (void)user;
    struct stat found;
    CHECK_EQ(stat(case_path("s"), &found), 0);
    CHECK_EQ(net_server_close(server), 0);
    CHECK(stat(case_path("s"), &found) < 0);
}

/* Its file belongs to the process that made it. */
CASE(the_file_of_a_server_stays_when_another_process_closes_it) {
    pid_t worker;
    ipc = start_worker(loop, closing_worker, &worker);
    server = server_on(loop, NULL);
    CHECK_EQ(net_server_listen_path_cstr(server, case_path("s")), 0);
    ON(ipc, data, ignore_data);
    ON(ipc, end, file_is_there);
    CHECK_EQ(net_socket_send_server(ipc, "s", 1, server, NULL, NULL, NULL), 1);
    run(loop);
    await_worker(worker);
}

/* ---- connections ---- */

static void worker_echoes(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    CHECK(net_socket_write(socket, data, length) >= 0);
}

static void worker_takes_socket(net_socket *from, int kind, void *user) {
    (void)user;
    CHECK(kind == NET_HANDLE_TCP_SOCKET || kind == NET_HANDLE_LOCAL_SOCKET);
    net_socket *socket = net_socket_take_socket(from, NULL, NULL);
    CHECK(socket != NULL);
    ON(socket, data, worker_echoes);
}

static void serving_worker(net_loop *loop, net_socket *from) {
    (void)loop;
    ON(from, handle, worker_takes_socket);
    ON(from, data, ignore_data);
}

enum { CONNECTIONS = 30 };

static int handed_over;

static void hand_over(net_server *of, net_socket *socket, void *user) {
    (void)user;
    CHECK(net_socket_send_socket(ipc, "c", 1, socket, 0, NULL, NULL, NULL) >= 0);
    if (++handed_over == CONNECTIONS) {
        CHECK_EQ(net_server_close(of), 0);
        CHECK_EQ(net_socket_end(ipc), 0);
    }
}

static void talk_with_the_worker(void *user) {
    (void)user;
    int fds[CONNECTIONS];
    char answer[12];
    for (int i = 0; i < CONNECTIONS; i++) {
        fds[i] = peer_connect("127.0.0.1", port);
        /* Before anybody has it. */
        peer_send_text(fds[i], "before");
    }
    for (int i = 0; i < CONNECTIONS; i++) {
        peer_receive_exactly(fds[i], answer, 6);
        peer_send_text(fds[i], "after");
        peer_shutdown_write(fds[i]);
        CHECK_EQ(peer_receive_all(fds[i], answer + 6, 6), 5);
        CHECK(memcmp(answer, "beforeafter", 11) == 0);
        peer_close(fds[i]);
    }
}

CASE(connections_are_served_by_another_process) {
    pid_t worker;
    ipc = start_worker(loop, serving_worker, &worker);
    ON(ipc, data, ignore_data);
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    server = server_on(loop, &options);
    port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, hand_over, NULL, NULL), 0);
    peer_thread thread;
    peer_start(&thread, talk_with_the_worker, NULL);
    run(loop);
    peer_join(&thread);
    await_worker(worker);
    CHECK_EQ(handed_over, CONNECTIONS);
}

static void worker_dies(net_socket *from, int kind, void *user) {
    (void)from;
    (void)kind;
    (void)user;
    _exit(7);
}

static void dying_worker(net_loop *loop, net_socket *from) {
    (void)loop;
    ON(from, handle, worker_dies);
    ON(from, data, ignore_data);
}

/* What was on its way to a process that ends is closed, what it had too. */
CASE(a_process_ends_with_connections_on_their_way) {
    pid_t worker;
    ipc = start_worker(loop, dying_worker, &worker);
    ON(ipc, data, ignore_data);
    ON(ipc, error, ignore_error);
    int peers[5];
    /* Together, so that it is there when all are accepted. */
    CHECK_EQ(net_socket_cork(ipc), 0);
    for (size_t i = 0; i < 5; i++) {
        net_socket *given = ipc_pair(loop, &peers[i]);
        CHECK_EQ(net_socket_send_socket(ipc, "x", 1, given, 0, NULL, NULL, NULL), 1);
    }
    CHECK_EQ(net_socket_uncork(ipc), 0);
    run(loop);
    int status = 0;
    CHECK_EQ(waitpid(worker, &status, 0), worker);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    for (size_t i = 0; i < 5; i++) {
        char byte;
        CHECK_EQ(peer_receive_all(peers[i], &byte, 1), 0);
        peer_close(peers[i]);
    }
}

static net_socket *kept;

static void worker_has_it_too(net_socket *from, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    (void)user;
    /* Its end here is not the end over there. */
    CHECK_EQ(net_socket_destroy(kept, NULL), 0);
    CHECK_EQ(net_socket_end(from), 0);
}

static void tell_that_it_is_taken(net_socket *from, int kind, void *user) {
    worker_takes_socket(from, kind, user);
    CHECK_EQ(write_text(from, "t"), 1);
}

static void telling_worker(net_loop *loop, net_socket *from) {
    (void)loop;
    ON(from, handle, tell_that_it_is_taken);
    ON(from, data, ignore_data);
}

CASE(a_connection_is_kept_here_and_used_there) {
    pid_t worker;
    ipc = start_worker(loop, telling_worker, &worker);
    ON(ipc, data, worker_has_it_too);
    int peer = -1;
    kept = ipc_pair(loop, &peer);
    CHECK_EQ(net_socket_send_socket(ipc, "x", 1, kept, 1, NULL, NULL, NULL), 1);
    CHECK_EQ(write_text(kept, "p"), 1);
    run(loop);
    char answer[4];
    peer_receive_exactly(peer, answer, 1);
    CHECK_EQ(answer[0], 'p');
    peer_send_text(peer, "abc");
    peer_receive_exactly(peer, answer, 3);
    CHECK(memcmp(answer, "abc", 3) == 0);
    peer_close(peer);
    await_worker(worker);
}

/* ---- as in Node: the child process there is the worker here ---- */

static net_socket *worker_socket;
static char heard[100];

static void worker_keeps_socket(net_socket *from, int kind, void *user) {
    (void)kind;
    (void)user;
    worker_socket = net_socket_take_socket(from, NULL, NULL);
    CHECK(worker_socket != NULL);
    ON(worker_socket, data, ignore_data);
}

/* A message is a byte here, and says by itself whether something comes with it. */
static void worker_hears(net_socket *from, const uint8_t *data, size_t length, void *user) {
    (void)from;
    (void)user;
    for (size_t i = 0; i < length; i++) {
        CHECK(data[i] != 'b' || worker_socket != NULL);
        size_t used = strlen(heard);
        snprintf(heard + used, sizeof heard - used, "%s%c%s", used > 0 ? ", " : "", data[i],
                 data[i] == 'b' ? " with a socket" : "");
    }
}

static void worker_tells_what_it_heard(net_socket *from, void *user) {
    (void)from;
    CHECK_EQ(net_socket_end_cb(worker_socket, user, strlen(user), NULL, NULL, NULL), 0);
}

static void hearing_worker(net_loop *loop, net_socket *from) {
    (void)loop;
    ON(from, handle, worker_keeps_socket);
    ON(from, data, worker_hears);
    CHECK_EQ(net_socket_on_end(from, worker_tells_what_it_heard, heard, NULL), 0);
}

static void message_sent(net_socket *from, const net_error *error, void *user) {
    (void)from;
    CHECK(error == NULL);
    trace("%s sent", (const char *)user);
}

static void send_abc(net_server *of, net_socket *socket, void *user) {
    (void)user;
    int result = net_socket_write_cb(ipc, "a", 1, message_sent, "a", NULL);
    trace("send: %s", text_bool(result));
    result = net_socket_send_socket(ipc, "b", 1, socket, 0, message_sent, "b", NULL);
    trace("send: %s", text_bool(result));
    result = net_socket_write_cb(ipc, "c", 1, message_sent, "c", NULL);
    trace("send: %s", text_bool(result));
    CHECK_EQ(net_socket_end(ipc), 0);
    CHECK_EQ(net_server_close(of), 0);
}

static void client_got(net_socket *client, void *user) {
    (void)client;
    (void)user;
    trace("client got: %s", gathered_text());
}

static void a_client(net_loop *loop) {
    net_socket *client = socket_on(loop, NULL);
    ON(client, data, gather);
    ON(client, end, client_got);
    CHECK_EQ(net_socket_connect_tcp(client, port, "127.0.0.1"), 0);
}

CASE(messages_and_a_connection_keep_their_order) {
    pid_t worker;
    ipc = start_worker(loop, hearing_worker, &worker);
    ON(ipc, data, ignore_data);
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    options.pause_on_connect = 1;
    server = server_on(loop, &options);
    port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, send_abc, NULL, NULL), 0);
    a_client(loop);
    run(loop);
    await_worker(worker);
}

static void worker_says_taken(net_socket *from, int kind, void *user) {
    worker_keeps_socket(from, kind, user);
    CHECK_EQ(write_text(from, "taken"), 1);
}

static void sharing_worker(net_loop *loop, net_socket *from) {
    (void)loop;
    ON(from, handle, worker_says_taken);
    ON(from, data, ignore_data);
    CHECK_EQ(net_socket_on_end(from, worker_tells_what_it_heard, " and from the worker", NULL), 0);
}

static void close_and_tell(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)user;
    trace("close %s", text_bool(had_error));
    CHECK_EQ(net_socket_end(ipc), 0);
}

static void destroy_when_out(net_socket *socket, const net_error *error, void *user) {
    (void)user;
    CHECK(error == NULL);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
}

static void write_from_here(net_socket *from, const uint8_t *data, size_t length, void *user) {
    (void)from;
    (void)user;
    trace("%s", text_data(data, length));
    trace("destroyed %s, readyState %s", text_bool(net_socket_destroyed(kept)),
          net_ready_state_name(net_socket_ready_state(kept)));
    CHECK_EQ(net_socket_write_cb(kept, "from here", 9, destroy_when_out, NULL, NULL), 1);
}

static void share_it(net_server *of, net_socket *socket, void *user) {
    (void)user;
    kept = socket;
    ON(socket, close, close_and_tell);
    CHECK_EQ(net_socket_send_socket(ipc, "x", 1, socket, 1, NULL, NULL, NULL), 1);
    CHECK_EQ(net_server_close(of), 0);
}

CASE(a_connection_is_in_both_processes) {
    pid_t worker;
    ipc = start_worker(loop, sharing_worker, &worker);
    ON(ipc, data, write_from_here);
    server = server_on(loop, NULL);
    port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, share_it, NULL, NULL), 0);
    a_client(loop);
    run(loop);
    await_worker(worker);
}

static void worker_serves_one(net_server *of, net_socket *socket, void *user) {
    CHECK_EQ(net_socket_end_cb(socket, "worker", 6, NULL, NULL, NULL), 0);
    CHECK_EQ(net_socket_resume(socket), 0);
    CHECK_EQ(net_server_close(of), 0);
    CHECK_EQ(net_socket_end(user), 0);
}

static void worker_says_listening(net_socket *from, int kind, void *user) {
    (void)user;
    CHECK_EQ(kind, NET_HANDLE_TCP_SERVER);
    net_server *taken = net_socket_take_server(from, NULL, NULL);
    CHECK(taken != NULL);
    CHECK_EQ(net_server_on_connection(taken, worker_serves_one, from, NULL), 0);
    CHECK_EQ(write_text(from, kept_text("listening %s", text_bool(net_server_listening(taken)))), 1);
}

static void listening_worker(net_loop *loop, net_socket *from) {
    (void)loop;
    ON(from, handle, worker_says_listening);
    ON(from, data, ignore_data);
}

static void connect_when_it_listens(net_socket *from, const uint8_t *data, size_t length, void *user) {
    (void)user;
    trace("%s", text_data(data, length));
    a_client(net_socket_loop(from));
}

static void must_not_accept(net_server *of, net_socket *socket, void *user) {
    (void)of;
    (void)socket;
    (void)user;
    trace("a connection");
}

static void trace_close(net_server *of, void *user) {
    (void)of;
    (void)user;
    trace("close");
}

CASE(a_server_goes_on_in_the_other_process) {
    pid_t worker;
    ipc = start_worker(loop, listening_worker, &worker);
    ON(ipc, data, connect_when_it_listens);
    server = server_on(loop, NULL);
    port = listen_local(server);
    CHECK_EQ(net_server_on_connection(server, must_not_accept, NULL, NULL), 0);
    CHECK_EQ(net_socket_send_server(ipc, "x", 1, server, NULL, NULL, NULL), 1);
    trace("still listening %s", text_bool(net_server_listening(server)));
    CHECK_EQ(net_server_on_close(server, trace_close, NULL, NULL), 0);
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
    await_worker(worker);
}
