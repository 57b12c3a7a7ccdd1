#include "scene.h"

#include <stdlib.h>
#include <string.h>

gathered got;

void watch(net_socket *socket, const char *name) {
    watch_socket(socket, name, "connect ready end drain finish timeout error close");
}

void completion_traced(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    trace("%s %s", (const char *)counted_payload(user), text_error(error));
}

static void stop_listening(net_server *server, net_socket *socket, void *user) {
    (void)socket;
    (void)user;
    CHECK_EQ(net_server_close(server), 0);
}

uint16_t serve(net_loop *loop, const net_server_options *options, net_server_connection_fn on_connection) {
    net_server *server = server_on(loop, options);
    CHECK_EQ(net_server_on_connection(server, stop_listening, NULL, NULL), 0);
    CHECK_EQ(net_server_on_connection(server, on_connection, NULL, NULL), 0);
    /* No host: with one Node binds a tick later. */
    CHECK_EQ(net_server_listen_tcp(server, 0, NULL), 0);
    uint16_t port = server_port(server);
    trace_hide_port(port, "PORT");
    return port;
}

net_socket *connect_to(net_loop *loop, uint16_t port, const net_socket_options *options) {
    net_socket *socket = socket_on(loop, options);
    CHECK_EQ(net_socket_connect_tcp(socket, port, "127.0.0.1"), 0);
    return socket;
}

int write_text(net_socket *socket, const char *text) { return net_socket_write(socket, text, strlen(text)); }

int write_traced(net_socket *socket, const char *text) {
    return net_socket_write_cb(socket, text, strlen(text), TRACED(text));
}

size_t writable_length(net_socket *socket) {
    size_t length = 0;
    CHECK_EQ(net_socket_writable_length(socket, &length), 0);
    return length;
}

size_t readable_length(net_socket *socket) {
    size_t length = 0;
    CHECK_EQ(net_socket_readable_length(socket, &length), 0);
    return length;
}

uint64_t bytes_read(net_socket *socket) {
    uint64_t count = 0;
    CHECK_EQ(net_socket_bytes_read(socket, &count), 0);
    return count;
}

uint64_t bytes_written(net_socket *socket) {
    uint64_t count = 0;
    CHECK_EQ(net_socket_bytes_written(socket, &count), 0);
    return count;
}

void do_resume(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    CHECK_EQ(net_socket_resume(socket), 0);
}

void do_resume_ignoring_errors(net_server *server, net_socket *socket, void *user) {
    ON(socket, error, ignore_error);
    do_resume(server, socket, user);
}

void do_end(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_end(socket), 0);
}

void do_destroy(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
}

void do_nothing(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
}

void ignore_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)socket;
    (void)data;
    (void)length;
    (void)user;
}

static void write_back(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    CHECK(net_socket_write(socket, data, length) >= 0);
}

void do_echo(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, data, write_back);
}

const char *flowing(net_socket *socket) {
    static const char *const names[] = {"null", "false", "true"};
    int state = 9;
    CHECK_EQ(net_socket_readable_flowing(socket, &state), 0);
    CHECK(state >= -1 && state <= 1);
    return names[state + 1];
}

const char *read_text(net_socket *socket, size_t n) {
    char buffer[64];
    size_t length = sizeof buffer;
    int found = n > 0 ? net_socket_read(socket, buffer, n, &length)
                      : net_socket_read_some(socket, buffer, sizeof buffer, &length);
    CHECK(found == 0 || found == 1);
    return found ? text_data(buffer, length) : "null";
}

static void forget_gathered(void) {
    free(got.bytes);
    got.bytes = NULL;
}

void gather(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    static size_t capacity;
    (void)socket;
    (void)user;
    if (!got.bytes) {
        CHECK_EQ(atexit(forget_gathered), 0);
    }
    if (got.length + length + 1 > capacity) {
        capacity = (got.length + length + 1) * 2;
        got.bytes = realloc(got.bytes, capacity);
        CHECK(got.bytes != NULL);
    }
    memcpy(got.bytes + got.length, data, length);
    got.length += length;
    got.bytes[got.length] = 0;
    got.chunks++;
}

const char *gathered_text(void) { return got.bytes ? (const char *)got.bytes : ""; }

void do_gather(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    ON(socket, data, gather);
}

void trace_gathered(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
    trace("peer got %s", gathered_text());
}

typedef void (*plain_fn)(void);

static net_server *idle_on(net_loop *loop) {
    static net_server *idle;
    if (!idle) {
        idle = server_on(loop, NULL);
    }
    return idle;
}

static void trace_tick(net_server *server, const net_error *error, size_t count, void *user) {
    (void)server;
    CHECK(error == NULL);
    CHECK_EQ(count, 0);
    trace("%s", (const char *)counted_payload(user));
}

void tick_line(net_loop *loop, const char *line) {
    void *user = counted_user((void *)(uintptr_t)line);
    CHECK_EQ(net_server_get_connections(idle_on(loop), trace_tick, user, counted_drop), 0);
}

static void *function_user(plain_fn function) {
    plain_fn *kept = malloc(sizeof *kept);
    CHECK(kept != NULL);
    *kept = function;
    return kept;
}

static void call_function(void *user) { (*(plain_fn *)user)(); }

static void call_in_tick(net_server *server, const net_error *error, size_t count, void *user) {
    (void)server;
    (void)count;
    CHECK(error == NULL);
    call_function(user);
}

void tick_do(net_loop *loop, plain_fn call) {
    CHECK_EQ(net_server_get_connections(idle_on(loop), call_in_tick, function_user(call), free), 0);
}

static void end_after_answer(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)data;
    (void)length;
    do_end(socket, user);
}

static void call_in_close(net_socket *socket, int had_error, void *user) {
    CHECK_EQ(had_error, 0);
    CHECK_EQ(net_socket_free(socket), 0);
    call_function(user);
}

void settle(net_loop *loop, plain_fn then) {
    net_socket *asking = connect_to(loop, serve(loop, NULL, do_echo), NULL);
    CHECK_EQ(write_text(asking, "?"), 1);
    ON(asking, data, end_after_answer);
    CHECK_EQ(net_socket_on_close(asking, call_in_close, function_user(then), free), 0);
}

static void call_in_timer(net_timer *timer, void *user) {
    call_function(user);
    CHECK_EQ(net_timer_free(timer), 0);
}

void after(net_loop *loop, uint64_t milliseconds, plain_fn then) {
    CHECK_EQ(net_timer_start(timer_on(loop), milliseconds, 0, call_in_timer, function_user(then), free), 0);
}

const uint8_t *zeros(size_t length) {
    static const uint8_t bytes[32000000];
    CHECK(length <= sizeof bytes);
    return bytes;
}
