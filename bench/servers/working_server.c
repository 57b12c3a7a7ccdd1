/* working_server TARGET LOOPS WORK: loops that share a port echo what comes, after so many steps of work for each
 * piece. */
#include "serve.h"

#include <pthread.h>

static unsigned long work;

static void on_data(net_socket *socket, const uint8_t *data, size_t length, void *user) {
    /* A chain, of which no step can be left out. */
    volatile uint64_t state = data[0];
    (void)user;
    for (unsigned long i = 0; i < work; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
    }
    net_socket_write(socket, data, length);
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    net_socket_on_data(socket, on_data, NULL, NULL);
    net_socket_on_error(socket, serve_on_error, NULL, NULL);
}

int main(int count, char **arguments) {
    net_loop_group_options options = NET_LOOP_GROUP_OPTIONS_INIT;
    net_server_options server = NET_SERVER_OPTIONS_INIT;
    net_address at = NET_ADDRESS_INIT;
    sigset_t ends;
    int status = 0;
    int number = 0;
    if (count != 4) {
        fprintf(stderr, "usage: %s TARGET LOOPS WORK\n", arguments[0]);
        return 2;
    }
    options.loops = strtoul(arguments[2], NULL, 10);
    work = strtoul(arguments[3], NULL, 10);
    server.no_delay = 1;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    net_loop_group *group = net_loop_group_new(&options, &status);
    net_listen_options where = serve_where(arguments[1]);
    if (group != NULL) {
        /* One after the other, so that each loop has the same number of connections. */
        status = net_loop_group_listen(group, &server, &where, NET_SHARE_HAND_OVER, &at, on_connection, NULL, NULL);
    }
    if (group == NULL || status < 0) {
        fprintf(stderr, "%s\n", net_error_text(status));
        return 1;
    }
    serve_announce(&at);
    sigwait(&ends, &number);
    net_loop_group_free(group);
    return 0;
}
