/* Handles that cannot be misused, and input that cannot be: an error code, always, and never a callback. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "peer.h"
#include "scene.h"

/* ---- what the rows of every_call.h hand in ---- */

static char room[16];
static const net_buf piece = {"data", 4};
/* An address: the lookup of a name would go on when the case is over. */
static const net_connect_options connect_options = {
    sizeof(net_connect_options),
    9,
    0,
    "127.0.0.1",
    NET_CSTR,
    NULL,
    NET_CSTR,
    NULL,
    NET_CSTR,
    0,
    0,
    -1,
    0,
    0,
    NULL,
    NULL,
    NULL,
};
static const net_error an_error = NET_ERROR_INIT;
static const net_address an_address = {sizeof(net_address), NET_FAMILY_IPV4, 0, 9, "127.0.0.1"};
static net_address address_out = NET_ADDRESS_INIT;
static net_peer_credentials credentials_out = NET_PEER_CREDENTIALS_INIT;
static net_loop_metrics metrics_out = NET_LOOP_METRICS_INIT;
static const net_error *error_out;
static size_t size_out;
static uint64_t number_out;
static int64_t limit_out;
static int int_out;
static uint32_t bytes_out;
static char text_out[16];
static const char *const one_text[] = {"127.0.0.1"};
static const char *const one_cidr[] = {"127.0.0.1/8"};
static int reason_out;
static int drops;

static void drop_fn(void *user) {
    (void)user;
    drops++;
}

static void release_fn(void *data, size_t length, void *user) {
    (void)data;
    (void)length;
    drop_fn(user);
}

/* The call that got one of these was refused. */
#define UNUSED __attribute__((unused))
#define NEVER(name, ...)                                                                                               \
    static void name(__VA_ARGS__, void *user UNUSED) { FAIL("a callback of a refused call runs"); }

NEVER(loop_fn, net_loop *loop UNUSED)
NEVER(trace_fn, net_loop *loop UNUSED, const net_trace *what UNUSED)
NEVER(timer_fn, net_timer *timer UNUSED)
NEVER(server_fn, net_server *server UNUSED)
NEVER(server_connection_fn, net_server *server UNUSED, net_socket *socket UNUSED)
NEVER(server_error_fn, net_server *server UNUSED, const net_error *error UNUSED)
NEVER(server_drop_fn, net_server *server UNUSED, const net_drop_info *info UNUSED)
NEVER(server_count_fn, net_server *server UNUSED, const net_error *error UNUSED, size_t count UNUSED)
NEVER(socket_fn, net_socket *socket UNUSED)
NEVER(socket_data_fn, net_socket *socket UNUSED, const uint8_t *data UNUSED, size_t length UNUSED)
NEVER(socket_error_fn, net_socket *socket UNUSED, const net_error *error UNUSED)
NEVER(socket_close_fn, net_socket *socket UNUSED, int had_error UNUSED)
NEVER(socket_handle_fn, net_socket *socket UNUSED, int kind UNUSED)
NEVER(socket_pipe_fn, net_socket *destination UNUSED, net_socket *source UNUSED)
NEVER(socket_lookup_fn, net_socket *socket UNUSED, const net_error *error UNUSED, const net_address *address UNUSED,
      const char *host UNUSED)
NEVER(socket_attempt_fn, net_socket *socket UNUSED, const net_address *address UNUSED)
NEVER(socket_attempt_failed_fn, net_socket *socket UNUSED, const net_address *address UNUSED,
      const net_error *error UNUSED)

typedef enum handle_kind {
    LOOP,
    TIMER,
    SERVER,
    SOCKET,
    LOOKUP,
    BLOCK_LIST,
    LOOP_GROUP,
    BOUND_SOCKET,
    KINDS
} handle_kind;

/* CODE: a negative number. POINTER: NULL. POINTER_AND_CODE: NULL, and the number in reason_out. TIME: 0, as it has no
 * room for an error. DELAY: a number below -1, so that NULL gives NET_EBADF too. */
typedef enum answer_kind { CODE, POINTER, POINTER_AND_CODE, TIME, DELAY } answer_kind;
typedef enum thread_kind { OWN, ANY } thread_kind;

typedef struct row {
    const char *name;
    handle_kind kind;
    answer_kind answer;
    thread_kind thread;
    int drops;
    int64_t (*call)(void *handle);
} row;

#define ROW(kind, answer, thread, drops, name, arguments)                                                              \
    static int64_t call_##name(void *handle) { return (int64_t)(name arguments); }
#include "every_call.h"
#undef ROW

#define ROW(kind, answer, thread, drops, name, arguments) {#name, kind, answer, thread, drops, call_##name},
static const row rows[] = {
#include "every_call.h"
};
#undef ROW

enum { ROWS = sizeof rows / sizeof *rows };

/* Calls the row with a bad handle, and checks the answer and that everything handed in was given back. */
static void refuse(const row *row, void *handle, int code, const char *what) {
    drops = 0;
    reason_out = 0;
    int64_t answer = row->call(handle);
    int64_t expected = 0;
    if (row->answer == CODE) {
        expected = code;
    } else if (row->answer == DELAY) {
        expected = code == NET_EINVAL ? NET_EBADF : code;
    }
    if (answer != expected) {
        FAIL("%s of %s gave %lld, not %lld", row->name, what, (long long)answer, (long long)expected);
    }
    if (row->answer == POINTER_AND_CODE && reason_out != code) {
        FAIL("%s of %s gave the reason %d, not %d", row->name, what, reason_out, code);
    }
    if (drops != row->drops) {
        FAIL("%s of %s ran %d drops, not %d", row->name, what, drops, row->drops);
    }
}

static void refuse_all(handle_kind kind, void *handle, int code, const char *what) {
    for (const row *row = rows; row < rows + ROWS; row++) {
        if (row->kind == kind) {
            refuse(row, handle, code, what);
        }
    }
}

/* ---- the table and the header ---- */

static bool is_row(const char *name, size_t length) {
    for (const row *row = rows; row < rows + ROWS; row++) {
        if (strlen(row->name) == length && strncmp(row->name, name, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool takes_no_handle(const char *name, size_t length) {
    static const char *const names[] = {"net_version",
                                        "net_version_number",
                                        "net_is_ip",
                                        "net_is_ipv4",
                                        "net_is_ipv6",
                                        "net_error_name",
                                        "net_error_text",
                                        "net_loop_new",
                                        "net_loop_default",
                                        "net_get_default_auto_select_family",
                                        "net_set_default_auto_select_family",
                                        "net_get_default_auto_select_family_attempt_timeout",
                                        "net_set_default_auto_select_family_attempt_timeout",
                                        "net_ready_state_name",
                                        "net_loop_group_new",
                                        "net_block_list_new",
                                        "net_block_list_private_range",
                                        "net_bound_socket_new",
                                        "net_bound_socket_error",
                                        "net_sockaddr_make",
                                        "net_sockaddr_parse"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Where a declaration's line names a function: "struct net_loop *net_loop_new(void);". */
static const char *declared(const char *line, size_t *length) {
    if (strchr("/ #}\n", line[0]) || strncmp(line, "typedef", 7) == 0) {
        return NULL;
    }
    const char *open = strchr(line, '(');
    if (!open) {
        return NULL;
    }
    const char *name = open;
    while (name > line && name[-1] != ' ' && name[-1] != '*') {
        name--;
    }
    *length = (size_t)(open - name);
    return strncmp(name, "net_", 4) == 0 ? name : NULL;
}

CASE(misuse_every_function_of_the_header_has_a_row) {
    char line[512];
    char path[512];
    size_t seen = 0;
    const char *slash = strrchr(__FILE__, '/');
    CHECK(slash != NULL);
    CHECK(snprintf(path, sizeof path, "%.*s/../../include/nodenet.h", (int)(slash - __FILE__), __FILE__) > 0);
    FILE *header = fopen(path, "r");
    CHECK(header != NULL);
    while (fgets(line, sizeof line, header)) {
        size_t length = 0;
        const char *name = declared(line, &length);
        if (name) {
            seen++;
            if (!is_row(name, length) && !takes_no_handle(name, length)) {
                FAIL("%.*s is in no row", (int)length, name);
            }
        }
    }
    fclose(header);
    CHECK_EQ(seen, ROWS + 21);
}

/* ---- living handles of every kind ---- */

typedef struct zoo {
    void *handles[KINDS];
} zoo;

static net_lookup *asked;

static void remember_lookup(net_lookup *request, const char *host, int32_t family, int32_t hints, int all, void *user) {
    (void)host;
    (void)family;
    (void)hints;
    (void)all;
    (void)user;
    asked = request;
}

/* One that lives, though its loop does not any more: another loop than that of the zoo could be what a forged handle
 * names. */
static net_loop_group *closed_group(void) {
    net_loop_group_options options = NET_LOOP_GROUP_OPTIONS_INIT;
    options.loops = 1;
    net_loop_group *group = net_loop_group_new(&options, NULL);
    CHECK_EQ(net_loop_group_close(group), 0);
    CHECK_EQ(net_loop_group_wait(group, -1), 0);
    return group;
}

static zoo zoo_of(net_loop *loop) {
    zoo made = {{loop, timer_on(loop), server_on(loop, NULL), socket_on(loop, NULL), NULL, net_block_list_new(),
                 closed_group(), net_bound_socket_new(NULL, NULL)}};
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.host = "example.org";
    options.lookup = remember_lookup;
    asked = NULL;
    CHECK_EQ(net_socket_connect(made.handles[SOCKET], &options), 0);
    for (int i = 0; i < 10 && !asked; i++) {
        CHECK_EQ(net_loop_poll(loop, 0), 0);
    }
    CHECK(asked != NULL);
    made.handles[LOOKUP] = asked;
    CHECK(made.handles[BLOCK_LIST] != NULL);
    CHECK(made.handles[BOUND_SOCKET] != NULL);
    return made;
}

/* What the loop does not free with itself. */
static void free_rest(const zoo *made) {
    CHECK_EQ(net_block_list_free(made->handles[BLOCK_LIST]), 0);
    CHECK_EQ(net_loop_group_free(made->handles[LOOP_GROUP]), 0);
    CHECK_EQ(net_bound_socket_free(made->handles[BOUND_SOCKET]), 0);
}

CASE(misuse_null) {
    for (handle_kind kind = LOOP; kind < KINDS; kind++) {
        refuse_all(kind, NULL, NET_EINVAL, "NULL");
    }
}

CASE(misuse_wrong_kind) {
    zoo made = zoo_of(loop);
    for (handle_kind kind = LOOP; kind < KINDS; kind++) {
        for (handle_kind other = LOOP; other < KINDS; other++) {
            if (other != kind) {
                refuse_all(kind, made.handles[other], NET_EBADF, "a handle of another kind");
            }
        }
    }
    CHECK_EQ(net_loop_alive(loop), 0);
    free_rest(&made);
}

CASE(misuse_after_free) {
    zoo made = zoo_of(loop);
    CHECK_EQ(net_timer_free(made.handles[TIMER]), 0);
    CHECK_EQ(net_server_free(made.handles[SERVER]), 0);
    CHECK_EQ(net_socket_free(made.handles[SOCKET]), 0);
    free_rest(&made);
    for (handle_kind kind = TIMER; kind < KINDS; kind++) {
        refuse_all(kind, made.handles[kind], NET_EBADF, "a freed handle");
    }
    /* The places are used again by others, and the old names still name nothing. */
    zoo next = zoo_of(loop);
    for (handle_kind kind = TIMER; kind < KINDS; kind++) {
        CHECK(next.handles[kind] != made.handles[kind]);
        refuse_all(kind, made.handles[kind], NET_EBADF, "a freed handle whose place is used again");
    }
    free_rest(&next);
}

CASE(misuse_of_a_freed_loop) {
    net_loop *other = net_loop_new();
    zoo made = zoo_of(other);
    CHECK_EQ(net_loop_free(other), 0);
    free_rest(&made);
    for (handle_kind kind = LOOP; kind < KINDS; kind++) {
        refuse_all(kind, made.handles[kind], NET_EBADF, "a handle of a freed loop");
    }
    /* So many loops that the place of the freed one is taken again. */
    for (int i = 0; i < 5000; i++) {
        other = net_loop_new();
        CHECK(other != NULL);
        zoo next = zoo_of(other);
        for (handle_kind kind = LOOP; kind < KINDS; kind++) {
            CHECK(next.handles[kind] != made.handles[kind]);
        }
        if (i % 500 == 0) {
            for (handle_kind kind = LOOP; kind < KINDS; kind++) {
                refuse_all(kind, made.handles[kind], NET_EBADF, "a handle of a loop whose place is used again");
            }
        }
        CHECK_EQ(net_loop_free(other), 0);
        free_rest(&next);
    }
}

static uint64_t random_state = 88172645463325252u;

static uint64_t random_bits(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static bool lives(const zoo *made, const void *handle) {
    for (handle_kind kind = LOOP; kind < KINDS; kind++) {
        if (made->handles[kind] == handle) {
            return true;
        }
    }
    return false;
}

/* Random bits, and living handles with one or two bits changed. */
CASE(misuse_forged) {
    zoo made = zoo_of(loop);
    for (int round = 0; round < 2000; round++) {
        uintptr_t bits = (uintptr_t)random_bits();
        if (round % 2 == 0) {
            bits = (uintptr_t)made.handles[bits % KINDS] ^ (uintptr_t)1 << (bits >> 8) % 64;
            if (round % 4 == 0) {
                bits ^= (uintptr_t)1 << random_bits() % 64;
            }
        }
        void *forged = (void *)bits;
        if (bits == 0 || lives(&made, forged)) {
            continue;
        }
        for (handle_kind kind = LOOP; kind < KINDS; kind++) {
            refuse_all(kind, forged, NET_EBADF, "a forged handle");
        }
    }
    free_rest(&made);
}

/* Addresses of the program's own things, as a mistaken cast hands them in. */
CASE(misuse_addresses_as_handles) {
    static int in_data;
    int on_stack = 0;
    void *on_heap = malloc(64);
    void *const addresses[] = {&in_data, &on_stack, on_heap, (void *)(uintptr_t)1, (void *)UINTPTR_MAX};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        for (handle_kind kind = LOOP; kind < KINDS; kind++) {
            refuse_all(kind, addresses[i], NET_EBADF, "an address");
        }
    }
    free(on_heap);
}

/* ---- threads ---- */

static void refuse_own_thread_calls(void *user) {
    const zoo *made = user;
    for (const row *row = rows; row < rows + ROWS; row++) {
        if (row->thread == OWN) {
            refuse(row, made->handles[row->kind], NET_EWRONGTHREAD, "another thread's loop");
        }
    }
    CHECK_EQ(net_loop_attach(made->handles[LOOP]), NET_EWRONGTHREAD);
}

CASE(misuse_wrong_thread) {
    zoo made = zoo_of(loop);
    peer_thread thread;
    peer_start(&thread, refuse_own_thread_calls, &made);
    peer_join(&thread);
    CHECK_EQ(net_loop_alive(loop), 0);
    free_rest(&made);
}

CASE(misuse_of_a_detached_loop) {
    zoo made = zoo_of(loop);
    CHECK_EQ(net_loop_detach(loop), 0);
    for (const row *row = rows; row < rows + ROWS; row++) {
        if (row->thread == OWN) {
            refuse(row, made.handles[row->kind], NET_EWRONGTHREAD, "a detached loop");
        }
    }
    CHECK_EQ(net_loop_attach(loop), 0);
    CHECK_EQ(net_loop_alive(loop), 0);
    free_rest(&made);
}

/* ---- structs with sizes ---- */

typedef union sized {
    size_t size;
    net_server_options server;
    net_listen_options listen;
    net_socket_options socket;
    net_connect_options connect;
    net_loop_group_options group;
    net_error error;
    unsigned char bytes[8192];
} sized;

static net_loop *sized_loop;

static int try_server(const sized *given) {
    net_server *server = net_server_new(sized_loop, &given->server);
    return server ? net_server_free(server) : NET_EINVAL;
}

static int try_socket(const sized *given) {
    int reason = 0;
    net_socket *socket = net_socket_new(sized_loop, &given->socket, &reason);
    CHECK_EQ(socket == NULL, reason != 0);
    return socket ? net_socket_free(socket) : reason;
}

static int try_group(const sized *given) {
    int reason = 0;
    net_loop_group *group = net_loop_group_new(&given->group, &reason);
    CHECK_EQ(group == NULL, reason != 0);
    return group ? net_loop_group_free(group) : reason;
}

static int try_listen(const sized *given) {
    net_server *server = server_on(sized_loop, NULL);
    int status = net_server_listen(server, &given->listen);
    CHECK_EQ(net_server_free(server), 0);
    return status;
}

static int try_connect(const sized *given) {
    net_socket *socket = socket_on(sized_loop, NULL);
    int status = net_socket_connect(socket, &given->connect);
    CHECK_EQ(net_socket_free(socket), 0);
    return status;
}

static int try_connect_free_function(const sized *given) {
    int reason = 0;
    net_socket *socket = net_connect(sized_loop, &given->connect, NULL, &reason);
    CHECK_EQ(socket == NULL, reason != 0);
    return socket ? net_socket_free(socket) : reason;
}

static int try_destroy(const sized *given) {
    net_socket *socket = socket_on(sized_loop, NULL);
    int status = net_socket_destroy(socket, &given->error);
    CHECK_EQ(net_socket_free(socket), 0);
    return status;
}

static void sizes_of(int (*attempt)(const sized *), const void *init, size_t size) {
    static const size_t absurd[] = {0, 1, 7, 8192, SIZE_MAX / 2, SIZE_MAX};
    sized given;
    memset(&given, 0, sizeof given);
    memcpy(&given, init, size);
    CHECK_EQ(attempt(&given), 0);
    for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
        given.size = absurd[i];
        CHECK_EQ(attempt(&given), NET_EINVAL);
    }
    given.size = size + 64;
    CHECK_EQ(attempt(&given), 0);
    given.bytes[size + 63] = 1;
    CHECK_EQ(attempt(&given), NET_EINVAL);
    given.bytes[size + 63] = 0;
    given.bytes[size] = 1;
    CHECK_EQ(attempt(&given), NET_EINVAL);
    given.size = size;
    CHECK_EQ(attempt(&given), 0);
}

CASE(misuse_sizes_of_structs) {
    static const net_server_options server = NET_SERVER_OPTIONS_INIT;
    static const net_listen_options listen = NET_LISTEN_OPTIONS_INIT;
    static const net_socket_options socket = NET_SOCKET_OPTIONS_INIT;
    static const net_loop_group_options group = NET_LOOP_GROUP_OPTIONS_INIT;
    sized_loop = loop;
    sizes_of(try_server, &server, sizeof server);
    sizes_of(try_listen, &listen, sizeof listen);
    sizes_of(try_socket, &socket, sizeof socket);
    sizes_of(try_connect, &connect_options, sizeof connect_options);
    sizes_of(try_connect_free_function, &connect_options, sizeof connect_options);
    sizes_of(try_group, &group, sizeof group);
    sizes_of(try_destroy, &an_error, sizeof an_error);
}

CASE(misuse_sizes_of_out_structs) {
    static const size_t absurd[] = {0, 1, sizeof(net_address) - 1, SIZE_MAX};
    net_server *server = server_on(loop, NULL);
    listen_local(server);
    for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
        net_address address;
        memset(&address, 0x5a, sizeof address);
        address.size = absurd[i];
        CHECK_EQ(net_server_address(server, &address), NET_EINVAL);
        CHECK_EQ(address.family, 0x5a5a5a5a);
    }
    net_loop_metrics metrics;
    memset(&metrics, 0x5a, sizeof metrics);
    metrics.size = 0;
    CHECK_EQ(net_loop_get_metrics(loop, &metrics), NET_EINVAL);
    CHECK(metrics.turns == 0x5a5a5a5a5a5a5a5a);
    metrics.size = SIZE_MAX;
    CHECK_EQ(net_loop_get_metrics(loop, &metrics), NET_EINVAL);
    CHECK_EQ(net_loop_get_metrics(loop, NULL), NET_EINVAL);
    CHECK_EQ(net_server_address(server, NULL), NET_EINVAL);
}

/* ---- out-parameters ---- */

CASE(misuse_null_out_parameters) {
    net_server *server = server_on(loop, NULL);
    net_socket *socket = socket_on(loop, NULL);
    size_t length = 0;
    CHECK_EQ(net_server_max_connections(server, NULL), NET_EINVAL);
    CHECK_EQ(net_server_fd(server, NULL), NET_EINVAL);
    CHECK_EQ(net_server_listener_count(server, "close", NULL), NET_EINVAL);
    CHECK_EQ(net_socket_timeout(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_address(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_local_address(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_remote_address(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_bytes_read(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_bytes_written(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_buffer_size(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_writable_length(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_readable_length(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_writable_high_water_mark(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_readable_high_water_mark(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_writable_corked(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_readable_flowing(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_errored(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_attempted_addresses(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_attempted_address(socket, 0, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_fd(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_listener_count(socket, "close", NULL), NET_EINVAL);
    CHECK_EQ(net_socket_read(socket, room, 1, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_read_some(socket, room, 1, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_read(socket, NULL, 1, &length), NET_EINVAL);
    CHECK_EQ(net_socket_read_some(socket, NULL, 1, &length), NET_EINVAL);
    CHECK_EQ(net_socket_read(socket, room, SIZE_MAX, &length), NET_EINVAL);
    CHECK_EQ(net_socket_read_some(socket, room, SIZE_MAX, &length), NET_EINVAL);
}

/* ---- callbacks ---- */

/* Registering without a function is refused, and the drop still runs. */
CASE(misuse_null_functions) {
    net_server *server = server_on(loop, NULL);
    net_socket *socket = socket_on(loop, NULL);
    net_timer *timer = timer_on(loop);
    int calls = 0;
    drops = 0;
#define REFUSED(call)                                                                                                  \
    CHECK_EQ(call, NET_EINVAL);                                                                                        \
    CHECK_EQ(drops, ++calls)
#define NO_SERVER_LISTENER(event)                                                                                      \
    REFUSED(net_server_on_##event(server, NULL, NULL, drop_fn));                                                       \
    REFUSED(net_server_once_##event(server, NULL, NULL, drop_fn));                                                     \
    CHECK_EQ(net_server_off_##event(server, NULL, NULL), NET_EINVAL)
#define NO_SOCKET_LISTENER(event)                                                                                      \
    REFUSED(net_socket_on_##event(socket, NULL, NULL, drop_fn));                                                       \
    REFUSED(net_socket_once_##event(socket, NULL, NULL, drop_fn));                                                     \
    CHECK_EQ(net_socket_off_##event(socket, NULL, NULL), NET_EINVAL)
    NO_SERVER_LISTENER(listening);
    NO_SERVER_LISTENER(connection);
    NO_SERVER_LISTENER(close);
    NO_SERVER_LISTENER(error);
    NO_SERVER_LISTENER(drop);
    NO_SOCKET_LISTENER(connect);
    NO_SOCKET_LISTENER(ready);
    NO_SOCKET_LISTENER(data);
    NO_SOCKET_LISTENER(readable);
    NO_SOCKET_LISTENER(end);
    NO_SOCKET_LISTENER(drain);
    NO_SOCKET_LISTENER(finish);
    NO_SOCKET_LISTENER(timeout);
    NO_SOCKET_LISTENER(error);
    NO_SOCKET_LISTENER(close);
    NO_SOCKET_LISTENER(pause);
    NO_SOCKET_LISTENER(resume);
    NO_SOCKET_LISTENER(lookup);
    NO_SOCKET_LISTENER(connection_attempt);
    NO_SOCKET_LISTENER(connection_attempt_failed);
    NO_SOCKET_LISTENER(connection_attempt_timeout);
    REFUSED(net_loop_post(loop, NULL, NULL, drop_fn));
    REFUSED(net_timer_start(timer, 0, 0, NULL, NULL, drop_fn));
    REFUSED(net_server_close_cb(server, NULL, NULL, drop_fn));
    REFUSED(net_server_get_connections(server, NULL, NULL, drop_fn));
    REFUSED(net_socket_write_cb(socket, "x", 1, NULL, NULL, drop_fn));
    REFUSED(net_socket_write_owned(socket, "x", 1, NULL, NULL, socket_error_fn, NULL, drop_fn));
    CHECK_EQ(net_loop_alive(loop), 0);
    CHECK_EQ(net_loop_timeout(loop), -1);
}

CASE(misuse_flags_and_numbers) {
    net_server *server = server_on(loop, NULL);
    net_socket *socket = socket_on(loop, NULL);
    net_server_options server_options = NET_SERVER_OPTIONS_INIT;
    net_socket_options socket_options = NET_SOCKET_OPTIONS_INIT;
    int32_t *const server_flags[] = {&server_options.allow_half_open, &server_options.pause_on_connect,
                                     &server_options.no_delay, &server_options.keep_alive};
    int32_t *const socket_flags[] = {&socket_options.allow_half_open, &socket_options.no_delay,
                                     &socket_options.keep_alive, &socket_options.readable, &socket_options.writable};
    static const int32_t no_flags[] = {2, -1, INT32_MAX, INT32_MIN};
    int reason = 0;
    for (size_t n = 0; n < sizeof no_flags / sizeof *no_flags; n++) {
        for (size_t i = 0; i < sizeof server_flags / sizeof *server_flags; i++) {
            int32_t before = *server_flags[i];
            *server_flags[i] = no_flags[n];
            CHECK(net_server_new(loop, &server_options) == NULL);
            *server_flags[i] = before;
        }
        for (size_t i = 0; i < sizeof socket_flags / sizeof *socket_flags; i++) {
            int32_t before = *socket_flags[i];
            *socket_flags[i] = no_flags[n];
            CHECK(net_socket_new(loop, &socket_options, &reason) == NULL);
            CHECK_EQ(reason, NET_EINVAL);
            *socket_flags[i] = before;
        }
        CHECK_EQ(net_socket_set_no_delay(socket, no_flags[n]), NET_EINVAL);
        CHECK_EQ(net_socket_set_keep_alive(socket, no_flags[n], 0), NET_EINVAL);
        CHECK_EQ(net_socket_set_allow_half_open(socket, no_flags[n]), NET_EINVAL);
        CHECK_EQ(net_set_default_auto_select_family(no_flags[n]), NET_EINVAL);
    }
    CHECK_EQ(net_server_set_max_connections(server, -2), NET_EINVAL);
    CHECK_EQ(net_server_set_max_connections(server, INT64_MIN), NET_EINVAL);
    CHECK_EQ(net_server_set_max_connections(server, INT64_MAX), 0);
    CHECK_EQ(net_socket_set_type_of_service(socket, 256), NET_ERR_OUT_OF_RANGE);
    CHECK_EQ(net_socket_set_type_of_service(socket, -1), NET_ERR_OUT_OF_RANGE);
    CHECK_EQ(net_set_default_auto_select_family_attempt_timeout(0), NET_ERR_OUT_OF_RANGE);
    CHECK_EQ(net_set_default_auto_select_family_attempt_timeout(UINT64_MAX), NET_ERR_OUT_OF_RANGE);
    socket_options.type_of_service = 256;
    CHECK(net_socket_new(loop, &socket_options, &reason) == NULL);
    CHECK(reason < 0);
    CHECK_STR(net_ready_state_name(0), net_ready_state_name(INT32_MAX));
}

/* ---- descriptors that are none ---- */

CASE(misuse_descriptors) {
    net_socket_options options = NET_SOCKET_OPTIONS_INIT;
    static const int bad[] = {-2, INT32_MIN, INT32_MAX, 9999};
    int reason = 0;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        options.fd = bad[i];
        CHECK(net_socket_new(loop, &options, &reason) == NULL);
        CHECK(reason < 0);
    }
    options.fd = epoll_create1(EPOLL_CLOEXEC);
    CHECK(net_socket_new(loop, &options, &reason) == NULL);
    CHECK_EQ(reason, NET_ERR_INVALID_FD_TYPE);
    /* What was refused stays the caller's. */
    CHECK_EQ(close(options.fd), 0);
}

/* ---- bytes and texts ---- */

CASE(misuse_bytes) {
    net_socket *socket = socket_on(loop, NULL);
    static const net_buf too_long[] = {{"x", SIZE_MAX / 2}, {"x", SIZE_MAX / 2}, {"x", 2}};
    static const net_buf null_piece[] = {{"x", 1}, {NULL, 1}};
    static const net_buf negative[] = {{"x", SIZE_MAX}};
    drops = 0;
    CHECK_EQ(net_socket_write(socket, NULL, 1), NET_EINVAL);
    CHECK_EQ(net_socket_write(socket, "x", SIZE_MAX), NET_EINVAL);
    CHECK_EQ(net_socket_write_cb(socket, NULL, 1, socket_error_fn, NULL, drop_fn), NET_EINVAL);
    CHECK_EQ(drops, 1);
    CHECK_EQ(net_socket_end_cb(socket, NULL, 1, socket_error_fn, NULL, drop_fn), NET_EINVAL);
    CHECK_EQ(drops, 2);
    CHECK_EQ(net_socket_writev(socket, NULL, 1, socket_error_fn, NULL, drop_fn), NET_EINVAL);
    CHECK_EQ(net_socket_writev(socket, null_piece, 2, socket_error_fn, NULL, drop_fn), NET_EINVAL);
    CHECK_EQ(net_socket_writev(socket, too_long, 3, socket_error_fn, NULL, drop_fn), NET_EINVAL);
    CHECK_EQ(net_socket_writev(socket, negative, 1, socket_error_fn, NULL, drop_fn), NET_EINVAL);
    CHECK_EQ(net_socket_writev(socket, null_piece, SIZE_MAX, socket_error_fn, NULL, drop_fn), NET_EINVAL);
    CHECK_EQ(drops, 7);
    CHECK_EQ(net_socket_write_owned(socket, NULL, 1, release_fn, NULL, socket_error_fn, NULL, drop_fn), NET_EINVAL);
    CHECK_EQ(net_socket_write_owned(socket, "x", SIZE_MAX, release_fn, NULL, socket_error_fn, NULL, drop_fn),
             NET_EINVAL);
    CHECK_EQ(drops, 11);
    CHECK_EQ(net_socket_write_cstr(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_loop_alive(loop), 0);
}

static int connect_to_host(net_loop *loop, const char *host, size_t length) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.host = host;
    options.host_len = length;
    options.port = 9;
    net_socket *socket = socket_on(loop, NULL);
    int status = net_socket_connect(socket, &options);
    CHECK_EQ(net_socket_free(socket), 0);
    return status;
}

static int connect_from(net_loop *loop, const char *address, size_t length) {
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.host = "127.0.0.1";
    options.port = 9;
    options.local_address = address;
    options.local_address_len = length;
    net_socket *socket = socket_on(loop, NULL);
    int status = net_socket_connect(socket, &options);
    CHECK_EQ(net_socket_free(socket), 0);
    return status;
}

static int listen_on_host(net_loop *loop, const char *host, size_t length) {
    net_listen_options options = NET_LISTEN_OPTIONS_INIT;
    options.host = host;
    options.host_len = length;
    net_server *server = server_on(loop, NULL);
    int status = net_server_listen(server, &options);
    CHECK_EQ(net_server_free(server), 0);
    return status;
}

CASE(misuse_texts) {
    static char huge[1 << 20];
    memset(huge, 'a', sizeof huge - 1);
    CHECK_EQ(connect_to_host(loop, "with\0nul", 8), NET_EINVAL);
    CHECK_EQ(connect_to_host(loop, "\xff\xfe", 2), NET_EINVAL);
    CHECK_EQ(connect_to_host(loop, "x", SIZE_MAX - 1), NET_EINVAL);
    CHECK_EQ(connect_to_host(loop, NULL, 5), NET_EINVAL);
    CHECK_EQ(listen_on_host(loop, "with\0nul", 8), NET_EINVAL);
    CHECK_EQ(listen_on_host(loop, "\xc3(", 2), NET_EINVAL);
    CHECK_EQ(connect_from(loop, "127.0.0.1\0", 10), NET_EINVAL);
    CHECK_EQ(connect_from(loop, "127.0.0.256", NET_CSTR), NET_ERR_INVALID_IP_ADDRESS);
    CHECK_EQ(connect_from(loop, huge, sizeof huge - 1), NET_ERR_INVALID_IP_ADDRESS);
    CHECK_EQ(net_is_ip(NULL, 3), NET_EINVAL);
    CHECK_EQ(net_is_ip(huge, sizeof huge - 1), 0);
    CHECK_EQ(net_is_ip("127.0.0.1 and more", 9), 4);
    CHECK_EQ(net_is_ip("::1", NET_CSTR), 6);
    CHECK_EQ(net_is_ip("127.0.0.1\0", 10), 0);
    CHECK_EQ(net_is_ip("\xff", 1), 0);
    CHECK_EQ(net_is_ip("x", SIZE_MAX - 1), NET_EINVAL);
    net_socket *socket = socket_on(loop, NULL);
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_socket_listener_count(socket, NULL, &size_out), NET_EINVAL);
    CHECK_EQ(net_socket_listener_count(socket, "no event", &size_out), NET_EINVAL);
    CHECK_EQ(net_socket_listener_count(socket, huge, &size_out), NET_EINVAL);
    CHECK_EQ(net_server_listener_count(server, "data", &size_out), NET_EINVAL);
    CHECK_EQ(net_server_listener_count(server, NULL, &size_out), NET_EINVAL);
    CHECK_EQ(net_socket_connect_path(socket, NULL, NET_CSTR), NET_EINVAL);
    CHECK_EQ(net_socket_connect_path(socket, "", 0), NET_EINVAL);
    CHECK_EQ(net_socket_connect_path(socket, "x", SIZE_MAX - 1), NET_EINVAL);
    CHECK_EQ(net_socket_connect_path_cstr(socket, NULL), NET_EINVAL);
    CHECK_EQ(net_server_listen_path(server, NULL, NET_CSTR), NET_EINVAL);
    CHECK_EQ(net_server_listen_path(server, "", 0), NET_EINVAL);
    CHECK_EQ(net_server_listen_path_cstr(server, NULL), NET_EINVAL);
    CHECK_EQ(net_socket_connect(socket, NULL), NET_ERR_MISSING_ARGS);
    /* Too long for any name: refused, or told by an event. */
    int status = net_socket_connect_tcp(socket, 9, huge);
    CHECK(status == 0 || status == NET_EINVAL);
    ON(socket, error, ignore_error);
    run(loop);
}

/* A path with a NUL inside, and one longer than the system's limit by one: an error, never another path. */
CASE(misuse_paths_are_never_cut) {
    net_server *server = server_on(loop, NULL);
    const char *inside = case_path("ab");
    char with_nul[256];
    size_t length = strlen(inside) + 3;
    memset(with_nul, 0, sizeof with_nul);
    memcpy(with_nul, inside, strlen(inside));
    with_nul[length - 1] = 'c';
    watch_server(server, "server", "listening error");
    int status = net_server_listen_path(server, with_nul, length);
    CHECK(status == 0 || status == NET_EINVAL);
    if (status == 0) {
        CHECK_EQ(net_loop_poll(loop, 0), 0);
    }
    CHECK(access(inside, F_OK) != 0);
    CHECK_EQ(net_server_listening(server), 0);
    /* Linux takes 108 bytes, the NUL behind them included. */
    char long_path[128];
    memset(long_path, 'x', sizeof long_path);
    memcpy(long_path, case_dir(), strlen(case_dir()));
    long_path[strlen(case_dir())] = '/';
    long_path[109] = 0;
    CHECK_EQ(net_server_listen_path_cstr(server, long_path), 0);
    run(loop);
    CHECK(strstr(trace_text(), "server error") != NULL);
    CHECK(strstr(trace_text(), "listening") == NULL);
    long_path[108] = 0;
    CHECK(access(long_path, F_OK) != 0);
    long_path[107] = 0;
    CHECK(access(long_path, F_OK) != 0);
}

/* ---- errors handed in ---- */

static int destroy_with(net_loop *loop, const net_error *error) {
    net_socket *socket = socket_on(loop, NULL);
    int status = net_socket_destroy(socket, error);
    CHECK_EQ(net_socket_free(socket), 0);
    return status;
}

CASE(misuse_errors) {
    net_error error = NET_ERROR_INIT;
    const net_error *nested[] = {&error, NULL};
    CHECK_EQ(destroy_with(loop, &error), 0);
    error.kind = 99;
    CHECK_EQ(destroy_with(loop, &error), NET_EINVAL);
    error.kind = NET_ERROR_KIND_USER;
    error.number = -12345;
    CHECK_EQ(destroy_with(loop, &error), NET_EINVAL);
    error.number = 1;
    CHECK_EQ(destroy_with(loop, &error), NET_EINVAL);
    error.number = 0;
    error.present = 0x80;
    CHECK_EQ(destroy_with(loop, &error), NET_EINVAL);
    error.present = NET_ERROR_HAS_PORT;
    error.port = 65536;
    CHECK_EQ(destroy_with(loop, &error), NET_EINVAL);
    error.present = 0;
    error.message = "\xff";
    CHECK_EQ(destroy_with(loop, &error), NET_EINVAL);
    error.message = "fine";
    error.name = "NoSuchError";
    CHECK_EQ(destroy_with(loop, &error), NET_EINVAL);
    error.name = NULL;
    error.errors = nested;
    error.error_count = 1;
    CHECK_EQ(destroy_with(loop, &error), NET_EINVAL);
    error.error_count = SIZE_MAX;
    CHECK_EQ(destroy_with(loop, &error), NET_EINVAL);
    error.errors = NULL;
    CHECK_EQ(destroy_with(loop, &error), NET_EINVAL);
    error.error_count = 0;
    CHECK_EQ(destroy_with(loop, &error), 0);
}

static int answer_with(net_lookup *request, int32_t family, const char *name, size_t count) {
    net_address address = NET_ADDRESS_INIT;
    address.family = family;
    address.address_len = strlen(name);
    strcpy(address.address, name);
    return net_lookup_answer(request, &address, count);
}

CASE(misuse_lookup_answers) {
    zoo made = zoo_of(loop);
    net_lookup *request = made.handles[LOOKUP];
    net_address address = an_address;
    ON((net_socket *)made.handles[SOCKET], error, ignore_error);
    CHECK_EQ(answer_with(request, 4, "127.0.0.1", 0), NET_EINVAL);
    CHECK_EQ(answer_with(request, 4, "127.0.0.1", SIZE_MAX), NET_EINVAL);
    CHECK_EQ(net_lookup_answer(request, NULL, 1), NET_EINVAL);
    address.size = 8;
    CHECK_EQ(net_lookup_answer(request, &address, 1), NET_EINVAL);
    address.size = sizeof address;
    address.address_len = sizeof address.address + 1;
    CHECK_EQ(net_lookup_answer(request, &address, 1), NET_EINVAL);
    CHECK_EQ(net_lookup_fail(request, NULL), NET_EINVAL);
    CHECK_EQ(answer_with(request, 4, "no address", 1), 0);
    CHECK_EQ(answer_with(request, 4, "127.0.0.1", 1), NET_EBADF);
    CHECK_EQ(net_lookup_fail(request, &an_error), NET_EBADF);
    run(loop);
    free_rest(&made);
}
