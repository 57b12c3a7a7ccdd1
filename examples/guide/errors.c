/* The three ways in which something goes wrong: a refused call, an event, and an event that nobody hears. */
#include <nodenet.h>
#include <stdio.h>

static void on_error(net_socket *socket, const net_error *error, void *user) {
    printf("code %s, number %s, syscall %s, address %s\n", error->code, net_error_name(error->number), error->syscall,
           error->address);
    printf("%s\n", error->message);
}

static void on_close(net_socket *socket, int had_error, void *user) {
    printf("closed%s\n", had_error ? " after an error" : "");
}

int main(void) {
    net_loop *loop = net_loop_new();
    net_socket *socket = net_socket_new(loop, NULL, NULL);

    /* 1. A call that cannot be accepted says so at once, and nothing follows. */
    int status = net_socket_on_error(NULL, on_error, NULL, NULL);
    printf("%s: %s\n", net_error_name(status), net_error_text(status));

    /* 2. What goes wrong later is an error event, then close. */
    net_socket_on_error(socket, on_error, NULL, NULL);
    net_socket_on_close(socket, on_close, NULL, NULL);
    net_socket_connect_path_cstr(socket, "no-such.sock");
    status = net_loop_run(loop);
    printf("run returned %d\n", status);

    /* 3. Without a listener it is an uncaught exception: the loop stops and returns it. */
    net_socket_off_error(socket, on_error, NULL);
    net_socket_connect_path_cstr(socket, "no-such.sock");
    status = net_loop_run(loop);
    printf("run returned %s: %s\n", net_error_name(status), net_loop_error(loop)->message);

    /* The program may go on from there: what was queued behind the error comes now. */
    status = net_loop_run(loop);
    printf("run returned %d\n", status);
    net_loop_free(loop);
    return 0;
}
