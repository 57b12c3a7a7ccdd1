/* A server that answers after the client's last word: it counts what it is sent, as wc(1) does, up to the client's end,
 * then takes its time and answers on the half of the connection that is still open.
 *
 *     half_open [--port N]
 *
 *     printf 'one\ntwo\n' | nc -N 127.0.0.1 PORT        prints: 2 lines, 8 bytes */
#include <nodenet.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct count {
    unsigned long lines, bytes;
};

static net_loop *loop;

static void on_signal(int number) {
    (void)number;
    net_loop_stop(loop);
}

static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    struct count *count = user;
    size_t i;
    (void)socket;
    count->bytes += len;
    for (i = 0; i < len; i++)
        count->lines += data[i] == '\n';
}

static void on_answer_due(net_timer *timer, void *user) {
    net_socket *socket = user;
    struct count *count = net_socket_data(socket);
    net_timer_free(timer);
    if (count != NULL) { /* NULL, were the socket gone by now: a stale handle is harmless */
        char answer[80];
        snprintf(answer, sizeof answer, "%lu lines, %lu bytes\n", count->lines, count->bytes);
        net_socket_write_cstr(socket, answer);
        net_socket_end(socket); /* with allow_half_open the end of our half is ours to say */
    }
}

/* A slow question to a database would stand here. */
static void on_end(net_socket *socket, void *user) {
    net_timer *timer = net_timer_new(loop);
    (void)user;
    net_timer_start(timer, 20, 0, on_answer_due, socket, NULL);
}

static void on_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    fprintf(stderr, "client: %s\n", error->message);
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    struct count *count = calloc(1, sizeof *count);
    (void)server;
    (void)user;
    if (count == NULL) {
        net_socket_destroy(socket, NULL);
        return;
    }
    net_socket_set_data(socket, count, free); /* freed after the socket's last callback */
    net_socket_on_data(socket, on_data, count, NULL);
    net_socket_on_end(socket, on_end, NULL, NULL);
    net_socket_on_error(socket, on_error, NULL, NULL);
}

static void on_listening(net_server *server, void *user) {
    net_address at = NET_ADDRESS_INIT;
    (void)user;
    net_server_address(server, &at);
    printf("listening on %s:%d\n", at.address, at.port);
    fflush(stdout);
}

static void complain(int status) {
    const net_error *error = net_loop_error(loop); /* NULL: a call was refused, and status is all there is */
    fprintf(stderr, "%s\n", error != NULL ? error->message : net_error_text(status));
}

int main(int argc, char **argv) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    net_server *server;
    int status;
    long port = argc == 3 && strcmp(argv[1], "--port") == 0 ? strtol(argv[2], NULL, 10) : 0;

    if ((argc != 1 && argc != 3) || port < 0 || port > 65535) {
        fprintf(stderr, "usage: %s [--port N]\n", argv[0]);
        return 2;
    }

    options.allow_half_open = 1;
    loop = net_loop_new();
    server = net_server_new(loop, &options);
    net_server_on_listening(server, on_listening, NULL, NULL);
    net_server_on_connection(server, on_connection, NULL, NULL);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);

    status = net_server_listen_tcp(server, (uint16_t)port, "127.0.0.1");
    if (status == NET_OK)
        status = net_loop_run(loop);
    if (status < 0)
        complain(status);
    net_loop_free(loop);
    return status < 0;
}
