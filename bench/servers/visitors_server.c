/* visitors_server TARGET: echoes, and each connection has a user pointer of its own, with a drop. */
#include "serve.h"

enum { VISITORS = 1 << 20 };

/* Only written to when it is dropped: what a program keeps is not the library's, and not to be counted. */
static char visitors[VISITORS];

static void on_dropped(void *user) { *(char *)user = 1; }

static void on_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    (void)user;
    net_socket_write(socket, data, length);
}

static void on_end(net_socket *socket, void *user) {
    (void)socket;
    (void)user;
}

static void on_close(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    static size_t number;
    (void)server;
    (void)user;
    void *own = &visitors[number++ % VISITORS];
    net_socket_on_data(socket, on_data, own, NULL);
    net_socket_on_end(socket, on_end, own, NULL);
    net_socket_on_error(socket, serve_on_error, own, NULL);
    net_socket_on_close(socket, on_close, own, on_dropped);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: %s TARGET\n", arguments[0]);
        return 2;
    }
    return serve(arguments[1], on_connection);
}
