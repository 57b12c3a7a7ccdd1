/* A server that waits for its port: while somebody else has it, it tries again every second.
 *
 *     retry_listen --port N [--host H]
 *
 * Clients are greeted and let go. */
#include <nodenet.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct greeter {
    net_server *server;
    net_timer *retry;
    net_listen_options listen;
    int failed;
};

static net_loop *loop;

static void on_signal(int number) {
    (void)number;
    net_loop_stop(loop);
}

static void on_retry(net_timer *timer, void *user) {
    struct greeter *greeter = user;
    (void)timer;
    net_server_close(greeter->server);
    net_server_listen(greeter->server, &greeter->listen);
}

static void on_server_error(net_server *server, const net_error *error, void *user) {
    struct greeter *greeter = user;
    (void)server;
    if (error->number == NET_EADDRINUSE) {
        printf("%s; trying again in a second\n", error->message);
        fflush(stdout);
        net_timer_start(greeter->retry, 1000, 0, on_retry, greeter, NULL);
    } else {
        /* Waiting would not help. With nothing left to wait for, the loop ends. */
        fprintf(stderr, "%s\n", error->message);
        greeter->failed = 1;
    }
}

static void on_listening(net_server *server, void *user) {
    net_address at = NET_ADDRESS_INIT;
    (void)user;
    net_server_address(server, &at);
    printf(at.family == NET_FAMILY_IPV6 ? "listening on [%s]:%d\n" : "listening on %s:%d\n", at.address, at.port);
    fflush(stdout);
}

static void on_client_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    fprintf(stderr, "client: %s\n", error->message);
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    net_socket_on_error(socket, on_client_error, NULL, NULL);
    net_socket_resume(socket); /* what the client says is thrown away, but its goodbye is heard */
    net_socket_write_cstr(socket, "It was worth the wait.\n");
    net_socket_end(socket);
}

static void complain(int status) {
    const net_error *error = net_loop_error(loop); /* NULL: a call was refused, and status is all there is */
    fprintf(stderr, "%s\n", error != NULL ? error->message : net_error_text(status));
}

int main(int argc, char **argv) {
    struct greeter greeter;
    net_listen_options defaults = NET_LISTEN_OPTIONS_INIT;
    long port = 0;
    int status, i;

    greeter.listen = defaults;
    greeter.failed = 0;
    for (i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--port") == 0)
            port = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--host") == 0)
            greeter.listen.host = argv[i + 1];
    }
    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: %s --port N [--host H]\n", argv[0]);
        return 2;
    }
    greeter.listen.port = (uint16_t)port;

    loop = net_loop_new();
    greeter.server = net_server_new(loop, NULL);
    greeter.retry = net_timer_new(loop);
    net_server_on_listening(greeter.server, on_listening, NULL, NULL);
    net_server_on_connection(greeter.server, on_connection, NULL, NULL);
    net_server_on_error(greeter.server, on_server_error, &greeter, NULL);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);

    status = net_server_listen(greeter.server, &greeter.listen);
    if (status == NET_OK)
        status = net_loop_run(loop);
    if (status < 0)
        complain(status);
    net_loop_free(loop);
    return status < 0 || greeter.failed;
}
