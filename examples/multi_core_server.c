/* Sends every client back what it said, with one loop for each core.
 *
 *     multi_core_server [--port N] [--host H] [--path P] [--loops N] [--share auto|reuse-port|hand-over]
 *
 * reuse-port: each loop listens on the port for itself, and the system chooses among them. hand-over: one loop accepts,
 * and the next one in turn gets the connection. On Ctrl-C it accepts no more, gives its clients five seconds to end,
 * and tells how many each loop has served. */
#include <nodenet.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LOOPS = 256, GRACE_MS = 5000 };

/* What one thread counts. No other looks at it before that thread has ended, so nothing has to be locked. */
struct tally {
    net_loop *loop;
    unsigned long served;
};

static struct tally tallies[MAX_LOOPS];

static struct tally *tally_of(const net_loop *loop) {
    size_t i = 0;
    while (tallies[i].loop != loop)
        i++;
    return &tallies[i];
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
    (void)error;
    (void)user;
}

/* In the thread of whichever loop has the connection, where all its events come too. */
static void on_connection(net_server *server, net_socket *socket, void *user) {
    (void)user;
    tally_of(net_server_loop(server))->served++;
    net_socket_on_data(socket, on_data, NULL, NULL);
    net_socket_on_error(socket, on_error, NULL, NULL);
}

/* 1, or 0 if the command line cannot be understood. */
static int read_arguments(int argc, char **argv, net_listen_options *listen, size_t *loops, int *share) {
    static const char *const shares[] = {"auto", "reuse-port", "hand-over"};
    int i;
    for (i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        char *rest = NULL;
        if (strcmp(name, "--port") == 0 || strcmp(name, "--loops") == 0) {
            int is_port = name[2] == 'p';
            long number = strtol(value, &rest, 10);
            if (*rest != '\0' || number < 0 || number > (is_port ? 65535 : MAX_LOOPS))
                return 0;
            if (is_port)
                listen->port = (uint16_t)number;
            else
                *loops = (size_t)number;
        } else if (strcmp(name, "--host") == 0) {
            listen->host = value;
        } else if (strcmp(name, "--path") == 0) {
            listen->path = value;
        } else if (strcmp(name, "--share") == 0) {
            for (*share = 0; *share < 3 && strcmp(value, shares[*share]) != 0;)
                ++*share; /* the numbers of NET_SHARE_AUTO and the others, or one that is none */
        } else {
            return 0;
        }
    }
    return i == argc;
}

/* All signals are blocked in the threads of the group, and these in ours: they wait until we ask for them. */
static void wait_for_signal(void) {
    sigset_t ends;
    int number = 0;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    printf("ready\n");
    fflush(stdout);
    sigwait(&ends, &number);
}

int main(int argc, char **argv) {
    net_loop_group_options options = NET_LOOP_GROUP_OPTIONS_INIT;
    net_listen_options listen = NET_LISTEN_OPTIONS_INIT;
    net_server_options server = NET_SERVER_OPTIONS_INIT;
    net_address at = NET_ADDRESS_INIT;
    int status = 0, share = NET_SHARE_AUTO;
    net_loop_group *group;
    size_t i, loops = 0;

    server.no_delay = 1;
    listen.backlog = 4096;
    if (!read_arguments(argc, argv, &listen, &options.loops, &share)) {
        fprintf(stderr, "usage: %s [--port N] [--host H] [--path P] [--loops N] [--share auto|reuse-port|hand-over]\n",
                argv[0]);
        return 2;
    }

    group = net_loop_group_new(&options, &status);
    if (group == NULL) {
        fprintf(stderr, "no loops: %s\n", net_error_text(status));
        return 1;
    }
    net_loop_group_size(group, &loops);
    for (i = 0; i < loops && i < MAX_LOOPS; i++)
        tallies[i].loop = net_loop_group_loop(group, i);

    status = net_loop_group_listen(group, &server, &listen, share, &at, on_connection, NULL, NULL);
    if (status < 0) {
        fprintf(stderr, "cannot listen: %s\n", net_error_text(status));
        net_loop_group_free(group);
        return 1;
    }
    if (at.family == NET_FAMILY_LOCAL)
        printf("listening on %s\n", at.address);
    else
        printf(at.family == NET_FAMILY_IPV6 ? "listening on [%s]:%d\n" : "listening on %s:%d\n", at.address, at.port);

    wait_for_signal();
    net_loop_group_close(group);
    status = net_loop_group_wait(group, GRACE_MS);
    if (status == NET_ETIMEDOUT)
        printf("some clients did not end in time\n");
    net_loop_group_free(group); /* ends what is left, and waits for the threads */
    for (i = 0; i < loops; i++)
        printf("loop %zu served %lu\n", i, tallies[i].served);
    return status < 0 && status != NET_ETIMEDOUT;
}
