/* A layer between the program and its socket, as a TLS engine would be one: an echo server whose connections speak in
 * scrambled records.
 *
 *     filter [PORT]
 *
 * What goes over the wire are records: two bytes of length (1 to 16384, the high one first), then as many bytes, each
 * combined with the next of a sequence. (That keeps no secret; an engine that does has the same two ways in and out.)
 * The layer keeps what a socket promises: it says when to stop writing and when to go on, it hands out nothing while it
 * is paused, also not what had arrived already, and an end that cuts a record in two is an error. Port 0, the default,
 * lets the system choose. Ends cleanly on Ctrl-C. */
#include <nodenet.h>

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 2, MOST = 16384 };

typedef struct layer {
    net_socket *socket;
    /* What the program hears. */
    void (*on_plain)(struct layer *layer, const uint8_t *data, size_t len);
    void (*on_end)(struct layer *layer);
    /* Where the sequence is, for each direction. */
    uint8_t next_in;
    uint8_t next_out;
    /* What arrived and is not handed out yet: a piece of a record, or whole ones that came before a pause. */
    uint8_t *held;
    size_t held_len;
    size_t held_capacity;
    int paused;
    int ended;
} layer;

static uint8_t scramble(uint8_t byte, uint8_t *next) {
    byte ^= *next;
    *next = (uint8_t)(*next * 5 + 1);
    return byte;
}

/* ---- the way out ---- */

/* As net_socket_write: 1 go on, 0 wait for `drain`, negative if it was refused. */
static int layer_write(layer *layer, const uint8_t *data, size_t len) {
    int result = 1;
    while (len > 0 && result >= 0) {
        uint8_t record[HEAD + MOST];
        size_t part = len < MOST ? len : MOST;
        int written;
        record[0] = (uint8_t)(part >> 8);
        record[1] = (uint8_t)part;
        for (size_t i = 0; i < part; i++)
            record[HEAD + i] = scramble(data[i], &layer->next_out);
        written = net_socket_write(layer->socket, record, HEAD + part);
        if (written <= 0)
            result = written;
        data += part;
        len -= part;
    }
    return result;
}

/* ---- the way in ---- */

static int is_broken(layer *layer) {
    net_error error = NET_ERROR_INIT;
    error.code = "ERR_BAD_RECORD";
    error.message = "what arrived is no record";
    net_socket_destroy(layer->socket, &error);
    return 0;
}

/* Hands out one record if a whole one is there and nobody has paused. */
static int next_record(layer *layer, size_t *at) {
    uint8_t plain[MOST];
    const uint8_t *record = layer->held + *at;
    size_t left = layer->held_len - *at;
    size_t len;
    if (layer->paused || left < HEAD)
        return 0;
    len = (size_t)record[0] << 8 | record[1];
    if (len == 0 || len > MOST)
        return is_broken(layer);
    if (left < HEAD + len)
        return 0;
    for (size_t i = 0; i < len; i++)
        plain[i] = scramble(record[HEAD + i], &layer->next_in);
    *at += HEAD + len;
    layer->on_plain(layer, plain, len);
    return net_socket_destroyed(layer->socket) == 0;
}

static void hand_out(layer *layer) {
    size_t at = 0;
    while (next_record(layer, &at))
        ;
    layer->held_len -= at;
    memmove(layer->held, layer->held + at, layer->held_len);
    if (layer->ended && !layer->paused && !net_socket_destroyed(layer->socket)) {
        if (layer->held_len > 0)
            is_broken(layer);
        else
            layer->on_end(layer);
    }
}

static void on_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    layer *layer = user;
    size_t needed = layer->held_len + len;
    (void)socket;
    if (needed > layer->held_capacity) {
        uint8_t *larger = realloc(layer->held, needed);
        if (larger == NULL) {
            net_socket_destroy(layer->socket, NULL);
            return;
        }
        layer->held = larger;
        layer->held_capacity = needed;
    }
    memcpy(layer->held + layer->held_len, data, len);
    layer->held_len = needed;
    hand_out(layer);
}

static void on_end(net_socket *socket, void *user) {
    layer *layer = user;
    (void)socket;
    layer->ended = 1;
    hand_out(layer);
}

static void layer_pause(layer *layer) {
    layer->paused = 1;
    /* No more comes in, so what is held stays as small as one read. */
    net_socket_pause(layer->socket);
}

static void layer_resume(layer *layer) {
    layer->paused = 0;
    hand_out(layer);
    if (!layer->paused)
        net_socket_resume(layer->socket);
}

static void layer_drop(void *user) {
    layer *layer = user;
    free(layer->held);
    free(layer);
}

/* The layer goes with its socket. */
static layer *layer_on(net_socket *socket) {
    layer *made = calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    made->socket = socket;
    net_socket_set_data(socket, made, layer_drop);
    net_socket_on_data(socket, on_data, made, NULL);
    net_socket_on_end(socket, on_end, made, NULL);
    return made;
}

/* ---- an echo server on top: what it does with a layer it would do with a socket ---- */

static void echo(layer *layer, const uint8_t *data, size_t len) {
    if (layer_write(layer, data, len) == 0)
        layer_pause(layer);
}

static void go_on(net_socket *socket, void *user) {
    (void)socket;
    layer_resume(user);
}

static void end_too(layer *layer) { net_socket_end(layer->socket); }

static void on_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    fprintf(stderr, "%s\n", error->message);
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    layer *made = layer_on(socket);
    (void)server;
    (void)user;
    net_socket_on_error(socket, on_error, NULL, NULL);
    if (made == NULL) {
        net_socket_destroy(socket, NULL);
        return;
    }
    made->on_plain = echo;
    made->on_end = end_too;
    net_socket_on_drain(socket, go_on, made, NULL);
}

static void on_listening(net_server *server, void *user) {
    net_address at = NET_ADDRESS_INIT;
    (void)user;
    net_server_address(server, &at);
    printf("listening on %s:%u\n", at.address, (unsigned)at.port);
    fflush(stdout);
}

static net_loop *loop;

static void on_signal(int number) {
    (void)number;
    net_loop_stop(loop);
}

int main(int argc, char **argv) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    net_server *server;
    int status;

    loop = net_loop_new();
    /* The layer decides when the peer's end has been reached: it may be paused when it comes. */
    options.allow_half_open = 1;
    server = net_server_new(loop, &options);
    net_server_on_connection(server, on_connection, NULL, NULL);
    net_server_on_listening(server, on_listening, NULL, NULL);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);

    status = net_server_listen_tcp(server, (uint16_t)(argc > 1 ? atoi(argv[1]) : 0), NULL);
    if (status == NET_OK)
        status = net_loop_run(loop);
    if (status < 0) {
        const net_error *error = net_loop_error(loop);
        fprintf(stderr, "%s\n", error != NULL ? error->message : net_error_text(status));
    }
    net_loop_free(loop);
    return status < 0;
}
