/* Scenes of handles that go to another process: pairs of local sockets, descriptors whose end can be seen, and plain
 * system calls for peers that are not ours. */
#ifndef PASSING_H
#define PASSING_H

#include <sys/types.h>

#include "harness.h"

/* A socket with the option `ipc`, and the descriptor at its other end. */
net_socket *ipc_pair(net_loop *loop, int *fd);
/* The same, with a socket at the other end too. */
typedef struct channel {
    net_socket *near;
    net_socket *far;
} channel;
channel ipc_channel(net_loop *loop);
net_socket *ipc_socket_on(net_loop *loop, int fd);

/* Something whose last descriptor is told when it is closed: `sent` is to be sent, `kept` stays. */
typedef struct probe {
    int sent;
    int kept;
} probe;
probe probe_new(void);
/* Whether every copy of `sent` is closed, that of this function first. */
bool probe_is_gone(probe *probe);
/* Sends it and closes the copy that is left here; the result of the call. */
int send_probe(net_socket *ipc, const char *text, const probe *probe);

/* SCM_RIGHTS by hand. */
void peer_send_fds(int socket, const void *data, size_t length, const int *fds, size_t count);

/* From now on only so many new descriptors can be had; the case is skipped where that cannot be told. */
void limit_fds(int more);
void unlimit_fds(void);

/* Runs `worker` in a process of its own, with a loop of its own and a socket with `ipc` that is connected to the one
 * that is given back. Nothing else of the case's is open there. */
typedef void (*worker_fn)(net_loop *loop, net_socket *ipc);
net_socket *start_worker(net_loop *loop, worker_fn worker, pid_t *pid);
/* It has ended well. */
void await_worker(pid_t pid);

#endif
