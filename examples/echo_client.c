/* Sends its standard input, prints what comes back, and says goodbye at the end of the input.
 *
 *     echo_client --port N [--host H]
 *     echo_client --path P
 *
 * Standard input is no socket, so the loop stands beside it in a poll(2) of our own. */
#include <nodenet.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    (void)socket;
    (void)user;
    fwrite(data, 1, len, stdout);
    fflush(stdout);
}

static void on_error(net_socket *socket, const net_error *error, void *user) {
    int *failed = user;
    (void)socket;
    fprintf(stderr, "%s\n", error->message);
    *failed = 1;
}

/* 1 while there may be more to read. */
static int send_input(net_socket *socket) {
    char chunk[16384];
    ssize_t len = read(STDIN_FILENO, chunk, sizeof chunk);
    if (len > 0) {
        net_socket_write(socket, chunk, (size_t)len);
        return 1;
    }
    if (len < 0 && errno == EINTR)
        return 1;
    net_socket_end(socket); /* only our half: what the server still has to say is printed */
    return 0;
}

/* 1, or 0 if the command line cannot be understood. */
static int read_arguments(int argc, char **argv, net_connect_options *to) {
    int i;
    for (i = 1; i + 1 < argc; i += 2) {
        const char *value = argv[i + 1];
        char *rest = NULL;
        if (strcmp(argv[i], "--port") == 0) {
            long port = strtol(value, &rest, 10);
            if (*rest != '\0' || port < 1 || port > 65535)
                return 0;
            to->port = (uint16_t)port;
        } else if (strcmp(argv[i], "--host") == 0) {
            to->host = value;
        } else if (strcmp(argv[i], "--path") == 0) {
            to->path = value;
        } else {
            return 0;
        }
    }
    return i == argc && (to->port != 0 || to->path != NULL);
}

int main(int argc, char **argv) {
    net_connect_options to = NET_CONNECT_OPTIONS_INIT;
    net_loop *loop = net_loop_new();
    net_socket *socket;
    int failed = 0, input = 1, error = 0;

    if (!read_arguments(argc, argv, &to)) {
        fprintf(stderr, "usage: %s --port N [--host H] | --path P\n", argv[0]);
        return 2;
    }
    socket = net_connect(loop, &to, NULL, &error);
    if (socket == NULL) {
        fprintf(stderr, "cannot connect: %s\n", net_error_text(error));
        return 1;
    }
    net_socket_on_data(socket, on_data, NULL, NULL);
    net_socket_on_error(socket, on_error, &failed, NULL);

    while (net_loop_alive(loop) == 1) {
        /* While the server is behind, input waits where it is: poll ignores a negative descriptor. */
        int wanted = input && net_socket_writable_need_drain(socket) == 0;
        struct pollfd ready[2] = {{net_loop_fd(loop), POLLIN, 0}, {wanted ? STDIN_FILENO : -1, POLLIN, 0}};
        if (poll(ready, 2, (int)net_loop_timeout(loop)) < 0 && errno != EINTR) {
            perror("poll");
            return 1;
        }
        if (ready[1].revents != 0)
            input = send_input(socket);
        if (net_loop_poll(loop, 0) < 0)
            failed = 1;
    }
    net_loop_free(loop);
    return failed;
}
