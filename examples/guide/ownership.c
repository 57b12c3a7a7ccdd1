/* Who frees what, and what happens to a handle that outlives its object. */
#include <nodenet.h>
#include <stdio.h>
#include <stdlib.h>

struct session {
    size_t bytes;
};

static net_socket *accepted; /* kept longer than it should be, on purpose */

static void session_data(net_socket *socket, const uint8_t *data, size_t len, void *user) {
    struct session *session = user;
    session->bytes += len;
}

static void session_close(net_socket *socket, int had_error, void *user) {
    const struct session *session = user;
    printf("close after %zu bytes\n", session->bytes);
}

static void session_free(void *user) {
    printf("session freed\n");
    free(user);
}

static void on_connection(net_server *server, net_socket *socket, void *user) {
    struct session *session = calloc(1, sizeof *session);
    accepted = socket;
    net_socket_on_data(socket, session_data, session, NULL);
    /* All drops run after the last callback, so one of them may free what the listeners share. */
    net_socket_on_close(socket, session_close, session, session_free);
    net_server_close(server);
}

static void release(void *data, size_t len, void *user) {
    printf("message released\n");
    free(data);
}

int main(void) {
    net_loop *loop = net_loop_new();
    net_server *server = net_server_new(loop, NULL);
    net_server_on_connection(server, on_connection, NULL, NULL);
    net_server_listen_tcp(server, 0, NULL);

    net_address at = NET_ADDRESS_INIT;
    net_server_address(server, &at);
    net_socket *client = net_socket_new(loop, NULL, NULL);
    net_socket_connect_tcp(client, at.port, "127.0.0.1");
    char *message = malloc(4096);
    for (int i = 0; i < 4096; i++)
        message[i] = 'x';
    /* Not copied: ours again when release is called, exactly once, whatever happens. */
    net_socket_write_owned(client, message, 4096, release, NULL, NULL, NULL, NULL);
    net_socket_end(client);
    net_loop_run(loop);

    /* An accepted socket frees itself after close. A handle that stayed behind is harmless. */
    printf("a stale handle: %s\n", net_error_name(net_socket_write_cstr(accepted, "anyone there?")));
    /* What _new made is there until it is freed, closed or not. */
    printf("our own: destroyed %d\n", net_socket_destroyed(client));
    net_socket_free(client);
    printf("and after free: %s\n", net_error_name(net_socket_destroyed(client)));
    net_loop_free(loop); /* takes the server */
    return 0;
}
