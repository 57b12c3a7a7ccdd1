#include <nodenet.h>
#include <stdio.h>
#include <stdlib.h>

static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    if (net_socket_write(socket, data, len) == 0) /* 1: go on, 0: wait for drain, <0: refused */
        net_socket_pause(socket);
}
static void on_drain(net_socket *socket, void *user) { net_socket_resume(socket); }
static void on_error(net_socket *socket, const net_error *error, void *user) {
    fprintf(stderr, "%s\n", error->message); /* the socket closes by itself */
}
static void on_connection(net_server *server, net_socket *socket, void *user) {
    net_socket_on_data(socket, on_data, NULL, NULL);
    net_socket_on_drain(socket, on_drain, NULL, NULL);
    net_socket_on_error(socket, on_error, NULL, NULL);
}
int main(int argc, char **argv) {
    net_loop *loop = net_loop_new();
    net_server *server = net_server_new(loop, NULL);
    net_address at = NET_ADDRESS_INIT;
    net_server_on_connection(server, on_connection, NULL, NULL);
    net_server_listen_tcp(server, (uint16_t)(argc > 1 ? atoi(argv[1]) : 7000), NULL);
    if (net_server_address(server, &at) == 1)
        printf("listening on port %d\n", at.port), fflush(stdout);
    int status = net_loop_run(loop); /* until nothing is left, or an error that nobody listens for */
    net_loop_free(loop);
    return status < 0;
}
