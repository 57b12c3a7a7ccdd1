/* Answers requests of a fixed size one by one: what comes at once is answered by one write for each.
 *
 *     pipelined [--port N]
 *
 * Port 0, the default, lets the system choose. Ends on Ctrl-C. */
#include <nodenet.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUEST = 64 };

static net_loop *loop;

static void on_signal(int number) {
    (void)number;
    net_loop_stop(loop);
}

/* The client keeps the requests whole. */
static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    (void)user;
    for (size_t at = 0; at < len; at += REQUEST) {
        net_socket_write(socket, data + at, len - at < REQUEST ? len - at : REQUEST);
    }
}

static void on_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)error;
    (void)user;
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    net_socket_on_data(socket, on_data, NULL, NULL);
    net_socket_on_error(socket, on_error, NULL, NULL);
}

static void on_listening(net_server *server, void *user) {
    net_address at = NET_ADDRESS_INIT;
    (void)user;
    net_server_address(server, &at);
    printf("listening on %s:%d\n", at.address, at.port);
    fflush(stdout);
}

int main(int argc, char **argv) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    net_listen_options listen = NET_LISTEN_OPTIONS_INIT;
    int status;
    options.no_delay = 1;
    if (argc == 3 && strcmp(argv[1], "--port") == 0) {
        listen.port = (uint16_t)strtol(argv[2], NULL, 10);
    }
    loop = net_loop_new();
    net_server *server = net_server_new(loop, &options);
    net_server_on_listening(server, on_listening, NULL, NULL);
    net_server_on_connection(server, on_connection, NULL, NULL);
    signal(SIGINT, on_signal);
    status = net_server_listen(server, &listen);
    if (status >= 0) {
        status = net_loop_run(loop);
    }
    net_loop_free(loop);
    return status < 0;
}
