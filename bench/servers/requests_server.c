/* requests_server TARGET: answers each request of 64 bytes with a write of its own. */
#include "serve.h"

enum { REQUEST = 64 };

static void on_drain(net_socket *socket, void *user) {
    (void)user;
    net_socket_resume(socket);
}

static void on_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    int goes_on = 1;
    (void)user;
    for (size_t from = 0; from < length; from += REQUEST) {
        goes_on = net_socket_write(socket, data + from, length - from < REQUEST ? length - from : REQUEST);
    }
    if (goes_on == 0) {
        net_socket_pause(socket);
        net_socket_once_drain(socket, on_drain, NULL, NULL);
    }
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    net_socket_on_data(socket, on_data, NULL, NULL);
    net_socket_on_error(socket, serve_on_error, NULL, NULL);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: %s TARGET\n", arguments[0]);
        return 2;
    }
    return serve(arguments[1], on_connection);
}
