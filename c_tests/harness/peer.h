/* Peers that are not ours: plain POSIX sockets and threads. Every call fails the case when the system refuses it,
 * unless its name begins with peer_try. */
#ifndef PEER_H
#define PEER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Blocking; the kernel completes the handshake with a listener of the same thread too. */
int peer_connect(const char *address, uint16_t port);
/* A path that begins with '@' is an abstract name. */
int peer_connect_path(const char *path);
/* The descriptor, or the negative errno. */
int peer_try_connect(const char *address, uint16_t port);
int peer_try_connect_path(const char *path);

/* Port 0; the port chosen goes to `port`. */
int peer_listen(const char *address, uint16_t *port, int backlog);
int peer_listen_path(const char *path);
int peer_accept(int listener);
/* Whether the address is one of this machine's. */
bool peer_can_bind(const char *address);
/* A port that nobody listens on: bound and closed again. */
uint16_t peer_unused_port(const char *address);

void peer_send(int fd, const void *data, size_t length);
void peer_send_text(int fd, const char *text);
/* Until the end of the stream; the count, or the negative errno. */
ssize_t peer_receive_all(int fd, void *buffer, size_t capacity);
void peer_receive_exactly(int fd, void *buffer, size_t length);
/* Reads and discards until end or error: the count, errno negative in *error or 0. */
uint64_t peer_drain(int fd, int *error);
/* Never waits: the count, 0 for the end, or the negative errno (-EAGAIN: nothing there yet). */
ssize_t peer_try_receive(int fd, void *buffer, size_t capacity);

void peer_shutdown_write(int fd);
void peer_close(int fd);
/* Closes with an RST. */
void peer_reset(int fd);
uint16_t peer_local_port(int fd);
void peer_set_receive_buffer(int fd, int bytes);

typedef void (*peer_fn)(void *user);
typedef struct peer_thread {
    pthread_t id;
    peer_fn run;
    void *user;
} peer_thread;

/* `thread` belongs to the caller and must live until joined. */
void peer_start(peer_thread *thread, peer_fn run, void *user);
void peer_join(peer_thread *thread);
/* For a thread: returns when the main thread sleeps in the system, as in a wait for events. */
void peer_wait_for_sleep(void);

#endif
