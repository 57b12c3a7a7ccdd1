/* An echo server that stops gracefully: on SIGTERM it takes no more connections, lets every client have what is written
 * for it, and leaves those that do not hang up in time.
 *
 *     graceful_stop [--port N] [--grace MS]
 *
 * A second SIGTERM ends the patience. */
#include <nodenet.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static net_loop *loop;

/* Stopping the loop is what a signal handler may do; the rest is done where net_loop_run returns. */
static void on_signal(int number) {
    (void)number;
    net_loop_stop(loop);
}

struct tally {
    unsigned open, hung_up;
};

static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    (void)user;
    net_socket_write(socket, data, len);
}

static void on_end(net_socket *socket, void *user) {
    struct tally *tally = user;
    (void)socket;
    tally->hung_up++;
}

static void on_socket_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)error;
    (void)user;
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    struct tally *tally = user;
    (void)server;
    tally->open++;
    net_socket_on_data(socket, on_data, NULL, NULL);
    net_socket_on_end(socket, on_end, tally, NULL);
    net_socket_on_error(socket, on_socket_error, NULL, NULL);
}

static void on_listening(net_server *server, void *user) {
    net_address at = NET_ADDRESS_INIT;
    (void)user;
    net_server_address(server, &at);
    printf("listening on 127.0.0.1:%d\n", at.port);
    fflush(stdout);
}

/* The last socket is gone. */
static void on_close(net_server *server, void *user) {
    struct tally *tally = user;
    (void)server;
    printf("closed: %u of %u clients hung up\n", tally->hung_up, tally->open);
}

int main(int argc, char **argv) {
    net_listen_options listen = NET_LISTEN_OPTIONS_INIT;
    struct tally tally = {0, 0};
    uint64_t grace = 10000;
    net_server *server;
    net_socket *socket;
    int status;
    int i;

    listen.host = "127.0.0.1";
    for (i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--port") == 0)
            listen.port = (uint16_t)strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--grace") == 0)
            grace = strtoull(argv[i + 1], NULL, 10);
    }
    loop = net_loop_new();
    server = net_server_new(loop, NULL);
    net_server_on_listening(server, on_listening, NULL, NULL);
    net_server_on_connection(server, on_connection, &tally, NULL);
    net_server_on_close(server, on_close, &tally, NULL);
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    net_server_listen(server, &listen);

    status = net_loop_run(loop);
    if (status == 0) {
        for (socket = net_server_next_socket(server, NULL); socket != NULL;
             socket = net_server_next_socket(server, socket))
            net_socket_write_cstr(socket, "the server stops\n");
        net_server_shutdown(server, grace);
        printf("stopping\n");
        fflush(stdout);
        /* Until all are gone, or the next signal. */
        status = net_loop_run(loop);
    }
    if (status < 0)
        fprintf(stderr, "%s\n", net_error_text(status));
    net_loop_free(loop);
    return status < 0;
}
