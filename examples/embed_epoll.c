/* The loop inside somebody else's epoll: an echo server in a program whose own epoll also waits for standard input.
 * Every line typed there goes to all clients, written from outside a turn of the loop.
 *
 *     embed_epoll          ends at the end of the input
 *
 * The rules of embedding are in main: watch the loop's descriptor level-triggered, ask for the timeout before every
 * wait, take a turn when either says so, and after the wake hook let the loop finish what the program began. */
#include <nodenet.h>

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { MAX_CLIENTS = 20000 };

static net_socket *clients[MAX_CLIENTS];
static size_t client_count;
static size_t delivered; /* bytes */
static int woken;

/* The hook may not call the library. It leaves a note. */
static void on_wake(net_loop *loop, void *user) {
    (void)loop;
    (void)user;
    woken = 1;
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

static void on_close(net_socket *socket, int had_error, void *user) {
    size_t i = 0;
    (void)had_error;
    (void)user;
    while (clients[i] != socket)
        i++;
    clients[i] = clients[--client_count];
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    clients[client_count++] = socket; /* never too many: see net_server_set_max_connections in main */
    net_socket_on_data(socket, on_data, NULL, NULL);
    net_socket_on_error(socket, on_error, NULL, NULL);
    net_socket_on_close(socket, on_close, NULL, NULL);
}

static void on_delivered(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    if (error == NULL)
        delivered += (uintptr_t)user;
}

/* 1 while there may be more to read. */
static int send_input(void) {
    static char text[65536];
    ssize_t len = read(STDIN_FILENO, text, sizeof text);
    size_t i;
    for (i = 0; len > 0 && i < client_count; i++)
        net_socket_write_cb(clients[i], text, (size_t)len, on_delivered, (void *)(uintptr_t)len, NULL);
    return len > 0 || (len < 0 && errno == EINTR);
}

static void on_listening(net_server *server, void *user) {
    net_address at = NET_ADDRESS_INIT;
    (void)user;
    net_server_address(server, &at);
    printf("listening on %s:%d\n", at.address, at.port);
    fflush(stdout);
}

static int watch(int epoll, int fd) {
    struct epoll_event event = {.events = EPOLLIN /* level-triggered */, .data.fd = fd};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void complain(net_loop *loop, int status) {
    const net_error *error = net_loop_error(loop); /* NULL: a call was refused, and status is all there is */
    fprintf(stderr, "%s\n", error != NULL ? error->message : net_error_text(status));
}

int main(void) {
    int epoll = epoll_create1(EPOLL_CLOEXEC), input = 1, status;
    size_t told = 0;
    net_loop_metrics metrics = NET_LOOP_METRICS_INIT;
    net_loop *loop = net_loop_new();
    net_server *server = net_server_new(loop, NULL);

    net_server_set_max_connections(server, MAX_CLIENTS);
    net_server_on_listening(server, on_listening, NULL, NULL);
    net_server_on_connection(server, on_connection, NULL, NULL);
    net_loop_set_wake_hook(loop, on_wake, NULL, NULL);
    status = net_server_listen_tcp(server, 0, "127.0.0.1");
    if (watch(epoll, STDIN_FILENO) < 0 || watch(epoll, net_loop_fd(loop)) < 0) {
        perror("epoll_ctl");
        return 1;
    }

    while (input && status == NET_OK) {
        struct epoll_event events[16];
        int count = epoll_wait(epoll, events, 16, (int)net_loop_timeout(loop)), turn = count == 0, i;
        for (i = 0; i < count; i++) {
            if (events[i].data.fd == STDIN_FILENO)
                input = send_input();
            else
                turn = 1;
        }
        if (woken) {
            woken = 0;
            status = net_loop_run_deferred(loop);
        }
        if (turn && status == NET_OK)
            status = net_loop_poll(loop, 0);
        if (told != delivered)
            printf("%zu bytes delivered\n", told = delivered);
        fflush(stdout);
    }
    if (status < 0)
        complain(loop, status);
    net_loop_get_metrics(loop, &metrics);
    printf("%llu turns\n", (unsigned long long)metrics.turns);
    net_loop_free(loop);
    close(epoll);
    return status < 0;
}
