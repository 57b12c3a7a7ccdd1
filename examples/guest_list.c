/* A server that is particular about its guests: it answers "hello", and shuts out who says anything else.
 *
 *     guest_list [--port N] [CIDR...]
 *
 * Nobody of the networks that are named is let in. Who misbehaves joins them, and can connect no more. */
#include <nodenet.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static net_loop *loop;

static void on_signal(int number) {
    (void)number;
    net_loop_stop(loop);
}

static void shut_out(net_block_list *list, net_socket *socket) {
    net_address peer = NET_ADDRESS_INIT;
    if (net_socket_remote_address(socket, &peer) == 1) {
        net_block_list_add_address(list, peer.address, peer.address_len, peer.family);
        printf("shut out %s\n", peer.address);
        fflush(stdout);
    }
    net_socket_destroy(socket, NULL);
}

static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    if (len >= 5 && memcmp(data, "hello", 5) == 0)
        net_socket_write_cstr(socket, "hello\n");
    else
        shut_out(user, socket);
}

static void on_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    fprintf(stderr, "%s\n", error->message);
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    (void)server;
    net_socket_on_data(socket, on_data, user, NULL);
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
    net_block_list *list = net_block_list_new();
    net_server *server;
    int status = NET_OK, i = 1;
    long port = 0;

    if (argc >= 3 && strcmp(argv[1], "--port") == 0) {
        port = strtol(argv[2], NULL, 10);
        i = 3;
    }
    for (; i < argc && status == NET_OK; i++)
        status = net_block_list_add_cidr(list, argv[i], NET_CSTR);
    if (status < 0 || port < 0 || port > 65535) {
        fprintf(stderr, "usage: %s [--port N] [CIDR...]\n", argv[0]);
        net_block_list_free(list);
        return 2;
    }

    loop = net_loop_new();
    options.block_list = list;
    server = net_server_new(loop, &options);
    net_server_on_listening(server, on_listening, NULL, NULL);
    net_server_on_connection(server, on_connection, list, NULL);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);

    status = net_server_listen_tcp(server, (uint16_t)port, "127.0.0.1");
    if (status == NET_OK)
        status = net_loop_run(loop);
    if (status < 0)
        fprintf(stderr, "%s\n", net_error_text(status));
    net_loop_free(loop);
    net_block_list_free(list);
    return status < 0;
}
