/* Sends every client back what it said, with several processes that serve one port.
 *
 *     prefork_server [--port N] [--host H] [--workers N] [--share hand-over|bound|reuse-port]
 *
 * hand-over: this process accepts, and gives each connection to the next worker, as Node's cluster does. bound: this
 * process binds, and every worker listens on what it bound; the system chooses who gets a connection. reuse-port: the
 * same, but each worker has a socket of its own. A worker that ends is replaced. On Ctrl-C the workers accept no more,
 * have five seconds for their clients, and tell how many they have served. */
#include <nodenet.h>

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_WORKERS = 64, WORKER_FD = 3, GRACE_MS = 5000 };

enum share { HAND_OVER, BOUND, REUSE_PORT };
static const char *const shares[] = {"hand-over", "bound", "reuse-port"};

extern char **environ;

/* ---- what a worker does ---- */

static unsigned long served;
static net_server *worker_server;
static net_socket *parent;

static void ignore_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)error;
    (void)user;
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

static void serve(net_socket *socket) {
    served++;
    net_socket_on_data(socket, on_data, NULL, NULL);
    net_socket_on_error(socket, ignore_error, NULL, NULL);
}

static void on_worker_connection(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    serve(socket);
}

static void say_ready(net_server *server, void *user) {
    (void)server;
    (void)user;
    net_socket_write_cstr(parent, "r");
}

static void listens(net_server *server) {
    worker_server = server;
    net_server_on_connection(server, on_worker_connection, NULL, NULL);
    net_server_on_listening(server, say_ready, NULL, NULL);
}

/* A connection is served; what is bound, or listens, becomes a server. */
static void on_handle(net_socket *ipc, int kind, void *user) {
    const enum share *share = user;
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    net_server *server;
    net_socket *socket;
    (void)kind;
    options.no_delay = 1;
    if (*share == BOUND && (server = net_socket_take_server(ipc, &options, NULL)) != NULL)
        listens(server);
    else if (*share == HAND_OVER && (socket = net_socket_take_socket(ipc, NULL, NULL)) != NULL)
        serve(socket);
}

static void no_longer(net_timer *timer, void *user) {
    (void)user;
    net_loop_stop(net_timer_loop(timer));
}

/* The end of the parent, or what it says at its end. */
static void on_parent_end(net_socket *ipc, void *user) {
    net_timer *grace = net_timer_new(net_socket_loop(ipc));
    char text[32];
    (void)user;
    if (worker_server != NULL)
        net_server_close(worker_server);
    net_socket_end_cb(ipc, text, (size_t)snprintf(text, sizeof text, "%lu", served), NULL, NULL, NULL);
    net_timer_start(grace, GRACE_MS, 0, no_longer, NULL, NULL);
    net_timer_unref(grace);
}

static void ignore_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    (void)socket;
    (void)data;
    (void)len;
    (void)user;
}

static int work(enum share share, uint16_t port, const char *host) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    net_listen_options listen = NET_LISTEN_OPTIONS_INIT;
    net_loop *loop = net_loop_default();
    int status;

    signal(SIGINT, SIG_IGN); /* of the terminal; the parent hears it, and tells */
    options.fd = WORKER_FD;
    options.ipc = 1;
    options.allow_half_open = 1;
    parent = net_socket_new(loop, &options, NULL);
    net_socket_on_handle(parent, on_handle, &share, NULL);
    net_socket_on_data(parent, ignore_data, NULL, NULL);
    net_socket_on_end(parent, on_parent_end, NULL, NULL);
    net_socket_on_error(parent, ignore_error, NULL, NULL);
    if (share == HAND_OVER)
        say_ready(NULL, NULL);
    if (share == REUSE_PORT) {
        net_server_options server = NET_SERVER_OPTIONS_INIT;
        server.no_delay = 1;
        listen.port = port;
        listen.host = host;
        listen.reuse_port = 1;
        listens(net_server_new(loop, &server));
        net_server_listen(worker_server, &listen);
    }
    status = net_loop_run(loop);
    if (status < 0)
        fprintf(stderr, "worker: %s\n", net_error_text(status));
    return status < 0;
}

/* ---- what the parent does ---- */

struct worker {
    net_socket *ipc; /* NULL if there is none */
    pid_t pid;
    int is_full; /* it has not taken what it was given */
    char said[32];
    size_t len;
};

static struct worker workers[MAX_WORKERS];
static int count = 2, ready, next;
static enum share how = HAND_OVER;
static net_loop *loop;
static net_bound_socket *bound;
static net_server *acceptor;
static volatile sig_atomic_t stopping;
static char port_text[8] = "0";
static const char *host;

static void start(struct worker *worker);

static void on_signal(int number) {
    (void)number;
    stopping = 1;
    net_loop_stop(loop);
}

static void on_said(net_socket *ipc, const uint8_t *data, size_t len, void *user) {
    struct worker *worker = user;
    (void)ipc;
    if (worker->len == 0 && ++ready == count) {
        printf("ready\n");
        fflush(stdout);
    }
    if (len < sizeof worker->said - worker->len) {
        memcpy(worker->said + worker->len, data, len);
        worker->len += len;
    }
}

static void on_room(net_socket *ipc, void *user) {
    struct worker *worker = user;
    (void)ipc;
    worker->is_full = 0;
}

static void on_worker_gone(net_socket *ipc, int had_error, void *user) {
    struct worker *worker = user;
    int number = (int)(worker - workers) + 1;
    (void)had_error;
    net_socket_free(ipc);
    worker->ipc = NULL;
    waitpid(worker->pid, NULL, 0);
    if (worker->len == 0 && !stopping) {
        fprintf(stderr, "worker %d has ended before it was ready\n", number);
        exit(1);
    }
    if (stopping) {
        worker->said[worker->len] = '\0';
        printf("worker %d served %s\n", number, worker->len > 1 ? worker->said + 1 : "an unknown number");
        return;
    }
    printf("worker %d has ended\n", number);
    start(worker);
}

/* This program once more, with one end of a socket as its descriptor 3. */
static void start(struct worker *worker) {
    char *arguments[] = {
        (char *)"prefork_server", (char *)"--worker", (char *)shares[how], port_text, (char *)host, NULL};
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    posix_spawn_file_actions_t actions;
    int fd = -1, failed;

    memset(worker, 0, sizeof *worker);
    options.ipc = 1;
    worker->ipc = net_socket_pair(loop, &options, &fd, NULL);
    if (worker->ipc == NULL) {
        fprintf(stderr, "no socket for a worker\n");
        exit(1);
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fd, WORKER_FD);
    failed = posix_spawn(&worker->pid, "/proc/self/exe", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(fd); /* so that its end is told as the end of the socket */
    if (failed) {
        fprintf(stderr, "cannot start a worker: %s\n", strerror(failed));
        exit(1);
    }
    printf("worker %d is %ld\n", (int)(worker - workers) + 1, (long)worker->pid);
    fflush(stdout);
    net_socket_on_data(worker->ipc, on_said, worker, NULL);
    net_socket_on_drain(worker->ipc, on_room, worker, NULL);
    net_socket_on_error(worker->ipc, ignore_error, NULL, NULL);
    net_socket_on_close(worker->ipc, on_worker_gone, worker, NULL);
    if (how == BOUND)
        net_socket_send_bound_socket(worker->ipc, "b", 1, bound, NULL, NULL, NULL);
}

/* The next one in turn, but none that cannot keep up as long as there is another. */
static struct worker *choose(void) {
    struct worker *found = NULL;
    int i;
    for (i = 0; i < count; i++) {
        struct worker *worker = &workers[next++ % count];
        if (net_socket_writable(worker->ipc) != 1)
            continue;
        found = worker;
        if (!worker->is_full)
            break;
    }
    return found;
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    struct worker *worker = choose();
    (void)server;
    (void)user;
    net_socket_on_error(socket, ignore_error, NULL, NULL);
    if (worker == NULL)
        net_socket_destroy(socket, NULL);
    else
        worker->is_full = net_socket_send_socket(worker->ipc, "c", 1, socket, 0, NULL, NULL, NULL) == 0;
}

/* Makes what the workers share, or one socket that holds the port. 1, or 0 if that cannot be. */
static int bind_port(uint16_t port) {
    net_bound_socket_options options = NET_BOUND_SOCKET_OPTIONS_INIT;
    net_address at = NET_ADDRESS_INIT;
    options.port = port;
    options.host = host;
    options.reuse_port = how == REUSE_PORT;
    bound = net_bound_socket_new(&options, NULL);
    if (bound == NULL) {
        const net_error *error = net_bound_socket_error();
        fprintf(stderr, "cannot bind: %s\n", error ? error->message : "what was asked for means nothing");
        return 0;
    }
    net_bound_socket_address(bound, &at);
    snprintf(port_text, sizeof port_text, "%u", (unsigned)at.port);
    if (how == HAND_OVER) {
        net_listen_options listen = NET_LISTEN_OPTIONS_INIT;
        acceptor = net_server_new(loop, NULL);
        listen.handle = bound;
        listen.backlog = 4096;
        net_server_on_connection(acceptor, on_connection, NULL, NULL);
        net_server_listen(acceptor, &listen);
    }
    printf(at.family == NET_FAMILY_IPV6 ? "listening on [%s]:%d\n" : "listening on %s:%d\n", at.address, at.port);
    return 1;
}

static enum share share_of(const char *name) {
    int i = 0;
    while (i < 3 && strcmp(name, shares[i]) != 0)
        i++;
    return (enum share)i;
}

/* 1, or 0 if the command line cannot be understood. */
static int read_arguments(int argc, char **argv, uint16_t *port) {
    int i;
    for (i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        char *rest = NULL;
        long number = strtol(value, &rest, 10);
        int is_number = *rest == '\0' && number >= 0;
        if (strcmp(name, "--port") == 0 && is_number && number <= 65535)
            *port = (uint16_t)number;
        else if (strcmp(name, "--workers") == 0 && is_number && number >= 1 && number <= MAX_WORKERS)
            count = (int)number;
        else if (strcmp(name, "--host") == 0)
            host = value;
        else if (strcmp(name, "--share") == 0 && (int)share_of(value) < 3)
            how = share_of(value);
        else
            return 0;
    }
    return i == argc;
}

int main(int argc, char **argv) {
    uint16_t port = 0;
    int i, status;

    if (argc >= 4 && strcmp(argv[1], "--worker") == 0)
        return work(share_of(argv[2]), (uint16_t)atoi(argv[3]), argc > 4 ? argv[4] : NULL);
    if (!read_arguments(argc, argv, &port)) {
        fprintf(stderr, "usage: %s [--port N] [--host H] [--workers N] [--share hand-over|bound|reuse-port]\n",
                argv[0]);
        return 2;
    }
    loop = net_loop_default();
    if (!bind_port(port))
        return 1;
    for (i = 0; i < count; i++)
        start(&workers[i]);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);

    status = net_loop_run(loop);
    if (status < 0) {
        fprintf(stderr, "%s\n", net_error_text(status));
        return 1;
    }
    /* The end of a worker's socket tells it to end, and its own end is ours. */
    if (acceptor != NULL)
        net_server_close(acceptor);
    for (i = 0; i < count; i++)
        if (workers[i].ipc != NULL)
            net_socket_end(workers[i].ipc);
    status = net_loop_run(loop);
    net_bound_socket_free(bound);
    net_loop_free(loop);
    return status < 0;
}
