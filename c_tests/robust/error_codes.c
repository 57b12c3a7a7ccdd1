/* Every error number of the header comes out of the library somewhere: each row of the table makes it do so. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

/* What the next connect(2) and getaddrinfo(3) of the process answer; 0 leaves them alone. */
static int connect_error;
static int lookup_error;

/* The C library declares the address as a union of all kinds of pointers. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
int connect(int fd, const struct sockaddr *address, socklen_t length) {
    static int (*real)(int, const struct sockaddr *, socklen_t);
    if (!real) {
        *(void **)&real = dlsym(RTLD_NEXT, "connect");
    }
    if (connect_error != 0) {
        errno = connect_error;
        return -1;
    }
    return real(fd, address, length);
}
#pragma GCC diagnostic pop

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (!real) {
        *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    }
    return lookup_error != 0 ? lookup_error : real(node, service, hints, result);
}

static net_loop *the_loop;
static int seen;

static void see_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    CHECK_STR(error->code, error->number == NET_EUSER ? NULL : net_error_name(error->number));
    seen = error->number;
}

static void see_completion(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)user;
    seen = error ? error->number : 0;
}

static void see_close(net_server *server, const net_error *error, void *user) {
    (void)server;
    (void)user;
    seen = error ? error->number : 0;
}

static net_socket *seeing_socket(void) {
    net_socket *socket = socket_on(the_loop, NULL);
    ON(socket, error, see_error);
    return socket;
}

static int run_and_see(void) {
    run(the_loop);
    return seen;
}

/* ---- how each comes about ---- */

static int by_connect(int error) {
    connect_error = error;
    CHECK_EQ(net_socket_connect_tcp(seeing_socket(), 9, "127.0.0.1"), 0);
    run(the_loop);
    connect_error = 0;
    return seen;
}

static int unknown_by_connect(int error) {
    net_socket *socket = socket_on(the_loop, NULL);
    connect_error = error;
    ON(socket, error, see_completion);
    CHECK_EQ(net_socket_connect_tcp(socket, 9, "127.0.0.1"), 0);
    run(the_loop);
    connect_error = 0;
    return seen;
}

static int by_lookup(int error) {
    lookup_error = error;
    CHECK_EQ(net_socket_connect_tcp(seeing_socket(), 9, "example.org"), 0);
    run(the_loop);
    lookup_error = 0;
    return seen;
}

static int argument(int unused) {
    (void)unused;
    return net_socket_destroy(NULL, NULL);
}

static int dead_handle(int unused) {
    net_socket *socket = socket_on(the_loop, NULL);
    (void)unused;
    CHECK_EQ(net_socket_free(socket), 0);
    return net_socket_destroy(socket, NULL);
}

static void call_from_elsewhere(void *user) { *(int *)user = net_loop_alive(the_loop); }

static int elsewhere(int unused) {
    peer_thread thread;
    int status = unused;
    peer_start(&thread, call_from_elsewhere, &status);
    peer_join(&thread);
    return status;
}

static void nest(net_loop *loop, void *user) {
    (void)user;
    seen = net_loop_run(loop);
}

static int nested(int unused) {
    (void)unused;
    CHECK_EQ(net_loop_post(the_loop, nest, NULL, NULL), 0);
    return run_and_see();
}

static int no_such_listener(int unused) {
    (void)unused;
    return net_socket_off_connect(socket_on(the_loop, NULL), do_end, NULL);
}

static int canceled(int unused) {
    net_socket *socket = socket_on(the_loop, NULL);
    (void)unused;
    CHECK_EQ(net_socket_connect_tcp(socket, 9, "127.0.0.1"), 0);
    CHECK_EQ(net_socket_write_cb(socket, "x", 1, see_completion, NULL, NULL), 1);
    CHECK_EQ(net_socket_free(socket), 0);
    return run_and_see();
}

static int without_a_code(int unused) {
    net_error error = NET_ERROR_INIT;
    (void)unused;
    error.message = "mine";
    CHECK_EQ(net_socket_destroy(seeing_socket(), &error), 0);
    return run_and_see();
}

static void end_and_write(net_socket *socket, void *user) {
    (void)user;
    CHECK_EQ(net_socket_end(socket), 0);
    CHECK_EQ(net_socket_write(socket, "x", 1), 0);
}

static int write_after_end(int unused) {
    (void)unused;
    net_socket *socket = seeing_socket();
    CHECK_EQ(net_socket_connect_tcp(socket, serve(the_loop, NULL, do_resume_ignoring_errors), "127.0.0.1"), 0);
    ON(socket, ready, end_and_write);
    return run_and_see();
}

static int write_after_destroy(int unused) {
    net_socket *socket = socket_on(the_loop, NULL);
    (void)unused;
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    CHECK_EQ(net_socket_write_cb(socket, "x", 1, see_completion, NULL, NULL), 0);
    return run_and_see();
}

static int end_after_finish(int unused) {
    net_socket *socket = socket_on(the_loop, NULL);
    (void)unused;
    CHECK_EQ(net_socket_end(socket), 0);
    run(the_loop);
    CHECK_EQ(net_socket_end_cb(socket, NULL, 0, see_completion, NULL, NULL), 0);
    return run_and_see();
}

static int second_listen(int unused) {
    net_server *server = server_on(the_loop, NULL);
    (void)unused;
    listen_local(server);
    int status = net_server_listen(server, NULL);
    CHECK_EQ(net_server_free(server), 0);
    return status;
}

static int close_without_listen(int unused) {
    (void)unused;
    CHECK_EQ(net_server_close_cb(server_on(the_loop, NULL), see_close, NULL, NULL), 0);
    return run_and_see();
}

static int write_without_connect(int unused) {
    (void)unused;
    CHECK_EQ(net_socket_write(seeing_socket(), "x", 1), 0);
    return run_and_see();
}

static int destroy_before_connection(int unused) {
    net_socket *socket = socket_on(the_loop, NULL);
    (void)unused;
    CHECK_EQ(net_socket_connect_tcp(socket, 9, "127.0.0.1"), 0);
    CHECK_EQ(net_socket_write_cb(socket, "x", 1, see_completion, NULL, NULL), 1);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    return run_and_see();
}

static int local_address_that_is_none(int unused) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    (void)unused;
    options.port = 9;
    options.local_address = "no address";
    return net_socket_connect(socket_on(the_loop, NULL), &options);
}

static void answer_without_family(net_lookup *request, const char *host, int32_t family, int32_t hints, int all,
                                  void *user) {
    net_address address = NET_ADDRESS_INIT;
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    strcpy(address.address, "127.0.0.1");
    address.address_len = strlen(address.address);
    CHECK_EQ(net_lookup_answer(request, &address, 1), 0);
}

static int family_that_is_none(int unused) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    (void)unused;
    options.port = 9;
    options.host = "example.org";
    options.lookup = answer_without_family;
    CHECK_EQ(net_socket_connect(seeing_socket(), &options), 0);
    return run_and_see();
}

static net_server *path_server;

static void try_reset(net_socket *socket, void *user) {
    (void)user;
    seen = net_socket_reset_and_destroy(socket);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    CHECK_EQ(net_server_close(path_server), 0);
}

static int reset_of_a_path(int unused) {
    net_socket *socket = socket_on(the_loop, NULL);
    (void)unused;
    path_server = server_on(the_loop, NULL);
    CHECK_EQ(net_server_listen_path_cstr(path_server, case_path("reset")), 0);
    CHECK_EQ(net_socket_connect_path_cstr(socket, case_path("reset")), 0);
    ON(socket, ready, try_reset);
    return run_and_see();
}

static int missing_arguments(int unused) {
    (void)unused;
    return net_socket_connect(socket_on(the_loop, NULL), NULL);
}

static int out_of_range(int unused) {
    (void)unused;
    return net_socket_set_type_of_service(socket_on(the_loop, NULL), 256);
}

static int no_address(int unused) {
    (void)unused;
    net_sockaddr out = NET_SOCKADDR_INIT;
    return net_sockaddr_make(NET_FAMILY_IPV4, "::1", NET_CSTR, 0, 0, &out);
}

static int cidr_without_prefix(int unused) {
    (void)unused;
    net_block_list *list = net_block_list_new();
    int code = net_block_list_add_cidr(list, "127.0.0.1", NET_CSTR);
    CHECK_EQ(net_block_list_free(list), 0);
    return code;
}

static int socket_that_cannot_move(int unused) {
    (void)unused;
    return net_socket_move(seeing_socket(), the_loop, do_nothing, NULL, NULL);
}

static int blocked_address(int unused) {
    (void)unused;
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    options.block_list = net_block_list_new();
    CHECK_EQ(net_block_list_add_cidr(options.block_list, "127.0.0.0/8", NET_CSTR), 0);
    net_socket *socket = socket_on(the_loop, &options);
    CHECK_EQ(net_block_list_free(options.block_list), 0);
    CHECK_EQ(net_socket_on_error(socket, see_error, NULL, NULL), 0);
    CHECK_EQ(net_socket_connect_tcp(socket, 9, "127.0.0.1"), 0);
    return run_and_see();
}

/* A local listener whose queue is full makes its peers wait, and who does not wait is told so. */
static int full_queue(int unused) {
    enum { MOST = 64 };
    int peers[MOST];
    int count = 0;
    (void)unused;
    int listener = peer_listen_path(case_path("full"));
    for (int i = 0; i < 17; i++) {
        peers[count++] = peer_connect_path(case_path("full"));
    }
    CHECK_EQ(net_socket_connect_path_cstr(seeing_socket(), case_path("full")), 0);
    run(the_loop);
    while (count > 0) {
        peer_close(peers[--count]);
    }
    peer_close(listener);
    return seen;
}

static int closed_bound_socket(int unused) {
    (void)unused;
    net_bound_socket *bound = net_bound_socket_new(NULL, NULL);
    CHECK_EQ(net_bound_socket_close(bound), 0);
    int status = net_bound_socket_close(bound);
    CHECK_EQ(net_bound_socket_free(bound), 0);
    return status;
}

static int descriptor_of_a_file(int unused) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    int error = 0;
    (void)unused;
    options.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    CHECK(net_socket_new(the_loop, &options, &error) == NULL);
    CHECK_EQ(close(options.fd), 0);
    return error;
}

typedef struct row {
    int number;
    const char *name;
    int (*produce)(int with);
    int with;
} row;

#define ROW(number, produce, with)                                                                                     \
    { number, #number, produce, with }

static const row rows[] = {
    ROW(NET_EINVAL, argument, 0),
    ROW(NET_EBADF, dead_handle, 0),
    ROW(NET_EBUSY, nested, 0),
    ROW(NET_ENOENT, no_such_listener, 0),
    ROW(NET_ENOMEM, by_connect, ENOMEM),
    ROW(NET_ENOTSUP, by_connect, EOPNOTSUPP),
    ROW(NET_ECANCELED, canceled, 0),
    ROW(NET_EUNKNOWN, unknown_by_connect, EUCLEAN),
    ROW(NET_EUSER, without_a_code, 0),
    ROW(NET_ERR_STREAM_WRITE_AFTER_END, write_after_end, 0),
    ROW(NET_ERR_STREAM_DESTROYED, write_after_destroy, 0),
    ROW(NET_ERR_STREAM_ALREADY_FINISHED, end_after_finish, 0),
    ROW(NET_ERR_SERVER_ALREADY_LISTEN, second_listen, 0),
    ROW(NET_ERR_SERVER_NOT_RUNNING, close_without_listen, 0),
    ROW(NET_ERR_SOCKET_CLOSED, write_without_connect, 0),
    ROW(NET_ERR_SOCKET_CLOSED_BEFORE_CONNECTION, destroy_before_connection, 0),
    ROW(NET_ERR_INVALID_IP_ADDRESS, local_address_that_is_none, 0),
    ROW(NET_ERR_INVALID_ADDRESS_FAMILY, family_that_is_none, 0),
    ROW(NET_ERR_INVALID_HANDLE_TYPE, reset_of_a_path, 0),
    ROW(NET_ERR_MISSING_ARGS, missing_arguments, 0),
    ROW(NET_ERR_OUT_OF_RANGE, out_of_range, 0),
    ROW(NET_ERR_INVALID_ADDRESS, no_address, 0),
    ROW(NET_ERR_INVALID_ARG_VALUE, cidr_without_prefix, 0),
    ROW(NET_ERR_IP_BLOCKED, blocked_address, 0),
    ROW(NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE, socket_that_cannot_move, 0),
    ROW(NET_ERR_SOCKET_HANDLE_ADOPTED, closed_bound_socket, 0),
    ROW(NET_ERR_INVALID_FD_TYPE, descriptor_of_a_file, 0),
    ROW(NET_EACCES, by_connect, EACCES),
    ROW(NET_EADDRINUSE, by_connect, EADDRINUSE),
    ROW(NET_EADDRNOTAVAIL, by_connect, EADDRNOTAVAIL),
    ROW(NET_EAFNOSUPPORT, by_connect, EAFNOSUPPORT),
    ROW(NET_ECONNABORTED, by_connect, ECONNABORTED),
    ROW(NET_ECONNREFUSED, by_connect, ECONNREFUSED),
    ROW(NET_ECONNRESET, by_connect, ECONNRESET),
    ROW(NET_EHOSTUNREACH, by_connect, EHOSTUNREACH),
    ROW(NET_EMFILE, by_connect, EMFILE),
    ROW(NET_ENAMETOOLONG, by_connect, ENAMETOOLONG),
    ROW(NET_ENETUNREACH, by_connect, ENETUNREACH),
    ROW(NET_ENFILE, by_connect, ENFILE),
    ROW(NET_ENOBUFS, by_connect, ENOBUFS),
    ROW(NET_ENOTCONN, by_connect, ENOTCONN),
    ROW(NET_ENOTSOCK, by_connect, ENOTSOCK),
    ROW(NET_EPERM, by_connect, EPERM),
    ROW(NET_EPIPE, by_connect, EPIPE),
    ROW(NET_EPROTOTYPE, by_connect, EPROTOTYPE),
    ROW(NET_ETIMEDOUT, by_connect, ETIMEDOUT),
    ROW(NET_ENOTDIR, by_connect, ENOTDIR),
    ROW(NET_EAGAIN, full_queue, 0),
    ROW(NET_EIO, by_connect, EIO),
    ROW(NET_EISCONN, by_connect, EISCONN),
    ROW(NET_ELOOP, by_connect, ELOOP),
    ROW(NET_ENOTFOUND, by_lookup, EAI_NONAME),
    ROW(NET_EAI_AGAIN, by_lookup, EAI_AGAIN),
    ROW(NET_EAI_FAIL, by_lookup, EAI_FAIL),
    ROW(NET_EALREADY, by_connect, EALREADY),
    ROW(NET_EEXIST, by_connect, EEXIST),
    /* Last: a lookup's thread must not live on in the stack that this one leaves, or valgrind takes it for lost. */
    ROW(NET_EWRONGTHREAD, elsewhere, 0),
};

enum { ROWS = sizeof rows / sizeof *rows };

CASE(error_codes_each_is_produced) {
    the_loop = loop;
    for (const row *row = rows; row < rows + ROWS; row++) {
        seen = 0;
        int number = row->produce(row->with);
        if (number != row->number) {
            FAIL("%s was to come, %s (%d) came", row->name, net_error_name(number), number);
        }
    }
}

/* A number of its own, a name as Node spells it, a text. */
CASE(error_codes_have_names_and_texts) {
    for (const row *row = rows; row < rows + ROWS; row++) {
        CHECK(row->number < 0);
        const char *name = row->number == NET_EUNKNOWN ? "UNKNOWN" : row->name + strlen("NET_");
        CHECK_STR(net_error_name(row->number), name);
        CHECK(strlen(net_error_text(row->number)) > 0);
        CHECK(row->number == NET_EUNKNOWN || strcmp(net_error_text(row->number), "unknown error") != 0);
        for (const struct row *other = rows; other < row; other++) {
            CHECK(other->number != row->number);
        }
    }
    CHECK_STR(net_error_name(0), "OK");
    CHECK_STR(net_error_name(1), "UNKNOWN");
    CHECK_STR(net_error_name(-99999), "UNKNOWN");
    CHECK_STR(net_error_text(-99999), "unknown error");
}

/* No call can be made to panic, so this one is left to the library's own tests. */
static bool is_row(const char *name) {
    if (strcmp(name, "NET_EPANIC") == 0) {
        return true;
    }
    for (const row *row = rows; row < rows + ROWS; row++) {
        if (strcmp(row->name, name) == 0) {
            return true;
        }
    }
    return false;
}

CASE(error_codes_of_the_header_have_rows) {
    char line[512];
    char path[512];
    char name[128];
    int number = 0;
    size_t defined = 0;
    const char *slash = strrchr(__FILE__, '/');
    CHECK(slash != NULL);
    CHECK(snprintf(path, sizeof path, "%.*s/../../include/nodenet.h", (int)(slash - __FILE__), __FILE__) > 0);
    FILE *header = fopen(path, "r");
    CHECK(header != NULL);
    while (fgets(line, sizeof line, header)) {
        if (sscanf(line, "#define NET_E%100s (%d)", name, &number) == 2) {
            const char *whole = text("NET_E%s", name);
            defined++;
            if (!is_row(whole)) {
                FAIL("%s is in no row", whole);
            }
        }
    }
    fclose(header);
    CHECK_EQ(defined, ROWS + 1);
}
