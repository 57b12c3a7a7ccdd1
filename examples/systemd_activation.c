/* An echo server that systemd starts when somebody connects: it serves the sockets that it is given, and binds none.
 *
 *     [Socket]                                  [Service]
 *     ListenStream=7000                         ExecStart=/usr/local/bin/systemd_activation
 *     ListenStream=/run/echo.sock
 *
 * To try it without a unit: systemd-socket-activate -l 7000 systemd_activation
 * The sockets are the descriptors from 3 on; LISTEN_FDS says how many, LISTEN_PID for whom. No library is needed. */
#include <nodenet.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_FD = 3 };

static net_loop *loop;

static void on_signal(int number) {
    (void)number;
    net_loop_stop(loop);
}

static long number_in(const char *name) {
    const char *text = getenv(name);
    char *rest = NULL;
    long number = text != NULL ? strtol(text, &rest, 10) : 0;
    return text != NULL && rest != text && *rest == '\0' ? number : 0;
}

/* How many sockets this process was given; it does not pass them on to its children. */
static int inherited_sockets(void) {
    long count = number_in("LISTEN_PID") == (long)getpid() ? number_in("LISTEN_FDS") : 0;
    int i;
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (count < 0 || count > 1024)
        return 0;
    for (i = 0; i < count; i++)
        fcntl(FIRST_FD + i, F_SETFD, FD_CLOEXEC);
    return (int)count;
}

static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    (void)user;
    net_socket_write(socket, data, len);
}

/* A client that vanishes is no news to a server. */
static void on_socket_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)error;
    (void)user;
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    net_socket_on_data(socket, on_data, NULL, NULL);
    net_socket_on_error(socket, on_socket_error, NULL, NULL);
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

/* What is no socket that can listen is told here. */
static void on_error(net_server *server, const net_error *error, void *user) {
    (void)server;
    fprintf(stderr, "descriptor %d: %s\n", *(int *)user, error->message);
}

int main(void) {
    int fds[1024];
    int count = inherited_sockets();
    int status;
    int i;

    if (count == 0) {
        fprintf(stderr, "no sockets: to be started by systemd, or by systemd-socket-activate\n");
        return 1;
    }
    loop = net_loop_new();
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    for (i = 0; i < count; i++) {
        net_listen_options listen = NET_LISTEN_OPTIONS_INIT;
        net_server *server = net_server_new(loop, NULL);
        listen.fd = fds[i] = FIRST_FD + i;
        net_server_on_listening(server, on_listening, NULL, NULL);
        net_server_on_connection(server, on_connection, NULL, NULL);
        net_server_on_error(server, on_error, &fds[i], NULL);
        net_server_listen(server, &listen);
    }
    status = net_loop_run(loop);
    net_loop_free(loop);
    return status < 0;
}
