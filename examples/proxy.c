/* Passes TCP connections on to another server.
 *
 *     proxy [--count] HOST PORT [LISTEN_PORT]
 *
 * Each client is connected to HOST:PORT, and whatever one side sends is piped to the other: no faster than that reads,
 * and its end goes along. Port 0, the default, lets the system choose. --count says at the end of each connection how
 * much it carried: a listener that looks at the bytes, so that they are copied, where a pipe alone may leave them in
 * the kernel. Ends cleanly on Ctrl-C. */
#include <nodenet.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static net_loop *loop;
static net_connect_options target = NET_CONNECT_OPTIONS_INIT;
static int counts;

static void on_signal(int number) {
    (void)number;
    net_loop_stop(loop);
}

/* Both sides are freed when the second has closed; until then either may still name the other. */
typedef struct pair {
    net_socket *client;
    net_socket *server;
    int open;
    unsigned long long bytes;
} pair;

static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    pair *both = user;
    (void)socket;
    (void)data;
    both->bytes += len;
}

static void on_error(net_socket *socket, const net_error *error, void *user) {
    pair *both = user;
    fprintf(stderr, "%s: %s\n", socket == both->client ? "client" : "server", error->message);
}

static void on_close(net_socket *socket, int had_error, void *user) {
    pair *both = user;
    net_socket *other = socket == both->client ? both->server : both->client;
    if (--both->open > 0) {
        /* A side that has ended well is written out first; one that failed takes the other along. */
        if (had_error)
            net_socket_destroy(other, NULL);
        else
            net_socket_destroy_soon(other);
        return;
    }
    if (counts) {
        printf("carried %llu bytes\n", both->bytes);
        fflush(stdout);
    }
    net_socket_free(both->client);
    net_socket_free(both->server);
}

static void join(pair *both, net_socket *socket, net_socket *other) {
    net_socket_on_error(socket, on_error, both, NULL);
    if (counts)
        net_socket_on_data(socket, on_data, both, NULL);
    net_socket_pipe(socket, other, 1);
}

static void on_connection(net_server *server, net_socket *client, void *user) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    pair *both = calloc(1, sizeof *both);
    (void)user;
    if (both == NULL) {
        net_socket_destroy(client, NULL);
        return;
    }
    options.allow_half_open = 1;
    both->open = 2;
    both->client = client;
    both->server = net_socket_new(net_server_loop(server), &options, NULL);
    net_socket_keep(client);
    net_socket_connect(both->server, &target);
    /* Writes to a socket that is still connecting wait, so that the pipes can be laid at once. */
    join(both, both->client, both->server);
    join(both, both->server, both->client);
    net_socket_on_close(both->client, on_close, both, NULL);
    net_socket_on_close(both->server, on_close, both, free);
}

static void on_listening(net_server *server, void *user) {
    net_address at = NET_ADDRESS_INIT;
    (void)user;
    net_server_address(server, &at);
    printf("listening on %s:%u\n", at.address, (unsigned)at.port);
    fflush(stdout);
}

int main(int argc, char **argv) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    net_server *server;
    int status;

    if (argc > 1 && strcmp(argv[1], "--count") == 0) {
        counts = 1;
        argc--;
        argv++;
    }
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: proxy [--count] HOST PORT [LISTEN_PORT]\n");
        return 2;
    }
    target.host = argv[1];
    target.port = (uint16_t)atoi(argv[2]);

    loop = net_loop_new();
    options.allow_half_open = 1;
    server = net_server_new(loop, &options);
    net_server_on_connection(server, on_connection, NULL, NULL);
    net_server_on_listening(server, on_listening, NULL, NULL);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);

    status = net_server_listen_tcp(server, (uint16_t)(argc > 3 ? atoi(argv[3]) : 0), NULL);
    if (status == NET_OK)
        status = net_loop_run(loop);
    if (status < 0) {
        const net_error *error = net_loop_error(loop);
        fprintf(stderr, "%s\n", error != NULL ? error->message : net_error_text(status));
    }
    net_loop_free(loop);
    return status < 0;
}
