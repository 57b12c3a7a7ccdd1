/* The scenes that most cases on sockets play in: one server that takes one connection, one client, small listeners.
 * A case has its process alone, so what its functions share stands in static variables. */
#ifndef SCENE_H
#define SCENE_H

#include "harness.h"

/* Every event that needs no reader. */
void watch(net_socket *socket, const char *name);

/* A completion that is traced: three arguments. */
#define TRACED(label) completion_traced, counted_user((void *)(uintptr_t)(label)), counted_drop
void completion_traced(net_socket *socket, const net_error *error, void *user);

/* Registers a listener without user data. */
#define ON(socket, event, function) CHECK_EQ(net_socket_on_##event((socket), (function), NULL, NULL), 0)

/* Listens on 127.0.0.1 until the first connection and gives the port. */
uint16_t serve(net_loop *loop, const net_server_options *options, net_server_connection_fn on_connection);
net_socket *connect_to(net_loop *loop, uint16_t port, const net_socket_options *options);

int write_text(net_socket *socket, const char *text);
/* With a completion that is traced under the text itself. */
int write_traced(net_socket *socket, const char *text);
size_t writable_length(net_socket *socket);
size_t readable_length(net_socket *socket);
uint64_t bytes_read(net_socket *socket);
uint64_t bytes_written(net_socket *socket);

/* ---- listeners of `connection` ---- */
void do_resume(net_server *server, net_socket *socket, void *user);
void do_resume_ignoring_errors(net_server *server, net_socket *socket, void *user);
void do_echo(net_server *server, net_socket *socket, void *user);
void do_gather(net_server *server, net_socket *socket, void *user);

/* ---- listeners of a socket ---- */
void do_end(net_socket *socket, void *user);
void do_destroy(net_socket *socket, void *user);
void do_nothing(net_socket *socket, void *user);
void ignore_data(net_socket *socket, const uint8_t *data, size_t length, void *user);

/* "true" and so on of net_socket_readable_flowing. */
const char *flowing(net_socket *socket);
/* Node's read(n) and read() as text; n may be 0 for read(). */
const char *read_text(net_socket *socket, size_t n);

/* What arrived, by a data listener `gather`. */
typedef struct gathered {
    uint8_t *bytes;
    size_t length;
    size_t chunks;
} gathered;
extern gathered got;
void gather(net_socket *socket, const uint8_t *data, size_t length, void *user);
/* close: traces "peer got TEXT". */
void trace_gathered(net_socket *socket, int had_error, void *user);
const char *gathered_text(void);

/* The next task of the tick queue that a program can ask for. */
void tick_line(net_loop *loop, const char *line);
void tick_do(net_loop *loop, void (*call)(void));

/* What was sent before has arrived when a later connection has had its answer. */
void settle(net_loop *loop, void (*then)(void));

void after(net_loop *loop, uint64_t milliseconds, void (*then)(void));

/* Zero bytes, as many as asked for. */
const uint8_t *zeros(size_t length);

#endif
