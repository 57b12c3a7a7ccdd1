/* A server and its client in one loop, and the order in which their events come. */
#include <nodenet.h>
#include <stdio.h>

static void server_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    printf("server: data, %zu bytes\n", len);
    net_socket_write(socket, data, len);
}

static void server_end(net_socket *socket, void *user) { printf("server: end\n"); }

static void on_connection(net_server *server, net_socket *socket, void *user) {
    printf("server: connection\n");
    net_socket_on_data(socket, server_data, NULL, NULL);
    net_socket_on_end(socket, server_end, NULL, NULL);
    net_server_close(server); /* no more clients; this one stays */
}

static void client_connect(net_socket *socket, void *user) { printf("client: connect\n"); }

static void client_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    printf("client: data, %.*s\n", (int)len, (const char *)data);
    net_socket_end(socket); /* our half; the server ends the other one by itself */
}

static void client_end(net_socket *socket, void *user) { printf("client: end\n"); }

static void client_close(net_socket *socket, int had_error, void *user) {
    printf("client: close%s\n", had_error ? " after an error" : "");
}

static void on_listening(net_server *server, void *user) {
    net_address at = NET_ADDRESS_INIT;
    net_connect_options to = NET_CONNECT_OPTIONS_INIT;
    net_server_address(server, &at);
    to.host = at.address;
    to.port = at.port;
    net_socket *client = net_connect(net_server_loop(server), &to, NULL, NULL);
    net_socket_on_connect(client, client_connect, NULL, NULL);
    net_socket_on_data(client, client_data, NULL, NULL);
    net_socket_on_end(client, client_end, NULL, NULL);
    net_socket_on_close(client, client_close, NULL, NULL);
    net_socket_write_cstr(client, "hello"); /* kept until the connection is there */
    printf("client: asked to connect\n");   /* nothing has happened yet: events never come inside a call */
}

int main(void) {
    net_loop *loop = net_loop_new();
    net_server *server = net_server_new(loop, NULL);
    net_server_on_listening(server, on_listening, NULL, NULL);
    net_server_on_connection(server, on_connection, NULL, NULL);
    net_server_listen_tcp(server, 0, "127.0.0.1");
    int status = net_loop_run(loop);
    net_loop_free(loop);
    return status < 0;
}
