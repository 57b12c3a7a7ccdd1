/* uSockets, of sources that are given: writes straight from its buffer and keeps what the system did not take. */
#include "peer.h"

#include <libusockets.h>

typedef struct client {
    char *left;
    int length;
} client;

static peer_mode mode;

static void keep(client *one, const char *bytes, int length) {
    char *grown = realloc(one->left, (size_t)(one->length + length));
    peer_need(grown != NULL, "realloc");
    memcpy(grown + one->length, bytes, (size_t)length);
    one->left = grown;
    one->length += length;
}

static struct us_socket_t *on_open(struct us_socket_t *socket, int is_client, char *ip, int ip_length) {
    (void)is_client;
    (void)ip;
    (void)ip_length;
    memset(us_socket_ext(0, socket), 0, sizeof(client));
    return socket;
}

static struct us_socket_t *on_close(struct us_socket_t *socket, int code, void *reason) {
    (void)code;
    (void)reason;
    free(((client *)us_socket_ext(0, socket))->left);
    return socket;
}

static struct us_socket_t *on_data(struct us_socket_t *socket, char *bytes, int length) {
    client *one = us_socket_ext(0, socket);
    int step = mode == PEER_REQUESTS ? REQUEST : length;
    for (int from = 0; from < length; from += step) {
        int wanted = length - from < step ? length - from : step;
        int taken = one->length > 0 ? 0 : us_socket_write(0, socket, bytes + from, wanted, 0);
        if (taken < wanted) {
            keep(one, bytes + from + taken, wanted - taken);
        }
    }
    return socket;
}

static struct us_socket_t *on_writable(struct us_socket_t *socket) {
    client *one = us_socket_ext(0, socket);
    if (one->length > 0) {
        int taken = us_socket_write(0, socket, one->left, one->length, 0);
        one->length -= taken;
        memmove(one->left, one->left + taken, (size_t)one->length);
    }
    if (one->length == 0) {
        free(one->left);
        one->left = NULL;
    }
    return socket;
}

static struct us_socket_t *on_end(struct us_socket_t *socket) { return us_socket_close(0, socket, 0, NULL); }

static struct us_socket_t *on_timeout(struct us_socket_t *socket) { return socket; }

static void on_loop(struct us_loop_t *loop) { (void)loop; }

int main(int count, char **arguments) {
    mode = peer_mode_of(count, arguments);
    peer_address where = peer_address_of(arguments[1]);
    struct us_loop_t *loop = us_create_loop(NULL, on_loop, on_loop, on_loop, 0);
    struct us_socket_context_options_t options;
    memset(&options, 0, sizeof options);
    struct us_socket_context_t *context = us_create_socket_context(0, loop, 0, options);
    us_socket_context_on_open(0, context, on_open);
    us_socket_context_on_close(0, context, on_close);
    us_socket_context_on_data(0, context, on_data);
    us_socket_context_on_writable(0, context, on_writable);
    us_socket_context_on_end(0, context, on_end);
    us_socket_context_on_timeout(0, context, on_timeout);
    struct us_listen_socket_t *listener =
        where.is_tcp
            ? us_socket_context_listen(0, context, "127.0.0.1", ntohs(where.at.tcp.sin_port), 0, sizeof(client))
            : us_socket_context_listen_unix(0, context, arguments[1], 0, sizeof(client));
    peer_need(listener != NULL, "listen");
    peer_announce(us_poll_fd((struct us_poll_t *)listener));
    us_loop_run(loop);
    return 0;
}
