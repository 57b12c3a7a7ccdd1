/* Sends a message to a server of its own over loopback and takes it back. Exit status 0: it came back whole. */
#include <nodenet.h>

#include <stdio.h>
#include <string.h>

static const char message[] = "carried by a C program";

struct exchange {
    net_loop *loop;
    char got[sizeof message];
    size_t len;
};

static void echo(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    (void)user;
    net_socket_write(socket, data, len);
}

static void accepted(net_server *server, net_socket *socket, void *user) {
    (void)user;
    net_socket_on_data(socket, echo, NULL, NULL);
    net_server_close(server);
}

static void connected(net_socket *socket, void *user) {
    (void)user;
    net_socket_write(socket, message, sizeof message - 1);
}

static void answered(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    struct exchange *exchange = user;
    if (len > sizeof message - 1 - exchange->len) {
        len = sizeof message - 1 - exchange->len;
    }
    memcpy(exchange->got + exchange->len, data, len);
    exchange->len += len;
    if (exchange->len == sizeof message - 1) {
        net_socket_end(socket);
    }
}

static void listening(net_server *server, void *user) {
    struct exchange *exchange = user;
    net_address address = NET_ADDRESS_INIT;
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    net_socket *socket;
    if (net_server_address(server, &address) != 1) {
        return;
    }
    options.port = address.port;
    options.host = "127.0.0.1";
    socket = net_connect(exchange->loop, &options, NULL, NULL);
    net_socket_on_connect(socket, connected, NULL, NULL);
    net_socket_on_data(socket, answered, exchange, NULL);
}

int main(void) {
    struct exchange exchange = {NULL, {0}, 0};
    net_server *server;
    int status;

    exchange.loop = net_loop_new();
    server = net_server_new(exchange.loop, NULL);
    net_server_on_listening(server, listening, &exchange, NULL);
    net_server_on_connection(server, accepted, NULL, NULL);
    status = net_server_listen_tcp(server, 0, "127.0.0.1");
    if (status == NET_OK) {
        status = net_loop_run(exchange.loop);
    }
    if (status == NET_OK) {
        status = net_loop_free(exchange.loop);
    }

    printf("nodenet %s: \"%s\", status %d (%s)\n", net_version(), exchange.got, status, net_error_name(status));
    return status != NET_OK || strcmp(exchange.got, message) != 0;
}
