/* An echo server on a Unix socket.
 *
 *     unix_echo PATH       a socket file, removed when the server ends
 *     unix_echo @NAME      a name of Linux's abstract namespace: no file at all */
#include <nodenet.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

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
        net_socket_pause(socket);
        net_socket_once_drain(socket, on_drain, NULL, NULL);
    }
}

static void on_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    fprintf(stderr, "client: %s\n", error->message);
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
    if (at.address[0] == '\0')
        at.address[0] = '@';
    printf("listening on %s\n", at.address);
    fflush(stdout);
}

static void complain(int status) {
    const net_error *error = net_loop_error(loop); /* NULL: a call was refused, and status is all there is */
    fprintf(stderr, "%s\n", error != NULL ? error->message : net_error_text(status));
}

int main(int argc, char **argv) {
    net_server *server;
    char *name;
    size_t len;
    int status;

    if (argc != 2) {
        fprintf(stderr, "usage: %s PATH | @NAME\n", argv[0]);
        return 2;
    }
    name = argv[1];
    len = strlen(name);

    loop = net_loop_new();
    server = net_server_new(loop, NULL);
    net_server_on_connection(server, on_connection, NULL, NULL);
    net_server_on_listening(server, on_listening, NULL, NULL);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);

    if (name[0] == '@')
        name[0] = '\0'; /* an abstract name begins with a NUL, so its length has to be said */
    status = net_server_listen_path(server, name, len);
    if (status == NET_OK)
        status = net_loop_run(loop);
    if (status < 0)
        complain(status);
    net_loop_free(loop);
    return status < 0;
}
