/* file_server TARGET write|pieces|owned|pipe FILE: sends everyone a file and ends.
 *
 * write: all of it in one write, which copies what the system does not take at once. owned: the same without a copy.
 * pieces: 64 KiB at a time, the next one when there is room. pipe: another process feeds it through a pipe, which is
 * piped into the socket. */
#include "serve.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE = 65536 };

static const uint8_t *bytes;
static size_t length;

static void need(int good, const char *what) {
    if (!good) {
        perror(what);
        exit(1);
    }
}

static void whole(net_socket *socket) {
    net_socket_write(socket, bytes, length);
    net_socket_end(socket);
}

static void on_released(void *data, size_t size, void *user) {
    (void)data;
    (void)size;
    (void)user;
}

static void owned(net_socket *socket) {
    net_socket_write_owned(socket, bytes, length, on_released, NULL, NULL, NULL, NULL);
    net_socket_end(socket);
}

static void on_drain(net_socket *socket, void *user) {
    size_t *at = user;
    int goes_on = 1;
    while (goes_on > 0 && *at < length) {
        size_t size = length - *at < PIECE ? length - *at : PIECE;
        goes_on = net_socket_write(socket, bytes + *at, size);
        *at += size;
    }
    if (*at == length) {
        net_socket_end(socket);
    }
}

static void pieces(net_socket *socket) {
    size_t *at = calloc(1, sizeof *at);
    need(at != NULL, "calloc");
    net_socket_on_drain(socket, on_drain, at, free);
    on_drain(socket, at);
}

static void feed(int fd) {
    size_t at = 0;
    while (at < length) {
        ssize_t taken = write(fd, bytes + at, length - at);
        need(taken > 0, "write");
        at += (size_t)taken;
    }
    _exit(0);
}

static void piped(net_socket *socket) {
    int ends[2];
    need(pipe(ends) == 0, "pipe");
    pid_t feeder = fork();
    need(feeder >= 0, "fork");
    if (feeder == 0) {
        close(ends[0]);
        feed(ends[1]);
    }
    close(ends[1]);
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.fd = ends[0];
    options.writable = 0;
    net_socket *source = net_socket_new(net_socket_loop(socket), &options, NULL);
    need(source != NULL, "net_socket_new");
    net_socket_pipe(source, socket, 1);
}

static const struct {
    const char *name;
    void (*send)(net_socket *socket);
} ways[] = {{"write", whole}, {"owned", owned}, {"pieces", pieces}, {"pipe", piped}};

static void (*way)(net_socket *socket);

static void on_connection(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    net_socket_on_error(socket, serve_on_error, NULL, NULL);
    way(socket);
}

int main(int count, char **arguments) {
    need(count == 4, "usage: file_server TARGET write|pieces|owned|pipe FILE");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(ways[i].name, arguments[2]) == 0) {
            way = ways[i].send;
        }
    }
    need(way != NULL, arguments[2]);
    struct stat about;
    int fd = open(arguments[3], O_RDONLY | O_CLOEXEC);
    need(fd >= 0 && fstat(fd, &about) == 0, arguments[3]);
    length = (size_t)about.st_size;
    void *mapped = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
    need(mapped != MAP_FAILED, "mmap");
    bytes = mapped;
    signal(SIGCHLD, SIG_IGN);
    return serve(arguments[1], on_connection);
}
