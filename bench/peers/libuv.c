/* libuv: tries to write at once, and queues what is left. */
#include "peer.h"

#include <uv.h>

static peer_mode mode;
static int is_tcp;
static char room[PEER_ROOM];

typedef struct write {
    uv_write_t request;
    char bytes[];
} write_of;

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(room, sizeof room);
}

static void on_closed(uv_handle_t *handle) { free(handle); }

static void on_written(uv_write_t *request, int status) {
    uv_stream_t *stream = request->handle;
    free(request);
    if (status < 0 && !uv_is_closing((uv_handle_t *)stream)) {
        uv_close((uv_handle_t *)stream, on_closed);
    }
}

static void queue(uv_stream_t *stream, const char *bytes, size_t length) {
    write_of *one = malloc(sizeof *one + length);
    peer_need(one != NULL, "malloc");
    memcpy(one->bytes, bytes, length);
    uv_buf_t buffer = uv_buf_init(one->bytes, (unsigned)length);
    peer_need(uv_write(&one->request, stream, &buffer, 1, on_written) == 0, "uv_write");
}

static void answer(uv_stream_t *stream, char *bytes, size_t length) {
    uv_buf_t buffer = uv_buf_init(bytes, (unsigned)length);
    int taken = uv_try_write(stream, &buffer, 1);
    size_t from = taken < 0 ? 0 : (size_t)taken;
    if (from < length) {
        queue(stream, bytes + from, length - from);
    }
}

static void answer_gathered(uv_stream_t *stream, size_t length) {
    uv_buf_t buffers[PEER_ROOM / REQUEST];
    unsigned count = 0;
    for (size_t from = 0; from < length; from += REQUEST) {
        buffers[count++] = uv_buf_init(room + from, (unsigned)(length - from < REQUEST ? length - from : REQUEST));
    }
    int taken = uv_try_write(stream, buffers, count);
    size_t from = taken < 0 ? 0 : (size_t)taken;
    if (from < length) {
        queue(stream, room + from, length - from);
    }
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
    if (length < 0) {
        if (!uv_is_closing((uv_handle_t *)stream)) {
            uv_close((uv_handle_t *)stream, on_closed);
        }
        return;
    }
    if (mode == PEER_GATHERED) {
        answer_gathered(stream, (size_t)length);
        return;
    }
    size_t step = mode == PEER_REQUESTS ? REQUEST : (size_t)length;
    for (size_t from = 0; from < (size_t)length; from += step) {
        answer(stream, buffer->base + from, (size_t)length - from < step ? (size_t)length - from : step);
    }
}

static void on_connection(uv_stream_t *server, int status) {
    peer_need(status == 0, "connection");
    uv_stream_t *stream = malloc(is_tcp ? sizeof(uv_tcp_t) : sizeof(uv_pipe_t));
    peer_need(stream != NULL, "malloc");
    if (is_tcp) {
        uv_tcp_init(server->loop, (uv_tcp_t *)stream);
    } else {
        uv_pipe_init(server->loop, (uv_pipe_t *)stream, 0);
    }
    peer_need(uv_accept(server, stream) == 0, "uv_accept");
    if (is_tcp) {
        uv_tcp_nodelay((uv_tcp_t *)stream, 1);
    }
    uv_read_start(stream, on_allocate, on_read);
}

int main(int count, char **arguments) {
    mode = peer_mode_of(count, arguments);
    peer_address where = peer_address_of(arguments[1]);
    uv_loop_t *loop = uv_default_loop();
    union {
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t local;
    } server;
    is_tcp = where.is_tcp;
    if (is_tcp) {
        uv_tcp_init(loop, &server.tcp);
        peer_need(uv_tcp_bind(&server.tcp, &where.at.any, 0) == 0, "uv_tcp_bind");
    } else {
        uv_pipe_init(loop, &server.local, 0);
        peer_need(uv_pipe_bind(&server.local, arguments[1]) == 0, "uv_pipe_bind");
    }
    peer_need(uv_listen(&server.stream, PEER_BACKLOG, on_connection) == 0, "uv_listen");
    uv_os_fd_t listener;
    peer_need(uv_fileno((uv_handle_t *)&server, &listener) == 0, "uv_fileno");
    peer_announce(listener);
    return uv_run(loop, UV_RUN_DEFAULT);
}
