/* Saves what a server sends, without a copy in between: the bytes are read from the socket to where they belong in the
 * mapped file.
 *
 *     fetch HOST PORT FILE
 *
 * Connects, reads to the end, and says how much that was. */
#define _GNU_SOURCE
#include <nodenet.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STEP = 1 << 20 };

typedef struct target {
    int fd;
    unsigned char *bytes; /* the file as it is mapped, `room` long */
    size_t room;
    size_t len;
    int failed;
} target;

/* Makes the file longer, and its mapping with it. */
static int grow(target *to) {
    size_t room = to->room + STEP;
    void *bytes;
    if (ftruncate(to->fd, (off_t)room) < 0)
        return 0;
    bytes = to->bytes == NULL ? mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, to->fd, 0)
                              : mremap(to->bytes, to->room, room, MREMAP_MAYMOVE);
    if (bytes == MAP_FAILED)
        return 0;
    to->bytes = bytes;
    to->room = room;
    return 1;
}

/* Asked before each read: the place behind what has come. A buffer of no length ends the connection with an error. */
static void *next_room(net_socket *socket, size_t *len, void *user) {
    target *to = user;
    (void)socket;
    if (to->len == to->room && !grow(to)) {
        *len = 0;
        return to->bytes;
    }
    *len = to->room - to->len;
    return to->bytes + to->len;
}

static int on_read(net_socket *socket, size_t count, void *buffer, void *user) {
    target *to = user;
    (void)socket;
    (void)buffer; /* where it belongs already */
    to->len += count;
    return 1;
}

static void on_error(net_socket *socket, const net_error *error, void *user) {
    target *to = user;
    (void)socket;
    fprintf(stderr, "%s\n", error->message);
    to->failed = 1;
}

int main(int argc, char **argv) {
    target to = {-1, NULL, 0, 0, 0};
    net_onread onread = NET_ONREAD_INIT;
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    net_connect_options connect = NET_CONNECT_OPTIONS_INIT;
    net_loop *loop = net_loop_default();
    net_socket *socket;
    int status;

    if (argc != 4) {
        fprintf(stderr, "usage: %s HOST PORT FILE\n", argv[0]);
        return 2;
    }
    to.fd = open(argv[3], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (to.fd < 0) {
        perror(argv[3]);
        return 1;
    }
    onread.buffer_fn = next_room;
    onread.callback = on_read;
    onread.user = &to;
    options.onread = &onread;
    socket = net_socket_new(loop, &options, NULL);
    net_socket_on_error(socket, on_error, &to, NULL);
    connect.host = argv[1];
    connect.port = (uint16_t)atoi(argv[2]);
    status = net_socket_connect(socket, &connect);
    if (status >= 0)
        status = net_loop_run(loop);
    if (status < 0)
        fprintf(stderr, "%s\n", net_error_text(status));
    if (to.bytes != NULL)
        munmap(to.bytes, to.room);
    if (ftruncate(to.fd, (off_t)to.len) < 0 || close(to.fd) < 0) {
        perror(argv[3]);
        to.failed = 1;
    }
    net_loop_free(loop);
    if (status < 0 || to.failed)
        return 1;
    printf("%lu bytes\n", (unsigned long)to.len);
    return 0;
}
