/* Sends every client back what it said.
 *
 *     echo_server [--port N] [--host H] [--path P]
 *
 * Port 0, the default, lets the system choose. Ends cleanly on Ctrl-C. */
#include <nodenet.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tally {
    unsigned long accepted, ended, failed, open;
};

static net_loop *loop;

static void on_signal(int number) {
    (void)number;
    net_loop_stop(loop);
}

static void on_drain(net_socket *socket, void *user) {
    (void)user;
    net_socket_resume(socket);
}

static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    (void)user;
    if (net_socket_write(socket, data, len) == 0) {
        /* The client reads slower than it writes: take no more from it until it has caught up. */
        net_socket_pause(socket);
        net_socket_once_drain(socket, on_drain, NULL, NULL);
    }
}

/* Our own end follows by itself, after all that is still to be sent. */
static void on_end(net_socket *socket, void *user) {
    struct tally *tally = user;
    (void)socket;
    tally->ended++;
}

/* A client that vanishes is no news to a server; close follows by itself. */
static void on_error(net_socket *socket, const net_error *error, void *user) {
    struct tally *tally = user;
    (void)socket;
    (void)error;
    tally->failed++;
}

static void on_close(net_socket *socket, int had_error, void *user) {
    struct tally *tally = user;
    (void)socket;
    (void)had_error;
    tally->open--;
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    struct tally *tally = user;
    (void)server;
    tally->accepted++;
    tally->open++;
    net_socket_on_data(socket, on_data, NULL, NULL);
    net_socket_on_end(socket, on_end, tally, NULL);
    net_socket_on_error(socket, on_error, tally, NULL);
    net_socket_on_close(socket, on_close, tally, NULL);
}

static void on_listening(net_server *server, void *user) {
    net_address at = NET_ADDRESS_INIT;
    (void)user;
    net_server_address(server, &at);
    if (at.family == NET_FAMILY_LOCAL)
        printf("listening on %s\n", at.address);
    else
        printf(at.family == NET_FAMILY_IPV6 ? "listening on [%s]:%d\n" : "listening on %s:%d\n", at.address, at.port);
    fflush(stdout);
}

static void complain(int status) {
    const net_error *error = net_loop_error(loop); /* NULL: a call was refused, and status is all there is */
    fprintf(stderr, "%s\n", error != NULL ? error->message : net_error_text(status));
}

/* 1, or 0 if the command line cannot be understood. */
static int read_arguments(int argc, char **argv, net_listen_options *listen) {
    int i;
    for (i = 1; i + 1 < argc; i += 2) {
        const char *value = argv[i + 1];
        char *rest = NULL;
        if (strcmp(argv[i], "--port") == 0) {
            long port = strtol(value, &rest, 10);
            if (*rest != '\0' || port < 0 || port > 65535)
                return 0;
            listen->port = (uint16_t)port;
        } else if (strcmp(argv[i], "--host") == 0) {
            listen->host = value;
        } else if (strcmp(argv[i], "--path") == 0) {
            listen->path = value;
        } else {
            return 0;
        }
    }
    return i == argc;
}

int main(int argc, char **argv) {
    struct tally tally = {0, 0, 0, 0};
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    net_listen_options listen = NET_LISTEN_OPTIONS_INIT;
    net_server *server;
    int status;

    options.no_delay = 1;
    listen.backlog = 4096;
    if (!read_arguments(argc, argv, &listen)) {
        fprintf(stderr, "usage: %s [--port N] [--host H] [--path P]\n", argv[0]);
        return 2;
    }

    loop = net_loop_new();
    server = net_server_new(loop, &options);
    net_server_on_listening(server, on_listening, NULL, NULL);
    net_server_on_connection(server, on_connection, &tally, NULL);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);

    status = net_server_listen(server, &listen);
    if (status < 0) {
        fprintf(stderr, "cannot listen: %s\n", net_error_text(status));
    } else if ((status = net_loop_run(loop)) < 0) {
        /* An error event without a listener ends the loop; here it is the server's. */
        complain(status);
    }
    printf("%lu connections: %lu ended, %lu failed, %lu still open\n", tally.accepted, tally.ended, tally.failed,
           tally.open);
    net_loop_free(loop);
    return status < 0;
}
