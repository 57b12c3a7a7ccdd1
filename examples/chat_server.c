/* A chat room. The first line that a client sends is its name; every further line goes to all the others.
 *
 *     chat_server [--port N]
 *
 * Nobody waits for a slow reader: who is a whole buffer behind when the next line comes has to leave. */
#include <nodenet.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct member {
    net_socket *socket;
    struct member *next;
    char name[32];   /* "" until it is told */
    char line[1024]; /* the line being received */
    size_t len;
};

static net_loop *loop;
static struct member *members;

static void on_signal(int number) {
    (void)number;
    net_loop_stop(loop);
}

static void tell_others(const struct member *sender, const char *text) {
    struct member *member;
    for (member = members; member != NULL; member = member->next) {
        if (member == sender || member->name[0] == '\0')
            continue;
        if (net_socket_writable_need_drain(member->socket) == 1)
            net_socket_destroy(member->socket, NULL); /* on_close follows later: the list stays as it is */
        else
            net_socket_write_cstr(member->socket, text);
    }
}

static void take_line(struct member *member) {
    char text[sizeof member->name + sizeof member->line + 4];
    if (member->name[0] != '\0') {
        snprintf(text, sizeof text, "%s: %s\n", member->name, member->line);
    } else {
        snprintf(member->name, sizeof member->name, "%.31s", member->line[0] != '\0' ? member->line : "nobody");
        net_socket_write_cstr(member->socket, "* welcome\n");
        snprintf(text, sizeof text, "* %s is here\n", member->name);
    }
    tell_others(member, text);
}

static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    struct member *member = user;
    size_t i;
    (void)socket;
    for (i = 0; i < len; i++) {
        int end_of_line = data[i] == '\n';
        if (!end_of_line && data[i] != '\r')
            member->line[member->len++] = (char)data[i];
        if (end_of_line || member->len == sizeof member->line - 1) {
            member->line[member->len] = '\0';
            member->len = 0;
            take_line(member);
        }
    }
}

static void on_error(net_socket *socket, const net_error *error, void *user) {
    struct member *member = user;
    (void)socket;
    fprintf(stderr, "%s: %s\n", member->name, error->message);
}

static void on_close(net_socket *socket, int had_error, void *user) {
    struct member *member = user, **link = &members;
    char text[sizeof member->name + 16];
    (void)socket;
    (void)had_error;
    while (*link != member)
        link = &(*link)->next;
    *link = member->next;
    snprintf(text, sizeof text, "* %s is gone\n", member->name);
    if (member->name[0] != '\0')
        tell_others(member, text);
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    struct member *member = calloc(1, sizeof *member);
    (void)server;
    (void)user;
    if (member == NULL) {
        net_socket_destroy(socket, NULL);
        return;
    }
    member->socket = socket;
    member->next = members;
    members = member;
    net_socket_on_data(socket, on_data, member, NULL);
    net_socket_on_error(socket, on_error, member, NULL);
    net_socket_on_close(socket, on_close, member, free); /* drops run after the last callback of the socket */
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
    net_server *server;
    int status;
    long port = argc == 3 && strcmp(argv[1], "--port") == 0 ? strtol(argv[2], NULL, 10) : 0;

    if ((argc != 1 && argc != 3) || port < 0 || port > 65535) {
        fprintf(stderr, "usage: %s [--port N]\n", argv[0]);
        return 2;
    }
    loop = net_loop_new();
    server = net_server_new(loop, NULL);
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
