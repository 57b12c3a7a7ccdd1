/* A producer that fills the socket until it is told to wait, and goes on when it has drained. */
#include <nodenet.h>
#include <stdio.h>

struct producer {
    size_t left, waits;
};

static void produce(net_socket *socket, void *user) {
    static const char chunk[16384];
    struct producer *producer = user;
    while (producer->left > 0) {
        producer->left -= sizeof chunk;
        if (net_socket_write(socket, chunk, sizeof chunk) == 0) {
            producer->waits++;
            return; /* drain calls us again */
        }
    }
    net_socket_end(socket);
}

static void count(net_socket *socket, const uint8_t *data, size_t len, void *user) { *(size_t *)user += len; }

static void on_connection(net_server *server, net_socket *socket, void *user) {
    net_socket_on_data(socket, count, user, NULL);
    net_server_close(server);
}

int main(void) {
    struct producer producer = {10 * 1024 * 1024, 0};
    size_t received = 0;
    net_loop *loop = net_loop_new();
    net_server *server = net_server_new(loop, NULL);
    net_server_on_connection(server, on_connection, &received, NULL);
    net_server_listen_tcp(server, 0, NULL);

    net_address at = NET_ADDRESS_INIT;
    net_server_address(server, &at); /* without a host known at once; with one, in the event listening */
    net_socket *socket = net_socket_new(loop, NULL, NULL);
    net_socket_on_connect(socket, produce, &producer, NULL);
    net_socket_on_drain(socket, produce, &producer, NULL);
    net_socket_connect_tcp(socket, at.port, "127.0.0.1");

    int status = net_loop_run(loop);
    printf("received %zu bytes; the producer %s wait\n", received, producer.waits > 0 ? "had to" : "did not");
    net_loop_free(loop);
    return status < 0;
}
