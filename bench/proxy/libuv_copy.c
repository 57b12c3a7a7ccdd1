/* A proxy on libuv: reads into one buffer of 64 KiB, tries to write at once, and reads on when the rest is out.
 *
 *     libuv_copy PORT        passes each client on to 127.0.0.1:PORT, one direction; prints its own port */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { ROOM = 64 * 1024 };

typedef struct proxy {
    uv_tcp_t client;
    uv_tcp_t server;
    uv_connect_t connecting;
    uv_write_t writing;
    char bytes[ROOM];
} proxy;

static struct sockaddr_in target;

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    proxy *both = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(both->bytes, ROOM);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer);

static void on_written(uv_write_t *request, int status) {
    proxy *both = request->data;
    if (status == 0) {
        uv_read_start((uv_stream_t *)&both->client, on_alloc, on_read);
    }
}

static void on_closed(uv_handle_t *handle) { free(handle->data); }

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
    proxy *both = stream->data;
    (void)buffer;
    if (n < 0) {
        uv_close((uv_handle_t *)&both->client, NULL);
        uv_close((uv_handle_t *)&both->server, on_closed);
        return;
    }
    uv_buf_t rest = uv_buf_init(both->bytes, (unsigned)n);
    int taken = uv_try_write((uv_stream_t *)&both->server, &rest, 1);
    if (taken == n) {
        return;
    }
    taken = taken < 0 ? 0 : taken;
    rest.base += taken;
    rest.len -= (size_t)taken;
    uv_read_stop(stream);
    uv_write(&both->writing, (uv_stream_t *)&both->server, &rest, 1, on_written);
}

static void on_connected(uv_connect_t *request, int status) {
    proxy *both = request->data;
    if (status == 0) {
        uv_read_start((uv_stream_t *)&both->client, on_alloc, on_read);
    }
}

static void on_connection(uv_stream_t *listener, int status) {
    proxy *both = calloc(1, sizeof *both);
    if (status < 0 || !both) {
        exit(1);
    }
    both->client.data = both->server.data = both->writing.data = both->connecting.data = both;
    uv_tcp_init(listener->loop, &both->client);
    uv_tcp_init(listener->loop, &both->server);
    uv_accept(listener, (uv_stream_t *)&both->client);
    uv_tcp_connect(&both->connecting, &both->server, (const struct sockaddr *)&target, on_connected);
}

int main(int argc, char **argv) {
    uv_tcp_t listener;
    struct sockaddr_in at;
    int size = sizeof at;
    if (argc != 2) {
        return 2;
    }
    uv_ip4_addr("127.0.0.1", atoi(argv[1]), &target);
    uv_ip4_addr("127.0.0.1", 0, &at);
    uv_tcp_init(uv_default_loop(), &listener);
    uv_tcp_bind(&listener, (const struct sockaddr *)&at, 0);
    if (uv_listen((uv_stream_t *)&listener, 16, on_connection) < 0) {
        return 1;
    }
    uv_tcp_getsockname(&listener, (struct sockaddr *)&at, &size);
    printf("listening on 127.0.0.1:%d\n", ntohs(at.sin_port));
    fflush(stdout);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
